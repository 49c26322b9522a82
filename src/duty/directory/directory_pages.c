/* The pages of the directory. */
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "directory.tpl.h"
#include "duty/directory/directory_agreed.h"
#include "duty/directory/directory_show.h"
#include "duty/people/people.h"
#include "signin/signin.h"
#include "web/reply.h"

#define UNITS_MOST 200
#define ROWS_MOST ((size_t)8 << 20)

struct call {
	struct directory *d;
	const struct directory_setup *setup;
	struct directory_facts f;
	struct id import;
	int what;
	int64_t page, leaving, line;
	enum people_doubt said;
	struct people_difference *list;
	struct people_became_line *became;
	struct people_bad_line *bad;
	struct id *ticked;
	size_t ticked_n;
	size_t n;
	const char *noted;
};

static struct call call_of(struct directory *d, struct req *req, const struct actor *who)
{
	return (struct call){ .d = d, .setup = directory_setup_of(d), .leaving = -1,
			      .f = { .a = req_arena(req), .who = who, .now = req_now(req), .whose = "" } };
}

/* ---- what is read ---- */

static enum result facts_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	struct directory_facts *f = &c->f;
	struct account account;
	enum result res = people_import_look(tx, &f->status);
	f->any = res == RES_OK;
	/* What came by night is every administrator's. */
	f->by_night = f->any && f->status.way == PEOPLE_BY_DROP;
	f->mine = f->by_night || (f->any && f->status.way == PEOPLE_BY_PAGE && id_eq(&f->status.account, &f->who->account));
	if (f->any && !f->mine && !id_is_zero(&f->status.account)) {
		res = signin_get(tx, f->a, &f->status.account, &account);
		f->whose = res == RES_OK ? account.name : "";
	}
	if (res == RES_OK || res == RES_NONE)
		res = people_count(tx, &f->people);
	if (res == RES_OK) {
		res = people_import_last(tx, &f->last, &f->way);
		f->ever = res == RES_OK;
		res = res == RES_NONE ? RES_OK : res;
	}
	if (res == RES_OK && c->setup->folder) {
		res = directory_night_get(tx, &f->night);
		f->has_night = res == RES_OK;
		res = res == RES_NONE ? RES_OK : res;
	}
	if (res == RES_OK && f->mine && (f->status.state == PEOPLE_PLANNED || f->status.state == PEOPLE_DONE))
		res = people_import_sums(tx, &f->sums);
	return res;
}

static enum result list_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum people_fate fate = directory_fate(c->what);
	enum result res = facts_work(tx, ctx);
	if (res != RES_OK || !c->f.mine || c->f.status.state != PEOPLE_PLANNED)
		return res;
	return fate == PEOPLE_PENDING
		       ? people_import_doubts(tx, c->f.a, c->page * PEOPLE_A_PAGE, PEOPLE_A_PAGE + 1, &c->list, &c->n)
		       : people_import_list(tx, c->f.a, fate, c->page * PEOPLE_A_PAGE, PEOPLE_A_PAGE + 1, &c->list, &c->n);
}

/* Somebody looks at it, so it is not abandoned; and a look at names is noted before they are shown. */
static enum result note_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = people_import_touch(tx, &c->f.status.id, c->f.now);
	if (res == RES_OK && c->noted)
		res = audit_put(tx, c->setup->rnd, instant_day(c->f.now), &c->f.who->account, c->noted, NULL);
	return res;
}

/* ---- pages ---- */

static struct answer get_front(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	enum result res = db_read(c.setup->db, facts_work, &c);
	if (res != RES_OK)
		return reply_result(req, res);
	struct html h = html_for(req);
	struct directory_view v = directory_show_base(c.d, req, who, TR("The list of people"));
	directory_show_front(&c.f, &v);
	if (c.setup->folder)
		directory_show_night(&c.f, c.setup->days, &v);
	directory_say_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer file_page(struct req *req, const struct actor *who, struct call *c, enum refusal why)
{
	struct html h = html_for(req);
	struct directory_view v = directory_show_base(c->d, req, who, TR("Bring the list of people up to date"));
	v.error = directory_refusal_text(v.look.lang, why);
	v.size = directory_size_text(c->f.a, v.look.lang, c->setup->file_most);
	directory_file_page(&h, &v);
	return reply_html(req, why == REFUSED_NOT ? 200 : 422, &h);
}

static struct answer say_page(struct req *req, const struct actor *who, struct call *c)
{
	struct html h = html_for(req);
	struct directory_view v = directory_show_base(c->d, req, who, TR("Bring the list of people up to date"));
	directory_show_say(&c->f, &v);
	directory_say_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer columns_page(struct req *req, const struct actor *who, struct call *c)
{
	struct people_peek peek;
	struct choices choices;
	enum refusal why;
	enum result res = directory_peek(c->d, c->f.a, &c->f.status.id, &peek, &choices, &why);
	if (res == RES_NONE)
		return say_page(req, who, c);
	c->noted = "directory/columns";
	if (res == RES_OK)
		res = db_write(c->setup->db, note_work, c);
	if (res != RES_OK)
		return reply_result(req, res);
	struct html h = html_for(req);
	struct directory_view v = directory_show_base(c->d, req, who, TR("Is this right?"));
	directory_show_columns(&c->f, &peek, &choices, why, &v);
	directory_columns_page(&h, &v);
	return reply_html(req, why == REFUSED_NOT ? 200 : 422, &h);
}

static struct answer difference_page(struct req *req, const struct actor *who, struct call *c, bool not_confirmed)
{
	struct people_peek peek;
	struct choices choices;
	enum refusal why;
	bool has_file = directory_peek(c->d, c->f.a, &c->f.status.id, &peek, &choices, &why) == RES_OK;
	enum result res = db_write(c->setup->db, note_work, c);
	if (res != RES_OK)
		return reply_result(req, res);
	struct html h = html_for(req);
	struct directory_view v = directory_show_base(c->d, req, who, TR("This would change"));
	directory_show_difference(&c->f, has_file, &v);
	if (not_confirmed)
		v.error = tr(v.look.lang, "Write the number of people who leave to confirm it");
	directory_difference_page(&h, &v);
	return reply_html(req, not_confirmed ? 422 : 200, &h);
}

static struct answer import_page(struct req *req, const struct actor *who, struct call *c, bool not_confirmed)
{
	if (!c->f.any || (!c->f.mine && people_import_free(&c->f.status, c->f.now)))
		return file_page(req, who, c, REFUSED_NOT);
	if (!c->f.mine)
		return say_page(req, who, c);
	switch (c->f.status.state) {
	case PEOPLE_CLAIMED:
		return columns_page(req, who, c);
	case PEOPLE_PLANNED:
	case PEOPLE_DONE:
		return difference_page(req, who, c, not_confirmed);
	case PEOPLE_PLANNING:
	case PEOPLE_APPLYING:
		break;
	}
	return say_page(req, who, c);
}

static struct answer get_import(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	enum result res = db_read(c.setup->db, facts_work, &c);
	return res == RES_OK ? import_page(req, who, &c, false) : reply_result(req, res);
}

static struct answer post_file(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	enum refusal why = REFUSED_EMPTY;
	int64_t size = 0;
	int fd = req_upload(req, &size);
	if (fd < 0)
		return file_page(req, who, &c, REFUSED_EMPTY);
	enum result res = directory_take(c.d, &who->account, fd, &why);
	if (res == RES_BAD || res == RES_BROKEN)
		return file_page(req, who, &c, why);
	return reply_see_other(req, "/directory/import");
}

static struct answer get_people(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	if (req_choice(req, "what", &c.what) != RES_OK)
		return reply_see_other(req, "/directory/import");
	if (req_int(req, "page", &c.page) != RES_OK)
		c.page = 0;
	enum result res = db_read(c.setup->db, list_work, &c);
	if (res != RES_OK)
		return reply_result(req, res);
	if (!c.f.mine || c.f.status.state != PEOPLE_PLANNED)
		return reply_see_other(req, "/directory/import");
	c.noted = "directory/difference";
	res = db_write(c.setup->db, note_work, &c);
	if (res != RES_OK)
		return reply_result(req, res);
	struct html h = html_for(req);
	struct directory_view v = directory_show_base(c.d, req, who, TR("This would change"));
	directory_show_people(&c.f, c.what, c.page, c.list, c.n, &v);
	directory_people_page(&h, &v);
	return reply_html(req, 200, &h);
}

/* ---- units that may have become others ---- */

static enum result became_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = facts_work(tx, ctx);
	if (res != RES_OK || !c->f.mine || c->f.status.state != PEOPLE_PLANNED)
		return res;
	return people_import_became(tx, c->f.a, &c->became, &c->n);
}

static struct answer became_page(struct req *req, const struct actor *who, struct call *c, bool unsaid)
{
	enum result res = db_read(c->setup->db, became_work, c);
	if (res != RES_OK)
		return reply_result(req, res);
	if (!c->n)
		return reply_see_other(req, "/directory/import");
	res = db_write(c->setup->db, note_work, c);
	if (res != RES_OK)
		return reply_result(req, res);
	struct html h = html_for(req);
	struct directory_view v = directory_show_base(c->d, req, who, TR("Have these units become others?"));
	directory_show_became(&c->f, c->became, c->n, &v);
	if (unsaid)
		v.error = tr(v.look.lang, "Say first which units have become others");
	directory_became_page(&h, &v);
	return reply_html(req, unsaid ? 422 : 200, &h);
}

static struct answer get_units(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	return became_page(req, who, &c, false);
}

/* ---- presses ---- */

/* The import that the form is about, if it is still there and this administrator's. RES_NONE: the page says what is now. */
static enum result mine(struct call *c, struct req *req)
{
	enum result res = req_id(req, "import", &c->import);
	if (res != RES_OK)
		return RES_NONE;
	res = db_read(c->setup->db, facts_work, c);
	if (res == RES_OK && (!c->f.mine || !id_eq(&c->import, &c->f.status.id)))
		return RES_NONE;
	return res;
}

static struct answer back(struct req *req, enum result res)
{
	return res == RES_OK || res == RES_NONE || res == RES_REFUSED || res == RES_AGAIN ? reply_see_other(req, "/directory/import")
											  : reply_result(req, res);
}

static enum people_field field_of(struct slice name)
{
	for (int f = 0; f < PF_KEPT; f++)
		if (slice_is(name, people_field_name((enum people_field)f)))
			return (enum people_field)f;
	return PF_UNUSED;
}

static const char *const encodings[] = { "utf-8", "windows-1252", NULL };
static const char *const separators[] = { "semicolon", "comma", "tab", NULL };
static const char *const missings[] = { "stay", "left", "units", NULL };

static void read_choices(struct req *req, struct choices *c)
{
	int encoding = 0, separator = 0, missing = 0;
	struct slice name;
	*c = (struct choices){ 0 };
	while (c->n < CSV_COLUMNS_MAX && req_nth(req, "column", (int)c->n, &name) == RES_OK)
		c->is[c->n++] = field_of(name);
	(void)!req_choice(req, "encoding", &encoding);
	(void)!req_choice(req, "separator", &separator);
	(void)!req_choice(req, "missing", &missing);
	c->form = (struct csv_form){ encoding == 1 ? CSV_WINDOWS_1252 : CSV_UTF8, ";,\t"[separator] };
	c->missing = (enum people_missing)missing;
}

static enum result begin_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return people_import_begin(tx, &c->import, c->f.now);
}

static struct answer post_columns(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	struct choices choices;
	enum result res = mine(&c, req);
	if (res != RES_OK || c.f.status.state != PEOPLE_CLAIMED)
		return back(req, res);
	read_choices(req, &choices);
	res = directory_choose(c.d, &c.import, &choices);
	if (res == RES_OK)
		res = db_write(c.setup->db, begin_work, &c);
	if (res == RES_OK)
		directory_plan(c.d, &c.import);
	return back(req, res);
}

static enum result do_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = people_import_confirm(tx, &c->import, c->leaving);
	if (res == RES_OK)
		res = audit_put(tx, c->setup->rnd, instant_day(c->f.now), &c->f.who->account, "directory/import", NULL);
	if (res == RES_OK)
		res = directory_agreed_yes(tx, &c->import);
	return res == RES_OK ? directory_night_yes(tx, &c->import, c->f.now) : res;
}

static struct answer post_do(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	enum result res = mine(&c, req);
	if (res != RES_OK)
		return back(req, res);
	if (c.f.status.state == PEOPLE_PLANNED && c.f.sums.became_unsaid)
		return became_page(req, who, &c, true);
	if (req_int(req, "leaving", &c.leaving) != RES_OK)
		c.leaving = -1;
	res = db_write(c.setup->db, do_work, &c);
	if (res == RES_BAD)
		return import_page(req, who, &c, true);
	if (res == RES_OK)
		directory_apply(c.d, &c.import);
	return back(req, res);
}

static enum result reopen_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return people_import_reopen(tx, &c->import, c->f.now);
}

static struct answer post_back(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	enum result res = mine(&c, req);
	return back(req, res == RES_OK ? db_write(c.setup->db, reopen_work, &c) : res);
}

static enum result no_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = audit_put(tx, c->setup->rnd, instant_day(c->f.now), &c->f.who->account, "directory/night/no", NULL);
	return res == RES_OK ? directory_night_no(tx, &c->import) : res;
}

static struct answer post_give_up(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	enum result res = mine(&c, req);
	if (res == RES_OK && c.f.by_night && c.f.status.state != PEOPLE_DONE && c.f.status.state != PEOPLE_APPLYING)
		res = db_write(c.setup->db, no_work, &c);
	if (res == RES_OK)
		res = directory_give_up(c.d, &c.import);
	return res == RES_OK ? reply_see_other(req, "/directory") : back(req, res);
}

static enum result say_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return people_import_say(tx, &c->import, c->line, c->said);
}

static const char *const saids[] = { "ask", "same", "another", NULL };

static struct answer post_say(struct req *req, const struct actor *who, void *room)
{
	static const enum people_doubt doubts[] = { PEOPLE_ASKED, PEOPLE_THE_SAME, PEOPLE_ANOTHER };
	struct call c = call_of(room, req, who);
	int said;
	enum result res = mine(&c, req);
	if (res != RES_OK || req_int(req, "line", &c.line) != RES_OK || req_choice(req, "said", &said) != RES_OK)
		return back(req, res);
	c.said = doubts[said];
	res = db_write(c.setup->db, say_work, &c);
	return res == RES_OK ? reply_see_other(req, "/directory/import/people?what=doubts") : back(req, res);
}

/* Each one that is not ticked has not become another. */
static enum result say_units_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = people_import_became(tx, c->f.a, &c->became, &c->n);
	for (size_t i = 0; res == RES_OK && i < c->n; i++) {
		bool yes = false;
		for (size_t k = 0; k < c->ticked_n; k++)
			yes = yes || id_eq(&c->ticked[k], &c->became[i].unit);
		res = people_import_became_say(tx, &c->import, &c->became[i].unit, yes, &c->f.who->account);
	}
	return res == RES_OK ? audit_put(tx, c->setup->rnd, instant_day(c->f.now), &c->f.who->account, "directory/units", NULL) : res;
}

static struct answer post_units(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	struct slice text;
	enum result res = mine(&c, req);
	if (res != RES_OK)
		return back(req, res);
	if (c.f.status.state != PEOPLE_PLANNED)
		return back(req, RES_OK);
	c.ticked = arena_array(c.f.a, struct id, UNITS_MOST);
	for (int i = 0; i < UNITS_MOST && req_nth(req, "unit", i, &text) == RES_OK; i++)
		c.ticked_n += id_parse(text, &c.ticked[c.ticked_n]) == RES_OK;
	return back(req, db_write(c.setup->db, say_units_work, &c));
}

/* ---- rows that do not go in ---- */

/* Whether there are such rows to look at, and they are hers. */
static bool has_rows(const struct call *c)
{
	return c->f.mine && (c->f.status.state == PEOPLE_PLANNED || c->f.status.state == PEOPLE_DONE);
}

static enum result problems_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = facts_work(tx, ctx);
	return res == RES_OK && has_rows(c)
		       ? people_import_bad_lines(tx, c->f.a, c->page * PEOPLE_A_PAGE, PEOPLE_A_PAGE + 1, &c->bad, &c->n)
		       : res;
}

static struct answer get_problems(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	struct people_peek peek;
	struct choices choices;
	enum refusal why;
	if (req_int(req, "page", &c.page) != RES_OK)
		c.page = 0;
	enum result res = db_read(c.setup->db, problems_work, &c);
	if (res != RES_OK)
		return reply_result(req, res);
	if (!has_rows(&c))
		return reply_see_other(req, "/directory/import");
	if (!c.n && c.page)
		return reply_see_other(req, "/directory/import/problems");
	c.noted = "directory/rows";
	res = db_write(c.setup->db, note_work, &c);
	if (res != RES_OK)
		return reply_result(req, res);
	bool has_file = directory_peek(c.d, c.f.a, &c.f.status.id, &peek, &choices, &why) == RES_OK;
	struct html h = html_for(req);
	struct directory_view v = directory_show_base(c.d, req, who, TR("Rows that do not go in"));
	directory_show_problems(&c.f, has_file ? &peek : NULL, c.page, c.bad, c.n, &v);
	directory_problems_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer get_rows(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(room, req, who);
	struct buf out = BUF_SECRET(ROWS_MOST);
	enum result res = db_read(c.setup->db, facts_work, &c);
	if (res == RES_OK && !has_rows(&c))
		res = RES_NONE;
	if (res == RES_OK) {
		c.noted = "directory/rows";
		res = db_write(c.setup->db, note_work, &c);
	}
	if (res == RES_OK)
		res = directory_bad_rows(c.d, &c.f.status.id, &out);
	if (res != RES_OK) {
		buf_free(&out);
		return res == RES_NONE ? reply_see_other(req, "/directory/import") : reply_result(req, res);
	}
	reply_header(req, "Content-Disposition", "attachment; filename=\"rows.csv\"");
	return reply_bytes(req, 200, "text/csv; charset=utf-8", &out);
}

#define IMPORT_FIELD { .name = "import", .kind = FIELD_ID, .whose = "the import that she began, or that came by night" }
static const struct field import_fields[] = { IMPORT_FIELD, { 0 } };
static const struct field column_fields[] = {
	IMPORT_FIELD,
	{ .name = "column", .kind = FIELD_TEXT, .most = 40, .many = true, .times = CSV_COLUMNS_MAX },
	{ .name = "encoding", .kind = FIELD_CHOICE, .choices = encodings },
	{ .name = "separator", .kind = FIELD_CHOICE, .choices = separators },
	{ .name = "missing", .kind = FIELD_CHOICE, .choices = missings },
	{ 0 },
};
static const struct field do_fields[] = { IMPORT_FIELD, { .name = "leaving", .kind = FIELD_INT, .least = 0, .most = 1000000 }, { 0 } };
static const struct field say_fields[] = {
	IMPORT_FIELD,
	{ .name = "line", .kind = FIELD_INT, .least = 1, .most = 1000000000 },
	{ .name = "said", .kind = FIELD_CHOICE, .choices = saids },
	{ 0 },
};
static const struct field unit_fields[] = {
	IMPORT_FIELD,
	{ .name = "unit", .kind = FIELD_TEXT, .most = 40, .many = true, .times = UNITS_MOST },
	{ 0 },
};
static const struct field people_fields[] = {
	{ .name = "what", .kind = FIELD_CHOICE, .choices = directory_whats },
	{ .name = "page", .kind = FIELD_INT, .least = 0, .most = 100000 },
	{ 0 },
};
static const struct field problem_fields[] = { { .name = "page", .kind = FIELD_INT, .least = 0, .most = 100000 }, { 0 } };
static const struct route routes[] = {
	{ METHOD_GET, "/directory", ROLE_ADMIN, NULL, get_front, 0, 0, NULL },
	{ METHOD_GET, "/directory/import", ROLE_ADMIN, NULL, get_import, 0, 0, NULL },
	{ METHOD_POST, "/directory/import", ROLE_ADMIN, NULL, post_file, FLAG_UPLOAD, 0, NULL },
	{ METHOD_GET, "/directory/import/people", ROLE_ADMIN, people_fields, get_people, 0, 0, NULL },
	{ METHOD_GET, "/directory/import/problems", ROLE_ADMIN, problem_fields, get_problems, 0, 0, NULL },
	{ METHOD_GET, "/directory/import/rows", ROLE_ADMIN, NULL, get_rows, 0, 0, NULL },
	{ METHOD_GET, "/directory/import/units", ROLE_ADMIN, NULL, get_units, 0, 0, NULL },
	{ METHOD_POST, "/directory/import/units", ROLE_ADMIN, unit_fields, post_units, 0, 64 << 10, NULL },
	{ METHOD_POST, "/directory/import/columns", ROLE_ADMIN, column_fields, post_columns, 0, 64 << 10, NULL },
	{ METHOD_POST, "/directory/import/do", ROLE_ADMIN, do_fields, post_do, 0, 0, NULL },
	{ METHOD_POST, "/directory/import/back", ROLE_ADMIN, import_fields, post_back, 0, 0, NULL },
	{ METHOD_POST, "/directory/import/give-up", ROLE_ADMIN, import_fields, post_give_up, 0, 0, NULL },
	{ METHOD_POST, "/directory/import/say", ROLE_ADMIN, say_fields, post_say, 0, 0, NULL },
};

void directory_routes(struct directory *d, struct web *web)
{
	web_routes(web, routes, ARRAY_LEN(routes), d);
}
