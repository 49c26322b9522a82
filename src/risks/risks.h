/* risks.h: what in the way a program is set up could hurt somebody, and how to mend it.

   The facts are gathered by whoever can see them (service/service_facts.c); the rules here are pure. The same judgement is a page for
   duty's administrator and for haven's coordinator, who watches over what the others trust in, and text for `makker risks`. It
   tells nothing of people. */
#ifndef RISKS_H
#define RISKS_H

#include "base/buf.h"
#include "lang/lang.h"
#include "look/look.h"
#include "web/server.h"

enum risks_is { RISKS_NO, RISKS_YES, RISKS_UNKNOWN };

struct risks_facts {
	bool haven;
	bool by_hand;                   /* the clock */
	bool https;                     /* public_url */
	bool local;                     /* listens on this machine only */
	bool peer_header;
	bool mail_local, mail_tls;
	bool door_peer;                 /* door_peer_user is given */
	enum risks_is same_user;        /* it is the program's own user */
	bool root;
	bool same_name;                 /* haven: duty_url has the same host name */
	bool line;                      /* haven: professional_line */
	bool watched;                   /* metrics */
	enum risks_is one_keeper;       /* fewer than two people who can sign in keep the accounts */
	enum risks_is settings_open;    /* to other users of the machine */
	enum risks_is folder_open;
	enum risks_is swap, locked;     /* the machine swaps; our memory is locked */
	bool server;                    /* the database is PostgreSQL; the rest is known only then */
	enum risks_is server_logs, server_counts, server_archives, login_shared;
};

enum risks_grade { RISKS_FINE, RISKS_LOOK, RISKS_MEND, RISKS_NOT_KNOWN };

/* One setting, judged. Texts are msgids. */
struct risks_judged {
	enum risks_grade grade;
	const char *name, *why, *mend;
};
#define RISKS_MOST 20
/* What concerns this program, the worst first. Returns how many. Pure. */
size_t risks_judge(const struct risks_facts *f, struct risks_judged list[RISKS_MOST]);

/* In English, for the operator; what is in order as a number. Returns how many are to be mended. */
int risks_text(const struct risks_facts *f, struct buf *out);

struct risks_pages {
	const struct look_house *house;
	void (*facts)(void *ctx, struct risks_facts *f_r);
	void *ctx;
	uint32_t may;               /* who may enter */
	const char *path, *sign_out, *account;
	struct route route[1];
};
/* `pages` must live as long as the server. */
void risks_routes(struct risks_pages *pages, struct web *web);

#endif
