/* offers_rules.h: when things are due. Pure: (facts, now) to a time. Every number's source
   is PRODUCT.md § 6 or stands beside it as our choice. */
#ifndef OFFERS_RULES_H
#define OFFERS_RULES_H

#include "base/clock.h"

#define OFFERS_LINK_DAYS 42        /* a personal link works for six weeks: the check and two weeks more */
#define OFFERS_CLOSE_LATEST_DAYS 5 /* docs/protocol.md § 3.5 */

/* By when the first supporter makes contact. Severity 2 and 3: within 24 elapsed hours; 1: the
   next day at 14:00. Nobody is called at night (matching_rules.h: 21:00–09:00): a time that
   falls there moves back to 20:00 the evening before, so 24 hours stays the most; when
   even that is past or less than an hour away, the night's end at 10:00 it is. */
struct instant offers_first_deadline(int severity, struct instant now);

/* By when the next one does, after somebody passed on: the old deadline if it leaves four
   hours (our choice), else four hours from now; out of the night forwards, to 10:00. */
struct instant offers_next_deadline(struct instant old, struct instant now);

/* After three new ones, where a message tells of them: the hour before which the new one does not phone, so that the message with her name comes
   first (docs/protocol.md § 3.5). Two hours from now (our choice), out of the night forwards, to 10:00. */
struct instant offers_not_before(struct instant now);
/* … and by when she does: as above, and at least four hours after that. */
struct instant offers_told_deadline(struct instant old, struct instant now);

/* When a task whose holder is gone moves on: now, out of the night forwards, to its end at 09:00. */
struct instant offers_by_day(struct instant now);

/* The second touch: the third day after at 10:00, which is 58 to 82 hours (RISE: 48–96). */
struct instant offers_second_touch(struct instant registered);
/* The check: 28 days after at 10:00 (TRiM: 28 ± 7 days). */
struct instant offers_check(struct instant registered);

/* Whoever is affected by several incidents within days gets one such message where two would look alike. */

/* One task of somebody's. */
struct offers_made {
	struct day made;
	bool stopped; /* she has stopped its messages */
};

/* The second touch: the newest incident's comes, as whoever is affected again within 3 days, which is when it is due, has got a first
   message since. Of her tasks (by day; of one day the later in the list is the newer), whether the one at `at` sends its own. Whatever
   chain they make, each has a message on the second to fourth day after it, a newer one's first or a second. Our choice. */
#define OFFERS_SECOND_ALIKE 3
bool offers_second_comes(const struct offers_made *list, size_t n, size_t at);

/* The check: what matters is which have gone out, so that none gives way to one that then gives way, too. A task's comes unless one of
   hers did 21 days after the task or later (28 ± 7, TRiM): the oldest of a chain sends, what follows within 7 days is covered by it, and
   the next sends again; two are always more than 7 days apart. `last`: when the newest check of hers was put; 0: none is known. Where
   she has stopped a newer one's that this one would stand for, it does not come either: "no more will come", said the page. */
#define OFFERS_CHECK_ALIKE 7
bool offers_check_comes(const struct offers_made *list, size_t n, size_t at, struct day last);

/* When the whole incident closes: 15:00 on the day of its last deadline; on the next day if
   that deadline is after 14:00, so that she has an hour to note it; at the latest on the
   fifth day after `registered`, when the newest of its open tasks was made. */
struct instant offers_close(struct instant last_deadline, struct day registered);
/* When supporters are asked to open their desks: the next 09:00 after `now`. */
struct instant offers_next_morning(struct instant now);

/* ---- by which way ---- */

enum offers_way {
	OFFERS_NO_WAY = 0,
	OFFERS_BY_MAIL = 1,
	OFFERS_BY_SMS = 2,
};
/* What is known of a task's ways, as bits: the first message was put by OFFERS_BY_…; OFFERS_FAILED(way): the first one by it was
   refused or came back; OFFERS_FAILED_LATER(way): a later one; OFFERS_ARRIVED: the gateway says that a phone has the first one. */
#define OFFERS_FAILED(way) ((unsigned)(way) << 2)
#define OFFERS_FAILED_LATER(way) ((unsigned)(way) << 6)
#define OFFERS_ARRIVED 16u
#define OFFERS_SEEN_TO 32u /* no message reached her, and the coordinator has noted that she saw to it */
#define OFFERS_CHECK_LOST 512u /* her check failed by every way that was tried, or was taken back before it went */
#define OFFERS_TWICE 1024u     /* given up: no message of it had a way, and she has another task of the same incident */
#define OFFERS_ALONE 256u  /* nobody of the employer's follows up on her: where she is not reached she stays with the coordinator */

/* If a phone has not got it in so long, a mail goes too. Our choice: half a shift in which a phone lies in a locker; most of
   the 24 hours in which a supporter calls are left. */
#define OFFERS_UNHEARD_HOURS 4

/* Which way a message goes, of those that stand open (`have`, bits): SMS before mail, since a phone is with her; a way that
   failed only when no other is left. No SMS is sent in the quiet hours: what cannot wait until they end (`urgent`: the
   first message after something serious) goes by mail, where there is an address. */
enum offers_way offers_way(unsigned have, unsigned ways, bool quiet, bool urgent);
/* After one way failed, or kept silent: the other, once. `first`: of the first message, which goes by each way at most once. */
enum offers_way offers_other_way(unsigned have, unsigned ways, bool first);
/* Every way by which the first message was put has failed, and no phone has it: she cannot be reached by message. */
bool offers_unsendable(unsigned ways);

#endif
