/* route.h: how a room opens its pages.

   A route carries its permission, its input table and its handler. The server refuses
   to start when a route names nobody (`may` is 0). One gate decides who is asking,
   before any handler; only the gate can make an actor. A handler cannot forget to
   answer: it returns a token that only reply_*() can make. */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/slice.h"

struct req;

/* Made only by reply_*() (reply.h). */
struct answer {
	const void *made;
};

/* ---- who ---- */

/* Roles are bits that the program defines (src/signin); web/ knows only these two. */
#define MAY_ANYBODY (1u << 31)   /* no sign-in; the handler gets who == NULL */
#define MAY_SIGNED_IN (1u << 30) /* any account, whatever its roles */

/* Identity is a parameter. Lives as long as the request. */
struct actor {
	struct id account;
	uint32_t roles;
	int lang;          /* enum lang of the account; the page's language is req_lang() */
	const char *csrf;  /* the token every form of this session carries, in a field `csrf` that needs no declaring;
			      NULL: came by no cookie (a bearer token), so no other site can make a browser send it */
	const char *name;  /* for the page's head */
};

/* ---- input ---- */

enum field_kind {
	FIELD_TEXT,   /* one line: control characters are refused, white space trimmed, NFC */
	FIELD_LINES,  /* several lines; CR LF becomes LF */
	FIELD_INT,    /* a decimal number, least..most are its bounds */
	FIELD_CHOICE, /* one of `choices` */
	FIELD_ID,     /* 22 characters, see id.h */
	FIELD_FLAG,   /* a checkbox: there or not */
	FIELD_RAW,    /* text exactly as it came (passphrases): NFC only */
};

/* Undeclared fields do not exist. Everything has a maximum. GET and DELETE read the query, the others the
   body. Text is UTF-8 in NFC, without control characters and without marks that turn the direction of what follows. */
struct field {
	const char *name;
	enum field_kind kind;
	int64_t least, most;        /* bytes of text, or the number's bounds */
	const char *const *choices; /* FIELD_CHOICE: NULL-terminated */
	bool many;                  /* may come several times, up to `times` */
	int times;
	/* FIELD_ID: whose the thing is that it names, in words as in route.whose, or FIELD_DRAWN. No start without it. A text in
	   which an id stands may say it too. */
	const char *whose;
};
#define FIELD_DRAWN "" /* the page drew the id: it names nothing that is there */

/* A value that breaks its field is not an HTTP error: the handler asks for it and
   shows the form again. RES_OK; RES_NONE: was not sent, or empty; RES_BAD: breaks the table. */
MUST_USE enum result req_text(struct req *req, const char *name, struct slice *text_r);
MUST_USE enum result req_int(struct req *req, const char *name, int64_t *n_r);
MUST_USE enum result req_id(struct req *req, const char *name, struct id *id_r);
MUST_USE enum result req_choice(struct req *req, const char *name, int *index_r);
bool req_flag(struct req *req, const char *name);
/* The nth value (from 0) of a field that may come many times; RES_NONE after the last. */
MUST_USE enum result req_nth(struct req *req, const char *name, int nth, struct slice *text_r);
/* What was sent, right or wrong, at most `most` bytes, to fill the form again; "" if nothing. */
struct slice req_echo(struct req *req, const char *name);

/* The nth {…} of the route's path, from 0. */
struct slice req_path(struct req *req, int nth);
/* The whole body of a route with FLAG_BINARY. */
struct slice req_body(struct req *req);
/* The file of a route with FLAG_UPLOAD: a descriptor at its beginning, which is the caller's from now on and was never under
   any name; -1: none was sent. Empty ones have size 0. */
int req_upload(struct req *req, int64_t *size_r);
/* A request header, or p == NULL. */
struct slice req_header(struct req *req, const char *name);
struct arena *req_arena(struct req *req);
struct instant req_now(struct req *req);
/* An open page asks by itself (FLAG_POLL): that is no use of a session. */
bool req_polls(const struct req *req);
/* Whom the gate let in, or NULL: for the later looks of a long poll (reply_later), which get no `who`. */
const struct actor *req_actor(const struct req *req);
/* ?lang=, else the cookie `lang` where the program sets one, else the account's, else Accept-Language, else the workplace's. */
int req_lang(struct req *req);
/* What limits count by: a keyed hash of the peer's address, new key each hour, memory only. */
uint64_t req_peer(struct req *req);
/* The user id at the other end of a local socket (the door); RES_NONE on TCP. */
MUST_USE enum result req_peer_uid(struct req *req, unsigned *uid_r);

/* ---- routes ---- */

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE };

#define FLAG_GZIP (1u << 0)     /* the page holds nothing that a stranger can put there beside a secret; with
				   FLAG_SECRET for GET only */
#define FLAG_BINARY (1u << 1)   /* the body is not a form: req_body(); fields come from the query. With a session the
				   header Makker-Csrf carries the token */
#define FLAG_SECRET (1u << 2)   /* body and page are wiped after use; nothing of the request is logged or counted */
#define FLAG_NO_CSRF (1u << 3)  /* POST without a session: guarded by Origin and Sec-Fetch-Site alone; only with MAY_ANYBODY */
#define FLAG_SLOW (1u << 4)     /* a long poll or a password: has a lane of its own in the pool */
#define FLAG_API (1u << 5)      /* a script asks: nobody signed in is 401 without a body, never a way to the sign-in page */
#define FLAG_POLL (1u << 6)     /* an open page asks again and again: nobody signed in is 200 {"signedOut":true}, since
				   browsers write every refused or redirected request into their console */

#define FLAG_UPLOAD (1u << 7)   /* a form with a file (multipart/form-data), POST: req_upload(). The file goes to the disk as it comes,
				   at most web_setup.upload_most bytes, after the gate has asked who sends it; the fields
				   beside it are as of any form, with `csrf` among them */

#define FLAG_KEPT (1u << 8)     /* the page is the same for whoever asks in one language: its handler says how long it holds (reply_keep), and
				   until then others get it without a handler. GET for MAY_ANYBODY without fields, {…} or secret, no cookie set */
#define FLAG_PASSKEYS (1u << 9) /* its page may ask the browser for passkeys (Permissions-Policy); no other may */

struct route {
	enum method method;
	const char *path; /* "/incidents/{id}/people": {…} is one segment of 1..200 bytes; a literal goes before {…} */
	uint32_t may;     /* role bits, any of which suffices; MAY_ANYBODY; MAY_SIGNED_IN. 0 is nobody: no start.
			     MAY_ANYBODY beside others: open to all, and who is given where somebody is signed in */
	const struct field *fields; /* ended by one without a name; NULL: takes none */
	struct answer (*handle)(struct req *req, const struct actor *who, void *room);
	uint32_t flags;
	size_t body_limit; /* bytes; 0: 16 KiB where the method has a body; a form at most 4 MiB */
	/* Whose the thing is that {…}, or what stands in the JSON, names, in words for docs/access.md: "a task that she holds". No start
	   without it where there is one, none where there is not. Where it or a field names something RES_REFUSED is
	   answered as RES_NONE: to whom a thing does not belong, nobody says that it exists (reply_result). */
	const char *whose;
	const char *json; /* with FLAG_BINARY: the member of the body's JSON in which things are named by id */
};

/* Whether {…}, a field or the JSON names a thing. */
bool route_names(const struct route *r);

#endif
