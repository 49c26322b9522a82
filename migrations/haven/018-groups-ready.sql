-- Whether the two who are to lead a session are still ready is looked at by a job that every plan puts now. Those that were planned before it
-- existed get theirs: due at once, and on each full hour from then on.
INSERT INTO job (kind, about, due) SELECT 'groups/ready', incident, 0 FROM group_talk WHERE state = 1 AND incident NOT IN (SELECT about FROM job WHERE kind = 'groups/ready');
