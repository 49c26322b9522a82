/* smtp_testing.h: a mail server in a thread, for this room's tests; what it says is each test's own affair. */
#pragma once
#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct smtp_server {
	int fd;
	char url[64];
	pthread_t thread;
	int connections; /* read by the test after the thread has ended */
	bool many;       /* a thread for each connection */
	/* From the greeting to the end of one connection: hears from f, says to fd. */
	void (*converse)(int fd, FILE *f);
};

static inline void smtp_say(int fd, const char *line)
{
	ssize_t put = send(fd, line, strlen(line), MSG_NOSIGNAL);
	(void)put; /* whoever has gone hears nothing */
}

/* A line without its end; false when the other side has gone. */
static inline bool smtp_hear(FILE *f, char *line, int room)
{
	if (!fgets(line, room, f))
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

struct smtp_talk {
	struct smtp_server *s;
	int fd;
	pthread_t thread;
};

static void *smtp_talk(void *arg)
{
	struct smtp_talk *t = arg;
	FILE *f = fdopen(t->fd, "r");
	t->s->converse(t->fd, f);
	fclose(f);
	return NULL;
}

#define SMTP_TALKS_MOST 500

static void *smtp_serve(void *arg)
{
	struct smtp_server *s = arg;
	static struct smtp_talk talks[SMTP_TALKS_MOST];
	for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0 && s->connections < SMTP_TALKS_MOST;) {
		struct smtp_talk *t = &talks[s->many ? s->connections : 0];
		*t = (struct smtp_talk){ .s = s, .fd = fd };
		s->connections++;
		if (!s->many || pthread_create(&t->thread, NULL, smtp_talk, t) != 0)
			smtp_talk(t);
	}
	for (int i = 0; s->many && i < s->connections; i++)
		pthread_join(talks[i].thread, NULL);
	return NULL;
}

/* On a port of loopback that was free. */
static inline bool smtp_listen(struct smtp_server *s, void (*converse)(int fd, FILE *f), bool many)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	memset(s, 0, sizeof(*s));
	s->converse = converse;
	s->many = many;
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&at, size) != 0 || listen(s->fd, 5) != 0 ||
	    getsockname(s->fd, (struct sockaddr *)&at, &size) != 0)
		return false;
	snprintf(s->url, sizeof(s->url), "smtp://127.0.0.1:%d", ntohs(at.sin_port));
	return pthread_create(&s->thread, NULL, smtp_serve, s) == 0;
}

/* One connection at a time. */
static inline bool smtp_begin(struct smtp_server *s, void (*converse)(int fd, FILE *f))
{
	return smtp_listen(s, converse, false);
}

/* Many at a time, each in a thread of its own. */
static inline bool smtp_begin_many(struct smtp_server *s, void (*converse)(int fd, FILE *f))
{
	return smtp_listen(s, converse, true);
}

/* Whoever kept a connection open closes it first, or the server waits for its next mail. */
static inline void smtp_end(struct smtp_server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}
