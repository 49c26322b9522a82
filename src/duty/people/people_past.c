/* People who have left: who they are by their address, and when their row goes. */
#include "duty/people/people.h"

#define AT_ONCE 500

SQL(left_get, "b", "ended:i?", "SELECT ended_day AS ended FROM person WHERE id = $1");
SQL(left_email, "t", "id:b", "SELECT id FROM person WHERE email = $1 AND ended_day IS NULL ORDER BY id LIMIT 2");
SQL(left_list, "bii", "id:b", "SELECT id FROM person WHERE id > $1 AND ended_day < $2 ORDER BY id LIMIT $3");
SQL(left_words, "b", "", "DELETE FROM person_word WHERE person = $1");
SQL(left_gone, "b", "", "DELETE FROM person WHERE id = $1");

enum result people_has_left(struct tx *tx, const struct id *person)
{
	struct rows *rows;
	bool left = true;
	enum result res = db_one(tx, &left_get, &rows, v_id(person));
	if (res == RES_OK)
		left = !row_null(rows, 0);
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	return left ? RES_OK : RES_NONE;
}

enum result people_alone_of_email(struct tx *tx, const char *email, struct id *person_r)
{
	struct rows *rows;
	struct id found = { 0 };
	int n = 0;
	enum result res = db_ask(tx, &left_email, &rows, v_str(email));
	if (res != RES_OK)
		return res;
	for (; rows_next(rows) == RES_OK; n++)
		found = row_id(rows, 0);
	rows_end(&rows);
	if (n != 1)
		return RES_NONE;
	*person_r = found;
	return RES_OK;
}

static enum result forget(struct tx *tx, const struct id *person, enum result (*named)(struct tx *tx, const struct id *person))
{
	enum result res = named(tx, person);
	if (res == RES_OK)
		return RES_OK;
	if (res == RES_NONE)
		res = db_do(tx, &left_words, NULL, v_id(person));
	return res == RES_OK ? db_do(tx, &left_gone, NULL, v_id(person)) : res;
}

enum result people_forget_left(struct tx *tx, struct day today, enum result (*named)(struct tx *tx, const struct id *person))
{
	struct id list[AT_ONCE], last = { 0 };
	size_t n = AT_ONCE;
	while (n == AT_ONCE) {
		struct rows *rows;
		enum result res = db_ask(tx, &left_list, &rows, v_id(&last), v_int(today.n - PEOPLE_LEFT_DAYS), v_int(AT_ONCE));
		if (res != RES_OK)
			return res;
		for (n = 0; n < AT_ONCE && rows_next(rows) == RES_OK; n++)
			list[n] = row_id(rows, 0);
		rows_end(&rows);
		for (size_t i = 0; i < n; i++) {
			last = list[i];
			res = forget(tx, &list[i], named);
			if (res != RES_OK)
				return res;
		}
	}
	return RES_OK;
}
