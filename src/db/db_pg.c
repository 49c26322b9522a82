/* PostgreSQL: transactions and sentences. Connections: db_pg_conn.c.

   A writing transaction is SERIALIZABLE. When it conflicts with another one it is run again; after
   a few conflicts it runs alone, whichever programs write besides, so that it is done in bounded time: writers share a lock
   on schema_version, which every database of ours has, and whoever must be alone has it to itself. LOCK TABLE comes
   before the transaction's snapshot, so one that waited for it sees what it waited for. */
#include "db/db_pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

#define TOGETHER 3 /* tries beside other writers */
#define ALONE 3    /* tries as the only writer: no conflict is left but with what is no transaction of ours; then RES_AGAIN */

/* pg_type.dat */
enum {
	BOOL_OID = 16,
	BYTEA_OID = 17,
	NAME_OID = 19,
	INT8_OID = 20,
	INT2_OID = 21,
	INT4_OID = 23,
	TEXT_OID = 25,
	VARCHAR_OID = 1043
};

static Oid oid_of(char type)
{
	return type == 'i' ? INT8_OID : type == 't' ? TEXT_OID : BYTEA_OID;
}

/* 0 for a type that no sentence can declare. */
static char type_of(Oid oid)
{
	switch (oid) {
	case BOOL_OID:
	case INT2_OID:
	case INT4_OID:
	case INT8_OID: return 'i';
	case NAME_OID:
	case VARCHAR_OID:
	case TEXT_OID: return 't';
	case BYTEA_OID: return 'b';
	}
	return 0;
}

/* ---- results ---- */

/* The server's message may quote a value, so the log gets the state's five characters (appendix A of
   its manual). Class 42 is a mistake in the sentence. */
static enum result failed(struct tx *tx, const char *what, const PGresult *r)
{
	struct pg_conn *c = tx->conn;
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (!state)
		state = "";
	if (PQstatus(c->pg) != CONNECTION_OK) {
		tx->lost = true;
		return tx_spoil(tx, RES_BROKEN);
	}
	if (!strcmp(state, "40001") || !strcmp(state, "40P01")) {
		tx->conflict = true;
		return tx_spoil(tx, RES_AGAIN);
	}
	/* Whatever was in the way may have come from a transaction beside this one, which the work has not seen. */
	tx->unseen = !strcmp(state, "23505") || !strcmp(state, "23503");
	if (!strcmp(state, "23505") || !strcmp(state, "23514") || !strcmp(state, "23503") ||
	    !strcmp(state, "23P01"))
		return tx_spoil(tx, RES_AGAIN);
	if (!strcmp(state, "25006"))
		bug("sentence %s writes in a transaction that only reads", what);
	if (!strcmp(state, "23502") || (!strncmp(state, "42", 2) && strcmp(state, "42501") != 0))
		bug("sentence %s: %s: %s", what, state, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
	log_world("db", "%s: the server says %s", what, state[0] ? state : "nothing");
	return tx_spoil(tx, RES_BROKEN);
}

/* ---- sentences ---- */

static void check_columns(const struct sql *s, const PGresult *r)
{
	struct slice rest = slice_of(s->out);
	struct sql_column col;
	int n = 0;
	for (; sql_column_next(s, &rest, &col); n++) {
		const char *name = n < PQnfields(r) ? PQfname(r, n) : NULL;
		if (!name || !slice_is(col.name, name))
			bug("sentence %s: column %d is %s, not \"%s\"", s->name, n, name ? name : "not there",
			    s->out);
		if (type_of(PQftype(r, n)) != col.type)
			bug("sentence %s: column %d has the type %u, not '%c'; perhaps a CAST is missing",
			    s->name, n, PQftype(r, n), col.type);
	}
	if (n != PQnfields(r))
		bug("sentence %s gives %d columns for \"%s\"", s->name, PQnfields(r), s->out);
}

static void name_of(const struct sql *s, char name[24])
{
	snprintf(name, 24, "s%lx", (unsigned long)(uintptr_t)s);
}

/* The server would take a type for a parameter that does not occur. */
static bool uses(const struct sql *s, size_t i)
{
	for (const char *p = strchr(s->text, '$'); p; p = strchr(p + 1, '$'))
		if (strtoul(p + 1, NULL, 10) == i + 1)
			return true;
	return false;
}

static enum result prepare(struct tx *tx, const struct sql *s)
{
	struct pg_conn *c = tx->conn;
	if (prepared_find(&c->prepared, s))
		return RES_OK;
	char types[DB_MOST_PARAMETERS], name[24];
	bool may_null[DB_MOST_PARAMETERS];
	Oid oid[DB_MOST_PARAMETERS];
	size_t n = sql_parameters(s, types, may_null);
	for (size_t i = 0; i < n; i++) {
		if (!uses(s, i))
			bug("sentence %s declares $%zu and does not use it", s->name, i + 1);
		oid[i] = oid_of(types[i]);
	}
	name_of(s, name);
	struct buf text = BUF_LIMIT(1 << 16);
	buf_printf(&text, "%s%s", s->text, s->claims ? " FOR UPDATE SKIP LOCKED" : "");
	PGresult *r = PQprepare(c->pg, name, text.p, (int)n, oid);
	buf_free(&text);
	enum result res = PQresultStatus(r) == PGRES_COMMAND_OK ? RES_OK : failed(tx, s->name, r);
	PQclear(r);
	if (res != RES_OK)
		return res;
	r = PQdescribePrepared(c->pg, name);
	res = PQresultStatus(r) == PGRES_COMMAND_OK ? RES_OK : failed(tx, s->name, r);
	if (res == RES_OK) {
		if (PQnparams(r) != (int)n)
			bug("sentence %s uses more parameters than it declares", s->name);
		check_columns(s, r);
		prepared_add(&c->prepared, s, c);
	}
	PQclear(r);
	return res;
}

/* Network order, 1, 2, 4 or 8 bytes. */
static int64_t int_from(const char *p, int n)
{
	uint64_t u = p[0] & 0x80 ? UINT64_MAX : 0;
	for (int i = 0; i < n; i++)
		u = u << 8 | (unsigned char)p[i];
	return (int64_t)u;
}

static void int_to(char out[8], int64_t i)
{
	for (int k = 7; k >= 0; k--, i >>= 8)
		out[k] = (char)(i & 0xFF);
}

static void take_rows(const PGresult *r, struct rows *rows)
{
	rows_columns(rows, PQnfields(r));
	for (int row = 0; row < PQntuples(r); row++)
		for (int col = 0; col < PQnfields(r); col++) {
			struct db_value v = { 0 };
			if (!PQgetisnull(r, row, col)) {
				const char *p = PQgetvalue(r, row, col);
				int n = PQgetlength(r, row, col);
				v.type = type_of(PQftype(r, col));
				if (v.type == 'i')
					v.i = int_from(p, n);
				else if (v.type)
					v.s = slice_bytes(p, n);
				else
					v.type = 'f';
			}
			rows_put(rows, &v);
		}
}

static enum result sentence(struct tx *tx, const struct sql *s, const struct db_value *in, size_t n,
			    struct rows *rows, int64_t *changed_r)
{
	struct pg_conn *c = tx->conn;
	const char *value[DB_MOST_PARAMETERS];
	int length[DB_MOST_PARAMETERS], format[DB_MOST_PARAMETERS];
	char number[DB_MOST_PARAMETERS][8], name[24];
	enum result res = prepare(tx, s);
	if (res != RES_OK)
		return res;
	for (size_t i = 0; i < n; i++) {
		format[i] = 1;
		length[i] = in[i].type == 'i' ? 8 : (int)in[i].s.n;
		value[i] = in[i].type == 'i' ? number[i] : in[i].s.p;
		if (!value[i] && in[i].type) /* without an address it would be NULL */
			value[i] = "";
		if (!in[i].type)
			value[i] = NULL;
		int_to(number[i], in[i].i);
	}
	name_of(s, name);
	PGresult *r = PQexecPrepared(c->pg, name, (int)n, value, length, format, 1);
	ExecStatusType status = PQresultStatus(r);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		res = failed(tx, s->name, r);
	else if (rows)
		take_rows(r, rows);
	if (res == RES_OK)
		*changed_r = PQcmdTuples(r)[0] ? strtoll(PQcmdTuples(r), NULL, 10) : 0;
	PQclear(r);
	return res;
}

/* Another program of ours makes the same tables at this moment: a conflict, something that is there already, or a catalogue's row
   that both change. Run again, it finds them made; if the migration itself is wrong, it fails as often as it is run. */
static bool migrated_beside(const char *state)
{
	static const char *const states[] = { "40001", "40P01", "23505", "42P07", "42701", "XX000" };
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (!strcmp(state, states[i]))
			return true;
	return false;
}

static enum result raw(struct tx *tx, const char *text, struct rows *rows)
{
	struct pg_conn *c = tx->conn;
	char *mine = pg_ddl(text);
	PGresult *r = PQexecParams(c->pg, mine, 0, NULL, NULL, NULL, NULL, 1);
	ExecStatusType status = PQresultStatus(r);
	enum result res = RES_OK;
	if (status == PGRES_TUPLES_OK && rows) {
		take_rows(r, rows);
	} else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		const char *words = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
		const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
		tx->conflict = state && migrated_beside(state);
		if (!tx->conflict)
			log_world("db", "a statement of a migration or dump failed: %s",
				  words ? words : "the connection is gone");
		res = tx_spoil(tx, tx->conflict ? RES_AGAIN : RES_BROKEN);
	}
	PQclear(r);
	free(mine);
	return res;
}

/* ---- transactions ---- */

enum mode { READS, WRITES, WRITES_ALONE };

/* A connection in a fresh transaction, if need be after connecting anew: nothing was sent yet. */
static enum result begin(struct pg_db *d, struct pg_conn *c, enum mode mode)
{
	static const char *const text[] = {
		[READS] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		[WRITES] = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; LOCK TABLE schema_version IN ROW SHARE MODE",
		[WRITES_ALONE] = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; LOCK TABLE schema_version IN EXCLUSIVE MODE",
	};
	char state[6] = "";
	for (int try = 0; try < 2 && pg_ready(d, c); try++) {
		if (pg_command_state(c, text[mode], state))
			return RES_OK;
		/* Before the first migration there is nothing to lock. */
		if (!strcmp(state, "42P01") && pg_command(c, "ROLLBACK") && pg_command(c, "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"))
			return RES_OK;
		pg_hang_up(c);
	}
	return RES_BROKEN;
}

static enum result commit(struct tx *tx)
{
	struct pg_conn *c = tx->conn;
	PGresult *r = PQexec(c->pg, "COMMIT");
	enum result res = RES_OK;
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		res = failed(tx, "commit", r);
		if (tx->lost) {
			tx->lost = false; /* it may have been kept: to run it again could do it twice */
			log_world("db", "the connection was lost during a commit");
		}
	}
	PQclear(r);
	return res;
}

static enum result run_once(struct pg_db *d, struct pg_conn *c, struct tx *tx, enum mode mode, db_work *work, void *ctx)
{
	enum result res = begin(d, c, mode);
	if (res != RES_OK)
		return res;
	res = tx_run(tx, work, ctx);
	PGTransactionStatusType status = PQtransactionStatus(c->pg);
	if (status == PQTRANS_IDLE && tx->spoiled == RES_OK)
		bug("a sentence ended the transaction it was in");
	if (res == RES_OK)
		res = commit(tx);
	if (PQtransactionStatus(c->pg) != PQTRANS_IDLE && !pg_command(c, "ROLLBACK"))
		pg_hang_up(c);
	return res;
}

/* A connection that was cut before the commit is one more reason to run the work again, once; so is a row that the schema
   refuses because of one that the work could not see yet. */
static enum result run_until_done(struct pg_db *d, struct pg_conn *c, bool write, db_work *work, void *ctx)
{
	enum result res = RES_BROKEN;
	bool was_lost = false, was_unseen = false;
	for (int try = 0; try < TOGETHER + ALONE; try++) {
		struct tx tx = { .db = &d->db, .conn = c, .write = write };
		res = run_once(d, c, &tx, !write ? READS : try < TOGETHER ? WRITES : WRITES_ALONE, work, ctx);
		if (tx.lost && !was_lost)
			was_lost = true;
		else if (res == RES_AGAIN && tx.unseen && !was_unseen)
			was_unseen = true;
		else if (!tx.conflict)
			return res;
	}
	return res;
}

static enum result run(struct db *db, bool write, db_work *work, void *ctx)
{
	struct pg_db *d = (struct pg_db *)db;
	struct db_pool *pool = write ? &d->writers : &d->readers;
	int slot = db_pool_take(pool);
	enum result res = run_until_done(d, write ? &d->writer[slot] : &d->reader[slot], write, work, ctx);
	db_pool_give(pool, slot);
	return res;
}

/* ---- life ---- */

static void close_all(struct db *db)
{
	struct pg_db *d = (struct pg_db *)db;
	pg_keeper_end(d);
	for (int i = 0; i < d->readers.size; i++)
		pg_hang_up(&d->reader[i]);
	for (int i = 0; i < d->writers.size; i++)
		pg_hang_up(&d->writer[i]);
	db_pool_end(&d->readers);
	db_pool_end(&d->writers);
	pthread_mutex_destroy(&d->keeping);
	free(d->reader);
	free(d->writer);
	free(d->conninfo);
	free(d);
}

static const struct db_driver driver = {
	.run = run,
	.prepare = prepare,
	.sentence = sentence,
	.raw = raw,
	.tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
	.bytes = "SELECT pg_database_size(current_database())",
	.bar = "DO $$ BEGIN"
	       " IF has_database_privilege('public', current_database(), 'CONNECT') AND"
	       " pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN"
	       " EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());"
	       " END IF; END $$",
	.open_to_all = "SELECT has_database_privilege('public', current_database(), 'CONNECT')::INT::BIGINT",
	.scrub = pg_scrub,
	.backup = pg_backup,
	.pace_ms = PG_PACE_MS,
	.hold = pg_hold,
	.let_go = pg_let_go,
	.first = pg_first,
	.tell = pg_tell,
	.hear = pg_hear,
	.deaf = pg_deaf,
	.close = close_all,
};

enum result db_open_pg(const char *conninfo, int readers, struct db **db_r)
{
	if (!db_pq_load())
		return RES_BROKEN;
	struct pg_db *d = must_alloc(1, sizeof(*d));
	d->db.driver = &driver;
	d->conninfo = must_strdup(conninfo);
	d->reader = must_alloc(readers, sizeof(struct pg_conn));
	d->writer = must_alloc(PG_WRITERS, sizeof(struct pg_conn));
	db_pool_start(&d->readers, readers);
	db_pool_start(&d->writers, PG_WRITERS);
	pthread_mutex_init(&d->keeping, NULL);
	struct db *db = &d->db;
	if (!pg_ready(d, &d->writer[0])) {
		close_all(db);
		return RES_BROKEN;
	}
	*db_r = db;
	return RES_OK;
}
