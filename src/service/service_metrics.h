/* service_metrics.h: a few figures for the operator's monitoring, on an address of this machine only.

   They are about the machine, never about what people do: no figure of requests, offers, answers or
   the ring, and every count is a band (docs/protocol.md § 9). The same in every history (§ 10). */
#ifndef SERVICE_METRICS_H
#define SERVICE_METRICS_H

#include "base/buf.h"
#include "service/service.h"

struct service_figures {
	const char *program; /* "makker-duty" */
	bool healthy;
	bool answers; /* the database; without, the three figures at the end are not told */
	int64_t up_days;
	int64_t mails_today;   /* taken since midnight, or since the start */
	int64_t mails_waiting; /* the mail server has not taken them yet */
	int64_t jobs_late;     /* due for more than five minutes: something fails */
	int64_t database_bytes;
};

/* 0, 1, 10, 100, …: the largest of them that is not above n. */
int64_t service_band(int64_t n);
/* As Prometheus reads it. Pure. */
void service_figures_text(const struct service_figures *f, struct buf *out);

struct service_metrics;

/* A listener of its own for GET /metrics and GET /healthz (200, or 503 with one line a problem: service_health.h), where the setting `metrics` asks for one; else RES_OK and *m_r is NULL.
   RES_BROKEN with a log line: not an address of this machine, or taken. */
MUST_USE enum result service_metrics_start(struct service *s, struct service_metrics **m_r);
/* Its routes, to be told only: nothing listens. The caller's to free. */
MUST_USE enum result service_metrics_told(struct service *s, struct web **web_r);
void service_metrics_stop(struct service_metrics **m); /* safe on NULL */

#endif
