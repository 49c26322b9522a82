/* What a personal page shows: a few rows by their keys, whoever is affected besides, and how many there are. */
#include <string.h>

#include "crypt/crypt.h"
#include "haven/directory/directory.h"
#include "haven/matching/matching_rules.h"
#include "haven/offers/offers_inside.h"
#include "haven/supporters/supporters.h"

#define OTHERS_MOST 3 /* to choose from besides the three; each key costs the first page 230 bytes (at most 30 kB), and § 2.5 allows 8 */

/* The task and the touch of a link. */
static enum result task_of(struct tx *tx, struct offers *o, struct slice token, struct id *task_r,
			   enum offers_touch *touch_r)
{
	unsigned char bytes[16], hash[CRYPT_HASH];
	/* What is no token costs as much as one that is not known. */
	bool formed = base64url_read(token, bytes, sizeof(bytes)) == RES_OK;
	if (!formed)
		memset(bytes, 0, sizeof(bytes));
	crypt_token_hash(bytes, hash);
	crypt_wipe(bytes, sizeof(bytes));
	enum result res = offers_link(tx, hash, instant_day(clock_now(o->setup.clock)), task_r, touch_r);
	return formed || res == RES_BROKEN ? res : RES_NONE;
}

enum result offers_book(struct offers *o, const struct supporters_book **book_r)
{
	return supporters_book(o->books, book_r);
}

/* What its parts need. */
struct opening {
	struct tx *tx;
	struct offers *o;
	struct arena *a;
	const struct supporters_book *book;
	const struct offers_row *row;
	struct day today;
	struct offers_view *v;
};

static bool among(const struct id *list, size_t n, const struct id *id)
{
	for (size_t i = 0; i < n; i++)
		if (id_eq(&list[i], id))
			return true;
	return false;
}

static bool is_shown(const struct offers_view *v, const struct id *supporter)
{
	for (size_t i = 0; i < v->faces_n; i++)
		if (id_eq(&v->faces[i].supporter, supporter))
			return true;
	return false;
}

static void add_face(const struct opening *op, const struct supporters_card *c, int position)
{
	const struct supporter *s = &c->file;
	struct arena *a = op->a;
	if (is_shown(op->v, &s->id))
		return;
	struct offers_face *f = &op->v->faces[op->v->faces_n++];
	*f = (struct offers_face){
		.supporter = s->id, .given = arena_str(a, slice_of(s->given)), .name = arena_str(a, slice_of(s->name)),
		.profession = arena_str(a, slice_of(s->profession)), .unit = arena_str(a, slice_of(s->unit)),
		.phone = arena_str(a, slice_of(s->phone)), .since_year = s->since_year, .position = position,
		.reset = supporters_key_reset(&c->key, op->today), .safety = arena_str(a, slice_of(c->safety)),
	};
	memcpy(f->key_id, c->key.key_id, sizeof(f->key_id));
	memcpy(f->entry, c->key.entry, sizeof(f->entry));
}

/* Whoever has ended, left the workplace or lost her key is not shown. */
static void add_seat(const struct opening *op, int i)
{
	const struct supporters_card *c = supporters_card(op->book, &op->row->seat[i]);
	if (c && c->file.has_key && !c->file.left)
		add_face(op, c, i);
}

/* The gate of tomorrow, and what stands between the two: room and time are for them to find. */
static bool may_choose(const struct opening *op, const struct matching_settings *set, const struct matching_exposure *e,
		       const struct supporter *s)
{
	struct matching_supporter who = { .id = s->id, .person = s->person, .languages = supporters_languages(s->languages) };
	return !s->is_full && !supporters_gate(s, op->today, day_add(op->today, 1)) && !matching_judge_pair(set, &who, e);
}

/* Others to choose from: not excluded from this incident either, which is asked of the few who come into question. */
static enum result add_others(const struct opening *op, const struct id *passed, size_t passed_n)
{
	const struct offers_row *row = op->row;
	struct matching_settings set = matching_defaults();
	struct matching_exposure e = { .id = row->id, .person = row->person, .language = supporters_languages(lang_code(offers_lang(op->o, row))),
				       .passed = passed, .passed_n = passed_n };
	enum result res = RES_OK;
	set.languages = supporters_languages(lang_code(op->o->setup.lang));
	if (!id_is_zero(&row->person))
		res = supporters_not_these(op->tx, op->a, &row->person, &e.not_these, &e.not_these_n);
	/* Beginning at another one after each incident, so that the list does not always favour the same. */
	size_t n = op->book->n, from = n ? (row->incident.b[0] << 8 | row->incident.b[1]) % n : 0;
	for (size_t i = 0; res == RES_OK && i < n && op->v->faces_n < OFFERS_SEATS + OTHERS_MOST; i++) {
		const struct supporters_card *c = &op->book->list[(from + i) % n];
		bool out = false;
		if (is_shown(op->v, &c->file.id) || !may_choose(op, &set, &e, &c->file))
			continue;
		if (!id_is_zero(&c->file.person))
			res = offers_is_excluded(op->tx, &row->incident, &c->file.person, &out);
		if (res == RES_OK && !out)
			add_face(op, c, 3);
	}
	return res;
}

/* The faces: who will call first; her place on the page stays the one it was sealed to. */
static enum result add_faces(const struct opening *op)
{
	const struct offers_row *row = op->row;
	const struct id *passed;
	size_t passed_n;
	enum result res = offers_passed(op->tx, op->a, &row->id, &passed, &passed_n);
	if (res != RES_OK)
		return res;
	op->v->faces = arena_array(op->a, struct offers_face, OFFERS_SEATS + OTHERS_MOST);
	for (int i = 0; i < OFFERS_SEATS; i++)
		if (!id_is_zero(&row->holder) && id_eq(&row->seat[i], &row->holder))
			add_seat(op, i);
	op->v->has_holder = op->v->faces_n == 1;
	for (int i = 0; i < OFFERS_SEATS; i++)
		if (!id_is_zero(&row->seat[i]) && !among(passed, passed_n, &row->seat[i]))
			add_seat(op, i);
	return add_others(op, passed, passed_n);
}

enum result offers_open(struct tx *tx, struct offers *o, struct arena *a, const struct supporters_book *book,
			struct slice token, struct offers_view *view_r)
{
	struct offers_row row;
	struct offers_view v = { .name = "" };
	struct door_incident in;
	enum result res = task_of(tx, o, token, &v.task, &v.touch);
	if (res == RES_OK)
		res = offers_get_task(tx, a, &v.task, &row);
	if (res == RES_OK)
		res = offers_incident(tx, a, &row.incident, &in);
	if (res != RES_OK)
		return res;
	v.name = row.name;
	if (!id_is_zero(&row.person)) {
		struct door_person p;
		res = directory_get(tx, a, &row.person, &p);
		if (res != RES_OK)
			return res;
		v.name = p.name;
		v.has_phone = p.phone[0];
	}
	v.lang = offers_lang(o, &row);
	v.incident = row.incident;
	v.title = in.title;
	v.happened = in.day;
	v.deadline = row.deadline;
	v.not_before = row.not_before;
	v.made = row.made;
	v.ref = row.ref;
	memcpy(v.rel, row.rel, sizeof(v.rel));
	v.stopped = row.stopped;
	v.closed = row.closed;
	if (!row.closed && (res = clockwork_due(tx, OFFERS_JOB_CLOSE, &row.incident, &v.closes)) != RES_OK)
		return res;
	v.looking = !row.closed && id_is_zero(&row.holder) && row.rounds < OFFERS_ROUNDS && !(row.ways & OFFERS_TWICE);
	v.moved = row.rounds > 1;
	supporters_lost_since(book, a, row.made, &v.lost, &v.lost_n);
	struct opening op = { tx, o, a, book, &row, instant_day(clock_now(o->setup.clock)), &v };
	res = add_faces(&op);
	if (res == RES_OK)
		*view_r = v;
	return res;
}

enum result offers_stop(struct tx *tx, struct offers *o, struct slice token)
{
	struct arena *a = arena_new();
	struct id task;
	struct offers_row row, *rows;
	enum offers_touch touch;
	size_t n = 0;
	enum result res = task_of(tx, o, token, &task, &touch);
	if (res == RES_OK)
		res = offers_get_task(tx, a, &task, &row);
	if (res == RES_OK)
		res = offers_tasks_of(tx, a, &row.incident, &rows, &n);
	/* Who was named twice has two of them, and one tap. */
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		if (!id_eq(&rows[i].id, &task) && (id_is_zero(&row.person) || !id_eq(&rows[i].person, &row.person)))
			continue;
		res = offers_put_stopped(tx, &rows[i].id);
		if (res == RES_OK)
			res = offers_take_back(tx, &rows[i].id);
	}
	arena_free(&a);
	return res;
}
