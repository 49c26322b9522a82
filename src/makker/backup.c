#include "makker/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	char part[PATH_MAX], whole[PATH_MAX];
	long long bytes;
};

static struct file file_of(const char *dir, enum which which)
{
	struct file f = { .bytes = 0 };
	snprintf(f.part, sizeof(f.part), "%s/.%s.backup.part", dir, program_folder[which]);
	snprintf(f.whole, sizeof(f.whole), "%s/%s.backup", dir, program_folder[which]);
	return f;
}

static int cannot(const char *file, const char *why)
{
	fprintf(stderr, "makker: %s cannot be made: %s\n", file, why);
	return LEAVE_NO_FILE;
}

/* ---- backup ---- */

static int write_part(const struct place *place, enum which which, struct file *f)
{
	static const char *const words[] = { "backup", NULL };
	struct stat st;
	unlink(f->part); /* of a backup that was broken off */
	int fd = open(f->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return cannot(f->whole, strerror(errno));
	const struct start start = { .which = which, .input = -1, .output = fd, .ready = -1, .words = words };
	int status = program_run(place, &start);
	if (status == LEAVE_OK && (fsync(fd) != 0 || fstat(fd, &st) != 0))
		status = cannot(f->whole, strerror(errno));
	if (status == LEAVE_OK)
		f->bytes = (long long)st.st_size;
	close(fd);
	return status;
}

/* Where the file system has no such renaming, somebody who makes the file in this very moment loses it. */
static bool put_in_place(const struct file *f)
{
	struct stat st;
	if (renameat2(AT_FDCWD, f->part, AT_FDCWD, f->whole, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	if (lstat(f->whole, &st) == 0)
		errno = EEXIST;
	return errno != EEXIST && rename(f->part, f->whole) == 0;
}

static bool folder_kept(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool kept = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return kept;
}

/* Before anything is copied: an hour's work must not end in "File exists". */
static int make_room(const char *dir, const struct file files[PROGRAMS])
{
	struct stat st;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return cannot(dir, strerror(errno));
	for (enum which w = DUTY; w < PROGRAMS; w++)
		if (lstat(files[w].whole, &st) == 0)
			return cannot(files[w].whole, strerror(EEXIST));
	return LEAVE_OK;
}

int backup_make(const struct place *place, const char *dir)
{
	struct file files[PROGRAMS] = { file_of(dir, DUTY), file_of(dir, HAVEN) };
	int placed = 0, status = make_room(dir, files);
	for (enum which w = DUTY; w < PROGRAMS && status == LEAVE_OK; w++)
		status = write_part(place, w, &files[w]);
	for (enum which w = DUTY; w < PROGRAMS && status == LEAVE_OK; w++) {
		if (put_in_place(&files[w]))
			placed++;
		else
			status = cannot(files[w].whole, strerror(errno));
	}
	if (status == LEAVE_OK && !folder_kept(dir))
		status = cannot(dir, strerror(errno));
	for (enum which w = DUTY; w < PROGRAMS; w++) {
		unlink(files[w].part);
		if (status != LEAVE_OK && (int)w < placed)
			unlink(files[w].whole); /* half a backup must not look like one */
		if (status == LEAVE_OK)
			printf("%s: %lld bytes\n", files[w].whole, files[w].bytes);
	}
	return status;
}

/* ---- restore ---- */

/* input[]: what each reads, or -1. The first refusal ends it, unless all are to be asked. */
static int each(const struct place *place, const char *step, const int input[PROGRAMS], bool all)
{
	const char *const words[] = { "restore", step, NULL };
	int status = LEAVE_OK;
	for (enum which w = DUTY; w < PROGRAMS && (all || status == LEAVE_OK); w++) {
		const struct start start = { .which = w, .input = input[w], .output = -1, .ready = -1, .words = words };
		int one = program_run(place, &start);
		status = status == LEAVE_OK ? one : status;
	}
	return status;
}

int backup_restore(const struct place *place, const char *dir)
{
	static const int none[PROGRAMS] = { -1, -1 };
	int input[PROGRAMS] = { -1, -1 }, status = LEAVE_OK;
	for (enum which w = DUTY; w < PROGRAMS && status == LEAVE_OK; w++) {
		struct file f = file_of(dir, w);
		input[w] = open(f.whole, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (input[w] < 0) {
			fprintf(stderr, "makker: %s cannot be read: %s\n", f.whole, strerror(errno));
			status = LEAVE_INPUT;
		}
	}
	/* One that was broken off is put right first. Refused while a program runs: then nothing at all was done. */
	if (status == LEAVE_OK && (status = each(place, "back", none, false)) == LEAVE_OK) {
		status = each(place, "check", input, false);
		if (status == LEAVE_OK)
			status = each(place, "take", none, false);
		if (status != LEAVE_OK) {
			bool back = each(place, "back", none, true) == LEAVE_OK;
			fprintf(stderr, back ? "makker: nothing was restored; both databases are as they were\n"
					     : "makker: nothing was restored, and a database could not be put back: see above, and give the "
					       "command again\n");
		} else if ((status = each(place, "done", none, true)) == LEAVE_OK) {
			printf("both databases were restored; `makker serve` starts them\n");
		}
	}
	for (enum which w = DUTY; w < PROGRAMS; w++)
		if (input[w] >= 0)
			close(input[w]);
	return status;
}
