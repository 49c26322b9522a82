/* directory.h: the administrator's pages on which the list of people is brought up to date with a file. */
#ifndef DUTY_DIRECTORY_H
#define DUTY_DIRECTORY_H

#include "duty/incidents/incidents.h"

struct clockwork;
struct directory;
struct web;

/* What it points to must live as long as the room. */
struct directory_setup {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	const struct incidents_pages *frame;
	int64_t file_most; /* bytes of a file */
	/* The nightly file. */
	const char *folder;  /* NULL: none */
	int hour;            /* from when it is awaited, each night */
	int days;            /* after so many without one it is late */
	int leave_percent;   /* of those who could leave: of more, somebody is asked */
	/* A unit has become another one, as `by` said; `whole`: the same under another name. NULL: nobody hears of it. */
	enum result (*became)(struct tx *tx, const struct id *unit, const struct id *becomes, bool whole, const struct id *by, void *ctx);
	void *became_ctx;
	const char *public_url;
	void (*mail_waits)(void *ctx);
	void *mail_ctx;
};

struct directory *directory_new(const struct directory_setup *setup) MUST_USE;
/* Starts the thread that reads, compares and writes; it first finishes what another start left in the middle. RES_BROKEN: no
   thread. */
MUST_USE enum result directory_start(struct directory *d);
/* Ends after the piece at hand: what is left is gone on with at the next start. */
void directory_stop(struct directory *d);
void directory_free(struct directory **d); /* safe on NULL; stops it */
/* Before clockwork_start. */
MUST_USE enum result directory_jobs(struct directory *d, struct clockwork *cw);
MUST_USE enum result directory_hear_post(struct directory *d);
/* For an operator, a fixed sentence, or NULL; safe from all threads. */
const char *directory_trouble(struct directory *d);
/* /directory and what is below it; the room outlives the server. */
void directory_routes(struct directory *d, struct web *web);

#endif
