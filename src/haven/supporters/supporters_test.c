/* What the matching is told of a supporter, and what is said of nobody. */
#include "haven/directory/directory.h"
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

/* ---- everybody at once ---- */

SQL(test_person, "bb?", "", "UPDATE supporter SET person = $2 WHERE id = $1");
SQL(test_end, "b", "", "UPDATE supporter SET ended = 1 WHERE id <> $1");

static enum result add_one(struct tx *tx, void *ctx)
{
	const struct id *id = ctx;
	return db_do(tx, &test_supporter, NULL, v_id(id), v_str("Kari Nes"), v_str("Kari"), v_str("more@example.org"),
		     v_str("00000124"));
}


static enum result put_crowd(struct tx *tx, void *ctx)
{
	struct id person[2] = { id_of(100), id_of(101) };
	struct door_person people[2] = {
		{ .id = person[0], .number = "1", .name = "A", .unit = "", .profession = "", .level = "", .staff = true,
		  .lang = "nb", .email = "", .phone = "" },
		{ .id = person[1], .number = "2", .name = "B", .unit = "", .profession = "", .level = "", .lang = "nb",
		  .email = "", .phone = "" },
	};
	struct door_people all = { 1, false, people, 2 };
	(void)ctx;
	enum result res = directory_take(tx, &all);
	for (unsigned i = 0; res == RES_OK && i < CROWD; i++) {
		struct id id = id_of(i);
		res = db_do(tx, &test_person, NULL, v_id(&id), v_id(i < 2 ? &person[i] : NULL));
		for (unsigned k = 0; res == RES_OK && k < i % 4; k++)
			res = db_do(tx, &test_window, NULL, v_id(&id), v_int(k), v_int(480), v_int(960), v_int(0));
		for (unsigned k = 0; res == RES_OK && k < i % 3; k++)
			res = supporters_load(tx, random_system(), &id, (struct day){ TODAY }, 1);
	}
	return res;
}

struct counted {
	struct arena *a;
	const struct matching_supporter *list;
	size_t n;
	int64_t sentences;
};

static enum result count_facts(struct tx *tx, void *ctx)
{
	struct counted *c = ctx;
	struct supporters_words *w = supporters_words_new(c->a);
	int64_t before = db_test_sentences(tx);
	enum result res = supporters_facts(tx, c->a, w, (struct day){ TODAY }, &c->list, &c->n);
	c->sentences = db_test_sentences(tx) - before;
	return res;
}

static enum result end_all_but_one(struct tx *tx, void *ctx)
{
	struct id one = id_of(0);
	(void)ctx;
	return db_do(tx, &test_end, NULL, v_id(&one));
}

static void each_file_keeps_its_own_hours_load_and_staff(void **state)
{
	struct counted c = { .a = arena_new() };
	(void)state;
	assert_int_equal(db_write(db, put_crowd, NULL), RES_OK);
	assert_int_equal(db_read(db, count_facts, &c), RES_OK);
	assert_int_equal(c.n, CROWD);
	for (size_t i = 0; i < c.n; i++) {
		unsigned who = c.list[i].id.b[0] - 1u;
		assert_int_equal(c.list[i].windows_n, who % 4);
		assert_int_equal(c.list[i].loads_n, who % 3);
		assert_int_equal(c.list[i].leads_staff, who == 0);
		for (size_t k = 0; k < c.list[i].windows_n; k++)
			assert_int_equal(c.list[i].windows[k].from, k * 1440 + 480);
	}
	arena_free(&c.a);
}

static void sixty_four_files_take_no_more_sentences_than_one(void **state)
{
	struct counted many = { .a = arena_new() }, one = { .a = arena_new() };
	(void)state;
	assert_int_equal(db_write(db, put_crowd, NULL), RES_OK);
	assert_int_equal(db_read(db, count_facts, &many), RES_OK);
	assert_int_equal(db_write(db, end_all_but_one, NULL), RES_OK);
	assert_int_equal(db_read(db, count_facts, &one), RES_OK);
	assert_int_equal(many.n, CROWD);
	assert_int_equal(one.n, 1);
	assert_true(one.sentences > 0);
	assert_int_equal(many.sentences, one.sentences);
	assert_true(many.sentences < 6);
	arena_free(&many.a);
	arena_free(&one.a);
}

/* ---- "not this one" ---- */

struct pair {
	struct id person, supporter;
	bool apart;
};

static enum result put_pair(struct tx *tx, void *ctx)
{
	struct pair *p = ctx;
	return p->apart ? supporters_keep_apart(tx, &p->person, &p->supporter)
			: supporters_bring_together(tx, &p->person, &p->supporter);
}

static enum result set_apart(unsigned person, unsigned supporter, bool apart)
{
	struct pair p = { id_of(person), id_of(supporter), apart };
	return db_write(db, put_pair, &p);
}

struct listing {
	struct arena *a;
	struct id person;
	const struct id *list;
	size_t n;
};

static enum result read_list(struct tx *tx, void *ctx)
{
	struct listing *l = ctx;
	return supporters_not_these(tx, l->a, &l->person, &l->list, &l->n);
}

static size_t listed(unsigned person)
{
	struct listing l = { .a = arena_new(), .person = id_of(person) };
	assert_int_equal(db_read(db, read_list, &l), RES_OK);
	arena_free(&l.a);
	return l.n;
}

static void a_supporter_is_put_on_one_persons_list_and_taken_off_again(void **state)
{
	(void)state;
	assert_int_equal(set_apart(100, 1, true), RES_OK);
	assert_int_equal(set_apart(100, 2, true), RES_OK);
	assert_int_equal(set_apart(100, 1, true), RES_OK); /* twice is harmless */
	assert_int_equal(listed(100), 2);
	assert_int_equal(listed(101), 0);
	assert_int_equal(set_apart(101, 1, false), RES_OK); /* was not there: harmless */
	assert_int_equal(set_apart(100, 1, false), RES_OK);
	assert_int_equal(set_apart(100, 1, false), RES_OK);
	assert_int_equal(listed(100), 1);
}

static void nobody_is_put_there_who_is_no_supporter(void **state)
{
	(void)state;
	assert_int_equal(set_apart(100, 200, true), RES_NONE);
	assert_int_equal(db_write(db, end_all_but_one, NULL), RES_OK);
	assert_int_equal(set_apart(100, 5, true), RES_NONE);
	assert_int_equal(listed(100), 0);
}

/* The matching reads no more than this: one more would be noted and not heeded. */
static void a_list_takes_no_more_than_the_matching_reads(void **state)
{
	struct id extra = id_of(90);
	(void)state;
	assert_int_equal(db_write(db, add_one, &extra), RES_OK);
	for (unsigned i = 0; i < SUPPORTERS_NOT_THESE_MOST; i++)
		assert_int_equal(set_apart(100, i, true), RES_OK);
	assert_int_equal(set_apart(100, 90, true), RES_REFUSED);
	assert_int_equal(set_apart(100, 3, true), RES_OK); /* is there already */
	assert_int_equal(set_apart(101, 90, true), RES_OK);
	assert_int_equal(listed(100), SUPPORTERS_NOT_THESE_MOST);
}

static enum result end_person(struct tx *tx, void *ctx)
{
	struct door_person p = { .id = *(struct id *)ctx, .number = "", .name = "A", .unit = "", .profession = "", .level = "",
				 .lang = "nb", .email = "", .phone = "", .ended = true };
	struct door_people all = { 2, false, &p, 1 };
	return directory_take(tx, &all);
}

static void a_list_ends_with_the_person_and_no_other_does(void **state)
{
	struct id person = id_of(100);
	(void)state;
	assert_int_equal(set_apart(100, 1, true), RES_OK);
	assert_int_equal(set_apart(101, 1, true), RES_OK);
	assert_int_equal(db_write(db, end_person, &person), RES_OK);
	assert_int_equal(listed(100), 0);
	assert_int_equal(listed(101), 1);
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
		TEST(each_file_keeps_its_own_hours_load_and_staff),
		TEST(sixty_four_files_take_no_more_sentences_than_one),
		TEST(a_supporter_is_put_on_one_persons_list_and_taken_off_again),
		TEST(nobody_is_put_there_who_is_no_supporter),
		TEST(a_list_takes_no_more_than_the_matching_reads),
		TEST(a_list_ends_with_the_person_and_no_other_does),
		TEST(nobody_is_full_who_is_not_there),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
