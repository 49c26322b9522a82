/* What goes when an incident has been kept long enough. */
#include "duty/incidents/incidents.h"

#define AT_ONCE 100

SQL(past_list, "ii", "id:b", "SELECT id FROM incident WHERE made_at < $1 ORDER BY id LIMIT $2");
SQL(past_exposures, "b", "", "DELETE FROM exposure WHERE incident = $1");
SQL(past_parties, "b", "", "DELETE FROM party WHERE incident = $1");
SQL(past_gone, "b", "", "DELETE FROM incident WHERE id = $1");
SQL(names_person, "b", "n:i",
    "SELECT (SELECT COUNT(*) FROM exposure WHERE person = $1) + (SELECT COUNT(*) FROM party WHERE person = $1) AS n");

static enum result forget(struct tx *tx, const struct id *incident,
			  enum result (*first)(struct tx *tx, const struct id *incident))
{
	enum result res = first(tx, incident);
	if (res == RES_OK)
		res = db_do(tx, &past_exposures, NULL, v_id(incident));
	if (res == RES_OK)
		res = db_do(tx, &past_parties, NULL, v_id(incident));
	return res == RES_OK ? db_do(tx, &past_gone, NULL, v_id(incident)) : res;
}

enum result incidents_forget_past(struct tx *tx, struct day today,
				  enum result (*first)(struct tx *tx, const struct id *incident))
{
	struct id list[AT_ONCE];
	size_t n = AT_ONCE;
	struct instant before = day_at(day_add(today, -INCIDENTS_KEPT_DAYS), 0, 0);
	while (n == AT_ONCE) {
		struct rows *rows;
		enum result res = db_ask(tx, &past_list, &rows, v_int(before.s), v_int(AT_ONCE));
		if (res != RES_OK)
			return res;
		for (n = 0; n < AT_ONCE && rows_next(rows) == RES_OK; n++)
			list[n] = row_id(rows, 0);
		rows_end(&rows);
		for (size_t i = 0; i < n; i++) {
			res = forget(tx, &list[i], first);
			if (res != RES_OK)
				return res;
		}
	}
	return RES_OK;
}

enum result incidents_names(struct tx *tx, const struct id *person)
{
	struct rows *rows;
	bool named = false;
	enum result res = db_one(tx, &names_person, &rows, v_id(person));
	if (res == RES_OK)
		named = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res != RES_OK ? res : named ? RES_OK : RES_NONE;
}
