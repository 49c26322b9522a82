/* A role that sees names, or that confirms one, needs two people, on both databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "audit/audit.h"
#include "signin/signin_grants.h"
#include "signin/signin_testing.h"

static struct arena *arena;
static struct id whole_workplace;

static int set_up(void **state)
{
	(void)state;
	open_room();
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	close_room();
	return 0;
}

struct asking {
	const char *email;
	enum role role;
	struct id account;
	enum grant_way way;
	bool waits;
};

static enum result ask_work(struct tx *tx, void *ctx)
{
	struct asking *k = ctx;
	enum result res = signin_open(tx, random_system(), k->email, "Kari", LANG_NB, NULL, &k->account);
	if (res == RES_OK)
		res = grants_propose(tx, room, NULL, &k->account, k->role, &whole_workplace, &k->way);
	k->waits = k->way == GRANT_WAITS || k->way == GRANT_LONELY;
	return res;
}

/* As the operator's command does. */
static struct asking asked(const char *email, enum role role)
{
	struct asking k = {.email = email, .role = role};
	assert_int_equal(db_write(db, ask_work, &k), RES_OK);
	return k;
}

static enum result password_work(struct tx *tx, void *ctx)
{
	return signin_set_password(tx, ctx, NULL, "$argon2id$");
}

/* Somebody who could sign in. */
static struct id somebody(const char *email, enum role role)
{
	struct adding a = {.email = email, .name = "Berit", .role = role};
	assert_int_equal(add_account(&a), RES_OK);
	assert_int_equal(db_write(db, password_work, &a.id), RES_OK);
	return a.id;
}

struct reading {
	struct id account;
	uint32_t roles;
	struct grant *list;
	size_t n;
	int64_t entries;
};

static enum result read_work(struct tx *tx, void *ctx)
{
	struct reading *r = ctx;
	enum result res = grants_list(tx, arena, signin_today(room), &r->list, &r->n);
	if (res == RES_OK)
		res = signin_roles(tx, &r->account, &r->roles);
	return res == RES_OK ? audit_verify(tx, &r->entries) : res;
}

static struct reading now_of(const struct id *account)
{
	struct reading r = {.account = *account};
	assert_int_equal(db_read(db, read_work, &r), RES_OK);
	return r;
}

struct deciding {
	struct actor who;
	struct id grant;
	bool yes;
};

static enum result decide_work(struct tx *tx, void *ctx)
{
	struct deciding *d = ctx;
	return grants_decide(tx, room, &d->who, &d->grant, d->yes);
}

static enum result decided(struct id who, struct id grant, bool yes)
{
	struct deciding d = {.who = {.account = who}, .grant = grant, .yes = yes};
	return db_write(db, decide_work, &d);
}

/* ---- the behaviours ---- */

static int audit_entries(const char *what)
{
	struct buf dump = BUF_LIMIT(4 << 20);
	int n = 0;
	assert_int_equal(db_dump(db, &dump), RES_OK);
	for (const char *p = dump.p; (p = strstr(p, what)); p++)
		n++;
	buf_free(&dump);
	return n;
}

static void only_the_first_who_keeps_the_accounts_has_it_at_once_and_it_is_noted(void **state)
{
	(void)state;
	struct asking k = asked("first@x.example", ROLE_ADMIN);
	assert_int_equal(k.way, GRANT_FIRST);
	struct reading r = now_of(&k.account);
	assert_int_equal(r.roles, ROLE_ADMIN);
	assert_int_equal(r.n, 0);
	assert_int_equal(r.entries, 1);
	assert_int_equal(audit_entries("accounts/first"), 1);
	/* Who was only invited cannot sign in, and so cannot confirm; but she is the first. */
	assert_int_equal(asked("second@x.example", ROLE_ADMIN).way, GRANT_LONELY);
	assert_int_equal(asked("vera@x.example", ROLE_SAFETY).way, GRANT_LONELY);
	assert_int_equal(asked("emma@x.example", ROLE_LEADER).way, GRANT_LONELY);
	assert_int_equal(audit_entries("accounts/first"), 1);
}

static void on_an_empty_workplace_no_other_role_is_had_by_one_person_alone(void **state)
{
	(void)state;
	struct asking leader = asked("emma@x.example", ROLE_LEADER), safety = asked("vera@x.example", ROLE_SAFETY);
	assert_int_equal(leader.way, GRANT_LONELY);
	assert_int_equal(safety.way, GRANT_LONELY);
	assert_int_equal(now_of(&leader.account).roles, 0);
	assert_int_equal(lines("outbox|"), 0); /* there is nobody to ask */
	/* What waits is no account that could confirm: the first administrator is still the first, and sees it. */
	struct id admin = asked("admin@x.example", ROLE_ADMIN).account;
	assert_int_equal(db_write(db, password_work, &admin), RES_OK);
	assert_int_equal(now_of(&admin).n, 2);
	assert_int_equal(decided(admin, now_of(&admin).list[0].id, true), RES_OK);
}

static void one_operator_appoints_no_administrator_beside_those_who_are_there(void **state)
{
	(void)state;
	struct id admin = somebody("admin@x.example", ROLE_ADMIN);
	struct asking more = asked("more@x.example", ROLE_ADMIN), safety = asked("vera@x.example", ROLE_SAFETY);
	assert_int_equal(more.way, GRANT_WAITS);
	assert_int_equal(safety.way, GRANT_WAITS);
	assert_int_equal(now_of(&more.account).roles | now_of(&safety.account).roles, 0);
	struct reading r = now_of(&more.account);
	/* Neither confirms anything, since neither has the role. */
	for (size_t i = 0; i < r.n; i++)
		assert_int_equal(decided(admin, r.list[i].id, true), RES_OK);
	assert_int_equal(now_of(&more.account).roles, ROLE_ADMIN);
	assert_int_equal(now_of(&safety.account).roles, ROLE_SAFETY);
}

static enum result keepers_work(struct tx *tx, void *ctx)
{
	return signin_keepers(tx, ctx);
}

static int keepers(void)
{
	int64_t n = -1;
	assert_int_equal(db_read(db, keepers_work, &n), RES_OK);
	return (int)n;
}

static void those_who_keep_the_accounts_are_counted_once_they_can_sign_in(void **state)
{
	(void)state;
	struct id first = asked("first@x.example", ROLE_ADMIN).account;
	assert_int_equal(keepers(), 0);
	assert_int_equal(db_write(db, password_work, &first), RES_OK);
	assert_int_equal(keepers(), 1);
	somebody("vera@x.example", ROLE_SAFETY); /* confirms, and keeps none */
	assert_int_equal(keepers(), 1);
	somebody("more@x.example", ROLE_COORDINATOR);
	assert_int_equal(keepers(), 2);
}

static void with_somebody_there_a_role_that_sees_names_waits_and_does_nothing_until_then(void **state)
{
	(void)state;
	struct id admin = somebody("admin@x.example", ROLE_ADMIN);
	struct asking k = asked("emma@x.example", ROLE_LEADER);
	assert_true(k.waits);
	struct reading r = now_of(&k.account);
	assert_int_equal(r.roles, 0);
	assert_int_equal(r.n, 1);
	assert_int_equal(decided(admin, r.list[0].id, true), RES_OK);
	r = now_of(&k.account);
	assert_int_equal(r.roles, ROLE_LEADER);
	assert_int_equal(r.n, 0);
	assert_int_equal(r.entries, 2);
	/* What she has she is not asked for again. */
	assert_false(asked("emma@x.example", ROLE_LEADER).waits);
}

static void a_supporters_role_waits_for_nobody(void **state)
{
	(void)state;
	somebody("admin@x.example", ROLE_ADMIN);
	assert_int_equal(asked("liv@x.example", ROLE_SUPPORTER).way, GRANT_GIVEN);
	assert_true(asked("mona@x.example", ROLE_COORDINATOR).waits);
}

static void nobody_confirms_her_own(void **state)
{
	(void)state;
	struct id admin = somebody("admin@x.example", ROLE_ADMIN), other = somebody("vera@x.example", ROLE_SAFETY);
	struct asking k = asked("admin@x.example", ROLE_LEADER);
	assert_true(k.waits);
	struct reading r = now_of(&admin);
	assert_int_equal(decided(admin, r.list[0].id, true), RES_REFUSED);
	assert_int_equal(decided(admin, r.list[0].id, false), RES_REFUSED);
	assert_int_equal(now_of(&admin).roles, ROLE_ADMIN);
	assert_int_equal(decided(other, r.list[0].id, true), RES_OK);
	assert_int_equal(now_of(&admin).roles, ROLE_ADMIN | ROLE_LEADER);
}

static void who_is_alone_is_not_given_more_by_herself(void **state)
{
	(void)state;
	struct id admin = somebody("admin@x.example", ROLE_ADMIN);
	assert_int_equal(asked("admin@x.example", ROLE_LEADER).way, GRANT_LONELY);
	assert_int_equal(now_of(&admin).roles, ROLE_ADMIN);
}

static void a_no_takes_it_away_and_whoever_comes_second_changes_nothing(void **state)
{
	(void)state;
	struct id admin = somebody("admin@x.example", ROLE_ADMIN), other = somebody("vera@x.example", ROLE_SAFETY);
	struct asking k = asked("emma@x.example", ROLE_LEADER);
	struct id grant = now_of(&k.account).list[0].id;
	assert_int_equal(decided(admin, grant, false), RES_OK);
	assert_int_equal(decided(other, grant, true), RES_NONE);
	assert_int_equal(now_of(&k.account).roles, 0);
}

static enum result tidy_work(struct tx *tx, void *ctx)
{
	return signin_tidy(tx, (struct day){*(int *)ctx});
}

static void what_waits_is_there_for_fourteen_days_and_gone_after(void **state)
{
	(void)state;
	somebody("admin@x.example", ROLE_ADMIN);
	asked("emma@x.example", ROLE_LEADER);
	int day = signin_today(room).n + GRANT_DAYS;
	assert_int_equal(db_write(db, tidy_work, &day), RES_OK);
	assert_int_equal(lines("role_wanted|"), 1);
	day++;
	assert_int_equal(db_write(db, tidy_work, &day), RES_OK);
	assert_int_equal(lines("role_wanted|"), 0);
}

static void after_fourteen_days_it_cannot_be_confirmed_though_nobody_has_tidied(void **state)
{
	(void)state;
	struct id admin = somebody("admin@x.example", ROLE_ADMIN);
	struct asking k = asked("emma@x.example", ROLE_LEADER);
	struct id grant = now_of(&k.account).list[0].id;
	clock_set(by_hand, instant_add(clock_now(by_hand), (int64_t)(GRANT_DAYS + 1) * 86400));
	assert_int_equal(decided(admin, grant, true), RES_NONE);
	assert_int_equal(now_of(&k.account).roles, 0);
}

static void whoever_could_confirm_is_written_to_and_the_mail_says_nothing(void **state)
{
	struct buf dump = BUF_LIMIT(4 << 20);
	(void)state;
	somebody("admin@x.example", ROLE_ADMIN);
	somebody("vera@x.example", ROLE_SAFETY);
	somebody("ola@x.example", ROLE_LEADER); /* could not */
	int before = lines("outbox|");
	asked("emma@x.example", ROLE_LEADER);
	assert_int_equal(lines("outbox|") - before, 2);
	assert_int_equal(db_dump(db, &dump), RES_OK);
	const char *mail = strstr(dump.p, "outbox|");
	assert_non_null(mail);
	for (; mail; mail = strstr(mail + 1, "outbox|")) {
		char line[4000];
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(mail, "\n"), mail);
		assert_null(strstr(line, "emma"));
		assert_null(strstr(line, "to='ola"));
	}
	buf_free(&dump);
}

static enum result end_work(struct tx *tx, void *ctx)
{
	return signin_end_account(tx, ctx, signin_today(room));
}

static void nothing_waits_for_an_account_that_ended(void **state)
{
	(void)state;
	somebody("admin@x.example", ROLE_ADMIN);
	struct asking k = asked("emma@x.example", ROLE_LEADER);
	assert_int_equal(db_write(db, end_work, &k.account), RES_OK);
	assert_int_equal(lines("role_wanted|"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* ---- a unit has become another ---- */

struct becoming {
	struct id unit, becomes, by;
	bool whole;
};

static enum result became_work(struct tx *tx, void *ctx)
{
	struct becoming *b = ctx;
	return signin_unit_became(tx, room, &b->unit, &b->becomes, b->whole, &b->by);
}

struct reaching {
	struct id account;
	const struct id *units;
	size_t n;
};

static enum result reach_work(struct tx *tx, void *ctx)
{
	struct reaching *r = ctx;
	return signin_units(tx, arena, &r->account, ROLE_LEADER, &r->units, &r->n);
}

static struct reaching reach_of(struct id account)
{
	struct reaching r = {.account = account};
	assert_int_equal(db_read(db, reach_work, &r), RES_OK);
	return r;
}

static void under_another_name_a_unit_keeps_its_roles_and_one_that_is_larger_now_asks_a_second_person(void **state)
{
	struct becoming b = {.unit = {{1}}, .becomes = {{2}}, .whole = true};
	struct adding lead = {.email = "lise@x.example", .name = "Lise", .role = ROLE_LEADER, .unit = &b.unit};
	(void)state;
	b.by = somebody("ada@x.example", ROLE_ADMIN);
	struct id second = somebody("sara@x.example", ROLE_SAFETY);
	assert_int_equal(add_account(&lead), RES_OK);
	assert_int_equal(db_write(db, became_work, &b), RES_OK);
	struct reaching r = reach_of(lead.id);
	assert_int_equal(r.n, 1);
	assert_true(id_eq(&r.units[0], &b.becomes));
	assert_int_equal(now_of(&lead.id).n, 0);
	assert_int_equal(db_write(db, became_work, &b), RES_OK); /* harmless twice */
	assert_int_equal(reach_of(lead.id).n, 1);
	/* Into a larger one: she reaches no further until a second person says yes; who said that it has become that is not one. */
	b = (struct becoming){.unit = {{2}}, .becomes = {{3}}, .by = b.by};
	assert_int_equal(db_write(db, became_work, &b), RES_OK);
	r = reach_of(lead.id);
	assert_int_equal(r.n, 1);
	assert_true(id_eq(&r.units[0], &b.unit));
	struct reading waits = now_of(&lead.id);
	assert_int_equal(waits.n, 1);
	assert_true(id_eq(&waits.list[0].unit, &b.becomes));
	assert_int_equal(decided(b.by, waits.list[0].id, true), RES_REFUSED);
	assert_int_equal(decided(second, waits.list[0].id, true), RES_OK);
	assert_int_equal(reach_of(lead.id).n, 2);
}

struct proposing {
	struct id by, account, unit;
};

static enum result propose_work(struct tx *tx, void *ctx)
{
	struct proposing *p = ctx;
	struct actor actor = {.account = p->by};
	enum grant_way way;
	return grants_propose(tx, room, &actor, &p->account, ROLE_LEADER, &p->unit, &way);
}

static void a_role_that_waits_for_a_unit_that_joins_another_is_proposed_for_that_one_too(void **state)
{
	struct becoming b = {.unit = {{2}}, .becomes = {{3}}};
	struct adding lead = {.email = "lise@x.example", .name = "Lise", .role = ROLE_LEADER, .unit = &(struct id){{9}}};
	(void)state;
	b.by = somebody("ada@x.example", ROLE_ADMIN);
	struct id second = somebody("sara@x.example", ROLE_SAFETY);
	assert_int_equal(add_account(&lead), RES_OK);
	struct proposing p = {second, lead.id, b.unit};
	assert_int_equal(db_write(db, propose_work, &p), RES_OK);
	assert_int_equal(db_write(db, became_work, &b), RES_OK);
	struct reading waits = now_of(&lead.id);
	assert_int_equal(waits.n, 2);
	const struct grant *fresh = id_eq(&waits.list[0].unit, &b.becomes) ? &waits.list[0] : &waits.list[1];
	assert_true(id_eq(&fresh->unit, &b.becomes));
	assert_int_equal(reach_of(lead.id).n, 1);
	assert_int_equal(decided(b.by, fresh->id, true), RES_REFUSED); /* two people, as ever */
	assert_int_equal(decided(second, fresh->id, true), RES_OK);
	assert_int_equal(reach_of(lead.id).n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(only_the_first_who_keeps_the_accounts_has_it_at_once_and_it_is_noted),
	    TEST(on_an_empty_workplace_no_other_role_is_had_by_one_person_alone),
	    TEST(one_operator_appoints_no_administrator_beside_those_who_are_there),
	    TEST(those_who_keep_the_accounts_are_counted_once_they_can_sign_in),
	    TEST(a_role_that_waits_for_a_unit_that_joins_another_is_proposed_for_that_one_too),
	    TEST(under_another_name_a_unit_keeps_its_roles_and_one_that_is_larger_now_asks_a_second_person),
	    TEST(with_somebody_there_a_role_that_sees_names_waits_and_does_nothing_until_then),
	    TEST(a_supporters_role_waits_for_nobody),
	    TEST(nobody_confirms_her_own),
	    TEST(who_is_alone_is_not_given_more_by_herself),
	    TEST(a_no_takes_it_away_and_whoever_comes_second_changes_nothing),
	    TEST(what_waits_is_there_for_fourteen_days_and_gone_after),
	    TEST(after_fourteen_days_it_cannot_be_confirmed_though_nobody_has_tidied),
	    TEST(whoever_could_confirm_is_written_to_and_the_mail_says_nothing),
	    TEST(nothing_waits_for_an_account_that_ended),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("signin grants", tests, NULL, NULL);
}
