/* supporters.h: the supporters' files: who they are, what is attested, when they can be reached, their keys.

   The files come by `makker supporters import`; a supporter says herself that she is full. The
   server holds her public keys and sealed wraps and vault, and can open none of them. */
#ifndef SUPPORTERS_H
#define SUPPORTERS_H

#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "crypt/keylog.h"
#include "db/db.h"
#include "haven/matching/matching_rules.h"
#include "lang/lang.h"
#include "look/look.h"
#include "signin/signin.h"

#define SUPPORTERS_KEY_ENTRY 256
#define SUPPORTERS_WRAP 92
#define SUPPORTERS_WRAPS_MOST 16

#define SUPPORTERS_MOST 10000 /* whom the import takes at most; as many as one run of the matching does */

struct supporter {
	struct id id, person;      /* person zero: outside the directory */
	const char *name, *given, *email, *phone, *unit, *profession, *level;
	const char *languages;     /* "nb en" */
	int since_year;
	struct day interview, training, knowledge_check, accredited_until; /* 0: not attested */
	bool paused, is_full, ended;
	bool has_key;
	bool left, leads_staff; /* the workplace; as the directory says today. Outside it: neither */
};

struct supporter_window {
	int weekday, from_minute, to_minute; /* 0 Monday; minutes after midnight; to past 1440 runs into the next day */
	bool standby;
};

/* RES_NONE: no such supporter, or one no longer: her file has ended, or she has left the workplace. */
MUST_USE enum result supporters_get(struct tx *tx, struct arena *a, const struct id *id, struct supporter *s_r);
/* Everybody whose file has not ended, by given name; who has left the workplace is among them, and marked. */
MUST_USE enum result supporters_all(struct tx *tx, struct arena *a, struct supporter **list_r, size_t *n_r);
MUST_USE enum result supporters_windows(struct tx *tx, struct arena *a, const struct id *id,
					struct supporter_window **list_r, size_t *n_r);
/* "I am full", or not any more. */
MUST_USE enum result supporters_set_full(struct tx *tx, const struct id *id, bool full);

/* The coordinator pauses her, or says that she is ready again. She is given nothing new meanwhile, and keeps what she has; "I am full" is hers
   and stays as she said it. Harmless twice. RES_NONE: no such supporter. */
MUST_USE enum result supporters_pause(struct tx *tx, const struct id *id, bool paused);

/* ---- what the matching needs to know of everybody ---- */

/* Words to the small numbers that the matching compares: units as a tree, professions and
   levels by name, languages by bit. One for each run. */
struct supporters_words;
struct supporters_words *supporters_words_new(struct arena *a);
int32_t supporters_unit(struct supporters_words *w, const char *path);       /* -1 for "" */
int32_t supporters_profession(struct supporters_words *w, const char *name); /* 0 for "" */
int32_t supporters_level(const char *name);                                  /* 0 when it holds no number */
uint32_t supporters_languages(const char *codes);                            /* "nb en": a bit for each that Makker speaks */
/* The tree so far; call after every unit was named. */
void supporters_tree(const struct supporters_words *w, const int32_t **parent_r, size_t *n_r);

/* The matching's gate for this file (matching_gate): 0, or why she is not ready. */
uint32_t supporters_gate(const struct supporter *s, struct day today, struct day due);
/* Facts for matching_assign: all supporters with windows, loads and keys. The number of sentences does not grow with
   theirs. */
MUST_USE enum result supporters_facts(struct tx *tx, struct arena *a, struct supporters_words *w, struct day today,
				      const struct matching_supporter **list_r, size_t *n_r);
/* A person's "not this one" list: a supporter on it is eligible for none of her exposures. Adding and removing are
   harmless twice. Adding: RES_NONE: no such supporter; RES_REFUSED: the list is full. */
#define SUPPORTERS_NOT_THESE_MOST 64
MUST_USE enum result supporters_keep_apart(struct tx *tx, const struct id *person, const struct id *supporter);
MUST_USE enum result supporters_bring_together(struct tx *tx, const struct id *person, const struct id *supporter);
MUST_USE enum result supporters_not_these(struct tx *tx, struct arena *a, const struct id *person,
					  const struct id **list_r, size_t *n_r);
/* How much of what she took in the last `days` days, today included, counts against her now. */
MUST_USE enum result supporters_load_now(struct tx *tx, const struct id *supporter, struct day today, int days,
					 int *n_r);
/* She took something today; kind 1 a task, 2 a request. */
MUST_USE enum result supporters_load(struct tx *tx, struct random_source *rnd, const struct id *supporter,
				     struct day day, int kind);

/* Deletes what she took so long ago that it counts against nobody now. */
MUST_USE enum result supporters_forget_loads(struct tx *tx, struct day today);

/* ---- what goes (docs/retention.md) ---- */

/* Our choice: the yearly review of the programme still sees who helped in the year before, and whoever comes back within it has her file. */
#define SUPPORTERS_ENDED_DAYS 400
/* Notes today for each file that has ended, and takes out those that ended before that, with all that belongs to them but her
   entries of the key log: that is one public chain, and names nobody. */
MUST_USE enum result supporters_forget_ended(struct tx *tx, struct day today);
/* RES_OK: is a supporter no longer, or not known; RES_NONE: is one. */
MUST_USE enum result supporters_have_ended(struct tx *tx, const struct id *supporter);
/* RES_OK: a file that is kept is this person's; RES_NONE: none is. */
MUST_USE enum result supporters_are(struct tx *tx, const struct id *person);

/* ---- keys (docs/protocol.md §§ 2.3, 2.5, 8) ---- */

struct supporter_key {
	unsigned char key_id[8], x25519[32], entry[SUPPORTERS_KEY_ENTRY];
	struct day reset; /* when a key of hers was last made without the old one's word, if that is lately; 0: not */
};
#define SUPPORTERS_RESET_TOLD 90 /* days for which senders are told; our choice: longer than a personal link lasts */
/* The current key; RES_NONE: has none. */
MUST_USE enum result supporters_key(struct tx *tx, const struct id *supporter, struct day today,
				    struct supporter_key *key_r);
/* ---- everybody, kept in memory until a file or a key changes ---- */

struct supporters_card {
	struct supporter file;    /* as of supporters_all */
	struct supporter_key key; /* where file.has_key; `reset` however long ago: see supporters_key_reset */
	char safety[KEYLOG_SAFETY]; /* the digits of that key */
};

/* To whom something may have been sealed before that day or on it, and who can read it no longer: since then she has ended her keys, made
   others without the old ones, or is no supporter any more. */
struct supporters_lost {
	const char *name;
	struct day day; /* INT32_MAX: since today, or since the last night */
};
MUST_USE enum result supporters_lost(struct tx *tx, struct arena *a, const struct supporters_lost **list_r, size_t *n_r);

struct supporters_book {
	const struct supporters_card *list; /* by given name */
	size_t n;
	const struct supporters_lost *lost; /* changed keys first, the newest first; a name may come several times */
	size_t lost_n;
};

struct supporters_books;
/* Before threads use the database. */
struct supporters_books *supporters_books_new(struct db *db) MUST_USE;
void supporters_books_free(struct supporters_books **b); /* after db_hear_no_more() */
/* The newest one. Whatever changes a file or a key drops it before its writer goes on, in another program on this database soon after; an
   operator's command on SQLite is seen about a second after. Whoever asks while it is read waits for that. Ours until supporters_book_end, which is safe on NULL. Outside a transaction.
   RES_BROKEN: the database. */
MUST_USE enum result supporters_book(struct supporters_books *b, const struct supporters_book **book_r);
void supporters_book_end(const struct supporters_book **book);
/* NULL: she is not in it. */
const struct supporters_card *supporters_card(const struct supporters_book *book, const struct id *supporter);
/* `reset` as supporters_key has it today. */
struct day supporters_key_reset(const struct supporter_key *key, struct day today);
/* Names of the lost since that day, each once. */
void supporters_lost_since(const struct supporters_book *book, struct arena *a, struct day since, const char ***names_r, size_t *n_r);

/* What the log ends in: how many entries, and the 20 digits that people compare. RES_NONE: it is empty. */
MUST_USE enum result supporters_key_head(struct tx *tx, int64_t *n_r, char digits_r[KEYLOG_HEAD_CODE]);
/* The same as bytes: the hash of the newest entry. */
MUST_USE enum result supporters_key_end(struct tx *tx, int64_t *n_r, unsigned char hash_r[CRYPT_HASH]);

/* ---- keys after the first day (docs/protocol.md § 2.4) ---- */

struct clockwork;
/* Puts its kind of job on the clockwork. */
void supporters_jobs(struct clockwork *cw);
/* A one-time way in for another device: takes the place of one that is there, and goes after ten minutes; what is
   left of it in the files goes with the hourly scrub. RES_BAD: no such wrap. */
MUST_USE enum result supporters_put_pairing(struct tx *tx, const struct id *supporter, struct instant now, struct slice wrap);
/* Hands it out, once. RES_NONE: there is none (any more). */
MUST_USE enum result supporters_take_pairing(struct tx *tx, struct arena *a, const struct id *supporter, struct slice *wrap_r);
MUST_USE enum result supporters_drop_pairing(struct tx *tx, const struct id *supporter);

struct supporters_new_keys {
	struct slice entry, vault;
	const struct slice *wraps; /* 1–4 */
	size_t wraps_n;
};
/* New keys signed for by the old ones; the old wraps and the vault go. RES_AGAIN: the log has grown, or another device wrote the
   vault of `old_hash`; RES_NONE: no vault. RES_BAD as of supporters_first_keys. */
MUST_USE enum result supporters_rotate(struct tx *tx, struct random_source *rnd, const struct id *supporter, struct day today,
				       const struct supporters_new_keys *k, struct slice old_hash);
/* New keys that nobody signed for, after the coordinator's word. RES_REFUSED: without it. */
MUST_USE enum result supporters_reset(struct tx *tx, struct random_source *rnd, const struct id *supporter, struct day today,
				      const struct supporters_new_keys *k);
/* She ends her key herself: nothing is sealed to her any more, wraps and vault go. */
MUST_USE enum result supporters_retire(struct tx *tx, const struct id *supporter, struct day today, struct slice entry);

enum supporters_asked { SUPPORTERS_NOT_ASKED, SUPPORTERS_ASKED, SUPPORTERS_MAY_RESET };
#define SUPPORTERS_RESET_LASTS 14 /* days that a request, and then a yes, is good for; our choice */
/* NOT_ASKED also when it was too long ago; *day_r: of the request or the yes. */
MUST_USE enum result supporters_reset_of(struct tx *tx, const struct id *supporter, struct day today,
					 enum supporters_asked *asked_r, struct day *day_r);
/* Harmless twice. RES_NONE: she has no key that could be lost. */
MUST_USE enum result supporters_ask_reset(struct tx *tx, const struct id *supporter, struct day today);
/* The coordinator's yes; harmless twice. RES_NONE: she has not asked. */
MUST_USE enum result supporters_approve_reset(struct tx *tx, const struct id *supporter, struct day today);
struct supporters_reset_asked {
	struct id supporter;
	struct day day;
	bool approved;
};
MUST_USE enum result supporters_resets(struct tx *tx, struct arena *a, struct day today,
				       struct supporters_reset_asked **list_r, size_t *n_r);
MUST_USE enum result supporters_forget_resets(struct tx *tx, struct day today);

/* The operator's word that the database was restored from a backup, and where the log ended then. */
struct supporters_restored {
	int64_t r; /* the how-manieth time, from 1 */
	int64_t n; /* entries; 0: it was empty, hash zeros */
	unsigned char hash[CRYPT_HASH];
	struct day day;
};
#define SUPPORTERS_RESTORED_TOLD 35 /* days for which the coordinator is shown it; our choice: as long as backups are kept */
/* RES_NONE: never. */
MUST_USE enum result supporters_restored(struct tx *tx, struct supporters_restored *r_r);
MUST_USE enum result supporters_declare_restored(struct tx *tx, struct day today, struct supporters_restored *r_r);
/* `keys` and `keys restored`; argv[0] is "keys". Exit status: 0; 2 when it could not be done. */
int supporters_keys_command(struct db *db, const struct clock *clock, int argc, char **argv, FILE *out, FILE *err);

/* The whole log in order, 256 bytes an entry. */
MUST_USE enum result supporters_key_log(struct tx *tx, struct arena *a, struct slice *log_r);
/* First keys, all or nothing: entry, 1–4 wraps and the vault. RES_AGAIN: the log has grown, or
   she has a key; RES_BAD: malformed, somebody else's, not a first one, or of another day. */
MUST_USE enum result supporters_first_keys(struct tx *tx, struct random_source *rnd, const struct id *supporter,
					   struct day today, struct slice entry, const struct slice *wraps, size_t wraps_n,
					   struct slice vault);
MUST_USE enum result supporters_wraps(struct tx *tx, struct arena *a, const struct id *supporter,
				      struct slice **list_r, size_t *n_r);
/* Adds a wrap; `replaces` (p NULL: none) is the SHA-256 of the row that goes. RES_AGAIN: 16 already. */
MUST_USE enum result supporters_add_wrap(struct tx *tx, struct random_source *rnd, const struct id *supporter,
					 struct slice wrap, struct slice replaces);
/* One way in less: the row of this SHA-256. RES_NONE: no such row of hers; RES_AGAIN: her last one stays. */
MUST_USE enum result supporters_remove_wrap(struct tx *tx, const struct id *supporter, struct slice hash);
MUST_USE enum result supporters_vault(struct tx *tx, struct arena *a, const struct id *supporter, struct slice *vault_r);
/* Compare and swap on H(old). RES_AGAIN: another device was first. RES_BAD: length. */
MUST_USE enum result supporters_set_vault(struct tx *tx, const struct id *supporter, struct slice old_hash,
					  struct slice vault);

/* ---- the front page: who can be called, now or next ---- */

/* Whether somebody can be reached at `now` by her weekly windows, in the workplace's zone. RES_OK: yes, *at_r is until
   when (windows that touch count as one; at most a week). RES_AGAIN: not now, *at_r is when next. RES_NONE: she has no
   window. Pure. */
MUST_USE enum result supporters_reached(const struct supporter_window *windows, size_t n, struct instant now,
					struct instant *at_r);

struct supporters_front {
	struct db *db;
	const struct clock *clock;
	const struct look_house *house;
};
/* GET / and GET /h/read. `f` must outlive the server. */
void supporters_routes(const struct supporters_front *f, struct web *web);

/* ---- import (makker supporters import FILE) ---- */

/* How a supporter gets her sign-in: main gives signin_add, signin_invite and signin_invite_by_mail (signin/signin.h). */
struct supporters_accounts {
	struct signin *signin;
	enum result (*add)(struct tx *tx, struct random_source *rnd, const char *email, const char *name, enum lang lang,
			   const struct id *of_whom, enum role role, const struct id *unit, struct day today, struct id *account_r);
	enum result (*invite)(struct tx *tx, struct signin *s, const struct id *account, char *url, size_t room);
	enum result (*invite_by_mail)(struct tx *tx, struct signin *s, const struct id *account);
};

/* The command; argv[0] is "supporters". CSV with headings (in four languages) number or e-mail, name, phone, languages, since,
   interview, training, check, accredited until, windows "mon 08:00-16:00; tue 20:00-08:00 standby", and unit, profession
   and level for somebody outside the directory. All or nothing; the same file twice changes nothing. Exit status: 0; 1
   when rows are wrong; 2 when it could not be done. `lang`: of people whose language is not known. */
int supporters_command(struct db *db, const struct clock *clock, struct random_source *rnd, enum lang lang,
		       const struct supporters_accounts *accounts, int argc, char **argv, FILE *out, FILE *err);

#endif
