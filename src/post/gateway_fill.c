/* What goes to a gateway: the file's own words with values in their holes, each escaped by where it stands. */
#include <stdio.h>
#include <string.h>

#include "post/gateway_inside.h"

#define URL_MOST 4000
#define BODY_MOST 32000 /* our longest text when every byte takes three, and its frame */
#define HEADER_MOST 1000

static size_t name_length(struct slice s)
{
	size_t n = 1;
	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || s.p[n] == '_'))
		n++;
	return n > 1 && n < s.n && s.p[n] == '}' ? n - 1 : 0;
}

bool gateway_next_hole(struct slice *rest, struct slice *literal_r, struct slice *name_r)
{
	if (!rest->n)
		return false;
	for (size_t i = 0; i < rest->n; i++) {
		struct slice from = { rest->p + i, rest->n - i };
		size_t n = from.p[0] == '{' ? name_length(from) : 0;
		if (!n)
			continue;
		*literal_r = (struct slice){ rest->p, i };
		*name_r = (struct slice){ from.p + 1, n };
		*rest = (struct slice){ from.p + n + 2, from.n - n - 2 };
		return true;
	}
	*literal_r = *rest;
	*name_r = (struct slice){ NULL, 0 };
	*rest = (struct slice){ rest->p + rest->n, 0 };
	return true;
}

unsigned gateway_hole(struct slice name)
{
	static const char *const names[] = { "to", "text", "from", "id", "report_url", "user", "secret" };
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (slice_is(name, names[i]))
			return 1u << i;
	return 0;
}

enum context { IN_URL, IN_JSON, IN_HEADER };

/* All but RFC 3986's unreserved: right in a path, a query and a form. */
static void put_percent(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c ? c : ' '))
			buf_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void put_json(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < ' ' || c == 127)
			buf_printf(out, "\\u%04x", c);
		else
			buf_char(out, (char)c);
	}
}

/* No line of a header begins another. */
static void put_header(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= ' ' && s.p[i] != 127)
			buf_char(out, s.p[i]);
}

struct filling {
	const struct gateway *g;
	const struct gateway_account *account;
	const struct gateway_sms *sms;
	char to[40];
};

static struct slice value_of(const struct filling *f, unsigned hole)
{
	switch (hole) {
	case GATEWAY_TO: return slice_of(f->to);
	case GATEWAY_TEXT: return f->sms->text;
	case GATEWAY_FROM: return slice_of(f->account->from);
	case GATEWAY_ID: return slice_of(f->sms->id);
	case GATEWAY_REPORT_URL: return slice_of(f->sms->report_url);
	case GATEWAY_USER: return slice_of(f->account->user);
	default: return slice_of(f->account->secret);
	}
}

static void fill(const struct filling *f, const char *key, enum context context, struct buf *out)
{
	struct slice rest = slice_of(config_text(f->g->config, key)), literal, name;
	while (gateway_next_hole(&rest, &literal, &name)) {
		buf_slice(out, literal);
		if (!name.n)
			return;
		struct slice value = value_of(f, gateway_hole(name));
		if (context == IN_JSON)
			put_json(out, value);
		else if (context == IN_HEADER)
			put_header(out, value);
		else
			put_percent(out, value);
	}
}

static void write_number(const struct gateway *g, const char *to, char out[40])
{
	const char *how = config_text(g->config, "number"), *digits = *to == '+' ? to + 1 : to;
	snprintf(out, 40, "%s%s", strcmp(how, "plus") == 0 ? "+" : strcmp(how, "zeros") == 0 ? "00" : "", digits);
}

enum result gateway_fill(const struct gateway *g, const struct gateway_account *account, const struct gateway_sms *sms,
			 struct gateway_request *r)
{
	static const char *const own[] = { "header_1", "header_2", "header_3" };
	struct filling f = { .g = g, .account = account, .sms = sms };
	const char *content = config_text(g->config, "content"), *auth = config_text(g->config, "auth");
	bool json = strcmp(content, "json") == 0;
	*r = (struct gateway_request){ .post = strcmp(config_text(g->config, "method"), "post") == 0,
				       .basic = strcmp(auth, "basic") == 0,
				       .url = BUF_SECRET(URL_MOST), .body = BUF_SECRET(BODY_MOST) };
	write_number(g, sms->to, f.to);
	fill(&f, "url", IN_URL, &r->url);
	fill(&f, "body", json ? IN_JSON : IN_URL, &r->body);
	bool full = r->url.full || r->body.full;
	for (size_t i = 0; i < GATEWAY_HEADERS; i++)
		r->header[i] = BUF_SECRET(HEADER_MOST);
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		fill(&f, own[i], IN_HEADER, &r->header[i]);
	if (r->post && strcmp(content, "none") != 0)
		buf_printf(&r->header[3], "Content-Type: %s",
			   json ? "application/json; charset=utf-8" : "application/x-www-form-urlencoded");
	if (strcmp(auth, "bearer") == 0) {
		buf_str(&r->header[4], "Authorization: Bearer ");
		put_header(&r->header[4], slice_of(account->secret));
	}
	for (size_t i = 0; i < GATEWAY_HEADERS; i++)
		full |= r->header[i].full;
	return full ? RES_BAD : RES_OK;
}

void gateway_request_free(struct gateway_request *r)
{
	buf_free(&r->url);
	buf_free(&r->body);
	for (size_t i = 0; i < GATEWAY_HEADERS; i++)
		buf_free(&r->header[i]);
}
