#include "duty/people/people_plan.h"

#include <string.h>

#include "duty/people/people_text.h"

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
	case PC_PRIVATE_PHONE:
		return "private phone";
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

struct slice people_sort_key(struct arena *a, struct slice name)
{
	struct slice folded = people_fold(a, name);

	return folded.n ? folded : name;
}

struct people_record people_plan_row(const struct people_file *file, const struct people_row *row)
{
	bool flags = people_file_leader_flags(file);
	struct people_record r = { .number = row->number, .name = row->name, .given = row->given, .family = row->family,
				   .email = row->email, .phone = row->phone, .private_phone = row->private_phone,
				   .profession = row->profession, .level = row->level, .lang = row->lang, .staff = row->staff,
				   .is_protected = row->is_protected, .ended = PEOPLE_CURRENT };

	r.leads = flags && people_flag(row->leader) == 1;
	r.staff |= r.leads;
	return r;
}

static bool has(const struct people_columns *cols, enum people_field f)
{
	return cols->at[f] >= 0;
}

void people_plan_keep(const struct people_file *file, const struct people_record *was, struct people_record *now)
{
	const struct people_columns *cols = people_file_columns(file);

	now->id = was->id;
	if (!now->number.n)
		now->number = was->number;
	if (!has(cols, PF_EMAIL))
		now->email = was->email;
	if (!has(cols, PF_PHONE_WORK))
		now->phone = was->phone;
	if (!has(cols, PF_PHONE_PRIVATE))
		now->private_phone = was->private_phone;
	if (!has(cols, PF_PROFESSION) && !has(cols, PF_TITLE))
		now->profession = was->profession;
	if (!has(cols, PF_LEVEL))
		now->level = was->level;
	if (!has(cols, PF_LANGUAGE))
		now->lang = was->lang;
	if (!has(cols, PF_UNIT) && !has(cols, PF_UNIT_CODE))
		now->unit = was->unit;
	if (!has(cols, PF_PROTECTED))
		now->is_protected = was->is_protected;
	if (!has(cols, PF_STAFF) && !has(cols, PF_LEADER))
		now->staff = was->staff;
	if (!has(cols, PF_LEADER)) {
		now->leads = was->leads;
		now->leader = was->leader;
	}
}

unsigned people_plan_difference(const struct people_record *x, const struct people_record *y, bool path_changed)
{
	unsigned d = 0;

	d |= slice_eq(x->number, y->number) ? 0 : PC_NUMBER;
	d |= slice_eq(x->name, y->name) && slice_eq(x->given, y->given) && slice_eq(x->family, y->family) ? 0 : PC_NAME;
	d |= slice_eq(x->email, y->email) ? 0 : PC_EMAIL;
	d |= slice_eq(x->phone, y->phone) ? 0 : PC_PHONE;
	d |= slice_eq(x->private_phone, y->private_phone) ? 0 : PC_PRIVATE_PHONE;
	d |= slice_eq(x->profession, y->profession) ? 0 : PC_PROFESSION;
	d |= slice_eq(x->level, y->level) ? 0 : PC_LEVEL;
	d |= slice_eq(x->lang, y->lang) ? 0 : PC_LANGUAGE;
	d |= id_eq(&x->unit, &y->unit) && !path_changed ? 0 : PC_UNIT;
	d |= id_eq(&x->leader, &y->leader) ? 0 : PC_LEADER;
	d |= x->staff == y->staff && x->leads == y->leads ? 0 : PC_STAFF;
	d |= x->is_protected == y->is_protected ? 0 : PC_PROTECTED;
	d |= x->ended == PEOPLE_CURRENT ? 0 : PC_RETURNED;
	return d;
}

static bool no_word_stayed(struct slice was, struct slice now)
{
	struct slice old[PEOPLE_WORDS_MAX], new[PEOPLE_WORDS_MAX];
	struct arena *a = arena_new();
	size_t n = people_words(a, was, old, ARRAY_LEN(old)), m = people_words(a, now, new, ARRAY_LEN(new));
	bool none = true;

	for (size_t i = 0; i < n && none; i++)
		for (size_t k = 0; k < m && none; k++)
			none = !slice_eq(old[i], new[k]);
	arena_wipe_free(&a);
	return none;
}

bool people_plan_stranger(const struct people_record *was, const struct people_record *now)
{
	bool same_mail = was->email.n && slice_eq(was->email, now->email);

	return !same_mail && !slice_eq(was->name, now->name) && no_word_stayed(was->name, now->name);
}

bool people_plan_doubtful(const struct people_record *was, const struct people_record *now)
{
	if (!was->number.n || !slice_eq(was->number, now->number) || !was->email.n || !now->email.n ||
	    slice_eq(was->email, now->email) || slice_eq(was->name, now->name))
		return false;
	return no_word_stayed(was->name, now->name);
}
