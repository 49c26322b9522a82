/* embed NAME OUTDIR FILE…: files become part of a program.

   Writes OUTDIR/NAME_assets.blob (every file, and its gzip form where that is a tenth
   smaller), NAME_assets.S (which takes the blob in), NAME_assets.c (the table of struct
   asset, with a hash of the content in each path) and NAME_assets.h. A tool of the build:
   it stops at the first thing that is wrong. Use in a meson.build:

     x_assets = custom_target('x_assets', input: files('offer.js'),
       output: ['x_assets.S', 'x_assets.c', 'x_assets.h', 'x_assets.blob'],
       command: [embed, 'x', '@OUTDIR@', '@INPUT@'])

   and [x_assets[0], x_assets[1], x_assets[2]] among the sources; in C:
   web_assets(web, x_assets, X_ASSETS) and asset_url(x_assets, X_ASSETS, "offer.js"). */
#include <ctype.h>
#include <libdeflate.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct file {
	const char *name; /* the last part of its path */
	const char *type;
	char hash[17];
	size_t at, n, gzip_at, gzip_n;
};

static const char *const types[][2] = {
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".html", "text/html; charset=utf-8" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".yaml", "application/yaml" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".webp", "image/webp" },
	{ ".ico", "image/x-icon" },
	{ ".wasm", "application/wasm" },
	{ ".pdf", "application/pdf" },
	{ ".woff2", "font/woff2" },
};

_Noreturn __attribute__((format(printf, 1, 2))) static void stop(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fputs("embed: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static FILE *out_file(const char *dir, const char *name, const char *ending)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof(path), "%s/%s_assets.%s", dir, name, ending) >= (int)sizeof(path))
		stop("a path is too long");
	FILE *f = fopen(path, "wb");
	if (!f)
		stop("cannot write %s", path);
	return f;
}

static void out_end(FILE *f)
{
	if (ferror(f) || fclose(f) != 0)
		stop("cannot write");
}

static unsigned char *read_file(const char *path, size_t *n_r)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END) != 0)
		stop("cannot read %s", path);
	long n = ftell(f);
	rewind(f);
	unsigned char *bytes = malloc(n > 0 ? (size_t)n : 1);
	if (n < 0 || !bytes || fread(bytes, 1, (size_t)n, f) != (size_t)n)
		stop("cannot read %s", path);
	fclose(f);
	*n_r = (size_t)n;
	return bytes;
}

static const char *type_of(const char *name)
{
	const char *ending = strrchr(name, '.');
	for (size_t i = 0; ending && i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(ending, types[i][0]))
			return types[i][1];
	stop("%s: this kind of file is not known", name);
}

static void hash_of(const unsigned char *bytes, size_t n, char out[17])
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	if (EVP_Digest(bytes, n, hash, NULL, EVP_sha256(), NULL) != 1)
		stop("no SHA-256");
	for (int i = 0; i < 8; i++)
		snprintf(out + i * 2, 3, "%02x", hash[i]);
}

/* The gzip form, or 0 when it is hardly smaller. No time and no name in it: the same input gives the same bytes. */
static size_t squeeze(const unsigned char *bytes, size_t n, unsigned char *out)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(12);
	if (!c)
		stop("no libdeflate");
	size_t made = n > 256 ? libdeflate_gzip_compress(c, bytes, n, out, n - n / 10) : 0;
	libdeflate_free_compressor(c);
	return made;
}

static void take(struct file *f, const char *path, FILE *blob, size_t *at)
{
	const char *slash = strrchr(path, '/');
	f->name = slash ? slash + 1 : path;
	for (const char *c = f->name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			stop("%s: a name of letters, digits, - _ . is wanted", f->name);
	f->type = type_of(f->name);
	unsigned char *bytes = read_file(path, &f->n), *gzip = malloc(f->n + 1);
	if (!gzip)
		stop("out of memory");
	hash_of(bytes, f->n, f->hash);
	f->at = *at;
	fwrite(bytes, 1, f->n, blob);
	f->gzip_at = f->at + f->n;
	f->gzip_n = squeeze(bytes, f->n, gzip);
	fwrite(gzip, 1, f->gzip_n, blob);
	*at = f->gzip_at + f->gzip_n;
	free(bytes);
	free(gzip);
}

static void write_table(const char *dir, const char *name, const struct file *files, int n)
{
	FILE *c = out_file(dir, name, "c");
	fprintf(c, "#include \"%s_assets.h\"\n\nextern const unsigned char %s_assets_blob[];\n\n", name, name);
	fprintf(c, "const struct asset %s_assets[%d] = {\n", name, n);
	for (int i = 0; i < n; i++) {
		const struct file *f = &files[i];
		fprintf(c, "\t{ .path = \"/a/%s/%s\", .type = \"%s\", .bytes = %s_assets_blob + %zu, .n = %zu",
			f->hash, f->name, f->type, name, f->at, f->n);
		if (f->gzip_n)
			fprintf(c, ", .gzip = %s_assets_blob + %zu, .gzip_n = %zu", name, f->gzip_at, f->gzip_n);
		fputs(" },\n", c);
	}
	fputs("};\n", c);
	out_end(c);
}

static void write_header(const char *dir, const char *name, int n)
{
	char upper[64];
	size_t k = 0;
	for (; name[k] && k < sizeof(upper) - 1; k++)
		upper[k] = (char)toupper((unsigned char)name[k]);
	upper[k] = '\0';
	FILE *h = out_file(dir, name, "h");
	fprintf(h, "#ifndef %s_ASSETS_H\n#define %s_ASSETS_H\n\n#include \"web/server.h\"\n\n", upper, upper);
	fprintf(h, "#define %s_ASSETS %d\nextern const struct asset %s_assets[%s_ASSETS];\n\n#endif\n", upper, n, name,
		upper);
	out_end(h);
}

static void write_assembly(const char *dir, const char *name, const struct file *files, int n)
{
	char full[PATH_MAX];
	if (!realpath(dir, full))
		stop("there is no %s", dir);
	FILE *s = out_file(dir, name, "S");
	/* The hashes are here so that this file changes whenever the blob does. */
	for (int i = 0; i < n; i++)
		fprintf(s, "/* %s %s */\n", files[i].hash, files[i].name);
	fprintf(s, "\t.section .rodata\n\t.global %s_assets_blob\n\t.type %s_assets_blob, %%object\n\t.balign 16\n", name,
		name);
	fprintf(s, "%s_assets_blob:\n\t.incbin \"%s/%s_assets.blob\"\n\t.byte 0\n", name, full, name);
	fprintf(s, "\t.size %s_assets_blob, . - %s_assets_blob\n\t.section .note.GNU-stack,\"\",%%progbits\n", name, name);
	out_end(s);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		stop("usage: embed NAME OUTDIR FILE…");
	const char *name = argv[1], *dir = argv[2];
	int n = argc - 3;
	struct file *files = calloc((size_t)n, sizeof(*files));
	FILE *blob = out_file(dir, name, "blob");
	size_t at = 0;
	if (!files)
		stop("out of memory");
	for (int i = 0; i < n; i++) {
		take(&files[i], argv[3 + i], blob, &at);
		for (int k = 0; k < i; k++)
			if (!strcmp(files[k].name, files[i].name))
				stop("two files are called %s", files[i].name);
	}
	out_end(blob);
	write_assembly(dir, name, files, n);
	write_table(dir, name, files, n);
	write_header(dir, name, n);
	free(files);
	return 0;
}
