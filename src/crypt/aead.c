#include "crypt/aead.h"

#include <limits.h>

#include "crypt/crypt.h"
#include "crypt/libcrypto.h"

static const EVP_CIPHER *cipher_of(size_t key_n)
{
	if (key_n == 32)
		return EVP_aes_256_gcm();
	if (key_n == 16)
		return EVP_aes_128_gcm();
	bug("an AES key of %zu bytes", key_n);
}

void aead_seal(const unsigned char *key, size_t key_n, const unsigned char nonce[AEAD_NONCE],
	       struct slice aad, struct slice plain, unsigned char *out)
{
	int n = 0, rest = 0;
	if (plain.n > INT_MAX / 2 || aad.n > INT_MAX / 2)
		bug("sealing %zu bytes at once", plain.n);
	libcrypto_load();
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	/* Nothing here depends on input: a failure is memory or the library. */
	if (!c || EVP_EncryptInit_ex(c, cipher_of(key_n), NULL, key, nonce) != 1 ||
	    (aad.n && EVP_EncryptUpdate(c, NULL, &n, (const unsigned char *)aad.p, (int)aad.n) != 1) ||
	    (plain.n && EVP_EncryptUpdate(c, out, &n, (const unsigned char *)plain.p, (int)plain.n) != 1) ||
	    EVP_EncryptFinal_ex(c, out + plain.n, &rest) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, AEAD_TAG, out + plain.n) != 1)
		bug("AES-GCM does not seal");
	EVP_CIPHER_CTX_free(c);
}

enum result aead_open(const unsigned char *key, size_t key_n, const unsigned char nonce[AEAD_NONCE],
		      struct slice aad, struct slice sealed, unsigned char *out_r)
{
	if (sealed.n < AEAD_TAG || sealed.n > INT_MAX / 2 || aad.n > INT_MAX / 2)
		return RES_BAD;
	int n = 0, rest = 0;
	size_t plain_n = sealed.n - AEAD_TAG;
	const unsigned char *from = (const unsigned char *)sealed.p;
	unsigned char none;
	libcrypto_load();
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	if (!c || EVP_DecryptInit_ex(c, cipher_of(key_n), NULL, key, nonce) != 1 ||
	    (aad.n && EVP_DecryptUpdate(c, NULL, &n, (const unsigned char *)aad.p, (int)aad.n) != 1) ||
	    (plain_n && EVP_DecryptUpdate(c, out_r, &n, from, (int)plain_n) != 1) ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, AEAD_TAG, (void *)(from + plain_n)) != 1)
		bug("AES-GCM does not start opening");
	int good = EVP_DecryptFinal_ex(c, plain_n ? out_r + plain_n : &none, &rest);
	EVP_CIPHER_CTX_free(c);
	if (good == 1)
		return RES_OK;
	crypt_wipe(out_r, plain_n);
	return RES_BAD;
}
