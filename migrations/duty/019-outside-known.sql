-- Somebody named from outside who turns out to stand in the directory: suggested by her phone, confirmed by a person, never joined by itself.
ALTER TABLE exposure ADD COLUMN not_person BLOB; -- somebody of the directory with the same phone, of whom her leader said that it is another; NULL: nobody
CREATE INDEX person_phone ON person (phone);
CREATE INDEX person_private_phone ON person (private_phone);
