-- Whoever reviews an incident is kept out of it as a party is: sees nothing of it, and is never sent as a supporter.
ALTER TABLE party ADD COLUMN reviews BIGINT NOT NULL DEFAULT 0; -- 1: reviews the incident; 0: is a party to it
