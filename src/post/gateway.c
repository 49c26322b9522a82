#include "post/gateway.h"

#include <stdlib.h>
#include <string.h>

#include "post/gateway_inside.h"

static const struct config_key keys[] = {
	{ "name", CONFIG_TEXT, NULL, 1, 60, NULL, "the provider" },
	{ "source", CONFIG_TEXT, NULL, 1, 300, NULL, "where its documentation stands, and when it was read" },
	{ "tried", CONFIG_CHOICE, NULL, 0, 0, "no|yes", "whether anybody has sent a message with this file" },
	{ "url", CONFIG_TEXT, NULL, 1, 500, NULL, "where messages are handed over" },
	{ "method", CONFIG_CHOICE, "post", 0, 0, "post|get", "how" },
	{ "content", CONFIG_CHOICE, "form", 0, 0, "form|json|none", "what kind of body" },
	{ "body", CONFIG_TEXT, "", 1, 1000, NULL, "the body, with holes" },
	{ "auth", CONFIG_CHOICE, "none", 0, 0, "none|basic|bearer", "how we sign in, besides what url, body and headers hold" },
	{ "header_1", CONFIG_TEXT, "", 1, 300, NULL, "a header, with holes" },
	{ "header_2", CONFIG_TEXT, "", 1, 300, NULL, "another" },
	{ "header_3", CONFIG_TEXT, "", 1, 300, NULL, "another" },
	{ "number", CONFIG_CHOICE, "plus", 0, 0, "plus|digits|zeros", "how it writes a number: +4790…, 4790… or 004790…" },
	{ "accepted", CONFIG_TEXT, "200 201 202", 1, 60, NULL, "statuses that mean yes" },
	{ "accepted_at", CONFIG_TEXT, "", 1, 100, NULL, "… if what stands here in the reply" },
	{ "accepted_values", CONFIG_TEXT, "", 1, 300, NULL, "… is one of these" },
	{ "refused", CONFIG_TEXT, "", 1, 60, NULL, "statuses that may mean no for good" },
	{ "refused_at", CONFIG_TEXT, "", 1, 100, NULL, "… if what stands here in the reply" },
	{ "refused_values", CONFIG_TEXT, "", 1, 300, NULL, "… is one of these" },
	{ "id_at", CONFIG_TEXT, "", 1, 100, NULL, "where the reply holds the gateway's number of the message" },
	{ "reports", CONFIG_CHOICE, "none", 0, 0, "none|form|json", "how it tells what became of a message" },
	{ "report_id", CONFIG_TEXT, "", 1, 100, NULL, "where a report holds that number" },
	{ "report_status", CONFIG_TEXT, "", 1, 100, NULL, "where a report holds what became of it" },
	{ "delivered", CONFIG_TEXT, "", 1, 300, NULL, "what stands there when it has arrived" },
	{ "failed", CONFIG_TEXT, "", 1, 300, NULL, "what stands there when it never will" },
};

static const char *text_of(const struct gateway *g, const char *key)
{
	return config_text(g->config, key);
}

/* ---- checks beyond the table ---- */

struct check {
	const struct gateway *g;
	struct buf *mistakes;
	bool bad;
};

static void wrong(struct check *c, const char *key, const char *what)
{
	config_mistake(c->g->config, key, c->mistakes, what);
	c->bad = true;
}

static void check_holes(struct check *c, const char *key, unsigned allowed)
{
	struct slice rest = slice_of(text_of(c->g, key)), literal, name;
	while (gateway_next_hole(&rest, &literal, &name)) {
		unsigned hole = gateway_hole(name);
		if (!name.n)
			return;
		if (!hole)
			wrong(c, key, "holes are {to} {text} {from} {id} {report_url} {user} {secret}");
		else if (!(hole & allowed))
			wrong(c, key, "{text}, {to} and {report_url} cannot stand in a header");
	}
}

static bool has_hole(const struct gateway *g, const char *key, unsigned wanted)
{
	struct slice rest = slice_of(text_of(g, key)), literal, name;
	while (gateway_next_hole(&rest, &literal, &name))
		if (gateway_hole(name) == wanted)
			return true;
	return false;
}

/* Whoever is asked for a message must be told to whom and what. */
static void check_told(struct check *c)
{
	static const struct { unsigned hole; const char *what; } must[] = {
		{ GATEWAY_TO, "neither url nor body holds {to}" },
		{ GATEWAY_TEXT, "neither url nor body holds {text}" },
	};
	for (size_t i = 0; i < ARRAY_LEN(must); i++)
		if (!has_hole(c->g, "url", must[i].hole) && !has_hole(c->g, "body", must[i].hole))
			wrong(c, "body", must[i].what);
}

static bool names_this_machine(const char *url)
{
	static const char *const here[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };
	for (size_t i = 0; i < ARRAY_LEN(here); i++)
		if (strncmp(url, here[i], strlen(here[i])) == 0 && strchr(":/", url[strlen(here[i])]))
			return true;
	return false;
}

/* A message holds a number and a link; the secret goes beside it. */
static void check_url(struct check *c)
{
	const char *url = text_of(c->g, "url");
	const char *host = strstr(url, "://");
	if (strncmp(url, "https://", 8) != 0 && !names_this_machine(url))
		wrong(c, "url", "must begin with https:// (http:// only to this machine)");
	if (host && strcspn(host + 3, "{") < strcspn(host + 3, "/"))
		wrong(c, "url", "a hole cannot stand in the host's name");
	if (strpbrk(url, " \"<>\\^`|"))
		wrong(c, "url", "holds a sign that no address has");
	if (strcmp(text_of(c->g, "method"), "get") == 0 && config_given(c->g->config, "body"))
		wrong(c, "body", "goes with the method post only");
	if (strcmp(text_of(c->g, "content"), "none") == 0 && config_given(c->g->config, "body"))
		wrong(c, "body", "is given although content is none");
}

static void check_header(struct check *c, const char *key)
{
	const char *h = text_of(c->g, key);
	size_t name = strcspn(h, ":");
	if (*h && (!name || h[name] != ':' || strcspn(h, " \t{") < name))
		wrong(c, key, "must read Name: value");
	check_holes(c, key, GATEWAY_IN_HEADERS);
}

static void check_statuses(struct check *c, const char *key)
{
	struct slice rest = slice_of(text_of(c->g, key)), word;
	int64_t n;
	while (slice_cut(&rest, ' ', &word))
		if (word.n && (slice_int(word, &n) != RES_OK || n < 200 || n > 599))
			wrong(c, key, "must be HTTP statuses, such as 200 201");
}

/* "/a/0/b" (RFC 6901), or "line:WORDS" before it in a reply that is no JSON. */
static void check_place(struct check *c, const char *key, bool lines)
{
	const char *at = text_of(c->g, key);
	if (*at && *at != '/' && !(lines && strncmp(at, "line:", 5) == 0 && at[5]))
		wrong(c, key, lines ? "must be a JSON pointer such as /id, or line: and how the line begins"
				    : "must be a JSON pointer such as /id");
}

static void check_pair(struct check *c, const char *at, const char *values)
{
	if (config_given(c->g->config, at) != config_given(c->g->config, values))
		wrong(c, config_given(c->g->config, at) ? at : values, "is given without its other half");
}

/* A form's field, as src/web reads them. */
static bool is_field(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	return strlen(name) <= 64 && strspn(name, plain) == strlen(name) && strcmp(name, "csrf") != 0;
}

static void check_fields(struct check *c)
{
	const char *id = text_of(c->g, "report_id"), *status = text_of(c->g, "report_status");
	if (!is_field(id))
		wrong(c, "report_id", "must be the name of a field");
	if (!is_field(status) || strcmp(id, status) == 0)
		wrong(c, "report_status", "must be the name of a field of its own");
}

static void check_reports(struct check *c)
{
	if (c->g->reports == GATEWAY_NO_REPORTS)
		return;
	if (!config_given(c->g->config, "report_status") || !config_given(c->g->config, "delivered"))
		wrong(c, "reports", "needs report_status and delivered");
	if (c->g->reports == GATEWAY_JSON_REPORTS) {
		check_place(c, "report_id", false);
		check_place(c, "report_status", false);
	} else {
		check_fields(c);
	}
	/* Whose message it is stands in the address that we gave, or in the report. */
	if (!has_hole(c->g, "url", GATEWAY_REPORT_URL) && !has_hole(c->g, "body", GATEWAY_REPORT_URL) &&
	    !(config_given(c->g->config, "report_id") && config_given(c->g->config, "id_at")))
		wrong(c, "reports", "needs {report_url} in url or body, or report_id and id_at");
}

/* JSON must stay JSON with the worst of values; a hole outside quotes does not. */
static void check_json(struct check *c)
{
	static const struct gateway_account worst = { "\"\\{", "}\\\"", "\"," };
	const struct gateway_sms sms = { "+4700", SLICE("\"\n\t\\ }{ \xc3\xa6"), "\"", "\\\"" };
	struct gateway_request r;
	if (strcmp(text_of(c->g, "content"), "json") != 0)
		return;
	if (gateway_fill(c->g, &worst, &sms, &r) != RES_OK || !gateway_is_json(buf_get(&r.body)))
		wrong(c, "body", "is not JSON; a hole stands inside quotes");
	gateway_request_free(&r);
}

static bool check(const struct gateway *g, struct buf *mistakes)
{
	struct check c = { g, mistakes, false };
	check_holes(&c, "url", ~0u);
	check_holes(&c, "body", ~0u);
	check_url(&c);
	check_told(&c);
	check_header(&c, "header_1");
	check_header(&c, "header_2");
	check_header(&c, "header_3");
	check_statuses(&c, "accepted");
	check_statuses(&c, "refused");
	check_place(&c, "accepted_at", true);
	check_place(&c, "refused_at", true);
	check_place(&c, "id_at", true);
	check_pair(&c, "accepted_at", "accepted_values");
	check_pair(&c, "refused_at", "refused_values");
	check_reports(&c);
	if (!c.bad)
		check_json(&c);
	return !c.bad;
}

/* ---- reading ---- */

static enum result make(struct config *config, struct gateway **g_r, struct buf *mistakes)
{
	struct gateway *g = must_alloc(1, sizeof(*g));
	g->config = config;
	const char *reports = text_of(g, "reports");
	g->reports = strcmp(reports, "form") == 0   ? GATEWAY_FORM_REPORTS
		     : strcmp(reports, "json") == 0 ? GATEWAY_JSON_REPORTS
						    : GATEWAY_NO_REPORTS;
	if (!check(g, mistakes)) {
		gateway_free(&g);
		return RES_BAD;
	}
	*g_r = g;
	return RES_OK;
}

enum result gateway_read(const char *file, struct gateway **g_r, struct buf *mistakes)
{
	struct config *config = NULL;
	enum result res = config_read(file, keys, ARRAY_LEN(keys), &config, mistakes);
	return res == RES_OK ? make(config, g_r, mistakes) : res;
}

enum result gateway_parse(struct slice text, const char *name, struct gateway **g_r, struct buf *mistakes)
{
	struct config *config = NULL;
	enum result res = config_parse(text, name, keys, ARRAY_LEN(keys), &config, mistakes);
	return res == RES_OK ? make(config, g_r, mistakes) : res;
}

void gateway_free(struct gateway **g)
{
	if (!*g)
		return;
	config_free(&(*g)->config);
	free(*g);
	*g = NULL;
}

const char *gateway_name(const struct gateway *g)
{
	return text_of(g, "name");
}

enum gateway_reports gateway_reports(const struct gateway *g)
{
	return g->reports;
}

const char *gateway_report_id(const struct gateway *g)
{
	return text_of(g, "report_id");
}

const char *gateway_report_status(const struct gateway *g)
{
	return text_of(g, "report_status");
}
