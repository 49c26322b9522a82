#include "lang/lang.h"

#include <string.h>

#include "lang/texts.h"

/* Quality in thousandths. RES_BAD: no qvalue of RFC 9110 § 12.4.2. */
static enum result quality(struct slice s, int *q_r)
{
	if (!s.n || (s.p[0] != '0' && s.p[0] != '1') || s.n > 5 || (s.n > 1 && s.p[1] != '.'))
		return RES_BAD;
	int q = (s.p[0] - '0') * 1000, unit = 100;
	for (size_t i = 2; i < s.n; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return RES_BAD;
		q += (s.p[i] - '0') * unit;
	}
	if (q > 1000)
		return RES_BAD;
	*q_r = q;
	return RES_OK;
}

static bool answers_to(const char *also, struct slice code)
{
	struct slice rest = slice_of(also), one;
	while (slice_cut(&rest, ' ', &one))
		if (slice_eq(one, code))
			return true;
	return false;
}

/* The language of a range: its first subtag, or who answers to that. */
static bool range_lang(struct slice range, enum lang *lang_r)
{
	char low[4];
	struct slice first;
	if (!slice_cut(&range, '-', &first) || first.n < 2 || first.n > 3)
		return false;
	for (size_t i = 0; i < first.n; i++)
		low[i] = first.p[i] >= 'A' && first.p[i] <= 'Z' ? (char)(first.p[i] - 'A' + 'a') : first.p[i];
	first = slice_bytes(low, first.n);
	if (lang_from(first, lang_r) == RES_OK)
		return true;
	for (int l = 0; l < lang_count; l++) {
		if (answers_to(languages[l].also, first)) {
			*lang_r = (enum lang)l;
			return true;
		}
	}
	return false;
}

enum lang lang_accept(struct slice header, enum lang otherwise)
{
	int q_of[LANG_MOST], place_of[LANG_MOST] = { 0 }, star = -1, place = 0;
	for (int l = 0; l < lang_count; l++)
		q_of[l] = -1;
	for (struct slice item; slice_cut(&header, ',', &item); place++) {
		struct slice range, weight = slice_trim(item);
		int q = 1000;
		enum lang lang;
		if (!slice_cut(&weight, ';', &range))
			continue;
		range = slice_trim(range);
		if (weight.p) {
			weight = slice_trim(weight);
			bool is_q = weight.n > 2 && (weight.p[0] == 'q' || weight.p[0] == 'Q') && weight.p[1] == '=';
			if (!is_q || quality(slice_bytes(weight.p + 2, weight.n - 2), &q) != RES_OK)
				continue;
		}
		if (slice_is(range, "*")) {
			star = q > star ? q : star;
		} else if (range_lang(range, &lang) && q > q_of[lang]) {
			q_of[lang] = q;
			place_of[lang] = place;
		}
	}
	/* What is only meant by "*" comes last, the workplace's own language first among it. */
	for (int l = 0; l < lang_count; l++) {
		if (q_of[l] < 0) {
			q_of[l] = star;
			place_of[l] = l == (int)otherwise ? place : place + 1;
		}
	}
	int best = -1;
	for (int l = 0; l < lang_count; l++) {
		if (q_of[l] <= 0)
			continue;
		if (best < 0 || q_of[l] > q_of[best] || (q_of[l] == q_of[best] && place_of[l] < place_of[best]))
			best = l;
	}
	return best < 0 ? otherwise : (enum lang)best;
}
