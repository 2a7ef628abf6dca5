-- Sessions, their journals, the job queue and the audit log. Documents and payloads are JSON that was masked before.

CREATE TABLE sessions (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    collector  TEXT NOT NULL,
    key        TEXT NOT NULL,
    -- Copies of what queries filter and sort by; the document is what counts.
    status     TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    quality    REAL NOT NULL,
    document   TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, collector, key)
) STRICT;

CREATE INDEX sessions_newest ON sessions (tenant, start_time DESC, id DESC);
CREATE INDEX sessions_newest_of_status ON sessions (tenant, status, start_time DESC, id DESC);
CREATE INDEX sessions_newest_of_collector ON sessions (tenant, collector, start_time DESC, id DESC);
-- Few sessions are active at a time, so finding the silent ones needs no index that every append would have to keep.
CREATE INDEX sessions_active ON sessions (tenant, id) WHERE status = 'active';

-- Where each journal stands. Apart from the sessions, because every append changes it.
CREATE TABLE journal_heads (
    tenant     TEXT NOT NULL,
    session    TEXT NOT NULL,
    epoch      INTEGER NOT NULL,
    through    INTEGER NOT NULL,
    sealed     INTEGER NOT NULL,
    touched_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, session),
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    tenant      TEXT NOT NULL,
    session     TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    epoch       INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    appended_at INTEGER NOT NULL,
    payload     BLOB NOT NULL,
    PRIMARY KEY (tenant, session, seq),
    FOREIGN KEY (tenant, session) REFERENCES journal_heads (tenant, session) ON DELETE CASCADE
) STRICT;

CREATE TABLE jobs (
    id              TEXT NOT NULL PRIMARY KEY,
    kind            TEXT NOT NULL,
    tenant          TEXT NOT NULL,
    session         TEXT NOT NULL,
    -- When it may be leased next: while it waits, its turn; while it is leased, the end of the lease.
    due_at          INTEGER NOT NULL,
    worker          TEXT,
    attempts        INTEGER NOT NULL DEFAULT 0,
    dead            INTEGER NOT NULL DEFAULT 0,
    failure_code    TEXT,
    failure_message TEXT,
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX jobs_due ON jobs (due_at, id) WHERE dead = 0;
CREATE UNIQUE INDEX jobs_unfinished ON jobs (tenant, session, kind) WHERE dead = 0;
CREATE INDEX jobs_of_session ON jobs (tenant, session);

CREATE TABLE audit (
    position INTEGER NOT NULL PRIMARY KEY,
    hash     BLOB NOT NULL,
    event    TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_keeps_entries BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_loses_nothing BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
