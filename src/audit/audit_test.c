#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "crypt/crypt.h"
#include "db/db_testing.h"

extern const struct migration audit_migrations[];
extern const size_t audit_migrations_n;

SQL(test_change, "it", "", "UPDATE audit SET what = $2 WHERE n = $1");
SQL(test_redate, "ii", "", "UPDATE audit SET day = $2 WHERE n = $1");
SQL(test_whose, "ib", "", "UPDATE audit SET who = $2 WHERE n = $1");
SQL(test_gone, "i", "", "DELETE FROM audit WHERE n = $1");
SQL(test_count, "", "n:i whos:i", "SELECT COUNT(*) AS n, COUNT(DISTINCT who) AS whos FROM audit");
SQL(test_names, "", "n:i", "SELECT COUNT(*) AS n FROM audit_name");

static struct db *db;

static int set_up(void **state)
{
	(void)state;
	db_for_test(audit_migrations, audit_migrations_n, &db);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	db_for_test_end(&db);
	return 0;
}

struct look {
	struct id account, about;
	const char *what;
	int day;
};

static enum result put(struct tx *tx, void *ctx)
{
	const struct look *l = ctx;
	return audit_put(tx, random_system(), (struct day){ l->day }, &l->account, l->what,
			 id_is_zero(&l->about) ? NULL : &l->about);
}

static void looks(int n)
{
	for (int i = 0; i < n; i++) {
		struct look l = { .what = i % 2 ? "desk/tasks" : "programme/incidents", .day = 20000 + i };
		l.account.b[0] = (unsigned char)(1 + i % 3);
		l.about.b[0] = (unsigned char)(i % 4);
		assert_int_equal(db_write(db, put, &l), RES_OK);
	}
}

static enum result verify_work(struct tx *tx, void *ctx)
{
	return audit_verify(tx, ctx);
}

static void expect(enum result want, int64_t n)
{
	int64_t got = -1;
	assert_int_equal(db_read(db, verify_work, &got), want);
	assert_int_equal(got, n);
}

static void an_untouched_log_holds(void **state)
{
	(void)state;
	expect(RES_OK, 0);
	looks(1);
	expect(RES_OK, 1);
	looks(1203);
	expect(RES_OK, 1204);
}

struct tamper {
	const struct sql *s;
	int64_t n, day;
	const char *what;
	struct id who;
};

static enum result tamper(struct tx *tx, void *ctx)
{
	const struct tamper *t = ctx;
	int64_t changed = 0;
	enum result res;
	if (t->s == &test_change)
		res = db_do(tx, t->s, &changed, v_int(t->n), v_str(t->what));
	else if (t->s == &test_redate)
		res = db_do(tx, t->s, &changed, v_int(t->n), v_int(t->day));
	else if (t->s == &test_whose)
		res = db_do(tx, t->s, &changed, v_int(t->n), v_id(&t->who));
	else
		res = db_do(tx, t->s, &changed, v_int(t->n));
	assert_int_equal(changed, 1);
	return res;
}

static void tampered(struct tamper t)
{
	assert_int_equal(db_write(db, tamper, &t), RES_OK);
}

static void a_changed_word_is_found_where_it_stands(void **state)
{
	(void)state;
	looks(9);
	tampered((struct tamper){ &test_change, 4, .what = "desk/other" });
	expect(RES_BAD, 4);
}

static void a_changed_day_is_found(void **state)
{
	(void)state;
	looks(9);
	tampered((struct tamper){ &test_redate, 7, .day = 3 });
	expect(RES_BAD, 7);
}

static void a_changed_pseudonym_is_found(void **state)
{
	(void)state;
	looks(9);
	tampered((struct tamper){ &test_whose, 1, .who = { { 9 } } });
	expect(RES_BAD, 1);
}

static void a_missing_entry_is_found_in_the_middle_and_at_the_end(void **state)
{
	(void)state;
	looks(9);
	tampered((struct tamper){ &test_gone, 9 });
	expect(RES_BAD, 9);
	tampered((struct tamper){ &test_gone, 3 });
	expect(RES_BAD, 3);
}

struct counts {
	int64_t n, whos, names;
};

static enum result count(struct tx *tx, void *ctx)
{
	struct counts *c = ctx;
	struct rows *rows;
	enum result res = db_one_n(tx, &test_count, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		c->n = row_int(rows, 0);
		c->whos = row_int(rows, 1);
	}
	rows_end(&rows);
	if (res == RES_OK)
		res = db_one_n(tx, &test_names, &rows, DB_NO_VALUES);
	if (res == RES_OK)
		c->names = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

static enum result forget(struct tx *tx, void *ctx)
{
	return audit_forget(tx, ctx);
}

static void an_account_has_one_pseudonym_until_it_is_forgotten(void **state)
{
	(void)state;
	struct counts c;
	struct id account = { { 1 } };
	looks(9);
	assert_int_equal(db_read(db, count, &c), RES_OK);
	assert_int_equal(c.whos, 3);
	assert_int_equal(c.names, 3);
	assert_int_equal(db_write(db, forget, &account), RES_OK);
	assert_int_equal(db_write(db, forget, &account), RES_OK);
	expect(RES_OK, 9);
	assert_int_equal(db_read(db, count, &c), RES_OK);
	assert_int_equal(c.names, 2);
	looks(1);
	assert_int_equal(db_read(db, count, &c), RES_OK);
	assert_int_equal(c.whos, 4);
}

static void *many(void *ctx)
{
	struct look l = { .what = "desk/tasks", .day = 20000 };
	l.account.b[0] = (unsigned char)(1 + (uintptr_t)ctx);
	int64_t done = 0;
	for (int i = 0; i < 10; i++)
		done += db_write(db, put, &l) == RES_OK;
	return (void *)(uintptr_t)done;
}

static void looks_at_the_same_time_make_one_chain(void **state)
{
	(void)state;
	pthread_t t[8];
	int64_t done = 0;
	for (uintptr_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&t[i], NULL, many, (void *)i), 0);
	for (size_t i = 0; i < 8; i++) {
		void *n;
		pthread_join(t[i], &n);
		done += (int64_t)(uintptr_t)n;
	}
	assert_int_equal(done, 80);
	expect(RES_OK, 80);
}

struct marks {
	int64_t n;
	struct audit_mark mark;
};

static enum result mark_work(struct tx *tx, void *ctx)
{
	struct marks *m = ctx;
	return audit_mark_at(tx, m->n, &m->mark);
}

static struct audit_mark mark_at(int64_t n)
{
	struct marks m = { .n = n };
	assert_int_equal(db_read(db, mark_work, &m), RES_OK);
	assert_int_equal(m.mark.n, n);
	return m.mark;
}

static void a_mark_stays_while_the_chain_grows_and_tells_a_chain_made_anew(void **state)
{
	struct marks beyond = { .n = 6 };
	looks(5);
	struct audit_mark third = mark_at(3), fifth = mark_at(5);
	assert_memory_not_equal(third.hash, fifth.hash, CRYPT_HASH);
	assert_int_equal(db_read(db, mark_work, &beyond), RES_NONE);
	looks(4);
	struct audit_mark again = mark_at(5);
	assert_memory_equal(again.hash, fifth.hash, CRYPT_HASH);
	tear_down(state);
	set_up(state);
	looks(9);
	expect(RES_OK, 9); /* it holds, and has as many entries: other pseudonyms alone */
	again = mark_at(5);
	assert_memory_not_equal(again.hash, fifth.hash, CRYPT_HASH);
	assert_true(crypt_eq(mark_at(0).hash, (unsigned char[CRYPT_HASH]){ 0 }, CRYPT_HASH));
}

static void a_mark_is_read_as_it_was_written_and_nothing_else_is(void **state)
{
	(void)state;
	struct audit_mark mark = { .n = INT64_MAX }, read;
	char text[AUDIT_MARK_TEXT];
	for (size_t i = 0; i < CRYPT_HASH; i++)
		mark.hash[i] = (unsigned char)(i * 37);
	audit_mark_text(&mark, text);
	assert_int_equal(audit_mark_parse(slice_of(text), &read), RES_OK);
	assert_true(read.n == mark.n);
	assert_memory_equal(read.hash, mark.hash, CRYPT_HASH);
	mark.n = 0;
	audit_mark_text(&mark, text);
	assert_int_equal(audit_mark_parse(slice_of(text), &read), RES_OK);
	size_t n = strlen(text);
	assert_int_equal(audit_mark_parse((struct slice){ text, n - 1 }, &read), RES_BAD);
	text[n] = '0';
	assert_int_equal(audit_mark_parse((struct slice){ text, n + 1 }, &read), RES_BAD);
	text[n - 1] = 'A';
	assert_int_equal(audit_mark_parse((struct slice){ text, n }, &read), RES_BAD);
	for (const char *const *bad = (const char *const[]){ "", ":", "3", "3:", "x:00", NULL }; *bad; bad++)
		assert_int_equal(audit_mark_parse(slice_of(*bad), &read), RES_BAD);
	memcpy(text, "-1:", 3);
	memset(text + 3, '0', 2 * (size_t)CRYPT_HASH);
	assert_int_equal(audit_mark_parse((struct slice){ text, 3 + 2 * (size_t)CRYPT_HASH }, &read), RES_BAD);
}

static void every_sentence_fits_its_tables(void **state)
{
	(void)state;
	assert_true(db_test_prepare_all(db) >= 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_untouched_log_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_changed_word_is_found_where_it_stands, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_changed_day_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_changed_pseudonym_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_missing_entry_is_found_in_the_middle_and_at_the_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_account_has_one_pseudonym_until_it_is_forgotten, set_up, tear_down),
		cmocka_unit_test_setup_teardown(looks_at_the_same_time_make_one_chain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_mark_stays_while_the_chain_grows_and_tells_a_chain_made_anew, set_up, tear_down),
		cmocka_unit_test(a_mark_is_read_as_it_was_written_and_nothing_else_is),
		cmocka_unit_test_setup_teardown(every_sentence_fits_its_tables, set_up, tear_down),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
