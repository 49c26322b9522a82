#include "duty/coverage/coverage.h"

#include <string.h>

#define COVERAGE_COLUMNS "exposure:b sent:i? unsendable:i? reached:i? reached_day:i? in_person:i? same:b?"

SQL(coverage_list, "b", COVERAGE_COLUMNS,
    "SELECT c.exposure, c.sent_day AS sent, c.unsendable_day AS unsendable, c.reached, c.reached_day, "
    "c.in_person_day AS in_person, e.same_as AS same FROM exposure e JOIN coverage c ON c.exposure = e.id "
    "WHERE e.incident = $1 ORDER BY e.seat, e.id");
SQL(hear_sent, "bi", "", "UPDATE coverage SET sent_day = COALESCE(sent_day, $2) WHERE exposure = $1");
SQL(hear_unsendable, "bi", "", "UPDATE coverage SET unsendable_day = COALESCE(unsendable_day, $2) WHERE exposure = $1");
SQL(hear_reached, "bii", "",
    "UPDATE coverage SET reached = COALESCE(reached, $3), reached_day = COALESCE(reached_day, $2) WHERE exposure = $1");
SQL(note_in_person, "bib", "",
    "UPDATE coverage SET in_person_day = $2, in_person_by = $3 WHERE exposure = $1 AND in_person_day IS NULL");

SQL(coverage_one, "b", "n:i",
    "SELECT COUNT(*) AS n FROM coverage WHERE exposure = $1 AND (sent_day IS NOT NULL OR unsendable_day IS NOT NULL OR reached IS NOT NULL)");
SQL(coverage_gone, "b", "", "DELETE FROM coverage WHERE exposure IN (SELECT id FROM exposure WHERE incident = $1)");

bool coverage_offered(const struct coverage *c)
{
	return (c->sent.n && !c->unsendable.n) || (c->told && c->reached) || c->in_person.n;
}

bool coverage_needs_leader(const struct coverage *c)
{
	if (c->in_person.n || (c->told && c->reached))
		return false;
	return c->unsendable.n || (c->told && !c->reached);
}

enum coverage_state coverage_state(const struct coverage *c)
{
	if (coverage_needs_leader(c))
		return COVERAGE_IN_PERSON;
	return coverage_offered(c) ? COVERAGE_OFFERED : COVERAGE_WAITING;
}

struct coverage_count coverage_count(const struct coverage *list, size_t n)
{
	struct coverage_count count = { .affected = (int)n };
	for (size_t i = 0; i < n; i++) {
		count.offered += coverage_offered(&list[i]);
		count.sent += list[i].sent.n && !list[i].unsendable.n;
		count.reached += list[i].told && list[i].reached;
		count.waiting += coverage_state(&list[i]) == COVERAGE_WAITING;
		count.in_person += coverage_needs_leader(&list[i]);
	}
	return count;
}

static struct day day_or_not(struct rows *rows, int col)
{
	return (struct day){ row_null(rows, col) ? 0 : (int32_t)row_int(rows, col) };
}

/* The earlier of two days of which either may not be. */
static struct day earlier(struct day x, struct day y)
{
	return !x.n || (y.n && y.n < x.n) ? y : x;
}

void coverage_join(struct coverage *c, const struct coverage *twin)
{
	struct day sent = c->sent.n && !c->unsendable.n ? c->sent : (struct day){ 0 };
	if (twin->sent.n && !twin->unsendable.n)
		sent = earlier(sent, twin->sent);
	/* One message that stands is enough. */
	if (sent.n) {
		c->sent = sent;
		c->unsendable.n = 0;
	}
	if (twin->told && twin->reached)
		c->reached_day = c->told && c->reached ? earlier(c->reached_day, twin->reached_day) : twin->reached_day;
	c->reached |= twin->told && twin->reached;
	c->told |= twin->told;
	c->in_person = earlier(c->in_person, twin->in_person);
}

/* Who was named twice counts once: same[i] is whose row stands for list[i]. → how many. */
static size_t each_once(struct coverage *list, const struct id *same, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n && !id_is_zero(&same[i]); k++)
			if (id_eq(&list[k].exposure, &same[i]))
				coverage_join(&list[k], &list[i]);
	for (size_t i = 0; i < n; i++)
		if (id_is_zero(&same[i]))
			list[kept++] = list[i];
	return kept;
}

enum result coverage_of(struct tx *tx, struct arena *a, const struct id *incident, struct coverage **list_r, size_t *n_r)
{
	struct rows *rows;
	struct coverage *list = NULL;
	struct id *same = NULL;
	size_t n = 0, room = 0, same_room = 0;
	enum result res = db_ask(tx, &coverage_list, &rows, v_id(incident));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		same = arena_grow(a, same, n, &same_room, sizeof(*same));
		same[n] = row_id(rows, 6);
		list[n++] = (struct coverage){
			.exposure = row_id(rows, 0), .sent = day_or_not(rows, 1), .unsendable = day_or_not(rows, 2),
			.told = !row_null(rows, 3), .reached = !row_null(rows, 3) && row_int(rows, 3),
			.reached_day = day_or_not(rows, 4), .in_person = day_or_not(rows, 5),
		};
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*n_r = each_once(list, same, n);
	*list_r = list;
	return RES_OK;
}

enum result coverage_hear(struct tx *tx, const struct door_facts *facts, size_t *unknown_r)
{
	size_t unknown = 0;
	for (size_t i = 0; i < facts->n; i++) {
		const struct door_fact *f = &facts->list[i];
		int64_t changed = 0;
		enum result res = RES_BROKEN;
		switch (f->kind) {
		case DOOR_SENT:
			res = db_do(tx, &hear_sent, &changed, v_id(&f->about), v_int(f->day.n));
			break;
		case DOOR_UNSENDABLE:
			res = db_do(tx, &hear_unsendable, &changed, v_id(&f->about), v_int(f->day.n));
			break;
		case DOOR_REACHED:
		case DOOR_NOT_REACHED:
			res = db_do(tx, &hear_reached, &changed, v_id(&f->about), v_int(f->day.n),
				    v_int(f->kind == DOOR_REACHED));
			break;
		case DOOR_GROUP_HELD:
		case DOOR_GROUP_NOT_HELD:
			res = incidents_group_hear(tx, &f->about, f->kind == DOOR_GROUP_HELD, f->day);
			changed = res == RES_OK;
			res = res == RES_NONE ? RES_OK : res;
			break;
		}
		if (res != RES_OK)
			return res;
		unknown += !changed;
	}
	*unknown_r = unknown;
	return RES_OK;
}

enum result coverage_note_in_person(struct tx *tx, struct instant now, const struct actor *who,
				    const struct id *exposure)
{
	struct arena *a = arena_new();
	struct incident in;
	enum result res = incidents_may_follow(tx, a, who, exposure, &in);
	if (res == RES_OK)
		res = db_do(tx, &note_in_person, NULL, v_id(exposure), v_int(instant_day(now).n), v_id(&who->account));
	arena_free(&a);
	return res;
}

enum result coverage_forget(struct tx *tx, const struct id *incident)
{
	return db_do(tx, &coverage_gone, NULL, v_id(incident));
}

enum result coverage_heard(struct tx *tx, const struct id *exposure, bool *heard_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &coverage_one, &rows, v_id(exposure));
	if (res == RES_OK)
		*heard_r = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res;
}
