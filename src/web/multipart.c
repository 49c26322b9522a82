#include "web/multipart.h"

#include <string.h>
#include <strings.h>

static bool boundary_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("'()+_,-./:=?", c));
}

static bool starts_nocase(struct slice s, const char *with)
{
	return s.n >= strlen(with) && !strncasecmp(s.p, with, strlen(with));
}

enum result multipart_boundary(struct slice type, struct slice *boundary_r)
{
	struct slice rest = type, what, param;

	if (!type.n || !slice_cut(&rest, ';', &what))
		return RES_NONE;
	what = slice_trim(what);
	if (what.n != 19 || strncasecmp(what.p, "multipart/form-data", 19))
		return RES_NONE;
	while (slice_cut(&rest, ';', &param)) {
		param = slice_trim(param);
		if (!starts_nocase(param, "boundary="))
			continue;
		struct slice b = { param.p + 9, param.n - 9 };
		if (b.n >= 2 && b.p[0] == '"' && b.p[b.n - 1] == '"')
			b = (struct slice){ b.p + 1, b.n - 2 };
		if (!b.n || b.n > MULTIPART_BOUNDARY_MOST)
			return RES_BAD;
		for (size_t i = 0; i < b.n; i++)
			if (!boundary_char(b.p[i]))
				return RES_BAD;
		*boundary_r = b;
		return RES_OK;
	}
	return RES_BAD;
}

void multipart_begin(struct multipart *m, struct slice boundary, struct multipart_sink sink)
{
	if (!boundary.n || boundary.n > MULTIPART_BOUNDARY_MOST)
		bug("a boundary of %zu bytes", boundary.n);
	*m = (struct multipart){ .sink = sink };
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.p, boundary.n);
	m->delimiter_n = 4 + boundary.n;
	/* The first delimiter stands at the very beginning, without the line break before it. */
	m->matched = 2;
}

/* ---- the head of a part ---- */

/* The quoted value of name="…" among the parameters; RES_NONE: not there. Browsers write no backslash into it. */
static enum result parameter(struct slice rest, const char *name, struct slice *value_r)
{
	size_t n = strlen(name);

	while (rest.n) {
		while (rest.n && (*rest.p == ' ' || *rest.p == ';' || *rest.p == '\t')) {
			rest.p++;
			rest.n--;
		}
		const char *eq = rest.n ? memchr(rest.p, '=', rest.n) : NULL;
		if (!eq || eq + 1 >= rest.p + rest.n || eq[1] != '"')
			return rest.n ? RES_BAD : RES_NONE;
		const char *from = eq + 2, *to = memchr(from, '"', (size_t)(rest.p + rest.n - from));
		if (!to)
			return RES_BAD;
		if ((size_t)(eq - rest.p) == n && !strncasecmp(rest.p, name, n)) {
			*value_r = (struct slice){ from, (size_t)(to - from) };
			return RES_OK;
		}
		rest.n -= (size_t)(to + 1 - rest.p);
		rest.p = to + 1;
	}
	return RES_NONE;
}

/* Names of fields are ours and plain; a zero would cut one short. */
static bool is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return true;
}

static enum result read_line(struct multipart *m)
{
	struct slice line = { m->line, m->line_n }, name, file;

	if (++m->lines > MULTIPART_LINES_MOST)
		return RES_BAD;
	if (!starts_nocase(line, "content-disposition:"))
		return RES_OK;
	line = slice_trim((struct slice){ line.p + 20, line.n - 20 });
	if (m->named || !starts_nocase(line, "form-data"))
		return RES_BAD;
	line = (struct slice){ line.p + 9, line.n - 9 };
	if (parameter(line, "name", &name) != RES_OK || !name.n || name.n > MULTIPART_NAME_MOST || !is_plain(name))
		return RES_BAD;
	enum result res = parameter(line, "filename", &file);
	if (res == RES_BAD)
		return RES_BAD;
	m->is_file = res == RES_OK;
	m->named = true;
	memcpy(m->name, name.p, name.n);
	m->name[name.n] = '\0';
	return RES_OK;
}

static enum result head_byte(struct multipart *m, char c)
{
	enum result res = RES_OK;

	if (c != '\n') {
		if (m->line_n == sizeof(m->line))
			return RES_BAD;
		m->line[m->line_n++] = c;
		return RES_OK;
	}
	if (!m->line_n || m->line[m->line_n - 1] != '\r')
		return RES_BAD;
	m->line_n--;
	if (m->line_n) {
		res = read_line(m);
		m->line_n = 0;
		return res;
	}
	if (!m->named || ++m->parts > MULTIPART_PARTS_MOST)
		return RES_BAD;
	m->place = MULTIPART_BODY;
	m->matched = 0;
	return m->sink.begin(m->sink.ctx, slice_of(m->name), m->is_file);
}

/* ---- what stands in it ---- */

/* CR stands at the delimiter's beginning and nowhere else in it: what has matched so far is known without being kept. */
static enum result body_bytes(struct multipart *m, const char *p, size_t n, size_t *used_r)
{
	size_t i = 0;
	enum result res = RES_OK;

	while (i < n && res == RES_OK) {
		if (m->matched) {
			if (p[i] == m->delimiter[m->matched]) {
				i++;
				if (++m->matched < m->delimiter_n)
					continue;
				m->matched = 0;
				m->after_n = 0;
				m->place = MULTIPART_AFTER;
				*used_r = i;
				return m->sink.end(m->sink.ctx);
			}
			res = m->sink.bytes(m->sink.ctx, m->delimiter, m->matched);
			m->matched = 0;
			continue;
		}
		const char *cr = memchr(p + i, '\r', n - i);
		size_t plain = cr ? (size_t)(cr - p) - i : n - i;
		if (plain)
			res = m->sink.bytes(m->sink.ctx, p + i, plain);
		i += plain;
		if (cr && res == RES_OK) {
			m->matched = 1;
			i++;
		}
	}
	*used_r = i;
	return res;
}

static enum result first_byte(struct multipart *m, char c)
{
	if (c != m->delimiter[m->matched])
		return RES_BAD;
	if (++m->matched == m->delimiter_n) {
		m->place = MULTIPART_AFTER;
		m->after_n = 0;
	}
	return RES_OK;
}

static enum result after_byte(struct multipart *m, char c)
{
	m->after[m->after_n++] = c;
	if (m->after_n < 2)
		return RES_OK;
	m->named = m->is_file = false;
	m->line_n = m->lines = 0;
	if (m->after[0] == '\r' && m->after[1] == '\n')
		m->place = MULTIPART_HEAD;
	else if (m->after[0] == '-' && m->after[1] == '-' && m->parts)
		m->place = MULTIPART_OVER;
	else
		return RES_BAD;
	return RES_OK;
}

static enum result over_byte(char c)
{
	return c == '\r' || c == '\n' ? RES_OK : RES_BAD;
}

enum result multipart_read(struct multipart *m, const char *p, size_t n)
{
	enum result res = m->place == MULTIPART_WRONG ? RES_BAD : RES_OK;

	for (size_t i = 0, used = 1; i < n && res == RES_OK; i += used) {
		used = 1;
		switch (m->place) {
		case MULTIPART_FIRST:
			res = first_byte(m, p[i]);
			break;
		case MULTIPART_AFTER:
			res = after_byte(m, p[i]);
			break;
		case MULTIPART_HEAD:
			res = head_byte(m, p[i]);
			break;
		case MULTIPART_BODY:
			res = body_bytes(m, p + i, n - i, &used);
			break;
		case MULTIPART_OVER:
			res = over_byte(p[i]);
			break;
		case MULTIPART_WRONG:
			res = RES_BAD;
			break;
		}
	}
	if (res != RES_OK)
		m->place = MULTIPART_WRONG;
	return res;
}

enum result multipart_end(const struct multipart *m)
{
	return m->place == MULTIPART_OVER ? RES_OK : RES_BAD;
}
