/* prey.c: small programs that are killed to see whether the layer tells the truth.

     prey plain FILE             writes 64 KiB, syncs nothing, says so and waits
     prey synced FILE            the same, and syncs
     prey sqlite FILE LEVEL      rows through SQLite with synchronous=LEVEL; prints each number acknowledged
     prey torn FILE              a page of 4 KiB over a synced one
     prey look FILE              prints "ok" and every number, or what is wrong with the file */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void say(const char *words)
{
	printf("%s\n", words);
	fflush(stdout);
	for (;;)
		pause();
}

static int plain(const char *file, bool synced)
{
	char bytes[65536];
	memset(bytes, 'x', sizeof(bytes));
	int fd = open(file, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || write(fd, bytes, sizeof(bytes)) != sizeof(bytes) || (synced && fdatasync(fd) != 0))
		return 1;
	say("written");
}

static int torn(const char *file)
{
	char bytes[4096];
	memset(bytes, 'a', sizeof(bytes));
	int fd = open(file, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || pwrite(fd, bytes, sizeof(bytes), 0) != sizeof(bytes) || fdatasync(fd) != 0)
		return 1;
	memset(bytes, 'b', sizeof(bytes));
	if (pwrite(fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
		return 1;
	say("written");
}

static int print_row(void *ctx, int n, char **value, char **name)
{
	(void)ctx;
	(void)name;
	printf("%s\n", n > 0 && value[0] ? value[0] : "");
	return 0;
}

static sqlite3 *opened(const char *file)
{
	sqlite3 *sq;
	if (sqlite3_open(file, &sq) != SQLITE_OK || sqlite3_busy_timeout(sq, 5000) != SQLITE_OK)
		exit(1);
	return sq;
}

static int sqlite(const char *file, const char *level)
{
	char text[200];
	sqlite3 *sq = opened(file);
	snprintf(text, sizeof(text),
		 "PRAGMA journal_mode=WAL; PRAGMA synchronous=%s; PRAGMA wal_autocheckpoint=20;"
		 "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, filler BLOB)",
		 level);
	if (sqlite3_exec(sq, text, NULL, NULL, NULL) != SQLITE_OK)
		return 1;
	for (;;) {
		if (sqlite3_exec(sq, "INSERT INTO t (filler) VALUES (randomblob(700))", NULL, NULL, NULL) !=
		    SQLITE_OK)
			return 1;
		printf("%lld\n", (long long)sqlite3_last_insert_rowid(sq));
		fflush(stdout);
	}
}

static int look(const char *file)
{
	sqlite3 *sq = opened(file);
	return sqlite3_exec(sq, "PRAGMA integrity_check", print_row, NULL, NULL) == SQLITE_OK &&
		       sqlite3_exec(sq, "SELECT n FROM t ORDER BY n", print_row, NULL, NULL) == SQLITE_OK
		   ? 0
		   : 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	if (strcmp(what, "plain") == 0 || strcmp(what, "synced") == 0)
		return plain(argv[2], what[0] == 's');
	if (strcmp(what, "torn") == 0)
		return torn(argv[2]);
	if (strcmp(what, "sqlite") == 0 && argc == 4)
		return sqlite(argv[2], argv[3]);
	if (strcmp(what, "look") == 0)
		return look(argv[2]);
	return 64;
}
