/* A request's body, collected before anybody knows who sends it. So it takes memory as it comes, not as it was announced,
   and what all bodies take together is bounded. A small one always finds room: an answer to an offer, a sign-in. */
#include "web/inside.h"

#include <stdlib.h>
#include <string.h>

static size_t limit_of(const struct route *r)
{
	if (r->method == METHOD_GET)
		return 0;
	return r->body_limit ? r->body_limit : BODY_SMALL;
}

/* What counts towards the bound. */
static size_t counted(size_t room)
{
	return room > BODY_SMALL ? room : 0;
}

void body_free(struct req *req)
{
	if (req->body)
		explicit_bzero(req->body, req->body_room);
	free(req->body);
	req->web->bodies -= counted(req->body_room);
	req->body = NULL;
	req->body_n = req->body_room = 0;
}

/* Room for `need` bytes in one piece; the old piece is wiped. False: there is none. */
static bool make_room(struct req *req, size_t need)
{
	size_t room = req->body_room;
	while (room < need)
		room = room ? room * 2 : BODY_SMALL;
	if (room > req->body_most)
		room = req->body_most;
	if (req->web->bodies - counted(req->body_room) + counted(room) > req->web->setup.bodies_most)
		return false;
	char *more = malloc(room);
	if (!more)
		return false;
	if (req->body_n)
		memcpy(more, req->body, req->body_n);
	size_t n = req->body_n;
	body_free(req);
	req->web->bodies += counted(room);
	req->body = more;
	req->body_n = n;
	req->body_room = room;
	return true;
}

int body_await(struct req *req)
{
	int64_t length = 0;
	int status = guard_length(req, &length);
	if (status)
		return status;
	if (req->route->flags & FLAG_UPLOAD)
		return upload_await(req, length);
	size_t limit = limit_of(req->route);
	if (length > (int64_t)limit)
		return 413;
	req->body_most = length < 0 ? limit : (size_t)length;
	return 0;
}

void body_comes(struct req *req, const char *bytes, size_t n)
{
	if (req->upload) {
		upload_comes(req, bytes, n);
		return;
	}
	size_t left = req->body_most - req->body_n, take = n < left ? n : left;
	if (!req->body_crowded && req->body_n + take > req->body_room && !make_room(req, req->body_n + take)) {
		req->body_crowded = true;
		body_free(req);
	}
	if (req->body_crowded)
		take = 0;
	if (take)
		memcpy(req->body + req->body_n, bytes, take);
	req->body_n += take;
	req->body_dropped += n - take;
}

int body_status(struct req *req)
{
	if (req->upload)
		return upload_status(req);
	if (req->body_crowded)
		return 503;
	return req->body_dropped ? 413 : 0;
}
