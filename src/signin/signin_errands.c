#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "signin/signin_store.h"

#define WAITING_MOST 256

struct errands {
	struct signin *s;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	char *waiting[WAITING_MOST];
	size_t n;
	bool stopping;
};

struct errand {
	struct signin *s;
	const char *email;
};

static enum result errand_work(struct tx *tx, void *ctx)
{
	struct errand *e = ctx;
	struct arena *a = arena_new();
	struct signin_row row;
	enum result res = signin_by_email(tx, a, e->email, &row);
	if (res == RES_OK)
		res = signin_invite_by_mail(tx, e->s, &row.id);
	arena_free(&a);
	return res;
}

static void run(struct signin *s, const char *email)
{
	struct errand e = {s, email};
	enum result res = db_write(s->setup.db, errand_work, &e);
	if (res == RES_OK && s->setup.mail_waits)
		s->setup.mail_waits(s->setup.mail_ctx);
	else if (res == RES_BROKEN || res == RES_AGAIN)
		log_world("signin", "a link that was asked for could not be put: %s", result_word(res));
}

static void *errands_thread(void *ctx)
{
	struct errands *e = ctx;
	pthread_mutex_lock(&e->lock);
	for (;;) {
		while (!e->n && !e->stopping)
			pthread_cond_wait(&e->wake, &e->lock);
		if (!e->n)
			break;
		char *email = e->waiting[0];
		memmove(e->waiting, e->waiting + 1, --e->n * sizeof(e->waiting[0]));
		pthread_mutex_unlock(&e->lock);
		run(e->s, email);
		crypt_wipe(email, strlen(email));
		free(email);
		pthread_mutex_lock(&e->lock);
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

struct errands *errands_new(struct signin *s)
{
	struct errands *e = must_alloc(1, sizeof(*e));
	e->s = s;
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->wake, NULL);
	if (pthread_create(&e->thread, NULL, errands_thread, e) == 0)
		return e;
	log_world("signin", "no thread for mails that are asked for");
	pthread_cond_destroy(&e->wake);
	pthread_mutex_destroy(&e->lock);
	free(e);
	return NULL;
}

void errands_free(struct errands **e)
{
	if (!*e)
		return;
	pthread_mutex_lock(&(*e)->lock);
	(*e)->stopping = true;
	pthread_cond_signal(&(*e)->wake);
	pthread_mutex_unlock(&(*e)->lock);
	pthread_join((*e)->thread, NULL);
	pthread_cond_destroy(&(*e)->wake);
	pthread_mutex_destroy(&(*e)->lock);
	free(*e);
	*e = NULL;
}

void errands_add(struct errands *e, const char *email)
{
	pthread_mutex_lock(&e->lock);
	if (e->n < WAITING_MOST)
		e->waiting[e->n++] = must_strdup(email);
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
}
