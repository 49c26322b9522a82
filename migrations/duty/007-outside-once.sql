-- exposure_outside: somebody outside the directory stands in an incident once: same name, same phone, same person. In the rows of
-- people of the directory both are NULL, and no two NULLs are alike. Before this a second press could make a second row, and two
-- supporters may have been told since: such rows stay, and are told apart by a number that new rows never get.
ALTER TABLE exposure ADD COLUMN outside_nth BIGINT NOT NULL DEFAULT 1;
UPDATE exposure SET outside_nth = 1 + (SELECT COUNT(*) FROM exposure AS other WHERE other.incident = exposure.incident
	AND other.outside_name = exposure.outside_name AND other.outside_phone = exposure.outside_phone AND other.id < exposure.id)
	WHERE outside_name IS NOT NULL;
CREATE UNIQUE INDEX exposure_outside ON exposure (incident, outside_name, outside_phone, outside_nth);
