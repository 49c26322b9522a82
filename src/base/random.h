/* random.h: where chance comes from, as an argument.

   In service every byte comes from the system generator. In tests a source may be
   keyed by (label of the call site, counter of that label), so that two runs of the
   same history draw the same bytes and an extra draw at one site shows there and
   nowhere else (PROTOCOL.md § 10). crypt/ makes that source; base/ knows only this
   door. A label names the room and the purpose: "offers/token". */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random_source {
	void (*fill)(struct random_source *self, const char *label, void *out, size_t n);
};

/* The system generator: getrandom(2). Never fails: aborts if the kernel refuses. Safe from all threads. */
struct random_source *random_system(void);

void random_fill(struct random_source *rnd, const char *label, void *out, size_t n);
/* Uniform in 0..below-1, by rejection. below > 0. */
uint32_t random_below(struct random_source *rnd, const char *label, uint32_t below);

#endif
