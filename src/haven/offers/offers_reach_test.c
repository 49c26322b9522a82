/* By which way a message goes, and what follows when it does not arrive; on both databases. */
#include "haven/offers/offers_testing.h"

/* p0, p1: mail and phone. p2: phone. p3: mail. */
#define PHONE "+4700000300"

static int with_sms(void **state)
{
	return set_up_with(state, true);
}

static int count(struct bench *b, const char *address)
{
	struct letters l = letters_of(b);
	return count_to(&l, address);
}

/* What is in the outbox for person i: ways as letters, "S" or "M", of this kind. */
static const char *ways_to(struct bench *b, int i, const char *kind)
{
	struct letters l = letters_of(b);
	struct buf ways = BUF_LIMIT(100);
	for (int k = 0; k < l.n; k++)
		if (id_eq(&l.list[k].about, &b->exposure[i]) && strcmp(l.list[k].kind, kind) == 0)
			buf_char(&ways, l.list[k].way == POST_SMS ? 'S' : 'M');
	const char *out = arena_str(b->a, buf_get(&ways));
	buf_free(&ways);
	return out;
}

static void empty_outbox(struct bench *b)
{
	struct letters l = letters_of(b);
	l.result = MAIL_ACCEPTED;
	assert_int_equal(db_write(b->db, deliver_work, &l), RES_OK);
	assert_int_equal(offers_hear_post(b->o), RES_OK);
}

static void later(struct bench *b, int64_t seconds)
{
	move_to(b, instant_add(clock_now(b->clock), seconds));
}

/* ---- the behaviours ---- */

static void a_phone_goes_before_a_mailbox_and_either_alone_is_enough(void **state)
{
	struct bench *b = *state;
	take(b);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "S");
	assert_string_equal(ways_to(b, 2, OFFERS_MAIL_OFFER), "S");
	assert_string_equal(ways_to(b, 3, OFFERS_MAIL_OFFER), "M");
	assert_int_equal(count(b, PHONE), 3);
	empty_outbox(b);
	for (int i = 0; i < PEOPLE; i++)
		assert_int_equal(facts_of(b, i), SENT);
}

static void without_a_gateway_nobody_is_sent_an_sms(void **state)
{
	struct bench *b = *state;
	take(b);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "M");
	assert_string_equal(ways_to(b, 2, OFFERS_MAIL_OFFER), "");
	assert_int_equal(facts_of(b, 2), UNSENDABLE);
}

static void somebody_from_outside_is_sent_one_too(void **state)
{
	struct bench *b = *state;
	b->exposures[0] = (struct door_exposure){ .id = b->exposure[0], .named = instant_day(clock_now(b->clock)), .outside = true, .name = "Viktor", .phone = "900 00 007",
						  .lang = "sv" };
	take(b);
	assert_int_equal(count(b, "+4790000007"), 1);
	empty_outbox(b);
	assert_int_equal(facts_of(b, 0), SENT);
}

static void one_way_fails_and_the_other_is_taken_at_once(void **state)
{
	struct bench *b = *state;
	take(b);
	struct letters l = letters_of(b);
	l.only = PHONE;
	l.result = MAIL_REFUSED;
	assert_int_equal(db_write(b->db, deliver_work, &l), RES_OK);
	assert_int_equal(offers_hear_post(b->o), RES_OK);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "M");
	assert_int_equal(facts_of(b, 0), 0);          /* still on its way */
	assert_int_equal(facts_of(b, 2), UNSENDABLE); /* there is no other */
	empty_outbox(b);
	assert_int_equal(facts_of(b, 0), SENT);
}

static void only_when_both_failed_she_cannot_be_reached_and_no_third_is_sent(void **state)
{
	struct bench *b = *state;
	take(b);
	empty_outbox(b);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	assert_int_equal(facts_of(b, 0), SENT);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "M");
	empty_outbox(b);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_MAIL, MAIL_BOUNCED);
	assert_int_equal(facts_of(b, 0), SENT | UNSENDABLE);
	assert_int_equal(letters_of(b).n, 0);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_MAIL, MAIL_BOUNCED);
	assert_int_equal(letters_of(b).n, 0);
}

static void a_phone_that_has_not_got_it_in_hours_is_followed_by_a_mail_once(void **state)
{
	struct bench *b = *state;
	take(b);
	empty_outbox(b);
	becomes(b, 1, OFFERS_MAIL_OFFER, POST_SMS, MAIL_DELIVERED);
	later(b, OFFERS_UNHEARD_HOURS * HOUR - 60);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "");
	later(b, 60);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "M");
	assert_string_equal(ways_to(b, 1, OFFERS_MAIL_OFFER), ""); /* a phone has it */
	assert_string_equal(ways_to(b, 2, OFFERS_MAIL_OFFER), ""); /* no mailbox */
	empty_outbox(b);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	later(b, 6 * HOUR);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), ""); /* the mail has gone already */
	assert_int_equal(facts_of(b, 0), SENT);
}

static void while_the_gateway_is_away_a_mail_goes_after_the_same_hours(void **state)
{
	struct bench *b = *state;
	take(b);
	later(b, OFFERS_UNHEARD_HOURS * HOUR - 60);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "S");
	later(b, 60);
	assert_int_equal(strlen(ways_to(b, 0, OFFERS_MAIL_OFFER)), 2); /* the SMS waits still */
	assert_string_equal(ways_to(b, 2, OFFERS_MAIL_OFFER), "S");    /* no mailbox */
	empty_outbox(b);
	later(b, 24 * HOUR);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "");
	assert_int_equal(facts_of(b, 0), SENT);
}

static void what_waits_for_the_morning_is_asked_after_from_the_morning(void **state)
{
	struct bench *b = *state;
	move_to(b, instant_add(start, 10 * HOUR)); /* 22:00 */
	take(b);
	later(b, (9 + OFFERS_UNHEARD_HOURS) * HOUR - 60);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "S");
	later(b, 60); /* seven, and four hours */
	assert_int_equal(strlen(ways_to(b, 0, OFFERS_MAIL_OFFER)), 2);
}

/* The gateway may tell before we have written that it took the message. */
static void an_arrival_that_is_heard_first_counts(void **state)
{
	struct bench *b = *state;
	take(b);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_DELIVERED);
	empty_outbox(b);
	later(b, OFFERS_UNHEARD_HOURS * HOUR);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "");
}

static enum result stop_work(struct tx *tx, void *ctx)
{
	return offers_put_stopped(tx, ctx);
}

static void who_stopped_the_messages_gets_no_mail_for_want_of_a_report(void **state)
{
	struct bench *b = *state;
	take(b);
	empty_outbox(b);
	assert_int_equal(db_write(b->db, stop_work, &b->exposure[0]), RES_OK);
	later(b, OFFERS_UNHEARD_HOURS * HOUR);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "");
	assert_string_equal(ways_to(b, 1, OFFERS_MAIL_OFFER), "M");
}

static void at_night_something_serious_goes_by_mail_and_else_waits_for_the_phone(void **state)
{
	struct bench *b = *state;
	move_to(b, instant_add(start, 10 * HOUR)); /* 22:00 */
	b->in.severity = 2;
	take(b);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "M");
	assert_string_equal(ways_to(b, 2, OFFERS_MAIL_OFFER), "S"); /* the post keeps it until seven */
}

static void at_night_what_can_wait_waits(void **state)
{
	struct bench *b = *state;
	move_to(b, instant_add(start, 10 * HOUR));
	take(b);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "S");
	assert_string_equal(ways_to(b, 3, OFFERS_MAIL_OFFER), "M");
}

static void a_later_message_takes_the_way_that_did_not_fail_and_tells_duty_nothing(void **state)
{
	struct bench *b = *state;
	take(b);
	empty_outbox(b);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	becomes(b, 1, OFFERS_MAIL_OFFER, POST_SMS, MAIL_DELIVERED);
	empty_outbox(b);
	tell_all(b);
	move_to(b, offers_second_touch(start));
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_SECOND), "M");
	assert_string_equal(ways_to(b, 1, OFFERS_MAIL_SECOND), "S");
	empty_outbox(b);
	becomes(b, 1, OFFERS_MAIL_SECOND, POST_SMS, MAIL_BOUNCED);
	assert_string_equal(ways_to(b, 1, OFFERS_MAIL_SECOND), "M");
	empty_outbox(b);
	becomes(b, 1, OFFERS_MAIL_SECOND, POST_MAIL, MAIL_BOUNCED);
	assert_string_equal(ways_to(b, 1, OFFERS_MAIL_SECOND), "");
	assert_false(facts_of(b, 1) & (SENT | UNSENDABLE));
	/* A full mailbox may have room again: the last message is tried all the same. */
	move_to(b, offers_check(start));
	assert_string_equal(ways_to(b, 1, OFFERS_MAIL_CHECK), "S");
}

static void each_way_has_a_link_of_its_own_to_the_same_page(void **state)
{
	struct bench *b = *state;
	struct offers_view v, w;
	take(b);
	struct letters l = letters_of(b);
	struct token sms = { "" };
	for (int i = 0; i < l.n; i++)
		if (id_eq(&l.list[i].about, &b->exposure[0]))
			memcpy(sms.s, strstr(l.list[i].body, "/h/o/") + 5, ID_TEXT);
	empty_outbox(b);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	l = letters_of(b);
	struct token mail = token_of(&l, "p0@example.org");
	assert_string_not_equal(sms.s, mail.s);
	assert_int_equal(look(b, sms.s, &v), RES_OK);
	assert_int_equal(look(b, mail.s, &w), RES_OK);
	assert_true(id_eq(&v.task, &w.task));
}

struct list {
	struct bench *b;
	struct offers_unreached *list;
	size_t n;
	struct id task;
};

static enum result unreached_work(struct tx *tx, void *ctx)
{
	struct list *l = ctx;
	return offers_unreached(tx, l->b->a, &l->list, &l->n);
}

static struct list unreached(struct bench *b)
{
	struct list l = { .b = b };
	assert_int_equal(db_read(b->db, unreached_work, &l), RES_OK);
	return l;
}

static enum result saw_work(struct tx *tx, void *ctx)
{
	return offers_saw_to(tx, ctx);
}

static enum result saw_to(struct bench *b, int i)
{
	return db_write(b->db, saw_work, &b->exposure[i]);
}

static void whom_no_message_reached_is_a_list_until_the_incident_closes(void **state)
{
	struct bench *b = *state;
	take(b);
	assert_int_equal(unreached(b).n, 0); /* all on their way */
	empty_outbox(b);
	assert_int_equal(unreached(b).n, 0);
	assert_int_equal(saw_to(b, 2), RES_NONE);
	becomes(b, 2, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED); /* a mail is on its way now */
	struct list l = unreached(b);
	assert_int_equal(l.n, 1);
	assert_true(id_eq(&l.list[0].task, &b->exposure[2]) && l.list[0].tried && !l.list[0].seen_to);
	assert_string_equal(l.list[0].phone, "+47 00 00 03 00");
	assert_non_null(l.list[0].supporter);
	assert_int_equal(saw_to(b, 2), RES_OK);
	assert_int_equal(saw_to(b, 2), RES_OK);
	assert_true(unreached(b).list[0].seen_to);
	later(b, 6 * 24 * HOUR);
	assert_int_equal(unreached(b).n, 0);
	assert_int_equal(saw_to(b, 2), RES_NONE);
}

static enum result left_work(struct tx *tx, void *ctx)
{
	(void)tx;
	++*(int *)ctx;
	return RES_OK;
}

static void who_is_alone_and_was_not_reached_stands_there_after_the_closing_until_she_is_seen_to(void **state)
{
	struct bench *b = *state;
	int asked = 0;
	offers_when_left(b->o, left_work, &asked);
	b->exposures[1].alone = true;
	take(b);
	empty_outbox(b);
	assert_int_equal(unreached(b).n, 0); /* a message is on its way, and a supporter calls */
	assert_int_equal(saw_to(b, 1), RES_NONE);
	assert_int_equal(asked, 0);
	later(b, 6 * 24 * HOUR);
	assert_int_equal(asked, 1);
	struct list l = unreached(b);
	assert_int_equal(l.n, 1); /* of four who were not reached: the others have a leader */
	assert_true(id_eq(&l.list[0].task, &b->exposure[1]) && l.list[0].alone && l.list[0].closed && !l.list[0].supporter);
	take(b); /* told once more */
	assert_int_equal(unreached(b).n, 1);
	assert_int_equal(saw_to(b, 0), RES_NONE);
	assert_int_equal(saw_to(b, 1), RES_OK);
	assert_int_equal(unreached(b).n, 0);
	assert_int_equal(saw_to(b, 1), RES_OK); /* two press at once */
	/* Nobody was asked to see to who is said to be alone only after the closing. */
	b->exposures[2].alone = true;
	take(b);
	assert_int_equal(unreached(b).n, 0);
	assert_int_equal(saw_to(b, 2), RES_NONE);
}

static void who_is_alone_and_was_reached_does_not_stand_there(void **state)
{
	struct bench *b = *state;
	struct offers_row row;
	int asked = 0;
	offers_when_left(b->o, left_work, &asked);
	b->exposures[1].alone = true;
	take(b);
	empty_outbox(b);
	move_to(b, instant_add(start, 20 * HOUR));
	for (row = row_of(b, 1); !row.closed && !asked; row = row_of(b, 1)) {
		/* Whoever holds it has reached her, and says so all day. */
		offers_put_said(b->o, &(struct offers_heard){ row.id, row.holder, true, clock_now(b->clock) });
		later(b, HOUR);
	}
	assert_int_equal(asked, 0);
	assert_int_equal(unreached(b).n, 0);
	assert_int_equal(saw_to(b, 1), RES_NONE);
}

static enum result leave_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	struct door_person p = { .id = b->person[1], .ended = true };
	struct door_people people = { 3, false, &p, 1 };
	return directory_take(tx, &people);
}

static enum result night_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	enum result res = offers_forget_closed(tx, instant_day(clock_now(b->clock)));
	return res == RES_OK ? offers_forget_left(tx) : res;
}

/* The row of her incident and her own stay as long as her task does, so that she does not end the list for those after her. */
static void who_is_alone_stands_there_with_all_others_though_she_has_left_until_her_task_goes(void **state)
{
	struct bench *b = *state;
	b->exposures[1].alone = true;
	take(b);
	empty_outbox(b);
	later(b, 6 * 24 * HOUR);
	assert_int_equal(db_write(b->db, leave_work, b), RES_OK);
	struct day closed = instant_day(clock_now(b->clock));
	/* Another incident, whose id comes later, with somebody without an address. */
	struct door_exposure other = { .id = numbered(70), .named = instant_day(clock_now(b->clock)), .outside = true, .name = "Viktor",
				       .phone = "", .lang = "sv" };
	b->in = (struct door_incident){ .id = numbered(201), .title = "Noe annet", .severity = 1, .day = instant_day(clock_now(b->clock)),
					.unit = "Trust / Ward", .exposures = &other, .exposures_n = 1 };
	bool gone = false;
	for (int day = 0; !gone && day <= OFFERS_CLOSED_DAYS + 8; day++) {
		assert_int_equal(db_write(b->db, night_work, b), RES_OK);
		if (day == 1)
			take(b);
		struct list l = unreached(b);
		bool hers = l.n && id_eq(&l.list[0].task, &b->exposure[1]);
		assert_int_equal(l.n, hers + (day >= 1 && day < 3));
		if (day > 0 && day < 3)
			assert_true(id_eq(&l.list[l.n - 1].task, &other.id));
		if (hers)
			assert_string_equal(l.list[0].title, "Noe tungt på vakt");
		gone = !hers;
		if (gone)
			assert_true(instant_day(clock_now(b->clock)).n - closed.n > OFFERS_CLOSED_DAYS - 7);
		later(b, 24 * HOUR);
		if (day == 2) {
			later(b, 4 * 24 * HOUR); /* the other incident has closed */
			empty_outbox(b);
		}
	}
	assert_true(gone);
}

static void of_whom_the_coordinator_has_seen_to_before_the_closing_she_is_not_asked_again(void **state)
{
	struct bench *b = *state;
	int asked = 0;
	offers_when_left(b->o, left_work, &asked);
	b->exposures[2].alone = true;
	take(b); /* no address */
	assert_true(unreached(b).n == 1 && unreached(b).list[0].alone && !unreached(b).list[0].closed);
	assert_int_equal(saw_to(b, 2), RES_OK);
	later(b, 6 * 24 * HOUR);
	assert_int_equal(asked, 0);
	assert_int_equal(unreached(b).n, 0);
}

static void who_has_no_address_stands_there_at_once(void **state)
{
	struct bench *b = *state;
	take(b);
	struct list l = unreached(b);
	assert_int_equal(l.n, 1);
	assert_true(id_eq(&l.list[0].task, &b->exposure[2]) && !l.list[0].tried);
}

static enum result protect_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	struct door_person p = { .id = b->person[2], .number = "", .name = "Ingrid Solli", .unit = "Trust / Ward", .profession = "Nurse",
				 .level = "", .lang = "nb", .email = "", .phone = "+47 00 00 03 00", .protected = true };
	struct door_people people = { 2, false, &p, 1 };
	return directory_take(tx, &people);
}

static void of_a_protected_identity_neither_name_nor_number_is_shown(void **state)
{
	struct bench *b = *state;
	assert_int_equal(db_write(b->db, protect_work, b), RES_OK);
	take(b);
	struct list l = unreached(b);
	assert_int_equal(l.n, 1);
	assert_null(l.list[0].name);
	assert_null(l.list[0].phone);
}

static void whose_first_message_arrived_is_no_matter_of_the_coordinator_whatever_fails_later(void **state)
{
	struct bench *b = *state;
	take(b);
	empty_outbox(b);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_DELIVERED);
	becomes(b, 0, OFFERS_MAIL_NEWS, POST_SMS, MAIL_BOUNCED);
	becomes(b, 0, OFFERS_MAIL_NEWS, POST_MAIL, MAIL_BOUNCED);
	becomes(b, 3, OFFERS_MAIL_SECOND, POST_MAIL, MAIL_BOUNCED); /* of the first one nobody has said anything */
	assert_int_equal(unreached(b).n, 0);
	assert_int_equal(saw_to(b, 0), RES_NONE);
	assert_int_equal(saw_to(b, 3), RES_NONE);
	assert_false(facts_of(b, 0) & UNSENDABLE);
	/* A report that comes after the phone had it changes nothing. */
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_MAIL, MAIL_BOUNCED);
	assert_int_equal(unreached(b).n, 0);
	assert_int_equal(saw_to(b, 0), RES_NONE);
	assert_false(facts_of(b, 0) & UNSENDABLE);
}

struct stopping {
	struct bench *b;
	struct token token;
};

static enum result stop_by_link(struct tx *tx, void *ctx)
{
	struct stopping *s = ctx;
	return offers_stop(tx, s->b->o, slice_of(s->token.s));
}

static void what_waits_when_she_stops_the_messages_does_not_go_but_for_the_first(void **state)
{
	struct bench *b = *state;
	take(b);
	struct letters first = letters_of(b);
	struct stopping s = { b, token_of(&first, "p0@example.org") };
	move_to(b, offers_second_touch(start));
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_SECOND), "M");
	assert_int_equal(db_write(b->db, stop_by_link, &s), RES_OK);
	assert_int_equal(db_write(b->db, stop_by_link, &s), RES_OK);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_SECOND), "");
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_NEWS), "");
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "M");
	assert_string_equal(ways_to(b, 1, OFFERS_MAIL_SECOND), "M"); /* somebody else's */
	empty_outbox(b);
	assert_true(facts_of(b, 0) & SENT);
}

static void who_stopped_the_messages_gets_no_other_first_one_and_duty_cannot_tell(void **state)
{
	struct bench *b = *state;
	take(b);
	empty_outbox(b);
	assert_int_equal(db_write(b->db, stop_work, &b->exposure[0]), RES_OK);
	becomes(b, 0, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	becomes(b, 1, OFFERS_MAIL_OFFER, POST_SMS, MAIL_BOUNCED);
	assert_string_equal(ways_to(b, 0, OFFERS_MAIL_OFFER), "");
	assert_string_equal(ways_to(b, 1, OFFERS_MAIL_OFFER), "M");
	assert_int_equal(facts_of(b, 0), facts_of(b, 1));
	assert_false(facts_of(b, 1) & UNSENDABLE);
}

#define SMS(name) cmocka_unit_test_setup_teardown(name, with_sms, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SMS(a_phone_goes_before_a_mailbox_and_either_alone_is_enough),
		TEST(without_a_gateway_nobody_is_sent_an_sms),
		SMS(somebody_from_outside_is_sent_one_too),
		SMS(one_way_fails_and_the_other_is_taken_at_once),
		SMS(only_when_both_failed_she_cannot_be_reached_and_no_third_is_sent),
		SMS(a_phone_that_has_not_got_it_in_hours_is_followed_by_a_mail_once),
		SMS(an_arrival_that_is_heard_first_counts),
		SMS(while_the_gateway_is_away_a_mail_goes_after_the_same_hours),
		SMS(what_waits_for_the_morning_is_asked_after_from_the_morning),
		SMS(who_stopped_the_messages_gets_no_mail_for_want_of_a_report),
		SMS(at_night_something_serious_goes_by_mail_and_else_waits_for_the_phone),
		SMS(at_night_what_can_wait_waits),
		SMS(a_later_message_takes_the_way_that_did_not_fail_and_tells_duty_nothing),
		SMS(each_way_has_a_link_of_its_own_to_the_same_page),
		SMS(whom_no_message_reached_is_a_list_until_the_incident_closes),
		SMS(whose_first_message_arrived_is_no_matter_of_the_coordinator_whatever_fails_later),
		SMS(who_stopped_the_messages_gets_no_other_first_one_and_duty_cannot_tell),
		TEST(what_waits_when_she_stops_the_messages_does_not_go_but_for_the_first),
		TEST(who_has_no_address_stands_there_at_once),
		SMS(who_is_alone_and_was_not_reached_stands_there_after_the_closing_until_she_is_seen_to),
		SMS(who_is_alone_and_was_reached_does_not_stand_there),
		SMS(who_is_alone_stands_there_with_all_others_though_she_has_left_until_her_task_goes),
		TEST(of_whom_the_coordinator_has_seen_to_before_the_closing_she_is_not_asked_again),
		TEST(of_a_protected_identity_neither_name_nor_number_is_shown),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
