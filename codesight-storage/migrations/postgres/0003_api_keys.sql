-- Who may use the interface. Secrets are not here: their digests are.

CREATE TABLE api_keys (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant   TEXT COLLATE "C" NOT NULL,
    digest   BYTEA NOT NULL UNIQUE,
    -- Copies of what queries filter and sort by; the document is what counts.
    kind     TEXT COLLATE "C" NOT NULL,
    ends_at  BIGINT,
    -- The number of the key's last change: servers ask for what is new to them.
    change   BIGINT NOT NULL UNIQUE,
    document TEXT NOT NULL
);

CREATE INDEX api_keys_of_tenant ON api_keys (tenant, id) WHERE kind = 'issued';
CREATE INDEX api_keys_sign_ins ON api_keys (ends_at) WHERE kind = 'sign-in';

-- Apart from the keys, so that a number is never given twice; its row is locked until the change is committed, so that
-- numbers become visible in their order.
CREATE TABLE api_key_changes (
    last BIGINT NOT NULL
);

INSERT INTO api_key_changes (last) VALUES (0);
