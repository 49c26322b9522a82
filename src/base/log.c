#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Levels as the journal reads them (sd-daemon(3)). */
static const char *const prefix[] = { [LOG_FACT] = "<6>", [LOG_INPUT] = "<5>", [LOG_WORLD] = "<3>" };

void log_line(enum log_level level, const char *room, const char *fmt, ...)
{
	char line[1024];
	va_list args;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	fprintf(stderr, "%s%s: %s\n", isatty(STDERR_FILENO) ? "" : prefix[level], room, line);
}
