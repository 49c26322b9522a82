/* ring.h: answers to offers: the post a browser makes, and the same post made here for people
   without JavaScript (§ 3.3, § 6).

   One post holds four envelopes: position 0 to the assigned supporter, 1 and 2 to the
   stand-ins, 3 to somebody else whom the person chose. A position that is not needed holds a
   dummy, which looks the same to everybody who lacks the key. The store, too, is filled
   with dummies. The server seals; it can never open. */
#ifndef CRYPT_RING_H
#define CRYPT_RING_H

#include "base/arena.h"
#include "base/id.h"
#include "crypt/crypt.h"
#include "crypt/hpke.h"
#include "crypt/sealed.h"

#define RING_ENVELOPES 4
#define RING_ENVELOPE 512
#define RING_SLOT (RING_ENVELOPES * RING_ENVELOPE) /* 2,048: what the store keeps */
#define RING_POST (42 + RING_SLOT)                 /* 2,090: what comes by the net */
#define RING_PLAIN (RING_ENVELOPE - HPKE_MORE)     /* 464: len(2) ‖ JSON ‖ zeros */
#define RING_JSON (RING_PLAIN - 2)                 /* 462 */
#define RING_KEY_ID 8                              /* first bytes of H(X25519 public key) */

#define RING_PHONE_MAX 20 /* bytes of UTF-8 */
#define RING_WHEN_MAX 40
#define RING_NAME_MAX 80
#define RING_NOTE_MAX 120

/* ---- what a person answers ---- */

enum ring_kind { RING_CALL, RING_OTHER, RING_LATER, RING_NONE };

struct ring_answer {
	struct id ref;  /* of the exposure, from the offer page */
	struct id aid;  /* of this answer: id_new; the same twice is ignored by the reader */
	int64_t minute; /* sender's minutes since 1970-01-01 UTC */
	enum ring_kind kind;
	struct slice phone, when, name, note; /* UTF-8 in NFC; empty: left out */
	const unsigned char *chosen;          /* X25519 key of whom RING_OTHER means, else NULL */
};

/* The JSON text exactly as the browser writes it, without white space, at most RING_JSON bytes.
   RES_BAD: *field_r (may be NULL) names the field that is too long or not text: "phone",
   "when", "name", "note"; "note" also when only the whole is too long. RES_BAD with "kind"
   unless `chosen` is there exactly for RING_OTHER. */
MUST_USE enum result ring_json(const struct ring_answer *answer, char json_r[RING_JSON], size_t *n_r,
			       const char **field_r);

/* ---- envelopes ---- */

/* rel: the 32 bytes of the exposure for positions 0..2, NULL for position 3 (our bug otherwise).
   RES_BAD: the key may not be used, or the text is longer than RING_JSON. */
MUST_USE enum result ring_seal(struct random_source *rnd, const unsigned char inst[CRYPT_INST], int position,
			       const unsigned char to[HPKE_KEY], const unsigned char rel[32],
			       struct slice json, unsigned char out[RING_ENVELOPE]);
/* For tests and for nobody else on the server, which holds no supporter's key. Checks the
   length and the zeros behind. json_r: RING_JSON bytes. */
MUST_USE enum result ring_open(const unsigned char inst[CRYPT_INST], int position, const struct hpke_pair *me,
			       const unsigned char rel[32], const unsigned char envelope[RING_ENVELOPE],
			       char json_r[RING_JSON], size_t *n_r);
/* The public key of a random scalar at once forgotten, and 480 random bytes. (32 random bytes
   would not do: half of them are not on the curve, and a reader could tell.) Label "ring/dummy". */
void ring_dummy(struct random_source *rnd, unsigned char out[RING_ENVELOPE]);
const struct sealed *ring_dummy_slot(struct random_source *rnd, struct arena *a) MUST_USE;

/* For people without JavaScript: the slot that their browser would have posted. to[0] the assigned,
   to[1] and to[2] the stand-ins (NULL: there is none). Wipes nothing of the caller's.
   RES_BAD: as ring_json, or with *field_r "to" when a key may not be used. */
MUST_USE enum result ring_answer_slot(struct random_source *rnd, struct arena *a,
				      const unsigned char inst[CRYPT_INST], const unsigned char *const to[3],
				      const unsigned char rel[32], const struct ring_answer *answer,
				      const struct sealed **slot_r, const char **field_r);

/* ---- a post from the net ---- */

struct ring_post {
	unsigned char door[16]; /* door code, to be compared by its hash */
	struct id post;         /* the same again within the hour: the same post */
	unsigned char nonce[8]; /* proof of work; crypt_work_done over the whole body */
	const struct sealed *slot;
};

/* RES_BAD: not exactly RING_POST bytes, another version, a zero post id, or an envelope whose
   key is not one that multiplying the base point gives (curve and canonical form are
   checked so that every stored slot looks alike whatever was sent). */
MUST_USE enum result ring_post_read(struct slice body, struct arena *a, struct ring_post *post_r);

/* The first RING_KEY_ID bytes of H(public key). */
void ring_key_id(const unsigned char public[HPKE_KEY], unsigned char out[RING_KEY_ID]);

#endif
