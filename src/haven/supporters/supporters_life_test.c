/* A device is let in, keys are rotated, lost and retired: what the server takes, and what it refuses. */
#include "clockwork/clockwork.h"
#include "haven/supporters/supporters_testing.h"

#define KARI 3
#define TARIQ 4

static unsigned char rows[8][WRAP_ROW];

static struct slice row_of(enum wrap_kind kind, unsigned char n)
{
	unsigned char *row = rows[n];
	memset(row, 0, WRAP_ROW);
	row[0] = 1;
	row[1] = (unsigned char)kind;
	row[16] = row[32] = 1;
	row[44] = n;
	return slice_bytes(row, WRAP_ROW);
}

/* One piece of work on the store, with what it needs and what it gives. */
struct step {
	struct id who;
	enum { FIRST, ROTATE, RESET, RETIRE, ASK, APPROVE, PUT, TAKE, WRITE } what;
	struct day day;
	unsigned char entry[KEYLOG_ENTRY], old[CRYPT_HASH], blob[VAULT_MIN];
	struct slice wrap;
	struct arena *a;
};

static enum result work(struct tx *tx, void *ctx)
{
	struct step *s = ctx;
	struct slice out, entry = slice_bytes(s->entry, sizeof(s->entry)), vault = slice_bytes(s->blob, sizeof(s->blob));
	struct supporters_new_keys k = { entry, vault, &s->wrap, 1 };
	switch (s->what) {
	case FIRST: return supporters_first_keys(tx, random_system(), &s->who, s->day, entry, &s->wrap, 1, vault);
	case ROTATE: return supporters_rotate(tx, random_system(), &s->who, s->day, &k, slice_bytes(s->old, CRYPT_HASH));
	case RESET: return supporters_reset(tx, random_system(), &s->who, s->day, &k);
	case RETIRE: return supporters_retire(tx, &s->who, s->day, entry);
	case ASK: return supporters_ask_reset(tx, &s->who, s->day);
	case APPROVE: return supporters_approve_reset(tx, &s->who, s->day);
	case PUT: return supporters_put_pairing(tx, &s->who, (struct instant){ 1795000000 }, s->wrap);
	case WRITE: return supporters_set_vault(tx, &s->who, slice_bytes(s->old, CRYPT_HASH), vault);
	case TAKE: return supporters_take_pairing(tx, s->a, &s->who, &out);
	}
	return RES_BAD;
}

static struct step step(unsigned who)
{
	struct step s = { .who = id_of(who), .day = { TODAY }, .wrap = row_of(WRAP_RECOVERY, 0) };
	s.blob[0] = 1;
	s.blob[100] = (unsigned char)who;
	return s;
}

static enum result does(struct step *s, int what)
{
	s->what = what;
	return db_write(db, work, s);
}

struct seen {
	struct id who;
	struct supporter_key key;
	enum result has_key, has_vault;
	size_t wraps;
	struct keylog_head head;
	enum supporters_asked asked;
	struct day today;
};

static enum result look(struct tx *tx, void *ctx)
{
	struct seen *s = ctx;
	struct arena *a = arena_new();
	struct slice *list, vault, log;
	struct keylog_entry e;
	struct day day;
	s->has_key = supporters_key(tx, &s->who, s->today, &s->key);
	s->has_vault = supporters_vault(tx, a, &s->who, &vault);
	enum result res = supporters_wraps(tx, a, &s->who, &list, &s->wraps);
	if (res == RES_OK)
		res = supporters_key_log(tx, a, &log);
	memset(&s->head, 0, sizeof(s->head));
	for (size_t i = 0; res == RES_OK && i < log.n; i += KEYLOG_ENTRY)
		res = keylog_follow(slice_bytes(log.p + i, KEYLOG_ENTRY), &s->head, &e);
	if (res == RES_OK)
		res = supporters_reset_of(tx, &s->who, s->today, &s->asked, &day);
	arena_free(&a);
	return res;
}

static struct seen seen(unsigned who, int later)
{
	struct seen s = { .who = id_of(who), .today = { TODAY + later } };
	assert_int_equal(db_read(db, look, &s), RES_OK);
	return s;
}

static void gives_first_keys(unsigned who)
{
	struct step s = step(who);
	struct keylog_head head = seen(who, 0).head;
	keylog_for_test(KEYLOG_NEW, &head, &s.who, who, TODAY, s.entry);
	assert_int_equal(does(&s, FIRST), RES_OK);
}

static void a_pairing_row_is_handed_out_once_to_its_owner_and_only_one_is_kept(void **state)
{
	(void)state;
	struct step kari = step(KARI), tariq = step(TARIQ);
	kari.a = tariq.a = arena_new();
	kari.wrap = row_of(WRAP_RECOVERY, 1);
	assert_int_equal(does(&kari, PUT), RES_BAD);
	for (unsigned char i = 1; i < 3; i++) {
		kari.wrap = row_of(WRAP_PAIRING, i);
		assert_int_equal(does(&kari, PUT), RES_OK);
	}
	assert_int_equal(does(&tariq, TAKE), RES_NONE);
	assert_int_equal(does(&kari, TAKE), RES_OK);
	assert_int_equal(does(&kari, TAKE), RES_NONE);
	arena_free(&kari.a);
}

static void a_pairing_row_is_no_way_in(void **state)
{
	(void)state;
	struct step s = step(KARI);
	struct keylog_head head = { 0 };
	keylog_for_test(KEYLOG_NEW, &head, &s.who, KARI, TODAY, s.entry);
	s.wrap = row_of(WRAP_PAIRING, 1);
	assert_int_equal(does(&s, FIRST), RES_BAD);
	s.wrap = row_of(WRAP_PASSKEY, 1);
	assert_int_equal(does(&s, FIRST), RES_OK);
}

static void keys_are_not_reset_before_the_coordinator_has_said_yes_nor_long_after(void **state)
{
	(void)state;
	struct step s = step(KARI);
	assert_int_equal(does(&s, ASK), RES_NONE);
	gives_first_keys(KARI);
	struct keylog_head head = seen(KARI, 0).head;
	keylog_for_test(KEYLOG_RESET, &head, &s.who, 40, TODAY, s.entry);
	assert_int_equal(does(&s, RESET), RES_REFUSED);
	assert_int_equal(does(&s, APPROVE), RES_NONE);
	assert_int_equal(does(&s, ASK), RES_OK);
	assert_int_equal(does(&s, ASK), RES_OK);
	assert_int_equal(does(&s, RESET), RES_REFUSED);
	assert_int_equal(does(&s, APPROVE), RES_OK);
	assert_int_equal(seen(KARI, 0).asked, SUPPORTERS_MAY_RESET);
	assert_int_equal(seen(KARI, SUPPORTERS_RESET_LASTS).asked, SUPPORTERS_MAY_RESET);
	assert_int_equal(seen(KARI, SUPPORTERS_RESET_LASTS + 1).asked, SUPPORTERS_NOT_ASKED);
	/* Her entry, of this kind, by keys that are not the old ones. */
	struct step other = s;
	other.who = id_of(TARIQ);
	assert_int_equal(does(&other, RESET), RES_REFUSED);
	struct step same = s;
	keylog_for_test(KEYLOG_RESET, &head, &s.who, KARI, TODAY, same.entry);
	assert_int_equal(does(&same, RESET), RES_BAD);
	assert_int_equal(does(&s, RESET), RES_OK);
	assert_int_equal(does(&s, RESET), RES_REFUSED);
	struct seen now = seen(KARI, 0);
	assert_int_equal(now.head.next, 2);
	assert_int_equal(now.wraps, 1);
	assert_int_equal(now.key.reset.n, TODAY);
	assert_int_equal(seen(KARI, SUPPORTERS_RESET_TOLD).key.reset.n, TODAY);
	assert_int_equal(seen(KARI, SUPPORTERS_RESET_TOLD + 1).key.reset.n, 0);
}

static void whoever_retires_leaves_nothing_but_the_log_and_may_begin_again(void **state)
{
	(void)state;
	struct step s = step(KARI);
	gives_first_keys(KARI);
	gives_first_keys(TARIQ);
	struct keylog_head head = seen(KARI, 0).head;
	keylog_for_test(KEYLOG_RETIRE, &head, &s.who, 40, TODAY, s.entry);
	assert_int_equal(does(&s, RETIRE), RES_BAD);
	keylog_for_test(KEYLOG_RETIRE, &head, &s.who, KARI, TODAY, s.entry);
	struct step other = s;
	other.who = id_of(TARIQ);
	assert_int_equal(does(&other, RETIRE), RES_BAD);
	assert_int_equal(does(&s, RETIRE), RES_OK);
	struct seen kari = seen(KARI, 0), tariq = seen(TARIQ, 0);
	assert_int_equal(kari.has_key, RES_NONE);
	assert_int_equal(kari.has_vault, RES_NONE);
	assert_int_equal(kari.wraps, 0);
	assert_int_equal(tariq.has_key, RES_OK);
	assert_int_equal(tariq.wraps, 1);
	assert_int_equal(does(&s, ASK), RES_NONE);
	gives_first_keys(KARI);
	assert_int_equal(seen(KARI, 0).has_key, RES_OK);
	/* Nothing vouches for the new key, as after a reset; the first of all had no other before it. */
	assert_int_equal(seen(KARI, 0).key.reset.n, TODAY);
	assert_int_equal(tariq.key.reset.n, 0);
}

static void keys_are_rotated_only_with_the_old_ones_word_and_over_the_vault_that_is_there(void **state)
{
	(void)state;
	struct step s = step(KARI);
	gives_first_keys(KARI);
	struct keylog_head head = seen(KARI, 0).head;
	/* keylog_for_test signs by no old key. */
	keylog_for_test(KEYLOG_ROTATE, &head, &s.who, 40, TODAY, s.entry);
	assert_int_equal(does(&s, ROTATE), RES_AGAIN); /* another vault is there */
	struct step vault = step(KARI);
	vault_hash(slice_bytes(vault.blob, sizeof(vault.blob)), s.old);
	assert_int_equal(does(&s, ROTATE), RES_BAD);
	assert_int_equal(seen(KARI, 0).head.next, 1);
	assert_int_equal(seen(KARI, 0).wraps, 1);
}

SQL(test_end, "b", "", "UPDATE supporter SET ended = 1 WHERE id = $1");
SQL(test_name, "b", "", "UPDATE supporter SET name = 'Tariq Ali' WHERE id = $1");

static enum result end_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_end, NULL, v_id(ctx));
}

static enum result name_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_name, NULL, v_id(ctx));
}

struct lost {
	struct arena *a;
	struct day since;
	const char **names;
	size_t n;
};

static enum result lost_work(struct tx *tx, void *ctx)
{
	struct lost *l = ctx;
	struct supporters_book book = { 0 };
	enum result res = supporters_lost(tx, l->a, &book.lost, &book.lost_n);
	if (res == RES_OK)
		supporters_lost_since(&book, l->a, l->since, &l->names, &l->n);
	return res;
}

static struct lost lost(struct arena *a, int later)
{
	struct lost l = { .a = a, .since = { TODAY + later } };
	assert_int_equal(db_read(db, lost_work, &l), RES_OK);
	return l;
}

static void whoever_can_read_no_longer_what_was_sealed_to_her_is_known_by_name_once(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct step s = step(KARI);
	struct id tariq = id_of(TARIQ);
	gives_first_keys(KARI);
	gives_first_keys(TARIQ);
	assert_int_equal(db_write(db, name_work, &tariq), RES_OK);
	assert_int_equal(lost(a, 0).n, 0);
	struct keylog_head head = seen(KARI, 0).head;
	keylog_for_test(KEYLOG_RETIRE, &head, &s.who, KARI, TODAY, s.entry);
	assert_int_equal(does(&s, RETIRE), RES_OK);
	struct lost l = lost(a, 0);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.names[0], "Kari Nes");
	assert_int_equal(lost(a, -3).n, 1);
	assert_int_equal(lost(a, 1).n, 0); /* that page was made after it */
	gives_first_keys(KARI);
	assert_int_equal(lost(a, 0).n, 1); /* her new keys do not open it either */
	assert_int_equal(db_write(db, end_work, &tariq), RES_OK);
	assert_int_equal(lost(a, 0).n, 2);
	assert_int_equal(db_write(db, end_work, &s.who), RES_OK);
	assert_int_equal(lost(a, 0).n, 2);
	arena_free(&a);
}

static void whoever_writes_her_vault_has_a_way_in_and_needs_no_yes(void **state)
{
	(void)state;
	struct step s = step(KARI);
	gives_first_keys(KARI);
	gives_first_keys(TARIQ);
	struct step other = step(TARIQ);
	assert_int_equal(does(&s, ASK), RES_OK);
	assert_int_equal(does(&s, APPROVE), RES_OK);
	assert_int_equal(does(&other, ASK), RES_OK);
	assert_int_equal(does(&s, WRITE), RES_AGAIN); /* over another vault than the one that is there */
	assert_int_equal(seen(KARI, 0).asked, SUPPORTERS_MAY_RESET);
	vault_hash(slice_bytes(s.blob, sizeof(s.blob)), s.old);
	assert_int_equal(does(&s, WRITE), RES_OK);
	assert_int_equal(seen(KARI, 0).asked, SUPPORTERS_NOT_ASKED);
	assert_int_equal(seen(TARIQ, 0).asked, SUPPORTERS_ASKED);
}

static void an_entry_is_of_no_earlier_day_than_the_one_before(void **state)
{
	(void)state;
	gives_first_keys(KARI);
	struct step s = step(TARIQ);
	struct keylog_head head = seen(KARI, 0).head;
	keylog_for_test(KEYLOG_NEW, &head, &s.who, TARIQ, TODAY - 1, s.entry);
	assert_int_equal(does(&s, FIRST), RES_BAD);
	gives_first_keys(TARIQ);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pairing_row_is_handed_out_once_to_its_owner_and_only_one_is_kept),
		TEST(a_pairing_row_is_no_way_in),
		TEST(keys_are_not_reset_before_the_coordinator_has_said_yes_nor_long_after),
		TEST(whoever_retires_leaves_nothing_but_the_log_and_may_begin_again),
		TEST(keys_are_rotated_only_with_the_old_ones_word_and_over_the_vault_that_is_there),
		TEST(whoever_writes_her_vault_has_a_way_in_and_needs_no_yes),
		TEST(whoever_can_read_no_longer_what_was_sealed_to_her_is_known_by_name_once),
		TEST(an_entry_is_of_no_earlier_day_than_the_one_before),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
