-- Times are seconds since 1970 (UTC). Hashes are SHA-256. Nothing here is secret by itself: passwords are Argon2id
-- hashes, cookies are stored hashed, private keys are files outside the database.

-- Platform half ------------------------------------------------------------------------------------------------

CREATE TABLE enterprise (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    credit_code TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('purchaser', 'supplier')),
    enterprise_id INTEGER NOT NULL REFERENCES enterprise (id),
    password_hash TEXT NOT NULL
) STRICT;

CREATE TABLE login_event (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    at         INTEGER NOT NULL,
    method     TEXT NOT NULL CHECK (method IN ('password', 'scan')),
    place      TEXT NOT NULL,
    browser    TEXT NOT NULL
) STRICT;
CREATE INDEX login_event_of_account ON login_event (account_id, id);

CREATE TABLE web_session (
    id_hash        BLOB PRIMARY KEY,
    account_id     INTEGER NOT NULL REFERENCES account (id),
    login_id       INTEGER NOT NULL REFERENCES login_event (id),
    started        INTEGER NOT NULL,
    last_used      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_session_last_used ON web_session (last_used);

-- One row per request handed out; `answer` and what stands beside it are set when its nonce is consumed.
CREATE TABLE scan_request (
    nonce          TEXT PRIMARY KEY,
    request        TEXT NOT NULL,
    browser_hash   BLOB NOT NULL,
    expires        INTEGER NOT NULL,
    consumed       INTEGER,
    assertion_hash BLOB,
    session_salt   BLOB,
    answer         TEXT,
    CHECK ((consumed IS NULL) = (answer IS NULL)),
    CHECK ((consumed IS NULL) = (assertion_hash IS NULL)),
    CHECK ((consumed IS NULL) = (session_salt IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX scan_request_expires ON scan_request (expires);

-- A certificate, of whichever authority, acts for one account.
CREATE TABLE certificate_binding (
    certificate_hash BLOB PRIMARY KEY,
    certificate      BLOB NOT NULL,
    account_id       INTEGER NOT NULL REFERENCES account (id),
    bound            INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_binding_of_account ON certificate_binding (account_id, bound);

-- Authority ----------------------------------------------------------------------------------------------------

CREATE TABLE issued_certificate (
    serial       TEXT PRIMARY KEY,
    purpose      TEXT NOT NULL CHECK (purpose IN ('enterprise', 'service')),
    name         TEXT NOT NULL,
    credit_code  TEXT,
    -- Hash of the enrolment as it came in, so that a phone whose answer was lost gets the same certificate again.
    enrolment    BLOB UNIQUE,
    not_after    INTEGER NOT NULL,
    der          BLOB NOT NULL,
    issued       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX issued_certificate_credit_code ON issued_certificate (credit_code);

CREATE TABLE revocation (
    serial TEXT PRIMARY KEY REFERENCES issued_certificate (serial),
    at     INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers that must never go back (RFC 5280 section 5.2.3; protocol.md section 10).
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The trust list as last signed, and the hash of what it says without version and times.
CREATE TABLE trust_list (
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    content_hash BLOB NOT NULL,
    version      INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    jws          TEXT NOT NULL
) STRICT;
