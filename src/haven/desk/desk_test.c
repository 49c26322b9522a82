/* The hours of the ring over HTTP: who may read them and which, and that each look at tasks is one entry of the audit log. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "db/db_testing.h"
#include "haven/desk/desk.h"
#include "haven/directory/directory.h"
#include "haven/offers/offers_rules.h"
#include "haven/supporters/supporters.h"
#include "signin/signin.h"
#include "web/asking_testing.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

#define START 1795000000 /* 2026-11-18, 13 minutes into an hour */
#define HOUR 3600
#define NOW_HOUR (START / HOUR)
#define P 8 /* slots of an hour in which no mail goes out */
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define PASS "hest-skygge-lampe"

enum who { KARI, TARIQ, MONA, WHO }; /* supporters; the coordinator */

struct town {
	struct db *db;
	struct clock *clock;
	struct clockwork *cw;
	struct answers *answers;
	struct offers *offers;
	struct signin *signin;
	struct desk *desk;
	struct supporters_front front;
	struct web *web;
	struct arena *a;
	struct id supporter[WHO], account[WHO];
	char cookie[WHO][200]; /* a header line; "" until she signs in */
};

static struct town town;

static const char *const names[] = { "Kari Nes", "Tariq Ali", "Mona Vik" };
static const char *const emails[] = { "kari@example.org", "tariq@example.org", "mona@example.org" };
static const struct look_house house = {
	.side = LOOK_HAVEN, .workplace = "Fjordvik", .country = "no", .home = "/", .leave = "https://www.yr.no/",
	.css = "/a/0/haven.css",
};

SQL(test_supporter, "bttt", "",
    "INSERT INTO supporter (id, person, name, given, email, phone, unit_path, profession, level, languages, since_year, "
    "interview_day, training_day, check_day, accredited_until, paused, is_full, ended) "
    "VALUES ($1, NULL, $2, $3, $4, '+4700000503', 'Trust / Ward', 'Nurse', '', 'nb', 2023, 1, 2, 3, 30000, 0, 0, 0)");
SQL(test_window, "b", "",
    "INSERT INTO duty_window (supporter, weekday, from_minute, to_minute, standby) VALUES ($1, 2, 0, 1440, 0)");
SQL(test_person, "b", "", "UPDATE supporter SET person = id WHERE id = $1");
SQL(test_interview, "bi", "", "UPDATE supporter SET interview_day = $2 WHERE id = $1");
SQL(test_ended, "b", "", "UPDATE supporter SET ended = 1 WHERE id = $1");

/* ---- a client ---- */

static char *send_as(const char *cookie, const char *method, const char *path, const char *body, size_t *n_r)
{
	struct buf b = BUF_LIMIT(1 << 16);
	buf_printf(&b, "%s %s HTTP/1.1\r\nHost: haven.example\r\nConnection: close\r\n%s", method, path, cookie);
	if (body)
		buf_printf(&b, FORM "Content-Length: %zu\r\n", strlen(body));
	buf_printf(&b, "\r\n%s", body ? body : "");
	char *answer = asking(web_port(town.web), b.p, b.n, n_r);
	buf_free(&b);
	return answer;
}

static int status_as(const char *cookie, const char *method, const char *path)
{
	char *answer = send_as(cookie, method, path, NULL, NULL);
	int status = asking_status(answer);
	free(answer);
	return status;
}

static const char *hour_path(int64_t hour)
{
	return arena_printf(town.a, "/s/ring/%lld", (long long)hour);
}

static int reads(enum who who, const char *path)
{
	return status_as(town.cookie[who], "GET", path);
}

/* ---- the town ---- */

static void signs_in(enum who who)
{
	const char *body = arena_printf(town.a, "email=%s&passphrase=" PASS, emails[who]);
	char *answer = send_as("", "POST", "/s/sign-in", body, NULL);
	const char *at = strstr(answer, "\r\nSet-Cookie: ");
	if (asking_status(answer) != 303 || !at)
		fail_msg("%s does not get in:\n%s", emails[who], answer);
	else
		snprintf(town.cookie[who], sizeof(town.cookie[who]), "Cookie: %.*s\r\n", (int)strcspn(at + 14, ";"), at + 14);
	free(answer);
}

struct adding {
	enum who who;
	char url[300];
};

static enum result add_work(struct tx *tx, void *ctx)
{
	struct adding *c = ctx;
	struct id *me = &town.supporter[c->who];
	bool helps = c->who != MONA;
	enum result res = RES_OK;
	*me = (struct id){ { (unsigned char)(c->who + 1), 7 } };
	if (helps)
		res = db_do(tx, &test_supporter, NULL, v_id(me), v_str(names[c->who]), v_str(names[c->who]),
			    v_str(emails[c->who]));
	if (res == RES_OK)
		res = signin_add(tx, random_system(), emails[c->who], names[c->who], LANG_EN, helps ? me : NULL,
				 helps ? ROLE_SUPPORTER : ROLE_COORDINATOR, NULL, (struct day){ 20775 }, &town.account[c->who]);
	return res == RES_OK ? signin_invite(tx, town.signin, &town.account[c->who], c->url, sizeof(c->url)) : res;
}

static void add(enum who who)
{
	struct adding c = { .who = who };
	assert_int_equal(db_write(town.db, add_work, &c), RES_OK);
	char *answer = send_as("", "POST", strstr(c.url, "/s/welcome"), "passphrase=" PASS "&again=" PASS, NULL);
	assert_int_equal(asking_status(answer), 303);
	free(answer);
	signs_in(who);
}

static enum result none_mailed(struct tx *tx, int64_t hour, int64_t *mailed_r)
{
	(void)tx;
	(void)hour;
	*mailed_r = 0;
	return RES_OK;
}

static void open_rooms(void)
{
	struct offers_setup offers = { town.db, town.clock, random_system(), "http://haven.example", "Fjordvik", LANG_NB };
	struct answers_setup answers = { town.db, town.clock, random_system(), none_mailed, offers_ring_slots, NULL, NULL };
	struct signin_setup signin = {
		.db = town.db, .clock = town.clock, .rnd = random_system(), .public_url = "http://haven.example",
		.workplace = "Fjordvik", .base = "/s", .home = "/s/home", .lang = LANG_NB, .house = &house, .cost = { 1, 64 },
	};
	town.offers = offers_new(&offers);
	town.answers = answers_new(&answers);
	town.cw = clockwork_new(town.db, town.clock);
	answers_jobs(town.answers, town.cw);
	assert_int_equal(answers_open_hour(town.answers), RES_OK);
	assert_int_equal(signin_new(&signin, &town.signin), RES_OK);
	struct desk_setup desk = {
		.db = town.db, .clock = town.clock, .rnd = random_system(), .offers = town.offers, .answers = town.answers,
		.house = &house, .sign_in = "/s/sign-in", .sign_out = "/s/sign-out",
	};
	town.desk = desk_new(&desk);
}

static int set_up(void **state)
{
	static const char *const hosts[] = { "haven.example", NULL };
	(void)state;
	if (crypt_init() != RES_OK)
		return -1;
	town = (struct town){ .a = arena_new(), .clock = clock_by_hand((struct instant){ START }) };
	db_for_test(haven_migrations, haven_migrations_n, &town.db);
	open_rooms();
	struct web_setup web = { .listen = "127.0.0.1:0", .hosts = hosts, .clock = town.clock, .rnd = random_system(),
				 .workers = 4, .who = signin_who, .who_ctx = town.signin, .sign_in = "/s/sign-in",
				 .default_lang = LANG_EN, .public_url = "http://haven.example" };
	assert_int_equal(web_new(&web, &town.web), RES_OK);
	signin_routes(town.signin, town.web);
	answers_routes(town.answers, town.web);
	desk_routes(town.desk, town.web);
	town.front = (struct supporters_front){ town.db, town.clock, &house };
	supporters_routes(&town.front, town.web);
	assert_int_equal(web_start(town.web), RES_OK);
	for (int i = 0; i < WHO; i++)
		add((enum who)i);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	web_drain(town.web, 5);
	web_free(&town.web);
	desk_free(&town.desk);
	signin_free(&town.signin);
	clockwork_free(&town.cw);
	answers_free(&town.answers);
	db_hear_no_more(town.db);
	offers_free(&town.offers);
	db_for_test_end(&town.db);
	clock_free(&town.clock);
	arena_free(&town.a);
	return 0;
}

static void move(int64_t seconds)
{
	int done;
	clock_set(town.clock, instant_add(clock_now(town.clock), seconds));
	assert_int_equal(clockwork_settle(town.cw, &done), RES_OK);
}

static enum result count_work(struct tx *tx, void *ctx)
{
	return audit_verify(tx, ctx);
}

static int looks_noted(void)
{
	int64_t n = -1;
	assert_int_equal(db_read(town.db, count_work, &n), RES_OK);
	return (int)n;
}

static enum result end_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_ended, NULL, v_id(ctx));
}

/* ---- who ---- */

static void a_supporter_reads_an_hour_and_nobody_else_does(void **state)
{
	(void)state;
	move(HOUR);
	const char *path = hour_path(NOW_HOUR);
	assert_int_equal(reads(KARI, path), 200);
	assert_int_equal(reads(TARIQ, path), 200);
	assert_int_equal(reads(MONA, path), 403);
	assert_int_equal(status_as("", "GET", path), 401);
	assert_int_equal(status_as("Cookie: makker-haven=\r\n", "GET", path), 401);
	assert_int_equal(status_as("Cookie: makker-haven=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", "GET", path), 401);
	/* The cookie of the employer's program, with a session of this one. */
	const char *other = arena_printf(town.a, "Cookie: makker-duty=%s", strchr(town.cookie[KARI], '=') + 1);
	assert_int_equal(status_as(other, "GET", path), 401);
	char *answer = send_as("", "GET", path, NULL, NULL);
	assert_null(strstr(answer, "Location:"));
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n"); /* a script asks: no page, no way to one */
	free(answer);
}

static void who_asks_is_asked_before_which_hour(void **state)
{
	static const char *const paths[] = { "/s/ring/1", "/s/ring/999999999", "/s/ring/x", "/s/ring/-1" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		assert_int_equal(status_as("", "GET", paths[i]), 401);
		assert_int_equal(reads(MONA, paths[i]), 403);
		assert_int_equal(reads(KARI, paths[i]), 404);
	}
}

static void both_supporters_read_the_same_bytes(void **state)
{
	size_t n[2];
	(void)state;
	move(HOUR);
	char *kari = send_as(town.cookie[KARI], "GET", hour_path(NOW_HOUR), NULL, &n[0]);
	char *tariq = send_as(town.cookie[TARIQ], "GET", hour_path(NOW_HOUR), NULL, &n[1]);
	assert_int_equal(n[0], n[1]);
	assert_memory_equal(kari + n[0] - (size_t)P * RING_SLOT, tariq + n[1] - (size_t)P * RING_SLOT, (size_t)P * RING_SLOT);
	free(kari);
	free(tariq);
}

static void a_session_that_ended_reads_nothing(void **state)
{
	(void)state;
	move(HOUR);
	const char *path = hour_path(NOW_HOUR);
	/* Idle for longer than a session lasts; Tariq was there in between. */
	assert_int_equal(reads(KARI, path), 200);
	move(3 * HOUR);
	assert_int_equal(reads(TARIQ, path), 200);
	move(HOUR);
	assert_int_equal(reads(KARI, path), 401);
	assert_int_equal(reads(KARI, path), 401);
	assert_int_equal(reads(TARIQ, path), 200);
	/* Never idle, but of the day before yesterday. */
	for (int i = 0; i < 16; i++) {
		move(3 * HOUR);
		(void)reads(TARIQ, path);
	}
	assert_int_equal(reads(TARIQ, path), 401);
	signs_in(TARIQ);
	assert_int_equal(reads(TARIQ, path), 200);
	/* Signed out. */
	char *account = send_as(town.cookie[TARIQ], "GET", "/s/account", NULL, NULL);
	const char *token = strstr(account, "name=\"csrf\" value=\"");
	assert_non_null(token);
	char *out = send_as(town.cookie[TARIQ], "POST", "/s/sign-out", arena_printf(town.a, "csrf=%.22s", token + 19), NULL);
	assert_int_equal(asking_status(out), 303);
	assert_int_equal(reads(TARIQ, path), 401);
	free(out);
	free(account);
}

static void a_supporter_who_has_ended_reads_nothing(void **state)
{
	(void)state;
	move(HOUR);
	assert_int_equal(reads(KARI, hour_path(NOW_HOUR)), 200);
	assert_int_equal(db_write(town.db, end_work, &town.supporter[KARI]), RES_OK);
	assert_int_equal(reads(KARI, hour_path(NOW_HOUR)), 403);
	assert_int_equal(reads(TARIQ, hour_path(NOW_HOUR)), 200);
}

/* Kari is in the directory, which says now that she works here or has left. */
static enum result leave_work(struct tx *tx, void *ctx)
{
	struct door_person p = { .id = town.supporter[KARI], .number = "", .name = "Kari Nes", .unit = "", .profession = "",
				 .level = "", .lang = "nb", .email = "", .phone = "", .ended = *(bool *)ctx };
	struct door_people people = { 1, false, &p, 1 };
	enum result res = db_do(tx, &test_person, NULL, v_id(&p.id));
	return res == RES_OK ? directory_take(tx, &people) : res;
}

static void leaves(bool ended)
{
	assert_int_equal(db_write(town.db, leave_work, &ended), RES_OK);
}

static void whoever_has_left_the_workplace_has_no_desk_and_is_told_so(void **state)
{
	static const char *const paths[] = { "/s/desk/keys", "/s/desk/data" };
	(void)state;
	leaves(false);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_int_equal(reads(KARI, paths[i]), 200);
	leaves(true);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		assert_int_equal(reads(KARI, paths[i]), 403);
		assert_int_equal(reads(TARIQ, paths[i]), 200);
	}
	assert_int_equal(reads(KARI, "/s/desk"), 403);
	char *page = send_as(town.cookie[KARI], "GET", "/s/desk", NULL, NULL);
	assert_non_null(strstr(page, "tell the coordinator"));
	free(page);
}

/* ---- the front page: the matching's gate ---- */

static enum result window_work(struct tx *tx, void *ctx)
{
	enum result res = RES_OK;
	(void)ctx;
	for (int i = KARI; res == RES_OK && i <= TARIQ; i++)
		res = db_do(tx, &test_window, NULL, v_id(&town.supporter[i]));
	return res;
}

static enum result interview_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_interview, NULL, v_id(&town.supporter[KARI]), v_int(*(int *)ctx));
}

static bool front_shows(const char *given)
{
	char *page = send_as("", "GET", "/", NULL, NULL);
	bool there = strstr(page, given);
	assert_int_equal(asking_status(page), 200);
	free(page);
	return there;
}

static void interviewed(int day)
{
	assert_int_equal(db_write(town.db, interview_work, &day), RES_OK);
}

static void the_front_page_shows_who_is_ready_and_nobody_else(void **state)
{
	int today = instant_day((struct instant){ START }).n;
	(void)state;
	assert_int_equal(db_write(town.db, window_work, NULL), RES_OK);
	assert_true(front_shows("Kari")); /* has no key yet: to be called she needs none */
	interviewed(today + 1);
	assert_false(front_shows("Kari"));
	assert_true(front_shows("Tariq"));
	interviewed(today);
	assert_true(front_shows("Kari"));
	leaves(false);
	assert_true(front_shows("Kari"));
	leaves(true);
	assert_false(front_shows("Kari"));
	assert_true(front_shows("Tariq"));
}

/* ---- which hour ---- */

static void a_closed_hour_is_read_whole_and_an_open_one_not_at_all(void **state)
{
	size_t n;
	(void)state;
	assert_int_equal(reads(KARI, hour_path(NOW_HOUR)), 404);
	move(HOUR - START % HOUR - 1); /* its last second */
	assert_int_equal(reads(KARI, hour_path(NOW_HOUR)), 404);
	move(1);
	char *answer = send_as(town.cookie[KARI], "GET", hour_path(NOW_HOUR), NULL, &n);
	const char *body = strstr(answer, "\r\n\r\n");
	assert_int_equal(asking_status(answer), 200);
	assert_non_null(body);
	assert_int_equal(n - (size_t)(body + 4 - answer), P * RING_SLOT);
	free(answer);
	assert_int_equal(reads(KARI, hour_path(NOW_HOUR + 1)), 404);
	assert_int_equal(reads(KARI, hour_path(NOW_HOUR + 2)), 404);
}

static void an_hour_in_which_nobody_served_is_empty_and_one_too_old_is_gone(void **state)
{
	(void)state;
	move(HOUR);
	int64_t oldest = NOW_HOUR - ANSWERS_KEPT_DAYS * 24 + 1;
	size_t n;
	char *answer = send_as(town.cookie[KARI], "GET", hour_path(NOW_HOUR - 1), NULL, &n);
	assert_int_equal(asking_status(answer), 200);
	assert_memory_equal(answer + n - 4, "\r\n\r\n", 4);
	free(answer);
	assert_int_equal(reads(KARI, hour_path(oldest)), 200);
	assert_int_equal(reads(KARI, hour_path(oldest - 24)), 200); /* her desk may still be reading */
	assert_int_equal(reads(KARI, hour_path(oldest - 25)), 404);
	move((ANSWERS_KEPT_DAYS * 24 + 24) * HOUR);
	signs_in(KARI);
	assert_int_equal(reads(KARI, hour_path(NOW_HOUR)), 404);
}

static void what_is_no_hour_is_not_found(void **state)
{
	static const char *const bad[] = { "x", "-1", "+1", "0x1", "1e5", "498611.0", "498611%20", "%20498611", "498611x",
					   "1000000000", "9223372036854775808", "99999999999999999999999", "498611%00", "%D9%A1",
					   "498611/0", "..", "498611;498612", "498611,498612" };
	(void)state;
	move(HOUR);
	assert_int_equal(reads(KARI, hour_path(498611)), 200);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int status = reads(KARI, arena_printf(town.a, "/s/ring/%s", bad[i]));
		if (status != 404 && status != 400)
			fail_msg("%s gives %d", bad[i], status);
	}
	assert_int_equal(reads(KARI, "/s/ring/"), 404);
	assert_int_equal(reads(KARI, "/s/ring"), 404);
}

static void an_hour_is_only_read(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW" };
	(void)state;
	move(HOUR);
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		char *answer = send_as(town.cookie[KARI], methods[i], hour_path(NOW_HOUR), "", NULL);
		assert_int_equal(asking_status(answer), 405);
		assert_non_null(strstr(answer, "\r\nAllow: GET, HEAD\r\n"));
		free(answer);
	}
	size_t n;
	char *answer = send_as(town.cookie[KARI], "HEAD", hour_path(NOW_HOUR), NULL, &n);
	assert_int_equal(asking_status(answer), 200);
	assert_memory_equal(answer + n - 4, "\r\n\r\n", 4);
	free(answer);
}

static void an_hour_is_bytes_that_nobody_keeps_or_frames(void **state)
{
	static const char *const lines[] = {
		"\r\nCache-Control: no-store\r\n", "\r\nContent-Type: application/octet-stream\r\n",
		"\r\nX-Content-Type-Options: nosniff\r\n", "\r\nReferrer-Policy: no-referrer\r\n",
		"\r\nCross-Origin-Resource-Policy: same-origin\r\n", "\r\nContent-Security-Policy: default-src 'none'",
		"\r\nContent-Length: 16384\r\n",
	};
	(void)state;
	move(HOUR);
	assert_int_equal(P * RING_SLOT, 16384);
	char *answer = send_as(town.cookie[KARI], "GET", hour_path(NOW_HOUR), NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (!strstr(answer, lines[i]))
			fail_msg("%s is missing in: %.2000s", lines[i], answer);
	assert_null(strstr(answer, "\r\nSet-Cookie:"));
	assert_null(strstr(answer, "\r\nETag:"));
	assert_null(strstr(answer, "\r\nLast-Modified:"));
	free(answer);
	/* Refusals are not kept either. */
	answer = send_as("", "GET", hour_path(NOW_HOUR), NULL, NULL);
	assert_non_null(strstr(answer, lines[0]));
	free(answer);
}

/* ---- one look, one entry ---- */

static void a_fetch_is_one_entry_however_many_hours_are_read(void **state)
{
	(void)state;
	move(2 * HOUR);
	int before = looks_noted();
	assert_int_equal(reads(KARI, "/s/desk/data"), 200);
	assert_int_equal(looks_noted(), before + 1);
	for (int64_t hour = NOW_HOUR - 48; hour <= NOW_HOUR + 3; hour++)
		(void)reads(KARI, hour_path(hour));
	assert_int_equal(reads(KARI, "/s/desk/keys"), 200);
	assert_int_equal(looks_noted(), before + 1);
	assert_int_equal(reads(KARI, "/s/desk/data"), 200);
	assert_int_equal(reads(TARIQ, "/s/desk/data"), 200);
	assert_int_equal(looks_noted(), before + 3);
}

static void a_fetch_that_was_refused_is_none(void **state)
{
	(void)state;
	assert_int_equal(reads(KARI, "/s/desk/keys"), 200);
	int before = looks_noted();
	assert_int_equal(status_as("", "GET", "/s/desk/data"), 401);
	assert_int_equal(reads(MONA, "/s/desk/data"), 403);
	assert_int_equal(status_as(town.cookie[KARI], "POST", "/s/desk/data"), 405);
	assert_int_equal(db_write(town.db, end_work, &town.supporter[TARIQ]), RES_OK);
	assert_int_equal(reads(TARIQ, "/s/desk/data"), 403);
	move(5 * HOUR);
	assert_int_equal(reads(KARI, "/s/desk/data"), 401);
	assert_int_equal(looks_noted(), before);
}

static void *fetch(void *ctx)
{
	*(int *)ctx = status_as(town.cookie[KARI], "GET", "/s/desk/data");
	return NULL;
}

static void many_fetches_at_once_are_as_many_entries(void **state)
{
	enum { MANY = 16 };
	pthread_t thread[MANY];
	int status[MANY], good = 0, before = looks_noted();
	(void)state;
	for (int i = 0; i < MANY; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, fetch, &status[i]), 0);
	for (int i = 0; i < MANY; i++) {
		pthread_join(thread[i], NULL);
		good += status[i] == 200;
	}
	assert_int_equal(good, MANY);
	assert_int_equal(looks_noted(), before + MANY);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_supporter_reads_an_hour_and_nobody_else_does),
		TEST(who_asks_is_asked_before_which_hour),
		TEST(both_supporters_read_the_same_bytes),
		TEST(a_session_that_ended_reads_nothing),
		TEST(a_supporter_who_has_ended_reads_nothing),
		TEST(whoever_has_left_the_workplace_has_no_desk_and_is_told_so),
		TEST(the_front_page_shows_who_is_ready_and_nobody_else),
		TEST(a_closed_hour_is_read_whole_and_an_open_one_not_at_all),
		TEST(an_hour_in_which_nobody_served_is_empty_and_one_too_old_is_gone),
		TEST(what_is_no_hour_is_not_found),
		TEST(an_hour_is_only_read),
		TEST(an_hour_is_bytes_that_nobody_keeps_or_frames),
		TEST(a_fetch_is_one_entry_however_many_hours_are_read),
		TEST(a_fetch_that_was_refused_is_none),
		TEST(many_fetches_at_once_are_as_many_entries),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
