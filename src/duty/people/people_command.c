/* `makker people import FILE`: the operator's way in. English, as all operators' tools. */
#include "duty/people/people.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "duty/people/people_nid.h"
#include "duty/people/people_plan.h"

#define TOLD_MAX 64
#define PROBLEMS_SHOWN 100

static const char help[] =
    "makker people import [OPTION...] FILE\n"
    "  Brings the directory up to date with a CSV file from the personnel system.\n"
    "\n"
    "  --dry-run              say what would happen; change nothing\n"
    "  --column FIELD=COLUMN  which column holds a field: its heading, its number from 1, or none.\n"
    "                         FIELD: employee_number, name, family_name, given_name, email, private_phone,\n"
    "                         work_phone, unit (may be given several times, from the top down), unit_code,\n"
    "                         parent_code, parent_name, profession, title, level, leader,\n"
    "                         staff_responsibility, language, protected, end_date\n"
    "  --unit-separator S     what stands between the names in a unit's path; none: nothing does\n"
    "  --encoding E           utf-8 or windows-1252 (otherwise found out)\n"
    "  --separator S          comma, semicolon or tab (otherwise found out)\n"
    "  --end-missing          people who are not in the file have left\n"
    "  --yes-end N            confirms that N people are to end: asked for when it is more than one in ten\n"
    "  --save-bad FILE        writes the rows that did not go in to a new file, to be mended and imported\n"
    "\n"
    "  National identity numbers and birth dates are never read in. Everything happens in one\n"
    "  transaction; the same file a second time changes nothing.\n";

struct asked {
	const char *file, *save_bad;
	bool dry, has_encoding, has_separator;
	struct csv_form form;
	struct people_told told[TOLD_MAX];
	struct people_reading how;
	struct people_wish wish;
};

/* ---- what was asked ---- */

static bool ask_column(struct asked *q, const char *arg, FILE *err)
{
	const char *eq = strchr(arg, '=');

	if (!eq || eq == arg || !eq[1] || q->how.told_n == TOLD_MAX) {
		fprintf(err, "--column wants FIELD=COLUMN, like --column email=3\n");
		return false;
	}
	q->told[q->how.told_n++] = (struct people_told){ { arg, (size_t)(eq - arg) }, slice_of(eq + 1) };
	return true;
}

static bool ask_encoding(struct asked *q, const char *arg, FILE *err)
{
	q->has_encoding = true;
	if (strcasecmp(arg, "utf-8") == 0 || strcasecmp(arg, "utf8") == 0) {
		q->form.encoding = CSV_UTF8;
	} else if (strcasecmp(arg, "windows-1252") == 0 || strcasecmp(arg, "cp1252") == 0 ||
		   strcasecmp(arg, "iso-8859-1") == 0 || strcasecmp(arg, "latin1") == 0) {
		q->form.encoding = CSV_WINDOWS_1252;
	} else {
		fprintf(err, "--encoding is utf-8 or windows-1252\n");
		return false;
	}
	return true;
}

static bool ask_separator(struct asked *q, const char *arg, FILE *err)
{
	static const struct {
		const char *word;
		char sign;
	} signs[] = { { "comma", ',' }, { ",", ',' }, { "semicolon", ';' }, { ";", ';' }, { "tab", '\t' }, { "\t", '\t' } };

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (strcmp(arg, signs[i].word) == 0) {
			q->form.separator = signs[i].sign;
			q->has_separator = true;
			return true;
		}
	fprintf(err, "--separator is comma, semicolon or tab\n");
	return false;
}

static bool ask_number(struct asked *q, const char *arg, FILE *err)
{
	if (slice_int(slice_of(arg), &q->wish.confirmed) == RES_OK && q->wish.confirmed >= 0)
		return true;
	fprintf(err, "--yes-end wants the number of people who are to end\n");
	return false;
}

static bool ask_valued(struct asked *q, const char *name, const char *value, FILE *err)
{
	if (strcmp(name, "--column") == 0)
		return ask_column(q, value, err);
	if (strcmp(name, "--encoding") == 0)
		return ask_encoding(q, value, err);
	if (strcmp(name, "--separator") == 0)
		return ask_separator(q, value, err);
	if (strcmp(name, "--yes-end") == 0)
		return ask_number(q, value, err);
	if (strcmp(name, "--unit-separator") == 0) {
		q->how.unit_separator = slice_of(value);
		if (q->how.unit_separator.n && q->how.unit_separator.n < 8)
			return true;
		fprintf(err, "--unit-separator is at most seven bytes long\n");
		return false;
	}
	if (strcmp(name, "--save-bad") == 0) {
		q->save_bad = value;
		return true;
	}
	fprintf(err, "there is no option %s\n", name);
	return false;
}

static bool read_arguments(struct asked *q, int argc, char **argv, FILE *err)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--dry-run") == 0) {
			q->dry = true;
		} else if (strcmp(argv[i], "--end-missing") == 0) {
			q->wish.end_missing = true;
		} else if (strncmp(argv[i], "--", 2) == 0) {
			if (i + 1 == argc) {
				fprintf(err, "%s wants a value, or does not exist\n", argv[i]);
				return false;
			}
			if (!ask_valued(q, argv[i], argv[i + 1], err))
				return false;
			i++;
		} else if (!q->file) {
			q->file = argv[i];
		} else {
			fprintf(err, "one file at a time: %s\n", argv[i]);
			return false;
		}
	}
	if (!q->file)
		fprintf(err, "which file?\n");
	return q->file != NULL;
}

/* ---- the file ---- */

static ptrdiff_t from_file(void *ctx, void *p, size_t n)
{
	FILE *f = ctx;
	size_t got = fread(p, 1, n, f);

	return got == 0 && ferror(f) ? -1 : (ptrdiff_t)got;
}

static void show_progress(void *ctx, size_t rows)
{
	fprintf(ctx, "  %zu rows read\n", rows);
}

/* ---- what happened ---- */

static int by_line(const void *x, const void *y)
{
	const struct people_problem *a = *(const struct people_problem *const *)x,
				    *b = *(const struct people_problem *const *)y;

	return a->line < b->line ? -1 : a->line > b->line ? 1 : a < b ? -1 : a > b;
}

/* The problems of the rows and of the plan, by line; free() it. */
static const struct people_problem **all_problems(const struct people_rows *rows, const struct people_plan *plan,
						  size_t *n_r)
{
	size_t n = 0, of_rows = people_rows_problems(rows);
	const struct people_problem **all = must_alloc(of_rows + plan->problems + 1, sizeof(*all));

	for (size_t i = 0; i < of_rows; i++)
		all[n++] = people_rows_problem(rows, i);
	for (size_t i = 0; i < plan->problems; i++)
		all[n++] = &plan->problem[i];
	qsort(all, n, sizeof(*all), by_line);
	*n_r = n;
	return all;
}

static void say_problem(FILE *err, const struct people_columns *cols, const struct people_problem *p)
{
	fprintf(err, "Line %lld", (long long)p->line);
	if (p->column >= 0 && (size_t)p->column < cols->n)
		fprintf(err, ", column %d “%.*s”", p->column + 1, (int)cols->heading[p->column].n,
			cols->heading[p->column].n ? cols->heading[p->column].p : "");
	else if (p->column >= 0)
		fprintf(err, ", column %d", p->column + 1);
	fprintf(err, ": %.*s%s\n", (int)p->why.n, p->why.p, p->note ? " (the row goes in)" : "");
}

static void say_columns(FILE *out, const struct people_columns *cols)
{
	for (int kind = 0; kind < 3; kind++) {
		static const char *const title[] = { "Read", "Dropped", "Not used" };
		bool any = false;

		for (size_t i = 0; i < cols->n; i++) {
			enum people_field f = cols->is[i];

			if ((f < PF_KEPT ? 0 : f < PF_UNUSED ? 1 : 2) != kind)
				continue;
			fprintf(out, "%s%s%zu “%.*s”", any ? ", " : title[kind], any ? "" : ": column ", i + 1,
				(int)cols->heading[i].n, cols->heading[i].n ? cols->heading[i].p : "");
			if (kind < 2)
				fprintf(out, " (%s)", people_field_words(f));
			any = true;
		}
		if (any)
			fprintf(out, "\n");
	}
}

static size_t bad_rows(const struct people_rows *rows)
{
	size_t n = people_rows_unreadable(rows);

	for (size_t i = 0; i < people_rows_count(rows); i++)
		n += people_rows_at(rows, i)->bad;
	return n;
}

static void say_sums(FILE *out, const struct people_plan *plan, const struct people_rows *rows)
{
	bool any = false;

	fprintf(out, "Added %zu, changed %zu, ended %zu, unchanged %zu, bad rows %zu.\n", plan->added, plan->changed,
		plan->ended, plan->unchanged, bad_rows(rows));
	for (int b = 0; b < PC_COUNT; b++) {
		if (!plan->by_change[b])
			continue;
		fprintf(out, "%s%s %zu", any ? ", " : "Changed: ", people_change_words((enum people_change)(1 << b)),
			plan->by_change[b]);
		any = true;
	}
	if (any)
		fprintf(out, "\n");
	if (plan->units_added || plan->units_changed)
		fprintf(out, "Units: added %zu, changed %zu.\n", plan->units_added, plan->units_changed);
	if (plan->already_left)
		fprintf(out, "%zu rows are of people who had left before; they were not taken in.\n", plan->already_left);
	if (plan->missing && !plan->ended)
		fprintf(out, "%zu people of the directory are not in the file%s\n", plan->missing,
			plan->ends_held_back ?
			    ". Nobody was ended, since a row that could not be read may be about any of them." :
			    "; they stay (--end-missing ends them).");
}

/* ---- rows to mend ---- */

/* The row as it stood, without what is dropped and without any national identity number. */
static void keep_row(struct buf *b, const struct people_columns *cols, char separator, const struct csv_row *row,
		     bool is_heading)
{
	struct slice cell[CSV_COLUMNS_MAX];

	for (size_t i = 0; i < row->n; i++) {
		bool dropped = i < cols->n && (cols->is[i] == PF_NATIONAL || cols->is[i] == PF_BIRTH);

		cell[i] = (dropped && !is_heading) || people_nid_in(row->field[i]) ? (struct slice){ 0 } : row->field[i];
	}
	csv_write(b, separator, cell, row->n);
}

/* A new file. The launcher makes it, since we may not be allowed to, says "-" and names its descriptor. */
static int open_saved(const char *name)
{
	const char *given = getenv("MAKKER_SAVE_FD");
	int64_t fd;

	if (strcmp(name, "-") == 0 && given && slice_int(slice_of(given), &fd) == RES_OK)
		return (int)fd;
	return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

/* Reads the file once more and writes its heading and the rows of the bad lines. */
static bool save_bad(const struct asked *q, FILE *in, const struct people_rows *rows,
		     const struct people_problem *const *all, size_t n, FILE *err)
{
	int fd = open_saved(q->save_bad);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	struct csv *csv;
	struct csv_row row;
	struct buf b = BUF_LIMIT(1 << 20);
	bool first = true, ok;
	size_t at = 0;
	enum result res;

	if (!f) {
		fprintf(err, "--save-bad %s: %s\n", q->save_bad, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	rewind(in);
	csv = csv_new(from_file, in, q->form);
	while ((res = csv_next(csv, &row)) == RES_OK || res == RES_BAD) {
		while (at < n && (all[at]->note || all[at]->line < row.line))
			at++;
		if (first || (at < n && all[at]->line == row.line)) {
			buf_reset(&b);
			keep_row(&b, people_rows_columns(rows), q->form.separator, &row, first);
			fwrite(b.p, 1, b.n, f);
		}
		first = false;
	}
	csv_free(&csv);
	buf_wipe(&b);
	buf_free(&b);
	ok = !ferror(f) && res == RES_NONE;
	ok = fclose(f) == 0 && ok;
	if (!ok)
		fprintf(err, "--save-bad %s could not be written whole\n", q->save_bad);
	return ok;
}

/* ---- the command ---- */

static int report(const struct asked *q, FILE *in, enum result res, const struct people_rows *rows,
		  const struct people_plan *plan, FILE *out, FILE *err)
{
	const struct people_columns *cols = people_rows_columns(rows);
	size_t n, shown = 0;
	const struct people_problem **all = all_problems(rows, plan, &n);
	int code = bad_rows(rows) || plan->ends_held_back ? 1 : 0;

	fprintf(out, "%s, %s between columns.\n", q->form.encoding == CSV_UTF8 ? "UTF-8" : "Windows-1252",
		q->form.separator == ',' ? "comma" : q->form.separator == ';' ? "semicolon" : "tab");
	say_columns(out, cols);
	for (size_t i = 0; i < n && shown < PROBLEMS_SHOWN; i++, shown++)
		say_problem(err, cols, all[i]);
	if (n > shown)
		fprintf(err, "… and %zu more; --save-bad FILE keeps all rows that did not go in.\n", n - shown);
	say_sums(out, plan, rows);
	if (q->save_bad && bad_rows(rows) && !save_bad(q, in, rows, all, n, err))
		code = 1;
	free(all);
	if (plan->must_confirm)
		fprintf(out, "That would end %zu people, more than one in ten. If it is right, run it again with --yes-end %zu.\n",
			plan->ended, plan->ended);
	if (res == RES_REFUSED || q->dry)
		fprintf(out, "Nothing was changed%s.\n", q->dry ? ": this was a dry run" : "");
	return res == RES_REFUSED ? 2 : code;
}

static int import_file(struct asked *q, struct db *db, struct random_source *rnd, FILE *in, FILE *out, FILE *err)
{
	struct csv_form found;
	struct csv *csv;
	struct people_rows *rows = NULL;
	struct people_plan *plan = NULL;
	struct people_loaded *loaded = NULL;
	const char *why = "it could not be read";
	int code = 2;
	enum result res = csv_sniff(from_file, in, &found, &why);

	if (res != RES_OK) {
		fprintf(err, "%s: %s\n", q->file, res == RES_BAD ? why : strerror(errno));
		return 2;
	}
	if (!q->has_encoding)
		q->form.encoding = found.encoding;
	if (!q->has_separator)
		q->form.separator = found.separator;
	rewind(in);
	csv = csv_new(from_file, in, q->form);
	res = people_rows_read(csv, &q->how, &rows, &why);
	csv_free(&csv);
	if (res == RES_OK)
		res = people_import(db, rnd, rows, &q->wish, q->dry, &plan, &loaded);
	else if (res == RES_BAD)
		fprintf(err, "%s: %s\n", q->file, why);
	if (plan)
		code = report(q, in, res, rows, plan, out, err);
	else if (res != RES_BAD)
		fprintf(err, "%s: nothing was changed (%s)\n", q->file, result_word(res));
	people_plan_free(&plan);
	people_rows_free(&rows);
	people_loaded_free(&loaded);
	return code;
}

int people_command(struct db *db, const struct clock *clock, struct random_source *rnd, int argc, char **argv,
		   FILE *out, FILE *err)
{
	struct asked q = { .how = { .progress = show_progress, .ctx = err }, .wish = { .confirmed = -1 } };
	struct stat st;
	FILE *in;
	int code;

	if (argc < 2 || strcmp(argv[1], "import") != 0) {
		bool asked_help = argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0);

		fputs(help, asked_help ? out : err);
		return asked_help ? 0 : 2;
	}
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0) {
			fputs(help, out);
			return 0;
		}
	q.how.told = q.told;
	q.wish.today = instant_day(clock_now(clock));
	if (!read_arguments(&q, argc, argv, err))
		return 2;
	/* The launcher opens the file, since we may not be allowed to, and says "-". */
	in = strcmp(q.file, "-") == 0 ? stdin : fopen(q.file, "rbe");
	if (!in) {
		fprintf(err, "%s: %s\n", q.file, strerror(errno));
		return 2;
	}
	if (fstat(fileno(in), &st) != 0 || !S_ISREG(st.st_mode)) {
		fprintf(err, "%s is not a file: it is read more than once\n", q.file);
		code = 2;
	} else {
		code = import_file(&q, db, rnd, in, out, err);
	}
	if (in != stdin)
		fclose(in);
	return code;
}
