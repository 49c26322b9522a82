#include "po.h"

#include <stdlib.h>
#include <string.h>

enum { FIELD_NONE, FIELD_CONTEXT, FIELD_MSGID, FIELD_PLURAL, FIELD_SAID0, FIELDS = FIELD_SAID0 + PLURAL_FORMS };

struct reader {
	struct po po;
	struct buf *error;
	int line;
	struct buf field[FIELDS];
	bool has[FIELDS];
	int now; /* the field that further strings continue */
	bool fuzzy, same;
	bool numbered; /* "msgstr[0]", not "msgstr" */
	int begun; /* line of the entry's first keyword; 0: no entry yet */
};

static enum result refuse(struct reader *r, int line, const char *why)
{
	buf_reset(r->error);
	buf_printf(r->error, "%d: %s", line, why);
	return RES_BAD;
}

int po_order(const char *context_a, const char *msgid_a, const char *context_b, const char *msgid_b)
{
	int by = strcmp(context_a, context_b);
	return by ? by : strcmp(msgid_a, msgid_b);
}

static int entry_order(const void *a, const void *b)
{
	const struct po_entry *x = a, *y = b;
	return po_order(x->context, x->msgid, y->context, y->msgid);
}

/* Finishes the entry that was being read. */
static enum result entry_ends(struct reader *r)
{
	if (!r->begun)
		return RES_OK;
	if (!r->has[FIELD_MSGID] || !r->has[FIELD_SAID0])
		return refuse(r, r->begun, "an entry without msgid or msgstr");
	int forms = 1;
	while (forms < PLURAL_FORMS && r->has[FIELD_SAID0 + forms])
		forms++;
	for (int i = forms; i < PLURAL_FORMS; i++)
		if (r->has[FIELD_SAID0 + i])
			return refuse(r, r->begun, "a form of the plural is left out");
	if (r->has[FIELD_PLURAL] != r->numbered)
		return refuse(r, r->begun, "msgid_plural and msgstr[0] go together");
	char *text[FIELDS] = { NULL };
	for (int i = 1; i < FIELDS; i++) {
		if (r->has[i] || i == FIELD_CONTEXT)
			text[i] = must_strdup(r->field[i].p ? r->field[i].p : "");
		buf_reset(&r->field[i]);
		r->has[i] = false;
	}
	if (!text[FIELD_MSGID][0] && !text[FIELD_CONTEXT][0]) {
		free(text[FIELD_CONTEXT]);
		free(text[FIELD_MSGID]);
		free(text[FIELD_PLURAL]);
		for (int i = 1; i < forms; i++)
			free(text[FIELD_SAID0 + i]);
		free(r->po.header);
		r->po.header = text[FIELD_SAID0];
	} else {
		if ((r->po.n & (r->po.n - 1)) == 0)
			r->po.entries =
			    must_realloc(r->po.entries, r->po.n ? r->po.n * 2 : 1, sizeof(*r->po.entries));
		r->po.entries[r->po.n++] = (struct po_entry){
		    .context = text[FIELD_CONTEXT],
		    .msgid = text[FIELD_MSGID],
		    .plural = text[FIELD_PLURAL],
		    .forms = forms,
		    .fuzzy = r->fuzzy,
		    .same = r->same,
		    .line = r->begun,
		};
		memcpy(r->po.entries[r->po.n - 1].said, &text[FIELD_SAID0], sizeof(r->po.entries->said));
	}
	r->begun = 0;
	r->now = FIELD_NONE;
	r->fuzzy = r->same = r->numbered = false;
	return RES_OK;
}

/* A quoted string, the whole rest of its line. */
static enum result string(struct reader *r, struct slice s)
{
	s = slice_trim(s);
	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return refuse(r, r->line, "a string in quotes is awaited");
	for (size_t i = 1; i < s.n - 1; i++) {
		char c = s.p[i];
		if (c == '"' || c == '\0')
			return refuse(r, r->line, "a quote or a zero byte inside a string");
		if (c == '\\') {
			c = i + 1 < s.n - 1 ? s.p[++i] : '\0';
			if (c == 'n')
				c = '\n';
			else if (c == 't')
				c = '\t';
			else if (c != '"' && c != '\\')
				return refuse(r, r->line, "only \\n \\t \\\" and \\\\ are known");
		}
		buf_char(&r->field[r->now], c);
	}
	return RES_OK;
}

static enum result field_begins(struct reader *r, int field, struct slice rest)
{
	/* A context, or a msgid without one, begins the next entry. */
	if (field == FIELD_CONTEXT || (field == FIELD_MSGID && r->now != FIELD_CONTEXT))
		if (entry_ends(r) != RES_OK)
			return RES_BAD;
	if (r->has[field] || (field > FIELD_MSGID && !r->has[FIELD_MSGID]))
		return refuse(r, r->line, "a keyword twice, or before its msgid");
	if (!r->begun)
		r->begun = r->line;
	r->has[field] = true;
	r->now = field;
	return string(r, rest);
}

static enum result comment(struct reader *r, struct slice s)
{
	if (r->has[FIELD_SAID0] && entry_ends(r) != RES_OK)
		return RES_BAD;
	if (r->begun)
		return refuse(r, r->line, "a comment inside an entry");
	if (slice_starts(s, "#~")) {
		r->po.obsolete = r->po.obsolete ? r->po.obsolete : r->line;
	} else if (slice_starts(s, "#,")) {
		r->fuzzy |= memmem(s.p, s.n, "fuzzy", 5) != NULL;
	} else {
		struct slice words = { s.p + 1, s.n - 1 };
		if (words.n && words.p[0] == '.') {
			words.p++;
			words.n--;
		}
		words = slice_trim(words);
		r->same |= slice_is(words, "same") || slice_starts(words, "same:");
	}
	return RES_OK;
}

static enum result one_line(struct reader *r, struct slice s)
{
	static const struct {
		const char *word;
		int field;
	} words[] = {
		{ "msgctxt ", FIELD_CONTEXT }, { "msgid ", FIELD_MSGID }, { "msgid_plural ", FIELD_PLURAL },
		{ "msgstr ", FIELD_SAID0 },
	};
	if (!s.n) {
		enum result res = entry_ends(r);
		r->fuzzy = r->same = false; /* a comment belongs to what stands right below it */
		return res;
	}
	if (s.p[0] == '#')
		return comment(r, s);
	if (s.p[0] == '"')
		return r->now == FIELD_NONE ? refuse(r, r->line, "a string without a keyword") : string(r, s);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i].word);
		if (slice_starts(s, words[i].word))
			return field_begins(r, words[i].field, (struct slice){ s.p + n, s.n - n });
	}
	size_t n = strlen("msgstr[0] ");
	if (slice_starts(s, "msgstr[") && s.n > n && s.p[n - 2] == ']' && s.p[n - 1] == ' ' && s.p[n - 3] >= '0' &&
	    s.p[n - 3] < '0' + PLURAL_FORMS) {
		enum result res = field_begins(r, FIELD_SAID0 + s.p[n - 3] - '0', (struct slice){ s.p + n, s.n - n });
		r->numbered = true;
		return res;
	}
	return refuse(r, r->line, "no line of a catalogue");
}

enum result po_read(struct slice text, struct po *po_r, struct buf *error)
{
	struct reader *r = must_alloc(1, sizeof(*r));
	r->error = error;
	for (int i = 0; i < FIELDS; i++)
		r->field[i] = BUF_LIMIT(1 << 16);
	enum result res = RES_OK;
	for (struct slice line; res == RES_OK && slice_cut(&text, '\n', &line);) {
		r->line++;
		res = one_line(r, slice_trim(line));
	}
	if (res == RES_OK)
		res = entry_ends(r);
	for (int i = 0; i < FIELDS; i++) {
		if (res == RES_OK && r->field[i].full)
			res = refuse(r, r->line, "a text is too long");
		buf_free(&r->field[i]);
	}
	if (res == RES_OK && r->po.n)
		qsort(r->po.entries, r->po.n, sizeof(*r->po.entries), entry_order);
	for (size_t i = 1; res == RES_OK && i < r->po.n; i++)
		if (entry_order(&r->po.entries[i - 1], &r->po.entries[i]) == 0)
			res = refuse(r, r->po.entries[i].line, "a msgid twice");
	if (res == RES_OK)
		*po_r = r->po;
	else
		po_free(&r->po);
	free(r);
	return res;
}

void po_free(struct po *po)
{
	for (size_t i = 0; i < po->n; i++) {
		struct po_entry *e = &po->entries[i];
		free(e->context);
		free(e->msgid);
		free(e->plural);
		for (int f = 0; f < e->forms; f++)
			free(e->said[f]);
	}
	free(po->entries);
	free(po->header);
	*po = (struct po){ 0 };
}

const struct po_entry *po_find(const struct po *po, const char *context, const char *msgid)
{
	size_t low = 0, high = po->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct po_entry *e = &po->entries[mid];
		int by = po_order(context, msgid, e->context, e->msgid);
		if (by == 0)
			return e;
		if (by < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

struct slice po_header(const struct po *po, const char *name)
{
	struct slice rest = slice_of(po->header ? po->header : ""), line;
	size_t n = strlen(name);
	while (slice_cut(&rest, '\n', &line))
		if (slice_starts(line, name) && line.n > n && line.p[n] == ':')
			return slice_trim(slice_bytes(line.p + n + 1, line.n - n - 1));
	return (struct slice){ 0 };
}

bool po_has_words(const struct po_entry *e)
{
	bool has = !e->fuzzy;
	for (int f = 0; f < e->forms; f++)
		has = has && e->said[f][0];
	return has;
}
