/* Signing in by the pages, the cookie, and how a session ends. */
#include "signin/signin_pages_testing.h"

#include <time.h>

/* ---- signing in ---- */

static void the_right_passphrase_opens_and_a_wrong_one_does_not(void **state)
{
	(void)state;
	chosen();
	is(get("/incidents", ""), 303, "\r\nLocation: /sign-in?to=%2Fincidents\r\n");
	is(get("/sign-in", ""), 200, "name=\"passphrase\"");
	struct jar j = signs_in("K.OBrien%40X.example", "four+lamps+lit");
	is(get("/incidents", j.line), 200, "Kari O&#39;Brien");
	/* Wrong, unknown and not yet chosen look the same. */
	struct adding invited = {.email = "new@x.example", .name = "Åse", .role = ROLE_LEADER};
	assert_int_equal(add_account(&invited), RES_OK);
	static const char *const bodies[] = {
	    "email=k.obrien@x.example&passphrase=four+lamps+lid",
	    "email=nobody@x.example&passphrase=four+lamps+lit",
	    "email=new@x.example&passphrase=four+lamps+lit",
	    "email=new@x.example&passphrase=",
	    "email=&passphrase=four+lamps+lit",
	    "email=k.obrien@x.example",
	    "",
	    "email=%C3%A5%00&passphrase=%FF",
	};
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		char *a = post("/sign-in", "", bodies[i]);
		assert_null(strstr(a, "Set-Cookie"));
		is(a, 403, "The address and the passphrase do not match");
	}
}

static int64_t us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t quickest(const char *email)
{
	int64_t best = INT64_MAX;
	char body[200];
	snprintf(body, sizeof(body), "email=%s&passphrase=not+the+one+at+all", email);
	for (int i = 0; i < 5; i++) {
		int64_t from = us();
		is(post("/sign-in", "", body), 403, NULL);
		int64_t took = us() - from;
		if (took < best)
			best = took;
	}
	return best;
}

/* With the real cost of a hash, so that leaving it out would show. */
static void an_unknown_address_takes_the_same_work(void **state)
{
	struct adding invited = {.email = "new@x.example", .name = "Åse", .role = ROLE_LEADER};
	(void)state;
	chosen();
	assert_int_equal(add_account(&invited), RES_OK);
	struct password_pool *light = room->pool;
	room->pool = password_pool_new(random_system(), PASSWORD_COST, 2, 64);
	/* The account's own hash must be of that cost too. */
	clock_set(by_hand, instant_add(clock_now(by_hand), 600));
	signs_in(EMAIL, "four+lamps+lit");
	clock_set(by_hand, instant_add(clock_now(by_hand), 600));
	int64_t known = quickest(EMAIL), unknown = quickest("nobody@x.example"),
		waiting = quickest("new@x.example");
	if (unknown * 4 < known || known * 4 < unknown || waiting * 4 < known || known * 4 < waiting)
		fail_msg("known %lld, unknown %lld, invited %lld microseconds", (long long)known,
			 (long long)unknown, (long long)waiting);
	password_pool_free(&room->pool);
	room->pool = light;
}

static void an_outdated_hash_is_made_anew_at_sign_in(void **state)
{
	(void)state;
	chosen();
	assert_int_equal(lines("account|"), 1);
	password_pool_free(&room->pool);
	room->pool = password_pool_new(random_system(), (struct password_cost){2, 128}, 2, 64);
	signs_in(EMAIL, "four+lamps+lit");
	struct buf dump = BUF_LIMIT(1 << 20);
	assert_int_equal(db_dump(db, &dump), RES_OK);
	assert_non_null(strstr(dump.p, "m=128,t=2"));
	assert_null(strstr(dump.p, "m=64,t=1"));
	buf_free(&dump);
	signs_in(EMAIL, "four+lamps+lit");
}

static void one_returns_where_one_wanted_to_go_and_never_to_another_site(void **state)
{
	(void)state;
	chosen();
	is(get("/sign-in?to=%2Fleaders%3Fday%3D1", ""), 200, "name=\"to\" value=\"/leaders?day=1\"");
	is(post("/sign-in", "", "email=k.obrien@x.example&passphrase=four+lamps+lit&to=%2Fleaders"), 303,
	   "\r\nLocation: /leaders\r\n");
	static const char *const bad[] = {
	    "%2F%2Fevil.example",
	    "https%3A%2F%2Fevil.example",
	    "%2F%5Cevil.example",
	    "%2F..%2F%2Fevil.example",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char path[200], body[300];
		snprintf(path, sizeof(path), "/sign-in?to=%s", bad[i]);
		char *a = get(path, "");
		assert_null(strstr(a, "evil"));
		free(a);
		snprintf(body, sizeof(body), "email=k.obrien@x.example&passphrase=four+lamps+lit&to=%s",
			 bad[i]);
		is(post("/sign-in", "X-Real-IP: 192.0.2.77\r\n", body), 303, "\r\nLocation: /incidents\r\n");
	}
}

/* ---- the cookie ---- */

static void the_cookie_is_fenced(void **state)
{
	(void)state;
	chosen();
	char *a = post("/sign-in", "", "email=k.obrien@x.example&passphrase=four+lamps+lit");
	const char *at = strstr(a, "\r\nSet-Cookie: makker-duty=");
	assert_non_null(at);
	assert_memory_equal(at + 26 + 43, "; Path=/; HttpOnly; SameSite=Lax; Secure\r\n", 42);
	/* Only its hash is kept. */
	char token[44];
	struct buf dump = BUF_LIMIT(1 << 20);
	snprintf(token, sizeof(token), "%.43s", at + 26);
	assert_int_equal(db_dump(db, &dump), RES_OK);
	assert_null(strstr(dump.p, token));
	buf_free(&dump);
	free(a);
	/* The other program, without https: its own name and path. */
	struct adding other = {.email = "o@x.example", .name = "Ole", .role = ROLE_SUPPORTER};
	stop();
	base = "/s";
	serve("http://haven.localhost");
	assert_int_equal(add_account(&other), RES_OK);
	a = post(strstr(other.url, "/s/welcome"), "", "passphrase=four+lamps+lit&again=four+lamps+lit");
	at = strstr(a, "\r\nSet-Cookie: makker-haven=");
	assert_non_null(at);
	assert_memory_equal(at + 27 + 43, "; Path=/s/; HttpOnly; SameSite=Lax\r\n", 36);
	free(a);
}

static void a_cookie_from_before_the_sign_in_is_worth_nothing_after_it(void **state)
{
	(void)state;
	chosen();
	const char planted[] = "Cookie: makker-duty=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
	char *a = post("/sign-in", planted, "email=k.obrien@x.example&passphrase=four+lamps+lit");
	struct jar one = jar_of(a);
	free(a);
	assert_null(strstr(one.line, "AAAAAAAAAAAA"));
	is(get("/incidents", planted), 303, NULL);
	/* Signing in again ends the session that this browser had. */
	a = post("/sign-in", one.line, "email=k.obrien@x.example&passphrase=four+lamps+lit");
	struct jar two = jar_of(a);
	free(a);
	is(get("/incidents", one.line), 303, NULL);
	is(get("/incidents", two.line), 200, NULL);
	is(get("/incidents", "Cookie: makker-duty=short\r\n"), 303, NULL);
	is(get("/incidents", "Cookie: makker-haven=x; makker-duty=\r\n"), 303, NULL);
}

static void a_change_needs_the_sessions_own_token(void **state)
{
	(void)state;
	chosen();
	chosen_as("o@x.example", "Ole", ROLE_ADMIN, "five+lamps+lit");
	struct jar j = signs_in(EMAIL, "four+lamps+lit"), other = signs_in("o@x.example", "five+lamps+lit");
	is(post("/incidents", j.line, csrf_of(&j)), 200, NULL);
	is(post("/incidents", j.line, csrf_of(&other)), 403, NULL);
	is(post("/incidents", j.line, ""), 403, NULL);
	is(post("/account/sign-out-everywhere", j.line, csrf_of(&other)), 403, NULL);
	is(post("/sign-out", j.line, ""), 403, NULL);
	is(get("/incidents", j.line), 200, NULL);
	/* From another site, not even the sign-in itself. */
	char *a = ask("POST /sign-in HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\nOrigin: "
		      "https://evil.example\r\n"
		      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nemail=x");
	is(a, 403, NULL);
}

static void roles_open_their_pages_and_no_others(void **state)
{
	(void)state;
	chosen();
	chosen_as("o@x.example", "Ole", ROLE_ADMIN, "five+lamps+lit");
	struct jar leader = signs_in(EMAIL, "four+lamps+lit"),
		   admin = signs_in("o@x.example", "five+lamps+lit");
	is(get("/leaders", leader.line), 200, NULL);
	is(get("/leaders", admin.line), 403, NULL);
	is(get("/admins", admin.line), 200, NULL);
	is(get("/admins", leader.line), 403, NULL);
}

/* ---- ends ---- */

static void a_session_ends_when_told(void **state)
{
	(void)state;
	chosen();
	struct jar one = signs_in(EMAIL, "four+lamps+lit"), two = signs_in(EMAIL, "four+lamps+lit");
	is(post("/sign-out", one.line, csrf_of(&one)), 303,
	   "makker-duty=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
	is(get("/incidents", one.line), 303, NULL);
	is(get("/incidents", two.line), 200, NULL);
	one = signs_in(EMAIL, "four+lamps+lit");
	is(post("/account/sign-out-everywhere", two.line, csrf_of(&two)), 303,
	   "\r\nLocation: /sign-in?out=1\r\n");
	is(get("/incidents", one.line), 303, NULL);
	is(get("/incidents", two.line), 303, NULL);
	assert_int_equal(lines("session|"), 0);
	is(post("/sign-out", one.line, ""), 303, NULL); /* nobody is signed in: nothing to guard */
	is(get("/sign-in?out=1", ""), 200, "You are signed out.");
}

static enum result end_work(struct tx *tx, void *ctx)
{
	return signin_end_account(tx, ctx, signin_today(room));
}

static void an_account_that_is_ended_is_out_at_once(void **state)
{
	(void)state;
	struct adding a = chosen();
	struct jar j = signs_in(EMAIL, "four+lamps+lit");
	assert_int_equal(db_write(db, end_work, &a.id), RES_OK);
	is(get("/incidents", j.line), 303, NULL);
	is(post("/sign-in", "", "email=k.obrien@x.example&passphrase=four+lamps+lit"), 403, NULL);
}

static void a_session_ends_by_itself(void **state)
{
	(void)state;
	chosen();
	struct jar j = signs_in(EMAIL, "four+lamps+lit"), idle = signs_in(EMAIL, "four+lamps+lit");
	is(get("/incidents", idle.line), 200, NULL);
	struct day today = signin_today(room);
	for (int hours = 3; instant_day(instant_add(clock_now(by_hand), 3 * 3600)).n <= today.n + 1;
	     hours += 3) {
		clock_set(by_hand, instant_add(clock_now(by_hand), 3 * 3600));
		is(get("/incidents", j.line), 200, NULL);
		if (hours == 6) {
			is(get("/incidents", idle.line), 303, NULL);
			is(get("/incidents", idle.line), 303, NULL);
		}
	}
	clock_set(by_hand, day_at(day_add(today, 2), 0, 0));
	is(get("/incidents", j.line), 303, NULL);
	assert_int_equal(lines("session|"), 2); /* of the invitation, and this one */
	signs_in(EMAIL, "four+lamps+lit");
	assert_int_equal(lines("session|"), 1); /* what has expired went at the sign-in */
}

/* ---- languages ---- */

static void the_pages_speak_four_languages(void **state)
{
	static const struct {
		const char *path, *text;
	} pages[] = {
	    {"/sign-in?lang=nb", "Jeg har glemt passfrasen"},
	    {"/sign-in?lang=sv", "Jag har glömt lösenfrasen"},
	    {"/sign-in?lang=da", "Jeg har glemt min adgangssætning"},
	    {"/sign-in?lang=en", "I have forgotten"},
	    {"/forgot?lang=sv", "Skicka en länk till mig"},
	    {"/welcome/x?lang=da", "virker ikke længere"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		char *a = get(pages[i].path, "");
		if (!strstr(a, pages[i].text))
			fail_msg("%s lacks %s:\n%s", pages[i].path, pages[i].text, a);
		free(a);
	}
}

/* ---- what goes by itself ---- */

struct day_of {
	struct id account;
	int day;
};

static enum result tidy_on(struct tx *tx, void *ctx)
{
	const struct day_of *d = ctx;
	return signin_tidy(tx, (struct day){d->day});
}

static enum result end_on(struct tx *tx, void *ctx)
{
	const struct day_of *d = ctx;
	return signin_end_account(tx, &d->account, (struct day){d->day});
}

static void a_link_that_nobody_used_goes_after_its_last_day_without_a_sign_in(void **state)
{
	struct adding a = {.email = "k@x.example", .name = "Kari", .role = ROLE_LEADER};
	struct day_of d = {.day = signin_today(room).n + SIGNIN_INVITE_DAYS};
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	assert_int_equal(db_write(db, tidy_on, &d), RES_OK);
	assert_int_equal(lines("invite|"), 1);
	d.day++;
	assert_int_equal(db_write(db, tidy_on, &d), RES_OK);
	assert_int_equal(lines("invite|"), 0);
}

static struct {
	struct id account[300];
	int n;
} ended;

static enum result keep_ended(struct tx *tx, const struct id *account)
{
	(void)tx;
	ended.account[ended.n++] = *account;
	return RES_OK;
}

static enum result each_ended(struct tx *tx, void *ctx)
{
	const struct day_of *d = ctx;
	ended.n = 0;
	return signin_forget_ended(tx, (struct day){d->day}, keep_ended);
}

static int ended_before(int day)
{
	struct day_of d = {.day = day};
	assert_int_equal(db_write(db, each_ended, &d), RES_OK);
	return ended.n;
}

static void accounts_that_ended_long_ago_go_and_no_others(void **state)
{
	int today = signin_today(room).n;
	struct adding open = {.email = "open@x.example", .name = "Kari", .role = ROLE_LEADER}, back = open;
	struct day_of d = {.day = today - 500};
	char email[50];
	(void)state;
	back.email = "back@x.example";
	assert_int_equal(add_account(&open), RES_OK);
	assert_int_equal(add_account(&back), RES_OK);
	assert_int_equal(ended_before(today + 1), 0);
	d.account = back.id;
	assert_int_equal(db_write(db, end_on, &d), RES_OK);
	assert_int_equal(add_account(&back), RES_OK); /* opened anew */
	assert_int_equal(ended_before(today), 0);
	assert_int_equal(db_write(db, end_on, &d), RES_OK);
	assert_int_equal(ended_before(today - 500), 0);
	assert_int_equal(lines("account|"), 2);
	assert_int_equal(ended_before(today - 499), 1);
	assert_true(id_eq(&ended.account[0], &back.id));
	assert_int_equal(lines("account|"), 1);
	/* More than are read at once. */
	for (int i = 0; i < 205; i++) {
		struct adding a = {.email = email, .name = "Bo", .role = ROLE_LEADER};
		snprintf(email, sizeof(email), "b%d@x.example", i);
		assert_int_equal(add_account(&a), RES_OK);
		d.account = a.id;
		assert_int_equal(db_write(db, end_on, &d), RES_OK);
	}
	assert_int_equal(ended_before(today), 205);
	for (int i = 0; i < 205; i++)
		assert_false(id_eq(&ended.account[i], &open.id));
	for (int i = 1; i < 205; i++)
		assert_true(memcmp(&ended.account[i - 1], &ended.account[i], sizeof(struct id)) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_right_passphrase_opens_and_a_wrong_one_does_not),
	    TEST(an_unknown_address_takes_the_same_work),
	    TEST(an_outdated_hash_is_made_anew_at_sign_in),
	    TEST(one_returns_where_one_wanted_to_go_and_never_to_another_site),
	    TEST(the_cookie_is_fenced),
	    TEST(a_cookie_from_before_the_sign_in_is_worth_nothing_after_it),
	    TEST(a_change_needs_the_sessions_own_token),
	    TEST(roles_open_their_pages_and_no_others),
	    TEST(a_session_ends_when_told),
	    TEST(an_account_that_is_ended_is_out_at_once),
	    TEST(a_session_ends_by_itself),
	    TEST(a_link_that_nobody_used_goes_after_its_last_day_without_a_sign_in),
	    TEST(accounts_that_ended_long_ago_go_and_no_others),
	    TEST(the_pages_speak_four_languages),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("signin sessions", tests, NULL, NULL);
}
