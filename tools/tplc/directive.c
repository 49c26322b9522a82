#include "directive.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(char c, bool first)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (!first && c >= '0' && c <= '9');
}

static struct slice from(struct slice s, size_t at)
{
	return (struct slice){ s.p + at, s.n - at };
}

/* The length of the quoted thing at s.p[0]; 0 if it does not end on its line. */
static size_t quoted(struct slice s)
{
	for (size_t i = 1; i < s.n && s.p[i] != '\n'; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == s.p[0])
			return i + 1;
	}
	return 0;
}

static char closer(char open)
{
	return open == '(' ? ')' : open == '[' ? ']' : '}';
}

/* A comment: up to the first "}}", whatever stands in it. */
static enum result comment_span(struct slice text, size_t *n_r, const char **why_r)
{
	const char *end = memmem(text.p, text.n, "}}", 2);
	if (!end) {
		*why_r = "\"{{#\" without \"}}\"";
		return RES_BAD;
	}
	*n_r = (size_t)(end - text.p) + 2;
	return RES_OK;
}

enum result directive_span(struct slice text, size_t *n_r, const char **why_r)
{
	char stack[32];
	int depth = 0;
	if (text.n > 2 && text.p[2] == '#')
		return comment_span(text, n_r, why_r);
	for (size_t i = 2; i < text.n; i++) {
		char c = text.p[i];
		if (c == '}' && depth == 0) {
			if (i + 1 >= text.n || text.p[i + 1] != '}') {
				*why_r = "a single \"}\"";
				return RES_BAD;
			}
			*n_r = i + 2;
			return RES_OK;
		}
		if (c == '"' || c == '\'') {
			size_t n = quoted(from(text, i));
			if (!n) {
				*why_r = "a string that does not end on its line";
				return RES_BAD;
			}
			i += n - 1;
		} else if (c == '(' || c == '[' || c == '{') {
			if (depth == (int)sizeof(stack)) {
				*why_r = "an expression that is nested too deep";
				return RES_BAD;
			}
			stack[depth++] = closer(c);
		} else if (c == ')' || c == ']' || c == '}') {
			if (depth == 0 || stack[--depth] != c) {
				*why_r = "brackets that do not match";
				return RES_BAD;
			}
		} else if (c == ';' || c == '#' || c == '\\' || c == '\0' ||
			   (c == '/' && i + 1 < text.n && (text.p[i + 1] == '/' || text.p[i + 1] == '*'))) {
			*why_r = "something that is no part of an expression: ; # \\ or a C comment";
			return RES_BAD;
		}
	}
	*why_r = "\"{{\" without \"}}\"";
	return RES_BAD;
}

struct directive directive_read(struct slice inside)
{
	static const struct {
		const char *word;
		enum directive_kind kind;
	} words[] = {
	    {"include", DIR_INCLUDE}, {"template", DIR_TEMPLATE}, {"if", DIR_IF},
	    {"elif", DIR_ELIF},       {"else", DIR_ELSE},         {"end", DIR_END},
	    {"for", DIR_FOR},         {"let", DIR_LET},           {"call", DIR_CALL},
	    {"tr", DIR_TR},           {"trn", DIR_TRN},           {"trc", DIR_TRC},
	};
	if (inside.n && inside.p[0] == '#')
		return (struct directive){ DIR_COMMENT, inside };
	struct slice rest = inside, name;
	if (directive_name(&rest, &name) && (rest.n == 0 || is_space(rest.p[0]) || rest.p[0] == '"'))
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (slice_is(name, words[i].word))
				return (struct directive){ words[i].kind, slice_trim(rest) };
	return (struct directive){ DIR_VALUE, inside };
}

bool directive_is_block(enum directive_kind kind)
{
	return kind != DIR_VALUE && kind != DIR_TR && kind != DIR_TRN && kind != DIR_TRC;
}

bool directive_name(struct slice *rest, struct slice *name_r)
{
	size_t n = 0;
	while (n < rest->n && is_word(rest->p[n], n == 0))
		n++;
	if (n == 0)
		return false;
	*name_r = (struct slice){ rest->p, n };
	*rest = from(*rest, n);
	return true;
}

bool directive_string(struct slice *rest, bool several, struct slice *literal_r)
{
	struct slice s = slice_trim(*rest);
	size_t end = 0, i = 0;
	while (i < s.n && s.p[i] == '"' && (several || !end)) {
		size_t n = quoted(from(s, i));
		if (!n)
			return false;
		end = i + n;
		for (i = end; i < s.n && is_space(s.p[i]); i++)
			;
	}
	if (!end)
		return false;
	*literal_r = (struct slice){ s.p, end };
	*rest = from(s, end);
	return true;
}

bool directive_pair(struct slice *rest, struct slice *name_r, struct slice *expr_r)
{
	struct slice s = slice_trim(*rest), name;
	if (!directive_name(&s, &name) || !s.n || s.p[0] != '=')
		return false;
	s = from(s, 1);
	size_t i = 0;
	int depth = 0;
	for (; i < s.n && (depth > 0 || !is_space(s.p[i])); i++) {
		char c = s.p[i];
		if (c == '"' || c == '\'') {
			size_t n = quoted(from(s, i));
			if (!n)
				return false;
			i += n - 1;
		} else if (c == '(' || c == '[' || c == '{') {
			depth++;
		} else if (c == ')' || c == ']' || c == '}') {
			depth--;
		}
	}
	if (i == 0 || depth != 0)
		return false;
	*name_r = name;
	*expr_r = (struct slice){ s.p, i };
	*rest = from(s, i);
	return true;
}

bool directive_hole(struct slice text, size_t *at, struct slice *name_r)
{
	for (size_t i = *at; i < text.n; i++) {
		if (text.p[i] != '{')
			continue;
		struct slice rest = from(text, i + 1), name;
		if (directive_name(&rest, &name) && rest.n && rest.p[0] == '}') {
			*name_r = name;
			*at = i + name.n + 2;
			return true;
		}
	}
	*at = text.n;
	return false;
}
