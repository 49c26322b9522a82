/* dump.c: shows what stands in a database, again and again, for the histories test.

       histories_dump DATABASE

   For each line on standard input it writes one dump (db_test_dump) and then a line "end". What may differ by design,
   the bytes of ring slots and vaults, is shown as its length only (docs/protocol.md § 10). */
#include <stdio.h>

#include "base/buf.h"
#include "db/db_testing.h"

#define MOST ((size_t)64 << 20)
#define HIDDEN_FROM 512 /* ids and hashes in these tables stay visible */

int main(int argc, char **argv)
{
	static const char *const hidden[] = { "ring", "ring_open", "vault", NULL };
	char line[16];
	struct db *db;
	struct buf out = BUF_LIMIT(MOST);
	if (argc != 2) {
		fprintf(stderr, "usage: histories_dump DATABASE\n");
		return 64;
	}
	if (db_open(argv[1], 1, &db) != RES_OK)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		if (db_test_dump(db, hidden, HIDDEN_FROM, &out) != RES_OK) {
			fprintf(stderr, "histories_dump: the database could not be read\n");
			return 1;
		}
		struct slice s = buf_get(&out);
		fwrite(s.p, 1, s.n, stdout);
		printf("end\n");
		fflush(stdout);
	}
	buf_free(&out);
	db_close(&db);
	return 0;
}
