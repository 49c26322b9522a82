/* context.h: where in HTML we stand, one character after the other.

   The compiler feeds it the template's own text; it answers what a value needs at this
   place to stay a value, and refuses what no escaping makes safe. It knows as much of
   the HTML standard's tokenizer as our templates use, and is stricter: what it does not
   know it refuses. */
#ifndef TPLC_CONTEXT_H
#define TPLC_CONTEXT_H

#include "base/slice.h"

enum place {
	IN_TEXT,
	IN_TAG_OPEN,     /* after '<' */
	IN_TAG_NAME,
	IN_TAG,          /* between attributes */
	IN_ATTR_NAME,
	IN_BEFORE_VALUE, /* after '=' */
	IN_VALUE,        /* between the quotes */
	IN_DECL,         /* <!doctype …> */
	IN_COMMENT,
	IN_RCDATA,       /* title, textarea: text, but tags are text too */
	IN_SCRIPT,       /* after <script src=…>: nothing but white space may stand here */
};

enum url_place {
	URL_START,  /* nothing yet: a hole is the whole URL or its beginning */
	URL_SCHEME, /* letters that may still become a scheme */
	URL_HOST,   /* after "https://" */
	URL_PHONE,  /* after "tel:" or "sms:" */
	URL_DATA,   /* after "data:", of a picture */
	URL_PART,   /* path or argument: a hole is percent-encoded */
};

enum attr_kind { ATTR_PLAIN, ATTR_URL, ATTR_NO_HOLE };

enum hole { HOLE_REFUSED, HOLE_TEXT, HOLE_RCDATA, HOLE_ATTR, HOLE_URL, HOLE_URL_OURS, HOLE_URL_PART };

#define CONTEXT_NAME 40 /* longest name of an element or attribute, with its zero */
#define CONTEXT_DEPTH 64

struct context {
	enum place place;
	char tag[CONTEXT_NAME], attr[CONTEXT_NAME], scheme[CONTEXT_NAME];
	bool closing;      /* </tag */
	bool slash;        /* <tag … / */
	bool needs_space;  /* before the next attribute */
	char quote;
	enum attr_kind kind;
	enum url_place url;
	bool http_equiv, content_hole; /* <meta>: the two must not meet */
	char open[CONTEXT_DEPTH][CONTEXT_NAME];
	int n_open;
	char closed[CONTEXT_DEPTH][CONTEXT_NAME]; /* closed here, opened by somebody before us */
	int n_closed;
	char why[120];     /* why something was refused */
};

/* Takes the character at rest.p[0]; the others are only looked at. False: refused, see why. */
bool context_step(struct context *c, struct slice rest);
/* What a value at this place needs; HOLE_REFUSED: see why. The place moves past the value. */
enum hole context_hole(struct context *c);
/* Before {{if}}, {{end}} and the like: a name that could go on is taken as finished.
   False where no block may begin or end. */
bool context_block(struct context *c);
/* Both branches end at the same place. `into` becomes what holds after either. */
bool context_join(struct context *into, const struct context *other);
/* White space means what it says: in pre, textarea and values. */
bool context_keeps_space(const struct context *c);

#endif
