-- Who has been asked to decide about what was told, so that the next level is asked when nobody does.
ALTER TABLE missing ADD COLUMN level BIGINT NOT NULL DEFAULT 0; -- how many levels above the nearest leader were asked
ALTER TABLE missing ADD COLUMN told_day BIGINT; -- day on which whoever is at that level was mailed; NULL: not yet
