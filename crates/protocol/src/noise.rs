//! The encrypted channel: Noise `NKpsk0_25519_ChaChaPoly_SHA256` (revision 34) over frames that the caller carries.
//!
//! 1. The phone ([`Initiator`]) knows the page's public key and one frame secret from the code, and writes message 1.
//! 2. The page ([`Responder`]) reads it with the secret of the frame the phone names, and writes message 2.
//! 3. Both hold an [`Established`] channel, and the same check number and channel binding.
//!
//! Each step consumes the one before, so a wrong order does not compile, and a channel exists only after a complete handshake.
//!
//! **Threat note.** Whoever lacks the page's secret key cannot answer as the page, and whoever lacks a fresh frame secret cannot
//! speak as the phone: the relay has neither. The prologue binds both ends to one session, kind and frame. The pattern does
//! *not* say who holds the phone; the assertion does, and carries the channel binding so that it is worth nothing elsewhere.
//! Randomness is handed in: the same ephemeral bytes must never serve two handshakes.

mod primitives;

use snow::params::{
    BaseChoice, CipherChoice, DHChoice, HandshakeChoice, HandshakeModifier, HandshakeModifierList,
    HandshakePattern, HashChoice, NoiseParams,
};
use snow::{Builder, HandshakeState, TransportState};
use zeroize::Zeroizing;

pub(crate) use self::primitives::public_key;
use crate::encoding::tag;
use crate::ids::SessionId;
use crate::qr::FrameSecret;

/// What the cipher adds to each message.
pub(crate) const TAG_LENGTH: usize = 16;
/// Largest Noise message there is (Noise revision 34, section 3).
const LARGEST_MESSAGE: usize = 65_535;
const PROTOCOL_NAME: &str = "Noise_NKpsk0_25519_ChaChaPoly_SHA256";

/// Why a channel step failed. It says nothing about where in the bytes, so that nobody learns by trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoiseError {
    /// Wrong key, wrong frame secret, wrong session, or bytes that were changed on the way.
    #[error("the message does not decrypt; scan the current code again")]
    Undecipherable,
    /// Shorter than any such message can be, or longer than one may be.
    #[error("the message has an impossible length; the sender is faulty")]
    Length,
}

/// What both ends must agree on before the first byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) session: &'a SessionId,
    pub(crate) kind: u8,
    pub(crate) frame: u16,
    pub(crate) secret: &'a FrameSecret,
}

impl Context<'_> {
    /// `"scanseal.v1" || 0x00 || kind || sid || n`
    pub(crate) fn prologue(&self) -> Vec<u8> {
        [
            b"scanseal.v1\0".as_slice(),
            &[self.kind],
            self.session.as_bytes(),
            &self.frame.to_be_bytes(),
        ]
        .concat()
    }

    /// `tag("scanseal.v1 psk", s_n)`
    pub(crate) fn psk(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(tag("scanseal.v1 psk", &[self.secret.as_bytes()]))
    }

    fn build(
        &self,
        ephemeral: Zeroizing<[u8; 32]>,
        role: impl FnOnce(Builder<'_>) -> Result<HandshakeState, snow::Error>,
    ) -> HandshakeState {
        let (prologue, psk) = (self.prologue(), self.psk());
        Builder::with_resolver(suite(), Box::new(primitives::Suite { ephemeral }))
            .prologue(&prologue)
            .and_then(|builder| builder.psk(0, &psk))
            .and_then(role)
            .expect("keys have their length by type and each is set once")
    }
}

/// The phone's end after message 1.
pub(crate) struct Initiator {
    state: HandshakeState,
}

impl Initiator {
    /// Writes message 1 with `payload` inside, for the page whose public key the code carries.
    ///
    /// # Errors
    /// [`NoiseError::Length`] if the payload does not fit; [`NoiseError::Undecipherable`] if the page's key is a point of small
    /// order, which no honest page has.
    pub(crate) fn start(
        context: &Context<'_>,
        page: &[u8; 32],
        ephemeral: [u8; 32],
        payload: &[u8],
    ) -> Result<(Self, Vec<u8>), NoiseError> {
        let mut state = context.build(Zeroizing::new(ephemeral), |builder| {
            builder.remote_public_key(page)?.build_initiator()
        });
        let message = sized(payload.len() + 32 + TAG_LENGTH, |out| {
            state.write_message(payload, out)
        })?;
        Ok((Self { state }, message))
    }

    /// Reads the page's message 2 and gives the channel and message 2's payload.
    ///
    /// # Errors
    /// Any change of any byte is [`NoiseError::Undecipherable`].
    pub(crate) fn finish(mut self, message: &[u8]) -> Result<(Established, Vec<u8>), NoiseError> {
        let payload = sized(message.len(), |out| self.state.read_message(message, out))?;
        Ok((Established::from(self.state), payload))
    }
}

/// The page's end after it has read message 1.
pub(crate) struct Responder {
    state: HandshakeState,
}

impl Responder {
    /// Reads message 1 with the page's secret key and the frame the phone named; gives message 1's payload.
    ///
    /// # Errors
    /// A wrong frame secret, or any changed byte, is [`NoiseError::Undecipherable`].
    pub(crate) fn read(
        context: &Context<'_>,
        secret: &[u8; 32],
        ephemeral: [u8; 32],
        message: &[u8],
    ) -> Result<(Self, Vec<u8>), NoiseError> {
        let mut state = context.build(Zeroizing::new(ephemeral), |builder| {
            builder.local_private_key(secret)?.build_responder()
        });
        let payload = sized(message.len(), |out| state.read_message(message, out))?;
        Ok((Self { state }, payload))
    }

    /// Writes message 2 with `payload` inside.
    ///
    /// # Errors
    /// [`NoiseError::Length`] if the payload does not fit.
    pub(crate) fn reply(mut self, payload: &[u8]) -> Result<(Established, Vec<u8>), NoiseError> {
        let message = sized(payload.len() + 32 + TAG_LENGTH, |out| {
            self.state.write_message(payload, out)
        })?;
        Ok((Established::from(self.state), message))
    }
}

/// A channel after its handshake. Messages must be received in the order in which they were sent, each once.
pub(crate) struct Established {
    transport: TransportState,
    check_number: CheckNumber,
    binding: [u8; 32],
}

impl Established {
    /// Encrypts one message.
    ///
    /// # Errors
    /// [`NoiseError::Length`] if it does not fit.
    pub(crate) fn send(&mut self, plaintext: &[u8]) -> Result<Vec<u8>, NoiseError> {
        sized(plaintext.len() + TAG_LENGTH, |out| {
            self.transport.write_message(plaintext, out)
        })
    }

    /// Decrypts the next message of the other end.
    ///
    /// # Errors
    /// [`NoiseError::Undecipherable`] for anything but exactly that message.
    pub(crate) fn receive(&mut self, ciphertext: &[u8]) -> Result<Vec<u8>, NoiseError> {
        sized(ciphertext.len(), |out| {
            self.transport.read_message(ciphertext, out)
        })
    }

    /// The four digits both screens show.
    pub(crate) fn check_number(&self) -> CheckNumber {
        self.check_number
    }

    /// What ties an assertion to this channel.
    pub(crate) fn channel_binding(&self) -> [u8; 32] {
        self.binding
    }
}

impl From<HandshakeState> for Established {
    fn from(state: HandshakeState) -> Self {
        let hash = state.get_handshake_hash();
        let check_number = CheckNumber::of(hash);
        let binding = tag("scanseal.v1 binding", &[hash]);
        Self {
            transport: state
                .into_transport_mode()
                .expect("both messages of the pattern have passed"),
            check_number,
            binding,
        }
    }
}

/// The number both people compare; shows as four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CheckNumber(u64);

impl CheckNumber {
    fn of(handshake_hash: &[u8]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = tag("scanseal.v1 check", &[handshake_hash]);
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]) % 10_000)
    }
}

impl std::fmt::Display for CheckNumber {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}", self.0)
    }
}

fn suite() -> NoiseParams {
    NoiseParams::new(
        PROTOCOL_NAME.to_owned(),
        BaseChoice::Noise,
        HandshakeChoice {
            pattern: HandshakePattern::NK,
            modifiers: HandshakeModifierList {
                list: vec![HandshakeModifier::Psk(0)],
            },
        },
        DHChoice::Curve25519,
        CipherChoice::ChaChaPoly,
        HashChoice::SHA256,
    )
}

/// Runs `write` over a buffer of `length` bytes and cuts it to what was written.
fn sized(
    length: usize,
    write: impl FnOnce(&mut [u8]) -> Result<usize, snow::Error>,
) -> Result<Vec<u8>, NoiseError> {
    if length > LARGEST_MESSAGE {
        return Err(NoiseError::Length);
    }
    let mut buffer = vec![0; length];
    let written = write(&mut buffer).map_err(|error| match error {
        snow::Error::Input => NoiseError::Length,
        _ => NoiseError::Undecipherable,
    })?;
    buffer.truncate(written);
    Ok(buffer)
}
