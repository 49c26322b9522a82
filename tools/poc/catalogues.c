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

const char *catalogue_said(const struct catalogue *c, const struct po_entry *key, int which)
{
	const struct po_entry *e = po_find(&c->po, key->context, key->msgid);
	if (e)
		return e->said[which];
	if (!c->source)
		return NULL;
	return which && key->plural ? key->plural : key->msgid;
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
	int bad = 0;
	if (e->fuzzy)
		bad += wrong(report, c, lang, e->line, "fuzzy", e->msgid);
	if (!e->said[0][0] || (e->plural && !e->said[1][0]))
		return bad + wrong(report, c, lang, e->line, "no text", e->msgid);
	/* "One colleague waits" may leave the number out. */
	bool one = same_holes(e->said[0], e->msgid) || (e->plural && same_holes(e->said[0], e->plural));
	if (!one || (e->plural && !same_holes(e->said[1], e->plural)))
		bad += wrong(report, c, lang, e->line, "other holes than the msgid", e->msgid);
	return bad;
}

static bool plural_rule_known(const char *header)
{
	const char *at = header ? strstr(header, "Plural-Forms:") : NULL;
	if (!at)
		return false;
	char squeezed[64];
	size_t n = 0;
	for (at += strlen("Plural-Forms:"); *at && *at != '\n' && n < sizeof(squeezed) - 1; at++)
		if (!strchr(" ();", *at))
			squeezed[n++] = *at;
	squeezed[n] = '\0';
	return strcmp(squeezed, "nplurals=2plural=n!=1") == 0;
}

int catalogues_sound(const struct catalogues *c, struct buf *report)
{
	int bad = 0;
	for (int l = 0; l < c->n; l++) {
		const struct po *po = &c->of[l].po;
		if ((po->header || !c->of[l].source) && !plural_rule_known(po->header))
			bad +=
			    wrong(report, c, l, 1, "Plural-Forms is not nplurals=2; plural=(n != 1);", NULL);
		for (size_t i = 0; i < po->n; i++)
			bad += entry_sound(c, l, &po->entries[i], report);
	}
	return bad;
}

/* A text stands in some language but English. */
static bool held_before(const struct catalogues *c, int until, const struct po_entry *e)
{
	for (int l = 0; l < until; l++)
		if (!c->of[l].source && po_find(&c->of[l].po, e->context, e->msgid))
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
				if (c->of[l].source || held_before(c, l, e))
					continue;
				const struct po_entry *theirs =
				    po_find(&c->of[other].po, e->context, e->msgid);
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
			if (!e && !c->of[l].source)
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
				for (int which = 0; which < (e->plural ? 2 : 1); which++) {
					const char *theirs = catalogue_said(&c->of[other], e, which);
					char why[80];
					if (!theirs || !e->said[which] || strcmp(theirs, e->said[which]) != 0)
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

static void put_row(const struct catalogues *c, const struct po_entry *e, struct buf *out)
{
	buf_str(out, "\t{ ");
	put_string(out, e->context);
	buf_str(out, ", ");
	put_string(out, e->msgid);
	buf_str(out, ", {\n");
	for (int l = 0; l < c->n; l++) {
		buf_printf(out, "\t\t[LANG_%s] = { ", c->of[l].code);
		put_string(out, catalogue_said(&c->of[l], e, 0));
		buf_str(out, ", ");
		put_string(out, e->plural ? catalogue_said(&c->of[l], e, 1) : NULL);
		buf_str(out, " },\n");
	}
	buf_str(out, "\t} },\n");
}

void catalogues_tables(const struct catalogues *c, struct buf *out)
{
	buf_str(out, "/* Made by poc from po/. */\n#include \"lang/texts.h\"\n\n");
	/* The languages of po/LINGUAS and of enum lang are the same ones: else this does not compile. */
	for (int l = 0; l < c->n; l++) {
		char upper[12] = "";
		for (size_t i = 0; c->of[l].code[i]; i++) {
			char ch = c->of[l].code[i];
			upper[i] = ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : '_';
		}
		buf_printf(out, "#define LANG_%s LANG_%s\n", c->of[l].code, upper);
	}
	buf_printf(out, "_Static_assert(LANG_COUNT == %d, \"enum lang and po/LINGUAS differ\");\n\n", c->n);
	buf_str(out, "const char *const texts_codes[LANG_COUNT] = {\n");
	for (int l = 0; l < c->n; l++)
		buf_printf(out, "\t[LANG_%s] = \"%s\",\n", c->of[l].code, c->of[l].code);
	buf_str(out, "};\n\nconst struct text texts[] = {\n");
	/* Any language but English holds every text. */
	const struct po *all = NULL;
	for (int l = 0; l < c->n && !all; l++)
		all = c->of[l].source ? NULL : &c->of[l].po;
	size_t n = all ? all->n : 0;
	for (size_t i = 0; i < n; i++)
		put_row(c, &all->entries[i], out);
	buf_printf(out, "\t{ NULL, NULL, { { NULL } } },\n};\nconst size_t texts_n = %zu;\n", n);
}

void catalogues_free(struct catalogues *c)
{
	for (int l = 0; l < c->n; l++)
		po_free(&c->of[l].po);
	c->n = 0;
}
