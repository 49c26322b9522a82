#include "web/form.h"

#include <string.h>

#include "web/text.h"

struct value {
	enum result res;   /* RES_OK, RES_NONE (empty) or RES_BAD */
	struct slice text; /* clean */
	struct slice echo; /* as it came, decoded and cut */
	int64_t n;
	int choice;
	struct id id;
};

struct entry {
	const struct field *field;
	struct value *values; /* room for `times`, made with the first */
	int count;
	bool too_many;
};

/* A field that web/ itself declares. */
struct extra {
	struct slice text;
	int count;
};

struct form {
	struct arena *arena;
	struct entry *entries;
	int n, pairs;
	struct extra csrf, lang;
};

static int times(const struct field *f)
{
	return f->many ? f->times : 1;
}

static bool name_is_plain(const char *name)
{
	size_t n = strlen(name);
	return n && n <= 64 && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == n;
}

static const char *field_fault(const struct field *f)
{
	if (!name_is_plain(f->name))
		return "a field's name is not plain";
	if (!strcmp(f->name, "csrf"))
		return "the field csrf belongs to the gate";
	if (f->many ? f->times < 1 || f->times > FORM_PAIRS_MOST : f->times > 1)
		return "a field's times are wrong";
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LINES:
	case FIELD_RAW:
		return f->least >= 0 && f->most > 0 && f->least <= f->most && f->most <= (int64_t)FORM_BODY_MOST
			       ? NULL
			       : "a text field has no sound maximum";
	case FIELD_INT:
		return f->least <= f->most ? NULL : "a number's bounds are the wrong way round";
	case FIELD_CHOICE:
		return f->choices && f->choices[0] ? NULL : "a choice has no choices";
	case FIELD_ID:
	case FIELD_FLAG:
		return NULL;
	}
	return "a field has no kind";
}

const char *form_table_fault(const struct field *fields)
{
	for (const struct field *f = fields; f && f->name; f++) {
		const char *fault = field_fault(f);
		if (fault)
			return fault;
		for (const struct field *g = fields; g != f; g++)
			if (!strcmp(f->name, g->name))
				return "a field is declared twice";
		if (f - fields >= 256)
			return "more than 256 fields";
	}
	return NULL;
}

struct form *form_new(struct arena *a, const struct field *fields)
{
	struct form *f = arena_new_of(a, struct form);
	f->arena = a;
	while (fields && fields[f->n].name)
		f->n++;
	f->entries = arena_array(a, struct entry, (size_t)f->n);
	for (int i = 0; i < f->n; i++)
		f->entries[i].field = &fields[i];
	return f;
}

static enum result clean_text(struct arena *a, const struct field *f, struct slice s, struct value *v)
{
	/* NFC makes text at most three times shorter: what is longer than this cannot become right. */
	if ((int64_t)s.n / 4 > f->most + 64 || text_clean(a, f->kind, s, &v->text) != RES_OK)
		return RES_BAD;
	if (!v->text.n)
		return RES_NONE;
	return (int64_t)v->text.n < f->least || (int64_t)v->text.n > f->most ? RES_BAD : RES_OK;
}

static enum result clean_choice(const struct field *f, struct slice s, struct value *v)
{
	if (!s.n)
		return RES_NONE;
	for (int i = 0; f->choices[i]; i++) {
		if (slice_is(s, f->choices[i])) {
			v->choice = i;
			v->text = slice_of(f->choices[i]);
			return RES_OK;
		}
	}
	return RES_BAD;
}

static enum result clean(struct arena *a, const struct field *f, struct slice s, struct value *v)
{
	struct slice word = slice_trim(s);
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LINES:
	case FIELD_RAW:
		return clean_text(a, f, s, v);
	case FIELD_INT:
		if (!word.n)
			return RES_NONE;
		v->text = word;
		return slice_int(word, &v->n) == RES_OK && v->n >= f->least && v->n <= f->most ? RES_OK : RES_BAD;
	case FIELD_CHOICE:
		return clean_choice(f, word, v);
	case FIELD_ID:
		if (!word.n)
			return RES_NONE;
		v->text = word;
		return id_parse(word, &v->id);
	case FIELD_FLAG:
		return RES_OK;
	}
	return RES_BAD;
}

static size_t echo_most(const struct field *f)
{
	return f->kind == FIELD_TEXT || f->kind == FIELD_LINES || f->kind == FIELD_RAW ? (size_t)f->most : 64;
}

static void entry_add(struct form *f, struct entry *e, struct slice encoded)
{
	if (e->count == times(e->field)) {
		e->too_many = true;
		return;
	}
	if (!e->values)
		e->values = arena_array(f->arena, struct value, (size_t)times(e->field));
	struct value *v = &e->values[e->count++];
	struct slice s;
	if (percent_read(f->arena, encoded, true, &s) != RES_OK || !text_is_utf8(s)) {
		v->res = RES_BAD;
		return;
	}
	v->echo = text_most(s, echo_most(e->field));
	v->res = clean(f->arena, e->field, s, v);
}

static void extra_add(struct form *f, struct extra *x, struct slice encoded)
{
	struct slice s;
	if (++x->count > 1 || encoded.n > 200 || percent_read(f->arena, encoded, true, &s) != RES_OK)
		x->text = (struct slice){ 0 };
	else
		x->text = s;
}

enum result form_read(struct form *f, struct slice encoded, bool with_csrf, bool with_lang)
{
	struct slice rest = encoded, pair, value;
	if (!encoded.n)
		return RES_OK;
	while (slice_cut(&rest, '&', &pair)) {
		if (++f->pairs > FORM_PAIRS_MOST)
			return RES_BAD;
		value = pair;
		struct slice name, sent = { "", 0 };
		if (!slice_cut(&value, '=', &name))
			continue;
		if (value.p)
			sent = value;
		/* Declared names are plain, and browsers do not encode those: an encoded name is not one of ours. */
		for (int i = 0; i < f->n; i++)
			if (slice_is(name, f->entries[i].field->name))
				entry_add(f, &f->entries[i], sent);
		if (with_csrf && slice_is(name, "csrf"))
			extra_add(f, &f->csrf, sent);
		if (with_lang && slice_is(name, "lang"))
			extra_add(f, &f->lang, sent);
	}
	return RES_OK;
}

struct slice form_csrf(const struct form *f)
{
	return f->csrf.text;
}

struct slice form_lang(const struct form *f)
{
	return f->lang.text;
}

void form_take_lang(struct form *f, const struct form *from)
{
	f->lang = from->lang;
}

static const struct entry *entry_of(const struct form *f, const char *name)
{
	for (int i = 0; i < f->n; i++)
		if (!strcmp(f->entries[i].field->name, name))
			return &f->entries[i];
	bug("the field %s is not in the route's table", name);
}

/* The nth value, and whether it is whole. */
static enum result value_of(const struct entry *e, int nth, const struct value **v_r)
{
	if (e->too_many)
		return RES_BAD;
	if (nth < 0 || nth >= e->count)
		return RES_NONE;
	*v_r = &e->values[nth];
	return e->values[nth].res;
}

static enum result value_of_kind(const struct form *f, const char *name, enum field_kind kind, const struct value **v_r)
{
	const struct entry *e = entry_of(f, name);
	if (e->field->kind != kind)
		bug("the field %s is of another kind", name);
	return value_of(e, 0, v_r);
}

enum result form_nth(const struct form *f, const char *name, int nth, struct slice *text_r)
{
	const struct value *v = NULL;
	enum result res = value_of(entry_of(f, name), nth, &v);
	if (res == RES_OK)
		*text_r = v->text;
	return res;
}

enum result form_text(const struct form *f, const char *name, struct slice *text_r)
{
	return form_nth(f, name, 0, text_r);
}

enum result form_int(const struct form *f, const char *name, int64_t *n_r)
{
	const struct value *v = NULL;
	enum result res = value_of_kind(f, name, FIELD_INT, &v);
	if (res == RES_OK)
		*n_r = v->n;
	return res;
}

enum result form_id(const struct form *f, const char *name, struct id *id_r)
{
	const struct value *v = NULL;
	enum result res = value_of_kind(f, name, FIELD_ID, &v);
	if (res == RES_OK)
		*id_r = v->id;
	return res;
}

enum result form_choice(const struct form *f, const char *name, int *index_r)
{
	const struct value *v = NULL;
	enum result res = value_of_kind(f, name, FIELD_CHOICE, &v);
	if (res == RES_OK)
		*index_r = v->choice;
	return res;
}

bool form_flag(const struct form *f, const char *name)
{
	const struct value *v = NULL;
	return value_of_kind(f, name, FIELD_FLAG, &v) == RES_OK;
}

struct slice form_echo(const struct form *f, const char *name)
{
	const struct entry *e = entry_of(f, name);
	struct slice s = e->count ? e->values[0].echo : SLICE("");
	return s.p ? s : SLICE("");
}
