/* form.h: application/x-www-form-urlencoded against a table of fields. Pure: bytes in, values out.

   Written by hand because the library's parser keeps what nobody declared, and decodes
   what it should refuse. */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "base/arena.h"
#include "base/id.h"
#include "web/route.h"

#define FORM_PAIRS_MOST 2000
#define FORM_BODY_MOST ((size_t)4 << 20)

struct form;

/* Why a table is malformed, in a few English words, or NULL. */
const char *form_table_fault(const struct field *fields);

/* `fields` as in struct route. Everything lives in the arena. */
struct form *form_new(struct arena *a, const struct field *fields) MUST_USE;
/* Reads name=value&…; may be called for several texts, whose values add up. `csrf` and `lang` are kept beside the
   table where `with_csrf`, `with_lang`. RES_BAD: more than FORM_PAIRS_MOST pairs. A value that breaks its field is
   kept as broken; a pair whose name is not declared is not looked at. */
MUST_USE enum result form_read(struct form *f, struct slice encoded, bool with_csrf, bool with_lang);
/* p == NULL where not sent, or sent twice. */
struct slice form_csrf(const struct form *f);
struct slice form_lang(const struct form *f);
/* The language that another text (the query) asked for. */
void form_take_lang(struct form *f, const struct form *from);

/* As req_text … req_echo (route.h). A name outside the table is our bug. */
MUST_USE enum result form_text(const struct form *f, const char *name, struct slice *text_r);
MUST_USE enum result form_int(const struct form *f, const char *name, int64_t *n_r);
MUST_USE enum result form_id(const struct form *f, const char *name, struct id *id_r);
MUST_USE enum result form_choice(const struct form *f, const char *name, int *index_r);
bool form_flag(const struct form *f, const char *name);
MUST_USE enum result form_nth(const struct form *f, const char *name, int nth, struct slice *text_r);
struct slice form_echo(const struct form *f, const char *name);

#endif
