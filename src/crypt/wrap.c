#include "crypt/wrap.h"

#include "crypt/crypt.h"
#include "crypt/sealed_making.h"

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

enum { AT_T = 4, AT_M = 8, AT_P = 12, AT_SALT = 16, AT_NONCE = 32 };

static bool costs_good(const unsigned char *p)
{
	uint32_t t = get32(p + AT_T), m = get32(p + AT_M), lanes = get32(p + AT_P);
	if (p[1] != WRAP_DEVICE) /* 109 or 256 bits need no slow hash, so there is none to set */
		return !t && !m && !lanes;
	return t >= WRAP_T_MIN && t <= WRAP_T_MAX && m >= WRAP_M_MIN && m <= WRAP_M_MAX && lanes == 1;
}

enum result wrap_read(struct slice row, struct arena *a, const struct sealed **row_r, enum wrap_kind *kind_r)
{
	const unsigned char *p = (const unsigned char *)row.p;
	if (row.n != WRAP_ROW || p[0] != 1 || p[1] < WRAP_DEVICE || p[1] > WRAP_PAIRING || p[2] || p[3])
		return RES_BAD;
	if (!costs_good(p) || crypt_is_zero(p + AT_SALT, 16) || crypt_is_zero(p + AT_NONCE, 12))
		return RES_BAD;
	*row_r = sealed_make(a, p, WRAP_ROW);
	*kind_r = (enum wrap_kind)p[1];
	return RES_OK;
}

enum result vault_read(struct slice blob, struct arena *a, const struct sealed **blob_r)
{
	if (blob.n < VAULT_MIN || blob.n > VAULT_MAX || (blob.n & (blob.n - 1)) || crypt_is_zero(blob.p, 12))
		return RES_BAD;
	*blob_r = sealed_make(a, blob.p, blob.n);
	return RES_OK;
}

void vault_hash(struct slice blob, unsigned char out[32])
{
	crypt_hash(blob, out);
}
