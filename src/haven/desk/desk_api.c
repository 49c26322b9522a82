/* The requests of the desk's script (client/README.md, "Requests"). Errors are a status without a body. */
#include <stdio.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "crypt/wrap.h"
#include "haven/desk/desk_inside.h"
#include "haven/groups/groups.h"
#include "web/json.h"

#define ANSWER_MOST ((size_t)16 << 20)

/* One request's work: who asks, what came, what goes back. */
struct call {
	const struct desk *d;
	struct req *req;
	struct arena *a;
	const struct actor *who;
	struct day today;
	struct supporter me;
	/* in */
	struct desk_keys keys;
	struct slice bytes, old_hash;
	struct id *ids, task;
	struct offers_outcome *outcomes;
	size_t n;
	int64_t hour;
	/* out */
	struct slice *wraps, vault, log;
	size_t wraps_n;
	bool has_vault, was_restored;
	struct supporters_restored restored;
	enum supporters_asked asked;
	struct offers_task *tasks;
	struct offers_group *groups; /* of each task; starts 0: none */
};

static struct call begin(struct req *req, const struct actor *who, void *room)
{
	return (struct call){ .d = room, .req = req, .a = req_arena(req), .who = who, .today = instant_day(req_now(req)) };
}

struct answer desk_ended(struct req *req, enum result res, int good)
{
	switch (res) {
	case RES_OK: return reply_empty(req, good);
	case RES_NONE: return reply_empty(req, 404);
	case RES_AGAIN: return reply_empty(req, 409);
	case RES_REFUSED: return reply_empty(req, 403);
	case RES_BAD: return reply_empty(req, 400);
	case RES_BROKEN: break;
	}
	return reply_empty(req, 500);
}

bool desk_is_json(struct req *req)
{
	struct slice type = req_header(req, "Content-Type"), what;
	return slice_cut(&type, ';', &what) && slice_is(slice_trim(what), "application/json");
}

static void put_bytes(struct json *j, struct arena *a, struct slice bytes)
{
	char *text = arena_array(a, char, base64url_size(bytes.n) + 1);
	base64url_write(text, bytes.p, bytes.n);
	json_str(j, slice_bytes(text, base64url_size(bytes.n)));
}

static void put_id(struct json *j, const char *key, const struct id *id)
{
	json_put_str(j, key, id_text(id).s);
}

static void put_hex(struct json *j, const char *key, const unsigned char *bytes, size_t n)
{
	char text[2 * CRYPT_HASH + 1];
	if (n > CRYPT_HASH)
		bug("too long for hex");
	hex_write(text, bytes, n);
	json_put_str(j, key, text);
}

static void put_day(struct json *j, const char *key, struct day day)
{
	struct wall w = day_wall(day);
	char text[32];
	snprintf(text, sizeof(text), "%04d-%02d-%02d", w.year, w.month, w.mday);
	json_put_str(j, key, text);
}

/* ---- GET /s/desk/keys ---- */

static enum result look_keys(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = supporters_wraps(tx, c->a, &c->me.id, &c->wraps, &c->wraps_n);
	if (res == RES_OK)
		res = supporters_key_log(tx, c->a, &c->log);
	if (res != RES_OK)
		return res;
	res = supporters_restored(tx, &c->restored);
	c->was_restored = res == RES_OK;
	if (res != RES_OK && res != RES_NONE)
		return res;
	struct day asked;
	res = supporters_reset_of(tx, &c->me.id, c->today, &c->asked, &asked);
	if (res != RES_OK)
		return res;
	res = supporters_vault(tx, c->a, &c->me.id, &c->vault);
	c->has_vault = res == RES_OK;
	return res == RES_NONE ? RES_OK : res;
}

static void put_restored(struct json *j, const struct call *c)
{
	json_key(j, "restored");
	if (!c->was_restored) {
		json_null(j);
		return;
	}
	json_obj(j);
	json_put_int(j, "r", c->restored.r);
	json_put_int(j, "n", c->restored.n);
	put_hex(j, "h", c->restored.hash, sizeof(c->restored.hash));
	put_day(j, "day", c->restored.day);
	json_end(j);
}

static struct answer keys(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	enum result res = db_read(c.d->setup.db, look_keys, &c);
	if (res != RES_OK)
		return desk_ended(req, res, 200);
	struct buf out = BUF_SECRET(ANSWER_MOST);
	struct json j = JSON(&out);
	json_obj(&j);
	json_key(&j, "inst");
	put_bytes(&j, c.a, slice_bytes(c.d->setup.inst, CRYPT_INST));
	json_key(&j, "supporter");
	json_obj(&j);
	put_id(&j, "id", &c.me.id);
	json_put_str(&j, "name", c.me.name);
	json_end(&j);
	put_day(&j, "today", c.today);
	json_key(&j, "wraps");
	json_arr(&j);
	for (size_t i = 0; i < c.wraps_n; i++)
		put_bytes(&j, c.a, c.wraps[i]);
	json_end(&j);
	put_restored(&j, &c);
	json_put_str(&j, "reset", c.asked == SUPPORTERS_MAY_RESET ? "approved" : c.asked == SUPPORTERS_ASKED ? "asked" : NULL);
	json_key(&j, "vault");
	if (c.has_vault) {
		unsigned char hash[CRYPT_HASH];
		vault_hash(c.vault, hash);
		json_obj(&j);
		json_key(&j, "blob");
		put_bytes(&j, c.a, c.vault);
		put_hex(&j, "h", hash, sizeof(hash));
		json_end(&j);
	} else {
		json_null(&j);
	}
	json_key(&j, "keylog");
	json_arr(&j);
	for (size_t i = 0; i + SUPPORTERS_KEY_ENTRY <= c.log.n; i += SUPPORTERS_KEY_ENTRY)
		put_bytes(&j, c.a, slice_bytes(c.log.p + i, SUPPORTERS_KEY_ENTRY));
	json_end(&j);
	json_end(&j);
	return reply_json(req, 200, &out);
}

/* ---- GET /s/desk/data ---- */

static enum result look_data(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = offers_tasks(tx, c->d->setup.offers, c->a, &c->me.id, &c->tasks, &c->n);
	c->groups = arena_array(c->a, struct offers_group, c->n);
	for (size_t i = 0; res == RES_OK && i < c->n; i++) {
		res = groups_for_page(tx, c->a, &c->tasks[i].incident, req_now(c->req), &c->groups[i]);
		res = res == RES_NONE ? RES_OK : res;
	}
	if (res == RES_OK)
		res = audit_put(tx, c->d->setup.rnd, c->today, &c->who->account, "desk/tasks", NULL);
	return res;
}

/* The first name, as colleagues say it. */
static void put_times(struct json *j, struct call *c, const struct offers_task *t)
{
	enum lang lang = (enum lang)req_lang(c->req);
	struct instant now = req_now(c->req);
	struct buf b = BUF_LIMIT(1000), say = BUF_LIMIT(1000);
	say_day(&b, lang, t->happened, c->today);
	json_put_slice(j, "day_text", buf_get(&b));
	buf_reset(&b);
	say_before(&b, lang, t->deadline, now);
	say_capital(&b, 0);
	json_put_slice(j, "due_text", buf_get(&b));
	if (t->not_before.s > now.s) {
		buf_reset(&b);
		say_moment(&b, lang, t->not_before, now);
		tr_fill(&say, tr(lang, "{name} knows that you will call, but not before {when}."), "name",
			look_given(c->a, t->name), "when", buf_get(&b).p, NULL);
		json_put_slice(j, "call_text", buf_get(&say));
	}
	const struct offers_group *group = &c->groups[t - c->tasks];
	if (group->starts.s && !group->cancelled) {
		buf_reset(&b);
		buf_reset(&say);
		say_moment(&b, lang, group->starts, now);
		tr_fill(&say, tr(lang, "There is a group session for everybody who was there, {when}. It comes beside your call, not instead of it."),
			"when", buf_get(&b).p, NULL);
		json_put_slice(j, "group_text", buf_get(&say));
	}
	if (t->also) {
		struct slice title = slice_of(t->also->title);
		while (title.n && (title.p[title.n - 1] == '.' || title.p[title.n - 1] == ' '))
			title.n--; /* it stands within a sentence */
		buf_reset(&b);
		buf_reset(&say);
		say_day(&b, lang, t->also->happened, c->today);
		tr_fill(&say, tr(lang, "You have {name} as a task twice: also after “{title}”, {day}. One call is enough; note it in both places."), "name",
			look_given(c->a, t->name), "title", arena_str(c->a, title), "day", buf_get(&b).p, NULL);
		json_put_slice(j, "also_text", buf_get(&say));
	}
	buf_free(&say);
	buf_free(&b);
}

static void put_task(struct json *j, struct call *c, const struct offers_task *t)
{
	json_obj(j);
	put_id(j, "id", &t->id);
	put_id(j, "incident", &t->incident);
	put_id(j, "ref", &t->ref);
	put_hex(j, "rel", t->rel, sizeof(t->rel));
	json_put_int(j, "role", t->role);
	json_put_str(j, "name", t->name);
	json_put_str(j, "phone", t->phone);
	json_put_bool(j, "email", t->written);
	json_put_str(j, "lang", lang_code(t->lang));
	json_put_str(j, "title", t->title);
	json_put_int(j, "deadline", t->deadline.s);
	put_day(j, "deadline_day", instant_day(t->deadline));
	put_times(j, c, t);
	json_put_int(j, "since", t->since_hour);
	json_put_bool(j, "taken_over", t->taken_over);
	json_put_bool(j, "late", !t->closed && t->deadline.s < req_now(c->req).s);
	if (t->closed)
		json_put_bool(j, "closed", true);
	json_end(j);
}

static struct answer data(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	int64_t from, to;
	enum result res = db_write(c.d->setup.db, look_data, &c);
	if (res != RES_OK)
		return desk_ended(req, res, 200);
	answers_range(c.d->setup.answers, &from, &to);
	struct buf out = BUF_SECRET(ANSWER_MOST);
	struct json j = JSON(&out);
	json_obj(&j);
	put_day(&j, "today", c.today);
	json_key(&j, "ring");
	json_obj(&j);
	json_put_int(&j, "from", from);
	json_put_int(&j, "to", to);
	json_end(&j);
	json_key(&j, "tasks");
	json_arr(&j);
	for (size_t i = 0; i < c.n; i++)
		put_task(&j, &c, &c.tasks[i]);
	json_end(&j);
	json_end(&j);
	return reply_json(req, 200, &out);
}

/* ---- GET /s/ring/{hour} ---- */

static enum result look_hour(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = answers_hour(tx, c->d->setup.answers, c->a, c->hour, &c->bytes);
	/* A closed hour without slots (nobody served then) is an answer too: nothing. */
	if (res == RES_NONE) {
		int64_t from, to;
		res = answers_range_in(tx, c->d->setup.answers, &from, &to);
		/* The oldest may have gone while her desk was still reading, a day's worth at the most. */
		if (res == RES_OK && (c->hour < from - 24 || c->hour > to))
			res = RES_NONE;
	}
	return res;
}

static struct answer hour(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	if (desk_read_hour(req_path(req, 0), &c.hour) != RES_OK)
		return desk_ended(req, RES_NONE, 200);
	enum result res = db_read(c.d->setup.db, look_hour, &c);
	if (res != RES_OK)
		return desk_ended(req, res, 200);
	struct buf out = BUF_LIMIT(c.bytes.n);
	buf_slice(&out, c.bytes);
	return reply_bytes(req, 200, "application/octet-stream", &out);
}

/* ---- POST /s/keys, /s/wraps, /s/vault ---- */

static enum result put_keys(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = supporters_first_keys(tx, c->d->setup.rnd, &c->me.id, c->today, c->keys.entry, c->keys.wraps,
					    c->keys.wraps_n, c->keys.vault);
	return res;
}

static struct answer first_keys(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_keys(req_body(req), c.a, &c.keys) : RES_BAD;
	if (res == RES_OK)
		res = db_write(c.d->setup.db, put_keys, &c);
	return desk_ended(req, res, 201);
}

static enum result put_wrap(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = supporters_add_wrap(tx, c->d->setup.rnd, &c->me.id, c->bytes, c->old_hash);
	return res;
}

static struct answer wraps(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_wrap(req_body(req), c.a, &c.bytes, &c.old_hash) : RES_BAD;
	if (res == RES_OK)
		res = db_write(c.d->setup.db, put_wrap, &c);
	return desk_ended(req, res, 204);
}

static enum result drop_wrap(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = supporters_remove_wrap(tx, &c->me.id, c->old_hash);
	return res;
}

static struct answer wraps_remove(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_remove(req_body(req), c.a, &c.old_hash) : RES_BAD;
	if (res == RES_OK)
		res = db_write(c.d->setup.db, drop_wrap, &c);
	return desk_ended(req, res, 204);
}

static enum result put_vault(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = supporters_set_vault(tx, &c->me.id, c->old_hash, c->bytes);
	return res;
}

static enum result look_vault(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = supporters_vault(tx, c->a, &c->me.id, &c->vault);
	return res;
}

static struct answer vault(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	unsigned char hash[CRYPT_HASH];
	if (desk_read_etag(req_header(req, "If-Match"), hash) != RES_OK)
		return desk_ended(req, RES_BAD, 204);
	c.old_hash = slice_bytes(hash, sizeof(hash));
	c.bytes = req_body(req);
	enum result res = db_write(c.d->setup.db, put_vault, &c);
	if (res != RES_AGAIN)
		return desk_ended(req, res, 204);
	/* Another device was first: she gets what it wrote, to merge. */
	res = db_read(c.d->setup.db, look_vault, &c);
	if (res != RES_OK)
		return desk_ended(req, res, 204);
	struct buf out = BUF_LIMIT(c.vault.n);
	buf_slice(&out, c.vault);
	return reply_bytes(req, 412, "application/octet-stream", &out);
}

/* ---- POST /s/tasks/… ---- */

static enum result put_seen(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = offers_seen(tx, &c->me.id, c->ids, c->n);
	return res;
}

static struct answer seen(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_seen(req_body(req), c.a, &c.ids, &c.n) : RES_BAD;
	if (res == RES_OK)
		res = db_write(c.d->setup.db, put_seen, &c);
	return desk_ended(req, res, 204);
}

/* Reads only: what she says stays in memory until the incident closes. */
static enum result hear_outcomes(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = offers_outcomes(tx, c->d->setup.offers, &c->me.id, c->outcomes, c->n);
	return res;
}

static struct answer outcomes(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_outcomes(req_body(req), c.a, &c.outcomes, &c.n) : RES_BAD;
	if (res == RES_OK)
		res = db_read(c.d->setup.db, hear_outcomes, &c);
	return desk_ended(req, res, 204);
}

static enum result put_passed_on(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = desk_me(tx, c->a, c->who, &c->me);
	if (res == RES_OK)
		res = offers_pass_on(tx, c->d->setup.offers, &c->task, &c->me.id);
	return res;
}

static struct answer pass_on(struct req *req, const struct actor *who, void *room)
{
	struct call c = begin(req, who, room);
	enum result res = desk_is_json(req) ? desk_read_nothing(req_body(req)) : RES_BAD;
	if (res == RES_OK && id_parse(req_path(req, 0), &c.task) != RES_OK)
		res = RES_NONE;
	if (res == RES_OK)
		res = db_write(c.d->setup.db, put_passed_on, &c);
	if (res == RES_OK && c.d->setup.mail_waits)
		c.d->setup.mail_waits(c.d->setup.mail_ctx);
	return desk_ended(req, res, 204);
}

void desk_api_routes(struct desk *d, struct web *web)
{
#define HERS "a task that she holds"
	enum { ASKS = FLAG_API | FLAG_SECRET, TELLS = FLAG_API | FLAG_SECRET | FLAG_BINARY, KIB = 1024 };
	static const struct route routes[] = {
		{ METHOD_GET, "/s/desk/keys", ROLE_SUPPORTER, NULL, keys, ASKS, 0 },
		{ METHOD_GET, "/s/desk/data", ROLE_SUPPORTER, NULL, data, ASKS, 0 },
		{ METHOD_GET, "/s/ring/{hour}", ROLE_SUPPORTER, NULL, hour, ASKS, 0, "an hour of the ring, the same for every supporter" },
		{ METHOD_POST, "/s/keys", ROLE_SUPPORTER, NULL, first_keys, TELLS, 128 * KIB },
		{ METHOD_POST, "/s/wraps", ROLE_SUPPORTER, NULL, wraps, TELLS, 4 * KIB },
		{ METHOD_POST, "/s/wraps/remove", ROLE_SUPPORTER, NULL, wraps_remove, TELLS, 1 * KIB },
		{ METHOD_POST, "/s/vault", ROLE_SUPPORTER, NULL, vault, TELLS, VAULT_MAX },
		{ METHOD_POST, "/s/tasks/seen", ROLE_SUPPORTER, NULL, seen, TELLS, 64 * KIB, HERS, "tasks" },
		{ METHOD_POST, "/s/tasks/outcomes", ROLE_SUPPORTER, NULL, outcomes, TELLS, 128 * KIB, HERS, "outcomes[].task" },
		{ METHOD_POST, "/s/tasks/{id}/pass-on", ROLE_SUPPORTER, NULL, pass_on, TELLS, 1 * KIB, HERS },
	};
	web_routes(web, routes, ARRAY_LEN(routes), d);
}
