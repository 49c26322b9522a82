-- import_form, import_heading: how a file is read. agreed 0: what the import under way was planned with; 1: as it was when an
-- administrator last brought the list up to date on a page. The nightly file is read by the latter.
CREATE TABLE import_form (
	agreed BIGINT PRIMARY KEY,
	import BLOB NOT NULL,
	encoding BIGINT NOT NULL,       -- enum csv_encoding
	separator BIGINT NOT NULL,      -- the character
	missing_leave BIGINT NOT NULL   -- enum people_missing
);
CREATE TABLE import_heading (
	agreed BIGINT NOT NULL,
	place BIGINT NOT NULL,          -- the column in the file, from 0
	heading TEXT NOT NULL,          -- only of columns that are kept
	field BIGINT NOT NULL,          -- enum people_field
	PRIMARY KEY (agreed, place)
);

-- night: the file that the personnel system puts into a folder each night: what became of the last one. At most one row. No name of a file.
CREATE TABLE night (
	one BIGINT PRIMARY KEY CHECK (one = 1),
	state BIGINT NOT NULL,          -- enum night_state
	why BIGINT NOT NULL,            -- enum night_why: why it waits, or was not taken
	import BLOB,                    -- the plan that waits
	size BIGINT NOT NULL,           -- of the file that `state` is about; 0: about none
	changed BIGINT NOT NULL,        -- when that file was last written: nanoseconds
	seen_size BIGINT NOT NULL,      -- as the last look saw the newest file, to know that it is complete
	seen_changed BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,        -- instant of the first look that saw it so; 0: none
	came_at BIGINT NOT NULL,        -- instant: the last file came, or the folder was first looked at
	taken_at BIGINT,                -- instant: the last file was taken; NULL: none ever
	taken_changed BIGINT,           -- when that file was written
	clear BIGINT NOT NULL,          -- 1: the file is to be removed
	late BIGINT NOT NULL            -- 1: it was told that none comes
);
