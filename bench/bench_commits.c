/* The yardsticks of what is durable: SQLite with nothing around it.

     bench_commits group FILE CLIENTS SECONDS BYTES   one writer, many waiting clients: rows a second
     bench_commits rows FILE ROWS BYTES               one transaction of bare inserts: seconds

   The database stands as Makker's does: WAL, synchronous FULL. FILE must not be there yet. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int rc, sqlite3 *db, const char *what)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return;
	fprintf(stderr, "bench_commits: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
	exit(1);
}

static void say(sqlite3 *db, const char *sql)
{
	must(sqlite3_exec(db, sql, NULL, NULL, NULL), db, sql);
}

static sqlite3 *open_new(const char *file)
{
	sqlite3 *db = NULL;
	must(sqlite3_open(file, &db), db, file);
	say(db, "PRAGMA journal_mode = WAL");
	say(db, "PRAGMA synchronous = FULL");
	say(db, "CREATE TABLE row (id BLOB PRIMARY KEY, bytes BLOB NOT NULL)");
	return db;
}

static sqlite3_stmt *prepare(sqlite3 *db)
{
	sqlite3_stmt *s;
	must(sqlite3_prepare_v2(db, "INSERT INTO row VALUES (?1, ?2)", -1, &s, NULL), db, "prepare");
	return s;
}

/* Ids are as scattered as random ones. */
static void insert(sqlite3 *db, sqlite3_stmt *s, unsigned long long n, const char *bytes, int size)
{
	unsigned long long id[2] = { n * 0x9e3779b97f4a7c15u, (n ^ n << 21) * 0xbf58476d1ce4e5b9u };
	sqlite3_bind_blob(s, 1, id, sizeof(id), SQLITE_TRANSIENT);
	sqlite3_bind_blob(s, 2, bytes, size, SQLITE_STATIC);
	must(sqlite3_step(s), db, "insert");
	sqlite3_reset(s);
}

/* ---- many clients, one writer ---- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t asked, done;
	unsigned long long wanted, written;
	int end;
} board = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0 };

static void *client(void *none)
{
	pthread_mutex_lock(&board.lock);
	while (!board.end) {
		unsigned long long mine = ++board.wanted;
		pthread_cond_signal(&board.asked);
		while (board.written < mine && !board.end)
			pthread_cond_wait(&board.done, &board.lock);
	}
	pthread_mutex_unlock(&board.lock);
	return none;
}

static void group(const char *file, int clients, double seconds, int size)
{
	sqlite3 *db = open_new(file);
	sqlite3_stmt *s = prepare(db);
	char *bytes = calloc(1, (size_t)size);
	pthread_t *thread = calloc((size_t)clients, sizeof(*thread));
	for (int i = 0; i < clients; i++)
		must(pthread_create(&thread[i], NULL, client, NULL), NULL, "a thread");
	double from = now(), to = from + seconds;
	while (now() < to) {
		pthread_mutex_lock(&board.lock);
		while (board.wanted == board.written)
			pthread_cond_wait(&board.asked, &board.lock);
		unsigned long long upto = board.wanted, n = board.written;
		pthread_mutex_unlock(&board.lock);
		say(db, "BEGIN IMMEDIATE");
		while (n < upto)
			insert(db, s, ++n, bytes, size);
		say(db, "COMMIT");
		pthread_mutex_lock(&board.lock);
		board.written = upto;
		pthread_cond_broadcast(&board.done);
		pthread_mutex_unlock(&board.lock);
	}
	double took = now() - from;
	pthread_mutex_lock(&board.lock);
	board.end = 1;
	pthread_cond_broadcast(&board.done);
	pthread_mutex_unlock(&board.lock);
	for (int i = 0; i < clients; i++)
		pthread_join(thread[i], NULL);
	printf("%.1f\n", (double)board.written / took);
	sqlite3_finalize(s);
	sqlite3_close(db);
	free(thread);
	free(bytes);
}

/* ---- one transaction ---- */

static void rows(const char *file, unsigned long long n, int size)
{
	sqlite3 *db = open_new(file);
	sqlite3_stmt *s = prepare(db);
	char *bytes = calloc(1, (size_t)size);
	double from = now();
	say(db, "BEGIN IMMEDIATE");
	for (unsigned long long i = 1; i <= n; i++)
		insert(db, s, i, bytes, size);
	say(db, "COMMIT");
	printf("%.4f\n", now() - from);
	sqlite3_finalize(s);
	sqlite3_close(db);
	free(bytes);
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "group"))
		group(argv[2], atoi(argv[3]), atof(argv[4]), atoi(argv[5]));
	else if (argc == 5 && !strcmp(argv[1], "rows"))
		rows(argv[2], strtoull(argv[3], NULL, 10), atoi(argv[4]));
	else
		return 64;
	return 0;
}
