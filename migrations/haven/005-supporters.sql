-- supporter: a trained peer, and what the gate needs to know. Dates are attested by the programme.
CREATE TABLE supporter (
	id BLOB PRIMARY KEY,            -- random
	person BLOB UNIQUE,             -- in the directory; NULL for somebody outside it
	name TEXT NOT NULL,
	given TEXT NOT NULL,            -- the first name that colleagues see
	email TEXT NOT NULL UNIQUE,
	phone TEXT NOT NULL,            -- the number that colleagues call
	unit_path TEXT NOT NULL,
	profession TEXT NOT NULL,
	level TEXT NOT NULL,
	languages TEXT NOT NULL,        -- "nb en"
	since_year BIGINT NOT NULL,
	interview_day BIGINT,           -- NULL: not attested
	training_day BIGINT,
	check_day BIGINT,               -- knowledge check passed
	accredited_until BIGINT,        -- the last day
	paused BIGINT NOT NULL,         -- 1: takes nothing for now
	is_full BIGINT NOT NULL,        -- 1: "I am full"
	ended BIGINT NOT NULL           -- 1: no longer a supporter
);

-- duty_window: when a supporter can be reached, week by week, in the workplace's zone.
CREATE TABLE duty_window (
	supporter BLOB NOT NULL REFERENCES supporter (id),
	weekday BIGINT NOT NULL,        -- 0 Monday .. 6 Sunday
	from_minute BIGINT NOT NULL,    -- minutes after midnight
	to_minute BIGINT NOT NULL,      -- after from_minute; past 1440: into the next day
	standby BIGINT NOT NULL,        -- 1: at home on call
	PRIMARY KEY (supporter, weekday, from_minute)
);

-- key_log: the public, append-only log of supporters' keys (docs/protocol.md § 2.5).
CREATE TABLE key_log (
	n BIGINT PRIMARY KEY,           -- 0, 1, …
	supporter BLOB NOT NULL,
	kind BIGINT NOT NULL,           -- 1 new, 2 rotate, 3 reset, 4 retire
	x25519 BLOB NOT NULL,           -- 32 bytes, for sealing
	key_id BLOB NOT NULL,           -- first 8 bytes of the hash of x25519
	entry BLOB NOT NULL             -- the 256 bytes
);
CREATE INDEX key_log_supporter ON key_log (supporter, n);

-- wrap: a supporter's master key, sealed so that only her device or her recovery code opens it.
CREATE TABLE wrap (
	id BLOB PRIMARY KEY,            -- random
	supporter BLOB NOT NULL REFERENCES supporter (id),
	kind BIGINT NOT NULL,           -- 1 device, 2 recovery
	bytes BLOB NOT NULL             -- 92 bytes
);
CREATE INDEX wrap_supporter ON wrap (supporter);

-- vault: a supporter's own sealed memory, of fixed size. The server cannot open it.
CREATE TABLE vault (
	supporter BLOB PRIMARY KEY REFERENCES supporter (id),
	bytes BLOB NOT NULL             -- 65,536 bytes, doubled if full
);

-- load: that a supporter took something on a day, for the flat 28 days that it counts.
CREATE TABLE load (
	id BLOB PRIMARY KEY,            -- random
	supporter BLOB NOT NULL REFERENCES supporter (id),
	day BIGINT NOT NULL,
	kind BIGINT NOT NULL            -- 1 task, 2 request
);
CREATE INDEX load_supporter ON load (supporter, day);

-- not_this_one: a supporter whom a person does not want, noted for her by the coordinator.
CREATE TABLE not_this_one (
	person BLOB NOT NULL,
	supporter BLOB NOT NULL,
	PRIMARY KEY (person, supporter)
);
