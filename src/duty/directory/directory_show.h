/* directory_show.h: makes what the pages show of what was read. */
#ifndef DUTY_DIRECTORY_SHOW_H
#define DUTY_DIRECTORY_SHOW_H

#include "duty/directory/directory_night.h"
#include "duty/directory/directory_view.h"

/* What the pages read, in one transaction. */
struct directory_facts {
	struct arena *a;
	const struct actor *who;
	struct instant now;
	bool any;      /* an import is under way */
	bool mine;
	bool by_night; /* it is the nightly file */
	bool has_night;
	struct night night;
	struct people_status status;
	struct people_sums sums;
	const char *whose; /* name of another administrator; "" for the operator */
	int64_t people;    /* who work here */
	bool ever;
	struct instant last;
	enum people_way way;
	int64_t notes;
};

struct directory_view directory_show_base(struct directory *d, struct req *req, const struct actor *who, const char *title);
void directory_show_front(const struct directory_facts *f, struct directory_view *v);
void directory_show_night(const struct directory_facts *f, int days, struct directory_view *v);
/* Somebody else's, or under way, or without its file: a page that only says so. */
void directory_show_say(const struct directory_facts *f, struct directory_view *v);
void directory_show_columns(const struct directory_facts *f, const struct people_peek *peek, const struct choices *c, enum refusal why,
		  struct directory_view *v);
void directory_show_difference(const struct directory_facts *f, bool has_file, struct directory_view *v);
void directory_show_became(const struct directory_facts *f, const struct people_became_line *list, size_t n, struct directory_view *v);
#define PEOPLE_A_PAGE 50
/* `peek`: what the columns are called; NULL: the file is not here any more. */
void directory_show_problems(const struct directory_facts *f, const struct people_peek *peek, int64_t page, const struct people_bad_line *list,
			     size_t n, struct directory_view *v);
/* The words of the address: "new", "changed" …, or NULL. */
extern const char *const directory_whats[];
enum people_fate directory_fate(int what); /* PEOPLE_PENDING: the doubts */
void directory_show_people(const struct directory_facts *f, int what, int64_t page, const struct people_difference *list, size_t n,
		 struct directory_view *v);

#endif
