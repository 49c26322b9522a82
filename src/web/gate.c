/*~ The gate: every request of every room passes here, in this order. Where does it come
    from, who is asking, may they, and did a page of ours send it? Only then the
    handler runs. */
#include "web/inside.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "web/json.h"

static bool changes(const struct req *req)
{
	return req->method != METHOD_GET;
}

/* The browser says whether another site made it send this: by Sec-Fetch-Site where it knows that header, else
   by Origin. With our referrer policy a form of our own pages says "Origin: null" (Fetch § 3.2), so
   from a browser too old for Sec-Fetch-Site that word tells nothing: an offer must be answerable from an old
   phone, and there the personal link, or the session's own token, is what another site lacks. */
static bool comes_from_us(struct req *req)
{
	struct slice site = req_header(req, "Sec-Fetch-Site"), origin = req_header(req, "Origin");
	bool vouched = slice_is(site, "same-origin") || slice_is(site, "none");
	if (site.p && !vouched)
		return false;
	if (!origin.p || slice_is(origin, "null"))
		return true;
	const char *ours = req->web->origin;
	return ours && origin.n == strlen(ours) && !strncasecmp(origin.p, ours, origin.n);
}

/* How long they are may show, what they are not. */
static bool same_secret(struct slice a, struct slice b)
{
	volatile unsigned char differ = 0;
	if (a.n != b.n || !a.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differ |= (unsigned char)(a.p[i] ^ b.p[i]);
	return !differ;
}

static bool carries_token(struct req *req)
{
	if (!req->actor || !req->actor->csrf || req->route->flags & FLAG_NO_CSRF)
		return true;
	struct slice token =
		req->route->flags & FLAG_BINARY || req->method == METHOD_DELETE ? req_header(req, "Makker-Csrf")
										: form_csrf(req->form);
	return same_secret(token, slice_of(req->actor->csrf));
}

static bool is_form_type(struct slice type)
{
	struct slice rest = type, what;
	return slice_cut(&rest, ';', &what) && (what = slice_trim(what), what.n == 33) &&
	       !strncasecmp(what.p, "application/x-www-form-urlencoded", what.n);
}

/* 0 or the status. */
static int read_fields(struct req *req)
{
	bool in_query = !changes(req) || req->method == METHOD_DELETE || req->route->flags & FLAG_BINARY;
	req->form = form_new(req->arena, in_query ? req->route->fields : NULL);
	if (form_read(req->form, req->query, false, true) != RES_OK)
		return 400;
	if (in_query)
		return 0;
	if (!req->upload && req->body_n && !is_form_type(req_header(req, "Content-Type")))
		return 415;
	struct form *query = req->form;
	req->form = form_new(req->arena, req->route->fields);
	form_take_lang(req->form, query);
	struct slice body = req->upload ? upload_fields(req) : (struct slice){ req->body, req->body_n };
	return form_read(req->form, body, true, false) == RES_OK ? 0 : 400;
}

static struct answer signed_out(struct req *req)
{
	struct buf out = BUF_LIMIT(64);
	struct json j = JSON(&out);
	json_obj(&j);
	json_put_bool(&j, "signedOut", true);
	json_end(&j);
	return reply_json(req, 200, &out);
}

static struct answer turned_away(struct req *req)
{
	const char *sign_in = req->web->setup.sign_in;
	if (!req->actor && req->route->flags & FLAG_API)
		return reply_empty(req, 401);
	if (!req->actor && req->route->flags & FLAG_POLL)
		return signed_out(req);
	if (req->actor || !sign_in || changes(req))
		return reply_error(req, 403);
	if (req->route->flags & FLAG_SECRET || !path_is_ours(req->raw_path))
		return reply_see_other(req, sign_in);
	struct html to = HTML(0);
	html_url_part(&to, req->raw_path);
	const char *path = arena_printf(req->arena, "%s?to=%s", sign_in, buf_get(&to.out).p);
	html_free(&to);
	return reply_see_other(req, path);
}

static bool may(const struct route *route, const struct actor *who)
{
	if (route->may & MAY_ANYBODY)
		return true;
	if (!who)
		return false;
	return route->may & MAY_SIGNED_IN || route->may & who->roles & ~(MAY_ANYBODY | MAY_SIGNED_IN);
}

/* Where it comes from, who asks, and whether they may. False with the answer made. */
static bool lets_in(struct req *req, struct answer *refusal_r)
{
	const struct route *route = req->route;
	if (changes(req) && !comes_from_us(req)) {
		*refusal_r = reply_error(req, 403);
		return false;
	}
	if (route->may != MAY_ANYBODY) {
		struct actor *who = NULL;
		enum result res = req->web->setup.who(req, req->web->setup.who_ctx, &who);
		req->actor = res == RES_OK ? who : NULL;
		if (res != RES_OK && res != RES_NONE) {
			*refusal_r = res == RES_AGAIN ? reply_error(req, 503) : reply_result(req, res);
			return false;
		}
	}
	if (may(route, req->actor))
		return true;
	*refusal_r = turned_away(req);
	return false;
}

/* The whole of the gate follows when the file is here: only then the token can be looked at. */
bool gate_admit(struct req *req)
{
	struct answer refusal;
	return lets_in(req, &refusal);
}

struct answer gate_serve(struct req *req)
{
	const struct route *route = req->route;
	struct answer refusal;
	int status = read_fields(req);
	if (status)
		return reply_error(req, status);
	if (!lets_in(req, &refusal))
		return refusal;
	if (changes(req) && !carries_token(req))
		return reply_error(req, 403);
	kept_begin(req);
	struct answer a = route->handle(req, req->actor, req->room);
	if (a.made != (req->answered ? req : NULL))
		bug("the handler of %s returned somebody else's answer", route->path);
	return a;
}
