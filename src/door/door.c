#include "door/door.h"

#include <jansson.h>
#include <string.h>

#define SEVERITY_LEAST 1
#define SEVERITY_MOST 3
#define DAY_MOST 100000
#define SECOND_MOST (INT64_C(86400) * DAY_MOST)

static const char *const fact_words[] = {
	[DOOR_SENT] = "sent", [DOOR_UNSENDABLE] = "unsendable",
	[DOOR_REACHED] = "reached", [DOOR_NOT_REACHED] = "not_reached",
	[DOOR_GROUP_HELD] = "group_held", [DOOR_GROUP_NOT_HELD] = "group_not_held",
};

bool door_is_of_incident(enum door_fact_kind kind)
{
	return kind == DOOR_GROUP_HELD || kind == DOOR_GROUP_NOT_HELD;
}

/* ---- writing ----

   The library says so where it has no memory, and goes on with what it has. A message without one of its facts or people would be taken
   by the other side as whole, and the rest never told: so each of its words is looked at. */

static const char no_memory[] = "out of memory for a message at the door";

static json_t *made(json_t *j)
{
	if (!j)
		bug("%s", no_memory);
	return j;
}

static void set(json_t *o, const char *name, json_t *value)
{
	if (json_object_set_new(o, name, made(value)) != 0)
		bug("%s", no_memory);
}

static void append(json_t *list, json_t *value)
{
	if (json_array_append_new(list, made(value)) != 0)
		bug("%s", no_memory);
}

static json_t *id_json(const struct id *id)
{
	return json_string(id_text(id).s);
}

static json_t *text_json(const char *s)
{
	json_t *j = json_string(s ? s : "");
	if (!j)
		bug("%s, or text that is not UTF-8", no_memory);
	return j;
}

static int put_bytes(const char *bytes, size_t n, void *ctx)
{
	buf_put(ctx, bytes, n);
	return 0;
}

/* Writes and lets go of it. Members stand in the order in which they were set. */
static void write_json(struct buf *out, json_t *root)
{
	if (!root || json_dump_callback(root, put_bytes, out, JSON_COMPACT) != 0)
		bug("%s", no_memory);
	json_decref(root);
}

static void write_batch(struct buf *out, const struct id *life, int64_t to, bool more, const char *name, json_t *list)
{
	write_json(out, json_pack("{s:s,s:I,s:b,s:o}", "life", id_text(life).s, "to", (json_int_t)to, "more", (int)more, name, list));
}

void door_write_people(struct buf *out, const struct door_people *m)
{
	json_t *list = made(json_array());
	for (size_t i = 0; i < m->n; i++) {
		const struct door_person *p = &m->list[i];
		json_t *o = made(json_object());
		set(o, "id", id_json(&p->id));
		set(o, "number", text_json(p->number));
		set(o, "name", text_json(p->name));
		set(o, "unit", text_json(p->unit));
		set(o, "profession", text_json(p->profession));
		set(o, "level", text_json(p->level));
		set(o, "staff", json_boolean(p->staff));
		set(o, "lang", text_json(p->lang));
		set(o, "email", text_json(p->email));
		set(o, "phone", text_json(p->phone));
		set(o, "protected", json_boolean(p->protected));
		set(o, "ended", json_boolean(p->ended));
		append(list, o);
	}
	write_batch(out, &m->life, m->to, m->more, "people", list);
}

static json_t *exposure_json(const struct door_exposure *e)
{
	json_t *o = made(json_object());
	set(o, "id", id_json(&e->id));
	set(o, "named", json_integer(e->named.n));
	if (e->outside) {
		set(o, "name", text_json(e->name));
		set(o, "phone", text_json(e->phone));
		set(o, "lang", text_json(e->lang));
	} else {
		set(o, "person", id_json(&e->person));
	}
	if (e->alone)
		set(o, "alone", json_true());
	return o;
}

void door_write_incidents(struct buf *out, const struct door_incidents *m)
{
	json_t *list = made(json_array());
	for (size_t i = 0; i < m->n; i++) {
		const struct door_incident *in = &m->list[i];
		json_t *o = made(json_object()), *excluded = made(json_array()), *exposures = made(json_array());
		for (size_t k = 0; k < in->excluded_n; k++)
			append(excluded, id_json(&in->excluded[k]));
		for (size_t k = 0; k < in->exposures_n; k++)
			append(exposures, exposure_json(&in->exposures[k]));
		set(o, "id", id_json(&in->id));
		set(o, "title", text_json(in->title));
		set(o, "severity", json_integer(in->severity));
		set(o, "day", json_integer(in->day.n));
		set(o, "unit", text_json(in->unit));
		if (in->group.s)
			set(o, "group", json_integer(in->group.s));
		set(o, "excluded", excluded);
		set(o, "exposures", exposures);
		append(list, o);
	}
	write_batch(out, &m->life, m->to, m->more, "incidents", list);
}

void door_write_facts(struct buf *out, const struct door_facts *m)
{
	json_t *list = made(json_array());
	for (size_t i = 0; i < m->n; i++) {
		json_t *o = made(json_object());
		set(o, door_is_of_incident(m->list[i].kind) ? "incident" : "exposure", id_json(&m->list[i].about));
		set(o, "fact", json_string(fact_words[m->list[i].kind]));
		set(o, "day", json_integer(m->list[i].day.n));
		append(list, o);
	}
	write_json(out, json_pack("{s:o}", "facts", list));
}

/* ---- what fits ---- */

static bool short_enough(const char *s, size_t most)
{
	return !s || strlen(s) <= most;
}

bool door_person_fits(const struct door_person *p)
{
	const char *const names[] = { p->number, p->name, p->profession, p->level, p->email, p->phone };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!short_enough(names[i], DOOR_NAME_MOST))
			return false;
	return short_enough(p->unit, DOOR_UNIT_MOST) && short_enough(p->lang, DOOR_LANG_MOST);
}

static bool exposure_fits(const struct door_exposure *e)
{
	if (e->named.n < 0 || e->named.n > DAY_MOST)
		return false;
	return !e->outside || (!e->alone && short_enough(e->name, DOOR_NAME_MOST) && short_enough(e->phone, DOOR_NAME_MOST) &&
			       short_enough(e->lang, DOOR_LANG_MOST));
}

bool door_incident_fits(const struct door_incident *in)
{
	for (size_t i = 0; i < in->exposures_n; i++)
		if (!exposure_fits(&in->exposures[i]))
			return false;
	return in->exposures_n <= DOOR_EXPOSED_MOST && in->excluded_n <= DOOR_EXCLUDED_MOST &&
	       in->severity >= SEVERITY_LEAST && in->severity <= SEVERITY_MOST && in->day.n >= 0 && in->day.n <= DAY_MOST &&
	       in->group.s >= 0 && in->group.s <= SECOND_MOST &&
	       short_enough(in->title, DOOR_TITLE_MOST) && short_enough(in->unit, DOOR_UNIT_MOST);
}

/* ---- reading: strict, and the first thing wrong ends it ---- */

struct reader {
	struct arena *a;
	bool bad;
};

/* The object's members must be exactly these; what is read later is then there. */
static void members(struct reader *r, json_t *o, size_t n)
{
	if (!json_is_object(o) || json_object_size(o) != n)
		r->bad = true;
}

static const char *get_text(struct reader *r, json_t *o, const char *name, size_t most)
{
	json_t *j = json_object_get(o, name);
	if (!json_is_string(j) || json_string_length(j) > most) {
		r->bad = true;
		return "";
	}
	return arena_str(r->a, (struct slice){ json_string_value(j), json_string_length(j) });
}

static int64_t get_int(struct reader *r, json_t *o, const char *name, int64_t least, int64_t most)
{
	json_t *j = json_object_get(o, name);
	if (!json_is_integer(j) || json_integer_value(j) < least || json_integer_value(j) > most) {
		r->bad = true;
		return least;
	}
	return json_integer_value(j);
}

static bool get_flag(struct reader *r, json_t *o, const char *name)
{
	json_t *j = json_object_get(o, name);
	if (!json_is_boolean(j))
		r->bad = true;
	return json_is_true(j);
}

static struct id id_of(struct reader *r, json_t *j)
{
	struct id id = { { 0 } };
	if (!json_is_string(j) || id_parse(slice_of(json_string_value(j)), &id) != RES_OK)
		r->bad = true;
	return id;
}

static struct id get_id(struct reader *r, json_t *o, const char *name)
{
	return id_of(r, json_object_get(o, name));
}

static json_t *get_list(struct reader *r, json_t *o, const char *name, size_t most, size_t *n_r)
{
	json_t *j = json_object_get(o, name);
	if (!json_is_array(j) || json_array_size(j) > most) {
		r->bad = true;
		*n_r = 0;
		return NULL;
	}
	*n_r = json_array_size(j);
	return j;
}

/* What duty sends is a batch: its life, a list, the rev it reaches to, and whether there is more. */
static json_t *get_batch(struct reader *r, json_t *o, const char *name, size_t most, struct id *life_r, int64_t *to_r,
			 bool *more_r, size_t *n_r)
{
	members(r, o, 4);
	*life_r = get_id(r, o, "life");
	*to_r = get_int(r, o, "to", 0, INT64_MAX);
	*more_r = get_flag(r, o, "more");
	return get_list(r, o, name, most, n_r);
}

static json_t *parse(struct slice json)
{
	if (json.n > DOOR_BYTES_MOST)
		return NULL;
	return json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
}

static struct door_person read_person(struct reader *r, json_t *o)
{
	members(r, o, 12);
	return (struct door_person){
		.id = get_id(r, o, "id"),
		.number = get_text(r, o, "number", DOOR_NAME_MOST),
		.name = get_text(r, o, "name", DOOR_NAME_MOST),
		.unit = get_text(r, o, "unit", DOOR_UNIT_MOST),
		.profession = get_text(r, o, "profession", DOOR_NAME_MOST),
		.level = get_text(r, o, "level", DOOR_NAME_MOST),
		.lang = get_text(r, o, "lang", DOOR_LANG_MOST),
		.email = get_text(r, o, "email", DOOR_NAME_MOST),
		.phone = get_text(r, o, "phone", DOOR_NAME_MOST),
		.staff = get_flag(r, o, "staff"),
		.protected = get_flag(r, o, "protected"),
		.ended = get_flag(r, o, "ended"),
	};
}

enum result door_read_people(struct arena *a, struct slice json, struct door_people *m_r)
{
	struct reader r = { a, false };
	struct door_people m = { 0 };
	json_t *root = parse(json);
	json_t *list = get_batch(&r, root, "people", DOOR_PEOPLE_MOST, &m.life, &m.to, &m.more, &m.n);
	m.list = arena_array(a, struct door_person, m.n);
	for (size_t i = 0; i < m.n && !r.bad; i++)
		m.list[i] = read_person(&r, json_array_get(list, i));
	json_decref(root);
	if (r.bad)
		return RES_BAD;
	*m_r = m;
	return RES_OK;
}

static struct door_exposure read_exposure(struct reader *r, json_t *o)
{
	struct door_exposure e = { .id = get_id(r, o, "id"), .outside = !json_object_get(o, "person") };
	json_t *alone = json_object_get(o, "alone");
	e.alone = alone && !e.outside;
	members(r, o, e.outside ? 5 : e.alone ? 4 : 3);
	if (e.alone && !json_is_true(alone))
		r->bad = true;
	e.named.n = (int32_t)get_int(r, o, "named", 0, DAY_MOST);
	if (e.outside) {
		e.name = get_text(r, o, "name", DOOR_NAME_MOST);
		e.phone = get_text(r, o, "phone", DOOR_NAME_MOST);
		e.lang = get_text(r, o, "lang", DOOR_LANG_MOST);
	} else {
		e.person = get_id(r, o, "person");
	}
	return e;
}

static struct door_incident read_incident(struct reader *r, json_t *o)
{
	bool group = json_object_get(o, "group");
	members(r, o, group ? 8 : 7);
	struct door_incident in = {
		.id = get_id(r, o, "id"),
		.title = get_text(r, o, "title", DOOR_TITLE_MOST),
		.severity = (int)get_int(r, o, "severity", SEVERITY_LEAST, SEVERITY_MOST),
		.day = { (int32_t)get_int(r, o, "day", 0, DAY_MOST) },
		.unit = get_text(r, o, "unit", DOOR_UNIT_MOST),
		.group = { group ? get_int(r, o, "group", 1, SECOND_MOST) : 0 },
	};
	json_t *excluded = get_list(r, o, "excluded", DOOR_EXCLUDED_MOST, &in.excluded_n);
	json_t *exposures = get_list(r, o, "exposures", DOOR_EXPOSED_MOST, &in.exposures_n);
	in.excluded = arena_array(r->a, struct id, in.excluded_n);
	for (size_t i = 0; i < in.excluded_n && !r->bad; i++)
		in.excluded[i] = id_of(r, json_array_get(excluded, i));
	in.exposures = arena_array(r->a, struct door_exposure, in.exposures_n);
	for (size_t i = 0; i < in.exposures_n && !r->bad; i++)
		in.exposures[i] = read_exposure(r, json_array_get(exposures, i));
	return in;
}

enum result door_read_incidents(struct arena *a, struct slice json, struct door_incidents *m_r)
{
	struct reader r = { a, false };
	struct door_incidents m = { 0 };
	json_t *root = parse(json);
	json_t *list = get_batch(&r, root, "incidents", DOOR_INCIDENTS_MOST, &m.life, &m.to, &m.more, &m.n);
	m.list = arena_array(a, struct door_incident, m.n);
	for (size_t i = 0; i < m.n && !r.bad; i++)
		m.list[i] = read_incident(&r, json_array_get(list, i));
	json_decref(root);
	if (r.bad)
		return RES_BAD;
	*m_r = m;
	return RES_OK;
}

static struct door_fact read_fact(struct reader *r, json_t *o)
{
	members(r, o, 3);
	struct door_fact f = { .day = { (int32_t)get_int(r, o, "day", 0, DAY_MOST) } };
	const char *word = get_text(r, o, "fact", 20);
	size_t kind = 0;
	while (kind < ARRAY_LEN(fact_words) && strcmp(word, fact_words[kind]) != 0)
		kind++;
	if (kind == ARRAY_LEN(fact_words))
		r->bad = true;
	else
		f.kind = (enum door_fact_kind)kind;
	f.about = get_id(r, o, door_is_of_incident(f.kind) ? "incident" : "exposure");
	return f;
}

enum result door_read_facts(struct arena *a, struct slice json, struct door_facts *m_r)
{
	struct reader r = { a, false };
	struct door_facts m = { 0 };
	json_t *root = parse(json), *list;
	members(&r, root, 1);
	list = get_list(&r, root, "facts", DOOR_FACTS_MOST, &m.n);
	m.list = arena_array(a, struct door_fact, m.n);
	for (size_t i = 0; i < m.n && !r.bad; i++)
		m.list[i] = read_fact(&r, json_array_get(list, i));
	json_decref(root);
	if (r.bad)
		return RES_BAD;
	*m_r = m;
	return RES_OK;
}
