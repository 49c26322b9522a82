#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "db/db_testing.h"
#include "haven/answers/answers_testing.h"
#include "haven/offers/offers.h"
#include "haven/offers/offers_rules.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

#define MANY 64
#define START 1795000000 /* 2026-11-18, 13 minutes into an hour */
#define HOUR 3600

struct bench {
	struct db *db;
	struct clock *clock;
	struct clockwork *cw;
	struct answers *r;
	struct ticker ticker;
	struct arena *a;
};

static int64_t mailed_now; /* in the hour of START; 0 but for the test that sets it */

static enum result none_mailed(struct tx *tx, int64_t hour, int64_t *mailed_r)
{
	(void)tx;
	*mailed_r = hour > START / 3600 ? mailed_now : 0;
	return RES_OK;
}

static void open_room(struct bench *b)
{
	struct answers_setup setup = {
		b->db, b->clock, random_system(), none_mailed, offers_ring_slots, NULL, NULL,
	};
	b->r = answers_new(&setup);
	b->cw = clockwork_new(b->db, b->clock);
	answers_jobs(b->r, b->cw);
	assert_int_equal(answers_open_hour(b->r), RES_OK);
	ticker_start(&b->ticker, b->r);
}

static void close_room(struct bench *b)
{
	ticker_stop(&b->ticker);
	clockwork_free(&b->cw);
	answers_free(&b->r);
}

static int set_up(void **state)
{
	struct bench *b = must_alloc(1, sizeof(*b));
	if (crypt_init() != RES_OK)
		return -1;
	db_for_test(haven_migrations, haven_migrations_n, &b->db);
	b->clock = clock_by_hand((struct instant){ START });
	b->a = arena_new();
	open_room(b);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	close_room(b);
	arena_free(&b->a);
	clock_free(&b->clock);
	db_for_test_end(&b->db);
	free(b);
	return 0;
}

static void move(struct bench *b, int64_t seconds)
{
	int done;
	clock_set(b->clock, instant_add(clock_now(b->clock), seconds));
	assert_int_equal(clockwork_settle(b->cw, &done), RES_OK);
}

struct reading {
	struct bench *b;
	int64_t hour;
	struct slice slots;
};

static enum result read_work(struct tx *tx, void *ctx)
{
	struct reading *r = ctx;
	return answers_hour(tx, r->b->r, r->b->a, r->hour, &r->slots);
}

/* What a desk gets of an hour. */
static enum result desk_reads(struct bench *b, int64_t hour, struct slice *slots_r)
{
	struct reading r = { b, hour, { 0 } };
	enum result res = db_read(b->db, read_work, &r);
	if (res == RES_OK)
		*slots_r = r.slots;
	return res;
}

static bool holds(struct slice slots, const struct sealed *slot)
{
	struct slice one = sealed_bytes(slot);
	for (size_t at = 0; at + RING_SLOT <= slots.n; at += RING_SLOT)
		if (memcmp(slots.p + at, one.p, RING_SLOT) == 0)
			return true;
	return false;
}

static const struct sealed *make_slot(struct bench *b)
{
	return ring_dummy_slot(random_system(), b->a);
}

SQL(test_rows, "i", "n:i",
    "SELECT (SELECT COUNT(*) FROM ring WHERE hour = $1) + (SELECT COUNT(*) FROM ring_open WHERE hour = $1) AS n");
SQL(test_in_backups, "i", "n:i", "SELECT COUNT(*) AS n FROM ring WHERE hour = $1");

struct counting {
	const struct sql *how;
	int64_t hour, n;
};

static enum result count_work(struct tx *tx, void *ctx)
{
	struct counting *c = ctx;
	struct rows *rows;
	enum result res = db_one(tx, c->how, &rows, v_int(c->hour));
	if (res == RES_OK)
		c->n = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

static int64_t count(struct bench *b, const struct sql *how, int64_t hour)
{
	struct counting c = { how, hour, 0 };
	assert_int_equal(db_read(b->db, count_work, &c), RES_OK);
	return c.n;
}

static int64_t rows_of(struct bench *b, int64_t hour)
{
	return count(b, &test_rows, hour);
}

/* ---- the behaviours ---- */

static void an_hour_nobody_answers_in_has_its_slots_too(void **state)
{
	struct bench *b = *state;
	struct slice slots = { 0 };
	assert_int_equal(rows_of(b, START / HOUR), 8);
	move(b, HOUR);
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_OK);
	assert_int_equal(slots.n, 8 * RING_SLOT);
}

static void an_answer_changes_no_count_and_is_read_when_the_hour_has_closed(void **state)
{
	struct bench *b = *state;
	struct slice slots = { 0 };
	struct id post = id_new(random_system(), "test");
	const struct sealed *slot = make_slot(b);
	assert_int_equal(post_through(b->r, &post, slot), RES_OK);
	assert_int_equal(rows_of(b, START / HOUR), 8);
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_NONE); /* the open hour is nobody's */
	move(b, HOUR);
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_OK);
	assert_int_equal(slots.n, 8 * RING_SLOT);
	assert_true(holds(slots, slot));
	assert_int_equal(desk_reads(b, START / HOUR + 1, &slots), RES_NONE);
	assert_int_equal(desk_reads(b, START / HOUR + 2, &slots), RES_NONE);
}

/* It has heard of nothing since it was made; the hour was closed by another. */
static void an_hour_that_another_process_has_closed_is_read(void **state)
{
	struct bench *b = *state;
	struct slice slots = { 0 };
	struct id post = id_new(random_system(), "test");
	const struct sealed *slot = make_slot(b);
	struct answers_setup setup = { b->db, b->clock, random_system(), none_mailed, offers_ring_slots, NULL, NULL };
	struct answers *mine = b->r, *other = answers_new(&setup);
	assert_int_equal(post_through(b->r, &post, slot), RES_OK);
	b->r = other;
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_NONE);
	b->r = mine;
	move(b, HOUR);
	b->r = other;
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_OK);
	assert_true(holds(slots, slot));
	assert_int_equal(desk_reads(b, START / HOUR + 1, &slots), RES_NONE);
	b->r = mine;
	answers_free(&other);
}

static void the_same_post_twice_within_the_hour_takes_one_slot(void **state)
{
	struct bench *b = *state;
	struct slice slots = { 0 };
	struct id post = id_new(random_system(), "test");
	const struct sealed *first = make_slot(b), *second = make_slot(b);
	assert_int_equal(post_through(b->r, &post, first), RES_OK);
	assert_int_equal(post_through(b->r, &post, second), RES_OK);
	move(b, HOUR);
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_OK);
	assert_true(holds(slots, first));
	assert_false(holds(slots, second));
	assert_int_equal(post_through(b->r, &post, second), RES_OK); /* another hour: another post */
	move(b, HOUR);
	assert_int_equal(desk_reads(b, START / HOUR + 1, &slots), RES_OK);
	assert_true(holds(slots, second));
}

struct poster {
	pthread_t thread;
	struct bench *b;
	struct id post;
	const struct sealed *slot;
	pthread_barrier_t *gate;
	enum result res;
};

static void *post_at_once(void *arg)
{
	struct poster *p = arg;
	pthread_barrier_wait(p->gate);
	p->res = post_through(p->b->r, &p->post, p->slot);
	return NULL;
}

/* `same`: all of them with one post id. */
static void post_together(struct bench *b, struct poster *list, int n, bool same)
{
	pthread_barrier_t gate;
	pthread_barrier_init(&gate, NULL, (unsigned)n);
	for (int i = 0; i < n; i++) {
		list[i] = (struct poster){ .b = b, .gate = &gate, .slot = make_slot(b) };
		list[i].post = same && i ? list[0].post : id_new(random_system(), "test");
	}
	for (int i = 0; i < n; i++)
		assert_int_equal(pthread_create(&list[i].thread, NULL, post_at_once, &list[i]), 0);
	for (int i = 0; i < n; i++)
		pthread_join(list[i].thread, NULL);
	pthread_barrier_destroy(&gate);
	for (int i = 0; i < n; i++)
		assert_int_equal(list[i].res, RES_OK);
}

static void two_four_and_sixty_four_at_once_are_all_there_when_the_hour_has_closed(void **state)
{
	struct bench *b = *state;
	static const int many[] = { 2, 4, MANY };
	for (size_t k = 0; k < ARRAY_LEN(many); k++) {
		struct poster list[MANY];
		struct slice slots = { 0 };
		int64_t hour = clock_now(b->clock).s / HOUR;
		post_together(b, list, many[k], false);
		/* A flood shows as a number rounded to P, and adds no more than it needs. */
		assert_int_equal(rows_of(b, hour), many[k] <= 8 ? 8 : MANY);
		move(b, HOUR);
		assert_int_equal(desk_reads(b, hour, &slots), RES_OK);
		for (int i = 0; i < many[k]; i++)
			assert_true(holds(slots, list[i].slot));
	}
}

static void one_post_sent_by_many_at_once_is_one(void **state)
{
	struct bench *b = *state;
	struct poster list[16];
	struct slice slots = { 0 };
	int there = 0;
	post_together(b, list, 16, true);
	assert_int_equal(rows_of(b, START / HOUR), 8);
	move(b, HOUR);
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_OK);
	for (int i = 0; i < 16; i++)
		there += holds(slots, list[i].slot);
	assert_int_equal(there, 1);
}

static void posts_at_the_turn_of_the_hour_are_all_there(void **state)
{
	struct bench *b = *state;
	struct poster list[MANY];
	pthread_barrier_t gate;
	struct slice slots[2];
	int done, there = 0;
	pthread_barrier_init(&gate, NULL, MANY + 1);
	for (int i = 0; i < MANY; i++) {
		list[i] = (struct poster){ .b = b, .gate = &gate, .slot = make_slot(b),
					   .post = id_new(random_system(), "test") };
		assert_int_equal(pthread_create(&list[i].thread, NULL, post_at_once, &list[i]), 0);
	}
	pthread_barrier_wait(&gate);
	clock_set(b->clock, (struct instant){ (START / HOUR + 1) * HOUR });
	assert_int_equal(clockwork_settle(b->cw, &done), RES_OK);
	for (int i = 0; i < MANY; i++)
		pthread_join(list[i].thread, NULL);
	pthread_barrier_destroy(&gate);
	/* Whoever lost against the hour's end on PostgreSQL is tried again after a minute. */
	move(b, 120);
	move(b, HOUR);
	for (int k = 0; k < 2; k++)
		assert_int_equal(desk_reads(b, START / HOUR + k, &slots[k]), RES_OK);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(list[i].res, RES_OK);
		there += holds(slots[0], list[i].slot) || holds(slots[1], list[i].slot);
	}
	assert_int_equal(there, MANY);
}

static void a_restart_within_the_hour_loses_nothing_and_adds_p_slots(void **state)
{
	struct bench *b = *state;
	struct slice slots = { 0 };
	struct poster before[8], after[8];
	post_together(b, before, 8, false);
	close_room(b);
	open_room(b);
	assert_int_equal(rows_of(b, START / HOUR), 16);
	post_together(b, after, 8, false);
	assert_int_equal(rows_of(b, START / HOUR), 16);
	move(b, HOUR);
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_OK);
	for (int i = 0; i < 8; i++) {
		assert_true(holds(slots, before[i].slot));
		assert_true(holds(slots, after[i].slot));
	}
}

static void hours_that_passed_while_it_was_down_are_closed_and_old_ones_go(void **state)
{
	struct bench *b = *state;
	struct slice slots = { 0 };
	struct id post = id_new(random_system(), "test");
	const struct sealed *slot = make_slot(b);
	int64_t from, to;
	assert_int_equal(post_through(b->r, &post, slot), RES_OK);
	close_room(b);
	clock_set(b->clock, instant_add(clock_now(b->clock), 5 * HOUR));
	open_room(b);
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_OK);
	assert_true(holds(slots, slot));
	assert_int_equal(desk_reads(b, START / HOUR + 1, &slots), RES_NONE); /* nothing was put then */
	move(b, (ANSWERS_KEPT_DAYS * 24 + 1) * HOUR);
	assert_int_equal(desk_reads(b, START / HOUR, &slots), RES_NONE);
	assert_int_equal(rows_of(b, START / HOUR), 0);
	answers_range(b->r, &from, &to);
	assert_int_equal(to, clock_now(b->clock).s / HOUR - 1);
	assert_int_equal(from, to - ANSWERS_KEPT_DAYS * 24 + 1);
}

struct door {
	unsigned char inst[CRYPT_INST], code[ANSWERS_DOOR_CODE];
	enum result knows, knows_other;
};

static enum result door_work(struct tx *tx, void *ctx)
{
	struct door *d = ctx;
	unsigned char other[ANSWERS_DOOR_CODE];
	enum result res = answers_first_start(tx, random_system());
	if (res == RES_OK)
		res = answers_inst(tx, d->inst);
	if (res == RES_OK)
		res = answers_door_code(tx, d->code);
	memcpy(other, d->code, sizeof(other));
	other[15] ^= 1;
	d->knows = answers_door_knows(tx, (struct day){ 20000 }, d->code);
	d->knows_other = answers_door_knows(tx, (struct day){ 20000 }, other);
	return res;
}

static void the_door_code_is_made_once_and_any_other_is_refused(void **state)
{
	struct bench *b = *state;
	struct door first, second;
	assert_int_equal(db_write(b->db, door_work, &first), RES_OK);
	assert_int_equal(db_write(b->db, door_work, &second), RES_OK);
	assert_memory_equal(first.code, second.code, sizeof(first.code));
	assert_memory_equal(first.inst, second.inst, sizeof(first.inst));
	assert_int_equal(first.knows, RES_OK);
	assert_int_equal(first.knows_other, RES_REFUSED);
}

static void a_backup_holds_closed_hours_and_not_the_open_one(void **state)
{
	struct bench *b = *state;
	move(b, HOUR);
	assert_true(rows_of(b, START / HOUR) > 0 && rows_of(b, START / HOUR + 1) > 0);
	assert_string_equal(answers_not_in_backups[0], "ring_open");
	assert_null(answers_not_in_backups[1]);
	assert_true(count(b, &test_in_backups, START / HOUR) > 0);
	assert_int_equal(count(b, &test_in_backups, START / HOUR + 1), 0);
}

static void every_sentence_fits_the_tables(void **state)
{
	struct bench *b = *state;
	assert_true(db_test_prepare_all(b->db) > 10);
}

static void an_hour_in_which_mail_goes_out_has_slots_for_all_who_got_it(void **state)
{
	struct bench *b = *state;
	assert_int_equal(rows_of(b, START / 3600), offers_ring_slots(0));
	mailed_now = 12;
	assert_int_equal(answers_widen(b->r), RES_OK);
	assert_true(!b->r->pace_ms || answers_tick(b->r) == RES_OK);
	assert_int_equal(rows_of(b, START / 3600), offers_ring_slots(12));
	assert_int_equal(answers_widen(b->r), RES_OK);
	for (int i = 0; i < 12; i++) {
		struct id post = id_new(random_system(), "answers/test");
		assert_int_equal(post_through(b->r, &post, make_slot(b)), RES_OK);
	}
	assert_int_equal(rows_of(b, START / 3600), offers_ring_slots(12));
	mailed_now = 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_hour_nobody_answers_in_has_its_slots_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_answer_changes_no_count_and_is_read_when_the_hour_has_closed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_hour_that_another_process_has_closed_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_same_post_twice_within_the_hour_takes_one_slot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(two_four_and_sixty_four_at_once_are_all_there_when_the_hour_has_closed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(one_post_sent_by_many_at_once_is_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(posts_at_the_turn_of_the_hour_are_all_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_restart_within_the_hour_loses_nothing_and_adds_p_slots, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hours_that_passed_while_it_was_down_are_closed_and_old_ones_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_hour_in_which_mail_goes_out_has_slots_for_all_who_got_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_door_code_is_made_once_and_any_other_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_backup_holds_closed_hours_and_not_the_open_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_sentence_fits_the_tables, set_up, tear_down),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
