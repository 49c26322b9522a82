#include "duty/directory/directory_night_rules.h"

#include <string.h>

#include "base/slice.h"

#define HANDFUL 3            /* in the smallest workplace, too, so many may leave or come in a night */
#define ROWS_PERCENT 1       /* rows that do not go in, and rows about somebody who has a row */
#define NAMES_PERCENT 2      /* other names or numbers: one marries now and then; a column that has slipped shows here */
#define WAYS_PERCENT 5       /* other addresses, or other phones: a new contract for phones waits for a yes */
#define NEW_PERCENT 10       /* the summer's temps come on one day */
#define MOVED_PERCENT 10     /* people in other units */
#define UNITS_PERCENT 10     /* new units, and those with another name or place */

bool night_name(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && name[0] != '.' && (strcasecmp(name + n - 4, ".csv") == 0 || strcasecmp(name + n - 4, ".txt") == 0);
}

bool night_settled(const struct night_seen *before, const struct night_seen *now)
{
	return before->at.s && before->size == now->size && before->changed == now->changed &&
	       now->at.s - before->at.s >= NIGHT_SETTLE;
}

struct instant night_next(struct instant now, int hour, bool awaited)
{
	struct day today = instant_day(now);
	struct instant tonight = day_at(today, hour, 0), last = day_at(day_add(today, -1), hour, 0);

	/* The hours go past midnight where the hour is a late one. */
	if (awaited && ((now.s >= tonight.s && now.s < tonight.s + NIGHT_HOURS * 3600) ||
			(now.s >= last.s && now.s < last.s + NIGHT_HOURS * 3600)))
		return instant_add(now, NIGHT_LOOK);
	return now.s < tonight.s ? tonight : day_at(day_add(today, 1), hour, 0);
}

static bool beyond(int64_t n, int64_t of, int percent)
{
	return n > HANDFUL && n * 100 > of * percent;
}

/* How many changes of these kinds (PC_…, as bits). */
static int64_t changes(const struct people_sums *s, unsigned kinds)
{
	int64_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(s->by_change); i++)
		n += kinds & 1u << i ? s->by_change[i] : 0;
	return n;
}

enum night_why night_verdict(const struct night_facts *f)
{
	const struct people_sums *s = f->sums;
	const int64_t *fate = s->fate;
	int64_t rows = 0;
	const struct {
		bool is;
		enum night_why why;
	} reasons[] = {
		{ f->unprotected > 0, NIGHT_PROTECTED },
		{ beyond(fate[PEOPLE_LEFT], f->status->of_whom, f->leave_percent), NIGHT_LEAVE },
		{ f->status->unreadable > 0 || f->status->held_back, NIGHT_ROWS },
		{ s->doubts > 0, NIGHT_DOUBTS },
		{ beyond(changes(s, PC_NAME | PC_NUMBER), f->people, NAMES_PERCENT) ||
			  /* By these the offers go out: one column that has slipped, or is empty, sends them to others or nobody. */
			  beyond(changes(s, PC_EMAIL), f->people, WAYS_PERCENT) ||
			  beyond(changes(s, PC_PHONE | PC_PRIVATE_PHONE), f->people, WAYS_PERCENT),
		  NIGHT_NAMES },
		{ beyond(fate[PEOPLE_ADDED] + fate[PEOPLE_RETURNED], f->people, NEW_PERCENT), NIGHT_NEW },
		{ beyond(s->by_change[__builtin_ctz(PC_UNIT)], f->people, MOVED_PERCENT), NIGHT_MOVED },
		{ beyond(s->units_added + s->units_changed, f->units, UNITS_PERCENT), NIGHT_UNITS },
		{ s->became_unsaid > 0, NIGHT_BECAME },
	};

	for (int i = PEOPLE_ADDED; i < PEOPLE_FATES; i++)
		rows += i == PEOPLE_LEFT ? 0 : fate[i];
	if (!rows)
		return NIGHT_EMPTY;
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].is)
			return reasons[i].why;
	if (beyond(fate[PEOPLE_BAD], rows, ROWS_PERCENT))
		return NIGHT_ROWS;
	return beyond(fate[PEOPLE_EXTRA], rows, ROWS_PERCENT) ? NIGHT_TWICE : NIGHT_FINE;
}
