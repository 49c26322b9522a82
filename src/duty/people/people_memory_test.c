/* What an import needs of memory grows with the units, not with the rows: ten times as many rows in as many units need hardly more. A ratio
   within one run, so that it holds on any machine. Long: not among the quick tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/db_testing.h"
#include "duty/people/people.h"

extern const struct migration duty_migrations[];
extern const size_t duty_migrations_n;

#define WARDS 250
#define FEW 10000
#define MANY 100000

static bool write_file(const char *path, int people)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return false;
	fprintf(f, "Ansattnr;Navn;E-post;Enhet;Yrkesgruppe;Leder\n");
	for (int i = 0; i < people; i++)
		fprintf(f, "%d;Kari Hansen%d;p%d@example.org;Trust / Division %d / Ward %d;Nurse;%d\n", i, i, i, i % WARDS / 50, i % WARDS, i % WARDS);
	return fclose(f) == 0;
}

/* Imports so many into a new database; whether all of them went in. */
static bool imports(int people)
{
	char path[] = "/tmp/makker-people-XXXXXX", room[] = "people", what[] = "import", *argv[] = { room, what, path }, want[40];
	struct clock *clock = clock_by_hand((struct instant){ 1795000000 });
	struct db *db;
	char *said = NULL;
	size_t said_n;
	FILE *out = open_memstream(&said, &said_n);
	int fd = mkstemp(path);
	bool ok = fd >= 0 && close(fd) == 0 && write_file(path, people);

	snprintf(want, sizeof(want), "Added %d, changed 0, ended 0", people);
	db_for_test(duty_migrations, duty_migrations_n, &db);
	ok = ok && people_command(db, clock, random_system(), 3, argv, out, out) == 0;
	fclose(out);
	ok = ok && strstr(said, want);
	free(said);
	unlink(path);
	clock_free(&clock);
	db_for_test_end(&db);
	return ok;
}

/* The most that a process of its own had in memory while it imported so many, in kB. */
static long most_of(int people)
{
	struct rusage used = { 0 };
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child)
		_exit(imports(people) ? 0 : 1);
	assert_int_equal(wait4(child, &status, 0, &used), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return used.ru_maxrss;
}

/* Measured: 1.9, since the writer may keep 32 MB of pages, which 10,000 rows do not fill. Rows that stayed in memory would be past it. */
static void ten_times_as_many_rows_need_less_than_two_and_a_half_times_the_memory(void **state)
{
	long few = most_of(FEW), many = most_of(MANY);

	(void)state;
	print_message("# %d rows: %ld kB, %d rows: %ld kB\n", FEW, few, MANY, many);
	assert_true(few > 0);
	assert_true(2 * many < 5 * few);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(ten_times_as_many_rows_need_less_than_two_and_a_half_times_the_memory) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
