//! What sessions and their surroundings say to each other: events in, deliveries and outcomes out.

use std::ops::RangeInclusive;

use bytes::Bytes;
use scanseal_protocol::{
    control::{CloseCode, Down, Ending, ReleaseCode},
    ids::PhoneId,
    limits,
};

/// Names one socket of this relay; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// How long sessions live.
#[derive(Clone, Debug)]
pub struct Lives {
    /// Milliseconds a session waits for a phone.
    pub wait_ms: u64,
    /// What the page's `scanned` is clamped to, in milliseconds.
    pub scanned_ms: RangeInclusive<u64>,
}

impl Default for Lives {
    /// The protocol's values (section 11).
    fn default() -> Self {
        let seconds = limits::SCANNED_SECONDS;
        Self {
            wait_ms: limits::SESSION_WAIT_MS,
            scanned_ms: u64::from(*seconds.start()) * 1000..=u64::from(*seconds.end()) * 1000,
        }
    }
}

/// A page opens the session, or comes back to it. That it holds the page key was checked: the key's hash is the session's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The page's socket.
    pub socket: SocketId,
    /// Number of the first phone frame the page lacks.
    pub next: u32,
    /// Seconds the session shall live after a phone joined.
    pub scanned: u32,
    /// The phone the page is locked to; matters only if the relay has forgotten the session.
    pub phone: Option<PhoneId>,
}

/// What can happen to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The page is here.
    Open(Opening),
    /// A phone is here. Its id is the hash of the key it showed.
    Join {
        /// The phone's socket.
        socket: SocketId,
        /// Which phone.
        phone: PhoneId,
        /// Number of the first page frame the phone lacks.
        next: u32,
    },
    /// `ack` from either end.
    Ack {
        /// From where.
        socket: SocketId,
        /// All frames below this number arrived.
        next: u32,
    },
    /// `release` from the page.
    Release {
        /// From where.
        socket: SocketId,
        /// Why.
        code: ReleaseCode,
    },
    /// `close` from either end.
    Close {
        /// From where.
        socket: SocketId,
        /// Why.
        code: CloseCode,
    },
    /// A channel frame from either end.
    Frame {
        /// From where.
        socket: SocketId,
        /// The frame, unread.
        frame: Bytes,
    },
    /// A socket is gone.
    Gone {
        /// Which.
        socket: SocketId,
    },
    /// Time has passed.
    Deadline,
}

/// What to do with a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parcel {
    /// Send this message.
    Message(Down),
    /// Send this channel frame.
    Frame(Bytes),
    /// Send this last message (`closed` or `error`), then close.
    End(Down),
}

/// What goes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The socket.
    pub to: SocketId,
    /// What it gets.
    pub parcel: Parcel,
}

/// What an event came to, for limits and metrics. The ends know by the deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The event did what it says, or nothing.
    Done,
    /// The page opened a session that was not there before.
    Opened,
    /// The page came back.
    Reopened,
    /// The first phone has joined.
    Joined,
    /// The same phone came back.
    Rejoined,
    /// The phone was refused, and the caller must tell it so.
    Refused(Refusal),
    /// A phone said what only a page may say, and the caller must end its socket.
    Misplaced,
    /// A frame reached the other end's socket; this long.
    Forwarded(usize),
    /// A frame was dropped, since the other end is away.
    Dropped,
    /// The session is over.
    Over(Ending),
}

/// Why a phone may not join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another phone has joined first.
    AlreadyScanned,
    /// The page has released this phone before, for this reason.
    Released(Ending),
}
