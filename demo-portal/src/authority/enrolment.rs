//! Enrolment: a phone's certificate request becomes a certificate.
//!
//! **Demo.** A real registration authority proves who the person is and that they act for the enterprise; this one takes
//! name and credit code as typed. What it does check: the phone has the private key (the request is signed), the credit
//! code's check character, that the name is the one registered for a known credit code, and how many certificates one
//! enterprise has.

use data_encoding::BASE64;
use hyper::StatusCode;
use scanseal_pki::{
    Certificate, CertificateRequest, CreditCode, Profile, Subject, UnixTime, Validity,
};
use scanseal_protocol::error::Code;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    authority::{Authority, registry},
    http::Problem,
    platform::accounts,
    store::Store,
};

/// Certificates in force per enterprise: a team's phones, twice over.
pub const MAX_CERTIFICATES_PER_ENTERPRISE: u32 = 20;
/// New certificates are valid from a little before now, for phones and servers whose clocks are behind.
const BACKDATED_SECONDS: u64 = 300;
const DAY: u64 = 86_400;

/// An enrolment as it comes in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EnrolmentBody {
    csr: String,
    enterprise: String,
    credit_code: String,
}

/// The certificate and what leads to the root.
#[derive(Clone, Debug, Serialize)]
pub struct Enrolled {
    certificate: String,
    chain: Vec<String>,
}

/// An enrolment whose parts fit together and whose sender has the private key.
#[derive(Debug)]
struct Enrolment {
    request: CertificateRequest,
    subject: Subject,
    credit_code: CreditCode,
    hash: [u8; 32],
}

impl Enrolment {
    fn read(body: &EnrolmentBody) -> Result<Self, Problem> {
        let der = BASE64
            .decode(body.csr.as_bytes())
            .map_err(|_| Problem::malformed("`csr` must be standard base64."))?;
        let request = CertificateRequest::from_der(&der).map_err(|error| {
            Problem::malformed(format!("The certificate request is refused: {error}."))
        })?;
        let credit_code = CreditCode::parse(&body.credit_code).map_err(|error| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                Code::CreditCodeInvalid,
                error.to_string(),
            )
        })?;
        let name = body.enterprise.trim();
        let subject = Subject::new(name, name)
            .map_err(|error| {
                Problem::malformed(format!("The enterprise's name is refused: {error}."))
            })?
            .with_credit_code(credit_code);
        let contradicts = request
            .organization()
            .is_some_and(|claimed| claimed != name)
            || request
                .credit_code()
                .is_some_and(|claimed| *claimed != credit_code);
        if contradicts {
            return Err(Problem::malformed(
                "The names in the certificate request are not those beside it.",
            ));
        }
        let mut hash = Sha256::new();
        for part in [
            request.der(),
            name.as_bytes(),
            credit_code.as_str().as_bytes(),
        ] {
            hash.update(Sha256::digest(part));
        }
        Ok(Self {
            request,
            subject,
            credit_code,
            hash: hash.finalize().into(),
        })
    }
}

impl Authority {
    /// Enrols: issues the certificate and binds it to the account of the enterprise, if the platform knows that. The
    /// same enrolment sent again (an answer was lost) gets the same certificate.
    ///
    /// # Errors
    /// `malformed`, `credit-code-invalid`, `certificate-name-mismatch`, `full`.
    pub async fn enrol(
        &self,
        store: &Store,
        body: &EnrolmentBody,
        now: UnixTime,
    ) -> Result<Enrolled, Problem> {
        let enrolment = Enrolment::read(body)?;
        let certificate = self.issue_to(&enrolment, now)?;
        let (hash, code) = (enrolment.hash, enrolment.credit_code);
        let name = enrolment.subject.organization().to_owned();
        let decided = store.write(move |transaction| {
            if let Some(before) = registry::answered(transaction, &hash)? {
                return Ok(Ok(before));
            }
            let known = accounts::of_enterprise(transaction, code.as_str())?;
            if known.as_ref().is_some_and(|known| known.enterprise != name) {
                let detail = "This credit code is registered under another name: type the name as on the business licence.";
                return Ok(Err(Problem::new(StatusCode::CONFLICT, Code::CertificateNameMismatch, detail)));
            }
            if registry::in_force(transaction, code.as_str(), now)? >= MAX_CERTIFICATES_PER_ENTERPRISE {
                let detail = "This enterprise has as many certificates as are allowed: revoke one first.";
                return Ok(Err(Problem::new(StatusCode::CONFLICT, Code::Full, detail)));
            }
            registry::record(transaction, &certificate, registry::Purpose::Enterprise, Some(&hash), now)?;
            if let Some(known) = known {
                accounts::bind(transaction, &certificate, known.account_id, now)?;
            }
            Ok(Ok(certificate))
        });
        let certificate = decided.await??;
        Ok(Enrolled {
            certificate: BASE64.encode(certificate.der()),
            chain: [self.issuing(), self.root()]
                .map(|authority| BASE64.encode(authority.der()))
                .into(),
        })
    }

    fn issue_to(&self, enrolment: &Enrolment, now: UnixTime) -> Result<Certificate, Problem> {
        let profile = Profile::Enterprise {
            subject: enrolment.subject.clone(),
            login: true,
        };
        self.issue(
            &profile,
            enrolment.request.public_key(),
            self.enterprise_validity(now),
        )
        .map_err(|error| Problem::internal(&error))
    }

    /// With 0 days the certificate has expired a minute before it is issued: for tests of that case.
    fn enterprise_validity(&self, now: UnixTime) -> Validity {
        let until = match self.certificate_days() {
            0 => now.as_secs().saturating_sub(60),
            days => now.as_secs().saturating_add(u64::from(days) * DAY),
        };
        Validity {
            not_before: UnixTime::from_secs(now.as_secs().saturating_sub(BACKDATED_SECONDS)),
            not_after: UnixTime::from_secs(until).min(self.issuing().not_after()),
        }
    }
}
