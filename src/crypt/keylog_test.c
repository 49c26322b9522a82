#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypt/hpke.h"
#include "crypt/keylog.h"

/* A supporter's keys, made from one number. */
struct keys {
	unsigned char secret[64], sign[32], seal[32];
};

static struct keys keys_of(unsigned char number)
{
	struct keys k;
	struct hpke_pair pair;
	crypto_sign_seed_keypair(k.sign, k.secret, (unsigned char[32]){number});
	hpke_derive_pair((unsigned char[32]){number}, &pair);
	memcpy(k.seal, pair.public, 32);
	return k;
}

#define TODAY 20775

/* An entry as a browser writes it; `old` signs too when it is given. */
static void write_entry(unsigned char e[KEYLOG_ENTRY], int kind, const struct keylog_head *head,
			unsigned char who, const struct keys *k, const struct keys *old)
{
	memset(e, 0, KEYLOG_ENTRY);
	e[0] = 1;
	e[1] = (unsigned char)kind;
	e[11] = (unsigned char)head->next;
	memcpy(e + 12, head->hash, 32);
	memset(e + 44, who, 16);
	memcpy(e + 60, k->sign, 32);
	memcpy(e + 92, k->seal, 32);
	e[126] = TODAY >> 8;
	e[127] = TODAY & 255;
	crypto_sign_detached(e + 128, NULL, e, 128, k->secret);
	if (old)
		crypto_sign_detached(e + 192, NULL, e, 128, old->secret);
}

static struct slice slice_entry(const unsigned char *e)
{
	return slice_bytes(e, KEYLOG_ENTRY);
}

static enum result may(const unsigned char *e, const struct keylog_head *head,
		       const struct keylog_entry *current)
{
	struct keylog_entry got;
	return keylog_may_append(slice_entry(e), head, current, TODAY, &got);
}

/* The life of one supporter's keys, five entries; fills what each test needs. */
static unsigned char log_bytes[5][KEYLOG_ENTRY];
static struct keylog_entry log_entries[5];
static struct keylog_head heads[6];

static void fill_log(void)
{
	struct keys k[4] = {keys_of(1), keys_of(2), keys_of(3), keys_of(4)};
	static const int kinds[5] = {KEYLOG_NEW, KEYLOG_ROTATE, KEYLOG_RESET, KEYLOG_RETIRE, KEYLOG_NEW};
	static const int which[5] = {0, 1, 2, 2, 3};
	memset(heads, 0, sizeof(heads));
	for (int i = 0; i < 5; i++) {
		write_entry(log_bytes[i], kinds[i], &heads[i], 7, &k[which[i]],
			    kinds[i] == KEYLOG_ROTATE ? &k[0] : NULL);
		assert_int_equal(keylog_may_append(slice_entry(log_bytes[i]), &heads[i],
						   i ? &log_entries[i - 1] : NULL, TODAY, &log_entries[i]),
				 RES_OK);
		heads[i + 1].next = log_entries[i].n + 1;
		heads[i + 1].day = log_entries[i].day;
		memcpy(heads[i + 1].hash, log_entries[i].hash, 32);
	}
}

static void a_whole_life_of_keys_may_be_appended_and_followed(void **state)
{
	(void)state;
	fill_log();
	struct keylog_head head = {0};
	struct keylog_entry e;
	for (int i = 0; i < 5; i++)
		assert_int_equal(keylog_follow(slice_entry(log_bytes[i]), &head, &e), RES_OK);
	assert_int_equal(head.next, 5);
	assert_memory_equal(head.hash, heads[5].hash, 32);
	assert_int_equal(e.kind, KEYLOG_NEW);
	assert_int_equal(e.day, TODAY);
}

static void every_changed_bit_of_an_entry_breaks_it(void **state)
{
	(void)state;
	fill_log();
	for (int i = 0; i < 2; i++)
		for (int bit = 0; bit < 8 * KEYLOG_ENTRY; bit++) {
			log_bytes[i][bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_int_equal(may(log_bytes[i], &heads[i], i ? &log_entries[0] : NULL), RES_BAD);
			log_bytes[i][bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
	struct keylog_entry e;
	for (size_t n = 0; n < KEYLOG_ENTRY; n++)
		assert_int_equal(keylog_read(slice_bytes(log_bytes[0], n), &e), RES_BAD);
}

static void a_missing_doubled_or_swapped_entry_breaks_the_chain(void **state)
{
	(void)state;
	fill_log();
	struct keylog_entry e;
	for (int i = 0; i < 5; i++)
		for (int j = 0; j < 5; j++) {
			struct keylog_head head = heads[i];
			assert_int_equal(keylog_follow(slice_entry(log_bytes[j]), &head, &e),
					 i == j ? RES_OK : RES_BAD);
			if (i != j)
				assert_memory_equal(&head, &heads[i], sizeof(head));
		}
}

static void an_entry_for_another_head_is_told_to_try_again(void **state)
{
	(void)state;
	fill_log();
	struct keylog_head other = heads[1];
	other.hash[0] ^= 1;
	assert_int_equal(may(log_bytes[1], &other, &log_entries[0]), RES_AGAIN);
	other = heads[1];
	other.next++;
	assert_int_equal(may(log_bytes[1], &other, &log_entries[0]), RES_AGAIN);
}

static void a_kind_is_refused_when_it_is_not_its_time(void **state)
{
	(void)state;
	fill_log();
	unsigned char e[KEYLOG_ENTRY];
	struct keys one = keys_of(1), two = keys_of(2);
	static const struct keylog_head none;
	for (int kind = KEYLOG_ROTATE; kind <= KEYLOG_RETIRE; kind++) { /* nothing before the first */
		write_entry(e, kind, &none, 7, &two, kind == KEYLOG_ROTATE ? &one : NULL);
		assert_int_equal(may(e, &none, NULL), RES_REFUSED);
	}
	write_entry(e, KEYLOG_NEW, &heads[1], 7, &two, NULL); /* not twice */
	assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_REFUSED);
	for (int kind = KEYLOG_ROTATE; kind <= KEYLOG_RESET; kind++) { /* not to the same keys */
		write_entry(e, kind, &heads[1], 7, &one, kind == KEYLOG_ROTATE ? &one : NULL);
		assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_REFUSED);
		struct keys half = two;
		memcpy(half.seal, one.seal, 32);
		write_entry(e, kind, &heads[1], 7, &half, kind == KEYLOG_ROTATE ? &one : NULL);
		assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_REFUSED);
	}
	write_entry(e, KEYLOG_RETIRE, &heads[1], 7, &two, NULL); /* only her own key retires */
	assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_REFUSED);
	for (int kind = KEYLOG_ROTATE; kind <= KEYLOG_RETIRE; kind++) { /* nothing but new after retiring */
		struct keys k = kind == KEYLOG_RETIRE ? keys_of(3) : keys_of(9), old = keys_of(3);
		write_entry(e, kind, &heads[4], 7, &k, kind == KEYLOG_ROTATE ? &old : NULL);
		assert_int_equal(may(e, &heads[4], &log_entries[3]), RES_REFUSED);
	}
}

static void rotating_needs_the_old_keys_signature_and_nothing_else_may_carry_one(void **state)
{
	(void)state;
	fill_log();
	unsigned char e[KEYLOG_ENTRY];
	struct keys one = keys_of(1), two = keys_of(2), stranger = keys_of(8);
	write_entry(e, KEYLOG_ROTATE, &heads[1], 7, &two, NULL);
	assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_BAD);
	write_entry(e, KEYLOG_ROTATE, &heads[1], 7, &two, &stranger);
	assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_BAD);
	write_entry(e, KEYLOG_ROTATE, &heads[1], 7, &two, &two);
	assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_BAD);
	write_entry(e, KEYLOG_ROTATE, &heads[1], 7, &two, &one);
	assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_OK);
	write_entry(e, KEYLOG_RESET, &heads[1], 7, &two, &one);
	assert_int_equal(may(e, &heads[1], &log_entries[0]), RES_BAD);
}

static void an_entry_is_of_today_or_yesterday(void **state)
{
	(void)state;
	fill_log();
	struct keylog_entry e;
	struct slice s = slice_entry(log_bytes[0]);
	assert_int_equal(keylog_may_append(s, &heads[0], NULL, TODAY + 1, &e), RES_OK);
	assert_int_equal(keylog_may_append(s, &heads[0], NULL, TODAY + 2, &e), RES_REFUSED);
	assert_int_equal(keylog_may_append(s, &heads[0], NULL, TODAY - 1, &e), RES_REFUSED);
	struct keylog_head later = { .day = TODAY + 1 };
	assert_int_equal(keylog_may_append(s, &later, NULL, TODAY + 1, &e), RES_REFUSED);
	assert_int_equal(keylog_follow(s, &later, &e), RES_BAD);
	later.day = TODAY;
	assert_int_equal(keylog_may_append(s, &later, NULL, TODAY + 1, &e), RES_OK);
	assert_int_equal(keylog_follow(s, &later, &e), RES_OK);
}

static void a_sealing_key_that_is_no_key_is_refused_though_it_is_signed(void **state)
{
	(void)state;
	unsigned char e[KEYLOG_ENTRY];
	static const struct keylog_head none;
	struct keys k = keys_of(1);
	static const unsigned char bad[][2] = {{0, 0}, {1, 0}, {2, 0}, {9, 0x80}};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		memset(k.seal, 0, 32);
		k.seal[0] = bad[i][0];
		k.seal[31] = bad[i][1];
		write_entry(e, KEYLOG_NEW, &none, 7, &k, NULL);
		assert_int_equal(may(e, &none, NULL), RES_BAD);
	}
	k = keys_of(1);
	write_entry(e, KEYLOG_NEW, &none, 0, &k, NULL); /* nobody's */
	assert_int_equal(may(e, &none, NULL), RES_BAD);
	write_entry(e, 5, &none, 7, &k, NULL);
	assert_int_equal(may(e, &none, NULL), RES_BAD);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_life_of_keys_may_be_appended_and_followed),
		cmocka_unit_test(every_changed_bit_of_an_entry_breaks_it),
		cmocka_unit_test(a_missing_doubled_or_swapped_entry_breaks_the_chain),
		cmocka_unit_test(an_entry_for_another_head_is_told_to_try_again),
		cmocka_unit_test(a_kind_is_refused_when_it_is_not_its_time),
		cmocka_unit_test(rotating_needs_the_old_keys_signature_and_nothing_else_may_carry_one),
		cmocka_unit_test(an_entry_is_of_today_or_yesterday),
		cmocka_unit_test(a_sealing_key_that_is_no_key_is_refused_though_it_is_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
