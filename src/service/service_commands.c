#include "service/service_commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/log.h"
#include "call/call.h"
#include "crypt/crypt.h"
#include "post/post.h"
#include "risks/risks.h"
#include "service/service_health.h"
#include "service/service_restore.h"
#include "service/service_sms.h"
#include "stepper/stepper.h"

#define BACKUP SERVICE_BACKUP_PART
#define BOUNCE_MOST ((size_t)1 << 20)

int service_migrate(struct service *s)
{
	int ran = 0;
	enum result res = db_migrate(s->db, s->kind->migrations, s->kind->migrations_n, &ran);
	if (res == RES_OK && ran)
		log_fact("service", "%s: %d migration%s", s->kind->name, ran, ran == 1 ? "" : "s");
	return res == RES_OK ? LEAVE_OK : LEAVE_FAILED;
}

/* To standard output: the launcher makes the file, since only it may write where the operator says. */
static int backup(struct service *s)
{
	char bytes[65536];
	size_t n;
	unlink(BACKUP);
	if (db_backup(s->db, BACKUP, s->kind->not_in_backups) != RES_OK)
		return LEAVE_FAILED;
	FILE *file = fopen(BACKUP, "re");
	unlink(BACKUP);
	if (!file)
		return LEAVE_FAILED;
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0 && fwrite(bytes, 1, n, stdout) == n)
		;
	bool whole = feof(file) && fflush(stdout) == 0 && !ferror(stdout);
	fclose(file);
	if (!whole)
		log_world("service", "the backup could not be written whole: %s", strerror(errno));
	return whole ? LEAVE_OK : LEAVE_FAILED;
}

/* A word "duty:MARK" or "haven:MARK": *ours_r, whether it is about this program. False: it is neither. */
static bool read_mark(const struct service *s, const char *word, bool *ours_r, struct audit_mark *mark_r)
{
	struct slice mark = slice_of(word), whose;
	const char *own = s->kind->is_haven ? "haven" : "duty";
	if (!slice_cut(&mark, ':', &whose) || audit_mark_parse(mark, mark_r) != RES_OK)
		return false;
	*ours_r = slice_eq(whose, slice_of(own));
	return *ours_r || slice_eq(whose, slice_of(s->kind->is_haven ? "duty" : "haven"));
}

struct compared {
	int64_t n;                /* in: the entries that hold */
	struct audit_mark wanted; /* in */
	struct audit_mark here;   /* out: at the same place */
};

static enum result mark_work(struct tx *tx, void *ctx)
{
	struct compared *c = ctx;
	return c->wanted.n > c->n ? RES_NONE : audit_mark_at(tx, c->wanted.n, &c->here);
}

/* Whether the chain, of which n entries hold, is the one of which this mark was noted. */
static bool continues(struct service *s, int64_t n, const struct audit_mark *wanted)
{
	struct compared c = { .n = n, .wanted = *wanted };
	enum result res = db_read(s->db, mark_work, &c);
	if (res == RES_NONE)
		fprintf(stderr, "%s: the audit chain is shorter than it was: %lld %s noted, and it has %lld\n",
			s->kind->name, (long long)wanted->n, wanted->n == 1 ? "entry was" : "entries were", (long long)n);
	else if (res == RES_OK && !crypt_eq(c.here.hash, wanted->hash, CRYPT_HASH))
		fprintf(stderr, "%s: the audit chain is another than the one noted: up to entry %lld something was replaced\n",
			s->kind->name, (long long)wanted->n);
	else if (res != RES_OK)
		fprintf(stderr, "%s: the audit chain cannot be read\n", s->kind->name);
	else
		return true;
	return false;
}

/* Compares the chain with every mark given; text_r: its own, when it continues them all. */
static bool compare_marks(struct service *s, int64_t n, char text_r[AUDIT_MARK_TEXT])
{
	struct compared now = { .n = n, .wanted = { .n = n } };
	bool same = true, ours;
	for (int i = 1; i < s->words_n; i++) {
		struct audit_mark mark;
		if (!read_mark(s, s->words[i], &ours, &mark))
			bug("a mark was not looked at");
		if (ours && !continues(s, n, &mark))
			same = false;
	}
	if (!same || db_read(s->db, mark_work, &now) != RES_OK)
		return false;
	audit_mark_text(&now.here, text_r);
	return true;
}

/* The settings were read, the zone is known and the database opened; whether it stands where we do remains, and
   whether the looks at lists of names are all there and as they were written; and the libraries that a start does without are there:
   what messages go out by and what seals. Marks of the chain that were noted earlier may be given. Changes nothing. */
static int check(struct service *s)
{
	int64_t n;
	int at, here = (int)s->kind->migrations_n;
	for (int i = 1; i < s->words_n; i++) {
		struct audit_mark mark;
		bool ours;
		if (!read_mark(s, s->words[i], &ours, &mark)) {
			fprintf(stderr, "%s: check takes what it printed earlier, duty:NUMBER:HEAD or haven:NUMBER:HEAD, not %s\n",
				s->kind->name, s->words[i]);
			return LEAVE_USAGE;
		}
	}
	if (service_judge(s, s->db, &n, &at) != RES_OK || !post_can_send() || !crypt_ready())
		return LEAVE_FAILED;
	if (at < here) {
		fprintf(stderr, "%s: the database stands at %d, this version at %d; `makker migrate` brings it here\n",
			s->kind->name, at, here);
		return LEAVE_FAILED;
	}
	char mark[AUDIT_MARK_TEXT];
	if (!compare_marks(s, n, mark))
		return LEAVE_FAILED;
	printf("%s: settings and database are in order; the audit chain holds (entries: %lld)\n%s:%s\n", s->kind->name,
	       (long long)n, s->kind->is_haven ? "haven" : "duty", mark);
	return LEAVE_OK;
}

/* Asks the program that runs, at `metrics`; what is wrong goes to standard error as it says it. */
static int health(struct service *s)
{
	int status = 0;
	if (!config_given(s->config, "metrics")) {
		fprintf(stderr, "%s: nobody can ask how it is: `metrics` is not set\n", s->kind->name);
		return LEAVE_CONFIG;
	}
	const struct call_question q = { .where = config_text(s->config, "metrics"), .path = "/healthz",
					 .seconds = 2 * HEALTH_PATIENCE };
	struct call_line *line = call_line_new();
	struct buf said = BUF_LIMIT(65536);
	enum result res = call_ask(line, &q, &status, &said);
	call_line_free(&line);
	if (res == RES_OK && status == 200)
		printf("%s: %s", s->kind->name, said.n ? said.p : "");
	else if (res == RES_OK && status == 503)
		fprintf(stderr, "%s is not well:\n%s", s->kind->name, said.n ? said.p : "");
	else
		fprintf(stderr, "%s does not run, or does not answer at %s\n", s->kind->name, config_text(s->config, "metrics"));
	buf_free(&said);
	return res == RES_OK && status == 200 ? LEAVE_OK : LEAVE_FAILED;
}

/* How the program is set up, judged. */
static int risks(struct service *s)
{
	struct risks_facts facts;
	struct buf out = BUF_LIMIT(65536);
	service_facts(s, &facts);
	int mend = risks_text(&facts, &out);
	printf("%s\n%s\n", s->kind->name, buf_get(&out).p);
	buf_free(&out);
	return mend ? LEAVE_FAILED : LEAVE_OK;
}

static int clock_to(struct service *s)
{
	char line[64];
	if (s->words_n != 2) {
		fprintf(stderr, "usage: clock TIME|-\n");
		return LEAVE_USAGE;
	}
	if (strcmp(s->words[1], "-") != 0)
		return stepper_ask(SERVICE_CONTROL, slice_of(s->words[1])) == RES_OK ? LEAVE_OK : LEAVE_FAILED;
	/* A step a line, each of which is said again when it is done: by the launcher, which goes through many in both programs in turn. */
	while (fgets(line, sizeof(line), stdin)) {
		if (stepper_ask(SERVICE_CONTROL, slice_trim(slice_of(line))) != RES_OK)
			return LEAVE_FAILED;
		fputs(line, stdout);
		fflush(stdout);
	}
	return LEAVE_OK;
}

/* A returned mail on standard input; the mail server says to which address: "b-TOKEN" or "b-TOKEN@domain". */
static int bounce(struct service *s)
{
	struct buf dsn = BUF_LIMIT(BOUNCE_MOST);
	char bytes[4096];
	size_t n;
	if (s->words_n != 2) {
		fprintf(stderr, "usage: bounce RETURN-ADDRESS <MESSAGE\n");
		return LEAVE_USAGE;
	}
	struct slice to = slice_of(s->words[1]), token;
	if (!slice_cut(&to, '@', &token) || !slice_starts(token, "b-")) {
		fprintf(stderr, "bounce: not one of our return addresses\n");
		return LEAVE_USAGE;
	}
	token = (struct slice){ token.p + 2, token.n - 2 };
	while ((n = fread(bytes, 1, sizeof(bytes), stdin)) > 0)
		buf_put(&dsn, bytes, n);
	enum result res = ferror(stdin) ? RES_BROKEN : post_bounce(s->db, s->rnd, s->clock, token, buf_get(&dsn));
	buf_free(&dsn);
	/* Unknown and harmless messages are taken and forgotten: the mail server must not bounce a bounce. */
	return res == RES_OK || res == RES_NONE ? LEAVE_OK : LEAVE_AGAIN;
}

bool service_command(struct service *s, int *status_r)
{
	static const struct {
		const char *name;
		int (*run)(struct service *s);
	} commands[] = {
		{ "init", service_migrate }, { "migrate", service_migrate }, { "backup", backup },
		{ "check", check },  { "clock", clock_to },  { "bounce", bounce }, { "health", health },
		{ "restore", service_restore }, { "sms", service_sms_command },
		{ "risks", risks },
	};
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(s->words[0], commands[i].name) == 0) {
			*status_r = commands[i].run(s);
			return true;
		}
	return false;
}
