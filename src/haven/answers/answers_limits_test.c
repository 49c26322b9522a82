/* How many answers may come in a minute, and what whoever comes later must do: POST /h/ring on a real socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "haven/answers/answers_testing.h"
#include "haven/offers/offers.h"
#include "lang/lang.h"
#include "web/asking_testing.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

#define START 1795000000 /* 2026-11-18, 13 minutes into an hour */
#define SAID 4096 /* of an answer */
#define HEAD 42 /* of a post, before its slot (docs/protocol.md § 3.3) */

static struct db *db;
static struct clock *now;
static struct arena *a;
static struct answers *ring;
static struct web *web;
static int64_t mailed;
static int asked; /* how often it was asked for */

static enum result how_many_mailed(struct tx *tx, int64_t hour, int64_t *mailed_r)
{
	(void)tx;
	(void)hour;
	asked++;
	*mailed_r = mailed;
	return RES_OK;
}

static enum result first_start(struct tx *tx, void *ctx)
{
	(void)ctx;
	return answers_first_start(tx, random_system());
}

static struct ticker ticker;

static void settled(void *ctx)
{
	(void)ctx;
	web_wake(web);
}

static int set_up(void **state)
{
	static const char *const hosts[] = { "haven.localhost", NULL };
	(void)state;
	mailed = 0;
	db_for_test(haven_migrations, haven_migrations_n, &db);
	now = clock_by_hand((struct instant){ START });
	a = arena_new();
	struct answers_setup setup = { db, now, random_system(), how_many_mailed, offers_ring_slots, settled, NULL };
	ring = answers_new(&setup);
	if (db_write(db, first_start, NULL) != RES_OK || answers_open_hour(ring) != RES_OK)
		return -1;
	struct web_setup net = { .listen = "127.0.0.1:0", .hosts = hosts, .clock = now, .rnd = random_system(), .workers = 2,
				 .default_lang = LANG_EN, .public_url = "http://haven.localhost" };
	if (web_new(&net, &web) != RES_OK)
		return -1;
	answers_routes(ring, web);
	if (web_start(web) != RES_OK)
		return -1;
	ticker_start(&ticker, ring);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	web_drain(web, 5);
	ticker_stop(&ticker);
	web_free(&web);
	answers_free(&ring);
	arena_free(&a);
	clock_free(&now);
	db_for_test_end(&db);
	return 0;
}

static enum result door_work(struct tx *tx, void *ctx)
{
	return answers_door_code(tx, ctx);
}

struct body {
	unsigned char bytes[RING_POST];
};

/* A new post of dummies, as a browser would send it. */
static struct body new_post(void)
{
	struct body b = { { 1, 0 } };
	struct id id = id_new(random_system(), "test/post");
	struct slice slot = sealed_bytes(ring_dummy_slot(random_system(), a));
	assert_int_equal(db_read(db, door_work, b.bytes + 2), RES_OK);
	memcpy(b.bytes + 18, id.b, sizeof(id.b));
	assert_int_equal(HEAD + slot.n, RING_POST);
	memcpy(b.bytes + HEAD, slot.p, slot.n);
	return b;
}

/* Its status; the whole answer into `said` where that is given. */
static int post_bytes(const void *bytes, size_t n, char said[SAID])
{
	struct buf out = BUF_LIMIT(8192);
	buf_printf(&out, "POST /h/ring HTTP/1.1\r\nHost: haven.localhost\r\nConnection: close\r\n"
			 "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n\r\n", n);
	buf_put(&out, bytes, n);
	char *answer = asking(web_port(web), out.p, out.n, NULL);
	int status = asking_status(answer);
	buf_free(&out);
	if (said)
		snprintf(said, SAID, "%s", answer);
	free(answer);
	return status;
}

static int post(const struct body *b)
{
	return post_bytes(b->bytes, sizeof(b->bytes), NULL);
}

/* ---- the behaviours ---- */

static void what_is_no_post_or_has_no_door_code_is_refused(void **state)
{
	struct body good = new_post(), bad = good;
	(void)state;
	bad.bytes[0] = 2;
	assert_int_equal(post(&bad), 400);
	assert_int_equal(post_bytes(good.bytes, sizeof(good.bytes) - 1, NULL), 400);
	bad = good;
	bad.bytes[5] ^= 1;
	assert_int_equal(post(&bad), 403);
	assert_int_equal(post(&good), 204);
	assert_int_equal(post(&good), 204); /* said again */
	assert_int_equal(post(&bad), 403);
}

SQL(door_end, "i", "", "UPDATE door_code SET until_day = $1 WHERE until_day IS NULL");

static enum result end_door_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &door_end, NULL, v_int(instant_day(clock_now(now)).n));
}

static void a_door_code_that_ends_opens_on_its_last_day_and_no_longer(void **state)
{
	struct body first = new_post(), second = new_post(), third = new_post();
	(void)state;
	assert_int_equal(post(&first), 204);
	assert_int_equal(db_write(db, end_door_work, NULL), RES_OK);
	assert_int_equal(post(&second), 204);
	clock_set(now, instant_add(clock_now(now), 86400));
	assert_int_equal(post(&third), 403);
}

static void whoever_comes_after_sixty_in_a_minute_shows_some_work_and_is_let_in(void **state)
{
	char said[SAID];
	struct body b;
	(void)state;
	for (int i = 0; i < 60; i++) {
		b = new_post();
		assert_int_equal(post(&b), 204);
	}
	b = new_post();
	assert_int_equal(post_bytes(b.bytes, sizeof(b.bytes), said), 429);
	assert_non_null(strstr(said, "\r\nMakker-Work: 18\r\n"));
	/* The nonce lies before the slot. */
	for (uint32_t n = 0; !crypt_work_done(slice_bytes((const char *)b.bytes, sizeof(b.bytes)), ANSWERS_WORK); n++)
		memcpy(b.bytes + 34, &n, sizeof(n));
	assert_int_equal(post(&b), 204);
	/* A minute later nobody need show any. */
	clock_set(now, instant_add(clock_now(now), 60));
	b = new_post();
	assert_int_equal(post(&b), 204);
}

SQL(door_new, "b", "", "INSERT INTO door_code (code, until_day) VALUES ($1, NULL)");

static enum result new_door_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &door_new, NULL, v_bytes(ctx, ANSWERS_DOOR_CODE));
}

static void a_new_door_code_opens_at_once(void **state)
{
	struct body b = new_post();
	(void)state;
	b.bytes[2] ^= 1;
	assert_int_equal(post(&b), 403);
	assert_int_equal(db_write(db, new_door_work, b.bytes + 2), RES_OK);
	assert_int_equal(post(&b), 204);
}

/* Else the time of a post would tell whether somebody had answered before it. */
static void a_post_leaves_nothing_in_memory_that_makes_the_next_one_quicker(void **state)
{
	(void)state;
	ticker_stop(&ticker); /* it asks as well */
	asked = 0;
	for (int i = 0; i < 60; i++)
		assert_int_equal(answers_spend(ring, 7), RES_OK);
	assert_int_equal(asked, 0);
	mailed = 10; /* whoever would have to wait is looked at again */
	assert_int_equal(answers_spend(ring, 7), RES_AGAIN);
	assert_int_equal(asked, 1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(answers_spend(ring, 8), RES_OK);
	assert_int_equal(answers_spend(ring, 8), RES_AGAIN);
	assert_int_equal(asked, 2);
	ticker_start(&ticker, ring);
}

#define SHIFT 7 /* an address that many stand behind */

static void after_a_mass_event_all_who_were_written_to_may_answer_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++)
		assert_int_equal(answers_spend(ring, SHIFT), RES_OK);
	assert_int_equal(answers_spend(ring, SHIFT), RES_AGAIN);
	clock_set(now, instant_add(clock_now(now), 60));
	mailed = 200;
	ticker_stop(&ticker);
	assert_int_equal(db_pace_ms(db) ? answers_tick(ring) : answers_widen(ring), RES_OK); /* as after each round of mail */
	for (int i = 0; i < 860; i++)
		assert_int_equal(answers_spend(ring, SHIFT), RES_OK);
	assert_int_equal(answers_spend(ring, SHIFT), RES_AGAIN);
	ticker_start(&ticker, ring);
}

/* Else whoever empties the bucket could count the answers of others by what is left. */
static void what_one_address_spends_another_does_not_see(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++)
		assert_int_equal(answers_spend(ring, SHIFT), RES_OK);
	assert_int_equal(answers_spend(ring, SHIFT), RES_AGAIN);
	for (int i = 0; i < 60; i++)
		assert_int_equal(answers_spend(ring, SHIFT + 1), RES_OK);
	assert_int_equal(answers_spend(ring, SHIFT + 1), RES_AGAIN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_no_post_or_has_no_door_code_is_refused),
		TEST(a_door_code_that_ends_opens_on_its_last_day_and_no_longer),
		TEST(a_new_door_code_opens_at_once),
		TEST(a_post_leaves_nothing_in_memory_that_makes_the_next_one_quicker),
		TEST(whoever_comes_after_sixty_in_a_minute_shows_some_work_and_is_let_in),
		TEST(after_a_mass_event_all_who_were_written_to_may_answer_at_once),
		TEST(what_one_address_spends_another_does_not_see),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
