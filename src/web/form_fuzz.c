/* The parser against anything at all: whatever comes, values keep what their fields promise. */
#include <stdlib.h>
#include <string.h>

#include "web/form.h"
#include "web/path.h"
#include "web/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const sizes[] = { "s", "l", NULL };
static const struct field fields[] = {
	{ .name = "t", .kind = FIELD_TEXT, .least = 2, .most = 30 },
	{ .name = "l", .kind = FIELD_LINES, .most = 100 },
	{ .name = "r", .kind = FIELD_RAW, .most = 50 },
	{ .name = "n", .kind = FIELD_INT, .least = -5, .most = 500 },
	{ .name = "c", .kind = FIELD_CHOICE, .choices = sizes },
	{ .name = "i", .kind = FIELD_ID },
	{ .name = "f", .kind = FIELD_FLAG },
	{ .name = "m", .kind = FIELD_TEXT, .most = 10, .many = true, .times = 4 },
	{ 0 },
};

static void must(bool kept)
{
	if (!kept)
		abort();
}

static void check_text(struct form *f, const char *name, size_t least, size_t most, const char *never)
{
	struct slice s;
	if (form_text(f, name, &s) == RES_OK) {
		must(s.n >= least && s.n <= most && text_is_utf8(s));
		for (size_t i = 0; i < s.n; i++)
			must(!strchr(never, s.p[i]));
	}
	s = form_echo(f, name);
	must(s.n <= most && text_is_utf8(s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct slice in = slice_bytes(data, size), s;
	struct form *f = form_new(a, fields);
	struct path p;
	int64_t n;
	int c;
	struct id id;
	if (form_read(f, in, true, true) == RES_OK) {
		check_text(f, "t", 2, 30, "\r\n\t");
		check_text(f, "l", 1, 100, "\r");
		check_text(f, "r", 1, 50, "");
		if (form_int(f, "n", &n) == RES_OK)
			must(n >= -5 && n <= 500);
		if (form_choice(f, "c", &c) == RES_OK)
			must(c == 0 || c == 1);
		if (form_id(f, "i", &id) == RES_OK)
			must(form_text(f, "i", &s) == RES_OK && s.n == ID_TEXT);
		(void)form_flag(f, "f");
		for (int k = 0; k < 4; k++)
			if (form_nth(f, "m", k, &s) == RES_OK)
				must(s.n >= 1 && s.n <= 10);
		must(form_nth(f, "m", 4, &s) != RES_OK);
	}
	if (path_read(a, in, &p) == RES_OK)
		for (int k = 0; k < p.n; k++)
			must(p.segment[k].n && !memchr(p.segment[k].p, '/', p.segment[k].n) &&
			     !slice_is(p.segment[k], ".."));
	arena_free(&a);
	return 0;
}
