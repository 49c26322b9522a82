#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "post/post.h"
#include "signin/signin_grants.h"
#include "signin/signin_rules.h"
#include "signin/signin_store.h"

#define FAILED 1

static const struct {
	const char *word;
	enum role role;
	bool haven;
} roles[] = {
    {"leader", ROLE_LEADER, false},
    {"safety", ROLE_SAFETY, false},
    {"admin", ROLE_ADMIN, false},
    {"supporter", ROLE_SUPPORTER, true},
    {"coordinator", ROLE_COORDINATOR, true},
};

/* One call of the command; the work functions read and fill it. */
struct call {
	struct signin *s;
	struct arena *a;
	enum result (*unit_of)(struct tx *tx, const char *path, struct id *unit_r);
	const char *email, *name, *unit_path;
	enum role role;
	enum lang lang;
	struct id account;
	bool no_unit, invited, by_mail;
	enum grant_way way;
	char url[1024];
	struct signin_row *rows;
	size_t n;
	const char **role_words;
};

static bool haven(const struct signin *s)
{
	return s->setup.base[0] != '\0';
}

static int usage(const struct signin *s)
{
	fprintf(stderr,
		"usage: user add EMAIL --name NAME --role %s [--lang %s] [--mail]\n"
		"       user list\n"
		"       user end EMAIL\n"
		"       user invite EMAIL [--mail]\n",
		haven(s) ? "supporter|coordinator" : "leader|safety|admin [--unit PATH]", lang_choices);
	return EX_USAGE;
}

static int failed(const char *what, enum result res)
{
	fprintf(stderr, "user: %s: %s\n", what,
		res == RES_AGAIN ? "somebody else was writing; try again" : "the database failed, see above");
	return FAILED;
}

/* ---- add ---- */

static bool role_from(const struct signin *s, const char *word, enum role *role_r)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(word, roles[i].word) == 0 && roles[i].haven == haven(s)) {
			*role_r = roles[i].role;
			return true;
		}
	return false;
}

static int read_option(struct call *c, const char *option, const char *value)
{
	if (strcmp(option, "--name") == 0) {
		c->name = value;
	} else if (strcmp(option, "--unit") == 0 && c->unit_of) {
		c->unit_path = value;
	} else if (strcmp(option, "--role") == 0) {
		if (!role_from(c->s, value, &c->role)) {
			fprintf(stderr, "user: there is no role %s in this program\n", value);
			return EX_USAGE;
		}
	} else if (strcmp(option, "--lang") == 0) {
		if (lang_from(slice_of(value), &c->lang) != RES_OK) {
			fprintf(stderr, "user: %s is no language of Makker; choose of %s\n", value, lang_choices);
			return EX_USAGE;
		}
	} else {
		return usage(c->s);
	}
	return EX_OK;
}

/* The link is mailed to her whom it is for, or printed for whoever gave the command. */
static enum result invite(struct tx *tx, struct call *c)
{
	return c->by_mail ? signin_invite_by_mail(tx, c->s, &c->account)
			  : signin_invite(tx, c->s, &c->account, c->url, sizeof(c->url));
}

static enum result add_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	struct id unit = {0};
	struct account account;
	struct signin_row row;
	enum result res = RES_OK;
	c->no_unit = false;
	if (c->unit_path)
		res = c->unit_of(tx, c->unit_path, &unit);
	if (res != RES_OK) {
		c->no_unit = res == RES_NONE || res == RES_BAD;
		return res;
	}
	res = signin_by_email(tx, c->a, c->email, &row);
	bool there = res == RES_OK && !row.ended;
	if (res == RES_OK || res == RES_NONE)
		res = signin_open(tx, c->s->setup.rnd, c->email, c->name, c->lang, NULL, &c->account);
	if (res == RES_OK && !there)
		res = grants_note(tx, c->s, "accounts/added", &c->account);
	if (res == RES_OK)
		res = grants_propose(tx, c->s, NULL, &c->account, c->role, &unit, &c->way);
	if (res == RES_OK)
		res = signin_get(tx, c->a, &c->account, &account);
	if (res != RES_OK)
		return res;
	c->invited = account.invited;
	return account.invited ? invite(tx, c) : RES_OK;
}

static void say_link(const struct call *c)
{
	if (c->by_mail) {
		fprintf(stdout, "The link to choose a passphrase is mailed to %s; it works once, for %d days.\n", c->email,
			SIGNIN_INVITE_DAYS);
		return;
	}
	fprintf(stdout, "The link to choose a passphrase; it works once, for %d days:\n%s\n",
		SIGNIN_INVITE_DAYS, c->url);
}

static void say_way(const struct call *c)
{
	if (c->way == GRANT_WAITS)
		fprintf(stdout,
			"The role takes two people, so it waits for the second, at most %d days. Mail asks %s to look at the page "
			"Roles.\n",
			GRANT_DAYS, haven(c->s) ? "the other coordinators" : "administrators and safety representatives");
	if (c->way == GRANT_LONELY)
		fprintf(stdout,
			"The role takes two people, so it waits for the second, at most %d days. Nobody is there yet who could be: %s "
			"who has chosen a passphrase sees it on the page Roles.\n",
			GRANT_DAYS, haven(c->s) ? "another coordinator" : "an administrator or a safety representative");
	if (c->way == GRANT_FIRST)
		fprintf(stdout,
			"She is the first %s, so nobody had to confirm it. This stands in the audit log, and among the weaknesses of the set-up "
			"until there is a second one.\n",
			haven(c->s) ? "coordinator" : "administrator");
}

static int add(struct call *c, int n, char **words)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(words[i], "--mail") == 0) {
			c->by_mail = true;
			continue;
		}
		int status = i + 1 < n ? read_option(c, words[i], words[i + 1]) : usage(c->s);
		i++;
		if (status != EX_OK)
			return status;
	}
	if (!c->name || !c->role)
		return usage(c->s);
	if (!post_address_ok(slice_of(c->email))) {
		fprintf(stderr, "user: %s is no e-mail address that mail can be sent to\n", c->email);
		return EX_DATAERR;
	}
	if (!signin_name_ok(slice_of(c->name))) {
		fprintf(stderr, "user: the name must be one line of at most 200 bytes in UTF-8\n");
		return EX_DATAERR;
	}
	enum result res = db_write(c->s->setup.db, add_work, c);
	if (c->no_unit) {
		fprintf(stderr,
			"user: there is no unit %s; import the directory first, or look at how it is written "
			"there\n",
			c->unit_path);
		return EX_DATAERR;
	}
	if (res != RES_OK)
		return failed("add", res);
	fprintf(stdout, "%s can now sign in%s.\n", c->email,
		c->unit_path || haven(c->s) ? "" : ", for the whole workplace");
	if (c->invited)
		say_link(c);
	say_way(c);
	return EX_OK;
}

/* ---- list ---- */

static enum result list_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	/* The program may not be running to read what became of its mails. */
	enum result res = signin_hear(tx);
	if (res == RES_OK)
		res = signin_each(tx, c->a, &c->rows, &c->n);
	if (res != RES_OK)
		return res;
	c->role_words = arena_array(c->a, const char *, c->n + 1);
	for (size_t i = 0; res == RES_OK && i < c->n; i++) {
		uint32_t bits = 0;
		res = signin_roles(tx, &c->rows[i].id, &bits);
		const char *words = "";
		for (size_t k = 0; k < ARRAY_LEN(roles); k++)
			if (bits & roles[k].role)
				words =
				    arena_printf(c->a, "%s%s%s", words, words[0] ? "," : "", roles[k].word);
		c->role_words[i] = words;
	}
	return res;
}

static int list(struct call *c)
{
	size_t undelivered = 0;
	enum result res = db_write(c->s->setup.db, list_work, c);
	if (res != RES_OK)
		return failed("list", res);
	for (size_t i = 0; i < c->n; i++)
		undelivered += c->rows[i].undelivered;
	for (size_t i = 0; i < c->n; i++)
		fprintf(stdout, "%s\t%s\t%s\t%s\n", c->rows[i].email, c->rows[i].name,
			c->role_words[i][0] ? c->role_words[i] : "-",
			c->rows[i].ended	 ? "ended"
			: c->rows[i].password	 ? "active"
			: c->rows[i].undelivered ? "invitation not delivered"
						 : "invited");
	if (undelivered)
		fprintf(stderr,
			"user: %zu invitation%s could not be delivered: is the address right? `user invite EMAIL` prints "
			"a link to hand over\n",
			undelivered, undelivered == 1 ? "" : "s");
	if (c->n == SIGNIN_LIST_MOST)
		fprintf(stderr, "user: these are the first %d; there may be more\n", SIGNIN_LIST_MOST);
	return EX_OK;
}

/* ---- routes ---- */

struct telling {
	const char *program;
	FILE *out;
};

static void put_word(FILE *out, const char *word, bool *first)
{
	fprintf(out, "%s%s", *first ? "" : ",", word);
	*first = false;
}

static void tell_route(const struct route *r, void *ctx)
{
	static const char *const methods[] = {
	    [METHOD_GET] = "GET", [METHOD_POST] = "POST", [METHOD_PUT] = "PUT", [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
	};
	static const struct {
		uint32_t flag;
		const char *word;
	} likes[] = {{FLAG_API | FLAG_BINARY, "script"}, {FLAG_POLL, "poll"}, {FLAG_NO_CSRF, "no-session"}};
	const struct telling *t = ctx;
	bool first = true;
	fprintf(t->out, "%s\t%s\t%s\t", t->program, methods[r->method], r->path);
	if (r->may & MAY_ANYBODY)
		put_word(t->out, "anybody", &first);
	if (r->may & MAY_SIGNED_IN)
		put_word(t->out, "signed-in", &first);
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (r->may & roles[i].role)
			put_word(t->out, roles[i].word, &first);
	fputc('\t', t->out);
	first = true;
	for (size_t i = 0; i < ARRAY_LEN(likes); i++)
		if (r->flags & likes[i].flag)
			put_word(t->out, likes[i].word, &first);
	fputs(first ? "-" : "", t->out);
	if (r->whose)
		fprintf(t->out, "\t%s=%s", r->json ? r->json : "{}", r->whose);
	for (const struct field *f = r->fields; f && f->name; f++)
		if (f->whose && f->whose[0])
			fprintf(t->out, "\t%s=%s", f->name, f->whose);
	fputc('\n', t->out);
}

void signin_tell_routes(const struct web *web, const char *program, FILE *out)
{
	struct telling t = {program, out};
	web_each_route(web, tell_route, &t);
}

/* ---- end, invite ---- */

static enum result find(struct tx *tx, struct call *c)
{
	struct signin_row row;
	enum result res = signin_by_email(tx, c->a, c->email, &row);
	if (res == RES_OK && row.ended)
		return RES_NONE;
	if (res == RES_OK)
		c->account = row.id;
	return res;
}

static enum result end_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = find(tx, c);
	if (res == RES_OK)
		res = signin_end_account(tx, &c->account, signin_today(c->s));
	return res == RES_OK ? grants_note(tx, c->s, "accounts/ended", &c->account) : res;
}

/* Who holds a link behind which a passphrase is chosen anew is the account: where there is one already, only its own address gets it, and
   it is noted. */
static enum result invite_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	struct account account;
	enum result res = find(tx, c);
	if (res == RES_OK)
		res = signin_get(tx, c->a, &c->account, &account);
	if (res != RES_OK)
		return res;
	c->by_mail |= !account.invited;
	res = invite(tx, c);
	return res == RES_OK ? grants_note(tx, c->s, "accounts/invited", &c->account) : res;
}

static int on_one(struct call *c, const char *word, db_work *work)
{
	enum result res = db_write(c->s->setup.db, work, c);
	if (res == RES_NONE) {
		fprintf(stderr, "user: %s has no sign-in here, or it was ended\n", c->email);
		return EX_DATAERR;
	}
	if (res != RES_OK)
		return failed(word, res);
	if (work == invite_work)
		say_link(c);
	else
		fprintf(stdout, "%s can no longer sign in.\n", c->email);
	return EX_OK;
}

int signin_command(struct signin *s, int argc, char **argv,
		   enum result (*unit_of)(struct tx *tx, const char *path, struct id *unit_r))
{
	struct call c = {.s = s, .a = arena_new(), .unit_of = unit_of, .lang = s->setup.lang};
	const char *word = argc > 1 ? argv[1] : "";
	int status = EX_USAGE;
	if (argc > 2)
		c.email = signin_fold(c.a, slice_of(argv[2]));
	if (strcmp(word, "list") == 0 && argc == 2)
		status = list(&c);
	else if (strcmp(word, "add") == 0 && argc > 2)
		status = add(&c, argc - 3, argv + 3);
	else if (strcmp(word, "end") == 0 && argc == 3)
		status = on_one(&c, word, end_work);
	else if (strcmp(word, "invite") == 0 && (argc == 3 || (argc == 4 && strcmp(argv[3], "--mail") == 0))) {
		c.by_mail = argc == 4;
		status = on_one(&c, word, invite_work);
	}
	else
		usage(s);
	crypt_wipe(c.url, sizeof(c.url));
	arena_free(&c.a);
	/* A link that nobody saw is no link. */
	return status == EX_OK && fflush(stdout) != 0 ? FAILED : status;
}
