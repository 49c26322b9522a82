#include <sodium.h>
#include <string.h>

#include "crypt/hpke.h"
#include "crypt/keylog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void look(const unsigned char *bytes, size_t n)
{
	struct keylog_entry e, more;
	struct keylog_head head = {0};
	if (keylog_read(slice_bytes(bytes, n), &e) != RES_OK)
		return;
	if (n != KEYLOG_ENTRY || id_is_zero(&e.supporter))
		bug("not an entry");
	if (keylog_may_append(slice_bytes(bytes, n), &head, NULL, e.day, &more) == RES_OK &&
	    e.kind != KEYLOG_NEW)
		bug("a first entry that is not new");
	if (keylog_follow(slice_bytes(bytes, n), &head, &e) == RES_OK && head.next != 1)
		bug("the first entry is not the first");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	unsigned char entry[KEYLOG_ENTRY] = {1, 1}, secret[64];
	struct hpke_pair pair;
	look(data, n);
	/* Once more over a good entry and signed, or no input would come past the signature. */
	static const unsigned char seed[32] = {1};
	hpke_derive_pair(seed, &pair);
	memcpy(entry + 92, pair.public, 32);
	memset(entry + 44, 7, 16);
	for (size_t i = 0; i + 1 < n && i < 2 * KEYLOG_ENTRY; i += 2)
		entry[data[i]] = data[i + 1];
	crypto_sign_seed_keypair(entry + 60, secret, seed);
	crypto_sign_detached(entry + 128, NULL, entry, 128, secret);
	look(entry, sizeof(entry));
	return 0;
}
