#include "post/sms.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"

#define CONNECT 30 /* seconds; our choice, as for mail */
#define REPLY 60   /* for the whole of it: a gateway queues and answers at once */
#define AT_STOP 8  /* when we end; less than the launcher waits */

struct talk {
	struct buf reply;
	const bool *stop;
	int64_t stopped;
};

static int64_t uptime(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no monotonic clock");
	return (int64_t)t.tv_sec;
}

/* What is longer than any reply is not read on: the status has been heard. */
static size_t hear(char *bytes, size_t size, size_t n, void *ctx)
{
	struct talk *t = ctx;
	buf_put(&t->reply, bytes, size * n);
	return t->reply.full ? CURL_WRITEFUNC_ERROR : size * n;
}

static int watch(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct talk *t = ctx;
	(void)a, (void)b, (void)c, (void)d;
	if (!__atomic_load_n(t->stop, __ATOMIC_ACQUIRE))
		return 0;
	if (!t->stopped)
		t->stopped = uptime();
	return uptime() - t->stopped >= AT_STOP;
}

static struct curl_slist *headers_of(const struct gateway_request *r)
{
	/* No "Expect: 100-continue": our bodies are a few hundred bytes. */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; i < GATEWAY_HEADERS; i++)
		if (r->header[i].n)
			list = curl_slist_append(list, r->header[i].p);
	return list;
}

static void set_options(CURL *c, const struct post_sms *setup, const struct gateway_request *r, struct talk *t)
{
	curl_easy_setopt(c, CURLOPT_URL, r->url.p);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); /* nobody is sent a number because a reply says so */
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(setup->patience ? setup->patience : CONNECT));
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)(setup->patience ? setup->patience : REPLY));
	curl_easy_setopt(c, CURLOPT_USERAGENT, "makker");
	if (setup->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, setup->ca_file);
	if (r->basic) {
		curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(c, CURLOPT_USERNAME, setup->account.user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, setup->account.secret);
	}
	if (r->post) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "");
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)r->body.n);
	}
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
}

/* Before a single byte of the request has gone nobody can have kept the message. */
static bool may_be_kept(CURL *c)
{
	curl_off_t sent = 0;
	long bytes = 0;
	curl_easy_getinfo(c, CURLINFO_SIZE_UPLOAD_T, &sent);
	curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &bytes);
	return sent > 0 || bytes > 0;
}

static void perform(CURL *c, const struct post_sms *setup, const struct gateway_request *r, const bool *stop, struct talk *t,
		    struct sms_handed *h)
{
	struct curl_slist *headers = headers_of(r);
	long status = 0;
	t->stop = stop;
	set_options(c, setup, r, t);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	h->code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	h->status = (int)status;
	if (!h->status) {
		h->unsure = may_be_kept(c);
		h->away = !h->unsure;
	}
	curl_easy_reset(c); /* keeps the connection, and nothing that points here */
	curl_slist_free_all(headers);
}

/* Said to every message alike: who are you (401), you have not paid (402), too many at once (429), closed (503). */
static bool is_about_us(int status)
{
	return status == 401 || status == 402 || status == 429 || status == 503;
}

enum result sms_hand(CURL *c, const struct post_sms *setup, const struct gateway_sms *sms, const bool *stop,
		     struct sms_handed *h)
{
	struct gateway_request r;
	struct talk t = { .reply = BUF_SECRET(GATEWAY_REPLY_MOST) };
	enum gateway_verdict verdict = GATEWAY_LATER;
	*h = (struct sms_handed){ .code = CURLE_OK };
	if (gateway_fill(setup->gateway, &setup->account, sms, &r) != RES_OK) {
		h->too_long = true;
		verdict = GATEWAY_REFUSED;
	} else {
		perform(c, setup, &r, stop, &t, h);
		if (h->status)
			verdict = gateway_judge(setup->gateway, h->status, buf_get(&t.reply), h->id);
	}
	if (verdict == GATEWAY_UNSURE)
		h->unsure = true;
	else if (verdict == GATEWAY_LATER && is_about_us(h->status))
		h->away = true;
	gateway_request_free(&r);
	buf_free(&t.reply);
	return verdict == GATEWAY_ACCEPTED ? RES_OK : verdict == GATEWAY_REFUSED ? RES_REFUSED : RES_AGAIN;
}

void sms_say(const struct sms_handed *h, char out[120])
{
	if (h->too_long)
		snprintf(out, 120, "too long to be sent");
	else if (h->status)
		snprintf(out, 120, "HTTP %d%s", h->status,
			 !h->unsure ? "" : h->status >= 500 ? ", and it may have kept it" : ", in words that its file does not tell");
	else
		snprintf(out, 120, "%s", curl_easy_strerror(h->code));
}
