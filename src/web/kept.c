/*~ Pages that are the same for whoever asks in one language. Such a page holds nothing of the request but the language and whether it
    may be compressed, so what is kept is nobody's. It is answered on the library's own thread, like a file of the program; a
    handler makes it anew when it has been forgotten, and once a second. */
#include "web/inside.h"

#include <stdlib.h>
#include <string.h>

#include "lang/lang.h"

#define KEPT_MS 1000 /* longest: another program may have changed what it shows, such as the operator's import; our choice */

struct kept_page {
	struct MHD_Response *response; /* ours, besides what connections hold of it; NULL: none */
	int64_t most;                  /* steady ms */
	struct instant until;          /* by the program's clock */
};

struct kept {
	const struct route *route;
	pthread_mutex_t lock;
	uint64_t forgotten; /* times */
	struct kept_page page[LANG_MOST][2]; /* plain, compressed */
	struct kept *next;
};

static void drop(struct kept_page *p)
{
	if (p->response)
		MHD_destroy_response(p->response);
	*p = (struct kept_page){ 0 };
}

static struct kept *kept_of(const struct web *web, const struct route *route)
{
	struct kept *k = web->kept;
	while (k && k->route != route)
		k = k->next;
	return k;
}

void kept_add(struct web *web, const struct route *route)
{
	if (!(route->flags & FLAG_KEPT))
		return;
	struct kept *k = must_alloc(1, sizeof(*k));
	k->route = route;
	pthread_mutex_init(&k->lock, NULL);
	k->next = web->kept;
	web->kept = k;
}

void kept_free(struct web *web)
{
	while (web->kept) {
		struct kept *k = web->kept;
		web->kept = k->next;
		for (size_t i = 0; i < LANG_MOST; i++)
			for (size_t zip = 0; zip < 2; zip++)
				drop(&k->page[i][zip]);
		pthread_mutex_destroy(&k->lock);
		free(k);
	}
}

bool kept_answer(struct req *req, enum MHD_Result *result_r)
{
	struct kept *k = req->route->flags & FLAG_KEPT && !req->query.p && !req->close && !req->web->draining ? kept_of(req->web, req->route) : NULL;
	bool there = false;
	if (!k)
		return false;
	struct kept_page *p = &k->page[req_lang(req)][reply_may_zip(req)];
	pthread_mutex_lock(&k->lock);
	if (p->response && steady_ms() < p->most && req_now(req).s < p->until.s) {
		there = true;
		lobby_phase(req->web->lobby, req->guest, PHASE_SENDING);
		*result_r = MHD_queue_response(req->conn, 200, p->response); /* the connection holds it from now on */
	}
	pthread_mutex_unlock(&k->lock);
	return there;
}

void kept_begin(struct req *req)
{
	struct kept *k = req->route->flags & FLAG_KEPT ? kept_of(req->web, req->route) : NULL;
	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	req->kept_forgotten = k->forgotten;
	pthread_mutex_unlock(&k->lock);
}

void kept_put(struct req *req, struct MHD_Response *response)
{
	struct kept *k = kept_of(req->web, req->route);
	if (!k)
		bug("%s says how long it holds, and is not to be kept", req->route->path);
	struct kept_page fresh = { response, steady_ms() + KEPT_MS, req->kept_until };
	struct kept_page *p = &k->page[req_lang(req)][reply_may_zip(req)];
	pthread_mutex_lock(&k->lock);
	if (k->forgotten == req->kept_forgotten) {
		struct kept_page was = *p;
		*p = fresh;
		fresh = was;
	}
	drop(&fresh);
	pthread_mutex_unlock(&k->lock);
}

void web_forget(struct web *web, const char *path)
{
	for (struct kept *k = web->kept; k; k = k->next) {
		if (strcmp(k->route->path, path))
			continue;
		pthread_mutex_lock(&k->lock);
		k->forgotten++;
		for (size_t i = 0; i < LANG_MOST; i++)
			for (size_t zip = 0; zip < 2; zip++)
				drop(&k->page[i][zip]);
		pthread_mutex_unlock(&k->lock);
	}
}
