//! Where sessions live: the interface, and the store in this process's memory.
//!
//! The interface is shaped so that several nodes can share it later: an event goes to the session wherever that is, and what it
//! causes comes back through [`Post`]. A shared store keeps the mailbox on the node that has the page, finds that node by
//! the session's id, and sends event and deliveries over; nothing above the interface changes.

use std::{
    collections::{HashMap, hash_map::Entry},
    future::{Future, ready},
    hash::{BuildHasher, RandomState},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use scanseal_protocol::{control::Ending, error::Code, ids::SessionId, time::Millis};

use crate::session::{Delivery, Event, Lives, Mailbox, Opening, Outcome};

/// Takes what a session has for a socket. Must not block and must not call the store.
pub trait Post: Send + Sync {
    /// Takes one delivery. A socket that is gone meanwhile is no error.
    fn post(&self, delivery: Delivery);
}

/// What a store did with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// No such session (any more); nothing was delivered to the socket of the event.
    Absent,
    /// The session took it.
    Took {
        /// What it came to.
        outcome: Outcome,
        /// The caller shall send [`Event::Deadline`] at this time; absent if it was already told to do so early enough.
        wake: Option<Millis>,
    },
}

/// Keeps sessions and runs events against them, one at a time per session.
///
/// Deliveries of one session are posted in the order of its events.
pub trait Store: Send + Sync + 'static {
    /// Runs `event` against the session, if it is there.
    fn apply(
        &self,
        id: SessionId,
        event: Event,
        now: Millis,
        post: &dyn Post,
    ) -> impl Future<Output = Applied> + Send;

    /// Makes the session, or comes back to it if it is there. [`Applied::Absent`] if the store is full.
    fn open(
        &self,
        id: SessionId,
        opening: Opening,
        now: Millis,
        post: &dyn Post,
    ) -> impl Future<Output = Applied> + Send;

    /// How many sessions there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Locks that sessions are spread over, so that sockets on different threads seldom wait for each other.
const SHARDS: usize = 16;

/// Sessions in this process's memory. A restart forgets them; the ends make them again (section 4, rule 3).
#[derive(Debug)]
pub struct MemoryStore {
    shards: [Mutex<HashMap<SessionId, Kept>>; SHARDS],
    hasher: RandomState,
    lives: Lives,
    sessions: AtomicUsize,
    max_sessions: usize,
}

#[derive(Debug)]
struct Kept {
    mailbox: Mailbox,
    /// The earliest time for which the caller was asked to wake us.
    wake: Millis,
}

impl MemoryStore {
    /// An empty store for at most `max_sessions` sessions.
    pub fn new(lives: Lives, max_sessions: usize) -> Self {
        Self {
            shards: Default::default(),
            hasher: RandomState::new(),
            lives,
            sessions: AtomicUsize::new(0),
            max_sessions,
        }
    }

    fn with_shard<R>(
        &self,
        id: &SessionId,
        work: impl FnOnce(&mut HashMap<SessionId, Kept>) -> R,
    ) -> R {
        let shard = usize::try_from(self.hasher.hash_one(id) % SHARDS as u64)
            .expect("a remainder of SHARDS fits usize");
        work(
            &mut self.shards[shard]
                .lock()
                .expect("no code panics while it holds this lock"),
        )
    }

    fn apply_now(
        &self,
        shard: &mut HashMap<SessionId, Kept>,
        id: SessionId,
        event: Event,
        now: Millis,
        post: &dyn Post,
    ) -> Applied {
        let Entry::Occupied(mut entry) = shard.entry(id) else {
            return Applied::Absent;
        };
        let joins = matches!(event, Event::Join { .. } | Event::Open(_));
        let kept = entry.get_mut();
        let outcome = kept
            .mailbox
            .handle(event, &self.lives, now, &mut |delivery| post.post(delivery));
        if let Outcome::Over(ending) = outcome {
            entry.remove();
            self.sessions.fetch_sub(1, Ordering::Relaxed);
            // Who comes to a session at the very moment its time is up finds none.
            let too_late =
                joins && matches!(ending, Ending::Failed(Code::QrExpired | Code::ScanExpired));
            return if too_late {
                Applied::Absent
            } else {
                Applied::Took {
                    outcome,
                    wake: None,
                }
            };
        }
        let wake = kept.mailbox.deadline();
        // Ask again only for an earlier time, or once the last one we asked for has come: no session can pile up timers.
        let ask = wake < kept.wake || kept.wake <= now;
        if ask {
            kept.wake = wake;
        }
        Applied::Took {
            outcome,
            wake: ask.then_some(wake),
        }
    }
}

impl Store for MemoryStore {
    fn apply(
        &self,
        id: SessionId,
        event: Event,
        now: Millis,
        post: &dyn Post,
    ) -> impl Future<Output = Applied> + Send {
        ready(self.with_shard(&id, |shard| self.apply_now(shard, id, event, now, post)))
    }

    fn open(
        &self,
        id: SessionId,
        opening: Opening,
        now: Millis,
        post: &dyn Post,
    ) -> impl Future<Output = Applied> + Send {
        ready(self.with_shard(&id, |shard| {
            let there = self.apply_now(shard, id, Event::Open(opening), now, post);
            if there != Applied::Absent {
                return there;
            }
            if self
                .sessions
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| {
                    (n < self.max_sessions).then_some(n + 1)
                })
                .is_err()
            {
                return Applied::Absent;
            }
            let mailbox = Mailbox::open(&opening, &self.lives, now, &mut |delivery| {
                post.post(delivery)
            });
            let wake = mailbox.deadline();
            shard.insert(id, Kept { mailbox, wake });
            Applied::Took {
                outcome: Outcome::Opened,
                wake: Some(wake),
            }
        }))
    }

    fn len(&self) -> usize {
        self.sessions.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::FutureExt;
    use scanseal_protocol::ids::{PageKey, PhoneKey};

    use super::*;
    use crate::session::SocketId;

    #[derive(Default)]
    struct Posted(Mutex<Vec<Delivery>>);

    impl Post for Posted {
        fn post(&self, delivery: Delivery) {
            self.0.lock().unwrap().push(delivery);
        }
    }

    fn session(key: u8) -> SessionId {
        PageKey::from_bytes([key; 32]).session_id()
    }

    fn open(store: &MemoryStore, key: u8, now: Millis) -> Applied {
        let opening = Opening {
            socket: SocketId(u64::from(key)),
            next: 0,
            scanned: 10,
            phone: None,
        };
        store
            .open(session(key), opening, now, &Posted::default())
            .now_or_never()
            .unwrap()
    }

    fn apply(store: &MemoryStore, key: u8, event: Event, now: Millis) -> Applied {
        store
            .apply(session(key), event, now, &Posted::default())
            .now_or_never()
            .unwrap()
    }

    fn wake(applied: Applied) -> Option<u64> {
        let Applied::Took { wake, .. } = applied else {
            panic!("no session")
        };
        wake.map(|at| at.0)
    }

    #[test]
    fn store_holds_its_limit_and_one_more_finds_no_room_until_one_ends() {
        let store = MemoryStore::new(Lives::default(), 2);
        assert_eq!(wake(open(&store, 1, Millis(0))), Some(180_000));
        assert_eq!(wake(open(&store, 2, Millis(1))), Some(180_001));
        assert_eq!(open(&store, 3, Millis(2)), Applied::Absent);
        assert!(matches!(
            open(&store, 1, Millis(2)),
            Applied::Took {
                outcome: Outcome::Reopened,
                ..
            }
        ));
        assert!(matches!(
            apply(&store, 1, Event::Deadline, Millis(180_000)),
            Applied::Took {
                outcome: Outcome::Over(_),
                ..
            }
        ));
        assert_eq!(store.len(), 1);
        assert!(matches!(
            open(&store, 3, Millis(180_000)),
            Applied::Took {
                outcome: Outcome::Opened,
                ..
            }
        ));
    }

    #[test]
    fn session_asks_to_be_woken_once_for_each_earlier_deadline() {
        let store = MemoryStore::new(Lives::default(), 2);
        open(&store, 1, Millis(0));
        let phone = PhoneKey::from_bytes([1; 32]).phone_id();
        let join = Event::Join {
            socket: SocketId(9),
            phone,
            next: 0,
        };
        assert_eq!(
            wake(apply(&store, 1, join.clone(), Millis(5))),
            Some(10_005)
        );
        assert_eq!(wake(apply(&store, 1, join, Millis(6))), None);
        assert_eq!(
            apply(&store, 2, Event::Deadline, Millis(7)),
            Applied::Absent
        );
        assert_eq!(
            wake(apply(&store, 1, Event::Deadline, Millis(10_004))),
            None
        );
    }

    #[test]
    fn phone_that_comes_when_time_is_up_finds_no_session() {
        let store = MemoryStore::new(Lives::default(), 2);
        open(&store, 1, Millis(0));
        let phone = PhoneKey::from_bytes([1; 32]).phone_id();
        let join = Event::Join {
            socket: SocketId(9),
            phone,
            next: 0,
        };
        assert_eq!(apply(&store, 1, join, Millis(180_000)), Applied::Absent);
        assert!(store.is_empty());
    }
}
