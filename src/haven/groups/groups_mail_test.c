/* What is mailed of a session for everybody affected, to whom and when, on both databases. */
#include "haven/groups/groups_testing.h"

static int open_groups_sms(void **state)
{
	return set_up_with(state, true) == 0 ? add_groups(*state) : -1;
}

SQL(test_passwords, "", "", "UPDATE account SET password = 'chosen'");

static enum result coordinator_work(struct tx *tx, void *ctx)
{
	struct id account, whole = { { 0 } };
	(void)ctx;
	enum result res = signin_add(tx, random_system(), "mona@example.org", "Mona Vik", LANG_EN, NULL, ROLE_COORDINATOR, &whole, instant_day(start), &account);
	if (res == RES_OK)
		res = signin_add(tx, random_system(), "ella@example.org", "Ella Moe", LANG_EN, NULL, ROLE_SUPPORTER, &whole, instant_day(start), &account);
	return res == RES_OK ? db_do_n(tx, &test_passwords, NULL, DB_NO_VALUES) : res;
}

static enum result call_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return groups_call_coordinator(tx, g);
}

static void what_waits_on_her_first_page_is_mailed_to_the_coordinator_and_not_what_it_is(void **state)
{
	struct bench *b = *state;
	assert_int_equal(db_write(b->db, coordinator_work, NULL), RES_OK);
	assert_int_equal(db_write(b->db, call_work, NULL), RES_OK);
	struct letters l = letters_of(b);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.list[0].address, "mona@example.org");
	assert_string_equal(l.list[0].body, "Hello Mona,\n\nSomething is waiting on the coordinator’s page, best seen to today.\n\n"
					    "http://haven.example/s/programme\n\nFjordvik\n");
}

/* ---- one of the two is not ready any more ---- */

struct pausing {
	struct id who;
	bool paused;
};

static enum result pause_work(struct tx *tx, void *ctx)
{
	const struct pausing *p = ctx;
	return supporters_pause(tx, &p->who, p->paused);
}

static void pause_of(struct bench *b, int who, bool paused)
{
	struct pausing p = { b->supporter[who], paused };
	assert_int_equal(db_write(b->db, pause_work, &p), RES_OK);
}

SQL(test_left, "b", "", "UPDATE supporter SET ended = 1 WHERE id = $1");
SQL(test_keyless, "b", "", "DELETE FROM key_log WHERE supporter = $1");

static enum result left_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_left, NULL, v_id(ctx));
}

static enum result keyless_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_keyless, NULL, v_id(ctx));
}

static enum result full_work(struct tx *tx, void *ctx)
{
	return supporters_set_full(tx, ctx, true);
}

/* How many mails the coordinator got once this moment had come. */
static int mona_at(struct bench *b, struct instant t)
{
	move_to(b, t);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	for (int i = 0; i < l.n; i++)
		if (strcmp(l.list[i].address, "mona@example.org") == 0)
			assert_string_equal(l.list[i].body, "Hello Mona,\n\nSomething is waiting on the coordinator’s page, best seen to today.\n\n"
							    "http://haven.example/s/programme/groups\n\nFjordvik\n");
	return count_to(&l, "mona@example.org");
}

static struct instant hours(int n)
{
	return instant_add(start, n * HOUR + 60);
}

/* Planned for tomorrow at ten by 0 and 1, and everything so far delivered. */
static void planned(struct bench *b)
{
	assert_int_equal(db_write(b->db, coordinator_work, NULL), RES_OK);
	hear(b);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	deliver(b, MAIL_ACCEPTED);
}

static void the_coordinator_gets_one_mail_when_one_of_the_two_is_paused_and_one_more_after_the_next_plan(void **state)
{
	struct bench *b = *state;
	planned(b);
	assert_int_equal(mona_at(b, hours(2)), 0);
	pause_of(b, 0, true);
	assert_int_equal(mona_at(b, hours(3)), 1);
	assert_int_equal(mona_at(b, hours(5)), 0);
	struct instant starts = plan.starts;
	assert_int_equal(get(b), RES_OK);
	plan = (struct groups_plan){ .starts = starts, .place = SLICE("Møterom 2"), .lead = { b->supporter[2], b->supporter[1] }, .rev = talk.rev };
	assert_int_equal(db_write(b->db, plan_work, b), RES_OK);
	assert_int_equal(mona_at(b, hours(6)), 0);
	pause_of(b, 0, false); /* she leads it no more */
	pause_of(b, 1, true);
	assert_int_equal(mona_at(b, hours(7)), 1);
}

static void the_coordinator_gets_a_mail_when_one_of_the_two_has_left(void **state)
{
	struct bench *b = *state;
	planned(b);
	assert_int_equal(db_write(b->db, left_work, &b->supporter[1]), RES_OK);
	assert_int_equal(mona_at(b, hours(1)), 1);
}

static void the_coordinator_gets_a_mail_when_one_of_the_two_has_no_keys(void **state)
{
	struct bench *b = *state;
	planned(b);
	assert_int_equal(db_write(b->db, keyless_work, &b->supporter[0]), RES_OK);
	assert_int_equal(mona_at(b, hours(1)), 1);
}

static void no_mail_goes_for_what_may_follow_from_a_talk_or_for_one_that_has_begun(void **state)
{
	struct bench *b = *state;
	planned(b);
	assert_int_equal(db_write(b->db, full_work, &b->supporter[0]), RES_OK);
	assert_int_equal(mona_at(b, hours(2)), 0);
	move_to(b, instant_add(plan.starts, 60));
	deliver(b, MAIL_ACCEPTED);
	pause_of(b, 0, true);
	assert_int_equal(mona_at(b, instant_add(plan.starts, 3 * HOUR)), 0);
}

static void no_mail_goes_for_one_that_is_called_off(void **state)
{
	struct bench *b = *state;
	planned(b);
	assert_int_equal(get(b), RES_OK);
	assert_int_equal(db_write(b->db, give_up_work, b), RES_OK);
	deliver(b, MAIL_ACCEPTED);
	pause_of(b, 0, true);
	assert_int_equal(mona_at(b, hours(2)), 0);
}

#define BEFORE_READY 17 /* migrations, when no plan had a job that looks after it */

SQL(test_old_incident, "b", "", "INSERT INTO incident (id, title, severity, day, unit_path) VALUES ($1, 'Noe tungt', 1, 20775, '')");
SQL(test_old_talk, "biiibb", "",
    "INSERT INTO group_talk (incident, state, asked_day, by_at, taken_back, starts_at, place, first, second, rev) "
    "VALUES ($1, $2, 20775, $3, 0, $4, 'Kantina', $5, $6, 1)");

/* Tomorrow at ten by 0 and 1, as an earlier version kept it: planned, or given up. */
static enum result old_work(struct tx *tx, void *ctx)
{
	struct id incident = numbered(200), one = numbered(100), other = numbered(101);
	struct instant starts = day_at(day_add(instant_day(start), 1), 10, 0);
	enum result res = db_do(tx, &test_old_incident, NULL, v_id(&incident));
	return res == RES_OK ? db_do(tx, &test_old_talk, NULL, v_id(&incident), v_int(*(enum groups_state *)ctx), v_int(starts.s), v_int(starts.s), v_id(&one),
				     v_id(&other)) : res;
}

static int upgrade_with(void **state, enum groups_state old)
{
	struct db *db;
	db_for_test(haven_migrations, BEFORE_READY, &db);
	if (db_write(db, old_work, &old) != RES_OK || db_migrate(db, haven_migrations, haven_migrations_n, NULL) != RES_OK ||
	    set_up_in(state, false, db) != 0 || add_groups(*state) != 0)
		return -1;
	return db_write(db, coordinator_work, NULL) == RES_OK ? 0 : -1;
}

static int upgrade_planned(void **state)
{
	return upgrade_with(state, GROUPS_PLANNED);
}

static int upgrade_over(void **state)
{
	return upgrade_with(state, GROUPS_NOT_HELD);
}

static void one_that_was_planned_before_the_upgrade_is_looked_after_too(void **state)
{
	struct bench *b = *state;
	assert_int_equal(mona_at(b, hours(2)), 0);
	pause_of(b, 0, true);
	assert_int_equal(mona_at(b, hours(3)), 1);
	assert_int_equal(mona_at(b, hours(5)), 0);
}

static void of_one_that_was_over_before_the_upgrade_no_mail_goes(void **state)
{
	struct bench *b = *state;
	pause_of(b, 0, true);
	assert_int_equal(mona_at(b, hours(3)), 0);
}

/* ---- asked for, taken back, asked for again ---- */

static void wish(struct bench *b, bool asked)
{
	b->in.group.s = asked ? instant_add(start, 36 * HOUR).s : 0;
	hear(b);
}

/* So many times within the hour, one mail of it in all. The last word: it is asked for, or not. */
static void back_and_forth(struct bench *b, int n, bool asked)
{
	int mails = 0;
	assert_int_equal(db_write(b->db, coordinator_work, NULL), RES_OK);
	for (int i = 0; i < n; i++) {
		wish(b, true);
		mails += mona_at(b, instant_add(clock_now(b->clock), 60));
		wish(b, false);
		mails += mona_at(b, instant_add(clock_now(b->clock), 60));
	}
	if (asked)
		wish(b, true);
	assert_int_equal(mails + mona_at(b, hours(2)), 1);
}

static struct instant morning(int days)
{
	return day_at(day_add(instant_day(start), days), 8, 0);
}

static void a_wish_that_comes_and_goes_is_one_mail_a_day_and_what_stands_is_mailed_in_the_morning(void **state)
{
	struct bench *b = *state;
	back_and_forth(b, 5, true);
	assert_int_equal(mona_at(b, instant_add(morning(1), -1)), 0);
	assert_int_equal(mona_at(b, morning(1)), 1);
	wish(b, false);
	wish(b, true);
	assert_int_equal(mona_at(b, instant_add(morning(2), -1)), 0); /* of that day she has hers */
	assert_int_equal(mona_at(b, morning(2)), 1);
	wish(b, false);
	assert_int_equal(mona_at(b, morning(4)), 0);
	wish(b, true); /* and after a day without any it is mailed at once */
	assert_int_equal(mona_at(b, instant_add(morning(4), 60)), 1);
	assert_int_equal(mona_at(b, morning(6)), 0);
}

static void one_that_is_taken_back_in_the_end_is_mailed_no_more(void **state)
{
	struct bench *b = *state;
	back_and_forth(b, 3, false);
	assert_int_equal(mona_at(b, morning(1)), 0);
	wish(b, true);
	assert_int_equal(mona_at(b, instant_add(morning(1), 60)), 1);
}

static void one_that_is_planned_by_then_is_mailed_no_more(void **state)
{
	struct bench *b = *state;
	back_and_forth(b, 3, true);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	assert_int_equal(mona_at(b, morning(3)), 0);
}

static void anothers_wish_is_mailed_the_same_day(void **state)
{
	struct bench *b = *state;
	back_and_forth(b, 2, true);
	struct door_exposure e = { .id = numbered(80), .named = instant_day(start), .person = b->person[1] };
	b->in.id = numbered(201);
	b->in.exposures = &e;
	b->in.exposures_n = 1;
	hear(b);
	assert_int_equal(mona_at(b, hours(3)), 1);
}

/* ---- a message of it that no phone got ---- */

static void to_all_is_sent(struct bench *b)
{
	hear(b);
	deliver(b, MAIL_ACCEPTED);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	assert_int_equal(count_about(b, OFFERS_MAIL_GROUP, &b->exposure[0]), 1);
	deliver(b, MAIL_ACCEPTED);
}

static void an_sms_that_no_phone_got_is_followed_by_a_mail_until_it_begins(void **state)
{
	struct bench *b = *state;
	to_all_is_sent(b);
	move_to(b, instant_add(plan.starts, -60));
	becomes(b, 0, OFFERS_MAIL_GROUP, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_GROUP, &b->exposure[0]), 1);
	move_to(b, plan.starts);
	becomes(b, 1, OFFERS_MAIL_GROUP, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_GROUP, &b->exposure[1]), 0);
}

static void so_it_is_of_a_change(void **state)
{
	struct bench *b = *state;
	to_all_is_sent(b);
	assert_int_equal(get(b), RES_OK);
	plan.place = SLICE("Kantina");
	plan.rev = talk.rev;
	assert_int_equal(db_write(b->db, plan_work, b), RES_OK);
	assert_int_equal(count_about(b, OFFERS_MAIL_REGROUP, &b->exposure[0]), 1);
	deliver(b, MAIL_ACCEPTED);
	becomes(b, 0, OFFERS_MAIL_REGROUP, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_REGROUP, &b->exposure[0]), 1);
	move_to(b, plan.starts);
	becomes(b, 1, OFFERS_MAIL_REGROUP, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_REGROUP, &b->exposure[1]), 0);
}

static void and_of_one_that_was_called_off(void **state)
{
	struct bench *b = *state;
	to_all_is_sent(b);
	assert_int_equal(get(b), RES_OK);
	assert_int_equal(db_write(b->db, give_up_work, b), RES_OK);
	deliver(b, MAIL_ACCEPTED);
	becomes(b, 0, OFFERS_MAIL_REGROUP, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_REGROUP, &b->exposure[0]), 1);
	move_to(b, plan.starts);
	becomes(b, 1, OFFERS_MAIL_REGROUP, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(count_about(b, OFFERS_MAIL_REGROUP, &b->exposure[1]), 0);
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_groups, close_groups)
#define SMS(f) cmocka_unit_test_setup_teardown(f, open_groups_sms, close_groups)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_waits_on_her_first_page_is_mailed_to_the_coordinator_and_not_what_it_is),
		TEST(the_coordinator_gets_one_mail_when_one_of_the_two_is_paused_and_one_more_after_the_next_plan),
		TEST(the_coordinator_gets_a_mail_when_one_of_the_two_has_left),
		TEST(the_coordinator_gets_a_mail_when_one_of_the_two_has_no_keys),
		TEST(no_mail_goes_for_what_may_follow_from_a_talk_or_for_one_that_has_begun),
		TEST(no_mail_goes_for_one_that_is_called_off),
		TEST(a_wish_that_comes_and_goes_is_one_mail_a_day_and_what_stands_is_mailed_in_the_morning),
		TEST(one_that_is_taken_back_in_the_end_is_mailed_no_more),
		TEST(one_that_is_planned_by_then_is_mailed_no_more),
		TEST(anothers_wish_is_mailed_the_same_day),
		cmocka_unit_test_setup_teardown(one_that_was_planned_before_the_upgrade_is_looked_after_too, upgrade_planned, close_groups),
		cmocka_unit_test_setup_teardown(of_one_that_was_over_before_the_upgrade_no_mail_goes, upgrade_over, close_groups),
		SMS(an_sms_that_no_phone_got_is_followed_by_a_mail_until_it_begins),
		SMS(so_it_is_of_a_change),
		SMS(and_of_one_that_was_called_off),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
