/* transcript.c: reads what was said at the door, by the door's own strict readers.

   Standard input: lines of "people JSON", "incidents JSON" or "facts JSON". Each is read and written
   again, and the two texts must be the same bytes: so there is nothing in a message that its struct
   does not hold. Ends with 1 at the first that is not so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "door/door.h"

static enum result again(struct arena *a, struct slice kind, struct slice json, struct buf *out)
{
	struct door_people people;
	struct door_incidents incidents;
	struct door_facts facts;
	enum result res = RES_BAD;
	if (slice_is(kind, "people")) {
		res = door_read_people(a, json, &people);
		if (res == RES_OK)
			door_write_people(out, &people);
	} else if (slice_is(kind, "incidents")) {
		res = door_read_incidents(a, json, &incidents);
		if (res == RES_OK)
			door_write_incidents(out, &incidents);
	} else if (slice_is(kind, "facts")) {
		res = door_read_facts(a, json, &facts);
		if (res == RES_OK)
			door_write_facts(out, &facts);
	}
	return res;
}

int main(void)
{
	char *line = NULL;
	size_t room = 0, n = 0;
	ssize_t length;
	int status = 0;
	while (status == 0 && (length = getline(&line, &room, stdin)) > 0) {
		struct arena *a = arena_new();
		struct buf out = BUF_LIMIT(DOOR_BYTES_MOST);
		struct slice json = slice_bytes(line, (size_t)length - (line[length - 1] == '\n')), kind;
		if (!slice_cut(&json, ' ', &kind) || again(a, kind, json, &out) != RES_OK ||
		    !slice_eq(json, buf_get(&out))) {
			fprintf(stderr, "transcript: line %zu is no message of the door: %.300s\n", n + 1,
				line);
			status = 1;
		}
		n++;
		buf_free(&out);
		arena_free(&a);
	}
	free(line);
	if (status == 0)
		fprintf(stdout, "%zu messages\n", n);
	return status;
}
