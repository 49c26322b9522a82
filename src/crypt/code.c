#include "crypt/code.h"

#include <string.h>

#define PER_LINE (CODE_DIGITS / CODE_LINES)

/* H. Michael Damm's quasigroup of order 10, weakly totally anti-symmetric. */
static const unsigned char damm[10][10] = {
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3}, {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6}, {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7}, {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
};

char code_check_digit(const char *digits, size_t n)
{
	unsigned at = 0;
	for (size_t i = 0; i < n; i++)
		at = damm[at][digits[i] - '0'];
	return (char)('0' + at);
}

void code_new(struct random_source *rnd, const char *label, struct code *code_r)
{
	for (int i = 0; i < CODE_DIGITS;) {
		unsigned char b;
		random_fill(rnd, label, &b, 1);
		if (b < 250) /* the largest multiple of ten: above it the low digits would be likelier */
			code_r->digits[i++] = (char)('0' + b % 10);
	}
	code_r->digits[CODE_DIGITS] = '\0';
}

struct code_text code_text(const struct code *code)
{
	struct code_text text;
	char *to = text.s;
	for (int line = 0; line < CODE_LINES; line++) {
		const char *from = code->digits + line * PER_LINE;
		for (int i = 0; i <= PER_LINE; i++) {
			if (i && i % 4 == 0)
				*to++ = ' ';
			*to++ = i < PER_LINE ? from[i] : code_check_digit(from, PER_LINE);
		}
		*to++ = line < CODE_LINES - 1 ? '\n' : '\0';
	}
	return text;
}

/* 1 for a digit, 0 for what people put between, -1 for anything else. Multi-byte spaces and
   dashes come from word processors: U+00A0, U+2010..U+2015, U+2009, U+202F, U+2212. */
static int kind_of(struct slice s, size_t *bytes_r)
{
	static const char *const between[] = {" ",      "\t",     "\r",     "\n",     "-",      "/",
					      ".",      "\u00a0", "\u2009", "\u2010", "\u2011", "\u2012",
					      "\u2013", "\u2014", "\u2015", "\u202f", "\u2212"};
	*bytes_r = 1;
	if (s.p[0] >= '0' && s.p[0] <= '9')
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(between); i++)
		if (slice_starts(s, between[i])) {
			*bytes_r = strlen(between[i]);
			return 0;
		}
	return -1;
}

static struct code_wrong look(struct slice typed, char all[CODE_DIGITS + CODE_LINES])
{
	struct code_wrong wrong = {CODE_GOOD, 0};
	size_t n = 0, bytes;
	if (typed.n > CODE_TYPED_MAX)
		return (struct code_wrong){CODE_LENGTH, 0};
	for (size_t i = 0; i < typed.n; i += bytes) {
		int kind = kind_of((struct slice){typed.p + i, typed.n - i}, &bytes);
		if (kind < 0)
			return (struct code_wrong){CODE_CHARACTER, 0};
		if (kind && n < CODE_DIGITS + CODE_LINES)
			all[n] = typed.p[i];
		n += (size_t)kind;
	}
	if (n != CODE_DIGITS + CODE_LINES)
		return (struct code_wrong){CODE_LENGTH, 0};
	for (int line = 0; line < CODE_LINES; line++) {
		const char *from = all + line * (PER_LINE + 1);
		if (code_check_digit(from, PER_LINE) != from[PER_LINE])
			wrong.lines |= 1u << line;
	}
	if (wrong.lines)
		wrong.fault = CODE_LINE;
	return wrong;
}

enum result code_read(struct slice typed, struct code *code_r, struct code_wrong *wrong_r)
{
	char all[CODE_DIGITS + CODE_LINES];
	struct code_wrong wrong = look(typed, all);
	if (wrong_r)
		*wrong_r = wrong;
	if (wrong.fault == CODE_GOOD) {
		for (int line = 0; line < CODE_LINES; line++)
			memcpy(code_r->digits + line * PER_LINE, all + line * (PER_LINE + 1), PER_LINE);
		code_r->digits[CODE_DIGITS] = '\0';
	}
	crypt_wipe(all, sizeof(all));
	return wrong.fault == CODE_GOOD ? RES_OK : RES_BAD;
}

void code_box(const struct code *code, struct code_box *box_r)
{
	struct slice salt = SLICE("makker/1 receipt"), digits = slice_bytes(code->digits, CODE_DIGITS);
	crypt_hkdf(salt, digits, SLICE("box auth"), box_r->auth, sizeof(box_r->auth));
	crypt_hkdf(salt, digits, SLICE("box supporter"), box_r->sa, sizeof(box_r->sa));
	crypt_hkdf(salt, digits, SLICE("box key"), box_r->seed, sizeof(box_r->seed));
	crypt_hash(slice_bytes(box_r->auth, sizeof(box_r->auth)), box_r->box_id);
}

void code_wrap_key(const struct code *code, const unsigned char salt[16], unsigned char kek_r[CRYPT_KEY])
{
	crypt_hkdf(slice_bytes(salt, 16), slice_bytes(code->digits, CODE_DIGITS), SLICE("makker/1 wrap\2"),
		   kek_r, CRYPT_KEY);
}
