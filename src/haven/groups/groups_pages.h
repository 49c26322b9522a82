/* groups_pages.h: what the two files of this room's pages share. */
#ifndef HAVEN_GROUPS_GROUPS_PAGES_H
#define HAVEN_GROUPS_GROUPS_PAGES_H

#include "haven/groups/groups.h"
#include "haven/groups/groups_view.h"
#include "web/route.h"
#include "web/server.h"

/* The frame: `path` of this page, for the language links. */
struct look groups_frame(const struct groups_pages *p, struct req *req, const struct actor *who, const char *title, const char *path);
/* A sentence with {when}: a moment, or a day. */
const char *groups_with_moment(struct req *req, const char *text, struct instant when);
const char *groups_with_day(struct req *req, const char *text, struct day day);
/* Days to choose from, as people say them. */
const struct groups_option *groups_days(struct req *req, struct day from, size_t n, struct day chosen);

void groups_lead_routes(struct groups_pages *p, struct web *web);

#endif
