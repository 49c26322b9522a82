/* wrap.h: what the server can check of a supporter's wrapped master key (§ 2.3) and of her
   vault (§ 8). It opens neither: it has no part of any key. */
#ifndef CRYPT_WRAP_H
#define CRYPT_WRAP_H

#include "base/arena.h"
#include "crypt/sealed.h"

#define WRAP_ROW 92
#define WRAP_M_MIN (19 * 1024)   /* KiB: the weakest setting of § 2.3, with t = 2 */
#define WRAP_M_MAX (1024 * 1024) /* KiB: a browser will not do more */
#define WRAP_T_MIN 2
#define WRAP_T_MAX 16

enum wrap_kind { WRAP_DEVICE = 1, WRAP_RECOVERY = 2, WRAP_PASSKEY = 3, WRAP_PAIRING = 4 };

/* A row as it comes from the browser, in `a`. RES_BAD unless: 92 bytes; version 1; kind 1 to 4; zeros
   where zeros belong; for kind 1 Argon2id costs within the bounds above and p = 1, for the others
   all three zero; salt and nonce not all zero. */
MUST_USE enum result wrap_read(struct slice row, struct arena *a, const struct sealed **row_r,
			       enum wrap_kind *kind_r);

#define VAULT_MIN 65536            /* the whole blob, nonce and tag included */
#define VAULT_MAX (16 * VAULT_MIN) /* 1 MiB */

/* A vault blob from the browser, in `a`. RES_BAD unless 65,536 bytes or that doubled, at most
   VAULT_MAX, with a nonce that is not all zero. */
MUST_USE enum result vault_read(struct slice blob, struct arena *a, const struct sealed **blob_r);
/* What compare-and-swap compares: H(old blob). */
void vault_hash(struct slice blob, unsigned char out[32]);

#endif
