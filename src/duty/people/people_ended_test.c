/* Rows with an end date that has passed: old posts, and those who had a number before. They never end somebody who works here. */
#include "duty/people/people_import_testing.h"

#define HEAD "Ansattnr;Navn;E-post;Enhet;Sluttdato\n"
#define THREE "Ansattnr;Navn;E-post;Enhet\n100;Kari Hansen;kari@x.no;A\n101;Per Olsen;per@x.no;A\n102;Ida Berg;ida@x.no;A\n"
#define IDA "102;Ida Berg;ida@x.no;A;\n"

static void rows(struct bench *b, const char *text, const char *told)
{
	assert_int_equal(import(b, arena_printf(b->a, HEAD "%s" IDA, text)), 0);
	said(b, told);
}

static void an_old_post_of_who_works_here_ends_nobody_wherever_it_stands(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, THREE), 0);
	rows(b, "100;Kari Hansen;kari@x.no;A;2025-12-31\n100;Kari Hansen;kari@x.no;B;\n101;Per Olsen;per@x.no;A;\n",
	     "Added 0, changed 1, ended 0, unchanged 2, bad rows 0.");
	rows(b, "100;Kari Hansen;kari@x.no;B;\n100;Kari Hansen;kari@x.no;A;2025-12-31\n101;Per Olsen;per@x.no;A;\n",
	     "Added 0, changed 0, ended 0, unchanged 3, bad rows 0.");
	/* Without numbers, too. */
	rows(b, ";Bo Lie;bo@x.no;A;\n", "Added 1, changed 0, ended 0");
	rows(b, ";Bo Lie;bo@x.no;B;2025-12-31\n;Bo Lie;bo@x.no;A;\n", "Added 0, changed 0, ended 0");
	rows(b, ";Bo Lie;;A;2025-12-31\n;Bo Lie;;A;\n", "ended 0");
}

static void who_had_the_number_before_ends_nobody(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, THREE), 0);
	rows(b, "100;Kari Hansen;kari@x.no;A;\n101;Gammel Eier;gammel@x.no;A;2020-01-01\n101;Per Olsen;per@x.no;A;\n",
	     "Added 0, changed 0, ended 0, unchanged 3, bad rows 0.");
	/* Also where the file has only the old one. */
	rows(b, "100;Kari Hansen;kari@x.no;A;\n101;Gammel Eier;;A;2020-01-01\n", "Added 0, changed 0, ended 0, unchanged 2, bad rows 0.");
	said(b, "is not of whom the list has now");
}

static void who_has_left_ends_on_the_last_of_the_days(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, THREE), 0);
	assert_int_equal(import(b, (HEAD "100;Kari Hansen;kari@x.no;A;2020-01-01\n100;Kari Hansen;kari@x.no;B;2026-10-31\n101;Gammel Eier;;A;2020-01-01\n"
		"101;Per Olsen;per@x.no;A;2026-10-31\n" IDA), "--yes-end", "2"), 0);
	said(b, "Added 0, changed 0, ended 2, unchanged 1, bad rows 0.");
	struct buf dump = BUF_LIMIT((size_t)4 << 20);
	assert_int_equal(db_dump(b->db, &dump), RES_OK);
	char day[20];
	snprintf(day, sizeof(day), "|%d|", 20757); /* 2026-10-31 */
	const char *per = strstr(dump.p, "'Per Olsen'"), *kari = strstr(dump.p, "'Kari Hansen'");
	assert_non_null(per);
	assert_non_null(kari);
	assert_non_null(strstr(per, day));
	assert_true(strstr(per, day) < strchr(per, '\n'));
	assert_true(strstr(kari, day) && strstr(kari, day) < strchr(kari, '\n'));
	buf_free(&dump);
}

static void two_who_work_here_with_one_number_are_still_told(void **state)
{
	struct bench *b = *state;

	(void)import(b, HEAD "200;Anna Aas;;A;\n200;Bent Bo;;A;\n" IDA);
	said(b, "this employee number also stands on line");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(an_old_post_of_who_works_here_ends_nobody_wherever_it_stands),
		t(who_had_the_number_before_ends_nobody),
		t(who_has_left_ends_on_the_last_of_the_days),
		t(two_who_work_here_with_one_number_are_still_told),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
