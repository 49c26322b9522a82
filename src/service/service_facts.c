#include "service/service.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db_server.h"
#include "risks/risks.h"

static bool on_this_machine(const struct config *c, const char *key)
{
	int port;
	struct slice host = config_host(c, key, &port);
	return slice_is(host, "localhost") || slice_is(host, "::1") || slice_starts(host, "127.");
}

/* Whether users besides the owner (and, where `group` is given, its group) may do anything with it. */
static enum risks_is open_to_others(const char *path, bool group)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return RISKS_UNKNOWN;
	return st.st_mode & (group ? 07 : 077) ? RISKS_YES : RISKS_NO;
}

static enum risks_is same_user(const char *peer)
{
	char bytes[4096];
	struct passwd entry, *found = NULL;
	if (!*peer || getpwnam_r(peer, &entry, bytes, sizeof(bytes), &found) != 0 || !found)
		return RISKS_UNKNOWN;
	return found->pw_uid == geteuid() ? RISKS_YES : RISKS_NO;
}

/* /proc/swaps has a line of headings, and one for each place (proc(5)). */
static enum risks_is swaps(void)
{
	char line[500];
	int n = 0;
	FILE *f = fopen("/proc/swaps", "re");
	if (!f)
		return RISKS_UNKNOWN;
	while (fgets(line, sizeof(line), f))
		n++;
	fclose(f);
	return n == 0 ? RISKS_UNKNOWN : n > 1 ? RISKS_YES : RISKS_NO;
}

/* VmLck of proc(5): mlockall locks nearly all of it, or none. */
static enum risks_is locked(void)
{
	char line[500];
	long long kb = -1;
	FILE *f = fopen("/proc/self/status", "re");
	if (!f)
		return RISKS_UNKNOWN;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "VmLck: %lld kB", &kb) == 1)
			break;
	fclose(f);
	return kb < 0 ? RISKS_UNKNOWN : kb > 1024 ? RISKS_YES : RISKS_NO;
}

static struct slice name_of(const char *url)
{
	const char *at = strstr(url, "://");
	at = at ? at + 3 : url;
	return (struct slice){ at, strcspn(at, ":/") };
}

static bool same_name(const char *one, const char *other)
{
	struct slice a = name_of(one), b = name_of(other);
	return *other && a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static enum risks_is is(enum result asked, bool yes)
{
	return asked != RES_OK ? RISKS_UNKNOWN : yes ? RISKS_YES : RISKS_NO;
}

struct keepers {
	const struct service_kind *kind;
	int64_t n;
};

static enum result keepers_work(struct tx *tx, void *ctx)
{
	struct keepers *k = ctx;
	return k->kind->keepers(tx, &k->n);
}

/* A command that speaks to the running program has no database open. */
static enum risks_is one_keeper(const struct service *s)
{
	struct keepers k = { .kind = s->kind };
	if (!s->db || !s->kind->keepers || db_read(s->db, keepers_work, &k) != RES_OK)
		return RISKS_UNKNOWN;
	return k.n < 2 ? RISKS_YES : RISKS_NO;
}

void service_facts(void *service, struct risks_facts *f_r)
{
	const struct service *s = service;
	const struct config *c = s->config;
	bool haven = s->kind->is_haven;
	struct db_server server;
	enum result asked = db_server_look(config_text(c, "database"), &server);
	*f_r = (struct risks_facts){
		.haven = haven,
		.by_hand = clock_is_by_hand(s->clock),
		.https = slice_starts(slice_of(s->public_url), "https://"),
		.local = on_this_machine(c, "listen"),
		.peer_header = config_given(c, "peer_header"),
		.mail_local = on_this_machine(c, "mail_server"),
		.mail_tls = strcmp(config_text(c, "mail_tls"), "none") != 0,
		.door_peer = config_given(c, "door_peer_user"),
		.same_user = same_user(config_text(c, "door_peer_user")),
		.root = geteuid() == 0,
		.same_name = haven && same_name(s->public_url, config_text(c, "duty_url")),
		.line = haven && config_given(c, "professional_line"),
		.watched = config_given(c, "metrics"),
		.one_keeper = one_keeper(s),
		.settings_open = open_to_others(s->settings, true),
		.folder_open = open_to_others(".", false),
		.swap = swaps(),
		.locked = s->web ? locked() : RISKS_UNKNOWN, /* a command is not the program */
		.server = server.is_server,
		.server_logs = is(asked, server.logs),
		.server_archives = is(asked, server.archives),
		.login_shared = is(asked, server.login_shared),
	};
}
