#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "post/post.h"
#include "signin/signin_testing.h"

static const struct id ward = {{1}}, clinic = {{2}};

static int set_up(void **state)
{
	(void)state;
	open_room();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close_room();
	return 0;
}

static void every_sentence_fits_both_databases(void **state)
{
	(void)state;
	assert_true(db_test_prepare_all(db) > 20);
}

/* ---- accounts ---- */

struct asked {
	struct arena *a;
	struct id id;
	struct account account;
	enum role role;
	const struct id *units;
	size_t n;
};

static enum result get_work(struct tx *tx, void *ctx)
{
	struct asked *q = ctx;
	enum result res = signin_get(tx, q->a, &q->id, &q->account);
	return res == RES_OK ? signin_units(tx, q->a, &q->id, q->role, &q->units, &q->n) : res;
}

static void an_account_is_found_again_and_gets_more_roles(void **state)
{
	struct adding one = {
	    .email = "Ase@Fjordvik.example", .name = "Åse O'Brien", .role = ROLE_LEADER, .unit = &ward};
	struct adding two = {
	    .email = "ASE@FJORDVIK.EXAMPLE", .name = "Somebody", .role = ROLE_LEADER, .unit = &clinic};
	struct adding three = {.email = "ase@fjordvik.example", .name = "Åse", .role = ROLE_SAFETY};
	struct asked q = {.a = arena_new(), .role = ROLE_LEADER};
	(void)state;
	assert_int_equal(add_account(&one), RES_OK);
	assert_int_equal(add_account(&two), RES_OK);
	assert_int_equal(add_account(&three), RES_OK);
	assert_int_equal(add_account(&three), RES_OK);
	assert_true(id_eq(&one.id, &two.id) && id_eq(&one.id, &three.id));
	q.id = one.id;
	assert_int_equal(db_read(db, get_work, &q), RES_OK);
	assert_string_equal(q.account.email, "ase@fjordvik.example");
	assert_string_equal(q.account.name, "Åse O'Brien");
	assert_int_equal(q.account.roles, ROLE_LEADER | ROLE_SAFETY);
	assert_true(q.account.invited);
	assert_int_equal(q.n, 2);
	assert_true(id_eq(&q.units[0], &ward) && id_eq(&q.units[1], &clinic));
	q.role = ROLE_SAFETY;
	assert_int_equal(db_read(db, get_work, &q), RES_OK);
	assert_true(q.n == 1 && id_is_zero(&q.units[0]));
	q.role = ROLE_ADMIN;
	assert_int_equal(db_read(db, get_work, &q), RES_OK);
	assert_int_equal(q.n, 0);
	q.id = ward;
	assert_int_equal(db_read(db, get_work, &q), RES_NONE);
	arena_free(&q.a);
}

static void what_will_not_do_is_refused_and_leaves_nothing(void **state)
{
	static const char *const emails[] = {
	    "", "nobody", "a@b@c", "å@fjordvik.example", "a b@x.example", "a@x\r\nBcc: b@x"};
	static const char *const names[] = {"", "two\nlines", "\xff", "\x1b[2J"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(emails); i++) {
		struct adding a = {.email = emails[i], .name = "Kari", .role = ROLE_ADMIN};
		assert_int_equal(add_account(&a), RES_BAD);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct adding a = {.email = "kari@fjordvik.example", .name = names[i], .role = ROLE_ADMIN};
		assert_int_equal(add_account(&a), RES_BAD);
	}
	assert_int_equal(lines("account|"), 0);
}

static void an_account_is_one_persons(void **state)
{
	struct adding a = {.email = "k@x.example", .name = "Kari", .role = ROLE_LEADER};
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	a.of_whom = &ward;
	assert_int_equal(add_account(&a), RES_OK);
	assert_int_equal(add_account(&a), RES_OK);
	a.of_whom = &clinic;
	assert_int_equal(add_account(&a), RES_REFUSED);
}

/* 64 at the same instant add the same address: one account, no error. */
static void *add_thread(void *ctx)
{
	struct adding *a = ctx;
	return add_account(a) == RES_OK ? ctx : NULL;
}

static void many_at_once_make_one_account(void **state)
{
	pthread_t threads[64];
	struct adding all[64];
	int ok = 0;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		all[i] = (struct adding){.email = "k@x.example", .name = "Kari", .role = ROLE_LEADER};
		assert_int_equal(pthread_create(&threads[i], NULL, add_thread, &all[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *came;
		pthread_join(threads[i], &came);
		ok += came != NULL;
	}
	assert_int_equal(ok, 64);
	assert_int_equal(lines("account|"), 1);
	assert_int_equal(lines("account_role|"), 1);
	for (size_t i = 1; i < ARRAY_LEN(all); i++)
		assert_true(id_eq(&all[0].id, &all[i].id));
}

/* ---- invitations ---- */

static enum result mail_work(struct tx *tx, void *ctx)
{
	return signin_invite_by_mail(tx, room, ctx);
}

static void an_invitation_by_mail_holds_the_link_and_only_its_hash_is_kept(void **state)
{
	struct adding a = {.email = "k@x.example", .name = "Kari", .role = ROLE_LEADER};
	struct buf dump = BUF_LIMIT(1 << 20);
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	assert_true(strncmp(a.url, "https://duty.example/welcome/", 29) == 0 && strlen(a.url) == 29 + 22);
	assert_int_equal(db_dump(db, &dump), RES_OK);
	assert_null(strstr(dump.p, a.url + 29));
	assert_int_equal(db_write(db, mail_work, &a.id), RES_OK);
	assert_int_equal(lines("invite|"), 2);
	assert_int_equal(db_dump(db, &dump), RES_OK);
	const char *mail = strstr(dump.p, "outbox|");
	assert_non_null(mail);
	assert_non_null(strstr(mail, "https://duty.example/welcome/"));
	assert_non_null(strstr(mail, "Innloggingen din"));
	assert_int_equal(db_write(db, mail_work, (void *)&ward), RES_NONE);
	buf_free(&dump);
}

/* ---- invitations that do not arrive ---- */

SQL(test_result, "bbi", "", "INSERT INTO mail_result (id, kind, about, result, day) VALUES ($1, 'invite', $2, $3, 20775)");

struct heard {
	struct id id;
	enum mail_result result;
	struct arena *a;
	struct signin_undelivered *list;
	size_t n;
};

static enum result heard_work(struct tx *tx, void *ctx)
{
	struct heard *h = ctx;
	struct id id = id_new(random_system(), "test/result");
	return db_do(tx, &test_result, NULL, v_id(&id), v_id(&h->id), v_int(h->result));
}

static enum result list_work(struct tx *tx, void *ctx)
{
	struct heard *h = ctx;
	return signin_undelivered(tx, h->a, &h->list, &h->n);
}

/* The mail server's word on an account's invitation. → how many are known not to have arrived. */
static size_t hears(const struct id *id, enum mail_result result)
{
	struct heard h = {.id = *id, .result = result, .a = arena_new()};
	assert_int_equal(db_write(db, heard_work, &h), RES_OK);
	assert_int_equal(signin_hear_post(room), RES_OK);
	assert_int_equal(lines("mail_result|"), 0);
	assert_int_equal(db_read(db, list_work, &h), RES_OK);
	if (h.n)
		assert_true(id_eq(&h.list[0].account, id));
	arena_free(&h.a);
	return h.n;
}

static size_t undelivered(void)
{
	struct heard h = {.a = arena_new()};
	assert_int_equal(db_read(db, list_work, &h), RES_OK);
	arena_free(&h.a);
	return h.n;
}

static enum result password_work(struct tx *tx, void *ctx)
{
	return signin_set_password(tx, ctx, NULL, "$argon2id$");
}

static enum result end_of(struct tx *tx, void *ctx)
{
	return signin_end_account(tx, ctx, signin_today(room));
}

static void an_invitation_that_did_not_arrive_is_known_until_there_is_a_newer_one(void **state)
{
	struct adding a = {.email = "k@x.example", .name = "Kari", .of_whom = &ward, .role = ROLE_LEADER};
	struct heard h = {.a = arena_new()};
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	assert_int_equal(hears(&a.id, MAIL_ACCEPTED), 0);
	assert_int_equal(hears(&a.id, MAIL_REFUSED), 1);
	assert_int_equal(db_read(db, list_work, &h), RES_OK);
	assert_string_equal(h.list[0].email, "k@x.example");
	assert_true(id_eq(&h.list[0].of_whom, &ward));
	assert_int_equal(db_write(db, mail_work, &a.id), RES_OK);
	assert_int_equal(undelivered(), 0);
	/* Accepted first, and returned later. */
	assert_int_equal(hears(&a.id, MAIL_ACCEPTED), 0);
	assert_int_equal(hears(&a.id, MAIL_BOUNCED), 1);
	assert_int_equal(hears(&a.id, MAIL_ACCEPTED), 1);
	assert_int_equal(add_account(&a), RES_OK); /* with a link to be handed over */
	assert_int_equal(undelivered(), 0);
	arena_free(&h.a);
}

static void an_account_in_use_or_ended_has_no_invitation_that_is_missing(void **state)
{
	struct adding a = {.email = "k@x.example", .name = "Kari", .role = ROLE_LEADER};
	struct adding b = {.email = "b@x.example", .name = "Bo", .role = ROLE_LEADER};
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	assert_int_equal(hears(&a.id, MAIL_BOUNCED), 1);
	assert_int_equal(db_write(db, password_work, &a.id), RES_OK);
	assert_int_equal(undelivered(), 0);
	assert_int_equal(hears(&a.id, MAIL_BOUNCED), 0); /* a link that somebody asked for */
	assert_int_equal(add_account(&b), RES_OK);
	assert_int_equal(hears(&b.id, MAIL_BOUNCED), 1);
	assert_int_equal(db_write(db, end_of, &b.id), RES_OK);
	assert_int_equal(undelivered(), 0);
	assert_int_equal(hears(&b.id, MAIL_BOUNCED), 0);
	assert_int_equal(add_account(&b), RES_OK);
	assert_int_equal(undelivered(), 0);
}

/* ---- the operator's command ---- */

static enum result unit_of(struct tx *tx, const char *path, struct id *unit_r)
{
	(void)tx;
	if (strcmp(path, "Sykehuset/Akutten") != 0)
		return RES_NONE;
	*unit_r = ward;
	return RES_OK;
}

/* What the command says goes to a file, since it writes to standard output. */
static char said[8192];

static int command(int n, const char *const *words)
{
	char *argv[20], name[] = "/tmp/makker-signin-XXXXXX";
	int fd = mkstemp(name), out = dup(1), err = dup(2), status;
	for (int i = 0; i < n; i++)
		argv[i] = must_strdup(words[i]);
	fflush(stdout);
	dup2(fd, 1);
	dup2(fd, 2);
	status = signin_command(room, n, argv, unit_of);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	ssize_t got = pread(fd, said, sizeof(said) - 1, 0);
	said[got > 0 ? got : 0] = '\0';
	close(fd);
	close(out);
	close(err);
	unlink(name);
	for (int i = 0; i < n; i++)
		free(argv[i]);
	return status;
}
#define COMMAND(...)                                                                                         \
	command((int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),                               \
		(const char *const[]){__VA_ARGS__})

static void the_command_adds_lists_invites_and_ends(void **state)
{
	(void)state;
	assert_int_equal(
	    COMMAND("user", "add", "Siri@X.example", "--name", "Siri O'Brien", "--role", "admin"), 0);
	assert_non_null(strstr(said, "https://duty.example/welcome/"));
	assert_non_null(strstr(said, "She is the first administrator, so nobody had to confirm it."));
	assert_int_equal(COMMAND("user", "add", "ase@x.example", "--role", "leader", "--name", "Åse",
				 "--unit", "Sykehuset/Akutten", "--lang", "sv"),
			 0);
	assert_non_null(strstr(said, "The role takes two people, so it waits for the second, at most 14 days. Nobody is there yet"));
	assert_int_equal(lines("audit|"), 4); /* two were added, one as the first, and a role is proposed */
	assert_int_equal(lines("role_wanted|"), 1);
	struct adding ase = {.email = "ase@x.example", .name = "Åse", .role = ROLE_LEADER}; /* confirmed */
	assert_int_equal(add_account(&ase), RES_OK);
	ase.role = ROLE_SAFETY;
	assert_int_equal(add_account(&ase), RES_OK);
	assert_int_equal(COMMAND("user", "list"), 0);
	assert_string_equal(
	    said,
	    "ase@x.example\tÅse\tleader,safety\tinvited\nsiri@x.example\tSiri O'Brien\tadmin\tinvited\n");
	assert_int_equal(COMMAND("user", "invite", "SIRI@x.example"), 0);
	assert_non_null(strstr(said, "https://duty.example/welcome/"));
	assert_int_equal(COMMAND("user", "end", "siri@x.example"), 0);
	assert_int_equal(lines("invite|"), 3); /* Åse's, none of Siri's */
	assert_int_equal(lines("audit|"), 6); /* a link to Siri, and that she was ended */
	assert_int_equal(COMMAND("user", "end", "siri@x.example"), EX_DATAERR);
	assert_int_equal(COMMAND("user", "invite", "siri@x.example"), EX_DATAERR);
	assert_int_equal(COMMAND("user", "list"), 0);
	assert_non_null(strstr(said, "siri@x.example\tSiri O'Brien\t-\tended\n"));
	assert_int_equal(COMMAND("user", "add", "siri@x.example", "--name", "Siri", "--role", "admin"), 0);
	assert_int_equal(COMMAND("user", "list"), 0);
	assert_non_null(strstr(said, "siri@x.example\tSiri\t-\tinvited\n")); /* Åse is there, who can confirm it */
}

static void the_command_mails_the_link_to_whom_it_is_for(void **state)
{
	(void)state;
	assert_int_equal(COMMAND("user", "add", "kari@x.example", "--mail", "--name", "Kari", "--role", "leader"), 0);
	assert_null(strstr(said, "welcome"));
	assert_non_null(strstr(said, "mailed to kari@x.example"));
	assert_int_equal(lines("outbox|"), 1);
	assert_int_equal(lines("invite|"), 1);
	assert_int_equal(COMMAND("user", "invite", "kari@x.example", "--mail"), 0);
	assert_null(strstr(said, "welcome"));
	assert_int_equal(lines("outbox|"), 2);
	assert_int_equal(COMMAND("user", "invite", "kari@x.example", "--post"), EX_USAGE);
	assert_int_equal(COMMAND("user", "invite", "nobody@x.example", "--mail"), EX_DATAERR);
	assert_int_equal(COMMAND("user", "add", "bo@x.example", "--name", "Bo", "--role", "leader", "--unit", "--mail"), EX_DATAERR);
	assert_int_equal(lines("outbox|"), 2);
	assert_int_equal(COMMAND("user", "add", "bo@x.example", "--name", "Bo", "--role", "leader"), 0);
	assert_non_null(strstr(said, "https://duty.example/welcome/"));
	assert_int_equal(lines("outbox|"), 2);
}

/* A link behind which a passphrase is chosen anew is the account: whoever gives commands does not get to see it. */
static void a_link_to_an_account_that_has_a_passphrase_is_never_printed_and_each_is_noted(void **state)
{
	struct adding a = {.email = "k@x.example", .name = "Kari", .role = ROLE_ADMIN};
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	assert_int_equal(COMMAND("user", "invite", "k@x.example"), 0);
	assert_non_null(strstr(said, "/welcome/"));
	assert_int_equal(lines("audit|"), 1);
	assert_int_equal(db_write(db, password_work, &a.id), RES_OK);
	assert_int_equal(COMMAND("user", "invite", "k@x.example"), 0);
	assert_null(strstr(said, "/welcome/"));
	assert_non_null(strstr(said, "mailed to k@x.example"));
	assert_int_equal(lines("outbox|"), 1);
	assert_int_equal(lines("audit|"), 2);
}

static void the_list_says_whose_invitation_did_not_arrive(void **state)
{
	struct adding a = {.email = "k@x.example", .name = "Kari", .role = ROLE_ADMIN};
	struct adding b = {.email = "b@x.example", .name = "Bo", .role = ROLE_ADMIN};
	struct heard h = {.result = MAIL_REFUSED};
	(void)state;
	assert_int_equal(add_account(&a), RES_OK);
	assert_int_equal(add_account(&b), RES_OK);
	assert_int_equal(COMMAND("user", "list"), 0);
	assert_null(strstr(said, "delivered"));
	h.id = a.id;
	assert_int_equal(db_write(db, heard_work, &h), RES_OK); /* nobody serves who could read it */
	assert_int_equal(COMMAND("user", "list"), 0);
	assert_non_null(strstr(said, "b@x.example\tBo\tadmin\tinvited\n"));
	assert_non_null(strstr(said, "k@x.example\tKari\tadmin\tinvitation not delivered\n"));
	assert_non_null(strstr(said, "1 invitation could not be delivered"));
	assert_int_equal(COMMAND("user", "invite", "k@x.example"), 0);
	assert_int_equal(COMMAND("user", "list"), 0);
	assert_null(strstr(said, "delivered"));
}

static void the_command_says_what_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(COMMAND("user"), EX_USAGE);
	assert_int_equal(COMMAND("user", "dance"), EX_USAGE);
	assert_int_equal(COMMAND("user", "list", "all"), EX_USAGE);
	assert_int_equal(COMMAND("user", "add", "a@x.example"), EX_USAGE);
	assert_int_equal(COMMAND("user", "add", "a@x.example", "--name"), EX_USAGE);
	assert_int_equal(COMMAND("user", "add", "a@x.example", "--name", "A", "--role", "supporter"),
			 EX_USAGE);
	assert_non_null(strstr(said, "there is no role supporter in this program"));
	assert_int_equal(
	    COMMAND("user", "add", "a@x.example", "--name", "A", "--role", "admin", "--lang", "zz"),
	    EX_USAGE);
	assert_int_equal(COMMAND("user", "add", "not-an-address", "--name", "A", "--role", "admin"),
			 EX_DATAERR);
	assert_non_null(strstr(said, "not-an-address is no e-mail address"));
	assert_int_equal(COMMAND("user", "add", "a@x.example", "--name", "A\nB", "--role", "admin"),
			 EX_DATAERR);
	assert_int_equal(
	    COMMAND("user", "add", "a@x.example", "--name", "A", "--role", "leader", "--unit", "Nowhere"),
	    EX_DATAERR);
	assert_non_null(strstr(said, "there is no unit Nowhere"));
	assert_int_equal(COMMAND("user", "invite", "nobody@x.example"), EX_DATAERR);
	assert_int_equal(lines("account|"), 0);
}

/* As `makker user` beside a program that serves: another process with the same database, both writing. */
static void another_process_may_write_at_the_same_time(void **state)
{
	(void)state;
	const char *where = db_for_test_where(db);
	int gate[2], status = 0;
	char go = 0;
	assert_int_equal(pipe(gate), 0);
	/* Before fork() the database is closed, as db_testing.h asks. */
	signin_free(&room);
	db_close(&db);
	pid_t child = fork();
	assert_true(child >= 0);
	assert_int_equal(db_open(where, 4, &db), RES_OK);
	struct signin_setup setup = room_setup();
	assert_int_equal(signin_new(&setup, &room), RES_OK);
	assert_int_equal(child == 0 ? read(gate[0], &go, 1) : write(gate[1], "g", 1), 1);
	int failures = 0;
	for (int i = 0; i < 40; i++) {
		char email[60];
		snprintf(email, sizeof(email), "%s%d@x.example", child == 0 ? "child" : "parent", i);
		struct adding a = {.email = email, .name = "Kari", .role = ROLE_LEADER};
		failures += add_account(&a) != RES_OK;
	}
	if (child == 0)
		_exit(failures);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(failures, 0);
	assert_int_equal(lines("account|"), 80);
	close(gate[0]);
	close(gate[1]);
	signin_free(&room);
	db_close(&db); /* not the one that db_for_test_end knows */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(every_sentence_fits_both_databases, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_account_is_found_again_and_gets_more_roles, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_will_not_do_is_refused_and_leaves_nothing, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(an_account_is_one_persons, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(many_at_once_make_one_account, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_invitation_by_mail_holds_the_link_and_only_its_hash_is_kept,
					    set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_command_adds_lists_invites_and_ends, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_command_mails_the_link_to_whom_it_is_for, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_link_to_an_account_that_has_a_passphrase_is_never_printed_and_each_is_noted, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_invitation_that_did_not_arrive_is_known_until_there_is_a_newer_one,
					    set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_account_in_use_or_ended_has_no_invitation_that_is_missing, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(the_list_says_whose_invitation_did_not_arrive, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_command_says_what_is_wrong, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(another_process_may_write_at_the_same_time, set_up, tear_down),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests_name("signin", tests, NULL, NULL);
}
