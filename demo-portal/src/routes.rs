//! All routes together: portal, authority, relay, pages; errors and headers the same for all.

use std::{path::Path, sync::Arc};

use hyper::{HeaderMap, Method, StatusCode, header, header::HeaderValue};
use scanseal_pki::LocalizedName;
use scanseal_protocol::{ServiceAddress, operator::OperatorDescription, qr::Link};
use scanseal_relay::Relay;
use warp::{Filter, Rejection, Reply, filters::BoxedFilter, path::FullPath, reply::Response};

use crate::{
    admin, audit, authority, contracts,
    http::{
        Problem, ProblemCode,
        endpoint::{Answer, Call, Route, bytes_of, without_body},
        headers::{self, Exposure},
        origins, pages,
    },
    openapi, platform,
    portal::{LINK_PATH, Portal},
};

/// Where phones find what the operator runs.
pub const OPERATOR_PATH: &str = "/.well-known/scanseal";

/// Everything the portal answers.
pub fn all(portal: &Arc<Portal>, relay: &Relay, folder: Option<&Path>) -> BoxedFilter<(Response,)> {
    let mut routes = platform::routes::routes(portal);
    routes.extend(contracts::routes::routes(portal));
    routes.extend(authority::routes::routes(portal));
    routes.extend(audit::routes::routes(portal));
    routes.extend(admin::routes(portal));
    routes.extend(operator_routes(portal));
    routes.push(relay.filter());
    routes.push(relay.health_filter());
    routes.extend(folder.map(pages::pages));
    let nothing = warp::any()
        .and_then(|| async { Err::<Response, _>(warp::reject::not_found()) })
        .boxed();
    let together = routes
        .into_iter()
        .rev()
        .fold(nothing, |rest, route| route.or(rest).unify().boxed());
    let answered = together
        .or_else(|rejection: Rejection| async move { Ok::<_, Rejection>((refusal(&rejection),)) });
    let portal = Arc::clone(portal);
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and(answered)
        .map(
            move |method: Method, path: FullPath, request: HeaderMap, response| {
                finish(&portal, &method, path.as_str(), &request, response)
            },
        )
        .boxed()
}

fn operator_routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        without_body(
            portal,
            warp::path!(".well-known" / "scanseal").and(warp::get()),
            |portal, call| async move { operator_description(portal, &call).await },
        ),
        without_body(
            portal,
            warp::path!("api" / "openapi.json").and(warp::get()),
            |_, _| async { Ok(bytes_of("application/json", openapi::DESCRIPTION)) },
        ),
        // The fragment with the payload stays in the browser, which carries it over to the phone page.
        warp::path!("S")
            .and(warp::get())
            .map(|| redirect("/phone"))
            .boxed(),
    ]
}

fn redirect(to: &'static str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::FOUND;
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_static(to));
    response
}

/// The description names the services under the origin by which it was asked for.
async fn operator_description(portal: Arc<Portal>, call: &Call) -> Answer {
    let origin = portal.origins.addressed(&call.headers);
    let at = |path: &str| {
        ServiceAddress::http(&format!("{}{path}", origin.as_str()))
            .map_err(|error| Problem::internal(&error))
    };
    let own = portal
        .origins
        .iter()
        .map(|origin| Link::parse(&format!("{}{LINK_PATH}", origin.as_str())));
    let mut links = own
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Problem::internal(&error))?;
    links.extend(portal.link.clone().filter(|link| !links.contains(link)));
    let relay = ServiceAddress::web_socket(&format!("{}/relay", origins::web_socket(origin)));
    let LocalizedName { zh, en } = authority::trust::platform_name();
    let shared = Arc::clone(&portal);
    let enrolling = portal
        .store
        .read(move |transaction| shared.authority.enrol_cas(transaction))
        .await?;
    let mut description = OperatorDescription::new(
        LocalizedName { zh, en },
        links,
        relay.map_err(|error| Problem::internal(&error))?,
        at("/authority/enrolments")?,
        at("/authority/trust-list")?,
        vec![portal.trust.list_key()],
    );
    description = description.with_seals(at("/authority/seals")?);
    if !enrolling.is_empty() {
        description = description.with_enrol_cas(enrolling);
    }
    Ok(bytes_of("application/json", description.to_json()))
}

fn refusal(rejection: &Rejection) -> Response {
    let problem = if rejection.find::<warp::reject::MethodNotAllowed>().is_some() {
        method_not_allowed()
    } else if rejection.is_not_found() {
        not_found()
    } else {
        Problem::malformed("The request cannot be read.")
    };
    problem.into_response()
}

fn not_found() -> Problem {
    Problem::with_code(
        StatusCode::NOT_FOUND,
        ProblemCode::NotFound,
        "There is nothing at this address.",
    )
}

fn method_not_allowed() -> Problem {
    let detail = "This address knows other methods; see the header Allow.";
    Problem::with_code(
        StatusCode::METHOD_NOT_ALLOWED,
        ProblemCode::MethodNotAllowed,
        detail,
    )
}

fn finish(
    portal: &Portal,
    method: &Method,
    path: &str,
    request: &HeaderMap,
    mut response: Response,
) -> Response {
    let status = response.status();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        // Files are tried for any address, so "wrong method" may mean "nothing here".
        response = match openapi::methods_of(path) {
            Some(methods) => {
                let mut response = response;
                let allow =
                    HeaderValue::from_str(&methods).unwrap_or(HeaderValue::from_static("GET"));
                response.headers_mut().insert(header::ALLOW, allow);
                response
            }
            None => not_found().into_response(),
        };
    }
    if response.status().is_server_error() {
        tracing::warn!(%method, path, status = response.status().as_u16(), "answered");
    } else {
        tracing::debug!(%method, path, status = response.status().as_u16(), "answered");
    }
    let exposure = Exposure {
        origin: portal.origins.addressed(request),
        camera: path == "/phone",
    };
    headers::add(response.headers_mut(), exposure);
    response
}
