/* What desks read of the ring: closed hours only. */
#include "base/log.h"
#include "haven/answers/answers_inside.h"

SQL(slots_of, "i", "bytes:b", "SELECT bytes FROM ring WHERE hour = $1 ORDER BY slot");

void answers_range(const struct answers *r, int64_t *from_r, int64_t *to_r)
{
	struct answers *m = (struct answers *)r;
	pthread_mutex_lock(&m->lock);
	*to_r = m->closed;
	pthread_mutex_unlock(&m->lock);
	*from_r = *to_r - ANSWERS_KEPT_DAYS * 24 + 1;
}

enum result answers_range_in(struct tx *tx, const struct answers *r, int64_t *from_r, int64_t *to_r)
{
	int64_t from, to, closed;
	enum result res = answers_get_closed(tx, &closed);
	if (res != RES_OK)
		return res;
	answers_range(r, &from, &to);
	*to_r = closed > to ? closed : to;
	*from_r = *to_r - (to - from);
	return RES_OK;
}

enum result answers_hour(struct tx *tx, struct answers *r, struct arena *a, int64_t hour, struct slice *slots_r)
{
	int64_t from, to;
	struct rows *rows;
	struct buf all = BUF_LIMIT((size_t)ANSWERS_HOUR_MOST * RING_SLOT);
	enum result res = answers_range_in(tx, r, &from, &to);
	if (res != RES_OK)
		return res;
	if (hour < from || hour > to)
		return RES_NONE;
	res = db_ask(tx, &slots_of, &rows, v_int(hour));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		buf_slice(&all, row_bytes(rows, 0));
	rows_end(&rows);
	if (all.full) { /* not of our making, and no reason to stop */
		log_world("answers", "an hour of the ring has more slots than it may");
		res = RES_BROKEN;
	}
	if (res == RES_NONE)
		res = all.n ? RES_OK : RES_NONE;
	if (res == RES_OK)
		*slots_r = arena_slice(a, buf_get(&all));
	buf_free(&all);
	return res;
}
