-- import_became: a unit of which nobody would be left, and the one in which nearly everybody of it would be. Empty as import_row.
CREATE TABLE import_became (
	unit BLOB PRIMARY KEY,
	becomes BLOB NOT NULL,          -- of the directory or of import_unit
	people BIGINT NOT NULL,         -- of the unit and those below it, who would be in the other
	of_whom BIGINT NOT NULL,        -- … of so many who stay in the workplace
	whole BIGINT NOT NULL,          -- 1: nearly all of the other one come from there: it is the same under another name
	said BIGINT NOT NULL,           -- 0: nobody has said; 1: it has become that; 2: it has not
	said_by BLOB                    -- account
);

-- unit_became: what was said, for the rooms that name units. A row goes when they have heard of it.
CREATE TABLE unit_became (
	unit BLOB PRIMARY KEY,
	becomes BLOB NOT NULL,
	whole BIGINT NOT NULL,
	said_by BLOB NOT NULL
);
