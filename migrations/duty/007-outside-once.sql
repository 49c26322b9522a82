-- exposure_outside: somebody outside the directory stands in an incident once: same name, same phone, same person. In the rows of
-- people of the directory both are NULL, and no two NULLs are alike.
CREATE UNIQUE INDEX exposure_outside ON exposure (incident, outside_name, outside_phone);
