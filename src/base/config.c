#include "base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config_check.h"

struct setting {
	char *text; /* owned; NULL if the file does not give it */
	int line;
};

struct config {
	char *file; /* owned: its name, for mistakes */
	const struct config_key *keys;
	size_t n;
	struct setting *settings; /* owned: one a key */
};

static void config_new(struct config **c_r, const char *name, const struct config_key *keys, size_t n)
{
	if (n > CONFIG_MOST_KEYS)
		bug("%zu keys in one table", n);
	struct config *c = must_alloc(1, sizeof(*c));
	c->file = must_strdup(name);
	c->keys = keys;
	c->n = n;
	c->settings = must_alloc(n ? n : 1, sizeof(*c->settings));
	*c_r = c;
}

void config_free(struct config **c)
{
	if (!*c)
		return;
	for (size_t i = 0; i < (*c)->n; i++)
		free((*c)->settings[i].text);
	free((*c)->settings);
	free((*c)->file);
	free(*c);
	*c = NULL;
}

/* The part before a comment. */
static struct slice without_comment(struct slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			return (struct slice){ line.p, i };
	return line;
}

/* The index of a declared key, or n. */
static size_t key_index(const struct config *c, struct slice name)
{
	size_t i = 0;
	while (i < c->n && !slice_is(name, c->keys[i].name))
		i++;
	return i;
}

static bool may_be_a_key(struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!(name.p[i] >= 'a' && name.p[i] <= 'z') && !(name.p[i] >= '0' && name.p[i] <= '9') &&
		    name.p[i] != '_')
			return false;
	return name.n > 0 && name.n <= 40;
}

static void unknown_key(const struct config *c, int line, struct slice name, struct buf *mistakes)
{
	buf_printf(mistakes, "%s:%d: unknown key \"%.*s\"", c->file, line, (int)name.n, name.p);
	const char *near = config_nearest(c->keys, c->n, name);
	if (near)
		buf_printf(mistakes, "; did you mean \"%s\"?", near);
	buf_char(mistakes, '\n');
}

/* One line of the file. False after telling what is wrong with it. */
static bool read_line(struct config *c, struct slice line, int number, struct buf *mistakes)
{
	const char *file = c->file;
	line = slice_trim(without_comment(line));
	if (line.n == 0)
		return true;
	struct slice value = line, name;
	slice_cut(&value, '=', &name);
	name = slice_trim(name);
	if (!may_be_a_key(name) || !value.p) {
		buf_printf(mistakes, "%s:%d: not of the form \"key = value\"\n", file, number);
		return false;
	}
	value = slice_trim(value);
	size_t k = key_index(c, name);
	if (k == c->n) {
		unknown_key(c, number, name, mistakes);
		return false;
	}
	struct setting *set = &c->settings[k];
	if (set->text) {
		buf_printf(mistakes, "%s:%d: %s is given twice, first on line %d\n", file, number, c->keys[k].name,
			   set->line);
		return false;
	}
	set->line = number;
	set->text = must_alloc(value.n + 1, 1);
	if (value.n)
		memcpy(set->text, value.p, value.n);
	struct buf why = BUF_LIMIT(500);
	bool good = config_value_ok(&c->keys[k], value, &why);
	if (!good) {
		buf_printf(mistakes, "%s:%d: %s: ", file, number, c->keys[k].name);
		buf_slice(mistakes, buf_get(&why));
		buf_char(mistakes, '\n');
	}
	buf_free(&why);
	return good;
}

static bool all_given(const struct config *c, struct buf *mistakes)
{
	bool good = true;
	for (size_t i = 0; i < c->n; i++) {
		if (c->keys[i].value || c->settings[i].text)
			continue;
		buf_printf(mistakes, "%s: %s is missing: %s\n", c->file, c->keys[i].name, c->keys[i].reason);
		good = false;
	}
	return good;
}

enum result config_parse(struct slice text, const char *name, const struct config_key *keys, size_t n,
			 struct config **c_r, struct buf *mistakes)
{
	struct config *c;
	config_new(&c, name, keys, n);
	bool good = true;
	if (text.n > CONFIG_MOST_BYTES) {
		buf_printf(mistakes, "%s: longer than %d bytes\n", name, CONFIG_MOST_BYTES);
		good = false;
	}
	if (slice_starts(text, "\xef\xbb\xbf")) /* a byte order mark, as some editors leave */
		text = (struct slice){ text.p + 3, text.n - 3 };
	struct slice rest = text, line;
	for (int number = 1; text.n <= CONFIG_MOST_BYTES && slice_cut(&rest, '\n', &line); number++)
		good = read_line(c, line, number, mistakes) && good;
	good = all_given(c, mistakes) && good;
	if (good)
		*c_r = c;
	else
		config_free(&c);
	return good ? RES_OK : RES_BAD;
}

enum result config_read(const char *path, const struct config_key *keys, size_t n, struct config **c_r,
			struct buf *mistakes)
{
	enum result res = RES_BROKEN;
	struct buf text = BUF_LIMIT(CONFIG_MOST_BYTES + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got = fd < 0 ? -1 : 1;
	while (got > 0) {
		char part[4096];
		got = read(fd, part, sizeof(part));
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			buf_put(&text, part, (size_t)got);
		if (text.full)
			break;
	}
	if (got < 0)
		buf_printf(mistakes, "%s: cannot be read: %s\n", path, strerror(errno));
	else if (text.full) {
		buf_printf(mistakes, "%s: longer than %d bytes\n", path, CONFIG_MOST_BYTES);
		res = RES_BAD;
	} else
		res = config_parse(buf_get(&text), path, keys, n, c_r, mistakes);
	if (fd >= 0)
		close(fd);
	buf_free(&text);
	return res;
}

static size_t declared(const struct config *c, const char *name)
{
	size_t k = key_index(c, slice_of(name));
	if (k == c->n)
		bug("the key %s is not declared", name);
	return k;
}

static const char *value_of(const struct config *c, size_t k)
{
	return c->settings[k].text ? c->settings[k].text : c->keys[k].value;
}

static const char *value_as(const struct config *c, const char *name, enum config_kind kind)
{
	size_t k = declared(c, name);
	if (c->keys[k].kind != kind)
		bug("the key %s is of another kind", name);
	return value_of(c, k);
}

const char *config_text(const struct config *c, const char *name)
{
	return value_of(c, declared(c, name));
}

bool config_given(const struct config *c, const char *name)
{
	return config_text(c, name)[0] != '\0';
}

struct slice config_host(const struct config *c, const char *name, int *port_r)
{
	struct slice host;
	if (!config_socket_parts(slice_of(value_as(c, name, CONFIG_SOCKET)), &host, port_r))
		bug("%s was asked for without a value", name);
	return host;
}

void config_mistake(const struct config *c, const char *name, struct buf *mistakes, const char *what)
{
	size_t k = declared(c, name);
	if (c->settings[k].text)
		buf_printf(mistakes, "%s:%d: %s: %s\n", c->file, c->settings[k].line, name, what);
	else
		buf_printf(mistakes, "%s: %s: %s\n", c->file, name, what);
}

void config_document(const struct config_key *keys, size_t n, struct buf *out)
{
	buf_str(out, "| key | default | takes | what it is for |\n|---|---|---|---|\n");
	for (size_t i = 0; i < n; i++) {
		const struct config_key *k = &keys[i];
		buf_printf(out, "| `%s` | ", k->name);
		if (!k->value)
			buf_str(out, "must be given");
		else if (!k->value[0])
			buf_str(out, "empty");
		else
			buf_printf(out, "`%s`", k->value);
		buf_str(out, " | ");
		if (k->takes)
			buf_str(out, k->takes);
		else
			config_takes(k, out);
		buf_printf(out, " | %s |\n", k->reason);
	}
}
