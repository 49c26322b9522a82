-- Messages go by more ways than mail.
ALTER TABLE outbox ADD COLUMN way BIGINT NOT NULL DEFAULT 0;       -- enum post_way: 0 mail, 1 SMS
ALTER TABLE mail_result ADD COLUMN way BIGINT NOT NULL DEFAULT 0;  -- the same
-- By which ways a task's first message was put, which did not reach, and whether a phone has it.
ALTER TABLE task ADD COLUMN ways BIGINT NOT NULL DEFAULT 0;        -- bits of enum offers_ways: 1, 2 put by mail, by SMS; 4, 8 did not reach; 16 has arrived; 32 the coordinator saw to it that no message reached her
-- What went out before had one way.
UPDATE task SET ways = 1 WHERE person IN (SELECT id FROM person WHERE email IS NOT NULL);
