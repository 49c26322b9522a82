/* supporters_keys_inside.h: what the files about keys share. */
#ifndef SUPPORTERS_KEYS_INSIDE_H
#define SUPPORTERS_KEYS_INSIDE_H

#include "haven/supporters/supporters.h"

/* Checks an entry of this kind, hers, against the log and appends it. Results as of supporters_first_keys. */
MUST_USE enum result supporters_append(struct tx *tx, const struct id *supporter, struct day today, enum keylog_kind kind,
				       struct slice bytes);
/* One wrap of any kind but pairing. */
MUST_USE enum result supporters_put_wrap(struct tx *tx, struct random_source *rnd, const struct id *supporter,
					 struct slice bytes);
/* The form alone. */
MUST_USE enum result supporters_vault_ok(struct slice vault);

#endif
