/* Whom a person asked not to be given: the coordinator's editor. One person's list at a time; there is no page of all. */
#include "haven/programme/programme_apart.h"

#include "apart.tpl.h"
#include "audit/audit.h"
#include "base/buf.h"
#include "haven/supporters/supporters.h"
#include "signin/signin.h"

#define HERE "/s/programme/apart"

struct work {
	const struct programme *p;
	struct arena *a;
	const struct actor *who;
	struct day today;
	const char *what; /* for the audit log */
	struct slice typed;
	struct directory_found found;
	struct id person, supporter;
	bool add;
	struct door_person them;
	struct supporter *all;
	size_t all_n;
	const struct id *listed;
	size_t listed_n;
};

/* Without saying whom it is about: the log is never shortened, and must not outlive what a list once said. */
static enum result audit(struct tx *tx, void *ctx)
{
	const struct work *w = ctx;
	return audit_put(tx, w->p->rnd, w->today, &w->who->account, w->what, NULL);
}

/* The entry first, by itself: where it cannot be written nothing is read, and what is read at length (every name there
   is) holds up nobody who writes. */
static enum result looked(struct work *w, const char *what, db_work *read)
{
	w->what = what;
	return db_write(w->p->db, audit, w) == RES_OK ? db_read(w->p->db, read, w) : RES_BROKEN;
}

static enum result search(struct tx *tx, void *ctx)
{
	struct work *w = ctx;
	return directory_search(tx, w->a, w->typed, &w->found);
}

/* RES_NONE: nobody here by that id. */
static enum result read_person(struct tx *tx, struct work *w)
{
	enum result res = directory_get(tx, w->a, &w->person, &w->them);
	if (res == RES_OK && w->them.ended)
		res = RES_NONE;
	if (res == RES_OK)
		res = supporters_all(tx, w->a, &w->all, &w->all_n);
	return res == RES_OK ? supporters_not_these(tx, w->a, &w->person, &w->listed, &w->listed_n) : res;
}

static enum result look(struct tx *tx, void *ctx)
{
	return read_person(tx, ctx);
}

/* The change and its entry together: neither is without the other. */
static enum result change(struct tx *tx, void *ctx)
{
	struct work *w = ctx;
	w->what = w->add ? "programme/apart-add" : "programme/apart-remove";
	enum result res = audit(tx, w);
	if (res == RES_OK)
		res = read_person(tx, w);
	if (res != RES_OK)
		return res;
	return w->add ? supporters_keep_apart(tx, &w->person, &w->supporter)
		      : supporters_bring_together(tx, &w->person, &w->supporter);
}

/* ---- words ---- */

static const char *name_of(const struct work *w, enum lang lang)
{
	return w->them.protected ? tr(lang, "Protected identity") : w->them.name;
}

/* "1003 · Trust / Ward"; of somebody protected the number alone. */
static const char *about(struct arena *a, const char *number, const char *unit, bool is_protected)
{
	if (is_protected || !unit[0])
		return number;
	return number[0] ? arena_printf(a, "%s · %s", number, unit) : unit;
}

static const char *fill(struct arena *a, const char *text, const char *person, const char *supporter)
{
	struct buf b = BUF_LIMIT(2048);
	tr_fill(&b, text, "person", person, "supporter", supporter, NULL);
	const char *s = arena_str(a, buf_get(&b));
	buf_free(&b);
	return s;
}

static struct look frame(struct req *req, const struct programme *p, const struct actor *who, const char *title)
{
	enum lang lang = (enum lang)req_lang(req);
	return (struct look){ .house = p->house, .lang = lang, .title = title, .roles = who->roles,
			      .place = "/s/programme", .sign_out = p->sign_out, .csrf = who->csrf,
			      .quick_exit = true };
}

static struct work begin(struct req *req, const struct actor *who, const struct programme *p)
{
	return (struct work){ .p = p, .a = req_arena(req), .who = who, .today = instant_day(req_now(req)) };
}

/* ---- finding the person ---- */

static struct answer show_search(struct req *req, int status, const struct apart_search *v)
{
	struct html h = html_for(req);
	apart_search_page(&h, v);
	return reply_html(req, status, &h);
}

static struct apart_search search_page(struct req *req, const struct actor *who, const struct programme *p)
{
	struct apart_search v = { .look = frame(req, p, who, tr((enum lang)req_lang(req), "Not this supporter")),
				  .action = HERE, .query = "" };
	v.look.path = HERE;
	return v;
}

static struct answer get_search(struct req *req, const struct actor *who, void *room)
{
	struct apart_search v = search_page(req, who, room);
	return show_search(req, 200, &v);
}

/* A POST, so that no name stands in an address that a proxy or a browser writes down. */
static struct answer post_search(struct req *req, const struct actor *who, void *room)
{
	struct work w = begin(req, who, room);
	struct apart_search v = search_page(req, who, room);
	v.query = arena_str(w.a, req_echo(req, "q"));
	enum result res = req_text(req, "q", &w.typed);
	if (res == RES_OK)
		res = looked(&w, "programme/apart-search", search);
	if (res == RES_NONE || res == RES_BAD) {
		v.error = tr(v.look.lang, "Write at least three letters");
		return show_search(req, 400, &v);
	}
	if (res != RES_OK)
		return reply_result(req, res);
	v.searched = true;
	v.more = w.found.more;
	v.hits_n = w.found.n;
	for (size_t i = 0; i < w.found.n; i++) {
		const struct directory_hit *hit = &w.found.list[i];
		v.hits[i] = (struct apart_hit){
			.name = hit->protected ? tr(v.look.lang, "Protected identity") : hit->name,
			.about = about(w.a, hit->number, hit->unit, hit->protected),
			.href = arena_printf(w.a, HERE "/%s", id_text(&hit->id).s),
		};
	}
	return show_search(req, 200, &v);
}

/* ---- one person ---- */

static bool is_listed(const struct work *w, const struct id *supporter)
{
	for (size_t i = 0; i < w->listed_n; i++)
		if (id_eq(&w->listed[i], supporter))
			return true;
	return false;
}

static const char *here_of(const struct work *w)
{
	return arena_printf(w->a, HERE "/%s", id_text(&w->person).s);
}

static struct answer show_person(struct req *req, int status, const struct work *w, const char *error)
{
	enum lang lang = (enum lang)req_lang(req);
	struct apart_supporter *listed = arena_array(w->a, struct apart_supporter, w->all_n);
	struct apart_supporter *choices = arena_array(w->a, struct apart_supporter, w->all_n);
	struct apart_person v = { .look = frame(req, w->p, w->who, tr(lang, "Not this supporter")), .name = name_of(w, lang),
				  .about = about(w->a, w->them.number, w->them.unit, w->them.protected),
				  .action = here_of(w), .search = HERE, .error = error };
	v.look.path = v.action;
	for (size_t i = 0; i < w->all_n; i++) {
		const struct supporter *s = &w->all[i];
		struct apart_supporter one = { id_text(&s->id), s->name, s->unit };
		if (is_listed(w, &s->id))
			listed[v.listed_n++] = one;
		else if (!s->left && !id_eq(&s->person, &w->person)) /* nobody is sent to herself */
			choices[v.choices_n++] = one;
	}
	v.listed = listed;
	v.choices = choices;
	struct html h = html_for(req);
	apart_person_page(&h, &v);
	return reply_html(req, status, &h);
}

/* The id in the path; false: not one. */
static bool person_in_path(struct req *req, struct work *w)
{
	return id_parse(req_path(req, 0), &w->person) == RES_OK;
}

static struct answer get_person(struct req *req, const struct actor *who, void *room)
{
	struct work w = begin(req, who, room);
	if (!person_in_path(req, &w))
		return reply_error(req, 404);
	enum result res = looked(&w, "programme/apart", look);
	return res == RES_OK ? show_person(req, 200, &w, NULL) : reply_result(req, res);
}

static struct answer ask(struct req *req, const struct work *w, const struct supporter *s)
{
	enum lang lang = (enum lang)req_lang(req);
	const char *name = name_of(w, lang);
	struct apart_question v = {
		.look = frame(req, w->p, w->who, tr(lang, "Not this supporter")), .action = here_of(w), .add = w->add,
		.supporter = id_text(&s->id),
		.question = fill(w->a, w->add ? tr(lang, "Never ask {supporter} to call {person}?")
					      : tr(lang, "May {supporter} be asked to call {person} again?"), name, s->name),
		.what = w->add ? tr(lang, "It applies from the next time we look for somebody. Neither of them is told.")
			       : tr(lang, "It applies from the next time we look for somebody. The note is erased."),
		.yes = w->add ? tr(lang, "Yes, note it") : tr(lang, "Yes, remove the note"),
	};
	struct html h = html_for(req);
	apart_question_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer post_person(struct req *req, const struct actor *who, void *room)
{
	int what;
	struct work w = begin(req, who, room);
	const struct supporter *chosen = NULL;
	if (!person_in_path(req, &w))
		return reply_error(req, 404);
	if (req_choice(req, "do", &what) != RES_OK)
		return reply_error(req, 400);
	w.add = what == 0;
	bool named = req_id(req, "supporter", &w.supporter) == RES_OK, sure = named && req_flag(req, "sure");
	enum result res = sure ? db_write(w.p->db, change, &w) : looked(&w, "programme/apart", look);
	if (res != RES_OK)
		return res == RES_REFUSED ? reply_error(req, 409) : reply_result(req, res);
	if (sure)
		return reply_see_other(req, here_of(&w));
	for (size_t i = 0; i < w.all_n && named; i++)
		if (id_eq(&w.all[i].id, &w.supporter))
			chosen = &w.all[i];
	if (!chosen)
		return show_person(req, 400, &w, tr((enum lang)req_lang(req), "Choose a peer supporter"));
	return ask(req, &w, chosen);
}

void programme_apart_routes(struct programme *p, struct web *web)
{
	static const char *const what[] = { "add", "remove", NULL };
	static const struct field search_fields[] = { { "q", FIELD_TEXT, 1, 200 }, { 0 } };
	static const struct field change_fields[] = {
		{ "supporter", FIELD_ID, .whose = "any supporter: they are the whole programme's" }, { "do", FIELD_CHOICE, .choices = what }, { "sure", FIELD_FLAG }, { 0 },
	};
#define ANYBODY "anybody in the directory: she is the whole programme's"
	static const struct route routes[] = {
		{ METHOD_GET, HERE, ROLE_COORDINATOR, NULL, get_search, 0, 0 },
		{ METHOD_POST, HERE, ROLE_COORDINATOR, search_fields, post_search, 0, 0 },
		{ METHOD_GET, HERE "/{person}", ROLE_COORDINATOR, NULL, get_person, 0, 0, ANYBODY },
		{ METHOD_POST, HERE "/{person}", ROLE_COORDINATOR, change_fields, post_person, 0, 0, ANYBODY },
	};
	web_routes(web, routes, ARRAY_LEN(routes), p);
}
