/* serve.h: keeps both programs running. */
#ifndef MAKKER_SERVE_H
#define MAKKER_SERVE_H

#include "makker/program.h"

/* Starts both and waits. A program that ends after it was ready is started again, after 1, 2, 4 … 60
   seconds; one that lived a minute begins at 1 again. A program that ends before it was ever ready, or with
   LEAVE_USAGE or LEAVE_CONFIG, cannot start: the other is stopped and its status returned. SIGTERM and SIGINT
   are handed on; who has not ended `drain` seconds later is killed. So is SIGHUP, for new settings; at a terminal it is an end. LEAVE_OK after an orderly end. */
int serve(const struct place *place, int drain) MUST_USE;

/* Seconds to wait before the next start, after `ends` ends in a row; our choice. */
int serve_pause(int ends);

#endif
