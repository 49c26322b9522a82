-- Supporters are asked to open their desks by one job a morning for all (offers/morning), no longer by one for each incident.
DELETE FROM job WHERE kind = 'offers/remind';
