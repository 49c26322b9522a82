#include "duty/directory/directory_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define ENTRIES_MOST 10000 /* looked at; our choice: nobody keeps so many nights */

static int64_t changed_of(const struct stat *s)
{
	return (int64_t)s->st_mtim.tv_sec * 1000000000 + s->st_mtim.tv_nsec;
}

/* The folder itself may be a link that the operator made; what is in it may not. -1 with *why_r. */
static int open_folder(const char *path, enum night_why *why_r)
{
	struct stat s;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*why_r = fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) ? NIGHT_NO_FOLDER : NIGHT_CLOSED;
	if (fd >= 0 && fstat(fd, &s) == 0 && s.st_mode & S_IWOTH)
		*why_r = NIGHT_OPEN_TO_ALL;
	else if (fd >= 0 && faccessat(fd, ".", R_OK | W_OK | X_OK, AT_EACCESS) == 0)
		*why_r = NIGHT_FINE;
	if (fd >= 0 && *why_r != NIGHT_FINE) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Calls `each` with every entry of a right name. It may remove the entry. */
static enum result all_of(int folder, void (*each)(int folder, const char *name, const struct stat *s, void *ctx), void *ctx)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct stat s;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return RES_BROKEN;
	}
	for (int i = 0; i < ENTRIES_MOST; i++) {
		struct dirent *e = readdir(d);

		if (!e)
			break;
		if (night_name(e->d_name) && fstatat(folder, e->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0)
			each(folder, e->d_name, &s, ctx);
	}
	closedir(d);
	return RES_OK;
}

struct looking {
	struct folder_file newest;
	bool any, odd;
};

static void look_at(int folder, const char *name, const struct stat *s, void *ctx)
{
	struct looking *l = ctx;

	(void)folder;
	if (!S_ISREG(s->st_mode)) {
		l->odd = true;
		return;
	}
	if ((l->any && changed_of(s) <= l->newest.changed) || strlen(name) >= sizeof(l->newest.name))
		return;
	l->any = true;
	memcpy(l->newest.name, name, strlen(name) + 1);
	l->newest.size = s->st_size;
	l->newest.changed = changed_of(s);
}

enum result directory_folder_newest(const char *path, struct folder_file *file_r, enum night_why *why_r)
{
	struct looking l = { .any = false };
	int folder = open_folder(path, why_r);
	enum result res;

	if (folder < 0)
		return RES_BAD;
	res = all_of(folder, look_at, &l);
	close(folder);
	if (res != RES_OK) {
		*why_r = NIGHT_CLOSED;
		return RES_BAD;
	}
	if (!l.any && l.odd) {
		*why_r = NIGHT_NO_FILE;
		return RES_BAD;
	}
	if (l.any)
		*file_r = l.newest;
	return l.any ? RES_OK : RES_NONE;
}

static int nameless(void)
{
	char name[] = "./upload-XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);

	if (fd >= 0)
		unlink(name);
	return fd;
}

/* At most one byte more than `most`. RES_BROKEN: either side. */
static enum result copy(int from, int to, int64_t most, int64_t *copied_r)
{
	char piece[65536];
	int64_t n = 0;

	while (n <= most) {
		ssize_t k = read(from, piece, sizeof(piece));

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return RES_BROKEN;
		if (k == 0)
			break;
		for (ssize_t at = 0; at < k;) {
			ssize_t w = write(to, piece + at, (size_t)(k - at));

			if (w < 0 && errno != EINTR) {
				log_world("directory", "the nightly file cannot be copied: %s", strerror(errno));
				return RES_BROKEN;
			}
			at += w > 0 ? w : 0;
		}
		n += k;
	}
	explicit_bzero(piece, sizeof(piece));
	*copied_r = n;
	return RES_OK;
}

static bool same(const struct stat *s, const struct folder_file *file)
{
	return s->st_size == file->size && changed_of(s) == file->changed;
}

static enum result take_open(int folder, int fd, const struct folder_file *file, int64_t most, int *fd_r, enum night_why *why_r)
{
	struct stat s, after, named;
	int64_t copied;
	int to;
	enum result res;

	*why_r = NIGHT_NO_FILE;
	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_nlink != 1)
		return RES_BAD;
	*why_r = NIGHT_OPEN_TO_ALL;
	if (s.st_mode & S_IWOTH)
		return RES_BAD;
	if (!same(&s, file))
		return RES_AGAIN;
	*why_r = NIGHT_LARGE;
	if (s.st_size > most)
		return RES_BAD;
	to = nameless();
	res = to < 0 ? RES_BROKEN : copy(fd, to, most, &copied);
	if (res == RES_OK && (copied != file->size || fstat(fd, &after) != 0 || !same(&after, file) ||
			      fstatat(folder, file->name, &named, AT_SYMLINK_NOFOLLOW) != 0 || named.st_ino != s.st_ino ||
			      named.st_dev != s.st_dev))
		res = RES_AGAIN;
	if (res == RES_OK)
		*fd_r = to;
	else if (to >= 0)
		close(to);
	return res;
}

enum result directory_folder_take(const char *path, const struct folder_file *file, int64_t most, int *fd_r, enum night_why *why_r)
{
	int folder = open_folder(path, why_r), fd;
	enum result res;

	if (folder < 0)
		return RES_BAD;
	/* O_NONBLOCK: a pipe that nobody writes to is opened all the same, and then refused. */
	fd = openat(folder, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0) {
		res = take_open(folder, fd, file, most, fd_r, why_r);
		close(fd);
	} else {
		res = errno == ENOENT ? RES_AGAIN : RES_BAD;
		*why_r = errno == ELOOP || errno == ENXIO ? NIGHT_NO_FILE : NIGHT_UNREADABLE;
	}
	close(folder);
	return res;
}

struct clearing {
	int64_t changed;
	bool left;
};

/* Between the look and the removal somebody may put a newer one in its place: a moment in a night, and another file comes the next. */
static void clear_one(int folder, const char *name, const struct stat *s, void *ctx)
{
	struct clearing *c = ctx;

	if (S_ISREG(s->st_mode) && changed_of(s) <= c->changed && unlinkat(folder, name, 0) != 0 && errno != ENOENT)
		c->left = true;
}

enum result directory_folder_clear(const char *path, int64_t changed)
{
	struct clearing c = { changed, false };
	enum night_why why;
	int folder = open_folder(path, &why);
	enum result res;

	if (folder < 0)
		return RES_BROKEN;
	res = all_of(folder, clear_one, &c);
	close(folder);
	return res == RES_OK && c.left ? RES_BROKEN : res;
}
