#include "crypt/ring.h"

#include <string.h>

#include "base/buf.h"
#include "crypt/curve.h"
#include "crypt/hpke_testing.h"
#include "crypt/ring_testing.h"
#include "crypt/sealed_making.h"

void ring_key_id(const unsigned char public[HPKE_KEY], unsigned char out[RING_KEY_ID])
{
	unsigned char h[CRYPT_HASH];
	crypt_hash(slice_bytes(public, HPKE_KEY), h);
	memcpy(out, h, RING_KEY_ID);
}

/* ---- JSON ---- */

/* Bytes of the well-formed UTF-8 character at p, 0 if there is none. */
static size_t utf8_char(const unsigned char *p, size_t n)
{
	if (p[0] < 0x80)
		return 1;
	size_t more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : 1;
	if (p[0] < 0xc2 || p[0] > 0xf4 || more >= n)
		return 0;
	for (size_t i = 1; i <= more; i++)
		if (p[i] >> 6 != 2)
			return 0;
	/* Overlong, surrogates, above U+10FFFF. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return more + 1;
}

static bool is_text(struct slice s)
{
	size_t step;
	for (size_t i = 0; i < s.n; i += step)
		if (!(step = utf8_char((const unsigned char *)s.p + i, s.n - i)))
			return false;
	return true;
}

/* As JSON.stringify: the five short escapes, \u00xx for other controls, all else as it is. */
static void put_string(struct buf *b, struct slice s)
{
	static const char shorts[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(shorts, s.p[i]) : NULL;
		if (at) {
			buf_char(b, '\\');
			buf_char(b, letters[at - shorts]);
		} else if ((unsigned char)s.p[i] < 0x20) {
			buf_printf(b, "\\u%04x", (unsigned)s.p[i]);
		} else {
			buf_char(b, s.p[i]);
		}
	}
	buf_char(b, '"');
}

static void put_field(struct buf *b, const char *name, struct slice value)
{
	if (!value.n)
		return;
	buf_printf(b, ",\"%s\":", name);
	put_string(b, value);
}

static const char *field_wrong(const struct ring_answer *a)
{
	const struct {
		const char *name;
		struct slice value;
		size_t max;
	} fields[] = {
	    {"phone", a->phone, RING_PHONE_MAX},
	    {"when", a->when, RING_WHEN_MAX},
	    {"name", a->name, RING_NAME_MAX},
	    {"note", a->note, RING_NOTE_MAX},
	};
	if ((a->kind == RING_OTHER) != !!a->chosen)
		return "kind";
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i].value.n > fields[i].max || !is_text(fields[i].value))
			return fields[i].name;
	return NULL;
}

enum result ring_json(const struct ring_answer *answer, char json_r[RING_JSON], size_t *n_r,
		      const char **field_r)
{
	static const char *const kinds[] = {"call", "other", "later", "none"};
	struct buf b = BUF_LIMIT(RING_JSON);
	const char *wrong = field_wrong(answer);
	if (!wrong) {
		buf_printf(&b, "{\"v\":1,\"ref\":\"%s\",\"aid\":\"%s\",\"t\":%lld,\"kind\":\"%s\"",
			   id_text(&answer->ref).s, id_text(&answer->aid).s, (long long)answer->minute,
			   kinds[answer->kind]);
		put_field(&b, "phone", answer->phone);
		put_field(&b, "when", answer->when);
		put_field(&b, "name", answer->name);
		if (answer->chosen) {
			unsigned char id[RING_KEY_ID];
			char hex[2 * RING_KEY_ID + 1];
			ring_key_id(answer->chosen, id);
			hex_write(hex, id, sizeof(id));
			buf_printf(&b, ",\"to\":\"%s\"", hex);
		}
		put_field(&b, "note", answer->note);
		buf_char(&b, '}');
		if (b.full)
			wrong = "note";
	}
	if (!wrong) {
		memcpy(json_r, b.p, b.n);
		*n_r = b.n;
	} else if (field_r) {
		*field_r = wrong;
	}
	buf_wipe(&b);
	buf_free(&b);
	return wrong ? RES_BAD : RES_OK;
}

/* ---- envelopes ---- */

/* info = "makker/1 ring" ‖ 0 ‖ inst; AAD = 1 ‖ position; PSK by position (§ 2.1, § 3.3). */
struct lane {
	unsigned char info[14 + CRYPT_INST], aad[2], open[CRYPT_HASH];
	struct hpke_with with;
};

static void lane_set(struct lane *l, const unsigned char inst[CRYPT_INST], int position,
		     const unsigned char rel[32])
{
	if (position < 0 || position >= RING_ENVELOPES || (position == 3) != !rel)
		bug("ring position %d %s rel", position, rel ? "with" : "without");
	memcpy(l->info, "makker/1 ring", 14);
	memcpy(l->info + 14, inst, CRYPT_INST);
	l->aad[0] = 1;
	l->aad[1] = (unsigned char)position;
	crypt_hash(SLICE("makker/1 open"), l->open);
	l->with = (struct hpke_with){
	    .info = slice_bytes(l->info, sizeof(l->info)),
	    .aad = slice_bytes(l->aad, sizeof(l->aad)),
	    .psk = slice_bytes(rel ? rel : l->open, 32),
	    .psk_id = rel ? SLICE("rel") : SLICE("open"),
	};
}

enum result ring_testing_seal(const unsigned char seed[HPKE_KEY], const unsigned char inst[CRYPT_INST],
			      int position, const unsigned char to[HPKE_KEY], const unsigned char rel[32],
			      struct slice json, unsigned char out[RING_ENVELOPE])
{
	struct lane l;
	unsigned char plain[RING_PLAIN] = {0};
	lane_set(&l, inst, position, rel);
	if (json.n > RING_JSON)
		return RES_BAD;
	plain[0] = (unsigned char)(json.n >> 8);
	plain[1] = (unsigned char)json.n;
	memcpy(plain + 2, json.p, json.n);
	enum result res = hpke_testing_seal(2, seed, to, &l.with, slice_bytes(plain, sizeof(plain)), out);
	crypt_wipe(plain, sizeof(plain));
	return res;
}

enum result ring_seal(struct random_source *rnd, const unsigned char inst[CRYPT_INST], int position,
		      const unsigned char to[HPKE_KEY], const unsigned char rel[32], struct slice json,
		      unsigned char out[RING_ENVELOPE])
{
	unsigned char seed[HPKE_KEY];
	random_fill(rnd, "ring/ephemeral", seed, sizeof(seed));
	enum result res = ring_testing_seal(seed, inst, position, to, rel, json, out);
	crypt_wipe(seed, sizeof(seed));
	return res;
}

enum result ring_open(const unsigned char inst[CRYPT_INST], int position, const struct hpke_pair *me,
		      const unsigned char rel[32], const unsigned char envelope[RING_ENVELOPE],
		      char json_r[RING_JSON], size_t *n_r)
{
	struct lane l;
	unsigned char plain[RING_PLAIN];
	lane_set(&l, inst, position, rel);
	enum result res = hpke_open(me, &l.with, slice_bytes(envelope, RING_ENVELOPE), plain);
	if (res == RES_OK) {
		size_t n = (size_t)plain[0] << 8 | plain[1];
		if (n > RING_JSON || !crypt_is_zero(plain + 2 + n, RING_JSON - n)) {
			res = RES_BAD;
		} else {
			memcpy(json_r, plain + 2, n);
			*n_r = n;
		}
	}
	crypt_wipe(plain, sizeof(plain));
	return res;
}

void ring_dummy(struct random_source *rnd, unsigned char out[RING_ENVELOPE])
{
	unsigned char scalar[CURVE_KEY];
	random_fill(rnd, "ring/dummy", scalar, sizeof(scalar));
	curve_public(scalar, out);
	crypt_wipe(scalar, sizeof(scalar));
	random_fill(rnd, "ring/dummy", out + CURVE_KEY, RING_ENVELOPE - CURVE_KEY);
}

const struct sealed *ring_dummy_slot(struct random_source *rnd, struct arena *a)
{
	unsigned char slot[RING_SLOT];
	for (int i = 0; i < RING_ENVELOPES; i++)
		ring_dummy(rnd, slot + i * RING_ENVELOPE);
	return sealed_make(a, slot, sizeof(slot));
}

enum result ring_answer_slot(struct random_source *rnd, struct arena *a, const unsigned char inst[CRYPT_INST],
			     const unsigned char *const to[3], const unsigned char rel[32],
			     const struct ring_answer *answer, const struct sealed **slot_r,
			     const char **field_r)
{
	char json[RING_JSON];
	size_t n;
	unsigned char slot[RING_SLOT];
	enum result res = ring_json(answer, json, &n, field_r);
	for (int i = 0; res == RES_OK && i < RING_ENVELOPES; i++) {
		const unsigned char *key = i < 3 ? to[i] : answer->chosen;
		unsigned char *place = slot + i * RING_ENVELOPE;
		if (!key) {
			ring_dummy(rnd, place);
			continue;
		}
		res = ring_seal(rnd, inst, i, key, i < 3 ? rel : NULL, (struct slice){json, n}, place);
		if (res != RES_OK && field_r)
			*field_r = "to";
	}
	if (res == RES_OK)
		*slot_r = sealed_make(a, slot, sizeof(slot));
	crypt_wipe(json, sizeof(json));
	return res;
}

/* ---- a post ---- */

enum result ring_post_read(struct slice body, struct arena *a, struct ring_post *post_r)
{
	const unsigned char *p = (const unsigned char *)body.p;
	struct ring_post post;
	if (body.n != RING_POST || p[0] != 1 || p[1] != 0)
		return RES_BAD;
	memcpy(post.door, p + 2, sizeof(post.door));
	memcpy(post.post.b, p + 18, ID_BYTES);
	memcpy(post.nonce, p + 34, sizeof(post.nonce));
	if (id_is_zero(&post.post))
		return RES_BAD;
	for (int i = 0; i < RING_ENVELOPES; i++)
		if (!curve_like_real(p + 42 + i * RING_ENVELOPE))
			return RES_BAD;
	post.slot = sealed_make(a, p + 42, RING_SLOT);
	*post_r = post;
	return RES_OK;
}
