/* offers_store.h: the rows of offers, for offers*.c alone. */
#ifndef OFFERS_STORE_H
#define OFFERS_STORE_H

#include "haven/offers/offers.h"

struct offers_row {
	struct id id, incident, person, ref; /* person zero: outside */
	const char *name, *phone;            /* of somebody outside */
	enum lang lang; /* ask offers_lang() */
	bool no_lang;   /* its catalogue has been taken away since */
	unsigned char rel[32];
	struct id holder, seat[OFFERS_SEATS]; /* zero: nobody */
	struct instant deadline;
	struct instant not_before; /* 0, or: the message with her name comes first */
	int64_t since_hour;
	struct day made;
	bool seen, closed, stopped;
	/* Not stored, of offers_take: */
	bool joined; /* who in the directory she is has just become known */
	bool fresh;  /* it is not written yet, so nobody has passed it on */
	const struct door_person *file; /* hers in the directory; NULL: ask (offers_person) */
	unsigned ways; /* offers_rules.h */
	int rounds; /* how many times three were found; past the first, what was answered to earlier ones is lost */
};

MUST_USE enum result offers_put_incident(struct tx *tx, const struct door_incident *in);
MUST_USE enum result offers_is_excluded(struct tx *tx, const struct id *incident, const struct id *person, bool *excluded_r);
MUST_USE enum result offers_excluded(struct tx *tx, struct arena *a, const struct id *incident,
				     const struct id **list_r, size_t *n_r);
/* Hers in the directory, of a row that has a person. Results as of directory_get. */
MUST_USE enum result offers_person(struct tx *tx, struct arena *a, const struct offers_row *row, struct door_person *person_r);
/* RES_AGAIN if it is there. */
MUST_USE enum result offers_put_task(struct tx *tx, const struct offers_row *row);
/* Somebody from outside stands in the directory: this person. */
MUST_USE enum result offers_put_person(struct tx *tx, const struct offers_row *row);
MUST_USE enum result offers_get_task(struct tx *tx, struct arena *a, const struct id *task, struct offers_row *row_r);
MUST_USE enum result offers_tasks_of(struct tx *tx, struct arena *a, const struct id *incident,
				     struct offers_row **list_r, size_t *n_r);
MUST_USE enum result offers_tasks_held(struct tx *tx, struct arena *a, const struct id *supporter,
				       struct offers_row **list_r, size_t *n_r);
/* Her open tasks, and those that closed on this day or later. */
MUST_USE enum result offers_tasks_shown(struct tx *tx, struct arena *a, const struct id *supporter, struct day since,
					struct offers_row **list_r, size_t *n_r);
/* Of the incident's open tasks: the last deadline, and the newest day on which one was made. RES_NONE: all are closed. */
MUST_USE enum result offers_last_open(struct tx *tx, const struct id *incident, struct instant *deadline_r,
				      struct day *made_r);
/* Every open task by which no first message is on its way or was taken, or is known to have arrived: no way put, or all
   of them failed. And every closed one of somebody alone who was not reached, until the coordinator has seen to it. But none that was
   given up. */
MUST_USE enum result offers_tasks_unreached(struct tx *tx, struct arena *a, struct offers_row **list_r, size_t *n_r);
/* RES_OK: this one is such a closed one, seen to or not. RES_NONE: it is not. */
MUST_USE enum result offers_left(struct tx *tx, const struct id *task);
/* Everybody who holds an open task. */
MUST_USE enum result offers_holders(struct tx *tx, struct arena *a, const struct id **list_r, size_t *n_r);
/* Everybody who held a task that closed on this day. */
MUST_USE enum result offers_held_then(struct tx *tx, struct arena *a, struct day closed, const struct id **list_r,
				      size_t *n_r);
/* Every incident with an open task. */
MUST_USE enum result offers_open_incidents(struct tx *tx, struct arena *a, const struct id **list_r, size_t *n_r);
/* Whether any task closed on this day; whether any personal link is still good. */
MUST_USE enum result offers_any_closed(struct tx *tx, struct day day, bool *any_r);
MUST_USE enum result offers_any_link(struct tx *tx, struct day today, bool *any_r);
/* Writes holder, seats, ref, rel, deadline, not_before, since_hour, seen, rounds. */
MUST_USE enum result offers_move_task(struct tx *tx, const struct offers_row *row);
MUST_USE enum result offers_passed(struct tx *tx, struct arena *a, const struct id *task, const struct id **list_r,
				   size_t *n_r);
/* Who has this row's person from another incident: holders of her tasks since that day, open or reached, the newest first. Whoever
   has not reached her is a stranger still. */
MUST_USE enum result offers_known(struct tx *tx, struct arena *a, const struct offers_row *row, struct day since,
				  const struct id **list_r, size_t *n_r);
/* All tasks of a task's person, by day and id; *at_r: which is this one. */
struct offers_made;
MUST_USE enum result offers_made_by(struct tx *tx, struct arena *a, const struct offers_row *row, struct offers_made **list_r,
				    size_t *n_r, size_t *at_r);
/* Whether she was named twice, as duty knows by now, and this is the second of her two tasks in the incident: it gives way where one message is
   enough. The first never does, so that whatever fails she is not left without. */
MUST_USE enum result offers_is_second(struct tx *tx, const struct offers_row *row, bool *second_r);
/* When the newest check that she got for another of them was put; 0: none is known, of those whose link still opens. One that failed by
   every way, or was taken back, was none. */
MUST_USE enum result offers_last_check(struct tx *tx, const struct offers_row *row, struct day *last_r);
MUST_USE enum result offers_put_passed(struct tx *tx, const struct id *task, const struct id *supporter);
MUST_USE enum result offers_incident(struct tx *tx, struct arena *a, const struct id *id, struct door_incident *in_r);
MUST_USE enum result offers_put_link(struct tx *tx, const unsigned char hash[32], const struct id *task,
				     enum offers_touch touch, struct day expires);
MUST_USE enum result offers_link(struct tx *tx, const unsigned char hash[32], struct day today, struct id *task_r,
				 enum offers_touch *touch_r);
/* Adds bits to the task's ways. */
MUST_USE enum result offers_add_ways(struct tx *tx, const struct id *task, unsigned bits);
MUST_USE enum result offers_put_stopped(struct tx *tx, const struct id *task);
MUST_USE enum result offers_put_seen(struct tx *tx, const struct id *task, const struct id *supporter);
MUST_USE enum result offers_put_closed(struct tx *tx, const struct id *task, struct day day, bool reached);
MUST_USE enum result offers_put_fact(struct tx *tx, const struct id *exposure, enum door_fact_kind kind, struct day day);
#define OFFERS_MAILED_HOURS 48 /* the ring asks for 24 */
/* Deletes the links that no longer open, and counts of mail that no longer size the ring. */
MUST_USE enum result offers_forget_past(struct tx *tx, struct day today, int64_t hour);
MUST_USE enum result offers_count_mail(struct tx *tx, int64_t hour, int64_t n);

#endif
