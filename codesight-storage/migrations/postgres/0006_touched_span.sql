-- Silent sessions are found without looking at every active one: each open journal is in an index by the ten minutes in which it
-- was touched last. Only the first append in each ten minutes changes what is indexed; all others still change the head in place.
--
-- Nodes that do not know the column leave it as it is. It is earlier than the truth then, never later, so that a session of
-- theirs is looked at too often and never too late.
ALTER TABLE journal_heads ADD COLUMN touched_span BIGINT NOT NULL DEFAULT 0;
CREATE INDEX journal_heads_open ON journal_heads (touched_span) WHERE NOT sealed;
