/* service_restore.h: `restore STEP`, as the launcher gives it to both programs in turn. Known to service_commands.c alone.

   check  a backup on standard input is kept in the program's folder, if it is one that this program could serve
   take   it takes the database's place, and is looked at there
   done   what it replaced goes
   back   the database as it was before `take`; harmless at any time */
#ifndef SERVICE_RESTORE_H
#define SERVICE_RESTORE_H

#include "service/service.h"

/* An exit status, after saying what is wrong. Needs no open database. */
int service_restore(struct service *s) MUST_USE;
/* Both in the program's own folder; the first is unlinked while it is read. */
#define SERVICE_BACKUP_PART "backup.part"
#define SERVICE_RESTORE_PART "restore.part"
/* In the program's folder, when nobody uses the database: a backup or a restore that was killed leaves a whole copy of it, which no
   retention time reaches and which may hold what no backup does. It goes. */
void service_forget_copies(void);
/* What a database must be to be served by this version: at its number or below, made by this program, and, if it is of this version,
   its audit chain whole (an older one cannot be read before it is migrated). Says on standard error what it is not. *entries_r: of the audit chain; *at_r: its number; written when RES_OK. */
MUST_USE enum result service_judge(struct service *s, struct db *db, int64_t *entries_r, int *at_r);

#endif
