#include "duty/incidents/incidents_form.h"

#include <string.h>

#include "signin/signin.h"

static const char *const kinds[] = { "0", "1", "2", "3", "4", "5", "6", "7", NULL };
_Static_assert(ARRAY_LEN(kinds) == INCIDENT_KINDS + 1, "a choice for each kind");
static const char *const severities[] = { "1", "2", "3", NULL };
static const char *const days[] = { "0", "1", "2", NULL };
_Static_assert(ARRAY_LEN(days) == INCIDENT_DAYS + 1, "a choice for each day");

#define WHO_FIELDS                                                                          \
	{ .name = "do", .kind = FIELD_TEXT, .most = 40 },                                   \
	{ .name = "seat", .kind = FIELD_TEXT, .most = 500, .many = true, .times = FORM_SEATS_MOST }, \
	{ .name = "q", .kind = FIELD_TEXT, .most = 200 },                                   \
	{ .name = "q-told", .kind = FIELD_TEXT, .most = 200 },                              \
	{ .name = "paste", .kind = FIELD_LINES, .most = FORM_PASTE_KEPT },                  \
	{ .name = "out-name", .kind = FIELD_TEXT, .most = 4 * INCIDENTS_NAME_MOST },        \
	{ .name = "out-phone", .kind = FIELD_TEXT, .most = INCIDENTS_PHONE_MOST },          \
	{ .name = "out-lang", .kind = FIELD_CHOICE, .choices = lang_codes }

const struct field incident_who_fields[] = { WHO_FIELDS, { 0 } };
const struct field incident_form_fields[] = {
	{ .name = "once", .kind = FIELD_ID, .whose = FIELD_DRAWN },
	{ .name = "from", .kind = FIELD_ID, .whose = INCIDENT_FORM_FROM },
	{ .name = "kind", .kind = FIELD_CHOICE, .choices = kinds },
	{ .name = "severity", .kind = FIELD_CHOICE, .choices = severities },
	{ .name = "day", .kind = FIELD_CHOICE, .choices = days },
	{ .name = "clock", .kind = FIELD_TEXT, .most = 40 },
	{ .name = "date", .kind = FIELD_TEXT, .most = 40 },
	{ .name = "unit", .kind = FIELD_ID, .whose = "a unit that she leads, or one below it" },
	{ .name = "sentence", .kind = FIELD_LINES, .most = 4000 },
	WHO_FIELDS,
	{ 0 },
};

/* ---- a seat as text: "p|ID|CHOICE" or "o|HOW|LANG|PHONE|NAME" ---- */

int incident_seat_choice(const struct incident_seat *s)
{
	return s->part == SEAT_AFFECTED ? (int)s->how : EXPOSURE_HOWS + (int)s->part - SEAT_BOTH;
}

const char *incident_choice_text(enum lang lang, int choice)
{
	return choice < EXPOSURE_HOWS ? exposure_how_text(lang, (enum exposure_how)choice)
	     : choice == EXPOSURE_HOWS ? tr(lang, "Directly affected, and a party")
	     : choice == EXPOSURE_HOWS + 1 ? tr(lang, "A party: gets no message")
					   : tr(lang, "Reviews it: gets no message");
}

const char *incident_seat_text(struct arena *a, const struct incident_seat *s, int choice)
{
	if (!id_is_zero(&s->person))
		return arena_printf(a, "p|%s|%d", id_text(&s->person).s, choice);
	return arena_printf(a, "o|%d|%s|%s|%s", choice, lang_code(s->lang), arena_str(a, s->phone), arena_str(a, s->name));
}

static enum result choice_read(struct slice text, int choices, struct incident_seat *s)
{
	int64_t n;
	if (slice_int(text, &n) != RES_OK || n < 0 || n >= choices)
		return RES_BAD;
	s->how = n < EXPOSURE_HOWS ? (enum exposure_how)n : EXPOSURE_EXPOSED;
	s->part = n < EXPOSURE_HOWS ? SEAT_AFFECTED : (enum seat_part)(SEAT_BOTH + (int)n - EXPOSURE_HOWS);
	return RES_OK;
}

static enum result seat_read(struct slice text, struct incident_seat *s_r)
{
	struct incident_seat s = { 0 };
	struct slice kind, one, two;
	if (!slice_cut(&text, '|', &kind) || !slice_cut(&text, '|', &one) || !slice_cut(&text, '|', &two))
		return RES_BAD;
	if (slice_is(kind, "p")) {
		if (text.p || choice_read(two, FORM_CHOICES, &s) != RES_OK || id_parse(one, &s.person) != RES_OK ||
		    id_is_zero(&s.person))
			return RES_BAD;
	} else {
		if (!slice_is(kind, "o") || choice_read(one, EXPOSURE_HOWS, &s) != RES_OK || lang_from(two, &s.lang) != RES_OK ||
		    !slice_cut(&text, '|', &s.phone) || !text.p)
			return RES_BAD;
		s.name = text;
	}
	*s_r = s;
	return RES_OK;
}

/* ---- reading ---- */

void incident_form_empty(struct incident_form *f, struct arena *a, enum lang lang)
{
	*f = (struct incident_form){ .day = -1, .out_lang = lang };
	f->seats = arena_array(a, struct incident_seat, FORM_SEATS_MOST);
	f->draft.seats = f->seats;
}

void incident_form_begin(struct incident_form *f, struct arena *a, struct day today, const struct incident_begin *b)
{
	struct wall wall = day_wall(b->day);
	f->day = b->day.n == today.n ? INCIDENT_TODAY : b->day.n == today.n - 1 ? INCIDENT_YESTERDAY : INCIDENT_EARLIER;
	if (f->day == INCIDENT_EARLIER)
		f->date = slice_of(arena_printf(a, "%04d-%02d-%02d", wall.year, wall.month, wall.mday));
	if (b->minute >= 0)
		f->clock = slice_of(arena_printf(a, "%d.%02d", b->minute / 60, b->minute % 60));
	f->draft.unit = b->unit;
	f->draft.has_unit = !id_is_zero(&b->unit);
	f->query = b->query;
	if (b->has_seat) {
		f->seats[0] = b->seat;
		f->seats[0].lang = f->out_lang;
		f->draft.seats_n = 1;
	}
}

/* What was sent, right or wrong. */
static struct slice text_of(struct req *req, const char *name, bool *bad)
{
	struct slice s = { 0 };
	*bad = req_text(req, name, &s) == RES_BAD;
	return *bad ? req_echo(req, name) : s;
}

static struct slice one_line(struct arena *a, struct slice s)
{
	char *out = arena_str(a, s);
	for (char *c = out; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return slice_trim(slice_of(out));
}

static bool seated(const struct incident_form *f, const struct incident_seat *s)
{
	for (size_t i = 0; i < f->draft.seats_n; i++) {
		const struct incident_seat *t = &f->seats[i];
		if (!id_is_zero(&s->person) ? id_eq(&t->person, &s->person)
					    : id_is_zero(&t->person) && slice_eq(t->name, s->name) && slice_eq(t->phone, s->phone))
			return true;
	}
	return false;
}

/* Nobody twice. */
static void seat_put(struct incident_form *f, const struct incident_seat *s)
{
	if (seated(f, s))
		return;
	if (f->draft.seats_n == FORM_SEATS_MOST) {
		f->faults |= FAULT_MANY;
		return;
	}
	f->seats[f->draft.seats_n++] = *s;
	f->added++;
	if (f->draft.seats_n > INCIDENTS_PEOPLE_MOST)
		f->faults |= FAULT_MANY;
}

static void read_time(struct req *req, struct incident_form *f)
{
	struct day today = instant_day(req_now(req)), day = today;
	int hour, minute;
	bool bad;
	f->clock = text_of(req, "clock", &bad);
	f->date = text_of(req, "date", &bad);
	if (req_choice(req, "day", &f->day) != RES_OK) {
		f->day = -1;
		f->faults |= FORM_DAY;
	}
	if (f->day == INCIDENT_YESTERDAY)
		day = day_add(today, -1);
	if (f->day == INCIDENT_EARLIER) {
		enum result res = incident_date(f->date, today, &day);
		f->faults |= res == RES_NONE ? FORM_DATE : res == RES_BAD ? FORM_DATE_BAD : 0;
	}
	enum result res = incident_clock(f->clock, &hour, &minute);
	f->faults |= res == RES_NONE ? FORM_CLOCK : res == RES_BAD ? FORM_CLOCK_BAD : 0;
	if (!(f->faults & (FORM_DAY | FORM_DATE | FORM_DATE_BAD | FORM_CLOCK | FORM_CLOCK_BAD))) {
		f->draft.happened = day_at(day, hour, minute);
		f->draft.has_time = true;
	}
}

static void read_what(struct req *req, struct incident_form *f)
{
	struct incident_draft *d = &f->draft;
	int kind, severity;
	bool bad;
	d->has_kind = req_choice(req, "kind", &kind) == RES_OK;
	d->has_severity = req_choice(req, "severity", &severity) == RES_OK;
	if (d->has_kind)
		d->kind = (enum incident_kind)kind;
	if (d->has_severity)
		d->severity = severity + 1;
	d->has_unit = req_id(req, "unit", &d->unit) == RES_OK;
	d->sentence = one_line(req_arena(req), text_of(req, "sentence", &bad));
	if (bad)
		f->faults |= FORM_SENTENCE_BAD;
	if (req_id(req, "once", &d->once) != RES_OK)
		memset(&d->once, 0, sizeof(d->once));
	if (req_id(req, "from", &f->from) != RES_OK)
		memset(&f->from, 0, sizeof(f->from));
	read_time(req, f);
}

static void read_who(struct req *req, struct incident_form *f)
{
	struct slice text;
	int lang, n = 0;
	bool bad;
	for (enum result res; (res = req_nth(req, "seat", n, &text)) != RES_NONE; n++) {
		struct incident_seat s;
		if (res == RES_BAD && n == FORM_SEATS_MOST)
			break;
		if (res == RES_OK && seat_read(text, &s) == RES_OK)
			seat_put(f, &s);
		else
			f->faults |= FORM_SEAT;
		if (n > FORM_SEATS_MOST)
			break;
	}
	f->added = 0;
	if (req_text(req, "do", &f->doing) != RES_OK)
		f->doing = SLICE("find");
	f->query = text_of(req, "q", &bad);
	f->query_told = text_of(req, "q-told", &bad);
	f->paste = text_of(req, "paste", &bad);
	if (f->paste.n > FORM_PASTE_MOST || (bad && f->paste.n == FORM_PASTE_KEPT))
		f->faults |= FORM_PASTE_LONG;
	f->out_name = text_of(req, "out-name", &bad);
	f->out_phone = text_of(req, "out-phone", &bad);
	if (req_choice(req, "out-lang", &lang) == RES_OK)
		f->out_lang = (enum lang)lang;
}

void incident_form_read(struct req *req, struct incident_form *f, bool only_who, enum lang lang)
{
	incident_form_empty(f, req_arena(req), lang);
	if (!only_who)
		read_what(req, f);
	read_who(req, f);
}

/* ---- what the buttons do ---- */

static void put_person(struct incident_form *f, const struct id *person)
{
	seat_put(f, &(struct incident_seat){ .person = *person });
}

static enum result find(struct tx *tx, struct arena *a, struct incident_form *f)
{
	if (!f->query.n)
		return RES_OK;
	enum result res = people_search(tx, a, f->query, &f->hits);
	f->searched = res == RES_OK;
	if (res == RES_BAD)
		f->faults |= FORM_QUERY_SHORT;
	return res == RES_BAD ? RES_OK : res;
}

static enum result whole_unit(struct tx *tx, struct arena *a, struct incident_form *f)
{
	struct person_lines lines;
	bool hers = false;
	for (size_t i = 0; i < f->units_n && !hers; i++)
		hers = id_eq(&f->units[i].id, &f->draft.unit);
	if (!hers) {
		f->faults |= FAULT_UNIT;
		return RES_OK;
	}
	enum result res = people_unit_members(tx, a, &f->draft.unit, INCIDENTS_PEOPLE_MOST, &lines);
	if (res == RES_OK && lines.more) {
		f->faults |= FORM_UNIT_MANY;
		return people_unit_count(tx, &f->draft.unit, &f->unit_people);
	}
	for (size_t i = 0; res == RES_OK && i < lines.n; i++)
		put_person(f, &lines.list[i].id);
	return res;
}

/* Lines that are clear go to the list; the others stay, each with its reason. */
static enum result paste(struct tx *tx, struct arena *a, struct incident_form *f)
{
	struct slice rest = f->paste, line;
	size_t lines = 1;
	struct buf left = BUF_LIMIT(FORM_PASTE_MOST + 1);
	enum result res = RES_OK;
	/* Half a list would look like a whole one. */
	if (f->faults & FORM_PASTE_LONG)
		return RES_OK;
	for (size_t i = 0; i < rest.n; i++)
		lines += rest.p[i] == '\n';
	f->unclear = arena_array(a, struct form_unclear, lines);
	while (res == RES_OK && rest.n && slice_cut(&rest, '\n', &line)) {
		struct person_lines found = { 0 };
		enum people_meant meant;
		line = slice_trim(line);
		if (!line.n)
			continue;
		res = people_pick_line(tx, a, line, &found, &meant);
		if (res != RES_OK)
			break;
		for (size_t i = 0; meant == PEOPLE_MEANT && i < found.n; i++)
			put_person(f, &found.list[i].id);
		if (meant == PEOPLE_MEANT)
			continue;
		f->unclear[f->unclear_n++] = (struct form_unclear){ line, meant };
		buf_slice(&left, line);
		buf_char(&left, '\n');
	}
	f->paste = left.n ? arena_slice(a, buf_get(&left)) : (struct slice){ 0 };
	buf_free(&left);
	if (f->unclear_n)
		f->faults |= FORM_PASTE_LEFT;
	return res;
}

static void outside(struct incident_form *f)
{
	struct incident_seat s = { .name = f->out_name, .phone = f->out_phone, .lang = f->out_lang };
	f->faults |= incident_people_faults(&s, 1);
	if (f->faults & (FAULT_OUTSIDE_NAME | FAULT_OUTSIDE_LONG | FAULT_OUTSIDE_PHONE))
		return;
	seat_put(f, &s);
	f->out_name = f->out_phone = (struct slice){ 0 };
}

static void drop(struct incident_form *f, struct slice which)
{
	int64_t n;
	if (slice_int(which, &n) != RES_OK || n < 0 || (size_t)n >= f->draft.seats_n)
		return;
	memmove(&f->seats[n], &f->seats[n + 1], (f->draft.seats_n - (size_t)n - 1) * sizeof(*f->seats));
	f->draft.seats_n--;
	f->dropped = true;
}

/* A name that she searched for and did not add is told once, with those who have it; pressing again leaves it out. What was found and
   is in the list has been served. */
static enum result left_in_search(struct tx *tx, struct arena *a, struct incident_form *f)
{
	if (!f->query.n || slice_eq(f->query, f->query_told))
		return RES_OK;
	enum result res = find(tx, a, f);
	for (size_t i = 0; res == RES_OK && i < f->hits.n; i++)
		if (seated(f, &(struct incident_seat){ .person = f->hits.list[i].id })) {
			f->searched = false;
			f->hits = (struct person_lines){ 0 };
			return RES_OK;
		}
	if (res == RES_OK) {
		f->query_told = f->query;
		f->faults |= FORM_QUERY_LEFT;
	}
	return res;
}

static struct slice after(struct slice s, const char *prefix)
{
	return (struct slice){ s.p + strlen(prefix), s.n - strlen(prefix) };
}

static enum result press(struct tx *tx, struct arena *a, struct incident_form *f)
{
	struct id id;
	if (slice_is(f->doing, "find"))
		return find(tx, a, f);
	if (slice_is(f->doing, "unit"))
		return whole_unit(tx, a, f);
	if (slice_is(f->doing, "paste"))
		return paste(tx, a, f);
	if (slice_is(f->doing, "outside"))
		outside(f);
	else if (slice_is(f->doing, "me") && !id_is_zero(&f->me))
		put_person(f, &f->me);
	else if (slice_starts(f->doing, "drop:"))
		drop(f, after(f->doing, "drop:"));
	else if (slice_starts(f->doing, "add:") && id_parse(after(f->doing, "add:"), &id) == RES_OK)
		put_person(f, &id);
	else if (slice_is(f->doing, "save")) {
		/* What was typed and not yet added is meant, too: nobody is forgotten for want of a press. */
		if (f->out_name.n || f->out_phone.n)
			outside(f);
		enum result res = f->paste.n ? paste(tx, a, f) : RES_OK;
		return res == RES_OK ? left_in_search(tx, a, f) : res;
	}
	return RES_OK;
}

/* People of the seats; one who is not there, or has left, falls out and is told. */
static enum result seat_people(struct tx *tx, struct arena *a, struct incident_form *f)
{
	size_t kept = 0;
	f->people = arena_array(a, const struct person *, f->draft.seats_n + 1);
	for (size_t i = 0; i < f->draft.seats_n; i++) {
		struct person *p = NULL;
		if (!id_is_zero(&f->seats[i].person)) {
			p = arena_new_of(a, struct person);
			enum result res = people_get(tx, a, &f->seats[i].person, p);
			if (res != RES_OK && res != RES_NONE)
				return res;
			if (res == RES_NONE || p->ended) {
				f->faults |= FORM_SEAT;
				continue;
			}
		}
		f->seats[kept] = f->seats[i];
		f->people[kept++] = p;
	}
	f->draft.seats_n = kept;
	return RES_OK;
}

/* Who she is in the directory: as her account says, else whoever alone has its e-mail. Zero: nobody. */
static enum result her_own_person(struct tx *tx, struct arena *a, const struct actor *who, struct id *me_r)
{
	struct account account;
	struct person_lines lines = { 0 };
	enum result res = signin_get(tx, a, &who->account, &account);
	if (res != RES_OK)
		return res;
	*me_r = account.of_whom;
	if (!id_is_zero(me_r))
		return RES_OK;
	res = people_pick(tx, a, slice_of(account.email), &lines);
	if (res == RES_OK && lines.n == 1 && !lines.more)
		*me_r = lines.list[0].id;
	return res == RES_BAD ? RES_OK : res;
}

enum result incident_form_act(struct tx *tx, struct arena *a, const struct actor *who, struct incident_form *f)
{
	struct incident_unit *units;
	enum result res = incidents_units(tx, a, who, &units, &f->units_n);
	if (res == RES_OK)
		f->units = units;
	if (res == RES_OK && !f->draft.has_unit && f->units_n == 1) {
		f->draft.unit = units[0].id;
		f->draft.has_unit = true;
	}
	if (res == RES_OK)
		res = her_own_person(tx, a, who, &f->me);
	if (res == RES_OK)
		res = press(tx, a, f);
	return res == RES_OK ? seat_people(tx, a, f) : res;
}
