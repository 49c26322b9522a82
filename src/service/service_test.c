#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/service.h"

/* docs/configuration.md ends with the table that the program itself would print. */
static void the_documented_settings_are_the_programs_own(void **state)
{
	(void)state;
	struct buf table = BUF_LIMIT(65536), page = BUF_LIMIT(65536);
	char bytes[4096];
	size_t n;
	service_document(&table);
	FILE *file = fopen(getenv("CONFIGURATION_MD"), "r");
	assert_non_null(file);
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_put(&page, bytes, n);
	fclose(file);
	bool same = strstr(buf_get(&page).p, buf_get(&table).p);
	if (!same)
		fprintf(stderr, "the table should be:\n%s", buf_get(&table).p);
	buf_free(&table);
	buf_free(&page);
	assert_true(same);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documented_settings_are_the_programs_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
