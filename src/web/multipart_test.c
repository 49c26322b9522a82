/* Forms with files, piece by piece. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "web/multipart.h"

struct got {
	struct buf all;
};

static enum result begin(void *ctx, struct slice name, bool is_file)
{
	struct got *g = ctx;
	buf_printf(&g->all, "[%s%.*s:", is_file ? "file " : "", (int)name.n, name.p);
	return RES_OK;
}

static enum result bytes(void *ctx, const char *p, size_t n)
{
	struct got *g = ctx;
	buf_put(&g->all, p, n);
	return RES_OK;
}

static enum result end(void *ctx)
{
	struct got *g = ctx;
	buf_char(&g->all, ']');
	return RES_OK;
}

static enum result reading(const char *text, size_t n, size_t piece, struct got *g)
{
	struct multipart m;
	enum result res = RES_OK;
	g->all = (struct buf)BUF_LIMIT(1 << 16);
	multipart_begin(&m, SLICE("B"), (struct multipart_sink){ begin, bytes, end, g });
	for (size_t at = 0; at < n && res == RES_OK; at += piece)
		res = multipart_read(&m, text + at, n - at < piece ? n - at : piece);
	return res == RES_OK ? multipart_end(&m) : res;
}

static void gives(const char *text, enum result want, const char *parts)
{
	for (size_t piece = 1; piece <= strlen(text); piece++) {
		struct got g;
		assert_int_equal(reading(text, strlen(text), piece, &g), want);
		if (want == RES_OK)
			assert_string_equal(g.all.p, parts);
		buf_free(&g.all);
	}
}

#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILE_FIELD "Content-Disposition: form-data; name=\"file\"; filename=\"people å.csv\"\r\nContent-Type: text/csv\r\n\r\n"

static void parts_come_out_as_they_were_sent_however_they_are_cut(void **state)
{
	(void)state;
	gives("--B\r\n" FIELD("csrf") "abc\r\n--B\r\n" FILE_FIELD "a;b\r\n1;2\r\n\r\n--B--\r\n", RES_OK,
	      "[csrf:abc][file file:a;b\r\n1;2\r\n]");
	gives("--B\r\n" FILE_FIELD "\r\n--B--", RES_OK, "[file file:]");
	gives("--B\r\n" FIELD("a") "\r\r\n-\r\n--A\r\n--\r\n--B--\r\n", RES_OK, "[a:\r\r\n-\r\n--A\r\n--]");
}

static void what_no_browser_sends_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "--B", "--B--\r\n", "hello", "--B\r\n\r\nx\r\n--B--", "--B\r\n" FIELD("a") "x",
		"--B\r\n" FIELD("a") "x\r\n--B-x", "--B\r\n" FIELD("a") "x\r\n--B--y", "--B\nx",
		"--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--B--", /* unquoted */
		"--B\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--B--",
		"--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--B--",
		"--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nx\r\n--B--",
	};
	static const char zero[] = "--B\r\nContent-Disposition: form-data; name=\"\0a\"\r\n\r\nx\r\n--B--";
	struct got g;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		gives(wrong[i], RES_BAD, NULL);
	assert_int_equal(reading(zero, sizeof(zero) - 1, 7, &g), RES_BAD);
	buf_free(&g.all);
}

static void a_head_has_an_end(void **state)
{
	struct buf b = BUF_LIMIT(1 << 20);
	struct got g;
	(void)state;
	buf_str(&b, "--B\r\nX: ");
	for (int i = 0; i < MULTIPART_LINE_MOST; i++)
		buf_char(&b, 'x');
	assert_int_equal(reading(b.p, b.n, 1000, &g), RES_BAD);
	buf_free(&g.all);
	buf_reset(&b);
	buf_str(&b, "--B\r\n");
	for (int i = 0; i <= MULTIPART_LINES_MOST; i++)
		buf_str(&b, "X: y\r\n");
	assert_int_equal(reading(b.p, b.n, 1000, &g), RES_BAD);
	buf_free(&g.all);
	buf_reset(&b);
	for (int i = 0; i <= MULTIPART_PARTS_MOST; i++)
		buf_str(&b, i ? "\r\n--B\r\n" FIELD("a") : "--B\r\n" FIELD("a"));
	buf_str(&b, "\r\n--B--");
	assert_int_equal(reading(b.p, b.n, 1000, &g), RES_BAD);
	buf_free(&g.all);
	buf_free(&b);
}

static void the_boundary_is_read_as_browsers_write_it(void **state)
{
	struct slice b;
	(void)state;
	assert_int_equal(multipart_boundary(SLICE("multipart/form-data; boundary=----WebKitFormBoundaryAb1"), &b), RES_OK);
	assert_true(slice_is(b, "----WebKitFormBoundaryAb1"));
	assert_int_equal(multipart_boundary(SLICE("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"a b\""), &b), RES_BAD);
	assert_int_equal(multipart_boundary(SLICE("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"a=b\""), &b), RES_OK);
	assert_true(slice_is(b, "a=b"));
	assert_int_equal(multipart_boundary(SLICE("multipart/form-data"), &b), RES_BAD);
	assert_int_equal(multipart_boundary(SLICE("multipart/form-data; boundary="), &b), RES_BAD);
	assert_int_equal(multipart_boundary(SLICE("application/x-www-form-urlencoded"), &b), RES_NONE);
	assert_int_equal(multipart_boundary((struct slice){ 0 }, &b), RES_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_come_out_as_they_were_sent_however_they_are_cut),
		cmocka_unit_test(what_no_browser_sends_is_refused),
		cmocka_unit_test(a_head_has_an_end),
		cmocka_unit_test(the_boundary_is_read_as_browsers_write_it),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
