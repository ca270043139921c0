//! The states of a phone. Each transition consumes the state it leaves, so nothing of it can be used by mistake.
//!
//! ```text
//! New -> Joining -> Requested -> Asserted -> Told ---> Ended
//!                            `-> Refusing -----------'
//! ```
//! Every state can end.

use std::collections::BTreeSet;

use super::{PhoneEffect, PhoneEvent, PhoneInput, PhoneSecrets};
use crate::chunk::Channel;
use crate::control::{CloseCode, Down, Ending, Peer, Presence, Up};
use crate::error::Code;
use crate::fetches::Fetches;
use crate::ids::{PhoneKey, SessionId};
use crate::limits;
use crate::link::{Answer, Effect, End, Link, Loss, Malformed};
use crate::message::{Message, Outcome, Signed};
use crate::noise::Initiator;
use crate::text::Text;
use crate::time::Millis;

pub(super) enum State {
    /// Not started.
    New(Initiator),
    /// The page's answer to the handshake is awaited.
    Joining(Initiator),
    /// The host has the request.
    Requested(Requested),
    /// The outcome is awaited.
    Asserted(Channel),
    /// The refusal is on its way.
    Refusing {
        due: Millis,
        code: Code,
    },
    /// The host knows the outcome; the page will close.
    Told {
        due: Millis,
        end: End,
    },
    Ended,
}

/// The request is there, the answer is not.
pub(super) struct Requested {
    channel: Channel,
    /// Whether certificate and seal are chosen.
    chosen: bool,
    /// Documents that the page has prepared.
    prepared: BTreeSet<u32>,
    fetches: Fetches,
}

/// What all states share.
pub(super) struct Core {
    pub(super) effects: Vec<PhoneEffect>,
    link: Link,
    session: SessionId,
    phone_key: PhoneKey,
    /// Until the relay has answered: when the code is too old to be of use. Then: when the session expires.
    deadline: Millis,
    page_here: bool,
    /// Why the relay has sent this end away for a while, last of all.
    sent_away: Option<Code>,
}

impl State {
    /// What is due at `now`, before anything that comes at `now`.
    pub(super) fn pass_time(self, core: &mut Core, now: Millis) -> Self {
        let state = match self {
            Self::Refusing { due, code } if now >= due => {
                core.close(CloseCode::Refused, End::Failed(code))
            }
            Self::Told { due, end } if now >= due => core.end(end),
            Self::Joining(_) | Self::Requested(_) | Self::Asserted(_) if now >= core.deadline => {
                let late = if core.link.is_known() {
                    Code::ScanExpired
                } else {
                    core.sent_away.unwrap_or(Code::RelayUnreachable)
                };
                core.end(End::Failed(late))
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
    pub(super) fn timers(&self, core: &Core) -> [Option<Millis>; 2] {
        let link = core.link.next_wake();
        match self {
            Self::New(_) | Self::Ended => [None; 2],
            Self::Joining(_) | Self::Requested(_) | Self::Asserted(_) => {
                [link, Some(core.deadline)]
            }
            Self::Refusing { due, .. } | Self::Told { due, .. } => [link, Some(*due)],
        }
    }

    /// How the session will end, if that is settled.
    pub(super) fn verdict(&self) -> Option<End> {
        match self {
            Self::Refusing { code, .. } => Some(End::Failed(*code)),
            Self::Told { end, .. } => Some(*end),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "new",
            Self::Joining(_) => "joining",
            Self::Requested(_) => "requested",
            Self::Asserted(_) => "asserted",
            Self::Refusing { .. } => "refusing",
            Self::Told { .. } => "told",
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
        input: PhoneInput<'_>,
        now: Millis,
    ) -> Result<Self, Malformed> {
        if matches!(self, Self::Ended) {
            return Ok(self);
        }
        Ok(match (self, input) {
            (Self::New(initiator), PhoneInput::Start) => {
                core.link.connect(now, &mut core.effects);
                // The code was shown before it was scanned, so after that time no page takes it.
                core.deadline = now + limits::FRAME_AGE_MS;
                Self::Joining(initiator)
            }
            (state, PhoneInput::SocketOpened) => {
                let greeting = core.greeting();
                let eager = !core.link.is_known();
                core.link.greet(&greeting, eager, &mut core.effects);
                state
            }
            (Self::Told { end, .. }, PhoneInput::SocketClosed) => core.end(end),
            (state, PhoneInput::SocketClosed) => {
                let loss = core.link.closed(now);
                core.tell_loss(loss);
                state
            }
            (state, PhoneInput::Text(text)) if core.link.is_open() => {
                core.link.heard();
                let down = Down::parse(text).map_err(|_| Malformed)?;
                return state.on_control(core, down, now);
            }
            (state, PhoneInput::Binary(frame)) if core.link.is_ready() => {
                core.link.heard();
                return state.on_frame(core, frame, now);
            }
            (state, PhoneInput::Resumed) => {
                core.link.resume(now, &mut core.effects);
                state
            }
            (Self::Requested(mut requested), PhoneInput::Progress(step)) => {
                core.send(&mut requested.channel, &Message::Progress(step));
                Self::Requested(requested)
            }
            (Self::Requested(mut requested), PhoneInput::Choose(choice)) => {
                if !core::mem::replace(&mut requested.chosen, true) {
                    core.send(&mut requested.channel, &Message::Choice(choice));
                }
                Self::Requested(requested)
            }
            (Self::Requested(mut requested), PhoneInput::Fetch(fetch)) => {
                if requested.fetches.has_room() {
                    requested.fetches.ask(fetch)?;
                    core.send(&mut requested.channel, &Message::Fetch(fetch));
                }
                Self::Requested(requested)
            }
            (Self::Requested(mut requested), PhoneInput::Assert { jws, signatures }) => {
                let signed = Signed {
                    assertion: Text::new(jws).map_err(|_| Malformed)?,
                    signatures,
                };
                core.send(&mut requested.channel, &Message::Assertion(signed));
                Self::Asserted(requested.channel)
            }
            (Self::Requested(mut requested), PhoneInput::Refuse(code)) => {
                core.send(&mut requested.channel, &Message::Refusal(code));
                Self::Refusing {
                    due: now + limits::OUTCOME_WAIT_MS,
                    code,
                }
            }
            (state @ (Self::Refusing { .. } | Self::Told { .. }), PhoneInput::Cancel) => state,
            (_, PhoneInput::Cancel) => {
                core.close(CloseCode::Cancelled, End::Failed(Code::Cancelled))
            }
            (state, _) => state,
        })
    }

    fn on_control(self, core: &mut Core, down: Down, now: Millis) -> Result<Self, Malformed> {
        match down {
            Down::Joined {
                expires,
                peer,
                next,
            } => {
                let longest = u64::from(*limits::SCANNED_SECONDS.end()) * 1_000;
                let expires = now + u64::from(expires).min(longest);
                match core.link.answered()? {
                    Answer::First => core.deadline = expires,
                    Answer::Again => {
                        core.deadline = core.deadline.min(expires);
                        core.event(PhoneEvent::Reconnected);
                    }
                }
                core.tell_presence(peer == Presence::Here);
                core.link.resync(next, &mut core.effects)?;
            }
            Down::Closed { code } => return Ok(self.on_over(core, code)),
            Down::Error { code, retry } => return Ok(self.on_refused(core, code, retry, now)),
            // All else has a place only after `joined`.
            _ if !core.link.is_ready() => return Err(Malformed),
            Down::Pong => {}
            Down::Ack { next } => core.link.acknowledged(next, &mut core.effects)?,
            Down::Peer(Peer::Away) => core.tell_presence(false),
            Down::Peer(Peer::Back { next }) => {
                core.tell_presence(true);
                core.link.resync(next, &mut core.effects)?;
            }
            Down::Peer(Peer::Joined { .. } | Peer::Left { .. }) | Down::Opened(_) => {
                return Err(Malformed);
            }
        }
        Ok(match self {
            Self::Refusing { code, .. } if core.link.is_all_acknowledged() => {
                core.close(CloseCode::Refused, End::Failed(code))
            }
            state => state,
        })
    }

    fn on_frame(self, core: &mut Core, frame: &[u8], now: Millis) -> Result<Self, Malformed> {
        match self {
            Self::Joining(initiator) => match core.link.take(frame)? {
                Some(body) => core.finish_handshake(initiator, body, now),
                None => Ok(Self::Joining(initiator)),
            },
            Self::Requested(requested) => requested.on_frame(core, frame),
            Self::Asserted(mut channel) => match core.receive(&mut channel, frame)? {
                None => Ok(Self::Asserted(channel)),
                Some(Message::Outcome(Outcome {
                    code,
                    detail,
                    documents,
                })) => {
                    core.event(PhoneEvent::Outcome {
                        code,
                        detail: detail.map(Text::into_string),
                        documents,
                    });
                    let end = code.map_or(End::Done, End::Failed);
                    Ok(Self::Told {
                        due: now + limits::OUTCOME_WAIT_MS,
                        end,
                    })
                }
                // Asked for before the person decided.
                Some(Message::Piece(_)) => Ok(Self::Asserted(channel)),
                Some(_) => Err(Malformed),
            },
            // The page repeats what it may believe to be lost; there is nothing new to say.
            state => Ok(state),
        }
    }

    /// The relay says that the session is over.
    fn on_over(self, core: &mut Core, ending: Ending) -> Self {
        let end = match ending {
            // The page is done, but what it had to say has not arrived.
            Ending::Done => End::Failed(Code::PeerAway),
            Ending::Failed(code) => End::Failed(code),
        };
        core.end(self.verdict().unwrap_or(end))
    }

    fn on_refused(self, core: &mut Core, code: Code, retry: Option<u32>, now: Millis) -> Self {
        match code {
            Code::RateLimited | Code::Full | Code::Maintenance => core.sent_away = Some(code),
            // The relay was restarted, and the page is not back yet.
            Code::SessionGone if core.link.is_known() => {}
            _ => return core.end(self.verdict().unwrap_or(End::Failed(code))),
        }
        let loss = core
            .link
            .come_again(now, retry.map(u64::from), &mut core.effects);
        core.tell_loss(loss);
        self
    }
}

impl Requested {
    fn on_frame(mut self, core: &mut Core, frame: &[u8]) -> Result<State, Malformed> {
        match core.receive(&mut self.channel, frame)? {
            None => {}
            Some(Message::Prepared(prepared)) => {
                let known = usize::try_from(prepared.document)
                    .is_ok_and(|document| document < limits::MAX_DOCUMENTS);
                if !(self.chosen && known && self.prepared.insert(prepared.document)) {
                    return Err(Malformed);
                }
                core.event(PhoneEvent::Prepared(prepared));
            }
            Some(Message::Piece(piece)) => {
                let fetch = self.fetches.answer(&piece)?;
                core.event(PhoneEvent::Piece(fetch, piece));
            }
            Some(_) => return Err(Malformed),
        }
        Ok(State::Requested(self))
    }
}

impl Core {
    pub(super) fn new(
        session: SessionId,
        secrets: &PhoneSecrets,
        first: Vec<u8>,
        now: Millis,
    ) -> Self {
        let mut effects = Vec::new();
        let mut link = Link::new(secrets.jitter_seed);
        // Kept until the socket is open.
        link.send(&[first], &mut effects);
        Self {
            effects,
            link,
            session,
            phone_key: PhoneKey::from_bytes(secrets.phone_key),
            deadline: now + limits::FRAME_AGE_MS,
            page_here: true,
            sent_away: None,
        }
    }

    /// The relay or the page broke the rules. If all was over but the farewell, that does not change how it ended.
    pub(super) fn break_off(&mut self, verdict: Option<End>) -> State {
        self.close(
            CloseCode::Malformed,
            verdict.unwrap_or(End::Failed(Code::Malformed)),
        )
    }

    fn greeting(&self) -> Up {
        Up::Join {
            sid: self.session,
            key: self.phone_key.clone(),
            next: self.link.lacking(),
        }
    }

    fn finish_handshake(
        &mut self,
        initiator: Initiator,
        body: &[u8],
        now: Millis,
    ) -> Result<State, Malformed> {
        let (established, message) = initiator.finish(body).map_err(|_| Malformed)?;
        let Ok(Some(Message::Request(jws))) = Message::decode(&message) else {
            return Err(Malformed);
        };
        self.link.acknowledge(&mut self.effects);
        let channel = Channel::new(established);
        self.event(PhoneEvent::Requested {
            jws: jws.into_string(),
            check_number: channel.check_number().to_string(),
            channel_binding: channel.channel_binding(),
            expires_in_ms: self.deadline.since(now),
        });
        Ok(State::Requested(Requested {
            channel,
            chosen: false,
            prepared: BTreeSet::new(),
            fetches: Fetches::default(),
        }))
    }

    /// Takes a frame of an established channel; gives the message that it completes.
    fn receive(
        &mut self,
        channel: &mut Channel,
        frame: &[u8],
    ) -> Result<Option<Message>, Malformed> {
        let Some(body) = self.link.take(frame)? else {
            return Ok(None);
        };
        let message = channel.open(body).map_err(|_| Malformed)?;
        self.link.acknowledge(&mut self.effects);
        match message {
            Some(message) => Message::decode(&message).map_err(|_| Malformed),
            None => Ok(None),
        }
    }

    fn send(&mut self, channel: &mut Channel, message: &Message) {
        let bodies = channel
            .seal(&message.encode())
            .expect("everything in a message has a limit, so the message is below its own");
        self.link.send(&bodies, &mut self.effects);
    }

    fn close(&mut self, code: CloseCode, end: End) -> State {
        self.link.control(&Up::Close { code }, &mut self.effects);
        self.end(end)
    }

    fn end(&mut self, end: End) -> State {
        self.link.leave(&mut self.effects);
        self.event(PhoneEvent::Ended(end));
        State::Ended
    }

    fn event(&mut self, event: PhoneEvent) {
        self.effects.push(Effect::Event(event));
    }

    fn tell_loss(&mut self, loss: Loss) {
        if loss == Loss::Tell {
            self.event(PhoneEvent::Reconnecting);
        }
    }

    fn tell_presence(&mut self, here: bool) {
        if core::mem::replace(&mut self.page_here, here) != here {
            self.event(if here {
                PhoneEvent::PageBack
            } else {
                PhoneEvent::PageAway
            });
        }
    }
}
