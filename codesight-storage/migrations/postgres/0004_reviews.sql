-- What reviewers decided about sessions, in the order in which it was added. Rows are never changed, and go with their
-- session.
CREATE TABLE reviews (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant   TEXT COLLATE "C" NOT NULL,
    session  TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (tenant, id),
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
);

CREATE INDEX reviews_of_session ON reviews (tenant, session, position);
CREATE INDEX reviews_of_tenant ON reviews (tenant, position);

CREATE FUNCTION reviews_are_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a review is not changed';
END
$$;

CREATE TRIGGER reviews_stay BEFORE UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION reviews_are_not_changed();
