/* sending.h: one message of the outbox: whose it is, handing it over, writing down what came of it. Known to round.c alone.
   Several of a round are sent at once, each by its own `struct sending`; what they share, they touch under the lane's guard. */
#ifndef POST_SENDING_H
#define POST_SENDING_H

#include "base/buf.h"
#include "post/post_inside.h"
#include "post/told.h"

struct letter {
	struct id id, about;
	char kind[KIND_MOST], return_token[POST_TOKEN + 1];
	char address[POST_ADDRESS_MOST + 1];
	struct buf subject, body;
	struct day made;
	bool cut; /* the row is longer than post_put makes them: somebody else wrote it, and half of it is no mail */
};

/* What came of handing one over. */
struct outcome {
	bool unsure, away;
	bool silent;                  /* the last of several in a row of which nobody knows: no more is tried in this round */
	bool crowded;                 /* it failed before anybody was named, or the server bade farewell: perhaps it takes fewer connections */
	char words[120];              /* for the log */
	char id[GATEWAY_ID_MOST + 1]; /* an SMS's, at the gateway */
};

struct sending {
	struct lane *lane;
	CURL *curl;
	/* Whether nobody's is taken: then nothing is tried but what is done already, or old. */
	bool (*is_away)(void *ctx);
	/* The server did not take this connection. True: others are at work and it is theirs now, as if it had not been tried. */
	bool (*leaves)(void *ctx);
	void *ctx;
	struct letter letter;
	/* what came of it */
	struct outcome outcome;
	enum result res;  /* RES_OK accepted, RES_REFUSED for good, RES_AGAIN not now */
	bool tried, told; /* it was its turn; a result was written */
	bool asked;       /* a connection was used for it */
	enum result unwritten; /* else RES_OK: what became of it could not be written, and is owed */
};

/* The hours in which this way hands over nothing. */
bool sending_rests(const struct lane *lane);
/* Under the lane's guard: it lies in the outbox still. */
void sending_is_listed(struct lane *lane, const struct id *id);
/* Under the lane's guard, after all was listed: what lies there no more was sent by another program, and is forgotten. */
void sending_forget_unlisted(struct lane *lane);

/* Sends s->letter, unless it rests or is somebody else's. RES_BROKEN: the database. */
MUST_USE enum result sending_one(struct sending *s);

#endif
