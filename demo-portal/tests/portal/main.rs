//! The portal over real HTTP, from outside: browsers with cookies, phones with keys, and people who mean harm.

#![allow(clippy::unwrap_used, missing_docs)]

mod authority;
mod bad_input;
mod browser;
mod crash;
mod login;
mod openapi;
mod pages;
mod phone;
mod program;
mod refusals;
mod scan;
mod sessions;
mod start;
