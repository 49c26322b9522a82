#include "duty/incidents/incidents_when.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes the digits off the front, at most `most` of them; how many there were. */
static size_t take_number(struct slice *s, size_t most, int *n_r)
{
	size_t n = 0;
	int value = 0;
	while (n < s->n && n < most && is_digit(s->p[n]))
		value = value * 10 + (s->p[n++] - '0');
	*s = (struct slice){ s->p + n, s->n - n };
	*n_r = value;
	return n;
}

/* Takes what stands between two numbers: one mark, with spaces around it. False when there is none. */
static bool take_mark(struct slice *s, const char *marks)
{
	*s = slice_trim(*s);
	if (!s->n || !strchr(marks, s->p[0]))
		return false;
	*s = slice_trim((struct slice){ s->p + 1, s->n - 1 });
	return true;
}

enum result incident_clock(struct slice typed, int *hour_r, int *minute_r)
{
	struct slice s = slice_trim(typed);
	int hour, minute = 0;
	if (!s.n)
		return RES_NONE;
	if (s.n > 2 && strncasecmp(s.p, "kl", 2) == 0) {
		s = (struct slice){ s.p + 2, s.n - 2 };
		take_mark(&s, ".");
		s = slice_trim(s);
	}
	size_t digits = 0;
	while (digits < s.n && is_digit(s.p[digits]))
		digits++;
	if (digits == 3 || digits == 4) {
		take_number(&s, digits - 2, &hour);
		take_number(&s, 2, &minute);
	} else if (digits == 1 || digits == 2) {
		take_number(&s, 2, &hour);
		if (take_mark(&s, ".:,") && take_number(&s, 2, &minute) != 2)
			return RES_BAD;
	} else {
		return RES_BAD;
	}
	if (slice_trim(s).n || hour > 23 || minute > 59)
		return RES_BAD;
	*hour_r = hour;
	*minute_r = minute;
	return RES_OK;
}

/* The day in this year, or in the last one where it would lie ahead. */
static enum result last_such_day(int month, int mday, struct day today, struct day *day_r)
{
	int year = day_wall(today).year;
	struct day d;
	if (day_from(year, month, mday, &d) == RES_OK && d.n <= today.n) {
		*day_r = d;
		return RES_OK;
	}
	return day_from(year - 1, month, mday, day_r);
}

enum result incident_date(struct slice typed, struct day today, struct day *day_r)
{
	struct slice s = slice_trim(typed);
	int first, month, last = 0;
	if (!s.n)
		return RES_NONE;
	size_t digits = take_number(&s, 4, &first);
	if (digits == 4) {
		if (!take_mark(&s, "-") || !take_number(&s, 2, &month) || !take_mark(&s, "-") || !take_number(&s, 2, &last) ||
		    slice_trim(s).n)
			return RES_BAD;
		return day_from(first, month, last, day_r);
	}
	if (digits < 1 || digits > 2 || !take_mark(&s, "./-") || !take_number(&s, 2, &month))
		return RES_BAD;
	take_mark(&s, "./-");
	digits = take_number(&s, 4, &last);
	if (slice_trim(s).n || digits == 1 || digits == 3)
		return RES_BAD;
	if (!digits)
		return last_such_day(month, first, today, day_r);
	return day_from(digits == 2 ? 2000 + last : last, month, first, day_r);
}
