/* A form with a file: the file goes to the disk, from whoever may send it, and nothing of it stays. */
#include "web/web_testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#define BOUNDARY "----B42"
#define TYPE "Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\n"

static char dir[] = "/tmp/makker-upload-XXXXXX";

static int set_up_here(void **state)
{
	struct web_setup s;
	(void)state;
	handled = 0;
	strcpy(dir, "/tmp/makker-upload-XXXXXX");
	assert_non_null(mkdtemp(dir));
	by_hand = clock_by_hand((struct instant){ 1800000000 });
	s = setup();
	s.upload_dir = dir;
	start(s);
	return 0;
}

/* Nothing has a name there, now or after: rmdir wants it empty. */
static int tear_down_here(void **state)
{
	return tear_down(state) || rmdir(dir);
}

/* The body of a form: the token, the note, a file of n bytes. */
static struct buf form_of(const char *token, const char *note, size_t n)
{
	struct buf b = BUF_LIMIT(1 << 22);
	buf_printf(&b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n", token);
	buf_printf(&b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n%s\r\n", note);
	buf_str(&b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.csv\"\r\n\r\n");
	for (size_t i = 0; i < n; i++)
		buf_char(&b, (char)("\r\n--abc;"[i % 8]));
	buf_str(&b, "\r\n--" BOUNDARY "--\r\n");
	return b;
}

static uint64_t sum_of(size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum = sum * 31 + (unsigned char)("\r\n--abc;"[i % 8]);
	return sum;
}

/* Sends it in two pieces with a rest between; the answer. */
static char *send_form(const char *who, const char *type, const struct buf *body, bool chunked, size_t cut)
{
	char head[600];
	int fd = dial();
	int n = snprintf(head, sizeof(head), "POST /upload HTTP/1.1\r\n%s%s", who, type);
	if (chunked)
		n += snprintf(head + n, sizeof(head) - (size_t)n, "Transfer-Encoding: chunked\r\n" END "%zx\r\n", body->n);
	else
		n += snprintf(head + n, sizeof(head) - (size_t)n, "Content-Length: %zu\r\n" END, body->n);
	put(fd, head, (size_t)n);
	put(fd, body->p, cut);
	usleep(20000);
	put(fd, body->p + cut, body->n - cut);
	if (chunked)
		put(fd, "\r\n0\r\n\r\n", 7);
	char *answer = hear(fd, NULL);
	return answer;
}

static void answers(const char *who, const char *type, struct buf body, bool chunked, int status, const char *holding)
{
	size_t cuts[] = { 0, 1, body.n / 2, body.n };
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		char *a = send_form(who, type, &body, chunked, cuts[i]);
		if (status_of(a) != status || (holding && !strstr(a, holding)))
			fail_msg("not %d %s: %.300s", status, holding ? holding : "", a);
		has_fence(a);
		free(a);
	}
	buf_free(&body);
}

static void a_file_and_the_fields_beside_it_arrive_whole(void **state)
{
	char want[100];
	(void)state;
	for (size_t n = 0; n <= 300000; n = n ? n * 3 + 7 : 1) {
		snprintf(want, sizeof(want), "a+b & å = %zu %llx", n, (unsigned long long)sum_of(n));
		char *escaped = strstr(want, "&");
		char text[120];
		snprintf(text, sizeof(text), "%.*s&amp;%s", (int)(escaped - want), want, escaped + 1);
		answers(ALICE, TYPE, form_of("token-of-alice", "a+b & å =", n), false, 200, text);
		answers(ALICE, TYPE, form_of("token-of-alice", "a+b & å =", n), true, 200, text);
	}
}

static void whoever_may_not_is_told_before_the_file_is_taken(void **state)
{
	(void)state;
	char *a = ask("POST /upload HTTP/1.1\r\n" BOB TYPE "Content-Length: 200000\r\n" END);
	assert_int_equal(status_of(a), 403);
	free(a);
	a = ask("POST /upload HTTP/1.1\r\n" TYPE "Content-Length: 200000\r\n" END);
	assert_int_equal(status_of(a), 403);
	free(a);
	a = ask("POST /upload HTTP/1.1\r\n" ALICE TYPE "Sec-Fetch-Site: cross-site\r\nContent-Length: 200000\r\n" END);
	assert_int_equal(status_of(a), 403);
	free(a);
	assert_int_equal(handled, 0);
}

static void without_the_token_nothing_is_handled(void **state)
{
	(void)state;
	answers(ALICE, TYPE, form_of("token-of-bob", "x", 100), false, 403, NULL);
	answers(ALICE, TYPE, form_of("", "x", 100), false, 403, NULL);
	assert_int_equal(handled, 0);
}

static void what_is_too_large_is_refused_from_its_head_and_by_counting(void **state)
{
	(void)state;
	char *a = ask("POST /upload HTTP/1.1\r\n" ALICE TYPE "Content-Length: 400000\r\n" END);
	assert_int_equal(status_of(a), 413);
	free(a);
	answers(ALICE, TYPE, form_of("token-of-alice", "x", 300001), true, 413, NULL);
	answers(ALICE, TYPE, form_of("token-of-alice", "x", 300001), false, 413, NULL);
	assert_int_equal(handled, 0);
}

static void other_types_and_broken_forms_are_refused(void **state)
{
	struct buf b = BUF_LIMIT(1000);
	(void)state;
	answers(ALICE, FORM, form_of("token-of-alice", "x", 10), false, 415, NULL);
	answers(ALICE, "Content-Type: multipart/form-data\r\n", form_of("token-of-alice", "x", 10), false, 415, NULL);
	buf_str(&b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken-of-alice");
	answers(ALICE, TYPE, b, false, 400, NULL);
	char *a = ask("POST /upload HTTP/1.1\r\n" ALICE TYPE "Content-Length: 0\r\n" END);
	assert_int_equal(status_of(a), 400);
	free(a);
	assert_int_equal(handled, 0);
}

static void a_form_without_its_file_is_the_handlers_to_refuse(void **state)
{
	struct buf b = BUF_LIMIT(1000);
	(void)state;
	buf_str(&b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken-of-alice\r\n--" BOUNDARY "--");
	answers(ALICE, TYPE, b, false, 200, "-1");
}

/* Whoever is not known yet has no seat: four strangers do not keep her out who may. */
static void strangers_take_no_seat_of_those_who_may(void **state)
{
	struct buf b = form_of("token-of-alice", "x", 1000);
	int strangers[4], fd;
	char head[300];
	(void)state;
	hold = true;
	blocking = 0;
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
		strangers[i] = dial();
		put(strangers[i], head, (size_t)snprintf(head, sizeof(head), "POST /upload HTTP/1.1\r\n" SLOW TYPE "Content-Length: %zu\r\n" END, b.n));
	}
	for (int i = 0; i < 500 && blocking < 3; i++)
		usleep(10000);
	usleep(100000);
	fd = dial();
	put(fd, head, (size_t)snprintf(head, sizeof(head), "POST /upload HTTP/1.1\r\n" ALICE TYPE "Content-Length: %zu\r\n" END, b.n));
	usleep(100000);
	hold = false;
	put(fd, b.p, b.n);
	char *a = hear(fd, NULL);
	assert_int_equal(status_of(a), 200);
	free(a);
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
		a = hear(strangers[i], NULL);
		assert_int_equal(status_of(a), 403);
		free(a);
	}
	buf_free(&b);
}

/* More at once than there are seats: the fifth is told, before its file is taken. */
static void the_fifth_at_once_is_told_to_come_again(void **state)
{
	int fd[4];
	char head[300];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fd); i++) {
		fd[i] = dial();
		put(fd[i], head, (size_t)snprintf(head, sizeof(head), "POST /upload HTTP/1.1\r\n" ALICE TYPE "Content-Length: 2000\r\n" END "--" BOUNDARY "\r\n"));
	}
	usleep(300000);
	char *a = ask("POST /upload HTTP/1.1\r\n" ALICE TYPE "Content-Length: 2000\r\n" END);
	assert_int_equal(status_of(a), 503);
	free(a);
	for (size_t i = 0; i < ARRAY_LEN(fd); i++)
		close(fd[i]);
}

static void whoever_leaves_or_dawdles_leaves_nothing(void **state)
{
	struct buf b = form_of("token-of-alice", "x", 100000);
	char head[300];
	(void)state;
	for (int i = 0; i < 10; i++) {
		int fd = dial();
		put(fd, head, (size_t)snprintf(head, sizeof(head), "POST /upload HTTP/1.1\r\n" ALICE TYPE "Content-Length: %zu\r\n" END, b.n));
		put(fd, b.p, 50000);
		close(fd);
	}
	usleep(300000);
	int fd = dial();
	int64_t began = ms();
	put(fd, head, (size_t)snprintf(head, sizeof(head), "POST /upload HTTP/1.1\r\n" ALICE TYPE "Content-Length: %zu\r\n" END, b.n));
	put(fd, b.p, 100);
	char *a = hear(fd, NULL);
	assert_true(ms() - began < 10000);
	assert_int_equal(status_of(a), 0);
	free(a);
	buf_free(&b);
	/* The seats of those who left are free again. */
	answers(ALICE, TYPE, form_of("token-of-alice", "x", 10), false, 200, "x 10");
	assert_int_equal(handled, 4);
}

int main(void)
{
#define U(f) cmocka_unit_test_setup_teardown(f, set_up_here, tear_down_here)
	static const struct CMUnitTest tests[] = {
		U(a_file_and_the_fields_beside_it_arrive_whole),
		U(whoever_may_not_is_told_before_the_file_is_taken),
		U(without_the_token_nothing_is_handled),
		U(what_is_too_large_is_refused_from_its_head_and_by_counting),
		U(other_types_and_broken_forms_are_refused),
		U(a_form_without_its_file_is_the_handlers_to_refuse),
		U(strangers_take_no_seat_of_those_who_may),
		U(the_fifth_at_once_is_told_to_come_again),
		U(whoever_leaves_or_dawdles_leaves_nothing),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
