#![doc = include_str!("../README.md")]

mod enrolment;
mod held_seal;
mod lockout;
mod operator;
mod pin;
mod review;
mod seal_call;
mod sealing;
mod signing;
#[cfg(test)]
mod testing;
mod vault;

pub use enrolment::{Enrolled, Enrolment, EnrolmentError, MAX_ANSWER_BYTES};
pub use held_seal::SealError;
pub use lockout::{FIRST_PAUSE_SECS, FREE_TRIES, LONGEST_PAUSE_SECS};
pub use operator::{KnownCa, Operator, OperatorError};
pub use pin::{MAX_PIN_DIGITS, MIN_PIN_DIGITS, NewPin, Pin, PinPolicyError};
pub use review::{
    ApproveError, Candidate, DocumentError, DocumentReview, Review, ReviewError, SealAnswer,
};
pub use seal_call::authorize_seal_call;
pub use sealing::{KdfParameters, KdfParametersError};
pub use signing::{
    CoSigner, KeyShare, MAX_ROUNDS, NoCoSigner, Progress, Round, Signature, Signer, Signing,
    SigningError, SigningSession,
};
pub use vault::{
    Attempt, BegunAttempt, CertificateId, MAX_CERTIFICATES, MAX_OPERATORS, MAX_VAULT_BYTES,
    StoredCertificate, UnlockError, Unlocked, Vault, VaultError,
};
