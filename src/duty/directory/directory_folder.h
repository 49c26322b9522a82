/* directory_folder.h: the folder into which the personnel system puts its file. Whatever lies there was put by somebody else and is
   not trusted to be a file, to stay, or to stay the same: nothing is followed, and what is read is a copy without a name. */
#ifndef DUTY_DIRECTORY_FOLDER_H
#define DUTY_DIRECTORY_FOLDER_H

#include <stdint.h>

#include "base/result.h"
#include "duty/directory/directory_night_rules.h"

struct folder_file {
	char name[256];
	int64_t size;    /* bytes */
	int64_t changed; /* nanoseconds */
};

/* The newest plain file with a name of night_name. RES_NONE: none. RES_BAD with *why_r: the folder is not there, closed or open to
   all, or nothing but what is no file lies in it. */
MUST_USE enum result directory_folder_newest(const char *path, struct folder_file *file_r, enum night_why *why_r);
/* A copy of it, without a name, in the working directory; the descriptor is the caller's. RES_AGAIN: it was changed, replaced or taken away
   meanwhile. RES_BAD with *why_r: no plain file, not to be read, changeable by all, or more than `most` bytes. */
MUST_USE enum result directory_folder_take(const char *path, const struct folder_file *file, int64_t most, int *fd_r,
					   enum night_why *why_r);
/* Removes plain files of such names that are not newer than `changed`: what was taken, and those before it. RES_BROKEN: not all of them. */
MUST_USE enum result directory_folder_clear(const char *path, int64_t changed);

#endif
