/* Registering: the store on both databases, and the form on a real socket, without JavaScript. */
#include "duty/duty_testing.h"

#define NEW "/incidents/new"
#define WHAT "kind=0&severity=2&day=0&clock=9.15&sentence=A+visitor+threatened+the+staff"

/* csrf, once, unit and `rest` as one body, in town.a. */
static const char *body(const char *rest)
{
	static const struct id once = { { 2 } };
	return arena_printf(town.a, "csrf=token&once=%s&unit=%s&%s", id_text(&once).s, id_text(&town.emergency).s, rest);
}

static const char *seat(const char *line, int how)
{
	struct id id = town_person(line);
	return arena_printf(town.a, "seat=p%%7C%s%%7C%d", id_text(&id).s, how);
}

static int rows_of(const char *table)
{
	struct buf dump = BUF_LIMIT((size_t)8 << 20);
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

/* ---- the store ---- */

static void a_leader_registers_in_her_unit_and_nobody_else_does(void **state)
{
	static const enum result wanted[] = { RES_OK, RES_REFUSED, RES_REFUSED, RES_REFUSED };
	struct incident_seat s = { .person = town_person("102") };
	(void)state;
	for (int i = 0; i < TOWN_ACCOUNTS; i++) {
		struct town_registering r = { .who = town_actor((enum town_leader)i), .draft = town_draft(&town.emergency, &s, 1) };
		assert_int_equal(db_write(town.db, town_register_work, &r), wanted[i]);
	}
	assert_int_equal(rows_of("incident"), 1);
	assert_int_equal(rows_of("coverage"), 1);
}

static struct incident_seat pressed;

static void *press(void *ctx)
{
	enum result *res = ctx;
	static const struct id once = { { 1 } };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &pressed, 1) };
	r.draft.once = once;
	*res = db_write(town.db, town_register_work, &r);
	return NULL;
}

static void sixty_four_presses_at_once_register_once(void **state)
{
	pthread_t threads[64];
	enum result res[64];
	(void)state;
	pressed.person = town_person("102");
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, press, &res[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(res[i], RES_OK);
	}
	assert_int_equal(rows_of("incident"), 1);
	assert_int_equal(rows_of("exposure"), 1);
}

static enum result changes_work(struct tx *tx, void *ctx)
{
	return incidents_changes(tx, town.a, 0, DOOR_INCIDENTS_MOST, ctx);
}

static bool excludes(const struct door_incident *in, const char *line)
{
	struct id id = town_person(line);
	for (size_t i = 0; i < in->excluded_n; i++)
		if (id_eq(&in->excluded[i], &id))
			return true;
	return false;
}

static void the_affected_and_the_leaders_are_not_sent_as_supporters(void **state)
{
	struct incident_seat s = { .person = town_person("102") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	struct door_incidents out;
	(void)state;
	town_people("Employee number;Name;E-mail;Phone;Unit;Title;Leader\n"
		    "101;Emma Eide;emma@fjordvik.example;;Fjordvik / Emergency;Leader;\n"
		    "102;Kari Hansen;kari@fjordvik.example;;Fjordvik / Emergency;Nurse;101\n");
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	assert_int_equal(db_read(town.db, changes_work, &out), RES_OK);
	assert_int_equal(out.n, 1);
	assert_true(excludes(&out.list[0], "102"));
	assert_true(excludes(&out.list[0], "101"));
	assert_false(excludes(&out.list[0], "107"));
}

/* ---- the form ---- */

static void who_may_open_the_form(void **state)
{
	(void)state;
	town_gives(EMMA, "GET", NEW, NULL, 200, "What has happened?", "Fjordvik / Emergency", "!Fjordvik / Medicine", NULL);
	town_gives(VERA, "GET", NEW, NULL, 403, NULL);
	town_gives(ADA, "GET", NEW, NULL, 403, NULL);
	town_gives(TOWN_ACCOUNTS, "GET", NEW, NULL, 303, "Location: /sign-in", NULL);
	town_gives(VERA, "GET", "/people/search?q=kari", NULL, 403, NULL);
	town_gives(EMMA, "POST", NEW, "do=save", 403, NULL);
}

static void an_empty_form_is_told_field_by_field_and_keeps_what_was_written(void **state)
{
	(void)state;
	town_gives(EMMA, "POST", NEW, body("do=save&kind=3&day=2&date=40.40&clock=later&sentence=%3Cscript%3Ealert%281%29"), 422,
		   "id=\"faults\" tabindex=\"-1\" autofocus", "href=\"#severity-0\"", "There is no such day", "Write the time like 22:40",
		   "Choose at least one person", "value=\"later\"", "value=\"40.40\"", "&lt;script&gt;alert(1)", "!<script>alert",
		   "id=\"kind-3\" value=\"3\" checked", NULL);
	assert_int_equal(rows_of("incident"), 0);
}

static void a_time_that_has_not_come_is_asked_about(void **state)
{
	(void)state;
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=save&kind=0&severity=2&day=0&clock=23.50&sentence=x&%s",
							seat("102", 0))),
		   422, "That time has not come yet", "Kari Hansen", NULL);
}

static void a_whole_form_is_saved_once_however_often_it_is_sent(void **state)
{
	const char *whole = body(arena_printf(town.a, "do=save&" WHAT "&%s&%s", seat("102", 1), seat("103", 0)));
	(void)state;
	for (int i = 0; i < 3; i++)
		town_gives(EMMA, "POST", NEW, whole, 303, "Location: /incidents/", NULL);
	assert_int_equal(rows_of("incident"), 1);
	assert_int_equal(rows_of("exposure"), 2);
	assert_true(town.heard > 0);
}

static void another_units_leader_cannot_save_it_there(void **state)
{
	(void)state;
	town_gives(MONS, "POST", NEW, body(arena_printf(town.a, "do=save&" WHAT "&%s", seat("102", 0))), 422,
		   "Choose the unit where it happened", "Kari Hansen", NULL);
	assert_int_equal(rows_of("incident"), 0);
}

static void finding_adding_and_taking_off_without_javascript(void **state)
{
	struct id kari = town_person("102");
	(void)state;
	town_gives(EMMA, "POST", NEW, body("do=find&q=kar&sentence=Kept"), 200, "Found one.", "value=\"add:", "Kept", NULL);
	town_gives(EMMA, "POST", NEW, body("do=find&q=ka"), 200, "Write at least three letters", NULL);
	town_gives(EMMA, "POST", NEW, body("do=find&q=nobody"), 200, "Nobody with that name.", NULL);
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=add%%3A%s", id_text(&kari).s)), 200,
		   "One was added to the list.", "offer support to 1", NULL);
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=add%%3A%s&%s", id_text(&kari).s, seat("102", 2))), 200,
		   "already", "offer support to 1", NULL);
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=drop%%3A0&%s&%s", seat("102", 0), seat("103", 2))), 200,
		   "taken off", "offer support to 1", "Mehmet", "!Kari Hansen", NULL);
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=drop%%3A9&%s", seat("102", 0))), 200, "support to 1", NULL);
	town_gives(EMMA, "POST", NEW, body("do=me"), 200, "Emma Eide", "support to 1", NULL);
}

static void the_whole_unit_and_nobody_by_name_who_is_protected(void **state)
{
	(void)state;
	town_gives(EMMA, "POST", NEW, body("do=unit"), 200, "support to 4", "<b>Protected identity (no. 104)</b>", "!Siri", "!Skjult", NULL);
	town_gives(EMMA, "POST", NEW, body("do=find&q=Siri"), 200, "Nobody with that name.", NULL);
	town_gives(EMMA, "POST", NEW, body("do=find&q=104"), 200, "Protected identity (no. 104)", "!Skjult", NULL);
	town_gives(EMMA, "GET", "/people/search?q=104", NULL, 200, "Protected identity (no. 104)", "!Skjult", NULL);
	town_gives(EMMA, "GET", "/people/search?q=liv%40fjordvik.example", NULL, 200, "Protected identity (Cleaner · Medicine)",
		   "!Liv", "!Usynlig", NULL);
	/* No hint confirms a guess. */
	town_gives(EMMA, "POST", NEW, body("do=unit&sentence=Kari+fell"), 200, "“Kari” looks like a name", NULL);
	town_gives(EMMA, "POST", NEW, body("do=unit&sentence=Siri+fell"), 200, "Siri fell", "!“Siri” looks", NULL);
	town_gives(MONS, "POST", NEW, body("do=unit"), 200, "Choose the unit", "id=\"save\">Save and offer support<", NULL);
}

static void a_pasted_list_keeps_what_it_could_not_tell(void **state)
{
	(void)state;
	town_gives(EMMA, "POST", NEW,
		   body("do=paste&paste=102%0D%0AMehmet+Kaya%0D%0AOla+Berg%0D%0Aase%40fjordvik.example%0D%0AHansen%2C+Kari%0D%0A"
			"%3Cb%3Enobody%0D%0Ax"), 200, "support to 3", "Kari Hansen", "Mehmet Kaya", "Åse Dahl",
		   "Ola Berg: several have that name", "&lt;b&gt;nobody: nobody was found", "x: too little", "!<b>nobody", NULL);
	town_gives(EMMA, "POST", NEW, body("do=save&" WHAT "&paste=Ola+Berg"), 422, "href=\"#paste\"", "Ola Berg", NULL);
}

static void somebody_from_outside_by_name_and_phone(void **state)
{
	(void)state;
	town_gives(EMMA, "POST", NEW, body("do=outside&out-name=Viktor+%7C%3Ci%3E&out-phone=ring&out-lang=sv"), 200,
		   "Write a phone number that can be called", "Viktor |&lt;i&gt;", "id=\"save\">Save and offer support<", NULL);
	town_gives(EMMA, "POST", NEW, body("do=outside&out-name=Viktor+%7C%3Ci%3E&out-phone=%2B47+00+00+12&out-lang=sv"), 200,
		   "value=\"o|0|sv|+47 00 00 12|Viktor |&lt;i&gt;\"", "support to 1", NULL);
	/* Typed and not added: meant all the same. */
	town_gives(EMMA, "POST", NEW, body("do=save&" WHAT "&out-name=Viktor&out-phone=%2B47+00+00+12"), 303, NULL);
	assert_int_equal(rows_of("exposure"), 1);
}

static void seats_that_are_not_ours_are_not_taken(void **state)
{
	static const char *const bad[] = { "p", "p%7C%7C", "p%7CAAAAAAAAAAAAAAAAAAAAAA%7C0", "o%7C9%7Csv%7C1%7Cx", "q%7C1%7C2",
					   "o%7C0%7Cxx%7C12345%7Cx", "p%7CBBBBBBBBBBBBBBBBBBBBBA%7C0", "o%7C0%7Csv" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=save&" WHAT "&seat=%s", bad[i])), 422, NULL);
	assert_int_equal(rows_of("incident"), 0);
}

static void a_thousand_fit_and_one_more_is_told(void **state)
{
	struct buf b = BUF_LIMIT((size_t)1 << 20);
	(void)state;
	buf_str(&b, "do=save&" WHAT);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "&seat=o%%7C0%%7Csv%%7C%08d%%7CViktor", 10000000 + i);
	const char *thousand = body(b.p);
	town_gives(EMMA, "POST", NEW, thousand, 303, NULL);
	assert_int_equal(rows_of("exposure"), 1000);
	town_gives(EMMA, "POST", NEW, arena_printf(town.a, "%s&seat=o%%7C0%%7Csv%%7C99999999%%7CViktor", thousand), 422,
		   "There is room for 1,000 people", NULL);
	buf_free(&b);
}

/* ---- afterwards ---- */

static void people_are_added_afterwards_by_who_leads_the_unit(void **state)
{
	struct incident_seat s = { .person = town_person("102") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	(void)state;
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	const char *path = arena_printf(town.a, "/incidents/%s/people", id_text(&r.incident).s);
	const char *more = arena_printf(town.a, "csrf=token&do=save&%s&%s", seat("102", 0), seat("107", 0));
	town_gives(MONS, "GET", path, NULL, 404, NULL);
	town_gives(MONS, "POST", path, more, 404, NULL);
	town_gives(VERA, "POST", path, more, 404, NULL);
	assert_int_equal(rows_of("exposure"), 1);
	town_gives(EMMA, "GET", path, NULL, 200, "Who else was affected?", NULL);
	town_gives(EMMA, "POST", path, "csrf=token&do=save", 422, "Choose at least one person", NULL);
	town_gives(EMMA, "POST", path, more, 303, NULL);
	town_gives(EMMA, "POST", path, more, 303, NULL);
	assert_int_equal(rows_of("exposure"), 2);
	town_gives(EMMA, "GET", "/incidents/AAAAAAAAAAAAAAAAAAAAAA/people", NULL, 404, NULL);
	town_gives(EMMA, "GET", "/incidents/x/people", NULL, 404, NULL);
}

static struct id to_add;

static enum result add_work(struct tx *tx, void *ctx)
{
	static const struct incident_seat outside = { .name = SLICE("Viktor Vikar"), .phone = SLICE("+47 00 00 12") };
	struct actor emma = town_actor(EMMA);
	unsigned faults;
	return incidents_add(tx, random_system(), instant_day(clock_now(town.clock)), &emma, &to_add, &outside, 1, &faults, ctx);
}

static void *add(void *ctx)
{
	int *added = ctx;
	*added = -1;
	return db_write(town.db, add_work, added) == RES_OK ? NULL : ctx;
}

static void somebody_from_outside_is_added_once_however_often_and_by_however_many_at_once(void **state)
{
	struct incident_seat s = { .person = town_person("102") };
	static const int rounds[] = { 2, 4, 64 };
	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(rounds); k++) {
		struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
		pthread_t threads[64];
		int added[64], sum = 0, before = rows_of("exposure");
		assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
		to_add = r.incident;
		for (int i = 0; i < rounds[k]; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, add, &added[i]), 0);
		for (int i = 0; i < rounds[k]; i++) {
			void *failed;
			pthread_join(threads[i], &failed);
			assert_null(failed);
			sum += added[i];
		}
		assert_int_equal(sum, 1);
		assert_int_equal(rows_of("exposure"), before + 2);
	}
	/* The same press of the form again. */
	const char *path = arena_printf(town.a, "/incidents/%s/people", id_text(&to_add).s);
	int before = rows_of("exposure");
	for (int i = 0; i < 3; i++)
		town_gives(EMMA, "POST", path, "csrf=token&do=save&seat=o%7C0%7Csv%7C%2B47+00+00+13%7CEva", 303, NULL);
	assert_int_equal(rows_of("exposure"), before + 1);
	/* A namesake with another phone is somebody else. */
	town_gives(EMMA, "POST", path, "csrf=token&do=save&seat=o%7C0%7Csv%7C%2B47+00+00+14%7CEva", 303, NULL);
	assert_int_equal(rows_of("exposure"), before + 2);
}

static const char *thousand_from(int first, int n, const char *name)
{
	struct buf b = BUF_LIMIT((size_t)1 << 20);
	for (int i = 0; i < n; i++)
		buf_printf(&b, "&seat=o%%7C0%%7Csv%%7C%08d%%7C%s", first + i, name);
	const char *seats = arena_str(town.a, buf_get(&b));
	buf_free(&b);
	return seats;
}

static void however_often_people_are_added_there_is_room_for_a_thousand(void **state)
{
	struct incident_seat s = { .person = town_person("102") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	(void)state;
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	const char *path = arena_printf(town.a, "/incidents/%s/people", id_text(&r.incident).s);
	town_gives(EMMA, "POST", path, arena_printf(town.a, "csrf=token&do=save%s", thousand_from(10000000, 998, "A")), 303, NULL);
	/* Two more are one too many, and neither is added; those who are there already take no room. */
	town_gives(EMMA, "POST", path, arena_printf(town.a, "csrf=token&do=save%s", thousand_from(20000000, 2, "A")), 422,
		   "There is room for 1,000 people", NULL);
	assert_int_equal(rows_of("exposure"), 999);
	town_gives(EMMA, "POST", path, arena_printf(town.a, "csrf=token&do=save%s", thousand_from(10000997, 2, "A")), 303, NULL);
	assert_int_equal(rows_of("exposure"), 1000);
	town_gives(EMMA, "POST", path, arena_printf(town.a, "csrf=token&do=save%s", thousand_from(20000000, 1, "A")), 422,
		   "There is room for 1,000 people", NULL);
	town_gives(EMMA, "POST", path, arena_printf(town.a, "csrf=token&do=save%s", thousand_from(10000000, 1, "A")), 303, NULL);
	assert_int_equal(rows_of("exposure"), 1000);
}

/* ---- above and below ---- */

static enum result above_work(struct tx *tx, void *ctx)
{
	struct id top;
	enum result res = people_unit_of(tx, "Fjordvik", &top);
	return res == RES_OK ? signin_add(tx, random_system(), "mons@fjordvik.example", "mons", LANG_EN, NULL, ROLE_LEADER, &top, (struct day){ 20775 }, ctx)
			     : res;
}

static void whoever_leads_a_unit_leads_all_below_it_and_none_beside_it(void **state)
{
	struct incident_seat s = { .person = town_person("102") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	struct id mons;
	(void)state;
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	const char *path = arena_printf(town.a, "/incidents/%s", id_text(&r.incident).s);
	town_gives(MONS, "GET", NEW, NULL, 200, "Fjordvik / Medicine", "!Fjordvik / Emergency", NULL);
	town_gives(MONS, "GET", path, NULL, 404, NULL);
	assert_int_equal(db_write(town.db, above_work, &mons), RES_OK);
	town_gives(MONS, "GET", NEW, NULL, 200, "Fjordvik / Medicine", "Fjordvik / Emergency", NULL);
	town_gives(MONS, "GET", path, NULL, 200, "Kari Hansen", NULL);
	r.who = town_actor(MONS);
	r.draft = town_draft(&town.emergency, &s, 1);
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	/* Emma leads below that and not all of it. */
	r.who = town_actor(EMMA);
	r.draft = town_draft(&town.medicine, &s, 1);
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_REFUSED);
}

static enum result became_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return incidents_unit_became(tx, &town.emergency, &town.medicine);
}

static enum result rev_work(struct tx *tx, void *rev)
{
	return incidents_rev(tx, rev);
}

static void what_happened_in_a_unit_that_has_become_another_follows_and_haven_hears_of_it(void **state)
{
	struct incident_seat s = { .person = town_person("102") };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	int64_t before, after;
	(void)state;
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	const char *path = arena_printf(town.a, "/incidents/%s", id_text(&r.incident).s);
	town_gives(MONS, "GET", path, NULL, 404, NULL);
	assert_int_equal(db_read(town.db, rev_work, &before), RES_OK);
	assert_int_equal(db_write(town.db, became_work, NULL), RES_OK);
	assert_int_equal(db_read(town.db, rev_work, &after), RES_OK);
	assert_int_equal(after, before + 1);
	town_gives(MONS, "GET", path, NULL, 200, "Kari Hansen", NULL);
	town_gives(EMMA, "GET", path, NULL, 404, NULL);
}

/* A form made by hand, not by our page. */
static void a_hidden_field_is_held_to_the_same_limits(void **state)
{
	char name[440], spaces[41];
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	memset(spaces, '+', sizeof(spaces) - 1);
	spaces[sizeof(spaces) - 1] = 0;
	(void)state;
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=save&" WHAT "&seat=o%%7C0%%7Csv%%7C12345678%%7C%s", name)), 422,
		   "The name is too long. There is room for 100 characters", NULL);
	town_gives(EMMA, "POST", NEW, body(arena_printf(town.a, "do=save&" WHAT "&seat=o%%7C0%%7Csv%%7C123456%s%%7CEva", spaces)), 422,
		   "Write a phone number that can be called", NULL);
	assert_int_equal(rows_of("incident"), 0);
}

/* ---- the door ---- */

/* Everything that the form takes at its limits, as haven's reader sees it. */
static void what_the_form_takes_at_its_limits_passes_the_door(void **state)
{
	struct buf name = BUF_LIMIT(4096), sentence = BUF_LIMIT(4096), json = BUF_LIMIT(DOOR_BYTES_MOST);
	struct door_incidents out, back;
	(void)state;
	for (int i = 0; i < 100; i++)
		buf_str(&name, "%F0%9D%94%9E"); /* a letter of four bytes */
	for (int i = 0; i < 200; i++)
		buf_str(&sentence, "%F0%9D%94%9E");
	const char *whole = body(arena_printf(town.a, "do=save&kind=0&severity=3&day=0&clock=9.15&sentence=%s%s", sentence.p,
					      thousand_from(10000000, 300, name.p)));
	town_gives(EMMA, "POST", NEW, whole, 303, NULL);
	assert_int_equal(db_read(town.db, changes_work, &out), RES_OK);
	assert_int_equal(out.list[0].exposures_n, 300);
	assert_int_equal(strlen(out.list[0].title), 800);
	assert_int_equal(strlen(out.list[0].exposures[0].name), DOOR_NAME_MOST);
	assert_true(door_incident_fits(&out.list[0]));
	door_write_incidents(&json, &out);
	assert_false(json.full);
	assert_int_equal(door_read_incidents(town.a, buf_get(&json), &back), RES_OK);
	buf_free(&name);
	buf_free(&sentence);
	buf_free(&json);
}

static void whoever_leads_many_is_named_once(void **state)
{
	struct buf csv = BUF_LIMIT((size_t)1 << 20);
	struct incident_seat seats[300];
	struct door_incidents out;
	(void)state;
	buf_str(&csv, "Employee number;Name;E-mail;Phone;Unit;Title;Leader\n101;Emma Eide;emma@fjordvik.example;;Fjordvik / Emergency;Leader;\n");
	for (size_t i = 0; i < ARRAY_LEN(seats); i++)
		buf_printf(&csv, "%zu;Kari Hansen;;;Fjordvik / Emergency;Nurse;101\n", 1000 + i);
	town_people(csv.p);
	for (size_t i = 0; i < ARRAY_LEN(seats); i++)
		seats[i] = (struct incident_seat){ .person = town_person(arena_printf(town.a, "%zu", 1000 + i)) };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, ARRAY_LEN(seats)) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	assert_int_equal(db_read(town.db, changes_work, &out), RES_OK);
	assert_true(excludes(&out.list[0], "101") && excludes(&out.list[0], "1000") && excludes(&out.list[0], "1299"));
	assert_int_equal(out.list[0].excluded_n, 301);
	buf_free(&csv);
}

static enum result safety_work(struct tx *tx, void *ctx)
{
	struct id mons;
	(void)ctx;
	return signin_add(tx, random_system(), "mons@fjordvik.example", "mons", LANG_EN, NULL, ROLE_SAFETY, &town.medicine, (struct day){ 20775 }, &mons);
}

struct looking {
	struct actor who;
	struct id incident;
	enum result seen, led;
	size_t listed;
};

static enum result look_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	struct incident in, *list;
	l->seen = incidents_get(tx, town.a, &l->who, &l->incident, &in);
	l->led = incidents_may_lead(tx, &l->who, &l->incident);
	return incidents_list(tx, town.a, &l->who, 10, &list, &l->listed);
}

static void a_safety_representative_sees_her_own_unit_and_leads_none(void **state)
{
	struct incident_seat s = { .person = town_person("102") };
	struct town_registering here = { .who = town_actor(MONS), .draft = town_draft(&town.medicine, &s, 1) };
	struct town_registering there = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, &s, 1) };
	struct looking l = { .who = town_actor(MONS) };
	(void)state;
	assert_int_equal(db_write(town.db, safety_work, NULL), RES_OK);
	assert_int_equal(db_write(town.db, town_register_work, &here), RES_OK);
	assert_int_equal(db_write(town.db, town_register_work, &there), RES_OK);
	l.who.roles = ROLE_SAFETY; /* as one whom no unit is given to lead */
	l.incident = here.incident;
	assert_int_equal(db_read(town.db, look_work, &l), RES_OK);
	assert_int_equal(l.seen, RES_OK);
	assert_int_equal(l.led, RES_REFUSED);
	assert_int_equal(l.listed, 1);
	l.incident = there.incident;
	assert_int_equal(db_read(town.db, look_work, &l), RES_OK);
	assert_int_equal(l.seen, RES_REFUSED);
	assert_int_equal(l.led, RES_REFUSED);
}

/* ---- what is asked ---- */

/* How many different names stand in what the form would send, not counting what nobody fills in. */
static int asked_for(const char *page, const char *action)
{
	static const char *const carried[] = { "csrf", "once", "do", "seat", "q-told" };
	const char *at = strstr(page, action), *end = at ? strstr(at, "</form>") : NULL;
	struct slice seen[40];
	int n = 0;
	assert_non_null(end);
	while ((at = strstr(at, " name=\"")) && at < end) {
		struct slice rest = slice_of(at += 7), name;
		bool known = false;
		slice_cut(&rest, '"', &name);
		for (size_t i = 0; i < ARRAY_LEN(carried); i++)
			known |= slice_is(name, carried[i]);
		for (int i = 0; i < n; i++)
			known |= slice_eq(name, seen[i]);
		assert_true(n < 40);
		if (!known)
			seen[n++] = name;
	}
	return n;
}

static void the_form_asks_for_at_most_twelve_things_and_who_is_usually_forgotten(void **state)
{
	char *page = town_ask(EMMA, "GET", NEW, NULL);
	(void)state;
	int n = asked_for(page, "action=\"" NEW);
	assert_in_range(n, 8, 12);
	free(page);
	town_gives(EMMA, "GET", NEW "?lang=en", NULL, 200, "Has anybody been forgotten?", "the night shift", "the cleaner",
		   "the dispatcher", "the student", "the temp", "whoever came later", "you yourself", "I was affected too", NULL);
	town_gives(EMMA, "GET", NEW "?lang=nb", NULL, 200, "Er noen glemt?", "nattevakten", "renholderen", NULL);
	town_gives(EMMA, "GET", NEW "?lang=sv", NULL, 200, "Har någon glömts bort?", "nattpasset", "lokalvårdaren", NULL);
}

static int looks(void)
{
	struct buf dump = BUF_LIMIT((size_t)8 << 20);
	int n = 0;
	assert_int_equal(db_dump(town.db, &dump), RES_OK);
	for (const char *p = dump.p; (p = strstr(p, "'people/")); p++)
		n++;
	buf_free(&dump);
	return n;
}

static void each_look_into_the_directory_is_noted_and_what_shows_no_name_is_not(void **state)
{
	(void)state;
	town_gives(EMMA, "GET", NEW, NULL, 200, NULL);
	town_gives(EMMA, "GET", "/people/search?q=nobody", NULL, 200, NULL);
	town_gives(EMMA, "POST", NEW, body("do=find&q=nobody"), 200, NULL);
	town_gives(EMMA, "POST", NEW, body("do=paste&paste=nobody"), 200, NULL);
	town_gives(VERA, "GET", "/people/search?q=kar", NULL, 403, NULL);
	assert_int_equal(looks(), 0);
	town_gives(EMMA, "GET", "/people/search?q=kar", NULL, 200, "Kari", NULL);
	assert_int_equal(looks(), 1);
	town_gives(EMMA, "POST", NEW, body("do=find&q=kar"), 200, "Kari", NULL);
	assert_int_equal(looks(), 2);
	town_gives(EMMA, "POST", NEW, body("do=unit"), 200, "Kari", NULL);
	assert_int_equal(looks(), 3);
	town_gives(EMMA, "POST", NEW, body("do=paste&paste=102"), 200, "Kari", NULL);
	assert_int_equal(looks(), 4);
	/* Saving takes a pasted list too, and shows it when something else is missing. */
	town_gives(EMMA, "POST", NEW, body("do=save&paste=102"), 422, "Kari", NULL);
	assert_int_equal(looks(), 5);
}

SQL(test_break, "b", "",
    "INSERT INTO setting (name, value) VALUES ('audit/head', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

static enum result break_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &test_break, NULL, v_bytes("?", 1));
}

static void where_a_look_cannot_be_noted_no_name_is_shown(void **state)
{
	static const char *const presses[] = { "do=find&q=kar", "do=unit", "do=paste&paste=102", "do=save&paste=102" };
	(void)state;
	assert_int_equal(db_write(town.db, break_work, NULL), RES_OK);
	town_gives(EMMA, "GET", "/people/search?q=kar", NULL, 503, "!Kari", NULL);
	for (size_t i = 0; i < ARRAY_LEN(presses); i++)
		town_gives(EMMA, "POST", NEW, body(presses[i]), 503, "!Kari", NULL);
	town_gives(EMMA, "GET", "/people/search?q=nobody", NULL, 200, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, town_open, town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_leader_registers_in_her_unit_and_nobody_else_does),
		TEST(sixty_four_presses_at_once_register_once),
		TEST(the_affected_and_the_leaders_are_not_sent_as_supporters),
		TEST(who_may_open_the_form),
		TEST(an_empty_form_is_told_field_by_field_and_keeps_what_was_written),
		TEST(a_time_that_has_not_come_is_asked_about),
		TEST(a_whole_form_is_saved_once_however_often_it_is_sent),
		TEST(another_units_leader_cannot_save_it_there),
		TEST(finding_adding_and_taking_off_without_javascript),
		TEST(each_look_into_the_directory_is_noted_and_what_shows_no_name_is_not),
		TEST(where_a_look_cannot_be_noted_no_name_is_shown),
		TEST(the_whole_unit_and_nobody_by_name_who_is_protected),
		TEST(a_pasted_list_keeps_what_it_could_not_tell),
		TEST(somebody_from_outside_by_name_and_phone),
		TEST(seats_that_are_not_ours_are_not_taken),
		TEST(a_thousand_fit_and_one_more_is_told),
		TEST(a_hidden_field_is_held_to_the_same_limits),
		TEST(what_the_form_takes_at_its_limits_passes_the_door),
		TEST(whoever_leads_many_is_named_once),
		TEST(people_are_added_afterwards_by_who_leads_the_unit),
		TEST(somebody_from_outside_is_added_once_however_often_and_by_however_many_at_once),
		TEST(however_often_people_are_added_there_is_room_for_a_thousand),
		TEST(whoever_leads_a_unit_leads_all_below_it_and_none_beside_it),
		TEST(what_happened_in_a_unit_that_has_become_another_follows_and_haven_hears_of_it),
		TEST(a_safety_representative_sees_her_own_unit_and_leads_none),
		TEST(the_form_asks_for_at_most_twelve_things_and_who_is_usually_forgotten),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
