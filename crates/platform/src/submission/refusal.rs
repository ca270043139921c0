//! Refusals: one code, all checks, and what an HTTP answer needs.

use scanseal_protocol::{
    assertion::PLATFORM_CHECKS,
    error::Code,
    report::{Check, CheckOutcome, CheckResult, Failure, Refused, Report},
};
use serde::Serialize;

/// All checks of a submission, in their order: the protocol's, and the three that take the platform's own data.
pub const CHECKS: [Check; PLATFORM_CHECKS.len() + 3] = {
    let mut all = [Check::Account; PLATFORM_CHECKS.len() + 3];
    let mut index = 0;
    while index < PLATFORM_CHECKS.len() {
        all[index] = PLATFORM_CHECKS[index];
        index += 1;
    }
    all[PLATFORM_CHECKS.len()] = Check::Browser;
    all[PLATFORM_CHECKS.len() + 1] = Check::Replay;
    all
};

/// The platform refuses a submission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {code} ({})", self.detail())]
pub struct Refusal {
    /// The code of the first check that failed.
    pub code: Code,
    /// All of [`CHECKS`], in their order. What could not be looked at is `not-run`, which is never a pass.
    pub checks: Vec<CheckResult>,
    /// What in the certificate differs from the account, for `certificate-name-mismatch` and `certificate-code-mismatch`.
    pub mismatch: Vec<Mismatch>,
}

/// One thing that differs between a certificate and an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// What.
    pub field: MismatchField,
    /// As the certificate says it.
    pub certificate: String,
    /// As the account says it.
    pub account: String,
}

/// What may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum MismatchField {
    /// The credit code.
    CreditCode,
    /// The enterprise's name.
    Name,
}

impl Refusal {
    /// A refusal at one check, when no other was run.
    pub fn at(check: Check, code: Code, detail: &(impl ToString + ?Sized)) -> Self {
        let failed = CheckResult {
            check,
            outcome: CheckOutcome::Failed,
            code: Some(code),
            detail: Some(detail.to_string()),
        };
        Self {
            code,
            checks: complete(&[failed]),
            mismatch: Vec::new(),
        }
    }

    /// The nonce was used before.
    pub fn replayed() -> Self {
        let detail = "the nonce was used before";
        Self::at(Check::Replay, Code::AssertionReplayed, detail)
    }

    /// The HTTP status that fits.
    pub fn status(&self) -> u16 {
        match self.code {
            Code::AssertionInvalid | Code::Malformed => 400,
            Code::LoginRequired => 401,
            Code::CertificateAlreadyBound | Code::CertificateBoundElsewhere => 409,
            Code::AssertionLate | Code::AssertionReplayed | Code::Superseded => 410,
            Code::Internal => 500,
            Code::CertificateStatusUnknown | Code::TrustListExpired => 503,
            _ => 403,
        }
    }

    /// For the integrator, in English: what exactly was wrong.
    pub fn detail(&self) -> &str {
        let first = self
            .checks
            .iter()
            .find_map(|result| result.detail.as_deref());
        first.unwrap_or("the report says at which check")
    }

    /// A refusal at the account, after everything else has passed.
    pub(super) fn at_account(report: &Report, failure: Failure, mismatch: Vec<Mismatch>) -> Self {
        let mut report = report.clone();
        let code = failure.code;
        report.record(Check::Replay, Ok(()));
        report.record(Check::Account, Err(failure));
        Self {
            code,
            checks: complete(report.checks()),
            mismatch,
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self {
            code: refused.code,
            checks: complete(refused.report.checks()),
            mismatch: Vec::new(),
        }
    }
}

/// Brings what was run into the order of [`CHECKS`], and adds what was not.
fn complete(run: &[CheckResult]) -> Vec<CheckResult> {
    let result = |&check: &Check| {
        let known = run.iter().find(|known| known.check == check).cloned();
        known.unwrap_or(CheckResult {
            check,
            outcome: CheckOutcome::NotRun,
            code: None,
            detail: None,
        })
    };
    CHECKS.iter().map(result).collect()
}
