#include "post/mailbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/log.h"
#include "crypt/crypt.h"
#include "post/mailbox_inside.h"
#include "post/told.h"

/* ---- which address ---- */

/* "b-TOKEN@domain" anywhere in a line. */
static bool find_address(struct slice line, const char *domain, struct slice *token_r)
{
	size_t domain_n = strlen(domain);
	for (size_t i = 0; i + 2 + POST_TOKEN + 1 + domain_n <= line.n; i++) {
		const char *p = line.p + i;
		if ((p[0] != 'b' && p[0] != 'B') || p[1] != '-' || p[2 + POST_TOKEN] != '@')
			continue;
		if (strspn(p + 2, "0123456789abcdefABCDEF") < POST_TOKEN ||
		    strncasecmp(p + 3 + POST_TOKEN, domain, domain_n) != 0)
			continue;
		*token_r = (struct slice){ p + 2, POST_TOKEN };
		return true;
	}
	return false;
}

static bool names_recipient(struct slice line)
{
	static const char *const names[] = { "To:", "Delivered-To:", "X-Original-To:", "Envelope-To:", "X-Envelope-To:" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (line.n >= strlen(names[i]) && strncasecmp(line.p, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

enum result mailbox_token(struct slice message, const char *bounce_domain, struct slice *token_r)
{
	struct slice rest = message, line;
	bool recipient = false;
	while (slice_cut(&rest, '\n', &line)) {
		if (!line.n || (line.n == 1 && line.p[0] == '\r'))
			return RES_NONE; /* the head ends */
		/* A folded line belongs to the one before. */
		recipient = line.p[0] == ' ' || line.p[0] == '\t' ? recipient : names_recipient(line);
		if (recipient && find_address(line, bounce_domain, token_r))
			return RES_OK;
	}
	return RES_NONE;
}

/* ---- what was seen ---- */

/* POP3's number before the unique id is this session's only. */
static uint64_t hash_of(const char *name)
{
	const char *space = strchr(name, ' ');
	if (space)
		name = space + 1;
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a: names are the server's, and a collision costs one bounce */
	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	return h;
}

static bool was_seen(const struct mailbox *m, const char *name)
{
	uint64_t h = hash_of(name);
	for (size_t i = 0; i < m->seen_n; i++)
		if (m->seen[i] == h)
			return true;
	for (size_t i = 0; i < m->broke_n; i++)
		if (m->broke[i] == h)
			return true;
	return false;
}

static void note(uint64_t **list, size_t *n, const char *name)
{
	*list = must_realloc(*list, *n + 1, sizeof(**list));
	(*list)[(*n)++] = hash_of(name);
}

static bool was_dropped(const struct mailbox *m, const char *name)
{
	uint64_t h = hash_of(name);
	for (size_t i = 0; i < m->dropped_n; i++)
		if (m->dropped[i] == h)
			return true;
	return false;
}

static void note_seen(struct mailbox *m, const char *name)
{
	if (!m->seen)
		m->seen = must_alloc(MAILBOX_SEEN_MOST, sizeof(*m->seen));
	if (m->seen_n == MAILBOX_SEEN_MOST)
		m->seen_n = 0;
	m->seen[m->seen_n++] = hash_of(name);
}

/* ---- a round ---- */

static const struct mailbox_kind *kind_of(const char *where)
{
	if (where[0] == '/')
		return &mailbox_maildir;
	return strncmp(where, "imap", 4) == 0 ? &mailbox_imap : &mailbox_pop3;
}

static void complain(struct mailbox *m, const char *what)
{
	if (!m->complained && !__atomic_load_n(m->stop, __ATOMIC_ACQUIRE))
		log_world("post", "a message in the mailbox of returned mail could not be %s; the others are read all the same", what);
	m->complained = true;
}

/* Why one could not be read, and whether the round goes on: RES_OK, RES_AGAIN. */
static enum result pass_over(struct mailbox *m, const char *name, bool too_long, enum result res)
{
	if (too_long)
		note_seen(m, name); /* longer than anything of ours, and the session broke off over it */
	else
		complain(m, "read");
	if (res == RES_REFUSED)
		return RES_OK;
	if (!too_long)
		note(&m->broke, &m->broke_n, name);
	return RES_AGAIN;
}

static enum result drop_one(struct mailbox *m, const char *name)
{
	enum result res = m->kind->drop(m, name);
	if (!was_dropped(m, name))
		note(&m->dropped, &m->dropped_n, name);
	if (res != RES_REFUSED)
		return res == RES_OK ? RES_OK : RES_AGAIN;
	complain(m, "deleted");
	note_seen(m, name);
	return RES_OK;
}

/* RES_AGAIN: the round ends here. *read: one more. */
static enum result read_one(struct mailbox *m, const char *name, struct buf *message,
			    enum result (*take)(void *ctx, struct slice token, struct slice message, bool *ours_r), void *ctx, int *n,
			    int *read)
{
	struct slice token;
	bool ours = false;
	if (was_dropped(m, name))
		return drop_one(m, name);
	buf_wipe(message);
	enum result res = m->kind->fetch(m, name, message);
	if (res == RES_NONE)
		return RES_OK; /* somebody else took it */
	if (res != RES_OK)
		return pass_over(m, name, message->full, res);
	++*read;
	if (mailbox_token(buf_get(message), m->bounce_domain, &token) == RES_OK) {
		res = take(ctx, token, buf_get(message), &ours);
		if (res != RES_OK && res != RES_NONE)
			return RES_AGAIN; /* not written: it stays, and is read again */
	}
	if (ours) {
		++*n;
		return drop_one(m, name);
	}
	note_seen(m, name);
	return RES_OK;
}

/* ---- the newest first: a mailbox that others share may hold more than is ever looked through ---- */

/* Numbers grow in IMAP and POP3; in a Maildir a name begins with the second in which the message came. */
static int64_t age_of(const char *name)
{
	const char *slash = strchr(name, '/');
	return strtoll(slash ? slash + 1 : name, NULL, 10);
}

static int newer_first(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	int64_t m = age_of(x), n = age_of(y);
	return m != n ? (m < n) - (m > n) : strcmp(y, x);
}

/* Cuts the lines into names, and leaves out what is longer than any. */
static const char **newest_first(struct buf *lines, size_t *n_r)
{
	const char **list = must_alloc(lines->n / 2 + 1, sizeof(*list));
	size_t n = 0;
	for (char *p = lines->n ? lines->p : NULL, *end; p && (end = memchr(p, '\n', (size_t)(lines->p + lines->n - p))); p = end + 1) {
		*end = '\0';
		if (end > p && end - p <= MAILBOX_NAME_MOST)
			list[n++] = p;
	}
	qsort(list, n, sizeof(*list), newer_first);
	*n_r = n;
	return list;
}

enum result mailbox_round(struct mailbox *m, const bool *stop,
			  enum result (*take)(void *ctx, struct slice token, struct slice message, bool *ours_r), void *ctx, int *n_r)
{
	struct buf names = BUF_LIMIT((size_t)4 << 20), message = BUF_SECRET(MAILBOX_MESSAGE_MOST);
	int n = 0, read = 0;
	m->stop = stop;
	m->complained = false;
	enum result res = m->kind->open(m);
	if (res == RES_OK)
		res = m->kind->list(m, &names);
	size_t listed;
	const char **list = newest_first(&names, &listed);
	for (size_t i = 0; res == RES_OK && i < listed && read < MAILBOX_ROUND_MOST && !__atomic_load_n(stop, __ATOMIC_ACQUIRE); i++)
		if (!was_seen(m, list[i]))
			res = read_one(m, list[i], &message, take, ctx, &n, &read);
	if (res == RES_OK)
		m->broke_n = 0;
	free(list);
	enum result closed = m->kind->close(m);
	if (res == RES_OK && closed == RES_OK)
		m->dropped_n = 0;
	buf_free(&names);
	buf_free(&message);
	*n_r = n;
	return res == RES_OK ? closed : RES_AGAIN;
}

/* ---- made and freed ---- */

static bool this_machine(const char *host)
{
	static const char *const here[] = { "127.0.0.1", "localhost", "[::1]" };
	for (size_t i = 0; i < ARRAY_LEN(here); i++)
		if (strncmp(host, here[i], strlen(here[i])) == 0 && strchr(":/", host[strlen(here[i])]))
			return true;
	return false;
}

bool post_mailbox_ok(const char *where)
{
	const char *host = strstr(where, "://");
	if (where[0] == '/')
		return !strstr(where, "/../");
	if (!host || !host[3] || host[3] == '/' || strpbrk(where, " \"<>\\^`|@;?#"))
		return false;
	size_t n = (size_t)(host - where);
	if ((n == 5 && strncmp(where, "imaps", n) == 0) || (n == 5 && strncmp(where, "pop3s", n) == 0))
		return true;
	return n == 4 && (strncmp(where, "imap", n) == 0 || strncmp(where, "pop3", n) == 0) && this_machine(host + 3);
}

struct mailbox *mailbox_new(const struct post_mailbox *setup, const char *bounce_domain)
{
	struct mailbox *m = must_alloc(1, sizeof(*m));
	m->where = must_strdup(setup->where);
	m->user = must_strdup(setup->user ? setup->user : "");
	m->password = must_strdup(setup->password ? setup->password : "");
	m->ca_file = setup->ca_file ? must_strdup(setup->ca_file) : NULL;
	m->bounce_domain = must_strdup(bounce_domain);
	m->kind = kind_of(m->where);
	return m;
}

void mailbox_free(struct mailbox **m)
{
	if (!*m)
		return;
	crypt_wipe((*m)->password, strlen((*m)->password));
	free((*m)->where);
	free((*m)->user);
	free((*m)->password);
	free((*m)->ca_file);
	free((*m)->bounce_domain);
	free((*m)->seen);
	free((*m)->broke);
	free((*m)->dropped);
	free(*m);
	*m = NULL;
}
