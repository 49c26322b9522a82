/* Any bytes are a settings file or a list of mistakes, never both and never neither. */
#include <stdlib.h>
#include <string.h>

#include "base/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const struct config_key keys[] = {
	{ "listen", CONFIG_SOCKET, "h:1", 0, 0, NULL, "" },
	{ "url", CONFIG_ORIGIN, "http://h", 0, 0, NULL, "" },
	{ "hosts", CONFIG_HOSTS, "", 0, 0, NULL, "" },
	{ "tls", CONFIG_CHOICE, "none", 0, 0, "none|tls", "" },
	{ "mail", CONFIG_MAIL, "", 0, 0, NULL, "" },
	{ "domain", CONFIG_DOMAIN, "", 0, 0, NULL, "" },
	{ "zone", CONFIG_ZONE, "UTC", 0, 0, NULL, "" },
	{ "path", CONFIG_PATH, "x", 0, 0, NULL, "" },
	{ "text", CONFIG_TEXT, "W", 1, 20, NULL, "" },
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct buf mistakes = BUF_LIMIT(100000000);
	struct config *c = NULL;
	enum result res = config_parse(slice_bytes(bytes, n), "f", keys, ARRAY_LEN(keys), &c, &mistakes);
	if ((res == RES_OK) != (c != NULL) || (res == RES_OK) != (mistakes.n == 0))
		abort();
	if (c) {
		int port;
		if (config_host(c, "listen", &port).n == 0 || port < 1 || port > 65535)
			abort();
		if (strlen(config_text(c, "text")) > 20)
			abort();
	}
	config_free(&c);
	buf_free(&mistakes);
	return 0;
}
