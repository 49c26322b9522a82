#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "db/db.h"
#include "service/service.h"

extern const struct migration service_migrations[];
extern const size_t service_migrations_n;

/* docs/configuration.md ends with the table that the program itself would print. */
static void the_documented_settings_are_the_programs_own(void **state)
{
	(void)state;
	struct buf table = BUF_LIMIT(65536), page = BUF_LIMIT(65536);
	char bytes[4096];
	size_t n;
	service_document(&table);
	FILE *file = fopen(getenv("CONFIGURATION_MD"), "r");
	assert_non_null(file);
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_put(&page, bytes, n);
	fclose(file);
	bool same = strstr(buf_get(&page).p, buf_get(&table).p);
	if (!same)
		fprintf(stderr, "the table should be:\n%s", buf_get(&table).p);
	buf_free(&table);
	buf_free(&page);
	assert_true(same);
}

/* ---- the professional line ---- */

#define SETTINGS                                                                                                \
	"workplace = W\nlisten = 127.0.0.1:1\npublic_url = http://h.localhost:1\n"                                \
	"door = door\nmail_server = 127.0.0.1:2\nmail_from = a@b.example\n"
#define DATABASE "database = sqlite:x\n"

#define RETURN "b-00112233445566778899aabbccddeeff"

/* Opens a program's settings, with `more` in them, for a command, and does `then` if it opened. What was said is in
   `said`. */
static int open_and(bool is_haven, const char *more, const char *command, int (*then)(struct service *s), char said[2000])
{
	char folder[] = "/tmp/makker-service.XXXXXX", file[100], log[100];
	const struct service_kind kind = { .name = "makker-test", .is_haven = is_haven };
	struct service s;
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/conf", folder);
	snprintf(log, sizeof(log), "%s/log", folder);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	assert_true(fputs(SETTINGS, f) >= 0 &&
		    fputs(strstr(more, "database") ? "" : DATABASE, f) >= 0 && fputs(more, f) >= 0 && fclose(f) == 0);
	char *argv[] = { (char *)(uintptr_t)"t", (char *)(uintptr_t)"--config", file, (char *)(uintptr_t)"--data", folder,
			 (char *)(uintptr_t)command, (char *)(uintptr_t)RETURN, NULL };
	int back = dup(2);
	assert_non_null(freopen(log, "w", stderr));
	int status = service_open(&s, &kind, 7, argv);
	if (status == LEAVE_OK && then)
		status = then(&s);
	fflush(stderr);
	assert_int_equal(dup2(back, 2), 2);
	close(back);
	f = fopen(log, "r");
	assert_non_null(f);
	said[fread(said, 1, 1999, f)] = 0;
	fclose(f);
	service_close(&s);
	char clean[200];
	static const char *const files[] = { "conf", "log", "x", "x-wal", "x-shm", "password", "in-use" };
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(clean, sizeof(clean), "%s/%s", folder, files[i]);
		unlink(clean);
	}
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
	return status;
}

/* A command that needs no database. */
static int open_with(bool is_haven, const char *more, char said[2000])
{
	return open_and(is_haven, more, "clock", NULL, said);
}

static void a_line_is_a_name_with_a_number(void **state)
{
	char said[2000];
	(void)state;
	assert_int_equal(open_with(true, "", said), LEAVE_OK);
	assert_int_equal(open_with(true, "professional_line = L\nprofessional_line_phone = +47 00 00 09 00\n", said), LEAVE_OK);
	assert_int_equal(open_with(true, "professional_line = L\nprofessional_line_phone = 113\nprofessional_line_hours = 8–15\n",
				   said), LEAVE_OK);
	assert_string_equal(said, "");
	assert_int_equal(open_with(true, "professional_line = L\n", said), LEAVE_CONFIG);
	assert_non_null(strstr(said, "conf:8: professional_line: is given without professional_line_phone\n"));
	assert_int_equal(open_with(true, "professional_line_phone = 113\n", said), LEAVE_CONFIG);
	assert_non_null(strstr(said, "conf:8: professional_line_phone: is given without professional_line\n"));
	assert_int_equal(open_with(true, "professional_line_hours = 8–15\n", said), LEAVE_CONFIG);
	assert_non_null(strstr(said, "professional_line_hours"));
	assert_int_equal(open_with(true, "professional_line = L\nprofessional_line_phone = call us\n", said), LEAVE_CONFIG);
	assert_non_null(strstr(said, "it takes a phone number"));
}

static void the_employers_program_knows_no_such_setting(void **state)
{
	char said[2000];
	(void)state;
	assert_int_equal(open_with(false, "", said), LEAVE_OK);
	assert_int_equal(open_with(false, "professional_line = L\nprofessional_line_phone = 113\n", said), LEAVE_CONFIG);
	assert_non_null(strstr(said, "unknown key \"professional_line\""));
}

/* ---- bounces ---- */

static const char report[] = "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n";

static int bounce(struct service *s)
{
	int status = -1, in = dup(0), fds[2];
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], report, sizeof(report) - 1), (ssize_t)sizeof(report) - 1);
	close(fds[1]);
	assert_int_equal(dup2(fds[0], 0), 0);
	clearerr(stdin);
	assert_true(service_command(s, &status));
	assert_int_equal(dup2(in, 0), 0);
	close(in);
	close(fds[0]);
	return status;
}

static int bounce_soundly(struct service *s)
{
	int ran;
	assert_int_equal(db_migrate(s->db, service_migrations, service_migrations_n, &ran), RES_OK);
	return bounce(s);
}

static void *bounce_aside(void *service)
{
	return bounce(service) == LEAVE_AGAIN ? service : NULL;
}

/* While somebody else writes for longer than we wait. */
static enum result bounce_meanwhile(struct tx *tx, void *service)
{
	pthread_t aside;
	void *told = NULL;
	(void)tx;
	if (pthread_create(&aside, NULL, bounce_aside, service) != 0 || pthread_join(aside, &told) != 0)
		return RES_BROKEN;
	return told == service ? RES_REFUSED : RES_BAD;
}

static int bounce_held_up(struct service *s)
{
	struct db *other;
	int ran;
	assert_int_equal(db_migrate(s->db, service_migrations, service_migrations_n, &ran), RES_OK);
	assert_int_equal(db_open("sqlite:x", 1, &other), RES_OK);
	enum result res = db_write(other, bounce_meanwhile, s);
	db_close(&other);
	return res == RES_REFUSED ? LEAVE_AGAIN : LEAVE_FAILED;
}

static void whatever_keeps_a_bounce_from_us_the_mail_server_tries_again(void **state)
{
	char said[2000];
	(void)state;
	assert_int_equal(open_and(false, "", "bounce", bounce_soundly, said), LEAVE_OK); /* unknown, and so forgotten */
	assert_int_equal(open_and(false, "", "bounce", bounce_held_up, said), LEAVE_AGAIN);
	assert_int_equal(open_and(false, "unknown = 1\n", "bounce", NULL, said), LEAVE_AGAIN);
	assert_int_equal(open_and(false, "unknown = 1\n", "check", NULL, said), LEAVE_CONFIG);
	assert_int_equal(open_and(false, "database = sqlite:no/such/folder\n", "bounce", NULL, said), LEAVE_AGAIN);
	assert_int_equal(open_and(false, "database = sqlite:no/such/folder\n", "check", NULL, said), LEAVE_FAILED);
}

/* ---- the mail password ---- */

static const char *password;

static int prepare(struct service *s)
{
	FILE *f = password ? fopen("password", "w") : NULL;
	if (f)
		assert_true(fputs(password, f) >= 0 && fclose(f) == 0);
	const struct web_setup web = { 0 };
	return service_prepare(s, &web);
}

static void a_password_that_is_none_is_told(void **state)
{
	static char most[600];
	char said[2000];
	memset(most, 'x', sizeof(most) - 1);
	static const struct {
		const char *password, *says;
	} wrong[] = {
		{ NULL, "No such file" }, { "", "its first line is empty" }, { "\nsecret\n", "its first line is empty" },
		{ most, "its first line is too long" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		password = wrong[i].password;
		assert_int_equal(open_and(false, "mail_password_file = password\n", "serve", prepare, said), LEAVE_FAILED);
		if (!strstr(said, wrong[i].says))
			fail_msg("%s", said);
		assert_null(strstr(said, "Success"));
		assert_null(strstr(said, "xxx"));
	}
}

/* ---- what a killed command leaves ---- */

static const char *const copies[] = { "backup.part", "backup.part-journal", "restore.part", "restore.part-wal" };

static int copies_there(void)
{
	int n = 0;
	for (size_t i = 0; i < ARRAY_LEN(copies); i++)
		n += access(copies[i], F_OK) == 0;
	return n;
}

/* Another command of the program, or the program itself, starts in the same folder. */
static void starts(const struct service *s, const char *command)
{
	struct service other;
	char *argv[] = { (char *)(uintptr_t)"t", (char *)(uintptr_t)"--config", (char *)(uintptr_t)s->settings, (char *)(uintptr_t)"--data",
			 (char *)(uintptr_t)s->data, (char *)(uintptr_t)command, NULL };
	assert_int_equal(service_open(&other, s->kind, 6, argv), LEAVE_OK);
	service_close(&other);
}

static int look_for_copies(struct service *s)
{
	for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
		FILE *f = fopen(copies[i], "w");
		assert_true(f && fclose(f) == 0);
	}
	starts(s, "serve"); /* beside us */
	assert_int_equal(copies_there(), 4);
	assert_int_equal(flock(s->in_use - 1, LOCK_UN), 0); /* as if we were killed */
	starts(s, "check");
	assert_int_equal(copies_there(), 4);
	starts(s, "serve");
	assert_int_equal(copies_there(), 0);
	return LEAVE_OK;
}

static void a_copy_that_a_killed_command_left_goes_at_the_next_start(void **state)
{
	char said[2000];
	(void)state;
	assert_int_equal(open_and(false, "", "check", look_for_copies, said), LEAVE_OK);
}

static void of_a_file_without_a_secret_nothing_is_taken_for_one(void **state)
{
	char path[] = "/tmp/makker-secret.XXXXXX", gone[] = "/nonexistent/secret", taken[500];
	int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0 && close(fd) == 0);
	const char *const files[] = { path, gone };
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		memset(taken, 'x', sizeof(taken) - 1); /* what lay there before */
		taken[sizeof(taken) - 1] = '\0';
		memcpy(taken + 100, "\n", 2);
		assert_int_equal(service_secret("a secret", files[i], taken, sizeof(taken)), RES_BROKEN);
		assert_string_equal(taken, "");
	}
	unlink(path);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documented_settings_are_the_programs_own),
		cmocka_unit_test(a_line_is_a_name_with_a_number),
		cmocka_unit_test(the_employers_program_knows_no_such_setting),
		cmocka_unit_test(whatever_keeps_a_bounce_from_us_the_mail_server_tries_again),
		cmocka_unit_test(a_password_that_is_none_is_told),
		cmocka_unit_test(a_copy_that_a_killed_command_left_goes_at_the_next_start),
		cmocka_unit_test(of_a_file_without_a_secret_nothing_is_taken_for_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
