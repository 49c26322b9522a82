#include "catalogues.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 60 /* characters of a msgid in a message */

static int wrong(struct buf *report, const struct catalogues *c, int lang, int line, const char *why,
		 const char *msgid)
{
	buf_printf(report, "%s/%s.po:%d: %s", c->dir, c->of[lang].code, line, why);
	if (msgid)
		buf_printf(report, ": \"%.*s%s\"", SHOWN, msgid, strlen(msgid) > SHOWN ? "…" : "");
	buf_char(report, '\n');
	return 1;
}

#define OWN "this language" /* the context of what no neighbour can say */

const char *catalogue_said(const struct catalogue *c, const struct po_entry *key, int form)
{
	const struct po_entry *e = po_find(&c->po, key->context, key->msgid);
	if (e && (c->nearest < 0 || po_has_words(e)))
		return form < e->forms ? e->said[form] : NULL;
	if (!c->source || form > 1)
		return NULL;
	return form && key->plural ? key->plural : key->msgid;
}

/* The catalogue may be without this text. */
static bool may_lack(const struct catalogue *c, const struct po_entry *e)
{
	return c->source || (c->nearest >= 0 && strcmp(e->context, OWN) != 0);
}

/* ---- holes: {name} ---- */

static size_t hole_at(const char *s)
{
	size_t n = 1;
	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') || s[n] == '_' ||
	       (n > 1 && s[n] >= '0' && s[n] <= '9'))
		n++;
	return n > 1 && s[n] == '}' ? n + 1 : 0;
}

/* Every hole of a stands in b. */
static bool holes_within(const char *a, const char *b)
{
	for (; (a = strchr(a, '{')); a++) {
		size_t n = hole_at(a);
		if (n && !memmem(b, strlen(b), a, n))
			return false;
	}
	return true;
}

static bool same_holes(const char *a, const char *b)
{
	return holes_within(a, b) && holes_within(b, a);
}

static int entry_sound(const struct catalogues *c, int lang, const struct po_entry *e, struct buf *report)
{
	const struct catalogue *l = &c->of[lang];
	if (!po_has_words(e))
		return l->nearest >= 0 && may_lack(l, e) ? 0 : wrong(report, c, lang, e->line, e->fuzzy ? "fuzzy" : "no text", e->msgid);
	if (e->plural && e->forms != l->plural.forms)
		return wrong(report, c, lang, e->line, "as many forms are awaited as nplurals says", e->msgid);
	for (int f = 0; f < e->forms; f++) {
		/* "One colleague waits" may leave the number out: where the form is of one number alone. */
		bool single = !e->plural || plural_is_single(&l->plural, f);
		if (!(single && same_holes(e->said[f], e->msgid)) && !(e->plural && same_holes(e->said[f], e->plural)))
			return wrong(report, c, lang, e->line, "other holes than the msgid", e->msgid);
	}
	return 0;
}

/* ---- headers ---- */

static int find_code(const struct catalogues *c, struct slice code)
{
	for (int l = 0; l < c->n; l++)
		if (slice_is(code, c->of[l].code))
			return l;
	return -1;
}

static bool is_code(struct slice s)
{
	bool is = s.n == 2 || s.n == 3;
	for (size_t i = 0; i < s.n; i++)
		is = is && s.p[i] >= 'a' && s.p[i] <= 'z';
	return is;
}

static int header_sound(struct catalogues *c, int lang, struct buf *report)
{
	struct catalogue *l = &c->of[lang];
	struct slice rule = po_header(&l->po, "Plural-Forms"), language = po_header(&l->po, "Language");
	struct slice nearest = po_header(&l->po, "X-Makker-Nearest"), also = po_header(&l->po, "X-Makker-Also"), code;
	const char *why;
	int bad = 0;
	if (l->source && !l->po.header)
		rule = SLICE("nplurals=2; plural=(n != 1);");
	if (plural_read(rule, &l->plural, &why) != RES_OK) {
		char text[160];
		snprintf(text, sizeof(text), "Plural-Forms: %s", why);
		bad += wrong(report, c, lang, 1, text, NULL);
	} else if (l->source && l->plural.forms != 2) {
		bad += wrong(report, c, lang, 1, "Plural-Forms: English has the two forms of the msgids", NULL);
	}
	if (!is_code(slice_of(l->code)) || (language.n && !slice_is(language, l->code)))
		bad += wrong(report, c, lang, 1, "the file's name is two or three small letters, and its Language the same", NULL);
	while (also.n && slice_cut(&also, ' ', &code))
		if (!is_code(code))
			bad += wrong(report, c, lang, 1, "X-Makker-Also: codes of two or three letters, with a space between", NULL);
	l->nearest = find_code(c, nearest);
	if (nearest.n && (l->nearest < 0 || l->nearest == lang || l->source))
		bad += wrong(report, c, lang, 1, "X-Makker-Nearest: another language of LINGUAS, and not for English", NULL);
	return bad;
}

/* From neighbour to neighbour one comes to a whole catalogue. */
static int chain_sound(const struct catalogues *c, int lang, struct buf *report)
{
	int at = lang;
	for (int steps = 0; at >= 0 && c->of[at].nearest >= 0; at = c->of[at].nearest)
		if (steps++ > c->n)
			return wrong(report, c, lang, 1, "X-Makker-Nearest: the neighbours go round in a circle", NULL);
	return 0;
}

int catalogues_heads(struct catalogues *c, struct buf *report)
{
	int bad = 0;
	for (int l = 0; l < c->n; l++)
		bad += header_sound(c, l, report);
	for (int l = 0; l < c->n && !bad; l++)
		bad += chain_sound(c, l, report);
	return bad;
}

int catalogues_sound(const struct catalogues *c, struct buf *report)
{
	int bad = 0;
	for (int l = 0; l < c->n; l++) {
		const struct po *po = &c->of[l].po;
		for (size_t i = 0; i < po->n; i++)
			bad += entry_sound(c, l, &po->entries[i], report);
	}
	return bad;
}

/* A text stands in some language that is whole. */
static bool held_before(const struct catalogues *c, int until, const struct po_entry *e)
{
	for (int l = 0; l < until; l++)
		if (!c->of[l].source && c->of[l].nearest < 0 && po_find(&c->of[l].po, e->context, e->msgid))
			return true;
	return false;
}

int catalogues_alike(const struct catalogues *c, struct buf *report)
{
	int bad = 0;
	for (int l = 0; l < c->n; l++)
		for (int other = 0; other < c->n; other++) {
			const struct po *po = &c->of[l].po;
			for (size_t i = 0; i < po->n && other != l && !c->of[other].source; i++) {
				const struct po_entry *e = &po->entries[i];
				if (c->of[l].source || c->of[l].nearest >= 0 || held_before(c, l, e))
					continue;
				const struct po_entry *theirs =
				    po_find(&c->of[other].po, e->context, e->msgid);
				if (!theirs && may_lack(&c->of[other], e))
					continue;
				if (!theirs)
					bad += wrong(report, c, other, 1, "missing", e->msgid);
				else if (!theirs->plural != !e->plural)
					bad += wrong(report, c, other, theirs->line,
						     "plural in one language only", e->msgid);
			}
		}
	return bad;
}

int catalogues_complete(const struct catalogues *c, const struct po *source, struct buf *report)
{
	int bad = 0;
	for (int l = 0; l < c->n; l++) {
		const struct po *po = &c->of[l].po;
		if (po->obsolete)
			bad += wrong(report, c, l, po->obsolete, "obsolete (\"#~\"): delete it", NULL);
		for (size_t i = 0; i < source->n; i++) {
			const struct po_entry *s = &source->entries[i];
			const struct po_entry *e = po_find(po, s->context, s->msgid);
			if (!e && !may_lack(&c->of[l], s))
				bad += wrong(report, c, l, 1, "missing", s->msgid);
			else if (e && (!e->plural != !s->plural ||
				       (e->plural && strcmp(e->plural, s->plural) != 0)))
				bad += wrong(report, c, l, e->line, "another plural than in the source",
					     e->msgid);
		}
		for (size_t i = 0; i < po->n; i++)
			if (!po_find(source, po->entries[i].context, po->entries[i].msgid))
				bad += wrong(report, c, l, po->entries[i].line,
					     "no longer in the source: delete it", po->entries[i].msgid);
	}
	return bad;
}

static bool marked(const struct catalogue *c, const struct po_entry *key)
{
	const struct po_entry *e = po_find(&c->po, key->context, key->msgid);
	return e && e->same;
}

int catalogues_own_words(const struct catalogues *c, struct buf *report)
{
	int bad = 0;
	for (int l = 0; l < c->n; l++) {
		const struct po *po = &c->of[l].po;
		for (size_t i = 0; i < po->n; i++) {
			const struct po_entry *e = &po->entries[i];
			for (int other = 0; other < c->n; other++) {
				/* Each pair once; English, which may have no entry, from the other's side. */
				bool seen = other < l && !(c->of[other].source &&
							   !po_find(&c->of[other].po, e->context, e->msgid));
				if (other == l || seen || e->same || marked(&c->of[other], e))
					continue;
				for (int form = 0; form < e->forms; form++) {
					const char *theirs = catalogue_said(&c->of[other], e, form);
					char why[80];
					if (!theirs || !e->said[form][0] || strcmp(theirs, e->said[form]) != 0)
						continue;
					snprintf(why, sizeof(why),
						 "the same text as %s, without \"# same: reason\"",
						 c->of[other].code);
					bad += wrong(report, c, l, e->line, why, e->msgid);
					break;
				}
			}
		}
	}
	return bad;
}

/* ---- tables ---- */

static void put_string(struct buf *out, const char *s)
{
	if (!s) {
		buf_str(out, "NULL");
		return;
	}
	buf_char(out, '"');
	for (; *s; s++) {
		unsigned char ch = (unsigned char)*s;
		if (ch == '"' || ch == '\\')
			buf_printf(out, "\\%c", ch);
		else if (ch < ' ' || ch == 127)
			buf_printf(out, "\\%03o", ch);
		else
			buf_char(out, (char)ch);
	}
	buf_char(out, '"');
}

/* The forms of a counted text stand in one string, each but the last with a zero byte after it. */
static void put_said(const struct catalogue *l, const struct po_entry *e, struct buf *out)
{
	const char *said = catalogue_said(l, e, 0);
	if (!said) {
		buf_str(out, "NULL");
		return;
	}
	put_string(out, said);
	for (int f = 1; e->plural && f < l->plural.forms; f++) {
		buf_str(out, " \"\\0\" ");
		put_string(out, catalogue_said(l, e, f));
	}
}

static void put_row(const struct catalogues *c, const struct po_entry *e, struct buf *out)
{
	buf_str(out, "\t{ ");
	put_string(out, e->context);
	buf_str(out, ", ");
	put_string(out, e->msgid);
	buf_str(out, ", (const char *const[]){\n");
	for (int l = 0; l < c->n; l++) {
		buf_printf(out, "\t\t/* %s */ ", c->of[l].code);
		put_said(&c->of[l], e, out);
		buf_str(out, ",\n");
	}
	buf_str(out, "\t} },\n");
}

static void put_language(const struct catalogue *l, struct buf *out)
{
	char rule[PLURAL_RULE + 1];
	struct slice also = po_header(&l->po, "X-Makker-Also");
	plural_rule(&l->plural, rule);
	buf_printf(out, "\t{ \"%s\", \"%.*s\", %d, %d,\n\t  \"%s\" },\n", l->code, (int)also.n, also.n ? also.p : "", l->nearest,
		   l->plural.forms, rule);
}

/* Any language that is whole holds every text. */
static const struct po *whole(const struct catalogues *c)
{
	static const struct po none;
	for (int l = 0; l < c->n; l++)
		if (!c->of[l].source && c->of[l].nearest < 0)
			return &c->of[l].po;
	return &none;
}

void catalogues_tables(const struct catalogues *c, struct buf *out)
{
	buf_str(out, "/* Made by poc from po/. */\n#include \"lang/texts.h\"\n\n");
	for (int l = 0; l < c->n; l++)
		buf_printf(out, "#define AT_%s %d\n", c->of[l].code, l);
	buf_printf(out, "TEXTS_BEGIN(%d);\n\nconst int lang_count = %d;\nconst char *const lang_codes[] = { ", c->n, c->n);
	for (int l = 0; l < c->n; l++)
		buf_printf(out, "\"%s\", ", c->of[l].code);
	buf_str(out, "NULL };\nconst char lang_choices[] = \"");
	for (int l = 0; l < c->n; l++)
		buf_printf(out, "%s%s", l ? "|" : "", c->of[l].code);
	buf_str(out, "\";\nconst struct language languages[] = {\n");
	for (int l = 0; l < c->n; l++)
		put_language(&c->of[l], out);
	buf_str(out, "};\n\nconst struct text texts[] = {\n");
	const struct po *all = whole(c);
	for (size_t i = 0; i < all->n; i++)
		put_row(c, &all->entries[i], out);
	buf_printf(out, "\t{ NULL, NULL, NULL },\n};\nconst size_t texts_n = %zu;\n", all->n);
}

void catalogues_count(const struct catalogues *c, bool every, struct buf *out)
{
	const struct po *all = whole(c);
	for (int l = 0; l < c->n; l++) {
		size_t n = 0;
		for (size_t i = 0; i < all->n; i++)
			n += catalogue_said(&c->of[l], &all->entries[i], 0) != NULL;
		if (c->of[l].nearest >= 0)
			buf_printf(out, "%s/%s.po: %zu of %zu texts; the others in %s\n", c->dir, c->of[l].code, n, all->n,
				   c->of[c->of[l].nearest].code);
		else if (every)
			buf_printf(out, "%s/%s.po: %zu of %zu texts\n", c->dir, c->of[l].code, n, all->n);
	}
}

void catalogues_free(struct catalogues *c)
{
	for (int l = 0; l < c->n; l++)
		po_free(&c->of[l].po);
	c->n = 0;
}
