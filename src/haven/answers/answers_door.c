/* The door code and the installation's number: the same for the whole workplace, so neither tells who. */
#include <string.h>

#include "haven/answers/answers_inside.h"

#define INST_SETTING "inst"

SQL(inst_get, "t", "value:b", "SELECT value FROM setting WHERE name = $1");
SQL(inst_put, "tb", "", "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
SQL(code_now, "", "code:b", "SELECT code FROM door_code WHERE until_day IS NULL ORDER BY code LIMIT 1");
SQL(code_valid, "i", "code:b",
    "SELECT code FROM door_code WHERE until_day IS NULL OR until_day >= $1 ORDER BY code LIMIT 8");
SQL(code_put, "b", "", "INSERT INTO door_code (code, until_day) VALUES ($1, NULL)");

/* One value of known size; another size is a broken database. */
static enum result take_value(enum result res, struct rows **rows, unsigned char *out_r, size_t n)
{
	if (res == RES_OK) {
		struct slice v = row_bytes(*rows, 0);
		if (v.n == n)
			memcpy(out_r, v.p, n);
		else
			res = RES_BROKEN;
	}
	rows_end(rows);
	return res;
}

enum result answers_inst(struct tx *tx, unsigned char inst_r[CRYPT_INST])
{
	struct rows *rows;
	enum result res = db_one(tx, &inst_get, &rows, v_str(INST_SETTING));
	return take_value(res, &rows, inst_r, CRYPT_INST);
}

enum result answers_door_code(struct tx *tx, unsigned char code_r[ANSWERS_DOOR_CODE])
{
	struct rows *rows;
	enum result res = db_one_n(tx, &code_now, &rows, DB_NO_VALUES);
	return take_value(res, &rows, code_r, ANSWERS_DOOR_CODE);
}

enum result answers_first_start(struct tx *tx, struct random_source *rnd)
{
	unsigned char bytes[CRYPT_INST];
	enum result res = answers_inst(tx, bytes);
	if (res == RES_NONE) {
		random_fill(rnd, "answers/inst", bytes, sizeof(bytes));
		res = db_do(tx, &inst_put, NULL, v_str(INST_SETTING), v_bytes(bytes, sizeof(bytes)));
	}
	if (res != RES_OK)
		return res;
	res = answers_door_code(tx, bytes);
	if (res == RES_NONE) {
		random_fill(rnd, "answers/door", bytes, sizeof(bytes));
		res = db_do(tx, &code_put, NULL, v_bytes(bytes, sizeof(bytes)));
	}
	return res;
}

enum result answers_get_doors(struct tx *tx, struct day today, struct answers_doors *doors_r)
{
	struct rows *rows;
	struct answers_doors doors = { .day = today.n };
	enum result res = db_ask(tx, &code_valid, &rows, v_int(today.n));
	if (res != RES_OK)
		return res;
	while (doors.n < ANSWERS_DOORS_MOST && (res = rows_next(rows)) == RES_OK) {
		struct slice v = row_bytes(rows, 0);
		if (v.n == ANSWERS_DOOR_CODE)
			memcpy(doors.code[doors.n++], v.p, ANSWERS_DOOR_CODE);
	}
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	*doors_r = doors;
	return RES_OK;
}

bool answers_door_among(const struct answers_doors *doors, const unsigned char code[ANSWERS_DOOR_CODE])
{
	bool among = false;
	for (size_t i = 0; i < doors->n; i++)
		among |= crypt_eq(doors->code[i], code, ANSWERS_DOOR_CODE);
	return among;
}

enum result answers_door_knows(struct tx *tx, struct day today, const unsigned char code[ANSWERS_DOOR_CODE])
{
	struct answers_doors doors;
	enum result res = answers_get_doors(tx, today, &doors);
	if (res != RES_OK)
		return res;
	return answers_door_among(&doors, code) ? RES_OK : RES_REFUSED;
}
