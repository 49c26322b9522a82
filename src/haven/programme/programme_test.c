/* The coordinator's looks at lists: each is noted before anything is read, and unnoted nothing is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "haven/directory/directory.h"
#include "haven/programme/programme.h"
#include "web/asking_testing.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

#define CSRF "AAAAAAAAAAAAAAAAAAAAAA"
#define PERSON "AgAAAAAAAAAAAAAAAAAAAA" /* the id that begins with 2 */

static struct town {
	struct db *db;
	struct clock *clock;
	struct web *web;
	struct programme programme;
} town;

static const struct look_house house = {
	.side = LOOK_HAVEN, .workplace = "Fjordvik", .country = "no", .home = "/", .leave = "https://www.yr.no/",
	.css = "/a/0/haven.css",
};

SQL(test_supporter, "b", "",
    "INSERT INTO supporter (id, person, name, given, email, phone, unit_path, profession, level, languages, since_year, "
    "interview_day, training_day, check_day, accredited_until, paused, is_full, ended) "
    "VALUES ($1, $1, 'Kari Nes', 'Kari', 'kari@example.org', '+4700000503', '', 'Nurse', '', 'nb', 2023, 1, 2, 3, 30000, 0, 0, 0)");
SQL(test_break, "b", "",
    "INSERT INTO setting (name, value) VALUES ('audit/head', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

/* ---- the town ---- */

static enum result the_coordinator(struct req *req, void *ctx, struct actor **who_r)
{
	static struct actor mona = { .account = { { 9 } }, .roles = ROLE_COORDINATOR, .lang = LANG_EN, .csrf = CSRF, .name = "Mona Vik" };
	(void)req;
	(void)ctx;
	*who_r = &mona;
	return RES_OK;
}

static enum result fill(struct tx *tx, void *ctx)
{
	struct door_person list[] = {
		{ .id = { { 1 } }, .number = "1001", .name = "Kari Nes", .unit = "", .profession = "", .level = "", .lang = "nb",
		  .email = "", .phone = "", .ended = *(bool *)ctx },
		{ .id = { { 2 } }, .number = "1002", .name = "Ingrid Solli", .unit = "", .profession = "", .level = "", .lang = "nb",
		  .email = "", .phone = "" },
	};
	struct door_people people = { 1, false, list, ARRAY_LEN(list) };
	return directory_take(tx, &people);
}

SQL(test_incident, "b", "", "INSERT INTO incident (id, title, severity, day, unit_path) VALUES ($1, 'Noe tungt', 1, 20775, '')");
SQL(test_task, "bbbb", "",
    "INSERT INTO task (id, incident, person, name, lang, ref, rel, deadline, since_hour, made_day, seen, rounds, stopped, ways) "
    "VALUES ($1, $2, $3, '', 'nb', $1, $4, 1795100000, 498600, 20775, 0, 1, 0, 0)");

/* Ingrid, whom no message reached: she has no address. */
static enum result add(struct tx *tx, void *ctx)
{
	struct id kari = { { 1 } }, incident = { { 7 } }, task = { { 8 } }, ingrid = { { 2 } };
	unsigned char rel[32] = { 0 };
	(void)ctx;
	enum result res = db_do(tx, &test_supporter, NULL, v_id(&kari));
	if (res == RES_OK)
		res = db_do(tx, &test_incident, NULL, v_id(&incident));
	return res == RES_OK ? db_do(tx, &test_task, NULL, v_id(&task), v_id(&incident), v_id(&ingrid), v_bytes(rel, 32)) : res;
}

static int set_up(void **state)
{
	static const char *const hosts[] = { "haven.example", NULL };
	bool ended = false;
	(void)state;
	if (crypt_init() != RES_OK)
		return -1;
	town = (struct town){ .clock = clock_by_hand((struct instant){ 1795000000 }) };
	db_for_test(haven_migrations, haven_migrations_n, &town.db);
	assert_int_equal(db_write(town.db, fill, &ended), RES_OK);
	assert_int_equal(db_write(town.db, add, NULL), RES_OK);
	struct web_setup web = { .listen = "127.0.0.1:0", .hosts = hosts, .clock = town.clock, .rnd = random_system(),
				 .workers = 2, .who = the_coordinator, .default_lang = LANG_EN, .public_url = "http://haven.example" };
	assert_int_equal(web_new(&web, &town.web), RES_OK);
	town.programme = (struct programme){ .db = town.db, .clock = town.clock, .rnd = random_system(), .house = &house,
					     .sign_out = "/s/sign-out" };
	programme_routes(&town.programme, town.web);
	assert_int_equal(web_start(town.web), RES_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	web_drain(town.web, 5);
	web_free(&town.web);
	db_for_test_end(&town.db);
	clock_free(&town.clock);
	return 0;
}

/* Status, and whether the page says this. */
static int asks(const char *method, const char *path, const char *body, const char *what, bool *says_r)
{
	struct buf b = BUF_LIMIT(1 << 16);
	buf_printf(&b, "%s %s HTTP/1.1\r\nHost: haven.example\r\nOrigin: http://haven.example\r\nConnection: close\r\n", method, path);
	if (body)
		buf_printf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n", strlen(body));
	buf_printf(&b, "\r\n%s", body ? body : "");
	char *answer = asking(web_port(town.web), b.p, b.n, NULL);
	int status = asking_status(answer);
	*says_r = strstr(answer, what);
	free(answer);
	buf_free(&b);
	return status;
}

static enum result count_work(struct tx *tx, void *ctx)
{
	return audit_verify(tx, ctx);
}

static int noted(void)
{
	int64_t n = -1;
	assert_int_equal(db_read(town.db, count_work, &n), RES_OK);
	return (int)n;
}

static enum result break_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &test_break, NULL, v_bytes("?", 1));
}

/* ---- the behaviours ---- */

static const struct {
	const char *method, *path, *body, *shows;
} looks[] = {
	{ "GET", "/s/programme", NULL, "Kari Nes" },
	{ "POST", "/s/programme/apart", "csrf=" CSRF "&q=sol+ing", "Ingrid Solli" },
	{ "GET", "/s/programme/apart/" PERSON, NULL, "Ingrid Solli" },
	{ "GET", "/s/programme/unreached", NULL, "Ingrid Solli" },
	{ "POST", "/s/programme/apart/" PERSON, "csrf=" CSRF "&do=add&supporter=AQAAAAAAAAAAAAAAAAAAAA", "Ingrid Solli" },
};

static void each_look_is_one_entry(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
		bool says;
		assert_int_equal(asks(looks[i].method, looks[i].path, looks[i].body, looks[i].shows, &says), 200);
		assert_true(says);
		assert_int_equal(noted(), i + 1);
	}
}

static void where_the_entry_cannot_be_written_nothing_is_shown(void **state)
{
	(void)state;
	assert_int_equal(db_write(town.db, break_work, NULL), RES_OK);
	for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
		bool says;
		assert_true(asks(looks[i].method, looks[i].path, looks[i].body, looks[i].shows, &says) >= 500);
		assert_false(says);
	}
}

static void a_supporter_who_has_left_is_marked_and_offered_to_nobody(void **state)
{
	bool says, ended = true;
	(void)state;
	assert_int_equal(asks("GET", "/s/programme", NULL, "Has left the workplace", &says), 200);
	assert_false(says);
	assert_int_equal(asks("GET", "/s/programme/apart/" PERSON, NULL, "Kari Nes", &says), 200);
	assert_true(says);
	assert_int_equal(db_write(town.db, fill, &ended), RES_OK);
	assert_int_equal(asks("GET", "/s/programme", NULL, "Has left the workplace", &says), 200);
	assert_true(says);
	assert_int_equal(asks("GET", "/s/programme/apart/" PERSON, NULL, "Kari Nes", &says), 200);
	assert_false(says);
}

#define TASK "CAAAAAAAAAAAAAAAAAAAAA" /* the id that begins with 8 */

SQL(test_state, "", "paused:i is_full:i", "SELECT paused, is_full FROM supporter");
SQL(test_full, "", "", "UPDATE supporter SET is_full = 1");

struct state_of {
	bool paused, full;
};

static enum result state_work(struct tx *tx, void *ctx)
{
	struct state_of *s = ctx;
	struct rows *rows;
	enum result res = db_one_n(tx, &test_state, &rows, DB_NO_VALUES);
	if (res == RES_OK)
		*s = (struct state_of){ row_int(rows, 0) != 0, row_int(rows, 1) != 0 };
	rows_end(&rows);
	return res;
}

static enum result full_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do_n(tx, &test_full, NULL, DB_NO_VALUES);
}

#define HERS "/s/programme/supporters/AQAAAAAAAAAAAAAAAAAAAA"

static void a_supporter_is_paused_and_ready_again_and_her_own_full_stays(void **state)
{
	struct state_of now;
	bool says;
	(void)state;
	assert_int_equal(db_write(town.db, full_work, NULL), RES_OK);
	assert_int_equal(asks("GET", HERS, NULL, "Pause Kari?", &says), 200);
	assert_true(says);
	int before = noted();
	assert_int_equal(asks("POST", HERS, "csrf=" CSRF "&paused=yes", "", &says), 303);
	assert_int_equal(noted(), before + 1);
	assert_int_equal(db_read(town.db, state_work, &now), RES_OK);
	assert_true(now.paused && now.full);
	assert_int_equal(asks("GET", "/s/programme", NULL, "Paused", &says), 200);
	assert_true(says);
	assert_int_equal(asks("GET", HERS, NULL, "Is Kari ready again?", &says), 200);
	assert_true(says);
	assert_int_equal(asks("POST", HERS, "csrf=" CSRF "&paused=no", "", &says), 303);
	assert_int_equal(db_read(town.db, state_work, &now), RES_OK);
	assert_true(!now.paused && now.full);
	assert_int_equal(asks("POST", HERS, "csrf=" CSRF "&paused=perhaps", "", &says), 400);
	assert_int_equal(asks("POST", "/s/programme/supporters/" PERSON, "csrf=" CSRF "&paused=yes", "", &says), 404);
	assert_int_equal(asks("GET", "/s/programme/supporters/" PERSON, NULL, "", &says), 404);
	assert_int_equal(asks("GET", "/s/programme/supporters/x", NULL, "", &says), 404);
}

static void a_pause_that_cannot_be_noted_is_none(void **state)
{
	struct state_of now;
	bool says;
	(void)state;
	assert_int_equal(db_write(town.db, break_work, NULL), RES_OK);
	asks("POST", HERS, "csrf=" CSRF "&paused=yes", "", &says);
	assert_int_equal(db_read(town.db, state_work, &now), RES_OK);
	assert_false(now.paused);
}

static void whom_no_message_reached_is_seen_to_once_and_noted(void **state)
{
	bool says;
	(void)state;
	assert_int_equal(asks("GET", "/s/programme", NULL, "One could not be reached by any message.", &says), 200);
	assert_true(says);
	assert_int_equal(asks("GET", "/s/programme/unreached", NULL, "I have seen to it", &says), 200);
	assert_true(says);
	assert_int_equal(asks("POST", "/s/programme/unreached", "csrf=" CSRF "&task=" TASK, "/s/programme/unreached", &says), 303);
	assert_int_equal(noted(), 3);
	assert_int_equal(asks("POST", "/s/programme/unreached", "csrf=" CSRF "&task=" PERSON, "/s/programme/unreached", &says), 303);
	assert_int_equal(noted(), 3);
	assert_int_equal(asks("GET", "/s/programme/unreached", NULL, "You have seen to it.", &says), 200);
	assert_true(says);
	assert_int_equal(asks("GET", "/s/programme", NULL, "could not be reached by any message.", &says), 200);
	assert_false(says);
	assert_int_equal(asks("POST", "/s/programme/unreached", "csrf=wrong&task=" TASK, "", &says), 403);
}

SQL(test_left, "", "", "UPDATE task SET closed_day = 20780, outcome = 0, ways = 256");

static enum result left_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do_n(tx, &test_left, NULL, DB_NO_VALUES);
}

static enum result another_left_work(struct tx *tx, void *ctx)
{
	struct id task = { { 9 } }, incident = { { 7 } }, ingrid = { { 2 } };
	unsigned char rel[32] = { 5 };
	enum result res = db_do(tx, &test_task, NULL, v_id(&task), v_id(&incident), v_id(&ingrid), v_bytes(rel, 32));
	return res == RES_OK ? left_work(tx, ctx) : res;
}

static void of_one_and_of_two_it_speaks_in_their_number(void **state)
{
	bool says;
	(void)state;
	assert_int_equal(db_write(town.db, left_work, NULL), RES_OK);
	assert_int_equal(asks("GET", "/s/programme", NULL, ">Speak with the manager</a>", &says), 200);
	assert_true(says);
	assert_int_equal(db_write(town.db, another_left_work, NULL), RES_OK);
	assert_int_equal(asks("GET", "/s/programme", NULL, "2 managers were reached by nobody, and nobody else follows up.", &says), 200);
	assert_true(says);
	assert_int_equal(asks("GET", "/s/programme", NULL, ">Speak with them</a>", &says), 200);
	assert_true(says);
}

static void who_was_reached_by_nobody_and_has_nobody_else_is_the_coordinators_until_she_has_seen_to_it(void **state)
{
	bool says;
	(void)state;
	assert_int_equal(db_write(town.db, left_work, NULL), RES_OK);
	assert_int_equal(asks("GET", "/s/programme", NULL, "One manager was reached by nobody, and nobody else follows up.", &says), 200);
	assert_true(says);
	assert_int_equal(asks("GET", "/s/programme", NULL, "could not be reached by any message.", &says), 200);
	assert_false(says);
	assert_int_equal(asks("GET", "/s/programme/unreached", NULL, "Nobody above, and no safety representative, can follow up here", &says), 200);
	assert_true(says);
	assert_int_equal(asks("GET", "/s/programme/unreached", NULL, "Stays here until you have seen to it.", &says), 200);
	assert_true(says);
	assert_int_equal(asks("POST", "/s/programme/unreached", "csrf=" CSRF "&task=" TASK, "/s/programme/unreached", &says), 303);
	assert_int_equal(asks("GET", "/s/programme", NULL, "nobody else follows up", &says), 200);
	assert_false(says);
	assert_int_equal(asks("GET", "/s/programme/unreached", NULL, "I have seen to it", &says), 200);
	assert_false(says);
}

SQL(test_account, "btb?", "",
    "INSERT INTO account (id, email, name, lang, of_whom, password) VALUES ($1, $2, 'Mona Vik', 'en', $3, 'a hash')");
SQL(test_role, "bib", "", "INSERT INTO account_role (account, role, unit) VALUES ($1, $2, $3)");
SQL(test_asks, "b", "", "INSERT INTO key_reset (supporter, day, approved) VALUES ($1, 20775, 0)");
SQL(test_yes, "", "n:i", "SELECT COUNT(*) AS n FROM key_reset WHERE approved = 1");

struct coordinator {
	struct id account;
	const char *email;
	struct id of_whom;
};

static enum result coordinator_work(struct tx *tx, void *ctx)
{
	const struct coordinator *c = ctx;
	static const struct id whole = { { 0 } };
	enum result res = db_do(tx, &test_account, NULL, v_id(&c->account), v_str(c->email),
				id_is_zero(&c->of_whom) ? v_null() : v_id(&c->of_whom));
	return res == RES_OK ? db_do(tx, &test_role, NULL, v_id(&c->account), v_int(ROLE_COORDINATOR), v_id(&whole)) : res;
}

static enum result asks_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_asks, NULL, v_id(ctx));
}

static enum result yes_work(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &test_yes, &rows, DB_NO_VALUES);
	if (res == RES_OK)
		*(int64_t *)ctx = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

SQL(test_drop, "b", "", "DELETE FROM account_role WHERE account = $1");

static enum result drop_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_drop, NULL, v_id(ctx));
}

static int64_t yeses(void)
{
	int64_t n = -1;
	assert_int_equal(db_read(town.db, yes_work, &n), RES_OK);
	return n;
}

#define KARI "AQAAAAAAAAAAAAAAAAAAAA" /* the id that begins with 1: she who looks is this supporter */

static void a_coordinator_says_yes_to_her_own_new_keys_only_where_she_is_the_only_one(void **state)
{
	bool says;
	struct coordinator mona = { { { 9 } }, "mona@example.org", { { 1 } } }, per = { { { 10 } }, "per@example.org", { { 0 } } };
	(void)state;
	assert_int_equal(db_write(town.db, coordinator_work, &mona), RES_OK);
	assert_int_equal(db_write(town.db, coordinator_work, &per), RES_OK);
	assert_int_equal(db_write(town.db, asks_work, &mona.of_whom), RES_OK);
	assert_int_equal(asks("GET", "/s/programme", NULL, "another coordinator must say yes", &says), 200);
	assert_true(says);
	assert_int_equal(asks("GET", "/s/programme", NULL, "Say yes to new keys", &says), 200);
	assert_false(says);
	int before = noted();
	assert_true(asks("POST", "/s/programme/keys", "csrf=" CSRF "&supporter=" KARI, "", &says) >= 400);
	assert_int_equal(yeses(), 0);
	assert_int_equal(noted(), before);
	/* Alone again: nobody else could. */
	assert_int_equal(db_write(town.db, drop_work, &per.account), RES_OK);
	assert_int_equal(asks("GET", "/s/programme", NULL, "Say yes to new keys", &says), 200);
	assert_true(says);
	assert_int_equal(asks("POST", "/s/programme/keys", "csrf=" CSRF "&supporter=" KARI, "", &says), 303);
	assert_int_equal(yeses(), 1);
}

static void a_coordinator_says_yes_to_anybody_elses_new_keys(void **state)
{
	bool says;
	struct coordinator mona = { { { 9 } }, "mona@example.org", { { 5 } } }, per = { { { 10 } }, "per@example.org", { { 0 } } };
	struct id kari = { { 1 } };
	(void)state;
	assert_int_equal(db_write(town.db, coordinator_work, &mona), RES_OK);
	assert_int_equal(db_write(town.db, coordinator_work, &per), RES_OK);
	assert_int_equal(db_write(town.db, asks_work, &kari), RES_OK);
	assert_int_equal(asks("POST", "/s/programme/keys", "csrf=" CSRF "&supporter=" KARI, "", &says), 303);
	assert_int_equal(yeses(), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_look_is_one_entry),
		TEST(where_the_entry_cannot_be_written_nothing_is_shown),
		TEST(whom_no_message_reached_is_seen_to_once_and_noted),
		TEST(who_was_reached_by_nobody_and_has_nobody_else_is_the_coordinators_until_she_has_seen_to_it),
		TEST(of_one_and_of_two_it_speaks_in_their_number),
		TEST(a_supporter_who_has_left_is_marked_and_offered_to_nobody),
		TEST(a_supporter_is_paused_and_ready_again_and_her_own_full_stays),
		TEST(a_pause_that_cannot_be_noted_is_none),
		TEST(a_coordinator_says_yes_to_her_own_new_keys_only_where_she_is_the_only_one),
		TEST(a_coordinator_says_yes_to_anybody_elses_new_keys),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
