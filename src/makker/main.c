/*~ The launcher: `makker`. It is neither of the two programs and nothing of them is linked in
 * here: it starts both on a small machine, each as its own system user, and hands each of the
 * operator's commands to the program it belongs to. Whoever runs the two on two machines does
 * without it.
 *
 * The tour: the table below says which command belongs to whom; program.c tells how a program
 * is run so that it can reach nothing of the other; serve.c keeps both running; backup.c writes and
 * restores both databases; handclock.c moves the one clock of a demonstration. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "makker/backup.h"
#include "makker/handclock.h"
#include "makker/serve.h"

#define DRAIN 30 /* seconds; our choice: longer than the programs take to drain (service.c, post.h), shorter than a service manager's wait */
#define MOST_WORDS 100

/* What was asked for. */
struct call {
	struct place place;
	const char *at;          /* --at, or NULL */
	const char *word[MOST_WORDS + 1]; /* command and arguments, NULL at the end */
	int words;
};

struct command {
	const char *name;
	int (*run)(struct call *call);
	const char *usage, *help;
};

static int take_serve(struct call *call);
static int take_init(struct call *call);
static int take_people(struct call *call);
static int take_supporters(struct call *call);
static int take_keys(struct call *call);
static int take_user(struct call *call);
static int take_bounce(struct call *call);
static int take_both(struct call *call);
static int take_check(struct call *call);
static int take_backup(struct call *call);
static int take_restore(struct call *call);
static int take_clock(struct call *call);
static int take_sms(struct call *call);

static const struct command commands[] = {
	{ "serve", take_serve, "serve", "starts both programs and keeps them running; SIGTERM lets them finish" },
	{ "init", take_init, "init [--at TIME]", "makes the folders and both databases; harmless twice" },
	{ "people", take_people, "people import [OPTION...] FILE", "reads the directory (duty)" },
	{ "supporters", take_supporters, "supporters import [OPTION...] FILE", "reads the supporters (haven)" },
	{ "keys", take_keys, "keys [restored]", "the supporters' key log; after a restore from a backup (haven)" },
	{ "user", take_user, "user duty|haven ARGUMENT...", "the accounts of one program; prints one-time links" },
	{ "bounce", take_bounce, "bounce [duty] ADDRESS <MESSAGE", "a returned mail of haven, or of duty" },
	{ "sms", take_sms, "sms", "how SMS go out, and where the gateway tells what became of them" },
	{ "migrate", take_both, "migrate", "brings both databases to this version" },
	{ "backup", take_backup, "backup DIR", "writes DIR/duty.backup and DIR/haven.backup, which must not exist" },
	{ "restore", take_restore, "restore DIR", "puts both in the databases' places, while nothing runs" },
	{ "check", take_check, "check [HEAD...]", "looks through settings, databases and audit chains of both, and tells" },
	{ "health", take_both, "health", "asks both running programs whether they can do their work" },
	{ "routes", take_both, "routes", "lists every page and form of both, and who may enter" },
	{ "risks", take_both, "risks", "judges how both programs are set up, and tells how to mend it" },
	{ "clock", take_clock, "clock +1h|TIME", "moves a clock set by `init --at`, and runs what fell due" },
};

static void print_help(FILE *out)
{
	fprintf(out, "makker COMMAND [--data DIR] [--config DIR]\n\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(out, "  %-36s %s\n", commands[i].usage, commands[i].help);
	fprintf(out, "\n--data DIR    where the workplace lies (/var/lib/makker)\n"
		     "--config DIR  holds duty.conf and haven.conf (/etc/makker; with --data: DIR of --data)\n");
}

static int usage(const char *what, const char *which)
{
	fprintf(stderr, "makker: %s%s%s; see makker --help\n", what, which ? " " : "", which ? which : "");
	return LEAVE_USAGE;
}

static int wants(const struct command *command)
{
	fprintf(stderr, "makker: usage: makker %s\n", command->usage);
	return LEAVE_USAGE;
}

static int usage_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return wants(&commands[i]);
	bug("no command %s", name);
}

static int not_placed(const struct call *call)
{
	if (program_placed(&call->place))
		return LEAVE_OK;
	fprintf(stderr, "makker: %s is not set up; run: makker init --data %s\n", call->place.data, call->place.data);
	return LEAVE_CONFIG;
}

/* Becomes the program, with the words from `first` on; or, where a file is to be written, waits for it. */
static int hand_over(struct call *call, enum which which, int first, int input, int save)
{
	int status = not_placed(call);
	if (status != LEAVE_OK)
		return status;
	struct start start = { .which = which, .input = input, .output = -1, .ready = -1, .save = save,
			       .words = &call->word[first] };
	struct instant at;
	char text[21];
	enum result res = handclock_read(&call->place, &at);
	if (res == RES_BROKEN)
		return LEAVE_CONFIG;
	if (res == RES_OK) {
		instant_text(at, text);
		start.at = text;
	}
	return save ? program_run(&call->place, &start) : program_become(&call->place, &start);
}

static int take_serve(struct call *call)
{
	if (call->words != 1)
		return usage_of("serve");
	int status = not_placed(call);
	return status == LEAVE_OK ? serve(&call->place, DRAIN) : status;
}

static int run_in_both(struct call *call)
{
	int status = LEAVE_OK;
	struct instant at;
	char text[21];
	enum result by_hand = handclock_read(&call->place, &at);
	if (by_hand == RES_BROKEN)
		return LEAVE_CONFIG;
	if (by_hand == RES_OK)
		instant_text(at, text);
	for (enum which w = DUTY; w < PROGRAMS; w++) {
		struct start start = { .which = w, .at = by_hand == RES_OK ? text : NULL, .input = -1, .output = -1,
				       .ready = -1, .words = call->word };
		int one = program_run(&call->place, &start);
		status = status == LEAVE_OK ? one : status;
	}
	return status;
}

/* A workplace either follows the machine's clock for ever or is moved by hand for ever: rows of a future
   that has not been would make nonsense of every deadline. */
static int place_clock(const struct call *call)
{
	struct instant at, now;
	if (!call->at)
		return LEAVE_OK;
	enum result res = handclock_read(&call->place, &now);
	if (res == RES_BROKEN)
		return LEAVE_CONFIG;
	if (res == RES_NONE && program_placed(&call->place)) {
		fprintf(stderr, "makker: %s follows the machine's clock; --at needs a new --data\n", call->place.data);
		return LEAVE_CONFIG;
	}
	if (handclock_parse(slice_of(call->at), &at) != RES_OK)
		return usage("--at takes a time such as 2026-11-18T22:40:00Z, not", call->at);
	if (res == RES_OK && at.s <= now.s)
		return LEAVE_OK; /* time does not go back: it stands where it stood */
	if (mkdir(call->place.data, 0755) != 0 && errno != EEXIST) {
		fprintf(stderr, "makker: the folder %s cannot be made: %s\n", call->place.data, strerror(errno));
		return LEAVE_NO_FILE;
	}
	return handclock_write(&call->place, at) == RES_OK ? LEAVE_OK : LEAVE_NO_FILE;
}

static int take_init(struct call *call)
{
	if (call->words != 1)
		return usage_of("init");
	int status = place_clock(call);
	if (status == LEAVE_OK)
		status = program_folders(&call->place);
	return status == LEAVE_OK ? run_in_both(call) : status;
}

static int take_both(struct call *call)
{
	if (call->words != 1)
		return usage_of(call->word[0]);
	int status = not_placed(call);
	return status == LEAVE_OK ? run_in_both(call) : status;
}

/* Both get every head, as "duty:…" or "haven:…", and each compares its own. */
static int take_check(struct call *call)
{
	for (int i = 1; i < call->words; i++) {
		struct slice head = slice_of(call->word[i]), whose;
		if (!slice_cut(&head, ':', &whose) || !(slice_is(whose, program_folder[DUTY]) || slice_is(whose, program_folder[HAVEN])))
			return usage("no head of an audit chain, as check prints it:", call->word[i]);
	}
	int status = not_placed(call);
	return status == LEAVE_OK ? run_in_both(call) : status;
}

/* Runs the import with a file for the rows that do not go in: made by whoever gave the command, as the one that is
   read. One in which nothing was written goes. */
static int import_saving(struct call *call, enum which which, int input, const char **save)
{
	const char *name = *save;
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd <= STDERR_FILENO) {
		fprintf(stderr, "makker: %s cannot be made: %s\n", name, strerror(errno));
		return LEAVE_NO_FILE;
	}
	*save = "-";
	int status = hand_over(call, which, 0, input, fd);
	struct stat st;
	if (fstat(fd, &st) == 0 && st.st_size == 0)
		unlink(name);
	close(fd);
	return status;
}

/* The files are opened by whoever gave the command, since the program's user may not be allowed to: the
   program reads from standard input, and is told "-". */
static int take_import(struct call *call, enum which which)
{
	if (call->words < 3 || strcmp(call->word[1], "import") != 0)
		return usage_of(call->word[0]);
	const char **file = &call->word[call->words - 1], **save = NULL;
	int fd = -1;
	if (call->words == 3 && strcmp(*file, "--help") == 0)
		return hand_over(call, which, 0, -1, 0);
	for (int i = 2; i + 1 < call->words; i++)
		if (strcmp(call->word[i], "--save-bad") == 0) {
			if (save)
				return usage("given twice:", call->word[i]);
			save = &call->word[i + 1];
		}
	if (((*file)[0] == '-' && (*file)[1] != '\0') || save == file)
		return usage_of(call->word[0]); /* an option stands where the file should, or its value */
	if (strcmp(*file, "-") != 0) {
		fd = open(*file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0) {
			fprintf(stderr, "makker: %s cannot be read: %s\n", *file, strerror(errno));
			return LEAVE_INPUT;
		}
		*file = "-";
	}
	return save ? import_saving(call, which, fd, save) : hand_over(call, which, 0, fd, 0);
}

static int take_people(struct call *call)
{
	return take_import(call, DUTY);
}

static int take_supporters(struct call *call)
{
	return take_import(call, HAVEN);
}

static int take_keys(struct call *call)
{
	return hand_over(call, HAVEN, 0, -1, 0);
}

/* Comes back only when no program could be started: the mail server then keeps the message and tries again. */
static int take_bounce(struct call *call)
{
	bool duty = call->words > 2 && strcmp(call->word[1], "duty") == 0;
	if (duty)
		call->word[1] = call->word[0];
	hand_over(call, duty ? DUTY : HAVEN, duty ? 1 : 0, -1, 0);
	return LEAVE_AGAIN;
}

static int take_user(struct call *call)
{
	for (enum which w = DUTY; w < PROGRAMS && call->words > 2; w++)
		if (strcmp(call->word[1], program_folder[w]) == 0) {
			call->word[1] = call->word[0];
			return hand_over(call, w, 1, -1, 0);
		}
	return usage_of("user");
}

static int take_sms(struct call *call)
{
	return call->words == 1 ? hand_over(call, HAVEN, 0, -1, 0) : usage_of("sms");
}

static int take_backup(struct call *call)
{
	if (call->words != 2)
		return usage_of("backup");
	int status = not_placed(call);
	return status == LEAVE_OK ? backup_make(&call->place, call->word[1]) : status;
}

static int take_restore(struct call *call)
{
	if (call->words != 2)
		return usage_of("restore");
	int status = not_placed(call);
	return status == LEAVE_OK ? backup_restore(&call->place, call->word[1]) : status;
}

static int take_clock(struct call *call)
{
	if (call->words != 2)
		return usage_of("clock");
	int status = not_placed(call);
	return status == LEAVE_OK ? handclock_move(&call->place, slice_of(call->word[1])) : status;
}

/* Takes --data, --config and --at out of the arguments, wherever they stand before a "--"; the rest is the
   program's to understand. */
static int read_arguments(int argc, char **argv, struct call *call)
{
	const struct {
		const char *name, **value;
	} options[] = {
		{ "--data", &call->place.data },
		{ "--config", &call->place.config },
		{ "--at", &call->at },
	};
	bool ours = true;
	for (int i = 1; i < argc; i++) {
		size_t o = ARRAY_LEN(options);
		if (strcmp(argv[i], "--") == 0)
			ours = false;
		for (size_t j = 0; ours && j < ARRAY_LEN(options); j++)
			if (strcmp(argv[i], options[j].name) == 0)
				o = j;
		if (o < ARRAY_LEN(options)) {
			if (++i == argc)
				return usage("a value is missing after", argv[i - 1]);
			if (*options[o].value)
				return usage("given twice:", argv[i - 1]);
			*options[o].value = argv[i];
		} else if (call->words == MOST_WORDS)
			return usage("too many arguments", NULL);
		else
			call->word[call->words++] = argv[i];
	}
	return LEAVE_OK;
}

/* The absolute path of a folder that may not be there yet. */
static const char *absolute(const char *given)
{
	static char at[2][PATH_MAX];
	static int used;
	char here[PATH_MAX];
	char *out = at[used++];
	if (realpath(given, out))
		return out;
	if (given[0] == '/')
		snprintf(out, PATH_MAX, "%s", given);
	else if (getcwd(here, sizeof(here)) && strlen(here) + strlen(given) + 2 <= PATH_MAX) {
		stpcpy(stpcpy(stpcpy(out, here), "/"), given);
	} else
		return NULL;
	return out;
}

static const char *own_folder(void)
{
	static char own[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);
	if (n <= 0)
		bug("/proc/self/exe: %s", strerror(errno));
	own[n] = '\0';
	*strrchr(own, '/') = '\0';
	return own;
}

int main(int argc, char **argv)
{
	struct call call = { .words = 0 };
	umask(022);
	int status = read_arguments(argc, argv, &call);
	if (status != LEAVE_OK)
		return status;
	if (call.words == 0)
		return usage("no command", NULL);
	if (strcmp(call.word[0], "--help") == 0 || strcmp(call.word[0], "help") == 0) {
		print_help(stdout);
		return LEAVE_OK;
	}
	const char *data = call.place.data, *config = call.place.config;
	call.place.data = absolute(data ? data : "/var/lib/makker");
	call.place.config = config ? absolute(config) : data ? call.place.data : "/etc/makker";
	call.place.programs = own_folder();
	if (!call.place.data || !call.place.config)
		return usage("the path is too long", NULL);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(call.word[0], commands[i].name) == 0) {
			if (call.at && commands[i].run != take_init)
				return usage("--at belongs to init; no use for it in", commands[i].name);
			return commands[i].run(&call);
		}
	return usage("unknown command", call.word[0]);
}
