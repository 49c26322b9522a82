/* makker_test MAKKER STUB [--as-root]: the launcher, with two small processes in place of the programs. As
   root it becomes nobody first; with --as-root it stays root and tests the change of user instead, which needs
   the system users of `./dev run`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "makker/handclock.h"
#include "makker/serve.h"

static char home[] = "/tmp/makker-test-XXXXXX"; /* holds bin/ and each test's data */
static char data[100];
static int tests_begun;
static bool as_root;
#define NOBODY 65534

static void copy(const char *from, const char *name)
{
	char to[200], part[65536];
	snprintf(to, sizeof(to), "%s/bin/%s", home, name);
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0755);
	ssize_t n;
	while ((n = read(in, part, sizeof(part))) > 0)
		if (write(out, part, (size_t)n) != n)
			bug("copying %s", from);
	if (in < 0 || out < 0 || n < 0 || fchmod(out, 0755) != 0 ||
	    (geteuid() == 0 && !as_root && fchown(out, NOBODY, NOBODY) != 0))
		bug("copying %s", from);
	close(in);
	close(out);
}

static void put(const char *name, const char *text)
{
	char path[200];
	snprintf(path, sizeof(path), "%s/%s", data, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0644), 0);
}

/* The file below the test's data; empty if it is not there. The caller frees. */
static char *get(const char *name)
{
	char path[200], *text = must_alloc(1, 20000);
	snprintf(path, sizeof(path), "%s/%s", data, name);
	FILE *f = fopen(path, "r");
	if (f) {
		size_t n = fread(text, 1, 19999, f);
		text[n] = '\0';
		fclose(f);
	}
	return text;
}

static bool holds(const char *name, const char *what)
{
	char *text = get(name);
	bool found = strstr(text, what) != NULL;
	free(text);
	return found;
}

static void expect(const char *name, const char *what)
{
	char *text = get(name);
	if (!strstr(text, what))
		fail_msg("%s lacks \"%s\"; it holds: %s", name, what, text);
	free(text);
}

/* Runs the launcher with `line` split at spaces; its output goes to DATA/out and DATA/err. */
static pid_t begin(const char *line)
{
	char copy_of[500], *argv[30], path[200], out[200], err[200];
	size_t n = 0;
	snprintf(path, sizeof(path), "%s/bin/makker", home);
	snprintf(out, sizeof(out), "%s/out", data);
	snprintf(err, sizeof(err), "%s/err", data);
	snprintf(copy_of, sizeof(copy_of), "%s", line);
	argv[n++] = path;
	for (char *save, *w = strtok_r(copy_of, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	argv[n] = NULL;
	pid_t pid = fork();
	if (pid == 0) {
		if (!freopen(out, "w", stdout) || !freopen(err, "w", stderr))
			_exit(96);
		execv(path, argv);
		_exit(95);
	}
	return pid;
}

static int end(pid_t pid)
{
	int how;
	assert_int_equal(waitpid(pid, &how, 0), pid);
	return WIFEXITED(how) ? WEXITSTATUS(how) : 1000 + WTERMSIG(how);
}

PRINTF_LIKE(1, 2) static int makker(const char *fmt, ...)
{
	char line[500];
	va_list args;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	return end(begin(line));
}

static void wait_for(const char *name, const char *what)
{
	for (int i = 0; i < 500 && !holds(name, what); i++)
		usleep(20000);
	expect(name, what);
}

/* How often the file says it. */
static int times(const char *name, const char *what)
{
	char *text = get(name);
	int n = 0;
	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	free(text);
	return n;
}

/* A workplace whose programs wish as told. */
static void placed(const char *duty, const char *haven)
{
	put("duty.conf", duty);
	put("haven.conf", haven);
	int status = makker("init --data %s", data);
	if (status != 0)
		expect("err", "nothing; init failed");
}

static pid_t begin_serve(void)
{
	char line[200];
	snprintf(line, sizeof(line), "serve --data %s", data);
	return begin(line);
}

static int fresh_data(void **state)
{
	(void)state;
	snprintf(data, sizeof(data), "%s/%d", home, ++tests_begun);
	return mkdir(data, 0755);
}

static void both_start_and_end_in_order(void **state)
{
	(void)state;
	placed("", "");
	pid_t pid = begin_serve();
	wait_for("err", "both programs are ready");
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(end(pid), 0);
	expect("duty/calls", " serve\n");
	expect("haven/calls", "nnp=1 secret=unknown serve\n");
	expect("err", "makker: stopped");
}

static void who_dies_later_is_started_again(void **state)
{
	(void)state;
	placed("dies-later", "");
	pid_t pid = begin_serve();
	wait_for("err", "both programs are ready");
	wait_for("err", "makker-duty ended with status 4");
	wait_for("err", "makker-duty starts again in 2 s");
	put("duty.conf", "");
	for (int i = 0; i < 500 && times("err", "makker-duty is ready") < 2; i++)
		usleep(20000);
	assert_int_equal(times("err", "makker-duty is ready"), 2);
	assert_int_equal(times("duty/calls", "serve\n"), 2);
	kill(pid, SIGINT);
	assert_int_equal(end(pid), 0); /* and the new one was told to end */
	assert_int_equal(times("haven/calls", "serve\n"), 1); /* the other was left alone */
}

static void who_cannot_start_stops_both(void **state)
{
	(void)state;
	placed("", "dies-at-once");
	assert_int_equal(end(begin_serve()), 3);
	expect("err", "makker-haven cannot start");
	put("haven.conf", "settings-wrong");
	assert_int_equal(end(begin_serve()), 78);
}

static void who_will_not_end_is_killed(void **state)
{
	(void)state;
	placed("stubborn", "");
	struct place place = { .programs = "", .data = data, .config = data };
	char bin[100];
	snprintf(bin, sizeof(bin), "%s/bin", home);
	place.programs = bin;
	pid_t pid = fork();
	if (pid == 0) {
		char err[200];
		snprintf(err, sizeof(err), "%s/err", data);
		int fd = open(err, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
			_exit(96);
		_exit(serve(&place, 1));
	}
	wait_for("err", "both programs are ready");
	kill(pid, SIGTERM);
	assert_int_equal(end(pid), LEAVE_FAILED);
	expect("err", "makker-duty has not ended in 1 s: killed");
}

static void who_is_ready_is_asked_to_take_new_settings_and_who_only_starts_is_left_alone(void **state)
{
	(void)state;
	placed("dies-later", "");
	pid_t pid = begin_serve();
	wait_for("err", "makker-duty ended with status 4");
	put("duty.conf", "slow");
	for (int i = 0; i < 500 && times("duty/calls", "serve\n") < 2; i++)
		usleep(20000);
	assert_int_equal(times("duty/calls", "serve\n"), 2);
	kill(pid, SIGHUP);
	wait_for("err", "makker-haven was ended by signal 1"); /* it knows no better, and so shows that it was asked */
	for (int i = 0; i < 500 && times("err", "makker-duty is ready") < 2; i++)
		usleep(20000);
	assert_int_equal(times("err", "makker-duty is ready"), 2);
	assert_int_equal(times("err", "makker-duty was ended by signal"), 0);
	kill(pid, SIGTERM);
	assert_int_equal(end(pid), 0);
}

static void no_program_outlives_a_killed_launcher(void **state)
{
	(void)state;
	placed("", "");
	pid_t pid = begin_serve();
	wait_for("err", "both programs are ready");
	kill(pid, SIGKILL);
	assert_int_equal(end(pid), 1000 + SIGKILL);
	char path[200];
	snprintf(path, sizeof(path), "%s/bin/makker-duty", home);
	bool alive = true;
	for (int i = 0; i < 200 && alive; i++) {
		usleep(20000);
		/* A running binary cannot be opened for writing. */
		int fd = open(path, O_WRONLY | O_APPEND);
		alive = fd < 0;
		if (fd >= 0)
			close(fd);
	}
	assert_false(alive);
}

static void each_command_goes_to_whom_it_belongs(void **state)
{
	(void)state;
	placed("", "");
	put("people.csv", "a;b\n");
	assert_int_equal(makker("people import --dry-run %s/people.csv --data %s", data, data), 0);
	expect("out", "a;b\nmakker-duty -\n");
	expect("duty/calls", " people import --dry-run -\n");
	assert_int_equal(makker("--data %s supporters import %s/people.csv", data, data), 0);
	expect("out", "a;b\nmakker-haven -\n");
	assert_int_equal(makker("user duty add-administrator x@y.example --data %s", data), 0);
	expect("out", "makker-duty x@y.example\n");
	expect("duty/calls", " user add-administrator x@y.example\n");
	assert_int_equal(makker("user haven list --data %s", data), 0);
	expect("out", "makker-haven list\n");
	assert_int_equal(makker("bounce b-12@x.example --data %s", data), 0);
	expect("haven/calls", " bounce b-12@x.example\n");
	assert_int_equal(makker("bounce duty b-34@x.example --data %s", data), 0);
	expect("duty/calls", " bounce b-34@x.example\n");
	/* What the program says reaches the mail server. */
	put("haven.conf", "refuses");
	assert_int_equal(makker("bounce b-12@x.example --data %s", data), 5);
	put("haven.conf", "");
	assert_int_equal(makker("migrate --data %s", data), 0);
	expect("out", "makker-duty migrate\nmakker-haven migrate\n");
	/* Both get every head: whose it is they see themselves. */
	assert_int_equal(makker("check duty:1:aa haven:2:bb --data %s", data), 0);
	expect("duty/calls", " check duty:1:aa haven:2:bb\n");
	expect("haven/calls", " check duty:1:aa haven:2:bb\n");
	assert_false(holds("haven/calls", "people"));
	assert_false(holds("haven/calls", "b-34"));
	assert_false(holds("duty/calls", "b-12"));
	assert_false(holds("duty/calls", "supporters"));
}

static void a_file_of_bad_rows_is_the_callers_and_new(void **state)
{
	(void)state;
	char saved[150];
	struct stat st;
	snprintf(saved, sizeof(saved), "%s/bad.csv", data);
	placed("", "");
	put("people.csv", "a;b\n");
	setenv("MAKKER_SAVE_FD", "1", 1); /* the caller's own says nothing */
	assert_int_equal(makker("people import %s/people.csv --data %s", data, data), 0);
	unsetenv("MAKKER_SAVE_FD");
	expect("out", "a;b\nmakker-duty -\n");
	assert_int_equal(makker("people import --save-bad %s %s/people.csv --data %s", saved, data, data), 0);
	expect("duty/calls", " people import --save-bad - -\n");
	expect("bad.csv", "bad\n");
	assert_int_equal(stat(saved, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_uid, geteuid());
	/* It is never written over. */
	put("bad.csv", "mended\n");
	assert_int_equal(makker("people import --save-bad %s %s/people.csv --data %s", saved, data, data), LEAVE_NO_FILE);
	expect("err", "cannot be made: File exists");
	expect("bad.csv", "mended\n");
	/* And it is not there when every row went in. */
	assert_int_equal(unlink(saved), 0);
	put("duty.conf", "saves-nothing");
	assert_int_equal(makker("people import --save-bad %s %s/people.csv --data %s", saved, data, data), 0);
	assert_int_equal(access(saved, F_OK), -1);
	put("duty.conf", "refuses");
	assert_int_equal(makker("people import --save-bad %s %s/people.csv --data %s", saved, data, data), 5);
	assert_int_equal(access(saved, F_OK), -1);
}

static void a_backup_is_two_files_that_were_not_there(void **state)
{
	(void)state;
	placed("", "");
	assert_int_equal(makker("backup %s --data %s", data, data), 0);
	expect("duty.backup", "makker-duty backup\n");
	expect("haven.backup", "makker-haven backup\n");
	assert_int_equal(makker("backup %s --data %s", data, data), LEAVE_NO_FILE);
	expect("err", "cannot be made: File exists");
	expect("duty.backup", "makker-duty backup\n");
	put("duty.conf", "refuses");
	char other[150], file[200];
	snprintf(other, sizeof(other), "%s/other", data);
	assert_int_equal(mkdir(other, 0700), 0);
	assert_int_equal(makker("backup %s --data %s", other, data), 5);
	snprintf(file, sizeof(file), "%s/duty.backup", other);
	assert_int_equal(access(file, F_OK), -1);
	/* The second one's failure takes the first one's file with it, whole as it was. */
	put("duty.conf", "");
	put("haven.conf", "refuses");
	snprintf(other, sizeof(other), "%s/made", data);
	assert_int_equal(makker("backup %s --data %s", other, data), 5);
	assert_int_equal(rmdir(other), 0); /* nothing in it, hidden or not */
}

static void a_backup_says_what_it_wrote_and_is_for_its_owner_alone(void **state)
{
	struct stat st;
	char dir[150], file[200];
	(void)state;
	placed("", "");
	snprintf(dir, sizeof(dir), "%s/new", data);
	assert_int_equal(makker("backup %s --data %s", dir, data), 0);
	expect("out", "new/duty.backup: 19 bytes\n");
	expect("out", "new/haven.backup: 20 bytes\n");
	assert_true(stat(dir, &st) == 0 && (st.st_mode & 0777) == 0700);
	for (int i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), "%s/%s.backup", dir, i ? "haven" : "duty");
		assert_true(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
	}
	assert_int_equal(makker("backup %s/none/at/all --data %s", data, data), LEAVE_NO_FILE);
}

/* What each program was told, in its own order, since the calls were last forgotten. */
static void told(const char *folder, const char *const *steps)
{
	char name[300], bytes[8000], *at = bytes;
	snprintf(name, sizeof(name), "%s/%s/calls", data, folder);
	FILE *f = fopen(name, "r");
	assert_non_null(f);
	bytes[fread(bytes, 1, sizeof(bytes) - 1, f)] = 0;
	fclose(f);
	for (; *steps; steps++) {
		char want[50];
		snprintf(want, sizeof(want), " restore %s\n", *steps);
		at = strstr(at, want);
		if (!at)
			fail_msg("%s was not told %s: %s", folder, *steps, bytes);
		at++;
	}
	assert_null(strstr(at, " restore "));
	assert_int_equal(unlink(name), 0);
}

static void a_restore_takes_both_or_none(void **state)
{
	(void)state;
	placed("", "");
	assert_int_equal(makker("restore %s --data %s", data, data), LEAVE_INPUT);
	expect("err", "duty.backup cannot be read: No such file");
	put("duty.backup", "of duty");
	assert_int_equal(makker("restore %s --data %s", data, data), LEAVE_INPUT);
	put("haven.backup", "of haven");
	static const char *const whole[] = { "back", "check", "take", "done", NULL };
	static const char *const looked[] = { "back", "check", "back", NULL };
	static const char *const taken[] = { "back", "check", "take", "back", NULL };
	static const char *const first[] = { "back", NULL };
	assert_int_equal(makker("restore %s --data %s", data, data), 0);
	expect("out", "of dutymakker-duty check\n");
	expect("out", "of havenmakker-haven check\n");
	expect("out", "both databases were restored");
	told("duty", whole);
	told("haven", whole);
	put("haven.conf", "fails-check");
	assert_int_equal(makker("restore %s --data %s", data, data), 6);
	expect("err", "nothing was restored; both databases are as they were");
	told("duty", looked);
	told("haven", looked);
	put("haven.conf", "fails-take");
	assert_int_equal(makker("restore %s --data %s", data, data), 6);
	told("duty", taken);
	told("haven", taken);
	/* A program that runs says so at the first step: nothing more is tried. */
	put("duty.conf", "fails-back");
	put("haven.conf", "");
	assert_int_equal(makker("restore %s --data %s", data, data), 6);
	told("duty", first);
}

static void one_refusal_is_the_status_of_both(void **state)
{
	(void)state;
	placed("", "");
	put("duty.conf", "refuses");
	assert_int_equal(makker("check --data %s", data), 5);
	expect("haven/calls", " check\n"); /* and the other was asked all the same */
}

static void the_clock_moves_in_both_by_the_hour(void **state)
{
	(void)state;
	put("duty.conf", "");
	put("haven.conf", "");
	char fresh[150];
	snprintf(fresh, sizeof(fresh), "%s/w", data);
	assert_int_equal(makker("init --at 2026-11-18T22:40:00+01:00 --data %s --config %s", fresh, data), 0);
	expect("w/clock", "2026-11-18T21:40:00Z\n");
	expect("w/duty/calls", "--at 2026-11-18T21:40:00Z init\n");
	assert_int_equal(makker("clock +90m --data %s --config %s", fresh, data), 0);
	expect("out", "2026-11-18T23:10:00Z\n");
	expect("w/duty/calls", " clock -\ntold 2026-11-18T22:40:00Z\ntold 2026-11-18T23:10:00Z\n");
	expect("w/haven/calls", " clock -\ntold 2026-11-18T22:40:00Z\ntold 2026-11-18T23:10:00Z\n");
	expect("w/clock", "2026-11-18T23:10:00Z\n");
	/* Starting again begins where the clock stands; an earlier --at does not move it back. */
	assert_int_equal(makker("init --at 2026-11-18T00:00:00Z --data %s --config %s", fresh, data), 0);
	expect("w/clock", "2026-11-18T23:10:00Z\n");
	assert_int_equal(makker("clock 2026-11-18T00:00:00Z --data %s --config %s", fresh, data), LEAVE_USAGE);
}

static void where_one_program_does_not_move_the_clock_goes_no_further(void **state)
{
	(void)state;
	char fresh[150];
	snprintf(fresh, sizeof(fresh), "%s/w", data);
	put("duty.conf", "");
	put("haven.conf", "moves-not");
	assert_int_equal(makker("init --at 2026-11-18T22:40:00Z --data %s --config %s", fresh, data), 0);
	assert_int_equal(makker("clock +3h --data %s --config %s", fresh, data), 7);
	expect("w/duty/calls", " clock -\ntold 2026-11-18T23:40:00Z\n");
	expect("w/clock", "2026-11-18T23:40:00Z\n");
	put("duty.conf", "refuses");
	put("haven.conf", "");
	assert_int_equal(makker("clock +3h --data %s --config %s", fresh, data), 5);
	expect("w/clock", "2026-11-19T00:40:00Z\n");
}

static void a_workplace_of_the_real_clock_has_no_other(void **state)
{
	(void)state;
	placed("", "");
	assert_int_equal(makker("clock +1h --data %s", data), LEAVE_CONFIG);
	expect("err", "follows the machine's clock");
	assert_int_equal(makker("init --at 2026-11-18T22:40Z --data %s", data), LEAVE_CONFIG);
	put("clock", "yesterday\n");
	assert_int_equal(makker("check --data %s", data), LEAVE_CONFIG);
}

/* Any other failure would mean "for good" to it. */
static void a_mail_server_keeps_the_bounce_as_long_as_no_program_can_take_it(void **state)
{
	(void)state;
	assert_int_equal(makker("bounce b-12@x.example --data %s", data), LEAVE_AGAIN);
	expect("err", "is not set up");
	assert_int_equal(makker("bounce duty b-12@x.example --data %s", data), LEAVE_AGAIN);
	placed("", "");
	put("clock", "yesterday\n");
	assert_int_equal(makker("bounce b-12@x.example --data %s", data), LEAVE_AGAIN);
	char path[200];
	snprintf(path, sizeof(path), "%s/clock", data);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/haven", data);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(makker("bounce b-12@x.example --data %s", data), LEAVE_AGAIN);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(makker("bounce b-12@x.example --data %s", data), LEAVE_OK);
}

static void wrong_calls_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(makker("serve --data %s", data), LEAVE_CONFIG);
	expect("err", "is not set up; run: makker init --data ");
	placed("", "");
	static const char *const wrong[] = {
		"", "fly", "serve now", "serve --data", "people", "people import", "people export x", "user",
		"user both x", "user duty", "backup", "restore", "restore a b", "clock", "clock -1h", "clock +1y", "clock +401d", "clock +h",
		"clock +", "clock soon", "init --at soon", "init --at 2026-11-18T22:40", "check twice", "check 3:aa", "check duty:1:aa other:1:aa", "sms now",
		"serve --at 2026-11-18T22:40Z", "people import --dry-run",
		"people import --save-bad a", "people import --save-bad a --save-bad b c",
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char fresh[150] = "";
		bool clocked = strncmp(wrong[i], "clock ", 6) == 0;
		snprintf(fresh, sizeof(fresh), "%s%s", data, strncmp(wrong[i], "init", 4) == 0 ? "/new" : "");
		if (clocked)
			put("clock", "2026-11-18T22:40:00Z\n");
		bool bare = strcmp(wrong[i], "serve --data") == 0;
		int status = bare ? makker("serve --data") : makker("%s --data %s", wrong[i], fresh);
		if (status != LEAVE_USAGE)
			fail_msg("\"%s\" left with %d", wrong[i], status);
	}
	assert_int_equal(makker("people import /nonexistent --data %s", data), LEAVE_INPUT);
	assert_int_equal(makker("--help"), 0);
	expect("out", "people import");
}

static void pauses_double_up_to_a_minute(void **state)
{
	(void)state;
	static const int want[] = { 0, 1, 2, 4, 8, 16, 32, 60, 60 };
	for (int i = 0; i < (int)ARRAY_LEN(want); i++)
		assert_int_equal(serve_pause(i), want[i]);
	assert_int_equal(serve_pause(1000000), 60);
}

/* --- as root ------------------------------------------------------------------------------------------ */

static void each_runs_as_its_own_user(void **state)
{
	(void)state;
	placed("reads-other", "reads-other");
	char want[50];
	static const char *const calls[] = { "duty/calls", "haven/calls" };
	uid_t uid[PROGRAMS];
	for (enum which w = DUTY; w < PROGRAMS; w++) {
		struct passwd *user = getpwnam(program_name[w]);
		if (!user)
			fail_msg("no system user %s; ./dev test makes it", program_name[w]);
		uid[w] = user->pw_uid;
		snprintf(want, sizeof(want), "uid=%d groups=%d nnp=1 ", (int)uid[w], w == HAVEN ? 2 : 1);
		expect(calls[w], want);
	}
	assert_int_not_equal(uid[DUTY], uid[HAVEN]);
	expect("out", "refused\nmakker-duty init\nrefused\nmakker-haven init\n");
}

static void folders_belong_to_whom_they_should(void **state)
{
	(void)state;
	placed("", "");
	static const struct {
		const char *name, *user, *group;
		mode_t mode;
	} want[] = {
		{ "duty", "makker-duty", "makker-duty", 0700 },
		{ "haven", "makker-haven", "makker-haven", 0700 },
		{ "door", "makker-duty", "makker-door", 02750 },
	};
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		char path[200];
		struct stat st;
		snprintf(path, sizeof(path), "%s/%s", data, want[i].name);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, want[i].mode);
		assert_int_equal(st.st_uid, getpwnam(want[i].user)->pw_uid);
		assert_int_equal(st.st_gid, getgrnam(want[i].group)->gr_gid);
	}
}

static void a_folder_its_user_cannot_enter_is_told(void **state)
{
	(void)state;
	placed("", "");
	assert_int_equal(chmod(data, 0700), 0);
	assert_int_equal(makker("check --data %s", data), LEAVE_CONFIG);
	expect("err", "makker-duty may not enter ");
}

static void a_file_only_root_may_read_can_be_imported(void **state)
{
	(void)state;
	placed("", "");
	char path[200];
	put("people.csv", "secret;row\n");
	snprintf(path, sizeof(path), "%s/people.csv", data);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(makker("people import %s --data %s", path, data), 0);
	expect("out", "secret;row\n");
}

/* Postfix's pipe starts nothing as root, nor can what it starts become root. */
static void returned_mail_is_taken_by_its_programs_own_user_without_root(void **state)
{
	static const char *const users[] = { "makker-haven", "makker-duty" };
	static const char *const words[][4] = { { "makker", "bounce", "b-12@x.example" }, { "makker", "bounce", "duty", "b-34@x.example" } };
	(void)state;
	placed("", "");
	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		const struct passwd *user = getpwnam(users[i]);
		char path[200];
		snprintf(path, sizeof(path), "%s/bin/makker", home);
		pid_t pid = fork();
		if (pid == 0) {
			if (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
				_exit(97);
			execl(path, words[i][0], words[i][1], words[i][2], words[i][3] ? words[i][3] : "--data", words[i][3] ? "--data" : data,
			      words[i][3] ? data : NULL, NULL);
			_exit(95);
		}
		assert_int_equal(end(pid), LEAVE_OK);
	}
	expect("haven/calls", " bounce b-12@x.example\n");
	expect("duty/calls", " bounce b-34@x.example\n");
}

static void become_nobody(void)
{
	if (geteuid() != 0)
		return;
	char bin[100];
	snprintf(bin, sizeof(bin), "%s/bin", home);
	if (chown(home, NOBODY, NOBODY) != 0 || chown(bin, NOBODY, NOBODY) != 0 || setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		bug("cannot become nobody");
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* the leak checker looks at its own process */
}

int main(int argc, char **argv)
{
	as_root = argc == 4 && strcmp(argv[3], "--as-root") == 0;
	if (argc < 3 || (as_root && geteuid() != 0) || !mkdtemp(home) || chmod(home, 0755) != 0)
		return 1;
	char path[100];
	snprintf(path, sizeof(path), "%s/bin", home);
	if (mkdir(path, 0755) != 0 || chmod(path, 0755) != 0)
		return 1;
	copy(argv[1], "makker");
	copy(argv[2], "makker-duty");
	copy(argv[2], "makker-haven");
	setenv("PGPASSWORD", "of one of the two", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(both_start_and_end_in_order, fresh_data),
		cmocka_unit_test_setup(who_dies_later_is_started_again, fresh_data),
		cmocka_unit_test_setup(who_cannot_start_stops_both, fresh_data),
		cmocka_unit_test_setup(who_will_not_end_is_killed, fresh_data),
		cmocka_unit_test_setup(who_is_ready_is_asked_to_take_new_settings_and_who_only_starts_is_left_alone, fresh_data),
		cmocka_unit_test_setup(no_program_outlives_a_killed_launcher, fresh_data),
		cmocka_unit_test_setup(each_command_goes_to_whom_it_belongs, fresh_data),
		cmocka_unit_test_setup(a_file_of_bad_rows_is_the_callers_and_new, fresh_data),
		cmocka_unit_test_setup(a_backup_is_two_files_that_were_not_there, fresh_data),
		cmocka_unit_test_setup(a_backup_says_what_it_wrote_and_is_for_its_owner_alone, fresh_data),
		cmocka_unit_test_setup(a_restore_takes_both_or_none, fresh_data),
		cmocka_unit_test_setup(one_refusal_is_the_status_of_both, fresh_data),
		cmocka_unit_test_setup(the_clock_moves_in_both_by_the_hour, fresh_data),
		cmocka_unit_test_setup(where_one_program_does_not_move_the_clock_goes_no_further, fresh_data),
		cmocka_unit_test_setup(a_workplace_of_the_real_clock_has_no_other, fresh_data),
		cmocka_unit_test_setup(a_mail_server_keeps_the_bounce_as_long_as_no_program_can_take_it, fresh_data),
		cmocka_unit_test_setup(wrong_calls_are_told_apart, fresh_data),
		cmocka_unit_test(pauses_double_up_to_a_minute),
	};
	const struct CMUnitTest root_tests[] = {
		cmocka_unit_test_setup(each_runs_as_its_own_user, fresh_data),
		cmocka_unit_test_setup(folders_belong_to_whom_they_should, fresh_data),
		cmocka_unit_test_setup(a_folder_its_user_cannot_enter_is_told, fresh_data),
		cmocka_unit_test_setup(a_file_only_root_may_read_can_be_imported, fresh_data),
		cmocka_unit_test_setup(returned_mail_is_taken_by_its_programs_own_user_without_root, fresh_data),
	};
	int failed;
	if (as_root) {
		failed = cmocka_run_group_tests(root_tests, NULL, NULL);
	} else {
		become_nobody();
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	}
	char remove[150];
	snprintf(remove, sizeof(remove), "%s", home);
	char *const rm[] = { (char[]){ "rm" }, (char[]){ "-rf" }, remove, NULL };
	fflush(stdout);
	if (failed == 0)
		execv("/bin/rm", rm);
	return failed;
}
