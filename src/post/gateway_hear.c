/* What comes from a gateway: its replies and its delivery reports, both from outside. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "post/gateway_inside.h"

#define VALUE_MOST 200 /* bytes of one value that is looked at */

static json_t *read_json(struct slice text)
{
	if (text.n > GATEWAY_REPLY_MOST)
		return NULL;
	return json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
}

bool gateway_is_json(struct slice text)
{
	json_t *json = read_json(text);
	bool is = json != NULL;
	json_decref(json);
	return is;
}

/* One reference of RFC 6901: "~1" is '/', "~0" is '~'. */
static bool unescape(struct slice part, char out[VALUE_MOST])
{
	size_t n = 0;
	for (size_t i = 0; i < part.n; i++) {
		char c = part.p[i];
		if (c == '~' && i + 1 < part.n)
			c = part.p[++i] == '1' ? '/' : '~';
		if (n + 1 >= VALUE_MOST)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

static const json_t *at_pointer(const json_t *json, const char *pointer)
{
	struct slice rest = slice_of(pointer), part;
	char name[VALUE_MOST];
	if (!slice_cut(&rest, '/', &part))
		return NULL;
	while (json && slice_cut(&rest, '/', &part)) {
		int64_t n;
		if (!unescape(part, name))
			return NULL;
		if (json_is_array(json))
			json = slice_int(part, &n) == RES_OK && n >= 0 ? json_array_get(json, (size_t)n) : NULL;
		else
			json = json_object_get(json, name);
	}
	return json;
}

/* A text, a whole number or a truth as words. False: nothing of the kind, or too long. */
static bool words_of(const json_t *json, char out[VALUE_MOST])
{
	int n = -1;
	if (json_is_string(json))
		n = strlen(json_string_value(json)) == json_string_length(json)
			    ? snprintf(out, VALUE_MOST, "%s", json_string_value(json))
			    : -1;
	else if (json_is_integer(json))
		n = snprintf(out, VALUE_MOST, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
	else if (json_is_boolean(json))
		n = snprintf(out, VALUE_MOST, "%s", json_is_true(json) ? "true" : "false");
	return n > 0 && n < VALUE_MOST;
}

/* The rest of the first line that begins so. */
static bool line_after(struct slice text, const char *words, char out[VALUE_MOST])
{
	struct slice rest = text, line;
	size_t n = strlen(words);
	while (slice_cut(&rest, '\n', &line)) {
		if (line.n < n || memcmp(line.p, words, n) != 0)
			continue;
		struct slice value = slice_trim((struct slice){ line.p + n, line.n - n });
		if (!value.n || value.n >= VALUE_MOST || memchr(value.p, 0, value.n))
			return false;
		memcpy(out, value.p, value.n);
		out[value.n] = '\0';
		return true;
	}
	return false;
}

/* What stands at a place of the reply: `json` is NULL where that is none. */
static bool value_at(const struct gateway *g, const char *key, const json_t *json, struct slice text, char out[VALUE_MOST])
{
	const char *at = config_text(g->config, key);
	if (strncmp(at, "line:", 5) == 0)
		return line_after(text, at + 5, out);
	return *at && json && words_of(at_pointer(json, at), out);
}

static bool one_of(const struct gateway *g, const char *key, struct slice value)
{
	struct slice rest = slice_of(config_text(g->config, key)), word;
	while (slice_cut(&rest, ' ', &word))
		if (word.n && slice_eq(word, value))
			return true;
	return false;
}

static bool says(const struct gateway *g, const char *at, const char *values, const json_t *json, struct slice text)
{
	char value[VALUE_MOST];
	return value_at(g, at, json, text, value) && one_of(g, values, slice_of(value));
}

static bool status_in(const struct gateway *g, const char *key, int status)
{
	char word[16];
	snprintf(word, sizeof(word), "%d", status);
	return one_of(g, key, slice_of(word));
}

static enum gateway_verdict judge(const struct gateway *g, int status, const json_t *json, struct slice text)
{
	bool asks = config_given(g->config, "refused_at");
	bool refused = asks && says(g, "refused_at", "refused_values", json, text);
	if (status_in(g, "accepted", status)) {
		bool yes = !config_given(g->config, "accepted_at") ||
			   says(g, "accepted_at", "accepted_values", json, text);
		return refused ? GATEWAY_REFUSED : yes ? GATEWAY_ACCEPTED : GATEWAY_UNSURE;
	}
	if (status_in(g, "refused", status))
		return refused || !asks ? GATEWAY_REFUSED : GATEWAY_LATER;
	/* It, or something before it, fell over the request (RFC 9110 § 15.6); "closed" alone says that it did not look at it. */
	return status >= 500 && status != 503 ? GATEWAY_UNSURE : GATEWAY_LATER;
}

/* A number that is longer than any is none. */
static void keep_id(const char *value, char id[GATEWAY_ID_MOST + 1])
{
	size_t n = strlen(value);
	if (n > GATEWAY_ID_MOST)
		n = 0;
	memcpy(id, value, n);
	id[n] = '\0';
}

enum gateway_verdict gateway_judge(const struct gateway *g, int status, struct slice body, char id[GATEWAY_ID_MOST + 1])
{
	char value[VALUE_MOST];
	json_t *json = read_json(body);
	enum gateway_verdict verdict = judge(g, status, json, body);
	keep_id(verdict == GATEWAY_ACCEPTED && value_at(g, "id_at", json, body, value) ? value : "", id);
	json_decref(json);
	return verdict;
}

enum gateway_fate gateway_fate(const struct gateway *g, struct slice status)
{
	if (one_of(g, "delivered", status))
		return GATEWAY_DELIVERED;
	return one_of(g, "failed", status) ? GATEWAY_FAILED : GATEWAY_ON_ITS_WAY;
}

enum result gateway_report(const struct gateway *g, struct slice text, char id[GATEWAY_ID_MOST + 1],
			   enum gateway_fate *fate_r)
{
	char value[VALUE_MOST];
	json_t *json = read_json(text);
	if (!json)
		return RES_BAD;
	struct slice none = { NULL, 0 };
	keep_id(value_at(g, "report_id", json, none, value) ? value : "", id);
	*fate_r = value_at(g, "report_status", json, none, value) ? gateway_fate(g, slice_of(value)) : GATEWAY_ON_ITS_WAY;
	json_decref(json);
	return RES_OK;
}
