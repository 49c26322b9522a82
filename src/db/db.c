#include "db/db_driver.h"

#include <stdio.h>
#include <string.h>

/* The section's edges, made by the linker; absent from a program without a sentence. */
extern const struct sql *const __start_makker_sql[] __attribute__((weak));
extern const struct sql *const __stop_makker_sql[] __attribute__((weak));

/* The transaction whose work this thread is in. */
static _Thread_local struct tx *inside;

void db_each_sentence(void (*fn)(const struct sql *s, void *ctx), void *ctx)
{
	for (const struct sql *const *p = __start_makker_sql; p != __stop_makker_sql; p++)
		fn(*p, ctx);
}

/* ---- what a sentence declares ---- */

static bool is_type(char c)
{
	return c == 'i' || c == 't' || c == 'b';
}

bool sql_column_next(const struct sql *s, struct slice *rest, struct sql_column *col_r)
{
	struct slice part;
	if (rest->n == 0 || !slice_cut(rest, ' ', &part))
		return false;
	struct sql_column col = { 0 };
	if (part.n && part.p[part.n - 1] == '?') {
		col.may_null = true;
		part.n--;
	}
	if (part.n < 3 || part.p[part.n - 2] != ':' || !is_type(part.p[part.n - 1]))
		bug("sentence %s: its columns \"%s\" are not declared as \"name:letter …\"", s->name, s->out);
	col.type = part.p[part.n - 1];
	col.name = (struct slice){ part.p, part.n - 2 };
	*col_r = col;
	return true;
}

size_t sql_parameters(const struct sql *s, char types[DB_MOST_PARAMETERS], bool may_null[DB_MOST_PARAMETERS])
{
	size_t n = 0;
	for (const char *p = s->in; *p; p++) {
		if (!is_type(*p) || n == DB_MOST_PARAMETERS)
			bug("sentence %s: its parameters are declared as \"%s\"", s->name, s->in);
		types[n] = *p;
		may_null[n] = p[1] == '?';
		p += may_null[n++];
	}
	return n;
}

/* ---- text ---- */

/* Bytes of the UTF-8 character at p (RFC 3629: shortest form, no surrogates, to U+10FFFF); 0: none. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
	static const struct {
		unsigned char lead_from, lead_to, second_from, second_to, length;
	} form[] = {
		{ 0x01, 0x7F, 0, 0, 1 },       { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
		{ 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
		{ 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
	};
	for (size_t f = 0; f < ARRAY_LEN(form); f++) {
		if (p[0] < form[f].lead_from || p[0] > form[f].lead_to)
			continue;
		size_t len = form[f].length;
		if (len > n || (len > 1 && (p[1] < form[f].second_from || p[1] > form[f].second_to)))
			return 0;
		for (size_t i = 2; i < len; i++)
			if (p[i] < 0x80 || p[i] > 0xBF)
				return 0;
		return len;
	}
	return 0;
}

static bool is_text(struct slice s)
{
	while (s.n) {
		size_t len = utf8_length((const unsigned char *)s.p, s.n);
		if (!len)
			return false;
		s.p += len;
		s.n -= len;
	}
	return true;
}

/* ---- the nags, and what every sentence goes through ---- */

enum result tx_spoil(struct tx *tx, enum result res)
{
	if (tx->spoiled == RES_OK)
		tx->spoiled = res;
	return res;
}

enum result tx_run(struct tx *tx, db_work *work, void *ctx)
{
	inside = tx;
	enum result res = work(tx, ctx);
	inside = NULL;
	if (tx->open)
		bug("a work function returned before it ended its rows");
	if (res == RES_OK && tx->spoiled != RES_OK) {
		if (tx->spoiled == RES_AGAIN && !tx->conflict)
			bug("a work function said ok after the schema had refused one of its sentences");
		res = tx->spoiled;
	}
	return res;
}

static enum result check(struct tx *tx, const struct sql *s, const struct db_value *in, size_t n)
{
	char types[DB_MOST_PARAMETERS];
	bool may_null[DB_MOST_PARAMETERS];
	if (inside != tx)
		bug("sentence %s: used outside the work function that was given this transaction", s->name);
	if (sql_parameters(s, types, may_null) != n)
		bug("sentence %s: %zu values for parameters \"%s\"", s->name, n, s->in);
	if (s->claims && !tx->write)
		bug("sentence %s claims rows in a transaction that only reads", s->name);
	if (tx->spoiled != RES_OK)
		return tx->spoiled;
	for (size_t i = 0; i < n; i++) {
		if (in[i].type == 0 && !may_null[i])
			bug("sentence %s: $%zu is NULL without a '?'", s->name, i + 1);
		if (in[i].type != 0 && in[i].type != types[i])
			bug("sentence %s: $%zu is '%c', not '%c'", s->name, i + 1, in[i].type, types[i]);
		if (in[i].type == 't' && !is_text(in[i].s))
			return RES_BAD;
	}
	return RES_OK;
}

enum result tx_sentence(struct tx *tx, const struct sql *s, const struct db_value *in, size_t n,
			struct rows *rows, int64_t *changed_r)
{
	int64_t changed = 0;
	enum result res = check(tx, s, in, n);
	if (res == RES_OK) {
		tx->sentences++;
		res = tx->db->driver->sentence(tx, s, in, n, rows, &changed);
	}
	if (res == RES_OK && changed_r)
		*changed_r = changed;
	return res;
}

/* The table that a sentence changes; n 0: none. */
static struct slice table_of(const struct sql *s)
{
	static const char *const verbs[] = { "INSERT INTO ", "UPDATE ", "DELETE FROM " };
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (slice_starts(slice_of(s->text), verbs[i])) {
			const char *table = s->text + strlen(verbs[i]);
			return (struct slice){ table, strspn(table, "abcdefghijklmnopqrstuvwxyz0123456789_") };
		}
	return (struct slice){ 0 };
}

static unsigned watches_of(const struct db *db, const struct sql *s)
{
	unsigned touched = 0;
	if (!db->watches_n)
		return 0;
	struct slice table = table_of(s);
	if (!table.n)
		bug("sentence %s changes rows, and does not begin with whose", s->name);
	for (size_t i = 0; i < db->watches_n; i++)
		for (const char *const *t = db->watches[i].tables; *t; t++)
			if (slice_is(table, *t))
				touched |= 1u << i;
	return touched;
}

enum result db_do_n(struct tx *tx, const struct sql *s, int64_t *changed_r, const struct db_value *in,
		    size_t n)
{
	int64_t changed = 0;
	if (s->out[0])
		bug("sentence %s returns rows: ask it", s->name);
	enum result res = tx_sentence(tx, s, in, n, NULL, &changed);
	if (res == RES_OK && changed)
		tx->touched |= watches_of(tx->db, s);
	if (res == RES_OK && changed_r)
		*changed_r = changed;
	return res;
}

/* ---- the runner ---- */

/* A work, and what its last run touched. */
struct watched {
	db_work *work;
	void *ctx;
	unsigned touched;
};

static enum result watched_work(struct tx *tx, void *ctx)
{
	struct watched *w = ctx;
	enum result res = w->work(tx, w->ctx);
	w->touched = tx->touched;
	return res;
}

/* Also after one of which we do not know whether it was kept: what hears is none the worse. */
static void tell_touched(struct db *db, unsigned touched)
{
	for (size_t i = 0; i < db->watches_n; i++)
		if (touched & 1u << i) {
			db_told(db, db->watches[i].what, SLICE(""));
			if (db->driver->tell)
				db->driver->tell(db, db->watches[i].what, SLICE(""));
		}
}

static enum result run(struct db *db, bool write, db_work *work, void *ctx)
{
	struct watched w = { work, ctx, 0 };
	if (inside)
		bug("a transaction inside a transaction");
	if (!write)
		return db->driver->run(db, false, work, ctx);
	enum result res = db->driver->run(db, true, watched_work, &w);
	tell_touched(db, w.touched);
	return res;
}

enum result db_read(struct db *db, db_work *work, void *ctx)
{
	return run(db, false, work, ctx);
}

enum result db_write(struct db *db, db_work *work, void *ctx)
{
	return run(db, true, work, ctx);
}

/* ---- several programs ---- */

static void held_name(char name[DB_HELD_MOST], const char *what, const struct id *about)
{
	int n = snprintf(name, DB_HELD_MOST, "%s %s", what, about ? id_text(about).s : "");
	if (n >= DB_HELD_MOST)
		bug("what is held has too long a name: %s", what);
}

enum result db_hold(struct db *db, const char *what, const struct id *about)
{
	char name[DB_HELD_MOST];
	held_name(name, what, about);
	return db->driver->hold ? db->driver->hold(db, name) : RES_OK;
}

void db_let_go(struct db *db, const char *what, const struct id *about)
{
	char name[DB_HELD_MOST];
	held_name(name, what, about);
	if (db->driver->let_go)
		db->driver->let_go(db, name);
}

enum result db_first(struct db *db, const char *what, db_work *work, void *ctx)
{
	char name[DB_HELD_MOST];
	held_name(name, what, NULL);
	struct watched w = { work, ctx, 0 };
	if (!db->driver->first)
		return db_write(db, work, ctx);
	enum result res = db->driver->first(db, name, watched_work, &w);
	tell_touched(db, w.touched);
	return res;
}

void db_told(struct db *db, const char *what, struct slice words)
{
	size_t n = __atomic_load_n(&db->ears_n, __ATOMIC_ACQUIRE);
	for (size_t i = 0; i < n; i++)
		if (!what || !strcmp(db->ears[i].what, what))
			db->ears[i].fn(words, db->ears[i].ctx);
}

void db_tell(struct db *db, const char *what, struct slice words)
{
	if (inside)
		bug("something is told before it is committed");
	if (words.n > DB_WORDS_MOST || (words.n && memchr(words.p, 0, words.n)))
		bug("what is told of %s is too long, or no text", what);
	if (!words.p)
		words = SLICE("");
	if (db->driver->tell)
		db->driver->tell(db, what, words);
	else
		db_told(db, what, words);
}

void db_hear(struct db *db, const char *what, void (*fn)(struct slice words, void *ctx), void *ctx)
{
	if (db->ears_n == DB_MOST_EARS)
		bug("too many hear of the database");
	db->ears[db->ears_n] = (struct db_ear){ what, fn, ctx };
	__atomic_store_n(&db->ears_n, db->ears_n + 1, __ATOMIC_RELEASE); /* a thread may hear already */
	if (db->driver->hear)
		db->driver->hear(db);
}

void db_tell_of(struct db *db, const char *const *tables, const char *what)
{
	if (db->watches_n == DB_MOST_WATCHES)
		bug("too many tables are watched");
	db->watches[db->watches_n++] = (struct db_watch){ tables, what };
}

void db_hear_no_more(struct db *db)
{
	if (db->driver->deaf)
		db->driver->deaf(db);
	__atomic_store_n(&db->ears_n, 0, __ATOMIC_RELEASE);
}

/* ---- life ---- */

enum result db_open(const char *where, int readers, struct db **db_r)
{
	if (readers < 1)
		bug("a database with %d readers", readers);
	if (slice_starts(slice_of(where), "sqlite:"))
		return db_open_sqlite(where + strlen("sqlite:"), readers, db_r);
	return db_open_pg(where, readers, db_r);
}

void db_close(struct db **db)
{
	if (!*db)
		return;
	if (inside)
		bug("the database is closed from inside a transaction");
	(*db)->driver->close(*db);
	*db = NULL;
}

static enum result ask_bytes(struct tx *tx, void *ctx)
{
	struct rows *rows = rows_raw();
	enum result res = tx->db->driver->raw(tx, tx->db->driver->bytes, rows);
	if (res == RES_OK)
		res = rows_next(rows);
	if (res == RES_OK)
		*(int64_t *)ctx = row_value(rows, 0).i;
	rows_end(&rows);
	return res;
}

enum result db_bytes(struct db *db, int64_t *bytes_r)
{
	return db_read(db, ask_bytes, bytes_r);
}

static void check_names(const char *const *tables)
{
	for (const char *const *t = tables; t && *t; t++)
		if (!**t || (*t)[strspn(*t, "abcdefghijklmnopqrstuvwxyz0123456789_")])
			bug("%s is no table's name", *t);
}

enum result db_scrub(struct db *db, const char *const *tables)
{
	if (inside)
		bug("a scrub inside a transaction");
	check_names(tables);
	return db->driver->scrub(db, tables);
}

int64_t db_stuck(struct db *db)
{
	return db->driver->stuck ? db->driver->stuck(db) : 0;
}

int db_pace_ms(const struct db *db)
{
	return db->driver->pace_ms;
}

enum result db_backup(struct db *db, const char *path, const char *const *without)
{
	if (inside)
		bug("a backup inside a transaction");
	check_names(without);
	return db->driver->backup(db, path, without);
}
