/* code.h: the code of 36 digits that people keep: a colleague's receipt (pages: return code,
   § 5) and a supporter's recovery code (§ 2.3, kind 2).

   33 random digits in three lines of 11; each line ends in a Damm check digit, which finds
   every single wrong digit and every swap of neighbours and so says in which line. Shown as
   3 x (4 4 4). A code is a secret: wipe it, and never log or store it. */
#ifndef CRYPT_CODE_H
#define CRYPT_CODE_H

#include "crypt/crypt.h"
#include "crypt/hpke.h"

#define CODE_DIGITS 33
#define CODE_LINES 3
#define CODE_TEXT 44       /* three lines of 14 characters and two line ends */
#define CODE_TYPED_MAX 200 /* longer typing is not looked at */

struct code {
	char digits[CODE_DIGITS + 1]; /* without check digits; zero-terminated */
};

struct code_text {
	char s[CODE_TEXT + 1]; /* "3141 5926 5352\n8979 3238 4620\n6433 8327 9501" */
};

/* Every code is equally likely: digits by rejection from bytes drawn under `label`. */
void code_new(struct random_source *rnd, const char *label, struct code *code_r);
struct code_text code_text(const struct code *code);

enum code_fault {
	CODE_GOOD,
	CODE_LENGTH,    /* not 36 digits in all; `lines` says nothing */
	CODE_CHARACTER, /* something else than digits, spaces, line ends, dashes, slashes, dots */
	CODE_LINE,      /* some lines have a wrong digit */
};

struct code_wrong {
	enum code_fault fault;
	unsigned lines; /* CODE_LINE: bit 0 the first line, bit 2 the third */
};

/* From what a person typed or pasted. RES_BAD: *wrong_r (may be NULL) says why. wrong_r is
   written in both cases. */
MUST_USE enum result code_read(struct slice typed, struct code *code_r, struct code_wrong *wrong_r);

/* The Damm check digit of n digits '0'..'9'. */
char code_check_digit(const char *digits, size_t n);

/* What a receipt gives (§ 5). All but box_id are secrets of the colleague. */
struct code_box {
	unsigned char auth[CRYPT_KEY];    /* opens the box, in the header Makker-Box */
	unsigned char sa[CRYPT_KEY];      /* the supporter's secret for the box */
	unsigned char seed[HPKE_KEY];     /* of the box key pair, for hpke_derive_pair */
	unsigned char box_id[CRYPT_HASH]; /* H(auth) */
};

void code_box(const struct code *code, struct code_box *box_r);

/* The key that wraps a master key under a recovery code (§ 2.3 kind 2). */
void code_wrap_key(const struct code *code, const unsigned char salt[16], unsigned char kek_r[CRYPT_KEY]);

#endif
