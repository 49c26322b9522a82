/* Somebody tells, and a leader decides: on both databases, through the pages, without JavaScript. */
#include "duty/duty_testing.h"

#include "audit/audit.h"
#include "clockwork/clockwork.h"
#include "duty/missing/missing_round.h"

#define THERE "/there"
#define KARI "who=me&day=1&clock=22.40&place=emergency&name=Kari+Hansen&contact=kari%40fjordvik.example"
#define NOWHERE "who=other&day=0&place=The+car+park&name=Viktor+Vikar&contact=%2B47+00+00+00+09&teller=Siri%2C+111"

/* A form of its own each time. */
static const char *body(const char *rest)
{
	struct id once = id_new(random_system(), "test/once");
	return arena_printf(town.a, "once=%s&%s", id_text(&once).s, rest);
}

static void tell(const char *rest)
{
	town_gives(TOWN_ACCOUNTS, "POST", THERE, body(rest), 303, "Location: /there/sent", NULL);
}

struct looked {
	struct actor who;
	struct missing *list;
	size_t n, more;
};

static enum result list_work(struct tx *tx, void *ctx)
{
	struct looked *l = ctx;
	return missing_list(tx, town.a, &l->who, 100, &l->list, &l->n, &l->more);
}

static struct looked listed(enum town_leader who)
{
	struct looked l = { .who = town_actor(who) };
	assert_int_equal(db_read(town.db, list_work, &l), RES_OK);
	return l;
}

/* The path of the only one on somebody's list. */
static const char *only(enum town_leader who, const char *more)
{
	struct looked l = listed(who);
	assert_int_equal(l.n, 1);
	return arena_printf(town.a, "/reported/%s%s", id_text(&l.list[0].id).s, more);
}

/* Emma's unit, yesterday evening, with Mehmet in it. */
static struct id yesterday(void)
{
	struct incident_seat s = { .person = town_person("103") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	r.draft.happened = (struct instant){ TOWN_NOW - 15 * 3600 };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	return r.incident;
}

static const char *add(const char *person, const struct id *incident)
{
	return arena_printf(town.a, "csrf=token&was=0&how=1&person=%s&incident=%s", person, id_text(incident).s);
}

static const char *person(const char *line)
{
	struct id id = town_person(line);
	return arena_printf(town.a, "%s", id_text(&id).s);
}

static int rows_with(const char *text)
{
	struct buf dump = BUF_LIMIT((size_t)8 << 20);
	struct slice rest, line;
	int n = 0;
	assert_int_equal(db_dump(town.db, &dump), RES_OK);
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += strstr(arena_str(town.a, line), text) != NULL;
	buf_free(&dump);
	return n;
}

/* ---- telling ---- */

static void anybody_can_open_the_page_and_it_is_the_same_for_all(void **state)
{
	(void)state;
	town_gives(TOWN_ACCOUNTS, "GET", THERE, NULL, 200, "Was somebody left out?", "goes to the manager", "!Set-Cookie",
		   "!csrf", "!Fjordvik / ", NULL);
	town_gives(EMMA, "GET", THERE, NULL, 200, "!csrf", "!Sign out", "!emma", "!Fjordvik / ", NULL);
	town_gives(TOWN_ACCOUNTS, "GET", "/there/sent", NULL, 200, "Thank you", NULL);
}

/* What follows the head, without the form's own id. */
static char *answered(const char *rest)
{
	return town_ask(TOWN_ACCOUNTS, "POST", THERE, body(rest));
}

static void the_answer_tells_nothing_of_what_matches(void **state)
{
	static const char *const rests[] = {
		KARI, KARI, NOWHERE, "who=me&day=0&place=x&name=Nobody&number=99999", "who=me&day=0&place=Emergency&name=Siri&number=104",
	};
	(void)state;
	yesterday();
	for (size_t i = 0; i < ARRAY_LEN(rests); i++) {
		char *answer = answered(rests[i]), *first = answered(rests[0]);
		char *a = strstr(answer, "Date:"), *b = strstr(first, "Date:");
		assert_non_null(a);
		assert_non_null(b);
		*a = *b = '\0';
		assert_string_equal(answer, first);
		assert_non_null(strstr(answer, "303"));
		free(answer);
		free(first);
	}
}

static void what_is_wrong_is_told_beside_its_field_and_what_was_written_stays(void **state)
{
	(void)state;
	town_gives(TOWN_ACCOUNTS, "POST", THERE, body("who=me&place=Ward+9&clock=noon"), 422, "Choose the day", "Write the time like 22:40",
		   "Write the name of whoever was there", "Write a phone number, an e-mail or an employee number", "value=\"Ward 9\"",
		   "value=\"noon\"", NULL);
	town_gives(TOWN_ACCOUNTS, "POST", THERE, body("who=me&day=2&date=2999-01-01&place=x&name=y&number=1"), 422,
		   "That day has not come yet", NULL);
	assert_int_equal(listed(EMMA).n, 0);
	assert_int_equal(rows_with("missing|"), 0);
}

static void sent_twice_it_is_told_once(void **state)
{
	const char *same = body(KARI);
	(void)state;
	town_gives(TOWN_ACCOUNTS, "POST", THERE, same, 303, NULL);
	town_gives(TOWN_ACCOUNTS, "POST", THERE, same, 303, NULL);
	assert_int_equal(listed(EMMA).n, 1);
}

static void another_site_cannot_send_it(void **state)
{
	static const char head[] = "POST /there HTTP/1.1\r\nHost: duty.localhost\r\nConnection: close\r\nSec-Fetch-Site: cross-site\r\n"
				   "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\nwho=a";
	(void)state;
	char *answer = asking(web_port(town.web), head, sizeof(head) - 1, NULL);
	assert_int_equal(asking_status(answer), 403);
	free(answer);
}

static void too_many_from_one_place_wait_and_lose_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++)
		tell(KARI);
	town_gives(TOWN_ACCOUNTS, "POST", THERE, body(KARI), 429, "Retry-After: 60", "Many people are writing right now", "value=\"Kari Hansen\"", NULL);
	assert_int_equal(listed(EMMA).n, 30);
	clock_set(town.clock, instant_add(clock_now(town.clock), 60));
	tell(KARI);
}

static enum result put_work(struct tx *tx, void *ctx)
{
	const int *n = ctx;
	enum result res = RES_OK;
	for (int i = 0; res == RES_OK && i < *n; i++) {
		struct missing_draft d = { .once = id_new(random_system(), "test/once"), .has_who = true, .has_day = true,
					   .day = instant_day(clock_now(town.clock)), .minute = -1, .place = SLICE("Emergency"),
					   .name = SLICE("Kari"), .number = SLICE("102") };
		res = missing_put(tx, random_system(), clock_now(town.clock), &d);
	}
	return res;
}

static void there_is_an_end_to_what_is_kept_open_and_it_is_said(void **state)
{
	int most = MISSING_OPEN_MOST, one = 1;
	(void)state;
	assert_int_equal(db_write(town.db, put_work, &most), RES_OK);
	assert_int_equal(db_write(town.db, put_work, &one), RES_AGAIN);
	town_gives(TOWN_ACCOUNTS, "POST", THERE, body(KARI), 503, "Tell the manager yourself", "value=\"Kari Hansen\"", NULL);
	assert_int_equal(listed(EMMA).n, 100);
	assert_int_equal(listed(EMMA).more, MISSING_OPEN_MOST - 100);
}

/* ---- whose it is ---- */

static void who_leads_the_unit_reads_it_and_nobody_else(void **state)
{
	(void)state;
	tell(KARI);
	const char *path = only(EMMA, "");
	town_gives(EMMA, "GET", "/reported", NULL, 200, "I was there too", "Yesterday at 22:40", "!Kari", NULL);
	town_gives(EMMA, "GET", path, NULL, 200, "Kari Hansen", "kari@fjordvik.example", NULL);
	for (enum town_leader who = MONS; who <= ADA; who++) {
		assert_int_equal(listed(who).n, 0);
		town_gives(who, "GET", "/reported", NULL, 200, "Nothing is waiting for you", NULL);
		town_gives(who, "GET", path, NULL, who == ADA ? 403 : 404, "!Kari", NULL);
		town_gives(who, "POST", path, "csrf=token&was=0&person=outside&phone=12345", who == ADA ? 403 : 404, NULL);
		town_gives(who, "GET", arena_printf(town.a, "%s/unit", path), NULL, who == MONS ? 403 : 404, "!Kari", NULL);
	}
	town_gives(TOWN_ACCOUNTS, "GET", "/reported", NULL, 303, "Location: /sign-in", NULL);
	town_gives(VERA, "GET", arena_printf(town.a, "%s/not-so", path), NULL, 404, NULL);
	town_gives(MONS, "GET", arena_printf(town.a, "%s/not-so", path), NULL, 404, "!Kari", NULL);
	town_gives(MONS, "POST", arena_printf(town.a, "%s/not-so", path), "csrf=token", 404, NULL);
	town_gives(EMMA, "GET", "/reported/AAAAAAAAAAAAAAAAAAAAAA", NULL, 404, NULL);
	assert_int_equal(listed(EMMA).n, 1);
}

static void a_number_says_the_unit_where_the_place_does_not(void **state)
{
	(void)state;
	tell("who=me&day=0&place=over+there&name=%C3%85se&number=107");
	assert_int_equal(listed(MONS).n, 1);
	assert_int_equal(listed(EMMA).n, 0);
	tell("who=me&day=0&place=Emergency&name=%C3%85se&number=107");
	assert_int_equal(listed(MONS).n, 1);
	assert_int_equal(listed(EMMA).n, 1);
}

static void what_belongs_nowhere_is_given_to_a_unit_by_somebody_who_sees_no_name(void **state)
{
	(void)state;
	tell(NOWHERE);
	assert_int_equal(listed(EMMA).n, 0);
	assert_int_equal(listed(MONS).n, 0);
	const char *path = only(VERA, ""), *unit = only(ADA, "/unit");
	for (enum town_leader who = VERA; who <= ADA; who++) {
		town_gives(who, "GET", unit, NULL, 200, "The car park", "Fjordvik / Emergency", "!Viktor", "!00 09", "!Siri", "!>Fjordvik</option>", NULL);
		town_gives(who, "GET", path, NULL, who == ADA ? 403 : 404, "!Viktor", NULL);
	}
	town_gives(EMMA, "GET", path, NULL, 404, NULL);
	town_gives(EMMA, "GET", unit, NULL, 403, NULL);
	town_gives(ADA, "POST", unit, "csrf=token", 422, "Choose a unit", "!Viktor", NULL);
	struct id top = { { 9 } };
	town_gives(ADA, "POST", unit, arena_printf(town.a, "csrf=token&unit=%s", id_text(&top).s), 422, NULL);
	town_gives(ADA, "POST", unit, arena_printf(town.a, "csrf=token&unit=%s", id_text(&town.medicine).s), 303, "said=given", NULL);
	town_gives(ADA, "GET", unit, NULL, 404, NULL);
	town_gives(VERA, "POST", unit, arena_printf(town.a, "csrf=token&unit=%s", id_text(&town.emergency).s), 404, NULL);
	town_gives(MONS, "GET", path, NULL, 200, "Viktor Vikar", "Siri, 111", NULL);
}

/* ---- deciding ---- */

static enum result became_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return missing_unit_became(tx, &town.emergency, &town.medicine);
}

static void what_was_told_of_a_unit_that_has_become_another_goes_there(void **state)
{
	(void)state;
	tell(KARI);
	assert_int_equal(listed(EMMA).n, 1);
	assert_int_equal(listed(MONS).n, 0);
	assert_int_equal(db_write(town.db, became_work, NULL), RES_OK);
	assert_int_equal(listed(EMMA).n, 0);
	assert_int_equal(listed(MONS).n, 1);
}

static void added_she_is_one_more_of_n_and_the_door_is_told(void **state)
{
	(void)state;
	struct id incident = yesterday();
	int heard = town.heard;
	tell(KARI);
	const char *path = only(EMMA, "");
	town_gives(EMMA, "GET", path, NULL, 200, "A visitor threatened the staff", "checked", NULL);
	town_gives(EMMA, "POST", path, add(person("102"), &incident), 303, "said=added", NULL);
	assert_int_equal(town.heard, heard + 1);
	town_gives(EMMA, "GET", arena_printf(town.a, "/incidents/%s", id_text(&incident).s), NULL, 200, "Offered to 0 of 2", "Kari Hansen", NULL);
	assert_int_equal(listed(EMMA).n, 0);
	/* Nothing of what was written is kept. */
	assert_int_equal(rows_with("22:40"), 0);
	assert_int_equal(rows_with("missing|"), 1);
	town_gives(EMMA, "GET", path, NULL, 200, "added to an incident", "!kari@", "!Add and offer", NULL);
}

static void who_is_in_it_already_is_not_offered_twice(void **state)
{
	(void)state;
	struct id incident = yesterday();
	int heard = town.heard;
	tell("who=me&day=1&place=Emergency&name=Mehmet+Kaya&number=103");
	town_gives(EMMA, "POST", only(EMMA, ""), add(person("103"), &incident), 303, "said=there", NULL);
	assert_int_equal(town.heard, heard);
	assert_int_equal(rows_with("exposure|"), 1);
	town_gives(EMMA, "GET", "/reported?said=there", NULL, 200, "was in the incident already", NULL);
}

static void somebody_from_outside_is_added_by_name_and_phone(void **state)
{
	(void)state;
	struct id incident = yesterday();
	tell("who=other&day=1&place=Emergency&name=Viktor+Vikar&contact=%2B47+00+00+00+09");
	const char *path = only(EMMA, "");
	town_gives(EMMA, "GET", path, NULL, 200, "from outside, not in the directory", "value=\"+47 00 00 00 09\"", NULL);
	town_gives(EMMA, "POST", path, add("outside", &incident), 422, "Write a phone number that can be called", NULL);
	town_gives(EMMA, "POST", path, arena_printf(town.a, "%s&phone=%%2B47+00+00+00+09", add("outside", &incident)), 303, "said=added", NULL);
	assert_int_equal(rows_with("'Viktor Vikar'"), 1);
}

static void nothing_is_added_to_an_incident_that_she_does_not_lead(void **state)
{
	(void)state;
	struct incident_seat s = { .person = town_person("107") };
	struct town_registering r = { .who = town_actor(MONS), .draft = town_draft(&town.medicine, &s, 1) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	tell(KARI);
	const char *path = only(EMMA, "");
	town_gives(EMMA, "GET", path, NULL, 200, "None of your incidents is near that day", NULL);
	town_gives(EMMA, "POST", path, add(person("102"), &r.incident), 404, NULL);
	town_gives(EMMA, "POST", path, add(person("102"), &(struct id){ { 7 } }), 404, NULL);
	town_gives(EMMA, "POST", path, "csrf=token&was=0", 422, "Choose who it is", "Choose the incident", NULL);
	assert_int_equal(listed(EMMA).n, 1);
	assert_int_equal(rows_with("exposure|"), 1);
}

static void nobody_is_suggested_an_incident_of_last_week(void **state)
{
	(void)state;
	yesterday();
	tell("who=me&day=2&date=2026-11-10&place=Emergency&name=Kari+Hansen&number=102");
	town_gives(EMMA, "GET", only(EMMA, ""), NULL, 200, "None of your incidents is near that day", NULL);
}

static void a_new_incident_begins_with_what_was_told(void **state)
{
	(void)state;
	tell(KARI);
	struct looked l = listed(EMMA);
	const char *id = arena_printf(town.a, "%s", id_text(&l.list[0].id).s);
	town_gives(EMMA, "GET", arena_printf(town.a, "/incidents/new?from=%s", id), NULL, 200, "value=\"22.40\"", "Kari Hansen",
		   "Save and offer support to 1", arena_printf(town.a, "name=\"from\" value=\"%s\"", id), NULL);
	town_gives(MONS, "GET", arena_printf(town.a, "/incidents/new?from=%s", id), NULL, 404, "!Kari", NULL);
	town_gives(EMMA, "GET", "/incidents/new?from=AAAAAAAAAAAAAAAAAAAAAQ", NULL, 404, NULL);
	const char *form = arena_printf(town.a, "csrf=token&%s&from=%s&unit=%s&kind=0&severity=2&day=1&clock=22.40&sentence=A+fire"
					"&seat=p%%7C%s%%7C0&do=save", body(""), id, id_text(&town.emergency).s, person("102"));
	town_gives(EMMA, "POST", "/incidents/new", form, 303, "Location: /incidents/", NULL);
	assert_int_equal(listed(EMMA).n, 0);
	assert_int_equal(rows_with("kari@"), 1);
	town_gives(EMMA, "GET", arena_printf(town.a, "/incidents/new?from=%s", id), NULL, 404, NULL);
}

/* Registers what the report began, with these on the form. */
static void register_from(const struct id *from, const char *seats, const char *where)
{
	town_gives(EMMA, "POST", "/incidents/new",
		   arena_printf(town.a, "csrf=token&%s&from=%s&unit=%s&kind=0&severity=2&day=1&clock=22.40&sentence=A+fire&do=save&%s", body(""),
				id_text(from).s, id_text(&town.emergency).s, seats),
		   303, where, NULL);
}

static void registered_without_her_it_still_waits_and_the_page_says_so(void **state)
{
	struct id mehmet = town_person("103"), kari = town_person("102");
	(void)state;
	tell(KARI);
	struct id from = listed(EMMA).list[0].id;
	register_from(&from, arena_printf(town.a, "seat=p%%7C%s%%7C0", id_text(&mehmet).s), "Location: /reported?said=waits");
	town_gives(EMMA, "GET", "/reported?said=waits", NULL, 200, "still waiting here", NULL);
	town_gives(EMMA, "GET", only(EMMA, ""), NULL, 200, "Kari Hansen", "kari@fjordvik.example", NULL);
	/* As a party only she is offered nothing. */
	register_from(&from, arena_printf(town.a, "seat=p%%7C%s%%7C0&seat=p%%7C%s%%7C4", id_text(&mehmet).s, id_text(&kari).s), "said=waits");
	assert_int_equal(listed(EMMA).n, 1);
	register_from(&from, arena_printf(town.a, "seat=p%%7C%s%%7C0&seat=p%%7C%s%%7C1", id_text(&mehmet).s, id_text(&kari).s), "Location: /incidents/");
	assert_int_equal(listed(EMMA).n, 0);
	assert_int_equal(rows_with("exposure|"), 4);
}

static void whom_only_a_name_or_a_phone_tells_is_found_among_those_affected(void **state)
{
	struct id kari = town_person("102"), mehmet = town_person("103");
	(void)state;
	tell("who=other&day=1&place=Emergency&name=kari+hansen&contact=%2B47+00+00+00+09");
	struct id from = listed(EMMA).list[0].id;
	register_from(&from, arena_printf(town.a, "seat=p%%7C%s%%7C0", id_text(&mehmet).s), "said=waits");
	register_from(&from, arena_printf(town.a, "seat=p%%7C%s%%7C0", id_text(&kari).s), "Location: /incidents/");
	tell("who=other&day=1&place=Emergency&name=Viktor&contact=%2B47+00+00+00+09");
	from = listed(EMMA).list[0].id;
	register_from(&from, "seat=o%7C0%7Csv%7C%2B47+00+00+00+08%7CSomebody", "said=waits");
	register_from(&from, "seat=o%7C0%7Csv%7C0047+00000009%7CSomebody", "Location: /incidents/");
	assert_int_equal(listed(EMMA).n, 0);
}

static void declined_it_can_be_taken_up_again_and_goes_after_four_weeks(void **state)
{
	(void)state;
	struct id incident = yesterday();
	tell(KARI);
	const char *path = only(EMMA, "");
	town_gives(EMMA, "GET", arena_printf(town.a, "%s/not-so", path), NULL, 200, "Add nobody?", "four weeks", NULL);
	town_gives(EMMA, "POST", arena_printf(town.a, "%s/not-so", path), "csrf=token", 303, "said=declined", NULL);
	town_gives(EMMA, "POST", arena_printf(town.a, "%s/not-so", path), "csrf=token", 303, "said=late", NULL);
	assert_int_equal(listed(EMMA).n, 0);
	town_gives(EMMA, "GET", path, NULL, 200, "nobody was added. You can still do it", "Kari Hansen", NULL);
	/* Who still has the page of before is told. */
	town_gives(EMMA, "POST", path, add(person("102"), &incident), 303, "said=late", NULL);
	assert_int_equal(rows_with("exposure|"), 1);
	town_gives(EMMA, "POST", path, arena_printf(town.a, "csrf=token&was=3&%s", strstr(add(person("102"), &incident), "how")), 303, "said=added", NULL);
	assert_int_equal(rows_with("exposure|"), 2);
}

static enum result tidy_work(struct tx *tx, void *ctx)
{
	const int *days = ctx;
	return missing_tidy(tx, day_add(instant_day(clock_now(town.clock)), *days));
}

static void what_was_decided_goes_after_four_weeks_and_what_is_open_stays(void **state)
{
	int days = MISSING_KEPT_DAYS, later = MISSING_KEPT_DAYS + 1;
	(void)state;
	tell(KARI);
	town_gives(EMMA, "POST", only(EMMA, "/not-so"), "csrf=token", 303, NULL);
	tell(NOWHERE);
	assert_int_equal(db_write(town.db, tidy_work, &days), RES_OK);
	assert_int_equal(rows_with("missing|"), 2);
	assert_int_equal(db_write(town.db, tidy_work, &later), RES_OK);
	assert_int_equal(rows_with("missing|"), 1);
	assert_int_equal(rows_with("Viktor"), 1);
}

static struct deciding {
	struct actor who;
	struct id id, incident;
	struct incident_seat seat;
	bool decline;
} deciding;

static enum result decide_work(struct tx *tx, void *ctx)
{
	const bool *decline = ctx;
	unsigned faults;
	bool there;
	struct day today = instant_day(clock_now(town.clock));
	return *decline ? missing_decline(tx, today, &deciding.who, &deciding.id)
			: missing_add(tx, random_system(), today, &deciding.who, &deciding.id, MISSING_OPEN, &deciding.incident,
				      &deciding.seat, &faults, &there);
}

struct decision {
	bool decline;
	enum result res;
};

static void *decide(void *ctx)
{
	struct decision *d = ctx;
	d->res = db_write(town.db, decide_work, &d->decline);
	return NULL;
}

static void of_many_who_decide_at_once_one_wins_and_the_others_are_told(void **state)
{
	pthread_t threads[32];
	struct decision all[32];
	int won = 0;
	bool added = false;
	(void)state;
	deciding = (struct deciding){ .who = town_actor(EMMA), .incident = yesterday(), .seat = { .person = town_person("102") } };
	tell(KARI);
	deciding.id = listed(EMMA).list[0].id;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		all[i] = (struct decision){ .decline = i % 2 };
		assert_int_equal(pthread_create(&threads[i], NULL, decide, &all[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_true(all[i].res == RES_OK || all[i].res == RES_AGAIN);
		won += all[i].res == RES_OK;
		added |= all[i].res == RES_OK && !all[i].decline;
	}
	assert_int_equal(won, 1);
	assert_int_equal(rows_with("exposure|"), added ? 2 : 1);
}

static void each_look_at_a_name_is_noted(void **state)
{
	(void)state;
	tell(KARI);
	const char *path = only(EMMA, "");
	town_gives(EMMA, "GET", "/reported", NULL, 200, NULL);
	assert_int_equal(rows_with("'missing/one'"), 0);
	town_gives(EMMA, "GET", path, NULL, 200, NULL);
	town_gives(EMMA, "GET", arena_printf(town.a, "%s/not-so", path), NULL, 200, NULL);
	assert_int_equal(rows_with("'missing/one'"), 2);
	/* So is the form that begins with her, found or not. */
	town_gives(EMMA, "GET", arena_printf(town.a, "/incidents/new?from=%s", path + strlen("/reported/")), NULL, 200, "Kari Hansen", NULL);
	assert_int_equal(rows_with("'missing/one'"), 3);
}

/* ---- who is asked ---- */

static int mails_to(const char *who)
{
	return rows_with(arena_printf(town.a, "'%s@fjordvik.example'|'Something is waiting for you'", who));
}

/* Does what is due by then, and says how many mails wait for each. */
static void by(struct clockwork *cw, int64_t seconds, int emma, int mons, int vera, int ada)
{
	int done;
	clock_set(town.clock, (struct instant){ TOWN_NOW + seconds });
	assert_int_equal(clockwork_settle(cw, &done), RES_OK);
	assert_int_equal(mails_to("emma"), emma);
	assert_int_equal(mails_to("mons"), mons);
	assert_int_equal(mails_to("vera"), vera);
	assert_int_equal(mails_to("ada"), ada);
}

#define DAY INT64_C(86400)

static void whoever_leads_the_place_is_asked_by_a_mail_that_says_nothing(void **state)
{
	struct clockwork *cw = clockwork_new(town.db, town.clock);
	(void)state;
	missing_jobs(&town.missing, cw);
	tell(KARI);
	tell(KARI);
	by(cw, 60, 0, 0, 0, 0);
	by(cw, MISSING_GATHER + 60, 1, 0, 0, 0);
	assert_int_equal(rows_with("Please look at it today"), 1);
	assert_int_equal(rows_with("Kari Hansen'"), 3); /* the directory and the two, and no mail */
	by(cw, DAY, 1, 0, 0, 0);
	/* Nobody is above her: she is asked again. */
	by(cw, 2 * DAY, 2, 0, 0, 0);
	for (int i = 0; i < 2; i++)
		town_gives(EMMA, "POST", arena_printf(town.a, "/reported/%s/not-so", id_text(&listed(EMMA).list[0].id).s), "csrf=token", 303, NULL);
	by(cw, 9 * DAY, 2, 0, 0, 0);
	clockwork_free(&cw);
}

static int64_t machine;

static int64_t the_machine(void)
{
	return machine;
}

static void after_a_clock_that_ran_ahead_whoever_leads_is_asked_by_the_true_one(void **state)
{
	int done;
	const struct clock *town_clock = town.missing.clock;
	struct clock *clock;
	(void)state;
	tell(KARI);
	machine = TOWN_NOW;
	clock = clock_machine(the_machine);
	struct clockwork *cw = clockwork_new(town.db, clock);
	town.missing.clock = clock;
	missing_jobs(&town.missing, cw);
	machine = TOWN_NOW + 400 * DAY;
	assert_int_equal(clockwork_settle(cw, &done), RES_OK);
	assert_int_equal(mails_to("emma"), 1);
	machine = TOWN_NOW + 60;
	assert_int_equal(clockwork_settle(cw, &done), RES_OK);
	machine = TOWN_NOW + DAY;
	assert_int_equal(clockwork_settle(cw, &done), RES_OK);
	assert_int_equal(mails_to("emma"), 2);
	clockwork_free(&cw);
	clock_free(&clock);
	town.missing.clock = town_clock;
}

static void what_nobody_leads_goes_to_administrators_and_then_to_safety_representatives_too(void **state)
{
	struct clockwork *cw = clockwork_new(town.db, town.clock);
	(void)state;
	missing_jobs(&town.missing, cw);
	tell(NOWHERE);
	by(cw, MISSING_GATHER + 60, 0, 0, 0, 1);
	by(cw, 2 * DAY, 0, 0, 1, 2);
	const char *unit = only(ADA, "/unit");
	town_gives(ADA, "POST", unit, arena_printf(town.a, "csrf=token&unit=%s", id_text(&town.medicine).s), 303, NULL);
	by(cw, 2 * DAY + MISSING_GATHER + 60, 0, 1, 1, 2);
	clockwork_free(&cw);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, town_open, town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(anybody_can_open_the_page_and_it_is_the_same_for_all),
		TEST(the_answer_tells_nothing_of_what_matches),
		TEST(what_is_wrong_is_told_beside_its_field_and_what_was_written_stays),
		TEST(sent_twice_it_is_told_once),
		TEST(another_site_cannot_send_it),
		TEST(too_many_from_one_place_wait_and_lose_nothing),
		TEST(there_is_an_end_to_what_is_kept_open_and_it_is_said),
		TEST(who_leads_the_unit_reads_it_and_nobody_else),
		TEST(a_number_says_the_unit_where_the_place_does_not),
		TEST(what_belongs_nowhere_is_given_to_a_unit_by_somebody_who_sees_no_name),
		TEST(what_was_told_of_a_unit_that_has_become_another_goes_there),
		TEST(added_she_is_one_more_of_n_and_the_door_is_told),
		TEST(who_is_in_it_already_is_not_offered_twice),
		TEST(somebody_from_outside_is_added_by_name_and_phone),
		TEST(nothing_is_added_to_an_incident_that_she_does_not_lead),
		TEST(nobody_is_suggested_an_incident_of_last_week),
		TEST(a_new_incident_begins_with_what_was_told),
		TEST(registered_without_her_it_still_waits_and_the_page_says_so),
		TEST(whom_only_a_name_or_a_phone_tells_is_found_among_those_affected),
		TEST(declined_it_can_be_taken_up_again_and_goes_after_four_weeks),
		TEST(what_was_decided_goes_after_four_weeks_and_what_is_open_stays),
		TEST(of_many_who_decide_at_once_one_wins_and_the_others_are_told),
		TEST(each_look_at_a_name_is_noted),
		TEST(whoever_leads_the_place_is_asked_by_a_mail_that_says_nothing),
		TEST(after_a_clock_that_ran_ahead_whoever_leads_is_asked_by_the_true_one),
		TEST(what_nobody_leads_goes_to_administrators_and_then_to_safety_representatives_too),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
