/* keylog_testing.h: a supporter's first key-log entry, made from one number, for tests of other rooms. The keys
   are known to everybody: never linked into a program. */
#ifndef CRYPT_KEYLOG_TESTING_H
#define CRYPT_KEYLOG_TESTING_H

#include "crypt/keylog.h"

/* `kind` by the keys of `number`, without the old key's signature. */
void keylog_for_test(enum keylog_kind kind, const struct keylog_head *head, const struct id *supporter, unsigned number,
		     uint32_t day, unsigned char entry_r[KEYLOG_ENTRY]);

#endif
