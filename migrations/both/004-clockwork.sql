-- job: what is to be done later, once. The row goes in the transaction that does it.
CREATE TABLE job (
	kind TEXT NOT NULL,             -- the room and the thing: "offers/second-touch"
	about BLOB NOT NULL,            -- what it is about; 16 zero bytes for the whole workplace
	due BIGINT NOT NULL,            -- instant
	PRIMARY KEY (kind, about)
);
CREATE INDEX job_due ON job (due, kind, about);

-- setting: few facts about this installation that must outlive a restart.
CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value BLOB NOT NULL
);

-- audit: every look at a list of names, chained by hashes. Pseudonyms; who they are stands in audit_name.
CREATE TABLE audit (
	n BIGINT PRIMARY KEY,           -- 1, 2, … without a gap
	prev BLOB NOT NULL,             -- hash of the entry before
	day BIGINT NOT NULL,
	who BLOB NOT NULL,              -- pseudonym of the account
	what TEXT NOT NULL,             -- "incident/people", "desk/tasks"
	about BLOB NOT NULL,            -- the incident, or zero
	hash BLOB NOT NULL              -- of this entry
);

-- audit_name: the erasable map from pseudonym to account.
CREATE TABLE audit_name (
	who BLOB PRIMARY KEY,           -- random
	account BLOB NOT NULL UNIQUE
);
