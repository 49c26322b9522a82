/* Choosing a passphrase by an invitation, changing it, and asking for a new link. */
#include "signin/signin_pages_testing.h"

#include <pthread.h>

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

static void *rush_thread(void *ctx)
{
	struct rush *r = ctx;
	char body[200];
	snprintf(body, sizeof(body), "passphrase=four+lamps+lit+%d&again=four+lamps+lit+%d", r->n, r->n);
	char *a = post(r->path, "", body);
	r->status = asking_status(a);
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
	is(post("/account", here.line, body), 403, "That is not your current passphrase");
	snprintf(body, sizeof(body), "%s&current=four+lamps+lit&passphrase=six&again=six", csrf_of(&here));
	is(post("/account", here.line, body), 422, "too short");
	is(get("/incidents", there.line), 200, NULL);
	snprintf(body, sizeof(body), "%s&current=four+lamps+lit&passphrase=six+lamps+lit&again=six+lamps+lit",
		 csrf_of(&here));
	char *a = post("/account", here.line, body);
	assert_int_equal(asking_status(a), 303);
	struct jar anew = jar_of(a);
	free(a);
	is(get("/account?done=1", anew.line), 200, "Your passphrase has been changed.");
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
	assert_int_equal(asking_status(known), 200);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_invitation_is_only_shown_by_looking_at_it),
	    TEST(an_invitation_expires),
	    TEST(of_many_who_use_one_invitation_one_wins),
	    TEST(changing_the_passphrase_ends_every_other_session),
	    TEST(a_passphrase_is_the_same_however_its_letters_are_composed),
	    TEST(the_longest_passphrase_works_whole_and_a_longer_one_is_refused),
	    TEST(asking_for_a_link_says_the_same_whoever_asks),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("signin passphrases", tests, NULL, NULL);
}
