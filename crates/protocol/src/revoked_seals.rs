//! The signed list of seals that an authority has revoked (docs/electronic-seals.md, "Revoked seals").

use scanseal_pki::{Certificate, TrustedCa, UnixTime};
use serde::{Deserialize, Serialize};

use crate::jws::{Jws, JwsError, JwsKind, Unsigned};

/// A list. Seals whose time is over are left out: nobody takes them any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedSeals {
    /// Id of the authority.
    pub authority: String,
    /// When it was signed.
    pub issued: UnixTime,
    /// Until when it may be used.
    pub expires: UnixTime,
    /// The seals, by their `esID`.
    pub revoked: Vec<RevokedSeal>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedSeal {
    /// The seal's `esID`.
    pub id: String,
    /// Since when.
    pub at: UnixTime,
    /// Why, a word of docs/electronic-seals.md.
    pub reason: String,
}

/// Why a list is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevokedSealsError {
    /// Not such a list.
    #[error("the list of revoked seals cannot be read: {0}")]
    Format(#[from] JwsError),
    /// Not signed by a key that makes the authority's seals.
    #[error("the list of revoked seals is not signed by who makes the authority's seals")]
    Signature,
    /// Of another authority.
    #[error("the list of revoked seals is another authority's")]
    OtherAuthority,
    /// Its time is over, or has not come.
    #[error("the list of revoked seals is not current")]
    NotCurrent,
}

impl RevokedSeals {
    /// Prepares the list for the signature of who makes the authority's seals; their own certificate comes first.
    ///
    /// # Errors
    /// [`JwsError`] if it is too long.
    pub fn unsigned(&self, certificates: &[Certificate]) -> Result<Unsigned, JwsError> {
        Unsigned::new(JwsKind::RevokedSeals, certificates, self)
    }

    /// Checks a list of the authority `ca`, an entry of the trust list.
    ///
    /// # Errors
    /// [`RevokedSealsError`], the first that applies.
    pub fn verify(text: &str, ca: &TrustedCa, now: UnixTime) -> Result<Self, RevokedSealsError> {
        let jws = Jws::parse(text, JwsKind::RevokedSeals)?;
        let list: Self = jws.claims()?;
        let made_by = jws.leaf().spki_sha256();
        if jws.verify_signature().is_err() || !ca.seal_keys.contains(&made_by) {
            return Err(RevokedSealsError::Signature);
        }
        if list.authority != ca.id {
            return Err(RevokedSealsError::OtherAuthority);
        }
        if now < list.issued || list.expires <= now {
            return Err(RevokedSealsError::NotCurrent);
        }
        Ok(list)
    }

    /// The entry of a seal, if it was revoked.
    pub fn find(&self, id: &str) -> Option<&RevokedSeal> {
        self.revoked.iter().find(|seal| seal.id == id)
    }
}
