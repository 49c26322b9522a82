#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "haven/directory/directory.h"
#include "haven/supporters/supporters.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

SQL(test_account, "bttb", "",
    "INSERT INTO account (id, email, name, lang, of_whom) VALUES ($1, $2, $3, 'nb', $4) ON CONFLICT DO NOTHING");
SQL(test_invited, "bb", "", "INSERT INTO invite (hash, account, expires_day) VALUES ($1, $2, 9)");

static struct db *db;
static struct clock *now;
static char file[64];
static char *out, *err;

/* ---- sign-ins, as far as the import sees them ---- */

static enum result add(struct tx *tx, struct random_source *rnd, const char *email, const char *name, enum lang lang,
		       const struct id *of_whom, enum role role, const struct id *unit, struct day today, struct id *account_r)
{
	(void)lang, (void)today;
	if (strstr(email, "bad") || role != ROLE_SUPPORTER || unit)
		return RES_BAD;
	if (strstr(email, "taken"))
		return RES_REFUSED;
	*account_r = id_new(rnd, "test/account");
	return db_do(tx, &test_account, NULL, v_id(account_r), v_str(email), v_str(name), v_id(of_whom));
}

static enum result invite(struct tx *tx, struct signin *s, const struct id *account, char *url, size_t room)
{
	(void)s;
	snprintf(url, room, "http://haven.localhost/s/welcome/%02x", account->b[0]);
	return db_do(tx, &test_invited, NULL, v_id(account), v_id(account));
}

static enum result invite_by_mail(struct tx *tx, struct signin *s, const struct id *account)
{
	(void)s;
	return db_do(tx, &test_invited, NULL, v_id(account), v_id(account));
}

static const struct supporters_accounts accounts = { NULL, add, invite, invite_by_mail };

static enum result fill(struct tx *tx, void *ctx)
{
	struct door_person people[] = {
		{ .id = { { 1 } }, .number = "1001", .name = "Kari Nes", .unit = "Hospital / Ward 3", .profession = "Nurse",
		  .level = "2", .lang = "nb", .email = "kari@example.org", .phone = "+4700000124" },
		{ .id = { { 2 } }, .number = "1002", .name = "Tariq Ali", .unit = "Hospital / Ward 4", .profession = "Doctor",
		  .level = "1", .lang = "en", .email = "tariq@example.org", .phone = "" },
	};
	struct door_people all = { .to = 1, .list = people, .n = ARRAY_LEN(people) };
	(void)ctx;
	return directory_take(tx, &all);
}

static int set_up(void **state)
{
	(void)state;
	db_for_test(haven_migrations, haven_migrations_n, &db);
	now = clock_by_hand((struct instant){ 1795000000 }); /* 2026-11-18 */
	strcpy(file, "/tmp/makker-supporters-XXXXXX");
	int fd = mkstemp(file);
	if (fd < 0)
		return -1;
	close(fd);
	return db_write(db, fill, NULL) == RES_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(file);
	free(out);
	free(err);
	out = err = NULL;
	clock_free(&now);
	db_for_test_end(&db);
	return 0;
}

static int run(const char *text, const char *const *options)
{
	char room[] = "supporters", what[] = "import", *argv[16] = { room, what, file };
	int argc = 3;
	size_t out_n, err_n;
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	free(out);
	free(err);
	FILE *o = open_memstream(&out, &out_n), *e = open_memstream(&err, &err_n);
	for (; *options; options++)
		argv[argc++] = (char *)(uintptr_t)*options;
	int code = supporters_command(db, now, random_system(), LANG_NB, &accounts, argc, argv, o, e);
	fclose(o);
	fclose(e);
	return code;
}
#define import(text, ...) run((text), (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

static void said(const char *what)
{
	if (!strstr(out, what) && !strstr(err, what))
		fail_msg("“%s” was not said, but:\n%s%s", what, out, err);
}

static char *dump(void)
{
	struct buf d = BUF_LIMIT(16 << 20);
	assert_int_equal(db_dump(db, &d), RES_OK);
	return d.p;
}

static bool kept(const char *what)
{
	char *d = dump();
	bool there = strstr(d, what) != NULL;
	free(d);
	return there;
}

SQL(test_one_more, "bt", "",
    "INSERT INTO supporter (id, person, name, given, email, phone, unit_path, profession, level, languages, since_year, "
    "interview_day, training_day, check_day, accredited_until, paused, is_full, ended) "
    "VALUES ($1, NULL, 'A B', 'A', $2, '1', '', '', '', 'nb', 2020, NULL, NULL, NULL, NULL, 0, 0, 0)");

static enum result crowd_work(struct tx *tx, void *ctx)
{
	enum result res = RES_OK;
	for (int i = 0; res == RES_OK && i < *(int *)ctx; i++) {
		struct id id = { { (unsigned char)(i >> 8), (unsigned char)i, 9 } };
		char email[32];
		snprintf(email, sizeof(email), "m%d@example.org", i);
		res = db_do(tx, &test_one_more, NULL, v_id(&id), v_str(email));
	}
	return res;
}

#define HEAD "number;name;e-mail;phone;languages;since;interview;training;check;accredited until;windows\n"
#define KARI "1001;;;;nb en;2019;2026-01-10;2026-02-10;2026-02-11;2028-02-11;\"mon-fri 08:00-16:00\"\n"
#define TARIQ "1002;;;00 00 02 00;;2020;10.1.2026;10.2.2026;11.2.2026;11.2.2028;\"mon 08:00-16:00; tue 20:00-08:00 standby\"\n"
#define OUTSIDE ";Bodil Berg;Bodil@example.com;00 00 03 00;da;;2026-01-10;2026-02-10;2026-02-11;2028-02-11;sat 10:00-14:00\n"

static void a_file_becomes_supporters_of_the_directory_and_outside_it(void **state)
{
	(void)state;
	assert_int_equal(import(HEAD KARI TARIQ OUTSIDE), 0);
	said("Added 3, changed 0, ended 0, unchanged 0.");
	said("1 row matches nobody in the directory and is taken as of somebody outside it: line 4.\n");
	said("3 sign-ins wait for an invitation");
	assert_true(kept("'Kari Nes'|'Kari'|'kari@example.org'|'+4700000124'|'Hospital / Ward 3'|'Nurse'|'2'|'nb en'|2019"));
	assert_true(kept("'Tariq Ali'|'Tariq'|'tariq@example.org'|'00 00 02 00'|'Hospital / Ward 4'|'Doctor'|'1'|'en'|2020"));
	assert_true(kept("|NULL|'Bodil Berg'|'Bodil'|'bodil@example.com'"));
	assert_true(kept("|1|1200|1920|1"));
	assert_true(kept("'kari@example.org'|'Kari Nes'|'nb'"));
}

static void the_same_file_again_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(import(HEAD KARI TARIQ OUTSIDE, "--print-links"), 0);
	said("Kari Nes <kari@example.org>: http://haven.localhost/s/welcome/");
	char *before = dump();
	assert_int_equal(import(HEAD KARI TARIQ OUTSIDE, "--print-links"), 0);
	said("Added 0, changed 0, ended 0, unchanged 3.");
	assert_null(strstr(out, "/s/welcome/"));
	char *after = dump();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void a_dry_run_tells_and_changes_nothing(void **state)
{
	(void)state;
	char *before = dump();
	assert_int_equal(import(HEAD KARI OUTSIDE, "--dry-run", "--print-links"), 0);
	said("Added 2, changed 0, ended 0, unchanged 0.");
	said("this was a dry run");
	assert_null(strstr(out, "/s/welcome/"));
	char *after = dump();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void whoever_is_missing_ends_only_when_that_was_asked_for(void **state)
{
	(void)state;
	assert_int_equal(import(HEAD KARI TARIQ OUTSIDE), 0);
	assert_int_equal(import(HEAD KARI), 0);
	said("2 supporters are not in the file; they stay");
	assert_int_equal(import(HEAD KARI TARIQ), 0);
	said("1 supporter is not in the file; they stay");
	assert_int_equal(import(HEAD KARI TARIQ "1009;;;;;;;;;x;\n", "--end-missing"), 1);
	said("Nothing was changed");
	assert_int_equal(import(HEAD KARI, "--end-missing"), 0);
	said("ended 2, unchanged 1");
	assert_int_equal(import(HEAD KARI TARIQ), 0);
	said("Added 0, changed 1, ended 0, unchanged 1.");
}

static void mistakes_are_told_by_line_and_column_and_nothing_goes_in(void **state)
{
	(void)state;
	char *before = dump();
	assert_int_equal(import(HEAD KARI
				"1002;;;00 00 02 00;;2020;2027-01-01;2026-02-31;soon;11.2.2028;mondays\n"
				";;nobody@example.org;12;xx;19;;;;;\n"
				";;;;;;;;;;mon 08:00-16:00\n"
				";Ann Bø;bad@example.org;00 00 04 00;;;;;;;\n"
				";Ann Bø;taken@example.org;00 00 04 00;;;;;;;\n"
				"1001;;;;;;;;;;\n"), 1);
	said("Line 3, column 7 “interview”: is in the future");
	said("Line 3, column 8 “training”: is no date");
	said("Line 3, column 9 “check”: is no date");
	said("Line 3, column 11 “windows”: is no time to be reached");
	said("Line 4, column 4 “phone”: has too few digits");
	said("Line 4, column 5 “languages”: knows a language that Makker does not speak; it speaks nb|sv|da|en");
	said("Line 4, column 6 “since”: is no year");
	said("Line 5, column 3 “e-mail”: is empty: who is it?");
	said("Line 6, column 3 “e-mail”: is no address that a sign-in can have");
	said("Line 7, column 3 “e-mail”: is the sign-in of somebody else");
	said("Line 8, column 3 “e-mail”: is in the file twice");
	said("Nothing was changed");
	char *after = dump();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void whom_the_directory_does_not_know_is_counted_by_line(void **state)
{
	(void)state;
	static const char slips[] = HEAD KARI ";Tariq Ali;tarik@example.org;00 00 02 00;;;;;;;\n"
				    "1020;Eli Vik;eli@example.org;00 00 05 00;;;;;;;\n";
	static const char told[] = "2 rows match nobody in the directory and are taken as of somebody outside it: lines 3, 4.\n";
	assert_int_equal(import(slips, "--dry-run"), 0);
	said(told);
	said("this was a dry run");
	/* Beside a mistake too, since the slip may be its reason. */
	assert_int_equal(import(HEAD ";Tariq Ali;tarik@example.org;00 00 02 00;;;;;;;\n1002;;;;;;;;;;\n"), 1);
	said("1 row matches nobody in the directory and is taken as of somebody outside it: line 2.\n");
	said("Nothing was changed");
	assert_int_equal(import(slips), 0);
	said(told);
	assert_int_equal(import(slips), 0);
	said(told);
	said("unchanged 3");
	/* Whoever is in the directory is not named. */
	assert_int_equal(import(HEAD KARI TARIQ), 0);
	assert_null(strstr(out, "outside"));
	assert_null(strstr(err, "outside"));
}

static void what_will_keep_somebody_from_being_sent_is_noted(void **state)
{
	(void)state;
	assert_int_equal(import(HEAD "1001;;;;;;;2026-02-10;2026-02-11;2026-11-17;mon-sun 00:00-24:00 standby\n" OUTSIDE
				"1009;Eli Vik;eli@example.org;00 00 05 00;;;2026-01-10;2026-02-10;2026-02-11;2028-02-11;\n"), 0);
	said("Line 2, column 11 “windows”: leaves no 11 hours' rest in the week");
	said("Line 2, column 7 “interview”: lacks an interview");
	said("Line 2, column 10 “accredited until”: is not accredited today");
	said("Line 4, column 1 “number”: is not in the directory; taken as somebody outside it");
	said("Line 4, column 11 “windows”: has no time at which she can be reached");
	said("Added 3");
	assert_null(strstr(err, "Line 3"));
}

static void a_column_that_is_not_there_leaves_what_is_known(void **state)
{
	(void)state;
	assert_int_equal(import(HEAD KARI TARIQ), 0);
	assert_int_equal(import("number,phone\n1001,00 00 09 09\n"), 0);
	said("changed 1");
	assert_true(kept("'Kari Nes'|'Kari'|'kari@example.org'|'00 00 09 09'|'Hospital / Ward 3'|'Nurse'|'2'|'nb en'|2019"));
	assert_true(kept("|0|480|960|0"));
}

static void a_file_that_is_none_is_refused(void **state)
{
	(void)state;
	assert_int_equal(import("name;phone\nKari;00\n"), 2);
	said("must have a column “number” or “e-mail”");
	assert_int_equal(import("e-mail;epost\na;b\n"), 2);
	said("two columns are headed “email”");
	assert_int_equal(import(""), 2);
	said("the file is empty");
	assert_int_equal(import(HEAD KARI, "--no-such"), 2);
	said("there is no option --no-such");
	assert_int_equal(import(HEAD KARI, "--invite", "--print-links"), 2);
	assert_false(kept("Kari Nes'|'Kari'"));
}

static void invitations_go_to_new_ones_only(void **state)
{
	(void)state;
	assert_int_equal(import(HEAD KARI, "--invite"), 0);
	said("1 invitation is on its way");
	assert_int_equal(import(HEAD KARI TARIQ, "--invite"), 0);
	said("1 invitation is on its way");
	assert_int_equal(import(HEAD KARI TARIQ, "--invite"), 0);
	assert_null(strstr(out, "on their way"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static void the_last_place_is_given_and_not_one_more(void **state)
{
	int n = SUPPORTERS_MOST - 1;
	(void)state;
	assert_int_equal(db_write(db, crowd_work, &n), RES_OK);
	assert_int_equal(import(HEAD KARI TARIQ), 1);
	said("10,000 supporters at the most");
	assert_int_equal(import(HEAD KARI), 0);
	said("Added 1");
	assert_int_equal(import(HEAD KARI TARIQ, "--end-missing"), 0);
	said("ended 9999");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_place_is_given_and_not_one_more),
		TEST(a_file_becomes_supporters_of_the_directory_and_outside_it),
		TEST(the_same_file_again_changes_nothing),
		TEST(a_dry_run_tells_and_changes_nothing),
		TEST(whoever_is_missing_ends_only_when_that_was_asked_for),
		TEST(mistakes_are_told_by_line_and_column_and_nothing_goes_in),
		TEST(whom_the_directory_does_not_know_is_counted_by_line),
		TEST(what_will_keep_somebody_from_being_sent_is_noted),
		TEST(a_column_that_is_not_there_leaves_what_is_known),
		TEST(a_file_that_is_none_is_refused),
		TEST(invitations_go_to_new_ones_only),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
