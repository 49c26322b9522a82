#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "post/post.h"

static const struct post_setup setup = {
	.server = "smtp://127.0.0.1:1", .from = "makker@fjordvik.example", .from_name = "Fjordvik helseforetak",
	.bounce_domain = "bounce.fjordvik.example", .message_domain = "fjordvik.example",
};

static void addresses_that_no_mail_server_should_see_are_refused(void **state)
{
	(void)state;
	static const char *const good[] = { "a@b", "o'brien@fjordvik.example", "kari.nes+vakt@fjordvik.example" };
	static const char *const bad[] = { "", "a", "@b.no", "a@", "a@@b.no", "a b@c.no", "a@b.no\r\nRCPT TO:<x@y>",
					   "a@b.no>", "<a@b.no>", "åse@fjordvik.example", "a,b@c.no", "a@b;c" };
	char most[POST_ADDRESS_MOST + 2];
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(post_address_ok(slice_of(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(post_address_ok(slice_of(bad[i])));
	memset(most, 'a', sizeof(most));
	most[1] = '@';
	assert_true(post_address_ok(slice_bytes(most, POST_ADDRESS_MOST)));
	assert_false(post_address_ok(slice_bytes(most, POST_ADDRESS_MOST + 1)));
}

/* The name the operator chose stays one name before one address. */
static void a_senders_name_is_nothing_but_a_name(void **state)
{
	static const char *const names[] = { "Health, Safety", "\"x\" <evil@e.example>", "St. Olav (night)", "=?utf-8?q?x?=" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf out = BUF_LIMIT(65536);
		struct id id = { { 1, 2, 3 } };
		struct post_setup named = setup;
		named.from_name = names[i];
		post_message(&out, &named, &id, SLICE("ase@fjordvik.example"), SLICE("Hei"), SLICE("Hei\n"), (struct instant){ 1795000000 });
		assert_null(strstr(buf_get(&out).p, names[i]));
		assert_non_null(strstr(buf_get(&out).p, "From: =?UTF-8?B?"));
		assert_non_null(strstr(buf_get(&out).p, "?= <makker@fjordvik.example>\r\n"));
		buf_free(&out);
	}
}

static void a_message_is_what_the_standards_ask_for(void **state)
{
	(void)state;
	struct buf out = BUF_LIMIT(65536);
	struct id id = { { 1, 2, 3 } };
	struct instant now = { 1795000000 };
	post_message(&out, &setup, &id, SLICE("ase@fjordvik.example"), SLICE("En melding til deg, Åse"),
		     SLICE("Hei Åse,\n\n.en linje som begynner med punktum\n"
			   "https://haven.example/h/o/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz=\nslutt \n"),
		     now);
	const char *m = buf_get(&out).p;
	assert_non_null(strstr(m, "From: Fjordvik helseforetak <makker@fjordvik.example>\r\n"));
	assert_non_null(strstr(m, "Message-ID: <AQIDAAAAAAAAAAAAAAAAAA@fjordvik.example>\r\n"));
	assert_non_null(strstr(m, "Subject: =?UTF-8?B?RW4gbWVsZGluZyB0aWwgZGVnLCDDhXNl?=\r\n"));
	assert_non_null(strstr(m, "Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n"));
	assert_non_null(strstr(m, "Hei =C3=85se,\r\n\r\n=2Een linje"));
	assert_non_null(strstr(m, "slutt=20\r\n"));
	/* No bare line feed, and no line past what every server must take. */
	size_t width = 0;
	for (size_t i = 0; i < out.n; i++) {
		width = m[i] == '\n' ? 0 : width + 1;
		assert_true(width <= 78);
		if (m[i] == '\n')
			assert_true(i > 0 && m[i - 1] == '\r');
	}
	buf_free(&out);
}

static void a_long_subject_is_cut_between_characters(void **state)
{
	(void)state;
	struct buf out = BUF_LIMIT(65536);
	struct id id = { { 0 } };
	char subject[300];
	for (size_t i = 0; i + 1 < sizeof(subject); i += 2)
		memcpy(subject + i, "å", 2);
	post_message(&out, &setup, &id, SLICE("a@b.no"), slice_bytes(subject, 298), SLICE("x"), (struct instant){ 0 });
	const char *word = strstr(buf_get(&out).p, "Subject: ");
	int words = 0;
	for (; (word = strstr(word, "=?UTF-8?B?")); word += 10) {
		/* 44 bytes are 22 whole characters: 60 characters of base64. */
		assert_true(strcspn(word + 10, "?") <= 60);
		words++;
	}
	assert_int_equal(words, 7);
	buf_free(&out);
}

static const char report[] =
	"From: MAILER-DAEMON@fjordvik.example\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n"
	" boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYour mail did not arrive.\r\n\r\n"
	"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.fjordvik.example\r\n\r\n"
	"Final-Recipient: rfc822; ase@fjordvik.example\r\nAction: %s\r\nStatus: %s\r\n\r\n--b--\r\n";

static bool says(const char *action, const char *status)
{
	struct buf dsn = BUF_LIMIT(4096);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	buf_printf(&dsn, report, action, status);
#pragma GCC diagnostic pop
	bool failed = post_dsn_failed(buf_get(&dsn));
	buf_free(&dsn);
	return failed;
}

static void only_a_report_of_failure_for_good_counts(void **state)
{
	(void)state;
	assert_true(says("failed", "5.1.1"));
	assert_true(says("Failed", "5.0.0 (no such user)"));
	assert_false(says("delayed", "4.4.1"));
	assert_false(says("delayed", "5.1.1"));
	assert_false(says("failed", "4.2.2"));
	assert_false(says("delivered", "2.1.5"));
	/* A person quoting a report, and a robot on holiday, report nothing. */
	assert_false(post_dsn_failed(SLICE("Content-Type: text/plain\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n")));
	assert_false(post_dsn_failed(SLICE("Subject: Autosvar\r\n\r\nJeg er på ferie.\r\n")));
	assert_false(post_dsn_failed(SLICE("")));
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_that_no_mail_server_should_see_are_refused),
		cmocka_unit_test(a_senders_name_is_nothing_but_a_name),
		cmocka_unit_test(a_message_is_what_the_standards_ask_for),
		cmocka_unit_test(a_long_subject_is_cut_between_characters),
		cmocka_unit_test(only_a_report_of_failure_for_good_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
