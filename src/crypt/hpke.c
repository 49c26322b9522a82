#include "crypt/hpke.h"

#include <string.h>

#include "crypt/aead.h"
#include "crypt/crypt.h"
#include "crypt/curve.h"
#include "crypt/hpke_testing.h"

enum { AES_128 = 1, AES_256 = 2 };
enum { MODE_BASE, MODE_PSK, MODE_AUTH };
static const unsigned char kem_suite[] = {'K', 'E', 'M', 0, 0x20};

/* The suite of the key schedule: "HPKE", KEM 0x0020, KDF 0x0001, AEAD. */
struct suite {
	unsigned char id[10];
	size_t key_n;
};

static struct suite suite_of(int aead_id)
{
	return (struct suite){{'H', 'P', 'K', 'E', 0, 0x20, 0, 1, 0, (unsigned char)aead_id},
			      aead_id == AES_128 ? 16 : 32};
}

/* RFC 9180 § 4: LabeledExtract and LabeledExpand. */
static void extract(struct slice suite, struct slice salt, const char *label, struct slice ikm,
		    unsigned char out[CRYPT_HASH])
{
	const struct slice parts[] = {SLICE("HPKE-v1"), suite, slice_of(label), ikm};
	crypt_hmac(salt, parts, ARRAY_LEN(parts), out);
}

/* One block is all we need: n <= 32. */
static void expand(struct slice suite, const unsigned char prk[CRYPT_HASH], const char *label,
		   struct slice info, unsigned char *out, size_t n)
{
	unsigned char length[2] = {0, (unsigned char)n}, one = 1, block[CRYPT_HASH];
	const struct slice parts[] = {slice_bytes(length, 2), SLICE("HPKE-v1"), suite, slice_of(label), info,
				      slice_bytes(&one, 1)};
	if (n > sizeof(block))
		bug("expand to %zu", n);
	crypt_hmac(slice_bytes(prk, CRYPT_HASH), parts, ARRAY_LEN(parts), block);
	memcpy(out, block, n);
	crypt_wipe(block, sizeof(block));
}

void hpke_derive_pair(const unsigned char seed[HPKE_KEY], struct hpke_pair *pair_r)
{
	unsigned char prk[CRYPT_HASH];
	struct slice suite = slice_bytes(kem_suite, sizeof(kem_suite));
	extract(suite, SLICE(""), "dkp_prk", slice_bytes(seed, HPKE_KEY), prk);
	expand(suite, prk, "sk", SLICE(""), pair_r->secret, HPKE_KEY);
	curve_public(pair_r->secret, pair_r->public);
	crypt_wipe(prk, sizeof(prk));
}

/* ExtractAndExpand of § 4.1 over one Diffie-Hellman result, or two in Auth mode. */
static void kem_secret(const unsigned char dh[2 * CURVE_KEY], bool two, const unsigned char *enc,
		       const unsigned char *to, const unsigned char *sender, unsigned char out[CRYPT_HASH])
{
	unsigned char context[3 * HPKE_KEY], prk[CRYPT_HASH];
	struct slice suite = slice_bytes(kem_suite, sizeof(kem_suite));
	memcpy(context, enc, HPKE_KEY);
	memcpy(context + HPKE_KEY, to, HPKE_KEY);
	if (two)
		memcpy(context + 2 * HPKE_KEY, sender, HPKE_KEY);
	extract(suite, SLICE(""), "eae_prk", slice_bytes(dh, two ? 2 * CURVE_KEY : CURVE_KEY), prk);
	expand(suite, prk, "shared_secret", slice_bytes(context, two ? 3 * HPKE_KEY : 2 * HPKE_KEY), out,
	       CRYPT_HASH);
	crypt_wipe(prk, sizeof(prk));
}

static int mode_of(const struct hpke_with *with, bool auth)
{
	if (!with->psk.n != !with->psk_id.n || (with->psk.n && with->psk.n < 32) || (with->psk.n && auth))
		bug("a psk of %zu bytes, an id of %zu", with->psk.n, with->psk_id.n);
	return with->psk.n ? MODE_PSK : auth ? MODE_AUTH : MODE_BASE;
}

struct schedule {
	unsigned char key[32], nonce[AEAD_NONCE];
};

static void schedule(const struct suite *s, int mode, const unsigned char shared[CRYPT_HASH],
		     const struct hpke_with *with, struct schedule *out)
{
	unsigned char context[1 + 2 * CRYPT_HASH] = {(unsigned char)mode}, secret[CRYPT_HASH];
	struct slice suite = slice_bytes(s->id, sizeof(s->id));
	extract(suite, SLICE(""), "psk_id_hash", with->psk_id, context + 1);
	extract(suite, SLICE(""), "info_hash", with->info, context + 1 + CRYPT_HASH);
	extract(suite, slice_bytes(shared, CRYPT_HASH), "secret", with->psk, secret);
	expand(suite, secret, "key", slice_bytes(context, sizeof(context)), out->key, s->key_n);
	expand(suite, secret, "base_nonce", slice_bytes(context, sizeof(context)), out->nonce, AEAD_NONCE);
	crypt_wipe(secret, sizeof(secret));
}

/* All that is secret on the way, in one place to wipe. */
struct work {
	struct hpke_pair ephemeral;
	unsigned char dh[2 * CURVE_KEY], shared[CRYPT_HASH];
	struct schedule key;
};

enum result hpke_testing_seal(int aead_id, const unsigned char seed[HPKE_KEY],
			      const unsigned char to[HPKE_KEY], const struct hpke_with *with,
			      struct slice plain, unsigned char *out)
{
	struct work w;
	struct suite s = suite_of(aead_id);
	bool auth = with->sender;
	int mode = mode_of(with, auth);
	hpke_derive_pair(seed, &w.ephemeral);
	enum result res = curve_shared(w.ephemeral.secret, to, w.dh);
	if (res == RES_OK && auth)
		res = curve_shared(with->sender->secret, to, w.dh + CURVE_KEY);
	if (res == RES_OK) {
		kem_secret(w.dh, auth, w.ephemeral.public, to, auth ? with->sender->public : NULL, w.shared);
		schedule(&s, mode, w.shared, with, &w.key);
		memcpy(out, w.ephemeral.public, HPKE_KEY);
		aead_seal(w.key.key, s.key_n, w.key.nonce, with->aad, plain, out + HPKE_KEY);
	}
	crypt_wipe(&w, sizeof(w));
	return res;
}

enum result hpke_testing_open(int aead_id, const struct hpke_pair *me, const struct hpke_with *with,
			      struct slice sealed, unsigned char *plain_r)
{
	struct work w;
	struct suite s = suite_of(aead_id);
	bool auth = with->sender_public;
	int mode = mode_of(with, auth);
	if (sealed.n < HPKE_MORE)
		return RES_BAD;
	const unsigned char *enc = (const unsigned char *)sealed.p;
	enum result res = curve_shared(me->secret, enc, w.dh);
	if (res == RES_OK && auth)
		res = curve_shared(me->secret, with->sender_public, w.dh + CURVE_KEY);
	if (res == RES_OK) {
		kem_secret(w.dh, auth, enc, me->public, with->sender_public, w.shared);
		schedule(&s, mode, w.shared, with, &w.key);
		res = aead_open(w.key.key, s.key_n, w.key.nonce, with->aad,
				slice_bytes(enc + HPKE_KEY, sealed.n - HPKE_KEY), plain_r);
	}
	crypt_wipe(&w, sizeof(w));
	return res;
}

enum result hpke_seal(struct random_source *rnd, const char *label, const unsigned char to[HPKE_KEY],
		      const struct hpke_with *with, struct slice plain, unsigned char *out)
{
	unsigned char seed[HPKE_KEY];
	random_fill(rnd, label, seed, sizeof(seed));
	enum result res = hpke_testing_seal(AES_256, seed, to, with, plain, out);
	crypt_wipe(seed, sizeof(seed));
	return res;
}

enum result hpke_open(const struct hpke_pair *me, const struct hpke_with *with, struct slice sealed,
		      unsigned char *plain_r)
{
	return hpke_testing_open(AES_256, me, with, sealed, plain_r);
}
