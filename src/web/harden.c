#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/log.h"
#include "web/server.h"

enum result web_harden_process(void)
{
	const struct rlimit none = { 0, 0 };
	umask(077);
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		log_world("web", "core dumps cannot be turned off: %s", strerror(errno));
		return RES_BROKEN;
	}
	return RES_OK;
}
