#include "service/service_daily.h"

#define JOB "service/daily"
#define HOUR 3 /* our choice: few are about */

static const struct id whole_workplace;

/* Nothing of what goes depends on what anybody answered: it goes by days that stand in its rows. */
static enum result daily(struct tx *tx, const struct id *about, struct instant now, void *service)
{
	struct service *s = service;
	struct day today = instant_day(now);
	enum result res = post_tidy(tx, today);
	(void)about;
	if (res == RES_OK && s->kind->tidy)
		res = s->kind->tidy(tx, today);
	if (res == RES_OK)
		res = clockwork_put(tx, JOB, &whole_workplace, day_at(day_add(today, 1), HOUR, 0));
	return res;
}

/* The job and its tidying are one transaction, so where it is due next says what was done: tomorrow's hour stands there only after a
   tidying by today's date. Then nothing is looked through, and nothing written. By any other hour, as after a night that nothing
   ran or a clock that ran ahead, it is done now. */
static enum result first(struct tx *tx, void *service)
{
	struct service *s = service;
	struct instant now = clock_now(s->clock), due;
	enum result res = clockwork_due(tx, JOB, &whole_workplace, &due);
	if (res == RES_OK && due.s == day_at(day_add(instant_day(now), 1), HOUR, 0).s)
		return RES_OK;
	return res == RES_OK || res == RES_NONE ? daily(tx, &whole_workplace, now, s) : res;
}

static enum result soon(struct tx *tx, void *service)
{
	struct service *s = service;
	return clockwork_put_by(tx, JOB, &whole_workplace, day_at(day_add(instant_day(clock_now(s->clock)), 1), HOUR, 0));
}

/* The clock went back: the next night is tonight, not the one after the wrong day. */
static enum result set_back(void *service)
{
	struct service *s = service;
	return db_write(s->db, soon, s);
}

enum result service_daily(struct service *s)
{
	clockwork_kind(s->clockwork, JOB, daily, NULL, s);
	clockwork_set_back(s->clockwork, set_back, s);
	return db_write(s->db, first, s);
}
