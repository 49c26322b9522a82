/* SMS on both databases, through a gateway of a few lines in a thread: it accepts, refuses, defers, hangs, and tells late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "post/post_inside.h"
#include "post/smtp_testing.h"
#include "post/told.h"

extern const struct migration post_migrations[];
extern const size_t post_migrations_n;

#define NOON 1794999600 /* Wednesday 18 November 2026, 12:00 in Oslo */
#define AN_HOUR 3600
#define A_DAY 86400

/* ---- the gateway, and a mail server that takes everything ---- */

static struct smtp_server gateway_server, mail_server;

static struct {
	const char *says; /* status line and body; NULL: 200 with a number */
	bool hangs;       /* it says nothing until the other side has gone */
	int n;            /* requests that came whole */
	const char *id;   /* the number that it gives, NULL: one of its own each time */
	bool turns_night; /* the quiet hours begin while it ponders */
	char body[16][600], head[16][900];
	int mails;
} box;

static struct clock *now;

/* One request. False: the other side has gone. */
static bool hear_request(FILE *f, char *head, size_t head_room, char *body, size_t body_room)
{
	char line[1000];
	size_t length = 0;
	head[0] = '\0';
	while (smtp_hear(f, line, sizeof(line)) && line[0]) {
		size_t n = strlen(head);
		snprintf(head + n, head_room - n, "%s\n", line);
		if (strncasecmp(line, "Content-Length:", 15) == 0)
			length = (size_t)strtoul(line + 15, NULL, 10);
	}
	if (!head[0] || length >= body_room || fread(body, 1, length, f) != length)
		return false;
	body[length] = '\0';
	return true;
}

static void be_gateway(int fd, FILE *f)
{
	while (hear_request(f, box.head[box.n % 16], sizeof(box.head[0]), box.body[box.n % 16], sizeof(box.body[0]))) {
		char reply[300];
		int nth = ++box.n;
		if (box.hangs) {
			while (fgetc(f) != EOF)
				;
			return;
		}
		char own[40];
		if (box.id)
			snprintf(own, sizeof(own), "{\"id\":\"%s\"}", box.id);
		else
			snprintf(own, sizeof(own), "{\"id\":\"gw-%d\"}", nth);
		if (box.turns_night)
			clock_set(now, (struct instant){ NOON + 9 * AN_HOUR });
		const char *status = box.says ? box.says : "200 OK", *body = strchr(status, '{');
		body = body ? body : box.says ? "" : own;
		snprintf(reply, sizeof(reply), "HTTP/1.1 %.3s x\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body), body);
		smtp_say(fd, reply);
	}
}

static void be_mail_server(int fd, FILE *f)
{
	char line[1200];
	bool in_message = false;
	smtp_say(fd, "220 test\r\n");
	while (smtp_hear(f, line, sizeof(line))) {
		if (in_message) {
			in_message = strcmp(line, ".") != 0;
			box.mails += !in_message;
			if (!in_message)
				smtp_say(fd, "250 taken\r\n");
		} else if (strcasecmp(line, "DATA") == 0) {
			in_message = true;
			smtp_say(fd, "354 go on\r\n");
		} else if (strcasecmp(line, "QUIT") == 0) {
			return;
		} else {
			smtp_say(fd, "250 yes\r\n");
		}
	}
}

/* ---- the room ---- */

static struct db *db;
static struct post *room;
static struct gateway *gateway;
static bool serving;

static struct id numbered(int n)
{
	struct id id = { { 0 } };
	id.b[0] = (unsigned char)n;
	return id;
}

/* Seconds a gateway may take: many, since a busy machine is no silent gateway. */
static int patience;

static void make_room(const char *more)
{
	char text[900];
	struct buf mistakes = BUF_LIMIT(2000);
	snprintf(text, sizeof(text),
		 "name = N\nsource = s\ntried = no\nurl = http%s/send\nheader_1 = Idempotency-Key: {id}\nauth = basic\n"
		 "body = to={to}&text={text}&report={report_url}\naccepted = 200\nrefused = 400\nrefused_at = /code\n"
		 "refused_values = 21\nreports = form\nreport_status = status\ndelivered = delivered\nfailed = failed\n%s",
		 gateway_server.url + 4, more);
	if (gateway_parse(slice_of(text), "g", &gateway, &mistakes) != RES_OK)
		fail_msg("%s", mistakes.p);
	buf_free(&mistakes);
	const struct post_setup setup = {
		.server = mail_server.url, .from = "makker@fjordvik.example", .from_name = "Fjordvik",
		.bounce_domain = "bounce.example", .message_domain = "fjordvik.example",
		.sms = { .gateway = gateway, .account = { "me", "secret", "Fjordvik" }, .quiet = { 21 * 60, 7 * 60 },
			 .report_base = "https://haven.example/sms/PATH", .patience = patience },
	};
	assert_int_equal(post_new(db, now, random_system(), &setup, &room), RES_OK);
}

static int set_up(void **state)
{
	(void)state;
	memset(&box, 0, sizeof(box));
	patience = 30;
	if (!smtp_begin(&gateway_server, be_gateway) || !smtp_begin(&mail_server, be_mail_server))
		return -1;
	serving = true;
	db_for_test(post_migrations, post_migrations_n, &db);
	now = clock_by_hand((struct instant){ NOON });
	make_room("");
	return 0;
}

static void servers_end(void)
{
	post_free(&room); /* the kept connections go first */
	if (serving) {
		smtp_end(&gateway_server);
		smtp_end(&mail_server);
	}
	serving = false;
}

static int tear_down(void **state)
{
	(void)state;
	servers_end();
	gateway_free(&gateway);
	db_for_test_end(&db);
	clock_free(&now);
	return 0;
}

static enum result put_work(struct tx *tx, void *ctx)
{
	const int *about = ctx;
	struct mail mail = { "test", numbered(*about), SLICE("+4790000001"), SLICE(""), SLICE("Hei på deg"), POST_SMS };
	return post_put(tx, random_system(), instant_day(clock_now(now)), &mail);
}

static void put(int about)
{
	assert_int_equal(db_write(db, put_work, &about), RES_OK);
}

static enum result put_mail_work(struct tx *tx, void *ctx)
{
	const int *about = ctx;
	struct mail mail = { "test", numbered(*about), SLICE("a@b.example"), SLICE("Hei"), SLICE("Hei\n"), POST_MAIL };
	return post_put(tx, random_system(), instant_day(clock_now(now)), &mail);
}

static void put_mail(int about)
{
	assert_int_equal(db_write(db, put_mail_work, &about), RES_OK);
}

static int settle(int seconds)
{
	int sent = 0;
	clock_set(now, instant_add(clock_now(now), seconds));
	assert_int_equal(post_settle(room, &sent), RES_OK);
	return sent;
}

static struct buf told;

static enum result tell(struct tx *tx, const struct mail_told *t, void *ctx)
{
	static const char *const words[] = { "", "accepted", "refused", "bounced", "delivered" };
	(void)tx;
	(void)ctx;
	buf_printf(&told, "%d %s%s, ", t->about.b[0], t->way == POST_SMS ? "SMS " : "", words[t->result]);
	return RES_OK;
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	return post_take_results(tx, "test", tell, NULL, ctx);
}

static void hears(const char *what)
{
	int n;
	told = BUF_LIMIT(1000);
	assert_int_equal(db_write(db, hear_work, &n), RES_OK);
	assert_string_equal(told.p ? told.p : "", what);
	buf_free(&told);
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

/* The token in the address that request `i` gave for reports. */
static struct slice token_of(int i)
{
	static const char before[] = "report=https%3A%2F%2Fhaven.example%2Fsms%2FPATH%2F";
	const char *at = strstr(box.body[i], before);
	assert_non_null(at);
	return slice_bytes(at + sizeof(before) - 1, 32);
}

static enum result report(struct slice token, const char *id, bool delivered)
{
	return post_report(db, random_system(), now, token, id, delivered);
}

/* ---- the behaviours ---- */

static void an_sms_is_handed_over_once_and_told(void **state)
{
	(void)state;
	put(1);
	assert_int_equal(settle(0), 1);
	assert_int_equal(settle(60), 0);
	hears("1 SMS accepted, ");
	hears("");
	assert_int_equal(box.n, 1);
	assert_non_null(strstr(box.body[0], "to=%2B4790000001&text=Hei%20p%C3%A5%20deg&"));
	assert_non_null(strstr(box.head[0], "Authorization: Basic bWU6c2VjcmV0\n")); /* me:secret */
	assert_int_equal(waiting(), 0);
}

static void the_recipient_is_refused_for_good_and_all_else_waits_under_the_same_number(void **state)
{
	char key[100] = "";
	(void)state;
	put(1);
	box.says = "400 {\"code\":99}";
	assert_int_equal(settle(0), 0);
	assert_int_equal(settle(5), 0);
	assert_int_equal(box.n, 1); /* it rests */
	box.says = "500 ";
	assert_int_equal(settle(60), 0);
	hears("");
	box.says = "400 {\"code\":21}";
	assert_int_equal(settle(AN_HOUR), 1);
	hears("1 SMS refused, ");
	assert_int_equal(box.n, 3);
	sscanf(strstr(box.head[0], "Idempotency-Key: "), "%99[^\n]", key);
	assert_int_equal(strlen(key), strlen("Idempotency-Key: ") + ID_TEXT);
	assert_non_null(strstr(box.head[2], key));
	put(2);
	assert_int_equal(settle(0), 1);
	assert_null(strstr(box.head[3], key));
}

static void no_sms_goes_in_the_quiet_hours_and_mail_does(void **state)
{
	(void)state;
	assert_int_equal(settle(9 * AN_HOUR), 0); /* 21:00 */
	put(1);
	put_mail(2);
	assert_int_equal(settle(0), 1);
	assert_int_equal(settle(10 * AN_HOUR - 1), 0);
	hears("2 accepted, ");
	assert_int_equal(settle(1), 1);
	hears("1 SMS accepted, ");
}

static void a_gateway_that_says_nothing_may_have_kept_it_so_it_rests_an_hour(void **state)
{
	(void)state;
	patience = 2;
	post_free(&room);
	gateway_free(&gateway);
	make_room("");
	put(1);
	box.hangs = true;
	assert_int_equal(settle(0), 0);
	box.hangs = false;
	assert_int_equal(settle(AN_HOUR - 5), 0);
	assert_int_equal(box.n, 1);
	assert_int_equal(settle(10), 1);
	hears("1 SMS accepted, ");
}

static void who_takes_nobodys_is_asked_for_one_only(void **state)
{
	(void)state;
	for (int i = 1; i <= 3; i++)
		put(i);
	box.says = "429 ";
	assert_int_equal(settle(0), 0);
	assert_int_equal(box.n, 1);
	box.says = NULL;
	assert_int_equal(settle(0), 3); /* nothing was held against each of them */
}

static void after_three_days_of_not_now_it_counts_as_refused(void **state)
{
	(void)state;
	put(1);
	box.says = "500 ";
	assert_int_equal(settle(0), 0);
	assert_int_equal(settle(2 * A_DAY), 0);
	assert_int_equal(settle(A_DAY), 1);
	hears("1 SMS refused, ");
}

static void a_gateway_that_is_away_holds_up_no_mail_nor_the_mail_server_an_sms(void **state)
{
	(void)state;
	put(1);
	put_mail(2);
	smtp_end(&gateway_server);
	assert_int_equal(settle(0), 1);
	hears("2 accepted, ");
	assert_int_equal(waiting(), 1);
	assert_true(smtp_begin(&gateway_server, be_gateway)); /* another port: the room still looks at the old one */
	post_free(&room);
	gateway_free(&gateway);
	smtp_end(&mail_server);
	make_room("");
	put_mail(3);
	assert_int_equal(settle(0), 1);
	hears("1 SMS accepted, ");
	assert_int_equal(waiting(), 1);
	assert_true(smtp_begin(&mail_server, be_mail_server));
}

static void a_gateway_that_ponders_holds_up_no_mail(void **state)
{
	(void)state;
	box.hangs = true;
	put(1);
	assert_int_equal(post_start(room), RES_OK);
	for (int i = 0; i < 500 && !box.n; i++)
		usleep(20000);
	put_mail(2);
	post_wake(room);
	for (int i = 0; i < 500 && !box.mails; i++) /* a third of the gateway's patience */
		usleep(20000);
	assert_int_equal(box.mails, 1);
	post_stop(room);
}

static void what_the_gateway_tells_later_is_told_once(void **state)
{
	(void)state;
	put(1);
	settle(0);
	put(2);
	settle(0);
	hears("1 SMS accepted, 2 SMS accepted, ");
	assert_int_equal(report(token_of(0), "", true), RES_OK);
	assert_int_equal(report(token_of(0), "", true), RES_NONE);
	assert_int_equal(report(token_of(0), "", false), RES_NONE);
	hears("1 SMS delivered, ");
	assert_int_equal(report(token_of(1), "", false), RES_OK);
	hears("2 SMS bounced, ");
}

static void an_unknown_or_late_report_tells_nothing(void **state)
{
	(void)state;
	static const char dsn[] = "Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n";
	put(1);
	settle(0);
	hears("1 SMS accepted, ");
	assert_int_equal(report(SLICE("00112233445566778899aabbccddeeff"), "", false), RES_NONE);
	assert_int_equal(report(SLICE("short"), "", false), RES_NONE);
	assert_int_equal(report(SLICE(""), "", false), RES_NONE);
	assert_int_equal(report(SLICE(""), "gw-1", false), RES_NONE); /* this gateway names none */
	/* An SMS's address is no mail's. */
	assert_int_equal(post_bounce(db, random_system(), now, token_of(0), slice_of(dsn)), RES_NONE);
	clock_set(now, instant_add(clock_now(now), (POST_BOUNCE_DAYS + 1) * A_DAY));
	assert_int_equal(report(token_of(0), "", false), RES_NONE);
	hears("");
}

static void a_report_may_name_the_gateways_own_number(void **state)
{
	(void)state;
	post_free(&room);
	gateway_free(&gateway);
	make_room("report_id = id\nid_at = /id\n");
	put(1);
	settle(0);
	hears("1 SMS accepted, ");
	assert_int_equal(report(SLICE(""), "gw-2", true), RES_NONE);
	assert_int_equal(report(SLICE(""), "gw-1", false), RES_OK);
	assert_int_equal(report(SLICE(""), "gw-1", false), RES_NONE);
	hears("1 SMS bounced, ");
}

static void names_reports_by_number(void)
{
	post_free(&room);
	gateway_free(&gateway);
	make_room("report_id = id\nid_at = /id\n");
}

static void a_report_that_comes_under_both_names_is_told_once(void **state)
{
	(void)state;
	names_reports_by_number();
	put(1);
	settle(0);
	put(2);
	settle(0);
	hears("1 SMS accepted, 2 SMS accepted, ");
	assert_int_equal(report(token_of(0), "", false), RES_OK);
	assert_int_equal(report(SLICE(""), "gw-1", false), RES_NONE);
	hears("1 SMS bounced, ");
	assert_int_equal(report(SLICE(""), "gw-2", true), RES_OK);
	assert_int_equal(report(token_of(1), "", true), RES_NONE);
	hears("2 SMS delivered, ");
}

static enum result number_work(struct tx *tx, void *ctx)
{
	const struct id about = numbered(1);
	(void)ctx;
	return told_expect_id(tx, "gw-9", token_of(0), "test", &about, day_add(instant_day(clock_now(now)), POST_BOUNCE_DAYS));
}

static void a_number_that_is_known_only_after_the_report_is_not_waited_for(void **state)
{
	(void)state;
	names_reports_by_number();
	put(1);
	settle(0);
	hears("1 SMS accepted, ");
	assert_int_equal(report(token_of(0), "", false), RES_OK);
	assert_int_equal(db_write(db, number_work, NULL), RES_OK);
	assert_int_equal(report(SLICE(""), "gw-9", false), RES_NONE);
	hears("1 SMS bounced, ");
}

static void a_report_takes_no_number_with_it_that_is_anothers_by_now(void **state)
{
	(void)state;
	names_reports_by_number();
	box.id = "7";
	put(1);
	settle(0);
	put(2);
	settle(A_DAY);
	hears("1 SMS accepted, 2 SMS accepted, ");
	assert_int_equal(report(token_of(0), "", false), RES_OK);
	assert_int_equal(report(SLICE(""), "7", true), RES_OK);
	assert_int_equal(report(token_of(1), "", true), RES_NONE);
	hears("1 SMS bounced, 2 SMS delivered, ");
}

static void a_number_that_the_gateway_gives_again_is_the_newer_ones(void **state)
{
	(void)state;
	names_reports_by_number();
	box.id = "7";
	put(1);
	assert_int_equal(settle(0), 1);
	put(2);
	assert_int_equal(settle(A_DAY), 1); /* its counter began anew */
	assert_int_equal(waiting(), 0);
	hears("1 SMS accepted, 2 SMS accepted, ");
	assert_int_equal(report(SLICE(""), "7", true), RES_OK);
	hears("2 SMS delivered, ");
}

static void a_number_that_it_gives_to_all_of_a_day_names_nobodys(void **state)
{
	(void)state;
	names_reports_by_number();
	box.id = "0";
	for (int i = 1; i <= 4; i++)
		put(i);
	assert_int_equal(settle(0), 4);
	assert_int_equal(waiting(), 0);
	hears("1 SMS accepted, 2 SMS accepted, 3 SMS accepted, 4 SMS accepted, ");
	assert_int_equal(report(SLICE(""), "0", true), RES_NONE);
	assert_int_equal(report(SLICE(""), "0", false), RES_NONE);
	hears("");
	assert_int_equal(report(token_of(0), "", true), RES_OK); /* its own address is nobody else's */
}

static void the_quiet_hours_may_begin_in_the_midst_of_a_round(void **state)
{
	(void)state;
	put(1);
	put(2);
	put(3);
	box.turns_night = true;
	assert_int_equal(settle(0), 1);
	assert_int_equal(box.n, 1);
	assert_int_equal(waiting(), 2);
	box.turns_night = false;
	assert_int_equal(settle(10 * AN_HOUR), 2);
}

static void a_gateway_that_falls_over_it_may_have_kept_it_so_it_rests_an_hour(void **state)
{
	static const char *const says[] = { "500 ", "504 " };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		int before = box.n;
		put(1);
		box.says = says[i];
		assert_int_equal(settle(0), 0);
		assert_int_equal(settle(AN_HOUR - 5), 0);
		assert_int_equal(box.n, before + 1);
		assert_int_equal(settle(10), 0); /* an hour, then two */
		assert_int_equal(settle(2 * AN_HOUR - 5), 0);
		assert_int_equal(box.n, before + 2);
		box.says = NULL;
		assert_int_equal(settle(10), 1);
	}
	/* Closed: it did not look at it. */
	put(2);
	box.says = "503 ";
	assert_int_equal(settle(0), 0);
	box.says = NULL;
	assert_int_equal(settle(30), 1);
}

static void of_a_gateway_that_hangs_three_in_a_row_feel_it_and_then_one_at_a_time(void **state)
{
	(void)state;
	for (int i = 1; i <= 6; i++)
		put(i);
	patience = 2;
	post_free(&room);
	gateway_free(&gateway);
	make_room("");
	box.hangs = true;
	assert_int_equal(post_away(room, POST_SMS), 0);
	assert_int_equal(settle(0), 0);
	assert_int_equal(box.n, 3);
	assert_int_equal(settle(60), 0);
	assert_int_equal(box.n, 4);
	assert_int_equal(settle(840), 0);
	assert_int_equal(box.n, 5);
	assert_int_equal(post_away(room, POST_SMS), 900);
	assert_int_equal(post_away(room, POST_MAIL), 0);
	box.hangs = false;
	assert_int_equal(settle(60), 1);
	assert_int_equal(post_away(room, POST_SMS), 0);
	assert_int_equal(settle(AN_HOUR), 5);
}

/* Whatever the reason: here a table that takes no second row about it. */
SQL(test_one_each, "", "", "CREATE UNIQUE INDEX test_one_each ON mail_result (about)");
SQL(test_in_the_way, "b", "", "INSERT INTO mail_result (id, kind, about, way, result, day) VALUES ($1, 'other', $1, 0, 1, 0)");
SQL(test_out_of_the_way, "b", "", "DELETE FROM mail_result WHERE id = $1");
SQL(test_sent_elsewhere, "", "", "DELETE FROM outbox");

static enum result be_in_the_way_work(struct tx *tx, void *ctx)
{
	struct id about = numbered(*(const int *)ctx);
	enum result res = db_do_n(tx, &test_one_each, NULL, DB_NO_VALUES);
	return res == RES_OK ? db_do(tx, &test_in_the_way, NULL, v_id(&about)) : res;
}

static enum result out_of_the_way_work(struct tx *tx, void *ctx)
{
	struct id about = numbered(*(const int *)ctx);
	return db_do(tx, &test_out_of_the_way, NULL, v_id(&about));
}

static void one_whose_fate_cannot_be_written_holds_up_no_other_and_is_not_sent_again(void **state)
{
	int about = 3, sent;
	(void)state;
	assert_int_equal(db_write(db, be_in_the_way_work, &about), RES_OK);
	for (int i = 1; i <= 6; i++)
		put(i);
	for (int i = 0; i < 3; i++)
		assert_int_not_equal(post_settle(room, &sent), RES_OK);
	assert_int_equal(box.n, 6);
	assert_int_equal(waiting(), 1);
	assert_int_equal(db_write(db, out_of_the_way_work, &about), RES_OK);
	assert_int_equal(settle(1), 1);
	assert_int_equal(box.n, 6);
	hears("1 SMS accepted, 2 SMS accepted, 3 SMS accepted, 4 SMS accepted, 5 SMS accepted, 6 SMS accepted, ");
}

static enum result sent_elsewhere_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do_n(tx, &test_sent_elsewhere, NULL, DB_NO_VALUES);
}

static void what_another_program_sent_is_forgotten(void **state)
{
	int about = 2, sent;
	(void)state;
	assert_int_equal(db_write(db, be_in_the_way_work, &about), RES_OK);
	put(1);
	box.says = "500 ";
	assert_int_equal(settle(0), 0);
	box.says = NULL;
	put(2);
	assert_int_not_equal(post_settle(room, &sent), RES_OK);
	assert_int_equal(room->lane[POST_SMS].waiting_n, 1);
	assert_int_equal(room->lane[POST_SMS].owed_n, 1);
	assert_int_equal(db_write(db, sent_elsewhere_work, NULL), RES_OK);
	assert_int_equal(settle(1), 0);
	assert_int_equal(room->lane[POST_SMS].waiting_n, 0);
	assert_int_equal(room->lane[POST_SMS].owed_n, 0);
}

static void without_a_gateway_it_is_refused_at_once(void **state)
{
	(void)state;
	post_free(&room);
	const struct post_setup setup = { .server = mail_server.url, .from = "m@f.example", .from_name = "F",
					  .bounce_domain = "b.example", .message_domain = "f.example" };
	assert_int_equal(post_new(db, now, random_system(), &setup, &room), RES_OK);
	put(1);
	assert_int_equal(settle(0), 1);
	hears("1 SMS refused, ");
}

struct trying {
	struct slice address, body;
	enum result res;
};

static enum result try_work(struct tx *tx, void *ctx)
{
	struct trying *t = ctx;
	struct mail mail = { "test", numbered(1), t->address, SLICE(""), t->body, POST_SMS };
	t->res = post_put(tx, random_system(), instant_day(clock_now(now)), &mail);
	return t->res == RES_BAD ? RES_OK : t->res;
}

static void what_is_no_number_or_too_long_is_not_put(void **state)
{
	static char text[POST_SMS_MOST + 1];
	memset(text, 'a', sizeof(text));
	struct trying cases[] = {
		{ SLICE("a@b.example"), SLICE("Hei"), RES_OK },
		{ SLICE("90000001"), SLICE("Hei"), RES_OK },
		{ SLICE("+4790000001"), { text, sizeof(text) }, RES_OK },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(db_write(db, try_work, &cases[i]), RES_OK);
		assert_int_equal(cases[i].res, RES_BAD);
	}
	assert_int_equal(waiting(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_sms_is_handed_over_once_and_told),
		TEST(the_recipient_is_refused_for_good_and_all_else_waits_under_the_same_number),
		TEST(no_sms_goes_in_the_quiet_hours_and_mail_does),
		TEST(a_gateway_that_says_nothing_may_have_kept_it_so_it_rests_an_hour),
		TEST(who_takes_nobodys_is_asked_for_one_only),
		TEST(after_three_days_of_not_now_it_counts_as_refused),
		TEST(a_gateway_that_is_away_holds_up_no_mail_nor_the_mail_server_an_sms),
		TEST(a_gateway_that_ponders_holds_up_no_mail),
		TEST(what_the_gateway_tells_later_is_told_once),
		TEST(an_unknown_or_late_report_tells_nothing),
		TEST(a_report_may_name_the_gateways_own_number),
		TEST(a_report_that_comes_under_both_names_is_told_once),
		TEST(a_number_that_is_known_only_after_the_report_is_not_waited_for),
		TEST(a_report_takes_no_number_with_it_that_is_anothers_by_now),
		TEST(a_number_that_the_gateway_gives_again_is_the_newer_ones),
		TEST(a_number_that_it_gives_to_all_of_a_day_names_nobodys),
		TEST(the_quiet_hours_may_begin_in_the_midst_of_a_round),
		TEST(a_gateway_that_falls_over_it_may_have_kept_it_so_it_rests_an_hour),
		TEST(of_a_gateway_that_hangs_three_in_a_row_feel_it_and_then_one_at_a_time),
		TEST(one_whose_fate_cannot_be_written_holds_up_no_other_and_is_not_sent_again),
		TEST(what_another_program_sent_is_forgotten),
		TEST(without_a_gateway_it_is_refused_at_once),
		TEST(what_is_no_number_or_too_long_is_not_put),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
