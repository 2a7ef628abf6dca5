-- What was given up from the beginning of the audit log: signed statements, which are never changed. Entries can be deleted
-- up to the last of them.
CREATE TABLE audit_truncations (
    position INTEGER NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_truncations_are_not_changed BEFORE UPDATE ON audit_truncations
BEGIN
    SELECT RAISE(ABORT, 'a truncation of the audit log is not changed');
END;

CREATE TRIGGER audit_truncations_stay BEFORE DELETE ON audit_truncations
BEGIN
    SELECT RAISE(ABORT, 'a truncation of the audit log is not deleted');
END;

DROP TRIGGER audit_loses_nothing;

CREATE TRIGGER audit_loses_only_what_was_given_up BEFORE DELETE ON audit
WHEN OLD.position > (SELECT COALESCE(MAX(position), 0) FROM audit_truncations)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
