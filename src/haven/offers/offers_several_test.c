/* Somebody who is affected by several incidents within days. */
#include "haven/offers/offers_testing.h"

SQL(test_pause, "bi", "", "UPDATE supporter SET paused = $2 WHERE id = $1");

static int set_up_sms(void **state)
{
	return set_up_with(state, true);
}

static struct id second_exposure(void)
{
	return numbered(80);
}

/* Person 0 again, in an incident of its own. */
static void again(struct bench *b)
{
	struct id incident = numbered(201);
	struct door_exposure e = { .id = second_exposure(), .named = instant_day(clock_now(b->clock)), .person = b->person[0] };
	struct door_incident one = b->in;
	b->in = (struct door_incident){ .id = incident, .title = "Noe annet", .severity = 1, .day = instant_day(clock_now(b->clock)),
					.unit = "Trust / Ward", .excluded = b->person, .excluded_n = 1, .exposures = &e, .exposures_n = 1 };
	take(b);
	b->in = one;
}

static struct offers_row second_row(struct bench *b)
{
	struct looking l = { .b = b, .task = second_exposure() };
	assert_int_equal(db_read(b->db, row_work, &l), RES_OK);
	return l.row;
}

static enum result pause_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_pause, NULL, v_id(ctx), v_int(1));
}

static void the_same_supporter_has_her_in_each_with_a_secret_for_each(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row first = row_of(b, 0);
	move_to(b, instant_add(start, 20 * HOUR));
	again(b);
	struct offers_row second = second_row(b);
	assert_true(id_eq(&first.holder, &second.holder));
	assert_false(id_eq(&first.ref, &second.ref));
	assert_memory_not_equal(first.rel, second.rel, sizeof(first.rel));
	/* Each has its own message, its own link, and is told to duty by itself. */
	struct letters l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&l, "p0@example.org"), 2);
	struct telling t = { .b = b };
	int n = 0;
	assert_int_equal(db_read(b->db, facts_work, &t), RES_OK);
	for (size_t k = 0; k < t.facts.n; k++)
		n += t.facts.list[k].kind == DOOR_SENT &&
		     (id_eq(&t.facts.list[k].about, &b->exposure[0]) || id_eq(&t.facts.list[k].about, &second.id));
	assert_int_equal(n, 2);
}

static void whoever_may_not_be_sent_any_more_gives_way_to_another(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row first = row_of(b, 0);
	assert_int_equal(db_write(b->db, pause_work, &first.holder), RES_OK);
	again(b);
	struct offers_row second = second_row(b);
	assert_false(id_is_zero(&second.holder));
	assert_false(id_eq(&first.holder, &second.holder));
}

static enum result stop_work(struct tx *tx, void *ctx)
{
	return offers_put_stopped(tx, ctx);
}

struct knowing {
	struct bench *b;
	struct offers_row row;
	struct day since;
	size_t n;
};

static enum result known_work(struct tx *tx, void *ctx)
{
	struct knowing *k = ctx;
	const struct id *list;
	return offers_known(tx, k->b->a, &k->row, k->since, &list, &k->n);
}

static size_t known(struct bench *b, int days)
{
	struct knowing k = { .b = b, .row = { .id = second_exposure(), .person = b->person[0] },
			     .since = day_add(instant_day(clock_now(b->clock)), -days) };
	assert_int_equal(db_read(b->db, known_work, &k), RES_OK);
	return k.n;
}

static void who_did_not_reach_her_or_had_her_long_ago_is_a_stranger(void **state)
{
	struct bench *b = *state;
	take(b);
	assert_int_equal(known(b, 27), 1);
	see(b, 0);
	move_to(b, instant_add(start, 26 * HOUR));
	assert_int_equal(say(b, 0, 1), RES_OK);
	move_to(b, instant_add(start, 6 * 24 * HOUR));
	assert_true(row_of(b, 0).closed);
	assert_int_equal(known(b, 27), 1); /* reached */
	assert_int_equal(known(b, 2), 0);
}

static void who_was_silent_to_the_end_is_a_stranger(void **state)
{
	struct bench *b = *state;
	take(b);
	see(b, 0);
	move_to(b, instant_add(start, 6 * 24 * HOUR));
	assert_true(row_of(b, 0).closed);
	assert_int_equal(known(b, 27), 0);
}

static void two_days_apart_one_second_touch_and_one_check_come_for_both(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	take(b);
	move_to(b, instant_add(start, 48 * HOUR));
	again(b);
	assert_int_equal(count_about(b, OFFERS_MAIL_OFFER, &second), 1); /* the offer itself always comes */
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	for (int i = 0; i < 2; i++) {
		const char *kind = i ? OFFERS_MAIL_CHECK : OFFERS_MAIL_SECOND;
		assert_int_equal(count_about(b, kind, i ? &second : &b->exposure[0]), 0);
		assert_int_equal(count_about(b, kind, i ? &b->exposure[0] : &second), 1);
		assert_int_equal(count_about(b, kind, &b->exposure[1]), 1); /* of one incident alone */
	}
}

static struct id chain_exposure(int i)
{
	return numbered(90 + i);
}

/* Person 0 in one more incident. */
static void once_more(struct bench *b, int i)
{
	struct day today = instant_day(clock_now(b->clock));
	struct door_exposure e = { .id = chain_exposure(i), .named = today, .person = b->person[0] };
	struct door_incident one = b->in;
	b->in = (struct door_incident){ .id = numbered(210 + i), .title = "Noe annet", .severity = 1, .day = today, .unit = "Trust / Ward",
					.excluded = b->person, .excluded_n = 1, .exposures = &e, .exposures_n = 1 };
	take(b);
	b->in = one;
}

/* The first closes meanwhile, the second is given on, the fourth is stopped before its check. */
static void in_a_chain_of_seven_none_of_hers_is_without_a_check(void **state)
{
	/* Counted from the newest that is known on each day the first would give way to the second, and that one to the third. */
	static const int day[] = { 0, 6, 12, 18, 24, 27, 33 };
	static const bool comes[] = { true, false, true, false, true, false, true };
	struct bench *b = *state;
	struct id third = chain_exposure(3);
	for (int i = 0; i < (int)ARRAY_LEN(day); i++) {
		move_to(b, instant_add(start, day[i] * 24 * HOUR));
		once_more(b, i);
		if (i == 1) {
			struct looking l = { .b = b, .task = chain_exposure(1) };
			assert_int_equal(db_read(b->db, row_work, &l), RES_OK);
			struct passing p = { b, l.task, l.row.holder };
			assert_int_equal(db_write(b->db, pass_work, &p), RES_OK);
		}
	}
	move_to(b, instant_add(start, 44 * 24 * HOUR));
	assert_int_equal(db_write(b->db, stop_work, &third), RES_OK);
	move_to(b, instant_add(start, 70 * 24 * HOUR));
	for (int i = 0; i < (int)ARRAY_LEN(day); i++) {
		struct id task = chain_exposure(i);
		if (count_about(b, OFFERS_MAIL_CHECK, &task) != comes[i])
			fail_msg("the check of incident %d", i);
	}
}

static void who_stopped_the_older_ones_messages_gets_the_newer_ones_check(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	take(b);
	assert_int_equal(db_write(b->db, stop_work, &b->exposure[0]), RES_OK);
	move_to(b, instant_add(start, 5 * 24 * HOUR));
	again(b);
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 0);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &second), 1);
}

static void ten_days_apart_each_has_its_own(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	take(b);
	move_to(b, instant_add(start, 10 * 24 * HOUR));
	again(b);
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	for (int i = 0; i < 2; i++) {
		const char *kind = i ? OFFERS_MAIL_CHECK : OFFERS_MAIL_SECOND;
		assert_int_equal(count_about(b, kind, &b->exposure[0]), 1);
		assert_int_equal(count_about(b, kind, &second), 1);
	}
}

static void who_stops_the_newer_ones_messages_gets_none_of_the_older_instead(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	take(b);
	move_to(b, instant_add(start, 24 * HOUR));
	deliver(b, MAIL_ACCEPTED);
	again(b);
	assert_int_equal(db_write(b->db, stop_work, &second), RES_OK);
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	assert_int_equal(count_about(b, OFFERS_MAIL_SECOND, &b->exposure[0]) + count_about(b, OFFERS_MAIL_SECOND, &second), 0);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]) + count_about(b, OFFERS_MAIL_CHECK, &second), 0);
}

struct desking {
	struct bench *b;
	struct id supporter;
	struct offers_task *list;
	size_t n;
};

static enum result desk_work(struct tx *tx, void *ctx)
{
	struct desking *d = ctx;
	return offers_tasks(tx, d->b->o, d->b->a, &d->supporter, &d->list, &d->n);
}

static void her_desk_says_that_the_two_are_one_colleague(void **state)
{
	struct bench *b = *state;
	take(b);
	again(b);
	struct desking d = { .b = b, .supporter = row_of(b, 0).holder };
	struct id second = second_exposure();
	assert_int_equal(db_read(b->db, desk_work, &d), RES_OK);
	int said = 0;
	for (size_t i = 0; i < d.n; i++) {
		bool is_first = id_eq(&d.list[i].id, &b->exposure[0]), is_second = id_eq(&d.list[i].id, &second);
		assert_int_equal(d.list[i].also != NULL, is_first || is_second);
		if (!d.list[i].also)
			continue;
		assert_true(id_eq(&d.list[i].also->id, is_first ? &second : &b->exposure[0]));
		said++;
	}
	assert_int_equal(said, 2);
}

static void somebody_from_outside_whom_duty_knows_by_now_keeps_her_task_and_gets_the_message(void **state)
{
	struct bench *b = *state;
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .outside = true, .name = "Vikar Viksen",
						  .phone = "+47 00 00 09 00", .lang = "en" };
	take(b);
	struct offers_row before = row_of(b, 0);
	assert_int_equal(facts_of(b, 0), UNSENDABLE);
	tell_all(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .person = b->person[0] };
	take(b);
	take(b);
	struct offers_row row = row_of(b, 0);
	assert_true(id_eq(&row.person, &b->person[0]));
	assert_true(id_eq(&row.holder, &before.holder));
	assert_memory_equal(row.rel, before.rel, sizeof(row.rel));
	assert_int_equal(row.lang, LANG_NB);
	assert_int_equal(facts_of(b, 0), 0);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(l.n, 1);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(facts_of(b, 0), SENT);
}

SQL(test_apart, "bb", "", "INSERT INTO not_this_one (person, supporter) VALUES ($1, $2)");
SQL(test_is, "bb", "", "UPDATE supporter SET person = $2 WHERE id = $1");

struct putting {
	const struct sql *sql;
	struct id a, b;
};

static enum result put_work(struct tx *tx, void *ctx)
{
	const struct putting *p = ctx;
	return db_do(tx, p->sql, NULL, v_id(&p->a), v_id(&p->b));
}

static void put(struct bench *b, const struct sql *sql, const struct id *one, const struct id *two)
{
	struct putting p = { sql, *one, *two };
	assert_int_equal(db_write(b->db, put_work, &p), RES_OK);
}

/* The older one's check went by SMS, and the newer one's, five days later, gives way to it. */
static void until_the_check(struct bench *b)
{
	take(b);
	move_to(b, instant_add(start, 5 * 24 * HOUR));
	again(b);
	move_to(b, offers_check(start));
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 1);
	deliver(b, MAIL_ACCEPTED);
}

static void a_check_that_no_phone_got_goes_by_mail_and_stands_for_both(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	until_the_check(b);
	becomes(b, 0, OFFERS_MAIL_CHECK, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 1);
	deliver(b, MAIL_ACCEPTED);
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &second), 0);
}

static void a_check_that_failed_by_every_way_does_not_stand_for_the_newer_ones(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	until_the_check(b);
	becomes(b, 0, OFFERS_MAIL_CHECK, POST_SMS, MAIL_BOUNCED);
	deliver(b, MAIL_ACCEPTED);
	becomes(b, 0, OFFERS_MAIL_CHECK, POST_MAIL, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 0); /* no third */
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &second), 1);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 0);
}

struct stopping {
	struct bench *b;
	struct token token;
};

static enum result stop_by_link(struct tx *tx, void *ctx)
{
	struct stopping *s = ctx;
	return offers_stop(tx, s->b->o, slice_of(s->token.s));
}

/* She stops the older one's messages when its check has been put, which goes before that or not. */
static void stop_at_the_check(struct bench *b, bool gone)
{
	take(b);
	struct letters first = letters_of(b);
	struct stopping s = { b, token_of(&first, "p0@example.org") };
	move_to(b, instant_add(start, 5 * 24 * HOUR));
	again(b);
	move_to(b, offers_check(start));
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 1);
	if (gone)
		deliver(b, MAIL_ACCEPTED);
	assert_int_equal(db_write(b->db, stop_by_link, &s), RES_OK);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 0);
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 0);
}

static void a_check_that_was_taken_back_does_not_stand_for_the_newer_ones(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	stop_at_the_check(b, false);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &second), 1);
}

static void a_check_that_went_before_she_stopped_the_messages_stands_for_the_newer_ones(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	stop_at_the_check(b, true);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &second), 0);
}

static void a_check_that_no_phone_got_goes_by_no_mail_to_who_has_stopped_the_newer_ones(void **state)
{
	struct bench *b = *state;
	struct id second = second_exposure();
	until_the_check(b);
	assert_int_equal(db_write(b->db, stop_work, &second), RES_OK);
	becomes(b, 0, OFFERS_MAIL_CHECK, POST_SMS, MAIL_BOUNCED);
	becomes(b, 1, OFFERS_MAIL_CHECK, POST_SMS, MAIL_BOUNCED); /* of one incident alone */
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 0);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[1]), 1);
}

static void a_second_touch_that_no_phone_got_goes_by_no_mail_after_a_newer_ones_first_message(void **state)
{
	struct bench *b = *state;
	take(b);
	move_to(b, offers_second_touch(start));
	assert_int_equal(count_about(b, OFFERS_MAIL_SECOND, &b->exposure[0]), 1);
	deliver(b, MAIL_ACCEPTED);
	again(b);
	becomes(b, 0, OFFERS_MAIL_SECOND, POST_SMS, MAIL_BOUNCED);
	becomes(b, 1, OFFERS_MAIL_SECOND, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_SECOND, &b->exposure[0]), 0);
	assert_int_equal(count_about(b, OFFERS_MAIL_SECOND, &b->exposure[1]), 1);
}

/* Person 0 is named from outside, without a way to write to her; what this made goes out. → her task. */
static struct offers_row from_outside(struct bench *b)
{
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .outside = true, .name = "Vikar Viksen",
						  .phone = "+47 00 00 09 00", .lang = "en" };
	take(b);
	deliver(b, MAIL_ACCEPTED);
	return row_of(b, 0);
}

static struct offers_row joined(struct bench *b)
{
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .person = b->person[0] };
	take(b);
	return row_of(b, 0);
}

static void somebody_joined_gets_another_for_one_on_her_list_and_the_one_message_that_all_get(void **state)
{
	struct bench *b = *state;
	struct offers_row before = from_outside(b), row;
	put(b, &test_apart, &b->person[0], &before.seat[0]);
	row = joined(b);
	assert_true(id_eq(&row.holder, &before.seat[1])); /* a stand-in of hers */
	struct letters l = letters_of(b);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(count_about(b, OFFERS_MAIL_OFFER, &row.id), 1);
	joined(b); /* once is enough */
	row = row_of(b, 0);
	assert_true(id_eq(&row.holder, &before.seat[1]));
}

static void where_all_three_are_on_her_list_three_new_ones_are_found(void **state)
{
	struct bench *b = *state;
	struct offers_row before = from_outside(b), row;
	for (int i = 0; i < OFFERS_SEATS; i++)
		put(b, &test_apart, &b->person[0], &before.seat[i]);
	row = joined(b);
	assert_false(id_is_zero(&row.holder));
	for (int i = 0; i < OFFERS_SEATS; i++)
		for (int k = 0; k < OFFERS_SEATS; k++)
			assert_false(id_eq(&row.seat[i], &before.seat[k]));
	assert_memory_not_equal(row.rel, before.rel, sizeof(row.rel));
	struct letters l = letters_of(b);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(count_about(b, OFFERS_MAIL_OFFER, &row.id), 1);
	assert_int_equal(row.not_before.s, 0); /* there is nothing that she would have to say again */
}

static void somebody_joined_whose_leader_or_who_herself_was_to_call_gets_another(void **state)
{
	struct bench *b = *state;
	struct offers_row before = from_outside(b), row;
	put(b, &test_is, &before.seat[0], &b->person[0]);
	put(b, &test_is, &before.seat[1], &b->person[1]);
	row = joined(b);
	assert_true(id_eq(&row.holder, &before.seat[2]));
	struct letters l = letters_of(b);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
}

static void whom_a_message_had_reached_hears_of_three_new_ones_in_the_words_of_any_change(void **state)
{
	struct bench *b = *state;
	struct offers_row before = from_outside(b), row;
	assert_true(before.ways & OFFERS_BY_SMS);
	for (int i = 0; i < OFFERS_SEATS; i++)
		put(b, &test_apart, &b->person[0], &before.seat[i]);
	row = joined(b);
	assert_false(id_eq(&row.holder, &before.holder));
	assert_int_equal(count_about(b, OFFERS_MAIL_OFFER, &row.id), 0);
	assert_int_equal(count_about(b, OFFERS_MAIL_NEWS, &row.id), 1);
}

static void a_list_that_names_nobody_of_hers_changes_nothing(void **state)
{
	struct bench *b = *state;
	struct offers_row before = from_outside(b), row;
	put(b, &test_apart, &b->person[1], &before.seat[0]); /* somebody else's */
	row = joined(b);
	assert_true(id_eq(&row.holder, &before.holder));
}

static void who_cannot_be_written_to_in_the_directory_either_is_told_so_again(void **state)
{
	struct bench *b = *state;
	b->exposures[2] = (struct door_exposure){ .id = b->exposure[2], .named = instant_day(start), .outside = true, .name = "Vikar Viksen",
						  .phone = "+47 00 00 09 00", .lang = "en" };
	take(b);
	tell_all(b);
	deliver(b, MAIL_ACCEPTED);
	b->exposures[2] = (struct door_exposure){ .id = b->exposure[2], .named = instant_day(start), .person = b->person[2] };
	take(b);
	assert_int_equal(facts_of(b, 2), UNSENDABLE);
	assert_int_equal(letters_of(b).n, 0);
}

static void who_is_not_known_here_yet_stays_from_outside(void **state)
{
	struct bench *b = *state;
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .outside = true, .name = "Vikar Viksen",
						  .phone = "+47 00 00 09 00", .lang = "en" };
	take(b);
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .person = numbered(222) };
	take(b);
	assert_string_equal(row_of(b, 0).name, "Vikar Viksen");
}

#define SMS(name) cmocka_unit_test_setup_teardown(name, set_up_sms, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_same_supporter_has_her_in_each_with_a_secret_for_each),
		TEST(whoever_may_not_be_sent_any_more_gives_way_to_another),
		TEST(who_did_not_reach_her_or_had_her_long_ago_is_a_stranger),
		TEST(who_was_silent_to_the_end_is_a_stranger),
		TEST(two_days_apart_one_second_touch_and_one_check_come_for_both),
		TEST(in_a_chain_of_seven_none_of_hers_is_without_a_check),
		TEST(who_stopped_the_older_ones_messages_gets_the_newer_ones_check),
		TEST(ten_days_apart_each_has_its_own),
		TEST(who_stops_the_newer_ones_messages_gets_none_of_the_older_instead),
		SMS(a_check_that_no_phone_got_goes_by_mail_and_stands_for_both),
		SMS(a_check_that_failed_by_every_way_does_not_stand_for_the_newer_ones),
		TEST(a_check_that_was_taken_back_does_not_stand_for_the_newer_ones),
		TEST(a_check_that_went_before_she_stopped_the_messages_stands_for_the_newer_ones),
		SMS(a_check_that_no_phone_got_goes_by_no_mail_to_who_has_stopped_the_newer_ones),
		SMS(a_second_touch_that_no_phone_got_goes_by_no_mail_after_a_newer_ones_first_message),
		TEST(her_desk_says_that_the_two_are_one_colleague),
		TEST(somebody_from_outside_whom_duty_knows_by_now_keeps_her_task_and_gets_the_message),
		TEST(somebody_joined_gets_another_for_one_on_her_list_and_the_one_message_that_all_get),
		TEST(where_all_three_are_on_her_list_three_new_ones_are_found),
		TEST(somebody_joined_whose_leader_or_who_herself_was_to_call_gets_another),
		SMS(whom_a_message_had_reached_hears_of_three_new_ones_in_the_words_of_any_change),
		TEST(a_list_that_names_nobody_of_hers_changes_nothing),
		TEST(who_cannot_be_written_to_in_the_directory_either_is_told_so_again),
		TEST(who_is_not_known_here_yet_stays_from_outside),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
