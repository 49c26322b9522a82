/* db_driver.h: what db.c asks of a driver, and what it lends the drivers. For files of this room only.

   A driver runs transactions and sentences. What a sentence returned is copied whole
   into `struct rows` before the caller sees the first row, so both databases behave
   alike: a work function may write while it goes through rows, and may ask the same
   sentence again meanwhile. */
#ifndef DB_DB_DRIVER_H
#define DB_DB_DRIVER_H

#include <pthread.h>

#include "db/db.h"

#define DB_MOST_COLUMNS 64
#define DB_MOST_PARAMETERS 64

struct db_driver {
	/* Runs work in a transaction through tx_run, commits or rolls back. */
	enum result (*run)(struct db *db, bool write, db_work *work, void *ctx);
	/* Prepares it on the connection of tx if that was not done, and compares it with what it declares. */
	enum result (*prepare)(struct tx *tx, const struct sql *s);
	/* Runs it. `rows` is NULL for a sentence without columns; changed_r is never NULL. */
	enum result (*sentence)(struct tx *tx, const struct sql *s, const struct db_value *in, size_t n,
				struct rows *rows, int64_t *changed_r);
	/* One statement that is no sentence: of a migration (rows is NULL) or of a dump. */
	enum result (*raw)(struct tx *tx, const char *text, struct rows *rows);
	/* Names the tables that are ours, one row each. */
	const char *tables;
	const char *bytes; /* asks for the size of the whole, one number */
	/* Bars every login but the owner's, where that is for us to do; and asks whether others may still come in, 1 or 0.
	   NULL: the file's mode does it. */
	const char *bar, *open_to_all;
	enum result (*scrub)(struct db *db, const char *const *tables);
	enum result (*backup)(struct db *db, const char *path, const char *const *without);
	int pace_ms; /* db_pace_ms */
	int64_t (*stuck)(struct db *db); /* db_stuck; NULL: nothing of ours can be */
	/* Several programs on one database (db.h). All NULL: there is one, which may hold everything and is always the first. */
	enum result (*hold)(struct db *db, const char *name);
	void (*let_go)(struct db *db, const char *name);
	enum result (*first)(struct db *db, const char *name, db_work *work, void *ctx);
	void (*tell)(struct db *db, const char *what, struct slice words);
	void (*hear)(struct db *db); /* there is an ear now */
	void (*deaf)(struct db *db); /* no ear is called after this */
	void (*close)(struct db *db); /* frees it */
};

#define DB_MOST_EARS 8
#define DB_HELD_MOST 96 /* bytes of the name of what is held, its zero too */

struct db_ear {
	const char *what;
	void (*fn)(struct slice words, void *ctx);
	void *ctx;
};

#define DB_MOST_WATCHES 4

struct db_watch {
	const char *const *tables;
	const char *what;
};

/* The first member of each driver's own struct. */
struct db {
	const struct db_driver *driver;
	struct db_watch watches[DB_MOST_WATCHES];
	size_t watches_n;
	struct db_ear ears[DB_MOST_EARS];
	size_t ears_n;
};

/* Runs the ears of `what`; of everything when it is NULL. */
void db_told(struct db *db, const char *what, struct slice words);

struct tx {
	struct db *db;
	void *conn; /* the driver's */
	bool write;
	bool conflict;       /* with another transaction: the driver runs the work again */
	bool unseen;         /* the schema refused a row, perhaps because of one that was committed since we began */
	bool lost;           /* the connection: nothing of this transaction was kept */
	enum result spoiled; /* what made this transaction impossible; RES_OK when nothing did */
	struct rows *open;   /* not ended yet */
	int64_t sentences;   /* run so far, for db_test_sentences */
	unsigned touched;    /* a bit for each watch of which it changed a row */
};

enum result db_open_sqlite(const char *path, int readers, struct db **db_r) MUST_USE;
enum result db_open_pg(const char *conninfo, int readers, struct db **db_r) MUST_USE;

/* Runs work, with the nags about what it left behind. The transaction may be committed only when this
   says RES_OK, and tx->conflict and tx->lost are to be looked at first. */
enum result tx_run(struct tx *tx, db_work *work, void *ctx) MUST_USE;
/* Remembers that this transaction can only end; returns res. */
enum result tx_spoil(struct tx *tx, enum result res);

/* Checks the values against what s declares, then has the driver run it. changed_r may be NULL. */
enum result tx_sentence(struct tx *tx, const struct sql *s, const struct db_value *in, size_t n,
			struct rows *rows, int64_t *changed_r) MUST_USE;

/* Rows without declared columns, of any type; in no list of open ones. */
struct rows *rows_raw(void) MUST_USE;
/* Before the first value. For a declared sentence a bug unless it agrees. */
void rows_columns(struct rows *rows, int columns);
/* Values row by row. A type that the sentence does not declare is our bug. */
void rows_put(struct rows *rows, const struct db_value *v);

int rows_width(const struct rows *rows);
struct db_value row_value(struct rows *rows, int col); /* of whatever type; lives as row_text does */
/* As a dump shows it: 'text' with \n, \\ and \' escaped; x'bytes'; a number; NULL. */
struct buf;
void db_value_text(struct buf *b, const struct db_value *v);

/* The next of "id:b day:i?": its name, letter and '?'. False at the end; malformed is our bug. */
struct sql_column {
	struct slice name;
	char type;
	bool may_null;
};
bool sql_column_next(const struct sql *s, struct slice *rest, struct sql_column *col_r);
/* The letters of s->in as types[n] without the '?'. Returns n. */
size_t sql_parameters(const struct sql *s, char types[DB_MOST_PARAMETERS], bool may_null[DB_MOST_PARAMETERS]);

/* ---- which sentences a connection has prepared ---- */

struct prepared {
	const struct sql *s;
	void *stmt; /* the driver's */
};
struct prepared_set {
	struct prepared *slot; /* open addressing by the sentence's address */
	size_t n, room;
};
void *prepared_find(const struct prepared_set *set, const struct sql *s);
void prepared_add(struct prepared_set *set, const struct sql *s, void *stmt);
/* Empties it, calling drop (may be NULL) for each. */
void prepared_drop(struct prepared_set *set, void (*drop)(void *stmt));

/* ---- connections lent in the order of asking ---- */

struct pool_wait;
struct db_pool {
	pthread_mutex_t lock;
	int *free_slot; /* a stack of slots nobody has */
	int n_free, size;
	struct pool_wait *first, **last;
};
void db_pool_start(struct db_pool *p, int size);
int db_pool_take(struct db_pool *p) MUST_USE; /* 0..size-1; waits */
void db_pool_give(struct db_pool *p, int slot);
void db_pool_end(struct db_pool *p); /* a slot that is still lent is our bug */

#endif
