/* From an incident to an offer that somebody reads, and on to the next supporter. */
#include <pthread.h>

#include "haven/offers/offers_testing.h"
#include "haven/supporters/supporters.h"

/* ---- the behaviours ---- */

static void an_incident_becomes_a_task_with_three_seats_for_each_and_a_message(void **state)
{
	struct bench *b = *state;
	take(b);
	struct letters l = letters_of(b);
	for (int i = 0; i < PEOPLE; i++) {
		struct offers_row row = row_of(b, i);
		assert_true(id_eq(&row.holder, &row.seat[0]));
		for (int k = 0; k < OFFERS_SEATS; k++)
			assert_false(id_is_zero(&row.seat[k]));
		assert_false(row.seen || row.closed || row.stopped);
	}
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(count_to(&l, "p1@example.org"), 1);
	assert_int_equal(count_to(&l, "p3@example.org"), 1);
	for (int i = 0; i < l.n; i++) /* neither incident nor support is named */
		assert_null(strstr(l.list[i].body, "Noe tungt"));
	/* Whom no message can reach is told at once; of the others nothing is known yet. */
	assert_int_equal(facts_of(b, 2), UNSENDABLE);
	assert_int_equal(facts_of(b, 0), 0);
}

struct keeping {
	struct bench *b;
	struct id person;
	int from, to; /* these supporters */
};

static enum result keep_work(struct tx *tx, void *ctx)
{
	struct keeping *k = ctx;
	enum result res = RES_OK;
	for (int i = k->from; res == RES_OK && i < k->to; i++)
		res = supporters_keep_apart(tx, &k->person, &k->b->supporter[i]);
	return res;
}

static void keep_apart(struct bench *b, int person, int from, int to)
{
	struct keeping k = { b, b->person[person], from, to };
	assert_int_equal(db_write(b->db, keep_work, &k), RES_OK);
}

static void nobody_is_given_whom_she_asked_not_to_be_given(void **state)
{
	struct bench *b = *state;
	keep_apart(b, 0, 0, SUPPORTERS - 1);
	keep_apart(b, 1, 0, SUPPORTERS);
	take(b);
	struct offers_row one = row_of(b, 0), none = row_of(b, 1), any = row_of(b, 2);
	assert_true(id_eq(&one.holder, &b->supporter[SUPPORTERS - 1])); /* the one who is left, and no stand-in */
	assert_true(id_is_zero(&one.seat[1]));
	assert_true(id_is_zero(&none.holder));
	assert_false(id_is_zero(&any.holder)); /* her list is nobody else's */
}

static void a_later_wish_moves_nothing_and_keeps_the_stand_in_from_moving_up(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row was = row_of(b, 0);
	keep_apart(b, 0, 0, SUPPORTERS);
	assert_true(holds(b, 0, &was.holder));
	assert_int_equal(pass_on(b, 0, was.holder), RES_OK);
	was = row_of(b, 0);
	assert_true(id_is_zero(&was.holder));
}

static void the_same_incident_twice_changes_nothing(void **state)
{
	struct bench *b = *state;
	take(b);
	char *before = dump(b);
	take(b);
	char *after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* Duty tells of her since it never heard what became of the offer: as to a haven that begins with an empty database. */
static void who_was_named_long_ago_is_offered_nothing_any_more_and_duty_hears_it(void **state)
{
	struct bench *b = *state;
	b->exposures[0].named = day_add(instant_day(start), -DOOR_PAST_DAYS - 1);
	b->exposures[1].named = day_add(instant_day(start), -DOOR_PAST_DAYS);
	take(b);
	struct letters l = letters_of(b);
	assert_int_equal(facts_of(b, 0), UNSENDABLE);
	assert_int_equal(facts_of(b, 1), 0);
	assert_int_equal(count_to(&l, "p0@example.org"), 0);
	assert_int_equal(count_to(&l, "p1@example.org"), 1);
}

static void an_incident_that_is_wholly_past_leaves_nothing_here_but_what_duty_is_to_hear(void **state)
{
	struct bench *b = *state;
	for (int i = 0; i < PEOPLE; i++)
		b->exposures[i].named = day_add(instant_day(start), -400);
	take(b);
	char *dumped = dump(b);
	assert_null(strstr(dumped, "\nincident|"));
	assert_null(strstr(dumped, "\nexcluded|"));
	assert_null(strstr(dumped, "\ntask|"));
	free(dumped);
	for (int i = 0; i < PEOPLE; i++)
		assert_int_equal(facts_of(b, i), UNSENDABLE);
}

/* Whom we know stays as she is, however long ago it was: her task may be open, or waits for its last message. */
static void whom_we_know_keeps_her_task_though_it_is_long_ago(void **state)
{
	struct bench *b = *state;
	take(b);
	char *before = dump(b);
	for (int i = 0; i < PEOPLE; i++)
		b->exposures[i].named = day_add(instant_day(start), -400);
	take(b);
	char *after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static enum result mailed_work(struct tx *tx, void *ctx)
{
	return offers_mailed(tx, offers_hour(start), ctx);
}

static void what_the_mail_server_said_is_told_once_and_the_ring_is_sized(void **state)
{
	struct bench *b = *state;
	int64_t mailed;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	assert_int_equal(db_read(b->db, mailed_work, &mailed), RES_OK);
	assert_int_equal(mailed, 3);
	assert_int_equal(facts_of(b, 0), SENT);
	assert_int_equal(facts_of(b, 2), UNSENDABLE);
	tell_all(b);
	assert_int_equal(facts_of(b, 0), 0);
}

static void a_refused_message_is_unsendable(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_REFUSED);
	assert_int_equal(facts_of(b, 0), UNSENDABLE);
}

static void reading_the_page_changes_nothing_and_no_other_link_opens(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	take(b);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p0@example.org");
	char *before = dump(b);
	for (int i = 0; i < 3; i++)
		assert_int_equal(look(b, t.s, &v), RES_OK);
	char *after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
	assert_true(v.has_holder && v.has_phone && !v.closed && !v.moved);
	assert_string_equal(v.name, "Ingrid Solli");
	assert_int_equal(v.faces_n, 6);
	assert_int_equal(v.faces[0].position, 0);
	assert_string_equal(v.title, "Noe tungt på vakt");
	t.s[3] = t.s[3] == 'A' ? 'B' : 'A';
	assert_int_equal(look(b, t.s, &v), RES_NONE);
	assert_int_equal(look(b, "", &v), RES_NONE);
	assert_int_equal(look(b, "nonsense", &v), RES_NONE);
}

static void a_link_works_for_six_weeks(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	take(b);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p0@example.org");
	clock_set(b->clock, day_at(day_add(instant_day(start), 42), 23, 0));
	assert_int_equal(look(b, t.s, &v), RES_OK);
	clock_set(b->clock, day_at(day_add(instant_day(start), 43), 0, 1));
	assert_int_equal(look(b, t.s, &v), RES_NONE);
}

static void who_passes_on_gives_way_to_her_stand_in_without_a_message(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	take(b);
	struct letters first = deliver(b, MAIL_ACCEPTED);
	struct offers_row was = row_of(b, 0);
	assert_int_equal(pass_on(b, 0, was.seat[1]), RES_NONE); /* not hers */
	assert_int_equal(pass_on(b, 0, was.holder), RES_OK);
	struct offers_row now = row_of(b, 0);
	assert_true(id_eq(&now.holder, &was.seat[1]));
	assert_memory_equal(now.rel, was.rel, sizeof(now.rel));
	assert_int_equal(pass_on(b, 0, was.holder), RES_NONE); /* no longer hers */
	struct letters l = letters_of(b);
	assert_int_equal(count_to(&l, "p0@example.org"), 0);
	struct token t = token_of(&first, "p0@example.org");
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_true(id_eq(&v.faces[0].supporter, &now.holder));
	assert_int_equal(v.faces[0].position, 1);
	assert_false(v.moved);
	for (size_t i = 0; i < v.faces_n; i++) /* nothing new is sealed to who has passed it on */
		assert_false(id_eq(&v.faces[i].supporter, &was.holder));
}

struct press {
	struct passing p;
	enum result res;
};

static void *press(void *ctx)
{
	struct press *one = ctx;
	one->res = db_write(one->p.b->db, pass_work, &one->p);
	return NULL;
}

static void of_many_who_pass_a_task_on_at_once_one_does(void **state)
{
	struct bench *b = *state;
	static const int presses[] = { 2, 4, 64 };
	take(b);
	deliver(b, MAIL_ACCEPTED);
	for (int k = 0; k < 3; k++) { /* three people, three tasks */
		struct press all[64];
		pthread_t threads[64];
		struct offers_row was = row_of(b, k);
		int won = 0;
		for (int i = 0; i < presses[k]; i++) {
			all[i] = (struct press){ .p = { b, b->exposure[k], was.holder } };
			assert_int_equal(pthread_create(&threads[i], NULL, press, &all[i]), 0);
		}
		for (int i = 0; i < presses[k]; i++) {
			pthread_join(threads[i], NULL);
			assert_true(all[i].res == RES_OK || all[i].res == RES_NONE);
			won += all[i].res == RES_OK;
		}
		assert_int_equal(won, 1);
		assert_true(holds(b, k, &was.seat[1]));
	}
}

static void after_three_there_are_three_new_ones_with_a_new_message_and_a_new_secret(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	struct offers_row was = row_of(b, 0);
	for (int i = 0; i < OFFERS_SEATS; i++)
		assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK);
	struct offers_row now = row_of(b, 0);
	for (int i = 0; i < OFFERS_SEATS; i++)
		for (int k = 0; k < OFFERS_SEATS; k++)
			assert_false(id_eq(&now.seat[i], &was.seat[k]));
	assert_false(id_is_zero(&now.holder));
	assert_memory_not_equal(now.rel, was.rel, sizeof(now.rel));
	assert_false(id_eq(&now.ref, &was.ref));
	assert_true(now.not_before.s > clock_now(b->clock).s);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(facts_of(b, 0), 0); /* duty hears of the first message only */
	struct token t = token_of(&l, "p0@example.org");
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_true(v.moved);
	assert_true(id_eq(&v.faces[0].supporter, &now.holder));
}

/* All three of somebody's pass her task on. */
static void all_three_pass(struct bench *b, int i)
{
	for (int k = 0; k < OFFERS_SEATS; k++)
		assert_int_equal(pass_on(b, i, row_of(b, i).holder), RES_OK);
}

static enum result join_work(struct tx *tx, void *ctx)
{
	struct keeping *k = ctx;
	enum result res = RES_OK;
	for (int i = k->from; res == RES_OK && i < k->to; i++)
		res = supporters_bring_together(tx, &k->person, &k->b->supporter[i]);
	return res;
}

static void after_an_hour_with_nobody_the_new_ones_wait_for_the_message_all_the_same(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	take(b);
	deliver(b, MAIL_ACCEPTED);
	keep_apart(b, 0, 0, SUPPORTERS);
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK);
	assert_true(holds(b, 0, &(struct id){ { 0 } }));
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p0@example.org");
	struct keeping k = { b, b->person[0], 0, SUPPORTERS };
	assert_int_equal(db_write(b->db, join_work, &k), RES_OK);
	move_to(b, instant_add(clock_now(b->clock), HOUR));
	struct offers_row now = row_of(b, 0);
	assert_false(id_is_zero(&now.holder));
	assert_int_equal(now.not_before.s, offers_not_before(clock_now(b->clock)).s);
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_true(v.moved);
}

static void whom_nobody_was_found_for_at_first_has_said_nothing_that_is_lost(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	keep_apart(b, 0, 0, SUPPORTERS);
	take(b);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p0@example.org");
	struct keeping k = { b, b->person[0], 0, SUPPORTERS };
	assert_int_equal(db_write(b->db, join_work, &k), RES_OK);
	move_to(b, instant_add(start, HOUR));
	assert_false(holds(b, 0, &(struct id){ { 0 } }));
	assert_int_equal(row_of(b, 0).not_before.s, 0);
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_false(v.moved);
}

static enum result stop_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	return offers_stop(tx, l->b->o, slice_of(l->token));
}

struct tasks {
	struct bench *b;
	struct id supporter;
	struct offers_task *list;
	size_t n;
};

static enum result tasks_work(struct tx *tx, void *ctx)
{
	struct tasks *t = ctx;
	return offers_tasks(tx, t->b->o, t->b->a, &t->supporter, &t->list, &t->n);
}

/* What the desk of who holds task i shows of it. */
static struct offers_task desk_shows(struct bench *b, int i)
{
	struct tasks t = { .b = b, .supporter = row_of(b, i).holder };
	assert_int_equal(db_read(b->db, tasks_work, &t), RES_OK);
	for (size_t k = 0; k < t.n; k++)
		if (id_eq(&t.list[k].id, &b->exposure[i]))
			return t.list[k];
	fail();
	return t.list[0];
}

static void the_call_waits_for_a_message_only_where_one_goes(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .outside = true, .name = "Vikar Viksen",
						  .phone = "+47 00 00 09 00", .lang = "nb" };
	take(b);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p1@example.org");
	struct looking stop = { .b = b, .token = t.s };
	assert_int_equal(db_write(b->db, stop_work, &stop), RES_OK);
	for (int i = 0; i < PEOPLE; i++) { /* outside; stopped; without an address; who gets one */
		struct instant old = row_of(b, i).deadline;
		all_three_pass(b, i);
		struct offers_row now = row_of(b, i);
		struct offers_task shown = desk_shows(b, i);
		assert_int_equal(now.not_before.s, i == 3 ? offers_not_before(start).s : 0);
		assert_int_equal(now.deadline.s, i == 3 ? offers_told_deadline(old, start).s
							: offers_next_deadline(old, start).s);
		assert_int_equal(shown.not_before.s, now.not_before.s);
		assert_true(shown.taken_over);
	}
	l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&l, "p1@example.org"), 0);
	assert_int_equal(count_to(&l, "p3@example.org"), 1);
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_true(v.moved); /* what she answered is lost, though no message says so */
	assert_int_equal(v.not_before.s, 0);
}

SQL(test_short, "b", "", "UPDATE duty_window SET to_minute = 1170 WHERE supporter = $1 AND weekday = 2");
SQL(test_one_day, "b", "", "DELETE FROM duty_window WHERE supporter = $1 AND weekday <> 2");

struct shorting {
	struct bench *b;
	struct id but;
};

/* Everybody but one is on duty on this Wednesday until 19:30, and never else. */
static enum result short_work(struct tx *tx, void *ctx)
{
	struct shorting *s = ctx;
	enum result res = RES_OK;
	for (int i = 0; res == RES_OK && i < SUPPORTERS; i++) {
		if (id_eq(&s->b->supporter[i], &s->but))
			continue;
		res = db_do(tx, &test_short, NULL, v_id(&s->b->supporter[i]));
		if (res == RES_OK)
			res = db_do(tx, &test_one_day, NULL, v_id(&s->b->supporter[i]));
	}
	return res;
}

static void nobody_is_chosen_who_is_off_before_the_message_has_had_its_time(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	struct offers_row was = row_of(b, 0);
	move_to(b, day_at(instant_day(start), 18, 30));
	struct shorting s = { b, b->supporter[0] };
	for (int i = 0; i < SUPPORTERS; i++)
		if (!id_eq(&b->supporter[i], &was.seat[0]) && !id_eq(&b->supporter[i], &was.seat[1]) &&
		    !id_eq(&b->supporter[i], &was.seat[2]))
			s.but = b->supporter[i];
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK);
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK);
	assert_int_equal(db_write(b->db, short_work, &s), RES_OK);
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK);
	struct offers_row now = row_of(b, 0);
	assert_int_equal(now.not_before.s, day_at(instant_day(start), 20, 30).s);
	assert_true(id_eq(&now.holder, &s.but));
	assert_true(id_is_zero(&now.seat[1]));
}

static void silence_past_the_deadline_moves_a_task_on_and_a_look_at_it_does_not(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	struct offers_row silent = row_of(b, 0), seen = row_of(b, 1);
	/* One supporter may hold both; seeing one of them says nothing of the other. */
	see(b, 1);
	move_to(b, instant_add(silent.deadline, -1));
	assert_true(holds(b, 0, &silent.holder));
	move_to(b, instant_add(silent.deadline, 1));
	assert_false(holds(b, 0, &silent.holder));
	assert_true(row_of(b, 0).deadline.s > silent.deadline.s);
	assert_true(holds(b, 1, &seen.holder));
}

SQL(test_works_here, "bb", "", "UPDATE supporter SET person = $2 WHERE id = $1");

struct leaving {
	struct bench *b;
	struct id supporter, person;
	bool ended, staff;
};

/* The supporter is this person of the directory, who works here or has left, and leads or does not. */
static enum result leave_work(struct tx *tx, void *ctx)
{
	struct leaving *l = ctx;
	struct door_person p = { .id = l->person, .number = "", .name = "Kari Nes", .unit = "", .profession = "", .level = "",
				 .lang = "nb", .email = "", .phone = "", .ended = l->ended, .staff = l->staff };
	struct door_people people = { 2, false, &p, 1 };
	enum result res = db_do(tx, &test_works_here, NULL, v_id(&l->supporter), v_id(&l->person));
	if (res == RES_OK)
		res = directory_take(tx, &people);
	return res == RES_OK ? offers_let_go(tx, l->b->o) : res;
}

static void in_directory(struct bench *b, struct id supporter, bool ended)
{
	struct leaving l = { .b = b, .supporter = supporter, .person = supporter };
	l.person.b[14] = 1;
	assert_int_equal(db_write(b->db, leave_work, &l), RES_OK);
	l.ended = ended;
	assert_int_equal(db_write(b->db, leave_work, &l), RES_OK);
}

static void whoever_has_left_is_given_nothing_and_who_stays_is(void **state)
{
	struct bench *b = *state;
	for (int i = 0; i < SUPPORTERS; i++)
		in_directory(b, b->supporter[i], i > 0);
	take(b);
	for (int i = 0; i < PEOPLE; i++) {
		struct offers_row row = row_of(b, i);
		assert_true(id_eq(&row.holder, &b->supporter[0]));
		assert_true(id_is_zero(&row.seat[1]));
	}
}

static void what_somebody_held_who_leaves_passes_on_at_once_although_her_desk_had_shown_it(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row was = row_of(b, 0);
	see(b, 0);
	in_directory(b, was.holder, false);
	move_to(b, instant_add(start, 60));
	assert_true(holds(b, 0, &was.holder)); /* works here: keeps it */
	in_directory(b, was.seat[1], true);
	in_directory(b, was.holder, true);
	move_to(b, instant_add(start, 120));
	assert_true(holds(b, 0, &was.seat[2])); /* the first stand-in has left too */
	for (int i = 1; i < PEOPLE; i++)
		assert_false(holds(b, i, &was.holder));
}

static void who_leaves_at_night_gives_way_in_the_morning(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row was = row_of(b, 0);
	struct day today = instant_day(start);
	move_to(b, day_at(today, 23, 0));
	in_directory(b, was.holder, true);
	move_to(b, day_at(day_add(today, 1), 8, 59));
	assert_true(holds(b, 0, &was.holder));
	move_to(b, day_at(day_add(today, 1), 9, 0));
	assert_false(holds(b, 0, &was.holder));
}

static void is_appointed(struct bench *b, struct id supporter)
{
	struct leaving l = { .b = b, .supporter = supporter, .person = supporter, .staff = true };
	l.person.b[14] = 1;
	assert_int_equal(db_write(b->db, leave_work, &l), RES_OK);
}

static void what_somebody_holds_who_comes_to_lead_passes_on_at_once_although_her_desk_had_shown_it(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row was = row_of(b, 0);
	see(b, 0);
	in_directory(b, was.holder, false);
	move_to(b, instant_add(start, 60));
	assert_true(holds(b, 0, &was.holder));
	is_appointed(b, was.seat[1]);
	is_appointed(b, was.holder);
	move_to(b, instant_add(start, 120));
	assert_true(holds(b, 0, &was.seat[2])); /* the first stand-in leads too by now */
	for (int i = 1; i < PEOPLE; i++)
		assert_false(holds(b, i, &was.holder));
}

static void who_comes_to_lead_at_night_gives_way_in_the_morning(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row was = row_of(b, 0);
	struct day today = instant_day(start);
	move_to(b, day_at(today, 23, 0));
	is_appointed(b, was.holder);
	move_to(b, day_at(day_add(today, 1), 8, 59));
	assert_true(holds(b, 0, &was.holder));
	move_to(b, day_at(day_add(today, 1), 9, 0));
	assert_false(holds(b, 0, &was.holder));
}

static void also_excludes(struct bench *b, struct id supporter)
{
	struct id *list = arena_array(b->a, struct id, b->in.excluded_n + 1);
	memcpy(list, b->in.excluded, b->in.excluded_n * sizeof(*list));
	list[b->in.excluded_n] = supporter;
	list[b->in.excluded_n].b[14] = 1; /* as in_directory has it */
	b->in.excluded = list;
	b->in.excluded_n++;
	take(b);
}

static void whoever_is_named_later_keeps_nobody_of_this_incident(void **state)
{
	struct bench *b = *state;
	for (int i = 0; i < SUPPORTERS; i++)
		in_directory(b, b->supporter[i], false);
	take(b);
	struct offers_row was = row_of(b, 0), others[PEOPLE];
	for (int i = 1; i < PEOPLE; i++)
		others[i] = row_of(b, i);
	also_excludes(b, was.seat[1]);
	assert_true(holds(b, 0, &was.holder)); /* a stand-in alone: nothing moves */
	also_excludes(b, was.holder);
	struct offers_row now = row_of(b, 0);
	assert_true(id_eq(&now.holder, &was.seat[2])); /* past the stand-in who was named too */
	for (int i = 1; i < PEOPLE; i++) {
		now = row_of(b, i);
		assert_false(id_eq(&now.holder, &was.holder) || id_eq(&now.holder, &was.seat[1]));
		if (!id_eq(&others[i].holder, &was.holder) && !id_eq(&others[i].holder, &was.seat[1]))
			assert_true(id_eq(&now.holder, &others[i].holder));
	}
	/* Told again, nothing moves. */
	char *before = dump(b);
	take(b);
	char *after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static enum result seats_work(struct tx *tx, void *ctx)
{
	return offers_leave_seats(tx, ctx);
}

static void who_can_open_nothing_more_stands_in_for_nobody(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row was = row_of(b, 0);
	struct offers_view v = { 0 };
	struct letters l = letters_of(b);
	assert_int_equal(db_write(b->db, seats_work, &was.seat[1]), RES_OK);
	assert_int_equal(db_write(b->db, seats_work, &was.seat[1]), RES_OK);
	assert_true(holds(b, 0, &was.holder));
	assert_int_equal(look(b, token_of(&l, "p0@example.org").s, &v), RES_OK);
	for (size_t i = 0; i < v.faces_n; i++) /* nothing more is sealed to her place */
		assert_true(!id_eq(&v.faces[i].supporter, &was.seat[1]) || v.faces[i].position == 3);
	assert_int_equal(pass_on(b, 0, was.holder), RES_OK);
	assert_true(holds(b, 0, &was.seat[2]));
}

static void with_everybody_silent_nobody_is_written_to_again_and_again(void **state)
{
	struct bench *b = *state;
	int mails = 0;
	take(b);
	for (int hour = 0; hour < 7 * 24; hour++) {
		struct letters l = deliver(b, MAIL_ACCEPTED);
		struct id about = row_of(b, 0).id;
		for (int i = 0; i < l.n; i++)
			mails += id_eq(&l.list[i].about, &about);
		move_to(b, instant_add(clock_now(b->clock), HOUR));
	}
	/* The offer and the second touch; two with new names at the most, and one that says that nobody could be found. */
	assert_in_range(mails, 3, 5);
	assert_true(row_of(b, 0).closed);
	assert_true(facts_of(b, 0) & 1u << DOOR_NOT_REACHED);
}

SQL(test_counts, "", "links:i loads:i mailed:i",
    "SELECT (SELECT COUNT(*) FROM offer_link) AS links, (SELECT COUNT(*) FROM load) AS loads, "
    "(SELECT COUNT(*) FROM offer_mailed) AS mailed");

struct counts {
	int64_t links, loads, mailed;
};

static enum result counts_work(struct tx *tx, void *ctx)
{
	struct counts *c = ctx;
	struct rows *rows;
	enum result res = db_one_n(tx, &test_counts, &rows, DB_NO_VALUES);
	if (res == RES_OK)
		*c = (struct counts){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2) };
	rows_end(&rows);
	return res;
}

static struct counts counts_of(struct bench *b)
{
	struct counts c;
	assert_int_equal(db_read(b->db, counts_work, &c), RES_OK);
	return c;
}

static void what_is_past_its_time_is_gone_and_what_is_not_stays(void **state)
{
	struct bench *b = *state;
	struct day today = instant_day(start);
	assert_int_equal(db_write(b->db, start_work, b), RES_OK);
	take(b);
	deliver(b, MAIL_ACCEPTED);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct counts first = counts_of(b);
	assert_int_equal(first.links, 3);
	assert_int_equal(first.loads, PEOPLE);
	assert_int_equal(first.mailed, 1);
	move_to(b, day_at(day_add(today, 2), 2, 59));
	assert_int_equal(counts_of(b).mailed, 1);
	move_to(b, day_at(day_add(today, 3), 3, 0));
	assert_int_equal(counts_of(b).mailed, 0);
	move_to(b, day_at(day_add(today, 27), 23, 59));
	assert_int_equal(counts_of(b).loads, PEOPLE); /* on its 28th day */
	move_to(b, day_at(day_add(today, 28), 3, 0));
	assert_int_equal(counts_of(b).loads, 0);
	move_to(b, day_at(day_add(today, 42), 23, 59));
	assert_int_equal(counts_of(b).links, 9); /* the offer's, the second touch's, the check's */
	move_to(b, day_at(day_add(today, 43), 3, 0));
	assert_int_equal(counts_of(b).links, 6);
	move_to(b, day_at(day_add(today, 28 + 43), 3, 0));
	assert_int_equal(counts_of(b).links, 0);
}

static void somebody_outside_the_directory_gets_a_supporter_who_has_the_number(void **state)
{
	struct bench *b = *state;
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(start), .outside = true, .name = "Vikar Viksen",
						  .phone = "+47 00 00 09 00", .lang = "en" };
	take(b);
	struct offers_row row = row_of(b, 0);
	assert_string_equal(row.name, "Vikar Viksen");
	assert_string_equal(row.phone, "+47 00 00 09 00");
	assert_int_equal(row.lang, LANG_EN);
	assert_false(id_is_zero(&row.holder)); /* of supporters who are outside it too */
	assert_false(id_is_zero(&row.seat[2]));
	assert_int_equal(facts_of(b, 0), UNSENDABLE);
}

static void every_sentence_fits_the_tables(void **state)
{
	struct bench *b = *state;
	assert_true(db_test_prepare_all(b->db) > 40);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_incident_becomes_a_task_with_three_seats_for_each_and_a_message),
		TEST(nobody_is_given_whom_she_asked_not_to_be_given),
		TEST(a_later_wish_moves_nothing_and_keeps_the_stand_in_from_moving_up),
		TEST(the_same_incident_twice_changes_nothing),
		TEST(what_the_mail_server_said_is_told_once_and_the_ring_is_sized),
		TEST(who_was_named_long_ago_is_offered_nothing_any_more_and_duty_hears_it),
		TEST(an_incident_that_is_wholly_past_leaves_nothing_here_but_what_duty_is_to_hear),
		TEST(whom_we_know_keeps_her_task_though_it_is_long_ago),
		TEST(a_refused_message_is_unsendable),
		TEST(reading_the_page_changes_nothing_and_no_other_link_opens),
		TEST(a_link_works_for_six_weeks),
		TEST(who_passes_on_gives_way_to_her_stand_in_without_a_message),
		TEST(of_many_who_pass_a_task_on_at_once_one_does),
		TEST(after_three_there_are_three_new_ones_with_a_new_message_and_a_new_secret),
		TEST(after_an_hour_with_nobody_the_new_ones_wait_for_the_message_all_the_same),
		TEST(whom_nobody_was_found_for_at_first_has_said_nothing_that_is_lost),
		TEST(the_call_waits_for_a_message_only_where_one_goes),
		TEST(nobody_is_chosen_who_is_off_before_the_message_has_had_its_time),
		TEST(silence_past_the_deadline_moves_a_task_on_and_a_look_at_it_does_not),
		TEST(whoever_has_left_is_given_nothing_and_who_stays_is),
		TEST(what_somebody_held_who_leaves_passes_on_at_once_although_her_desk_had_shown_it),
		TEST(who_leaves_at_night_gives_way_in_the_morning),
		TEST(what_somebody_holds_who_comes_to_lead_passes_on_at_once_although_her_desk_had_shown_it),
		TEST(who_comes_to_lead_at_night_gives_way_in_the_morning),
		TEST(whoever_is_named_later_keeps_nobody_of_this_incident),
		TEST(who_can_open_nothing_more_stands_in_for_nobody),
		TEST(with_everybody_silent_nobody_is_written_to_again_and_again),
		TEST(what_is_past_its_time_is_gone_and_what_is_not_stays),
		TEST(somebody_outside_the_directory_gets_a_supporter_who_has_the_number),
		TEST(every_sentence_fits_the_tables),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
