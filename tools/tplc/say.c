#include "tpl.h"

#define HOLES 8

struct hole_value {
	struct slice name, expr;
	bool used;
};

static enum result check_holes(struct tpl *t, struct slice text, struct hole_value *v, size_t n)
{
	struct slice name;
	for (size_t at = 0; directive_hole(text, &at, &name);) {
		size_t i = 0;
		while (i < n && !slice_eq(v[i].name, name))
			i++;
		if (i == n)
			return tpl_refuse(t, t->line, "the hole {%.*s} has no value", SHOW(name));
		v[i].used = true;
	}
	return RES_OK;
}

static void put_filled(struct tpl *t, const char *put, const char *call, const struct hole_value *v, size_t n)
{
	struct buf *c = &t->out->c;
	tpl_code(t, "\t{\n\t\tstatic const char *const t_names[] = {");
	for (size_t i = 0; i < n; i++)
		buf_printf(c, " \"%.*s\",", SHOW(v[i].name));
	buf_str(c, " };\n\t\tstruct slice t_said;\n");
	tpl_code(t, "\t\tconst char *t_text = %s;\n", call);
	buf_printf(c, "\t\tfor (int t_hole = 0; t_hole >= 0;) {\n"
		      "\t\t\tt_hole = tr_hole(&t_text, &t_said, t_names, %zu);\n"
		      "\t\t\thtml_text(h, t_said);\n",
		   n);
	for (size_t i = 0; i < n; i++)
		tpl_code(t, "\t\t\tif (t_hole == %zu)\n\t\t\t\t%s(h, (%.*s));\n", i, put, (int)v[i].expr.n,
			 v[i].expr.p);
	buf_str(c, "\t\t}\n\t}\n");
}

enum result tpl_text(struct tpl *t, enum directive_kind kind, struct slice rest)
{
	struct slice text[2], count = { NULL, 0 };
	struct hole_value v[HOLES] = { 0 };
	size_t n = 0, texts = kind == DIR_TR ? 1 : 2;
	const char *word = kind == DIR_TR ? "tr" : kind == DIR_TRN ? "trn" : "trc";

	enum hole hole = context_hole(&t->here);
	if (hole == HOLE_REFUSED)
		return tpl_refuse(t, t->line, "%s", t->here.why);
	if (hole == HOLE_URL || hole == HOLE_URL_OURS || hole == HOLE_URL_PART)
		return tpl_refuse(t, t->line, "{{%s}} in a URL", word);
	for (size_t i = 0; i < texts; i++)
		if (!directive_string(&rest, kind == DIR_TR, &text[i]))
			return tpl_refuse(t, t->line, "{{%s}} wants %zu text%s in quotes", word, texts,
					  texts > 1 ? "s" : "");
	for (rest = slice_trim(rest); rest.n; rest = slice_trim(rest)) {
		if (n == HOLES)
			return tpl_refuse(t, t->line, "more than %d holes in one text", HOLES);
		if (!directive_pair(&rest, &v[n].name, &v[n].expr))
			return tpl_refuse(t, t->line,
					  "name=value is awaited (write name=(a + b) with brackets)");
		if (slice_is(v[n].name, "count"))
			count = v[n].expr;
		for (size_t i = 0; i < n; i++)
			if (slice_eq(v[i].name, v[n].name))
				return tpl_refuse(t, t->line, "two values for {%.*s}", SHOW(v[n].name));
		n++;
	}
	if (kind == DIR_TRN && !count.n)
		return tpl_refuse(t, t->line, "{{trn}} wants count=");
	for (size_t i = kind == DIR_TRC; i < texts; i++)
		if (check_holes(t, text[i], v, n) != RES_OK)
			return RES_BAD;
	bool holes = false;
	for (size_t i = 0; i < n; i++) {
		if (!v[i].used && !(kind == DIR_TRN && slice_is(v[i].name, "count")))
			return tpl_refuse(t, t->line, "the text has no hole {%.*s}", SHOW(v[i].name));
		holes |= v[i].used;
	}

	struct buf call = BUF_LIMIT(1 << 20);
	buf_printf(&call, "%s(h->lang, %.*s", word, (int)text[0].n, text[0].p);
	if (texts == 2)
		buf_printf(&call, ", %.*s", (int)text[1].n, text[1].p);
	if (kind == DIR_TRN)
		buf_printf(&call, ", (int64_t)(%.*s)", (int)count.n, count.p);
	buf_char(&call, ')');
	if (holes)
		put_filled(t, hole == HOLE_TEXT ? "HTML_PUT_SAID" : tpl_writer(hole), call.p, v, n);
	else
		tpl_code(t, "\thtml_text_str(h, %s);\n", call.p);
	buf_free(&call);
	return RES_OK;
}
