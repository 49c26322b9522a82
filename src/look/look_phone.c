/* Phone numbers: as people write them, and as a phone dials them. Pure. */
#include <string.h>

#include "look/look.h"

#define DIGITS_MOST 15 /* E.164 */

static bool all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

/* "02040608" by 2 2 2 2 to "02 04 06 08". NULL: the lengths (up to a 0) do not add up to all of it. */
static const char *group(struct arena *a, const char *digits, const unsigned char lengths[5])
{
	char *out = arena_alloc(a, strlen(digits) + 6, 1), *to = out;
	size_t left = strlen(digits);
	for (size_t i = 0; i < 5 && lengths[i]; i++) {
		if (lengths[i] > left)
			return NULL;
		if (i)
			*to++ = ' ';
		memcpy(to, digits, lengths[i]);
		to += lengths[i];
		digits += lengths[i];
		left -= lengths[i];
	}
	*to = '\0';
	return left ? NULL : out;
}

static const unsigned char pairs[5] = { 2, 2, 2, 2 }, mobile[5] = { 3, 2, 3 };

/* The Swedish numbering plan (PTS): after the 0, 8 is Stockholm; these have two digits, all others three. */
static size_t swedish_area(const char *digits)
{
	static const char two[][3] = { "10", "11", "13", "16", "18", "19", "20", "21", "23", "26", "31", "33", "35", "36", "40",
				       "42", "44", "46", "54", "60", "63", "70", "72", "73", "76", "79", "90" };
	if (digits[0] == '8')
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(two); i++)
		if (strncmp(digits, two[i], 2) == 0)
			return 2;
	return 3;
}

/* `digits` without the 0 in front. NULL: no such number. */
static const char *swedish(struct arena *a, const char *digits, const char *before, const char *joint)
{
	static const unsigned char own[][5] = { [5] = { 3, 2 }, [6] = { 2, 2, 2 }, [7] = { 3, 2, 2 }, [8] = { 3, 3, 2 } };
	size_t area = swedish_area(digits), n = strlen(digits);
	if (digits[0] == '0' || n < area + 5 || n - area >= ARRAY_LEN(own))
		return NULL;
	return arena_printf(a, "%s%.*s%s%s", before, (int)area, digits, joint, group(a, digits + area, own[n - area]));
}

static const char *of_country(struct arena *a, const char *digits)
{
	const char *own = digits + 3;
	if (strncmp(digits, "+46", 3) == 0)
		return swedish(a, own, "+46 ", " ");
	if (strncmp(digits, "+47", 3) == 0)
		own = group(a, own, *own == '4' || *own == '9' ? mobile : pairs);
	else if (strncmp(digits, "+45", 3) == 0)
		own = group(a, own, pairs);
	else
		return NULL;
	return own ? arena_printf(a, "%.3s %s", digits, own) : NULL;
}

static const char *national(struct arena *a, const char *digits)
{
	if (strlen(digits) == 8 && (digits[0] != '0' || digits[1] == '0'))
		return group(a, digits, pairs);
	return digits[0] == '0' ? swedish(a, digits + 1, "0", "-") : NULL;
}

const char *look_phone(struct arena *a, const char *phone)
{
	char digits[DIGITS_MOST + 2];
	size_t n = 0;
	for (const char *p = phone; *p; p++) {
		if (*p == ' ')
			continue;
		if (n == sizeof(digits) - 1)
			return phone;
		digits[n++] = *p;
	}
	digits[n] = '\0';
	size_t plus = digits[0] == '+';
	if (!all_digits(digits + plus, n - plus))
		return phone;
	const char *shown = NULL;
	if (plus)
		shown = of_country(a, digits);
	else if (strcmp(digits, phone) == 0)
		shown = national(a, digits);
	return shown ? shown : phone;
}

const char *look_tel(struct arena *a, const char *phone)
{
	char *out = arena_alloc(a, strlen(phone) + 5, 1), *to = out + 4;
	memcpy(out, "tel:", 4);
	for (const char *p = phone; *p; p++)
		if ((*p >= '0' && *p <= '9') || (*p == '+' && to == out + 4))
			*to++ = *p;
	*to = '\0';
	return out;
}
