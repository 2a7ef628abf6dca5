-- Consent ledger, rights register, exports and the checkpoints of the audit log.

-- Whom a session is about, so that everything of a person is found by an index.
ALTER TABLE sessions ADD COLUMN subject TEXT GENERATED ALWAYS AS (document ->> '$.consent.subject') VIRTUAL;

CREATE INDEX sessions_newest_of_subject ON sessions (tenant, subject, start_time DESC, id DESC);

-- Decisions, in the order in which they became known. The document does not name the subject: the column does, and is
-- replaced when the subject is erased.
CREATE TABLE consents (
    position    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tenant      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    document    TEXT NOT NULL,
    UNIQUE (tenant, subject, fingerprint)
) STRICT;

CREATE TABLE rights_requests (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    -- Copies of what queries filter and sort by; the document is what counts.
    subject     TEXT NOT NULL,
    status      TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    document    TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX rights_requests_of_subject ON rights_requests (tenant, subject, received_at, id);
CREATE INDEX rights_requests_unsettled ON rights_requests (due_at, id) WHERE status <> 'settled';

CREATE TABLE legal_holds (
    tenant   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (tenant, subject)
) STRICT;

-- What was erased, by keyed digests. Nothing deletes from this table.
CREATE TABLE buried (
    tenant    TEXT NOT NULL,
    digest    BLOB NOT NULL,
    buried_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER buried_stays_buried BEFORE DELETE ON buried
BEGIN
    SELECT RAISE(ABORT, 'what is buried stays so');
END;

CREATE TABLE exports (
    tenant   TEXT NOT NULL,
    id       TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE export_sessions (
    tenant  TEXT NOT NULL,
    session TEXT NOT NULL,
    export  TEXT NOT NULL,
    PRIMARY KEY (tenant, session, export),
    FOREIGN KEY (tenant, export) REFERENCES exports (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX export_sessions_of_export ON export_sessions (tenant, export);

CREATE TABLE audit_checkpoints (
    position INTEGER NOT NULL PRIMARY KEY,
    signed   TEXT NOT NULL
) STRICT;
