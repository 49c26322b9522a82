#include "db/db_pg.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

extern char **environ;

/* ---- connections ---- */

static void quiet(void *arg, const PGresult *r)
{
	(void)arg, (void)r; /* a notice may quote a value */
}

void pg_hang_up(struct pg_conn *c)
{
	PQfinish(c->pg);
	c->pg = NULL;
	prepared_drop(&c->prepared, NULL);
}

bool pg_command_state(struct pg_conn *c, const char *text, char state_r[6])
{
	PGresult *r = PQexec(c->pg, text);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
	snprintf(state_r, 6, "%s", state ? state : "");
	PQclear(r);
	return ok;
}

bool pg_command(struct pg_conn *c, const char *text)
{
	PGresult *r = PQexec(c->pg, text);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
	PQclear(r);
	return ok;
}

bool pg_ready(struct pg_db *d, struct pg_conn *c)
{
	if (c->pg && PQstatus(c->pg) == CONNECTION_OK)
		return true;
	pg_hang_up(c);
	/* What stands after dbname is not overruled by the operator's own conninfo. A server that went without a word is noticed
	   after ten seconds (our choice), so that the next one of the conninfo is asked. */
	const char *const key[] = { "connect_timeout", "application_name", "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
				    "keepalives_count", "dbname", "client_encoding", NULL };
	const char *const value[] = { "5", "makker", "10000", "5", "2", "3", d->conninfo, "UTF8", NULL };
	c->pg = PQconnectdbParams(key, value, 1);
	if (PQstatus(c->pg) != CONNECTION_OK) {
		/* Once, and not by each who tries meanwhile. */
		if (!__atomic_exchange_n(&d->away, true, __ATOMIC_ACQ_REL))
			log_world("db", "%s", c->pg ? PQerrorMessage(c->pg) : "no memory for a connection");
		pg_hang_up(c);
		return false;
	}
	if (__atomic_exchange_n(&d->away, false, __ATOMIC_ACQ_REL))
		log_fact("db", "the database server answers again");
	PQsetNoticeReceiver(c->pg, quiet, NULL);
	/* Durable means durable, whatever the server's default. And whoever reads a large table from its start to its end begins there,
	   not where somebody else is reading just now: a scrub would write it anew in an order that tells how far that one was. */
	if (pg_command(c, "SET synchronous_commit = on") && pg_command(c, "SET synchronize_seqscans = off") &&
	    pg_command(c, "SET TIME ZONE 'UTC'"))
		return true;
	log_world("db", "the database server refuses the connection's settings");
	pg_hang_up(c);
	return false;
}

/* ---- migrations ---- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Length of `words` at p, whatever its case and the white space between them; 0 if it is not there. */
static size_t words_at(const char *p, const char *words)
{
	const char *from = p;
	for (; *words; words++) {
		if (*words == ' ') {
			if (!isspace((unsigned char)*p))
				return 0;
			while (isspace((unsigned char)*p))
				p++;
		} else if (toupper((unsigned char)*p++) != *words) {
			return 0;
		}
	}
	return is_word(*p) ? 0 : (size_t)(p - from);
}

char *pg_ddl(const char *text)
{
	char *out = must_alloc(strlen(text) * 2 + 1, 1), *o = out;
	bool quoted = false;
	for (const char *p = text; *p;) {
		bool start = !quoted && (p == text || !is_word(p[-1]));
		size_t n;
		if (start && (n = words_at(p, "BLOB")) != 0) {
			o = stpcpy(o, "BYTEA");
			p += n;
		} else if (start && (n = words_at(p, "WITHOUT ROWID")) != 0) {
			p += n;
		} else {
			quoted ^= *p == '\'';
			*o++ = *p++;
		}
	}
	return out;
}

/* ---- upkeep ---- */

/* A table's name, or NULL for all. */
static enum result vacuum(struct pg_db *d, struct pg_conn *c, const char *table)
{
	char text[256] = "VACUUM (FREEZE, INDEX_CLEANUP ON)", state[6] = "";
	if (table)
		snprintf(text, sizeof(text), "VACUUM (FULL, FREEZE) \"%s\"", table);
	for (int try = 0; try < 2 && pg_ready(d, c); try++) { /* twice, if the server had gone */
		if (pg_command_state(c, "SET lock_timeout = '5s'", state) && pg_command_state(c, text, state) &&
		    pg_command_state(c, "SET lock_timeout = 0", state))
			return RES_OK;
		bool there = PQstatus(c->pg) == CONNECTION_OK;
		pg_hang_up(c); /* and with it the lock_timeout */
		if (!strcmp(state, "55P03"))
			return RES_AGAIN;
		if (there)
			break;
	}
	log_world("db", "%s could not be vacuumed: %s", table ? table : "the database", state);
	return RES_BROKEN;
}

/* Where nothing is counted there is nothing to reset. */
static void reset_counters(struct pg_conn *c, const char *table)
{
	char text[256];
	snprintf(text, sizeof(text), "DO $$ BEGIN IF current_setting('track_counts')::bool THEN"
		 " PERFORM pg_stat_reset_single_table_counters('\"%s\"'::regclass); END IF; END $$", table);
	if (!pg_command(c, text))
		log_world("db", "the counters of %s stay: pg_stat_reset_single_table_counters is refused; "
				"ALTER ROLE … SET track_counts = off keeps the server from counting", table);
}

/* FULL writes a table anew into another file: a plain VACUUM leaves bytes of deleted rows in the
   free part of its pages (measured: 44 of 150 rows). The first to read a row, or to come by a dead one in an index, marks
   it in the page (hint bits): a VACUUM of all marks all that is not marked yet, read or not. */
enum result pg_scrub(struct db *db, const char *const *tables)
{
	struct pg_db *d = (struct pg_db *)db;
	int slot = db_pool_take(&d->writers);
	struct pg_conn *c = &d->writer[slot];
	enum result res = RES_OK;
	for (const char *const *t = tables; res == RES_OK && *t; t++)
		res = vacuum(d, c, *t);
	if (res == RES_OK)
		res = vacuum(d, c, NULL);
	for (const char *const *t = tables; res == RES_OK && *t; t++)
		reset_counters(c, *t);
	db_pool_give(&d->writers, slot);
	return res;
}

char **pg_environment(PGconn *pg)
{
	PQconninfoOption *all = PQconninfo(pg);
	size_t n = 0, have = 0;
	while (environ[have])
		have++;
	for (PQconninfoOption *o = all; o && o->keyword; o++)
		have++;
	char **env = must_alloc(have + 1, sizeof(char *));
	for (PQconninfoOption *o = all; o && o->keyword; o++)
		if (o->envvar && o->val && o->val[0] && asprintf(&env[n++], "%s=%s", o->envvar, o->val) < 0)
			bug("out of memory for an environment");
	for (char **e = environ; *e; e++)
		if (strncmp(*e, "PG", 2) != 0)
			env[n++] = must_strdup(*e);
	PQconninfoFree(all);
	return env;
}

static char **environment(struct pg_conn *c)
{
	return pg_environment(c->pg);
}

#define MOST_WITHOUT 8

static bool dump_to(int fd, char **env, const char *const *without)
{
	char options[MOST_WITHOUT][96];
	char *args[4 + MOST_WITHOUT] = { (char *)"pg_dump", (char *)"--format=custom", (char *)"--no-password" };
	size_t n = 0;
	for (; without && without[n]; n++) {
		if (n == MOST_WITHOUT)
			bug("a backup without more than %d tables", MOST_WITHOUT);
		snprintf(options[n], sizeof(options[n]), "--exclude-table-data=%s", without[n]);
		args[3 + n] = options[n];
	}
	posix_spawn_file_actions_t act;
	pid_t pid;
	int status = -1;
	posix_spawn_file_actions_init(&act);
	posix_spawn_file_actions_adddup2(&act, fd, STDOUT_FILENO);
	errno = posix_spawnp(&pid, args[0], &act, NULL, args, env);
	posix_spawn_file_actions_destroy(&act);
	if (errno) {
		log_world("db", "backup: pg_dump: %m");
		return false;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		log_world("db", "backup: pg_dump failed");
		return false;
	}
	return true;
}

enum result pg_backup(struct db *db, const char *path, const char *const *without)
{
	struct pg_db *d = (struct pg_db *)db;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		log_world("db", "backup: %s: %m", path);
		return RES_BROKEN;
	}
	int slot = db_pool_take(&d->readers);
	char **env = pg_ready(d, &d->reader[slot]) ? environment(&d->reader[slot]) : NULL;
	db_pool_give(&d->readers, slot);
	bool ok = env && dump_to(fd, env, without) && fsync(fd) == 0;
	for (char **e = env; e && *e; e++)
		free(*e);
	free(env);
	close(fd);
	if (!ok)
		unlink(path);
	return ok ? RES_OK : RES_BROKEN;
}
