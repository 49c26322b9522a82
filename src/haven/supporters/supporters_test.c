#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/crypt.h"
#include "crypt/keylog_testing.h"
#include "crypt/wrap.h"
#include "db/db_testing.h"
#include "haven/directory/directory.h"
#include "haven/supporters/supporters.h"

#define CROWD 64
#define TODAY 20775

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

SQL(test_supporter, "btttt", "",
    "INSERT INTO supporter (id, person, name, given, email, phone, unit_path, profession, level, languages, since_year, "
    "interview_day, training_day, check_day, accredited_until, paused, is_full, ended) "
    "VALUES ($1, NULL, $2, $3, $4, $5, 'A / B', 'Nurse', '2', 'nb en', 2020, 1, 2, 3, 30000, 0, 0, 0)");
SQL(test_wraps, "b", "n:i", "SELECT COUNT(*) AS n FROM wrap WHERE supporter = $1");
SQL(test_person, "bb?", "", "UPDATE supporter SET person = $2 WHERE id = $1");
SQL(test_end, "b", "", "UPDATE supporter SET ended = 1 WHERE id <> $1");
SQL(test_window, "biiii", "",
    "INSERT INTO duty_window (supporter, weekday, from_minute, to_minute, standby) VALUES ($1, $2, $3, $4, $5)");

static struct db *db;

static struct id id_of(unsigned n)
{
	return (struct id){ { (unsigned char)(n + 1), 7 } };
}

static enum result add_one(struct tx *tx, void *ctx)
{
	const struct id *id = ctx;
	return db_do(tx, &test_supporter, NULL, v_id(id), v_str("Kari Nes"), v_str("Kari"), v_str("more@example.org"),
		     v_str("00000124"));
}

static enum result fill(struct tx *tx, void *ctx)
{
	enum result res = RES_OK;
	(void)ctx;
	for (unsigned i = 0; res == RES_OK && i < CROWD; i++) {
		struct id id = id_of(i);
		char email[40];
		snprintf(email, sizeof(email), "s%u@example.org", i);
		res = db_do(tx, &test_supporter, NULL, v_id(&id), v_str("Kari Nes"), v_str("Kari"), v_str(email), v_str("00000124"));
	}
	return res;
}

static int set_up(void **state)
{
	(void)state;
	db_for_test(haven_migrations, haven_migrations_n, &db);
	return db_write(db, fill, NULL) == RES_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	db_for_test_end(&db);
	return 0;
}

/* ---- keys ---- */

static void write_wrap(unsigned char row[WRAP_ROW], unsigned n)
{
	memset(row, 0, WRAP_ROW);
	row[0] = 1;
	row[1] = WRAP_RECOVERY;
	row[16] = 1;
	row[32] = 1;
	memcpy(row + 44, &n, sizeof(n));
}

static struct slice blob_of(unsigned n)
{
	unsigned char *blob = must_alloc(VAULT_MIN, 1);
	blob[0] = 1;
	memcpy(blob + 20, &n, sizeof(n));
	return slice_bytes(blob, VAULT_MIN);
}

static void blob_free(struct slice b)
{
	free((void *)(uintptr_t)b.p);
}

struct first {
	struct id supporter;
	unsigned char entry[KEYLOG_ENTRY], wrap[WRAP_ROW];
	struct slice wraps[5], vault;
	size_t wraps_n;
};

static enum result put_first(struct tx *tx, void *ctx)
{
	struct first *f = ctx;
	return supporters_first_keys(tx, random_system(), &f->supporter, (struct day){ TODAY },
				     slice_bytes(f->entry, sizeof(f->entry)), f->wraps, f->wraps_n, f->vault);
}

static struct first first_of(const struct keylog_head *head, unsigned who)
{
	struct first f = { .supporter = id_of(who), .wraps_n = 1, .vault = blob_of(who) };
	keylog_for_test(KEYLOG_NEW, head, &f.supporter, who, TODAY, f.entry);
	write_wrap(f.wrap, who);
	return f;
}

static enum result try_first(struct first *f)
{
	f->wraps[0] = slice_bytes(f->wrap, sizeof(f->wrap));
	return db_write(db, put_first, f);
}

static enum result put_log(struct tx *tx, void *ctx)
{
	struct keylog_head *head = ctx;
	struct arena *a = arena_new();
	struct slice log;
	struct keylog_entry e;
	enum result res = supporters_key_log(tx, a, &log);
	memset(head, 0, sizeof(*head));
	assert_int_equal(log.n % KEYLOG_ENTRY, 0);
	for (size_t i = 0; res == RES_OK && i < log.n; i += KEYLOG_ENTRY)
		res = keylog_follow(slice_bytes(log.p + i, KEYLOG_ENTRY), head, &e);
	arena_free(&a);
	return res;
}

/* Follows the whole chain; fails the test when it does not hold. */
static struct keylog_head log_head(void)
{
	struct keylog_head head;
	assert_int_equal(db_read(db, put_log, &head), RES_OK);
	return head;
}

static pthread_barrier_t together;

static void *first_at_once(void *ctx)
{
	pthread_barrier_wait(&together);
	return (void *)(uintptr_t)try_first(ctx);
}

static void first_keys_of_64_at_once_for_one_place_in_the_log_have_one_winner(void **state)
{
	(void)state;
	struct first *all = must_alloc(CROWD, sizeof(*all));
	pthread_t t[CROWD];
	size_t won = 0, again = 0;
	struct keylog_head head = { 0 };
	pthread_barrier_init(&together, NULL, CROWD);
	for (unsigned i = 0; i < CROWD; i++) {
		all[i] = first_of(&head, i);
		assert_int_equal(pthread_create(&t[i], NULL, first_at_once, &all[i]), 0);
	}
	for (unsigned i = 0; i < CROWD; i++) {
		void *res;
		pthread_join(t[i], &res);
		won += (uintptr_t)res == RES_OK;
		again += (uintptr_t)res == RES_AGAIN;
		blob_free(all[i].vault);
	}
	pthread_barrier_destroy(&together);
	free(all);
	assert_int_equal(won, 1);
	assert_int_equal(again, CROWD - 1);
	assert_int_equal(log_head().next, 1);
}

/* As the browser does: made anew for the new head until it fits. */
static void *first_until_done(void *ctx)
{
	unsigned who = (unsigned)(uintptr_t)ctx;
	enum result res = RES_AGAIN;
	pthread_barrier_wait(&together);
	for (int tries = 0; res == RES_AGAIN && tries < 500; tries++) {
		struct keylog_head head;
		if (db_read(db, put_log, &head) != RES_OK)
			return (void *)(uintptr_t)RES_BROKEN;
		struct first f = first_of(&head, who);
		res = try_first(&f);
		blob_free(f.vault);
	}
	return (void *)(uintptr_t)res;
}

static void supporters_who_try_again_all_get_their_keys_and_the_chain_holds(void **state)
{
	(void)state;
	pthread_t t[16];
	pthread_barrier_init(&together, NULL, ARRAY_LEN(t));
	for (uintptr_t i = 0; i < ARRAY_LEN(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, first_until_done, (void *)i), 0);
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		void *res;
		pthread_join(t[i], &res);
		assert_int_equal((uintptr_t)res, RES_OK);
	}
	pthread_barrier_destroy(&together);
	assert_int_equal(log_head().next, ARRAY_LEN(t));
}

struct held {
	struct id supporter;
	struct supporter_key key;
	struct supporter file;
	size_t wraps_n;
	int64_t wraps;
	struct slice vault;
	struct arena *a;
	enum result has_key, has_vault;
};

static enum result look(struct tx *tx, void *ctx)
{
	struct held *h = ctx;
	struct slice *list;
	struct rows *rows;
	enum result res = supporters_get(tx, h->a, &h->supporter, &h->file);
	if (res == RES_OK)
		res = supporters_wraps(tx, h->a, &h->supporter, &list, &h->wraps_n);
	if (res == RES_OK)
		res = db_one(tx, &test_wraps, &rows, v_id(&h->supporter));
	if (res == RES_OK)
		h->wraps = row_int(rows, 0);
	rows_end(&rows);
	h->has_key = supporters_key(tx, &h->supporter, &h->key);
	h->has_vault = supporters_vault(tx, h->a, &h->supporter, &h->vault);
	return res;
}

static struct held held(unsigned who)
{
	struct held h = { .supporter = id_of(who), .a = arena_new() };
	assert_int_equal(db_read(db, look, &h), RES_OK);
	return h;
}

static void first_keys_are_all_there_or_none(void **state)
{
	(void)state;
	struct keylog_head head = { 0 };
	struct first f = first_of(&head, 3);
	struct held h = held(3);
	assert_int_equal(h.has_key, RES_NONE);
	assert_false(h.file.has_key);
	arena_free(&h.a);
	/* The second wrap is broken: nothing of the rest stays. */
	f.wraps[1] = SLICE("short");
	f.wraps_n = 2;
	assert_int_equal(try_first(&f), RES_BAD);
	h = held(3);
	assert_int_equal(h.has_key, RES_NONE);
	assert_int_equal(h.has_vault, RES_NONE);
	assert_int_equal(h.wraps, 0);
	arena_free(&h.a);
	f.wraps_n = 1;
	assert_int_equal(try_first(&f), RES_OK);
	h = held(3);
	assert_int_equal(h.has_key, RES_OK);
	assert_true(h.file.has_key);
	assert_memory_equal(h.key.entry, f.entry, sizeof(f.entry));
	assert_memory_equal(h.key.x25519, f.entry + 92, 32);
	assert_int_equal(h.wraps, 1);
	assert_true(slice_eq(h.vault, f.vault));
	arena_free(&h.a);
	blob_free(f.vault);
}

static void malformed_first_keys_are_refused(void **state)
{
	(void)state;
	struct keylog_head head = { 0 };
	struct first good = first_of(&head, 3), f = good;
	/* Somebody else's entry, well made. */
	f.supporter = id_of(4);
	assert_int_equal(try_first(&f), RES_BAD);
	/* Of another day. */
	f = good;
	keylog_for_test(KEYLOG_NEW, &head, &f.supporter, 3, TODAY + 1, f.entry);
	assert_int_equal(try_first(&f), RES_BAD);
	keylog_for_test(KEYLOG_NEW, &head, &f.supporter, 3, TODAY - 2, f.entry);
	assert_int_equal(try_first(&f), RES_BAD);
	/* Another kind. */
	keylog_for_test(KEYLOG_RESET, &head, &f.supporter, 3, TODAY, f.entry);
	assert_int_equal(try_first(&f), RES_BAD);
	/* A bit of it changed. */
	f = good;
	f.entry[130] ^= 1;
	assert_int_equal(try_first(&f), RES_BAD);
	/* None and five wraps; a vault of another length. */
	f = good;
	f.wraps_n = 0;
	assert_int_equal(try_first(&f), RES_BAD);
	f.wraps_n = 5;
	assert_int_equal(try_first(&f), RES_BAD);
	f = good;
	f.vault.n--;
	assert_int_equal(try_first(&f), RES_BAD);
	/* The day before is good: midnight may pass on the way. */
	f = good;
	keylog_for_test(KEYLOG_NEW, &head, &f.supporter, 3, TODAY - 1, f.entry);
	assert_int_equal(try_first(&f), RES_OK);
	blob_free(good.vault);
}

static void whoever_has_a_key_gets_no_second_first_one(void **state)
{
	(void)state;
	struct keylog_head head = { 0 };
	struct first f = first_of(&head, 3), more;
	assert_int_equal(try_first(&f), RES_OK);
	head = log_head();
	more = first_of(&head, 3);
	assert_int_equal(try_first(&more), RES_AGAIN);
	keylog_for_test(KEYLOG_RETIRE, &head, &more.supporter, 3, TODAY, more.entry);
	assert_int_equal(try_first(&more), RES_BAD);
	assert_int_equal(log_head().next, 1);
	blob_free(f.vault);
	blob_free(more.vault);
}

/* ---- wraps ---- */

struct adding {
	struct id supporter;
	unsigned char row[WRAP_ROW];
	struct slice replaces;
};

static enum result add_wrap(struct tx *tx, void *ctx)
{
	struct adding *a = ctx;
	return supporters_add_wrap(tx, random_system(), &a->supporter, slice_bytes(a->row, sizeof(a->row)), a->replaces);
}

static void *wraps_at_once(void *ctx)
{
	pthread_barrier_wait(&together);
	return (void *)(uintptr_t)db_write(db, add_wrap, ctx);
}

static void nobody_ever_has_more_than_16_wraps(void **state)
{
	(void)state;
	struct adding all[24];
	pthread_t t[ARRAY_LEN(all)];
	size_t won = 0, again = 0;
	pthread_barrier_init(&together, NULL, ARRAY_LEN(all));
	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		all[i] = (struct adding){ .supporter = id_of(5) };
		write_wrap(all[i].row, i);
		assert_int_equal(pthread_create(&t[i], NULL, wraps_at_once, &all[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		void *res;
		pthread_join(t[i], &res);
		won += (uintptr_t)res == RES_OK;
		again += (uintptr_t)res == RES_AGAIN;
	}
	pthread_barrier_destroy(&together);
	assert_int_equal(won + again, ARRAY_LEN(all));
	/* Where many meet, PostgreSQL may turn one away that there was room for; one at a time there is none. */
	for (unsigned i = 0; i < 20; i++) {
		struct adding one = { .supporter = id_of(5) };
		write_wrap(one.row, 100 + i);
		won += db_write(db, add_wrap, &one) == RES_OK;
	}
	assert_int_equal(won, SUPPORTERS_WRAPS_MOST);
	struct held h = held(5);
	assert_int_equal(h.wraps, SUPPORTERS_WRAPS_MOST);
	assert_int_equal(h.wraps_n, SUPPORTERS_WRAPS_MOST);
	arena_free(&h.a);
}

static void a_wrap_takes_the_place_of_her_own_old_one_and_of_nobody_elses(void **state)
{
	(void)state;
	unsigned char hash[CRYPT_HASH];
	struct adding a = { .supporter = id_of(5) }, b = { .supporter = id_of(6) };
	write_wrap(a.row, 1);
	assert_int_equal(db_write(db, add_wrap, &a), RES_OK);
	crypt_hash(slice_bytes(a.row, sizeof(a.row)), hash);
	/* Another supporter names it: nothing of hers goes. */
	write_wrap(b.row, 2);
	b.replaces = slice_bytes(hash, sizeof(hash));
	assert_int_equal(db_write(db, add_wrap, &b), RES_OK);
	struct held h = held(5);
	assert_int_equal(h.wraps, 1);
	arena_free(&h.a);
	a.replaces = slice_bytes(hash, sizeof(hash));
	for (unsigned i = 0; i < 20; i++) {
		write_wrap(a.row, 10 + i);
		assert_int_equal(db_write(db, add_wrap, &a), RES_OK);
		crypt_hash(slice_bytes(a.row, sizeof(a.row)), hash);
	}
	h = held(5);
	assert_int_equal(h.wraps, 1);
	arena_free(&h.a);
	a.row[0] = 2;
	assert_int_equal(db_write(db, add_wrap, &a), RES_BAD);
	h = held(5);
	assert_int_equal(h.wraps, 1);
	arena_free(&h.a);
}

/* ---- the vault ---- */

struct swap {
	struct id supporter;
	unsigned char old[CRYPT_HASH];
	struct slice blob;
};

static enum result swap(struct tx *tx, void *ctx)
{
	struct swap *s = ctx;
	return supporters_set_vault(tx, &s->supporter, slice_bytes(s->old, sizeof(s->old)), s->blob);
}

static void *swap_at_once(void *ctx)
{
	pthread_barrier_wait(&together);
	return (void *)(uintptr_t)db_write(db, swap, ctx);
}

static void of_64_devices_that_write_the_vault_at_once_exactly_one_is_first(void **state)
{
	(void)state;
	struct keylog_head head = { 0 };
	struct first f = first_of(&head, 3);
	struct slice present = f.vault;
	unsigned tag = 1000;
	assert_int_equal(try_first(&f), RES_OK);
	for (int round = 0; round < 5; round++) {
		struct swap all[CROWD];
		pthread_t t[CROWD];
		size_t won = 0, again = 0, winner = 0;
		pthread_barrier_init(&together, NULL, CROWD);
		for (unsigned i = 0; i < CROWD; i++) {
			all[i] = (struct swap){ .supporter = id_of(3), .blob = blob_of(tag++) };
			vault_hash(present, all[i].old);
			assert_int_equal(pthread_create(&t[i], NULL, swap_at_once, &all[i]), 0);
		}
		for (size_t i = 0; i < CROWD; i++) {
			void *res;
			pthread_join(t[i], &res);
			if ((uintptr_t)res == RES_OK) {
				won++;
				winner = i;
			}
			again += (uintptr_t)res == RES_AGAIN;
		}
		pthread_barrier_destroy(&together);
		assert_int_equal(won, 1);
		assert_int_equal(again, CROWD - 1);
		struct held h = held(3);
		assert_true(slice_eq(h.vault, all[winner].blob));
		arena_free(&h.a);
		blob_free(present);
		present = all[winner].blob;
		for (size_t i = 0; i < CROWD; i++)
			if (i != winner)
				blob_free(all[i].blob);
	}
	blob_free(present);
}

static void a_vault_is_swapped_only_in_form_and_only_for_the_old_one(void **state)
{
	(void)state;
	struct keylog_head head = { 0 };
	struct first f = first_of(&head, 3);
	struct swap s = { .supporter = id_of(3), .blob = blob_of(9) };
	assert_int_equal(db_write(db, swap, &s), RES_NONE);
	assert_int_equal(try_first(&f), RES_OK);
	assert_int_equal(db_write(db, swap, &s), RES_AGAIN);
	vault_hash(f.vault, s.old);
	s.blob.n -= 1;
	assert_int_equal(db_write(db, swap, &s), RES_BAD);
	s.blob.n += 1;
	assert_int_equal(db_write(db, swap, &s), RES_OK);
	blob_free(s.blob);
	blob_free(f.vault);
}

/* ---- files ---- */

static enum result put_loads(struct tx *tx, void *ctx)
{
	struct id id = id_of(0);
	enum result res = RES_OK;
	(void)ctx;
	static const int days[] = { TODAY, TODAY - 5, TODAY - 27, TODAY - 28, TODAY - 100 };
	for (size_t i = 0; res == RES_OK && i < ARRAY_LEN(days); i++)
		res = supporters_load(tx, random_system(), &id, (struct day){ days[i] }, 1);
	if (res == RES_OK)
		res = supporters_set_full(tx, &id, true);
	if (res == RES_OK)
		res = db_do(tx, &test_window, NULL, v_id(&id), v_int(1), v_int(1200), v_int(1920), v_int(1));
	return res;
}

struct facts {
	struct arena *a;
	const struct matching_supporter *list;
	size_t n;
	int load;
};

static enum result facts(struct tx *tx, void *ctx)
{
	struct facts *f = ctx;
	struct id id = id_of(0), nobody = id_of(200);
	struct supporters_words *w = supporters_words_new(f->a);
	enum result res = supporters_facts(tx, f->a, w, (struct day){ TODAY }, &f->list, &f->n);
	if (res == RES_OK)
		res = supporters_load_now(tx, &id, (struct day){ TODAY }, 28, &f->load);
	assert_int_equal(supporters_get(tx, f->a, &nobody, &(struct supporter){ 0 }), RES_NONE);
	assert_int_equal(supporters_unit(w, "A / B / C"), 2);
	assert_int_equal(supporters_unit(w, "A / B"), 1);
	assert_int_equal(supporters_unit(w, "A"), 0);
	assert_int_equal(supporters_unit(w, "AB"), 3);
	assert_int_equal(supporters_unit(w, ""), -1);
	const int32_t *parent;
	size_t parents;
	supporters_tree(w, &parent, &parents);
	assert_int_equal(parents, 4);
	assert_int_equal(parent[2], 1);
	assert_int_equal(parent[1], 0);
	assert_int_equal(parent[0], -1);
	assert_int_equal(parent[3], -1);
	assert_int_equal(supporters_profession(w, "Nurse"), 1);
	assert_int_equal(supporters_profession(w, "Porter"), 2);
	assert_int_equal(supporters_profession(w, NULL), 0);
	assert_int_equal(supporters_level("Level 3"), 3);
	assert_int_equal(supporters_level("none"), 0);
	return res;
}

static void the_matching_is_told_each_file_as_it_stands(void **state)
{
	(void)state;
	struct facts f = { .a = arena_new() };
	struct id id = id_of(0);
	const struct matching_supporter *s = NULL;
	assert_int_equal(db_write(db, put_loads, NULL), RES_OK);
	assert_int_equal(db_read(db, facts, &f), RES_OK);
	assert_int_equal(f.n, CROWD);
	for (size_t i = 0; i < f.n; i++)
		if (id_eq(&f.list[i].id, &id))
			s = &f.list[i];
	assert_non_null(s);
	assert_true(s->full);
	assert_false(s->has_key);
	assert_int_equal(s->loads_n, 3);
	assert_int_equal(f.load, 3);
	assert_int_equal(s->windows_n, 1);
	assert_int_equal(s->windows[0].from, 1440 + 1200);
	assert_int_equal(s->windows[0].minutes, 720);
	assert_true(s->windows[0].standby);
	assert_int_equal(s->languages, 1u << LANG_NB | 1u << LANG_EN);
	assert_int_equal(s->accredited_until.n, 30000);
	arena_free(&f.a);
}

/* ---- everybody at once ---- */

static enum result put_crowd(struct tx *tx, void *ctx)
{
	struct id person[2] = { id_of(100), id_of(101) };
	struct door_person people[2] = {
		{ .id = person[0], .number = "1", .name = "A", .unit = "", .profession = "", .level = "", .staff = true,
		  .lang = "nb", .email = "", .phone = "" },
		{ .id = person[1], .number = "2", .name = "B", .unit = "", .profession = "", .level = "", .lang = "nb",
		  .email = "", .phone = "" },
	};
	struct door_people all = { 1, false, people, 2 };
	(void)ctx;
	enum result res = directory_take(tx, &all);
	for (unsigned i = 0; res == RES_OK && i < CROWD; i++) {
		struct id id = id_of(i);
		res = db_do(tx, &test_person, NULL, v_id(&id), v_id(i < 2 ? &person[i] : NULL));
		for (unsigned k = 0; res == RES_OK && k < i % 4; k++)
			res = db_do(tx, &test_window, NULL, v_id(&id), v_int(k), v_int(480), v_int(960), v_int(0));
		for (unsigned k = 0; res == RES_OK && k < i % 3; k++)
			res = supporters_load(tx, random_system(), &id, (struct day){ TODAY }, 1);
	}
	return res;
}

struct counted {
	struct arena *a;
	const struct matching_supporter *list;
	size_t n;
	int64_t sentences;
};

static enum result count_facts(struct tx *tx, void *ctx)
{
	struct counted *c = ctx;
	struct supporters_words *w = supporters_words_new(c->a);
	int64_t before = db_test_sentences(tx);
	enum result res = supporters_facts(tx, c->a, w, (struct day){ TODAY }, &c->list, &c->n);
	c->sentences = db_test_sentences(tx) - before;
	return res;
}

static enum result end_all_but_one(struct tx *tx, void *ctx)
{
	struct id one = id_of(0);
	(void)ctx;
	return db_do(tx, &test_end, NULL, v_id(&one));
}

static void each_file_keeps_its_own_hours_load_and_staff(void **state)
{
	struct counted c = { .a = arena_new() };
	(void)state;
	assert_int_equal(db_write(db, put_crowd, NULL), RES_OK);
	assert_int_equal(db_read(db, count_facts, &c), RES_OK);
	assert_int_equal(c.n, CROWD);
	for (size_t i = 0; i < c.n; i++) {
		unsigned who = c.list[i].id.b[0] - 1u;
		assert_int_equal(c.list[i].windows_n, who % 4);
		assert_int_equal(c.list[i].loads_n, who % 3);
		assert_int_equal(c.list[i].leads_staff, who == 0);
		for (size_t k = 0; k < c.list[i].windows_n; k++)
			assert_int_equal(c.list[i].windows[k].from, k * 1440 + 480);
	}
	arena_free(&c.a);
}

static void sixty_four_files_take_no_more_sentences_than_one(void **state)
{
	struct counted many = { .a = arena_new() }, one = { .a = arena_new() };
	(void)state;
	assert_int_equal(db_write(db, put_crowd, NULL), RES_OK);
	assert_int_equal(db_read(db, count_facts, &many), RES_OK);
	assert_int_equal(db_write(db, end_all_but_one, NULL), RES_OK);
	assert_int_equal(db_read(db, count_facts, &one), RES_OK);
	assert_int_equal(many.n, CROWD);
	assert_int_equal(one.n, 1);
	assert_true(one.sentences > 0);
	assert_int_equal(many.sentences, one.sentences);
	assert_true(many.sentences < 6);
	arena_free(&many.a);
	arena_free(&one.a);
}

/* ---- "not this one" ---- */

struct pair {
	struct id person, supporter;
	bool apart;
};

static enum result put_pair(struct tx *tx, void *ctx)
{
	struct pair *p = ctx;
	return p->apart ? supporters_keep_apart(tx, &p->person, &p->supporter)
			: supporters_bring_together(tx, &p->person, &p->supporter);
}

static enum result set_apart(unsigned person, unsigned supporter, bool apart)
{
	struct pair p = { id_of(person), id_of(supporter), apart };
	return db_write(db, put_pair, &p);
}

struct listing {
	struct arena *a;
	struct id person;
	const struct id *list;
	size_t n;
};

static enum result read_list(struct tx *tx, void *ctx)
{
	struct listing *l = ctx;
	return supporters_not_these(tx, l->a, &l->person, &l->list, &l->n);
}

static size_t listed(unsigned person)
{
	struct listing l = { .a = arena_new(), .person = id_of(person) };
	assert_int_equal(db_read(db, read_list, &l), RES_OK);
	arena_free(&l.a);
	return l.n;
}

static void a_supporter_is_put_on_one_persons_list_and_taken_off_again(void **state)
{
	(void)state;
	assert_int_equal(set_apart(100, 1, true), RES_OK);
	assert_int_equal(set_apart(100, 2, true), RES_OK);
	assert_int_equal(set_apart(100, 1, true), RES_OK); /* twice is harmless */
	assert_int_equal(listed(100), 2);
	assert_int_equal(listed(101), 0);
	assert_int_equal(set_apart(101, 1, false), RES_OK); /* was not there: harmless */
	assert_int_equal(set_apart(100, 1, false), RES_OK);
	assert_int_equal(set_apart(100, 1, false), RES_OK);
	assert_int_equal(listed(100), 1);
}

static void nobody_is_put_there_who_is_no_supporter(void **state)
{
	(void)state;
	assert_int_equal(set_apart(100, 200, true), RES_NONE);
	assert_int_equal(db_write(db, end_all_but_one, NULL), RES_OK);
	assert_int_equal(set_apart(100, 5, true), RES_NONE);
	assert_int_equal(listed(100), 0);
}

/* The matching reads no more than this: one more would be noted and not heeded. */
static void a_list_takes_no_more_than_the_matching_reads(void **state)
{
	struct id extra = id_of(90);
	(void)state;
	assert_int_equal(db_write(db, add_one, &extra), RES_OK);
	for (unsigned i = 0; i < SUPPORTERS_NOT_THESE_MOST; i++)
		assert_int_equal(set_apart(100, i, true), RES_OK);
	assert_int_equal(set_apart(100, 90, true), RES_REFUSED);
	assert_int_equal(set_apart(100, 3, true), RES_OK); /* is there already */
	assert_int_equal(set_apart(101, 90, true), RES_OK);
	assert_int_equal(listed(100), SUPPORTERS_NOT_THESE_MOST);
}

static enum result end_person(struct tx *tx, void *ctx)
{
	struct door_person p = { .id = *(struct id *)ctx, .number = "", .name = "A", .unit = "", .profession = "", .level = "",
				 .lang = "nb", .email = "", .phone = "", .ended = true };
	struct door_people all = { 2, false, &p, 1 };
	return directory_take(tx, &all);
}

static void a_list_ends_with_the_person_and_no_other_does(void **state)
{
	struct id person = id_of(100);
	(void)state;
	assert_int_equal(set_apart(100, 1, true), RES_OK);
	assert_int_equal(set_apart(101, 1, true), RES_OK);
	assert_int_equal(db_write(db, end_person, &person), RES_OK);
	assert_int_equal(listed(100), 0);
	assert_int_equal(listed(101), 1);
}

static enum result fill_nobody(struct tx *tx, void *ctx)
{
	struct id nobody = id_of(200);
	(void)ctx;
	return supporters_set_full(tx, &nobody, true);
}

static void nobody_is_full_who_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(db_write(db, fill_nobody, NULL), RES_NONE);
}

static void every_sentence_fits_its_tables(void **state)
{
	(void)state;
	assert_true(db_test_prepare_all(db) > 20);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_sentence_fits_its_tables),
		TEST(first_keys_are_all_there_or_none),
		TEST(malformed_first_keys_are_refused),
		TEST(whoever_has_a_key_gets_no_second_first_one),
		TEST(first_keys_of_64_at_once_for_one_place_in_the_log_have_one_winner),
		TEST(supporters_who_try_again_all_get_their_keys_and_the_chain_holds),
		TEST(nobody_ever_has_more_than_16_wraps),
		TEST(a_wrap_takes_the_place_of_her_own_old_one_and_of_nobody_elses),
		TEST(of_64_devices_that_write_the_vault_at_once_exactly_one_is_first),
		TEST(a_vault_is_swapped_only_in_form_and_only_for_the_old_one),
		TEST(the_matching_is_told_each_file_as_it_stands),
		TEST(each_file_keeps_its_own_hours_load_and_staff),
		TEST(sixty_four_files_take_no_more_sentences_than_one),
		TEST(a_supporter_is_put_on_one_persons_list_and_taken_off_again),
		TEST(nobody_is_put_there_who_is_no_supporter),
		TEST(a_list_takes_no_more_than_the_matching_reads),
		TEST(a_list_ends_with_the_person_and_no_other_does),
		TEST(nobody_is_full_who_is_not_there),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
