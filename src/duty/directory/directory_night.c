/* The nightly file. The job only wakes the room's thread: a file system that hangs, or 100,000 rows, hold nobody else up. */
#include "duty/directory/directory_night.h"

#include <unistd.h>

#include "audit/audit.h"
#include "base/log.h"
#include "clockwork/clockwork.h"
#include "duty/directory/directory_agreed.h"
#include "duty/directory/directory_folder.h"
#include "duty/people/people.h"
#include "post/post.h"
#include "signin/signin.h"

#define JOB "directory/night"

static const struct id whole_workplace; /* what the job is about; and who takes a file by night: nobody's account */

SQL(night_get, "",
    "state:i why:i import:b? size:i changed:i seen_size:i seen_changed:i seen_at:i came_at:i taken_at:i? taken_changed:i? clear:i late:i",
    "SELECT state, why, import, size, changed, seen_size, seen_changed, seen_at, came_at, taken_at, taken_changed, clear, late "
    "FROM night WHERE one = 1");
/* The room's thread and whoever says yes or no both write the row: each sentence writes only what its writer has just found. */
SQL(night_first, "i", "",
    "INSERT INTO night (one, state, why, import, size, changed, seen_size, seen_changed, seen_at, came_at, taken_at, taken_changed, "
    "clear, late) VALUES (1, 0, 0, NULL, 0, 0, 0, 0, 0, $1, NULL, NULL, 0, 0) ON CONFLICT (one) DO NOTHING");
SQL(night_seen, "iii", "", "UPDATE night SET seen_size = $1, seen_changed = $2, seen_at = $3 WHERE one = 1");
SQL(night_state, "iib?iiiii", "",
    "UPDATE night SET state = $1, why = $2, import = $3, size = $4, changed = $5, came_at = $6, clear = $7, late = $8 WHERE one = 1");
SQL(night_taken, "ii", "", "UPDATE night SET taken_at = $1, taken_changed = $2 WHERE one = 1");
SQL(night_cleared, "i", "", "UPDATE night SET clear = 0 WHERE one = 1 AND changed = $1");
SQL(night_late, "", "", "UPDATE night SET late = 1 WHERE one = 1");
SQL(night_units, "", "n:i", "SELECT COUNT(*) AS n FROM unit");

/* ---- the row ---- */

enum result directory_night_get(struct tx *tx, struct night *n_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &night_get, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*n_r = (struct night){
			.state = (enum night_state)row_int(rows, 0), .why = (enum night_why)row_int(rows, 1), .import = row_id(rows, 2),
			.file = { row_int(rows, 3), row_int(rows, 4), { 0 } },
			.seen = { row_int(rows, 5), row_int(rows, 6), { row_int(rows, 7) } }, .came = { row_int(rows, 8) },
			.taken = { row_null(rows, 9) ? 0 : row_int(rows, 9) },
			.taken_changed = row_null(rows, 10) ? 0 : row_int(rows, 10), .clear = row_int(rows, 11) != 0,
			.late = row_int(rows, 12) != 0,
		};
	rows_end(&rows);
	return res;
}

static enum result put_state(struct tx *tx, const struct night *n)
{
	return db_do(tx, &night_state, NULL, v_int(n->state), v_int(n->why), v_id(id_is_zero(&n->import) ? NULL : &n->import),
		     v_int(n->file.size), v_int(n->file.changed), v_int(n->came.s), v_int(n->clear), v_int(n->late));
}

static enum result put_taken(struct tx *tx, const struct night *n)
{
	enum result res = put_state(tx, n);

	return res == RES_OK ? db_do(tx, &night_taken, NULL, v_int(n->taken.s), v_int(n->taken_changed)) : res;
}

bool directory_night_late(const struct night *n, struct instant now, int days)
{
	return now.s - n->came.s > (int64_t)days * 86400;
}

/* A file that says it was written later than now does not make every true one after it an old one. */
static void taken(struct night *n, struct instant now, int64_t changed)
{
	int64_t latest = now.s * 1000000000;

	n->taken = now;
	n->taken_changed = changed < latest ? changed : latest;
}

enum result directory_night_yes(struct tx *tx, const struct id *import, struct instant now)
{
	struct night n;
	enum result res = directory_night_get(tx, &n);

	if (res != RES_OK || n.state != NIGHT_WAITS || !id_eq(&n.import, import))
		return res == RES_NONE ? RES_OK : res;
	n.state = NIGHT_TAKEN;
	n.why = NIGHT_FINE;
	taken(&n, now, n.file.changed);
	n.clear = true;
	return put_taken(tx, &n);
}

/* Whether it is the nightly file, and it is being read or planned still. */
static enum result is_read(struct tx *tx, const struct id *import, bool *yes_r)
{
	struct people_status s;
	enum result res = people_import_look(tx, &s);

	*yes_r = res == RES_OK && id_eq(&s.id, import) && s.way == PEOPLE_BY_DROP && s.state != PEOPLE_APPLYING && s.state != PEOPLE_DONE;
	return res == RES_NONE ? RES_OK : res;
}

enum result directory_night_no(struct tx *tx, const struct id *import)
{
	struct night n;
	bool read = false;
	enum result res = directory_night_get(tx, &n);
	bool waits = res == RES_OK && n.state == NIGHT_WAITS && id_eq(&n.import, import);

	if (res == RES_OK && !waits)
		res = is_read(tx, import, &read);
	if (res != RES_OK || (!waits && !read))
		return res == RES_NONE ? RES_OK : res;
	if (read) { /* the file that the thread has at hand is the one it saw last */
		n.file = (struct night_seen){ n.seen.size, n.seen.changed, { 0 } };
		n.why = NIGHT_FINE;
	}
	n.state = NIGHT_DECLINED;
	n.import = (struct id){ { 0 } };
	n.clear = true;
	return put_state(tx, &n);
}

/* ---- one look ---- */

struct nightly {
	struct directory *d;
	const struct directory_setup *s;
	struct instant now;
	struct night n, was; /* as it is to be, and as it was read */
	struct folder_file file;
	struct people_status status;
	bool under_way; /* an import is */
	bool agreed_on;
	struct agreed agreed;
	struct arena *a;
	/* of the plan */
	struct people_sums sums;
	int64_t unprotected, people, units;
	bool mail;
	enum night_tale tale;
};

static enum result facts_work(struct tx *tx, void *ctx)
{
	struct nightly *l = ctx;
	enum result res = directory_night_get(tx, &l->n);

	if (res == RES_NONE)
		l->n = (struct night){ .came = l->now };
	l->was = l->n;
	if (res == RES_OK || res == RES_NONE)
		res = people_import_look(tx, &l->status);
	l->under_way = res == RES_OK;
	if (res == RES_OK || res == RES_NONE)
		res = directory_agreed_get(tx, l->a, &l->agreed);
	l->agreed_on = res == RES_OK;
	return res == RES_NONE ? RES_OK : res;
}

/* What of the row is written. */
enum keeping { KEEP_SEEN, KEEP_STATE, KEEP_CLEARED, KEEP_LATE };

/* RES_REFUSED: somebody has said yes or no since it was read; what waits does so no more. */
static enum result still_so(struct tx *tx, const struct nightly *l)
{
	struct night n = l->was;
	struct people_status status;
	enum result res = directory_night_get(tx, &n);

	if (res != RES_OK && res != RES_NONE)
		return res;
	if (n.state != l->was.state || !id_eq(&n.import, &l->was.import) || n.file.changed != l->was.file.changed)
		return RES_REFUSED;
	if (l->n.state != NIGHT_WAITS)
		return RES_OK;
	res = people_import_look(tx, &status);
	return res == RES_NONE || (res == RES_OK && !id_eq(&status.id, &l->n.import)) ? RES_REFUSED : res;
}

struct writing {
	struct nightly *l;
	enum keeping what;
};

static enum result put_work(struct tx *tx, void *ctx)
{
	const struct writing *w = ctx;
	const struct night *n = &w->l->n;
	enum result res = db_do(tx, &night_first, NULL, v_int(w->l->was.came.s));

	if (res == RES_OK && w->what == KEEP_SEEN)
		res = db_do(tx, &night_seen, NULL, v_int(n->seen.size), v_int(n->seen.changed), v_int(n->seen.at.s));
	else if (res == RES_OK && w->what == KEEP_CLEARED)
		res = db_do(tx, &night_cleared, NULL, v_int(n->file.changed));
	else if (res == RES_OK && w->what == KEEP_LATE)
		res = db_do_n(tx, &night_late, NULL, DB_NO_VALUES);
	else if (res == RES_OK)
		res = still_so(tx, w->l);
	if (res == RES_OK && w->what == KEEP_STATE)
		res = put_state(tx, n);
	return res == RES_OK && w->l->mail ? directory_night_tell(tx, w->l->s, w->l->tale) : res;
}

static void keep(struct nightly *l, enum keeping what)
{
	enum result res = db_write(l->s->db, put_work, &(struct writing){ l, what });

	if (res == RES_OK && l->mail && l->s->mail_waits)
		l->s->mail_waits(l->s->mail_ctx);
	else if (res != RES_OK && res != RES_REFUSED)
		log_world("directory", "what became of the nightly file could not be written down; it is looked at again");
	l->mail = false;
}

static void about_this_file(struct nightly *l)
{
	l->n.file = (struct night_seen){ l->file.size, l->file.changed, { 0 } };
	l->n.came = l->now;
	l->n.late = false;
}

static void give_up(struct nightly *l, const struct id *import)
{
	if (directory_give_up(l->d, import) == RES_BROKEN)
		log_world("directory", "a nightly file's plan could not be taken out; it is tried again");
}

/* Said once for each file, and of a folder once until something else is the matter. */
static void fail(struct nightly *l, enum night_why why, bool of_file)
{
	bool again = l->n.state == NIGHT_FAILED && (l->n.why == why || why == NIGHT_OLD) &&
		     (!of_file || l->n.file.changed == l->file.changed);
	bool waits = l->n.state == NIGHT_WAITS && l->under_way && id_eq(&l->n.import, &l->status.id);

	if (waits && !of_file)
		return; /* that somebody is to look is known already */
	if (waits)
		give_up(l, &l->n.import); /* a newer one has come */
	if (of_file)
		about_this_file(l);
	l->n.state = NIGHT_FAILED;
	l->n.why = why;
	l->n.import = (struct id){ { 0 } };
	if (of_file) /* a folder that cannot be read does not keep what is to be removed */
		l->n.clear = why == NIGHT_OLD;
	l->mail = !again;
	l->tale = TOLD_FAILED;
	keep(l, KEEP_STATE);
}

static void wait_for_yes(struct nightly *l, enum night_why why, const struct id *import)
{
	bool again = l->n.state == NIGHT_WAITS && l->n.file.changed == l->file.changed && l->n.file.size == l->file.size;

	about_this_file(l);
	l->n.state = NIGHT_WAITS;
	l->n.why = why;
	l->n.import = *import;
	l->n.clear = false; /* of an older one, which goes with this one */
	l->mail = !again;
	l->tale = TOLD_WAITS;
	keep(l, KEEP_STATE);
}

SQL(night_unprotected, "", "n:i",
    "SELECT COUNT(*) AS n FROM import_row r JOIN person p ON p.id = r.person WHERE r.fate IN (2, 3) AND p.protected = 1 AND r.protected = 0");

static enum result number(struct tx *tx, const struct sql *sentence, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, sentence, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

static enum result plan_work(struct tx *tx, void *ctx)
{
	struct nightly *l = ctx;
	enum result res = people_import_look(tx, &l->status);

	if (res == RES_OK)
		res = people_import_sums(tx, &l->sums);
	if (res == RES_OK)
		res = people_count(tx, &l->people);
	if (res == RES_OK)
		res = number(tx, &night_units, &l->units);
	return res == RES_OK ? number(tx, &night_unprotected, &l->unprotected) : res;
}

static enum result yes_work(struct tx *tx, void *ctx)
{
	struct nightly *l = ctx;
	enum result res = still_so(tx, l);

	if (res == RES_OK)
		res = people_import_confirm(tx, &l->status.id, l->sums.fate[PEOPLE_LEFT]);
	if (res == RES_OK)
		res = audit_put(tx, l->s->rnd, instant_day(l->now), &whole_workplace, "directory/night", NULL);
	return res == RES_OK ? put_taken(tx, &l->n) : res;
}

static void take(struct nightly *l)
{
	struct night was = l->n;
	struct id import = l->status.id;
	enum result res;

	about_this_file(l);
	l->n.state = NIGHT_TAKEN;
	l->n.why = NIGHT_FINE;
	l->n.import = (struct id){ { 0 } };
	taken(&l->n, l->now, l->file.changed);
	l->n.clear = true;
	res = db_write(l->s->db, yes_work, l);
	if (res != RES_OK) {
		/* The directory has changed meanwhile: the next look plans anew. */
		l->n = was;
		give_up(l, &import);
		return;
	}
	directory_carry_out(l->d, &import);
	give_up(l, &import); /* nobody waits to see the result */
}

/* The plan stands: taken, or for somebody to look at. */
static void judge(struct nightly *l)
{
	struct night_facts f = { &l->status, &l->sums, 0, 0, 0, l->s->leave_percent };
	enum night_why why;

	if (db_read(l->s->db, plan_work, l) != RES_OK)
		return;
	f.unprotected = l->unprotected;
	f.people = l->people;
	f.units = l->units;
	why = night_verdict(&f);
	if (why == NIGHT_EMPTY) {
		give_up(l, &l->status.id);
		fail(l, why, true);
	} else if (why == NIGHT_FINE) {
		take(l);
	} else {
		wait_for_yes(l, why, &l->status.id);
	}
}

/* Which column is what, by what was agreed on. */
static enum night_why columns(struct nightly *l, int fd, struct choices *c)
{
	struct people_peek peek;
	enum result res;

	if (!l->agreed_on)
		return NIGHT_NOT_AGREED;
	/* What a file of letters without accents is written in shows nowhere; where both are named, they must be the same. */
	c->form = (struct csv_form){ c->form.encoding == CSV_UTF8 ? CSV_UTF8 : l->agreed.form.encoding, l->agreed.form.separator };
	res = directory_peek_file(fd, l->a, c->form, &peek);
	if (res != RES_OK)
		return NIGHT_NO_CSV;
	return directory_agreed_fits(&l->agreed, &peek, c) ? NIGHT_FINE : NIGHT_HEADINGS;
}

static enum result begin_work(struct tx *tx, void *ctx)
{
	struct nightly *l = ctx;

	return people_import_begin(tx, &l->status.id, l->now);
}

static void plan(struct nightly *l, const struct id *import)
{
	enum refusal why = REFUSED_NOT;
	enum result res = db_write(l->s->db, begin_work, l);

	if (res == RES_OK)
		res = directory_plan_now(l->d, import, &why);
	if (res == RES_OK)
		judge(l);
	else if (res == RES_BAD)
		wait_for_yes(l, NIGHT_REFUSED, import);
	else
		give_up(l, import);
}

/* Takes the seat. What waited of the night before goes: this file is newer. */
static enum result claim(struct nightly *l, struct id *import_r)
{
	enum result res = people_import_claim(l->s->db, l->s->clock, l->s->rnd, PEOPLE_BY_DROP, NULL, import_r);

	if (res != RES_REFUSED || !l->under_way || l->status.way != PEOPLE_BY_DROP ||
	    (l->status.state != PEOPLE_PLANNED && l->status.state != PEOPLE_CLAIMED))
		return res;
	give_up(l, &l->status.id);
	return people_import_claim(l->s->db, l->s->clock, l->s->rnd, PEOPLE_BY_DROP, NULL, import_r);
}

static void read_copy(struct nightly *l, int fd)
{
	struct choices c = { .missing = PEOPLE_STAY };
	struct id import;
	enum refusal refused;
	enum night_why why;
	enum result res = directory_sniff(fd, &c.form, &refused);

	if (res != RES_OK) {
		close(fd);
		fail(l, refused == REFUSED_EMPTY ? NIGHT_EMPTY : res == RES_BAD ? NIGHT_NO_CSV : NIGHT_BROKEN, true);
		return;
	}
	why = columns(l, fd, &c);
	if (why == NIGHT_NO_CSV) {
		close(fd);
		fail(l, why, true);
		return;
	}
	/* Somebody else's import: in five minutes again. */
	if (claim(l, &import) != RES_OK) {
		close(fd);
		return;
	}
	l->status.id = import;
	directory_hold(l->d, &import, fd, &c);
	if (why != NIGHT_FINE)
		wait_for_yes(l, why, &import);
	else
		plan(l, &import);
}

/* Whether something has been done about this very file already. */
static bool dealt_with(const struct nightly *l)
{
	const struct night *n = &l->n;

	if (n->state == NIGHT_NOTHING || n->file.size != l->file.size || n->file.changed != l->file.changed)
		return false;
	if (n->state != NIGHT_WAITS)
		return true;
	/* What waits with a plan waits wherever it was made; without one it goes with the process that has the file. */
	return l->under_way && id_eq(&n->import, &l->status.id) &&
	       (l->status.state != PEOPLE_CLAIMED || directory_has_file(l->d, &n->import));
}

static void look_at_file(struct nightly *l)
{
	struct night_seen now = { l->file.size, l->file.changed, l->now };
	enum night_why why = NIGHT_FINE;
	int fd = -1;
	enum result res;

	bool too_old = l->now.s - l->file.changed / 1000000000 > (int64_t)NIGHT_OLD_DAYS * 86400;

	/* One that is to be removed and is not yet keeps no newer one out. */
	if ((l->n.clear && l->file.changed <= l->n.file.changed) || (dealt_with(l) && !(too_old && l->n.state == NIGHT_FAILED)))
		return;
	if (!night_settled(&l->n.seen, &now)) {
		if (l->n.seen.size != now.size || l->n.seen.changed != now.changed || !l->n.seen.at.s) {
			l->n.seen = now;
			keep(l, KEEP_SEEN);
		}
		return;
	}
	if (too_old || (l->n.taken.s && l->file.changed <= l->n.taken_changed)) {
		fail(l, NIGHT_OLD, true);
		return;
	}
	res = directory_folder_take(l->s->folder, &l->file, l->s->file_most, &fd, &why);
	if (res == RES_OK)
		read_copy(l, fd);
	else if (res == RES_BAD)
		fail(l, why, true);
	else if (res == RES_BROKEN)
		fail(l, NIGHT_BROKEN, true);
	/* RES_AGAIN: it moves; the next look sees it as another. */
}

static bool read_facts(struct nightly *l, struct directory *d)
{
	const struct directory_setup *s = directory_setup_of(d);

	*l = (struct nightly){ .d = d, .s = s, .now = clock_now(s->clock), .a = arena_new() };
	return s->folder && db_read(s->db, facts_work, l) == RES_OK;
}

void directory_night_look(struct directory *d)
{
	struct nightly l;
	enum night_why why = NIGHT_FINE;

	if (read_facts(&l, d)) {
		enum result res = directory_folder_newest(l.s->folder, &l.file, &why);

		if (res == RES_OK)
			look_at_file(&l);
		else if (res == RES_BAD)
			fail(&l, why, false);
	}
	arena_wipe_free(&l.a);
	directory_night_after(d);
}

/* What was taken or declined lies there still, with all whom it names: said once, the same night. */
static void stays(struct nightly *l)
{
	if (l->n.state == NIGHT_FAILED)
		return; /* what is wrong with the folder, or the file, is known already */
	l->n.state = NIGHT_FAILED;
	l->n.why = NIGHT_CLOSED;
	l->n.import = (struct id){ { 0 } };
	l->mail = true;
	l->tale = TOLD_STAYS;
	keep(l, KEEP_STATE);
}

static void gone(struct nightly *l)
{
	keep(l, KEEP_CLEARED);
	l->n.clear = false;
	if (l->n.state != NIGHT_FAILED || l->n.why == NIGHT_OLD || !l->n.taken.s || l->n.taken_changed != l->n.file.changed)
		return;
	l->n.state = NIGHT_TAKEN; /* it was: only the folder was not as it should be */
	l->n.why = NIGHT_FINE;
	keep(l, KEEP_STATE);
}

void directory_night_after(struct directory *d)
{
	struct nightly l;
	bool carried_out, is_late, known;

	if (!read_facts(&l, d)) {
		arena_free(&l.a);
		return;
	}
	known = l.n.came.s != l.now.s || l.n.state != NIGHT_NOTHING;
	carried_out = !l.under_way || l.status.way != PEOPLE_BY_DROP || l.status.state != PEOPLE_APPLYING;
	is_late = directory_night_late(&l.n, l.now, l.s->days);
	if (l.n.clear && carried_out) {
		if (directory_folder_clear(l.s->folder, l.n.file.changed) == RES_OK) {
			gone(&l);
		} else {
			log_world("directory", "the nightly file could not be removed from its folder; it is tried again");
			stays(&l);
		}
	}
	if (known && is_late && !l.n.late) {
		l.n.late = true;
		l.mail = true;
		l.tale = TOLD_LATE;
		keep(&l, KEEP_LATE);
	} else if (!known) {
		keep(&l, KEEP_SEEN); /* from now on it is known since when none has come */
	}
	directory_say_late(d, is_late);
	arena_free(&l.a);
}

/* ---- the job ---- */

static enum result night_job(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	const struct directory_setup *s = directory_setup_of(room);

	return clockwork_put(tx, JOB, about, night_next(now, s->hour, true));
}

static enum result soon(struct tx *tx, void *room)
{
	const struct directory_setup *s = directory_setup_of(room);

	return clockwork_put_by(tx, JOB, &whole_workplace, night_next(clock_now(s->clock), s->hour, true));
}

/* At the start, and when the clock went back: the next night is tonight. */
static enum result put_job(void *room)
{
	return db_write(directory_setup_of(room)->db, soon, room);
}

static void job_done(void *room)
{
	directory_stir_night(room);
}

enum result directory_jobs(struct directory *d, struct clockwork *cw)
{
	if (!directory_setup_of(d)->folder)
		return RES_OK;
	clockwork_kind(cw, JOB, night_job, job_done, d);
	clockwork_set_back(cw, put_job, d);
	return put_job(d);
}
