/* db_sqlite.h: a connection to SQLite, and what a sentence does on it. For db_sqlite.c and db_sqlite_sentence.c only. */
#ifndef DB_DB_SQLITE_H
#define DB_DB_SQLITE_H

#include <sqlite3.h>

#include "db/db_driver.h"

/* What begins and ends a transaction, or a part of one. */
enum turn { TURN_READ, TURN_WRITE, TURN_KEEP, TURN_UNDO, TURN_PART, TURN_UNDO_PART, TURN_END_PART, TURNS };

struct conn {
	sqlite3 *sq;
	struct prepared_set prepared;
	sqlite3_stmt *turns[TURNS]; /* NULL until first needed */
};

/* → SQLite's code. */
MUST_USE int sqlite_turn(struct conn *c, enum turn t);

/* Logs what failed in SQLite's fixed words for the code: sqlite3_errmsg may quote a value. RES_BROKEN. */
enum result sqlite_broken(const char *what, int rc);
/* As db_driver.h says of prepare, sentence and raw. */
MUST_USE enum result sqlite_prepare(struct tx *tx, const struct sql *s);
MUST_USE enum result sqlite_sentence(struct tx *tx, const struct sql *s, const struct db_value *in, size_t n, struct rows *rows,
				     int64_t *changed_r);
MUST_USE enum result sqlite_raw(struct tx *tx, const char *text, struct rows *rows);
/* Everything that was prepared on it; before it is closed. */
void sqlite_forget(struct conn *c);

#endif
