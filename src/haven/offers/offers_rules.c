#include "haven/offers/offers_rules.h"

#include "haven/matching/matching_rules.h"
#include "haven/offers/offers.h"

#define HOUR 3600
#define CHECK_DAYS 28

static bool night(struct instant t)
{
	int hour = instant_wall(t).hour;
	return hour >= MATCHING_EVENING || hour < MATCHING_MORNING;
}

/* The first 10:00 that is not before t. */
static struct instant next_morning(struct instant t)
{
	struct day d = instant_day(t);
	struct instant morning = day_at(d, 10, 0);
	return morning.s >= t.s ? morning : day_at(day_add(d, 1), 10, 0);
}

struct instant offers_first_deadline(int severity, struct instant now)
{
	if (severity < 2)
		return day_at(day_add(instant_day(now), 1), 14, 0);
	struct instant due = instant_add(now, 24 * HOUR);
	if (!night(due))
		return due;
	struct day d = instant_day(due);
	if (instant_wall(due).hour < MATCHING_MORNING)
		d = day_add(d, -1);
	struct instant evening = day_at(d, 20, 0);
	if (evening.s >= now.s + HOUR)
		return evening;
	return next_morning(now);
}

struct instant offers_next_deadline(struct instant old, struct instant now)
{
	struct instant due = instant_add(now, 4 * HOUR);
	if (old.s > due.s)
		return old;
	return night(due) ? next_morning(due) : due;
}

struct instant offers_not_before(struct instant now)
{
	struct instant from = instant_add(now, 2 * HOUR);
	return night(from) ? next_morning(from) : from;
}

struct instant offers_told_deadline(struct instant old, struct instant now)
{
	struct instant least = instant_add(offers_not_before(now), 4 * HOUR), due = offers_next_deadline(old, now);
	if (due.s >= least.s)
		return due;
	return night(least) ? next_morning(least) : least;
}

struct instant offers_by_day(struct instant now)
{
	struct day d = instant_day(now);
	if (!night(now))
		return now;
	return day_at(instant_wall(now).hour < MATCHING_MORNING ? d : day_add(d, 1), MATCHING_MORNING, 0);
}

struct instant offers_second_touch(struct instant registered)
{
	return day_at(day_add(instant_day(registered), 3), 10, 0);
}

struct instant offers_check(struct instant registered)
{
	return day_at(day_add(instant_day(registered), CHECK_DAYS), 10, 0);
}

bool offers_second_comes(const struct offers_made *list, size_t n, size_t at)
{
	return at + 1 >= n || list[at + 1].made.n - list[at].made.n > OFFERS_SECOND_ALIKE;
}

bool offers_check_comes(const struct offers_made *list, size_t n, size_t at, struct day last)
{
	if (last.n && last.n >= list[at].made.n + CHECK_DAYS - OFFERS_CHECK_ALIKE)
		return false;
	for (size_t i = at + 1; i < n && list[i].made.n - list[at].made.n <= OFFERS_CHECK_ALIKE; i++)
		if (list[i].stopped)
			return false;
	return true;
}

struct instant offers_close(struct instant last_deadline, struct day registered)
{
	struct day d = instant_day(last_deadline);
	if (last_deadline.s > day_at(d, 14, 0).s)
		d = day_add(d, 1);
	if (d.n > registered.n + OFFERS_CLOSE_LATEST_DAYS)
		d.n = registered.n + OFFERS_CLOSE_LATEST_DAYS;
	return day_at(d, 15, 0);
}

struct instant offers_next_morning(struct instant now)
{
	struct day d = instant_day(now);
	struct instant today = day_at(d, 9, 0);
	return today.s > now.s ? today : day_at(day_add(d, 1), 9, 0);
}

int offers_ring_slots(int64_t mailed)
{
	int64_t slots = mailed <= 64 ? 8 + mailed : 72 + (mailed - 64 + 3) / 4;
	return (int)((slots + 7) / 8 * 8);
}

/* Those by which a message failed, the first or a later one. */
static unsigned failed_ways(unsigned ways)
{
	return ways >> 2 | ways >> 6;
}

enum offers_way offers_way(unsigned have, unsigned ways, bool quiet, bool urgent)
{
	unsigned left = have & ~failed_ways(ways);
	if (!(left & (OFFERS_BY_MAIL | OFFERS_BY_SMS)))
		left = have;
	if (left & OFFERS_BY_SMS && !(quiet && urgent && left & OFFERS_BY_MAIL))
		return OFFERS_BY_SMS;
	return left & OFFERS_BY_MAIL ? OFFERS_BY_MAIL : OFFERS_NO_WAY;
}

enum offers_way offers_other_way(unsigned have, unsigned ways, bool first)
{
	unsigned left = have & ~failed_ways(ways);
	if (first)
		left &= ~ways;
	return left & OFFERS_BY_SMS ? OFFERS_BY_SMS : left & OFFERS_BY_MAIL ? OFFERS_BY_MAIL : OFFERS_NO_WAY;
}

bool offers_unsendable(unsigned ways)
{
	unsigned put = ways & (OFFERS_BY_MAIL | OFFERS_BY_SMS);
	return !(put & ~(ways >> 2)) && !(ways & OFFERS_ARRIVED);
}
