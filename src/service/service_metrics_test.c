#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

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
	struct service_figures few = { 3, 1, 12, 0, (3 << 20) + 1 }, more = { 3, 9, 80, 0, 4 << 20 }, other = { 3, 9, 101, 0, 4 << 20 };
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

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_count_is_told_as_a_band),
		cmocka_unit_test(figures_that_differ_within_a_band_read_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
