/* What a file changes, what it leaves alone, and what is said of it. */
#include "duty/people/people_import_testing.h"

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

/* ---- what holds ---- */

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
	said(b, "1 person of the directory is not in the file; they stay");
}

static void changes_are_told_by_field_and_move_the_rev_of_those_people_only(void **state)
{
	struct bench *b = *state;
	struct seen all, more;
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
	struct seen l;

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
	struct seen l;

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
	struct seen l;

	assert_int_equal(import(b, "Employee ID,Name,Email\n1,A A,a@example.org\n"), 0);
	assert_int_equal(import(b, "Employee ID,Name,Email\n1,A A,broken\n1,A A,new@example.org\n2,\xcc\x81,\n"), 1);
	said(b, "Added 1, changed 1, ended 0, unchanged 0, bad rows 1.");
	l = changes(b, 0, 10);
	assert_string_equal(called(&l, "A A")->email, "new@example.org");
}

static void people_end_only_when_asked_and_many_only_when_confirmed(void **state)
{
	struct bench *b = *state;
	char *before, *after;
	struct seen l;
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
	assert_int_equal(import(b, many(b, 0, 17)), 0);
	said(b, "2 people of the directory are not in the file; they stay");
}

static void an_end_date_that_has_passed_ends_and_one_to_come_does_not(void **state)
{
	struct bench *b = *state;
	static const char file[] = "Employee ID,Name,End date\n1,A A,2026-11-17\n2,B B,2026-11-18\n3,C C,9999-12-31\n";

	assert_int_equal(import(b, file), 0);
	said(b, "Added 2,");
	said(b, "1 row is of somebody who had left before; it was not taken in.");
	clock_set(b->clock, instant_add(clock_now(b->clock), 86400));
	assert_int_equal(import(b, file), 2);
	said(b, "That would end 1 person, more than one in ten.");
	assert_int_equal(import(b, file, "--yes-end", "1"), 0);
	said(b, "ended 1, unchanged 1");
	assert_int_equal(import(b, file), 0);
	said(b, "Added 0, changed 0, ended 0, unchanged 1");
}

static void a_column_that_is_not_there_leaves_its_field_alone(void **state)
{
	struct bench *b = *state;
	struct seen l;

	assert_int_equal(import(b, workplace), 0);
	assert_int_equal(import(b, "Ansattnr;Navn\n2;Åse Mo\n"), 0);
	l = changes(b, 0, 10);
	assert_string_equal(called(&l, "Åse Mo")->email, "ase@example.org");
	assert_int_equal(import(b, "Ansattnr;Navn;E-post\n2;Åse Mo;\n"), 0);
	said(b, "e-mail 1");
	l = changes(b, 0, 10);
	assert_string_equal(called(&l, "Åse Mo")->email, "");
}

struct told {
	struct arena *a;
	struct person *list;
	size_t n;
};

static enum result told_work(struct tx *tx, void *ctx)
{
	struct told *t = ctx;
	int64_t to;
	bool more;
	return people_changes_after(tx, t->a, 0, DOOR_PEOPLE_MOST, &t->list, &t->n, &to, &more);
}

/* The longest texts that a file may hold, and two units whose paths differ only in what was cut off. */
static void what_an_import_takes_at_its_limits_passes_the_door(void **state)
{
	struct bench *b = *state;
	struct told t = { .a = b->a };
	struct buf name = BUF_LIMIT(1024), code = BUF_LIMIT(300), email = BUF_LIMIT(300);
	struct buf csv = BUF_LIMIT((size_t)1 << 20), json = BUF_LIMIT(DOOR_BYTES_MOST);
	size_t longest = 0;

	for (int i = 0; i < 200; i++)
		buf_str(&name, "å"); /* 400 bytes */
	for (int i = 0; i < PEOPLE_NUMBER_MAX - 1; i++)
		buf_str(&code, "𝔞");
	for (int i = 0; i < PEOPLE_EMAIL_MAX - 11; i++)
		buf_char(&email, 'e');
	buf_str(&csv, "Employee number;Name;E-mail;Unit;Unit code;Title\n");
	for (int u = 0; u < 4; u++) {
		/* Number and code are told apart by their last letter; two and two have the same path. */
		buf_printf(&csv, "%s%d;%s;%d%s@x.example;Top %d", code.p, u, name.p, u, email.p, u / 2);
		for (int i = 0; i < 9; i++)
			buf_printf(&csv, " / %s", name.p);
		buf_printf(&csv, ";%s%d;%s\n", code.p, u, name.p);
	}
	assert_int_equal(import(b, csv.p), 0);
	said(b, "Added 4, changed 0, ended 0, unchanged 0, bad rows 0.");
	assert_int_equal(db_read(b->db, told_work, &t), RES_OK);
	assert_int_equal(t.n, 4);
	struct door_person out[4];
	for (size_t i = 0; i < t.n; i++) {
		const struct person *p = &t.list[i];
		out[i] = (struct door_person){ .id = p->id, .number = p->number, .name = p->name, .unit = p->unit_path,
					       .profession = p->profession, .level = p->level, .lang = p->lang,
					       .email = p->email, .phone = p->phone };
		assert_true(door_person_fits(&out[i]));
		longest = strlen(p->unit_path) > longest ? strlen(p->unit_path) : longest;
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(p->unit_path, t.list[k].unit_path);
	}
	assert_true(longest > DOOR_UNIT_MOST - 8);
	assert_int_equal(strlen(t.list[0].name), DOOR_NAME_MOST);
	struct door_people message = { .list = out, .n = t.n }, back;
	door_write_people(&json, &message);
	assert_int_equal(door_read_people(b->a, buf_get(&json), &back), RES_OK);
	buf_free(&name);
	buf_free(&code);
	buf_free(&email);
	buf_free(&csv);
	buf_free(&json);
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

static enum result hold_work(struct tx *tx, void *ctx)
{
	(void)tx;
	sem_wait(ctx);
	return RES_OK;
}

struct writer {
	struct db *db;
	sem_t go_on;
	enum result res;
};

static void *hold(void *ctx)
{
	struct writer *w = ctx;

	w->res = db_write(w->db, hold_work, &w->go_on);
	return NULL;
}

struct importer {
	pthread_t thread;
	struct bench b;
	const char *file;
	int code;
};

static void *import_it(void *ctx)
{
	struct importer *i = ctx;

	i->code = import(&i->b, i->file);
	return NULL;
}

/* Both have planned before either writes. */
static void import_two_at_once(struct bench *b, struct importer two[2], const char *one, const char *other)
{
	struct writer w = { .db = b->db };
	pthread_t holding;

	sem_init(&w.go_on, 0, 0);
	assert_int_equal(pthread_create(&holding, NULL, hold, &w), 0);
	for (int i = 0; i < 2; i++) {
		two[i] = (struct importer){ .b = { .db = b->db, .clock = b->clock, .a = b->a }, .file = i ? other : one };
		snprintf(two[i].b.file, sizeof(two[i].b.file), "/tmp/makker-people-%d-%d", (int)getpid(), i);
		assert_int_equal(pthread_create(&two[i].thread, NULL, import_it, &two[i]), 0);
	}
	nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
	sem_post(&w.go_on);
	pthread_join(holding, NULL);
	assert_int_equal(w.res, RES_OK);
	for (int i = 0; i < 2; i++) {
		pthread_join(two[i].thread, NULL);
		assert_int_equal(two[i].code, 0);
		unlink(two[i].b.file);
	}
	sem_destroy(&w.go_on);
}

static void forget(struct importer two[2])
{
	for (int i = 0; i < 2; i++) {
		free(two[i].b.out);
		free(two[i].b.err);
	}
}

static void two_imports_at_once_come_to_the_same_as_one_after_the_other(void **state)
{
	struct bench *b = *state;
	struct importer two[2];

	import_two_at_once(b, two, many(b, 0, 20), many(b, 10, 20));
	assert_int_equal(changes(b, 0, 100).n, 30);
	bool first = strstr(two[0].b.out, "Added 20, changed 0, ended 0, unchanged 0");
	said(&two[first].b, "Added 10, changed 0, ended 0, unchanged 10, bad rows 0.");
	forget(two);
	/* Units alone, too. */
	import_two_at_once(b, two, "Ansattnr;Navn;Enhet\n100;A A;Trust / North / Ward A\n",
			   "Ansattnr;Navn;Enhet\n101;B B;Trust / North / Ward A\n");
	(void)unit_called(b, "Trust / North / Ward A");
	struct seen l = { .a = b->a };
	assert_int_equal(db_read(b->db, look_units, &l), RES_OK);
	assert_int_equal(l.n, 3);
	forget(two);
}

static void every_sentence_fits_its_tables(void **state)
{
	struct bench *b = *state;

	assert_true(db_test_prepare_all(b->db) > 20);
}

int main(void)
{
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
		t(a_column_that_is_not_there_leaves_its_field_alone),
		t(what_an_import_takes_at_its_limits_passes_the_door),
		t(windows_1252_and_tabs_come_to_the_same),
		t(what_cannot_be_done_is_said_and_changes_nothing),
		t(two_imports_at_once_come_to_the_same_as_one_after_the_other),
		t(every_sentence_fits_its_tables),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
