-- missing: somebody said that she, or somebody else, was there when something happened. Anybody can say it, without an account; a
-- leader decides. What was written goes a while after that (missing.h).
CREATE TABLE missing (
	id BLOB PRIMARY KEY,            -- random
	once BLOB NOT NULL UNIQUE,      -- the form's own id: pressing twice tells once
	other BIGINT NOT NULL,          -- 0: I was there too; 1: somebody else was
	happened_day BIGINT NOT NULL,   -- day on which it happened
	minute BIGINT,                  -- minutes after midnight at which it happened, about; NULL: not said
	place TEXT NOT NULL,            -- where, as it was typed
	unit BLOB,                      -- the unit that it was taken for, or that somebody chose; NULL: none yet
	name TEXT NOT NULL,             -- of whom it is about
	contact TEXT,                   -- her phone or e-mail
	number TEXT,                    -- her employee number
	teller TEXT,                    -- who tells, if she wants to be asked
	made_day BIGINT NOT NULL,
	state BIGINT NOT NULL,          -- enum missing_state
	done_day BIGINT,                -- NULL: open
	done_by BLOB,                   -- account
	incident BLOB                   -- where she was added, or was already
);
CREATE INDEX missing_open ON missing (state, made_day);
