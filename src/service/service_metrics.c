#include "service/service_metrics.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "service/service_look.h"
#include "web/reply.h"

struct service_metrics {
	struct service *service;
	struct instant since;
	struct service_look *look;
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
	buf_printf(out, "# HELP makker_info Which program this is, and its version.\n# TYPE makker_info gauge\n"
			"makker_info{program=\"%s\",version=\"%s\"} 1\n", f->program, MAKKER_VERSION);
	figure(out, "healthy", "1 if the program can do its work; GET /healthz says what is wrong.", f->healthy);
	figure(out, "up_days", "Whole days since the start.", f->up_days);
	figure(out, "mails_today", "At least so many mails were taken today: 0, 1, 10, 100.", service_band(f->mails_today));
	if (!f->answers)
		return;
	figure(out, "mails_waiting", "At least so many mails wait for the mail server: 0, 1, 10, 100.", service_band(f->mails_waiting));
	figure(out, "jobs_late", "At least so many jobs are more than five minutes late: 0, 1, 10, 100.", service_band(f->jobs_late));
	figure(out, "database_megabytes", "Size of the database, rounded up to a power of two.", megabytes(f->database_bytes));
}

static void judge(struct service_metrics *m, struct service_looked *looked, struct buf *problems, int *n)
{
	service_look_now(m->look, HEALTH_PATIENCE * 1000, looked);
	*n = service_health_text(&looked->health, problems);
}

static struct answer metrics(struct req *req, const struct actor *who, void *room)
{
	struct service_metrics *m = room;
	struct service_looked looked;
	struct buf out = BUF_LIMIT(8192), problems = BUF_LIMIT(4096);
	int n;
	(void)who;
	judge(m, &looked, &problems, &n);
	buf_free(&problems);
	const struct service_figures f = {
		.program = m->service->kind->name, .healthy = n == 0,
		.answers = looked.health.database == HEALTH_ANSWERS,
		.up_days = (req_now(req).s - m->since.s) / 86400,
		.mails_waiting = looked.mails_waiting, .jobs_late = looked.jobs_late, .database_bytes = looked.database_bytes,
		.mails_today = post_accepted(m->service->post, instant_day(req_now(req))),
	};
	service_figures_text(&f, &out);
	return reply_bytes(req, 200, "text/plain; version=0.0.4; charset=utf-8", &out);
}

static struct answer health(struct req *req, const struct actor *who, void *room)
{
	struct service_looked looked;
	struct buf out = BUF_LIMIT(4096);
	int n;
	(void)who;
	judge(room, &looked, &out, &n);
	if (n == 0)
		buf_str(&out, "in order\n");
	return reply_bytes(req, n == 0 ? 200 : 503, "text/plain; charset=utf-8", &out);
}

static bool on_this_machine(struct slice host)
{
	return slice_is(host, "localhost") || slice_is(host, "::1") || slice_starts(host, "127.");
}

static void put_routes(struct web *web, struct service_metrics *m)
{
	static const struct route routes[] = {
		{ .method = METHOD_GET, .path = "/metrics", .may = MAY_ANYBODY, .handle = metrics },
		{ .method = METHOD_GET, .path = "/healthz", .may = MAY_ANYBODY, .handle = health },
	};
	web_routes(web, routes, ARRAY_LEN(routes), m);
}

enum result service_metrics_told(struct service *s, struct web **web_r)
{
	struct web_setup setup = { .listen = "127.0.0.1:0", .clock = s->clock, .rnd = s->rnd, .workers = 1 };
	enum result res = web_new(&setup, web_r);
	if (res == RES_OK)
		put_routes(*web_r, NULL);
	return res;
}

static enum result listen(struct service_metrics *m)
{
	struct service *s = m->service;
	struct web_setup setup = { .listen = config_text(s->config, "metrics"), .hosts = m->hosts, .clock = s->clock,
				   .rnd = s->rnd, .workers = 1, .most_open = 16, .default_lang = s->lang };
	enum result res = service_look_new(s, &m->look);
	if (res == RES_OK)
		res = web_new(&setup, &m->web);
	if (res != RES_OK)
		return res;
	put_routes(m->web, m);
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
	service_look_free(&(*m)->look);
	free((*m)->host);
	free(*m);
	*m = NULL;
}
