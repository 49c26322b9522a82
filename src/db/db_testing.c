#include "db/db_testing.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/db_driver.h"

/* One database that was made here, and what is to be removed. */
struct made {
	const struct db *db;
	char *where, *folder, *name; /* folder for SQLite, name for PostgreSQL */
	bool gone;
	struct made *next;
};

static struct made *all_made;

static _Noreturn void PRINTF_LIKE(1, 2) give_up(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	printf("Bail out! no database for the test: ");
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	exit(99);
}

bool db_test_is_pg(void)
{
	const char *db = getenv("MAKKER_TEST_DB");
	if (db && strcmp(db, "sqlite") != 0 && strcmp(db, "postgresql") != 0)
		give_up("MAKKER_TEST_DB is \"%s\", not sqlite or postgresql", db);
	if (db && !strcmp(db, "postgresql") && !getenv("MAKKER_TEST_PG"))
		give_up("MAKKER_TEST_PG is not set: run the tests by tools/with-postgres");
	return db ? !strcmp(db, "postgresql") : getenv("MAKKER_TEST_PG") != NULL;
}

/* ---- the server's own database ---- */

static bool server_do(const char *before, const char *name, const char *after)
{
	char text[512];
	snprintf(text, sizeof(text), "%s%s%s", before, name, after);
	PGconn *pg = PQconnectdb(getenv("MAKKER_TEST_PG"));
	PGresult *r = PQexec(pg, text);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
	if (!ok)
		fprintf(stderr, "%s: %s\n", text, PQerrorMessage(pg));
	PQclear(r);
	PQfinish(pg);
	return ok;
}

/* ---- making and removing ---- */

static int unlink_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static void made_remove(struct made *m)
{
	if (m->gone)
		return;
	m->gone = true;
	if (m->folder)
		nftw(m->folder, unlink_one, 8, FTW_DEPTH | FTW_PHYS);
	else
		server_do("DROP DATABASE IF EXISTS ", m->name, " WITH (FORCE)");
}

static pid_t maker; /* a child of fork() leaves its parent's databases alone */

static void remove_all(void)
{
	while (all_made) {
		struct made *m = all_made;
		all_made = m->next;
		if (getpid() == maker)
			made_remove(m);
		free(m->where);
		free(m->folder);
		free(m->name);
		free(m);
	}
}

static void make_sqlite(struct made *m)
{
	const char *tmp = getenv("TMPDIR");
	if (asprintf(&m->folder, "%s/makker-db.XXXXXX", tmp ? tmp : "/tmp") < 0 || !mkdtemp(m->folder))
		give_up("no temporary folder");
	if (asprintf(&m->where, "sqlite:%s/test.db", m->folder) < 0)
		give_up("no memory");
}

static void make_pg(struct made *m)
{
	static int count;
	if (asprintf(&m->name, "makker_test_%d_%d", (int)getpid(), ++count) < 0 ||
	    asprintf(&m->where, "%s dbname=%s", getenv("MAKKER_TEST_PG"), m->name) < 0)
		give_up("no memory");
	if (!server_do("CREATE DATABASE ", m->name, " TEMPLATE template0"))
		give_up("the server at MAKKER_TEST_PG (a conninfo of the form \"host=… user=…\") makes no "
			"database");
}

void db_for_test(const struct migration *all, size_t n, struct db **db_r)
{
	struct made *m = must_alloc(1, sizeof(*m));
	if (!maker) {
		maker = getpid();
		atexit(remove_all);
	}
	if (db_test_is_pg())
		make_pg(m);
	else
		make_sqlite(m);
	m->next = all_made;
	all_made = m;
	if (db_open(m->where, 4, db_r) != RES_OK)
		give_up("it cannot be opened");
	m->db = *db_r;
	if (n && db_migrate(*db_r, all, n, NULL) != RES_OK)
		give_up("the migrations failed");
}

/* The latest with this address: an earlier one may have been freed there. */
static struct made *made_of(const struct db *db)
{
	struct made *m = all_made;
	while (m && m->db != db)
		m = m->next;
	if (!m)
		give_up("it was not made by db_for_test");
	return m;
}

const char *db_for_test_where(const struct db *db)
{
	return made_of(db)->where;
}

void db_for_test_end(struct db **db)
{
	if (!*db)
		return;
	struct made *m = made_of(*db);
	db_close(db);
	made_remove(m);
}

/* ---- sentences ---- */

static enum result prepare(struct tx *tx, void *ctx)
{
	return tx->db->driver->prepare(tx, ctx);
}

enum result db_test_prepare(struct db *db, const struct sql *s)
{
	return db_read(db, prepare, (void *)s);
}

struct counted {
	struct db *db;
	size_t n;
};

static void prepare_one(const struct sql *s, void *ctx)
{
	struct counted *c = ctx;
	if (db_test_prepare(c->db, s) != RES_OK)
		bug("sentence %s cannot be prepared", s->name);
	c->n++;
}

size_t db_test_prepare_all(struct db *db)
{
	struct counted c = { db, 0 };
	db_each_sentence(prepare_one, &c);
	return c.n;
}

int64_t db_test_sentences(const struct tx *tx)
{
	return tx->sentences;
}

/* ---- comparing runs ---- */

struct dumping {
	const char *const *hidden;
	size_t hidden_from;
	struct buf *out;
};

static bool is_hidden(const struct dumping *d, const char *table)
{
	for (const char *const *h = d->hidden; *h; h++)
		if (!strcmp(*h, table))
			return true;
	return false;
}

static enum result dump_rows(struct tx *tx, const struct dumping *d, const char *table)
{
	struct rows *rows = rows_raw();
	struct buf text = BUF_LIMIT(512);
	bool hidden = is_hidden(d, table);
	buf_printf(&text, "SELECT * FROM \"%s\"", table);
	enum result res = tx->db->driver->raw(tx, text.p, rows);
	while (res == RES_OK && rows_next(rows) == RES_OK) {
		buf_str(d->out, table);
		for (int col = 0; col < rows_width(rows); col++) {
			struct db_value v = row_value(rows, col);
			buf_char(d->out, '|');
			if (hidden && v.type == 'b' && v.s.n >= d->hidden_from)
				buf_printf(d->out, "#%zu", v.s.n);
			else
				db_value_text(d->out, &v);
		}
		buf_char(d->out, '\n');
	}
	rows_end(&rows);
	buf_free(&text);
	return res;
}

static enum result dump_pages(struct tx *tx, struct buf *out)
{
	static const char *const pragmas[] = { "PRAGMA page_count", "PRAGMA freelist_count" };
	enum result res = RES_OK;
	for (size_t i = 0; i < ARRAY_LEN(pragmas) && res == RES_OK; i++) {
		struct rows *rows = rows_raw();
		res = tx->db->driver->raw(tx, pragmas[i], rows);
		if (res == RES_OK && rows_next(rows) == RES_OK)
			buf_printf(out, "%s %lld", i ? ", unused" : "pages", (long long)row_value(rows, 0).i);
		rows_end(&rows);
	}
	buf_char(out, '\n');
	return res;
}

static enum result dump_all(struct tx *tx, void *ctx)
{
	struct dumping *d = ctx;
	struct rows *tables = rows_raw();
	buf_reset(d->out);
	enum result res = db_test_is_pg() ? RES_OK : dump_pages(tx, d->out);
	if (res == RES_OK)
		res = tx->db->driver->raw(tx, tx->db->driver->tables, tables);
	while (res == RES_OK && rows_next(tables) == RES_OK) {
		char name[128];
		struct slice s = row_value(tables, 0).s;
		snprintf(name, sizeof(name), "%.*s", (int)s.n, s.p);
		res = dump_rows(tx, d, name);
	}
	rows_end(&tables);
	return res;
}

enum result db_test_dump(struct db *db, const char *const *hidden, size_t hidden_from, struct buf *out)
{
	struct dumping d = { hidden, hidden_from, out };
	enum result res = db_read(db, dump_all, &d);
	return res == RES_OK && out->full ? RES_BROKEN : res;
}

void db_test_cut(const struct db *db)
{
	struct made *m = made_of(db);
	if (m->name && !server_do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '",
				  m->name, "'"))
		give_up("the server ends no connections");
}
