/* How guessing is slowed, and how a whole shift still gets in. */
#include "signin/signin_pages_testing.h"

#include <pthread.h>

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
		slowed += asking_status(a) == 429;
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
	r->status = asking_status(a);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(guessing_is_slowed_and_recovers),
	    TEST(guesses_from_many_places_are_slowed_too),
	    TEST(a_whole_shift_behind_one_address_gets_in),
	    TEST(sixty_four_sign_in_at_the_same_instant),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("signin limits", tests, NULL, NULL);
}
