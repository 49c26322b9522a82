-- person: haven's copy of the directory, as it came through the door.
CREATE TABLE person (
	id BLOB PRIMARY KEY,            -- duty's opaque id
	employee_number TEXT,
	name TEXT NOT NULL,
	unit_path TEXT NOT NULL,        -- "Trust / Division / Ward"
	profession TEXT NOT NULL,
	level TEXT NOT NULL,
	staff_responsibility BIGINT NOT NULL, -- 1: never assigned as a supporter
	lang TEXT NOT NULL,
	email TEXT,                     -- NULL: no message can reach by mail
	phone TEXT,
	protected BIGINT NOT NULL,      -- 1: without a name in lists
	ended BIGINT NOT NULL           -- 1: has left
);

-- door_cursor: how far haven has read duty's changes.
CREATE TABLE door_cursor (
	what TEXT PRIMARY KEY,          -- people, incidents
	rev BIGINT NOT NULL
);

-- door_fact: what duty is to hear and has not acknowledged yet.
CREATE TABLE door_fact (
	exposure BLOB NOT NULL,         -- duty's id of one person in one incident
	fact BIGINT NOT NULL,           -- enum door_fact: sent, unsendable, reached, not_reached
	day BIGINT NOT NULL,
	PRIMARY KEY (exposure, fact)
);
