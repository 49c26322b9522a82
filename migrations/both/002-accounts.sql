-- Who signs in to this program. The same in duty and in haven, each with rows of its own.

-- account: somebody with a sign-in. Colleagues who are offered support never have one.
CREATE TABLE account (
	id BLOB PRIMARY KEY,            -- random
	email TEXT NOT NULL UNIQUE,     -- lower case; where invitations and notices go
	name TEXT NOT NULL,             -- shown in the head of the page
	lang TEXT NOT NULL,             -- nb, sv, da, en
	password TEXT,                  -- Argon2id in PHC form; NULL until the invitation is taken up
	of_whom BLOB,                   -- duty: the person in the directory; haven: the supporter; NULL for others
	ended_day BIGINT                -- the day the account was closed; NULL while it is open
);

-- account_role: what the account may do, and where.
CREATE TABLE account_role (
	account BLOB NOT NULL REFERENCES account (id),
	role BIGINT NOT NULL,           -- a bit of enum role (src/signin/signin.h)
	unit BLOB NOT NULL,             -- duty: the unit and all below it; 16 zero bytes: the whole workplace
	PRIMARY KEY (account, role, unit)
);

-- invite: a one-time link to choose a passphrase. Only the hash of its token is kept.
CREATE TABLE invite (
	hash BLOB PRIMARY KEY,          -- SHA-256 of the token in the link
	account BLOB NOT NULL REFERENCES account (id),
	expires_day BIGINT NOT NULL     -- the last day on which it works
);

-- session: one browser that is signed in. Only the hash of its cookie is kept.
CREATE TABLE session (
	hash BLOB PRIMARY KEY,          -- SHA-256 of the cookie
	account BLOB NOT NULL REFERENCES account (id),
	csrf BLOB NOT NULL,             -- 16 random bytes that every form of this session carries
	expires_day BIGINT NOT NULL     -- the last day on which it works; days only, so that no row tells an hour
);
CREATE INDEX session_account ON session (account);
