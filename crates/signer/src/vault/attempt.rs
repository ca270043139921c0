//! A try of a PIN: counted, then stored, then answered.

use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;

use super::{CertificateId, Vault, share_context};
use crate::{KeyShare, Pin, Signer, lockout::Cost};

/// A try that is counted in the vault, but perhaps not yet in the host's storage.
#[must_use = "store the bytes, then go on with `stored`"]
#[derive(Debug)]
pub struct BegunAttempt {
    pub(super) to_store: Vec<u8>,
    pub(super) attempt: Attempt,
}

impl BegunAttempt {
    /// The vault with the try counted. Store it before anything else happens.
    pub fn to_store(&self) -> &[u8] {
        &self.to_store
    }

    /// The host's word that [`Self::to_store`] is stored.
    pub fn stored(self) -> Attempt {
        self.attempt
    }
}

/// A try that is counted and stored.
#[must_use = "the try is counted already"]
#[derive(Debug)]
pub struct Attempt {
    pub(super) certificate: CertificateId,
    pub(super) cost: Cost,
}

impl Attempt {
    /// Opens the key share. The right PIN sets the counter back in `vault`, which the host should then store: if it
    /// does not, the try stays counted.
    ///
    /// # Errors
    /// [`UnlockError::Wrong`], [`UnlockError::Locked`] if it was the last try before a pause, and
    /// [`UnlockError::Unknown`] if the certificate was removed meanwhile.
    pub fn unlock(self, vault: &mut Vault, pin: &Pin) -> Result<Unlocked, UnlockError> {
        let stored = vault.stored_mut(&self.certificate)?;
        let share = stored.share.open(pin, &share_context(stored.certificate()));
        let Some(share) = share
            .as_deref()
            .and_then(|bytes| KeyShare::from_bytes(bytes))
        else {
            return Err(match self.cost {
                Cost::TriesLeft(tries_left) => UnlockError::Wrong { tries_left },
                Cost::LockedUntil(until) => UnlockError::Locked { until },
            });
        };
        stored.tries.reset();
        Ok(Unlocked {
            certificate: self.certificate,
            share,
        })
    }
}

/// A key share in the clear, for one use. Wiped on drop.
#[derive(Debug)]
pub struct Unlocked {
    pub(super) certificate: CertificateId,
    pub(super) share: KeyShare,
}

impl Unlocked {
    /// Whose share it is.
    pub fn certificate(&self) -> CertificateId {
        self.certificate
    }

    /// What signs with it.
    pub fn signer(&self) -> &dyn Signer {
        &self.share
    }
}

/// Why a key share stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// Too many wrong PINs.
    #[error("too many wrong PINs: the next try is allowed at {} (seconds since 1970)", until.as_secs())]
    Locked {
        /// When the next try is allowed.
        until: UnixTime,
    },
    /// No such certificate.
    #[error("the vault has no such certificate")]
    Unknown,
    /// The PIN is wrong.
    #[error("the PIN is wrong; tries left: {tries_left}")]
    Wrong {
        /// Tries before the next pause.
        tries_left: u32,
    },
}

impl UnlockError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Locked { .. } => Code::PinLocked,
            Self::Unknown => Code::CertificateNone,
            Self::Wrong { .. } => Code::PinWrong,
        }
    }
}
