/* A leader who was affected herself: nobody follows up on herself. On both databases. */
#include "duty/duty_testing.h"

#define EMMAS "101"

static struct id incident, hers, karis;
static const char *page, *her_path, *karis_path;

/* Emma leads the unit, and she and Kari were affected; no message reaches either. `party`: of nobody, or who is one. */
static void affected(const char *party)
{
	struct incident_seat seats[] = { { .person = town_person(EMMAS) }, { .person = town_person("102") }, { .part = SEAT_PARTY } };
	if (party)
		seats[2].person = town_person(party);
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, party ? 3 : 2) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	incident = r.incident;
	hers = town_exposure(&incident, 0);
	karis = town_exposure(&incident, 1);
	page = arena_printf(town.a, "/incidents/%s", id_text(&incident).s);
	her_path = arena_printf(town.a, "/exposures/%s/in-person", id_text(&hers).s);
	karis_path = arena_printf(town.a, "/exposures/%s/in-person", id_text(&karis).s);
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	struct day today = instant_day((struct instant){ TOWN_NOW });
	struct door_fact f[] = { { .about = hers, .kind = DOOR_UNSENDABLE, .day = today }, { .about = karis, .kind = DOOR_UNSENDABLE, .day = today } };
	struct door_facts facts = { f, 2 };
	size_t unknown;
	(void)ctx;
	return coverage_hear(tx, &facts, &unknown);
}

struct giving {
	const char *email;
	struct id account;
};

/* Leads the whole workplace. */
static enum result give_work(struct tx *tx, void *ctx)
{
	struct giving *g = ctx;
	enum result res = signin_add(tx, random_system(), g->email, "somebody", LANG_EN, NULL, ROLE_LEADER, &(struct id){ { 0 } }, (struct day){ 20775 },
				     &g->account);
	return res == RES_OK ? town_may_sign_in(tx, &g->account) : res;
}

static struct actor leads_all(const char *email)
{
	struct giving g = { .email = email };
	assert_int_equal(db_write(town.db, give_work, &g), RES_OK);
	return (struct actor){ .account = g.account, .roles = ROLE_LEADER, .lang = LANG_EN, .csrf = "token", .name = "somebody" };
}

struct noting {
	struct actor who;
	struct id exposure;
};

static enum result note_work(struct tx *tx, void *ctx)
{
	const struct noting *n = ctx;
	return coverage_note_in_person(tx, (struct instant){ TOWN_NOW }, &n->who, &n->exposure);
}

static enum result notes(struct actor who, struct id exposure)
{
	struct noting n = { who, exposure };
	return db_write(town.db, note_work, &n);
}

static void a_leader_who_was_affected_is_not_asked_to_follow_up_on_herself(void **state)
{
	(void)state;
	affected(NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "!data-need", NULL);
	assert_int_equal(db_write(town.db, hear_work, NULL), RES_OK);
	town_gives(EMMA, "GET", page, NULL, 200, "Nobody has reached you yourself.", "Your own manager speaks with you", "Kari has not been offered anything yet.",
		   karis_path, "!Emma has not been offered", arena_printf(town.a, "!%s", her_path), NULL);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "Speak to them in person: Kari.", NULL);
	town_gives(EMMA, "GET", her_path, NULL, 404, NULL);
	town_gives(EMMA, "POST", her_path, "csrf=token", 404, NULL);
	town_gives(EMMA, "POST", karis_path, "csrf=token", 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 2", NULL);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "Nobody has reached you yourself.", NULL);
}

static void where_nobody_else_leads_the_safety_representative_follows_up_on_her_and_on_nobody_else(void **state)
{
	(void)state;
	affected(NULL);
	town_gives(VERA, "GET", page, NULL, 200, "!Emma", "!data-need", NULL); /* nothing is to be done */
	assert_int_equal(db_write(town.db, hear_work, NULL), RES_OK);
	town_gives(VERA, "GET", page, NULL, 200, "Emma has not been offered anything yet.", her_path, "2 people should be spoken to", "!Kari", "!data-seat",
		   arena_printf(town.a, "!%s", karis_path), NULL);
	town_gives(VERA, "GET", her_path, NULL, 200, "Have you spoken with Emma?", NULL);
	town_gives(VERA, "GET", karis_path, NULL, 404, NULL);
	town_gives(VERA, "POST", karis_path, "csrf=token", 404, NULL);
	town_gives(MONS, "POST", her_path, "csrf=token", 404, NULL); /* of another unit */
	town_gives(VERA, "POST", her_path, "csrf=token", 303, NULL);
	town_gives(VERA, "GET", page, NULL, 200, "Offered to 1 of 2", "!Emma", NULL);
}

static void where_somebody_leads_above_her_it_is_that_one(void **state)
{
	(void)state;
	affected(NULL);
	struct actor above = leads_all("ase@fjordvik.example");
	assert_int_equal(db_write(town.db, hear_work, NULL), RES_OK);
	town_gives(VERA, "GET", page, NULL, 200, "!Emma", "!data-need", NULL);
	town_gives(VERA, "POST", her_path, "csrf=token", 404, NULL);
	assert_int_equal(notes(town_actor(EMMA), hers), RES_REFUSED);
	assert_int_equal(notes(above, hers), RES_OK);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 2", "!Nobody has reached you", NULL);
}

static void where_whoever_leads_above_her_is_a_party_it_is_the_safety_representative(void **state)
{
	(void)state;
	affected("107");
	struct actor above = leads_all("ase@fjordvik.example");
	assert_int_equal(db_write(town.db, hear_work, NULL), RES_OK);
	assert_int_equal(notes(above, hers), RES_REFUSED);
	town_gives(VERA, "GET", page, NULL, 200, "Emma has not been offered anything yet.", "!Kari", NULL);
	assert_int_equal(notes(town_actor(VERA), hers), RES_OK);
}

SQL(own_ended, "i", "", "DELETE FROM account_role WHERE role = $1");

static enum result no_safety_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &own_ended, NULL, v_int(ROLE_SAFETY));
}

static enum result door_work(struct tx *tx, void *ctx)
{
	return incidents_changes(tx, town.a, 0, DOOR_INCIDENTS_MOST, ctx);
}

/* Whether the door says of Emma that nobody follows up on her; of Kari it never does. */
static bool is_alone(void)
{
	struct door_incidents told;
	bool alone = false;
	assert_int_equal(db_read(town.db, door_work, &told), RES_OK);
	for (size_t i = 0; i < told.list[told.n - 1].exposures_n; i++) {
		const struct door_exposure *e = &told.list[told.n - 1].exposures[i];
		if (id_eq(&e->id, &hers))
			alone = e->alone;
		else
			assert_false(e->alone);
	}
	return alone;
}

static void where_there_is_no_safety_representative_either_the_other_program_hears_that_nobody_follows_up_on_her(void **state)
{
	(void)state;
	affected(NULL);
	assert_false(is_alone());
	assert_int_equal(db_write(town.db, no_safety_work, NULL), RES_OK);
	assert_true(is_alone());
	leads_all("ase@fjordvik.example");
	assert_false(is_alone());
}

struct night {
	struct day today;
	int64_t rev;
};

static enum result night_work(struct tx *tx, void *ctx)
{
	struct night *n = ctx;
	enum result res = incidents_rev(tx, &n->rev);
	return res == RES_OK ? incidents_tell_again(tx, n->today) : res;
}

static enum result since_work(struct tx *tx, void *ctx)
{
	struct night *n = ctx;
	struct door_incidents told;
	enum result res = incidents_changes(tx, town.a, n->rev, DOOR_INCIDENTS_MOST, &told);
	n->rev = res == RES_OK ? (int64_t)told.n : -1;
	return res;
}

/* How many incidents the door tells after the night that many days later. */
static int64_t told_after(int days)
{
	struct night n = { .today = day_add(instant_day((struct instant){ TOWN_NOW }), days) };
	assert_int_equal(db_write(town.db, night_work, &n), RES_OK);
	assert_int_equal(db_read(town.db, since_work, &n), RES_OK);
	return n.rev;
}

static void a_role_taken_away_later_is_told_the_next_night_as_long_as_the_incident_may_be_open(void **state)
{
	(void)state;
	struct incident_seat other = { .person = town_person("102") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &other, 1) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	assert_int_equal(told_after(1), 0); /* no leader was affected */
	affected(NULL);
	assert_int_equal(db_write(town.db, no_safety_work, NULL), RES_OK);
	assert_int_equal(told_after(1), 1);
	assert_true(is_alone());
	assert_int_equal(told_after(INCIDENTS_AGAIN_DAYS), 1);
	assert_int_equal(told_after(INCIDENTS_AGAIN_DAYS + 1), 0);
}

static void where_the_only_other_leader_is_a_party_and_nobody_represents_them_it_hears_so_too(void **state)
{
	(void)state;
	affected("107");
	leads_all("ase@fjordvik.example");
	assert_false(is_alone());
	assert_int_equal(db_write(town.db, no_safety_work, NULL), RES_OK);
	assert_true(is_alone());
}

static void the_form_invites_her_to_add_herself(void **state)
{
	(void)state;
	town_gives(EMMA, "GET", "/incidents/new", NULL, 200, "Were you affected too?", "I was affected too", NULL);
	town_gives(EMMA, "POST", "/incidents/new", "csrf=token&do=me", 200, "Emma Eide", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_leader_who_was_affected_is_not_asked_to_follow_up_on_herself),
		TEST(where_nobody_else_leads_the_safety_representative_follows_up_on_her_and_on_nobody_else),
		TEST(where_somebody_leads_above_her_it_is_that_one),
		TEST(where_whoever_leads_above_her_is_a_party_it_is_the_safety_representative),
		TEST(where_there_is_no_safety_representative_either_the_other_program_hears_that_nobody_follows_up_on_her),
		TEST(a_role_taken_away_later_is_told_the_next_night_as_long_as_the_incident_may_be_open),
		TEST(where_the_only_other_leader_is_a_party_and_nobody_represents_them_it_hears_so_too),
		TEST(the_form_invites_her_to_add_herself),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
