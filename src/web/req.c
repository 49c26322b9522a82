/* What a handler may ask of its request (route.h). */
#include "web/inside.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "lang/lang.h"
#include "web/limit.h"

enum result req_text(struct req *req, const char *name, struct slice *text_r)
{
	return form_text(req->form, name, text_r);
}

enum result req_int(struct req *req, const char *name, int64_t *n_r)
{
	return form_int(req->form, name, n_r);
}

enum result req_id(struct req *req, const char *name, struct id *id_r)
{
	return form_id(req->form, name, id_r);
}

enum result req_choice(struct req *req, const char *name, int *index_r)
{
	return form_choice(req->form, name, index_r);
}

bool req_flag(struct req *req, const char *name)
{
	return form_flag(req->form, name);
}

enum result req_nth(struct req *req, const char *name, int nth, struct slice *text_r)
{
	return form_nth(req->form, name, nth, text_r);
}

struct slice req_echo(struct req *req, const char *name)
{
	return form_echo(req->form, name);
}

struct slice req_path(struct req *req, int nth)
{
	if (nth < 0 || nth >= req->params.n)
		bug("%s has no {…} number %d", req->route->path, nth);
	return req->params.segment[nth];
}

struct slice req_body(struct req *req)
{
	if (!(req->route->flags & FLAG_BINARY))
		bug("the body of %s is a form", req->route->path);
	return (struct slice){ req->body ? req->body : "", req->body_n };
}

struct slice req_header(struct req *req, const char *name)
{
	const char *value = NULL;
	size_t n = 0;
	if (MHD_lookup_connection_value_n(req->conn, MHD_HEADER_KIND, name, strlen(name), &value, &n) != MHD_YES)
		return (struct slice){ 0 };
	return slice_trim((struct slice){ value ? value : "", n });
}

struct arena *req_arena(struct req *req)
{
	return req->arena;
}

struct instant req_now(struct req *req)
{
	return clock_now(req->web->setup.clock);
}

bool req_polls(const struct req *req)
{
	return req->route->flags & FLAG_POLL;
}

const struct actor *req_actor(const struct req *req)
{
	return req->actor;
}

/* ---- cookies (RFC 6265 § 4.2.1) ---- */

struct jar {
	const char *name;
	struct slice value;
	int count;
};

static bool cookie_value_is_sound(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= 0x20 || c >= 0x7f || strchr("\",;\\", c))
			return false;
	}
	return true;
}

static enum MHD_Result look_in_jar(void *ctx, enum MHD_ValueKind kind, const char *header, size_t header_n,
				   const char *value, size_t value_n)
{
	struct jar *jar = ctx;
	(void)kind;
	(void)header_n;
	if (strcasecmp(header, "Cookie") || !value)
		return MHD_YES;
	struct slice rest = { value, value_n }, pair, name;
	while (slice_cut(&rest, ';', &pair)) {
		pair = slice_trim(pair);
		if (!pair.n || !memchr(pair.p, '=', pair.n) || !slice_cut(&pair, '=', &name))
			continue;
		if (!slice_is(name, jar->name))
			continue;
		jar->count++;
		jar->value = cookie_value_is_sound(pair) ? pair : (struct slice){ 0 };
	}
	return MHD_YES;
}

struct slice req_cookie(struct req *req, const char *name)
{
	struct jar jar = { .name = name };
	MHD_get_connection_values_n(req->conn, MHD_HEADER_KIND, look_in_jar, &jar);
	/* Two of one name: somebody planted one from a neighbouring host, and we cannot tell which. */
	return jar.count == 1 ? jar.value : (struct slice){ 0 };
}

/* ---- language ---- */

int req_lang(struct req *req)
{
	enum lang lang, otherwise = (enum lang)req->web->setup.default_lang;
	if (req->form && lang_from(form_lang(req->form), &lang) == RES_OK)
		return lang;
	if (lang_from(req_cookie(req, "lang"), &lang) == RES_OK)
		return lang;
	if (req->actor)
		return req->actor->lang;
	struct slice accept = req_header(req, "Accept-Language");
	return accept.p ? lang_accept(accept, otherwise) : otherwise;
}

/* ---- the other end ---- */

static bool is_loopback(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)sa)->sin_addr.s_addr) >> 24 == 127;
	if (sa->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)sa)->sin6_addr);
	return sa->sa_family == AF_UNIX;
}

/* What tells one household from another: an IPv4 address, the first half of an IPv6 one. */
static size_t v4_bytes(const struct in_addr *a, unsigned char out[16])
{
	memcpy(out, a, 4);
	return 4;
}

static size_t v6_bytes(const struct in6_addr *a, unsigned char out[16])
{
	bool mapped = IN6_IS_ADDR_V4MAPPED(a);
	memcpy(out, a->s6_addr + (mapped ? 12 : 0), mapped ? 4 : 8);
	return mapped ? 4 : 8;
}

static size_t peer_bytes(struct req *req, unsigned char out[16])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(req->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = info ? info->client_addr : NULL;
	if (!sa)
		return 0;
	const char *header = req->web->setup.peer_header;
	struct slice said = header && is_loopback(sa) ? req_header(req, header) : (struct slice){ 0 };
	if (said.p && said.n < INET6_ADDRSTRLEN) {
		const char *text = arena_str(req->arena, said);
		struct in_addr v4;
		struct in6_addr v6;
		if (inet_pton(AF_INET, text, &v4) == 1)
			return v4_bytes(&v4, out);
		if (inet_pton(AF_INET6, text, &v6) == 1)
			return v6_bytes(&v6, out);
	}
	if (sa->sa_family == AF_INET)
		return v4_bytes(&((const struct sockaddr_in *)sa)->sin_addr, out);
	if (sa->sa_family == AF_INET6)
		return v6_bytes(&((const struct sockaddr_in6 *)sa)->sin6_addr, out);
	return 0;
}

uint64_t peer_of_seat(const struct web *web, const struct sockaddr *sa)
{
	unsigned char bytes[16] = { 0 };
	size_t n = 0;
	if (!sa || (web->setup.peer_header && is_loopback(sa)))
		return 0; /* the proxy's connections are everybody's */
	if (sa->sa_family == AF_INET)
		n = v4_bytes(&((const struct sockaddr_in *)sa)->sin_addr, bytes);
	else if (sa->sa_family == AF_INET6)
		n = v6_bytes(&((const struct sockaddr_in6 *)sa)->sin6_addr, bytes);
	return n ? limit_hash(web->seat_key, bytes, n) | 1 : 0;
}

uint64_t req_peer(struct req *req)
{
	unsigned char bytes[16] = { 0 }, key[16];
	size_t n = peer_bytes(req, bytes);
	struct web *web = req->web;
	int64_t hour = req_now(req).s / 3600;
	pthread_mutex_lock(&web->lock);
	if (hour != web->peer_hour) {
		random_fill(web->setup.rnd, "web/peer-key", web->peer_key, sizeof(web->peer_key));
		web->peer_hour = hour;
	}
	memcpy(key, web->peer_key, sizeof(key));
	pthread_mutex_unlock(&web->lock);
	uint64_t hash = limit_hash(key, bytes, n);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(bytes, sizeof(bytes));
	return hash;
}

enum result req_peer_uid(struct req *req, unsigned *uid_r)
{
	struct ucred who;
	socklen_t n = sizeof(who);
	if (strncmp(req->web->setup.listen, "unix:", 5) || getsockopt(req->guest->fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0)
		return RES_NONE;
	*uid_r = who.uid;
	return RES_OK;
}
