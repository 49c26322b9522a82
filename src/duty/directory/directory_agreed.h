/* directory_agreed.h: which column is what, as it was agreed on when an administrator last brought the list up to date with these pages. The
   nightly file is read by it. */
#ifndef DUTY_DIRECTORY_AGREED_H
#define DUTY_DIRECTORY_AGREED_H

#include "duty/directory/directory_inside.h"

struct agreed {
	struct csv_form form;
	enum people_missing missing;
	struct {
		const char *heading;
		enum people_field is;
	} *column; /* those that are kept, in the order of that file */
	size_t n;
};

/* What an import was planned with; agreed on when it is carried out. */
MUST_USE enum result directory_agreed_propose(struct tx *tx, const struct id *import, const struct people_columns *cols,
					      const struct choices *choices);
/* It was given up: what was not agreed on goes. Harmless twice. */
MUST_USE enum result directory_agreed_no(struct tx *tx, const struct id *import);
MUST_USE enum result directory_agreed_yes(struct tx *tx, const struct id *import);
/* RES_NONE: nothing was ever agreed on. */
MUST_USE enum result directory_agreed_get(struct tx *tx, struct arena *a, struct agreed *agreed_r);
/* What each column of a file is: by its heading, wherever it stands; of several that are called alike the first is the first. What is not
   agreed on is not used. False: something that is agreed on is not there. Pure. */
bool directory_agreed_fits(const struct agreed *agreed, const struct people_peek *file, struct choices *choices_r);

#endif
