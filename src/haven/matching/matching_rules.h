/* matching_rules.h: who may be sent to whom, and why not.

   Pure: facts in, verdict out; no store, no clock of its own. Every exclusion has a
   reason with a name, so that a page can say it and a test can ask for it. All reasons
   that hold are given, not only the first.

   A supporter's own page and the coordinator may see the reasons about the supporter.
   Reasons of a pair (MATCHING_NOT_THIS_ONE above all) tell what a colleague chose: they
   are for the matching alone and go on no page. */
#ifndef MATCHING_RULES_H
#define MATCHING_RULES_H

#include "base/clock.h"
#include "base/id.h"

enum matching_reason {
	/* The gate (PRODUCT.md § 1, promise 5). */
	MATCHING_LEFT, /* the workplace: the directory has ended her */
	MATCHING_PAUSED,
	MATCHING_NO_INTERVIEW,
	MATCHING_NO_TRAINING,
	MATCHING_NO_KNOWLEDGE_CHECK,
	MATCHING_NOT_ACCREDITED, /* not on the day of the deadline */
	MATCHING_NO_KEY,
	MATCHING_LEADS_STAFF,
	/* Room. */
	MATCHING_FULL,
	MATCHING_NO_ROOM_TODAY,
	MATCHING_NO_ROOM,
	/* Time. */
	MATCHING_NOT_IN_TIME, /* no window with enough time before the deadline */
	MATCHING_NOT_RESTED,  /* such a window, but no rest before it, or too long on duty by then */
	/* The incident. */
	MATCHING_EXCLUDED, /* affected, reviewer, party or line leader; or the person herself */
	/* The pair. */
	MATCHING_NOT_THIS_ONE,
	MATCHING_PASSED, /* had this task and passed it on, or let it go silent */
	MATCHING_NO_LANGUAGE,
	MATCHING_REASONS
};

#define MATCHING_BIT(reason) (UINT32_C(1) << (reason))

/* Every number stands in matching_defaults with its source (PRODUCT.md § 6); no setting changes one yet. Costs are points
   of one edge; only their relation matters. */
struct matching_settings {
	int day_most;        /* outreach tasks given on one day, in the workplace's zone */
	int flat_most;       /* tasks and accepted requests that count at one time */
	int flat_days;       /* how many days each counts, its own day included */
	int duty_minutes;    /* longest duty between two rests */
	int rest_minutes;    /* what makes a rest: this much time in one piece outside every window */
	int standby_percent; /* how much of standby at home counts as duty */
	int contact_minutes; /* the time one contact needs, in one piece and by day … */
	int morning, evening; /* … between these hours; 0 and 24: at any hour */
	uint32_t languages;  /* assumed for a person whose language is not known; not 0 */

	int cost_profession;  /* another profession, or one not known */
	int cost_level;       /* per step of level, at most cost_level_steps of them */
	int cost_level_steps; /* also used where a level is not known */
	int cost_unit[4];     /* the same unit; one step in the tree; two (a sibling); each beyond, ... */
	int cost_unit_steps;  /* ... at most this many of them; also used where a unit is not known */
	int cost_language;    /* shares a language, but not the person's first */
	int cost_hour;        /* per whole hour until she can make the contact, at most cost_hours of them */
	int cost_hours;
	int cost_load; /* with load L the next task costs cost_load * L * (L + 1) */
};

struct matching_settings matching_defaults(void);
/* RES_BAD when a number is outside what the rules and the arithmetic of the flow can carry. */
MUST_USE enum result matching_settings_check(const struct matching_settings *set);

/* Nobody is called from the evening to the morning, by the wall; our choice. Whoever sets a deadline asks here too. */
#define MATCHING_EVENING 21
#define MATCHING_MORNING 9

#define MATCHING_WEEK (7 * 1440)
#define MATCHING_WINDOWS_MOST 42 /* per supporter: six a day */

/* A weekly window in which a supporter can be asked for, as the wall shows it. It may
   cross midnight and the end of the week. On a night when the clocks change it is an
   hour shorter or longer in fact, and the facts are what duty and rest are counted in. */
struct matching_window {
	int from;     /* minutes after Monday 00:00: 0..MATCHING_WEEK-1 */
	int minutes;  /* how long by the wall: 1..MATCHING_WEEK */
	bool standby; /* at home and reachable; otherwise on duty */
};

/* One outreach task given to, or one request accepted by, a supporter, whatever came of
   it: the server does not know, and must not (PROTOCOL.md § 3.5). */
struct matching_load {
	struct instant at;
	bool request; /* an accepted request: counts for the flat days, not for the day's tasks */
};

/* Zeroed, nothing is attested and nobody may be sent. A day of 0 means never. */
struct matching_supporter {
	struct id id;
	struct id person; /* herself in the directory; zero: outside it */
	bool left, paused;
	struct day interview, training, knowledge_check; /* attested, held, passed; not in the future */
	struct day accredited_until;                     /* the last day it is valid */
	bool has_key;                                    /* a current, not withdrawn public key */
	bool leads_staff;
	bool full; /* "I am full" */
	const struct matching_window *windows;
	size_t windows_n;
	const struct matching_load *loads;
	size_t loads_n;
	uint32_t languages; /* one bit each; which bit is which is the caller's */
	int32_t unit;       /* index into the caller's units; -1 not known */
	int32_t profession; /* 0 not known */
	int32_t level;      /* 1 and up; 0 not known */
};

/* One person affected by the incident, and the three places around her. */
struct matching_exposure {
	struct id id;
	struct id person;   /* zero: outside the directory */
	uint32_t language;  /* the first choice: one bit, or 0 not known */
	uint32_t languages; /* all she shares, the first included */
	int32_t unit, profession, level;
	const struct id *not_these; /* supporters on her "not this one" list */
	size_t not_these_n;
	const struct id *passed; /* supporters whom this task has left */
	size_t passed_n;
	const struct id *known; /* supporters who have her from another incident, the newest first: she goes to the first who may */
	size_t known_n;
	struct id fixed[3]; /* places already held: assigned, first, second stand-in; a zero id is open */
};

/* One run of the matching: all open exposures of one incident, with one deadline.
   Later additions and re-matches are runs of their own. */
struct matching_run {
	struct id incident;
	struct instant now;
	struct instant from; /* no contact before (a re-match: when the person was told); past: now */
	struct instant deadline;
	const struct id *excluded; /* persons, as the door gave them */
	size_t excluded_n;
};

struct matching_verdict {
	uint32_t reasons;     /* MATCHING_BIT of each that holds; 0: may be sent */
	int load;             /* what counts against her now */
	int room;             /* tasks she can still be given now */
	struct instant first; /* when she can first make the contact; 0 with NOT_IN_TIME or NOT_RESTED */
};

/* Who is ready at all, whatever her room and hours: the reasons of the gate alone. `due`: the day by which contact is
   made. The one judgement for whoever sends somebody or shows her. */
uint32_t matching_gate(const struct matching_supporter *who, struct day today, struct day due);
/* Whether the supporter is this person of the directory. Two of whom neither stands in it are not the same. */
bool matching_is(const struct matching_supporter *who, const struct id *person);
/* Everything about the supporter that does not depend on the person. */
struct matching_verdict matching_judge(const struct matching_settings *set, const struct matching_run *run,
				       const struct matching_supporter *who);
/* What stands between these two; 0 for nothing. */
uint32_t matching_judge_pair(const struct matching_settings *set, const struct matching_supporter *who,
			     const struct matching_exposure *to);
/* Whether somebody who has her from another incident may have her again. The two are one colleague to call, so that takes no more
   room than she has; "I am full" stands. */
bool matching_again(uint32_t reasons);

/* Both. The gate for one assignment, asked again whenever a stand-in moves up. */
uint32_t matching_reasons(const struct matching_settings *set, const struct matching_run *run,
			  const struct matching_supporter *who, const struct matching_exposure *to);

/* The first moment not before `from` at which a window leaves contact_minutes in one
   piece before the deadline, by day and with rest. RES_NONE: no such window. RES_REFUSED: a window,
   but never rested in it.

   Rested at a moment means: duty since the last rest, up to the end of the contact, is at
   most duty_minutes. Duty is time inside windows; where windows overlap it counts once, at
   the higher rate; standby counts standby_percent of itself. A rest is rest_minutes or more
   in one piece outside every window: standby is no rest. So nobody is sent for longer than
   twelve hours on duty or twenty-four at home without eleven hours off, and whoever is
   rostered round the clock stops being sent after the first day. Counted in elapsed
   time from fifteen days back; before that she counts as rested. Looks at most
   thirty-five days ahead. Windows out of range are ignored. */
MUST_USE enum result matching_first_free(const struct matching_settings *set,
					 const struct matching_window *windows, size_t windows_n,
					 struct instant from, struct instant deadline,
					 struct instant *first_r);

#endif
