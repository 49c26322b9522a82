/* db.h: the one door to the database, with two drivers behind it (SQLite, PostgreSQL).

   A room keeps all its SQL in its store file as a closed set of sentences, each with
   its parameters and columns declared beside the text. The text is the common subset
   of both databases with $1…$n. Nobody outside db/ knows which database it is.

   Types, everywhere: INTEGER-like columns are int64 (BIGINT), text is TEXT in UTF-8
   without a zero byte, bytes are BYTEA/BLOB. Ids are bytes of length 16; instants are
   seconds, days are day numbers, flags are 0 or 1.

   One use case is one transaction: a work function that reads and writes through `tx`
   and is run by db_read or db_write. A work function may be run again from the start
   (a conflict on PostgreSQL), so it sets its outputs anew each time and does nothing
   that cannot be undone: no mail, no reply, no wake-up. Those come after db_write. */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/clock.h"
#include "base/id.h"
#include "base/slice.h"

struct db;
struct tx;
struct rows;

/* ---- sentences ---- */

/* in:  one letter a parameter, $1 first: i integer, t text, b bytes; a '?' after it: may be NULL.
   out: the columns in order, "name:letter" with a '?' when NULL may come: "id:b day:i?". Empty for a
        sentence that returns no rows. */
struct sql {
	const char *name; /* the C variable, for messages and for the list of all sentences */
	const char *text, *in, *out;
	bool claims; /* made by SQL_CLAIM */
};

/* SQL(exposure_add, "ii?t", "", "INSERT INTO exposure (…) VALUES ($1, $2, $3)");
   Every sentence stands in one list of the program, so that a test can prepare all of
   them on both databases. */
#define SQL(var, params, columns, ...)                                                   \
	static const struct sql var = { #var, __VA_ARGS__, params, columns, false };     \
	static const struct sql *const var##_listed                                      \
	    __attribute__((used, section("makker_sql"))) = &var

/* A SELECT over one table, for work that several programs share: it passes over the rows that another
   transaction has claimed or is changing, and keeps those that it gives until this one ends. So what one
   program is about nobody else takes up, and if it dies its claim is gone. Only in db_write. On SQLite, where one
   program writes, it is the plain SELECT. */
#define SQL_CLAIM(var, params, columns, ...)                                             \
	static const struct sql var = { #var, __VA_ARGS__, params, columns, true };      \
	static const struct sql *const var##_listed                                      \
	    __attribute__((used, section("makker_sql"))) = &var

/* Calls fn for every sentence linked into this program. */
void db_each_sentence(void (*fn)(const struct sql *s, void *ctx), void *ctx);

/* ---- values ---- */

struct db_value {
	char type; /* 'i', 't', 'b' or 0 for NULL */
	int64_t i;
	struct slice s;
};

static inline struct db_value v_int(int64_t i)
{
	return (struct db_value){ .type = 'i', .i = i };
}
static inline struct db_value v_text(struct slice s)
{
	return (struct db_value){ .type = 't', .s = s };
}
static inline struct db_value v_str(const char *s) /* NULL becomes NULL */
{
	return (struct db_value){ .type = s ? 't' : 0, .s = slice_of(s) };
}
static inline struct db_value v_bytes(const void *p, size_t n)
{
	return (struct db_value){ .type = 'b', .s = { p, n } };
}
static inline struct db_value v_id(const struct id *id) /* NULL becomes NULL */
{
	return (struct db_value){ .type = id ? 'b' : 0, .s = { id ? (const char *)id->b : NULL, id ? ID_BYTES : 0 } };
}
static inline struct db_value v_null(void)
{
	return (struct db_value){ 0 };
}

/* ---- inside a transaction ---- */

/* Runs a sentence that returns no rows. *changed_r (may be NULL): rows changed.
   RES_AGAIN: a UNIQUE, CHECK or FOREIGN KEY of the schema refused it; the transaction can
   only end now, and the runner turns RES_AGAIN from the work function into its result.
   (To insert unless there, write ON CONFLICT DO NOTHING and look at *changed_r.)
   RES_BAD: a text is not UTF-8 or holds a zero byte; nothing was sent.
   RES_BROKEN: the database. Parameters that do not fit `in` are our bug. Without
   parameters: db_do(tx, &s, NULL). */
#define db_do(tx, sql, changed_r, ...)                                                    \
	db_do_n((tx), (sql), (changed_r), (const struct db_value[]){ __VA_ARGS__ },      \
		sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
MUST_USE enum result db_do_n(struct tx *tx, const struct sql *s, int64_t *changed_r, const struct db_value *in,
			     size_t n);

/* Runs a sentence that returns rows; *rows_r must be ended with rows_end before the work
   function returns. All rows are in memory then, so the work may write, or ask the same
   again, while it goes through them: limit what may be long. Results as for db_do. For a
   sentence without parameters use DB_NO_VALUES. */
#define db_ask(tx, sql, rows_r, ...)                                                      \
	db_ask_n((tx), (sql), (rows_r), (const struct db_value[]){ __VA_ARGS__ },        \
		 sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
MUST_USE enum result db_ask_n(struct tx *tx, const struct sql *s, struct rows **rows_r, const struct db_value *in,
			      size_t n);
#define DB_NO_VALUES NULL, 0 /* db_ask_n(tx, &s, &rows, DB_NO_VALUES) */

/* RES_OK: a row is current. RES_NONE: that was all. Nothing else: see db_ask. */
MUST_USE enum result rows_next(struct rows *rows);
/* Columns of the current row, counted from 0. Text and bytes live until rows_next or
   rows_end; copy them with arena_slice. Reading a column as another type than `out`
   declares, or NULL without '?', is our bug. */
int64_t row_int(struct rows *rows, int col);
struct slice row_text(struct rows *rows, int col);  /* p == NULL for NULL */
struct slice row_bytes(struct rows *rows, int col); /* p == NULL for NULL */
struct id row_id(struct rows *rows, int col);       /* 16 bytes, else our bug; zero id for NULL */
bool row_null(struct rows *rows, int col);
/* Safe on NULL; sets *rows to NULL. In a debug build it aborts when rows came and a
   column was never read (row_null is a reading). */
void rows_end(struct rows **rows);

/* One row, at most: RES_OK with *rows_r at the row, RES_NONE (*rows_r is NULL), or
   RES_BROKEN. A second row is our bug. rows_end ends it. */
#define db_one(tx, sql, rows_r, ...)                                                      \
	db_one_n((tx), (sql), (rows_r), (const struct db_value[]){ __VA_ARGS__ },        \
		 sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
MUST_USE enum result db_one_n(struct tx *tx, const struct sql *s, struct rows **rows_r, const struct db_value *in,
			      size_t n);

/* ---- the runner ---- */

typedef enum result db_work(struct tx *tx, void *ctx);

/* Runs `work` in a transaction that only reads: a write inside it is our bug. Many at once. */
MUST_USE enum result db_read(struct db *db, db_work *work, void *ctx);
/* Runs `work` in a transaction of its own. RES_OK: committed and durable. Any other
   result of `work`: rolled back, and that is the result. Conflicts with other
   transactions are run again; RES_AGAIN if they do not cease.
   Transactions are as if one ran after the other, on both databases and whoever else writes: what a work has read still holds
   when it commits. PostgreSQL's usual READ COMMITTED would not do (two works that each look whether the other has
   written both find nothing), so they are SERIALIZABLE. One lock for all writers would do too, but commits then
   wait for one another's disk: with 8 writers on a disk of 2 ms it was five to eight times slower (1,153 and 601 a second against 135 and
   106, pgbench; 5 and 35 of a hundred were run again). SQLite: one writer thread,
   many works to one commit, a savepoint each; so `work` runs on another thread than the caller's, which waits: for another
   process that writes (an operator's import) up to half a minute, then RES_BROKEN. */
MUST_USE enum result db_write(struct db *db, db_work *work, void *ctx);

/* ---- several programs on one database ----

   On PostgreSQL several processes of a program may serve one database. What holds between them is kept by the server for
   as long as they are connected, so it needs no row and no cleaning up: who dies holds nothing. On SQLite one process
   serves, and all of this is granted at once. */

/* Nobody else holds `what` about `about` (NULL: about nothing) from now on, until db_let_go or until this program or its
   connection ends. RES_OK also when we hold it already; asked again it notices that a connection was lost. RES_AGAIN: another
   program holds it; or the connection was lost a moment ago (DB_GRACE seconds): what others held at that moment is left
   for them to finish. RES_BROKEN: the database does not answer. */
MUST_USE enum result db_hold(struct db *db, const char *what, const struct id *about);
void db_let_go(struct db *db, const char *what, const struct id *about);
#define DB_GRACE 5 /* our choice: longer than a mail takes, as a rule */

/* Counts this program among those that are up on this database as `what`, until it ends. Runs `work` as db_write does, if
   it is the first: no other was counted. Whoever comes meanwhile waits for that. */
MUST_USE enum result db_first(struct db *db, const char *what, db_work *work, void *ctx);

/* Tells every program on this database that hears `what`, this one too: at most DB_WORDS_MOST bytes without a zero byte. What
   is told is written in no table and in no log of the database, but PostgreSQL keeps it for a while in files of its own (pg_notify), in
   clear; it may be lost, so whoever must know looks besides, now and then. */
void db_tell(struct db *db, const char *what, struct slice words);
#define DB_WORDS_MOST 7000
/* Runs `fn` whenever somebody tells `what`; with .p NULL after a connection was lost, since something may have been missed.
   On a thread of the database's own (SQLite: on the teller's): briefly, and without a transaction that waits for others.
   Before threads use the database; `what` lives as long as the program. */
void db_hear(struct db *db, const char *what, void (*fn)(struct slice words, void *ctx), void *ctx);
/* Whoever hears `what` is told, without words, whenever a db_write or db_first has changed rows of one of `tables` (NULL-terminated, from our own
   source): here before it returns to its caller, and in the other programs on this database soon after, or by the .p NULL that follows a
   lost connection. So what is kept of these tables is dropped by the change itself, whichever room makes it. An operator's command on SQLite is
   another program that cannot be heard. Before threads use the database; `tables` and `what` live as long as the program. */
void db_tell_of(struct db *db, const char *const *tables, const char *what);
/* From now on none of them runs: before what they use goes. */
void db_hear_no_more(struct db *db);

/* ---- life ---- */

/* where: "sqlite:/path/file.db" or a libpq conninfo "postgresql://…" / "host=… dbname=…".
   `readers`: how many db_read may run at once; on SQLite each is opened when it is first needed. RES_BROKEN with a log line that says why. */
MUST_USE enum result db_open(const char *where, int readers, struct db **db_r);
void db_close(struct db **db);

/* A migration: `sql` may hold several statements, each ended by a line that ends in ';'. Each is
   run once, in order, in one transaction, and its number is remembered. They are only
   ever appended to. The build makes the array from migrations/PROGRAM/NNN-name.sql. */
struct migration {
	int number; /* 1, 2, … without a gap */
	const char *name, *sql;
};
/* RES_OK: the database now stands at the last one (harmless twice), and on a server no login but its owner's can open
   it. RES_REFUSED: it is newer than this program, or open to others for somebody else to bar; nothing was touched.
   RES_BROKEN: one of them failed, none was kept. *ran_r (may be NULL): how many ran. */
MUST_USE enum result db_migrate(struct db *db, const struct migration *all, size_t n, int *ran_r);
/* The number of the last migration that ran; touches nothing. RES_BROKEN, with a log line: none ever ran, or the
   database cannot be read. */
MUST_USE enum result db_stands_at(struct db *db, int *number_r);
/* Whether what ran there is what these say, by number and name, as far as both go: RES_BAD when not, as in a database of the other
   program. One of a newer version of this program is of it (db_stands_at tells). */
MUST_USE enum result db_is_of(struct db *db, const struct migration *all, size_t n);

/* Makes what was deleted or overwritten in `tables` (NULL-terminated) truly gone from the files, as far as
   the database can, and levels in all tables what reading them left behind: SQLite VACUUM and checkpoint with
   truncation, PostgreSQL VACUUM (FULL, FREEZE) and statistics reset of each, VACUUM (FREEZE) of the others, since whoever
   reads a row first marks it (docs/protocol.md § 3.4, § 8). Outside any transaction. The names are
   from our own source. It writes all of SQLite's file, or all of these tables, anew while
   writers wait: a job for the clockwork, not for a request. RES_AGAIN: a reader held on to the
   old state for five seconds. On PostgreSQL the role must own the tables; that it may not reset
   the counters is logged and no failure. */
MUST_USE enum result db_scrub(struct db *db, const char *const *tables);

/* 0: nothing in the files tells how many transactions there were. Else something does (PostgreSQL's transaction numbers):
   then what must not be counted is written by exactly one transaction every so many milliseconds, whether or not
   there is anything to write. */
int db_pace_ms(const struct db *db);

/* For how many seconds what we write has been in one commit that does not end; 0: none is under way. On PostgreSQL always 0: there it is
   the server that we wait for, and that is no trouble of this program. */
int64_t db_stuck(struct db *db);

/* The size of the whole database as it stands on disk. */
MUST_USE enum result db_bytes(struct db *db, int64_t *bytes_r);

/* A consistent copy while running: SQLite VACUUM INTO `path` (a new file, mode 0600); PostgreSQL pg_dump
   in custom format. Of the tables in `without` (NULL-terminated, NULL: none) it holds no row. RES_BROKEN says why in the
   log; a half-written file is removed. */
MUST_USE enum result db_backup(struct db *db, const char *path, const char *const *without);

/* Empties `out` and writes every table's rows as text, tables and rows sorted, one line a row:
   "table|7|'text'|x'00ff'|NULL". The same text on both databases. RES_BROKEN also when it does not fit in `out`. */
struct buf;
MUST_USE enum result db_dump(struct db *db, struct buf *out);

#endif
