/* `makker supporters import FILE`: the coordinator's list, brought in by the operator. English, as all operators' tools. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "haven/directory/directory.h"
#include "haven/supporters/supporters_rows.h"

static const char help[] =
    "makker supporters import [OPTION...] FILE\n"
    "  Brings the list of supporters up to date with a CSV file. All rows go in, or none.\n"
    "\n"
    "  --dry-run       say what would happen; change nothing\n"
    "  --end-missing   supporters who are not in the file are no longer supporters\n"
    "  --invite        mail each new one a one-time link to her sign-in\n"
    "  --print-links   print these links instead, to be handed over\n"
    "\n"
    "  Columns: number or e-mail (who she is in the directory); name, unit, profession and level for somebody\n"
    "  outside it (the lines of such rows are told); phone (the number that colleagues call);\n"
    "  languages (codes, like nb en); since (a year); interview, training, check (days on which the programme\n"
    "  attested them); accredited until;\n"
    "  windows, like “mon 08:00-16:00; tue 20:00-08:00 standby”, when she can be reached.\n"
    "  A column that is not there leaves what is known; an empty cell takes it away.\n";

SQL(import_find, "b?t", "id:b person:b? name:t given:t email:t phone:t unit:t profession:t level:t languages:t since:i "
    "interview:i? training:i? knowledge:i? accredited:i? ended:i",
    "SELECT id, person, name, given, email, phone, unit_path AS unit, profession, level, languages, since_year AS since, "
    "interview_day AS interview, training_day AS training, check_day AS knowledge, accredited_until AS accredited, ended "
    "FROM supporter WHERE person = $1 OR email = $2 ORDER BY CASE WHEN person = $1 THEN 0 ELSE 1 END, id");
SQL(import_put, "bb?ttttttttii?i?i?i?", "",
    "INSERT INTO supporter (id, person, name, given, email, phone, unit_path, profession, level, languages, since_year, "
    "interview_day, training_day, check_day, accredited_until, paused, is_full, ended) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0, 0)");
SQL(import_set, "bb?ttttttttii?i?i?i?", "",
    "UPDATE supporter SET person = $2, name = $3, given = $4, email = $5, phone = $6, unit_path = $7, profession = $8, "
    "level = $9, languages = $10, since_year = $11, interview_day = $12, training_day = $13, check_day = $14, "
    "accredited_until = $15, ended = 0 WHERE id = $1");
SQL(import_ids, "", "id:b", "SELECT id FROM supporter WHERE ended = 0 ORDER BY id");
SQL(import_end, "b", "", "UPDATE supporter SET ended = 1 WHERE id = $1");
SQL(import_windows_gone, "b", "", "DELETE FROM duty_window WHERE supporter = $1");
SQL(import_window_put, "biiii", "",
    "INSERT INTO duty_window (supporter, weekday, from_minute, to_minute, standby) VALUES ($1, $2, $3, $4, $5)");

struct job {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	enum lang lang;
	const struct supporters_accounts *accounts;
	const char *file;
	bool dry, end_missing, invite, print_links;
	struct day today;
	struct supporters_columns cols;
	struct supporters_row *rows;
	size_t rows_n;
	struct supporters_problems read, applied;
	/* of the last run of the work: */
	struct arena *a;
	size_t added, changed, ended, unchanged, missing, new_n;
	struct added_one {
		const char *name, *email, *url;
	} *new_ones;
	struct id *in_file;
	int64_t *outside; /* lines of the rows that match nobody in the directory */
	size_t outside_n;
};

/* ---- what was asked ---- */

static bool read_arguments(struct job *j, int argc, char **argv, FILE *err)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--dry-run") == 0)
			j->dry = true;
		else if (strcmp(argv[i], "--end-missing") == 0)
			j->end_missing = true;
		else if (strcmp(argv[i], "--invite") == 0)
			j->invite = true;
		else if (strcmp(argv[i], "--print-links") == 0)
			j->print_links = true;
		else if (strncmp(argv[i], "--", 2) == 0) {
			fprintf(err, "there is no option %s\n", argv[i]);
			return false;
		} else if (j->file) {
			fprintf(err, "one file at a time: %s\n", argv[i]);
			return false;
		} else {
			j->file = argv[i];
		}
	}
	if (!j->file)
		fprintf(err, "which file?\n");
	if (j->invite && j->print_links)
		fprintf(err, "--invite or --print-links: a link works once\n");
	return j->file && !(j->invite && j->print_links);
}

/* ---- the file ---- */

static ptrdiff_t from_file(void *ctx, void *p, size_t n)
{
	FILE *f = ctx;
	size_t got = fread(p, 1, n, f);
	return got == 0 && ferror(f) ? -1 : (ptrdiff_t)got;
}

static void keep_row(struct job *j, size_t *room, const struct supporters_row *row)
{
	if (j->rows_n == *room)
		j->rows = must_realloc(j->rows, *room = *room ? *room * 2 : 64, sizeof(*j->rows));
	j->rows[j->rows_n++] = *row;
}

static enum result read_rows(struct job *j, struct csv *csv, const char **why_r)
{
	struct csv_row row;
	struct arena *a = j->read.a;
	size_t room = 0;
	bool first = true;
	enum result res;
	while ((res = csv_next(csv, &row)) == RES_OK || res == RES_BAD) {
		struct supporters_row r;
		if (res == RES_BAD)
			supporters_say(&j->read, row.line, (int)row.column - 1, false, row.why);
		else if (first && (res = supporters_headings(&row, a, &j->cols, why_r)) != RES_OK)
			return res;
		else if (!first && supporters_row_read(&row, &j->cols, j->today, a, &j->read, &r))
			keep_row(j, &room, &r);
		first = false;
	}
	return res == RES_NONE ? RES_OK : res;
}

/* ---- one row against what is there ---- */

static struct day day_or_never(struct rows *rows, int col)
{
	return (struct day){ row_null(rows, col) ? 0 : (int32_t)row_int(rows, col) };
}

/* Whoever is the same person, else has the same e-mail. RES_BAD: that is two different ones. */
static enum result find(struct tx *tx, struct arena *a, const struct id *person, const char *email, struct supporter *s_r)
{
	static const struct id nobody;
	struct rows *rows;
	size_t n = 0;
	enum result res = db_ask(tx, &import_find, &rows, v_id(person), v_str(email));
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK) {
		struct supporter s = {
			.id = row_id(rows, 0), .person = row_id(rows, 1), .name = arena_str(a, row_text(rows, 2)),
			.given = arena_str(a, row_text(rows, 3)), .email = arena_str(a, row_text(rows, 4)),
			.phone = arena_str(a, row_text(rows, 5)), .unit = arena_str(a, row_text(rows, 6)),
			.profession = arena_str(a, row_text(rows, 7)), .level = arena_str(a, row_text(rows, 8)),
			.languages = arena_str(a, row_text(rows, 9)), .since_year = (int)row_int(rows, 10),
			.interview = day_or_never(rows, 11), .training = day_or_never(rows, 12),
			.knowledge_check = day_or_never(rows, 13), .accredited_until = day_or_never(rows, 14),
			.ended = row_int(rows, 15),
		};
		if (!n)
			*s_r = s;
		/* The address of somebody in the directory who is another person. */
		if (n || (!id_is_zero(&s.person) && !id_eq(&s.person, person ? person : &nobody)))
			res = RES_BAD;
		n++;
	}
	rows_end(&rows);
	return res != RES_OK ? res : n ? RES_OK : RES_NONE;
}

static const char *given_of(struct arena *a, const char *name)
{
	const char *space = strchr(name, ' ');
	return arena_str(a, slice_bytes(name, space ? (size_t)(space - name) : strlen(name)));
}

static const char *small(struct arena *a, const char *s)
{
	char *out = arena_str(a, slice_of(s));
	for (char *c = out; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return out;
}

/* A cell, else what is known where the file has no such column, else the directory's. */
static const char *choose(const struct job *j, enum supporters_column c, const char *cell, const char *known,
			  const char *directory)
{
	if (cell[0])
		return cell;
	if (j->cols.at[c] < 0 && known && known[0])
		return known;
	return directory ? directory : "";
}

static void wrong(struct job *j, const struct supporters_row *r, enum supporters_column c, const char *why)
{
	supporters_say(&j->applied, r->line, j->cols.at[c], false, why);
}

static void noted(struct job *j, const struct supporters_row *r, enum supporters_column c, const char *why)
{
	supporters_say(&j->applied, r->line, j->cols.at[c], true, why);
}

/* Her file as it is to be; false when something is missing, which is told. */
static bool wanted(struct job *j, const struct supporters_row *r, const struct door_person *p, const struct supporter *old,
		   struct supporter *s)
{
	size_t before = j->applied.bad;
	*s = (struct supporter){
		.name = choose(j, SC_NAME, r->name, old ? old->name : NULL, p ? p->name : NULL),
		.email = small(j->a, choose(j, SC_EMAIL, r->email, old ? old->email : NULL, p ? p->email : NULL)),
		.phone = choose(j, SC_PHONE, r->phone, old ? old->phone : NULL, p ? p->phone : NULL),
		.unit = choose(j, SC_UNIT, r->unit, old ? old->unit : NULL, p ? p->unit : NULL),
		.profession = choose(j, SC_PROFESSION, r->profession, old ? old->profession : NULL, p ? p->profession : NULL),
		.level = choose(j, SC_LEVEL, r->level, old ? old->level : NULL, p ? p->level : NULL),
		.languages = choose(j, SC_LANGUAGES, r->languages, old ? old->languages : NULL,
				    p && p->lang[0] ? p->lang : lang_code(j->lang)),
		.since_year = j->cols.at[SC_SINCE] < 0 && old ? old->since_year : r->since_year,
		.interview = j->cols.at[SC_INTERVIEW] < 0 && old ? old->interview : r->interview,
		.training = j->cols.at[SC_TRAINING] < 0 && old ? old->training : r->training,
		.knowledge_check = j->cols.at[SC_CHECK] < 0 && old ? old->knowledge_check : r->check,
		.accredited_until = j->cols.at[SC_ACCREDITED] < 0 && old ? old->accredited_until : r->accredited,
	};
	s->id = old ? old->id : id_new(j->rnd, "supporters/id");
	if (p)
		s->person = p->id;
	s->given = given_of(j->a, s->name);
	if (!s->name[0])
		wrong(j, r, SC_NAME, "is not in the directory, so the file must give a name");
	if (!s->email[0])
		wrong(j, r, SC_EMAIL, "has no e-mail, here or in the directory: she could not sign in");
	if (!s->phone[0])
		wrong(j, r, SC_PHONE, "has no phone, here or in the directory: colleagues could not call her");
	return j->applied.bad == before;
}

static bool same_file(const struct supporter *x, const struct supporter *y)
{
	return !x->ended && id_eq(&x->person, &y->person) && !strcmp(x->name, y->name) && !strcmp(x->given, y->given) &&
	       !strcmp(x->email, y->email) && !strcmp(x->phone, y->phone) && !strcmp(x->unit, y->unit) &&
	       !strcmp(x->profession, y->profession) && !strcmp(x->level, y->level) &&
	       !strcmp(x->languages, y->languages) && x->since_year == y->since_year &&
	       x->interview.n == y->interview.n && x->training.n == y->training.n &&
	       x->knowledge_check.n == y->knowledge_check.n && x->accredited_until.n == y->accredited_until.n;
}

static int by_beginning(const void *x, const void *y)
{
	const struct supporter_window *a = x, *b = y;
	int at = a->weekday * 1440 + a->from_minute, other = b->weekday * 1440 + b->from_minute;
	return (at > other) - (at < other);
}

static bool same_windows(const struct supporter_window *x, size_t n, const struct supporter_window *y, size_t m)
{
	bool same = n == m;
	for (size_t i = 0; same && i < n; i++)
		same = x[i].weekday == y[i].weekday && x[i].from_minute == y[i].from_minute &&
		       x[i].to_minute == y[i].to_minute && x[i].standby == y[i].standby;
	return same;
}

static struct db_value day_value(struct day d)
{
	return d.n ? v_int(d.n) : v_null();
}

static enum result write_file(struct tx *tx, const struct sql *sentence, const struct supporter *s)
{
	return db_do(tx, sentence, NULL, v_id(&s->id), id_is_zero(&s->person) ? v_null() : v_id(&s->person), v_str(s->name),
		     v_str(s->given), v_str(s->email), v_str(s->phone), v_str(s->unit), v_str(s->profession), v_str(s->level),
		     v_str(s->languages), v_int(s->since_year), day_value(s->interview), day_value(s->training),
		     day_value(s->knowledge_check), day_value(s->accredited_until));
}

static enum result write_windows(struct tx *tx, const struct id *id, const struct supporter_window *list, size_t n)
{
	enum result res = db_do(tx, &import_windows_gone, NULL, v_id(id));
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = db_do(tx, &import_window_put, NULL, v_id(id), v_int(list[i].weekday), v_int(list[i].from_minute),
			    v_int(list[i].to_minute), v_int(list[i].standby));
	return res;
}

/* Her sign-in, and the link to it if that was asked for. */
static enum result open_account(struct tx *tx, struct job *j, const struct supporters_row *r, const struct supporter *s)
{
	const struct supporters_accounts *to = j->accounts;
	struct slice first = slice_of(s->languages), code;
	enum lang lang = j->lang, known;
	struct id account;
	char url[400];
	struct added_one *one = &j->new_ones[j->new_n++];
	*one = (struct added_one){ .name = s->name, .email = s->email };
	if (slice_cut(&first, ' ', &code) && lang_from(code, &known) == RES_OK)
		lang = known;
	enum result res = to->add(tx, j->rnd, s->email, s->name, lang, &s->id, ROLE_SUPPORTER, NULL, j->today, &account);
	if (res == RES_BAD || res == RES_REFUSED) {
		wrong(j, r, SC_EMAIL, res == RES_BAD ? "is no address that a sign-in can have"
						     : "is the sign-in of somebody else");
		return RES_OK;
	}
	if (res == RES_OK && j->invite)
		res = to->invite_by_mail(tx, to->signin, &account);
	if (res == RES_OK && j->print_links) {
		res = to->invite(tx, to->signin, &account, url, sizeof(url));
		one->url = res == RES_OK ? arena_str(j->a, slice_of(url)) : NULL;
	}
	return res;
}

static void note_what_follows(struct job *j, const struct supporters_row *r, const struct supporter *s,
			      const struct supporter_window *list, size_t n)
{
	if (!n)
		noted(j, r, SC_WINDOWS, "has no time at which she can be reached: she is never sent");
	else if (supporters_rest_of(list, n) == SUPPORTERS_NEVER_RESTS)
		noted(j, r, SC_WINDOWS, "leaves no 11 hours' rest in the week: after the first day she is never sent");
	else if (supporters_rest_of(list, n) == SUPPORTERS_LONG)
		noted(j, r, SC_WINDOWS, "has more than 12 hours of duty (standby counts half) without 11 hours' rest: she is not "
					"sent in the later part of it");
	if (!s->interview.n || !s->training.n || !s->knowledge_check.n)
		noted(j, r, SC_INTERVIEW, "lacks an interview, training or knowledge check: she is not sent until it is attested");
	if (s->accredited_until.n < j->today.n)
		noted(j, r, SC_ACCREDITED, "is not accredited today: she is not sent");
}

static bool twice(struct job *j, size_t i, const struct id *id)
{
	for (size_t k = 0; k < i; k++)
		if (id_eq(&j->in_file[k], id))
			return true;
	return false;
}

static enum result apply(struct tx *tx, struct job *j, size_t i)
{
	const struct supporters_row *r = &j->rows[i];
	struct door_person person;
	struct supporter old, s;
	struct supporter_window *windows, *list = r->windows;
	size_t windows_n = 0, n = r->windows_n;
	enum result known = directory_find(tx, j->a, r->number, r->email, &person), had, res;
	if (known != RES_OK && known != RES_NONE)
		return known;
	if (known == RES_NONE && r->number[0])
		noted(j, r, SC_NUMBER, "is not in the directory; taken as somebody outside it");
	had = find(tx, j->a, known == RES_OK ? &person.id : NULL,
		   small(j->a, r->email[0] ? r->email : known == RES_OK ? person.email : ""), &old);
	if (had == RES_BAD) {
		wrong(j, r, SC_EMAIL, "belongs to another supporter");
		return RES_OK;
	}
	if (had != RES_OK && had != RES_NONE)
		return had;
	if (!wanted(j, r, known == RES_OK ? &person : NULL, had == RES_OK ? &old : NULL, &s))
		return RES_OK;
	if (twice(j, i, &s.id)) {
		wrong(j, r, SC_EMAIL, "is in the file twice");
		return RES_OK;
	}
	j->in_file[i] = s.id;
	if (known == RES_NONE)
		j->outside[j->outside_n++] = r->line;
	if (had == RES_OK) {
		res = supporters_windows(tx, j->a, &old.id, &windows, &windows_n);
		if (res != RES_OK)
			return res;
		if (j->cols.at[SC_WINDOWS] < 0) {
			list = windows;
			n = windows_n;
		}
	}
	if (n)
		qsort(list, n, sizeof(*list), by_beginning);
	note_what_follows(j, r, &s, list, n);
	bool file_stays = had == RES_OK && same_file(&old, &s);
	bool windows_stay = had == RES_OK && same_windows(list, n, windows, windows_n);
	if (file_stays && windows_stay) {
		j->unchanged++;
		return RES_OK;
	}
	if (had == RES_OK)
		j->changed++;
	else
		j->added++;
	res = file_stays ? RES_OK : write_file(tx, had == RES_OK ? &import_set : &import_put, &s);
	if (res == RES_OK && !windows_stay)
		res = write_windows(tx, &s.id, list, n);
	if (res == RES_OK && (had == RES_NONE || old.ended || strcmp(old.email, s.email) != 0))
		res = open_account(tx, j, r, &s);
	if (res == RES_OK && had == RES_OK && !old.ended && strcmp(old.email, s.email) != 0)
		noted(j, r, SC_EMAIL, "is a new address, with a sign-in of its own; end the old one by `makker user haven end`");
	return res;
}

static void too_many(struct job *j)
{
	int64_t last = j->rows_n ? j->rows[j->rows_n - 1].line : 1;
	supporters_say(&j->applied, last, -1, false, "the programme can have 10,000 supporters at the most");
}

static enum result end_missing(struct tx *tx, struct job *j)
{
	struct rows *rows;
	enum result res = db_ask_n(tx, &import_ids, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	size_t all = 0;
	while (res == RES_OK && rows_next(rows) == RES_OK) {
		struct id id = row_id(rows, 0);
		all++;
		if (twice(j, j->rows_n, &id))
			continue;
		j->missing++;
		if (j->end_missing) {
			res = db_do(tx, &import_end, NULL, v_id(&id));
			j->ended++;
			all--;
		}
	}
	rows_end(&rows);
	if (all > SUPPORTERS_MOST)
		too_many(j);
	return res;
}

/* May be run again from the start. RES_REFUSED: nothing is to be kept. */
static enum result import(struct tx *tx, void *ctx)
{
	struct job *j = ctx;
	enum result res = RES_OK;
	j->added = j->changed = j->ended = j->unchanged = j->missing = j->new_n = j->outside_n = 0;
	arena_free(&j->a);
	j->a = arena_new();
	j->applied = (struct supporters_problems){ .a = j->a };
	j->new_ones = arena_array(j->a, struct added_one, j->rows_n);
	j->in_file = arena_array(j->a, struct id, j->rows_n);
	j->outside = arena_array(j->a, int64_t, j->rows_n);
	if (j->rows_n > SUPPORTERS_MOST) { /* each row is compared with every other */
		too_many(j);
		return RES_REFUSED;
	}
	for (size_t i = 0; res == RES_OK && i < j->rows_n; i++)
		res = apply(tx, j, i);
	if (res == RES_OK)
		res = end_missing(tx, j);
	return res == RES_OK && (j->dry || j->applied.bad) ? RES_REFUSED : res;
}

/* ---- what happened ---- */

static void say_problems(FILE *err, const struct job *j, const struct supporters_problems *p)
{
	for (size_t i = 0; i < p->n; i++) {
		fprintf(err, "Line %lld", (long long)p->list[i].line);
		if (p->list[i].column >= 0)
			fprintf(err, ", column %d", p->list[i].column + 1);
		for (int c = 0; c < SC_COUNT; c++)
			if (p->list[i].column >= 0 && j->cols.at[c] == p->list[i].column) {
				static const char *const name[SC_COUNT] = {
					"number", "e-mail", "name", "phone", "languages", "since", "interview", "training",
					"check", "accredited until", "windows", "unit", "profession", "level",
				};
				fprintf(err, " “%s”", name[c]);
			}
		fprintf(err, ": %s%s\n", p->list[i].why, p->list[i].note ? " (the row goes in)" : "");
	}
}

/* People from outside are welcome (a union's, another employer's). But a slip in a number or an address, or a directory
   that has not come yet, makes an outsider of a colleague, whose staff responsibility is then not known. */
static void say_outside(FILE *out, const struct job *j)
{
	if (!j->outside_n)
		return;
	fprintf(out, "%zu row%s nobody in the directory and %s taken as of somebody outside it: line%s ", j->outside_n,
		j->outside_n == 1 ? " matches" : "s match", j->outside_n == 1 ? "is" : "are", j->outside_n == 1 ? "" : "s");
	for (size_t i = 0; i < j->outside_n; i++)
		fprintf(out, "%s%lld", i ? ", " : "", (long long)j->outside[i]);
	fprintf(out, ".\nWhoever works here must match by number or e-mail: her unit and whether she is a leader "
		     "come from the directory.\n");
}

static int report(const struct job *j, enum result res, FILE *out, FILE *err)
{
	say_problems(err, j, &j->read);
	say_problems(err, j, &j->applied);
	say_outside(out, j);
	if (j->read.bad || j->applied.bad) {
		fprintf(err, "Nothing was changed: %zu mistake%s to mend first.\n", j->read.bad + j->applied.bad,
			j->read.bad + j->applied.bad == 1 ? "" : "s");
		return 1;
	}
	if (res != RES_OK && !(res == RES_REFUSED && j->dry)) {
		fprintf(err, "%s: nothing was changed (%s)\n", j->file, result_word(res));
		return 2;
	}
	fprintf(out, "Added %zu, changed %zu, ended %zu, unchanged %zu.\n", j->added, j->changed, j->ended, j->unchanged);
	if (j->missing && !j->end_missing)
		fprintf(out, "%zu supporter%s not in the file; they stay (--end-missing ends them).\n", j->missing,
			j->missing == 1 ? " is" : "s are");
	if (j->dry) {
		fprintf(out, "Nothing was changed: this was a dry run.\n");
		return 0;
	}
	for (size_t i = 0; i < j->new_n; i++)
		if (j->new_ones[i].url)
			fprintf(out, "%s <%s>: %s\n", j->new_ones[i].name, j->new_ones[i].email, j->new_ones[i].url);
	if (j->new_n && j->invite)
		fprintf(out, "%zu %s way.\n", j->new_n, j->new_n == 1 ? "invitation is on its" : "invitations are on their");
	else if (j->new_n && !j->print_links)
		fprintf(out, "%zu sign-in%s for an invitation: `makker user haven invite EMAIL`.\n", j->new_n,
			j->new_n == 1 ? " waits" : "s wait");
	return 0;
}

/* ---- the command ---- */

static int import_file(struct job *j, FILE *in, FILE *out, FILE *err)
{
	struct csv_form form;
	const char *why = "it could not be read";
	enum result res = csv_sniff(from_file, in, &form, &why);
	if (res == RES_OK) {
		rewind(in);
		struct csv *csv = csv_new(from_file, in, form);
		res = read_rows(j, csv, &why);
		csv_free(&csv);
	}
	if (res != RES_OK) {
		fprintf(err, "%s: %s\n", j->file, res == RES_BAD ? why : strerror(errno));
		return 2;
	}
	/* With mistakes in the file, the rest is looked at all the same, so that all are told at once. */
	bool dry = j->dry;
	j->dry = dry || j->read.bad;
	res = db_write(j->db, import, j);
	j->dry = dry;
	return report(j, res, out, err);
}

int supporters_command(struct db *db, const struct clock *clock, struct random_source *rnd, enum lang lang,
		       const struct supporters_accounts *accounts, int argc, char **argv, FILE *out, FILE *err)
{
	struct job j = { .db = db, .clock = clock, .rnd = rnd, .lang = lang, .accounts = accounts,
			 .today = instant_day(clock_now(clock)) };
	struct stat st;
	int code = 2;
	bool asked_help = argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0);
	for (int i = 2; i < argc; i++)
		asked_help |= strcmp(argv[i], "--help") == 0;
	if (asked_help || argc < 2 || strcmp(argv[1], "import") != 0) {
		fputs(help, asked_help ? out : err);
		return asked_help ? 0 : 2;
	}
	if (!read_arguments(&j, argc, argv, err))
		return 2;
	/* The launcher opens the file, since we may not be allowed to, and says "-". */
	FILE *in = strcmp(j.file, "-") == 0 ? stdin : fopen(j.file, "rbe");
	if (!in) {
		fprintf(err, "%s: %s\n", j.file, strerror(errno));
		return 2;
	}
	j.read.a = arena_new();
	if (fstat(fileno(in), &st) != 0 || !S_ISREG(st.st_mode))
		fprintf(err, "%s is not a file: it is read more than once\n", j.file);
	else
		code = import_file(&j, in, out, err);
	if (in != stdin)
		fclose(in);
	arena_free(&j.read.a);
	arena_free(&j.a);
	free(j.rows);
	return code;
}
