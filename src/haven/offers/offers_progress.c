/* What the coordinator sees: that all are reached out to. Reads no answer, since none can be read here. */
#include <string.h>

#include "haven/directory/directory.h"
#include "haven/offers/offers_inside.h"
#include "haven/supporters/supporters.h"

#define SHOWN_DAYS 7 /* after closing; our choice */

/* `seen` tells that a desk has shown the task: the same whatever was answered, since a desk shows all of its tasks. */
#define WHO "COALESCE(t.person, t.id)" /* who was named twice counts once; 1024: OFFERS_TWICE */
/* She is without anybody by none of her tasks: those with an open one or a supporter, less those with a supporter. */
#define HAS "(t.holder IS NOT NULL AND (t.closed_day IS NULL OR t.outcome = 1))"
#define ANY_OF(which) "COUNT(DISTINCT CASE WHEN " which " THEN " WHO " END)"
SQL(progress_list, "iii",
    "id:b title:t day:i affected:i assigned:i without:i given_up:i closed:i reached:i overdue:i",
    "SELECT i.id, i.title, i.day, COUNT(DISTINCT " WHO ") AS affected, "
    ANY_OF("t.holder IS NOT NULL") " AS assigned, "
    ANY_OF("t.closed_day IS NULL OR " HAS) " - " ANY_OF(HAS) " AS without, "
    ANY_OF("t.closed_day IS NULL OR " HAS) " - " ANY_OF("(t.closed_day IS NULL AND t.rounds < $3) OR " HAS) " AS given_up, "
    ANY_OF("t.closed_day IS NOT NULL") " AS closed, "
    ANY_OF("t.closed_day IS NOT NULL AND t.outcome = 1") " AS reached, "
    ANY_OF("t.closed_day IS NULL AND t.deadline < $1 AND (t.seen = 0 OR t.holder IS NULL)") " AS overdue "
    "FROM incident i JOIN task t ON t.incident = i.id AND (t.ways & 1024) = 0 GROUP BY i.id, i.title, i.day "
    "HAVING SUM(CASE WHEN t.closed_day IS NULL THEN 1 ELSE 0 END) > 0 OR MAX(t.closed_day) >= $2 "
    "ORDER BY i.day DESC, i.id");

enum result offers_progress(struct tx *tx, struct arena *a, struct instant now, struct offers_progress **list_r,
			    size_t *n_r)
{
	struct rows *rows;
	struct offers_progress *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &progress_list, &rows, v_int(now.s), v_int(instant_day(now).n - SHOWN_DAYS),
				 v_int(OFFERS_ROUNDS));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n] = (struct offers_progress){
			.incident = row_id(rows, 0), .title = arena_str(a, row_text(rows, 1)),
			.day = { (int32_t)row_int(rows, 2) }, .affected = (int)row_int(rows, 3),
			.assigned = (int)row_int(rows, 4), .without = (int)row_int(rows, 5),
			.given_up = (int)row_int(rows, 6), .closed = (int)row_int(rows, 7), .reached = (int)row_int(rows, 8),
			.overdue = row_int(rows, 9) > 0,
		};
		n++;
	}
	rows_end(&rows);
	for (size_t i = 0; (res == RES_NONE || res == RES_OK) && i < n; i++)
		res = offers_closes(tx, &list[i].incident, &list[i].close);
	if (res != RES_NONE && res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

static enum result pair_of(struct tx *tx, struct arena *a, const struct offers_row *row, struct instant now,
			   struct offers_pair *pair)
{
	struct door_person p;
	struct supporter s;
	enum result res = RES_OK;
	*pair = (struct offers_pair){
		.name = row->name, .deadline = row->deadline,
		.overdue = row->deadline.s < now.s && (!row->seen || id_is_zero(&row->holder)),
	};
	if (!id_is_zero(&row->person)) {
		res = directory_get(tx, a, &row->person, &p);
		pair->name = res == RES_OK && !p.protected ? p.name : NULL;
	}
	if (res != RES_OK && res != RES_NONE)
		return res;
	if (id_is_zero(&row->holder))
		return RES_OK;
	res = supporters_get(tx, a, &row->holder, &s);
	if (res == RES_OK)
		pair->supporter = s.name;
	return res == RES_NONE ? RES_OK : res; /* has ended: as if nobody were there, which somebody must see */
}

enum result offers_pairs(struct tx *tx, struct arena *a, const struct id *incident, struct instant now,
			 struct offers_pair **list_r, size_t *n_r)
{
	struct offers_row *rows;
	size_t rows_n, n = 0;
	enum result res = offers_tasks_of(tx, a, incident, &rows, &rows_n);
	if (res != RES_OK)
		return res;
	struct offers_pair *list = arena_array(a, struct offers_pair, rows_n);
	for (size_t i = 0; res == RES_OK && i < rows_n; i++)
		if (!rows[i].closed && !(rows[i].ways & OFFERS_TWICE))
			res = pair_of(tx, a, &rows[i], now, &list[n++]);
	if (res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

/* ---- whom no message reached ---- */

static enum result unreached_of(struct tx *tx, struct arena *a, const struct offers_row *row, struct offers_unreached *u)
{
	struct door_person p = { .name = row->name, .phone = row->phone ? row->phone : "" };
	struct door_incident in;
	struct offers_pair pair;
	*u = (struct offers_unreached){ .task = row->id, .deadline = row->deadline, .seen_to = row->ways & OFFERS_SEEN_TO,
					.tried = row->ways & (OFFERS_BY_MAIL | OFFERS_BY_SMS), .alone = row->ways & OFFERS_ALONE,
					.closed = row->closed };
	enum result res = offers_incident(tx, a, &row->incident, &in);
	if (res == RES_OK && !row->closed)
		res = offers_closes(tx, &row->incident, &u->close);
	if (res == RES_OK)
		res = pair_of(tx, a, row, (struct instant){ 0 }, &pair);
	if (res == RES_OK && !id_is_zero(&row->person))
		res = directory_get(tx, a, &row->person, &p);
	if (res != RES_OK)
		return res == RES_NONE ? RES_BROKEN : res;
	u->title = in.title;
	u->day = in.day;
	u->name = pair.name;
	u->supporter = row->closed ? NULL : pair.supporter;
	u->phone = p.protected || !p.phone[0] ? NULL : p.phone;
	return RES_OK;
}

enum result offers_unreached(struct tx *tx, struct arena *a, struct offers_unreached **list_r, size_t *n_r)
{
	struct offers_row *rows;
	size_t n;
	enum result res = offers_tasks_unreached(tx, a, &rows, &n);
	if (res != RES_OK)
		return res;
	struct offers_unreached *list = arena_array(a, struct offers_unreached, n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = unreached_of(tx, a, &rows[i], &list[i]);
	if (res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result offers_saw_to(struct tx *tx, const struct id *task)
{
	struct arena *a = arena_new();
	struct offers_row row;
	enum result res = offers_get_task(tx, a, task, &row);
	if (res == RES_OK && row.closed)
		res = offers_left(tx, task);
	else if (res == RES_OK && (!offers_unsendable(row.ways) || (row.ways & OFFERS_TWICE)))
		res = RES_NONE;
	if (res == RES_OK)
		res = offers_add_ways(tx, task, OFFERS_SEEN_TO);
	arena_free(&a);
	return res;
}
