/* people_import_testing.h: a database, the command that fills it from a file, and looks at what is in it. */
#ifndef PEOPLE_IMPORT_TESTING_H
#define PEOPLE_IMPORT_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/db_testing.h"
#include "duty/people/people.h"
#include "duty/people/people_import.h"
#include "duty/people/people_testing.h"

extern const struct migration duty_migrations[];
extern const size_t duty_migrations_n;

struct bench {
	struct db *db;
	struct clock *clock;
	struct arena *a;
	char file[64], bad[64];
	char *out, *err; /* what the last command said */
};

static inline int set_up(void **state)
{
	struct bench *b = must_alloc(1, sizeof(*b));
	int fd;

	db_for_test(duty_migrations, duty_migrations_n, &b->db);
	b->clock = clock_by_hand((struct instant){ 1795000000 }); /* 2026-11-18 */
	b->a = arena_new();
	strcpy(b->file, "/tmp/makker-people-XXXXXX");
	fd = mkstemp(b->file);
	if (fd < 0)
		return -1;
	close(fd);
	snprintf(b->bad, sizeof(b->bad), "%s.bad", b->file);
	*state = b;
	return 0;
}

static inline int tear_down(void **state)
{
	struct bench *b = *state;

	unlink(b->file);
	unlink(b->bad);
	free(b->out);
	free(b->err);
	arena_free(&b->a);
	clock_free(&b->clock);
	db_for_test_end(&b->db);
	free(b);
	return 0;
}

static inline void put_file(const char *path, const char *p, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* Writes the file and runs the command on it with the options; returns its exit code. */
static inline int import_bytes(struct bench *b, const char *p, size_t n, const char *const *options)
{
	char room[] = "people", what[] = "import", *argv[32] = { room, what, b->file };
	int argc = 3, code;
	size_t out_n, err_n;
	FILE *out, *err;

	free(b->out);
	free(b->err);
	out = open_memstream(&b->out, &out_n);
	err = open_memstream(&b->err, &err_n);
	put_file(b->file, p, n);
	for (; options && *options; options++)
		argv[argc++] = (char *)(uintptr_t)*options;
	code = people_command(b->db, b->clock, random_system(), argc, argv, out, err);
	fclose(out);
	fclose(err);
	return code;
}

#define import(b, text, ...) import_bytes((b), (text), strlen(text), (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

static inline void said(const struct bench *b, const char *what)
{
	if (!strstr(b->out, what) && !strstr(b->err, what))
		fail_msg("“%s” was not said, but:\n%s%s", what, b->out, b->err);
}

static inline char *dump(struct bench *b)
{
	struct buf d = BUF_LIMIT(64 << 20);

	assert_int_equal(db_dump(b->db, &d), RES_OK);
	return d.p;
}

/* ---- looking ---- */

struct seen {
	struct arena *a;
	const char *typed;
	struct person_lines lines;
	struct person *changes, one;
	struct unit_line *unit;
	struct id id;
	size_t n, max;
	int64_t after, to;
	bool more;
};

static inline enum result look_search(struct tx *tx, void *ctx)
{
	struct seen *l = ctx;

	return people_search(tx, l->a, slice_of(l->typed), &l->lines);
}

static inline enum result look_changes(struct tx *tx, void *ctx)
{
	struct seen *l = ctx;

	return people_changes_after(tx, l->a, l->after, l->max, &l->changes, &l->n, &l->to, &l->more);
}

static inline enum result look_units(struct tx *tx, void *ctx)
{
	struct seen *l = ctx;

	return people_units(tx, l->a, &l->unit, &l->n);
}

static inline enum result look_members(struct tx *tx, void *ctx)
{
	struct seen *l = ctx;

	return people_unit_members(tx, l->a, &l->id, l->max, &l->lines);
}

static inline enum result look_leaders(struct tx *tx, void *ctx)
{
	struct seen *l = ctx;

	return people_unit_leaders(tx, l->a, &l->id, &l->lines);
}

static inline enum result look_one(struct tx *tx, void *ctx)
{
	struct seen *l = ctx;

	return people_get(tx, l->a, &l->id, &l->one);
}

/* The names found, with commas between; a protected one is "?". */
static inline const char *names(struct bench *b, const struct person_lines *lines)
{
	const char *s = "";

	for (size_t i = 0; i < lines->n; i++)
		s = arena_printf(b->a, "%s%s%s", s, i ? "," : "", lines->list[i].is_protected ? "?" : lines->list[i].name);
	return s;
}

static inline const char *search(struct bench *b, const char *typed)
{
	struct seen l = { .a = b->a, .typed = typed };

	assert_int_equal(db_read(b->db, look_search, &l), RES_OK);
	return names(b, &l.lines);
}

static inline struct seen changes(struct bench *b, int64_t after, size_t max)
{
	struct seen l = { .a = b->a, .after = after, .max = max };

	assert_int_equal(db_read(b->db, look_changes, &l), RES_OK);
	return l;
}

static inline struct person *called(struct seen *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->changes[i].name, name) == 0)
			return &l->changes[i];
	fail_msg("%s is not there", name);
	return NULL;
}

static inline struct id unit_called(struct bench *b, const char *path)
{
	struct seen l = { .a = b->a };

	assert_int_equal(db_read(b->db, look_units, &l), RES_OK);
	for (size_t i = 0; i < l.n; i++)
		if (strcmp(l.unit[i].path, path) == 0)
			return l.unit[i].id;
	fail_msg("no unit %s", path);
	return (struct id){ 0 };
}

static inline const char *leaders(struct bench *b, const char *path)
{
	struct seen l = { .a = b->a, .id = unit_called(b, path) };

	assert_int_equal(db_read(b->db, look_leaders, &l), RES_OK);
	return names(b, &l.lines);
}

static const char workplace[] =
    "Ansattnr;Navn;Fødselsnummer;E-post;Privat mobil;Enhet;Yrkesgruppe;Leder;Skjermet;Språk\r\n"
    "1;\"Sand, Ås\";01819010001;as@example.org;+4799000001;Trust / North;Leader;;;nb\r\n"
    "2;\"Mo, Åse\";15827510057;ase@example.org;;Trust / North / Ward A;Nurse;as@example.org;;sv\r\n"
    "3;\"O'Brien, Pat\";;;+4799000003;Trust / North / Ward A;Nurse;2;;\r\n"
    ";\"Null, Null\";;;;Trust / North / Ward A;Porter;2;;en\r\n"
    ";\"Null, Null\";;;;Trust / North / Ward A;Porter;2;;en\r\n"
    "6;\"Hemmelig, Hanna\";;hanna@example.org;;Trust / North / Ward A;Nurse;2;Kode 6;\r\n";

/* n people from number `first`. */
static inline const char *many(struct bench *b, int first, int n)
{
	struct buf f = BUF_LIMIT(1 << 20);
	const char *s;

	buf_str(&f, "Employee ID,Name\n");
	for (int i = first; i < first + n; i++)
		buf_printf(&f, "%d,Person %c%c\n", i, 'a' + i / 26, 'a' + i % 26);
	s = arena_str(b->a, buf_get(&f));
	buf_free(&f);
	return s;
}

#define t(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
