#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/door.h"

static struct id numbered(int n)
{
	struct id id = { { 0 } };
	id.b[15] = (unsigned char)n;
	return id;
}

static void people_come_through_whole(void **state)
{
	(void)state;
	struct door_person p[2] = {
		{ numbered(1), "77", "Åse O'Brien \"null\"", "A / B", "sykepleier", "", "nb", "", "+47 00 00 01 24",
		  true, false, false },
		{ numbered(2), "", "", "", "", "", "", "", "", false, true, true },
	};
	struct door_people m = { 9007199254740993, true, p, 2, numbered(9) }, back;
	struct buf out = BUF_LIMIT(DOOR_BYTES_MOST);
	struct arena *a = arena_new();
	door_write_people(&out, &m);
	assert_int_equal(door_read_people(a, buf_get(&out), &back), RES_OK);
	assert_true(back.to == m.to && back.more && back.n == 2 && id_eq(&back.life, &m.life));
	assert_string_equal(back.list[0].name, p[0].name);
	assert_true(back.list[0].staff && !back.list[0].ended && back.list[1].protected && back.list[1].ended);
	assert_true(id_eq(&back.list[1].id, &p[1].id));
	arena_free(&a);
	buf_free(&out);
}

static void an_incident_comes_through_whole(void **state)
{
	(void)state;
	struct id excluded[] = { numbered(3), numbered(4) };
	struct door_exposure e[] = {
		{ .id = numbered(5), .named = { 20776 }, .person = numbered(3) },
		{ .id = numbered(6), .outside = true, .name = "Vikar", .phone = "00 00 00 01", .lang = "sv" },
	};
	struct door_incident in = { numbered(7), "En besøkende truet.", 2, { 20775 }, "A / B", excluded, 2, e, 2 };
	struct door_incidents m = { 4, false, &in, 1, numbered(9) }, back;
	struct buf out = BUF_LIMIT(DOOR_BYTES_MOST);
	struct arena *a = arena_new();
	door_write_incidents(&out, &m);
	assert_int_equal(door_read_incidents(a, buf_get(&out), &back), RES_OK);
	assert_true(id_eq(&back.life, &m.life));
	assert_int_equal(back.list[0].exposures_n, 2);
	assert_true(back.list[0].exposures[1].outside);
	assert_string_equal(back.list[0].exposures[1].phone, "00 00 00 01");
	assert_true(id_eq(&back.list[0].exposures[0].person, &e[0].person));
	assert_int_equal(back.list[0].day.n, 20775);
	assert_int_equal(back.list[0].exposures[0].named.n, 20776);
	/* A session for all of them is a member of its own, and only where it is asked for: whoever has never heard of it reads the rest. */
	assert_int_equal(back.list[0].group.s, 0);
	assert_null(strstr(out.p, "group"));
	in.group.s = 1795172000;
	buf_free(&out);
	out = (struct buf)BUF_LIMIT(DOOR_BYTES_MOST);
	door_write_incidents(&out, &m);
	assert_int_equal(door_read_incidents(a, buf_get(&out), &back), RES_OK);
	assert_int_equal(back.list[0].group.s, 1795172000);
	/* So is that nobody of the employer's follows up on her. */
	assert_null(strstr(out.p, "alone"));
	assert_false(back.list[0].exposures[0].alone);
	e[0].alone = true;
	buf_free(&out);
	out = (struct buf)BUF_LIMIT(DOOR_BYTES_MOST);
	door_write_incidents(&out, &m);
	assert_int_equal(door_read_incidents(a, buf_get(&out), &back), RES_OK);
	assert_true(back.list[0].exposures[0].alone);
	e[1].alone = true;
	assert_false(door_incident_fits(&in));
	e[1].alone = false;
	in.group.s = -1;
	assert_false(door_incident_fits(&in));
	in.group.s = 0;
	e[0].named.n = -1;
	assert_false(door_incident_fits(&in));
	arena_free(&a);
	buf_free(&out);
}

/* The proof that nothing else can be said: every message with one thing more, less or other is refused. */
static void whatever_is_not_a_message_is_refused(void **state)
{
	(void)state;
	static const char good[] = "{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"sent\",\"day\":20775}]}";
	static const char *const bad[] = {
		"", "null", "[]", "{}", "{\"facts\":{}}", "{\"facts\":[null]}",
		"{\"facts\":[],\"note\":\"said no\"}",
		"{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"answered\",\"day\":20775}]}",
		"{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"sent\",\"day\":20775.5}]}",
		"{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"sent\",\"day\":\"20775\"}]}",
		"{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"sent\",\"day\":-1}]}",
		"{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"sent\",\"day\":1,\"supporter\":\"x\"}]}",
		"{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"sent\",\"day\":1}]}",
		"{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"sent\"}]}",
		"{\"facts\":[{\"exposure\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"group_held\",\"day\":1}]}",
		"{\"facts\":[{\"incident\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"sent\",\"day\":1}]}",
		"{\"facts\":[{\"incident\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"group_held\",\"day\":1,\"came\":6}]}",
		"{\"facts\":[{\"incident\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"group_planned\",\"day\":1}]}",
		"{\"facts\":[]}x", "{\"facts\":[],\"facts\":[]}",
	};
	struct arena *a = arena_new();
	struct door_facts m;
	assert_int_equal(door_read_facts(a, slice_of(good), &m), RES_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(door_read_facts(a, slice_of(bad[i]), &m), RES_BAD);
	assert_int_equal(door_read_facts(a, SLICE("{\"facts\":[{\"incident\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"fact\":\"group_held\",\"day\":1}]}"), &m),
			 RES_OK);
	assert_int_equal(m.list[0].kind, DOOR_GROUP_HELD);
	struct door_people people;
	struct door_incidents incidents;
	assert_int_equal(door_read_people(a, slice_of(good), &people), RES_BAD);
	assert_int_equal(door_read_incidents(a, slice_of(good), &incidents), RES_BAD);
#define ONE(severity, life) ONE_MORE("", severity, life)
#define ONE_MORE(more, severity, life) "{" life "\"to\":1,\"more\":false,\"incidents\":[{\"id\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"title\":\"t\"," \
	"\"severity\":" severity more ",\"day\":1,\"unit\":\"u\",\"excluded\":[],\"exposures\":[]}]}"
#define LIFE "\"life\":\"AAAAAAAAAAAAAAAAAAAAAA\","
	assert_int_equal(door_read_incidents(a, SLICE(ONE("3", LIFE)), &incidents), RES_OK);
	assert_int_equal(door_read_incidents(a, SLICE(ONE("4", LIFE)), &incidents), RES_BAD);
	assert_int_equal(door_read_incidents(a, SLICE(ONE("3", "")), &incidents), RES_BAD);
#define ONE_OF(person, more)                                                                                                 \
	"{\"life\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"to\":1,\"more\":false,\"incidents\":[{\"id\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"title\":\"t\"," \
	"\"severity\":1,\"day\":1,\"unit\":\"u\",\"excluded\":[],\"exposures\":[{\"id\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"named\":1," person \
	",\"alone\":" more "}]}]}"
#define OF_US "\"person\":\"AAAAAAAAAAAAAAAAAAAAAA\""
	assert_int_equal(door_read_incidents(a, SLICE(ONE_OF(OF_US, "true")), &incidents), RES_OK);
	assert_int_equal(door_read_incidents(a, SLICE(ONE_OF(OF_US, "false")), &incidents), RES_BAD);
	assert_int_equal(door_read_incidents(a, SLICE(ONE_OF(OF_US, "1")), &incidents), RES_BAD);
	assert_int_equal(door_read_incidents(a, SLICE(ONE_OF("\"name\":\"V\",\"phone\":\"1\",\"lang\":\"sv\"", "true")), &incidents), RES_BAD);
	assert_int_equal(door_read_incidents(a, SLICE(ONE_MORE(",\"group\":9", "3", LIFE)), &incidents), RES_OK);
	assert_int_equal(door_read_incidents(a, SLICE(ONE_MORE(",\"group\":0", "3", LIFE)), &incidents), RES_BAD);
	assert_int_equal(door_read_incidents(a, SLICE(ONE_MORE(",\"group\":null", "3", LIFE)), &incidents), RES_BAD);
	assert_int_equal(door_read_incidents(a, SLICE(ONE_MORE(",\"group\":true", "3", LIFE)), &incidents), RES_BAD);
	assert_int_equal(door_read_incidents(a, SLICE(ONE_MORE(",\"party\":9", "3", LIFE)), &incidents), RES_BAD);
	arena_free(&a);
}

/* ---- without memory ---- */

static int until_none; /* the library's allocation that fails; 0: none does */

static void *fewer(size_t n)
{
	return until_none && --until_none == 0 ? NULL : malloc(n);
}

static void write_all(struct buf *out)
{
	struct id excluded[] = { numbered(3) };
	struct door_exposure e[] = { { .id = numbered(5), .named = { 20776 }, .person = numbered(3) },
				     { .id = numbered(6), .named = { 20776 }, .outside = true, .name = "Vikar", .phone = "1", .lang = "sv" } };
	struct door_incident in = { numbered(7), "En besøkende truet.", 2, { 20775 }, "A / B", excluded, 1, e, 2 };
	struct door_person p[2] = { { .id = numbered(1), .number = "77", .name = "A" }, { .id = numbered(2), .ended = true } };
	struct door_fact f[] = { { numbered(1), DOOR_SENT, { 20775 } }, { numbered(2), DOOR_SENT, { 20775 } },
				 { numbered(2), DOOR_UNSENDABLE, { 20775 } } };
	door_write_people(out, &(struct door_people){ 1, false, p, 2, numbered(9) });
	door_write_incidents(out, &(struct door_incidents){ 1, false, &in, 1, numbered(9) });
	door_write_facts(out, &(struct door_facts){ f, ARRAY_LEN(f) });
}

/* In a process of its own, since the program ends where it has no memory. → its exit status, or minus its signal. */
static int write_with(int failing, const struct buf *whole)
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct buf out = BUF_LIMIT(DOOR_BYTES_MOST);
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		signal(SIGABRT, SIG_DFL);
		dup2(open("/dev/null", O_WRONLY), 2);
		until_none = failing;
		write_all(&out);
		_exit(out.n != whole->n || memcmp(out.p, whole->p, out.n) != 0 ? 1 : until_none ? 2 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void a_message_is_written_whole_or_not_at_all_whichever_allocation_fails(void **state)
{
	struct buf whole = BUF_LIMIT(DOOR_BYTES_MOST);
	int came = 0, n = 0;
	(void)state;
	json_set_alloc_funcs(fewer, free);
	write_all(&whole);
	while (came != 2) { /* until none was left to fail */
		came = write_with(++n, &whole);
		if (came == 1)
			fail_msg("without allocation %d a message lacks something", n);
		assert_true(came == 0 || came == 2 || came == -SIGABRT);
	}
	assert_true(n > 50);
	json_set_alloc_funcs(malloc, free);
	buf_free(&whole);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_come_through_whole),
		cmocka_unit_test(an_incident_comes_through_whole),
		cmocka_unit_test(whatever_is_not_a_message_is_refused),
		cmocka_unit_test(a_message_is_written_whole_or_not_at_all_whichever_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
