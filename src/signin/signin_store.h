/* signin_store.h: all SQL of this room. Results as in db.h. */
#ifndef SIGNIN_STORE_H
#define SIGNIN_STORE_H

#include "signin/signin_inside.h"

struct signin_row {
	struct id id;
	const char *email, *name, *password; /* password NULL: not chosen yet */
	enum lang lang;
	struct id of_whom;
	bool ended, undelivered;
};

/* What the gate needs of a session, in one read. */
struct signin_session {
	struct id account;
	unsigned char csrf[CSRF_BYTES];
	const char *name;
	enum lang lang;
	uint32_t roles;
};

MUST_USE enum result signin_by_email(struct tx *tx, struct arena *a, const char *email,
				     struct signin_row *row_r);
MUST_USE enum result signin_by_id(struct tx *tx, struct arena *a, const struct id *id,
				  struct signin_row *row_r);
/* *made_r: false when the address was there already. */
MUST_USE enum result signin_put_account(struct tx *tx, const struct signin_row *row, bool *made_r);
MUST_USE enum result signin_reopen(struct tx *tx, const struct id *id, const char *name, enum lang lang);
MUST_USE enum result signin_set_of_whom(struct tx *tx, const struct id *id, const struct id *of_whom);
/* Closes it: no roles, links, sessions, passphrase. */
MUST_USE enum result signin_end_account(struct tx *tx, const struct id *id, struct day today);
/* Its invitation did not arrive. Nothing happens to an account that has a passphrase by now, or is ended. */
MUST_USE enum result signin_mark_undelivered(struct tx *tx, const struct id *id, struct day day);
/* There is a newer one. */
MUST_USE enum result signin_invited_anew(struct tx *tx, const struct id *id);
/* One that is had stays as it is, its day too. */
MUST_USE enum result signin_put_role(struct tx *tx, const struct id *id, enum role role, const struct id *unit, struct day since);
MUST_USE enum result signin_roles(struct tx *tx, const struct id *id, uint32_t *roles_r);
#define SIGNIN_LIST_MOST 20000
/* By address, at most SIGNIN_LIST_MOST. */
MUST_USE enum result signin_each(struct tx *tx, struct arena *a, struct signin_row **rows_r, size_t *n_r);

/* From one passphrase to another (was NULL: whatever it was). RES_NONE: it was another one by now, or the
 * account is ended. */
MUST_USE enum result signin_set_password(struct tx *tx, const struct id *id, const char *was,
					 const char *now);

MUST_USE enum result signin_put_invite(struct tx *tx, const unsigned char *hash, const struct id *account,
				       struct day expires);
/* RES_NONE: used, expired, never there, or its account is ended. */
MUST_USE enum result signin_invited(struct tx *tx, struct arena *a, const unsigned char *hash,
				    struct day today, struct signin_row *row_r);
/* Takes it up: RES_NONE when somebody else did. Of all who try, one gets RES_OK. */
MUST_USE enum result signin_take_invite(struct tx *tx, const unsigned char *hash, struct day today);
MUST_USE enum result signin_drop_invites(struct tx *tx, const struct id *account);

MUST_USE enum result signin_put_session(struct tx *tx, const unsigned char *hash, const struct id *account,
					const unsigned char *csrf, struct day expires);
MUST_USE enum result signin_get_session(struct tx *tx, struct arena *a, const unsigned char *hash,
					struct day today, struct signin_session *session_r);
MUST_USE enum result signin_drop_session(struct tx *tx, const unsigned char *hash);
MUST_USE enum result signin_drop_sessions(struct tx *tx, const struct id *account);

#endif
