//! Questions to an OCSP responder (RFC 6960 section 4.1).

use der::{Decode, Encode, Tag, asn1::AnyRef};

use super::{
    RevocationDataError, check_length, malformed,
    ocsp_asn1::{CertId, OcspRequestAsn1, SingleRequest, TbsRequest, nonce, nonce_extension},
};
use crate::{Certificate, outline::Outline};

/// Largest question that is read: room for the most certificates one may ask about.
pub const MAX_OCSP_REQUEST_LENGTH: usize = 4 * 1024;
/// Most certificates in one question; clients ask about one, rarely about a path.
pub const MAX_OCSP_REQUEST_CERTIFICATES: usize = 16;

const WHAT: &str = "OCSP request";

/// A question about some certificates. Signatures on questions are not looked at: the answer is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    pub(crate) certificates: Vec<CertId>,
    nonce: Option<Vec<u8>>,
    der: Vec<u8>,
}

impl OcspRequest {
    /// Asks about `certificate`, which `issuer` has signed. A random `nonce` of 32 bytes forces a fresh answer.
    ///
    /// # Errors
    /// [`RevocationDataError::Malformed`] if the nonce has not 1 to 128 bytes (RFC 9654 section 2.1).
    pub fn new(
        certificate: &Certificate,
        issuer: &Certificate,
        nonce: Option<&[u8]>,
    ) -> Result<Self, RevocationDataError> {
        Self::make(certificate.outline(), issuer.outline(), nonce)
    }

    /// The same about a certificate of others.
    ///
    /// # Errors
    /// [`RevocationDataError::Malformed`] if the nonce has not 1 to 128 bytes, or the serial number more than 20.
    #[cfg(feature = "cms")]
    pub fn for_any(
        certificate: &crate::AnyCertificate,
        issuer: &crate::AnyCertificate,
        nonce: Option<&[u8]>,
    ) -> Result<Self, RevocationDataError> {
        Self::make(certificate.outline(), issuer.outline(), nonce)
    }

    fn make(
        certificate: &Outline,
        issuer: &Outline,
        nonce: Option<&[u8]>,
    ) -> Result<Self, RevocationDataError> {
        let encode = || {
            let serial = AnyRef::new(Tag::Integer, &certificate.serial)?.decode_as()?;
            let request = SingleRequest {
                req_cert: CertId::new(serial, issuer)?,
                single_request_extensions: None,
            };
            let tbs_request = TbsRequest {
                version: Default::default(),
                requestor_name: None,
                request_list: vec![request],
                request_extensions: nonce
                    .map(nonce_extension)
                    .transpose()?
                    .map(|extension| vec![extension]),
            };
            OcspRequestAsn1 {
                tbs_request,
                optional_signature: None,
            }
            .to_der()
        };
        Self::from_der(&encode().map_err(|error| malformed(WHAT, error))?)
    }

    /// Reads a question in DER.
    ///
    /// # Errors
    /// [`RevocationDataError`] if it is too long, no question in DER, or asks about nothing or too much.
    pub fn from_der(der: &[u8]) -> Result<Self, RevocationDataError> {
        check_length(WHAT, der.len(), MAX_OCSP_REQUEST_LENGTH)?;
        let request = OcspRequestAsn1::from_der(der)
            .map_err(|error| malformed(WHAT, error))?
            .tbs_request;
        if !(1..=MAX_OCSP_REQUEST_CERTIFICATES).contains(&request.request_list.len()) {
            return Err(malformed(
                WHAT,
                "it asks about no certificate or about too many",
            ));
        }
        let nonce =
            nonce(request.request_extensions.as_ref()).map_err(|error| malformed(WHAT, error))?;
        let certificates = request
            .request_list
            .into_iter()
            .map(|single| single.req_cert)
            .collect();
        Ok(Self {
            certificates,
            nonce,
            der: der.to_vec(),
        })
    }

    /// The question as it was made or read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The nonce, which the answer repeats.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}
