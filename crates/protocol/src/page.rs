//! The page's end of a scan, without any I/O: inputs and the time go in, effects come out.
//!
//! 1. `Start` opens a session at the relay and shows a rotating code: `Waiting`, then `Code` again and again.
//! 2. A phone joins; its handshake with a fresh frame locks the session: `Scanned`. The request travels in the answer.
//! 3. The phone reports `Progress` and sends an assertion, which is checked before the host sees it: `Asserted`.
//!    To seal documents, the phone says before with which certificate and seal: `Chosen`; the host hands in each as `Prepared`.
//!    At any time the phone may ask for bytes of a document: `Fetch`, which the host answers with `Piece`, in their order.
//! 4. The host asks its platform and hands in `Outcome`; the phone is told, and the session ends: `Ended`.
//!
//! "Not me", a stale frame and a silent phone bring the page back to 1 for what is left of the waiting time. A lost socket does
//! not disturb this: the page comes back to the relay by itself until its own deadline.
//!
//! Inputs of the host that do not fit the state are ignored: `Prepared` before `Chosen` or twice, `Outcome` before `Asserted`,
//! `NotMe`, `Prepared` and `Piece` after it, `Cancel` once the outcome is on its way, anything after `Ended`. A piece that is not
//! as long as was asked for ends the session as `malformed`, as the phone would.
//!
//! **Threat note.** Whoever sees a fresh code can be the phone, so the host shows check number and "not me". The relay can end
//! the session or delay it, no more: it can neither read, nor add, nor repeat a message. An assertion that fails a check never
//! leaves this module. Deadlines are kept here; the relay can shorten, not prolong them.

mod frames;
mod incoming;
mod sealing;
mod shared;
mod states;

use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

use self::shared::Core;
use self::states::State;
use crate::error::Code;
use crate::limits;
use crate::link::Alarm;
pub use crate::link::{Effect, End};
use crate::message::{Choice, Fetch, Piece, Prepared, Step};
use crate::qr::Link;
use crate::request::Request;
use crate::time::Millis;

/// How a page wants its scan.
#[derive(Clone, Debug)]
pub struct PageConfig {
    /// What the code begins with: the landing page of the operator's phone app.
    pub link: Link,
    /// Seconds the session lives after a phone joined: 120 for login and bind, 300 for documents.
    pub scanned_seconds: u16,
    /// Milliseconds after which the next frame of the code is shown: 3,000 unless motion is to be reduced.
    pub frame_interval_ms: u64,
}

/// All randomness of one session: five times 32 fresh random bytes. Wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct PageSecrets {
    /// Proves to the relay that a socket is this page.
    pub page_key: [u8; 32],
    /// X25519 secret key whose public half is in the code.
    pub static_key: [u8; 32],
    /// Makes the secrets of the code's frames.
    pub frame_key: [u8; 32],
    /// Makes the ephemeral keys of handshakes.
    pub handshake_seed: [u8; 32],
    /// Spreads the waits before connecting again.
    pub jitter_seed: [u8; 32],
}

impl fmt::Debug for PageSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageSecrets(..)")
    }
}

/// What happens to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageInput<'a> {
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
    /// The tab is visible again, or the network is back.
    Resumed,
    /// The person says that the phone shown is not theirs.
    NotMe,
    /// The person, or the program, stops.
    Cancel,
    /// A document with the seal in it, or why there will be none.
    Prepared(Prepared),
    /// The bytes of the oldest [`PageEvent::Fetch`] that is not answered.
    Piece(Piece),
    /// What the platform made of the assertion; `None` is success.
    Outcome {
        /// Why it was not accepted.
        code: Option<Code>,
        /// A sentence for the phone's screen; cut to 200 characters.
        detail: Option<String>,
        /// The same for each document to seal; empty with another operation.
        documents: Vec<Option<Code>>,
    },
}

/// What a page session asks of its host.
pub type PageEffect = Effect<PageEvent>;

/// What a page session tells its host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageEvent {
    /// The session is open (again) and waits for a phone.
    Waiting {
        /// Milliseconds until the code expires.
        expires_in_ms: u64,
    },
    /// Show this code now, instead of the one before.
    Code {
        /// The text of the QR code.
        text: String,
        /// Number of the frame.
        frame: u16,
    },
    /// A phone has scanned the code and is locked to the session.
    Scanned {
        /// Name of its app, as it says.
        app: String,
        /// Name of the device, as it says.
        device: String,
        /// Four digits that the phone shows as well.
        check_number: String,
        /// Milliseconds until the session expires.
        expires_in_ms: u64,
    },
    /// The phone's connection is gone; it may come back.
    PhoneAway,
    /// The phone is connected again.
    PhoneBack,
    /// What the person does on the phone.
    Progress(Step),
    /// The phone will seal with this certificate and seal: the host prepares every document. Nothing of it is verified.
    Chosen(Choice),
    /// The phone wants bytes of a document. The document has them.
    Fetch(Fetch),
    /// The phone has signed. The assertion is checked as far as a page can; the platform decides.
    Asserted {
        /// The assertion.
        jws: String,
        /// Goes to the platform with the assertion.
        channel_binding: [u8; 32],
        /// For each document to seal the signature value (`r || s`), unless it is not signed.
        signatures: Vec<Option<[u8; 64]>>,
    },
    /// The phone was dropped; the page waits again.
    Released,
    /// The connection to the relay was lost; the session tries to get it back.
    Reconnecting,
    /// The connection to the relay is back.
    Reconnected,
    /// The session is over. Nothing follows.
    Ended(End),
}

/// Why a page session cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The frame interval is out of bounds.
    #[error("the code must change every 1,000 to 5,000 milliseconds: correct frame_interval_ms")]
    FrameInterval,
    /// The platform's request is none.
    #[error("the platform's request cannot be read: hand in the JWS as its server made it")]
    Request,
    /// The life after the scan is out of bounds.
    #[error("a session lives 10 to 300 seconds after the scan: correct scanned_seconds")]
    ScannedSeconds,
}

impl PageError {
    /// The code for whoever can act.
    pub const fn code(&self) -> Code {
        match self {
            Self::FrameInterval | Self::ScannedSeconds => Code::Internal,
            Self::Request => Code::Malformed,
        }
    }
}

/// One session of a page, from the first code to the outcome.
pub struct PageSession {
    core: Core,
    state: State,
    alarm: Alarm,
}

impl PageSession {
    /// Makes a session for one request. Whether `secrets` are random and used once is the caller's duty; the request's
    /// signature is not checked here, since the page cannot know whom the phone trusts.
    ///
    /// # Errors
    /// [`PageError`] names what to correct.
    pub fn new(
        config: PageConfig,
        secrets: PageSecrets,
        request_jws: String,
        now: Millis,
    ) -> Result<Self, PageError> {
        if !limits::FRAME_INTERVAL_MS.contains(&config.frame_interval_ms) {
            return Err(PageError::FrameInterval);
        }
        if !limits::SCANNED_SECONDS.contains(&u32::from(config.scanned_seconds)) {
            return Err(PageError::ScannedSeconds);
        }
        let request = Request::parse(&request_jws).map_err(|_| PageError::Request)?;
        Ok(Self {
            core: Core::new(config, &secrets, request, now),
            state: State::New,
            alarm: Alarm::default(),
        })
    }

    /// How many documents the request asks to seal; none with another operation.
    pub fn documents(&self) -> usize {
        self.core.request.documents().len()
    }

    /// Takes one input at the time `now`, which never goes back, and gives what the host is to do, in order.
    #[must_use]
    pub fn handle(&mut self, input: PageInput<'_>, now: Millis) -> Vec<PageEffect> {
        let woken = input == PageInput::Woken;
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

impl fmt::Debug for PageSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageSession")
            .field("state", &self.state.name())
            .finish_non_exhaustive()
    }
}
