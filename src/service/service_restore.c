#include "service/service_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/log.h"
#include "db/db_restore.h"

#define PART SERVICE_RESTORE_PART

static enum result audit_work(struct tx *tx, void *n)
{
	return audit_verify(tx, n);
}

enum result service_judge(struct service *s, struct db *db, int64_t *entries_r, int *at_r)
{
	const struct service_kind *kind = s->kind;
	int at = 0, here = (int)kind->migrations_n;
	int64_t entries = 0;
	enum result res = db_stands_at(db, &at);
	if (res != RES_OK) {
		fprintf(stderr, "%s: the database was never set up, or cannot be read; see `makker init`\n", kind->name);
		return res;
	}
	res = db_is_of(db, kind->migrations, kind->migrations_n);
	if (res == RES_BAD)
		fprintf(stderr, "%s: this is the database of another program\n", kind->name);
	bool ours = res == RES_OK;
	if (ours && at > here) {
		fprintf(stderr, "%s: the database stands at %d, newer than this version's %d\n", kind->name, at, here);
		return RES_REFUSED;
	}
	if (ours && at == here)
		res = db_read(db, audit_work, &entries);
	if (ours && res == RES_BAD)
		fprintf(stderr, "%s: the audit chain breaks at entry %lld: it was changed or is missing\n", kind->name,
			(long long)entries);
	if (res != RES_OK)
		return res;
	*entries_r = entries;
	*at_r = at;
	return RES_OK;
}

/* Keeps standard input as PART. */
static bool keep_input(void)
{
	char bytes[65536];
	size_t n;
	unlink(PART);
	int fd = open(PART, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out) {
		log_world("service", "the backup cannot be kept here: %s", strerror(errno));
		return false;
	}
	while ((n = fread(bytes, 1, sizeof(bytes), stdin)) > 0 && fwrite(bytes, 1, n, out) == n)
		;
	bool whole = feof(stdin) && fflush(out) == 0 && fsync(fileno(out)) == 0;
	if (!whole)
		log_world("service", "the backup cannot be kept here: %s", strerror(errno));
	return fclose(out) == 0 && whole;
}

static enum result judge_at(struct service *s, const char *where, const char *what)
{
	struct db *db;
	int64_t entries;
	int at;
	enum result res = db_open(where, 1, &db);
	if (res != RES_OK)
		return res;
	res = service_judge(s, db, &entries, &at);
	db_close(&db);
	if (res == RES_OK && at < (int)s->kind->migrations_n)
		printf("%s: %s stands at %d, older than this version's %d; `makker migrate` brings it here\n", s->kind->name, what, at,
		       (int)s->kind->migrations_n);
	else if (res == RES_OK)
		printf("%s: %s is of this version; the audit chain holds (entries: %lld)\n", s->kind->name, what, (long long)entries);
	return res;
}

static enum result check(struct service *s, const char *where)
{
	if (!keep_input())
		return RES_BROKEN;
	enum result res = db_restore_fits(where, PART);
	/* A dump can be looked at only where it was restored. */
	if (res == RES_OK && slice_starts(slice_of(where), "sqlite:"))
		res = judge_at(s, "sqlite:" PART, "the backup");
	return res;
}

static enum result take(struct service *s, const char *where)
{
	enum result res = db_restore_take(where, PART);
	return res == RES_OK ? judge_at(s, where, "the restored database") : res;
}

static enum result back(struct service *s, const char *where)
{
	enum result res = db_restore_back(where);
	unlink(PART);
	if (res == RES_OK)
		printf("%s: the database is as it was before the restore\n", s->kind->name);
	return res == RES_NONE ? RES_OK : res;
}

static enum result done(struct service *s, const char *where)
{
	(void)s;
	unlink(PART);
	return db_restore_done(where);
}

void service_forget_copies(void)
{
	static const char *const copies[] = { SERVICE_BACKUP_PART, SERVICE_RESTORE_PART }, *const more[] = { "", "-journal", "-wal", "-shm" };
	char name[64];
	for (size_t i = 0; i < ARRAY_LEN(copies); i++)
		for (size_t k = 0; k < ARRAY_LEN(more); k++) {
			snprintf(name, sizeof(name), "%s%s", copies[i], more[k]);
			if (unlink(name) != 0 && errno != ENOENT)
				log_world("service", "what a command that was killed has left cannot be removed: %s", strerror(errno));
		}
}

int service_restore(struct service *s)
{
	static const struct {
		const char *name;
		enum result (*run)(struct service *s, const char *where);
	} steps[] = { { "check", check }, { "take", take }, { "done", done }, { "back", back } };
	for (size_t i = 0; s->words_n == 2 && i < ARRAY_LEN(steps); i++)
		if (strcmp(s->words[1], steps[i].name) == 0)
			return steps[i].run(s, config_text(s->config, "database")) == RES_OK ? LEAVE_OK : LEAVE_FAILED;
	fprintf(stderr, "usage: restore check|take|done|back\n");
	return LEAVE_USAGE;
}
