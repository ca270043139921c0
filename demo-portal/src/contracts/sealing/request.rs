//! A request to seal contracts: one scan, one PIN, up to 50 documents.

use data_encoding::HEXLOWER;
use hyper::StatusCode;
use rusqlite::Transaction;
use scanseal_pki::UnixTime;
use scanseal_platform::request::{
    self as claims, NewRequest, RequestRecord, SCANNED_SECONDS_FOR_DOCUMENTS, SEAL_REQUEST_SECONDS,
};
use scanseal_protocol::{
    Text,
    error::Code,
    limits,
    request::{Account, CertificateKind, Document, Nonce, PlatformId},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::stored::{self, Named};
use crate::{
    authority::trust::{PLATFORM_ID, platform_name},
    contracts::{revisions, rows},
    http::{Problem, ProblemCode, caller::Caller, cookies::CookieSecret, origins},
    platform::{
        accounts,
        request::{Asker, browser_hash},
        rights::{self, Member},
        session::OwnPage,
    },
    portal::Portal,
    settings,
    store::StoreError,
};

/// Which contracts shall be sealed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealRequestBody {
    contracts: Vec<i64>,
}

/// What the page's SDK needs, and the documents.
#[derive(Clone, Debug, Serialize)]
pub struct IssuedSealRequest {
    request: String,
    expires: u64,
    relay: String,
    link: String,
    scanned: u32,
    jti: String,
    documents: Vec<IssuedDocument>,
}

#[derive(Clone, Debug, Serialize)]
struct IssuedDocument {
    contract: i64,
    number: String,
    revision: i64,
    name: String,
    size: u64,
    pages: u32,
    sha256: String,
}

/// What is asked for, after a look at the tables.
struct Asked {
    kinds: Vec<CertificateKind>,
    account: Account,
    member: Member,
    documents: Vec<Document>,
    issued: Vec<IssuedDocument>,
}

/// Makes, signs and stores a request.
///
/// # Errors
/// 400 `malformed`, 401, 404; 409 with the code of the first contract that cannot be sealed, and `contracts`.
pub async fn issue(
    portal: &Portal,
    body: SealRequestBody,
    page: &OwnPage,
    browser: &CookieSecret,
    caller: &Caller,
) -> Result<IssuedSealRequest, Problem> {
    let once = |(place, id): (usize, &i64)| !body.contracts[..place].contains(id);
    let number = body.contracts.len();
    if number == 0 || number > limits::MAX_DOCUMENTS || !body.contracts.iter().enumerate().all(once)
    {
        let detail = format!(
            "`contracts` must name 1 to {} contracts, each once.",
            limits::MAX_DOCUMENTS
        );
        return Err(Problem::malformed(detail));
    }
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| Problem::internal(&error))?;
    let (nonce, now) = (Nonce::from_bytes(nonce), portal.now());
    let session = page.session.clone();
    let asked = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &session, now)?;
            look(transaction, member, &body.contracts)
        })
        .await?;
    let request = sign(portal, &asked, (nonce, now), page, caller)?;
    let record = RequestRecord::new(request.clone(), browser_hash(browser));
    let session = page.session.clone();
    let issued = portal
        .store
        .decide(move |transaction| {
            // Signing took a moment, in which the session may have ended. What else may have changed is asked when documents
            // come back.
            let member = rights::require(transaction, &session, now)?;
            if member.account_id != asked.member.account_id {
                return Err(rights::login_required());
            }
            let asker = Asker {
                account_id: member.account_id,
                session: session.stored(),
            };
            let named = |document: &IssuedDocument| Named {
                contract_id: document.contract,
                revision: document.revision,
            };
            let named: Vec<_> = asked.issued.iter().map(named).collect();
            let times = (now, now.saturating_add_secs(SEAL_REQUEST_SECONDS));
            stored::insert(
                transaction,
                &nonce.to_string(),
                &record,
                &asker,
                &named,
                times,
            )?;
            Ok::<_, Problem>(asked.issued)
        })
        .await?;
    Ok(IssuedSealRequest {
        request,
        expires: SEAL_REQUEST_SECONDS,
        relay: format!("{}/relay", origins::web_socket(&page.origin)),
        link: portal.link_for(&page.origin),
        scanned: SCANNED_SECONDS_FOR_DOCUMENTS,
        jti: nonce.to_string(),
        documents: issued,
    })
}

fn look(
    transaction: &Transaction<'_>,
    member: Member,
    contracts: &[i64],
) -> Result<Asked, Problem> {
    let (mut documents, mut issued, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for id in contracts {
        let contract = rows::find(transaction, &member, *id)?;
        if let Err(code) = contract.require_turn(member.enterprise_id) {
            refused.push((
                *id,
                code.map_or(ProblemCode::Conflict, ProblemCode::Protocol),
            ));
            continue;
        }
        let number = contract
            .revision
            .ok_or(StoreError::Damaged("a submitted contract without a file"))?;
        let revision = revisions::find(transaction, *id, number)?
            .ok_or(StoreError::Damaged("a revision that is missing"))?;
        let size = u32::try_from(revision.size).ok();
        let Some(size) = size.filter(|size| *size <= limits::DOCUMENT_BYTES) else {
            refused.push((*id, ProblemCode::Protocol(Code::DocumentTooLarge)));
            continue;
        };
        if documents
            .iter()
            .any(|document: &Document| document.sha256 == revision.sha256)
        {
            // Two contracts with the very same file: no request can name both.
            refused.push((*id, ProblemCode::Conflict));
            continue;
        }
        documents.push(Document {
            name: Text::truncated(&contract.title),
            size,
            pages: revision.pages,
            sha256: revision.sha256,
        });
        issued.push(IssuedDocument {
            contract: *id,
            number: contract.number,
            revision: number,
            name: contract.title,
            size: revision.size,
            pages: revision.pages,
            sha256: HEXLOWER.encode(&revision.sha256),
        });
    }
    if let Some((_, code)) = refused.first() {
        let listed: Vec<_> = refused
            .iter()
            .map(|(id, code)| json!({ "id": id, "code": code.as_str() }))
            .collect();
        let detail = "Not all of these contracts can be sealed at present; nothing was asked.";
        let problem = Problem::with_code(StatusCode::CONFLICT, *code, detail);
        return Err(problem.with("contracts", listed));
    }
    let account = accounts::find(transaction, member.account_id)?;
    let enterprise = &account.enterprise;
    let asked = claims::account(
        &account.login,
        &enterprise.name,
        enterprise.credit_code,
        None,
    )
    .map_err(|error| Problem::internal(&error))?;
    Ok(Asked {
        kinds: settings::read(transaction)?.kinds,
        account: asked,
        member,
        documents,
        issued,
    })
}

fn sign(
    portal: &Portal,
    asked: &Asked,
    (nonce, now): (Nonce, UnixTime),
    page: &OwnPage,
    caller: &Caller,
) -> Result<String, Problem> {
    let place = caller.place();
    let new = NewRequest {
        platform: &PlatformId::parse(PLATFORM_ID).expect("the constant has the right form"),
        name: &platform_name(),
        origin: &page.origin,
        nonce,
        now,
        browser: &caller.browser,
        place: &place,
        kinds: &asked.kinds,
    };
    let claims = new.seal(asked.account.clone(), asked.documents.clone());
    portal
        .platform
        .sign(|certificates| claims.unsigned(certificates))
        .map_err(|error| Problem::internal(&error))
}
