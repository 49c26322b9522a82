/* powercut.h: the journal that the layer writes and the drop reads.

   The layer (powercut.c, preloaded) sits under every file call of one program on one
   folder. It lets the calls through and keeps, in a folder of its own, what would be
   needed to take back everything that was not synced. So the program may be killed at
   any moment, and powercut_drop then makes of the folder what a power cut could have left.

   Records follow one another in KEEP/journal: this head, then n_old bytes, then n_new.
   A record is written before the call it stands for, so a torn one at the end means a
   call that was not made. */
#ifndef POWERCUT_H
#define POWERCUT_H

#include <stdint.h>

#define POWERCUT_MAGIC 0x1DEAD0CU
#define POWERCUT_SECTOR 512 /* what a disk writes whole or not at all */

enum powercut_kind {
	POWERCUT_WRITE = 1,  /* old: what stood there (less at the end of the file); new: what was written */
	POWERCUT_TRUNCATE,   /* at: the new size; old: what was cut off */
	POWERCUT_SYNC,       /* all of this file up to here is on the disk, and its name (as on ext4, xfs) */
	POWERCUT_CREATE,     /* new: the name */
	POWERCUT_UNLINK,     /* old: the name; the file itself lies in KEEP as gone-<ino> */
	POWERCUT_RENAME,     /* old, new: the names; what lay under the new one was unlinked before */
	POWERCUT_SYNC_FOLDER /* all names up to here */
};

struct powercut_record {
	uint32_t magic, kind;
	uint64_t ino;
	int64_t at, size; /* where; and how long the file was before */
	uint32_t n_old, n_new;
};

#endif
