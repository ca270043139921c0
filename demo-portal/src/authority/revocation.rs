//! Revocation lists (RFC 5280 section 5) and OCSP answers (RFC 6960).

use scanseal_pki::{
    AnyCertificate, CertificateStatus, Crl, OcspFailure, OcspRequest, OcspResponse, Revocation,
    RevocationPolicy, RevocationStatus, UnixTime,
};
use tokio::sync::Mutex;

use crate::{
    authority::{AuthorityError, certificate_authority::CertificateAuthority, registry},
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
    entries: u32,
}

/// Which authority's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOf {
    /// Certificates the issuing authority has issued.
    Issuing,
    /// Certificates the root has issued.
    Root,
}

impl CertificateAuthority {
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
        let counts = store.read(registry::revocation_counts).await?;
        let revoked = counts.get(self.definition().id).copied().unwrap_or(0);
        self.crl_with(store, of, revoked, now).await
    }

    /// Both lists.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn crls(&self, store: &Store, now: UnixTime) -> Result<[Crl; 2], AuthorityError> {
        Ok([
            self.crl(store, ListOf::Issuing, now).await?,
            self.crl(store, ListOf::Root, now).await?,
        ])
    }

    /// As [`Self::crl`], for who knows how many certificates this authority has revoked.
    pub(super) async fn crl_with(
        &self,
        store: &Store,
        of: ListOf,
        revoked: u32,
        now: UnixTime,
    ) -> Result<Crl, AuthorityError> {
        let id = self.definition().id;
        // Service and enterprise certificates come from the issuing authority; the root has issued nothing else.
        let (slot, counter, expected) = match of {
            ListOf::Issuing => (&self.lists.issuing, "crl-issuing", revoked),
            ListOf::Root => (&self.lists.root, "crl-root", 0),
        };
        let mut slot = slot.lock().await;
        // More entries than expected: the list was signed after the number was read.
        let fresh = |list: &&SignedList| {
            list.entries >= expected
                && now.saturating_secs_since(list.crl.this_update()) < CRL_RENEWAL_SECONDS
        };
        if let Some(list) = slot.as_ref().filter(fresh) {
            return Ok(list.crl.clone());
        }
        let counter = self.definition().own(counter);
        let (number, revoked) = store
            .write(move |transaction| {
                let revoked = match of {
                    ListOf::Issuing => registry::revocations(transaction, id)?,
                    ListOf::Root => Vec::new(),
                };
                Ok((registry::next(transaction, &counter)?, revoked))
            })
            .await?;
        let signer = match of {
            ListOf::Issuing => self.issuer(),
            ListOf::Root => self.root_issuer(),
        };
        let crl = signer.sign_crl(number, now, now.saturating_add_secs(CRL_SECONDS), &revoked)?;
        *slot = Some(SignedList {
            crl: crl.clone(),
            entries: u32::try_from(revoked.len()).unwrap_or(u32::MAX),
        });
        Ok(crl)
    }

    /// What the responder says now about a certificate, in DER, for a document that keeps it. Nothing about one that is unknown
    /// here, or while no answer can be had: the revocation list is evidence as well.
    pub async fn ocsp_about(
        &self,
        store: &Store,
        certificate: &AnyCertificate,
        now: UnixTime,
    ) -> Option<Vec<u8>> {
        let issuer = AnyCertificate::from(self.issuing());
        if certificate.issuer_name() != issuer.subject_name() {
            return None;
        }
        let question = OcspRequest::for_any(certificate, &issuer, None).ok()?;
        let answer = self.ocsp(store, question.der(), now).await;
        let response = OcspResponse::from_der(&answer).ok()?;
        let known = Revocation::new(RevocationPolicy::AllowUnknown).with_ocsp(response);
        let status = known.any_status(certificate, &issuer, now);
        (status != RevocationStatus::Unknown).then_some(answer)
    }

    /// Answers an OCSP question. What cannot be read gets the unsigned answer that RFC 6960 section 2.3 names.
    pub async fn ocsp(&self, store: &Store, question: &[u8], now: UnixTime) -> Vec<u8> {
        let Ok(question) = OcspRequest::from_der(question) else {
            return OcspFailure::MalformedRequest.to_der();
        };
        let (responder, id) = (self.responder().clone(), self.definition().id);
        let answer = store.read(move |transaction| {
            let until = now.saturating_add_secs(OCSP_SECONDS);
            let failed = std::cell::RefCell::new(None);
            let answer = responder.answer(&question, now, until, |serial| {
                registry::status_at(transaction, id, serial).unwrap_or_else(|error| {
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
