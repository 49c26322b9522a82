/* The list of what was told, and one of them: whoever decides, and whoever says where it belongs. */
#include <string.h>

#include "audit/audit.h"
#include "duty/missing/missing_show.h"
#include "missing.tpl.h"
#include "signin/signin.h"
#include "web/reply.h"

#define LIST_MOST 100
#define INCIDENTS_MOST 200
#define SORTERS (ROLE_SAFETY | ROLE_ADMIN)

static const char *const saids[] = { "added", "there", "declined", "given", "late", "waits", NULL };
static const char *const hows[] = { "0", "1", "2", NULL };
static const char *const wass[] = { "0", "1", "2", "3", NULL };

static const struct field list_fields[] = { { .name = "said", .kind = FIELD_CHOICE, .choices = saids }, { 0 } };
#define INCIDENT "an incident that she leads: of her unit or one below it, and she is no party to it; a safety representative where every leader is"
static const struct field one_fields[] = {
	{ .name = "person", .kind = FIELD_TEXT, .most = 40 },
	{ .name = "phone", .kind = FIELD_TEXT, .most = INCIDENTS_PHONE_MOST },
	{ .name = "how", .kind = FIELD_CHOICE, .choices = hows },
	{ .name = "incident", .kind = FIELD_ID, .whose = INCIDENT },
	{ .name = "was", .kind = FIELD_CHOICE, .choices = wass },
	{ 0 },
};
static const struct field unit_fields[] = { { .name = "unit", .kind = FIELD_ID, .whose = "any unit: it is given to who leads there" }, { 0 } };

struct call {
	const struct missing_pages *pages;
	const struct actor *who;
	struct arena *a;
	struct instant now;
	struct day today;
	struct id id;
	enum missing_state was;
	struct missing_choice choice; /* as it was sent, and what is known */
	struct missing *list;
	size_t n, more;
	bool there;
	unsigned faults;
};

static struct call call_of(struct missing_pages *pages, struct req *req, const struct actor *who)
{
	return (struct call){ .pages = pages, .who = who, .a = req_arena(req), .now = req_now(req), .today = instant_day(req_now(req)) };
}

/* ---- the list: no names, so no look is noted ---- */

static enum result list_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return missing_list(tx, c->a, c->who, LIST_MOST, &c->list, &c->n, &c->more);
}

static const char *said_text(struct req *req)
{
	static const char *const texts[] = {
		TR("The person was added, and is offered support."),
		TR("The person was in the incident already. Nothing has changed."),
		TR("Noted: nobody was added."),
		TR("It now waits for the manager of that unit."),
		TR("Somebody else has decided in the meantime. Nothing has changed."),
		TR("The incident is registered. The person reported is not among those affected, and so is still waiting here for a decision."),
	};
	int i;
	_Static_assert(ARRAY_LEN(texts) == ARRAY_LEN(saids) - 1, "a text for each");
	return req_choice(req, "said", &i) == RES_OK ? tr((enum lang)req_lang(req), texts[i]) : NULL;
}

static struct answer get_list(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	struct missing_list_view v;
	enum result res = db_read(c.pages->db, list_work, &c);
	if (res != RES_OK)
		return reply_result(req, res);
	show_missing_list(c.pages, req, who, c.list, c.n, c.more, said_text(req), &v);
	struct html h = html_for(req);
	missing_list_page(&h, &v);
	return reply_html(req, 200, &h);
}

/* ---- what is suggested ---- */

static void put_person(struct missing_choice *c, const struct person_line *p)
{
	for (size_t i = 0; i < c->people_n; i++)
		if (id_eq(&c->people[i].id, &p->id))
			return;
	if (c->people_n < ARRAY_LEN(c->people))
		c->people[c->people_n++] = *p;
}

/* By number or e-mail: sure when it means one person alone. */
static enum result pick(struct tx *tx, struct arena *a, const char *line, struct missing_choice *c)
{
	struct person_lines found = { 0 };
	enum result res = *line ? people_pick(tx, a, slice_of(line), &found) : RES_BAD;
	if (res == RES_OK && found.n == 1 && !found.more) {
		put_person(c, &found.list[0]);
		c->sure = c->people_n;
	}
	return res == RES_BAD ? RES_OK : res;
}

static enum result suggest_people(struct tx *tx, struct arena *a, struct missing_choice *c)
{
	struct person_lines found = { 0 };
	enum result res = pick(tx, a, c->m.number, c);
	if (res == RES_OK && missing_is_mail(slice_of(c->m.contact)))
		res = pick(tx, a, c->m.contact, c);
	if (res == RES_OK)
		res = people_search(tx, a, slice_of(c->m.name), &found);
	for (size_t i = 0; res == RES_OK && i < found.n; i++)
		put_person(c, &found.list[i]);
	return res == RES_BAD ? RES_OK : res;
}

/* Those that she leads, about that day; the one alone is chosen. */
static enum result suggest_incidents(struct tx *tx, struct call *call, struct missing_choice *c)
{
	struct incident *all;
	size_t n;
	enum result res = incidents_list(tx, call->a, call->who, INCIDENTS_MOST, &all, &n);
	c->near = all;
	for (size_t i = 0; res == RES_OK && i < n && c->near_n < MISSING_NEAR_MOST; i++) {
		int32_t apart = instant_day(all[i].happened).n - c->m.day.n;
		if (all[i].leads && apart >= -MISSING_NEAR_DAYS && apart <= MISSING_NEAR_DAYS)
			c->near[c->near_n++] = all[i];
	}
	if (res == RES_OK && c->near_n == 1 && id_is_zero(&c->incident))
		c->incident = c->near[0].id;
	return res;
}

static enum result one_work(struct tx *tx, void *ctx)
{
	struct call *call = ctx;
	struct missing_choice *c = &call->choice;
	c->people_n = c->sure = c->near_n = c->units_n = 0;
	enum result res = missing_get(tx, call->a, call->who, &call->id, &c->m);
	if (res != RES_OK)
		return res;
	if (!c->m.reads)
		return RES_REFUSED;
	res = suggest_people(tx, call->a, c);
	return res == RES_OK ? suggest_incidents(tx, call, c) : res;
}

/* A look at names is noted before they are shown (PRODUCT.md § 4). */
static enum result note_work(struct tx *tx, void *ctx)
{
	const struct call *c = ctx;
	return audit_put(tx, c->pages->frame->rnd, c->today, &c->who->account, "missing/one", &c->id);
}

static enum result look_at(struct call *c)
{
	enum result res = db_read(c->pages->db, one_work, c);
	return res == RES_OK ? db_write(c->pages->db, note_work, c) : res;
}

static struct answer show(struct req *req, const struct call *c, int status)
{
	struct missing_view v;
	struct html h = html_for(req);
	show_missing(c->pages, req, c->who, &c->choice, &v);
	missing_one_page(&h, &v);
	return reply_html(req, status, &h);
}

static struct answer get_one(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	if (id_parse(req_path(req, 0), &c.id) != RES_OK)
		return reply_error(req, 404);
	enum result res = look_at(&c);
	return res == RES_OK ? show(req, &c, 200) : reply_result(req, res);
}

/* ---- deciding ---- */

static struct answer to_list(struct req *req, const char *said)
{
	return reply_see_other(req, arena_printf(req_arena(req), "/reported?said=%s", said));
}

static void read_choice(struct req *req, struct call *c)
{
	struct slice person;
	int how = 0, was = 0;
	struct missing_choice *choice = &c->choice;
	if (req_text(req, "person", &person) == RES_OK) {
		choice->outside = slice_is(person, "outside");
		choice->has_person = choice->outside || id_parse(person, &choice->person) == RES_OK;
	}
	if (req_text(req, "phone", &choice->phone) != RES_OK)
		choice->phone = req_echo(req, "phone");
	if (req_choice(req, "how", &how) == RES_OK)
		choice->how = (enum exposure_how)how;
	if (req_choice(req, "was", &was) == RES_OK)
		c->was = (enum missing_state)was;
	if (req_id(req, "incident", &choice->incident) != RES_OK)
		memset(&choice->incident, 0, sizeof(choice->incident));
}

static enum result add_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	const struct missing_choice *choice = &c->choice;
	struct incident_seat seat = { .person = choice->person, .how = choice->how };
	if (choice->outside)
		seat = (struct incident_seat){ .name = slice_of(choice->m.name), .phone = choice->phone, .how = choice->how,
					       .lang = c->pages->lang };
	return missing_add(tx, c->pages->frame->rnd, c->today, c->who, &c->id, c->was, &choice->incident, &seat, &c->faults,
			   &c->there);
}

static struct answer add(struct req *req, struct call *c)
{
	struct missing_choice *choice = &c->choice;
	bool sent_incident = !id_is_zero(&choice->incident);
	choice->person_bad = !choice->has_person;
	choice->phone_bad = choice->outside && !incident_phone_ok(choice->phone);
	choice->incident_bad = !sent_incident;
	if (choice->person_bad || choice->phone_bad || choice->incident_bad)
		return show(req, c, 422);
	enum result res = db_write(c->pages->db, add_work, c);
	if (res == RES_AGAIN)
		return to_list(req, "late");
	if (res == RES_BAD) {
		/* There is no room in the incident, or she has left since. */
		choice->person_bad = true;
		return show(req, c, 422);
	}
	if (res != RES_OK)
		return reply_result(req, res);
	if (!c->there && c->pages->frame->registered)
		c->pages->frame->registered(c->pages->frame->ctx);
	return to_list(req, c->there ? "there" : "added");
}

static struct answer post_one(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	if (id_parse(req_path(req, 0), &c.id) != RES_OK)
		return reply_error(req, 404);
	read_choice(req, &c);
	bool chose = !id_is_zero(&c.choice.incident);
	enum result res = look_at(&c);
	if (res != RES_OK)
		return reply_result(req, res);
	/* What stands alone is chosen for her on the page; it is sent with it. */
	if (!chose)
		memset(&c.choice.incident, 0, sizeof(c.choice.incident));
	return add(req, &c);
}

/* ---- not so ---- */

static enum result get_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = missing_get(tx, c->a, c->who, &c->id, &c->choice.m);
	return res == RES_OK && !c->choice.m.reads ? RES_REFUSED : res;
}

static struct answer get_not_so(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	struct missing_view v;
	if (id_parse(req_path(req, 0), &c.id) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_read(c.pages->db, get_work, &c);
	if (res == RES_OK)
		res = db_write(c.pages->db, note_work, &c);
	if (res != RES_OK)
		return reply_result(req, res);
	show_not_so(c.pages, req, who, &c.choice.m, &v);
	struct html h = html_for(req);
	missing_not_so_page(&h, &v);
	return reply_html(req, 200, &h);
}

static enum result decline_work(struct tx *tx, void *ctx)
{
	const struct call *c = ctx;
	return missing_decline(tx, c->today, c->who, &c->id);
}

static struct answer post_not_so(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	if (id_parse(req_path(req, 0), &c.id) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_write(c.pages->db, decline_work, &c);
	return res == RES_OK ? to_list(req, "declined") : res == RES_AGAIN ? to_list(req, "late") : reply_result(req, res);
}

/* ---- where it belongs: no names ---- */

static enum result unit_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = missing_get(tx, c->a, c->who, &c->id, &c->choice.m);
	if (res == RES_OK && !c->choice.m.sorts)
		res = RES_REFUSED;
	c->choice.m.reads = false;
	return res == RES_OK ? missing_units(tx, c->a, &c->choice.units, &c->choice.units_n) : res;
}

static struct answer get_unit(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	if (id_parse(req_path(req, 0), &c.id) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_read(c.pages->db, unit_work, &c);
	return res == RES_OK ? show(req, &c, 200) : reply_result(req, res);
}

static enum result give_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return missing_give(tx, c->a, c->now, c->who, &c->id, &c->choice.unit);
}

static struct answer post_unit(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	if (id_parse(req_path(req, 0), &c.id) != RES_OK)
		return reply_error(req, 404);
	if (req_id(req, "unit", &c.choice.unit) != RES_OK)
		memset(&c.choice.unit, 0, sizeof(c.choice.unit));
	enum result res = db_write(c.pages->db, give_work, &c);
	if (res == RES_AGAIN)
		return to_list(req, "late");
	if (res == RES_OK)
		return to_list(req, "given");
	if (res == RES_BAD)
		res = db_read(c.pages->db, unit_work, &c);
	c.choice.unit_bad = true;
	return res == RES_OK ? show(req, &c, 422) : reply_result(req, res);
}

#define LED "what was told of somebody missing in a unit that she leads, or in one below it, and she is no party to an incident there about that day; a safety representative where every leader is"
#define NOBODYS "what was told of somebody missing at a place that nobody leads"
static const struct route routes[] = {
	{ METHOD_GET, "/reported", ROLE_LEADER | SORTERS, list_fields, get_list, 0, 0 },
	{ METHOD_GET, "/reported/{id}", ROLE_LEADER | ROLE_SAFETY, NULL, get_one, 0, 0, LED },
	{ METHOD_POST, "/reported/{id}", ROLE_LEADER | ROLE_SAFETY, one_fields, post_one, 0, 0, LED },
	{ METHOD_GET, "/reported/{id}/not-so", ROLE_LEADER | ROLE_SAFETY, NULL, get_not_so, 0, 0, LED },
	{ METHOD_POST, "/reported/{id}/not-so", ROLE_LEADER | ROLE_SAFETY, NULL, post_not_so, 0, 0, LED },
	{ METHOD_GET, "/reported/{id}/unit", SORTERS, NULL, get_unit, 0, 0, NOBODYS },
	{ METHOD_POST, "/reported/{id}/unit", SORTERS, unit_fields, post_unit, 0, 0, NOBODYS },
};

void missing_routes(struct missing_pages *pages, struct web *web)
{
	missing_there_routes(pages, web);
	web_routes(web, routes, ARRAY_LEN(routes), pages);
}
