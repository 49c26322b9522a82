#include "crypt/audit.h"

#include <string.h>

static void put(unsigned char *out, uint64_t v, int n)
{
	while (n--) {
		out[n] = (unsigned char)v;
		v >>= 8;
	}
}

static void hash_entry(const unsigned char prev[CRYPT_HASH], const struct audit_entry *e,
		       unsigned char out[CRYPT_HASH])
{
	unsigned char n[8], when[8], action_n[4], detail_n[4];
	if (e->action.n > UINT32_MAX || e->detail.n > UINT32_MAX)
		bug("an audit text of 4 GiB");
	put(n, e->n, 8);
	put(when, (uint64_t)e->when, 8);
	put(action_n, e->action.n, 4);
	put(detail_n, e->detail.n, 4);
	const struct slice parts[] = {
	    slice_bytes("makker/1 audit", 15),
	    slice_bytes(prev, CRYPT_HASH),
	    slice_bytes(n, 8),
	    slice_bytes(when, 8),
	    slice_bytes(e->actor.b, ID_BYTES),
	    slice_bytes(action_n, 4),
	    e->action,
	    slice_bytes(e->about.b, ID_BYTES),
	    slice_bytes(detail_n, 4),
	    e->detail,
	};
	crypt_hash_parts(parts, ARRAY_LEN(parts), out);
}

void audit_append(struct audit_head *head, struct audit_entry *entry, unsigned char hash_r[CRYPT_HASH])
{
	entry->n = head->next;
	hash_entry(head->hash, entry, hash_r);
	memcpy(head->hash, hash_r, CRYPT_HASH);
	head->next++;
}

enum result audit_follow(struct audit_head *head, const struct audit_entry *entry,
			 const unsigned char stored[CRYPT_HASH])
{
	unsigned char hash[CRYPT_HASH];
	hash_entry(head->hash, entry, hash);
	if (entry->n != head->next || !crypt_eq(hash, stored, sizeof(hash)))
		return RES_BAD;
	memcpy(head->hash, hash, sizeof(hash));
	head->next++;
	return RES_OK;
}
