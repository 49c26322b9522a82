#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "service/service_health.h"
#include "service/service_metrics.h"

static void a_count_is_told_as_a_band(void **state)
{
	(void)state;
	static const int64_t cases[][2] = { { -1, 0 }, { 0, 0 },     { 1, 1 },	   { 9, 1 },
					    { 10, 10 }, { 99, 10 }, { 100, 100 }, { INT64_MAX, 1000000000000000000 } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(service_band(cases[i][0]), cases[i][1]);
}

static void figures_that_differ_within_a_band_read_the_same(void **state)
{
	(void)state;
	const struct service_figures few = { "makker-test", true, true, 3, 12, 1, 0, (3 << 20) + 1 };
	const struct service_figures more = { "makker-test", true, true, 3, 80, 9, 0, 4 << 20 };
	const struct service_figures other = { "makker-test", true, true, 3, 101, 9, 0, 4 << 20 };
	struct buf a = BUF_LIMIT(8192), b = BUF_LIMIT(8192), c = BUF_LIMIT(8192);
	service_figures_text(&few, &a);
	service_figures_text(&more, &b);
	service_figures_text(&other, &c);
	assert_string_equal(buf_get(&a).p, buf_get(&b).p);
	assert_string_not_equal(buf_get(&a).p, buf_get(&c).p);
	assert_non_null(strstr(buf_get(&a).p, "\nmakker_mails_today 10\n"));
	assert_non_null(strstr(buf_get(&a).p, "\nmakker_database_megabytes 4\n"));
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
}

static void of_a_silent_database_no_figure_is_made_up(void **state)
{
	(void)state;
	const struct service_figures f = { "makker-test", false, false, 3, 12, 0, 0, 0 };
	struct buf out = BUF_LIMIT(8192);
	service_figures_text(&f, &out);
	assert_non_null(strstr(buf_get(&out).p, "\nmakker_healthy 0\n"));
	assert_null(strstr(buf_get(&out).p, "makker_mails_waiting"));
	assert_null(strstr(buf_get(&out).p, "makker_jobs_late"));
	assert_null(strstr(buf_get(&out).p, "makker_database_megabytes"));
	buf_free(&out);
}

static void each_trouble_is_one_line_and_health_is_none(void **state)
{
	(void)state;
	static const struct {
		struct service_health health;
		const char *says; /* "": all is well */
	} cases[] = {
		{ { .free_mb = HEALTH_FREE_MB }, "" },
		{ { .free_mb = -1 }, "" },
		{ { .free_mb = 900, .mail_away = HEALTH_MAIL_AWAY - 1, .mail_days = HEALTH_MAIL_DAYS - 1 }, "" },
		{ { .free_mb = 900, .jobs_late = 1 }, "what falls due is not done: jobs are more than 15 minutes late\n" },
		{ { .free_mb = 900, .mail_away = HEALTH_MAIL_AWAY },
		  "the mail server has taken nobody's mail for 15 minutes, and mail waits\n" },
		{ { .free_mb = 900, .sms_away = HEALTH_MAIL_AWAY - 1 }, "" },
		{ { .free_mb = 900, .sms_away = HEALTH_MAIL_AWAY },
		  "the SMS gateway has taken nobody's SMS for 15 minutes, and SMS wait\n" },
		{ { .free_mb = 900, .mail_days = HEALTH_MAIL_DAYS }, "a mail has waited for two days; after three it counts as refused\n" },
		{ { .free_mb = HEALTH_FREE_MB - 1 }, "the disk with the program's folder has less than 32 MB left\n" },
		{ { .free_mb = 900, .trouble = "the door sticks" }, "the door sticks\n" },
		/* What was read before it fell silent says nothing. */
		{ { .free_mb = 900, .database = HEALTH_SILENT, .jobs_late = 1, .mail_days = 9 },
		  "the database does not answer within 3 seconds\n" },
		{ { .free_mb = 900, .database = HEALTH_FAILS, .trouble = "the door sticks" },
		  "the database cannot be read\nthe door sticks\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_LIMIT(4096);
		int n = service_health_text(&cases[i].health, &out), lines = 0;
		for (const char *p = cases[i].says; *p; p++)
			lines += *p == '\n';
		assert_int_equal(n, lines);
		assert_string_equal(n ? buf_get(&out).p : "", cases[i].says);
		buf_free(&out);
	}
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_count_is_told_as_a_band),
		cmocka_unit_test(figures_that_differ_within_a_band_read_the_same),
		cmocka_unit_test(of_a_silent_database_no_figure_is_made_up),
		cmocka_unit_test(each_trouble_is_one_line_and_health_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
