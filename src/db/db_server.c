#include "db/db_server.h"

#include <string.h>

#include "db/db_pq.h"

/* One row of three flags. */
static const char question[] =
    "SELECT CASE WHEN current_setting('log_statement') <> 'none' OR current_setting('log_min_duration_statement') <> '-1' "
    "OR current_setting('log_min_duration_sample') <> '-1' OR current_setting('log_transaction_sample_rate')::float > 0 "
    "OR current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' THEN 1 ELSE 0 END, "
    "CASE WHEN current_setting('archive_mode') <> 'off' THEN 1 ELSE 0 END, "
    "CASE WHEN (SELECT COUNT(*) FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE r.rolname = current_user) > 1 THEN 1 ELSE 0 END";

enum result db_server_look(const char *where, struct db_server *server_r)
{
	const char *const key[] = { "connect_timeout", "application_name", "dbname", NULL };
	const char *const value[] = { "5", "makker", where, NULL };
	*server_r = (struct db_server){ .is_server = strncmp(where, "sqlite:", 7) != 0 };
	if (!server_r->is_server)
		return RES_OK;
	if (!db_pq_load())
		return RES_BROKEN;
	PGconn *pg = PQconnectdbParams(key, value, 1);
	PGresult *r = PQexec(pg, question);
	bool told = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1;
	if (told) {
		server_r->logs = PQgetvalue(r, 0, 0)[0] == '1';
		server_r->archives = PQgetvalue(r, 0, 1)[0] == '1';
		server_r->login_shared = PQgetvalue(r, 0, 2)[0] == '1';
	}
	PQclear(r);
	PQfinish(pg);
	return told ? RES_OK : RES_BROKEN;
}
