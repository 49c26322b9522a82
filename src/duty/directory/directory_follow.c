/* What hangs on units that an import has found to be others by now. */
#include "base/log.h"
#include "duty/directory/directory_inside.h"

static enum result news_work(struct tx *tx, void *ctx)
{
	struct people_became_fact *list;
	struct arena *a = arena_new();
	enum result res = people_became_hear(tx, a, &list, ctx);

	arena_free(&a);
	return res;
}

static bool there_is_news(const struct directory_setup *s)
{
	size_t n = 0;

	return db_read(s->db, news_work, &n) == RES_OK && n > 0;
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	const struct directory_setup *s = directory_setup_of(ctx);
	struct people_became_fact *list;
	size_t n = 0;
	struct arena *a = arena_new();
	enum result res = people_became_hear(tx, a, &list, &n);

	for (size_t i = 0; i < n && res == RES_OK; i++) {
		res = s->became(tx, &list[i].unit, &list[i].becomes, list[i].whole, &list[i].by, s->became_ctx);
		if (res == RES_OK)
			res = people_became_heard(tx, &list[i].unit);
	}
	arena_free(&a);
	return res;
}

void directory_follow_units(struct directory *d)
{
	const struct directory_setup *s = directory_setup_of(d);

	if (!s->became || !there_is_news(s))
		return;
	if (db_write(s->db, hear_work, d) != RES_OK)
		log_world("directory", "what hangs on units that have become others could not follow; it is tried again");
	else if (s->mail_waits)
		s->mail_waits(s->mail_ctx);
}
