/* The front page for colleagues: faces, and who can be called now or next. It knows nobody who reads it. */
#include "haven/supporters/supporters_front.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "front.tpl.h"
#include "web/reply.h"

#define DAY 1440
#define WEEK MATCHING_WEEK
#define PHRASE BUF_LIMIT(512)
#define FRONT "/"
#define SHOWN "supporters/shown" /* told when what the page shows has changed */

/* ---- windows ---- */

static int begins(const struct supporter_window *w)
{
	return w->weekday * DAY + w->from_minute;
}

/* Minutes from `at` in the week until this window ends; 0 when it does not hold then. */
static int left_of(const struct supporter_window *w, int at)
{
	int since = ((at - begins(w)) % WEEK + WEEK) % WEEK, length = w->to_minute - w->from_minute;
	return since < length ? length - since : 0;
}

enum result supporters_reached(const struct supporter_window *windows, size_t n, struct instant now, struct instant *at_r)
{
	struct wall w = instant_wall(now);
	int at = w.weekday * DAY + w.hour * 60 + w.minute, away = 0, next = WEEK;
	if (!n)
		return RES_NONE;
	/* Windows that touch or overlap are one. */
	for (bool more = true; more && away < WEEK;) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			int left = left_of(&windows[i], (at + away) % WEEK);
			if (left > 0) {
				away += left;
				more = true;
			}
		}
	}
	for (size_t i = 0; i < n && !away; i++) {
		int wait = ((begins(&windows[i]) - at) % WEEK + WEEK) % WEEK;
		next = wait < next ? wait : next;
	}
	int minute = w.hour * 60 + w.minute + (away ? away : next);
	*at_r = day_at(day_add(instant_day(now), minute / DAY), minute % DAY / 60, minute % 60);
	return away ? RES_OK : RES_AGAIN;
}

/* ---- words ---- */

static const char *language_name(enum lang lang, struct slice code)
{
	static const struct {
		const char *code, *name;
	} known[] = {
		{ "nb", TR("Norwegian") },   { "nn", TR("Norwegian") }, { "sv", TR("Swedish") }, { "da", TR("Danish") },
		{ "en", TR("English") },     { "se", TR("Northern Sámi") }, { "fi", TR("Finnish") }, { "de", TR("German") },
		{ "pl", TR("Polish") },      { "ar", TR("Arabic") },    { "ur", TR("Urdu") },    { "so", TR("Somali") },
		{ "ti", TR("Tigrinya") },    { "uk", TR("Ukrainian") }, { "fa", TR("Persian") }, { "tr", TR("Turkish") },
	};
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (slice_is(code, known[i].code))
			return tr(lang, known[i].name);
	enum lang other;
	return lang_from(code, &other) == RES_OK ? lang_name(other) : NULL;
}

static const char *keep(struct arena *a, struct buf *b)
{
	const char *s = arena_str(a, buf_get(b));
	buf_free(b);
	return s;
}

static const char *languages(struct arena *a, enum lang lang, const char *codes)
{
	struct buf b = PHRASE;
	struct slice rest = slice_of(codes), code;
	while (slice_cut(&rest, ' ', &code)) {
		const char *name = language_name(lang, code);
		if (!code.n)
			continue;
		if (b.n)
			buf_str(&b, ", ");
		if (name)
			buf_str(&b, name);
		else
			buf_slice(&b, code);
	}
	if (b.n)
		say_capital(&b, 0);
	return keep(a, &b);
}

static const char *when_of(struct arena *a, enum lang lang, const struct front_person *p, struct instant now,
			   bool brief)
{
	struct buf at = PHRASE, b = PHRASE;
	if (p->now && p->at.s - now.s >= 86400) {
		buf_str(&b, tr(lang, "Free now"));
	} else if (p->now) {
		say_clock(&at, lang, p->at);
		tr_fill(&b, brief ? tr(lang, "Until {clock}") : tr(lang, "Free now, until {clock}"), "clock", at.p, NULL);
	} else {
		say_moment(&at, lang, p->at, now);
		tr_fill(&b, tr(lang, "Can be reached {when}"), "when", at.p, NULL);
	}
	buf_free(&at);
	return keep(a, &b);
}

/* ---- the page ---- */

struct making {
	const struct supporters_front *f;
	struct arena *a;
	enum lang lang;
	struct instant now;
	struct front_page page;
};

/* Ready, and taking something just now. A key is for what is written to her; to be called she needs none. */
static bool is_shown(const struct supporter *s, struct day today)
{
	return !s->is_full && !(supporters_gate(s, today, today) & ~MATCHING_BIT(MATCHING_NO_KEY));
}

static enum result add(struct tx *tx, struct making *m, const struct supporter *s, struct front_person *list, size_t *n)
{
	struct supporter_window *windows;
	size_t windows_n;
	char initials[16];
	struct front_person p = { .given = s->given };
	if (!is_shown(s, instant_day(m->now)))
		return RES_OK;
	enum result res = supporters_windows(tx, m->a, &s->id, &windows, &windows_n);
	if (res != RES_OK)
		return res;
	enum result reached = supporters_reached(windows, windows_n, m->now, &p.at);
	if (reached == RES_NONE)
		return RES_OK; /* cannot be called at any time that we know */
	look_initials(s->name, initials);
	p.now = reached == RES_OK;
	p.initials = arena_str(m->a, slice_of(initials));
	p.tint = look_tint(&s->id);
	p.profession = s->profession;
	p.place = look_place(s->unit);
	p.languages = languages(m->a, m->lang, s->languages);
	p.phone = look_phone(m->a, s->phone);
	p.tel = look_tel(m->a, s->phone);
	p.when = when_of(m->a, m->lang, &p, m->now, false);
	p.brief = when_of(m->a, m->lang, &p, m->now, true);
	list[(*n)++] = p;
	return RES_OK;
}

/* Now before later; later by when. Within "now" the order that was there. */
static int by_time(const void *x, const void *y)
{
	const struct front_person *p = x, *q = y;
	if (p->now != q->now)
		return p->now ? -1 : 1;
	if (p->now || p->at.s == q->at.s)
		return p < q ? -1 : p > q;
	return p->at.s < q->at.s ? -1 : 1;
}

static enum result make(struct tx *tx, void *ctx)
{
	struct making *m = ctx;
	struct supporter *all;
	size_t n, shown = 0;
	enum result res = supporters_all(tx, m->a, &all, &n);
	if (res != RES_OK)
		return res;
	struct front_person *list = arena_array(m->a, struct front_person, n + 1);
	/* Another one on top each hour, so that the same few are not always called first. */
	size_t from = n ? (size_t)(m->now.s / 3600) % n : 0;
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = add(tx, m, &all[(from + i) % n], list, &shown);
	if (res != RES_OK)
		return res;
	qsort(list, shown, sizeof(*list), by_time);
	m->page.people = list;
	m->page.people_n = shown;
	m->page.now_n = 0;
	while (m->page.now_n < shown && list[m->page.now_n].now)
		m->page.now_n++;
	return RES_OK;
}

static struct instant next_minute(struct instant now)
{
	return (struct instant){ now.s - now.s % 60 + 60 };
}

static struct making begin(struct req *req, const struct supporters_front *f, const char *title, const char *path)
{
	struct making m = { .f = f, .a = req_arena(req), .lang = (enum lang)req_lang(req), .now = clock_now(f->clock) };
	m.page.look = (struct look){ .house = f->house, .lang = m.lang, .title = tr(m.lang, title), .path = path,
				     .quick_exit = true };
	m.page.lines = look_lines(m.a, f->house, m.lang);
	return m;
}

static struct answer get_front(struct req *req, const struct actor *who, void *room)
{
	struct making m = begin(req, room, TR("Someone to talk to"), "/");
	(void)who;
	if (db_read(m.f->db, make, &m) != RES_OK)
		return reply_error(req, 500);
	struct html h = html_for(req);
	front_page(&h, &m.page);
	/* It shows clocks to the minute; the order, and the days in a file, change with one at the earliest. */
	reply_keep(req, next_minute(m.now));
	return reply_html(req, 200, &h);
}

static struct answer get_read(struct req *req, const struct actor *who, void *room)
{
	struct making m = begin(req, room, TR("Common reactions"), "/h/read");
	(void)who;
	struct html h = html_for(req);
	front_read(&h, &m.page);
	return reply_html(req, 200, &h);
}

/* Somebody is full, has other hours, or is a supporter no more: the next who looks sees it. */
static void changed(struct slice words, void *web)
{
	(void)words;
	web_forget(web, FRONT);
}

void supporters_routes(const struct supporters_front *f, struct web *web)
{
	static const struct route routes[] = {
		{ METHOD_GET, FRONT, MAY_ANYBODY, NULL, get_front, FLAG_GZIP | FLAG_KEPT, 0 },
		{ METHOD_GET, "/h/read", MAY_ANYBODY, NULL, get_read, FLAG_GZIP, 0 },
	};
	/* All that make() reads. Whether she leads or has left stands with the person. */
	static const char *const shown[] = { "supporter", "duty_window", "person", NULL };
	web_routes(web, routes, ARRAY_LEN(routes), (void *)(uintptr_t)f);
	db_tell_of(f->db, shown, SHOWN);
	db_hear(f->db, SHOWN, changed, web);
}
