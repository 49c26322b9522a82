#include "post/told.h"

#include <string.h>

#include "crypt/crypt.h"

SQL(return_put, "btbi", "", "INSERT INTO mail_return (hash, kind, about, expires_day) VALUES ($1, $2, $3, $4)");
SQL(return_get, "bi", "kind:t about:b",
    "SELECT kind, about FROM mail_return WHERE hash = $1 AND expires_day >= $2");
SQL(return_gone, "b", "", "DELETE FROM mail_return WHERE hash = $1");
SQL(return_old, "i", "", "DELETE FROM mail_return WHERE expires_day < $1");
SQL(result_put, "btbii", "", "INSERT INTO mail_result (id, kind, about, result, day) VALUES ($1, $2, $3, $4, $5)");
SQL(result_list, "t", "id:b about:b result:i day:i",
    "SELECT id, about, result, day FROM mail_result WHERE kind = $1 ORDER BY day, result, about, id LIMIT 500");
SQL(result_gone, "b", "", "DELETE FROM mail_result WHERE id = $1");

enum result told_expect(struct tx *tx, struct slice token, const struct mail *mail, struct day last)
{
	unsigned char hash[CRYPT_HASH];
	crypt_hash(token, hash);
	return db_do(tx, &return_put, NULL, v_bytes(hash, sizeof(hash)), v_str(mail->kind), v_id(&mail->about),
		     v_int(last.n));
}

enum result post_tidy(struct tx *tx, struct day today)
{
	return db_do(tx, &return_old, NULL, v_int(today.n));
}

/* ---- results ---- */

enum result post_take_results(struct tx *tx, const char *kind,
			      enum result (*tell)(struct tx *tx, const struct id *about, enum mail_result result,
						  struct day day, void *ctx),
			      void *ctx, int *n_r)
{
	struct {
		struct id id, about;
		enum mail_result result;
		struct day day;
	} list[500];
	size_t n = 0;
	struct rows *rows;
	enum result res = db_ask(tx, &result_list, &rows, v_str(kind));
	if (res != RES_OK)
		return res;
	while (n < ARRAY_LEN(list) && (res = rows_next(rows)) == RES_OK) {
		list[n].id = row_id(rows, 0);
		list[n].about = row_id(rows, 1);
		list[n].result = (enum mail_result)row_int(rows, 2);
		list[n].day = (struct day){ (int32_t)row_int(rows, 3) };
		n++;
	}
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	for (size_t i = 0; i < n; i++) {
		res = db_do(tx, &result_gone, NULL, v_id(&list[i].id));
		if (res == RES_OK)
			res = tell(tx, &list[i].about, list[i].result, list[i].day, ctx);
		if (res != RES_OK)
			return res;
	}
	*n_r = (int)n;
	return RES_OK;
}

enum result told_put(struct tx *tx, struct random_source *rnd, const char *kind, const struct id *about,
		     enum mail_result result, struct day day)
{
	struct id id = id_new(rnd, "post/result");
	return db_do(tx, &result_put, NULL, v_id(&id), v_str(kind), v_id(about), v_int(result), v_int(day.n));
}

/* ---- bounces ---- */

struct bounce {
	struct random_source *rnd;
	struct day today;
	unsigned char hash[CRYPT_HASH];
};

static enum result bounce_work(struct tx *tx, void *ctx)
{
	struct bounce *b = ctx;
	struct rows *rows;
	char kind[64];
	struct id about;
	enum result res = db_one(tx, &return_get, &rows, v_bytes(b->hash, sizeof(b->hash)), v_int(b->today.n));
	if (res != RES_OK)
		return res;
	struct slice k = row_text(rows, 0);
	memcpy(kind, k.p, k.n < sizeof(kind) ? k.n : sizeof(kind) - 1);
	kind[k.n < sizeof(kind) ? k.n : sizeof(kind) - 1] = '\0';
	about = row_id(rows, 1);
	rows_end(&rows);
	res = db_do(tx, &return_gone, NULL, v_bytes(b->hash, sizeof(b->hash)));
	if (res == RES_OK)
		res = told_put(tx, b->rnd, kind, &about, MAIL_BOUNCED, b->today);
	return res;
}

enum result post_bounce(struct db *db, struct random_source *rnd, const struct clock *clock, struct slice token,
			struct slice dsn)
{
	struct bounce b = { .rnd = rnd, .today = instant_day(clock_now(clock)) };
	char lower[POST_TOKEN];
	if (token.n != sizeof(lower) || !post_dsn_failed(dsn))
		return RES_NONE;
	for (size_t i = 0; i < sizeof(lower); i++)
		lower[i] = token.p[i] >= 'A' && token.p[i] <= 'F' ? (char)(token.p[i] + 32) : token.p[i];
	crypt_hash((struct slice){ lower, sizeof(lower) }, b.hash);
	return db_write(db, bounce_work, &b);
}
