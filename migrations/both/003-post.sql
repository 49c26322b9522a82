-- Mail on its way, and what became of it.

-- outbox: mail that the mail server has not accepted yet; the row goes when it has.
CREATE TABLE outbox (
	id BLOB PRIMARY KEY,            -- random; the Message-ID is made of it, so a repeat is recognised
	kind TEXT NOT NULL,             -- which room it belongs to, and what it is: "offer", "invite", …
	about BLOB NOT NULL,            -- what that room knows it by
	address TEXT NOT NULL,          -- one recipient
	subject TEXT NOT NULL,
	body TEXT NOT NULL,             -- plain text
	return_token TEXT NOT NULL,     -- local part of the address that bounces come back to
	made_day BIGINT NOT NULL,       -- given up after some days
	tries BIGINT NOT NULL           -- how often the server said "not now"
);

-- mail_result: what became of a mail, until the room it belongs to has read it.
CREATE TABLE mail_result (
	id BLOB PRIMARY KEY,            -- random
	kind TEXT NOT NULL,
	about BLOB NOT NULL,
	result BIGINT NOT NULL,         -- enum mail_result: 1 accepted, 2 refused, 3 bounced
	day BIGINT NOT NULL
);

-- mail_return: which mail a bounce belongs to. Only the hash of the return address is kept.
CREATE TABLE mail_return (
	hash BLOB PRIMARY KEY,          -- SHA-256 of the return token
	kind TEXT NOT NULL,
	about BLOB NOT NULL,
	expires_day BIGINT NOT NULL     -- later bounces are ignored and the row goes
);
