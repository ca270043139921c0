//! Step 2 of a scan: the platform's server checks the phone's answer by itself and acts on it.
//!
//! 1. **What can be told without the tables** is checked by [`scanseal_platform::submission`]: signature, request, nonce, audience,
//!    operation, origin, channel, time, path, validity, usage, revocation, browser. Nothing the page said is believed, but the
//!    channel binding, which the signature covers.
//! 2. **What the tables say** is asked in the transaction that uses the nonce: here for a login, in [`super::bind`] for a binding.
//! 3. Nonce, what follows from it, the log and the webhooks' queue change in **one transaction**: all of it or nothing, and once
//!    only.
//!
//! If the answer got lost, the same browser may send the same assertion again for a minute and gets the same answer and
//! the same session, as long as that has not ended. For anybody else, and later, a used nonce is gone.

use hyper::StatusCode;
use rusqlite::Transaction;
use scanseal_pki::UnixTime;
pub use scanseal_platform::submission::{Handover, REPEAT_SECONDS};
use scanseal_platform::{
    request::Used,
    submission::{Against, Course, LoginStanding, Refusal, Submission, Verified},
};
use scanseal_protocol::{error::Code, report::Check, request::Operation};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    http::{Problem, caller::Caller, cookies::CookieSecret},
    platform::{
        accounts, bind,
        certificates::{self, Proven, Showing},
        events::{Doer, certificate_facts, merge},
        logins::NewLogin,
        registration::{self, Offer},
        request::{self, StoredAnswer, StoredRequest},
        session::{self, SessionId},
        view::{self, AccountView},
    },
    portal::Portal,
    settings,
    store::StoreError,
};

/// Where the page goes after a login.
pub const NEXT_PAGE: &str = "/home";

/// What the page is answered.
#[derive(Clone, Debug)]
pub struct Answered {
    /// HTTP status.
    pub status: StatusCode,
    /// JSON: the account, or a problem that is kept to be given again.
    pub body: String,
    /// A login's new session.
    pub session: Option<SessionId>,
    /// Whether this browser was given something that outlives the request: its scan cookie has to last as long.
    pub keep_browser: bool,
}

/// One submission on its way, with all that the transaction needs.
pub(super) struct Judged {
    pub(super) submission: Submission,
    pub(super) verified: Verified,
    pub(super) browser: CookieSecret,
    pub(super) page: SessionId,
    pub(super) caller: Caller,
    pub(super) showing: Showing,
    pub(super) salt: [u8; 32],
}

/// What came of the transaction.
pub(super) enum Outcome {
    /// Done, now or a moment ago.
    Answered(Answered),
    /// Refused, and written down.
    Refused(Box<Problem>),
}

#[derive(Serialize)]
struct LoggedIn<'a> {
    account: &'a AccountView,
    next: &'a str,
}

/// Checks an assertion and does what its request was for. `page` is the browser's web session, logged in or not.
///
/// # Errors
/// A problem with the code of the first check that failed, and all checks.
pub async fn accept(
    portal: &Portal,
    handover: &Handover,
    browser: Option<&CookieSecret>,
    page: &SessionId,
    caller: &Caller,
) -> Result<Answered, Problem> {
    let now = portal.now();
    let submission = Submission::parse(handover).map_err(|refusal| problem(&refusal))?;
    let nonce = submission.nonce();
    let stored = portal
        .store
        .read(move |transaction| request::find(transaction, nonce))
        .await?;
    let hash = browser.map(request::browser_hash);
    let record = stored.as_ref().map(|stored| &stored.record);
    let course = submission.find_course(record, hash.as_ref(), now);
    let (stored, browser, hash) = match (stored, browser, hash, course) {
        (Some(stored), Some(browser), Some(hash), Ok(Course::First)) => (stored, browser, hash),
        (Some(stored), Some(browser), _, Ok(Course::Repeat)) => {
            let (browser, page) = (browser.clone(), page.clone());
            let again = portal.store.write(move |transaction| {
                repeat(
                    transaction,
                    &stored,
                    &browser,
                    nonce.to_string(),
                    &page,
                    now,
                )
            });
            return again.await?.ok_or_else(|| problem(&Refusal::replayed()));
        }
        (stored, _, _, Err(refusal)) => {
            return Err(refuse(portal, submission, stored, refusal, caller, now).await?);
        }
        (..) => {
            let fault = StoreError::Damaged("a course without request or browser");
            return Err(Problem::internal(&fault));
        }
    };
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
    let verified = submission.verify(&Against {
        record: &stored.record,
        browser: &hash,
        trust: &trust,
        revocation: &revocation,
        now,
    });
    let verified = match verified {
        Ok(verified) => verified,
        Err(refusal) => {
            return Err(refuse(portal, submission, Some(stored), refusal, caller, now).await?);
        }
    };
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|error| Problem::internal(&error))?;
    let judged = Judged {
        submission,
        verified,
        browser: browser.clone(),
        page: page.clone(),
        caller: caller.clone(),
        showing: Showing::new(&trust, now),
        salt,
    };
    let outcome = portal
        .store
        .write(move |transaction| judged.settle(transaction))
        .await?;
    match outcome {
        Outcome::Answered(answered) => Ok(answered),
        Outcome::Refused(problem) => Err(*problem),
    }
}

impl Judged {
    /// Everything from here on happens at once or not at all.
    fn settle(&self, transaction: &Transaction<'_>) -> Result<Outcome, StoreError> {
        let (nonce, now) = (self.submission.nonce(), self.showing.now);
        // Read again inside the transaction: an equal call may have been faster.
        let stored = request::find(transaction, nonce)?
            .ok_or(StoreError::Damaged("a request that was there a moment ago"))?;
        let hash = request::browser_hash(&self.browser);
        match self
            .submission
            .find_course(Some(&stored.record), Some(&hash), now)
        {
            Ok(Course::First) => {}
            Ok(Course::Repeat) => {
                let nonce = nonce.to_string();
                let again = repeat(transaction, &stored, &self.browser, nonce, &self.page, now)?;
                return Ok(again.map_or_else(
                    || Outcome::Refused(problem(&Refusal::replayed()).into()),
                    Outcome::Answered,
                ));
            }
            Err(refusal) => return self.refused(transaction, &stored, &refusal, |problem| problem),
        }
        if let Some(refusal) = self.overtaken(transaction)? {
            return self.refused(transaction, &stored, &refusal, |problem| problem);
        }
        match stored.asked_by {
            Some(asker) => bind::settle(self, transaction, &stored, &asker),
            None => self.log_in(transaction, &stored),
        }
    }

    /// The checks went by what was read before them: what was revoked, or ruled out by staff, since then counts as well.
    fn overtaken(&self, transaction: &Transaction<'_>) -> Result<Option<Refusal>, StoreError> {
        let proven = self.proven();
        if certificates::is_revoked_here(transaction, proven.certificate)? {
            let (code, detail) = (
                Code::CertificateRevoked,
                "the certificate was revoked a moment ago",
            );
            return Ok(Some(Refusal::at(Check::Revocation, code, detail)));
        }
        if !settings::read(transaction)?.kinds.contains(&proven.kind) {
            let (code, detail) = (
                Code::CertificateWrongKind,
                "certificates of this kind are accepted no longer",
            );
            return Ok(Some(Refusal::at(Check::Path, code, detail)));
        }
        Ok(None)
    }

    fn log_in(
        &self,
        transaction: &Transaction<'_>,
        stored: &StoredRequest,
    ) -> Result<Outcome, StoreError> {
        let id = self.verified.certificate().sha256();
        let account = match certificates::find(transaction, &id)? {
            Some(binding) => {
                let account = accounts::find(transaction, binding.account_id)?;
                Some((account, binding.frozen))
            }
            None => None,
        };
        let standing = account.as_ref().map(|(account, frozen)| LoginStanding {
            frozen: *frozen,
            disabled: account.disabled,
        });
        let refusal = self.verified.check_login(standing.as_ref()).err();
        let Some((account, _)) = account.filter(|_| refusal.is_none()) else {
            let refusal = refusal.unwrap_or_else(Refusal::replayed);
            return self.not_logged_in(transaction, stored, &refusal);
        };
        session::end(transaction, &self.page)?;
        let session = SessionId::for_scan(
            &self.browser,
            &self.submission.nonce().to_string(),
            &self.salt,
        );
        let login = NewLogin {
            account_id: account.id,
            certificate: Some(&id),
            caller: &self.caller,
            at: self.showing.now,
        };
        let login_id = session::start(transaction, &session, &login)?;
        let account = view::account(transaction, account.id, login_id, &self.showing)?;
        let body = to_json(&LoggedIn {
            account: &account,
            next: NEXT_PAGE,
        })?;
        self.use_up(transaction, StatusCode::OK, body, Some(session))
    }

    /// A good certificate of an enterprise that nobody knows opens the way to registration, which uses the nonce.
    fn not_logged_in(
        &self,
        transaction: &Transaction<'_>,
        stored: &StoredRequest,
        refusal: &Refusal,
    ) -> Result<Outcome, StoreError> {
        if refusal.code != Code::CertificateNotBound {
            return self.refused(transaction, stored, refusal, |problem| problem);
        }
        let proven = self.proven();
        let chain = self.verified.chain();
        let browser = &stored.record.browser;
        match registration::offer(transaction, browser, &proven, chain, self.showing.now)? {
            Offer::Known => self.refused(transaction, stored, refusal, |problem| {
                problem.with("enterpriseKnown", true)
            }),
            Offer::Refused => self.refused(transaction, stored, refusal, |problem| problem),
            Offer::Ticket => {
                let next = |problem: Problem| problem.with("next", registration::PAGE);
                self.refused(transaction, stored, refusal, next)?;
                let problem = next(problem(refusal));
                let body = problem
                    .to_json()
                    .map_err(|_| StoreError::Damaged("a problem without a JSON form"))?;
                self.use_up(transaction, problem.status(), body, None)
            }
        }
    }

    /// Marks the nonce as used, with the answer that this browser may be given again.
    pub(super) fn use_up(
        &self,
        transaction: &Transaction<'_>,
        status: StatusCode,
        body: String,
        session: Option<SessionId>,
    ) -> Result<Outcome, StoreError> {
        let used = Used {
            at: self.showing.now,
            submission: self.submission.hash(),
        };
        let answer = StoredAnswer {
            salt: self.salt,
            status: status.as_u16(),
            body,
        };
        request::consume(transaction, self.submission.nonce(), &used, &answer)?;
        Ok(Outcome::Answered(Answered {
            status,
            body: answer.body,
            session,
            keep_browser: !status.is_success(),
        }))
    }

    /// Writes a refusal down; it uses nothing up.
    pub(super) fn refused(
        &self,
        transaction: &Transaction<'_>,
        stored: &StoredRequest,
        refusal: &Refusal,
        complete: impl FnOnce(Problem) -> Problem,
    ) -> Result<Outcome, StoreError> {
        let (submission, now) = (&self.submission, self.showing.now);
        record_refusal(transaction, submission, stored, refusal, &self.caller, now)?;
        Ok(Outcome::Refused(complete(problem(refusal)).into()))
    }

    /// The certificate with what was proven of it.
    pub(super) fn proven(&self) -> Proven<'_> {
        let authority = self.verified.authority();
        Proven {
            certificate: self.verified.certificate(),
            authority: &authority.id,
            kind: authority.kind,
        }
    }
}

/// The answer that was given before, for its own sender. Who has logged out shall not be shown the account again, nor who
/// is not the one who asked for the binding.
fn repeat(
    transaction: &Transaction<'_>,
    stored: &StoredRequest,
    browser: &CookieSecret,
    nonce: String,
    page: &SessionId,
    now: UnixTime,
) -> Result<Option<Answered>, StoreError> {
    let Some(answer) = &stored.answer else {
        return Err(StoreError::Damaged("a used request without its answer"));
    };
    let status = StatusCode::from_u16(answer.status)
        .map_err(|_| StoreError::Damaged("an answer of no HTTP status"))?;
    let session = match (&stored.asked_by, status.is_success()) {
        (None, true) => Some(SessionId::for_scan(browser, &nonce, &answer.salt)),
        _ => None,
    };
    let lives = match (&session, &stored.asked_by) {
        (Some(session), _) => session::live(transaction, session, now)?.is_some(),
        (None, Some(asker)) => bind::is_there(transaction, asker, page, now)?,
        (None, None) => true,
    };
    Ok(lives.then(|| Answered {
        status,
        body: answer.body.clone(),
        session,
        keep_browser: !status.is_success(),
    }))
}

/// Writes down a refusal that no transaction of its own goes with, and says it.
async fn refuse(
    portal: &Portal,
    submission: Submission,
    stored: Option<StoredRequest>,
    refusal: Refusal,
    caller: &Caller,
    now: UnixTime,
) -> Result<Problem, Problem> {
    let said = problem(&refusal);
    // What answers no request of this platform is noise: nobody could make sense of it later.
    if let Some(stored) = stored {
        let caller = caller.clone();
        portal
            .store
            .write(move |transaction| {
                record_refusal(transaction, &submission, &stored, &refusal, &caller, now)
            })
            .await?;
    }
    Ok(said)
}

/// A refused login concerns an account only if it is signed with a certificate that is bound to it.
fn record_refusal(
    transaction: &Transaction<'_>,
    submission: &Submission,
    stored: &StoredRequest,
    refusal: &Refusal,
    caller: &Caller,
    now: UnixTime,
) -> Result<(), StoreError> {
    let signer = submission.signer();
    let mut facts = json!({ "code": refusal.code });
    if let Some(certificate) = signer {
        merge(&mut facts, &certificate_facts(certificate));
    }
    let doer = Doer {
        login: None,
        caller,
        at: now,
    };
    if stored.op == Operation::Bind {
        let account = stored.asked_by.map(|asker| asker.account_id);
        return doer.record(transaction, "certificate.bind-refused", account, facts);
    }
    merge(&mut facts, &json!({ "method": "scan" }));
    let binding = signer
        .map(|certificate| certificates::find(transaction, &certificate.sha256()))
        .transpose()?
        .flatten();
    let account = binding.map(|binding| binding.account_id);
    doer.record(transaction, "login.refused", account, facts)
}

/// A refusal as clients see it.
pub(crate) fn problem(refusal: &Refusal) -> Problem {
    let status =
        StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let checks = serde_json::to_value(&refusal.checks).unwrap_or_default();
    let problem = Problem::new(status, refusal.code, refusal.detail()).with("report", checks);
    if refusal.mismatch.is_empty() {
        return problem;
    }
    let mismatch: Value = serde_json::to_value(&refusal.mismatch).unwrap_or_default();
    problem.with("mismatch", mismatch)
}

pub(super) fn to_json(answer: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(answer).map_err(|_| StoreError::Damaged("an answer without a JSON form"))
}
