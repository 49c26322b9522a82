/* What the room's own look leaves of an import that nobody goes on with, or that is done; and whose the seat is. */
#include "duty/people/people_import_testing.h"

#include "duty/directory/directory_inside.h"

#define FILE_OF_TWO "Ansattnr;Navn;Mobil privat;Skjermet\n1;Kari Hansen;99000001;\n2;Siri Skjult;99000002;ja\n"

static const struct id ada = { { 1 } }, berit = { { 2 } };

static enum result look_status(struct tx *tx, void *ctx)
{
	return people_import_look(tx, ctx);
}

static enum result look_sums(struct tx *tx, void *ctx)
{
	return people_import_sums(tx, ctx);
}

static enum people_state state_of(struct bench *b, struct id *id_r)
{
	struct people_status s;
	enum result res = db_read(b->db, look_status, &s);

	*id_r = res == RES_OK ? s.id : (struct id){ { 0 } };
	return res == RES_NONE ? 0 : s.state;
}

static int in_the_plan(struct bench *b, const char *what)
{
	struct buf dump = BUF_LIMIT((size_t)4 << 20);
	struct slice rest, line;
	int n = 0;

	assert_int_equal(db_dump(b->db, &dump), RES_OK);
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += slice_starts(line, "import_") && strstr(arena_str(b->a, line), what);
	buf_free(&dump);
	return n;
}

static int file_of(struct bench *b, const char *text)
{
	put_file(b->file, text, strlen(text));
	return open(b->file, O_RDONLY | O_CLOEXEC);
}

static enum result take(struct bench *b, struct directory *d, const struct id *who, const char *text)
{
	enum refusal why = REFUSED_NOT;

	return directory_take(d, who, file_of(b, text), &why);
}

static struct directory *started(struct bench *b)
{
	struct directory_setup setup = { .db = b->db, .clock = b->clock, .rnd = random_system() };
	struct directory *d = directory_new(&setup);

	assert_int_equal(directory_start(d), RES_OK);
	return d;
}

static void until(struct bench *b, enum people_state wanted)
{
	struct id id;

	for (int i = 0; i < 1000 && state_of(b, &id) != wanted; i++)
		usleep(10000);
	assert_int_equal(state_of(b, &id), wanted);
}

static enum result begin_work(struct tx *tx, void *ctx)
{
	return people_import_begin(tx, ctx, (struct instant){ 1795000000 });
}

static enum result confirm_work(struct tx *tx, void *ctx)
{
	return people_import_confirm(tx, ctx, -1);
}

static struct id planned(struct bench *b, struct directory *d)
{
	struct id id;

	assert_int_equal(take(b, d, &ada, FILE_OF_TWO), RES_OK);
	assert_int_equal(state_of(b, &id), PEOPLE_CLAIMED);
	assert_int_equal(db_write(b->db, begin_work, &id), RES_OK);
	directory_plan(d, &id);
	until(b, PEOPLE_PLANNED);
	return id;
}

static void a_plan_that_nobody_goes_on_with_is_gone_with_the_next_look(void **state)
{
	struct bench *b = *state;
	struct directory *d = started(b);

	planned(b, d);
	assert_int_equal(in_the_plan(b, "99000002"), 1);
	directory_free(&d);
	/* A look within the hour leaves it; the first of a start is made at once. */
	clock_set(b->clock, (struct instant){ 1795000000 + 3000 });
	d = started(b);
	usleep(200000);
	assert_int_equal(in_the_plan(b, "99000002"), 1);
	directory_free(&d);
	clock_set(b->clock, (struct instant){ 1795000000 + 3700 });
	d = started(b);
	until(b, 0);
	for (int i = 0; i < 500 && in_the_plan(b, ""); i++)
		usleep(10000);
	directory_free(&d);
	assert_int_equal(in_the_plan(b, ""), 0);
}

static void what_is_done_keeps_its_sums_and_nobodys_name(void **state)
{
	struct bench *b = *state;
	struct directory *d = started(b);
	struct people_sums sums;
	struct id id = planned(b, d);

	assert_int_equal(db_write(b->db, confirm_work, &id), RES_OK);
	directory_apply(d, &id);
	until(b, PEOPLE_DONE);
	for (int i = 0; i < 500 && in_the_plan(b, "Siri Skjult"); i++)
		usleep(10000);
	assert_int_equal(in_the_plan(b, "Siri Skjult"), 0);
	assert_int_equal(in_the_plan(b, "99000001"), 0);
	assert_int_equal(db_read(b->db, look_sums, &sums), RES_OK);
	assert_int_equal(sums.fate[PEOPLE_ADDED], 2);
	directory_free(&d);
	/* And after an hour the result goes too. */
	clock_set(b->clock, (struct instant){ 1795000000 + 3700 });
	d = started(b);
	until(b, 0);
	directory_free(&d);
}

static void a_second_file_of_the_same_administrator_takes_the_place_of_the_first(void **state)
{
	struct bench *b = *state;
	struct directory_setup setup = { .db = b->db, .clock = b->clock, .rnd = random_system() };
	struct directory *d = directory_new(&setup);
	struct id first, second;

	assert_int_equal(take(b, d, &ada, FILE_OF_TWO), RES_OK);
	(void)state_of(b, &first);
	/* Not somebody else's. */
	assert_int_equal(take(b, d, &berit, FILE_OF_TWO), RES_REFUSED);
	(void)state_of(b, &second);
	assert_true(id_eq(&first, &second));
	/* Nor for a file that cannot be read. */
	assert_int_equal(take(b, d, &ada, ""), RES_BAD);
	(void)state_of(b, &second);
	assert_true(id_eq(&first, &second));
	assert_int_equal(take(b, d, &ada, "Ansattnr;Navn\n3;Ola Berg\n"), RES_OK);
	assert_int_equal(state_of(b, &second), PEOPLE_CLAIMED);
	assert_false(id_eq(&first, &second));
	directory_free(&d);
}

static void what_no_page_shows_is_not_among_the_samples_either(void **state)
{
	struct bench *b = *state;
	struct directory_setup setup = { .db = b->db, .clock = b->clock, .rnd = random_system() };
	struct directory *d = directory_new(&setup);
	struct people_peek peek;
	struct choices choices;
	enum refusal why;
	struct id id;

	assert_int_equal(take(b, d, &ada, FILE_OF_TWO), RES_OK);
	(void)state_of(b, &id);
	assert_int_equal(directory_peek(d, b->a, &id, &peek, &choices, &why), RES_OK);
	assert_int_equal(peek.n, 4);
	assert_string_equal(peek.column[1].sample[0], "Kari Hansen");
	assert_string_equal(peek.column[1].sample[1], "");
	assert_string_equal(peek.column[0].sample[1], "");
	assert_string_equal(peek.column[2].sample[0], "");
	assert_string_equal(peek.column[3].sample[1], "ja");
	/* Nor where she says herself that a column is one of private telephones. */
	choices.n = 4;
	choices.is[0] = PF_PHONE_PRIVATE;
	choices.is[1] = PF_NAME;
	choices.is[2] = PF_UNUSED;
	choices.is[3] = PF_PROTECTED;
	assert_int_equal(directory_choose(d, &id, &choices), RES_OK);
	assert_int_equal(directory_peek(d, b->a, &id, &peek, &choices, &why), RES_OK);
	assert_string_equal(peek.column[0].sample[0], "");
	directory_free(&d);
}

struct problems {
	struct arena *a;
	struct people_bad_line *list;
	size_t n;
};

static enum result problems_work(struct tx *tx, void *ctx)
{
	struct problems *p = ctx;

	return people_import_bad_lines(tx, p->a, 0, 100, &p->list, &p->n);
}

/* Each kind of fault that a row of a file in Windows-1252 can have, in the reader's own words: were they changed there alone, nobody would be told. */
static void every_fault_of_a_row_has_its_own_words_in_each_language(void **state)
{
	struct bench *b = *state;
	struct directory *d = started(b);
	struct problems p = { .a = b->a };
	struct buf f = BUF_LIMIT(1 << 20);
	struct id id;

	buf_str(&f, "sep=;\nAnsattnr;Navn;E-post;Mobil;Enhet;Sluttdato;Personalansvar;Leder\n1;Ola Berg\n1;Kari Hansen\n2;\n01819010001;A B\n");
	buf_printf(&f, "%0100d;A B\n5;%0300d\n6;A B;ab\n7;A B;;ring\n8;A B;;9,9E+07\n1,2E+07;A B\n", 9, 9);
	buf_str(&f, "10;A B;;;1/2/3/4/5/6/7/8/9/10/11/12/13\n11;A B;;;;aldri\n12;A B;;;;;kanskje\n13;A B;;;;;;;ett til\n");
	buf_printf(&f, "20;A B;;;;;;%0300d\n", 9);
	buf_printf(&f, "14;%05000d\n15;A\x81\n16;\"A\" B\n17;\"A B\n18;", 9);
	for (int i = 0; i < 210; i++)
		buf_char(&f, ';');
	buf_str(&f, "\n");
	for (int i = 0; i < 12; i++)
		buf_printf(&f, "%s%03900d", i ? ";" : "19;", 9);
	buf_str(&f, "\n");
	assert_int_equal(take(b, d, &ada, arena_str(b->a, buf_get(&f))), RES_OK);
	buf_free(&f);
	(void)state_of(b, &id);
	assert_int_equal(db_write(b->db, begin_work, &id), RES_OK);
	directory_plan(d, &id);
	until(b, PEOPLE_PLANNED);
	assert_int_equal(db_read(b->db, problems_work, &p), RES_OK);
	assert_int_equal(p.n, 20);
	for (size_t i = 0; i < p.n; i++)
		for (size_t k = 0; k < p.list[i].n; k++)
			for (int lang = 0; lang < lang_count; lang++) {
				const char *said = directory_problem_text(b->a, (enum lang)lang, p.list[i].problem[k].why);
				if (strcmp(said, tr((enum lang)lang, "The row cannot be read")) == 0 || strchr(said, '{'))
					fail_msg("line %lld: no words for “%s”", (long long)p.list[i].line, p.list[i].problem[k].why);
			}
	directory_free(&d);
	/* Its number is kept, and what nobody knows is told all the same. */
	assert_non_null(strstr(directory_problem_text(b->a, LANG_EN, "this employee number also stands on line 1234, with another name"), "line 1234 too"));
	assert_string_equal(directory_problem_text(b->a, LANG_EN, "something new"), "The row cannot be read");
}

static void an_abandoned_seat_is_free_and_one_that_is_carried_out_never(void **state)
{
	struct people_status s = { .state = PEOPLE_CLAIMED, .touched = { 1000 } };
	(void)state;
	assert_false(people_import_free(&s, (struct instant){ 1000 + 3600 }));
	assert_true(people_import_free(&s, (struct instant){ 1000 + 3601 }));
	s.state = PEOPLE_APPLYING;
	assert_false(people_import_free(&s, (struct instant){ 1000000 }));
	s.state = PEOPLE_DONE;
	assert_true(people_import_free(&s, (struct instant){ 1000 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(a_plan_that_nobody_goes_on_with_is_gone_with_the_next_look),
		t(what_is_done_keeps_its_sums_and_nobodys_name),
		t(a_second_file_of_the_same_administrator_takes_the_place_of_the_first),
		t(what_no_page_shows_is_not_among_the_samples_either),
		t(every_fault_of_a_row_has_its_own_words_in_each_language),
		cmocka_unit_test(an_abandoned_seat_is_free_and_one_that_is_carried_out_never),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
