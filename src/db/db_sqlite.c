/* SQLite: one connection that writes, in a thread of its own, and one for each reader.

   Many connections that each begin a write wait for one another unfairly, for seconds
   (docs: one writer with group commit was measured at 8,249 commits a second on a disk
   of 2 ms, against 154 with a connection for each of 64 clients). So works queue for one thread,
   which takes what is there, gives each work a savepoint (where there are several), commits once, and
   only then tells those who wait. */
#include "db/db_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
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
/* Pages in memory. An incident of 1,000 people changes more than the usual 2 MB hold: what does not fit is written to the log too early,
   and read back. The writer keeps no more than the usual when it has had nothing to do for a second: between two posts of a busy hour it
   would read the same pages again and again. */
#define CACHE_MOST_KB 32768
#define CACHE_IDLE (2 << 20)
#define CACHE_IDLE_SECONDS 1

/* What a caller of db_write or db_scrub waits for; on its stack. */
struct job {
	db_work *work; /* NULL: a scrub */
	void *ctx;
	enum result res;
	sem_t answered;
	struct job *next;
};

struct sqlite_db {
	struct db db;
	char *path;
	struct conn writer;
	struct conn *reader;
	struct db_pool readers;
	pthread_t thread;
	pthread_mutex_t lock; /* of the queue */
	pthread_cond_t work_came;
	struct job *first, **last;
	int64_t since; /* a batch of works runs, seconds that only count up; 0: none */
	bool closing;
};

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

static void conn_close(struct conn *c)
{
	sqlite_forget(c);
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
	int rc = sqlite_turn(c, TURN_READ);
	res = rc == SQLITE_OK ? tx_run(&tx, work, ctx) : sqlite_broken("a reading transaction cannot begin", rc);
	if (in_transaction(c)) {
		rc = sqlite_turn(c, TURN_UNDO); /* nothing was written, so nothing is to be kept */
		if (rc != SQLITE_OK)
			res = sqlite_broken("a reading transaction cannot end", rc);
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

/* One work in the transaction that is open. False: that is lost. */
static bool work_run(struct sqlite_db *d, struct job *job)
{
	struct conn *c = &d->writer;
	struct tx tx = { .db = &d->db, .conn = c, .write = true };
	job->res = tx_run(&tx, job->work, job->ctx);
	if (!in_transaction(c)) {
		if (tx.spoiled == RES_OK)
			bug("a sentence ended the transaction it was in");
		return false;
	}
	if (job->res == RES_OK && !keys_hold(c))
		job->res = RES_AGAIN;
	return true;
}

/* One of several works, in its savepoint. False: the batch as a whole is lost. */
static bool job_run(struct sqlite_db *d, struct job *job)
{
	struct conn *c = &d->writer;
	int rc = sqlite_turn(c, TURN_PART);
	if (rc != SQLITE_OK) {
		job->res = sqlite_broken("a savepoint cannot be set", rc);
		return in_transaction(c);
	}
	if (!work_run(d, job))
		return false;
	if (job->res != RES_OK)
		rc = sqlite_turn(c, TURN_UNDO_PART);
	if (rc == SQLITE_OK)
		rc = sqlite_turn(c, TURN_END_PART);
	if (rc != SQLITE_OK)
		sqlite_broken("a savepoint cannot be ended", rc);
	return rc == SQLITE_OK && in_transaction(c);
}

static int begin(struct conn *c)
{
	sqlite3_busy_timeout(c->sq, BEGIN_MS);
	int rc = sqlite_turn(c, TURN_WRITE);
	sqlite3_busy_timeout(c->sq, BUSY_MS);
	return rc;
}

/* Works up to a scrub or the end, in one transaction. Returns the first that was not run. One that is alone has no savepoint, for
   which SQLite keeps a copy of every page before its first change: the transaction is its own, and undone as a whole. */
static struct job *batch_run(struct sqlite_db *d, struct job *first)
{
	struct conn *c = &d->writer;
	struct job *job = first;
	bool alone = !first->next || !first->next->work;
	int rc = begin(c);
	bool held = rc == SQLITE_OK;
	while (held && job && job->work) {
		held = alone ? work_run(d, job) : job_run(d, job);
		job = job->next;
	}
	if (held) {
		rc = sqlite_turn(c, alone && first->res != RES_OK ? TURN_UNDO : TURN_KEEP);
		held = rc == SQLITE_OK;
	}
	if (held)
		return job;
	while (job && job->work)
		job = job->next;
	sqlite_broken("a batch of writing transactions failed", rc);
	if (in_transaction(c) && (rc = sqlite_turn(c, TURN_UNDO)) != SQLITE_OK)
		sqlite_broken("nor can it be undone", rc);
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
	return rc == SQLITE_OK ? RES_OK : sqlite_broken("a scrub failed", rc);
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

static int cache_widen(struct conn *c)
{
	char text[64];
	snprintf(text, sizeof(text), "PRAGMA cache_size=-%d", CACHE_MOST_KB);
	return command(c, text);
}

/* Between two transactions nothing in it is pinned or unwritten, so all of it can go. */
static void cache_narrow(struct conn *c)
{
	int used = 0, most;
	sqlite3_db_status(c->sq, SQLITE_DBSTATUS_CACHE_USED, &used, &most, 0);
	if (used > CACHE_IDLE)
		sqlite3_db_release_memory(c->sq);
}

/* With the lock held, as it returns. */
static void wait_for_work(struct sqlite_db *d)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += CACHE_IDLE_SECONDS;
	while (!d->first && !d->closing)
		if (pthread_cond_timedwait(&d->work_came, &d->lock, &until) == ETIMEDOUT)
			break;
	if (!d->first && !d->closing) {
		pthread_mutex_unlock(&d->lock);
		cache_narrow(&d->writer);
		pthread_mutex_lock(&d->lock);
	}
	while (!d->first && !d->closing)
		pthread_cond_wait(&d->work_came, &d->lock);
}

static void *writer_thread(void *arg)
{
	struct sqlite_db *d = arg;
	pthread_mutex_lock(&d->lock);
	for (;;) {
		wait_for_work(d);
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
		pthread_mutex_unlock(&d->lock);
		while (jobs) { /* without the lock, or each would wait for it as soon as she wakes */
			struct job *next = jobs->next; /* its owner may be gone once it is answered */
			sem_post(&jobs->answered);
			jobs = next;
		}
		pthread_mutex_lock(&d->lock);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static enum result queue_and_wait(struct sqlite_db *d, db_work *work, void *ctx)
{
	struct job me = { .work = work, .ctx = ctx };
	sem_init(&me.answered, 0, 0);
	pthread_mutex_lock(&d->lock);
	*d->last = &me;
	d->last = &me.next;
	pthread_cond_signal(&d->work_came);
	pthread_mutex_unlock(&d->lock);
	while (sem_wait(&me.answered) != 0) /* a signal */
		;
	sem_destroy(&me.answered);
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
	return rc == SQLITE_OK ? RES_OK : sqlite_broken(path, rc);
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
		res = sqlite_broken("backup", sqlite3_extended_errcode(c.sq));
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
		res = rc == SQLITE_OK ? RES_OK : sqlite_broken("backup", rc);
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
	.prepare = sqlite_prepare,
	.sentence = sqlite_sentence,
	.raw = sqlite_raw,
	.tables =
	    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
	.bytes = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
	.scrub = scrub,
	.backup = backup,
	.stuck = stuck,
	.close = close_all,
};

/* SQLite would take a lock for each piece of memory, to count them all together, which nobody reads. Before its first use; after that
   it says no, and goes on counting. */
static void leave_memory_uncounted(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum result db_open_sqlite(const char *path, int readers, struct db **db_r)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, leave_memory_uncounted);
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
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&d->work_came, &steady);
	pthread_condattr_destroy(&steady);
	db_pool_start(&d->readers, readers);
	enum result res = conn_open(path, true, &d->writer);
	int rc = res == RES_OK ? cache_widen(&d->writer) : SQLITE_OK;
	if (rc != SQLITE_OK)
		res = sqlite_broken(path, rc);
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
