#include "post/trail.h"

#include <string.h>

static void await(struct trail *t)
{
	t->reply = 0;
	memset(t->status, 0, sizeof(t->status));
	t->relaying = false;
}

/* A sign-in goes out as lines of letters too, so a command counts only where it can come: "DATA" after RCPT. */
void trail_said(struct trail *t, struct slice command)
{
	if (t->quit)
		return;
	if (slice_starts(command, "QUIT\r\n")) {
		t->quit = true;
		return;
	}
	await(t);
	if (slice_starts(command, "MAIL FROM:"))
		t->at = HANDED_MAIL;
	else if (t->at == HANDED_MAIL && slice_starts(command, "RCPT TO:"))
		t->at = HANDED_RCPT;
	else if (t->at == HANDED_RCPT && slice_starts(command, "DATA\r\n"))
		t->at = HANDED_DATA;
}

void trail_message(struct trail *t)
{
	if (t->at == HANDED_MESSAGE)
		return;
	await(t);
	t->at = HANDED_MESSAGE;
}

/* Up to three digits off the front; -1: none. */
static int number(struct slice *s)
{
	int n = -1;
	for (int i = 0; i < 3 && s->n && s->p[0] >= '0' && s->p[0] <= '9'; i++) {
		n = (n < 0 ? 0 : n) * 10 + (s->p[0] - '0');
		*s = (struct slice){ s->p + 1, s->n - 1 };
	}
	return n;
}

/* "5.7.1 " (RFC 3463 § 2, RFC 2034 § 4). */
static bool read_status(struct slice s, int status[3])
{
	for (int i = 0; i < 3; i++) {
		status[i] = number(&s);
		char next = s.n ? s.p[0] : ' ';
		if (status[i] < 0 || (i < 2 ? next != '.' : next != ' ' && next != '\r' && next != '\n'))
			return false;
		if (i < 2)
			s = (struct slice){ s.p + 1, s.n - 1 };
	}
	return status[0] == 2 || status[0] == 4 || status[0] == 5;
}

void trail_heard(struct trail *t, struct slice line)
{
	int status[3];
	struct slice rest = line;
	int reply = number(&rest);
	if (t->quit || reply < 200 || line.n - rest.n != 3)
		return;
	t->reply = reply;
	t->relaying = t->relaying || memmem(rest.p, rest.n, "relay", 5) || memmem(rest.p, rest.n, "Relay", 5);
	if (rest.n && read_status((struct slice){ rest.p + 1, rest.n - 1 }, status))
		memcpy(t->status, status, sizeof(status));
}
