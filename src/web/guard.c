/*~ What the library lets through and we do not (LIBRARIES.md § 1.3, 3): two readings of
    one request are how something is smuggled past a proxy. Folded lines, bare line
    feeds and zero bytes in a header cannot be seen from here; on the open net a proxy
    stands in front. */
#include "web/inside.h"

#include <string.h>
#include <strings.h>

#define TARGET_MOST 4096
#define HEADERS_MOST 64

/* Headers of which a second one means that somebody reads another request than we do. */
static const char *const once[] = {
	"Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Origin", "Sec-Fetch-Site",
	"Makker-Csrf", "Authorization", "Expect",
};

struct head {
	struct req *req;
	int seen[ARRAY_LEN(once)];
	int n, status;
};

static bool is_token(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c <= 0x20 || c >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", c))
			return false;
	}
	return n > 0;
}

static bool value_is_sound(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static enum MHD_Result look(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
			    size_t value_n)
{
	struct head *h = ctx;
	(void)kind;
	if (++h->n > HEADERS_MOST)
		h->status = 431;
	else if (!is_token(name, name_n) || (value && !value_is_sound(value, value_n)))
		h->status = 400;
	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		if (!strcasecmp(name, once[i]) && ++h->seen[i] > 1)
			h->status = 400;
	return h->status ? MHD_NO : MHD_YES;
}

static bool digits_only(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* 0, 400 or 421. */
static int host_status(struct req *req)
{
	struct slice host = req_header(req, "Host");
	if (!host.p || !host.n)
		return 400;
	const char *colon = host.p[0] == '[' ? memchr(host.p, ']', host.n) : host.p;
	colon = colon ? memchr(colon, ':', host.n - (size_t)(colon - host.p)) : NULL;
	struct slice name = host;
	if (colon) {
		name.n = (size_t)(colon - host.p);
		if (!digits_only((struct slice){ colon + 1, host.n - name.n - 1 }))
			return 400;
	}
	const char *const *hosts = req->web->setup.hosts;
	if (!hosts)
		return 0;
	for (; *hosts; hosts++)
		if (strlen(*hosts) == name.n && !strncasecmp(*hosts, name.p, name.n))
			return 0;
	return 421;
}

int guard_head(struct req *req)
{
	if (req->target.n > TARGET_MOST)
		return 414;
	for (size_t i = 0; i < req->target.n; i++)
		if ((unsigned char)req->target.p[i] <= 0x20 || (unsigned char)req->target.p[i] >= 0x7f)
			return 400;
	struct head h = { .req = req };
	MHD_get_connection_values_n(req->conn, MHD_HEADER_KIND, look, &h);
	if (h.status)
		return h.status;
	return host_status(req);
}

int guard_length(struct req *req, int64_t *length_r)
{
	struct slice length = req_header(req, "Content-Length");
	struct slice coding = req_header(req, "Transfer-Encoding");
	int64_t n = 0;
	if (length.p && coding.p)
		return 400;
	if (coding.p) {
		if (coding.n != 7 || strncasecmp(coding.p, "chunked", 7))
			return 400;
		n = -1;
	} else if (length.p) {
		if (!digits_only(length))
			return 400;
		if (slice_int(length, &n) != RES_OK)
			return 413;
	}
	*length_r = n;
	return 0;
}
