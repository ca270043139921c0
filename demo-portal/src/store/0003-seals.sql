-- Electronic seals (docs/electronic-seals.md): those that were issued, and those that wait for review or were returned.
CREATE TABLE seal (
    -- The seal's esID.
    id          TEXT PRIMARY KEY,
    -- The certificate that it may be used with.
    serial      TEXT NOT NULL REFERENCES issued_certificate (serial),
    kind        INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
    name        TEXT NOT NULL,
    -- Where its picture comes from.
    origin      TEXT NOT NULL CHECK (origin IN ('made', 'handwritten', 'photographed')),
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    -- PNG, while it waits for review; an issued seal holds its own.
    picture     BLOB,
    -- Names the call that asked for it, so that one sent again gets the same seal.
    call        BLOB,
    -- The seal that it takes the place of.
    replaces    TEXT REFERENCES seal (id),
    asked       INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'returned', 'issued', 'revoked')),
    -- Since when it is in that state, and why.
    since       INTEGER NOT NULL,
    reason      TEXT,
    valid_from  INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    -- The signed seal in DER.
    der         BLOB,
    UNIQUE (serial, call),
    CHECK ((state IN ('issued', 'revoked')) = (der IS NOT NULL)),
    CHECK ((state = 'waiting') = (picture IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX seal_of_certificate ON seal (serial, asked);
CREATE INDEX seal_by_state ON seal (state, since);
