/* What a look at a personal page costs the database, and that it shows the supporters as they are. */
#include <time.h>

#include "haven/offers/offers_testing.h"

#define MANY 300
#define SENTENCES 7 /* link, task, incident, person, closing, who passed it on, whom not; and one for each who could be chosen and stands in the directory */

SQL(test_pause, "bi", "", "UPDATE supporter SET paused = $2 WHERE id = $1");
SQL(test_load, "bbi", "", "INSERT INTO load (id, supporter, day, kind) VALUES ($1, $2, $3, 1)");

struct counted {
	struct looking l;
	int64_t sentences;
};

static enum result count_work(struct tx *tx, void *ctx)
{
	struct counted *c = ctx;
	enum result res = look_work(tx, &c->l);
	c->sentences = db_test_sentences(tx);
	return res;
}

static int64_t sentences_of(struct bench *b, const char *token)
{
	struct counted c = { .l = { .b = b, .token = token } };
	assert_int_equal(offers_book(b->o, &c.l.book), RES_OK);
	assert_int_equal(db_read(b->db, count_work, &c), RES_OK);
	supporters_book_end(&c.l.book);
	return c.sentences;
}

static enum result loads_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	enum result res = RES_OK;
	for (int i = 0; res == RES_OK && i < MANY; i++) {
		struct id id = numbered(0);
		id.b[1] = (unsigned char)(i >> 8);
		id.b[2] = (unsigned char)i;
		res = db_do(tx, &test_load, NULL, v_id(&id), v_id(&b->supporter[i % SUPPORTERS]), v_int(instant_day(start).n));
	}
	return res;
}

static void a_look_asks_the_database_as_often_however_many_are_affected_and_however_much_supporters_took(void **state)
{
	struct bench *b = *state;
	take(b);
	struct letters l = letters_of(b);
	struct token t = token_of(&l, "p0@example.org");
	assert_int_equal(sentences_of(b, t.s), SENTENCES);
	assert_int_equal(db_write(b->db, loads_work, b), RES_OK);
	b->in.exposures = arena_array(b->a, struct door_exposure, MANY);
	b->in.exposures_n = MANY;
	for (int i = 0; i < MANY; i++) {
		struct id id = numbered(7);
		id.b[1] = (unsigned char)(i >> 8);
		id.b[2] = (unsigned char)i;
		b->in.exposures[i] = (struct door_exposure){ .id = id, .named = instant_day(start), .outside = true, .name = "Gjest",
							      .phone = "+47 00 00 04 00", .lang = "nb" };
	}
	take(b);
	assert_int_equal(sentences_of(b, t.s), SENTENCES);
}

struct pausing {
	struct id who;
	bool paused;
};

static enum result pause_work(struct tx *tx, void *ctx)
{
	struct pausing *p = ctx;
	return db_do(tx, &test_pause, NULL, v_id(&p->who), v_int(p->paused));
}

static void pause_her(struct db *db, struct id who, bool paused)
{
	struct pausing p = { who, paused };
	assert_int_equal(db_write(db, pause_work, &p), RES_OK);
}

static bool is_there(struct bench *b, const char *token, const struct id *supporter)
{
	struct offers_view v = { 0 };
	assert_int_equal(look(b, token, &v), RES_OK);
	for (size_t i = 0; i < v.faces_n; i++)
		if (id_eq(&v.faces[i].supporter, supporter))
			return true;
	return false;
}

/* What a colleague reads aloud is of the key that stands beside it. */
static void the_digits_of_each_face_are_those_of_her_own_key(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	char code[KEYLOG_SAFETY];
	take(b);
	struct letters l = letters_of(b);
	struct token t = token_of(&l, "p0@example.org");
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_true(v.faces_n > 1);
	for (size_t i = 0; i < v.faces_n; i++) {
		keylog_safety_code(keylog_sign_key(v.faces[i].entry), code);
		assert_string_equal(v.faces[i].safety, code);
	}
	assert_string_not_equal(v.faces[0].safety, v.faces[1].safety);
}

static struct id last_of(struct bench *b, const char *token)
{
	struct offers_view v = { 0 };
	assert_int_equal(look(b, token, &v), RES_OK);
	assert_int_equal(v.faces_n, 6);
	return v.faces[5].supporter;
}

static void whoever_is_paused_is_chosen_from_no_page_that_is_opened_after_it_and_comes_back_with_it(void **state)
{
	struct bench *b = *state;
	take(b);
	struct letters l = letters_of(b);
	struct token t = token_of(&l, "p0@example.org");
	struct id last = last_of(b, t.s);
	pause_her(b->db, last, true);
	assert_false(is_there(b, t.s, &last));
	pause_her(b->db, last, false);
	assert_true(is_there(b, t.s, &last));
}

static void a_page_that_is_being_made_keeps_the_supporters_as_it_found_them(void **state)
{
	struct bench *b = *state;
	const struct supporters_book *was, *is;
	assert_int_equal(offers_book(b->o, &was), RES_OK);
	pause_her(b->db, was->list[0].file.id, true);
	assert_int_equal(offers_book(b->o, &is), RES_OK);
	assert_ptr_not_equal(was, is);
	assert_false(was->list[0].file.paused);
	assert_true(supporters_card(is, &was->list[0].file.id)->file.paused);
	supporters_book_end(&was);
	supporters_book_end(&is);
}

#define READERS 12

struct asking {
	struct bench *b;
	pthread_barrier_t *start;
	const struct supporters_book *book;
	enum result res;
	pthread_t thread;
};

static void *ask_book(void *arg)
{
	struct asking *k = arg;
	pthread_barrier_wait(k->start);
	k->res = offers_book(k->b->o, &k->book);
	return NULL;
}

static void who_asks_while_somebody_reads_them_gets_what_that_one_reads(void **state)
{
	struct bench *b = *state;
	struct asking asks[READERS];
	pthread_barrier_t at_once;
	pthread_barrier_init(&at_once, NULL, READERS);
	pause_her(b->db, b->supporter[0], true); /* what was read before is gone */
	for (size_t i = 0; i < READERS; i++) {
		asks[i] = (struct asking){ .b = b, .start = &at_once };
		assert_int_equal(pthread_create(&asks[i].thread, NULL, ask_book, &asks[i]), 0);
	}
	for (size_t i = 0; i < READERS; i++)
		pthread_join(asks[i].thread, NULL);
	for (size_t i = 0; i < READERS; i++) {
		assert_int_equal(asks[i].res, RES_OK);
		assert_ptr_equal(asks[i].book, asks[0].book);
	}
	for (size_t i = 0; i < READERS; i++)
		supporters_book_end(&asks[i].book);
	pthread_barrier_destroy(&at_once);
}

SQL(test_lang, "t", "", "UPDATE task SET lang = $1");

static enum result lang_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &test_lang, NULL, v_str("zz"));
}

static void whose_language_has_been_taken_away_is_spoken_to_in_the_workplaces(void **state)
{
	struct bench *b = *state;
	struct offers_view v = { 0 };
	take(b);
	struct letters l = letters_of(b);
	struct token t = token_of(&l, "p0@example.org");
	assert_int_equal(db_write(b->db, lang_work, b), RES_OK);
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_int_equal(v.lang, LANG_NB);
	deliver(b, MAIL_ACCEPTED);
	move_to(b, instant_add(start, 4 * 24 * HOUR)); /* the second touch */
	l = letters_of(b);
	assert_true(count_to(&l, "p0@example.org") > 0);
	for (int i = 0; i < l.n; i++)
		if (strcmp(l.list[i].address, "p0@example.org") == 0)
			assert_non_null(strstr(l.list[i].body, "Hei"));
}

static void what_another_program_writes_is_seen_within_moments(void **state)
{
	struct bench *b = *state;
	struct db *other;
	take(b);
	struct letters l = letters_of(b);
	struct token t = token_of(&l, "p0@example.org");
	struct id last = last_of(b, t.s);
	assert_int_equal(db_open(db_for_test_where(b->db), 1, &other), RES_OK);
	pause_her(other, last, true);
	for (int i = 0; i < 150 && is_there(b, t.s, &last); i++)
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	assert_false(is_there(b, t.s, &last));
	db_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_look_asks_the_database_as_often_however_many_are_affected_and_however_much_supporters_took, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_digits_of_each_face_are_those_of_her_own_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			whoever_is_paused_is_chosen_from_no_page_that_is_opened_after_it_and_comes_back_with_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_page_that_is_being_made_keeps_the_supporters_as_it_found_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_asks_while_somebody_reads_them_gets_what_that_one_reads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(whose_language_has_been_taken_away_is_spoken_to_in_the_workplaces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_another_program_writes_is_seen_within_moments, set_up, tear_down),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
