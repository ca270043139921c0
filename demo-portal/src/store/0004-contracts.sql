-- Contracts. Files are outside the database, named by their SHA-256 (contracts/files.rs); a row that names one is committed after the
-- file is on the disk.

CREATE TABLE contract (
    -- Never used again, since notifications outlive a deleted draft.
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    number        TEXT NOT NULL UNIQUE,
    enterprise_id INTEGER NOT NULL REFERENCES enterprise (id),
    account_id    INTEGER NOT NULL REFERENCES account (id),
    state         TEXT NOT NULL CHECK (state IN ('draft', 'signing', 'done', 'returned')),
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    title         TEXT NOT NULL,
    order_number  TEXT NOT NULL,
    -- Fen.
    amount        INTEGER NOT NULL CHECK (amount >= 0),
    first_day     TEXT,
    last_day      TEXT,
    place         TEXT NOT NULL,
    terms         TEXT NOT NULL,
    seal_order    TEXT NOT NULL CHECK (seal_order IN ('ours-first', 'ours-last', 'any')),
    template      TEXT,
    -- JSON object.
    fields        TEXT,
    -- Number of the newest revision of the file in force.
    revision      INTEGER,
    -- When it was submitted the first time.
    submitted     INTEGER,
    returned_reason TEXT,
    returned_by   INTEGER REFERENCES account (id),
    returned_at   INTEGER,
    CHECK ((template IS NULL) = (fields IS NULL)),
    CHECK ((state IN ('signing', 'done')) <= (revision IS NOT NULL))
) STRICT;
CREATE INDEX contract_of_enterprise ON contract (enterprise_id, state);

CREATE TABLE contract_party (
    contract_id   INTEGER NOT NULL REFERENCES contract (id) ON DELETE CASCADE,
    -- From 0, in the order of sealing.
    position      INTEGER NOT NULL,
    enterprise_id INTEGER NOT NULL REFERENCES enterprise (id),
    -- Since when it is this party's turn.
    turn          INTEGER,
    sealed        INTEGER,
    sealed_by     INTEGER REFERENCES account (id),
    seal_name     TEXT,
    PRIMARY KEY (contract_id, position),
    UNIQUE (contract_id, enterprise_id),
    CHECK ((sealed IS NULL) = (sealed_by IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX contract_party_of_enterprise ON contract_party (enterprise_id, contract_id);

-- A revision is the revision that it follows, and the bytes of one file behind it.
CREATE TABLE contract_revision (
    contract_id   INTEGER NOT NULL REFERENCES contract (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    follows       INTEGER,
    file          BLOB NOT NULL,
    file_size     INTEGER NOT NULL,
    sha256        BLOB NOT NULL,
    size          INTEGER NOT NULL,
    pages         INTEGER NOT NULL,
    account_id    INTEGER REFERENCES account (id),
    at            INTEGER NOT NULL,
    why           TEXT NOT NULL CHECK (why IN ('uploaded', 'converted', 'filled', 'sealed', 'stamped', 'restamped')),
    level         TEXT NOT NULL CHECK (level IN ('unsigned', 'B-B', 'B-T', 'B-LT', 'B-LTA')),
    -- Of a sealed revision: the field of the seal.
    field         TEXT,
    -- When to try (again) to add time stamps and revocation data; nothing once they are there, or cannot be added any more.
    next_try      INTEGER,
    attempts      INTEGER NOT NULL DEFAULT 0,
    -- Until when the certificate of its newest time stamp is valid: before that, it needs a later one.
    proven_until  INTEGER,
    PRIMARY KEY (contract_id, number),
    FOREIGN KEY (contract_id, follows) REFERENCES contract_revision (contract_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX contract_revision_due ON contract_revision (next_try) WHERE next_try IS NOT NULL;

-- What was done, and when it was whose turn. What waits is in contract_party.
CREATE TABLE contract_step (
    id            INTEGER PRIMARY KEY,
    contract_id   INTEGER NOT NULL REFERENCES contract (id) ON DELETE CASCADE,
    step          TEXT NOT NULL,
    account_id    INTEGER REFERENCES account (id),
    received      INTEGER NOT NULL,
    done          INTEGER NOT NULL,
    opinion       TEXT NOT NULL
) STRICT;
CREATE INDEX contract_step_of_contract ON contract_step (contract_id, id);

CREATE TABLE contract_attachment (
    contract_id   INTEGER NOT NULL REFERENCES contract (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    file          BLOB NOT NULL,
    size          INTEGER NOT NULL,
    account_id    INTEGER NOT NULL REFERENCES account (id),
    at            INTEGER NOT NULL,
    PRIMARY KEY (contract_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE notification (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    enterprise_id INTEGER NOT NULL REFERENCES enterprise (id),
    contract_id   INTEGER NOT NULL REFERENCES contract (id) ON DELETE CASCADE,
    at            INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('turn', 'sealed', 'returned', 'done', 'stamped')),
    -- Whose doing it was.
    by_enterprise INTEGER REFERENCES enterprise (id),
    text          TEXT NOT NULL
) STRICT;
CREATE INDEX notification_of_enterprise ON notification (enterprise_id, id);
-- Up to which one a person has read them.
ALTER TABLE account ADD COLUMN notifications_read INTEGER NOT NULL DEFAULT 0;

-- Requests to seal. What stands behind `expires` is set when the nonce is used.
CREATE TABLE seal_request (
    nonce          TEXT PRIMARY KEY,
    request        TEXT NOT NULL,
    browser_hash   BLOB NOT NULL,
    account_id     INTEGER NOT NULL REFERENCES account (id),
    web_session    BLOB NOT NULL,
    expires        INTEGER NOT NULL,
    refused        INTEGER,
    consumed       INTEGER,
    assertion_hash BLOB,
    answer         TEXT,
    certificate    BLOB,
    seal           BLOB,
    -- Until when documents may be handed over.
    until          INTEGER,
    CHECK ((consumed IS NULL) = (assertion_hash IS NULL)),
    CHECK ((consumed IS NULL) = (answer IS NULL)),
    CHECK ((consumed IS NULL) = (certificate IS NULL)),
    CHECK ((consumed IS NULL) = (seal IS NULL)),
    CHECK ((consumed IS NULL) = (until IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX seal_request_expires ON seal_request (expires);

CREATE TABLE seal_document (
    nonce         TEXT NOT NULL REFERENCES seal_request (nonce) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    contract_id   INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    -- From the assertion; nothing if the phone has not signed this one.
    digest        BLOB,
    -- SHA-256 of what was handed over and taken, and what was answered.
    taken         BLOB,
    answer        TEXT,
    PRIMARY KEY (nonce, position),
    CHECK ((taken IS NULL) = (answer IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX seal_document_of_contract ON seal_document (contract_id, revision);
