//! Step 2 of a scan: the checks of what the page hands over.
//!
//! 1. [`Submission::parse`] reads it. Nothing that the page says is believed but the channel binding, which the phone's
//!    signature covers.
//! 2. [`Submission::find_course`] looks at the request's record: is it ours, still the newest, used before?
//! 3. [`Submission::verify`] runs the protocol's checks (signature to revocation) and compares the browser.
//! 4. **In one transaction** with what follows from it: step 2 again, then [`Verified::check_login`] or
//!    [`Verified::check_bind`] with what the platform's own tables say, then the nonce is marked as used. What step 3 went by
//!    was read before: a revocation or a setting that the platform itself can have changed since then is asked again here.
//!
//! Every refusal is a [`Refusal`]: the code of the first check that failed, all checks with what came of each, and the HTTP
//! status that fits. A refusal uses nothing up: the right answer to the same request is still taken.
//!
//! If an answer got lost, the same browser may hand over the same submission again for [`REPEAT_SECONDS`] and is given the
//! identical answer. For anybody else, and later, a used nonce is gone.

mod account;
mod refusal;

use data_encoding::BASE64URL_NOPAD;
use scanseal_pki::{Certificate, Revocation, TrustList, TrustedCa, UnixTime};
use scanseal_protocol::{
    assertion::{self, AssertionClaims, Expected, VerifiedAssertion},
    error::Code,
    jws::{Jws, JwsKind},
    report::{Check, Failure, Report},
    request::{Account, Nonce, Operation, Request},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

pub use self::{
    account::{BindOutcome, BindStanding, Holder, LoginStanding},
    refusal::{CHECKS, Mismatch, MismatchField, Refusal},
};
use crate::request::RequestRecord;

/// Seconds in which the same browser gets the same answer again.
pub const REPEAT_SECONDS: u64 = 60;

/// What the page hands over, as JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Handover {
    /// The phone's answer, a compact JWS.
    pub assertion: String,
    /// Binding of the channel that the page saw: 32 bytes in base64url.
    pub channel_binding: String,
}

/// A submission that could be read. Reading proves nothing.
#[derive(Clone, Debug)]
pub struct Submission {
    text: String,
    channel_binding: [u8; 32],
    claims: AssertionClaims,
    certificate: Certificate,
    chain: Vec<Certificate>,
    hash: [u8; 32],
}

/// How to go on with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Its request waits for an answer: verify it.
    First,
    /// It was judged a moment ago: give the same answer again, nothing else.
    Repeat,
}

/// What a submission is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The record of the request with the submission's nonce.
    pub record: &'a RequestRecord,
    /// The browser that hands it over: [`browser_hash`](crate::request::browser_hash) of its scan cookie.
    pub browser: &'a [u8; 32],
    /// The authorities that the platform trusts.
    pub trust: &'a TrustList,
    /// What it knows about revocation, and what to do where it knows nothing.
    pub revocation: &'a Revocation,
    /// The time.
    pub now: UnixTime,
}

impl Submission {
    /// Reads a submission.
    ///
    /// # Errors
    /// [`Refusal`] with `assertion-invalid`, or `malformed` for the channel binding.
    pub fn parse(handover: &Handover) -> Result<Self, Refusal> {
        let binding = BASE64URL_NOPAD.decode(handover.channel_binding.as_bytes());
        let channel_binding = binding
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| {
                let detail = "`channelBinding` must be 32 bytes in base64url without padding.";
                Refusal::at(Check::Format, Code::Malformed, detail)
            })?;
        let invalid =
            |error: &dyn ToString| Refusal::at(Check::Format, Code::AssertionInvalid, error);
        let jws =
            Jws::parse(&handover.assertion, JwsKind::Assertion).map_err(|error| invalid(&error))?;
        let claims = jws.claims().map_err(|error| invalid(&error))?;
        let mut hash = Sha256::new();
        hash.update(channel_binding);
        hash.update(handover.assertion.as_bytes());
        Ok(Self {
            text: handover.assertion.clone(),
            channel_binding,
            claims,
            certificate: jws.leaf().clone(),
            chain: jws.others().to_vec(),
            hash: hash.finalize().into(),
        })
    }

    /// Under which the request's record is found.
    pub fn nonce(&self) -> Nonce {
        self.claims.jti
    }

    /// Tells equal submissions from others; kept with the nonce that it used.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Whether it can be told that the holder of the certificate's key has signed this, whatever else is wrong with it.
    /// For logs: the owner of a bound certificate wants to know what was tried with it.
    pub fn signer(&self) -> Option<&Certificate> {
        let jws = Jws::parse(&self.text, JwsKind::Assertion).ok()?;
        jws.verify_signature().ok().map(|()| &self.certificate)
    }

    /// Looks at the request's record. Call it before [`Submission::verify`], and again in the transaction that uses the nonce:
    /// an equal submission may have been faster.
    ///
    /// # Errors
    /// [`Refusal`]: `assertion-invalid` without a record, `superseded`, `assertion-replayed`.
    pub fn find_course(
        &self,
        record: Option<&RequestRecord>,
        browser: Option<&[u8; 32]>,
        now: UnixTime,
    ) -> Result<Course, Refusal> {
        let browser = browser.ok_or_else(|| {
            let detail = "this browser was given no request, or it blocks cookies";
            Refusal::at(Check::Browser, Code::AssertionWrongBrowser, detail)
        })?;
        let record = record.ok_or_else(|| {
            let detail = "this platform has issued no such request";
            Refusal::at(Check::Request, Code::AssertionInvalid, detail)
        })?;
        if let Some(used) = &record.used {
            // Whatever the assertion is worth: its nonce is used, and only its own sender learns more.
            let again = record.is_of(browser)
                && used.submission == self.hash
                && now.saturating_secs_since(used.at) < REPEAT_SECONDS;
            return if again {
                Ok(Course::Repeat)
            } else {
                Err(Refusal::replayed())
            };
        }
        if record.superseded {
            let detail = "a newer request of this account stands in its place";
            return Err(Refusal::at(Check::Request, Code::Superseded, detail));
        }
        Ok(Course::First)
    }

    /// Runs the protocol's checks and compares the browser.
    ///
    /// # Errors
    /// [`Refusal`] with the code of the first check that failed.
    pub fn verify(&self, against: &Against<'_>) -> Result<Verified, Refusal> {
        let own = if against.record.is_of(against.browser) {
            Ok(())
        } else {
            Err(Failure::new(
                Code::AssertionWrongBrowser,
                "the request was given to another browser",
            ))
        };
        let request = Request::parse(&against.record.request)
            .map_err(|refused| Refusal::at(Check::Request, Code::Internal, &refused))?;
        let expected = Expected {
            request: &request,
            channel_binding: &self.channel_binding,
            trust: against.trust,
            revocation: against.revocation,
            now: against.now,
        };
        match assertion::verify(&self.text, &expected) {
            Ok(verified) => {
                let mut report = verified.report().clone();
                report.record(Check::Browser, own);
                let report = report.conclude().map_err(Refusal::from)?;
                Ok(Verified {
                    assertion: verified,
                    request,
                    chain: self.chain.clone(),
                    report,
                })
            }
            Err(mut refused) => {
                refused.report.record(Check::Browser, own);
                Err(Refusal::from(refused))
            }
        }
    }
}

/// A submission whose checks all passed, but for those that take the platform's own tables. Only [`Submission::verify`]
/// makes it.
#[derive(Clone, Debug)]
pub struct Verified {
    assertion: VerifiedAssertion,
    request: Request,
    chain: Vec<Certificate>,
    report: Report,
}

impl Verified {
    /// The holder's certificate.
    pub fn certificate(&self) -> &Certificate {
        self.assertion.certificate()
    }

    /// The certificates that came with it.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The authority of the trust list to which it leads.
    pub fn authority(&self) -> &TrustedCa {
        self.assertion.authority()
    }

    /// What the request was for.
    pub fn operation(&self) -> &Operation {
        &self.request.claims().op
    }

    /// Of an answer to a request to seal: for each of its documents the digest that is signed, or nothing if it is not sealed.
    pub fn documents(&self) -> &[Option<[u8; 32]>] {
        let documents = self.assertion.claims().documents.as_deref();
        documents.unwrap_or_default()
    }

    /// The account of a request to bind or to seal.
    pub fn account(&self) -> Option<&Account> {
        self.request.claims().account.as_ref()
    }
}
