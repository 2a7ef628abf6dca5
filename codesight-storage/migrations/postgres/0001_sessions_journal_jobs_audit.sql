-- Sessions, their journals, the job queue and the audit log. Documents and payloads are JSON that was masked before.
--
-- Names are compared byte by byte (COLLATE "C"), so that an order is the same whatever the database's language.

-- Several nodes share a database and are not replaced at the same moment. A migration therefore only adds (expand),
-- and what it adds, older nodes can do without. A later one that takes away (contract) raises this number to its own:
-- a node that does not know that migration yet refuses to start.
CREATE TABLE schema_floor (
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX schema_floor_is_one_row ON schema_floor ((true));
INSERT INTO schema_floor (version) VALUES (1);

CREATE TABLE sessions (
    tenant     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    collector  TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    -- Whom it is about, so that everything of a person is found by an index.
    subject    TEXT COLLATE "C" NOT NULL,
    -- Copies of what queries filter and sort by; the document is what counts.
    status     TEXT COLLATE "C" NOT NULL,
    start_time BIGINT NOT NULL,
    quality    DOUBLE PRECISION NOT NULL,
    document   TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, collector, key)
);

-- A page is found in one of these alone, filters included, and only its own sessions are then looked up.
CREATE INDEX sessions_newest ON sessions (tenant, start_time DESC, id DESC) INCLUDE (status, collector, subject, quality);
CREATE INDEX sessions_newest_of_status ON sessions (tenant, status, start_time DESC, id DESC)
    INCLUDE (collector, subject, quality);
CREATE INDEX sessions_newest_of_collector ON sessions (tenant, collector, start_time DESC, id DESC)
    INCLUDE (status, subject, quality);
CREATE INDEX sessions_newest_of_subject ON sessions (tenant, subject, start_time DESC, id DESC)
    INCLUDE (status, collector, quality);
-- Few sessions are active at a time, so finding the silent ones needs no index that every append would have to keep.
CREATE INDEX sessions_active ON sessions (tenant, id) WHERE status = 'active';

-- Where each journal stands. Apart from the sessions, because every append changes it; with room in each page, so that
-- the new version of a row stays beside the old one and no index has to be changed. Whoever changes anything of a
-- session locks its row here first: one order for all, so that nobody waits in a circle.
CREATE TABLE journal_heads (
    tenant     TEXT COLLATE "C" NOT NULL,
    session    TEXT COLLATE "C" NOT NULL,
    epoch      BIGINT NOT NULL,
    through    BIGINT NOT NULL,
    sealed     BOOLEAN NOT NULL,
    touched_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, session),
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
) WITH (fillfactor = 50);

-- No foreign key: it would look the head up again for every row, while the statement that appends holds its lock.
CREATE TABLE journal (
    tenant      TEXT COLLATE "C" NOT NULL,
    session     TEXT COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL,
    epoch       BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    appended_at BIGINT NOT NULL,
    payload     BYTEA NOT NULL,
    PRIMARY KEY (tenant, session, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

-- Payloads are compressed before they come here.
ALTER TABLE journal ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE TABLE jobs (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind            TEXT COLLATE "C" NOT NULL,
    tenant          TEXT COLLATE "C" NOT NULL,
    session         TEXT COLLATE "C" NOT NULL,
    -- When it may be leased next: while it waits, its turn; while it is leased, the end of the lease.
    due_at          BIGINT NOT NULL,
    worker          TEXT COLLATE "C",
    attempts        BIGINT NOT NULL DEFAULT 0,
    dead            BOOLEAN NOT NULL DEFAULT FALSE,
    failure_code    TEXT,
    failure_message TEXT,
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
);

CREATE INDEX jobs_due ON jobs (due_at, id) WHERE NOT dead;
CREATE UNIQUE INDEX jobs_unfinished ON jobs (tenant, session, kind) WHERE NOT dead;
CREATE INDEX jobs_of_session ON jobs (tenant, session);

CREATE TABLE audit (
    position BIGINT NOT NULL PRIMARY KEY,
    hash     BYTEA NOT NULL,
    event    TEXT NOT NULL
);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;

CREATE TRIGGER audit_keeps_entries BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_loses_nothing BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
