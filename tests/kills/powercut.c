/* powercut.c: a layer under the file calls of one program, and the place where it dies.

     LD_PRELOAD=libpowercut.so POWERCUT_FOLDER=/data/haven POWERCUT_KEEP=/keep program …

   POWERCUT_FOLDER  absolute, without symbolic links: its regular files are layered (all but "-shm",
		    which no power cut leaves as it was and which SQLite makes anew)
   POWERCUT_KEEP    where the journal lies (powercut.h); must exist
   POWERCUT_FULL    a path: while something lies there, no file of the folder can grow (ENOSPC)
   POWERCUT_SMTP    a port: calls on connections to it are stages of handing over mail
   POWERCUT_DIE     "STAGE WHEN N": SIGKILL at the N-th time (from 1). STAGE: sync, write, or of a mail
		    connect, greeting, ehlo, mail, rcpt, data, body, dot, quit. WHEN: before or after the
		    call; of a mail stage also reply: when the server's answer has been read.
   POWERCUT_FAIL    "STAGE N", STAGE sync, write or alloc: the N-th one (from 1) fails, with EIO, with ENOSPC, or with no memory.
		    Only that one; the program goes on.
   POWERCUT_LIE     set: the disk says it has synced and has not. To see that a test would notice.

   Nothing is really synced: a kill does not lose what the kernel has. A call that could get past the layer (a
   shared mapping, fallocate, copy_file_range) on a layered file ends the program loudly. */
/* So that open and open64 are two names, and neither is inline. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE
#include "powercut.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 65536

enum seen { NOT_OURS, DATA, SHM, FOLDER, MAIL };

static const char *folder, *keep, *full;
static bool lies;
static int journal = -1, smtp_port;
static unsigned char seen[FDS]; /* enum seen, by descriptor */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- the end ---- */

static char die_stage[16], die_when[16];
static int die_n;

static _Noreturn void stop(const char *why)
{
	dprintf(2, "powercut: %s: %s\n", why, strerror(errno));
	abort();
}

static void point(const char *stage, const char *when)
{
	if (die_n == 0 || strcmp(stage, die_stage) != 0 || strcmp(when, die_when) != 0)
		return;
	if (__atomic_sub_fetch(&die_n, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* ---- what fails once ---- */

static char fail_stage[16];
static long fail_n;

static bool fails(const char *stage)
{
	if (!fail_stage[0] || strcmp(stage, fail_stage) != 0 || __atomic_sub_fetch(&fail_n, 1, __ATOMIC_ACQ_REL) != 0)
		return false;
	static const char said[] = "powercut: it fails now\n";
	syscall(SYS_write, 2, said, sizeof(said) - 1);
	return true;
}

/* Before the real allocator is found (dlsym allocates too) a little comes from here, and is never given back. */
static _Alignas(16) char early[65536];
static size_t early_used;

static void *early_bytes(size_t n)
{
	size_t at = __atomic_fetch_add(&early_used, (n + 31) & ~(size_t)15, __ATOMIC_ACQ_REL);
	if (at + n + 16 > sizeof(early))
		_exit(70);
	memcpy(early + at, &n, sizeof(n));
	return early + at + 16;
}

static bool is_early(const void *p)
{
	return (const char *)p >= early && (const char *)p < early + sizeof(early);
}

static void *(*true_malloc)(size_t), *(*true_calloc)(size_t, size_t), *(*true_realloc)(void *, size_t);
static void (*true_free)(void *);
static bool finding, found;

static bool allocator(void)
{
	if (found)
		return true;
	if (finding)
		return false;
	finding = true;
	true_malloc = dlsym(RTLD_NEXT, "malloc");
	true_calloc = dlsym(RTLD_NEXT, "calloc");
	true_realloc = dlsym(RTLD_NEXT, "realloc");
	true_free = dlsym(RTLD_NEXT, "free");
	return found = true;
}

static bool no_memory(void)
{
	if (!fails("alloc"))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return !allocator() ? early_bytes(n) : no_memory() ? NULL : true_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return !allocator() ? early_bytes(n * size) : no_memory() ? NULL : true_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	if (is_early(p) || !allocator()) {
		size_t old = 0;
		void *more = allocator() ? true_malloc(n) : early_bytes(n);
		if (p && more) {
			memcpy(&old, (char *)p - 16, sizeof(old));
			memcpy(more, p, old < n ? old : n);
		}
		return more;
	}
	return n && no_memory() ? NULL : true_realloc(p, n);
}

void free(void *p)
{
	if (p && !is_early(p) && allocator())
		true_free(p);
}

/* ---- the journal ---- */

static void hold(void)
{
	pthread_mutex_lock(&lock);
	if (flock(journal, LOCK_EX) != 0) /* other programs on the same folder, such as a command */
		stop("the journal cannot be locked");
}

static void let_go(void)
{
	flock(journal, LOCK_UN);
	pthread_mutex_unlock(&lock);
}

static void note(enum powercut_kind kind, uint64_t ino, int64_t at, int64_t size, const void *old,
		 size_t n_old, const void *new, size_t n_new)
{
	struct powercut_record head = {POWERCUT_MAGIC, kind, ino, at, size, (uint32_t)n_old, (uint32_t)n_new};
	struct iovec parts[] = {
	    {&head, sizeof(head)},
	    {(void *)old, n_old},
	    {(void *)new, n_new},
	};
	size_t all = sizeof(head) + n_old + n_new;
	if (syscall(SYS_writev, journal, parts, 3) != (ssize_t)all)
		stop("the journal cannot be written");
}

/* A record that a kill has torn stands for a call that was not made. */
static void cut_torn_tail(void)
{
	struct powercut_record head;
	struct stat st;
	off_t at = 0;
	if (fstat(journal, &st) != 0)
		stop("the journal cannot be read");
	while (syscall(SYS_pread64, journal, &head, sizeof(head), at) == (ssize_t)sizeof(head)) {
		off_t end = at + (off_t)sizeof(head) + head.n_old + head.n_new;
		if (head.magic != POWERCUT_MAGIC || end > st.st_size)
			break;
		at = end;
	}
	if (at < st.st_size && syscall(SYS_ftruncate, journal, at) != 0)
		stop("the journal cannot be mended");
}

__attribute__((constructor)) static void begin(void)
{
	const char *text;
	char path[PATH_MAX];
	folder = getenv("POWERCUT_FOLDER");
	keep = getenv("POWERCUT_KEEP");
	full = getenv("POWERCUT_FULL");
	if ((text = getenv("POWERCUT_SMTP")))
		smtp_port = (int)strtol(text, NULL, 10);
	if ((text = getenv("POWERCUT_DIE")) && sscanf(text, "%15s %15s %d", die_stage, die_when, &die_n) != 3)
		stop("POWERCUT_DIE");
	if ((text = getenv("POWERCUT_FAIL")) && sscanf(text, "%15s %ld", fail_stage, &fail_n) != 2)
		stop("POWERCUT_FAIL");
	lies = getenv("POWERCUT_LIE") != NULL;
	if (!folder || !keep)
		return;
	snprintf(path, sizeof(path), "%s/journal", keep);
	journal = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (journal < 0)
		stop(path);
	/* Out of the way of programs that close what they do not know. */
	int high = fcntl(journal, F_DUPFD_CLOEXEC, 1000);
	if (high >= 0) {
		syscall(SYS_close, journal);
		journal = high;
	}
	hold();
	cut_torn_tail();
	let_go();
}

/* ---- which calls are ours ---- */

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

/* What the path is to us; its last part in name, of NAME_MAX + 1 bytes. */
static enum seen what_is(int at, const char *path, char *name)
{
	char whole[PATH_MAX * 2], cwd[PATH_MAX];
	if (journal < 0 || !path)
		return NOT_OURS;
	if (path[0] == '/')
		snprintf(whole, sizeof(whole), "%s", path);
	else if (at == AT_FDCWD && syscall(SYS_getcwd, cwd, sizeof(cwd)) > 0)
		snprintf(whole, sizeof(whole), "%s/%s", cwd, path);
	else
		return NOT_OURS;
	size_t n = strlen(folder);
	if (strncmp(whole, folder, n) != 0)
		return NOT_OURS;
	if (whole[n] == '\0' || strcmp(whole + n, "/") == 0)
		return FOLDER;
	if (whole[n] != '/' || strchr(whole + n + 1, '/'))
		return NOT_OURS;
	snprintf(name, NAME_MAX + 1, "%.255s", whole + n + 1);
	return ends_in(name, "-shm") ? SHM : DATA;
}

static bool is_regular(const char *name, struct stat *st)
{
	char path[PATH_MAX * 2];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return syscall(SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode);
}

static enum seen seen_at(int fd)
{
	return fd >= 0 && fd < FDS ? seen[fd] : NOT_OURS;
}

/* ---- content ---- */

static struct stat stat_of(int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		stop("fstat");
	return st;
}

static void note_truncate(int fd, off_t to)
{
	struct stat st = stat_of(fd);
	size_t cut = st.st_size > to ? (size_t)(st.st_size - to) : 0;
	char *old = malloc(cut ? cut : 1);
	if (!old || syscall(SYS_pread64, fd, old, cut, to) != (ssize_t)cut)
		stop("what is to be cut off cannot be read");
	note(POWERCUT_TRUNCATE, st.st_ino, to, st.st_size, old, cut, NULL, 0);
	free(old);
}

/* How much of n bytes at `at` there is room for. */
static size_t room_for(int fd, size_t n, off_t at)
{
	if (!full || syscall(SYS_faccessat, AT_FDCWD, full, F_OK) != 0)
		return n;
	off_t size = stat_of(fd).st_size, end = at + (off_t)n;
	return end <= size ? n : at >= size ? 0 : (size_t)(size - at);
}

static ssize_t put(int fd, const void *bytes, size_t n, off_t at)
{
	n = n ? room_for(fd, n, at) : 0;
	if (n == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (seen_at(fd) == SHM)
		return syscall(SYS_pwrite64, fd, bytes, n, at);
	hold();
	point("write", "before");
	if (fails("write")) {
		let_go();
		errno = ENOSPC;
		return -1;
	}
	struct stat st = stat_of(fd);
	char *old = allocator() ? true_malloc(n) : NULL;
	ssize_t had = old ? syscall(SYS_pread64, fd, old, n, at) : -1;
	if (had < 0) {
		/* Opened for writing only: read through a descriptor of its own. */
		char path[64];
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		int reader = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
		had = old && reader >= 0 ? syscall(SYS_pread64, reader, old, n, at) : -1;
		if (reader >= 0)
			syscall(SYS_close, reader);
	}
	if (had < 0)
		stop("what is to be overwritten cannot be read");
	note(POWERCUT_WRITE, st.st_ino, at, st.st_size, old, (size_t)had, bytes, n);
	free(old);
	ssize_t done = syscall(SYS_pwrite64, fd, bytes, n, at);
	point("write", "after");
	let_go();
	return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	enum seen s = seen_at(fd);
	return s == DATA || s == SHM ? put(fd, bytes, n, at) : syscall(SYS_pwrite64, fd, bytes, n, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	return pwrite64(fd, bytes, n, at);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	enum seen s = seen_at(fd);
	if (s != DATA && s != SHM)
		return syscall(SYS_write, fd, bytes, n);
	bool append = fcntl(fd, F_GETFL) & O_APPEND;
	off_t at = lseek(fd, 0, append ? SEEK_END : SEEK_CUR);
	ssize_t done = put(fd, bytes, n, at);
	if (done > 0)
		lseek(fd, at + done, SEEK_SET);
	return done;
}

ssize_t writev(int fd, const struct iovec *parts, int n)
{
	enum seen s = seen_at(fd);
	if (s != DATA && s != SHM)
		return syscall(SYS_writev, fd, parts, n);
	return n > 0 ? write(fd, parts[0].iov_base, parts[0].iov_len) : 0; /* a short write is allowed */
}

int ftruncate64(int fd, off64_t to)
{
	if (seen_at(fd) == SHM && full && syscall(SYS_faccessat, AT_FDCWD, full, F_OK) == 0 &&
	    to > stat_of(fd).st_size) {
		errno = ENOSPC;
		return -1;
	}
	if (seen_at(fd) != DATA)
		return (int)syscall(SYS_ftruncate, fd, to);
	hold();
	note_truncate(fd, to);
	int done = (int)syscall(SYS_ftruncate, fd, to);
	let_go();
	return done;
}

int ftruncate(int fd, off_t to)
{
	return ftruncate64(fd, to);
}

static int sync_it(int fd)
{
	enum seen s = seen_at(fd);
	if (s == DATA || s == FOLDER) {
		hold();
		point("sync", "before");
		if (fails("sync")) {
			let_go();
			errno = EIO;
			return -1;
		}
		if (!lies)
			note(s == DATA ? POWERCUT_SYNC : POWERCUT_SYNC_FOLDER,
			     s == DATA ? stat_of(fd).st_ino : 0, 0, 0, NULL, 0, NULL, 0);
		point("sync", "after");
		let_go();
	}
	return 0;
}

int fsync(int fd)
{
	return sync_it(fd);
}

int fdatasync(int fd)
{
	return sync_it(fd);
}

/* ---- names ---- */

static int open_it(int at, const char *path, int flags, mode_t mode)
{
	char name[NAME_MAX + 1] = "";
	struct stat st;
	enum seen s = what_is(at, path, name);
	if (s == NOT_OURS)
		return (int)syscall(SYS_openat, at, path, flags, mode);
	hold();
	bool there = s != FOLDER && is_regular(name, &st);
	/* What O_TRUNC cuts off is noted as a truncation. */
	int fd = (int)syscall(SYS_openat, at, path, there && s == DATA ? flags & ~O_TRUNC : flags, mode);
	if (fd >= FDS)
		stop("a descriptor that high was not foreseen");
	if (fd >= 0) {
		st = stat_of(fd);
		if (s == DATA && !S_ISREG(st.st_mode))
			s = NOT_OURS;
		seen[fd] = (unsigned char)s;
		if (s == DATA && !there)
			note(POWERCUT_CREATE, st.st_ino, 0, 0, NULL, 0, name, strlen(name));
		if (s == DATA && there && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY) {
			note_truncate(fd, 0);
			syscall(SYS_ftruncate, fd, 0);
		}
	}
	let_go();
	return fd;
}

static mode_t mode_of(int flags, va_list more)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPEN(name, ...)                                                                                      \
	int name(__VA_ARGS__, int flags, ...)                                                                \
	{                                                                                                    \
		va_list more;                                                                                \
		va_start(more, flags);                                                                       \
		mode_t mode = mode_of(flags, more);                                                          \
		va_end(more);
OPEN(open, const char *path)
return open_it(AT_FDCWD, path, flags, mode);
}
OPEN(open64, const char *path)
return open_it(AT_FDCWD, path, flags, mode);
}
OPEN(openat, int at, const char *path)
return open_it(at, path, flags, mode);
}
OPEN(openat64, int at, const char *path)
return open_it(at, path, flags, mode);
}

int close(int fd)
{
	if (fd == journal && fd >= 0)
		return 0;
	if (fd >= 0 && fd < FDS)
		seen[fd] = NOT_OURS;
	return (int)syscall(SYS_close, fd);
}

/* The file goes to KEEP instead, under a name of its own, so that its inode is not used again. Held. */
static int unlink_kept(const char *name, const struct stat *st)
{
	char from[PATH_MAX * 2], to[PATH_MAX * 2];
	snprintf(from, sizeof(from), "%s/%s", folder, name);
	snprintf(to, sizeof(to), "%s/gone-%llu", keep, (unsigned long long)st->st_ino);
	note(POWERCUT_UNLINK, st->st_ino, 0, st->st_size, name, strlen(name), NULL, 0);
	if (syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to) != 0)
		stop("KEEP and the folder must lie on one file system");
	return 0;
}

int unlinkat(int at, const char *path, int flags)
{
	char name[NAME_MAX + 1] = "";
	struct stat st;
	if (what_is(at, path, name) != DATA)
		return (int)syscall(SYS_unlinkat, at, path, flags);
	hold();
	int done =
	    is_regular(name, &st) ? unlink_kept(name, &st) : (int)syscall(SYS_unlinkat, at, path, flags);
	let_go();
	return done;
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int renameat(int from_at, const char *from, int to_at, const char *to)
{
	char old[NAME_MAX + 1] = "", new[NAME_MAX + 1] = "";
	struct stat st, there;
	enum seen a = what_is(from_at, from, old), b = what_is(to_at, to, new);
	if (a != DATA && b != DATA)
		return (int)syscall(SYS_renameat, from_at, from, to_at, to);
	if (a != DATA || b != DATA)
		stop("a rename out of or into the folder");
	hold();
	if (is_regular(new, &there))
		unlink_kept(new, &there);
	if (is_regular(old, &st))
		note(POWERCUT_RENAME, st.st_ino, 0, st.st_size, old, strlen(old), new, strlen(new));
	int done = (int)syscall(SYS_renameat, from_at, from, to_at, to);
	let_go();
	return done;
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* ---- what would get past us ---- */

void *mmap64(void *at, size_t n, int protection, int flags, int fd, off64_t offset)
{
	if (seen_at(fd) == DATA && (flags & MAP_SHARED) && (protection & PROT_WRITE))
		stop("a shared mapping of a layered file");
	return (void *)syscall(SYS_mmap, at, n, protection, flags, fd, offset);
}

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
	return mmap64(at, n, protection, flags, fd, offset);
}

int fallocate64(int fd, int mode, off64_t at, off64_t n)
{
	if (seen_at(fd) == DATA)
		stop("fallocate on a layered file");
	return (int)syscall(SYS_fallocate, fd, mode, at, n);
}

int fallocate(int fd, int mode, off_t at, off_t n)
{
	return fallocate64(fd, mode, at, n);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t n, unsigned flags)
{
	if (seen_at(to) == DATA)
		stop("copy_file_range into a layered file");
	return syscall(SYS_copy_file_range, from, from_at, to, to_at, n, flags);
}

/* ---- mail ---- */

/* One conversation at a time: the post has one thread and one connection. */
static const char *stage = "connect";
static char tail[5]; /* the last bytes of the letter: it ends with CR LF . CR LF */

int connect(int fd, const struct sockaddr *to, socklen_t n)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)to;
	if (!smtp_port || to->sa_family != AF_INET || ntohs(in->sin_port) != smtp_port || fd >= FDS)
		return (int)syscall(SYS_connect, fd, to, n);
	seen[fd] = MAIL;
	point(stage = "connect", "before");
	int done = (int)syscall(SYS_connect, fd, to, n);
	int e = errno;
	point(stage, "after");
	stage = "greeting";
	errno = e;
	return done;
}

static const char *stage_of(const char *bytes, size_t n)
{
	static const char *const commands[][2] = {{"EHLO", "ehlo"}, {"HELO", "ehlo"}, {"MAIL", "mail"},
						  {"RCPT", "rcpt"}, {"DATA", "data"}, {"QUIT", "quit"}};
	for (size_t i = 0; n >= 4 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strncasecmp(bytes, commands[i][0], 4) == 0)
			return commands[i][1];
	return "other";
}

static bool letter_ends(const char *bytes, size_t n)
{
	for (size_t i = n > sizeof(tail) ? n - sizeof(tail) : 0; i < n; i++) {
		memmove(tail, tail + 1, sizeof(tail) - 1);
		tail[sizeof(tail) - 1] = bytes[i];
	}
	return memcmp(tail, "\r\n.\r\n", sizeof(tail)) == 0;
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	if (seen_at(fd) != MAIL)
		return syscall(SYS_sendto, fd, bytes, n, flags, NULL, 0);
	if (strcmp(stage, "body") == 0) {
		if (letter_ends(bytes, n))
			stage = "dot";
	} else {
		stage = stage_of(bytes, n);
	}
	point(stage, "before");
	ssize_t done = syscall(SYS_sendto, fd, bytes, n, flags, NULL, 0);
	int e = errno;
	point(stage, "after");
	errno = e;
	return done;
}

ssize_t recv(int fd, void *bytes, size_t n, int flags)
{
	ssize_t got = syscall(SYS_recvfrom, fd, bytes, n, flags, NULL, NULL);
	if (seen_at(fd) != MAIL || got <= 0)
		return got;
	point(stage, "reply");
	if (strcmp(stage, "data") == 0 && ((const char *)bytes)[0] == '3') {
		stage = "body";
		memset(tail, 0, sizeof(tail));
	}
	return got;
}
