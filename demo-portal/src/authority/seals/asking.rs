//! What the holder of a certificate asks for: a signature written by hand, a photographed seal, the end of a seal.

use std::{collections::BTreeMap, sync::Arc};

use hyper::StatusCode;
use rusqlite::{Transaction, params};
use scanseal_pki::{Certificate, MAX_SEAL_MILLIMETRES, SealKind, UnixTime};
use scanseal_protocol::error::Code;
use scanseal_seal_picture::SealPicture;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    authority::seals::{
        holder::Holder,
        making::{self, MAX_STORED_PICTURE, NewSeal},
        records::{
            self, MAX_SEALS_EVER, MAX_SEALS_PER_CERTIFICATE, MAX_WAITING, REASONS, Record,
            SUPERSEDED, Source, State,
        },
    },
    contracts::form,
    http::{Problem, caller::Caller},
    platform::{accounts, certificates, events, events::Doer},
    portal::Portal,
    store::StoreError,
};

/// Characters of a seal's name.
pub const MAX_NAME_CHARACTERS: usize = 64;
/// What a signature written by hand is called, if its holder says nothing else.
pub(crate) const HANDWRITTEN: &str = "手写签名";

/// A signature written by hand, as it is described in the address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandwrittenQuery {
    width: u32,
    height: u32,
    name: Option<String>,
    replaces: Option<String>,
}

/// A photographed seal, as it is described in the address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotographedQuery {
    kind: u8,
    name: String,
    width: u32,
    height: u32,
    replaces: Option<String>,
}

/// The end of a seal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeBody {
    seal: String,
    reason: String,
}

/// A seal that was asked for, before its picture is looked at.
struct Asked {
    kind: SealKind,
    name: String,
    source: Source,
    millimetres: (u32, u32),
    replaces: Option<String>,
}

impl TryFrom<HandwrittenQuery> for Asked {
    type Error = Problem;

    fn try_from(query: HandwrittenQuery) -> Result<Self, Problem> {
        Ok(Self {
            kind: SealKind::Handwritten,
            name: read_name(query.name.as_deref().unwrap_or(HANDWRITTEN))?,
            source: Source::Handwritten,
            millimetres: read_size(query.width, query.height)?,
            replaces: query.replaces,
        })
    }
}

impl TryFrom<PhotographedQuery> for Asked {
    type Error = Problem;

    fn try_from(query: PhotographedQuery) -> Result<Self, Problem> {
        let kind = SealKind::ALL
            .into_iter()
            .find(|kind| *kind as u8 == query.kind && *kind != SealKind::Handwritten);
        let kind = kind.ok_or_else(|| {
            let detail = "A photographed seal is of kind 1, 2, 3 or 4.";
            Problem::fields(BTreeMap::from([("kind", "unknown")]), detail)
        })?;
        Ok(Self {
            kind,
            name: read_name(&query.name)?,
            source: Source::Photographed,
            millimetres: read_size(query.width, query.height)?,
            replaces: query.replaces,
        })
    }
}

fn read_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=MAX_NAME_CHARACTERS).contains(&length) && !name.chars().any(form::is_odd) {
        return Ok(name.to_owned());
    }
    let detail =
        format!("A seal's name has 1 to {MAX_NAME_CHARACTERS} characters, all of which are seen.");
    Err(Problem::fields(
        BTreeMap::from([("name", "characters")]),
        detail,
    ))
}

fn read_size(width: u32, height: u32) -> Result<(u32, u32), Problem> {
    let allowed = 1..=MAX_SEAL_MILLIMETRES;
    for (name, side) in [("width", width), ("height", height)] {
        if !allowed.contains(&u64::from(side)) {
            let detail = "A seal is 1 to 100 mm wide and high.";
            return Err(Problem::fields(BTreeMap::from([(name, "range")]), detail));
        }
    }
    Ok((width, height))
}

/// Issues a signature written by hand, at once.
///
/// # Errors
/// Those of [`Holder::require`]; 422 for a picture or values that cannot be taken; 409 `full`, `conflict`; 404 for an unknown
/// `replaces`.
pub(super) async fn handwritten(
    portal: &Arc<Portal>,
    caller: Caller,
    holder: Holder,
    query: HandwrittenQuery,
    picture: &[u8],
) -> Result<Record, Problem> {
    let asked = Asked::try_from(query)?;
    let picture = read_picture(portal, picture, asked.millimetres).await?;
    let (shared, now) = (Arc::clone(portal), portal.now());
    portal
        .store
        .decide(move |transaction| {
            let ca = holder.require_in_force(transaction, now)?;
            if let Some(known) = records::by_call(transaction, &holder.serial(), &holder.call)? {
                return Ok(known);
            }
            check_replaced(transaction, &holder, &asked)?;
            let ca = shared
                .authority
                .find(&ca)
                .ok_or(StoreError::Damaged("a certificate of no authority"))?;
            let seal = NewSeal {
                kind: asked.kind,
                name: asked.name,
                source: asked.source,
                millimetres: asked.millimetres,
                picture,
                replaces: asked.replaces,
            };
            let record = making::make(ca, &holder.certificate, seal, now)?;
            if let Some(replaced) = &record.replaces {
                records::set_revoked(transaction, replaced, SUPERSEDED, now)?;
            }
            require_room(transaction, &holder, now)?;
            records::insert(transaction, &record, None, Some(&holder.call))?;
            tell(
                transaction,
                "seal.issued",
                &holder.certificate,
                &record,
                &caller,
                now,
            )?;
            Ok::<_, Problem>(record)
        })
        .await
}

/// Takes a photographed seal in, for platform staff to look at.
///
/// # Errors
/// As [`handwritten`].
pub(super) async fn photographed(
    portal: &Arc<Portal>,
    caller: Caller,
    holder: Holder,
    query: PhotographedQuery,
    picture: &[u8],
) -> Result<Record, Problem> {
    let asked = Asked::try_from(query)?;
    let picture = read_picture(portal, picture, asked.millimetres).await?;
    let now = portal.now();
    portal
        .store
        .decide(move |transaction| {
            let ca = holder.require_in_force(transaction, now)?;
            if let Some(known) = records::by_call(transaction, &holder.serial(), &holder.call)? {
                return Ok(known);
            }
            check_replaced(transaction, &holder, &asked)?;
            require_room(transaction, &holder, now)?;
            require_few_waiting(transaction, &holder)?;
            let record = Record {
                id: making::new_id(&ca)?,
                serial: holder.serial(),
                kind: asked.kind,
                name: asked.name,
                source: asked.source,
                millimetres: asked.millimetres,
                replaces: asked.replaces,
                asked: now,
                state: State::Waiting,
                since: now,
                reason: None,
                valid_from: holder.certificate.not_before(),
                valid_until: holder.certificate.not_after(),
                der: None,
            };
            records::insert(transaction, &record, Some(&picture), Some(&holder.call))?;
            tell(
                transaction,
                "seal.requested",
                &holder.certificate,
                &record,
                &caller,
                now,
            )?;
            Ok::<_, Problem>(record)
        })
        .await
}

/// Revokes a seal for its holder. One that was revoked before stays as it was.
///
/// # Errors
/// Those of [`Holder::require`]; 404 if the certificate has no such seal; 409 `conflict` if it was never issued; 422 for an
/// unknown reason.
pub(super) async fn revoke(
    portal: &Portal,
    caller: Caller,
    holder: Holder,
    body: RevokeBody,
) -> Result<Record, Problem> {
    check_reason(&body.reason)?;
    let now = portal.now();
    portal
        .store
        .decide(move |transaction| {
            holder.require_in_force(transaction, now)?;
            let record = own(transaction, &holder, &body.seal)?.ok_or_else(unknown)?;
            match record.state {
                State::Revoked => return Ok(record),
                State::Waiting | State::Returned => {
                    return Err(Problem::conflict("The seal was not issued."));
                }
                State::Issued => {}
            }
            records::set_revoked(transaction, &record.id, &body.reason, now)?;
            let record = records::find(transaction, &record.id)?.ok_or_else(unknown)?;
            tell(
                transaction,
                "seal.revoked",
                &holder.certificate,
                &record,
                &caller,
                now,
            )?;
            Ok::<_, Problem>(record)
        })
        .await
}

/// There is no such seal.
pub(crate) fn unknown() -> Problem {
    Problem::not_found("There is no such seal of this certificate.")
}

/// Refuses a reason that is none.
pub(crate) fn check_reason(reason: &str) -> Result<(), Problem> {
    if REASONS.contains(&reason) {
        return Ok(());
    }
    let detail = format!("A reason is one of {}.", REASONS.join(", "));
    Err(Problem::fields(
        BTreeMap::from([("reason", "unknown")]),
        detail,
    ))
}

/// Decoding and encoding takes a moment; that is no work for the thread that answers everybody.
async fn read_picture(
    portal: &Portal,
    picture: &[u8],
    millimetres: (u32, u32),
) -> Result<Vec<u8>, Problem> {
    let _turn = portal.pictures.acquire().await;
    let bytes = picture.to_vec();
    let given = move || SealPicture::given(&bytes, millimetres, MAX_STORED_PICTURE);
    let given = tokio::task::spawn_blocking(given)
        .await
        .map_err(|error| Problem::internal(&error))?;
    given.map(SealPicture::into_png).map_err(|error| {
        let code = error.code().parse().unwrap_or(Code::PictureInvalid);
        let detail = format!("The picture is refused: {error}.");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    })
}

fn own(
    transaction: &Transaction<'_>,
    holder: &Holder,
    id: &str,
) -> Result<Option<Record>, StoreError> {
    let record = records::find(transaction, id)?;
    Ok(record.filter(|record| record.serial == holder.serial()))
}

/// What takes the place of another must be of its kind, and the other must be in use.
fn check_replaced(
    transaction: &Transaction<'_>,
    holder: &Holder,
    asked: &Asked,
) -> Result<(), Problem> {
    let Some(replaces) = &asked.replaces else {
        return Ok(());
    };
    let record = own(transaction, holder, replaces)?.ok_or_else(unknown)?;
    if record.kind != asked.kind || record.state != State::Issued {
        let detail = "Only a seal of the same kind that is in use can be replaced.";
        return Err(Problem::conflict(detail));
    }
    Ok(())
}

fn require_room(
    transaction: &Transaction<'_>,
    holder: &Holder,
    now: UnixTime,
) -> Result<(), Problem> {
    let select = "SELECT count(*) FILTER (WHERE state = 'waiting' OR (state = 'issued' AND valid_until >= ?2)), count(*)
                  FROM seal WHERE serial = ?1";
    let seconds = crate::authority::registry::seconds(now);
    let (used, ever): (u32, u32) = transaction
        .query_row(select, params![holder.serial(), seconds], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(StoreError::from)?;
    if used < MAX_SEALS_PER_CERTIFICATE && ever < MAX_SEALS_EVER {
        return Ok(());
    }
    full("This certificate has as many seals as are allowed: revoke one first.")
}

fn require_few_waiting(transaction: &Transaction<'_>, holder: &Holder) -> Result<(), Problem> {
    let select = "SELECT count(*) FROM seal WHERE serial = ?1 AND state = 'waiting'";
    let waiting: u32 = transaction
        .query_row(select, [holder.serial()], |row| row.get(0))
        .map_err(StoreError::from)?;
    if waiting < MAX_WAITING {
        return Ok(());
    }
    full(
        "As many photographed seals as are allowed wait for review: wait until they were looked at.",
    )
}

fn full(detail: &str) -> Result<(), Problem> {
    Err(Problem::new(StatusCode::CONFLICT, Code::Full, detail))
}

/// Writes down what happened to a seal. Who holds the certificate is known if it is bound to an account.
fn tell(
    transaction: &Transaction<'_>,
    event: &'static str,
    certificate: &Certificate,
    record: &Record,
    caller: &Caller,
    now: UnixTime,
) -> Result<(), StoreError> {
    let account = certificates::find(transaction, &certificate.sha256())?
        .map(|binding| accounts::find(transaction, binding.account_id))
        .transpose()?;
    let doer = Doer {
        login: account.as_ref().map(|account| account.login.as_str()),
        caller,
        at: now,
    };
    let id = account.as_ref().map(|account| account.id);
    doer.record(transaction, event, id, facts(certificate, record))
}

/// A seal and its certificate, for the log.
pub(super) fn facts(certificate: &Certificate, record: &Record) -> Value {
    let mut facts = events::certificate_facts(certificate);
    events::merge(&mut facts, &json!({ "seals": [making::fact(record)] }));
    if let Some(reason) = &record.reason {
        events::merge(&mut facts, &json!({ "reason": reason }));
    }
    facts
}
