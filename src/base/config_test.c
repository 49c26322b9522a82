#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"

static const struct config_key keys[] = {
	{ "listen", CONFIG_SOCKET, NULL, 0, 0, NULL, "where it listens" },
	{ "public_url", CONFIG_ORIGIN, "http://haven.localhost:8300", 0, 0, NULL, "what people type" },
	{ "hosts", CONFIG_HOSTS, "", 0, 0, NULL, "other names it answers to" },
	{ "mail_tls", CONFIG_CHOICE, "starttls", 0, 0, "none|starttls|tls", "how the mail server is spoken to" },
	{ "mail_from", CONFIG_MAIL, "", 0, 0, NULL, "the sender" },
	{ "bounce_domain", CONFIG_DOMAIN, "", 0, 0, NULL, "where refusals come back" },
	{ "floor", CONFIG_TEXT, "1", 1, 3, NULL, "where" },
	{ "quiet", CONFIG_CHOICE, "no", 0, 0, "yes|no", "quiet" },
	{ "zone", CONFIG_ZONE, "Europe/Oslo", 0, 0, NULL, "the workplace's" },
	{ "data", CONFIG_PATH, "x", 0, 0, NULL, "a folder" },
	{ "workplace", CONFIG_TEXT, "W", 1, 20, NULL, "its name" },
	{ "call", CONFIG_PHONE, "", 0, 0, NULL, "a number" },
	{ "tongue", CONFIG_CHOICE, "a", 0, 0, "a|b", "what it speaks", "a, or whatever was built" },
};

static enum result parse(const char *text, struct config **c_r, struct buf *mistakes)
{
	return config_parse(slice_of(text), "f.conf", keys, ARRAY_LEN(keys), c_r, mistakes);
}

/* `text` after a good first line is refused with exactly `want`. */
static void refused(const char *line, const char *want)
{
	struct buf text = BUF_LIMIT(10000), mistakes = BUF_LIMIT(10000);
	struct config *c = NULL;
	buf_printf(&text, "listen = 127.0.0.1:80\n%s", line);
	assert_int_equal(parse(text.p, &c, &mistakes), RES_BAD);
	assert_null(c);
	assert_string_equal(mistakes.p, want);
	buf_free(&text);
	buf_free(&mistakes);
}

static void accepted(const char *line)
{
	struct buf text = BUF_LIMIT(10000), mistakes = BUF_LIMIT(10000);
	struct config *c = NULL;
	buf_printf(&text, "listen = 127.0.0.1:80\n%s\n", line);
	if (parse(text.p, &c, &mistakes) != RES_OK)
		fail_msg("%s", mistakes.p);
	config_free(&c);
	buf_free(&text);
	buf_free(&mistakes);
}

static void a_file_gives_values_and_the_table_gives_the_rest(void **state)
{
	(void)state;
	struct buf mistakes = BUF_LIMIT(1000);
	struct config *c;
	int port;
	assert_int_equal(parse("\xef\xbb\xbf# a comment\r\n\r\n  listen=[::1]:8300  # here\r\nworkplace = S\xc3\xb8r #1\n"
			       "floor\t=\t30",
			       &c, &mistakes),
			 RES_OK);
	assert_true(slice_is(config_host(c, "listen", &port), "::1"));
	assert_int_equal(port, 8300);
	assert_string_equal(config_text(c, "workplace"), "S\xc3\xb8r");
	assert_string_equal(config_text(c, "floor"), "30");
	assert_string_equal(config_text(c, "quiet"), "no");
	assert_false(config_given(c, "hosts"));
	assert_string_equal(config_text(c, "zone"), "Europe/Oslo");
	assert_int_equal(mistakes.n, 0);
	config_free(&c);
	config_free(&c);
	buf_free(&mistakes);
}

static void every_mistake_is_told_with_its_line(void **state)
{
	(void)state;
	refused("nonsense\n", "f.conf:2: not of the form \"key = value\"\n");
	refused("[section]\n= x\nDrain = 3\n", "f.conf:2: not of the form \"key = value\"\n"
						"f.conf:3: not of the form \"key = value\"\n"
						"f.conf:4: not of the form \"key = value\"\n");
	refused("quite = yes\n", "f.conf:2: unknown key \"quite\"; did you mean \"quiet\"?\n");
	refused("colour = red\n", "f.conf:2: unknown key \"colour\"\n");
	refused("floor = 5\nfloor = 6\n", "f.conf:3: floor is given twice, first on line 2\n");
	refused("floor = 6011\n", "f.conf:2: floor: \"6011\" will not do; it takes text, 1 to 3 bytes\n");
	refused("floor =\n", "f.conf:2: floor: has no value; it takes text, 1 to 3 bytes\n");
	refused("mail_tls = ssl\n", "f.conf:2: mail_tls: \"ssl\" will not do; it takes none, starttls or tls\n");
	refused("workplace = a\x01z\n", "f.conf:2: workplace: holds bytes that are not readable text; it takes text, "
					"1 to 20 bytes\n");
	refused("quiet = maybe\nzone = Europe/Olso\n",
		"f.conf:2: quiet: \"maybe\" will not do; it takes yes or no\n"
		"f.conf:3: zone: \"Europe/Olso\" will not do; it takes a time zone that this machine knows, such as "
		"Europe/Oslo\n");
}

static void a_key_without_default_must_be_given(void **state)
{
	(void)state;
	struct buf mistakes = BUF_LIMIT(1000);
	struct config *c;
	assert_int_equal(parse("# empty\n", &c, &mistakes), RES_BAD);
	assert_string_equal(mistakes.p, "f.conf: listen is missing: where it listens\n");
	buf_free(&mistakes);
}

static void values_at_the_edge_of_their_kind(void **state)
{
	(void)state;
	const char *const good[] = {
		"public_url = https://stotte.example.org", "public_url = http://[::1]:1", "floor = 1", "floor = 600",
		"hosts = a.example b:80   [::1]:8300", "hosts =", "mail_from = a.b+c@x.example", "zone = UTC",
		"bounce_domain = bounce.example", "data = /var/lib/makker",
		"workplace = 12345678901234567890", "workplace = a#b = c",
		"workplace = \xf0\x9f\x91\x8b", "call = +47 00 00 01 24", "call = 113",
		"call = 116 117", "call = 00000000000000000124", "call =",
	};
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		accepted(good[i]);
	const char *const bad[] = {
		"public_url = https://a.example/", "public_url = a.example", "public_url = ftp://a",
		"hosts = a b:0", "hosts = -a", "mail_from = a@b",
		"mail_from = .a@b.example", "mail_from = a b@c.example", "mail_from = \xc3\xa5@b.example",
		"bounce_domain = localhost", "zone = ../etc/passwd", "zone = /etc/passwd", "zone = Europe/",
		"data = a/../b",
		"call = 11", "call = 1 1", "call = 47+000", "call = 000-124", "call = 000000000000000000124", "call = tel:113",
		"data =", "workplace = 123456789012345678901", "workplace = \xc0\xaf", "workplace = \xed\xa0\x80",
		"workplace = \xc3", "workplace = \x80",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf text = BUF_LIMIT(1000), mistakes = BUF_LIMIT(1000);
		struct config *c = NULL;
		buf_printf(&text, "listen = h:1\n%s", bad[i]);
		if (parse(text.p, &c, &mistakes) != RES_BAD)
			fail_msg("accepted: %s", bad[i]);
		assert_non_null(strstr(mistakes.p, "f.conf:2: "));
		buf_free(&text);
		buf_free(&mistakes);
	}
}

static void a_zero_byte_is_not_the_end_of_a_value(void **state)
{
	(void)state;
	static const char text[] = "listen = h:1\nworkplace = a\0b\n";
	struct buf mistakes = BUF_LIMIT(1000);
	struct config *c = NULL;
	assert_int_equal(config_parse(slice_bytes(text, sizeof(text) - 1), "f", keys, ARRAY_LEN(keys), &c, &mistakes),
			 RES_BAD);
	buf_free(&mistakes);
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
	(void)state;
	struct buf mistakes = BUF_LIMIT(1000);
	struct config *c = NULL;
	assert_int_equal(config_read("/nonexistent/f.conf", keys, ARRAY_LEN(keys), &c, &mistakes), RES_BROKEN);
	assert_string_equal(mistakes.p, "/nonexistent/f.conf: cannot be read: No such file or directory\n");
	buf_reset(&mistakes);
	assert_int_equal(config_read("/", keys, ARRAY_LEN(keys), &c, &mistakes), RES_BROKEN);
	buf_reset(&mistakes);
	assert_int_equal(config_read("/dev/zero", keys, ARRAY_LEN(keys), &c, &mistakes), RES_BAD);
	assert_string_equal(mistakes.p, "/dev/zero: longer than 65536 bytes\n");
	buf_free(&mistakes);
}

static void a_file_is_read_whole(void **state)
{
	(void)state;
	char path[] = "/tmp/makker-config-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(dprintf(fd, "# line %5d\n", i), 13);
	assert_true(dprintf(fd, "listen = h:1\n") > 0);
	close(fd);
	struct buf mistakes = BUF_LIMIT(1000);
	struct config *c = NULL;
	assert_int_equal(config_read(path, keys, ARRAY_LEN(keys), &c, &mistakes), RES_OK);
	struct buf more = BUF_LIMIT(100);
	config_mistake(c, "listen", &more, "is taken");
	assert_non_null(strstr(more.p, ":1001: listen: is taken\n"));
	config_free(&c);
	buf_free(&more);
	buf_free(&mistakes);
	unlink(path);
}

static void the_table_documents_itself(void **state)
{
	(void)state;
	struct buf out = BUF_LIMIT(10000);
	config_document(keys, ARRAY_LEN(keys), &out);
	assert_non_null(strstr(out.p, "| `floor` | `1` | text, 1 to 3 bytes | where |\n"));
	assert_non_null(strstr(out.p, "| `listen` | must be given | "));
	assert_non_null(strstr(out.p, "| `tongue` | `a` | a, or whatever was built | what it speaks |\n"));
	buf_free(&out);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_gives_values_and_the_table_gives_the_rest),
		cmocka_unit_test(every_mistake_is_told_with_its_line),
		cmocka_unit_test(a_key_without_default_must_be_given),
		cmocka_unit_test(values_at_the_edge_of_their_kind),
		cmocka_unit_test(a_zero_byte_is_not_the_end_of_a_value),
		cmocka_unit_test(a_file_that_cannot_be_read_is_told),
		cmocka_unit_test(a_file_is_read_whole),
		cmocka_unit_test(the_table_documents_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
