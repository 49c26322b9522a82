#include "duty/incidents/incidents_show.h"

#include <string.h>

#include "web/reply.h"
#include "signin/signin.h"

#define FAULTS_MOST 24

/* What a view is made with. */
struct show {
	struct arena *a;
	enum lang lang;
	const struct incident_form *f;
	unsigned faults; /* those to be told */
	struct form_view *v;
};

static const char *str(struct arena *a, struct slice s)
{
	return s.n ? arena_str(a, s) : "";
}

static const char *filled(struct arena *a, const char *text, const char *name, const char *value)
{
	struct buf b = BUF_LIMIT(4096);
	tr_fill(&b, text, name, value, NULL);
	const char *out = str(a, buf_get(&b));
	buf_free(&b);
	return out;
}

static const char *filled_int(struct arena *a, enum lang lang, const char *text, const char *name, int64_t n)
{
	struct buf b = BUF_LIMIT(40);
	say_number(&b, lang, n);
	const char *out = filled(a, text, name, str(a, buf_get(&b)));
	buf_free(&b);
	return out;
}

const char *show_about(struct arena *a, const char *profession, const char *unit_path)
{
	const char *unit = unit_path;
	for (const char *next; (next = strstr(unit, " / "));)
		unit = next + 3;
	if (!*profession)
		return unit;
	return *unit ? arena_printf(a, "%s · %s", profession, unit) : profession;
}

const char *incidents_name(struct arena *a, enum lang lang, const char *name, const char *number, const char *profession,
			   const char *unit_path)
{
	if (*name)
		return name;
	if (*number)
		return filled(a, tr(lang, "Protected identity (no. {number})"), "number", number);
	const char *about = show_about(a, profession, unit_path);
	return *about ? filled(a, tr(lang, "Protected identity ({about})"), "about", about) : tr(lang, "Protected identity");
}

void show_initials(const char *name, char out[16])
{
	if (*name)
		look_initials(name, out);
	else
		out[0] = '\0';
}

/* ---- the frame ---- */

struct look incidents_frame(const struct incidents_pages *pages, struct req *req, const struct actor *who,
			    const char *title, const char *path)
{
	enum lang lang = (enum lang)req_lang(req);
	const char *place = "/incidents";
	if (!path || strcmp(path, "/incidents/new") == 0)
		place = path;
	else if (strncmp(path, "/reported", 9) == 0)
		place = "/reported";
	else if (strncmp(path, "/directory", 10) == 0)
		place = "/directory";
	return (struct look){ .house = pages->house, .lang = lang, .title = title, .roles = who->roles, .place = place, .path = path,
			      .script = pages->script, .sign_out = who->csrf ? "/sign-out" : NULL,
			      .account = who->csrf ? "/account" : NULL, .csrf = who->csrf };
}

/* The form's address keeps the language she has chosen for this page. */
static const char *action_of(struct req *req, const struct actor *who, const char *path)
{
	int lang = req_lang(req);
	return lang == who->lang ? path : arena_printf(req_arena(req), "%s?lang=%s", path, lang_code((enum lang)lang));
}

/* ---- faults ---- */

static const struct {
	unsigned fault;
	const char *href, *text;
} told[] = {
	{ FAULT_KIND, "#kind-0", TR("Choose what kind of incident it was") },
	{ FAULT_SEVERITY, "#severity-0", TR("Choose how serious it was") },
	{ FORM_DAY, "#day-0", TR("Choose the day: today, yesterday or earlier") },
	{ FORM_DATE, "#date", TR("Write which day it was") },
	{ FORM_DATE_BAD, "#date", TR("There is no such day. Write it like 18.11.2026") },
	{ FORM_CLOCK, "#clock", TR("Write about what time it was") },
	{ FORM_CLOCK_BAD, "#clock", TR("Write the time like 22:40") },
	{ FAULT_TIME_FUTURE, "#clock", TR("That time has not come yet. Was it yesterday?") },
	{ FAULT_TIME_OLD, "#date", TR("That is more than a year ago. Is the year right?") },
	{ FAULT_UNIT, "#unit", TR("Choose the unit where it happened") },
	{ FAULT_SENTENCE, "#sentence", TR("Write one sentence about what happened") },
	{ FAULT_SENTENCE_LONG, "#sentence", TR("The sentence is too long. There is room for 200 characters") },
	{ FORM_SENTENCE_BAD, "#sentence", TR("The sentence has characters that cannot be shown. Write it again") },
	{ FORM_QUERY_SHORT, "#q", TR("Write at least three letters") },
	{ FORM_QUERY_LEFT, "#q", TR("There is still a name in the search field, and nobody was added for it. Add the person, or save again to leave it out") },
	{ FORM_PASTE_LEFT, "#paste", TR("Somebody on the pasted list was not found") },
	{ FORM_PASTE_LONG, "#paste", TR("The list is too long to be read at once, and nobody on it was added. Paste it in two parts") },
	{ FAULT_OUTSIDE_NAME, "#out-name", TR("Write the name of the person from outside") },
	{ FAULT_OUTSIDE_LONG, "#out-name", TR("The name is too long. There is room for 100 characters") },
	{ FAULT_OUTSIDE_PHONE, "#out-phone", TR("Write a phone number that can be called") },
	{ FORM_SEAT, "#who", TR("Somebody on the list has left the workplace and was taken off") },
	{ FAULT_NOBODY, "#q", TR("Choose at least one person who was affected") },
	{ FORM_UNIT_MANY, "#who", TR("{count} people work in this unit, more than the 1,000 there is room for. Nobody was added. Choose a smaller unit") },
	{ FAULT_MANY, "#who", TR("There is room for 1,000 people. Register the others as an incident of their own") },
};
_Static_assert(ARRAY_LEN(told) <= FAULTS_MOST, "room for every fault");

static const char *fault_text(const struct show *s, size_t i)
{
	const char *text = tr(s->lang, told[i].text);
	return told[i].fault == FORM_UNIT_MANY ? filled_int(s->a, s->lang, text, "count", s->f->unit_people) : text;
}

/* The first of these that is to be told, in words; NULL: none. */
static const char *told_of(const struct show *s, unsigned faults)
{
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (told[i].fault & faults & s->faults)
			return fault_text(s, i);
	return NULL;
}

static void show_faults(struct show *s)
{
	struct fault_view *list = arena_array(s->a, struct fault_view, FAULTS_MOST);
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (told[i].fault & s->faults)
			list[n++] = (struct fault_view){ told[i].href, fault_text(s, i) };
	s->v->faults = list;
	s->v->faults_n = n;
	if (n)
		s->v->look.title = filled(s->a, tr(s->lang, "Not saved yet: {title}"), "title", s->v->look.title);
}

/* ---- what, when, where ---- */

static struct tile_view *tile(struct show *s, struct tile_view **list, size_t i, const char *text, const char *hint, bool chosen)
{
	(*list)[i] = (struct tile_view){ arena_printf(s->a, "%zu", i), text, hint, chosen };
	return &(*list)[i];
}

static void show_what(struct show *s)
{
	static const char *const hints[] = {
		TR("Nobody was hurt, but it left its mark."),
		TR("Danger to life or health, or several were affected at once."),
		TR("Somebody died or was seriously injured."),
	};
	const struct incident_draft *d = &s->f->draft;
	struct form_view *v = s->v;
	struct tile_view *kinds = arena_array(s->a, struct tile_view, INCIDENT_KINDS);
	struct tile_view *severities = arena_array(s->a, struct tile_view, ARRAY_LEN(hints));
	for (int i = 0; i < INCIDENT_KINDS; i++)
		tile(s, &kinds, (size_t)i, incident_kind_text(s->lang, (enum incident_kind)i), NULL,
		     d->has_kind && (int)d->kind == i);
	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		tile(s, &severities, i, incident_severity_text(s->lang, (int)i + 1), tr(s->lang, hints[i]),
		     d->has_severity && d->severity == (int)i + 1)->value = arena_printf(s->a, "%zu", i + 1);
	v->kinds = kinds;
	v->kinds_n = INCIDENT_KINDS;
	v->severities = severities;
	v->severities_n = ARRAY_LEN(hints);
	v->kind_error = told_of(s, FAULT_KIND);
	v->severity_error = told_of(s, FAULT_SEVERITY);
}

static void show_when(struct show *s, struct instant now)
{
	static const char *const texts[] = { TR("Today"), TR("Yesterday"), TR("Earlier") };
	struct wall wall = instant_wall(now);
	struct form_view *v = s->v;
	struct tile_view *days = arena_array(s->a, struct tile_view, INCIDENT_DAYS);
	for (int i = 0; i < INCIDENT_DAYS; i++)
		tile(s, &days, (size_t)i, tr(s->lang, texts[i]), NULL, s->f->day == i);
	v->days = days;
	v->days_n = INCIDENT_DAYS;
	v->day_error = told_of(s, FORM_DAY);
	v->clock = str(s->a, s->f->clock);
	v->date = str(s->a, s->f->date);
	v->today = arena_printf(s->a, "%04d-%02d-%02d", wall.year, wall.month, wall.mday);
	v->clock_error = told_of(s, FORM_CLOCK | FORM_CLOCK_BAD | FAULT_TIME_FUTURE);
	v->date_error = told_of(s, FORM_DATE | FORM_DATE_BAD | FAULT_TIME_OLD);
}

static void show_where(struct show *s)
{
	const struct incident_form *f = s->f;
	struct unit_view *units = arena_array(s->a, struct unit_view, f->units_n);
	for (size_t i = 0; i < f->units_n; i++)
		units[i] = (struct unit_view){ arena_printf(s->a, "%s", id_text(&f->units[i].id).s), f->units[i].path,
					       f->draft.has_unit && id_eq(&f->units[i].id, &f->draft.unit) };
	s->v->units = units;
	s->v->units_n = f->units_n;
	s->v->unit_error = told_of(s, FAULT_UNIT);
}

/* The hint beneath the sentence; NULL: none. */
static const char *hint_of(struct show *s)
{
	const struct incident_form *f = s->f;
	const char **names = arena_array(s->a, const char *, f->draft.seats_n);
	struct slice word;
	for (size_t i = 0; i < f->draft.seats_n; i++)
		/* A protected name is no hint: it would confirm a guess. */
		names[i] = f->people[i] && f->people[i]->is_protected ? ""
			 : look_given(s->a, f->people[i] ? f->people[i]->name : str(s->a, f->seats[i].name));
	if (incident_looks_like_name(f->draft.sentence, names, f->draft.seats_n, &word))
		return filled(s->a, tr(s->lang, "“{word}” looks like a name. Write “a colleague” instead."), "word",
			      arena_str(s->a, word));
	if (incident_looks_like_health(f->draft.sentence, &word))
		return filled(s->a, tr(s->lang, "“{word}” says something about somebody’s health. Others will read it."),
			      "word", arena_str(s->a, word));
	return NULL;
}

/* ---- who ---- */

static bool is_seated(const struct incident_form *f, const struct id *person)
{
	for (size_t i = 0; i < f->draft.seats_n; i++)
		if (id_eq(&f->seats[i].person, person))
			return true;
	return false;
}

static struct chosen_view chosen(struct show *s, size_t i)
{
	const struct incident_seat *seat = &s->f->seats[i];
	const struct person *p = s->f->people[i];
	const char *name = p ? (p->is_protected ? "" : p->name) : str(s->a, seat->name);
	struct chosen_view c = { .chosen = (size_t)incident_seat_choice(seat), .choices = p ? FORM_CHOICES : EXPOSURE_HOWS };
	_Static_assert(ARRAY_LEN(c.value) == FORM_CHOICES, "a value for each choice");
	c.name = p ? incidents_name(s->a, s->lang, name, p->number, p->profession, p->unit_path) : name;
	c.about = p ? show_about(s->a, p->profession, p->unit_path)
		    : arena_printf(s->a, "%s · %s", tr(s->lang, "from outside"),
				   look_phone(s->a, str(s->a, seat->phone)));
	c.tint = look_tint(&seat->person);
	show_initials(name, c.initials);
	for (int k = 0; k < (int)c.choices; k++) {
		c.value[k] = incident_seat_text(s->a, seat, k);
		c.choice[k] = incident_choice_text(s->lang, k);
	}
	c.drop = arena_printf(s->a, "drop:%zu", i);
	c.remove = filled(s->a, tr(s->lang, "Remove {name}"), "name", c.name);
	c.how_label = filled(s->a, tr(s->lang, "How {name} is affected"), "name", c.name);
	return c;
}

static void show_hits(struct show *s, struct who_view *w)
{
	const struct person_lines *lines = &s->f->hits;
	struct hit_view *hits = arena_array(s->a, struct hit_view, lines->n);
	for (size_t i = 0; i < lines->n; i++) {
		const struct person_line *p = &lines->list[i];
		const char *name = incidents_name(s->a, s->lang, p->name, p->number, p->profession, p->unit_path);
		hits[i] = (struct hit_view){ name, show_about(s->a, p->profession, p->unit_path),
					     arena_printf(s->a, "add:%s", id_text(&p->id).s), is_seated(s->f, &p->id) };
	}
	w->searched = s->f->searched;
	w->hits = hits;
	w->hits_n = lines->n;
	w->hits_text = lines->n == 0 ? tr(s->lang, "Nobody with that name.")
		       : lines->more ? tr(s->lang, "There are more. Write more of the name to see the right ones.")
				     : filled_int(s->a, s->lang, trn(s->lang, "Found one.", "Found {count}.", (int64_t)lines->n),
						  "count", (int64_t)lines->n);
}

static const char *said(struct show *s)
{
	const struct incident_form *f = s->f;
	if (f->added)
		return filled_int(s->a, s->lang, trn(s->lang, "One was added to the list.", "{count} were added to the list.", f->added),
				  "count", f->added);
	if (f->dropped)
		return tr(s->lang, "One was taken off the list.");
	if (slice_is(f->doing, "unit") || slice_is(f->doing, "me") || slice_starts(f->doing, "add:"))
		return f->faults ? NULL : tr(s->lang, "They are in the list already.");
	return NULL;
}

static void show_paste(struct show *s, struct who_view *w)
{
	static const char *const why[] = {
		[PEOPLE_NOBODY] = TR("{line}: nobody was found"),
		[PEOPLE_PARTLY] = TR("{line}: not everybody on this line was found; write one person on each line"),
		[PEOPLE_LONG] = TR("{line}: too long; write one person on each line"),
		[PEOPLE_SEVERAL] = TR("{line}: several have that name; use the e-mail or the employee number"),
		[PEOPLE_SHORT] = TR("{line}: too little to search for"),
	};
	const struct incident_form *f = s->f;
	const char **lines = arena_array(s->a, const char *, f->unclear_n);
	for (size_t i = 0; i < f->unclear_n; i++)
		lines[i] = filled(s->a, tr(s->lang, why[f->unclear[i].why]), "line", str(s->a, f->unclear[i].line));
	w->unclear = lines;
	w->unclear_n = f->unclear_n;
	w->paste = str(s->a, f->paste);
	w->paste_error = told_of(s, FORM_PASTE_LEFT | FORM_PASTE_LONG);
	w->paste_open = f->paste.n > 0;
}

static void show_outside(struct show *s, struct who_view *w)
{
	struct unit_view *langs = arena_array(s->a, struct unit_view, (size_t)lang_count);
	for (int i = 0; i < lang_count; i++)
		langs[i] = (struct unit_view){ lang_codes[i], lang_name((enum lang)i), (int)s->f->out_lang == i };
	w->langs = langs;
	w->langs_n = (size_t)lang_count;
	w->out_name = str(s->a, s->f->out_name);
	w->out_phone = str(s->a, s->f->out_phone);
	w->out_name_error = told_of(s, FAULT_OUTSIDE_NAME | FAULT_OUTSIDE_LONG);
	w->out_phone_error = told_of(s, FAULT_OUTSIDE_PHONE);
	w->out_open = *w->out_name || *w->out_phone || w->out_name_error || w->out_phone_error;
}

static void show_who(struct show *s, const char *action)
{
	const struct incident_form *f = s->f;
	struct who_view *w = &s->v->who;
	struct chosen_view *list = arena_array(s->a, struct chosen_view, f->draft.seats_n);
	for (size_t i = 0; i < f->draft.seats_n; i++)
		list[i] = chosen(s, i);
	w->chosen = list;
	w->chosen_n = f->draft.seats_n;
	w->action = action;
	w->query = slice_starts(f->doing, "add:") ? "" : str(s->a, f->query);
	w->query_error = told_of(s, FORM_QUERY_SHORT | FORM_QUERY_LEFT);
	w->query_told = str(s->a, f->query_told);
	w->whole_unit = f->units_n > 0;
	w->me = !id_is_zero(&f->me) && !is_seated(f, &f->me);
	w->said = said(s);
	w->error = told_of(s, FAULT_NOBODY | FAULT_MANY | FORM_UNIT_MANY | FORM_SEAT);
	show_hits(s, w);
	show_paste(s, w);
	show_outside(s, w);
}

/* ---- the pages ---- */

/* Until she saves, only what her last press got wrong is told. */
static unsigned to_tell(const struct incident_form *f, bool saving)
{
	const unsigned of_press = FORM_QUERY_SHORT | FORM_PASTE_LEFT | FORM_PASTE_LONG | FORM_UNIT_MANY | FAULT_OUTSIDE_NAME | FAULT_OUTSIDE_LONG | FAULT_OUTSIDE_PHONE |
				  FORM_SEAT | FAULT_MANY;
	unsigned faults = f->faults;
	/* What is wrong with the time is told more exactly. */
	if (faults & (FORM_DAY | FORM_DATE | FORM_DATE_BAD | FORM_CLOCK | FORM_CLOCK_BAD))
		faults &= ~(unsigned)FAULT_TIME;
	return saving ? faults : faults & (of_press | (slice_is(f->doing, "unit") ? FAULT_UNIT : 0));
}

void show_form(const struct incidents_pages *pages, struct req *req, const struct actor *who,
	       const struct incident_form *f, bool saving, struct form_view *v_r)
{
	enum lang lang = (enum lang)req_lang(req);
	struct arena *a = req_arena(req);
	struct show s = { a, lang, f, to_tell(f, saving), v_r };
	*v_r = (struct form_view){ .once = arena_printf(a, "%s", id_text(&f->draft.once).s) };
	v_r->look = incidents_frame(pages, req, who, tr(lang, "Register an incident"), "/incidents/new");
	v_r->from = id_is_zero(&f->from) ? NULL : arena_printf(a, "%s", id_text(&f->from).s);
	show_what(&s);
	show_when(&s, req_now(req));
	show_where(&s);
	v_r->sentence = str(a, f->draft.sentence);
	v_r->sentence_error = told_of(&s, FAULT_SENTENCE | FAULT_SENTENCE_LONG | FORM_SENTENCE_BAD);
	v_r->sentence_hint = hint_of(&s);
	show_who(&s, action_of(req, who, "/incidents/new"));
	size_t affected = incident_affected(f->seats, f->draft.seats_n);
	v_r->save = affected ? filled_int(a, lang, tr(lang, "Save and offer support to {n}"), "n", (int64_t)affected)
			     : tr(lang, "Save and offer support");
	if (saving)
		show_faults(&s);
}

void show_people(const struct incidents_pages *pages, struct req *req, const struct actor *who,
		 const struct incident *in, const struct incident_form *f, bool saving, struct form_view *v_r)
{
	enum lang lang = (enum lang)req_lang(req);
	struct arena *a = req_arena(req);
	struct show s = { a, lang, f, to_tell(f, saving), v_r };
	const char *path = arena_printf(a, "/incidents/%s/people", id_text(&in->id).s);
	*v_r = (struct form_view){ .incident_title = in->sentence };
	v_r->look = incidents_frame(pages, req, who, tr(lang, "Who else was affected?"), path);
	v_r->back = arena_printf(a, "/incidents/%s", id_text(&in->id).s);
	show_who(&s, action_of(req, who, path));
	size_t affected = incident_affected(f->seats, f->draft.seats_n);
	v_r->save = affected ? filled_int(a, lang, tr(lang, "Offer support to {n} more"), "n", (int64_t)affected)
			     : tr(lang, "Offer support to more people");
	if (saving)
		show_faults(&s);
}
