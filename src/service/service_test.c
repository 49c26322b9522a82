#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "service/service.h"

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
	"workplace = W\nlisten = 127.0.0.1:1\npublic_url = http://h.localhost:1\ndatabase = sqlite:x\n"          \
	"door = door\nmail_server = 127.0.0.1:2\nmail_from = a@b.example\n"

/* Opens a program's settings, with `more` in them, for a command that needs no database. What it said is in `said`. */
static int open_with(bool has_line, const char *more, char said[2000])
{
	char folder[] = "/tmp/makker-service.XXXXXX", file[100], log[100];
	const struct service_kind kind = { .name = "makker-test", .has_line = has_line };
	struct service s;
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/conf", folder);
	snprintf(log, sizeof(log), "%s/log", folder);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	assert_true(fputs(SETTINGS, f) >= 0 && fputs(more, f) >= 0 && fclose(f) == 0);
	char *argv[] = { (char *)(uintptr_t)"t", (char *)(uintptr_t)"--config", file, (char *)(uintptr_t)"--data", folder,
			 (char *)(uintptr_t)"clock", NULL };
	int back = dup(2);
	assert_non_null(freopen(log, "w", stderr));
	int status = service_open(&s, &kind, 6, argv);
	fflush(stderr);
	assert_int_equal(dup2(back, 2), 2);
	close(back);
	f = fopen(log, "r");
	assert_non_null(f);
	said[fread(said, 1, 1999, f)] = 0;
	fclose(f);
	unlink(file);
	unlink(log);
	rmdir(folder);
	service_close(&s);
	return status;
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

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documented_settings_are_the_programs_own),
		cmocka_unit_test(a_line_is_a_name_with_a_number),
		cmocka_unit_test(the_employers_program_knows_no_such_setting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
