/* Each rule with a case in which it finds fault and one in which it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "risks/risks.h"

/* A program that is set up as docs/operate.md has it. */
static struct risks_facts sound(bool haven)
{
	return (struct risks_facts){
		.haven = haven, .https = true, .local = true, .peer_header = true, .mail_local = true, .door_peer = true, .line = true,
		.watched = true, .locked = RISKS_YES, .swap = RISKS_YES,
	};
}

static enum risks_grade grade_of(const struct risks_facts *f, const char *name)
{
	struct risks_judged list[RISKS_MOST];
	size_t n = risks_judge(f, list);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].grade;
	fail_msg("no rule %s", name);
	return RISKS_FINE;
}

static void a_sound_program_has_nothing_to_mend(void **state)
{
	struct risks_judged list[RISKS_MOST];
	(void)state;
	for (int haven = 0; haven < 2; haven++) {
		struct risks_facts f = sound(haven);
		size_t n = risks_judge(&f, list);
		assert_int_equal(n, haven ? 16 : 13);
		for (size_t i = 0; i < n; i++)
			if (list[i].grade != RISKS_FINE)
				fail_msg("%s", list[i].name);
	}
}

/* A change to the sound one, and what must come of it. */
#define CASE(rule, is, ...)                                                                                          \
	do {                                                                                                          \
		struct risks_facts f = sound(true);                                                                  \
		__VA_ARGS__;                                                                                         \
		assert_int_equal(grade_of(&f, rule), is);                                                            \
	} while (0)

static void each_fault_is_found_and_no_other(void **state)
{
	(void)state;
	CASE("Encrypted pages", RISKS_MEND, f.https = false);
	CASE("Who can reach the program itself", RISKS_MEND, f.local = false);
	CASE("Telling visitors apart", RISKS_LOOK, f.peer_header = false);
	CASE("Telling visitors apart", RISKS_FINE, f.peer_header = false; f.https = false); /* no proxy, as it seems */
	CASE("Telling visitors apart", RISKS_FINE, f.peer_header = false; f.local = false);
	CASE("Mail on its way", RISKS_FINE, f.mail_local = false; f.mail_tls = true);
	CASE("Mail on its way", RISKS_MEND, f.mail_local = false);
	CASE("Who may speak at the door", RISKS_MEND, f.door_peer = false);
	CASE("Two system users", RISKS_MEND, f.same_user = RISKS_YES);
	CASE("Two system users", RISKS_MEND, f.root = true);
	CASE("Two system users", RISKS_NOT_KNOWN, f.door_peer = false);
	CASE("Two system users", RISKS_NOT_KNOWN, f.same_user = RISKS_UNKNOWN);
	CASE("Two host names", RISKS_MEND, f.same_name = true);
	CASE("Files on this machine", RISKS_MEND, f.settings_open = RISKS_YES);
	CASE("Files on this machine", RISKS_MEND, f.folder_open = RISKS_YES; f.settings_open = RISKS_UNKNOWN);
	CASE("Files on this machine", RISKS_NOT_KNOWN, f.settings_open = RISKS_UNKNOWN);
	CASE("Memory on the disk", RISKS_MEND, f.locked = RISKS_NO);
	CASE("Memory on the disk", RISKS_FINE, f.locked = RISKS_NO; f.swap = RISKS_NO);
	CASE("Memory on the disk", RISKS_NOT_KNOWN, f.locked = RISKS_NO; f.swap = RISKS_UNKNOWN);
	CASE("The clock", RISKS_MEND, f.by_hand = true);
	CASE("A professional line", RISKS_LOOK, f.line = false);
	CASE("Somebody is told when it stops", RISKS_LOOK, f.watched = false);
	CASE("Two people who look after the sign-ins", RISKS_LOOK, f.one_keeper = RISKS_YES);
	CASE("Two people who look after the sign-ins", RISKS_NOT_KNOWN, f.one_keeper = RISKS_UNKNOWN);
	CASE("What the database server writes down", RISKS_FINE, f.server_logs = RISKS_YES); /* SQLite: there is none */
	CASE("What the database server writes down", RISKS_MEND, f.server = true; f.server_logs = RISKS_YES);
	CASE("What the database server writes down", RISKS_NOT_KNOWN, f.server = true; f.server_logs = RISKS_UNKNOWN);
	CASE("What the database server writes down", RISKS_FINE, f.server = true);
	CASE("Copies of every moment", RISKS_MEND, f.server = true; f.server_archives = RISKS_YES);
	CASE("Copies of every moment", RISKS_FINE, f.server = true);
	CASE("The login at the database server", RISKS_MEND, f.server = true; f.login_shared = RISKS_YES);
	CASE("The login at the database server", RISKS_FINE, f.server = true);
}

static void what_is_havens_alone_is_not_asked_of_duty(void **state)
{
	struct risks_judged list[RISKS_MOST];
	(void)state;
	struct risks_facts f = sound(false);
	f.line = false;
	f.server = true;
	f.server_archives = RISKS_YES;
	f.same_name = true;
	size_t n = risks_judge(&f, list);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(list[i].grade, RISKS_FINE);
}

static void the_worst_comes_first_and_the_text_names_what_is_not_in_order(void **state)
{
	struct risks_judged list[RISKS_MOST];
	struct buf out = BUF_LIMIT(8192);
	(void)state;
	struct risks_facts f = sound(true);
	f.line = false;
	f.by_hand = true;
	f.same_user = RISKS_UNKNOWN;
	size_t n = risks_judge(&f, list);
	assert_int_equal(n, 16);
	assert_int_equal(list[0].grade, RISKS_MEND);
	assert_int_equal(list[1].grade, RISKS_LOOK);
	assert_int_equal(list[2].grade, RISKS_NOT_KNOWN);
	assert_int_equal(list[3].grade, RISKS_FINE);
	assert_int_equal(risks_text(&f, &out), 1);
	assert_true(strncmp(buf_get(&out).p, "needs fixing: The clock\n  why:  The clock stands still", 53) == 0);
	assert_non_null(strstr(buf_get(&out).p, "\nworth a look: A professional line\n"));
	assert_non_null(strstr(buf_get(&out).p, "\nnot known: Two system users\n"));
	assert_non_null(strstr(buf_get(&out).p, "\nin order: 13 of 16\n"));
	buf_free(&out);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_program_has_nothing_to_mend),
		cmocka_unit_test(each_fault_is_found_and_no_other),
		cmocka_unit_test(what_is_havens_alone_is_not_asked_of_duty),
		cmocka_unit_test(the_worst_comes_first_and_the_text_names_what_is_not_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
