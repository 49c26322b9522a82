#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "web/inside.h"

#define ROOM ((size_t)1 << 20)

/* n bytes of text, another one for each seed. */
static struct buf text_of(size_t n, unsigned seed)
{
	struct buf b = BUF_LIMIT(ROOM);
	for (unsigned i = 0; b.n < n; i++)
		buf_printf(&b, "<li>line %u of %u</li>\n", i * seed % 97, seed);
	return b;
}

static bool unzips_to(const struct buf *zipped, const struct buf *text)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	char *out = must_alloc(text->n + 1, 1);
	size_t n = 0;
	bool is = libdeflate_gzip_decompress(d, zipped->p, zipped->n, out, text->n + 1, &n) == LIBDEFLATE_SUCCESS && n == text->n &&
		  !memcmp(out, text->p, n);
	libdeflate_free_decompressor(d);
	free(out);
	return is;
}

static bool comes_back(size_t n, unsigned seed)
{
	struct buf text = text_of(n, seed), b = BUF_SECRET(ROOM);
	buf_put(&b, text.p, text.n);
	bool is = squeeze(&b) && b.n < text.n && unzips_to(&b, &text);
	buf_free(&b);
	buf_free(&text);
	return is;
}

static void a_page_comes_back_whole(void **state)
{
	(void)state;
	for (size_t n = 600; n < ROOM / 2; n *= 3)
		assert_true(comes_back(n, 7));
}

static void what_would_not_become_smaller_stays_as_it_is(void **state)
{
	static const char bytes[] = "0a9Zq!";
	struct buf b = BUF_SECRET(ROOM);
	(void)state;
	buf_str(&b, bytes);
	assert_false(squeeze(&b));
	assert_string_equal(b.p, bytes);
	buf_free(&b);
}

static void *squeeze_many(void *seed)
{
	size_t bad = 0;
	for (size_t i = 0; i < 30; i++)
		bad += !comes_back(2000 * (i % 7 + 1), (unsigned)(uintptr_t)seed);
	return (void *)bad;
}

static void pages_made_at_the_same_time_do_not_mix(void **state)
{
	pthread_t threads[8];
	(void)state;
	for (uintptr_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, squeeze_many, (void *)(i + 1)), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *bad;
		assert_int_equal(pthread_join(threads[i], &bad), 0);
		assert_null(bad);
	}
}

/* The tables of a compressor lie behind its first 20,000 bytes, and it has 200,000. */
static size_t written_in(const struct libdeflate_compressor *c)
{
	size_t n = 0;
	for (size_t i = 20000; i < 180000; i++)
		n += ((const char *)c)[i] != 0;
	return n;
}

static void what_the_library_wrote_down_of_a_page_is_wiped(void **state)
{
	struct buf text = text_of(20000, 3);
	char out[20000];
	(void)state;
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(1), *before = c;
	assert_true(libdeflate_gzip_compress(c, text.p, text.n, out, sizeof(out)) > 0);
	assert_true(written_in(c) > 1000);
	libdeflate_free_compressor(c);
	c = libdeflate_alloc_compressor(1);
	assert_ptr_equal(c, before); /* the same memory, given back and taken again */
	assert_int_equal(written_in(c), 0);
	libdeflate_free_compressor(c);
	buf_free(&text);
}

static int begin(void **state)
{
	(void)state;
	squeeze_begin();
	return 0;
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_library_wrote_down_of_a_page_is_wiped),
		cmocka_unit_test(a_page_comes_back_whole),
		cmocka_unit_test(what_would_not_become_smaller_stays_as_it_is),
		cmocka_unit_test(pages_made_at_the_same_time_do_not_mix),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
