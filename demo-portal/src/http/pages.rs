//! The portal's pages: files that Vite has built, served from a folder.

use std::path::Path;

use hyper::header::{self, HeaderValue};
use warp::{Filter, Reply, filters::BoxedFilter, reply::Response};

/// Names of built files carry a hash of their content, so they never change.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Pages are asked for anew each time, so that a new version shows at once.
const REVALIDATE: &str = "no-cache";

/// Each is a page of its own, `/NAME`.
const PAGES: [&str; 10] = [
    "admin",
    "contract",
    "contracts",
    "home",
    "people",
    "phone",
    "register",
    "seal",
    "security",
    "verify",
];

/// `/`, the other pages, and the files beside them.
pub fn pages(folder: &Path) -> BoxedFilter<(Response,)> {
    let reading = || warp::get().or(warp::head()).unify();
    let page = |name: &str| {
        warp::fs::file(folder.join(format!("{name}.html")))
            .map(|file: warp::fs::File| cached(file, REVALIDATE))
    };
    let assets = warp::path("assets")
        .and(warp::fs::dir(folder.join("assets")))
        .map(|file: warp::fs::File| cached(file, IMMUTABLE));
    let others =
        warp::fs::dir(folder.to_owned()).map(|file: warp::fs::File| cached(file, REVALIDATE));
    let index = warp::path::end().and(reading()).and(page("index")).boxed();
    PAGES
        .into_iter()
        .map(|name| {
            warp::path(name)
                .and(warp::path::end())
                .and(reading())
                .and(page(name))
                .boxed()
        })
        .fold(index, |rest, page| rest.or(page).unify().boxed())
        .or(assets)
        .unify()
        .or(others)
        .unify()
        .boxed()
}

fn cached(file: warp::fs::File, policy: &'static str) -> Response {
    let mut response = file.into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    response
}
