/* SQLite: one connection that writes, in a thread of its own, and one for each reader.

   Many connections that each begin a write wait for one another unfairly, for seconds
   (docs: one writer with group commit was measured at 8,249 commits a second on a disk
   of 2 ms, against 154 with a connection for each of 64 clients). So works queue for one thread,
   which takes what is there, gives each work a savepoint, commits once, and only then
   tells those who wait. */
#include "db/db_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define BUSY_MS 5000     /* another process, such as a backup, has the file */
/* A writing transaction may wait longer: an import of 100,000 people holds the file for 4 s (measured; disks differ), and
   a leader's save is better late than refused. Less than the minute after which a proxy gives up. */
#define BEGIN_MS 30000
#define MOST_AT_ONCE 256 /* works to one commit */

/* A sentence as this connection has it. SQLite numbers $1…$n by their first appearance in the text: they are bound by name, and
   where each name stands is looked up once. */
struct sentence {
	sqlite3_stmt *stmt;
	int place[DB_MOST_PARAMETERS];
};

struct conn {
	sqlite3 *sq;
	struct prepared_set prepared;
};

/* What a caller of db_write or db_scrub waits for; on its stack. */
struct job {
	db_work *work; /* NULL: a scrub */
	void *ctx;
	enum result res;
	bool done;
	pthread_cond_t answered;
	struct job *next;
};

struct sqlite_db {
	struct db db;
	char *path;
	struct conn writer;
	struct conn *reader;
	struct db_pool readers;
	pthread_t thread;
	pthread_mutex_t lock; /* of the queue and the jobs' done */
	pthread_cond_t work_came;
	struct job *first, **last;
	int64_t since; /* a batch of works runs, seconds that only count up; 0: none */
	bool closing;
};

/* ---- results ---- */

/* sqlite3_errmsg may quote a value, so the log gets the fixed words for the code. */
static enum result broken(const char *what, int rc)
{
	log_world("db", "%s: %s (%d)", what, sqlite3_errstr(rc), rc);
	return RES_BROKEN;
}

static enum result failed(struct tx *tx, const char *what, sqlite3 *sq)
{
	int rc = sqlite3_extended_errcode(sq);
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
	case SQLITE_CONSTRAINT_CHECK:
	case SQLITE_CONSTRAINT_FOREIGNKEY: return tx_spoil(tx, RES_AGAIN);
	}
	if ((rc & 0xFF) == SQLITE_CONSTRAINT || rc == SQLITE_MISUSE || rc == SQLITE_RANGE)
		bug("sentence %s: %s", what, sqlite3_errmsg(sq));
	return tx_spoil(tx, broken(what, rc));
}

/* ---- sentences ---- */

static void check_columns(const struct sql *s, sqlite3_stmt *stmt)
{
	struct slice rest = slice_of(s->out);
	struct sql_column col;
	int n = 0;
	for (; sql_column_next(s, &rest, &col); n++) {
		const char *name = n < sqlite3_column_count(stmt) ? sqlite3_column_name(stmt, n) : NULL;
		if (!name || !slice_is(col.name, name))
			bug("sentence %s: column %d is %s, not \"%s\"", s->name, n, name ? name : "not there",
			    s->out);
	}
	if (n != sqlite3_column_count(stmt))
		bug("sentence %s gives %d columns for \"%s\"", s->name, sqlite3_column_count(stmt), s->out);
}

static int place(sqlite3_stmt *stmt, size_t i)
{
	char name[24];
	snprintf(name, sizeof(name), "$%zu", i + 1);
	return sqlite3_bind_parameter_index(stmt, name);
}

static enum result stmt_of(struct tx *tx, const struct sql *s, const struct sentence **sentence_r)
{
	struct conn *c = tx->conn;
	struct sentence *known = prepared_find(&c->prepared, s);
	if (!known) {
		sqlite3_stmt *stmt = NULL;
		const char *tail = "";
		int rc = sqlite3_prepare_v3(c->sq, s->text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &tail);
		if (rc == SQLITE_ERROR)
			bug("sentence %s: %s", s->name, sqlite3_errmsg(c->sq));
		if (rc != SQLITE_OK)
			return failed(tx, s->name, c->sq);
		if (!stmt || tail[strspn(tail, " \t\n;")])
			bug("sentence %s is not one statement", s->name);
		char types[DB_MOST_PARAMETERS];
		bool may_null[DB_MOST_PARAMETERS];
		size_t n = sql_parameters(s, types, may_null);
		known = must_alloc(1, sizeof(*known));
		known->stmt = stmt;
		for (size_t i = 0; i < n; i++)
			if (!(known->place[i] = place(stmt, i)))
				bug("sentence %s declares $%zu and does not use it", s->name, i + 1);
		if (sqlite3_bind_parameter_count(stmt) != (int)n)
			bug("sentence %s uses more parameters than it declares", s->name);
		check_columns(s, stmt);
		prepared_add(&c->prepared, s, known);
	}
	*sentence_r = known;
	return RES_OK;
}

static enum result prepare(struct tx *tx, const struct sql *s)
{
	const struct sentence *known;
	return stmt_of(tx, s, &known);
}

static int bind(sqlite3_stmt *stmt, int at, const struct db_value *v)
{
	const char *p = v->s.p ? v->s.p : ""; /* a NULL address would bind NULL */
	switch (v->type) {
	case 'i': return sqlite3_bind_int64(stmt, at, v->i);
	case 't': return sqlite3_bind_text64(stmt, at, p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	case 'b': return sqlite3_bind_blob64(stmt, at, p, v->s.n, SQLITE_STATIC);
	}
	return sqlite3_bind_null(stmt, at);
}

static struct db_value value_at(sqlite3_stmt *stmt, int col)
{
	const void *p;
	switch (sqlite3_column_type(stmt, col)) {
	case SQLITE_INTEGER: return v_int(sqlite3_column_int64(stmt, col));
	case SQLITE_TEXT:
		p = sqlite3_column_text(stmt, col);
		return v_text((struct slice){ p, sqlite3_column_bytes(stmt, col) });
	case SQLITE_BLOB:
		p = sqlite3_column_blob(stmt, col);
		return v_bytes(p, sqlite3_column_bytes(stmt, col));
	case SQLITE_NULL: return v_null();
	}
	return (struct db_value){ .type = 'f' }; /* no sentence can declare it */
}

static int step_all(sqlite3_stmt *stmt, struct rows *rows)
{
	int rc, columns = sqlite3_column_count(stmt);
	if (rows)
		rows_columns(rows, columns);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		for (int col = 0; rows && col < columns; col++) {
			struct db_value v = value_at(stmt, col);
			rows_put(rows, &v);
		}
	return rc;
}

static enum result sentence(struct tx *tx, const struct sql *s, const struct db_value *in, size_t n,
			    struct rows *rows, int64_t *changed_r)
{
	struct conn *c = tx->conn;
	const struct sentence *known;
	enum result res = stmt_of(tx, s, &known);
	if (res != RES_OK)
		return res;
	sqlite3_stmt *stmt = known->stmt;
	bool writes = !sqlite3_stmt_readonly(stmt);
	if (writes && !tx->write)
		bug("sentence %s writes in a transaction that only reads", s->name);
	int rc = SQLITE_OK;
	for (size_t i = 0; i < n && rc == SQLITE_OK; i++)
		rc = bind(stmt, known->place[i], &in[i]);
	if (rc == SQLITE_OK)
		rc = step_all(stmt, rows);
	if (rc != SQLITE_DONE)
		res = failed(tx, s->name, c->sq);
	else
		*changed_r = writes ? sqlite3_changes64(c->sq) : 0;
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return res;
}

static enum result raw(struct tx *tx, const char *text, struct rows *rows)
{
	struct conn *c = tx->conn;
	sqlite3_stmt *stmt = NULL;
	enum result res = RES_OK;
	if (!rows && strstr(text, " SET STORAGE ")) /* for PostgreSQL: here a value always stands in its row */
		return RES_OK;
	if (sqlite3_prepare_v2(c->sq, text, -1, &stmt, NULL) != SQLITE_OK ||
	    step_all(stmt, rows) != SQLITE_DONE) {
		log_world("db", "a statement of a migration or dump failed: %s", sqlite3_errmsg(c->sq));
		res = tx_spoil(tx, RES_BROKEN);
	}
	sqlite3_finalize(stmt);
	return res;
}

/* ---- transactions ---- */

static int command(struct conn *c, const char *text)
{
	return sqlite3_exec(c->sq, text, NULL, NULL, NULL);
}

static bool in_transaction(struct conn *c)
{
	return !sqlite3_get_autocommit(c->sq);
}

static enum result conn_open(const char *path, bool write, struct conn *c);

static void stmt_drop(void *known)
{
	sqlite3_finalize(((struct sentence *)known)->stmt);
	free(known);
}

static void conn_close(struct conn *c)
{
	prepared_drop(&c->prepared, stmt_drop);
	int rc = sqlite3_close(c->sq);
	if (rc != SQLITE_OK)
		bug("an SQLite connection does not close: %s", sqlite3_errstr(rc));
	c->sq = NULL;
}

/* A reader reads the whole schema when it is opened and keeps it, so it is opened when it is first needed: most programs most
   of the time need one or two. */
static enum result reader_open(struct sqlite_db *d, struct conn *c)
{
	if (c->sq)
		return RES_OK;
	enum result res = conn_open(d->path, false, c);
	if (res != RES_OK)
		conn_close(c);
	return res;
}

static enum result read_run(struct sqlite_db *d, db_work *work, void *ctx)
{
	int slot = db_pool_take(&d->readers);
	struct conn *c = &d->reader[slot];
	struct tx tx = { .db = &d->db, .conn = c };
	enum result res = reader_open(d, c);
	if (res != RES_OK) {
		db_pool_give(&d->readers, slot);
		return res;
	}
	int rc = command(c, "BEGIN");
	res = rc == SQLITE_OK ? tx_run(&tx, work, ctx) : broken("a reading transaction cannot begin", rc);
	if (in_transaction(c)) {
		rc = command(c, "ROLLBACK"); /* nothing was written, so nothing is to be kept */
		if (rc != SQLITE_OK)
			res = broken("a reading transaction cannot end", rc);
	} else if (tx.spoiled == RES_OK && res != RES_BROKEN) {
		bug("a sentence ended the transaction it was in");
	}
	db_pool_give(&d->readers, slot);
	return res;
}

/* A foreign key that is checked only at the commit would fail the whole batch there. */
static bool keys_hold(struct conn *c)
{
	int open_keys = 0, most;
	sqlite3_db_status(c->sq, SQLITE_DBSTATUS_DEFERRED_FKS, &open_keys, &most, 0);
	return open_keys == 0;
}

/* One work in its savepoint. False: the batch as a whole is lost. */
static bool job_run(struct sqlite_db *d, struct job *job)
{
	struct conn *c = &d->writer;
	struct tx tx = { .db = &d->db, .conn = c, .write = true };
	int rc = command(c, "SAVEPOINT work");
	if (rc != SQLITE_OK) {
		job->res = broken("a savepoint cannot be set", rc);
		return in_transaction(c);
	}
	job->res = tx_run(&tx, job->work, job->ctx);
	if (!in_transaction(c)) {
		if (tx.spoiled == RES_OK)
			bug("a sentence ended the transaction it was in");
		return false;
	}
	if (job->res == RES_OK && !keys_hold(c))
		job->res = RES_AGAIN;
	if (job->res != RES_OK)
		rc = command(c, "ROLLBACK TO work");
	if (rc == SQLITE_OK)
		rc = command(c, "RELEASE work");
	if (rc != SQLITE_OK)
		broken("a savepoint cannot be ended", rc);
	return rc == SQLITE_OK && in_transaction(c);
}

static int begin(struct conn *c)
{
	sqlite3_busy_timeout(c->sq, BEGIN_MS);
	int rc = command(c, "BEGIN IMMEDIATE");
	sqlite3_busy_timeout(c->sq, BUSY_MS);
	return rc;
}

/* Works up to a scrub or the end, in one transaction. Returns the first that was not run. */
static struct job *batch_run(struct sqlite_db *d, struct job *first)
{
	struct conn *c = &d->writer;
	struct job *job = first;
	int rc = begin(c);
	bool held = rc == SQLITE_OK;
	while (held && job && job->work) {
		held = job_run(d, job);
		job = job->next;
	}
	if (held) {
		rc = command(c, "COMMIT");
		held = rc == SQLITE_OK;
	}
	if (held)
		return job;
	while (job && job->work)
		job = job->next;
	broken("a batch of writing transactions failed", rc);
	if (in_transaction(c))
		command(c, "ROLLBACK");
	for (struct job *j = first; j != job; j = j->next)
		j->res = RES_BROKEN;
	return job;
}

/* secure_delete overwrites a deleted cell, but not the copies that the tree leaves in the free part of
   a page when it moves cells between pages: only a file that is written anew is without
   them. (Then, too, its size tells of nothing but its content.) The log is copied into the
   file and cut to nothing, as the deleted would still stand there. */
static enum result file_scrub(struct conn *c)
{
	int rc = command(c, "VACUUM");
	if (rc == SQLITE_OK)
		rc = sqlite3_wal_checkpoint_v2(c->sq, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (rc == SQLITE_BUSY) /* a reader did not end within BUSY_MS */
		return RES_AGAIN;
	return rc == SQLITE_OK ? RES_OK : broken("a scrub failed", rc);
}

static void jobs_run(struct sqlite_db *d, struct job *job)
{
	while (job) {
		if (job->work) {
			job = batch_run(d, job);
			continue;
		}
		enum result res = file_scrub(&d->writer);
		for (; job && !job->work; job = job->next) /* one serves all who asked together */
			job->res = res;
	}
}

/* Never 0. */
static int64_t steady_seconds(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no monotonic clock");
	return t.tv_sec + 1;
}

static int64_t stuck(struct db *db)
{
	struct sqlite_db *d = (struct sqlite_db *)db;
	pthread_mutex_lock(&d->lock);
	int64_t seconds = d->since ? steady_seconds() - d->since : 0;
	pthread_mutex_unlock(&d->lock);
	return seconds;
}

static void *writer_thread(void *arg)
{
	struct sqlite_db *d = arg;
	pthread_mutex_lock(&d->lock);
	for (;;) {
		while (!d->first && !d->closing)
			pthread_cond_wait(&d->work_came, &d->lock);
		if (!d->first)
			break;
		struct job *jobs = d->first, *end = jobs;
		for (int n = 1; n < MOST_AT_ONCE && end->next; n++)
			end = end->next;
		d->first = end->next;
		end->next = NULL;
		if (!d->first)
			d->last = &d->first;
		d->since = steady_seconds();
		pthread_mutex_unlock(&d->lock);
		jobs_run(d, jobs);
		pthread_mutex_lock(&d->lock);
		d->since = 0;
		while (jobs) {
			struct job *next = jobs->next; /* its owner may be gone once it is done */
			jobs->done = true;
			pthread_cond_signal(&jobs->answered);
			jobs = next;
		}
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static enum result queue_and_wait(struct sqlite_db *d, db_work *work, void *ctx)
{
	struct job me = { .work = work, .ctx = ctx, .answered = PTHREAD_COND_INITIALIZER };
	pthread_mutex_lock(&d->lock);
	*d->last = &me;
	d->last = &me.next;
	pthread_cond_signal(&d->work_came);
	while (!me.done)
		pthread_cond_wait(&me.answered, &d->lock);
	pthread_mutex_unlock(&d->lock);
	return me.res;
}

static enum result run(struct db *db, bool write, db_work *work, void *ctx)
{
	struct sqlite_db *d = (struct sqlite_db *)db;
	return write ? queue_and_wait(d, work, ctx) : read_run(d, work, ctx);
}

static enum result scrub(struct db *db, const char *const *tables)
{
	(void)tables; /* one file holds them all */
	return queue_and_wait((struct sqlite_db *)db, NULL, NULL);
}

/* ---- opening, closing, copying ---- */

/* temp_store keeps old pages of a savepoint out of /tmp. LIKE and "text" mean here what
   they mean on PostgreSQL. */
static const char every_connection[] =
    "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
    "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON; PRAGMA case_sensitive_like=ON;";

static int harden(sqlite3 *sq)
{
	static const int setting[][2] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	int rc = SQLITE_OK;
	for (size_t i = 0; i < ARRAY_LEN(setting) && rc == SQLITE_OK; i++)
		rc = sqlite3_db_config(sq, setting[i][0], setting[i][1], NULL);
	return rc;
}

static int is_wal(void *ctx, int n, char **value, char **name)
{
	(void)name;
	*(bool *)ctx = n == 1 && value[0] && !strcmp(value[0], "wal");
	return 0;
}

static enum result conn_open(const char *path, bool write, struct conn *c)
{
	bool wal = false;
	int rc = sqlite3_open_v2(path, &c->sq, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = harden(c->sq);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(c->sq, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->sq, "PRAGMA journal_mode=WAL", is_wal, &wal, NULL);
	if (rc == SQLITE_OK && !wal)
		rc = SQLITE_CANTOPEN;
	if (rc == SQLITE_OK)
		rc = command(c, every_connection);
	if (rc == SQLITE_OK && !write)
		rc = command(c, "PRAGMA query_only=ON");
	return rc == SQLITE_OK ? RES_OK : broken(path, rc);
}

static void parts_free(struct sqlite_db *d)
{
	for (int i = 0; i < d->readers.size; i++)
		conn_close(&d->reader[i]);
	conn_close(&d->writer); /* the last one: checkpoints and removes the log */
	db_pool_end(&d->readers);
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->work_came);
	free(d->reader);
	free(d->path);
	free(d);
}

static void close_all(struct db *db)
{
	struct sqlite_db *d = (struct sqlite_db *)db;
	pthread_mutex_lock(&d->lock);
	d->closing = true;
	pthread_cond_signal(&d->work_came);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	parts_free(d);
}

/* Copies what is committed into the empty file `path`. */
static enum result copy_into(struct sqlite_db *d, const char *path)
{
	struct conn c = { 0 };
	sqlite3_stmt *stmt = NULL;
	enum result res = conn_open(d->path, true, &c);
	if (res == RES_OK && (sqlite3_prepare_v2(c.sq, "VACUUM INTO $1", -1, &stmt, NULL) != SQLITE_OK ||
			      sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC) != SQLITE_OK ||
			      sqlite3_step(stmt) != SQLITE_DONE))
		res = broken("backup", sqlite3_extended_errcode(c.sq));
	sqlite3_finalize(stmt);
	conn_close(&c);
	return res;
}

/* Of a copy that nobody has seen yet. The file is written anew, so that nothing of them stays in it. */
static enum result empty(const char *path, const char *const *tables)
{
	struct conn c = { 0 };
	char text[128];
	enum result res = conn_open(path, true, &c);
	for (const char *const *t = tables; res == RES_OK && *t; t++) {
		snprintf(text, sizeof(text), "DELETE FROM \"%s\"", *t);
		int rc = command(&c, text);
		res = rc == SQLITE_OK ? RES_OK : broken("backup", rc);
	}
	if (res == RES_OK)
		res = file_scrub(&c);
	conn_close(&c);
	return res;
}

static enum result backup(struct db *db, const char *path, const char *const *without)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		log_world("db", "backup: %s: %m", path);
		return RES_BROKEN;
	}
	enum result res = copy_into((struct sqlite_db *)db, path);
	if (res == RES_OK && without)
		res = empty(path, without);
	if (res == RES_OK && fsync(fd) != 0) {
		log_world("db", "backup: %s: %m", path);
		res = RES_BROKEN;
	}
	close(fd);
	if (res != RES_OK)
		unlink(path);
	return res;
}

static const struct db_driver driver = {
	.run = run,
	.prepare = prepare,
	.sentence = sentence,
	.raw = raw,
	.tables =
	    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
	.bytes = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
	.scrub = scrub,
	.backup = backup,
	.stuck = stuck,
	.close = close_all,
};

enum result db_open_sqlite(const char *path, int readers, struct db **db_r)
{
	/* Made here for its mode, which the log beside it takes over. */
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		log_world("db", "%s: %m", path);
		return RES_BROKEN;
	}
	close(fd);
	struct sqlite_db *d = must_alloc(1, sizeof(*d));
	d->db.driver = &driver;
	d->path = must_strdup(path);
	d->reader = must_alloc(readers, sizeof(struct conn));
	d->last = &d->first;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->work_came, NULL);
	db_pool_start(&d->readers, readers);
	enum result res = conn_open(path, true, &d->writer);
	if (res == RES_OK && (errno = pthread_create(&d->thread, NULL, writer_thread, d)) != 0) {
		log_world("db", "the writer's thread cannot start: %m");
		res = RES_BROKEN;
	}
	if (res == RES_OK)
		*db_r = &d->db;
	else
		parts_free(d);
	return res;
}
