/* Numbers that an SMS can go to, and how long one is. Pure. */
#include <stdio.h>
#include <string.h>

#include "post/post.h"

#define DIGITS_LEAST 8 /* of any country's mobile numbers, its code included; our choice */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits alone, and a '+' in front. "(0)" after a country's code is dialled only inside it. RES_BAD: anything else. */
static enum result strip(struct slice typed, char out[POST_PHONE_MOST + 1])
{
	size_t n = 0;
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];
		if (is_digit(c) || (c == '+' && n == 0)) {
			if (n && out[0] == '+' && c == '0' && i && i + 1 < typed.n && typed.p[i - 1] == '(' &&
			    typed.p[i + 1] == ')')
				continue;
			if (n == POST_PHONE_MOST)
				return RES_BAD;
			out[n++] = c;
		} else if (!strchr(" -().\t\xc2\xa0", c) || !c) {
			return RES_BAD;
		}
	}
	out[n] = '\0';
	return n ? RES_OK : RES_BAD;
}

/* How long a country's own numbers are, how its mobile ones begin, and what is left out from abroad. */
static const struct {
	const char *country, *code, *trunk;
	size_t digits_least, digits_most;
	const char *mobile; /* first digits; "0" is nobody's number: demonstrations and tests have such */
} plans[] = {
	{ "no", "+47", "", 8, 8, "490" },
	{ "se", "+46", "0", 7, 9, "70" },
	{ "dk", "+45", "", 8, 8, "234567890" }, /* one range for all; a few of 6 and 7 are not mobile */
};

static enum result by_plan(size_t i, const char *own, char out[POST_PHONE_MOST + 1])
{
	size_t n = strlen(own);
	if (n < plans[i].digits_least || n > plans[i].digits_most || !strchr(plans[i].mobile, own[0]))
		return RES_BAD;
	snprintf(out, POST_PHONE_MOST + 1, "%s%s", plans[i].code, own);
	return RES_OK;
}

static enum result international(const char *number, char out[POST_PHONE_MOST + 1])
{
	size_t n = strlen(number + 1);
	for (size_t i = 0; i < ARRAY_LEN(plans); i++)
		if (strncmp(number, plans[i].code, 3) == 0)
			return by_plan(i, number + 3, out);
	if (n < DIGITS_LEAST || n > POST_PHONE_MOST - 1 || number[1] == '0')
		return RES_BAD;
	memcpy(out, number, n + 2);
	return RES_OK;
}

static enum result national(const char *number, const char *country, char out[POST_PHONE_MOST + 1])
{
	for (size_t i = 0; i < ARRAY_LEN(plans); i++) {
		size_t trunk = strlen(plans[i].trunk);
		if (strcmp(country, plans[i].country) == 0)
			return strncmp(number, plans[i].trunk, trunk) == 0 ? by_plan(i, number + trunk, out) : RES_BAD;
	}
	return RES_BAD;
}

enum result post_phone(struct slice typed, const char *country, char out_r[POST_PHONE_MOST + 1])
{
	char number[POST_PHONE_MOST + 2], out[POST_PHONE_MOST + 1];
	number[0] = '+'; /* for "00", which becomes "+" by leaving one away */
	enum result res = strip(typed, number + 1);
	if (res != RES_OK)
		return res;
	if (number[1] == '0' && number[2] == '0') {
		number[2] = '+';
		res = international(number + 2, out);
	} else {
		res = number[1] == '+' ? international(number + 1, out) : national(number + 1, country, out);
	}
	if (res == RES_OK)
		memcpy(out_r, out, sizeof(out));
	return res;
}

bool post_phone_ok(struct slice address)
{
	if (address.n < 1 + DIGITS_LEAST || address.n > POST_PHONE_MOST || address.p[0] != '+')
		return false;
	for (size_t i = 1; i < address.n; i++)
		if (!is_digit(address.p[i]))
			return false;
	return true;
}

/* ---- how long ---- */

/* 3GPP TS 23.038 § 6.2.1, the default alphabet: one septet each, but for those of the extension table, which take two. */
static const char one_septet[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
				 "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static const char two_septets[] = "^{}\\[~]|€\f";

/* Bytes of the character that begins here; 1 for what is no UTF-8. */
static size_t character(struct slice s)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	return n <= s.n ? n : 1;
}

static bool stands_in(const char *alphabet, struct slice one)
{
	struct slice rest = slice_of(alphabet);
	while (rest.n) {
		size_t n = character(rest);
		if (n == one.n && memcmp(rest.p, one.p, n) == 0)
			return true;
		rest = (struct slice){ rest.p + n, rest.n - n };
	}
	return false;
}

struct post_sms_size post_sms_size(struct slice text)
{
	struct post_sms_size size = { .gsm = true };
	int septets = 0, wide = 0;
	for (struct slice rest = text; rest.n;) {
		struct slice one = { rest.p, character(rest) };
		septets += stands_in(two_septets, one) ? 2 : 1;
		wide += one.n == 4 ? 2 : 1;
		size.gsm = size.gsm && (stands_in(one_septet, one) || stands_in(two_septets, one));
		rest = (struct slice){ rest.p + one.n, rest.n - one.n };
	}
	size.units = size.gsm ? septets : wide;
	int alone = size.gsm ? 160 : 70, each = size.gsm ? 153 : 67;
	size.segments = size.units <= alone ? 1 : (size.units + each - 1) / each;
	return size;
}

/* ---- when ---- */

bool post_is_quiet(struct post_quiet quiet, struct instant now)
{
	struct wall w = instant_wall(now);
	int minute = w.hour * 60 + w.minute;
	if (quiet.from <= quiet.to)
		return minute >= quiet.from && minute < quiet.to;
	return minute >= quiet.from || minute < quiet.to;
}

struct instant post_quiet_end(struct post_quiet quiet, struct instant now)
{
	if (!post_is_quiet(quiet, now))
		return now;
	struct day today = instant_day(now);
	struct instant end = day_at(today, quiet.to / 60, quiet.to % 60);
	return end.s > now.s ? end : day_at(day_add(today, 1), quiet.to / 60, quiet.to % 60);
}

enum result post_quiet_read(struct slice text, struct post_quiet *quiet_r)
{
	int v[4], n = 0;
	for (size_t i = 0; i < text.n && n < 4; i += 3, n++) {
		static const char after[] = ":-:";
		if (i + 2 > text.n || !is_digit(text.p[i]) || !is_digit(text.p[i + 1]) ||
		    (i + 2 < text.n ? n == 3 || text.p[i + 2] != after[n] : n != 3))
			return RES_BAD;
		v[n] = (text.p[i] - '0') * 10 + text.p[i + 1] - '0';
	}
	if (n != 4 || v[0] > 23 || v[2] > 23 || v[1] > 59 || v[3] > 59)
		return RES_BAD;
	*quiet_r = (struct post_quiet){ v[0] * 60 + v[1], v[2] * 60 + v[3] };
	return RES_OK;
}
