#include "db/db_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "db/db_restore_pg.h"

#define SQLITE_MAGIC "SQLite format 3" /* and a zero byte: https://www.sqlite.org/fileformat.html § 1.3 */
#define DUMP_MAGIC "PGDMP"             /* pg_dump --format=custom */

static const char *sqlite_file(const char *where)
{
	return strncmp(where, "sqlite:", 7) == 0 ? where + 7 : NULL;
}

/* ---- which kind ---- */

enum result db_restore_fits(const char *where, const char *file)
{
	char head[16] = "";
	bool ours = sqlite_file(where) != NULL;
	FILE *f = fopen(file, "re");
	if (!f) {
		log_world("db", "restore: %s: %m", file);
		return RES_BROKEN;
	}
	size_t n = fread(head, 1, sizeof(head), f);
	fclose(f);
	bool sqlite = n == sizeof(head) && memcmp(head, SQLITE_MAGIC, sizeof(head)) == 0;
	bool dump = n >= strlen(DUMP_MAGIC) && memcmp(head, DUMP_MAGIC, strlen(DUMP_MAGIC)) == 0;
	if (!sqlite && !dump)
		log_world("db", "restore: this is no backup of ours");
	else if (sqlite != ours)
		log_world("db", "restore: this is a backup of %s, and `database` names %s", sqlite ? "SQLite" : "PostgreSQL",
			  ours ? "SQLite" : "PostgreSQL");
	else
		return ours ? RES_OK : pg_restore_fits(file);
	return RES_BAD;
}

/* ---- SQLite ---- */

struct place {
	char at[PATH_MAX]; /* the database */
	char log[PATH_MAX], shared[PATH_MAX];
	char before[PATH_MAX], before_at[PATH_MAX], before_log[PATH_MAX]; /* a whole one, in its folder */
	char half[PATH_MAX], half_at[PATH_MAX], half_log[PATH_MAX];       /* the folder while it is being filled or emptied */
	char folder[PATH_MAX];
};

/* False: the path is too long. */
static bool place_of(const char *file, struct place *p)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	size_t room = PATH_MAX - 100 - strlen(name);
	if (strlen(file) + strlen(name) > PATH_MAX - 100)
		return false;
	snprintf(p->at, sizeof(p->at), "%s", file);
	snprintf(p->log, sizeof(p->log), "%.*s-wal", (int)room, file);
	snprintf(p->shared, sizeof(p->shared), "%.*s-shm", (int)room, file);
	snprintf(p->before, sizeof(p->before), "%.*s.before", (int)room, file);
	snprintf(p->before_at, sizeof(p->before_at), "%.*s.before/%s", (int)room, file, name);
	snprintf(p->before_log, sizeof(p->before_log), "%.*s.before/%s-wal", (int)room, file, name);
	snprintf(p->half, sizeof(p->half), "%.*s.half", (int)room, file);
	snprintf(p->half_at, sizeof(p->half_at), "%.*s.half/%s", (int)room, file, name);
	snprintf(p->half_log, sizeof(p->half_log), "%.*s.half/%s-wal", (int)room, file, name);
	snprintf(p->folder, sizeof(p->folder), "%.*s", slash ? (int)(slash - file) + (slash == file) : 1, slash ? file : ".");
	return true;
}

static bool gone(const char *path)
{
	return unlink(path) == 0 || errno == ENOENT;
}

static bool folder_gone(const char *path)
{
	return rmdir(path) == 0 || errno == ENOENT;
}

/* What renames and links did is on the disk. */
static bool folder_kept(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool kept = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return kept;
}

static bool is_there(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static enum result told(bool ok, const char *path)
{
	if (!ok)
		log_world("db", "restore: %s: %m", path);
	return ok ? RES_OK : RES_BROKEN;
}

/* Left over from a restore that was broken off: never the only copy of anything. */
static bool half_gone(const struct place *p)
{
	return gone(p->half_at) && gone(p->half_log) && folder_gone(p->half);
}

/* The log's pages move into the file, so that nothing but the file matters. A database that cannot be opened is a reason to
   restore, and no failure here: its log then stands aside with it. */
static void empty_log(const struct place *p)
{
	sqlite3 *sq = NULL;
	if (sqlite3_open_v2(p->at, &sq, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_db_config(sq, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK) /* or it may throw the log away */
		(void)sqlite3_exec(sq, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	sqlite3_close(sq);
}

/* A whole second name for the old database, in a folder that appears at once. */
static bool set_aside(const struct place *p)
{
	if (!half_gone(p) || mkdir(p->half, 0700) != 0)
		return false;
	if (is_there(p->at) && link(p->at, p->half_at) != 0)
		return false;
	if (is_there(p->log) && link(p->log, p->half_log) != 0)
		return false;
	return folder_kept(p->half) && rename(p->half, p->before) == 0 && folder_kept(p->folder);
}

static enum result sqlite_take(const struct place *p, const char *file)
{
	if (is_there(p->before))
		return RES_REFUSED;
	if (is_there(p->at))
		empty_log(p);
	return told(set_aside(p) && gone(p->log) && gone(p->shared) && rename(file, p->at) == 0 && folder_kept(p->folder), p->at);
}

static enum result sqlite_done(const struct place *p)
{
	if (!is_there(p->before))
		return told(half_gone(p), p->half);
	return told(half_gone(p) && rename(p->before, p->half) == 0 && half_gone(p) && folder_kept(p->folder), p->before);
}

/* The file first: a log that is left alone in the folder belongs to the file that is back already. */
static enum result sqlite_back(const struct place *p)
{
	if (!is_there(p->before))
		return half_gone(p) ? RES_NONE : told(false, p->half);
	/* When nothing was replaced yet both are names of one file, and rename does nothing. */
	if (is_there(p->before_at) &&
	    !(gone(p->log) && gone(p->shared) && rename(p->before_at, p->at) == 0 && gone(p->before_at)))
		return told(false, p->at);
	if (is_there(p->before_log) && rename(p->before_log, p->log) != 0)
		return told(false, p->log);
	return told(folder_kept(p->folder) && folder_gone(p->before), p->before);
}

/* ---- either ---- */

enum result db_restore_take(const char *where, const char *file)
{
	struct place p;
	if (!sqlite_file(where))
		return pg_restore_take(where, file);
	return place_of(sqlite_file(where), &p) ? sqlite_take(&p, file) : RES_BROKEN;
}

enum result db_restore_done(const char *where)
{
	struct place p;
	if (!sqlite_file(where))
		return pg_restore_done(where);
	return place_of(sqlite_file(where), &p) ? sqlite_done(&p) : RES_BROKEN;
}

enum result db_restore_back(const char *where)
{
	struct place p;
	if (!sqlite_file(where))
		return pg_restore_back(where);
	return place_of(sqlite_file(where), &p) ? sqlite_back(&p) : RES_BROKEN;
}

enum result db_restore_aside(const char *where, bool *aside_r)
{
	struct place p;
	if (!sqlite_file(where))
		return pg_restore_aside(where, aside_r);
	if (!place_of(sqlite_file(where), &p))
		return RES_BROKEN;
	*aside_r = is_there(p.before);
	return RES_OK;
}
