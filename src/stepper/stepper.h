/* stepper.h: moves a program's clock by hand, through everything that falls due, in order.

   Only for a program started with --at. A thread listens on a local socket in the program's
   own folder (mode 0600). One line asks ("2026-11-19T09:00:00Z"), one line answers
   ("done 7" or "failed"). For each moment at which something is due the clock is set to it
   and `settle` runs until nothing is left; then the clock is set to the time asked for. */
#ifndef STEPPER_H
#define STEPPER_H

#include "base/clock.h"
#include "clockwork/clockwork.h"

struct stepper;

struct stepper_setup {
	const char *socket; /* path */
	struct clock *clock;
	struct clockwork *clockwork;
	/* Everything else that has work at this moment: mail, the door. *done_r: how much was done. */
	enum result (*settle)(void *ctx, int *done_r);
	void *ctx;
};

MUST_USE enum result stepper_start(const struct stepper_setup *setup, struct stepper **s_r);
void stepper_stop(struct stepper **s);

/* The other end, for the command `clock TIME`: asks the running program and waits.
   RES_BROKEN with a log line: it does not run, or something could not be done. */
MUST_USE enum result stepper_ask(const char *socket, struct slice time);

#endif
