-- Which of duty's starts told the rev (src/door/door.h): a rev of another one says nothing.

ALTER TABLE door_cursor ADD COLUMN life BLOB; -- NULL: told before there were lives; everything is asked for again
