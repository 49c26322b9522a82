/*~ makker-duty: the employer's program. The tour of it starts here.

    A workplace has a duty of care. This program holds what that duty needs and what may be shown to an inspector:
    the directory, what has happened, who was affected, and whether each of them was offered support. It never
    learns who used it. The other program, makker-haven, holds that; no object of it is linked in here.

    This file is wiring only: it reads the command, opens what the rooms need and hands it to them. Each room's
    header says what it does; read them in the order in which they appear below. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "duty/became.h"
#include "duty/coverage/coverage.h"
#include "duty/directory/directory.h"
#include "duty/doorkeeper/doorkeeper.h"
#include "duty/incidents/incidents.h"
#include "duty/missing/missing.h"
#include "duty/people/people.h"
#include "duty/tidy.h"
#include "duty_assets.h"
#include "look/look.h"
#include "risks/risks.h"
#include "service/service.h"
#include "signin/signin.h"

extern const struct migration duty_migrations[];
extern const size_t duty_migrations_n;

struct duty {
	struct service service;
	struct signin *signin;
	struct look_house house;
	struct incidents_pages incidents;
	struct missing_pages missing;
	struct coverage_pages coverage;
	struct risks_pages risks;
	struct directory *directory;
	struct doorkeeper *doorkeeper;
};

/*~ Signing in (src/signin) is the same room in both programs, each with its own accounts. A unit is named on the
    command line by its path, which only the directory (duty/people) can turn into an id; so it is on the pages where accounts are kept. */
static enum result units(struct tx *tx, struct arena *a, struct signin_unit **list_r, size_t *n_r)
{
	struct unit_line *lines;
	enum result res = people_units(tx, a, &lines, n_r);
	if (res != RES_OK)
		return res;
	struct signin_unit *list = arena_array(a, struct signin_unit, *n_r + 1);
	for (size_t i = 0; i < *n_r; i++)
		list[i] = (struct signin_unit){ lines[i].id, lines[i].path };
	*list_r = list;
	return RES_OK;
}

static const struct look_place places[] = {
	{ "/incidents", TR("Incidents"), ROLE_LEADER | ROLE_SAFETY },
	{ "/incidents/new", TR("Register an incident"), ROLE_LEADER },
	{ "/reported", TR("Missing"), ROLE_LEADER | ROLE_SAFETY | ROLE_ADMIN },
	{ "/directory", TR("People"), ROLE_ADMIN },
	{ "/accounts", TR("Sign-ins"), ROLE_ADMIN },
	{ "/grants", TR("Roles"), ROLE_SAFETY | ROLE_ADMIN },
	{ "/settings", TR("How it is set up"), ROLE_ADMIN },
};

static enum result make_signin(struct duty *d)
{
	struct service *s = &d->service;
	d->house = (struct look_house){
		.side = LOOK_DUTY, .workplace = s->workplace, .country = config_text(s->config, "country"),
		.home = "/", .css = asset_url(duty_assets, DUTY_ASSETS, "duty.css"), .places = places, .places_n = ARRAY_LEN(places),
	};
	struct signin_setup setup = {
		.db = s->db, .clock = s->clock, .rnd = s->rnd, .public_url = s->public_url, .workplace = s->workplace,
		.base = "", .home = "/", .lang = s->lang, .house = &d->house,
		.unit_path = people_unit_path, .units = units, .mail_waits = service_mail_waits, .mail_ctx = s,
	};
	return signin_new(&setup, &d->signin);
}

/*~ The door. The other program calls and this one answers: who works here, who is to be offered support. What it
    tells in return are days: sent, could not be sent, reached or not. duty/doorkeeper is the whole of it. When an
    incident is registered a waiting call looks again, and when something is known of the offers an open page does;
    both by way of the database, since the call or the page may wait at another process that serves it (db.h). */
#define REGISTERED "duty_registered"
#define OFFERED "duty_offered"

static void registered(void *ctx)
{
	struct duty *d = ctx;
	db_tell(d->service.db, REGISTERED, SLICE(""));
}

static void offered(void *ctx)
{
	struct duty *d = ctx;
	db_tell(d->service.db, OFFERED, SLICE(""));
}

static void wake_door(struct slice words, void *ctx)
{
	struct duty *d = ctx;
	(void)words;
	doorkeeper_wake(d->doorkeeper);
}

static void wake_pages(struct slice words, void *ctx)
{
	struct duty *d = ctx;
	(void)words;
	web_wake(d->service.web);
}

static void hear_the_others(struct duty *d)
{
	db_hear(d->service.db, REGISTERED, wake_door, d);
	db_hear(d->service.db, REGISTERED, wake_pages, d);
	db_hear(d->service.db, OFFERED, wake_pages, d);
}

static int make_doorkeeper(struct duty *d)
{
	struct service *s = &d->service;
	char listen[1100];
	struct doorkeeper_setup setup = { .db = s->db, .clock = s->clock, .rnd = s->rnd, .listen = listen,
					  .heard = offered, .heard_ctx = d };
	snprintf(listen, sizeof(listen), "unix:%s", config_text(s->config, "door"));
	if (config_given(s->config, "door_peer_user")) {
		const struct passwd *peer = getpwnam(config_text(s->config, "door_peer_user"));
		if (!peer) {
			fprintf(stderr, "makker-duty: there is no user %s, which door_peer_user names\n",
				config_text(s->config, "door_peer_user"));
			return LEAVE_CONFIG;
		}
		setup.check_peer = true;
		setup.peer_uid = peer->pw_uid;
	}
	return doorkeeper_new(&setup, &d->doorkeeper) == RES_OK ? LEAVE_OK : LEAVE_FAILED;
}

/*~ The pages. duty/incidents has the form in which something is registered, duty/coverage the answer to "has
    everybody been offered support". duty/missing is where anybody, without an account, says who was left out; duty/directory where an administrator brings the list of
    people up to date. look/
    draws the frame around all of them. Every route carries who may enter it; the
    gate in web/ asks before any handler runs, and the rooms ask again for the unit. */
static int chosen(const struct service *s, const char *key)
{
	int64_t n;
	if (slice_int(slice_of(config_text(s->config, key)), &n) != RES_OK)
		bug("a number that the settings accepted is none");
	return (int)n;
}

static int64_t file_most(const struct service *s)
{
	return (int64_t)chosen(s, "people_file_mb") << 20;
}

/* When an administrator has said that a unit has become another one, what hangs on it follows. */
static enum result became(struct tx *tx, const struct id *unit, const struct id *becomes, bool whole, const struct id *by, void *ctx)
{
	struct duty *d = ctx;
	return duty_unit_became(tx, d->signin, unit, becomes, whole, by);
}

static void make_pages(struct duty *d)
{
	struct service *s = &d->service;
	d->incidents = (struct incidents_pages){
		.db = s->db, .rnd = s->rnd, .house = &d->house, .registered = registered, .ctx = d,
		.script = asset_url(duty_assets, DUTY_ASSETS, "duty.js"), .begin = missing_begin, .made = missing_made,
	};
	d->missing = (struct missing_pages){ .db = s->db, .frame = &d->incidents, .public_url = s->public_url, .lang = s->lang,
					    .mail_waits = service_mail_waits, .mail_ctx = s };
	missing_limits(&d->missing, s->clock);
	d->coverage = (struct coverage_pages){ .db = s->db, .frame = &d->incidents, .changed = offered, .ctx = d };
	struct directory_setup directory = {
		.db = s->db, .clock = s->clock, .rnd = s->rnd, .frame = &d->incidents, .file_most = file_most(s),
		.folder = config_given(s->config, "people_folder") ? config_text(s->config, "people_folder") : NULL,
		.hour = chosen(s, "people_folder_hour"), .days = chosen(s, "people_folder_days"),
		.leave_percent = chosen(s, "people_leave_percent"), .public_url = s->public_url,
		.mail_waits = service_mail_waits, .mail_ctx = s,
		.became = became, .became_ctx = d,
	};
	d->directory = directory_new(&directory);
	signin_routes(d->signin, s->web);
	incidents_routes(&d->incidents, s->web);
	missing_routes(&d->missing, s->web);
	coverage_routes(&d->coverage, s->web);
	/* How this program is set up, for whoever administers it. */
	d->risks = (struct risks_pages){
		.house = &d->house, .facts = service_facts, .ctx = s, .may = ROLE_ADMIN, .path = "/settings",
		.sign_out = "/sign-out", .account = "/account",
	};
	risks_routes(&d->risks, s->web);
	directory_routes(d->directory, s->web);
	web_assets(s->web, duty_assets, DUTY_ASSETS);
}

/*~ The post learns what became of a mail. Duty mails only its own account holders, so signin/ reads which invitations did not
    arrive, and missing/ that whoever decides was asked. */
static enum result hear_post(struct duty *d)
{
	enum result res = signin_hear_post(d->signin);
	if (res == RES_OK)
		res = missing_hear_post(&d->missing);
	return res == RES_OK ? directory_hear_post(d->directory) : res;
}

static void post_told(void *ctx)
{
	struct duty *d = ctx;
	if (hear_post(d) != RES_OK)
		log_world("duty", "what became of the mail could not be read; it is tried again with the next");
}

static enum result settle(void *ctx, int *done_r)
{
	struct duty *d = ctx;
	*done_r = 0;
	return hear_post(d);
}

static const char *trouble(void *ctx)
{
	struct duty *d = ctx;
	const char *of_door = doorkeeper_trouble(d->doorkeeper);
	return of_door ? of_door : directory_trouble(d->directory);
}

static enum result started(void *ctx)
{
	struct duty *d = ctx;
	enum result res = directory_start(d->directory);
	return res == RES_OK ? doorkeeper_start(d->doorkeeper) : res;
}

static void stopping(void *ctx)
{
	struct duty *d = ctx;
	directory_stop(d->directory);
	doorkeeper_stop(d->doorkeeper);
}

/*~ Serving: service/ makes what both programs have (post, clockwork, web), then the rooms are put in, then all of it
    starts. It returns when the program has been asked to end and every request has had its answer. */
static int serve(struct duty *d)
{
	struct service *s = &d->service;
	struct web_setup web = {
		.who = signin_who, .who_ctx = d->signin, .sign_in = "/sign-in",
		.error_page = look_error_page, .error_ctx = &d->house,
		.upload_dir = ".", .upload_most = file_most(s),
	};
	int status = service_prepare(s, &web);
	if (status == LEAVE_OK)
		status = make_doorkeeper(d);
	if (status != LEAVE_OK)
		return status;
	make_pages(d);
	missing_jobs(&d->missing, s->clockwork);
	if (directory_jobs(d->directory, s->clockwork) != RES_OK)
		return LEAVE_FAILED;
	s->trouble = trouble;
	s->trouble_ctx = d;
	hear_the_others(d);
	post_when_told(s->post, post_told, d);
	s->settle = settle;
	s->settle_ctx = d;
	return service_run(s, started, stopping, d);
}

/*~ Who may enter where stands in the routes themselves. `routes` prints them, and docs/access.md and the test that tries
    every route as everybody are made of that. */
static int tell_routes(struct duty *d)
{
	struct web *watch = NULL;
	int status = service_routes(&d->service, &watch);
	if (status == LEAVE_OK)
		status = make_doorkeeper(d);
	if (status == LEAVE_OK) {
		make_pages(d);
		signin_tell_routes(d->service.web, "duty", stdout);
		signin_tell_routes(watch, "duty-watch", stdout);
		signin_tell_routes(doorkeeper_web(d->doorkeeper), "door", stdout);
	}
	web_free(&watch);
	return status;
}

/*~ One command a call: `people import FILE` reads the personnel system's file, `user …` makes accounts, `routes` tells
    who may enter where, and what is not the rooms' own (init, migrate, backup, check, clock, bounce) is the service's. */
static int run(struct duty *d)
{
	struct service *s = &d->service;
	const char *command = s->words[0];
	int status;
	if (service_command(s, &status))
		return status;
	if (strcmp(command, "people") == 0)
		return people_command(s->db, s->clock, s->rnd, s->words_n, s->words, stdout, stderr);
	bool serves = strcmp(command, "serve") == 0, tells = strcmp(command, "routes") == 0;
	if (strcmp(command, "user") != 0 && !serves && !tells) {
		fprintf(stderr, "makker-duty: there is no command %s\n", command);
		return LEAVE_USAGE;
	}
	if (make_signin(d) != RES_OK)
		return LEAVE_FAILED;
	return serves ? serve(d)
	       : tells ? tell_routes(d)
		       : signin_command(d->signin, s->words_n, s->words, people_unit_of);
}

int main(int argc, char **argv)
{
	static const struct service_kind base = { .name = "makker-duty", .migrations = duty_migrations, .tidy = duty_tidy, .keepers = signin_keepers };
	struct service_kind kind = base;
	struct duty d = { 0 };
	kind.migrations_n = duty_migrations_n;
	if (web_harden_process() != RES_OK)
		return LEAVE_FAILED;
	int status = service_open(&d.service, &kind, argc, argv);
	if (status == LEAVE_OK)
		status = run(&d);
	/* Whoever runs threads goes before what those use. */
	if (d.service.db)
		db_hear_no_more(d.service.db);
	directory_free(&d.directory);
	doorkeeper_free(&d.doorkeeper);
	service_close(&d.service);
	missing_limits_free(&d.missing);
	signin_free(&d.signin);
	return service_again(&d.service, status);
}
