#include "crypt/curve.h"

#include <gmp.h>
#include <sodium.h>
#include <string.h>

#include "crypt/crypt.h"

void curve_public(const unsigned char scalar[CURVE_KEY], unsigned char public_r[CURVE_KEY])
{
	if (crypto_scalarmult_curve25519_base(public_r, scalar))
		bug("x25519 base");
}

enum result curve_shared(const unsigned char scalar[CURVE_KEY], const unsigned char public[CURVE_KEY],
			 unsigned char shared_r[CURVE_KEY])
{
	unsigned char shared[CURVE_KEY];
	if (!curve_usable(public) || crypto_scalarmult_curve25519(shared, scalar, public) ||
	    crypt_is_zero(shared, sizeof(shared)))
		return RES_BAD;
	memcpy(shared_r, shared, sizeof(shared));
	crypt_wipe(shared, sizeof(shared));
	return RES_OK;
}

/* p = 2^255 - 19, the least significant byte first as in RFC 7748. */
static bool below_p(const unsigned char u[CURVE_KEY])
{
	if (u[31] & 0x80)
		return false;
	if (u[31] != 0x7f)
		return true;
	for (int i = 30; i > 0; i--)
		if (u[i] != 0xff)
			return true;
	return u[0] < 0xed;
}

bool curve_usable(const unsigned char public[CURVE_KEY])
{
	/* Orders 2, 4, 8, 8 on the curve and 4 on the twist; their other spellings are not below p. */
	static const unsigned char small[][CURVE_KEY] = {
	    {0},
	    {1},
	    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
	     0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
	    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
	     0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
	    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	};
	if (!below_p(public))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(small); i++)
		if (!memcmp(public, small[i], CURVE_KEY))
			return false;
	return true;
}

/* u is on the curve when u^3 + 486662 u^2 + u is a square modulo p. */
bool curve_like_real(const unsigned char public[CURVE_KEY])
{
	if (!curve_usable(public))
		return false;
	mpz_t p, u, v;
	mpz_inits(p, u, v, NULL);
	mpz_ui_pow_ui(p, 2, 255);
	mpz_sub_ui(p, p, 19);
	mpz_import(u, CURVE_KEY, -1, 1, 0, 0, public);
	mpz_add_ui(v, u, 486662);
	mpz_mul(v, v, u);
	mpz_add_ui(v, v, 1);
	mpz_mul(v, v, u);
	bool square = mpz_legendre(v, p) == 1;
	mpz_clears(p, u, v, NULL);
	return square;
}
