#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/result.h"

static void system_fill(struct random_source *self, const char *label, void *out, size_t n)
{
	(void)self;
	(void)label;
	unsigned char *p = out;
	while (n) {
		ssize_t got = getrandom(p, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			bug("getrandom");
		p += got;
		n -= (size_t)got;
	}
}

static struct random_source system_source = { system_fill };

struct random_source *random_system(void)
{
	return &system_source;
}

void random_fill(struct random_source *rnd, const char *label, void *out, size_t n)
{
	rnd->fill(rnd, label, out, n);
}

uint32_t random_below(struct random_source *rnd, const char *label, uint32_t below)
{
	if (!below)
		bug("random_below(0)");
	uint32_t n, most = UINT32_MAX - UINT32_MAX % below;
	do
		random_fill(rnd, label, &n, sizeof(n));
	while (n >= most);
	return n % below;
}
