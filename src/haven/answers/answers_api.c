/* POST /h/ring: an answer that was sealed in a browser (docs/protocol.md §§ 3.3, 7). Nothing of it is
   logged or counted. */
#include <stdio.h>

#include "haven/answers/answers_inside.h"
#include "web/reply.h"

#define A_MINUTE 60 /* posts a minute without any mail sent, and four more for each (§ 7) */

struct asking {
	struct answers *r;
	struct instant now;
	const unsigned char *door;
	int64_t mailed;
};

static enum result door_work(struct tx *tx, void *ctx)
{
	struct asking *k = ctx;
	return answers_door_knows(tx, instant_day(k->now), k->door);
}

static enum result mailed_work(struct tx *tx, void *ctx)
{
	struct asking *k = ctx;
	return k->r->setup.mailed(tx, k->now.s / 3600, &k->mailed);
}

/* The codes of today are known since the last slots were put, whoever posts: what a post brought into memory, the time of the next would
   tell. A new code, or the first moment of a day, is asked for. */
static enum result check_door(struct answers *r, const unsigned char door[ANSWERS_DOOR_CODE])
{
	struct asking k = { .r = r, .now = clock_now(r->setup.clock), .door = door };
	pthread_mutex_lock(&r->lock);
	bool known = r->doors.day == instant_day(k.now).n && answers_door_among(&r->doors, door);
	pthread_mutex_unlock(&r->lock);
	return known ? RES_OK : db_read(r->setup.db, door_work, &k);
}

void answers_follow_mail(struct answers *r, int64_t mailed)
{
	int64_t rate = A_MINUTE + 4 * mailed;
	if (rate > 1000000)
		rate = 1000000;
	limit_set(r->limit, (int)rate, (int)rate);
}

/* Each address has its own bucket: with one for all, whoever empties it again and again could count by what is left how many
   others answer, and hold up everybody without JavaScript (PROTOCOL.md § 7 lets addresses be counted for this alone). The buckets follow
   m as the slots do; whoever would have to wait is looked at once more, so that a mass event opens them at once. */
enum result answers_spend(struct answers *r, uint64_t peer)
{
	struct asking k = { .r = r, .now = clock_now(r->setup.clock) };
	if (limit_take(r->limit, peer, 1) == RES_OK)
		return RES_OK;
	enum result res = db_read(r->setup.db, mailed_work, &k);
	if (res != RES_OK)
		return res;
	answers_follow_mail(r, k.mailed);
	return limit_take(r->limit, peer, 1);
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
	enum result res = check_door(r, post.door);
	if (res == RES_REFUSED)
		return reply_empty(req, 403);
	if (res == RES_OK)
		res = answers_spend(r, req_peer(req));
	if (res == RES_AGAIN && crypt_work_done(body, ANSWERS_WORK))
		res = RES_OK;
	if (res == RES_AGAIN) {
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
