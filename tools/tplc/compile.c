#include "tpl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum result tpl_refuse(struct tpl *t, int line, const char *fmt, ...)
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

void tpl_code(struct tpl *t, const char *fmt, ...)
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

const char *tpl_writer(enum hole hole)
{
	switch (hole) {
	case HOLE_TEXT: return "HTML_PUT_TEXT";
	case HOLE_RCDATA:
	case HOLE_ATTR: return "HTML_PUT_ATTR";
	case HOLE_URL: return "HTML_PUT_URL";
	case HOLE_URL_OURS: return "HTML_PUT_URL_OURS";
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
		return tpl_refuse(t, t->line, "%s", t->here.why);
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
				return tpl_refuse(t, t->line, "text outside a template");
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
	if (t->n_blocks == TPL_DEPTH)
		return tpl_refuse(t, t->line, "blocks are nested too deep");
	if (!context_block(&t->here))
		return tpl_refuse(t, t->line, "%s", t->here.why);
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
		return tpl_refuse(t, t->line, "%s", t->here.why);
	if (!b->has_end) {
		b->has_end = true;
		b->end = t->here;
		return RES_OK;
	}
	if (!context_join(&b->end, &t->here))
		return tpl_refuse(t, t->line,
				  "the branches of the {{if}} in line %d end at different places in HTML",
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
		return tpl_refuse(t, t->line, "the template %.*s ends inside a tag or <%s>", SHOW(b->name),
				  c->tag);
	if (c->n_open && !ends_in(b->name, "_top"))
		return tpl_refuse(t, t->line, "<%s> is still open at the end of %.*s (only …_top may leave it)",
				  c->open[c->n_open - 1], SHOW(b->name));
	if (c->n_closed && !ends_in(b->name, "_bottom"))
		return tpl_refuse(t, t->line, "</%s> closes what %.*s did not open (only …_bottom may)",
				  c->closed[0], SHOW(b->name));
	buf_str(&t->out->c, "}\n");
	t->n_blocks--;
	return RES_OK;
}

static enum result do_end(struct tpl *t, struct slice rest)
{
	struct block *b = top(t);
	if (rest.n)
		return tpl_refuse(t, t->line, "{{end}} takes nothing");
	if (!b)
		return tpl_refuse(t, t->line, "{{end}} without a beginning");
	if (b->kind == DIR_TEMPLATE)
		return template_ends(t, b);
	if (branch_ends(t, b) != RES_OK)
		return RES_BAD;
	if (!b->has_else && !context_join(&b->end, &b->start))
		return tpl_refuse(t, t->line,
				  "the {{%s}} in line %d ends at another place in HTML than it began",
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
		return tpl_refuse(t, t->line, "{{%s}} without its {{if}}", word);
	if ((rest.n == 0) != (kind == DIR_ELSE))
		return tpl_refuse(
		    t, t->line, kind == DIR_ELSE ? "{{else}} takes nothing" : "{{elif}} without a condition");
	if (branch_ends(t, b) != RES_OK)
		return RES_BAD;
	t->here = b->start;
	b->has_else = kind == DIR_ELSE;
	if (kind == DIR_ELSE)
		buf_str(&t->out->c, "\t} else {\n");
	else
		tpl_code(t, "\t} else if (%.*s) {\n", (int)rest.n, rest.p);
	return RES_OK;
}

static enum result do_for(struct tpl *t, struct slice rest)
{
	struct slice name, in;
	if (!directive_name(&rest, &name))
		return tpl_refuse(t, t->line, "{{for}} wants: for i in count");
	rest = slice_trim(rest);
	if (!directive_name(&rest, &in) || !slice_is(in, "in") || !slice_trim(rest).n)
		return tpl_refuse(t, t->line, "{{for}} wants: for i in count");
	rest = slice_trim(rest);
	if (push(t, DIR_FOR) != RES_OK)
		return RES_BAD;
	tpl_code(t, "\tfor (size_t %.*s = 0, %.*s_n = html_count(%.*s); %.*s < %.*s_n; %.*s++) {\n",
		 SHOW(name), SHOW(name), (int)rest.n, rest.p, SHOW(name), SHOW(name), SHOW(name));
	return RES_OK;
}

static enum result do_template(struct tpl *t, struct slice rest)
{
	struct slice name;
	if (t->n_blocks)
		return tpl_refuse(t, t->line, "a template inside a template: an {{end}} is missing");
	if (!directive_name(&rest, &name) || rest.n < 2 || rest.p[0] != '(' || rest.p[rest.n - 1] != ')')
		return tpl_refuse(t, t->line, "{{template}} wants: template name(parameters)");
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
	tpl_code(t, "void %.*s(struct html *h%s%.*s)\n{\n", (int)name.n, name.p, none ? "" : ", ",
		 none ? 0 : (int)params.n, params.p);
	return RES_OK;
}

static enum result do_include(struct tpl *t, struct slice rest)
{
	struct slice path;
	if (t->n_blocks || t->seen_template)
		return tpl_refuse(t, t->line, "{{include}} stands before the first template");
	if (!directive_string(&rest, false, &path) || rest.n)
		return tpl_refuse(t, t->line, "{{include}} wants one path in quotes");
	buf_printf(&t->out->h, "#include %.*s\n", (int)path.n, path.p);
	return RES_OK;
}

static enum result do_call(struct tpl *t, struct slice rest)
{
	struct slice name;
	if (!directive_name(&rest, &name) || rest.n < 2 || rest.p[0] != '(' || rest.p[rest.n - 1] != ')')
		return tpl_refuse(t, t->line, "{{call}} wants: call name(arguments)");
	if (t->here.place != IN_TEXT)
		return tpl_refuse(t, t->line, "{{call}} inside a tag, a value or <%s>", t->here.tag);
	struct slice args = slice_trim((struct slice){ rest.p + 1, rest.n - 2 });
	tpl_code(t, "\t%.*s(h%s%.*s);\n", (int)name.n, name.p, args.n ? ", " : "", (int)args.n, args.p);
	return RES_OK;
}

static enum result do_let(struct tpl *t, struct slice rest)
{
	if (!memchr(rest.p, '=', rest.n))
		return tpl_refuse(t, t->line, "{{let}} wants: let type name = value");
	tpl_code(t, "\t%.*s;\n", (int)rest.n, rest.p);
	return RES_OK;
}

static enum result do_value(struct tpl *t, struct slice expr)
{
	if (!expr.n)
		return tpl_refuse(t, t->line, "{{}} is empty");
	enum hole hole = context_hole(&t->here);
	if (hole == HOLE_REFUSED)
		return tpl_refuse(t, t->line, "%s", t->here.why);
	tpl_code(t, "\t%s(h, (%.*s));\n", tpl_writer(hole), (int)expr.n, expr.p);
	return RES_OK;
}

static enum result run(struct tpl *t, struct directive d)
{
	bool inside = t->n_blocks > 0;
	if (!inside && d.kind != DIR_COMMENT && d.kind != DIR_INCLUDE && d.kind != DIR_TEMPLATE &&
	    d.kind != DIR_END)
		return tpl_refuse(t, t->line, "outside a template");
	flush(t);
	switch (d.kind) {
	case DIR_COMMENT: return RES_OK;
	case DIR_INCLUDE: return do_include(t, d.rest);
	case DIR_TEMPLATE: return do_template(t, d.rest);
	case DIR_IF:
		if (!d.rest.n)
			return tpl_refuse(t, t->line, "{{if}} without a condition");
		if (push(t, DIR_IF) != RES_OK)
			return RES_BAD;
		tpl_code(t, "\tif (%.*s) {\n", (int)d.rest.n, d.rest.p);
		return RES_OK;
	case DIR_ELIF:
	case DIR_ELSE: return do_branch(t, d.kind, d.rest);
	case DIR_END: return do_end(t, d.rest);
	case DIR_FOR: return do_for(t, d.rest);
	case DIR_LET: return do_let(t, d.rest);
	case DIR_CALL: return do_call(t, d.rest);
	case DIR_TR:
	case DIR_TRN:
	case DIR_TRC: return tpl_text(t, d.kind, d.rest);
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
		return tpl_refuse(t, t->line, "%s", why);
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
		return tpl_refuse(t, top(t)->line, "{{%s}} has no {{end}}",
				  top(t)->kind == DIR_TEMPLATE ? "template"
				  : top(t)->kind == DIR_IF     ? "if"
							       : "for");
	if (!t->seen_template)
		return tpl_refuse(t, t->line, "no template in this file");
	return RES_OK;
}

enum result tpl_compile(const char *file, const char *header, struct slice text, struct tpl_out *out)
{
	struct tpl *t = must_alloc(1, sizeof(*t));
	*t = (struct tpl){
	    .file = file, .text = text, .line = 1, .out = out, .literal = BUF_LIMIT((size_t)4 << 20)};
	buf_printf(&out->c, "/* Made by tplc. */\n#include \"%s\"\n\n#include \"web/template.h\"\n", header);
	buf_str(&out->h, "/* Made by tplc. */\n#pragma once\n#include \"web/html.h\"\n");
	enum result res = compile(t);
	if (res == RES_OK && (out->c.full || out->h.full || t->literal.full))
		res = tpl_refuse(t, t->line, "the template is too large");
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
