-- role_wanted: a role that sees names waits for a second person. The same in duty and haven, each in its own order.
CREATE TABLE role_wanted (
	id BLOB PRIMARY KEY,            -- random
	account BLOB NOT NULL REFERENCES account (id), -- whose it is to be
	role BIGINT NOT NULL,           -- a bit of enum role (src/signin/signin.h)
	unit BLOB NOT NULL,             -- as in account_role
	made_day BIGINT NOT NULL,       -- the day it was proposed; it waits 14 days
	UNIQUE (account, role, unit)
);
