/* signin_testing.h: a room with a database and a clock by hand, for this room's tests. */
#ifndef SIGNIN_TESTING_H
#define SIGNIN_TESTING_H

#include "base/buf.h"
#include "db/db_testing.h"
#include "signin/signin_store.h"

extern const struct migration signin_migrations[];
extern const size_t signin_migrations_n;

static struct db *db;
static struct clock *by_hand;
static struct signin *room;

static const struct look_house house = {
    .side = LOOK_DUTY,
    .workplace = "Fjordvik",
    .country = "no",
    .home = "/",
    .css = "/a/0/makker.css",
};

/* Light, so that a test takes seconds under the sanitizers. */
#define LIGHT ((struct password_cost){1, 64})

static struct signin_setup room_setup(void)
{
	return (struct signin_setup){
	    .db = db,
	    .clock = by_hand,
	    .rnd = random_system(),
	    .public_url = "https://duty.example",
	    .workplace = "Fjordvik",
	    .base = "",
	    .home = "/incidents",
	    .lang = LANG_NB,
	    .house = &house,
	    .cost = LIGHT,
	};
}

static void open_room(void)
{
	struct signin_setup setup;
	by_hand = clock_by_hand((struct instant){1795000000}); /* 2026-11-18 */
	db_for_test(signin_migrations, signin_migrations_n, &db);
	setup = room_setup();
	if (signin_new(&setup, &room) != RES_OK)
		bug("no room");
}

static void close_room(void)
{
	signin_free(&room);
	db_for_test_end(&db);
	clock_free(&by_hand);
}

struct adding {
	const char *email, *name;
	const struct id *of_whom, *unit;
	enum role role;
	enum lang lang; /* 0: Norwegian */
	struct id id;
	char url[300];
};

static enum result adding_work(struct tx *tx, void *ctx)
{
	struct adding *a = ctx;
	enum result res =
	    signin_add(tx, random_system(), a->email, a->name, a->lang, a->of_whom, a->role, a->unit, signin_today(room), &a->id);
	return res == RES_OK ? signin_invite(tx, room, &a->id, a->url, sizeof(a->url)) : res;
}

static enum result add_account(struct adding *a)
{
	return db_write(db, adding_work, a);
}

/* How many lines of the whole database begin so. */
static int lines(const char *begin)
{
	struct buf dump = BUF_LIMIT(4 << 20);
	struct slice rest, line;
	int n = 0;
	if (db_dump(db, &dump) != RES_OK)
		bug("no dump");
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += slice_starts(line, begin);
	buf_free(&dump);
	return n;
}

#endif
