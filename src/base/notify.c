#include "base/notify.h"

#include "base/slice.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify_manager(const char *lines)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *at = getenv("NOTIFY_SOCKET");
	size_t n = at ? strlen(at) : 0;
	if (n < 2 || n >= sizeof(to.sun_path) || (at[0] != '/' && at[0] != '@'))
		return;
	memcpy(to.sun_path, at, n);
	if (at[0] == '@')
		to.sun_path[0] = '\0'; /* an abstract name has no zero at its end */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, lines, strlen(lines), MSG_NOSIGNAL, (const struct sockaddr *)&to,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

int notify_watched(void)
{
	const char *every = getenv("WATCHDOG_USEC"), *whom = getenv("WATCHDOG_PID");
	int64_t n, pid;
	if (!every || slice_int(slice_of(every), &n) != RES_OK || n < 1000 || n / 1000 > INT_MAX)
		return 0;
	if (whom && (slice_int(slice_of(whom), &pid) != RES_OK || pid != getpid()))
		return 0;
	return (int)(n / 1000);
}
