#include "audit/audit.h"

#include <stdio.h>
#include <string.h>

#include "crypt/audit.h"

#define HEAD "audit/head" /* the setting that holds the newest entry's number, 8 bytes big-endian, and its hash */
#define AT_ONCE 500       /* entries read back in one piece */

SQL(head_get, "t", "value:b", "SELECT value FROM setting WHERE name = $1");
SQL(head_put, "tb", "",
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
SQL(who_get, "b", "who:b", "SELECT who FROM audit_name WHERE account = $1");
SQL(who_put, "bb", "", "INSERT INTO audit_name (who, account) VALUES ($1, $2)");
SQL(who_gone, "b", "", "DELETE FROM audit_name WHERE account = $1");
SQL(entry_put, "ibibtbb", "",
    "INSERT INTO audit (n, prev, day, who, what, about, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)");
SQL(entry_list, "ii", "n:i prev:b day:i who:b what:t about:b hash:b",
    "SELECT n, prev, day, who, what, about, hash FROM audit WHERE n > $1 ORDER BY n LIMIT $2");

SQL(hash_get, "i", "hash:b", "SELECT hash FROM audit WHERE n = $1");

/* Before the first entry: number 0, hash of zeros. */
static enum result get_head(struct tx *tx, struct audit_head *head_r)
{
	struct rows *rows;
	struct audit_head head = { .next = 1 };
	enum result res = db_one(tx, &head_get, &rows, v_str(HEAD));
	if (res == RES_OK) {
		struct slice v = row_bytes(rows, 0);
		if (v.n == 8 + CRYPT_HASH) {
			head.next = 0;
			for (int i = 0; i < 8; i++)
				head.next = head.next << 8 | (unsigned char)v.p[i];
			head.next++;
			memcpy(head.hash, v.p + 8, CRYPT_HASH);
		} else {
			res = RES_BAD;
		}
	}
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	*head_r = head;
	return RES_OK;
}

static enum result put_head(struct tx *tx, const struct audit_head *head)
{
	unsigned char v[8 + CRYPT_HASH];
	for (int i = 0; i < 8; i++)
		v[i] = (unsigned char)((head->next - 1) >> (8 * (7 - i)));
	memcpy(v + 8, head->hash, CRYPT_HASH);
	return db_do(tx, &head_put, NULL, v_str(HEAD), v_bytes(v, sizeof(v)));
}

static enum result pseudonym(struct tx *tx, struct random_source *rnd, const struct id *account, struct id *who_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &who_get, &rows, v_id(account));
	if (res == RES_OK)
		*who_r = row_id(rows, 0);
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	struct id who = id_new(rnd, "audit/who");
	res = db_do(tx, &who_put, NULL, v_id(&who), v_id(account));
	if (res == RES_OK)
		*who_r = who;
	return res;
}

enum result audit_put(struct tx *tx, struct random_source *rnd, struct day day, const struct id *account,
		      const char *what, const struct id *about)
{
	struct audit_head head;
	struct audit_entry e = { .when = day.n, .action = slice_of(what) };
	unsigned char prev[CRYPT_HASH], hash[CRYPT_HASH];
	if (!e.action.n || e.action.n > AUDIT_WHAT_MOST)
		bug("an audit entry's word is empty or long");
	if (about)
		e.about = *about;
	enum result res = get_head(tx, &head);
	if (res == RES_OK)
		res = pseudonym(tx, rnd, account, &e.actor);
	if (res != RES_OK)
		return res == RES_BAD ? RES_BROKEN : res;
	memcpy(prev, head.hash, sizeof(prev));
	audit_append(&head, &e, hash);
	/* The head first: two at once then meet at its row, and the second is run again. */
	res = put_head(tx, &head);
	if (res == RES_OK)
		res = db_do(tx, &entry_put, NULL, v_int((int64_t)e.n), v_bytes(prev, sizeof(prev)), v_int(day.n),
			    v_id(&e.actor), v_text(e.action), v_id(&e.about), v_bytes(hash, sizeof(hash)));
	return res;
}

enum result audit_forget(struct tx *tx, const struct id *account)
{
	return db_do(tx, &who_gone, NULL, v_id(account));
}

/* The current row, checked against the chain so far. */
static enum result follow(struct rows *rows, struct audit_head *head)
{
	unsigned char prev[CRYPT_HASH];
	struct slice prev_kept = row_bytes(rows, 1), who = row_bytes(rows, 3), about = row_bytes(rows, 5),
		     hash = row_bytes(rows, 6);
	struct audit_entry e = { .n = (uint64_t)row_int(rows, 0), .when = row_int(rows, 2), .action = row_text(rows, 4) };
	memcpy(prev, head->hash, sizeof(prev));
	if (who.n != ID_BYTES || about.n != ID_BYTES || hash.n != CRYPT_HASH ||
	    !slice_eq(prev_kept, slice_bytes(prev, sizeof(prev))))
		return RES_BAD;
	memcpy(e.actor.b, who.p, ID_BYTES);
	memcpy(e.about.b, about.p, ID_BYTES);
	return audit_follow(head, &e, (const unsigned char *)hash.p);
}

enum result audit_verify(struct tx *tx, int64_t *n_r)
{
	struct audit_head head = { .next = 1 }, kept;
	struct rows *rows;
	bool more = true;
	enum result res = RES_OK;
	while (more && res == RES_OK) {
		int64_t before = (int64_t)head.next;
		res = db_ask(tx, &entry_list, &rows, v_int(before - 1), v_int(AT_ONCE));
		if (res != RES_OK)
			return res;
		while (res == RES_OK && rows_next(rows) == RES_OK)
			res = follow(rows, &head);
		rows_end(&rows);
		more = (int64_t)head.next == before + AT_ONCE;
	}
	if (res == RES_OK)
		res = get_head(tx, &kept);
	if (res == RES_OK && (kept.next != head.next || !crypt_eq(kept.hash, head.hash, CRYPT_HASH)))
		res = RES_BAD;
	if (res == RES_OK)
		*n_r = (int64_t)head.next - 1;
	if (res == RES_BAD)
		*n_r = (int64_t)head.next;
	return res;
}

enum result audit_mark_at(struct tx *tx, int64_t n, struct audit_mark *mark_r)
{
	struct audit_mark mark = { .n = n };
	struct rows *rows;
	if (n == 0) {
		*mark_r = mark;
		return RES_OK;
	}
	enum result res = db_one(tx, &hash_get, &rows, v_int(n));
	if (res == RES_OK && row_bytes(rows, 0).n != CRYPT_HASH)
		res = RES_BAD;
	if (res == RES_OK) {
		memcpy(mark.hash, row_bytes(rows, 0).p, CRYPT_HASH);
		*mark_r = mark;
	}
	rows_end(&rows);
	return res;
}

void audit_mark_text(const struct audit_mark *mark, char out[AUDIT_MARK_TEXT])
{
	int at = snprintf(out, AUDIT_MARK_TEXT, "%lld:", (long long)mark->n);
	hex_write(out + at, mark->hash, CRYPT_HASH);
}

/* -1: none of the sixteen. */
static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum result audit_mark_parse(struct slice text, struct audit_mark *mark_r)
{
	struct audit_mark mark;
	struct slice number;
	if (!slice_cut(&text, ':', &number) || slice_int(number, &mark.n) != RES_OK || mark.n < 0 || text.n != 2 * CRYPT_HASH)
		return RES_BAD;
	for (size_t i = 0; i < CRYPT_HASH; i++) {
		int high = digit_of(text.p[2 * i]), low = digit_of(text.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return RES_BAD;
		mark.hash[i] = (unsigned char)(high << 4 | low);
	}
	*mark_r = mark;
	return RES_OK;
}
