//! Certificate requests, PKCS#10 (RFC 2986).

use der::{Decode, Encode, asn1::BitString, referenced::OwnedToRef};
use spki::AlgorithmIdentifierOwned;
use x509_cert::request::{CertReq, CertReqInfo};

use crate::{
    CertificateError, CreditCode, ES256_SIGNATURE_LENGTH, PublicKey, SignatureInvalid, SigningKey,
    Subject,
    certificate::{credit_code, single},
    oids,
    signed::Signed,
};

/// Largest request that is read; one with a long name takes about 500 bytes.
pub const MAX_REQUEST_LENGTH: usize = 8 * 1024;

/// A request that waits for its signature.
///
/// Signing happens elsewhere: [`to_be_signed`](Self::to_be_signed) goes out, the signature comes back into
/// [`finish`](Self::finish). So it works with a key that is split between two parties.
#[derive(Clone, Debug)]
pub struct CsrBuilder {
    info: CertReqInfo,
    to_be_signed: Vec<u8>,
    public_key: PublicKey,
}

/// A request whose sender has proven to have the private key. The names in it are claims that the authority checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRequest {
    der: Vec<u8>,
    public_key: PublicKey,
    organization: Option<String>,
    common_name: Option<String>,
    credit_code: Option<CreditCode>,
}

impl CsrBuilder {
    /// Asks for a certificate of `public_key` for `subject`.
    pub fn new(subject: &Subject, public_key: &PublicKey) -> Self {
        const WHY: &str = "a checked name and a key always have a DER form";
        let info = CertReqInfo {
            version: Default::default(),
            subject: subject.to_name().expect(WHY),
            public_key: public_key.to_spki(),
            attributes: Default::default(),
        };
        let to_be_signed = info.to_der().expect(WHY);
        Self {
            info,
            to_be_signed,
            public_key: *public_key,
        }
    }

    /// The bytes to be signed with ES256 by the private key: the signature proves that one has it.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// Completes the request with the signature, r and s of 32 bytes each.
    ///
    /// # Errors
    /// [`SignatureInvalid`] if the signature is not one of this key over [`Self::to_be_signed`].
    pub fn finish(
        self,
        signature: &[u8; ES256_SIGNATURE_LENGTH],
    ) -> Result<CertificateRequest, SignatureInvalid> {
        let signature = self
            .public_key
            .verified_der(&self.to_be_signed, signature)?;
        let request = CertReq {
            info: self.info,
            algorithm: AlgorithmIdentifierOwned {
                oid: oids::ECDSA_WITH_SHA256,
                parameters: None,
            },
            signature: BitString::from_bytes(&signature).map_err(|_| SignatureInvalid)?,
        };
        let der = request.to_der().map_err(|_| SignatureInvalid)?;
        CertificateRequest::from_der(&der).map_err(|_| SignatureInvalid)
    }

    /// Completes the request with a key that is at hand.
    pub fn sign(self, key: &SigningKey) -> Result<CertificateRequest, SignatureInvalid> {
        let signature = key.sign_es256(&self.to_be_signed);
        self.finish(&signature)
    }
}

impl CertificateRequest {
    /// Reads a request in DER and checks its signature.
    ///
    /// # Errors
    /// [`CertificateRequestError`] if it is too long, malformed, not for a P-256 key, or not signed by that key.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateRequestError> {
        if der.len() > MAX_REQUEST_LENGTH {
            return Err(CertificateRequestError::TooLong { length: der.len() });
        }
        let request = CertReq::from_der(der).map_err(|_| CertificateError::Malformed)?;
        let public_key = PublicKey::from_spki(request.info.public_key.owned_to_ref())
            .map_err(|_| CertificateError::UnsupportedKey)?;
        Signed::from_der(der)
            .map_err(CertificateError::from)?
            .verify(&public_key)?;
        let subject = &request.info.subject.to_der();
        let subject = subject
            .as_deref()
            .map_err(|_| CertificateError::Malformed)?;
        Ok(Self {
            der: der.to_vec(),
            public_key,
            organization: single(subject, oids::ORGANIZATION, "organizationName")?,
            common_name: single(subject, oids::COMMON_NAME, "commonName")?,
            credit_code: credit_code(subject)?,
        })
    }

    /// The request as it was read or made.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key that is to be certified.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Claimed name of the organisation.
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// Claimed name to show.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// Claimed credit code; its check character is right.
    pub fn credit_code(&self) -> Option<&CreditCode> {
        self.credit_code.as_ref()
    }
}

/// Why a certificate request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateRequestError {
    /// Its structure, its key or its name is wrong.
    #[error("the certificate request is wrong: {0}")]
    Content(#[from] CertificateError),
    /// The sender has not proven to have the private key.
    #[error("the certificate request is not signed by the key it asks a certificate for")]
    Proof(#[from] SignatureInvalid),
    /// Longer than [`MAX_REQUEST_LENGTH`].
    #[error("a certificate request has at most {MAX_REQUEST_LENGTH} bytes, not {length}")]
    TooLong {
        /// Bytes given.
        length: usize,
    },
}
