//! What platform staff sets for everybody.

use std::sync::Arc;

use hyper::StatusCode;
use scanseal_protocol::{error::Code, request::CertificateKind};
use serde::Deserialize;
use serde_json::json;
use warp::Filter;

use crate::{
    audit::{self, NewEvent},
    http::{
        Problem,
        body::{self, SMALL_BODY},
        endpoint::{Answer, Call, Route, json, with_body, without_body},
    },
    platform::{rights, session::OwnPage},
    portal::Portal,
    settings::{self, Codes, Settings},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsBody {
    kinds: Vec<CertificateKind>,
    codes: Codes,
}

/// The routes of the settings.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let path = warp::path!("api" / "admin" / "settings");
    vec![
        without_body(portal, path.and(warp::get()), |portal, call| async move {
            show(&portal, &call).await
        }),
        with_body(
            portal,
            path.and(warp::post()),
            ("application/json", SMALL_BODY),
            |portal, call, bytes| async move { change(&portal, &call, &bytes).await },
        ),
    ]
}

async fn show(portal: &Portal, call: &Call) -> Answer {
    rights::member(portal, &call.headers, None)
        .await?
        .require_staff()?;
    json(&portal.store.read(settings::read).await?)
}

async fn change(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let body: SettingsBody = body::json(bytes)?;
    let (now, caller) = (portal.now(), call.caller.clone());
    let new = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            member.require_staff()?;
            let new = Settings::new(body.kinds, body.codes).map_err(|error| {
                Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    Code::Malformed,
                    format!("These settings do not go together: {error}."),
                )
            })?;
            let before = settings::read(transaction)?;
            if new != before {
                settings::write(transaction, &new)?;
                audit::record(
                    transaction,
                    &NewEvent {
                        at: now,
                        event: "settings.changed",
                        account: None,
                        actor: Some(&member.login),
                        caller: Some(&caller),
                        facts: json!({ "before": before, "after": new }),
                    },
                )?;
            }
            Ok::<_, Problem>(new)
        })
        .await?;
    json(&new)
}
