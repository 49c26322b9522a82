/* unsaid_testing.h: the house style of every message that leaves: whoever sees it on a screen that is not hers learns neither of an
   incident nor of support. For the tests of rooms that send messages; include cmocka.h before. */
#ifndef UNSAID_TESTING_H
#define UNSAID_TESTING_H

#include <stdbool.h>
#include <string.h>

#include "base/slice.h"

/* Neither the incident nor support, in any of the four languages; parts of words, without regard to case. Our list. */
static const char *const unsaid[] = {
	"hendelse", "händelse", "hændelse", "incident", "ulykke", "olyck", "accident", "vold", "våld", "violence", "trus", "hotad", "threat",
	"krise", "kris", "cris", "traum", "debrief", "defus", "psyk", "psych", "sorg", "grief", "døds", "dödsf", "death", "berørt", "berörd",
	"affected", "rammet", "drabbad", "støtte", "stöd", "support", "hjelp", "hjälp", "hjælp", "help", "samtale", "samtal ", "talk",
	"tilbud", "erbjud", "offer", "kollegast", "kamrat", "makker", "var der", "var där", "was there", "were there",
};

static inline char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The capital Ø, Æ, Ä, Ö, Å begin no word of the list. */
static inline bool says(const char *text, const char *word)
{
	size_t n = strlen(word);
	for (; *text; text++) {
		size_t i = 0;
		while (i < n && lower(text[i]) == word[i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

static inline void says_nothing(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(unsaid); i++)
		if (says(text, unsaid[i]))
			fail_msg("\"%s\" stands in:\n%s", unsaid[i], text);
}

#endif
