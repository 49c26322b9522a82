#include "service/service.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"
#include "db/db_restore.h"
#include "crypt/crypt.h"
#include "service/service_again.h"
#include "service/service_commands.h"
#include "service/service_daily.h"
#include "service/service_metrics.h"
#include "service/service_secret.h"
#include "service/service_restore.h"
#include "service/service_sms.h"
#include "service/service_watchdog.h"
#include "stepper/stepper.h"

#define READERS 8
#define WORKERS 4
#define IN_USE "in-use" /* in the program's own folder, empty */
#define LARGE (128 << 10) /* bytes; the library's own first choice */
#define TRIM_FIRST 2      /* seconds; our choice */
#define TRIM_EACH 60
#define DRAIN 15 /* seconds that running requests get; less than the launcher waits */

/* Every key of both programs: docs/configuration.md is made of this. */
static const struct config_key keys[] = {
	{ "workplace", CONFIG_TEXT, NULL, 1, 200, NULL, "the workplace's name, in the head of pages and under mails" },
	{ "country", CONFIG_CHOICE, "no", 0, 0, "no|se|dk", "emergency numbers and statutory clocks" },
	{ "language", CONFIG_CHOICE, "nb", 0, 0, lang_choices, "for people whose language is not known", "nb, sv, da, en, or the code of a further catalogue" },
	{ "zone", CONFIG_ZONE, "Europe/Oslo", 0, 0, NULL, "the workplace's time zone" },
	{ "listen", CONFIG_SOCKET, NULL, 0, 0, NULL, "address and port for browsers, or for the front proxy" },
	{ "public_url", CONFIG_ORIGIN, NULL, 0, 0, NULL, "what people type; links in mail begin with it" },
	{ "hosts", CONFIG_HOSTS, "", 0, 0, NULL, "host names answered to; the one of public_url if empty" },
	{ "peer_header", CONFIG_TEXT, "", 1, 64, NULL, "the header in which a front proxy on this machine names the visitor's address, such as X-Real-IP; it must set it itself" },
	{ "database", CONFIG_TEXT, NULL, 1, 1000, NULL, "sqlite:FILE in the program's folder, or a PostgreSQL conninfo" },
	{ "door", CONFIG_PATH, NULL, 0, 0, NULL, "the local socket on which duty answers and haven calls" },
	{ "door_peer_user", CONFIG_TEXT, "", 1, 64, NULL, "the system user of the other program; empty: whoever may open the socket" },
	{ "mail_server", CONFIG_SOCKET, NULL, 0, 0, NULL, "where mail is handed over" },
	{ "mail_tls", CONFIG_CHOICE, "starttls", 0, 0, "none|starttls|tls", "none only for a server on this machine" },
	{ "mail_ca", CONFIG_PATH, "", 0, 0, NULL, "certificates that are trusted; empty: the system's" },
	{ "mail_user", CONFIG_TEXT, "", 1, 200, NULL, "if the mail server asks" },
	{ "mail_password_file", CONFIG_PATH, "", 0, 0, NULL, "holds the password on its first line" },
	{ "mail_from", CONFIG_MAIL, NULL, 0, 0, NULL, "sender; names neither incident nor support" },
	{ "mail_name", CONFIG_TEXT, "", 1, 100, NULL, "sender's display name; the workplace's name if empty" },
	{ "mail_connections", CONFIG_CHOICE, "4", 0, 0, "1|2|4|8", "to the mail server at once; one that takes fewer is left in peace for an hour" },
	{ "bounce_domain", CONFIG_DOMAIN, "", 0, 0, NULL, "returned mail comes to b-…@this and is piped to makker bounce; mail_from's domain if empty" },
	{ "bounce_mailbox", CONFIG_TEXT, "", 1, 300, NULL, "where returned mail is read, instead of makker bounce: imaps://HOST/FOLDER, pop3s://HOST, or the absolute path of a Maildir; empty: nowhere" },
	{ "bounce_user", CONFIG_TEXT, "", 1, 200, NULL, "whose mailbox it is, by IMAP and POP3" },
	{ "bounce_password_file", CONFIG_PATH, "", 0, 0, NULL, "holds its password on the first line" },
	{ "metrics", CONFIG_SOCKET, "", 0, 0, NULL, "where a monitor on this machine reads GET /metrics and GET /healthz; empty: nowhere" },
	/* duty's alone (DUTY_KEYS) */
	{ "people_file_mb", CONFIG_CHOICE, "64", 0, 0, "16|32|64|128|256", "duty only: how large a file with the list of people may be, in MB; our choice" },
	{ "people_folder", CONFIG_PATH, "", 0, 0, NULL, "duty only: the folder into which the personnel system puts its file each night (docs/operate.md); empty: none" },
	{ "people_folder_hour", CONFIG_CHOICE, "4", 0, 0, "19|20|21|22|23|0|1|2|3|4|5|6|7", "duty only: from when that file is awaited, for four hours; our choice" },
	{ "people_folder_days", CONFIG_CHOICE, "3", 0, 0, "1|2|3|4|5|7|10|14", "duty only: after so many days without a new one administrators are told, and /healthz says so; our choice" },
	{ "people_leave_percent", CONFIG_CHOICE, "5", 0, 0, "1|2|3|5|10|20", "duty only: where more of a hundred people would leave, that file waits for a yes; as Google Cloud Directory Sync" },
	/* haven's alone, at the end (HAVEN_KEYS) */
	{ "door_also", CONFIG_TEXT, "", 1, 1000, NULL, "haven only: the sockets of duty's other processes on the same database, separated by spaces (docs/postgresql.md)" },
	{ "together_key_file", CONFIG_PATH, "", 0, 0, NULL, "haven only: holds on its first line what several processes of haven on one database have in common, at least 32 characters (docs/postgresql.md)" },
	{ "sms_gateway", CONFIG_PATH, "", 0, 0, NULL, "haven only: the file that says how SMS are handed over (share/sms/README.md); empty: none go out" },
	{ "sms_from", CONFIG_TEXT, "", 1, 20, NULL, "haven only: the sender that a phone shows; names neither incident nor support" },
	{ "sms_user", CONFIG_TEXT, "", 1, 200, NULL, "haven only: if the gateway asks" },
	{ "sms_secret_file", CONFIG_PATH, "", 0, 0, NULL, "haven only: holds the gateway's password or key on its first line" },
	{ "sms_quiet", CONFIG_TEXT, "21:00-07:00", 11, 11, NULL, "haven only: no SMS goes out then; 00:00-00:00 is never quiet; our choice" },
	{ "sms_ca", CONFIG_PATH, "", 0, 0, NULL, "haven only: certificates that are trusted for the gateway; empty: the system's" },
	{ "professional_line", CONFIG_TEXT, "", 1, 60, NULL, "haven only: who answers when no supporter is found, such as the occupational health service; empty: public numbers" },
	{ "professional_line_phone", CONFIG_PHONE, "", 0, 0, NULL, "haven only: their number; given with professional_line, and only with it" },
	{ "professional_line_hours", CONFIG_TEXT, "", 1, 60, NULL, "haven only: when they answer, as colleagues read it; empty: day and night" },
	{ "duty_url", CONFIG_ORIGIN, "", 0, 0, NULL, "haven only: what people type for the other program; personal pages link to its form for whoever was forgotten; empty: no such link" },
};
#define HAVEN_KEYS 12
#define DUTY_KEYS 5

void service_document(struct buf *out)
{
	config_document(keys, ARRAY_LEN(keys), out);
}

/* ---- opening ---- */

static int usage(const struct service_kind *kind)
{
	fprintf(stderr, "usage: %s --config FILE --data DIR [--at TIME] COMMAND [ARGUMENT...]\n", kind->name);
	return LEAVE_USAGE;
}

struct call {
	const char *config, *data, *at;
	int words_at;
};

static bool read_call(int argc, char **argv, struct call *c)
{
	int i = 1;
	*c = (struct call){ 0 };
	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (strcmp(argv[i], "--config") == 0)
			c->config = argv[i + 1];
		else if (strcmp(argv[i], "--data") == 0)
			c->data = argv[i + 1];
		else if (strcmp(argv[i], "--at") == 0)
			c->at = argv[i + 1];
		else
			return false;
	}
	c->words_at = i;
	return c->config && c->data && i < argc;
}

/* A name without a number helps nobody, and hours of nothing are a slip. */
static enum result check_line(const struct config *c, struct buf *mistakes)
{
	bool name = config_given(c, "professional_line"), phone = config_given(c, "professional_line_phone");
	if (name && !phone)
		config_mistake(c, "professional_line", mistakes, "is given without professional_line_phone");
	if (phone && !name)
		config_mistake(c, "professional_line_phone", mistakes, "is given without professional_line");
	if (config_given(c, "professional_line_hours") && !name && !phone)
		config_mistake(c, "professional_line_hours", mistakes, "is given without professional_line");
	return mistakes->n ? RES_BAD : RES_OK;
}

static enum result check_mailbox(const struct config *c, struct buf *mistakes)
{
	const char *where = config_text(c, "bounce_mailbox");
	size_t before = mistakes->n;
	if (*where && !post_mailbox_ok(where))
		config_mistake(c, "bounce_mailbox", mistakes,
			       "is neither imaps://HOST/FOLDER nor pop3s://HOST nor a path (imap and pop3 without the s: this machine only)");
	if (*where && *where != '/' && !config_given(c, "bounce_user"))
		config_mistake(c, "bounce_mailbox", mistakes, "is given without bounce_user");
	return mistakes->n > before ? RES_BAD : RES_OK;
}

static int read_settings(struct service *s, const char *file)
{
	struct buf mistakes = BUF_LIMIT(65536);
	size_t n = 0, own = ARRAY_LEN(keys) - HAVEN_KEYS;
	s->own_keys = must_alloc(ARRAY_LEN(keys), sizeof(*s->own_keys));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (s->kind->is_haven ? i < own - DUTY_KEYS || i >= own : i < own)
			s->own_keys[n++] = keys[i];
	enum result res = config_read(file, s->own_keys, n, &s->config, &mistakes);
	if (res == RES_OK)
		res = check_mailbox(s->config, &mistakes);
	if (res == RES_OK && s->kind->is_haven)
		res = check_line(s->config, &mistakes);
	if (res != RES_OK)
		fprintf(stderr, "%s", buf_get(&mistakes).p);
	buf_free(&mistakes);
	return res == RES_OK ? LEAVE_OK : LEAVE_CONFIG;
}

static int make_clock(struct service *s, const char *at)
{
	struct instant start;
	if (!at) {
		s->clock = clock_system();
		return LEAVE_OK;
	}
	if (instant_parse(slice_of(at), &start) != RES_OK) {
		fprintf(stderr, "%s: --at %s is no time; write it like 2026-11-18T22:40:00+01:00\n", s->kind->name, at);
		return LEAVE_USAGE;
	}
	s->clock = clock_by_hand(start);
	return LEAVE_OK;
}

/* Whoever uses the database shares a lock on a file beside it; whoever replaces it has the lock alone. Held until the process
   ends. False after saying so. */
static bool lock_database(struct service *s, bool alone)
{
	int fd = open(IN_USE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	s->in_use = fd + 1;
	if (fd >= 0 && strcmp(s->words[0], "serve") == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		service_forget_copies(); /* for a moment we know that no command runs */
	if (fd >= 0 && flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
		return true;
	if (fd >= 0 && errno == EWOULDBLOCK)
		fprintf(stderr, alone ? "%s: the program runs, or a command of it; stop `makker serve` first\n"
				      : "%s: the database is being restored\n", s->kind->name);
	else
		fprintf(stderr, "%s: " IN_USE ": %s\n", s->kind->name, strerror(errno));
	return false;
}

static int open_database(struct service *s, bool to_restore)
{
	const char *where = config_text(s->config, "database");
	bool aside = false;
	if (!lock_database(s, to_restore))
		return LEAVE_FAILED;
	if (to_restore)
		return LEAVE_OK; /* it may be what cannot be opened */
	if (db_restore_aside(where, &aside) != RES_OK)
		return LEAVE_FAILED;
	if (aside) {
		fprintf(stderr, "%s: a restore was broken off; give `makker restore` again\n", s->kind->name);
		return LEAVE_FAILED;
	}
	return db_open(where, READERS, &s->db) == RES_OK ? LEAVE_OK : LEAVE_FAILED;
}

/* In the program's own folder, where a relative path begins. */
static int read_gateway(struct service *s)
{
	struct buf mistakes = BUF_LIMIT(65536);
	enum result res = s->kind->is_haven ? service_sms_read(s, &mistakes) : RES_OK;
	if (res != RES_OK)
		fprintf(stderr, "%s", buf_get(&mistakes).n ? buf_get(&mistakes).p : "");
	buf_free(&mistakes);
	return res == RES_OK ? LEAVE_OK : LEAVE_CONFIG;
}

static int open_all(struct service *s, const struct call *call)
{
	const struct service_kind *kind = s->kind;
	int status = read_settings(s, call->config);
	if (status != LEAVE_OK)
		return status;
	if (clock_zone(config_text(s->config, "zone")) != RES_OK)
		bug("a zone that the settings accepted is not known");
	status = make_clock(s, call->at);
	if (status != LEAVE_OK)
		return status;
	if (chdir(call->data) != 0) {
		fprintf(stderr, "%s: %s: %s\n", kind->name, call->data, strerror(errno));
		return LEAVE_CONFIG;
	}
	status = read_gateway(s);
	if (status != LEAVE_OK)
		return status;
	if (lang_from(slice_of(config_text(s->config, "language")), &s->lang) != RES_OK)
		bug("a language that the settings accepted is not known");
	s->workplace = config_text(s->config, "workplace");
	s->public_url = config_text(s->config, "public_url");
	if (crypt_init() != RES_OK)
		return LEAVE_FAILED;
	/* These speak to the running program and need no database of their own. */
	if (strcmp(s->words[0], "clock") == 0 || strcmp(s->words[0], "health") == 0 ||
	    strcmp(s->words[0], "risks") == 0)
		return LEAVE_OK;
	return open_database(s, strcmp(s->words[0], "restore") == 0);
}

/* A hundred thousand people pass the door in large pieces, and then nothing happens for days: what is large is given back to the machine at once
   (left to itself the library learns to keep it), and twenty threads that mostly wait share two heaps. */
static void keep_memory_small(void)
{
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_MMAP_THRESHOLD, LARGE);
	mallopt(M_TRIM_THRESHOLD, LARGE);
}

int service_open(struct service *s, const struct service_kind *kind, int argc, char **argv)
{
	struct call call;
	keep_memory_small();
	*s = (struct service){ .kind = kind, .rnd = random_system() };
	if (!read_call(argc, argv, &call))
		return usage(kind);
	s->words = argv + call.words_at;
	s->words_n = argc - call.words_at;
	s->settings = call.config;
	s->data = call.data;
	service_again_remember(s, argv);
	int status = open_all(s, &call);
	/* Whatever keeps us from our own settings or database, the mail server has done nothing wrong. */
	return status != LEAVE_OK && strcmp(s->words[0], "bounce") == 0 ? LEAVE_AGAIN : status;
}

void service_close(struct service *s)
{
	if (s->web)
		web_free(&s->web);
	if (s->post)
		post_free(&s->post);
	if (s->clockwork)
		clockwork_free(&s->clockwork);
	if (s->db)
		db_close(&s->db);
	if (s->clock)
		clock_free(&s->clock);
	service_sms_free(s);
	config_free(&s->config);
	free(s->own_keys);
	free(s->hosts_text);
	free(s->hosts);
	if (s->in_use > 0)
		close(s->in_use - 1);
}

/* ---- serving ---- */

void service_mail_waits(void *service)
{
	struct service *s = service;
	if (s->post)
		post_wake(s->post);
}

/* The part of an address after its '@'. */
static const char *domain_of(const char *address)
{
	const char *at = strchr(address, '@');
	return at ? at + 1 : address;
}

enum result service_secret(const char *what, const char *file, char *out_r, size_t room)
{
	FILE *f = fopen(file, "re");
	const char *wrong = NULL;
	out_r[0] = '\0'; /* of an empty file nothing is read */
	if (!f || (!fgets(out_r, (int)room, f) && ferror(f)))
		wrong = strerror(errno);
	else if (strlen(out_r) == room - 1)
		wrong = "its first line is too long";
	out_r[strcspn(out_r, "\r\n")] = '\0';
	if (!wrong && !out_r[0])
		wrong = "its first line is empty";
	if (wrong)
		log_world("service", "%s in %s: %s", what, file, wrong);
	if (f)
		fclose(f);
	return wrong ? RES_BROKEN : RES_OK;
}

static enum result make_post(struct service *s)
{
	char server[400], password[500] = "", returned[500] = "";
	const struct config *c = s->config;
	const char *tls = config_text(c, "mail_tls"), *from = config_text(c, "mail_from");
	snprintf(server, sizeof(server), "%s://%s", strcmp(tls, "tls") == 0 ? "smtps" : "smtp", config_text(c, "mail_server"));
	if (config_given(c, "mail_password_file") &&
	    service_secret("the mail password", config_text(c, "mail_password_file"), password, sizeof(password)) != RES_OK)
		return RES_BROKEN;
	if (config_given(c, "bounce_password_file") &&
	    service_secret("the password of returned mail", config_text(c, "bounce_password_file"), returned, sizeof(returned)) != RES_OK)
		return RES_BROKEN;
	struct post_setup setup = {
		.server = server,
		.starttls = strcmp(tls, "starttls") == 0,
		.ca_file = config_given(c, "mail_ca") ? config_text(c, "mail_ca") : NULL,
		.user = config_given(c, "mail_user") ? config_text(c, "mail_user") : NULL,
		.password = password,
		.from = from,
		.from_name = config_given(c, "mail_name") ? config_text(c, "mail_name") : s->workplace,
		.bounce_domain = config_given(c, "bounce_domain") ? config_text(c, "bounce_domain") : domain_of(from),
		.message_domain = domain_of(from),
		.mailbox = { .where = config_given(c, "bounce_mailbox") ? config_text(c, "bounce_mailbox") : NULL,
			     .user = config_text(c, "bounce_user"), .password = returned,
			     .ca_file = config_given(c, "mail_ca") ? config_text(c, "mail_ca") : NULL },
	};
	int64_t connections;
	if (slice_int(slice_of(config_text(c, "mail_connections")), &connections) != RES_OK)
		bug("a number of connections that the settings accepted is none");
	setup.connections = (int)connections;
	enum result res = service_sms(s, &setup.sms);
	if (res == RES_OK)
		res = post_new(s->db, s->clock, s->rnd, &setup, &s->post);
	explicit_bzero(password, sizeof(password));
	explicit_bzero(returned, sizeof(returned));
	return res;
}

/* The names in `hosts`, else the one of public_url, NULL at the end. The name alone counts: a proxy may listen on
   another port than we. */
static const char *const *hosts_of(struct service *s)
{
	size_t n = 0;
	s->hosts_text = must_strdup(config_given(s->config, "hosts") ? config_text(s->config, "hosts")
								     : strstr(s->public_url, "://") + 3);
	s->hosts = must_alloc(strlen(s->hosts_text) + 2, sizeof(*s->hosts));
	char *rest = s->hosts_text;
	for (char *word; (word = strsep(&rest, " "));) {
		char *port = strrchr(word, ':');
		if (port && !strchr(port, ']'))
			*port = '\0';
		if (*word)
			s->hosts[n++] = word;
	}
	return s->hosts;
}

int service_routes(struct service *s, struct web **watch_r)
{
	struct web_setup setup = { .listen = config_text(s->config, "listen"), .clock = s->clock, .rnd = s->rnd, .workers = 1 };
	if (web_new(&setup, &s->web) != RES_OK || service_metrics_told(s, watch_r) != RES_OK)
		return LEAVE_FAILED;
	service_sms_routes(s);
	return LEAVE_OK;
}

int service_prepare(struct service *s, const struct web_setup *own)
{
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGHUP);
	sigaddset(&blocked, SIGPIPE);
	/* Before any thread starts, so that none of them takes it. */
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	int status = service_migrate(s);
	if (status != LEAVE_OK)
		return status;
	if (make_post(s) != RES_OK)
		return LEAVE_FAILED;
	s->clockwork = clockwork_new(s->db, s->clock);
	if (service_daily(s) != RES_OK)
		return LEAVE_FAILED;
	struct web_setup setup = *own;
	setup.listen = config_text(s->config, "listen");
	setup.hosts = hosts_of(s);
	setup.clock = s->clock;
	setup.rnd = s->rnd;
	setup.workers = own->workers ? own->workers : WORKERS;
	setup.default_lang = s->lang;
	setup.public_url = s->public_url;
	setup.peer_header = config_given(s->config, "peer_header") ? config_text(s->config, "peer_header") : NULL;
	if (web_new(&setup, &s->web) != RES_OK)
		return LEAVE_FAILED;
	service_sms_routes(s);
	return LEAVE_OK;
}

/* Mail, and what the program itself has to do besides. */
static enum result settle(void *ctx, int *done_r)
{
	struct service *s = ctx;
	int sent = 0, own = 0;
	enum result res = post_settle(s->post, &sent);
	if (res == RES_OK && s->settle)
		res = s->settle(s->settle_ctx, &own);
	*done_r = sent + own;
	return res;
}

static void say_ready(void)
{
	const char *fd = getenv("MAKKER_READY_FD");
	int64_t n;
	if (fd && slice_int(slice_of(fd), &n) == RES_OK && write((int)n, "1", 1) != 1)
		log_world("service", "nobody waits to hear that we are ready");
	unsetenv("MAKKER_READY_FD"); /* said once, however often we begin */
	notify_manager("READY=1\nSTATUS=serves");
}

/* Meanwhile what lies free is given back to the machine: soon after the start, since the whole directory may have passed the
   door, and then now and then. */
static void wait_for_end(struct service *s)
{
	struct timespec pause = { .tv_sec = TRIM_FIRST };
	sigset_t ends;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	for (;;) {
		int got = sigtimedwait(&ends, NULL, &pause);
		if (got < 0 && errno == EAGAIN)
			malloc_trim(0);
		else if (got == SIGHUP)
			s->again = service_again_wanted(s);
		else if (got > 0 || errno != EINTR)
			return;
		if (s->again)
			return;
		pause.tv_sec = TRIM_EACH;
	}
}

int service_run(struct service *s, enum result (*started)(void *ctx), void (*stopping)(void *ctx), void *ctx)
{
	struct stepper *stepper = NULL;
	struct service_metrics *figures = NULL;
	struct service_watchdog *watchdog = NULL;
	int status = LEAVE_FAILED;
	/* First of all, whoever needs somebody to call: a page waits for no disk. */
	if (web_start(s->web) != RES_OK)
		goto out;
	if (clockwork_start(s->clockwork) != RES_OK || post_start(s->post) != RES_OK)
		goto out;
	if (started(ctx) != RES_OK || service_metrics_start(s, &figures) != RES_OK)
		goto out;
	if (clock_is_by_hand(s->clock)) {
		struct stepper_setup setup = { SERVICE_CONTROL, s->clock, s->clockwork, settle, s };
		if (stepper_start(&setup, &stepper) != RES_OK)
			goto out;
	}
	if (service_watchdog_start(s, WATCHDOG_LONGEST, &watchdog) != RES_OK)
		goto out;
	say_ready();
	log_fact("service", "%s serves", s->kind->name);
	wait_for_end(s);
	service_watchdog_drain(watchdog);
	log_fact("service", "%s ends what it has begun", s->kind->name);
	if (!s->again)
		notify_manager("STOPPING=1\nSTATUS=ends what it has begun");
	status = LEAVE_OK;
out:
	web_drain(s->web, status == LEAVE_OK ? DRAIN : 0);
	if (s->again)
		web_hand_on(s->web);
	stepper_stop(&stepper);
	service_metrics_stop(&figures);
	stopping(ctx);
	post_stop(s->post);
	clockwork_stop(s->clockwork);
	service_watchdog_stop(&watchdog);
	return status;
}
