/* SQLite: one sentence, prepared once for each connection, and its rows. */
#include "db/db_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* A sentence as this connection has it. SQLite numbers $1…$n by their first appearance in the text: they are bound by name, and
   where each name stands is looked up once. */
struct sentence {
	sqlite3_stmt *stmt;
	int place[DB_MOST_PARAMETERS];
};

/* ---- results ---- */

enum result sqlite_broken(const char *what, int rc)
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
	return tx_spoil(tx, sqlite_broken(what, rc));
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

enum result sqlite_prepare(struct tx *tx, const struct sql *s)
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

enum result sqlite_sentence(struct tx *tx, const struct sql *s, const struct db_value *in, size_t n,
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

enum result sqlite_raw(struct tx *tx, const char *text, struct rows *rows)
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

int sqlite_turn(struct conn *c, enum turn t)
{
	static const char *const text[TURNS] = {
		[TURN_READ] = "BEGIN", [TURN_WRITE] = "BEGIN IMMEDIATE", [TURN_KEEP] = "COMMIT", [TURN_UNDO] = "ROLLBACK",
		[TURN_PART] = "SAVEPOINT work", [TURN_UNDO_PART] = "ROLLBACK TO work", [TURN_END_PART] = "RELEASE work",
	};
	int rc = SQLITE_OK;
	if (!c->turns[t])
		rc = sqlite3_prepare_v3(c->sq, text[t], -1, SQLITE_PREPARE_PERSISTENT, &c->turns[t], NULL);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(c->turns[t]);
	sqlite3_reset(c->turns[t]);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void stmt_drop(void *known)
{
	sqlite3_finalize(((struct sentence *)known)->stmt);
	free(known);
}

void sqlite_forget(struct conn *c)
{
	prepared_drop(&c->prepared, stmt_drop);
	for (int t = 0; t < TURNS; t++)
		sqlite3_finalize(c->turns[t]);
	memset(c->turns, 0, sizeof(c->turns));
}
