#include "signin/signin_accounts_show.h"

#include <stdio.h>
#include <string.h>

#include "accounts.tpl.h"

/* In the order of the words below. */
static const enum role roles[] = {ROLE_LEADER, ROLE_SAFETY, ROLE_ADMIN, ROLE_SUPPORTER, ROLE_COORDINATOR};
const char *const accounts_show_roles[] = {"leader", "safety", "admin", "supporter", "coordinator", NULL};

enum role accounts_show_role(int nth)
{
	return roles[nth];
}

static const char *word_of(enum role role)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (roles[i] == role)
			return accounts_show_roles[i];
	return "";
}

static bool haven(const struct show *show)
{
	return show->s->setup.house->side == LOOK_HAVEN;
}

bool accounts_show_may_ask(const struct show *show, enum role role)
{
	return haven(show) ? role == ROLE_COORDINATOR : (role & (ROLE_LEADER | ROLE_SAFETY | ROLE_ADMIN)) != 0;
}

static const char *filled(const struct show *show, const char *text, const char *name, const char *value)
{
	struct buf b = BUF_LIMIT(8192);
	tr_fill(&b, text, name, value, NULL);
	const char *out = arena_str(show->a, buf_get(&b));
	buf_free(&b);
	return out;
}

static const char *path_of(const struct show *show, const char *rest)
{
	return signin_path(show->s, show->a, rest);
}

static const char *account_path(const struct show *show, const struct id *account, const char *rest)
{
	return path_of(show, arena_printf(show->a, "/accounts/%s%s", id_text(account).s, rest));
}

/* `path`: of this page, for the language links; NULL where it came of a POST. */
static struct look look_of(const struct show *show, const char *title, const char *path)
{
	return (struct look){.house = show->s->setup.house,
			     .lang = show->lang,
			     .title = title,
			     .roles = show->who->roles,
			     .place = path_of(show, "/accounts"),
			     .path = path,
			     .sign_out = path_of(show, "/sign-out"),
			     .account = path_of(show, "/account"),
			     .csrf = show->who->csrf,
			     .quick_exit = haven(show)};
}

/* NULL: nothing to say. *wrong_r: it could not be done. */
static const char *said_text(enum lang lang, enum said said, bool *wrong_r)
{
	*wrong_r = false;
	switch (said) {
	case SAID_NOTHING: break;
	case SAID_ENDED: return tr(lang, "The sign-in is ended, and signed out everywhere.");
	case SAID_ADDED:
		return tr(lang, "The invitation is on its way. The role waits for a second person, who is asked by e-mail.");
	case SAID_ADDED_LONELY:
		return tr(lang, "The invitation is on its way. The role waits for a second person, but so far there is only you: whoever "
				"runs Makker can appoint one.");
	case SAID_ASKED: return tr(lang, "The role waits for a second person, who is asked by e-mail.");
	case SAID_ASKED_LONELY:
		return tr(lang, "The role waits for a second person, but so far there is only you: whoever runs Makker can appoint one.");
	case SAID_TAKEN: return tr(lang, "The role is taken away, and does nothing any more.");
	case SAID_INVITED: return tr(lang, "The link is on its way.");
	case SAID_HAD: return tr(lang, "Nothing to ask for: the role is there already.");
	default: break;
	}
	*wrong_r = true;
	switch (said) {
	case SAID_GONE: return tr(lang, "That sign-in has ended already; somebody else may have been first.");
	case SAID_NOT_HAD: return tr(lang, "That role is not there any more; somebody else may have been first.");
	case SAID_MANY_LINKS: return tr(lang, "Several links have just been sent to this address. Wait twenty minutes before you send another.");
	case SAID_LAST:
		return tr(lang, "Nothing was changed: there would be nobody else to look after the sign-ins. Ask for the role for somebody else "
				"first, and wait until it is confirmed and the invitation taken up.");
	default: return NULL;
	}
}

static const char *state_text(enum lang lang, const struct signin_row *row)
{
	return row->password	  ? tr(lang, "Has chosen a passphrase and can sign in.")
	       : row->undelivered ? tr(lang, "The invitation could not be delivered. Is the address right?")
				  : tr(lang, "Is invited, and has not chosen a passphrase yet.");
}

static const char *since_text(const struct show *show, const char *text, const char *role, struct day day)
{
	struct buf when = BUF_LIMIT(400), out = BUF_LIMIT(8192);
	say_date(&when, show->lang, day, signin_today(show->s));
	tr_fill(&out, text, "role", role, "day", buf_get(&when).p, NULL);
	const char *said = arena_str(show->a, buf_get(&out));
	buf_free(&when);
	buf_free(&out);
	return said;
}

static const struct accounts_role_view *role_views(const struct show *show, const struct accounts_one *one, bool takes, size_t *n_r)
{
	struct accounts_role_view *list = arena_array(show->a, struct accounts_role_view, one->roles_n + one->waits_n + 1);
	size_t n = 0;
	for (size_t i = 0; i < one->roles_n; i++, n++) {
		const struct accounts_role *r = &one->roles[i];
		const char *role = grants_role_text(show->a, show->lang, r->role, r->path);
		list[n].what = role;
		list[n].text = r->since.n ? since_text(show, tr(show->lang, "{role}, since {day}"), role, r->since) : role;
		if (takes)
			list[n].take = account_path(show, &one->row.id,
						    arena_printf(show->a, "/take?role=%s&unit=%s", word_of(r->role), id_text(&r->unit).s));
	}
	for (size_t i = 0; i < one->waits_n; i++, n++)
		list[n].text = since_text(show, tr(show->lang, "{role}: waiting for a second person since "
							       "{day}"),
					  grants_role_text(show->a, show->lang, one->waits[i].role, one->waits_paths[i]),
					  one->waits[i].made);
	*n_r = n;
	return list;
}

/* ---- the list ---- */

static const char *counted_text(const struct show *show, bool searched)
{
	const struct accounts_list *l = &show->list;
	char from[24], to[24], total[24];
	struct buf b = BUF_LIMIT(400);
	snprintf(from, sizeof(from), "%lld", (long long)l->before + 1);
	snprintf(to, sizeof(to), "%lld", (long long)l->before + (long long)l->n);
	snprintf(total, sizeof(total), "%lld", (long long)l->total);
	if (searched)
		buf_str(&b, tr(show->lang, "Found"));
	else
		tr_fill(&b, tr(show->lang, "{from} to {to} of {total}, by address"), "from", from, "to", to, "total", total, NULL);
	const char *text = arena_str(show->a, buf_get(&b));
	buf_free(&b);
	return text;
}

static const char *page_path(const struct show *show, int64_t page)
{
	return path_of(show, arena_printf(show->a, "/accounts?page=%lld", (long long)page));
}

static const char *grants_text(const struct show *show)
{
	char n[24];
	snprintf(n, sizeof(n), "%lld", (long long)show->list.grants);
	return filled(show, trn(show->lang, "One role waits for a second person", "{count} roles wait for a second person", show->list.grants),
		      "count", n);
}

void accounts_show_list(struct show *show, struct html *h, const char *words, int64_t page, enum said said)
{
	const struct accounts_list *l = &show->list;
	struct accounts_card *cards = arena_array(show->a, struct accounts_card, l->n + 1);
	bool wrong = false, searched = *words != '\0';
	const char *text = said_text(show->lang, said, &wrong);
	for (size_t i = 0; i < l->n; i++) {
		const struct accounts_one *one = &l->list[i];
		cards[i] = (struct accounts_card){.href = account_path(show, &one->row.id, ""),
						  .name = one->row.name,
						  .email = one->row.email,
						  .state = state_text(show->lang, &one->row),
						  .warn = one->row.undelivered};
		cards[i].roles = role_views(show, one, false, &cards[i].roles_n);
	}
	struct accounts_list_view v = {
	    .look = look_of(show, tr(show->lang, "Who can sign in"), path_of(show, "/accounts")),
	    .action = path_of(show, "/accounts"),
	    .fresh = path_of(show, "/accounts/new"),
	    .grants = l->grants ? path_of(show, "/grants") : NULL,
	    .words = words,
	    .good = wrong ? NULL : text,
	    .wrong = wrong ? text : NULL,
	    .counted = counted_text(show, searched),
	    .before = page > 0 && !searched ? page_path(show, page - 1) : NULL,
	    .after = !searched && l->before + (int64_t)l->n < l->total && l->n ? page_path(show, page + 1) : NULL,
	    .none = searched ? filled(show, tr(show->lang, "Nobody has “{words}” in the name or the address."), "words", words)
			     : tr(show->lang, "The list ends before this page."),
	    .searched = searched,
	    .more = searched && l->total > (int64_t)l->n,
	    .list = cards,
	    .n = l->n,
	};
	if (l->grants)
		v.grants_text = grants_text(show);
	accounts_list_page(h, &v);
}

/* ---- asking for a role ---- */

static const char *hint_of(enum lang lang, enum role role)
{
	switch (role) {
	case ROLE_LEADER: return tr(lang, "Registers incidents, and sees who in the unit was affected and offered support; never an answer.");
	case ROLE_SAFETY: return tr(lang, "Sees that everybody was offered support, as numbers, and confirms roles.");
	case ROLE_ADMIN: return tr(lang, "Keeps the list of people and the sign-ins, and confirms roles. Sees no incident.");
	default: return NULL;
	}
}

static const char *role_name(enum lang lang, enum role role)
{
	switch (role) {
	case ROLE_LEADER: return tr(lang, "Manager");
	case ROLE_SAFETY: return tr(lang, "Safety representative");
	case ROLE_ADMIN: return tr(lang, "Administrator");
	default: return tr(lang, "Coordinator of the programme");
	}
}

static struct accounts_ask_view ask_of(const struct show *show)
{
	struct accounts_choice *list = arena_array(show->a, struct accounts_choice, ARRAY_LEN(roles));
	struct accounts_choice *units = arena_array(show->a, struct accounts_choice, show->meant_n + 1);
	size_t n = 0, units_n = show->unit_error ? show->meant_n : 0;
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (accounts_show_may_ask(show, roles[i]))
			list[n++] = (struct accounts_choice){accounts_show_roles[i], role_name(show->lang, roles[i]), hint_of(show->lang, roles[i]),
							     show->role == roles[i]};
	if (n == 1)
		list[0].chosen = true;
	for (size_t i = 0; i < units_n; i++)
		units[i] = (struct accounts_choice){arena_printf(show->a, "%s", id_text(&show->meant[i]->id).s), show->meant[i]->path, NULL, false};
	return (struct accounts_ask_view){
	    .roles = list,
	    .roles_n = n,
	    .units = units,
	    .units_n = units_n,
	    .unit = show->unit ? show->unit : "",
	    .role_error = show->role_error,
	    .unit_error = show->unit_error,
	    .wait = haven(show) ? tr(show->lang, "The role does nothing until another coordinator has said yes. The others are asked by e-mail.")
				: tr(show->lang, "The role does nothing until another administrator or a safety representative has said yes. They "
						 "are asked by e-mail."),
	    .has_units = show->s->setup.units != NULL,
	};
}

static size_t faults_of(const struct show *show, struct accounts_fault **list_r)
{
	const struct accounts_fault all[] = {{"#name", show->name_error}, {"#email", show->email_error}, {"#role", show->role_error}, {"#unit", show->unit_error}};
	struct accounts_fault *list = arena_array(show->a, struct accounts_fault, ARRAY_LEN(all));
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].text)
			list[n++] = all[i];
	*list_r = list;
	return n;
}

void accounts_show_fresh(struct show *show, struct html *h, const char *name, const char *email, enum lang lang)
{
	struct accounts_choice *langs = arena_array(show->a, struct accounts_choice, (size_t)lang_count);
	struct accounts_fault *faults;
	for (int l = 0; l < lang_count; l++)
		langs[l] = (struct accounts_choice){lang_codes[l], lang_name((enum lang)l), NULL, l == (int)lang};
	size_t faults_n = faults_of(show, &faults);
	struct accounts_fresh_view v = {
	    .look = look_of(show, tr(show->lang, "Add somebody"), path_of(show, "/accounts/new")),
	    .action = path_of(show, "/accounts/new"),
	    .back = path_of(show, "/accounts"),
	    .name = name,
	    .email = email,
	    .name_error = show->name_error,
	    .email_error = show->email_error,
	    .there = show->there,
	    .langs = langs,
	    .langs_n = (size_t)lang_count,
	    .ask = ask_of(show),
	    .faults = faults,
	    .faults_n = faults_n,
	};
	accounts_fresh_page(h, &v);
}

/* ---- one account ---- */

static bool has_role(const struct accounts_one *one, enum role role)
{
	for (size_t i = 0; i < one->roles_n; i++)
		if (one->roles[i].role == role)
			return true;
	for (size_t i = 0; i < one->waits_n; i++)
		if (one->waits[i].role == role)
			return true;
	return false;
}

void accounts_show_one(struct show *show, struct html *h, enum said said)
{
	const struct accounts_one *one = &show->one;
	const struct id *id = &one->row.id;
	enum lang lang = show->lang;
	struct accounts_fault *faults;
	bool wrong = false, asks = !haven(show) || !has_role(one, ROLE_COORDINATOR);
	const char *text = said_text(lang, said, &wrong);
	size_t faults_n = faults_of(show, &faults);
	struct accounts_one_view v = {
	    .look = look_of(show, one->row.name, account_path(show, id, "")),
	    .back = path_of(show, "/accounts"),
	    .email = one->row.email,
	    .state = state_text(lang, &one->row),
	    .warn = one->row.undelivered,
	    .good = wrong ? NULL : text,
	    .wrong = wrong ? text : NULL,
	    .ask_action = asks ? account_path(show, id, "/role") : NULL,
	    .ask_note = haven(show) ? tr(lang, "Peer supporters get their sign-in with their file, when the list of supporters is brought up to date.")
				    : NULL,
	    .ask = ask_of(show),
	    .faults = faults,
	    .faults_n = faults_n,
	    .invite_action = account_path(show, id, "/invite"),
	    .invite_title = one->row.password ? tr(lang, "Forgotten the passphrase?") : tr(lang, "Has the invitation gone missing?"),
	    .invite_text = filled(show,
				  one->row.password ? tr(lang, "We send a link for choosing a new passphrase to {email}. Until one is chosen, the "
							       "old one works. You do not see the link.")
						    : tr(lang, "We send a new link to {email}. It works once, for a few days. You do not see it."),
				  "email", one->row.email),
	    .invite_button = one->row.password ? tr(lang, "Send a link for a new passphrase") : tr(lang, "Send the invitation again"),
	    .end = account_path(show, id, "/end"),
	};
	v.roles = role_views(show, one, true, &v.roles_n);
	accounts_one_page(h, &v);
}

/* ---- questions ---- */

/* What whoever goes on should know; → how many. */
static size_t warnings(const struct show *show, uint32_t goes, const char *list[3])
{
	size_t n = 0;
	if (goes & GRANT_CONFIRM && show->confirmers < 2)
		list[n++] = tr(show->lang, "After this there are no longer two people who could ask for and confirm a role. Somebody else should have one first.");
	if (goes & ROLE_SUPPORTER)
		list[n++] = tr(show->lang, "The person stays on the list of supporters. For as long as that is so, the person can still be given people to "
					   "call, and nobody would see them.");
	return n;
}

static struct accounts_question_view question(const struct show *show, const char *title, const char *rest)
{
	const struct signin_row *row = &show->one.row;
	return (struct accounts_question_view){
	    .look = look_of(show, title, NULL),
	    .who = arena_printf(show->a, "%s, %s", row->name, row->email),
	    .action = account_path(show, &row->id, rest),
	    .back = account_path(show, &row->id, ""),
	};
}

void accounts_show_take(struct show *show, struct html *h, const struct accounts_role *role)
{
	struct accounts_question_view v = question(show, tr(show->lang, "Take this role away?"), "/take");
	v.what = filled(show, tr(show->lang, "{role}. It is gone at once, also where somebody is signed in with it now."), "role",
			grants_role_text(show->a, show->lang, role->role, role->path));
	v.yes = tr(show->lang, "Yes, take it away");
	v.role = word_of(role->role);
	v.unit = arena_printf(show->a, "%s", id_text(&role->unit).s);
	v.warnings_n = warnings(show, role->role, v.warnings);
	accounts_question_page(h, &v);
}

void accounts_show_end(struct show *show, struct html *h)
{
	uint32_t goes = 0;
	struct accounts_question_view v = question(show, tr(show->lang, "End this sign-in?"), "/end");
	for (size_t i = 0; i < show->one.roles_n; i++)
		goes |= show->one.roles[i].role;
	v.what = tr(show->lang, "It stops working at once: every browser is signed out, and all roles are gone. What was written with it stays. Whoever is "
				"added again with the same address starts afresh.");
	v.yes = tr(show->lang, "Yes, end it");
	v.warnings_n = warnings(show, goes, v.warnings);
	accounts_question_page(h, &v);
}
