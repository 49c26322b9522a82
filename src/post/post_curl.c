/* libcurl, loaded when the first message goes out, with the thirty libraries that it brings: a program at rest, and its start, do
   without them. Here are libcurl's own functions, as curl.h declares them, and each passes on to the library's. So the rest of the
   room calls them as ever, with the header's checks of what an option takes. */
#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "post/post.h"

#define LIBRARY "libcurl.so.4" /* as programs that are linked with it name it */

/* The header has macros of these names, which check the types of what is passed on. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

static struct {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_reset) *easy_reset;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
} lib;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	const struct {
		const char *name;
		void *to;
	} wanted[] = {
		{ "curl_global_init", &lib.global_init }, { "curl_easy_init", &lib.easy_init },
		{ "curl_easy_cleanup", &lib.easy_cleanup }, { "curl_easy_reset", &lib.easy_reset },
		{ "curl_easy_setopt", &lib.easy_setopt }, { "curl_easy_perform", &lib.easy_perform },
		{ "curl_easy_getinfo", &lib.easy_getinfo }, { "curl_easy_strerror", &lib.easy_strerror },
		{ "curl_slist_append", &lib.slist_append }, { "curl_slist_free_all", &lib.slist_free_all },
	};
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	loaded = library != NULL;
	for (size_t i = 0; i < ARRAY_LEN(wanted) && loaded; i++) {
		void *found = dlsym(library, wanted[i].name);
		memcpy(wanted[i].to, &found, sizeof(found));
		loaded = found != NULL;
	}
	if (!loaded) {
		log_world("post", "no message can be sent: libcurl (package libcurl4) cannot be loaded: %s", dlerror());
	} else if (lib.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		log_world("post", "no message can be sent: libcurl does not start");
		loaded = false;
	}
}

bool post_can_send(void)
{
	pthread_once(&once, load);
	return loaded;
}

CURL *curl_easy_init(void)
{
	return post_can_send() ? lib.easy_init() : NULL;
}

/* Whoever has a handle has the library. */

void curl_easy_cleanup(CURL *c)
{
	lib.easy_cleanup(c);
}

void curl_easy_reset(CURL *c)
{
	lib.easy_reset(c);
}

CURLcode curl_easy_perform(CURL *c)
{
	return lib.easy_perform(c);
}

/* What an option takes is in its number (curl.h, CURLOPTTYPE_…): a long, an offset, else a pointer. */
CURLcode curl_easy_setopt(CURL *c, CURLoption option, ...)
{
	va_list args;
	CURLcode code;
	va_start(args, option);
	if (option < CURLOPTTYPE_OBJECTPOINT)
		code = lib.easy_setopt(c, option, va_arg(args, long));
	else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
		code = lib.easy_setopt(c, option, va_arg(args, curl_off_t));
	else
		code = lib.easy_setopt(c, option, va_arg(args, void *));
	va_end(args);
	return code;
}

/* Where it is to be written: always a pointer. */
CURLcode curl_easy_getinfo(CURL *c, CURLINFO info, ...)
{
	va_list args;
	va_start(args, info);
	CURLcode code = lib.easy_getinfo(c, info, va_arg(args, void *));
	va_end(args);
	return code;
}

const char *curl_easy_strerror(CURLcode code)
{
	return post_can_send() ? lib.easy_strerror(code) : "libcurl cannot be loaded";
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *s)
{
	return post_can_send() ? lib.slist_append(list, s) : NULL;
}

void curl_slist_free_all(struct curl_slist *list)
{
	if (list)
		lib.slist_free_all(list);
}
