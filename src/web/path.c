#include "web/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/form.h"
#include "web/text.h"

struct entry {
	const struct route *route;
	void *room;
	struct path pattern; /* slices of route->path */
};

struct router {
	struct entry *entries;
	size_t n;
};

static const char *const method_words[] = {
	[METHOD_GET] = "GET, HEAD", [METHOD_POST] = "POST",	[METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH",   [METHOD_DELETE] = "DELETE",
};

static bool segment_is_sound(struct slice s)
{
	if (slice_is(s, ".") || slice_is(s, "..") || !text_is_utf8(s))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7f || c == '/' || c == '\\')
			return false;
	}
	return true;
}

enum result path_read(struct arena *a, struct slice raw, struct path *path_r)
{
	struct path path = { .n = 0 };
	enum result res = RES_OK;
	if (!raw.n || raw.p[0] != '/')
		return RES_BAD;
	struct slice rest = { raw.p + 1, raw.n - 1 }, part, s;
	if (!rest.n) {
		*path_r = path;
		return RES_OK;
	}
	while (slice_cut(&rest, '/', &part)) {
		if (percent_read(a, part, false, &s) != RES_OK || !segment_is_sound(s))
			return RES_BAD;
		if (!s.n || s.n > PATH_SEGMENT_MOST || path.n == PATH_SEGMENTS)
			res = RES_NONE;
		else
			path.segment[path.n++] = s;
	}
	if (res == RES_OK)
		*path_r = path;
	return res;
}

struct router *router_new(void)
{
	return must_alloc(1, sizeof(struct router));
}

void router_free(struct router **r)
{
	if (!*r)
		return;
	free((*r)->entries);
	free(*r);
	*r = NULL;
}

void router_add(struct router *r, const struct route *routes, size_t n, void *room)
{
	r->entries = must_realloc(r->entries, r->n + n, sizeof(*r->entries));
	for (size_t i = 0; i < n; i++)
		r->entries[r->n++] = (struct entry){ .route = &routes[i], .room = room };
}

static bool is_param(struct slice s)
{
	return s.n && s.p[0] == '{';
}

static bool pattern_segment_is_sound(struct slice s)
{
	if (!s.n)
		return false;
	if (is_param(s))
		return s.n > 2 && s.p[s.n - 1] == '}' && !memchr(s.p + 1, '{', s.n - 1) &&
		       memchr(s.p, '}', s.n) == s.p + s.n - 1;
	return segment_is_sound(s) && !memchr(s.p, '{', s.n) && !memchr(s.p, '}', s.n) && !memchr(s.p, '?', s.n);
}

static const char *pattern_fault(const char *path, struct path *pattern_r)
{
	*pattern_r = (struct path){ .n = 0 };
	if (!path || path[0] != '/')
		return "its path does not begin with /";
	if (!path[1])
		return NULL;
	struct slice rest = slice_of(path + 1), part;
	while (slice_cut(&rest, '/', &part)) {
		if (!pattern_segment_is_sound(part) || pattern_r->n == PATH_SEGMENTS)
			return "its path is malformed";
		pattern_r->segment[pattern_r->n++] = part;
	}
	return NULL;
}

bool route_names(const struct route *r)
{
	for (const struct field *f = r->fields; f && f->name; f++)
		if (f->whose && f->whose[0])
			return true;
	return r->whose != NULL;
}

/* A {…} in the path, or an id in the body's JSON. */
static bool names_a_thing(const struct entry *e)
{
	for (int i = 0; i < e->pattern.n; i++)
		if (is_param(e->pattern.segment[i]))
			return true;
	return e->route->json != NULL;
}

static bool every_id_says_whose(const struct field *fields)
{
	for (const struct field *f = fields; f && f->name; f++)
		if (f->kind == FIELD_ID && !f->whose)
			return false;
	return true;
}

static const char *route_fault(struct entry *e, bool has_gate)
{
	const struct route *r = e->route;
	const char *fault = pattern_fault(r->path, &e->pattern);
	if (fault)
		return fault;
	if (!r->may)
		return "nobody may enter";
	if ((unsigned)r->method >= ARRAY_LEN(method_words))
		return "it has no method";
	if (!r->handle)
		return "it has no handler";
	if (r->may != MAY_ANYBODY && !has_gate)
		return "it needs a sign-in, and this program has none";
	if (!(r->may & MAY_ANYBODY) && r->flags & FLAG_NO_CSRF)
		return "FLAG_NO_CSRF is for routes that are open to anybody";
	if (r->method != METHOD_GET && r->flags & FLAG_SECRET && r->flags & FLAG_GZIP)
		return "what was written is not compressed: the length would tell";
	if (r->method == METHOD_GET && (r->flags & (FLAG_BINARY | FLAG_NO_CSRF) || r->body_limit))
		return "GET has no body";
	if (r->flags & FLAG_UPLOAD && (r->method != METHOD_POST || r->body_limit || !has_gate || r->may & MAY_ANYBODY ||
				       r->flags & (FLAG_BINARY | FLAG_SECRET)))
		return "a file is sent with a form, by somebody who is known";
	if (r->flags & FLAG_KEPT && (r->method != METHOD_GET || r->may != MAY_ANYBODY || r->fields || r->flags & (FLAG_SECRET | FLAG_SLOW) ||
				     names_a_thing(e)))
		return "it is kept, and may be somebody's";
	if (!(r->flags & FLAG_BINARY) && r->body_limit > FORM_BODY_MOST)
		return "its form is too large";
	if (r->json && !(r->flags & FLAG_BINARY))
		return "it reads no JSON";
	if (!every_id_says_whose(r->fields))
		return "a field names something and does not say whose";
	if (names_a_thing(e) != (r->whose && r->whose[0]))
		return r->whose ? "it says whose something is, and names nothing" : "it names something and does not say whose";
	return form_table_fault(r->fields);
}

/* Literal before {…}, from the left; 0 when both mean the same requests. */
static int pattern_cmp(const struct entry *a, const struct entry *b)
{
	if (a->route->method != b->route->method)
		return a->route->method < b->route->method ? -1 : 1;
	if (a->pattern.n != b->pattern.n)
		return a->pattern.n < b->pattern.n ? -1 : 1;
	for (int i = 0; i < a->pattern.n; i++) {
		struct slice s = a->pattern.segment[i], t = b->pattern.segment[i];
		if (is_param(s) != is_param(t))
			return is_param(t) ? -1 : 1;
		if (is_param(s) || slice_eq(s, t))
			continue;
		int by = memcmp(s.p, t.p, s.n < t.n ? s.n : t.n);
		return by ? by : s.n < t.n ? -1 : 1;
	}
	return 0;
}

static int entry_order(const void *a, const void *b)
{
	return pattern_cmp(a, b);
}

enum result router_check(struct router *r, bool has_gate)
{
	for (size_t i = 0; i < r->n; i++) {
		const char *fault = route_fault(&r->entries[i], has_gate);
		if (fault) {
			const char *path = r->entries[i].route->path;
			log_world("web", "the route %s is refused: %s", path ? path : "(none)", fault);
			return RES_BROKEN;
		}
	}
	if (r->n)
		qsort(r->entries, r->n, sizeof(*r->entries), entry_order);
	for (size_t i = 1; i < r->n; i++) {
		if (!pattern_cmp(&r->entries[i - 1], &r->entries[i])) {
			log_world("web", "the routes %s and %s collide", r->entries[i - 1].route->path,
				  r->entries[i].route->path);
			return RES_BROKEN;
		}
	}
	return RES_OK;
}

static bool entry_matches(const struct entry *e, const struct path *path)
{
	if (e->pattern.n != path->n)
		return false;
	for (int i = 0; i < path->n; i++)
		if (!is_param(e->pattern.segment[i]) && !slice_eq(e->pattern.segment[i], path->segment[i]))
			return false;
	return true;
}

enum result router_find(const struct router *r, enum method method, const struct path *path,
			const struct route **route_r, void **room_r, struct path *params_r)
{
	bool other = false;
	for (size_t i = 0; i < r->n; i++) {
		const struct entry *e = &r->entries[i];
		if (!entry_matches(e, path))
			continue;
		if (e->route->method != method) {
			other = true;
			continue;
		}
		*route_r = e->route;
		*room_r = e->room;
		params_r->n = 0;
		for (int k = 0; k < path->n; k++)
			if (is_param(e->pattern.segment[k]))
				params_r->segment[params_r->n++] = path->segment[k];
		return RES_OK;
	}
	return other ? RES_REFUSED : RES_NONE;
}

void router_allow(const struct router *r, const struct path *path, char out[64])
{
	bool has[ARRAY_LEN(method_words)] = { false };
	for (size_t i = 0; i < r->n; i++)
		if (entry_matches(&r->entries[i], path))
			has[r->entries[i].route->method] = true;
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(method_words); i++)
		if (has[i])
			n += (size_t)snprintf(out + n, 64 - n, "%s%s", n ? ", " : "", method_words[i]);
}

void router_each(const struct router *r, void (*fn)(const struct route *route, void *ctx), void *ctx)
{
	for (size_t i = 0; i < r->n; i++)
		fn(r->entries[i].route, ctx);
}
