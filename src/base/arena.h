/* arena.h: memory that lives as long as one request or one job.

   Everything made in an arena goes at once, by arena_free. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena;

struct arena *arena_new(void) MUST_USE;
void arena_free(struct arena **a); /* safe on NULL; sets *a to NULL */
/* Zeroed, aligned for any type, never NULL. Aborts past 64 MiB in one arena: whoever
   puts input there has checked its size first. */
void *arena_alloc(struct arena *a, size_t count, size_t size) MUST_USE;
/* A zero-terminated copy. A zero byte inside s ends the string early for C. */
char *arena_str(struct arena *a, struct slice s) MUST_USE;
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_USE;
struct slice arena_slice(struct arena *a, struct slice s) MUST_USE;
/* Overwrites everything it holds, then frees it: for arenas that held what
   somebody wrote to a supporter. */
void arena_wipe_free(struct arena **a);

/* Room for one more in a list that grows in an arena: `list` with its n items (NULL at first), or a copy with twice the
   room. *room is how many fit, 0 at first. The old copy stays in the arena until the end. */
void *arena_grow(struct arena *a, void *list, size_t n, size_t *room, size_t size) MUST_USE;

#define arena_new_of(a, type) ((type *)arena_alloc((a), 1, sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))

#endif
