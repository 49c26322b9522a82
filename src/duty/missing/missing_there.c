/* The page that anybody can open. It knows nobody, says the same to everybody, and nothing of a request is logged. */
#include <string.h>

#include "duty/incidents/incidents_when.h"
#include "duty/missing/missing_show.h"
#include "missing.tpl.h"
#include "web/reply.h"

#define PATH "/there"
#define FAULTS_MOST 16

static const char *const whos[] = { "me", "other", NULL };
static const char *const days[] = { "0", "1", "2", NULL };
_Static_assert(ARRAY_LEN(days) == INCIDENT_DAYS + 1, "a choice for each day");

static const struct field fields[] = {
	{ .name = "once", .kind = FIELD_TEXT, .most = ID_TEXT }, /* names nothing: it was drawn for this form */
	{ .name = "who", .kind = FIELD_CHOICE, .choices = whos },
	{ .name = "day", .kind = FIELD_CHOICE, .choices = days },
	{ .name = "date", .kind = FIELD_TEXT, .most = 40 },
	{ .name = "clock", .kind = FIELD_TEXT, .most = 40 },
	{ .name = "place", .kind = FIELD_TEXT, .most = 4 * MISSING_PLACE_MOST },
	{ .name = "name", .kind = FIELD_TEXT, .most = 4 * MISSING_NAME_MOST },
	{ .name = "contact", .kind = FIELD_TEXT, .most = MISSING_CONTACT_MOST },
	{ .name = "number", .kind = FIELD_TEXT, .most = 4 * MISSING_NUMBER_MOST },
	{ .name = "teller", .kind = FIELD_TEXT, .most = 4 * MISSING_TELLER_MOST },
	{ 0 },
};

/* What the form holds. */
struct there {
	struct missing_pages *pages;
	struct instant now;
	struct day today;
	struct missing_draft draft;
	unsigned faults;
	int who, day;
	struct slice date, clock;
	enum { HELD_NOT, HELD_MANY, HELD_FULL } held;
};

/* ---- reading ---- */

/* What breaks the table is too long, or holds what no line of text does: shown again, and told. */
static struct slice text_of(struct req *req, const char *name, unsigned fault, unsigned *faults)
{
	struct slice s = { 0 };
	if (req_text(req, name, &s) != RES_BAD)
		return s;
	*faults |= fault;
	return req_echo(req, name);
}

static void read_when(struct req *req, struct there *t)
{
	struct missing_draft *d = &t->draft;
	int hour, minute;
	t->date = text_of(req, "date", MISSING_DAY, &t->faults);
	t->clock = text_of(req, "clock", MISSING_CLOCK, &t->faults);
	d->day = t->today;
	d->has_day = req_choice(req, "day", &t->day) == RES_OK;
	if (!d->has_day)
		t->day = -1;
	if (t->day == INCIDENT_YESTERDAY)
		d->day = day_add(t->today, -1);
	if (t->day == INCIDENT_EARLIER)
		d->has_day = incident_date(t->date, t->today, &d->day) == RES_OK;
	enum result res = incident_clock(t->clock, &hour, &minute);
	d->minute = res == RES_OK ? 60 * hour + minute : -1;
	if (res == RES_BAD)
		t->faults |= MISSING_CLOCK;
}

static void read_there(struct req *req, struct there *t)
{
	struct missing_draft *d = &t->draft;
	struct slice once;
	unsigned faults = 0;
	t->faults = 0;
	d->has_who = req_choice(req, "who", &t->who) == RES_OK;
	if (!d->has_who)
		t->who = -1;
	d->other = t->who == 1;
	if (req_text(req, "once", &once) != RES_OK || id_parse(once, &d->once) != RES_OK)
		d->once = id_new(t->pages->frame->rnd, "missing/once");
	read_when(req, t);
	d->place = text_of(req, "place", MISSING_PLACE_LONG, &faults);
	d->name = text_of(req, "name", MISSING_NAME_LONG, &faults);
	d->contact = text_of(req, "contact", MISSING_CONTACT_BAD, &faults);
	d->number = text_of(req, "number", MISSING_NUMBER_LONG, &faults);
	d->teller = text_of(req, "teller", MISSING_TELLER_LONG, &faults);
	t->faults |= faults | missing_faults(d, t->today);
}

/* ---- showing ---- */

static const struct {
	unsigned fault;
	const char *href, *text;
} told[] = {
	{ MISSING_WHO, "#who-0", TR("Choose what you want to say") },
	{ MISSING_DAY, "#day-0", TR("Choose the day: today, yesterday or earlier") },
	{ MISSING_DAY_FUTURE, "#date", TR("That day has not come yet") },
	{ MISSING_DAY_OLD, "#date", TR("That is more than a year ago. Is the year right?") },
	{ MISSING_CLOCK, "#clock", TR("Write the time like 22:40") },
	{ MISSING_PLACE, "#place", TR("Write where it happened") },
	{ MISSING_PLACE_LONG, "#place", TR("That is too long. There is room for 100 characters") },
	{ MISSING_NAME, "#name", TR("Write the name of whoever was there") },
	{ MISSING_NAME_LONG, "#name", TR("The name is too long. There is room for 100 characters") },
	{ MISSING_CONTACT, "#contact", TR("Write a phone number, an e-mail or an employee number") },
	{ MISSING_CONTACT_BAD, "#contact", TR("Write a phone number that can be called, or an e-mail") },
	{ MISSING_NUMBER_LONG, "#number", TR("That is too long for an employee number") },
	{ MISSING_TELLER_LONG, "#teller", TR("That is too long. There is room for 120 characters") },
};
_Static_assert(ARRAY_LEN(told) <= FAULTS_MOST, "room for every fault");

/* The first of these that there is, in words; NULL: none. */
static const char *told_of(enum lang lang, unsigned faults)
{
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (told[i].fault & faults)
			return tr(lang, told[i].text);
	return NULL;
}

static const char *str(struct arena *a, struct slice s)
{
	return s.n ? arena_str(a, s) : "";
}

static const struct missing_tile *tiles(struct arena *a, enum lang lang, const char *const *values, const char *const *texts,
					size_t n, int chosen)
{
	struct missing_tile *list = arena_array(a, struct missing_tile, n);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct missing_tile){ values[i], tr(lang, texts[i]), NULL, (int)i == chosen };
	return list;
}

/* The way home of whoever has no account is this page. */
static struct look look_of(const struct there *t, struct req *req, const char *title, const char *path)
{
	struct look_house *house = arena_new_of(req_arena(req), struct look_house);
	*house = *t->pages->frame->house;
	house->home = PATH;
	return (struct look){ .house = house, .lang = (enum lang)req_lang(req), .title = title, .path = path };
}

static void show_errors(enum lang lang, struct arena *a, unsigned faults, struct there_view *v)
{
	struct missing_told *list = arena_array(a, struct missing_told, FAULTS_MOST);
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (told[i].fault & faults)
			list[v->faults_n++] = (struct missing_told){ told[i].href, tr(lang, told[i].text) };
	v->faults = list;
	v->who_error = told_of(lang, faults & MISSING_WHO);
	v->day_error = told_of(lang, faults & MISSING_DAY);
	v->date_error = told_of(lang, faults & (MISSING_DAY_FUTURE | MISSING_DAY_OLD));
	v->clock_error = told_of(lang, faults & MISSING_CLOCK);
	v->place_error = told_of(lang, faults & (MISSING_PLACE | MISSING_PLACE_LONG));
	v->name_error = told_of(lang, faults & (MISSING_NAME | MISSING_NAME_LONG));
	v->contact_error = told_of(lang, faults & (MISSING_CONTACT | MISSING_CONTACT_BAD));
	v->number_error = told_of(lang, faults & MISSING_NUMBER_LONG);
	v->teller_error = told_of(lang, faults & MISSING_TELLER_LONG);
}

static struct answer show(struct req *req, const struct there *t, int status)
{
	static const char *const who_texts[] = { TR("I was there too"), TR("Somebody else was there") };
	static const char *const day_texts[] = { TR("Today"), TR("Yesterday"), TR("Earlier") };
	enum lang lang = (enum lang)req_lang(req);
	struct arena *a = req_arena(req);
	struct wall wall = day_wall(t->today);
	const struct missing_draft *d = &t->draft;
	struct there_view v = {
		.once = arena_printf(a, "%s", id_text(&d->once).s), .date = str(a, t->date), .clock = str(a, t->clock),
		.place = str(a, d->place), .name = str(a, d->name), .contact = str(a, d->contact), .number = str(a, d->number),
		.teller = str(a, d->teller), .whos_n = ARRAY_LEN(who_texts), .days_n = ARRAY_LEN(day_texts),
		.today = arena_printf(a, "%04d-%02d-%02d", wall.year, wall.month, wall.mday),
		.action = arena_printf(a, PATH "?lang=%s", lang_code(lang)),
	};
	v.whos = tiles(a, lang, whos, who_texts, v.whos_n, t->who);
	v.days = tiles(a, lang, days, day_texts, v.days_n, t->day);
	v.look = look_of(t, req, tr(lang, "Was somebody left out?"), PATH);
	show_errors(lang, a, t->faults, &v);
	if (t->held == HELD_MANY)
		v.held = tr(lang, "Many people are writing right now. Wait a minute and send again: what you wrote is still in the form.");
	if (t->held == HELD_FULL)
		v.held = tr(lang, "We cannot take any more just now. Tell the manager yourself, by phone or in person.");
	struct html h = html_for(req);
	missing_there_page(&h, &v);
	return reply_html(req, status, &h);
}

/* ---- routes ---- */

static struct answer get_there(struct req *req, const struct actor *who, void *room)
{
	struct there t = { .pages = room, .today = instant_day(req_now(req)), .who = -1, .day = -1 };
	(void)who;
	t.draft.once = id_new(t.pages->frame->rnd, "missing/once");
	return show(req, &t, 200);
}

static enum result put_work(struct tx *tx, void *ctx)
{
	struct there *t = ctx;
	return missing_put(tx, t->pages->frame->rnd, t->now, &t->draft);
}

static bool too_often(struct there *t, struct req *req)
{
	return limit_take(t->pages->peer, req_peer(req), 1) != RES_OK || limit_take(t->pages->all, 0, 1) != RES_OK;
}

static struct answer post_there(struct req *req, const struct actor *who, void *room)
{
	struct there t = { .pages = room, .now = req_now(req), .today = instant_day(req_now(req)) };
	(void)who;
	read_there(req, &t);
	if (t.faults)
		return show(req, &t, 422);
	if (too_often(&t, req)) {
		reply_header(req, "Retry-After", "60");
		t.held = HELD_MANY;
		return show(req, &t, 429);
	}
	enum result res = db_write(t.pages->db, put_work, &t);
	if (res == RES_AGAIN) {
		t.held = HELD_FULL;
		return show(req, &t, 503);
	}
	if (res != RES_OK)
		return reply_result(req, res);
	return reply_see_other(req, arena_printf(req_arena(req), PATH "/sent?lang=%s", lang_code((enum lang)req_lang(req))));
}

static struct answer get_sent(struct req *req, const struct actor *who, void *room)
{
	struct there t = { .pages = room };
	enum lang lang = (enum lang)req_lang(req);
	struct html h = html_for(req);
	(void)who;
	struct look l = look_of(&t, req, tr(lang, "Thank you. It has been sent to the manager."), PATH "/sent");
	missing_sent_page(&h, &l);
	return reply_html(req, 200, &h);
}

/* MAY_ANYBODY alone: whoever is signed in is nobody here, so what she tells does not carry who she is. */
static const struct route routes[] = {
	{ METHOD_GET, PATH, MAY_ANYBODY, NULL, get_there, 0, 0 },
	{ METHOD_POST, PATH, MAY_ANYBODY, fields, post_there, FLAG_NO_CSRF | FLAG_SECRET, 0 },
	{ METHOD_GET, PATH "/sent", MAY_ANYBODY, NULL, get_sent, 0, 0 },
};

void missing_there_routes(struct missing_pages *pages, struct web *web)
{
	web_routes(web, routes, ARRAY_LEN(routes), pages);
}

void missing_limits(struct missing_pages *pages, const struct clock *clock)
{
	pages->peer = limit_new(clock, 1, 30, 4096);
	pages->all = limit_new(clock, 10, 200, 1);
	pages->clock = clock;
}

void missing_limits_free(struct missing_pages *pages)
{
	limit_free(&pages->peer);
	limit_free(&pages->all);
}
