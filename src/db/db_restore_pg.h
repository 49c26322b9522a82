/* db_restore_pg.h: the same steps on a server. For db_restore.c. */
#ifndef DB_DB_RESTORE_PG_H
#define DB_DB_RESTORE_PG_H

#include <stdbool.h>

#include "base/result.h"

enum result pg_restore_fits(const char *file) MUST_USE;
enum result pg_restore_take(const char *where, const char *file) MUST_USE;
enum result pg_restore_done(const char *where) MUST_USE;
enum result pg_restore_back(const char *where) MUST_USE;
enum result pg_restore_aside(const char *where, bool *aside_r) MUST_USE;

#endif
