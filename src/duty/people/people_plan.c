#include "duty/people/people_plan.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people_cells.h"
#include "duty/people/people_index.h"
#include "duty/people/people_match.h"
#include "duty/people/people_units.h"

const char *people_change_words(enum people_change bit)
{
	switch (bit) {
	case PC_NUMBER:
		return "employee number";
	case PC_NAME:
		return "name";
	case PC_EMAIL:
		return "e-mail";
	case PC_PHONE:
		return "phone";
	case PC_UNIT:
		return "unit";
	case PC_PROFESSION:
		return "profession";
	case PC_LEVEL:
		return "level";
	case PC_LANGUAGE:
		return "language";
	case PC_STAFF:
		return "staff responsibility";
	case PC_PROTECTED:
		return "protected identity";
	case PC_LEADER:
		return "leader";
	case PC_RETURNED:
		return "returned";
	case PC_COUNT:
		break;
	}
	return "";
}

/* ---- the bench everything lies on ---- */

struct planning {
	struct people_plan *plan;
	const struct people_directory *old;
	struct people_rows *rows;
	const struct people_columns *cols;
	const struct people_wish *wish;
	size_t n;	/* rows */
	int *unit;	/* of each row */
	struct people_match m;
	size_t problem_room;
};

static bool has(const struct planning *p, enum people_field f)
{
	return p->cols->at[f] >= 0;
}

static void complain(void *ctx, int64_t line, int column, bool note, const char *why)
{
	struct planning *p = ctx;
	struct people_plan *plan = p->plan;

	if (plan->problems == 100000)
		return;
	if (plan->problems == p->problem_room) {
		p->problem_room = p->problem_room ? p->problem_room * 2 : 64;
		plan->problem = must_realloc(plan->problem, p->problem_room, sizeof(*plan->problem));
	}
	plan->problem[plan->problems++] = (struct people_problem){ line, column, note, slice_of(why) };
}

static void complain_of_unit(void *ctx, int64_t line, int column, const char *why)
{
	complain(ctx, line, column, true, why);
}

/* ---- as it shall be ---- */

static void take(struct slice *to, struct slice from, bool there)
{
	if (there)
		*to = from;
}

/* A column that is not in the file leaves the field alone; an empty cell empties it. */
static void fill_in(struct planning *p, size_t i, struct people_record *r)
{
	const struct people_row *row = people_rows_at(p->rows, i);
	bool has_unit = has(p, PF_UNIT) || has(p, PF_UNIT_CODE);

	take(&r->number, row->number, row->number.n != 0);
	r->name = row->name;
	r->given = row->given;
	r->family = row->family;
	take(&r->email, row->email, has(p, PF_EMAIL));
	take(&r->phone, row->phone, has(p, PF_PHONE_PRIVATE) || has(p, PF_PHONE_WORK));
	take(&r->profession, row->profession, has(p, PF_PROFESSION) || has(p, PF_TITLE));
	take(&r->level, row->level, has(p, PF_LEVEL));
	take(&r->lang, row->lang, has(p, PF_LANGUAGE));
	if (has_unit)
		r->unit = p->unit[i];
	if (has(p, PF_PROTECTED))
		r->is_protected = row->is_protected;
	if (has(p, PF_STAFF) || has(p, PF_LEADER))
		r->staff = row->staff;
	if (has(p, PF_LEADER)) {
		r->leads = people_rows_leader_flags(p->rows) && people_flag(row->leader) == 1;
		r->staff |= r->leads;
		r->leader = -1;
	}
	r->ended = PEOPLE_CURRENT;
}

static bool has_left(const struct planning *p, const struct people_row *row)
{
	return row->has_end && row->end.n < p->wish->today.n;
}

static void settle_people(struct planning *p)
{
	struct people_plan *plan = p->plan;

	for (size_t i = 0; i < p->old->people; i++)
		plan->person[i].now = p->old->person[i];
	plan->people = p->old->people;
	for (size_t i = 0; i < p->n; i++) {
		const struct people_row *row = people_rows_at(p->rows, i);
		int person = p->m.person[i];

		if (row->bad || p->m.extra[i])
			continue;
		if (has_left(p, row)) {
			if (person < 0)
				plan->already_left++;
			else if (p->old->person[person].ended == PEOPLE_CURRENT)
				plan->person[person].now.ended = row->end.n;
			continue;
		}
		if (person < 0) {
			person = p->m.person[i] = (int)plan->people++;
			plan->person[person].now = (struct people_record){ .unit = -1, .leader = -1 };
		}
		fill_in(p, i, &plan->person[person].now);
	}
}

/* ---- leaders ---- */

static bool is_current(const struct people_plan *plan, int person)
{
	return plan->person[person].now.ended == PEOPLE_CURRENT;
}

/* The nearest leader: of the unit, or of the first unit above that has another. */
static int leader_of_unit(const struct people_plan *plan, const int *leads, int unit, int but_not)
{
	for (; unit >= 0; unit = plan->unit[unit].parent)
		if (leads[unit] >= 0 && leads[unit] != but_not)
			return leads[unit];
	return -1;
}

static void lead_by_flags(struct planning *p)
{
	struct people_plan *plan = p->plan;
	int *leads = must_alloc(plan->units + 1, sizeof(int));

	for (size_t u = 0; u < plan->units; u++)
		leads[u] = -1;
	for (size_t i = 0; i < plan->people; i++) {
		const struct people_record *r = &plan->person[i].now;

		if (r->leads && r->unit >= 0 && leads[r->unit] < 0 && is_current(plan, (int)i))
			leads[r->unit] = (int)i;
	}
	for (size_t i = 0; i < p->n; i++)
		if (p->m.person[i] >= 0 && !people_rows_at(p->rows, i)->bad && is_current(plan, p->m.person[i])) {
			struct people_record *r = &plan->person[p->m.person[i]].now;

			r->leader = leader_of_unit(plan, leads, r->unit, p->m.person[i]);
		}
	free(leads);
}

static void lead_by_reference(struct planning *p)
{
	struct people_plan *plan = p->plan;
	struct people_index *number = people_index_new(), *email = people_index_new();

	for (size_t i = 0; i < plan->people; i++) {
		if (!is_current(plan, (int)i))
			continue;
		if (plan->person[i].now.number.n)
			people_index_put(number, plan->person[i].now.number, (int)i);
		if (plan->person[i].now.email.n)
			people_index_put(email, plan->person[i].now.email, (int)i);
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct people_row *row = people_rows_at(p->rows, i);
		struct slice who = row->leader, address;
		const char *why;
		int leader;

		if (row->bad || p->m.person[i] < 0 || !who.n || !is_current(plan, p->m.person[i]))
			continue;
		if (people_email(people_match_arena(&p->m), who, &address, &why) == RES_OK)
			leader = people_index_count(email, address) == 1 ? people_index_get(email, address) : -1;
		else
			leader = people_index_get(number, who);
		if (leader < 0)
			complain(p, row->line, p->cols->at[PF_LEADER], true,
				 "nobody has this e-mail or employee number; the person is without a leader");
		else if (leader != p->m.person[i])
			plan->person[p->m.person[i]].now.leader = leader;
	}
	people_index_free(&number);
	people_index_free(&email);
}

static void settle_leaders(struct planning *p)
{
	struct people_plan *plan = p->plan;

	if (has(p, PF_LEADER) && people_rows_leader_flags(p->rows))
		lead_by_flags(p);
	else if (has(p, PF_LEADER))
		lead_by_reference(p);
	/* Who leads somebody has staff responsibility, whatever the file says (PRODUCT.md § 1, promise 5). */
	for (size_t i = 0; i < plan->people; i++)
		if (is_current(plan, (int)i) && plan->person[i].now.leader >= 0)
			plan->person[plan->person[i].now.leader].now.staff = true;
}

/* ---- who is missing, and the sum ---- */

/* A faulty row of nobody we know: it may be about anybody who seems to be missing. */
static bool is_anybodys(const struct planning *p, size_t i)
{
	const struct people_row *row = people_rows_at(p->rows, i);

	return row->bad && p->m.person[i] < 0 && !row->number.n;
}

static void settle_missing(struct planning *p)
{
	struct people_plan *plan = p->plan;
	size_t current = 0, ends = 0;
	bool unsure = people_rows_unreadable(p->rows) > 0;

	for (size_t i = 0; i < p->n && !unsure; i++)
		unsure = is_anybodys(p, i);

	for (size_t i = 0; i < p->old->people; i++) {
		bool was = p->old->person[i].ended == PEOPLE_CURRENT;

		current += was;
		if (was && p->m.row_of[i] < 0) {
			plan->missing++;
			if (p->wish->end_missing && !unsure)
				plan->person[i].now.ended = p->wish->today.n;
		}
		ends += was && plan->person[i].now.ended != PEOPLE_CURRENT;
	}
	plan->ends_held_back = p->wish->end_missing && plan->missing && unsure;
	plan->must_confirm = ends * 10 > current && p->wish->confirmed != (int64_t)ends;
}

static unsigned difference(const struct planning *p, const struct people_record *x, const struct people_record *y)
{
	unsigned d = 0;

	d |= slice_eq(x->number, y->number) ? 0 : PC_NUMBER;
	d |= slice_eq(x->name, y->name) && slice_eq(x->given, y->given) && slice_eq(x->family, y->family) ? 0 : PC_NAME;
	d |= slice_eq(x->email, y->email) ? 0 : PC_EMAIL;
	d |= slice_eq(x->phone, y->phone) ? 0 : PC_PHONE;
	d |= slice_eq(x->profession, y->profession) ? 0 : PC_PROFESSION;
	d |= slice_eq(x->level, y->level) ? 0 : PC_LEVEL;
	d |= slice_eq(x->lang, y->lang) ? 0 : PC_LANGUAGE;
	/* A unit that got another path is another unit to haven, which knows paths only. */
	d |= x->unit == y->unit && (x->unit < 0 || slice_eq(p->old->unit[x->unit].path, p->plan->unit[x->unit].path)) ?
		     0 :
		     PC_UNIT;
	d |= x->leader == y->leader ? 0 : PC_LEADER;
	d |= x->staff == y->staff && x->leads == y->leads ? 0 : PC_STAFF;
	d |= x->is_protected == y->is_protected ? 0 : PC_PROTECTED;
	return d;
}

static void sum_up(struct planning *p)
{
	struct people_plan *plan = p->plan;

	for (size_t i = 0; i < plan->people; i++) {
		struct people_outcome *o = &plan->person[i];
		const struct people_record *was = i < p->old->people ? &p->old->person[i] : NULL;

		if (!was) {
			o->fate = PEOPLE_ADDED;
			plan->added++;
		} else if (!is_current(plan, (int)i)) {
			o->fate = was->ended == PEOPLE_CURRENT ? PEOPLE_ENDED : PEOPLE_UNCHANGED;
			plan->ended += o->fate == PEOPLE_ENDED;
		} else {
			o->changed = difference(p, was, &o->now) | (was->ended == PEOPLE_CURRENT ? 0 : PC_RETURNED);
			o->fate = o->changed ? PEOPLE_CHANGED : PEOPLE_UNCHANGED;
			plan->changed += o->changed != 0;
			plan->unchanged += o->changed == 0 && p->m.row_of[i] >= 0 &&
					   !people_rows_at(p->rows, (size_t)p->m.row_of[i])->bad;
			for (int b = 0; b < PC_COUNT; b++)
				plan->by_change[b] += o->changed >> b & 1;
		}
	}
}

struct people_plan *people_plan_make(const struct people_directory *old, struct people_rows *rows,
				     const struct people_wish *wish)
{
	struct people_plan *plan = must_alloc(1, sizeof(*plan));
	struct planning p = { .plan = plan, .old = old, .rows = rows, .cols = people_rows_columns(rows), .wish = wish,
			      .n = people_rows_count(rows) };

	plan->arena = arena_new();
	plan->person = must_alloc(old->people + p.n + 1, sizeof(*plan->person));
	p.unit = must_alloc(p.n + 1, sizeof(int));
	p.m = (struct people_match){ .old = old, .rows = rows, .messages = plan->arena, .complain = complain, .ctx = &p };
	people_match_rows(&p.m);
	people_units_grow(plan, old, rows, p.unit, complain_of_unit, &p);
	people_match_people(&p.m, p.unit);
	settle_people(&p);
	settle_missing(&p);
	settle_leaders(&p);
	sum_up(&p);

	people_match_end(&p.m);
	free(p.unit);
	return plan;
}

void people_plan_free(struct people_plan **plan)
{
	if (!*plan)
		return;
	arena_wipe_free(&(*plan)->arena);
	free((*plan)->person);
	free((*plan)->problem);
	free(*plan);
	*plan = NULL;
}
