-- An SMS may be reported under the address that we gave for it and under the gateway's own number: whichever comes first counts, and takes the other with it.
ALTER TABLE mail_return ADD COLUMN also BLOB; -- the hash of the other row of this message; NULL: it has none
