/* Several mails at once, on both databases: none waits for another, none goes twice, and a server that takes fewer connections is
   asked for fewer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "post/post.h"
#include "post/smtp_testing.h"

extern const struct migration post_migrations[];
extern const size_t post_migrations_n;

#define START 1795000000 /* 18 November 2026 */
#define AN_HOUR 3600
#define MOST 200

/* ---- a mail server that talks with many at once, and ponders over what is for slow@ until the test lets go ---- */

static struct smtp_server server;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	int open, most_open; /* connections that were greeted */
	int allows;          /* so many at once; 0: any number */
	int hesitates;       /* microseconds before it turns somebody away */
	int turned_away;
	int heard[MOST];     /* whole messages, by the number in their address */
	int whole;
	bool lets_go;
	int pondering;
} box = { .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER };

static bool greeted(int fd)
{
	pthread_mutex_lock(&box.lock);
	bool in = !box.allows || box.open < box.allows;
	box.open += in;
	box.turned_away += !in;
	box.most_open = box.open > box.most_open ? box.open : box.most_open;
	pthread_mutex_unlock(&box.lock);
	if (!in)
		usleep((useconds_t)box.hesitates);
	smtp_say(fd, in ? "220 test\r\n" : "421 4.7.0 too many connections from you\r\n");
	return in;
}

static void message_is_whole(bool slow, int number)
{
	usleep(2000); /* so that there is work for all */
	pthread_mutex_lock(&box.lock);
	box.pondering += slow;
	pthread_cond_broadcast(&box.moved);
	while (slow && !box.lets_go)
		pthread_cond_wait(&box.moved, &box.lock);
	box.pondering -= slow;
	box.heard[number]++;
	box.whole++;
	pthread_cond_broadcast(&box.moved);
	pthread_mutex_unlock(&box.lock);
}

static void converse(int fd, FILE *f)
{
	char line[1200];
	bool in_message = false, slow = false;
	int number = 0;
	if (!greeted(fd))
		return;
	while (smtp_hear(f, line, sizeof(line))) {
		if (in_message) {
			in_message = strcmp(line, ".") != 0;
			if (!in_message) {
				message_is_whole(slow, number);
				smtp_say(fd, "250 taken\r\n");
			}
		} else if (strncasecmp(line, "RCPT", 4) == 0) {
			slow = strstr(line, "slow@") != NULL;
			const char *plus = strchr(line, '+');
			number = plus ? (int)strtoul(plus + 1, NULL, 10) % MOST : 0;
			smtp_say(fd, "250 yes\r\n");
		} else if (strcasecmp(line, "DATA") == 0) {
			in_message = true;
			smtp_say(fd, "354 go on\r\n");
		} else if (strcasecmp(line, "QUIT") == 0) {
			break;
		} else {
			smtp_say(fd, "250 yes\r\n");
		}
	}
	pthread_mutex_lock(&box.lock);
	box.open--;
	pthread_mutex_unlock(&box.lock);
}

/* At least so many messages are there within ten seconds. */
static bool comes_to(int whole)
{
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&box.lock);
		bool there = box.whole >= whole;
		pthread_mutex_unlock(&box.lock);
		if (there)
			return true;
		usleep(10000);
	}
	return false;
}

/* ---- the room ---- */

static struct db *db;
static struct clock *now;
static struct post *room;
static bool serving;
/* A second program on the same database, in one test. */
static struct db *second_db;
static struct post *second;

static enum result room_on(struct db *where, struct post **room_r)
{
	const struct post_setup setup = { .server = server.url, .from = "makker@fjordvik.example", .from_name = "Fjordvik",
					  .bounce_domain = "bounce.example", .message_domain = "fjordvik.example", .connections = 4 };
	return post_new(where, now, random_system(), &setup, room_r);
}

static int set_up(void **state)
{
	(void)state;
	box.open = box.most_open = box.allows = box.hesitates = box.turned_away = box.whole = box.pondering = 0;
	box.lets_go = false;
	memset(box.heard, 0, sizeof(box.heard));
	if (!smtp_begin_many(&server, converse))
		return -1;
	serving = true;
	db_for_test(post_migrations, post_migrations_n, &db);
	now = clock_by_hand((struct instant){ START });
	return room_on(db, &room) == RES_OK ? 0 : -1;
}

static void server_ends(void)
{
	pthread_mutex_lock(&box.lock);
	box.lets_go = true;
	pthread_cond_broadcast(&box.moved);
	pthread_mutex_unlock(&box.lock);
	post_free(&room);
	post_free(&second);
	smtp_end(&server);
	serving = false;
}

static int tear_down(void **state)
{
	(void)state;
	if (serving)
		server_ends();
	db_close(&second_db);
	db_for_test_end(&db);
	clock_free(&now);
	return 0;
}

static enum result put_work(struct tx *tx, void *ctx)
{
	struct mail mail = { "test", { { 1 } }, slice_of(ctx), SLICE("Hei"), SLICE("En linje.\n"), POST_MAIL };
	return post_put(tx, random_system(), instant_day(clock_now(now)), &mail);
}

static void put(const char *who, int number)
{
	char address[64];
	snprintf(address, sizeof(address), "a+%d-%s@x.example", number, who);
	if (strcmp(who, "slow") == 0)
		snprintf(address, sizeof(address), "+%d-slow@x.example", number);
	assert_int_equal(db_write(db, put_work, address), RES_OK);
}

static int settle(int seconds)
{
	int sent = 0;
	clock_set(now, instant_add(clock_now(now), seconds));
	assert_int_equal(post_settle(room, &sent), RES_OK);
	return sent;
}

static enum result waiting_work(struct tx *tx, void *ctx)
{
	struct day oldest;
	return post_waiting(tx, ctx, &oldest);
}

static int waiting(void)
{
	int64_t n;
	assert_int_equal(db_read(db, waiting_work, &n), RES_OK);
	return (int)n;
}

static void each_came_once(int from, int to)
{
	for (int i = from; i <= to; i++)
		assert_int_equal(box.heard[i], 1);
}

/* ---- the behaviours ---- */

static void many_go_at_once_and_each_goes_once(void **state)
{
	(void)state;
	for (int i = 1; i <= 120; i++)
		put("quick", i);
	assert_int_equal(settle(0), 120);
	each_came_once(1, 120);
	assert_int_equal(waiting(), 0);
	assert_in_range(box.most_open, 2, 4);
	assert_int_equal(settle(60), 0);
}

static void a_mail_that_the_server_ponders_over_holds_up_no_other_and_no_later_one(void **state)
{
	(void)state;
	put("slow", 1);
	for (int i = 2; i <= 60; i++)
		put("quick", i);
	assert_int_equal(post_start(room), RES_OK);
	post_wake(room);
	assert_true(comes_to(59));
	put("quick", 61); /* while the round is still on */
	post_wake(room);
	assert_true(comes_to(60));
	each_came_once(2, 61);
	assert_int_equal(box.heard[1], 0);
	assert_int_equal(box.pondering, 1);
	pthread_mutex_lock(&box.lock);
	box.lets_go = true;
	pthread_cond_broadcast(&box.moved);
	pthread_mutex_unlock(&box.lock);
	assert_true(comes_to(61));
	post_stop(room);
	assert_int_equal(settle(0), 0);
	assert_int_equal(waiting(), 0);
	each_came_once(1, 61);
}

static void a_server_that_takes_two_connections_has_two_and_gets_every_mail_once(void **state)
{
	(void)state;
	box.allows = 2;
	for (int i = 1; i <= 80; i++)
		put("quick", i);
	assert_int_equal(settle(0), 80);
	each_came_once(1, 80);
	assert_int_equal(box.most_open, 2);
	assert_in_range(box.turned_away, 1, 2); /* the third and the fourth */
	for (int i = 81; i <= 120; i++)
		put("quick", i);
	for (int i = 0; i < 5; i++)
		assert_int_equal(settle(60), i ? 0 : 40);
	assert_in_range(box.turned_away, 1, 2); /* left in peace */
	int asked = box.turned_away;
	box.allows = 0;
	for (int i = 121; i <= 199; i++)
		put("quick", i);
	assert_int_equal(settle(AN_HOUR), 79);
	assert_int_equal(box.turned_away, asked);
	each_came_once(1, 199);
}

/* By then the two have sent all the others. */
static void what_was_to_go_by_a_connection_that_was_not_taken_goes_by_another_however_late_that_is_known(void **state)
{
	(void)state;
	box.allows = 2;
	box.hesitates = 600000;
	for (int i = 1; i <= 20; i++)
		put("quick", i);
	assert_int_equal(settle(0), 20);
	each_came_once(1, 20);
	assert_int_equal(post_away(room, POST_MAIL), 0);
	assert_int_equal(box.turned_away, 2);
}

static void a_server_that_is_away_is_asked_by_one_and_then_gets_all_at_once_again(void **state)
{
	(void)state;
	box.allows = -1; /* nobody */
	for (int i = 1; i <= 100; i++)
		put("quick", i);
	assert_int_equal(settle(0), 0);
	int asked = box.turned_away;
	assert_in_range(asked, 1, 4);
	assert_int_equal(settle(60), 0);
	assert_int_equal(box.turned_away, asked + 1);
	assert_true(post_away(room, POST_MAIL) > 0);
	box.allows = 0;
	assert_int_equal(settle(60), 100);
	each_came_once(1, 100);
	assert_in_range(box.most_open, 2, 4); /* in the round that found it there again */
	assert_int_equal(post_away(room, POST_MAIL), 0);
	for (int i = 101; i <= 199; i++)
		put("quick", i);
	assert_int_equal(settle(60), 99);
	assert_in_range(box.most_open, 2, 4);
}

/* On PostgreSQL. Three of the four connections gave theirs up for another to take, which then was not taken either. */
static void what_one_program_cannot_send_another_can(void **state)
{
	int sent = 0;
	(void)state;
	assert_int_equal(db_open(db_for_test_where(db), 2, &second_db), RES_OK);
	assert_int_equal(room_on(second_db, &second), RES_OK);
	box.allows = -1; /* nobody */
	for (int i = 1; i <= 20; i++)
		put("quick", i);
	assert_int_equal(settle(0), 0);
	box.allows = 0;
	assert_int_equal(post_settle(second, &sent), RES_OK);
	assert_int_equal(sent, 20);
	each_came_once(1, 20);
	assert_int_equal(settle(60), 0);
}

#define fresh(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	if (clock_zone("Europe/Oslo") != RES_OK || crypt_init() != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		fresh(many_go_at_once_and_each_goes_once),
		fresh(a_mail_that_the_server_ponders_over_holds_up_no_other_and_no_later_one),
		fresh(a_server_that_takes_two_connections_has_two_and_gets_every_mail_once),
		fresh(what_was_to_go_by_a_connection_that_was_not_taken_goes_by_another_however_late_that_is_known),
		fresh(a_server_that_is_away_is_asked_by_one_and_then_gets_all_at_once_again),
		fresh(what_one_program_cannot_send_another_can),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
