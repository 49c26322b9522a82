/* duty_testing.h: a small workplace, its leaders, and its pages on a real socket, for the tests of duty's rooms. */
#ifndef DUTY_TESTING_H
#define DUTY_TESTING_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/db_testing.h"
#include "duty/coverage/coverage.h"
#include "duty/incidents/incidents.h"
#include "duty/missing/missing.h"
#include "duty/people/people.h"
#include "signin/signin.h"
#include "web/asking_testing.h"
#include "web/server.h"

extern const struct migration duty_migrations[];
extern const size_t duty_migrations_n;

/* 2026-11-18 12:53:20 in UTC; a Wednesday. */
#define TOWN_NOW 1795006400

enum town_leader { EMMA, MONS, VERA, ADA, TOWN_ACCOUNTS }; /* leads emergency; medicine; safety rep of all; administrator */

static struct {
	struct db *db;
	struct clock *clock;
	struct arena *a;
	struct web *web;
	struct incidents_pages pages;
	struct missing_pages missing;
	struct coverage_pages coverage;
	struct id account[TOWN_ACCOUNTS], emergency, medicine;
	int heard;
} town;

static const uint32_t town_roles[] = { ROLE_LEADER, ROLE_LEADER, ROLE_SAFETY, ROLE_ADMIN };
static const char *const town_names[] = { "emma", "mons", "vera", "ada" };
static const struct look_house town_house = {
	.side = LOOK_DUTY, .workplace = "Fjordvik", .country = "no", .home = "/", .css = "/a/0/duty.css",
};

/* ---- people and accounts ---- */

static inline void town_people(const char *csv)
{
	char path[] = "/tmp/makker-town-XXXXXX", room[] = "people", what[] = "import", *argv[] = { room, what, path };
	char *text = NULL;
	size_t n;
	int fd = mkstemp(path);
	FILE *out = open_memstream(&text, &n);
	if (fd < 0 || write(fd, csv, strlen(csv)) != (ssize_t)strlen(csv))
		bug("no file for the town's people");
	close(fd);
	int code = people_command(town.db, town.clock, random_system(), 3, argv, out, out);
	fclose(out);
	unlink(path);
	if (code != 0)
		bug("the town's people: %s", text);
	free(text);
}

SQL(town_password, "b", "", "UPDATE account SET password = 'chosen' WHERE id = $1");

/* She has chosen a passphrase. */
static inline enum result town_may_sign_in(struct tx *tx, const struct id *account)
{
	return db_do(tx, &town_password, NULL, v_id(account));
}

static inline enum result town_accounts_work(struct tx *tx, void *ctx)
{
	const struct id *units[] = { &town.emergency, &town.medicine, NULL, NULL };
	(void)ctx;
	enum result res = people_unit_of(tx, "Fjordvik / Emergency", &town.emergency);
	if (res == RES_OK)
		res = people_unit_of(tx, "Fjordvik / Medicine", &town.medicine);
	for (int i = 0; res == RES_OK && i < TOWN_ACCOUNTS; i++) {
		char email[60];
		snprintf(email, sizeof(email), "%s@fjordvik.example", town_names[i]);
		res = signin_add(tx, random_system(), email, town_names[i], LANG_EN, NULL, (enum role)town_roles[i],
				 units[i] ? units[i] : &(struct id){ { 0 } }, (struct day){ 20775 }, &town.account[i]);
		if (res == RES_OK)
			res = town_may_sign_in(tx, &town.account[i]);
	}
	return res;
}

static inline struct actor town_actor(enum town_leader who)
{
	return (struct actor){ .account = town.account[who], .roles = town_roles[who], .lang = LANG_EN, .csrf = "token",
			       .name = town_names[who] };
}

/* The gate of these tests: the cookie says who. */
static inline enum result town_who(struct req *req, void *ctx, struct actor **who_r)
{
	struct slice s = req_cookie(req, "who");
	(void)ctx;
	for (int i = 0; i < TOWN_ACCOUNTS; i++)
		if (slice_is(s, town_names[i])) {
			struct actor *a = arena_new_of(req_arena(req), struct actor);
			*a = town_actor((enum town_leader)i);
			*who_r = a;
			return RES_OK;
		}
	return RES_NONE;
}

static inline void town_heard(void *ctx)
{
	(void)ctx;
	__atomic_add_fetch(&town.heard, 1, __ATOMIC_SEQ_CST);
}

static inline int town_open(void **state)
{
	static const char *const hosts[] = { "duty.localhost", NULL };
	(void)state;
	town.clock = clock_by_hand((struct instant){ TOWN_NOW });
	town.a = arena_new();
	town.heard = 0;
	db_for_test(duty_migrations, duty_migrations_n, &town.db);
	town_people("Employee number;Name;E-mail;Phone;Unit;Title;Protected\n"
		    "101;Emma Eide;emma@fjordvik.example;+47 00 00 00 01;Fjordvik / Emergency;Leader;\n"
		    "102;Kari Hansen;kari@fjordvik.example;+47 00 00 00 02;Fjordvik / Emergency;Nurse;\n"
		    "103;Mehmet Kaya;;+47 00 00 00 03;Fjordvik / Emergency;Nurse;\n"
		    "104;Siri Skjult;siri@fjordvik.example;+47 00 00 00 04;Fjordvik / Emergency;Nurse;yes\n"
		    "105;Ola Berg;ola@fjordvik.example;;Fjordvik / Medicine;Doctor;\n"
		    "106;Ola Berg;ola2@fjordvik.example;;Fjordvik / Medicine;Cleaner;\n"
		    "107;Åse Dahl;ase@fjordvik.example;;Fjordvik / Medicine;Nurse;\n"
		    ";Liv Usynlig;liv@fjordvik.example;;Fjordvik / Medicine;Cleaner;yes\n");
	if (db_write(town.db, town_accounts_work, NULL) != RES_OK)
		bug("no accounts");
	town.pages = (struct incidents_pages){ .db = town.db, .rnd = random_system(), .house = &town_house,
					       .registered = town_heard, .begin = missing_begin, .made = missing_made };
	town.missing = (struct missing_pages){ .db = town.db, .frame = &town.pages, .public_url = "http://duty.localhost",
					       .lang = LANG_EN };
	missing_limits(&town.missing, town.clock);
	town.coverage = (struct coverage_pages){ .db = town.db, .frame = &town.pages };
	struct web_setup setup = { .listen = "127.0.0.1:0", .hosts = hosts, .clock = town.clock, .rnd = random_system(),
				   .workers = 4, .who = town_who, .sign_in = "/sign-in", .default_lang = LANG_EN,
				   .public_url = "http://duty.localhost" };
	if (web_new(&setup, &town.web) != RES_OK)
		bug("no web");
	incidents_routes(&town.pages, town.web);
	missing_routes(&town.missing, town.web);
	coverage_routes(&town.coverage, town.web);
	return web_start(town.web) == RES_OK ? 0 : -1;
}

static inline int town_close(void **state)
{
	(void)state;
	web_drain(town.web, 5);
	web_free(&town.web);
	missing_limits_free(&town.missing);
	db_for_test_end(&town.db);
	arena_free(&town.a);
	clock_free(&town.clock);
	return 0;
}

/* ---- asking ---- */

/* Everything the server says; freed by the caller. */
static inline char *town_ask(enum town_leader who, const char *method, const char *path, const char *body)
{
	struct buf in = BUF_LIMIT((size_t)2 << 20);
	buf_printf(&in, "%s %s HTTP/1.1\r\nHost: duty.localhost\r\nConnection: close\r\nCookie: who=%s\r\n", method, path,
		   who < TOWN_ACCOUNTS ? town_names[who] : "nobody");
	if (body)
		buf_printf(&in, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
			   strlen(body), body);
	else
		buf_str(&in, "\r\n");
	char *answer = asking(web_port(town.web), in.p, in.n, NULL);
	buf_free(&in);
	return answer;
}

/* The answer must have this status and hold each text, up to NULL; a text that begins with '!' must not be there. */
static inline void town_gives(enum town_leader who, const char *method, const char *path, const char *body, int status, ...)
{
	char *answer = town_ask(who, method, path, body);
	const char *text;
	va_list ap;
	if (asking_status(answer) != status)
		fail_msg("%s %s should give %d, and gives:\n%.3000s", method, path, status, answer);
	va_start(ap, status);
	while ((text = va_arg(ap, const char *)))
		if (text[0] == '!' ? strstr(answer, text + 1) != NULL : !strstr(answer, text))
			fail_msg("%s %s: \"%s\" in:\n%.200000s", method, path, text, answer);
	va_end(ap);
	free(answer);
}

/* ---- an incident without the form ---- */

struct town_registering {
	struct actor who;
	struct incident_draft draft;
	struct id incident;
};

static inline enum result town_register_work(struct tx *tx, void *ctx)
{
	struct town_registering *r = ctx;
	return incidents_register(tx, random_system(), clock_now(town.clock), &r->who, &r->draft, &r->incident);
}

struct town_exposure {
	const struct id *incident;
	size_t i;
	struct id id;
};

static inline enum result town_exposure_work(struct tx *tx, void *ctx)
{
	struct town_exposure *e = ctx;
	struct exposure *list;
	size_t n;
	enum result res = incidents_people(tx, town.a, e->incident, &list, &n);
	if (res == RES_OK && e->i < n)
		e->id = list[e->i].id;
	return res == RES_OK && e->i >= n ? RES_NONE : res;
}

/* The i-th person of an incident, from 0, in the order in which they are shown. */
static inline struct id town_exposure(const struct id *incident, size_t i)
{
	struct town_exposure e = { .incident = incident, .i = i };
	assert_int_equal(db_read(town.db, town_exposure_work, &e), RES_OK);
	return e.id;
}

struct town_pick {
	const char *line;
	struct id person;
};

static inline enum result town_pick_work(struct tx *tx, void *ctx)
{
	struct town_pick *p = ctx;
	struct person_lines lines;
	enum result res = people_pick(tx, town.a, slice_of(p->line), &lines);
	if (res == RES_OK && lines.n == 1)
		p->person = lines.list[0].id;
	return res == RES_OK && lines.n != 1 ? RES_NONE : res;
}

static inline struct id town_person(const char *line)
{
	struct town_pick p = { .line = line };
	if (db_read(town.db, town_pick_work, &p) != RES_OK)
		bug("the town has no %s", line);
	return p.person;
}

static inline struct incident_draft town_draft(const struct id *unit, const struct incident_seat *seats, size_t n)
{
	return (struct incident_draft){ .once = id_new(random_system(), "test/once"), .has_kind = true, .has_severity = true,
					.has_time = true, .has_unit = true, .kind = INCIDENT_VIOLENCE, .severity = 2,
					.happened = { TOWN_NOW - 3600 }, .unit = *unit,
					.sentence = SLICE("A visitor threatened the staff"), .seats = seats, .seats_n = n };
}

#endif
