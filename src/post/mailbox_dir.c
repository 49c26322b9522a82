/* A Maildir: a file a message, in new/ and cur/. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "post/mailbox_inside.h"

#define PATH_MOST 1500

static enum result open_it(struct mailbox *m)
{
	char path[PATH_MOST];
	snprintf(path, sizeof(path), "%s/new", m->where);
	if (access(path, R_OK | W_OK | X_OK) == 0)
		return RES_OK;
	log_world("post", "the Maildir of returned mail cannot be read: %s", strerror(errno));
	return RES_AGAIN;
}

static enum result list_folder(struct mailbox *m, const char *folder, struct buf *names)
{
	char path[PATH_MOST];
	snprintf(path, sizeof(path), "%s/%s", m->where, folder);
	DIR *d = opendir(path);
	if (!d)
		return errno == ENOENT ? RES_OK : RES_AGAIN;
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.' && !strchr(e->d_name, '\n'))
			buf_printf(names, "%s/%s\n", folder, e->d_name);
	closedir(d);
	return RES_OK;
}

static enum result list(struct mailbox *m, struct buf *names)
{
	enum result res = list_folder(m, "new", names);
	return res == RES_OK ? list_folder(m, "cur", names) : res;
}

static enum result fetch(struct mailbox *m, const char *name, struct buf *message)
{
	char path[PATH_MOST], bytes[8192];
	ssize_t n = 0;
	snprintf(path, sizeof(path), "%s/%s", m->where, name);
	/* A name that leads elsewhere is nobody's mail. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT || errno == ELOOP ? RES_NONE : RES_REFUSED;
	while (!message->full && (n = read(fd, bytes, sizeof(bytes))) > 0) {
		size_t left = MAILBOX_MESSAGE_MOST - message->n;
		buf_put(message, bytes, (size_t)n < left ? (size_t)n : left);
		if ((size_t)n >= left)
			break;
	}
	close(fd);
	return n < 0 ? RES_REFUSED : RES_OK;
}

static enum result drop(struct mailbox *m, const char *name)
{
	char path[PATH_MOST];
	snprintf(path, sizeof(path), "%s/%s", m->where, name);
	return unlink(path) == 0 || errno == ENOENT ? RES_OK : RES_REFUSED;
}

static enum result close_it(struct mailbox *m)
{
	(void)m;
	return RES_OK;
}

const struct mailbox_kind mailbox_maildir = { open_it, list, fetch, drop, close_it };
