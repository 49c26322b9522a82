-- Accounts are kept on a page too: who asked for a role there, and since when a role is had. The same in duty and haven.
ALTER TABLE role_wanted ADD COLUMN made_by BLOB;     -- the account that asked for it; NULL: the operator, by the command
ALTER TABLE account_role ADD COLUMN since_day BIGINT; -- the day it was given; NULL: before this was noted
