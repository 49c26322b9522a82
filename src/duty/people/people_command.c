/* `makker people import FILE`: the operator's way in. English, as all operators' tools. */
#include "duty/people/people.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "duty/people/people_bad.h"
#include "duty/people/people_import.h"

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
    "  --end-missing-of-units people of the units in the file who are not in it have left\n"
    "  --yes-end N            confirms that N people are to end: asked for when it is more than one in ten\n"
    "  --same-person          one number with another name and another e-mail than before: the same person\n"
    "  --another-person       … : somebody else has the number now, and who had it has left\n"
    "  --save-bad FILE        writes the rows that did not go in to a new file, to be mended and imported\n"
    "\n"
    "  Where units seem to be called otherwise now, or to have become one, it says so (try --dry-run first):\n"
    "  an administrator answers that in the browser, on the page People, and roles follow.\n"
    "\n"
    "  National identity numbers and birth dates are never read in. One import at a time; if it\n"
    "  is interrupted, the next one or the program goes on. The same file a second time changes nothing.\n";

struct asked {
	const char *file, *save_bad;
	bool dry, has_encoding, has_separator;
	struct csv_form form;
	struct people_told told[TOLD_MAX];
	struct people_reading how;
	struct people_wish wish;
	int64_t leaving; /* --yes-end; negative: not given */
	enum people_doubt doubts;
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
	if (slice_int(slice_of(arg), &q->leaving) == RES_OK && q->leaving >= 0)
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
			q->wish.missing = PEOPLE_LEAVE;
		} else if (strcmp(argv[i], "--end-missing-of-units") == 0) {
			q->wish.missing = PEOPLE_LEAVE_UNITS;
		} else if (strcmp(argv[i], "--same-person") == 0) {
			q->doubts = PEOPLE_THE_SAME;
		} else if (strcmp(argv[i], "--another-person") == 0) {
			q->doubts = PEOPLE_ANOTHER;
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

static enum result again(void *ctx)
{
	rewind(ctx);
	return RES_OK;
}

static bool show_progress(void *ctx, enum people_step step, int64_t was, int64_t done, int64_t total)
{
	static const char *const words[] = { [PEOPLE_READING] = "rows read", [PEOPLE_COMPARING] = "steps of comparing done",
					     [PEOPLE_WRITING] = "changes written" };

	if (done / 10000 > was / 10000)
		fprintf(ctx, "  %lld %s, of %lld\n", (long long)done, words[step], (long long)total);
	return true;
}

/* ---- what happened ---- */

static void say_problem(FILE *err, const struct people_columns *cols, const struct people_problem *p)
{
	fprintf(err, "Line %lld", (long long)p->line);
	if (p->column >= 0 && (size_t)p->column < cols->n)
		fprintf(err, ", column %d “%.*s”", p->column + 1, (int)cols->heading[p->column].n,
			cols->heading[p->column].n ? cols->heading[p->column].p : "");
	else if (p->column >= 0)
		fprintf(err, ", column %d", p->column + 1);
	fprintf(err, ": %s%s\n", p->why, p->note ? " (the row goes in)" : "");
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

/* All that the plan says, read once. */
struct report {
	struct arena *a;
	struct people_status status;
	struct people_sums sums;
	struct people_problem *problem;
	size_t n;
	int64_t problems;
	struct people_became_line *became; /* units that may have become others: nobody says so on a command line */
	size_t became_n;
};

static enum result report_work(struct tx *tx, void *ctx)
{
	struct report *r = ctx;
	enum result res = people_import_look(tx, &r->status);

	if (res == RES_OK)
		res = people_import_sums(tx, &r->sums);
	if (res == RES_OK)
		res = people_import_problems(tx, r->a, INT64_MIN, PROBLEMS_SHOWN, &r->problem, &r->n);
	if (res == RES_OK)
		res = people_import_became(tx, r->a, &r->became, &r->became_n);
	return res == RES_OK ? people_import_problem_count(tx, &r->problems) : res;
}

static int64_t bad_rows(const struct report *r)
{
	return r->status.unreadable + r->sums.fate[PEOPLE_BAD];
}

static void say_changes(FILE *out, const struct people_sums *sums)
{
	bool any = false;

	for (int b = 0; b < PC_COUNT; b++) {
		if (!sums->by_change[b])
			continue;
		fprintf(out, "%s%s %lld", any ? ", " : "Changed: ", people_change_words((enum people_change)(1 << b)),
			(long long)sums->by_change[b]);
		any = true;
	}
	if (any)
		fprintf(out, "\n");
	if (sums->units_added || sums->units_changed)
		fprintf(out, "Units: added %lld, changed %lld.\n", (long long)sums->units_added, (long long)sums->units_changed);
}

static void say_sums(FILE *out, const struct report *r)
{
	const int64_t *n = r->sums.fate;

	fprintf(out, "Added %lld, changed %lld, ended %lld, unchanged %lld, bad rows %lld.\n", (long long)n[PEOPLE_ADDED],
		(long long)(n[PEOPLE_CHANGED] + n[PEOPLE_RETURNED]), (long long)n[PEOPLE_LEFT], (long long)n[PEOPLE_UNCHANGED],
		(long long)bad_rows(r));
	say_changes(out, &r->sums);
	if (r->sums.doubts)
		fprintf(out, "%lld of the changed %s kept their employee number, but neither name nor e-mail: perhaps somebody else "
			     "has the number now. They are left as they are; --same-person or --another-person says which.\n",
			(long long)r->sums.doubts, r->sums.doubts == 1 ? "has" : "have");
	if (n[PEOPLE_GONE])
		fprintf(out, "%lld %s had left before; %s not taken in.\n", (long long)n[PEOPLE_GONE],
			n[PEOPLE_GONE] == 1 ? "row is of somebody who" : "rows are of people who",
			n[PEOPLE_GONE] == 1 ? "it was" : "they were");
	if (r->status.missing && !n[PEOPLE_LEFT])
		fprintf(out, "%lld %s not in the file%s\n", (long long)r->status.missing,
			r->status.missing == 1 ? "person of the directory is" : "people of the directory are",
			r->status.held_back ?
			    ". Nobody was ended, since a row that could not be read may be about any of them." :
			    "; they stay (--end-missing ends them).");
}

static void say_became_one(FILE *out, const struct people_became_line *b)
{
	fprintf(out, "Is “%s” now “%s”? ", b->was, b->now);
	if (b->of_whom == 1)
		fprintf(out, "Its one person is there.\n");
	else
		fprintf(out, "%lld of its %lld people are there.\n", (long long)b->people, (long long)b->of_whom);
}

/* An answer moves roles and incidents, so it is an administrator's, by her account, and taken in the browser alone (people_became.c). Once the
   file is in, the old units are empty and nothing is asked any more: hence before it, or how else it is put right. */
static void say_became(FILE *out, const struct report *r, bool changed)
{
	for (size_t i = 0; i < r->became_n; i++)
		say_became_one(out, &r->became[i]);
	if (!r->became_n)
		return;
	if (changed)
		fprintf(out, "Nobody said so, so who led the old units leads nobody there now, and what happened there stays with them. "
			     "An administrator gives the roles on the new units on the page Sign-ins. Before the next such file: --dry-run.\n");
	else
		fprintf(out, "This command cannot be told. Bring this file in on the page People (/directory) instead: there an administrator "
			     "says which units have become others, and roles and incidents follow. Else they stay with the old units.\n");
}

/* ---- rows to mend ---- */

/* A new file. The launcher makes it, since we may not be allowed to, says "-" and names its descriptor. */
static int open_saved(const char *name)
{
	const char *given = getenv("MAKKER_SAVE_FD");
	int64_t fd;

	if (strcmp(name, "-") == 0 && given && slice_int(slice_of(given), &fd) == RES_OK)
		return (int)fd;
	return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static bool write_piece(void *file, struct slice piece)
{
	return fwrite(piece.p, 1, piece.n, file) == piece.n;
}

/* Reads the file once more and writes its heading and the rows of the bad lines. */
static bool save_bad(const struct asked *q, struct db *db, FILE *in, const struct people_columns *cols, FILE *err)
{
	int fd = open_saved(q->save_bad);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	struct csv *csv;
	bool ok;

	if (!f) {
		fprintf(err, "--save-bad %s: %s\n", q->save_bad, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	rewind(in);
	csv = csv_new(from_file, in, q->form);
	ok = people_bad_rows(db, csv, cols, q->form.separator, write_piece, f) == RES_OK;
	csv_free(&csv);
	ok = fclose(f) == 0 && ok;
	if (!ok)
		fprintf(err, "--save-bad %s could not be written whole\n", q->save_bad);
	return ok;
}

/* ---- the command ---- */

struct importing {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	struct asked *q;
	FILE *in, *out, *err;
	struct people_file *file;
	struct id import;
};

static int report(struct importing *im, bool changed)
{
	const struct asked *q = im->q;
	const struct people_columns *cols = people_file_columns(im->file);
	struct report r = { .a = arena_new() };
	enum result res = db_read(im->db, report_work, &r);
	int code = 0;

	if (res != RES_OK) {
		fprintf(im->err, "%s: what would be done could not be read (%s)\n", q->file, result_word(res));
		arena_free(&r.a);
		return 2;
	}
	fprintf(im->out, "%s, %s between columns.\n", q->form.encoding == CSV_UTF8 ? "UTF-8" : "Windows-1252",
		q->form.separator == ',' ? "comma" : q->form.separator == ';' ? "semicolon" : "tab");
	say_columns(im->out, cols);
	for (size_t i = 0; i < r.n; i++)
		say_problem(im->err, cols, &r.problem[i]);
	if (r.problems > (int64_t)r.n)
		fprintf(im->err, "… and %lld more; --save-bad FILE keeps all rows that did not go in.\n",
			(long long)(r.problems - (int64_t)r.n));
	say_sums(im->out, &r);
	say_became(im->out, &r, changed);
	code = bad_rows(&r) || r.status.held_back || r.sums.doubts ? 1 : 0;
	if (q->save_bad && bad_rows(&r) && !save_bad(q, im->db, im->in, cols, im->err))
		code = 1;
	if (!changed && people_import_many_leave(&r.sums, &r.status)) {
		fprintf(im->out, "That would end %lld %s, more than one in ten. If it is right, run it again with --yes-end %lld.\n",
			(long long)r.sums.fate[PEOPLE_LEFT], r.sums.fate[PEOPLE_LEFT] == 1 ? "person" : "people",
			(long long)r.sums.fate[PEOPLE_LEFT]);
		code = q->dry ? code : 2;
	}
	if (!changed)
		fprintf(im->out, "Nothing was changed%s.\n", q->dry ? ": this was a dry run" : "");
	arena_wipe_free(&r.a);
	return code;
}

SQL(people_say_all, "i", "", "UPDATE import_row SET doubt = $1 WHERE doubt = 1");

static enum result confirm_work(struct tx *tx, void *ctx)
{
	struct importing *im = ctx;
	enum result res = RES_OK;

	if (im->q->doubts != PEOPLE_SURE)
		res = db_do(tx, &people_say_all, NULL, v_int(im->q->doubts));
	return res == RES_OK ? people_import_confirm(tx, &im->import, im->q->leaving) : res;
}

/* Planned, and unless this is a dry run carried out. The exit status. */
static int plan_and_apply(struct importing *im)
{
	struct people_source source = { from_file, again, im->in, im->q->form };
	const char *why = "";
	enum result res = people_import_plan(im->db, im->clock, im->rnd, &im->import, im->file, &source, &im->q->wish,
					     show_progress, im->err, &why);

	if (res == RES_BAD)
		fprintf(im->err, "%s: %s\n", im->q->file, why);
	if (res == RES_OK && !im->q->dry) {
		res = db_write(im->db, confirm_work, im);
		if (res == RES_BAD)
			return report(im, false);
		if (res == RES_OK)
			res = people_import_apply(im->db, im->clock, im->rnd, &im->import, show_progress, im->err);
	}
	if (res == RES_OK)
		return report(im, !im->q->dry);
	if (res != RES_BAD)
		fprintf(im->err, "%s: it could not be carried out (%s)\n", im->q->file, result_word(res));
	return 2;
}

static enum result look_work(struct tx *tx, void *ctx)
{
	return people_import_look(tx, ctx);
}

/* The seat, as soon as it is free: a page's import that waits for somebody is told of, and work that was begun is finished first. */
static enum result take_seat(struct importing *im)
{
	struct people_status s;
	enum result res;

	for (int told = 0;; told = 1) {
		res = people_import_claim(im->db, im->clock, im->rnd, PEOPLE_BY_COMMAND, NULL, &im->import);
		if (res != RES_REFUSED)
			return res;
		res = db_read(im->db, look_work, &s);
		if (res != RES_OK && res != RES_NONE)
			return res;
		if (res == RES_OK && (s.state == PEOPLE_CLAIMED || s.state == PEOPLE_PLANNED) && s.way != PEOPLE_BY_COMMAND) {
			fprintf(im->err, "an administrator is bringing the directory up to date in the browser, and has not confirmed it "
					 "yet. Nothing was changed\n");
			return RES_REFUSED;
		}
		if (res == RES_OK && s.state == PEOPLE_APPLYING && clock_now(im->clock).s - s.touched.s > PEOPLE_STALE_SECONDS) {
			fprintf(im->err, "an earlier import was interrupted: it is finished first\n");
			res = people_import_apply(im->db, im->clock, im->rnd, &s.id, show_progress, im->err);
			if (res != RES_OK)
				return res;
			continue;
		}
		if (!told)
			fprintf(im->err, "another import is under way: this one waits\n");
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
}

static int import_file(struct importing *im)
{
	struct asked *q = im->q;
	struct csv_form found;
	struct csv *csv;
	const char *why = "it could not be read";
	int code = 2;
	enum result res = csv_sniff(from_file, im->in, &found, &why);

	if (res != RES_OK) {
		fprintf(im->err, "%s: %s\n", q->file, res == RES_BAD ? why : strerror(errno));
		return 2;
	}
	if (!q->has_encoding)
		q->form.encoding = found.encoding;
	if (!q->has_separator)
		q->form.separator = found.separator;
	rewind(im->in);
	csv = csv_new(from_file, im->in, q->form);
	res = people_file_scan(csv, &q->how, &im->file, &why);
	csv_free(&csv);
	if (res == RES_BAD)
		fprintf(im->err, "%s: %s\n", q->file, why);
	else if (res == RES_OK)
		res = take_seat(im);
	if (res == RES_OK) {
		code = plan_and_apply(im);
		if (people_import_end(im->db, &im->import) != RES_OK && code == 0)
			code = 1;
	} else if (res != RES_BAD && res != RES_REFUSED) {
		fprintf(im->err, "%s: nothing was changed (%s)\n", q->file, result_word(res));
	}
	people_file_free(&im->file);
	return code;
}

int people_command(struct db *db, const struct clock *clock, struct random_source *rnd, int argc, char **argv,
		   FILE *out, FILE *err)
{
	struct asked q = { .leaving = -1 };
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
		struct importing im = { .db = db, .clock = clock, .rnd = rnd, .q = &q, .in = in, .out = out, .err = err };
		code = import_file(&im);
	}
	if (in != stdin)
		fclose(in);
	return code;
}
