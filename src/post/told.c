#include "post/told.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "crypt/crypt.h"

/* A gateway may give a number again: a counter that began anew means the newer message; one that it gives twice in a day names
   none, and stands there as nobody's ($5), so that nothing is told of the wrong one. */
SQL(return_put, "btbibb?", "",
    "INSERT INTO mail_return (hash, kind, about, expires_day, also) VALUES ($1, $2, $3, $4, $6) ON CONFLICT (hash) DO UPDATE "
    "SET kind = excluded.kind, expires_day = excluded.expires_day, "
    "about = CASE WHEN mail_return.expires_day = excluded.expires_day THEN $5 ELSE excluded.about END, "
    "also = CASE WHEN mail_return.expires_day = excluded.expires_day THEN NULL ELSE excluded.also END");
SQL(return_also, "bb", "", "UPDATE mail_return SET also = $2 WHERE hash = $1");
SQL(return_get, "bi", "kind:t about:b",
    "SELECT kind, about FROM mail_return WHERE hash = $1 AND expires_day >= $2");
SQL(return_gone, "b", "", "DELETE FROM mail_return WHERE hash = $1");
/* What the same message is named besides, unless that has become another's. */
SQL(return_also_gone, "b", "", "DELETE FROM mail_return WHERE hash = (SELECT also FROM mail_return WHERE hash = $1) AND also = $1");
SQL(return_old, "i", "", "DELETE FROM mail_return WHERE expires_day < $1");
SQL(result_put, "btbiii", "",
    "INSERT INTO mail_result (id, kind, about, way, result, day) VALUES ($1, $2, $3, $4, $5, $6)");
SQL(result_list, "t", "id:b about:b way:i result:i day:i",
    "SELECT id, about, way, result, day FROM mail_result WHERE kind = $1 ORDER BY day, result, about, id LIMIT 500");
SQL(result_gone, "b", "", "DELETE FROM mail_result WHERE id = $1");

/* A mail's token, an SMS's and a gateway's own number are three things: none is taken for another. */
static void hash_of(const char *what, struct slice name, unsigned char hash[CRYPT_HASH])
{
	struct buf text = BUF_LIMIT(256);
	buf_str(&text, what);
	buf_slice(&text, name);
	crypt_hash(buf_get(&text), hash);
	buf_free(&text);
}

#define OF_MAIL ""
#define OF_SMS "sms "
#define OF_GATEWAY "gateway "

static const struct id nobody;

static enum result expect(struct tx *tx, const unsigned char hash[CRYPT_HASH], const char *kind, const struct id *about,
			  struct day last, struct db_value also)
{
	return db_do(tx, &return_put, NULL, v_bytes(hash, CRYPT_HASH), v_str(kind), v_id(about), v_int(last.n), v_id(&nobody), also);
}

enum result told_expect(struct tx *tx, struct slice token, const struct mail *mail, struct day last)
{
	unsigned char hash[CRYPT_HASH];
	hash_of(mail->way == POST_SMS ? OF_SMS : OF_MAIL, token, hash);
	return expect(tx, hash, mail->kind, &mail->about, last, v_null());
}

enum result told_expect_id(struct tx *tx, const char *gateway_id, struct slice token, const char *kind, const struct id *about,
			   struct day last)
{
	unsigned char hash[CRYPT_HASH], first[CRYPT_HASH];
	int64_t expected;
	hash_of(OF_GATEWAY, slice_of(gateway_id), hash);
	hash_of(OF_SMS, token, first);
	enum result res = db_do(tx, &return_also, &expected, v_bytes(first, CRYPT_HASH), v_bytes(hash, CRYPT_HASH));
	if (res != RES_OK || !expected) /* none: it was reported while it was still being handed over */
		return res;
	return expect(tx, hash, kind, about, last, v_bytes(first, CRYPT_HASH));
}

enum result post_tidy(struct tx *tx, struct day today)
{
	return db_do(tx, &return_old, NULL, v_int(today.n));
}

/* ---- results ---- */

enum result post_take_results(struct tx *tx, const char *kind,
			      enum result (*tell)(struct tx *tx, const struct mail_told *told, void *ctx), void *ctx,
			      int *n_r)
{
	struct {
		struct id id;
		struct mail_told told;
	} list[500];
	size_t n = 0;
	struct rows *rows;
	enum result res = db_ask(tx, &result_list, &rows, v_str(kind));
	if (res != RES_OK)
		return res;
	while (n < ARRAY_LEN(list) && (res = rows_next(rows)) == RES_OK) {
		list[n].id = row_id(rows, 0);
		list[n].told = (struct mail_told){ row_id(rows, 1), (enum post_way)row_int(rows, 2),
						   (enum mail_result)row_int(rows, 3), { (int32_t)row_int(rows, 4) } };
		n++;
	}
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	for (size_t i = 0; i < n; i++) {
		res = db_do(tx, &result_gone, NULL, v_id(&list[i].id));
		if (res == RES_OK)
			res = tell(tx, &list[i].told, ctx);
		if (res != RES_OK)
			return res;
	}
	*n_r = (int)n;
	return RES_OK;
}

enum result told_put(struct tx *tx, struct random_source *rnd, const char *kind, const struct mail_told *told)
{
	struct id id = id_new(rnd, "post/result");
	return db_do(tx, &result_put, NULL, v_id(&id), v_str(kind), v_id(&told->about), v_int(told->way), v_int(told->result),
		     v_int(told->day.n));
}

/* ---- bounces ---- */

struct back {
	struct random_source *rnd;
	enum post_way way;
	enum mail_result result;
	struct day today;
	unsigned char hash[CRYPT_HASH];
};

static enum result back_work(struct tx *tx, void *ctx)
{
	struct back *b = ctx;
	struct rows *rows;
	char kind[64];
	struct mail_told told = { .way = b->way, .result = b->result, .day = b->today };
	enum result res = db_one(tx, &return_get, &rows, v_bytes(b->hash, sizeof(b->hash)), v_int(b->today.n));
	if (res != RES_OK)
		return res;
	struct slice k = row_text(rows, 0);
	snprintf(kind, sizeof(kind), "%.*s", (int)k.n, k.p);
	told.about = row_id(rows, 1);
	rows_end(&rows);
	if (id_is_zero(&told.about))
		return RES_NONE;
	res = db_do(tx, &return_also_gone, NULL, v_bytes(b->hash, sizeof(b->hash)));
	if (res == RES_OK)
		res = db_do(tx, &return_gone, NULL, v_bytes(b->hash, sizeof(b->hash)));
	return res == RES_OK ? told_put(tx, b->rnd, kind, &told) : res;
}

/* Hexadecimal, in whichever case it comes back. False: no token of ours. */
static bool lower_token(struct slice token, char lower[POST_TOKEN])
{
	if (token.n != POST_TOKEN)
		return false;
	for (size_t i = 0; i < POST_TOKEN; i++)
		lower[i] = token.p[i] >= 'A' && token.p[i] <= 'F' ? (char)(token.p[i] + 32) : token.p[i];
	return true;
}

enum result post_bounce(struct db *db, struct random_source *rnd, const struct clock *clock, struct slice token,
			struct slice dsn)
{
	struct back b = { .rnd = rnd, .way = POST_MAIL, .result = MAIL_BOUNCED, .today = instant_day(clock_now(clock)) };
	char lower[POST_TOKEN];
	if (!lower_token(token, lower) || !post_dsn_failed(dsn))
		return RES_NONE;
	hash_of(OF_MAIL, slice_bytes(lower, sizeof(lower)), b.hash);
	return db_write(db, back_work, &b);
}

struct known {
	unsigned char hash[CRYPT_HASH];
	struct day today;
};

static enum result known_work(struct tx *tx, void *ctx)
{
	const struct known *k = ctx;
	struct rows *rows;
	enum result res = db_one(tx, &return_get, &rows, v_bytes(k->hash, sizeof(k->hash)), v_int(k->today.n));
	if (res == RES_OK)
		(void)row_text(rows, 0), (void)row_id(rows, 1);
	rows_end(&rows);
	return res;
}

enum result post_returned(struct db *db, struct random_source *rnd, const struct clock *clock, struct slice token,
			  struct slice message, bool *ours_r)
{
	struct known k = { .today = instant_day(clock_now(clock)) };
	char lower[POST_TOKEN];
	if (!lower_token(token, lower)) {
		*ours_r = false;
		return RES_NONE;
	}
	hash_of(OF_MAIL, slice_bytes(lower, sizeof(lower)), k.hash);
	enum result known = db_read(db, known_work, &k);
	if (known != RES_OK && known != RES_NONE)
		return known;
	enum result res = known == RES_OK ? post_bounce(db, rnd, clock, token, message) : RES_NONE;
	if (res == RES_OK || res == RES_NONE)
		*ours_r = known == RES_OK;
	return res;
}

enum result post_report(struct db *db, struct random_source *rnd, const struct clock *clock, struct slice token,
			const char *gateway_id, bool delivered)
{
	struct back b = { .rnd = rnd, .way = POST_SMS, .result = delivered ? MAIL_DELIVERED : MAIL_BOUNCED,
			  .today = instant_day(clock_now(clock)) };
	char lower[POST_TOKEN];
	if (token.n) {
		if (!lower_token(token, lower))
			return RES_NONE;
		hash_of(OF_SMS, slice_bytes(lower, sizeof(lower)), b.hash);
	} else {
		if (!gateway_id[0])
			return RES_NONE;
		hash_of(OF_GATEWAY, slice_of(gateway_id), b.hash);
	}
	return db_write(db, back_work, &b);
}
