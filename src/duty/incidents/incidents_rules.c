#include <string.h>

#include "duty/incidents/incidents.h"
#include "duty/people/people.h"

#define YEAR (INT64_C(366) * 86400)
#define SLACK 300 /* seconds: her clock may be a little ahead */

/* What may be saved must pass the door: a character has at most four bytes. Each of the affected has at most one leader besides
   her; the rest of the list is the unit's own (people_unit_leaders). */
_Static_assert(4 * INCIDENTS_SENTENCE_MOST <= DOOR_TITLE_MOST, "the sentence passes the door");
_Static_assert(4 * INCIDENTS_NAME_MOST <= DOOR_NAME_MOST && INCIDENTS_PHONE_MOST <= DOOR_NAME_MOST, "names pass the door");
_Static_assert(INCIDENTS_PEOPLE_MOST <= DOOR_EXPOSED_MOST, "the affected pass the door");
_Static_assert(2 * INCIDENTS_PEOPLE_MOST + PEOPLE_LEADERS_MOST + INCIDENTS_PARTIES_MOST <= DOOR_EXCLUDED_MOST, "whoever may not be sent passes the door");

/* Characters, not bytes: a continuation byte starts none. */
static size_t characters(struct slice s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

bool incident_phone_ok(struct slice phone)
{
	int digits = 0;
	for (size_t i = 0; i < phone.n; i++) {
		char c = phone.p[i];
		if (c >= '0' && c <= '9')
			digits++;
		else if (!c || !strchr(" +()-./", c))
			return false;
	}
	return digits >= 5 && digits <= 20 && phone.n <= INCIDENTS_PHONE_MOST;
}

bool incident_name_long(struct slice name)
{
	return characters(name) > INCIDENTS_NAME_MOST || name.n > DOOR_NAME_MOST;
}

size_t incident_affected(const struct incident_seat *seats, size_t n)
{
	size_t affected = 0;
	for (size_t i = 0; i < n; i++)
		affected += seat_is_affected(seats[i].part);
	return affected;
}

unsigned incident_people_faults(const struct incident_seat *seats, size_t n)
{
	unsigned faults = n > INCIDENTS_PEOPLE_MOST ? FAULT_MANY : 0;
	for (size_t i = 0; i < n; i++) {
		const struct incident_seat *s = &seats[i];
		if (!id_is_zero(&s->person))
			continue;
		if (slice_trim(s->name).n == 0)
			faults |= FAULT_OUTSIDE_NAME;
		if (incident_name_long(s->name))
			faults |= FAULT_OUTSIDE_LONG;
		if (!incident_phone_ok(s->phone))
			faults |= FAULT_OUTSIDE_PHONE;
	}
	return faults;
}

unsigned incident_faults(const struct incident_draft *d, struct instant now)
{
	unsigned faults = 0;
	if (!d->has_kind)
		faults |= FAULT_KIND;
	if (!d->has_severity)
		faults |= FAULT_SEVERITY;
	if (!d->has_time)
		faults |= FAULT_TIME;
	else if (d->happened.s > now.s + SLACK)
		faults |= FAULT_TIME_FUTURE;
	else if (d->happened.s < now.s - YEAR)
		faults |= FAULT_TIME_OLD;
	if (!d->has_unit)
		faults |= FAULT_UNIT;
	if (slice_trim(d->sentence).n == 0)
		faults |= FAULT_SENTENCE;
	else if (characters(d->sentence) > INCIDENTS_SENTENCE_MOST || d->sentence.n > DOOR_TITLE_MOST)
		faults |= FAULT_SENTENCE_LONG;
	if (!incident_affected(d->seats, d->seats_n))
		faults |= FAULT_NOBODY;
	return faults | incident_people_faults(d->seats, d->seats_n);
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Small letters of ASCII and, in the second byte of a Latin-1 letter, of å, æ, é …; the rest stays. */
static unsigned char small(const char *p, size_t i)
{
	unsigned char c = (unsigned char)p[i];
	if (c >= 'A' && c <= 'Z')
		return c + 32;
	return i && (unsigned char)p[i - 1] == 0xc3 && c >= 0x80 && c <= 0x9e && c != 0x97 ? c + 32 : c;
}

/* The same letters, large or small. */
static bool same_word(struct slice a, const char *b)
{
	if (a.n != strlen(b))
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (small(a.p, i) != small(b, i))
			return false;
	return true;
}

/* Where the word from `at` on ends; "Anne-Marie" and "D'Arcy" are one with `whole`. */
static size_t word_end(struct slice s, size_t at, bool whole)
{
	for (; at < s.n; at++) {
		bool joint = whole && (s.p[at] == '-' || s.p[at] == '\'') && at + 1 < s.n && is_letter(s.p[at + 1]);
		if (!is_letter(s.p[at]) && !joint)
			break;
	}
	return at;
}

bool incident_looks_like_name(struct slice sentence, const char *const *names, size_t names_n, struct slice *word_r)
{
	for (size_t i = 0; i < sentence.n;) {
		size_t end = word_end(sentence, i, false);
		struct slice word = { sentence.p + i, end - i }, whole = { sentence.p + i, word_end(sentence, i, true) - i };
		for (size_t k = 0; whole.n > 1 && k < names_n; k++)
			if (same_word(whole, names[k]) || (word.n > 1 && same_word(word, names[k]))) {
				*word_r = same_word(whole, names[k]) ? whole : word;
				return true;
			}
		i = end > i ? end : i + 1;
	}
	return false;
}

/* Beginnings of words, lower case. Few and sure: a hint that is often wrong is not read. */
static const char *const health[] = {
	"adhd", "alkoholi", "angst", "anxiety", "burnout", "cancer", "demen", "depres", "diagno", "gravid", "kreft",
	"kræft", "pregnan", "psykisk", "psykos", "psykot", "ptsd", "selvmordstanke", "självmordstank", "sickleave",
	"sjukskriv", "suicidal", "sygemeld", "sykemeld", "sykmeld", "trauma", "udbrændt", "utbrent", "utbränd", "ångest",
};

/* The same beginning; of letters beyond ASCII the capital of å, æ, ä … differs by one bit of its second byte. */
static bool begins(struct slice word, const char *stem)
{
	size_t n = strlen(stem);
	if (word.n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)word.p[i], s = (unsigned char)stem[i];
		bool second = i && (unsigned char)stem[i - 1] == 0xc3;
		if (c != s && !(s >= 'a' && s <= 'z' && c == s - 32) && !(second && c == (s & ~0x20)))
			return false;
	}
	return true;
}

bool incident_looks_like_health(struct slice sentence, struct slice *word_r)
{
	for (size_t i = 0; i < sentence.n;) {
		size_t end = i;
		while (end < sentence.n && is_letter(sentence.p[end]))
			end++;
		struct slice word = { sentence.p + i, end - i };
		for (size_t k = 0; word.n && k < ARRAY_LEN(health); k++)
			if (begins(word, health[k])) {
				*word_r = word;
				return true;
			}
		i = end > i ? end : i + 1;
	}
	return false;
}
