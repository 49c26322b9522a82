#include "duty/missing/missing_show.h"

#include <string.h>

#include "signin/signin.h"

struct show {
	struct arena *a;
	enum lang lang;
	struct instant now;
};

static struct show show_of(struct req *req)
{
	return (struct show){ req_arena(req), (enum lang)req_lang(req), req_now(req) };
}

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

static const char *day_text(const struct show *s, struct day day)
{
	struct buf b = BUF_LIMIT(200);
	say_day(&b, s->lang, day, instant_day(s->now));
	return keep(s, &b);
}

/* "yesterday 22:40", or the day alone. */
static const char *when_text(const struct show *s, const struct missing *m)
{
	struct buf b = BUF_LIMIT(200);
	if (m->minute < 0)
		say_day(&b, s->lang, m->day, instant_day(s->now));
	else
		say_moment(&b, s->lang, day_at(m->day, m->minute / 60, m->minute % 60), s->now);
	say_capital(&b, 0);
	return keep(s, &b);
}

static const char *made_text(const struct show *s, const struct missing *m)
{
	return filled(s, tr(s->lang, "Reported {day}"), "day", day_text(s, m->made));
}

static const char *title_of(const struct show *s, const struct missing *m)
{
	return m->other ? tr(s->lang, "Somebody else was there") : tr(s->lang, "“I was there too”");
}

void show_missing_list(const struct missing_pages *pages, struct req *req, const struct actor *who, const struct missing *list,
		       size_t n, size_t more, const char *said, struct missing_list_view *v_r)
{
	struct show s = show_of(req);
	struct missing_row *rows = arena_array(s.a, struct missing_row, n);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct missing_row){ arena_printf(s.a, "/reported/%s%s", id_text(&list[i].id).s, list[i].reads ? "" : "/unit"),
						title_of(&s, &list[i]),
						*list[i].unit_path ? look_place(list[i].unit_path) : list[i].place,
						when_text(&s, &list[i]), made_text(&s, &list[i]) };
	*v_r = (struct missing_list_view){ .said = said, .rows = rows, .rows_n = n };
	v_r->look = incidents_frame(pages->frame, req, who, tr(s.lang, "Somebody may be missing"), "/reported");
	v_r->address = arena_printf(s.a, "%s/there", pages->public_url);
	if (more)
		v_r->more = filled(&s, trn(s.lang, "There is one more. It appears when these have been decided.",
					   "There are {count} more. They appear when these have been decided.", (int64_t)more),
				   "count", arena_printf(s.a, "%zu", more));
}

/* ---- one ---- */

static const char *said(const char *text)
{
	return *text ? text : NULL;
}

static void show_what(const struct show *s, const struct missing *m, struct missing_view *v)
{
	v->place = m->place;
	v->when = when_text(s, m);
	v->made = made_text(s, m);
	v->reads = m->reads;
	v->name = said(m->name);
	v->contact = said(m->contact);
	v->number = said(m->number);
	v->teller = said(m->teller);
}

static const char *state_text(const struct show *s, const struct missing *m)
{
	static const char *const texts[] = {
		[MISSING_ADDED] = TR("Decided {day}: added to an incident."),
		[MISSING_THERE] = TR("Decided {day}: was in the incident already."),
		[MISSING_DECLINED] = TR("Decided {day}: nobody was added. You can still do it."),
	};
	return m->state == MISSING_OPEN ? NULL : filled(s, tr(s->lang, texts[m->state]), "day", day_text(s, m->done));
}

static const char *about(const struct show *s, const char *profession, const char *unit_path)
{
	const char *unit = look_place(unit_path);
	return *profession && *unit ? arena_printf(s->a, "%s · %s", profession, unit) : *profession ? profession : unit;
}

static void show_people(const struct show *s, const struct missing_choice *c, struct missing_view *v)
{
	struct missing_tile *list = arena_array(s->a, struct missing_tile, c->people_n + 1);
	for (size_t i = 0; i < c->people_n; i++) {
		const struct person_line *p = &c->people[i];
		list[i] = (struct missing_tile){
			arena_printf(s->a, "%s", id_text(&p->id).s),
			incidents_name(s->a, s->lang, p->name, p->number, p->profession, p->unit_path),
			about(s, p->profession, p->unit_path),
			c->has_person ? !c->outside && id_eq(&p->id, &c->person) : c->sure == 1 && i == 0,
		};
	}
	list[c->people_n] = (struct missing_tile){ "outside", c->m.name, tr(s->lang, "from outside, not in the directory"),
						   c->has_person && c->outside };
	v->people = list;
	v->people_n = c->people_n + 1;
}

static void show_near(const struct show *s, const struct missing_choice *c, struct missing_view *v)
{
	struct missing_tile *list = arena_array(s->a, struct missing_tile, c->near_n);
	for (size_t i = 0; i < c->near_n; i++) {
		const struct incident *in = &c->near[i];
		struct buf b = BUF_LIMIT(500);
		say_moment(&b, s->lang, in->happened, s->now);
		say_capital(&b, 0);
		buf_printf(&b, " · %s", look_place(in->unit_path));
		list[i] = (struct missing_tile){ arena_printf(s->a, "%s", id_text(&in->id).s), in->sentence, keep(s, &b),
						 id_eq(&in->id, &c->incident) };
	}
	v->incidents = list;
	v->incidents_n = c->near_n;
}

static void show_hows(const struct show *s, const struct missing_choice *c, struct missing_view *v)
{
	struct missing_tile *list = arena_array(s->a, struct missing_tile, EXPOSURE_HOWS);
	for (int i = 0; i < EXPOSURE_HOWS; i++)
		list[i] = (struct missing_tile){ arena_printf(s->a, "%d", i), exposure_how_text(s->lang, (enum exposure_how)i), NULL,
						 (int)c->how == i };
	v->hows = list;
	v->hows_n = EXPOSURE_HOWS;
}

static void show_units(const struct show *s, const struct missing_choice *c, struct missing_view *v)
{
	struct missing_tile *list = arena_array(s->a, struct missing_tile, c->units_n);
	for (size_t i = 0; i < c->units_n; i++)
		list[i] = (struct missing_tile){ arena_printf(s->a, "%s", id_text(&c->units[i].id).s), c->units[i].path, NULL,
						 id_eq(&c->units[i].id, &c->unit) };
	v->units = list;
	v->units_n = c->units_n;
}

static void show_errors(const struct show *s, const struct missing_choice *c, struct missing_view *v)
{
	struct missing_told *list = arena_array(s->a, struct missing_told, 4);
	if (c->person_bad)
		v->person_error = tr(s->lang, "Choose who it is");
	if (c->phone_bad)
		v->phone_error = tr(s->lang, "Write a phone number that can be called");
	if (c->incident_bad)
		v->incident_error = tr(s->lang, "Choose the incident");
	if (c->unit_bad)
		v->unit_error = tr(s->lang, "Choose a unit");
	const struct missing_told all[] = { { "#person-0", v->person_error }, { "#phone", v->phone_error },
					    { "#incident-0", v->incident_error }, { "#unit", v->unit_error } };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].text)
			list[v->faults_n++] = all[i];
	v->faults = list;
}

void show_missing(const struct missing_pages *pages, struct req *req, const struct actor *who, const struct missing_choice *c,
		  struct missing_view *v_r)
{
	struct show s = show_of(req);
	const struct missing *m = &c->m;
	const char *path = arena_printf(s.a, "/reported/%s%s", id_text(&m->id).s, m->reads ? "" : "/unit");
	bool open = m->state == MISSING_OPEN || m->state == MISSING_DECLINED;
	struct missing_view v = { .was = arena_printf(s.a, "%d", (int)m->state), .state = state_text(&s, m), .phone = "" };
	v.look = incidents_frame(pages->frame, req, who, title_of(&s, m), path);
	show_what(&s, m, &v);
	if (m->reads ? open : m->sorts && m->state == MISSING_OPEN)
		v.action = path;
	if (m->reads && open) {
		show_people(&s, c, &v);
		show_near(&s, c, &v);
		show_hows(&s, c, &v);
		v.phone = c->phone.n ? arena_str(s.a, c->phone) : incident_phone_ok(slice_of(m->contact)) ? m->contact : "";
		v.make = who->roles & ROLE_LEADER ? arena_printf(s.a, "/incidents/new?from=%s", id_text(&m->id).s) : NULL;
		v.decline = m->state == MISSING_OPEN ? arena_printf(s.a, "%s/not-so", path) : NULL;
	}
	show_units(&s, c, &v);
	show_errors(&s, c, &v);
	*v_r = v;
}

void show_not_so(const struct missing_pages *pages, struct req *req, const struct actor *who, const struct missing *m,
		 struct missing_view *v_r)
{
	struct show s = show_of(req);
	struct missing_view v = { .make = arena_printf(s.a, "/reported/%s", id_text(&m->id).s) };
	v.action = arena_printf(s.a, "%s/not-so", v.make);
	show_what(&s, m, &v);
	v.look = incidents_frame(pages->frame, req, who, tr(s.lang, "Add nobody?"), v.action);
	*v_r = v;
}
