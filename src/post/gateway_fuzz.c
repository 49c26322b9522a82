/* Replies and reports come from outside; a file from whoever copied it. The first line chooses what the rest is. */
#include "post/gateway.h"
#include "post/post.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char file[] = "name = N\nsource = s\ntried = no\nurl = https://g.example/x\nbody = {to}{text}{report_url}\n"
			   "accepted_at = /a/0/b\naccepted_values = 1 ok\nrefused_at = line:ERR \nrefused_values = 7\nid_at = /id\n"
			   "reports = json\nreport_id = /id\nreport_status = /s\ndelivered = d\nfailed = f\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct gateway *g = NULL;
	struct buf mistakes = BUF_LIMIT(100000);
	char id[GATEWAY_ID_MOST + 1], phone[POST_PHONE_MOST + 1];
	enum gateway_fate fate;
	struct post_quiet quiet;
	struct slice s = slice_bytes(data, n);
	if (gateway_parse(slice_of(file), "f", &g, &mistakes) != RES_OK)
		__builtin_trap();
	(void)gateway_judge(g, 200, s, id);
	if (gateway_report(g, s, id, &fate) == RES_OK && fate == GATEWAY_DELIVERED && slice_of(id).n > GATEWAY_ID_MOST)
		__builtin_trap();
	gateway_free(&g);
	if (gateway_parse(s, "f", &g, &mistakes) == RES_OK)
		gateway_free(&g);
	if (post_phone(s, "se", phone) == RES_OK && !post_phone_ok(slice_of(phone)))
		__builtin_trap();
	(void)post_sms_size(s);
	(void)post_quiet_read(s, &quiet);
	buf_free(&mistakes);
	return 0;
}
