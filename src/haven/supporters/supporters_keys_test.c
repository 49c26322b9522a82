/* First keys, wraps and the vault, also when many write at once. */
#include "haven/supporters/supporters_testing.h"

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
	h->has_key = supporters_key(tx, &h->supporter, (struct day){ TODAY }, &h->key);
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

static enum result remove_wrap(struct tx *tx, void *ctx)
{
	struct adding *a = ctx;
	return supporters_remove_wrap(tx, &a->supporter, a->replaces);
}

static void a_way_in_goes_when_she_says_so_but_never_the_last_nor_by_anybody_else(void **state)
{
	(void)state;
	unsigned char hash[2][CRYPT_HASH];
	struct adding a = { .supporter = id_of(5) }, b = { .supporter = id_of(6) };
	for (unsigned i = 0; i < 2; i++) {
		write_wrap(a.row, i + 1);
		assert_int_equal(db_write(db, add_wrap, &a), RES_OK);
		crypt_hash(slice_bytes(a.row, sizeof(a.row)), hash[i]);
	}
	for (unsigned i = 0; i < 2; i++) {
		write_wrap(b.row, i + 7);
		assert_int_equal(db_write(db, add_wrap, &b), RES_OK);
	}
	b.replaces = slice_bytes(hash[0], CRYPT_HASH);
	assert_int_equal(db_write(db, remove_wrap, &b), RES_NONE);
	a.replaces = b.replaces;
	assert_int_equal(db_write(db, remove_wrap, &a), RES_OK);
	assert_int_equal(db_write(db, remove_wrap, &a), RES_NONE);
	a.replaces = slice_bytes(hash[1], CRYPT_HASH);
	assert_int_equal(db_write(db, remove_wrap, &a), RES_AGAIN);
	struct held h = held(5);
	assert_int_equal(h.wraps, 1);
	arena_free(&h.a);
	h = held(6);
	assert_int_equal(h.wraps, 2);
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

/* ---- a restore ---- */

static enum result declare(struct tx *tx, void *ctx)
{
	return supporters_declare_restored(tx, (struct day){ TODAY }, ctx);
}

static enum result declared(struct tx *tx, void *ctx)
{
	return supporters_restored(tx, ctx);
}

static void a_declared_restore_names_where_the_log_ends_and_counts_up(void **state)
{
	(void)state;
	struct supporters_restored told = { 0 }, read = { 0 };
	struct keylog_head head = { 0 };
	struct first f = first_of(&head, 3);
	assert_int_equal(db_read(db, declared, &read), RES_NONE);
	assert_int_equal(db_write(db, declare, &told), RES_OK);
	assert_int_equal(told.r, 1);
	assert_int_equal(told.n, 0);
	assert_int_equal(try_first(&f), RES_OK);
	assert_int_equal(db_write(db, declare, &told), RES_OK);
	assert_int_equal(db_read(db, declared, &read), RES_OK);
	head = log_head();
	assert_int_equal(read.r, 2);
	assert_int_equal(read.n, 1);
	assert_int_equal(read.day.n, TODAY);
	assert_memory_equal(read.hash, head.hash, CRYPT_HASH);
	blob_free(f.vault);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_keys_are_all_there_or_none),
		TEST(malformed_first_keys_are_refused),
		TEST(whoever_has_a_key_gets_no_second_first_one),
		TEST(first_keys_of_64_at_once_for_one_place_in_the_log_have_one_winner),
		TEST(supporters_who_try_again_all_get_their_keys_and_the_chain_holds),
		TEST(nobody_ever_has_more_than_16_wraps),
		TEST(a_wrap_takes_the_place_of_her_own_old_one_and_of_nobody_elses),
		TEST(a_way_in_goes_when_she_says_so_but_never_the_last_nor_by_anybody_else),
		TEST(a_declared_restore_names_where_the_log_ends_and_counts_up),
		TEST(of_64_devices_that_write_the_vault_at_once_exactly_one_is_first),
		TEST(a_vault_is_swapped_only_in_form_and_only_for_the_old_one),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
