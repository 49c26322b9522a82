#include "db/db_restore_pg.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "db/db_pg.h"

#define LOOKS 50               /* for whoever has hung up and is still on the server's list: five seconds, our choice */
#define BETWEEN_LOOKS 100000000 /* ns */

extern char **environ;

/* Runs pg_restore to its end. Its output goes nowhere; what it says on standard error may quote rows, and goes nowhere either. */
static bool run(char *const args[], char **env)
{
	posix_spawn_file_actions_t act;
	pid_t pid;
	int status = -1;
	posix_spawn_file_actions_init(&act);
	posix_spawn_file_actions_addopen(&act, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&act, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	errno = posix_spawnp(&pid, args[0], &act, NULL, args, env);
	posix_spawn_file_actions_destroy(&act);
	if (errno) {
		log_world("db", "restore: pg_restore: %m");
		return false;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum result pg_restore_fits(const char *file)
{
	char *const args[] = { (char *)"pg_restore", (char *)"--list", (char *)(uintptr_t)file, NULL };
	if (run(args, environ))
		return RES_OK;
	log_world("db", "restore: pg_restore cannot read the backup");
	return RES_BAD;
}

/* ---- the two schemas ---- */

static PGconn *connected(const char *where)
{
	const char *const key[] = { "connect_timeout", "application_name", "dbname", NULL };
	const char *const value[] = { "5", "makker", where, NULL };
	if (!db_pq_load())
		return NULL;
	PGconn *pg = PQconnectdbParams(key, value, 1);
	if (PQstatus(pg) == CONNECTION_OK)
		return pg;
	log_world("db", "%s", PQerrorMessage(pg));
	PQfinish(pg);
	return NULL;
}

/* Several commands in one text are one transaction. */
static bool command(PGconn *pg, const char *text)
{
	PGresult *r = PQexec(pg, text);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (!ok)
		log_world("db", "restore: the server refuses: %s", state ? state : "no answer");
	PQclear(r);
	return ok;
}

/* -1: no answer. */
static int number(PGconn *pg, const char *text)
{
	PGresult *r = PQexec(pg, text);
	int n = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 ? PQgetvalue(r, 0, 0)[0] - '0' : -1;
	PQclear(r);
	return n;
}

static int aside(PGconn *pg)
{
	return number(pg, "SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'makker_before'");
}

static int others(PGconn *pg)
{
	return number(pg, "SELECT LEAST(COUNT(*), 1) FROM pg_stat_activity "
			  "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'");
}

static enum result may_take(PGconn *pg)
{
	int n = aside(pg);
	if (n != 0)
		return n < 0 ? RES_BROKEN : RES_REFUSED;
	n = others(pg);
	for (int i = 0; i < LOOKS && n == 1; i++) {
		nanosleep(&(struct timespec){ .tv_nsec = BETWEEN_LOOKS }, NULL);
		n = others(pg);
	}
	if (n == 1)
		log_world("db", "restore: somebody is connected to the database; stop every program that uses it");
	return n == 0 ? RES_OK : n < 0 ? RES_BROKEN : RES_REFUSED;
}

enum result pg_restore_take(const char *where, const char *file)
{
	/* The rest of the conninfo goes by the environment: arguments are seen by everybody on the machine. */
	char *const args[] = { (char *)"pg_restore", (char *)"--no-password", (char *)"--no-owner", (char *)"--no-privileges",
			       (char *)"--exit-on-error", (char *)"--single-transaction", (char *)"--schema=public",
			       (char *)"--dbname=application_name=makker", (char *)(uintptr_t)file, NULL };
	PGconn *pg = connected(where);
	if (!pg)
		return RES_BROKEN;
	enum result res = may_take(pg);
	char **env = res == RES_OK ? pg_environment(pg) : NULL;
	if (res == RES_OK && !command(pg, "ALTER SCHEMA public RENAME TO makker_before;"
					  "CREATE SCHEMA public AUTHORIZATION pg_database_owner"))
		res = RES_BROKEN;
	PQfinish(pg);
	if (res == RES_OK && !run(args, env)) {
		log_world("db", "restore: pg_restore failed");
		res = RES_BROKEN;
	}
	for (char **e = env; e && *e; e++)
		free(*e);
	free(env);
	return res;
}

enum result pg_restore_done(const char *where)
{
	PGconn *pg = connected(where);
	if (!pg)
		return RES_BROKEN;
	bool ok = command(pg, "SET client_min_messages = error; DROP SCHEMA IF EXISTS makker_before CASCADE");
	PQfinish(pg);
	return ok ? RES_OK : RES_BROKEN;
}

enum result pg_restore_back(const char *where)
{
	PGconn *pg = connected(where);
	if (!pg)
		return RES_BROKEN;
	int n = aside(pg);
	enum result res = n == 0 ? RES_NONE : RES_OK;
	if (n < 0 || (n == 1 && !command(pg, "SET client_min_messages = error; DROP SCHEMA IF EXISTS public CASCADE;"
					      "ALTER SCHEMA makker_before RENAME TO public")))
		res = RES_BROKEN;
	PQfinish(pg);
	return res;
}

enum result pg_restore_aside(const char *where, bool *aside_r)
{
	PGconn *pg = connected(where);
	if (!pg)
		return RES_BROKEN;
	int n = aside(pg);
	PQfinish(pg);
	if (n < 0)
		return RES_BROKEN;
	*aside_r = n == 1;
	return RES_OK;
}
