/* result.h: how a function says what came of it.

   One type for the whole house. Outputs (named `_r`) are written only when the
   result is RES_OK. Three words for wrong (our bug, their bad input, the
   world is broken) are told apart by RES_BAD, RES_BROKEN and bug(). */
#ifndef BASE_RESULT_H
#define BASE_RESULT_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args), nonnull(fmt)))

enum result {
	RES_OK,      /* done; outputs are written */
	RES_NONE,    /* there is no such thing; not an error */
	RES_AGAIN,   /* not now: somebody else was first, or a limit is reached; try later */
	RES_REFUSED, /* understood, and not allowed */
	RES_BAD,     /* their input is wrong */
	RES_BROKEN,  /* the world is broken: disk, network, database; logged where it happened */
};

/* A short English word for logs and tests, never for pages. */
const char *result_word(enum result res);

/* Our bug: says where, and aborts. Never used for input or for the world. */
#define bug(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_at(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Memory that must be there: aborts when it is not (the service manager starts us again). */
void *must_alloc(unsigned long count, unsigned long size) MUST_USE;
void *must_realloc(void *p, unsigned long count, unsigned long size) MUST_USE;
char *must_strdup(const char *s) MUST_USE;

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
