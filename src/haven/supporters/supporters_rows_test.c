#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "haven/supporters/supporters_rows.h"

/* Reads the windows and writes them back: "0:480-960", an s for standby; or ! when refused. */
static void expect(const char *text, const char *want)
{
	struct arena *a = arena_new();
	struct supporter_window *list;
	struct buf b = BUF_LIMIT(4000);
	size_t n = 0;
	const char *why = supporters_windows_read(slice_of(text), a, &list, &n);
	if (why)
		buf_char(&b, '!');
	else
		buf_str(&b, "");
	for (size_t i = 0; !why && i < n; i++)
		buf_printf(&b, "%s%d:%d-%d%s", i ? " " : "", list[i].weekday, list[i].from_minute, list[i].to_minute,
			   list[i].standby ? "s" : "");
	assert_string_equal(b.n ? b.p : "", want);
	buf_free(&b);
	arena_free(&a);
}

static void windows_are_read_in_four_languages(void **state)
{
	(void)state;
	expect("mon 08:00-16:00; tue 20:00-08:00 standby", "0:480-960 1:1200-1920s");
	expect("Man 8.00-16.00, lør 00:00-24:00 hjemmevakt", "0:480-960 5:0-1440s");
	expect("mån-fre 08:00-16:00;sön 12:00-13:00", "0:480-960 1:480-960 2:480-960 3:480-960 4:480-960 6:720-780");
	expect("tis 22:00-06:00\nons 22:00-06:00 beredskap", "1:1320-1800 2:1320-1800s");
	expect("", "");
	expect(" ; ", "");
}

static void what_is_no_window_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"monday 08:00-16:00", "mon 8-16", "mon 08:00", "mon 08:00-25:00", "mon 24:00-08:00", "mon 08:60-09:00",
		"mon 08:00-16:00 sometimes", "mon 08:00-16:00 standby twice", "fri-mon 08:00-16:00", "08:00-16:00",
		"mon 08:00-16:00; mon 08:00-12:00", "mon", "-", "mon- 08:00-16:00", "mon 08:00-16:00-17:00", "mon -1:00-02:00",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(bad[i], "!");
}

static void expect_rest(const char *text, enum supporters_rest want)
{
	struct arena *a = arena_new();
	struct supporter_window *list;
	size_t n;
	assert_null(supporters_windows_read(slice_of(text), a, &list, &n));
	assert_int_equal(supporters_rest_of(list, n), want);
	arena_free(&a);
}

static void windows_without_rest_are_seen(void **state)
{
	(void)state;
	expect_rest("", SUPPORTERS_RESTED);
	expect_rest("mon-fri 08:00-16:00", SUPPORTERS_RESTED);
	expect_rest("mon-sun 08:00-20:00", SUPPORTERS_RESTED);
	/* 12 hours of duty are the most, 13 too many, though 11 hours of rest follow. */
	expect_rest("mon-sun 08:00-21:00", SUPPORTERS_LONG);
	/* Standby counts half: 24 hours of it are 12. */
	expect_rest("mon 08:00-08:00 standby", SUPPORTERS_RESTED);
	expect_rest("mon 08:00-08:00 standby; tue 08:00-09:00 standby", SUPPORTERS_LONG);
	/* Round the clock, and ten hours off each night. */
	expect_rest("mon-sun 00:00-24:00 standby", SUPPORTERS_NEVER_RESTS);
	expect_rest("mon-sun 07:00-21:00", SUPPORTERS_NEVER_RESTS);
	/* The rest lies over the end of the week. */
	expect_rest("mon 06:00-18:00; sun 06:00-18:00", SUPPORTERS_RESTED);
}

static void what_this_room_calls_rest_is_what_the_matching_calls_rest(void **state)
{
	(void)state;
	/* Far into the weeks to come, a round-the-clock supporter is never free; one who rests is. */
	static const struct matching_window all[] = { { 0, MATCHING_WEEK, true } }, some[] = { { 480, 480, false } };
	struct matching_settings set = matching_defaults();
	struct instant from = day_at((struct day){ 20800 }, 0, 0), first;
	assert_int_equal(matching_first_free(&set, all, 1, from, instant_add(from, 14 * 86400), &first), RES_REFUSED);
	assert_int_equal(matching_first_free(&set, some, 1, from, instant_add(from, 14 * 86400), &first), RES_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_are_read_in_four_languages),
		cmocka_unit_test(what_is_no_window_is_refused),
		cmocka_unit_test(windows_without_rest_are_seen),
		cmocka_unit_test(what_this_room_calls_rest_is_what_the_matching_calls_rest),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
