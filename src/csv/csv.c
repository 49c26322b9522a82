#include "csv/csv.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buf.h"

#define CHUNK 65536

/* ---- how it is written ---- */

/* Bytes 0x80..0x9f of Windows-1252; 0 where it has no character. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

/* Bytes of the character at p, or 0 when it is not UTF-8, or -1 when more bytes are needed to know. */
static int utf8_at(const unsigned char *p, size_t n)
{
	int need = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	utf8proc_int32_t code;

	for (int i = 1; i < need; i++) {
		if ((size_t)i >= n)
			return -1;
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	if (need > 1 && utf8proc_iterate(p, need, &code) != need)
		return 0;
	return need;
}

struct sniffed {
	uint64_t good, wrong; /* characters beyond ASCII that are, and are not, UTF-8 */
};

/* Counts whole characters of p; returns how many bytes at the end wait for more. */
static size_t sniff_bytes(struct sniffed *s, const unsigned char *p, size_t n, bool last)
{
	size_t i = 0;

	while (i < n) {
		int len = p[i] < 0x80 ? 1 : utf8_at(p + i, n - i);

		if (len < 0 && !last)
			return n - i;
		if (len <= 0)
			s->wrong++;
		else if (len > 1)
			s->good++;
		i += len > 0 ? (size_t)len : 1;
	}
	return 0;
}

/* How often sep stands outside quotes in the record at *p; moves *p behind it. False: no whole record is left. */
static bool count_in_record(const char **p, const char *end, char sep, size_t *count_r)
{
	bool quoted = false, fresh = true;
	const char *c = *p;
	size_t count = 0;

	for (; c < end; c++) {
		if (quoted) {
			quoted = *c != '"';
			continue;
		}
		if (*c == '"' && (fresh || c[-1] == '"'))
			quoted = true;
		fresh = *c == sep;
		count += *c == sep;
		if (*c == '\n' || *c == '\r')
			break;
	}
	if (c == *p && c == end)
		return false;
	while (c < end && (*c == '\n' || *c == '\r'))
		c++;
	*p = c;
	*count_r = count;
	return true;
}

static bool sep_line(const char *p, const char *end, char *sep_r)
{
	if (end - p < 6 || memcmp(p, "sep=", 4) != 0 || (p[5] != '\r' && p[5] != '\n') || !strchr(",;\t", p[4]))
		return false;
	*sep_r = p[4];
	return true;
}

static char find_separator(const char *p, size_t n)
{
	static const char candidates[] = { ';', '\t', ',' };
	const char *end = p + n;
	size_t best_count = 0, best_agree = 0;
	char best = ',';

	if (sep_line(p, end, &best))
		return best;
	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		size_t first = 0, count, records = 0, agree = 0;

		for (const char *c = p; records < 50 && count_in_record(&c, end, candidates[i], &count); records++) {
			if (records == 0)
				first = count;
			agree += count == first;
		}
		if (first == 0 || agree * 2 < records)
			continue;
		if (first > best_count || (first == best_count && agree > best_agree)) {
			best = candidates[i];
			best_count = first;
			best_agree = agree;
		}
	}
	return best;
}

enum result csv_sniff(csv_source *source, void *ctx, struct csv_form *form_r, const char **why_r)
{
	unsigned char *p = must_alloc(CHUNK + 4, 1);
	struct sniffed s = { 0 };
	size_t kept = 0;
	uint64_t total = 0;
	bool bom = false;
	enum result res = RES_OK;
	char separator = ',';

	for (;;) {
		ptrdiff_t got = 0;
		size_t have = kept;

		/* Whole chunks, so that the first one is all there when the separator is looked for. */
		while (have < CHUNK && (got = source(ctx, p + have, CHUNK - have)) > 0)
			have += (size_t)got;
		if (got < 0) {
			res = RES_BROKEN;
			goto out;
		}
		if (total == 0) {
			if (have >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff))) {
				*why_r = "the file is written in UTF-16; save it as “CSV UTF-8” and try again";
				res = RES_BAD;
				goto out;
			}
			bom = have >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0;
			separator = find_separator((char *)p + (bom ? 3 : 0), have - (bom ? 3 : 0));
		}
		total += have - kept;
		kept = sniff_bytes(&s, p, have, got == 0 && have < CHUNK);
		memmove(p, p + have - kept, kept);
		if (have < CHUNK)
			break;
	}
	if (total <= (bom ? 3 : 0)) {
		*why_r = "the file is empty";
		res = RES_BAD;
		goto out;
	}
	form_r->encoding = bom || s.good >= s.wrong ? CSV_UTF8 : CSV_WINDOWS_1252;
	form_r->separator = separator;
out:
	free(p);
	return res;
}

/* ---- rows ---- */

struct csv {
	csv_source *source;
	void *ctx;
	struct csv_form form;
	char *in; /* bytes from the source that wait */
	size_t start, end, room;
	bool at_end, begun;
	bool skip; /* inside a line that was too long: throw away up to its end */
	int64_t line;
	char *raw; /* one field without its quotes, not yet decoded */
	char *text; /* the fields of the row, decoded; text_n bytes in use */
	size_t text_n, text_room;
	struct slice field[CSV_COLUMNS_MAX];
	size_t at[CSV_COLUMNS_MAX]; /* where each field starts in text, while text may still move */
};

struct csv *csv_new(csv_source *source, void *ctx, struct csv_form form)
{
	struct csv *c = must_alloc(1, sizeof(*c));

	c->source = source;
	c->ctx = ctx;
	c->form = form;
	c->room = CHUNK + CSV_RECORD_MAX;
	c->in = must_alloc(c->room, 1);
	c->raw = must_alloc(CSV_FIELD_MAX + 1, 1);
	c->text_room = 4096;
	c->text = must_alloc(c->text_room, 1);
	c->line = 1;
	return c;
}

void csv_free(struct csv **c)
{
	if (!*c)
		return;
	/* It held what must not be kept. */
	explicit_bzero((*c)->in, (*c)->room);
	explicit_bzero((*c)->raw, CSV_FIELD_MAX + 1);
	explicit_bzero((*c)->text, (*c)->text_room);
	free((*c)->in);
	free((*c)->raw);
	free((*c)->text);
	free(*c);
	*c = NULL;
}

/* So much that a whole record is there if it keeps to its limit, or the end of the source. */
static enum result fill(struct csv *c)
{
	if (c->end - c->start > CSV_RECORD_MAX || c->at_end)
		return RES_OK;
	memmove(c->in, c->in + c->start, c->end - c->start);
	c->end -= c->start;
	c->start = 0;
	while (c->end <= CSV_RECORD_MAX && !c->at_end) {
		ptrdiff_t got = c->source(c->ctx, c->in + c->end, c->room - c->end);

		if (got < 0)
			return RES_BROKEN;
		c->at_end = got == 0;
		c->end += (size_t)got;
	}
	return RES_OK;
}

static void text_put(struct csv *c, const void *p, size_t n)
{
	if (c->text_n + n > c->text_room) {
		c->text_room = (c->text_n + n) * 2;
		c->text = must_realloc(c->text, c->text_room, 1);
	}
	if (n)
		memcpy(c->text + c->text_n, p, n);
	c->text_n += n;
}

/* Decodes one field into text. NULL when it went well, else why not. */
static const char *decode(struct csv *c, const char *p, size_t n)
{
	unsigned char wide[3 * (CSV_FIELD_MAX + 1)];
	const unsigned char *u = (const unsigned char *)p;
	utf8proc_uint8_t *composed;
	utf8proc_ssize_t len;
	bool plain = true;
	size_t w = 0;

	if (memchr(p, 0, n))
		return "has a zero byte in it";
	for (size_t i = 0; i < n && plain; i++)
		plain = u[i] < 0x80;
	if (plain) {
		text_put(c, p, n);
		return NULL;
	}
	if (c->form.encoding == CSV_WINDOWS_1252) {
		for (size_t i = 0; i < n; i++) {
			utf8proc_int32_t code = u[i] >= 0x80 && u[i] < 0xa0 ? windows_1252[u[i] - 0x80] : u[i];

			if (!code)
				return "has a character that Windows-1252 does not know";
			w += (size_t)utf8proc_encode_char(code, wide + w);
		}
		u = wide;
		n = w;
	}
	for (size_t i = 0; i < n;) {
		int step = utf8_at(u + i, n - i);

		if (step <= 0)
			return "is not written in UTF-8";
		i += (size_t)step;
	}
	len = utf8proc_map(u, (utf8proc_ssize_t)n, &composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (len < 0)
		return "has characters that do not exist";
	text_put(c, composed, (size_t)len);
	free(composed);
	return NULL;
}

/* Where the line that starts at p ends, behind its line break; NULL: not before `end`. */
static char *line_end(char *p, char *end)
{
	for (; p < end; p++) {
		if (*p == '\n')
			return p + 1;
		if (*p == '\r')
			return p + 1 < end && p[1] == '\n' ? p + 2 : p + 1;
	}
	return NULL;
}

struct parse {
	char *p, *end;
	int64_t lines; /* line breaks passed */
	const char *why;
};

/* One line break at s->p, if there is one. */
static bool pass_break(struct parse *s)
{
	if (s->p >= s->end || (*s->p != '\n' && *s->p != '\r'))
		return false;
	s->p = line_end(s->p, s->end);
	s->lines++;
	return true;
}

static void raw_put(struct csv *c, size_t *n, char ch, struct parse *s)
{
	if (*n >= CSV_FIELD_MAX)
		s->why = "is longer than 4,000 bytes";
	else
		c->raw[(*n)++] = ch;
}

enum field_end { FIELD_MORE, FIELD_LAST, FIELD_OPEN };

/* Reads one field without its quotes into raw. FIELD_OPEN: a quote is not closed within the limits. */
static enum field_end read_field(struct csv *c, struct parse *s, size_t *n_r)
{
	size_t n = 0;

	if (s->p < s->end && *s->p == '"') {
		s->p++;
		for (;;) {
			if (s->p >= s->end || s->lines > CSV_LINES_MAX)
				return FIELD_OPEN;
			if (pass_break(s)) {
				raw_put(c, &n, '\n', s);
			} else if (*s->p == '"' && s->p + 1 < s->end && s->p[1] == '"') {
				raw_put(c, &n, '"', s);
				s->p += 2;
			} else if (*s->p == '"') {
				s->p++;
				break;
			} else {
				raw_put(c, &n, *s->p++, s);
			}
		}
		/* Spaces after the closing quote are nobody's; anything else means that the quotes are wrong. */
		while (s->p < s->end && *s->p == ' ' && c->form.separator != ' ')
			s->p++;
		if (s->p < s->end && *s->p != c->form.separator && *s->p != '\n' && *s->p != '\r')
			s->why = "has text behind its closing quote";
	}
	while (s->p < s->end && *s->p != c->form.separator && *s->p != '\n' && *s->p != '\r')
		raw_put(c, &n, *s->p++, s);
	*n_r = n;
	if (s->p < s->end && *s->p == c->form.separator) {
		s->p++;
		return FIELD_MORE;
	}
	return FIELD_LAST;
}

/* The row cannot be read further: on to the next line of the file, after `from`. */
static enum result give_up(struct csv *c, char *from, int64_t lines, struct csv_row *row, size_t n,
			   size_t column, const char *why)
{
	char *next = line_end(from, c->in + c->end);

	for (size_t i = 0; i < n; i++)
		c->field[i].p = c->text + c->at[i];
	*row = (struct csv_row){ c->line, c->field, n, column, why };
	c->skip = next == NULL;
	c->start = next ? (size_t)(next - c->in) : c->end;
	c->line += lines + (next != NULL);
	return RES_BAD;
}

static enum result read_row(struct csv *c, struct csv_row *row)
{
	size_t have = c->end - c->start, limit = have > CSV_RECORD_MAX ? CSV_RECORD_MAX : have;
	struct parse s = { c->in + c->start, c->in + c->start + limit, 0, NULL };
	char *first = s.p;
	const char *why = NULL;
	size_t n = 0, column = 0;

	c->text_n = 0;
	for (enum field_end more = FIELD_MORE; more == FIELD_MORE;) {
		size_t raw_n;

		if (n == CSV_COLUMNS_MAX)
			return give_up(c, s.p, s.lines, row, n, 0, "has more than 200 columns");
		s.why = NULL;
		more = read_field(c, &s, &raw_n);
		if (more == FIELD_OPEN)
			return give_up(c, first, 0, row, n, n + 1, "opens a quote that is never closed");
		if (s.p == s.end && limit < have)
			return give_up(c, first, 0, row, n, 0, "is longer than 32,768 bytes");
		c->at[n] = c->text_n;
		if (!s.why)
			s.why = decode(c, c->raw, raw_n);
		/* The first fault is told; the fields behind it are still read, to know whose row it is. */
		if (s.why && !why) {
			why = s.why;
			column = n + 1;
		}
		c->field[n].n = c->text_n - c->at[n];
		n++;
	}
	pass_break(&s);
	for (size_t i = 0; i < n; i++)
		c->field[i].p = c->text + c->at[i];
	*row = (struct csv_row){ c->line, c->field, n, column, why };
	c->line += s.lines;
	c->start = (size_t)(s.p - c->in);
	return why ? RES_BAD : RES_OK;
}

static bool row_is_empty(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (slice_trim(row->field[i]).n)
			return false;
	return true;
}

enum result csv_next(struct csv *c, struct csv_row *row_r)
{
	for (;;) {
		enum result res = fill(c);
		char sep;

		if (res != RES_OK)
			return res;
		if (!c->begun && c->end >= 3 && memcmp(c->in, "\xef\xbb\xbf", 3) == 0)
			c->start = 3;
		if (!c->begun && sep_line(c->in + c->start, c->in + c->end, &sep)) {
			c->start = (size_t)(line_end(c->in + c->start, c->in + c->end) - c->in);
			c->line++;
		}
		c->begun = true;
		if (c->start == c->end)
			return RES_NONE;
		if (c->skip) {
			char *next = line_end(c->in + c->start, c->in + c->end);

			c->skip = next == NULL;
			c->start = next ? (size_t)(next - c->in) : c->end;
			c->line += next != NULL;
			continue;
		}
		res = read_row(c, row_r);
		if (res == RES_OK && row_is_empty(row_r))
			continue;
		return res;
	}
}

void csv_write(struct buf *out, char separator, const struct slice *field, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slice f = field[i];
		bool risky = f.n && memchr("=+-@\t\r", f.p[0], 6), quote = risky;

		for (size_t k = 0; k < f.n && !quote; k++)
			quote = f.p[k] == separator || f.p[k] == '"' || f.p[k] == '\n' || f.p[k] == '\r';
		if (i)
			buf_char(out, separator);
		if (quote)
			buf_char(out, '"');
		if (risky)
			buf_char(out, '\'');
		for (size_t k = 0; k < f.n; k++) {
			if (f.p[k] == '"')
				buf_char(out, '"');
			buf_char(out, f.p[k]);
		}
		if (quote)
			buf_char(out, '"');
	}
	buf_str(out, "\r\n");
}
