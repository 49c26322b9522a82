/* Who was offered help by whom, when it has been kept long enough. */
#include "haven/directory/directory.h"
#include "haven/offers/offers.h"
#include "haven/supporters/supporters.h"

#define PAST "(SELECT id FROM task WHERE closed_day < $1)"

SQL(past_passed, "i", "", "DELETE FROM passed WHERE task IN " PAST);
SQL(past_links, "i", "", "DELETE FROM offer_link WHERE task IN " PAST);
SQL(past_tasks, "i", "", "DELETE FROM task WHERE closed_day < $1");
/* An incident whose tasks are all gone; or that never had one, since no message could reach anybody in it. */
SQL(past_excluded, "", "", "DELETE FROM excluded WHERE incident NOT IN (SELECT incident FROM task)");
SQL(past_incidents, "", "", "DELETE FROM incident WHERE id NOT IN (SELECT incident FROM task)");
SQL(past_named, "b", "n:i",
    "SELECT (SELECT COUNT(*) FROM task WHERE person = $1) + (SELECT COUNT(*) FROM excluded WHERE person = $1) AS n");

enum result offers_forget_closed(struct tx *tx, struct day today)
{
	static const struct sql *const by_day[] = { &past_passed, &past_links, &past_tasks };
	static const struct sql *const after[] = { &past_excluded, &past_incidents };
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < ARRAY_LEN(by_day); i++)
		res = db_do(tx, by_day[i], NULL, v_int(today.n - OFFERS_CLOSED_DAYS));
	for (size_t i = 0; res == RES_OK && i < ARRAY_LEN(after); i++)
		res = db_do_n(tx, after[i], NULL, DB_NO_VALUES);
	return res;
}

/* Whether a person who has left stands in something that is still kept. */
static enum result is_named(struct tx *tx, const struct id *person)
{
	struct rows *rows;
	bool named = false;
	enum result res = supporters_are(tx, person);
	if (res != RES_NONE)
		return res;
	res = db_one(tx, &past_named, &rows, v_id(person));
	if (res == RES_OK)
		named = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res != RES_OK ? res : named ? RES_OK : RES_NONE;
}

enum result offers_forget_left(struct tx *tx)
{
	return directory_forget_left(tx, is_named);
}
