/* Times as people say them (DESIGN.md § 5). The words and their order stand in the
   catalogues, so that a new language needs no line here. */
#include "lang/lang.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define PHRASE BUF_LIMIT(256)
#define EVENING_DEADLINE 19 /* a deadline from seven on is "this evening", not "today" */

static const char *weekday(enum lang lang, int n)
{
	switch (n) {
	case 0: return trc(lang, "weekday", "Monday");
	case 1: return trc(lang, "weekday", "Tuesday");
	case 2: return trc(lang, "weekday", "Wednesday");
	case 3: return trc(lang, "weekday", "Thursday");
	case 4: return trc(lang, "weekday", "Friday");
	case 5: return trc(lang, "weekday", "Saturday");
	case 6: return trc(lang, "weekday", "Sunday");
	}
	bug("no weekday %d", n);
}

static const char *month(enum lang lang, int n)
{
	switch (n) {
	case 1: return trc(lang, "month", "January");
	case 2: return trc(lang, "month", "February");
	case 3: return trc(lang, "month", "March");
	case 4: return trc(lang, "month", "April");
	case 5: return trc(lang, "month", "May");
	case 6: return trc(lang, "month", "June");
	case 7: return trc(lang, "month", "July");
	case 8: return trc(lang, "month", "August");
	case 9: return trc(lang, "month", "September");
	case 10: return trc(lang, "month", "October");
	case 11: return trc(lang, "month", "November");
	case 12: return trc(lang, "month", "December");
	}
	bug("no month %d", n);
}

/* {weekday}, {day}, {month} and {year} of a day into a text that holds some of them. */
static void fill_day(struct buf *out, enum lang lang, const char *text, struct day when)
{
	struct wall w = day_wall(when);
	char day[16], year[16];
	snprintf(day, sizeof(day), "%d", w.mday);
	snprintf(year, sizeof(year), "%d", w.year);
	tr_fill(out, text, "weekday", weekday(lang, w.weekday), "day", day, "month", month(lang, w.month),
		"year", year, NULL);
}

void say_clock(struct buf *out, enum lang lang, struct instant when)
{
	struct wall w = instant_wall(when);
	char hour[16], minute[16];
	snprintf(hour, sizeof(hour), "%d", w.hour);
	snprintf(minute, sizeof(minute), "%02d", w.minute);
	if (w.minute == 0)
		tr_fill(out, trc(lang, "time", "{hour}:00"), "hour", hour, NULL);
	else
		tr_fill(out, trc(lang, "time", "{hour}:{minute}"), "hour", hour, "minute", minute, NULL);
}

char say_clock_sign(enum lang lang)
{
	const char *text = trc(lang, "time", "{hour}:{minute}"), *at = strstr(text, "{minute}");
	return at && at > text ? at[-1] : ':';
}

void say_day(struct buf *out, enum lang lang, struct day when, struct day today)
{
	int away = when.n - today.n;
	if (away == 0)
		buf_str(out, trc(lang, "time", "today"));
	else if (away == 1)
		buf_str(out, trc(lang, "time", "tomorrow"));
	else if (away == -1)
		buf_str(out, trc(lang, "time", "yesterday"));
	else if (away > 0 && away <= 6)
		fill_day(out, lang, trc(lang, "time", "on {weekday}"), when);
	else if (day_wall(when).year == day_wall(today).year)
		fill_day(out, lang, trc(lang, "time", "on {day} {month}"), when);
	else
		fill_day(out, lang, trc(lang, "time", "on {day} {month} {year}"), when);
}

void say_around(struct buf *out, enum lang lang, struct day when)
{
	fill_day(out, lang, trc(lang, "time", "around {day} {month}"), when);
}

void say_date(struct buf *out, enum lang lang, struct day when, struct day today)
{
	if (day_wall(when).year == day_wall(today).year)
		fill_day(out, lang, trc(lang, "time", "{weekday} {day} {month}"), when);
	else
		fill_day(out, lang, trc(lang, "time", "{weekday} {day} {month} {year}"), when);
}

void say_moment(struct buf *out, enum lang lang, struct instant when, struct instant now)
{
	struct buf day = PHRASE, clock = PHRASE;
	say_day(&day, lang, instant_day(when), instant_day(now));
	say_clock(&clock, lang, when);
	tr_fill(out, trc(lang, "time", "{day} at {clock}"), "day", day.p, "clock", clock.p, NULL);
	buf_free(&day);
	buf_free(&clock);
}

void say_before(struct buf *out, enum lang lang, struct instant when, struct instant now)
{
	if (when.s <= now.s) {
		buf_str(out, trc(lang, "time", "now"));
		return;
	}
	struct wall w = instant_wall(when);
	struct day last = instant_day(when), today = instant_day(now);
	bool midnight = w.hour == 0 && w.minute == 0;
	if (midnight)
		last = day_add(last, -1); /* "before midnight" belongs to the evening that ends there */
	struct buf day = PHRASE, clock = PHRASE;
	if (last.n == today.n && (midnight || w.hour >= EVENING_DEADLINE))
		buf_str(&day, trc(lang, "time", "this evening"));
	else
		say_day(&day, lang, last, today);
	say_clock(&clock, lang, when);
	if (midnight)
		tr_fill(out, trc(lang, "time", "{day} before midnight"), "day", day.p, NULL);
	else
		tr_fill(out, trc(lang, "time", "{day} before {clock}"), "day", day.p, "clock", clock.p, NULL);
	buf_free(&day);
	buf_free(&clock);
}

void say_number(struct buf *out, enum lang lang, int64_t n)
{
	const char *text = trc(lang, "number", "1,000"), *one = strchr(text, '1');
	const char *between = one ? one + 1 : text, *zeros = strstr(between, "000");
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%lld", (long long)n);

	for (int i = 0; i < length; i++) {
		if (i > (n < 0) && (length - i) % 3 == 0)
			buf_put(out, between, zeros ? (size_t)(zeros - between) : 0);
		buf_char(out, digits[i]);
	}
}

/* U+0100 … U+017F, č đ ŋ š ŧ ž among them: large and small take turns, the large one first, which has an even number, but from
   U+0139 to U+0148 and from U+0179 to U+017E an odd one. Four are no pair of such: ı ĸ ŉ ſ; and İ and Ÿ are large. */
static void latin_extended_capital(unsigned char *p)
{
	unsigned code = (unsigned)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	if (code == 0x131 || code == 0x138 || code == 0x149 || code == 0x17f || code == 0x130 || code == 0x178)
		return;
	bool large_odd = (code >= 0x139 && code <= 0x148) || code >= 0x179;
	if ((code & 1) == (large_odd ? 0 : 1)) {
		code--;
		p[0] = (unsigned char)(0xc0 | code >> 6);
		p[1] = (unsigned char)(0x80 | (code & 0x3f));
	}
}

void say_capital(struct buf *out, size_t from)
{
	if (from >= out->n)
		return;
	unsigned char *p = (unsigned char *)out->p + from;
	if (p[0] >= 'a' && p[0] <= 'z')
		p[0] -= 'a' - 'A';
	else if (p[0] == 0xc3 && p[1] >= 0xa0 && p[1] <= 0xbe && p[1] != 0xb7)
		p[1] -= 0x20; /* à … þ, æ ø å ä ö á among them; not ÷ */
	else if ((p[0] == 0xc4 || p[0] == 0xc5) && p[1] >= 0x80 && p[1] <= 0xbf)
		latin_extended_capital(p);
}
