/* An import in its steps: who has the seat, what is planned, what a stop in the middle leaves, who is in doubt. */
#include "duty/people/people_import_testing.h"

static enum result look_status(struct tx *tx, void *ctx)
{
	return people_import_look(tx, ctx);
}

static enum result look_sums(struct tx *tx, void *ctx)
{
	return people_import_sums(tx, ctx);
}

static struct people_sums sums(struct bench *b)
{
	struct people_sums s;
	assert_int_equal(db_read(b->db, look_sums, &s), RES_OK);
	return s;
}

static enum people_state state_of(struct bench *b)
{
	struct people_status s;
	enum result res = db_read(b->db, look_status, &s);
	return res == RES_NONE ? 0 : s.state;
}

static enum result from_the_beginning(void *ctx)
{
	((struct memory_file *)ctx)->at = 0;
	return RES_OK;
}

static struct id claimed(struct bench *b)
{
	struct id id;
	assert_int_equal(people_import_claim(b->db, b->clock, random_system(), PEOPLE_BY_PAGE, NULL, &id), RES_OK);
	return id;
}

static enum result planned(struct bench *b, const struct id *id, const char *text, enum people_missing missing)
{
	struct memory_file f = { text, strlen(text), 0, 0 };
	struct people_source source = { memory_read, from_the_beginning, &f, { CSV_UTF8, ';' } };
	struct people_wish wish = { instant_day(clock_now(b->clock)), missing };
	struct people_reading how = { 0 };
	struct people_file *file;
	const char *why = "";
	struct csv *csv = csv_new(memory_read, &f, source.form);

	assert_int_equal(people_file_scan(csv, &how, &file, &why), RES_OK);
	csv_free(&csv);
	enum result res = people_import_plan(b->db, b->clock, random_system(), id, file, &source, &wish, NULL, NULL, &why);
	people_file_free(&file);
	return res;
}

struct confirming {
	struct id id;
	int64_t leaving, line;
	enum people_doubt said;
};

static enum result confirm_work(struct tx *tx, void *ctx)
{
	struct confirming *c = ctx;
	return people_import_confirm(tx, &c->id, c->leaving);
}

static enum result say_work(struct tx *tx, void *ctx)
{
	struct confirming *c = ctx;
	return people_import_say(tx, &c->id, c->line, c->said);
}

static enum result confirmed(struct bench *b, struct id id, int64_t leaving)
{
	struct confirming c = { .id = id, .leaving = leaving };
	return db_write(b->db, confirm_work, &c);
}

static enum result applied(struct bench *b, struct id id)
{
	return people_import_apply(b->db, b->clock, random_system(), &id, NULL, NULL);
}

static void carry_out(struct bench *b, const char *text)
{
	struct id id = claimed(b);
	assert_int_equal(planned(b, &id, text, PEOPLE_STAY), RES_OK);
	assert_int_equal(confirmed(b, id, -1), RES_OK);
	assert_int_equal(applied(b, id), RES_OK);
	assert_int_equal(state_of(b), PEOPLE_DONE);
	assert_int_equal(people_import_end(b->db, &id), RES_OK);
	assert_int_equal(state_of(b), 0);
}

static void whoever_comes_second_is_told_and_nothing_is_written_before_it_is_confirmed(void **state)
{
	struct bench *b = *state;
	struct id id = claimed(b), other;

	assert_int_equal(people_import_claim(b->db, b->clock, random_system(), PEOPLE_BY_PAGE, NULL, &other), RES_REFUSED);
	assert_int_equal(planned(b, &id, "Ansattnr;Navn\n1;A A\n", PEOPLE_STAY), RES_OK);
	assert_int_equal(people_import_claim(b->db, b->clock, random_system(), PEOPLE_BY_DROP, NULL, &other), RES_REFUSED);
	assert_int_equal(import(b, "Ansattnr;Navn\n2;B B\n"), 2);
	said(b, "an administrator is bringing the directory up to date");
	assert_int_equal(changes(b, 0, 10).n, 0);
	/* Somebody else's id opens nothing. */
	other = id_new(random_system(), "test");
	assert_int_equal(confirmed(b, other, -1), RES_REFUSED);
	assert_int_equal(applied(b, other), RES_REFUSED);
	assert_int_equal(applied(b, id), RES_REFUSED);
	assert_int_equal(confirmed(b, id, -1), RES_OK);
	assert_int_equal(people_import_end(b->db, &id), RES_REFUSED);
	assert_int_equal(applied(b, id), RES_OK);
	assert_int_equal(changes(b, 0, 10).n, 1);
	assert_int_equal(applied(b, id), RES_OK);
	assert_int_equal(changes(b, 0, 10).n, 1);
}

static void what_is_given_up_or_abandoned_leaves_nothing(void **state)
{
	struct bench *b = *state;
	char *before = dump(b), *after;
	struct id id = claimed(b), other;

	assert_int_equal(planned(b, &id, "Ansattnr;Navn;Enhet\n1;A A;X\n2;;\n", PEOPLE_STAY), RES_OK);
	assert_int_equal(people_import_end(b->db, &id), RES_OK);
	assert_int_equal(people_import_end(b->db, &id), RES_OK);
	after = dump(b);
	assert_string_equal(before, after);
	free(after);
	id = claimed(b);
	assert_int_equal(planned(b, &id, "Ansattnr;Navn\n1;A A\n", PEOPLE_STAY), RES_OK);
	clock_set(b->clock, instant_add(clock_now(b->clock), 3500));
	assert_int_equal(people_import_claim(b->db, b->clock, random_system(), PEOPLE_BY_PAGE, NULL, &other), RES_REFUSED);
	clock_set(b->clock, instant_add(clock_now(b->clock), 200));
	other = claimed(b);
	/* Whoever was away has lost it, and what was planned is no longer there to be confirmed. */
	assert_int_equal(confirmed(b, id, -1), RES_REFUSED);
	assert_int_equal(planned(b, &id, "Ansattnr;Navn\n1;A A\n", PEOPLE_STAY), RES_REFUSED);
	assert_int_equal(planned(b, &other, "Ansattnr;Navn\n7;Only One\n", PEOPLE_STAY), RES_OK);
	assert_int_equal(sums(b).fate[PEOPLE_ADDED], 1);
	assert_int_equal(people_import_end(b->db, &other), RES_OK);
	after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static enum result go_stale(struct tx *tx, void *ctx)
{
	struct confirming *c = ctx;
	return people_import_touch(tx, &c->id, (struct instant){ 1795000000 - 1000 });
}

static void a_stop_in_the_middle_is_gone_on_with_and_comes_to_the_same(void **state)
{
	struct bench *b = *state;
	struct buf text = BUF_LIMIT(1 << 20);
	struct confirming c = { .leaving = -1 };
	char *left;

	buf_str(&text, "Ansattnr;Navn;Enhet;Leder\n");
	for (int i = 0; i < 2500; i++)
		buf_printf(&text, "%d;Person %c%c%c;Unit %d;%d\n", i, 'a' + i / 676, 'a' + i / 26 % 26, 'a' + i % 26, i / 100, i / 50 * 50);
	/* As if its process had ended right after it was confirmed, with a heartbeat of long ago: the command finishes it first. */
	c.id = claimed(b);
	assert_int_equal(planned(b, &c.id, text.p, PEOPLE_STAY), RES_OK);
	assert_int_equal(confirmed(b, c.id, -1), RES_OK);
	assert_int_equal(db_write(b->db, go_stale, &c), RES_OK);
	assert_int_equal(import(b, "Ansattnr;Navn\n9999;Last One\n"), 0);
	said(b, "an earlier import was interrupted: it is finished first");
	assert_int_equal(changes(b, 0, 5000).n, 2501);
	assert_int_equal(import(b, text.p, "--separator", "semicolon"), 0);
	said(b, "Added 0, changed 0, ended 0, unchanged 2500, bad rows 0.");
	left = dump(b);
	/* Nothing is left of the plan. */
	assert_null(strstr(left, "import_row|"));
	assert_null(strstr(left, "import|"));
	free(left);
	buf_free(&text);
}

static void more_than_one_in_ten_must_be_confirmed_by_number(void **state)
{
	struct bench *b = *state;
	struct id id;

	assert_int_equal(import(b, many(b, 0, 20)), 0);
	id = claimed(b);
	assert_int_equal(planned(b, &id, "Ansattnr;Navn\n0;Person aa\n", PEOPLE_LEAVE), RES_OK);
	assert_int_equal(sums(b).fate[PEOPLE_LEFT], 19);
	assert_int_equal(confirmed(b, id, -1), RES_BAD);
	assert_int_equal(confirmed(b, id, 18), RES_BAD);
	assert_int_equal(confirmed(b, id, 19), RES_OK);
}

static void a_file_of_one_unit_ends_nobody_of_another(void **state)
{
	struct bench *b = *state;
	struct buf f = BUF_LIMIT(1 << 16);

	buf_str(&f, "Ansattnr;Navn;Enhet\n");
	for (int i = 0; i < 40; i++)
		buf_printf(&f, "%d;Person %c;%s\n", i, 'a' + i % 26, i < 20 ? "Top / A" : i < 39 ? "Top / B" : "Top");
	assert_int_equal(import(b, f.p), 0);
	buf_reset(&f);
	buf_str(&f, "Ansattnr;Navn;Enhet\n");
	for (int i = 1; i < 20; i++)
		buf_printf(&f, "%d;Person %c;Top / A\n", i, 'a' + i % 26);
	assert_int_equal(import(b, f.p, "--end-missing-of-units"), 0);
	said(b, "Added 0, changed 0, ended 1, unchanged 19, bad rows 0.");
	/* One in ten is counted among those of the units. */
	assert_int_equal(import(b, "Ansattnr;Navn;Enhet\n1;Person b;Top / A\n", "--end-missing-of-units"), 2);
	said(b, "run it again with --yes-end 18");
	buf_free(&f);
}

static void who_comes_back_is_the_same_person(void **state)
{
	struct bench *b = *state;
	struct seen l;
	struct id before;

	carry_out(b, "Ansattnr;Navn;E-post\n1;A A;a@example.org\n;B B;b@example.org\n");
	l = changes(b, 0, 10);
	before = called(&l, "B B")->id;
	assert_int_equal(import(b, "Ansattnr;Navn;E-post;Slutt\n1;A A;a@example.org;\n;B B;b@example.org;2026-01-01\n", "--column",
				"end_date=Slutt", "--yes-end", "1"),
			 0);
	said(b, "ended 1");
	carry_out(b, "Ansattnr;Navn;E-post\n1;A A;a@example.org\n;B B;b@example.org\n");
	l = changes(b, 0, 10);
	assert_true(id_eq(&before, &called(&l, "B B")->id));
}

static void one_number_with_another_name_and_address_waits_for_a_word(void **state)
{
	struct bench *b = *state;
	static const char first[] = "Ansattnr;Navn;E-post;Leder\n17;Kari Mo;kari@example.org;\n2;Ola Li;ola@example.org;17\n";
	static const char next[] = "Ansattnr;Navn;E-post;Leder\n17;Per Dahl;per@example.org;\n2;Ola Li;ola@example.org;17\n";
	struct confirming c = { .line = 2, .said = PEOPLE_ANOTHER };
	struct seen l;
	struct id kari;

	assert_int_equal(import(b, first), 0);
	l = changes(b, 0, 10);
	kari = called(&l, "Kari Mo")->id;
	/* Left alone by who does not say. */
	assert_int_equal(import(b, next), 1);
	said(b, "1 of the changed has kept their employee number");
	l = changes(b, 0, 10);
	assert_true(id_eq(&kari, &called(&l, "Kari Mo")->id));
	/* Who marries keeps a given name, and is no question. */
	assert_int_equal(import(b, "Ansattnr;Navn;E-post\n17;Kari Dahl;dahl@example.org\n"), 0);
	assert_int_equal(import(b, first), 0);
	c.id = claimed(b);
	assert_int_equal(planned(b, &c.id, next, PEOPLE_STAY), RES_OK);
	assert_int_equal(sums(b).doubts, 1);
	assert_int_equal(sums(b).doubtful[PEOPLE_CHANGED], 1);
	assert_int_equal(db_write(b->db, say_work, &c), RES_OK);
	assert_int_equal(sums(b).doubts, 0);
	assert_int_equal(confirmed(b, c.id, -1), RES_OK);
	assert_int_equal(applied(b, c.id), RES_OK);
	assert_int_equal(people_import_end(b->db, &c.id), RES_OK);
	l = (struct seen){ .a = b->a, .id = kari };
	assert_int_equal(db_read(b->db, look_one, &l), RES_OK);
	assert_true(l.one.ended);
	assert_string_equal(l.one.number, "");
	l = changes(b, 0, 10);
	assert_false(id_eq(&kari, &called(&l, "Per Dahl")->id));
	assert_string_equal(called(&l, "Per Dahl")->number, "17");
	struct id per = called(&l, "Per Dahl")->id;
	l = (struct seen){ .a = b->a, .id = called(&l, "Ola Li")->id };
	assert_int_equal(db_read(b->db, look_one, &l), RES_OK);
	assert_true(id_eq(&per, &l.one.leader));
	/* And the same again changes nothing. */
	assert_int_equal(import(b, next), 0);
	said(b, "Added 0, changed 0, ended 0, unchanged 2, bad rows 0.");
}

static void who_comes_back_with_another_name_is_doubted_among_those_who_return(void **state)
{
	struct bench *b = *state;
	struct id id;

	assert_int_equal(import(b, "Ansattnr;Navn;E-post\n17;Kari Mo;kari@example.org\n2;Ola Li;ola@example.org\n"), 0);
	assert_int_equal(import(b, "Ansattnr;Navn;E-post\n2;Ola Li;ola@example.org\n", "--end-missing", "--yes-end", "1"), 0);
	id = claimed(b);
	assert_int_equal(planned(b, &id, "Ansattnr;Navn;E-post\n17;Per Dahl;per@example.org\n2;Ola Lie;ola@example.org\n", PEOPLE_STAY), RES_OK);
	assert_int_equal(sums(b).doubts, 1);
	assert_int_equal(sums(b).doubtful[PEOPLE_RETURNED], 1);
	assert_int_equal(sums(b).doubtful[PEOPLE_CHANGED], 0);
	assert_int_equal(sums(b).fate[PEOPLE_CHANGED], 1);
}

static void two_telephones_are_kept_apart(void **state)
{
	struct bench *b = *state;
	struct seen l;

	carry_out(b, "Ansattnr;Navn;Mobil;Mobil privat\n1;A A;22 00 00 01;99 00 00 01\n2;B B;;99 00 00 02\n3;C C;x;99 00 00 03\n");
	l = changes(b, 0, 10);
	assert_string_equal(called(&l, "A A")->phone, "22000001");
	assert_string_equal(called(&l, "A A")->private_phone, "99000001");
	assert_string_equal(called(&l, "B B")->phone, "");
	assert_string_equal(called(&l, "C C")->phone, "");
	assert_string_equal(called(&l, "C C")->private_phone, "99000003");
	/* A file without the column leaves it alone. */
	assert_int_equal(import(b, "Ansattnr;Navn;Telefon\n1;A A;22000009\n"), 0);
	l = changes(b, 0, 10);
	assert_string_equal(called(&l, "A A")->phone, "22000009");
	assert_string_equal(called(&l, "A A")->private_phone, "99000001");
}

struct listing {
	struct arena *a;
	enum people_fate fate;
	struct people_difference *list;
	size_t n;
};

static enum result list_work(struct tx *tx, void *ctx)
{
	struct listing *l = ctx;
	return people_import_list(tx, l->a, l->fate, 0, 100, &l->list, &l->n);
}

static void the_difference_says_what_from_what_to_what(void **state)
{
	struct bench *b = *state;
	struct listing l = { .a = b->a, .fate = PEOPLE_CHANGED };
	struct id id;

	assert_int_equal(import(b, "Ansattnr;Navn;Enhet;Leder\n1;Åse Mo;A;2\n2;Bo Li;A;\n"), 0);
	id = claimed(b);
	assert_int_equal(planned(b, &id, "Ansattnr;Navn;Enhet;Leder\n1;Åse Lie;New;3\n2;Bo Li;A;\n3;Cy Ek;New;\n", PEOPLE_STAY), RES_OK);
	assert_int_equal(db_read(b->db, list_work, &l), RES_OK);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.list[1].changed, PC_STAFF); /* Bo leads nobody any more */
	assert_int_equal(l.list[0].changed, PC_NAME | PC_UNIT | PC_LEADER);
	assert_true(slice_is(l.list[0].was.name, "Åse Mo"));
	assert_true(slice_is(l.list[0].now.name, "Åse Lie"));
	assert_string_equal(l.list[0].was_unit, "A");
	assert_string_equal(l.list[0].now_unit, "New");
	assert_string_equal(l.list[0].was_leader, "Bo Li");
	assert_string_equal(l.list[0].now_leader, "Cy Ek");
	l.fate = PEOPLE_ADDED;
	assert_int_equal(db_read(b->db, list_work, &l), RES_OK);
	assert_int_equal(l.n, 1);
	assert_true(slice_is(l.list[0].now.name, "Cy Ek"));
}

/* ---- rows that do not go in ---- */

struct bad_listing {
	struct arena *a;
	int64_t from, most;
	struct people_bad_line *list;
	size_t n;
};

static enum result bad_work(struct tx *tx, void *ctx)
{
	struct bad_listing *l = ctx;
	return people_import_bad_lines(tx, l->a, l->from, l->most, &l->list, &l->n);
}

static struct bad_listing bad_lines(struct bench *b, int64_t from, int64_t most)
{
	struct bad_listing l = { .a = b->a, .from = from, .most = most };
	assert_int_equal(db_read(b->db, bad_work, &l), RES_OK);
	return l;
}

/* n rows without a name, each behind a row that goes in. */
static const char *every_other(struct bench *b, int n)
{
	struct buf f = BUF_LIMIT(1 << 20);
	const char *s;

	buf_str(&f, "Ansattnr;Navn\n");
	for (int i = 0; i < n; i++)
		buf_printf(&f, "%d;Per %c\nX%d;\n", i, 'A' + i % 26, i);
	s = arena_str(b->a, buf_get(&f));
	buf_free(&f);
	return s;
}

static void bad_rows_come_by_line_and_a_page_at_a_time(void **state)
{
	static const int sizes[] = { 0, 1, 50, 51 };
	struct bench *b = *state;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct id id = claimed(b);
		struct bad_listing l;

		assert_int_equal(planned(b, &id, every_other(b, sizes[i]), PEOPLE_STAY), RES_OK);
		assert_int_equal(sums(b).fate[PEOPLE_BAD], sizes[i]);
		l = bad_lines(b, 0, 51);
		assert_int_equal(l.n, sizes[i]);
		for (size_t k = 0; k < l.n; k++) {
			assert_int_equal(l.list[k].line, 3 + 2 * k);
			assert_string_equal(l.list[k].number, arena_printf(b->a, "X%zu", k));
			assert_int_equal(l.list[k].n, 1);
			assert_int_equal(l.list[k].problem[0].column, 1);
		}
		l = bad_lines(b, 50, 51);
		assert_int_equal(l.n, sizes[i] == 51);
		if (l.n)
			assert_int_equal(l.list[0].line, 103);
		assert_int_equal(people_import_end(b->db, &id), RES_OK);
	}
}

static void a_bad_row_says_whose_it_is_and_all_that_is_wrong_but_no_note(void **state)
{
	struct bench *b = *state;
	char file[1000], name[301] = "";
	struct id id = claimed(b);
	struct bad_listing l;

	memset(name, 'x', sizeof(name) - 1);
	snprintf(file, sizeof(file), "Ansattnr;Navn;E-post;Sluttdato;Språk\n1;Kari Berg;kari;aldri;nb\n2;%s;;;\n3;Liv Mo;;;klingon\n4;Bo Li;;;;;en for mye\n5;\"Åse Ek;;;\n", name);
	assert_int_equal(planned(b, &id, file, PEOPLE_STAY), RES_OK);
	l = bad_lines(b, 0, 51);
	assert_int_equal(l.n, 4);
	assert_string_equal(l.list[0].name, "Kari Berg");
	assert_string_equal(l.list[0].number, "1");
	assert_int_equal(l.list[0].n, 2);
	assert_int_equal(l.list[0].problem[0].column, 2);
	assert_int_equal(l.list[0].problem[1].column, 3);
	assert_string_equal(l.list[0].problem[0].why, "this is not an e-mail address");
	/* Too long to be kept: the number says who. */
	assert_string_equal(l.list[1].name, "");
	assert_string_equal(l.list[1].number, "2");
	/* A language that is not ours is a note (line 4), and stops nothing. */
	assert_int_equal(l.list[2].line, 5);
	/* Where the columns do not fit, nothing in the row is sure; where it cannot be read nothing is known. */
	assert_string_equal(l.list[2].name, "");
	assert_string_equal(l.list[2].number, "");
	assert_int_equal(l.list[3].line, 6);
	assert_string_equal(l.list[3].name, "");
	assert_string_equal(l.list[3].problem[0].why, "opens a quote that is never closed");
	/* Of one that is done the row is told, and not whose it was. */
	assert_int_equal(confirmed(b, id, -1), RES_OK);
	assert_int_equal(applied(b, id), RES_OK);
	assert_int_equal(people_import_strip(b->db, &id), RES_OK);
	l = bad_lines(b, 0, 51);
	assert_int_equal(l.n, 4);
	assert_string_equal(l.list[0].name, "");
	assert_string_equal(l.list[0].number, "");
}

static void a_bad_row_names_nobody_protected_and_holds_no_national_number(void **state)
{
	struct bench *b = *state;
	struct id id;
	struct bad_listing l;

	assert_int_equal(import(b, "Ansattnr;Navn;Skjermet\n1;Hanna Hemmelig;ja\n"), 0);
	id = claimed(b);
	assert_int_equal(planned(b, &id, "Ansattnr;Navn;E-post;Skjermet\n1;Hanna Hemmelig;hanna;\n2;Siri Skjult;siri;ja\n3;Tor Ny;;ja\n"
					 "3;Tora Gammel;;\n4;Ola 01819010001 Nordmann;;\n5;Synlig Berg;berg;\n", PEOPLE_STAY), RES_OK);
	l = bad_lines(b, 0, 51);
	assert_int_equal(l.n, 5);
	/* In the directory; in the file; on another row of the file with the same number. */
	for (size_t i = 0; i < 3; i++) {
		assert_true(l.list[i].is_protected);
		assert_string_equal(l.list[i].name, "");
	}
	assert_string_equal(l.list[2].number, "3");
	assert_int_equal(l.list[2].line, 5);
	assert_string_equal(l.list[3].name, "");
	assert_string_equal(l.list[4].name, "Synlig Berg");
	assert_false(l.list[4].is_protected);
}

static void a_file_with_a_unit_for_everybody_is_refused(void **state)
{
	struct bench *b = *state;
	struct buf f = BUF_LIMIT(4 << 20);
	char *before = dump(b), *after;

	buf_str(&f, "Ansattnr;Navn;Enhet\n");
	for (int i = 0; i < 20001; i++)
		buf_printf(&f, "%d;A;Room %d\n", i, i);
	assert_int_equal(import_bytes(b, f.p, f.n, NULL), 2);
	said(b, "the file has more than 20,000 units");
	after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
	buf_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(whoever_comes_second_is_told_and_nothing_is_written_before_it_is_confirmed),
		t(what_is_given_up_or_abandoned_leaves_nothing),
		t(a_stop_in_the_middle_is_gone_on_with_and_comes_to_the_same),
		t(more_than_one_in_ten_must_be_confirmed_by_number),
		t(a_file_of_one_unit_ends_nobody_of_another),
		t(who_comes_back_is_the_same_person),
		t(one_number_with_another_name_and_address_waits_for_a_word),
		t(who_comes_back_with_another_name_is_doubted_among_those_who_return),
		t(two_telephones_are_kept_apart),
		t(the_difference_says_what_from_what_to_what),
		t(bad_rows_come_by_line_and_a_page_at_a_time),
		t(a_bad_row_says_whose_it_is_and_all_that_is_wrong_but_no_note),
		t(a_bad_row_names_nobody_protected_and_holds_no_national_number),
		t(a_file_with_a_unit_for_everybody_is_refused),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
