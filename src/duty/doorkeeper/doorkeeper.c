#include "duty/doorkeeper/doorkeeper.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "door/door.h"
#include "duty/coverage/coverage.h"
#include "duty/incidents/incidents.h"
#include "duty/people/people.h"
#include "web/reply.h"

#define LIFE_SETTING "door/life"
#define WAIT_MOST 60 /* seconds of a long poll */

struct doorkeeper {
	struct doorkeeper_setup setup;
	struct web *web;
	char *listen;
	struct id fresh; /* a life (door.h), should we be the one to begin it */
	bool unknown_told;
	bool unreadable; /* what haven told last */
};

/* The caller must be haven's user (or our own, where both run as one for development). */
static bool welcome(struct doorkeeper *d, struct req *req)
{
	unsigned uid;
	if (!d->setup.check_peer)
		return true;
	return req_peer_uid(req, &uid) == RES_OK && (uid == d->setup.peer_uid || uid == (unsigned)getuid());
}

/* ---- the life in which revs count (door.h): one for the database, begun by the first of duty's programs that serve it ---- */

SQL(life_get, "t", "value:b", "SELECT value FROM setting WHERE name = $1");
SQL(life_put, "tb", "",
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

static enum result begin_life(struct tx *tx, void *ctx)
{
	const struct doorkeeper *d = ctx;
	return db_do(tx, &life_put, NULL, v_str(LIFE_SETTING), v_id(&d->fresh));
}

/* Read beside the revs, in one transaction, so that both are of one database whatever was done to it. */
static enum result life_now(struct tx *tx, struct id *life_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &life_get, &rows, v_str(LIFE_SETTING));
	if (res == RES_OK)
		*life_r = row_id(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

/* From where to tell whoever asks after `after` of the life `asked`. */
static int64_t from(const struct id *life, const struct id *asked, int64_t after, int64_t newest)
{
	return id_eq(life, asked) && after <= newest ? after : 0;
}

struct asked {
	int64_t after;
	struct id life; /* zero: haven has asked nothing yet */
};

static enum result read_asked(struct req *req, struct asked *asked_r)
{
	struct asked asked = { 0 };
	if (req_int(req, "after", &asked.after) != RES_OK || req_id(req, "life", &asked.life) == RES_BAD)
		return RES_BAD;
	*asked_r = asked;
	return RES_OK;
}

/* ---- people ---- */

struct people_call {
	struct arena *a;
	struct asked asked;
	struct door_people out;
};

static struct door_person person_out(const struct person *p)
{
	if (p->ended)
		return (struct door_person){ .id = p->id, .ended = true };
	return (struct door_person){
		.id = p->id, .number = p->number, .name = p->name, .unit = p->unit_path, .profession = p->profession,
		.level = p->level, .lang = p->lang, .email = p->email, .phone = *p->private_phone ? p->private_phone : p->phone, .staff = p->staff,
		.protected = p->is_protected,
	};
}

/* What haven's reader would refuse is left out, so that the rest passes. Nothing that our own forms and imports take is
   (their limits are the door's); a database that something else wrote may hold it. */
static size_t people_that_fit(struct door_person *list, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (door_person_fits(&list[i]))
			list[kept++] = list[i];
	if (kept < n)
		log_world("doorkeeper", "people left out, since what is stored of them is longer than the door carries: %zu", n - kept);
	return kept;
}

static enum result people_work(struct tx *tx, void *ctx)
{
	struct people_call *c = ctx;
	struct person *list;
	size_t n;
	int64_t newest;
	enum result res = life_now(tx, &c->out.life);
	if (res == RES_OK)
		res = people_rev(tx, &newest);
	if (res == RES_OK)
		res = people_changes_after(tx, c->a, from(&c->out.life, &c->asked.life, c->asked.after, newest), DOOR_PEOPLE_MOST, &list, &n,
					   &c->out.to, &c->out.more);
	if (res != RES_OK)
		return res;
	c->out.list = arena_array(c->a, struct door_person, n);
	for (size_t i = 0; i < n; i++)
		c->out.list[i] = person_out(&list[i]);
	c->out.n = n;
	return RES_OK;
}

static const struct field after_fields[] = {
	{ .name = "after", .kind = FIELD_INT, .least = 0, .most = INT64_MAX },
	{ .name = "life", .kind = FIELD_ID, .whose = FIELD_DRAWN },
	{ .name = "wait", .kind = FIELD_INT, .least = 0, .most = WAIT_MOST },
	{ 0 },
};

static struct answer give_people(struct req *req, const struct actor *who, void *room)
{
	struct doorkeeper *d = room;
	struct people_call c = { .a = req_arena(req) };
	struct buf json = BUF_LIMIT(DOOR_BYTES_MOST);
	(void)who;
	if (!welcome(d, req))
		return reply_empty(req, 403);
	if (read_asked(req, &c.asked) != RES_OK)
		return reply_empty(req, 400);
	enum result res = db_read(d->setup.db, people_work, &c);
	if (res != RES_OK)
		return reply_empty(req, 503);
	c.out.n = people_that_fit(c.out.list, c.out.n);
	door_write_people(&json, &c.out);
	return reply_json(req, 200, &json);
}

/* ---- incidents, as a long poll ---- */

struct incidents_call {
	const struct doorkeeper *d;
	struct arena *a;
	struct asked asked;
	size_t most;
	struct door_incidents out;
};

static size_t incidents_that_fit(struct door_incident *list, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (door_incident_fits(&list[i]))
			list[kept++] = list[i];
	if (kept < n)
		log_world("doorkeeper", "incidents left out, since they hold more than the door carries; nobody in them is offered support: %zu",
			  n - kept);
	return kept;
}

/* Whoever is past is not told (door.h), nor an incident of which nobody is left to tell. */
static enum result leave_past_out(struct tx *tx, struct day today, struct door_incidents *m)
{
	size_t kept = 0;
	for (size_t i = 0; i < m->n; i++) {
		struct door_incident *in = &m->list[i];
		size_t n = 0;
		for (size_t k = 0; k < in->exposures_n; k++) {
			bool heard = false;
			if (in->exposures[k].named.n < today.n - DOOR_PAST_DAYS) {
				enum result res = coverage_heard(tx, &in->exposures[k].id, &heard);
				if (res != RES_OK)
					return res;
			}
			if (!heard)
				in->exposures[n++] = in->exposures[k];
		}
		in->exposures_n = n;
		if (n)
			m->list[kept++] = *in;
	}
	m->n = kept;
	return RES_OK;
}

static enum result incidents_work(struct tx *tx, void *ctx)
{
	struct incidents_call *c = ctx;
	struct id life;
	int64_t newest;
	enum result res = life_now(tx, &life);
	if (res == RES_OK)
		res = incidents_rev(tx, &newest);
	if (res == RES_OK)
		res = incidents_changes(tx, c->a, from(&life, &c->asked.life, c->asked.after, newest), c->most, &c->out);
	if (res == RES_OK)
		c->out.life = life;
	return res == RES_OK ? leave_past_out(tx, instant_day(clock_now(c->d->setup.clock)), &c->out) : res;
}

/* As many as one message carries: one alone always passes (door.h). What is read for it lives no longer than the call. */
static enum result write_incidents(struct incidents_call *c, struct buf *json)
{
	c->most = DOOR_INCIDENTS_MOST;
	for (;;) {
		c->a = arena_new();
		enum result res = db_read(c->d->setup.db, incidents_work, c);
		if (res == RES_OK) {
			c->out.n = incidents_that_fit(c->out.list, c->out.n);
			door_write_incidents(json, &c->out);
		}
		c->out.list = NULL;
		arena_free(&c->a);
		if (res != RES_OK || !json->full || c->most == 1)
			return res;
		buf_free(json);
		*json = (struct buf)BUF_LIMIT(DOOR_BYTES_MOST);
		c->most /= 2;
	}
}

/* Answers when there is something, or at the last. */
static struct answer look_again(struct req *req, void *room, bool last)
{
	struct doorkeeper *d = room;
	struct incidents_call c = { .d = d };
	struct buf json = BUF_LIMIT(DOOR_BYTES_MOST);
	if (read_asked(req, &c.asked) != RES_OK)
		return reply_empty(req, 400);
	enum result res = write_incidents(&c, &json);
	if (res != RES_OK) {
		buf_free(&json);
		return reply_empty(req, 503);
	}
	if (!c.out.n && c.out.to == c.asked.after && !last) {
		buf_free(&json);
		return (struct answer){ NULL };
	}
	return reply_json(req, 200, &json);
}

static struct answer give_incidents(struct req *req, const struct actor *who, void *room)
{
	struct doorkeeper *d = room;
	int64_t wait = 0;
	(void)who;
	if (!welcome(d, req))
		return reply_empty(req, 403);
	if (req_int(req, "wait", &wait) == RES_BAD)
		return reply_empty(req, 400);
	struct answer now = look_again(req, room, wait == 0);
	return now.made ? now : reply_later(req, (int)wait, look_again);
}

/* ---- facts ---- */

struct facts_call {
	struct door_facts facts;
	size_t unknown;
};

static enum result facts_work(struct tx *tx, void *ctx)
{
	struct facts_call *c = ctx;
	return coverage_hear(tx, &c->facts, &c->unknown);
}

/* Once is enough: more will follow, about the same people. */
static void tell_unknown(struct doorkeeper *d)
{
	if (!__atomic_exchange_n(&d->unknown_told, true, __ATOMIC_ACQ_REL))
		log_world("doorkeeper", "haven tells of offers to people in incidents that are not here: was this database restored from a backup? "
					"What was registered after it must be registered again");
}

const char *doorkeeper_trouble(const struct doorkeeper *d)
{
	return __atomic_load_n(&d->unreadable, __ATOMIC_ACQUIRE) ?
		       "what haven tells at the door is no message of it: nothing of it is taken" : NULL;
}

/* Haven keeps what was refused, and tells it again. */
static void notice_reading(struct doorkeeper *d, bool readable)
{
	if (__atomic_exchange_n(&d->unreadable, !readable, __ATOMIC_ACQ_REL) == !readable)
		return;
	if (readable)
		log_fact("doorkeeper", "what haven tells at the door can be read again");
	else
		log_world("doorkeeper", "what haven tells at the door is no message of it: nothing of it is taken until that is mended; "
					"do both programs have the same version?");
}

static struct answer take_facts(struct req *req, const struct actor *who, void *room)
{
	struct doorkeeper *d = room;
	struct facts_call c = { 0 };
	(void)who;
	if (!welcome(d, req))
		return reply_empty(req, 403);
	enum result res = door_read_facts(req_arena(req), req_body(req), &c.facts);
	notice_reading(d, res == RES_OK);
	if (res == RES_OK)
		res = db_write(d->setup.db, facts_work, &c);
	if (res == RES_OK && c.unknown)
		tell_unknown(d);
	if (res == RES_OK && d->setup.heard)
		d->setup.heard(d->setup.heard_ctx);
	return reply_empty(req, res == RES_OK ? 204 : res == RES_BAD ? 400 : 503);
}

/* MAY_ANYBODY: who may call is decided by the socket's user, before anything is read. */
static const struct route routes[] = {
	{ METHOD_GET, DOOR_PEOPLE_PATH, MAY_ANYBODY, after_fields, give_people, 0, 0 },
	{ METHOD_GET, DOOR_INCIDENTS_PATH, MAY_ANYBODY, after_fields, give_incidents, FLAG_SLOW, 0 },
	{ METHOD_POST, DOOR_FACTS_PATH, MAY_ANYBODY, NULL, take_facts, FLAG_BINARY | FLAG_NO_CSRF, DOOR_BYTES_MOST },
};

enum result doorkeeper_new(const struct doorkeeper_setup *setup, struct doorkeeper **d_r)
{
	struct doorkeeper *d = must_alloc(1, sizeof(*d));
	d->setup = *setup;
	d->listen = must_strdup(setup->listen);
	d->fresh = id_new(setup->rnd, "doorkeeper/life");
	struct web_setup web = {
		.listen = d->listen, .clock = setup->clock, .rnd = setup->rnd, .workers = 2, .most_open = 16,
	};
	enum result res = web_new(&web, &d->web);
	if (res != RES_OK) {
		free(d->listen);
		free(d);
		return res;
	}
	web_routes(d->web, routes, ARRAY_LEN(routes), d);
	*d_r = d;
	return RES_OK;
}

enum result doorkeeper_start(struct doorkeeper *d)
{
	/* Who only tells the routes begins no life, and writes nothing. */
	enum result res = db_first(d->setup.db, "doorkeeper/life", begin_life, d);
	return res == RES_OK ? web_start(d->web) : res;
}

void doorkeeper_wake(struct doorkeeper *d)
{
	web_wake(d->web);
}

const struct web *doorkeeper_web(const struct doorkeeper *d)
{
	return d->web;
}

void doorkeeper_stop(struct doorkeeper *d)
{
	web_drain(d->web, 5);
}

void doorkeeper_free(struct doorkeeper **d)
{
	if (!*d)
		return;
	web_free(&(*d)->web);
	free((*d)->listen);
	free(*d);
	*d = NULL;
}
