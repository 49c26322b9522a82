/* rows.c: what stands in an SQLite file, for tests. rows FILE SENTENCE... prints for each sentence one
   line, a JSON array of rows, each an array of values; bytes come as hexadecimal. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static void print_text(const unsigned char *s)
{
	putchar('"');
	for (; *s; s++)
		if (*s == '"' || *s == '\\' || *s < 0x20)
			printf("\\u%04x", *s);
		else
			putchar(*s);
	putchar('"');
}

static void print_value(sqlite3_stmt *stmt, int col)
{
	const unsigned char *bytes;
	switch (sqlite3_column_type(stmt, col)) {
	case SQLITE_INTEGER:
		printf("%lld", (long long)sqlite3_column_int64(stmt, col));
		break;
	case SQLITE_TEXT:
		print_text(sqlite3_column_text(stmt, col));
		break;
	case SQLITE_BLOB:
		bytes = sqlite3_column_blob(stmt, col);
		putchar('"');
		for (int i = 0, n = sqlite3_column_bytes(stmt, col); i < n; i++)
			printf("%02x", bytes[i]);
		putchar('"');
		break;
	default:
		printf("null");
	}
}

static int ask(sqlite3 *sq, const char *sentence)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(sq, sentence, -1, &stmt, NULL);
	putchar('[');
	for (int n = 0; rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW; n++, rc = SQLITE_OK) {
		printf("%s[", n ? "," : "");
		for (int col = 0; col < sqlite3_column_count(stmt); col++) {
			printf("%s", col ? "," : "");
			print_value(stmt, col);
		}
		putchar(']');
	}
	puts("]");
	sqlite3_finalize(stmt);
	if (rc != SQLITE_DONE)
		fprintf(stderr, "rows: %s: %s\n", sentence, sqlite3_errmsg(sq));
	return rc == SQLITE_DONE ? 0 : 1;
}

int main(int argc, char **argv)
{
	sqlite3 *sq;
	int status = 0;
	if (argc < 3 || sqlite3_open_v2(argv[1], &sq, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return 64;
	sqlite3_busy_timeout(sq, 10000);
	for (int i = 2; i < argc && status == 0; i++)
		status = ask(sq, argv[i]);
	sqlite3_close(sq);
	return status;
}
