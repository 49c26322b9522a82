/* Phone numbers as people write them: the cases that the desk's script shares (tests/vectors/phones.txt, argv[1]). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "look/look.h"

static const char *cases;

static void a_number_stands_as_people_write_it(void **state)
{
	FILE *in = fopen(cases, "r");
	struct arena *a = arena_new();
	char line[200];
	int n = 0;
	(void)state;
	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		char *shown = strchr(line, '|');
		if (line[0] == '#' || !shown)
			continue;
		*shown++ = '\0';
		shown[strcspn(shown, "\n")] = '\0';
		assert_string_equal(look_phone(a, line), shown);
		n++;
	}
	assert_true(n > 30);
	fclose(in);
	arena_free(&a);
}

static void a_link_dials_the_digits_however_they_are_written(void **state)
{
	struct arena *a = arena_new();
	(void)state;
	assert_string_equal(look_tel(a, "+47 00 00 05 03"), "tel:+4700000503");
	assert_string_equal(look_tel(a, look_phone(a, "+4700000503")), "tel:+4700000503");
	assert_string_equal(look_tel(a, look_phone(a, "+46700000503")), "tel:+46700000503");
	assert_string_equal(look_tel(a, "22 40+00\"40"), "tel:22400040");
	arena_free(&a);
}

static void a_number_of_any_length_is_no_trouble(void **state)
{
	struct arena *a = arena_new();
	char text[40] = "+";
	(void)state;
	for (size_t n = 0; n < sizeof(text) - 2; n++) {
		text[n + 1] = (char)('0' + n % 10);
		for (const char *from = text; from < text + 2; from++)
			assert_string_equal(look_tel(a, look_phone(a, from)), look_tel(a, from));
	}
	arena_free(&a);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_stands_as_people_write_it),
		cmocka_unit_test(a_link_dials_the_digits_however_they_are_written),
		cmocka_unit_test(a_number_of_any_length_is_no_trouble),
	};
	if (argc != 2)
		return 2;
	cases = argv[1];
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
