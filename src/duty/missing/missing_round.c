/* Who is asked to look, and who is asked next when nobody has decided. The mails say neither what waits nor about whom. */
#include "duty/missing/missing_round.h"

#include <string.h>

#include "clockwork/clockwork.h"
#include "post/post.h"
#include "signin/signin.h"

#define ROUND "missing/round"
#define MAIL "missing"

SQL(round_open, "i", "id:b unit:b? level:i told:i? day:i",
    "SELECT id, unit, level, told_day AS told, happened_day AS day FROM missing WHERE state = $1 ORDER BY made_day, id");
SQL(round_told, "bii", "", "UPDATE missing SET level = $2, told_day = $3 WHERE id = $1");

/* ---- rules ---- */

size_t missing_owners(const char *unit_path, const struct missing_holder *leaders, size_t n, int level, bool *asked)
{
	int nearest = -1, found = 0;
	for (int at = 0; at <= level; at++) {
		int next = -1;
		for (size_t i = 0; i < n; i++) {
			int f = missing_far(unit_path, &leaders[i]);
			if (f > nearest && (next < 0 || f < next))
				next = f;
		}
		if (next < 0)
			break;
		nearest = next;
		found = at + 1;
	}
	size_t asks = 0;
	for (size_t i = 0; i < n; i++) {
		asked[i] = found && missing_far(unit_path, &leaders[i]) == nearest;
		asks += asked[i];
	}
	return asks;
}

struct instant missing_round_at(struct instant now)
{
	struct wall wall = instant_wall(now);
	struct day today = instant_day(now);
	if (wall.hour < MISSING_FROM_HOUR)
		return day_at(today, MISSING_FROM_HOUR, 0);
	if (wall.hour >= MISSING_TO_HOUR)
		return day_at(day_add(today, 1), MISSING_FROM_HOUR, 0);
	return instant_add(now, MISSING_GATHER);
}

/* ---- the round ---- */

struct round {
	struct tx *tx;
	struct arena *a;
	struct missing_pages *pages;
	struct instant now;
	struct missing_holders leaders, safety; /* everybody who leads something, and who represents */
	struct id *mailed;
	size_t mailed_n, mailed_room;
	int left; /* open afterwards */
};

const char *missing_subject(enum lang lang)
{
	return tr(lang, "Something is waiting for you");
}

void missing_words(struct buf *body, enum lang lang, const char *name, const char *url, const char *workplace)
{
	tr_fill(body, tr(lang, "Hello {name},\n\nSomething is waiting for you at {workplace}. Please look at it today.\n\n{url}\n"), "name", name, "url", url,
		"workplace", workplace, NULL);
}

/* One mail to each account in a round, however much waits. An address that will never do is passed over. */
static enum result mail_to(struct round *r, const struct id *account)
{
	struct account acc;
	struct buf body = BUF_LIMIT(8192);
	for (size_t i = 0; i < r->mailed_n; i++)
		if (id_eq(&r->mailed[i], account))
			return RES_OK;
	r->mailed = arena_grow(r->a, r->mailed, r->mailed_n, &r->mailed_room, sizeof(*r->mailed));
	r->mailed[r->mailed_n++] = *account;
	enum result res = signin_get(r->tx, r->a, account, &acc);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	missing_words(&body, acc.lang, acc.name, arena_printf(r->a, "%s/reported", r->pages->public_url), r->pages->frame->house->workplace);
	struct mail mail = { MAIL, acc.id, slice_of(acc.email), slice_of(missing_subject(acc.lang)), buf_get(&body), POST_MAIL };
	res = post_put(r->tx, r->pages->frame->rnd, instant_day(r->now), &mail);
	buf_free(&body);
	return res == RES_BAD ? RES_OK : res;
}

static enum result mail_role(struct round *r, enum role role)
{
	struct signin_holder *list;
	size_t n;
	enum result res = signin_holders(r->tx, r->a, role, &list, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = mail_to(r, &list[i].account);
	return res;
}

/* Those who may decide about it. */
static struct missing_holders unbarred(struct arena *a, const struct missing_holders *all, const char *unit_path, struct day day)
{
	struct missing_holders some = { arena_array(a, struct missing_holder, all->n), 0 };
	for (size_t i = 0; i < all->n; i++)
		if (!missing_barred(&all->list[i], unit_path, day))
			some.list[some.n++] = all->list[i];
	return some;
}

/* Those whose turn it is; *asked_r: how many. */
static enum result mail_holders(struct round *r, const struct missing_holders *all, const char *unit_path, struct day day, int level,
				size_t *asked_r)
{
	struct missing_holders some = unbarred(r->a, all, unit_path, day);
	bool *asked = arena_array(r->a, bool, some.n);
	enum result res = RES_OK;
	*asked_r = missing_owners(unit_path, some.list, some.n, level, asked);
	for (size_t i = 0; res == RES_OK && i < some.n; i++)
		if (asked[i])
			res = mail_to(r, &some.list[i].account);
	return res;
}

/* Where nobody leads the place: administrators, and from the second time on safety representatives too. Where whoever leads it is a party
   there: its safety representatives. */
static enum result ask(struct round *r, const char *unit_path, struct day day, int level)
{
	size_t asked = 0;
	bool led = *unit_path && missing_led(&r->leaders, unit_path);
	enum result res = mail_holders(r, &r->leaders, led ? unit_path : "", day, level, &asked);
	if (res == RES_OK && !asked && led)
		res = mail_holders(r, &r->safety, unit_path, day, level, &asked);
	if (res != RES_OK || asked)
		return res;
	res = mail_role(r, ROLE_ADMIN);
	return res == RES_OK && level > 0 ? mail_role(r, ROLE_SAFETY) : res;
}

static enum result round_one(struct round *r, const struct id *id, const struct id *unit, struct day day, int level, struct day told)
{
	struct day today = instant_day(r->now);
	const char *path = "";
	bool asked = told.n && told.n <= today.n; /* on a later day: the clock had run ahead, and she is asked again */
	if (asked && today.n - told.n < MISSING_RAISE_DAYS)
		return RES_OK;
	level += asked && level < MISSING_LEVELS_MOST ? 1 : 0;
	enum result res = id_is_zero(unit) ? RES_NONE : people_unit_path(r->tx, r->a, unit, &path);
	if (res == RES_NONE)
		path = "";
	else if (res != RES_OK)
		return res;
	res = ask(r, path, day, level);
	return res == RES_OK ? db_do(r->tx, &round_told, NULL, v_id(id), v_int(level), v_int(today.n)) : res;
}

static enum result go_round(struct round *r)
{
	struct rows *rows;
	enum result res = missing_holders(r->tx, r->a, ROLE_LEADER, &r->leaders);
	if (res == RES_OK)
		res = missing_holders(r->tx, r->a, ROLE_SAFETY, &r->safety);
	if (res == RES_OK)
		res = db_ask(r->tx, &round_open, &rows, v_int(MISSING_OPEN));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct id id = row_id(rows, 0), unit = row_id(rows, 1);
		struct day told = { row_null(rows, 3) ? 0 : (int32_t)row_int(rows, 3) };
		r->left++;
		res = round_one(r, &id, &unit, (struct day){ (int32_t)row_int(rows, 4) }, (int)row_int(rows, 2), told);
		if (res != RES_OK)
			break;
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static enum result round_job(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct round r = { .tx = tx, .a = arena_new(), .pages = room, .now = now };
	enum result res = go_round(&r);
	(void)about;
	/* As long as something is open somebody is asked again. */
	if (res == RES_OK && r.left)
		res = clockwork_put(tx, ROUND, &(struct id){ { 0 } }, day_at(day_add(instant_day(now), 1), MISSING_DAILY_HOUR, 0));
	arena_free(&r.a);
	return res;
}

enum result missing_ask(struct tx *tx, struct instant now)
{
	return clockwork_put_by(tx, ROUND, &(struct id){ { 0 } }, missing_round_at(now));
}

static enum result soon(struct tx *tx, void *ctx)
{
	const struct missing_pages *pages = ctx;
	return missing_ask(tx, clock_now(pages->clock));
}

/* The clock went back: what waits is looked at by the true clock, not after the wrong day. */
static enum result set_back(void *room)
{
	struct missing_pages *pages = room;
	return db_write(pages->db, soon, pages);
}

static void round_done(void *room)
{
	struct missing_pages *pages = room;
	if (pages->mail_waits)
		pages->mail_waits(pages->mail_ctx);
}

void missing_jobs(struct missing_pages *pages, struct clockwork *cw)
{
	clockwork_kind(cw, ROUND, round_job, round_done, pages);
	clockwork_set_back(cw, set_back, pages);
}

/* Nothing is done about a mail that did not arrive: the next goes a level higher. */
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

enum result missing_hear_post(struct missing_pages *pages)
{
	return db_write(pages->db, hear_work, NULL);
}
