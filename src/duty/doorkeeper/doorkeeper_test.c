/* The door from duty's side, asked as haven asks it: over a socket, and read by haven's own strict readers. */
#include "duty/doorkeeper/doorkeeper.h"

#include <sys/un.h>

#include "duty/coverage/coverage.h"
#include "duty/duty_testing.h"

static struct doorkeeper *doorkeeper;
static char socket_path[64];
static struct id life; /* of duty's, as haven was told it the last time */

static void start_door(void)
{
	char listen[80];
	snprintf(socket_path, sizeof(socket_path), "/tmp/makker-doorkeeper-%d", (int)getpid());
	snprintf(listen, sizeof(listen), "unix:%s", socket_path);
	struct doorkeeper_setup setup = { .db = town.db, .clock = town.clock, .rnd = random_system(), .listen = listen };
	assert_int_equal(doorkeeper_new(&setup, &doorkeeper), RES_OK);
	assert_int_equal(doorkeeper_start(doorkeeper), RES_OK);
}

static int open_door(void **state)
{
	int code = town_open(state);
	memset(&life, 0, sizeof(life));
	if (code != 0)
		return code;
	start_door();
	return 0;
}

static void stop_door(void)
{
	doorkeeper_stop(doorkeeper);
	doorkeeper_free(&doorkeeper);
	unlink(socket_path);
}

static int close_door(void **state)
{
	stop_door();
	return town_close(state);
}

/* Asks, and reads all of the answer: its body, which lives in town.a; "" unless the status is 200. */
static struct slice ask(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct buf answer = BUF_LIMIT(DOOR_BYTES_MOST + 4096);
	const char *request = arena_printf(town.a, "GET %s HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n", path);
	char piece[16384];
	ssize_t k;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", socket_path);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
	while ((k = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(&answer, piece, (size_t)k);
	close(fd);
	buf_str(&answer, "");
	const char *body = answer.p ? strstr(answer.p, "\r\n\r\n") : NULL;
	struct slice json = body && asking_status(answer.p) == 200 ? arena_slice(town.a, slice_of(body + 4)) : SLICE("");
	buf_free(&answer);
	return json;
}

/* As haven asks. */
static const char *after_of(const char *path, int64_t after)
{
	return arena_printf(town.a, "%s?after=%lld%s%s&wait=0", path, (long long)after, id_is_zero(&life) ? "" : "&life=",
			    id_is_zero(&life) ? "" : id_text(&life).s);
}

static struct door_incidents ask_incidents(int64_t after)
{
	struct door_incidents m;
	assert_int_equal(door_read_incidents(town.a, ask(after_of(DOOR_INCIDENTS_PATH, after)), &m), RES_OK);
	life = m.life;
	return m;
}

static struct door_people ask_people(int64_t after)
{
	struct door_people m;
	assert_int_equal(door_read_people(town.a, ask(after_of(DOOR_PEOPLE_PATH, after)), &m), RES_OK);
	life = m.life;
	return m;
}

/* An incident with n people from outside, each with a name of the greatest length. */
static struct id registered(size_t n)
{
	static char name[4 * INCIDENTS_NAME_MOST];
	struct incident_seat *seats = must_alloc(n, sizeof(*seats));
	for (size_t i = 0; i < INCIDENTS_NAME_MOST; i++)
		memcpy(name + 4 * i, "𝔞", 4);
	for (size_t i = 0; i < n; i++)
		seats[i] = (struct incident_seat){ .name = { name, sizeof(name) },
						   .phone = slice_of(arena_printf(town.a, "%08zu", 10000000 + i)) };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, n) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	free(seats);
	return r.incident;
}

SQL(outside_name, "bt", "", "UPDATE exposure SET outside_name = $2 WHERE incident = $1");
SQL(person_name, "tt", "", "UPDATE person SET name = $2 WHERE employee_number = $1");

struct writing {
	struct id incident;
	const char *number;
};

/* What no form and no import would have taken. */
static enum result write_work(struct tx *tx, void *ctx)
{
	static char name[DOOR_NAME_MOST + 2];
	struct writing *w = ctx;
	memset(name, 'a', DOOR_NAME_MOST + 1);
	return w->number ? db_do(tx, &person_name, NULL, v_str(w->number), v_str(name))
			 : db_do(tx, &outside_name, NULL, v_id(&w->incident), v_str(name));
}

static void an_incident_that_does_not_fit_stops_no_other(void **state)
{
	struct id before = registered(1), odd = registered(1), after = registered(1);
	struct writing w = { .incident = odd };
	(void)state;
	assert_int_equal(db_write(town.db, write_work, &w), RES_OK);
	struct door_incidents m = ask_incidents(0);
	assert_int_equal(m.n, 2);
	assert_true(id_eq(&m.list[0].id, &before) && id_eq(&m.list[1].id, &after));
	assert_int_equal(m.to, 3);
}

static void an_incident_that_does_not_fit_is_passed_when_it_is_the_last(void **state)
{
	struct writing w = { .incident = registered(1) };
	(void)state;
	assert_int_equal(db_write(town.db, write_work, &w), RES_OK);
	struct door_incidents m = ask_incidents(0);
	assert_true(m.n == 0 && m.to == 1 && !m.more);
}

static void a_person_who_does_not_fit_stops_no_other(void **state)
{
	struct writing w = { .number = "102" };
	struct door_people before = ask_people(0);
	(void)state;
	assert_int_equal(db_write(town.db, write_work, &w), RES_OK);
	struct door_people m = ask_people(0);
	assert_int_equal(m.n, before.n - 1);
	assert_int_equal(m.to, before.to);
}

static void incidents_that_are_too_large_for_one_message_come_in_several(void **state)
{
	size_t seen = 0, messages = 0, people = 0;
	struct door_incidents m = { .more = true };
	(void)state;
	for (int i = 0; i < 18; i++)
		registered(INCIDENTS_PEOPLE_MOST);
	for (int64_t after = 0; m.more; after = m.to, messages++) {
		m = ask_incidents(after);
		assert_true(m.n > 0);
		seen += m.n;
		for (size_t i = 0; i < m.n; i++)
			people += m.list[i].exposures_n;
		arena_free(&town.a);
		town.a = arena_new();
	}
	assert_int_equal(seen, 18);
	assert_int_equal(people, 18 * INCIDENTS_PEOPLE_MOST);
	assert_true(messages > 1);
}

SQL(rev_back, "", "", "UPDATE incident_rev SET rev = rev - 1 WHERE one = 1");
SQL(incident_gone, "b", "", "DELETE FROM incident WHERE id = $1");
SQL(exposure_gone, "b", "", "DELETE FROM exposure WHERE incident = $1");
SQL(coverage_gone, "b", "", "DELETE FROM coverage WHERE exposure IN (SELECT id FROM exposure WHERE incident = $1)");

/* As if from a backup of before the incident: it is not there, and its rev has not been given. */
static enum result restore_work(struct tx *tx, void *ctx)
{
	const struct id *incident = ctx;
	enum result res = db_do(tx, &coverage_gone, NULL, v_id(incident));
	if (res == RES_OK)
		res = db_do(tx, &exposure_gone, NULL, v_id(incident));
	if (res == RES_OK)
		res = db_do(tx, &incident_gone, NULL, v_id(incident));
	return res == RES_OK ? db_do_n(tx, &rev_back, NULL, DB_NO_VALUES) : res;
}

static void in_one_life_nothing_is_told_twice(void **state)
{
	(void)state;
	registered(1);
	struct door_incidents m = ask_incidents(0);
	assert_int_equal(m.n, 1);
	assert_int_equal(ask_incidents(m.to).n, 0);
	struct door_people p = ask_people(0);
	assert_true(p.n > 0);
	assert_int_equal(ask_people(p.to).n, 0);
}

/* The counter has come to where haven stands before haven asks again: only the life tells that the rev means another change. */
static void after_a_restore_a_rev_that_was_given_twice_hides_nothing(void **state)
{
	struct id kept = registered(1), lost = registered(1);
	struct door_incidents before = ask_incidents(0);
	(void)state;
	stop_door();
	assert_int_equal(db_write(town.db, restore_work, &lost), RES_OK);
	struct id fresh = registered(1);
	start_door();
	struct door_incidents m = ask_incidents(before.to);
	assert_int_equal(m.n, 2);
	assert_int_equal(m.to, before.to);
	assert_true(id_eq(&m.list[0].id, &kept) && id_eq(&m.list[1].id, &fresh));
	assert_int_equal(ask_incidents(m.to).n, 0);
}

static void a_rev_that_was_not_reached_is_asked_from_the_beginning_in_the_same_life_too(void **state)
{
	struct id kept = registered(1), lost = registered(1);
	struct door_incidents before = ask_incidents(0), m;
	(void)state;
	assert_int_equal(db_write(town.db, restore_work, &lost), RES_OK);
	m = ask_incidents(before.to);
	assert_true(m.n == 1 && id_eq(&m.list[0].id, &kept));
	assert_int_equal(m.to, 1);
	struct door_people p = ask_people(1000);
	assert_true(p.n > 0 && p.to < 1000);
}

/* A restore that takes back a change of the directory leaves no rev behind by which it could be told. */
static void after_a_start_the_whole_directory_is_told_again(void **state)
{
	struct door_people before = ask_people(0);
	(void)state;
	stop_door();
	start_door();
	struct door_people again = ask_people(before.to);
	assert_int_equal(again.n, before.n);
	assert_int_equal(again.to, before.to);
	assert_int_equal(ask_people(again.to).n, 0);
}

/* Of the second of three in it haven has said something; then time passes. */
static enum result hear_work(struct tx *tx, void *ctx)
{
	struct door_fact fact = { *(struct id *)ctx, DOOR_UNSENDABLE, instant_day(clock_now(town.clock)) };
	struct door_facts facts = { &fact, 1 };
	size_t unknown;
	return coverage_hear(tx, &facts, &unknown);
}

static void days_pass(int days)
{
	clock_set(town.clock, instant_add(clock_now(town.clock), (int64_t)days * 86400));
}

static void who_was_named_long_ago_and_heard_of_is_told_no_more(void **state)
{
	struct id incident = registered(3);
	struct door_incidents m = ask_incidents(0);
	struct id second = m.list[0].exposures[1].id;
	(void)state;
	assert_int_equal(db_write(town.db, hear_work, &second), RES_OK);
	days_pass(DOOR_PAST_DAYS);
	assert_int_equal(ask_incidents(0).list[0].exposures_n, 3);
	days_pass(1);
	m = ask_incidents(0);
	assert_true(m.n == 1 && id_eq(&m.list[0].id, &incident));
	assert_int_equal(m.list[0].exposures_n, 2); /* of the others haven has said nothing: perhaps it never heard */
	assert_false(id_eq(&m.list[0].exposures[1].id, &second));
}

static void an_incident_that_is_wholly_past_is_passed_and_others_are_told(void **state)
{
	registered(1);
	struct door_incidents m = ask_incidents(0);
	struct id only = m.list[0].exposures[0].id;
	(void)state;
	assert_int_equal(db_write(town.db, hear_work, &only), RES_OK);
	days_pass(DOOR_PAST_DAYS + 1);
	m = ask_incidents(0);
	assert_true(m.n == 0 && m.to == 1 && !m.more);
	struct id fresh = registered(1);
	m = ask_incidents(0);
	assert_true(m.n == 1 && id_eq(&m.list[0].id, &fresh));
}

static bool has_life(void)
{
	struct buf dump = BUF_LIMIT((size_t)8 << 20);
	assert_int_equal(db_dump(town.db, &dump), RES_OK);
	buf_char(&dump, '\0');
	bool has = strstr(buf_get(&dump).p, "door/life");
	buf_free(&dump);
	return has;
}

static void a_life_begins_when_the_door_opens_and_not_when_its_routes_are_told(void **state)
{
	struct doorkeeper_setup setup = { .db = town.db, .clock = town.clock, .rnd = random_system(), .listen = "unix:/tmp/makker-none" };
	(void)state;
	assert_int_equal(doorkeeper_new(&setup, &doorkeeper), RES_OK);
	assert_non_null(doorkeeper_web(doorkeeper));
	assert_false(has_life());
	doorkeeper_free(&doorkeeper);
	start_door();
	assert_true(has_life());
	stop_door();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_door, close_door)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_life_begins_when_the_door_opens_and_not_when_its_routes_are_told, town_open, town_close),
		TEST(an_incident_that_does_not_fit_stops_no_other),
		TEST(an_incident_that_does_not_fit_is_passed_when_it_is_the_last),
		TEST(a_person_who_does_not_fit_stops_no_other),
		TEST(incidents_that_are_too_large_for_one_message_come_in_several),
		TEST(who_was_named_long_ago_and_heard_of_is_told_no_more),
		TEST(an_incident_that_is_wholly_past_is_passed_and_others_are_told),
		TEST(in_one_life_nothing_is_told_twice),
		TEST(after_a_restore_a_rev_that_was_given_twice_hides_nothing),
		TEST(a_rev_that_was_not_reached_is_asked_from_the_beginning_in_the_same_life_too),
		TEST(after_a_start_the_whole_directory_is_told_again),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
