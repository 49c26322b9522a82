#include "signin/signin_store.h"

#include "signin/signin_grants.h"

#include <string.h>

SQL(account_by_email, "t", "id:b email:t name:t lang:t password:t? of_whom:b? ended_day:i? undelivered_day:i?",
    "SELECT id, email, name, lang, password, of_whom, ended_day, undelivered_day FROM account WHERE email = $1");
SQL(account_by_id, "b", "id:b email:t name:t lang:t password:t? of_whom:b? ended_day:i? undelivered_day:i?",
    "SELECT id, email, name, lang, password, of_whom, ended_day, undelivered_day FROM account WHERE id = $1");
SQL(account_list, "i", "id:b email:t name:t lang:t password:t? of_whom:b? ended_day:i? undelivered_day:i?",
    "SELECT id, email, name, lang, password, of_whom, ended_day, undelivered_day FROM account ORDER BY email LIMIT $1");
SQL(account_put, "btttb?", "",
    "INSERT INTO account (id, email, name, lang, of_whom) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email) DO "
    "NOTHING");
SQL(account_reopen, "btt", "",
    "UPDATE account SET ended_day = NULL, password = NULL, of_whom = NULL, undelivered_day = NULL, name = $2, lang = $3 "
    "WHERE id = $1");
SQL(account_of_whom, "bb", "", "UPDATE account SET of_whom = $2 WHERE id = $1");
SQL(account_end, "bi", "",
    "UPDATE account SET ended_day = $2, password = NULL, undelivered_day = NULL WHERE id = $1 AND ended_day IS NULL");
SQL(account_password, "bt", "",
    "UPDATE account SET password = $2, undelivered_day = NULL WHERE id = $1 AND ended_day IS NULL");
SQL(account_password_from, "btt", "",
    "UPDATE account SET password = $3 WHERE id = $1 AND password = $2 AND ended_day IS NULL");
SQL(account_undelivered, "bi", "",
    "UPDATE account SET undelivered_day = $2 WHERE id = $1 AND password IS NULL AND ended_day IS NULL");
SQL(account_invited_anew, "b", "", "UPDATE account SET undelivered_day = NULL WHERE id = $1");
SQL(account_undelivered_list, "", "id:b email:t of_whom:b?",
    "SELECT id, email, of_whom FROM account WHERE undelivered_day IS NOT NULL ORDER BY email");
SQL(role_put, "bibi", "",
    "INSERT INTO account_role (account, role, unit, since_day) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
SQL(role_drop, "b", "", "DELETE FROM account_role WHERE account = $1");
/* Each role is a bit, so the sum of the distinct ones is their union. */
SQL(role_sum, "b", "roles:i",
    "SELECT CAST(COALESCE(SUM(DISTINCT role), 0) AS BIGINT) AS roles FROM account_role WHERE account = $1");
SQL(role_units, "bi", "unit:b",
    "SELECT unit FROM account_role WHERE account = $1 AND role = $2 ORDER BY unit");
SQL(role_holders, "i", "account:b unit:b",
    "SELECT r.account, r.unit FROM account_role r JOIN account a ON a.id = r.account "
    "WHERE r.role = $1 AND a.ended_day IS NULL AND a.password IS NOT NULL ORDER BY r.account, r.unit");
SQL(invite_put, "bbi", "", "INSERT INTO invite (hash, account, expires_day) VALUES ($1, $2, $3)");
SQL(invite_get, "bi", "id:b email:t name:t lang:t password:t? of_whom:b? ended_day:i? undelivered_day:i?",
    "SELECT a.id, a.email, a.name, a.lang, a.password, a.of_whom, a.ended_day, a.undelivered_day FROM invite i "
    "JOIN account a ON a.id = i.account WHERE i.hash = $1 AND i.expires_day >= $2 AND a.ended_day IS NULL");
SQL(invite_take, "bi", "", "DELETE FROM invite WHERE hash = $1 AND expires_day >= $2");
SQL(invite_drop, "b", "", "DELETE FROM invite WHERE account = $1");
SQL(invite_old, "i", "", "DELETE FROM invite WHERE expires_day < $1");
SQL(session_put, "bbbi", "",
    "INSERT INTO session (hash, account, csrf, expires_day) VALUES ($1, $2, $3, $4)");
SQL(session_get, "bi", "account:b csrf:b name:t lang:t roles:i",
    "SELECT s.account, s.csrf, a.name, a.lang, CAST(COALESCE((SELECT SUM(DISTINCT r.role) FROM account_role "
    "r "
    "WHERE r.account = a.id), 0) AS BIGINT) AS roles FROM session s JOIN account a ON a.id = s.account "
    "WHERE s.hash = $1 AND s.expires_day >= $2 AND a.ended_day IS NULL");
SQL(session_drop, "b", "", "DELETE FROM session WHERE hash = $1");
SQL(session_drop_all, "b", "", "DELETE FROM session WHERE account = $1");
SQL(session_old, "i", "", "DELETE FROM session WHERE expires_day < $1");

static enum lang lang_of(struct slice code)
{
	return lang_or(code, LANG_EN);
}

static void read_row(struct arena *a, struct rows *rows, struct signin_row *row)
{
	*row = (struct signin_row){
	    .id = row_id(rows, 0),
	    .email = arena_str(a, row_text(rows, 1)),
	    .name = arena_str(a, row_text(rows, 2)),
	    .lang = lang_of(row_text(rows, 3)),
	    .password = row_null(rows, 4) ? NULL : arena_str(a, row_text(rows, 4)),
	    .of_whom = row_id(rows, 5),
	    .ended = !row_null(rows, 6),
	    .undelivered = !row_null(rows, 7),
	};
}

static enum result read_one(struct arena *a, enum result res, struct rows **rows, struct signin_row *row_r)
{
	if (res != RES_OK)
		return res;
	read_row(a, *rows, row_r);
	rows_end(rows);
	return RES_OK;
}

enum result signin_by_email(struct tx *tx, struct arena *a, const char *email, struct signin_row *row_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &account_by_email, &rows, v_str(email));
	return read_one(a, res, &rows, row_r);
}

enum result signin_by_id(struct tx *tx, struct arena *a, const struct id *id, struct signin_row *row_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &account_by_id, &rows, v_id(id));
	return read_one(a, res, &rows, row_r);
}

enum result signin_each(struct tx *tx, struct arena *a, struct signin_row **rows_r, size_t *n_r)
{
	struct rows *rows;
	struct signin_row *list = arena_array(a, struct signin_row, SIGNIN_LIST_MOST);
	size_t n = 0;
	enum result res = db_ask(tx, &account_list, &rows, v_int(SIGNIN_LIST_MOST));
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK)
		read_row(a, rows, &list[n++]);
	rows_end(&rows);
	*rows_r = list;
	*n_r = n;
	return RES_OK;
}

enum result signin_put_account(struct tx *tx, const struct signin_row *row, bool *made_r)
{
	int64_t made;
	enum result res =
	    db_do(tx, &account_put, &made, v_id(&row->id), v_str(row->email), v_str(row->name),
		  v_str(lang_code(row->lang)), v_id(id_is_zero(&row->of_whom) ? NULL : &row->of_whom));
	if (res == RES_OK)
		*made_r = made == 1;
	return res;
}

enum result signin_reopen(struct tx *tx, const struct id *id, const char *name, enum lang lang)
{
	return db_do(tx, &account_reopen, NULL, v_id(id), v_str(name), v_str(lang_code(lang)));
}

enum result signin_set_of_whom(struct tx *tx, const struct id *id, const struct id *of_whom)
{
	return db_do(tx, &account_of_whom, NULL, v_id(id), v_id(of_whom));
}

enum result signin_end_account(struct tx *tx, const struct id *id, struct day today)
{
	int64_t ended;
	enum result res = db_do(tx, &account_end, &ended, v_id(id), v_int(today.n));
	if (res == RES_OK && !ended)
		return RES_NONE;
	if (res == RES_OK)
		res = db_do(tx, &role_drop, NULL, v_id(id));
	if (res == RES_OK)
		res = signin_drop_invites(tx, id);
	if (res == RES_OK)
		res = grants_drop(tx, id);
	return res == RES_OK ? signin_drop_sessions(tx, id) : res;
}

enum result signin_mark_undelivered(struct tx *tx, const struct id *id, struct day day)
{
	return db_do(tx, &account_undelivered, NULL, v_id(id), v_int(day.n));
}

enum result signin_invited_anew(struct tx *tx, const struct id *id)
{
	return db_do(tx, &account_invited_anew, NULL, v_id(id));
}

enum result signin_undelivered(struct tx *tx, struct arena *a, struct signin_undelivered **list_r, size_t *n_r)
{
	struct rows *rows;
	struct signin_undelivered *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask_n(tx, &account_undelivered_list, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct signin_undelivered){
		    .account = row_id(rows, 0), .email = arena_str(a, row_text(rows, 1)), .of_whom = row_id(rows, 2)};
	}
	rows_end(&rows);
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result signin_put_role(struct tx *tx, const struct id *id, enum role role, const struct id *unit, struct day since)
{
	return db_do(tx, &role_put, NULL, v_id(id), v_int(role), v_id(unit), v_int(since.n));
}

enum result signin_roles(struct tx *tx, const struct id *id, uint32_t *roles_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &role_sum, &rows, v_id(id));
	if (res != RES_OK)
		return res;
	*roles_r = (uint32_t)row_int(rows, 0);
	rows_end(&rows);
	return RES_OK;
}

enum result signin_units(struct tx *tx, struct arena *a, const struct id *account, enum role role,
			 const struct id **units_r, size_t *n_r)
{
	struct rows *rows;
	struct id *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &role_units, &rows, v_id(account), v_int(role));
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = row_id(rows, 0);
	}
	rows_end(&rows);
	*units_r = list;
	*n_r = n;
	return RES_OK;
}

enum result signin_holders(struct tx *tx, struct arena *a, enum role role, struct signin_holder **list_r, size_t *n_r)
{
	struct rows *rows;
	struct signin_holder *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &role_holders, &rows, v_int(role));
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct signin_holder){ row_id(rows, 0), row_id(rows, 1) };
	}
	rows_end(&rows);
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result signin_set_password(struct tx *tx, const struct id *id, const char *was, const char *now)
{
	int64_t changed;
	enum result res = was ? db_do(tx, &account_password_from, &changed, v_id(id), v_str(was), v_str(now))
			      : db_do(tx, &account_password, &changed, v_id(id), v_str(now));
	return res == RES_OK && !changed ? RES_NONE : res;
}

enum result signin_put_invite(struct tx *tx, const unsigned char *hash, const struct id *account,
			      struct day expires)
{
	return db_do(tx, &invite_put, NULL, v_bytes(hash, CRYPT_HASH), v_id(account), v_int(expires.n));
}

enum result signin_invited(struct tx *tx, struct arena *a, const unsigned char *hash, struct day today,
			   struct signin_row *row_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &invite_get, &rows, v_bytes(hash, CRYPT_HASH), v_int(today.n));
	return read_one(a, res, &rows, row_r);
}

enum result signin_take_invite(struct tx *tx, const unsigned char *hash, struct day today)
{
	int64_t taken;
	enum result res = db_do(tx, &invite_take, &taken, v_bytes(hash, CRYPT_HASH), v_int(today.n));
	return res == RES_OK && !taken ? RES_NONE : res;
}

enum result signin_drop_invites(struct tx *tx, const struct id *account)
{
	return db_do(tx, &invite_drop, NULL, v_id(account));
}

enum result signin_put_session(struct tx *tx, const unsigned char *hash, const struct id *account,
			       const unsigned char *csrf, struct day expires)
{
	return db_do(tx, &session_put, NULL, v_bytes(hash, CRYPT_HASH), v_id(account),
		     v_bytes(csrf, CSRF_BYTES), v_int(expires.n));
}

enum result signin_get_session(struct tx *tx, struct arena *a, const unsigned char *hash, struct day today,
			       struct signin_session *session_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &session_get, &rows, v_bytes(hash, CRYPT_HASH), v_int(today.n));
	if (res != RES_OK)
		return res;
	struct slice csrf = row_bytes(rows, 1);
	if (csrf.n != CSRF_BYTES)
		bug("a session's token has %zu bytes", csrf.n);
	session_r->account = row_id(rows, 0);
	memcpy(session_r->csrf, csrf.p, CSRF_BYTES);
	session_r->name = arena_str(a, row_text(rows, 2));
	session_r->lang = lang_of(row_text(rows, 3));
	session_r->roles = (uint32_t)row_int(rows, 4);
	rows_end(&rows);
	return RES_OK;
}

enum result signin_drop_session(struct tx *tx, const unsigned char *hash)
{
	return db_do(tx, &session_drop, NULL, v_bytes(hash, CRYPT_HASH));
}

enum result signin_drop_sessions(struct tx *tx, const struct id *account)
{
	return db_do(tx, &session_drop_all, NULL, v_id(account));
}

enum result signin_tidy(struct tx *tx, struct day today)
{
	enum result res = db_do(tx, &session_old, NULL, v_int(today.n));
	if (res == RES_OK)
		res = db_do(tx, &invite_old, NULL, v_int(today.n));
	return res == RES_OK ? grants_tidy(tx, today) : res;
}
