//! Who ran into a limit.

use std::sync::Arc;

use serde_json::json;
use warp::Filter;

use crate::{
    http::endpoint::{Route, json, without_body},
    platform::rights,
    portal::Portal,
};

/// The route of security events.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![without_body(
        portal,
        warp::path!("api" / "admin" / "security").and(warp::get()),
        |portal, call| async move {
            rights::member(&portal, &call.headers, None)
                .await?
                .require_staff()?;
            json(&json!({ "events": portal.rates.security.list() }))
        },
    )]
}
