#include <string.h>

#include "duty/missing/missing.h"
#include "duty/people/people.h"

#define YEAR 366 /* days */

/* Characters, not bytes: a continuation byte starts none. */
static size_t characters(struct slice s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

bool missing_is_mail(struct slice s)
{
	size_t at = 0, ats = 0;
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ')
			return false;
		if (s.p[i] == '@') {
			at = i;
			ats++;
		}
	}
	return ats == 1 && at > 0 && at + 1 < s.n && s.n <= MISSING_CONTACT_MOST;
}

unsigned missing_faults(const struct missing_draft *d, struct day today)
{
	unsigned faults = 0;
	if (!d->has_who)
		faults |= MISSING_WHO;
	if (!d->has_day)
		faults |= MISSING_DAY;
	else if (d->day.n > today.n)
		faults |= MISSING_DAY_FUTURE;
	else if (d->day.n < today.n - YEAR)
		faults |= MISSING_DAY_OLD;
	if (!d->place.n)
		faults |= MISSING_PLACE;
	else if (characters(d->place) > MISSING_PLACE_MOST)
		faults |= MISSING_PLACE_LONG;
	if (!d->name.n)
		faults |= MISSING_NAME;
	else if (characters(d->name) > MISSING_NAME_MOST)
		faults |= MISSING_NAME_LONG;
	if (!d->contact.n && !d->number.n)
		faults |= MISSING_CONTACT;
	else if (d->contact.n && !incident_phone_ok(d->contact) && !missing_is_mail(d->contact))
		faults |= MISSING_CONTACT_BAD;
	if (d->number.n > MISSING_NUMBER_MOST)
		faults |= MISSING_NUMBER_LONG;
	if (characters(d->teller) > MISSING_TELLER_MOST)
		faults |= MISSING_TELLER_LONG;
	return faults;
}

/* Small letters of ASCII and, in the second byte of a Latin-1 letter, of å, æ, é …; the rest stays. */
static unsigned char small(struct slice s, size_t i)
{
	unsigned char c = (unsigned char)s.p[i];
	if (c >= 'A' && c <= 'Z')
		return c + 32;
	return i && (unsigned char)s.p[i - 1] == 0xc3 && c >= 0x80 && c <= 0x9e && c != 0x97 ? c + 32 : c;
}

static bool same(struct slice a, const char *text)
{
	struct slice b = slice_of(text);
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (small(a, i) != small(b, i))
			return false;
	return true;
}

int missing_place_unit(struct slice place, const struct unit_line *units, size_t n)
{
	int found = -1;
	for (size_t i = 0; i < n; i++)
		if (same(place, units[i].path))
			return (int)i;
	for (size_t i = 0; i < n; i++) {
		if (!same(place, units[i].name))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}
