//! Electronic seals (docs/electronic-seals.md): who makes them, what is kept of them, and how their holders get them.
//!
//! An enterprise's certificate gets its seals at enrolment ([`making`]); its holder adds a signature written by hand or
//! asks for a photographed seal, which platform staff looks at first ([`asking`], [`review`]). The platform asks
//! [`status`] before it takes a seal. A seal-maker key of its own signs them, one for each authority ([`maker`]).

pub mod asking;
pub(crate) mod holder;
pub mod maker;
pub mod making;
pub mod records;
pub mod register;
pub mod review;
pub mod revoked;
pub mod routes;

pub use records::{SealStatus, status};
