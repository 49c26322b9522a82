#include "post/kept.h"

#include <stdlib.h>

#define FIRST_PAUSE 30 /* seconds after "not now", doubled up to */
#define LONGEST_PAUSE 1800
#define UNSURE_PAUSE 3600 /* the same when the server may have kept it */
#define LONGEST_UNSURE 43200

struct kept_owed {
	struct id id;
	enum result res;
};

static struct kept_waiting *waiting_of(const struct kept *k, const struct id *id)
{
	for (size_t i = 0; i < k->waiting_n; i++)
		if (id_eq(&k->waiting[i].id, id))
			return &k->waiting[i];
	return NULL;
}

const struct kept_waiting *kept_waits(const struct kept *k, const struct id *id)
{
	return waiting_of(k, id);
}

void kept_wait_longer(struct kept *k, const struct id *id, struct instant now, bool unsure)
{
	struct kept_waiting *w = waiting_of(k, id);
	int first = unsure ? UNSURE_PAUSE : FIRST_PAUSE, most = unsure ? LONGEST_UNSURE : LONGEST_PAUSE;
	if (!w) {
		k->waiting = must_realloc(k->waiting, k->waiting_n + 1, sizeof(*w));
		w = &k->waiting[k->waiting_n++];
		*w = (struct kept_waiting){ .id = *id };
	}
	w->unsure = unsure;
	w->pause = w->pause * 2 < first ? first : w->pause * 2 > most ? most : w->pause * 2;
	w->again = instant_add(now, w->pause);
}

void kept_wait_no_more(struct kept *k, const struct id *id)
{
	struct kept_waiting *w = waiting_of(k, id);
	if (w)
		*w = k->waiting[--k->waiting_n];
}

static struct kept_owed *owed_of(const struct kept *k, const struct id *id)
{
	for (size_t i = 0; i < k->owed_n; i++)
		if (id_eq(&k->owed[i].id, id))
			return &k->owed[i];
	return NULL;
}

bool kept_owed(const struct kept *k, const struct id *id, enum result *res_r)
{
	const struct kept_owed *o = owed_of(k, id);
	if (o)
		*res_r = o->res;
	return o;
}

void kept_owe(struct kept *k, const struct id *id, enum result res)
{
	if (owed_of(k, id))
		return;
	k->owed = must_realloc(k->owed, k->owed_n + 1, sizeof(*k->owed));
	k->owed[k->owed_n++] = (struct kept_owed){ *id, res };
}

void kept_owe_no_more(struct kept *k, const struct id *id)
{
	struct kept_owed *o = owed_of(k, id);
	if (o)
		*o = k->owed[--k->owed_n];
}

void kept_free(struct kept *k)
{
	free(k->waiting);
	free(k->owed);
	*k = (struct kept){ 0 };
}
