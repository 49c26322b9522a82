#include "duty/coverage/coverage_show.h"

#include <stdarg.h>
#include <string.h>

#include "signin/signin.h"

struct show {
	struct arena *a;
	enum lang lang;
	struct instant now;
};

static const char *keep(const struct show *s, struct buf *b)
{
	const char *out = arena_str(s->a, buf_get(b));
	buf_free(b);
	return out;
}

static const char *filled(const struct show *s, const char *text, const char *name, const char *value)
{
	struct buf b = BUF_LIMIT(4096);
	tr_fill(&b, text, name, value, NULL);
	return keep(s, &b);
}

static const char *number(const struct show *s, int n)
{
	struct buf b = BUF_LIMIT(40);
	say_number(&b, s->lang, n);
	return keep(s, &b);
}

static const char *filled_int(const struct show *s, const char *text, const char *name, int n)
{
	return filled(s, text, name, number(s, n));
}

static const char *day_text(const struct show *s, struct day d)
{
	struct buf b = BUF_LIMIT(200);
	say_day(&b, s->lang, d, instant_day(s->now));
	return keep(s, &b);
}

static const char *moment_text(const struct show *s, struct instant t, bool capital)
{
	struct buf b = BUF_LIMIT(200);
	say_moment(&b, s->lang, t, s->now);
	if (capital)
		say_capital(&b, 0);
	return keep(s, &b);
}

static const char *offered_text(const struct show *s, const struct coverage_count *c)
{
	struct buf b = BUF_LIMIT(200);
	tr_fill(&b, tr(s->lang, "Offered to {n} of {m}"), "n", number(s, c->offered), "m", number(s, c->affected), NULL);
	return keep(s, &b);
}

static struct head_view head_of(const struct show *s, const struct coverage_facts *f)
{
	static const char *const colors[] = { "info", "warning", "danger" };
	const struct incident *in = &f->in;
	struct coverage_count c = coverage_count(f->coverage, f->n);
	const char *unit = in->unit_path;
	for (const char *next; (next = strstr(unit, " / "));)
		unit = next + 3;
	return (struct head_view){ arena_printf(s->a, "/incidents/%s", id_text(&in->id).s), in->sentence, unit,
				   moment_text(s, in->happened, true), incident_severity_text(s->lang, in->severity),
				   colors[in->severity - 1], offered_text(s, &c) };
}

/* ---- one person ---- */

static const char *full(const struct show *s, const struct exposure *e)
{
	return incidents_name(s->a, s->lang, e->name, e->number, e->profession, e->unit_path);
}

static const char *given(const struct show *s, const struct exposure *e)
{
	return *e->name ? look_given(s->a, e->name) : full(s, e);
}

/* When it was offered; the first way counts. */
static struct day offered_day(const struct coverage *c)
{
	if (c->in_person.n && (!c->sent.n || c->unsendable.n || c->in_person.n < c->sent.n))
		return c->in_person;
	return c->sent.n && !c->unsendable.n ? c->sent : c->reached_day;
}

static struct seat_view seat_of(const struct show *s, const struct coverage *c, const struct exposure *e)
{
	struct seat_view v = { .id = arena_printf(s->a, "%s", id_text(&e->id).s),
			       .name = given(s, e), .full = full(s, e), .tint = look_tint(&e->person),
			       .how = exposure_how_text(s->lang, e->how), .open = coverage_needs_leader(c) };
	v.offered = !v.open && coverage_offered(c);
	v.when = v.offered		  ? day_text(s, offered_day(c))
		 : !v.open		  ? tr(s->lang, "on its way")
		 : coverage_offered(c) ? tr(s->lang, "not reached")
					  : tr(s->lang, "not yet");
	v.sent = c->unsendable.n ? tr(s->lang, "could not be sent") : c->sent.n ? day_text(s, c->sent) : "–";
	v.reached = !c->told ? "–" : c->reached ? day_text(s, c->reached_day) : tr(s->lang, "not reached");
	v.in_person = c->in_person.n ? day_text(s, c->in_person) : "–";
	if (*e->name)
		look_initials(e->name, v.initials);
	return v;
}

static const char *why(const struct show *s, const struct coverage *c, const struct exposure *e)
{
	if (!c->unsendable.n)
		return tr(s->lang, "The message was sent, but nobody got hold of them.");
	if (c->sent.n)
		return tr(s->lang, "The e-mail came back.");
	if (e->outside)
		return tr(s->lang, "Only a phone number is known, and no message can go there.");
	return *e->email ? tr(s->lang, "The e-mail could not be delivered.") : tr(s->lang, "There is no e-mail address.");
}

static struct need_view need_of(const struct show *s, const struct coverage *c, const struct exposure *e, enum incident_follow f)
{
	const char *text = coverage_offered(c) ? tr(s->lang, "Nobody has reached {name}.")
					       : tr(s->lang, "{name} has not been offered anything yet.");
	if (f == FOLLOW_HERSELF)
		return (struct need_view){ .id = arena_printf(s->a, "%s", id_text(&e->id).s), .what = tr(s->lang, "Nobody has reached you yourself."),
					   .why = "", .say = tr(s->lang, "Your own manager speaks with you in person, or the safety representative where you have none. "
								     "Where there is neither, the coordinator of peer support sees to it.") };
	struct need_view n = { .id = arena_printf(s->a, "%s", id_text(&e->id).s), .what = filled(s, text, "name", given(s, e)),
			       .why = why(s, c, e), .say = tr(s->lang, "Speak to them in person, today if you can.") };
	n.href = arena_printf(s->a, "/exposures/%s/in-person", n.id);
	if (*e->phone && !e->is_protected) {
		n.tel = look_tel(s->a, e->phone);
		n.phone = look_phone(s->a, e->phone);
	}
	return n;
}

/* ---- the list ---- */

/* Whom to speak to: a few by name, more as a number. */
static const char *needs_text(const struct show *s, const struct coverage_facts *f)
{
	struct coverage_count c = coverage_count(f->coverage, f->n);
	struct buf names = BUF_LIMIT(2000);
	int named = 0;
	if (!c.in_person)
		return NULL;
	if (!coverage_list_names(f))
		return filled_int(s, trn(s->lang, "One person should be spoken to in person.",
					 "{count} people should be spoken to in person.", c.in_person), "count", c.in_person);
	for (size_t i = 0; i < f->n; i++)
		if (coverage_needs_leader(&f->coverage[i]) && f->follow[i] == FOLLOW_UP)
			buf_printf(&names, "%s%s", named++ ? ", " : "", given(s, &f->people[i]));
	if (!named) /* herself */
		return tr(s->lang, "Nobody has reached you yourself.");
	return filled(s, tr(s->lang, "Speak to them in person: {names}."), "names", keep(s, &names));
}

static struct show show_of(struct req *req)
{
	return (struct show){ req_arena(req), (enum lang)req_lang(req), req_now(req) };
}

void show_list(const struct coverage_pages *pages, struct req *req, const struct actor *who,
	       const struct coverage_facts *list, size_t n, struct list_view *v_r)
{
	struct show s = show_of(req);
	struct list_row_view *rows = arena_array(s.a, struct list_row_view, n);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct list_row_view){ head_of(&s, &list[i]), needs_text(&s, &list[i]) };
	int said;
	*v_r = (struct list_view){ .rows = rows, .rows_n = n, .may_register = who->roles & ROLE_LEADER };
	if (req_choice(req, "said", &said) != RES_OK)
		said = -1;
	if (said == 1)
		v_r->warns = tr(s.lang, "It is registered, and everybody affected is offered support. But nobody follows it: no other manager leads this "
					"unit, and it has no safety representative who is not part of it. Ask the administrator today to give somebody that role.");
	if (said == 0)
		v_r->said = tr(s.lang, "It is registered, and everybody affected is offered support. Since you are a party to it, or review it, somebody "
				       "else follows it from here.");
	v_r->look = incidents_frame(pages->frame, req, who, tr(s.lang, "Incidents"), "/incidents");
}

/* ---- one incident ---- */

/* Changes when anything on the page would (FNV-1a). */
static const char *version_of(const struct show *s, const struct coverage_facts *f)
{
	uint64_t hash = 0xcbf29ce484222325u;
	int32_t today = instant_day(s->now).n;
	for (size_t i = 0; i <= f->n; i++) {
		const struct coverage *c = i < f->n ? &f->coverage[i] : NULL;
		const int32_t group = c ? 0 : *show_group_state(f);
		const int32_t words[] = { c ? c->sent.n : today, c ? c->unsendable.n : 0, c ? c->in_person.n : 0,
					  c ? c->reached_day.n : 0, c ? c->told + 2 * c->reached : f->names, group };
		const unsigned char *bytes = (const unsigned char *)words;
		for (size_t k = 0; k < sizeof(words); k++)
			hash = (hash ^ bytes[k]) * 0x100000001b3u;
	}
	return arena_printf(s->a, "%016llx", (unsigned long long)hash);
}

/* Whether somebody has been told of; until then all of it is still to come. */
static bool any_told(const struct coverage_facts *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->coverage[i].told)
			return true;
	return false;
}

/* Those who are parties, or those who review it; NULL: nobody. */
static const char *parties_text(const struct show *s, const struct coverage_facts *f, bool reviews)
{
	struct buf names = BUF_LIMIT(20000);
	for (size_t i = 0; i < f->parties_n; i++)
		if (f->parties[i].reviews == reviews)
			buf_printf(&names, "%s%s", names.n ? ", " : "", full(s, &f->parties[i]));
	const char *list = keep(s, &names);
	if (!*list)
		return NULL;
	return filled(s, reviews ? tr(s->lang, "Reviews it, and sees nothing of it here: {names}.") : tr(s->lang, "A party to it, and sees nothing of it here: {names}."),
		      "names", list);
}

static void show_people(const struct show *s, const struct coverage_facts *f, struct incident_view *v)
{
	struct seat_view *seats = arena_array(s->a, struct seat_view, f->n);
	struct need_view *needs = arena_array(s->a, struct need_view, f->n);
	for (size_t i = 0; i < f->n; i++) {
		bool follows = f->names || f->follow[i] == FOLLOW_UP;
		if (f->names)
			seats[i] = seat_of(s, &f->coverage[i], &f->people[i]);
		if (follows && coverage_needs_leader(&f->coverage[i]))
			needs[v->needs_n++] = need_of(s, &f->coverage[i], &f->people[i], f->follow[i]);
	}
	v->seats = seats;
	v->seats_n = f->names ? f->n : 0;
	v->needs = needs;
	struct same_view *sames = arena_array(s->a, struct same_view, f->n);
	for (size_t i = 0; f->same && i < f->n; i++)
		if (!id_is_zero(&f->same[i].who.person))
			sames[v->sames_n++] = (struct same_view){
				filled(s, id_is_zero(&f->same[i].who.id) ? tr(s->lang, "{name} from outside has the phone of somebody in the directory.")
									 : tr(s->lang, "{name} from outside may stand in the list twice, and is then counted twice."),
				       "name", full(s, &f->people[i])),
				arena_printf(s->a, "/exposures/%s/same", id_text(&f->people[i].id).s) };
	v->sames = sames;
	v->parties = parties_text(s, f, false);
	v->reviewers = parties_text(s, f, true);
}

void show_incident(const struct coverage_pages *pages, struct req *req, const struct actor *who,
		   const struct coverage_facts *f, struct incident_view *v_r)
{
	struct show s = show_of(req);
	struct coverage_count c = coverage_count(f->coverage, f->n);
	struct incident_view v = { .head = head_of(&s, f), .names = f->names, .waiting = c.waiting > 0 };
	v.look = incidents_frame(pages->frame, req, who, f->in.sentence, v.head.href);
	v.sent = filled_int(&s, tr(s.lang, "Sent to {n}"), "n", c.sent);
	v.reached = any_told(f) ? filled_int(&s, tr(s.lang, "Reached {n}"), "n", c.reached)
				: tr(s.lang, "Who was reached is reported later, for everybody at once");
	v.as_of = filled(&s, tr(s.lang, "As of {moment}"), "moment", moment_text(&s, s.now, false));
	v.needs_count = f->names ? NULL : needs_text(&s, f);
	v.add = arena_printf(s.a, "%s/people", v.head.href);
	v.again = v.head.href;
	v.sign_in = arena_printf(s.a, "/sign-in?to=%s", v.head.href);
	v.version = version_of(&s, f);
	v.state = arena_printf(s.a, "%s/state?lang=%s", v.head.href, lang_code(s.lang));
	v.group = show_group(req, f);
	v.group_state = show_group_state(f);
	show_people(&s, f, &v);
	*v_r = v;
}

void show_spoken(const struct coverage_pages *pages, struct req *req, const struct actor *who,
		 const struct coverage_facts *f, const struct id *exposure, struct spoken_view *v_r)
{
	struct show s = show_of(req);
	struct head_view head = head_of(&s, f);
	*v_r = (struct spoken_view){ .title = f->in.sentence, .back = head.href,
				     .day = day_text(&s, instant_day(s.now)) };
	for (size_t i = 0; i < f->n; i++)
		if (id_eq(&f->people[i].id, exposure))
			v_r->name = given(&s, &f->people[i]);
	v_r->action = arena_printf(s.a, "/exposures/%s/in-person", id_text(exposure).s);
	v_r->look = incidents_frame(pages->frame, req, who, filled(&s, tr(s.lang, "Have you spoken with {name}?"), "name",
								    v_r->name), v_r->action);
}

void show_same(const struct coverage_pages *pages, struct req *req, const struct actor *who, const struct coverage_facts *f, size_t at,
	       struct same_page_view *v_r)
{
	struct show s = show_of(req);
	const struct exposure *e = &f->people[at], *p = &f->same[at].who;
	bool twice = !id_is_zero(&p->id);
	*v_r = (struct same_page_view){ .outside = full(&s, e), .phone = look_phone(s.a, e->phone), .name = full(&s, p), .title = f->in.sentence,
					.back = head_of(&s, f).href, .person = arena_printf(s.a, "%s", id_text(&p->person).s) };
	v_r->about = *p->profession && *p->unit_path ? arena_printf(s.a, "%s · %s", p->profession, p->unit_path) : *p->profession ? p->profession : p->unit_path;
	v_r->match = !twice		   ? tr(s.lang, "In the directory, with the same phone:")
		     : f->same[at].by_phone ? tr(s.lang, "In this list too, with the same phone:")
					    : tr(s.lang, "In this list too, with the same name:");
	v_r->then = twice ? tr(s.lang, "If it is, they count once, and what has not been sent yet is sent once. If two supporters have been asked to call "
				       "already, both may call. That cannot be undone.")
			  : tr(s.lang, "If it is, the messages go where the directory says, and nobody is counted twice. That cannot be undone.");
	v_r->action = arena_printf(s.a, "/exposures/%s/same", id_text(&e->id).s);
	v_r->look = incidents_frame(pages->frame, req, who, tr(s.lang, "Is it the same person?"), v_r->action);
}
