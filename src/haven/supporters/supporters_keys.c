/* Keys, wraps and vaults: checked for form, stored, never opened (docs/protocol.md §§ 2.3, 2.5, 8). */
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "crypt/keylog.h"
#include "crypt/ring.h"
#include "crypt/wrap.h"
#include "haven/supporters/supporters_keys_inside.h"

SQL(log_all, "", "entry:b", "SELECT entry FROM key_log ORDER BY n");
SQL(log_last, "", "n:i entry:b", "SELECT n, entry FROM key_log ORDER BY n DESC LIMIT 1");
SQL(log_of, "b", "kind:i x25519:b key_id:b entry:b",
    "SELECT kind, x25519, key_id, entry FROM key_log WHERE supporter = $1 ORDER BY n DESC LIMIT 1");
SQL(log_reset, "b", "entry:b",
    "SELECT entry FROM key_log WHERE supporter = $1 AND (kind = 3 OR (kind = 1 AND n > "
    "(SELECT MIN(n) FROM key_log WHERE supporter = $1))) ORDER BY n DESC LIMIT 1");
SQL(log_put, "ibibbb", "",
    "INSERT INTO key_log (n, supporter, kind, x25519, key_id, entry) VALUES ($1, $2, $3, $4, $5, $6)");
SQL(wrap_list, "b", "bytes:b", "SELECT bytes FROM wrap WHERE supporter = $1 ORDER BY id");
SQL(wrap_ids, "b", "id:b bytes:b", "SELECT id, bytes FROM wrap WHERE supporter = $1 ORDER BY id");
SQL(wrap_put, "bbib", "", "INSERT INTO wrap (id, supporter, kind, bytes) VALUES ($1, $2, $3, $4)");
SQL(wrap_gone, "b", "", "DELETE FROM wrap WHERE id = $1");
SQL(vault_get, "b", "bytes:b", "SELECT bytes FROM vault WHERE supporter = $1");
SQL(vault_put, "bb", "", "INSERT INTO vault (supporter, bytes) VALUES ($1, $2)");
SQL(vault_way_in, "b", "", "DELETE FROM key_reset WHERE supporter = $1");
SQL(vault_set, "bb", "", "UPDATE vault SET bytes = $2 WHERE supporter = $1");

static void copy_exact(void *to, struct slice from, size_t n)
{
	if (from.n != n)
		bug("a key's row is malformed");
	memcpy(to, from.p, n);
}

/* The newest entry of a supporter, which may be one that retires her key. RES_NONE: there is none. */
static enum result newest(struct tx *tx, const struct id *supporter, struct supporter_key *key_r, bool *retired_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &log_of, &rows, v_id(supporter));
	if (res == RES_OK) {
		*retired_r = row_int(rows, 0) == KEYLOG_RETIRE;
		copy_exact(key_r->x25519, row_bytes(rows, 1), sizeof(key_r->x25519));
		copy_exact(key_r->key_id, row_bytes(rows, 2), sizeof(key_r->key_id));
		copy_exact(key_r->entry, row_bytes(rows, 3), sizeof(key_r->entry));
	}
	rows_end(&rows);
	return res;
}

/* When a key of hers began that no earlier one vouched for: by a reset, or anew after she had ended the last. Whatever came after
   it: a thief who resets would rotate next. */
static enum result reset_lately(struct tx *tx, const struct id *supporter, struct day today, struct day *day_r)
{
	struct rows *rows;
	struct day day = { 0 };
	enum result res = db_one(tx, &log_reset, &rows, v_id(supporter));
	if (res == RES_OK) {
		struct keylog_entry entry;
		if (keylog_read(row_bytes(rows, 0), &entry) != RES_OK)
			bug("the key log holds what is no entry");
		day.n = (int32_t)entry.day;
	}
	rows_end(&rows);
	*day_r = day.n + SUPPORTERS_RESET_TOLD >= today.n ? day : (struct day){ 0 };
	return res == RES_NONE ? RES_OK : res;
}

enum result supporters_key(struct tx *tx, const struct id *supporter, struct day today, struct supporter_key *key_r)
{
	struct supporter_key key;
	bool retired;
	enum result res = newest(tx, supporter, &key, &retired);
	if (res == RES_OK && retired)
		return RES_NONE;
	if (res == RES_OK)
		res = reset_lately(tx, supporter, today, &key.reset);
	if (res == RES_OK)
		*key_r = key;
	return res;
}

enum result supporters_key_end(struct tx *tx, int64_t *n_r, unsigned char hash_r[CRYPT_HASH])
{
	struct rows *rows;
	enum result res = db_one_n(tx, &log_last, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		*n_r = row_int(rows, 0) + 1;
		crypt_hash(row_bytes(rows, 1), hash_r);
	}
	rows_end(&rows);
	return res;
}

enum result supporters_key_head(struct tx *tx, int64_t *n_r, char digits_r[KEYLOG_HEAD_CODE])
{
	unsigned char hash[CRYPT_HASH];
	enum result res = supporters_key_end(tx, n_r, hash);
	if (res == RES_OK)
		keylog_head_code(hash, digits_r);
	return res;
}

enum result supporters_key_log(struct tx *tx, struct arena *a, struct slice *log_r)
{
	struct buf log = BUF_LIMIT((size_t)4 << 20);
	struct rows *rows;
	enum result res = db_ask_n(tx, &log_all, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		buf_slice(&log, row_bytes(rows, 0));
	rows_end(&rows);
	if (log.full) {
		log_world("supporters", "the key log is longer than this version can hand out");
		res = RES_BROKEN;
	}
	if (res == RES_NONE)
		*log_r = arena_slice(a, buf_get(&log));
	buf_free(&log);
	return res == RES_NONE ? RES_OK : res;
}

/* Where the log stands now. */
static enum result head_of(struct tx *tx, struct keylog_head *head_r)
{
	struct rows *rows;
	struct keylog_head head = { 0 };
	enum result res = db_one_n(tx, &log_last, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		struct keylog_entry last;
		if (keylog_read(row_bytes(rows, 1), &last) != RES_OK)
			bug("the key log holds what is no entry");
		head = (struct keylog_head){ .next = (uint64_t)row_int(rows, 0) + 1, .day = last.day };
		memcpy(head.hash, last.hash, sizeof(head.hash));
	}
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	*head_r = head;
	return RES_OK;
}

enum result supporters_append(struct tx *tx, const struct id *supporter, struct day today, enum keylog_kind kind,
			      struct slice bytes)
{
	struct keylog_head head;
	struct keylog_entry entry, current;
	struct supporter_key key;
	unsigned char key_id[RING_KEY_ID];
	bool retired;
	/* Whose it is, and of which kind, before the log is asked: an entry of somebody else is no "again". */
	if (keylog_read(bytes, &entry) != RES_OK || entry.kind != kind || !id_eq(&entry.supporter, supporter))
		return RES_BAD;
	enum result res = head_of(tx, &head);
	if (res != RES_OK)
		return res;
	enum result has = newest(tx, supporter, &key, &retired);
	if (has != RES_OK && has != RES_NONE)
		return has;
	if (has == RES_OK && keylog_read(slice_bytes(key.entry, sizeof(key.entry)), &current) != RES_OK)
		bug("the key log holds what is no entry");
	if (kind == KEYLOG_NEW && has == RES_OK && !retired)
		return RES_AGAIN; /* another device was first */
	res = keylog_may_append(bytes, &head, has == RES_OK ? &current : NULL, (uint32_t)today.n, &entry);
	if (res == RES_REFUSED)
		return RES_BAD; /* the day, or a kind that does not fit her newest entry */
	if (res != RES_OK)
		return res;
	ring_key_id(entry.seal_key, key_id);
	return db_do(tx, &log_put, NULL, v_int((int64_t)entry.n), v_id(supporter), v_int(entry.kind),
		     v_bytes(entry.seal_key, 32), v_bytes(key_id, sizeof(key_id)), v_bytes(bytes.p, bytes.n));
}

enum result supporters_put_wrap(struct tx *tx, struct random_source *rnd, const struct id *supporter, struct slice bytes)
{
	struct arena *a = arena_new();
	const struct sealed *row;
	enum wrap_kind kind;
	enum result res = wrap_read(bytes, a, &row, &kind);
	if (res == RES_OK && kind == WRAP_PAIRING)
		res = RES_BAD;
	if (res == RES_OK) {
		struct id id = id_new(rnd, "supporters/wrap");
		res = db_do(tx, &wrap_put, NULL, v_id(&id), v_id(supporter), v_int(kind), v_bytes(bytes.p, bytes.n));
	}
	arena_free(&a);
	return res;
}

enum result supporters_vault_ok(struct slice vault)
{
	struct arena *a = arena_new();
	const struct sealed *blob;
	enum result res = vault_read(vault, a, &blob);
	arena_free(&a);
	return res;
}

enum result supporters_first_keys(struct tx *tx, struct random_source *rnd, const struct id *supporter,
				  struct day today, struct slice entry, const struct slice *wraps, size_t wraps_n,
				  struct slice vault)
{
	if (wraps_n < 1 || wraps_n > 4)
		return RES_BAD;
	enum result res = supporters_vault_ok(vault);
	if (res == RES_OK)
		res = supporters_append(tx, supporter, today, KEYLOG_NEW, entry);
	for (size_t i = 0; res == RES_OK && i < wraps_n; i++)
		res = supporters_put_wrap(tx, rnd, supporter, wraps[i]);
	if (res == RES_OK)
		res = db_do(tx, &vault_put, NULL, v_id(supporter), v_bytes(vault.p, vault.n));
	return res;
}

enum result supporters_wraps(struct tx *tx, struct arena *a, const struct id *supporter, struct slice **list_r,
			     size_t *n_r)
{
	struct rows *rows;
	struct slice *list = arena_array(a, struct slice, SUPPORTERS_WRAPS_MOST);
	size_t n = 0;
	enum result res = db_ask(tx, &wrap_list, &rows, v_id(supporter));
	if (res != RES_OK)
		return res;
	while (n < SUPPORTERS_WRAPS_MOST && (res = rows_next(rows)) == RES_OK)
		list[n++] = arena_slice(a, row_bytes(rows, 0));
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

/* The row of this hash, zero if there is none, and how many she has. */
static enum result find_wrap(struct tx *tx, const struct id *supporter, struct slice hash, struct id *id_r, size_t *n_r)
{
	struct rows *rows;
	struct id found = { { 0 } };
	size_t n = 0;
	enum result res = db_ask(tx, &wrap_ids, &rows, v_id(supporter));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		unsigned char of[CRYPT_HASH];
		struct id id = row_id(rows, 0);
		crypt_hash(row_bytes(rows, 1), of);
		if (hash.n == sizeof(of) && crypt_eq(of, hash.p, sizeof(of)))
			found = id;
		n++;
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*id_r = found;
	*n_r = n;
	return RES_OK;
}

enum result supporters_add_wrap(struct tx *tx, struct random_source *rnd, const struct id *supporter,
				struct slice wrap, struct slice replaces)
{
	struct id old;
	size_t n;
	enum result res = find_wrap(tx, supporter, replaces, &old, &n);
	if (res == RES_OK && !id_is_zero(&old)) {
		res = db_do(tx, &wrap_gone, NULL, v_id(&old));
		n--;
	}
	if (res == RES_OK && n >= SUPPORTERS_WRAPS_MOST)
		return RES_AGAIN;
	return res == RES_OK ? supporters_put_wrap(tx, rnd, supporter, wrap) : res;
}

enum result supporters_remove_wrap(struct tx *tx, const struct id *supporter, struct slice hash)
{
	struct id old;
	size_t n;
	enum result res = find_wrap(tx, supporter, hash, &old, &n);
	if (res != RES_OK)
		return res;
	if (id_is_zero(&old))
		return RES_NONE;
	return n > 1 ? db_do(tx, &wrap_gone, NULL, v_id(&old)) : RES_AGAIN;
}

enum result supporters_vault(struct tx *tx, struct arena *a, const struct id *supporter, struct slice *vault_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &vault_get, &rows, v_id(supporter));
	if (res == RES_OK)
		*vault_r = arena_slice(a, row_bytes(rows, 0));
	rows_end(&rows);
	return res;
}

enum result supporters_set_vault(struct tx *tx, const struct id *supporter, struct slice old_hash, struct slice vault)
{
	struct rows *rows;
	unsigned char hash[CRYPT_HASH];
	enum result res = supporters_vault_ok(vault);
	if (res != RES_OK || old_hash.n != sizeof(hash))
		return RES_BAD;
	res = db_one(tx, &vault_get, &rows, v_id(supporter));
	if (res == RES_OK)
		crypt_hash(row_bytes(rows, 0), hash);
	rows_end(&rows);
	if (res != RES_OK)
		return res;
	if (!crypt_eq(hash, old_hash.p, sizeof(hash)))
		return RES_AGAIN;
	/* Who writes it has opened it: she has a way in, and needs no yes to new keys. */
	res = db_do(tx, &vault_way_in, NULL, v_id(supporter));
	return res == RES_OK ? db_do(tx, &vault_set, NULL, v_id(supporter), v_bytes(vault.p, vault.n)) : res;
}
