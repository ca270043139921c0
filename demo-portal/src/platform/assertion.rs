//! Step 6 of a scan: the platform's server checks the phone's answer by itself and acts on it.
//!
//! 1. **What the assertion says** is checked by [`scanseal_protocol::assertion::verify`]: signature, request, nonce,
//!    audience, operation, origin, channel, time, path, validity, usage, revocation. Nothing the page said is believed,
//!    but the channel binding, which the signature covers.
//! 2. **What only the server knows** is checked here: the browser (scan cookie), the nonce's first use, the account.
//! 3. Nonce, login and web session change in **one transaction**: all of it or nothing, and once only.
//!
//! If the answer got lost, the same browser may send the same assertion again for a minute and gets the same answer and
//! the same session, as long as that has not ended. For anybody else, and later, a used nonce is gone.

use data_encoding::BASE64URL_NOPAD;
use hyper::StatusCode;
use scanseal_pki::UnixTime;
use scanseal_protocol::{
    assertion::{self, Assertion, Expected, VerifiedAssertion},
    error::Code,
    report::{Check, CheckOutcome, CheckResult, Failure, Refused},
    request::{Nonce, Request},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    http::{Problem, caller::Caller, cookies::CookieSecret},
    platform::{
        accounts::{self, AccountView, LoginMethod},
        request::{self, Consumed, StoredRequest},
        session::{self, SessionId},
    },
    portal::Portal,
    store::StoreError,
};

/// Seconds in which the same browser gets the same answer again.
pub const REPEAT_SECONDS: u64 = 60;
/// Where the page goes after a login.
const NEXT_PAGE: &str = "/home";

/// What the page hands over.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AssertionBody {
    assertion: String,
    channel_binding: String,
}

/// Somebody is logged in.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The new session.
    pub session: SessionId,
    /// The answer's JSON.
    pub answer: String,
}

#[derive(Serialize)]
struct AnswerBody<'a> {
    account: &'a AccountView,
    next: &'a str,
}

/// What came of the transaction.
enum Outcome {
    /// This call used the nonce, or an equal one did a moment ago.
    Accepted(Accepted),
    /// The certificate is bound to no account.
    NotBound,
    /// Another call has used the nonce.
    Replayed,
}

/// One submission, read.
struct Submission<'a> {
    text: &'a str,
    channel_binding: [u8; 32],
    nonce: Nonce,
    hash: [u8; 32],
    browser: &'a CookieSecret,
}

/// Checks an assertion and logs its sender in. `before` is the browser's session until now, which ends.
///
/// # Errors
/// A problem with the code of the first check that failed, and the checks that were made.
pub async fn accept(
    portal: &Portal,
    body: &AssertionBody,
    browser: Option<&CookieSecret>,
    before: &SessionId,
    caller: &Caller,
) -> Result<Accepted, Problem> {
    let submission = Submission::read(body, browser)?;
    let nonce = submission.nonce;
    let stored = portal
        .store
        .read(move |transaction| request::find(transaction, nonce))
        .await?;
    let stored = stored.ok_or_else(|| {
        refuse_alone(
            Check::Request,
            Code::AssertionInvalid,
            "this platform has issued no such request",
        )
    })?;
    let now = portal.now();
    if let Some(consumed) = &stored.consumed {
        // Whatever the assertion is worth: its nonce is used, and only its own sender learns more.
        let again = submission
            .repeat(&stored, consumed, now)
            .ok_or_else(replayed)?;
        let session = again.session.clone();
        let lives = portal
            .store
            .write(move |transaction| session::find(transaction, &session, now));
        // Who has logged out shall not be shown the account again.
        return lives.await?.map(|_| again).ok_or_else(replayed);
    }
    let verified = submission.verify(portal, &stored, now).await?;
    let mut report = verified.report().clone();
    let own = request::browser_hash(submission.browser) == stored.browser;
    let wrong_browser = || {
        Failure::new(
            Code::AssertionWrongBrowser,
            "the request was given to another browser",
        )
    };
    report.record(Check::Browser, own.then_some(()).ok_or_else(wrong_browser));
    report = report.conclude().map_err(|refused| refuse(&refused))?;

    match submission
        .log_in(portal, &verified, before, caller.clone(), now)
        .await?
    {
        Outcome::Accepted(accepted) => Ok(accepted),
        Outcome::Replayed => Err(replayed()),
        Outcome::NotBound => {
            report.record(Check::Replay, Ok(()));
            report.record(
                Check::Account,
                Err(Failure::new(
                    Code::CertificateNotBound,
                    "no account has this certificate",
                )),
            );
            Err(report.conclude().map_or_else(
                |refused| refuse(&refused),
                |_| Problem::internal(&StoreError::Damaged("a failed check counted as passed")),
            ))
        }
    }
}

impl<'a> Submission<'a> {
    fn read(body: &'a AssertionBody, browser: Option<&'a CookieSecret>) -> Result<Self, Problem> {
        let binding = BASE64URL_NOPAD.decode(body.channel_binding.as_bytes()).ok();
        let channel_binding = binding
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| {
                Problem::malformed(
                    "`channelBinding` must be 32 bytes in base64url without padding.",
                )
            })?;
        let parsed = Assertion::parse(&body.assertion).map_err(|error| {
            refuse_alone(Check::Format, Code::AssertionInvalid, &error.to_string())
        })?;
        let browser = browser.ok_or_else(|| {
            refuse_alone(
                Check::Browser,
                Code::AssertionWrongBrowser,
                "this browser was given no request, or it blocks cookies",
            )
        })?;
        let mut hash = Sha256::new();
        hash.update(channel_binding);
        hash.update(body.assertion.as_bytes());
        Ok(Self {
            text: &body.assertion,
            channel_binding,
            nonce: parsed.claims().jti,
            hash: hash.finalize().into(),
            browser,
        })
    }

    async fn verify(
        &self,
        portal: &Portal,
        stored: &StoredRequest,
        now: UnixTime,
    ) -> Result<VerifiedAssertion, Problem> {
        let request = Request::parse(&stored.request).map_err(|error| Problem::internal(&error))?;
        let trust = portal
            .trust_list()
            .await
            .map_err(|error| Problem::internal(&error))?
            .list;
        let revocation = portal
            .authority
            .revocation(&portal.store, now)
            .await
            .map_err(|error| Problem::internal(&error))?;
        let expected = Expected {
            request: &request,
            channel_binding: &self.channel_binding,
            trust: &trust,
            revocation: &revocation,
            now,
        };
        assertion::verify(self.text, &expected).map_err(|refused| refuse(&refused))
    }

    /// Uses the nonce and starts the session, in one transaction.
    async fn log_in(
        &self,
        portal: &Portal,
        verified: &VerifiedAssertion,
        before: &SessionId,
        caller: Caller,
        now: UnixTime,
    ) -> Result<Outcome, Problem> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(|error| Problem::internal(&error))?;
        let (nonce, certificate, assertion) =
            (self.nonce, verified.certificate().sha256(), self.hash);
        let (session, before) = (
            SessionId::for_scan(self.browser, &nonce.to_string(), &salt),
            before.clone(),
        );
        let browser = self.browser.clone();
        let work = portal.store.write(move |transaction| {
            // Read again inside the transaction: an equal call may have been faster.
            let stored = request::find(transaction, nonce)?;
            if let Some(consumed) = stored.and_then(|stored| stored.consumed) {
                let again = may_repeat(&consumed, &assertion, now);
                return Ok(if again {
                    Outcome::Accepted(same_answer(&browser, nonce, &consumed))
                } else {
                    Outcome::Replayed
                });
            }
            let Some(account_id) = accounts::bound_to(transaction, &certificate)? else {
                return Ok(Outcome::NotBound);
            };
            session::end(transaction, &before)?;
            let account = session::start(
                transaction,
                &session,
                account_id,
                LoginMethod::Scan,
                &caller,
                now,
            )?;
            let answer = serde_json::to_string(&AnswerBody {
                account: &account,
                next: NEXT_PAGE,
            })
            .map_err(|_| StoreError::Damaged("an account without a JSON form"))?;
            let consumed = Consumed {
                at: now,
                assertion,
                salt,
                answer,
            };
            if !request::consume(transaction, nonce, &consumed)? {
                return Err(StoreError::Damaged("a request that was there a moment ago"));
            }
            Ok(Outcome::Accepted(Accepted {
                session,
                answer: consumed.answer,
            }))
        });
        Ok(work.await?)
    }

    /// The answer that was given before, for its own sender.
    fn repeat(
        &self,
        stored: &StoredRequest,
        consumed: &Consumed,
        now: UnixTime,
    ) -> Option<Accepted> {
        let own = request::browser_hash(self.browser) == stored.browser;
        (own && may_repeat(consumed, &self.hash, now))
            .then(|| same_answer(self.browser, self.nonce, consumed))
    }
}

fn may_repeat(consumed: &Consumed, assertion: &[u8; 32], now: UnixTime) -> bool {
    consumed.assertion == *assertion && now.saturating_secs_since(consumed.at) < REPEAT_SECONDS
}

fn same_answer(browser: &CookieSecret, nonce: Nonce, consumed: &Consumed) -> Accepted {
    let session = SessionId::for_scan(browser, &nonce.to_string(), &consumed.salt);
    Accepted {
        session,
        answer: consumed.answer.clone(),
    }
}

fn replayed() -> Problem {
    refuse_alone(
        Check::Replay,
        Code::AssertionReplayed,
        "the nonce was used before",
    )
}

fn refuse(refused: &Refused) -> Problem {
    problem(refused.code, refused.report.checks())
}

/// A refusal before or beside the protocol's own checks.
fn refuse_alone(check: Check, code: Code, detail: &str) -> Problem {
    problem(
        code,
        &[CheckResult {
            check,
            outcome: CheckOutcome::Failed,
            code: Some(code),
            detail: Some(detail.to_owned()),
        }],
    )
}

fn problem(code: Code, checks: &[CheckResult]) -> Problem {
    let failed = checks.iter().find_map(|result| result.detail.clone());
    let detail = failed
        .unwrap_or_else(|| "The assertion was refused; the report says at which check.".to_owned());
    let checks = serde_json::to_value(checks).unwrap_or_default();
    Problem::new(status_of(code), code, detail).with_report(checks)
}

fn status_of(code: Code) -> StatusCode {
    match code {
        Code::AssertionInvalid => StatusCode::BAD_REQUEST,
        Code::AssertionLate | Code::AssertionReplayed => StatusCode::GONE,
        Code::CertificateStatusUnknown | Code::TrustListExpired => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::FORBIDDEN,
    }
}
