/*~ makker-haven: the confidential program. The tour of it starts here.

    What stays between a colleague and a supporter lives here: who the supporters are, who was offered help by whom,
    and the sealed answers that nobody but their reader can open. The employer's program, makker-duty, is another
    process with another database, and no object of it is linked in here. docs/protocol.md tells what each insider
    could learn, and how little that is.

    This file is wiring only: it reads the command, opens what the rooms need and hands it to them. Each room's
    header says what it does; read them in the order in which they appear below. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/log.h"
#include "haven/answers/answers.h"
#include "haven/caller/caller.h"
#include "haven/desk/desk.h"
#include "haven/groups/groups.h"
#include "haven/offers/offers.h"
#include "haven/programme/programme.h"
#include "haven/supporters/supporters.h"
#include "haven/tidy.h"
#include "haven_assets.h"
#include "look/look.h"
#include "risks/risks.h"
#include "service/service.h"
#include "signin/signin.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

struct haven {
	struct service service;
	struct look_house house;
	struct signin *signin;
	struct offers *offers;
	struct answers *answers;
	struct groups *groups;
	struct caller *caller;
	char there[600]; /* the address of the other program's form, likewise */
	char door[1200]; /* its address, for as long as the caller lives */
	struct supporters_front front;
	struct offers_pages pages;
	struct desk *desk;
	struct programme programme;
	struct groups_pages group_pages;
	struct risks_pages risks;
};

/*~ What people write without JavaScript passes through this process for a moment. So nothing of it may reach a disk:
    no core dumps (web_harden_process), and no swap, where the machine lets us. With a limit on locked memory every
    later allocation could fail, so it is all or nothing. */
static void keep_out_of_swap(void)
{
	struct rlimit limit;
	bool free_hand = getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
	if (!free_hand || mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0)
		log_fact("haven", "memory cannot be locked; use encrypted swap or none (LimitMEMLOCK=infinity lets us)");
}

/*~ Signing in (src/signin) is the same room in both programs, each with its own accounts: here supporters and the
    coordinator. Colleagues never need to. The cookie stands below /s, so no page below /h ever sees it. */
static enum result make_signin(struct haven *h)
{
	struct service *s = &h->service;
	struct signin_setup setup = {
		.db = s->db, .clock = s->clock, .rnd = s->rnd, .public_url = s->public_url, .workplace = s->workplace,
		.base = "/s", .home = "/s/home", .lang = s->lang, .house = &h->house,
		.mail_waits = service_mail_waits, .mail_ctx = s,
	};
	return signin_new(&setup, &h->signin);
}

/*~ The frame that all pages share. The quick exit leads to the weather: something anybody may have been reading. The
    line is the professionals whom the workplace itself has an agreement with, if any. */
static const struct look_place places[] = {
	{ "/s/desk", TR("Your desk"), ROLE_SUPPORTER },
	{ "/s/programme", TR("The programme"), ROLE_COORDINATOR },
	{ "/s/accounts", TR("Sign-ins"), ROLE_COORDINATOR },
	{ "/s/grants", TR("Roles"), ROLE_COORDINATOR },
	{ "/s/settings", TR("How it is set up"), ROLE_COORDINATOR },
};

static void make_house(struct haven *h)
{
	struct service *s = &h->service;
	const char *country = config_text(s->config, "country");
	h->house = (struct look_house){
		.side = LOOK_HAVEN, .workplace = s->workplace, .country = country, .home = "/",
		.leave = strcmp(country, "se") == 0   ? "https://www.smhi.se/"
			 : strcmp(country, "dk") == 0 ? "https://www.dmi.dk/"
						      : "https://www.yr.no/",
		.css = asset_url(haven_assets, HAVEN_ASSETS, "haven.css"), .places = places, .places_n = ARRAY_LEN(places),
		.line = {
			.name = config_text(s->config, "professional_line"),
			.phone = config_text(s->config, "professional_line_phone"),
			.hours = config_text(s->config, "professional_line_hours"),
		},
	};
}

/*~ Where the database counts transactions, answers wait for a tick (docs/protocol.md § 3.4): whoever sent one is parked until then. */
static void answers_settled(void *ctx)
{
	struct haven *h = ctx;
	web_wake(h->service.web);
}

/*~ groups/ keeps the session for everybody affected, where its leader has asked for one: planned by the coordinator, led by two
    supporters, and told to duty as a day. It stands beside each one's own offer; who comes is stored nowhere. */
static void facts_wait(void *ctx)
{
	struct haven *h = ctx;
	caller_wake(h->caller);
}

static void make_groups(struct haven *h)
{
	struct service *s = &h->service;
	struct groups_setup setup = {
		.db = s->db, .clock = s->clock, .rnd = s->rnd, .offers = h->offers, .public_url = s->public_url, .workplace = s->workplace,
		.lang = s->lang, .mail_waits = service_mail_waits, .mail_ctx = s, .facts_wait = facts_wait, .facts_ctx = h,
	};
	h->groups = groups_new(&setup);
}

/* Somebody was reached by nobody, and nobody of the employer's follows up on her: she is the coordinator's. */
static enum result left(struct tx *tx, void *ctx)
{
	struct haven *h = ctx;
	return groups_call_coordinator(tx, h->groups);
}

/*~ offers/ is the heart: each affected person becomes a task of one supporter (found by matching/ among
    supporters/), gets a message with a personal link, and is followed by clocks until contact is made. It knows
    nothing of what anybody answers. answers/ is the ring in which sealed answers lie among dummies; it knows nothing
    of tasks, only how many messages went out, which sizes it. */
static void make_rooms(struct haven *h)
{
	struct service *s = &h->service;
	struct offers_setup offers = {
		.db = s->db, .clock = s->clock, .rnd = s->rnd, .public_url = s->public_url, .workplace = s->workplace,
		.lang = s->lang,
	};
	struct answers_setup answers = {
		.db = s->db, .clock = s->clock, .rnd = s->rnd, .mailed = offers_mailed, .slots = offers_ring_slots,
		.settled = answers_settled, .settled_ctx = h,
	};
	offers.sms = service_has_sms(s, &offers.quiet);
	offers.country = config_text(s->config, "country");
	offers.ask_phone = h->house.line.phone;
	h->offers = offers_new(&offers);
	h->answers = answers_new(&answers);
	make_groups(h);
}

/*~ caller/ is our side of the door: it asks duty for people and incidents, and tells it days. We always call; duty
    can say nothing unasked. */
static enum result make_caller(struct haven *h)
{
	struct service *s = &h->service;
	snprintf(h->door, sizeof(h->door), "unix:%s", config_text(s->config, "door"));
	struct caller_setup setup = {
		.db = s->db, .clock = s->clock, .offers = h->offers, .groups = h->groups, .door = h->door,
		.also = config_text(s->config, "door_also"),
		.mail_waits = service_mail_waits, .mail_ctx = s,
	};
	return caller_new(&setup, &h->caller);
}

/*~ Who wakes whom. A job or a new incident puts mail: the post is woken. The post learns what became of a mail:
    offers/ reads it, and what duty is to hear makes the caller speak; signin/ reads which invitations did not arrive. */
static enum result hear_post(struct haven *h)
{
	enum result res = offers_hear_post(h->offers);
	if (res == RES_OK)
		res = groups_hear_post(h->groups);
	return res == RES_OK ? signin_hear_post(h->signin) : res;
}

static void post_told(void *ctx)
{
	struct haven *h = ctx;
	if (hear_post(h) != RES_OK || answers_widen(h->answers) != RES_OK)
		log_world("haven", "what became of the mail could not be read; it is tried again with the next");
}

/* While the clock is moved by hand: everything that passes the door at this moment. Duty may be away: what it is to
   hear waits, and the clock does not. */
static enum result settle(void *ctx, int *done_r)
{
	struct haven *h = ctx;
	enum result res = hear_post(h);
	if (res == RES_OK && caller_settle(h->caller, done_r) != RES_OK)
		*done_r = 0;
	return res;
}

/* Whether duty can be heard is for the operator to know (GET /healthz): without it nobody new is offered support. */
static const char *trouble(void *ctx)
{
	struct haven *h = ctx;
	return caller_trouble(h->caller);
}

/*~ Several processes of this program may serve one database. What a supporter's desk says stays in memory until its incident
    closes, so they tell each other, sealed, by a secret that the operator gave them all (offers_shared.c). */
static enum result tell_each_other(struct haven *h)
{
	char secret[500];
	const struct config *c = h->service.config;
	if (!config_given(c, "together_key_file"))
		return RES_OK;
	enum result res = service_secret("what haven's processes have in common", config_text(c, "together_key_file"), secret, sizeof(secret));
	if (res == RES_OK && strlen(secret) < OFFERS_SECRET_LEAST) {
		log_world("haven", "what haven's processes have in common has less than %d characters", OFFERS_SECRET_LEAST);
		res = RES_BROKEN;
	}
	if (res == RES_OK)
		res = offers_together(h->offers, slice_of(secret));
	explicit_bzero(secret, sizeof(secret));
	return res;
}

static void connect_rooms(struct haven *h)
{
	struct service *s = &h->service;
	offers_when_mail(h->offers, service_mail_waits, s);
	offers_when_left(h->offers, left, h);
	offers_jobs(h->offers, s->clockwork, facts_wait, h);
	groups_jobs(h->groups, s->clockwork);
	answers_jobs(h->answers, s->clockwork);
	supporters_jobs(s->clockwork);
	post_when_told(s->post, post_told, h);
	s->settle = settle;
	s->settle_ctx = h;
	s->trouble = trouble;
	s->trouble_ctx = h;
}

/*~ The pages. / shows who can be called now; /h/o/… is the personal page of an offer, and /h/ring takes what its
    script has sealed. The page without JavaScript seals here, through the same door of answers/. Nothing below /h is
    logged or counted, and none of it sets a cookie. What supporters do stands below /s. */
static enum result spend(void *ring, uint64_t peer)
{
	return answers_spend(ring, peer);
}

static enum result put_answer(void *ring, const struct id *post, const struct sealed *slot)
{
	return answers_post(ring, post, slot);
}

static enum result posted(void *ring, const struct id *post)
{
	return answers_posted(ring, post);
}

/* What the pages carry. It writes at the very first start alone. */
static enum result first_start(struct tx *tx, void *ctx)
{
	struct haven *h = ctx;
	enum result res = answers_first_start(tx, h->service.rnd);
	return res == RES_OK ? answers_inst(tx, h->pages.inst) : res;
}

static void make_pages(struct haven *h)
{
	struct service *s = &h->service;
	h->front = (struct supporters_front){ s->db, s->clock, &h->house };
	const char *duty = config_text(s->config, "duty_url");
	snprintf(h->there, sizeof(h->there), "%s/there", duty);
	h->pages = (struct offers_pages){
		.there = *duty ? h->there : NULL,
		.offers = h->offers, .db = s->db, .clock = s->clock, .rnd = s->rnd, .house = &h->house,
		.script = asset_url(haven_assets, HAVEN_ASSETS, "offer.js"), .door_code = answers_door_code, .group = groups_for_page,
		.spend = spend, .post = put_answer, .posted = posted, .wait = ANSWERS_WAIT, .ring = h->answers,
	};
	supporters_routes(&h->front, s->web);
	offers_routes(&h->pages, s->web);
	answers_routes(h->answers, s->web);
	signin_routes(h->signin, s->web);
	web_assets(s->web, haven_assets, HAVEN_ASSETS);
}

/*~ Below /s a supporter sees her desk (desk/): rows to hand out and to take, which only her browser can open. Her account
    says which supporter she is. The coordinator sees in programme/ that everybody is reached out to, never an answer. */
static void make_desk(struct haven *h)
{
	struct service *s = &h->service;
	struct desk_setup desk = {
		.db = s->db, .clock = s->clock, .rnd = s->rnd, .offers = h->offers, .answers = h->answers, .house = &h->house,
		.assets = haven_assets, .assets_n = HAVEN_ASSETS, .sign_in = "/s/sign-in", .sign_out = "/s/sign-out",
		.mail_waits = service_mail_waits, .mail_ctx = s,
	};
	memcpy(desk.inst, h->pages.inst, sizeof(desk.inst));
	h->desk = desk_new(&desk);
	desk_routes(h->desk, s->web);
	h->programme = (struct programme){
		.db = s->db, .clock = s->clock, .rnd = s->rnd, .house = &h->house, .sign_out = "/s/sign-out",
		.signin = h->signin, .mail_waits = service_mail_waits, .mail_ctx = s,
	};
	programme_routes(&h->programme, s->web);
	h->group_pages = (struct groups_pages){
		.groups = h->groups, .db = s->db, .clock = s->clock, .rnd = s->rnd, .house = &h->house, .sign_out = "/s/sign-out",
	};
	groups_routes(&h->group_pages, s->web);
	/* How this program is set up: no technical role enters here, so the coordinator watches over it. */
	h->risks = (struct risks_pages){
		.house = &h->house, .facts = service_facts, .ctx = s, .may = ROLE_COORDINATOR, .path = "/s/settings",
		.sign_out = "/s/sign-out", .account = "/s/account",
	};
	risks_routes(&h->risks, s->web);
}

static enum result each_start(struct tx *tx, void *ctx)
{
	struct haven *h = ctx;
	return offers_start(tx, h->offers);
}

/*~ Pages are answered meanwhile. Whoever sends an answer before the hour is open opens it, or waits until it is. */
static enum result started(void *ctx)
{
	struct haven *h = ctx;
	enum result res = db_write(h->service.db, each_start, h);
	if (res == RES_OK)
		res = answers_open_hour(h->answers);
	if (res == RES_OK)
		res = answers_start(h->answers);
	return res == RES_OK ? caller_start(h->caller) : res;
}

static void stopping(void *ctx)
{
	struct haven *h = ctx;
	caller_stop(h->caller);
	answers_stop(h->answers);
	offers_end_together(h->offers);
}

/*~ Serving: service/ makes what both programs have (post, clockwork, web), then the rooms are put in, then all of it
    starts. It returns when the program has been asked to end and every request has had its answer. */
static int serve(struct haven *h)
{
	struct service *s = &h->service;
	struct web_setup web = {
		.workers = 32, /* so many answers share one commit: each waits for it on a thread of its own, of some 12 KB */
		.who = signin_who, .who_ctx = h->signin, .sign_in = "/s/sign-in",
		.error_page = look_error_page, .error_ctx = &h->house,
	};
	keep_out_of_swap();
	int status = service_prepare(s, &web);
	if (status != LEAVE_OK)
		return status;
	make_rooms(h);
	if (make_caller(h) != RES_OK || tell_each_other(h) != RES_OK)
		return LEAVE_FAILED;
	connect_rooms(h);
	make_pages(h);
	if (db_write(s->db, first_start, h) != RES_OK)
		return LEAVE_FAILED;
	make_desk(h);
	return service_run(s, started, stopping, h);
}

/*~ Who may enter where stands in the routes themselves. `routes` prints them, and docs/access.md and the test that tries
    every route as everybody are made of that. */
static int tell_routes(struct haven *h)
{
	struct web *watch = NULL;
	int status = service_routes(&h->service, &watch);
	if (status == LEAVE_OK) {
		make_rooms(h);
		make_pages(h);
		make_desk(h);
		signin_tell_routes(h->service.web, "haven", stdout);
		signin_tell_routes(watch, "haven-watch", stdout);
	}
	web_free(&watch);
	return status;
}

/*~ `supporters import FILE` brings in who the supporters are; each new one gets a sign-in. */
static int import_supporters(struct haven *h)
{
	struct service *s = &h->service;
	const struct supporters_accounts accounts = { h->signin, signin_add, signin_invite, signin_invite_by_mail };
	return supporters_command(s->db, s->clock, s->rnd, s->lang, &accounts, s->words_n, s->words, stdout, stderr);
}

/*~ One command a call: `user …` makes accounts, `supporters …` brings in supporters, `serve` serves, `routes` tells
    who may enter where, and what is not the rooms' own (init, migrate, backup, check, clock, bounce) is the service's. */
static int run(struct haven *h)
{
	struct service *s = &h->service;
	const char *command = s->words[0];
	int status;
	if (service_command(s, &status))
		return status;
	make_house(h);
	bool serves = strcmp(command, "serve") == 0, imports = strcmp(command, "supporters") == 0;
	if (strcmp(command, "keys") == 0)
		return supporters_keys_command(s->db, s->clock, s->words_n, s->words, stdout, stderr);
	bool tells = strcmp(command, "routes") == 0;
	if (strcmp(command, "user") != 0 && !serves && !imports && !tells) {
		fprintf(stderr, "makker-haven: there is no command %s\n", command);
		return LEAVE_USAGE;
	}
	if (make_signin(h) != RES_OK)
		return LEAVE_FAILED;
	if (imports)
		return import_supporters(h);
	if (tells)
		return tell_routes(h);
	return serves ? serve(h) : signin_command(h->signin, s->words_n, s->words, NULL);
}

int main(int argc, char **argv)
{
	const struct service_kind kind = { "makker-haven", haven_migrations, haven_migrations_n,
					   answers_not_in_backups, haven_tidy, signin_keepers, true };
	struct haven h = { 0 };
	if (web_harden_process() != RES_OK)
		return LEAVE_FAILED;
	int status = service_open(&h.service, &kind, argc, argv);
	if (status == LEAVE_OK)
		status = run(&h);
	/* Whoever runs threads goes before what those use. */
	if (h.service.db)
		db_hear_no_more(h.service.db);
	if (h.service.post)
		post_stop(h.service.post);
	if (h.offers)
		offers_end_together(h.offers);
	caller_free(&h.caller);
	desk_free(&h.desk);
	signin_free(&h.signin);
	service_close(&h.service);
	answers_free(&h.answers);
	groups_free(&h.groups);
	offers_free(&h.offers);
	return service_again(&h.service, status);
}
