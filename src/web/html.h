/* html.h: where pages are written. Templates (tools/tplc) call these; hardly anybody else.

   The short name is the safe one: a value goes out escaped for the place where it
   stands. Raw HTML has a type of its own, made only by what is known to be HTML. */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include "base/buf.h"

struct html {
	struct buf out;
	int lang; /* enum lang: what {{tr …}} speaks */
};

/* The buffer is a secret one, so that no page leaves a copy of itself behind in memory; most pages fit into it as it begins. */
#define HTML(language) ((struct html){ .out = { .limit = (size_t)4 << 20, .least = (size_t)24 << 10, .secret = true }, .lang = (language) })

/* HTML that is known to be HTML. */
struct html_safe {
	struct slice s;
};

void html_raw(struct html *h, const char *literal, size_t n);     /* the template's own text */
void html_safe(struct html *h, struct html_safe s);
void html_text(struct html *h, struct slice s);                   /* in text and in quoted attributes */
void html_text_str(struct html *h, const char *s);                /* NULL is nothing */
void html_text_int(struct html *h, int64_t n);
void html_text_count(struct html *h, int64_t n);                  /* a number within a sentence: say_number() */
/* A whole URL: http, https, mailto, tel, a path of ours ("/…", not "//…") or a "#place" on the page; else
   "#blocked-url". White space, control characters and backslashes anywhere block it. */
void html_url(struct html *h, struct slice s);
void html_url_str(struct html *h, const char *s);
void html_url_part(struct html *h, struct slice s);               /* one segment or argument: percent-encoded */
void html_url_part_str(struct html *h, const char *s);
void html_url_part_int(struct html *h, int64_t n);
void html_free(struct html *h);

#endif
