//! Electronic seals (docs/electronic-seals.md): who makes them, what is kept of them, and how their holders get them.
//!
//! An enterprise's certificate gets its seals at enrolment ([`making`]); its holder adds a signature written by hand or
//! asks for a photographed seal, which platform staff looks at first ([`asking`], [`review`]). The platform asks
//! [`status`] before it takes a seal. A seal-maker key of its own signs them, one for each authority ([`maker`]).

pub mod asking;
pub(crate) mod holder;
pub mod maker;
pub mod making;
pub mod records;
pub mod register;
pub mod review;
pub mod revoked;
pub mod routes;

pub use records::{SealStatus, status};

use rusqlite::Transaction;
use scanseal_pki::{ElectronicSeal, UnixTime};
use scanseal_protocol::error::Code;

use crate::{authority::Authority, store::StoreError};

/// A seal, and whether one of the operator's authorities is to know it.
#[derive(Clone, Debug)]
pub struct Claimed {
    id: String,
    ours: bool,
}

impl Claimed {
    /// Looks whose key has signed the seal.
    pub fn new(authority: &Authority, seal: &ElectronicSeal) -> Self {
        let key = seal.maker().spki_sha256();
        let mut makers = authority.all().map(|ca| ca.seal_maker().key_sha256());
        Self {
            id: seal.info().id.clone(),
            ours: makers.any(|maker| maker == key),
        }
    }

    /// Why the seal may not be used although it verifies; asked in the transaction that decides. Of those of other authorities
    /// nothing is known here: they end by their validity, or with the certificate.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn objection(
        &self,
        transaction: &Transaction<'_>,
        now: UnixTime,
    ) -> Result<Option<(Code, &'static str)>, StoreError> {
        Ok(match status(transaction, &self.id, now)? {
            SealStatus::Revoked { .. } => {
                Some((Code::SealRevoked, "its authority has revoked the seal"))
            }
            SealStatus::Expired => Some((Code::SealExpired, "the time of the seal is over")),
            SealStatus::Unknown if self.ours => Some((
                Code::SealNotYours,
                "its authority does not know of the seal",
            )),
            SealStatus::Unknown | SealStatus::Valid => None,
        })
    }
}
