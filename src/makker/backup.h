/* backup.h: both databases as two files, and back. The files are opened here, as whoever gave the command; the programs read
   and write them through standard input and output, each as its own user. */
#ifndef MAKKER_BACKUP_H
#define MAKKER_BACKUP_H

#include "makker/program.h"

/* DIR/duty.backup and DIR/haven.backup, mode 0600: both whole, or neither. DIR is made (0700) if only it is missing. An exit status:
   LEAVE_NO_FILE when one of them is there already. Says what it wrote. */
int backup_make(const struct place *place, const char *dir) MUST_USE;

/* Both databases become what DIR holds, or both stay as they are: whatever can be looked at is looked at before anything is
   replaced, and what is replaced stands aside until both are whole. An exit status. Killed in between, it is given again. */
int backup_restore(const struct place *place, const char *dir) MUST_USE;

#endif
