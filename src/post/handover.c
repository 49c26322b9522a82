#include "post/handover.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"

#define MESSAGE_MOST ((size_t)64 << 10)
#define CLOSING 421 /* "service not available, closing transmission channel" */

struct reader {
	struct slice all;
	size_t at;
	bool begun; /* the message was asked for: the server has said "354" */
};

static size_t read_message(char *to, size_t size, size_t n, void *ctx)
{
	struct reader *r = ctx;
	size_t most = size * n, left = r->all.n - r->at;
	if (most > left)
		most = left;
	memcpy(to, r->all.p + r->at, most);
	r->at += most;
	r->begun = true;
	return most;
}

static void set_options(CURL *c, const struct post_setup *setup)
{
	curl_easy_reset(c); /* keeps the connection */
	curl_easy_setopt(c, CURLOPT_URL, setup->server);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 15L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, 120L);
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(setup->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (setup->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, setup->ca_file);
	if (setup->user) {
		curl_easy_setopt(c, CURLOPT_USERNAME, setup->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, setup->password);
	}
	curl_easy_setopt(c, CURLOPT_READFUNCTION, read_message);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
}

/* Whether this try met a connection that was kept from an earlier mail and that the server had closed. */
static bool was_closed(CURL *c, CURLcode code, long smtp, const struct reader *reader)
{
	long fresh = 1;
	curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &fresh);
	return !fresh && !reader->begun && (smtp == 0 || smtp == CLOSING) &&
	       (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING);
}

static CURLcode perform(CURL *c, struct slice message, long *smtp_r)
{
	CURLcode code;
	for (bool again = false;; again = true) {
		struct reader reader = { .all = message };
		curl_easy_setopt(c, CURLOPT_READDATA, &reader);
		curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, (long)again);
		*smtp_r = 0;
		code = curl_easy_perform(c);
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, smtp_r);
		if (again || !was_closed(c, code, *smtp_r, &reader))
			break;
	}
	return code;
}

enum result handover(CURL *c, const struct post_setup *setup, const struct handing *mail, struct instant now)
{
	struct buf message = BUF_LIMIT(MESSAGE_MOST), sender = BUF_LIMIT(512), to = BUF_LIMIT(512);
	post_message(&message, setup, mail->id, slice_of(mail->address), mail->subject, mail->body, now);
	buf_printf(&sender, "<b-%s@%s>", mail->return_token, setup->bounce_domain);
	buf_printf(&to, "<%s>", mail->address);
	struct curl_slist *rcpt = curl_slist_append(NULL, to.p);
	long smtp = 0;
	set_options(c, setup);
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, sender.p);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, rcpt);
	CURLcode code = message.full ? CURLE_BAD_FUNCTION_ARGUMENT : perform(c, buf_get(&message), &smtp);
	curl_slist_free_all(rcpt);
	bool too_long = message.full;
	buf_wipe(&message);
	buf_free(&message);
	buf_free(&sender);
	buf_free(&to);
	if (code == CURLE_OK)
		return RES_OK;
	/* 5yz for this recipient or message is final; a refused login or STARTTLS is ours to mend, so it is "not now". */
	if (smtp >= 500 && smtp < 600 && smtp != 530 && smtp != 535 && code != CURLE_LOGIN_DENIED &&
	    code != CURLE_USE_SSL_FAILED)
		return RES_REFUSED;
	if (too_long)
		return RES_REFUSED;
	log_world("post", "the mail server did not take a mail: %s (%ld)", curl_easy_strerror(code), smtp);
	return RES_AGAIN;
}
