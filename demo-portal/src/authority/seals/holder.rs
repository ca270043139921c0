//! Who calls about seals: the holder of a certificate, who proves it with a signature over the call.

use hyper::{StatusCode, header};
use scanseal_pki::Certificate;
use scanseal_protocol::{
    error::Code,
    seal_call::{self, ReceivedCall},
};

use rusqlite::Transaction;

use crate::{
    authority::seals::records,
    http::{Problem, endpoint::Call},
    portal::Portal,
};

/// A holder whose certificate is in force.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) certificate: Certificate,
    /// Names the call.
    pub(crate) call: [u8; 16],
}

impl Holder {
    /// Takes a call of `path`, with this body, from its holder.
    ///
    /// # Errors
    /// 403 `origin-refused`, `certificate-untrusted`, `certificate-revoked`, `certificate-expired`; 401 `assertion-invalid`,
    /// `assertion-late`; 429 `rate-limited`.
    pub(crate) async fn require(
        portal: &Portal,
        call: &Call,
        path: &str,
        body: &[u8],
    ) -> Result<Self, Problem> {
        portal.origins.require_own_page_if_any(&call.headers)?;
        portal
            .rates
            .seals_per_address
            .check(call.caller.address.into())?;
        let mut given = call.headers.get_all(header::AUTHORIZATION).iter();
        let authorization = match (given.next(), given.next()) {
            (Some(value), None) => value.to_str().unwrap_or_default(),
            _ => "",
        };
        let path = match call.raw_query() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        };
        let origins: Vec<_> = portal.origins.iter().cloned().collect();
        let received = ReceivedCall {
            origins: &origins,
            path: &path,
            body,
            now: portal.now(),
        };
        let caller = seal_call::verify(authorization, &received).map_err(|error| {
            let detail = format!("{error}. See docs/electronic-seals.md, \"Getting seals\".");
            Problem::new(StatusCode::UNAUTHORIZED, error.code(), detail)
        })?;
        let holder = Self {
            certificate: caller.certificate,
            call: *caller.call.as_bytes(),
        };
        let (asked, now) = (holder.clone(), portal.now());
        portal
            .store
            .decide(move |transaction| asked.require_in_force(transaction, now).map(drop))
            .await?;
        Ok(holder)
    }

    /// Serial number of the certificate.
    pub(crate) fn serial(&self) -> String {
        self.certificate.serial_hex()
    }

    /// Asked again in the transaction that changes something: a certificate may have been revoked meanwhile. Gives the id of its
    /// authority.
    pub(crate) fn require_in_force(
        &self,
        transaction: &Transaction<'_>,
        now: scanseal_pki::UnixTime,
    ) -> Result<String, Problem> {
        let refused = |code, detail| Err(Problem::new(StatusCode::FORBIDDEN, code, detail));
        let issued = records::issued(transaction, &self.serial())?
            .filter(|issued| issued.enterprise && issued.certificate == self.certificate);
        let Some(issued) = issued else {
            let detail = "No authority here has issued this certificate to an enterprise.";
            return refused(Code::CertificateUntrusted, detail);
        };
        if issued.revoked {
            let detail = "The certificate was revoked, and its seals with it.";
            return refused(Code::CertificateRevoked, detail);
        }
        if self.certificate.not_after() < now {
            return refused(Code::CertificateExpired, "The certificate has expired.");
        }
        Ok(issued.ca)
    }
}
