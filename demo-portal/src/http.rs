//! HTTP plumbing that knows nothing of scans: errors, bodies, cookies, origins, rates, headers, static pages.

pub mod body;
pub mod caller;
pub mod cookies;
pub mod endpoint;
pub mod headers;
pub mod origins;
pub mod pages;
mod problem;
pub mod rates;

pub use problem::{PROBLEM_JSON, Problem, ProblemCode};
