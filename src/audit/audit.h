/* audit.h: who looked at a list of names, kept so that a change shows.

   Every look is one entry, in the transaction that reads the list or in one of its own before the list is
   shown, so that none is shown without one. An entry names a pseudonym; which account that is stands in a map of its own. The map keeps an account
   that ended for AUDIT_NAMED_DAYS, since whoever left may still be asked what a look was for; then the
   programs' daily job erases it (audit_forget). Entries stay for good. Each entry's hash covers the one before (docs/protocol.md § 9, crypt/audit.h).
   The head of the chain is kept apart from the entries, so that missing ones at the end show too.
   Who can rewrite the whole database can rewrite both: a mark noted elsewhere proves more (audit_mark_at). */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/clock.h"
#include "crypt/crypt.h"
#include "db/db.h"

#define AUDIT_WHAT_MOST 60   /* bytes */
#define AUDIT_NAMED_DAYS 400 /* our choice: whoever goes through the looks once a year has a month for asking */

/* One entry: `what` is a fixed word of ours ("desk/tasks"); about: the incident, or NULL for none. The transaction
   must be one of db_write. Entries put at the same time wait for each other (the database's conflicts, which the
   runner repeats). */
MUST_USE enum result audit_put(struct tx *tx, struct random_source *rnd, struct day day, const struct id *account,
			       const char *what, const struct id *about);

/* Takes an account out of the map: its entries stay, and nobody can tell whose they are. Harmless twice. A later look
   by the same account gets a new pseudonym. */
MUST_USE enum result audit_forget(struct tx *tx, const struct id *account);

/* Reads everything back. RES_OK: the chain holds; *n_r entries. RES_BAD: *n_r is the number (from 1) of the first entry
   that was changed, or is missing; then *n_r is written too. */
MUST_USE enum result audit_verify(struct tx *tx, int64_t *n_r);

/* A point of the chain, to be noted elsewhere: so many entries, and the hash of the last of them, which covers all before it. */
struct audit_mark {
	int64_t n; /* 0: before the first, and the hash is zeros */
	unsigned char hash[CRYPT_HASH];
};

/* The mark after entry n. RES_NONE: there is no such entry. Only after audit_verify is it more than what stands there. */
MUST_USE enum result audit_mark_at(struct tx *tx, int64_t n, struct audit_mark *mark_r);

#define AUDIT_MARK_TEXT (20 + 2 * CRYPT_HASH + 1) /* with the zero */
/* "212:6f1c…", the number and the whole hash in small hex. Reading is strict: RES_BAD for all that is not just so. */
void audit_mark_text(const struct audit_mark *mark, char out[AUDIT_MARK_TEXT]);
MUST_USE enum result audit_mark_parse(struct slice text, struct audit_mark *mark_r);

#endif
