/* db_server.h: how the server with a program's database is set up, for whoever judges it (src/risks). */
#ifndef DB_DB_SERVER_H
#define DB_DB_SERVER_H

#include <stdbool.h>

#include "base/result.h"

struct db_server {
	bool is_server;    /* PostgreSQL; of SQLite there is none, and the rest is false */
	bool logs;         /* it writes statements down, or collects them (pg_stat_statements) */
	bool archives;     /* it keeps every change (archive_mode) */
	bool login_shared; /* our login owns other databases too */
};
/* RES_BROKEN: it is one, and cannot be asked; is_server is written. */
MUST_USE enum result db_server_look(const char *where, struct db_server *server_r);

#endif
