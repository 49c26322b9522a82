#include "db/db_pq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/log.h"

#define LIBRARY "libpq.so.5" /* as programs that are linked with it name it */

struct db_pq db_pq;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* In the order of the members of struct db_pq. */
#define NAME(name) #name,
static const char *const names[] = { DB_PQ_FUNCTIONS(NAME) };
_Static_assert(sizeof(db_pq) == sizeof(names), "a name for each member, and nothing between them");

static void load(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	loaded = library != NULL;
	for (size_t i = 0; i < ARRAY_LEN(names) && loaded; i++) {
		void *found = dlsym(library, names[i]);
		memcpy((char *)&db_pq + i * sizeof(found), &found, sizeof(found));
		loaded = found != NULL;
	}
	if (!loaded)
		log_world("db", "`database` names PostgreSQL, whose client libpq (package libpq5) cannot be loaded: %s", dlerror());
}

bool db_pq_load(void)
{
	pthread_once(&once, load);
	return loaded;
}
