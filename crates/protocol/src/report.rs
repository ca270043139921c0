//! Verdicts: which checks a verifier ran and what came of each.
//!
//! A verifier never says just yes or no. It lists its checks in their order; the first that failed gives the code. What
//! could not be looked at, because something it rests on had failed, is *not run*, which is never a pass.

use serde::{Deserialize, Serialize};

use crate::error::Code;

/// A named check (`docs/protocol.md` section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Check {
    /// The certificate is bound to an account.
    Account,
    /// `aud` is the platform that asked.
    Audience,
    /// The browser is the one that was given the request.
    Browser,
    /// `cb` is the binding of the channel that the page saw.
    Channel,
    /// The object has the form and the claims it should.
    Format,
    /// `jti` is the request's.
    Nonce,
    /// `op` is the request's; at a phone: one that it knows.
    Operation,
    /// The web origin is one of the platform's, and the request's.
    Origin,
    /// The certificate leads to an authority that is trusted and accepted.
    Path,
    /// The trust list names the platform, and the key is one of its keys.
    Platform,
    /// The nonce is used for the first time.
    Replay,
    /// `req` is the hash of the request.
    Request,
    /// The certificate is not revoked.
    Revocation,
    /// The signature fits the first certificate's key.
    Signature,
    /// The trust list is signed by a key of the operator.
    Signer,
    /// The object is neither too old nor from the future.
    Time,
    /// The certificate may be used for this.
    Usage,
    /// The certificate is valid at this time.
    Validity,
    /// The trust list is not older than one seen before.
    Version,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// It does not hold.
    Failed,
    /// It could not be looked at.
    NotRun,
    /// It holds.
    Passed,
}

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Which check.
    pub check: Check,
    /// What came of it.
    pub outcome: CheckOutcome,
    /// The code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// For the integrator, in English: what exactly was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Why a check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For the person.
    pub code: Code,
    /// For the integrator.
    pub detail: String,
}

impl Failure {
    /// A failure with its code and a sentence.
    pub fn new(code: Code, detail: impl ToString) -> Self {
        Self {
            code,
            detail: detail.to_string(),
        }
    }
}

/// All checks of a verifier, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Report {
    checks: Vec<CheckResult>,
}

impl Report {
    /// A report in which nothing was run yet.
    pub(crate) fn planned(checks: &[Check]) -> Self {
        let not_run = |&check| CheckResult {
            check,
            outcome: CheckOutcome::NotRun,
            code: None,
            detail: None,
        };
        Self {
            checks: checks.iter().map(not_run).collect(),
        }
    }

    /// Records what came of a check; one that was not planned is added at the end. Platforms add their own this way:
    /// `browser`, `replay`, `account`.
    pub fn record(&mut self, check: Check, result: Result<(), Failure>) {
        let result = match result {
            Ok(()) => CheckResult {
                check,
                outcome: CheckOutcome::Passed,
                code: None,
                detail: None,
            },
            Err(Failure { code, detail }) => CheckResult {
                check,
                outcome: CheckOutcome::Failed,
                code: Some(code),
                detail: Some(detail),
            },
        };
        match self.checks.iter_mut().find(|known| known.check == check) {
            Some(known) => *known = result,
            None => self.checks.push(result),
        }
    }

    /// The lines, in the order of the checks.
    pub fn checks(&self) -> &[CheckResult] {
        &self.checks
    }

    /// What came of one check; `None` if the verifier does not have it.
    pub fn outcome(&self, check: Check) -> Option<CheckOutcome> {
        self.checks
            .iter()
            .find(|known| known.check == check)
            .map(|known| known.outcome)
    }

    /// Ends the verification: everything must have passed, otherwise the first failure gives the code.
    ///
    /// # Errors
    /// [`Refused`]. A check that was not run counts as failed, with [`Code::Internal`], if no other failure explains it.
    pub fn conclude(self) -> Result<Self, Refused> {
        if self
            .checks
            .iter()
            .all(|result| result.outcome == CheckOutcome::Passed)
        {
            return Ok(self);
        }
        let code = self
            .checks
            .iter()
            .find_map(|result| result.code)
            .unwrap_or(Code::Internal);
        Err(Refused { code, report: self })
    }
}

/// The verifier refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("refused: {code}{}", first_detail(report))]
pub struct Refused {
    /// The code of the first check that failed.
    pub code: Code,
    /// All checks.
    pub report: Report,
}

impl Refused {
    /// Refusal at the first check, `format`, after which nothing can be run.
    pub(crate) fn at_format(checks: &[Check], code: Code, detail: impl ToString) -> Self {
        let mut report = Report::planned(checks);
        report.record(Check::Format, Err(Failure::new(code, detail)));
        Self { code, report }
    }
}

fn first_detail(report: &Report) -> String {
    let detail = report
        .checks
        .iter()
        .find_map(|result| result.detail.as_deref());
    detail
        .map(|detail| format!(" ({detail})"))
        .unwrap_or_default()
}

/// `Ok` if `holds`, otherwise the failure.
pub(crate) fn require(holds: bool, code: Code, detail: &str) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(Failure::new(code, detail))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CHECKS: [Check; 3] = [Check::Format, Check::Signature, Check::Time];

    #[test]
    fn the_first_failure_in_the_order_of_the_checks_gives_the_code() {
        let mut report = Report::planned(&CHECKS);
        report.record(Check::Time, Err(Failure::new(Code::AssertionLate, "late")));
        report.record(
            Check::Signature,
            Err(Failure::new(Code::AssertionInvalid, "wrong")),
        );
        report.record(Check::Format, Ok(()));
        assert_eq!(report.conclude().unwrap_err().code, Code::AssertionInvalid);
    }

    #[test]
    fn a_check_that_was_not_run_is_no_pass() {
        let mut report = Report::planned(&CHECKS);
        report.record(Check::Format, Ok(()));
        report.record(Check::Signature, Ok(()));
        assert_eq!(report.clone().conclude().unwrap_err().code, Code::Internal);
        report.record(Check::Time, Ok(()));
        assert!(report.conclude().is_ok());
    }

    #[test]
    fn a_platforms_own_check_is_added_at_the_end_and_counts() {
        let mut report = Report::planned(&CHECKS[..1]);
        report.record(Check::Format, Ok(()));
        report.record(
            Check::Replay,
            Err(Failure::new(Code::AssertionReplayed, "used before")),
        );
        let refused = report.conclude().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "refused: assertion-replayed (used before)"
        );
        let json = serde_json::to_string(&refused).unwrap();
        assert!(json.ends_with(
            r#"{"check":"replay","outcome":"failed","code":"assertion-replayed","detail":"used before"}]}"#
        ));
        assert_eq!(serde_json::from_str::<Refused>(&json).unwrap(), refused);
    }
}
