#include "crypt/crypt.h"

#include <sodium.h>
#include <string.h>

#include "base/log.h"

enum result crypt_init(void)
{
	if (sodium_init() < 0) {
		log_world("crypt", "libsodium does not start");
		return RES_BROKEN;
	}
	return RES_OK;
}

bool crypt_eq(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

bool crypt_is_zero(const void *p, size_t n)
{
	return sodium_is_zero(p, n) == 1;
}

void crypt_wipe(void *p, size_t n)
{
	if (n)
		sodium_memzero(p, n);
}

void crypt_hash(struct slice data, unsigned char out[CRYPT_HASH])
{
	crypt_hash_parts(&data, 1, out);
}

void crypt_hash_parts(const struct slice *parts, size_t n, unsigned char out[CRYPT_HASH])
{
	crypto_hash_sha256_state st;
	crypto_hash_sha256_init(&st);
	for (size_t i = 0; i < n; i++)
		crypto_hash_sha256_update(&st, (const unsigned char *)parts[i].p, parts[i].n);
	crypto_hash_sha256_final(&st, out);
	crypt_wipe(&st, sizeof(st));
}

void crypt_hmac(struct slice key, const struct slice *parts, size_t n, unsigned char out[CRYPT_HASH])
{
	crypto_auth_hmacsha256_state st;
	crypto_auth_hmacsha256_init(&st, (const unsigned char *)(key.n ? key.p : ""), key.n);
	for (size_t i = 0; i < n; i++)
		crypto_auth_hmacsha256_update(&st, (const unsigned char *)parts[i].p, parts[i].n);
	crypto_auth_hmacsha256_final(&st, out);
	crypt_wipe(&st, sizeof(st));
}

void crypt_hkdf(struct slice salt, struct slice ikm, struct slice info, void *out, size_t out_n)
{
	unsigned char prk[CRYPT_HASH], block[CRYPT_HASH], count = 0, *to = out;
	if (out_n > 255 * sizeof(block))
		bug("hkdf of %zu bytes", out_n);
	crypt_hmac(salt, &ikm, 1, prk);
	while (out_n) {
		unsigned char next = (unsigned char)(count + 1);
		const struct slice parts[] = {slice_bytes(block, count ? sizeof(block) : 0), info,
					      slice_bytes(&next, 1)};
		crypt_hmac(slice_bytes(prk, sizeof(prk)), parts, ARRAY_LEN(parts), block);
		size_t take = out_n < sizeof(block) ? out_n : sizeof(block);
		memcpy(to, block, take);
		to += take;
		out_n -= take;
		count = next;
	}
	crypt_wipe(prk, sizeof(prk));
	crypt_wipe(block, sizeof(block));
}

void crypt_token_hash(const unsigned char token[16], unsigned char out[CRYPT_HASH])
{
	crypt_hash(slice_bytes(token, 16), out);
}

bool crypt_work_done(struct slice body, unsigned bits)
{
	unsigned char h[CRYPT_HASH];
	if (bits > 8 * sizeof(h))
		bug("work of %u bits", bits);
	crypt_hash(body, h);
	for (unsigned i = 0; i < bits; i++)
		if (h[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}
