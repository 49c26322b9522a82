#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "duty/people/people_cells.h"
#include "duty/people/people_nid.h"
#include "duty/people/people_testing.h"
#include "duty/people/people_text.h"

static struct people_rows *rows_of_told(const char *file, const struct people_told *told, size_t n)
{
	const struct people_reading how = { .told = told, .told_n = n };
	struct people_rows *rows;
	const char *why = "";

	if (rows_from(file, strlen(file), &how, &rows, &why) != RES_OK)
		fail_msg("refused: %s", why);
	return rows;
}

static struct people_rows *rows_of(const char *file)
{
	return rows_of_told(file, NULL, 0);
}

static void refused(const char *file, const char *because)
{
	const struct people_reading how = { 0 };
	struct people_rows *rows;
	const char *why = "";

	assert_int_equal(rows_from(file, strlen(file), &how, &rows, &why), RES_BAD);
	if (!strstr(why, because))
		fail_msg("said: %s", why);
	people_rows_free(&rows);
}

#define assert_text(slice, text) assert_true(slice_is((slice), (text)))

static void headings_are_known_in_four_languages(void **state)
{
	(void)state;
	static const char *const files[] = {
		"Ansattnr;Etternavn;Fornavn;E-post;Privat mobil;Avdeling;Stilling;Nivå;Leder;Personalansvar;Språk;Sluttdato\n",
		"Anställningsnummer;Efternamn;Förnamn;E-postadress;Mobil privat;Avdelning;Befattning;Nivå;Närmaste chef;"
		"Personalansvar;Språk;Slutdatum\n",
		"Medarbejdernummer;Efternavn;Fornavn;E-mail;Privat telefon;Afdeling;Stillingsbetegnelse;Niveau;Nærmeste "
		"leder;Personaleansvar;Sprog;Slutdato\n",
		"Employee ID;Last name;First name;Email address;Private phone;Department;Job title;Level;Manager;"
		"Staff responsibility;Language;End date\n",
	};
	static const enum people_field want[] = { PF_NUMBER, PF_FAMILY, PF_GIVEN, PF_EMAIL, PF_PHONE_PRIVATE, PF_UNIT,
						  PF_TITLE, PF_LEVEL, PF_LEADER, PF_STAFF, PF_LANGUAGE, PF_END };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct people_rows *rows = rows_of(files[i]);

		for (size_t k = 0; k < ARRAY_LEN(want); k++)
			assert_int_equal(people_rows_columns(rows)->is[k], want[k]);
		people_rows_free(&rows);
	}
}

static void columns_can_be_told_and_taken_away(void **state)
{
	(void)state;
	static const struct people_told told[] = {
		{ SLICE("name"), SLICE("Hvem") }, { SLICE("email"), SLICE("3") }, { SLICE("unit"), SLICE("none") }
	};
	static const struct people_told wrong[] = { { SLICE("shoe"), SLICE("1") }, { SLICE("name"), SLICE("9") } };
	struct people_rows *rows = rows_of_told("Hvem;Avdeling;Adr\nKari Mo;A;kari@example.org\n", told, 3);
	const char *why;

	assert_text(people_rows_at(rows, 0)->name, "Kari Mo");
	assert_text(people_rows_at(rows, 0)->email, "kari@example.org");
	assert_int_equal(people_rows_at(rows, 0)->unit.n, 0);
	people_rows_free(&rows);
	for (size_t i = 0; i < 2; i++) {
		const struct people_reading how = { .told = &wrong[i], .told_n = 1 };

		assert_int_equal(rows_from("Navn\nx\n", 7, &how, &rows, &why), RES_BAD);
		people_rows_free(&rows);
	}
	refused("Avdeling;E-post\nA;b@example.org\n", "no column could be the name");
}

static void names_come_in_one_piece_or_two(void **state)
{
	(void)state;
	struct people_rows *rows = rows_of("Name\n\"Mo, Åse\"\nÅse Mo\nnull\n\"O'Brien, Pat\"\n\"Two\nlines\"\n");

	assert_text(people_rows_at(rows, 0)->name, "Åse Mo");
	assert_text(people_rows_at(rows, 0)->family, "Mo");
	assert_text(people_rows_at(rows, 1)->name, "Åse Mo");
	assert_text(people_rows_at(rows, 2)->name, "null");
	assert_text(people_rows_at(rows, 3)->name, "Pat O'Brien");
	assert_text(people_rows_at(rows, 4)->name, "Two lines");
	assert_int_equal(people_rows_problems(rows), 0);
	people_rows_free(&rows);
	rows = rows_of("Fornavn,Etternavn,E-post\nNull,NULL,NULL\n,Mo,\n,,a@example.org\n");
	assert_text(people_rows_at(rows, 0)->name, "Null NULL");
	assert_int_equal(people_rows_at(rows, 0)->email.n, 0);
	assert_text(people_rows_at(rows, 1)->name, "Mo");
	assert_true(people_rows_at(rows, 2)->bad);
	people_rows_free(&rows);
}

static void a_name_of_three_hundred_letters_is_a_bad_row_that_says_so(void **state)
{
	(void)state;
	char file[700] = "Name\n";
	struct people_rows *rows;

	memset(file + 5, 'x', 300);
	strcat(file, "\nKari Mo\n");
	rows = rows_of(file);
	assert_true(people_rows_at(rows, 0)->bad);
	assert_int_equal(people_rows_problem(rows, 0)->line, 2);
	assert_text(people_rows_problem(rows, 0)->why, "the name is longer than 200 characters");
	assert_false(people_rows_at(rows, 1)->bad);
	people_rows_free(&rows);
}

static void cells_are_read_as_people_and_spreadsheets_write_them(void **state)
{
	(void)state;
	struct people_rows *rows =
	    rows_of("Name;Employee ID;Email;Mobil;Privat mobil;Protected;Språk;End date\n"
		    "A A;\"=\"\"00123\"\"\";mailto:A.A@Example.org;22 22 22 22;+47 (0)99 88-77.66;Kode 6;Norsk;31.12.2030\n"
		    "B B;'007;-;0047 11 22 33 44 / 99;;nei;Svenska;2020-01-31\n"
		    "C C;1,2E+07;c@@example.org;12;;ugradert;Klingon;31.31.2020\n");
	const struct people_row *r = people_rows_at(rows, 0);

	assert_text(r->number, "00123");
	assert_text(r->email, "a.a@example.org");
	assert_text(r->phone, "22222222");
	assert_text(r->private_phone, "+4799887766");
	assert_true(r->is_protected && r->has_end && !r->bad);
	assert_text(r->lang, "nb");
	r = people_rows_at(rows, 1);
	assert_text(r->number, "007");
	assert_text(r->phone, "+4711223344");
	assert_true(!r->is_protected && !r->bad && r->email.n == 0);
	r = people_rows_at(rows, 2);
	assert_true(r->bad && !r->is_protected);
	/* Number, e-mail, phone, date; and a note about the language. */
	assert_int_equal(people_rows_problems(rows), 5);
	assert_int_equal(people_rows_problem(rows, 0)->column, 1);
	assert_int_equal(people_rows_problem(rows, 1)->column, 2);
	assert_int_equal(people_rows_problem(rows, 2)->column, 3);
	assert_true(people_rows_problem(rows, 3)->note);
	assert_int_equal(people_rows_problem(rows, 4)->column, 7);
	people_rows_free(&rows);
}

static void national_numbers_are_known_and_telephone_numbers_are_not_taken_for_them(void **state)
{
	(void)state;
	/* Synthetic, or published as fictitious. */
	assert_int_equal(people_nid_is(SLICE("01819010001")), PEOPLE_NID_YES);
	assert_int_equal(people_nid_is(SLICE("19121212-1212")), PEOPLE_NID_YES);
	assert_int_equal(people_nid_is(SLICE("121212-1212")), PEOPLE_NID_YES);
	assert_int_equal(people_nid_is(SLICE("251248-9996")), PEOPLE_NID_YES);
	assert_int_equal(people_nid_is(SLICE("2512489996")), PEOPLE_NID_PERHAPS);
	assert_true(people_nid_in(SLICE("Kari (251248-9996)")));
	assert_true(people_nid_in(SLICE("x 01819010001 y")));
	assert_int_equal(people_nid_is(SLICE("01819010002")), PEOPLE_NID_NO);
	assert_int_equal(people_nid_is(SLICE("991399-1234")), PEOPLE_NID_NO);
	assert_int_equal(people_nid_is(SLICE("22222222")), PEOPLE_NID_NO);
	assert_false(people_nid_in(SLICE("+47 99 88 77 66")));
	assert_false(people_nid_in(SLICE("Ward 12, room 123456789012345")));
}

static void a_file_whose_employee_numbers_are_national_numbers_is_refused(void **state)
{
	(void)state;
	refused("Ansattnr;Navn\n01819010001;A\n15827510057;B\n", "holds national identity numbers");
	refused("Medarbejdernr;Navn\n2512489996;A\n2512489997;B\n2512489998;C\n", "holds national identity numbers");
	refused("Navn;Tittel\nA;121212-1212\nB;19121212-1212\n", "holds national identity numbers");
}

static void a_national_number_in_one_cell_makes_that_row_bad(void **state)
{
	(void)state;
	struct people_rows *rows = rows_of("Ansattnr;Navn;Fødselsnummer;Født\n1;A;01819010001;1.1.1990\n"
					   "2;B 15827510057;;\n251248-9996;C;;\n");

	assert_int_equal(people_rows_columns(rows)->is[2], PF_NATIONAL);
	assert_int_equal(people_rows_columns(rows)->is[3], PF_BIRTH);
	assert_false(people_rows_at(rows, 0)->bad);
	assert_true(people_rows_at(rows, 1)->bad);
	assert_true(people_rows_at(rows, 2)->bad);
	assert_int_equal(people_rows_at(rows, 2)->number.n, 0);
	people_rows_free(&rows);
}

static void unit_depths(const char *file, size_t row, size_t want, const char *last)
{
	struct people_rows *rows = rows_of(file);
	struct slice part[PEOPLE_UNIT_DEPTH_MAX];
	size_t n = people_rows_unit(rows, people_rows_at(rows, row), part);

	assert_int_equal(n, want);
	assert_text(part[n - 1], last);
	people_rows_free(&rows);
}

static void units_are_paths_names_or_several_columns(void **state)
{
	(void)state;
	unit_depths("Navn;Enhet\nx;A / B / C\n", 0, 3, "C");
	unit_depths("Navn;Enhet\nx;A > B\n", 0, 2, "B");
	unit_depths("Navn;Enhet\nx;A\\B\\C\n", 0, 3, "C");
	unit_depths("Navn;Enhet\nx;Økonomi\ny;HR/Lønn\nz;Drift\n", 1, 1, "HR/Lønn");
	unit_depths("Navn;Enhet\nx;A/B\ny;A/C\n", 1, 2, "C");
	unit_depths("Navn;Klinikk;Avdeling;Seksjon\nx;K;A;\ny;K;A;S\n", 0, 2, "A");
	unit_depths("Navn;Klinikk;Avdeling;Seksjon\nx;K;A / 2;\ny;K;A;S\n", 1, 3, "S");
}

static void names_are_found_by_folded_words(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct slice w[PEOPLE_WORDS_MAX];
	static const struct {
		const char *name, *word;
	} found[] = { { "Åse Mo", "ase" }, { "Åse Mo", "aase" }, { "Aase", "ase" }, { "O'Brien", "o'brien" },
		      { "O’Brien", "obrien" }, { "O'Brien", "brien" }, { "Anne-Marie", "annemarie" },
		      { "Anne-Marie", "marie" }, { "Sjöberg", "sjoberg" }, { "Sjøberg", "sjoeberg" }, { "Sæther", "saether" },
		      { "Müller", "muller" }, { "GROẞ", "gross" } };

	for (size_t i = 0; i < ARRAY_LEN(found); i++) {
		size_t n = people_words(a, slice_of(found[i].name), w, PEOPLE_WORDS_MAX), k = 0;

		while (k < n && !slice_is(w[k], found[i].word))
			k++;
		if (k == n)
			fail_msg("%s is not found by %s", found[i].name, found[i].word);
	}
	assert_int_equal(people_query_words(a, SLICE("  o'b  Ås"), w, 4), 2);
	assert_text(w[0], "o'b");
	assert_text(w[1], "as");
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headings_are_known_in_four_languages),
		cmocka_unit_test(columns_can_be_told_and_taken_away),
		cmocka_unit_test(names_come_in_one_piece_or_two),
		cmocka_unit_test(a_name_of_three_hundred_letters_is_a_bad_row_that_says_so),
		cmocka_unit_test(cells_are_read_as_people_and_spreadsheets_write_them),
		cmocka_unit_test(national_numbers_are_known_and_telephone_numbers_are_not_taken_for_them),
		cmocka_unit_test(a_file_whose_employee_numbers_are_national_numbers_is_refused),
		cmocka_unit_test(a_national_number_in_one_cell_makes_that_row_bad),
		cmocka_unit_test(units_are_paths_names_or_several_columns),
		cmocka_unit_test(names_are_found_by_folded_words),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
