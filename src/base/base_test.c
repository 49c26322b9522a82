#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"

static void a_full_buffer_says_so_and_keeps_what_it_had(void **state)
{
	(void)state;
	struct buf b = BUF_LIMIT(5);
	buf_str(&b, "abc");
	buf_str(&b, "def");
	assert_true(b.full);
	buf_char(&b, 'x');
	assert_string_equal(b.p, "abc");
	buf_free(&b);
	buf_free(&b);
}

/* At every length around what it has room for, and at the limit. */
static void what_is_formatted_into_a_buffer_is_whole_or_not_there(void **state)
{
	(void)state;
	static const size_t least[] = { 0, 7, 16, 64 };
	for (size_t k = 0; k < ARRAY_LEN(least); k++)
		for (int n = 0; n <= 40; n++) {
			struct buf b = { .limit = 35, .least = least[k], .secret = true };
			buf_str(&b, "ab");
			buf_printf(&b, "%0*d", n, 0);
			size_t put = n ? (size_t)n : 1;
			assert_int_equal(b.full, put + 2 > 35);
			assert_int_equal(b.n, b.full ? 2 : put + 2);
			assert_int_equal(strlen(b.p), b.n);
			assert_int_equal(strncmp(b.p, "ab", 2), 0);
			assert_int_equal(strspn(b.p + 2, "0"), b.n - 2);
			buf_free(&b);
		}
}

static void a_slice_is_cut_at_each_separator_once(void **state)
{
	(void)state;
	struct slice rest = SLICE("a,,b"), part;
	const char *const want[] = { "a", "", "b" };
	for (int i = 0; i < 3; i++) {
		assert_true(slice_cut(&rest, ',', &part));
		assert_true(slice_is(part, want[i]));
	}
	assert_false(slice_cut(&rest, ',', &part));
}

static void numbers_at_the_edge(void **state)
{
	(void)state;
	int64_t n = 7;
	assert_int_equal(slice_int(SLICE("-9223372036854775808"), &n), RES_OK);
	assert_true(n == INT64_MIN);
	assert_int_equal(slice_int(SLICE("9223372036854775807"), &n), RES_OK);
	assert_true(n == INT64_MAX);
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "9223372036854775808", "1e3", "0x1" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		n = 7;
		assert_int_equal(slice_int(slice_of(bad[i]), &n), RES_BAD);
		assert_true(n == 7);
	}
}

static void base64url_reads_back_what_it_wrote_and_nothing_else(void **state)
{
	(void)state;
	unsigned char in[5] = { 0, 255, 16, 131, 7 }, back[5];
	char text[base64url_size(5) + 1];
	for (size_t n = 0; n <= sizeof(in); n++) {
		base64url_write(text, in, n);
		assert_int_equal(base64url_read(slice_of(text), back, n), RES_OK);
		assert_memory_equal(in, back, n);
	}
	assert_int_equal(base64url_read(SLICE("AB"), back, 1), RES_BAD); /* stray low bits */
	assert_int_equal(base64url_read(SLICE("A+"), back, 1), RES_BAD);
	assert_int_equal(base64url_read(SLICE("AA=="), back, 1), RES_BAD);
}

static void hexadecimal_has_two_small_digits_a_byte(void **state)
{
	(void)state;
	char text[2 * 4 + 1] = "unwrit";
	hex_write(text, "", 0);
	assert_string_equal(text, "");
	hex_write(text, "\x00\x7f\xa0\xff", 4);
	assert_string_equal(text, "007fa0ff");
}

static struct instant at(const char *text)
{
	struct instant t = { 0 };
	assert_int_equal(instant_parse(slice_of(text), &t), RES_OK);
	return t;
}

static void the_wall_follows_the_zone_across_clock_changes(void **state)
{
	(void)state;
	struct day d;
	/* Spring: 02:30 does not exist; it becomes 03:30 summer time. */
	assert_int_equal(day_from(2026, 3, 29, &d), RES_OK);
	assert_true(day_at(d, 2, 30).s == at("2026-03-29T03:30:00+02:00").s);
	assert_true(day_at(d, 14, 0).s == at("2026-03-29T14:00:00+02:00").s);
	assert_true(day_at(day_add(d, -1), 14, 0).s == at("2026-03-28T14:00:00+01:00").s);
	/* Autumn: 02:30 comes twice; the first is meant. */
	assert_int_equal(day_from(2026, 10, 25, &d), RES_OK);
	assert_true(day_at(d, 2, 30).s == at("2026-10-25T02:30:00+02:00").s);
	assert_true(day_at(d, 3, 30).s == at("2026-10-25T03:30:00+01:00").s);
	assert_true(day_at(day_add(d, 1), 0, 0).s - day_at(d, 0, 0).s == 25 * 3600);
	/* Winter. */
	assert_true(at("2026-11-18T22:40").s == at("2026-11-18T21:40:00Z").s);
	assert_int_equal(instant_wall(at("2026-11-18T22:40")).weekday, 2);
	assert_int_equal(instant_day(at("2026-11-18T23:59:59")).n + 1, instant_day(at("2026-11-19T00:00")).n);
}

static void dates_that_do_not_exist_are_refused(void **state)
{
	(void)state;
	struct day d;
	struct instant t;
	assert_int_equal(day_from(2027, 2, 29, &d), RES_BAD);
	assert_int_equal(day_from(2028, 2, 29, &d), RES_OK);
	assert_int_equal(instant_parse(SLICE("2026-02-30T10:00"), &t), RES_BAD);
	assert_int_equal(instant_parse(SLICE("2026-11-18T24:00"), &t), RES_BAD);
	assert_int_equal(instant_parse(SLICE("2026-11-18T10:00:00+"), &t), RES_BAD);
	assert_int_equal(instant_parse(SLICE("2026-11-18"), &t), RES_BAD);
}

static void a_clock_by_hand_never_goes_back(void **state)
{
	(void)state;
	struct clock *c = clock_by_hand((struct instant){ 100 });
	clock_set(c, (struct instant){ 50 });
	assert_true(clock_now(c).s == 100);
	clock_set(c, (struct instant){ 150 });
	assert_true(clock_now(c).s == 150);
	clock_free(&c);
}

static void an_arena_holds_much_and_little(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	char *big = arena_alloc(a, 1, 100000);
	memset(big, 1, 100000);
	for (int i = 0; i < 1000; i++)
		assert_string_equal(arena_printf(a, "%d", i) ? "x" : "", "x");
	assert_string_equal(arena_str(a, SLICE("Åse O'Brien")), "Åse O'Brien");
	arena_wipe_free(&a);
	assert_null(a);
}

static int64_t machine_says;

static int64_t the_machine(void)
{
	return machine_says;
}

static int64_t said_at(struct clock *c, int64_t machine)
{
	machine_says = machine;
	return clock_now(c).s;
}

/* What went to the log while the machine's clock says these things, and what the program's says. */
static void the_machines_clock_is_held_for_a_minute_and_followed_further_back(void **state)
{
	(void)state;
	struct clock *c = clock_machine(the_machine);
	char path[] = "/tmp/base-test-XXXXXX", log[1024];
	int out = mkstemp(path), before = dup(STDERR_FILENO);
	assert_true(out >= 0 && before >= 0 && dup2(out, STDERR_FILENO) >= 0);
	int64_t said[8];
	static const int64_t machine[] = { 1000, 999, 940, 1001, 20000, 9000, 9001, 8990 };
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		said[i] = said_at(c, machine[i]);
	dup2(before, STDERR_FILENO);
	ssize_t n = pread(out, log, sizeof(log) - 1, 0);
	close(before);
	close(out);
	unlink(path);
	static const int64_t want[] = { 1000, 1000, 1000, 1001, 20000, 9000, 9001, 9001 };
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(said[i], want[i]);
	assert_true(n > 0);
	log[n] = '\0';
	assert_non_null(strstr(log, "clock: the machine's clock was set back by 11000 seconds"));
	assert_true(strchr(log, '\n') == log + n - 1); /* one line an episode */
	clock_free(&c);
}

/* A child that takes `first` bytes at once and then `more` pieces of 3,000: true if it aborted. */
static bool arena_aborts(size_t first, int more)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		int silent = open("/dev/null", O_WRONLY);
		if (silent < 0 || dup2(silent, STDERR_FILENO) < 0)
			_exit(2);
		struct arena *a = arena_new();
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		bool got = arena_alloc(a, first, 1);
		for (int i = 0; i < more; i++)
			got = arena_alloc(a, 3000, 1) && got;
		_exit(got ? 0 : 2);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void an_arena_ends_the_program_past_its_limit_and_not_before(void **state)
{
	const size_t most = (size_t)64 << 20;
	(void)state;
	assert_false(arena_aborts(most - 5 * 4096, 5));
	/* The fifth block goes past the limit; what comes after must not find room again. */
	assert_true(arena_aborts(most - 4 * 4096 - 3584, 100));
	assert_true(arena_aborts(most + 1, 0));
	assert_true(arena_aborts(SIZE_MAX, 0));
}

static void a_list_in_an_arena_keeps_what_it_had_as_it_grows(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	int *list = NULL;
	size_t room = 0;
	for (int i = 0; i < 1000; i++) {
		list = arena_grow(a, list, (size_t)i, &room, sizeof(*list));
		list[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(list[i], i);
	arena_free(&a);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_buffer_says_so_and_keeps_what_it_had),
		cmocka_unit_test(what_is_formatted_into_a_buffer_is_whole_or_not_there),
		cmocka_unit_test(a_slice_is_cut_at_each_separator_once),
		cmocka_unit_test(numbers_at_the_edge),
		cmocka_unit_test(base64url_reads_back_what_it_wrote_and_nothing_else),
		cmocka_unit_test(hexadecimal_has_two_small_digits_a_byte),
		cmocka_unit_test(the_wall_follows_the_zone_across_clock_changes),
		cmocka_unit_test(dates_that_do_not_exist_are_refused),
		cmocka_unit_test(a_clock_by_hand_never_goes_back),
		cmocka_unit_test(the_machines_clock_is_held_for_a_minute_and_followed_further_back),
		cmocka_unit_test(an_arena_holds_much_and_little),
		cmocka_unit_test(an_arena_ends_the_program_past_its_limit_and_not_before),
		cmocka_unit_test(a_list_in_an_arena_keeps_what_it_had_as_it_grows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
