//! What was appended to one document comes in: checked against the platform's own file, and taken whole or not at all.

use std::sync::Arc;

use hyper::StatusCode;
use rusqlite::Transaction;
use scanseal_pades::{Appended, PdfError, Source};
use scanseal_pki::{SealInfo, SealKind, UnixTime};
use scanseal_platform::sealing::{NotSealed, Returned, Sealed};
use scanseal_protocol::{error::Code, limits};
use serde::Serialize;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::{
    assertion::seal_code,
    stored::{self, Answered, SealDocumentRow},
};
use crate::{
    authority::seals::{Claimed, asking::HANDWRITTEN},
    contracts::{
        actions,
        files::{Chain, Incoming, Kept, sha256},
        notifications::{self, Kind},
        revisions::{self, Level, NewRevision, Revision, Why},
        rows::{self, Contract, State},
        stamping, view,
    },
    http::{Problem, caller::Caller},
    platform::{
        certificates,
        events::{Doer, merge},
        rights::{self, Member},
        session::SessionId,
    },
    portal::Portal,
    store::StoreError,
};

/// Which document of which request.
#[derive(Clone, Debug)]
pub struct Which {
    /// The request's nonce.
    pub nonce: String,
    /// From 0.
    pub index: i64,
}

/// What the page is answered.
#[derive(Serialize)]
struct Taken {
    contract: i64,
    revision: i64,
    state: State,
    level: Level,
    pending: bool,
}

/// Everything that a document is held against.
struct Open {
    member: Member,
    answered: Answered,
    document: SealDocumentRow,
    digest: [u8; 32],
    revision: Revision,
    parts: Vec<Kept>,
}

/// What the transaction needs to know of a document that was checked.
struct Checked {
    part: Kept,
    sha256: [u8; 32],
    size: u64,
    field: String,
    stamped: stamping::Outcome,
}

/// Takes a document; returns the JSON for the page.
///
/// # Errors
/// 404, 409 `document-changed`, `already-sealed` or `not-your-turn`, 410 `assertion-late`, 413 `document-too-large`, 422 and 403 with
/// the code of what is wrong with the seal. None changes anything.
pub async fn take(
    portal: &Arc<Portal>,
    which: Which,
    incoming: Incoming,
    page: &SessionId,
    caller: &Caller,
) -> Result<String, Problem> {
    let (asking, session, now) = (which.clone(), page.clone(), portal.now());
    let (appended, handed) = spawn_blocking(move || read(&incoming))
        .await
        .map_err(|error| Problem::internal(&error))??;
    let open = portal
        .store
        .decide(move |transaction| open(transaction, &session, &asking, &handed, now))
        .await?;
    let open = match open {
        Ok(open) => open,
        Err(answer) => return Ok(answer),
    };
    let checked = check(portal, &open, appended, now).await;
    let checked = match checked {
        Ok(checked) => checked,
        Err(problem) => {
            record_refusal(portal, &open, &problem, caller).await?;
            return Err(problem);
        }
    };
    let (session, caller) = (page.clone(), caller.clone());
    let shared = Arc::clone(portal);
    let answer = portal
        .store
        .decide(move |transaction| {
            // Again, inside the transaction: an equal call may have been faster, and the other party too.
            let open = match self::open(transaction, &session, &which, &handed, now)? {
                Ok(open) => open,
                Err(answer) => return Ok(answer),
            };
            require_holder(transaction, &open)?;
            let claimed = Claimed::new(&shared.authority, &open.answered.seal);
            if let Some((code, why)) = claimed.objection(transaction, now)? {
                let detail = format!("The seal cannot be used: {why}.");
                return Err(Problem::new(StatusCode::FORBIDDEN, code, detail));
            }
            let doer = Doer {
                login: Some(&open.member.login),
                caller: &caller,
                at: now,
            };
            let answer = settle(transaction, &open, &checked, &doer)?;
            stored::take(transaction, &which.nonce, which.index, &handed, &answer)?;
            Ok::<_, Problem>(answer)
        })
        .await?;
    portal.contracts.stamp_soon();
    Ok(answer)
}

fn read(incoming: &Incoming) -> Result<(Vec<u8>, [u8; 32]), Problem> {
    let source = incoming
        .source()
        .map_err(|error| Problem::internal(&error))?;
    let most = usize::try_from(limits::APPENDED_BYTES).unwrap_or(usize::MAX);
    let appended = source
        .piece(0, most)
        .map_err(|error| Problem::internal(&error))?;
    let handed = source.sha256().map_err(|error| Problem::internal(&error))?;
    Ok((appended, handed))
}

/// Looks what the document is held against; `Err` inside is the answer that was given before.
fn open(
    transaction: &Transaction<'_>,
    session: &SessionId,
    which: &Which,
    handed: &[u8; 32],
    now: UnixTime,
) -> Result<Result<Open, String>, Problem> {
    let member = rights::require(transaction, session, now)?;
    let unknown =
        || Problem::not_found("There is no such request to seal, or it was not answered.");
    let request = stored::find(transaction, &which.nonce)?
        .filter(|request| request.asked_by.account_id == member.account_id)
        .ok_or_else(unknown)?;
    let answered = request.answered.ok_or_else(unknown)?;
    let document = stored::document(transaction, &which.nonce, which.index)?.ok_or_else(unknown)?;
    if let Some((taken, answer)) = &document.taken {
        if taken == handed {
            return Ok(Err(answer.clone()));
        }
        return Err(already_sealed());
    }
    if now > answered.until {
        let detail = "It is too late to hand this over: seal the contract anew.";
        return Err(Problem::new(StatusCode::GONE, Code::AssertionLate, detail));
    }
    let Some(digest) = document.digest else {
        return Err(Problem::conflict("The phone has not signed this document."));
    };
    let contract = rows::find(transaction, &member, document.contract_id)?;
    if let Err(code) = contract.require_turn(member.enterprise_id) {
        return Err(match code {
            Some(Code::AlreadySealed) => already_sealed(),
            Some(_) => actions::not_your_turn(),
            None => changed("The contract was returned, or changed, meanwhile."),
        });
    }
    if contract.revision != Some(document.revision) {
        return Err(changed(
            "The contract was changed meanwhile: look at it again, and seal what it is now.",
        ));
    }
    let revision = revisions::find(transaction, contract.id, document.revision)?
        .ok_or(StoreError::Damaged("a revision that is missing"))?;
    Ok(Ok(Open {
        parts: revisions::parts(transaction, contract.id, document.revision)?,
        member,
        answered,
        document,
        digest,
        revision,
    }))
}

/// Who unbound or froze the certificate meanwhile meant it.
fn require_holder(transaction: &Transaction<'_>, open: &Open) -> Result<(), Problem> {
    let refuse = |code, detail: &str| Err(Problem::new(StatusCode::FORBIDDEN, code, detail));
    let certificate = &open.answered.certificate;
    if certificates::is_revoked_here(transaction, certificate)? {
        return refuse(
            Code::CertificateRevoked,
            "The certificate was revoked meanwhile.",
        );
    }
    let binding = certificates::find(transaction, &certificate.sha256())?;
    match binding.filter(|binding| binding.account_id == open.member.account_id) {
        None => refuse(
            Code::CertificateNotBound,
            "The certificate was unbound meanwhile.",
        ),
        Some(binding) if binding.frozen => refuse(
            Code::CertificateFrozen,
            "The certificate was frozen meanwhile.",
        ),
        Some(_) => Ok(()),
    }
}

/// Checks, stamps and keeps what was handed over.
async fn check(
    portal: &Arc<Portal>,
    open: &Open,
    appended: Vec<u8>,
    now: UnixTime,
) -> Result<Checked, Problem> {
    let files = portal.contracts.files.clone();
    let parts = open.parts.clone();
    let original = spawn_blocking(move || files.chain(&parts))
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|error| Problem::internal(&error))?;
    let original = Arc::new(original);
    let length = original.length() + appended.len() as u64;
    if length > u64::from(limits::DOCUMENT_BYTES) {
        let detail = "With this seal the document would be larger than documents may be.";
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return Err(Problem::new(status, Code::DocumentTooLarge, detail));
    }
    let trust = portal
        .trust_list()
        .await
        .map_err(|error| Problem::internal(&error))?
        .list;
    let crls = portal
        .authority
        .crls(&portal.store, now)
        .await
        .map_err(|error| Problem::internal(&error))?;
    let (checking, answered, digest) = (Arc::clone(&original), open.answered.clone(), open.digest);
    let checked = spawn_blocking(move || {
        let returned = Returned {
            original: &*checking,
            appended: &appended,
            digest: &digest,
            certificate: &answered.certificate,
            seal: Some(&answered.seal),
            trust: &trust,
            crls: &crls,
            now,
        };
        let sealed = returned.check()?;
        Ok::<_, NotSealed>((sealed, appended))
    });
    let (sealed, appended) = checked
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|refused| not_sealed(&refused))?;
    if sealed.added.impressions.is_empty() {
        let detail = "The seal shows nowhere: a contract is sealed where everybody sees it.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, Code::SealRequestInvalid, detail));
    }
    finish(portal, original, appended, &sealed, open, now).await
}

async fn finish(
    portal: &Arc<Portal>,
    original: Arc<Chain>,
    appended: Vec<u8>,
    sealed: &Sealed,
    open: &Open,
    now: UnixTime,
) -> Result<Checked, Problem> {
    let field = sealed.added.field.clone();
    let job = stamping::Job {
        original: Arc::clone(&original),
        appended,
        byte_range: sealed.added.byte_range,
        field: field.clone(),
        earlier: open.revision.level,
    };
    let (appended, stamped) = stamping::at_once(portal, job, now).await;
    let files = portal.contracts.files.clone();
    let kept = spawn_blocking(move || {
        let whole = Appended::new(&*original, &appended);
        let hash = sha256(&whole).map_err(|error| Problem::internal(&error))?;
        let part = files
            .keep(&appended)
            .map_err(|error| Problem::internal(&error))?;
        Ok::<_, Problem>((part, hash, whole.length()))
    });
    let (part, sha256, size) = kept.await.map_err(|error| Problem::internal(&error))??;
    Ok(Checked {
        part,
        sha256,
        size,
        field,
        stamped,
    })
}

/// The document is sealed: revision, party, turn, history, log, notifications, webhook.
fn settle(
    transaction: &Transaction<'_>,
    open: &Open,
    checked: &Checked,
    doer: &Doer<'_>,
) -> Result<String, Problem> {
    let (member, id) = (&open.member, open.document.contract_id);
    let contract = actions::known(transaction, id)?;
    let new = NewRevision {
        follows: Some(open.revision.number),
        part: checked.part,
        sha256: checked.sha256,
        size: checked.size,
        pages: open.revision.pages,
        account_id: Some(member.account_id),
        why: Why::Sealed,
        level: checked.stamped.level,
        field: Some(checked.field.clone()),
        next_try: checked.stamped.next_try,
        proven_until: checked.stamped.proven_until,
    };
    let revision = revisions::add(transaction, id, &new, doer.at)?;
    let SealInfo { kind, name, .. } = open.answered.seal.info();
    let seal = &seal_name(*kind, name);
    rows::seal(
        transaction,
        (id, member.enterprise_id),
        member.account_id,
        seal,
        doer.at,
    )?;
    let turn = contract.turn_of(member.enterprise_id);
    let since = turn.and_then(|party| party.turn).unwrap_or(doer.at);
    let by = Some(member.account_id);
    view::record_step(transaction, id, "seal", by, (since, doer.at), seal)?;
    let state = pass_on(transaction, &contract, member, doer)?;
    let sealed = actions::known(transaction, id)?;
    let certificate = certificates::id_text(&open.answered.certificate.sha256());
    let mut facts = actions::facts(&contract);
    let more = json!({
        "revision": revision,
        "sha256": data_encoding::HEXLOWER.encode(&checked.sha256),
        "certificate": certificate,
        "seal": open.answered.seal.info().id,
    });
    merge(&mut facts, &more);
    doer.record(transaction, "contract.sealed", by, facts)?;
    actions::announce(transaction, "contract.sealed", &sealed, member, doer)?;
    if state == State::Done {
        actions::record(transaction, "contract.done", &sealed, member, doer)?;
        actions::announce(transaction, "contract.done", &sealed, member, doer)?;
    }
    let taken = Taken {
        contract: id,
        revision,
        state,
        level: checked.stamped.level,
        pending: checked.stamped.next_try.is_some(),
    };
    serde_json::to_string(&taken).map_err(|error| Problem::internal(&error))
}

/// What a seal is called where nobody sees its kind: nobody has looked at a signature by hand, whatever its holder calls it.
fn seal_name(kind: SealKind, name: &str) -> String {
    if kind == SealKind::Handwritten && !name.starts_with(HANDWRITTEN) {
        return format!("{HANDWRITTEN}（{name}）");
    }
    name.to_owned()
}

/// Whose turn it is next; nobody's once all have sealed.
fn pass_on(
    transaction: &Transaction<'_>,
    contract: &Contract,
    member: &Member,
    doer: &Doer<'_>,
) -> Result<State, StoreError> {
    actions::give_turns(transaction, contract, member, doer)?;
    let parties = rows::parties(transaction, contract.id)?;
    let done = parties.iter().all(|party| party.sealed.is_some());
    let (state, kind) = if done {
        (State::Done, Kind::Done)
    } else {
        (State::Signing, Kind::Sealed)
    };
    rows::set_state(transaction, contract.id, state, doer.at)?;
    for party in actions::others(contract, member) {
        let by = Some(member.enterprise_id);
        let to = (party.enterprise_id, contract.id);
        notifications::tell(transaction, to, kind, by, "", doer.at)?;
    }
    Ok(state)
}

fn not_sealed(refused: &NotSealed) -> Problem {
    let status = match refused {
        NotSealed::Seal(fault) => {
            let detail = format!("{fault}.");
            return Problem::new(StatusCode::FORBIDDEN, seal_code(*fault), detail);
        }
        NotSealed::OtherPicture { .. } => StatusCode::FORBIDDEN,
        NotSealed::Added(scanseal_pades::verify::NotAdded::Unreadable(PdfError::Source(error))) => {
            return Problem::internal(error);
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, refused.code(), format!("{refused}."))
}

fn already_sealed() -> Problem {
    let detail = "Your enterprise has sealed this contract already.";
    Problem::new(StatusCode::CONFLICT, Code::AlreadySealed, detail)
}

fn changed(detail: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, Code::DocumentChanged, detail)
}

/// Who tried to hand over what is no seal stands in the log.
async fn record_refusal(
    portal: &Portal,
    open: &Open,
    problem: &Problem,
    caller: &Caller,
) -> Result<(), Problem> {
    if problem.status().is_server_error() {
        return Ok(());
    }
    let (member, caller, now) = (open.member.clone(), caller.clone(), portal.now());
    let code = problem.code().as_str();
    let id = open.document.contract_id;
    portal
        .store
        .write(move |transaction| {
            let contract = actions::known(transaction, id)?;
            let doer = Doer {
                login: Some(&member.login),
                caller: &caller,
                at: now,
            };
            let mut facts = actions::facts(&contract);
            merge(&mut facts, &json!({ "code": code }));
            let account = Some(member.account_id);
            doer.record(transaction, "contract.seal-refused", account, facts)
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_by_hand_is_called_one_whatever_its_holder_calls_it() {
        let by_hand = |name| seal_name(SealKind::Handwritten, name);
        assert_eq!(by_hand("天山公司公章"), "手写签名（天山公司公章）");
        assert_eq!(by_hand("手写签名"), "手写签名");
        assert_eq!(seal_name(SealKind::Company, "天山公司公章"), "天山公司公章");
    }
}
