-- When somebody was named as affected: what is long past, and heard of, does not cross the door again. Rows of before this are
-- as old as their incident; whoever was added to it later counts as old then.
ALTER TABLE exposure ADD COLUMN named_day BIGINT NOT NULL DEFAULT 0; -- day
UPDATE exposure SET named_day = (SELECT made_at / 86400 FROM incident WHERE incident.id = exposure.incident);
