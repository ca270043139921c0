//! The platform's half over HTTP: each file one topic.

mod account;
mod certificates;
mod people;
mod registration;
mod scan;

use std::sync::Arc;

use crate::{http::endpoint::Route, portal::Portal};

/// All routes of the platform's half.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    [
        account::routes(portal),
        scan::routes(portal),
        registration::routes(portal),
        certificates::routes(portal),
        people::routes(portal),
    ]
    .concat()
}
