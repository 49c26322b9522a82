/* people_cells.h: what one cell of a personnel file says: addresses, numbers, dates, languages, yes and no. Pure. */
#ifndef PEOPLE_CELLS_H
#define PEOPLE_CELLS_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/slice.h"

/* Clean, without a spreadsheet's ="…" or leading '. Unless it is a name, what stands for nothing (NULL, n/a, #N/A, -)
   is nothing: a person may be called Null. */
struct slice people_cell(struct arena *a, struct slice raw, bool is_name) MUST_USE;
/* 1,2E+07 where a number was. */
bool people_is_shortened(struct slice number);
/* RES_BAD with *why_r. The address comes in lower case. */
MUST_USE enum result people_email(struct arena *a, struct slice cell, struct slice *email_r, const char **why_r);
/* The first of several numbers, as digits with a + in front where the country is given. RES_BAD with *why_r. */
MUST_USE enum result people_phone(struct arena *a, struct slice cell, struct slice *phone_r, const char **why_r);
/* RES_NONE: no date, or one that means never (9999). */
MUST_USE enum result people_date(struct slice cell, struct day *day_r);
/* The code of one of our languages, or the empty slice. */
struct slice people_language(struct arena *a, struct slice cell) MUST_USE;
/* Words of an address register that mean nothing is protected ("ugradert", "vanlig"). */
bool people_is_unprotected(struct arena *a, struct slice cell);

#endif
