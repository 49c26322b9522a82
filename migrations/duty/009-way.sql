-- Messages go by more ways than mail.
ALTER TABLE outbox ADD COLUMN way BIGINT NOT NULL DEFAULT 0;       -- enum post_way: 0 mail, 1 SMS
ALTER TABLE mail_result ADD COLUMN way BIGINT NOT NULL DEFAULT 0;  -- the same
