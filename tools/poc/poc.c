/* poc: makes C tables of the catalogues, and checks them (docs/translating.md).

   poc tables PO_DIR OUT.c      the tables; refuses what is not sound
   poc check PO_DIR TEXTS.pot   everything that must hold, against the texts of the source */
#include <stdio.h>
#include <string.h>

#include "catalogues.h"

static enum result read_file(const char *path, struct buf *b)
{
	char part[4096];
	size_t n;
	FILE *f = fopen(path, "rb");
	if (!f)
		return RES_NONE;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_put(b, part, n);
	bool ok = !ferror(f) && !b->full;
	fclose(f);
	return ok ? RES_OK : RES_BROKEN;
}

static enum result read_po(const char *path, bool optional, struct po *po_r)
{
	struct buf text = BUF_LIMIT((size_t)8 << 20), error = BUF_LIMIT(1024);
	enum result res = read_file(path, &text);
	if (res == RES_OK) {
		res = po_read(buf_get(&text), po_r, &error);
		if (res != RES_OK)
			fprintf(stderr, "%s:%s\n", path, error.p);
	} else if (res == RES_NONE && optional) {
		*po_r = (struct po){ 0 };
		res = RES_OK;
	} else {
		fprintf(stderr, "%s: cannot be read\n", path);
	}
	buf_free(&text);
	buf_free(&error);
	return res;
}

static enum result add_language(struct catalogues *c, const char *dir, struct slice code)
{
	char path[4096];
	struct catalogue *to = &c->of[c->n];
	if (c->n == CATALOGUES_MAX || code.n >= sizeof(to->code))
		return RES_BAD;
	memcpy(to->code, code.p, code.n);
	to->code[code.n] = '\0';
	to->source = slice_is(code, "en");
	snprintf(path, sizeof(path), "%s/%s.po", dir, to->code);
	enum result res = read_po(path, to->source, &to->po);
	if (res == RES_OK)
		c->n++;
	return res;
}

/* PO_DIR/LINGUAS: codes between white space; a line that begins with # is a comment. */
static enum result read_all(const char *dir, struct catalogues *c)
{
	char path[4096];
	struct buf text = BUF_LIMIT(1 << 16);
	snprintf(path, sizeof(path), "%s/LINGUAS", dir);
	enum result res = read_file(path, &text);
	if (res != RES_OK)
		fprintf(stderr, "%s: cannot be read\n", path);
	struct slice rest = buf_get(&text), line, code;
	while (res == RES_OK && slice_cut(&rest, '\n', &line)) {
		if (slice_starts(line, "#"))
			continue;
		while (res == RES_OK && slice_cut(&line, ' ', &code))
			if (slice_trim(code).n)
				res = add_language(c, dir, slice_trim(code));
	}
	buf_free(&text);
	return res;
}

static int write_tables(const struct catalogues *c, const char *path)
{
	struct buf out = BUF_LIMIT((size_t)32 << 20);
	catalogues_tables(c, &out);
	FILE *f = fopen(path, "wb");
	bool ok = f && fwrite(out.p, 1, out.n, f) == out.n && !out.full;
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		fprintf(stderr, "%s: cannot be written\n", path);
	buf_free(&out);
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	static struct catalogues c;
	struct buf report = BUF_LIMIT(1 << 20);
	struct po source = { 0 };
	bool check = argc == 4 && strcmp(argv[1], "check") == 0;
	int status = 1;
	if (argc != 4 || (!check && strcmp(argv[1], "tables") != 0)) {
		fprintf(stderr, "usage: poc tables PO_DIR OUT.c | poc check PO_DIR TEXTS.pot\n");
		return 2;
	}
	c.dir = argv[2];
	if (read_all(argv[2], &c) != RES_OK || (check && read_po(argv[3], false, &source) != RES_OK))
		goto out;
	int bad = catalogues_heads(&c, &report);
	if (bad)
		goto told;
	bad = catalogues_sound(&c, &report);
	if (check) {
		bad += catalogues_complete(&c, &source, &report);
		bad += catalogues_own_words(&c, &report);
	} else {
		bad += catalogues_alike(&c, &report);
	}
told:
	if (bad == 0)
		catalogues_count(&c, check, &report);
	fprintf(stderr, "%s", report.p ? report.p : "");
	if (bad == 0)
		status = check ? 0 : write_tables(&c, argv[3]);
out:
	buf_free(&report);
	po_free(&source);
	catalogues_free(&c);
	return status;
}
