/* The reader of forms with files against anything at all: however the same bytes are cut into pieces, the same parts come
   out with the same end, and no part's bytes hold the delimiter. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "web/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DELIMITER "\r\n--x1"

struct seen {
	struct buf all, part;
	bool open;
};

static void must(bool kept)
{
	if (!kept)
		abort();
}

static enum result begin(void *ctx, struct slice name, bool is_file)
{
	struct seen *s = ctx;
	must(!s->open && name.n && name.n <= MULTIPART_NAME_MOST);
	s->open = true;
	buf_reset(&s->part);
	buf_printf(&s->all, "<%d", is_file);
	buf_slice(&s->all, name);
	buf_char(&s->all, '>');
	return RES_OK;
}

static enum result bytes(void *ctx, const char *p, size_t n)
{
	struct seen *s = ctx;
	must(s->open && n);
	buf_put(&s->all, p, n);
	buf_put(&s->part, p, n);
	must(!memmem(s->part.p, s->part.n, DELIMITER, strlen(DELIMITER)));
	return RES_OK;
}

static enum result end(void *ctx)
{
	struct seen *s = ctx;
	must(s->open);
	s->open = false;
	buf_char(&s->all, '|');
	return RES_OK;
}

static enum result read_in(const uint8_t *data, size_t size, size_t piece, struct seen *s)
{
	struct multipart m;
	enum result res = RES_OK;
	multipart_begin(&m, SLICE("x1"), (struct multipart_sink){ begin, bytes, end, s });
	for (size_t at = 0; at < size && res == RES_OK; at += piece)
		res = multipart_read(&m, (const char *)data + at, size - at < piece ? size - at : piece);
	if (res == RES_OK)
		res = multipart_end(&m);
	if (res == RES_OK)
		must(!s->open);
	return res;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = { 1, 2, 7, 1 << 20 };
	struct seen first = { BUF_LIMIT(1 << 22), BUF_LIMIT(1 << 22), false };
	enum result res = read_in(data, size, 3, &first);
	struct slice boundary;
	(void)!multipart_boundary(slice_bytes(data, size), &boundary);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		struct seen s = { BUF_LIMIT(1 << 22), BUF_LIMIT(1 << 22), false };
		must(read_in(data, size, pieces[i], &s) == res);
		if (res == RES_OK)
			must(slice_eq(buf_get(&s.all), buf_get(&first.all)));
		buf_free(&s.all);
		buf_free(&s.part);
	}
	buf_free(&first.all);
	buf_free(&first.part);
	return 0;
}
