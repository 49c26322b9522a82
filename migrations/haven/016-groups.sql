-- group_talk: a session for all who were affected by an incident, asked for by its leader. Who came is stored nowhere.
CREATE TABLE group_talk (
	incident BLOB PRIMARY KEY,      -- duty's id
	state BIGINT NOT NULL,          -- enum groups_state: asked for, planned, held, not held
	asked_day BIGINT NOT NULL,      -- the day on which haven heard of it
	by_at BIGINT NOT NULL,          -- by when it is to be held: 48 hours after the incident
	taken_back BIGINT NOT NULL,     -- 1: the leader does not ask for it any more
	starts_at BIGINT,               -- when it is planned for; NULL: not yet
	place TEXT,
	first BLOB,                     -- the two supporters who lead it
	second BLOB,
	done_day BIGINT,                -- when it was held, or when it became clear that there will be none
	rev BIGINT NOT NULL             -- how often it changed: of two who change it at once, the second is told
);
-- group_year: how many were held, by year. It names nothing, and is kept.
CREATE TABLE group_year (
	year BIGINT PRIMARY KEY,
	held BIGINT NOT NULL,
	punctual BIGINT NOT NULL,       -- of these: within the 48 hours
	not_held BIGINT NOT NULL
);
-- Haven tells of an incident too now: that its session was held.
ALTER TABLE door_fact RENAME COLUMN exposure TO about; -- duty's id of one person in one incident, or of an incident
