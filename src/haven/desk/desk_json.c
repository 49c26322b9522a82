/* What the desk's script sends, read strictly: members that the contract does not name, double ones, other types and
   other lengths are refused. */
#include "haven/desk/desk_inside.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/wrap.h"

static json_t *load(struct slice body, size_t members)
{
	json_error_t why;
	json_t *j = json_loadb(body.n ? body.p : "", body.n, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(j) && json_object_size(j) == members)
		return j;
	json_decref(j);
	return NULL;
}

/* A member that must be text; p == NULL when it is not. */
static struct slice text_of(const json_t *j, const char *name)
{
	const json_t *t = json_object_get(j, name);
	return json_is_string(t) ? slice_bytes(json_string_value(t), json_string_length(t)) : (struct slice){ 0 };
}

/* The bytes of base64url, exactly n. */
static enum result bytes_of(struct slice text, struct arena *a, size_t n, struct slice *bytes_r)
{
	if (!text.p || text.n != base64url_size(n))
		return RES_BAD;
	unsigned char *bytes = arena_array(a, unsigned char, n);
	if (base64url_read(text, bytes, n) != RES_OK)
		return RES_BAD;
	*bytes_r = slice_bytes(bytes, n);
	return RES_OK;
}

static enum result wraps_of(const json_t *list, struct arena *a, struct desk_keys *k)
{
	size_t n = json_array_size(list);
	enum result res = json_is_array(list) && n >= 1 && n <= ARRAY_LEN(k->wraps) ? RES_OK : RES_BAD;
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		const json_t *t = json_array_get(list, i);
		struct slice text = json_is_string(t) ? slice_bytes(json_string_value(t), json_string_length(t))
						      : (struct slice){ 0 };
		res = bytes_of(text, a, WRAP_ROW, &k->wraps[i]);
	}
	k->wraps_n = n;
	return res;
}


static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum result hash_of(struct slice text, unsigned char out[CRYPT_HASH])
{
	if (text.n != 2 * CRYPT_HASH)
		return RES_BAD;
	for (size_t i = 0; i < CRYPT_HASH; i++) {
		int high = digit(text.p[2 * i]), low = digit(text.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return RES_BAD;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return RES_OK;
}

/* A vault may have grown since the first one: doubled, and doubled again. */
static enum result vault_of(const json_t *j, struct arena *a, struct slice *vault_r)
{
	struct slice text = text_of(j, "vault");
	for (size_t n = VAULT_MIN; n <= VAULT_MAX; n *= 2)
		if (text.p && text.n == base64url_size(n))
			return bytes_of(text, a, n, vault_r);
	return RES_BAD;
}

static enum result keys_of(struct slice body, struct arena *a, bool rotation, struct desk_keys *keys_r)
{
	struct desk_keys k = { 0 };
	json_t *j = load(body, rotation ? 4 : 3);
	if (!j)
		return RES_BAD;
	enum result res = bytes_of(text_of(j, "entry"), a, SUPPORTERS_KEY_ENTRY, &k.entry);
	if (res == RES_OK)
		res = rotation ? vault_of(j, a, &k.vault) : bytes_of(text_of(j, "vault"), a, VAULT_MIN, &k.vault);
	if (res == RES_OK)
		res = wraps_of(json_object_get(j, "wraps"), a, &k);
	if (res == RES_OK && rotation) {
		unsigned char *hash = arena_array(a, unsigned char, CRYPT_HASH);
		res = hash_of(text_of(j, "replaces"), hash);
		k.replaces = slice_bytes(hash, CRYPT_HASH);
	}
	json_decref(j);
	if (res == RES_OK)
		*keys_r = k;
	return res;
}

enum result desk_read_keys(struct slice body, struct arena *a, struct desk_keys *keys_r)
{
	return keys_of(body, a, false, keys_r);
}

enum result desk_read_rotation(struct slice body, struct arena *a, struct desk_keys *keys_r)
{
	return keys_of(body, a, true, keys_r);
}

/* One member of so many bytes, and nothing else. */
static enum result only(struct slice body, struct arena *a, const char *name, size_t n, struct slice *bytes_r)
{
	json_t *j = load(body, 1);
	if (!j)
		return RES_BAD;
	enum result res = bytes_of(text_of(j, name), a, n, bytes_r);
	json_decref(j);
	return res;
}

enum result desk_read_entry(struct slice body, struct arena *a, struct slice *entry_r)
{
	return only(body, a, "entry", SUPPORTERS_KEY_ENTRY, entry_r);
}

enum result desk_read_pairing(struct slice body, struct arena *a, struct slice *wrap_r)
{
	return only(body, a, "add", WRAP_ROW, wrap_r);
}

enum result desk_read_wrap(struct slice body, struct arena *a, struct slice *add_r, struct slice *replaces_r)
{
	struct slice add, replaces = { 0 };
	json_t *j = load(body, 2);
	if (!j)
		return RES_BAD;
	enum result res = bytes_of(text_of(j, "add"), a, WRAP_ROW, &add);
	const json_t *old = json_object_get(j, "replaces");
	if (res == RES_OK && !json_is_null(old)) {
		unsigned char *hash = arena_array(a, unsigned char, CRYPT_HASH);
		res = hash_of(text_of(j, "replaces"), hash);
		replaces = slice_bytes(hash, CRYPT_HASH);
	}
	json_decref(j);
	if (res != RES_OK)
		return res;
	*add_r = add;
	*replaces_r = replaces;
	return RES_OK;
}

enum result desk_read_remove(struct slice body, struct arena *a, struct slice *hash_r)
{
	unsigned char *hash = arena_array(a, unsigned char, CRYPT_HASH);
	json_t *j = load(body, 1);
	enum result res = hash_of(text_of(j, "remove"), hash);
	json_decref(j);
	if (res == RES_OK)
		*hash_r = slice_bytes(hash, CRYPT_HASH);
	return res;
}

enum result desk_read_seen(struct slice body, struct arena *a, struct id **tasks_r, size_t *n_r)
{
	json_t *j = load(body, 1);
	const json_t *list = json_object_get(j, "tasks");
	size_t n = json_array_size(list);
	enum result res = json_is_array(list) && n <= DESK_TASKS_MOST ? RES_OK : RES_BAD;
	struct id *tasks = arena_array(a, struct id, res == RES_OK ? n : 0);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		const json_t *t = json_array_get(list, i);
		res = json_is_string(t) ? id_parse(slice_bytes(json_string_value(t), json_string_length(t)), &tasks[i])
					: RES_BAD;
	}
	json_decref(j);
	if (res != RES_OK)
		return res;
	*tasks_r = tasks;
	*n_r = n;
	return RES_OK;
}

static enum result outcome_of(const json_t *j, struct offers_outcome *o)
{
	if (!json_is_object(j) || json_object_size(j) != 2 || id_parse(text_of(j, "task"), &o->task) != RES_OK)
		return RES_BAD;
	struct slice word = text_of(j, "outcome");
	o->reached = slice_is(word, "reached");
	return o->reached || slice_is(word, "not-reached") || slice_is(word, "open") ? RES_OK : RES_BAD;
}

enum result desk_read_outcomes(struct slice body, struct arena *a, struct offers_outcome **list_r, size_t *n_r)
{
	json_t *j = load(body, 1);
	const json_t *list = json_object_get(j, "outcomes");
	size_t n = json_array_size(list);
	enum result res = json_is_array(list) && n <= DESK_TASKS_MOST ? RES_OK : RES_BAD;
	struct offers_outcome *outcomes = arena_array(a, struct offers_outcome, res == RES_OK ? n : 0);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		res = outcome_of(json_array_get(list, i), &outcomes[i]);
		for (size_t k = 0; res == RES_OK && k < i; k++)
			if (id_eq(&outcomes[k].task, &outcomes[i].task))
				res = RES_BAD;
	}
	json_decref(j);
	if (res != RES_OK)
		return res;
	*list_r = outcomes;
	*n_r = n;
	return RES_OK;
}

enum result desk_read_nothing(struct slice body)
{
	json_t *j = load(body, 0);
	json_decref(j);
	return j ? RES_OK : RES_BAD;
}

enum result desk_read_etag(struct slice header, unsigned char hash_r[CRYPT_HASH])
{
	if (header.n != 2 * CRYPT_HASH + 2 || header.p[0] != '"' || header.p[header.n - 1] != '"')
		return RES_BAD;
	return hash_of(slice_bytes(header.p + 1, 2 * CRYPT_HASH), hash_r);
}

enum result desk_read_hour(struct slice text, int64_t *hour_r)
{
	int64_t hour;
	if (text.n > 9 || slice_int(text, &hour) != RES_OK || hour < 0)
		return RES_BAD;
	*hour_r = hour;
	return RES_OK;
}
