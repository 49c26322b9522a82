#include "makker/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"
#include "makker/handclock.h"

#define LONG_LIFE 60 /* seconds after which an end is a new story; our choice */

struct child {
	enum which which;
	pid_t pid;          /* 0: not running */
	int ready;          /* reading end of its ready pipe, or -1 */
	bool was_ready;     /* at least once in its lives */
	int ends;           /* in a row */
	int64_t started;    /* seconds that only count up */
	int64_t start_next; /* if not running */
};

struct watch {
	const struct place *place;
	struct child child[PROGRAMS];
	int nothing;       /* /dev/null */
	int drain;
	int64_t kill_at;   /* while stopping; else 0 */
	bool stopping, killed;
	int status;
};

int serve_pause(int ends)
{
	return ends < 1 ? 0 : ends > 6 ? 60 : 1 << (ends - 1);
}

/* Not the workplace's clock: how long processes live. */
static int64_t uptime(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no monotonic clock");
	return t.tv_sec;
}

static void stop_all(struct watch *w, int status)
{
	if (w->stopping)
		return;
	w->stopping = true;
	w->status = status;
	w->kill_at = uptime() + w->drain;
	for (enum which i = DUTY; i < PROGRAMS; i++)
		if (w->child[i].pid)
			kill(w->child[i].pid, SIGTERM);
}

static void start_child(struct watch *w, struct child *c)
{
	static const char *const words[] = { "serve", NULL };
	int pipe_of[2] = { -1, -1 };
	struct instant at;
	char at_text[21];
	enum result by_hand = handclock_read(w->place, &at);
	if (by_hand == RES_BROKEN) {
		stop_all(w, LEAVE_CONFIG);
		return;
	}
	if (by_hand == RES_OK)
		instant_text(at, at_text);
	if (pipe2(pipe_of, O_CLOEXEC | O_NONBLOCK) != 0)
		log_world("makker", "no pipe: %s", strerror(errno));
	struct start start = { .which = c->which, .at = by_hand == RES_OK ? at_text : NULL, .input = w->nothing,
			       .output = -1, .ready = pipe_of[1], .own_group = true, .words = words };
	pid_t pid = pipe_of[1] < 0 ? -1 : program_start(w->place, &start);
	if (pipe_of[1] >= 0)
		close(pipe_of[1]);
	if (pid < 0) {
		log_world("makker", "%s cannot be started: %s", program_name[c->which], strerror(errno));
		if (pipe_of[0] >= 0)
			close(pipe_of[0]);
		c->ends++;
		c->start_next = uptime() + serve_pause(c->ends);
		return;
	}
	c->pid = pid;
	c->ready = pipe_of[0];
	c->started = uptime();
}

static void child_ready(struct watch *w, struct child *c)
{
	char byte;
	ssize_t got = read(c->ready, &byte, 1);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	close(c->ready);
	c->ready = -1;
	if (got != 1)
		return; /* it ended, or forgot to say so */
	c->was_ready = true;
	log_fact("makker", "%s is ready", program_name[c->which]);
	for (enum which i = DUTY; i < PROGRAMS; i++)
		if (w->child[i].ready >= 0 || !w->child[i].was_ready)
			return;
	log_fact("makker", "both programs are ready");
	notify_manager("READY=1\nSTATUS=both programs serve");
}

static void say_end(const struct child *c, int how)
{
	if (WIFSIGNALED(how))
		log_world("makker", "%s was ended by signal %d", program_name[c->which], WTERMSIG(how));
	else
		log_world("makker", "%s ended with status %d", program_name[c->which], WEXITSTATUS(how));
}

static void child_ended(struct watch *w, struct child *c, int how)
{
	if (c->ready >= 0)
		child_ready(w, c); /* it may have been ready for a moment */
	if (c->ready >= 0)
		close(c->ready);
	c->ready = -1;
	c->pid = 0;
	bool in_order = WIFEXITED(how) && WEXITSTATUS(how) == 0;
	if (w->stopping) {
		if (!in_order && !w->killed)
			say_end(c, how);
		return;
	}
	say_end(c, how);
	int status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	if (!c->was_ready || status == LEAVE_CONFIG || status == LEAVE_USAGE) {
		log_world("makker", "%s cannot start", program_name[c->which]);
		stop_all(w, status ? status : LEAVE_FAILED);
		return;
	}
	c->ends = uptime() - c->started >= LONG_LIFE ? 1 : c->ends + 1;
	c->start_next = uptime() + serve_pause(c->ends);
	log_fact("makker", "%s starts again in %d s", program_name[c->which], serve_pause(c->ends));
}

static void reap(struct watch *w)
{
	int how;
	for (enum which i = DUTY; i < PROGRAMS; i++)
		if (w->child[i].pid && waitpid(w->child[i].pid, &how, WNOHANG) == w->child[i].pid)
			child_ended(w, &w->child[i], how);
}

/* Whoever is not ready yet would be ended by the signal, and reads the new settings anyway. */
static void ask_for_new_settings(const struct watch *w)
{
	log_fact("makker", "both programs are to take new settings");
	for (enum which i = DUTY; i < PROGRAMS; i++)
		if (w->child[i].pid && w->child[i].was_ready && w->child[i].ready < 0)
			kill(w->child[i].pid, SIGHUP);
}

static void take_signals(struct watch *w, int fd)
{
	struct signalfd_siginfo info;
	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		/* A terminal that is closed says so with the same signal. */
		if (info.ssi_signo == SIGHUP && !isatty(STDERR_FILENO)) {
			ask_for_new_settings(w);
		} else if (info.ssi_signo != SIGCHLD) {
			log_fact("makker", "stopping");
			stop_all(w, LEAVE_OK);
		}
}

/* What is due by the clock: starts, and the end of patience. */
static void do_due(struct watch *w)
{
	for (enum which i = DUTY; i < PROGRAMS; i++) {
		struct child *c = &w->child[i];
		if (!c->pid && !w->stopping && uptime() >= c->start_next)
			start_child(w, c);
		if (c->pid && w->stopping && !w->killed && uptime() >= w->kill_at) {
			log_world("makker", "%s has not ended in %d s: killed", program_name[i], w->drain);
			kill(c->pid, SIGKILL);
			w->status = w->status ? w->status : LEAVE_FAILED;
		}
	}
	if (w->stopping && uptime() >= w->kill_at)
		w->killed = true;
}

static bool finished(const struct watch *w)
{
	return w->stopping && !w->child[DUTY].pid && !w->child[HAVEN].pid;
}

int serve(const struct place *place, int drain)
{
	struct watch w = { .place = place, .drain = drain };
	sigset_t ours;
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	int signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	w.nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (signals < 0 || w.nothing < 0) {
		log_world("makker", "cannot watch: %s", strerror(errno));
		return LEAVE_UNAVAILABLE;
	}
	for (enum which i = DUTY; i < PROGRAMS; i++)
		w.child[i] = (struct child){ .which = i, .ready = -1 };
	if (geteuid() != 0)
		log_world("makker", "not started as root: both programs run as one user, who can read the files of both");
	do_due(&w);
	while (!finished(&w)) {
		struct pollfd fds[] = {
			{ .fd = signals, .events = POLLIN },
			{ .fd = w.child[DUTY].ready, .events = POLLIN },
			{ .fd = w.child[HAVEN].ready, .events = POLLIN },
		};
		poll(fds, ARRAY_LEN(fds), 500);
		for (enum which i = DUTY; i < PROGRAMS; i++)
			if (fds[1 + i].revents)
				child_ready(&w, &w.child[i]);
		take_signals(&w, signals);
		reap(&w);
		do_due(&w);
	}
	close(signals);
	close(w.nothing);
	log_fact("makker", "stopped");
	return w.status;
}
