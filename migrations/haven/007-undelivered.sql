-- A sign-in link that did not arrive, so that somebody hears of it. The same in duty and haven, each in its own order.

ALTER TABLE account ADD COLUMN undelivered_day BIGINT; -- the day on which its invitation was refused or came back; NULL: no, or a newer one was made
