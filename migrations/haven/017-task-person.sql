-- Whoever is affected again is asked for by person, once for each of an incident's people: without this each read every task.
CREATE INDEX task_person ON task (person, made_day);
