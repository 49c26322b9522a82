/* handclock.h: the clock of a demonstration that is moved by hand: one time for both
   programs, kept in DATA/clock, so that a program that starts again stands where the other
   does. Without that file a workplace follows the machine's clock, for ever. */
#ifndef MAKKER_HANDCLOCK_H
#define MAKKER_HANDCLOCK_H

#include "base/clock.h"
#include "makker/program.h"

/* RES_NONE: the workplace follows the machine. RES_BROKEN: after saying why. */
MUST_USE enum result handclock_read(const struct place *place, struct instant *at_r);
MUST_USE enum result handclock_write(const struct place *place, struct instant at);

/* A time with Z or its offset. RES_BAD without: the launcher does not know the workplace's zone. */
MUST_USE enum result handclock_parse(struct slice text, struct instant *t_r);

/* "+90m", "+1h", "+2d", "+1w"; or a time as handclock_parse takes it, which must not lie before `now`.
   RES_BAD for anything else, and for more than 400 days at once (our choice). */
MUST_USE enum result handclock_target(struct slice word, struct instant now, struct instant *to_r);

/* Moves the clock there in steps of at most an hour, so that what one program does at an hour is seen by
   the other before the next. Each step is handed to both running programs, by one `clock -` each. An exit status. */
int handclock_move(const struct place *place, struct slice word) MUST_USE;

#endif
