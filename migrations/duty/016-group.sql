-- A session for all who were affected by an incident: that it is asked for, and what haven told of it: a day, never who came, where, or who led it.
ALTER TABLE incident ADD COLUMN group_asked_day BIGINT; -- the day on which whoever leads it asked for one; NULL: nobody has
ALTER TABLE incident ADD COLUMN group_told BIGINT;      -- 1: it was held; 0: there will be none; NULL: nothing is known yet
ALTER TABLE incident ADD COLUMN group_day BIGINT;       -- the day of that
