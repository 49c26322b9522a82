/* People and units as the pages find them: by unit, leader and what somebody types. */
#include "duty/people/people_import_testing.h"

static void leaders_are_named_by_email_number_or_flag(void **state)
{
	struct bench *b = *state;
	struct seen l;
	struct id boss;

	assert_int_equal(import(b, workplace), 0);
	l = changes(b, 0, 10);
	boss = called(&l, "Åse Mo")->id;
	assert_true(called(&l, "Ås Sand")->staff);
	assert_true(called(&l, "Åse Mo")->staff);
	assert_false(called(&l, "Pat O'Brien")->staff);
	/* The leader does not cross the door, but is known here. */
	assert_true(id_is_zero(&called(&l, "Pat O'Brien")->leader));
	l.id = called(&l, "Pat O'Brien")->id;
	assert_int_equal(db_read(b->db, look_one, &l), RES_OK);
	assert_true(id_eq(&l.one.leader, &boss));
	assert_string_equal(leaders(b, "Trust / North / Ward A"), "Åse Mo");
	assert_int_equal(import(b, "Ansattnr;Navn;Enhet;Leder\n11;Top;T;Ja\n12;Mid;T / X;Ja\n13;Low;T / X;Nei\n14;Far;T / X / Y;Nei\n"), 0);
	assert_string_equal(leaders(b, "T / X"), "Mid");
	assert_string_equal(leaders(b, "T / X / Y"), "Mid");
	l = changes(b, 0, 20);
	assert_true(called(&l, "Mid")->staff);
	assert_false(called(&l, "Low")->staff);
	l.id = called(&l, "Far")->id;
	assert_int_equal(db_read(b->db, look_one, &l), RES_OK);
	assert_true(id_eq(&l.one.leader, &called(&l, "Mid")->id));
	assert_int_equal(import(b, "Ansattnr;Navn;Leder\n21;Lone;nobody@example.org\n"), 0);
	said(b, "nobody has this e-mail or employee number");
}

static void units_come_by_code_and_keep_their_identity_when_renamed(void **state)
{
	struct bench *b = *state;
	struct id before, after;
	struct seen l;
	int64_t to;

	assert_int_equal(import(b, "Ansattnr;Navn;Enhetskode;Enhetsnavn;Overordnet kode\n"
				   "1;A A;10;Hospital;\n2;B B;11;Night;10\n3;C C;12;Night;10\n4;D D;13;Deep;12\n"),
			 0);
	before = unit_called(b, "Hospital / Night (12) / Deep");
	to = changes(b, 0, 10).to;
	assert_int_equal(import(b, "Ansattnr;Navn;Enhetskode;Enhetsnavn;Overordnet kode\n"
				   "1;A A;10;Hospital;\n2;B B;11;Day;10\n3;C C;12;Night;10\n"),
			 0);
	said(b, "Units: added 0, changed 3.");
	after = unit_called(b, "Hospital / Night / Deep");
	assert_true(id_eq(&before, &after));
	/* Also who is not in the file has another path now. */
	l = changes(b, to, 10);
	assert_int_equal(l.n, 3);
	assert_string_equal(called(&l, "D D")->unit_path, "Hospital / Night / Deep");
	/* Two that change names with each other, and a circle. */
	assert_int_equal(import(b, "Ansattnr;Navn;Enhetskode;Enhetsnavn;Overordnet kode\n"
				   "2;B B;11;Night;10\n3;C C;12;Day;10\n1;A A;10;Hospital;12\n"),
			 0);
	said(b, "lead back to itself");
	unit_called(b, "Hospital / Day / Deep");
}

static void a_whole_unit_means_everybody_below_it_too(void **state)
{
	struct bench *b = *state;
	struct seen l = { .a = b->a, .max = 100 };

	assert_int_equal(import(b, workplace), 0);
	l.id = unit_called(b, "Trust / North");
	assert_int_equal(db_read(b->db, look_members, &l), RES_OK);
	assert_string_equal(names(b, &l.lines), "Ås Sand,Åse Mo,Null Null,Null Null,Pat O'Brien,?");
	assert_true(l.lines.list[0].reachable);
	assert_false(l.lines.list[2].reachable);
	l.max = 2;
	assert_int_equal(db_read(b->db, look_members, &l), RES_OK);
	assert_true(l.lines.more && l.lines.n == 2);
	memset(&l.id, 7, sizeof(l.id));
	assert_int_equal(db_read(b->db, look_members, &l), RES_NONE);
}

static void search_finds_as_people_type(void **state)
{
	struct bench *b = *state;
	struct seen l = { .a = b->a, .typed = "as" };

	assert_int_equal(import(b, workplace), 0);
	assert_int_equal(db_read(b->db, look_search, &l), RES_BAD);
	assert_string_equal(search(b, "ase"), "Åse Mo");
	assert_string_equal(search(b, "ÅSE"), "Åse Mo");
	assert_string_equal(search(b, "aase"), "Åse Mo");
	assert_string_equal(search(b, "mo å"), "Åse Mo");
	assert_string_equal(search(b, "o'b"), "Pat O'Brien");
	assert_string_equal(search(b, "obrien"), "Pat O'Brien");
	assert_string_equal(search(b, "brien pat"), "Pat O'Brien");
	assert_string_equal(search(b, "brien pat o'b"), "Pat O'Brien");
	assert_string_equal(search(b, "brien pat o'b obrien"), "Pat O'Brien");
	assert_string_equal(search(b, "brien pat o'b mo"), "");
	assert_string_equal(search(b, "null"), "Null Null,Null Null");
	assert_string_equal(search(b, "ASE@example.org"), "Åse Mo");
	assert_string_equal(search(b, "xyz"), "");
	assert_string_equal(search(b, "%%%"), "");
	l.typed = "\xff\xfe\xfd";
	assert_int_equal(db_read(b->db, look_search, &l), RES_BAD);
}

static enum result look_pick(struct tx *tx, void *ctx)
{
	struct seen *l = ctx;

	return people_pick(tx, l->a, slice_of(l->typed), &l->lines);
}

static const char *pick(struct bench *b, const char *line)
{
	struct seen l = { .a = b->a, .typed = line };

	assert_int_equal(db_read(b->db, look_pick, &l), RES_OK);
	return names(b, &l.lines);
}

static void a_protected_person_is_found_by_the_number_alone(void **state)
{
	struct bench *b = *state;
	struct seen l = { .a = b->a, .typed = "6" };

	assert_int_equal(import(b, workplace), 0);
	assert_string_equal(search(b, "hanna"), "");
	assert_string_equal(search(b, "hemmelig"), "");
	assert_string_equal(search(b, "hanna@example"), "");
	/* An address says the name: whoever guesses one must not be told whose it is. */
	assert_string_equal(search(b, "hanna@example.org"), "");
	assert_string_equal(pick(b, "hanna@example.org"), "");
	assert_string_equal(pick(b, "Hanna Hemmelig <hanna@example.org>"), "");
	assert_string_equal(pick(b, "ase@example.org"), "Åse Mo");
	assert_int_equal(db_read(b->db, look_pick, &l), RES_OK);
	assert_string_equal(names(b, &l.lines), "?");
	assert_string_equal(l.lines.list[0].name, "");
	/* Protection that comes later takes effect at once. */
	assert_string_equal(search(b, "obrien"), "Pat O'Brien");
	assert_int_equal(import(b, "Ansattnr;Navn;Skjermet\n3;Pat O'Brien;ja\n"), 0);
	assert_string_equal(search(b, "obrien"), "");
}

static enum result look_line(struct tx *tx, void *ctx)
{
	struct seen *l = ctx;
	enum people_meant meant;
	enum result res = people_pick_line(tx, l->a, slice_of(l->typed), &l->lines, &meant);

	l->max = meant;
	return res;
}

static void line_means(struct bench *b, const char *line, enum people_meant meant, const char *who)
{
	struct seen l = { .a = b->a, .typed = line };

	assert_int_equal(db_read(b->db, look_line, &l), RES_OK);
	if ((enum people_meant)l.max != meant || strcmp(names(b, &l.lines), who) != 0)
		fail_msg("\"%s\" means %zu: %s", line, l.max, names(b, &l.lines));
}

static void a_line_that_names_several_means_all_of_them(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, workplace), 0);
	line_means(b, "Åse Mo <ase@example.org>; Pat O'Brien; Ås Sand", PEOPLE_MEANT, "Åse Mo,Pat O'Brien,Ås Sand");
	line_means(b, "Åse Mo, Pat O'Brien", PEOPLE_MEANT, "Åse Mo,Pat O'Brien");
	line_means(b, "\"Mo, Åse\" <ase@example.org>, \"Sand, Ås\" <as@example.org>", PEOPLE_MEANT, "Åse Mo,Ås Sand");
	line_means(b, "\"Mo, Åse\" <ase@example.org>, \"O'Brien, Pat\" <home@example.org>", PEOPLE_MEANT, "Åse Mo,Pat O'Brien");
	line_means(b, "ase@example.org as@example.org", PEOPLE_MEANT, "Åse Mo,Ås Sand");
	line_means(b, "ase@example.org, Pat O'Brien; 6", PEOPLE_PARTLY, "Åse Mo,Pat O'Brien");
	line_means(b, "2; 3", PEOPLE_MEANT, "Åse Mo,Pat O'Brien");
	line_means(b, "ase@example.org\tPat O'Brien\t", PEOPLE_MEANT, "Åse Mo,Pat O'Brien");
}

static void nobody_on_a_line_is_passed_over_in_silence(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, workplace), 0);
	line_means(b, "Åse Mo; Mehmet Kaya", PEOPLE_PARTLY, "Åse Mo");
	line_means(b, "Mehmet Kaya; Åse Mo; Ås Sand", PEOPLE_PARTLY, "Åse Mo,Ås Sand");
	line_means(b, "ase@example.org wrong@example.org", PEOPLE_PARTLY, "");
	line_means(b, "Åse Mo; wrong@example.org", PEOPLE_PARTLY, "Åse Mo");
	line_means(b, "Åse Mo; Null Null", PEOPLE_PARTLY, "Åse Mo");
	line_means(b, "2; 99", PEOPLE_PARTLY, "Åse Mo");
	line_means(b, "Åse Mo; 3", PEOPLE_PARTLY, "Åse Mo");
	line_means(b, "Null Null", PEOPLE_SEVERAL, "");
	line_means(b, "Mehmet Kaya; wrong@example.org", PEOPLE_NOBODY, "");
	line_means(b, "x", PEOPLE_SHORT, "");
	line_means(b, many(b, 0, 300), PEOPLE_LONG, "");
}

static void a_row_of_a_sheet_means_one_person(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, workplace), 0);
	line_means(b, "2;Åse Mo;ase@example.org;Registered nurse;50", PEOPLE_MEANT, "Åse Mo");
	line_means(b, "Mo, Åse\t+47 22 10 10 10\t2020-01-01", PEOPLE_MEANT, "Åse Mo");
	line_means(b, "Åse Mo Ward 3", PEOPLE_NOBODY, "");
	line_means(b, "6\tHanna Hemmelig\thanna@example.org", PEOPLE_MEANT, "?");
}

static void at_most_eight_are_shown(void **state)
{
	struct bench *b = *state;
	struct seen l = { .a = b->a, .typed = "person" };

	assert_int_equal(import(b, many(b, 0, 20)), 0);
	assert_int_equal(db_read(b->db, look_search, &l), RES_OK);
	assert_int_equal(l.lines.n, 8);
	assert_true(l.lines.more);
	assert_string_equal(l.lines.list[7].name, "Person ah");
}

struct phoning {
	struct bench *b;
	const char *typed;
	struct id *list;
	size_t n;
};

static enum result phone_work(struct tx *tx, void *ctx)
{
	struct phoning *p = ctx;
	return people_of_phone(tx, p->b->a, slice_of(p->typed), &p->list, &p->n);
}

static size_t with_phone(struct bench *b, const char *typed)
{
	struct phoning p = { .b = b, .typed = typed };
	assert_int_equal(db_read(b->db, phone_work, &p), RES_OK);
	return p.n;
}

static void a_phone_is_exactly_hers_with_or_without_its_country_and_never_somebody_protected_s(void **state)
{
	struct bench *b = *state;
	assert_int_equal(import(b, "Ansattnr;Navn;Telefon;Privat mobil;Beskyttet\n1;A A;912 34 567;;\n2;B B;;+46 70-123 45 67;\n3;C C;+45 12345678;;\n"
				   "4;D D;+47 999 88 777;;ja\n5;E E;22222222;;\n6;F F;22222222;;\n"), 0);
	assert_int_equal(with_phone(b, "91234567"), 1);
	assert_int_equal(with_phone(b, "+47 912 34 567"), 1);
	assert_int_equal(with_phone(b, "0047-91234567"), 1);
	assert_int_equal(with_phone(b, "0701234567"), 1);
	assert_int_equal(with_phone(b, "+46701234567"), 1);
	assert_int_equal(with_phone(b, "12 34 56 78"), 1);
	assert_int_equal(with_phone(b, "+46 91234567"), 0);
	assert_int_equal(with_phone(b, "9123456"), 0);
	assert_int_equal(with_phone(b, "+4799988777"), 0);
	assert_int_equal(with_phone(b, "22222222"), 2);
	assert_int_equal(with_phone(b, "123"), 0);
	assert_int_equal(with_phone(b, "no phone"), 0);
	assert_int_equal(with_phone(b, ""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(leaders_are_named_by_email_number_or_flag),
		t(units_come_by_code_and_keep_their_identity_when_renamed),
		t(a_whole_unit_means_everybody_below_it_too),
		t(search_finds_as_people_type),
		t(a_protected_person_is_found_by_the_number_alone),
		t(a_line_that_names_several_means_all_of_them),
		t(nobody_on_a_line_is_passed_over_in_silence),
		t(a_row_of_a_sheet_means_one_person),
		t(at_most_eight_are_shown),
		t(a_phone_is_exactly_hers_with_or_without_its_country_and_never_somebody_protected_s),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
