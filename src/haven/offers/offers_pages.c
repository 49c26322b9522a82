/* The personal page and its two forms. Nothing of a request is logged or counted. */
#include "haven/offers/offers_page.h"

#include "crypt/keylog.h"
#include "haven/supporters/supporters.h"
#include "offers.tpl.h"
#include "web/reply.h"

#define PHONE_DIGITS_LEAST 5

static const char *const kinds[] = { "call", "other", "later", "none", NULL };

static const struct field page_fields[] = { { "lang", FIELD_CHOICE, .choices = lang_codes }, { 0 } };
static const struct field answer_fields[] = {
	{ "lang", FIELD_CHOICE, .choices = lang_codes },
	{ "post", FIELD_ID, .whose = FIELD_DRAWN },
	{ "kind", FIELD_CHOICE, .choices = kinds },
	{ "phone", FIELD_TEXT, 0, RING_PHONE_MAX },
	{ "when", FIELD_INT, 0, 3 },
	{ "to", FIELD_TEXT, 0, 2 * RING_KEY_ID },
	{ "note", FIELD_TEXT, 0, RING_NOTE_MAX },
	{ 0 },
};

struct opened {
	const struct offers_pages *p;
	struct arena *a;
	struct slice token;
	const struct supporters_book *book;
	struct offers_view view;
	struct offers_group group;
	bool has_group;
	unsigned char door[16];
};

static enum result open_work(struct tx *tx, void *ctx)
{
	struct opened *o = ctx;
	enum result res = offers_open(tx, o->p->offers, o->a, o->book, o->token, &o->view);
	o->has_group = false;
	if (res == RES_OK && o->p->group) {
		res = o->p->group(tx, o->a, &o->view.incident, clock_now(o->p->clock), &o->group);
		o->has_group = res == RES_OK;
		res = res == RES_NONE ? RES_OK : res;
	}
	return res == RES_OK ? o->p->door_code(tx, o->door) : res;
}

static enum result open_page(struct opened *o)
{
	enum result res = offers_book(o->p->offers, &o->book);
	if (res == RES_OK)
		res = db_read(o->p->db, open_work, o);
	supporters_book_end(&o->book);
	return res;
}

/* What ?lang= or the form says, else `otherwise`. */
static enum lang lang_of(struct req *req, enum lang otherwise)
{
	int lang;
	return req_choice(req, "lang", &lang) == RES_OK ? (enum lang)lang : otherwise;
}

static struct look plain_look(const struct offers_pages *p, enum lang lang, const char *title)
{
	return (struct look){ .house = p->house, .lang = lang, .title = title, .quick_exit = true };
}

static struct answer gone(struct req *req, const struct offers_pages *p)
{
	enum lang lang = (enum lang)req_lang(req);
	struct look l = plain_look(p, lang, tr(lang, "This link no longer works"));
	struct html h = HTML(lang);
	offers_gone(&h, &l);
	return reply_html(req, 404, &h);
}

static struct answer show(struct req *req, int status, enum lang lang, const struct offers_page *page)
{
	struct html h = HTML(lang);
	offers_page(&h, page);
	return reply_html(req, status, &h);
}

static struct answer get_page(struct req *req, const struct actor *who, void *room)
{
	struct opened o = { .p = room, .a = req_arena(req), .token = req_path(req, 0) };
	struct offers_page page;
	(void)who;
	enum result res = open_page(&o);
	if (res == RES_NONE)
		return gone(req, o.p);
	if (res != RES_OK)
		return reply_error(req, 500);
	enum lang lang = lang_of(req, o.view.lang);
	offers_fill(o.a, o.p, &o.view, o.has_group ? &o.group : NULL, lang, req_now(req), o.token, o.door, &page);
	return show(req, 200, lang, &page);
}

/* ---- the answer, without JavaScript ---- */

struct said {
	enum offers_kind kind;
	struct slice phone, note, when;
	const struct offers_face *chosen;
	struct id post;
};

static void fault(struct arena *a, struct offers_page *page, const char *href, const char *text)
{
	struct offers_fault *list = arena_array(a, struct offers_fault, page->faults_n + 1);
	if (page->faults_n)
		memcpy(list, page->faults, page->faults_n * sizeof(*list));
	list[page->faults_n] = (struct offers_fault){ href, text };
	page->faults = list;
	page->faults_n++;
}

/* Digits, a plus in front, and what people put between them. */
static bool is_phone(struct slice s)
{
	size_t digits = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (!strchr("+() .-/", s.p[i]) || !s.p[i])
			return false;
	}
	return digits >= PHONE_DIGITS_LEAST;
}

static void read_phone(struct req *req, enum lang lang, struct offers_page *page, struct said *s)
{
	enum result res = req_text(req, "phone", &s->phone);
	bool needed = s->kind == OFFERS_OTHER || (s->kind == OFFERS_CALL && page->phone_needed);
	page->phone = arena_str(req_arena(req), req_echo(req, "phone"));
	if (res == RES_BAD || (res == RES_OK && !is_phone(s->phone)) || (res == RES_NONE && needed)) {
		page->phone_fault = tr(lang, "Write the number you want to be called on, 5 to 20 digits");
		fault(req_arena(req), page, "#phone", page->phone_fault);
	}
}

static void read_chosen(struct req *req, enum lang lang, const struct offers_view *v, struct offers_page *page,
			struct said *s)
{
	struct slice to;
	page->to = arena_str(req_arena(req), req_echo(req, "to"));
	if (req_text(req, "to", &to) == RES_OK)
		for (size_t i = 0; i < page->choices_n; i++)
			if (slice_is(to, page->choices[i].key_id))
				s->chosen = &v->faces[v->faces_n - page->choices_n + i];
	if (!s->chosen) {
		page->to_fault = tr(lang, "Choose who should call you");
		fault(req_arena(req), page, "#to", page->to_fault);
	}
}

static struct slice when_of(enum lang lang, int64_t when)
{
	switch (when) {
	case 1: return slice_of(tr(lang, "In the morning"));
	case 2: return slice_of(tr(lang, "In the afternoon"));
	case 3: return slice_of(tr(lang, "In the evening"));
	default: return (struct slice){ "", 0 };
	}
}

/* One post a form and content: sent again unchanged it is the same, changed it is another answer. */
static struct id post_of(struct req *req, const struct offers_pages *p, const struct said *s, const char *to)
{
	struct id id;
	unsigned char hash[CRYPT_HASH], numbers[2] = { (unsigned char)s->kind, (unsigned char)s->phone.n };
	if (req_id(req, "post", &id) != RES_OK)
		return id_new(p->rnd, "ring/post");
	const struct slice parts[] = { SLICE("makker/1 form"), slice_bytes(id.b, sizeof(id.b)), slice_bytes(numbers, 2),
				       s->phone, s->when, SLICE("/"), slice_of(to), SLICE("/"), s->note };
	crypt_hash_parts(parts, ARRAY_LEN(parts), hash);
	memcpy(id.b, hash, sizeof(id.b));
	crypt_wipe(hash, sizeof(hash));
	return id;
}

/* What the form says. Faults are put on the page, with what was written. */
static void read_answer(struct req *req, const struct offers_pages *p, const struct offers_view *v, enum lang lang,
			struct offers_page *page, struct said *s)
{
	int kind;
	int64_t when = 0;
	struct arena *a = req_arena(req);
	if (page->form == OFFERS_FORM_NONE) {
		fault(a, page, "#line", tr(lang, "Something has changed since you opened the page. Please look again."));
		return;
	}
	if (req_choice(req, "kind", &kind) != RES_OK) {
		kind = page->form == OFFERS_FORM_ALL ? OFFERS_CALL : OFFERS_OTHER;
		fault(a, page, "#offer", tr(lang, "Choose one of the answers"));
	}
	s->kind = page->kind = (enum offers_kind)kind;
	if (s->kind == OFFERS_CALL && page->form != OFFERS_FORM_ALL)
		fault(a, page, "#offer", tr(lang, "Something has changed since you opened the page. Please look again."));
	if (req_int(req, "when", &when) != RES_OK)
		when = 0;
	page->when = (int)when;
	page->note = arena_str(a, req_echo(req, "note"));
	if (req_text(req, "note", &s->note) == RES_BAD) {
		page->note_fault = tr(lang, "The message is too long. Make it a little shorter");
		fault(a, page, "#note", page->note_fault);
	}
	if (s->kind == OFFERS_CALL || s->kind == OFFERS_OTHER) {
		read_phone(req, lang, page, s);
		s->when = when_of(lang, when);
	}
	if (s->kind == OFFERS_OTHER)
		read_chosen(req, lang, v, page, s);
	s->post = post_of(req, p, s, page->to);
}

/* The public key that this face's log entry tells. */
static void key_of(const struct offers_face *f, unsigned char key[32])
{
	struct keylog_entry e;
	if (keylog_read(slice_bytes(f->entry, sizeof(f->entry)), &e) != RES_OK)
		bug("the key log holds what is no entry");
	memcpy(key, e.seal_key, 32);
}

static enum result seal(struct arena *a, const struct offers_pages *p, const struct offers_view *v,
			const struct offers_page *page, const struct said *s, struct instant now,
			const struct sealed **slot_r, const char **field_r)
{
	unsigned char keys[OFFERS_SEATS][32], chosen[32];
	const unsigned char *to[OFFERS_SEATS] = { NULL };
	for (size_t i = 0; i < v->faces_n; i++) {
		int at = v->faces[i].position;
		if (at < OFFERS_SEATS) {
			key_of(&v->faces[i], keys[at]);
			to[at] = keys[at];
		}
	}
	if (s->chosen)
		key_of(s->chosen, chosen);
	struct ring_answer answer = {
		.ref = v->ref, .aid = s->post, .minute = now.s / 60, .kind = (enum ring_kind)s->kind,
		.phone = s->phone, .when = s->when, .name = slice_of(page->name), .note = s->note,
		.chosen = s->chosen ? chosen : NULL,
	};
	return ring_answer_slot(p->rnd, a, p->inst, to, v->rel, &answer, slot_r, field_r);
}

static struct answer thanks(struct req *req, const struct offers_pages *p, enum lang lang, enum offers_kind kind,
			    const char *back)
{
	struct look l = plain_look(p, lang, tr(lang, "A message for you"));
	struct html h = HTML(lang);
	offers_thanks(&h, &l, kind, back);
	return reply_html(req, 200, &h);
}

static struct answer too_many(struct req *req, const struct offers_pages *p, enum lang lang, const char *back)
{
	struct look l = plain_look(p, lang, tr(lang, "Many people are answering right now"));
	struct html h = HTML(lang);
	offers_later(&h, &l, back);
	return reply_html(req, 429, &h);
}

/* What is to be said once it is durable. */
struct waiting {
	struct id post;
	enum lang lang;
	enum offers_kind kind;
	const char *back;
};

static struct answer look_again(struct req *req, void *room, bool last)
{
	const struct offers_pages *p = room;
	const struct waiting *w = req_kept(req);
	enum result res = p->posted(p->ring, &w->post);
	if (res == RES_NONE && !last)
		return (struct answer){ NULL };
	return res == RES_OK ? thanks(req, p, w->lang, w->kind, w->back) : reply_error(req, 503);
}

static struct answer take_answer(struct req *req, const struct actor *who, void *room)
{
	struct opened o = { .p = room, .a = req_arena(req), .token = req_path(req, 0) };
	struct offers_page page;
	struct said s = { 0 };
	const struct sealed *slot;
	const char *field = "note";
	(void)who;
	enum result res = open_page(&o);
	if (res == RES_NONE)
		return gone(req, o.p);
	if (res != RES_OK)
		return reply_error(req, 500);
	enum lang lang = lang_of(req, o.view.lang);
	offers_fill(o.a, o.p, &o.view, o.has_group ? &o.group : NULL, lang, req_now(req), o.token, o.door, &page);
	read_answer(req, o.p, &o.view, lang, &page, &s);
	if (page.faults_n)
		return show(req, 400, lang, &page);
	res = o.p->spend(o.p->ring, req_peer(req));
	if (res == RES_AGAIN)
		return too_many(req, o.p, lang, page.action);
	if (res == RES_OK)
		res = seal(o.a, o.p, &o.view, &page, &s, req_now(req), &slot, &field);
	if (res == RES_BAD) { /* escaping made it longer than it may be: only the note can do that */
		page.note_fault = tr(lang, "The message is too long. Make it a little shorter");
		fault(o.a, &page, "#note", page.note_fault);
		return show(req, 400, lang, &page);
	}
	if (res == RES_OK)
		res = o.p->post(o.p->ring, &s.post, slot);
	if (res == RES_NONE) {
		struct waiting *w = arena_new_of(o.a, struct waiting);
		*w = (struct waiting){ s.post, lang, s.kind, page.action };
		req_keep(req, w);
		return reply_later(req, o.p->wait, look_again);
	}
	return res == RES_OK ? thanks(req, o.p, lang, s.kind, page.action) : reply_error(req, 503);
}

/* ---- stopping ---- */

static enum result stop_work(struct tx *tx, void *ctx)
{
	struct opened *o = ctx;
	return offers_stop(tx, o->p->offers, o->token);
}

static struct answer stop_messages(struct req *req, const struct actor *who, void *room)
{
	struct opened o = { .p = room, .a = req_arena(req), .token = req_path(req, 0) };
	(void)who;
	enum result res = db_write(o.p->db, stop_work, &o);
	if (res == RES_NONE)
		return gone(req, o.p);
	if (res != RES_OK)
		return reply_error(req, 500);
	enum lang lang = (enum lang)req_lang(req);
	struct look l = plain_look(o.p, lang, tr(lang, "The messages are stopped"));
	struct html h = HTML(lang);
	offers_stopped(&h, &l, arena_printf(o.a, "/h/o/%.*s?lang=%s", (int)o.token.n, o.token.p, lang_code(lang)));
	return reply_html(req, 200, &h);
}

void offers_routes(const struct offers_pages *p, struct web *web)
{
	/* The personal page reflects nothing of its request, so it may be compressed; an answer's page does. */
#define LINK "an offer, of whoever holds the link"
	static const struct route routes[] = {
		{ METHOD_GET, "/h/o/{token}", MAY_ANYBODY, page_fields, get_page, FLAG_SECRET | FLAG_GZIP, 0, LINK },
		{ METHOD_POST, "/h/o/{token}", MAY_ANYBODY, answer_fields, take_answer, FLAG_SECRET | FLAG_NO_CSRF, 8192, LINK },
		{ METHOD_POST, "/h/o/{token}/stop", MAY_ANYBODY, NULL, stop_messages, FLAG_SECRET | FLAG_NO_CSRF, 1024, LINK },
	};
	web_routes(web, routes, ARRAY_LEN(routes), (void *)(uintptr_t)p);
}
