/* plural.h: which form of a counted text a number takes, by the expression of a catalogue's Plural-Forms
   (gettext manual, § 11.2.6 "Additional functions for plural forms"). */
#ifndef POC_PLURAL_H
#define POC_PLURAL_H

#include "base/result.h"
#include "base/slice.h"

#define PLURAL_FORMS 6     /* no language has more */
#define PLURAL_RULE 200    /* digits of plural_rule() */
#define PLURAL_NODES 128

struct plural_node {
	char op; /* 'n', '0' a number, '!' '?' and a letter for each operator with two sides */
	short of[3];
	unsigned number;
};

struct plural {
	int forms; /* nplurals */
	struct plural_node node[PLURAL_NODES];
	short root, n;
};

/* "nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);". RES_BAD: *why_r says what is wrong. Every number has a form; what is
   divided by is a number and not 0; and a number from 200 on takes the form of 100 + its last two digits, so that a rule is
   PLURAL_RULE digits wherever it is needed. That holds for every language with at most one form for millions. */
MUST_USE enum result plural_read(struct slice text, struct plural *p_r, const char **why_r);
/* By the expression itself. */
uint64_t plural_form(const struct plural *p, uint64_t n);
/* The forms of 0 to 199 as digits, and a zero byte. */
void plural_rule(const struct plural *p, char out[PLURAL_RULE + 1]);
/* The form belongs to a single number ("one", "two"): such a text may leave the number out. */
bool plural_is_single(const struct plural *p, int form);

#endif
