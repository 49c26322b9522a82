/* The file of somebody who is a supporter no longer. */
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
