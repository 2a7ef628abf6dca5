-- Who may use the interface. Secrets are not here: their digests are.

CREATE TABLE api_keys (
    id       TEXT NOT NULL PRIMARY KEY,
    tenant   TEXT NOT NULL,
    digest   BLOB NOT NULL UNIQUE,
    -- Copies of what queries filter and sort by; the document is what counts.
    kind     TEXT NOT NULL,
    ends_at  INTEGER,
    -- The number of the key's last change: servers ask for what is new to them.
    change   INTEGER NOT NULL UNIQUE,
    document TEXT NOT NULL
) STRICT;

CREATE INDEX api_keys_of_tenant ON api_keys (tenant, id) WHERE kind = 'issued';
CREATE INDEX api_keys_sign_ins ON api_keys (ends_at) WHERE kind = 'sign-in';

-- Apart from the keys, so that a number is never given twice.
CREATE TABLE api_key_changes (
    last INTEGER NOT NULL
) STRICT;

INSERT INTO api_key_changes (last) VALUES (0);
