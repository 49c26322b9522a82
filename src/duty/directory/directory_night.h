/* directory_night.h: the file that the personnel system puts into a folder each night: looked for, read by what was agreed on, and taken
   where the difference is within bounds. Otherwise it waits for an administrator's yes. Table: `night`. Only for this room. */
#ifndef DUTY_DIRECTORY_NIGHT_H
#define DUTY_DIRECTORY_NIGHT_H

#include "duty/directory/directory_inside.h"
#include "duty/directory/directory_night_rules.h"

enum night_state {
	NIGHT_NOTHING,  /* none has come yet */
	NIGHT_TAKEN,
	NIGHT_WAITS,    /* `import` waits for somebody's yes */
	NIGHT_FAILED,   /* not taken, and nothing waits */
	NIGHT_DECLINED, /* somebody said no */
};

struct night {
	enum night_state state;
	enum night_why why;
	struct id import;
	struct night_seen file, seen;
	struct instant came;
	struct instant taken;  /* zero: never */
	int64_t taken_changed; /* when that file was written, in nanoseconds */
	bool clear, late;
};

/* RES_NONE: the folder was never looked at. */
MUST_USE enum result directory_night_get(struct tx *tx, struct night *n_r);
/* Whether no file has come for `days`. Pure. */
bool directory_night_late(const struct night *n, struct instant now, int days);
/* An administrator said yes to what waits, or no. Nothing where it is not what waits. */
MUST_USE enum result directory_night_yes(struct tx *tx, const struct id *import, struct instant now);
MUST_USE enum result directory_night_no(struct tx *tx, const struct id *import);

/* A mail to each administrator: it names nobody, and not what is the matter. */
enum night_tale { TOLD_WAITS, TOLD_FAILED, TOLD_LATE, TOLD_STAYS };
MUST_USE enum result directory_night_tell(struct tx *tx, const struct directory_setup *s, enum night_tale tale);

/* In the room's thread, when the job says so: looks, and does what is to be done. */
void directory_night_look(struct directory *d);
/* In the room's thread, now and then: removes what was taken, and notes whether it is late. */
void directory_night_after(struct directory *d);

const char *directory_night_text(enum lang lang, enum night_why why);

#endif
