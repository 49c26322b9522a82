#include "signin/signin_grants.h"

#include "audit/audit.h"
#include "base/buf.h"
#include "post/post.h"
#include "signin/signin_accounts.h"
#include "signin/signin_store.h"

#define MOST 200 /* shown at once */

/* Asked for again, it is as new, and its asker the newest: whoever confirms is still somebody else. */
SQL(wanted_put, "bbibib?", "",
    "INSERT INTO role_wanted (id, account, role, unit, made_day, made_by) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (account, role, unit) DO UPDATE SET made_day = excluded.made_day, made_by = excluded.made_by");
SQL(wanted_get, "bi", "account:b role:i unit:b made_by:b?",
    "SELECT account, role, unit, made_by FROM role_wanted WHERE id = $1 AND made_day >= $2");
#define WANTED_COLUMNS "id:b account:b role:i unit:b name:t email:t made:i made_by:b? by_name:t?"
#define WANTED_SELECT                                                                                                                  \
	"SELECT w.id, w.account, w.role, w.unit, a.name, a.email, w.made_day AS made, w.made_by, b.name AS by_name "                  \
	"FROM role_wanted w JOIN account a ON a.id = w.account LEFT JOIN account b ON b.id = w.made_by WHERE w.made_day >= $1 "
SQL(wanted_list, "ii", WANTED_COLUMNS, WANTED_SELECT "ORDER BY w.made_day, a.email, w.id LIMIT $2");
SQL(wanted_of, "ib", WANTED_COLUMNS, WANTED_SELECT "AND w.account = $2 ORDER BY w.made_day, w.id");
SQL(wanted_count, "i", "n:i", "SELECT COUNT(*) AS n FROM role_wanted WHERE made_day >= $1");
SQL(wanted_gone, "b", "", "DELETE FROM role_wanted WHERE id = $1");
SQL(wanted_drop, "b", "", "DELETE FROM role_wanted WHERE account = $1");
SQL(wanted_drop_asked, "b", "", "DELETE FROM role_wanted WHERE made_by = $1");
SQL(wanted_old, "i", "", "DELETE FROM role_wanted WHERE made_day < $1");
SQL(role_had, "bib", "n:i", "SELECT COUNT(*) AS n FROM account_role WHERE account = $1 AND role = $2 AND unit = $3");
/* Who has chosen a passphrase, and so could sign in and confirm; neither whose role it is to be nor who asks for it. */
SQL(confirmers, "bbiii", "id:b email:t name:t lang:t",
    "SELECT DISTINCT a.id, a.email, a.name, a.lang FROM account a JOIN account_role r ON r.account = a.id "
    "WHERE a.ended_day IS NULL AND a.password IS NOT NULL AND a.id <> $1 AND a.id <> $2 AND r.role IN ($3, $4, $5) ORDER BY a.email");

/* Whether or not she has chosen a passphrase: an invitation that is on its way is somebody. */
SQL(could_ever, "iii", "n:i",
    "SELECT COUNT(*) AS n FROM account a JOIN account_role r ON r.account = a.id WHERE a.ended_day IS NULL AND r.role IN ($1, $2, $3)");

static const struct id operator; /* the command line, in the audit log */

struct confirmer {
	struct id id;
	const char *email, *name;
	enum lang lang;
};

static enum result confirmers_of(struct tx *tx, struct arena *a, const struct id *account, const struct id *by,
				 struct confirmer **list_r, size_t *n_r)
{
	struct rows *rows;
	struct confirmer *list = NULL;
	size_t n = 0, room = 0;
	enum result res =
	    db_ask(tx, &confirmers, &rows, v_id(account), v_id(by), v_int(ROLE_ADMIN), v_int(ROLE_SAFETY), v_int(ROLE_COORDINATOR));
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n] = (struct confirmer){
		    .id = row_id(rows, 0), .email = arena_str(a, row_text(rows, 1)), .name = arena_str(a, row_text(rows, 2)),
		    .lang = lang_or(row_text(rows, 3), LANG_EN)};
		n++;
	}
	rows_end(&rows);
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

const char *grants_subject(enum lang lang)
{
	return tr(lang, "Something is waiting for you");
}

/* Says neither whose role nor which, nor what Makker is for. */
void grants_words(struct buf *body, enum lang lang, const char *name, const char *url, const char *workplace)
{
	tr_fill(body, tr(lang, "Hello {name},\n\nSomething is waiting for a second person:\n\n{url}\n\nSign in to see what it is.\n"), "name", name,
		"url", url, NULL);
	buf_printf(body, "\n%s\n", workplace);
}

static enum result ask(struct tx *tx, struct signin *s, const struct confirmer *to)
{
	struct buf body = BUF_LIMIT(4096), url = BUF_LIMIT(1024);
	buf_printf(&url, "%s%s/grants", s->setup.public_url, s->setup.base);
	grants_words(&body, to->lang, to->name, buf_get(&url).p, s->setup.workplace);
	struct mail mail = {GRANT_MAIL, to->id, slice_of(to->email), slice_of(grants_subject(to->lang)), buf_get(&body), POST_MAIL};
	enum result res = post_put(tx, s->setup.rnd, signin_today(s), &mail);
	buf_free(&body);
	buf_free(&url);
	return res == RES_BAD ? RES_OK : res; /* an address that mail cannot be sent to: she sees it when she signs in */
}

static enum result has(struct tx *tx, const struct id *account, enum role role, const struct id *unit, bool *has_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &role_had, &rows, v_id(account), v_int(role), v_id(unit));
	if (res == RES_OK)
		*has_r = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res;
}

static enum result somebody_could_ever(struct tx *tx, bool *could_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &could_ever, &rows, v_int(ROLE_ADMIN), v_int(ROLE_SAFETY), v_int(ROLE_COORDINATOR));
	if (res == RES_OK)
		*could_r = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res;
}

/* What becomes of a role that she has not yet. */
static enum grant_way way_of(const struct actor *by, enum role role, bool could_ever_confirm, size_t confirmers_n)
{
	if (!by && !(role & GRANT_TWO))
		return GRANT_GIVEN;
	if (!by && role & ACCOUNTS_KEEP && !could_ever_confirm)
		return GRANT_FIRST;
	return confirmers_n ? GRANT_WAITS : GRANT_LONELY;
}

enum result grants_propose(struct tx *tx, struct signin *s, const struct actor *by, const struct id *account, enum role role,
			   const struct id *unit, enum grant_way *way_r)
{
	struct arena *a = arena_new();
	const struct id *who = by ? &by->account : &operator;
	struct confirmer *list = NULL;
	size_t n = 0;
	bool had = false, could_ever_confirm = false;
	enum result res = has(tx, account, role, unit, &had);
	if (res == RES_OK && !had)
		res = confirmers_of(tx, a, account, who, &list, &n);
	if (res == RES_OK && !had)
		res = somebody_could_ever(tx, &could_ever_confirm);
	enum grant_way way = had ? GRANT_HAD : way_of(by, role, could_ever_confirm, n);
	bool waits = way == GRANT_WAITS || way == GRANT_LONELY;
	if (res == RES_OK && (way == GRANT_GIVEN || way == GRANT_FIRST))
		res = signin_put_role(tx, account, role, unit, signin_today(s));
	if (res == RES_OK && waits) {
		struct id id = id_new(s->setup.rnd, "signin/grant");
		res = db_do(tx, &wanted_put, NULL, v_id(&id), v_id(account), v_int(role), v_id(unit), v_int(signin_today(s).n),
			    v_id(by ? who : NULL));
	}
	if (res == RES_OK && (waits || way == GRANT_FIRST))
		res = audit_put(tx, s->setup.rnd, signin_today(s), who, waits ? "grant/proposed" : "accounts/first", account);
	for (size_t i = 0; res == RES_OK && waits && i < n; i++)
		res = ask(tx, s, &list[i]);
	arena_free(&a);
	if (res == RES_OK)
		*way_r = way;
	return res;
}

static enum result read_list(struct arena *a, enum result res, struct rows *rows, struct grant **list_r, size_t *n_r)
{
	struct grant *list = NULL;
	size_t n = 0, room = 0;
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct grant){.id = row_id(rows, 0),
					   .account = row_id(rows, 1),
					   .role = (enum role)row_int(rows, 2),
					   .unit = row_id(rows, 3),
					   .name = arena_str(a, row_text(rows, 4)),
					   .email = arena_str(a, row_text(rows, 5)),
					   .made = {(int32_t)row_int(rows, 6)},
					   .by = row_id(rows, 7),
					   .by_name = row_null(rows, 8) ? NULL : arena_str(a, row_text(rows, 8))};
	}
	rows_end(&rows);
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result grants_list(struct tx *tx, struct arena *a, struct day today, struct grant **list_r, size_t *n_r)
{
	struct rows *rows = NULL;
	enum result res = db_ask(tx, &wanted_list, &rows, v_int(today.n - GRANT_DAYS), v_int(MOST));
	return read_list(a, res, rows, list_r, n_r);
}

enum result grants_of(struct tx *tx, struct arena *a, struct day today, const struct id *account, struct grant **list_r, size_t *n_r)
{
	struct rows *rows = NULL;
	enum result res = db_ask(tx, &wanted_of, &rows, v_int(today.n - GRANT_DAYS), v_id(account));
	return read_list(a, res, rows, list_r, n_r);
}

enum result grants_decide(struct tx *tx, struct signin *s, const struct actor *who, const struct id *grant, bool yes)
{
	struct rows *rows;
	struct id account = {0}, unit = {0}, by = {0};
	enum role role = 0;
	struct day today = signin_today(s);
	enum result res = db_one(tx, &wanted_get, &rows, v_id(grant), v_int(today.n - GRANT_DAYS));
	if (res == RES_OK) {
		account = row_id(rows, 0);
		role = (enum role)row_int(rows, 1);
		unit = row_id(rows, 2);
		by = row_id(rows, 3);
	}
	rows_end(&rows);
	if (res == RES_OK && (id_eq(&account, &who->account) || (yes && id_eq(&by, &who->account))))
		res = RES_REFUSED;
	int64_t gone = 0;
	if (res == RES_OK)
		res = db_do(tx, &wanted_gone, &gone, v_id(grant));
	if (res == RES_OK && !gone)
		res = RES_NONE; /* somebody else was first */
	if (res == RES_OK && yes)
		res = signin_put_role(tx, &account, role, &unit, today);
	return res == RES_OK ? audit_put(tx, s->setup.rnd, today, &who->account, yes ? "grant/confirmed" : "grant/declined", &account) : res;
}

enum result grants_note(struct tx *tx, struct signin *s, const char *what, const struct id *account)
{
	return audit_put(tx, s->setup.rnd, signin_today(s), &operator, what, account);
}

enum result grants_count(struct tx *tx, struct day today, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &wanted_count, &rows, v_int(today.n - GRANT_DAYS));
	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

enum result grants_tidy(struct tx *tx, struct day today)
{
	return db_do(tx, &wanted_old, NULL, v_int(today.n - GRANT_DAYS));
}

enum result grants_drop_asked(struct tx *tx, const struct id *by)
{
	return db_do(tx, &wanted_drop_asked, NULL, v_id(by));
}

enum result grants_drop(struct tx *tx, const struct id *account)
{
	enum result res = db_do(tx, &wanted_drop, NULL, v_id(account));
	return res == RES_OK ? grants_drop_asked(tx, account) : res;
}

/* ---- a unit has become another ---- */

/* Had, or waited for. */
SQL(became_roles, "bi", "account:b role:i",
    "SELECT r.account AS account, r.role AS role FROM account_role r JOIN account a ON a.id = r.account WHERE r.unit = $1 AND a.ended_day IS NULL "
    "UNION SELECT w.account AS account, w.role AS role FROM role_wanted w JOIN account b ON b.id = w.account WHERE w.unit = $1 AND "
    "w.made_day >= $2 AND b.ended_day IS NULL ORDER BY 1, 2");
SQL(became_move, "bb", "",
    "INSERT INTO account_role (account, role, unit, since_day) SELECT account, role, $2, since_day FROM account_role WHERE unit = $1 "
    "ON CONFLICT DO NOTHING");
SQL(became_moved, "b", "", "DELETE FROM account_role WHERE unit = $1");
SQL(became_wanted, "bb", "",
    "UPDATE role_wanted SET unit = $2 WHERE unit = $1 AND NOT EXISTS (SELECT 1 FROM role_wanted o WHERE o.account = role_wanted.account "
    "AND o.role = role_wanted.role AND o.unit = $2)");

struct became_role {
	struct id account;
	enum role role;
};

static enum result propose_all(struct tx *tx, struct signin *s, const struct became_role *list, size_t n, const struct id *unit,
			       const struct id *by)
{
	struct actor actor = { .account = *by };
	enum grant_way way;
	enum result res = RES_OK;
	for (size_t i = 0; i < n && res == RES_OK; i++)
		res = grants_propose(tx, s, &actor, &list[i].account, list[i].role, unit, &way);
	return res;
}

enum result signin_unit_became(struct tx *tx, struct signin *s, const struct id *unit, const struct id *becomes, bool whole,
			       const struct id *by)
{
	struct arena *a = arena_new();
	struct became_role *list = NULL;
	struct rows *rows;
	size_t n = 0, room = 0;
	enum result res = RES_OK;
	if (whole) {
		res = db_do(tx, &became_move, NULL, v_id(unit), v_id(becomes));
		if (res == RES_OK)
			res = db_do(tx, &became_moved, NULL, v_id(unit));
		if (res == RES_OK)
			res = db_do(tx, &became_wanted, NULL, v_id(unit), v_id(becomes));
		goto out;
	}
	res = db_ask(tx, &became_roles, &rows, v_id(unit), v_int(signin_today(s).n - GRANT_DAYS));
	if (res != RES_OK)
		goto out;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct became_role){ row_id(rows, 0), (enum role)row_int(rows, 1) };
	}
	rows_end(&rows);
	if (res == RES_NONE)
		res = propose_all(tx, s, list, n, becomes, by);
out:
	arena_free(&a);
	return res;
}
