-- incident: something hard that happened, as its leader registered it.
CREATE TABLE incident (
	id BLOB PRIMARY KEY,            -- random
	kind BIGINT NOT NULL,           -- enum incident_kind
	severity BIGINT NOT NULL,       -- 1 straining, 2 serious, 3 death or grave injury
	happened_at BIGINT NOT NULL,    -- instant, about
	unit BLOB NOT NULL,             -- where
	sentence TEXT NOT NULL,         -- one neutral sentence; no names, nothing about health
	made_by BLOB NOT NULL,          -- account
	made_at BIGINT NOT NULL,        -- instant
	once BLOB NOT NULL UNIQUE,      -- the form's own id: pressing twice registers once
	rev BIGINT NOT NULL UNIQUE      -- change counter over all incidents; the door asks by it
);
CREATE INDEX incident_unit ON incident (unit, happened_at);

-- incident_rev: one row, the newest rev given out.
CREATE TABLE incident_rev (
	one BIGINT PRIMARY KEY CHECK (one = 1),
	rev BIGINT NOT NULL
);
INSERT INTO incident_rev (one, rev) VALUES (1, 0);

-- exposure: one person, one incident, and how. A person of the directory, or somebody outside by name and phone.
CREATE TABLE exposure (
	id BLOB PRIMARY KEY,            -- random
	incident BLOB NOT NULL REFERENCES incident (id),
	person BLOB,                    -- NULL: outside the directory
	outside_name TEXT,
	outside_phone TEXT,
	outside_lang TEXT,
	how BIGINT NOT NULL,            -- enum exposure_how: 0 exposed, 1 witness, 2 helped
	seat BIGINT NOT NULL,           -- order in which the leader named them
	UNIQUE (incident, person)
);
CREATE INDEX exposure_incident ON exposure (incident, seat);

-- coverage: what is known of the offer to one affected person. Days only. It never holds an answer.
CREATE TABLE coverage (
	exposure BLOB PRIMARY KEY REFERENCES exposure (id),
	sent_day BIGINT,                -- a message was accepted
	unsendable_day BIGINT,          -- no message can reach, or one came back
	reached BIGINT,                 -- 1 reached, 0 not reached; NULL until the whole incident is told
	reached_day BIGINT,
	in_person_day BIGINT,           -- a leader noted that she offered it in person
	in_person_by BLOB               -- account
);
