#include "haven/groups/groups_rules.h"

enum result groups_clock(struct slice typed, int *minute_r)
{
	int digits[4], n = 0, hour, minute = 0;
	size_t mark = 0;
	struct slice s = slice_trim(typed);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c >= '0' && c <= '9' && n < 4)
			digits[n++] = c - '0';
		else if ((c == '.' || c == ':') && !mark && (i == 1 || i == 2))
			mark = i;
		else
			return RES_BAD;
	}
	if (mark ? s.n != mark + 3 : n == 0 || n == 3)
		return RES_BAD;
	if (n <= 2)
		hour = n == 1 ? digits[0] : 10 * digits[0] + digits[1];
	else {
		hour = n == 3 ? digits[0] : 10 * digits[0] + digits[1];
		minute = 10 * digits[n - 2] + digits[n - 1];
	}
	if (hour > 23 || minute > 59)
		return RES_BAD;
	*minute_r = 60 * hour + minute;
	return RES_OK;
}

unsigned groups_time_faults(struct instant starts, struct instant by, bool late_known, struct instant now)
{
	if (starts.s < now.s)
		return GROUPS_PAST;
	if (instant_day(starts).n > instant_day(now).n + GROUPS_DAYS)
		return GROUPS_FAR;
	return starts.s > by.s && !late_known ? GROUPS_LATE : 0;
}

/* Characters, not bytes: a continuation byte starts none. */
static size_t characters(struct slice s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

unsigned groups_place_faults(struct slice place)
{
	if (slice_trim(place).n == 0)
		return GROUPS_NO_PLACE;
	return characters(place) > GROUPS_PLACE_MOST ? GROUPS_PLACE_LONG : 0;
}

unsigned groups_leader_faults(const struct id lead[2], const struct id *may, size_t may_n)
{
	int fit = 0;
	if (id_is_zero(&lead[0]) || id_is_zero(&lead[1]))
		return GROUPS_NO_LEADER;
	if (id_eq(&lead[0], &lead[1]))
		return GROUPS_ONE_LEADER;
	for (size_t i = 0; i < may_n; i++)
		fit += id_eq(&may[i], &lead[0]) || id_eq(&may[i], &lead[1]);
	return fit == 2 ? 0 : GROUPS_UNFIT;
}

struct instant groups_over(struct instant starts)
{
	return day_at(day_add(instant_day(starts), 1), 0, 0);
}

struct instant groups_end(struct day asked, struct instant starts)
{
	return day_at(day_add(starts.s ? instant_day(starts) : asked, GROUPS_DAYS), GROUPS_REMIND_HOUR, 0);
}

struct instant groups_remind(struct instant starts)
{
	return day_at(day_add(instant_day(starts), 1), GROUPS_REMIND_HOUR, 0);
}

struct instant groups_look(struct instant now)
{
	return instant_add(now, 3600 - now.s % 3600);
}

struct instant groups_morning(struct instant now)
{
	return day_at(day_add(instant_day(now), 1), GROUPS_MORNING_HOUR, 0);
}

bool groups_day_ok(struct day day, struct instant starts, struct day today)
{
	return day.n >= instant_day(starts).n && day.n <= today.n;
}
