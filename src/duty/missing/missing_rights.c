#include "duty/missing/missing_rights.h"

#include <string.h>

#include "duty/people/people.h"

/* Levels from a unit up to another that it is, or lies below; -1: it does not. */
static int levels(const char *path, const char *above)
{
	size_t n = strlen(above);
	int steps = 0;
	if (strncmp(path, above, n) != 0 || (path[n] && strncmp(path + n, " / ", 3) != 0))
		return -1;
	for (const char *p = path + n; (p = strstr(p, " / ")); p += 3)
		steps++;
	return steps;
}

int missing_far(const char *unit_path, const struct missing_holder *h)
{
	int steps = 1;
	if (!h->whole)
		return levels(unit_path, h->path);
	for (const char *p = unit_path; (p = strstr(p, " / ")); p += 3)
		steps++;
	return steps;
}

bool missing_led(const struct missing_holders *holders, const char *unit_path)
{
	bool led = false;
	for (size_t i = 0; i < holders->n; i++)
		led |= missing_far(unit_path, &holders->list[i]) >= 0;
	return led;
}

bool missing_barred(const struct missing_holder *h, const char *unit_path, struct day day)
{
	for (size_t i = 0; i < h->party_n; i++) {
		const struct incident_where *in = &h->party[i];
		int32_t apart = in->day.n - day.n;
		if (apart >= -MISSING_NEAR_DAYS && apart <= MISSING_NEAR_DAYS &&
		    (!*unit_path || levels(unit_path, in->unit_path) >= 0 || levels(in->unit_path, unit_path) >= 0))
			return true;
	}
	return false;
}

enum result missing_holders(struct tx *tx, struct arena *a, enum role role, struct missing_holders *holders_r)
{
	struct signin_holder *list;
	size_t n;
	struct missing_holders h = { 0 };
	enum result res = signin_holders(tx, a, role, &list, &n);
	if (res != RES_OK)
		return res;
	h.list = arena_array(a, struct missing_holder, n);
	for (size_t i = 0; i < n; i++) {
		struct missing_holder l = { .account = list[i].account, .whole = id_is_zero(&list[i].unit), .path = "" };
		struct incident_where *party = NULL;
		res = l.whole ? RES_OK : people_unit_path(tx, a, &list[i].unit, &l.path);
		if (res == RES_OK)
			res = incidents_party_to(tx, a, &l.account, &party, &l.party_n);
		l.party = party;
		if (res == RES_OK)
			h.list[h.n++] = l;
		else if (res != RES_NONE)
			return res;
	}
	*holders_r = h;
	return RES_OK;
}

enum result missing_rights(struct tx *tx, struct arena *a, const struct actor *who, struct missing_rights *rights_r)
{
	struct missing_rights r = { .who = who };
	enum result res = missing_holders(tx, a, ROLE_LEADER, &r.leaders);
	if (res == RES_OK)
		res = missing_holders(tx, a, ROLE_SAFETY, &r.safety);
	if (res == RES_OK)
		*rights_r = r;
	return res;
}

/* Whether any of them may decide about it, and whether she is one. */
static bool decides(const struct missing_holders *holders, const char *unit_path, struct day day, const struct id *who, bool *she_r)
{
	bool any = false;
	*she_r = false;
	for (size_t i = 0; i < holders->n; i++) {
		const struct missing_holder *h = &holders->list[i];
		if (missing_far(unit_path, h) < 0 || missing_barred(h, unit_path, day))
			continue;
		any = true;
		*she_r |= id_eq(&h->account, who);
	}
	return any;
}

/* A unit that nobody leads any more is like none. */
void missing_judge(const struct missing_rights *r, struct missing *m)
{
	const struct actor *who = r->who;
	bool leader, safety, placed = *m->unit_path && missing_led(&r->leaders, m->unit_path);
	const char *path = placed ? m->unit_path : "";
	bool led = decides(&r->leaders, path, m->day, &who->account, &leader);
	bool guarded = decides(&r->safety, path, m->day, &who->account, &safety);
	m->reads = who->roles & ROLE_LEADER && leader;
	if (placed && !led)
		m->reads = who->roles & ROLE_SAFETY && safety;
	m->sorts = (!placed || (!led && !guarded)) && who->roles & (ROLE_SAFETY | ROLE_ADMIN);
	if (!m->reads)
		m->name = m->contact = m->number = m->teller = "";
}
