/* What becomes of keys after the first day: a device is let in, keys are rotated, lost or retired (docs/protocol.md § 2.4). */
#include "clockwork/clockwork.h"
#include "crypt/wrap.h"
#include "haven/supporters/supporters_keys_inside.h"

#define JOB_PAIRING "supporters/pairing"
#define PAIRING_SECONDS 600

SQL(pairing_put, "bb", "",
    "INSERT INTO pairing (supporter, bytes) VALUES ($1, $2) ON CONFLICT (supporter) DO UPDATE SET bytes = excluded.bytes");
SQL(pairing_get, "b", "bytes:b", "SELECT bytes FROM pairing WHERE supporter = $1");
SQL(pairing_gone, "b", "", "DELETE FROM pairing WHERE supporter = $1");
SQL(life_wraps_gone, "b", "", "DELETE FROM wrap WHERE supporter = $1");
SQL(life_vault_gone, "b", "", "DELETE FROM vault WHERE supporter = $1");
SQL(life_vault_put, "bb", "", "INSERT INTO vault (supporter, bytes) VALUES ($1, $2)");
SQL(reset_get, "b", "day:i approved:i", "SELECT day, approved FROM key_reset WHERE supporter = $1");
SQL(reset_list, "", "supporter:b day:i approved:i", "SELECT supporter, day, approved FROM key_reset ORDER BY day, supporter");
SQL(reset_put, "bii", "",
    "INSERT INTO key_reset (supporter, day, approved) VALUES ($1, $2, $3) "
    "ON CONFLICT (supporter) DO UPDATE SET day = excluded.day, approved = excluded.approved");
SQL(reset_gone, "b", "", "DELETE FROM key_reset WHERE supporter = $1");
SQL(reset_old, "i", "", "DELETE FROM key_reset WHERE day < $1");

/* ---- a device is let in ---- */

enum result supporters_put_pairing(struct tx *tx, const struct id *supporter, struct instant now, struct slice wrap)
{
	struct arena *a = arena_new();
	const struct sealed *row;
	enum wrap_kind kind;
	enum result res = wrap_read(wrap, a, &row, &kind);
	if (res == RES_OK && kind != WRAP_PAIRING)
		res = RES_BAD;
	if (res == RES_OK)
		res = db_do(tx, &pairing_put, NULL, v_id(supporter), v_bytes(wrap.p, wrap.n));
	if (res == RES_OK)
		res = clockwork_put(tx, JOB_PAIRING, supporter, (struct instant){ now.s + PAIRING_SECONDS });
	arena_free(&a);
	return res;
}

enum result supporters_drop_pairing(struct tx *tx, const struct id *supporter)
{
	enum result res = db_do(tx, &pairing_gone, NULL, v_id(supporter));
	return res == RES_OK ? clockwork_drop(tx, JOB_PAIRING, supporter) : res;
}

enum result supporters_take_pairing(struct tx *tx, struct arena *a, const struct id *supporter, struct slice *wrap_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &pairing_get, &rows, v_id(supporter));
	if (res == RES_OK)
		*wrap_r = arena_slice(a, row_bytes(rows, 0));
	rows_end(&rows);
	return res == RES_OK ? supporters_drop_pairing(tx, supporter) : res;
}

static enum result pairing_over(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	(void)now;
	(void)room;
	return db_do(tx, &pairing_gone, NULL, v_id(about));
}

void supporters_jobs(struct clockwork *cw)
{
	clockwork_kind(cw, JOB_PAIRING, pairing_over, NULL, NULL);
}

/* ---- other keys ---- */

/* Nothing that opens the old keys stays. */
static enum result forget(struct tx *tx, const struct id *supporter)
{
	enum result res = db_do(tx, &life_wraps_gone, NULL, v_id(supporter));
	if (res == RES_OK)
		res = db_do(tx, &life_vault_gone, NULL, v_id(supporter));
	if (res == RES_OK)
		res = db_do(tx, &reset_gone, NULL, v_id(supporter));
	return res == RES_OK ? supporters_drop_pairing(tx, supporter) : res;
}

static enum result replace(struct tx *tx, struct random_source *rnd, const struct id *supporter,
			   const struct supporters_new_keys *k)
{
	enum result res = forget(tx, supporter);
	for (size_t i = 0; res == RES_OK && i < k->wraps_n; i++)
		res = supporters_put_wrap(tx, rnd, supporter, k->wraps[i]);
	return res == RES_OK ? db_do(tx, &life_vault_put, NULL, v_id(supporter), v_bytes(k->vault.p, k->vault.n)) : res;
}

static enum result keys_ok(const struct supporters_new_keys *k)
{
	return k->wraps_n >= 1 && k->wraps_n <= 4 ? supporters_vault_ok(k->vault) : RES_BAD;
}

enum result supporters_rotate(struct tx *tx, struct random_source *rnd, const struct id *supporter, struct day today,
			      const struct supporters_new_keys *k, struct slice old_hash)
{
	enum result res = keys_ok(k);
	/* In the place of the vault from which the new one was made: what another device has noted since is not lost. */
	if (res == RES_OK)
		res = supporters_set_vault(tx, supporter, old_hash, k->vault);
	if (res == RES_OK)
		res = supporters_append(tx, supporter, today, KEYLOG_ROTATE, k->entry);
	return res == RES_OK ? replace(tx, rnd, supporter, k) : res;
}

enum result supporters_reset(struct tx *tx, struct random_source *rnd, const struct id *supporter, struct day today,
			     const struct supporters_new_keys *k)
{
	enum supporters_asked asked;
	struct day day;
	enum result res = keys_ok(k);
	if (res == RES_OK)
		res = supporters_reset_of(tx, supporter, today, &asked, &day);
	if (res == RES_OK && asked != SUPPORTERS_MAY_RESET)
		res = RES_REFUSED;
	if (res == RES_OK)
		res = supporters_append(tx, supporter, today, KEYLOG_RESET, k->entry);
	return res == RES_OK ? replace(tx, rnd, supporter, k) : res;
}

enum result supporters_retire(struct tx *tx, const struct id *supporter, struct day today, struct slice entry)
{
	enum result res = supporters_append(tx, supporter, today, KEYLOG_RETIRE, entry);
	return res == RES_OK ? forget(tx, supporter) : res;
}

/* ---- a lost key ---- */

enum result supporters_reset_of(struct tx *tx, const struct id *supporter, struct day today, enum supporters_asked *asked_r,
				struct day *day_r)
{
	struct rows *rows;
	enum supporters_asked asked = SUPPORTERS_NOT_ASKED;
	struct day day = { 0 };
	enum result res = db_one(tx, &reset_get, &rows, v_id(supporter));
	if (res == RES_OK) {
		day.n = (int32_t)row_int(rows, 0);
		bool lasts = day.n + SUPPORTERS_RESET_LASTS >= today.n;
		bool approved = row_int(rows, 1) == 1;
		asked = !lasts ? SUPPORTERS_NOT_ASKED : approved ? SUPPORTERS_MAY_RESET : SUPPORTERS_ASKED;
	}
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	*asked_r = asked;
	*day_r = day;
	return RES_OK;
}

enum result supporters_ask_reset(struct tx *tx, const struct id *supporter, struct day today)
{
	enum supporters_asked asked;
	struct day day;
	struct supporter_key key;
	enum result res = supporters_key(tx, supporter, today, &key);
	if (res == RES_OK)
		res = supporters_reset_of(tx, supporter, today, &asked, &day);
	if (res != RES_OK || asked != SUPPORTERS_NOT_ASKED)
		return res;
	return db_do(tx, &reset_put, NULL, v_id(supporter), v_int(today.n), v_int(0));
}

enum result supporters_approve_reset(struct tx *tx, const struct id *supporter, struct day today)
{
	enum supporters_asked asked;
	struct day day;
	enum result res = supporters_reset_of(tx, supporter, today, &asked, &day);
	if (res == RES_OK && asked == SUPPORTERS_NOT_ASKED)
		res = RES_NONE;
	if (res != RES_OK || asked == SUPPORTERS_MAY_RESET)
		return res;
	return db_do(tx, &reset_put, NULL, v_id(supporter), v_int(today.n), v_int(1));
}

enum result supporters_resets(struct tx *tx, struct arena *a, struct day today, struct supporters_reset_asked **list_r,
			      size_t *n_r)
{
	struct rows *rows;
	struct supporters_reset_asked *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask_n(tx, &reset_list, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct supporters_reset_asked one = { row_id(rows, 0), { (int32_t)row_int(rows, 1) }, row_int(rows, 2) == 1 };
		if (one.day.n + SUPPORTERS_RESET_LASTS < today.n)
			continue;
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = one;
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result supporters_forget_resets(struct tx *tx, struct day today)
{
	return db_do(tx, &reset_old, NULL, v_int(today.n - SUPPORTERS_RESET_LASTS));
}
