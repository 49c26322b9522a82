/* Somebody named by name and phone who turns out to stand in the directory. On both databases. */
#include "duty/duty_testing.h"

static struct id incident, outside, karis;
static const char *page, *path;

/* Kari, and Mehmet as somebody from outside, by this phone. */
static void affected(const char *phone)
{
	struct incident_seat seats[] = { { .person = town_person("102") }, { .name = SLICE("Mehmet"), .phone = slice_of(phone), .lang = LANG_EN } };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, 2) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	incident = r.incident;
	karis = town_exposure(&incident, 0);
	outside = town_exposure(&incident, 1);
	page = arena_printf(town.a, "/incidents/%s", id_text(&incident).s);
	path = arena_printf(town.a, "/exposures/%s/same", id_text(&outside).s);
}

static const char *saying(const char *line, const char *same)
{
	struct id id = town_person(line);
	return arena_printf(town.a, "csrf=token&person=%s&same=%s", id_text(&id).s, same);
}

static enum result changes_work(struct tx *tx, void *ctx)
{
	return incidents_changes(tx, town.a, 0, DOOR_INCIDENTS_MOST, ctx);
}

static struct door_incident at_the_door(void)
{
	struct door_incidents out;
	assert_int_equal(db_read(town.db, changes_work, &out), RES_OK);
	assert_int_equal(out.n, 1);
	return out.list[0];
}

static enum result unsendable_work(struct tx *tx, void *ctx)
{
	struct door_fact f = { .about = outside, .kind = DOOR_UNSENDABLE, .day = instant_day((struct instant){ TOWN_NOW }) };
	struct door_facts facts = { &f, 1 };
	size_t unknown;
	(void)ctx;
	return coverage_hear(tx, &facts, &unknown);
}

static void whoever_has_the_phone_is_suggested_and_is_the_same_only_when_somebody_says_so(void **state)
{
	(void)state;
	affected("0047 00 00 00 02 ");
	town_gives(EMMA, "GET", page, NULL, 200, "!has the phone of somebody", NULL); /* Kari has it, and is in it already */
	town_close(state);
	town_open(state);
	affected("(+47) 00 00 00 03");
	assert_true(at_the_door().exposures[1].outside);
	town_gives(EMMA, "GET", page, NULL, 200, "Mehmet from outside has the phone of somebody in the directory.", path, NULL);
	town_gives(EMMA, "GET", path, NULL, 200, "Mehmet Kaya", "Nurse", "Yes, the same", NULL);
	assert_true(at_the_door().exposures[1].outside); /* looking joins nothing */
	town_gives(EMMA, "POST", path, saying("103", "yes"), 303, NULL);
	struct door_incident in = at_the_door();
	struct id mehmet = town_person("103");
	assert_int_equal(in.exposures_n, 2);
	assert_false(in.exposures[1].outside);
	assert_true(id_eq(&in.exposures[1].person, &mehmet));
	assert_true(id_eq(&in.exposures[1].id, &outside));
	town_gives(EMMA, "GET", page, NULL, 200, "Mehmet Kaya", "of 2", "!from outside", NULL);
	town_gives(EMMA, "POST", path, saying("103", "yes"), 303, NULL); /* pressed twice */
	assert_int_equal(at_the_door().exposures_n, 2);
}

static void somebody_else_is_not_suggested_again(void **state)
{
	(void)state;
	affected("+47-00000003");
	town_gives(EMMA, "GET", page, NULL, 200, "Mehmet from outside", NULL);
	town_gives(EMMA, "POST", path, saying("103", "no"), 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "!has the phone of somebody", NULL);
	town_gives(EMMA, "GET", path, NULL, 404, NULL);
	town_gives(EMMA, "POST", path, saying("103", "yes"), 303, NULL); /* too late */
	assert_true(at_the_door().exposures[1].outside);
}

static void nobody_is_joined_with_whoever_has_another_phone_or_is_protected(void **state)
{
	(void)state;
	affected("+47 00 00 00 04"); /* Siri's, who is protected */
	town_gives(EMMA, "GET", page, NULL, 200, "!has the phone of somebody", NULL);
	town_gives(EMMA, "POST", path, saying("104", "yes"), 303, NULL);
	town_gives(EMMA, "POST", path, saying("103", "yes"), 303, NULL);
	assert_true(at_the_door().exposures[1].outside);
	town_gives(EMMA, "POST", path, "csrf=token&same=yes", 400, NULL);
	town_gives(EMMA, "POST", arena_printf(town.a, "/exposures/%s/same", id_text(&karis).s), saying("103", "yes"), 303, NULL);
	assert_false(at_the_door().exposures[0].outside);
}

static void only_whoever_leads_it_says_so(void **state)
{
	(void)state;
	affected("+47 00 00 00 03");
	town_gives(VERA, "GET", page, NULL, 200, "!Mehmet", NULL);
	for (int who = MONS; who <= VERA; who++) {
		town_gives((enum town_leader)who, "GET", path, NULL, 404, NULL);
		town_gives((enum town_leader)who, "POST", path, saying("103", "yes"), 404, NULL);
	}
	town_gives(ADA, "POST", path, saying("103", "yes"), 403, NULL);
	assert_true(at_the_door().exposures[1].outside);
}

static void whether_a_message_reaches_her_is_told_anew_where_there_is_an_address(void **state)
{
	(void)state;
	affected("+47 00 00 00 02");
	/* Kari is in it: of another incident she is the one from outside. */
	struct incident_seat seats[] = { { .person = town_person("104") }, { .name = SLICE("Kari"), .phone = SLICE("+47 00 00 00 02"), .lang = LANG_EN } };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, 2) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	incident = r.incident;
	karis = town_exposure(&incident, 0);
	outside = town_exposure(&incident, 1);
	page = arena_printf(town.a, "/incidents/%s", id_text(&incident).s);
	path = arena_printf(town.a, "/exposures/%s/same", id_text(&outside).s);
	assert_int_equal(db_write(town.db, unsendable_work, NULL), RES_OK);
	town_gives(EMMA, "GET", page, NULL, 200, "Kari has not been offered anything yet.", NULL);
	town_gives(EMMA, "POST", path, saying("102", "yes"), 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "on its way", "!Kari has not been offered", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whoever_has_the_phone_is_suggested_and_is_the_same_only_when_somebody_says_so),
		TEST(somebody_else_is_not_suggested_again),
		TEST(nobody_is_joined_with_whoever_has_another_phone_or_is_protected),
		TEST(only_whoever_leads_it_says_so),
		TEST(whether_a_message_reaches_her_is_told_anew_where_there_is_an_address),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
