#include "base/config_check.h"

#include <string.h>
#include <unistd.h>

static bool letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 1123 labels; an IPv4 address passes too, which is meant. */
static bool is_host_name(struct slice s)
{
	if (s.n == 0 || s.n > 253)
		return false;
	struct slice rest = s, label;
	while (slice_cut(&rest, '.', &label)) {
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!letter_or_digit(label.p[i]) && label.p[i] != '-')
				return false;
	}
	return true;
}

static bool is_ipv6(struct slice s)
{
	bool colon = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == ':')
			colon = true;
		else if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F') && c != '.')
			return false;
	}
	return colon && s.n >= 2 && s.n <= 45;
}

static bool is_port(struct slice s, int *port_r)
{
	int64_t n;
	if (s.n == 0 || s.n > 5 || slice_int(s, &n) != RES_OK || n < 1 || n > 65535)
		return false;
	*port_r = (int)n;
	return true;
}

/* HOST or HOST:PORT; *port_r stays 0 without one. */
static bool host_and_port(struct slice s, struct slice *host_r, int *port_r)
{
	*port_r = 0;
	if (s.n && s.p[0] == '[') {
		const char *end = memchr(s.p, ']', s.n);
		if (!end)
			return false;
		*host_r = (struct slice){ s.p + 1, (size_t)(end - s.p) - 1 };
		struct slice rest = { end + 1, s.n - host_r->n - 2 };
		if (rest.n == 0)
			return is_ipv6(*host_r);
		return is_ipv6(*host_r) && rest.p[0] == ':' &&
		       is_port((struct slice){ rest.p + 1, rest.n - 1 }, port_r);
	}
	struct slice port = s;
	slice_cut(&port, ':', host_r);
	return is_host_name(*host_r) && (!port.p || is_port(port, port_r));
}

bool config_socket_parts(struct slice value, struct slice *host_r, int *port_r)
{
	struct slice host;
	int port;
	if (!host_and_port(value, &host, &port) || port == 0)
		return false;
	*host_r = host;
	*port_r = port;
	return true;
}

static bool is_origin(struct slice s)
{
	static const char *const scheme[] = { "http://", "https://" };
	struct slice host;
	int port;
	for (size_t i = 0; i < ARRAY_LEN(scheme); i++) {
		size_t n = strlen(scheme[i]);
		if (slice_starts(s, scheme[i]))
			return host_and_port((struct slice){ s.p + n, s.n - n }, &host, &port);
	}
	return false;
}

static bool is_hosts(struct slice s)
{
	struct slice rest = s, one, host;
	int port;
	while (slice_cut(&rest, ' ', &one))
		if (one.n && !host_and_port(one, &host, &port))
			return false;
	return true;
}

static bool is_domain(struct slice s)
{
	return is_host_name(s) && memchr(s.p, '.', s.n);
}

static bool is_phone(struct slice s)
{
	size_t digits = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (s.p[i] != ' ' && !(s.p[i] == '+' && i == 0))
			return false;
	}
	return digits >= 3 && s.n <= 20;
}

static bool is_mail(struct slice s)
{
	struct slice domain = s, local;
	slice_cut(&domain, '@', &local);
	if (!domain.p || !is_domain(domain) || local.n == 0 || local.n > 64)
		return false;
	for (size_t i = 0; i < local.n; i++) {
		bool dot_in_place = local.p[i] == '.' && i > 0 && i + 1 < local.n && local.p[i - 1] != '.';
		if (!letter_or_digit(local.p[i]) && !dot_in_place && !strchr("!#$%&'*+-/=?^_`{|}~", local.p[i]))
			return false;
	}
	return true;
}

static bool is_path(struct slice s)
{
	struct slice rest = s, part;
	while (slice_cut(&rest, '/', &part))
		if (slice_is(part, ".."))
			return false;
	return s.n > 0 && s.n < 4096;
}

static bool is_zone(struct slice s)
{
	char path[256] = "/usr/share/zoneinfo/";
	size_t n = strlen(path);
	if (s.n == 0 || s.n >= sizeof(path) - n || s.p[0] == '/' || !is_path(s))
		return false;
	memcpy(path + n, s.p, s.n);
	return path[n + s.n - 1] != '/' && access(path, R_OK) == 0;
}

static bool is_choice(const char *choices, struct slice s)
{
	struct slice rest = slice_of(choices), one;
	while (slice_cut(&rest, '|', &one))
		if (slice_eq(one, s))
			return true;
	return false;
}

static bool is_text(const struct config_key *key, struct slice s)
{
	bool limits = key->least != 0 || key->most != 0;
	return (int64_t)s.n >= (limits ? key->least : 1) && (int64_t)s.n <= (limits ? key->most : 1000);
}

/* Well-formed UTF-8 (RFC 3629) without control characters. */
static bool is_clean(struct slice s)
{
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		size_t more = c < 0x80 ? 0 : c < 0xc0 ? 9 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf8 ? 3 : 9;
		if (c < 0x20 || c == 0x7f || more == 9 || s.n - i <= more)
			return false;
		uint32_t point = more == 0 ? c : c & (0x3fu >> more);
		for (size_t j = 1; j <= more; j++) {
			if (((unsigned char)s.p[i + j] & 0xc0) != 0x80)
				return false;
			point = point << 6 | ((unsigned char)s.p[i + j] & 0x3f);
		}
		static const uint32_t least[] = { 0, 0xa0, 0x800, 0x10000 };
		if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
			return false;
		i += more + 1;
	}
	return true;
}

static bool is_of_kind(const struct config_key *key, struct slice s)
{
	struct slice host;
	int port;
	switch (key->kind) {
	case CONFIG_TEXT:
		return is_text(key, s);
	case CONFIG_CHOICE:
		return is_choice(key->choices, s);
	case CONFIG_PATH:
		return is_path(s);
	case CONFIG_SOCKET:
		return config_socket_parts(s, &host, &port);
	case CONFIG_ORIGIN:
		return is_origin(s);
	case CONFIG_HOSTS:
		return is_hosts(s);
	case CONFIG_MAIL:
		return is_mail(s);
	case CONFIG_DOMAIN:
		return is_domain(s);
	case CONFIG_PHONE:
		return is_phone(s);
	case CONFIG_ZONE:
		return is_zone(s);
	}
	bug("a key of no kind");
}

void config_takes(const struct config_key *key, struct buf *out)
{
	static const char *const words[] = {
		[CONFIG_PATH] = "a path without \"..\"",
		[CONFIG_SOCKET] = "an address and port, such as 127.0.0.1:8300",
		[CONFIG_ORIGIN] = "http:// or https:// and a host name, nothing after it",
		[CONFIG_HOSTS] = "host names, separated by spaces",
		[CONFIG_MAIL] = "an e-mail address",
		[CONFIG_DOMAIN] = "a domain, such as example.org",
		[CONFIG_PHONE] = "a phone number, such as +47 22 00 00 00",
		[CONFIG_ZONE] = "a time zone that this machine knows, such as Europe/Oslo",
	};
	bool limits = key->least != 0 || key->most != 0;
	if (key->kind == CONFIG_CHOICE) {
		struct slice rest = slice_of(key->choices), one;
		for (bool first = true; slice_cut(&rest, '|', &one); first = false) {
			buf_str(out, first ? "" : rest.p ? ", " : " or ");
			buf_slice(out, one);
		}
	} else if (key->kind == CONFIG_TEXT)
		buf_printf(out, "text, %lld to %lld bytes", limits ? (long long)key->least : 1,
			   limits ? (long long)key->most : 1000);
	else
		buf_str(out, words[key->kind]);
}

bool config_value_ok(const struct config_key *key, struct slice value, struct buf *why)
{
	bool may_be_empty = key->value && !key->value[0];
	if (value.n == 0 && may_be_empty)
		return true;
	if (is_clean(value) && is_of_kind(key, value))
		return true;
	if (value.n == 0)
		buf_str(why, "has no value; it takes ");
	else if (!is_clean(value))
		buf_str(why, "holds bytes that are not readable text; it takes ");
	else
		buf_printf(why, "\"%.*s\" will not do; it takes ", value.n > 80 ? 80 : (int)value.n, value.p);
	config_takes(key, why);
	return false;
}

/* Letters to change, add or leave out to get from a to b (Levenshtein). Both at most 40 bytes. */
static size_t distance(struct slice a, struct slice b)
{
	size_t row[42];
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t least = corner + (a.p[i - 1] != b.p[j - 1]);
			corner = row[j];
			if (row[j] + 1 < least)
				least = row[j] + 1;
			if (row[j - 1] + 1 < least)
				least = row[j - 1] + 1;
			row[j] = least;
		}
	}
	return row[b.n];
}

const char *config_nearest(const struct config_key *keys, size_t n, struct slice name)
{
	const char *near = NULL;
	size_t least = 3; /* two slips of the finger */
	for (size_t i = 0; i < n; i++) {
		struct slice key = slice_of(keys[i].name);
		if (key.n > 40 || name.n > 40)
			continue;
		size_t d = distance(name, key);
		if (d < least) {
			least = d;
			near = keys[i].name;
		}
	}
	return near;
}
