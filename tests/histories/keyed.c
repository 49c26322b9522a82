/* keyed.c: linked into both programs for the histories test only (docs/protocol.md § 10), by --wrap.

   Chance: every draw is keyed by the seed in MAKKER_HISTORY_SEED, its label and how often that label drew before, so
   that a draw more or less in one history shows in what is stored after it. What is sealed, and where an answer
   comes to lie, keeps real chance: ring/ but for the order in which an hour's slots are put and written.

   Passphrases: as cheap as Argon2id can be, since thousands of sign-ins are made.

   Threads: with a clock by hand the stepper does all that is due, in order. The threads of the clockwork, the post and the
   caller would do the same things at a moment that the machine chooses, so they do not start.

   Routes: the table of routes goes to the file MAKKER_HISTORY_ROUTES, so that the test knows every page there is. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clockwork/clockwork.h"
#include "crypt/crypt.h"
#include "crypt/passwords.h"
#include "post/post.h"
#include "web/server.h"

struct caller;
struct random_source *__real_random_system(void);
struct random_source *__wrap_random_system(void);
struct password_pool *__real_password_pool_new(struct random_source *rnd, struct password_cost cost, int at_once, int queue);
struct password_pool *__wrap_password_pool_new(struct random_source *rnd, struct password_cost cost, int at_once, int queue);
enum result __wrap_clockwork_start(struct clockwork *cw);
enum result __wrap_post_start(struct post *post);
enum result __wrap_caller_start(struct caller *c);
void __real_web_routes(struct web *web, const struct route *routes, size_t n, void *room);
void __wrap_web_routes(struct web *web, const struct route *routes, size_t n, void *room);

static struct random_source *keyed;

static bool is_exempt(const char *label)
{
	return !strncmp(label, "ring/", strlen("ring/")) && strcmp(label, "ring/order") && strcmp(label, "ring/turn");
}

static void fill(struct random_source *self, const char *label, void *out, size_t n)
{
	(void)self;
	random_fill(is_exempt(label) ? __real_random_system() : keyed, label, out, n);
}

/* Called first by main, before any thread. */
struct random_source *__wrap_random_system(void)
{
	static struct random_source source = { fill };
	if (!keyed) {
		const char *words = getenv("MAKKER_HISTORY_SEED");
		unsigned char seed[CRYPT_HASH];
		if (!words)
			bug("MAKKER_HISTORY_SEED is not set");
		crypt_hash(slice_of(words), seed);
		keyed = crypt_random_keyed(seed);
	}
	return &source;
}

struct password_pool *__wrap_password_pool_new(struct random_source *rnd, struct password_cost cost, int at_once, int queue)
{
	(void)cost;
	return __real_password_pool_new(rnd, (struct password_cost){ 1, 8 }, at_once, queue);
}

enum result __wrap_clockwork_start(struct clockwork *cw)
{
	(void)cw;
	return RES_OK;
}

enum result __wrap_post_start(struct post *post)
{
	(void)post;
	return RES_OK;
}

enum result __wrap_caller_start(struct caller *c)
{
	(void)c;
	return RES_OK;
}

void __wrap_web_routes(struct web *web, const struct route *routes, size_t n, void *room)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	const char *path = getenv("MAKKER_HISTORY_ROUTES");
	FILE *file = path ? fopen(path, "a") : NULL;
	for (size_t i = 0; file && i < n; i++)
		fprintf(file, "%s %s %x\n", methods[routes[i].method], routes[i].path, routes[i].may);
	if (file)
		fclose(file);
	__real_web_routes(web, routes, n, room);
}
