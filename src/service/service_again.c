#include "service/service_again.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"

#define SELF "/proc/self/exe" /* this very program, though a newer one was installed meanwhile */
#define WORDS_MOST 16

extern char **environ;

void service_again_remember(struct service *s, char **argv)
{
	s->argv = argv;
	s->began_in = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* `check` on the same words, in a process of its own: what it finds wrong it says. */
static bool settings_are_sound(const struct service *s)
{
	char *words[WORDS_MOST];
	int n = 0, how = 1;
	posix_spawn_file_actions_t there;
	posix_spawnattr_t signals;
	sigset_t none;
	pid_t pid;
	for (; s->argv[n] && s->argv + n < s->words; n++) {
		if (n == WORDS_MOST - 2)
			return false;
		words[n] = s->argv[n];
	}
	words[n] = (char[]){ "check" };
	words[n + 1] = NULL;
	sigemptyset(&none);
	posix_spawn_file_actions_init(&there);
	posix_spawnattr_init(&signals);
	posix_spawnattr_setsigmask(&signals, &none);
	posix_spawnattr_setflags(&signals, POSIX_SPAWN_SETSIGMASK);
	bool begun = posix_spawn_file_actions_addfchdir_np(&there, s->began_in) == 0 &&
		     posix_spawn(&pid, SELF, &there, &signals, words, environ) == 0;
	posix_spawn_file_actions_destroy(&there);
	posix_spawnattr_destroy(&signals);
	if (!begun)
		return false;
	while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

bool service_again_wanted(struct service *s)
{
	char lines[100];
	struct timespec now;
	if (clock_is_by_hand(s->clock)) {
		log_world("service", "a clock that is moved by hand would start anew: the settings stay as they are");
		return false;
	}
	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		bug("no monotonic clock");
	snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	notify_manager(lines);
	if (s->began_in < 0 || !settings_are_sound(s)) {
		log_world("service", "the settings stay as they are: `makker check` tells what is wrong with the new ones");
		notify_manager("READY=1\nSTATUS=serves with the settings it had");
		return false;
	}
	log_fact("service", "%s takes the new settings", s->kind->name);
	return true;
}

int service_again(const struct service *s, int status)
{
	if (!s->again || status != LEAVE_OK)
		return status;
	if (fchdir(s->began_in) == 0)
		execv(SELF, s->argv);
	log_world("service", "cannot begin again: %s", strerror(errno));
	return LEAVE_FAILED;
}
