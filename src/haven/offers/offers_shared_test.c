/* Two processes of haven on one database: what a desk said to one, the other knows when it closes the incident. On SQLite there is
   one process, and nothing is told. */
#include "haven/offers/offers_testing.h"

#include <time.h>

#define SECRET "what the operator gave to both of them"

/* Another process: its own connection, its own memory. */
struct other {
	struct db *db;
	struct offers *o;
	struct clockwork *cw;
};

static void other_opens(struct bench *b, struct other *x, const char *secret)
{
	assert_int_equal(db_open(db_for_test_where(b->db), 2, &x->db), RES_OK);
	struct offers_setup setup = { x->db, b->clock, random_system(), "http://haven.example", "Fjordvik", LANG_NB };
	x->o = offers_new(&setup);
	x->cw = clockwork_new(x->db, b->clock);
	offers_jobs(x->o, x->cw, nothing, NULL);
	assert_int_equal(offers_together(x->o, slice_of(secret)), RES_OK);
}

static void other_ends(struct other *x)
{
	offers_end_together(x->o);
	db_close(&x->db);
	clockwork_free(&x->cw);
	offers_free(&x->o);
}

/* At most a quarter of a minute: that so many are known. */
static size_t comes_to_know(struct offers *o, size_t n)
{
	size_t known = 0;
	for (int i = 0; i < 750; i++) {
		pthread_mutex_lock(&o->lock);
		known = o->heard_n;
		pthread_mutex_unlock(&o->lock);
		if (known >= n)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	}
	return known;
}

static size_t comes_to_meet(struct offers *o)
{
	size_t met = 0;
	for (int i = 0; i < 750 && !met; i++, nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL)) {
		pthread_mutex_lock(&o->lock);
		met = o->peers_n;
		pthread_mutex_unlock(&o->lock);
	}
	return met;
}

/* To the afternoon on which all closes, with the desk's word said. */
static struct day said_by_all(struct bench *b)
{
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct day due = instant_day(row_of(b, 0).deadline);
	move_to(b, day_at(due, 14, 30));
	assert_int_equal(say(b, 0, 1), RES_OK);
	return due;
}

static void whichever_closes_knows_what_a_desk_said_to_the_other(void **state)
{
	struct bench *b = *state;
	struct other x;
	int done;
	assert_int_equal(offers_together(b->o, SLICE(SECRET)), RES_OK);
	other_opens(b, &x, SECRET);
	if (db_test_is_pg()) {
		assert_int_equal(comes_to_meet(b->o), 1);
		assert_int_equal(comes_to_meet(x.o), 1);
	}
	struct day due = said_by_all(b);
	if (db_test_is_pg())
		assert_int_equal(comes_to_know(x.o, 1), b->o->heard_n);
	else
		assert_int_equal(x.o->heard_n, 0);
	clock_set(b->clock, day_at(due, 15, 0));
	assert_int_equal(clockwork_settle(x.cw, &done), RES_OK);
	assert_true(row_of(b, 0).closed);
	assert_int_equal(facts_of(b, 0), db_test_is_pg() ? REACHED : NOT_REACHED);
	other_ends(&x);
}

static void who_comes_later_is_told_what_was_said(void **state)
{
	struct bench *b = *state;
	struct other x;
	assert_int_equal(offers_together(b->o, SLICE(SECRET)), RES_OK);
	said_by_all(b);
	other_opens(b, &x, SECRET);
	if (db_test_is_pg())
		assert_int_equal(comes_to_know(x.o, 1), b->o->heard_n);
	other_ends(&x);
}

static void whoever_does_not_have_the_secret_is_told_nothing(void **state)
{
	struct bench *b = *state;
	struct other x;
	assert_int_equal(offers_together(b->o, SLICE(SECRET)), RES_OK);
	said_by_all(b);
	other_opens(b, &x, "what somebody else has made up for this");
	nanosleep(&(struct timespec){ .tv_nsec = 700000000 }, NULL);
	assert_int_equal(x.o->heard_n, 0);
	assert_int_equal(b->o->peers_n, 0);
	other_ends(&x);
}

static void what_was_said_later_stands_wherever_it_was_said(void **state)
{
	struct bench *b = *state;
	struct other x;
	if (!db_test_is_pg())
		return;
	assert_int_equal(offers_together(b->o, SLICE(SECRET)), RES_OK);
	said_by_all(b);
	other_opens(b, &x, SECRET);
	assert_int_equal(comes_to_know(x.o, 1), b->o->heard_n);
	/* The same desk, at the other process, a minute later: not reached after all. */
	clock_set(b->clock, instant_add(clock_now(b->clock), 60));
	struct saying s = { .b = b, .supporter = row_of(b, 0).holder };
	for (int k = 0; k < PEOPLE; k++)
		if (holds(b, k, &s.supporter))
			s.list[s.n++] = (struct offers_outcome){ b->exposure[k], false };
	struct offers *mine = b->o;
	b->o = x.o;
	assert_int_equal(db_read(x.db, say_work, &s), RES_OK);
	b->o = mine;
	bool reached = true;
	for (int i = 0; i < 750 && reached; i++, nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL)) {
		pthread_mutex_lock(&mine->lock);
		reached = mine->heard_n && mine->heard[mine->heard_n - 1].reached;
		pthread_mutex_unlock(&mine->lock);
	}
	assert_false(reached);
	other_ends(&x);
}

/* Whoever listens at the database: how many notices went by, and how long the shortest and the longest were. */
static struct {
	pthread_mutex_t lock;
	size_t n, least, most;
} overheard = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void overhear(struct slice words, void *ctx)
{
	(void)ctx;
	if (!words.p || !slice_starts(words, "said "))
		return;
	pthread_mutex_lock(&overheard.lock);
	overheard.least = !overheard.n++ || words.n < overheard.least ? words.n : overheard.least;
	overheard.most = words.n > overheard.most ? words.n : overheard.most;
	pthread_mutex_unlock(&overheard.lock);
}

/* How many go by in some seconds. */
static size_t overhear_for(int seconds)
{
	pthread_mutex_lock(&overheard.lock);
	size_t before = overheard.n;
	pthread_mutex_unlock(&overheard.lock);
	nanosleep(&(struct timespec){ .tv_sec = seconds }, NULL);
	pthread_mutex_lock(&overheard.lock);
	size_t n = overheard.n - before;
	pthread_mutex_unlock(&overheard.lock);
	return n;
}

static void whoever_listens_hears_as_much_whatever_was_said(void **state)
{
	struct bench *b = *state;
	struct other x;
	struct db *listener;
	if (!db_test_is_pg())
		return;
	assert_int_equal(db_open(db_for_test_where(b->db), 1, &listener), RES_OK);
	db_hear(listener, "haven_heard", overhear, NULL);
	assert_int_equal(offers_together(b->o, SLICE(SECRET)), RES_OK);
	other_opens(b, &x, SECRET);
	assert_int_equal(comes_to_meet(b->o), 1);
	assert_int_equal(comes_to_meet(x.o), 1);
	size_t silent = overhear_for(13); /* four paces of each, or five */
	assert_in_range(silent, 6, 10);
	said_by_all(b);
	size_t said = overhear_for(13);
	assert_in_range(said, 6, 10);
	assert_int_equal(comes_to_know(x.o, 1), b->o->heard_n);
	assert_int_equal(overheard.least, overheard.most);
	other_ends(&x);
	db_close(&listener);
}

/* The database first: whoever hears it uses the rest. */
static int all_end(void **state)
{
	struct bench *b = *state;
	offers_end_together(b->o);
	db_for_test_end(&b->db);
	return tear_down(state);
}

#define SHARED(name) cmocka_unit_test_setup_teardown(name, set_up, all_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHARED(whichever_closes_knows_what_a_desk_said_to_the_other),
		SHARED(who_comes_later_is_told_what_was_said),
		SHARED(whoever_does_not_have_the_secret_is_told_nothing),
		SHARED(whoever_listens_hears_as_much_whatever_was_said),
		SHARED(what_was_said_later_stands_wherever_it_was_said),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
