//! The phone's end of a scan, without any I/O: inputs and the time go in, effects come out.
//!
//! 1. `Start` joins the session of a scanned code; the handshake goes along without waiting for an answer.
//! 2. The page answers with the request: `Requested`. The host verifies it, shows it, and reports `Progress`.
//! 3. The host hands in `Assert` or `Refuse`. To seal documents it hands in `Choose` before, and is told what the page makes of
//!    each document: `Prepared`. It may ask for bytes of a document with `Fetch`; the answer is `Piece`, in their order.
//! 4. After an assertion the page says what became of it: `Outcome`; then the session ends: `Ended`.
//!
//! A lost socket does not disturb this: the phone comes back by itself until its own deadline.
//!
//! Inputs of the host that do not fit the state are ignored: `Progress`, `Choose`, `Fetch`, `Assert` and `Refuse` before
//! `Requested` or after one of the latter two, a second `Choose`, a ninth open `Fetch`, `Cancel` once a refusal or the outcome has passed, anything after `Ended`. An assertion longer than the
//! protocol allows ends the session as `malformed`, as the page would.
//!
//! **Threat note.** Nothing that arrives here is trusted before the host has verified the request: the channel proves only that
//! whoever showed the code answers. The relay can end or delay the session, no more: it can neither read, nor add, nor repeat a
//! message. `Ended(Done)` needs an outcome from the page; the relay's word alone does not make one.

mod states;

use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

use self::states::{Core, State};
use crate::error::Code;
use crate::link::Alarm;
pub use crate::link::{Effect, End};
use crate::message::{Choice, Fetch, Hello, Message, Piece, Prepared, Step};
use crate::noise::{Context, Initiator};
use crate::qr::{KIND_RELAY, ScannedCode};
use crate::time::Millis;

/// All randomness of one session: three times 32 fresh random bytes. Wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct PhoneSecrets {
    /// Proves to the relay that a socket is this phone.
    pub phone_key: [u8; 32],
    /// The ephemeral key of the handshake.
    pub ephemeral_seed: [u8; 32],
    /// Spreads the waits before connecting again.
    pub jitter_seed: [u8; 32],
}

impl fmt::Debug for PhoneSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneSecrets(..)")
    }
}

/// What happens to a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneInput<'a> {
    /// Begin.
    Start,
    /// The socket asked for by the last [`Effect::Connect`] is open.
    SocketOpened,
    /// That socket could not be opened, or has closed.
    SocketClosed,
    /// A text frame came.
    Text(&'a str),
    /// A binary frame came.
    Binary(&'a [u8]),
    /// The time of the last [`Effect::WakeAt`] has come.
    Woken,
    /// The app is visible again, or the network is back.
    Resumed,
    /// What the person is doing, for the page to show.
    Progress(Step),
    /// With what the documents shall be sealed.
    Choose(Choice),
    /// Bytes of a document are wanted.
    Fetch(Fetch),
    /// What was signed.
    Assert {
        /// The assertion.
        jws: String,
        /// The signature values over the documents that the assertion says are signed: `r || s`.
        signatures: Vec<[u8; 64]>,
    },
    /// Why there will be none.
    Refuse(Code),
    /// The person, or the program, stops.
    Cancel,
}

impl PhoneInput<'_> {
    /// The signed assertion, where there are no documents.
    pub fn assert(jws: impl Into<String>) -> Self {
        Self::Assert {
            jws: jws.into(),
            signatures: Vec::new(),
        }
    }
}

/// What a phone session asks of its host.
pub type PhoneEffect = Effect<PhoneEvent>;

/// What a phone session tells its host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhoneEvent {
    /// The page has sent the platform's request. Nothing about it is verified yet.
    Requested {
        /// The request.
        jws: String,
        /// Four digits that the page shows as well.
        check_number: String,
        /// Goes into the assertion.
        channel_binding: [u8; 32],
        /// Milliseconds until the session expires.
        expires_in_ms: u64,
    },
    /// What the page made of a document; after [`PhoneInput::Choose`], once for each. Nothing about it is verified.
    Prepared(Prepared),
    /// The bytes that were asked for, as many of them.
    Piece(Fetch, Piece),
    /// The page's connection is gone; it may come back.
    PageAway,
    /// The page is connected again.
    PageBack,
    /// What became of the assertion; `None` is success.
    Outcome {
        /// Why it was not accepted.
        code: Option<Code>,
        /// A sentence to show.
        detail: Option<String>,
        /// The same for each document to seal; empty with another operation.
        documents: Vec<Option<Code>>,
    },
    /// The connection to the relay was lost; the session tries to get it back.
    Reconnecting,
    /// The connection to the relay is back.
    Reconnected,
    /// The session is over. Nothing follows.
    Ended(End),
}

/// Why a phone session cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// The code's key is one that no page of ours makes.
    #[error("the code holds an impossible key: scan the one on the platform's login page")]
    PageKey,
}

impl PhoneError {
    /// The code for the person.
    pub const fn code(&self) -> Code {
        match self {
            Self::PageKey => Code::QrForeign,
        }
    }
}

/// One session of a phone, from the scanned code to the outcome.
pub struct PhoneSession {
    core: Core,
    state: State,
    alarm: Alarm,
}

impl PhoneSession {
    /// Makes a session for a scanned code. Whether `secrets` are random and used once is the caller's duty.
    ///
    /// # Errors
    /// [`PhoneError`] if the code cannot be one of ours.
    pub fn new(
        code: &ScannedCode,
        hello: Hello,
        secrets: PhoneSecrets,
        now: Millis,
    ) -> Result<Self, PhoneError> {
        let payload = &code.payload;
        let context = Context {
            session: &payload.session,
            kind: KIND_RELAY,
            frame: payload.frame,
            secret: &payload.secret,
        };
        let hello = Message::Hello(hello).encode();
        let (initiator, message) = Initiator::start(
            &context,
            &payload.page_public_key,
            secrets.ephemeral_seed,
            &hello,
        )
        .map_err(|_| PhoneError::PageKey)?;
        let first = [payload.frame.to_be_bytes().as_slice(), &message].concat();
        Ok(Self {
            core: Core::new(payload.session, &secrets, first, now),
            state: State::New(initiator),
            alarm: Alarm::default(),
        })
    }

    /// Takes one input at the time `now`, which never goes back, and gives what the host is to do, in order.
    #[must_use]
    pub fn handle(&mut self, input: PhoneInput<'_>, now: Millis) -> Vec<PhoneEffect> {
        let woken = input == PhoneInput::Woken;
        let state =
            core::mem::replace(&mut self.state, State::Ended).pass_time(&mut self.core, now);
        let verdict = state.verdict();
        self.state = state
            .handle(&mut self.core, input, now)
            .unwrap_or_else(|_| self.core.break_off(verdict));
        let timers = self.state.timers(&self.core);
        self.alarm.set(timers, woken, &mut self.core.effects);
        core::mem::take(&mut self.core.effects)
    }
}

impl fmt::Debug for PhoneSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhoneSession")
            .field("state", &self.state.name())
            .finish_non_exhaustive()
    }
}
