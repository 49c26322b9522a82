/* Offered to n of n: the rule, what the door tells, and who sees which part of it. */
#include "duty/duty_testing.h"

#include "duty/coverage/coverage_show.h"

/* ---- the rule ---- */

static void what_counts_as_offered(void **state)
{
	static const struct {
		struct coverage c;
		bool offered, needs;
	} rows[] = {
		{ { .sent = { 0 } }, false, false },
		{ { .sent = { 5 } }, true, false },
		{ { .unsendable = { 5 } }, false, true },
		{ { .sent = { 4 }, .unsendable = { 5 } }, false, true },                        /* it came back */
		{ { .sent = { 4 }, .unsendable = { 5 }, .in_person = { 6 } }, true, false },
		{ { .unsendable = { 5 }, .told = true, .reached = true, .reached_day = { 7 } }, true, false },
		{ { .sent = { 5 }, .told = true, .reached_day = { 7 } }, true, true },          /* offered, and not reached */
		{ { .sent = { 5 }, .told = true, .reached_day = { 7 }, .in_person = { 8 } }, true, false },
		{ { .unsendable = { 5 }, .told = true, .reached_day = { 7 } }, false, true },
		{ { .in_person = { 5 } }, true, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(coverage_offered(&rows[i].c), rows[i].offered);
		assert_int_equal(coverage_needs_leader(&rows[i].c), rows[i].needs);
	}
}

/* ---- one incident of Kari, Mehmet (no e-mail), Siri (protected) and Viktor from outside ---- */

static struct id incident, exposure[4];
static const char *page, *state_path;

static int open_incident(void **state)
{
	struct incident_seat seats[4] = { { .how = EXPOSURE_EXPOSED }, { .how = EXPOSURE_WITNESS }, { .how = EXPOSURE_HELPED },
					  { .name = SLICE("Viktor <i>"), .phone = SLICE("+47 00 00 09"), .lang = LANG_SV } };
	if (town_open(state) != 0)
		return -1;
	seats[0].person = town_person("102");
	seats[1].person = town_person("103");
	seats[2].person = town_person("104");
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, 4) };
	if (db_write(town.db, town_register_work, &r) != RES_OK)
		return -1;
	incident = r.incident;
	page = arena_printf(town.a, "/incidents/%s", id_text(&incident).s);
	state_path = arena_printf(town.a, "%s/state", page);
	for (size_t i = 0; i < ARRAY_LEN(exposure); i++)
		exposure[i] = town_exposure(&incident, i);
	return 0;
}

static size_t unknown;

static enum result hear_work(struct tx *tx, void *ctx)
{
	return coverage_hear(tx, ctx, &unknown);
}

static enum result hear(int who, enum door_fact_kind kind, int day)
{
	struct door_fact f = { .about = exposure[who], .kind = kind, .day = { instant_day((struct instant){ TOWN_NOW }).n + day } };
	struct door_facts facts = { &f, 1 };
	return db_write(town.db, hear_work, &facts);
}

static void a_fact_twice_is_harmless_and_an_unknown_one_stops_no_other(void **state)
{
	struct door_fact f[] = { { .kind = DOOR_SENT, .day = { 20000 } }, { exposure[1], DOOR_SENT, { 20000 } } };
	struct door_facts facts = { f, 2 };
	(void)state;
	assert_int_equal(hear(0, DOOR_SENT, -1), RES_OK);
	assert_int_equal(hear(0, DOOR_SENT, 0), RES_OK);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 4", ">yesterday<", "!>today<", NULL);
	assert_int_equal(unknown, 0);
	f[0].about = id_new(random_system(), "test/nobody");
	assert_int_equal(db_write(town.db, hear_work, &facts), RES_OK);
	assert_int_equal(unknown, 1);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 2 of 4", NULL);
}

static void the_leader_sees_each_by_day_and_whom_to_speak_to(void **state)
{
	(void)state;
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 4", "on its way", "Kari",
		   "<th scope=\"row\">Protected identity (no. 104)</th>", "<span>Protected identity (no. 104)</span>", "Viktor &lt;i&gt;",
		   "!Skjult", "!Siri", "!data-need=", "Look again", NULL);
	assert_int_equal(hear(0, DOOR_SENT, 0), RES_OK);
	assert_int_equal(hear(1, DOOR_UNSENDABLE, 0), RES_OK);
	assert_int_equal(hear(2, DOOR_SENT, 0), RES_OK);
	assert_int_equal(hear(2, DOOR_UNSENDABLE, 0), RES_OK);
	assert_int_equal(hear(3, DOOR_UNSENDABLE, 0), RES_OK);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 4", "Sent to 1", "Mehmet has not been offered anything yet.",
		   "There is no e-mail address.", "The e-mail came back.", "Only a phone number is known", "tel:+4700000003",
		   "!tel:+4700000004", "!Look again", "Protected identity (no. 104) has not been offered anything yet.", "!Skjult", NULL);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "Offered to 1 of 4", "Mehmet, Protected identity (no. 104), Viktor", NULL);
	town_gives(EMMA, "GET", arena_printf(town.a, "/exposures/%s/in-person", id_text(&exposure[2]).s), NULL, 200,
		   "Have you spoken with Protected identity (no. 104)?", "!Siri", "!Skjult", NULL);
	town_gives(VERA, "GET", page, NULL, 200, "!Protected identity", "!104", NULL);
}

static void reached_or_not_is_shown_when_it_is_told(void **state)
{
	(void)state;
	assert_int_equal(hear(0, DOOR_SENT, -2), RES_OK);
	town_gives(EMMA, "GET", page, NULL, 200, "reported later, for everybody at once", NULL);
	assert_int_equal(hear(0, DOOR_NOT_REACHED, 0), RES_OK);
	assert_int_equal(hear(1, DOOR_REACHED, 0), RES_OK);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 2 of 4", "Reached 1", "Nobody has reached Kari.", NULL);
}

static void who_sees_what_of_an_incident(void **state)
{
	(void)state;
	assert_int_equal(hear(0, DOOR_SENT, 0), RES_OK);
	assert_int_equal(hear(1, DOOR_UNSENDABLE, 0), RES_OK);
	town_gives(VERA, "GET", page, NULL, 200, "Offered to 1 of 4", "One person should be spoken to", "!Kari", "!Mehmet", "!Viktor",
		   "!data-seat", "!in-person", "!/people", NULL);
	town_gives(VERA, "GET", state_path, NULL, 200, "\"seats\":[]", "\"needs\":[]", "Offered to 1 of 4", NULL);
	town_gives(VERA, "GET", "/incidents", NULL, 200, "Offered to 1 of 4", "!Mehmet", "!/incidents/new", NULL);
	town_gives(MONS, "GET", page, NULL, 404, "!Kari", NULL);
	town_gives(MONS, "GET", state_path, NULL, 404, NULL);
	town_gives(MONS, "GET", "/incidents", NULL, 200, "Nothing is registered", "!threatened", NULL);
	town_gives(ADA, "GET", page, NULL, 403, NULL);
	town_gives(ADA, "GET", "/incidents", NULL, 403, NULL);
	town_gives(ADA, "GET", "/", NULL, 303, "Location: /directory", NULL);
	town_gives(EMMA, "GET", "/", NULL, 303, "Location: /incidents", NULL);
	town_gives(TOWN_ACCOUNTS, "GET", "/", NULL, 303, "Location: /sign-in", NULL);
	town_gives(TOWN_ACCOUNTS, "GET", page, NULL, 303, "Location: /sign-in", NULL);
	town_gives(TOWN_ACCOUNTS, "GET", state_path, NULL, 200, "{\"signedOut\":true}", "no-store", "!Offered", "!seats", NULL);
	town_gives(EMMA, "GET", page, NULL, 200, arena_printf(town.a, "href=\"/sign-in?to=%s\"", page), NULL);
	town_gives(EMMA, "GET", "/incidents/AAAAAAAAAAAAAAAAAAAAAA", NULL, 404, NULL);
}

static void nobody_but_the_units_leader_notes_a_talk_and_once_is_enough(void **state)
{
	const char *path = arena_printf(town.a, "/exposures/%s/in-person", id_text(&exposure[1]).s);
	(void)state;
	assert_int_equal(hear(1, DOOR_UNSENDABLE, -1), RES_OK);
	town_gives(MONS, "POST", path, "csrf=token", 404, NULL);
	town_gives(VERA, "POST", path, "csrf=token", 404, NULL);
	town_gives(MONS, "GET", path, NULL, 404, "!Mehmet", NULL);
	town_gives(EMMA, "POST", path, "csrf=wrong", 403, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 4", NULL);
	town_gives(EMMA, "GET", path, NULL, 200, "Have you spoken with Mehmet?", NULL);
	town_gives(EMMA, "POST", path, "csrf=token", 303, page, NULL);
	town_gives(EMMA, "POST", path, "csrf=token", 303, page, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 4", "!Mehmet has not been offered", NULL);
	town_gives(EMMA, "POST", "/exposures/AAAAAAAAAAAAAAAAAAAAAA/in-person", "csrf=token", 404, NULL);
}

static void the_state_is_sent_only_when_it_changed_and_holds_no_name(void **state)
{
	char *first = town_ask(EMMA, "GET", state_path, NULL);
	const char *at = strstr(first, "\"version\":\"");
	(void)state;
	assert_non_null(at);
	const char *have = arena_printf(town.a, "%s?have=%.16s", state_path, at + 11);
	assert_null(strstr(first, "Kari"));
	free(first);
	town_gives(EMMA, "GET", have, NULL, 204, NULL);
	assert_int_equal(hear(0, DOOR_SENT, 0), RES_OK);
	town_gives(EMMA, "GET", have, NULL, 200, "Offered to 1 of 4", "\"offered\":true", "!Kari", NULL);
}

struct waiting {
	const char *path;
	char *answer;
};

static void *wait_for_it(void *ctx)
{
	struct waiting *w = ctx;
	w->answer = town_ask(EMMA, "GET", w->path, NULL);
	return NULL;
}

static void a_page_that_waits_is_told_when_something_changes(void **state)
{
	char *first = town_ask(EMMA, "GET", state_path, NULL);
	const char *at = strstr(first, "\"version\":\"");
	pthread_t thread;
	(void)state;
	assert_non_null(at);
	struct waiting w = { arena_printf(town.a, "%s?have=%.16s&wait=30", state_path, at + 11), NULL };
	free(first);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_it, &w), 0);
	nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
	web_wake(town.web); /* nothing has changed: it goes on waiting */
	nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
	assert_null(__atomic_load_n(&w.answer, __ATOMIC_ACQUIRE));
	assert_int_equal(hear(0, DOOR_SENT, 0), RES_OK);
	web_wake(town.web);
	struct timespec soon;
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_sec += 10;
	assert_int_equal(pthread_timedjoin_np(thread, NULL, &soon), 0);
	assert_int_equal(asking_status(w.answer), 200);
	assert_non_null(strstr(w.answer, "Offered to 1 of 4"));
	free(w.answer);
}

static int audited_as(const char *what)
{
	struct buf dump = BUF_LIMIT((size_t)8 << 20);
	int n = 0;
	assert_int_equal(db_dump(town.db, &dump), RES_OK);
	for (const char *p = dump.p; (p = strstr(p, what)); p++)
		n++;
	buf_free(&dump);
	return n;
}

static int audited(void)
{
	return audited_as("'incident/people'");
}

static void a_list_that_names_somebody_is_noted_and_one_that_counts_is_not(void **state)
{
	(void)state;
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "Offered to 0 of 4", "!in person", NULL);
	for (int i = 0; i < 4; i++)
		assert_int_equal(hear(i, DOOR_UNSENDABLE, 0), RES_OK);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "4 people should be spoken to in person.", "!Mehmet", NULL);
	town_gives(VERA, "GET", "/incidents", NULL, 200, "4 people should be spoken to in person.", "!Mehmet", NULL);
	assert_int_equal(audited_as("'incidents/in-person'"), 0);
	town_gives(EMMA, "POST", arena_printf(town.a, "/exposures/%s/in-person", id_text(&exposure[0]).s), "csrf=token", 303, NULL);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "Mehmet, Protected identity (no. 104), Viktor", "!Kari", NULL);
	town_gives(VERA, "GET", "/incidents", NULL, 200, "3 people should be spoken to in person.", "!Mehmet", NULL);
	assert_int_equal(audited_as("'incidents/in-person'"), 1);
}

static void the_page_on_which_one_is_spoken_to_is_a_look_at_a_name_too(void **state)
{
	(void)state;
	assert_int_equal(audited(), 0);
	town_gives(EMMA, "GET", arena_printf(town.a, "/exposures/%s/in-person", id_text(&exposure[2]).s), NULL, 200, NULL);
	assert_int_equal(audited(), 1);
	town_gives(MONS, "GET", arena_printf(town.a, "/exposures/%s/in-person", id_text(&exposure[2]).s), NULL, 404, NULL);
	assert_int_equal(audited(), 1);
}

struct adding {
	struct incident_seat seats[60];
	size_t n;
};

static enum result add_work(struct tx *tx, void *ctx)
{
	const struct adding *add = ctx;
	struct actor emma = town_actor(EMMA);
	unsigned faults;
	int added;
	enum result res = incidents_add(tx, random_system(), instant_day(clock_now(town.clock)), &emma, &incident, add->seats, add->n, &faults, &added);
	return res == RES_OK && added != (int)add->n ? RES_BROKEN : res;
}

static enum result count_work(struct tx *tx, void *ctx)
{
	struct actor emma = town_actor(EMMA);
	struct coverage_facts *list;
	size_t n;
	int64_t before = db_test_sentences(tx);
	enum result res = coverage_facts_list(tx, town.a, &emma, 100, &list, &n);
	*(int64_t *)ctx = db_test_sentences(tx) - before;
	return res;
}

static void what_the_list_asks_does_not_grow_with_how_many_were_affected(void **state)
{
	struct adding add = { .n = 0 };
	int64_t few, many;
	(void)state;
	assert_int_equal(hear(0, DOOR_UNSENDABLE, 0), RES_OK);
	assert_int_equal(db_read(town.db, count_work, &few), RES_OK);
	for (int i = 0; i < 40; i++) {
		char *name = arena_printf(town.a, "From outside %d", i);
		add.seats[add.n++] = (struct incident_seat){ .name = slice_of(name), .phone = SLICE("+47 00 00 09"), .lang = LANG_SV };
	}
	static const char *const numbers[] = { "101", "105", "106", "107" };
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		add.seats[add.n++] = (struct incident_seat){ .person = town_person(numbers[i]) };
	assert_int_equal(db_write(town.db, add_work, &add), RES_OK);
	assert_int_equal(db_read(town.db, count_work, &many), RES_OK);
	assert_int_equal(many, few);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "Offered to 0 of 48", "Kari", NULL);
}

struct holding {
	pthread_mutex_t lock;
	pthread_cond_t turn;
	bool holds, enough;
};

static enum result hold_work(struct tx *tx, void *ctx)
{
	struct holding *h = ctx;
	(void)tx;
	pthread_mutex_lock(&h->lock);
	h->holds = true;
	pthread_cond_broadcast(&h->turn);
	while (!h->enough)
		pthread_cond_wait(&h->turn, &h->lock);
	pthread_mutex_unlock(&h->lock);
	return RES_OK;
}

static void *hold(void *ctx)
{
	return (void *)(intptr_t)db_write(town.db, hold_work, ctx);
}

static void a_page_without_names_waits_for_nobody_who_writes(void **state)
{
	struct holding h = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false };
	pthread_t writer;
	void *res;
	(void)state;
	assert_int_equal(pthread_create(&writer, NULL, hold, &h), 0);
	pthread_mutex_lock(&h.lock);
	while (!h.holds)
		pthread_cond_wait(&h.turn, &h.lock);
	pthread_mutex_unlock(&h.lock);
	town_gives(VERA, "GET", page, NULL, 200, "Offered to 0 of 4", NULL);
	town_gives(VERA, "GET", "/incidents", NULL, 200, "Offered to 0 of 4", NULL);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "Offered to 0 of 4", NULL);
	pthread_mutex_lock(&h.lock);
	h.enough = true;
	pthread_cond_broadcast(&h.turn);
	pthread_mutex_unlock(&h.lock);
	pthread_join(writer, &res);
	assert_int_equal((intptr_t)res, RES_OK);
	pthread_cond_destroy(&h.turn);
	pthread_mutex_destroy(&h.lock);
}

static void a_look_at_names_is_noted_and_a_look_at_counts_is_not(void **state)
{
	(void)state;
	town_gives(VERA, "GET", page, NULL, 200, NULL);
	town_gives(MONS, "GET", page, NULL, 404, NULL);
	town_gives(EMMA, "GET", state_path, NULL, 200, NULL);
	assert_int_equal(audited(), 0);
	town_gives(EMMA, "GET", page, NULL, 200, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, NULL);
	assert_int_equal(audited(), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_incident, town_close)

/* ---- the session for all of them ---- */

static struct door_incident told;

static enum result told_work(struct tx *tx, void *ctx)
{
	struct door_incidents all;
	(void)ctx;
	enum result res = incidents_changes(tx, town.a, 0, DOOR_INCIDENTS_MOST, &all);
	if (res == RES_OK)
		told = all.list[0];
	return res;
}

/* By when haven is asked to hold one; 0: it is not asked. */
static int64_t asked_by(void)
{
	assert_int_equal(db_read(town.db, told_work, NULL), RES_OK);
	return told.group.s;
}

static enum result hear_group(enum door_fact_kind kind, int day)
{
	struct door_fact f = { .about = incident, .kind = kind, .day = { instant_day((struct instant){ TOWN_NOW }).n + day } };
	struct door_facts facts = { &f, 1 };
	return db_write(town.db, hear_work, &facts);
}

static void the_leader_asks_for_a_session_for_all_and_takes_it_back(void **state)
{
	const char *path = arena_printf(town.a, "%s/group", page);
	(void)state;
	town_gives(EMMA, "GET", page, NULL, 200, "A group session", "Ask for a group session", "within 48 hours", "!It is suggested here", NULL);
	assert_int_equal(asked_by(), 0);
	town_gives(EMMA, "POST", path, "csrf=token&wish=yes", 303, NULL);
	town_gives(EMMA, "POST", path, "csrf=token&wish=yes", 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "A group session was asked for today", "Withdraw the request", "!Ask for a group session", "data-group=\"asked\"", NULL);
	assert_true(asked_by() > TOWN_NOW); /* 48 hours from when it happened */
	assert_int_equal(told.exposures_n, 4); /* and everybody is offered support of their own */
	town_gives(EMMA, "POST", path, "csrf=token&wish=no", 303, NULL);
	town_gives(EMMA, "POST", path, "csrf=token&wish=no", 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Ask for a group session", "!Withdraw the request", NULL);
	assert_int_equal(asked_by(), 0);
}

static void nobody_else_asks_for_one(void **state)
{
	const char *path = arena_printf(town.a, "%s/group", page);
	(void)state;
	town_gives(MONS, "POST", path, "csrf=token&wish=yes", 404, NULL);
	town_gives(VERA, "POST", path, "csrf=token&wish=yes", 404, NULL);
	town_gives(ADA, "POST", path, "csrf=token&wish=yes", 403, NULL);
	town_gives(EMMA, "POST", path, "csrf=token&wish=perhaps", 400, NULL);
	town_gives(EMMA, "POST", "/incidents/AAAAAAAAAAAAAAAAAAAAAA/group", "csrf=token&wish=yes", 404, NULL);
	town_gives(EMMA, "POST", "/incidents/x/group", "csrf=token&wish=yes", 404, NULL);
	assert_int_equal(asked_by(), 0);
	/* The safety representative sees that one is asked for, and has no button. */
	town_gives(VERA, "GET", page, NULL, 200, "!A group session", NULL);
	town_gives(EMMA, "POST", path, "csrf=token&wish=yes", 303, NULL);
	town_gives(VERA, "GET", page, NULL, 200, "A group session was asked for today", "!Withdraw the request", NULL);
}

static void what_comes_back_is_a_day_and_the_first_one_told_stays(void **state)
{
	const char *path = arena_printf(town.a, "%s/group", page);
	(void)state;
	town_gives(EMMA, "POST", path, "csrf=token&wish=yes", 303, NULL);
	assert_int_equal(hear_group(DOOR_GROUP_HELD, -1), RES_OK);
	assert_int_equal(hear_group(DOOR_GROUP_NOT_HELD, 0), RES_OK);
	assert_int_equal(unknown, 0);
	town_gives(EMMA, "GET", page, NULL, 200, "The group session was held yesterday.", "!Withdraw the request", "!Ask for a group session", NULL);
	assert_int_equal(asked_by(), 0); /* haven is not asked again */
	town_gives(EMMA, "POST", path, "csrf=token&wish=no", 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "The group session was held yesterday.", NULL);
	incident = id_new(random_system(), "test/nobody");
	assert_int_equal(hear_group(DOOR_GROUP_HELD, 0), RES_OK);
	assert_int_equal(unknown, 1);
}

static void that_there_was_none_is_told_in_so_many_words(void **state)
{
	(void)state;
	town_gives(EMMA, "POST", arena_printf(town.a, "%s/group", page), "csrf=token&wish=yes", 303, NULL);
	assert_int_equal(hear_group(DOOR_GROUP_NOT_HELD, 0), RES_OK);
	town_gives(EMMA, "GET", page, NULL, 200, "There was no group session. That became clear today.", "!The group session was held", NULL);
	town_gives(EMMA, "GET", state_path, NULL, 200, "\"group\":\"none\"", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_counts_as_offered),
		TEST(a_fact_twice_is_harmless_and_an_unknown_one_stops_no_other),
		TEST(the_leader_asks_for_a_session_for_all_and_takes_it_back),
		TEST(nobody_else_asks_for_one),
		TEST(what_comes_back_is_a_day_and_the_first_one_told_stays),
		TEST(that_there_was_none_is_told_in_so_many_words),
		TEST(the_leader_sees_each_by_day_and_whom_to_speak_to),
		TEST(reached_or_not_is_shown_when_it_is_told),
		TEST(who_sees_what_of_an_incident),
		TEST(nobody_but_the_units_leader_notes_a_talk_and_once_is_enough),
		TEST(the_state_is_sent_only_when_it_changed_and_holds_no_name),
		TEST(a_page_that_waits_is_told_when_something_changes),
		TEST(a_list_that_names_somebody_is_noted_and_one_that_counts_is_not),
		TEST(the_page_on_which_one_is_spoken_to_is_a_look_at_a_name_too),
		TEST(what_the_list_asks_does_not_grow_with_how_many_were_affected),
		TEST(a_page_without_names_waits_for_nobody_who_writes),
		TEST(a_look_at_names_is_noted_and_a_look_at_counts_is_not),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
