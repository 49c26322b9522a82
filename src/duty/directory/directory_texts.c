#include <string.h>

#include "base/buf.h"
#include "duty/directory/directory_night.h"

static const char *const fields[] = {
	[PF_NUMBER] = TR("Employee number"), [PF_NAME] = TR("Name"), [PF_FAMILY] = TR("Family name"), [PF_GIVEN] = TR("Given name"),
	[PF_EMAIL] = TR("E-mail"), [PF_PHONE_PRIVATE] = TR("Private phone"), [PF_PHONE_WORK] = TR("Work phone"),
	[PF_UNIT] = TR("Unit"), [PF_UNIT_CODE] = TR("Unit code"), [PF_PARENT_CODE] = TR("Code of the unit above"),
	[PF_PARENT_NAME] = TR("Unit above"), [PF_PROFESSION] = TR("Profession"), [PF_TITLE] = TR("Title"), [PF_LEVEL] = TR("Level"),
	[PF_LEADER] = TR("Manager"), [PF_STAFF] = TR("Staff responsibility"), [PF_LANGUAGE] = TR("Language"),
	[PF_PROTECTED] = TR("Protected identity"), [PF_END] = TR("End date"), [PF_NATIONAL] = TR("National identity number"),
	[PF_BIRTH] = TR("Birth date"), [PF_UNUSED] = TR("Not used"),
};

const char *directory_field_text(enum lang lang, enum people_field f)
{
	return tr(lang, fields[f]);
}

const char *directory_size_text(struct arena *a, enum lang lang, int64_t bytes)
{
	struct buf b = BUF_LIMIT(1000);
	tr_fill(&b, tr(lang, "CSV from the personnel system, at most {n} MB. Nothing is changed until you have seen what would change."), "n",
		arena_printf(a, "%lld", (long long)(bytes >> 20)), NULL);
	const char *s = arena_str(a, buf_get(&b));
	buf_free(&b);
	return s;
}

const char *directory_night_text(enum lang lang, enum night_why why)
{
	static const struct {
		enum night_why why;
		const char *text;
	} texts[] = {
		{ NIGHT_NO_FOLDER, TR("The folder is not there.") },
		{ NIGHT_CLOSED, TR("The folder cannot be read, or files cannot be removed from it.") },
		{ NIGHT_OPEN_TO_ALL, TR("Anybody on the machine can change the folder or the file.") },
		{ NIGHT_NO_FILE, TR("What is in the folder is not an ordinary file.") },
		{ NIGHT_UNREADABLE, TR("The file cannot be opened.") },
		{ NIGHT_LARGE, TR("The file is larger than is allowed.") },
		{ NIGHT_OLD, TR("The file is an old one, and was removed.") },
		{ NIGHT_EMPTY, TR("The file is empty.") },
		{ NIGHT_NO_CSV, TR("It is not a CSV file that we can read.") },
		{ NIGHT_BROKEN, TR("It did not work just now, and nothing was changed.") },
		{ NIGHT_NOT_AGREED, TR("Nobody has said yet which column is what.") },
		{ NIGHT_HEADINGS, TR("The headings are not the same as last time.") },
		{ NIGHT_REFUSED, TR("The file cannot be imported as it is.") },
		{ NIGHT_PROTECTED, TR("Somebody would no longer have a protected identity.") },
		{ NIGHT_LEAVE, TR("Unusually many people would leave. Is the file complete?") },
		{ NIGHT_ROWS, TR("Some rows cannot be read.") },
		{ NIGHT_TWICE, TR("Many people are in the file more than once.") },
		{ NIGHT_DOUBTS, TR("For some it is not clear who they are.") },
		{ NIGHT_NAMES, TR("Unusually many people have another name, number or address.") },
		{ NIGHT_NEW, TR("Unusually many people are new.") },
		{ NIGHT_MOVED, TR("Unusually many people are in another unit.") },
		{ NIGHT_BECAME, TR("A unit may have become another one.") },
		{ NIGHT_UNITS, TR("Unusually many units are new, or have another name.") },
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].why == why)
			return tr(lang, texts[i].text);
	return "";
}

const char *directory_refusal_text(enum lang lang, enum refusal why)
{
	static const char *const texts[] = {
		[REFUSED_EMPTY] = TR("The file is empty."),
		[REFUSED_UTF16] = TR("The file is written in a way we cannot read (UTF-16). Save it as “CSV UTF-8” and choose it again."),
		[REFUSED_HEADING] = TR("The first row cannot be read. It should say what each column holds."),
		[REFUSED_NATIONAL] = TR("A column that would be kept holds national identity numbers, and Makker keeps none. Choose “Not used” for it."),
		[REFUSED_NAME] = TR("Choose which column holds the name."),
		[REFUSED_ROWS] = TR("The file has more than 500,000 rows."),
		[REFUSED_UNITS] = TR("The file has more than 20,000 units. Is the right column chosen as the unit?"),
		[REFUSED_BROKEN] = TR("It did not work just now, and nothing was changed. Try again."),
	};
	return why == REFUSED_NOT ? NULL : tr(lang, texts[why]);
}

enum refusal directory_refusal_of(const char *why)
{
	static const struct {
		const char *piece;
		enum refusal is;
	} known[] = { { "is empty", REFUSED_EMPTY }, { "UTF-16", REFUSED_UTF16 }, { "heading row", REFUSED_HEADING },
		      { "national identity", REFUSED_NATIONAL }, { "could be the name", REFUSED_NAME },
		      { "500,000", REFUSED_ROWS }, { "20,000 units", REFUSED_UNITS } };
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strstr(why, known[i].piece))
			return known[i].is;
	return REFUSED_BROKEN;
}

static const char ON_LINE[] = "also stands on line ";

/* The text with the number that `digits` begins with. */
static const char *on_line(struct arena *a, const char *text, const char *digits)
{
	struct buf b = BUF_LIMIT(1000);
	tr_fill(&b, text, "n", arena_printf(a, "%.*s", (int)strspn(digits, "0123456789"), digits), NULL);
	const char *s = arena_str(a, buf_get(&b));
	buf_free(&b);
	return s;
}

const char *directory_problem_text(struct arena *a, enum lang lang, const char *why)
{
	/* By a piece of what duty/people or csv says. */
	static const struct {
		const char *piece, *text;
	} known[] = {
		{ ON_LINE, TR("The same employee number is on line {n} too, with another name") },
		{ "there is no name", TR("There is no name") },
		{ "national identity number", TR("It holds what looks like a national identity number, and Makker keeps none") },
		{ "longer than 64 characters", TR("It is longer than 64 characters") },
		{ "longer than 200 characters", TR("It is longer than 200 characters") },
		{ "longer than 254 characters", TR("It is longer than 254 characters") },
		{ "deeper than 11 levels", TR("The unit is more than 11 levels down") },
		{ "has shortened this number", TR("The spreadsheet has shortened this number. Store the column as text") },
		{ "not an e-mail address", TR("This is not an e-mail address") },
		{ "not a telephone number", TR("This is not a phone number") },
		{ "staff responsibility is", TR("Staff responsibility is yes or no, or a number of people") },
		{ "not a date", TR("This is not a date that can be read. Write it as 2026-11-18 or 18.11.2026") },
		{ "more columns than the heading", TR("The row has more columns than the first row. Is there a quotation mark or a separator too many?") },
		{ "more than 200 columns", TR("The row has more than 200 columns") },
		{ "quote that is never closed", TR("There is a quotation mark without the one that closes it") },
		{ "behind its closing quote", TR("There is text after a closing quotation mark") },
		{ "longer than 4,000 bytes", TR("It is too long") },
		{ "longer than 32,768 bytes", TR("The row is too long") },
		{ "zero byte", TR("Some letters cannot be read") },
		{ "Windows-1252 does not know", TR("Some letters cannot be read") },
		{ "not written in UTF-8", TR("Some letters cannot be read") },
		{ "characters that do not exist", TR("Some letters cannot be read") },
	};
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const char *at = strstr(why, known[i].piece);
		if (at && known[i].piece == ON_LINE)
			return on_line(a, tr(lang, known[i].text), at + strlen(ON_LINE));
		if (at)
			return tr(lang, known[i].text);
	}
	return tr(lang, "The row cannot be read");
}

const char *directory_change_text(enum lang lang, enum people_change bit)
{
	switch (bit) {
	case PC_NUMBER:
		return tr(lang, "Employee number");
	case PC_NAME:
		return tr(lang, "Name");
	case PC_EMAIL:
		return tr(lang, "E-mail");
	case PC_PHONE:
		return tr(lang, "Work phone");
	case PC_PRIVATE_PHONE:
		return tr(lang, "Private phone");
	case PC_UNIT:
		return tr(lang, "Unit");
	case PC_PROFESSION:
		return tr(lang, "Profession");
	case PC_LEVEL:
		return tr(lang, "Level");
	case PC_LANGUAGE:
		return tr(lang, "Language");
	case PC_STAFF:
		return tr(lang, "Staff responsibility");
	case PC_PROTECTED:
		return tr(lang, "Protected identity");
	case PC_LEADER:
		return tr(lang, "Manager");
	case PC_RETURNED:
	case PC_COUNT:
		break;
	}
	return "";
}
