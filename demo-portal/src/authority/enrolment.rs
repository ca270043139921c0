//! Enrolment: a certificate request becomes a certificate of one of the demo's authorities.
//!
//! **Demo.** A real registration authority proves who the person is and that they act for the enterprise; this one takes
//! name and credit code as typed. What it does check: the sender has the private key (the request is signed), the credit
//! code's check character, that the name is the one registered for a known credit code, and how many certificates one
//! enterprise has. It binds nothing: that a certificate acts for an account is for its holder to say, by a scan.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use hyper::StatusCode;
use rusqlite::{OptionalExtension, Transaction};
use rustls::pki_types::{CertificateSigningRequestDer, pem::PemObject};
use scanseal_pki::{
    Certificate, CertificateRequest, CreditCode, Subject, UnixTime, same_enterprise_name,
};
use scanseal_protocol::error::Code;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    audit,
    authority::{
        Authority, certificate_authority::CertificateAuthority, certificate_authority::MAIN,
        registry, trust::Editor,
    },
    http::Problem,
    platform::events,
    store::StoreError,
};

/// Certificates in force per enterprise: a team's phones, twice over.
pub const MAX_CERTIFICATES_PER_ENTERPRISE: u32 = 20;

/// An enrolment as a phone sends it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EnrolmentBody {
    csr: String,
    enterprise: String,
    credit_code: String,
    /// Id of the authority; the first of those that enrol if it is absent.
    ca: Option<String>,
}

/// The same from platform staff, for somebody who brings a request as a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct IssueBody {
    ca: String,
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
#[derive(Clone, Debug)]
pub(crate) struct Enrolment {
    /// The authority that was asked for.
    ca: Option<String>,
    request: CertificateRequest,
    subject: Subject,
    credit_code: CreditCode,
    hash: [u8; 32],
}

impl EnrolmentBody {
    /// Reads a phone's enrolment.
    ///
    /// # Errors
    /// `malformed`, `credit-code-invalid`.
    pub(crate) fn read(&self) -> Result<Enrolment, Problem> {
        let der = BASE64
            .decode(self.csr.as_bytes())
            .map_err(|_| Problem::malformed("`csr` must be standard base64."))?;
        Enrolment::new(
            self.ca.as_deref(),
            &der,
            &self.enterprise,
            &self.credit_code,
        )
    }
}

impl IssueBody {
    /// Reads what platform staff entered.
    ///
    /// # Errors
    /// 422 `malformed` with `fields`, `credit-code-invalid`.
    pub(crate) fn read(&self) -> Result<Enrolment, Problem> {
        let unreadable = |reason: &str| {
            let detail = format!("The certificate request cannot be read: {reason}.");
            Problem::fields(BTreeMap::from([("csr", "unreadable")]), detail)
        };
        let mut found = CertificateSigningRequestDer::pem_slice_iter(self.csr.as_bytes());
        let der = match (found.next(), found.next()) {
            (Some(Ok(der)), None) => der,
            (Some(Err(error)), _) => return Err(unreadable(&error.to_string())),
            (None, _) => {
                return Err(unreadable(
                    "there is no -----BEGIN CERTIFICATE REQUEST-----",
                ));
            }
            (Some(_), Some(_)) => return Err(unreadable("there are several; give one")),
        };
        CertificateRequest::from_der(&der).map_err(|error| unreadable(&error.to_string()))?;
        if let Err(error) = Subject::new(self.enterprise.trim(), self.enterprise.trim()) {
            let word = if self.enterprise.trim().is_empty() {
                "required"
            } else {
                "characters"
            };
            let detail = format!("The enterprise's name is refused: {error}.");
            return Err(Problem::fields(
                BTreeMap::from([("enterprise", word)]),
                detail,
            ));
        }
        Enrolment::new(Some(&self.ca), &der, &self.enterprise, &self.credit_code)
    }
}

impl Enrolment {
    fn new(
        ca: Option<&str>,
        der: &[u8],
        enterprise: &str,
        credit_code: &str,
    ) -> Result<Self, Problem> {
        let request = CertificateRequest::from_der(der).map_err(|error| {
            Problem::malformed(format!("The certificate request is refused: {error}."))
        })?;
        let credit_code = CreditCode::parse(credit_code).map_err(|error| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                Code::CreditCodeInvalid,
                error.to_string(),
            )
        })?;
        let name = enterprise.trim();
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
            ca: ca.map(str::to_owned),
            request,
            subject,
            credit_code,
            hash: hash.finalize().into(),
        })
    }

    /// By which an equal enrolment at the same authority is known again.
    fn hash_at(&self, ca: &str) -> [u8; 32] {
        // The main authority was the only one when the first enrolments were stored.
        if ca == MAIN.id {
            return self.hash;
        }
        let mut hash = Sha256::new();
        hash.update(self.hash);
        hash.update(ca);
        hash.finalize().into()
    }
}

impl Authority {
    /// Enrols: issues the certificate. The same enrolment sent again (an answer was lost) gets the same certificate.
    /// Without an editor it is a phone's.
    ///
    /// # Errors
    /// `certificate-untrusted`, `certificate-name-mismatch`, `full`.
    pub(crate) fn enrol(
        &self,
        transaction: &Transaction<'_>,
        enrolment: &Enrolment,
        editor: Option<Editor<'_>>,
        now: UnixTime,
    ) -> Result<(&CertificateAuthority, Certificate), Problem> {
        let ca = self.enrolling(transaction, enrolment.ca.as_deref())?;
        let hash = enrolment.hash_at(ca.definition().id);
        if let Some(before) = registry::answered(transaction, &hash)? {
            return Ok((ca, before));
        }
        let registered = registered_name(transaction, &enrolment.credit_code)?;
        let name = enrolment.subject.organization();
        if registered.is_some_and(|registered| !same_enterprise_name(&registered, name)) {
            let detail = "This credit code is registered under another name: type the name as on the business licence.";
            return Err(Problem::new(
                StatusCode::CONFLICT,
                Code::CertificateNameMismatch,
                detail,
            ));
        }
        let certificate = ca
            .issue(
                enrolment.subject.clone(),
                enrolment.request.public_key(),
                now,
            )
            .map_err(|error| Problem::internal(&error))?;
        require_room(transaction, &certificate, now)?;
        let (id, purpose) = (ca.definition().id, registry::Purpose::Enterprise);
        registry::record(transaction, id, &certificate, purpose, Some(&hash), now)?;
        audit_issued(transaction, id, &certificate, editor, None, now)?;
        Ok((ca, certificate))
    }

    /// The authorities that enrol at present, the usual one first: those in the trust list, since phones take no other's
    /// certificates.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn enrol_cas(&self, transaction: &Transaction<'_>) -> Result<Vec<String>, StoreError> {
        let mut ids = Vec::new();
        for ca in self.all() {
            let id = ca.definition().id;
            if !is_unlisted(transaction, id)? {
                ids.push(id.to_owned());
            }
        }
        Ok(ids)
    }

    fn enrolling(
        &self,
        transaction: &Transaction<'_>,
        asked: Option<&str>,
    ) -> Result<&CertificateAuthority, Problem> {
        let usual = match asked {
            Some(_) => None,
            None => self.enrol_cas(transaction)?.into_iter().next(),
        };
        let id = asked.or(usual.as_deref()).unwrap_or(MAIN.id);
        let ca = self.find(id).ok_or_else(|| {
            let detail = "There is no authority of this id here; /.well-known/scanseal names those that enrol.";
            Problem::fields(BTreeMap::from([("ca", "unknown")]), detail)
        })?;
        if is_unlisted(transaction, id)? {
            let detail =
                "This authority is left out of the trust list at present: choose another one.";
            return Err(Problem::new(
                StatusCode::CONFLICT,
                Code::CertificateUntrusted,
                detail,
            ));
        }
        Ok(ca)
    }
}

impl Enrolled {
    /// The answer to a phone.
    pub(crate) fn new(ca: &CertificateAuthority, certificate: &Certificate) -> Self {
        Self {
            certificate: BASE64.encode(certificate.der()),
            chain: ca
                .chain()
                .map(|authority| BASE64.encode(authority.der()))
                .into(),
        }
    }
}

/// Writes into the audit log that a certificate was issued, by whom, and instead of which.
pub(crate) fn audit_issued(
    transaction: &Transaction<'_>,
    ca: &str,
    certificate: &Certificate,
    editor: Option<Editor<'_>>,
    replaces: Option<&str>,
    now: UnixTime,
) -> Result<(), StoreError> {
    let mut facts = events::certificate_facts(certificate);
    let more = json!({
        "authority": ca,
        "name": certificate.organization(),
        "creditCode": certificate.credit_code(),
    });
    events::merge(&mut facts, &more);
    if let Some(replaces) = replaces {
        facts["replaces"] = replaces.into();
    }
    let event = audit::NewEvent {
        at: now,
        event: "certificate.issued",
        account: None,
        actor: Some(editor.map_or("system", |editor| editor.login)),
        caller: editor.map(|editor| editor.caller),
        facts,
    };
    audit::record(transaction, &event)
}

/// Refuses one certificate more than an enterprise may have.
pub(crate) fn require_room(
    transaction: &Transaction<'_>,
    certificate: &Certificate,
    now: UnixTime,
) -> Result<(), Problem> {
    let code = certificate.credit_code().map_or("", CreditCode::as_str);
    if registry::in_force(transaction, code, now)? < MAX_CERTIFICATES_PER_ENTERPRISE {
        return Ok(());
    }
    let detail = "This enterprise has as many certificates as are allowed: revoke one first.";
    Err(Problem::new(StatusCode::CONFLICT, Code::Full, detail))
}

fn registered_name(
    transaction: &Transaction<'_>,
    credit_code: &CreditCode,
) -> Result<Option<String>, StoreError> {
    let select = "SELECT name FROM enterprise WHERE credit_code = ?1";
    Ok(transaction
        .query_row(select, [credit_code.as_str()], |row| row.get(0))
        .optional()?)
}

fn is_unlisted(transaction: &Transaction<'_>, id: &str) -> Result<bool, StoreError> {
    let select = "SELECT EXISTS (SELECT 1 FROM unlisted_ca WHERE id = ?1)";
    Ok(transaction.query_row(select, [id], |row| row.get(0))?)
}
