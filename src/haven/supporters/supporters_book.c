/*~ Everybody's file and key, for pages that show some of them to whoever asks: as they stand, in memory, until one changes. Which page was
    asked for, and how often, changes nothing of it. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "haven/supporters/supporters_keys_inside.h"

#define CHANGED "supporters/book" /* told when a file or a key has changed */
#define HELD_S 1 /* longest: another program may have changed them, such as the operator's import; our choice, as for the front page */

/* One reading of them; goes when nobody holds it any more. */
struct reading {
	struct supporters_book book;
	struct arena *a;
	struct supporters_books *of;
	size_t held; /* under the lock, as is `newest` */
	struct timespec until;
};

struct supporters_books {
	struct db *db;
	pthread_mutex_t lock;
	uint64_t changed; /* times */
	struct reading *newest; /* which counts as held; NULL: none */
	bool reads;             /* somebody reads them; whoever comes meanwhile waits for what comes of it */
	enum result came;       /* of the last that was read */
	pthread_cond_t read;
};

static void changed(struct slice words, void *ctx);

struct supporters_books *supporters_books_new(struct db *db)
{
	/* All that read_work() reads. */
	static const char *const shown[] = { "supporter", "person", "key_log", NULL };
	struct supporters_books *b = must_alloc(1, sizeof(*b));
	b->db = db;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->read, NULL);
	db_tell_of(db, shown, CHANGED);
	db_hear(db, CHANGED, changed, b);
	return b;
}

/* Under the lock. */
static void let_go(struct reading *r)
{
	if (!r || --r->held)
		return;
	arena_free(&r->a);
	free(r);
}

static void changed(struct slice words, void *ctx)
{
	struct supporters_books *b = ctx;
	(void)words;
	pthread_mutex_lock(&b->lock);
	b->changed++;
	let_go(b->newest);
	b->newest = NULL;
	pthread_mutex_unlock(&b->lock);
}

void supporters_books_free(struct supporters_books **b)
{
	if (!*b)
		return;
	changed(SLICE(""), *b);
	pthread_cond_destroy(&(*b)->read);
	pthread_mutex_destroy(&(*b)->lock);
	free(*b);
	*b = NULL;
}

static enum result read_work(struct tx *tx, void *ctx)
{
	struct reading *r = ctx;
	struct supporter *files;
	size_t n;
	enum result res = supporters_all(tx, r->a, &files, &n);
	if (res != RES_OK)
		return res;
	struct supporters_card *list = arena_array(r->a, struct supporters_card, n);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		list[i].file = files[i];
		if (!files[i].has_key)
			continue;
		res = supporters_key(tx, &files[i].id, (struct day){ 0 }, &list[i].key);
		if (res == RES_OK)
			keylog_safety_code(keylog_sign_key(list[i].key.entry), list[i].safety);
	}
	r->book = (struct supporters_book){ .list = list, .n = n };
	return res == RES_OK ? supporters_lost(tx, r->a, &r->book.lost, &r->book.lost_n) : res;
}

static bool is_past(const struct timespec *until)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

/* Under the lock: the newest, unless it is too old. */
static struct reading *newest_of(struct supporters_books *b)
{
	struct reading *r = b->newest;
	if (!r || is_past(&r->until))
		return NULL;
	r->held++;
	return r;
}

/* Under the lock, as it found it and leaves it. */
static enum result read_anew(struct supporters_books *b, struct reading **r_r)
{
	struct reading *r = must_alloc(1, sizeof(*r));
	uint64_t since = b->changed;
	*r = (struct reading){ .of = b, .a = arena_new(), .held = 1 };
	b->reads = true;
	pthread_mutex_unlock(&b->lock);
	enum result res = db_read(b->db, read_work, r);
	/* From now: else one that took as long to read would be past when it comes. */
	clock_gettime(CLOCK_MONOTONIC, &r->until);
	r->until.tv_sec += HELD_S;
	pthread_mutex_lock(&b->lock);
	b->reads = false;
	b->came = res;
	pthread_cond_broadcast(&b->read);
	if (res == RES_OK && b->changed == since) { /* else it may be from before the change: good for this once */
		let_go(b->newest);
		b->newest = r;
		r->held++;
	}
	if (res == RES_OK)
		*r_r = r;
	else
		let_go(r);
	return res;
}

enum result supporters_book(struct supporters_books *b, const struct supporters_book **book_r)
{
	enum result res = RES_OK;
	pthread_mutex_lock(&b->lock);
	struct reading *r = newest_of(b);
	while (!r && b->reads && res == RES_OK) {
		pthread_cond_wait(&b->read, &b->lock);
		r = newest_of(b);
		res = r ? RES_OK : b->came; /* a database that does not answer is asked once for all who wait */
	}
	if (!r && res == RES_OK)
		res = read_anew(b, &r);
	pthread_mutex_unlock(&b->lock);
	if (res == RES_OK)
		*book_r = &r->book;
	return res;
}

void supporters_book_end(const struct supporters_book **book)
{
	struct reading *r = (struct reading *)(uintptr_t)*book; /* its first member */
	if (!r)
		return;
	struct supporters_books *b = r->of;
	pthread_mutex_lock(&b->lock);
	let_go(r);
	pthread_mutex_unlock(&b->lock);
	*book = NULL;
}

const struct supporters_card *supporters_card(const struct supporters_book *book, const struct id *supporter)
{
	for (size_t i = 0; i < book->n; i++)
		if (id_eq(&book->list[i].file.id, supporter))
			return &book->list[i];
	return NULL;
}

struct day supporters_key_reset(const struct supporter_key *key, struct day today)
{
	return key->reset.n + SUPPORTERS_RESET_TOLD >= today.n ? key->reset : (struct day){ 0 };
}

static bool among(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

void supporters_lost_since(const struct supporters_book *book, struct arena *a, struct day since, const char ***names_r, size_t *n_r)
{
	const char **names = arena_array(a, const char *, book->lost_n);
	size_t n = 0;
	for (size_t i = 0; i < book->lost_n; i++)
		if (book->lost[i].day.n >= since.n && !among(names, n, book->lost[i].name))
			names[n++] = arena_str(a, slice_of(book->lost[i].name));
	*names_r = names;
	*n_r = n;
}
