-- How long a file of somebody who is a supporter no longer has been kept.
ALTER TABLE supporter ADD COLUMN ended_day BIGINT; -- the day on which the nightly job found that it had ended; NULL: it has not
