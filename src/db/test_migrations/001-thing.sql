-- One of every kind of column; this comment ends in a semicolon;
CREATE TABLE thing (
	id BLOB PRIMARY KEY,         -- 16 bytes
	number BIGINT,               -- any int64; may be missing
	words TEXT,                  -- 'quoted -- here', any UTF-8
	content BLOB
) WITHOUT ROWID;

CREATE TABLE counter (
	name TEXT PRIMARY KEY,
	n BIGINT NOT NULL CHECK (n >= 0)
);
INSERT INTO counter (name, n) VALUES ('a;
b -- no comment, BLOB', 0);
