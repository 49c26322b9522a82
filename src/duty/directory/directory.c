/* The file of an import that is under way, and the thread that reads, compares and writes. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "duty/directory/directory_agreed.h"
#include "duty/directory/directory_night.h"

#define ABANDONED_SECONDS 3600   /* a result that nobody has looked at for so long */
#define LOOK_SECONDS 30          /* how often the thread looks by itself: for what another process left, and abandoned files */

/* The one file that is here; it belongs to the import of that id. */
struct held {
	struct id import;
	int fd; /* -1: none */
	struct csv_form form;
	struct choices choices;
	enum refusal why;
	struct people_file *planned; /* what the plan was made with: its columns */
};

struct directory {
	struct directory_setup setup;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t stir;
	struct held held;
	bool plan, apply, stop, night;
	bool late; /* the nightly file is */
	struct id work; /* the import that is to be planned or carried out */
	pthread_t thread;
	bool runs;
};

/* ---- reading ---- */

/* By offset: pages and the thread read the same file. */
struct reader {
	int fd;
	off_t at;
};

static ptrdiff_t read_some(void *ctx, void *p, size_t n)
{
	struct reader *r = ctx;
	ssize_t k;

	do
		k = pread(r->fd, p, n, r->at);
	while (k < 0 && errno == EINTR);
	if (k > 0)
		r->at += k;
	return k;
}

static enum result from_the_beginning(void *ctx)
{
	((struct reader *)ctx)->at = 0;
	return RES_OK;
}

static void let_go(struct held *h)
{
	if (h->fd >= 0)
		close(h->fd);
	people_file_free(&h->planned);
	*h = (struct held){ .fd = -1 };
}

/* A descriptor of one's own for as long as one reads; -1: the file is not here. */
static int borrow(struct directory *d, const struct id *import, struct held *copy_r)
{
	int fd = -1;

	pthread_mutex_lock(&d->lock);
	if (d->held.fd >= 0 && id_eq(&d->held.import, import)) {
		fd = dup(d->held.fd);
		*copy_r = d->held;
	}
	pthread_mutex_unlock(&d->lock);
	return fd;
}

/* ---- the steps ---- */

static enum result look_work(struct tx *tx, void *ctx)
{
	return people_import_look(tx, ctx);
}

/* Another file of the same administrator: the one before is not meant any more. */
static enum result claim(struct directory *d, const struct id *account, struct id *import_r)
{
	struct people_status s;
	enum result res = people_import_claim(d->setup.db, d->setup.clock, d->setup.rnd, PEOPLE_BY_PAGE, account, import_r);

	if (res != RES_REFUSED)
		return res;
	res = db_read(d->setup.db, look_work, &s);
	if (res == RES_OK && (s.way != PEOPLE_BY_PAGE || !id_eq(&s.account, account)))
		return RES_REFUSED;
	if (res == RES_OK)
		res = directory_give_up(d, &s.id);
	if (res != RES_OK && res != RES_NONE)
		return res;
	return people_import_claim(d->setup.db, d->setup.clock, d->setup.rnd, PEOPLE_BY_PAGE, account, import_r);
}

enum result directory_sniff(int fd, struct csv_form *form_r, enum refusal *why_r)
{
	struct reader r = { fd, 0 };
	const char *why = "";
	enum result res = csv_sniff(read_some, &r, form_r, &why);

	if (res != RES_OK)
		*why_r = res == RES_BAD ? directory_refusal_of(why) : REFUSED_BROKEN;
	return res;
}

void directory_hold(struct directory *d, const struct id *import, int fd, const struct choices *choices)
{
	pthread_mutex_lock(&d->lock);
	let_go(&d->held);
	d->held = (struct held){ .import = *import, .fd = fd, .form = choices->form, .choices = *choices };
	pthread_mutex_unlock(&d->lock);
}

enum result directory_take(struct directory *d, const struct id *account, int fd, enum refusal *why_r)
{
	struct choices c = { .missing = PEOPLE_STAY };
	struct id import;
	enum result res = directory_sniff(fd, &c.form, why_r);

	if (res == RES_OK) {
		*why_r = REFUSED_BROKEN;
		res = claim(d, account, &import);
	}
	if (res == RES_OK)
		directory_hold(d, &import, fd, &c);
	else
		close(fd);
	return res;
}

bool directory_has_file(struct directory *d, const struct id *import)
{
	bool has;

	pthread_mutex_lock(&d->lock);
	has = d->held.fd >= 0 && id_eq(&d->held.import, import);
	pthread_mutex_unlock(&d->lock);
	return has;
}

enum result directory_peek_file(int fd, struct arena *a, struct csv_form form, struct people_peek *peek_r)
{
	struct reader r = { fd, 0 };
	struct csv *csv = csv_new(read_some, &r, form);
	enum result res = people_import_peek(csv, a, peek_r);

	csv_free(&csv);
	return res;
}

enum result directory_peek(struct directory *d, struct arena *a, const struct id *import, struct people_peek *peek_r,
			   struct choices *choices_r, enum refusal *why_r)
{
	struct held h;
	int fd = borrow(d, import, &h);
	enum result res;

	if (fd < 0)
		return RES_NONE;
	res = directory_peek_file(fd, a, h.choices.form, peek_r);
	close(fd);
	if (res == RES_BAD) {
		*peek_r = (struct people_peek){ 0 };
		h.why = REFUSED_HEADING;
		res = RES_OK;
	}
	for (size_t i = 0; res == RES_OK && i < peek_r->n && i < h.choices.n; i++)
		if (peek_r->column[i].is != PF_NATIONAL && peek_r->column[i].is != PF_BIRTH)
			peek_r->column[i].is = h.choices.is[i];
	if (res == RES_OK)
		people_peek_hide(a, peek_r);
	*choices_r = h.choices;
	*why_r = h.why;
	return res;
}

enum result directory_choose(struct directory *d, const struct id *import, const struct choices *choices)
{
	enum result res = RES_NONE;

	pthread_mutex_lock(&d->lock);
	if (d->held.fd >= 0 && id_eq(&d->held.import, import)) {
		struct choices *c = &d->held.choices;
		bool same = c->form.encoding == choices->form.encoding && c->form.separator == choices->form.separator;

		*c = *choices;
		d->held.why = REFUSED_NOT;
		if (!same)
			c->n = 0;
		res = same ? RES_OK : RES_AGAIN;
	}
	pthread_mutex_unlock(&d->lock);
	return res;
}

static void wake(struct directory *d, const struct id *import, bool *what)
{
	pthread_mutex_lock(&d->lock);
	*what = true;
	d->work = *import;
	pthread_cond_broadcast(&d->stir);
	pthread_mutex_unlock(&d->lock);
}

void directory_plan(struct directory *d, const struct id *import)
{
	wake(d, import, &d->plan);
}

void directory_apply(struct directory *d, const struct id *import)
{
	wake(d, import, &d->apply);
}

static enum result no_work(struct tx *tx, void *ctx)
{
	const struct id *import = ctx;

	return directory_agreed_no(tx, import);
}

enum result directory_give_up(struct directory *d, const struct id *given)
{
	struct id it = *given, *import = &it;
	enum result res = people_import_end(d->setup.db, import);

	if (res == RES_OK)
		res = db_write(d->setup.db, no_work, import);
	pthread_mutex_lock(&d->lock);
	if (res == RES_OK && id_eq(&d->held.import, import))
		let_go(&d->held);
	pthread_mutex_unlock(&d->lock);
	return res;
}

/* ---- planning ---- */

/* Exactly what was chosen: first every field is nowhere, then each column has its own. */
static size_t tell(struct arena *a, const struct choices *c, struct people_told *told)
{
	size_t n = 0;

	if (!c->n)
		return 0;
	for (int f = 0; f < PF_KEPT; f++)
		told[n++] = (struct people_told){ slice_of(people_field_name((enum people_field)f)), SLICE("none") };
	for (size_t i = 0; i < c->n; i++)
		if (c->is[i] < PF_KEPT)
			told[n++] = (struct people_told){ slice_of(people_field_name(c->is[i])),
							  slice_of(arena_printf(a, "#%zu", i + 1)) };
	return n;
}

struct reopening {
	struct id import;
	struct instant now;
};

static enum result reopen_work(struct tx *tx, void *ctx)
{
	const struct reopening *r = ctx;

	return people_import_unplan(tx, &r->import, r->now);
}

/* After every piece: whether to go on. */
static bool goes_on(void *ctx, enum people_step step, int64_t was, int64_t done, int64_t total)
{
	struct directory *d = ctx;
	bool on;

	(void)step;
	(void)was;
	(void)done;
	(void)total;
	pthread_mutex_lock(&d->lock);
	on = !d->stop;
	pthread_mutex_unlock(&d->lock);
	return on;
}

/* Whom it was about is in the list now; its page shows sums alone. */
static void strip(struct directory *d, const struct id *import)
{
	if (people_import_strip(d->setup.db, import) == RES_BROKEN)
		log_world("directory", "the plan of an import that is done could not be taken out; it is tried again");
}

void directory_carry_out(struct directory *d, const struct id *import)
{
	if (people_import_apply(d->setup.db, d->setup.clock, d->setup.rnd, import, goes_on, d) == RES_BROKEN)
		log_world("directory", "an import stands half carried out; it is tried again");
	directory_follow_units(d);
	strip(d, import);
}

struct proposing {
	const struct held *h;
	const struct people_file *file;
};

static enum result propose_work(struct tx *tx, void *ctx)
{
	const struct proposing *p = ctx;

	return directory_agreed_propose(tx, &p->h->import, people_file_columns(p->file), &p->h->choices);
}

static enum result plan_file(struct directory *d, struct held *h, int fd, struct arena *a, const char **why_r)
{
	struct people_told told[PF_KEPT + CSV_COLUMNS_MAX];
	struct people_reading how = { .told = told, .told_n = tell(a, &h->choices, told) };
	struct reader r = { fd, 0 };
	struct people_source source = { read_some, from_the_beginning, &r, h->choices.form };
	struct people_wish wish = { instant_day(clock_now(d->setup.clock)), h->choices.missing };
	struct csv *csv = csv_new(read_some, &r, h->choices.form);
	struct people_file *file = NULL;
	enum result res = people_file_scan(csv, &how, &file, why_r);

	csv_free(&csv);
	if (res == RES_OK)
		res = db_write(d->setup.db, propose_work, &(struct proposing){ h, file });
	if (res == RES_OK)
		res = people_import_plan(d->setup.db, d->setup.clock, d->setup.rnd, &h->import, file, &source, &wish, goes_on,
					 d, why_r);
	if (res == RES_BAD)
		h->why = directory_refusal_of(*why_r);
	else if (res != RES_OK)
		h->why = REFUSED_BROKEN;
	pthread_mutex_lock(&d->lock);
	if (d->held.fd >= 0 && id_eq(&d->held.import, &h->import)) {
		people_file_free(&d->held.planned);
		d->held.planned = file;
		d->held.why = h->why;
		file = NULL;
	}
	pthread_mutex_unlock(&d->lock);
	people_file_free(&file);
	return res;
}

enum result directory_plan_now(struct directory *d, const struct id *import, enum refusal *why_r)
{
	struct held h = { .why = REFUSED_NOT };
	const char *why = "";
	int fd = borrow(d, import, &h);
	struct arena *a;
	enum result res;

	a = arena_new();
	res = fd < 0 ? RES_NONE : plan_file(d, &h, fd, a, &why);
	if (fd >= 0)
		close(fd);
	if (res != RES_OK && res != RES_REFUSED) {
		struct reopening r = { *import, clock_now(d->setup.clock) };
		if (db_write(d->setup.db, reopen_work, &r) == RES_BROKEN)
			log_world("directory", "an import that could not be planned is given up after an hour");
	}
	arena_wipe_free(&a);
	*why_r = h.why;
	return res;
}

static void do_plan(struct directory *d, const struct id *import)
{
	enum refusal why;

	(void)!directory_plan_now(d, import, &why); /* the page says why */
}

/* ---- the thread ---- */

/* Nobody looks at it any more: the plan goes, with all whom it names. */
static bool abandoned(const struct people_status *s, struct instant now)
{
	int64_t idle = now.s - s->touched.s;

	return s->state == PEOPLE_DONE ? idle > ABANDONED_SECONDS : people_import_free(s, now);
}

/* What another start, or another process, left in the middle; and a file whose import is gone. */
static void look_after(struct directory *d)
{
	struct people_status s;
	struct id was;
	enum result res;

	/* A file that comes while the database is read is not meant. */
	pthread_mutex_lock(&d->lock);
	was = d->held.import;
	pthread_mutex_unlock(&d->lock);
	res = db_read(d->setup.db, look_work, &s);
	if (res != RES_OK && res != RES_NONE)
		return;
	pthread_mutex_lock(&d->lock);
	if (d->held.fd >= 0 && id_eq(&d->held.import, &was) && (res == RES_NONE || !id_eq(&d->held.import, &s.id) ||
				abandoned(&s, clock_now(d->setup.clock))))
		let_go(&d->held);
	pthread_mutex_unlock(&d->lock);
	if (res == RES_OK && s.state == PEOPLE_APPLYING)
		directory_carry_out(d, &s.id);
	else if (res == RES_OK && abandoned(&s, clock_now(d->setup.clock))) {
		if (directory_give_up(d, &s.id) == RES_BROKEN)
			log_world("directory", "an abandoned import could not be taken out; it is tried again");
	} else if (res == RES_OK && s.state == PEOPLE_DONE) {
		strip(d, &s.id);
	}
	directory_follow_units(d);
	directory_night_after(d);
}

void directory_stir_night(struct directory *d)
{
	pthread_mutex_lock(&d->lock);
	d->night = true;
	pthread_cond_broadcast(&d->stir);
	pthread_mutex_unlock(&d->lock);
}

void directory_say_late(struct directory *d, bool late)
{
	pthread_mutex_lock(&d->lock);
	d->late = late;
	pthread_mutex_unlock(&d->lock);
}

const char *directory_trouble(struct directory *d)
{
	bool late;

	pthread_mutex_lock(&d->lock);
	late = d->late;
	pthread_mutex_unlock(&d->lock);
	return late ? "for days no file with the list of people has come into people_folder" : NULL;
}

static void *work(void *ctx)
{
	struct directory *d = ctx;
	struct timespec until;

	look_after(d);
	pthread_mutex_lock(&d->lock);
	while (!d->stop) {
		bool plan = d->plan, apply = d->apply, night = d->night;
		struct id import = d->work;

		d->plan = d->apply = d->night = false;
		if (plan || apply || night) {
			pthread_mutex_unlock(&d->lock);
			if (plan)
				do_plan(d, &import);
			else if (apply)
				directory_carry_out(d, &import);
			if (night)
				directory_night_look(d);
			else
				directory_night_after(d);
			pthread_mutex_lock(&d->lock);
			continue;
		}
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += LOOK_SECONDS;
		if (pthread_cond_timedwait(&d->stir, &d->lock, &until) == ETIMEDOUT) {
			pthread_mutex_unlock(&d->lock);
			look_after(d);
			pthread_mutex_lock(&d->lock);
		}
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

struct directory *directory_new(const struct directory_setup *setup)
{
	struct directory *d = must_alloc(1, sizeof(*d));

	d->setup = *setup;
	d->held.fd = -1;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->stir, NULL);
	return d;
}

enum result directory_start(struct directory *d)
{
	if (pthread_create(&d->thread, NULL, work, d) != 0) {
		log_world("directory", "no thread for imports");
		return RES_BROKEN;
	}
	d->runs = true;
	return RES_OK;
}

void directory_stop(struct directory *d)
{
	if (!d->runs)
		return;
	pthread_mutex_lock(&d->lock);
	d->stop = true;
	pthread_cond_broadcast(&d->stir);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	d->runs = false;
}

void directory_free(struct directory **dir)
{
	struct directory *d = *dir;

	if (!d)
		return;
	directory_stop(d);
	let_go(&d->held);
	pthread_cond_destroy(&d->stir);
	pthread_mutex_destroy(&d->lock);
	free(d);
	*dir = NULL;
}

const struct directory_setup *directory_setup_of(const struct directory *d)
{
	return &d->setup;
}

/* ---- rows that did not go in ---- */

enum result directory_bad_rows(struct directory *d, const struct id *import, struct buf *out)
{
	struct held h;
	struct reader r = { borrow(d, import, &h), 0 };
	struct csv *csv;
	enum result res = RES_NONE;

	if (r.fd < 0)
		return RES_NONE;
	csv = csv_new(read_some, &r, h.choices.form);
	pthread_mutex_lock(&d->lock);
	if (d->held.planned && id_eq(&d->held.import, import))
		res = people_import_bad_rows(d->setup.db, csv, people_file_columns(d->held.planned), h.choices.form.separator, out);
	pthread_mutex_unlock(&d->lock);
	csv_free(&csv);
	close(r.fd);
	return res;
}
