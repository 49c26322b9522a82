#include "web/json.h"

#include <string.h>
#include <utf8proc.h>

/* Before a value: a comma where one is needed. */
static void value(struct json *j)
{
	if (!j->depth)
		return;
	int at = j->depth - 1;
	if (j->open[at] == '{') {
		if (!j->keyed)
			bug("json: a value without a key");
		j->keyed = false;
		return;
	}
	if (j->some[at])
		buf_char(j->out, ',');
	j->some[at] = true;
}

static void begin(struct json *j, char bracket)
{
	value(j);
	if (j->depth == JSON_DEPTH)
		bug("json: too deep");
	j->open[j->depth] = bracket;
	j->some[j->depth++] = false;
	buf_char(j->out, bracket);
}

void json_obj(struct json *j)
{
	begin(j, '{');
}

void json_arr(struct json *j)
{
	begin(j, '[');
}

void json_end(struct json *j)
{
	if (!j->depth || j->keyed)
		bug("json: an end too many, or a key without a value");
	buf_char(j->out, j->open[--j->depth] == '{' ? '}' : ']');
}

static void escaped(struct buf *out, int32_t c, const char *bytes, size_t n)
{
	if (c == '"' || c == '\\') {
		buf_char(out, '\\');
		buf_char(out, (char)c);
	} else if (c == '\n') {
		buf_str(out, "\\n");
	} else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x7f || c == 0x2028 || c == 0x2029) {
		buf_printf(out, "\\u%04x", (unsigned)c);
	} else {
		buf_put(out, bytes, n);
	}
}

static void quoted(struct buf *out, struct slice s)
{
	buf_char(out, '"');
	for (size_t at = 0; at < s.n;) {
		int32_t c;
		utf8proc_ssize_t n =
			utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), &c);
		if (n > 0) {
			escaped(out, c, s.p + at, (size_t)n);
			at += (size_t)n;
		} else {
			buf_str(out, "\xef\xbf\xbd");
			at++;
		}
	}
	buf_char(out, '"');
}

void json_key(struct json *j, const char *key)
{
	if (!j->depth || j->open[j->depth - 1] != '{' || j->keyed)
		bug("json: the key %s has no place here", key);
	if (j->some[j->depth - 1])
		buf_char(j->out, ',');
	j->some[j->depth - 1] = true;
	quoted(j->out, slice_of(key));
	buf_char(j->out, ':');
	j->keyed = true;
}

void json_str(struct json *j, struct slice s)
{
	value(j);
	quoted(j->out, s);
}

void json_int(struct json *j, int64_t n)
{
	value(j);
	buf_printf(j->out, "%lld", (long long)n);
}

void json_bool(struct json *j, bool yes)
{
	value(j);
	buf_str(j->out, yes ? "true" : "false");
}

void json_null(struct json *j)
{
	value(j);
	buf_str(j->out, "null");
}

void json_put_str(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	if (s)
		json_str(j, slice_of(s));
	else
		json_null(j);
}

void json_put_slice(struct json *j, const char *key, struct slice s)
{
	json_key(j, key);
	json_str(j, s);
}

void json_put_int(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_int(j, n);
}

void json_put_bool(struct json *j, const char *key, bool yes)
{
	json_key(j, key);
	json_bool(j, yes);
}
