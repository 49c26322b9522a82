/* desk_inside.h: what the files of this room share. */
#ifndef DESK_INSIDE_H
#define DESK_INSIDE_H

#include "haven/desk/desk.h"
#include "haven/supporters/supporters.h"
#include "signin/signin.h"

struct desk {
	struct desk_setup setup;
};

/* The supporter whose account asks. RES_REFUSED: the account is nobody's, or she has ended or left the workplace. */
MUST_USE enum result desk_me(struct tx *tx, struct arena *a, const struct actor *who, struct supporter *me_r);

/* ---- desk_json.c: what her script sends, read strictly. RES_BAD: anything else than the contract ---- */

struct desk_keys {
	struct slice entry, vault, replaces, wraps[4]; /* replaces: only of a rotation */
	size_t wraps_n;
};

#define DESK_TASKS_MOST 1000

MUST_USE enum result desk_read_keys(struct slice body, struct arena *a, struct desk_keys *keys_r);
/* The same with `replaces`: the hash of the vault that is replaced. */
MUST_USE enum result desk_read_rotation(struct slice body, struct arena *a, struct desk_keys *keys_r);
MUST_USE enum result desk_read_entry(struct slice body, struct arena *a, struct slice *entry_r);   /* {"entry": …} */
MUST_USE enum result desk_read_pairing(struct slice body, struct arena *a, struct slice *wrap_r); /* {"add": …} */
/* replaces_r: p == NULL for null. */
MUST_USE enum result desk_read_wrap(struct slice body, struct arena *a, struct slice *add_r, struct slice *replaces_r);
MUST_USE enum result desk_read_remove(struct slice body, struct arena *a, struct slice *hash_r);
MUST_USE enum result desk_read_seen(struct slice body, struct arena *a, struct id **tasks_r, size_t *n_r);
MUST_USE enum result desk_read_outcomes(struct slice body, struct arena *a, struct offers_outcome **list_r,
					size_t *n_r);
MUST_USE enum result desk_read_nothing(struct slice body); /* {} */
MUST_USE enum result desk_read_etag(struct slice header, unsigned char hash_r[CRYPT_HASH]); /* "64 hex digits" */
MUST_USE enum result desk_read_hour(struct slice text, int64_t *hour_r);

/* ---- desk_texts.c ---- */

struct desk_text {
	const char *key, *msgid;
	const char *more; /* of a counted text: for other numbers than one; its number is {n}. Of `timed`: its context */
	enum { DESK_PLAIN, DESK_COUNTED, DESK_TIMED } kind;
};
extern const struct desk_text desk_texts[];
extern const size_t desk_texts_n;

/* ---- desk_life.c: keys after the first day ---- */
void desk_life_routes(struct desk *d, struct web *web);
struct answer desk_ended(struct req *req, enum result res, int good); /* a status without a body */
bool desk_is_json(struct req *req);

/* ---- desk_api.c ---- */
void desk_api_routes(struct desk *d, struct web *web);

#endif
