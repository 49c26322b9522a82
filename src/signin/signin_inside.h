/* signin_inside.h: what the files of this room share. */
#ifndef SIGNIN_INSIDE_H
#define SIGNIN_INSIDE_H

#include "base/buf.h"
#include "crypt/crypt.h"
#include "signin/signin.h"
#include "signin/signin_seen.h"
#include "web/limit.h"

#define SESSION_BYTES 32
#define INVITE_BYTES 16
#define CSRF_BYTES 16

struct errands;

struct signin {
	struct signin_setup setup;
	struct password_pool *pool;
	struct seen *seen;
	struct errands *errands;
	struct limit *tries;      /* by account and peer: what one person mistypes */
	struct limit *tries_all;  /* by account: guesses from many addresses */
	struct limit *tries_peer; /* by peer: room for a shift behind one address */
	struct limit *mails;      /* by address: links that somebody asks for */
	unsigned char key[16];    /* of the limits' hashes; new at each start */
	struct route *routes;     /* their paths are ours */
	size_t routes_n;
};

/* One of its routes: `rest` is its path without the base. */
struct signin_route {
	enum method method;
	const char *rest;
	uint32_t may;
	const struct field *fields;
	struct answer (*handle)(struct req *req, const struct actor *who, void *room);
	uint32_t flags;
	const char *whose;
};

/* ---- cookies ---- */

/* The session this browser says it has; RES_NONE: none, or nothing we ever gave. */
MUST_USE enum result signin_cookie_hash(struct signin *s, struct req *req, unsigned char hash_r[CRYPT_HASH]);
void signin_set_cookie(struct signin *s, struct req *req, const unsigned char token[SESSION_BYTES]);
void signin_clear_cookie(struct signin *s, struct req *req);

/* ---- limits ---- */

/* 0, or the seconds to wait; spends one try. Whether the account exists plays no part. */
int signin_try(struct signin *s, struct req *req, const char *email);
uint64_t signin_key(const struct signin *s, const char *email);

/* ---- the words of its mails (signin_invites.c, signin_grants.c) ---- */

const char *signin_subject(enum lang lang);
/* `anew`: she has a passphrase, and somebody asked for a new link. */
void signin_words(struct buf *body, enum lang lang, bool anew, const char *name, const char *url, const char *workplace);

/* What became of this room's mails, in the caller's transaction. */
MUST_USE enum result signin_hear(struct tx *tx);

/* Makes an account, or finds it, without a role: the first part of signin_add. */
MUST_USE enum result signin_open(struct tx *tx, struct random_source *rnd, const char *email, const char *name, enum lang lang,
				 const struct id *of_whom, struct id *account_r);

/* ---- asked-for links (signin_errands.c) ---- */

/* One thread puts them, so that the answer takes as long for an address that nobody has. */
struct errands *errands_new(struct signin *s) MUST_USE; /* NULL: no thread */
void errands_free(struct errands **e);                  /* does what waits first */
void errands_add(struct errands *e, const char *email); /* forgotten when too many wait */

/* ---- pages and forms ---- */

struct answer signin_page(struct req *req, const struct actor *who, void *room);
struct answer signin_forgot_page(struct req *req, const struct actor *who, void *room);
struct answer signin_welcome_page(struct req *req, const struct actor *who, void *room);
struct answer signin_account_page(struct req *req, const struct actor *who, void *room);
struct answer signin_form(struct req *req, const struct actor *who, void *room);
struct answer signin_out_form(struct req *req, const struct actor *who, void *room);
struct answer signin_forgot_form(struct req *req, const struct actor *who, void *room);
struct answer signin_welcome_form(struct req *req, const struct actor *who, void *room);
struct answer signin_account_form(struct req *req, const struct actor *who, void *room);
struct answer signin_everywhere_form(struct req *req, const struct actor *who, void *room);

/* What a form shows again, with what was wrong (NULL: nothing) above it. */
struct answer signin_show(struct signin *s, struct req *req, int status, const char *wrong);
struct answer signin_show_welcome(struct signin *s, struct req *req, int status, const char *email,
				  const char *wrong);
struct answer signin_show_gone(struct signin *s, struct req *req);
struct answer signin_show_account(struct signin *s, struct req *req, const struct actor *who, int status,
				  const char *email, const char *wrong);
struct answer signin_show_asked(struct signin *s, struct req *req);

const char *signin_path(const struct signin *s, struct arena *a, const char *rest);
struct day signin_today(const struct signin *s);

#endif
