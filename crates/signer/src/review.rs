//! Answering a request: check it, show it, sign the assertion.
//!
//! 1. [`Review::new`] checks the request against the operator's trust list and sorts the vault's certificates into those
//!    that fit and those that do not, each with its reason.
//! 2. The person agrees, picks a certificate and types the PIN ([`Vault::begin_attempt`](crate::Vault::begin_attempt)).
//! 3. [`Review::approve`] gives the assertion that is to be signed.

mod documents;

use scanseal_pki::{
    Certificate, EnterpriseMismatch, Revocation, RevocationPolicy, TrustList, TrustedPlatform,
    UnixTime, Usage, compare_enterprise,
};
use scanseal_protocol::{
    assertion::AssertionClaims,
    error::Code,
    jws::JwsError,
    report::Refused,
    request::{Account, Document, Operation, Request, RequestClaims, VerifiedRequest},
};

pub use self::documents::{DocumentError, DocumentReview, SealAnswer};
use crate::{
    CertificateId, KnownCa, OperatorError, Signing, StoredCertificate, Unlocked, Vault,
    enrolment::path_code,
};

/// A request that a known platform made for one of its origins: everything in it may be shown.
#[derive(Debug)]
pub struct Review {
    request: VerifiedRequest,
    candidates: Vec<Candidate>,
}

impl Review {
    /// Checks a request that came over a scan of a code of the operator with this home.
    ///
    /// # Errors
    /// [`ReviewError`]; refuse the request with its code, and show nothing of it.
    pub fn new(
        vault: &Vault,
        home: &str,
        request: &str,
        now: UnixTime,
    ) -> Result<Self, ReviewError> {
        let trust = vault
            .operator(home)
            .ok_or(OperatorError::Unknown)?
            .trust_list(now)?;
        let request = Request::parse(request)?.verify(&trust, now)?;
        let candidates = vault
            .certificates()
            .iter()
            .map(|stored| Candidate::judge(stored, request.claims(), &trust, now));
        let candidates = candidates.collect();
        Ok(Self {
            request,
            candidates,
        })
    }

    /// Who asks, by the name that the trust list proves.
    pub fn platform(&self) -> &TrustedPlatform {
        self.request.platform()
    }

    /// What is asked.
    pub fn claims(&self) -> &RequestClaims {
        self.request.claims()
    }

    /// The account to which a certificate shall be bound, or for which documents are sealed; `None` for a login.
    pub fn account(&self) -> Option<&Account> {
        self.claims().account.as_ref()
    }

    /// The documents to seal; none for another operation.
    pub fn documents(&self) -> &[Document] {
        self.request.request().documents()
    }

    /// All certificates of the vault, in its order.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// If no certificate fits: the code to refuse with. It is the one reason, where all have the same.
    pub fn none_fits(&self) -> Option<Code> {
        let mut reasons: Vec<Code> = self
            .candidates
            .iter()
            .map(Candidate::unfit)
            .collect::<Option<_>>()?;
        reasons.dedup();
        match reasons.as_slice() {
            [] => Some(Code::CertificateNone),
            [reason] => Some(*reason),
            _ => Some(Code::RefusedCertificate),
        }
    }

    /// Whether this certificate can answer now. Ask before the PIN, so that no try is spent in vain.
    ///
    /// # Errors
    /// [`ApproveError::Unfit`], [`ApproveError::Unknown`] and [`ApproveError::Expired`].
    pub fn check(
        &self,
        certificate: &CertificateId,
        now: UnixTime,
    ) -> Result<&Candidate, ApproveError> {
        if now > self.claims().exp {
            return Err(ApproveError::Expired);
        }
        let candidate = self
            .candidates
            .iter()
            .find(|candidate| candidate.id() == *certificate);
        let candidate = candidate.ok_or(ApproveError::Unknown)?;
        candidate
            .unfit()
            .map_or(Ok(candidate), |code| Err(ApproveError::Unfit { code }))
    }

    /// The assertion that answers the request, to be signed. `channel_binding` ties it to the channel of this scan.
    ///
    /// # Errors
    /// Those of [`Self::check`], [`ApproveError::Documents`] for a request to seal, and [`ApproveError::Assertion`] if it
    /// would be longer than anyone accepts.
    pub fn approve(
        &self,
        unlocked: &Unlocked,
        channel_binding: &[u8; 32],
        now: UnixTime,
    ) -> Result<Signing<String>, ApproveError> {
        let candidate = self.check(&unlocked.certificate(), now)?;
        if !self.documents().is_empty() {
            return Err(ApproveError::Documents);
        }
        let unsigned = AssertionClaims::answering(&self.request, *channel_binding, now)
            .unsigned(&candidate.chain)?;
        let signing_input = unsigned.signing_input().to_vec();
        Ok(Signing::new(
            unlocked.signer(),
            &signing_input,
            move |signature| {
                unsigned
                    .finish(&signature)
                    .expect("`Signing` gives only signatures that verify")
            },
        ))
    }
}

/// A certificate of the vault, judged for one request.
#[derive(Debug)]
pub struct Candidate {
    chain: Vec<Certificate>,
    ca: Option<KnownCa>,
    unfit: Option<Unfit>,
}

/// Why a certificate cannot answer.
#[derive(Clone, Copy, Debug)]
enum Unfit {
    Code(Code),
    Enterprise(EnterpriseMismatch),
}

impl Candidate {
    /// The certificate's id in the vault.
    pub fn id(&self) -> CertificateId {
        CertificateId::of(self.certificate())
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.chain[0]
    }

    /// The certificate, and those of the authorities above it.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// Its authority; `None` if the trust list does not know it.
    pub fn ca(&self) -> Option<&KnownCa> {
        self.ca.as_ref()
    }

    /// Why it cannot answer; `None` if it can: `certificate-untrusted` (its authority is not in the list),
    /// `certificate-expired`, `certificate-not-yet-valid`, `certificate-wrong-usage`, `certificate-wrong-kind` (the request
    /// does not accept its authority). To bind and to seal also `certificate-already-bound` (it is the one to be replaced) and, where
    /// [`Self::mismatch`] tells more, `certificate-name-mismatch` and `certificate-code-mismatch`.
    pub fn unfit(&self) -> Option<Code> {
        self.unfit.map(|unfit| match unfit {
            Unfit::Code(code) => code,
            Unfit::Enterprise(mismatch) => mismatch.into(),
        })
    }

    /// What differs between its enterprise and the account's, if that is why it cannot answer. Show both.
    pub fn mismatch(&self) -> Option<EnterpriseMismatch> {
        match self.unfit {
            Some(Unfit::Enterprise(mismatch)) => Some(mismatch),
            _ => None,
        }
    }

    fn judge(
        stored: &StoredCertificate,
        asked: &RequestClaims,
        trust: &TrustList,
        now: UnixTime,
    ) -> Self {
        let (leaf, others) = (stored.certificate(), &stored.chain()[1..]);
        // A phone has no revocation data; the platform checks revocation itself.
        let revocation = Revocation::new(RevocationPolicy::AllowUnknown);
        let usage = match asked.op {
            Operation::Seal => Usage::DocumentSigning,
            _ => Usage::Login,
        };
        let path = trust.verify_path(leaf, others, now, usage, &revocation);
        let (ca, unfit) = match path {
            Ok((ca, _)) if !asked.accept.allows(ca.kind, &ca.id) => {
                (Some(ca), Some(Unfit::Code(Code::CertificateWrongKind)))
            }
            Ok((ca, _)) => {
                let account = asked.account.as_ref();
                (
                    Some(ca),
                    account.and_then(|account| unfit_for(leaf, account)),
                )
            }
            Err(error) => (trust.ca_of(leaf), Some(Unfit::Code(path_code(&error)))),
        };
        Self {
            chain: stored.chain().to_vec(),
            ca: ca.map(KnownCa::from),
            unfit,
        }
    }
}

/// What the platform would say as well, said before the PIN.
fn unfit_for(leaf: &Certificate, account: &Account) -> Option<Unfit> {
    if account.replaces == Some(leaf.sha256()) {
        return Some(Unfit::Code(Code::CertificateAlreadyBound));
    }
    compare_enterprise(leaf, &account.enterprise, &account.credit_code)
        .err()
        .map(Unfit::Enterprise)
}

/// Why a request is not shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// There is no trust list to check it with.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// A check of the request failed.
    #[error("the request is refused: {0}")]
    Request(#[from] Refused),
}

impl ReviewError {
    /// The stable code, with which the request is refused.
    pub fn code(&self) -> Code {
        match self {
            Self::Operator(error) => error.code(),
            Self::Request(refused) => refused.code,
        }
    }
}

/// Why a request cannot be answered with this certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApproveError {
    /// It is about documents, and these are not, or not all, of this request and this certificate; or none is to be sealed.
    #[error("the documents are not those of this request and this certificate")]
    Documents,
    /// The assertion breaks a limit.
    #[error("the assertion cannot be made: {0}")]
    Assertion(#[from] JwsError),
    /// Too late.
    #[error("the request has expired: start again on the web page")]
    Expired,
    /// The certificate does not fit the request.
    #[error("this certificate cannot answer the request: {code}")]
    Unfit {
        /// Why not.
        code: Code,
    },
    /// Not a certificate of this review.
    #[error("the vault has no such certificate")]
    Unknown,
}

impl ApproveError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Assertion(_) | Self::Documents => Code::Internal,
            Self::Expired => Code::RequestExpired,
            Self::Unfit { code } => *code,
            Self::Unknown => Code::CertificateNone,
        }
    }
}

#[cfg(test)]
mod tests;
