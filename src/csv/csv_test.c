#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/buf.h"
#include "csv/csv_testing.h"

/* Each row as its fields in [] or as !line:column; the form first: u or w, and the separator. */
static void expect_bytes(const char *file, size_t n, const char *want)
{
	/* All at once and one byte at a time must give the same. */
	for (size_t step = 0; step < 2; step++) {
		struct memory_file f = { file, n, 0, step };
		struct csv_form form;
		struct csv_row row;
		struct csv *csv;
		struct buf b = BUF_LIMIT(1 << 20);
		const char *why;
		enum result res;

		assert_int_equal(csv_sniff(memory_read, &f, &form, &why), RES_OK);
		buf_printf(&b, "%c%c", form.encoding == CSV_UTF8 ? 'u' : 'w', form.separator == '\t' ? 't' : form.separator);
		f.at = 0;
		csv = csv_new(memory_read, &f, form);
		while ((res = csv_next(csv, &row)) == RES_OK || res == RES_BAD) {
			buf_printf(&b, "|%lld", (long long)row.line);
			if (res == RES_BAD) {
				buf_printf(&b, "!%zu", row.column);
				assert_non_null(row.why);
				continue;
			}
			for (size_t i = 0; i < row.n; i++)
				buf_printf(&b, "[%.*s]", (int)row.field[i].n, row.field[i].p);
		}
		assert_int_equal(res, RES_NONE);
		csv_free(&csv);
		assert_string_equal(b.p, want);
		buf_free(&b);
	}
}

static void expect(const char *file, const char *want)
{
	expect_bytes(file, strlen(file), want);
}

static void separators_are_found(void **state)
{
	(void)state;
	expect("a,b\n1,2\n", "u,|1[a][b]|2[1][2]");
	expect("a;b\n1;2,5\n", "u;|1[a][b]|2[1][2,5]");
	expect("a\tb\n1\t2\n", "ut|1[a][b]|2[1][2]");
	/* A semicolon file full of commas stays a semicolon file. */
	expect("Navn (etternavn, fornavn);Enhet\nMo, Åse;A\nBø, Ine;B\n",
	       "u;|1[Navn (etternavn, fornavn)][Enhet]|2[Mo, Åse][A]|3[Bø, Ine][B]");
	expect("sep=;\r\na;b\r\n1;2\r\n", "u;|2[a][b]|3[1][2]");
	expect("\"a,b,c\";\"d\"\n", "u;|1[a,b,c][d]");
	expect("one\n1\n", "u,|1[one]|2[1]");
}

static void quotes_keep_what_they_hold(void **state)
{
	(void)state;
	expect("a,b\n\"x, \"\"y\"\"\",z\n", "u,|1[a][b]|2[x, \"y\"][z]");
	expect("a,b\n\"two\r\nlines\",z\nnext,row\n", "u,|1[a][b]|2[two\nlines][z]|4[next][row]");
	expect("a,b\nO\"Brien,z\n", "u,|1[a][b]|2[O\"Brien][z]");
	expect("a,b\n\"\",\"\"\nx,\n", "u,|1[a][b]|3[x][]");
	expect("a,b\n\"x\" ,y\n", "u,|1[a][b]|2[x][y]");
}

static void lines_end_in_three_ways_and_empty_ones_do_not_count(void **state)
{
	(void)state;
	expect("a,b\r\n1,2\r\n", "u,|1[a][b]|2[1][2]");
	expect("a,b\r1,2\r", "u,|1[a][b]|2[1][2]");
	expect("a,b\n\n  \n,\n1,2", "u,|1[a][b]|5[1][2]");
	expect("a,b\n1\n1,2,3\n", "u,|1[a][b]|2[1]|3[1][2][3]");
}

static void both_encodings_come_out_as_composed_utf8(void **state)
{
	(void)state;
	expect("\xef\xbb\xbfnavn,b\n\xc3\x85se,2\n", "u,|1[navn][b]|2[Åse][2]");
	expect("navn,b\n\xc5se \x96 S\xf8r\x80,2\n", "w,|1[navn][b]|2[Åse – Sør€][2]");
	/* A and a ring, apart. */
	expect("navn,b\nA\xcc\x8ase,2\n", "u,|1[navn][b]|2[Åse][2]");
	/* One broken byte in a UTF-8 file costs that row, and turns nobody's Å into Ã…. */
	expect("navn,b\n\xc3\x85se,1\n\xc3\x98ystein,2\nJ\xf8rn,3\nP\xc3\xa5l,4\n",
	       "u,|1[navn][b]|2[Åse][1]|3[Øystein][2]|4!1|5[Pål][4]");
	/* Windows-1252 has no 0x81. */
	expect("navn,b\n\xc5se,1\nx\x81,2\n", "w,|1[navn][b]|2[Åse][1]|3!1");
}

static void a_fault_costs_one_row(void **state)
{
	(void)state;
	static const char zero[] = "a,b\n1,x\0y\n3,4\n";
	struct buf b = BUF_LIMIT(1 << 20);

	expect_bytes(zero, sizeof(zero) - 1, "u,|1[a][b]|2!2|3[3][4]");
	expect("a,b\n\"x\"y,1\n2,3\n", "u,|1[a][b]|2!1|3[2][3]");
	/* A quote that is never closed, at the end and in the middle. */
	expect("a,b\n1,2\n\"x,1\n2,3\n4,5\n", "u,|1[a][b]|2[1][2]|3!1|4[2][3]|5[4][5]");
	buf_str(&b, "a,b\n");
	for (int i = 0; i < 5000; i++)
		buf_str(&b, "x,");
	buf_str(&b, "\n1,2\n\"");
	for (int i = 0; i < 100000; i++)
		buf_char(&b, 'q');
	buf_str(&b, "\",2\n3,4\n");
	for (int i = 0; i < 5000; i++)
		buf_char(&b, 'q');
	buf_str(&b, ",5\n6,7\n");
	expect(b.p, "u,|1[a][b]|2!0|3[1][2]|4!1|5[3][4]|6!1|7[6][7]");
	buf_free(&b);
}

static void what_is_no_text_is_refused_as_a_whole(void **state)
{
	(void)state;
	static const struct {
		const char *p;
		size_t n;
	} bad[] = { { "", 0 }, { "\xef\xbb\xbf", 3 }, { "\xff\xfe"
							   "a\0,\0",
							   6 } };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct memory_file f = { bad[i].p, bad[i].n, 0, 0 };
		struct csv_form form;
		const char *why = NULL;

		assert_int_equal(csv_sniff(memory_read, &f, &form, &why), RES_BAD);
		assert_non_null(why);
	}
}

static void what_is_written_is_read_back_and_no_spreadsheet_runs_it(void **state)
{
	(void)state;
	const struct slice row[] = { SLICE("a;b"), SLICE("c\"d"), SLICE("e\nf"), SLICE(""), SLICE("=1+1") };
	struct buf b = BUF_LIMIT(1000);

	csv_write(&b, ';', row, ARRAY_LEN(row));
	assert_string_equal(b.p, "\"a;b\";\"c\"\"d\";\"e\nf\";;\"'=1+1\"\r\n");
	expect(b.p, "u;|1[a;b][c\"d][e\nf][]['=1+1]");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(separators_are_found),
		cmocka_unit_test(quotes_keep_what_they_hold),
		cmocka_unit_test(lines_end_in_three_ways_and_empty_ones_do_not_count),
		cmocka_unit_test(both_encodings_come_out_as_composed_utf8),
		cmocka_unit_test(a_fault_costs_one_row),
		cmocka_unit_test(what_is_no_text_is_refused_as_a_whole),
		cmocka_unit_test(what_is_written_is_read_back_and_no_spreadsheet_runs_it),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
