/* What desks have said, known to every process of haven on this database, and to nothing else (docs/protocol.md § 3.5). Each process
   draws a key pair at its start, in memory only. They tell each other their public keys, vouched for by the key that the operator
   gave all of them, and what a desk has said is sealed to each of the others and told by db_tell: it passes the database's server,
   which writes it nowhere and could not open it. Whoever comes later is told by the others what they have heard. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "haven/offers/offers_inside.h"

#define WORD "haven_heard"
#define HELLO_BYTES (HPKE_KEY + CRYPT_HASH) /* a public key, and what vouches for it */
#define TO_BYTES 8                          /* of the public key of whom it is for */
#define RECORD (ID_BYTES + 1)               /* a task, reached or not */
#define SAID_MOST 200                       /* tasks of one supporter; a supporter is given a few (matching/) */
#define PLAIN_MOST (8 + ID_BYTES + SAID_MOST * RECORD)
#define SEALED_MOST (TO_BYTES + HPKE_MORE + PLAIN_MOST)

static const struct slice info = { "makker/1 together", 17 };

static struct slice key_of(const struct offers *o)
{
	return slice_bytes((const char *)o->together, sizeof(o->together));
}

static void vouch(const struct offers *o, const unsigned char public[HPKE_KEY], unsigned char out[CRYPT_HASH])
{
	const struct slice parts[] = { SLICE("makker/1 together hello"), slice_bytes((const char *)public, HPKE_KEY) };
	crypt_hmac(key_of(o), parts, ARRAY_LEN(parts), out);
}

static struct hpke_with with_of(const struct offers *o)
{
	return (struct hpke_with){ .info = info, .psk = key_of(o), .psk_id = SLICE("together") };
}

/* "WORD BASE64URL" */
static void tell(struct offers *o, const char *word, const unsigned char *bytes, size_t n)
{
	struct buf text = BUF_SECRET(DB_WORDS_MOST);
	char *coded = must_alloc(base64url_size(n) + 1, 1);
	base64url_write(coded, bytes, n);
	buf_printf(&text, "%s %s", word, coded);
	db_tell(o->setup.db, WORD, buf_get(&text));
	buf_free(&text);
	free(coded);
}

static void say_hello(struct offers *o)
{
	unsigned char bytes[HELLO_BYTES];
	memcpy(bytes, o->me.public, HPKE_KEY);
	vouch(o, o->me.public, bytes + HPKE_KEY);
	tell(o, "hello", bytes, sizeof(bytes));
}

/* ---- what one supporter's desk has said, as bytes: when(8) ‖ supporter(16) ‖ (task(16) ‖ reached(1))… ---- */

/* Under the lock. 0: nothing was said. */
static size_t pack(const struct offers *o, const struct id *supporter, unsigned char plain[PLAIN_MOST])
{
	size_t n = 8 + ID_BYTES, found = 0;
	for (size_t i = 0; i < o->heard_n && found < SAID_MOST; i++) {
		const struct offers_heard *h = &o->heard[i];
		if (!id_eq(&h->supporter, supporter))
			continue;
		for (int k = 0; k < 8; k++)
			plain[k] = (unsigned char)((uint64_t)h->at.s >> (8 * (7 - k)));
		memcpy(plain + n, h->task.b, ID_BYTES);
		plain[n + ID_BYTES] = h->reached;
		n += RECORD;
		found++;
	}
	memcpy(plain + 8, supporter->b, ID_BYTES);
	return found ? n : 0;
}

/* Under the lock: what is older than what we have heard ourselves says nothing. */
static void unpack(struct offers *o, const unsigned char *plain, size_t n)
{
	struct id supporter;
	uint64_t at = 0;
	for (int k = 0; k < 8; k++)
		at = at << 8 | plain[k];
	memcpy(supporter.b, plain + 8, ID_BYTES);
	for (size_t i = 0; i < o->heard_n; i++)
		if (id_eq(&o->heard[i].supporter, &supporter) && o->heard[i].at.s > (int64_t)at)
			return;
	offers_forget_said(o, &supporter);
	for (size_t i = 8 + ID_BYTES; i + RECORD <= n; i += RECORD) {
		struct id task;
		memcpy(task.b, plain + i, ID_BYTES);
		offers_put_said(o, &(struct offers_heard){ task, supporter, plain[i + ID_BYTES] == 1, { (int64_t)at } });
	}
}

static void seal_to(struct offers *o, const unsigned char peer[HPKE_KEY], const unsigned char *plain, size_t n)
{
	unsigned char bytes[SEALED_MOST];
	struct hpke_with with = with_of(o);
	memcpy(bytes, peer, TO_BYTES);
	if (hpke_seal(o->setup.rnd, "offers/together", peer, &with, slice_bytes((const char *)plain, n), bytes + TO_BYTES) == RES_OK)
		tell(o, "said", bytes, TO_BYTES + n + HPKE_MORE);
}

/* ---- peers ---- */

/* Under the lock. False: known before. The oldest gives way: it has long ended. */
static bool add_peer(struct offers *o, const unsigned char public[HPKE_KEY])
{
	for (size_t i = 0; i < o->peers_n; i++)
		if (memcmp(o->peers[i], public, HPKE_KEY) == 0)
			return false;
	if (o->peers_n == OFFERS_PEERS)
		memmove(o->peers[0], o->peers[1], (--o->peers_n) * HPKE_KEY);
	memcpy(o->peers[o->peers_n++], public, HPKE_KEY);
	return true;
}

/* All that we have heard, to one who may not have. */
static void tell_all_to(struct offers *o, const unsigned char peer[HPKE_KEY])
{
	unsigned char plain[PLAIN_MOST];
	pthread_mutex_lock(&o->lock);
	size_t n = o->heard_n;
	struct id *supporters = must_alloc(n + 1, sizeof(*supporters));
	for (size_t i = 0; i < n; i++)
		supporters[i] = o->heard[i].supporter;
	pthread_mutex_unlock(&o->lock);
	for (size_t i = 0; i < n; i++) {
		bool before = false;
		for (size_t k = 0; k < i && !before; k++)
			before = id_eq(&supporters[k], &supporters[i]);
		if (before)
			continue;
		pthread_mutex_lock(&o->lock);
		size_t bytes = pack(o, &supporters[i], plain);
		pthread_mutex_unlock(&o->lock);
		if (bytes)
			seal_to(o, peer, plain, bytes);
	}
	crypt_wipe(plain, sizeof(plain));
	free(supporters);
}

static void take_hello(struct offers *o, struct slice coded)
{
	unsigned char bytes[HELLO_BYTES], vouched[CRYPT_HASH];
	if (base64url_read(coded, bytes, sizeof(bytes)) != RES_OK || memcmp(bytes, o->me.public, HPKE_KEY) == 0)
		return;
	vouch(o, bytes, vouched);
	if (!crypt_eq(vouched, bytes + HPKE_KEY, CRYPT_HASH)) {
		if (!__atomic_exchange_n(&o->stranger_told, true, __ATOMIC_ACQ_REL))
			log_world("offers", "another haven on this database does not have our together_key_file: "
					    "each closes incidents by what it heard itself");
		return;
	}
	pthread_mutex_lock(&o->lock);
	bool fresh = add_peer(o, bytes);
	pthread_mutex_unlock(&o->lock);
	if (fresh)
		say_hello(o);
	tell_all_to(o, bytes);
}

static void take_said(struct offers *o, struct slice coded)
{
	unsigned char bytes[SEALED_MOST], plain[PLAIN_MOST];
	size_t n = coded.n * 3 / 4;
	if (n > sizeof(bytes) || n < TO_BYTES + HPKE_MORE + 8 + ID_BYTES || base64url_read(coded, bytes, n) != RES_OK ||
	    memcmp(bytes, o->me.public, TO_BYTES) != 0)
		return;
	struct hpke_with with = with_of(o);
	struct slice sealed = slice_bytes((const char *)bytes + TO_BYTES, n - TO_BYTES);
	if (hpke_open(&o->me, &with, sealed, plain) != RES_OK)
		return;
	pthread_mutex_lock(&o->lock);
	unpack(o, plain, sealed.n - HPKE_MORE);
	pthread_mutex_unlock(&o->lock);
	crypt_wipe(plain, sizeof(plain));
}

static void hear(struct slice words, void *ctx)
{
	struct offers *o = ctx;
	struct slice word, rest = words;
	if (!words.p) { /* we may have missed a hello, and others ours */
		say_hello(o);
		return;
	}
	if (!slice_cut(&rest, ' ', &word))
		return;
	if (slice_is(word, "hello"))
		take_hello(o, rest);
	else if (slice_is(word, "said"))
		take_said(o, rest);
}

/* ---- the door of this file ---- */

void offers_together(struct offers *o, struct slice secret)
{
	unsigned char seed[HPKE_KEY];
	const struct slice parts[] = { SLICE("makker/1 together key"), secret };
	crypt_hash_parts(parts, ARRAY_LEN(parts), o->together);
	random_fill(o->setup.rnd, "offers/together", seed, sizeof(seed));
	hpke_derive_pair(seed, &o->me);
	crypt_wipe(seed, sizeof(seed));
	o->shares = true;
	db_hear(o->setup.db, WORD, hear, o);
	say_hello(o);
}

void offers_share_outcomes(struct offers *o, const struct id *supporter)
{
	unsigned char plain[PLAIN_MOST], peers[OFFERS_PEERS][HPKE_KEY];
	if (!o->shares)
		return;
	pthread_mutex_lock(&o->lock);
	size_t bytes = pack(o, supporter, plain), n = o->peers_n;
	memcpy(peers, o->peers, sizeof(peers));
	pthread_mutex_unlock(&o->lock);
	for (size_t i = 0; i < n && bytes; i++)
		seal_to(o, peers[i], plain, bytes);
	crypt_wipe(plain, sizeof(plain));
}
