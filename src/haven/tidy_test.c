/* Every kind of record of this program is there on its last day and gone on the next (docs/retention.md), on both databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "door/door.h"
#include "haven/offers/offers.h"
#include "haven/supporters/supporters.h"
#include "haven/tidy.h"
#include "signin/signin.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

#define D 20000

static struct db *db;

SQL(person_put, "bi", "",
    "INSERT INTO person (id, name, unit_path, profession, level, staff_responsibility, lang, protected, ended) "
    "VALUES ($1, 'Anne', '', '', '', 0, 'nb', 0, $2)");
SQL(supporter_put, "bb?ti", "",
    "INSERT INTO supporter (id, person, name, given, email, phone, unit_path, profession, level, languages, since_year, paused, is_full, "
    "ended) VALUES ($1, $2, 'Kari', 'Kari', $3, '1', '', '', '', 'nb', 2020, 0, 0, $4)");
SQL(window_put, "b", "", "INSERT INTO duty_window (supporter, weekday, from_minute, to_minute, standby) VALUES ($1, 0, 0, 1, 0)");
SQL(wrap_put, "b", "", "INSERT INTO wrap (id, supporter, kind, bytes) VALUES ($1, $1, 1, $1)");
SQL(vault_put, "b", "", "INSERT INTO vault (supporter, bytes) VALUES ($1, $1)");
SQL(load_put, "b", "", "INSERT INTO load (id, supporter, day, kind) VALUES ($1, $1, 0, 1)");
SQL(apart_put, "b", "", "INSERT INTO not_this_one (person, supporter) VALUES ($1, $1)");
SQL(log_put, "b", "", "INSERT INTO key_log (n, supporter, kind, x25519, key_id, entry) VALUES (0, $1, 1, $1, $1, $1)");
SQL(incident_put, "b", "", "INSERT INTO incident (id, title, severity, day, unit_path) VALUES ($1, 'Noe', 1, 0, '')");
SQL(excluded_put, "bb", "", "INSERT INTO excluded (incident, person) VALUES ($1, $2)");
SQL(task_put, "bbb?i?", "",
    "INSERT INTO task (id, incident, person, name, lang, ref, rel, deadline, since_hour, made_day, seen, closed_day, outcome, rounds, stopped) "
    "VALUES ($1, $2, $3, '', 'nb', $1, $1, 0, 0, 0, 0, $4, NULL, 1, 0)");
SQL(passed_put, "b", "", "INSERT INTO passed (task, supporter) VALUES ($1, $1)");
SQL(link_put, "b", "", "INSERT INTO offer_link (hash, task, kind, expires_day) VALUES ($1, $1, 0, 0)");
SQL(account_put, "btb?i?", "", "INSERT INTO account (id, email, name, lang, of_whom, ended_day) VALUES ($1, $2, $2, 'nb', $3, $4)");
SQL(role_put, "bi", "", "INSERT INTO account_role (account, role, unit) VALUES ($1, $2, $1)");
SQL(name_put, "b", "", "INSERT INTO audit_name (who, account) VALUES ($1, $1)");
SQL(end_it, "bi", "", "UPDATE supporter SET ended = $2 WHERE id = $1");

static struct id numbered(int n)
{
	struct id id = { { 1, (unsigned char)(n >> 8), (unsigned char)n } };
	return id;
}

static int rows_of(const char *table)
{
	struct buf dump = BUF_LIMIT(4 << 20);
	struct slice rest, line;
	int n = 0;
	assert_int_equal(db_dump(db, &dump), RES_OK);
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += slice_starts(line, table);
	buf_free(&dump);
	return n;
}

static int set_up(void **state)
{
	(void)state;
	db_for_test(haven_migrations, haven_migrations_n, &db);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	db_for_test_end(&db);
	return 0;
}

static enum result tidy_work(struct tx *tx, void *ctx)
{
	return haven_tidy(tx, (struct day){ *(int *)ctx });
}

static void night_of(int day)
{
	assert_int_equal(db_write(db, tidy_work, &day), RES_OK);
}

/* ---- who was offered help by whom ---- */

/* Anne (1) has left and had a task that closed on D; an open one is somebody's from outside the directory. */
static enum result tasks_work(struct tx *tx, void *ctx)
{
	struct id anne = numbered(1), in[] = { numbered(10), numbered(11) }, task[] = { numbered(20), numbered(21) };
	enum result res = db_do(tx, &person_put, NULL, v_id(&anne), v_int(1));
	(void)ctx;
	for (int i = 0; res == RES_OK && i < 2; i++) {
		res = db_do(tx, &incident_put, NULL, v_id(&in[i]));
		if (res == RES_OK)
			res = db_do(tx, &excluded_put, NULL, v_id(&in[i]), v_id(i ? &task[1] : &anne));
		if (res == RES_OK)
			res = db_do(tx, &task_put, NULL, v_id(&task[i]), v_id(&in[i]), v_id(i ? NULL : &anne), i ? v_null() : v_int(D));
		if (res == RES_OK)
			res = db_do(tx, &passed_put, NULL, v_id(&task[i]));
		if (res == RES_OK)
			res = db_do(tx, &link_put, NULL, v_id(&task[i]));
	}
	return res;
}

static void who_was_offered_help_by_whom_goes_84_days_after_the_closing(void **state)
{
	static const char *const tables[] = { "incident|", "excluded|", "task|", "passed|", "offer_link|" };
	(void)state;
	assert_int_equal(db_write(db, tasks_work, NULL), RES_OK);
	night_of(D + OFFERS_CLOSED_DAYS);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		assert_int_equal(rows_of(tables[i]), 2);
	assert_int_equal(rows_of("person|"), 1);
	night_of(D + OFFERS_CLOSED_DAYS + 1);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		assert_int_equal(rows_of(tables[i]), 1);
	/* And whoever has left, once nothing names her. */
	assert_int_equal(rows_of("person|"), 0);
	night_of(D + 40 * 365);
	assert_int_equal(rows_of("task|"), 1); /* what is open stays open */
}

/* By then duty must have ceased to tell of it, or it would be offered once more. */
static void it_is_kept_longer_than_duty_tells_of_it(void **state)
{
	(void)state;
	assert_true(OFFERS_CLOSED_DAYS > DOOR_PAST_DAYS);
}

/* ---- who helped ---- */

struct putting {
	int n, person, ended; /* person 0: none */
};

static enum result supporter_work(struct tx *tx, void *ctx)
{
	static const struct sql *const more[] = { &window_put, &wrap_put, &vault_put, &load_put, &apart_put };
	const struct putting *p = ctx;
	struct id id = numbered(p->n), person = numbered(p->person);
	char email[40];
	snprintf(email, sizeof(email), "s%d@x.example", p->n);
	enum result res = p->person ? db_do(tx, &person_put, NULL, v_id(&person), v_int(p->ended)) : RES_OK;
	if (res == RES_OK)
		res = db_do(tx, &supporter_put, NULL, v_id(&id), v_id(p->person ? &person : NULL), v_str(email), v_int(p->person ? 0 : p->ended));
	for (size_t i = 0; res == RES_OK && i < ARRAY_LEN(more); i++)
		res = db_do(tx, more[i], NULL, v_id(&id));
	return res;
}

static void supporter(int n, int person, int ended)
{
	struct putting p = { n, person, ended };
	assert_int_equal(db_write(db, supporter_work, &p), RES_OK);
}

static enum result log_work(struct tx *tx, void *ctx)
{
	struct id id = numbered(*(int *)ctx);
	return db_do(tx, &log_put, NULL, v_id(&id));
}

static enum result back_work(struct tx *tx, void *ctx)
{
	struct id id = numbered(*(int *)ctx);
	return db_do(tx, &end_it, NULL, v_id(&id), v_int(0));
}

static void a_file_that_has_ended_goes_after_400_days_with_all_but_the_key_log(void **state)
{
	static const char *const tables[] = { "supporter|", "duty_window|", "wrap|", "vault|", "load|", "not_this_one|" };
	int ended = 30, back = 31;
	(void)state;
	supporter(ended, 0, 1);
	supporter(back, 0, 1);
	supporter(32, 0, 0);
	supporter(33, 3, 1); /* by having left the workplace */
	assert_int_equal(db_write(db, log_work, &ended), RES_OK);
	night_of(D); /* notes it */
	assert_int_equal(db_write(db, back_work, &back), RES_OK);
	night_of(D + SUPPORTERS_ENDED_DAYS);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		assert_int_equal(rows_of(tables[i]), 4);
	assert_int_equal(rows_of("person|"), 1);
	night_of(D + SUPPORTERS_ENDED_DAYS + 1);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		assert_int_equal(rows_of(tables[i]), 2);
	assert_int_equal(rows_of("key_log|"), 1);
	assert_int_equal(rows_of("person|"), 0);
}

/* ---- accounts ---- */

struct opening {
	int n, of_whom, ended;
	uint32_t roles[2];
};

static enum result account_work(struct tx *tx, void *ctx)
{
	const struct opening *o = ctx;
	struct id id = numbered(o->n), of_whom = numbered(o->of_whom);
	char email[40];
	snprintf(email, sizeof(email), "a%d@x.example", o->n);
	enum result res = db_do(tx, &account_put, NULL, v_id(&id), v_str(email), v_id(o->of_whom ? &of_whom : NULL),
				o->ended ? v_int(o->ended) : v_null());
	if (res == RES_OK)
		res = db_do(tx, &name_put, NULL, v_id(&id));
	for (int i = 0; res == RES_OK && i < 2; i++)
		if (o->roles[i])
			res = db_do(tx, &role_put, NULL, v_id(&id), v_int(o->roles[i]));
	return res;
}

static void account(struct opening o)
{
	assert_int_equal(db_write(db, account_work, &o), RES_OK);
}

static void an_account_goes_400_days_after_its_end_and_its_pseudonym_with_it(void **state)
{
	(void)state;
	account((struct opening){ .n = 50, .ended = D });
	account((struct opening){ .n = 51, .roles = { ROLE_COORDINATOR } });
	night_of(D + AUDIT_NAMED_DAYS);
	assert_int_equal(rows_of("account|"), 2);
	assert_int_equal(rows_of("audit_name|"), 2);
	night_of(D + AUDIT_NAMED_DAYS + 1);
	assert_int_equal(rows_of("account|"), 1);
	assert_int_equal(rows_of("audit_name|"), 1);
}

static void who_is_a_supporter_no_longer_loses_that_role_in_the_night_and_no_other(void **state)
{
	(void)state;
	supporter(30, 0, 1);
	supporter(31, 0, 1);
	supporter(32, 0, 0);
	account((struct opening){ .n = 50, .of_whom = 30, .roles = { ROLE_SUPPORTER } });
	account((struct opening){ .n = 51, .of_whom = 31, .roles = { ROLE_SUPPORTER, ROLE_COORDINATOR } });
	account((struct opening){ .n = 52, .of_whom = 32, .roles = { ROLE_SUPPORTER } });
	account((struct opening){ .n = 53, .roles = { ROLE_COORDINATOR } });
	night_of(D);
	assert_int_equal(rows_of("account_role|"), 3);
	night_of(D + AUDIT_NAMED_DAYS + 1);
	assert_int_equal(rows_of("account|"), 3); /* the one that had nothing else ended */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_was_offered_help_by_whom_goes_84_days_after_the_closing, set_up, tear_down),
		cmocka_unit_test(it_is_kept_longer_than_duty_tells_of_it),
		cmocka_unit_test_setup_teardown(a_file_that_has_ended_goes_after_400_days_with_all_but_the_key_log, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_account_goes_400_days_after_its_end_and_its_pseudonym_with_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_is_a_supporter_no_longer_loses_that_role_in_the_night_and_no_other, set_up, tear_down),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("haven tidy", tests, NULL, NULL);
}
