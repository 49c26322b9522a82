/*~ A form with a file (FLAG_UPLOAD). The file goes to the disk as it comes and never into memory; the fields beside it
    become a body like any other form's. Before the first byte is taken a worker has asked who sends it and whether
    they may (gate_admit), so that a stranger cannot fill the disk.

    The file has no name: it is made for us alone, unlinked at once, and gone with its descriptor, however we end.
    Its bytes are written by the library's thread, into the system's cache in pieces of at most 64 KiB: that does not
    wait for the disk, but where the system itself holds writers back. */
#include "web/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "web/multipart.h"

#define FIELDS_MOST ((size_t)16 << 10) /* what the fields beside the file may take, encoded */
#define AT_ONCE 4                     /* uploads; our choice: they are an administrator's, once in a while */

struct upload {
	struct multipart reader;
	int fd;
	int64_t size, most;
	bool counted; /* it has one of AT_ONCE seats, and its file */
	bool in_file, has_file, too_large;
	bool wrong_type;
	bool broken; /* the disk */
	struct buf fields;
};

static enum result begin(void *ctx, struct slice name, bool is_file)
{
	struct upload *u = ctx;
	u->in_file = is_file;
	if (is_file && u->has_file)
		return RES_BAD;
	u->has_file |= is_file;
	if (is_file)
		return RES_OK;
	if (u->fields.n)
		buf_char(&u->fields, '&');
	struct html h = HTML(0);
	html_url_part(&h, name);
	buf_slice(&u->fields, buf_get(&h.out));
	html_free(&h);
	buf_char(&u->fields, '=');
	return RES_OK;
}

static enum result write_all(struct upload *u, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(u->fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			log_world("web", "an uploaded file cannot be written: %s", strerror(errno));
			u->broken = true;
			return RES_BROKEN;
		}
		p += k;
		n -= (size_t)k;
	}
	return RES_OK;
}

static enum result bytes(void *ctx, const char *p, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	struct upload *u = ctx;
	if (u->in_file) {
		u->size += (int64_t)n;
		u->too_large |= u->size > u->most;
		return u->too_large ? RES_REFUSED : write_all(u, p, n);
	}
	if (n > FIELDS_MOST || u->fields.n + 3 * n > FIELDS_MOST) {
		u->too_large = true;
		return RES_REFUSED;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		buf_char(&u->fields, '%');
		buf_char(&u->fields, hex[c >> 4]);
		buf_char(&u->fields, hex[c & 15]);
	}
	return RES_OK;
}

static enum result end(void *ctx)
{
	struct upload *u = ctx;
	u->in_file = false;
	return RES_OK;
}

static int open_file(const char *dir)
{
	char name[1100];
	if ((size_t)snprintf(name, sizeof(name), "%s/upload-XXXXXX", dir) >= sizeof(name))
		return -1;
	int fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

int upload_await(struct req *req, int64_t length)
{
	struct web *web = req->web;
	struct slice boundary;
	/* The fields and the parts' own heads come beside the file. */
	if (length > web->setup.upload_most + (int64_t)FIELDS_MOST * 2)
		return 413;
	struct upload *u = must_alloc(1, sizeof(*u));
	u->fd = -1;
	u->most = web->setup.upload_most;
	u->fields = (struct buf)BUF_SECRET(FIELDS_MOST + 4096);
	/* Told when it is here, and whoever may not send it has been told that instead. */
	u->wrong_type = multipart_boundary(req_header(req, "Content-Type"), &boundary) != RES_OK;
	if (!u->wrong_type)
		multipart_begin(&u->reader, boundary, (struct multipart_sink){ begin, bytes, end, u });
	req->upload = u;
	return 0;
}

int upload_admitted(struct req *req)
{
	struct web *web = req->web;
	if (web->uploads == AT_ONCE)
		return 503;
	int fd = open_file(web->setup.upload_dir);
	if (fd < 0) {
		log_world("web", "no file can be made for what is uploaded: %s", strerror(errno));
		return 503;
	}
	req->upload->fd = fd;
	req->upload->counted = true;
	web->uploads++;
	return 0;
}

void upload_comes(struct req *req, const char *p, size_t n)
{
	struct upload *u = req->upload;
	if (u->wrong_type || multipart_read(&u->reader, p, n) != RES_OK)
		req->body_dropped += n;
}

int upload_status(struct req *req)
{
	struct upload *u = req->upload;
	if (u->wrong_type)
		return 415;
	if (u->broken)
		return 503;
	if (u->too_large)
		return 413;
	return multipart_end(&u->reader) == RES_OK ? 0 : 400;
}

struct slice upload_fields(const struct req *req)
{
	return buf_get(&req->upload->fields);
}

int req_upload(struct req *req, int64_t *size_r)
{
	struct upload *u = req->upload;
	if (!u)
		bug("%s takes no file", req->route->path);
	int fd = u->has_file ? u->fd : -1;
	if (fd < 0)
		return -1;
	u->fd = -1;
	*size_r = u->size;
	if (lseek(fd, 0, SEEK_SET) != 0)
		bug("an uploaded file cannot be read from its beginning");
	return fd;
}

void upload_free(struct req *req)
{
	struct upload *u = req->upload;
	if (!u)
		return;
	if (u->fd >= 0)
		close(u->fd);
	req->web->uploads -= u->counted;
	buf_wipe(&u->fields);
	buf_free(&u->fields);
	explicit_bzero(u, sizeof(*u));
	free(u);
	req->upload = NULL;
}
