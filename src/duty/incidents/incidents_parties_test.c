/* Who is a party to an incident sees nothing of it: by every route there is, on both databases. */
#include "duty/duty_testing.h"

#include "signin/signin.h"

#define SENTENCE "A visitor threatened the staff"
#define EMMAS "101"

static const char *seat(const char *line, int choice)
{
	struct id id = town_person(line);
	return arena_printf(town.a, "seat=p%%7C%s%%7C%d", id_text(&id).s, choice);
}

static struct town_registering registered(const struct incident_seat *seats, size_t n)
{
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, n) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
	return r;
}

/* Kari was affected; Emma, who leads the unit, is a party. */
static struct id against_emma(void)
{
	struct incident_seat seats[] = { { .person = town_person("102") }, { .person = town_person(EMMAS), .part = SEAT_PARTY } };
	return registered(seats, 2).incident;
}

static const char *at(const char *before, const struct id *id, const char *after)
{
	return arena_printf(town.a, "%s%s%s", before, id_text(id).s, after);
}

static enum result changes_work(struct tx *tx, void *ctx)
{
	return incidents_changes(tx, town.a, 0, DOOR_INCIDENTS_MOST, ctx);
}

static struct door_incident at_the_door(void)
{
	struct door_incidents out;
	assert_int_equal(db_read(town.db, changes_work, &out), RES_OK);
	assert_int_equal(out.n, 1);
	return out.list[0];
}

static bool excluded(const struct door_incident *in, const char *line)
{
	struct id id = town_person(line);
	for (size_t i = 0; i < in->excluded_n; i++)
		if (id_eq(&in->excluded[i], &id))
			return true;
	return false;
}

struct giving {
	const char *email;
	struct id unit, of_whom;
	enum role role;
	struct id account;
};

static enum result give_work(struct tx *tx, void *ctx)
{
	struct giving *g = ctx;
	return signin_add(tx, random_system(), g->email, "somebody", LANG_EN, id_is_zero(&g->of_whom) ? NULL : &g->of_whom, g->role,
			  &g->unit, (struct day){ 20775 }, &g->account);
}

static struct id given(struct giving g)
{
	assert_int_equal(db_write(town.db, give_work, &g), RES_OK);
	return g.account;
}

struct seeing {
	struct actor who;
	struct id incident;
	struct incident *list;
	size_t n;
	bool leads;
};

static enum result list_work(struct tx *tx, void *ctx)
{
	struct seeing *s = ctx;
	return incidents_list(tx, town.a, &s->who, 100, &s->list, &s->n);
}

static enum result get_work(struct tx *tx, void *ctx)
{
	struct seeing *s = ctx;
	struct incident in;
	enum result res = incidents_get(tx, town.a, &s->who, &s->incident, &in);
	s->leads = res == RES_OK && in.leads;
	return res;
}

static enum result sees(struct actor who, const struct id *incident, bool *leads_r)
{
	struct seeing s = { .who = who, .incident = *incident };
	enum result res = db_read(town.db, get_work, &s);
	*leads_r = s.leads;
	assert_int_equal(db_read(town.db, list_work, &s), RES_OK);
	bool listed = false;
	for (size_t i = 0; i < s.n; i++)
		if (id_eq(&s.list[i].id, incident)) {
			listed = true;
			assert_int_equal(s.list[i].leads, *leads_r);
		}
	assert_int_equal(listed, res == RES_OK);
	return res;
}

/* ---- */

static void a_leader_who_is_a_party_may_register_and_sees_nothing_of_it_then(void **state)
{
	static const struct id once = { { 3 } };
	(void)state;
	town_gives(EMMA, "POST", "/incidents/new",
		   arena_printf(town.a, "csrf=token&once=%s&unit=%s&kind=5&severity=1&day=0&clock=9&sentence=A+visitor+threatened+the+staff&%s&%s&do=save",
				id_text(&once).s, id_text(&town.emergency).s, seat("102", 0), seat(EMMAS, 4)),
		   303, "Location: /incidents?said=elsewhere", NULL);
	town_gives(EMMA, "GET", "/incidents?said=elsewhere", NULL, 200, "somebody else follows it", "Nothing is registered", "!" SENTENCE, NULL);
	assert_int_equal(town.heard, 1);
	struct door_incident in = at_the_door();
	assert_int_equal(in.exposures_n, 1);
}

/* Every route of the program that names an incident or somebody in one, as the program's own table says. */
struct walking {
	enum town_leader who;
	struct id incident, exposure;
	int tried;
};

static void walk(const struct route *r, void *ctx)
{
	struct walking *w = ctx;
	bool incident = strncmp(r->path, "/incidents/{id}", 15) == 0, exposure = strncmp(r->path, "/exposures/{id}", 15) == 0;
	const char *method = r->method == METHOD_GET ? "GET" : "POST";
	if (!incident && !exposure) {
		/* Nothing of it on any other page either. */
		if (r->method == METHOD_GET && !strchr(r->path, '{')) {
			char *answer = town_ask(w->who, "GET", r->path, NULL);
			if (strstr(answer, SENTENCE) || strstr(answer, "1 of 1") || strstr(answer, "0 of 1"))
				fail_msg("%s tells a party of it", r->path);
			free(answer);
		}
		return;
	}
	const char *path = at(incident ? "/incidents/" : "/exposures/", incident ? &w->incident : &w->exposure, r->path + 15);
	w->tried++;
	town_gives(w->who, method, path, r->method == METHOD_GET ? NULL : "csrf=token&do=save", 404, "!" SENTENCE, "!Kari", NULL);
}

static void no_route_tells_a_party_of_it(void **state)
{
	(void)state;
	struct walking w = { .who = EMMA, .incident = against_emma() };
	w.exposure = town_exposure(&w.incident, 0);
	web_each_route(town.web, walk, &w);
	assert_int_equal(w.tried, 9);
	/* The same walk finds it open to whoever leads an incident that she is no party to. */
	struct incident_seat s = { .person = town_person("103") };
	struct town_registering r = registered(&s, 1);
	town_gives(EMMA, "GET", at("/incidents/", &r.incident, ""), NULL, 200, SENTENCE, "Mehmet Kaya", NULL);
	town_gives(EMMA, "GET", "/incidents", NULL, 200, SENTENCE, "Offered to 0 of 1", NULL);
}

static void where_every_leader_is_a_party_the_safety_representative_leads_it(void **state)
{
	bool leads;
	(void)state;
	struct id incident = against_emma();
	assert_int_equal(sees(town_actor(EMMA), &incident, &leads), RES_REFUSED);
	assert_int_equal(sees(town_actor(MONS), &incident, &leads), RES_REFUSED);
	assert_int_equal(sees(town_actor(VERA), &incident, &leads), RES_OK);
	assert_true(leads);
	town_gives(VERA, "GET", at("/incidents/", &incident, ""), NULL, 200, "Kari Hansen", "sees nothing of it here: Emma Eide", NULL);
	town_gives(VERA, "POST", at("/incidents/", &incident, "/people"), arena_printf(town.a, "csrf=token&do=save&%s", seat("103", 1)), 303, NULL);
	town_gives(VERA, "GET", at("/incidents/", &incident, ""), NULL, 200, "Offered to 0 of 2", NULL);
	struct walking w = { .incident = incident };
	w.exposure = town_exposure(&w.incident, 0);
	town_gives(VERA, "POST", at("/exposures/", &w.exposure, "/in-person"), "csrf=token", 303, NULL);
	town_gives(VERA, "GET", at("/incidents/", &incident, ""), NULL, 200, "Offered to 1 of 2", NULL);
	/* Of another incident she sees numbers, as ever. */
	struct incident_seat s = { .person = town_person("103") };
	struct id other = registered(&s, 1).incident;
	assert_int_equal(sees(town_actor(VERA), &other, &leads), RES_OK);
	assert_false(leads);
}

static void where_there_is_a_leader_above_it_is_hers_and_the_safety_representative_sees_numbers(void **state)
{
	bool leads;
	(void)state;
	struct id incident = against_emma();
	given((struct giving){ .email = "mons@fjordvik.example", .role = ROLE_LEADER }); /* the whole workplace */
	assert_int_equal(sees(town_actor(MONS), &incident, &leads), RES_OK);
	assert_true(leads);
	assert_int_equal(sees(town_actor(VERA), &incident, &leads), RES_OK);
	assert_false(leads);
	town_gives(VERA, "GET", at("/incidents/", &incident, ""), NULL, 200, "!Kari", "!Emma Eide", NULL);
	town_gives(VERA, "GET", at("/incidents/", &incident, "/people"), NULL, 404, NULL);
}

static void a_party_is_none_of_n_gets_no_message_and_is_not_sent(void **state)
{
	(void)state;
	struct incident_seat seats[] = { { .person = town_person("102") }, { .person = town_person("107"), .part = SEAT_PARTY } };
	struct id incident = registered(seats, 2).incident;
	struct door_incident in = at_the_door();
	assert_int_equal(in.exposures_n, 1);
	assert_true(excluded(&in, "107"));
	assert_false(excluded(&in, "105"));
	town_gives(EMMA, "GET", at("/incidents/", &incident, ""), NULL, 200, "Offered to 0 of 1", "sees nothing of it here: Åse Dahl", NULL);
}

static void who_is_both_is_offered_support_and_sees_nothing_as_a_leader(void **state)
{
	bool leads;
	(void)state;
	struct incident_seat s = { .person = town_person(EMMAS), .part = SEAT_BOTH };
	struct id incident = registered(&s, 1).incident;
	assert_int_equal(at_the_door().exposures_n, 1);
	assert_int_equal(sees(town_actor(EMMA), &incident, &leads), RES_REFUSED);
	assert_int_equal(sees(town_actor(VERA), &incident, &leads), RES_OK);
	assert_true(leads);
}

static void whoever_becomes_a_party_later_sees_nothing_from_then_on(void **state)
{
	bool leads;
	(void)state;
	struct incident_seat s = { .person = town_person("102") };
	struct id incident = registered(&s, 1).incident;
	assert_int_equal(sees(town_actor(EMMA), &incident, &leads), RES_OK);
	town_gives(EMMA, "POST", at("/incidents/", &incident, "/people"), arena_printf(town.a, "csrf=token&do=save&%s", seat(EMMAS, 4)), 303,
		   "Location: /incidents?said=elsewhere", NULL);
	assert_int_equal(sees(town_actor(EMMA), &incident, &leads), RES_REFUSED);
	struct door_incident in = at_the_door();
	assert_int_equal(in.exposures_n, 1);
	assert_true(excluded(&in, EMMAS));
}

static void somebody_must_be_affected_and_nobody_from_outside_is_a_party(void **state)
{
	(void)state;
	const char *what = arena_printf(town.a, "csrf=token&unit=%s&kind=5&severity=1&day=0&clock=9&sentence=x&do=save", id_text(&town.emergency).s);
	town_gives(EMMA, "POST", "/incidents/new", arena_printf(town.a, "%s&%s", what, seat("102", 4)), 422, "Choose at least one person", NULL);
	town_gives(EMMA, "POST", "/incidents/new", arena_printf(town.a, "%s&seat=o%%7C4%%7Cen%%7C12345%%7CX", what), 422, NULL);
	struct incident_seat seats[] = { { .person = town_person("102") }, { .name = SLICE("X"), .phone = SLICE("12345"), .part = SEAT_PARTY } };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, 2) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_BAD);
}

static void an_account_is_known_by_whom_it_is_of_and_by_an_e_mail_that_several_share(void **state)
{
	bool leads;
	(void)state;
	struct id kari = town_person("102");
	struct incident_seat seats[] = { { .person = town_person("103") }, { .person = kari, .part = SEAT_PARTY } };
	struct id incident = registered(seats, 2).incident;
	struct giving of = { .email = "leader@elsewhere.example", .role = ROLE_LEADER, .unit = town.emergency, .of_whom = kari };
	struct giving by_mail = { .email = "kari@fjordvik.example", .role = ROLE_LEADER, .unit = town.emergency };
	struct giving not_her = { .email = "lea@fjordvik.example", .role = ROLE_LEADER, .unit = town.emergency };
	struct actor who = town_actor(EMMA);
	who.account = given(of);
	assert_int_equal(sees(who, &incident, &leads), RES_REFUSED);
	town_people("Employee number;Name;E-mail;Phone;Unit;Title;Protected\n"
		    "108;Kaja Holm;kari@fjordvik.example;;Fjordvik / Emergency;Nurse;\n");
	who.account = given(by_mail);
	assert_int_equal(sees(who, &incident, &leads), RES_REFUSED);
	who.account = given(not_her);
	assert_int_equal(sees(who, &incident, &leads), RES_OK);
	assert_true(leads);
}

static void somebody_protected_who_is_a_party_is_barred_too(void **state)
{
	bool leads;
	(void)state;
	struct incident_seat seats[] = { { .person = town_person("103") }, { .person = town_person("104"), .part = SEAT_PARTY } };
	struct id incident = registered(seats, 2).incident;
	struct actor who = town_actor(EMMA);
	who.account = given((struct giving){ .email = "siri@fjordvik.example", .role = ROLE_LEADER, .unit = town.emergency });
	assert_int_equal(sees(who, &incident, &leads), RES_REFUSED);
	town_gives(EMMA, "GET", at("/incidents/", &incident, ""), NULL, 200, "Protected identity (no. 104)", "!Skjult", NULL);
}

static void there_is_an_end_to_parties(void **state)
{
	struct incident_seat seats[INCIDENTS_PARTIES_MOST + 2] = { { .person = town_person("102") } };
	struct buf csv = BUF_LIMIT(20000);
	(void)state;
	buf_str(&csv, "Employee number;Name;Unit\n");
	for (size_t i = 1; i < ARRAY_LEN(seats); i++)
		buf_printf(&csv, "%zu;Person Number;Fjordvik / Emergency\n", 1000 + i);
	town_people(csv.p);
	buf_free(&csv);
	for (size_t i = 1; i < ARRAY_LEN(seats); i++)
		seats[i] = (struct incident_seat){ .person = town_person(arena_printf(town.a, "%zu", 1000 + i)), .part = SEAT_PARTY };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, ARRAY_LEN(seats)) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_BAD);
	r.draft.seats_n--;
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_OK);
}

static void whoever_reviews_it_is_kept_out_as_a_party_is_and_stands_apart_from_the_parties(void **state)
{
	bool leads;
	(void)state;
	struct incident_seat seats[] = { { .person = town_person("102") }, { .person = town_person("107"), .part = SEAT_REVIEWS },
					 { .person = town_person("105"), .part = SEAT_PARTY } };
	struct id incident = registered(seats, 3).incident;
	struct door_incident in = at_the_door();
	assert_int_equal(in.exposures_n, 1);
	assert_true(excluded(&in, "107") && excluded(&in, "105"));
	town_gives(EMMA, "GET", at("/incidents/", &incident, ""), NULL, 200, "Reviews it, and sees nothing of it here: Åse Dahl.",
		   "A party to it, and sees nothing of it here: Ola Berg.", NULL);
	/* Later, on the page: the leader herself. */
	town_gives(EMMA, "POST", at("/incidents/", &incident, "/people"), arena_printf(town.a, "csrf=token&%s&do=save", seat(EMMAS, 5)), 303,
		   "Location: /incidents?said=elsewhere", NULL);
	in = at_the_door();
	assert_true(excluded(&in, EMMAS));
	assert_int_equal(in.exposures_n, 1);
	assert_int_equal(sees(town_actor(EMMA), &incident, &leads), RES_REFUSED);
	assert_int_equal(sees(town_actor(VERA), &incident, &leads), RES_OK);
	assert_true(leads);
	town_gives(EMMA, "POST", "/incidents/new", arena_printf(town.a, "csrf=token&%s&do=save", seat("102", 6)), 422, NULL); /* no such choice */
}

SQL(test_no_role, "b", "", "DELETE FROM account_role WHERE account = $1");

static enum result no_role_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_no_role, NULL, v_id(ctx));
}

static void where_nobody_is_left_to_follow_it_she_is_told_so(void **state)
{
	static const struct id once = { { 4 } };
	(void)state;
	const char *form = arena_printf(town.a, "csrf=token&once=%s&unit=%s&kind=5&severity=1&day=0&clock=9&sentence=A+visitor+threatened+the+staff&%s&%s&do=save",
					id_text(&once).s, id_text(&town.emergency).s, seat("102", 0), seat(EMMAS, 4));
	assert_int_equal(db_write(town.db, no_role_work, &town.account[VERA]), RES_OK);
	town_gives(EMMA, "POST", "/incidents/new", form, 303, "Location: /incidents?said=nobody", NULL);
	town_gives(EMMA, "GET", "/incidents?said=nobody", NULL, 200, "But nobody follows it", "!somebody else follows", "!" SENTENCE, NULL);
	/* Everybody is offered support all the same. */
	assert_int_equal(at_the_door().exposures_n, 1);
}

static void whoever_reviews_alone_makes_no_incident(void **state)
{
	(void)state;
	struct incident_seat seats[] = { { .person = town_person("107"), .part = SEAT_REVIEWS }, { .name = SLICE("Viktor"), .phone = SLICE("+47 00 00 09"), .part = SEAT_REVIEWS } };
	struct town_registering r = { .who = town_actor(EMMA), .draft = town_draft(&town.emergency, seats, 1) };
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_BAD);
	struct incident_seat with[] = { { .person = town_person("102") }, seats[1] };
	r.draft = town_draft(&town.emergency, with, 2);
	assert_int_equal(db_write(town.db, town_register_work, &r), RES_BAD); /* nobody from outside reviews */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, town_open, town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_leader_who_is_a_party_may_register_and_sees_nothing_of_it_then),
		TEST(no_route_tells_a_party_of_it),
		TEST(where_every_leader_is_a_party_the_safety_representative_leads_it),
		TEST(where_there_is_a_leader_above_it_is_hers_and_the_safety_representative_sees_numbers),
		TEST(a_party_is_none_of_n_gets_no_message_and_is_not_sent),
		TEST(who_is_both_is_offered_support_and_sees_nothing_as_a_leader),
		TEST(whoever_becomes_a_party_later_sees_nothing_from_then_on),
		TEST(somebody_must_be_affected_and_nobody_from_outside_is_a_party),
		TEST(an_account_is_known_by_whom_it_is_of_and_by_an_e_mail_that_several_share),
		TEST(somebody_protected_who_is_a_party_is_barred_too),
		TEST(there_is_an_end_to_parties),
		TEST(whoever_reviews_it_is_kept_out_as_a_party_is_and_stands_apart_from_the_parties),
		TEST(where_nobody_is_left_to_follow_it_she_is_told_so),
		TEST(whoever_reviews_alone_makes_no_incident),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
