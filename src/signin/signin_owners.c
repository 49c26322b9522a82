/* Accounts and the people whose they are: an account goes when its owner does. */
#include "signin/signin_inside.h"
#include "signin/signin_store.h"

#define AT_ONCE 100

SQL(owner_list, "bi", "id:b email:t of_whom:b?",
    "SELECT id, email, of_whom FROM account WHERE id > $1 AND ended_day IS NULL ORDER BY id LIMIT $2");
SQL(owner_drop, "bi", "", "DELETE FROM account_role WHERE account = $1 AND role = $2");
SQL(owner_roles, "b", "n:i", "SELECT COUNT(*) AS n FROM account_role WHERE account = $1");
SQL(ended_list, "bii", "id:b", "SELECT id FROM account WHERE id > $1 AND ended_day < $2 ORDER BY id LIMIT $3");
SQL(ended_gone, "b", "", "DELETE FROM account WHERE id = $1");

struct owned {
	struct id account, of_whom;
	char *email;
};

/* The account, or of it the role alone that only its owner's place in this program gave. */
static enum result end_one(struct tx *tx, struct day today, const struct id *account, uint32_t role)
{
	struct rows *rows;
	if (!role)
		return signin_end_account(tx, account, today);
	int64_t had;
	bool more = false;
	enum result res = db_do(tx, &owner_drop, &had, v_id(account), v_int(role));
	if (res != RES_OK || !had)
		return res;
	res = db_one(tx, &owner_roles, &rows, v_id(account));
	if (res == RES_OK)
		more = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res == RES_OK && !more ? signin_end_account(tx, account, today) : res;
}

static enum result look_at(struct tx *tx, struct day today, const struct owned *one, const struct signin_owners *owners)
{
	struct id of_whom = one->of_whom;
	enum result res = RES_OK;
	if (id_is_zero(&of_whom) && owners->who) {
		res = owners->who(tx, one->email, &of_whom);
		if (res == RES_OK)
			res = signin_set_of_whom(tx, &one->account, &of_whom);
	}
	if (res == RES_OK && !id_is_zero(&of_whom))
		res = owners->left(tx, &of_whom);
	else if (res == RES_OK)
		res = RES_NONE;
	return res == RES_OK ? end_one(tx, today, &one->account, owners->role) : res == RES_NONE ? RES_OK : res;
}

enum result signin_end_left(struct tx *tx, struct day today, const struct signin_owners *owners)
{
	struct owned list[AT_ONCE];
	struct id last = {0};
	size_t n = AT_ONCE;
	enum result res = RES_OK;
	while (res == RES_OK && n == AT_ONCE) {
		struct arena *a = arena_new();
		struct rows *rows;
		res = db_ask(tx, &owner_list, &rows, v_id(&last), v_int(AT_ONCE));
		for (n = 0; res == RES_OK && n < AT_ONCE && rows_next(rows) == RES_OK; n++)
			list[n] = (struct owned){row_id(rows, 0), row_id(rows, 2), arena_str(a, row_text(rows, 1))};
		if (res == RES_OK)
			rows_end(&rows);
		for (size_t i = 0; res == RES_OK && i < n; i++) {
			last = list[i].account;
			res = look_at(tx, today, &list[i], owners);
		}
		arena_free(&a);
	}
	return res;
}

enum result signin_forget_ended(struct tx *tx, struct day before, enum result (*first)(struct tx *tx, const struct id *account))
{
	struct id list[AT_ONCE], last = {0};
	size_t n = AT_ONCE;
	while (n == AT_ONCE) {
		struct rows *rows;
		enum result res = db_ask(tx, &ended_list, &rows, v_id(&last), v_int(before.n), v_int(AT_ONCE));
		if (res != RES_OK)
			return res;
		for (n = 0; n < AT_ONCE && rows_next(rows) == RES_OK; n++)
			list[n] = row_id(rows, 0);
		rows_end(&rows);
		for (size_t i = 0; i < n; i++) {
			last = list[i];
			res = first(tx, &list[i]);
			if (res == RES_OK)
				res = db_do(tx, &ended_gone, NULL, v_id(&list[i]));
			if (res != RES_OK)
				return res;
		}
	}
	return RES_OK;
}
