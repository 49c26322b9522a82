/* db_restore.h: a backup takes the place of a database, and what it replaced stands aside until somebody says that all is well.

   For an operator's command while nothing else has the database open. The steps, each harmless twice:

     db_restore_fits → db_restore_take → (look at it) → db_restore_done
                                                      ↘ db_restore_back

   What stands aside: of SQLite a folder NAME.before with the file and its log; of PostgreSQL the schema makker_before.
   Killed at any moment, the old database is still whole: db_restore_aside is true, and db_restore_back brings it back.

   `where` is what db_open takes; `file` a backup as db_backup wrote it, for SQLite in the database's own folder. */
#ifndef DB_DB_RESTORE_H
#define DB_DB_RESTORE_H

#include <stdbool.h>

#include "base/result.h"

/* RES_BAD, with a log line: it is no backup, or one of the other kind of database. */
MUST_USE enum result db_restore_fits(const char *where, const char *file);
/* SQLite: the file itself moves in. PostgreSQL: pg_restore, in one transaction. RES_REFUSED: somebody is connected and does
   not hang up within five seconds, or something stands aside already. After RES_BROKEN call db_restore_back. */
MUST_USE enum result db_restore_take(const char *where, const char *file);
MUST_USE enum result db_restore_done(const char *where); /* what stood aside goes for good */
MUST_USE enum result db_restore_back(const char *where); /* RES_NONE: nothing stood aside */
/* *aside_r: whether something does. */
MUST_USE enum result db_restore_aside(const char *where, bool *aside_r);

#endif
