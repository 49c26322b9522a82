/* Everybody at once for the matching: as many questions for a thousand supporters as for one. */
#include <stdlib.h>
#include <string.h>

#include "haven/supporters/supporters.h"

SQL(facts_windows, "", "supporter:b weekday:i from_minute:i to_minute:i standby:i",
    "SELECT w.supporter, w.weekday, w.from_minute, w.to_minute, w.standby FROM duty_window w "
    "JOIN supporter s ON s.id = w.supporter WHERE s.ended = 0 ORDER BY w.supporter, w.weekday, w.from_minute");
SQL(facts_loads, "i", "supporter:b day:i kind:i",
    "SELECT l.supporter, l.day, l.kind FROM load l JOIN supporter s ON s.id = l.supporter "
    "WHERE s.ended = 0 AND l.day > $1 ORDER BY l.supporter, l.day, l.id");
struct placed {
	struct id id;
	struct matching_supporter *s;
};

struct everybody {
	struct placed *by_id;
	size_t n;
};

static int by_id(const void *x, const void *y)
{
	return memcmp(((const struct placed *)x)->id.b, ((const struct placed *)y)->id.b, ID_BYTES);
}

static struct matching_supporter *find(const struct everybody *all, struct id id)
{
	struct placed key = { id, NULL };
	struct placed *p = all->n ? bsearch(&key, all->by_id, all->n, sizeof(key), by_id) : NULL;
	if (!p)
		bug("a row of a supporter who is not in the list");
	return p->s;
}

/* A supporter's rows come together, so one list grows at a time. */
static enum result put_windows(struct tx *tx, struct arena *a, const struct everybody *all)
{
	struct rows *rows;
	struct matching_supporter *at = NULL;
	struct matching_window *list = NULL;
	enum result res = db_ask_n(tx, &facts_windows, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct matching_supporter *s = find(all, row_id(rows, 0));
		int from = (int)row_int(rows, 2);
		struct matching_window w = { (int)row_int(rows, 1) * 1440 + from, (int)row_int(rows, 3) - from,
					     row_int(rows, 4) };
		if (s != at)
			s->windows = list = arena_array(a, struct matching_window, MATCHING_WINDOWS_MOST);
		at = s;
		if (s->windows_n < MATCHING_WINDOWS_MOST)
			list[s->windows_n++] = w;
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static enum result put_loads(struct tx *tx, struct arena *a, const struct everybody *all, struct day today)
{
	struct rows *rows;
	struct matching_supporter *at = NULL;
	struct matching_load *list = NULL;
	size_t room = 0;
	struct day day = { 0 };
	struct instant begins = { 0 }; /* of that day: the rows come by days, and the wall's clock is dear */
	enum result res = db_ask(tx, &facts_loads, &rows, v_int(today.n - matching_defaults().flat_days));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct matching_supporter *s = find(all, row_id(rows, 0));
		if (s != at) {
			list = NULL;
			room = 0;
		}
		at = s;
		if (day.n != row_int(rows, 1)) {
			day.n = (int32_t)row_int(rows, 1);
			begins = day_at(day, 0, 0);
		}
		list = arena_grow(a, list, s->loads_n, &room, sizeof(*list));
		list[s->loads_n++] = (struct matching_load){ begins, row_int(rows, 2) == 2 };
		s->loads = list;
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

/* What the gate asks. */
static struct matching_supporter gate_of(const struct supporter *s)
{
	return (struct matching_supporter){
		.id = s->id, .person = s->person, .left = s->left, .paused = s->paused, .interview = s->interview,
		.training = s->training, .knowledge_check = s->knowledge_check, .accredited_until = s->accredited_until,
		.has_key = s->has_key, .leads_staff = s->leads_staff,
	};
}

uint32_t supporters_gate(const struct supporter *s, struct day today, struct day due)
{
	struct matching_supporter who = gate_of(s);
	return matching_gate(&who, today, due);
}

static struct matching_supporter file_of(struct supporters_words *w, const struct supporter *s)
{
	struct matching_supporter who = gate_of(s);
	who.full = s->is_full;
	who.languages = supporters_languages(s->languages);
	who.unit = supporters_unit(w, s->unit);
	who.profession = supporters_profession(w, s->profession);
	who.level = supporters_level(s->level);
	return who;
}

enum result supporters_facts(struct tx *tx, struct arena *a, struct supporters_words *w, struct day today,
			     const struct matching_supporter **list_r, size_t *n_r)
{
	struct supporter *files;
	struct everybody all;
	enum result res = supporters_all(tx, a, &files, &all.n);
	if (res != RES_OK)
		return res;
	struct matching_supporter *list = arena_array(a, struct matching_supporter, all.n);
	all.by_id = arena_array(a, struct placed, all.n);
	for (size_t i = 0; i < all.n; i++) {
		list[i] = file_of(w, &files[i]);
		all.by_id[i] = (struct placed){ files[i].id, &list[i] };
	}
	if (all.n)
		qsort(all.by_id, all.n, sizeof(*all.by_id), by_id);
	res = put_windows(tx, a, &all);
	if (res == RES_OK)
		res = put_loads(tx, a, &all, today);
	if (res != RES_OK)
		return res;
	*list_r = list;
	*n_r = all.n;
	return RES_OK;
}
