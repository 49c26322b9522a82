/* Who is a party decides about nobody who was left out of it, and who cannot sign in decides about nothing. On both databases, through the pages. */
#include "duty/duty_testing.h"

#include "clockwork/clockwork.h"
#include "duty/missing/missing_round.h"

#define KARI "who=other&day=1&clock=22.40&place=emergency&name=Kari+Hansen&contact=kari%40fjordvik.example&teller=Siri"
#define NOWHERE "who=other&day=1&place=The+car+park&name=Viktor+Vikar&contact=%2B47+00+00+00+09"

static void tell(const char *rest)
{
	struct id once = id_new(random_system(), "test/once");
	town_gives(TOWN_ACCOUNTS, "POST", "/there", arena_printf(town.a, "once=%s&%s", id_text(&once).s, rest), 303, NULL);
}

struct looked {
	struct actor who;
	struct missing *list;
	size_t n, more;
};

static enum result list_work(struct tx *tx, void *ctx)
{
	struct looked *l = ctx;
	return missing_list(tx, town.a, &l->who, 100, &l->list, &l->n, &l->more);
}

static struct looked listed(enum town_leader who)
{
	struct looked l = { .who = town_actor(who) };
	assert_int_equal(db_read(town.db, list_work, &l), RES_OK);
	return l;
}

/* Of Emma's unit, with Mehmet affected and this one a party, so many days ago. */
static struct id incident_of(const char *party, int days)
{
	struct incident_seat s[] = { { .person = town_person("103") }, { .person = town_person(party), .part = SEAT_PARTY } };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, s, 2) };
	r.draft.happened = (struct instant){ TOWN_NOW - days * INT64_C(86400) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	return r.incident;
}

struct giving {
	const char *email;
	enum role role;
	struct id unit, account;
	bool signs_in;
};

static enum result give_work(struct tx *tx, void *ctx)
{
	struct giving *g = ctx;
	enum result res = signin_add(tx, random_system(), g->email, "somebody", LANG_EN, NULL, g->role, &g->unit, (struct day){ 20775 }, &g->account);
	return res == RES_OK && g->signs_in ? town_may_sign_in(tx, &g->account) : res;
}

static void give(struct giving g)
{
	assert_int_equal(db_write(town.db, give_work, &g), RES_OK);
}

SQL(test_invited, "b", "", "UPDATE account SET password = NULL WHERE id = $1");

static enum result invited_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_invited, NULL, v_id(ctx));
}

static int rows_with(const char *text)
{
	struct buf dump = BUF_LIMIT((size_t)8 << 20);
	struct slice rest, line;
	int n = 0;
	assert_int_equal(db_dump(town.db, &dump), RES_OK);
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += strstr(arena_str(town.a, line), text) != NULL;
	buf_free(&dump);
	return n;
}

static void asked(int emma, int mons, int vera, int ada)
{
	static const char *const names[] = { "emma", "mons", "vera", "ada" };
	const int want[] = { emma, mons, vera, ada };
	struct clockwork *cw = clockwork_new(town.db, town.clock);
	int done;
	missing_jobs(&town.missing, cw);
	clock_set(town.clock, instant_add(clock_now(town.clock), MISSING_GATHER + 60));
	assert_int_equal(clockwork_settle(cw, &done), RES_OK);
	clockwork_free(&cw);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(rows_with(arena_printf(town.a, "'%s@fjordvik.example'|'Something is waiting", names[i])), want[i]);
}

static void a_party_neither_reads_nor_decides_and_the_safety_representative_does(void **state)
{
	(void)state;
	struct id incident = incident_of("101", 1), kari = town_person("102");
	tell(KARI);
	struct looked l = listed(VERA);
	assert_int_equal(l.n, 1);
	assert_true(l.list[0].reads);
	const char *path = arena_printf(town.a, "/reported/%s", id_text(&l.list[0].id).s);
	assert_int_equal(listed(EMMA).n, 0);
	for (enum town_leader who = EMMA; who <= ADA; who++) {
		if (who == VERA)
			continue;
		int no = who == ADA ? 403 : 404;
		town_gives(who, "GET", path, NULL, no, "!Kari", "!Siri", NULL);
		town_gives(who, "GET", arena_printf(town.a, "%s/not-so", path), NULL, no, "!Kari", NULL);
		town_gives(who, "POST", arena_printf(town.a, "%s/not-so", path), "csrf=token", no, NULL);
		town_gives(who, "POST", path, arena_printf(town.a, "csrf=token&was=0&person=%s&incident=%s", id_text(&kari).s, id_text(&incident).s), no, NULL);
		town_gives(who, "GET", arena_printf(town.a, "%s/unit", path), NULL, who == ADA || who == VERA ? 404 : 403, NULL);
	}
	town_gives(EMMA, "GET", arena_printf(town.a, "/incidents/new?from=%s", id_text(&l.list[0].id).s), NULL, 404, "!Kari", NULL);
	asked(0, 0, 1, 0);
	assert_int_equal(rows_with("exposure|"), 1);
	/* She cannot register an incident; what she cannot do is not offered. */
	town_gives(VERA, "GET", path, NULL, 200, "Kari Hansen", "A visitor threatened the staff", "!/incidents/new?from", "not-so", NULL);
	town_gives(VERA, "POST", path, arena_printf(town.a, "csrf=token&was=0&person=%s&incident=%s", id_text(&kari).s, id_text(&incident).s), 303,
		   "said=added", NULL);
	assert_int_equal(rows_with("exposure|"), 2);
}

static void whoever_leads_above_decides_where_she_is_no_party(void **state)
{
	struct giving boss = { .email = "mons@fjordvik.example", .role = ROLE_LEADER };
	(void)state;
	give(boss);
	incident_of("101", 1);
	tell(KARI);
	assert_int_equal(listed(EMMA).n, 0);
	assert_int_equal(listed(VERA).n, 0);
	assert_int_equal(listed(MONS).n, 1);
	assert_true(listed(MONS).list[0].reads);
	asked(0, 1, 0, 0);
}

static void a_party_of_another_week_or_unit_decides_as_ever(void **state)
{
	(void)state;
	incident_of("101", 7);
	tell(KARI);
	assert_int_equal(listed(EMMA).n, 1);
	assert_int_equal(listed(VERA).n, 0);
	asked(1, 0, 0, 0);
}

static void where_even_the_safety_representative_is_a_party_it_is_given_to_another_unit(void **state)
{
	struct incident_seat s[] = { { .person = town_person("103") }, { .person = town_person("101"), .part = SEAT_PARTY },
				     { .person = town_person("102"), .part = SEAT_PARTY } };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, s, 3) };
	(void)state;
	town_people("Employee number;Name;E-mail;Unit\n102;Kari Hansen;vera@fjordvik.example;Fjordvik / Emergency\n");
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	tell(KARI);
	assert_int_equal(listed(EMMA).n, 0);
	assert_int_equal(listed(ADA).n, 1);
	assert_true(listed(ADA).list[0].sorts);
	assert_false(listed(ADA).list[0].reads);
	asked(0, 0, 0, 1);
}

static void who_has_not_chosen_a_passphrase_leads_nothing_yet(void **state)
{
	(void)state;
	/* Emma is a party, and the other leader of her unit cannot sign in: it would lie with nobody. */
	give((struct giving){ .email = "boss@fjordvik.example", .role = ROLE_LEADER });
	struct id incident = incident_of("101", 1);
	const char *page = arena_printf(town.a, "/incidents/%s/people", id_text(&incident).s);
	town_gives(VERA, "GET", page, NULL, 200, NULL);
	tell(KARI);
	assert_int_equal(listed(VERA).n, 1);
	asked(0, 0, 1, 0);
	assert_int_equal(rows_with("'boss@fjordvik.example'|'Something is waiting"), 0);
	/* Now she can. */
	give((struct giving){ .email = "boss@fjordvik.example", .role = ROLE_LEADER, .signs_in = true });
	town_gives(VERA, "GET", page, NULL, 404, NULL);
	assert_int_equal(listed(VERA).n, 0);
}

static void a_place_whose_only_leader_cannot_sign_in_yet_waits_to_be_given(void **state)
{
	(void)state;
	assert_int_equal(db_write(town.db, invited_work, &town.account[EMMA]), RES_OK);
	tell(KARI);
	assert_int_equal(listed(ADA).n, 1);
	assert_true(listed(ADA).list[0].sorts);
	tell(NOWHERE);
	assert_int_equal(listed(ADA).n, 2);
	asked(0, 0, 0, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, town_open, town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_party_neither_reads_nor_decides_and_the_safety_representative_does),
		TEST(whoever_leads_above_decides_where_she_is_no_party),
		TEST(a_party_of_another_week_or_unit_decides_as_ever),
		TEST(where_even_the_safety_representative_is_a_party_it_is_given_to_another_unit),
		TEST(who_has_not_chosen_a_passphrase_leads_nothing_yet),
		TEST(a_place_whose_only_leader_cannot_sign_in_yet_waits_to_be_given),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
