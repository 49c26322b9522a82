#include "web/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/inside.h"

/* The fence: on every answer, of whatever status. */
static const struct header fence[] = {
	{ .name = "Content-Security-Policy",
	  .value = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
		   "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
		   "require-trusted-types-for 'script'; manifest-src 'self'; worker-src 'self'" },
	{ .name = "X-Content-Type-Options", .value = "nosniff" },
	{ .name = "Referrer-Policy", .value = "no-referrer" },
	{ .name = "Cross-Origin-Opener-Policy", .value = "same-origin" },
	{ .name = "Cross-Origin-Resource-Policy", .value = "same-origin" },
};

/* What no page of ours asks a browser for, and passkeys only where the route says so. */
#define NEVER                                                                                                \
	"accelerometer=(), autoplay=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), "      \
	"gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), serial=(), " \
	"usb=(), browsing-topics=(), "
static const char without_passkeys[] = NEVER "publickey-credentials-create=(), publickey-credentials-get=()";
static const char with_passkeys[] = NEVER "publickey-credentials-create=(self), publickey-credentials-get=(self)";

static const char *status_words(int status)
{
	switch (status) {
	case 400:
		return "The request could not be understood.";
	case 403:
		return "You may not do this.";
	case 404:
		return "There is no such page.";
	case 405:
		return "This page cannot be asked in that way.";
	case 409:
		return "Somebody else was first. Please look again.";
	case 413:
		return "That is too large.";
	case 414:
		return "The address is too long.";
	case 415:
		return "That kind of content is not taken here.";
	case 421:
		return "This server does not answer to that name.";
	case 429:
		return "Too many at once. Please wait a little and try again.";
	case 431:
		return "The request carries too much.";
	case 503:
		return "Too much to do just now. Please try again in a moment.";
	default:
		return "Something went wrong here. It is not your fault.";
	}
}

bool path_is_ours(struct slice path)
{
	if (!path.n || path.p[0] != '/' || (path.n > 1 && path.p[1] == '/'))
		return false;
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] <= 0x20 || path.p[i] >= 0x7f || path.p[i] == '\\')
			return false;
	return true;
}

static struct answer made(struct req *req, int status, const char *type, struct buf *bytes)
{
	if (req->answered)
		bug("a second answer to one request");
	req->answered = true;
	req->status = status;
	req->type = type;
	if (bytes) {
		req->out = *bytes;
		*bytes = (struct buf){ .limit = bytes->limit, .secret = bytes->secret };
	}
	return (struct answer){ req };
}

/* An answer that outgrew its buffer is not sent in part. */
static struct answer made_whole(struct req *req, int status, const char *type, struct buf *bytes)
{
	if (!bytes->full)
		return made(req, status, type, bytes);
	log_world("web", "an answer outgrew its limit of %zu bytes", bytes->limit);
	buf_free(bytes);
	return reply_error(req, 500);
}

struct html html_for(struct req *req)
{
	return HTML(req_lang(req));
}

struct answer reply_html(struct req *req, int status, struct html *html)
{
	return made_whole(req, status, "text/html; charset=utf-8", &html->out);
}

struct answer reply_json(struct req *req, int status, struct buf *json)
{
	return made_whole(req, status, "application/json", json);
}

struct answer reply_bytes(struct req *req, int status, const char *type, struct buf *bytes)
{
	return made_whole(req, status, type, bytes);
}

struct answer reply_empty(struct req *req, int status)
{
	return made(req, status, NULL, NULL);
}

struct answer reply_see_other(struct req *req, const char *path)
{
	if (!path_is_ours(slice_of(path)))
		bug("a redirect that does not lead to a path of ours");
	reply_header(req, "Location", path);
	return made(req, 303, NULL, NULL);
}

struct answer reply_error(struct req *req, int status)
{
	const struct web_setup *setup = &req->web->setup;
	struct html page = html_for(req);
	if (status == 503)
		reply_header(req, "Retry-After", "5");
	if (setup->error_page) {
		struct web_error error = { .status = status, .lang = page.lang };
		if (status == 413 && req->route && req->route->flags & FLAG_UPLOAD) {
			error.file_most = setup->upload_most;
			error.back = req->route->path;
		}
		setup->error_page(&page, &error, setup->error_ctx);
		return made(req, status, "text/html; charset=utf-8", &page.out);
	}
	buf_printf(&page.out, "%d. %s\n", status, status_words(status));
	return made(req, status, "text/plain; charset=utf-8", &page.out);
}

struct answer reply_result(struct req *req, enum result res)
{
	switch (res) {
	case RES_NONE:
		return reply_error(req, 404);
	case RES_REFUSED:
		return reply_error(req, req->route && route_names(req->route) ? 404 : 403);
	case RES_BAD:
		return reply_error(req, 400);
	case RES_AGAIN:
		return reply_error(req, 409);
	case RES_BROKEN: /* the world, not we: it may work in a minute */
		return reply_error(req, 503);
	case RES_OK:
		break;
	}
	bug("a good result is no answer");
}

void reply_header(struct req *req, const char *name, const char *value)
{
	struct header *h = arena_new_of(req->arena, struct header);
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			bug("a control character in the header %s", name);
	h->name = arena_str(req->arena, slice_of(name));
	h->value = arena_str(req->arena, slice_of(value));
	h->next = req->headers;
	req->headers = h;
}

struct answer reply_later(struct req *req, int seconds, struct answer (*check)(struct req *, void *, bool))
{
	if (req->check || req->answered || seconds < 0 || seconds > 60)
		bug("a long poll of %d seconds, or a second one", seconds);
	req->check = check;
	req->until = steady_ms() + (int64_t)seconds * 1000;
	return (struct answer){ NULL };
}

void reply_keep(struct req *req, struct instant until)
{
	if (!req->route || !(req->route->flags & FLAG_KEPT))
		bug("an answer is to be kept whose route does not say so");
	req->keep = true;
	req->kept_until = until;
}

void req_keep(struct req *req, const void *kept)
{
	req->kept = kept;
}

const void *req_kept(const struct req *req)
{
	return req->kept;
}

/* ---- what goes over the wire ---- */

static bool accepts_gzip(struct req *req)
{
	struct slice rest = req_header(req, "Accept-Encoding"), coding, what;
	while (slice_cut(&rest, ',', &coding)) {
		struct slice weight = coding;
		if (!slice_cut(&weight, ';', &what) || !slice_is(slice_trim(what), "gzip"))
			continue;
		weight = slice_trim(weight);
		/* "q=0", "q=0.0" … mean no. */
		return !weight.n || !slice_starts(weight, "q=0") || strspn(weight.p, "q=0.") < weight.n;
	}
	return false;
}

struct sent {
	size_t n;
	char *bytes;
};

static void wipe_sent(void *ctx)
{
	struct sent *s = ctx;
	explicit_bzero(s->bytes, s->n);
	free(s->bytes);
	free(s);
}

static struct MHD_Response *response_of(struct buf *b)
{
	struct sent *s = must_alloc(1, sizeof(*s));
	s->bytes = b->p;
	s->n = b->n;
	b->p = NULL;
	struct MHD_Response *r = MHD_create_response_from_buffer_with_free_callback_cls(s->n, s->bytes, wipe_sent, s);
	if (!r)
		bug("out of memory for an answer");
	return r;
}

static void add(struct MHD_Response *r, const char *name, const char *value)
{
	if (MHD_add_response_header(r, name, value) != MHD_YES)
		bug("the header %s cannot be added", name);
}

static void add_fence(struct req *req, struct MHD_Response *r)
{
	for (size_t i = 0; i < ARRAY_LEN(fence); i++)
		add(r, fence[i].name, fence[i].value);
	add(r, "Permissions-Policy", req->route && req->route->flags & FLAG_PASSKEYS ? with_passkeys : without_passkeys);
	if (req->web->origin && !strncmp(req->web->origin, "https:", 6))
		add(r, "Strict-Transport-Security", "max-age=31536000");
}

bool reply_may_zip(struct req *req)
{
	return req->route->flags & FLAG_GZIP && accepts_gzip(req);
}

static struct MHD_Response *page_of(struct req *req, struct buf *out, bool may_zip, bool zipped)
{
	/* An empty response of the library's own, without a body to free. */
	struct MHD_Response *r = out->p ? response_of(out) : MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	if (!r)
		bug("out of memory for an answer");
	add_fence(req, r);
	add(r, "Cache-Control", "no-store");
	if (req->type)
		add(r, "Content-Type", req->type);
	if (may_zip)
		add(r, "Vary", "Accept-Encoding");
	if (zipped)
		add(r, "Content-Encoding", "gzip");
	for (struct header *h = req->headers; h; h = h->next)
		add(r, h->name, h->value);
	return r;
}

/* Another one of the same bytes: the connection that asked wipes its own. */
static void keep(struct req *req, bool may_zip, bool zipped)
{
	struct buf again = BUF_LIMIT(req->out.n);
	if (req->headers)
		bug("%s is to be kept, and is not plain", req->route->path);
	buf_put(&again, req->out.p, req->out.n);
	kept_put(req, page_of(req, &again, may_zip, zipped));
}

void reply_finish(struct req *req)
{
	bool may_zip = req->route && req->route->flags & FLAG_GZIP && req->out.n > 512;
	bool zipped = may_zip && accepts_gzip(req) && squeeze(&req->out);
	if (req->keep && req->status == 200 && req->out.p)
		keep(req, may_zip, zipped);
	req->response = page_of(req, &req->out, may_zip, zipped);
}

const struct asset *asset_of(const struct web *web, struct slice path)
{
	for (size_t i = 0; i < web->sets_n; i++)
		for (size_t k = 0; k < web->sets[i].n; k++)
			if (slice_is(path, web->sets[i].assets[k].path))
				return &web->sets[i].assets[k];
	return NULL;
}

struct MHD_Response *reply_asset(struct req *req, const struct asset *a)
{
	bool zipped = a->gzip && accepts_gzip(req);
	struct MHD_Response *r = MHD_create_response_from_buffer(
		zipped ? a->gzip_n : a->n, (void *)(uintptr_t)(zipped ? a->gzip : a->bytes), MHD_RESPMEM_PERSISTENT);
	if (!r)
		bug("out of memory for an answer");
	add_fence(req, r);
	add(r, "Cache-Control", "public, max-age=31536000, immutable");
	add(r, "Content-Type", a->type);
	if (a->gzip)
		add(r, "Vary", "Accept-Encoding");
	if (zipped)
		add(r, "Content-Encoding", "gzip");
	return r;
}
