/* What comes after the offer: what a desk says, the closing, and the two touches. */
#include "haven/offers/offers_testing.h"

static void what_a_desk_says_is_in_memory_until_all_close_together_at_three(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct day due = instant_day(row_of(b, 0).deadline);
	assert_int_equal(say(b, 0, 1), RES_AGAIN); /* its day has not come */
	move_to(b, day_at(due, 14, 30));
	char *before = dump(b);
	assert_int_equal(say(b, 0, 1), RES_OK);
	char *after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
	for (int i = 0; i < PEOPLE; i++)
		assert_int_equal(facts_of(b, i), 0);
	move_to(b, day_at(due, 15, 0));
	for (int i = 0; i < PEOPLE; i++) {
		assert_true(row_of(b, i).closed);
		assert_int_equal(facts_of(b, i), i == 0 ? REACHED : NOT_REACHED);
	}
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_NONE); /* closed */
}

static void a_list_that_is_not_exactly_hers_is_not_taken(void **state)
{
	struct bench *b = *state;
	take(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	move_to(b, day_at(instant_day(row_of(b, 0).deadline), 14, 30));
	struct saying s = { .b = b, .supporter = row_of(b, 0).holder };
	assert_int_equal(db_read(b->db, say_work, &s), RES_OK); /* nothing said is nothing wrong */
	s.list[s.n++] = (struct offers_outcome){ numbered(240), true };
	assert_int_equal(db_read(b->db, say_work, &s), RES_AGAIN);
	for (int k = 0; k < PEOPLE; k++)
		s.list[k] = (struct offers_outcome){ b->exposure[k], true };
	s.n = PEOPLE;
	s.supporter = b->supporter[0];
	for (int i = 1; i < SUPPORTERS && holds(b, 0, &s.supporter); i++)
		s.supporter = b->supporter[i];
	assert_int_equal(db_read(b->db, say_work, &s), RES_AGAIN); /* not all of them are hers */
}

SQL(test_full, "b", "", "UPDATE supporter SET is_full = 1 WHERE id = $1");

static enum result only_three_have_room(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	enum result res = RES_OK;
	for (int k = 3; k < SUPPORTERS && res == RES_OK; k++)
		res = db_do(tx, &test_full, NULL, v_id(&b->supporter[k]));
	return res;
}

struct showing {
	struct bench *b;
	struct id supporter;
	int n, closed;
};

static enum result shown_work(struct tx *tx, void *ctx)
{
	struct showing *s = ctx;
	struct offers_task *tasks;
	size_t n;
	enum result res = offers_tasks(tx, s->b->o, s->b->a, &s->supporter, &tasks, &n);
	s->n = (int)n;
	for (size_t i = 0; res == RES_OK && i < n; i++)
		s->closed += tasks[i].closed;
	return res;
}

/* How many tasks her desk shows. */
static int shown(struct bench *b, struct id supporter)
{
	struct showing s = { .b = b, .supporter = supporter };
	assert_int_equal(db_read(b->db, shown_work, &s), RES_OK);
	assert_int_equal(s.closed, row_of(b, 0).closed ? s.n : 0);
	return s.n;
}

/* How many of these are asked to note their contacts, and how many to look. */
static void mornings(const struct letters *l, int closing, int look)
{
	for (int i = 0; i < l->n; i++) {
		bool first = true;
		for (int k = 0; k < i; k++)
			first &= strcmp(l->list[i].address, l->list[k].address) != 0;
		if (strcmp(l->list[i].kind, OFFERS_MAIL_NOTICE) != 0)
			continue;
		assert_true(first); /* one each */
		if (strstr(l->list[i].body, "kl. 15"))
			closing--;
		else
			look--;
	}
	assert_int_equal(closing, 0);
	assert_int_equal(look, 0);
}

static struct letters after_morning(struct bench *b, struct day d)
{
	move_to(b, day_at(d, 8, 59));
	deliver(b, MAIL_ACCEPTED);
	move_to(b, day_at(d, 9, 0));
	return deliver(b, MAIL_ACCEPTED);
}

static void on_the_morning_of_the_closing_each_supporter_is_asked_once_to_open_her_desk(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct day closes = instant_day(offers_close(row_of(b, 0).deadline, row_of(b, 0).made));
	struct letters l = after_morning(b, closes);
	mornings(&l, PEOPLE, SUPPORTERS - PEOPLE); /* whoever was chosen instead hears of it only so */
	/* Somebody passes a task on after it went out: her successor has a notice, and nobody a second one. */
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK);
	move_to(b, instant_add(clock_now(b->clock), 60));
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 1);
}

static void whoever_holds_two_tasks_is_asked_once_and_whoever_is_full_is_asked_to_look(void **state)
{
	struct bench *b = *state;
	assert_int_equal(db_write(b->db, only_three_have_room, b), RES_OK);
	take(b);
	deliver(b, MAIL_ACCEPTED);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct letters l = after_morning(b, instant_day(offers_close(row_of(b, 0).deadline, row_of(b, 0).made)));
	mornings(&l, 3, SUPPORTERS - 3); /* she may have been chosen before she said so */
	int most = 0;
	for (int k = 0; k < SUPPORTERS; k++) {
		int tasks = 0;
		for (int i = 0; i < PEOPLE; i++)
			tasks += holds(b, i, &b->supporter[k]);
		most = tasks > most ? tasks : most;
	}
	assert_true(most > 1);
}

static void the_morning_after_the_closing_what_came_last_is_asked_for_and_then_nobody_is(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct day d = instant_day(offers_close(row_of(b, 0).deadline, row_of(b, 0).made));
	struct id holder = row_of(b, 0).holder;
	move_to(b, day_at(d, 15, 1));
	assert_true(row_of(b, 0).closed);
	assert_int_equal(shown(b, holder), 1); /* still hers to read, until tomorrow's end */
	struct letters l = after_morning(b, day_add(d, 1));
	mornings(&l, 0, SUPPORTERS);
	assert_int_equal(shown(b, holder), 1);
	move_to(b, day_at(day_add(d, 2), 8, 0));
	assert_int_equal(shown(b, holder), 0);
	/* A day without mail, without a closing and no Monday. */
	struct day quiet = day_add(d, 8);
	while (day_wall(quiet).weekday != 3)
		quiet = day_add(quiet, 1);
	move_to(b, day_at(day_add(quiet, -2), 12, 0));
	deliver(b, MAIL_ACCEPTED); /* the second touch */
	l = after_morning(b, quiet);
	assert_int_equal(l.n, 0);
	/* On Mondays as long as a link is good: an hour of the ring is kept for two weeks. */
	struct day monday = day_add(quiet, 4);
	l = after_morning(b, monday);
	mornings(&l, 0, SUPPORTERS);
	monday = day_add(monday, 7 * 10);
	move_to(b, day_at(day_add(monday, -2), 12, 0));
	deliver(b, MAIL_ACCEPTED);
	l = after_morning(b, monday);
	assert_int_equal(l.n, 0);
}

SQL(test_file, "bii", "", "UPDATE supporter SET paused = $2, accredited_until = $3 WHERE id = $1");
SQL(test_no_key, "b", "", "DELETE FROM key_log WHERE supporter = $1");

struct file {
	struct id who;
	bool paused, no_key;
	struct day until;
};

static enum result file_work(struct tx *tx, void *ctx)
{
	const struct file *f = ctx;
	enum result res = db_do(tx, &test_file, NULL, v_id(&f->who), v_int(f->paused), v_int(f->until.n));
	return res == RES_OK && f->no_key ? db_do(tx, &test_no_key, NULL, v_id(&f->who)) : res;
}

static void set_file(struct bench *b, struct id who, bool paused, bool no_key, struct day until)
{
	struct file f = { who, paused, no_key, until };
	assert_int_equal(db_write(b->db, file_work, &f), RES_OK);
}

static int asked(struct bench *b, const struct letters *l, struct id who)
{
	char address[64] = "";
	for (int i = 0; i < SUPPORTERS; i++)
		if (id_eq(&b->supporter[i], &who))
			snprintf(address, sizeof(address), "s%d@example.org", i);
	return count_to(l, address);
}

static void whoever_can_be_chosen_no_longer_is_asked_to_look_for_two_weeks_more(void **state)
{
	struct bench *b = *state;
	struct day tomorrow = day_add(instant_day(start), 1);
	take(b);
	struct id idle[4];
	for (int k = 0, n = 0; k < SUPPORTERS && n < 4; k++) {
		bool held = false;
		for (int i = 0; i < PEOPLE; i++)
			held |= holds(b, i, &b->supporter[k]);
		if (!held)
			idle[n++] = b->supporter[k];
	}
	set_file(b, idle[0], true, false, (struct day){ 30000 });         /* paused */
	set_file(b, idle[1], false, false, day_add(tomorrow, -14));       /* her accreditation ended two weeks ago */
	set_file(b, idle[2], false, false, day_add(tomorrow, -15));       /* a day more */
	set_file(b, idle[3], true, true, (struct day){ 30000 });          /* she has no key: nothing is sealed to her */
	struct letters l = after_morning(b, tomorrow);
	int were[] = { 1, 1, 0, 0 };
	for (int i = 0; i < 4; i++)
		assert_int_equal(asked(b, &l, idle[i]), were[i]);
}

static void whoever_held_a_task_is_asked_to_look_the_morning_after_it_closed_whatever_her_file_says(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct day d = instant_day(offers_close(row_of(b, 0).deadline, row_of(b, 0).made));
	struct id holder = row_of(b, 0).holder;
	move_to(b, day_at(d, 15, 1));
	set_file(b, holder, true, false, day_add(d, -30));
	struct letters l = after_morning(b, day_add(d, 1));
	assert_int_equal(asked(b, &l, holder), 1);
	deliver(b, MAIL_ACCEPTED);
	l = after_morning(b, day_add(d, 2));
	assert_int_equal(asked(b, &l, holder), 0);
}

static void a_morning_that_nothing_ran_in_is_made_up_for_and_one_that_comes_is_not_moved(void **state)
{
	struct bench *b = *state;
	struct day d = instant_day(start);
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	clock_set(b->clock, day_at(day_add(d, 1), 10, 0)); /* the programs were down at nine */
	assert_int_equal(db_write(b->db, start_work, b), RES_OK);
	move_to(b, day_at(day_add(d, 1), 10, 0));
	assert_true(deliver(b, MAIL_ACCEPTED).n >= SUPPORTERS);
}

/* What desks said was in memory alone. */
static void start_again(struct bench *b, struct instant at)
{
	move_to(b, at);
	assert_int_equal(db_write(b->db, start_work, b), RES_OK);
}

static struct day closing_of(struct bench *b)
{
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	return instant_day(offers_close(row_of(b, 0).deadline, row_of(b, 0).made));
}

static void after_a_start_on_the_day_of_the_closing_whoever_has_a_task_is_asked_once_more(void **state)
{
	struct bench *b = *state;
	struct day closes = closing_of(b);
	after_morning(b, closes);
	start_again(b, day_at(closes, 13, 6));
	start_again(b, day_at(closes, 13, 10)); /* one that starts again and again asks once */
	move_to(b, day_at(closes, 13, 14));
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 0);
	move_to(b, day_at(closes, 13, 15));
	struct letters l = deliver(b, MAIL_ACCEPTED);
	mornings(&l, PEOPLE, 0);
	assert_int_equal(l.n, PEOPLE);
	move_to(b, day_at(closes, 14, 59));
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 0);
}

static void a_start_before_the_morning_after_the_closing_or_on_another_day_asks_nobody_more(void **state)
{
	struct bench *b = *state;
	struct day closes = closing_of(b);
	start_again(b, day_at(day_add(closes, -1), 18, 0));
	move_to(b, day_at(day_add(closes, -1), 19, 0));
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 0);
	start_again(b, day_at(closes, 8, 58));
	struct letters l = after_morning(b, closes);
	mornings(&l, PEOPLE, SUPPORTERS - PEOPLE);
	move_to(b, day_at(closes, 9, 30));
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 0);
	start_again(b, day_at(closes, 15, 1));
	move_to(b, day_at(closes, 16, 0));
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 0);
}

static enum result left_work(struct tx *tx, void *ctx)
{
	return clockwork_put(tx, OFFERS_JOB_AGAIN, &(struct id){ { 0 } }, *(struct instant *)ctx);
}

static void what_an_earlier_life_had_still_to_ask_wakes_nobody_at_night(void **state)
{
	struct bench *b = *state;
	struct day closes = closing_of(b);
	struct instant left = day_at(day_add(closes, -1), 23, 0);
	move_to(b, day_at(day_add(closes, -1), 22, 0));
	deliver(b, MAIL_ACCEPTED);
	assert_int_equal(db_write(b->db, left_work, &left), RES_OK);
	clock_set(b->clock, day_at(closes, 2, 0));
	assert_int_equal(db_write(b->db, start_work, b), RES_OK);
	move_to(b, day_at(closes, 2, 10));
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 0);
	struct letters l = after_morning(b, closes);
	mornings(&l, PEOPLE, SUPPORTERS - PEOPLE);
}

static void a_morning_that_is_made_up_for_after_a_start_asks_once(void **state)
{
	struct bench *b = *state;
	struct day closes = closing_of(b);
	move_to(b, day_at(closes, 8, 50));
	deliver(b, MAIL_ACCEPTED);
	clock_set(b->clock, day_at(closes, 10, 0)); /* the programs were down at nine */
	assert_int_equal(db_write(b->db, start_work, b), RES_OK);
	move_to(b, day_at(closes, 12, 0));
	struct letters l = deliver(b, MAIL_ACCEPTED);
	mornings(&l, PEOPLE, SUPPORTERS - PEOPLE);
}

static int64_t machine;

static int64_t the_machine(void)
{
	return machine;
}

static void after_a_clock_that_ran_ahead_the_next_morning_is_tomorrows(void **state)
{
	struct bench *b = *state;
	struct instant due;
	int done;
	struct offers_setup setup = { b->db, NULL, random_system(), "http://haven.example", "Fjordvik", LANG_NB };
	clockwork_free(&b->cw);
	db_hear_no_more(b->db);
	offers_free(&b->o);
	clock_free(&b->clock);
	machine = start.s;
	setup.clock = b->clock = clock_machine(the_machine);
	b->o = offers_new(&setup);
	b->cw = clockwork_new(b->db, b->clock);
	offers_jobs(b->o, b->cw, nothing, NULL);
	machine += 400 * 24 * HOUR;
	assert_int_equal(clockwork_settle(b->cw, &done), RES_OK);
	assert_int_equal(done, 2); /* the night's and the morning's */
	machine = start.s + 60;
	assert_int_equal(clockwork_settle(b->cw, &done), RES_OK);
	assert_int_equal(clockwork_next(b->cw, &due), RES_OK);
	assert_int_equal(due.s, day_at(day_add(instant_day(start), 1), 3, 0).s);
	machine = due.s;
	assert_int_equal(clockwork_settle(b->cw, &done), RES_OK);
	assert_int_equal(clockwork_next(b->cw, &due), RES_OK);
	assert_int_equal(due.s, day_at(day_add(instant_day(start), 1), 9, 0).s);
}

static void a_late_task_holds_the_closing_back_and_an_early_one_does_not_pull_it_forward(void **state)
{
	struct bench *b = *state;
	take(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct instant deadline = row_of(b, 0).deadline;
	move_to(b, instant_add(deadline, -HOUR / 2));
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK); /* four hours more: closes tomorrow */
	see(b, 0);
	move_to(b, day_at(instant_day(deadline), 15, 30));
	for (int i = 0; i < PEOPLE; i++)
		assert_false(row_of(b, i).closed);
	move_to(b, day_at(day_add(instant_day(deadline), 1), 15, 0));
	for (int i = 0; i < PEOPLE; i++)
		assert_true(row_of(b, i).closed);
}

static enum result stop_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	return offers_stop(tx, l->b->o, slice_of(l->token));
}

static void both_touches_go_to_everybody_who_has_not_stopped_them(void **state)
{
	struct bench *b = *state;
	take(b);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p1@example.org");
	struct looking stop = { .b = b, .token = t.s };
	tell_all(b);
	assert_int_equal(db_write(b->db, stop_work, &stop), RES_OK);
	assert_int_equal(db_write(b->db, stop_work, &stop), RES_OK); /* twice is harmless */
	assert_int_equal(facts_of(b, 1), 0);                         /* and duty never hears of it */
	stop.token = "AAAAAAAAAAAAAAAAAAAAAA";
	assert_int_equal(db_write(b->db, stop_work, &stop), RES_NONE);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	static const int days[] = { 3, 28 };
	static const enum offers_touch touch[] = { OFFERS_SECOND, OFFERS_CHECK };
	for (size_t k = 0; k < ARRAY_LEN(days); k++) {
		struct offers_view v = { 0 };
		move_to(b, day_at(day_add(instant_day(start), days[k]), 9, 59));
		deliver(b, MAIL_ACCEPTED);
		move_to(b, day_at(day_add(instant_day(start), days[k]), 10, 0));
		l = deliver(b, MAIL_ACCEPTED);
		assert_int_equal(count_to(&l, "p0@example.org"), 1);
		assert_int_equal(count_to(&l, "p1@example.org"), 0);
		assert_int_equal(count_to(&l, "p3@example.org"), 1);
		t = token_of(&l, "p0@example.org");
		assert_int_equal(look(b, t.s, &v), RES_OK);
		assert_int_equal(v.touch, touch[k]);
		assert_true(v.closed);
	}
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

/* When the coordinator is told that the incident closes. */
static struct instant told_close(struct bench *b)
{
	struct progress p = { .b = b };
	assert_int_equal(db_read(b->db, progress_work, &p), RES_OK);
	assert_int_equal(p.n, 1);
	return p.list[0].close;
}

static void the_close_that_is_shown_is_the_one_that_comes_also_for_somebody_added_late(void **state)
{
	struct bench *b = *state;
	struct day today = instant_day(start);
	b->in.exposures_n = PEOPLE - 1;
	take(b);
	struct instant close = told_close(b);
	for (int i = 0; i < PEOPLE - 1; i++)
		see(b, i);
	move_to(b, instant_add(close, -1));
	assert_false(row_of(b, 0).closed);
	move_to(b, close);
	assert_true(row_of(b, 0).closed);
	assert_int_equal(told_close(b).s, 0);
	move_to(b, day_at(day_add(today, 6), 12, 0));
	b->in.exposures_n = PEOPLE;
	take(b);
	close = told_close(b);
	assert_true(close.s > clock_now(b->clock).s);
	for (int i = 0; i < OFFERS_SEATS; i++) /* her deadline moves, and the closing with it */
		assert_int_equal(pass_on(b, PEOPLE - 1, row_of(b, PEOPLE - 1).holder), RES_OK);
	close = told_close(b);
	see(b, PEOPLE - 1);
	move_to(b, instant_add(close, -1));
	assert_false(row_of(b, PEOPLE - 1).closed);
	move_to(b, close);
	assert_true(row_of(b, PEOPLE - 1).closed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_a_desk_says_is_in_memory_until_all_close_together_at_three),
		TEST(a_list_that_is_not_exactly_hers_is_not_taken),
		TEST(on_the_morning_of_the_closing_each_supporter_is_asked_once_to_open_her_desk),
		TEST(whoever_holds_two_tasks_is_asked_once_and_whoever_is_full_is_asked_to_look),
		TEST(the_morning_after_the_closing_what_came_last_is_asked_for_and_then_nobody_is),
		TEST(after_a_clock_that_ran_ahead_the_next_morning_is_tomorrows),
		TEST(whoever_can_be_chosen_no_longer_is_asked_to_look_for_two_weeks_more),
		TEST(whoever_held_a_task_is_asked_to_look_the_morning_after_it_closed_whatever_her_file_says),
		TEST(a_morning_that_nothing_ran_in_is_made_up_for_and_one_that_comes_is_not_moved),
		TEST(after_a_start_on_the_day_of_the_closing_whoever_has_a_task_is_asked_once_more),
		TEST(a_start_before_the_morning_after_the_closing_or_on_another_day_asks_nobody_more),
		TEST(what_an_earlier_life_had_still_to_ask_wakes_nobody_at_night),
		TEST(a_morning_that_is_made_up_for_after_a_start_asks_once),
		TEST(a_late_task_holds_the_closing_back_and_an_early_one_does_not_pull_it_forward),
		TEST(the_close_that_is_shown_is_the_one_that_comes_also_for_somebody_added_late),
		TEST(both_touches_go_to_everybody_who_has_not_stopped_them),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
