//! Files come in: of contracts, and beside them.

use std::sync::Arc;

use tokio::task::spawn_blocking;
use warp::Filter;

use super::{Number, act, contract, io};
use crate::{
    contracts::{
        actions,
        attachments::{self, ATTACHMENT_BYTES},
        convert,
        files::{Incoming, Kept},
        revisions::{self, Level, NewRevision, Why},
        rows,
        upload::{self, Examined, Form, PDF_BYTES},
    },
    http::{
        Problem,
        endpoint::{Answer, Call, Pieces, Route, with_stream_of, without_body_of},
    },
    platform::{
        rights::{self, Member},
        session::OwnPage,
    },
    portal::Portal,
    store::StoreError,
};

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let attached = || {
        contract()
            .and(warp::path!("attachments" / String))
            .map(|id, name| (id, name))
    };
    vec![
        with_stream_of(
            portal,
            contract()
                .and(warp::path("file"))
                .and(warp::path::end())
                .and(warp::put()),
            |portal, call, Number(id), pieces| async move { file(&portal, &call, id, pieces).await },
        ),
        with_stream_of(
            portal,
            attached().and(warp::put()),
            |portal, call, (Number(id), name), pieces| async move {
                attach(&portal, &call, (id, &name), pieces).await
            },
        ),
        without_body_of(
            portal,
            attached().and(warp::delete()),
            |portal, call, (Number(id), name): (Number, String)| async move {
                let name = attachments::name(&name).map_err(|_| no_attachment())?;
                act(&portal, &call, id, move |transaction, member, _| {
                    let contract = rows::find(transaction, member, id)?;
                    contract.require_open(member)?;
                    attachments::remove(transaction, &contract, &name)
                })
                .await
            },
        ),
    ]
}

/// Who may not change the contract need not send the file first.
async fn require_open(portal: &Portal, call: &Call, id: i64) -> Result<Member, Problem> {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let now = portal.now();
    portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            rows::find(transaction, &member, id)?.require_open(&member)?;
            Ok::<_, Problem>(member)
        })
        .await
}

/// Takes a file in, if the enterprise has room for it.
async fn receive(
    portal: &Portal,
    call: &Call,
    member: &Member,
    most: u64,
    pieces: Pieces,
) -> Result<Incoming, Problem> {
    let (contracts, enterprise) = (&portal.contracts, member.enterprise_id);
    contracts.daily.require(enterprise, portal.now())?;
    let place = contracts.uploads.take(enterprise)?;
    let incoming = upload::receive(portal, &call.headers, (place, most), pieces).await?;
    contracts
        .daily
        .add(enterprise, incoming.size(), portal.now());
    Ok(incoming)
}

async fn file(portal: &Portal, call: &Call, id: i64, pieces: Pieces) -> Answer {
    let member = require_open(portal, call, id).await?;
    let incoming = receive(portal, call, &member, PDF_BYTES, pieces).await?;
    let (incoming, why) = as_pdf(portal, &member, incoming).await?;
    let (incoming, Examined { pages }) = upload::examine_incoming(portal, incoming).await?;
    let part = keep(incoming).await?;
    act(portal, call, id, move |transaction, member, doer| {
        let contract = rows::find(transaction, member, id)?;
        contract.require_open(member)?;
        let new = NewRevision {
            follows: None,
            part,
            sha256: part.hash,
            size: part.size,
            pages,
            account_id: Some(member.account_id),
            why,
            level: Level::Unsigned,
            field: None,
            next_try: None,
            proven_until: None,
        };
        revisions::add(transaction, id, &new, doer.at)?;
        transaction
            .execute(
                "UPDATE contract SET template = NULL, fields = NULL WHERE id = ?1",
                [id],
            )
            .map_err(StoreError::from)?;
        Ok(actions::record(
            transaction,
            "contract.changed",
            &contract,
            member,
            doer,
        )?)
    })
    .await
}

/// Makes a PDF of what came, if it is none.
async fn as_pdf(
    portal: &Portal,
    member: &Member,
    incoming: Incoming,
) -> Result<(Incoming, Why), Problem> {
    let (incoming, form) = spawn_blocking(move || {
        let source = incoming.source().map_err(|error| io(&error))?;
        let form = Form::of(&source).map_err(|error| Problem::internal(&error))?;
        Ok::<_, Problem>((incoming, form))
    })
    .await
    .map_err(|error| Problem::internal(&error))??;
    match form {
        Form::Pdf => Ok((incoming, Why::Uploaded)),
        other => {
            let _place = portal.contracts.making.take(member.enterprise_id)?;
            let converted = convert::to_pdf(portal, incoming, other).await?;
            Ok((converted, Why::Converted))
        }
    }
}

async fn attach(portal: &Portal, call: &Call, (id, name): (i64, &str), pieces: Pieces) -> Answer {
    let member = require_open(portal, call, id).await?;
    let name = attachments::name(name)?;
    let incoming = receive(portal, call, &member, ATTACHMENT_BYTES, pieces).await?;
    let file = keep(incoming).await?;
    act(portal, call, id, move |transaction, member, doer| {
        let contract = rows::find(transaction, member, id)?;
        contract.require_open(member)?;
        attachments::put(transaction, &contract, member, (&name, file), doer.at)
    })
    .await
}

/// Puts a file on the disk, beside the threads that answer.
async fn keep(incoming: Incoming) -> Result<Kept, Problem> {
    spawn_blocking(move || incoming.keep())
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|error| io(&error))
}

fn no_attachment() -> Problem {
    Problem::not_found("There is no such attachment.")
}
