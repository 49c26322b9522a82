#include "look/look.h"

#include <string.h>

#include "look.tpl.h"

bool look_is_here(const struct look *l, const struct look_place *place)
{
	return l->place && strcmp(l->place, place->href) == 0;
}

/* Sources: helsenorge.no and politiet.no (113, 112, 116 117), mentalhelse.no (116 123); 1177.se, sos.alarm and
   polisen.se (112, 1177, 114 14); sundhed.dk and politi.dk (112, 1813 in the capital region, 114). */
size_t look_sos_numbers(const char *country, enum lang lang, const struct look_sos **list_r)
{
	static _Thread_local struct look_sos list[4];
	size_t n = 0;
	if (strcmp(country, "se") == 0) {
		list[n++] = (struct look_sos){ "112", "tel:112", tr(lang, "in immediate danger") };
		list[n++] = (struct look_sos){ "1177", "tel:1177", tr(lang, "health advice") };
		list[n++] = (struct look_sos){ "114 14", "tel:11414", tr(lang, "police, not urgent") };
	} else if (strcmp(country, "dk") == 0) {
		list[n++] = (struct look_sos){ "112", "tel:112", tr(lang, "in immediate danger") };
		list[n++] = (struct look_sos){ "114", "tel:114", tr(lang, "police, not urgent") };
		list[n++] = (struct look_sos){ "70 201 201", "tel:+4570201201", tr(lang, "somebody to talk to") };
	} else {
		list[n++] = (struct look_sos){ "113", "tel:113", tr(lang, "ambulance") };
		list[n++] = (struct look_sos){ "112", "tel:112", tr(lang, "police") };
		list[n++] = (struct look_sos){ "116 117", "tel:116117", tr(lang, "out-of-hours doctor") };
		list[n++] = (struct look_sos){ "116 123", "tel:116123", tr(lang, "somebody to talk to") };
	}
	*list_r = list;
	return n;
}

/* Sources: mentalhelse.no and kirkens-sos.no (116 123, 22 40 00 40, day and night), helsenorge.no (116 117); mind.se
   (90101, day and night), jourhavandemedmanniska.se (08-702 16 80, 21 to 06), 1177.se; livslinien.dk (70 201 201, 11 to
   05), kbh.kirkenskorshaer.dk (Sct. Nicolai Tjenesten, 70 12 01 10, 9 to 03). */
static size_t public_lines(const char *country, enum lang lang, struct look_line l[2], struct look_line *professional_r)
{
	const char *always = tr(lang, "Day and night");
	if (strcmp(country, "se") == 0) {
		l[0] = (struct look_line){ "Mind Självmordslinjen", "90101", "tel:90101", always, true };
		l[1] = (struct look_line){ "Jourhavande medmänniska", "08-702 16 80", "tel:+4687021680",
					   tr(lang, "From nine in the evening to six in the morning"), false };
		*professional_r = (struct look_line){ "1177", "1177", "tel:1177", always, true };
	} else if (strcmp(country, "dk") == 0) {
		l[0] = (struct look_line){ "Livslinien", "70 201 201", "tel:+4570201201",
					   tr(lang, "From eleven in the morning to five the next morning"), false };
		l[1] = (struct look_line){ "Sct. Nicolai Tjenesten", "70 12 01 10", "tel:+4570120110",
					   tr(lang, "From nine in the morning to three the next morning"), false };
		*professional_r = l[0];
	} else {
		l[0] = (struct look_line){ "Mental Helse", "116 123", "tel:116123", always, true };
		l[1] = (struct look_line){ "Kirkens SOS", "22 40 00 40", "tel:+4722400040", always, true };
		*professional_r = (struct look_line){ "Legevakten", "116 117", "tel:116117", always, true };
	}
	return 2;
}

struct look_lines look_lines(struct arena *a, const struct look_house *house, enum lang lang)
{
	struct look_lines out = { .n = 0 };
	bool own = house->line.name && house->line.name[0];
	if (own) {
		bool always = !house->line.hours[0];
		out.list[out.n++] = (struct look_line){ house->line.name, house->line.phone, look_tel(a, house->line.phone),
							always ? tr(lang, "Day and night") : house->line.hours, always };
	}
	out.n += public_lines(house->country, lang, &out.list[out.n], &out.urgent);
	out.now = out.list[0];
	for (size_t i = 0; i < out.n && !out.now.always; i++)
		if (out.list[i].always)
			out.now = out.list[i];
	out.professional = own ? out.list[0] : out.now;
	return out;
}

static void element_of_ours(struct html *h, const char *before, const char *asset, const char *after)
{
	if (strncmp(asset, "/a/", 3) != 0)
		bug("not an asset of ours: %s", asset);
	html_raw(h, before, strlen(before));
	html_text_str(h, asset);
	html_raw(h, after, strlen(after));
}

void look_stylesheet(struct html *h, const char *asset)
{
	element_of_ours(h, "<link rel=\"stylesheet\" href=\"", asset, "\">");
}

void look_module(struct html *h, const char *asset)
{
	element_of_ours(h, "<script type=\"module\" src=\"", asset, "\"></script>");
}

/* Bytes of the character that begins at p. */
static size_t character(const char *p)
{
	size_t n = 1;
	while (((unsigned char)p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void look_initials(const char *name, char out[16])
{
	const char *first = name, *last = NULL;
	size_t n = 0;
	for (const char *p = name; *p; p++)
		if (*p == ' ' && p[1] && p[1] != ' ')
			last = p + 1;
	if (*first) {
		memcpy(out, first, character(first));
		n = character(first);
	}
	if (last) {
		memcpy(out + n, last, character(last));
		n += character(last);
	}
	out[n] = '\0';
}

const char *look_tint(const struct id *id)
{
	static const char *const tints[] = { "accent", "brand1", "brand2", "info", "neutral" };
	return tints[id->b[0] % ARRAY_LEN(tints)];
}

const char *look_place(const char *path)
{
	const char *at = path;
	for (const char *step; (step = strstr(at, " / "));)
		at = step + 3;
	return at;
}

const char *look_given(struct arena *a, const char *name)
{
	const char *space = strchr(name, ' ');
	return arena_str(a, slice_bytes(name, space ? (size_t)(space - name) : strlen(name)));
}

const char *look_error_title(enum lang lang, int status)
{
	switch (status) {
	case 403: return tr(lang, "This page is not for you");
	case 404: case 410: return tr(lang, "There is no such page");
	case 409: return tr(lang, "Somebody got there before you");
	case 413: return tr(lang, "That was too much at once");
	case 429: return tr(lang, "Many people are here right now");
	case 503: return tr(lang, "This does not work right now"); /* too many, or a disk without room */
	case 500: return tr(lang, "Something went wrong here");
	default: return tr(lang, "That did not work");
	}
}

const char *look_error_text(enum lang lang, int status)
{
	switch (status) {
	case 403: return tr(lang, "Your sign-in does not give access to it. If it should, ask whoever gave you the sign-in.");
	case 404: case 410: return tr(lang, "The address may be mistyped, or the page has been removed.");
	case 409: return tr(lang, "What you saw has changed since. Go back and look again.");
	case 413: return tr(lang, "Nothing was saved. Try with less text.");
	case 429: case 503: return tr(lang, "Wait a minute and try again. Nothing you wrote has been saved yet.");
	case 500: return tr(lang, "The mistake is ours. Try again in a little while.");
	default: return tr(lang, "Go back and try again. Nothing was saved.");
	}
}

/* The text with the megabytes that a file may have. */
static void file_text(struct buf *out, enum lang lang, int64_t most)
{
	struct buf n = BUF_LIMIT(32);
	say_number(&n, lang, most >> 20);
	tr_fill(out, tr(lang, "A file may have at most {n} MB, and nothing of this one was kept. Leave out columns that are not needed, or ask whoever runs "
			      "Makker here to allow larger ones."), "n", n.p, NULL);
	buf_free(&n);
}

void look_error_page(struct html *out, const struct web_error *error, void *house)
{
	enum lang lang = (enum lang)error->lang;
	struct look l = { .house = house, .lang = lang, .title = look_error_title(lang, error->status) };
	struct buf text = BUF_LIMIT(1000);
	l.quick_exit = l.house->side == LOOK_HAVEN;
	if (error->back) {
		l.title = tr(lang, "The file is too large");
		file_text(&text, lang, error->file_most);
	} else {
		buf_str(&text, look_error_text(lang, error->status));
	}
	look_error(out, &l, l.title, text.p, error->back);
	buf_free(&text);
}
