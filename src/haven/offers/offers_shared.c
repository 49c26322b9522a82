/* What desks have said, known to every process of haven on this database, and to nothing else (docs/protocol.md § 3.5). Each process
   draws a key pair at its start, in memory only. They tell each other their public keys, vouched for by the key that the operator
   gave all of them, and what desks have said is sealed to each of the others and told by db_tell. The database's server can open none
   of it, but it keeps what is told in files of its own (pg_notify in its data folder) until all have heard it and for some time after,
   with the moment at which it was told. So every few seconds each process tells each of the others one notice of one size, whether or
   not a desk has said anything: what it heard last, and of the rest as much as there is room for, in turn. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/log.h"
#include "haven/offers/offers_inside.h"

#define WORD "haven_heard"
#define HELLO_BYTES (HPKE_KEY + CRYPT_HASH) /* a public key, and what vouches for it */
#define TO_BYTES 8                          /* of the public key of whom it is for */
#define RECORD (ID_BYTES + 1)               /* a task, reached or not */
#define SAID_MOST 200                       /* tasks of one supporter; a supporter is given a few (matching/) */
#define DESK_HEAD (1 + 8 + ID_BYTES)        /* of what one supporter's desk said */
#define NOTICE 4096                         /* bytes of a notice, always: what a workplace's desks say in a day, as a rule */
#define SEALED (TO_BYTES + HPKE_MORE + NOTICE)
_Static_assert(DESK_HEAD + SAID_MOST * RECORD <= NOTICE, "what one desk may say fits into one notice");
#define PACE 3 /* seconds between two notices; our choice: what is said later than that before an incident closes may be missed */

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

/* ---- a notice: for each desk n(1) ‖ when(8) ‖ supporter(16) ‖ n × (task(16) ‖ reached(1)), and zeros ---- */

/* Under the lock. 0: there is no room for it. */
static size_t pack(const struct offers *o, const struct id *supporter, unsigned char *to, size_t room)
{
	size_t n = DESK_HEAD, found = 0;
	for (size_t i = 0; i < o->heard_n && found < SAID_MOST; i++) {
		const struct offers_heard *h = &o->heard[i];
		if (!id_eq(&h->supporter, supporter))
			continue;
		if (n + RECORD > room)
			return 0;
		for (int k = 0; k < 8; k++)
			to[1 + k] = (unsigned char)((uint64_t)h->at.s >> (8 * (7 - k)));
		memcpy(to + n, h->task.b, ID_BYTES);
		to[n + ID_BYTES] = h->reached;
		n += RECORD;
		found++;
	}
	to[0] = (unsigned char)found;
	memcpy(to + 9, supporter->b, ID_BYTES);
	return n;
}

struct notice {
	unsigned char plain[NOTICE];
	size_t n;
	struct id desks[NOTICE / (DESK_HEAD + RECORD) + 1];
	size_t desks_n;
};

/* False: there is no room for her. */
static bool pack_desk(const struct offers *o, struct notice *t, const struct id *supporter)
{
	for (size_t i = 0; i < t->desks_n; i++)
		if (id_eq(&t->desks[i], supporter))
			return true;
	size_t more = pack(o, supporter, t->plain + t->n, NOTICE - t->n);
	if (!more) {
		memset(t->plain + t->n, 0, NOTICE - t->n);
		return false;
	}
	t->n += more;
	t->desks[t->desks_n++] = *supporter;
	return true;
}

/* Under the lock. Half of it what was heard last, the rest in turn. */
static void fill(struct offers *o, struct notice *t)
{
	memset(t, 0, sizeof(*t));
	for (size_t i = o->heard_n; i-- > 0 && t->n < NOTICE / 2;)
		if (!pack_desk(o, t, &o->heard[i].supporter))
			break;
	for (size_t i = 0; i < o->heard_n; i++, o->turn++)
		if (!pack_desk(o, t, &o->heard[o->turn % o->heard_n].supporter))
			break;
}

/* Under the lock: what is older than what we have heard ourselves says nothing. → bytes that were read. */
static size_t unpack_desk(struct offers *o, const unsigned char *from, size_t room)
{
	struct id supporter;
	uint64_t at = 0;
	size_t bytes = DESK_HEAD + (size_t)from[0] * RECORD;
	if (bytes > room)
		return room;
	for (int k = 0; k < 8; k++)
		at = at << 8 | from[1 + k];
	memcpy(supporter.b, from + 9, ID_BYTES);
	for (size_t i = 0; i < o->heard_n; i++)
		if (id_eq(&o->heard[i].supporter, &supporter) && o->heard[i].at.s > (int64_t)at)
			return bytes;
	offers_forget_said(o, &supporter);
	for (size_t i = DESK_HEAD; i < bytes; i += RECORD) {
		struct id task;
		memcpy(task.b, from + i, ID_BYTES);
		offers_put_said(o, &(struct offers_heard){ task, supporter, from[i + ID_BYTES] == 1, { (int64_t)at } });
	}
	return bytes;
}

static void unpack(struct offers *o, const unsigned char plain[NOTICE])
{
	for (size_t i = 0; i + DESK_HEAD <= NOTICE && plain[i]; i += unpack_desk(o, plain + i, NOTICE - i))
		;
}

static void seal_to(struct offers *o, const unsigned char peer[HPKE_KEY], const unsigned char plain[NOTICE])
{
	unsigned char bytes[SEALED];
	struct hpke_with with = with_of(o);
	memcpy(bytes, peer, TO_BYTES);
	if (hpke_seal(o->setup.rnd, "offers/together", peer, &with, slice_bytes((const char *)plain, NOTICE), bytes + TO_BYTES) == RES_OK)
		tell(o, "said", bytes, sizeof(bytes));
}

/* One notice to each of the others. How many they are depends on who runs, and on nothing that was said. */
static void tell_peers(struct offers *o)
{
	struct notice *t = must_alloc(1, sizeof(*t));
	unsigned char peers[OFFERS_PEERS][HPKE_KEY];
	pthread_mutex_lock(&o->lock);
	fill(o, t);
	size_t n = o->peers_n;
	memcpy(peers, o->peers, sizeof(peers));
	pthread_mutex_unlock(&o->lock);
	for (size_t i = 0; i < n; i++)
		seal_to(o, peers[i], t->plain);
	crypt_wipe(t, sizeof(*t));
	free(t);
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
}

static void take_said(struct offers *o, struct slice coded)
{
	unsigned char bytes[SEALED], plain[NOTICE];
	if (base64url_read(coded, bytes, sizeof(bytes)) != RES_OK || memcmp(bytes, o->me.public, TO_BYTES) != 0)
		return;
	struct hpke_with with = with_of(o);
	if (hpke_open(&o->me, &with, slice_bytes((const char *)bytes + TO_BYTES, SEALED - TO_BYTES), plain) != RES_OK)
		return;
	pthread_mutex_lock(&o->lock);
	unpack(o, plain);
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

/* ---- the pace ---- */

/* False: we end. */
static bool sleep_a_pace(struct offers *o)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PACE;
	pthread_mutex_lock(&o->lock);
	while (!o->stopping && pthread_cond_timedwait(&o->stop, &o->lock, &until) == 0)
		;
	bool go_on = !o->stopping;
	pthread_mutex_unlock(&o->lock);
	return go_on;
}

static void *tell_on(void *arg)
{
	struct offers *o = arg;
	while (sleep_a_pace(o))
		tell_peers(o);
	tell_peers(o); /* what was said last is not lost with us */
	return NULL;
}

/* ---- the door of this file ---- */

enum result offers_together(struct offers *o, struct slice secret)
{
	unsigned char seed[HPKE_KEY];
	const struct slice parts[] = { SLICE("makker/1 together key"), secret };
	crypt_hash_parts(parts, ARRAY_LEN(parts), o->together);
	random_fill(o->setup.rnd, "offers/together", seed, sizeof(seed));
	hpke_derive_pair(seed, &o->me);
	crypt_wipe(seed, sizeof(seed));
	db_hear(o->setup.db, WORD, hear, o);
	say_hello(o);
	if (!db_pace_ms(o->setup.db)) /* one process serves this kind of database */
		return RES_OK;
	o->tells = pthread_create(&o->teller, NULL, tell_on, o) == 0;
	return o->tells ? RES_OK : RES_BROKEN;
}

void offers_end_together(struct offers *o)
{
	pthread_mutex_lock(&o->lock);
	o->stopping = true;
	pthread_cond_broadcast(&o->stop);
	pthread_mutex_unlock(&o->lock);
	if (o->tells)
		pthread_join(o->teller, NULL);
	o->tells = false;
}
