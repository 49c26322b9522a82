/* What a session for everybody affected by an incident needs of this room: who may lead it, and the messages. */
#include "haven/matching/matching.h"
#include "haven/offers/offers_inside.h"

enum result offers_about(struct tx *tx, struct arena *a, const struct id *incident, const char **title_r, struct day *day_r)
{
	struct door_incident in;
	enum result res = offers_incident(tx, a, incident, &in);
	if (res == RES_OK) {
		*title_r = in.title;
		*day_r = in.day;
	}
	return res;
}

/* Whether somebody who was named twice is told by another task of hers. */
static bool is_told(const struct offers_row *rows, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!rows[i].stopped && !id_is_zero(&rows[at].person) && id_eq(&rows[i].person, &rows[at].person))
			return true;
	return false;
}

enum result offers_tell_group(struct tx *tx, struct offers *o, const struct id *incident, bool changed)
{
	struct arena *a = arena_new();
	struct offers_row *rows;
	size_t n;
	bool put;
	enum result res = offers_tasks_of(tx, a, incident, &rows, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		if (!rows[i].stopped && !is_told(rows, i))
			res = offers_put_message(tx, o, a, &rows[i], OFFERS_GROUP, changed, &put);
	arena_free(&a);
	return res;
}

/* What stands between her and everybody in it together. That she gave one of them on is no reason, and a language is not asked for: a group
   has several. */
static uint32_t reasons(const struct matching_facts *f, const struct matching_supporter *s, bool kept)
{
	static const uint32_t room = MATCHING_BIT(MATCHING_FULL) | MATCHING_BIT(MATCHING_NO_ROOM_TODAY) | MATCHING_BIT(MATCHING_NO_ROOM);
	static const uint32_t of_pair = MATCHING_BIT(MATCHING_EXCLUDED) | MATCHING_BIT(MATCHING_NOT_THIS_ONE);
	uint32_t no = matching_judge(&f->settings, &f->run, s).reasons & ~(kept ? room : 0);
	for (size_t i = 0; i < f->exposures_n; i++)
		no |= matching_judge_pair(&f->settings, s, &f->exposures[i]) & of_pair;
	return no;
}

enum result offers_may_lead_group(struct tx *tx, struct offers *o, struct arena *a, const struct id *incident, struct instant starts,
				  int minutes, const struct id *keep, const struct id **list_r, size_t *n_r)
{
	struct offers_row *rows;
	struct matching_facts f;
	size_t rows_n, n = 0;
	enum result res = offers_tasks_of(tx, a, incident, &rows, &rows_n);
	if (res == RES_OK && !rows_n)
		res = RES_NONE;
	if (res == RES_OK)
		res = offers_matching_facts(tx, o, a, starts, instant_add(starts, (int64_t)minutes * 60), rows, rows_n, &f);
	if (res != RES_OK)
		return res;
	/* The whole of it in one piece, at any hour: it is best held in the shift in which it happened. */
	f.settings.contact_minutes = minutes;
	f.settings.morning = 0;
	f.settings.evening = 24;
	struct id *list = arena_array(a, struct id, f.supporters_n);
	for (size_t i = 0; i < f.supporters_n; i++) {
		const struct id *id = &f.supporters[i].id;
		if (!reasons(&f, &f.supporters[i], id_eq(id, &keep[0]) || id_eq(id, &keep[1])))
			list[n++] = *id;
	}
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result offers_ask_to_desk(struct tx *tx, struct offers *o, const struct id *supporter, bool changed)
{
	struct arena *a = arena_new();
	enum result res = offers_put_notice(tx, o, a, supporter, changed ? OFFERS_CHANGED : OFFERS_WAITS);
	arena_free(&a);
	return res;
}

enum result offers_tell_duty(struct tx *tx, const struct id *incident, enum door_fact_kind kind, struct day day)
{
	return offers_put_fact(tx, incident, kind, day);
}
