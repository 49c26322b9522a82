/* people_bad.h: the rows of a file that did not go in, to be mended. Only for this room. */
#ifndef PEOPLE_BAD_H
#define PEOPLE_BAD_H

#include "duty/people/people_import.h"

/* Gives the heading and each row of a bad line to `put`, as CSV, without dropped columns and national numbers. RES_BROKEN: the
   source, the database, or `put` said false. */
MUST_USE enum result people_bad_rows(struct db *db, struct csv *csv, const struct people_columns *cols, char separator,
				     bool (*put)(void *ctx, struct slice piece), void *ctx);

#endif
