/* powercut_drop.c: the power is gone: what was not synced may be there, partly there, or not.

     powercut_drop FOLDER KEEP SEED     once nobody has the files open; prints what it did as one line of JSON
     powercut_drop FOLDER KEEP settle   the machine lived on until all was on the disk

   Of each file: back to what was synced, then the calls made since, in their order; of each, every
   sector of 512 bytes is there or not as a generator says, which is the same for the same seed. So
   a later write may be there without an earlier one, and a write may be torn. Names (created,
   unlinked, renamed) come as a file system's journal keeps them: up to some call all, after it none. */
#include "powercut.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct call {
	struct powercut_record head;
	const char *old, *new;
};

static const char *folder, *keep;
static struct call *calls;
static size_t calls_n;
static uint64_t generator;
static long there, torn, lost, names_lost;

static _Noreturn void stop(const char *what)
{
	fprintf(stderr, "powercut_drop: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* splitmix64 */
static uint64_t draw(void)
{
	uint64_t z = generator += 0x9E3779B97F4A7C15U;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
	z = (z ^ z >> 27) * 0x94D049BB133111EBU;
	return z ^ z >> 31;
}

static bool chance(unsigned percent)
{
	return draw() % 100 < percent;
}

static char *path_of(const char *in, const char *name, size_t n)
{
	char *path;
	if (asprintf(&path, "%s/%.*s", in, (int)n, name) < 0)
		stop("memory");
	return path;
}

static char *gone_path(uint64_t ino)
{
	char *path;
	if (asprintf(&path, "%s/gone-%llu", keep, (unsigned long long)ino) < 0)
		stop("memory");
	return path;
}

/* ---- the journal ---- */

static void read_journal(void)
{
	char *path = path_of(keep, "journal", 7);
	int fd = open(path, O_RDONLY);
	struct stat st;
	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0 || fstat(fd, &st) != 0)
		stop(path);
	char *all = malloc((size_t)st.st_size + 1);
	size_t n = 0, at = 0;
	for (ssize_t got;
	     all && n < (size_t)st.st_size && (got = read(fd, all + n, (size_t)st.st_size - n)) > 0;)
		n += (size_t)got;
	while (at + sizeof(struct powercut_record) <= n) {
		struct call c;
		memcpy(&c.head, all + at, sizeof(c.head));
		if (c.head.magic != POWERCUT_MAGIC)
			stop("the journal is broken");
		c.old = all + at + sizeof(c.head);
		c.new = c.old + c.head.n_old;
		at += sizeof(c.head) + c.head.n_old + c.head.n_new;
		if (at > n)
			break; /* torn: the call was not made */
		if (!(calls_n & (calls_n - 1)))
			calls = realloc(calls, (calls_n ? calls_n * 2 : 64) * sizeof(*calls));
		if (!calls)
			stop("memory");
		calls[calls_n++] = c;
	}
	close(fd);
	free(path);
}

/* ---- names ---- */

static void take_back_name(const struct call *c)
{
	char *from = NULL, *to = NULL;
	switch (c->head.kind) {
	case POWERCUT_CREATE:
		from = path_of(folder, c->new, c->head.n_new);
		to = gone_path(c->head.ino);
		break;
	case POWERCUT_UNLINK:
		from = gone_path(c->head.ino);
		to = path_of(folder, c->old, c->head.n_old);
		break;
	case POWERCUT_RENAME:
		from = path_of(folder, c->new, c->head.n_new);
		to = path_of(folder, c->old, c->head.n_old);
		break;
	default:
		return;
	}
	if (rename(from, to) != 0 && errno != ENOENT) /* ENOENT: noted, and killed before the call */
		stop(from);
	free(from);
	free(to);
	names_lost++;
}

static bool is_name(const struct call *c)
{
	return c->head.kind == POWERCUT_CREATE || c->head.kind == POWERCUT_UNLINK ||
	       c->head.kind == POWERCUT_RENAME;
}

static void drop_names(void)
{
	/* Up to where they are on the disk: a folder's sync, or that of a file that had just got its name. */
	size_t from = 0, open = 0;
	for (size_t i = 0; i < calls_n; i++) {
		if (calls[i].head.kind == POWERCUT_SYNC_FOLDER)
			from = i + 1;
		if (calls[i].head.kind == POWERCUT_SYNC)
			for (size_t k = from; k < i; k++)
				if (calls[k].head.kind == POWERCUT_CREATE &&
				    calls[k].head.ino == calls[i].head.ino)
					from = k + 1;
	}
	for (size_t i = from; i < calls_n; i++)
		open += is_name(&calls[i]);
	size_t lose = open ? draw() % (open + 1) : 0;
	for (size_t i = calls_n; i-- > from && lose;)
		if (is_name(&calls[i])) {
			take_back_name(&calls[i]);
			lose--;
		}
}

/* ---- content ---- */

static int open_ino(const char *in, uint64_t ino)
{
	DIR *d = opendir(in);
	int fd = -1;
	if (!d)
		stop(in);
	for (struct dirent *e; fd < 0 && (e = readdir(d));)
		if (e->d_ino == ino) {
			char *path = path_of(in, e->d_name, strlen(e->d_name));
			fd = open(path, O_RDWR);
			free(path);
		}
	closedir(d);
	return fd;
}

static void put_at(int fd, const char *bytes, size_t n, int64_t at)
{
	if (pwrite(fd, bytes, n, at) != (ssize_t)n)
		stop("a file cannot be written");
}

static void take_back(int fd, const struct call *c)
{
	if (ftruncate(fd, c->head.size) != 0)
		stop("a file cannot be set to its length");
	put_at(fd, c->old, c->head.n_old, c->head.at);
}

/* Does the call again, in part. */
static void do_again(int fd, const struct call *c, unsigned percent)
{
	long did = 0, left = 0;
	if (c->head.kind == POWERCUT_TRUNCATE) {
		if (chance(percent) && ++did && ftruncate(fd, c->head.at) != 0)
			stop("a file cannot be cut");
		left = !did;
	} else {
		for (size_t at = 0; at < c->head.n_new;) {
			size_t n = POWERCUT_SECTOR - (size_t)(c->head.at + (int64_t)at) % POWERCUT_SECTOR;
			if (n > c->head.n_new - at)
				n = c->head.n_new - at;
			if (chance(percent) && ++did)
				put_at(fd, c->new + at, n, c->head.at + (int64_t)at);
			else
				left++;
			at += n;
		}
	}
	*(did && left ? &torn : did ? &there : &lost) += 1;
}

static bool is_content(const struct call *c)
{
	return c->head.kind == POWERCUT_WRITE || c->head.kind == POWERCUT_TRUNCATE;
}

static void drop_content(uint64_t ino, unsigned of_calls, unsigned of_sectors)
{
	size_t from = 0;
	int fd = open_ino(folder, ino);
	if (fd < 0)
		fd = open_ino(keep, ino);
	if (fd < 0)
		return; /* settled long ago */
	for (size_t i = 0; i < calls_n; i++)
		if (calls[i].head.kind == POWERCUT_SYNC && calls[i].head.ino == ino)
			from = i + 1;
	for (size_t i = calls_n; i-- > from;)
		if (is_content(&calls[i]) && calls[i].head.ino == ino)
			take_back(fd, &calls[i]);
	for (size_t i = from; i < calls_n; i++)
		if (is_content(&calls[i]) && calls[i].head.ino == ino)
			do_again(fd, &calls[i], chance(of_calls) ? 100 : of_sectors);
	close(fd);
}

static void drop_contents(void)
{
	/* Some cuts lose nearly all, some nearly nothing. */
	unsigned of_calls = (unsigned)(draw() % 5) * 25, of_sectors = (unsigned)(draw() % 3) * 40;
	uint64_t files[256];
	size_t n = 0;
	for (size_t i = 0; i < calls_n; i++) {
		size_t k = 0;
		while (k < n && files[k] != calls[i].head.ino)
			k++;
		if (!is_content(&calls[i]) || k < n)
			continue;
		if (n == sizeof(files) / sizeof(files[0]))
			stop("more files than were foreseen");
		files[n++] = calls[i].head.ino;
	}
	for (size_t k = 0; k < n; k++)
		drop_content(files[k], of_calls, of_sectors);
}

/* The wal-index lives in memory that is not ours to sync: any rubbish may stand there. */
static void spoil_shm(void)
{
	DIR *d = opendir(folder);
	if (!d)
		stop(folder);
	for (struct dirent *e; (e = readdir(d));) {
		size_t n = strlen(e->d_name);
		if (n < 4 || strcmp(e->d_name + n - 4, "-shm") != 0)
			continue;
		char *path = path_of(folder, e->d_name, n);
		struct stat st;
		int fd = open(path, O_RDWR);
		if (fd < 0 || fstat(fd, &st) != 0)
			stop(path);
		for (int64_t at = 0; at + 8 <= st.st_size; at += 8) {
			uint64_t rubbish = draw();
			put_at(fd, (const char *)&rubbish, 8, at);
		}
		close(fd);
		free(path);
	}
	closedir(d);
}

static void forget(void)
{
	DIR *d = opendir(keep);
	if (!d)
		stop(keep);
	for (struct dirent *e; (e = readdir(d));)
		if (strncmp(e->d_name, "gone-", 5) == 0 && unlinkat(dirfd(d), e->d_name, 0) != 0)
			stop(e->d_name);
	closedir(d);
	char *path = path_of(keep, "journal", 7);
	if (truncate(path, 0) != 0 && errno != ENOENT)
		stop(path);
	free(path);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: powercut_drop FOLDER KEEP SEED|settle\n");
		return 64;
	}
	folder = argv[1];
	keep = argv[2];
	if (strcmp(argv[3], "settle") != 0) {
		generator = strtoull(argv[3], NULL, 10);
		read_journal();
		drop_contents();
		drop_names();
		spoil_shm();
	}
	forget();
	printf("{\"calls\":%zu,\"there\":%ld,\"torn\":%ld,\"lost\":%ld,\"names\":%ld}\n", calls_n, there,
	       torn, lost, names_lost);
	return 0;
}
