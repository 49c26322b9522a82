/* db_pg.h: between db_pg.c (transactions, sentences) and db_pg_conn.c (connections, upkeep). */
#ifndef DB_DB_PG_H
#define DB_DB_PG_H

#include "db/db_driver.h"
#include "db/db_pq.h"

#define PG_PACE_MS 1000 /* our choice: whoever answers waits for half of it, and an idle server commits once in it */
#define PG_WRITERS 4 /* writing transactions at once in one program */

struct pg_conn {
	PGconn *pg; /* NULL: not connected */
	struct prepared_set prepared;
};

struct pg_db {
	struct db db;
	char *conninfo;
	struct pg_conn *reader, *writer; /* connected when first needed */
	struct db_pool readers, writers;
	struct pg_keeper *keeper; /* made when first needed, under `keeping` */
	pthread_mutex_t keeping;
	bool away; /* the server could not be reached the last time, and that was told */
};

/* Connects if it is not connected. False, with a log line that says why, once until it is there again. */
bool pg_ready(struct pg_db *d, struct pg_conn *c);
void pg_hang_up(struct pg_conn *c); /* safe when not connected */
/* A command without rows. False when it failed. */
bool pg_command(struct pg_conn *c, const char *text);
/* The same; *state_r is why it failed (appendix A of the server's manual). */
bool pg_command_state(struct pg_conn *c, const char *text, char state_r[6]);

/* ---- db_pg_keeper.c: what holds between several programs ---- */

enum result pg_hold(struct db *db, const char *name) MUST_USE;
void pg_let_go(struct db *db, const char *name);
enum result pg_first(struct db *db, const char *name, db_work *work, void *ctx) MUST_USE;
void pg_tell(struct db *db, const char *what, struct slice words);
void pg_hear(struct db *db);
void pg_deaf(struct db *db);
void pg_keeper_end(struct pg_db *d);

/* The text of a migration in this database's words: BYTEA for BLOB, and no WITHOUT ROWID. The caller
   frees it. */
char *pg_ddl(const char *text) MUST_USE;

/* The conninfo of a connection as environment for pg_dump and pg_restore, since arguments are seen by everybody on the
   machine. Ends in NULL; the caller frees each string and the array. */
char **pg_environment(PGconn *pg) MUST_USE;

enum result pg_scrub(struct db *db, const char *const *tables) MUST_USE;
enum result pg_backup(struct db *db, const char *path, const char *const *without) MUST_USE;

#endif
