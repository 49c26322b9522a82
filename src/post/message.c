#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "post/post.h"

#define LINE_MOST 76 /* RFC 2045 § 6.7 */

bool post_address_ok(struct slice a)
{
	int ats = 0;
	if (a.n < 3 || a.n > POST_ADDRESS_MOST)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		unsigned char c = (unsigned char)a.p[i];
		if (c <= ' ' || c >= 127 || strchr("<>()[]\\,;:\"", c))
			return false;
		if (c == '@' && (ats++ || i == 0 || i == a.n - 1))
			return false;
	}
	return ats == 1;
}

/* May stand as it is, also before an address: no sign that has a meaning there (RFC 5322 § 3.2.3), nothing that looks
   like an encoded word. */
static bool plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || (unsigned char)s.p[i] > '~' || strchr("()<>[]:;@\\,.\"=", s.p[i]))
			return false;
	return s.n < 60;
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One RFC 2047 word a piece of at most 45 bytes, never cutting a character. */
static void encoded_words(struct buf *out, struct slice s)
{
	size_t at = 0;
	while (at < s.n) {
		size_t n = s.n - at > 45 ? 45 : s.n - at;
		while (n > 1 && at + n < s.n && ((unsigned char)s.p[at + n] & 0xc0) == 0x80)
			n--;
		buf_str(out, at ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		for (size_t i = 0; i < n; i += 3) {
			unsigned v = (unsigned)(unsigned char)s.p[at + i] << 16;
			if (i + 1 < n)
				v |= (unsigned)(unsigned char)s.p[at + i + 1] << 8;
			if (i + 2 < n)
				v |= (unsigned char)s.p[at + i + 2];
			buf_char(out, base64[v >> 18]);
			buf_char(out, base64[v >> 12 & 63]);
			buf_char(out, i + 1 < n ? base64[v >> 6 & 63] : '=');
			buf_char(out, i + 2 < n ? base64[v & 63] : '=');
		}
		buf_str(out, "?=");
		at += n;
	}
}

static void header_text(struct buf *out, struct slice s)
{
	if (plain(s))
		buf_slice(out, s);
	else
		encoded_words(out, s);
}

static void quoted_printable(struct buf *out, struct slice s)
{
	size_t width = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\n') {
			buf_str(out, "\r\n");
			width = 0;
			continue;
		}
		bool last = i + 1 == s.n || s.p[i + 1] == '\n';
		bool as_is = (c > ' ' && c <= '~' && c != '=' && !(c == '.' && width == 0)) || (c == ' ' && !last);
		if (width + (as_is ? 1 : 3) > LINE_MOST - 1) {
			buf_str(out, "=\r\n");
			width = 0;
			if (c == '.')
				as_is = false;
		}
		if (as_is)
			buf_char(out, (char)c);
		else
			buf_printf(out, "=%02X", c);
		width += as_is ? 1 : 3;
	}
}

static void date(struct buf *out, struct instant now)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct day utc = { (int32_t)(now.s / 86400) };
	struct wall w = day_wall(utc);
	int64_t s = now.s % 86400;
	buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[w.weekday], w.mday, months[w.month - 1],
		   w.year, (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

void post_message(struct buf *out, const struct post_setup *setup, const struct id *id, struct slice address,
		  struct slice subject, struct slice body, struct instant now)
{
	date(out, now);
	buf_str(out, "From: ");
	header_text(out, slice_of(setup->from_name));
	buf_printf(out, " <%s>\r\nTo: <", setup->from);
	buf_slice(out, address);
	buf_printf(out, ">\r\nMessage-ID: <%s@%s>\r\nSubject: ", id_text(id).s, setup->message_domain);
	header_text(out, subject);
	/* So that out-of-office robots keep quiet (RFC 3834 § 5). */
	buf_str(out, "\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
		     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
		     "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	quoted_printable(out, body);
	if (body.n == 0 || body.p[body.n - 1] != '\n')
		buf_str(out, "\r\n");
}

/* Whether a line is "Name: value" and its value starts with `value`, without regard to case. */
static bool field_is(struct slice line, const char *name, const char *value)
{
	size_t n = strlen(name);
	if (line.n <= n || strncasecmp(line.p, name, n) != 0 || line.p[n] != ':')
		return false;
	struct slice v = slice_trim((struct slice){ line.p + n + 1, line.n - n - 1 });
	size_t vn = strlen(value);
	return v.n >= vn && strncasecmp(v.p, value, vn) == 0;
}

bool post_dsn_failed(struct slice dsn)
{
	bool report = false, failed = false, for_good = false;
	struct slice rest = dsn, line;
	/* Only what stands inside the machine-readable part counts (RFC 3464 § 2). */
	while (slice_cut(&rest, '\n', &line)) {
		line = slice_trim(line);
		if (field_is(line, "Content-Type", "message/delivery-status"))
			report = true;
		else if (report && field_is(line, "Content-Type", ""))
			report = false;
		else if (report && field_is(line, "Action", "failed"))
			failed = true;
		else if (report && field_is(line, "Status", "5."))
			for_good = true;
	}
	return failed && for_good;
}
