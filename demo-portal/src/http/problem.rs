//! Errors as clients see them: RFC 9457 problem details with a stable code.

use std::collections::BTreeMap;

use hyper::{StatusCode, header};
use scanseal_protocol::error::Code;
use serde::Serialize;
use warp::{Reply, reply::Response};

use crate::store::StoreError;

/// Media type of a refusal.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A refusal. `code` is for programs, `title` and `detail` for people who read logs; pages show their own text for the code.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    status: StatusCode,
    code: ProblemCode,
    detail: String,
    retry_after: Option<u64>,
    members: BTreeMap<&'static str, serde_json::Value>,
}

/// The code of a problem: one of the protocol's, or one that only HTTP knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemCode {
    /// What is there does not allow this: fetch it again.
    Conflict,
    /// The CSRF token is missing or wrong: fetch `/api/session` again.
    CsrfRefused,
    /// The address exists, but not with this method.
    MethodNotAllowed,
    /// There is nothing at this address.
    NotFound,
    /// A code of `docs/errors.md`.
    Protocol(Code),
}

impl ProblemCode {
    /// The code as it stands in the answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::CsrfRefused => "csrf-refused",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::NotFound => "not-found",
            Self::Protocol(code) => code.as_str(),
        }
    }
}

impl Problem {
    /// A refusal with a code of the protocol.
    pub fn new(status: StatusCode, code: Code, detail: impl Into<String>) -> Self {
        Self::with_code(status, ProblemCode::Protocol(code), detail)
    }

    /// A refusal with any code.
    pub fn with_code(status: StatusCode, code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            retry_after: None,
            members: BTreeMap::new(),
        }
    }

    /// What is there does not allow this.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::with_code(StatusCode::CONFLICT, ProblemCode::Conflict, detail)
    }

    /// A form whose fields cannot be taken: for each a word such as `required` or `taken`.
    pub fn fields(fields: BTreeMap<&'static str, &'static str>, detail: impl Into<String>) -> Self {
        let fields: serde_json::Map<_, _> = fields
            .into_iter()
            .map(|(name, word)| (name.to_owned(), word.into()))
            .collect();
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, Code::Malformed, detail).with("fields", fields)
    }

    /// There is no such thing, or none that this caller may know of.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::with_code(StatusCode::NOT_FOUND, ProblemCode::NotFound, detail)
    }

    /// Something arrived that the interface does not allow.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::Malformed, detail)
    }

    /// Too many tries.
    pub fn rate_limited(seconds: u64) -> Self {
        let detail = format!("Too many tries. Wait {seconds} seconds.");
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, detail)
        }
    }

    /// A fault of the server. The cause goes to the log, not to the client.
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        tracing::error!(%cause, "internal fault");
        let detail = "The server could not do this. Try again; if it stays so, tell the operator.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, detail)
    }

    /// Adds a member (RFC 9457 section 3.2), such as the checks that were made.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<serde_json::Value>) -> Self {
        self.members.insert(name, value.into());
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The JSON text, for an answer that is kept to be given again.
    ///
    /// # Errors
    /// None in practice: what is answered always has a JSON form.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.body())
    }

    fn body(&self) -> Body<'_> {
        let code = self.code.as_str();
        Body {
            r#type: format!("urn:scanseal:error:{code}"),
            title: self.status.canonical_reason().unwrap_or("Refused"),
            status: self.status.as_u16(),
            code,
            detail: &self.detail,
            members: &self.members,
        }
    }

    /// The code.
    pub fn code(&self) -> ProblemCode {
        self.code
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Closed => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                Code::Maintenance,
                "The server is being restarted. Try again soon.",
            ),
            error => Self::internal(&error),
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    #[serde(flatten)]
    members: &'a BTreeMap<&'static str, serde_json::Value>,
}

impl Reply for Problem {
    fn into_response(self) -> Response {
        let mut response = warp::reply::json(&self.body()).into_response();
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static(PROBLEM_JSON),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
