-- Consent ledger, rights register, exports and the checkpoints of the audit log.

-- Decisions, in the order in which they became known. The document does not name the subject: the column does, and is
-- replaced when the subject is erased.
CREATE TABLE consents (
    position    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    document    TEXT NOT NULL,
    UNIQUE (tenant, subject, fingerprint)
);

CREATE TABLE rights_requests (
    tenant      TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    -- Copies of what queries filter and sort by; the document is what counts.
    subject     TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL,
    received_at BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    revision    BIGINT NOT NULL,
    document    TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX rights_requests_of_subject ON rights_requests (tenant, subject, received_at, id);
CREATE INDEX rights_requests_unsettled ON rights_requests (due_at, id) WHERE status <> 'settled';

CREATE TABLE legal_holds (
    tenant   TEXT COLLATE "C" NOT NULL,
    subject  TEXT COLLATE "C" NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (tenant, subject)
);

-- What was erased, by keyed digests. Nothing deletes from this table.
CREATE TABLE buried (
    tenant    TEXT COLLATE "C" NOT NULL,
    digest    BYTEA NOT NULL,
    buried_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, digest)
);

CREATE FUNCTION buried_stays_buried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is buried stays so';
END
$$;

CREATE TRIGGER buried_keeps_names BEFORE DELETE ON buried
    FOR EACH ROW EXECUTE FUNCTION buried_stays_buried();
CREATE TRIGGER buried_keeps_all BEFORE TRUNCATE ON buried
    FOR EACH STATEMENT EXECUTE FUNCTION buried_stays_buried();

CREATE TABLE exports (
    tenant   TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE export_sessions (
    tenant  TEXT COLLATE "C" NOT NULL,
    session TEXT COLLATE "C" NOT NULL,
    export  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, session, export),
    FOREIGN KEY (tenant, export) REFERENCES exports (tenant, id) ON DELETE CASCADE
);

CREATE INDEX export_sessions_of_export ON export_sessions (tenant, export);

CREATE TABLE audit_checkpoints (
    position BIGINT NOT NULL PRIMARY KEY,
    signed   TEXT NOT NULL
);
