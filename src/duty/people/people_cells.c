#include "duty/people/people_cells.h"

#include <string.h>
#include <strings.h>

#include "duty/people/people_rows.h"
#include "duty/people/people_text.h"
#include "lang/lang.h"

static bool one_of(struct slice s, const char *list)
{
	struct slice rest = slice_of(list), item;

	while (slice_cut(&rest, ' ', &item))
		if (item.n == s.n && s.n && strncasecmp(item.p, s.p, s.n) == 0)
			return true;
	return false;
}

struct slice people_cell(struct arena *a, struct slice raw, bool is_name)
{
	struct slice s = people_clean(a, raw);

	if (s.n > 3 && s.p[0] == '=' && s.p[1] == '"' && s.p[s.n - 1] == '"') {
		s.p += 2;
		s.n -= 3;
	} else if (s.n > 1 && s.p[0] == '\'' && !is_name) {
		s.p++;
		s.n--;
	} else if (s.n > 1 && s.p[0] == '\'' && memchr("=+-@", s.p[1], 4)) {
		s.p++;
		s.n--;
	}
	s = slice_trim(s);
	if (!is_name && one_of(s, "null (null) n/a #n/a na nan none - -- . ? 0000-00-00"))
		return (struct slice){ 0 };
	return s;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool people_is_shortened(struct slice n)
{
	size_t i = 0;

	while (i < n.n && (is_digit(n.p[i]) || n.p[i] == ',' || n.p[i] == '.'))
		i++;
	if (i == 0 || i + 2 >= n.n || (n.p[i] != 'E' && n.p[i] != 'e') || n.p[i + 1] != '+')
		return false;
	for (i += 2; i < n.n; i++)
		if (!is_digit(n.p[i]))
			return false;
	return true;
}

enum result people_email(struct arena *a, struct slice cell, struct slice *email_r, const char **why_r)
{
	const char *at;
	char *lower;

	if (slice_starts(cell, "mailto:")) {
		cell.p += 7;
		cell.n -= 7;
	}
	at = memchr(cell.n ? cell.p : "", '@', cell.n);
	*why_r = "this is not an e-mail address";
	if (!at || at == cell.p || cell.n > PEOPLE_EMAIL_MAX)
		return RES_BAD;
	for (size_t i = 0; i < cell.n; i++) {
		unsigned char c = (unsigned char)cell.p[i];

		if (c <= ' ' || c == 0x7f || strchr("<>()[],;:\\\"", c) || (c == '@' && cell.p + i != at))
			return RES_BAD;
		if (c == '.' && (i == 0 || i + 1 == cell.n || cell.p[i + 1] == '.' || cell.p[i - 1] == '@'))
			return RES_BAD;
	}
	if (!memchr(at, '.', cell.n - (size_t)(at - cell.p)))
		return RES_BAD;
	lower = arena_str(a, cell);
	for (size_t i = 0; i < cell.n; i++)
		if (lower[i] >= 'A' && lower[i] <= 'Z')
			lower[i] += 'a' - 'A';
	*email_r = (struct slice){ lower, cell.n };
	return RES_OK;
}

enum result people_phone(struct arena *a, struct slice cell, struct slice *phone_r, const char **why_r)
{
	char out[32];
	size_t n = 0, digits = 0, i = 0;

	*why_r = "this is not a telephone number";
	if (people_is_shortened(cell)) {
		*why_r = "the spreadsheet has shortened this number (like 9,9E+07); store the column as text";
		return RES_BAD;
	}
	if (slice_starts(cell, "tel:"))
		i = 4;
	for (; i < cell.n; i++) {
		char c = cell.p[i];

		if (is_digit(c)) {
			/* +47 (0)22 … : the nought is dialled only inside the country. */
			if (c == '0' && n > 1 && out[0] == '+' && i && i + 1 < cell.n && cell.p[i - 1] == '(' &&
			    cell.p[i + 1] == ')')
				continue;
			if (n >= sizeof(out) - 1)
				return RES_BAD;
			out[n++] = c;
			digits++;
		} else if (c == '+' && n == 0) {
			out[n++] = c;
		} else if ((c == '/' || c == ';' || c == ',') && digits >= 5) {
			break;
		} else if (!strchr(" -().", c) && !((unsigned char)c >= 0x80)) {
			return RES_BAD;
		}
	}
	if (digits < 3 || digits > 15)
		return RES_BAD;
	if (n > 2 && out[0] == '0' && out[1] == '0') {
		out[1] = '+';
		*phone_r = arena_slice(a, (struct slice){ out + 1, n - 1 });
	} else {
		*phone_r = arena_slice(a, (struct slice){ out, n });
	}
	return RES_OK;
}

enum result people_date(struct slice cell, struct day *day_r)
{
	int64_t part[3] = { 0 };
	size_t len[3] = { 0 }, n = 0;
	char sign = 0;

	/* A time of day behind the date is not asked for. */
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == ' ' || cell.p[i] == 'T')
			cell.n = i;
	}
	if (!cell.n)
		return RES_NONE;
	for (size_t i = 0; i < cell.n; i++) {
		char c = cell.p[i];

		if (is_digit(c) && len[n] < 8) {
			part[n] = part[n] * 10 + c - '0';
			len[n]++;
		} else if ((c == '.' || c == '-' || c == '/') && (!sign || sign == c) && len[n] && n < 2) {
			sign = c;
			n++;
		} else {
			return RES_BAD;
		}
	}
	if (n == 0 && len[0] == 8) {
		part[2] = part[0] % 100;
		part[1] = part[0] / 100 % 100;
		part[0] /= 10000;
	} else if (n != 2 || !len[2] || len[1] > 2) {
		return RES_BAD;
	} else if (len[0] <= 2 && len[2] == 4) {
		int64_t mday = part[0];

		part[0] = part[2];
		part[2] = mday;
	} else if (len[0] != 4) {
		return RES_BAD;
	}
	if (part[0] >= 2999 || part[0] == 0)
		return RES_NONE;
	if (part[2] > 31 || part[1] > 12)
		return RES_BAD;
	return day_from((int)part[0], (int)part[1], (int)part[2], day_r);
}

struct slice people_language(struct arena *a, struct slice cell)
{
	enum lang lang;

	return lang_spelled(people_squeeze(a, cell), &lang) == RES_OK ? slice_of(lang_code(lang)) : (struct slice){ 0 };
}

bool people_is_unprotected(struct arena *a, struct slice cell)
{
	return one_of(people_squeeze(a, cell), "ugradert vanlig apen ingen inga ikkeskjermet ikkebeskyttet ejskyddad "
					       "normal public open unprotected notprotected inte ikke");
}

int people_flag(struct slice cell)
{
	int64_t n;

	if (!cell.n)
		return -1;
	if (slice_int(cell, &n) == RES_OK)
		return n < 0 ? -1 : n > 0;
	if (one_of(cell, "ja j yes y x true sant sann t leder chef manager ✓"))
		return 1;
	if (one_of(cell, "nei nej n no false usant usann falsk f nope ikke"))
		return 0;
	return -1;
}
