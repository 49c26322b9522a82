/* The requests about keys after the first day (client/README.md, "Requests"). */
#include "base/buf.h"
#include "crypt/wrap.h"
#include "haven/desk/desk_inside.h"
#include "web/json.h"

struct life {
	const struct desk *d;
	struct arena *a;
	const struct actor *who;
	struct instant now;
	struct supporter me;
	struct desk_keys keys;
	struct slice bytes;
};

static struct life begin(struct req *req, const struct actor *who, void *room)
{
	return (struct life){ .d = room, .a = req_arena(req), .who = who, .now = req_now(req) };
}

static struct day today(const struct life *l)
{
	return instant_day(l->now);
}

static struct supporters_new_keys new_keys(const struct life *l)
{
	return (struct supporters_new_keys){ l->keys.entry, l->keys.vault, l->keys.wraps, l->keys.wraps_n };
}

/* ---- a device is let in ---- */

static enum result pair(struct tx *tx, void *ctx)
{
	struct life *l = ctx;
	enum result res = desk_me(tx, l->a, l->who, &l->me);
	return res == RES_OK ? supporters_put_pairing(tx, &l->me.id, l->now, l->bytes) : res;
}

static struct answer pairing(struct req *req, const struct actor *who, void *room)
{
	struct life l = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_pairing(req_body(req), l.a, &l.bytes) : RES_BAD;
	if (res == RES_OK)
		res = db_write(l.d->setup.db, pair, &l);
	return desk_ended(req, res, 204);
}

static enum result take(struct tx *tx, void *ctx)
{
	struct life *l = ctx;
	enum result res = desk_me(tx, l->a, l->who, &l->me);
	return res == RES_OK ? supporters_take_pairing(tx, l->a, &l->me.id, &l->bytes) : res;
}

static struct answer pairing_take(struct req *req, const struct actor *who, void *room)
{
	struct life l = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_nothing(req_body(req)) : RES_BAD;
	if (res == RES_OK)
		res = db_write(l.d->setup.db, take, &l);
	if (res != RES_OK && res != RES_NONE)
		return desk_ended(req, res, 200);
	char text[base64url_size(WRAP_ROW) + 1];
	if (res == RES_OK)
		base64url_write(text, l.bytes.p, l.bytes.n);
	struct buf out = BUF_SECRET(1024);
	struct json j = JSON(&out);
	json_obj(&j);
	json_put_str(&j, "wrap", res == RES_OK ? text : NULL);
	json_end(&j);
	return reply_json(req, 200, &out);
}

static enum result stop(struct tx *tx, void *ctx)
{
	struct life *l = ctx;
	enum result res = desk_me(tx, l->a, l->who, &l->me);
	return res == RES_OK ? supporters_drop_pairing(tx, &l->me.id) : res;
}

static struct answer pairing_stop(struct req *req, const struct actor *who, void *room)
{
	struct life l = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_nothing(req_body(req)) : RES_BAD;
	if (res == RES_OK)
		res = db_write(l.d->setup.db, stop, &l);
	return desk_ended(req, res, 204);
}

/* ---- other keys ---- */

static enum result turn(struct tx *tx, void *ctx)
{
	struct life *l = ctx;
	struct supporters_new_keys k = new_keys(l);
	enum result res = desk_me(tx, l->a, l->who, &l->me);
	return res == RES_OK ? supporters_rotate(tx, l->d->setup.rnd, &l->me.id, today(l), &k, l->keys.replaces) : res;
}

static struct answer rotate(struct req *req, const struct actor *who, void *room)
{
	struct life l = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_rotation(req_body(req), l.a, &l.keys) : RES_BAD;
	if (res == RES_OK)
		res = db_write(l.d->setup.db, turn, &l);
	return desk_ended(req, res, 201);
}

/* What was sealed to keys that are gone cannot be opened any more. The stand-ins hold the same answers, so each open task
   goes on as if she had passed it on, and she stands in for nobody. */
static enum result pass_all_on(struct tx *tx, struct life *l)
{
	struct offers_task *tasks;
	size_t n;
	enum result res = offers_leave_seats(tx, &l->me.id);
	if (res == RES_OK)
		res = offers_tasks(tx, l->d->setup.offers, l->a, &l->me.id, &tasks, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		if (!tasks[i].closed)
			res = offers_pass_on(tx, l->d->setup.offers, &tasks[i].id, &l->me.id);
	return res;
}

static void mail_waits(const struct life *l)
{
	if (l->d->setup.mail_waits)
		l->d->setup.mail_waits(l->d->setup.mail_ctx);
}

static enum result begin_anew(struct tx *tx, void *ctx)
{
	struct life *l = ctx;
	struct supporters_new_keys k = new_keys(l);
	enum result res = desk_me(tx, l->a, l->who, &l->me);
	if (res != RES_OK)
		return res;
	res = supporters_reset(tx, l->d->setup.rnd, &l->me.id, today(l), &k);
	if (res == RES_REFUSED)
		return RES_AGAIN; /* the yes has run out: she looks again, and asks again */
	return res == RES_OK ? pass_all_on(tx, l) : res;
}

static struct answer reset(struct req *req, const struct actor *who, void *room)
{
	struct life l = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_keys(req_body(req), l.a, &l.keys) : RES_BAD;
	if (res == RES_OK)
		res = db_write(l.d->setup.db, begin_anew, &l);
	if (res == RES_OK)
		mail_waits(&l);
	return desk_ended(req, res, 201);
}

static enum result leave(struct tx *tx, void *ctx)
{
	struct life *l = ctx;
	enum result res = desk_me(tx, l->a, l->who, &l->me);
	if (res == RES_OK)
		res = supporters_retire(tx, &l->me.id, today(l), l->bytes);
	return res == RES_OK ? pass_all_on(tx, l) : res;
}

static struct answer retire(struct req *req, const struct actor *who, void *room)
{
	struct life l = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_entry(req_body(req), l.a, &l.bytes) : RES_BAD;
	if (res == RES_OK)
		res = db_write(l.d->setup.db, leave, &l);
	if (res == RES_OK)
		mail_waits(&l);
	return desk_ended(req, res, 204);
}

static enum result ask(struct tx *tx, void *ctx)
{
	struct life *l = ctx;
	enum result res = desk_me(tx, l->a, l->who, &l->me);
	return res == RES_OK ? supporters_ask_reset(tx, &l->me.id, today(l)) : res;
}

static struct answer ask_reset(struct req *req, const struct actor *who, void *room)
{
	struct life l = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_nothing(req_body(req)) : RES_BAD;
	if (res == RES_OK)
		res = db_write(l.d->setup.db, ask, &l);
	return desk_ended(req, res, 204);
}

void desk_life_routes(struct desk *d, struct web *web)
{
	enum { TELLS = FLAG_API | FLAG_SECRET | FLAG_BINARY, KIB = 1024 };
	static const struct route routes[] = {
		{ METHOD_POST, "/s/pairing", ROLE_SUPPORTER, NULL, pairing, TELLS, 1 * KIB, NULL },
		{ METHOD_POST, "/s/pairing/take", ROLE_SUPPORTER, NULL, pairing_take, TELLS, 1 * KIB, NULL },
		{ METHOD_POST, "/s/pairing/stop", ROLE_SUPPORTER, NULL, pairing_stop, TELLS, 1 * KIB, NULL },
		{ METHOD_POST, "/s/keys/rotate", ROLE_SUPPORTER, NULL, rotate, TELLS, 2048 * KIB, NULL },
		{ METHOD_POST, "/s/keys/reset", ROLE_SUPPORTER, NULL, reset, TELLS, 128 * KIB, NULL },
		{ METHOD_POST, "/s/keys/retire", ROLE_SUPPORTER, NULL, retire, TELLS, 1 * KIB, NULL },
		{ METHOD_POST, "/s/keys/ask", ROLE_SUPPORTER, NULL, ask_reset, TELLS, 1 * KIB, NULL },
	};
	web_routes(web, routes, ARRAY_LEN(routes), d);
}
