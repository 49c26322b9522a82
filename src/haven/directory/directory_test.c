#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db_testing.h"
#include "haven/directory/directory.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

static struct db *db;

struct named {
	const char *name, *number;
	bool is_protected;
};

static const struct named crowd[] = {
	{ "Ingrid Solli", "1001", false },    { "Ingvild Aas-Solberg", "1002", false }, { "Åse Mo", "1003", false },
	{ "Per Ødegård", "1004", false },     { "Anna Lie", "1005", true },            { "Æsa Þórsdóttir", "1006", false },
	{ "Ali Şahin", "77", false },
};

static struct id id_of(size_t n)
{
	return (struct id){ { (unsigned char)(n >> 8), (unsigned char)(n + 1), 9 } };
}

static struct door_person person_of(size_t i)
{
	return (struct door_person){ .id = id_of(i), .number = crowd[i].number, .name = crowd[i].name, .unit = "Trust / Ward",
				     .profession = "", .level = "", .lang = "nb", .email = "", .phone = "",
				     .protected = crowd[i].is_protected };
}

static enum result fill(struct tx *tx, void *ctx)
{
	struct door_person list[ARRAY_LEN(crowd)];
	(void)ctx;
	for (size_t i = 0; i < ARRAY_LEN(crowd); i++)
		list[i] = person_of(i);
	struct door_people people = { 1, false, list, ARRAY_LEN(crowd) };
	return directory_take(tx, &people);
}

static int set_up(void **state)
{
	(void)state;
	db_for_test(haven_migrations, haven_migrations_n, &db);
	return db_write(db, fill, NULL) == RES_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	db_for_test_end(&db);
	return 0;
}

struct searching {
	const char *typed;
	struct arena *a;
	struct directory_found found;
};

static enum result search(struct tx *tx, void *ctx)
{
	struct searching *s = ctx;
	return directory_search(tx, s->a, slice_of(s->typed), &s->found);
}

/* The names found, in order, in `out`; "?" where there is none. */
static enum result found(const char *typed, char out[400])
{
	struct searching s = { .typed = typed, .a = arena_new() };
	enum result res = db_read(db, search, &s);
	out[0] = 0;
	for (size_t i = 0; res == RES_OK && i < s.found.n; i++)
		snprintf(out + strlen(out), 400 - strlen(out), "%s%s", i ? ", " : "",
			 s.found.list[i].name ? s.found.list[i].name : "?");
	if (res == RES_OK && s.found.more)
		snprintf(out + strlen(out), 400 - strlen(out), " …");
	arena_free(&s.a);
	return res;
}

#define FINDS(typed, want)                                           \
	do {                                                         \
		char got[400];                                       \
		assert_int_equal(found(typed, got), RES_OK);         \
		assert_string_equal(got, want);                      \
	} while (0)

static void a_person_is_found_by_the_beginnings_of_her_names_as_people_type_them(void **state)
{
	(void)state;
	FINDS("ingrid", "Ingrid Solli");
	FINDS("sol", "Ingrid Solli, Ingvild Aas-Solberg");
	FINDS("SOL ing", "Ingrid Solli, Ingvild Aas-Solberg");
	FINDS("Solli, Ingrid", "Ingrid Solli");
	FINDS("ase", "Åse Mo");
	FINDS("åse", "Åse Mo");
	FINDS("ÅSE", "Åse Mo");
	FINDS("odegard", "Per Ødegård");
	FINDS("thorsdottir", "Æsa Þórsdóttir");
	FINDS("Şahin", "Ali Şahin");
}

static void nobody_is_found_by_the_middle_of_a_name_or_by_another_one(void **state)
{
	(void)state;
	FINDS("olli", "");
	FINDS("ingrid berg", "");
	FINDS("aas%", "Ingvild Aas-Solberg"); /* a sign is no letter, and no pattern */
	FINDS("ing%id", "");
	FINDS("_ngrid", "");
}

static void too_little_to_go_by_is_refused(void **state)
{
	char got[400];
	(void)state;
	assert_int_equal(found("so", got), RES_BAD);
	assert_int_equal(found("å", got), RES_BAD);
	assert_int_equal(found("", got), RES_BAD);
	assert_int_equal(found(" ,.- ", got), RES_BAD);
	assert_int_equal(found("10", got), RES_BAD); /* no such number either */
}

static void a_number_finds_one_person_whole_and_only(void **state)
{
	(void)state;
	FINDS("1001", "Ingrid Solli");
	FINDS("77", "Ali Şahin");
	FINDS("100", "");
}

static void a_protected_person_is_found_by_number_alone_and_without_name(void **state)
{
	(void)state;
	FINDS("anna", "");
	FINDS("1005", "?");
}

static enum result end_one(struct tx *tx, void *ctx)
{
	struct door_person p = person_of(*(size_t *)ctx);
	p.ended = true;
	struct door_people people = { 2, false, &p, 1 };
	return directory_take(tx, &people);
}

static void whoever_has_left_is_not_found(void **state)
{
	size_t first = 0;
	(void)state;
	assert_int_equal(db_write(db, end_one, &first), RES_OK);
	FINDS("ingrid", "");
	char got[400];
	assert_int_equal(found("1001", got), RES_OK);
	assert_string_equal(got, "");
}

static enum result put_many(struct tx *tx, void *ctx)
{
	struct door_person *list = must_alloc(2500, sizeof(*list));
	char names[2500][40];
	(void)ctx;
	for (size_t i = 0; i < 2500; i++) {
		snprintf(names[i], sizeof(names[i]), "Mange %04zu", i);
		list[i] = person_of(0);
		list[i].id = id_of(500 + i);
		list[i].id.b[3] = (unsigned char)(i >> 4);
		list[i].number = "";
		list[i].name = names[i];
	}
	struct door_people people = { 3, false, list, 2500 };
	enum result res = directory_take(tx, &people);
	free(list);
	return res;
}

static void of_many_the_first_eight_are_shown_and_that_there_are_more(void **state)
{
	(void)state;
	assert_int_equal(db_write(db, put_many, NULL), RES_OK);
	FINDS("mange", "Mange 0000, Mange 0001, Mange 0002, Mange 0003, Mange 0004, Mange 0005, Mange 0006, Mange 0007 …");
	FINDS("mange 2499", "Mange 2499");
	FINDS("ingrid", "Ingrid Solli");
}

static void every_sentence_fits_its_tables(void **state)
{
	(void)state;
	assert_true(db_test_prepare_all(db) > 6);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		TEST(every_sentence_fits_its_tables),
		TEST(a_person_is_found_by_the_beginnings_of_her_names_as_people_type_them),
		TEST(nobody_is_found_by_the_middle_of_a_name_or_by_another_one),
		TEST(too_little_to_go_by_is_refused),
		TEST(a_number_finds_one_person_whole_and_only),
		TEST(a_protected_person_is_found_by_number_alone_and_without_name),
		TEST(whoever_has_left_is_not_found),
		TEST(of_many_the_first_eight_are_shown_and_that_there_are_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
