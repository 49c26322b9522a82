/* offers_testing.h: a haven of twenty supporters, an incident for four people, and all that can be done with it. */
#ifndef OFFERS_TESTING_H
#define OFFERS_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "haven/directory/directory.h"
#include "haven/offers/offers_inside.h"
#include "haven/offers/offers_rules.h"
#include "haven/supporters/supporters.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

#define SUPPORTERS 20
#define PEOPLE 4
#define HOUR 3600

/* Wednesday 18 November 2026, 12:00 in Oslo. */
static const struct instant start = { 1794999600 };

struct bench {
	struct db *db;
	struct clock *clock;
	struct clockwork *cw;
	struct offers *o;
	struct arena *a;
	struct id supporter[SUPPORTERS], person[PEOPLE], exposure[PEOPLE], incident;
	struct door_incident in;
	struct door_exposure exposures[PEOPLE];
};

SQL(test_supporter, "btttti", "",
    "INSERT INTO supporter (id, person, name, given, email, phone, unit_path, profession, level, languages, since_year, "
    "interview_day, training_day, check_day, accredited_until, paused, is_full, ended) "
    "VALUES ($1, NULL, $2, $3, $4, $5, 'Trust / Ward', 'Nurse', '', 'nb en', 2023, 20000, 20000, 20000, $6, 0, 0, 0)");
SQL(test_key, "ibbbb", "",
    "INSERT INTO key_log (n, supporter, kind, x25519, key_id, entry) VALUES ($1, $2, 1, $3, $4, $5)");
SQL(test_window, "bi", "",
    "INSERT INTO duty_window (supporter, weekday, from_minute, to_minute, standby) VALUES ($1, $2, 540, 1260, 0)");
SQL(test_outbox, "", "id:b way:i kind:t about:b address:t body:t",
    "SELECT id, way, kind, about, address, body FROM outbox ORDER BY address, kind, id");
SQL(test_outbox_gone, "b", "", "DELETE FROM outbox WHERE id = $1");
SQL(test_result, "btbiii", "",
    "INSERT INTO mail_result (id, kind, about, way, result, day) VALUES ($1, $2, $3, $4, $5, $6)");

static inline struct id numbered(int n)
{
	struct id id = { { 0 } };
	id.b[0] = (unsigned char)(n + 1);
	id.b[15] = 7;
	return id;
}

static inline enum result put_supporters(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	enum result res = RES_OK;
	for (int i = 0; i < SUPPORTERS && res == RES_OK; i++) {
		char name[32], email[64];
		unsigned char key[32] = { 9 }, entry[256] = { 1, 1 };
		b->supporter[i] = numbered(100 + i);
		key[1] = entry[keylog_sign_key(entry) - entry] = (unsigned char)i;
		snprintf(name, sizeof(name), "Supporter%d", i);
		snprintf(email, sizeof(email), "s%d@example.org", i);
		res = db_do(tx, &test_supporter, NULL, v_id(&b->supporter[i]), v_str(name), v_str(name), v_str(email),
			    v_str("+47 00 00 00 01"), v_int(30000));
		if (res == RES_OK)
			res = db_do(tx, &test_key, NULL, v_int(i), v_id(&b->supporter[i]), v_bytes(key, 32), v_bytes(key, 8),
				    v_bytes(entry, 256));
		for (int d = 0; d < 7 && res == RES_OK; d++)
			res = db_do(tx, &test_window, NULL, v_id(&b->supporter[i]), v_int(d));
	}
	return res;
}

static inline enum result put_people(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	struct door_person list[PEOPLE];
	static const char *const email[] = { "p0@example.org", "p1@example.org", "", "p3@example.org" };
	for (int i = 0; i < PEOPLE; i++) {
		b->person[i] = numbered(i);
		list[i] = (struct door_person){ .id = b->person[i], .number = "", .name = "Ingrid Solli", .unit = "Trust / Ward",
						.profession = "Nurse", .level = "", .lang = "nb", .email = email[i],
						.phone = i == 3 ? "" : "+47 00 00 03 00" };
	}
	struct door_people people = { 1, false, list, PEOPLE };
	return directory_take(tx, &people);
}

static inline enum result start_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	return offers_start(tx, b->o);
}

static inline void nothing(void *ctx)
{
	(void)ctx;
}

/* In this database, which takes no other part in the test before. */
static inline int set_up_in(void **state, bool sms, struct db *db)
{
	struct bench *b = must_alloc(1, sizeof(*b));
	if (crypt_init() != RES_OK)
		return -1;
	b->db = db;
	b->clock = clock_by_hand(start);
	b->a = arena_new();
	struct offers_setup setup = { b->db, b->clock, random_system(), "http://haven.example", "Fjordvik", LANG_NB };
	setup.sms = sms;
	setup.quiet = (struct post_quiet){ 21 * 60, 7 * 60 };
	setup.country = "no";
	b->o = offers_new(&setup);
	b->cw = clockwork_new(b->db, b->clock);
	offers_jobs(b->o, b->cw, nothing, NULL);
	if (db_write(b->db, start_work, b) != RES_OK || db_write(b->db, put_supporters, b) != RES_OK || db_write(b->db, put_people, b) != RES_OK)
		return -1;
	b->incident = numbered(200);
	for (int i = 0; i < PEOPLE; i++)
		b->exposures[i] = (struct door_exposure){ .id = b->exposure[i] = numbered(50 + i), .named = instant_day(start), .person = b->person[i] };
	b->in = (struct door_incident){ .id = b->incident, .title = "Noe tungt på vakt", .severity = 1,
					.day = instant_day(start), .unit = "Trust / Ward", .excluded = b->person,
					.excluded_n = PEOPLE, .exposures = b->exposures, .exposures_n = PEOPLE };
	*state = b;
	return 0;
}

static inline int set_up_with(void **state, bool sms)
{
	struct db *db;
	db_for_test(haven_migrations, haven_migrations_n, &db);
	return set_up_in(state, sms, db);
}

static inline int set_up(void **state)
{
	return set_up_with(state, false);
}

static inline int tear_down(void **state)
{
	struct bench *b = *state;
	clockwork_free(&b->cw);
	if (b->db) /* else a test has closed it */
		db_hear_no_more(b->db);
	offers_free(&b->o);
	arena_free(&b->a);
	clock_free(&b->clock);
	db_for_test_end(&b->db);
	free(b);
	return 0;
}

/* ---- what is done ---- */

static inline enum result take_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	return offers_take(tx, b->o, &b->in);
}

static inline void take(struct bench *b)
{
	assert_int_equal(db_write(b->db, take_work, b), RES_OK);
}

static inline void move_to(struct bench *b, struct instant to)
{
	struct instant due;
	int done;
	while (clockwork_next(b->cw, &due) == RES_OK && due.s <= to.s) {
		clock_set(b->clock, due);
		assert_int_equal(clockwork_settle(b->cw, &done), RES_OK);
		assert_true(done > 0);
	}
	clock_set(b->clock, to);
}

struct letter {
	struct id id, about;
	const char *kind, *address, *body;
	enum post_way way;
};

struct letters {
	struct bench *b;
	struct letter list[512];
	int n;
	enum mail_result result; /* for deliver_work */
	const char *only;        /* to this address; NULL: all */
};

static inline enum result letters_work(struct tx *tx, void *ctx)
{
	struct letters *l = ctx;
	struct rows *rows;
	l->n = 0;
	enum result res = db_ask_n(tx, &test_outbox, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while (l->n < (int)ARRAY_LEN(l->list) && (res = rows_next(rows)) == RES_OK)
		l->list[l->n++] = (struct letter){ row_id(rows, 0), row_id(rows, 3), arena_str(l->b->a, row_text(rows, 2)),
						   arena_str(l->b->a, row_text(rows, 4)), arena_str(l->b->a, row_text(rows, 5)),
						   (enum post_way)row_int(rows, 1) };
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static inline struct letters letters_of(struct bench *b)
{
	struct letters l = { .b = b };
	assert_int_equal(db_read(b->db, letters_work, &l), RES_OK);
	return l;
}

/* How many letters of this kind about this task lie in the outbox. */
static inline int count_about(struct bench *b, const char *kind, const struct id *task)
{
	struct letters l = letters_of(b);
	int n = 0;
	for (int i = 0; i < l.n; i++)
		n += strcmp(l.list[i].kind, kind) == 0 && id_eq(&l.list[i].about, task);
	return n;
}

static inline int count_to(const struct letters *l, const char *address)
{
	int n = 0;
	for (int i = 0; i < l->n; i++)
		n += strcmp(l->list[i].address, address) == 0;
	return n;
}

static inline enum result deliver_work(struct tx *tx, void *ctx)
{
	struct letters *l = ctx;
	enum result res = RES_OK;
	for (int i = 0; i < l->n && res == RES_OK; i++) {
		if (l->only && strcmp(l->only, l->list[i].address) != 0)
			continue;
		res = db_do(tx, &test_outbox_gone, NULL, v_id(&l->list[i].id));
		if (res == RES_OK)
			res = db_do(tx, &test_result, NULL, v_id(&l->list[i].id), v_str(l->list[i].kind),
				    v_id(&l->list[i].about), v_int(l->list[i].way), v_int(l->result),
				    v_int(instant_day(clock_now(l->b->clock)).n));
	}
	return res;
}

/* Everything in the outbox goes, with this result; the room hears of it. */
static inline struct letters deliver(struct bench *b, enum mail_result result)
{
	struct letters l = letters_of(b);
	l.result = result;
	assert_int_equal(db_write(b->db, deliver_work, &l), RES_OK);
	assert_int_equal(offers_hear_post(b->o), RES_OK);
	return l;
}

struct fate {
	struct id task;
	const char *kind;
	enum post_way way;
	enum mail_result result;
	struct day day;
};

static inline enum result fate_work(struct tx *tx, void *ctx)
{
	const struct fate *f = ctx;
	struct id id = id_new(random_system(), "test/result");
	return db_do(tx, &test_result, NULL, v_id(&id), v_str(f->kind), v_id(&f->task), v_int(f->way), v_int(f->result), v_int(f->day.n));
}

/* What became of the message of this kind to person i, as the post tells it. */
static inline void becomes(struct bench *b, int i, const char *kind, enum post_way way, enum mail_result result)
{
	struct fate f = { b->exposure[i], kind, way, result, instant_day(clock_now(b->clock)) };
	assert_int_equal(db_write(b->db, fate_work, &f), RES_OK);
	assert_int_equal(offers_hear_post(b->o), RES_OK);
}

struct token {
	char s[ID_TEXT + 1];
};

/* The link in the newest letter to this address. */
static inline struct token token_of(const struct letters *l, const char *address)
{
	struct token t = { "" };
	for (int i = 0; i < l->n; i++) {
		const char *at = strstr(l->list[i].body, "/h/o/");
		if (at && strcmp(l->list[i].address, address) == 0)
			memcpy(t.s, at + 5, ID_TEXT);
	}
	assert_int_equal(strlen(t.s), ID_TEXT);
	return t;
}

struct looking {
	struct bench *b;
	const struct supporters_book *book;
	const char *token;
	struct offers_view view;
	struct offers_row row;
	struct id task;
};

static inline enum result look_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	return offers_open(tx, l->b->o, l->b->a, l->book, slice_of(l->token), &l->view);
}

static inline enum result look(struct bench *b, const char *token, struct offers_view *view_r)
{
	struct looking l = { .b = b, .token = token };
	assert_int_equal(offers_book(b->o, &l.book), RES_OK);
	enum result res = db_read(b->db, look_work, &l);
	supporters_book_end(&l.book);
	if (res == RES_OK)
		*view_r = l.view;
	return res;
}

static inline enum result row_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	return offers_get_task(tx, l->b->a, &l->task, &l->row);
}

static inline struct offers_row row_of(struct bench *b, int i)
{
	struct looking l = { .b = b, .task = b->exposure[i] };
	assert_int_equal(db_read(b->db, row_work, &l), RES_OK);
	return l.row;
}

/* Whether this supporter has task i now. */
static inline bool holds(struct bench *b, int i, const struct id *supporter)
{
	struct offers_row row = row_of(b, i);
	return id_eq(&row.holder, supporter);
}

struct passing {
	struct bench *b;
	struct id task, supporter;
};

static inline enum result pass_work(struct tx *tx, void *ctx)
{
	struct passing *p = ctx;
	return offers_pass_on(tx, p->b->o, &p->task, &p->supporter);
}

static inline enum result pass_on(struct bench *b, int i, struct id supporter)
{
	struct passing p = { b, b->exposure[i], supporter };
	return db_write(b->db, pass_work, &p);
}

static inline enum result seen_work(struct tx *tx, void *ctx)
{
	struct passing *p = ctx;
	return offers_seen(tx, &p->supporter, &p->task, 1);
}

static inline void see(struct bench *b, int i)
{
	struct passing p = { b, b->exposure[i], row_of(b, i).holder };
	assert_int_equal(db_write(b->db, seen_work, &p), RES_OK);
}

struct telling {
	struct bench *b;
	struct door_facts facts;
};

static inline enum result facts_work(struct tx *tx, void *ctx)
{
	struct telling *t = ctx;
	return offers_facts(tx, t->b->a, &t->facts);
}

static inline enum result told_work(struct tx *tx, void *ctx)
{
	struct telling *t = ctx;
	return offers_facts_told(tx, &t->facts);
}

/* What duty is to hear of person i: a bit for each kind of fact. */
static inline unsigned facts_of(struct bench *b, int i)
{
	struct telling t = { .b = b };
	unsigned bits = 0;
	assert_int_equal(db_read(b->db, facts_work, &t), RES_OK);
	for (size_t k = 0; k < t.facts.n; k++)
		if (id_eq(&t.facts.list[k].about, &b->exposure[i]))
			bits |= 1u << t.facts.list[k].kind;
	return bits;
}

static inline void tell_all(struct bench *b)
{
	struct telling t = { .b = b };
	assert_int_equal(db_read(b->db, facts_work, &t), RES_OK);
	assert_int_equal(db_write(b->db, told_work, &t), RES_OK);
}

static inline char *dump(struct bench *b)
{
	struct buf out = BUF_LIMIT((size_t)1 << 20);
	assert_int_equal(db_dump(b->db, &out), RES_OK);
	char *text = must_strdup(out.p);
	buf_free(&out);
	return text;
}

struct saying {
	struct bench *b;
	struct id supporter;
	struct offers_outcome list[PEOPLE];
	size_t n;
};

static inline enum result say_work(struct tx *tx, void *ctx)
{
	struct saying *s = ctx;
	return offers_outcomes(tx, s->b->o, &s->supporter, s->list, s->n);
}

/* The holder of task i says of all her tasks: reached those whose bit is set. */
static inline enum result say(struct bench *b, int i, unsigned reached)
{
	struct saying s = { .b = b, .supporter = row_of(b, i).holder };
	for (int k = 0; k < PEOPLE; k++)
		if (holds(b, k, &s.supporter))
			s.list[s.n++] = (struct offers_outcome){ b->exposure[k], reached >> k & 1 };
	return db_read(b->db, say_work, &s);
}

#define SENT (1u << DOOR_SENT)
#define UNSENDABLE (1u << DOOR_UNSENDABLE)
#define REACHED (1u << DOOR_REACHED)
#define NOT_REACHED (1u << DOOR_NOT_REACHED)

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
