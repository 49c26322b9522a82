/* embed-sql NAME OUTPUT DEPFILE FOLDER...: makes of 001-first.sql, 002-second.sql, … in these folders a C
   file with const struct migration NAME[]; const size_t NAME_n; (db/db.h). The folders count as one: what two
   programs share may stand in a folder of its own. Fails when a number is missing or comes twice, or a name
   is not NNN-name.sql. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_sql(const char *name)
{
	size_t n = strlen(name);
	return n > 4 && !strcmp(name + n - 4, ".sql");
}

static int only_sql(const struct dirent *e)
{
	return is_sql(e->d_name);
}

/* NNN-name.sql with the number that is due. */
static bool is_due(const char *name, int number)
{
	char want[16];
	snprintf(want, sizeof(want), "%03d-", number);
	size_t n = strlen(name);
	return !strncmp(name, want, 4) && n > 8 &&
	       strspn(name + 4, "abcdefghijklmnopqrstuvwxyz0123456789-") == n - 8;
}

/* As one C string literal a line, so that the generated file can be read. */
static bool embed(FILE *out, const char *path)
{
	FILE *in = fopen(path, "r");
	if (!in)
		return false;
	bool at_start = true;
	int c;
	while ((c = getc(in)) != EOF) {
		if (at_start)
			fputs("\n\t  \"", out);
		at_start = c == '\n';
		if (c == '\n')
			fputs("\\n\"", out);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(out, "\\%03o", (unsigned)c);
		else
			putc(c, out);
	}
	if (!at_start)
		putc('"', out);
	bool ok = !ferror(in);
	fclose(in);
	return ok;
}

struct file {
	const char *folder;
	char *name;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

/* Adds the folder's files to (*all)[*n]. */
static bool list(const char *folder, struct file **all, int *n)
{
	struct dirent **entry = NULL;
	int found = scandir(folder, &entry, only_sql, alphasort);
	if (found < 0) {
		perror(folder);
		return false;
	}
	struct file *grown = realloc(*all, (size_t)(*n + found + 1) * sizeof(struct file));
	for (int i = 0; i < found; i++) {
		char *name = grown ? strdup(entry[i]->d_name) : NULL;
		if (!name)
			abort();
		grown[(*n)++] = (struct file){ folder, name };
		free(entry[i]);
	}
	free(entry);
	*all = grown;
	return grown != NULL;
}

static bool write_all(FILE *out, FILE *dep, const char *name, const struct file *file, int n)
{
	bool ok = true;
	fprintf(out,
		"/* Made from the files of the migrations. */\n#include \"db/db.h\"\n\n"
		"extern const struct migration %s[];\nextern const size_t %s_n;\n\n"
		"const struct migration %s[] = {\n",
		name, name, name);
	for (int i = 0; i < n && ok; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", file[i].folder, file[i].name);
		if (!is_due(file[i].name, i + 1)) {
			fprintf(stderr, "embed-sql: %s stands where number %03d is due\n", path, i + 1);
			return false;
		}
		fprintf(dep, " %s", path);
		fprintf(out, "\t{ %d, \"%.*s\",\n\t  \"\"", i + 1, (int)strlen(file[i].name) - 8,
			file[i].name + 4);
		ok = embed(out, path);
		if (!ok)
			perror(path);
		fputs(" },\n", out);
	}
	fprintf(out, "};\n\nconst size_t %s_n = %d;\n", name, n);
	fputc('\n', dep);
	return ok;
}

int main(int argc, char **argv)
{
	struct file *file = NULL;
	int n = 0;
	if (argc < 5) {
		fputs("embed-sql NAME OUTPUT DEPFILE FOLDER...\n", stderr);
		return 2;
	}
	FILE *out = fopen(argv[2], "w"), *dep = fopen(argv[3], "w");
	bool ok = out && dep;
	if (!ok)
		perror("embed-sql");
	else
		fprintf(dep, "%s:", argv[2]);
	for (int i = 4; i < argc && ok; i++) {
		fprintf(dep, " %s", argv[i]); /* changes when a file comes or goes */
		ok = list(argv[i], &file, &n);
	}
	if (ok && n == 0) {
		fprintf(stderr, "embed-sql: no migrations for %s\n", argv[1]);
		ok = false;
	}
	if (ok) {
		qsort(file, (size_t)n, sizeof(*file), by_name);
		ok = write_all(out, dep, argv[1], file, n);
	}
	if (out && fclose(out) != 0)
		ok = false;
	if (dep && fclose(dep) != 0)
		ok = false;
	if (!ok)
		remove(argv[2]);
	for (int i = 0; i < n; i++)
		free(file[i].name);
	free(file);
	return ok ? 0 : 1;
}
