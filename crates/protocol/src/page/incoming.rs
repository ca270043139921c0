//! What the states of a page do with the phone's frames.

use super::PageEvent;
use super::shared::Core;
use super::states::{Joined, Scanned, State};
use crate::assertion;
use crate::control::{CloseCode, ReleaseCode};
use crate::link::{End, Malformed};
use crate::message::Message;
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
        State::Scanned(Scanned { lock, channel })
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
            Some(Message::Assertion(jws)) => {
                let channel_binding = self.channel.channel_binding();
                return Ok(
                    match assertion::verify_for_page(&jws, &core.request, &channel_binding) {
                        Ok(_) => {
                            core.event(PageEvent::Asserted {
                                jws: jws.into_string(),
                                channel_binding,
                            });
                            State::Asserted(self)
                        }
                        Err(refused) => core.tell_outcome(self, Some(refused.code), None, now),
                    },
                );
            }
            Some(_) => return Err(Malformed),
        }
        Ok(State::Scanned(self))
    }
}
