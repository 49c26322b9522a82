/* A unit that has become another one: what follows it, and what stays with whoever leads the old one. On both databases. */
#include "duty/became.h"
#include "duty/duty_testing.h"

static struct signin *room;
static const char *path;

static int open_room(void **state)
{
	if (town_open(state) != 0)
		return -1;
	struct signin_setup setup = { .db = town.db, .clock = town.clock, .rnd = random_system(), .public_url = "http://duty.localhost", .workplace = "Fjordvik",
				      .base = "", .home = "/", .lang = LANG_EN };
	struct incident_seat s = { .person = town_person("102") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	assert_int_equal(signin_new(&setup, &room), RES_OK);
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	path = arena_printf(town.a, "/incidents/%s", id_text(&r.incident).s);
	return 0;
}

static int close_room(void **state)
{
	signin_free(&room);
	return town_close(state);
}

static enum result became_work(struct tx *tx, void *whole)
{
	return duty_unit_became(tx, room, &town.emergency, &town.medicine, *(bool *)whole, &town.account[ADA]);
}

static void become(bool whole)
{
	assert_int_equal(db_write(town.db, became_work, &whole), RES_OK);
}

static void where_a_unit_is_the_same_under_another_name_what_happened_goes_over(void **state)
{
	(void)state;
	become(true);
	town_gives(MONS, "GET", path, NULL, 200, "Kari", NULL);
	town_gives(EMMA, "GET", path, NULL, 200, "Kari", NULL); /* who leads the unit that it is now */
}

static void where_it_joins_another_what_happened_stays_with_whoever_leads_the_old_one(void **state)
{
	(void)state;
	become(false);
	town_gives(MONS, "GET", path, NULL, 404, NULL);
	town_gives(EMMA, "GET", path, NULL, 200, "Kari", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_room, close_room)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_a_unit_is_the_same_under_another_name_what_happened_goes_over),
		TEST(where_it_joins_another_what_happened_stays_with_whoever_leads_the_old_one),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
