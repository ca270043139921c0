//! Makes a contract's file from a template.

use std::{path::Path, sync::Arc};

use hyper::StatusCode;
use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::task::spawn_blocking;

use super::{
    actions,
    files::{Incoming, Kept},
    revisions::{self, Level, NewRevision, Why},
    rows::{self, Contract},
    templates::{self, Filled, Unfilled, font::FontError},
    upload,
};
use crate::{
    http::{Problem, ProblemCode},
    platform::{events::Doer, fields, rights::Member},
    portal::Portal,
    store::StoreError,
};

/// Files that are set at once: each holds a font of some 25 MB in memory.
pub(super) const AT_ONCE: usize = 2;

/// What the page sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FillBody {
    template: String,
    fields: Map<String, Value>,
}

/// What was made; it is on the disk.
pub(super) struct Made {
    part: Kept,
    pages: u32,
    /// The template, and its fields as JSON.
    template: (&'static str, String),
    /// What the form said then.
    form: Contract,
}

impl Made {
    /// Puts the file in force.
    ///
    /// # Errors
    /// 403, 409 `conflict`.
    pub(super) fn keep(
        &self,
        transaction: &Transaction<'_>,
        member: &Member,
        doer: &Doer<'_>,
    ) -> Result<(), Problem> {
        let contract = rows::find(transaction, member, self.form.id)?;
        contract.require_open(member)?;
        if !contract.says_the_same(&self.form) {
            let detail = "The contract was changed meanwhile: look at it, and make the file again.";
            return Err(Problem::conflict(detail));
        }
        let new = NewRevision {
            follows: None,
            part: self.part,
            sha256: self.part.hash,
            size: self.part.size,
            pages: self.pages,
            account_id: Some(member.account_id),
            why: Why::Filled,
            level: Level::Unsigned,
            field: None,
            next_try: None,
            proven_until: None,
        };
        revisions::add(transaction, contract.id, &new, doer.at)?;
        let (template, fields) = &self.template;
        let update = "UPDATE contract SET template = ?2, fields = ?3 WHERE id = ?1";
        transaction
            .execute(update, params![contract.id, template, fields])
            .map_err(StoreError::from)?;
        let changed = "contract.changed";
        Ok(actions::record(
            transaction,
            changed,
            &contract,
            member,
            doer,
        )?)
    }
}

impl FillBody {
    /// Makes the file of this contract as it is.
    ///
    /// # Errors
    /// 422 with `fields`, 503 `document-font-missing`.
    pub(super) async fn make(
        self,
        portal: &Arc<Portal>,
        contract: Contract,
    ) -> Result<Made, Problem> {
        let template = templates::find(&self.template)
            .ok_or_else(|| fields::one("template", fields::FieldError::Wrong))?;
        let filled = template
            .compose(&contract, &self.fields)
            .map_err(|wrong| refuse(&wrong))?;
        let _place = (portal.contracts.printing.acquire().await)
            .map_err(|error| Problem::internal(&error))?;
        let font = portal.contracts.font.clone().ok_or_else(no_font)?;
        let (shared, now) = (Arc::clone(portal), portal.now());
        let incoming = spawn_blocking(move || print(&shared, &filled, &font, now))
            .await
            .map_err(|error| Problem::internal(&error))??;
        let (incoming, examined) = upload::examine_incoming(portal, incoming).await?;
        let part = spawn_blocking(move || incoming.keep())
            .await
            .map_err(|error| Problem::internal(&error))?
            .map_err(|error| Problem::internal(&error))?;
        let given = serde_json::to_string(&self.fields);
        Ok(Made {
            part,
            pages: examined.pages,
            template: (
                template.id,
                given.map_err(|error| Problem::internal(&error))?,
            ),
            form: contract,
        })
    }
}

fn print(
    portal: &Portal,
    filled: &Filled,
    font: &Path,
    now: UnixTime,
) -> Result<Incoming, Problem> {
    let unusable = |error: FontError| {
        tracing::error!(%error, path = %font.display(), "the font for contracts cannot be used");
        no_font()
    };
    let face = templates::font::Face::read(font).map_err(unusable)?;
    let pdf = filled.print(&face, now).map_err(|error| match error {
        Unfilled::Fields(wrong) => refuse(&wrong),
        Unfilled::Font(error) => unusable(error),
    })?;
    let keep = || {
        let mut incoming = portal.contracts.files.begin()?;
        incoming.write(&pdf)?;
        Ok::<_, std::io::Error>(incoming)
    };
    keep().map_err(|error| Problem::internal(&error))
}

fn refuse(wrong: &templates::fields::Wrong) -> Problem {
    let words = templates::words(wrong);
    let names: Vec<&str> = words.keys().map(String::as_str).collect();
    let detail = format!("These fields cannot be taken: {}.", names.join(", "));
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::with_code(status, ProblemCode::Protocol(Code::Malformed), detail).with("fields", words)
}

fn no_font() -> Problem {
    let detail = "No Chinese font is installed on this server (Debian package fonts-noto-cjk), or name one with --contract-font.";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Problem::new(status, Code::DocumentFontMissing, detail)
}
