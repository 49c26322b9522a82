/* The front page is kept, and dropped by whatever changes what it shows. */
#include "haven/directory/directory.h"
#include "haven/supporters/supporters_testing.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/server.h"

SQL(front_pause, "ib", "", "UPDATE supporter SET paused = $1 WHERE id = $2");
SQL(front_rename, "tb", "", "UPDATE supporter SET given = $1 WHERE id = $2");
SQL(front_windows_gone, "b", "", "DELETE FROM duty_window WHERE supporter = $1");
SQL(front_person, "bb", "", "UPDATE supporter SET person = $1 WHERE id = $2");

static struct web *web;
static struct clock *now;
static struct look_house house;
static struct supporters_front front;

/* All of the week, so that everybody can be called. */
static enum result open_windows(struct tx *tx, void *ctx)
{
	enum result res = RES_OK;
	(void)ctx;
	for (int i = 0; res == RES_OK && i < 2; i++)
		for (int day = 0; res == RES_OK && day < 7; day++) {
			struct id id = id_of((unsigned)i);
			res = db_do(tx, &test_window, NULL, v_id(&id), v_int(day), v_int(0), v_int(1440), v_int(0));
		}
	return res;
}

static int front_set_up(void **state)
{
	if (set_up(state) != 0 || db_write(db, open_windows, NULL) != RES_OK)
		return -1;
	now = clock_by_hand((struct instant){ 1795000020 });
	house = (struct look_house){ .side = LOOK_HAVEN, .workplace = "Bjørkli", .country = "no", .home = "/", .leave = "https://www.yr.no/",
				     .css = "/a/x.css", .line = { .name = "", .phone = "", .hours = "" } };
	front = (struct supporters_front){ db, now, &house };
	struct web_setup setup = { .listen = "127.0.0.1:0", .clock = now, .rnd = random_system(), .workers = 1, .default_lang = LANG_EN };
	if (web_new(&setup, &web) != RES_OK)
		return -1;
	supporters_routes(&front, web);
	return web_start(web) == RES_OK ? 0 : -1;
}

static int front_tear_down(void **state)
{
	db_hear_no_more(db);
	web_free(&web);
	clock_free(&now);
	return tear_down(state);
}

static const char *page(void)
{
	static char text[200000];
	static const char ask[] = "GET / HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nConnection: close\r\n\r\n";
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)web_port(web)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	size_t n = 0;
	ssize_t got;
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(write(fd, ask, sizeof(ask) - 1), sizeof(ask) - 1);
	while (n < sizeof(text) - 1 && (got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	close(fd);
	assert_int_equal(strncmp(text, "HTTP/1.1 200", 12), 0);
	return text;
}

static int shown(void)
{
	int n = 0;
	for (const char *p = page(); (p = strstr(p, "href=\"tel:")); p++)
		n++;
	return n;
}

struct doing {
	struct id id;
	enum result (*work)(struct tx *tx, const struct doing *d);
	int n;
	const char *text;
};

static enum result do_work(struct tx *tx, void *ctx)
{
	const struct doing *d = ctx;
	return d->work(tx, d);
}

static void changes(struct doing d)
{
	assert_int_equal(db_write(db, do_work, &d), RES_OK);
}

static enum result full(struct tx *tx, const struct doing *d)
{
	return supporters_set_full(tx, &d->id, d->n);
}

static enum result pause_her(struct tx *tx, const struct doing *d)
{
	return db_do(tx, &front_pause, NULL, v_int(d->n), v_id(&d->id));
}

static enum result rename_her(struct tx *tx, const struct doing *d)
{
	return db_do(tx, &front_rename, NULL, v_str(d->text), v_id(&d->id));
}

static enum result close_windows(struct tx *tx, const struct doing *d)
{
	return db_do(tx, &front_windows_gone, NULL, v_id(&d->id));
}

static enum result is_person(struct tx *tx, const struct doing *d)
{
	struct door_person p = { .id = d->id, .number = "", .name = "A", .unit = "", .profession = "", .level = "", .lang = "nb", .email = "",
				 .phone = "", .ended = d->n };
	struct door_people all = { 2, false, &p, 1 };
	enum result res = directory_take(tx, &all);
	return res == RES_OK ? db_do(tx, &front_person, NULL, v_id(&d->id), v_id(&d->id)) : res;
}

static enum result leaves(struct tx *tx, const struct doing *d)
{
	struct door_person p = { .id = d->id, .number = "", .name = "A", .unit = "", .profession = "", .level = "", .lang = "nb", .email = "",
				 .phone = "", .ended = true };
	struct door_people all = { 3, false, &p, 1 };
	return directory_take(tx, &all);
}

static void whoever_changes_is_seen_so_by_the_next_who_looks(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		int all = shown();
		assert_true(all > 0);
		changes((struct doing){ .work = full, .id = id_of(0), .n = true });
		assert_true(shown() < all);
		changes((struct doing){ .work = full, .id = id_of(0), .n = false });
		assert_int_equal(shown(), all);
		changes((struct doing){ .work = pause_her, .id = id_of(1), .n = true });
		assert_true(shown() < all);
		changes((struct doing){ .work = pause_her, .id = id_of(1), .n = false });
		assert_int_equal(shown(), all);
	}
	changes((struct doing){ .work = rename_her, .id = id_of(0), .text = "Sunniva" });
	assert_non_null(strstr(page(), "Sunniva"));
	int all = shown();
	changes((struct doing){ .work = close_windows, .id = id_of(1) });
	assert_true(shown() < all);
}

static void who_leaves_the_workplace_is_gone_from_the_page_at_once(void **state)
{
	(void)state;
	changes((struct doing){ .work = is_person, .id = id_of(0) });
	int all = shown();
	assert_true(all > 0);
	changes((struct doing){ .work = leaves, .id = id_of(0) });
	assert_true(shown() < all);
}

static void heard(struct slice words, void *times)
{
	(void)words;
	__atomic_add_fetch((int *)times, 1, __ATOMIC_ACQ_REL);
}

static enum result told_her(struct tx *tx, const struct doing *d)
{
	struct door_person p = { .id = d->id, .number = "1", .name = d->text, .unit = "A", .profession = "", .level = "", .lang = "nb",
				 .email = "", .phone = "" };
	struct door_people all = { 3, false, &p, 1 };
	return directory_take(tx, &all);
}

static void who_is_told_again_as_she_was_changes_nothing(void **state)
{
	int times = 0;
	(void)state;
	db_hear(db, "supporters/shown", heard, &times);
	changes((struct doing){ .work = told_her, .id = id_of(9), .text = "Aud Lie" });
	/* A server tells us too what we told it, some time later. */
	for (int i = 0; i < 1000 && __atomic_load_n(&times, __ATOMIC_ACQUIRE) < (db_test_is_pg() ? 2 : 1); i++)
		usleep(10000);
	int before = __atomic_load_n(&times, __ATOMIC_ACQUIRE);
	assert_int_equal(before, db_test_is_pg() ? 2 : 1);
	for (int i = 0; i < 3; i++)
		changes((struct doing){ .work = told_her, .id = id_of(9), .text = "Aud Lie" });
	usleep(100000);
	assert_int_equal(__atomic_load_n(&times, __ATOMIC_ACQUIRE), before);
	changes((struct doing){ .work = told_her, .id = id_of(9), .text = "Aud Li" });
	assert_true(__atomic_load_n(&times, __ATOMIC_ACQUIRE) > before);
	db_hear_no_more(db); /* of what lies on this stack */
}

/* So that the tests above say something: without a change it is the page that was there. */
static void nothing_is_read_for_a_page_that_is_kept(void **state)
{
	(void)state;
	int all = shown();
	db_hear_no_more(db);
	changes((struct doing){ .work = full, .id = id_of(0), .n = true });
	bool kept = false;
	for (int i = 0; i < 20 && !kept; i++) { /* a second may end between two looks */
		changes((struct doing){ .work = full, .id = id_of(0), .n = i % 2 });
		int before = shown();
		changes((struct doing){ .work = full, .id = id_of(0), .n = !(i % 2) });
		kept = shown() == before;
	}
	assert_true(kept);
	usleep(1100000);
	changes((struct doing){ .work = full, .id = id_of(0), .n = false });
	usleep(1100000);
	assert_int_equal(shown(), all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whoever_changes_is_seen_so_by_the_next_who_looks, front_set_up, front_tear_down),
		cmocka_unit_test_setup_teardown(who_leaves_the_workplace_is_gone_from_the_page_at_once, front_set_up, front_tear_down),
		cmocka_unit_test_setup_teardown(who_is_told_again_as_she_was_changes_nothing, front_set_up, front_tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_read_for_a_page_that_is_kept, front_set_up, front_tear_down),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
