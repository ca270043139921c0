//! What the states of a page do with the phone's frames.

use super::PageEvent;
use super::sealing::Sealing;
use super::shared::Core;
use super::states::{Joined, Scanned, State};
use crate::assertion::{self, AssertionClaims};
use crate::control::{CloseCode, ReleaseCode};
use crate::error::Code;
use crate::link::{End, Malformed};
use crate::message::{Message, Outcome, Signed};
use crate::time::Millis;

impl State {
    /// Takes a binary frame.
    ///
    /// # Errors
    /// [`Malformed`] ends the session.
    pub(super) fn on_frame(
        self,
        core: &mut Core,
        frame: &[u8],
        now: Millis,
    ) -> Result<Self, Malformed> {
        match self {
            Self::Joined(joined) => Ok(joined.on_frame(core, frame, now)),
            Self::Scanned(scanned) => scanned.on_frame(core, frame, now),
            Self::Asserted(mut scanned) => match core.receive(&mut scanned.channel, frame)? {
                None => Ok(Self::Asserted(scanned)),
                Some(_) => Err(Malformed),
            },
            // From a phone that was dropped a moment ago, or that has nothing left to say.
            state => Ok(state),
        }
    }
}

impl Joined {
    fn on_frame(self, core: &mut Core, frame: &[u8], now: Millis) -> State {
        let mut lock = self.lock;
        let outcome = match core.link.take(frame) {
            Ok(Some(body)) => core.shake_hands(body, now),
            Ok(None) => return State::Joined(Self { lock, ..self }),
            Err(Malformed) => Err(ReleaseCode::Malformed),
        };
        let (hello, channel) = match outcome {
            Ok(shaken) => shaken,
            Err(code) => return core.release(lock.phone, code, now),
        };
        core.event(PageEvent::Scanned {
            app: hello.app.into_string(),
            device: hello.device.into_string(),
            check_number: channel.check_number().to_string(),
            expires_in_ms: lock.deadline.since(now),
        });
        lock.introduced = true;
        let sealing = Sealing::of(&core.request);
        State::Scanned(Scanned {
            lock,
            channel,
            sealing,
        })
    }
}

impl Scanned {
    fn on_frame(mut self, core: &mut Core, frame: &[u8], now: Millis) -> Result<State, Malformed> {
        match core.receive(&mut self.channel, frame)? {
            None => {}
            Some(Message::Progress(step)) => core.event(PageEvent::Progress(step)),
            Some(Message::Refusal(code)) => {
                return Ok(core.close(CloseCode::Refused, End::Failed(code)));
            }
            Some(Message::Choice(choice)) => {
                self.sealing.choose()?;
                core.event(PageEvent::Chosen(choice));
            }
            Some(Message::Fetch(fetch)) => {
                self.sealing.fetch(fetch)?;
                core.event(PageEvent::Fetch(fetch));
            }
            Some(Message::Assertion(signed)) => return self.on_assertion(core, signed, now),
            Some(_) => return Err(Malformed),
        }
        Ok(State::Scanned(self))
    }

    fn on_assertion(
        self,
        core: &mut Core,
        signed: Signed,
        now: Millis,
    ) -> Result<State, Malformed> {
        if !self.sealing.is_prepared() {
            return Err(Malformed);
        }
        let channel_binding = self.channel.channel_binding();
        let jws = signed.assertion.into_string();
        let verified = assertion::verify_for_page(&jws, &core.request, &channel_binding)
            .map_err(|refused| refused.code)
            .and_then(|(claims, _)| {
                hand_out(&signed.signatures, &claims).ok_or(Code::AssertionInvalid)
            });
        Ok(match verified {
            Ok(signatures) => {
                core.event(PageEvent::Asserted {
                    jws,
                    channel_binding,
                    signatures,
                });
                State::Asserted(self)
            }
            Err(code) => {
                let outcome = Outcome {
                    code: Some(code),
                    ..Outcome::default()
                };
                core.tell_outcome(self, outcome, now)
            }
        })
    }
}

/// Gives each signature to the document it belongs to. `None` if there are too few or too many.
fn hand_out(signatures: &[[u8; 64]], claims: &AssertionClaims) -> Option<Vec<Option<[u8; 64]>>> {
    let documents = claims.documents.as_deref().unwrap_or_default();
    let mut left = signatures.iter();
    let handed = documents
        .iter()
        .map(|signed| match signed {
            Some(_) => left.next().copied().map(Some),
            None => Some(None),
        })
        .collect::<Option<_>>()?;
    left.next().is_none().then_some(handed)
}
