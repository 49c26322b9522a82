/* After a restore from a backup the key log is shorter than desks remember it, and each of them bars itself. The operator says that it was
   a restore; a desk that finds nothing but the end missing then lets its supporter go on, once she has compared the digits by voice
   (docs/protocol.md § 2.5). The word of the operator alone opens nothing. */
#include <string.h>

#include "base/log.h"
#include "haven/supporters/supporters.h"

#define NAME "keys/restored"

SQL(told_get, "t", "value:b", "SELECT value FROM setting WHERE name = $1");
SQL(told_put, "tb", "",
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

enum { AT_R = 0, AT_N = 8, AT_DAY = 16, AT_HASH = 24, STORED = AT_HASH + CRYPT_HASH };

static void put64(unsigned char *p, int64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)((uint64_t)v >> (56 - 8 * i));
}

static int64_t get64(const unsigned char *p)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

enum result supporters_restored(struct tx *tx, struct supporters_restored *r_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &told_get, &rows, v_str(NAME));
	if (res == RES_OK) {
		struct slice value = row_bytes(rows, 0);
		const unsigned char *p = (const unsigned char *)value.p;
		if (value.n != STORED)
			bug("a setting is malformed");
		r_r->r = get64(p + AT_R);
		r_r->n = get64(p + AT_N);
		r_r->day.n = (int32_t)get64(p + AT_DAY);
		memcpy(r_r->hash, p + AT_HASH, CRYPT_HASH);
	}
	rows_end(&rows);
	return res;
}

enum result supporters_declare_restored(struct tx *tx, struct day today, struct supporters_restored *r_r)
{
	struct supporters_restored now = { 0 }, before = { 0 };
	unsigned char value[STORED];
	enum result res = supporters_restored(tx, &before);
	if (res == RES_OK || res == RES_NONE)
		res = supporters_key_end(tx, &now.n, now.hash);
	if (res != RES_OK && res != RES_NONE)
		return res;
	now.r = before.r + 1;
	now.day = today;
	put64(value + AT_R, now.r);
	put64(value + AT_N, now.n);
	put64(value + AT_DAY, now.day.n);
	memcpy(value + AT_HASH, now.hash, CRYPT_HASH);
	res = db_do(tx, &told_put, NULL, v_str(NAME), v_bytes(value, sizeof(value)));
	if (res == RES_OK)
		*r_r = now;
	return res;
}

/* ---- the command ---- */

static const char help[] =
	"usage: makker keys             shows the newest entry of the supporters' key log\n"
	"       makker keys restored    says that the database was restored from a backup, so that the log is shorter\n"
	"\n"
	"After a restore each desk that knows a later entry stays shut. \"keys restored\" shows every supporter and the\n"
	"coordinator that it was a restore, and from which entry on. Each supporter then compares the digits with the\n"
	"coordinator by voice. It cannot be taken back, and everybody sees it.\n";

struct telling {
	bool declare;
	struct day today;
	struct supporters_restored told;
	int64_t n;
	char digits[KEYLOG_HEAD_CODE];
	enum result before;
};

static enum result tell(struct tx *tx, void *ctx)
{
	struct telling *t = ctx;
	enum result res = supporters_key_head(tx, &t->n, t->digits);
	if (res == RES_NONE)
		t->n = 0;
	if (res != RES_OK && res != RES_NONE)
		return res;
	t->before = t->declare ? supporters_declare_restored(tx, t->today, &t->told) : supporters_restored(tx, &t->told);
	return t->before == RES_NONE ? RES_OK : t->before;
}

static void print_day(FILE *out, const char *what, struct day day)
{
	struct wall w = day_wall(day);
	fprintf(out, "%s %04d-%02d-%02d\n", what, w.year, w.month, w.mday);
}

int supporters_keys_command(struct db *db, const struct clock *clock, int argc, char **argv, FILE *out, FILE *err)
{
	struct telling t = { .declare = argc == 2 && strcmp(argv[1], "restored") == 0, .today = instant_day(clock_now(clock)) };
	if (argc > 1 && !t.declare) {
		bool asked = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0);
		fputs(help, asked ? out : err);
		return asked ? 0 : 2;
	}
	if ((t.declare ? db_write(db, tell, &t) : db_read(db, tell, &t)) != RES_OK)
		return 2;
	if (t.declare)
		log_fact("supporters", "the operator says that the database was restored; desks ask their supporters");
	if (t.n)
		fprintf(out, "Entry %lld of the key log ends in %s.\n", (long long)t.n, t.digits);
	else
		fprintf(out, "The key log is empty.\n");
	if (t.before == RES_OK)
		print_day(out, "A restore was told on", t.told.day);
	return 0;
}
