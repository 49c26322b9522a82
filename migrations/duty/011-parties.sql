-- party: somebody who is a party to an incident (accused, in conflict, who made the error). Whoever of them has an account sees nothing of
-- it; none of them is sent as a supporter.
CREATE TABLE party (
	incident BLOB NOT NULL REFERENCES incident (id),
	person BLOB NOT NULL,           -- of the directory
	PRIMARY KEY (incident, person)
);
CREATE INDEX party_person ON party (person);
