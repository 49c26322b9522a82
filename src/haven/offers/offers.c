#include "haven/offers/offers.h"

#include <stdlib.h>
#include <string.h>

#include "crypt/crypt.h"
#include "haven/directory/directory.h"
#include "haven/offers/offers_inside.h"
#include "haven/offers/offers_rules.h"
#include "haven/supporters/supporters.h"

struct offers *offers_new(const struct offers_setup *setup)
{
	struct offers *o = must_alloc(1, sizeof(*o));
	o->setup = *setup;
	o->books = supporters_books_new(setup->db);
	pthread_mutex_init(&o->lock, NULL);
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&o->stop, &steady);
	pthread_condattr_destroy(&steady);
	return o;
}

void offers_free(struct offers **o)
{
	if (!*o)
		return;
	offers_end_together(*o);
	supporters_books_free(&(*o)->books);
	pthread_cond_destroy(&(*o)->stop);
	pthread_mutex_destroy(&(*o)->lock);
	free((*o)->heard);
	crypt_wipe(&(*o)->me, sizeof((*o)->me));
	crypt_wipe((*o)->together, sizeof((*o)->together));
	free(*o);
	*o = NULL;
}

void offers_when_mail(struct offers *o, void (*mail_waits)(void *ctx), void *ctx)
{
	o->mail_waits = mail_waits;
	o->mail_ctx = ctx;
}

void offers_when_left(struct offers *o, enum result (*left)(struct tx *tx, void *ctx), void *ctx)
{
	o->left = left;
	o->left_ctx = ctx;
}

void offers_when_group(struct offers *o, enum result (*comes)(struct tx *tx, const struct id *incident, void *ctx), void *ctx)
{
	o->group_comes = comes;
	o->group_ctx = ctx;
}

/* ---- from the door ---- */

/* The row of a new exposure, without supporters yet. */
static enum result new_row(struct tx *tx, struct offers *o, struct arena *a, const struct door_incident *in,
			   const struct door_exposure *e, struct instant now, struct day today, struct offers_row *row_r)
{
	struct offers_row row = {
		.id = e->id, .incident = in->id, .name = "", .lang = o->setup.lang,
		.since_hour = offers_hour(now), .made = today, .fresh = true,
	};
	const char *lang = e->lang;
	if (e->outside) {
		row.name = e->name;
		row.phone = e->phone[0] ? e->phone : NULL;
	} else {
		struct door_person *p = arena_array(a, struct door_person, 1);
		row.person = e->person;
		row.file = p;
		enum result res = directory_get(tx, a, &e->person, p);
		if (res != RES_OK)
			return res; /* RES_NONE: nobody whom the directory has ever brought */
		lang = p->lang;
	}
	enum lang known;
	if (lang_from(slice_of(lang), &known) == RES_OK)
		row.lang = known;
	row.ref = id_new(o->setup.rnd, "offers/ref");
	random_fill(o->setup.rnd, "offers/rel", row.rel, sizeof(row.rel));
	*row_r = row;
	return RES_OK;
}

/* When what follows an offer is due: the same for everybody who is offered help at once. */
struct dues {
	struct instant look_again, second, check;
};

/* What follows for one new task: row, message or "unsendable", and its clocks. */
static enum result start(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row, const struct dues *dues)
{
	bool put = false;
	enum result res = offers_put_first(tx, o, a, row, &put);
	if (res == RES_OK && !put)
		res = offers_put_fact(tx, &row->id, DOOR_UNSENDABLE, row->made);
	/* Where nobody was found we look again long before the deadline. */
	struct instant again = id_is_zero(&row->holder) ? dues->look_again : row->deadline;
	if (res == RES_OK)
		res = clockwork_put(tx, OFFERS_JOB_SILENCE, &row->id, again);
	if (res == RES_OK)
		res = clockwork_put(tx, OFFERS_JOB_SECOND, &row->id, dues->second);
	if (res == RES_OK)
		res = clockwork_put(tx, OFFERS_JOB_CHECK, &row->id, dues->check);
	return res;
}

static int by_id(const void *a, const void *b)
{
	return id_cmp(&((const struct offers_row *)a)->id, &((const struct offers_row *)b)->id);
}

/* In the order of their ids, which is that of the tables: each of their pages is come to once. Ids are random, so the file says nothing of the
   order in which they were named. */
static enum result start_all(struct tx *tx, struct offers *o, struct arena *a, struct offers_row *fresh, size_t n, struct instant now)
{
	const struct dues dues = { instant_add(now, OFFERS_LOOK_AGAIN), offers_second_touch(now), offers_check(now) };
	enum result res = RES_OK;
	qsort(fresh, n, sizeof(*fresh), by_id);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		fresh[i].rounds = !id_is_zero(&fresh[i].holder);
		res = start(tx, o, a, &fresh[i], &dues);
	}
	return res;
}

static struct offers_row *find_known(struct offers_row *known, size_t n, const struct id *id)
{
	for (size_t i = 0; i < n; i++)
		if (id_eq(&known[i].id, id))
			return &known[i];
	return NULL;
}

/* Named so long ago that a first message would come as a blow: her leader speaks with her instead. */
static bool is_past(const struct door_exposure *e, struct day today)
{
	return e->named.n < today.n - DOOR_PAST_DAYS;
}

static bool among(const struct id *list, size_t n, const struct id *id)
{
	for (size_t i = 0; i < n; i++)
		if (id_eq(&list[i], id))
			return true;
	return false;
}

/* Whether this supporter may not be sent to her: the incident has excluded her; or, of somebody who has just been found in the
   directory, she stands on her "not this one" list. */
static enum result is_out(struct tx *tx, struct arena *a, const struct door_incident *in, const struct offers_row *row,
			  const struct id *supporter, bool *out_r)
{
	struct supporter s;
	const struct id *not_these = NULL;
	size_t n = 0;
	*out_r = false;
	if (id_is_zero(supporter))
		return RES_OK;
	enum result res = supporters_get(tx, a, supporter, &s);
	if (res == RES_OK && row->joined)
		res = supporters_not_these(tx, a, &row->person, &not_these, &n);
	if (res == RES_OK)
		*out_r = (!id_is_zero(&s.person) && among(in->excluded, in->excluded_n, &s.person)) || among(not_these, n, supporter);
	return res == RES_NONE ? RES_OK : res;
}

/* Somebody was named later, as a party, a reviewer or affected, or it has turned out that she may not be sent: what she was given of
   this incident goes on, and she is no stand-in any more. */
static enum result keep_out(struct tx *tx, struct offers *o, struct arena *a, const struct door_incident *in,
			    struct offers_row *row)
{
	bool out = false, holder_out = false;
	enum result res = RES_OK;
	for (int i = 0; res == RES_OK && i < OFFERS_SEATS; i++) {
		res = is_out(tx, a, in, row, &row->seat[i], &out);
		if (res == RES_OK && out)
			res = offers_put_passed(tx, &row->id, &row->seat[i]);
		holder_out |= out && id_eq(&row->seat[i], &row->holder);
	}
	return res == RES_OK && holder_out ? offers_move_on(tx, o, a, row) : res;
}

/* Duty says by now who in the directory somebody from outside is. Her task stays as it is. */
static enum result recognise(struct tx *tx, const struct door_exposure *e, struct offers_row *row)
{
	struct arena *a = arena_new();
	struct door_person p;
	enum lang known;
	enum result res = RES_NONE;
	if (!e->outside && id_is_zero(&row->person))
		res = directory_get(tx, a, &e->person, &p);
	if (res == RES_OK) {
		row->person = e->person;
		row->joined = true;
		if (lang_from(slice_of(p.lang), &known) == RES_OK)
			row->lang = known, row->no_lang = false;
		res = offers_put_person(tx, row);
	}
	arena_free(&a);
	return res == RES_NONE ? RES_OK : res; /* known before, or not known here yet */
}

/* Whether she was named twice: another row of the incident is of the same person. Duty says who counts first (door.h), so that one keeps her
   task. The other is given up where she has heard nothing by it; else it stays as it is, since an answer may wait in it. */
static bool named_before(const struct door_incident *in, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!in->exposures[at].outside && !in->exposures[i].outside && id_eq(&in->exposures[i].person, &in->exposures[at].person))
			return true;
	return false;
}

/* A new row of somebody who has an offer: as whom she was named before, or by a message that went to her as somebody from outside. */
static bool is_offered(const struct door_incident *in, size_t at, struct offers_row *known, size_t known_n)
{
	for (size_t i = at + 1; i < in->exposures_n; i++) {
		const struct offers_row *row = find_known(known, known_n, &in->exposures[i].id);
		if (row && !offers_unsendable(row->ways) && !in->exposures[at].outside && !in->exposures[i].outside &&
		    id_eq(&in->exposures[i].person, &in->exposures[at].person))
			return true;
	}
	return named_before(in, at);
}

static bool is_given_up(const struct door_incident *in, size_t at, const struct offers_row *row)
{
	return (row->ways & OFFERS_TWICE) || (id_is_zero(&row->person) && offers_unsendable(row->ways) && named_before(in, at));
}

/* No message follows and nobody else is looked for. Who has it keeps it until the incident closes, since she may have called: what she says
   of it is told like everything that is said. */
static enum result give_up(struct tx *tx, struct offers_row *row)
{
	enum result res = offers_add_ways(tx, &row->id, OFFERS_TWICE);
	if (res == RES_OK)
		res = offers_put_stopped(tx, &row->id);
	if (res == RES_OK)
		res = clockwork_drop(tx, OFFERS_JOB_SILENCE, &row->id);
	row->ways |= OFFERS_TWICE;
	row->stopped = true;
	return res;
}

/* Where no message could reach her, one goes to the address that is known now. After keep_out: who reads her mail sees one message, and
   not that somebody had to give way. */
static enum result reach_joined(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row)
{
	bool put = false;
	if (!row->joined || row->stopped || !offers_unsendable(row->ways))
		return RES_OK;
	enum result res = offers_put_message(tx, o, a, row, OFFERS_OFFER, false, &put);
	return res == RES_OK && !put ? offers_put_fact(tx, &row->id, DOOR_UNSENDABLE, instant_day(clock_now(o->setup.clock))) : res;
}

static enum result take_known(struct tx *tx, struct offers *o, struct arena *a, const struct door_incident *in, struct offers_row *row)
{
	if (row->closed)
		return RES_OK;
	enum result res = keep_out(tx, o, a, in, row);
	return res == RES_OK ? reach_joined(tx, o, a, row) : res;
}

/* Each of those who got a task hears of it once, however many she got. */
static enum result tell_holders(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *fresh, size_t n)
{
	struct id *told = arena_array(a, struct id, n);
	size_t told_n = 0;
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		if (id_is_zero(&fresh[i].holder) || among(told, told_n, &fresh[i].holder))
			continue;
		told[told_n++] = fresh[i].holder;
		res = offers_put_notice(tx, o, a, &fresh[i].holder, OFFERS_WAITS);
	}
	return res;
}

enum result offers_take(struct tx *tx, struct offers *o, const struct door_incident *in)
{
	struct arena *a = arena_new();
	struct instant now = clock_now(o->setup.clock);
	struct day today = instant_day(now);
	struct offers_row *known, *fresh;
	size_t known_n, n = 0;
	enum result res = offers_tasks_of(tx, a, &in->id, &known, &known_n);
	fresh = arena_array(a, struct offers_row, in->exposures_n);
	for (size_t i = 0; res == RES_OK && i < in->exposures_n; i++) {
		struct offers_row *row = find_known(known, known_n, &in->exposures[i].id);
		if (row && !row->closed && is_given_up(in, i, row))
			res = give_up(tx, row);
		else if (row && !row->closed)
			res = recognise(tx, &in->exposures[i], row);
		if (row && !row->closed && res == RES_OK && in->exposures[i].alone)
			res = offers_add_ways(tx, &row->id, OFFERS_ALONE);
		if (row)
			continue;
		res = is_past(&in->exposures[i], today) || is_offered(in, i, known, known_n) ? RES_NONE : new_row(tx, o, a, in, &in->exposures[i], now, today, &fresh[n]);
		if (res == RES_OK)
			fresh[n++].ways = in->exposures[i].alone ? OFFERS_ALONE : 0;
		else if (res == RES_NONE) /* she left before haven ever heard of her, it is past, or she has it already: duty hears it, and the door goes on */
			res = offers_put_fact(tx, &in->exposures[i].id, DOOR_UNSENDABLE, today);
	}
	/* With nobody in it there is nothing to keep of it. */
	if (res == RES_OK && known_n + n)
		res = offers_put_incident(tx, in);
	for (size_t i = 0; res == RES_OK && i < known_n; i++)
		res = take_known(tx, o, a, in, &known[i]);
	struct instant deadline = offers_first_deadline(in->severity, now);
	if (res == RES_OK)
		res = offers_assign(tx, o, a, (struct instant){ 0 }, deadline, fresh, n);
	if (res == RES_OK)
		res = start_all(tx, o, a, fresh, n, now);
	if (res == RES_OK)
		res = tell_holders(tx, o, a, fresh, n);
	if (res == RES_OK && n)
		res = offers_plan_close(tx, &in->id);
	arena_free(&a);
	return res;
}

/* ---- the desk ---- */

enum result offers_tasks(struct tx *tx, struct offers *o, struct arena *a, const struct id *supporter,
			 struct offers_task **tasks_r, size_t *n_r)
{
	struct offers_row *rows;
	size_t n;
	struct day yesterday = day_add(instant_day(clock_now(o->setup.clock)), -OFFERS_SHOWN_DAYS);
	enum result res = offers_tasks_shown(tx, a, supporter, yesterday, &rows, &n);
	if (res != RES_OK)
		return res;
	struct offers_task *list = arena_array(a, struct offers_task, n);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		const struct offers_row *r = &rows[i];
		struct door_incident in;
		list[i] = (struct offers_task){
			.id = r->id, .incident = r->incident, .ref = r->ref, .name = r->name, .phone = r->phone,
			.lang = offers_lang(o, r), .deadline = r->deadline, .not_before = r->not_before, .since_hour = r->since_hour,
			.closed = r->closed,
		};
		memcpy(list[i].rel, r->rel, sizeof(r->rel));
		for (int k = 0; k < OFFERS_SEATS; k++)
			if (id_eq(&r->seat[k], supporter))
				list[i].role = k;
		list[i].taken_over = list[i].role > 0 || r->rounds > 1;
		res = offers_incident(tx, a, &r->incident, &in);
		list[i].title = in.title;
		list[i].happened = in.day;
		if (res == RES_OK && !id_is_zero(&r->person)) {
			struct door_person p;
			res = directory_get(tx, a, &r->person, &p);
			if (res != RES_OK)
				break;
			list[i].name = p.name;
			list[i].phone = p.phone[0] ? p.phone : NULL;
		}
		if (res == RES_OK)
			res = offers_reaches(tx, o, a, r, &list[i].written);
	}
	if (res != RES_OK)
		return res == RES_NONE ? RES_BROKEN : res;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n && !list[i].also; k++)
			if (k != i && !id_is_zero(&rows[i].person) && id_eq(&rows[i].person, &rows[k].person) && !rows[i].closed &&
			    !rows[k].closed)
				list[i].also = &list[k];
	*tasks_r = list;
	*n_r = n;
	return RES_OK;
}

enum result offers_seen(struct tx *tx, const struct id *supporter, const struct id *tasks, size_t n)
{
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = offers_put_seen(tx, &tasks[i], supporter);
	return res;
}

enum result offers_pass_on(struct tx *tx, struct offers *o, const struct id *task, const struct id *supporter)
{
	struct arena *a = arena_new();
	struct offers_row row;
	enum result res = offers_get_task(tx, a, task, &row);
	if (res == RES_OK && (row.closed || !id_eq(&row.holder, supporter)))
		res = RES_NONE;
	if (res == RES_OK)
		res = offers_move_on(tx, o, a, &row);
	arena_free(&a);
	return res;
}
