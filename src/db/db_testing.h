/* db_testing.h: a fresh database for a test, on whichever of the two the test runs.

   MAKKER_TEST_DB=sqlite: a file in a temporary folder. MAKKER_TEST_DB=postgresql: a database of its own in
   the server of MAKKER_TEST_PG (tools/with-postgres), and the program fails when that is not set.
   Without MAKKER_TEST_DB: PostgreSQL when MAKKER_TEST_PG is set, else SQLite. */
#ifndef DB_DB_TESTING_H
#define DB_DB_TESTING_H

#include "db/db.h"

bool db_test_is_pg(void);

/* A fresh database, migrated when n > 0, with 4 readers. Ends the program with a message when it cannot be
   had: a test that cannot run has failed. Close it with db_close or db_for_test_end; what is left on disk or
   in the server goes at the end of the program. Before fork(), close it and open its `where` in the child. */
void db_for_test(const struct migration *all, size_t n, struct db **db_r);
/* What db_open takes, for a database that db_for_test made and that was closed or not; valid until the
   program ends. */
const char *db_for_test_where(const struct db *db);
/* Closes it and removes it now. Safe on NULL; sets *db to NULL. */
void db_for_test_end(struct db **db);

/* Prepares s and compares it with what it declares; a difference aborts with a message. */
MUST_USE enum result db_test_prepare(struct db *db, const struct sql *s);
/* Every sentence of this program, at its tables as they are. Returns how many. */
size_t db_test_prepare_all(struct db *db);

/* How many sentences this transaction has handed to the database so far: for tests that hold a use case to a number
   which does not grow with its rows. */
int64_t db_test_sentences(const struct tx *tx);

/* What a thief of the file could read from it, for comparing two runs (docs/protocol.md § 10): every table's rows in the
   order in which they are stored, as lines like db_dump's. Bytes of `hidden_from` and more in a table of `hidden`
   (NULL-terminated) are shown as their length, "#2048". SQLite: first a line "pages N, unused N". */
MUST_USE enum result db_test_dump(struct db *db, const char *const *hidden, size_t hidden_from, struct buf *out);

/* Ends every connection of the server to this database, as a restart of it would. Nothing on SQLite. */
void db_test_cut(const struct db *db);

#endif
