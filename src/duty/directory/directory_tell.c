/* What the administrators are told of the nightly file by mail: that something is the matter, and where to look. */
#include "duty/directory/directory_night.h"
#include "post/post.h"
#include "signin/signin.h"

#define MAIL "directory"

static void words(struct buf *body, enum lang lang, enum night_tale tale, const char *name, const char *url, const char *workplace)
{
	static const char *const texts[] = {
		[TOLD_WAITS] = TR("Hello {name},\n\nLast night’s file with the list of people has not been imported: it waits until you have looked at it.\n\n"
				  "{url}\n\n{workplace}\n"),
		[TOLD_FAILED] = TR("Hello {name},\n\nLast night’s file with the list of people could not be imported. The page says why.\n\n{url}\n\n{workplace}\n"),
		[TOLD_LATE] = TR("Hello {name},\n\nFor some days no file with the list of people has come from the personnel system.\n\n{url}\n\n{workplace}\n"),
		[TOLD_STAYS] = TR("Hello {name},\n\nLast night’s file with the list of people could not be removed from its folder. The page says why.\n\n{url}\n\n"
				  "{workplace}\n"),
	};

	tr_fill(body, tr(lang, texts[tale]), "name", name, "url", url, "workplace", workplace, NULL);
}

static enum result mail_one(struct tx *tx, const struct directory_setup *s, struct arena *a, enum night_tale tale, const struct id *account)
{
	struct account acc;
	struct buf body = BUF_LIMIT(8192);
	enum result res = signin_get(tx, a, account, &acc);

	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	words(&body, acc.lang, tale, acc.name, arena_printf(a, "%s/directory", s->public_url), s->frame->house->workplace);
	struct mail mail = { MAIL, acc.id, slice_of(acc.email), slice_of(tr(acc.lang, "The list of people")), buf_get(&body), POST_MAIL };
	res = post_put(tx, s->rnd, instant_day(clock_now(s->clock)), &mail);
	buf_free(&body);
	return res == RES_BAD ? RES_OK : res;
}

enum result directory_night_tell(struct tx *tx, const struct directory_setup *s, enum night_tale tale)
{
	struct arena *a = arena_new();
	struct signin_holder *list;
	size_t n;
	enum result res = signin_holders(tx, a, ROLE_ADMIN, &list, &n);

	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = mail_one(tx, s, a, tale, &list[i].account);
	arena_free(&a);
	return res;
}

/* A mail that did not arrive is not mailed again: the page and the health say the same. */
static enum result told(struct tx *tx, const struct mail_told *what, void *ctx)
{
	(void)tx, (void)what, (void)ctx;
	return RES_OK;
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	int n;

	(void)ctx;
	return post_take_results(tx, MAIL, told, NULL, &n);
}

enum result directory_hear_post(struct directory *d)
{
	return db_write(directory_setup_of(d)->db, hear_work, NULL);
}
