//! What all states of a page share: the link, the frames, the deadlines, and what happens in more than one state.

use zeroize::Zeroizing;

use super::frames::Frames;
use super::states::{Joined, Leaving, Lock, Scanned, State};
use super::{PageConfig, PageEffect, PageEvent, PageSecrets};
use crate::chunk::Channel;
use crate::control::{CloseCode, ReleaseCode, Up};
use crate::encoding::tag;
use crate::error::Code;
use crate::ids::{PageKey, PhoneId};
use crate::limits;
use crate::link::{Effect, End, Link, Malformed};
use crate::message::{Hello, Message, Outcome};
use crate::noise::{Context, NoiseError, Responder, public_key};
use crate::qr::{FrameKey, KIND_RELAY, QrPayload};
use crate::request::Request;
use crate::text::Text;
use crate::time::Millis;

/// Dropped phones remembered, to drop them once more if the relay has missed it. An older one would have to scan again.
const DISMISSED: usize = 16;

/// See the module.
pub(super) struct Core {
    pub(super) link: Link,
    pub(super) frames: Frames,
    pub(super) request: Request,
    pub(super) effects: Vec<PageEffect>,
    /// When the time to wait for a phone is over; no longer than from the first answer.
    pub(super) wait_until: Millis,
    /// Why the relay has sent this end away for a while, last of all.
    pub(super) sent_away: Option<Code>,
    config: PageConfig,
    page_key: PageKey,
    static_key: Zeroizing<[u8; 32]>,
    handshake_seed: Zeroizing<[u8; 32]>,
    handshakes: u32,
    dismissed: Vec<(PhoneId, ReleaseCode)>,
}

impl Core {
    pub(super) fn new(
        config: PageConfig,
        secrets: &PageSecrets,
        request: Request,
        now: Millis,
    ) -> Self {
        Self {
            link: Link::new(secrets.jitter_seed),
            frames: Frames::new(
                FrameKey::from_bytes(secrets.frame_key),
                config.frame_interval_ms,
            ),
            request,
            effects: Vec::new(),
            wait_until: now + limits::SESSION_WAIT_MS,
            sent_away: None,
            config,
            page_key: PageKey::from_bytes(secrets.page_key),
            static_key: Zeroizing::new(secrets.static_key),
            handshake_seed: Zeroizing::new(secrets.handshake_seed),
            handshakes: 0,
            dismissed: Vec::new(),
        }
    }

    pub(super) fn event(&mut self, event: PageEvent) {
        self.effects.push(Effect::Event(event));
    }

    /// The first message on a socket.
    pub(super) fn greeting(&self, phone: Option<PhoneId>) -> Up {
        Up::Open {
            key: self.page_key.clone(),
            next: self.link.lacking(),
            scanned: u32::from(self.config.scanned_seconds),
            phone,
        }
    }

    /// Tells the host that the page waits, and for how long.
    pub(super) fn tell_waiting(&mut self, now: Millis) {
        let expires_in_ms = self.wait_until.since(now);
        self.event(PageEvent::Waiting { expires_in_ms });
    }

    /// Shows the next frame.
    pub(super) fn show_code(&mut self, now: Millis) {
        let (frame, secret) = self.frames.show(now);
        let payload = QrPayload {
            session: self.page_key.session_id(),
            page_public_key: public_key(&self.static_key),
            frame,
            secret,
        };
        let text = self.config.link.to_code_text(&payload);
        self.event(PageEvent::Code { text, frame });
    }

    /// A phone has joined: locks the session to it, unless it was dropped before.
    pub(super) fn lock(
        &mut self,
        phone: PhoneId,
        here: bool,
        expires: Millis,
        now: Millis,
    ) -> State {
        if let Some(&(_, code)) = self
            .dismissed
            .iter()
            .find(|(dismissed, _)| *dismissed == phone)
        {
            self.link.control(&Up::Release { code }, &mut self.effects);
            return State::Waiting;
        }
        self.link.restart_numbering();
        let longest = now + u64::from(self.config.scanned_seconds) * 1_000;
        State::Joined(Joined {
            lock: Lock {
                phone,
                deadline: expires.min(longest),
                here,
                introduced: false,
            },
            first_frame_due: now + limits::FIRST_MESSAGE_MS,
        })
    }

    /// Drops the phone and waits for what is left of the waiting time.
    pub(super) fn release(&mut self, phone: PhoneId, code: ReleaseCode, now: Millis) -> State {
        // Without the relay's answer it is not known which phone a release would hit; the next answer will tell.
        if self.link.is_ready() {
            self.link.control(&Up::Release { code }, &mut self.effects);
        }
        if self.dismissed.len() == DISMISSED {
            self.dismissed.remove(0);
        }
        self.dismissed.push((phone, code));
        self.link.restart_numbering();
        self.event(PageEvent::Released);
        if now >= self.wait_until {
            return self.end(End::Failed(Code::QrExpired));
        }
        self.tell_waiting(now);
        self.show_code(now);
        State::Waiting
    }

    /// Reads the phone's first frame and answers it.
    ///
    /// # Errors
    /// Why to drop the phone.
    pub(super) fn shake_hands(
        &mut self,
        body: &[u8],
        now: Millis,
    ) -> Result<(Hello, Channel), ReleaseCode> {
        let (frame, message) = body.split_first_chunk().ok_or(ReleaseCode::Malformed)?;
        let frame = u16::from_be_bytes(*frame);
        let secret = self.frames.secret(frame, now).ok_or(ReleaseCode::QrStale)?;
        let session = self.page_key.session_id();
        let context = Context {
            session: &session,
            kind: KIND_RELAY,
            frame,
            secret: &secret,
        };
        // One key per try: the same ephemeral key must never serve two handshakes.
        let ephemeral = tag(
            "scanseal.v1 ephemeral",
            &[
                self.handshake_seed.as_slice(),
                &self.handshakes.to_be_bytes(),
            ],
        );
        self.handshakes += 1;
        let (responder, hello) = Responder::read(&context, &self.static_key, ephemeral, message)
            .map_err(|error| match error {
                NoiseError::Undecipherable => ReleaseCode::QrStale,
                NoiseError::Length => ReleaseCode::Malformed,
            })?;
        let Ok(Some(Message::Hello(hello))) = Message::decode(&hello) else {
            return Err(ReleaseCode::Malformed);
        };
        let request = Text::new(self.request.as_str())
            .expect("a request was read as one, so it is short enough");
        let request = Message::Request(request).encode();
        let (established, answer) = responder
            .reply(&request)
            .expect("a request was read as one, so it is far below the limit of a Noise message");
        self.link.send(&[answer], &mut self.effects);
        self.link.acknowledge(&mut self.effects);
        Ok((hello, Channel::new(established)))
    }

    /// Takes a frame of an established channel; gives the message that it completes.
    ///
    /// # Errors
    /// [`Malformed`] if it is not what the phone sent next, or breaks a rule.
    pub(super) fn receive(
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

    /// Tells the phone something.
    pub(super) fn send(&mut self, channel: &mut Channel, message: &Message) {
        let bodies = channel
            .seal(&message.encode())
            .expect("everything in a message has a limit, so the message is below its own");
        self.link.send(&bodies, &mut self.effects);
    }

    /// Tells the phone the outcome and begins to leave.
    pub(super) fn tell_outcome(
        &mut self,
        scanned: Scanned,
        outcome: Outcome,
        now: Millis,
    ) -> State {
        let Scanned {
            lock, mut channel, ..
        } = scanned;
        let end = outcome.code.map_or(End::Done, End::Failed);
        self.send(&mut channel, &Message::Outcome(outcome));
        State::Leaving(Leaving {
            lock,
            due: now + limits::OUTCOME_WAIT_MS,
            end,
        })
    }

    /// Closes the session for both ends.
    pub(super) fn close(&mut self, code: CloseCode, end: End) -> State {
        self.link.control(&Up::Close { code }, &mut self.effects);
        self.end(end)
    }

    /// The relay or the phone broke the rules. If all was over but the farewell, that does not change how it ended.
    pub(super) fn break_off(&mut self, verdict: Option<End>) -> State {
        self.close(
            CloseCode::Malformed,
            verdict.unwrap_or(End::Failed(Code::Malformed)),
        )
    }

    pub(super) fn end(&mut self, end: End) -> State {
        self.link.leave(&mut self.effects);
        self.event(PageEvent::Ended(end));
        State::Ended
    }
}
