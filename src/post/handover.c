#include "post/handover.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "post/trail.h"

#define MESSAGE_MOST ((size_t)64 << 10)
#define CLOSING 421 /* "service not available, closing transmission channel" */
#define AT_STOP 8   /* seconds that a message on its way gets when we end; less than the launcher waits */
#define AT_QUIT 2   /* seconds for the last word of a connection that is given up anyway */

/* One try, and how long it has taken. */
struct reader {
	struct slice all;
	size_t at;
	const struct post_patience *patience;
	const bool *stop;
	struct trail trail;
	int64_t since, stopped; /* when this part of it began, and when we were first seen ending; 0: not yet */
	bool late;
};

/* Not the workplace's clock: how long a server has been silent. */
static int64_t uptime(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no monotonic clock");
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static size_t read_message(char *to, size_t size, size_t n, void *ctx)
{
	struct reader *r = ctx;
	size_t most = size * n, left = r->all.n - r->at;
	if (most > left)
		most = left;
	memcpy(to, r->all.p + r->at, most);
	r->at += most;
	/* The server has said "354". */
	if (r->trail.at != HANDED_MESSAGE)
		r->since = uptime();
	trail_message(&r->trail);
	return most;
}

static int hear(CURL *c, curl_infotype type, char *bytes, size_t n, void *ctx)
{
	struct reader *r = ctx;
	bool quit = r->trail.quit;
	(void)c;
	if (type == CURLINFO_HEADER_OUT)
		trail_said(&r->trail, slice_bytes(bytes, n));
	else if (type == CURLINFO_HEADER_IN)
		trail_heard(&r->trail, slice_bytes(bytes, n));
	if (!quit && r->trail.quit)
		r->since = uptime();
	return 0;
}

/* Called at least once a second while anything is waited for. Not 0: it is enough. */
static int watch(void *ctx, curl_off_t a, curl_off_t b, curl_off_t d, curl_off_t e)
{
	struct reader *r = ctx;
	int64_t now = uptime();
	bool begun = r->trail.at == HANDED_MESSAGE;
	(void)a, (void)b, (void)d, (void)e;
	if (!r->stopped && __atomic_load_n(r->stop, __ATOMIC_ACQUIRE))
		r->stopped = now;
	int64_t most = r->trail.quit ? AT_QUIT : begun ? r->patience->reply : r->patience->command;
	bool enough = now - r->since >= most * 1000 || (r->stopped && (!begun || now - r->stopped >= AT_STOP * 1000));
	r->late = r->late || (enough && !r->trail.quit);
	return enough;
}

/* The library keeps a copy. False: it has no memory for one. */
static bool put(CURL *c, CURLoption option, const char *text)
{
	return curl_easy_setopt(c, option, text) == CURLE_OK;
}

/* Without its recipient the library would ask the server for help, and call that done; without what vouches for the server, ask
   whoever is there. */
static bool set_words(CURL *c, const struct post_setup *setup, const char *sender, struct curl_slist *to)
{
	return to && put(c, CURLOPT_URL, setup->server) && put(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps") &&
	       (!setup->ca_file || put(c, CURLOPT_CAINFO, setup->ca_file)) &&
	       (!setup->user || (put(c, CURLOPT_USERNAME, setup->user) && put(c, CURLOPT_PASSWORD, setup->password))) &&
	       put(c, CURLOPT_MAIL_FROM, sender) && curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to) == CURLE_OK;
}

static void set_options(CURL *c, const struct post_setup *setup)
{
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)setup->patience.connect);
	/* Else the library waits two minutes for each reply, the last one too. Who waits less is watch(). */
	curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)setup->patience.reply);
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(setup->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(c, CURLOPT_READFUNCTION, read_message);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, hear);
	curl_easy_setopt(c, CURLOPT_VERBOSE, 1L); /* without it nothing is told to hear() */
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
}

/* Whether this try met a connection that was kept from an earlier mail and that the server had closed. */
static bool was_closed(CURL *c, CURLcode code, const struct trail *t)
{
	long fresh = 1;
	curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &fresh);
	return !fresh && t->at <= HANDED_MAIL && (t->reply == 0 || t->reply == CLOSING) &&
	       (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING);
}

static void perform(CURL *c, const struct post_setup *setup, struct slice message, const bool *stop, struct handed *h)
{
	for (bool again = false;; again = true) {
		struct reader r = { .all = message, .patience = &setup->patience, .stop = stop, .since = uptime() };
		curl_easy_setopt(c, CURLOPT_READDATA, &r);
		curl_easy_setopt(c, CURLOPT_DEBUGDATA, &r);
		curl_easy_setopt(c, CURLOPT_XFERINFODATA, &r);
		curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, (long)again);
		h->code = curl_easy_perform(c);
		if (r.late)
			h->code = CURLE_OPERATION_TIMEDOUT;
		h->at = r.trail.at;
		h->reply = r.trail.reply;
		memcpy(h->status, r.trail.status, sizeof(h->status));
		h->relaying = r.trail.relaying;
		if (again || h->code == CURLE_OK || !was_closed(c, h->code, &r.trail))
			break;
	}
}

enum result handover(CURL *c, const struct post_setup *setup, const struct handing *mail, struct instant now,
		     const bool *stop, struct handed *h)
{
	struct buf message = BUF_LIMIT(MESSAGE_MOST), sender = BUF_LIMIT(512), to = BUF_LIMIT(512);
	*h = (struct handed){ .code = CURLE_OK };
	post_message(&message, setup, mail->id, slice_of(mail->address), mail->subject, mail->body, now);
	buf_printf(&sender, "<b-%s@%s>", mail->return_token, setup->bounce_domain);
	buf_printf(&to, "<%s>", mail->address);
	struct curl_slist *rcpt = curl_slist_append(NULL, to.p);
	bool ready = set_words(c, setup, sender.p, rcpt);
	set_options(c, setup);
	h->too_long = message.full;
	if (!ready)
		h->code = CURLE_OUT_OF_MEMORY;
	else if (!h->too_long)
		perform(c, setup, buf_get(&message), stop, h);
	curl_easy_reset(c); /* keeps the connection, and nothing that points here */
	curl_slist_free_all(rcpt);
	buf_wipe(&message);
	buf_free(&message);
	buf_free(&sender);
	buf_free(&to);
	if (h->too_long)
		return RES_REFUSED;
	if (h->code == CURLE_OK)
		return RES_OK;
	h->unsure = h->at == HANDED_MESSAGE && h->reply == 0;
	h->away = h->at <= HANDED_MAIL;
	return handover_final(h) ? RES_REFUSED : RES_AGAIN;
}

bool handover_final(const struct handed *h)
{
	int subject = h->status[1], detail = h->status[2];
	if (h->at < HANDED_RCPT || h->reply < 500 || h->reply > 599 || (h->status[0] && h->status[0] != 5))
		return false;
	/* 5.1 addresses, of which 5.1.7 and 5.1.8 are the sender's and 5.1.0 may be; 5.2 the mailbox; 5.4 the way there. */
	if (subject == 1)
		return detail != 0 && detail != 7 && detail != 8;
	if (subject == 2 || (subject == 4 && h->at == HANDED_RCPT))
		return true;
	if (subject != 0 || h->at != HANDED_RCPT || h->relaying)
		return false;
	/* No mailbox, not here, full, no such address (RFC 5321 § 4.2.3); takes no mail (RFC 7504). 554 means anything. */
	return h->reply == 550 || h->reply == 551 || h->reply == 552 || h->reply == 553 || h->reply == 501 || h->reply == 556;
}

void handover_say(const struct handed *h, char out[120])
{
	static const char *const at[] = { "before MAIL FROM", "MAIL FROM", "RCPT TO", "DATA", "after the message" };
	if (h->too_long)
		snprintf(out, 120, "too long to be sent");
	else if (h->reply && h->status[0])
		snprintf(out, 120, "%s: %03d %d.%d.%d", at[h->at], h->reply, h->status[0], h->status[1], h->status[2]);
	else if (h->reply && h->code != CURLE_OPERATION_TIMEDOUT)
		snprintf(out, 120, "%s: %03d", at[h->at], h->reply);
	else
		snprintf(out, 120, "%s: %s", at[h->at], curl_easy_strerror(h->code));
}
