/* service_health.h: whether a program can do its work, judged from a handful of figures. Pure.

   Said to whoever reaches `metrics` on this machine. A line is a fixed sentence: nothing of it depends on what
   people do, and it is the same in every history (docs/protocol.md § 10). */
#ifndef SERVICE_HEALTH_H
#define SERVICE_HEALTH_H

#include "base/buf.h"

/* Longer than a disk stalls or a busy server takes; less than the ten seconds that Prometheus waits. */
#define HEALTH_PATIENCE 3 /* seconds */
/* A job that fails is tried again after 1, 2, 4, 8 and then 15 minutes (clockwork.h): so late, several tries have failed. */
#define HEALTH_JOB_LATE 900 /* seconds */
/* The server as a whole is tried at least every five minutes (post.c): so long, four tries have failed. */
#define HEALTH_MAIL_AWAY 900 /* seconds */
/* One day before the third, on which a mail is given up as refused (POST_GIVE_UP_DAYS). */
#define HEALTH_MAIL_DAYS 2
/* A night's work and a scrub of a middling workplace fit in it; our choice. */
#define HEALTH_FREE_MB 32

enum health_database { HEALTH_ANSWERS, HEALTH_SILENT, HEALTH_FAILS };

struct service_health {
	enum health_database database; /* the two figures below it are only known when it answers */
	int64_t jobs_late;             /* more than HEALTH_JOB_LATE */
	int64_t mail_days;             /* the age of the oldest mail that waits, in days; 0: none, or of today */
	int64_t mail_away;             /* seconds since when the mail server takes nobody's mail; 0: it does, or none waits */
	int64_t sms_away;              /* the same of the SMS gateway */
	int64_t free_mb;               /* of the disk with the program's folder; -1: not known */
	const char *trouble;           /* what the program itself has to say, a fixed sentence; NULL: nothing */
};

/* One line a problem, ended by \n; nothing when all is well. Returns how many. */
int service_health_text(const struct service_health *h, struct buf *out);

#endif
