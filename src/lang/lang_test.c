#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "lang/lang.h"

static struct instant at(const char *wall)
{
	struct instant t;
	assert_int_equal(instant_parse(slice_of(wall), &t), RES_OK);
	return t;
}

static struct day on(int year, int month, int mday)
{
	struct day d;
	assert_int_equal(day_from(year, month, mday, &d), RES_OK);
	return d;
}

typedef void say_instant(struct buf *out, enum lang lang, struct instant when, struct instant now);

static void says(say_instant *say, enum lang lang, const char *when, const char *now, const char *want)
{
	struct buf b = BUF_LIMIT(200);
	say(&b, lang, at(when), at(now));
	assert_string_equal(b.p, want);
	buf_free(&b);
}

static void says_day(enum lang lang, struct day when, struct day today, const char *want)
{
	struct buf b = BUF_LIMIT(200);
	say_day(&b, lang, when, today);
	assert_string_equal(b.p, want);
	buf_free(&b);
}

#define NOW "2026-11-18T09:00" /* a Wednesday */

static void deadlines_in_norwegian(void **state)
{
	(void)state;
	says(say_before, LANG_NB, NOW, NOW, "nå");
	says(say_before, LANG_NB, "2026-11-18T14:00", NOW, "i dag før kl. 14");
	says(say_before, LANG_NB, "2026-11-18T14:30", NOW, "i dag før kl. 14.30");
	says(say_before, LANG_NB, "2026-11-18T20:44", NOW, "i kveld før kl. 20.44");
	says(say_before, LANG_NB, "2026-11-19T00:00", NOW, "i kveld før midnatt");
	says(say_before, LANG_NB, "2026-11-19T14:00", NOW, "i morgen før kl. 14");
	says(say_before, LANG_NB, "2026-11-20T00:00", NOW, "i morgen før midnatt");
	says(say_before, LANG_NB, "2026-11-21T14:00", NOW, "på lørdag før kl. 14");
	says(say_before, LANG_NB, "2026-11-25T14:00", NOW, "25. november før kl. 14");
	says(say_before, LANG_NB, "2027-01-02T09:05", NOW, "2. januar 2027 før kl. 9.05");
}

static void deadlines_in_swedish_danish_and_english(void **state)
{
	(void)state;
	says(say_before, LANG_SV, NOW, NOW, "nu");
	says(say_before, LANG_SV, "2026-11-19T14:00", NOW, "i morgon före kl. 14");
	says(say_before, LANG_SV, "2026-11-18T21:00", NOW, "i kväll före kl. 21");
	says(say_before, LANG_SV, "2026-11-25T14:00", NOW, "den 25 november före kl. 14");
	says(say_before, LANG_DA, "2026-11-19T14:00", NOW, "i morgen inden kl. 14");
	says(say_before, LANG_DA, "2026-11-19T00:00", NOW, "i aften inden midnat");
	says(say_before, LANG_DA, "2026-11-21T14:15", NOW, "på lørdag inden kl. 14.15");
	says(say_before, LANG_EN, NOW, NOW, "now");
	says(say_before, LANG_EN, "2026-11-19T14:00", NOW, "tomorrow before 14:00");
	says(say_before, LANG_EN, "2026-11-18T22:05", NOW, "this evening before 22:05");
	says(say_before, LANG_EN, "2026-11-21T09:30", NOW, "on Saturday before 9:30");
}

static void moments_in_each_language(void **state)
{
	(void)state;
	says(say_moment, LANG_NB, "2026-11-18T09:12", NOW, "i dag kl. 9.12");
	says(say_moment, LANG_SV, "2026-11-18T09:12", NOW, "i dag kl. 9.12");
	says(say_moment, LANG_DA, "2026-11-18T09:12", NOW, "i dag kl. 9.12");
	says(say_moment, LANG_EN, "2026-11-18T09:12", NOW, "today at 9:12");
	says(say_moment, LANG_NB, "2026-11-17T22:40", NOW, "i går kl. 22.40");
	says(say_moment, LANG_NB, "2026-11-13T22:40", NOW, "13. november kl. 22.40");
	says(say_moment, LANG_SV, "2025-12-31T23:59", NOW, "den 31 december 2025 kl. 23.59");
	says(say_moment, LANG_DA, "2026-11-21T08:00", NOW, "på lørdag kl. 8");
	says(say_moment, LANG_EN, "2026-11-16T00:00", NOW, "on 16 November at 0:00");
}

static void days_near_and_far_in_each_language(void **state)
{
	(void)state;
	struct day today = on(2026, 11, 18);
	says_day(LANG_NB, today, today, "i dag");
	says_day(LANG_NB, day_add(today, 1), today, "i morgen");
	says_day(LANG_NB, day_add(today, -1), today, "i går");
	says_day(LANG_NB, day_add(today, 2), today, "på fredag");
	says_day(LANG_NB, day_add(today, 6), today, "på tirsdag");
	says_day(LANG_NB, day_add(today, 7), today, "25. november");
	says_day(LANG_NB, day_add(today, -2), today, "16. november");
	says_day(LANG_SV, day_add(today, 3), today, "på lördag");
	says_day(LANG_SV, day_add(today, 7), today, "den 25 november");
	says_day(LANG_SV, day_add(today, -1), today, "i går");
	says_day(LANG_DA, day_add(today, 1), today, "i morgen");
	says_day(LANG_DA, day_add(today, 3), today, "på lørdag");
	says_day(LANG_DA, on(2026, 3, 1), today, "den 1. marts");
	says_day(LANG_EN, day_add(today, 3), today, "on Saturday");
	says_day(LANG_EN, day_add(today, -1), today, "yesterday");
	says_day(LANG_EN, day_add(today, 9), today, "on 27 November");
}

static void the_year_is_said_when_it_is_another(void **state)
{
	(void)state;
	struct day eve = on(2026, 12, 31);
	says_day(LANG_NB, on(2027, 1, 1), eve, "i morgen");
	says_day(LANG_NB, on(2027, 1, 4), eve, "på mandag");
	says_day(LANG_NB, on(2027, 1, 7), eve, "7. januar 2027");
	says_day(LANG_SV, on(2027, 1, 7), eve, "den 7 januari 2027");
	says_day(LANG_DA, on(2025, 5, 9), eve, "den 9. maj 2025");
	says_day(LANG_EN, on(2025, 5, 9), eve, "on 9 May 2025");
	says_day(LANG_NB, eve, on(2027, 1, 2), "31. desember 2026");
	says_day(LANG_NB, eve, on(2027, 1, 1), "i går");
}

static void a_leap_day_is_a_day(void **state)
{
	(void)state;
	says_day(LANG_NB, on(2028, 2, 29), on(2028, 2, 28), "i morgen");
	says_day(LANG_NB, on(2028, 3, 1), on(2028, 2, 28), "på onsdag");
	says_day(LANG_DA, on(2028, 2, 29), on(2028, 3, 10), "den 29. februar");
	says_day(LANG_EN, on(2028, 2, 29), on(2027, 12, 1), "on 29 February 2028");
}

static void midnight_divides_the_days(void **state)
{
	(void)state;
	says(say_moment, LANG_NB, "2026-11-19T00:00", "2026-11-18T23:59", "i morgen kl. 0");
	says(say_moment, LANG_NB, "2026-11-18T23:59", "2026-11-19T00:00", "i går kl. 23.59");
	says(say_before, LANG_NB, "2026-11-19T00:01", "2026-11-18T23:59", "i morgen før kl. 0.01");
	says(say_before, LANG_NB, "2026-11-19T00:00", "2026-11-18T23:59", "i kveld før midnatt");
	says(say_before, LANG_NB, "2026-11-19T00:00", "2026-11-19T00:00", "nå");
}

/* Clocks go forward in the night to 29 March 2026, and back in the night to 25 October. */
static void across_a_clock_change_the_days_are_those_of_the_calendar(void **state)
{
	(void)state;
	says(say_before, LANG_NB, "2026-03-29T14:00", "2026-03-28T23:30", "i morgen før kl. 14");
	says(say_before, LANG_NB, "2026-03-30T00:00", "2026-03-29T01:30", "i kveld før midnatt");
	says(say_moment, LANG_SV, "2026-03-28T23:30", "2026-03-29T03:10", "i går kl. 23.30");
	says(say_moment, LANG_DA, "2026-10-25T23:30", "2026-10-25T00:10", "i dag kl. 23.30");
	says(say_before, LANG_EN, "2026-10-26T00:30", "2026-10-25T00:10", "tomorrow before 0:30");
	/* 02:30 comes twice in October, and never in March. */
	says(say_moment, LANG_NB, "2026-10-25T00:30:00Z", NOW, "25. oktober kl. 2.30");
	says(say_moment, LANG_NB, "2026-10-25T01:30:00Z", NOW, "25. oktober kl. 2.30");
	says(say_moment, LANG_NB, "2026-03-29T01:30:00Z", NOW, "29. mars kl. 3.30");
}

static void whole_dates_and_dates_about(void **state)
{
	(void)state;
	static const struct {
		const char *date, *bare, *about;
	} want[] = {
		[LANG_NB] = { "onsdag 16. desember 2026", "onsdag 16. desember", "rundt 16. desember" },
		[LANG_SV] = { "onsdagen den 16 december 2026", "onsdagen den 16 december", "runt den 16 december" },
		[LANG_DA] = { "onsdag den 16. december 2026", "onsdag den 16. december", "omkring den 16. december" },
		[LANG_EN] = { "Wednesday 16 December 2026", "Wednesday 16 December", "around 16 December" },
	};
	for (size_t l = 0; l < ARRAY_LEN(want); l++) {
		struct buf b = BUF_LIMIT(200);
		say_date(&b, (enum lang)l, on(2026, 12, 16), on(2027, 1, 2));
		assert_string_equal(b.p, want[l].date);
		buf_reset(&b);
		say_date(&b, (enum lang)l, on(2026, 12, 16), on(2026, 12, 18));
		assert_string_equal(b.p, want[l].bare);
		buf_reset(&b);
		say_around(&b, (enum lang)l, on(2026, 12, 16));
		assert_string_equal(b.p, want[l].about);
		buf_free(&b);
	}
}

static void every_weekday_and_month_has_its_name(void **state)
{
	(void)state;
	static const char *const nb[] = {"januar", "februar", "mars",      "april",   "mai",      "juni",
					 "juli",   "august",  "september", "oktober", "november", "desember"};
	static const char *const sv[] = {"måndag", "tisdag", "onsdag", "torsdag",
					 "fredag", "lördag", "söndag"};
	struct buf b = BUF_LIMIT(200);
	for (int m = 1; m <= 12; m++) {
		buf_reset(&b);
		say_date(&b, LANG_NB, on(2026, m, 2), on(2026, 1, 1));
		assert_non_null(strstr(b.p, nb[m - 1]));
	}
	for (int d = 0; d < 7; d++) {
		buf_reset(&b);
		say_date(&b, LANG_SV, on(2026, 11, 16 + d), on(2026, 1, 1));
		assert_int_equal(strncmp(b.p, sv[d], strlen(sv[d])), 0);
	}
	buf_free(&b);
}

static void the_clock_alone(void **state)
{
	(void)state;
	struct buf b = BUF_LIMIT(200);
	say_clock(&b, LANG_NB, at("2026-11-18T22:40"));
	buf_char(&b, '|');
	say_clock(&b, LANG_DA, at("2026-11-18T07:00"));
	buf_char(&b, '|');
	say_clock(&b, LANG_EN, at("2026-11-18T07:00"));
	assert_string_equal(b.p, "kl. 22.40|kl. 7|7:00");
	buf_free(&b);
}

static void numbers(enum lang lang, int64_t n, const char *want)
{
	struct buf b = BUF_LIMIT(40);
	say_number(&b, lang, n);
	assert_string_equal(buf_get(&b).n ? b.p : "", want);
	buf_free(&b);
}

static void thousands_stand_apart_as_each_language_writes_them(void **state)
{
	(void)state;
	for (int lang = 0; lang < lang_count; lang++) {
		numbers((enum lang)lang, 0, "0");
		numbers((enum lang)lang, 999, "999");
	}
	numbers(LANG_NB, 6035, "6\u00a0035");
	numbers(LANG_SV, 6035, "6\u00a0035");
	numbers(LANG_DA, 6035, "6.035");
	numbers(LANG_EN, 6035, "6,035");
	numbers(LANG_EN, 1000, "1,000");
	numbers(LANG_EN, 10000, "10,000");
	numbers(LANG_NB, 100000, "100\u00a0000");
	numbers(LANG_DA, 1234567, "1.234.567");
	numbers(LANG_EN, -6035, "-6,035");
	numbers(LANG_EN, -603, "-603");
	numbers(LANG_EN, INT64_MIN, "-9,223,372,036,854,775,808");
}

static void a_sentence_begins_with_a_capital_letter(void **state)
{
	(void)state;
	struct buf b = BUF_LIMIT(200);
	buf_str(&b, "a ");
	size_t from = b.n;
	buf_str(&b, "i morgen");
	say_capital(&b, from);
	assert_string_equal(b.p, "a I morgen");
	say_capital(&b, b.n);
	buf_reset(&b);
	buf_str(&b, "å");
	say_capital(&b, 0);
	assert_string_equal(b.p, "Å");
	buf_reset(&b);
	buf_str(&b, "16. mai");
	say_capital(&b, 0);
	assert_string_equal(b.p, "16. mai");
	static const char *const pairs[][2] = {
		{ "á", "Á" }, { "č", "Č" }, { "đ", "Đ" }, { "ŋ", "Ŋ" }, { "š", "Š" }, { "ŧ", "Ŧ" }, { "ž", "Ž" }, { "ł", "Ł" },
		{ "Č", "Č" }, { "Ž", "Ž" }, { "Ł", "Ł" }, { "ŉ", "ŉ" }, { "ſ", "ſ" }, { "ı", "ı" }, { "Ÿ", "Ÿ" }, { "÷", "÷" },
		{ "ĸ", "ĸ" }, { "İ", "İ" }, { "Ŀ", "Ŀ" }, { "ŀ", "Ŀ" },
	};
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		buf_reset(&b);
		buf_str(&b, pairs[i][0]);
		say_capital(&b, 0);
		assert_string_equal(b.p, pairs[i][1]);
	}
	buf_free(&b);
}

static void holes_are_filled_by_name_and_nothing_else_is_touched(void **state)
{
	(void)state;
	struct buf b = BUF_LIMIT(200);
	tr_fill(&b, "{b} { x} {} {1} {a}{a} }{", "a", "1{b}", "b", "2", NULL);
	assert_string_equal(b.p, "2 { x} {} {1} 1{b}1{b} }{");
	buf_reset(&b);
	tr_fill(&b, "plain", NULL);
	assert_string_equal(b.p, "plain");
	buf_free(&b);
}

static bool aborts(void (*what)(void))
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		what();
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void fill_without_a_value(void)
{
	struct buf b = BUF_LIMIT(200);
	tr_fill(&b, "{gone}", "a", "1", NULL);
	buf_free(&b);
}

static void ask_for_an_unknown_text(void)
{
	tr(LANG_DA, "no such text");
}

static void a_hole_without_a_value_is_our_bug(void **state)
{
	(void)state;
	assert_true(aborts(fill_without_a_value));
}

static void a_text_without_words_is_our_bug_here_and_english_in_a_release(void **state)
{
	(void)state;
	assert_string_equal(tr(LANG_EN, "no such text"), "no such text");
	assert_string_equal(trn(LANG_EN, "{count} such", "{count} suches", 1), "{count} such");
	assert_string_equal(trn(LANG_EN, "{count} such", "{count} suches", 0), "{count} suches");
#ifdef LANG_STRICT
	assert_true(aborts(ask_for_an_unknown_text));
#else
	ask_for_an_unknown_text();
	assert_string_equal(tr(LANG_DA, "no such text"), "no such text");
#endif
}

static void codes_and_only_our_codes(void **state)
{
	(void)state;
	enum lang lang = LANG_MOST;
	for (int l = 0; l < lang_count; l++) {
		assert_int_equal(lang_from(slice_of(lang_code((enum lang)l)), &lang), RES_OK);
		assert_int_equal(lang, l);
	}
	assert_string_equal(lang_code(LANG_DA), "da");
	static const char *const bad[] = { "", "n", "no", "NB", "nb ", "nb-NO", "zz" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		lang = LANG_SV;
		assert_int_equal(lang_from(slice_of(bad[i]), &lang), RES_BAD);
		assert_int_equal(lang, LANG_SV);
	}
}

static void each_language_is_called_by_its_own_name(void **state)
{
	(void)state;
	assert_string_equal(lang_name(LANG_NB), "Norsk");
	assert_string_equal(lang_name(LANG_SV), "Svenska");
	assert_string_equal(lang_name(LANG_DA), "Dansk");
	assert_string_equal(lang_name(LANG_EN), "English");
}

static void the_clock_s_sign_is_the_catalogue_s(void **state)
{
	(void)state;
	assert_int_equal(say_clock_sign(LANG_NB), '.');
	assert_int_equal(say_clock_sign(LANG_SV), '.');
	assert_int_equal(say_clock_sign(LANG_DA), '.');
	assert_int_equal(say_clock_sign(LANG_EN), ':');
}

static void the_browser_s_best_language(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		enum lang want;
	} cases[] = {
	    {"", LANG_SV},
	    {"nb", LANG_NB},
	    {"nb-NO,nb;q=0.9,en;q=0.8", LANG_NB},
	    {"no", LANG_NB},
	    {"nn-NO", LANG_NB},
	    {"DA", LANG_DA},
	    {"hu,da;q=0.3,en;q=0.2", LANG_DA},
	    {"en;q=0.5, da;q=0.8", LANG_DA},
	    {"en;q=0.5, da;q=0.5", LANG_EN},
	    {"en ; q=0.001", LANG_EN},
	    {"*", LANG_SV},
	    {"hu, *;q=0.1", LANG_SV},
	    {"da;q=0.1, *;q=0.5", LANG_SV},
	    {"sv;q=0, *", LANG_NB},
	    {"sv;q=0,nb;q=0,*;q=0.1", LANG_DA},
	    {"da;q=0", LANG_SV},
	    {"da;q=1.001, en;q=0.1", LANG_EN},
	    {"da;q=2,en;q=0.1", LANG_EN},
	    {"da;q=,en;q=0.1", LANG_EN},
	    {"da;x=1,en;q=0.1", LANG_EN},
	    {"da;q=0.1234,en;q=0.1", LANG_EN},
	    {"da;q=1.,en", LANG_DA},
	    {",,;;,", LANG_SV},
	    {"enough", LANG_SV},
	    {"e", LANG_SV},
	    {"-en", LANG_SV},
	    {"zh-Hant", LANG_SV},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (lang_accept(slice_of(cases[i].header), LANG_SV) != cases[i].want)
			fail_msg("\"%s\" gave %s", cases[i].header,
				 lang_code(lang_accept(slice_of(cases[i].header), LANG_SV)));
}

static void *read_much(void *wrong)
{
	for (int i = 0; i < 20000; i++)
		if (strcmp(trc(LANG_NB, "weekday", "Monday"), "mandag") != 0 ||
		    strcmp(trc(LANG_SV, "month", "May"), "maj") != 0 ||
		    strcmp(trc(LANG_EN, "time", "today"), "today") != 0)
			*(bool *)wrong = true;
	return NULL;
}

static void threads_in_different_languages_do_not_mix(void **state)
{
	(void)state;
	pthread_t threads[4];
	bool wrong[4] = { false };
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_much, &wrong[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_false(wrong[i]);
	}
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines_in_norwegian),
		cmocka_unit_test(deadlines_in_swedish_danish_and_english),
		cmocka_unit_test(moments_in_each_language),
		cmocka_unit_test(days_near_and_far_in_each_language),
		cmocka_unit_test(the_year_is_said_when_it_is_another),
		cmocka_unit_test(a_leap_day_is_a_day),
		cmocka_unit_test(midnight_divides_the_days),
		cmocka_unit_test(across_a_clock_change_the_days_are_those_of_the_calendar),
		cmocka_unit_test(whole_dates_and_dates_about),
		cmocka_unit_test(every_weekday_and_month_has_its_name),
		cmocka_unit_test(the_clock_alone),
		cmocka_unit_test(thousands_stand_apart_as_each_language_writes_them),
		cmocka_unit_test(a_sentence_begins_with_a_capital_letter),
		cmocka_unit_test(holes_are_filled_by_name_and_nothing_else_is_touched),
		cmocka_unit_test(a_hole_without_a_value_is_our_bug),
		cmocka_unit_test(a_text_without_words_is_our_bug_here_and_english_in_a_release),
		cmocka_unit_test(codes_and_only_our_codes),
		cmocka_unit_test(each_language_is_called_by_its_own_name),
		cmocka_unit_test(the_clock_s_sign_is_the_catalogue_s),
		cmocka_unit_test(the_browser_s_best_language),
		cmocka_unit_test(threads_in_different_languages_do_not_mix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
