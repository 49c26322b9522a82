#include "haven/supporters/supporters_rows.h"

#include <string.h>

#include "base/buf.h"

/* ---- headings ---- */

static const char *const words[SC_COUNT][8] = {
	[SC_NUMBER] = { "number", "employeenumber", "ansattnummer", "anställningsnummer", "medarbejdernummer" },
	[SC_EMAIL] = { "email", "epost", "mail" },
	[SC_NAME] = { "name", "navn", "namn" },
	[SC_PHONE] = { "phone", "telefon", "mobil" },
	[SC_LANGUAGES] = { "languages", "språk", "sprog" },
	[SC_SINCE] = { "since", "siden", "sedan" },
	[SC_INTERVIEW] = { "interview", "intervju" },
	[SC_TRAINING] = { "training", "opplæring", "utbildning", "uddannelse" },
	[SC_CHECK] = { "check", "knowledgecheck", "kunnskapsprøve", "kunskapsprov", "videnstest" },
	[SC_ACCREDITED] = { "accrediteduntil", "godkjenttil", "godkändtill", "godkendttil" },
	[SC_WINDOWS] = { "windows", "tider" },
	[SC_UNIT] = { "unit", "enhet", "enhed" },
	[SC_PROFESSION] = { "profession", "yrkesgruppe", "yrkesgrupp", "faggruppe" },
	[SC_LEVEL] = { "level", "nivå", "niveau" },
};

/* Small letters without spaces, hyphens, dots and underscores. */
static const char *heading_word(struct arena *a, struct slice s)
{
	char *out = arena_array(a, char, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (strchr(" -._\t", s.p[i]))
			continue;
		out[n++] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	}
	return out;
}

enum result supporters_headings(const struct csv_row *row, struct arena *a, struct supporters_columns *cols_r,
				const char **why_r)
{
	struct supporters_columns cols;
	for (int i = 0; i < SC_COUNT; i++)
		cols.at[i] = -1;
	for (size_t i = 0; i < row->n; i++) {
		const char *word = heading_word(a, row->field[i]);
		for (int c = 0; c < SC_COUNT; c++)
			for (size_t k = 0; k < ARRAY_LEN(words[c]) && words[c][k]; k++) {
				if (strcmp(word, words[c][k]) != 0)
					continue;
				if (cols.at[c] >= 0) {
					*why_r = arena_printf(a, "two columns are headed “%s”", words[c][0]);
					return RES_BAD;
				}
				cols.at[c] = (int)i;
			}
	}
	if (cols.at[SC_NUMBER] < 0 && cols.at[SC_EMAIL] < 0) {
		*why_r = "the first line must have a column “number” or “e-mail”";
		return RES_BAD;
	}
	*cols_r = cols;
	return RES_OK;
}

/* ---- problems ---- */

void supporters_say(struct supporters_problems *p, int64_t line, int column, bool note, const char *why)
{
	if (p->n == p->room) {
		struct supporters_problem *more = arena_array(p->a, struct supporters_problem, p->room = p->room ? p->room * 2 : 32);
		if (p->n)
			memcpy(more, p->list, p->n * sizeof(*more));
		p->list = more;
	}
	p->list[p->n++] = (struct supporters_problem){ line, column, why, note };
	p->bad += !note;
}

/* ---- cells ---- */

static struct slice cell(const struct csv_row *row, const struct supporters_columns *cols, enum supporters_column c)
{
	int at = cols->at[c];
	return at >= 0 && (size_t)at < row->n ? slice_trim(row->field[at]) : (struct slice){ 0 };
}

/* "2026-11-18" or "18.11.2026". */
static const char *day_of(struct slice s, struct day *day_r)
{
	int64_t part[3];
	struct slice rest = s, piece;
	char sep = memchr(s.p, '-', s.n) ? '-' : '.';
	for (int i = 0; i < 3; i++)
		if (!slice_cut(&rest, sep, &piece) || piece.n > 4 || slice_int(piece, &part[i]) != RES_OK)
			return "is no date; write it like 2026-11-18 or 18.11.2026";
	int64_t year = sep == '-' ? part[0] : part[2], mday = sep == '-' ? part[2] : part[0];
	if (rest.p || year < 1900 || year > 2200 || day_from((int)year, (int)part[1], (int)mday, day_r) != RES_OK)
		return "is no date; write it like 2026-11-18 or 18.11.2026";
	return NULL;
}

struct reading {
	const struct csv_row *row;
	const struct supporters_columns *cols;
	struct day today;
	struct arena *a;
	struct supporters_problems *p;
	bool good;
};

static void wrong(struct reading *r, enum supporters_column c, const char *why)
{
	supporters_say(r->p, r->row->line, r->cols->at[c], false, why);
	r->good = false;
}

static const char *text(struct reading *r, enum supporters_column c, size_t most)
{
	struct slice s = cell(r->row, r->cols, c);
	if (s.n > most)
		wrong(r, c, arena_printf(r->a, "is longer than %zu bytes", most));
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) {
			wrong(r, c, "has a line break or another control character in it");
			break;
		}
	return arena_str(r->a, s);
}

static struct day day_cell(struct reading *r, enum supporters_column c, bool past)
{
	struct day d = { 0 };
	struct slice s = cell(r->row, r->cols, c);
	if (!s.n)
		return d;
	const char *why = day_of(s, &d);
	if (!why && past && d.n > r->today.n)
		why = "is in the future: only what has been attested counts";
	if (why)
		wrong(r, c, why);
	return d;
}

static const char *phone_of(struct reading *r)
{
	const char *phone = text(r, SC_PHONE, 20);
	size_t digits = 0;
	for (const char *c = phone; *c; c++) {
		digits += *c >= '0' && *c <= '9';
		if (!strchr("0123456789 +", *c) || (*c == '+' && c != phone)) {
			wrong(r, SC_PHONE, "is no phone number: digits and spaces, with + at most in front");
			return phone;
		}
	}
	if (*phone && digits < 3)
		wrong(r, SC_PHONE, "has too few digits");
	return phone;
}

/* "nb, en" becomes "nb en". */
static const char *languages_of(struct reading *r)
{
	struct slice s = cell(r->row, r->cols, SC_LANGUAGES);
	struct buf out = BUF_LIMIT(100);
	uint32_t have = 0;
	for (size_t i = 0; i < s.n;) {
		size_t n = 0;
		while (i < s.n && strchr(" ,;/\t", s.p[i]))
			i++;
		while (i + n < s.n && !strchr(" ,;/\t", s.p[i + n]))
			n++;
		enum lang lang;
		if (n && lang_from(slice_bytes(s.p + i, n), &lang) != RES_OK) {
			wrong(r, SC_LANGUAGES, arena_printf(r->a, "knows a language that Makker does not speak; it speaks %s", lang_choices));
			break;
		}
		if (n && !(have & UINT32_C(1) << lang))
			buf_printf(&out, "%s%s", out.n ? " " : "", lang_code(lang));
		if (n)
			have |= UINT32_C(1) << lang;
		i += n;
	}
	const char *list = out.n ? arena_str(r->a, buf_get(&out)) : "";
	buf_free(&out);
	return list;
}

static int since_of(struct reading *r)
{
	struct slice s = cell(r->row, r->cols, SC_SINCE);
	int64_t year = 0;
	if (s.n && (slice_int(s, &year) != RES_OK || year < 1950 || year > day_wall(r->today).year))
		wrong(r, SC_SINCE, "is no year; write it like 2019");
	return (int)year;
}

bool supporters_row_read(const struct csv_row *row, const struct supporters_columns *cols, struct day today,
			 struct arena *a, struct supporters_problems *p, struct supporters_row *row_r)
{
	struct reading r = { row, cols, today, a, p, true };
	struct supporters_row out = {
		.line = row->line,
		.number = text(&r, SC_NUMBER, 60),
		.email = text(&r, SC_EMAIL, 254),
		.name = text(&r, SC_NAME, 120),
		.phone = phone_of(&r),
		.languages = languages_of(&r),
		.unit = text(&r, SC_UNIT, 400),
		.profession = text(&r, SC_PROFESSION, 120),
		.level = text(&r, SC_LEVEL, 60),
		.since_year = since_of(&r),
		.interview = day_cell(&r, SC_INTERVIEW, true),
		.training = day_cell(&r, SC_TRAINING, true),
		.check = day_cell(&r, SC_CHECK, true),
		.accredited = day_cell(&r, SC_ACCREDITED, false),
	};
	const char *why = supporters_windows_read(cell(row, cols, SC_WINDOWS), a, &out.windows, &out.windows_n);
	if (why)
		wrong(&r, SC_WINDOWS, why);
	if (!out.number[0] && !out.email[0])
		wrong(&r, cols->at[SC_EMAIL] >= 0 ? SC_EMAIL : SC_NUMBER, "is empty: who is it?");
	if (r.good)
		*row_r = out;
	return r.good;
}

/* ---- windows ---- */

static const char *const days[7][4] = {
	{ "mon", "man", "mån" }, { "tue", "tir", "tis" }, { "wed", "ons" }, { "thu", "tor", "tors" },
	{ "fri", "fre" }, { "sat", "lør", "lör" }, { "sun", "søn", "sön" },
};

static int weekday_of(struct slice s)
{
	for (int d = 0; d < 7; d++)
		for (size_t k = 0; k < ARRAY_LEN(days[d]) && days[d][k]; k++)
			if (slice_is(s, days[d][k]))
				return d;
	return -1;
}

/* "08:00", "8.00", "24:00": minutes, or -1. */
static int minute_of(struct slice s)
{
	int64_t hour, minute;
	struct slice rest = s, piece;
	char sep = s.n && memchr(s.p, ':', s.n) ? ':' : '.';
	if (!slice_cut(&rest, sep, &piece) || !rest.p || piece.n > 2 || rest.n != 2 || slice_int(piece, &hour) != RES_OK ||
	    slice_int(rest, &minute) != RES_OK || hour < 0 || hour > 24 || minute < 0 || minute > 59 ||
	    (hour == 24 && minute))
		return -1;
	return (int)(hour * 60 + minute);
}

/* The next piece without white space. */
static struct slice word_of(struct slice *rest)
{
	*rest = slice_trim(*rest);
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	struct slice word = slice_bytes(rest->p, n);
	rest->p += n;
	rest->n -= n;
	return word;
}

static const char *window_of(struct slice piece, struct supporter_window *list, size_t *n)
{
	static const char how[] = "is no time to be reached; write it like mon 08:00-16:00; tue 20:00-08:00 standby";
	struct slice span = word_of(&piece), times = word_of(&piece), word = word_of(&piece), first, last;
	bool standby = slice_is(word, "standby") || slice_is(word, "hjemmevakt") || slice_is(word, "beredskap") ||
		       slice_is(word, "rådighedsvagt");
	int from_day, to_day;
	if ((word.n && !standby) || slice_trim(piece).n || !slice_cut(&span, '-', &first) || !times.n)
		return how;
	last = span.p ? span : first;
	from_day = weekday_of(first);
	to_day = weekday_of(last);
	if (from_day < 0 || to_day < from_day || !slice_cut(&times, '-', &first) || !times.p)
		return how;
	int from = minute_of(first), to = minute_of(times);
	if (from < 0 || from >= 1440 || to < 0)
		return how;
	for (int d = from_day; d <= to_day; d++) {
		for (size_t i = 0; i < *n; i++)
			if (list[i].weekday == d && list[i].from_minute == from)
				return "has two windows that begin at the same time";
		if (*n == MATCHING_WINDOWS_MOST)
			return "has more than 42 windows a week";
		list[(*n)++] = (struct supporter_window){ d, from, to <= from ? to + 1440 : to, standby };
	}
	return NULL;
}

/* Small letters, as far as English and the Nordic day names need it. */
static struct slice small(struct arena *a, struct slice s)
{
	char *out = arena_array(a, char, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	return slice_bytes(out, s.n);
}

const char *supporters_windows_read(struct slice cell_text, struct arena *a, struct supporter_window **list_r, size_t *n_r)
{
	struct supporter_window *list = arena_array(a, struct supporter_window, MATCHING_WINDOWS_MOST);
	struct slice s = small(a, cell_text);
	size_t n = 0;
	for (size_t i = 0; i < s.n;) {
		size_t len = 0;
		while (i + len < s.n && !strchr(";,\n", s.p[i + len]))
			len++;
		struct slice piece = slice_trim(slice_bytes(s.p + i, len));
		const char *why = piece.n ? window_of(piece, list, &n) : NULL;
		if (why)
			return why;
		i += len + 1;
	}
	*list_r = list;
	*n_r = n;
	return NULL;
}

/* ---- rest ---- */

enum supporters_rest supporters_rest_of(const struct supporter_window *list, size_t n)
{
	struct matching_settings set = matching_defaults();
	unsigned char week[MATCHING_WEEK] = { 0 }; /* per minute: the rate of duty in percent */
	int rest_end = -1, free_run = 0;
	if (!n)
		return SUPPORTERS_RESTED;
	for (size_t i = 0; i < n; i++)
		for (int m = list[i].from_minute; m < list[i].to_minute; m++) {
			unsigned char *at = &week[(list[i].weekday * 1440 + m) % MATCHING_WEEK];
			int rate = list[i].standby ? set.standby_percent : 100;
			if (*at < rate)
				*at = (unsigned char)rate;
		}
	/* Twice round, so that a rest over the week's end is seen whole. */
	for (int m = 0; m < 2 * MATCHING_WEEK && rest_end < 0; m++) {
		free_run = week[m % MATCHING_WEEK] ? 0 : free_run + 1;
		if (free_run >= set.rest_minutes)
			rest_end = m + 1;
	}
	if (rest_end < 0)
		return SUPPORTERS_NEVER_RESTS;
	int64_t duty = 0;
	free_run = set.rest_minutes;
	for (int m = rest_end; m < rest_end + MATCHING_WEEK; m++) {
		int rate = week[m % MATCHING_WEEK];
		free_run = rate ? 0 : free_run + 1;
		duty = free_run >= set.rest_minutes ? 0 : duty + rate;
		if (duty > (int64_t)set.duty_minutes * 100)
			return SUPPORTERS_LONG;
	}
	return SUPPORTERS_RESTED;
}
