#include "db/db_driver.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

#define MOST_SQL ((size_t)1 << 20) /* bytes of one statement */

SQL(schema_version_now, "", "number:i", "SELECT COALESCE(MAX(number), 0) AS number FROM schema_version");
SQL(schema_version_all, "", "number:i name:t", "SELECT number, name FROM schema_version ORDER BY number");
SQL(schema_version_add, "it", "", "INSERT INTO schema_version (number, name) VALUES ($1, $2)");

struct plan {
	const struct migration *all;
	size_t n;
	int ran;
};

/* How much of the line is SQL: up to a "--" that is not inside '…'. *quoted goes on from line to line. */
static size_t sql_of_line(struct slice line, bool *quoted)
{
	size_t i;
	for (i = 0; i < line.n; i++) {
		if (line.p[i] == '\'')
			*quoted = !*quoted;
		if (!*quoted && line.p[i] == '-' && i + 1 < line.n && line.p[i + 1] == '-')
			break;
	}
	return i;
}

/* Takes the next statement off *rest, without comments, and without its ';' . False at the end. */
static bool statement_next(struct slice *rest, struct buf *statement)
{
	struct slice line;
	bool quoted = false;
	buf_reset(statement);
	while (rest->p && slice_cut(rest, '\n', &line)) {
		bool started_quoted = quoted;
		struct slice code = { line.p, sql_of_line(line, &quoted) };
		struct slice bare = slice_trim(code);
		if (!bare.n && !started_quoted)
			continue;
		bool last = !quoted && bare.n && bare.p[bare.n - 1] == ';';
		if (last)
			code.n = (size_t)(bare.p + bare.n - 1 - code.p);
		buf_slice(statement, code);
		if (last)
			return true;
		buf_char(statement, '\n');
	}
	if (slice_trim(buf_get(statement)).n)
		bug("a migration has a statement that does not end in ';' at the end of a line");
	return false;
}

static enum result migration_run(struct tx *tx, const struct migration *m)
{
	struct slice rest = slice_of(m->sql);
	struct buf statement = BUF_LIMIT(MOST_SQL);
	enum result res = RES_OK;
	while (res == RES_OK && statement_next(&rest, &statement)) {
		if (statement.full)
			bug("migration %d has a statement of more than a megabyte", m->number);
		res = tx->db->driver->raw(tx, statement.p, NULL);
	}
	buf_free(&statement);
	if (res != RES_OK) {
		log_world("db", "migration %d (%s) failed", m->number, m->name);
		return res;
	}
	return db_do(tx, &schema_version_add, NULL, v_int(m->number), v_str(m->name));
}

/* The wall between the two programs (PRODUCT.md § 2): a server that holds both databases lets any login into each, until
   it is told otherwise. */
static enum result keep_others_out(struct tx *tx)
{
	const struct db_driver *driver = tx->db->driver;
	if (!driver->bar)
		return RES_OK;
	struct rows *rows = rows_raw();
	enum result res = driver->raw(tx, driver->bar, NULL);
	if (res == RES_OK)
		res = driver->raw(tx, driver->open_to_all, rows);
	if (res == RES_OK && rows_next(rows) == RES_OK && row_int(rows, 0)) {
		log_world("db", "every login of the server may open this database, and it is not ours to bar: let our login own "
				"it, or REVOKE ALL ON DATABASE … FROM PUBLIC");
		res = RES_REFUSED;
	}
	rows_end(&rows);
	return res;
}

static enum result migrate(struct tx *tx, void *ctx)
{
	struct plan *plan = ctx;
	struct rows *rows;
	plan->ran = 0;
	enum result res = keep_others_out(tx);
	if (res == RES_OK)
		res = tx->db->driver->raw(
		    tx, "CREATE TABLE IF NOT EXISTS schema_version (number BIGINT PRIMARY KEY, name TEXT NOT NULL)", NULL);
	if (res == RES_OK)
		res = db_one_n(tx, &schema_version_now, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	int64_t now = row_int(rows, 0);
	rows_end(&rows);
	if (now > (int64_t)plan->n) {
		log_world("db", "the database stands at %lld, newer than this program's %zu", (long long)now,
			  plan->n);
		return RES_REFUSED;
	}
	for (size_t i = (size_t)now; i < plan->n && res == RES_OK; i++) {
		res = migration_run(tx, &plan->all[i]);
		plan->ran++;
	}
	return res;
}

static enum result stands_at(struct tx *tx, void *number)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &schema_version_now, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	*(int *)number = (int)row_int(rows, 0);
	rows_end(&rows);
	return RES_OK;
}

enum result db_stands_at(struct db *db, int *number_r)
{
	return db_read(db, stands_at, number_r);
}

struct belonging {
	const struct migration *all;
	size_t n;
};

static enum result is_of(struct tx *tx, void *ctx)
{
	const struct belonging *b = ctx;
	struct rows *rows;
	bool ours = true;
	enum result res = db_ask_n(tx, &schema_version_all, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK) {
		int64_t number = row_int(rows, 0);
		struct slice name = row_text(rows, 1);
		ours = ours && number >= 1 && (number > (int64_t)b->n || slice_is(name, b->all[number - 1].name));
	}
	rows_end(&rows);
	return ours ? RES_OK : RES_BAD;
}

enum result db_is_of(struct db *db, const struct migration *all, size_t n)
{
	struct belonging b = { all, n };
	return db_read(db, is_of, &b);
}

enum result db_migrate(struct db *db, const struct migration *all, size_t n, int *ran_r)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].number != (int)i + 1)
			bug("migration %d stands where %zu belongs", all[i].number, i + 1);
	struct plan plan = { all, n, 0 };
	enum result res = db_write(db, migrate, &plan);
	if (res == RES_AGAIN) {
		log_world("db", "the tables cannot be made: they stand in each other's way, or another program's migration does");
		res = RES_BROKEN;
	}
	if (res == RES_OK && ran_r)
		*ran_r = plan.ran;
	return res;
}
