-- Binding by scan, registration, several authorities, freezing, audit, webhooks, platform keys.
-- Foreign keys are checked once, after all migrations, so that tables can be rebuilt (store.rs).

-- Platform half ------------------------------------------------------------------------------------------------

-- What an enterprise does here was written at its accounts. `platform` is who runs the platform.
ALTER TABLE enterprise ADD COLUMN kind TEXT NOT NULL DEFAULT 'supplier' CHECK (kind IN ('purchaser', 'supplier', 'platform'));
UPDATE enterprise SET kind = COALESCE((SELECT role FROM account WHERE enterprise_id = enterprise.id ORDER BY account.id LIMIT 1), kind);

-- `role` is now what a person may do within the enterprise; the first of each enterprise administers it.
CREATE TABLE account_rebuilt (
    id            INTEGER PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    phone         TEXT NOT NULL DEFAULT '',
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'operator')),
    enterprise_id INTEGER NOT NULL REFERENCES enterprise (id),
    password_hash TEXT NOT NULL,
    created       INTEGER NOT NULL DEFAULT 0,
    -- Since when an administrator has closed it.
    disabled      INTEGER
) STRICT;
INSERT INTO account_rebuilt (id, login, name, role, enterprise_id, password_hash)
    SELECT id, login, name,
           CASE WHEN id = (SELECT MIN(id) FROM account first WHERE first.enterprise_id = account.enterprise_id)
                THEN 'administrator' ELSE 'operator' END,
           enterprise_id, password_hash
    FROM account;
DROP TABLE account;
ALTER TABLE account_rebuilt RENAME TO account;
CREATE INDEX account_of_enterprise ON account (enterprise_id, id);

-- The authority, by its id in the trust list, and its kind, as proven when the certificate was bound.
ALTER TABLE certificate_binding ADD COLUMN authority TEXT NOT NULL DEFAULT 'scanseal-demo';
ALTER TABLE certificate_binding ADD COLUMN kind TEXT NOT NULL DEFAULT 'platform' CHECK (kind IN ('platform', 'mutual'));
-- Since when its holder or an administrator keeps it from acting here.
ALTER TABLE certificate_binding ADD COLUMN frozen INTEGER;

-- The certificate that logged in, so that freezing it ends what it started.
ALTER TABLE login_event ADD COLUMN certificate_hash BLOB;
-- Of sessions that a scan has started before, nobody could tell which to end.
DELETE FROM web_session WHERE login_id IN (SELECT id FROM login_event WHERE method = 'scan');

-- What a request is for. A bind request belongs to an account and to the web session that asked for it.
ALTER TABLE scan_request ADD COLUMN op TEXT NOT NULL DEFAULT 'login' CHECK (op IN ('login', 'bind'));
ALTER TABLE scan_request ADD COLUMN account_id INTEGER REFERENCES account (id);
ALTER TABLE scan_request ADD COLUMN web_session BLOB;
-- The certificate that the new one shall replace.
ALTER TABLE scan_request ADD COLUMN replaces BLOB;
-- Since when a newer request of the same account stands in its place.
ALTER TABLE scan_request ADD COLUMN superseded INTEGER;
-- Since when it stands in the log that the phone refused it, as the page said.
ALTER TABLE scan_request ADD COLUMN refused INTEGER;
-- HTTP status of `answer`.
ALTER TABLE scan_request ADD COLUMN status INTEGER;
UPDATE scan_request SET status = 200 WHERE consumed IS NOT NULL;
CREATE INDEX scan_request_of_account ON scan_request (account_id) WHERE account_id IS NOT NULL;

-- A certificate proven by a login scan whose enterprise nobody knows yet; its browser may register it.
CREATE TABLE registration (
    browser_hash BLOB PRIMARY KEY,
    certificate  BLOB NOT NULL,
    -- Those above it, DER one after the other, as the assertion carried them.
    chain        BLOB NOT NULL,
    authority    TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('platform', 'mutual')),
    expires      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What platform staff has set.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys the platform signs requests with; the keys themselves are files of this name.
CREATE TABLE platform_key (
    name  TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('next', 'current', 'retired')),
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX platform_key_one_current ON platform_key (state) WHERE state = 'current';
CREATE UNIQUE INDEX platform_key_one_next ON platform_key (state) WHERE state = 'next';

-- Audit --------------------------------------------------------------------------------------------------------

-- The chain (docs/audit.md). `event` is the exact text that was hashed. The other columns only find events again.
CREATE TABLE audit_event (
    seq           INTEGER PRIMARY KEY,
    event         TEXT NOT NULL,
    hash          BLOB NOT NULL,
    account_id    INTEGER REFERENCES account (id),
    enterprise_id INTEGER REFERENCES enterprise (id)
) STRICT;
CREATE INDEX audit_event_of_account ON audit_event (account_id, seq);
CREATE INDEX audit_event_of_enterprise ON audit_event (enterprise_id, seq);

-- Webhooks -----------------------------------------------------------------------------------------------------

CREATE TABLE webhook_message (
    id         TEXT PRIMARY KEY,
    event      TEXT NOT NULL,
    body       TEXT NOT NULL,
    created    INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    -- When to try (again); nothing once it was delivered or given up.
    next_try   INTEGER,
    delivered  INTEGER,
    last_error TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_message_due ON webhook_message (next_try) WHERE next_try IS NOT NULL;

-- Authority ----------------------------------------------------------------------------------------------------

ALTER TABLE issued_certificate ADD COLUMN ca TEXT NOT NULL DEFAULT 'scanseal-demo';

-- Authorities and platforms of the trust list beside the operator's own, as platform staff entered them.
CREATE TABLE trusted_ca (
    id            TEXT PRIMARY KEY,
    name_zh       TEXT NOT NULL,
    name_en       TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('platform', 'mutual')),
    -- DER, one after the other.
    roots         BLOB NOT NULL,
    intermediates BLOB NOT NULL,
    listed        INTEGER NOT NULL CHECK (listed IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE trusted_platform (
    id      TEXT PRIMARY KEY,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    -- JSON arrays of texts.
    origins TEXT NOT NULL,
    keys    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- The operator's own authorities that are left out of the list at present.
CREATE TABLE unlisted_ca (
    id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
-- Every list that was signed, and what made it necessary.
CREATE TABLE trust_list_version (
    version INTEGER PRIMARY KEY,
    issued  INTEGER NOT NULL,
    change  TEXT NOT NULL,
    changed_by TEXT
) STRICT;
