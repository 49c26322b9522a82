#include "crypt/keylog_testing.h"

#include <sodium.h>
#include <string.h>

#include "crypt/hpke.h"

static void put(unsigned char *p, uint64_t v, int n)
{
	while (n--) {
		p[n] = (unsigned char)v;
		v >>= 8;
	}
}

void keylog_for_test(enum keylog_kind kind, const struct keylog_head *head, const struct id *supporter, unsigned number,
		     uint32_t day, unsigned char entry_r[KEYLOG_ENTRY])
{
	unsigned char seed[32] = { 0 }, secret[64], *e = entry_r;
	struct hpke_pair pair;
	put(seed, number, 4);
	memset(e, 0, KEYLOG_ENTRY);
	e[0] = 1;
	e[1] = (unsigned char)kind;
	put(e + 4, head->next, 8);
	memcpy(e + 12, head->hash, 32);
	memcpy(e + 44, supporter->b, ID_BYTES);
	crypto_sign_seed_keypair(e + 60, secret, seed);
	hpke_derive_pair(seed, &pair);
	memcpy(e + 92, pair.public, 32);
	put(e + 124, day, 4);
	crypto_sign_detached(e + 128, NULL, e, 128, secret);
}
