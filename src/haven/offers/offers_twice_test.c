/* Somebody who was named twice in one incident, from outside and from the directory, and whom duty knows as one by now (door.h): she gets
   each message once, and no answer of hers is lost. */
#include "haven/offers/offers_testing.h"

static int set_up_sms(void **state)
{
	return set_up_with(state, true);
}

/* Person 0, and after her whom she was named as besides, at first from outside. */
static struct door_exposure both[2];

static void name_both(struct bench *b)
{
	both[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .person = b->person[0] };
	both[1] = (struct door_exposure){ .id = b->exposure[1], .named = instant_day(start), .outside = true, .name = "Vikar Viksen",
					  .phone = "+47 00 00 09 00", .lang = "en" };
	b->in.exposures = both;
	b->in.exposures_n = ARRAY_LEN(both);
}

static void say_same(struct bench *b)
{
	both[1] = (struct door_exposure){ .id = both[1].id, .named = instant_day(start), .person = b->person[0] };
	take(b);
}

static struct offers_row twin_of(struct bench *b)
{
	struct looking l = { .b = b, .task = both[1].id };
	assert_int_equal(db_read(b->db, row_work, &l), RES_OK);
	return l.row;
}

static struct id fact_about;
static enum result fact_work(struct tx *tx, void *ctx)
{
	struct telling t = { .b = ctx };
	enum result res = facts_work(tx, &t);
	for (size_t i = 0; res == RES_OK && i < t.facts.n; i++)
		if (id_eq(&t.facts.list[i].about, &fact_about) && t.facts.list[i].kind == DOOR_UNSENDABLE)
			return RES_OK;
	return res == RES_OK ? RES_NONE : res;
}

static bool told_unsendable(struct bench *b, const struct id *about)
{
	fact_about = *about;
	return db_read(b->db, fact_work, b) == RES_OK;
}

static int to_her(struct bench *b)
{
	struct letters l = deliver(b, MAIL_ACCEPTED);
	return count_to(&l, "p0@example.org");
}

static void where_no_message_went_to_whom_she_was_named_as_that_task_is_given_up_and_hers_goes_on(void **state)
{
	struct bench *b = *state;
	name_both(b);
	take(b);
	assert_int_equal(to_her(b), 1);
	assert_true(told_unsendable(b, &both[1].id));
	say_same(b);
	say_same(b); /* once is enough */
	struct offers_row twin = twin_of(b);
	assert_true(twin.stopped);
	assert_true(id_is_zero(&twin.person));
	assert_false(row_of(b, 0).closed);
	assert_false(row_of(b, 0).stopped);
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	assert_int_equal(count_about(b, OFFERS_MAIL_SECOND, &b->exposure[0]), 1);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 1);
	assert_int_equal(count_about(b, OFFERS_MAIL_SECOND, &both[1].id), 0);
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &both[1].id), 0);
	assert_true(twin_of(b).closed);
}

/* Her second task is given up, and its supporter has it still. */
static void give_up_the_second(struct bench *b)
{
	name_both(b);
	take(b);
	struct id holder = twin_of(b).holder;
	assert_false(id_is_zero(&holder));
	deliver(b, MAIL_ACCEPTED);
	say_same(b);
	assert_true(holds(b, 1, &holder));
	assert_false(twin_of(b).closed);
	tell_all(b);
}

static void what_its_supporter_says_of_a_task_that_is_given_up_is_told(void **state)
{
	struct bench *b = *state;
	give_up_the_second(b);
	see(b, 0);
	see(b, 1);
	move_to(b, twin_of(b).deadline);
	struct saying s = { .b = b, .supporter = twin_of(b).holder, .list = { { both[1].id, true }, { both[0].id, false } }, .n = 1 };
	s.n += holds(b, 0, &s.supporter);
	assert_int_equal(db_read(b->db, say_work, &s), RES_OK);
	move_to(b, instant_add(start, 6 * 24 * HOUR));
	assert_true(twin_of(b).closed);
	assert_int_equal(facts_of(b, 1), REACHED);
}

static void of_which_nobody_says_anything_duty_hears_not_reached(void **state)
{
	struct bench *b = *state;
	give_up_the_second(b);
	move_to(b, instant_add(start, 6 * 24 * HOUR));
	assert_int_equal(facts_of(b, 1), NOT_REACHED);
}

static void given_on_it_goes_to_nobody(void **state)
{
	struct bench *b = *state;
	give_up_the_second(b);
	assert_int_equal(pass_on(b, 1, twin_of(b).holder), RES_OK);
	static const struct id nobody;
	assert_true(holds(b, 1, &nobody));
	move_to(b, instant_add(start, 12 * HOUR));
	assert_true(holds(b, 1, &nobody));
	assert_int_equal(count_about(b, OFFERS_MAIL_NEWS, &both[1].id), 0);
	assert_false(holds(b, 0, &nobody));
	move_to(b, instant_add(start, 6 * 24 * HOUR));
	assert_true(twin_of(b).closed);
	assert_int_equal(facts_of(b, 1), NOT_REACHED);
}

static void past_its_deadline_nobody_else_is_looked_for(void **state)
{
	struct bench *b = *state;
	give_up_the_second(b);
	struct id holder = twin_of(b).holder, hers = row_of(b, 0).holder;
	move_to(b, instant_add(twin_of(b).deadline, 60));
	assert_false(holds(b, 0, &hers));
	assert_false(twin_of(b).closed);
	assert_true(holds(b, 1, &holder));
}

struct coordinator {
	struct bench *b;
	struct offers_unreached *list;
	struct offers_pair *pairs;
	size_t n, pairs_n;
	int asked;
};

static enum result coordinator_work(struct tx *tx, void *ctx)
{
	struct coordinator *c = ctx;
	enum result res = offers_unreached(tx, c->b->a, &c->list, &c->n);
	return res == RES_OK ? offers_pairs(tx, c->b->a, &c->b->incident, clock_now(c->b->clock), &c->pairs, &c->pairs_n) : res;
}

static enum result ask_coordinator(struct tx *tx, void *ctx)
{
	struct coordinator *c = ctx;
	(void)tx;
	c->asked++;
	return RES_OK;
}

static enum result see_to_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return offers_saw_to(tx, &both[1].id);
}

static void the_coordinator_has_nothing_to_see_to_of_a_task_that_is_given_up(void **state)
{
	struct bench *b = *state;
	struct coordinator c = { .b = b };
	offers_when_left(b->o, ask_coordinator, &c);
	name_both(b);
	both[1].alone = true;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	assert_int_equal(db_read(b->db, coordinator_work, &c), RES_OK);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.pairs_n, 2);
	both[1].alone = false;
	say_same(b);
	assert_int_equal(db_read(b->db, coordinator_work, &c), RES_OK);
	assert_int_equal(c.n, 0);
	assert_int_equal(c.pairs_n, 1);
	assert_int_equal(db_write(b->db, see_to_work, b), RES_NONE);
	move_to(b, instant_add(start, 6 * 24 * HOUR));
	assert_true(twin_of(b).closed);
	assert_int_equal(db_read(b->db, coordinator_work, &c), RES_OK);
	assert_int_equal(c.n, 0);
	assert_int_equal(c.asked, 0);
	assert_int_equal(db_write(b->db, see_to_work, b), RES_NONE);
}

struct progress {
	struct bench *b;
	struct offers_progress *list;
	size_t n;
};

static enum result progress_work(struct tx *tx, void *ctx)
{
	struct progress *p = ctx;
	return offers_progress(tx, p->b->a, clock_now(p->b->clock), &p->list, &p->n);
}

/* As the coordinator sees it. */
static struct offers_progress progress_of(struct bench *b)
{
	struct progress p = { .b = b };
	assert_int_equal(db_read(b->db, progress_work, &p), RES_OK);
	assert_int_equal(p.n, 1);
	return p.list[0];
}

static void the_coordinator_sees_her_once(void **state)
{
	struct bench *b = *state;
	name_both(b);
	take(b);
	assert_int_equal(progress_of(b).affected, 2);
	say_same(b);
	struct offers_progress p = progress_of(b);
	assert_int_equal(p.affected, 1);
	assert_int_equal(p.assigned, 1);
	assert_int_equal(p.closed, 0);
}

static void also_where_both_tasks_stay(void **state)
{
	struct bench *b = *state;
	name_both(b);
	take(b);
	deliver(b, MAIL_ACCEPTED);
	say_same(b);
	struct offers_progress p = progress_of(b);
	assert_int_equal(p.affected, 1);
	assert_int_equal(p.assigned, 1);
}

SQL(test_bare, "bi", "", "UPDATE task SET holder = NULL, rounds = $2 WHERE id = $1");

struct baring {
	const struct id *task;
	int rounds;
};

static enum result bare_work(struct tx *tx, void *ctx)
{
	const struct baring *x = ctx;
	return db_do(tx, &test_bare, NULL, v_id(x->task), v_int(x->rounds));
}

/* Nobody has this task, after that many rounds. */
static void bare(struct bench *b, int i, int rounds)
{
	struct baring x = { &both[i].id, rounds };
	assert_int_equal(db_write(b->db, bare_work, &x), RES_OK);
}

static void who_has_a_supporter_by_either_task_is_not_without(void **state)
{
	struct bench *b = *state;
	name_both(b);
	take(b);
	deliver(b, MAIL_ACCEPTED);
	say_same(b);
	bare(b, 1, OFFERS_ROUNDS);
	struct offers_progress p = progress_of(b);
	assert_int_equal(p.without, 0);
	assert_int_equal(p.given_up, 0);
	assert_int_equal(p.assigned, 1);
	bare(b, 0, 1);
	p = progress_of(b);
	assert_int_equal(p.without, 1);
	assert_int_equal(p.given_up, 0); /* somebody is looked for still */
	bare(b, 0, OFFERS_ROUNDS);
	p = progress_of(b);
	assert_int_equal(p.without, 1);
	assert_int_equal(p.given_up, 1);
	assert_int_equal(p.assigned, 0);
}

static void where_both_got_a_message_both_tasks_stay_and_what_follows_comes_once(void **state)
{
	struct bench *b = *state;
	name_both(b);
	take(b);
	struct offers_row before = twin_of(b);
	assert_true(before.ways & OFFERS_BY_SMS);
	deliver(b, MAIL_ACCEPTED);
	say_same(b);
	struct offers_row twin = twin_of(b);
	assert_false(twin.closed);
	assert_true(id_eq(&twin.person, &b->person[0]));
	assert_true(id_eq(&twin.holder, &before.holder));
	assert_memory_equal(twin.rel, before.rel, sizeof(twin.rel));
	assert_int_equal(count_about(b, OFFERS_MAIL_OFFER, &twin.id), 0);
	move_to(b, offers_second_touch(start));
	assert_int_equal(count_about(b, OFFERS_MAIL_SECOND, &twin.id) + count_about(b, OFFERS_MAIL_SECOND, &b->exposure[0]), 1);
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	assert_int_equal(count_about(b, OFFERS_MAIL_CHECK, &twin.id) + count_about(b, OFFERS_MAIL_CHECK, &b->exposure[0]), 1);
}

static enum result group_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	return offers_tell_group(tx, b->o, &b->incident, false);
}

static void of_a_session_for_all_she_is_told_once(void **state)
{
	struct bench *b = *state;
	name_both(b);
	take(b);
	deliver(b, MAIL_ACCEPTED);
	say_same(b);
	assert_int_equal(db_write(b->db, group_work, b), RES_OK);
	assert_int_equal(count_about(b, OFFERS_MAIL_GROUP, &both[0].id) + count_about(b, OFFERS_MAIL_GROUP, &both[1].id), 1);
}

static void a_first_message_that_no_phone_got_goes_by_no_mail_when_she_has_it_already(void **state)
{
	struct bench *b = *state;
	name_both(b);
	take(b);
	deliver(b, MAIL_ACCEPTED);
	say_same(b);
	becomes(b, 1, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_OFFER, &both[1].id), 0);
	assert_true(told_unsendable(b, &both[1].id));
	assert_false(told_unsendable(b, &both[0].id));
}

static void a_first_message_that_no_phone_got_either_time_goes_by_mail_once(void **state)
{
	struct bench *b = *state;
	name_both(b);
	take(b);
	deliver(b, MAIL_ACCEPTED);
	say_same(b);
	becomes(b, 1, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_OFFER, &both[0].id), 1);
	assert_int_equal(count_about(b, OFFERS_MAIL_OFFER, &both[1].id), 0);
	assert_int_equal(to_her(b), 1);
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

static void stops_by(struct bench *b, const char *address)
{
	name_both(b);
	take(b);
	struct letters first = letters_of(b);
	struct stopping s = { b, token_of(&first, address) };
	deliver(b, MAIL_ACCEPTED);
	say_same(b);
	assert_int_equal(db_write(b->db, stop_by_link, &s), RES_OK);
	assert_true(row_of(b, 0).stopped);
	assert_true(twin_of(b).stopped);
	move_to(b, instant_add(start, 40 * 24 * HOUR));
	assert_int_equal(db_write(b->db, group_work, b), RES_OK);
	static const char *const kinds[] = { OFFERS_MAIL_SECOND, OFFERS_MAIL_CHECK, OFFERS_MAIL_GROUP };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		assert_int_equal(count_about(b, kinds[i], &both[0].id) + count_about(b, kinds[i], &both[1].id), 0);
}

static void stopping_by_either_link_stops_both(void **state)
{
	stops_by(*state, "+4700000300");
}

static void stopping_by_the_other_link_stops_both(void **state)
{
	stops_by(*state, "+4700000900");
}

static void known_as_one_from_the_first_she_gets_one_task(void **state)
{
	struct bench *b = *state;
	struct looking l = { .b = b, .task = b->exposure[1] };
	name_both(b);
	say_same(b);
	assert_int_equal(db_read(b->db, row_work, &l), RES_NONE);
	assert_true(told_unsendable(b, &both[1].id));
	assert_false(told_unsendable(b, &both[0].id));
	assert_int_equal(to_her(b), 1);
}

static void named_from_outside_first_and_reached_by_sms_she_gets_no_second_first_message(void **state)
{
	struct bench *b = *state;
	struct looking l = { .b = b, .task = b->exposure[0] };
	name_both(b);
	b->in.exposures = &both[1];
	b->in.exposures_n = 1;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	b->in.exposures = both;
	b->in.exposures_n = 2;
	say_same(b);
	assert_int_equal(db_read(b->db, row_work, &l), RES_NONE);
	assert_true(told_unsendable(b, &both[0].id));
	assert_false(twin_of(b).closed);
	assert_int_equal(to_her(b), 0);
}

static void named_from_outside_first_without_a_way_she_gets_hers(void **state)
{
	struct bench *b = *state;
	name_both(b);
	b->in.exposures = &both[1];
	b->in.exposures_n = 1;
	take(b);
	b->in.exposures = both;
	b->in.exposures_n = 2;
	say_same(b);
	assert_true(twin_of(b).stopped);
	assert_false(row_of(b, 0).closed);
	assert_int_equal(to_her(b), 1);
}

#define SMS(name) cmocka_unit_test_setup_teardown(name, set_up_sms, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(where_no_message_went_to_whom_she_was_named_as_that_task_is_given_up_and_hers_goes_on),
		TEST(what_its_supporter_says_of_a_task_that_is_given_up_is_told),
		TEST(of_which_nobody_says_anything_duty_hears_not_reached),
		TEST(given_on_it_goes_to_nobody),
		TEST(past_its_deadline_nobody_else_is_looked_for),
		TEST(the_coordinator_has_nothing_to_see_to_of_a_task_that_is_given_up),
		TEST(the_coordinator_sees_her_once),
		SMS(also_where_both_tasks_stay),
		SMS(who_has_a_supporter_by_either_task_is_not_without),
		SMS(where_both_got_a_message_both_tasks_stay_and_what_follows_comes_once),
		SMS(of_a_session_for_all_she_is_told_once),
		SMS(a_first_message_that_no_phone_got_goes_by_no_mail_when_she_has_it_already),
		SMS(a_first_message_that_no_phone_got_either_time_goes_by_mail_once),
		SMS(stopping_by_either_link_stops_both),
		SMS(stopping_by_the_other_link_stops_both),
		TEST(known_as_one_from_the_first_she_gets_one_task),
		SMS(named_from_outside_first_and_reached_by_sms_she_gets_no_second_first_message),
		TEST(named_from_outside_first_without_a_way_she_gets_hers),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
