#include "makker/program.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

const char *const program_name[PROGRAMS] = { "makker-duty", "makker-haven" };
const char *const program_folder[PROGRAMS] = { "duty", "haven" };
static const char door_group[] = "makker-door";

#define MOST_WORDS 100

struct path {
	char s[PATH_MAX];
};

/* A path that does not fit is cut, and then simply does not exist. */
PRINTF_LIKE(1, 2) static struct path path(const char *fmt, ...)
{
	struct path p;
	va_list args;
	va_start(args, fmt);
	vsnprintf(p.s, sizeof(p.s), fmt, args);
	va_end(args);
	return p;
}

/* The program's own user; NULL after saying so. */
static struct passwd *user_of(enum which which)
{
	struct passwd *user = getpwnam(program_name[which]);
	if (!user)
		log_world("makker", "there is no system user %s; make it, or do not run as root", program_name[which]);
	return user;
}

/* Owner and mode through a descriptor, so that nobody can swap the folder meanwhile. */
static int folder(const char *name, mode_t mode, uid_t owner, gid_t group)
{
	int status = LEAVE_NO_FILE;
	int fd = -1;
	if (mkdir(name, 0700) != 0 && errno != EEXIST)
		goto out;
	fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		goto out;
	if (geteuid() == 0 && fchown(fd, owner, group) != 0)
		goto out;
	if (fchmod(fd, mode) == 0)
		status = LEAVE_OK;
out:
	if (status != LEAVE_OK)
		log_world("makker", "the folder %s cannot be made: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return status;
}

int program_folders(const struct place *place)
{
	uid_t owner[PROGRAMS] = { geteuid(), geteuid() };
	gid_t group[PROGRAMS] = { getegid(), getegid() }, door = getegid();
	if (geteuid() == 0) {
		for (enum which w = DUTY; w < PROGRAMS; w++) {
			struct passwd *user = user_of(w);
			if (!user)
				return LEAVE_NO_USER;
			owner[w] = user->pw_uid;
			group[w] = user->pw_gid;
		}
		struct group *g = getgrnam(door_group);
		if (!g) {
			log_world("makker", "there is no system group %s", door_group);
			return LEAVE_NO_USER;
		}
		door = g->gr_gid;
	}
	int status = folder(place->data, 0755, geteuid(), getegid());
	for (enum which w = DUTY; w < PROGRAMS && status == LEAVE_OK; w++)
		status = folder(path("%s/%s", place->data, program_folder[w]).s, 0700, owner[w], group[w]);
	if (status == LEAVE_OK)
		status = folder(path("%s/door", place->data).s, 02750, owner[DUTY], door);
	return status;
}

bool program_placed(const struct place *place)
{
	struct stat st;
	return stat(path("%s/door", place->data).s, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Gives up root for good. */
static int drop_to(enum which which)
{
	struct passwd *user = user_of(which);
	if (!user)
		return LEAVE_NO_USER;
	if (user->pw_uid == 0) {
		log_world("makker", "the user %s is root", program_name[which]);
		return LEAVE_NO_USER;
	}
	if (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) {
		log_world("makker", "cannot become %s: %s", user->pw_name, strerror(errno));
		return LEAVE_UNAVAILABLE;
	}
	if (setuid(0) == 0)
		bug("root came back");
	return LEAVE_OK;
}

static void tell_descriptor(const char *name, int fd)
{
	char text[12];
	snprintf(text, sizeof(text), "%d", fd);
	setenv(name, text, 1);
}

/* What a program may know of the caller's environment. */
static void small_environment(const struct start *start)
{
	extern char **environ;
	static const char *const kept[] = { "MAKKER_", "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS=" };
	size_t n = 0;
	for (size_t i = 0; environ[i]; i++)
		for (size_t j = 0; j < ARRAY_LEN(kept); j++)
			if (strncmp(environ[i], kept[j], strlen(kept[j])) == 0) {
				environ[n++] = environ[i];
				break;
			}
	environ[n] = NULL;
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("MAKKER_READY_FD");
	unsetenv("MAKKER_SAVE_FD");
	if (start->ready >= 0)
		tell_descriptor("MAKKER_READY_FD", start->ready);
	if (start->save)
		tell_descriptor("MAKKER_SAVE_FD", start->save);
}

static bool arrange_descriptors(const struct start *start)
{
	/* Ours stay behind; a ready pipe and a file to write go along. */
	if (start->input >= 0 && dup2(start->input, STDIN_FILENO) < 0)
		return false;
	if (start->output >= 0 && dup2(start->output, STDOUT_FILENO) < 0)
		return false;
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		return false;
	if (start->save && fcntl(start->save, F_SETFD, 0) != 0)
		return false;
	return start->ready < 0 || fcntl(start->ready, F_SETFD, 0) == 0;
}

/* `launcher`: end with this process; 0: it is this one. */
static int become(const struct place *place, const struct start *start, pid_t launcher)
{
	const char *name = program_name[start->which];
	const struct rlimit none = { 0, 0 };
	sigset_t no_signals;
	sigemptyset(&no_signals);
	umask(077);
	setrlimit(RLIMIT_CORE, &none);
	small_environment(start);
	if (!arrange_descriptors(start)) {
		log_world("makker", "%s cannot be given its files: %s", name, strerror(errno));
		return LEAVE_UNAVAILABLE;
	}
	int status = geteuid() == 0 ? drop_to(start->which) : LEAVE_OK;
	if (status != LEAVE_OK)
		return status;
	if (start->own_group) {
		setpgid(0, 0);
		/* After the change of user, which would take it back. */
		prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
		if (launcher && getppid() != launcher)
			return LEAVE_FAILED;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		bug("no_new_privs: %s", strerror(errno));
	struct path data = path("%s/%s", place->data, program_folder[start->which]);
	if (chdir(data.s) != 0) {
		log_world("makker", "%s may not enter %s: %s", name, data.s, strerror(errno));
		return LEAVE_CONFIG;
	}
	struct path file = path("%s/%s", place->programs, name);
	struct path config = path("%s/%s.conf", place->config, program_folder[start->which]);
	const char *argv[MOST_WORDS + 9] = { file.s, "--config", config.s, "--data", data.s };
	size_t n = 5;
	if (start->at) {
		argv[n++] = "--at";
		argv[n++] = start->at;
	}
	for (const char *const *word = start->words; *word; word++) {
		if (n == MOST_WORDS + 8) {
			log_world("makker", "more than %d words", MOST_WORDS);
			return LEAVE_USAGE;
		}
		argv[n++] = *word;
	}
	sigprocmask(SIG_SETMASK, &no_signals, NULL);
	execv(file.s, (char *const *)argv);
	log_world("makker", "%s cannot be run: %s", file.s, strerror(errno));
	return LEAVE_UNAVAILABLE;
}

int program_become(const struct place *place, const struct start *start)
{
	return become(place, start, 0);
}

pid_t program_start(const struct place *place, const struct start *start)
{
	pid_t launcher = getpid();
	pid_t pid = fork();
	if (pid == 0)
		_exit(become(place, start, launcher));
	return pid;
}

int program_wait(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			bug("waitpid: %s", strerror(errno));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int program_run(const struct place *place, const struct start *start)
{
	pid_t pid = program_start(place, start);
	if (pid < 0) {
		log_world("makker", "%s cannot be started: %s", program_name[start->which], strerror(errno));
		return LEAVE_UNAVAILABLE;
	}
	return program_wait(pid);
}
