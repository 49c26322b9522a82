/* Stands beside the launcher in its test as makker-duty and makker-haven, and does what its settings file
   says: the launcher's subject is processes, so its test needs some that end, hang and fail on demand.
   Part of no build but the test's. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static char wish[200];
static volatile sig_atomic_t told;

static void on_term(int signal_number)
{
	(void)signal_number;
	told = 1;
}

static int wished(const char *word)
{
	return strstr(wish, word) != NULL;
}

static void be_ready(void)
{
	alarm(60); /* nothing of a test that failed stays behind */
	const char *fd = getenv("MAKKER_READY_FD");
	if (!fd || write((int)strtol(fd, NULL, 10), "1", 1) != 1)
		exit(99);
}

static int serve(void)
{
	struct sigaction action = { .sa_handler = wished("stubborn") ? SIG_IGN : on_term };
	sigaction(SIGTERM, &action, NULL);
	if (wished("settings-wrong"))
		return 78;
	if (wished("dies-at-once"))
		return 3;
	if (wished("slow"))
		sleep(2);
	be_ready();
	if (wished("dies-later")) {
		usleep(100000);
		return 4;
	}
	while (!told)
		usleep(10000);
	return 0;
}

/* What it is told, line by line; `noted`: among the calls too. */
static void echo(bool noted)
{
	char line[1000];
	while (fgets(line, sizeof(line), stdin)) {
		FILE *calls = noted ? fopen("calls", "a") : NULL;
		if (calls) {
			fprintf(calls, "told %s", line);
			fclose(calls);
		}
		if (noted && wished("moves-not"))
			exit(7);
		fputs(line, stdout);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	FILE *config = argc > 5 && strcmp(argv[1], "--config") == 0 ? fopen(argv[2], "r") : NULL;
	if (!config || strcmp(argv[3], "--data") != 0)
		return 98;
	size_t n = fread(wish, 1, sizeof(wish) - 1, config);
	wish[n] = '\0';
	fclose(config);
	FILE *calls = fopen("calls", "a");
	if (!calls)
		return 97;
	fprintf(calls, "uid=%d groups=%d nnp=%d secret=%s", (int)getuid(), getgroups(0, NULL),
		prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), getenv("PGPASSWORD") ? "known" : "unknown");
	for (int i = 5; i < argc; i++)
		fprintf(calls, " %s", argv[i]);
	fprintf(calls, "\n");
	fclose(calls);
	if (strcmp(argv[argc - 1], "serve") == 0)
		return serve();
	if (wished("refuses"))
		return 5;
	char step[40];
	snprintf(step, sizeof(step), "fails-%s", argv[argc - 1]);
	if (wished(step))
		return 6;
	bool restores = strcmp(argv[argc - 2], "restore") == 0 && strcmp(argv[argc - 1], "check") == 0;
	if (restores || strcmp(argv[argc - 1], "-") == 0 || strcmp(argv[argc - 1], "bounce") == 0)
		echo(strcmp(argv[argc - 2], "clock") == 0);
	const char *save = getenv("MAKKER_SAVE_FD");
	if (save && !wished("saves-nothing") && write((int)strtol(save, NULL, 10), "bad\n", 4) != 4)
		return 96;
	if (wished("reads-other")) {
		FILE *other = fopen(strstr(argv[0], "makker-duty") ? "../haven/calls" : "../duty/calls", "r");
		printf("%s\n", other ? "READ" : "refused");
	}
	printf("%s %s\n", strrchr(argv[0], '/') + 1, argv[argc - 1]);
	return 0;
}
