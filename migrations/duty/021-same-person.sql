-- Somebody named from outside who is also named from the directory in the same incident: one person, counted once. What was offered to her in
-- this row counts for the other one. Said by whoever leads the incident.
ALTER TABLE exposure ADD COLUMN same_as BLOB; -- exposure of the same incident; NULL: none. Then outside_* are NULL too
