/* The outbox on both databases: what became of each mail is told once, whatever the mail server says and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"
#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "post/post.h"
#include "post/smtp_testing.h"

extern const struct migration post_migrations[];
extern const size_t post_migrations_n;

#define START 1795000000 /* 18 November 2026 */
#define A_DAY 86400

/* ---- a mail server that refuses refused@ for good, and says "not now" to a message for later@ as long as it is busy ---- */

struct seen {
	char from[200], id[200];
	bool later, taken;
};

static struct smtp_server server;

static struct {
	bool busy;
	bool nobody;          /* takes no mail from us at all, for good, it says */
	int silent, unheard;  /* so many messages get no word; how many did */
	struct seen seen[32]; /* each try; read by the test between two rounds */
	int n;
} box;

/* What stands between < and >. */
static void keep(char *to, size_t room, const char *line)
{
	const char *from = strchr(line, '<');
	size_t n = from ? strcspn(from + 1, ">") : 0;
	snprintf(to, room, "%.*s", (int)n, from ? from + 1 : "");
}

static void converse(int fd, FILE *f)
{
	char line[1200];
	bool in_message = false;
	struct seen *s = NULL;
	smtp_say(fd, "220 test\r\n");
	while (smtp_hear(f, line, sizeof(line))) {
		if (in_message) {
			if (strncasecmp(line, "Message-ID:", 11) == 0)
				keep(s->id, sizeof(s->id), line);
			in_message = strcmp(line, ".") != 0;
			if (!in_message) {
				s->taken = !(s->later && box.busy);
				if (box.silent-- > 0) {
					box.unheard++;
					return;
				}
				smtp_say(fd, s->taken ? "250 taken\r\n" : "451 later\r\n");
			}
		} else if (strncasecmp(line, "MAIL", 4) == 0 && box.n < 32) {
			s = &box.seen[box.n++];
			keep(s->from, sizeof(s->from), line);
			smtp_say(fd, box.nobody ? "554 5.7.1 you are on a list\r\n" : "250 yes\r\n");
		} else if (strncasecmp(line, "RCPT", 4) == 0) {
			s->later = strstr(line, "later@") != NULL;
			smtp_say(fd, strstr(line, "refused@") ? "550 nobody here\r\n" : "250 yes\r\n");
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
static struct clock *now;
static struct post *room;
static bool serving;

static struct id numbered(int n)
{
	struct id id = { { 0 } };
	id.b[0] = (unsigned char)n;
	return id;
}

static int set_up(void **state)
{
	(void)state;
	memset(&box, 0, sizeof(box));
	if (!smtp_begin(&server, converse))
		return -1;
	serving = true;
	db_for_test(post_migrations, post_migrations_n, &db);
	now = clock_by_hand((struct instant){ START });
	const struct post_setup setup = { .server = server.url, .from = "makker@fjordvik.example", .from_name = "Fjordvik",
					  .bounce_domain = "bounce.example", .message_domain = "fjordvik.example" };
	return post_new(db, now, random_system(), &setup, &room) == RES_OK ? 0 : -1;
}

/* The kept connection goes first, or the server would wait for its next mail. */
static void server_ends(void)
{
	post_free(&room);
	smtp_end(&server);
	serving = false;
}

static int tear_down(void **state)
{
	(void)state;
	if (serving)
		server_ends();
	post_free(&room);
	db_for_test_end(&db);
	clock_free(&now);
	return 0;
}

struct putting {
	int about;
	const char *address;
};

static enum result put_work(struct tx *tx, void *ctx)
{
	const struct putting *p = ctx;
	struct mail mail = { "test", numbered(p->about), slice_of(p->address), SLICE("Hei"), SLICE("En linje.\n"), POST_MAIL };
	return post_put(tx, random_system(), instant_day(clock_now(now)), &mail);
}

static void put(int about, const char *address)
{
	struct putting p = { about, address };
	assert_int_equal(db_write(db, put_work, &p), RES_OK);
}

static int settle(int seconds)
{
	int sent = 0;
	clock_set(now, instant_add(clock_now(now), seconds));
	assert_int_equal(post_settle(room, &sent), RES_OK);
	return sent;
}

/* What is told since the last time: "1 accepted, 2 refused". */
static struct buf told;

static enum result tell(struct tx *tx, const struct mail_told *t, void *ctx)
{
	static const char *const words[] = { "", "accepted", "refused", "bounced", "delivered" };
	(void)tx;
	(void)ctx;
	assert_int_equal(t->day.n, instant_day(clock_now(now)).n);
	buf_printf(&told, "%d %s%s, ", t->about.b[0], t->way == POST_SMS ? "by SMS " : "", words[t->result]);
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

/* ---- the behaviours ---- */

static void what_became_of_a_mail_is_told_once(void **state)
{
	(void)state;
	put(1, "taken@x.example");
	put(2, "refused@x.example");
	assert_int_equal(settle(0), 2);
	hears("1 accepted, 2 refused, ");
	hears("");
	assert_int_equal(settle(60), 0);
	assert_int_equal(waiting(), 0);
	assert_int_equal(box.n, 2);
}

static void not_now_is_tried_again_with_the_same_id_and_holds_nobody_up(void **state)
{
	(void)state;
	box.busy = true;
	put(1, "later@x.example");
	put(2, "taken@x.example");
	assert_int_equal(settle(0), 1);
	hears("2 accepted, ");
	int tries = box.n;
	char id[200] = "";
	for (int i = 0; i < tries; i++)
		if (!box.seen[i].taken)
			memcpy(id, box.seen[i].id, sizeof(id));
	assert_true(id[0]);
	assert_int_equal(settle(5), 0);
	assert_int_equal(box.n, tries); /* it rests */
	assert_int_equal(settle(60), 0);
	assert_int_equal(box.n, tries + 1);
	box.busy = false;
	assert_int_equal(settle(1800), 1);
	hears("1 accepted, ");
	assert_true(box.seen[box.n - 1].taken);
	assert_string_equal(box.seen[box.n - 1].id, id);
	assert_int_equal(waiting(), 0);
}

static void with_the_server_away_nothing_is_lost_and_after_three_days_it_is_said(void **state)
{
	(void)state;
	const struct post_setup setup = { .server = server.url, .from = "makker@fjordvik.example", .from_name = "Fjordvik",
					  .bounce_domain = "bounce.example", .message_domain = "fjordvik.example" };
	server_ends();
	assert_int_equal(post_new(db, now, random_system(), &setup, &room), RES_OK);
	put(1, "taken@x.example");
	for (int hour = 0; hour < 24; hour++)
		assert_int_equal(settle(3600), 0);
	hears("");
	assert_int_equal(waiting(), 1);
	/* A restart forgets the pauses, not the mail. */
	post_free(&room);
	assert_int_equal(post_new(db, now, random_system(), &setup, &room), RES_OK);
	assert_int_equal(settle(3600), 0);
	assert_int_equal(waiting(), 1);
	assert_int_equal(settle(2 * A_DAY), 1);
	hears("1 refused, ");
	assert_int_equal(waiting(), 0);
}

/* Runs one round, and keeps what it says on standard error. */
static int settle_and_listen(int seconds, char log[2000])
{
	char name[] = "/tmp/makker-post.XXXXXX";
	int fd = mkstemp(name), back = dup(2);
	assert_true(fd >= 0 && dup2(fd, 2) == 2);
	int sent = settle(seconds);
	assert_int_equal(dup2(back, 2), 2);
	close(back);
	ssize_t n = pread(fd, log, 1999, 0);
	log[n < 0 ? 0 : n] = 0;
	close(fd);
	unlink(name);
	return sent;
}

static void how_long_the_server_has_been_away_is_known_until_it_is_back(void **state)
{
	(void)state;
	assert_int_equal(post_away(room, POST_MAIL), 0);
	box.nobody = true;
	put(1, "taken@x.example");
	assert_int_equal(settle(0), 0);
	assert_int_equal(settle(600), 0);
	assert_int_equal(settle(300), 0);
	assert_int_equal(post_away(room, POST_MAIL), 900);
	box.nobody = false;
	assert_int_equal(settle(3600), 1);
	assert_int_equal(post_away(room, POST_MAIL), 0);
	/* One recipient's trouble is not the server's. */
	box.busy = true;
	put(2, "later@x.example");
	assert_int_equal(settle(0), 0);
	assert_int_equal(settle(600), 0);
	assert_int_equal(post_away(room, POST_MAIL), 0);
}

static void ten_wrong_minutes_at_the_mail_server_lose_nothing(void **state)
{
	char log[2000];
	(void)state;
	box.nobody = true;
	for (int i = 1; i <= 5; i++)
		put(i, "taken@x.example");
	assert_int_equal(settle_and_listen(0, log), 0);
	assert_string_equal(log, "<3>post: mails refused for good: 0, put off: 1, the rest not tried; the first: MAIL FROM: 554 5.7.1\n");
	assert_int_equal(box.n, 1);
	for (int minute = 0; minute < 10; minute++)
		assert_int_equal(settle(60), 0);
	assert_int_equal(waiting(), 5);
	hears("");
	box.nobody = false;
	assert_int_equal(settle_and_listen(60, log), 5);
	assert_string_equal(log, "");
	hears("1 accepted, 2 accepted, 3 accepted, 4 accepted, 5 accepted, ");
	assert_int_equal(waiting(), 0);
}

static void of_a_server_that_takes_nobodys_mail_it_is_said_after_three_days(void **state)
{
	(void)state;
	box.nobody = true;
	for (int i = 1; i <= 3; i++)
		put(i, "taken@x.example");
	assert_int_equal(settle(2 * A_DAY), 0);
	assert_int_equal(settle(A_DAY), 3);
	hears("1 refused, 2 refused, 3 refused, ");
}

static void the_log_tells_once_a_round_what_the_server_said_and_no_address(void **state)
{
	char log[2000];
	(void)state;
	box.busy = true;
	put(1, "later@x.example");
	put(2, "refused@x.example");
	put(3, "later@x.example");
	put(4, "taken@x.example");
	assert_int_equal(settle_and_listen(0, log), 2);
	assert_string_equal(log, "<3>post: mails refused for good: 1, put off: 2; the first: RCPT TO: 550\n");
	assert_int_equal(settle_and_listen(5, log), 0);
	assert_string_equal(log, "");
}

/* Each try may be one more in somebody's mailbox. */
static void a_mail_of_which_nobody_knows_rests_longer_and_holds_nobody_up(void **state)
{
	(void)state;
	box.silent = 100;
	put(1, "taken@x.example");
	assert_int_equal(settle(0), 0);
	assert_int_equal(box.unheard, 1);
	for (int minute = 0; minute < 59; minute++)
		assert_int_equal(settle(60), 0);
	assert_int_equal(box.unheard, 1);
	box.silent = 0;
	put(2, "taken@x.example");
	assert_int_equal(settle(0), 1);
	hears("2 accepted, ");
	box.silent = 100;
	for (int hour = 0; hour < 47; hour++)
		settle(3600);
	assert_int_equal(box.unheard, 7);
	box.silent = 0;
	assert_int_equal(settle(A_DAY / 2), 1);
	hears("1 accepted, ");
}

/* ---- lengths ---- */

static struct {
	size_t subject, body;
} long_mail;

static enum result put_long(struct tx *tx, void *ctx)
{
	static char text[POST_BODY_MOST + 1];
	(void)ctx;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "å"[i % 2]; /* each byte takes three on the wire */
	struct mail mail = { "test", numbered(1), SLICE("taken@x.example"), slice_bytes(text, long_mail.subject),
			     slice_bytes(text, long_mail.body) };
	return post_put(tx, random_system(), instant_day(clock_now(now)), &mail);
}

static enum result puts_one_of(size_t subject, size_t body)
{
	long_mail.subject = subject;
	long_mail.body = body;
	return db_write(db, put_long, NULL);
}

static void a_text_goes_whole_or_not_at_all(void **state)
{
	(void)state;
	assert_int_equal(puts_one_of(POST_SUBJECT_MOST + 1, 10), RES_BAD);
	assert_int_equal(puts_one_of(10, POST_BODY_MOST + 1), RES_BAD);
	assert_int_equal(waiting(), 0);
	assert_int_equal(puts_one_of(POST_SUBJECT_MOST, POST_BODY_MOST), RES_OK);
	assert_int_equal(settle(0), 1);
	hears("1 accepted, ");
}

SQL(test_lengthen, "t", "", "UPDATE outbox SET subject = $1");

static enum result lengthen(struct tx *tx, void *ctx)
{
	static char text[POST_SUBJECT_MOST + 2];
	(void)ctx;
	memset(text, 'x', sizeof(text) - 1);
	return db_do(tx, &test_lengthen, NULL, v_str(text));
}

static void a_row_that_somebody_made_too_long_is_never_sent_cut(void **state)
{
	(void)state;
	put(1, "taken@x.example");
	assert_int_equal(db_write(db, lengthen, NULL), RES_OK);
	put(2, "taken@x.example");
	assert_int_equal(settle(0), 2);
	hears("2 accepted, 1 refused, ");
	assert_int_equal(box.n, 1);
}

static int returns_known(void)
{
	struct buf dump = BUF_LIMIT(1 << 20);
	struct slice rest, line;
	int n = 0;
	assert_int_equal(db_dump(db, &dump), RES_OK);
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += slice_starts(line, "mail_return|");
	buf_free(&dump);
	return n;
}

static enum result tidy(struct tx *tx, void *ctx)
{
	(void)ctx;
	return post_tidy(tx, instant_day(clock_now(now)));
}

static void a_return_address_goes_when_it_is_not_known_any_more_and_not_before(void **state)
{
	(void)state;
	put(1, "taken@x.example");
	assert_int_equal(settle(A_DAY), 1);
	put(2, "taken@x.example");
	assert_int_equal(settle((POST_BOUNCE_DAYS - 1) * A_DAY), 1);
	assert_int_equal(db_write(db, tidy, NULL), RES_OK);
	assert_int_equal(returns_known(), 2);
	settle(A_DAY);
	assert_int_equal(db_write(db, tidy, NULL), RES_OK);
	assert_int_equal(returns_known(), 1);
	settle(A_DAY);
	assert_int_equal(db_write(db, tidy, NULL), RES_OK);
	assert_int_equal(returns_known(), 0);
}

static const char report[] = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
			     "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.example\r\n\r\n"
			     "Final-Recipient: rfc822; taken@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";

static enum result comes_back(const char *token)
{
	return post_bounce(db, random_system(), now, slice_of(token), slice_of(report));
}

static void a_mail_that_comes_back_is_told_once_by_its_own_address(void **state)
{
	char token[2][33];
	(void)state;
	put(1, "taken@x.example");
	put(2, "taken@x.example");
	assert_int_equal(settle(0), 2);
	hears("1 accepted, 2 accepted, ");
	for (int i = 0; i < 2; i++) {
		assert_memory_equal(box.seen[i].from, "b-", 2);
		snprintf(token[i], sizeof(token[i]), "%.32s", box.seen[i].from + 2);
		assert_int_equal(strlen(token[i]), 32);
	}
	assert_string_not_equal(token[0], token[1]);
	assert_int_equal(comes_back("00000000000000000000000000000000"), RES_NONE);
	assert_int_equal(comes_back("x"), RES_NONE);
	for (char *c = token[0]; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'f' ? *c - 32 : *c); /* a server that folds the case */
	assert_int_equal(comes_back(token[0]), RES_OK);
	assert_int_equal(comes_back(token[0]), RES_NONE);
	told = BUF_LIMIT(1000);
	int n;
	assert_int_equal(db_write(db, hear_work, &n), RES_OK);
	assert_int_equal(n, 1);
	assert_non_null(strstr(told.p, "bounced"));
	buf_free(&told);
	/* Not for ever. */
	clock_set(now, instant_add(clock_now(now), (POST_BOUNCE_DAYS + 1) * A_DAY));
	assert_int_equal(comes_back(token[1]), RES_NONE);
	hears("");
}

SQL(test_in_the_way, "bb", "",
    "INSERT INTO mail_result (id, kind, about, result, day) VALUES ($1, 'other', $2, 1, 0)");

static enum result in_the_way(struct tx *tx, void *ctx)
{
	const struct id *id = ctx;
	return db_do(tx, &test_in_the_way, NULL, v_id(id), v_id(id));
}

/* The ids of the first two results are taken already, so writing them down fails. */
static void what_the_database_did_not_take_down_is_not_sent_again(void **state)
{
	const unsigned char seed[32] = { 7 };
	struct random_source *rnd = crypt_random_keyed(seed), *same = crypt_random_keyed(seed);
	const struct post_setup setup = { .server = server.url, .from = "makker@fjordvik.example", .from_name = "Fjordvik",
					  .bounce_domain = "bounce.example", .message_domain = "fjordvik.example" };
	struct post *mine;
	int sent = 0, failed = 0;
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct id id = id_new(same, "post/result");
		assert_int_equal(db_write(db, in_the_way, &id), RES_OK);
	}
	assert_int_equal(post_new(db, now, rnd, &setup, &mine), RES_OK);
	put(1, "taken@x.example");
	while (post_settle(mine, &sent) != RES_OK && failed < 5)
		failed++;
	assert_true(failed >= 1 && failed <= 2);
	assert_int_equal(sent, 1);
	assert_int_equal(box.n, 1);
	assert_int_equal(waiting(), 0);
	hears("1 accepted, ");
	post_free(&mine);
	crypt_random_keyed_free(&rnd);
	crypt_random_keyed_free(&same);
}

SQL(test_first_mail, "", "id:b", "SELECT id FROM outbox");

static enum result first_mail(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &test_first_mail, &rows, DB_NO_VALUES);
	if (res == RES_OK)
		*(struct id *)ctx = row_id(rows, 0);
	rows_end(&rows);
	return res;
}

static void what_another_program_is_about_is_left_to_it_and_taken_up_when_it_has_ended(void **state)
{
	struct db *other;
	struct id id;
	(void)state;
	put(1, "taken@x.example");
	assert_int_equal(db_read(db, first_mail, &id), RES_OK);
	assert_int_equal(db_open(db_for_test_where(db), 1, &other), RES_OK);
	assert_int_equal(db_hold(other, "post/mail", &id), RES_OK);
	put(2, "taken@x.example");
	if (db_test_is_pg()) {
		assert_int_equal(settle(0), 1);
		hears("2 accepted, ");
		assert_int_equal(settle(3600), 0);
		assert_int_equal(box.n, 1);
	}
	db_close(&other);
	int sent = 0;
	for (int i = 0; i < 100 && sent == 0; i++, nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL))
		sent = settle(0);
	hears(db_test_is_pg() ? "1 accepted, " : "1 accepted, 2 accepted, ");
	assert_int_equal(box.n, 2);
}

static void every_sentence_fits_its_tables(void **state)
{
	(void)state;
	assert_true(db_test_prepare_all(db) >= 12);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_became_of_a_mail_is_told_once),
		TEST(not_now_is_tried_again_with_the_same_id_and_holds_nobody_up),
		TEST(with_the_server_away_nothing_is_lost_and_after_three_days_it_is_said),
		TEST(how_long_the_server_has_been_away_is_known_until_it_is_back),
		TEST(ten_wrong_minutes_at_the_mail_server_lose_nothing),
		TEST(of_a_server_that_takes_nobodys_mail_it_is_said_after_three_days),
		TEST(the_log_tells_once_a_round_what_the_server_said_and_no_address),
		TEST(a_mail_of_which_nobody_knows_rests_longer_and_holds_nobody_up),
		TEST(a_mail_that_comes_back_is_told_once_by_its_own_address),
		TEST(a_text_goes_whole_or_not_at_all),
		TEST(a_row_that_somebody_made_too_long_is_never_sent_cut),
		TEST(a_return_address_goes_when_it_is_not_known_any_more_and_not_before),
		TEST(what_the_database_did_not_take_down_is_not_sent_again),
		TEST(what_another_program_is_about_is_left_to_it_and_taken_up_when_it_has_ended),
		TEST(what_another_program_is_about_is_left_to_it_and_taken_up_when_it_has_ended),
		TEST(every_sentence_fits_its_tables),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
