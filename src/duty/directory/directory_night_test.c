/* The folder of nightly files as an unkind world fills it, and what is taken, waits or is refused. */
#include "duty/people/people_import_testing.h"

#include <dirent.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "duty/directory/directory_agreed.h"
#include "duty/directory/directory_folder.h"
#include "duty/directory/directory_night.h"
#include "signin/signin.h"

#define NOW 1795000000 /* the bench's clock */
#define HEAD "Ansattnr;Navn;E-post;Enhet;Skjermet\n"
#define FIRST HEAD "1;Kari Hansen;kari@x.example;Akutt;\n2;Siri Skjult;siri@x.example;Akutt;ja\n3;Ola Berg;ola@x.example;Medisin;\n"

static const struct id ada = { { 1 } };

struct night_bench {
	struct bench *b;
	char folder[128];
	struct directory *d;
	struct incidents_pages frame;
	struct look_house house;
};

static struct night_bench nb;

static struct directory *room(int64_t most)
{
	nb.house = (struct look_house){ .side = LOOK_DUTY, .workplace = "Fjordvik", .country = "no", .home = "/" };
	nb.frame = (struct incidents_pages){ .db = nb.b->db, .house = &nb.house };
	struct directory_setup setup = { .db = nb.b->db, .clock = nb.b->clock, .rnd = random_system(), .frame = &nb.frame, .file_most = most,
					 .folder = nb.folder, .hour = 4, .days = 3, .leave_percent = 5, .public_url = "http://duty.example" };
	return directory_new(&setup);
}

SQL(night_test_password, "b", "", "UPDATE account SET password = 'chosen' WHERE id = $1");

static enum result admin_work(struct tx *tx, void *ctx)
{
	struct id account;
	enum result res = signin_add(tx, random_system(), "ada@x.example", "Ada", LANG_EN, NULL, ROLE_ADMIN, &(struct id){ { 0 } },
				     (struct day){ 20775 }, &account);
	(void)ctx;
	return res == RES_OK ? db_do(tx, &night_test_password, NULL, v_id(&account)) : res;
}

static int begin(void **state)
{
	if (set_up(state) != 0)
		return -1;
	nb = (struct night_bench){ .b = *state };
	snprintf(nb.folder, sizeof(nb.folder), "/tmp/makker-night-XXXXXX");
	if (!mkdtemp(nb.folder) || db_write(nb.b->db, admin_work, NULL) != RES_OK)
		return -1;
	nb.d = room(1 << 20);
	return 0;
}

static int end(void **state)
{
	char path[400];
	DIR *d = opendir(nb.folder);
	struct dirent *e;

	directory_free(&nb.d);
	chmod(nb.folder, 0700);
	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", nb.folder, e->d_name);
		if (unlink(path) != 0)
			(void)!rmdir(path);
	}
	if (d)
		closedir(d);
	(void)!rmdir(nb.folder);
	return tear_down(state);
}

static const char *path_of(const char *name)
{
	return arena_printf(nb.b->a, "%s/%s", nb.folder, name);
}

/* Written `before` seconds before now. */
static void drop(const char *name, const char *text, int64_t before)
{
	int64_t s = clock_now(nb.b->clock).s - before;
	const struct timespec times[2] = { { .tv_sec = s }, { .tv_sec = s } };

	put_file(path_of(name), text, strlen(text));
	chmod(path_of(name), 0640);
	assert_int_equal(utimensat(AT_FDCWD, path_of(name), times, 0), 0);
}

static bool there(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

static void later(int64_t seconds)
{
	clock_set(nb.b->clock, (struct instant){ clock_now(nb.b->clock).s + seconds });
}

/* Two looks, so that the file is known to be complete. */
static void night(void)
{
	directory_night_look(nb.d);
	later(NIGHT_LOOK);
	directory_night_look(nb.d);
}

static enum result night_work(struct tx *tx, void *ctx)
{
	return directory_night_get(tx, ctx);
}

static struct night now(void)
{
	struct night n = { 0 };

	assert_int_equal(db_read(nb.b->db, night_work, &n), RES_OK);
	return n;
}

static void stands(enum night_state state, enum night_why why)
{
	struct night n = now();

	assert_int_equal(n.why, why);
	assert_int_equal(n.state, state);
}

static int lines(const char *table, const char *what)
{
	struct buf dump = BUF_LIMIT((size_t)8 << 20);
	struct slice rest, line;
	int n = 0;

	assert_int_equal(db_dump(nb.b->db, &dump), RES_OK);
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += slice_starts(line, table) && strstr(arena_str(nb.b->a, line), what);
	buf_free(&dump);
	return n;
}

static int mails(void)
{
	return lines("outbox", "ada@x.example");
}

static enum result begin_work(struct tx *tx, void *ctx)
{
	return people_import_begin(tx, ctx, clock_now(nb.b->clock));
}

struct confirming {
	struct id import;
	int64_t leaving;
};

static enum result yes_work(struct tx *tx, void *ctx)
{
	struct confirming *c = ctx;
	enum result res = people_import_confirm(tx, &c->import, c->leaving);

	if (res == RES_OK)
		res = directory_agreed_yes(tx, &c->import);
	return res == RES_OK ? directory_night_yes(tx, &c->import, clock_now(nb.b->clock)) : res;
}

static enum result look_work(struct tx *tx, void *ctx)
{
	return people_import_look(tx, ctx);
}

static void carry_out(const struct id *import, int64_t leaving)
{
	struct confirming c = { *import, leaving };

	assert_int_equal(db_write(nb.b->db, yes_work, &c), RES_OK);
	directory_carry_out(nb.d, import);
	assert_int_equal(directory_give_up(nb.d, import), RES_OK);
	directory_night_after(nb.d);
}

/* As an administrator does it on the pages: from then on it is agreed which column is what. */
static void by_hand(const char *text, enum people_missing missing)
{
	struct choices c;
	struct people_peek peek;
	struct people_status s;
	enum refusal why;

	put_file(nb.b->file, text, strlen(text));
	assert_int_equal(directory_take(nb.d, &ada, open(nb.b->file, O_RDONLY | O_CLOEXEC), &why), RES_OK);
	assert_int_equal(db_read(nb.b->db, look_work, &s), RES_OK);
	assert_int_equal(directory_peek(nb.d, nb.b->a, &s.id, &peek, &c, &why), RES_OK);
	c.missing = missing;
	assert_int_equal(directory_choose(nb.d, &s.id, &c), RES_OK);
	assert_int_equal(db_write(nb.b->db, begin_work, &s.id), RES_OK);
	assert_int_equal(directory_plan_now(nb.d, &s.id, &why), RES_OK);
	carry_out(&s.id, -1);
}

static void an_ordinary_file_is_taken_by_night_and_removed_and_nobody_is_written_to(void **state)
{
	(void)state;
	by_hand(FIRST, PEOPLE_LEAVE);
	drop("a.csv", FIRST "4;Ny Person;ny@x.example;Akutt;\n", 60);
	directory_night_look(nb.d);
	assert_true(there("a.csv"));
	assert_int_equal(lines("person\t", "Ny Person") + lines("person ", "Ny Person") + lines("person:", "Ny Person"), 0);
	later(NIGHT_LOOK);
	directory_night_look(nb.d);
	stands(NIGHT_TAKEN, NIGHT_FINE);
	assert_false(there("a.csv"));
	assert_int_equal(mails(), 0);
	assert_int_equal(lines("audit", "directory/night"), 1);
	assert_true(lines("person", "Ny Person") > 0);
	assert_int_equal(lines("import_row", ""), 0);
	assert_int_equal(now().taken.s, clock_now(nb.b->clock).s);
}

static void older_files_go_with_the_one_that_is_taken_and_other_names_stay(void **state)
{
	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	drop("monday.csv", FIRST, 90000);
	drop("tuesday.csv", FIRST, 60);
	drop("wednesday.csv.part", FIRST, 10);
	night();
	stands(NIGHT_TAKEN, NIGHT_FINE);
	assert_false(there("monday.csv"));
	assert_false(there("tuesday.csv"));
	assert_true(there("wednesday.csv.part"));
}

static void a_file_that_still_grows_is_left_alone(void **state)
{
	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	drop("a.csv", HEAD "1;Kari Hansen;kari@x.example;Akutt;\n", 10);
	directory_night_look(nb.d);
	later(NIGHT_LOOK);
	drop("a.csv", FIRST, 5);
	directory_night_look(nb.d);
	stands(NIGHT_NOTHING, NIGHT_FINE);
	assert_true(there("a.csv"));
	later(NIGHT_LOOK);
	directory_night_look(nb.d);
	stands(NIGHT_TAKEN, NIGHT_FINE);
}

static void without_agreed_columns_nothing_is_taken_and_somebody_is_told_once(void **state)
{
	struct people_status s;

	(void)state;
	drop("a.csv", FIRST, 60);
	night();
	stands(NIGHT_WAITS, NIGHT_NOT_AGREED);
	assert_int_equal(mails(), 1);
	assert_int_equal(lines("person", "Kari"), 0);
	later(NIGHT_LOOK);
	directory_night_look(nb.d);
	assert_int_equal(mails(), 1);
	/* It waits on the page of columns. */
	assert_int_equal(db_read(nb.b->db, look_work, &s), RES_OK);
	assert_int_equal(s.state, PEOPLE_CLAIMED);
	assert_int_equal(s.way, PEOPLE_BY_DROP);
	assert_true(directory_has_file(nb.d, &s.id));
}

static void other_headings_wait_and_a_moved_column_does_not(void **state)
{
	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	drop("a.csv", "Navn;Ansattnr;Skjermet;Enhet;Nytt;E-post\nKari Hansen;1;;Akutt;x;kari@x.example\n", 60);
	night();
	stands(NIGHT_TAKEN, NIGHT_FINE);
	drop("b.csv", "Ansattnr;Navn;E-post;Avdeling;Skjermet\n1;Kari Hansen;kari@x.example;Akutt;\n", 1);
	night();
	stands(NIGHT_WAITS, NIGHT_HEADINGS);
	assert_int_equal(mails(), 1);
}

static void a_file_with_half_of_the_people_waits_until_somebody_says_yes(void **state)
{
	struct buf text = BUF_LIMIT(100000);
	struct people_status s;

	(void)state;
	buf_str(&text, HEAD);
	for (int i = 0; i < 40; i++)
		buf_printf(&text, "%d;Person %d;p%d@x.example;Akutt;\n", i, i, i);
	by_hand(buf_get(&text).p, PEOPLE_LEAVE);
	buf_free(&text);
	drop("a.csv", HEAD "1;Person 1;p1@x.example;Akutt;\n2;Person 2;p2@x.example;Akutt;\n", 60);
	night();
	stands(NIGHT_WAITS, NIGHT_LEAVE);
	assert_true(there("a.csv"));
	assert_int_equal(mails(), 1);
	/* The plan waits for days, and through a restart. */
	later(2 * 86400);
	directory_free(&nb.d);
	nb.d = room(1 << 20);
	night();
	stands(NIGHT_WAITS, NIGHT_LEAVE);
	assert_int_equal(mails(), 1);
	assert_int_equal(db_read(nb.b->db, look_work, &s), RES_OK);
	assert_int_equal(s.state, PEOPLE_PLANNED);
	carry_out(&s.id, 38);
	stands(NIGHT_TAKEN, NIGHT_FINE);
	assert_false(there("a.csv"));
}

static enum result no_work(struct tx *tx, void *ctx)
{
	return directory_night_no(tx, ctx);
}

static void who_says_no_has_it_removed_and_a_newer_file_takes_its_place(void **state)
{
	struct people_status s;

	(void)state;
	by_hand(FIRST, PEOPLE_LEAVE);
	drop("a.csv", HEAD "1;Kari Hansen;kari@x.example;Akutt;\n2;Siri Skjult;siri@x.example;Akutt;\n3;Ola Berg;ola@x.example;Medisin;\n", 60);
	night();
	stands(NIGHT_WAITS, NIGHT_PROTECTED); /* nobody loses it without a word */
	drop("b.csv", HEAD "1;Kari Hansen;kari@x.example;Akutt;\n2;Siri Skjult;siri@x.example;Medisin;\n3;Ola Berg;ola@x.example;Medisin;\n", 10);
	night();
	stands(NIGHT_WAITS, NIGHT_PROTECTED);
	assert_int_equal(mails(), 2);
	assert_int_equal(db_read(nb.b->db, look_work, &s), RES_OK);
	assert_int_equal(db_write(nb.b->db, no_work, &s.id), RES_OK);
	assert_int_equal(directory_give_up(nb.d, &s.id), RES_OK);
	directory_night_after(nb.d);
	stands(NIGHT_DECLINED, NIGHT_PROTECTED);
	assert_false(there("a.csv"));
	assert_false(there("b.csv"));
	assert_int_equal(lines("import_row", ""), 0);
}

static void a_file_that_cannot_be_removed_is_told_the_same_night_and_once(void **state)
{
	struct people_status s;
	char away[200];

	(void)state;
	by_hand(FIRST, PEOPLE_LEAVE);
	drop("a.csv", HEAD "1;Kari Hansen;kari@x.example;Akutt;\n2;Siri Skjult;siri@x.example;Akutt;\n3;Ola Berg;ola@x.example;Medisin;\n", 60);
	night();
	stands(NIGHT_WAITS, NIGHT_PROTECTED);
	assert_int_equal(mails(), 1);
	assert_int_equal(db_read(nb.b->db, look_work, &s), RES_OK);
	assert_int_equal(db_write(nb.b->db, yes_work, &(struct confirming){ s.id, 0 }), RES_OK);
	snprintf(away, sizeof(away), "%s-away", nb.folder);
	assert_int_equal(rename(nb.folder, away), 0);
	directory_carry_out(nb.d, &s.id);
	assert_int_equal(directory_give_up(nb.d, &s.id), RES_OK);
	directory_night_after(nb.d);
	directory_night_after(nb.d);
	stands(NIGHT_FAILED, NIGHT_CLOSED);
	assert_int_equal(mails(), 2);
	assert_int_equal(lines("outbox", "could not be removed from its folder"), 1);
	/* A look at a folder that is not there does not forget that the file is to go. */
	directory_night_look(nb.d);
	assert_true(now().clear);
	assert_int_equal(rename(away, nb.folder), 0);
	assert_true(there("a.csv"));
	directory_night_after(nb.d);
	assert_false(there("a.csv"));
	assert_false(now().clear);
	stands(NIGHT_TAKEN, NIGHT_FINE);
}

static void a_no_while_it_is_still_planned_is_heard(void **state)
{
	struct id import;

	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	drop("a.csv", FIRST, 60);
	directory_night_look(nb.d);
	later(NIGHT_LOOK);
	/* As the thread does it; the plan is not finished yet. */
	assert_int_equal(people_import_claim(nb.b->db, nb.b->clock, random_system(), PEOPLE_BY_DROP, NULL, &import), RES_OK);
	assert_int_equal(db_write(nb.b->db, begin_work, &import), RES_OK);
	assert_int_equal(db_write(nb.b->db, no_work, &import), RES_OK);
	assert_int_equal(directory_give_up(nb.d, &import), RES_OK);
	directory_night_look(nb.d);
	stands(NIGHT_DECLINED, NIGHT_FINE);
	assert_false(there("a.csv"));
	night();
	stands(NIGHT_DECLINED, NIGHT_FINE);
	/* A no to something else changes nothing. */
	drop("b.csv", FIRST, 10);
	directory_night_look(nb.d);
	assert_int_equal(db_write(nb.b->db, no_work, &import), RES_OK);
	later(NIGHT_LOOK);
	directory_night_look(nb.d);
	stands(NIGHT_TAKEN, NIGHT_FINE);
}

static void an_administrator_at_work_is_not_disturbed(void **state)
{
	enum refusal why;
	struct people_status s;

	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	put_file(nb.b->file, FIRST, strlen(FIRST));
	assert_int_equal(directory_take(nb.d, &ada, open(nb.b->file, O_RDONLY | O_CLOEXEC), &why), RES_OK);
	drop("a.csv", FIRST, 60);
	night();
	stands(NIGHT_NOTHING, NIGHT_FINE);
	assert_int_equal(db_read(nb.b->db, look_work, &s), RES_OK);
	assert_int_equal(s.way, PEOPLE_BY_PAGE);
	assert_true(directory_has_file(nb.d, &s.id));
	assert_true(there("a.csv"));
	assert_int_equal(directory_give_up(nb.d, &s.id), RES_OK);
	later(NIGHT_LOOK);
	directory_night_look(nb.d);
	stands(NIGHT_TAKEN, NIGHT_FINE);
}

static void what_is_no_file_is_refused_without_being_opened_or_followed(void **state)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	put_file(nb.b->file, FIRST, strlen(FIRST));
	assert_int_equal(symlink(nb.b->file, path_of("link.csv")), 0);
	night();
	stands(NIGHT_FAILED, NIGHT_NO_FILE);
	assert_int_equal(mails(), 1);
	assert_int_equal(unlink(path_of("link.csv")), 0);
	assert_int_equal(mkfifo(path_of("pipe.csv"), 0600), 0);
	night(); /* returns: nobody waits for somebody to write into it */
	assert_int_equal(unlink(path_of("pipe.csv")), 0);
	assert_int_equal(mkdir(path_of("folder.csv"), 0700), 0);
	night();
	snprintf(name.sun_path, sizeof(name.sun_path), "%s", path_of("s.csv"));
	assert_int_equal(bind(s, (struct sockaddr *)&name, sizeof(name)), 0);
	night();
	close(s);
	stands(NIGHT_FAILED, NIGHT_NO_FILE);
	assert_int_equal(mails(), 1); /* the same trouble, told once */
	/* Beside them a plain one is taken, and a second name of another file is not. */
	drop("a.csv", FIRST, 60);
	night();
	stands(NIGHT_TAKEN, NIGHT_FINE);
	drop("b.dat", FIRST, 5);
	assert_int_equal(link(path_of("b.dat"), path_of("b.csv")), 0);
	night();
	stands(NIGHT_FAILED, NIGHT_NO_FILE);
	assert_true(there("b.csv"));
}

static void between_the_look_and_the_reading_it_may_become_anything(void **state)
{
	struct folder_file f = { .size = 0 };
	enum night_why why = NIGHT_FINE;
	int fd = -1;

	(void)state;
	drop("a.csv", FIRST, 60);
	assert_int_equal(directory_folder_newest(nb.folder, &f, &why), RES_OK);
	assert_string_equal(f.name, "a.csv");
	/* gone */
	assert_int_equal(unlink(path_of("a.csv")), 0);
	assert_int_equal(directory_folder_take(nb.folder, &f, 1 << 20, &fd, &why), RES_AGAIN);
	/* a link to something that duty may read */
	put_file(nb.b->file, FIRST, strlen(FIRST));
	assert_int_equal(symlink(nb.b->file, path_of("a.csv")), 0);
	assert_int_equal(directory_folder_take(nb.folder, &f, 1 << 20, &fd, &why), RES_BAD);
	assert_int_equal(why, NIGHT_NO_FILE);
	/* a pipe */
	assert_int_equal(unlink(path_of("a.csv")), 0);
	assert_int_equal(mkfifo(path_of("a.csv"), 0600), 0);
	assert_int_equal(directory_folder_take(nb.folder, &f, 1 << 20, &fd, &why), RES_BAD);
	assert_int_equal(why, NIGHT_NO_FILE);
	/* another file */
	assert_int_equal(unlink(path_of("a.csv")), 0);
	drop("a.csv", HEAD, 60);
	assert_int_equal(directory_folder_take(nb.folder, &f, 1 << 20, &fd, &why), RES_AGAIN);
	/* larger than allowed, and just not */
	drop("a.csv", FIRST, 60);
	assert_int_equal(directory_folder_newest(nb.folder, &f, &why), RES_OK);
	assert_int_equal(directory_folder_take(nb.folder, &f, f.size - 1, &fd, &why), RES_BAD);
	assert_int_equal(why, NIGHT_LARGE);
	assert_int_equal(directory_folder_take(nb.folder, &f, f.size, &fd, &why), RES_OK);
	close(fd);
}

static void a_folder_that_all_may_write_to_or_that_is_not_there_is_refused(void **state)
{
	char was[sizeof(nb.folder)];

	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	drop("a.csv", FIRST, 60);
	assert_int_equal(chmod(nb.folder, 0777), 0);
	night();
	stands(NIGHT_FAILED, NIGHT_OPEN_TO_ALL);
	assert_true(there("a.csv"));
	assert_int_equal(mails(), 1);
	assert_int_equal(chmod(nb.folder, 0700), 0);
	assert_int_equal(chmod(path_of("a.csv"), 0666), 0);
	night();
	stands(NIGHT_FAILED, NIGHT_OPEN_TO_ALL);
	memcpy(was, nb.folder, sizeof(was));
	nb.folder[strlen(nb.folder) - 1] = '\0'; /* another, that is not there */
	night();
	stands(NIGHT_FAILED, NIGHT_NO_FOLDER);
	memcpy(nb.folder, was, sizeof(was));
	/* It mends itself. */
	drop("a.csv", FIRST, 30);
	night();
	stands(NIGHT_TAKEN, NIGHT_FINE);
}

static void what_cannot_be_read_as_a_list_is_said(void **state)
{
	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	drop("a.csv", "", 60);
	night();
	stands(NIGHT_FAILED, NIGHT_EMPTY);
	drop("b.csv", HEAD, 5);
	night();
	stands(NIGHT_FAILED, NIGHT_EMPTY);
	drop("c.csv", "\xff\xfeN\0", 5);
	night();
	stands(NIGHT_FAILED, NIGHT_NO_CSV);
	drop("d.csv", "<html><body>Session expired</body></html>\n", 5);
	night();
	stands(NIGHT_WAITS, NIGHT_HEADINGS);
	drop("e.csv", HEAD "01819010001;A;;;\n15827510057;B;;;\n", 5);
	night();
	stands(NIGHT_WAITS, NIGHT_REFUSED);
	assert_int_equal(lines("import_row", ""), 0);
}

static void an_old_file_is_removed_unread(void **state)
{
	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	drop("a.csv", FIRST, 8 * 86400);
	night();
	stands(NIGHT_FAILED, NIGHT_OLD);
	assert_false(there("a.csv"));
	drop("b.csv", FIRST, 60);
	night();
	stands(NIGHT_TAKEN, NIGHT_FINE);
	/* Older than the one that was taken. */
	drop("c.csv", FIRST, 40000);
	night();
	stands(NIGHT_FAILED, NIGHT_OLD);
	assert_false(there("c.csv"));
	/* One that was refused lies there for a week, and then it goes without another mail. */
	drop("d.csv", "", 1);
	night();
	int told = mails();
	later(6 * 86400);
	night();
	assert_true(there("d.csv"));
	later(86400 + 600);
	night();
	assert_false(there("d.csv"));
	assert_int_equal(mails(), told + 1); /* that none comes */
}

static void a_file_from_the_future_makes_no_true_one_old(void **state)
{
	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	drop("a.csv", FIRST, -400 * 86400);
	night();
	stands(NIGHT_TAKEN, NIGHT_FINE);
	assert_false(there("a.csv"));
	later(86400);
	drop("b.csv", FIRST "4;Ny Person;ny@x.example;Akutt;\n", 60);
	night();
	stands(NIGHT_TAKEN, NIGHT_FINE);
	assert_true(lines("person", "Ny Person") > 0);
}

static void when_none_comes_for_days_it_is_told_once_and_is_over_with_the_next(void **state)
{
	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	night();
	assert_null(directory_trouble(nb.d));
	later(3 * 86400);
	directory_night_after(nb.d);
	assert_non_null(directory_trouble(nb.d));
	assert_int_equal(mails(), 1);
	later(86400);
	directory_night_after(nb.d);
	assert_int_equal(mails(), 1);
	drop("a.csv", FIRST, 60);
	night();
	directory_night_after(nb.d);
	assert_null(directory_trouble(nb.d));
	assert_int_equal(mails(), 1);
}

/* Of two processes on one database one has the job; should both look, the seat is one's. */
static void two_that_look_at_once_take_it_once(void **state)
{
	struct directory *other;

	(void)state;
	by_hand(FIRST, PEOPLE_STAY);
	other = room(1 << 20);
	drop("a.csv", FIRST "4;Ny Person;ny@x.example;Akutt;\n", 60);
	directory_night_look(nb.d);
	later(NIGHT_LOOK);
	directory_night_look(other);
	directory_night_look(nb.d);
	directory_free(&other);
	stands(NIGHT_TAKEN, NIGHT_FINE);
	assert_int_equal(lines("audit", "directory/night"), 1);
	assert_false(there("a.csv"));
}

#define n(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		n(an_ordinary_file_is_taken_by_night_and_removed_and_nobody_is_written_to),
		n(older_files_go_with_the_one_that_is_taken_and_other_names_stay),
		n(a_file_that_still_grows_is_left_alone),
		n(without_agreed_columns_nothing_is_taken_and_somebody_is_told_once),
		n(other_headings_wait_and_a_moved_column_does_not),
		n(a_file_with_half_of_the_people_waits_until_somebody_says_yes),
		n(who_says_no_has_it_removed_and_a_newer_file_takes_its_place),
		n(a_file_that_cannot_be_removed_is_told_the_same_night_and_once),
		n(a_no_while_it_is_still_planned_is_heard),
		n(an_administrator_at_work_is_not_disturbed),
		n(what_is_no_file_is_refused_without_being_opened_or_followed),
		n(between_the_look_and_the_reading_it_may_become_anything),
		n(a_folder_that_all_may_write_to_or_that_is_not_there_is_refused),
		n(what_cannot_be_read_as_a_list_is_said),
		n(an_old_file_is_removed_unread),
		n(a_file_from_the_future_makes_no_true_one_old),
		n(when_none_comes_for_days_it_is_told_once_and_is_over_with_the_next),
		n(two_that_look_at_once_take_it_once),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
