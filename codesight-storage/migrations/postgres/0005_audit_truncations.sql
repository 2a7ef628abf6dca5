-- What was given up from the beginning of the audit log: signed statements, which are never changed. Entries can be deleted
-- up to the last of them.
CREATE TABLE audit_truncations (
    position BIGINT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);

CREATE TRIGGER audit_truncations_stay BEFORE UPDATE OR DELETE ON audit_truncations
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();

CREATE FUNCTION audit_loses_only_what_was_given_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.position > (SELECT COALESCE(MAX(position), 0) FROM audit_truncations) THEN
        RAISE EXCEPTION 'the audit log is append-only';
    END IF;
    RETURN OLD;
END
$$;

DROP TRIGGER audit_keeps_entries ON audit;
CREATE TRIGGER audit_keeps_entries BEFORE UPDATE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_loses_only_what_was_given_up BEFORE DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_loses_only_what_was_given_up();
