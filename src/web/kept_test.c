/* Pages that are kept: the same bytes for whoever asks in one language, and never past the change of what they show. */
#include "web/web_testing.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lang/lang.h"
#include "test_assets.h"

static atomic_int made;
static atomic_int shown;
static atomic_bool dawdles;

/* A page that shows a number, in the reader's language, until the next minute. */
static struct answer number(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	int seen = shown;
	made++;
	while (dawdles)
		usleep(1000);
	struct html h = html_for(req);
	buf_printf(&h.out, "%s: %d. %0600d\n", lang_code(h.lang), seen, 0);
	reply_keep(req, (struct instant){ req_now(req).s - req_now(req).s % 60 + 60 });
	return reply_html(req, 200, &h);
}

static struct answer broken(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	made++;
	reply_keep(req, (struct instant){ INT64_MAX });
	return reply_error(req, 500);
}

static const struct route routes[] = {
	{ METHOD_GET, "/number", MAY_ANYBODY, NULL, number, FLAG_GZIP | FLAG_KEPT },
	{ METHOD_GET, "/breaks", MAY_ANYBODY, NULL, broken, FLAG_KEPT },
};

static int with_numbers(void **state)
{
	(void)state;
	struct web_setup s = setup();
	made = shown = 0;
	dawdles = false;
	by_hand = clock_by_hand((struct instant){ 1795000020 });
	s.clock = by_hand;
	if (web_new(&s, &web) != RES_OK)
		return -1;
	web_routes(web, routes, ARRAY_LEN(routes), NULL);
	web_assets(web, test_assets, TEST_ASSETS);
	return web_start(web) == RES_OK ? 0 : -1;
}

#define GET(path, more) "GET " path " HTTP/1.1\r\n" more END

static void says(const char *request, const char *what)
{
	char *a = ask(request);
	assert_int_equal(status_of(a), 200);
	has_fence(a);
	assert_non_null(strstr(a, "\r\nCache-Control: no-store\r\n"));
	assert_non_null(strstr(a, what));
	free(a);
}

static void a_kept_page_is_made_once_for_all_who_ask_in_a_language(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		says(GET("/number", "Accept-Language: sv\r\n"), "sv: 0.");
	assert_in_range(made, 1, 2); /* twice where a second passed */
	int before = made;
	says(GET("/number", "Accept-Language: da\r\n"), "da: 0.");
	assert_int_equal(made, before + 1);
	says(GET("/number", "Cookie: s=alice; lang=sv\r\n"), "sv: 0.");
	says(GET("/number?lang=en", ""), "en: 0.");
}

static void it_is_compressed_for_those_alone_who_take_that(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		gives(GET("/number", "Accept-Encoding: gzip\r\n"), 200, "\r\nContent-Encoding: gzip\r\n");
		char *a = ask(GET("/number", ""));
		assert_null(strstr(a, "Content-Encoding"));
		assert_non_null(strstr(a, "\r\nVary: Accept-Encoding\r\n"));
		free(a);
	}
	char *head = ask("HEAD /number HTTP/1.1\r\n" END);
	assert_int_equal(status_of(head), 200);
	assert_null(strstr(head, "0."));
	free(head);
}

/* How many answers came over one connection that asked three times and then had enough. */
static int answers_over_one(const char *path)
{
	char text[2000];
	int n = 0, fd = dial();
	size_t got;
	for (int i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n" H "%s\r\n", path, i == 2 ? "Connection: close\r\n" : "");
		put(fd, text, strlen(text));
	}
	char *all = hear(fd, &got);
	for (const char *p = all; (p = strstr(p, "HTTP/1.1 200")); p++)
		n++;
	free(all);
	return n;
}

static void the_connection_goes_on(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(answers_over_one("/number"), 3);
	assert_int_equal(answers_over_one(asset_url(test_assets, TEST_ASSETS, "route.h.txt")), 3);
}

static void what_changed_is_seen_by_the_next_who_asks(void **state)
{
	(void)state;
	char text[32];
	for (int i = 0; i < 50; i++) {
		snprintf(text, sizeof(text), "nb: %d.", i);
		shown = i;
		web_forget(web, "/number");
		says(GET("/number", "Accept-Language: nb\r\n"), text);
	}
}

static void *ask_slowly(void *arg)
{
	(void)arg;
	return ask(GET("/number", "Accept-Language: nb\r\n"));
}

static void what_was_being_made_during_a_change_is_not_kept(void **state)
{
	(void)state;
	pthread_t slow;
	dawdles = true;
	assert_int_equal(pthread_create(&slow, NULL, ask_slowly, NULL), 0);
	until_it_is(&made, 1); /* it has looked */
	shown = 7;
	web_forget(web, "/number");
	dawdles = false;
	void *old;
	pthread_join(slow, &old);
	assert_non_null(strstr(old, "nb: 0."));
	free(old);
	says(GET("/number", "Accept-Language: nb\r\n"), "nb: 7.");
}

static void it_does_not_outlive_its_time_by_the_programs_clock(void **state)
{
	(void)state;
	says(GET("/number", "Accept-Language: nb\r\n"), "nb: 0.");
	shown = 1;
	clock_set(by_hand, (struct instant){ 1795000079 });
	clock_set(by_hand, (struct instant){ 1795000080 });
	says(GET("/number", "Accept-Language: nb\r\n"), "nb: 1.");
}

static void nor_a_second_by_any_clock(void **state)
{
	(void)state;
	says(GET("/number", "Accept-Language: nb\r\n"), "nb: 0.");
	shown = 1;
	usleep(1100000);
	says(GET("/number", "Accept-Language: nb\r\n"), "nb: 1.");
}

static void an_error_is_not_kept(void **state)
{
	(void)state;
	for (int i = 1; i <= 3; i++) {
		gives(GET("/breaks", ""), 500, NULL);
		assert_int_equal(made, i);
	}
}

static void a_page_that_may_be_somebodys_is_never_kept(void **state)
{
	(void)state;
	static const struct field fields[] = { { .name = "note", .kind = FIELD_TEXT, .most = 10 }, { 0 } };
	static const struct route bad[] = {
		{ METHOD_GET, "/x", MAY_ANYBODY | ROLE_CHIEF, NULL, number, FLAG_KEPT },
		{ METHOD_GET, "/x", MAY_SIGNED_IN, NULL, number, FLAG_KEPT },
		{ METHOD_GET, "/x", MAY_ANYBODY, fields, number, FLAG_KEPT },
		{ METHOD_GET, "/x/{id}", MAY_ANYBODY, NULL, number, FLAG_KEPT, 0, "whose" },
		{ METHOD_GET, "/x", MAY_ANYBODY, NULL, number, FLAG_KEPT | FLAG_SECRET },
		{ METHOD_POST, "/x", MAY_ANYBODY, NULL, number, FLAG_KEPT | FLAG_NO_CSRF },
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct web_setup s = setup();
		struct web *other;
		assert_int_equal(web_new(&s, &other), RES_OK);
		web_routes(other, &bad[i], 1, NULL);
		assert_int_equal(web_start(other), RES_BROKEN);
		web_free(&other);
	}
}

#define K(f) cmocka_unit_test_setup_teardown(f, with_numbers, tear_down)

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		K(a_kept_page_is_made_once_for_all_who_ask_in_a_language),
		K(it_is_compressed_for_those_alone_who_take_that),
		K(the_connection_goes_on),
		K(what_changed_is_seen_by_the_next_who_asks),
		K(what_was_being_made_during_a_change_is_not_kept),
		K(it_does_not_outlive_its_time_by_the_programs_clock),
		K(nor_a_second_by_any_clock),
		K(an_error_is_not_kept),
		K(a_page_that_may_be_somebodys_is_never_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
