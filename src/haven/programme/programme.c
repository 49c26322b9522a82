#include "haven/programme/programme.h"

#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "haven/groups/groups.h"
#include "haven/matching/matching_rules.h"
#include "haven/offers/offers.h"
#include "haven/programme/programme_apart.h"
#include "haven/programme/programme_pause.h"
#include "haven/programme/programme_unreached.h"
#include "haven/programme/programme_view.h"
#include "haven/supporters/supporters.h"
#include "programme.tpl.h"
#include "signin/signin.h"

#define EXPIRES_SOON 60 /* days before accreditation ends in which it is told; our choice */

struct looking {
	const struct programme *p;
	struct arena *a;
	const struct actor *who;
	struct instant now;
	struct offers_progress *incidents;
	struct offers_pair **pairs;
	size_t incidents_n, *pairs_n;
	struct supporter *supporters;
	size_t supporters_n;
	int *loads;
	struct signin_undelivered *undelivered;
	size_t undelivered_n;
	struct offers_unreached *unreached;
	size_t unreached_n;
	int64_t groups;
	int64_t log_n; /* entries of the key log */
	char log_digits[KEYLOG_HEAD_CODE];
	struct supporters_reset_asked *resets;
	size_t resets_n;
	struct id not_hers; /* the supporter to whose request this coordinator cannot say yes: herself; zero: nobody */
	struct supporters_restored restored; /* day 0: not lately */
};

/* That the lists are looked at is written first: where it cannot be, nothing is shown. The lists are long, and are read
   without holding up whoever writes. */
static enum result note(struct tx *tx, void *ctx)
{
	const struct looking *l = ctx;
	return audit_put(tx, l->p->rnd, instant_day(l->now), &l->who->account, "programme/incidents", NULL);
}

/* Whose request for new keys this account cannot answer: her own, where there is another coordinator. One mailbox is not to be
   enough for both. Zero: nobody's. */
static enum result not_by(struct tx *tx, const struct id *account, struct id *supporter_r)
{
	struct arena *a = arena_new();
	struct account mine;
	struct signin_holder *list;
	size_t n = 0;
	*supporter_r = (struct id){ { 0 } };
	enum result res = signin_get(tx, a, account, &mine);
	if (res == RES_OK && !id_is_zero(&mine.of_whom))
		res = signin_holders(tx, a, ROLE_COORDINATOR, &list, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		if (!id_eq(&list[i].account, account))
			*supporter_r = mine.of_whom;
	arena_free(&a);
	return res == RES_NONE ? RES_OK : res;
}

static enum result look(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	struct day today = instant_day(l->now);
	enum result res = offers_progress(tx, l->a, l->now, &l->incidents, &l->incidents_n);
	if (res == RES_OK)
		res = supporters_all(tx, l->a, &l->supporters, &l->supporters_n);
	if (res == RES_OK)
		res = signin_undelivered(tx, l->a, &l->undelivered, &l->undelivered_n);
	if (res == RES_OK)
		res = offers_unreached(tx, l->a, &l->unreached, &l->unreached_n);
	if (res == RES_OK)
		res = groups_waiting(tx, &l->groups);
	if (res == RES_OK)
		res = supporters_resets(tx, l->a, today, &l->resets, &l->resets_n);
	if (res == RES_OK)
		res = not_by(tx, &l->who->account, &l->not_hers);
	if (res == RES_OK)
		res = supporters_key_head(tx, &l->log_n, l->log_digits);
	if (res != RES_OK && res != RES_NONE)
		return res;
	res = supporters_restored(tx, &l->restored);
	if (res != RES_OK && res != RES_NONE)
		return res;
	if (res == RES_NONE || l->restored.day.n + SUPPORTERS_RESTORED_TOLD < today.n)
		l->restored.day = (struct day){ 0 };
	res = RES_OK;
	l->pairs = arena_array(l->a, struct offers_pair *, l->incidents_n);
	l->pairs_n = arena_array(l->a, size_t, l->incidents_n);
	l->loads = arena_array(l->a, int, l->supporters_n);
	for (size_t i = 0; res == RES_OK && i < l->incidents_n; i++)
		res = offers_pairs(tx, l->a, &l->incidents[i].incident, l->now, &l->pairs[i], &l->pairs_n[i]);
	for (size_t i = 0; res == RES_OK && i < l->supporters_n; i++)
		res = supporters_load_now(tx, &l->supporters[i].id, today, matching_defaults().flat_days, &l->loads[i]);
	return res;
}

/* Who has ended since is left out. */
static size_t resets(const struct looking *l, enum lang lang, struct programme_reset **list_r)
{
	struct programme_reset *list = arena_array(l->a, struct programme_reset, l->resets_n);
	size_t n = 0;
	for (size_t i = 0; i < l->resets_n; i++)
		for (size_t k = 0; k < l->supporters_n; k++) {
			const struct supporters_reset_asked *asked = &l->resets[i];
			if (!id_eq(&asked->supporter, &l->supporters[k].id))
				continue;
			struct buf day = BUF_LIMIT(200), out = BUF_LIMIT(600);
			say_date(&day, lang, asked->day, instant_day(l->now));
			tr_fill(&out, asked->approved ? tr(lang, "New keys for {name} were approved on {day}, and have not been made yet.")
						      : tr(lang, "{name} has lost the keys, and asked on {day} to make new ones."),
				"name", l->supporters[k].name, "day", day.p, NULL);
			list[n++] = (struct programme_reset){ l->supporters[k].name, arena_str(l->a, buf_get(&out)), l->who->csrf,
							      asked->approved, id_eq(&asked->supporter, &l->not_hers),
							      id_text(&asked->supporter) };
			buf_free(&day);
			buf_free(&out);
		}
	*list_r = list;
	return n;
}

/* NULL when the log is empty. */
static const char *key_log(const struct looking *l, enum lang lang)
{
	char n[24];
	struct buf out = BUF_LIMIT(600);
	if (!l->log_n)
		return NULL;
	snprintf(n, sizeof(n), "%lld", (long long)l->log_n);
	tr_fill(&out, tr(lang, "Entry {n} of the key log ends in {digits}. Supporters see the same under “My keys”. If one of them does not, "
			       "the log may have been changed: call each other."), "n", n, "digits", l->log_digits, NULL);
	const char *text = arena_str(l->a, buf_get(&out));
	buf_free(&out);
	return text;
}

/* NULL when nothing was restored lately. */
static const char *restored(const struct looking *l, enum lang lang)
{
	if (!l->restored.day.n)
		return NULL;
	struct buf day = BUF_LIMIT(200), out = BUF_LIMIT(600);
	say_date(&day, lang, l->restored.day, instant_day(l->now));
	tr_fill(&out, tr(lang, "Since {day} the key log is shorter than it was: the server was restored from a backup. Each supporter calls "
			       "you, and you read these digits aloud."), "day", day.p, NULL);
	const char *text = arena_str(l->a, buf_get(&out));
	buf_free(&day);
	buf_free(&out);
	return text;
}

/* NULL when it has closed. */
static const char *closes(const struct looking *l, const struct offers_progress *p, enum lang lang)
{
	if (!p->close.s)
		return NULL;
	struct buf when = BUF_LIMIT(200), out = BUF_LIMIT(400);
	say_moment(&when, lang, p->close, l->now);
	tr_fill(&out, tr(lang, "Closes {when}, for all at once."), "when", when.p, NULL);
	const char *text = arena_str(l->a, buf_get(&out));
	buf_free(&when);
	buf_free(&out);
	return text;
}

static struct programme_incident incident_of(const struct looking *l, size_t i, enum lang lang)
{
	const struct offers_progress *p = &l->incidents[i];
	struct programme_pair *pairs = arena_array(l->a, struct programme_pair, l->pairs_n[i]);
	struct buf day = BUF_LIMIT(200);
	for (size_t k = 0; k < l->pairs_n[i]; k++)
		pairs[k] = (struct programme_pair){ l->pairs[i][k].name, l->pairs[i][k].supporter, l->pairs[i][k].overdue };
	say_date(&day, lang, p->day, instant_day(l->now));
	say_capital(&day, 0);
	struct programme_incident out = {
		.key = id_text(&p->incident), .title = p->title, .day = arena_str(l->a, buf_get(&day)),
		.close = closes(l, p, lang), .affected = p->affected, .assigned = p->assigned,
		.without = p->without - p->given_up, .given_up = p->given_up, .reached = p->reached, .closed = p->closed == p->affected, .overdue = p->overdue,
		.pairs = pairs, .pairs_n = l->pairs_n[i],
	};
	buf_free(&day);
	return out;
}

/* NULL when accreditation lasts. */
static const char *expires(const struct looking *l, const struct supporter *s, enum lang lang)
{
	struct day today = instant_day(l->now);
	if (s->accredited_until.n < today.n)
		return tr(lang, "Not accredited");
	if (s->accredited_until.n > today.n + EXPIRES_SOON)
		return NULL;
	struct buf when = BUF_LIMIT(200), out = BUF_LIMIT(400);
	say_date(&when, lang, s->accredited_until, today);
	tr_fill(&out, tr(lang, "Accredited until {day}"), "day", when.p, NULL);
	const char *text = arena_str(l->a, buf_get(&out));
	buf_free(&when);
	buf_free(&out);
	return text;
}

static struct programme_supporter supporter_of(const struct looking *l, size_t i, enum lang lang)
{
	const struct supporter *s = &l->supporters[i];
	return (struct programme_supporter){
		.id = id_text(&s->id), .name = s->name, .unit = look_place(s->unit), .load = l->loads[i], .load_most = matching_defaults().flat_most,
		.full = s->is_full, .paused = s->paused, .no_key = !s->has_key, .left = s->left,
		.expires = expires(l, s, lang),
	};
}

/* Those to the address that stands in a supporter's file; not to one that she had before. */
static size_t invitations(const struct looking *l, struct programme_invitation **list_r)
{
	struct programme_invitation *list = arena_array(l->a, struct programme_invitation, l->undelivered_n);
	size_t n = 0;
	for (size_t i = 0; i < l->undelivered_n; i++)
		for (size_t k = 0; k < l->supporters_n; k++)
			if (id_eq(&l->undelivered[i].of_whom, &l->supporters[k].id) &&
			    strcmp(l->undelivered[i].email, l->supporters[k].email) == 0)
				list[n++] = (struct programme_invitation){
					l->supporters[k].name, l->undelivered[i].email, l->who->csrf,
					id_text(&l->undelivered[i].account)
				};
	*list_r = list;
	return n;
}

/* `closed`: of those who are left with nobody else, or of those whom no message reached. */
static int to_see_to(const struct looking *l, bool closed)
{
	int n = 0;
	for (size_t i = 0; i < l->unreached_n; i++)
		n += !l->unreached[i].seen_to && l->unreached[i].closed == closed;
	return n;
}

static struct answer page(struct req *req, const struct actor *who, void *room)
{
	const struct programme *p = room;
	struct looking l = { .p = p, .a = req_arena(req), .who = who, .now = req_now(req) };
	enum result res = db_write(p->db, note, &l) == RES_OK ? db_read(p->db, look, &l) : RES_BROKEN;
	if (res != RES_OK)
		return reply_result(req, res);
	enum lang lang = (enum lang)req_lang(req);
	struct programme_incident *incidents = arena_array(l.a, struct programme_incident, l.incidents_n);
	struct programme_supporter *supporters = arena_array(l.a, struct programme_supporter, l.supporters_n);
	for (size_t i = 0; i < l.incidents_n; i++)
		incidents[i] = incident_of(&l, i, lang);
	for (size_t i = 0; i < l.supporters_n; i++)
		supporters[i] = supporter_of(&l, i, lang);
	struct programme_invitation *undelivered;
	size_t undelivered_n = invitations(&l, &undelivered);
	struct programme_reset *asked;
	size_t asked_n = resets(&l, lang, &asked);
	struct look_lines lines = look_lines(l.a, p->house, lang);
	struct programme_view v = {
		.line = &lines.professional,
		.look = {
			.house = p->house, .lang = lang, .title = tr(lang, "The programme"), .roles = who->roles,
			.place = "/s/programme", .path = "/s/programme", .sign_out = p->sign_out,
			.account = "/s/account", .csrf = who->csrf, .quick_exit = true,
		},
		.incidents = incidents, .incidents_n = l.incidents_n,
		.supporters = supporters, .supporters_n = l.supporters_n,
		.undelivered = undelivered, .undelivered_n = undelivered_n,
		.groups = (int)l.groups, .unreached = to_see_to(&l, false), .left = to_see_to(&l, true), .resets = asked, .resets_n = asked_n,
		.key_log = key_log(&l, lang), .restored = restored(&l, lang), .invited = req_flag(req, "invited"),
	};
	struct html h = html_for(req);
	programme_page(&h, &v);
	return reply_html(req, 200, &h);
}

/* ---- an invitation, once more ---- */

struct inviting {
	const struct programme *p;
	struct arena *a;
	struct id account;
};

/* RES_NONE: it was delivered, or taken up, or is no supporter's: nobody is mailed from here for any other reason. */
static enum result invite(struct tx *tx, void *ctx)
{
	struct inviting *v = ctx;
	struct signin_undelivered *list;
	size_t n;
	enum result res = signin_undelivered(tx, v->a, &list, &n);
	if (res != RES_OK)
		return res;
	for (size_t i = 0; i < n; i++)
		if (id_eq(&list[i].account, &v->account) && !id_is_zero(&list[i].of_whom))
			return signin_invite_by_mail(tx, v->p->signin, &v->account);
	return RES_NONE;
}

static struct answer invite_form(struct req *req, const struct actor *who, void *room)
{
	struct inviting v = { .p = room, .a = req_arena(req) };
	(void)who;
	if (req_id(req, "account", &v.account) != RES_OK)
		return reply_result(req, RES_BAD);
	enum result res = db_write(v.p->db, invite, &v);
	if (res == RES_NONE) /* pressed twice */
		return reply_see_other(req, "/s/programme");
	if (res != RES_OK)
		return reply_result(req, res);
	v.p->mail_waits(v.p->mail_ctx);
	return reply_see_other(req, "/s/programme?invited=1#who");
}

/* ---- a yes to new keys ---- */

struct approving {
	const struct programme *p;
	const struct actor *who;
	struct id supporter;
	struct day today;
};

/* The yes and its entry together. RES_NONE: she has not asked, or too long ago. RES_REFUSED: it is her own, and somebody else's to
   answer. */
static enum result approve(struct tx *tx, void *ctx)
{
	const struct approving *v = ctx;
	struct id not_hers;
	enum result res = not_by(tx, &v->who->account, &not_hers);
	if (res == RES_OK && !id_is_zero(&not_hers) && id_eq(&v->supporter, &not_hers))
		return RES_REFUSED;
	if (res == RES_OK)
		res = supporters_approve_reset(tx, &v->supporter, v->today);
	return res == RES_OK ? audit_put(tx, v->p->rnd, v->today, &v->who->account, "programme/new-keys", &v->supporter) : res;
}

static struct answer keys_form(struct req *req, const struct actor *who, void *room)
{
	struct approving v = { .p = room, .who = who, .today = instant_day(req_now(req)) };
	if (req_id(req, "supporter", &v.supporter) != RES_OK)
		return reply_result(req, RES_BAD);
	enum result res = db_write(v.p->db, approve, &v);
	/* RES_NONE: she has made them since, or asked too long ago; the page shows what is so. */
	return res == RES_OK || res == RES_NONE ? reply_see_other(req, "/s/programme#resets") : reply_result(req, res);
}

void programme_routes(struct programme *p, struct web *web)
{
	static const struct field shown[] = { { .name = "invited", .kind = FIELD_FLAG }, { 0 } };
	static const struct field whom[] = { { .name = "account", .kind = FIELD_ID, .whose = "a supporter's account whose invitation did not arrive" }, { 0 } };
	static const struct field whose[] = { { .name = "supporter", .kind = FIELD_ID, .whose = "a supporter who asks for new keys, and is not she herself" }, { 0 } };
	static const struct route routes[] = {
		{ METHOD_POST, "/s/programme/keys", ROLE_COORDINATOR, whose, keys_form, 0, 0 },
		{ METHOD_GET, "/s/programme", ROLE_COORDINATOR, shown, page, 0, 0 },
		{ METHOD_POST, "/s/programme/invite", ROLE_COORDINATOR, whom, invite_form, 0, 0 },
	};
	web_routes(web, routes, ARRAY_LEN(routes), p);
	programme_apart_routes(p, web);
	programme_unreached_routes(p, web);
	programme_pause_routes(p, web);
}
