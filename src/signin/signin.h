/* signin.h: accounts, invitations, sessions and roles. Each program has its own, with its own database.

   An account is made by the operator's commands (`user add`, `supporters import`); the
   person chooses a passphrase behind a one-time link, printed or mailed. A session is a random
   cookie of which only the hash is kept. Passphrases are Argon2id in a bounded pool; wrong
   ones are slowed down per account and per address, never locked out for long. */
#ifndef SIGNIN_H
#define SIGNIN_H

#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "crypt/passwords.h"
#include "db/db.h"
#include "lang/lang.h"
#include "look/look.h"
#include "web/server.h"

/* What an account may do. Bits, so that a route can name several. */
enum role {
	ROLE_LEADER = 1 << 0,      /* duty; scoped to a unit and all below it */
	ROLE_SAFETY = 1 << 1,      /* duty; safety representative of a unit and all below it */
	ROLE_ADMIN = 1 << 2,       /* duty: sees no incident; brings the list of people up to date (duty/directory); keeps the accounts */
	ROLE_SUPPORTER = 1 << 8,   /* haven */
	ROLE_COORDINATOR = 1 << 9, /* haven */
};

#define SIGNIN_INVITE_DAYS 7
/* Characters; NIST SP 800-63B asks for 8 and for length over rules: our choice. */
#define SIGNIN_PASSPHRASE_LEAST 12

#define SIGNIN_PASSPHRASE_MOST PASSWORD_LONGEST
#define SIGNIN_IDLE_HOURS 4 /* our choice; known in memory only, so a restart begins it anew */
#define SIGNIN_MAIL "invite" /* kind of its mails */

struct signin;

/* A unit, as its path names it. */
struct signin_unit {
	struct id id;
	const char *path;
};

/* What it points to must live as long as the room. */
struct signin_setup {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	const char *public_url; /* for links in mail */
	const char *workplace;
	const char *base;       /* "" in duty, "/s" in haven: its pages and cookie stand below it */
	const char *home;       /* where one lands after signing in: "/incidents", "/s/desk" */
	enum lang lang;
	const struct look_house *house; /* the frame of its pages; NULL where only commands are run */
	struct password_cost cost;      /* zero: PASSWORD_COST; tests take less */
	/* The path of a unit, for pages; NULL where there are none. */
	enum result (*unit_path)(struct tx *tx, struct arena *a, const struct id *unit, const char **path_r);
	/* Every unit, by path; NULL where there are none. */
	enum result (*units)(struct tx *tx, struct arena *a, struct signin_unit **list_r, size_t *n_r);
	void (*mail_waits)(void *ctx); /* wakes the post */
	void *mail_ctx;
};

/* Makes the password pool (64 MiB, two at once, 64 waiting) and the thread that puts asked-for mails. RES_BROKEN:
   no thread. */
MUST_USE enum result signin_new(const struct signin_setup *setup, struct signin **s_r);
void signin_free(struct signin **s);
/* Pages BASE/accounts… (who can sign in: signin_accounts.h), BASE/grants (roles that wait for a second person: signin_grants.h), BASE/sign-in, BASE/sign-out, BASE/welcome/{token} (choose a passphrase), BASE/forgot, BASE/account (change it)
   and BASE/account/sign-out-everywhere. Once, before web_start; the room outlives the server. */
void signin_routes(struct signin *s, struct web *web);
/* For web_setup.who: one read. RES_NONE: no cookie, or not a session that lasts. */
enum result signin_who(struct req *req, void *signin, struct actor **who_r);

/* ---- accounts ---- */

struct account {
	struct id id;
	const char *email, *name;
	enum lang lang;
	struct id of_whom; /* duty: person; haven: supporter; zero: neither */
	uint32_t roles;
	bool invited;      /* has not chosen a passphrase yet */
};

/* Makes an account, or finds the one with this e-mail, and gives it the role on the unit (zero: the
   whole workplace; NULL too) at once: whoever gives a role that sees names goes by the command or the
   page, which ask for a second person. An account found keeps its name and language; one that was ended is opened anew, without
   passphrase. RES_BAD: address or name will not do. RES_REFUSED: it is somebody else's (of_whom differs). */
MUST_USE enum result signin_add(struct tx *tx, struct random_source *rnd, const char *email, const char *name,
				enum lang lang, const struct id *of_whom, enum role role, const struct id *unit,
				struct day today, struct id *account_r);
/* A new one-time link, "BASE/welcome/TOKEN" with the public address before it, into `url` (at least 300 bytes). */
MUST_USE enum result signin_invite(struct tx *tx, struct signin *s, const struct id *account, char *url, size_t room);
/* The same, by mail in the account's language; mail_waits is for the caller to call after the commit. RES_BAD: the
   address will never do. RES_NONE: no such account, or ended; also of signin_invite. */
MUST_USE enum result signin_invite_by_mail(struct tx *tx, struct signin *s, const struct id *account);
/* RES_NONE: no such account, or ended. */
MUST_USE enum result signin_get(struct tx *tx, struct arena *a, const struct id *account, struct account *account_r);

/* An invitation that the mail server refused for good, or that came back, as long as no newer one was made and no
   passphrase was chosen. */
struct signin_undelivered {
	struct id account, of_whom;
	const char *email; /* where it went */
};
/* All of them, by address. */
MUST_USE enum result signin_undelivered(struct tx *tx, struct arena *a, struct signin_undelivered **list_r,
					size_t *n_r);
/* Reads what became of this room's mails: for post_when_told. */
MUST_USE enum result signin_hear_post(struct signin *s);

/* The units on which an account has a role; a zero id among them: the whole workplace. */
MUST_USE enum result signin_units(struct tx *tx, struct arena *a, const struct id *account, enum role role,
				  const struct id **units_r, size_t *n_r);

/* A unit has become another one; `whole`: the same under another name, so that nobody reaches further than before. Then roles on it, and those that wait, go
   over. Else each, also of those that wait, is proposed for the other unit, by the account `by`, and waits for a second person, while it stays as it is. */
MUST_USE enum result signin_unit_became(struct tx *tx, struct signin *s, const struct id *unit, const struct id *becomes, bool whole,
					const struct id *by);

struct signin_holder {
	struct id account, unit; /* unit zero: the whole workplace */
};
/* Every account that has a role and can sign in, and where; by account. Who has not chosen a passphrase yet sees and decides nothing. */
MUST_USE enum result signin_holders(struct tx *tx, struct arena *a, enum role role, struct signin_holder **list_r,
				    size_t *n_r);

/* How many people who can sign in keep the accounts (duty: administrators, haven: coordinators). */
MUST_USE enum result signin_keepers(struct tx *tx, int64_t *n_r);

/* What has expired goes: links and sessions. At each sign-in, and to be called each day. */
MUST_USE enum result signin_tidy(struct tx *tx, struct day today);
/* Whose accounts are. */
struct signin_owners {
	/* The one to whom an address belongs, for accounts of which nobody has said it; RES_NONE: nobody, or not alone. NULL: not asked. */
	enum result (*who)(struct tx *tx, const char *email, struct id *of_whom_r);
	/* RES_OK: has left; RES_NONE: is still here. */
	enum result (*left)(struct tx *tx, const struct id *of_whom);
	uint32_t role; /* that goes with the owner; an account that has no other ends. 0: the account ends, whatever its roles */
};
/* Each account whose owner has left ends. */
MUST_USE enum result signin_end_left(struct tx *tx, struct day today, const struct signin_owners *owners);
/* Each account that ended before this day and was not opened anew goes; `first` takes out what is kept elsewhere of it. */
MUST_USE enum result signin_forget_ended(struct tx *tx, struct day before,
					 enum result (*first)(struct tx *tx, const struct id *account));

/* `user add EMAIL --name NAME --role ROLE [--unit PATH] [--lang L] [--mail] | list | end EMAIL | invite EMAIL [--mail]`:
   argv[0] is "user". `add` prints the one-time link as long as no passphrase was chosen; with --mail it goes to the
   address instead, and nobody else sees it. `list` says whose invitation could not be
   delivered. Unit paths are resolved by `unit_of` (NULL in
   haven; RES_NONE or RES_BAD: no such unit). Works while the program serves. Exit status as in sysexits.h, 1: failed. */
int signin_command(struct signin *s, int argc, char **argv,
		   enum result (*unit_of)(struct tx *tx, const char *path, struct id *unit_r));

/* Every route of a server, a line each, for the command `routes` and docs/access.md: PROGRAM, the method, the path, who may
   enter ("anybody", "signed-in", roles by their words, with commas), what it is like ("script", "poll", "no-session" with
   commas; "-": a page or a form), with tabs between; then for each thing that it names NAME=WHOSE, where NAME is the field's, the JSON
   member's, or "{}" for what stands in the path. */
void signin_tell_routes(const struct web *web, const char *program, FILE *out);

#endif
