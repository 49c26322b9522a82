/* POST /h/ring: an answer that was sealed in a browser (docs/protocol.md §§ 3.3, 7). Nothing of it is
   logged or counted. */
#include <stdio.h>

#include "haven/answers/answers_inside.h"
#include "web/reply.h"

#define A_MINUTE 60 /* posts a minute without any mail sent, and four more for each (§ 7) */

struct look_at {
	struct answers *r;
	const unsigned char *door; /* NULL: nobody asks */
	int64_t mailed;
};

static enum result look_work(struct tx *tx, void *ctx)
{
	struct look_at *l = ctx;
	struct instant now = clock_now(l->r->setup.clock);
	enum result res = RES_OK;
	if (l->door)
		res = answers_door_knows(tx, instant_day(now), l->door);
	if (res == RES_OK)
		res = l->r->setup.mailed(tx, now.s / 3600, &l->mailed);
	return res;
}

/* The buckets follow m; it is asked with each post, so that a mass event opens them at once. Each address has its own:
   with one for all, whoever empties it again and again could count by what is left how many others answer, and hold
   up everybody without JavaScript (PROTOCOL.md § 7 lets addresses be counted for this alone). */
static enum result spend(struct answers *r, int64_t mailed, uint64_t peer)
{
	int64_t rate = A_MINUTE + 4 * mailed;
	if (rate > 1000000)
		rate = 1000000;
	limit_set(r->limit, (int)rate, (int)rate);
	return limit_take(r->limit, peer, 1);
}

enum result answers_spend(struct answers *r, uint64_t peer)
{
	struct look_at l = { .r = r };
	enum result res = db_read(r->setup.db, look_work, &l);
	return res == RES_OK ? spend(r, l.mailed, peer) : res;
}

/* It waited for a tick. */
static struct answer look_again(struct req *req, void *room, bool last)
{
	enum result res = answers_posted(room, req_kept(req));
	if (res == RES_NONE && !last)
		return (struct answer){ NULL };
	return reply_empty(req, res == RES_OK ? 204 : 503);
}

static struct answer post_ring(struct req *req, const struct actor *who, void *room)
{
	struct answers *r = room;
	struct ring_post post;
	struct slice body = req_body(req);
	(void)who;
	if (ring_post_read(body, req_arena(req), &post) != RES_OK)
		return reply_empty(req, 400);
	struct look_at l = { .r = r, .door = post.door };
	enum result res = db_read(r->setup.db, look_work, &l);
	if (res == RES_REFUSED)
		return reply_empty(req, 403);
	if (res == RES_OK && spend(r, l.mailed, req_peer(req)) != RES_OK && !crypt_work_done(body, ANSWERS_WORK)) {
		char bits[8];
		snprintf(bits, sizeof(bits), "%d", ANSWERS_WORK);
		reply_header(req, "Makker-Work", bits);
		return reply_empty(req, 429);
	}
	if (res == RES_OK)
		res = answers_post(r, &post.post, post.slot);
	if (res == RES_NONE) {
		struct id *kept = arena_new_of(req_arena(req), struct id);
		*kept = post.post;
		req_keep(req, kept);
		return reply_later(req, ANSWERS_WAIT, look_again);
	}
	return reply_empty(req, res == RES_OK ? 204 : 503);
}

void answers_routes(struct answers *r, struct web *web)
{
	static const struct route routes[] = {
		{ METHOD_POST, "/h/ring", MAY_ANYBODY, NULL, post_ring, FLAG_BINARY | FLAG_NO_CSRF | FLAG_SECRET, RING_POST },
	};
	web_routes(web, routes, ARRAY_LEN(routes), r);
}
