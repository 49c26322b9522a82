/* Units of which an import leaves nobody: what they may have become, and what is told of it. */
#include "duty/people/people_import_testing.h"

#include "duty/people/people_became.h"

/* 0 Trust; 1 Trust / A; 2 Trust / A / x; 3 Trust / A / y; 4 Trust / B; 5 Trust / B / x; 6 Trust / B / y; 7 Trust / C */
static const int parent[] = { -1, 0, 1, 1, 0, 4, 4, 0 };
#define UNITS ARRAY_LEN(parent)

static size_t of(const struct people_move *move, size_t n, struct people_became *list)
{
	return became_of(parent, UNITS, move, n, list, UNITS);
}

static void a_renamed_division_and_its_wards_are_each_found(void **state)
{
	const struct people_move move[] = { { 2, 5, 20 }, { 3, 6, 30 }, { 7, 7, 9 } };
	struct people_became list[UNITS];
	(void)state;
	assert_int_equal(of(move, 3, list), 3);
	assert_int_equal(list[0].unit, 1);
	assert_int_equal(list[0].becomes, 4);
	assert_int_equal(list[0].people, 50);
	assert_true(list[0].whole);
	assert_int_equal(list[1].unit, 2);
	assert_int_equal(list[1].becomes, 5);
	assert_int_equal(list[2].becomes, 6);
}

static void several_that_go_together_are_each_found_and_none_is_the_whole(void **state)
{
	const struct people_move move[] = { { 2, 7, 10 }, { 3, 7, 12 } };
	struct people_became list[UNITS];
	(void)state;
	/* Division A is wholly C; of its two wards neither is. */
	assert_int_equal(of(move, 2, list), 3);
	assert_true(list[0].unit == 1 && list[0].becomes == 7 && list[0].whole);
	assert_true(list[1].unit == 2 && list[1].becomes == 7 && !list[1].whole);
	assert_true(list[2].unit == 3 && list[2].becomes == 7 && !list[2].whole);
}

static void one_that_joins_a_unit_that_stands_is_found_and_is_not_the_whole(void **state)
{
	const struct people_move move[] = { { 2, 3, 10 }, { 3, 3, 40 } };
	struct people_became list[UNITS];
	(void)state;
	assert_int_equal(of(move, 2, list), 1);
	assert_true(list[0].unit == 2 && list[0].becomes == 3 && !list[0].whole);
}

static void nothing_is_asked_where_somebody_stays_or_people_went_several_ways(void **state)
{
	const struct people_move stays[] = { { 2, 5, 19 }, { 2, 2, 1 } }, ways[] = { { 2, 5, 10 }, { 2, 7, 10 } },
				 up[] = { { 2, 1, 10 } }, new[] = { { -1, 5, 10 } }, nearly[] = { { 2, 5, 9 }, { 2, 7, 1 } },
				 not_nearly[] = { { 2, 5, 8 }, { 2, 7, 1 } };
	struct people_became list[UNITS];
	(void)state;
	assert_int_equal(of(stays, 2, list), 0);
	assert_int_equal(of(ways, 2, list), 0);
	assert_int_equal(of(up, 1, list), 0);
	assert_int_equal(of(new, 1, list), 0);
	assert_int_equal(of(not_nearly, 2, list), 0);
	assert_int_equal(of(nearly, 2, list), 2); /* the ward, and the division of which it was all */
}

static void nothing_is_asked_of_a_unit_that_others_move_into_so_that_no_chain_arises(void **state)
{
	const struct people_move chain[] = { { 2, 7, 20 }, { 3, 2, 20 } }, swap[] = { { 2, 3, 20 }, { 3, 2, 20 } },
				 newcomers[] = { { 2, 7, 20 }, { -1, 2, 1 } };
	struct people_became list[UNITS];
	(void)state;
	assert_int_equal(of(chain, 2, list), 1);
	assert_true(list[0].unit == 3 && list[0].becomes == 2);
	assert_int_equal(of(swap, 2, list), 0);
	assert_int_equal(of(newcomers, 2, list), 0);
}

/* ---- through the database ---- */

static struct people_became_line *found;
static size_t found_n;

static enum result list_work(struct tx *tx, void *ctx)
{
	return people_import_became(tx, ctx, &found, &found_n);
}

static enum result sums_work(struct tx *tx, void *ctx)
{
	return people_import_sums(tx, ctx);
}

struct planning {
	struct bench *b;
	struct id id;
	bool yes;
};

static enum result say_work(struct tx *tx, void *ctx)
{
	struct planning *p = ctx;
	enum result res = RES_OK;

	for (size_t i = 0; i < found_n && res == RES_OK; i++)
		res = people_import_became_say(tx, &p->id, &found[i].unit, p->yes, &(struct id){ { 7 } });
	return res == RES_OK ? people_import_confirm(tx, &p->id, -1) : res;
}

static enum result memory_again(void *ctx)
{
	((struct memory_file *)ctx)->at = 0;
	return RES_OK;
}

static struct id plan(struct bench *b, const char *text)
{
	struct people_wish wish = { instant_day(clock_now(b->clock)), PEOPLE_STAY };
	struct memory_file f = { text, strlen(text), 0, 0 };
	struct people_source source = { memory_read, memory_again, &f, { CSV_UTF8, ';' } };
	struct people_reading how = { .told = NULL };
	struct people_file *file = NULL;
	const char *why = "";
	struct csv *csv = csv_new(memory_read, &f, source.form);
	struct id id;

	assert_int_equal(people_file_scan(csv, &how, &file, &why), RES_OK);
	csv_free(&csv);
	assert_int_equal(people_import_claim(b->db, b->clock, random_system(), PEOPLE_BY_PAGE, &(struct id){ { 7 } }, &id), RES_OK);
	assert_int_equal(people_import_plan(b->db, b->clock, random_system(), &id, file, &source, &wish, NULL, NULL, &why), RES_OK);
	people_file_free(&file);
	assert_int_equal(db_read(b->db, list_work, b->a), RES_OK);
	return id;
}

static struct people_became_fact *facts;
static size_t facts_n;

static enum result hear_work(struct tx *tx, void *ctx)
{
	return people_became_hear(tx, ctx, &facts, &facts_n);
}

static enum result heard_work(struct tx *tx, void *ctx)
{
	return people_became_heard(tx, ctx);
}

#define BEFORE "Ansattnr;Navn;Enhet\n1;Kari;Hus / Akutt\n2;Ola;Hus / Akutt\n3;Siri;Hus / Medisin\n"
#define AFTER "Ansattnr;Navn;Enhet\n1;Kari;Hus / Mottak\n2;Ola;Hus / Mottak\n3;Siri;Hus / Medisin\n"

static void what_was_said_yes_to_is_told_once_the_units_are_written(void **state)
{
	struct bench *b = *state;
	struct people_sums sums;
	struct planning p = { .b = b, .yes = true };

	assert_int_equal(import(b, BEFORE), 0);
	p.id = plan(b, AFTER);
	assert_int_equal(found_n, 1);
	assert_string_equal(found[0].was, "Hus / Akutt");
	assert_string_equal(found[0].now, "Hus / Mottak");
	assert_true(found[0].whole && found[0].people == 2 && found[0].of_whom == 2);
	assert_int_equal(db_read(b->db, sums_work, &sums), RES_OK);
	assert_true(sums.became == 1 && sums.became_unsaid == 1);
	assert_int_equal(db_write(b->db, say_work, &p), RES_OK);
	assert_int_equal(db_read(b->db, hear_work, b->a), RES_OK);
	assert_int_equal(facts_n, 0);
	assert_int_equal(people_import_apply(b->db, b->clock, random_system(), &p.id, NULL, NULL), RES_OK);
	assert_int_equal(people_import_end(b->db, &p.id), RES_OK);
	assert_int_equal(db_read(b->db, hear_work, b->a), RES_OK);
	assert_int_equal(facts_n, 1);
	assert_true(id_eq(&facts[0].unit, &found[0].unit) && facts[0].whole);
	assert_int_equal(db_write(b->db, heard_work, &facts[0].unit), RES_OK);
	assert_int_equal(db_read(b->db, hear_work, b->a), RES_OK);
	assert_int_equal(facts_n, 0);
	/* Nothing is left to ask about. */
	p.id = plan(b, AFTER);
	assert_int_equal(found_n, 0);
	assert_int_equal(people_import_end(b->db, &p.id), RES_OK);
}

/* Who comes into it may be nearly all of it: what happened there before is no business of who led them. */
static void a_unit_that_stood_before_is_never_the_same_under_another_name(void **state)
{
	struct bench *b = *state;
	struct id id;

	assert_int_equal(import(b, BEFORE), 0);
	id = plan(b, "Ansattnr;Navn;Enhet\n1;Kari;Hus / Medisin\n2;Ola;Hus / Medisin\n3;Siri;Hus / Kirurgi\n");
	assert_int_equal(found_n, 1);
	assert_string_equal(found[0].was, "Hus / Akutt");
	assert_string_equal(found[0].now, "Hus / Medisin");
	assert_false(found[0].whole);
	assert_int_equal(people_import_end(b->db, &id), RES_OK);
}

static void a_no_is_told_to_nobody_and_a_plan_that_ends_leaves_no_question(void **state)
{
	struct bench *b = *state;
	struct planning p = { .b = b };

	assert_int_equal(import(b, BEFORE), 0);
	p.id = plan(b, AFTER);
	assert_int_equal(found_n, 1);
	assert_int_equal(people_import_end(b->db, &p.id), RES_OK);
	assert_int_equal(db_read(b->db, list_work, b->a), RES_OK);
	assert_int_equal(found_n, 0);
	p.id = plan(b, AFTER);
	assert_int_equal(db_write(b->db, say_work, &p), RES_OK);
	assert_int_equal(people_import_apply(b->db, b->clock, random_system(), &p.id, NULL, NULL), RES_OK);
	assert_int_equal(db_read(b->db, hear_work, b->a), RES_OK);
	assert_int_equal(facts_n, 0);
	assert_int_equal(people_import_end(b->db, &p.id), RES_OK);
}

static void one_person_alone_is_said_without_a_plural(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, "Ansattnr;Navn;Enhet\n1;A A;Hus / Akutt\n2;B B;Hus / Medisin\n"), 0);
	assert_int_equal(import(b, "Ansattnr;Navn;Enhet\n1;A A;Hus / Mottak\n2;B B;Hus / Medisin\n", "--dry-run"), 0);
	said(b, "Is “Hus / Akutt” now “Hus / Mottak”? Its one person is there.\n");
}

static void the_command_line_says_what_it_cannot_ask_and_where_it_is_answered(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, BEFORE), 0);
	assert_null(strstr(b->out, "Is “"));
	assert_int_equal(import(b, AFTER, "--dry-run"), 0);
	said(b, "Is “Hus / Akutt” now “Hus / Mottak”? 2 of its 2 people are there.\nThis command cannot be told. Bring this file in on the page People (/directory)");
	assert_int_equal(import(b, AFTER), 0);
	said(b, "Is “Hus / Akutt” now “Hus / Mottak”?");
	said(b, "An administrator gives the roles on the new units on the page Sign-ins.");
	assert_int_equal(db_read(b->db, hear_work, b->a), RES_OK);
	assert_int_equal(facts_n, 0);
	assert_int_equal(import(b, AFTER), 0); /* nothing is left to ask about */
	assert_null(strstr(b->out, "Is “"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_renamed_division_and_its_wards_are_each_found),
		cmocka_unit_test(several_that_go_together_are_each_found_and_none_is_the_whole),
		cmocka_unit_test(one_that_joins_a_unit_that_stands_is_found_and_is_not_the_whole),
		cmocka_unit_test(nothing_is_asked_where_somebody_stays_or_people_went_several_ways),
		cmocka_unit_test(nothing_is_asked_of_a_unit_that_others_move_into_so_that_no_chain_arises),
		t(a_unit_that_stood_before_is_never_the_same_under_another_name),
		t(what_was_said_yes_to_is_told_once_the_units_are_written),
		t(one_person_alone_is_said_without_a_plural),
		t(the_command_line_says_what_it_cannot_ask_and_where_it_is_answered),
		t(a_no_is_told_to_nobody_and_a_plan_that_ends_leaves_no_question),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
