#include "plural.h"

#include <string.h>

#define DEEP 40

struct reader {
	struct slice rest;
	struct plural *p;
	const char *why;
	int deep;
};

/* -1: refused, as every part of the reading says. */
static short refuse(struct reader *r, const char *why)
{
	if (!r->why)
		r->why = why;
	return -1;
}

static void blanks(struct reader *r)
{
	while (r->rest.n && (r->rest.p[0] == ' ' || r->rest.p[0] == '\t')) {
		r->rest.p++;
		r->rest.n--;
	}
}

static bool take(struct reader *r, const char *word)
{
	blanks(r);
	if (!slice_starts(r->rest, word))
		return false;
	r->rest.p += strlen(word);
	r->rest.n -= strlen(word);
	return true;
}

static short node(struct reader *r, char op, short a, short b, short c)
{
	if (r->p->n == PLURAL_NODES)
		return refuse(r, "the expression is too long");
	r->p->node[r->p->n] = (struct plural_node){ .op = op, .of = { a, b, c } };
	return r->p->n++;
}

static bool number(struct reader *r, unsigned *number_r)
{
	blanks(r);
	unsigned value = 0;
	size_t n = 0;
	for (; n < r->rest.n && r->rest.p[n] >= '0' && r->rest.p[n] <= '9'; n++) {
		if (n == 9)
			return false;
		value = value * 10 + (unsigned)(r->rest.p[n] - '0');
	}
	r->rest.p += n;
	r->rest.n -= n;
	*number_r = value;
	return n > 0;
}

static short choice(struct reader *r);

static short one(struct reader *r)
{
	unsigned value;
	short at;
	if (++r->deep > DEEP)
		return refuse(r, "the expression is nested too deep");
	if (take(r, "!")) {
		at = one(r);
		at = at < 0 ? at : node(r, '!', at, 0, 0);
	} else if (take(r, "(")) {
		at = choice(r);
		if (at >= 0 && !take(r, ")"))
			at = refuse(r, "a bracket is not closed");
	} else if (take(r, "n")) {
		at = node(r, 'n', 0, 0, 0);
	} else if (number(r, &value)) {
		at = node(r, '0', 0, 0, 0);
		if (at >= 0)
			r->p->node[at].number = value;
	} else {
		at = refuse(r, "n, a number or a bracket is awaited");
	}
	r->deep--;
	return at;
}

/* The operators of C with two sides, the weakest first; of one level the longer before its beginning. */
static const struct {
	const char *word;
	char op;
	int level;
} operators[] = {
	{ "||", '|', 0 }, { "&&", '&', 1 }, { "==", 'e', 2 }, { "!=", 'd', 2 }, { "<=", 'l', 3 }, { ">=", 'g', 3 }, { "<", '<', 3 },
	{ ">", '>', 3 },  { "+", '+', 4 },  { "-", '-', 4 },  { "*", '*', 5 },  { "/", '/', 5 },  { "%", '%', 5 },
};
#define LEVELS 6

static char operator_of(struct reader *r, int level)
{
	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (operators[i].level == level && take(r, operators[i].word))
			return operators[i].op;
	return '\0';
}

static short sides(struct reader *r, int level)
{
	short left = level == LEVELS ? one(r) : sides(r, level + 1);
	for (char op; level < LEVELS && left >= 0 && (op = operator_of(r, level));) {
		short right = sides(r, level + 1);
		if (right < 0)
			return right;
		if ((op == '/' || op == '%') && (r->p->node[right].op != '0' || !r->p->node[right].number))
			return refuse(r, "what is divided by must be a number, and not 0");
		left = node(r, op, left, right, 0);
	}
	return left;
}

static short choice(struct reader *r)
{
	if (++r->deep > DEEP)
		return refuse(r, "the expression is nested too deep");
	short at = sides(r, 0);
	if (at >= 0 && take(r, "?")) {
		short yes = choice(r);
		if (yes >= 0 && !take(r, ":"))
			yes = refuse(r, "? without :");
		short no = yes < 0 ? yes : choice(r);
		at = no < 0 ? no : node(r, '?', at, yes, no);
	}
	r->deep--;
	return at;
}

static uint64_t value_of(const struct plural *p, short at, uint64_t n)
{
	const struct plural_node *x = &p->node[at];
	if (x->op == 'n')
		return n;
	if (x->op == '0')
		return x->number;
	uint64_t a = value_of(p, x->of[0], n);
	if (x->op == '!')
		return !a;
	if (x->op == '?')
		return value_of(p, x->of[a ? 1 : 2], n);
	if (x->op == '|' && a)
		return 1;
	if (x->op == '&' && !a)
		return 0;
	uint64_t b = value_of(p, x->of[1], n);
	switch (x->op) {
	case '|':
	case '&': return b != 0;
	case 'e': return a == b;
	case 'd': return a != b;
	case 'l': return a <= b;
	case 'g': return a >= b;
	case '<': return a < b;
	case '>': return a > b;
	case '+': return a + b;
	case '-': return a - b;
	case '*': return a * b;
	case '/': return a / b;
	case '%': return a % b;
	}
	bug("no operator %c", x->op);
}

uint64_t plural_form(const struct plural *p, uint64_t n)
{
	return value_of(p, p->root, n);
}

void plural_rule(const struct plural *p, char out[PLURAL_RULE + 1])
{
	for (unsigned n = 0; n < PLURAL_RULE; n++)
		out[n] = (char)('0' + plural_form(p, n));
	out[PLURAL_RULE] = '\0';
}

bool plural_is_single(const struct plural *p, int form)
{
	int times = 0;
	for (unsigned n = 0; n < PLURAL_RULE; n++)
		times += plural_form(p, n) == (uint64_t)form;
	return times == 1;
}

/* Every number has a form, and those from 200 on the form of 100 + their last two digits: looked at up to 2,000, and 200
   numbers from each power of ten. */
static const char *holds(const struct plural *p)
{
	uint64_t of[PLURAL_RULE];
	for (uint64_t from = 0, ten = 1000; ten <= 1000000000; from = ten *= 10) {
		for (uint64_t n = from; n < from + (from ? 200 : 2000); n++) {
			uint64_t form = plural_form(p, n);
			if (form >= (uint64_t)p->forms)
				return "a number takes a form that is not among nplurals";
			if (n < PLURAL_RULE)
				of[n] = form;
			else if (form != of[100 + n % 100])
				return "a number over 199 does not take the form of 100 + its last two digits";
		}
	}
	return NULL;
}

enum result plural_read(struct slice text, struct plural *p_r, const char **why_r)
{
	struct plural p = { .n = 0 };
	struct reader r = { .rest = text, .p = &p };
	unsigned forms = 0;
	bool begins = take(&r, "nplurals") && take(&r, "=") && number(&r, &forms) && take(&r, ";") && take(&r, "plural") &&
		      take(&r, "=");
	if (!begins || forms < 1 || forms > PLURAL_FORMS)
		refuse(&r, "it begins nplurals=1 … 6; plural=");
	p.forms = (int)forms;
	p.root = r.why ? -1 : choice(&r);
	if (!r.why) {
		take(&r, ";");
		blanks(&r);
		if (r.rest.n)
			refuse(&r, "more stands after the expression");
	}
	if (!r.why)
		r.why = holds(&p);
	*why_r = r.why;
	if (r.why)
		return RES_BAD;
	*p_r = p;
	return RES_OK;
}
