//! Who ran into a limit: what platform staff looks at when somebody guesses passwords or floods the portal.
//!
//! Kept in memory, since the start, bounded: a flood must not fill the disk as well. What really happened to an account
//! stands in the audit log.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use scanseal_pki::UnixTime;
use serde::Serialize;

use crate::portal::Clock;

/// Kinds of events that are kept; the one that lies back longest makes room.
const KEPT: usize = 500;
/// Characters of a subject: a user name as somebody typed it may be anything.
const SUBJECT_CHARACTERS: usize = 64;

/// What somebody ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecurityEventKind {
    /// Too many tries on one account.
    Locked,
    /// Too many tries from one network.
    RateLimited,
}

/// What they tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tried {
    /// To apply for a certificate.
    Enrolment,
    /// To log in with a password.
    Password,
    /// To add people.
    People,
    /// To register an enterprise.
    Registration,
    /// To log in, or to bind, with a phone.
    Scan,
    /// To get seals, or to change them.
    Seals,
    /// To get time stamps.
    Timestamp,
}

/// The same thing, as often as it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecurityEvent {
    /// The last time.
    pub at: UnixTime,
    /// What they ran into.
    pub kind: SecurityEventKind,
    /// What they tried.
    pub what: Tried,
    /// Which user name or network.
    pub subject: String,
    /// How often.
    pub count: u64,
}

/// What was seen since the start.
pub struct SecurityLog {
    clock: Clock,
    seen: Mutex<SeenEvents>,
}

#[derive(Default)]
struct SeenEvents {
    last_number: u64,
    events: HashMap<(SecurityEventKind, Tried, String), Seen>,
}

struct Seen {
    at: UnixTime,
    /// Orders what happened in the same second.
    number: u64,
    count: u64,
}

impl SecurityLog {
    /// Nothing was seen yet.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            seen: Mutex::default(),
        }
    }

    /// Counts something.
    pub fn record(&self, kind: SecurityEventKind, what: Tried, subject: &str) {
        let subject = subject.chars().take(SUBJECT_CHARACTERS).collect();
        let at = (self.clock)();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.last_number += 1;
        let number = seen.last_number;
        let events = &mut seen.events;
        let entry = events.entry((kind, what, subject)).or_insert(Seen {
            at,
            number,
            count: 0,
        });
        entry.at = at;
        entry.number = number;
        entry.count += 1;
        if events.len() > KEPT {
            let oldest = events.iter().min_by_key(|(_, seen)| seen.number);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                events.remove(&oldest);
            }
        }
    }

    /// Everything, the latest first.
    pub fn list(&self) -> Vec<SecurityEvent> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted: Vec<_> = seen.events.iter().collect();
        sorted.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.number));
        sorted
            .into_iter()
            .map(|((kind, what, subject), seen)| SecurityEvent {
                at: seen.at,
                kind: *kind,
                what: *what,
                subject: subject.clone(),
                count: seen.count,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn log() -> SecurityLog {
        SecurityLog::new(Arc::new(|| UnixTime::from_secs(7)))
    }

    #[test]
    fn same_thing_is_counted_and_the_latest_comes_first() {
        let log = log();
        for subject in ["li.na", "zhang.wei", "li.na"] {
            log.record(SecurityEventKind::Locked, Tried::Password, subject);
        }
        log.record(SecurityEventKind::RateLimited, Tried::Scan, "203.0.113.*");
        let list = log.list();
        let seen: Vec<_> = list
            .iter()
            .map(|event| (event.subject.as_str(), event.count))
            .collect();
        assert_eq!(seen, [("203.0.113.*", 1), ("li.na", 2), ("zhang.wei", 1)]);
    }

    #[test]
    fn flood_of_names_fills_no_memory() {
        let log = log();
        for number in 0..2 * KEPT {
            let name = format!("{number} {}", "x".repeat(1_000));
            log.record(SecurityEventKind::Locked, Tried::Password, &name);
        }
        let list = log.list();
        assert_eq!(list.len(), KEPT);
        assert!(list[0].subject.starts_with(&format!("{} ", 2 * KEPT - 1)));
        assert!(
            list.iter()
                .all(|event| event.subject.chars().count() == SUBJECT_CHARACTERS)
        );
    }
}
