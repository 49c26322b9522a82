/* IMAP (RFC 3501) and POP3 (RFC 1939), as libcurl speaks them. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "post/mailbox_inside.h"

#define CONNECT 30  /* seconds; our choice */
#define COMMAND 120 /* for one command or message */

static size_t hear(char *bytes, size_t size, size_t n, void *ctx)
{
	struct buf *to = ctx;
	buf_put(to, bytes, size * n);
	return to->full ? CURL_WRITEFUNC_ERROR : size * n;
}

static int watch(void *stop, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return __atomic_load_n((const bool *)stop, __ATOMIC_ACQUIRE);
}

/* One command or message. RES_NONE: the server said no to it. */
static enum result ask(struct mailbox *m, const char *url, const char *command, bool no_body, struct buf *to)
{
	CURL *c = m->curl;
	long fresh = 0;
	bool first = !m->curl_used;
	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "imap,imaps,pop3,pop3s");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)COMMAND);
	curl_easy_setopt(c, CURLOPT_USERNAME, m->user);
	curl_easy_setopt(c, CURLOPT_PASSWORD, m->password);
	if (m->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, m->ca_file);
	if (command)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, command);
	if (no_body)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, to);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, (void *)m->stop);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	CURLcode code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &fresh);
	m->curl_used = true;
	if (code == CURLE_OK)
		return first || !fresh ? RES_OK : RES_AGAIN;
	if (code == CURLE_QUOTE_ERROR || code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_WEIRD_SERVER_REPLY)
		return RES_NONE;
	if (first)
		log_world("post", "the mailbox of returned mail could not be read: %s", curl_easy_strerror(code));
	return RES_AGAIN;
}

static enum result open_it(struct mailbox *m)
{
	m->curl = curl_easy_init();
	m->curl_used = false;
	return m->curl ? RES_OK : RES_AGAIN;
}

/* The last word (LOGOUT, QUIT) goes out with the handle. */
static enum result close_it(struct mailbox *m)
{
	if (m->curl)
		curl_easy_cleanup(m->curl);
	m->curl = NULL;
	return RES_OK;
}

/* ---- IMAP: a name is UIDVALIDITY and UID, as far as we can know: the UID, which is never given again ---- */

static void folder_url(const struct mailbox *m, char *url, size_t room)
{
	const char *host = strstr(m->where, "://") + 3;
	snprintf(url, room, "%s%s", m->where, strchr(host, '/') ? "" : "/INBOX");
}

static enum result imap_list(struct mailbox *m, struct buf *names)
{
	char url[700];
	struct buf said = BUF_LIMIT((size_t)1 << 20);
	folder_url(m, url, sizeof(url));
	enum result res = ask(m, url, "UID SEARCH UNDELETED", false, &said);
	struct slice rest = buf_get(&said), line, word;
	while (res == RES_OK && rest.n && slice_cut(&rest, '\n', &line)) {
		if (!slice_starts(line, "* SEARCH"))
			continue;
		line = slice_trim((struct slice){ line.p + 8, line.n - 8 });
		while (line.n && slice_cut(&line, ' ', &word)) {
			int64_t uid;
			word = slice_trim(word);
			if (slice_int(word, &uid) == RES_OK && uid > 0)
				buf_printf(names, "%lld\n", (long long)uid);
		}
	}
	buf_free(&said);
	return res == RES_NONE ? RES_AGAIN : res;
}

static enum result imap_fetch(struct mailbox *m, const char *name, struct buf *message)
{
	char url[900], folder[700];
	folder_url(m, folder, sizeof(folder));
	snprintf(url, sizeof(url), "%s/;UID=%s;PARTIAL=0.%zu", folder, name, MAILBOX_MESSAGE_MOST - 1);
	return ask(m, url, NULL, false, message);
}

static enum result imap_drop(struct mailbox *m, const char *name)
{
	char url[700], command[300];
	struct buf said = BUF_LIMIT(65536);
	folder_url(m, url, sizeof(url));
	snprintf(command, sizeof(command), "UID STORE %s +FLAGS.SILENT (\\Deleted)", name);
	enum result res = ask(m, url, command, false, &said);
	/* Only this one goes (RFC 4315). A server that cannot keeps it marked, and whoever owns the mailbox expunges it. */
	snprintf(command, sizeof(command), "UID EXPUNGE %s", name);
	if (res == RES_OK && ask(m, url, command, false, &said) == RES_AGAIN)
		res = RES_AGAIN;
	buf_free(&said);
	return res;
}

const struct mailbox_kind mailbox_imap = { open_it, imap_list, imap_fetch, imap_drop, close_it };

/* ---- POP3: a name is the session's number and the server's unique id ---- */

static enum result pop3_list(struct mailbox *m, struct buf *names)
{
	struct buf said = BUF_LIMIT((size_t)1 << 20);
	enum result res = ask(m, m->where, "UIDL", false, &said);
	struct slice rest = buf_get(&said), line, number;
	while (res == RES_OK && rest.n && slice_cut(&rest, '\n', &line)) {
		int64_t n;
		line = slice_trim(line);
		if (slice_cut(&line, ' ', &number) && line.p && slice_int(number, &n) == RES_OK && n > 0)
			buf_printf(names, "%lld %.*s\n", (long long)n, (int)line.n, line.p);
	}
	buf_free(&said);
	return res == RES_NONE ? RES_AGAIN : res;
}

/* "12 abc" to "12". */
static void number_url(const struct mailbox *m, const char *name, char *url, size_t room)
{
	size_t n = strlen(m->where);
	while (n && m->where[n - 1] == '/')
		n--;
	snprintf(url, room, "%.*s/%.*s", (int)n, m->where, (int)strcspn(name, " "), name);
}

/* TOP would be bounded by lines; what is longer than we read breaks off, and with it the session. */
static enum result pop3_fetch(struct mailbox *m, const char *name, struct buf *message)
{
	char url[900];
	number_url(m, name, url, sizeof(url));
	return ask(m, url, NULL, false, message);
}

static enum result pop3_drop(struct mailbox *m, const char *name)
{
	char url[900];
	struct buf said = BUF_LIMIT(65536);
	number_url(m, name, url, sizeof(url));
	enum result res = ask(m, url, "DELE", true, &said);
	buf_free(&said);
	return res;
}

const struct mailbox_kind mailbox_pop3 = { open_it, pop3_list, pop3_fetch, pop3_drop, close_it };
