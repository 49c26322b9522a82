/* The layer itself: what was not synced is lost, what was synced is kept, and it catches a database
   that promises too early. Arguments: the layer, powercut_drop, prey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CUTS 30 /* of SQLite, each with a seed of its own */

static const char *layer, *drop, *prey;
static char home[64], folder[80], keep[80], file[100];

static void fresh(void)
{
	snprintf(home, sizeof(home), "/tmp/powercut-XXXXXX");
	assert_non_null(mkdtemp(home));
	snprintf(folder, sizeof(folder), "%s/data", home);
	snprintf(keep, sizeof(keep), "%s/keep", home);
	snprintf(file, sizeof(file), "%s/file", folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkdir(keep, 0700), 0);
}

static void remove_all(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", home, NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

/* Starts it with its output in a pipe; in the layer unless `die` is "none". */
static pid_t start(FILE **out_r, const char *die, const char *const *words)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		if (!die || strcmp(die, "none") != 0) {
			setenv("LD_PRELOAD", layer, 1);
			setenv("POWERCUT_FOLDER", folder, 1);
			setenv("POWERCUT_KEEP", keep, 1);
			setenv("POWERCUT_FULL", "/tmp/powercut-there-is-no-such-file", 1);
			if (die)
				setenv("POWERCUT_DIE", die, 1);
		}
		execv(words[0], (char *const *)words);
		_exit(1);
	}
	close(ends[1]);
	*out_r = fdopen(ends[0], "r");
	assert_non_null(*out_r);
	return pid;
}

static long drop_it(const char *seed)
{
	const char *words[] = {drop, folder, keep, seed, NULL};
	FILE *out;
	int status;
	long calls = -1;
	pid_t pid = start(&out, "none", words);
	assert_int_equal(fscanf(out, "{\"calls\":%ld", &calls), 1);
	fclose(out);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return calls;
}

static void write_and_die(const char *how)
{
	const char *words[] = {prey, how, file, NULL};
	char line[32];
	FILE *out;
	pid_t pid = start(&out, NULL, words);
	assert_non_null(fgets(line, sizeof(line), out));
	assert_string_equal(line, "written\n");
	assert_int_equal(kill(pid, SIGKILL), 0);
	waitpid(pid, NULL, 0);
	fclose(out);
}

static off_t size_now(void)
{
	struct stat st;
	return stat(file, &st) == 0 ? st.st_size : -1;
}

static void what_was_not_synced_is_lost_in_some_cuts_and_torn_in_others(void **state)
{
	int whole = 0, without = 0, part = 0;
	(void)state;
	for (int seed = 1; seed <= 40; seed++) {
		char text[16];
		fresh();
		write_and_die("plain");
		assert_int_equal(size_now(), 65536); /* a kill alone loses nothing */
		snprintf(text, sizeof(text), "%d", seed);
		assert_true(drop_it(text) > 0);
		off_t left = size_now();
		*(left == 65536 ? &whole : left <= 0 ? &without : &part) += 1;
		remove_all();
	}
	assert_true(without >= 5);
	assert_true(whole + part >= 1);
}

static void what_was_synced_is_kept(void **state)
{
	(void)state;
	for (int seed = 1; seed <= 40; seed++) {
		char text[16];
		fresh();
		write_and_die("synced");
		snprintf(text, sizeof(text), "%d", seed);
		drop_it(text);
		assert_int_equal(size_now(), 65536);
		remove_all();
	}
}

static void a_page_is_torn_between_sectors_and_never_within_one(void **state)
{
	int mixed = 0;
	(void)state;
	for (int seed = 1; seed <= 40; seed++) {
		char text[16], page[4096];
		bool a = false, b = false;
		fresh();
		write_and_die("torn");
		snprintf(text, sizeof(text), "%d", seed);
		drop_it(text);
		FILE *f = fopen(file, "r");
		assert_non_null(f);
		assert_int_equal(fread(page, 1, sizeof(page), f), sizeof(page));
		fclose(f);
		for (int at = 0; at < 4096; at += 512) {
			for (int i = 1; i < 512; i++)
				assert_int_equal(page[at + i], page[at]);
			*(page[at] == 'a' ? &a : &b) = true;
		}
		mixed += a && b;
		remove_all();
	}
	assert_true(mixed >= 5);
}

static void what_the_machine_lived_on_to_write_is_kept(void **state)
{
	(void)state;
	fresh();
	write_and_die("plain");
	drop_it("settle");
	assert_int_equal(drop_it("7"), 0);
	assert_int_equal(size_now(), 65536);
	remove_all();
}

/* Kills SQLite after some rows, cuts the power, and looks. Returns how many acknowledged rows are gone,
   or -1 for a broken file. */
static long rows_lost(const char *level, int seed, const char *die)
{
	const char *write_words[] = {prey, "sqlite", file, level, NULL},
		   *look_words[] = {prey, "look", file, NULL};
	char text[16], line[64] = "";
	long said = 0, there = 0, n;
	FILE *out;
	fresh();
	pid_t pid = start(&out, die, write_words);
	while (fgets(line, sizeof(line), out)) {
		said = strtol(line, NULL, 10);
		if (!die && said == 30 + seed * 3)
			assert_int_equal(kill(pid, SIGKILL), 0);
	}
	fclose(out);
	waitpid(pid, NULL, 0);
	snprintf(text, sizeof(text), "%d", seed);
	drop_it(text);
	pid = start(&out, "none", look_words);
	bool sound = fgets(line, sizeof(line), out) && strcmp(line, "ok\n") == 0;
	while (sound && fgets(line, sizeof(line), out) && (n = strtol(line, NULL, 10)) == there + 1)
		there = n;
	fclose(out);
	waitpid(pid, NULL, 0);
	remove_all();
	return sound ? said > there ? said - there : 0 : said ? -1 : 0;
}

static void a_database_that_does_not_sync_is_caught(void **state)
{
	int off = 0, normal = 0;
	(void)state;
	for (int seed = 1; seed <= CUTS; seed++) {
		off += rows_lost("OFF", seed, NULL) != 0;
		normal += rows_lost("NORMAL", seed, NULL) > 0;
	}
	assert_true(off >= CUTS / 2);
	assert_true(normal >= CUTS / 4);
}

static void a_database_that_syncs_each_commit_loses_nothing(void **state)
{
	(void)state;
	for (int seed = 1; seed <= CUTS; seed++)
		assert_int_equal(rows_lost("FULL", seed, NULL), 0);
}

static void a_disk_that_lies_is_noticed(void **state)
{
	int lost = 0;
	(void)state;
	setenv("POWERCUT_LIE", "1", 1);
	for (int seed = 1; seed <= CUTS; seed++)
		lost += rows_lost("FULL", seed, NULL) != 0;
	unsetenv("POWERCUT_LIE");
	assert_true(lost >= CUTS / 2);
}

static void it_dies_at_the_sync_that_was_named_and_nothing_acknowledged_is_lost(void **state)
{
	(void)state;
	for (int n = 1; n <= CUTS; n++) {
		char die[32];
		snprintf(die, sizeof(die), "sync %s %d", n % 2 ? "before" : "after", n);
		assert_int_equal(rows_lost("FULL", n, die), 0);
		snprintf(die, sizeof(die), "write %s %d", n % 2 ? "after" : "before", n);
		assert_int_equal(rows_lost("FULL", n, die), 0);
	}
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 64;
	layer = argv[1];
	drop = argv[2];
	prey = argv[3];
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_not_synced_is_lost_in_some_cuts_and_torn_in_others),
	    cmocka_unit_test(what_was_synced_is_kept),
	    cmocka_unit_test(a_page_is_torn_between_sectors_and_never_within_one),
	    cmocka_unit_test(what_the_machine_lived_on_to_write_is_kept),
	    cmocka_unit_test(a_database_that_does_not_sync_is_caught),
	    cmocka_unit_test(a_database_that_syncs_each_commit_loses_nothing),
	    cmocka_unit_test(a_disk_that_lies_is_noticed),
	    cmocka_unit_test(it_dies_at_the_sync_that_was_named_and_nothing_acknowledged_is_lost),
	};
	return cmocka_run_group_tests_name("powercut", tests, NULL, NULL);
}
