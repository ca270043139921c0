//! Files go out: always as downloads, so that nothing that somebody uploaded ever runs on this origin.

use std::{io, sync::Arc};

use bytes::Bytes;
use futures_util::stream;
use hyper::header::{self, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use scanseal_pades::Source;
use tokio::task::spawn_blocking;
use warp::{Filter, Reply};

use super::{Number, contract, look, missing};
use crate::{
    contracts::{
        attachments,
        files::{self, Kept},
        revisions, view,
    },
    http::{
        Problem,
        endpoint::{Answer, Call, Route, without_body_of},
    },
    portal::Portal,
};

/// Bytes of a piece.
const PIECE: usize = 256 * 1024;
/// What a name may hold beside letters and digits (RFC 8187 section 3.2.1).
const NAME: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const PDF: HeaderValue = HeaderValue::from_static("application/pdf");
const ANYTHING: HeaderValue = HeaderValue::from_static("application/octet-stream");

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        without_body_of(
            portal,
            contract()
                .and(warp::path!("revisions" / Number))
                .and(warp::get())
                .map(|id, number| (id, number)),
            |portal, call, (Number(id), Number(number))| async move {
                revision(&portal, &call, id, number).await
            },
        ),
        without_body_of(
            portal,
            contract()
                .and(warp::path!("attachments" / String))
                .and(warp::get())
                .map(|id, name| (id, name)),
            |portal, call, (Number(id), name): (Number, String)| async move {
                attachment(&portal, &call, id, &name).await
            },
        ),
    ]
}

async fn revision(portal: &Portal, call: &Call, id: i64, number: i64) -> Answer {
    let (parts, sha256, name) = look(portal, call, id, move |transaction, contract, _| {
        let revision = revisions::find(transaction, id, number)?
            .ok_or_else(|| Problem::not_found("There is no such revision."))?;
        let parts = revisions::parts(transaction, id, number)?;
        let name = view::file_name(contract, &revision);
        Ok((parts, revision.sha256, name))
    })
    .await?;
    if parts.is_empty() {
        return Err(missing());
    }
    send(portal, parts, (PDF, &sha256, &name)).await
}

async fn attachment(portal: &Portal, call: &Call, id: i64, name: &str) -> Answer {
    let unknown = || Problem::not_found("There is no such attachment.");
    let name = attachments::name(name).map_err(|_| unknown())?;
    let wanted = name.clone();
    let file = look(portal, call, id, move |transaction, _, _| {
        attachments::find(transaction, id, &wanted)?.ok_or_else(unknown)
    })
    .await?;
    send(portal, vec![file], (ANYTHING, &file.hash, &name)).await
}

/// Reads piece by piece, as fast as the other side takes it.
async fn send(
    portal: &Portal,
    parts: Vec<Kept>,
    (media_type, sha256, name): (HeaderValue, &[u8; 32], &str),
) -> Answer {
    let files = portal.contracts.files.clone();
    let chain = spawn_blocking(move || files.chain(&parts))
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|error| Problem::internal(&error))?;
    let length = chain.length();
    // Each piece is asked for once the one before was taken: a slow reader holds no thread.
    let pieces = stream::try_unfold((Arc::new(chain), 0), |(chain, offset)| async move {
        if offset >= chain.length() {
            return Ok(None);
        }
        let reading = Arc::clone(&chain);
        let piece = spawn_blocking(move || reading.piece(offset, PIECE)).await;
        let piece = piece.map_err(io::Error::other)?.map_err(io::Error::other)?;
        let next = offset + piece.len() as u64;
        Ok::<_, io::Error>(Some((Bytes::from(piece), (chain, next))))
    });
    let mut response = warp::reply::stream(pieces).into_response();
    let tag = format!("\"{}\"", files::name(sha256));
    let saved = format!(
        "attachment; filename*=UTF-8''{}",
        utf8_percent_encode(name, &NAME)
    );
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CONTENT_LENGTH, length.into());
    for (header, value) in [(header::ETAG, tag), (header::CONTENT_DISPOSITION, saved)] {
        let value = HeaderValue::from_str(&value).map_err(|error| Problem::internal(&error))?;
        headers.insert(header, value);
    }
    Ok(response)
}
