#include "compile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "directive.h"

#define DEPTH 32
#define HOLES 8

struct block {
	enum directive_kind kind; /* DIR_TEMPLATE, DIR_IF, DIR_FOR */
	int line;
	bool has_else;
	bool has_end;         /* a branch has ended already, at … */
	struct context start; /* where the block began */
	struct context end;   /* … this place */
	struct slice name;    /* of a template */
};

struct tpl {
	const char *file;
	struct slice text;
	size_t at;
	int line;
	struct tpl_out *out;
	struct buf literal; /* the template's own text, not yet written */
	struct context here;
	struct block blocks[DEPTH];
	int n_blocks;
	bool seen_template;
};

static enum result refuse(struct tpl *t, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
static enum result refuse(struct tpl *t, int line, const char *fmt, ...)
{
	char why[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	buf_reset(&t->out->error);
	buf_printf(&t->out->error, "%s:%d: %s", t->file, line, why);
	return RES_BAD;
}

#define SHOW(s) (int)((s).n > 200 ? 200 : (s).n), (s).p

/* ---- writing C ---- */

static void put_line(struct tpl *t)
{
	buf_printf(&t->out->c, "#line %d \"", t->line);
	for (const char *p = t->file; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_char(&t->out->c, '\\');
		buf_char(&t->out->c, *p);
	}
	buf_str(&t->out->c, "\"\n");
}

static void put_code(struct tpl *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void put_code(struct tpl *t, const char *fmt, ...)
{
	char *code;
	va_list args;
	va_start(args, fmt);
	int n = vasprintf(&code, fmt, args);
	va_end(args);
	if (n < 0)
		bug("out of memory for code");
	put_line(t);
	buf_put(&t->out->c, code, (size_t)n);
	free(code);
}

static void put_c_string(struct buf *c, const char *p, size_t n)
{
	buf_char(c, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char ch = (unsigned char)p[i];
		if (ch == '\n')
			buf_str(c, i + 1 < n ? "\\n\"\n\t\t\"" : "\\n");
		else if (ch == '"' || ch == '\\')
			buf_printf(c, "\\%c", ch);
		else if (ch < ' ' || ch == 127)
			buf_printf(c, "\\%03o", ch);
		else
			buf_char(c, (char)ch);
	}
	buf_char(c, '"');
}

static void flush(struct tpl *t)
{
	if (!t->literal.n)
		return;
	buf_str(&t->out->c, "\thtml_raw(h, ");
	put_c_string(&t->out->c, t->literal.p, t->literal.n);
	buf_printf(&t->out->c, ", %zu);\n", t->literal.n);
	buf_reset(&t->literal);
}

static const char *writer(enum hole hole)
{
	switch (hole) {
	case HOLE_TEXT: return "HTML_PUT_TEXT";
	case HOLE_RCDATA:
	case HOLE_ATTR: return "HTML_PUT_ATTR";
	case HOLE_URL: return "HTML_PUT_URL";
	case HOLE_URL_PART: return "HTML_PUT_URL_PART";
	case HOLE_REFUSED: break;
	}
	bug("no writer for a refused hole");
}

/* ---- the template's own text ---- */

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static enum result step(struct tpl *t, struct slice rest)
{
	if (!context_step(&t->here, rest))
		return refuse(t, t->line, "%s", t->here.why);
	return RES_OK;
}

/* White space between words and tags: one newline, or one space. */
static size_t squeeze(struct tpl *t, struct slice rest)
{
	size_t n = 0;
	bool newline = false;
	for (; n < rest.n && is_space(rest.p[n]); n++) {
		if (rest.p[n] == '\n') {
			newline = true;
			t->line++;
		}
	}
	buf_char(&t->literal, newline && t->here.place == IN_TEXT ? '\n' : ' ');
	return n;
}

static enum result own_text(struct tpl *t, size_t until)
{
	while (t->at < until) {
		struct slice rest = { t->text.p + t->at, until - t->at };
		/* The context may look further ahead, into what follows. */
		struct slice ahead = { rest.p, t->text.n - t->at };
		char c = rest.p[0];
		if (t->n_blocks == 0) {
			if (!is_space(c))
				return refuse(t, t->line, "text outside a template");
			t->line += c == '\n';
			t->at++;
			continue;
		}
		enum place before = t->here.place;
		if (step(t, ahead) != RES_OK)
			return RES_BAD;
		if (is_space(c) && !context_keeps_space(&t->here)) {
			t->at += squeeze(t, rest);
			continue;
		}
		t->line += c == '\n';
		t->at++;
		buf_char(&t->literal, c);
		/* A browser drops a newline right after <textarea>: give it one of ours. */
		if (before == IN_TAG_NAME || before == IN_TAG || before == IN_ATTR_NAME)
			if (t->here.place == IN_RCDATA && strcmp(t->here.tag, "textarea") == 0)
				buf_char(&t->literal, '\n');
	}
	return RES_OK;
}

/* ---- directives ---- */

static struct block *top(struct tpl *t)
{
	return t->n_blocks ? &t->blocks[t->n_blocks - 1] : NULL;
}

static enum result push(struct tpl *t, enum directive_kind kind)
{
	if (t->n_blocks == DEPTH)
		return refuse(t, t->line, "blocks are nested too deep");
	if (!context_block(&t->here))
		return refuse(t, t->line, "%s", t->here.why);
	struct block *b = &t->blocks[t->n_blocks++];
	memset(b, 0, sizeof(*b));
	b->kind = kind;
	b->line = t->line;
	b->start = t->here;
	return RES_OK;
}

/* One branch of an if, or the body of a for, ends here. */
static enum result branch_ends(struct tpl *t, struct block *b)
{
	if (!context_block(&t->here))
		return refuse(t, t->line, "%s", t->here.why);
	if (!b->has_end) {
		b->has_end = true;
		b->end = t->here;
		return RES_OK;
	}
	if (!context_join(&b->end, &t->here))
		return refuse(t, t->line, "the branches of the {{if}} in line %d end at different places in HTML",
			      b->line);
	return RES_OK;
}

static bool ends_in(struct slice name, const char *tail)
{
	size_t n = strlen(tail);
	return name.n > n && memcmp(name.p + name.n - n, tail, n) == 0;
}

static enum result template_ends(struct tpl *t, struct block *b)
{
	const struct context *c = &t->here;
	if (c->place != IN_TEXT)
		return refuse(t, t->line, "the template %.*s ends inside a tag or <%s>", SHOW(b->name), c->tag);
	if (c->n_open && !ends_in(b->name, "_top"))
		return refuse(t, t->line, "<%s> is still open at the end of %.*s (only …_top may leave elements open)",
			      c->open[c->n_open - 1], SHOW(b->name));
	if (c->n_closed && !ends_in(b->name, "_bottom"))
		return refuse(t, t->line, "</%s> closes what %.*s did not open (only …_bottom may)", c->closed[0],
			      SHOW(b->name));
	buf_str(&t->out->c, "}\n");
	t->n_blocks--;
	return RES_OK;
}

static enum result do_end(struct tpl *t, struct slice rest)
{
	struct block *b = top(t);
	if (rest.n)
		return refuse(t, t->line, "{{end}} takes nothing");
	if (!b)
		return refuse(t, t->line, "{{end}} without a beginning");
	if (b->kind == DIR_TEMPLATE)
		return template_ends(t, b);
	if (branch_ends(t, b) != RES_OK)
		return RES_BAD;
	if (!b->has_else && !context_join(&b->end, &b->start))
		return refuse(t, t->line, "the {{%s}} in line %d ends at another place in HTML than it began",
			      b->kind == DIR_IF ? "if" : "for", b->line);
	t->here = b->end;
	t->n_blocks--;
	buf_str(&t->out->c, "\t}\n");
	return RES_OK;
}

static enum result do_branch(struct tpl *t, enum directive_kind kind, struct slice rest)
{
	struct block *b = top(t);
	const char *word = kind == DIR_ELSE ? "else" : "elif";
	if (!b || b->kind != DIR_IF || b->has_else)
		return refuse(t, t->line, "{{%s}} without its {{if}}", word);
	if ((rest.n == 0) != (kind == DIR_ELSE))
		return refuse(t, t->line, kind == DIR_ELSE ? "{{else}} takes nothing" : "{{elif}} without a condition");
	if (branch_ends(t, b) != RES_OK)
		return RES_BAD;
	t->here = b->start;
	b->has_else = kind == DIR_ELSE;
	if (kind == DIR_ELSE)
		buf_str(&t->out->c, "\t} else {\n");
	else
		put_code(t, "\t} else if (%.*s) {\n", (int)rest.n, rest.p);
	return RES_OK;
}

static enum result do_for(struct tpl *t, struct slice rest)
{
	struct slice name, in;
	if (!directive_name(&rest, &name))
		return refuse(t, t->line, "{{for}} wants: for i in count");
	rest = slice_trim(rest);
	if (!directive_name(&rest, &in) || !slice_is(in, "in") || !slice_trim(rest).n)
		return refuse(t, t->line, "{{for}} wants: for i in count");
	rest = slice_trim(rest);
	if (push(t, DIR_FOR) != RES_OK)
		return RES_BAD;
	put_code(t, "\tfor (size_t %.*s = 0, %.*s_n = html_count(%.*s); %.*s < %.*s_n; %.*s++) {\n", SHOW(name),
		 SHOW(name), (int)rest.n, rest.p, SHOW(name), SHOW(name), SHOW(name));
	return RES_OK;
}

static enum result do_template(struct tpl *t, struct slice rest)
{
	struct slice name;
	if (t->n_blocks)
		return refuse(t, t->line, "a template inside a template: an {{end}} is missing");
	if (!directive_name(&rest, &name) || rest.n < 2 || rest.p[0] != '(' || rest.p[rest.n - 1] != ')')
		return refuse(t, t->line, "{{template}} wants: template name(parameters)");
	struct slice params = slice_trim((struct slice){ rest.p + 1, rest.n - 2 });
	bool none = params.n == 0 || slice_is(params, "void");
	memset(&t->here, 0, sizeof(t->here));
	if (push(t, DIR_TEMPLATE) != RES_OK)
		return RES_BAD;
	top(t)->name = name;
	t->seen_template = true;
	buf_printf(&t->out->h, "void %.*s(struct html *h%s%.*s);\n", (int)name.n, name.p, none ? "" : ", ",
		   none ? 0 : (int)params.n, params.p);
	buf_char(&t->out->c, '\n');
	put_code(t, "void %.*s(struct html *h%s%.*s)\n{\n", (int)name.n, name.p, none ? "" : ", ",
		 none ? 0 : (int)params.n, params.p);
	return RES_OK;
}

static enum result do_include(struct tpl *t, struct slice rest)
{
	struct slice path;
	if (t->n_blocks || t->seen_template)
		return refuse(t, t->line, "{{include}} stands before the first template");
	if (!directive_string(&rest, false, &path) || rest.n)
		return refuse(t, t->line, "{{include}} wants one path in quotes");
	buf_printf(&t->out->h, "#include %.*s\n", (int)path.n, path.p);
	return RES_OK;
}

static enum result do_call(struct tpl *t, struct slice rest)
{
	struct slice name;
	if (!directive_name(&rest, &name) || rest.n < 2 || rest.p[0] != '(' || rest.p[rest.n - 1] != ')')
		return refuse(t, t->line, "{{call}} wants: call name(arguments)");
	if (t->here.place != IN_TEXT)
		return refuse(t, t->line, "{{call}} inside a tag, a value or <%s>", t->here.tag);
	struct slice args = slice_trim((struct slice){ rest.p + 1, rest.n - 2 });
	put_code(t, "\t%.*s(h%s%.*s);\n", (int)name.n, name.p, args.n ? ", " : "", (int)args.n, args.p);
	return RES_OK;
}

static enum result do_let(struct tpl *t, struct slice rest)
{
	if (!memchr(rest.p, '=', rest.n))
		return refuse(t, t->line, "{{let}} wants: let type name = value");
	put_code(t, "\t%.*s;\n", (int)rest.n, rest.p);
	return RES_OK;
}

static enum result do_value(struct tpl *t, struct slice expr)
{
	if (!expr.n)
		return refuse(t, t->line, "{{}} is empty");
	enum hole hole = context_hole(&t->here);
	if (hole == HOLE_REFUSED)
		return refuse(t, t->line, "%s", t->here.why);
	put_code(t, "\t%s(h, (%.*s));\n", writer(hole), (int)expr.n, expr.p);
	return RES_OK;
}

/* ---- texts ---- */

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
			return refuse(t, t->line, "the hole {%.*s} has no value", SHOW(name));
		v[i].used = true;
	}
	return RES_OK;
}

static void put_filled(struct tpl *t, const char *put, const char *call, const struct hole_value *v, size_t n)
{
	struct buf *c = &t->out->c;
	put_code(t, "\t{\n\t\tstatic const char *const t_names[] = {");
	for (size_t i = 0; i < n; i++)
		buf_printf(c, " \"%.*s\",", SHOW(v[i].name));
	buf_str(c, " };\n\t\tstruct slice t_said;\n");
	put_code(t, "\t\tconst char *t_text = %s;\n", call);
	buf_printf(c, "\t\tfor (int t_hole = 0; t_hole >= 0;) {\n"
		      "\t\t\tt_hole = tr_hole(&t_text, &t_said, t_names, %zu);\n"
		      "\t\t\thtml_text(h, t_said);\n",
		   n);
	for (size_t i = 0; i < n; i++)
		put_code(t, "\t\t\tif (t_hole == %zu)\n\t\t\t\t%s(h, (%.*s));\n", i, put, (int)v[i].expr.n,
			 v[i].expr.p);
	buf_str(c, "\t\t}\n\t}\n");
}

static enum result do_tr(struct tpl *t, enum directive_kind kind, struct slice rest)
{
	struct slice text[2], count = { NULL, 0 };
	struct hole_value v[HOLES] = { 0 };
	size_t n = 0, texts = kind == DIR_TR ? 1 : 2;
	const char *word = kind == DIR_TR ? "tr" : kind == DIR_TRN ? "trn" : "trc";

	enum hole hole = context_hole(&t->here);
	if (hole == HOLE_REFUSED)
		return refuse(t, t->line, "%s", t->here.why);
	if (hole == HOLE_URL || hole == HOLE_URL_PART)
		return refuse(t, t->line, "{{%s}} in a URL", word);
	for (size_t i = 0; i < texts; i++)
		if (!directive_string(&rest, kind == DIR_TR, &text[i]))
			return refuse(t, t->line, "{{%s}} wants %zu text%s in quotes", word, texts, texts > 1 ? "s" : "");
	for (rest = slice_trim(rest); rest.n; rest = slice_trim(rest)) {
		if (n == HOLES)
			return refuse(t, t->line, "more than %d holes in one text", HOLES);
		if (!directive_pair(&rest, &v[n].name, &v[n].expr))
			return refuse(t, t->line, "name=value is awaited (write name=(a + b) with brackets)");
		if (slice_is(v[n].name, "count"))
			count = v[n].expr;
		for (size_t i = 0; i < n; i++)
			if (slice_eq(v[i].name, v[n].name))
				return refuse(t, t->line, "two values for {%.*s}", SHOW(v[n].name));
		n++;
	}
	if (kind == DIR_TRN && !count.n)
		return refuse(t, t->line, "{{trn}} wants count=");
	for (size_t i = kind == DIR_TRC; i < texts; i++)
		if (check_holes(t, text[i], v, n) != RES_OK)
			return RES_BAD;
	bool holes = false;
	for (size_t i = 0; i < n; i++) {
		if (!v[i].used && !(kind == DIR_TRN && slice_is(v[i].name, "count")))
			return refuse(t, t->line, "the text has no hole {%.*s}", SHOW(v[i].name));
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
		put_filled(t, writer(hole), call.p, v, n);
	else
		put_code(t, "\thtml_text_str(h, %s);\n", call.p);
	buf_free(&call);
	return RES_OK;
}

static enum result run(struct tpl *t, struct directive d)
{
	bool inside = t->n_blocks > 0;
	if (!inside && d.kind != DIR_COMMENT && d.kind != DIR_INCLUDE && d.kind != DIR_TEMPLATE && d.kind != DIR_END)
		return refuse(t, t->line, "outside a template");
	flush(t);
	switch (d.kind) {
	case DIR_COMMENT: return RES_OK;
	case DIR_INCLUDE: return do_include(t, d.rest);
	case DIR_TEMPLATE: return do_template(t, d.rest);
	case DIR_IF:
		if (!d.rest.n)
			return refuse(t, t->line, "{{if}} without a condition");
		if (push(t, DIR_IF) != RES_OK)
			return RES_BAD;
		put_code(t, "\tif (%.*s) {\n", (int)d.rest.n, d.rest.p);
		return RES_OK;
	case DIR_ELIF:
	case DIR_ELSE: return do_branch(t, d.kind, d.rest);
	case DIR_END: return do_end(t, d.rest);
	case DIR_FOR: return do_for(t, d.rest);
	case DIR_LET: return do_let(t, d.rest);
	case DIR_CALL: return do_call(t, d.rest);
	case DIR_TR:
	case DIR_TRN:
	case DIR_TRC: return do_tr(t, d.kind, d.rest);
	case DIR_VALUE: return do_value(t, d.rest);
	}
	return RES_OK;
}

/* Only blanks before `from` and after `to` on its line. */
static bool alone(struct slice text, size_t from, size_t to)
{
	while (from > 0 && (text.p[from - 1] == ' ' || text.p[from - 1] == '\t'))
		from--;
	while (to < text.n && (text.p[to] == ' ' || text.p[to] == '\t' || text.p[to] == '\r'))
		to++;
	return (from == 0 || text.p[from - 1] == '\n') && to < text.n && text.p[to] == '\n';
}

static enum result directive(struct tpl *t)
{
	size_t n, begin = t->at;
	const char *why;
	if (directive_span((struct slice){ t->text.p + begin, t->text.n - begin }, &n, &why) != RES_OK)
		return refuse(t, t->line, "%s", why);
	struct slice inside = slice_trim((struct slice){ t->text.p + begin + 2, n - 4 });
	struct directive d = directive_read(inside);
	bool own_line = directive_is_block(d.kind) && !context_keeps_space(&t->here) &&
			alone(t->text, begin, begin + n);
	if (run(t, d) != RES_OK)
		return RES_BAD;
	for (size_t i = begin; i < begin + n; i++)
		t->line += t->text.p[i] == '\n';
	t->at = begin + n;
	/* A block on a line of its own leaves no line behind. */
	if (own_line) {
		while (t->at < t->text.n && is_space(t->text.p[t->at])) {
			t->line += t->text.p[t->at] == '\n';
			t->at++;
		}
	}
	return RES_OK;
}

static enum result compile(struct tpl *t)
{
	while (t->at < t->text.n) {
		const char *next = memmem(t->text.p + t->at, t->text.n - t->at, "{{", 2);
		if (own_text(t, next ? (size_t)(next - t->text.p) : t->text.n) != RES_OK)
			return RES_BAD;
		if (next && directive(t) != RES_OK)
			return RES_BAD;
	}
	if (t->n_blocks)
		return refuse(t, top(t)->line, "{{%s}} has no {{end}}",
			      top(t)->kind == DIR_TEMPLATE ? "template" : top(t)->kind == DIR_IF ? "if" : "for");
	if (!t->seen_template)
		return refuse(t, t->line, "no template in this file");
	return RES_OK;
}

enum result tpl_compile(const char *file, const char *header, struct slice text, struct tpl_out *out)
{
	struct tpl *t = must_alloc(1, sizeof(*t));
	*t = (struct tpl){ .file = file, .text = text, .line = 1, .out = out, .literal = BUF_LIMIT((size_t)4 << 20) };
	buf_printf(&out->c, "/* Made by tplc. */\n#include \"%s\"\n\n#include \"web/template.h\"\n", header);
	buf_str(&out->h, "/* Made by tplc. */\n#pragma once\n#include \"web/html.h\"\n");
	enum result res = compile(t);
	if (res == RES_OK && (out->c.full || out->h.full || t->literal.full))
		res = refuse(t, t->line, "the template is too large");
	buf_free(&t->literal);
	free(t);
	return res;
}

void tpl_out_free(struct tpl_out *out)
{
	buf_free(&out->c);
	buf_free(&out->h);
	buf_free(&out->error);
}
