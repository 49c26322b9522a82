#include "duty/people/people_nid.h"

#include <string.h>

static int two(const char *d)
{
	return (d[0] - '0') * 10 + d[1] - '0';
}

static bool is_day_month(int day, int month)
{
	return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

/* Skatteetaten: D-numbers add 40 to the day; synthetic ones add 40, 65 or 80 to the month. */
static bool norwegian(const char *d)
{
	static const int k1[] = { 3, 7, 6, 1, 8, 9, 4, 5, 2 }, k2[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
	int day = two(d), month = two(d + 2), sum1 = 0, sum2 = 0, c1, c2;

	if (day > 40)
		day -= 40;
	month -= month > 80 ? 80 : month > 65 ? 65 : month > 40 ? 40 : 0;
	if (!is_day_month(day, month))
		return false;
	for (int i = 0; i < 9; i++)
		sum1 += k1[i] * (d[i] - '0');
	for (int i = 0; i < 10; i++)
		sum2 += k2[i] * (d[i] - '0');
	c1 = (11 - sum1 % 11) % 11;
	c2 = (11 - sum2 % 11) % 11;
	return c1 == d[9] - '0' && c2 == d[10] - '0';
}

/* Skatteverket: samordningsnummer add 60 to the day. d: YYMMDDNNNC. */
static bool swedish(const char *d)
{
	int month = two(d + 2), day = two(d + 4), sum = 0;

	if (day > 60)
		day -= 60;
	if (!is_day_month(day, month))
		return false;
	for (int i = 0; i < 10; i++) {
		int n = (d[i] - '0') * (i % 2 ? 1 : 2);

		sum += n > 9 ? n - 9 : n;
	}
	return sum % 10 == 0;
}

static bool danish(const char *d)
{
	int day = two(d);

	return is_day_month(day > 60 ? day - 60 : day, two(d + 2));
}

enum people_nid people_nid_is(struct slice text)
{
	char d[13];
	size_t n = 0, cut = 0;
	char mark = 0;

	text = slice_trim(text);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= '0' && c <= '9') {
			if (n == 12)
				return PEOPLE_NID_NO;
			d[n++] = c;
		} else if ((c == '-' || c == '+' || c == ' ') && !mark && n >= 6) {
			mark = c;
			cut = n;
		} else {
			return PEOPLE_NID_NO;
		}
	}
	d[n] = 0;
	if (n == 11)
		return (!mark || cut == 6) && norwegian(d) ? PEOPLE_NID_YES : PEOPLE_NID_NO;
	if (n == 12)
		return (!mark || cut == 8) && (two(d) == 18 || two(d) == 19 || two(d) == 20) && swedish(d + 2) ?
			       PEOPLE_NID_YES :
			       PEOPLE_NID_NO;
	if (n != 10 || (mark && cut != 6))
		return PEOPLE_NID_NO;
	if (!swedish(d) && !danish(d))
		return PEOPLE_NID_NO;
	return mark ? PEOPLE_NID_YES : PEOPLE_NID_PERHAPS;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool people_nid_in(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t first = i, end, second;

		if (!is_digit(text.p[i]) || (i && is_digit(text.p[i - 1])))
			continue;
		while (i < text.n && is_digit(text.p[i]))
			i++;
		end = i;
		if (people_nid_is((struct slice){ text.p + first, end - first }) == PEOPLE_NID_YES)
			return true;
		if (i + 1 < text.n && memchr("-+ ", text.p[i], 3) && is_digit(text.p[i + 1])) {
			for (second = i + 1; second < text.n && is_digit(text.p[second]);)
				second++;
			if (people_nid_is((struct slice){ text.p + first, second - first }) == PEOPLE_NID_YES)
				return true;
		}
		i = end - 1;
	}
	return false;
}
