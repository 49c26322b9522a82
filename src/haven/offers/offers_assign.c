#include <string.h>

#include "haven/directory/directory.h"
#include "haven/matching/matching.h"
#include "haven/offers/offers_inside.h"
#include "haven/offers/offers_rules.h"
#include "haven/supporters/supporters.h"

/* What the matching needs of one affected person. */
static enum result exposure_of(struct tx *tx, const struct offers *o, struct arena *a, struct supporters_words *words, struct day today,
			       const struct door_incident *in, const struct offers_row *row,
			       struct matching_exposure *e_r)
{
	struct door_person p = { .unit = in->unit, .profession = "", .level = "" };
	if (!id_is_zero(&row->person)) {
		enum result res = offers_person(tx, a, row, &p);
		if (res != RES_OK && res != RES_NONE)
			return res;
	}
	struct matching_exposure e = {
		.id = row->id,
		.person = row->person,
		.language = supporters_languages(lang_code(offers_lang(o, row))),
		.unit = supporters_unit(words, p.unit),
		.profession = supporters_profession(words, p.profession),
		.level = supporters_level(p.level),
	};
	e.languages = e.language;
	enum result res = row->fresh ? RES_OK : offers_passed(tx, a, &row->id, &e.passed, &e.passed_n);
	if (res == RES_OK && !id_is_zero(&row->person))
		res = supporters_not_these(tx, a, &row->person, &e.not_these, &e.not_these_n);
	if (res == RES_OK && !id_is_zero(&row->person))
		res = offers_known(tx, a, row, day_add(today, 1 - OFFERS_KNOWN_DAYS), &e.known, &e.known_n);
	if (res == RES_OK)
		*e_r = e;
	return res;
}

enum result offers_matching_facts(struct tx *tx, struct offers *o, struct arena *a, struct instant from,
				  struct instant deadline, const struct offers_row *rows, size_t n, struct matching_facts *facts_r)
{
	struct door_incident in;
	struct supporters_words *words = supporters_words_new(a);
	struct matching_facts f = { .settings = matching_defaults(),
				    .run = { .incident = rows[0].incident, .now = clock_now(o->setup.clock), .from = from,
					     .deadline = deadline } };
	struct day today = instant_day(f.run.now);
	f.settings.languages = supporters_languages(lang_code(o->setup.lang));
	enum result res = offers_incident(tx, a, &rows[0].incident, &in);
	if (res == RES_OK)
		res = offers_excluded(tx, a, &in.id, &f.run.excluded, &f.run.excluded_n);
	struct matching_exposure *exposures = arena_array(a, struct matching_exposure, n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = exposure_of(tx, o, a, words, today, &in, &rows[i], &exposures[i]);
	f.exposures = exposures;
	f.exposures_n = n;
	if (res == RES_OK)
		res = supporters_facts(tx, a, words, today, &f.supporters, &f.supporters_n);
	if (res != RES_OK)
		return res == RES_NONE ? RES_BROKEN : res;
	supporters_tree(words, &f.unit_parent, &f.units_n);
	*facts_r = f;
	return RES_OK;
}

/* One run of the matching. */
static enum result assign_run(struct tx *tx, struct offers *o, struct arena *a, struct instant from,
			      struct instant deadline, struct offers_row *rows, size_t n)
{
	struct matching_facts facts;
	struct matching_answer answer;
	enum result res = offers_matching_facts(tx, o, a, from, deadline, rows, n, &facts);
	if (res == RES_OK)
		res = matching_assign(a, &facts, &answer);
	if (res == RES_BAD)
		bug("the matching refused our own facts");
	struct day today = res == RES_OK ? instant_day(facts.run.now) : (struct day){ 0 };
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		memcpy(rows[i].seat, answer.tasks[i].by, sizeof(rows[i].seat));
		rows[i].holder = rows[i].seat[0];
		rows[i].deadline = deadline;
		rows[i].seen = false;
		if (!id_is_zero(&rows[i].holder))
			res = supporters_load(tx, o->setup.rnd, &rows[i].holder, today, 1);
	}
	return res;
}

_Static_assert(SUPPORTERS_MOST <= MATCHING_PEOPLE_MOST && MATCHING_PAIRS_MOST / SUPPORTERS_MOST > 0,
	       "a run takes every supporter, and somebody to call");

/* All together in one run; only where affected times supporters pass what one run can carry (matching.h), in
   several, each with the loads of the one before. */
enum result offers_assign(struct tx *tx, struct offers *o, struct arena *a, struct instant from,
			  struct instant deadline, struct offers_row *rows, size_t n)
{
	struct supporter *supporters;
	size_t supporters_n;
	enum result res = n ? supporters_all(tx, a, &supporters, &supporters_n) : RES_OK;
	if (res == RES_OK && n && supporters_n > SUPPORTERS_MOST)
		bug("more supporters than the import takes");
	size_t most = n && supporters_n ? MATCHING_PAIRS_MOST / supporters_n : MATCHING_PEOPLE_MOST;
	if (most > MATCHING_PEOPLE_MOST)
		most = MATCHING_PEOPLE_MOST;
	for (size_t at = 0; res == RES_OK && at < n; at += most)
		res = assign_run(tx, o, a, from, deadline, rows + at, n - at < most ? n - at : most);
	return res;
}

/* Whether this supporter may still be sent: the gate is asked at every assignment. */
static enum result still_fit(struct tx *tx, struct offers *o, struct arena *a, struct instant deadline,
			     const struct offers_row *row, const struct id *supporter, bool *fit_r)
{
	struct matching_facts f;
	*fit_r = false;
	if (id_is_zero(supporter))
		return RES_OK;
	enum result res = offers_matching_facts(tx, o, a, row->not_before, deadline, row, 1, &f);
	for (size_t i = 0; res == RES_OK && i < f.supporters_n; i++)
		if (id_eq(&f.supporters[i].id, supporter))
			*fit_r = matching_reasons(&f.settings, &f.run, &f.supporters[i], &f.exposures[0]) == 0;
	return res;
}

/* A stand-in of the same page takes over: she can open what was sealed to her place. */
static enum result to_stand_in(struct tx *tx, struct offers *o, struct arena *a, struct instant now,
			       struct offers_row *row, bool *found_r)
{
	struct instant deadline = offers_next_deadline(row->deadline, now);
	int at = 0;
	while (at < OFFERS_SEATS && !id_eq(&row->seat[at], &row->holder))
		at++;
	*found_r = false;
	for (int i = at + 1; i < OFFERS_SEATS && !*found_r; i++) {
		enum result res = still_fit(tx, o, a, deadline, row, &row->seat[i], found_r);
		if (res != RES_OK)
			return res;
		if (*found_r)
			row->holder = row->seat[i];
	}
	if (!*found_r)
		return RES_OK;
	row->deadline = deadline;
	row->seen = false;
	return supporters_load(tx, o->setup.rnd, &row->holder, instant_day(now), 1);
}

/* Three new ones, and one new message with the new name and time. What was sealed to the old
   three stays with them, so the page says that an earlier "no thanks" must be said again. */
static enum result to_new_three(struct tx *tx, struct offers *o, struct arena *a, struct instant now,
				struct offers_row *row)
{
	static const struct id nobody;
	bool had = !id_is_zero(&row->seat[0]), reaches, put = false;
	/* Nothing has reached her yet, and her first message follows: there is no change to tell. */
	bool told = !(row->joined && offers_unsendable(row->ways));
	struct instant old = row->deadline, deadline = offers_next_deadline(old, now);
	for (int i = 0; i < OFFERS_SEATS; i++)
		row->seat[i] = nobody;
	row->holder = nobody;
	row->not_before = (struct instant){ 0 };
	enum result res = offers_reaches(tx, o, a, row, &reaches);
	/* A head start for the message, so that "no thanks" can be said again: where there were earlier three to say it to,
	   even if nobody was found in between, and where a message goes. */
	if (res == RES_OK && row->rounds && reaches && told && !row->stopped) {
		row->not_before = offers_not_before(now);
		deadline = offers_told_deadline(old, now);
	}
	if (res == RES_OK && row->rounds < OFFERS_ROUNDS)
		res = offers_assign(tx, o, a, row->not_before, deadline, row, 1);
	if (res != RES_OK)
		return res;
	bool found = !id_is_zero(&row->holder);
	if (found) {
		row->rounds++;
		row->ref = id_new(o->setup.rnd, "offers/ref");
		random_fill(o->setup.rnd, "offers/rel", row->rel, sizeof(row->rel));
		row->since_hour = offers_hour(now);
	} else {
		row->deadline = old; /* nobody to wait for: the incident closes no later, and its leader hears */
		row->not_before = (struct instant){ 0 };
	}
	res = offers_move_task(tx, row);
	/* Whoever was told a name and a time hears when they change, also when nobody could be found; but not who has
	   stopped the messages: "no more will come", says the page. */
	if (res == RES_OK && told && !row->stopped && (found || had))
		res = offers_put_message(tx, o, a, row, OFFERS_OFFER, true, &put);
	return res;
}

/* Of somebody who was named twice, whose other task goes on: nobody follows. */
static enum result to_nobody(struct tx *tx, struct offers_row *row)
{
	static const struct id nobody;
	enum result res = id_is_zero(&row->holder) ? RES_OK : offers_put_passed(tx, &row->id, &row->holder);
	row->holder = nobody;
	return res == RES_OK ? offers_move_task(tx, row) : res;
}

enum result offers_move_on(struct tx *tx, struct offers *o, struct arena *a, struct offers_row *row)
{
	struct instant now = clock_now(o->setup.clock);
	bool found = false;
	enum result res = RES_OK;
	if (row->ways & OFFERS_TWICE)
		return to_nobody(tx, row);
	if (!id_is_zero(&row->holder)) {
		res = offers_put_passed(tx, &row->id, &row->holder);
		if (res == RES_OK)
			res = to_stand_in(tx, o, a, now, row, &found);
	}
	if (res == RES_OK)
		res = found ? offers_move_task(tx, row) : to_new_three(tx, o, a, now, row);
	if (res == RES_OK && !id_is_zero(&row->holder))
		res = offers_put_notice(tx, o, a, &row->holder, OFFERS_WAITS);
	/* Where nobody was found we look again in an hour. */
	struct instant again = id_is_zero(&row->holder) ? instant_add(now, OFFERS_LOOK_AGAIN) : row->deadline;
	if (res == RES_OK)
		res = clockwork_put(tx, OFFERS_JOB_SILENCE, &row->id, again);
	if (res == RES_OK)
		res = offers_plan_close(tx, &row->incident);
	return res;
}
