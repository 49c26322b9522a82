/* log.h: what the operator reads. One line a fact, on standard error, for the journal: "<6>room: what", the level as the journal
   takes it (sd-daemon(3)); a log file keeps it too, a terminal is spared it.

   No names, addresses, tokens, request bodies or ids (PROTOCOL.md § 9). Nothing at all
   for a successful request below /h/. A `what` is a fixed sentence of ours; `detail`
   is only ever text from the system or a library (an error's words, a file's path),
   never from a request or a row. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/result.h"

enum log_level {
	LOG_FACT,   /* started, stopped, migrated */
	LOG_INPUT,  /* their bad input, counted rather than told */
	LOG_WORLD,  /* the world is broken: somebody must look */
};

void log_line(enum log_level level, const char *room, const char *fmt, ...) PRINTF_LIKE(3, 4);
#define log_fact(room, ...) log_line(LOG_FACT, room, __VA_ARGS__)
#define log_world(room, ...) log_line(LOG_WORLD, room, __VA_ARGS__)

#endif
