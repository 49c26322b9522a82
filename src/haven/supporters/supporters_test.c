/* What the matching is told of a supporter, and what is said of nobody. */
#include "haven/supporters/supporters_testing.h"

/* ---- files ---- */

static enum result put_loads(struct tx *tx, void *ctx)
{
	struct id id = id_of(0);
	enum result res = RES_OK;
	(void)ctx;
	static const int days[] = { TODAY, TODAY - 5, TODAY - 27, TODAY - 28, TODAY - 100 };
	for (size_t i = 0; res == RES_OK && i < ARRAY_LEN(days); i++)
		res = supporters_load(tx, random_system(), &id, (struct day){ days[i] }, 1);
	if (res == RES_OK)
		res = supporters_set_full(tx, &id, true);
	if (res == RES_OK)
		res = db_do(tx, &test_window, NULL, v_id(&id), v_int(1), v_int(1200), v_int(1920), v_int(1));
	return res;
}

struct facts {
	struct arena *a;
	const struct matching_supporter *list;
	size_t n;
	int load;
};

static enum result facts(struct tx *tx, void *ctx)
{
	struct facts *f = ctx;
	struct id id = id_of(0), nobody = id_of(200);
	struct supporters_words *w = supporters_words_new(f->a);
	enum result res = supporters_facts(tx, f->a, w, (struct day){ TODAY }, &f->list, &f->n);
	if (res == RES_OK)
		res = supporters_load_now(tx, &id, (struct day){ TODAY }, 28, &f->load);
	assert_int_equal(supporters_get(tx, f->a, &nobody, &(struct supporter){ 0 }), RES_NONE);
	assert_int_equal(supporters_unit(w, "A / B / C"), 2);
	assert_int_equal(supporters_unit(w, "A / B"), 1);
	assert_int_equal(supporters_unit(w, "A"), 0);
	assert_int_equal(supporters_unit(w, "AB"), 3);
	assert_int_equal(supporters_unit(w, ""), -1);
	const int32_t *parent;
	size_t parents;
	supporters_tree(w, &parent, &parents);
	assert_int_equal(parents, 4);
	assert_int_equal(parent[2], 1);
	assert_int_equal(parent[1], 0);
	assert_int_equal(parent[0], -1);
	assert_int_equal(parent[3], -1);
	assert_int_equal(supporters_profession(w, "Nurse"), 1);
	assert_int_equal(supporters_profession(w, "Porter"), 2);
	assert_int_equal(supporters_profession(w, NULL), 0);
	assert_int_equal(supporters_level("Level 3"), 3);
	assert_int_equal(supporters_level("none"), 0);
	return res;
}

static void the_matching_is_told_each_file_as_it_stands(void **state)
{
	(void)state;
	struct facts f = { .a = arena_new() };
	struct id id = id_of(0);
	const struct matching_supporter *s = NULL;
	assert_int_equal(db_write(db, put_loads, NULL), RES_OK);
	assert_int_equal(db_read(db, facts, &f), RES_OK);
	assert_int_equal(f.n, CROWD);
	for (size_t i = 0; i < f.n; i++)
		if (id_eq(&f.list[i].id, &id))
			s = &f.list[i];
	assert_non_null(s);
	assert_true(s->full);
	assert_false(s->has_key);
	assert_int_equal(s->loads_n, 3);
	assert_int_equal(f.load, 3);
	assert_int_equal(s->windows_n, 1);
	assert_int_equal(s->windows[0].from, 1440 + 1200);
	assert_int_equal(s->windows[0].minutes, 720);
	assert_true(s->windows[0].standby);
	assert_int_equal(s->languages, 1u << LANG_NB | 1u << LANG_EN);
	assert_int_equal(s->accredited_until.n, 30000);
	arena_free(&f.a);
}

static enum result fill_nobody(struct tx *tx, void *ctx)
{
	struct id nobody = id_of(200);
	(void)ctx;
	return supporters_set_full(tx, &nobody, true);
}

static void nobody_is_full_who_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(db_write(db, fill_nobody, NULL), RES_NONE);
}

static void every_sentence_fits_its_tables(void **state)
{
	(void)state;
	assert_true(db_test_prepare_all(db) > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_sentence_fits_its_tables),
		TEST(the_matching_is_told_each_file_as_it_stands),
		TEST(nobody_is_full_who_is_not_there),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
