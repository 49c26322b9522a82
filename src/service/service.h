/* service.h: what both programs do alike: read their settings, open their database, serve,
   and end in order. It knows no room of either. */
#ifndef SERVICE_H
#define SERVICE_H

#include "base/clock.h"
#include "base/config.h"
#include "base/leave.h"
#include "base/random.h"
#include "clockwork/clockwork.h"
#include "db/db.h"
#include "lang/lang.h"
#include "post/post.h"
#include "web/server.h"

struct service_kind {
	const char *name; /* "makker-duty" */
	const struct migration *migrations;
	size_t migrations_n;
	/* Tables of which no backup may hold a row, NULL-terminated. NULL: none. */
	const char *const *not_in_backups;
	/* Each day: takes out of the program's own rooms what has had its time. NULL: nothing. */
	enum result (*tidy)(struct tx *tx, struct day today);
	/* How many people who can sign in keep the accounts. NULL: not told. */
	enum result (*keepers)(struct tx *tx, int64_t *n_r);
	bool is_haven; /* takes the keys door_also, together_key_file, sms_…, professional_line… and duty_url, and not people_…; to the other program they are unknown */
};

/* Open for as long as the program runs; all of it owned by the service. */
struct service {
	const struct service_kind *kind;
	char **words; /* the command and its arguments, NULL at the end */
	char **argv;  /* all of the call */
	int began_in; /* the working directory of the call */
	bool again;   /* begin once more, with new settings */
	int words_n;
	struct config *config;
	struct config_key *own_keys; /* those that this program knows */
	int in_use;        /* the descriptor of the lock on the database, and 1; 0: none */
	const char *settings; /* the file */
	const char *data;  /* the program's own folder, which is the working directory */
	const char *public_url, *workplace;
	enum lang lang;
	struct clock *clock;
	struct random_source *rnd;
	struct db *db;
	struct post *post;         /* only while serving */
	struct clockwork *clockwork;
	struct web *web;
	char *hosts_text;          /* what `hosts` points into */
	struct service_sms *sms;   /* service_sms.h; NULL: SMS are no affair of this program */
	const char **hosts;        /* names answered to, NULL at the end */
	/* Work besides jobs and mail while the clock is moved by hand; may be NULL. */
	enum result (*settle)(void *ctx, int *done_r);
	void *settle_ctx;
	/* What the program's own rooms have to tell an operator, as a fixed sentence, or NULL; safe from all threads. May be NULL. */
	const char *(*trouble)(void *ctx);
	void *trouble_ctx;
};

/* Called as `NAME --config FILE --data DIR [--at TIME] COMMAND [ARGUMENT...]`. LEAVE_OK: *s is ready for its
   command. Anything else: the exit status, after saying why on standard error; of `bounce` LEAVE_AGAIN whatever it was
   but a wrong call, so that the mail server keeps the message. */
int service_open(struct service *s, const struct service_kind *kind, int argc, char **argv) MUST_USE;
void service_close(struct service *s);
/* The very last thing of main: the exit status, unless the program begins again with new settings (service_again.h). */
int service_again(const struct service *s, int status) MUST_USE;

/* init, migrate, backup, restore, check, health, clock, bounce and sms are the same in both. *status_r is set when it was one of these. */
bool service_command(struct service *s, int *status_r);

/* Makes the server alone, never to be started: only to be asked for its routes; and another with the routes of the listener for the
   monitoring, the caller's to free. Nothing is migrated or run. */
int service_routes(struct service *s, struct web **watch_r) MUST_USE;
/* Post, clockwork and web are made; rooms then put their routes, jobs and listeners. */
int service_prepare(struct service *s, const struct web_setup *own) MUST_USE;
/* Starts all, says that it is ready, and returns after SIGTERM or SIGINT, or after SIGHUP when the settings are sound, when all has drained. `started` runs when
   the web serves and the clockwork runs already; `stopping` after the web has drained. */
int service_run(struct service *s, enum result (*started)(void *ctx), void (*stopping)(void *ctx), void *ctx) MUST_USE;

/* The first line of a file that a setting names. RES_BROKEN, with a log line about `what`: it cannot be read, is empty, or does not fit. */
MUST_USE enum result service_secret(const char *what, const char *file, char *out, size_t room);
struct risks_facts;
/* How the program is set up, for the rules of risks.h. `service`: a struct service. What cannot be seen is told as not known. Asks the
   database server, for five seconds at most. */
void service_facts(void *service, struct risks_facts *f_r);

/* Every key of a settings file as a Markdown table: docs/configuration.md. */
void service_document(struct buf *out);

void service_mail_waits(void *service); /* wakes the post */

/* Whether there is a gateway for SMS, and when none goes out. */
bool service_has_sms(const struct service *s, struct post_quiet *quiet_r);

#endif
