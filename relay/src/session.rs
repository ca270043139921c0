//! One session as a state machine: events in, deliveries out. No socket, no clock, no task.
//!
//! A [`Mailbox`] knows two ends, each with the socket it uses at the moment and the number of the first frame it lacks. It
//! forwards between them and drops what the other end cannot take now: the ends keep everything and send it again
//! (`docs/protocol.md` section 4). An event names its socket; what comes from a socket that is no longer the end's current
//! one (superseded, released) changes nothing and reaches nobody.

mod vocabulary;

use bytes::Bytes;
use scanseal_protocol::{
    control::{CloseCode, Down, Ending, LockedPhone, Opened, Peer, Presence, ReleaseCode},
    error::Code,
    ids::PhoneId,
    limits,
    time::Millis,
};

pub use vocabulary::{Delivery, Event, Lives, Opening, Outcome, Parcel, Refusal, SocketId};

/// Phones a page may release in one session. Each ban is remembered, so their number must end; 64 stale pictures scanned within
/// three minutes are an attack, and then a new session is the better answer.
pub const RELEASES: usize = 64;

/// What an `ack` counts towards [`limits::SESSION_BYTES`]: about its size, so that a flood of them ends like any other.
const ACK_BYTES: u64 = 24;

/// A session.
#[derive(Clone, Debug)]
pub struct Mailbox {
    page: End,
    phase: Phase,
    waits_until: Millis,
    scanned_ms: u64,
    released: Vec<(PhoneId, Ending)>,
    carried: u64,
}

#[derive(Clone, Debug)]
enum Phase {
    Waiting,
    Scanned {
        phone: PhoneId,
        end: End,
        until: Millis,
    },
}

/// One end: where it is now, and the first frame it lacks, as far as the relay knows.
#[derive(Clone, Debug)]
struct End {
    socket: Option<SocketId>,
    next: u32,
}

impl Mailbox {
    /// Makes the session that `opening` asks for, and answers the page. It is locked to `opening.phone`, if the page names one:
    /// then the relay had forgotten a session in which a phone has already joined.
    pub fn open(
        opening: &Opening,
        lives: &Lives,
        now: Millis,
        post: &mut dyn FnMut(Delivery),
    ) -> Self {
        let scanned_ms = scanned_ms(opening, lives);
        let phase = match opening.phone {
            None => Phase::Waiting,
            Some(phone) => Phase::Scanned {
                phone,
                end: End {
                    socket: None,
                    next: 0,
                },
                until: now + scanned_ms,
            },
        };
        let page = End {
            socket: Some(opening.socket),
            next: opening.next,
        };
        let mailbox = Self {
            page,
            phase,
            waits_until: now + lives.wait_ms,
            scanned_ms,
            released: Vec::new(),
            carried: 0,
        };
        mailbox.answer_page(opening.socket, now, post);
        mailbox
    }

    /// Takes one event. After [`Outcome::Over`] the mailbox must be thrown away; everybody was told.
    pub fn handle(
        &mut self,
        event: Event,
        lives: &Lives,
        now: Millis,
        post: &mut dyn FnMut(Delivery),
    ) -> Outcome {
        if now >= self.deadline() {
            return self.expire(post);
        }
        match event {
            Event::Open(opening) => self.reopen(&opening, lives, now, post),
            Event::Join {
                socket,
                phone,
                next,
            } => self.join(socket, phone, next, now, post),
            Event::Ack { socket, next } => self.ack(socket, next, post),
            Event::Release { socket, code } => self.release(socket, code, now, post),
            Event::Close { socket, code } => self.close(socket, code, post),
            Event::Frame { socket, frame } => self.forward(socket, frame, post),
            Event::Gone { socket } => self.gone(socket, post),
            Event::Deadline => Outcome::Done,
        }
    }

    /// When the session is over if nothing happens.
    pub const fn deadline(&self) -> Millis {
        match &self.phase {
            Phase::Waiting => self.waits_until,
            Phase::Scanned { until, .. } => *until,
        }
    }

    /// Whether a phone has joined.
    pub const fn is_scanned(&self) -> bool {
        matches!(self.phase, Phase::Scanned { .. })
    }

    fn reopen(
        &mut self,
        opening: &Opening,
        lives: &Lives,
        now: Millis,
        post: &mut dyn FnMut(Delivery),
    ) -> Outcome {
        supersede(self.page.socket, opening.socket, post);
        self.page = End {
            socket: Some(opening.socket),
            next: opening.next,
        };
        self.scanned_ms = scanned_ms(opening, lives);
        self.answer_page(opening.socket, now, post);
        tell(
            self.phone_socket(),
            Down::Peer(Peer::Back { next: opening.next }),
            post,
        );
        Outcome::Reopened
    }

    fn answer_page(&self, socket: SocketId, now: Millis, post: &mut dyn FnMut(Delivery)) {
        let phone = match &self.phase {
            Phase::Waiting => None,
            Phase::Scanned { phone, end, .. } => Some(LockedPhone {
                id: *phone,
                presence: presence(end),
                next: end.next,
            }),
        };
        tell(
            Some(socket),
            Down::Opened(Opened {
                expires: self.expires(now),
                phone,
            }),
            post,
        );
    }

    fn join(
        &mut self,
        socket: SocketId,
        phone: PhoneId,
        next: u32,
        now: Millis,
        post: &mut dyn FnMut(Delivery),
    ) -> Outcome {
        if let Some((_, ending)) = self
            .released
            .iter()
            .find(|(released, _)| *released == phone)
        {
            return Outcome::Refused(Refusal::Released(*ending));
        }
        let outcome = match &mut self.phase {
            Phase::Waiting => {
                let until = now + self.scanned_ms;
                self.phase = Phase::Scanned {
                    phone,
                    end: End {
                        socket: Some(socket),
                        next,
                    },
                    until,
                };
                tell(
                    self.page.socket,
                    Down::Peer(Peer::Joined {
                        phone,
                        next,
                        expires: milliseconds(until, now),
                    }),
                    post,
                );
                Outcome::Joined
            }
            Phase::Scanned {
                phone: locked_to,
                end: phone_end,
                ..
            } if *locked_to == phone => {
                supersede(phone_end.socket, socket, post);
                *phone_end = End {
                    socket: Some(socket),
                    next,
                };
                tell(self.page.socket, Down::Peer(Peer::Back { next }), post);
                Outcome::Rejoined
            }
            Phase::Scanned { .. } => return Outcome::Refused(Refusal::AlreadyScanned),
        };
        let expires = self.expires(now);
        tell(
            Some(socket),
            Down::Joined {
                expires,
                peer: presence(&self.page),
                next: self.page.next,
            },
            post,
        );
        outcome
    }

    fn ack(&mut self, socket: SocketId, next: u32, post: &mut dyn FnMut(Delivery)) -> Outcome {
        let Some((from, other)) = self.ends(socket) else {
            return Outcome::Done;
        };
        from.next = from.next.max(next);
        tell(other, Down::Ack { next }, post);
        self.carry(ACK_BYTES, post)
    }

    fn release(
        &mut self,
        socket: SocketId,
        code: ReleaseCode,
        now: Millis,
        post: &mut dyn FnMut(Delivery),
    ) -> Outcome {
        if self.page.socket != Some(socket) {
            return if self.ends(socket).is_some() {
                Outcome::Misplaced
            } else {
                Outcome::Done
            };
        }
        // A release that crosses the phone's own leaving finds nobody: nothing to do.
        let Phase::Scanned {
            phone,
            end: phone_end,
            ..
        } = &self.phase
        else {
            return Outcome::Done;
        };
        let ending = Ending::from(code);
        end(phone_end.socket, Down::Closed { code: ending }, post);
        if self.released.len() == RELEASES {
            let retry = Some(milliseconds(self.waits_until, now));
            end(
                self.page.socket,
                Down::Error {
                    code: Code::RateLimited,
                    retry,
                },
                post,
            );
            return Outcome::Over(Ending::Failed(Code::RateLimited));
        }
        self.released.push((*phone, ending));
        self.phase = Phase::Waiting;
        // The next phone starts a new channel, whose frames count from 0.
        self.page.next = 0;
        if now >= self.waits_until {
            self.expire(post)
        } else {
            Outcome::Done
        }
    }

    fn close(
        &mut self,
        socket: SocketId,
        code: CloseCode,
        post: &mut dyn FnMut(Delivery),
    ) -> Outcome {
        if self.ends(socket).is_none() {
            return Outcome::Done;
        }
        let from_phone = self.page.socket != Some(socket);
        if from_phone && code == CloseCode::Done {
            return Outcome::Misplaced;
        }
        let code = Ending::from(code);
        if from_phone {
            tell(self.page.socket, Down::Peer(Peer::Left { code }), post);
        }
        self.end_both(&Down::Closed { code }, post);
        Outcome::Over(code)
    }

    fn forward(
        &mut self,
        socket: SocketId,
        frame: Bytes,
        post: &mut dyn FnMut(Delivery),
    ) -> Outcome {
        let Some((_, other)) = self.ends(socket) else {
            return Outcome::Dropped;
        };
        let length = frame.len();
        if let over @ Outcome::Over(_) = self.carry(length as u64, post) {
            return over;
        }
        let Some(to) = other else {
            return Outcome::Dropped;
        };
        post(Delivery {
            to,
            parcel: Parcel::Frame(frame),
        });
        Outcome::Forwarded(length)
    }

    fn carry(&mut self, bytes: u64, post: &mut dyn FnMut(Delivery)) -> Outcome {
        self.carried += bytes;
        if self.carried <= limits::SESSION_BYTES {
            return Outcome::Done;
        }
        self.end_both(
            &Down::Error {
                code: Code::TooManyBytes,
                retry: None,
            },
            post,
        );
        Outcome::Over(Ending::Failed(Code::TooManyBytes))
    }

    fn gone(&mut self, socket: SocketId, post: &mut dyn FnMut(Delivery)) -> Outcome {
        let Some((from, other)) = self.ends(socket) else {
            return Outcome::Done;
        };
        from.socket = None;
        tell(other, Down::Peer(Peer::Away), post);
        Outcome::Done
    }

    fn expire(&self, post: &mut dyn FnMut(Delivery)) -> Outcome {
        let code = Ending::Failed(if self.is_scanned() {
            Code::ScanExpired
        } else {
            Code::QrExpired
        });
        self.end_both(&Down::Closed { code }, post);
        Outcome::Over(code)
    }

    /// What is left of the session's life, for the wire.
    fn expires(&self, now: Millis) -> u32 {
        milliseconds(self.deadline(), now)
    }

    fn end_both(&self, last: &Down, post: &mut dyn FnMut(Delivery)) {
        end(self.page.socket, last.clone(), post);
        end(self.phone_socket(), last.clone(), post);
    }

    const fn phone_socket(&self) -> Option<SocketId> {
        match &self.phase {
            Phase::Waiting => None,
            Phase::Scanned { end, .. } => end.socket,
        }
    }

    /// The end that uses `socket` now, and where the other one is; nothing for a socket that is no end's current one.
    fn ends(&mut self, socket: SocketId) -> Option<(&mut End, Option<SocketId>)> {
        let phone = self.phone_socket();
        if self.page.socket == Some(socket) {
            return Some((&mut self.page, phone));
        }
        match &mut self.phase {
            Phase::Scanned { end, .. } if end.socket == Some(socket) => {
                Some((end, self.page.socket))
            }
            _ => None,
        }
    }
}

fn milliseconds(until: Millis, now: Millis) -> u32 {
    u32::try_from(until.since(now)).unwrap_or(u32::MAX)
}

fn scanned_ms(opening: &Opening, lives: &Lives) -> u64 {
    (u64::from(opening.scanned) * 1000).clamp(*lives.scanned_ms.start(), *lives.scanned_ms.end())
}

const fn presence(end: &End) -> Presence {
    if end.socket.is_some() {
        Presence::Here
    } else {
        Presence::Away
    }
}

fn supersede(old: Option<SocketId>, new: SocketId, post: &mut dyn FnMut(Delivery)) {
    end(
        old.filter(|old| *old != new),
        Down::Closed {
            code: Ending::Failed(Code::Superseded),
        },
        post,
    );
}

fn tell(to: Option<SocketId>, message: Down, post: &mut dyn FnMut(Delivery)) {
    if let Some(to) = to {
        post(Delivery {
            to,
            parcel: Parcel::Message(message),
        });
    }
}

fn end(to: Option<SocketId>, last: Down, post: &mut dyn FnMut(Delivery)) {
    if let Some(to) = to {
        post(Delivery {
            to,
            parcel: Parcel::End(last),
        });
    }
}
