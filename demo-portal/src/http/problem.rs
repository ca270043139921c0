//! Errors as clients see them: RFC 9457 problem details with a stable code.

use hyper::{StatusCode, header};
use scanseal_protocol::error::Code;
use serde::Serialize;
use warp::{Reply, reply::Response};

use crate::store::StoreError;

/// A refusal. `code` is for programs, `title` and `detail` for people who read logs; pages show their own text for the code.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    status: StatusCode,
    code: ProblemCode,
    detail: String,
    retry_after: Option<u64>,
    report: Option<serde_json::Value>,
}

/// The code of a problem: one of the protocol's, or one that only HTTP knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemCode {
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
            report: None,
        }
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

    /// Adds the checks that were made, so that an integrator sees which one failed.
    #[must_use]
    pub fn with_report(mut self, checks: serde_json::Value) -> Self {
        self.report = Some(checks);
        self
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
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a serde_json::Value>,
}

impl Reply for Problem {
    fn into_response(self) -> Response {
        let code = self.code.as_str();
        let body = Body {
            r#type: format!("urn:scanseal:error:{code}"),
            title: self.status.canonical_reason().unwrap_or("Refused"),
            status: self.status.as_u16(),
            code,
            detail: &self.detail,
            report: self.report.as_ref(),
        };
        let mut response = warp::reply::json(&body).into_response();
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
