//! The life of an end's socket to the relay, the same at the page and the phone.
//!
//! 1. [`Link::connect`] asks the host for a socket; when it is open, [`Link::greet`] sends `open` or `join`.
//! 2. The relay's answer makes the link ready ([`Link::answered`]); frames the other end lacks are sent again ([`Link::resync`]).
//! 3. Every frame is numbered, kept until acknowledged, and taken once and in order.
//! 4. A socket that closes, or does not answer, is replaced after a growing wait ([`Link::tick`]), until the session ends.
//!
//! **Threat note.** The relay is trusted for availability only. It can lose, repeat and reorder frames, claim anything about the
//! other end, and close sockets; all that comes of it is a session that takes longer or ends. What is not expected is refused
//! as [`Malformed`], which ends the session; bytes kept for the other end are bounded.

mod back_off;
mod outbox;

use self::back_off::BackOff;
use self::outbox::{Inbox, Outbox};
use crate::control::Up;
use crate::limits;
use crate::time::Millis;

/// Milliseconds from asking for a socket to the relay's answer after which another try is better: some networks swallow the
/// first packets without a word, and browsers would wait for minutes.
pub(crate) const ANSWER_WAIT_MS: u64 = 10_000;

/// What a session asks of its host. The host carries all of them out in order; so a new kind is a breaking change on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect<Event> {
    /// Open a WebSocket to the relay, subprotocol `scanseal.v1`. Drop one that is still there, and hand in nothing more of it.
    Connect,
    /// Close the socket after what was sent has left, and hand in nothing more of it.
    Disconnect,
    /// Send a text frame.
    SendText(String),
    /// Send a binary frame.
    SendBinary(Vec<u8>),
    /// Hand in `Woken` at this time; replaces an earlier wish.
    WakeAt(Millis),
    /// Something for the user, or for the program around the session.
    Event(Event),
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// What was asked for was done.
    Done,
    /// It was not; the code says why and who can act. Refusals and cancellations are among these.
    Failed(crate::error::Code),
}

/// The relay, or through it the other end, sent what the protocol does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the other side sent what the protocol does not allow")]
pub(crate) struct Malformed;

/// What a relay's first answer on a socket is to this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The first one of the session.
    First,
    /// The end is back.
    Again,
}

/// Whether the host is to be told that the connection was lost: once per outage, and not before there was a connection.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    Unnoticed,
    Tell,
}

enum Socket {
    /// Not asked for yet.
    Idle,
    /// Asked for.
    Connecting { give_up: Millis },
    /// Open; `open` or `join` was sent.
    Greeting { give_up: Millis },
    /// The relay has answered.
    Ready { pong_due: Option<Millis> },
    /// Gone. `obliged`: the relay has named this wait, so nothing shortens it.
    Resting { until: Millis, obliged: bool },
}

/// One end's connection to the relay and the frames that go through it.
pub(crate) struct Link {
    socket: Socket,
    back_off: BackOff,
    inbox: Inbox,
    outbox: Outbox,
    /// The relay has answered at least once.
    known: bool,
    /// The host was told of an outage that is not over.
    outage: bool,
}

impl Link {
    pub(crate) fn new(jitter_seed: [u8; 32]) -> Self {
        Self {
            socket: Socket::Idle,
            back_off: BackOff::new(jitter_seed),
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            known: false,
            outage: false,
        }
    }

    /// Asks for a socket.
    pub(crate) fn connect<E>(&mut self, now: Millis, effects: &mut Vec<Effect<E>>) {
        effects.push(Effect::Connect);
        self.socket = Socket::Connecting {
            give_up: now + ANSWER_WAIT_MS,
        };
    }

    /// The socket is open: sends the greeting, and with `eager` the frames as well, without waiting for the answer. An open
    /// socket that was not asked for is ignored.
    pub(crate) fn greet<E>(&mut self, greeting: &Up, eager: bool, effects: &mut Vec<Effect<E>>) {
        let Socket::Connecting { give_up } = self.socket else {
            return;
        };
        self.socket = Socket::Greeting { give_up };
        effects.push(Effect::SendText(greeting.to_text()));
        if eager {
            self.send_all(effects);
        }
    }

    /// The relay has answered the greeting.
    ///
    /// # Errors
    /// [`Malformed`] if no greeting was open.
    pub(crate) fn answered(&mut self) -> Result<Answer, Malformed> {
        let Socket::Greeting { .. } = self.socket else {
            return Err(Malformed);
        };
        self.socket = Socket::Ready { pong_due: None };
        self.back_off.reset();
        self.outage = false;
        Ok(if core::mem::replace(&mut self.known, true) {
            Answer::Again
        } else {
            Answer::First
        })
    }

    /// The host says that the socket is gone.
    pub(crate) fn closed(&mut self, now: Millis) -> Loss {
        match self.socket {
            Socket::Idle | Socket::Resting { .. } => Loss::Unnoticed,
            _ => self.rest(now, None),
        }
    }

    /// The session is over: drops the socket if there is one.
    pub(crate) fn leave<E>(&mut self, effects: &mut Vec<Effect<E>>) {
        if !matches!(self.socket, Socket::Idle | Socket::Resting { .. }) {
            effects.push(Effect::Disconnect);
        }
        self.socket = Socket::Idle;
    }

    /// The relay asks to come again, after `wait` milliseconds if it says so.
    pub(crate) fn come_again<E>(
        &mut self,
        now: Millis,
        wait: Option<u64>,
        effects: &mut Vec<Effect<E>>,
    ) -> Loss {
        effects.push(Effect::Disconnect);
        self.rest(now, wait)
    }

    /// The tab or the app is visible again, or the network is back: asks whether the socket is alive, or connects now.
    pub(crate) fn resume<E>(&mut self, now: Millis, effects: &mut Vec<Effect<E>>) {
        match &mut self.socket {
            Socket::Ready {
                pong_due: pong_due @ None,
            } => {
                *pong_due = Some(now + limits::PONG_WAIT_MS);
                effects.push(Effect::SendText(Up::Ping.to_text()));
            }
            Socket::Resting { obliged: false, .. } => self.connect(now, effects),
            _ => {}
        }
    }

    /// Something arrived, so the socket is alive.
    pub(crate) fn heard(&mut self) {
        if let Socket::Ready { pong_due } = &mut self.socket {
            *pong_due = None;
        }
    }

    /// Does what is due.
    pub(crate) fn tick<E>(&mut self, now: Millis, effects: &mut Vec<Effect<E>>) -> Loss {
        if self.next_wake().is_none_or(|due| now < due) {
            return Loss::Unnoticed;
        }
        if let Socket::Resting { .. } = self.socket {
            self.connect(now, effects);
            return Loss::Unnoticed;
        }
        effects.push(Effect::Disconnect);
        self.rest(now, None)
    }

    /// When something will be due.
    pub(crate) fn next_wake(&self) -> Option<Millis> {
        match self.socket {
            Socket::Idle => None,
            Socket::Connecting { give_up } | Socket::Greeting { give_up } => Some(give_up),
            Socket::Ready { pong_due } => pong_due,
            Socket::Resting { until, .. } => Some(until),
        }
    }

    /// Whether the host has a socket that takes frames.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.socket, Socket::Greeting { .. } | Socket::Ready { .. })
    }

    /// Whether the relay has answered on the current socket.
    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.socket, Socket::Ready { .. })
    }

    /// Whether the relay has ever answered.
    pub(crate) fn is_known(&self) -> bool {
        self.known
    }

    /// Numbers the bodies and sends what may be sent now; the rest follows in time.
    pub(crate) fn send<E>(&mut self, bodies: &[Vec<u8>], effects: &mut Vec<Effect<E>>) {
        bodies.iter().for_each(|body| self.outbox.push(body));
        self.send_fresh(effects);
    }

    /// Sends a control message if the socket is open. What is lost with a socket is made good by the next greeting.
    pub(crate) fn control<E>(&self, message: &Up, effects: &mut Vec<Effect<E>>) {
        if self.is_open() {
            effects.push(Effect::SendText(message.to_text()));
        }
    }

    /// The other end lacks frame `next` and later ones: sends them again.
    ///
    /// # Errors
    /// [`Malformed`] if `next` is beyond what was sent.
    pub(crate) fn resync<E>(
        &mut self,
        next: u32,
        effects: &mut Vec<Effect<E>>,
    ) -> Result<(), Malformed> {
        self.outbox.acknowledge(next)?;
        self.send_all(effects);
        Ok(())
    }

    /// The other end has all frames below `next`.
    ///
    /// # Errors
    /// [`Malformed`] if `next` is beyond what was sent.
    pub(crate) fn acknowledged<E>(
        &mut self,
        next: u32,
        effects: &mut Vec<Effect<E>>,
    ) -> Result<(), Malformed> {
        self.outbox.acknowledge(next)?;
        self.send_fresh(effects);
        Ok(())
    }

    /// Whether the other end has everything that was sent.
    pub(crate) fn is_all_acknowledged(&self) -> bool {
        self.outbox.is_empty()
    }

    /// The body of a frame if it is the next one.
    ///
    /// # Errors
    /// [`Malformed`] if its length is out of bounds.
    pub(crate) fn take<'frame>(
        &mut self,
        frame: &'frame [u8],
    ) -> Result<Option<&'frame [u8]>, Malformed> {
        self.inbox.take(frame)
    }

    /// Tells the other end what has arrived.
    pub(crate) fn acknowledge<E>(&self, effects: &mut Vec<Effect<E>>) {
        self.control(
            &Up::Ack {
                next: self.lacking(),
            },
            effects,
        );
    }

    /// Number of the first frame this end lacks.
    pub(crate) fn lacking(&self) -> u32 {
        self.inbox.next()
    }

    /// Another phone begins: both directions count from 0 again.
    pub(crate) fn restart_numbering(&mut self) {
        self.inbox = Inbox::default();
        self.outbox = Outbox::default();
    }

    fn send_fresh<E>(&mut self, effects: &mut Vec<Effect<E>>) {
        if self.is_ready() {
            effects.extend(self.outbox.fresh().cloned().map(Effect::SendBinary));
        }
    }

    fn send_all<E>(&mut self, effects: &mut Vec<Effect<E>>) {
        effects.extend(
            self.outbox
                .unacknowledged()
                .cloned()
                .map(Effect::SendBinary),
        );
        effects.extend(self.outbox.fresh().cloned().map(Effect::SendBinary));
    }

    fn rest(&mut self, now: Millis, wait: Option<u64>) -> Loss {
        let own = self.back_off.next_wait();
        self.socket = Socket::Resting {
            until: now + wait.unwrap_or(0).max(own),
            obliged: wait.is_some(),
        };
        if self.known && !core::mem::replace(&mut self.outage, true) {
            Loss::Tell
        } else {
            Loss::Unnoticed
        }
    }
}

/// Merges all timers of a session into one wake-up.
#[derive(Default)]
pub(crate) struct Alarm {
    set: Option<Millis>,
}

impl Alarm {
    /// Asks to be woken at the earliest of `timers`, unless that was asked already. A host's timer rings once: after `woken`
    /// it is asked for again, also if it rang too early.
    pub(crate) fn set<E>(
        &mut self,
        timers: impl IntoIterator<Item = Option<Millis>>,
        woken: bool,
        effects: &mut Vec<Effect<E>>,
    ) {
        let due = timers.into_iter().flatten().min();
        if let Some(due) = due
            && (woken || self.set != Some(due))
        {
            effects.push(Effect::WakeAt(due));
        }
        self.set = due;
    }
}
