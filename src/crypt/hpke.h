/* hpke.h: one message to one key: HPKE, RFC 9180, single shot (§ 2.1).

   The suite is fixed: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-256-GCM
   0x0002. One message to an encapsulation, sequence 0. Public keys that are not canonical,
   have small order, or lead to an all-zero secret are RES_BAD. */
#ifndef CRYPT_HPKE_H
#define CRYPT_HPKE_H

#include "base/random.h"
#include "base/slice.h"

#define HPKE_KEY 32 /* public, private and encapsulated keys, and the seed of a pair */
#define HPKE_TAG 16
#define HPKE_MORE (HPKE_KEY + HPKE_TAG) /* bytes that sealing adds: enc in front, the tag behind */

struct hpke_pair {
	unsigned char secret[HPKE_KEY], public[HPKE_KEY];
};

/* What both ends must agree on. Base mode: psk and sender left empty. PSK mode: psk (at least
   32 bytes) and psk_id, both. Auth mode: `sender`, a pair for sealing (hpke_seal) or, to
   open, her public key. PSK and Auth together are not used: our bug. */
struct hpke_with {
	struct slice info, aad, psk, psk_id;
	const struct hpke_pair *sender;     /* to seal */
	const unsigned char *sender_public; /* to open; HPKE_KEY bytes */
};

/* DeriveKeyPair of RFC 9180 § 7.1.3, from 32 bytes. */
void hpke_derive_pair(const unsigned char seed[HPKE_KEY], struct hpke_pair *pair_r);

/* out: plain.n + HPKE_MORE bytes, enc ‖ ciphertext. The ephemeral key comes from `rnd` under `label`
   ("ring/ephemeral") and is wiped. RES_BAD: the recipient's key may not be used. */
MUST_USE enum result hpke_seal(struct random_source *rnd, const char *label, const unsigned char to[HPKE_KEY],
			       const struct hpke_with *with, struct slice plain, unsigned char *out);
/* plain_r: sealed.n - HPKE_MORE bytes. RES_BAD: too short, a bad key inside, or not sealed
   to this key with exactly this info, aad, psk and sender; plain_r then holds nothing of it. */
MUST_USE enum result hpke_open(const struct hpke_pair *me, const struct hpke_with *with, struct slice sealed,
			       unsigned char *plain_r);

#endif
