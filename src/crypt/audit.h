/* audit.h: the chain that makes a changed or missing audit entry show.

   hash = H("makker/1 audit" ‖ 0 ‖ prev ‖ fields), each field in one canonical form: numbers as 8 bytes,
   ids as 16, texts as length(4) and bytes. Storage is elsewhere: this only computes. The
   chain proves order and completeness up to a head that somebody else has kept;
   who can rewrite the store can also rewrite the chain from any entry on. */
#ifndef CRYPT_AUDIT_H
#define CRYPT_AUDIT_H

#include "base/id.h"
#include "crypt/crypt.h"

struct audit_entry {
	uint64_t n;          /* 0 for the first */
	int64_t when;        /* as the store keeps it: an instant's seconds, or a day */
	struct id actor;     /* pseudonym */
	struct slice action; /* "people/search" */
	struct id about;     /* zero when there is nothing to name */
	struct slice detail; /* may be empty */
};

/* {0} before the first entry. */
struct audit_head {
	uint64_t next;
	unsigned char hash[CRYPT_HASH];
};

/* Sets entry->n, advances *head, and gives the hash to be stored with the entry. */
void audit_append(struct audit_head *head, struct audit_entry *entry, unsigned char hash_r[CRYPT_HASH]);
/* Reads the log back, from {0} or from a kept head. RES_BAD: this entry was changed, or one before it
   is missing; *head stays. */
MUST_USE enum result audit_follow(struct audit_head *head, const struct audit_entry *entry,
				  const unsigned char stored[CRYPT_HASH]);

#endif
