//! Revocation lists (RFC 5280 section 5) and OCSP answers (RFC 6960).

use scanseal_pki::{
    CertificateStatus, Crl, OcspFailure, OcspRequest, Revocation, RevocationPolicy, UnixTime,
};
use tokio::sync::Mutex;

use crate::{
    authority::{Authority, AuthorityError, registry},
    store::{Store, StoreError},
};

/// Seconds for which a revocation list may be used: a day, so that a weekend outage of the demo is noticed on Monday.
pub const CRL_SECONDS: u64 = 86_400;
/// A list is renewed after half its life, so that who fetches one has time left.
const CRL_RENEWAL_SECONDS: u64 = CRL_SECONDS / 2;
/// Seconds for which an OCSP answer may be used.
pub const OCSP_SECONDS: u64 = 3_600;

/// The lists signed last.
#[derive(Default)]
pub(super) struct SignedLists {
    root: Mutex<Option<SignedList>>,
    issuing: Mutex<Option<SignedList>>,
}

struct SignedList {
    crl: Crl,
    entries: usize,
}

/// Which authority's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOf {
    /// Certificates the issuing authority has issued.
    Issuing,
    /// Certificates the root has issued.
    Root,
}

impl Authority {
    /// The current revocation list: signed anew after a revocation, also one made by another process, and at half-life.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn crl(
        &self,
        store: &Store,
        of: ListOf,
        now: UnixTime,
    ) -> Result<Crl, AuthorityError> {
        let (slot, counter) = match of {
            ListOf::Issuing => (&self.lists.issuing, "crl-issuing"),
            ListOf::Root => (&self.lists.root, "crl-root"),
        };
        let mut slot = slot.lock().await;
        let revoked = match of {
            ListOf::Issuing => store.read(registry::revocations).await?,
            // Service and enterprise certificates come from the issuing authority; the root has issued nothing else.
            ListOf::Root => Vec::new(),
        };
        let fresh = |list: &&SignedList| {
            // Revocations are never taken back, so an equal number means equal entries.
            list.entries == revoked.len()
                && now.saturating_secs_since(list.crl.this_update()) < CRL_RENEWAL_SECONDS
        };
        if let Some(list) = slot.as_ref().filter(fresh) {
            return Ok(list.crl.clone());
        }
        let number = store
            .write(move |transaction| registry::next(transaction, counter))
            .await?;
        let signer = match of {
            ListOf::Issuing => &self.issuing,
            ListOf::Root => &self.root,
        };
        let crl = signer.sign_crl(number, now, now.saturating_add_secs(CRL_SECONDS), &revoked)?;
        *slot = Some(SignedList {
            crl: crl.clone(),
            entries: revoked.len(),
        });
        Ok(crl)
    }

    /// Revocation data for checking a path of this authority: a status that cannot be told is a refusal.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn revocation(
        &self,
        store: &Store,
        now: UnixTime,
    ) -> Result<Revocation, AuthorityError> {
        let issuing = self.crl(store, ListOf::Issuing, now).await?;
        let root = self.crl(store, ListOf::Root, now).await?;
        Ok(Revocation::new(RevocationPolicy::RequireAll)
            .with_crl(issuing)
            .with_crl(root))
    }

    /// Answers an OCSP question. What cannot be read gets the unsigned answer that RFC 6960 section 2.3 names.
    pub async fn ocsp(&self, store: &Store, question: &[u8], now: UnixTime) -> Vec<u8> {
        let Ok(question) = OcspRequest::from_der(question) else {
            return OcspFailure::MalformedRequest.to_der();
        };
        let responder = self.responder.clone();
        let answer = store.read(move |transaction| {
            let until = now.saturating_add_secs(OCSP_SECONDS);
            let failed = std::cell::RefCell::new(None);
            let answer = responder.answer(&question, now, until, |serial| {
                registry::status(transaction, serial).unwrap_or_else(|error| {
                    failed.replace(Some(error));
                    CertificateStatus::Unknown
                })
            });
            match failed.into_inner() {
                Some(error) => Err(error),
                None => {
                    answer.map_err(|_| StoreError::Damaged("a revocation that OCSP cannot express"))
                }
            }
        });
        answer.await.unwrap_or_else(|error| {
            tracing::error!(%error, "no OCSP answer");
            match error {
                StoreError::Closed => OcspFailure::TryLater.to_der(),
                _ => OcspFailure::InternalError.to_der(),
            }
        })
    }
}
