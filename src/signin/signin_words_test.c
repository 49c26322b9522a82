/* Every mail of this room, in every language: what it must not say, and what it must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "look/unsaid_testing.h"
#include "signin/signin_grants.h"

#define URL "https://haven.universitetssykehuset.example/s/welcome/ABCDEFGHIJKLMNOPQRSTUV"
#define WORKPLACE "Universitetssykehuset Øst-Fjordvik"

static void no_mail_says_what_the_sign_in_is_for(void **state)
{
	(void)state;
	for (int lang = 0; lang < lang_count; lang++)
		for (int which = 0; which < 3; which++) {
			struct buf body = BUF_LIMIT(8192);
			if (which == 2)
				grants_words(&body, (enum lang)lang, "Åse O'Brien", URL, WORKPLACE);
			else
				signin_words(&body, (enum lang)lang, which == 1, "Åse O'Brien", URL, WORKPLACE);
			says_nothing(which == 2 ? grants_subject((enum lang)lang) : signin_subject((enum lang)lang));
			says_nothing(body.p);
			assert_non_null(strstr(body.p, "Åse O'Brien"));
			assert_non_null(strstr(body.p, "\n\n" URL "\n\n"));
			assert_null(strstr(strstr(body.p, URL) + 1, "http"));
			assert_string_equal(body.p + body.n - strlen(WORKPLACE) - 1, WORKPLACE "\n");
			assert_null(strchr(body.p, '{'));
			buf_free(&body);
		}
}

/* The list itself must bite. */
static void what_would_say_it_is_found(void **state)
{
	(void)state;
	assert_true(says("Your sign-in to Makker", "makker"));
	assert_true(says("Du er blitt kollegastøtte", "kollegast"));
	assert_false(says("Your sign-in", "makker"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_mail_says_what_the_sign_in_is_for),
	    cmocka_unit_test(what_would_say_it_is_found),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("signin words", tests, NULL, NULL);
}
