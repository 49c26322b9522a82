#include "risks/risks.h"

#include <string.h>

enum of { BOTH, DUTY_ONLY, HAVEN_ONLY };

static enum risks_grade bad_if(bool bad)
{
	return bad ? RISKS_MEND : RISKS_FINE;
}

static enum risks_grade look_if(bool odd)
{
	return odd ? RISKS_LOOK : RISKS_FINE;
}

static enum risks_grade bad_if_yes(enum risks_is is)
{
	return is == RISKS_UNKNOWN ? RISKS_NOT_KNOWN : bad_if(is == RISKS_YES);
}

static enum risks_grade https(const struct risks_facts *f)
{
	return bad_if(!f->https);
}

static enum risks_grade listening(const struct risks_facts *f)
{
	return bad_if(!f->local);
}

/* Behind a proxy each visitor seems to come from this machine, unless the proxy says who it is; without one nobody may say so. */
static enum risks_grade peer(const struct risks_facts *f)
{
	return look_if(f->local && f->https && !f->peer_header);
}

static enum risks_grade mail(const struct risks_facts *f)
{
	return bad_if(!f->mail_tls && !f->mail_local);
}

static enum risks_grade door(const struct risks_facts *f)
{
	return bad_if(!f->door_peer);
}

static enum risks_grade users(const struct risks_facts *f)
{
	return f->root ? RISKS_MEND : !f->door_peer ? RISKS_NOT_KNOWN : bad_if_yes(f->same_user);
}

static enum risks_grade name(const struct risks_facts *f)
{
	return bad_if(f->same_name);
}

static enum risks_grade line(const struct risks_facts *f)
{
	return look_if(!f->line);
}

static enum risks_grade watched(const struct risks_facts *f)
{
	return look_if(!f->watched);
}

static enum risks_grade keepers(const struct risks_facts *f)
{
	return f->one_keeper == RISKS_UNKNOWN ? RISKS_NOT_KNOWN : look_if(f->one_keeper == RISKS_YES);
}

static enum risks_grade files(const struct risks_facts *f)
{
	if (f->settings_open == RISKS_YES || f->folder_open == RISKS_YES)
		return RISKS_MEND;
	return f->settings_open == RISKS_UNKNOWN || f->folder_open == RISKS_UNKNOWN ? RISKS_NOT_KNOWN : RISKS_FINE;
}

static enum risks_grade memory(const struct risks_facts *f)
{
	if (f->locked == RISKS_YES || f->swap == RISKS_NO)
		return RISKS_FINE;
	return f->swap == RISKS_YES && f->locked == RISKS_NO ? RISKS_MEND : RISKS_NOT_KNOWN;
}

static enum risks_grade clock_kind(const struct risks_facts *f)
{
	return bad_if(f->by_hand);
}

static enum risks_grade server_logs(const struct risks_facts *f)
{
	return f->server ? bad_if_yes(f->server_logs) : RISKS_FINE;
}

static enum risks_grade server_archives(const struct risks_facts *f)
{
	return f->server ? bad_if_yes(f->server_archives) : RISKS_FINE;
}

static enum risks_grade login(const struct risks_facts *f)
{
	return f->server ? bad_if_yes(f->login_shared) : RISKS_FINE;
}

static const struct {
	enum of of;
	enum risks_grade (*judge)(const struct risks_facts *f);
	const char *name, *why, *mend;
} rules[] = {
	{ BOTH, https, TR("Encrypted pages"),
	  TR("Without https anybody on the same network can read what is shown and written, and sign in as somebody else."),
	  TR("Get a certificate, put nginx in front as the sample shows, and let public_url begin with https.") },
	{ BOTH, listening, TR("Who can reach the program itself"),
	  TR("The program listens to the whole network. Malformed requests that nginx would refuse come straight in, and nothing encrypts them."),
	  TR("Let listen be an address of this machine, such as 127.0.0.1, and put nginx in front.") },
	{ BOTH, peer, TR("Telling visitors apart"),
	  TR("Behind nginx everybody seems to have the same address. Somebody who guesses passphrases then holds up everybody else, and may notice when others answer."),
	  TR("Set peer_header to X-Real-IP, which the sample for nginx sets.") },
	{ BOTH, mail, TR("Mail on its way"),
	  TR("Mail goes over the network unencrypted. Whoever listens there can open the personal links in it."),
	  TR("Set mail_tls to starttls or tls.") },
	{ BOTH, door, TR("Who may speak at the door"),
	  TR("Any program that may open the socket between the two programs can pretend to be the other one."),
	  TR("Let door_peer_user name the other program’s system user.") },
	{ BOTH, users, TR("Two system users"),
	  TR("Programs that run as the same user, or as root, can read each other’s files. Then the employer’s program could learn what the confidential one holds."),
	  TR("Run each program as its own user, makker-duty and makker-haven.") },
	{ HAVEN_ONLY, name, TR("Two host names"),
	  TR("With one name for both, browsers cannot keep the two apart, and a visit to one looks like a visit to the other in the network’s records."),
	  TR("Give the two programs different host names.") },
	{ BOTH, keepers, TR("Two people who look after the sign-ins"),
	  TR("At most one person does so here. Nobody confirmed the role of the first one, and roles that one person alone asks for may never be confirmed."),
	  TR("Appoint a second administrator, or in the confidential program a second coordinator, and have that person choose a passphrase.") },
	{ BOTH, files, TR("Files on this machine"),
	  TR("Other users of the machine can read the settings or the program’s folder, and may find passwords or the database there."),
	  TR("Let the settings have mode 640 and the folder mode 700, and belong to the program’s user.") },
	{ BOTH, memory, TR("Memory on the disk"),
	  TR("The machine may write parts of its memory to a disk. What somebody wrote without JavaScript could be found there long after."),
	  TR("Switch swap off or encrypt it, or start the program from the sample unit for systemd, which locks its memory.") },
	{ BOTH, clock_kind, TR("The clock"),
	  TR("The clock stands still until somebody moves it. That is for demonstrations: offers and deadlines do not follow the real time."),
	  TR("Make a new folder with makker init, without --at.") },
	{ HAVEN_ONLY, line, TR("A professional line"),
	  TR("When no supporter can be found, colleagues are shown public numbers only."),
	  TR("Agree with occupational health or others, and set professional_line and professional_line_phone.") },
	{ BOTH, watched, TR("Somebody is told when it stops"),
	  TR("Nobody notices when mail is not sent or the database does not answer, and then offers do not reach people."),
	  TR("Set metrics, and let a monitor ask for /healthz.") },
	{ BOTH, server_logs, TR("What the database server writes down"),
	  TR("The server logs or collects the statements it is given. Such a record shows who was looked for and when somebody answered."),
	  TR("Set log_statement to none and log_min_duration_statement to -1 for this database, and do not load pg_stat_statements.") },
	{ HAVEN_ONLY, server_archives, TR("Copies of every moment"),
	  TR("The server archives all changes. From two moments within an hour it can be seen that somebody answered in between."),
	  TR("Set archive_mode to off on the server that holds this database, and take makker backup once a day.") },
	{ BOTH, login, TR("The login at the database server"),
	  TR("The same login owns other databases too. Whoever has one of them has all, and the two programs are no longer apart."),
	  TR("Give each program a login and a database of its own.") },
};

size_t risks_judge(const struct risks_facts *f, struct risks_judged list[RISKS_MOST])
{
	static const enum risks_grade order[] = { RISKS_MEND, RISKS_LOOK, RISKS_NOT_KNOWN, RISKS_FINE };
	size_t n = 0;
	_Static_assert(ARRAY_LEN(rules) <= RISKS_MOST, "every rule has its place");
	for (size_t o = 0; o < ARRAY_LEN(order); o++)
		for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
			bool ours = rules[i].of == BOTH || (rules[i].of == HAVEN_ONLY) == f->haven;
			if (ours && rules[i].judge(f) == order[o])
				list[n++] = (struct risks_judged){ order[o], rules[i].name, rules[i].why, rules[i].mend };
		}
	return n;
}

int risks_text(const struct risks_facts *f, struct buf *out)
{
	static const char *const word[] = {
		[RISKS_LOOK] = "worth a look", [RISKS_MEND] = "needs fixing", [RISKS_NOT_KNOWN] = "not known",
	};
	struct risks_judged list[RISKS_MOST];
	size_t n = risks_judge(f, list);
	int mend = 0, fine = 0;
	for (size_t i = 0; i < n; i++) {
		mend += list[i].grade == RISKS_MEND;
		fine += list[i].grade == RISKS_FINE;
		if (list[i].grade != RISKS_FINE)
			buf_printf(out, "%s: %s\n  why:  %s\n  mend: %s\n", word[list[i].grade], list[i].name, list[i].why, list[i].mend);
	}
	buf_printf(out, "in order: %d of %zu\n", fine, n);
	return mend;
}
