#include "service/service_metrics.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/reply.h"

#define LATE 300 /* seconds; our choice */

struct service_metrics {
	struct service *service;
	struct instant since;
	struct web *web;
	char *host;
	const char *hosts[3];
};

int64_t service_band(int64_t n)
{
	int64_t band = n > 0 ? 1 : 0;
	while (band && band <= n / 10)
		band *= 10;
	return band;
}

/* The smallest power of two that holds it, in megabytes. */
static int64_t megabytes(int64_t bytes)
{
	int64_t mb = 1;
	while (mb << 20 < bytes)
		mb *= 2;
	return mb;
}

static void figure(struct buf *out, const char *name, const char *help, int64_t n)
{
	buf_printf(out, "# HELP makker_%s %s\n# TYPE makker_%s gauge\nmakker_%s %lld\n", name, help, name, name, (long long)n);
}

void service_figures_text(const struct service_figures *f, struct buf *out)
{
	figure(out, "up_days", "Whole days since the start.", f->up_days);
	figure(out, "mails_waiting", "At least so many mails wait for the mail server: 0, 1, 10, 100.", service_band(f->mails_waiting));
	figure(out, "mails_today", "At least so many mails were taken today: 0, 1, 10, 100.", service_band(f->mails_today));
	figure(out, "jobs_late", "At least so many jobs are more than five minutes late: 0, 1, 10, 100.", service_band(f->jobs_late));
	figure(out, "database_megabytes", "Size of the database, rounded up to a power of two.", megabytes(f->database_bytes));
}

struct looking {
	struct service *s;
	struct instant now;
	struct service_figures f;
};

static enum result look(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	enum result res = post_waiting(tx, &l->f.mails_waiting);
	if (res == RES_OK)
		res = clockwork_late(tx, instant_add(l->now, -LATE), &l->f.jobs_late);
	return res;
}

static struct answer metrics(struct req *req, const struct actor *who, void *room)
{
	struct service_metrics *m = room;
	struct looking l = { .s = m->service, .now = req_now(req) };
	struct buf out = BUF_LIMIT(8192);
	(void)who;
	enum result res = db_read(m->service->db, look, &l);
	if (res == RES_OK)
		res = db_bytes(m->service->db, &l.f.database_bytes);
	if (res != RES_OK)
		return reply_result(req, res);
	l.f.up_days = (l.now.s - m->since.s) / 86400;
	l.f.mails_today = post_accepted(m->service->post, instant_day(l.now));
	service_figures_text(&l.f, &out);
	return reply_bytes(req, 200, "text/plain; version=0.0.4; charset=utf-8", &out);
}

static bool on_this_machine(struct slice host)
{
	return slice_is(host, "localhost") || slice_is(host, "::1") || slice_starts(host, "127.");
}

static enum result listen(struct service_metrics *m)
{
	static const struct route routes[] = {
		{ .method = METHOD_GET, .path = "/metrics", .may = MAY_ANYBODY, .handle = metrics },
	};
	struct service *s = m->service;
	struct web_setup setup = { .listen = config_text(s->config, "metrics"), .hosts = m->hosts, .clock = s->clock,
				   .rnd = s->rnd, .workers = 1, .most_open = 16, .default_lang = s->lang };
	enum result res = web_new(&setup, &m->web);
	if (res != RES_OK)
		return res;
	web_routes(m->web, routes, ARRAY_LEN(routes), m);
	return web_start(m->web);
}

enum result service_metrics_start(struct service *s, struct service_metrics **m_r)
{
	int port;
	if (!config_given(s->config, "metrics")) {
		*m_r = NULL;
		return RES_OK;
	}
	struct slice host = config_host(s->config, "metrics", &port);
	if (!on_this_machine(host)) {
		log_world("service", "metrics: an address of this machine only, such as 127.0.0.1:%d", port);
		return RES_BROKEN;
	}
	struct service_metrics *m = must_alloc(1, sizeof(*m));
	m->service = s;
	m->since = clock_now(s->clock);
	m->host = must_alloc(host.n + 1, 1);
	memcpy(m->host, host.p, host.n);
	m->hosts[0] = m->host;
	m->hosts[1] = "localhost";
	enum result res = listen(m);
	if (res == RES_OK)
		*m_r = m;
	else
		service_metrics_stop(&m);
	return res;
}

void service_metrics_stop(struct service_metrics **m)
{
	if (!*m)
		return;
	if ((*m)->web) {
		web_drain((*m)->web, 1);
		web_free(&(*m)->web);
	}
	free((*m)->host);
	free(*m);
	*m = NULL;
}
