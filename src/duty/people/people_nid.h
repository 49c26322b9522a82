/* people_nid.h: knows national identity numbers, so that none is ever kept (PRODUCT.md § 2).

   Norwegian fødselsnummer, D- and synthetic numbers: 11 digits, a date, two check digits. Swedish personnummer and
   samordningsnummer: 10 or 12 digits, a date, Luhn. Danish CPR: DDMMYY-NNNN; its check digit no longer binds. Pure. */
#ifndef PEOPLE_NID_H
#define PEOPLE_NID_H

#include "base/slice.h"

enum people_nid {
	PEOPLE_NID_NO,
	PEOPLE_NID_PERHAPS, /* ten digits without a hyphen that begin with a date: told only by a whole column */
	PEOPLE_NID_YES,
};

/* The whole of text, which may be written with a space or hyphen before the last digits. */
enum people_nid people_nid_is(struct slice text);
/* Whether a sure one stands anywhere in text. */
bool people_nid_in(struct slice text);

#endif
