-- What reviewers decided about sessions, in the order in which it was added. Rows are never changed, and go with their
-- session.
CREATE TABLE reviews (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tenant   TEXT NOT NULL,
    session  TEXT NOT NULL,
    id       TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (tenant, id),
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX reviews_of_session ON reviews (tenant, session, position);
CREATE INDEX reviews_of_tenant ON reviews (tenant, position);

CREATE TRIGGER reviews_are_not_changed BEFORE UPDATE ON reviews
BEGIN
    SELECT RAISE(ABORT, 'a review is not changed');
END;
