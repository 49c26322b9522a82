-- incident: what haven knows of one: never more than this.
CREATE TABLE incident (
	id BLOB PRIMARY KEY,            -- duty's id
	title TEXT NOT NULL,            -- the neutral sentence
	severity BIGINT NOT NULL,
	day BIGINT NOT NULL,            -- when it happened, day only
	unit_path TEXT NOT NULL
);

-- excluded: who may not be sent to this incident: affected, reviewers, parties, line leaders.
CREATE TABLE excluded (
	incident BLOB NOT NULL REFERENCES incident (id),
	person BLOB NOT NULL,
	PRIMARY KEY (incident, person)
);

-- task: one affected person is to be offered support by one supporter. The same row in every
-- history of answers: it says who was offered help by whom, never what she said.
CREATE TABLE task (
	id BLOB PRIMARY KEY,            -- duty's id of the exposure
	incident BLOB NOT NULL REFERENCES incident (id),
	person BLOB,                    -- NULL: outside the directory
	name TEXT NOT NULL,             -- of somebody outside the directory; else ''
	phone TEXT,                     -- of somebody outside the directory
	lang TEXT NOT NULL,
	ref BLOB NOT NULL UNIQUE,       -- 16 random bytes: what an answer names
	rel BLOB NOT NULL,              -- 32 random bytes: who holds the task can open its answers
	holder BLOB,                    -- the supporter who has it now; NULL: nobody could be found
	seat_0 BLOB,                    -- the assigned of the offer page; answers are sealed to these three
	seat_1 BLOB,                    -- first stand-in
	seat_2 BLOB,                    -- second stand-in
	deadline BIGINT NOT NULL,       -- instant by which the holder makes contact
	not_before BIGINT,              -- instant before which she does not phone: the one told in a later message
	since_hour BIGINT NOT NULL,     -- first ring hour in which a page with this rel could be answered
	made_day BIGINT NOT NULL,
	seen BIGINT NOT NULL,           -- 1: the supporter's desk has shown it
	closed_day BIGINT,              -- with all tasks of the incident together
	outcome BIGINT,                 -- 1 reached, 0 not reached; from the closing transaction on
	rounds BIGINT NOT NULL,         -- how many times new supporters were looked for: few, so that nobody is written to again and again
	stopped BIGINT NOT NULL         -- 1: "stop these messages"
);
CREATE INDEX task_holder ON task (holder, closed_day);
CREATE INDEX task_incident ON task (incident);

-- passed: who gave a task on, or let its deadline go by in silence. No reason, no time.
CREATE TABLE passed (
	task BLOB NOT NULL REFERENCES task (id),
	supporter BLOB NOT NULL,
	PRIMARY KEY (task, supporter)
);

-- offer_link: the personal links that lead to a task's page. Only hashes of their tokens.
CREATE TABLE offer_link (
	hash BLOB PRIMARY KEY,          -- SHA-256 of the token
	task BLOB NOT NULL REFERENCES task (id),
	kind BIGINT NOT NULL,           -- enum touch: 0 the offer, 1 the second touch, 2 the check
	expires_day BIGINT NOT NULL
);

-- offer_mailed: how many offers and touches went out in an hour: sizes the ring (m of § 3.4).
CREATE TABLE offer_mailed (
	hour BIGINT PRIMARY KEY,        -- hours since 1970
	n BIGINT NOT NULL
);

-- ring: answers to offers among dummies; an answer, another answer and silence look alike (§ 3.4).
CREATE TABLE ring (
	hour BIGINT NOT NULL,           -- hours since 1970
	slot BIGINT NOT NULL,           -- 0 .. P-1
	bytes BLOB NOT NULL,            -- 2,048 bytes: four envelopes
	PRIMARY KEY (hour, slot)
);

-- door_code: what everybody who may post holds (§ 7). One for the whole workplace; two while it changes.
CREATE TABLE door_code (
	code BLOB PRIMARY KEY,          -- 16 bytes; every offer page carries it, so it is no secret of one person
	until_day BIGINT                -- NULL: the current one
);
