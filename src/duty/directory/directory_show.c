#include "duty/directory/directory_show.h"

#include <string.h>

#include "duty/incidents/incidents.h"

const char *const directory_whats[] = { "new", "changed", "returned", "left", "doubts", NULL };

enum people_fate directory_fate(int what)
{
	static const enum people_fate fates[] = { PEOPLE_ADDED, PEOPLE_CHANGED, PEOPLE_RETURNED, PEOPLE_LEFT, PEOPLE_PENDING };
	return fates[what];
}

static const char *keep(struct arena *a, struct buf *b)
{
	const char *s = arena_str(a, buf_get(b));
	buf_free(b);
	return s;
}

static const char *filled(struct arena *a, const char *text, const char *name, const char *value)
{
	struct buf b = BUF_LIMIT(4096);
	tr_fill(&b, text, name, value, NULL);
	return keep(a, &b);
}

static const char *number(struct arena *a, enum lang lang, int64_t n)
{
	struct buf b = BUF_LIMIT(40);
	say_number(&b, lang, n);
	return keep(a, &b);
}

static const char *moment(struct arena *a, enum lang lang, struct instant at, struct instant now)
{
	struct buf b = BUF_LIMIT(200);
	say_moment(&b, lang, at, now);
	return keep(a, &b);
}

struct directory_view directory_show_base(struct directory *d, struct req *req, const struct actor *who, const char *title)
{
	const char *said = tr((enum lang)req_lang(req), title);
	return (struct directory_view){ .look = incidents_frame(directory_setup_of(d)->frame, req, who, said, "/directory"),
					.title = said };
}

/* ---- the front ---- */

void directory_show_front(const struct directory_facts *f, struct directory_view *v)
{
	enum lang lang = v->look.lang;
	static const char *const ways[] = { [PEOPLE_BY_COMMAND] = TR("{when}, by the operator’s command"),
					    [PEOPLE_BY_PAGE] = TR("{when}, on these pages"),
					    [PEOPLE_BY_DROP] = TR("{when}, by the nightly file") };
	v->lead = filled(f->a, trn(lang, "One person works here", "{n} people work here", f->people), "n", number(f->a, lang, f->people));
	v->note = tr(lang, "The list has never been brought up to date.");
	if (f->ever)
		v->note = filled(f->a, tr(lang, "Last brought up to date {how}."), "how",
				 filled(f->a, tr(lang, ways[f->way]), "when", moment(f->a, lang, f->last, f->now)));
	v->go = "/directory/import";
	v->go_text = f->by_night	? tr(lang, "Look at the nightly file")
		     : f->any && f->mine ? tr(lang, "Go on where you were")
					 : tr(lang, "Bring it up to date");
}

void directory_show_night(const struct directory_facts *f, int days, struct directory_view *v)
{
	enum lang lang = v->look.lang;
	const struct night *n = &f->night;
	bool waits = f->by_night && n->state == NIGHT_WAITS && id_eq(&n->import, &f->status.id);
	v->has_night = true;
	v->night_taken = tr(lang, "None has been imported yet.");
	if (!f->has_night)
		return;
	if (n->taken.s) {
		struct instant made = { n->taken_changed / 1000000000 };
		v->night_taken = filled(f->a, tr(lang, "Last imported {when}."), "when", moment(f->a, lang, n->taken, f->now));
		v->night_made = filled(f->a, tr(lang, "That file was written {when}."), "when", moment(f->a, lang, made, f->now));
	}
	if (waits)
		v->night_warning = filled(f->a, tr(lang, "Last night’s file waits for your yes. {why}"), "why",
					  directory_night_text(lang, n->why));
	else if (n->state == NIGHT_FAILED)
		v->night_warning = filled(f->a, tr(lang, "Last night’s file was not imported. {why}"), "why",
					  directory_night_text(lang, n->why));
	else if (directory_night_late(n, f->now, days))
		v->night_warning = filled(f->a, trn(lang, "No new file has come for more than a day.",
						    "No new file has come for more than {n} days.", days),
					  "n", number(f->a, lang, days));
}

/* ---- only a word ---- */

static const char *how_far(const struct directory_facts *f, enum lang lang)
{
	struct buf b = BUF_LIMIT(400);
	int64_t percent = f->status.total ? f->status.done * 100 / f->status.total : 0;
	static const char *const steps[] = { [PEOPLE_READING] = TR("Reading the file: {n} per cent."),
					     [PEOPLE_COMPARING] = TR("Comparing with the list: {n} per cent."),
					     [PEOPLE_WRITING] = TR("Writing: {n} per cent.") };
	tr_fill(&b, tr(lang, steps[f->status.step]), "n", number(f->a, lang, percent > 100 ? 100 : percent), NULL);
	return keep(f->a, &b);
}

void directory_show_say(const struct directory_facts *f, struct directory_view *v)
{
	enum lang lang = v->look.lang;
	bool moves = f->status.state == PEOPLE_PLANNING || f->status.state == PEOPLE_APPLYING;
	bool died = f->status.state == PEOPLE_PLANNING && f->now.s - f->status.touched.s > PEOPLE_STALE_SECONDS;
	v->import = arena_str(f->a, slice_of(id_text(&f->status.id).s));
	v->go = "/directory/import";
	v->go_text = tr(lang, "Look again");
	if (!f->mine) {
		v->title = tr(lang, "Somebody else is doing it");
		v->lead = *f->whose ? filled(f->a, tr(lang, "{name} is bringing the list up to date just now."), "name", f->whose)
				    : tr(lang, "The list is being brought up to date just now, by the operator or by the nightly file.");
		return;
	}
	if (moves && !died) {
		v->title = tr(lang, "One moment");
		v->note = how_far(f, lang);
		v->lead = f->status.state == PEOPLE_APPLYING ? tr(lang, "You may close this page. It goes on by itself.") : NULL;
		v->reload = true;
		return;
	}
	v->title = tr(lang, "It was interrupted");
	v->lead = tr(lang, "Nothing was changed. The file is no longer here. Cancel, and send it again.");
	v->may_change = true;
	v->go = NULL;
}

/* ---- columns ---- */

static const struct option_view *options(struct arena *a, enum lang lang, enum people_field is, size_t *n_r)
{
	struct option_view *list = arena_array(a, struct option_view, PF_KEPT + 1);
	size_t n = 0;
	list[n++] = (struct option_view){ "unused", directory_field_text(lang, PF_UNUSED), is >= PF_KEPT };
	for (int f = 0; f < PF_KEPT; f++)
		list[n++] = (struct option_view){ people_field_name((enum people_field)f),
						  directory_field_text(lang, (enum people_field)f), is == (enum people_field)f };
	*n_r = n;
	return list;
}

static void show_form_of_file(const struct directory_facts *f, const struct choices *c, struct directory_view *v)
{
	enum lang lang = v->look.lang;
	struct option_view *e = arena_array(f->a, struct option_view, 2), *s = arena_array(f->a, struct option_view, 3),
			   *m = arena_array(f->a, struct option_view, 3);
	/* same: names of encodings */
	e[0] = (struct option_view){ "utf-8", "UTF-8", c->form.encoding == CSV_UTF8 };
	e[1] = (struct option_view){ "windows-1252", "Windows-1252", c->form.encoding == CSV_WINDOWS_1252 };
	s[0] = (struct option_view){ "semicolon", tr(lang, "a semicolon ;"), c->form.separator == ';' };
	s[1] = (struct option_view){ "comma", tr(lang, "a comma ,"), c->form.separator == ',' };
	s[2] = (struct option_view){ "tab", tr(lang, "a tab"), c->form.separator == '\t' };
	m[0] = (struct option_view){ "stay", tr(lang, "stay as they are"), c->missing == PEOPLE_STAY };
	m[1] = (struct option_view){ "left", tr(lang, "have left: the file holds everybody"), c->missing == PEOPLE_LEAVE };
	m[2] = (struct option_view){ "units", tr(lang, "have left if their unit is in the file"), c->missing == PEOPLE_LEAVE_UNITS };
	v->encodings = e;
	v->encodings_n = 2;
	v->separators = s;
	v->separators_n = 3;
	v->missing = m;
	v->missing_n = 3;
}

void directory_show_columns(const struct directory_facts *f, const struct people_peek *peek, const struct choices *c, enum refusal why,
		  struct directory_view *v)
{
	enum lang lang = v->look.lang;
	struct column_view *list = arena_array(f->a, struct column_view, peek->n + 1);
	v->import = arena_str(f->a, slice_of(id_text(&f->status.id).s));
	v->error = directory_refusal_text(lang, why);
	v->lead = tr(lang, "This is what we take each column for, with the first rows beneath. Change what is wrong.");
	if (f->by_night && f->night.state == NIGHT_WAITS)
		v->warning = directory_night_text(lang, f->night.why);
	for (size_t i = 0; i < peek->n; i++) {
		const struct people_peek_column *p = &peek->column[i];
		struct column_view *o = &list[i];
		o->id = arena_printf(f->a, "column-%zu", i);
		o->heading = *p->heading ? p->heading : filled(f->a, tr(lang, "Column {n}"), "n", number(f->a, lang, (int64_t)i + 1));
		if (p->is == PF_NATIONAL || p->is == PF_BIRTH)
			o->dropped = filled(f->a, tr(lang, "{what}: not read in"), "what", directory_field_text(lang, p->is));
		for (size_t k = 0; k < ARRAY_LEN(o->sample); k++)
			o->sample[k] = p->sample[k];
		o->options = options(f->a, lang, p->is, &o->options_n);
	}
	v->columns = list;
	v->columns_n = peek->n;
	show_form_of_file(f, c, v);
}

/* ---- the difference ---- */

static void add_count(const struct directory_facts *f, enum lang lang, struct count_view *list, size_t *n, int64_t count,
		      const char *text, const char *what)
{
	if (!count)
		return;
	list[(*n)++] = (struct count_view){ number(f->a, lang, count), text,
					    what ? arena_printf(f->a, "/directory/import/people?what=%s", what) : NULL };
}

void directory_show_difference(const struct directory_facts *f, bool has_file, struct directory_view *v)
{
	enum lang lang = v->look.lang;
	const int64_t *n = f->sums.fate;
	int64_t bad = n[PEOPLE_BAD] + f->status.unreadable;
	bool done = f->status.state == PEOPLE_DONE, many = people_import_many_leave(&f->sums, &f->status);
	struct count_view *list = arena_array(f->a, struct count_view, 13);
	size_t k = 0;
	add_count(f, lang, list, &k, n[PEOPLE_ADDED], tr(lang, "new"), done ? NULL : "new");
	add_count(f, lang, list, &k, n[PEOPLE_CHANGED] - f->sums.doubtful[PEOPLE_CHANGED], tr(lang, "changed"), done ? NULL : "changed");
	add_count(f, lang, list, &k, n[PEOPLE_RETURNED] - f->sums.doubtful[PEOPLE_RETURNED], tr(lang, "back again"), done ? NULL : "returned");
	add_count(f, lang, list, &k, n[PEOPLE_LEFT], tr(lang, "have left"), done ? NULL : "left");
	add_count(f, lang, list, &k, n[PEOPLE_UNCHANGED], tr(lang, "as they were"), NULL);
	add_count(f, lang, list, &k, f->sums.doubts, tr(lang, "perhaps somebody else: the number is the same, name and e-mail are not"),
		  done ? NULL : "doubts");
	add_count(f, lang, list, &k, bad, tr(lang, "rows that cannot be read, and do not go in"), NULL);
	if (bad)
		list[k - 1].href = "/directory/import/problems";
	add_count(f, lang, list, &k, n[PEOPLE_EXTRA], tr(lang, "rows about somebody who has a row already"), NULL);
	add_count(f, lang, list, &k, n[PEOPLE_GONE], tr(lang, "rows about people who had left before"), NULL);
	add_count(f, lang, list, &k, f->sums.units_added, tr(lang, "new units"), NULL);
	add_count(f, lang, list, &k, f->sums.units_changed, tr(lang, "units with another name or place"), NULL);
	if (f->sums.became)
		list[k++] = (struct count_view){ number(f->a, lang, f->sums.became), tr(lang, "units that may have become others"),
						 done ? NULL : "/directory/import/units" };
	v->counts = list;
	v->counts_n = k;
	v->import = arena_str(f->a, slice_of(id_text(&f->status.id).s));
	v->title = done ? tr(lang, "The list is up to date") : tr(lang, "This would change");
	v->over = done;
	v->may_do = !done;
	v->may_back = has_file;
	if (f->by_night && !done && f->night.state == NIGHT_WAITS && id_eq(&f->night.import, &f->status.id))
		v->lead = filled(f->a, tr(lang, "Last night’s file waits for your yes. {why}"), "why",
				 directory_night_text(lang, f->night.why));
	if (f->sums.doubts && done)
		v->lead = tr(lang, "Those in doubt are as they were.");
	v->rows = bad && has_file ? "/directory/import/rows" : NULL;
	if (f->status.held_back)
		v->warning = tr(lang, "Nobody leaves, since a row that cannot be read may be about anybody who is missing.");
	if (many && !done) {
		v->warning = tr(lang, "More than one in ten would leave. Is the file complete?");
		v->leaving = filled(f->a, tr(lang, "If it is right, write how many leave: {n}"), "n",
				    arena_printf(f->a, "%lld", (long long)n[PEOPLE_LEFT])); /* as she is to write it */
	}
	if (f->status.missing && !n[PEOPLE_LEFT] && !f->status.held_back)
		v->note = filled(f->a, trn(lang, "One person on the list is not in the file, and stays.",
					   "{n} people on the list are not in the file, and stay.", f->status.missing),
				 "n", number(f->a, lang, f->status.missing));
}

/* ---- units that may have become others ---- */

void directory_show_became(const struct directory_facts *f, const struct people_became_line *list, size_t n, struct directory_view *v)
{
	enum lang lang = v->look.lang;
	struct became_view *b = arena_array(f->a, struct became_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct buf said = BUF_LIMIT(2000);
		tr_fill(&said,
			list[i].whole ? trn(lang, "The one person of this unit is there now. Roles go over at once, and what happened too: whoever leads the new unit can "
						  "see it, with names.",
					    "{n} of {all} people are there now. Roles go over at once, and what happened too: whoever leads the new unit can see it, with names.",
					    list[i].of_whom)
				      : trn(lang, "The one person of this unit is there now, with others. Roles, also those that wait already, are proposed for the new unit "
						  "and wait for a second person. What happened stays with whoever leads the old unit.",
					    "{n} of {all} people are there now, with others. Roles, also those that wait already, are proposed for the new unit and wait for a "
					    "second person. What happened stays with whoever leads the old unit.",
					    list[i].of_whom),
			"n", number(f->a, lang, list[i].people), "all", number(f->a, lang, list[i].of_whom), NULL);
		b[i] = (struct became_view){ arena_printf(f->a, "unit-%zu", i), arena_str(f->a, slice_of(id_text(&list[i].unit).s)),
					     list[i].was, list[i].now, keep(f->a, &said), list[i].said == PEOPLE_SAID_YES };
	}
	v->became = b;
	v->became_n = n;
	v->import = arena_str(f->a, slice_of(id_text(&f->status.id).s));
	v->lead = tr(lang, "Nobody is left in these units. Tick those that have become another one. Under each it says what then goes over, and what stays.");
}

/* ---- people ---- */

static const char *text(struct arena *a, struct slice s)
{
	return s.n ? arena_str(a, s) : "–";
}

static const char *or_dash(const char *s)
{
	return *s ? s : "–";
}

static const char *yes_no(enum lang lang, bool yes)
{
	return yes ? tr(lang, "yes") : tr(lang, "no");
}

static struct change_view change(const struct directory_facts *f, enum lang lang, const struct people_difference *d,
				 enum people_change bit)
{
	struct change_view c = { directory_change_text(lang, bit), "–", "–" };
	const struct people_record *was = &d->was, *now = &d->now;
	struct arena *a = f->a;
	bool hidden = was->is_protected || now->is_protected;
	switch (bit) {
	case PC_NUMBER:
		c = (struct change_view){ c.what, text(a, was->number), text(a, now->number) };
		break;
	case PC_NAME:
		if (!hidden)
			c = (struct change_view){ c.what, text(a, was->name), text(a, now->name) };
		break;
	case PC_EMAIL:
		if (!hidden)
			c = (struct change_view){ c.what, text(a, was->email), text(a, now->email) };
		break;
	case PC_PHONE:
		c = (struct change_view){ c.what, text(a, was->phone), text(a, now->phone) };
		break;
	case PC_UNIT:
		c = (struct change_view){ c.what, or_dash(d->was_unit), or_dash(d->now_unit) };
		break;
	case PC_PROFESSION:
		c = (struct change_view){ c.what, text(a, was->profession), text(a, now->profession) };
		break;
	case PC_LEVEL:
		c = (struct change_view){ c.what, text(a, was->level), text(a, now->level) };
		break;
	case PC_LANGUAGE:
		c = (struct change_view){ c.what, text(a, was->lang), text(a, now->lang) };
		break;
	case PC_STAFF:
		c = (struct change_view){ c.what, yes_no(lang, was->staff), yes_no(lang, now->staff) };
		break;
	case PC_PROTECTED:
		c = (struct change_view){ c.what, yes_no(lang, was->is_protected), yes_no(lang, now->is_protected) };
		break;
	case PC_LEADER:
		c = (struct change_view){ c.what, or_dash(d->was_leader), or_dash(d->now_leader) };
		break;
	case PC_PRIVATE_PHONE:
		/* That it changes, never what it is. */
		c.now = tr(lang, "another one");
		break;
	case PC_RETURNED:
	case PC_COUNT:
		break;
	}
	return c;
}

static struct person_view person(const struct directory_facts *f, enum lang lang, const struct people_difference *d)
{
	struct arena *a = f->a;
	struct change_view *changes = arena_array(a, struct change_view, PC_COUNT);
	bool hidden = d->was.is_protected || d->now.is_protected;
	const char *unit = *d->now_unit ? d->now_unit : d->was_unit;
	const char *num = d->now.number.n ? arena_str(a, d->now.number) : "";
	struct person_view p = { .line = arena_printf(a, "%lld", (long long)d->line), .id = arena_printf(a, "said-%lld", (long long)d->line) };
	/* Who leaves is called as the list has her, whatever the row says. */
	struct slice name = d->fate == PEOPLE_LEFT && d->was.name.n ? d->was.name : d->now.name;
	p.name = incidents_name(a, lang, hidden ? "" : arena_str(a, name), num, d->now.profession.n ? arena_str(a, d->now.profession) : "", unit);
	p.about = *num && *unit ? arena_printf(a, "%s · %s", num, unit) : *num ? num : unit;
	if (d->fate == PEOPLE_CHANGED || d->fate == PEOPLE_RETURNED)
		for (int b = 0; b < PC_COUNT; b++)
			if (d->changed >> b & 1 && 1 << b != PC_RETURNED)
				changes[p.changes_n++] = change(f, lang, d, (enum people_change)(1 << b));
	p.changes = changes;
	if (d->doubt != PEOPLE_SURE) {
		struct option_view *o = arena_array(a, struct option_view, 3);
		p.question = tr(lang, "Who is it?");
		o[0] = (struct option_view){ "ask", tr(lang, "I do not know: leave it as it is"), d->doubt == PEOPLE_ASKED };
		o[1] = (struct option_view){ "same", tr(lang, "The same person, with another name"), d->doubt == PEOPLE_THE_SAME };
		o[2] = (struct option_view){ "another", tr(lang, "Somebody else has the number now"), d->doubt == PEOPLE_ANOTHER };
		p.answers = o;
		p.answers_n = 3;
	}
	return p;
}

void directory_show_people(const struct directory_facts *f, int what, int64_t page, const struct people_difference *list, size_t n,
		 struct directory_view *v)
{
	static const char *const titles[] = { TR("New people"), TR("People with changes"), TR("People who are back again"),
					      TR("People who have left"), TR("Perhaps somebody else") };
	enum lang lang = v->look.lang;
	bool more = n > PEOPLE_A_PAGE;
	struct person_view *people;
	n = more ? PEOPLE_A_PAGE : n;
	people = arena_array(f->a, struct person_view, n + 1);
	for (size_t i = 0; i < n; i++)
		people[i] = person(f, lang, &list[i]);
	v->title = tr(lang, titles[what]);
	v->import = arena_str(f->a, slice_of(id_text(&f->status.id).s));
	v->people = people;
	v->people_n = n;
	v->lead = n ? NULL : tr(lang, "Nobody.");
	if (page > 0)
		v->earlier = arena_printf(f->a, "/directory/import/people?what=%s&page=%lld", directory_whats[what], (long long)page - 1);
	if (more)
		v->later = arena_printf(f->a, "/directory/import/people?what=%s&page=%lld", directory_whats[what], (long long)page + 1);
}

/* ---- rows that do not go in ---- */

static const char *column(const struct directory_facts *f, enum lang lang, const struct people_peek *peek, int at)
{
	if (at < 0)
		return NULL;
	if (peek && (size_t)at < peek->n && *peek->column[at].heading)
		return peek->column[at].heading;
	return filled(f->a, tr(lang, "Column {n}"), "n", number(f->a, lang, (int64_t)at + 1));
}

static struct problem_view problem(const struct directory_facts *f, enum lang lang, const struct people_peek *peek,
				   const struct people_bad_line *b)
{
	struct arena *a = f->a;
	struct reason_view *reasons = arena_array(a, struct reason_view, b->n);
	struct problem_view p = { .reasons = reasons, .reasons_n = b->n };
	p.line = filled(a, tr(lang, "Line {n}"), "n", arena_printf(a, "%lld", (long long)b->line));
	if (*b->name)
		p.who = *b->number ? arena_printf(a, "%s · %s", b->name, b->number) : b->name;
	else if (*b->number)
		p.who = b->number;
	for (size_t i = 0; i < b->n; i++)
		reasons[i] = (struct reason_view){ column(f, lang, peek, b->problem[i].column),
						   directory_problem_text(a, lang, b->problem[i].why) };
	return p;
}

void directory_show_problems(const struct directory_facts *f, const struct people_peek *peek, int64_t page, const struct people_bad_line *list,
			     size_t n, struct directory_view *v)
{
	enum lang lang = v->look.lang;
	int64_t all = f->sums.fate[PEOPLE_BAD] + f->status.unreadable;
	bool more = n > PEOPLE_A_PAGE;
	struct problem_view *problems;
	n = more ? PEOPLE_A_PAGE : n;
	problems = arena_array(f->a, struct problem_view, n + 1);
	for (size_t i = 0; i < n; i++)
		problems[i] = problem(f, lang, peek, &list[i]);
	v->problems = problems;
	v->problems_n = n;
	v->lead = n ? filled(f->a, trn(lang, "One row does not go in until it is corrected.", "{n} rows do not go in until they are corrected.", all), "n",
			     number(f->a, lang, all))
		    : tr(lang, "Every row can be read.");
	v->rows = n && peek ? "/directory/import/rows" : NULL;
	if (page > 0)
		v->earlier = arena_printf(f->a, "/directory/import/problems?page=%lld", (long long)page - 1);
	if (more)
		v->later = arena_printf(f->a, "/directory/import/problems?page=%lld", (long long)page + 1);
}
