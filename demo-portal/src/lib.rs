//! The example platform of ScanSeal: a small procurement portal, its authority, and the relay, in one process.
//!
//! Integrators read [`platform`]: it is what a platform's own server does. [`authority`] is a small honest CA for the
//! demo. [`routes`] mounts both and the relay on one listener. What is acknowledged survives `kill -9` ([`store`]).

pub mod admin;
pub mod announce;
pub mod audit;
pub mod authority;
pub mod backup;
pub mod contracts;
pub mod http;
pub mod net;
pub mod openapi;
pub mod platform;
pub mod platform_keys;
pub mod portal;
pub mod routes;
pub mod security;
pub mod serve;
pub mod settings;
pub mod signer;
pub mod store;
pub mod webhook;
