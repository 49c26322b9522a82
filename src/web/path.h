/* path.h: the path of a request, and the routes it can mean. Pure. */
#ifndef WEB_PATH_H
#define WEB_PATH_H

#include "base/arena.h"
#include "web/route.h"

#define PATH_SEGMENTS 16
#define PATH_SEGMENT_MOST 200

/* "/a/b" is two segments, "/" none. */
struct path {
	struct slice segment[PATH_SEGMENTS];
	int n;
};

/* The path as it came, without the query; decoded exactly once. RES_BAD: not "/…", bad percent-encoding or UTF-8, a
   segment that is "." or ".." or holds NUL, '/', '\' or a control character. RES_NONE: well-formed, but an empty
   segment, too many or too long ones: no route can have it. */
MUST_USE enum result path_read(struct arena *a, struct slice raw, struct path *path_r);

struct router;

struct router *router_new(void) MUST_USE;
void router_free(struct router **r);
void router_add(struct router *r, const struct route *routes, size_t n, void *room);
/* Once, after the last router_add. RES_BROKEN, with a log line, when a route names nobody, two routes collide, or a
   table is malformed. `has_gate`: somebody can say who is signed in. */
MUST_USE enum result router_check(struct router *r, bool has_gate);
/* RES_OK; RES_NONE: no such path; RES_REFUSED: another method has it (router_allow). params_r holds the {…} in order. */
MUST_USE enum result router_find(const struct router *r, enum method method, const struct path *path,
				 const struct route **route_r, void **room_r, struct path *params_r);
/* "GET, HEAD, POST" for the Allow header; "" if the path has no route. */
void router_allow(const struct router *r, const struct path *path, char out[64]);
void router_each(const struct router *r, void (*fn)(const struct route *route, void *ctx), void *ctx);

#endif
