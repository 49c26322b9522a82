/* What a personal page says: a view and the hour to sentences. */
#include "haven/offers/offers_page.h"

#include <stdio.h>

#include "base/buf.h"
#include "haven/offers/offers_rules.h"
#include "web/text.h"

#define PHRASE BUF_LIMIT(1024)

/* Takes the text out of a buffer and into the arena. */
static const char *keep(struct arena *a, struct buf *b)
{
	const char *s = arena_str(a, buf_get(b));
	buf_wipe(b);
	buf_free(b);
	return s;
}

static const char *fill_one(struct arena *a, const char *text, const char *name, const char *value)
{
	struct buf b = PHRASE;
	tr_fill(&b, text, name, value, NULL);
	say_capital(&b, 0);
	return keep(a, &b);
}

static const char *hex(struct arena *a, const unsigned char *bytes, size_t n)
{
	char *out = arena_alloc(a, 2 * n + 1, 1);
	hex_write(out, bytes, n);
	return out;
}

/* ---- faces ---- */

static const char *renewed(struct arena *a, enum lang lang, struct day reset, struct day today)
{
	struct buf day = PHRASE;
	if (!reset.n)
		return NULL;
	say_date(&day, lang, reset, today);
	const char *text = fill_one(a, tr(lang, "New key since {day}"), "day", keep(a, &day));
	return text;
}

static struct offers_person person_of(struct arena *a, enum lang lang, struct day today, const struct offers_face *f)
{
	char initials[16], year[16];
	look_initials(f->name, initials);
	snprintf(year, sizeof(year), "%d", f->since_year);
	return (struct offers_person){
		.given = f->given, .initials = arena_str(a, slice_of(initials)), .tint = look_tint(&f->supporter),
		.profession = f->profession, .unit = look_place(f->unit),
		.phone = look_phone(a, f->phone), .tel = look_tel(a, f->phone),
		.key_id = hex(a, f->key_id, sizeof(f->key_id)),
		.since = fill_one(a, tr(lang, "Has been a peer supporter since {year}"), "year", year),
		.name = f->name, .safety = f->safety, .renewed = renewed(a, lang, f->reset, today),
	};
}

static void faces(struct arena *a, const struct offers_view *v, enum lang lang, struct day today,
		  struct offers_page *page)
{
	struct offers_person *list = arena_array(a, struct offers_person, v->faces_n + 1);
	for (size_t i = 0; i < v->faces_n; i++)
		list[i] = person_of(a, lang, today, &v->faces[i]);
	/* She who calls anyway is no choice; when nobody will call by herself, everybody is. */
	size_t from = v->has_holder && !v->closed ? 1 : 0;
	page->holder = v->has_holder ? &list[0] : NULL;
	page->choices = list + from;
	page->choices_n = v->faces_n - from;
	page->readers_list = list;
	page->readers_n = v->faces_n;
	page->alone = !v->faces_n || (!v->has_holder && !v->closed);
	page->form = v->has_holder && !v->closed ? OFFERS_FORM_ALL : v->faces_n ? OFFERS_FORM_CHOOSE : OFFERS_FORM_NONE;
	struct buf others = PHRASE;
	char count[16];
	snprintf(count, sizeof(count), "%zu", page->choices_n);
	tr_fill(&others, trn(lang, "One more colleague can help you.", "{count} more colleagues can help you.",
			     (int64_t)page->choices_n),
		"count", count, NULL);
	page->others = keep(a, &others);
}

/* [{"id":"hex 8","pos":0,"entry":"base64url 256"}, …] */
static const char *keys(struct arena *a, const struct offers_view *v)
{
	struct buf json = BUF_LIMIT(8192);
	char entry[base64url_size(256) + 1];
	buf_char(&json, '[');
	for (size_t i = 0; i < v->faces_n; i++) {
		base64url_write(entry, v->faces[i].entry, sizeof(v->faces[i].entry));
		buf_printf(&json, "%s{\"id\":\"%s\",\"pos\":%d,\"entry\":\"", i ? "," : "",
			   hex(a, v->faces[i].key_id, sizeof(v->faces[i].key_id)), v->faces[i].position);
		buf_put(&json, entry, sizeof(entry) - 1);
		buf_str(&json, "\"}");
	}
	buf_char(&json, ']');
	if (json.full)
		bug("the keys of a page do not fit");
	return keep(a, &json);
}

/* ---- sentences ---- */

/* "Kari will call you tomorrow before 14:00", or NULL when there is no such promise. */
static const char *promise(struct arena *a, const struct offers_view *v, enum lang lang, struct instant now)
{
	struct buf when = PHRASE, b = PHRASE;
	if (!v->has_holder || v->closed || v->deadline.s <= now.s)
		return NULL;
	const char *text;
	if (v->not_before.s > now.s) {
		say_moment(&when, lang, v->not_before, now);
		text = tr(lang, "{name} will call you, not before {when}");
	} else {
		say_before(&when, lang, v->deadline, now);
		text = tr(lang, "{name} will call you {when}");
	}
	tr_fill(&b, text, "name", v->faces[0].given, "when", when.p, NULL);
	buf_free(&when);
	return keep(a, &b);
}

static void words(struct arena *a, const struct offers_view *v, enum lang lang, struct instant now,
		  struct offers_page *page)
{
	struct buf date = PHRASE;
	const char *call = promise(a, v, lang, now);
	say_date(&date, lang, v->happened, instant_day(now));
	page->happened = keep(a, &date);
	page->more = NULL;
	if (v->touch == OFFERS_CHECK) {
		page->heading = tr(lang, "How are you, four weeks on?");
		page->lead = fill_one(a, tr(lang, "It is about four weeks since {date}. There is nothing to fill in, and nobody sees "
						  "whether you read this."), "date", page->happened);
	} else if (v->touch == OFFERS_SECOND) {
		page->heading = tr(lang, "How is it now, a few days on?");
		page->lead = fill_one(a, tr(lang, "A few days have passed since {date}. Many people only feel it now. The offer of "
						  "a talk still stands."), "date", page->happened);
		page->more = call;
	} else {
		page->heading = call ? call
			      : v->has_holder ? fill_one(a, tr(lang, "{name} is here for you"), "name", v->faces[0].given)
			      : v->closed ? tr(lang, "You can still talk to somebody")
			      : v->looking ? tr(lang, "We are looking for a colleague for you")
					  : tr(lang, "You can still talk to somebody");
		page->lead = fill_one(a, tr(lang, "On {date} you were part of something that may have been hard. Everybody who was "
						  "there is offered a talk. You decide whether you want it."), "date", page->happened);
	}
	if (!v->has_holder && !v->closed && !v->looking)
		page->more = page->choices_n
			? tr(lang, "We could not find anybody who can call you. You can choose a colleague yourself, or call one "
				   "of the numbers on this page.")
			: tr(lang, "We could not find anybody who can call you. You can call one of the numbers on this page.");
	else if (!v->has_holder && !v->closed && v->stopped)
		page->more = tr(lang, "We have not found anybody for you yet. We keep looking, and this page says so when we have. "
				      "Until then you can call one of the numbers on it.");
	else if (!v->has_holder && !v->closed)
		page->more = tr(lang, "We have not found anybody for you yet. We keep looking, and you get a new message "
				      "when we have. Until then you can call one of the numbers on this page.");
	else if (v->moved && !v->closed)
		page->more = tr(lang, "Somebody new has taken over, and cannot see what you answered before. If you said no thanks, "
				      "please say it once more.");
	page->readers = page->form == OFFERS_FORM_CHOOSE
		? tr(lang, "Only the person you choose can open the answer. It arrives within an hour.")
		: fill_one(a, tr(lang, "Only {name}, whoever takes over, or anyone else you choose can open the answer. It arrives "
				       "within an hour."), "name", v->faces_n ? v->faces[0].given : "");
	page->phone_needed = page->form == OFFERS_FORM_CHOOSE || !v->has_phone;
	page->phone_hint = page->phone_needed ? tr(lang, "Only the person who will call sees the number.")
					      : tr(lang, "We use the number we have, unless you write another.");
}

/* The same on everybody's page, whoever chose whom. */
static void lost(struct arena *a, const struct offers_view *v, enum lang lang, struct offers_page *page)
{
	const char **list = arena_array(a, const char *, v->lost_n);
	for (size_t i = 0; i < v->lost_n; i++)
		list[i] = fill_one(a, tr(lang, "Did you choose {name} yourself? {name} can no longer read what you sent. Please choose again."),
				   "name", v->lost[i]);
	page->lost = list;
	page->lost_n = v->lost_n;
}

/* ---- what happens next ---- */

static const char *day_of(struct arena *a, enum lang lang, struct day d, struct day today)
{
	struct buf b = PHRASE;
	say_day(&b, lang, d, today);
	say_capital(&b, 0);
	return keep(a, &b);
}

static void steps(struct arena *a, const struct offers_view *v, enum lang lang, struct instant now,
		  struct offers_page *page)
{
	struct offers_step *s = arena_array(a, struct offers_step, 4);
	size_t n = 0;
	struct day today = instant_day(now);
	struct instant noon = day_at(v->made, 12, 0), second = offers_second_touch(noon), check = offers_check(noon);
	s[n++] = (struct offers_step){ day_of(a, lang, v->made, today),
				       v->touch == OFFERS_OFFER ? tr(lang, "You got this message.")
								: tr(lang, "You got the first message."), true, false };
	if (promise(a, v, lang, now)) {
		struct buf when = PHRASE;
		if (v->not_before.s > now.s)
			say_moment(&when, lang, v->not_before, now);
		else
			say_before(&when, lang, v->deadline, now);
		say_capital(&when, 0);
		s[n++] = (struct offers_step){ keep(a, &when), fill_one(a, tr(lang, "{name} calls, unless you say no."), "name",
									v->faces[0].given), false, true };
	}
	if (!v->stopped || second.s <= now.s)
		s[n++] = (struct offers_step){ day_of(a, lang, instant_day(second), today),
					       tr(lang, "One more message. Some people only feel it then."), second.s <= now.s,
					       false };
	if (!v->stopped || check.s <= now.s) {
		struct buf around = PHRASE;
		say_around(&around, lang, instant_day(check));
		say_capital(&around, 0);
		s[n++] = (struct offers_step){ keep(a, &around), tr(lang, "One last message: how are you?"), check.s <= now.s,
					       false };
	}
	page->steps = s;
	page->steps_n = n;
}

/* ---- the session for everybody ---- */

static void group_of(struct arena *a, const struct offers_group *g, enum lang lang, struct instant now, struct offers_page *page)
{
	struct buf when = PHRASE, by = PHRASE;
	say_moment(&when, lang, g->starts, now);
	page->group_hint = fill_one(a, g->cancelled ? tr(lang, "The talk for all of you {when} will not be held.") : tr(lang, "There is a talk for all of you {when}."), "when", when.p);
	if (!g->cancelled)
		say_capital(&when, 0);
	page->group_when = keep(a, &when);
	page->group_place = g->place;
	page->group_cancelled = g->cancelled;
	if (g->lead_by[0] && g->lead_by[1])
		tr_fill(&by, tr(lang, "{one} and {other} lead it. They are peer supporters."), "one", g->lead_by[0], "other", g->lead_by[1], NULL);
	else
		buf_str(&by, tr(lang, "Two peer supporters lead it."));
	page->group_by = keep(a, &by);
}

/* ---- the whole ---- */

void offers_fill(struct arena *a, const struct offers_pages *p, const struct offers_view *v, const struct offers_group *group,
		 enum lang lang, struct instant now, struct slice token, const unsigned char door[16], struct offers_page *page_r)
{
	const char *base = arena_printf(a, "/h/o/%.*s", (int)token.n, token.p);
	struct id post = id_new(p->rnd, "ring/form");
	struct look_house *house = arena_new_of(a, struct look_house);
	*house = *p->house;
	house->leave_js = NULL; /* the page's own script does it */
	struct offers_page page = {
		.look = { .house = house, .lang = lang, .title = tr(lang, "A message for you"), .path = base,
			  .script = p->script, .quick_exit = true },
		.touch = v->touch, .lang = lang_code(lang),
		.action = arena_printf(a, "%s?lang=%s", base, lang_code(lang)),
		.stop = arena_printf(a, "%s/stop?lang=%s", base, lang_code(lang)),
		.given = look_given(a, v->name), .title = v->title, .stopped = v->stopped, .there = p->there,
		.ring = "/h/ring", .inst = hex(a, p->inst, sizeof(p->inst)), .door = hex(a, door, 16),
		.ref = hex(a, v->ref.b, sizeof(v->ref.b)), .rel = hex(a, v->rel, sizeof(v->rel)), .keys = keys(a, v),
		.post = arena_str(a, slice_of(id_text(&post).s)),
		.name = arena_str(a, text_most(slice_of(v->name), RING_NAME_MAX)),
		.phone = "", .note = "", .to = "", .kind = OFFERS_CALL,
	};
	faces(a, v, lang, instant_day(now), &page);
	words(a, v, lang, now, &page);
	steps(a, v, lang, now, &page);
	if (group)
		group_of(a, group, lang, now, &page);
	lost(a, v, lang, &page);
	page.lines = look_lines(a, p->house, lang);
	/* After the closing nobody whom these four answers name reads them any more: the page is asked for anew. */
	if (page.form == OFFERS_FORM_ALL)
		page.lasts = arena_printf(a, "%lld", (long long)(v->closes.s > now.s ? v->closes.s - now.s : 0));
	*page_r = page;
}
