//! The states of a page. Each transition consumes the state it leaves, so nothing of it can be used by mistake.
//!
//! ```text
//! New -> Opening -> Waiting <-> Joined -> Scanned -> Asserted -> Leaving -> Ended
//!                      ^---------------------'  (not me)
//! ```
//! Every state but `New` can end.

use super::sealing::Sealing;
use super::shared::Core;
use super::{PageEvent, PageInput};
use crate::chunk::Channel;
use crate::control::{CloseCode, Down, Ending, Opened, Peer, Presence, ReleaseCode};
use crate::error::Code;
use crate::ids::PhoneId;
use crate::limits;
use crate::link::{Answer, End, Loss, Malformed};
use crate::message::{Message, Outcome};
use crate::text::Text;
use crate::time::Millis;

/// Milliseconds without any answer of the relay after which a page says so: nobody looks at an empty square for longer.
const CONNECT_MS: u64 = 30_000;

pub(super) enum State {
    /// Not started.
    New,
    /// No answer of the relay yet.
    Opening {
        give_up: Millis,
    },
    /// The code is shown.
    Waiting,
    Joined(Joined),
    Scanned(Scanned),
    /// The host has the assertion.
    Asserted(Scanned),
    Leaving(Leaving),
    Ended,
}

/// The phone that has the session.
pub(super) struct Lock {
    pub(super) phone: PhoneId,
    pub(super) deadline: Millis,
    /// Whether its socket is there.
    pub(super) here: bool,
    /// Whether the host knows of it.
    pub(super) introduced: bool,
}

/// A phone is there, its handshake is not.
pub(super) struct Joined {
    pub(super) lock: Lock,
    pub(super) first_frame_due: Millis,
}

/// The channel stands, and the phone has the request.
pub(super) struct Scanned {
    pub(super) lock: Lock,
    pub(super) channel: Channel,
    pub(super) sealing: Sealing,
}

/// The outcome is on its way to the phone; after that the session is over.
pub(super) struct Leaving {
    pub(super) lock: Lock,
    pub(super) due: Millis,
    pub(super) end: End,
}

impl State {
    /// What is due at `now`, before anything that comes at `now`.
    pub(super) fn pass_time(self, core: &mut Core, now: Millis) -> Self {
        let state = match self {
            Self::Opening { give_up } if now >= give_up => core.end(End::Failed(
                core.sent_away.unwrap_or(Code::RelayUnreachable),
            )),
            Self::Waiting if now >= core.wait_until => core.end(End::Failed(Code::QrExpired)),
            Self::Waiting => {
                if core.frames.due().is_none_or(|due| now >= due) {
                    core.show_code(now);
                }
                Self::Waiting
            }
            Self::Leaving(Leaving { due, end, .. }) if now >= due => {
                core.close(CloseCode::Done, end)
            }
            Self::Joined(Joined { ref lock, .. })
            | Self::Scanned(Scanned { ref lock, .. })
            | Self::Asserted(Scanned { ref lock, .. })
                if now >= lock.deadline =>
            {
                core.end(End::Failed(Code::ScanExpired))
            }
            Self::Joined(Joined {
                lock,
                first_frame_due,
            }) if core.link.is_ready() && now >= first_frame_due => {
                core.release(lock.phone, ReleaseCode::Malformed, now)
            }
            state => state,
        };
        if !matches!(state, Self::Ended) {
            let loss = core.link.tick(now, &mut core.effects);
            core.tell_loss(loss);
        }
        state
    }

    /// The times at which something will be due.
    pub(super) fn timers(&self, core: &Core) -> [Option<Millis>; 3] {
        let link = core.link.next_wake();
        match self {
            Self::New | Self::Ended => [None; 3],
            Self::Opening { give_up } => [link, Some(*give_up), None],
            Self::Waiting => [link, Some(core.wait_until), core.frames.due()],
            Self::Joined(Joined {
                lock,
                first_frame_due,
            }) => [
                link,
                Some(lock.deadline),
                core.link.is_ready().then_some(*first_frame_due),
            ],
            Self::Scanned(Scanned { lock, .. }) | Self::Asserted(Scanned { lock, .. }) => {
                [link, Some(lock.deadline), None]
            }
            Self::Leaving(Leaving { due, .. }) => [link, Some(*due), None],
        }
    }

    /// How the session will end, if that is settled.
    pub(super) fn verdict(&self) -> Option<End> {
        match self {
            Self::Leaving(Leaving { end, .. }) => Some(*end),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Opening { .. } => "opening",
            Self::Waiting => "waiting",
            Self::Joined(_) => "joined",
            Self::Scanned(_) => "scanned",
            Self::Asserted(_) => "asserted",
            Self::Leaving(_) => "leaving",
            Self::Ended => "ended",
        }
    }

    /// Takes one input.
    ///
    /// # Errors
    /// [`Malformed`] ends the session.
    pub(super) fn handle(
        self,
        core: &mut Core,
        input: PageInput<'_>,
        now: Millis,
    ) -> Result<Self, Malformed> {
        if matches!(self, Self::Ended) {
            return Ok(self);
        }
        Ok(match (self, input) {
            (Self::New, PageInput::Start) => {
                core.link.connect(now, &mut core.effects);
                Self::Opening {
                    give_up: now + CONNECT_MS,
                }
            }
            (state, PageInput::SocketOpened) => {
                let greeting = core.greeting(state.lock().map(|lock| lock.phone));
                core.link.greet(&greeting, false, &mut core.effects);
                state
            }
            (state, PageInput::SocketClosed) => {
                let loss = core.link.closed(now);
                core.tell_loss(loss);
                state
            }
            (state, PageInput::Text(text)) if core.link.is_open() => {
                core.link.heard();
                let down = Down::parse(text).map_err(|_| Malformed)?;
                return state.on_control(core, down, now);
            }
            (state, PageInput::Binary(frame)) if core.link.is_ready() => {
                core.link.heard();
                return state.on_frame(core, frame, now);
            }
            (state, PageInput::Resumed) => {
                core.link.resume(now, &mut core.effects);
                state
            }
            (
                Self::Joined(Joined { lock, .. }) | Self::Scanned(Scanned { lock, .. }),
                PageInput::NotMe,
            ) => core.release(lock.phone, ReleaseCode::Released, now),
            (Self::Scanned(mut scanned), PageInput::Prepared(prepared)) => {
                if scanned.sealing.prepare(&prepared) {
                    core.send(&mut scanned.channel, &Message::Prepared(prepared));
                }
                Self::Scanned(scanned)
            }
            (Self::Scanned(mut scanned), PageInput::Piece(piece)) => {
                scanned.sealing.answer(&piece)?;
                core.send(&mut scanned.channel, &Message::Piece(piece));
                Self::Scanned(scanned)
            }
            (
                Self::Asserted(scanned),
                PageInput::Outcome {
                    code,
                    detail,
                    documents,
                },
            ) => {
                let outcome = Outcome {
                    code,
                    detail: detail.as_deref().map(Text::truncated),
                    documents,
                };
                core.tell_outcome(scanned, outcome, now)
            }
            (Self::Leaving(leaving), PageInput::Cancel) => Self::Leaving(leaving),
            (_, PageInput::Cancel) => {
                core.close(CloseCode::Cancelled, End::Failed(Code::Cancelled))
            }
            (state, _) => state,
        })
    }

    fn lock(&self) -> Option<&Lock> {
        match self {
            Self::New | Self::Opening { .. } | Self::Waiting | Self::Ended => None,
            Self::Joined(Joined { lock, .. })
            | Self::Scanned(Scanned { lock, .. })
            | Self::Asserted(Scanned { lock, .. })
            | Self::Leaving(Leaving { lock, .. }) => Some(lock),
        }
    }

    fn lock_mut(&mut self) -> Option<&mut Lock> {
        match self {
            Self::New | Self::Opening { .. } | Self::Waiting | Self::Ended => None,
            Self::Joined(Joined { lock, .. })
            | Self::Scanned(Scanned { lock, .. })
            | Self::Asserted(Scanned { lock, .. })
            | Self::Leaving(Leaving { lock, .. }) => Some(lock),
        }
    }

    fn on_control(self, core: &mut Core, down: Down, now: Millis) -> Result<Self, Malformed> {
        match down {
            Down::Opened(opened) => self.on_opened(core, opened, now),
            Down::Closed { code } => Ok(self.on_over(core, code)),
            Down::Error { code, retry } => Ok(self.on_refused(core, code, retry, now)),
            // All else has a place only after `opened`.
            _ if !core.link.is_ready() => Err(Malformed),
            Down::Pong => Ok(self),
            Down::Ack { next } => {
                if self.lock().is_some() {
                    core.link.acknowledged(next, &mut core.effects)?;
                }
                Ok(self.leave_if_told(core))
            }
            Down::Peer(peer) => self.on_peer(core, peer, now),
            Down::Joined { .. } => Err(Malformed),
        }
    }

    fn on_opened(
        mut self,
        core: &mut Core,
        opened: Opened,
        now: Millis,
    ) -> Result<Self, Malformed> {
        if core.link.answered()? == Answer::Again {
            core.event(PageEvent::Reconnected);
        }
        let expires = now + u64::from(opened.expires);
        if let Some(lock) = self.lock_mut() {
            lock.deadline = lock.deadline.min(expires);
            let (here, next) = match opened.phone {
                Some(phone) if phone.id == lock.phone => {
                    (phone.presence == Presence::Here, Some(phone.next))
                }
                // The relay has forgotten the session and waits for the phone that we have named.
                None => (false, None),
                Some(_) => return Err(Malformed),
            };
            core.tell_presence(lock, here);
            if let Some(next) = next {
                core.link.resync(next, &mut core.effects)?;
            }
            if let Self::Joined(joined) = &mut self {
                joined.first_frame_due = now + limits::FIRST_MESSAGE_MS;
            }
            return Ok(self.leave_if_told(core));
        }
        let first = matches!(self, Self::Opening { .. });
        if first {
            core.wait_until = now + limits::SESSION_WAIT_MS;
        }
        if let Some(phone) = opened.phone {
            let state = core.lock(phone.id, phone.presence == Presence::Here, expires, now);
            if phone.next != 0 && matches!(state, Self::Joined(_)) {
                return Err(Malformed);
            }
            return Ok(state);
        }
        core.wait_until = core.wait_until.min(expires);
        core.tell_waiting(now);
        if first {
            core.show_code(now);
        }
        Ok(Self::Waiting)
    }

    fn on_peer(mut self, core: &mut Core, peer: Peer, now: Millis) -> Result<Self, Malformed> {
        match (peer, self.lock_mut()) {
            (Peer::Left { code }, _) => return Ok(self.on_over(core, code)),
            (
                Peer::Joined {
                    phone,
                    next: 0,
                    expires,
                },
                None,
            ) => {
                return Ok(core.lock(phone, true, now + u64::from(expires), now));
            }
            (
                Peer::Joined {
                    phone,
                    next,
                    expires,
                },
                Some(lock),
            ) if phone == lock.phone => {
                lock.deadline = lock.deadline.min(now + u64::from(expires));
                core.tell_presence(lock, true);
                core.link.resync(next, &mut core.effects)?;
            }
            (Peer::Joined { .. }, _) => return Err(Malformed),
            (Peer::Back { next }, Some(lock)) => {
                core.tell_presence(lock, true);
                core.link.resync(next, &mut core.effects)?;
            }
            (Peer::Away, Some(lock)) => core.tell_presence(lock, false),
            // About a phone that was dropped a moment ago.
            (Peer::Away | Peer::Back { .. }, None) => {}
        }
        Ok(self.leave_if_told(core))
    }

    /// The relay says that the session is over, or that the phone ended it.
    fn on_over(self, core: &mut Core, ending: Ending) -> Self {
        let end = match ending {
            // Only the page may say that all is done.
            Ending::Done => End::Failed(Code::Malformed),
            Ending::Failed(code) => End::Failed(code),
        };
        core.end(self.verdict().unwrap_or(end))
    }

    fn on_refused(self, core: &mut Core, code: Code, retry: Option<u32>, now: Millis) -> Self {
        if !matches!(code, Code::RateLimited | Code::Full | Code::Maintenance) {
            return core.end(self.verdict().unwrap_or(End::Failed(code)));
        }
        core.sent_away = Some(code);
        let loss = core
            .link
            .come_again(now, retry.map(u64::from), &mut core.effects);
        core.tell_loss(loss);
        self
    }

    fn leave_if_told(self, core: &mut Core) -> Self {
        match self {
            Self::Leaving(Leaving { end, .. }) if core.link.is_all_acknowledged() => {
                core.close(CloseCode::Done, end)
            }
            state => state,
        }
    }
}

impl Core {
    fn tell_loss(&mut self, loss: Loss) {
        if loss == Loss::Tell {
            self.event(PageEvent::Reconnecting);
        }
    }

    fn tell_presence(&mut self, lock: &mut Lock, here: bool) {
        if core::mem::replace(&mut lock.here, here) != here && lock.introduced {
            self.event(if here {
                PageEvent::PhoneBack
            } else {
                PageEvent::PhoneAway
            });
        }
    }
}
