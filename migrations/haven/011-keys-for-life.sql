-- pairing: a supporter's master key under a one-time code, for a device she is letting in. One at most; goes when it is taken, and after ten
-- minutes by a job of its own.
CREATE TABLE pairing (
	supporter BLOB PRIMARY KEY REFERENCES supporter (id),
	bytes BLOB NOT NULL             -- 92 bytes
);

-- key_reset: a supporter who has lost her keys has asked to make new ones, and whether the coordinator has said yes.
CREATE TABLE key_reset (
	supporter BLOB PRIMARY KEY REFERENCES supporter (id),
	day BIGINT NOT NULL,            -- asked, or approved, on; gone two weeks later
	approved BIGINT NOT NULL        -- 1: she may make them
);
