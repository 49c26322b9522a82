-- unit: a part of the workplace. A unit is never removed: what has happened there names it.
CREATE TABLE unit (
	id BLOB PRIMARY KEY,            -- random
	parent BLOB REFERENCES unit (id), -- NULL: at the top
	code TEXT UNIQUE,               -- the personnel system's own, or NULL
	name TEXT NOT NULL,
	path TEXT NOT NULL UNIQUE       -- names from the top, " / " between; a second one of the same name carries its code
);
CREATE INDEX unit_parent ON unit (parent);

-- person: somebody of the directory, as the last import said. No birth date and no national number, ever.
CREATE TABLE person (
	id BLOB PRIMARY KEY,            -- random; the same for as long as the person works here
	employee_number TEXT UNIQUE,    -- the personnel system's own, or NULL
	name TEXT NOT NULL,             -- as people say it: given name first
	given TEXT,                     -- NULL where the file has the name in one piece
	family TEXT,
	folded BLOB NOT NULL,           -- the name without case and accents, as bytes: lists are sorted by it, the same in both databases
	email TEXT,                     -- lower case; may be shared by several
	phone TEXT,                     -- digits, + in front where the country is known; the private one where the file has it
	unit BLOB REFERENCES unit (id), -- NULL: none given
	profession TEXT,                -- profession, or the title where there is none
	level TEXT,
	lang TEXT,                      -- nb, sv, da, en; NULL: the workplace's own
	leader BLOB,                    -- person: the line leader; never crosses the door
	leads BIGINT NOT NULL,          -- 1: the file marks this person as leader of the unit
	staff_responsibility BIGINT NOT NULL, -- 1: has staff responsibility, said by the file or because somebody's leader
	protected BIGINT NOT NULL,      -- 1: protected identity: never found by name, name-less in lists
	place BIGINT NOT NULL,          -- order of being added: tells two of the same name, unit and profession apart
	ended_day BIGINT,               -- day; NULL: works here
	rev BIGINT NOT NULL UNIQUE      -- change counter of the directory when this row last changed; the door asks by it
);
CREATE INDEX person_unit ON person (unit, folded);
CREATE INDEX person_email ON person (email);
CREATE INDEX person_leader ON person (leader);

-- person_word: what a person is found by: folded words of the name. None for who has ended or is protected.
CREATE TABLE person_word (
	word BLOB NOT NULL,             -- bytes, so that both databases compare alike
	person BLOB NOT NULL REFERENCES person (id),
	PRIMARY KEY (word, person)
);
CREATE INDEX person_word_person ON person_word (person);

-- directory_rev: one row, the newest rev given out.
CREATE TABLE directory_rev (
	one BIGINT PRIMARY KEY CHECK (one = 1),
	rev BIGINT NOT NULL
);
INSERT INTO directory_rev (one, rev) VALUES (1, 0);
