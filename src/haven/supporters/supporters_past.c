/* The file of somebody who is a supporter no longer. */
#include <string.h>

#include "crypt/keylog.h"
#include "haven/supporters/supporters.h"

/* Her file was ended, or she has left the workplace. */
#define OVER "(ended = 1 OR EXISTS (SELECT 1 FROM person p WHERE p.id = supporter.person AND p.ended = 1))"
#define PAST "(SELECT id FROM supporter WHERE ended_day < $1)"

SQL(past_note, "i", "", "UPDATE supporter SET ended_day = $1 WHERE ended_day IS NULL AND " OVER);
SQL(past_back, "", "", "UPDATE supporter SET ended_day = NULL WHERE ended_day IS NOT NULL AND NOT " OVER);
SQL(past_windows, "i", "", "DELETE FROM duty_window WHERE supporter IN " PAST);
SQL(past_wraps, "i", "", "DELETE FROM wrap WHERE supporter IN " PAST);
SQL(past_vaults, "i", "", "DELETE FROM vault WHERE supporter IN " PAST);
SQL(past_loads, "i", "", "DELETE FROM load WHERE supporter IN " PAST);
SQL(past_lists, "i", "", "DELETE FROM not_this_one WHERE supporter IN " PAST);
SQL(past_gone, "i", "", "DELETE FROM supporter WHERE ended_day < $1");
SQL(past_one, "b", "over:i",
    "SELECT CASE WHEN " OVER " THEN 1 ELSE 0 END AS over FROM supporter WHERE id = $1");
SQL(lost_over, "", "name:t ended:i?",
    "SELECT name, ended_day AS ended FROM supporter WHERE " OVER
    " AND EXISTS (SELECT 1 FROM key_log k WHERE k.supporter = supporter.id) ORDER BY name, id");
SQL(lost_keys, "", "name:t entry:b",
    "SELECT s.name, k.entry FROM key_log k JOIN supporter s ON s.id = k.supporter WHERE k.kind IN (3, 4) ORDER BY k.n DESC");
SQL(past_person, "b", "n:i", "SELECT COUNT(*) AS n FROM supporter WHERE person = $1");

enum result supporters_forget_ended(struct tx *tx, struct day today)
{
	static const struct sql *const each[] = { &past_windows, &past_wraps, &past_vaults, &past_loads, &past_lists, &past_gone };
	enum result res = db_do(tx, &past_note, NULL, v_int(today.n));
	if (res == RES_OK)
		res = db_do_n(tx, &past_back, NULL, DB_NO_VALUES);
	for (size_t i = 0; res == RES_OK && i < ARRAY_LEN(each); i++)
		res = db_do(tx, each[i], NULL, v_int(today.n - SUPPORTERS_ENDED_DAYS));
	return res;
}

enum result supporters_have_ended(struct tx *tx, const struct id *supporter)
{
	struct rows *rows;
	bool over = true;
	enum result res = db_one(tx, &past_one, &rows, v_id(supporter));
	if (res == RES_OK)
		over = row_int(rows, 0);
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	return over ? RES_OK : RES_NONE;
}

enum result supporters_are(struct tx *tx, const struct id *person)
{
	struct rows *rows;
	bool is = false;
	enum result res = db_one(tx, &past_person, &rows, v_id(person));
	if (res == RES_OK)
		is = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res != RES_OK ? res : is ? RES_OK : RES_NONE;
}

struct losing {
	struct arena *a;
	struct supporters_lost *list;
	size_t n, room;
};

static void add(struct losing *l, struct slice name, int64_t day)
{
	l->list = arena_grow(l->a, l->list, l->n, &l->room, sizeof(*l->list));
	l->list[l->n++] = (struct supporters_lost){ arena_str(l->a, name), { (int32_t)day } };
}

/* By a reset, or at her own end, the keys went to which it was sealed. */
static enum result add_who_changed(struct tx *tx, struct losing *l)
{
	struct rows *rows;
	struct keylog_entry entry;
	enum result res = db_ask_n(tx, &lost_keys, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct slice name = row_text(rows, 0);
		if (keylog_read(row_bytes(rows, 1), &entry) != RES_OK)
			bug("the key log holds what is no entry");
		add(l, name, entry.day);
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

enum result supporters_lost(struct tx *tx, struct arena *a, const struct supporters_lost **list_r, size_t *n_r)
{
	struct losing l = { .a = a };
	struct rows *rows;
	enum result res = add_who_changed(tx, &l);
	if (res == RES_OK)
		res = db_ask_n(tx, &lost_over, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		add(&l, row_text(rows, 0), row_null(rows, 1) ? INT32_MAX : row_int(rows, 1));
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = l.list;
	*n_r = l.n;
	return RES_OK;
}
