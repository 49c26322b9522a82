#include "signin/signin_accounts.h"

#include <string.h>

#include "audit/audit.h"
#include "signin/signin_rules.h"

#define AT_ONCE 200 /* rows of one reading */

SQL(open_after, "ti", "id:b email:t name:t lang:t active:i undelivered_day:i?",
    "SELECT id, email, name, lang, CASE WHEN password IS NULL THEN 0 ELSE 1 END AS active, undelivered_day FROM account "
    "WHERE email > $1 AND ended_day IS NULL ORDER BY email LIMIT $2");
SQL(open_count, "", "n:i", "SELECT COUNT(*) AS n FROM account WHERE ended_day IS NULL");
SQL(roles_of, "b", "role:i unit:b since_day:i?",
    "SELECT role, unit, since_day FROM account_role WHERE account = $1 ORDER BY role, unit");
SQL(role_take, "bib", "", "DELETE FROM account_role WHERE account = $1 AND role = $2 AND unit = $3");
/* Who has chosen a passphrase, has one of these roles, and is somebody else. */
SQL(others_with, "biii", "n:i",
    "SELECT COUNT(DISTINCT a.id) AS n FROM account a JOIN account_role r ON r.account = a.id "
    "WHERE a.ended_day IS NULL AND a.password IS NOT NULL AND a.id <> $1 AND r.role IN ($2, $3, $4)");

/* ---- looking ---- */

static enum result unit_paths(struct tx *tx, struct signin *s, struct arena *a, const struct id *unit, const char **path_r)
{
	*path_r = NULL;
	if (id_is_zero(unit) || !s->setup.unit_path)
		return RES_OK;
	enum result res = s->setup.unit_path(tx, a, unit, path_r);
	return res == RES_NONE ? RES_OK : res;
}

static enum result read_roles(struct tx *tx, struct signin *s, struct arena *a, struct accounts_one *one)
{
	struct rows *rows;
	struct accounts_role *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &roles_of, &rows, v_id(&one->row.id));
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct accounts_role){.role = (enum role)row_int(rows, 0),
						   .unit = row_id(rows, 1),
						   .since = {row_null(rows, 2) ? 0 : (int32_t)row_int(rows, 2)}};
	}
	rows_end(&rows);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = unit_paths(tx, s, a, &list[i].unit, &list[i].path);
	one->roles = list;
	one->roles_n = n;
	return res;
}

struct walk {
	struct tx *tx;
	struct arena *a;
	const char *words; /* folded */
	int64_t skip, seen;
	struct accounts_list *out;
	bool all; /* without words: stop when the page is full */
};

static bool fits(struct walk *w, struct arena *a, const struct signin_row *row)
{
	return !*w->words || strstr(signin_casefold(a, slice_of(row->name)), w->words) || strstr(row->email, w->words);
}

/* Reads on from an address; *last_r is the address to go on from, NULL at the end. */
static enum result walk_on(struct walk *w, struct arena *a, const char *after, const char **last_r)
{
	struct rows *rows;
	size_t read = 0;
	*last_r = NULL;
	enum result res = db_ask(w->tx, &open_after, &rows, v_str(after), v_int(AT_ONCE));
	if (res != RES_OK)
		return res;
	for (; rows_next(rows) == RES_OK; read++) {
		struct signin_row row = {.id = row_id(rows, 0),
					 .email = arena_str(a, row_text(rows, 1)),
					 .name = arena_str(a, row_text(rows, 2)),
					 .lang = lang_or(row_text(rows, 3), LANG_EN),
					 .password = row_int(rows, 4) ? "" : NULL,
					 .undelivered = !row_null(rows, 5)};
		*last_r = row.email;
		if (!fits(w, a, &row) || w->seen++ < w->skip || w->out->n == ACCOUNTS_PAGE)
			continue;
		row.email = arena_str(w->a, slice_of(row.email));
		row.name = arena_str(w->a, slice_of(row.name));
		w->out->list[w->out->n++].row = row;
	}
	rows_end(&rows);
	if (read < AT_ONCE || (w->out->n == ACCOUNTS_PAGE && (w->all || w->seen > w->skip + ACCOUNTS_PAGE)))
		*last_r = NULL;
	return RES_OK;
}

static enum result walk_all(struct walk *w)
{
	struct buf after = BUF_LIMIT(4096);
	bool more = true;
	enum result res = RES_OK;
	buf_str(&after, "");
	while (res == RES_OK && more) {
		struct arena *a = arena_new(); /* of one reading: what a page does not show is not kept */
		const char *last = NULL;
		res = walk_on(w, a, buf_get(&after).n ? after.p : "", &last);
		more = last != NULL;
		buf_reset(&after);
		buf_str(&after, last ? last : "");
		arena_free(&a);
	}
	buf_free(&after);
	return res;
}

enum result accounts_look(struct tx *tx, struct signin *s, struct arena *a, const struct actor *who, struct slice words, int64_t page,
			  struct accounts_list *list_r)
{
	struct rows *rows;
	struct accounts_list out = {.list = arena_array(a, struct accounts_one, ACCOUNTS_PAGE), .before = page * ACCOUNTS_PAGE};
	struct walk w = {.tx = tx, .a = a, .words = signin_casefold(a, slice_trim(words)), .skip = out.before, .out = &out};
	w.all = !*w.words;
	enum result res = audit_put(tx, s->setup.rnd, signin_today(s), &who->account, "accounts/list", NULL);
	if (res == RES_OK)
		res = walk_all(&w);
	for (size_t i = 0; res == RES_OK && i < out.n; i++)
		res = read_roles(tx, s, a, &out.list[i]);
	if (res == RES_OK)
		res = grants_count(tx, signin_today(s), &out.grants);
	out.total = w.seen;
	if (res == RES_OK && w.all) {
		res = db_one_n(tx, &open_count, &rows, DB_NO_VALUES);
		if (res == RES_OK)
			out.total = row_int(rows, 0);
		rows_end(&rows);
	}
	if (res == RES_OK)
		*list_r = out;
	return res;
}

enum result accounts_get(struct tx *tx, struct signin *s, struct arena *a, const struct id *account, struct accounts_one *one_r)
{
	struct accounts_one one = {0};
	struct grant *waits = NULL;
	enum result res = signin_by_id(tx, a, account, &one.row);
	if (res == RES_OK && one.row.ended)
		res = RES_NONE;
	if (res == RES_OK)
		res = read_roles(tx, s, a, &one);
	if (res == RES_OK)
		res = grants_of(tx, a, signin_today(s), account, &waits, &one.waits_n);
	one.waits = waits;
	one.waits_paths = arena_array(a, const char *, one.waits_n + 1);
	for (size_t i = 0; res == RES_OK && i < one.waits_n; i++)
		res = unit_paths(tx, s, a, &waits[i].unit, &one.waits_paths[i]);
	if (res == RES_OK)
		*one_r = one;
	return res;
}

/* ---- changing ---- */

static enum result count_others(struct tx *tx, const struct id *account, uint32_t one, uint32_t two, uint32_t three, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &others_with, &rows, v_id(account), v_int(one), v_int(two), v_int(three));
	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

enum result accounts_confirmers_without(struct tx *tx, const struct id *account, int64_t *n_r)
{
	return count_others(tx, account, ROLE_ADMIN, ROLE_SAFETY, ROLE_COORDINATOR, n_r);
}

enum result signin_keepers(struct tx *tx, int64_t *n_r)
{
	static const struct id nobody;
	return count_others(tx, &nobody, ROLE_ADMIN, ROLE_COORDINATOR, ROLE_COORDINATOR, n_r);
}

/* Whether who presses may, now that her turn has come, and whether there is such an account; DONE: go on. */
static enum result may(struct tx *tx, const struct actor *who, const struct id *account, enum accounts_said *said)
{
	uint32_t roles = 0;
	struct signin_row row;
	struct arena *a = arena_new();
	enum result res = signin_roles(tx, &who->account, &roles);
	*said = roles & ACCOUNTS_KEEP ? ACCOUNTS_DONE : ACCOUNTS_NOT_YOU;
	if (res == RES_OK && *said == ACCOUNTS_DONE && account) {
		res = signin_by_id(tx, a, account, &row);
		if (res == RES_NONE || (res == RES_OK && row.ended))
			*said = ACCOUNTS_GONE;
		res = res == RES_NONE ? RES_OK : res;
	}
	arena_free(&a);
	return res;
}

/* Without this account's roles of keeping accounts, would anybody keep them? */
static enum result not_the_last(struct tx *tx, const struct id *account, uint32_t roles, enum accounts_said *said)
{
	int64_t others = 0;
	if (!(roles & ACCOUNTS_KEEP))
		return RES_OK;
	enum result res = count_others(tx, account, ROLE_ADMIN, ROLE_COORDINATOR, ROLE_COORDINATOR, &others);
	if (res == RES_OK && !others)
		*said = ACCOUNTS_LAST;
	return res;
}

static enum result note(struct tx *tx, struct signin *s, const struct actor *who, const char *what, const struct id *account)
{
	return audit_put(tx, s->setup.rnd, signin_today(s), &who->account, what, account);
}

enum result accounts_add(struct tx *tx, struct signin *s, const struct actor *who, const struct accounts_fresh *fresh,
			 struct id *account_r, enum grant_way *way_r, enum accounts_said *said_r)
{
	struct arena *a = arena_new();
	struct signin_row row;
	struct id account = {0};
	enum grant_way way = GRANT_WAITS;
	enum accounts_said said = ACCOUNTS_DONE;
	enum result res = may(tx, who, NULL, &said);
	if (res == RES_OK && said == ACCOUNTS_DONE) {
		res = signin_by_email(tx, a, signin_fold(a, slice_of(fresh->email)), &row);
		if (res == RES_OK && !row.ended) {
			said = ACCOUNTS_THERE;
			account = row.id;
		}
		res = res == RES_NONE ? RES_OK : res;
	}
	if (res == RES_OK && said == ACCOUNTS_DONE) {
		res = signin_open(tx, s->setup.rnd, fresh->email, fresh->name, fresh->lang, NULL, &account);
		if (res == RES_OK)
			res = note(tx, s, who, "accounts/added", &account);
		if (res == RES_OK)
			res = grants_propose(tx, s, who, &account, fresh->role, &fresh->unit, &way);
		if (res == RES_OK)
			res = signin_invite_by_mail(tx, s, &account);
	}
	arena_free(&a);
	if (res == RES_OK) {
		*account_r = account;
		*way_r = way;
		*said_r = said;
	}
	return res;
}

enum result accounts_ask(struct tx *tx, struct signin *s, const struct actor *who, const struct id *account, enum role role,
			 const struct id *unit, enum grant_way *way_r, enum accounts_said *said_r)
{
	enum grant_way way = GRANT_WAITS;
	enum accounts_said said = ACCOUNTS_DONE;
	enum result res = may(tx, who, account, &said);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = grants_propose(tx, s, who, account, role, unit, &way);
	if (res == RES_OK) {
		*way_r = way;
		*said_r = said;
	}
	return res;
}

enum result accounts_take(struct tx *tx, struct signin *s, const struct actor *who, const struct id *account, enum role role,
			  const struct id *unit, enum accounts_said *said_r)
{
	enum accounts_said said = ACCOUNTS_DONE;
	int64_t taken = 0;
	uint32_t left = 0;
	enum result res = may(tx, who, account, &said);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = not_the_last(tx, account, role, &said);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = db_do(tx, &role_take, &taken, v_id(account), v_int(role), v_id(unit));
	if (res == RES_OK && said == ACCOUNTS_DONE && !taken)
		said = ACCOUNTS_GONE;
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = signin_roles(tx, account, &left);
	if (res == RES_OK && said == ACCOUNTS_DONE && role & ACCOUNTS_KEEP && !(left & ACCOUNTS_KEEP))
		res = grants_drop_asked(tx, account);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = note(tx, s, who, "accounts/role-taken", account);
	if (res == RES_OK)
		*said_r = said;
	return res;
}

enum result accounts_end(struct tx *tx, struct signin *s, const struct actor *who, const struct id *account, enum accounts_said *said_r)
{
	enum accounts_said said = ACCOUNTS_DONE;
	uint32_t roles = 0;
	enum result res = may(tx, who, account, &said);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = signin_roles(tx, account, &roles);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = not_the_last(tx, account, roles, &said);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = signin_end_account(tx, account, signin_today(s));
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = note(tx, s, who, "accounts/ended", account);
	if (res == RES_OK)
		*said_r = said;
	return res;
}

enum result accounts_invite(struct tx *tx, struct signin *s, const struct actor *who, const struct id *account, enum accounts_said *said_r)
{
	enum accounts_said said = ACCOUNTS_DONE;
	enum result res = may(tx, who, account, &said);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = signin_invite_by_mail(tx, s, account);
	if (res == RES_OK && said == ACCOUNTS_DONE)
		res = note(tx, s, who, "accounts/invited", account);
	if (res == RES_OK)
		*said_r = said;
	return res;
}
