/* libcrypto.h: OpenSSL's functions, loaded when something is first sealed or opened here, or a key looked at: duty, and haven at rest,
   do without four megabytes of it. They have their own names and types. */
#ifndef CRYPT_LIBCRYPTO_H
#define CRYPT_LIBCRYPTO_H

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <stdbool.h>

#define LIBCRYPTO_FUNCTIONS(EACH) \
	EACH(EVP_aes_128_gcm) EACH(EVP_aes_256_gcm) EACH(EVP_CIPHER_CTX_new) EACH(EVP_CIPHER_CTX_free) \
	EACH(EVP_CIPHER_CTX_ctrl) EACH(EVP_EncryptInit_ex) EACH(EVP_EncryptUpdate) \
	EACH(EVP_EncryptFinal_ex) EACH(EVP_DecryptInit_ex) EACH(EVP_DecryptUpdate) \
	EACH(EVP_DecryptFinal_ex) EACH(BN_CTX_new) EACH(BN_CTX_free) EACH(BN_CTX_start) EACH(BN_CTX_end) \
	EACH(BN_CTX_get) EACH(BN_set_word) EACH(BN_lshift) EACH(BN_sub_word) EACH(BN_add_word) \
	EACH(BN_lebin2bn) EACH(BN_copy) EACH(BN_mod_mul) EACH(BN_kronecker)

#define LIBCRYPTO_MEMBER(name) __typeof__(name) *name;
struct libcrypto {
	LIBCRYPTO_FUNCTIONS(LIBCRYPTO_MEMBER)
};
#undef LIBCRYPTO_MEMBER
extern struct libcrypto libcrypto;

/* Before any of them is called. Aborts, after a line in the log that says so, where it is not installed (crypt_ready in crypt.h asks
   beforehand). Safe from all threads, and as often as one likes. */
void libcrypto_load(void);

#define EVP_aes_128_gcm libcrypto.EVP_aes_128_gcm
#define EVP_aes_256_gcm libcrypto.EVP_aes_256_gcm
#define EVP_CIPHER_CTX_new libcrypto.EVP_CIPHER_CTX_new
#define EVP_CIPHER_CTX_free libcrypto.EVP_CIPHER_CTX_free
#define EVP_CIPHER_CTX_ctrl libcrypto.EVP_CIPHER_CTX_ctrl
#define EVP_EncryptInit_ex libcrypto.EVP_EncryptInit_ex
#define EVP_EncryptUpdate libcrypto.EVP_EncryptUpdate
#define EVP_EncryptFinal_ex libcrypto.EVP_EncryptFinal_ex
#define EVP_DecryptInit_ex libcrypto.EVP_DecryptInit_ex
#define EVP_DecryptUpdate libcrypto.EVP_DecryptUpdate
#define EVP_DecryptFinal_ex libcrypto.EVP_DecryptFinal_ex
#define BN_CTX_new libcrypto.BN_CTX_new
#define BN_CTX_free libcrypto.BN_CTX_free
#define BN_CTX_start libcrypto.BN_CTX_start
#define BN_CTX_end libcrypto.BN_CTX_end
#define BN_CTX_get libcrypto.BN_CTX_get
#define BN_set_word libcrypto.BN_set_word
#define BN_lshift libcrypto.BN_lshift
#define BN_sub_word libcrypto.BN_sub_word
#define BN_add_word libcrypto.BN_add_word
#define BN_lebin2bn libcrypto.BN_lebin2bn
#define BN_copy libcrypto.BN_copy
#define BN_mod_mul libcrypto.BN_mod_mul
#define BN_kronecker libcrypto.BN_kronecker

#endif
