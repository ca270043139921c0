//! The platform's checks of an assertion, and the phone's way to make one.

use scanseal_pki::{
    Certificate, PathError, PathReport, Revocation, RevocationPolicy, TrustList, TrustedCa,
    UnixTime, Usage,
};

use super::{Assertion, AssertionClaims, PLATFORM_CHECKS, SignedDocuments, read};
use crate::{
    error::Code,
    jws::{JwsError, JwsKind, Unsigned},
    limits,
    report::{Check, Failure, Refused, Report, require},
    request::{Operation, Request, VerifiedRequest},
};

impl AssertionClaims {
    /// The answer to a request that was verified and that the person agreed to.
    pub fn answering(request: &VerifiedRequest, channel_binding: [u8; 32], iat: UnixTime) -> Self {
        let asked = request.claims();
        Self {
            req: request.request().hash(),
            jti: asked.jti,
            op: asked.op.clone(),
            origin: asked.origin.clone(),
            aud: asked.iss.clone(),
            cb: channel_binding,
            iat,
            documents: None,
        }
    }

    /// The same, with what was signed of each document.
    #[must_use]
    pub fn with_documents(self, documents: SignedDocuments) -> Self {
        Self {
            documents: Some(documents),
            ..self
        }
    }

    /// Prepares the claims for the holder's signature. `certificates` has the holder's own first.
    ///
    /// # Errors
    /// [`JwsError`] if there are too many certificates, or all together is too long.
    pub fn unsigned(&self, certificates: &[Certificate]) -> Result<Unsigned, JwsError> {
        Unsigned::new(JwsKind::Assertion, certificates, self)
    }
}

/// What the platform compares an assertion with.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The request that it issued, from its own store.
    pub request: &'a Request,
    /// The channel binding that the page reported.
    pub channel_binding: &'a [u8; 32],
    /// The authorities it trusts.
    pub trust: &'a TrustList,
    /// What it knows about revocation, and what to do where it knows nothing.
    pub revocation: &'a Revocation,
    /// The moment of the check.
    pub now: UnixTime,
}

/// An assertion whose checks all passed. Only [`verify`] makes it.
#[derive(Clone, Debug)]
pub struct VerifiedAssertion {
    claims: AssertionClaims,
    certificate: Certificate,
    authority: TrustedCa,
    path: PathReport,
    report: Report,
}

impl VerifiedAssertion {
    /// What the holder says.
    pub fn claims(&self) -> &AssertionClaims {
        &self.claims
    }

    /// The holder's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The authority of the trust list to which the certificate leads.
    pub fn authority(&self) -> &TrustedCa {
        &self.authority
    }

    /// The path, with what is known about revocation.
    pub fn path(&self) -> &PathReport {
        &self.path
    }

    /// The checks that passed. The platform goes on with its own: `browser`, `replay`, `account`.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// Checks an assertion as the platform's server must ([`PLATFORM_CHECKS`]), whatever the page said about it.
///
/// Not checked, since it takes the platform's own data: that the browser is the one that was given the request, that the
/// nonce was not used before, and that the certificate is bound to an account.
///
/// # Errors
/// [`Refused`] with the code of the first check that failed, and all checks.
pub fn verify(text: &str, expected: &Expected<'_>) -> Result<VerifiedAssertion, Refused> {
    let assertion = read(text, &PLATFORM_CHECKS)?;
    let mut report = Report::planned(&PLATFORM_CHECKS);
    assertion.check_answer(expected.request, expected.channel_binding, &mut report);
    report.record(Check::Time, assertion.check_time(expected));
    let found = assertion.check_certificate(expected, &mut report);
    let report = report.conclude()?;
    let Some((authority, path)) = found else {
        return Err(Refused {
            code: Code::Internal,
            report,
        });
    };
    let Assertion { jws, claims } = assertion;
    Ok(VerifiedAssertion {
        claims,
        certificate: jws.leaf().clone(),
        authority: authority.clone(),
        path,
        report,
    })
}

impl Assertion {
    fn check_time(&self, expected: &Expected<'_>) -> Result<(), Failure> {
        let (signed, asked, now) = (self.claims.iat, expected.request.claims(), expected.now);
        let skew = limits::CLOCK_SKEW_SECONDS;
        let late = |holds, detail| require(holds, Code::AssertionLate, detail);
        late(
            signed.saturating_add_secs(skew) >= asked.iat,
            "iat is more than 60 s before the request's",
        )?;
        late(
            signed <= now.saturating_add_secs(skew),
            "iat is more than 60 s ahead: compare the clocks",
        )?;
        late(now <= asked.exp, "the request has expired")
    }

    /// Checks `path` to `revocation`. Revocation is asked in a second run, so that path, validity and usage are settled,
    /// and told, before it.
    fn check_certificate<'e>(
        &self,
        expected: &Expected<'e>,
        report: &mut Report,
    ) -> Option<(&'e TrustedCa, PathReport)> {
        let Expected { trust, now, .. } = *expected;
        if !trust.is_current(now) {
            let failure = Failure::new(
                Code::TrustListExpired,
                "the trust list is not current: fetch it again",
            );
            report.record(Check::Path, Err(failure));
            return None;
        }
        let usage = match expected.request.claims().op {
            Operation::Seal => Usage::DocumentSigning,
            _ => Usage::Login,
        };
        let run = |revocation| {
            trust.verify_path(self.jws.leaf(), self.jws.others(), now, usage, revocation)
        };
        let without_evidence = Revocation::new(RevocationPolicy::AllowUnknown);
        let (authority, _) = match run(&without_evidence) {
            Ok(found) => found,
            Err(error) => {
                report.record(
                    failed_check(&error),
                    Err(Failure::new(code_of(&error), error)),
                );
                return None;
            }
        };
        let accepted = expected
            .request
            .claims()
            .accept
            .allows(authority.kind, &authority.id);
        let path = require(
            accepted,
            Code::CertificateWrongKind,
            "the request does not accept this authority, or none of its kind",
        );
        report.record(Check::Path, path);
        report.record(Check::Validity, Ok(()));
        report.record(Check::Usage, Ok(()));
        let settled = run(expected.revocation);
        let revocation = settled
            .as_ref()
            .map(|_| ())
            .map_err(|error| Failure::new(code_of(error), error));
        report.record(Check::Revocation, revocation);
        settled.ok()
    }
}

fn failed_check(error: &PathError) -> Check {
    match error {
        PathError::Expired { .. } | PathError::NotYetValid { .. } => Check::Validity,
        PathError::WrongUsage { .. } => Check::Usage,
        PathError::Revoked { .. } | PathError::RevocationUnknown { .. } => Check::Revocation,
        _ => Check::Path,
    }
}

fn code_of(error: &PathError) -> Code {
    match error {
        PathError::Expired { .. } => Code::CertificateExpired,
        PathError::NotYetValid { .. } => Code::CertificateNotYetValid,
        PathError::WrongUsage { .. } => Code::CertificateWrongUsage,
        PathError::Revoked { .. } => Code::CertificateRevoked,
        PathError::RevocationUnknown { .. } => Code::CertificateStatusUnknown,
        _ => Code::CertificateUntrusted,
    }
}

#[cfg(test)]
mod tests {
    use scanseal_pki::RevocationReason;

    use super::*;

    #[test]
    fn path_errors_have_the_code_that_the_pki_crate_names() {
        let (at, text) = (UnixTime::from_secs(0), String::new);
        for error in [
            PathError::Expired { not_after: at },
            PathError::Malformed { reason: text() },
            PathError::NotYetValid { not_before: at },
            PathError::RevocationUnknown { subject: text() },
            PathError::Revoked {
                subject: text(),
                since: at,
                reason: RevocationReason::KeyCompromise,
            },
            PathError::Untrusted { reason: text() },
            PathError::WrongUsage {
                usage: Usage::Login,
            },
        ] {
            assert_eq!(code_of(&error).as_str(), error.code(), "{error}");
        }
    }
}
