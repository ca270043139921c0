//! Making a signature in rounds, without knowing where the key is.
//!
//! Today the whole key is in the phone: one round, nothing to send. A key split between phone and co-signer (密钥拆分)
//! needs several: each round's message goes to the co-signer, its answer comes into the next round. Everything above
//! this module (certificate requests, assertions) is written against [`Signer`] and works with both.
//!
//! 1. [`Signer::start`] with the message gives a [`SigningSession`].
//! 2. [`Signing`] couples it with what the signature is for, and is driven either by hand ([`Signing::next`]: bytes in,
//!    bytes out, no socket) or by [`Signing::run`] over a [`CoSigner`].

use core::fmt;

use scanseal_pki::{ES256_SIGNATURE_LENGTH, PublicKey, SigningKey, rand_core::CryptoRng};
use zeroize::Zeroizing;

/// Most rounds of one signature. Two-party ECDSA needs three or four; a co-signer that goes on is broken or hostile.
pub const MAX_ROUNDS: usize = 16;

/// A signature as JWS carries it: r and s, 32 bytes each.
pub type Signature = [u8; ES256_SIGNATURE_LENGTH];

/// Something that can sign for one public key, alone or together with others.
pub trait Signer {
    /// The key that verifies what is signed.
    fn public_key(&self) -> PublicKey;

    /// Begins a signature over `message` (not over its hash).
    fn start(&self, message: &[u8]) -> Box<dyn SigningSession>;
}

/// One signature in the making.
pub trait SigningSession {
    /// One round. `incoming` is the co-signer's answer to the message of the round before; none in the first round.
    ///
    /// # Errors
    /// [`SigningError`]: the signature will not come; start again.
    fn next(&mut self, incoming: Option<&[u8]>) -> Result<Round, SigningError>;
}

/// What a round gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Round {
    /// Bytes for the co-signer; its answer goes into the next round.
    Send(Vec<u8>),
    /// The signature.
    Done(Signature),
}

/// The way to the co-signer. The host implements it over its network.
pub trait CoSigner {
    /// Sends a message and waits for the answer.
    fn exchange(&mut self, message: Vec<u8>)
    -> impl Future<Output = Result<Vec<u8>, SigningError>>;
}

/// For keys that need no co-signer; refuses if one is asked for.
#[derive(Clone, Copy, Debug)]
pub struct NoCoSigner;

impl CoSigner for NoCoSigner {
    async fn exchange(&mut self, _message: Vec<u8>) -> Result<Vec<u8>, SigningError> {
        Err(SigningError::CoSignerMissing)
    }
}

/// Why no signature came about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The key is split, and this host knows no co-signer.
    #[error("this key needs a co-signer, and none is configured")]
    CoSignerMissing,
    /// The co-signer did not answer, or answered with something else.
    #[error("the co-signer failed: {0}")]
    CoSigner(String),
    /// The signature that came out does not verify.
    #[error("the signature that came out does not fit the key; start again")]
    Invalid,
    /// More than [`MAX_ROUNDS`].
    #[error("the signature was not finished after {MAX_ROUNDS} rounds")]
    TooManyRounds,
}

/// A document that waits for its signature. Each round consumes it and gives what comes next.
pub struct Signing<T> {
    public_key: PublicKey,
    current: Part,
    /// What is to be signed after it, the next one last.
    later: Vec<Part>,
    signatures: Vec<Signature>,
    finish: Box<dyn FnOnce(Vec<Signature>) -> T>,
}

/// One message and its signature in the making.
struct Part {
    session: Box<dyn SigningSession>,
    message: Vec<u8>,
    rounds: usize,
}

/// Where a [`Signing`] is after a round.
pub enum Progress<T> {
    /// Send these bytes to the co-signer; give its answer to [`Signing::next`].
    Send(Vec<u8>, Box<Signing<T>>),
    /// The finished document.
    Done(T),
}

impl<T> Signing<T> {
    /// Couples a signature with what becomes of it.
    pub(crate) fn new(
        signer: &dyn Signer,
        message: &[u8],
        finish: impl FnOnce(Signature) -> T + 'static,
    ) -> Self {
        let finish = move |mut signatures: Vec<Signature>| finish(signatures.remove(0));
        Self::several(signer, message, &[], finish)
    }

    /// The same for messages signed one after the other: `first`, then the `others`.
    pub(crate) fn several(
        signer: &dyn Signer,
        first: &[u8],
        others: &[Vec<u8>],
        finish: impl FnOnce(Vec<Signature>) -> T + 'static,
    ) -> Self {
        let part = |message: &[u8]| Part {
            session: signer.start(message),
            message: message.to_vec(),
            rounds: 0,
        };
        Self {
            public_key: signer.public_key(),
            current: part(first),
            later: others.iter().rev().map(|message| part(message)).collect(),
            signatures: Vec::new(),
            finish: Box::new(finish),
        }
    }

    /// One round; `incoming` as in [`SigningSession::next`].
    ///
    /// # Errors
    /// Those of the session, [`SigningError::TooManyRounds`], and [`SigningError::Invalid`]: a co-signer must not be
    /// able to make this phone send out a signature that nobody accepts.
    pub fn next(mut self, incoming: Option<&[u8]>) -> Result<Progress<T>, SigningError> {
        let mut incoming = incoming;
        loop {
            if self.current.rounds == MAX_ROUNDS {
                return Err(SigningError::TooManyRounds);
            }
            self.current.rounds += 1;
            let signature = match self.current.session.next(incoming.take())? {
                Round::Send(message) => return Ok(Progress::Send(message, Box::new(self))),
                Round::Done(signature) => signature,
            };
            self.public_key
                .verify_es256(&self.current.message, &signature)
                .map_err(|_| SigningError::Invalid)?;
            self.signatures.push(signature);
            match self.later.pop() {
                Some(next) => self.current = next,
                None => return Ok(Progress::Done((self.finish)(self.signatures))),
            }
        }
    }

    /// All rounds, over the co-signer.
    ///
    /// # Errors
    /// Those of [`Self::next`] and of the co-signer.
    pub async fn run(self, co_signer: &mut impl CoSigner) -> Result<T, SigningError> {
        let mut progress = self.next(None)?;
        loop {
            progress = match progress {
                Progress::Done(document) => return Ok(document),
                Progress::Send(message, signing) => {
                    let answer = co_signer.exchange(message).await?;
                    signing.next(Some(&answer))?
                }
            };
        }
    }
}

impl<T> fmt::Debug for Signing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signing")
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

/// What the phone holds of a key, in the clear. Wiped on drop; `Debug` shows nothing of it.
///
/// The first byte of its stored form is the kind, so that split keys can live in the same vault.
pub struct KeyShare(LocalKey);

impl KeyShare {
    const LOCAL: u8 = 1;

    /// Makes a new key that is wholly in this phone.
    pub fn generate_local<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(LocalKey(SigningKey::generate(rng)))
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let key = self.0.0.to_pkcs8_der();
        let mut bytes = Zeroizing::new(Vec::with_capacity(1 + key.len()));
        bytes.push(Self::LOCAL);
        bytes.extend_from_slice(&key);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first()? {
            (&Self::LOCAL, key) => SigningKey::from_pkcs8_der(key)
                .ok()
                .map(|key| Self(LocalKey(key))),
            _ => None,
        }
    }
}

impl Signer for KeyShare {
    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn start(&self, message: &[u8]) -> Box<dyn SigningSession> {
        self.0.start(message)
    }
}

impl fmt::Debug for KeyShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyShare(..)")
    }
}

/// A whole key in this phone: done in the first round.
struct LocalKey(SigningKey);

impl Signer for LocalKey {
    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn start(&self, message: &[u8]) -> Box<dyn SigningSession> {
        Box::new(Finished(self.0.sign_es256(message)))
    }
}

struct Finished(Signature);

impl SigningSession for Finished {
    fn next(&mut self, _incoming: Option<&[u8]>) -> Result<Round, SigningError> {
        Ok(Round::Done(self.0))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::testing::{Counter, SplitKey, block_on};

    struct Echo {
        answers: usize,
    }

    impl CoSigner for Echo {
        async fn exchange(&mut self, message: Vec<u8>) -> Result<Vec<u8>, SigningError> {
            self.answers += 1;
            Ok(message)
        }
    }

    fn verified(key: &dyn Signer, signature: Signature) -> bool {
        key.public_key()
            .verify_es256(b"message", &signature)
            .is_ok()
    }

    #[test]
    fn local_key_signs_in_one_round_without_a_co_signer() {
        let key = KeyShare::generate_local(&mut Counter::new(1));
        let signing = Signing::new(&key, b"message", |signature| signature);
        assert!(verified(
            &key,
            block_on(signing.run(&mut NoCoSigner)).unwrap()
        ));
    }

    #[test]
    fn split_key_signs_over_its_co_signer() {
        let (key, mut co_signer) = (SplitKey::new(3), Echo { answers: 0 });
        let signing = Signing::new(&key, b"message", |signature| signature);
        assert!(verified(
            &key,
            block_on(signing.run(&mut co_signer)).unwrap()
        ));
        assert_eq!(co_signer.answers, 3);
    }

    #[test]
    fn split_key_without_a_co_signer_is_refused() {
        let signing = Signing::new(&SplitKey::new(1), b"message", |signature| signature);
        assert_eq!(
            block_on(signing.run(&mut NoCoSigner)),
            Err(SigningError::CoSignerMissing)
        );
    }

    #[test]
    fn rounds_are_accepted_at_the_limit_and_refused_one_past_it() {
        // The last round gives the signature and sends nothing.
        for (exchanges, expected) in [(MAX_ROUNDS - 1, true), (MAX_ROUNDS, false)] {
            let signing = Signing::new(&SplitKey::new(exchanges), b"message", |_| ());
            let outcome = block_on(signing.run(&mut Echo { answers: 0 }));
            assert_eq!(
                outcome,
                if expected {
                    Ok(())
                } else {
                    Err(SigningError::TooManyRounds)
                }
            );
        }
    }

    #[test]
    fn several_messages_are_signed_in_their_order_each_with_rounds_of_its_own() {
        let (key, mut co_signer) = (SplitKey::new(MAX_ROUNDS - 1), Echo { answers: 0 });
        let others = [b"second".to_vec(), b"third".to_vec()];
        let signing = Signing::several(&key, b"first", &others, |signatures| signatures);
        let signatures = block_on(signing.run(&mut co_signer)).unwrap();
        let messages: [&[u8]; 3] = [b"first", b"second", b"third"];
        assert_eq!(signatures.len(), messages.len());
        for (message, signature) in messages.iter().zip(&signatures) {
            key.public_key().verify_es256(message, signature).unwrap();
        }
        assert_eq!(co_signer.answers, 3 * (MAX_ROUNDS - 1));
    }

    #[test]
    fn signature_that_does_not_verify_never_leaves() {
        struct Liar(KeyShare);
        impl Signer for Liar {
            fn public_key(&self) -> PublicKey {
                self.0.public_key()
            }
            fn start(&self, _message: &[u8]) -> Box<dyn SigningSession> {
                self.0.start(b"another message")
            }
        }
        let signing = Signing::new(
            &Liar(KeyShare::generate_local(&mut Counter::new(1))),
            b"message",
            |_| (),
        );
        assert_eq!(
            block_on(signing.run(&mut NoCoSigner)),
            Err(SigningError::Invalid)
        );
    }

    #[test]
    fn stored_share_is_the_same_key_and_an_unknown_kind_is_refused() {
        let key = KeyShare::generate_local(&mut Counter::new(1));
        let mut bytes = key.to_bytes();
        assert_eq!(
            KeyShare::from_bytes(&bytes).unwrap().public_key(),
            key.public_key()
        );
        bytes[0] = 2;
        assert!(KeyShare::from_bytes(&bytes).is_none());
        assert!(KeyShare::from_bytes(&[]).is_none());
    }
}
