/* Gateways as their files describe them; the shipped files first of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "post/gateway.h"
#include "post/post.h"

#define HEAD "name = N\nsource = s\ntried = no\nurl = https://g.example/send\n"
#define FORM HEAD "body = to={to}&text={text}\n"

static const struct gateway_account account = { "us er", "se&cret\"", "Fjordvik" };
static const struct gateway_sms sms = { "+4790000001", SLICE("Hei på deg, \"Å\"\n{to} & 50 %"), "00ff", "https://h.example/sms/S/T" };

static struct gateway *parsed(const char *text)
{
	struct gateway *g = NULL;
	struct buf mistakes = BUF_LIMIT(10000);
	if (gateway_parse(slice_of(text), "g.conf", &g, &mistakes) != RES_OK)
		fail_msg("%s", mistakes.p);
	buf_free(&mistakes);
	return g;
}

static void refused(const char *text, const char *why)
{
	struct gateway *g = NULL;
	struct buf mistakes = BUF_LIMIT(10000);
	assert_int_equal(gateway_parse(slice_of(text), "g.conf", &g, &mistakes), RES_BAD);
	if (!strstr(mistakes.p, why))
		fail_msg("not \"%s\" but: %s", why, mistakes.p);
	assert_null(g);
	buf_free(&mistakes);
}

static void fills(const char *text, const char *url, const char *body, const char *header)
{
	struct gateway *g = parsed(text);
	struct gateway_request r;
	bool found = !header;
	assert_int_equal(gateway_fill(g, &account, &sms, &r), RES_OK);
	assert_string_equal(r.url.p, url);
	if (body)
		assert_string_equal(r.body.p, body);
	for (size_t i = 0; i < GATEWAY_HEADERS; i++)
		found = found || (r.header[i].n && strcmp(r.header[i].p, header) == 0);
	assert_true(found);
	gateway_request_free(&r);
	gateway_free(&g);
}

static void a_value_is_escaped_by_where_it_stands(void **state)
{
	(void)state;
	fills(FORM, "https://g.example/send",
	      "to=%2B4790000001&text=Hei%20p%C3%A5%20deg%2C%20%22%C3%85%22%0A%7Bto%7D%20%26%2050%20%25",
	      "Content-Type: application/x-www-form-urlencoded");
	fills(HEAD "content = json\nauth = bearer\nnumber = digits\nbody = {\"a\": [{\"to\": \"{to}\"}], \"t\": \"{text}\", \"f\": \"{from}\"}\n",
	      "https://g.example/send",
	      "{\"a\": [{\"to\": \"4790000001\"}], \"t\": \"Hei på deg, \\\"Å\\\"\\u000a{to} & 50 %\", \"f\": \"Fjordvik\"}",
	      "Authorization: Bearer se&cret\"");
	fills("name = N\nsource = s\ntried = no\nurl = https://g.example/{user}/x?t={to}&m={text}&r={report_url}\nmethod = get\n"
	      "content = none\nnumber = zeros\nheader_1 = Idempotency-Key: {id}\n",
	      "https://g.example/us%20er/x?t=004790000001&m=Hei%20p%C3%A5%20deg%2C%20%22%C3%85%22%0A%7Bto%7D%20%26%2050%20%25"
	      "&r=https%3A%2F%2Fh.example%2Fsms%2FS%2FT",
	      NULL, "Idempotency-Key: 00ff");
}

static void what_cannot_work_is_told_when_the_file_is_read(void **state)
{
	(void)state;
	refused(FORM "color = red\n", "color");
	refused("name = N\nsource = s\ntried = no\nurl = http://g.example/send\nbody = {to}{text}\n", "https://");
	refused("name = N\nsource = s\ntried = no\nurl = https://{user}.example/send\nbody = {to}{text}\n", "host");
	refused(HEAD "body = to={to}\n", "{text}");
	refused(HEAD "body = text={text}\n", "{to}");
	refused(FORM "header_1 = X: {text}\n", "header");
	refused(FORM "header_1 = no colon\n", "Name: value");
	refused(HEAD "body = to={to}&text={text}&n={name}\n", "holes are");
	refused(HEAD "content = json\nbody = {\"to\": {to}, \"t\": \"{text}\"}\n", "JSON");
	refused(FORM "accepted = yes\n", "statuses");
	refused(FORM "accepted_at = /a\n", "other half");
	refused(FORM "accepted_at = a\naccepted_values = 1\n", "pointer");
	refused(FORM "reports = form\nreport_status = s\ndelivered = d\n", "{report_url}");
	refused(FORM "reports = form\nreport_id = i\nid_at = /id\n", "delivered");
	refused(FORM "reports = form\nreport_id = i d\nid_at = /id\nreport_status = s\ndelivered = d\n", "field");
	struct gateway *g = parsed("name = N\nsource = s\ntried = no\nurl = http://127.0.0.1:22001/x\nbody = {to}{text}\n");
	gateway_free(&g);
}

static void judges(struct gateway *g, int status, const char *body, enum gateway_verdict verdict, const char *id)
{
	char got[GATEWAY_ID_MOST + 1];
	assert_int_equal(gateway_judge(g, status, slice_of(body), got), verdict);
	assert_string_equal(got, id);
}

static void a_reply_is_judged_by_status_and_by_what_it_says(void **state)
{
	(void)state;
	struct gateway *g = parsed(FORM "accepted = 200\naccepted_at = /m/0/ok\naccepted_values = true 1\nrefused = 400\n"
					"refused_at = /m/0/code\nrefused_values = 21 22\nid_at = /m/0/id\n");
	judges(g, 200, "{\"m\":[{\"ok\":true,\"id\":77}]}", GATEWAY_ACCEPTED, "77");
	judges(g, 200, "{\"m\":[{\"ok\":1,\"id\":\"a b\"}]}", GATEWAY_ACCEPTED, "a b");
	judges(g, 200, "{\"m\":[{\"ok\":false}]}", GATEWAY_UNSURE, "");
	judges(g, 200, "<html>", GATEWAY_UNSURE, "");
	judges(g, 200, "{\"m\":[{\"ok\":false,\"code\":21}]}", GATEWAY_REFUSED, "");
	judges(g, 400, "{\"m\":[{\"code\":\"22\"}]}", GATEWAY_REFUSED, "");
	judges(g, 400, "{\"m\":[{\"code\":\"222\"}]}", GATEWAY_LATER, "");
	judges(g, 400, "", GATEWAY_LATER, "");
	judges(g, 500, "{\"m\":[{\"code\":21}]}", GATEWAY_UNSURE, "");
	judges(g, 302, "{\"m\":[{\"ok\":true}]}", GATEWAY_LATER, "");
	gateway_free(&g);
	g = parsed(FORM "refused = 422\nid_at = line:ID:\n");
	judges(g, 201, "OK\r\nID: 9f\r\n", GATEWAY_ACCEPTED, "9f");
	judges(g, 201, "OK", GATEWAY_ACCEPTED, "");
	judges(g, 422, "no", GATEWAY_REFUSED, "");
	judges(g, 404, "no", GATEWAY_LATER, "");
	gateway_free(&g);
}

static void a_report_in_json_names_message_and_fate(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum result res;
		const char *id;
		enum gateway_fate fate;
	} cases[] = {
		{ "{\"a\":{\"id\":\"7\"},\"s\":\"DELIVERED\"}", RES_OK, "7", GATEWAY_DELIVERED },
		{ "{\"a\":{\"id\":7},\"s\":\"EXPIRED\"}", RES_OK, "7", GATEWAY_FAILED },
		{ "{\"s\":\"BUFFERED\"}", RES_OK, "", GATEWAY_ON_ITS_WAY },
		{ "{\"s\":[\"DELIVERED\"]}", RES_OK, "", GATEWAY_ON_ITS_WAY },
		{ "{\"s\":\"DELIVERED\",\"s\":\"EXPIRED\"}", RES_BAD, "", GATEWAY_ON_ITS_WAY },
		{ "", RES_BAD, "", GATEWAY_ON_ITS_WAY },
	};
	struct gateway *g = parsed(FORM "reports = json\nreport_id = /a/id\nid_at = /id\nreport_status = /s\n"
					"delivered = DELIVERED\nfailed = EXPIRED REJECTED\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char id[GATEWAY_ID_MOST + 1] = "";
		enum gateway_fate fate = GATEWAY_ON_ITS_WAY;
		assert_int_equal(gateway_report(g, slice_of(cases[i].text), id, &fate), cases[i].res);
		assert_string_equal(id, cases[i].id);
		assert_int_equal(fate, cases[i].fate);
	}
	gateway_free(&g);
}

/* A wrong file must not wait for the first message to be noticed. */
static void every_file_we_ship_reads_and_fills(void **state)
{
	static const char *const files[] = { "46elks", "gatewayapi", "sinch", "twilio" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char file[300];
		struct gateway *g = NULL;
		struct buf mistakes = BUF_LIMIT(10000);
		struct gateway_request r;
		snprintf(file, sizeof(file), "%s/%s.conf", getenv("SHARE_SMS"), files[i]);
		if (gateway_read(file, &g, &mistakes) != RES_OK)
			fail_msg("%s", mistakes.p);
		assert_int_equal(gateway_fill(g, &account, &sms, &r), RES_OK);
		assert_true(strncmp(r.url.p, "https://", 8) == 0 && r.body.n > 0);
		assert_int_not_equal(gateway_reports(g), GATEWAY_NO_REPORTS);
		gateway_request_free(&r);
		gateway_free(&g);
		buf_free(&mistakes);
	}
}

/* ---- numbers, lengths, hours ---- */

static void a_number_is_read_as_people_write_it(void **state)
{
	static const struct {
		const char *typed, *country, *number; /* NULL: none that an SMS reaches */
	} cases[] = {
		{ "90 00 00 01", "no", "+4790000001" },   { "+47 900 00 001", "se", "+4790000001" },
		{ "0047 90000001", "dk", "+4790000001" }, { "(+47) 900.00-001", "no", "+4790000001" },
		{ "070-123 45 67", "se", "+46701234567" }, { "+46 (0)70-123 45 67", "no", "+46701234567" },
		{ "20 12 34 56", "dk", "+4520123456" },   { "+45 20123456", "no", "+4520123456" },
		{ "+358 40 1234567", "no", "+358401234567" },
		{ "22 00 00 01", "no", NULL },            { "+47 22000001", "no", NULL },
		{ "08-123 456 78", "se", NULL },          { "900 00 00", "no", NULL },
		{ "5123", "no", NULL },                   { "", "no", NULL },
		{ "ring Kari", "no", NULL },              { "+", "no", NULL },
		{ "+0047900000", "no", NULL },            { "+12345678901234567", "no", NULL },
		{ "90000001 / 90000002", "no", NULL },    { "0701234567", "no", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[POST_PHONE_MOST + 1] = "";
		enum result res = post_phone(slice_of(cases[i].typed), cases[i].country, out);
		if (res != (cases[i].number ? RES_OK : RES_BAD) || (cases[i].number && strcmp(out, cases[i].number) != 0))
			fail_msg("%s: %d %s", cases[i].typed, res, out);
		assert_true(!cases[i].number || post_phone_ok(slice_of(out)));
	}
	assert_false(post_phone_ok(SLICE("4790000001")));
	assert_false(post_phone_ok(SLICE("+47 9000001")));
	assert_false(post_phone_ok(SLICE("+4790000001\r\n")));
}

static void long_is(const char *text, int times, bool gsm, int units, int segments)
{
	struct buf b = BUF_LIMIT(10000);
	for (int i = 0; i < times; i++)
		buf_str(&b, text);
	struct post_sms_size size = post_sms_size(buf_get(&b));
	buf_free(&b);
	assert_int_equal(size.gsm, gsm);
	assert_int_equal(size.units, units);
	assert_int_equal(size.segments, segments);
}

static void an_sms_is_counted_as_the_networks_count(void **state)
{
	(void)state;
	long_is("æøåÆØÅäöÄÖé@\n", 1, true, 13, 1); /* our four languages' letters cost one each */
	long_is("a", 160, true, 160, 1);
	long_is("a", 161, true, 161, 2);
	long_is("a", 306, true, 306, 2);
	long_is("a", 307, true, 307, 3);
	long_is("€", 80, true, 160, 1);
	long_is("[", 81, true, 162, 2);
	long_is("č", 70, false, 70, 1);
	long_is("š", 71, false, 71, 2);
	long_is("\xf0\x9f\x99\x82", 35, false, 70, 1);
	long_is("–", 135, false, 135, 3);
	long_is("\xc3", 1, false, 1, 1);
}

static void hours_are_quiet_by_the_wall(void **state)
{
	static const struct {
		const char *at;
		bool quiet;
	} cases[] = {
		{ "2026-11-18T20:59", false }, { "2026-11-18T21:00", true }, { "2026-11-19T00:00", true },
		{ "2026-11-19T06:59", true },  { "2026-11-19T07:00", false },
		/* Clocks go back at three on 25 October 2026, and forward at two on 28 March 2027. */
		{ "2026-10-25T04:59:59Z", true },  { "2026-10-25T05:59:59Z", true }, { "2026-10-25T06:00:00Z", false },
		{ "2027-03-28T04:59:59Z", true },  { "2027-03-28T05:00:00Z", false },
	};
	struct post_quiet q, none = { 0, 0 };
	(void)state;
	assert_int_equal(post_quiet_read(SLICE("21:00-07:00"), &q), RES_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct instant at;
		assert_int_equal(instant_parse(slice_of(cases[i].at), &at), RES_OK);
		if (post_is_quiet(q, at) != cases[i].quiet)
			fail_msg("%s", cases[i].at);
		assert_false(post_is_quiet(none, at));
	}
	assert_int_equal(post_quiet_read(SLICE("12:30-13:15"), &q), RES_OK);
	assert_int_equal(q.from, 750);
	assert_int_equal(q.to, 795);
	static const char *const bad[] = { "", "21:00", "21-07", "21:00-07:0", "21:00-24:00", "21:60-07:00", "21:00-07:000", "2a:00-07:00",
					   "21.00-07.00" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(post_quiet_read(slice_of(bad[i]), &q), RES_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_escaped_by_where_it_stands),
		cmocka_unit_test(what_cannot_work_is_told_when_the_file_is_read),
		cmocka_unit_test(a_reply_is_judged_by_status_and_by_what_it_says),
		cmocka_unit_test(a_report_in_json_names_message_and_fate),
		cmocka_unit_test(every_file_we_ship_reads_and_fills),
		cmocka_unit_test(a_number_is_read_as_people_write_it),
		cmocka_unit_test(an_sms_is_counted_as_the_networks_count),
		cmocka_unit_test(hours_are_quiet_by_the_wall),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
