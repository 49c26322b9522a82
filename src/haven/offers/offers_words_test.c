/* Every message there is, in every language: what it must not say, what it must, and how long an SMS may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "haven/offers/offers_inside.h"
#include "look/unsaid_testing.h"

/* As long as they come: a host's name of 38 bytes, a workplace's of 33, a number written with spaces. */
#define URL "https://haven.universitetssykehuset.example/h/o/ABCDEFGHIJKLMNOPQRSTUV"
static const struct offers_setup setup = {
	.public_url = "https://haven.universitetssykehuset.example", .workplace = "Universitetssykehuset Øst-Fjordvik",
	.sms = true, .country = "no", .ask_phone = "+47 00 00 09 00",
};
static const struct offers_setup bare = { .public_url = "https://haven.universitetssykehuset.example", .workplace = "Fjordvik" };

static const struct {
	enum offers_touch touch;
	bool again;
} messages[] = { { OFFERS_OFFER, false }, { OFFERS_OFFER, true }, { OFFERS_SECOND, false }, { OFFERS_CHECK, false },
		{ OFFERS_GROUP, false } };

static void each(void (*look)(const char *text, enum lang lang, enum offers_way way, const struct offers_setup *s))
{
	static const enum offers_way ways[] = { OFFERS_BY_MAIL, OFFERS_BY_SMS };
	static const struct offers_setup *const setups[] = { &setup, &bare };
	for (int lang = 0; lang < lang_count; lang++)
		for (size_t m = 0; m < ARRAY_LEN(messages); m++)
			for (size_t w = 0; w < ARRAY_LEN(ways); w++)
				for (size_t s = 0; s < ARRAY_LEN(setups); s++) {
					struct buf body = BUF_LIMIT(4096);
					offers_words(&body, setups[s], (enum lang)lang, messages[m].touch, messages[m].again, ways[w], URL);
					look(body.p, (enum lang)lang, ways[w], setups[s]);
					buf_free(&body);
				}
}

static void without_link(const char *text, enum lang lang, enum offers_way way, const struct offers_setup *s)
{
	(void)lang, (void)way, (void)s;
	char rest[4096];
	const char *at = strstr(text, URL);
	assert_non_null(at);
	snprintf(rest, sizeof(rest), "%.*s%s", (int)(at - text), text, at + strlen(URL));
	says_nothing(rest);
}

static void no_message_names_the_incident_or_support(void **state)
{
	(void)state;
	each(without_link);
	for (int lang = 0; lang < lang_count; lang++)
		says_nothing(offers_subject((enum lang)lang));
}

/* What stands on a supporter's locked screen is nobody else's either. */
static void nor_does_a_supporters(void **state)
{
	static const enum offers_notice notices[] = { OFFERS_WAITS, OFFERS_MAY_WAIT, OFFERS_CHANGED, OFFERS_CLOSES };
	(void)state;
	for (int lang = 0; lang < lang_count; lang++) {
		says_nothing(offers_notice_subject((enum lang)lang));
		for (size_t i = 0; i < ARRAY_LEN(notices); i++) {
			struct buf body = BUF_LIMIT(4096);
			offers_notice_words(&body, &setup, (enum lang)lang, notices[i], "Kari", "https://h.example/s/desk", NULL);
			says_nothing(body.p);
			assert_non_null(strstr(body.p, "Kari"));
			assert_non_null(strstr(body.p, "\n\nhttps://h.example/s/desk\n"));
			assert_non_null(strstr(body.p, setup.workplace));
			buf_free(&body);
		}
	}
}

static int times(const char *text, const char *what)
{
	int n = 0;
	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

static void framed(const char *text, enum lang lang, enum offers_way way, const struct offers_setup *s)
{
	static const char *const greeting[] = { [LANG_NB] = "Hei", [LANG_SV] = "Hej", [LANG_DA] = "Hej", [LANG_EN] = "Hello" };
	if ((size_t)lang < ARRAY_LEN(greeting))
		assert_true(strncmp(text, greeting[lang], strlen(greeting[lang])) == 0);
	assert_int_equal(times(text, URL), 1);
	assert_int_equal(times(text, "http"), 1);
	assert_int_equal(times(text, s->ask_phone ? s->ask_phone : "+47"), s->ask_phone ? 1 : 0);
	const char *end = text + strlen(text) - strlen(s->workplace) - (way == OFFERS_BY_MAIL);
	assert_int_equal(strncmp(end, s->workplace, strlen(s->workplace)), 0);
	assert_null(strchr(text, '{'));
	assert_null(strchr(text, '<'));
}

static void each_has_greeting_one_link_whom_to_ask_and_the_workplaces_name(void **state)
{
	(void)state;
	each(framed);
}

static void short_enough(const char *text, enum lang lang, enum offers_way way, const struct offers_setup *s)
{
	struct post_sms_size size = post_sms_size(slice_of(text));
	(void)s;
	if (way != OFFERS_BY_SMS)
		return;
	/* The letters of a further language (č đ ŋ š ŧ ž) may need UTF-16, of which a segment holds less than half as many. */
	bool ours = lang <= LANG_EN;
	if ((ours && !size.gsm) || size.segments > (size.gsm ? 2 : 4))
		fail_msg("%s, %d units, %d segments:\n%s", size.gsm ? "GSM" : "UCS-2", size.units, size.segments, text);
}

static void an_sms_is_two_segments_at_most_in_each_language(void **state)
{
	(void)state;
	each(short_enough);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_message_names_the_incident_or_support),
		cmocka_unit_test(nor_does_a_supporters),
		cmocka_unit_test(each_has_greeting_one_link_whom_to_ask_and_the_workplaces_name),
		cmocka_unit_test(an_sms_is_two_segments_at_most_in_each_language),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
