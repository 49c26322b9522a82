#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "duty/directory/directory_agreed.h"
#include "duty/directory/directory_night_rules.h"

static void names_of_files_that_are_still_written_are_not_looked_at(void **state)
{
	(void)state;
	assert_true(night_name("people.csv"));
	assert_true(night_name("ANSATTE-2026-11-18.CSV"));
	assert_true(night_name("a.txt"));
	assert_false(night_name("people.csv.part"));
	assert_false(night_name("people.csv.filepart"));
	assert_false(night_name("people.csv.tmp"));
	assert_false(night_name(".people.csv"));
	assert_false(night_name(".csv"));
	assert_false(night_name("people"));
	assert_false(night_name(""));
}

static void a_file_is_complete_when_two_looks_apart_see_the_same(void **state)
{
	struct night_seen none = { 10, 20, { 0 } }, before = { 10, 20, { 1000 } }, now = { 10, 20, { 1000 + NIGHT_SETTLE } };
	(void)state;
	assert_true(night_settled(&before, &now));
	assert_false(night_settled(&none, &now));
	now.at.s--;
	assert_false(night_settled(&before, &now));
	now.at.s++;
	now.size++;
	assert_false(night_settled(&before, &now));
	now.size--;
	now.changed++;
	assert_false(night_settled(&before, &now));
}

static struct instant at(const char *text)
{
	struct instant t;
	assert_int_equal(instant_parse(slice_of(text), &t), RES_OK);
	return t;
}

static void a_file_is_awaited_for_four_hours_a_night_past_midnight_too(void **state)
{
	(void)state;
	assert_int_equal(night_next(at("2026-11-18T03:59"), 4, true).s, at("2026-11-18T04:00").s);
	assert_int_equal(night_next(at("2026-11-18T04:00"), 4, true).s, at("2026-11-18T04:05").s);
	assert_int_equal(night_next(at("2026-11-18T07:58"), 4, true).s, at("2026-11-18T08:03").s);
	assert_int_equal(night_next(at("2026-11-18T08:03"), 4, true).s, at("2026-11-19T04:00").s);
	assert_int_equal(night_next(at("2026-11-18T05:00"), 4, false).s, at("2026-11-19T04:00").s);
	assert_int_equal(night_next(at("2026-11-18T00:30"), 22, true).s, at("2026-11-18T00:35").s);
	assert_int_equal(night_next(at("2026-11-18T02:30"), 22, true).s, at("2026-11-18T22:00").s);
}

static const struct people_status thousand = { .of_whom = 1000 };

static enum night_why judged(const struct people_sums *s, const struct people_status *status, int64_t unprotected)
{
	return night_verdict(&(struct night_facts){ status, s, unprotected, 1000, 50, 5 });
}

#define BIT(c) __builtin_ctz(c)

static void an_ordinary_night_is_taken(void **state)
{
	struct people_sums s = { .fate = { [PEOPLE_ADDED] = 12, [PEOPLE_CHANGED] = 40, [PEOPLE_RETURNED] = 2, [PEOPLE_UNCHANGED] = 930,
					   [PEOPLE_LEFT] = 16, [PEOPLE_BAD] = 1, [PEOPLE_EXTRA] = 2 },
				 .by_change = { [BIT(PC_NAME)] = 3, [BIT(PC_UNIT)] = 20, [BIT(PC_PHONE)] = 40 }, .units_added = 1 };
	(void)state;
	assert_int_equal(judged(&s, &thousand, 0), NIGHT_FINE);
	/* In the smallest workplace a handful is always within bounds. */
	s = (struct people_sums){ .fate = { [PEOPLE_LEFT] = 3, [PEOPLE_ADDED] = 3, [PEOPLE_UNCHANGED] = 5 } };
	assert_int_equal(night_verdict(&(struct night_facts){ &(struct people_status){ .of_whom = 8 }, &s, 0, 8, 1, 5 }), NIGHT_FINE);
}

static void each_bound_holds_on_both_sides(void **state)
{
	static const struct {
		struct people_sums within, beyond;
		enum night_why why;
	} cases[] = {
		{ { .fate[PEOPLE_LEFT] = 50 }, { .fate[PEOPLE_LEFT] = 51 }, NIGHT_LEAVE },
		{ { .fate[PEOPLE_ADDED] = 60, .fate[PEOPLE_RETURNED] = 40 }, { .fate[PEOPLE_ADDED] = 61, .fate[PEOPLE_RETURNED] = 40 }, NIGHT_NEW },
		{ { .by_change[BIT(PC_NAME)] = 20 }, { .by_change[BIT(PC_NAME)] = 20, .by_change[BIT(PC_NUMBER)] = 1 }, NIGHT_NAMES },
		{ { .by_change[BIT(PC_EMAIL)] = 50 }, { .by_change[BIT(PC_EMAIL)] = 51 }, NIGHT_NAMES },
		{ { .by_change[BIT(PC_PHONE)] = 50 }, { .by_change[BIT(PC_PHONE)] = 50, .by_change[BIT(PC_PRIVATE_PHONE)] = 1 }, NIGHT_NAMES },
		{ { .by_change[BIT(PC_UNIT)] = 100 }, { .by_change[BIT(PC_UNIT)] = 101 }, NIGHT_MOVED },
		{ { .units_added = 5 }, { .units_added = 5, .units_changed = 1 }, NIGHT_UNITS },
		{ { .doubts = 0 }, { .doubts = 1 }, NIGHT_DOUBTS },
		{ { .became = 1 }, { .became = 1, .became_unsaid = 1 }, NIGHT_BECAME },
		{ { .fate[PEOPLE_BAD] = 10 }, { .fate[PEOPLE_BAD] = 11 }, NIGHT_ROWS },
		{ { .fate[PEOPLE_EXTRA] = 10 }, { .fate[PEOPLE_EXTRA] = 11 }, NIGHT_TWICE },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct people_sums within = cases[i].within, beyond = cases[i].beyond;
		within.fate[PEOPLE_UNCHANGED] = beyond.fate[PEOPLE_UNCHANGED] = 1000;
		assert_int_equal(judged(&within, &thousand, 0), NIGHT_FINE);
		assert_int_equal(judged(&beyond, &thousand, 0), cases[i].why);
	}
}

static void a_lost_protection_an_unreadable_row_and_nothing_at_all_are_never_taken(void **state)
{
	struct people_sums s = { .fate[PEOPLE_UNCHANGED] = 1000 };
	struct people_status unreadable = { .of_whom = 1000, .unreadable = 1 };
	(void)state;
	assert_int_equal(judged(&s, &thousand, 1), NIGHT_PROTECTED);
	assert_int_equal(judged(&s, &unreadable, 0), NIGHT_ROWS);
	s = (struct people_sums){ .fate[PEOPLE_LEFT] = 1000 };
	assert_int_equal(judged(&s, &thousand, 0), NIGHT_EMPTY);
}

static void columns_are_found_by_what_they_are_called_wherever_they_stand(void **state)
{
	struct people_peek_column col[] = { { .heading = "Ny" }, { .heading = "Navn" }, { .heading = "Enhet" }, { .heading = "Nr" }, { .heading = "Enhet" } };
	struct people_peek peek = { col, 5 };
	struct agreed g = { .n = 4 };
	struct choices c;
	(void)state;
	struct arena *a = arena_new();
	g.column = arena_alloc(a, 4, sizeof(*g.column));
	g.column[0].heading = "Nr", g.column[0].is = PF_NUMBER;
	g.column[1].heading = "Navn", g.column[1].is = PF_NAME;
	g.column[2].heading = "Enhet", g.column[2].is = PF_UNIT;
	g.column[3].heading = "Enhet", g.column[3].is = PF_UNIT_CODE;
	assert_true(directory_agreed_fits(&g, &peek, &c));
	assert_int_equal(c.n, 5);
	assert_int_equal(c.is[0], PF_UNUSED);
	assert_int_equal(c.is[1], PF_NAME);
	assert_int_equal(c.is[2], PF_UNIT);
	assert_int_equal(c.is[3], PF_NUMBER);
	assert_int_equal(c.is[4], PF_UNIT_CODE);
	/* One that was agreed on is called otherwise. */
	col[3].heading = "Nummer";
	assert_false(directory_agreed_fits(&g, &peek, &c));
	assert_int_equal(c.is[1], PF_NAME);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_files_that_are_still_written_are_not_looked_at),
		cmocka_unit_test(a_file_is_complete_when_two_looks_apart_see_the_same),
		cmocka_unit_test(a_file_is_awaited_for_four_hours_a_night_past_midnight_too),
		cmocka_unit_test(an_ordinary_night_is_taken),
		cmocka_unit_test(each_bound_holds_on_both_sides),
		cmocka_unit_test(a_lost_protection_an_unreadable_row_and_nothing_at_all_are_never_taken),
		cmocka_unit_test(columns_are_found_by_what_they_are_called_wherever_they_stand),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
