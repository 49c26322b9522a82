/* Whoever is named on the form is affected: nobody falls out of it without a word. Through the pages, without JavaScript. */
#include "duty/duty_testing.h"

#define NEW "/incidents/new"
#define WHAT "kind=0&severity=2&day=0&clock=9.15&sentence=A+visitor+threatened+the+staff"

static const char *body(const char *rest)
{
	struct id once = id_new(random_system(), "test/once");
	return arena_printf(town.a, "csrf=token&once=%s&unit=%s&%s", id_text(&once).s, id_text(&town.emergency).s, rest);
}

static int rows_of(const char *table)
{
	struct buf dump = BUF_LIMIT((size_t)16 << 20);
	struct slice rest, line;
	const char *begin = arena_printf(town.a, "%s|", table);
	int n = 0;
	assert_int_equal(db_dump(town.db, &dump), RES_OK);
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += slice_starts(line, begin);
	buf_free(&dump);
	return n;
}

static const char *seat(const char *line)
{
	struct id id = town_person(line);
	return arena_printf(town.a, "seat=p%%7C%s%%7C0", id_text(&id).s);
}

static void a_pasted_line_that_names_several_takes_them_all_or_none(void **state)
{
	(void)state;
	town_gives(EMMA, "POST", NEW, body("do=save&" WHAT "&paste=Kari+Hansen+%3Ckari%40fjordvik.example%3E%3B+Mehmet+Kaya%3B+ase%40fjordvik.example"),
		   303, NULL);
	assert_int_equal(rows_of("exposure"), 3);
	town_gives(EMMA, "POST", NEW, body("do=save&" WHAT "&paste=Kari+Hansen%3B+Mehmet+Kaia%3B+ase%40fjordvik.example"), 422,
		   "not everybody on this line was found", "Kari Hansen; Mehmet Kaia; ase@fjordvik.example", NULL);
	assert_int_equal(rows_of("exposure"), 3);
}

static void a_list_too_long_to_read_is_told_and_nobody_of_it_is_taken(void **state)
{
	static const char *const presses[] = { "do=paste&", "do=save&" WHAT "&" };
	struct buf list = BUF_LIMIT((size_t)1 << 20);
	(void)state;
	for (int i = 0; i < 120; i++)
		buf_printf(&list, "102%0500d%%0A", 0);
	buf_str(&list, "103");
	for (size_t i = 0; i < ARRAY_LEN(presses); i++)
		town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "%spaste=%.*s", presses[i], (int)list.n, list.p)), i ? 422 : 200,
			   "too long to be read at once", "000\n103</textarea>", "!Remove Kari", "!nobody was found", NULL);
	assert_int_equal(rows_of("incident"), 0);
	buf_free(&list);
}

static void a_name_left_in_the_search_field_is_asked_about_once(void **state)
{
	const char *with = arena_printf(town.a, "do=save&" WHAT "&%s&q=Mehmet", seat("102"));
	(void)state;
	town_gives(EMMA, "POST", NEW, body(with), 422, "still a name in the search field", "href=\"#q\"", "Mehmet Kaya", "id=\"hits\"",
		   "name=\"q-told\" value=\"Mehmet\"", NULL);
	assert_int_equal(rows_of("incident"), 0);
	/* Nobody is of that name: she is from outside. */
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=save&" WHAT "&%s&q=Viktor&q-told=Mehmet", seat("102"))), 422,
		   "Nobody with that name", "still a name in the search field", NULL);
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "%s&q-told=Mehmet", with)), 303, NULL);
	assert_int_equal(rows_of("exposure"), 1);
	/* Somebody whom the search found is in the list: it has been served. */
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=save&" WHAT "&%s&q=kari", seat("102"))), 303, NULL);
	assert_int_equal(rows_of("exposure"), 2);
}

static void adding_afterwards_a_name_left_in_the_search_field_is_asked_about_too(void **state)
{
	struct incident_seat s = { .person = town_person("102") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	(void)state;
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	const char *path = arena_printf(town.a, "/incidents/%s/people", id_text(&r.incident).s);
	town_gives(EMMA, "POST", path, arena_printf(town.a, "csrf=token&do=save&%s&q=Ola", seat("107")), 422, "still a name in the search field", NULL);
	town_gives(EMMA, "POST", path, arena_printf(town.a, "csrf=token&do=save&%s&q=Ola&q-told=Ola", seat("107")), 303, NULL);
	assert_int_equal(rows_of("exposure"), 2);
}

static void a_unit_with_more_people_than_there_is_room_for_is_told_at_the_press(void **state)
{
	struct buf csv = BUF_LIMIT((size_t)1 << 20);
	(void)state;
	buf_str(&csv, "Employee number;Name;Unit\n");
	for (int i = 0; i < 1100; i++)
		buf_printf(&csv, "%d;Person Number%d;Fjordvik / Emergency\n", 2000 + i, i);
	/* Those of before stay: an import that lost so many would be asked about. */
	for (int i = 101; i <= 107; i++)
		buf_printf(&csv, "%d;Old Colleague%d;Fjordvik / %s\n", i, i, i < 105 ? "Emergency" : "Medicine");
	buf_str(&csv, ";Liv Usynlig;Fjordvik / Medicine\n");
	buf_char(&csv, '\0');
	town_people(csv.p);
	buf_free(&csv);
	town_gives(EMMA, "POST", NEW, body("do=unit"), 200, "1,104 people work in this unit", "Nobody was added", "!Remove Person", NULL);
	town_gives(EMMA, "POST", NEW, body("do=save&" WHAT), 422, "Choose at least one person", NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, town_open, town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pasted_line_that_names_several_takes_them_all_or_none),
		TEST(a_list_too_long_to_read_is_told_and_nobody_of_it_is_taken),
		TEST(a_name_left_in_the_search_field_is_asked_about_once),
		TEST(adding_afterwards_a_name_left_in_the_search_field_is_asked_about_too),
		TEST(a_unit_with_more_people_than_there_is_room_for_is_told_at_the_press),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
