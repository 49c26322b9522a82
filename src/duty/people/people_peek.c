/* The beginning of a file, for somebody who says which column is what. */
#include "duty/people/people_import.h"

#include <string.h>

#include "duty/people/people_cells.h"
#include "duty/people/people_nid.h"
#include "duty/people/people_text.h"

#define SAMPLE_LETTERS 40

/* Nothing that would be dropped is shown, nor a cell that looks like a national number. */
static const char *sample_of(struct arena *a, enum people_field is, struct slice cell)
{
	struct slice s = people_clean(a, cell);

	if (is == PF_NATIONAL || is == PF_BIRTH || people_nid_in(cell))
		return "";
	while (people_length(s) > SAMPLE_LETTERS) {
		s.n--;
		while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	return arena_str(a, s);
}

static enum result read_samples(struct csv *csv, struct arena *a, struct people_peek *p)
{
	struct csv_row row;
	enum result res = RES_OK;

	for (size_t k = 0; k < PEOPLE_SAMPLES && (res = csv_next(csv, &row)) != RES_NONE && res != RES_BROKEN; k++)
		for (size_t i = 0; res == RES_OK && i < p->n; i++)
			p->column[i].sample[k] = i < row.n ? sample_of(a, p->column[i].is, row.field[i]) : "";
	return res == RES_BROKEN ? RES_BROKEN : RES_OK;
}

void people_peek_hide(struct arena *a, struct people_peek *p)
{
	bool hidden[PEOPLE_SAMPLES] = { false };

	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < PEOPLE_SAMPLES && p->column[i].is == PF_PROTECTED; k++) {
			struct slice mark = slice_of(p->column[i].sample[k]);

			hidden[k] |= mark.n && people_flag(mark) != 0 && !people_is_unprotected(a, mark);
		}
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < PEOPLE_SAMPLES; k++)
			if (p->column[i].is == PF_PHONE_PRIVATE || (hidden[k] && p->column[i].is != PF_PROTECTED))
				p->column[i].sample[k] = "";
}

enum result people_import_peek(struct csv *csv, struct arena *a, struct people_peek *peek_r)
{
	struct people_peek p = { 0 };
	struct people_columns cols;
	struct csv_row row;
	const char *why;
	struct slice *heading;
	enum result res = csv_next(csv, &row);

	if (res != RES_OK)
		return res == RES_BROKEN ? RES_BROKEN : RES_BAD;
	heading = arena_array(a, struct slice, row.n + 1);
	for (size_t i = 0; i < row.n; i++)
		heading[i] = arena_slice(a, row.field[i]);
	p.n = row.n;
	p.column = arena_array(a, struct people_peek_column, p.n + 1);
	/* Without a name column, too, somebody can say which it is. */
	res = people_headings(a, heading, p.n, NULL, 0, &cols, &why);
	for (size_t i = 0; i < p.n; i++) {
		p.column[i].heading = arena_str(a, people_clean(a, heading[i]));
		p.column[i].is = res == RES_OK ? cols.is[i] : people_heading_guess(a, heading[i]);
		for (size_t k = 0; k < PEOPLE_SAMPLES; k++)
			p.column[i].sample[k] = "";
	}
	res = read_samples(csv, a, &p);
	people_peek_hide(a, &p);
	if (res == RES_OK)
		*peek_r = p;
	return res;
}
