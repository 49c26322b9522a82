/* The pages from outside: real sockets, raw requests, the clock by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "signin/signin_testing.h"
#include "web/reply.h"

#define EMAIL "k.obrien@x.example"

#define FORM                                                                                                 \
	"Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\nOrigin: null\r\n"

static struct web *web;
static const char *base = "";

/* ---- a room beside it ---- */

static struct answer who_page(struct req *req, const struct actor *who, void *ctx)
{
	(void)ctx;
	struct html h = html_for(req);
	html_text_str(&h, who->name);
	return reply_html(req, 200, &h);
}

static const struct route others[] = {
    {METHOD_GET, "/incidents", MAY_SIGNED_IN, NULL, who_page, 0, 0},
    {METHOD_POST, "/incidents", MAY_SIGNED_IN, NULL, who_page, 0, 0},
    {METHOD_GET, "/leaders", ROLE_LEADER, NULL, who_page, 0, 0},
    {METHOD_GET, "/admins", ROLE_ADMIN, NULL, who_page, 0, 0},
};

static void serve(const char *public_url)
{
	static const char *const hosts[] = {"x.example", NULL};
	struct signin_setup s = room_setup();
	s.base = base;
	s.public_url = public_url;
	signin_free(&room);
	assert_int_equal(signin_new(&s, &room), RES_OK);
	struct web_setup w = {.listen = "127.0.0.1:0",
			      .hosts = hosts,
			      .clock = by_hand,
			      .rnd = random_system(),
			      .workers = 4,
			      .who = signin_who,
			      .who_ctx = room,
			      .sign_in = "/sign-in",
			      .default_lang = LANG_EN,
			      .public_url = public_url,
			      .peer_header = "X-Real-IP"};
	assert_int_equal(web_new(&w, &web), RES_OK);
	signin_routes(room, web);
	web_routes(web, others, ARRAY_LEN(others), NULL);
	assert_int_equal(web_start(web), RES_OK);
}

static void stop(void)
{
	web_drain(web, 5);
	web_free(&web);
}

static int set_up(void **state)
{
	(void)state;
	base = "";
	open_room();
	serve("https://duty.example");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	stop();
	close_room();
	return 0;
}

/* ---- a client ---- */

static char *ask(const char *request)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)web_port(web)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 30};
	struct buf b = BUF_LIMIT(1 << 20);
	char piece[4096];
	ssize_t n;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		bug("no connection to the server under test");
	buf_str(&b, "");
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(&b, piece, (size_t)n);
	close(fd);
	return b.p;
}

static char *get(const char *path, const char *headers)
{
	struct buf b = BUF_LIMIT(8192);
	buf_printf(&b, "GET %s HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n%s\r\n", path, headers);
	char *a = ask(b.p);
	buf_free(&b);
	return a;
}

static char *post(const char *path, const char *headers, const char *body)
{
	struct buf b = BUF_LIMIT(65536);
	buf_printf(&b,
		   "POST %s HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n" FORM
		   "%sContent-Length: %zu\r\n\r\n%s",
		   path, headers, strlen(body), body);
	char *a = ask(b.p);
	buf_free(&b);
	return a;
}

static int status_of(const char *a)
{
	return strncmp(a, "HTTP/1.1 ", 9) ? 0 : (a[9] - '0') * 100 + (a[10] - '0') * 10 + (a[11] - '0');
}

static void is(char *a, int status, const char *holding)
{
	if (status_of(a) != status || (holding && !strstr(a, holding)))
		fail_msg("should be %d holding %s:\n%s", status, holding ? holding : "", a);
	free(a);
}

/* "Cookie: makker-duty=…\r\n" of an answer that set one. */
struct jar {
	char line[200];
};

static struct jar jar_of(const char *answer)
{
	struct jar j = {""};
	const char *at = strstr(answer, "\r\nSet-Cookie: ");
	if (!at)
		fail_msg("no cookie in:\n%s", answer);
	else
		snprintf(j.line, sizeof(j.line), "Cookie: %.*s\r\n", (int)strcspn(at + 14, ";"), at + 14);
	return j;
}

static struct jar signs_in(const char *email, const char *words)
{
	char body[3000];
	snprintf(body, sizeof(body), "email=%s&passphrase=%s", email, words);
	char *a = post("/sign-in", "", body);
	if (status_of(a) != 303)
		fail_msg("%s does not get in:\n%s", email, a);
	struct jar j = jar_of(a);
	free(a);
	return j;
}

/* The token that forms of this session carry, as the account's page has it. */
static const char *csrf_of(const struct jar *j)
{
	static char csrf[64];
	char *a = get("/account", j->line);
	const char *at = strstr(a, "name=\"csrf\" value=\"");
	if (!at)
		fail_msg("no token in:\n%s", a);
	else
		snprintf(csrf, sizeof(csrf), "csrf=%.22s", at + 19);
	free(a);
	return csrf;
}

/* An account whose owner has chosen `words`, as a browser sends them. */
static struct adding chosen_as(const char *email, const char *name, enum role role, const char *words)
{
	struct adding a = {.email = email, .name = name, .role = role, .lang = LANG_EN};
	char body[7000];
	assert_int_equal(add_account(&a), RES_OK);
	snprintf(body, sizeof(body), "passphrase=%s&again=%s", words, words);
	is(post(strstr(a.url, "/welcome"), "", body), 303, "\r\nLocation: /incidents\r\n");
	return a;
}

static struct adding chosen(void)
{
	return chosen_as(EMAIL, "Kari O'Brien", ROLE_LEADER, "four+lamps+lit");
}

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

/* ---- choosing and changing ---- */

static void an_invitation_is_only_shown_by_looking_at_it(void **state)
{
	struct adding a = {.email = EMAIL, .name = "Kari", .role = ROLE_LEADER};
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	const char *path = strstr(a.url, "/welcome");
	struct buf before = BUF_LIMIT(1 << 20), after = BUF_LIMIT(1 << 20);
	assert_int_equal(db_dump(db, &before), RES_OK);
	for (int i = 0; i < 3; i++) {
		char *page = get(path, "");
		assert_null(strstr(page, "Set-Cookie"));
		is(page, 200, "k.obrien@x.example");
	}
	assert_int_equal(db_dump(db, &after), RES_OK);
	assert_string_equal(before.p, after.p);
	buf_free(&before);
	buf_free(&after);
	is(post(path, "", "passphrase=too+short&again=too+short"), 422, "That is too short");
	is(post(path, "", "passphrase=four+lamps+lit&again=four+lamps+lid"), 422, "not the same");
	is(post(path, "", "passphrase=password1234&again=password1234"), 422, "Many others");
	is(post(path, "", ""), 422, "That is too short");
	is(post(path, "", "passphrase=four+lamps+lit&again=four+lamps+lit"), 303, "Set-Cookie: makker-duty=");
	is(post(path, "", "passphrase=four+lamps+lit&again=four+lamps+lit"), 410,
	   "This link no longer works");
	is(get(path, ""), 410, "/forgot");
	is(get("/welcome/nonsense", ""), 410, NULL);
	is(post("/welcome/nonsense", "", ""), 410, NULL);
}

static void an_invitation_expires(void **state)
{
	struct adding a = {.email = EMAIL, .name = "Kari", .role = ROLE_LEADER};
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	const char *path = strstr(a.url, "/welcome");
	struct day today = signin_today(room);
	clock_set(by_hand, day_at(day_add(today, SIGNIN_INVITE_DAYS), 23, 59));
	is(get(path, ""), 200, NULL);
	clock_set(by_hand, day_at(day_add(today, SIGNIN_INVITE_DAYS + 1), 0, 0));
	is(get(path, ""), 410, NULL);
	is(post(path, "", "passphrase=four+lamps+lit&again=four+lamps+lit"), 410, NULL);
}

struct rush {
	const char *path;
	int n, status;
};

static void *rush_thread(void *ctx)
{
	struct rush *r = ctx;
	char body[200];
	snprintf(body, sizeof(body), "passphrase=four+lamps+lit+%d&again=four+lamps+lit+%d", r->n, r->n);
	char *a = post(r->path, "", body);
	r->status = status_of(a);
	free(a);
	return NULL;
}

static void of_many_who_use_one_invitation_one_wins(void **state)
{
	static const int counts[] = {2, 4, 64};
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		pthread_t threads[64];
		struct rush all[64];
		char email[40], words[40];
		int winner = -1, gone = 0;
		snprintf(email, sizeof(email), "k%zu@x.example", c);
		struct adding a = {.email = email, .name = "Kari", .role = ROLE_LEADER};
		assert_int_equal(add_account(&a), RES_OK);
		for (int i = 0; i < counts[c]; i++) {
			all[i] = (struct rush){.path = strstr(a.url, "/welcome"), .n = i};
			assert_int_equal(pthread_create(&threads[i], NULL, rush_thread, &all[i]), 0);
		}
		for (int i = 0; i < counts[c]; i++) {
			pthread_join(threads[i], NULL);
			gone += all[i].status == 410;
			if (all[i].status == 303) {
				assert_int_equal(winner, -1);
				winner = i;
			}
		}
		assert_true(winner >= 0);
		assert_int_equal(gone, counts[c] - 1);
		snprintf(words, sizeof(words), "four+lamps+lit+%d", winner);
		signs_in(email, words);
	}
}

static void changing_the_passphrase_ends_every_other_session(void **state)
{
	(void)state;
	chosen();
	struct jar here = signs_in(EMAIL, "four+lamps+lit"), there = signs_in(EMAIL, "four+lamps+lit");
	char body[300];
	snprintf(body, sizeof(body),
		 "%s&current=wrong+words+here&passphrase=six+lamps+lit&again=six+lamps+lit", csrf_of(&here));
	is(post("/account", here.line, body), 403, "That is not your passphrase now");
	snprintf(body, sizeof(body), "%s&current=four+lamps+lit&passphrase=six&again=six", csrf_of(&here));
	is(post("/account", here.line, body), 422, "too short");
	is(get("/incidents", there.line), 200, NULL);
	snprintf(body, sizeof(body), "%s&current=four+lamps+lit&passphrase=six+lamps+lit&again=six+lamps+lit",
		 csrf_of(&here));
	char *a = post("/account", here.line, body);
	assert_int_equal(status_of(a), 303);
	struct jar anew = jar_of(a);
	free(a);
	is(get("/account?done=1", anew.line), 200, "Your passphrase is changed.");
	is(get("/incidents", here.line), 303, NULL);
	is(get("/incidents", there.line), 303, NULL);
	is(post("/sign-in", "", "email=k.obrien@x.example&passphrase=four+lamps+lit"), 403, NULL);
	clock_set(by_hand, instant_add(clock_now(by_hand), 60));
	signs_in(EMAIL, "six+lamps+lit");
}

static void a_passphrase_is_the_same_however_its_letters_are_composed(void **state)
{
	(void)state;
	chosen_as(EMAIL, "Åse", ROLE_LEADER, "bl%C3%A5b%C3%A6r+p%C3%A5+fjellet"); /* å as one sign */
	signs_in(EMAIL, "bla%CC%8Ab%C3%A6r+pa%CC%8A+fjellet");                    /* as a and ring */
	is(post("/sign-in", "", "email=" EMAIL "&passphrase=blab%C3%A6r+pa+fjellet"), 403, NULL);
}

static void the_longest_passphrase_works_whole_and_a_longer_one_is_refused(void **state)
{
	char words[SIGNIN_PASSPHRASE_MOST + 2], body[3000];
	(void)state;
	for (size_t i = 0; i < sizeof(words); i++)
		words[i] = (char)('a' + i % 23);
	words[SIGNIN_PASSPHRASE_MOST] = '\0';
	chosen_as(EMAIL, "Kari", ROLE_LEADER, words);
	signs_in(EMAIL, words);
	words[SIGNIN_PASSPHRASE_MOST - 1] = '0'; /* the last byte counts */
	snprintf(body, sizeof(body), "email=" EMAIL "&passphrase=%s", words);
	is(post("/sign-in", "", body), 403, NULL);
	words[SIGNIN_PASSPHRASE_MOST] = '0';
	words[SIGNIN_PASSPHRASE_MOST + 1] = '\0';
	struct adding a = {.email = "o@x.example", .name = "Ole", .role = ROLE_LEADER};
	assert_int_equal(add_account(&a), RES_OK);
	snprintf(body, sizeof(body), "passphrase=%s&again=%s", words, words);
	is(post(strstr(a.url, "/welcome"), "", body), 422, "longer than we can accept");
}

/* ---- a new link ---- */

static void wait_for_mails(int n)
{
	for (int i = 0; i < 500 && lines("outbox|") != n; i++)
		usleep(10000);
	assert_int_equal(lines("outbox|"), n);
}

static void asking_for_a_link_says_the_same_whoever_asks(void **state)
{
	(void)state;
	chosen();
	char *known = post("/forgot", "", "email=K.OBRIEN@x.example"),
	     *unknown = post("/forgot", "", "email=nobody@x.example");
	assert_int_equal(status_of(known), 200);
	assert_string_equal(strstr(known, "\r\n\r\n"), strstr(unknown, "\r\n\r\n"));
	free(known);
	free(unknown);
	is(post("/forgot", "", "email="), 200, "is on its way");
	wait_for_mails(1);
	/* The old passphrase stays until the link is used. */
	signs_in(EMAIL, "four+lamps+lit");
	/* Nobody's mailbox is filled. */
	for (int i = 0; i < 10; i++)
		is(post("/forgot", "", "email=" EMAIL), 200, "is on its way");
	wait_for_mails(3);
	clock_set(by_hand, instant_add(clock_now(by_hand), 20 * 60));
	is(post("/forgot", "", "email=" EMAIL), 200, NULL);
	wait_for_mails(4);
}

/* ---- limits ---- */

static void guessing_is_slowed_and_recovers(void **state)
{
	(void)state;
	chosen();
	for (int known = 0; known < 2; known++) {
		char body[100];
		snprintf(body, sizeof(body), "email=%s&passphrase=not+the+one+%d",
			 known ? EMAIL : "nobody@x.example", known);
		for (int i = 0; i < 5; i++)
			is(post("/sign-in", "", body), 403, NULL);
		is(post("/sign-in", "", body), 429, "\r\nRetry-After: 10\r\n");
		is(post("/sign-in", "", body), 429, "Wait 10 seconds and try again");
	}
	/* Also the right one waits, but at another address its owner gets in at once. */
	is(post("/sign-in", "", "email=" EMAIL "&passphrase=four+lamps+lit"), 429, NULL);
	is(post("/sign-in", "X-Real-IP: 192.0.2.7\r\n", "email=" EMAIL "&passphrase=four+lamps+lit"), 303,
	   NULL);
	clock_set(by_hand, instant_add(clock_now(by_hand), 10));
	is(post("/sign-in", "", "email=" EMAIL "&passphrase=four+lamps+lit"), 303, NULL);
}

static void guesses_from_many_places_are_slowed_too(void **state)
{
	(void)state;
	chosen();
	int slowed = 0;
	for (int i = 0; i < 40; i++) {
		char header[60];
		snprintf(header, sizeof(header), "X-Real-IP: 192.0.2.%d\r\n", i + 1);
		char *a = post("/sign-in", header, "email=" EMAIL "&passphrase=not+the+one");
		slowed += status_of(a) == 429;
		free(a);
	}
	assert_int_equal(slowed, 10);
	clock_set(by_hand, instant_add(clock_now(by_hand), 2));
	is(post("/sign-in", "X-Real-IP: 192.0.2.200\r\n", "email=" EMAIL "&passphrase=four+lamps+lit"), 303,
	   NULL);
}

static void a_whole_shift_behind_one_address_gets_in(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		char body[100];
		snprintf(body, sizeof(body), "email=k%d@x.example&passphrase=not+the+one", i);
		is(post("/sign-in", "X-Real-IP: 192.0.2.9\r\n", body), 403, NULL);
	}
}

static void *shift_thread(void *ctx)
{
	struct rush *r = ctx;
	char body[200];
	snprintf(body, sizeof(body), "email=k%d@x.example&passphrase=four+lamps+lit", r->n);
	char *a = post("/sign-in", "", body);
	r->status = status_of(a);
	free(a);
	return NULL;
}

/* With sessions of the day before to be tidied away, which all of them try. */
static void sixty_four_sign_in_at_the_same_instant(void **state)
{
	pthread_t threads[64];
	struct rush all[64];
	(void)state;
	for (int i = 0; i < 64; i++) {
		char email[40];
		snprintf(email, sizeof(email), "k%d@x.example", i);
		chosen_as(email, "Kari", ROLE_LEADER, "four+lamps+lit");
	}
	clock_set(by_hand, day_at(day_add(signin_today(room), 2), 7, 0));
	for (int i = 0; i < 64; i++) {
		all[i] = (struct rush){.n = i};
		assert_int_equal(pthread_create(&threads[i], NULL, shift_thread, &all[i]), 0);
	}
	for (int i = 0; i < 64; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 64; i++)
		assert_int_equal(all[i].status, 303);
	assert_int_equal(lines("session|"), 64);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
	    TEST(an_invitation_is_only_shown_by_looking_at_it),
	    TEST(an_invitation_expires),
	    TEST(of_many_who_use_one_invitation_one_wins),
	    TEST(changing_the_passphrase_ends_every_other_session),
	    TEST(a_passphrase_is_the_same_however_its_letters_are_composed),
	    TEST(the_longest_passphrase_works_whole_and_a_longer_one_is_refused),
	    TEST(asking_for_a_link_says_the_same_whoever_asks),
	    TEST(guessing_is_slowed_and_recovers),
	    TEST(guesses_from_many_places_are_slowed_too),
	    TEST(a_whole_shift_behind_one_address_gets_in),
	    TEST(sixty_four_sign_in_at_the_same_instant),
	    TEST(the_pages_speak_four_languages),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("signin pages", tests, NULL, NULL);
}
