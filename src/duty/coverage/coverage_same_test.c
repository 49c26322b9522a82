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

static struct door_fact fact(const struct id *about, enum door_fact_kind kind)
{
	return (struct door_fact){ .about = *about, .kind = kind, .day = instant_day((struct instant){ TOWN_NOW }) };
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	const struct door_facts facts = { ctx, 1 };
	size_t unknown;
	return coverage_hear(tx, &facts, &unknown);
}

static void hear(const struct id *about, enum door_fact_kind kind)
{
	struct door_fact f = fact(about, kind);
	assert_int_equal(db_write(town.db, hear_work, &f), RES_OK);
}

static void who_is_in_the_list_too_is_asked_about_and_counts_once_from_then_on(void **state)
{
	(void)state;
	affected("0047 00 00 00 02"); /* Kari's */
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 2", "Mehmet from outside may stand in the list twice", path, NULL);
	town_gives(EMMA, "GET", path, NULL, 200, "In this list too, with the same phone:", "Kari Hansen", "they count once", NULL);
	assert_true(at_the_door().exposures[1].outside);
	town_gives(EMMA, "POST", path, saying("102", "yes"), 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 1", "Kari Hansen", "!Mehmet", "!twice", NULL);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, "Offered to 0 of 1", NULL);
	town_gives(VERA, "GET", page, NULL, 200, "Offered to 0 of 1", NULL);
	town_gives(EMMA, "GET", path, NULL, 404, NULL);
	town_gives(EMMA, "POST", path, saying("102", "yes"), 303, NULL); /* pressed twice */
	/* Haven hears of both, of her own row first: it may have told one of them already. */
	struct door_incident in = at_the_door();
	struct id kari = town_person("102");
	assert_int_equal(in.exposures_n, 2);
	assert_true(id_eq(&in.exposures[0].id, &karis));
	assert_true(id_eq(&in.exposures[1].id, &outside));
	assert_true(id_eq(&in.exposures[1].person, &kari));
	assert_false(in.exposures[1].outside);
}

static void what_reached_her_as_either_counts_once(void **state)
{
	(void)state;
	affected("+47 00 00 00 02");
	hear(&karis, DOOR_UNSENDABLE);
	hear(&outside, DOOR_SENT);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 2", "Kari has not been offered", NULL);
	town_gives(EMMA, "POST", path, saying("102", "yes"), 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 1", "Sent to 1", "!has not been offered", NULL);
	hear(&outside, DOOR_UNSENDABLE); /* it came back */
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 1", "Kari has not been offered", NULL);
	hear(&karis, DOOR_NOT_REACHED);
	hear(&outside, DOOR_REACHED);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 1", "Reached 1", "!Nobody has reached", NULL);
}

static void a_talk_noted_for_either_is_a_talk_with_her(void **state)
{
	(void)state;
	affected("+47 00 00 00 02");
	hear(&karis, DOOR_UNSENDABLE);
	hear(&outside, DOOR_UNSENDABLE);
	town_gives(EMMA, "POST", arena_printf(town.a, "/exposures/%s/in-person", id_text(&outside).s), "csrf=token", 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 2", NULL);
	town_gives(EMMA, "POST", path, saying("102", "yes"), 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 1 of 1", "!has not been offered", NULL);
}

static void of_two_who_are_said_to_be_two_both_count(void **state)
{
	(void)state;
	affected("+47 00 00 00 02");
	town_gives(EMMA, "POST", path, saying("102", "no"), 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 2", "!twice", NULL);
	town_gives(EMMA, "GET", path, NULL, 404, NULL);
	town_gives(EMMA, "POST", path, saying("102", "yes"), 303, NULL); /* too late */
	assert_true(at_the_door().exposures[1].outside);
}

/* Kari, Siri, whose name is protected, and somebody from outside of this name, with a phone that nobody has. */
static void named(const char *name)
{
	struct incident_seat seats[] = { { .person = town_person("102") }, { .person = town_person("104") },
					 { .name = slice_of(name), .phone = SLICE("+47 00 00 77 77"), .lang = LANG_EN } };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, 3) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	incident = r.incident;
	outside = town_exposure(&incident, 2);
	page = arena_printf(town.a, "/incidents/%s", id_text(&incident).s);
	path = arena_printf(town.a, "/exposures/%s/same", id_text(&outside).s);
}

static void whose_whole_name_one_of_the_list_has_is_asked_about_too(void **state)
{
	(void)state;
	named("kari hansen");
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 3", "may stand in the list twice", NULL);
	town_gives(EMMA, "GET", path, NULL, 200, "In this list too, with the same name:", NULL);
	town_gives(EMMA, "POST", path, saying("103", "yes"), 303, NULL); /* somebody else: nothing is joined */
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 3", NULL);
	town_gives(EMMA, "POST", path, saying("102", "yes"), 303, NULL);
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 2", NULL);
}

SQL(no_phone, "b", "", "UPDATE person SET phone = NULL, private_phone = NULL WHERE id = $1");

static enum result no_phone_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &no_phone, NULL, v_id(ctx));
}

static void by_her_name_nobody_is_asked_about_who_would_lose_her_only_phone(void **state)
{
	struct id kari = town_person("102");
	(void)state;
	assert_int_equal(db_write(town.db, no_phone_work, &kari), RES_OK);
	named("kari hansen");
	town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 3", "!twice", NULL);
	town_gives(EMMA, "GET", path, NULL, 404, NULL);
}

static void a_given_name_alone_a_protected_name_and_one_outside_the_list_ask_nothing(void **state)
{
	static const char *const names[] = { "Kari", "Siri Skjult", "Mehmet Kaya", "Kari Nordmann" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		named(names[i]);
		town_gives(EMMA, "GET", page, NULL, 200, "Offered to 0 of 3", "!twice", NULL);
		town_gives(EMMA, "GET", path, NULL, 404, NULL);
		town_close(state);
		town_open(state);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whoever_has_the_phone_is_suggested_and_is_the_same_only_when_somebody_says_so),
		TEST(somebody_else_is_not_suggested_again),
		TEST(nobody_is_joined_with_whoever_has_another_phone_or_is_protected),
		TEST(only_whoever_leads_it_says_so),
		TEST(who_is_in_the_list_too_is_asked_about_and_counts_once_from_then_on),
		TEST(what_reached_her_as_either_counts_once),
		TEST(a_talk_noted_for_either_is_a_talk_with_her),
		TEST(of_two_who_are_said_to_be_two_both_count),
		TEST(whose_whole_name_one_of_the_list_has_is_asked_about_too),
		TEST(by_her_name_nobody_is_asked_about_who_would_lose_her_only_phone),
		TEST(a_given_name_alone_a_protected_name_and_one_outside_the_list_ask_nothing),
		TEST(whether_a_message_reaches_her_is_told_anew_where_there_is_an_address),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
