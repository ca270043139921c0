//! The phone's answer to a request to seal: checked as every assertion, and then by what the tables say. It takes no document by
//! itself; it says who may hand over which.

use data_encoding::BASE64;
use hyper::StatusCode;
use rusqlite::Transaction;
use scanseal_pki::{ElectronicSeal, SealFault, UnixTime};
use scanseal_platform::{
    request::Used,
    submission::{Against, BindStanding, Course, Handover, Holder, Refusal, Submission, Verified},
};
use scanseal_protocol::{error::Code, report::Check, request::Nonce};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    HAND_OVER_SECONDS,
    stored::{self, Answered, SealRequestRow},
};
use crate::{
    authority::seals::Claimed,
    http::{Problem, caller::Caller, cookies::CookieSecret},
    platform::{
        accounts,
        assertion::problem,
        bind, certificates,
        events::{Doer, certificate_facts, merge},
        request::browser_hash,
        session::SessionId,
    },
    portal::Portal,
    settings,
    store::StoreError,
};

/// What the page hands over.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SealAssertionBody {
    assertion: String,
    channel_binding: String,
    seal: String,
}

/// What the page is answered.
#[derive(Serialize)]
struct Accepted {
    accepted: bool,
    until: UnixTime,
    documents: Vec<bool>,
}

/// One submission on its way.
struct Judged<'a> {
    submission: &'a Submission,
    verified: &'a Verified,
    seal: ElectronicSeal,
    seal_der: Vec<u8>,
    browser: [u8; 32],
    page: SessionId,
    now: UnixTime,
}

/// Checks an answer; returns the JSON for the page, the same for the same browser for a minute.
///
/// # Errors
/// A problem with the code of the first check that failed.
pub async fn accept(
    portal: &Portal,
    nonce: &str,
    body: SealAssertionBody,
    browser: Option<&CookieSecret>,
    page: &SessionId,
    caller: &Caller,
) -> Result<String, Problem> {
    let now = portal.now();
    let handover = Handover {
        assertion: body.assertion,
        channel_binding: body.channel_binding,
    };
    let submission = Submission::parse(&handover).map_err(|refusal| problem(&refusal))?;
    if nonce.parse::<Nonce>().ok() != Some(submission.nonce()) {
        return Err(Problem::malformed(
            "The assertion answers another request than the address names.",
        ));
    }
    let seal_der = BASE64
        .decode(body.seal.as_bytes())
        .map_err(|_| Problem::malformed("`seal` must be base64."))?;
    let asked_for = submission.nonce().to_string();
    let stored = portal
        .store
        .read(move |transaction| stored::find(transaction, &asked_for))
        .await?;
    let hash = browser.map(browser_hash);
    let record = stored.as_ref().map(|stored| &stored.record);
    let course = submission.find_course(record, hash.as_ref(), now);
    let (stored, browser) = match (stored, hash, course) {
        (Some(stored), Some(_), Ok(Course::Repeat)) => return repeated(stored),
        (Some(stored), Some(browser), Ok(Course::First)) => (stored, browser),
        (stored, _, Err(refusal)) => {
            return Err(refuse(portal, &submission, stored.as_ref(), &refusal, caller).await?);
        }
        (None, ..) | (_, None, _) => {
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
        browser: &browser,
        trust: &trust,
        revocation: &revocation,
        now,
    });
    let verified = match verified {
        Ok(verified) => verified,
        Err(refusal) => {
            return Err(refuse(portal, &submission, Some(&stored), &refusal, caller).await?);
        }
    };
    let seal = ElectronicSeal::from_der(&seal_der)
        .map_err(|error| (Code::SealNotYours, error.to_string()))
        .and_then(|seal| {
            let checked = seal.check(&trust, verified.certificate(), now);
            checked.map_err(|fault| (seal_code(fault), fault.to_string()))?;
            Ok(seal)
        });
    let seal = match seal {
        Ok(seal) => seal,
        Err((code, detail)) => {
            let refusal = Refusal::at(Check::Account, code, &detail);
            let said = refuse(portal, &submission, Some(&stored), &refusal, caller).await?;
            return Err(said.with_status(StatusCode::FORBIDDEN));
        }
    };
    let (page, caller) = (page.clone(), caller.clone());
    let claimed = Claimed::new(&portal.authority, &seal);
    let settled = portal
        .store
        .write(move |transaction| {
            let judged = Judged {
                submission: &submission,
                verified: &verified,
                seal,
                seal_der,
                browser,
                page,
                now,
            };
            let objection = claimed.objection(transaction, now)?;
            match judged.settle(transaction, objection)? {
                Ok(answer) => Ok(Ok(answer)),
                Err(refusal) => {
                    record_refusal(transaction, &submission, &stored, &refusal, &caller, now)?;
                    Ok(Err(refusal))
                }
            }
        })
        .await?;
    settled.map_err(|refusal| problem(&refusal))
}

impl Judged<'_> {
    /// Uses the nonce, or says why not. A refusal uses nothing up.
    fn settle(
        &self,
        transaction: &Transaction<'_>,
        objection: Option<(Code, &'static str)>,
    ) -> Result<Result<String, Refusal>, StoreError> {
        let nonce = self.submission.nonce().to_string();
        // Read again inside the transaction: an equal call may have been faster.
        let stored = stored::find(transaction, &nonce)?
            .ok_or(StoreError::Damaged("a request that was there a moment ago"))?;
        let record = Some(&stored.record);
        match self
            .submission
            .find_course(record, Some(&self.browser), self.now)
        {
            Ok(Course::First) => {}
            Ok(Course::Repeat) => {
                let answered = stored.answered;
                let answered =
                    answered.ok_or(StoreError::Damaged("a used request without its answer"))?;
                return Ok(Ok(answered.answer));
            }
            Err(refusal) => return Ok(Err(refusal)),
        }
        if stored.refused {
            let detail = "the phone has refused this request";
            return Ok(Err(Refusal::at(Check::Request, Code::Refused, detail)));
        }
        if let Some(refusal) = self.overtaken(transaction)? {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = self.check_standing(transaction, &stored)? {
            return Ok(Err(refusal));
        }
        if let Some((code, detail)) = objection {
            return Ok(Err(Refusal::at(Check::Account, code, detail)));
        }
        let until = self.now.saturating_add_secs(HAND_OVER_SECONDS);
        let digests = self.verified.documents();
        let accepted = Accepted {
            accepted: true,
            until,
            documents: digests.iter().map(Option::is_some).collect(),
        };
        let answered = Answered {
            answer: serde_json::to_string(&accepted)
                .map_err(|_| StoreError::Damaged("an answer without a JSON form"))?,
            certificate: self.verified.certificate().clone(),
            seal: self.seal.clone(),
            until,
        };
        let used = Used {
            at: self.now,
            submission: self.submission.hash(),
        };
        stored::consume(
            transaction,
            &nonce,
            &used,
            &answered,
            digests,
            &self.seal_der,
        )?;
        Ok(Ok(answered.answer))
    }

    /// What was revoked, or ruled out by staff, since the checks counts as well.
    fn overtaken(&self, transaction: &Transaction<'_>) -> Result<Option<Refusal>, StoreError> {
        if certificates::is_revoked_here(transaction, self.verified.certificate())? {
            let detail = "the certificate was revoked a moment ago";
            let code = Code::CertificateRevoked;
            return Ok(Some(Refusal::at(Check::Revocation, code, detail)));
        }
        let accepted = settings::read(transaction)?.kinds;
        if !accepted.contains(&self.verified.authority().kind) {
            let detail = "certificates of this kind are accepted no longer";
            let code = Code::CertificateWrongKind;
            return Ok(Some(Refusal::at(Check::Path, code, detail)));
        }
        Ok(None)
    }

    fn check_standing(
        &self,
        transaction: &Transaction<'_>,
        stored: &SealRequestRow,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let account = accounts::find(transaction, stored.asked_by.account_id)?;
        let id = self.verified.certificate().sha256();
        let binding = certificates::find(transaction, &id)?;
        let standing = BindStanding {
            same_session: bind::is_there(transaction, &stored.asked_by, &self.page, self.now)?,
            disabled: account.disabled,
            enterprise: &account.enterprise.name,
            credit_code: &account.enterprise.credit_code,
            holder: match &binding {
                None => Holder::Nobody,
                Some(binding) if binding.account_id == account.id => Holder::SameAccount,
                Some(_) => Holder::AnotherAccount,
            },
            frozen: binding.is_some_and(|binding| binding.frozen),
        };
        Ok(self.verified.check_seal(&standing))
    }
}

fn repeated(stored: SealRequestRow) -> Result<String, Problem> {
    let fault = StoreError::Damaged("a used request without its answer");
    let answered = stored.answered.ok_or_else(|| Problem::internal(&fault))?;
    Ok(answered.answer)
}

/// Why a seal may not be used, as a code.
pub(super) fn seal_code(fault: SealFault) -> Code {
    match fault {
        SealFault::Expired(_) | SealFault::NotYetValid(_) => Code::SealExpired,
        _ => Code::SealNotYours,
    }
}

async fn refuse(
    portal: &Portal,
    submission: &Submission,
    stored: Option<&SealRequestRow>,
    refusal: &Refusal,
    caller: &Caller,
) -> Result<Problem, Problem> {
    let said = problem(refusal);
    // What answers no request of this platform is noise.
    if let Some(stored) = stored {
        let (submission, stored) = (submission.clone(), stored.clone());
        let (refusal, caller, now) = (refusal.clone(), caller.clone(), portal.now());
        portal
            .store
            .write(move |transaction| {
                record_refusal(transaction, &submission, &stored, &refusal, &caller, now)
            })
            .await?;
    }
    Ok(said)
}

fn record_refusal(
    transaction: &Transaction<'_>,
    submission: &Submission,
    stored: &SealRequestRow,
    refusal: &Refusal,
    caller: &Caller,
    now: UnixTime,
) -> Result<(), StoreError> {
    let mut facts = json!({ "code": refusal.code });
    let nonce = submission.nonce().to_string();
    merge(&mut facts, &stored::facts(transaction, &nonce)?);
    if let Some(certificate) = submission.signer() {
        merge(&mut facts, &certificate_facts(certificate));
    }
    let doer = Doer {
        login: None,
        caller,
        at: now,
    };
    let account = Some(stored.asked_by.account_id);
    doer.record(transaction, "contract.seal-refused", account, facts)
}
