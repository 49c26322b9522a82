/* Accounts that are kept on a page, on both databases: what may be done, what may not, and two who press at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "signin/signin_accounts.h"
#include "signin/signin_testing.h"

static struct arena *arena;
static struct id ada, bo; /* two administrators */

static enum result password_work(struct tx *tx, void *ctx)
{
	return signin_set_password(tx, ctx, NULL, "$argon2id$");
}

/* Somebody who has chosen a passphrase. */
static struct id somebody(const char *email, const char *name, enum role role)
{
	struct adding a = {.email = email, .name = name, .role = role};
	assert_int_equal(add_account(&a), RES_OK);
	assert_int_equal(db_write(db, password_work, &a.id), RES_OK);
	return a.id;
}

static int set_up(void **state)
{
	(void)state;
	open_room();
	arena = arena_new();
	ada = somebody("ada@x.example", "Ada", ROLE_ADMIN);
	bo = somebody("bo@x.example", "Bo", ROLE_ADMIN);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	close_room();
	return 0;
}

struct doing {
	struct id who, account, grant;
	struct accounts_fresh fresh;
	enum grant_way way;
	enum accounts_said said;
	bool yes;
};

static enum result add_work(struct tx *tx, void *ctx)
{
	struct doing *d = ctx;
	struct actor who = {.account = d->who};
	return accounts_add(tx, room, &who, &d->fresh, &d->account, &d->way, &d->said);
}

static enum result ask_work(struct tx *tx, void *ctx)
{
	struct doing *d = ctx;
	struct actor who = {.account = d->who};
	return accounts_ask(tx, room, &who, &d->account, d->fresh.role, &d->fresh.unit, &d->way, &d->said);
}

static enum result take_work(struct tx *tx, void *ctx)
{
	struct doing *d = ctx;
	struct actor who = {.account = d->who};
	return accounts_take(tx, room, &who, &d->account, d->fresh.role, &d->fresh.unit, &d->said);
}

static enum result end_work(struct tx *tx, void *ctx)
{
	struct doing *d = ctx;
	struct actor who = {.account = d->who};
	return accounts_end(tx, room, &who, &d->account, &d->said);
}

static enum result invite_work(struct tx *tx, void *ctx)
{
	struct doing *d = ctx;
	struct actor who = {.account = d->who};
	return accounts_invite(tx, room, &who, &d->account, &d->said);
}

static enum result decide_work(struct tx *tx, void *ctx)
{
	struct doing *d = ctx;
	struct actor who = {.account = d->who};
	return grants_decide(tx, room, &who, &d->grant, d->yes);
}

static struct doing added(const struct id *who, const char *email, const char *name, enum role role)
{
	struct doing d = {.who = *who, .fresh = {.email = email, .name = name, .lang = LANG_SV, .role = role}};
	assert_int_equal(db_write(db, add_work, &d), RES_OK);
	return d;
}

static enum accounts_said said(db_work *work, const struct id *who, const struct id *account, enum role role)
{
	struct doing d = {.who = *who, .account = *account, .fresh = {.role = role}};
	assert_int_equal(db_write(db, work, &d), RES_OK);
	return d.said;
}

struct reading {
	struct id account;
	struct accounts_one one;
	int64_t entries;
	uint32_t roles;
};

static enum result read_work(struct tx *tx, void *ctx)
{
	struct reading *r = ctx;
	enum result res = accounts_get(tx, room, arena, &r->account, &r->one);
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

static enum result decided(const struct id *who, const struct id *grant, bool yes)
{
	struct doing d = {.who = *who, .grant = *grant, .yes = yes};
	return db_write(db, decide_work, &d);
}

struct looking {
	const char *words;
	int64_t page;
	struct accounts_list list;
};

static enum result look_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	struct actor who = {.account = ada};
	return accounts_look(tx, room, arena, &who, slice_of(l->words), l->page, &l->list);
}

static struct accounts_list looked(const char *words, int64_t page)
{
	struct looking l = {.words = words, .page = page};
	assert_int_equal(db_write(db, look_work, &l), RES_OK);
	return l.list;
}

/* ---- adding ---- */

static void who_is_added_is_invited_and_her_role_waits_for_somebody_else(void **state)
{
	(void)state;
	struct doing d = added(&ada, " Emma@X.example ", "Emma O'Brien", ROLE_LEADER);
	assert_int_equal(d.said, ACCOUNTS_DONE);
	assert_int_equal(d.way, GRANT_WAITS);
	struct reading r = now_of(&d.account);
	assert_string_equal(r.one.row.email, "emma@x.example");
	assert_int_equal(r.one.row.lang, LANG_SV);
	assert_int_equal(r.roles, 0);
	assert_int_equal(r.one.waits_n, 1);
	assert_int_equal(lines("outbox|"), 2); /* the invitation, and Bo is asked */
	assert_int_equal(decided(&ada, &r.one.waits[0].id, true), RES_REFUSED);
	assert_int_equal(now_of(&d.account).roles, 0);
	assert_int_equal(decided(&bo, &r.one.waits[0].id, true), RES_OK);
	r = now_of(&d.account);
	assert_int_equal(r.roles, ROLE_LEADER);
	assert_int_equal(r.one.roles[0].since.n, signin_today(room).n);
	assert_int_equal(r.one.waits_n, 0);
}

static void on_the_page_a_role_that_could_confirm_waits_too(void **state)
{
	(void)state;
	/* Else whoever keeps the accounts would make herself the second person. */
	assert_int_equal(added(&ada, "ada2@x.example", "Ada again", ROLE_ADMIN).way, GRANT_WAITS);
	assert_int_equal(added(&ada, "ada3@x.example", "Ada again", ROLE_SAFETY).way, GRANT_WAITS);
}

static void with_nobody_to_confirm_it_waits_all_the_same(void **state)
{
	(void)state;
	assert_int_equal(said(end_work, &ada, &bo, 0), ACCOUNTS_DONE);
	struct doing d = added(&ada, "emma@x.example", "Emma", ROLE_LEADER);
	assert_int_equal(d.way, GRANT_LONELY);
	assert_int_equal(now_of(&d.account).roles, 0);
}

static void whoever_asked_may_take_it_back(void **state)
{
	(void)state;
	struct doing d = added(&ada, "emma@x.example", "Emma", ROLE_LEADER);
	struct reading r = now_of(&d.account);
	assert_int_equal(decided(&ada, &r.one.waits[0].id, false), RES_OK);
	assert_int_equal(now_of(&d.account).one.waits_n, 0);
	assert_int_equal(decided(&bo, &r.one.waits[0].id, true), RES_NONE);
}

static void an_address_that_somebody_has_is_not_added_again(void **state)
{
	(void)state;
	struct doing first = added(&ada, "emma@x.example", "Emma", ROLE_LEADER);
	int mails = lines("outbox|");
	struct doing again = added(&bo, "EMMA@x.example", "Somebody else", ROLE_ADMIN);
	assert_int_equal(again.said, ACCOUNTS_THERE);
	assert_true(id_eq(&again.account, &first.account));
	assert_string_equal(now_of(&first.account).one.row.name, "Emma");
	assert_int_equal(lines("outbox|"), mails);
}

static void who_had_ended_begins_anew(void **state)
{
	(void)state;
	struct id liv = somebody("liv@x.example", "Liv", ROLE_SAFETY);
	assert_int_equal(said(end_work, &ada, &liv, 0), ACCOUNTS_DONE);
	struct doing d = added(&ada, "liv@x.example", "Liv Ny", ROLE_LEADER);
	assert_int_equal(d.said, ACCOUNTS_DONE);
	struct reading r = now_of(&d.account);
	assert_null(r.one.row.password);
	assert_int_equal(r.roles, 0);
}

static void what_is_no_address_or_no_name_changes_nothing(void **state)
{
	static const struct accounts_fresh bad[] = {
	    {.email = "emma", .name = "Emma", .role = ROLE_LEADER},
	    {.email = "emma@x.example", .name = "", .role = ROLE_LEADER},
	    {.email = "emma@x.example\r\nBcc: x@x.example", .name = "Emma", .role = ROLE_LEADER},
	};
	(void)state;
	int before = lines("account|");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct doing d = {.who = ada, .fresh = bad[i]};
		assert_int_equal(db_write(db, add_work, &d), RES_BAD);
	}
	assert_int_equal(lines("account|"), before);
}

/* ---- one more role ---- */

static void a_role_that_is_had_is_not_asked_for(void **state)
{
	(void)state;
	struct id emma = somebody("emma@x.example", "Emma", ROLE_LEADER);
	struct doing d = {.who = ada, .account = emma, .fresh = {.role = ROLE_LEADER}};
	assert_int_equal(db_write(db, ask_work, &d), RES_OK);
	assert_int_equal(d.way, GRANT_HAD);
	d.fresh.role = ROLE_SAFETY;
	assert_int_equal(db_write(db, ask_work, &d), RES_OK);
	assert_int_equal(d.way, GRANT_WAITS);
}

/* ---- taking away ---- */

static void a_role_is_taken_away_at_once_and_the_others_stay(void **state)
{
	(void)state;
	struct id emma = somebody("emma@x.example", "Emma", ROLE_LEADER);
	somebody("emma@x.example", "Emma", ROLE_SAFETY);
	int64_t entries = now_of(&emma).entries;
	assert_int_equal(said(take_work, &ada, &emma, ROLE_LEADER), ACCOUNTS_DONE);
	assert_int_equal(now_of(&emma).roles, ROLE_SAFETY);
	assert_int_equal(now_of(&emma).entries, entries + 1);
	assert_int_equal(said(take_work, &bo, &emma, ROLE_LEADER), ACCOUNTS_GONE); /* somebody else was first */
	assert_int_equal(now_of(&emma).entries, entries + 1);
}

static void the_last_who_keeps_the_accounts_stays(void **state)
{
	(void)state;
	assert_int_equal(said(take_work, &ada, &bo, ROLE_ADMIN), ACCOUNTS_DONE);
	assert_int_equal(said(take_work, &ada, &ada, ROLE_ADMIN), ACCOUNTS_LAST);
	assert_int_equal(said(end_work, &ada, &ada, 0), ACCOUNTS_LAST);
	assert_int_equal(now_of(&ada).roles, ROLE_ADMIN);
	/* Who was only invited cannot keep them yet. */
	struct adding liv = {.email = "liv@x.example", .name = "Liv", .role = ROLE_ADMIN};
	assert_int_equal(add_account(&liv), RES_OK);
	assert_int_equal(said(end_work, &ada, &ada, 0), ACCOUNTS_LAST);
	assert_int_equal(db_write(db, password_work, &liv.id), RES_OK);
	assert_int_equal(said(end_work, &ada, &ada, 0), ACCOUNTS_DONE);
}

static void what_somebody_asked_for_goes_with_her_role_of_asking(void **state)
{
	(void)state;
	struct doing emma = added(&bo, "emma@x.example", "Emma", ROLE_LEADER);
	assert_int_equal(said(take_work, &ada, &bo, ROLE_ADMIN), ACCOUNTS_DONE);
	assert_int_equal(now_of(&emma.account).one.waits_n, 0);
}

static void who_keeps_accounts_no_more_changes_nothing_though_her_page_is_open(void **state)
{
	(void)state;
	struct id emma = somebody("emma@x.example", "Emma", ROLE_LEADER);
	assert_int_equal(said(take_work, &ada, &bo, ROLE_ADMIN), ACCOUNTS_DONE);
	db_work *const all[] = {add_work, ask_work, take_work, end_work, invite_work};
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct doing d = {.who = bo, .account = emma, .fresh = {.email = "n@x.example", .name = "N", .role = ROLE_LEADER}};
		assert_int_equal(db_write(db, all[i], &d), RES_OK);
		assert_int_equal(d.said, ACCOUNTS_NOT_YOU);
	}
	assert_int_equal(now_of(&emma).roles, ROLE_LEADER);
	assert_int_equal(lines("role_wanted|"), 0);
}

/* ---- ending ---- */

static void whoever_ends_is_gone_from_everywhere(void **state)
{
	(void)state;
	struct id emma = somebody("emma@x.example", "Emma", ROLE_LEADER);
	struct doing asked = {.who = ada, .account = emma, .fresh = {.role = ROLE_SAFETY}};
	assert_int_equal(db_write(db, ask_work, &asked), RES_OK);
	assert_int_equal(said(end_work, &ada, &emma, 0), ACCOUNTS_DONE);
	struct reading r = {.account = emma};
	assert_int_equal(db_read(db, read_work, &r), RES_NONE);
	assert_int_equal(lines("role_wanted|"), 0);
	db_work *const all[] = {ask_work, take_work, end_work, invite_work};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(said(all[i], &bo, &emma, ROLE_LEADER), ACCOUNTS_GONE);
	struct id nobody = {{9}};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(said(all[i], &bo, &nobody, ROLE_LEADER), ACCOUNTS_GONE);
}

static void a_new_link_leaves_the_passphrase_as_it_is(void **state)
{
	(void)state;
	struct id emma = somebody("emma@x.example", "Emma", ROLE_LEADER);
	int mails = lines("outbox|");
	assert_int_equal(said(invite_work, &ada, &emma, 0), ACCOUNTS_DONE);
	assert_int_equal(lines("outbox|"), mails + 1);
	assert_string_equal(now_of(&emma).one.row.password, "$argon2id$");
}

/* ---- two at once ---- */

struct racer {
	struct doing d;
	db_work *work;
	pthread_barrier_t *line;
	enum result res;
};

static void *race(void *ctx)
{
	struct racer *r = ctx;
	pthread_barrier_wait(r->line);
	r->res = db_write(db, r->work, &r->d);
	return NULL;
}

static void both(struct racer r[2])
{
	pthread_barrier_t line;
	pthread_t threads[2];
	pthread_barrier_init(&line, NULL, 2);
	for (int i = 0; i < 2; i++) {
		r[i].line = &line;
		assert_int_equal(pthread_create(&threads[i], NULL, race, &r[i]), 0);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&line);
	assert_int_equal(r[0].res, RES_OK);
	assert_int_equal(r[1].res, RES_OK);
}

static void two_who_end_each_other_at_once_leave_one(void **state)
{
	(void)state;
	struct racer r[2] = {{.d = {.who = ada, .account = bo}, .work = end_work}, {.d = {.who = bo, .account = ada}, .work = end_work}};
	both(r);
	assert_int_equal((r[0].d.said == ACCOUNTS_DONE) + (r[1].d.said == ACCOUNTS_DONE), 1);
	assert_int_equal(r[0].d.said == ACCOUNTS_DONE ? r[1].d.said : r[0].d.said, ACCOUNTS_NOT_YOU);
}

static void two_who_give_up_their_role_at_once_leave_one(void **state)
{
	(void)state;
	struct racer r[2] = {{.d = {.who = ada, .account = ada, .fresh = {.role = ROLE_ADMIN}}, .work = take_work},
			     {.d = {.who = bo, .account = bo, .fresh = {.role = ROLE_ADMIN}}, .work = take_work}};
	both(r);
	assert_int_equal((r[0].d.said == ACCOUNTS_DONE) + (r[1].d.said == ACCOUNTS_DONE), 1);
	assert_int_equal((r[0].d.said == ACCOUNTS_LAST) + (r[1].d.said == ACCOUNTS_LAST), 1);
}

static void two_who_add_the_same_at_once_make_one(void **state)
{
	(void)state;
	struct accounts_fresh emma = {.email = "emma@x.example", .name = "Emma", .role = ROLE_LEADER};
	struct racer r[2] = {{.d = {.who = ada, .fresh = emma}, .work = add_work}, {.d = {.who = bo, .fresh = emma}, .work = add_work}};
	both(r);
	assert_int_equal((r[0].d.said == ACCOUNTS_DONE) + (r[1].d.said == ACCOUNTS_DONE), 1);
	assert_int_equal((r[0].d.said == ACCOUNTS_THERE) + (r[1].d.said == ACCOUNTS_THERE), 1);
	assert_int_equal(lines("role_wanted|"), 1);
}

/* ---- the list ---- */

static void the_list_has_everybody_by_address_fifty_at_a_time(void **state)
{
	char email[40];
	(void)state;
	for (int i = 0; i < 230; i++) {
		snprintf(email, sizeof(email), "p%03d@x.example", i);
		struct adding a = {.email = email, .name = "Somebody", .role = ROLE_LEADER};
		assert_int_equal(add_account(&a), RES_OK);
	}
	struct accounts_list l = looked("", 0);
	assert_int_equal(l.total, 232);
	assert_int_equal(l.n, ACCOUNTS_PAGE);
	assert_string_equal(l.list[0].row.email, "ada@x.example");
	assert_string_equal(l.list[2].row.email, "p000@x.example");
	assert_int_equal(l.list[0].roles_n, 1);
	l = looked("", 4); /* past what is read at once */
	assert_int_equal(l.n, 32);
	assert_int_equal(l.before, 200);
	assert_string_equal(l.list[31].row.email, "p229@x.example");
	assert_int_equal(looked("", 5).n, 0);
	assert_int_equal(looked("", 10000).n, 0);
	l = looked("p2", 0);
	assert_int_equal(l.n, 30);
	l = looked("somebody", 0); /* more than a page */
	assert_int_equal(l.n, ACCOUNTS_PAGE);
	assert_true(l.total > ACCOUNTS_PAGE);
}

static void somebody_is_found_by_any_part_of_name_or_address(void **state)
{
	char name[201] = {0};
	(void)state;
	memset(name, 'x', 200);
	somebody("aase@x.example", "Åse O’Brien", ROLE_LEADER);
	somebody("long@x.example", name, ROLE_LEADER);
	assert_int_equal(looked("åSE", 0).n, 1);
	assert_int_equal(looked("o'brien", 0).n, 1);
	assert_int_equal(looked(" AASE@ ", 0).n, 1);
	assert_int_equal(looked(name, 0).n, 1);
	assert_int_equal(looked("%", 0).n, 0);
	assert_int_equal(looked("nobody", 0).n, 0);
}

static void who_has_ended_is_not_in_the_list_and_each_look_is_noted(void **state)
{
	(void)state;
	int64_t before = now_of(&ada).entries;
	assert_int_equal(looked("", 0).total, 2);
	assert_int_equal(now_of(&ada).entries, before + 1);
	assert_int_equal(said(end_work, &ada, &bo, 0), ACCOUNTS_DONE);
	assert_int_equal(looked("", 0).total, 1);
	assert_int_equal(looked("bo@", 0).n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(who_is_added_is_invited_and_her_role_waits_for_somebody_else),
	    TEST(on_the_page_a_role_that_could_confirm_waits_too),
	    TEST(with_nobody_to_confirm_it_waits_all_the_same),
	    TEST(whoever_asked_may_take_it_back),
	    TEST(an_address_that_somebody_has_is_not_added_again),
	    TEST(who_had_ended_begins_anew),
	    TEST(what_is_no_address_or_no_name_changes_nothing),
	    TEST(a_role_that_is_had_is_not_asked_for),
	    TEST(a_role_is_taken_away_at_once_and_the_others_stay),
	    TEST(the_last_who_keeps_the_accounts_stays),
	    TEST(what_somebody_asked_for_goes_with_her_role_of_asking),
	    TEST(who_keeps_accounts_no_more_changes_nothing_though_her_page_is_open),
	    TEST(whoever_ends_is_gone_from_everywhere),
	    TEST(a_new_link_leaves_the_passphrase_as_it_is),
	    TEST(two_who_end_each_other_at_once_leave_one),
	    TEST(two_who_give_up_their_role_at_once_leave_one),
	    TEST(two_who_add_the_same_at_once_make_one),
	    TEST(the_list_has_everybody_by_address_fifty_at_a_time),
	    TEST(somebody_is_found_by_any_part_of_name_or_address),
	    TEST(who_has_ended_is_not_in_the_list_and_each_look_is_noted),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("signin accounts", tests, NULL, NULL);
}
