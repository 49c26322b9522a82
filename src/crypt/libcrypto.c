#include "crypt/libcrypto.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "crypt/crypt.h"

#define LIBRARY "libcrypto.so.3" /* as programs that are linked with it name it */

struct libcrypto libcrypto;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* In the order of the members of struct libcrypto. */
#define NAME(name) #name,
static const char *const names[] = { LIBCRYPTO_FUNCTIONS(NAME) };
_Static_assert(sizeof(libcrypto) == sizeof(names), "a name for each member, and nothing between them");

static void load(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	loaded = library != NULL;
	for (size_t i = 0; i < ARRAY_LEN(names) && loaded; i++) {
		void *found = dlsym(library, names[i]);
		memcpy((char *)&libcrypto + i * sizeof(found), &found, sizeof(found));
		loaded = found != NULL;
	}
	if (!loaded)
		log_world("crypt", "nothing can be sealed: OpenSSL's libcrypto (package libssl3) cannot be loaded: %s", dlerror());
}

bool crypt_ready(void)
{
	pthread_once(&once, load);
	return loaded;
}

void libcrypto_load(void)
{
	if (!crypt_ready())
		bug("nothing can be sealed");
}
