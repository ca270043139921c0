//! Making revocation lists (RFC 5280 section 5).

use der::{Decode, Encode, asn1::BitString};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};
use x509_cert::{
    Version,
    certificate::Rfc5280,
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{
        ToExtension,
        pkix::{AuthorityKeyIdentifier, CrlNumber, KeyUsages},
    },
    name::Name,
};

use super::{IssueError, Issuer, serial_number, time};
use crate::{Crl, RevocationReason, UnixTime, oids};

/// One revoked certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// Its serial number, as [`Certificate::serial_hex`](crate::Certificate::serial_hex) gives it.
    pub serial_hex: String,
    /// Since when.
    pub since: UnixTime,
    /// Why.
    pub reason: RevocationReason,
}

impl Issuer {
    /// Makes a full revocation list. `number` grows with every list.
    ///
    /// # Errors
    /// [`IssueError`] if the times are in the wrong order, a serial number is none, or the authority may not sign lists.
    pub fn sign_crl(
        &self,
        number: u64,
        this_update: UnixTime,
        next_update: UnixTime,
        revoked: &[RevokedEntry],
    ) -> Result<Crl, IssueError> {
        if self.certificate.forbids(KeyUsages::CRLSign) {
            return Err(IssueError::NotAnAuthority);
        }
        if next_update <= this_update {
            return Err(IssueError::EmptyValidity);
        }
        let algorithm = AlgorithmIdentifierOwned {
            oid: oids::ECDSA_WITH_SHA256,
            parameters: None,
        };
        let issuer = Name::from_der(&self.certificate.outline().subject)?;
        // RFC 5280 section 5.2.1: the key that signs this list. (The list builder of x509-cert takes the key identifier of
        // the authority above instead, so the list is put together here.)
        let spki = SubjectPublicKeyInfoRef::from_der(&self.certificate.outline().spki)?;
        let key_identifier = AuthorityKeyIdentifier::try_from(spki)?;
        let number = CrlNumber::try_from(number)?;
        let crl_extensions = vec![
            (&number).to_extension(&issuer, &[])?,
            (&key_identifier).to_extension(&issuer, &[])?,
        ];
        let entries = revoked
            .iter()
            .map(|entry| Self::entry(entry, &issuer))
            .collect::<Result<Vec<_>, _>>()?;
        let tbs_cert_list = TbsCertList::<Rfc5280> {
            version: Version::V2,
            signature: algorithm.clone(),
            issuer,
            this_update: time(this_update)?,
            next_update: Some(time(next_update)?),
            // RFC 5280 section 5.1.2.6: without revoked certificates the list of them is absent, not empty.
            revoked_certificates: (!entries.is_empty()).then_some(entries),
            crl_extensions: Some(crl_extensions),
        };
        let signature = BitString::from_bytes(&self.key.sign_es256_der(&tbs_cert_list.to_der()?))?;
        let list = CertificateList {
            tbs_cert_list,
            signature_algorithm: algorithm,
            signature,
        };
        Ok(Crl::from_der(&list.to_der()?)?)
    }

    fn entry(entry: &RevokedEntry, issuer: &Name) -> Result<RevokedCert<Rfc5280>, IssueError> {
        // RFC 5280 section 5.3.1: the reason "unspecified" is expressed by leaving the reason out.
        let extensions = match entry.reason {
            RevocationReason::Unspecified => None,
            reason => Some(vec![(&reason).to_extension(issuer, &[])?]),
        };
        Ok(RevokedCert {
            serial_number: serial_number(&entry.serial_hex)?,
            revocation_date: time(entry.since)?,
            crl_entry_extensions: extensions,
        })
    }
}
