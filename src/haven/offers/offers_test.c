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
SQL(test_outbox, "", "id:b kind:t about:b address:t body:t",
    "SELECT id, kind, about, address, body FROM outbox ORDER BY address, kind, id");
SQL(test_outbox_gone, "b", "", "DELETE FROM outbox WHERE id = $1");
SQL(test_result, "btbii", "", "INSERT INTO mail_result (id, kind, about, result, day) VALUES ($1, $2, $3, $4, $5)");

static struct id numbered(int n)
{
	struct id id = { { 0 } };
	id.b[0] = (unsigned char)(n + 1);
	id.b[15] = 7;
	return id;
}

static enum result put_supporters(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	enum result res = RES_OK;
	for (int i = 0; i < SUPPORTERS && res == RES_OK; i++) {
		char name[32], email[64];
		unsigned char key[32] = { 9 }, entry[256] = { 1, 1 };
		b->supporter[i] = numbered(100 + i);
		key[1] = (unsigned char)i;
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

static enum result put_people(struct tx *tx, void *ctx)
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

static void nothing(void *ctx)
{
	(void)ctx;
}

static int set_up(void **state)
{
	struct bench *b = must_alloc(1, sizeof(*b));
	if (crypt_init() != RES_OK)
		return -1;
	db_for_test(haven_migrations, haven_migrations_n, &b->db);
	b->clock = clock_by_hand(start);
	b->a = arena_new();
	struct offers_setup setup = { b->db, b->clock, random_system(), "http://haven.example", "Fjordvik", LANG_NB };
	b->o = offers_new(&setup);
	b->cw = clockwork_new(b->db, b->clock);
	offers_jobs(b->o, b->cw, nothing, NULL);
	if (db_write(b->db, put_supporters, b) != RES_OK || db_write(b->db, put_people, b) != RES_OK)
		return -1;
	b->incident = numbered(200);
	for (int i = 0; i < PEOPLE; i++)
		b->exposures[i] = (struct door_exposure){ .id = b->exposure[i] = numbered(50 + i), .person = b->person[i] };
	b->in = (struct door_incident){ .id = b->incident, .title = "Noe tungt på vakt", .severity = 1,
					.day = instant_day(start), .unit = "Trust / Ward", .excluded = b->person,
					.excluded_n = PEOPLE, .exposures = b->exposures, .exposures_n = PEOPLE };
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	clockwork_free(&b->cw);
	offers_free(&b->o);
	arena_free(&b->a);
	clock_free(&b->clock);
	db_for_test_end(&b->db);
	free(b);
	return 0;
}

/* ---- what is done ---- */

static enum result take_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	return offers_take(tx, b->o, &b->in);
}

static void take(struct bench *b)
{
	assert_int_equal(db_write(b->db, take_work, b), RES_OK);
}

static void move_to(struct bench *b, struct instant to)
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
};

struct letters {
	struct bench *b;
	struct letter list[64];
	int n;
	enum mail_result result; /* for deliver_work */
};

static enum result letters_work(struct tx *tx, void *ctx)
{
	struct letters *l = ctx;
	struct rows *rows;
	l->n = 0;
	enum result res = db_ask_n(tx, &test_outbox, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		l->list[l->n++] = (struct letter){ row_id(rows, 0), row_id(rows, 2), arena_str(l->b->a, row_text(rows, 1)),
						   arena_str(l->b->a, row_text(rows, 3)), arena_str(l->b->a, row_text(rows, 4)) };
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static struct letters letters_of(struct bench *b)
{
	struct letters l = { .b = b };
	assert_int_equal(db_read(b->db, letters_work, &l), RES_OK);
	return l;
}

static int count_to(const struct letters *l, const char *address)
{
	int n = 0;
	for (int i = 0; i < l->n; i++)
		n += strcmp(l->list[i].address, address) == 0;
	return n;
}

static enum result deliver_work(struct tx *tx, void *ctx)
{
	struct letters *l = ctx;
	enum result res = RES_OK;
	for (int i = 0; i < l->n && res == RES_OK; i++) {
		res = db_do(tx, &test_outbox_gone, NULL, v_id(&l->list[i].id));
		if (res == RES_OK)
			res = db_do(tx, &test_result, NULL, v_id(&l->list[i].id), v_str(l->list[i].kind),
				    v_id(&l->list[i].about), v_int(l->result),
				    v_int(instant_day(clock_now(l->b->clock)).n));
	}
	return res;
}

/* Everything in the outbox goes, with this result; the room hears of it. */
static struct letters deliver(struct bench *b, enum mail_result result)
{
	struct letters l = letters_of(b);
	l.result = result;
	assert_int_equal(db_write(b->db, deliver_work, &l), RES_OK);
	assert_int_equal(offers_hear_post(b->o), RES_OK);
	return l;
}

struct token {
	char s[ID_TEXT + 1];
};

/* The link in the newest letter to this address. */
static struct token token_of(const struct letters *l, const char *address)
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
	const char *token;
	struct offers_view view;
	struct offers_row row;
	struct id task;
};

static enum result look_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	return offers_open(tx, l->b->o, l->b->a, slice_of(l->token), &l->view);
}

static enum result look(struct bench *b, const char *token, struct offers_view *view_r)
{
	struct looking l = { .b = b, .token = token };
	enum result res = db_read(b->db, look_work, &l);
	if (res == RES_OK)
		*view_r = l.view;
	return res;
}

static enum result row_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	return offers_get_task(tx, l->b->a, &l->task, &l->row);
}

static struct offers_row row_of(struct bench *b, int i)
{
	struct looking l = { .b = b, .task = b->exposure[i] };
	assert_int_equal(db_read(b->db, row_work, &l), RES_OK);
	return l.row;
}

/* Whether this supporter has task i now. */
static bool holds(struct bench *b, int i, const struct id *supporter)
{
	struct offers_row row = row_of(b, i);
	return id_eq(&row.holder, supporter);
}

struct passing {
	struct bench *b;
	struct id task, supporter;
};

static enum result pass_work(struct tx *tx, void *ctx)
{
	struct passing *p = ctx;
	return offers_pass_on(tx, p->b->o, &p->task, &p->supporter);
}

static enum result pass_on(struct bench *b, int i, struct id supporter)
{
	struct passing p = { b, b->exposure[i], supporter };
	return db_write(b->db, pass_work, &p);
}

static enum result seen_work(struct tx *tx, void *ctx)
{
	struct passing *p = ctx;
	return offers_seen(tx, &p->supporter, &p->task, 1);
}

static void see(struct bench *b, int i)
{
	struct passing p = { b, b->exposure[i], row_of(b, i).holder };
	assert_int_equal(db_write(b->db, seen_work, &p), RES_OK);
}

struct telling {
	struct bench *b;
	struct door_facts facts;
};

static enum result facts_work(struct tx *tx, void *ctx)
{
	struct telling *t = ctx;
	return offers_facts(tx, t->b->a, &t->facts);
}

static enum result told_work(struct tx *tx, void *ctx)
{
	struct telling *t = ctx;
	return offers_facts_told(tx, &t->facts);
}

/* What duty is to hear of person i: a bit for each kind of fact. */
static unsigned facts_of(struct bench *b, int i)
{
	struct telling t = { .b = b };
	unsigned bits = 0;
	assert_int_equal(db_read(b->db, facts_work, &t), RES_OK);
	for (size_t k = 0; k < t.facts.n; k++)
		if (id_eq(&t.facts.list[k].exposure, &b->exposure[i]))
			bits |= 1u << t.facts.list[k].kind;
	return bits;
}

static void tell_all(struct bench *b)
{
	struct telling t = { .b = b };
	assert_int_equal(db_read(b->db, facts_work, &t), RES_OK);
	assert_int_equal(db_write(b->db, told_work, &t), RES_OK);
}

static char *dump(struct bench *b)
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

static enum result say_work(struct tx *tx, void *ctx)
{
	struct saying *s = ctx;
	return offers_outcomes(tx, s->b->o, &s->supporter, s->list, s->n);
}

/* The holder of task i says of all her tasks: reached those whose bit is set. */
static enum result say(struct bench *b, int i, unsigned reached)
{
	struct saying s = { .b = b, .supporter = row_of(b, i).holder };
	for (int k = 0; k < PEOPLE; k++)
		if (holds(b, k, &s.supporter))
			s.list[s.n++] = (struct offers_outcome){ b->exposure[k], reached >> k & 1 };
	return db_read(b->db, say_work, &s);
}

/* ---- the behaviours ---- */

#define SENT (1u << DOOR_SENT)
#define UNSENDABLE (1u << DOOR_UNSENDABLE)
#define REACHED (1u << DOOR_REACHED)
#define NOT_REACHED (1u << DOOR_NOT_REACHED)

static void an_incident_becomes_a_task_with_three_seats_for_each_and_a_message(void **state)
{
	struct bench *b = *state;
	take(b);
	struct letters l = letters_of(b);
	for (int i = 0; i < PEOPLE; i++) {
		struct offers_row row = row_of(b, i);
		assert_true(id_eq(&row.holder, &row.seat[0]));
		for (int k = 0; k < OFFERS_SEATS; k++)
			assert_false(id_is_zero(&row.seat[k]));
		assert_false(row.seen || row.closed || row.stopped);
	}
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(count_to(&l, "p1@example.org"), 1);
	assert_int_equal(count_to(&l, "p3@example.org"), 1);
	for (int i = 0; i < l.n; i++) /* neither incident nor support is named */
		assert_null(strstr(l.list[i].body, "Noe tungt"));
	/* Whom no message can reach is told at once; of the others nothing is known yet. */
	assert_int_equal(facts_of(b, 2), UNSENDABLE);
	assert_int_equal(facts_of(b, 0), 0);
}

struct keeping {
	struct bench *b;
	struct id person;
	int from, to; /* these supporters */
};

static enum result keep_work(struct tx *tx, void *ctx)
{
	struct keeping *k = ctx;
	enum result res = RES_OK;
	for (int i = k->from; res == RES_OK && i < k->to; i++)
		res = supporters_keep_apart(tx, &k->person, &k->b->supporter[i]);
	return res;
}

static void keep_apart(struct bench *b, int person, int from, int to)
{
	struct keeping k = { b, b->person[person], from, to };
	assert_int_equal(db_write(b->db, keep_work, &k), RES_OK);
}

static void nobody_is_given_whom_she_asked_not_to_be_given(void **state)
{
	struct bench *b = *state;
	keep_apart(b, 0, 0, SUPPORTERS - 1);
	keep_apart(b, 1, 0, SUPPORTERS);
	take(b);
	struct offers_row one = row_of(b, 0), none = row_of(b, 1), any = row_of(b, 2);
	assert_true(id_eq(&one.holder, &b->supporter[SUPPORTERS - 1])); /* the one who is left, and no stand-in */
	assert_true(id_is_zero(&one.seat[1]));
	assert_true(id_is_zero(&none.holder));
	assert_false(id_is_zero(&any.holder)); /* her list is nobody else's */
}

static void a_later_wish_moves_nothing_and_keeps_the_stand_in_from_moving_up(void **state)
{
	struct bench *b = *state;
	take(b);
	struct offers_row was = row_of(b, 0);
	keep_apart(b, 0, 0, SUPPORTERS);
	assert_true(holds(b, 0, &was.holder));
	assert_int_equal(pass_on(b, 0, was.holder), RES_OK);
	was = row_of(b, 0);
	assert_true(id_is_zero(&was.holder));
}

static void the_same_incident_twice_changes_nothing(void **state)
{
	struct bench *b = *state;
	take(b);
	char *before = dump(b);
	take(b);
	char *after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static enum result mailed_work(struct tx *tx, void *ctx)
{
	return offers_mailed(tx, offers_hour(start), ctx);
}

static void what_the_mail_server_said_is_told_once_and_the_ring_is_sized(void **state)
{
	struct bench *b = *state;
	int64_t mailed;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	assert_int_equal(db_read(b->db, mailed_work, &mailed), RES_OK);
	assert_int_equal(mailed, 3);
	assert_int_equal(facts_of(b, 0), SENT);
	assert_int_equal(facts_of(b, 2), UNSENDABLE);
	tell_all(b);
	assert_int_equal(facts_of(b, 0), 0);
}

static void a_refused_message_is_unsendable(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_REFUSED);
	assert_int_equal(facts_of(b, 0), UNSENDABLE);
}

static void reading_the_page_changes_nothing_and_no_other_link_opens(void **state)
{
	struct bench *b = *state;
	struct offers_view v;
	take(b);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p0@example.org");
	char *before = dump(b);
	for (int i = 0; i < 3; i++)
		assert_int_equal(look(b, t.s, &v), RES_OK);
	char *after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
	assert_true(v.has_holder && v.has_phone && !v.closed && !v.moved);
	assert_string_equal(v.name, "Ingrid Solli");
	assert_int_equal(v.faces_n, 6);
	assert_int_equal(v.faces[0].position, 0);
	assert_string_equal(v.title, "Noe tungt på vakt");
	t.s[3] = t.s[3] == 'A' ? 'B' : 'A';
	assert_int_equal(look(b, t.s, &v), RES_NONE);
	assert_int_equal(look(b, "", &v), RES_NONE);
	assert_int_equal(look(b, "nonsense", &v), RES_NONE);
}

static void a_link_works_for_six_weeks(void **state)
{
	struct bench *b = *state;
	struct offers_view v;
	take(b);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p0@example.org");
	clock_set(b->clock, day_at(day_add(instant_day(start), 42), 23, 0));
	assert_int_equal(look(b, t.s, &v), RES_OK);
	clock_set(b->clock, day_at(day_add(instant_day(start), 43), 0, 1));
	assert_int_equal(look(b, t.s, &v), RES_NONE);
}

static void who_passes_on_gives_way_to_her_stand_in_without_a_message(void **state)
{
	struct bench *b = *state;
	struct offers_view v;
	take(b);
	struct letters first = deliver(b, MAIL_ACCEPTED);
	struct offers_row was = row_of(b, 0);
	assert_int_equal(pass_on(b, 0, was.seat[1]), RES_NONE); /* not hers */
	assert_int_equal(pass_on(b, 0, was.holder), RES_OK);
	struct offers_row now = row_of(b, 0);
	assert_true(id_eq(&now.holder, &was.seat[1]));
	assert_memory_equal(now.rel, was.rel, sizeof(now.rel));
	assert_int_equal(pass_on(b, 0, was.holder), RES_NONE); /* no longer hers */
	struct letters l = letters_of(b);
	assert_int_equal(count_to(&l, "p0@example.org"), 0);
	struct token t = token_of(&first, "p0@example.org");
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_true(id_eq(&v.faces[0].supporter, &now.holder));
	assert_int_equal(v.faces[0].position, 1);
	assert_false(v.moved);
	for (size_t i = 0; i < v.faces_n; i++) /* nothing new is sealed to who has passed it on */
		assert_false(id_eq(&v.faces[i].supporter, &was.holder));
}

static void after_three_there_are_three_new_ones_with_a_new_message_and_a_new_secret(void **state)
{
	struct bench *b = *state;
	struct offers_view v;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	struct offers_row was = row_of(b, 0);
	for (int i = 0; i < OFFERS_SEATS; i++)
		assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK);
	struct offers_row now = row_of(b, 0);
	for (int i = 0; i < OFFERS_SEATS; i++)
		for (int k = 0; k < OFFERS_SEATS; k++)
			assert_false(id_eq(&now.seat[i], &was.seat[k]));
	assert_false(id_is_zero(&now.holder));
	assert_memory_not_equal(now.rel, was.rel, sizeof(now.rel));
	assert_false(id_eq(&now.ref, &was.ref));
	assert_true(now.not_before.s > clock_now(b->clock).s);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	assert_int_equal(count_to(&l, "p0@example.org"), 1);
	assert_int_equal(facts_of(b, 0), 0); /* duty hears of the first message only */
	struct token t = token_of(&l, "p0@example.org");
	assert_int_equal(look(b, t.s, &v), RES_OK);
	assert_true(v.moved);
	assert_true(id_eq(&v.faces[0].supporter, &now.holder));
}

static void silence_past_the_deadline_moves_a_task_on_and_a_look_at_it_does_not(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	struct offers_row silent = row_of(b, 0), seen = row_of(b, 1);
	/* One supporter may hold both; seeing one of them says nothing of the other. */
	see(b, 1);
	move_to(b, instant_add(silent.deadline, -1));
	assert_true(holds(b, 0, &silent.holder));
	move_to(b, instant_add(silent.deadline, 1));
	assert_false(holds(b, 0, &silent.holder));
	assert_true(row_of(b, 0).deadline.s > silent.deadline.s);
	assert_true(holds(b, 1, &seen.holder));
}

static void with_everybody_silent_nobody_is_written_to_again_and_again(void **state)
{
	struct bench *b = *state;
	int mails = 0;
	take(b);
	for (int hour = 0; hour < 7 * 24; hour++) {
		struct letters l = deliver(b, MAIL_ACCEPTED);
		struct id about = row_of(b, 0).id;
		for (int i = 0; i < l.n; i++)
			mails += id_eq(&l.list[i].about, &about);
		move_to(b, instant_add(clock_now(b->clock), HOUR));
	}
	/* The offer and the second touch; two with new names at the most, and one that says that nobody could be found. */
	assert_in_range(mails, 3, 5);
	assert_true(row_of(b, 0).closed);
	assert_true(facts_of(b, 0) & 1u << DOOR_NOT_REACHED);
}

static void what_a_desk_says_is_in_memory_until_all_close_together_at_three(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	tell_all(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct day due = instant_day(row_of(b, 0).deadline);
	assert_int_equal(say(b, 0, 1), RES_AGAIN); /* its day has not come */
	move_to(b, day_at(due, 14, 30));
	char *before = dump(b);
	assert_int_equal(say(b, 0, 1), RES_OK);
	char *after = dump(b);
	assert_string_equal(before, after);
	free(before);
	free(after);
	for (int i = 0; i < PEOPLE; i++)
		assert_int_equal(facts_of(b, i), 0);
	move_to(b, day_at(due, 15, 0));
	for (int i = 0; i < PEOPLE; i++) {
		assert_true(row_of(b, i).closed);
		assert_int_equal(facts_of(b, i), i == 0 ? REACHED : NOT_REACHED);
	}
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_NONE); /* closed */
}

static void a_list_that_is_not_exactly_hers_is_not_taken(void **state)
{
	struct bench *b = *state;
	take(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	move_to(b, day_at(instant_day(row_of(b, 0).deadline), 14, 30));
	struct saying s = { .b = b, .supporter = row_of(b, 0).holder };
	assert_int_equal(db_read(b->db, say_work, &s), RES_OK); /* nothing said is nothing wrong */
	s.list[s.n++] = (struct offers_outcome){ numbered(240), true };
	assert_int_equal(db_read(b->db, say_work, &s), RES_AGAIN);
	for (int k = 0; k < PEOPLE; k++)
		s.list[k] = (struct offers_outcome){ b->exposure[k], true };
	s.n = PEOPLE;
	s.supporter = b->supporter[0];
	for (int i = 1; i < SUPPORTERS && holds(b, 0, &s.supporter); i++)
		s.supporter = b->supporter[i];
	assert_int_equal(db_read(b->db, say_work, &s), RES_AGAIN); /* not all of them are hers */
}

static void the_morning_of_the_closing_reminds_each_supporter_once(void **state)
{
	struct bench *b = *state;
	take(b);
	deliver(b, MAIL_ACCEPTED);
	struct instant close = offers_close(row_of(b, 0).deadline, row_of(b, 0).made);
	move_to(b, instant_add(offers_close_reminder(close), -1));
	for (int i = 0; i < 3; i++)
		see(b, i);
	deliver(b, MAIL_ACCEPTED);
	move_to(b, instant_add(offers_close_reminder(close), HOUR));
	assert_true(deliver(b, MAIL_ACCEPTED).n > 0);
	/* Somebody passes a task on after it went out: her successor has a notice, and nobody a second reminder. */
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK);
	move_to(b, instant_add(clock_now(b->clock), 60));
	assert_int_equal(deliver(b, MAIL_ACCEPTED).n, 1);
}

static void a_late_task_holds_the_closing_back_and_an_early_one_does_not_pull_it_forward(void **state)
{
	struct bench *b = *state;
	take(b);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	struct instant deadline = row_of(b, 0).deadline;
	move_to(b, instant_add(deadline, -HOUR / 2));
	assert_int_equal(pass_on(b, 0, row_of(b, 0).holder), RES_OK); /* four hours more: closes tomorrow */
	see(b, 0);
	move_to(b, day_at(instant_day(deadline), 15, 30));
	for (int i = 0; i < PEOPLE; i++)
		assert_false(row_of(b, i).closed);
	move_to(b, day_at(day_add(instant_day(deadline), 1), 15, 0));
	for (int i = 0; i < PEOPLE; i++)
		assert_true(row_of(b, i).closed);
}

static enum result stop_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	return offers_stop(tx, l->b->o, slice_of(l->token));
}

static void both_touches_go_to_everybody_who_has_not_stopped_them(void **state)
{
	struct bench *b = *state;
	take(b);
	struct letters l = deliver(b, MAIL_ACCEPTED);
	struct token t = token_of(&l, "p1@example.org");
	struct looking stop = { .b = b, .token = t.s };
	tell_all(b);
	assert_int_equal(db_write(b->db, stop_work, &stop), RES_OK);
	assert_int_equal(db_write(b->db, stop_work, &stop), RES_OK); /* twice is harmless */
	assert_int_equal(facts_of(b, 1), 0);                         /* and duty never hears of it */
	stop.token = "AAAAAAAAAAAAAAAAAAAAAA";
	assert_int_equal(db_write(b->db, stop_work, &stop), RES_NONE);
	for (int i = 0; i < PEOPLE; i++)
		see(b, i);
	static const int days[] = { 3, 28 };
	static const enum offers_touch touch[] = { OFFERS_SECOND, OFFERS_CHECK };
	for (size_t k = 0; k < ARRAY_LEN(days); k++) {
		struct offers_view v;
		move_to(b, day_at(day_add(instant_day(start), days[k]), 9, 59));
		deliver(b, MAIL_ACCEPTED);
		move_to(b, day_at(day_add(instant_day(start), days[k]), 10, 0));
		l = deliver(b, MAIL_ACCEPTED);
		assert_int_equal(count_to(&l, "p0@example.org"), 1);
		assert_int_equal(count_to(&l, "p1@example.org"), 0);
		assert_int_equal(count_to(&l, "p3@example.org"), 1);
		t = token_of(&l, "p0@example.org");
		assert_int_equal(look(b, t.s, &v), RES_OK);
		assert_int_equal(v.touch, touch[k]);
		assert_true(v.closed);
	}
}

static void somebody_outside_the_directory_gets_a_supporter_who_has_the_number(void **state)
{
	struct bench *b = *state;
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .outside = true, .name = "Vikar Viksen",
						  .phone = "+47 00 00 09 00", .lang = "sv" };
	take(b);
	struct offers_row row = row_of(b, 0);
	assert_string_equal(row.name, "Vikar Viksen");
	assert_string_equal(row.phone, "+47 00 00 09 00");
	assert_int_equal(row.lang, LANG_SV);
	assert_int_equal(facts_of(b, 0), UNSENDABLE);
}

static void every_sentence_fits_the_tables(void **state)
{
	struct bench *b = *state;
	assert_true(db_test_prepare_all(b->db) > 40);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_incident_becomes_a_task_with_three_seats_for_each_and_a_message),
		TEST(nobody_is_given_whom_she_asked_not_to_be_given),
		TEST(a_later_wish_moves_nothing_and_keeps_the_stand_in_from_moving_up),
		TEST(the_same_incident_twice_changes_nothing),
		TEST(what_the_mail_server_said_is_told_once_and_the_ring_is_sized),
		TEST(a_refused_message_is_unsendable),
		TEST(reading_the_page_changes_nothing_and_no_other_link_opens),
		TEST(a_link_works_for_six_weeks),
		TEST(who_passes_on_gives_way_to_her_stand_in_without_a_message),
		TEST(after_three_there_are_three_new_ones_with_a_new_message_and_a_new_secret),
		TEST(silence_past_the_deadline_moves_a_task_on_and_a_look_at_it_does_not),
		TEST(with_everybody_silent_nobody_is_written_to_again_and_again),
		TEST(what_a_desk_says_is_in_memory_until_all_close_together_at_three),
		TEST(a_list_that_is_not_exactly_hers_is_not_taken),
		TEST(the_morning_of_the_closing_reminds_each_supporter_once),
		TEST(a_late_task_holds_the_closing_back_and_an_early_one_does_not_pull_it_forward),
		TEST(both_touches_go_to_everybody_who_has_not_stopped_them),
		TEST(somebody_outside_the_directory_gets_a_supporter_who_has_the_number),
		TEST(every_sentence_fits_the_tables),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
