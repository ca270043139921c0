//! The platform's half of a scan: **what an integrator does on their own server**. Read in this order:
//!
//! 1. [`request`]: make and sign a request, remember its nonce with the browser it was given to;
//! 2. [`assertion`]: check the phone's answer without believing the page, use the nonce once, log in; [`bind`] the certificate;
//! 3. [`registration`]: what a good certificate of an unknown enterprise leads to;
//! 4. [`session`]: the web session that follows, and [`rights`]: what its owner may do.
//!
//! The checks themselves are in the crate `scanseal-platform`; here are storage and HTTP around them.
//!
//! [`accounts`], [`certificates`], [`logins`] are the rows; [`view`] and [`sessions`] what pages see of them; [`holding`] and
//! [`people`] what is done with them; [`password`] is the other way in; [`refusals`] what the page says that the phone
//! said; [`fields`] reads forms; [`events`] writes into log and webhooks; [`demo`] has the demo's people.

pub mod accounts;
pub mod assertion;
pub mod bind;
pub mod certificates;
pub mod demo;
pub mod der;
pub mod events;
pub mod fields;
pub mod holding;
pub mod logins;
pub mod password;
pub mod people;
pub mod refusals;
pub mod registration;
pub mod request;
pub mod rights;
pub mod routes;
pub mod session;
pub mod sessions;
pub mod view;
