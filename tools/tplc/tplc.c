/* tplc: makes x.tpl.c and x.tpl.h of x.tpl while Makker is built. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"

static bool read_file(const char *path, struct buf *b)
{
	char part[4096];
	size_t n;
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_put(b, part, n);
	bool ok = !ferror(f) && !b->full;
	fclose(f);
	return ok;
}

static bool write_file(const char *path, struct slice s)
{
	FILE *f = fopen(path, "wb");
	if (!f)
		return false;
	bool ok = fwrite(s.p, 1, s.n, f) == s.n;
	return fclose(f) == 0 && ok;
}

int main(int argc, char **argv)
{
	struct buf text = BUF_LIMIT(1 << 20);
	struct tpl_out out = TPL_OUT;
	int status = 1;
	if (argc != 4) {
		fprintf(stderr, "usage: tplc x.tpl x.tpl.c x.tpl.h\n");
		return 2;
	}
	const char *slash = strrchr(argv[3], '/');
	if (!read_file(argv[1], &text))
		fprintf(stderr, "%s: cannot be read, or is larger than 1 MB\n", argv[1]);
	else if (tpl_compile(argv[1], slash ? slash + 1 : argv[3], buf_get(&text), &out) != RES_OK)
		fprintf(stderr, "%s\n", out.error.p);
	else if (!write_file(argv[2], buf_get(&out.c)) || !write_file(argv[3], buf_get(&out.h)))
		fprintf(stderr, "%s: cannot be written\n", argv[2]);
	else
		status = 0;
	tpl_out_free(&out);
	buf_free(&text);
	return status;
}
