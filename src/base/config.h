/* config.h: a program's settings: one file of `key = value` lines.

   A program declares its keys in a table; a key that is not in the table is a
   mistake, and so is one that is missing, given twice or out of its limits. All
   mistakes of a file are told at once, each as "FILE:LINE: what is wrong", in
   English, for the operator. Secrets are not settings: a key of kind CONFIG_PATH
   names the file that holds one.

   The format: one setting a line; white space around key and value does not count;
   `#` at the start of a line or after white space begins a comment; no quotes, no
   continued lines. A value is valid UTF-8 without control characters. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/buf.h"

enum config_kind {
	CONFIG_TEXT,    /* least..most bytes */
	CONFIG_CHOICE,  /* one of `choices`, which are separated by '|' */
	CONFIG_PATH,    /* an absolute path, or one below the program's data folder, without ".." */
	CONFIG_SOCKET,  /* HOST:PORT; HOST a name, an IPv4 address or an [IPv6 address]; port 1..65535 */
	CONFIG_ORIGIN,  /* http://HOST[:PORT] or https://HOST[:PORT], nothing after it */
	CONFIG_HOSTS,   /* host names, each with its :PORT or without, separated by spaces */
	CONFIG_MAIL,    /* an e-mail address in ASCII */
	CONFIG_DOMAIN,  /* a host name with a dot */
	CONFIG_PHONE,   /* 3 to 20 characters: digits and spaces, at least three digits, a + at most in front */
	CONFIG_ZONE,    /* a time zone of this machine's zone data: Europe/Oslo */
};

struct config_key {
	const char *name; /* a-z, 0-9 and '_' */
	enum config_kind kind;
	const char *value;   /* the default; NULL: the file must give it; "": may stay empty */
	int64_t least, most; /* bytes of CONFIG_TEXT; 0, 0 means 1..1000 */
	const char *choices; /* of CONFIG_CHOICE */
	const char *reason;  /* what it is for, in a sentence; and the source of its default */
	const char *takes;   /* in the documentation, where the choices are not the same in every build; else NULL */
};

struct config;

#define CONFIG_MOST_BYTES 65536
#define CONFIG_MOST_KEYS 64

/* Reads `text`, the contents of the file called `name`. RES_BAD after adding one line to
   `mistakes` for each mistake; `name` is used in them only. `keys` must outlive the config. */
MUST_USE enum result config_parse(struct slice text, const char *name, const struct config_key *keys, size_t n,
				  struct config **c_r, struct buf *mistakes);
/* The same of a file. A file that cannot be read is told in `mistakes` too: RES_BROKEN. */
MUST_USE enum result config_read(const char *path, const struct config_key *keys, size_t n, struct config **c_r,
				 struct buf *mistakes);
void config_free(struct config **c); /* safe on NULL */

/* What was given, else the default. Asking for a key that is not declared, or as another kind, is our bug.
   The texts live as long as the config. */
const char *config_text(const struct config *c, const char *name); /* every kind as it was written; "" if empty */
bool config_given(const struct config *c, const char *name);       /* not empty */
/* HOST (without brackets) and PORT of a CONFIG_SOCKET; the slice points into the config. */
struct slice config_host(const struct config *c, const char *name, int *port_r);
/* A message about a key in the words of the others, "FILE:LINE: key: …", for mistakes only the program can see. */
void config_mistake(const struct config *c, const char *name, struct buf *mistakes, const char *what);

/* The table as a page of documentation: one Markdown row a key. */
void config_document(const struct config_key *keys, size_t n, struct buf *out);

#endif
