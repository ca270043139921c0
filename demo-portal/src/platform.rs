//! The platform's half of a scan: **what an integrator does on their own server**. Read in this order:
//!
//! 1. [`request`]: make and sign a request, remember its nonce with the browser it was given to;
//! 2. [`assertion`]: check the phone's answer without believing the page, use the nonce once, log in;
//! 3. [`session`]: the web session that follows.
//!
//! [`password`] is the other way in, [`accounts`] what stands behind both, [`demo`] the demo's people.

pub mod accounts;
pub mod assertion;
pub mod demo;
pub mod password;
pub mod request;
pub mod routes;
pub mod session;
