/* libcrypto.h: OpenSSL's functions, loaded when something is first sealed or opened here: duty, and haven at rest,
   do without four megabytes of it. They have their own names and types. */
#ifndef CRYPT_LIBCRYPTO_H
#define CRYPT_LIBCRYPTO_H

#include <openssl/evp.h>
#include <stdbool.h>

#define LIBCRYPTO_FUNCTIONS(EACH) \
	EACH(EVP_aes_128_gcm) EACH(EVP_aes_256_gcm) EACH(EVP_CIPHER_CTX_new) EACH(EVP_CIPHER_CTX_free) \
	EACH(EVP_CIPHER_CTX_ctrl) EACH(EVP_EncryptInit_ex) EACH(EVP_EncryptUpdate) \
	EACH(EVP_EncryptFinal_ex) EACH(EVP_DecryptInit_ex) EACH(EVP_DecryptUpdate) \
	EACH(EVP_DecryptFinal_ex)

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

#endif
