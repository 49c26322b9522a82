/* program.h: the two programs as processes: where they lie, as whom they run.

   Nothing of either is linked in here. A program is found beside the launcher and is
   called as

     makker-duty --config FILE --data DIR [--at TIME] COMMAND [ARGUMENT...]

   with its own data folder as working directory, core dumps off, no way to gain
   rights (no_new_privs), a umask of 077, and of the environment only MAKKER_* and the
   sanitizers' options: a password meant for one program must not reach the other.
   When the launcher runs as root, the program runs as the system user of its own
   name, with that user's groups. Otherwise it runs as whoever called. */
#ifndef MAKKER_PROGRAM_H
#define MAKKER_PROGRAM_H

#include <sys/types.h>

#include "base/leave.h"
#include "base/slice.h"

enum which {
	DUTY,
	HAVEN,
	PROGRAMS
};

/* Where one workplace lies. All paths absolute, owned by main. */
struct place {
	const char *programs; /* the folder of the launcher itself */
	const char *data;     /* holds duty/, haven/, door/ and, under a clock moved by hand, clock */
	const char *config;   /* holds duty.conf and haven.conf */
};

extern const char *const program_name[PROGRAMS];   /* makker-duty: file and system user */
extern const char *const program_folder[PROGRAMS]; /* duty: below data, and in duty.conf */

/* Makes data/, duty/ and haven/ (0700, their users') and door/ (2750, duty's user, group makker-door, which
   haven's user is in: the one place where both may go). Harmless twice. An exit status; says what is wrong. */
int program_folders(const struct place *place) MUST_USE;

/* Whether `makker init` has been here. */
bool program_placed(const struct place *place);

/* How to start one. */
struct start {
	enum which which;
	const char *at;     /* the clock by hand, or NULL */
	int input, output;  /* file descriptors to be its standard input and output; -1: as they are */
	int ready;          /* where it says it is ready (MAKKER_READY_FD), or -1 */
	int save;           /* where it writes what `--save-bad -` asks for (MAKKER_SAVE_FD); 0: nowhere */
	bool own_group;     /* out of the terminal's process group, and ended when the launcher ends */
	const char *const *words; /* command and arguments, NULL at the end */
};

/* Becomes the program. Returns only when that fails: the exit status, after saying why. */
int program_become(const struct place *place, const struct start *start) MUST_USE;
/* Starts it; -1 when the system has no room for a process. */
pid_t program_start(const struct place *place, const struct start *start) MUST_USE;
/* Waits for one that was started, and returns its exit status (128 + signal if one ended it). */
int program_wait(pid_t pid) MUST_USE;
/* Both, one after the other. */
int program_run(const struct place *place, const struct start *start) MUST_USE;

#endif
