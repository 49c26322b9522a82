/* POST /h/ring: an answer that was sealed in a browser (docs/protocol.md §§ 3.3, 7). Nothing of it is
   logged or counted. */
#include <stdio.h>
#include <string.h>

#include "haven/answers/answers_inside.h"
#include "web/reply.h"

#define A_MINUTE 60 /* posts a minute without any mail sent, and four more for each (§ 7) */

struct look_at {
	struct answers *r;
	struct instant now;
	const unsigned char *door; /* NULL: nobody asks */
	int64_t mailed;
};

static enum result door_work(struct tx *tx, void *ctx)
{
	struct look_at *l = ctx;
	return answers_door_knows(tx, instant_day(l->now), l->door);
}

static enum result mailed_work(struct tx *tx, void *ctx)
{
	struct look_at *l = ctx;
	return l->r->setup.mailed(tx, l->now.s / 3600, &l->mailed);
}

/* A code that holds on a day holds to its end: it is asked for once, and the database nothing more with most posts. */
static enum result check_door(struct answers *r, const unsigned char door[ANSWERS_DOOR_CODE])
{
	struct look_at l = { .r = r, .now = clock_now(r->setup.clock), .door = door };
	int64_t today = instant_day(l.now).n;
	pthread_mutex_lock(&r->lock);
	bool known = r->door_day == today && crypt_eq(r->door, door, ANSWERS_DOOR_CODE);
	pthread_mutex_unlock(&r->lock);
	if (known)
		return RES_OK;
	enum result res = db_read(r->setup.db, door_work, &l);
	if (res == RES_OK) {
		pthread_mutex_lock(&r->lock);
		memcpy(r->door, door, ANSWERS_DOOR_CODE);
		r->door_day = today;
		pthread_mutex_unlock(&r->lock);
	}
	return res;
}

/* The buckets follow m, which is asked for once a second, and whenever there would be too little: a mass event opens them at once. */
static enum result follow_mail(struct answers *r, struct instant now)
{
	struct look_at l = { .r = r, .now = now };
	enum result res = db_read(r->setup.db, mailed_work, &l);
	if (res != RES_OK)
		return res;
	int64_t rate = A_MINUTE + 4 * l.mailed;
	if (rate > 1000000)
		rate = 1000000;
	limit_set(r->limit, (int)rate, (int)rate);
	pthread_mutex_lock(&r->lock);
	r->limit_at = now.s;
	pthread_mutex_unlock(&r->lock);
	return RES_OK;
}

/* Each address has its own bucket: with one for all, whoever empties it again and again could count by what is left how many
   others answer, and hold up everybody without JavaScript (PROTOCOL.md § 7 lets addresses be counted for this alone). */
enum result answers_spend(struct answers *r, uint64_t peer)
{
	struct instant now = clock_now(r->setup.clock);
	pthread_mutex_lock(&r->lock);
	bool followed = r->limit_at == now.s;
	pthread_mutex_unlock(&r->lock);
	if (followed && limit_take(r->limit, peer, 1) == RES_OK)
		return RES_OK;
	enum result res = follow_mail(r, now);
	return res == RES_OK ? limit_take(r->limit, peer, 1) : res;
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
