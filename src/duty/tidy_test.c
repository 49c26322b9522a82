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
#include "duty/incidents/incidents.h"
#include "duty/people/people.h"
#include "duty/tidy.h"
#include "signin/signin.h"

extern const struct migration duty_migrations[];
extern const size_t duty_migrations_n;

#define D 20000 /* the day on which all of it was made, or ended */

static struct db *db;

SQL(unit_put, "bt", "", "INSERT INTO unit (id, name, path) VALUES ($1, $2, $2)");
SQL(person_put, "bti?i", "",
    "INSERT INTO person (id, name, folded, email, leads, staff_responsibility, protected, place, ended_day, rev) "
    "VALUES ($1, $2, $1, $2, 0, 0, 0, $4, $3, $4)");
SQL(word_put, "b", "", "INSERT INTO person_word (word, person) VALUES ($1, $1)");
SQL(incident_put, "bbii", "",
    "INSERT INTO incident (id, kind, severity, happened_at, unit, sentence, made_by, made_at, once, rev) "
    "VALUES ($1, 0, 1, $3, $2, 'Noe', $1, $3, $1, $4)");
SQL(exposure_put, "bbb", "", "INSERT INTO exposure (id, incident, person, how, seat, named_day) VALUES ($1, $2, $3, 0, 1, 0)");
SQL(party_put, "bb", "", "INSERT INTO party (incident, person) VALUES ($1, $2)");
SQL(coverage_put, "b", "", "INSERT INTO coverage (exposure) VALUES ($1)");
SQL(account_put, "btb?i?", "", "INSERT INTO account (id, email, name, lang, of_whom, ended_day) VALUES ($1, $2, $2, 'nb', $3, $4)");
SQL(role_put, "bi", "", "INSERT INTO account_role (account, role, unit) VALUES ($1, $2, $1)");
SQL(name_put, "b", "", "INSERT INTO audit_name (who, account) VALUES ($1, $1)");
SQL(session_put, "bi", "", "INSERT INTO session (hash, account, csrf, expires_day) VALUES ($1, $1, $1, $2)");
SQL(invite_put, "bi", "", "INSERT INTO invite (hash, account, expires_day) VALUES ($1, $1, $2)");

static struct id numbered(int n)
{
	struct id id = { { 1, (unsigned char)(n >> 8), (unsigned char)n } };
	return id;
}

/* As a row is written in a dump: "T|" and what its first column begins with. */
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
	db_for_test(duty_migrations, duty_migrations_n, &db);
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
	return duty_tidy(tx, (struct day){ *(int *)ctx });
}

static void night_of(int day)
{
	assert_int_equal(db_write(db, tidy_work, &day), RES_OK);
}

/* Anne (1) works here and Bo (2) left on D; an incident of D names both. */
static enum result town_work(struct tx *tx, void *ctx)
{
	struct id unit = numbered(90), anne = numbered(1), bo = numbered(2), in = numbered(10), seats[] = { numbered(11), numbered(12) };
	bool with_incident = *(bool *)ctx;
	int64_t noon = day_at((struct day){ D }, 12, 0).s;
	enum result res = db_do(tx, &unit_put, NULL, v_id(&unit), v_str("A"));
	if (res == RES_OK)
		res = db_do(tx, &person_put, NULL, v_id(&anne), v_str("anne@x.example"), v_null(), v_int(1));
	if (res == RES_OK)
		res = db_do(tx, &person_put, NULL, v_id(&bo), v_str("bo@x.example"), v_int(D), v_int(2));
	if (res == RES_OK)
		res = db_do(tx, &word_put, NULL, v_id(&bo));
	if (res == RES_OK && with_incident)
		res = db_do(tx, &incident_put, NULL, v_id(&in), v_id(&unit), v_int(noon), v_int(1));
	if (res == RES_OK && with_incident)
		res = db_do(tx, &party_put, NULL, v_id(&in), v_id(&bo));
	for (int i = 0; res == RES_OK && with_incident && i < 2; i++) {
		res = db_do(tx, &exposure_put, NULL, v_id(&seats[i]), v_id(&in), v_id(i ? &bo : &anne));
		if (res == RES_OK)
			res = db_do(tx, &coverage_put, NULL, v_id(&seats[i]));
	}
	return res;
}

static void town(bool with_incident)
{
	assert_int_equal(db_write(db, town_work, &with_incident), RES_OK);
}

static void an_incident_and_who_was_in_it_go_after_five_years(void **state)
{
	(void)state;
	town(true);
	night_of(D + INCIDENTS_KEPT_DAYS);
	assert_int_equal(rows_of("incident|"), 1);
	assert_int_equal(rows_of("exposure|"), 2);
	assert_int_equal(rows_of("coverage|"), 2);
	assert_int_equal(rows_of("party|"), 1);
	night_of(D + INCIDENTS_KEPT_DAYS + 1);
	assert_int_equal(rows_of("incident|"), 0);
	assert_int_equal(rows_of("exposure|"), 0);
	assert_int_equal(rows_of("coverage|"), 0);
	assert_int_equal(rows_of("party|"), 0);
	assert_int_equal(rows_of("unit|"), 1);
}

static void who_has_left_goes_after_400_days_and_who_works_here_never(void **state)
{
	(void)state;
	town(false);
	night_of(D + PEOPLE_LEFT_DAYS);
	assert_int_equal(rows_of("person|"), 2);
	assert_int_equal(rows_of("person_word|"), 1);
	night_of(D + PEOPLE_LEFT_DAYS + 1);
	assert_int_equal(rows_of("person|"), 1);
	assert_int_equal(rows_of("person_word|"), 0);
	night_of(D + 40 * 365);
	assert_int_equal(rows_of("person|"), 1);
}

static void who_has_left_is_kept_as_long_as_an_incident_names_her(void **state)
{
	(void)state;
	town(true);
	night_of(D + INCIDENTS_KEPT_DAYS);
	assert_int_equal(rows_of("person|"), 2);
	night_of(D + INCIDENTS_KEPT_DAYS + 1);
	assert_int_equal(rows_of("person|"), 1);
}

/* ---- accounts ---- */

struct putting {
	int n;
	const char *email;
	int of_whom, ended; /* 0: NULL */
};

static enum result account_work(struct tx *tx, void *ctx)
{
	const struct putting *p = ctx;
	struct id id = numbered(p->n), of_whom = numbered(p->of_whom);
	enum result res = db_do(tx, &account_put, NULL, v_id(&id), v_str(p->email), v_id(p->of_whom ? &of_whom : NULL),
				p->ended ? v_int(p->ended) : v_null());
	if (res == RES_OK)
		res = db_do(tx, &name_put, NULL, v_id(&id));
	if (res == RES_OK && !p->ended)
		res = db_do(tx, &role_put, NULL, v_id(&id), v_int(ROLE_LEADER));
	if (res == RES_OK && !p->ended)
		res = db_do(tx, &session_put, NULL, v_id(&id), v_int(D + 1));
	return res == RES_OK && !p->ended ? db_do(tx, &invite_put, NULL, v_id(&id), v_int(D + 7)) : res;
}

static void account(int n, const char *email, int of_whom, int ended)
{
	struct putting p = { n, email, of_whom, ended };
	assert_int_equal(db_write(db, account_work, &p), RES_OK);
}

static void an_account_goes_400_days_after_its_end_and_its_pseudonym_with_it(void **state)
{
	(void)state;
	account(50, "gone@x.example", 0, D);
	account(51, "here@x.example", 0, 0);
	night_of(D + AUDIT_NAMED_DAYS);
	assert_int_equal(rows_of("account|"), 2);
	assert_int_equal(rows_of("audit_name|"), 2);
	night_of(D + AUDIT_NAMED_DAYS + 1);
	assert_int_equal(rows_of("account|"), 1);
	assert_int_equal(rows_of("audit_name|"), 1);
	night_of(D + 40 * 365);
	assert_int_equal(rows_of("account|"), 1);
}

static void a_session_and_a_link_go_after_their_last_day(void **state)
{
	(void)state;
	account(51, "here@x.example", 0, 0);
	night_of(D + 1);
	assert_int_equal(rows_of("session|"), 1);
	night_of(D + 2);
	assert_int_equal(rows_of("session|"), 0);
	night_of(D + 7);
	assert_int_equal(rows_of("invite|"), 1);
	night_of(D + 8);
	assert_int_equal(rows_of("invite|"), 0);
}

static void an_account_ends_in_the_night_after_its_owner_left(void **state)
{
	(void)state;
	town(false);
	account(50, "bo@elsewhere.example", 2, 0); /* whose it is was said */
	account(51, "anne@x.example", 0, 0);       /* the address says it */
	account(52, "unknown@x.example", 0, 0);
	night_of(D + 1);
	assert_int_equal(rows_of("account_role|"), 2);
	assert_int_equal(rows_of("session|"), 2);
	assert_int_equal(rows_of("account|"), 3);
}

SQL(leave, "bi", "", "UPDATE person SET ended_day = $2 WHERE id = $1");
SQL(share, "t", "", "UPDATE person SET email = $1");

static enum result anne_leaves(struct tx *tx, void *ctx)
{
	struct id anne = numbered(1);
	(void)ctx;
	return db_do(tx, &leave, NULL, v_id(&anne), v_int(D));
}

static enum result all_share(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &share, NULL, v_str("anne@x.example"));
}

static void whose_an_account_is_is_kept_from_the_night_on_in_which_the_address_said_it(void **state)
{
	(void)state;
	town(false);
	account(51, "anne@x.example", 0, 0);
	night_of(D);
	assert_int_equal(rows_of("account_role|"), 1);
	assert_int_equal(db_write(db, anne_leaves, NULL), RES_OK);
	night_of(D);
	assert_int_equal(rows_of("account_role|"), 0);
}

static enum result third_work(struct tx *tx, void *ctx)
{
	struct id third = numbered(3);
	(void)ctx;
	return db_do(tx, &person_put, NULL, v_id(&third), v_str("cecilie@x.example"), v_null(), v_int(3));
}

static void an_address_that_several_share_says_nothing(void **state)
{
	(void)state;
	town(false);
	account(51, "anne@x.example", 0, 0);
	assert_int_equal(db_write(db, third_work, NULL), RES_OK);
	assert_int_equal(db_write(db, all_share, NULL), RES_OK);
	night_of(D); /* whose it is cannot be told */
	assert_int_equal(db_write(db, anne_leaves, NULL), RES_OK);
	night_of(D); /* Cecilie's now: nothing else speaks for anybody */
	assert_int_equal(rows_of("account_role|"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_incident_and_who_was_in_it_go_after_five_years, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_has_left_goes_after_400_days_and_who_works_here_never, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_has_left_is_kept_as_long_as_an_incident_names_her, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_account_goes_400_days_after_its_end_and_its_pseudonym_with_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_session_and_a_link_go_after_their_last_day, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_account_ends_in_the_night_after_its_owner_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(whose_an_account_is_is_kept_from_the_night_on_in_which_the_address_said_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_address_that_several_share_says_nothing, set_up, tear_down),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("duty tidy", tests, NULL, NULL);
}
