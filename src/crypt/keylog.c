#include "crypt/keylog.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "crypt/curve.h"

enum {
	AT_N = 4,
	AT_PREV = 12,
	AT_WHO = 44,
	AT_SIGN = 60,
	AT_SEAL = 92,
	AT_DAY = 124,
	SIGNED = 128,
	AT_OLD = 192
};

static uint64_t get(const unsigned char *p, int n)
{
	uint64_t v = 0;
	while (n--)
		v = v << 8 | *p++;
	return v;
}

static bool signed_by(const unsigned char *entry, const unsigned char *signature, const unsigned char key[32])
{
	return crypto_sign_verify_detached(signature, entry, SIGNED, key) == 0;
}

enum result keylog_read(struct slice bytes, struct keylog_entry *entry_r)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	if (bytes.n != KEYLOG_ENTRY || p[0] != 1 || p[1] < KEYLOG_NEW || p[1] > KEYLOG_RETIRE || p[2] || p[3])
		return RES_BAD;
	if (p[1] != KEYLOG_ROTATE && !crypt_is_zero(p + AT_OLD, 64))
		return RES_BAD;
	if (!curve_like_real(p + AT_SEAL) || !signed_by(p, p + SIGNED, p + AT_SIGN))
		return RES_BAD;
	struct keylog_entry e = {
	    .kind = (enum keylog_kind)p[1], .n = get(p + AT_N, 8), .day = (uint32_t)get(p + AT_DAY, 4)};
	memcpy(e.prev, p + AT_PREV, sizeof(e.prev));
	memcpy(e.supporter.b, p + AT_WHO, ID_BYTES);
	memcpy(e.sign_key, p + AT_SIGN, sizeof(e.sign_key));
	memcpy(e.seal_key, p + AT_SEAL, sizeof(e.seal_key));
	if (id_is_zero(&e.supporter))
		return RES_BAD;
	crypt_hash(bytes, e.hash);
	*entry_r = e;
	return RES_OK;
}

static bool at_head(const struct keylog_entry *e, const struct keylog_head *head)
{
	return e->n == head->next && !memcmp(e->prev, head->hash, sizeof(e->prev));
}

/* The rules of kinds; `old` is NULL when she has no current key. */
static bool kind_allowed(const struct keylog_entry *e, const struct keylog_entry *old)
{
	bool same_sign = old && !memcmp(e->sign_key, old->sign_key, sizeof(e->sign_key));
	bool same_seal = old && !memcmp(e->seal_key, old->seal_key, sizeof(e->seal_key));
	switch (e->kind) {
	case KEYLOG_NEW:
		return !old;
	case KEYLOG_ROTATE:
	case KEYLOG_RESET:
		return old && !same_sign && !same_seal;
	case KEYLOG_RETIRE:
		return same_sign && same_seal;
	}
	return false;
}

enum result keylog_may_append(struct slice bytes, const struct keylog_head *head,
			      const struct keylog_entry *current, uint32_t today,
			      struct keylog_entry *entry_r)
{
	struct keylog_entry e;
	enum result res = keylog_read(bytes, &e);
	if (res != RES_OK)
		return res;
	if (current && !id_eq(&current->supporter, &e.supporter))
		bug("another supporter's key log entry");
	if (!at_head(&e, head))
		return RES_AGAIN;
	const struct keylog_entry *old = current && current->kind != KEYLOG_RETIRE ? current : NULL;
	const unsigned char *p = (const unsigned char *)bytes.p;
	int64_t off = (int64_t)e.day - today;
	if (!kind_allowed(&e, old) || off < -1 || off > 0 || e.day < head->day)
		return RES_REFUSED;
	if (e.kind == KEYLOG_ROTATE && !signed_by(p, p + AT_OLD, old->sign_key))
		return RES_BAD;
	*entry_r = e;
	return RES_OK;
}

enum result keylog_follow(struct slice bytes, struct keylog_head *head, struct keylog_entry *entry_r)
{
	struct keylog_entry e;
	if (keylog_read(bytes, &e) != RES_OK || !at_head(&e, head) || e.day < head->day)
		return RES_BAD;
	head->day = e.day;
	head->next = e.n + 1;
	memcpy(head->hash, e.hash, sizeof(head->hash));
	*entry_r = e;
	return RES_OK;
}

/* Groups of four digits: of each four bytes the remainder by 10,000. */
static void digits(const unsigned char hash[CRYPT_HASH], int groups, char *out)
{
	for (int i = 0; i < groups; i++) {
		unsigned group = (unsigned)(get(hash + (size_t)4 * (size_t)i, 4) % 10000);
		snprintf(out + (size_t)5 * (size_t)i, 5, "%04u", group);
		if (i + 1 < groups)
			out[5 * i + 4] = ' ';
	}
}

const unsigned char *keylog_sign_key(const unsigned char entry[KEYLOG_ENTRY])
{
	return entry + AT_SIGN;
}

void keylog_safety_code(const unsigned char sign_key[32], char text_r[KEYLOG_SAFETY])
{
	static const char label[] = "makker/1 safety";
	unsigned char bytes[sizeof(label) - 1 + 32], hash[CRYPT_HASH];
	memcpy(bytes, label, sizeof(label) - 1);
	memcpy(bytes + sizeof(label) - 1, sign_key, 32);
	crypt_hash(slice_bytes(bytes, sizeof(bytes)), hash);
	digits(hash, 6, text_r);
}

void keylog_head_code(const unsigned char head[CRYPT_HASH], char text_r[KEYLOG_HEAD_CODE])
{
	digits(head, 5, text_r);
}
