//! The audit log: a hash chain that anybody can check (`docs/audit.md`).
//!
//! Each event is hashed together with its number and the hash of the event before it. Who has once noted down a hash can
//! tell later whether anything up to that event was changed, left out, added or moved. In an export for somebody who may
//! not read everything, an event of others is replaced by its hash: the chain can still be checked without a gap.
//!
//! ```
//! use scanseal_pki::UnixTime;
//! use scanseal_platform::audit::{Event, Head, Verifier};
//!
//! # let random_bytes = [7; 16];
//! let event = Event::new(UnixTime::from_secs(1_800_000_000), "login.password").account("li.na", "91650100MA77C0R54J");
//! let event = event.salted(&random_bytes);
//! let first = Head::EMPTY.append(&event)?;
//! let second = first.head().append(&event)?;
//!
//! let mut verifier = Verifier::new();
//! verifier.line(first.line().as_bytes());
//! verifier.line(second.redacted_line().as_bytes());
//! let report = verifier.finish();
//! assert_eq!((report.fault, report.full, report.redacted), (None, 1, 1));
//! assert_eq!(report.head, Some(second.head().hash));
//! # Ok::<(), scanseal_platform::audit::TooLong>(())
//! ```

mod line;
mod verifier;

use core::{fmt, str::FromStr};

use data_encoding::BASE64URL_NOPAD;
use scanseal_pki::UnixTime;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub use self::verifier::{Fault, FaultKind, Report, Verifier};

/// What every link is hashed under, so that the hash of a link is never the hash of anything else.
const LABEL: &[u8] = b"scanseal.v1 audit\0";
/// Bytes of a line without its end. Bounds what a verifier must hold; the longest events of the portal have 1 KiB.
pub const LINE_BYTES: usize = 64 * 1024;
/// Bytes of an event's text: a line without number, hashes and member names.
pub const EVENT_BYTES: usize = LINE_BYTES - 256;
/// The member of [`Event::facts`] that [`Event::salted`] writes.
pub const SALT: &str = "salt";
/// The largest number of an event: readers in JavaScript know no larger whole number.
pub const LAST_SEQ: u64 = (1 << 53) - 1;

/// A SHA-256 hash: of a link of the chain, or of an event's text. Its text form is base64url without padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What stands before the first event.
    pub const ZERO: Self = Self([0; 32]);

    /// A hash from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash of an event's exact text.
    pub fn of_event(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The hash of the link with number `seq`, which follows `prev` and stands for the event with hash `event`.
    pub fn of_link(seq: u64, prev: &Self, event: &Self) -> Self {
        let mut hash = Sha256::new();
        hash.update(LABEL);
        hash.update(seq.to_be_bytes());
        hash.update(prev.0);
        hash.update(event.0);
        Self(hash.finalize().into())
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: 43 characters of base64url are expected")]
pub struct NotAHash;

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let bytes = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .map_err(|_| NotAHash)?;
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

/// An event. Its JSON text, with the members in this order, is what is hashed and kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When it happened.
    pub at: UnixTime,
    /// Its name, such as `certificate.bound`.
    pub event: String,
    /// User name of the account that it concerns.
    pub account: Option<String>,
    /// Credit code of that account's enterprise.
    pub enterprise: Option<String>,
    /// Who did it: a user name, `system` or `page`.
    pub actor: Option<String>,
    /// From where, in words.
    pub place: Option<String>,
    /// With which browser, in words.
    pub browser: Option<String>,
    /// What else is known of it; no secrets.
    pub facts: Map<String, Value>,
}

impl Event {
    /// An event of which nothing else is known.
    pub fn new(at: UnixTime, event: impl Into<String>) -> Self {
        Self {
            at,
            event: event.into(),
            account: None,
            enterprise: None,
            actor: None,
            place: None,
            browser: None,
            facts: Map::new(),
        }
    }

    /// The account that it concerns: user name, and credit code of its enterprise.
    #[must_use]
    pub fn account(mut self, login: impl Into<String>, credit_code: impl Into<String>) -> Self {
        self.account = Some(login.into());
        self.enterprise = Some(credit_code.into());
        self
    }

    /// Adds 16 random bytes to the facts. An export shows others the hash of this event; without something that cannot be
    /// guessed they could hash every text that it may have, and know what it says. Salt each event, with bytes of its own.
    #[must_use]
    pub fn salted(mut self, salt: &[u8; 16]) -> Self {
        let salt = BASE64URL_NOPAD.encode(salt);
        self.facts.insert(SALT.to_owned(), salt.into());
        self
    }

    /// The text that is hashed.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts, numbers and JSON values have a JSON form")
    }
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last event.
    pub seq: u64,
    /// Hash of its link.
    pub hash: Hash,
}

impl Head {
    /// The head of a chain without events.
    pub const EMPTY: Self = Self {
        seq: 0,
        hash: Hash::ZERO,
    };

    /// The next link.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn append(&self, event: &Event) -> Result<Entry, TooLong> {
        let text = event.to_text();
        let seq = self.seq + 1;
        if text.len() > EVENT_BYTES || seq > LAST_SEQ {
            return Err(TooLong);
        }
        let hash = Hash::of_link(seq, &self.hash, &Hash::of_event(&text));
        Ok(Entry {
            seq,
            prev: self.hash,
            event: text,
            hash,
        })
    }
}

/// An event that cannot be kept: no verifier would read its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event has more than {EVENT_BYTES} bytes, or the chain is full")]
pub struct TooLong;

/// One link of the chain, as it is stored. Whether it is right, a [`Verifier`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; the first is 1.
    pub seq: u64,
    /// Hash of the link before it.
    pub prev: Hash,
    /// The event's exact text.
    pub event: String,
    /// Hash of this link.
    pub hash: Hash,
}

impl Entry {
    /// The head after this entry.
    pub const fn head(&self) -> Head {
        Head {
            seq: self.seq,
            hash: self.hash,
        }
    }

    /// The line of an export, with its end, for those who may read the event.
    pub fn line(&self) -> String {
        line::full(self.seq, &self.prev, &self.event, &self.hash)
    }

    /// The line for those who may not: the event's hash in its place.
    pub fn redacted_line(&self) -> String {
        line::redacted(
            self.seq,
            &self.prev,
            &Hash::of_event(&self.event),
            &self.hash,
        )
    }
}
