/* keylog.h: the public list of supporters' keys, and what may be appended to it (§ 2.5).

   Desks verify the whole chain themselves; the server checks each append, so that nobody's
   mistake makes every desk show a red page. */
#ifndef CRYPT_KEYLOG_H
#define CRYPT_KEYLOG_H

#include "base/id.h"
#include "crypt/crypt.h"

#define KEYLOG_ENTRY 256

enum keylog_kind { KEYLOG_NEW = 1, KEYLOG_ROTATE = 2, KEYLOG_RESET = 3, KEYLOG_RETIRE = 4 };

struct keylog_entry {
	enum keylog_kind kind;
	uint64_t n; /* 0 for the first of the log */
	unsigned char prev[CRYPT_HASH];
	struct id supporter;
	unsigned char sign_key[32];     /* Ed25519 */
	unsigned char seal_key[32];     /* X25519 */
	uint32_t day;                   /* days since 1970-01-01 */
	unsigned char hash[CRYPT_HASH]; /* H(entry): the head once it is appended */
};

/* Where the log stands: {0} when it is empty. */
struct keylog_head {
	uint64_t next;
	unsigned char hash[CRYPT_HASH]; /* of entry next - 1; zeros when there is none */
	uint32_t day;                   /* of the same entry; no later one is of an earlier day */
};

/* The form alone: 256 bytes, version, kind, zeros, usable X25519 key, and the signature by the
   entry's own key over bytes 0..127; kind other than rotate: second signature zero. RES_BAD otherwise. */
MUST_USE enum result keylog_read(struct slice bytes, struct keylog_entry *entry_r);

/* May it be appended? `current`: the newest entry of this supporter, NULL if there is none.
   RES_OK: yes; the new head is { entry.n + 1, entry.hash, entry.day }.
   RES_BAD: not an entry, or a signature does not hold.
   RES_AGAIN: well made, but for another head: somebody else appended first.
   RES_REFUSED: not this kind now. new: she has no key, or a retired one. rotate and reset: she has a
   current one; both keys are new; rotate carries the old key's signature. retire: she
   has a current one and the entry repeats both keys. `today` (the workplace's day, days since
   1970): the entry's day is today or yesterday, since midnight may pass on the way, and not before the head's. */
MUST_USE enum result keylog_may_append(struct slice bytes, const struct keylog_head *head,
				       const struct keylog_entry *current, uint32_t today,
				       struct keylog_entry *entry_r);

/* The chain over a whole log, entry by entry from {0}, as a desk reads it (client/keylog.js does the same). Advances *head.
   RES_BAD: the chain is broken here; *head stays. */
MUST_USE enum result keylog_follow(struct slice bytes, struct keylog_head *head,
				   struct keylog_entry *entry_r);

/* ---- what people read to each other ---- */

#define KEYLOG_SAFETY 30    /* room for six groups of four digits with a space between, and the zero */
#define KEYLOG_HEAD_CODE 25 /* the same for five */

/* Where the Ed25519 key stands in an entry of the log. Nothing is checked: the log was, when it took the entry. */
const unsigned char *keylog_sign_key(const unsigned char entry[KEYLOG_ENTRY]);
/* A key's safety code: H("makker/1 safety" ‖ Ed25519 key), of each of the first six groups of four bytes the last four
   decimal digits. */
void keylog_safety_code(const unsigned char sign_key[32], char text_r[KEYLOG_SAFETY]);
/* The head in 20 digits, made in the same way from the hash of the newest entry. */
void keylog_head_code(const unsigned char head[CRYPT_HASH], char text_r[KEYLOG_HEAD_CODE]);

#endif
