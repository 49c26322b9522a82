/* notify.h: tells the service manager how we are: one datagram to NOTIFY_SOCKET (sd_notify(3), whose protocol is promised to stay).
   Without that variable nothing happens. */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

/* Lines such as "READY=1\nSTATUS=serves". Trouble is no trouble of ours: nobody listens. */
void notify_manager(const char *lines);

/* After how many milliseconds without WATCHDOG=1 the manager ends us (WATCHDOG_USEC, WATCHDOG_PID: sd_watchdog_enabled(3)); 0: it does not watch us. */
int notify_watched(void);

#endif
