/* A session for everybody affected, from the wish to the day that duty hears, on both databases. */
#include "haven/groups/groups_testing.h"

#include <pthread.h>

/* ---- the wish ---- */

static void a_wish_is_kept_once_and_goes_when_it_is_taken_back(void **state)
{
	struct bench *b = *state;
	hear(b);
	hear(b);
	assert_int_equal(get(b), RES_OK);
	assert_int_equal(talk.state, GROUPS_ASKED);
	assert_string_equal(talk.title, b->in.title);
	assert_int_equal(talk.by.s, b->in.group.s);
	assert_int_equal(page_of(b), RES_NONE);
	for (int i = 0; i < PEOPLE; i++) { /* everybody is offered support of their own all the same */
		struct offers_row row = row_of(b, i);
		assert_false(id_is_zero(&row.holder));
	}
	b->in.group.s = 0;
	hear(b);
	assert_int_equal(get(b), RES_NONE);
	assert_int_equal(fact_of(b), -1);
	b->in.group = instant_add(start, 36 * HOUR);
	hear(b);
	assert_int_equal(get(b), RES_OK);
}

static void where_nobody_asks_there_is_none(void **state)
{
	struct bench *b = *state;
	b->in.group.s = 0;
	hear(b);
	assert_int_equal(get(b), RES_NONE);
}

static void a_wish_for_people_of_whom_nobody_is_known_here_is_answered_at_once(void **state)
{
	struct bench *b = *state;
	for (int i = 0; i < PEOPLE; i++)
		b->exposures[i].named.n -= 40; /* long past: no offer is made */
	hear(b);
	assert_int_equal(get(b), RES_NONE);
	assert_int_equal(fact_of(b), DOOR_GROUP_NOT_HELD);
}

static void what_is_planned_stays_when_the_wish_is_taken_back_and_the_coordinator_sees_it(void **state)
{
	struct bench *b = *state;
	hear(b);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	b->in.group.s = 0;
	hear(b);
	assert_int_equal(get(b), RES_OK);
	assert_int_equal(talk.state, GROUPS_PLANNED);
	assert_true(talk.taken_back);
	b->in.group = instant_add(start, 36 * HOUR);
	hear(b);
	assert_int_equal(get(b), RES_OK);
	assert_false(talk.taken_back);
}

/* ---- the plan ---- */

static void everybody_affected_is_told_alike_but_for_whoever_has_stopped_the_messages(void **state)
{
	struct bench *b = *state;
	struct letters first, invited;
	hear(b);
	first = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	invited = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&first, "p0@example.org"), 1);
	for (int i = 0; i < PEOPLE; i++) {
		static const char *const to[] = { "p0@example.org", "p1@example.org", "", "p3@example.org" };
		if (*to[i])
			assert_int_equal(count_to(&invited, to[i]), 1);
	}
	assert_int_equal(count_to(&invited, "s0@example.org"), 1);
	assert_int_equal(count_to(&invited, "s1@example.org"), 1);
	assert_int_equal(invited.n, 5);
	struct offers_view view;
	assert_int_equal(look(b, token_of(&invited, "p0@example.org").s, &view), RES_OK);
	assert_int_equal(view.touch, OFFERS_OFFER);
	assert_true(id_eq(&view.incident, &b->incident));
	assert_int_equal(page_of(b), RES_OK);
	assert_string_equal(shown.place, "Møterom 2");
	assert_string_equal(shown.lead_by[0], "Supporter0");
	assert_string_equal(shown.lead_by[1], "Supporter1");
	assert_false(shown.cancelled);
}

static enum result stop_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	return offers_put_stopped(tx, &b->exposure[1]);
}

static void whoever_has_stopped_the_messages_gets_none(void **state)
{
	struct bench *b = *state;
	hear(b);
	deliver(b, MAIL_ACCEPTED);
	assert_int_equal(db_write(b->db, stop_work, b), RES_OK);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(count_to(&l, "p1@example.org"), 0);
}

static void a_plan_says_what_is_wrong_with_it(void **state)
{
	struct bench *b = *state;
	hear(b);
	assert_int_equal(plan_by(b, 3, 3), RES_BAD);
	assert_int_equal(faults, GROUPS_ONE_LEADER);
	plan.lead[1] = (struct id){ { 0 } };
	assert_int_equal(db_write(b->db, plan_work, b), RES_BAD);
	assert_int_equal(faults, GROUPS_NO_LEADER);
	plan.lead[1] = b->supporter[4];
	plan.place = SLICE(" ");
	assert_int_equal(db_write(b->db, plan_work, b), RES_BAD);
	assert_int_equal(faults, GROUPS_NO_PLACE);
	plan.place = SLICE("Her");
	plan.starts = instant_add(start, -60);
	assert_int_equal(db_write(b->db, plan_work, b), RES_BAD);
	assert_true(faults & GROUPS_PAST);
	plan.starts = day_at(day_add(instant_day(start), 3), 10, 0);
	assert_int_equal(db_write(b->db, plan_work, b), RES_BAD);
	assert_int_equal(faults, GROUPS_LATE);
	plan.late = true;
	assert_int_equal(db_write(b->db, plan_work, b), RES_OK);
}

SQL(test_full, "b", "", "UPDATE supporter SET is_full = 1 WHERE id = $1");
SQL(test_person_of, "bb", "", "UPDATE supporter SET person = $2 WHERE id = $1");
SQL(test_apart, "bb", "", "INSERT INTO not_this_one (person, supporter) VALUES ($1, $2)");

static enum result unfit_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	enum result res = db_do(tx, &test_full, NULL, v_id(&b->supporter[0]));
	if (res == RES_OK) /* she was affected herself */
		res = db_do(tx, &test_person_of, NULL, v_id(&b->supporter[1]), v_id(&b->person[0]));
	return res == RES_OK ? db_do(tx, &test_apart, NULL, v_id(&b->person[2]), v_id(&b->supporter[2])) : res;
}

static void nobody_leads_it_who_is_full_was_there_or_is_not_wanted_or_cannot_be_reached_then(void **state)
{
	struct bench *b = *state;
	hear(b);
	assert_int_equal(db_write(b->db, unfit_work, b), RES_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(plan_by(b, i, 5), RES_BAD);
		assert_int_equal(faults, GROUPS_UNFIT);
	}
	assert_int_equal(plan_by(b, 4, 5), RES_OK);
	/* Their windows are from nine to nine: at half past eight in the evening there is no whole hour left. */
	plan.starts = day_at(day_add(instant_day(start), 1), 20, 30);
	assert_int_equal(get(b), RES_OK);
	plan.rev = talk.rev;
	assert_int_equal(db_write(b->db, plan_work, b), RES_BAD);
	assert_int_equal(faults, GROUPS_UNFIT);
	plan.starts = day_at(day_add(instant_day(start), 1), 20, 0);
	assert_int_equal(db_write(b->db, plan_work, b), RES_OK);
}

static void a_change_is_told_to_all_and_of_two_at_once_one_is_told_that_it_changed(void **state)
{
	struct bench *b = *state;
	hear(b);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	deliver(b, MAIL_ACCEPTED);
	struct groups_plan stale = plan;
	assert_int_equal(get(b), RES_OK);
	plan.rev = talk.rev;
	assert_int_equal(db_write(b->db, plan_work, b), RES_OK); /* the same once more: nothing to tell */
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 0);
	plan.lead[1] = b->supporter[2];
	assert_int_equal(db_write(b->db, plan_work, b), RES_OK);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&l, "p3@example.org"), 1);
	for (int i = 0; i < 3; i++) /* who stays, who goes and who comes */
		assert_int_equal(count_to(&l, (const char *[]){ "s0@example.org", "s1@example.org", "s2@example.org" }[i]), 1);
	plan = stale;
	assert_int_equal(db_write(b->db, plan_work, b), RES_AGAIN);
	assert_int_equal(db_write(b->db, give_up_work, b), RES_AGAIN);
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 0);
}

static enum result plan_alone(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	unsigned none = 0;
	return groups_plan(tx, g, &b->incident, &plan, &none);
}

static void *plan_at_once(void *ctx)
{
	struct bench *b = ctx;
	return db_write(b->db, plan_alone, b) == RES_OK ? ctx : NULL;
}

static void of_many_who_plan_at_once_one_is_first(void **state)
{
	struct bench *b = *state;
	pthread_t threads[8];
	int won = 0;
	hear(b);
	deliver(b, MAIL_ACCEPTED);
	plan = (struct groups_plan){ .starts = day_at(day_add(instant_day(start), 1), 10, 0), .place = SLICE("Møterom 2"),
				     .lead = { b->supporter[0], b->supporter[1] } };
	assert_int_equal(get(b), RES_OK);
	plan.rev = talk.rev;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, plan_at_once, b), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *first;
		pthread_join(threads[i], &first);
		won += first != NULL;
	}
	assert_int_equal(won, 1);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(count_to(&l, "s0@example.org"), 1);
}

static void one_that_is_called_off_is_told_to_all_and_to_duty(void **state)
{
	struct bench *b = *state;
	hear(b);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	deliver(b, MAIL_ACCEPTED);
	assert_int_equal(get(b), RES_OK);
	assert_int_equal(db_write(b->db, give_up_work, b), RES_OK);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(count_to(&l, "s1@example.org"), 1);
	assert_int_equal(fact_of(b), DOOR_GROUP_NOT_HELD);
	assert_int_equal(page_of(b), RES_OK);
	assert_true(shown.cancelled);
	assert_int_equal(db_write(b->db, give_up_work, b), RES_NONE);
	assert_int_equal(plan_by(b, 0, 1), RES_NONE);
	move_to(b, day_at(day_add(instant_day(start), 2), 0, 0));
	assert_int_equal(page_of(b), RES_NONE); /* its day is past */
}

/* ---- what became of it ---- */

static void one_of_the_two_says_once_that_it_was_held_and_duty_hears_the_day(void **state)
{
	struct bench *b = *state;
	struct day day = day_add(instant_day(start), 1);
	hear(b);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	assert_int_equal(say_of(b, 0, true, day), RES_NONE); /* it has not begun */
	move_to(b, day_at(day, 10, 30));
	assert_int_equal(say_of(b, 7, true, day), RES_REFUSED);
	assert_int_equal(say_of(b, 0, true, day_add(day, 1)), RES_BAD);
	assert_int_equal(say_of(b, 0, true, day_add(day, -1)), RES_BAD);
	assert_int_equal(say_of(b, 0, true, day), RES_OK);
	assert_int_equal(say_of(b, 1, false, day), RES_NONE);
	assert_int_equal(fact_of(b), DOOR_GROUP_HELD);
	assert_int_equal(page_of(b), RES_NONE);
	assert_int_equal(get(b), RES_OK);
	assert_int_equal(talk.state, GROUPS_HELD);
	assert_int_equal(talk.done.n, day.n);
	/* Duty asks again: it has not heard, or was restored. It hears the same. */
	tell_all(b);
	assert_int_equal(fact_of(b), -1);
	hear(b);
	assert_int_equal(fact_of(b), DOOR_GROUP_HELD);
}

static void without_a_word_they_are_asked_and_after_a_week_it_counts_as_not_held(void **state)
{
	struct bench *b = *state;
	hear(b);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	deliver(b, MAIL_ACCEPTED);
	move_to(b, day_at(day_add(instant_day(start), 2), 8, 59));
	deliver(b, MAIL_ACCEPTED);
	move_to(b, day_at(day_add(instant_day(start), 2), 9, 1));
	struct letters after = deliver(b, MAIL_ACCEPTED);
	assert_true(count_to(&after, "s0@example.org") > 0 && count_to(&after, "s1@example.org") > 0);
	move_to(b, day_at(day_add(instant_day(start), 8), 8, 59));
	assert_int_equal(fact_of(b), -1);
	move_to(b, day_at(day_add(instant_day(start), 8), 9, 1));
	assert_int_equal(fact_of(b), DOOR_GROUP_NOT_HELD);
	assert_int_equal(say_of(b, 0, true, day_add(instant_day(start), 1)), RES_NONE);
}

static void one_that_nobody_plans_counts_as_not_held_after_a_week(void **state)
{
	struct bench *b = *state;
	hear(b);
	move_to(b, day_at(day_add(instant_day(start), 7), 8, 59));
	assert_int_equal(fact_of(b), -1);
	move_to(b, day_at(day_add(instant_day(start), 7), 9, 1));
	assert_int_equal(fact_of(b), DOOR_GROUP_NOT_HELD);
}

/* ---- what goes ---- */

SQL(test_named, "", "n:i", "SELECT COUNT(*) AS n FROM group_talk WHERE place IS NOT NULL OR first IS NOT NULL OR second IS NOT NULL OR starts_at IS NOT NULL");
SQL(test_rows, "", "n:i", "SELECT COUNT(*) AS n FROM group_talk");
SQL(test_years, "", "year:i held:i punctual:i not_held:i", "SELECT year, held, punctual, not_held FROM group_year");

static enum result count_work(struct tx *tx, void *ctx)
{
	struct rows *rows;
	int64_t *n = ctx;
	enum result res = db_one_n(tx, &test_named, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	n[0] = row_int(rows, 0);
	rows_end(&rows);
	res = db_one_n(tx, &test_rows, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	n[1] = row_int(rows, 0);
	rows_end(&rows);
	res = db_one_n(tx, &test_years, &rows, DB_NO_VALUES);
	for (int i = 0; res == RES_OK && i < 4; i++)
		n[2 + i] = row_int(rows, i);
	rows_end(&rows);
	return res;
}

static enum result forget_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	struct day today = instant_day(clock_now(b->clock));
	enum result res = offers_forget_closed(tx, today);
	return res == RES_OK ? groups_forget(tx, today) : res;
}

static void who_led_it_and_where_go_in_the_night_and_the_row_with_its_incident(void **state)
{
	struct bench *b = *state;
	struct day day = day_add(instant_day(start), 1);
	int64_t n[6];
	hear(b);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	move_to(b, day_at(day, 11, 0));
	assert_int_equal(say_of(b, 1, true, day), RES_OK);
	assert_int_equal(db_write(b->db, forget_work, b), RES_OK);
	assert_int_equal(db_read(b->db, count_work, n), RES_OK);
	assert_int_equal(n[0], 1);
	move_to(b, day_at(day_add(day, 1), 3, 0));
	assert_int_equal(db_write(b->db, forget_work, b), RES_OK);
	assert_int_equal(db_read(b->db, count_work, n), RES_OK);
	assert_int_equal(n[0], 0);
	assert_int_equal(n[1], 1);
	assert_true(n[2] == 2026 && n[3] == 1 && n[4] == 1 && n[5] == 0);
	struct instant close = { 0 };
	for (int i = 0; i < 40 && !row_of(b, 0).closed; i++)
		move_to(b, close = instant_add(clock_now(b->clock), 6 * HOUR));
	assert_true(row_of(b, 0).closed);
	struct day closed = instant_day(clock_now(b->clock));
	move_to(b, day_at(day_add(closed, OFFERS_CLOSED_DAYS - 1), 3, 0));
	assert_int_equal(db_write(b->db, forget_work, b), RES_OK);
	assert_int_equal(db_read(b->db, count_work, n), RES_OK);
	assert_int_equal(n[1], 1);
	move_to(b, day_at(day_add(closed, OFFERS_CLOSED_DAYS + 1), 3, 0));
	assert_int_equal(db_write(b->db, forget_work, b), RES_OK);
	assert_int_equal(db_read(b->db, count_work, n), RES_OK);
	assert_int_equal(n[1], 0);
	assert_int_equal(n[3], 1); /* the year's count names nothing, and stays */
}

static void what_is_planned_keeps_its_place_until_it_is_over(void **state)
{
	struct bench *b = *state;
	hear(b);
	assert_int_equal(plan_by(b, 0, 1), RES_OK);
	move_to(b, day_at(day_add(instant_day(start), 3), 3, 0)); /* nobody has said anything yet */
	assert_int_equal(db_write(b->db, forget_work, b), RES_OK);
	assert_int_equal(get(b), RES_OK);
	assert_string_equal(talk.place, "Møterom 2");
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_groups, close_groups)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_wish_is_kept_once_and_goes_when_it_is_taken_back),
		TEST(where_nobody_asks_there_is_none),
		TEST(a_wish_for_people_of_whom_nobody_is_known_here_is_answered_at_once),
		TEST(what_is_planned_stays_when_the_wish_is_taken_back_and_the_coordinator_sees_it),
		TEST(everybody_affected_is_told_alike_but_for_whoever_has_stopped_the_messages),
		TEST(whoever_has_stopped_the_messages_gets_none),
		TEST(a_plan_says_what_is_wrong_with_it),
		TEST(nobody_leads_it_who_is_full_was_there_or_is_not_wanted_or_cannot_be_reached_then),
		TEST(a_change_is_told_to_all_and_of_two_at_once_one_is_told_that_it_changed),
		TEST(of_many_who_plan_at_once_one_is_first),
		TEST(one_that_is_called_off_is_told_to_all_and_to_duty),
		TEST(one_of_the_two_says_once_that_it_was_held_and_duty_hears_the_day),
		TEST(without_a_word_they_are_asked_and_after_a_week_it_counts_as_not_held),
		TEST(one_that_nobody_plans_counts_as_not_held_after_a_week),
		TEST(who_led_it_and_where_go_in_the_night_and_the_row_with_its_incident),
		TEST(what_is_planned_keeps_its_place_until_it_is_over),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
