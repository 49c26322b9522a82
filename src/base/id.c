#include "base/id.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_write(char *out, const void *bytes, size_t n)
{
	const unsigned char *in = bytes;
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		unsigned v = (unsigned)in[i] << 16;
		if (left > 1)
			v |= (unsigned)in[i + 1] << 8;
		if (left > 2)
			v |= in[i + 2];
		*out++ = alphabet[v >> 18];
		*out++ = alphabet[v >> 12 & 63];
		if (left > 1)
			*out++ = alphabet[v >> 6 & 63];
		if (left > 2)
			*out++ = alphabet[v & 63];
	}
	*out = '\0';
}

void hex_write(char *out, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *in = bytes;
	for (size_t i = 0; i < n; i++) {
		*out++ = digits[in[i] >> 4];
		*out++ = digits[in[i] & 15];
	}
	*out = '\0';
}

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

enum result base64url_read(struct slice text, void *bytes_r, size_t n)
{
	if (text.n != base64url_size(n))
		return RES_BAD;
	/* Checked in full before the first byte is written. */
	for (size_t i = 0; i < text.n; i++)
		if (sextet(text.p[i]) < 0)
			return RES_BAD;
	unsigned stray = n % 3 == 1 ? 15 : n % 3 == 2 ? 3 : 0;
	if (text.n && ((unsigned)sextet(text.p[text.n - 1]) & stray))
		return RES_BAD;
	unsigned char *out = bytes_r;
	unsigned v = 0, bits = 0;
	for (size_t i = 0; i < text.n; i++) {
		v = v << 6 | (unsigned)sextet(text.p[i]);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*out++ = (unsigned char)(v >> bits);
			v &= (1u << bits) - 1;
		}
	}
	return RES_OK;
}

struct id id_new(struct random_source *rnd, const char *label)
{
	struct id id;
	random_fill(rnd, label, id.b, sizeof(id.b));
	return id;
}

int id_cmp(const struct id *a, const struct id *b)
{
	return memcmp(a->b, b->b, ID_BYTES);
}

struct id_text id_text(const struct id *a)
{
	struct id_text text;
	base64url_write(text.s, a->b, ID_BYTES);
	return text;
}

enum result id_parse(struct slice text, struct id *id_r)
{
	return base64url_read(text, id_r->b, ID_BYTES);
}
