#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/db_testing.h"
#include "duty/people/people.h"
#include "duty/people/people_plan.h"
#include "duty/people/people_testing.h"

extern const struct migration duty_migrations[];
extern const size_t duty_migrations_n;

struct bench {
	struct db *db;
	struct clock *clock;
	struct arena *a;
	char file[64], bad[64];
	char *out, *err; /* what the last command said */
};

static int set_up(void **state)
{
	struct bench *b = must_alloc(1, sizeof(*b));
	int fd;

	db_for_test(duty_migrations, duty_migrations_n, &b->db);
	b->clock = clock_by_hand((struct instant){ 1795000000 }); /* 2026-11-18 */
	b->a = arena_new();
	strcpy(b->file, "/tmp/makker-people-XXXXXX");
	fd = mkstemp(b->file);
	if (fd < 0)
		return -1;
	close(fd);
	snprintf(b->bad, sizeof(b->bad), "%s.bad", b->file);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	unlink(b->file);
	unlink(b->bad);
	free(b->out);
	free(b->err);
	arena_free(&b->a);
	clock_free(&b->clock);
	db_for_test_end(&b->db);
	free(b);
	return 0;
}

static void put_file(const char *path, const char *p, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* Writes the file and runs the command on it with the options; returns its exit code. */
static int import_bytes(struct bench *b, const char *p, size_t n, const char *const *options)
{
	char room[] = "people", what[] = "import", *argv[32] = { room, what, b->file };
	int argc = 3, code;
	size_t out_n, err_n;
	FILE *out, *err;

	free(b->out);
	free(b->err);
	out = open_memstream(&b->out, &out_n);
	err = open_memstream(&b->err, &err_n);
	put_file(b->file, p, n);
	for (; options && *options; options++)
		argv[argc++] = (char *)(uintptr_t)*options;
	code = people_command(b->db, b->clock, random_system(), argc, argv, out, err);
	fclose(out);
	fclose(err);
	return code;
}

#define import(b, text, ...) import_bytes((b), (text), strlen(text), (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

static void said(const struct bench *b, const char *what)
{
	if (!strstr(b->out, what) && !strstr(b->err, what))
		fail_msg("“%s” was not said, but:\n%s%s", what, b->out, b->err);
}

static char *dump(struct bench *b)
{
	struct buf d = BUF_LIMIT(64 << 20);

	assert_int_equal(db_dump(b->db, &d), RES_OK);
	return d.p;
}

/* ---- looking ---- */

struct look {
	struct arena *a;
	const char *typed;
	struct person_lines lines;
	struct person *changes, one;
	struct unit_line *unit;
	struct id id;
	size_t n, max;
	int64_t after, to;
	bool more;
};

static enum result look_search(struct tx *tx, void *ctx)
{
	struct look *l = ctx;

	return people_search(tx, l->a, slice_of(l->typed), &l->lines);
}

static enum result look_changes(struct tx *tx, void *ctx)
{
	struct look *l = ctx;

	return people_changes_after(tx, l->a, l->after, l->max, &l->changes, &l->n, &l->to, &l->more);
}

static enum result look_units(struct tx *tx, void *ctx)
{
	struct look *l = ctx;

	return people_units(tx, l->a, &l->unit, &l->n);
}

static enum result look_members(struct tx *tx, void *ctx)
{
	struct look *l = ctx;

	return people_unit_members(tx, l->a, &l->id, l->max, &l->lines);
}

static enum result look_leaders(struct tx *tx, void *ctx)
{
	struct look *l = ctx;

	return people_unit_leaders(tx, l->a, &l->id, &l->lines);
}

static enum result look_one(struct tx *tx, void *ctx)
{
	struct look *l = ctx;

	return people_get(tx, l->a, &l->id, &l->one);
}

/* The names found, with commas between; a protected one is "?". */
static const char *names(struct bench *b, const struct person_lines *lines)
{
	const char *s = "";

	for (size_t i = 0; i < lines->n; i++)
		s = arena_printf(b->a, "%s%s%s", s, i ? "," : "", lines->list[i].is_protected ? "?" : lines->list[i].name);
	return s;
}

static const char *search(struct bench *b, const char *typed)
{
	struct look l = { .a = b->a, .typed = typed };

	assert_int_equal(db_read(b->db, look_search, &l), RES_OK);
	return names(b, &l.lines);
}

static struct look changes(struct bench *b, int64_t after, size_t max)
{
	struct look l = { .a = b->a, .after = after, .max = max };

	assert_int_equal(db_read(b->db, look_changes, &l), RES_OK);
	return l;
}

static struct person *called(struct look *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->changes[i].name, name) == 0)
			return &l->changes[i];
	fail_msg("%s is not there", name);
	return NULL;
}

static struct id unit_called(struct bench *b, const char *path)
{
	struct look l = { .a = b->a };

	assert_int_equal(db_read(b->db, look_units, &l), RES_OK);
	for (size_t i = 0; i < l.n; i++)
		if (strcmp(l.unit[i].path, path) == 0)
			return l.unit[i].id;
	fail_msg("no unit %s", path);
	return (struct id){ 0 };
}

static const char *leaders(struct bench *b, const char *path)
{
	struct look l = { .a = b->a, .id = unit_called(b, path) };

	assert_int_equal(db_read(b->db, look_leaders, &l), RES_OK);
	return names(b, &l.lines);
}

/* ---- what holds ---- */

static const char workplace[] =
    "Ansattnr;Navn;Fødselsnummer;E-post;Privat mobil;Enhet;Yrkesgruppe;Leder;Skjermet;Språk\r\n"
    "1;\"Sand, Ås\";01819010001;as@example.org;+4799000001;Trust / North;Leader;;;nb\r\n"
    "2;\"Mo, Åse\";15827510057;ase@example.org;;Trust / North / Ward A;Nurse;as@example.org;;sv\r\n"
    "3;\"O'Brien, Pat\";;;+4799000003;Trust / North / Ward A;Nurse;2;;\r\n"
    ";\"Null, Null\";;;;Trust / North / Ward A;Porter;2;;en\r\n"
    ";\"Null, Null\";;;;Trust / North / Ward A;Porter;2;;en\r\n"
    "6;\"Hemmelig, Hanna\";;hanna@example.org;;Trust / North / Ward A;Nurse;2;Kode 6;\r\n";

static void a_file_goes_in_once_and_a_second_time_changes_nothing(void **state)
{
	struct bench *b = *state;
	char *before, *after;

	assert_int_equal(import(b, workplace), 0);
	said(b, "Added 6, changed 0, ended 0, unchanged 0, bad rows 0.");
	said(b, "Dropped: column 3 “Fødselsnummer” (national identity number)");
	before = dump(b);
	assert_int_equal(import(b, workplace, "--end-missing"), 0);
	said(b, "Added 0, changed 0, ended 0, unchanged 6, bad rows 0.");
	after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void a_dry_run_says_the_same_and_writes_nothing(void **state)
{
	struct bench *b = *state;
	char *before = dump(b), *after;
	const char *dry, *real;

	assert_int_equal(import(b, workplace, "--dry-run"), 0);
	dry = arena_str(b->a, slice_of(strstr(b->out, "Added")));
	after = dump(b);
	assert_string_equal(before, after);
	assert_int_equal(import(b, workplace), 0);
	real = strstr(b->out, "Added");
	assert_int_equal(strncmp(dry, real, strlen(real)), 0);
	assert_string_equal(dry + strlen(real), "Nothing was changed: this was a dry run.\n");
	free(before);
	free(after);
}

static void no_national_number_or_birth_date_is_anywhere_in_the_database(void **state)
{
	struct bench *b = *state;
	char *d;

	assert_int_equal(import(b, "Ansattnr;Navn;Født;Fnr;Stilling\n1;A A;17.05.1814;01819010001;Nurse\n"
				   "2;B B 15827510057;;;x\n3;C C;;;251248-9996\n",
				"--save-bad", b->bad),
			 1);
	said(b, "Added 1,");
	said(b, "Line 3, column 2 “Navn”: holds what looks like a national identity number; it is not kept");
	d = dump(b);
	assert_null(strstr(d, "1814"));
	assert_null(strstr(d, "01819010001"));
	assert_null(strstr(d, "15827510057"));
	assert_null(strstr(d, "251248"));
	assert_null(strstr(b->err, "15827510057"));
	free(d);
	d = must_alloc(1000, 1);
	FILE *f = fopen(b->bad, "r");
	assert_non_null(f);
	assert_true(fread(d, 1, 999, f) > 0);
	fclose(f);
	assert_string_equal(d, "Ansattnr;Navn;Født;Fnr;Stilling\r\n2;;;;x\r\n3;C C;;;\r\n");
	free(d);
	/* It is there now: it is not written over. */
	assert_int_equal(import(b, "Navn\n\"\n", "--save-bad", b->bad), 1);
	said(b, "File exists");
}

static void bad_rows_are_saved_and_go_in_when_they_are_mended(void **state)
{
	struct bench *b = *state;
	struct stat st;

	assert_int_equal(import(b, "Ansattnr,Navn,E-post\n1,A A,a@example.org\n2,B B,b.example.org\n1,C C,\n4,\"D D,\n",
				"--save-bad", b->bad),
			 1);
	said(b, "Added 1, changed 0, ended 0, unchanged 0, bad rows 3.");
	said(b, "Line 3, column 3 “E-post”: this is not an e-mail address");
	said(b, "Line 4, column 1 “Ansattnr”: this employee number also stands on line 2, with another name");
	said(b, "Line 5, column 2 “Navn”: opens a quote that is never closed");
	assert_int_equal(stat(b->bad, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(import(b, "Ansattnr,Navn,E-post\n2,B B,b@example.org\n"), 0);
	said(b, "Added 1, changed 0, ended 0, unchanged 0");
	said(b, "1 people of the directory are not in the file; they stay");
}

static void changes_are_told_by_field_and_move_the_rev_of_those_people_only(void **state)
{
	struct bench *b = *state;
	struct look all, more;
	struct id ase;

	assert_int_equal(import(b, "Nr;Navn;E-post;Enhet;Stilling\n1;Åse Mo;a@example.org;A;Nurse\n2;Bo Li;;A;Porter\n", "--column",
				"employee_number=Nr"),
			 0);
	all = changes(b, 0, 10);
	assert_int_equal(all.n, 2);
	ase = called(&all, "Åse Mo")->id;
	assert_int_equal(import(b, "Nr;Navn;E-post;Enhet;Stilling\n1;Åse Lie;a@example.org;B;Nurse\n2;Bo Li;;A;Porter\n", "--column",
				"employee_number=Nr"),
			 0);
	said(b, "Added 0, changed 1, ended 0, unchanged 1, bad rows 0.");
	said(b, "Changed: name 1, unit 1");
	more = changes(b, all.to, 10);
	assert_int_equal(more.n, 1);
	assert_true(id_eq(&more.changes[0].id, &ase));
	assert_string_equal(more.changes[0].unit_path, "B");
	assert_string_equal(search(b, "lie"), "Åse Lie");
	assert_string_equal(search(b, "åse mo"), "");
	/* A page at a time, nobody twice and nobody left out. */
	more = changes(b, 0, 1);
	assert_true(more.more);
	assert_int_equal(more.n, 1);
	more = changes(b, more.to, 1);
	assert_false(more.more);
	assert_int_equal(more.n, 1);
}

static void who_is_who_without_a_number(void **state)
{
	struct bench *b = *state;
	struct look l;

	assert_int_equal(import(b, "Name,Email,Department,Title,Mobile\n"
				   "Kari Mo,kari@example.org,A,Nurse,\n"
				   "Ward One,ward@example.org,A,Desk,\n"
				   "Ward Two,ward@example.org,A,Desk,\n"
				   "Ola Li,,A,Porter,99000001\n"
				   "Ola Li,,A,Porter,99000002\n"),
			 0);
	said(b, "Added 5,");
	/* She moved and married; the two of one name changed places in the file; the shared address names nobody. */
	assert_int_equal(import(b, "Name,Email,Department,Title,Mobile\n"
				   "Ola Li,,A,Porter,99000002\n"
				   "Ola Li,,A,Porter,99000001\n"
				   "Ward Two,ward@example.org,A,Desk,\n"
				   "Ward One,ward@example.org,A,Desk,\n"
				   "Kari Lie,kari@example.org,B,Nurse,\n"
				   "Kari Mo,,A,Nurse,\n"),
			 0);
	said(b, "Added 1, changed 1, ended 0, unchanged 4, bad rows 0.");
	said(b, "Changed: name 1, unit 1");
	l = changes(b, 0, 20);
	assert_int_equal(l.n, 6);
	assert_string_equal(called(&l, "Kari Lie")->email, "kari@example.org");
	assert_string_equal(called(&l, "Kari Mo")->email, "");
}

static void somebody_else_is_never_taken_for_the_one_who_had_the_number(void **state)
{
	struct bench *b = *state;
	struct look l;

	assert_int_equal(import(b, "Employee ID,Name,Email\n1,A A,one@example.org\n"), 0);
	/* The same address and name, another number: another person. */
	assert_int_equal(import(b, "Employee ID,Name,Email\n1,A A,one@example.org\n2,A A,one@example.org\n"), 0);
	said(b, "Added 1, changed 0, ended 0, unchanged 1");
	/* A file without numbers may not take numbers away. */
	assert_int_equal(import(b, "Name,Email\nB B,b@example.org\n"), 0);
	assert_int_equal(import(b, "Employee ID,Name,Email\n3,B B,b@example.org\n"), 0);
	said(b, "Changed: employee number 1");
	assert_int_equal(import(b, "Name,Email\nB B,b@example.org\n"), 0);
	said(b, "Added 0, changed 0, ended 0, unchanged 1");
	l = changes(b, 0, 20);
	assert_string_equal(called(&l, "B B")->number, "3");
}

static void two_posts_are_one_person(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, "Employee ID,Name,Department\n1,A A,X\n1,A A,Y\n"), 0);
	said(b, "Added 1,");
	said(b, "Line 3, column 1 “Employee ID”: the same person as on line 2; that row is used (the row goes in)");
	assert_int_equal(import(b, "Employee ID,Name,Department\n1,A A,X\n1,A A,Y\n"), 0);
	said(b, "Added 0, changed 0, ended 0, unchanged 1");
}

static void a_bad_row_does_not_stand_in_the_way_of_a_good_one(void **state)
{
	struct bench *b = *state;
	struct look l;

	assert_int_equal(import(b, "Employee ID,Name,Email\n1,A A,a@example.org\n"), 0);
	assert_int_equal(import(b, "Employee ID,Name,Email\n1,A A,broken\n1,A A,new@example.org\n2,\xcc\x81,\n"), 1);
	said(b, "Added 1, changed 1, ended 0, unchanged 0, bad rows 1.");
	l = changes(b, 0, 10);
	assert_string_equal(called(&l, "A A")->email, "new@example.org");
}

/* n people from number `first`. */
static const char *many(struct bench *b, int first, int n)
{
	struct buf f = BUF_LIMIT(1 << 20);
	const char *s;

	buf_str(&f, "Employee ID,Name\n");
	for (int i = first; i < first + n; i++)
		buf_printf(&f, "%d,Person %c%c\n", i, 'a' + i / 26, 'a' + i % 26);
	s = arena_str(b->a, buf_get(&f));
	buf_free(&f);
	return s;
}

static void people_end_only_when_asked_and_many_only_when_confirmed(void **state)
{
	struct bench *b = *state;
	char *before, *after;
	struct look l;
	int64_t to;

	assert_int_equal(import(b, many(b, 0, 20)), 0);
	to = changes(b, 0, 100).to;
	assert_int_equal(import(b, many(b, 2, 18)), 0);
	said(b, "Added 0, changed 0, ended 0, unchanged 18");
	/* One in ten is not more than one in ten. */
	assert_int_equal(import(b, many(b, 2, 18), "--end-missing"), 0);
	said(b, "ended 2");
	l = changes(b, to, 100);
	assert_int_equal(l.n, 2);
	assert_true(l.changes[0].ended);
	assert_string_equal(l.changes[0].name, "");
	assert_string_equal(l.changes[0].number, "");
	assert_string_equal(search(b, "person aa"), "");
	before = dump(b);
	assert_int_equal(import(b, many(b, 4, 16), "--end-missing"), 2);
	said(b, "run it again with --yes-end 2");
	assert_int_equal(import(b, many(b, 4, 16), "--end-missing", "--yes-end", "3"), 2);
	after = dump(b);
	assert_string_equal(before, after);
	assert_int_equal(import(b, many(b, 4, 16), "--end-missing", "--yes-end", "2"), 0);
	said(b, "ended 2");
	/* Who comes back is the same person. */
	assert_int_equal(import(b, many(b, 3, 17)), 0);
	said(b, "Added 0, changed 1, ended 0, unchanged 16");
	said(b, "Changed: returned 1");
	assert_string_equal(search(b, "person ad"), "Person ad");
	free(before);
	free(after);
}

static void nobody_ends_for_a_row_that_cannot_be_read(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, many(b, 0, 20)), 0);
	assert_int_equal(import(b, arena_printf(b->a, "%s19,\"Person at\n", many(b, 0, 19)), "--end-missing"), 1);
	said(b, "ended 0");
	said(b, "Nobody was ended");
	/* A row that is bad but says whose it is keeps that person, and the others may end. */
	assert_int_equal(import(b, arena_printf(b->a, "%s19,\n", many(b, 0, 18)), "--end-missing"), 1);
	said(b, "ended 1, unchanged 18, bad rows 1");
}

static void an_end_date_that_has_passed_ends_and_one_to_come_does_not(void **state)
{
	struct bench *b = *state;
	static const char file[] = "Employee ID,Name,End date\n1,A A,2026-11-17\n2,B B,2026-11-18\n3,C C,9999-12-31\n";

	assert_int_equal(import(b, file), 0);
	said(b, "Added 2,");
	said(b, "1 rows are of people who had left before");
	clock_set(b->clock, instant_add(clock_now(b->clock), 86400));
	assert_int_equal(import(b, file, "--yes-end", "1"), 0);
	said(b, "ended 1, unchanged 1");
	assert_int_equal(import(b, file), 0);
	said(b, "Added 0, changed 0, ended 0, unchanged 1");
}

static void leaders_are_named_by_email_number_or_flag(void **state)
{
	struct bench *b = *state;
	struct look l;
	struct id boss;

	assert_int_equal(import(b, workplace), 0);
	l = changes(b, 0, 10);
	boss = called(&l, "Åse Mo")->id;
	assert_true(called(&l, "Ås Sand")->staff);
	assert_true(called(&l, "Åse Mo")->staff);
	assert_false(called(&l, "Pat O'Brien")->staff);
	/* The leader does not cross the door, but is known here. */
	assert_true(id_is_zero(&called(&l, "Pat O'Brien")->leader));
	l.id = called(&l, "Pat O'Brien")->id;
	assert_int_equal(db_read(b->db, look_one, &l), RES_OK);
	assert_true(id_eq(&l.one.leader, &boss));
	assert_string_equal(leaders(b, "Trust / North / Ward A"), "Åse Mo");
	assert_int_equal(import(b, "Ansattnr;Navn;Enhet;Leder\n11;Top;T;Ja\n12;Mid;T / X;Ja\n13;Low;T / X;Nei\n14;Far;T / X / Y;Nei\n"), 0);
	assert_string_equal(leaders(b, "T / X"), "Mid");
	assert_string_equal(leaders(b, "T / X / Y"), "Mid");
	l = changes(b, 0, 20);
	assert_true(called(&l, "Mid")->staff);
	assert_false(called(&l, "Low")->staff);
	l.id = called(&l, "Far")->id;
	assert_int_equal(db_read(b->db, look_one, &l), RES_OK);
	assert_true(id_eq(&l.one.leader, &called(&l, "Mid")->id));
	assert_int_equal(import(b, "Ansattnr;Navn;Leder\n21;Lone;nobody@example.org\n"), 0);
	said(b, "nobody has this e-mail or employee number");
}

static void units_come_by_code_and_keep_their_identity_when_renamed(void **state)
{
	struct bench *b = *state;
	struct id before, after;
	struct look l;
	int64_t to;

	assert_int_equal(import(b, "Ansattnr;Navn;Enhetskode;Enhetsnavn;Overordnet kode\n"
				   "1;A A;10;Hospital;\n2;B B;11;Night;10\n3;C C;12;Night;10\n4;D D;13;Deep;12\n"),
			 0);
	before = unit_called(b, "Hospital / Night (12) / Deep");
	to = changes(b, 0, 10).to;
	assert_int_equal(import(b, "Ansattnr;Navn;Enhetskode;Enhetsnavn;Overordnet kode\n"
				   "1;A A;10;Hospital;\n2;B B;11;Day;10\n3;C C;12;Night;10\n"),
			 0);
	said(b, "Units: added 0, changed 3.");
	after = unit_called(b, "Hospital / Night / Deep");
	assert_true(id_eq(&before, &after));
	/* Also who is not in the file has another path now. */
	l = changes(b, to, 10);
	assert_int_equal(l.n, 3);
	assert_string_equal(called(&l, "D D")->unit_path, "Hospital / Night / Deep");
	/* Two that change names with each other, and a circle. */
	assert_int_equal(import(b, "Ansattnr;Navn;Enhetskode;Enhetsnavn;Overordnet kode\n"
				   "2;B B;11;Night;10\n3;C C;12;Day;10\n1;A A;10;Hospital;12\n"),
			 0);
	said(b, "lead back to itself");
	unit_called(b, "Hospital / Day / Deep");
}

static void a_whole_unit_means_everybody_below_it_too(void **state)
{
	struct bench *b = *state;
	struct look l = { .a = b->a, .max = 100 };

	assert_int_equal(import(b, workplace), 0);
	l.id = unit_called(b, "Trust / North");
	assert_int_equal(db_read(b->db, look_members, &l), RES_OK);
	assert_string_equal(names(b, &l.lines), "Ås Sand,Åse Mo,Null Null,Null Null,Pat O'Brien,?");
	assert_true(l.lines.list[0].reachable);
	assert_false(l.lines.list[2].reachable);
	l.max = 2;
	assert_int_equal(db_read(b->db, look_members, &l), RES_OK);
	assert_true(l.lines.more && l.lines.n == 2);
	memset(&l.id, 7, sizeof(l.id));
	assert_int_equal(db_read(b->db, look_members, &l), RES_NONE);
}

static void search_finds_as_people_type(void **state)
{
	struct bench *b = *state;
	struct look l = { .a = b->a, .typed = "as" };

	assert_int_equal(import(b, workplace), 0);
	assert_int_equal(db_read(b->db, look_search, &l), RES_BAD);
	assert_string_equal(search(b, "ase"), "Åse Mo");
	assert_string_equal(search(b, "ÅSE"), "Åse Mo");
	assert_string_equal(search(b, "aase"), "Åse Mo");
	assert_string_equal(search(b, "mo å"), "Åse Mo");
	assert_string_equal(search(b, "o'b"), "Pat O'Brien");
	assert_string_equal(search(b, "obrien"), "Pat O'Brien");
	assert_string_equal(search(b, "brien pat"), "Pat O'Brien");
	assert_string_equal(search(b, "brien pat o'b"), "Pat O'Brien");
	assert_string_equal(search(b, "brien pat o'b obrien"), "Pat O'Brien");
	assert_string_equal(search(b, "brien pat o'b mo"), "");
	assert_string_equal(search(b, "null"), "Null Null,Null Null");
	assert_string_equal(search(b, "ASE@example.org"), "Åse Mo");
	assert_string_equal(search(b, "xyz"), "");
	assert_string_equal(search(b, "%%%"), "");
	l.typed = "\xff\xfe\xfd";
	assert_int_equal(db_read(b->db, look_search, &l), RES_BAD);
}

static void a_protected_person_is_not_found_by_name_but_by_the_whole_address(void **state)
{
	struct bench *b = *state;
	struct look l = { .a = b->a, .typed = "hanna@example.org" };

	assert_int_equal(import(b, workplace), 0);
	assert_string_equal(search(b, "hanna"), "");
	assert_string_equal(search(b, "hemmelig"), "");
	assert_string_equal(search(b, "hanna@example"), "");
	assert_int_equal(db_read(b->db, look_search, &l), RES_OK);
	assert_string_equal(names(b, &l.lines), "?");
	assert_string_equal(l.lines.list[0].name, "");
	/* Protection that comes later takes effect at once. */
	assert_string_equal(search(b, "obrien"), "Pat O'Brien");
	assert_int_equal(import(b, "Ansattnr;Navn;Skjermet\n3;Pat O'Brien;ja\n"), 0);
	assert_string_equal(search(b, "obrien"), "");
}

static void at_most_eight_are_shown(void **state)
{
	struct bench *b = *state;
	struct look l = { .a = b->a, .typed = "person" };

	assert_int_equal(import(b, many(b, 0, 20)), 0);
	assert_int_equal(db_read(b->db, look_search, &l), RES_OK);
	assert_int_equal(l.lines.n, 8);
	assert_true(l.lines.more);
	assert_string_equal(l.lines.list[7].name, "Person ah");
}

static void a_column_that_is_not_there_leaves_its_field_alone(void **state)
{
	struct bench *b = *state;
	struct look l;

	assert_int_equal(import(b, workplace), 0);
	assert_int_equal(import(b, "Ansattnr;Navn\n2;Åse Mo\n"), 0);
	l = changes(b, 0, 10);
	assert_string_equal(called(&l, "Åse Mo")->email, "ase@example.org");
	assert_int_equal(import(b, "Ansattnr;Navn;E-post\n2;Åse Mo;\n"), 0);
	said(b, "e-mail 1");
	l = changes(b, 0, 10);
	assert_string_equal(called(&l, "Åse Mo")->email, "");
}

static void windows_1252_and_tabs_come_to_the_same(void **state)
{
	struct bench *b = *state;

	assert_int_equal(import(b, "Ansattnr;Navn;Enhet\n1;\xc5se S\xf8r;\xd8st\n"), 0);
	said(b, "Windows-1252, semicolon between columns.");
	assert_string_equal(search(b, "åse"), "Åse Sør");
	assert_int_equal(import(b, "Ansattnr\tNavn\tEnhet\n1\tÅse Sør\tØst\n"), 0);
	said(b, "UTF-8, tab between columns.");
	said(b, "Added 0, changed 0, ended 0, unchanged 1");
}

static void what_cannot_be_done_is_said_and_changes_nothing(void **state)
{
	struct bench *b = *state;
	char *before = dump(b), *after;

	assert_int_equal(import(b, ""), 2);
	said(b, "the file is empty");
	assert_int_equal(import(b, "Shoe;Size\n1;2\n"), 2);
	said(b, "no column could be the name");
	assert_int_equal(import(b, "Ansattnr;Navn\n01819010001;A\n15827510057;B\n"), 2);
	said(b, "holds national identity numbers");
	assert_int_equal(import(b, "Navn\nA\n", "--encoding", "ebcdic"), 2);
	assert_int_equal(import(b, "Navn\nA\n", "--column", "name"), 2);
	assert_int_equal(import(b, "Navn\nA\n", "--frobnicate"), 2);
	assert_int_equal(import(b, "Navn\nA\n", "--yes-end"), 2);
	after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void every_sentence_fits_its_tables(void **state)
{
	struct bench *b = *state;

	assert_true(db_test_prepare_all(b->db) > 20);
}

int main(void)
{
#define t(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		t(a_file_goes_in_once_and_a_second_time_changes_nothing),
		t(a_dry_run_says_the_same_and_writes_nothing),
		t(no_national_number_or_birth_date_is_anywhere_in_the_database),
		t(bad_rows_are_saved_and_go_in_when_they_are_mended),
		t(changes_are_told_by_field_and_move_the_rev_of_those_people_only),
		t(who_is_who_without_a_number),
		t(somebody_else_is_never_taken_for_the_one_who_had_the_number),
		t(two_posts_are_one_person),
		t(a_bad_row_does_not_stand_in_the_way_of_a_good_one),
		t(people_end_only_when_asked_and_many_only_when_confirmed),
		t(nobody_ends_for_a_row_that_cannot_be_read),
		t(an_end_date_that_has_passed_ends_and_one_to_come_does_not),
		t(leaders_are_named_by_email_number_or_flag),
		t(units_come_by_code_and_keep_their_identity_when_renamed),
		t(a_whole_unit_means_everybody_below_it_too),
		t(search_finds_as_people_type),
		t(a_protected_person_is_not_found_by_name_but_by_the_whole_address),
		t(at_most_eight_are_shown),
		t(a_column_that_is_not_there_leaves_its_field_alone),
		t(windows_1252_and_tabs_come_to_the_same),
		t(what_cannot_be_done_is_said_and_changes_nothing),
		t(every_sentence_fits_its_tables),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
