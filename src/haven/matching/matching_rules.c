#include "haven/matching/matching_rules.h"

#include <stdlib.h>

#define DAYS_BACK 15
#define DAYS_AHEAD 35
/* Every weekday comes at most this often from DAYS_BACK before to DAYS_AHEAD after. */
#define WEEKS_SEEN ((DAYS_BACK + DAYS_AHEAD + 2) / 7 + 1)

struct matching_settings matching_defaults(void)
{
	return (struct matching_settings){
		/* PRODUCT.md § 6, "room per supporter": our choice. */
		.day_most = 5,
		.flat_most = 6,
		.flat_days = 28,
		/* PRODUCT.md § 6: our choice; eleven hours is the daily rest of the working-time rules. */
		.duty_minutes = 12 * 60,
		.rest_minutes = 11 * 60,
		.standby_percent = 50,
		.contact_minutes = 30, /* our choice: a call, and a second try */
		.morning = MATCHING_MORNING,
		.evening = MATCHING_EVENING,
		.languages = 1,        /* the caller sets the workplace's own */
		/* PRODUCT.md § 6, "matching, emotional": same profession, then level (ERNST); another unit
		   first (Stanford). The whole range of level, unit, language and hours together stays below
		   one profession. Our choice of numbers. */
		.cost_profession = 1000,
		.cost_level = 100,
		.cost_level_steps = 4,
		.cost_unit = { 250, 120, 0, 10 }, /* farther costs a little: a face nearby */
		.cost_unit_steps = 5,
		.cost_language = 150,
		.cost_hour = 4,
		.cost_hours = 24,
		/* The second task costs 60, the third 180, the sixth 900: load outweighs one level from the
		   third task on, and a profession never within the default room. Rising, so that the
		   optimum spreads. */
		.cost_load = 30,
	};
}

static bool within(int v, int least, int most)
{
	return v >= least && v <= most;
}

enum result matching_settings_check(const struct matching_settings *set)
{
	bool ok = within(set->day_most, 0, 1000) && within(set->flat_most, 0, 1000) &&
		  within(set->flat_days, 1, 3650) && within(set->duty_minutes, 1, 7 * 1440) &&
		  within(set->rest_minutes, 1, 7 * 1440) && within(set->standby_percent, 0, 100) &&
		  within(set->contact_minutes, 1, 1440) && set->languages != 0 && within(set->morning, 0, 23) &&
		  within(set->evening, set->morning + 1, 24) &&
		  within(set->cost_profession, 0, 10000) && within(set->cost_level, 0, 10000) &&
		  within(set->cost_level_steps, 0, 100) && within(set->cost_unit_steps, 0, 100) &&
		  within(set->cost_language, 0, 10000) && within(set->cost_hour, 0, 10000) &&
		  within(set->cost_hours, 0, 1000) && within(set->cost_load, 0, 1000);
	for (size_t i = 0; i < ARRAY_LEN(set->cost_unit); i++)
		ok = ok && within(set->cost_unit[i], 0, 10000);
	return ok ? RES_OK : RES_BAD;
}

/* A moment at which the number of open windows changes. */
struct turn {
	int64_t at;
	int duty, standby;
};

static int turn_order(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;
	return (x->at > y->at) - (x->at < y->at);
}

static struct instant wall_at(struct day d, int minutes)
{
	return day_at(day_add(d, minutes / 1440), minutes % 1440 / 60, minutes % 60);
}

/* Lays the weekly windows on the days around `from` and `last`; the number of turns, in order. */
static size_t lay_out(const struct matching_window *windows, size_t n, struct instant from,
		      struct instant last, struct turn *turns)
{
	size_t made = 0;
	struct day end = instant_day(last);
	for (struct day d = day_add(instant_day(from), -DAYS_BACK); d.n <= end.n; d = day_add(d, 1)) {
		int weekday = day_wall(d).weekday;
		for (size_t i = 0; i < n; i++) {
			const struct matching_window *w = &windows[i];
			if (w->from / 1440 != weekday || !within(w->from, 0, MATCHING_WEEK - 1) ||
			    !within(w->minutes, 1, MATCHING_WEEK))
				continue;
			int64_t begin = wall_at(d, w->from % 1440).s;
			int64_t stop = wall_at(d, w->from % 1440 + w->minutes).s;
			if (stop <= begin) /* wholly inside the hour that is skipped */
				continue;
			int duty = w->standby ? 0 : 1, standby = w->standby ? 1 : 0;
			turns[made++] = (struct turn){ begin, duty, standby };
			turns[made++] = (struct turn){ stop, -duty, -standby };
		}
	}
	qsort(turns, made, sizeof(*turns), turn_order);
	return made;
}

/* Whether the time of one contact fits between two moments, in one piece and by day; from when. */
static bool fits(const struct matching_settings *set, int64_t from, int64_t until, int64_t *at_r)
{
	int64_t need = (int64_t)set->contact_minutes * 60;
	bool any_hour = set->morning == 0 && set->evening == 24;
	for (struct day d = instant_day((struct instant){ from }); from + need <= until; d = day_add(d, 1)) {
		int64_t evening = any_hour ? until : wall_at(d, set->evening * 60).s;
		int64_t morning = any_hour ? from : wall_at(d, set->morning * 60).s;
		from = from > morning ? from : morning;
		if (from + need <= (evening < until ? evening : until)) {
			*at_r = from;
			return true;
		}
		from = from > evening ? from : evening;
	}
	return false;
}

enum result matching_first_free(const struct matching_settings *set, const struct matching_window *windows,
				size_t windows_n, struct instant from, struct instant deadline,
				struct instant *first_r)
{
	struct turn turns[2 * MATCHING_WINDOWS_MOST * WEEKS_SEEN];
	const int64_t need = (int64_t)set->contact_minutes * 60;
	const int64_t most = (int64_t)set->duty_minutes * 60 * 100; /* hundredths of a second of duty */
	int64_t last = from.s + (int64_t)DAYS_AHEAD * 86400;
	if (deadline.s < last)
		last = deadline.s;
	if (last - from.s < need)
		return RES_NONE;
	if (windows_n > MATCHING_WINDOWS_MOST)
		windows_n = MATCHING_WINDOWS_MOST;
	size_t n = lay_out(windows, windows_n, from, (struct instant){ last }, turns);

	int duty = 0, standby = 0;
	int64_t used = 0; /* duty since the last rest */
	bool in = false, fresh = false, seen = false;
	int64_t in_since = 0, fresh_since = 0;
	for (size_t i = 0; i + 1 < n; i++) {
		duty += turns[i].duty;
		standby += turns[i].standby;
		int64_t begin = turns[i].at, stop = turns[i + 1].at;
		if (begin == stop)
			continue;
		if (!duty && !standby) {
			in = fresh = false;
			if (stop - begin >= (int64_t)set->rest_minutes * 60)
				used = 0;
			continue;
		}
		if (!in)
			in_since = begin > from.s ? begin : from.s;
		in = true;
		int64_t at;
		seen = seen || fits(set, in_since, stop < last ? stop : last, &at);

		int rate = duty ? 100 : set->standby_percent;
		int64_t fresh_until = stop;
		if (rate && used + rate * (stop - begin) > most)
			fresh_until = used < most ? begin + (most - used) / rate : begin;
		if (!fresh)
			fresh_since = begin > from.s ? begin : from.s;
		if (fresh_until > begin && fits(set, fresh_since, fresh_until < last ? fresh_until : last, &at)) {
			first_r->s = at;
			return RES_OK;
		}
		fresh = fresh_until == stop;
		used += rate * (stop - begin);
	}
	return seen ? RES_REFUSED : RES_NONE;
}

static bool holds(const struct id *set, size_t n, const struct id *one)
{
	for (size_t i = 0; i < n; i++)
		if (id_eq(&set[i], one))
			return true;
	return false;
}

/* A day of 0 is never; a day to come is not yet. */
static bool attested(struct day d, struct day today)
{
	return d.n > 0 && d.n <= today.n;
}

uint32_t matching_gate(const struct matching_supporter *who, struct day today, struct day due)
{
	uint32_t no = 0;
	if (who->left)
		no |= MATCHING_BIT(MATCHING_LEFT);
	if (who->paused)
		no |= MATCHING_BIT(MATCHING_PAUSED);
	if (!attested(who->interview, today))
		no |= MATCHING_BIT(MATCHING_NO_INTERVIEW);
	if (!attested(who->training, today))
		no |= MATCHING_BIT(MATCHING_NO_TRAINING);
	if (!attested(who->knowledge_check, today))
		no |= MATCHING_BIT(MATCHING_NO_KNOWLEDGE_CHECK);
	if (who->accredited_until.n <= 0 || who->accredited_until.n < due.n)
		no |= MATCHING_BIT(MATCHING_NOT_ACCREDITED);
	if (!who->has_key)
		no |= MATCHING_BIT(MATCHING_NO_KEY);
	if (who->leads_staff)
		no |= MATCHING_BIT(MATCHING_LEADS_STAFF);
	return no;
}

static void judge_room(const struct matching_settings *set, const struct matching_run *run,
		       const struct matching_supporter *who, struct matching_verdict *v)
{
	int today = instant_day(run->now).n, tasks_today = 0;
	for (size_t i = 0; i < who->loads_n; i++) {
		int day = instant_day(who->loads[i].at).n;
		/* One from the future (a clock set wrong) counts: rather too few than too many. */
		v->load += day > today - set->flat_days;
		tasks_today += day >= today && !who->loads[i].request;
	}
	if (who->full)
		v->reasons |= MATCHING_BIT(MATCHING_FULL);
	if (tasks_today >= set->day_most)
		v->reasons |= MATCHING_BIT(MATCHING_NO_ROOM_TODAY);
	if (v->load >= set->flat_most)
		v->reasons |= MATCHING_BIT(MATCHING_NO_ROOM);
	int by_day = set->day_most - tasks_today, by_load = set->flat_most - v->load;
	v->room = by_day < by_load ? by_day : by_load;
	if (who->full || v->room < 0)
		v->room = 0;
}

struct matching_verdict matching_judge(const struct matching_settings *set, const struct matching_run *run,
				       const struct matching_supporter *who)
{
	struct matching_verdict v = { .reasons = matching_gate(who, instant_day(run->now), instant_day(run->deadline)) };
	judge_room(set, run, who, &v);
	struct instant from = run->from.s > run->now.s ? run->from : run->now;
	switch (matching_first_free(set, who->windows, who->windows_n, from, run->deadline, &v.first)) {
	case RES_OK:
		break;
	case RES_REFUSED:
		v.reasons |= MATCHING_BIT(MATCHING_NOT_RESTED);
		break;
	default:
		v.reasons |= MATCHING_BIT(MATCHING_NOT_IN_TIME);
	}
	if (holds(run->excluded, run->excluded_n, &who->person))
		v.reasons |= MATCHING_BIT(MATCHING_EXCLUDED);
	return v;
}

bool matching_is(const struct matching_supporter *who, const struct id *person)
{
	return !id_is_zero(person) && id_eq(&who->person, person);
}

uint32_t matching_judge_pair(const struct matching_settings *set, const struct matching_supporter *who,
			     const struct matching_exposure *to)
{
	uint32_t no = 0, spoken = to->language | to->languages;
	if (matching_is(who, &to->person))
		no |= MATCHING_BIT(MATCHING_EXCLUDED);
	if (holds(to->not_these, to->not_these_n, &who->id))
		no |= MATCHING_BIT(MATCHING_NOT_THIS_ONE);
	if (holds(to->passed, to->passed_n, &who->id))
		no |= MATCHING_BIT(MATCHING_PASSED);
	if (!((spoken ? spoken : set->languages) & who->languages))
		no |= MATCHING_BIT(MATCHING_NO_LANGUAGE);
	return no;
}

bool matching_again(uint32_t reasons)
{
	return !(reasons & ~(MATCHING_BIT(MATCHING_NO_ROOM_TODAY) | MATCHING_BIT(MATCHING_NO_ROOM)));
}

uint32_t matching_reasons(const struct matching_settings *set, const struct matching_run *run,
			  const struct matching_supporter *who, const struct matching_exposure *to)
{
	return matching_judge(set, run, who).reasons | matching_judge_pair(set, who, to);
}
