//! Signed objects: JWS compact serialisation (RFC 7515), ES256 only, with the signer's certificates in `x5c`.
//!
//! The header has exactly `alg`, `typ` and `x5c`: no key by reference, no critical extension, no choice of algorithm, so
//! there is nothing to confuse (RFC 8725 sections 3.1 and 3.10). `typ` tells requests, assertions and trust lists apart,
//! so that a signature made for one is worth nothing as another (RFC 8725 section 3.11).
//!
//! Making one takes two steps, since the key may be elsewhere: [`Unsigned::signing_input`] goes to the signer,
//! [`Unsigned::finish`] takes the signature.

use base64ct::{Base64, Encoding};
use scanseal_pki::{Certificate, CertificateError, ES256_SIGNATURE_LENGTH, SignatureInvalid};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    encoding::{decode_b64u, decode_b64u_array, encode_b64u},
    limits, strict_json,
};

/// What a signed object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JwsKind {
    /// A phone's answer.
    Assertion,
    /// What a platform asks.
    Request,
    /// Which seals an authority has revoked.
    RevokedSeals,
    /// What the holder of a certificate says with a call about seals.
    SealCall,
    /// Whom an operator vouches for.
    TrustList,
}

impl JwsKind {
    /// The header's `typ`.
    pub const fn typ(self) -> &'static str {
        match self {
            Self::Assertion => "scanseal-assertion+jwt",
            Self::Request => "scanseal-request+jwt",
            Self::RevokedSeals => "scanseal-revoked-seals+jwt",
            Self::SealCall => "scanseal-seals+jwt",
            Self::TrustList => "scanseal-trust-list+jwt",
        }
    }

    /// The most bytes it may have.
    pub const fn limit(self) -> usize {
        match self {
            Self::Assertion => limits::ASSERTION_BYTES,
            Self::Request => limits::REQUEST_BYTES,
            Self::RevokedSeals => limits::REVOKED_SEALS_BYTES,
            Self::SealCall => limits::SEAL_CALL_BYTES,
            Self::TrustList => limits::TRUST_LIST_BYTES,
        }
    }
}

/// A signed object that could be read. Reading proves nothing: its signature is not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jws {
    signing_input: String,
    payload: Vec<u8>,
    signature: [u8; ES256_SIGNATURE_LENGTH],
    certificates: Vec<Certificate>,
}

impl Jws {
    /// Reads an object of this kind.
    ///
    /// # Errors
    /// [`JwsError`] names what is not allowed.
    pub fn parse(text: &str, kind: JwsKind) -> Result<Self, JwsError> {
        if text.len() > kind.limit() {
            return Err(JwsError::TooLarge {
                limit: kind.limit(),
            });
        }
        let (signing_input, signature) = text.rsplit_once('.').ok_or(JwsError::Parts)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Parts)?;
        let header = decode_b64u(header).ok_or(JwsError::Encoding)?;
        // A dot inside the payload, that is a fourth part, is no character of base64url.
        let payload = decode_b64u(payload).ok_or(JwsError::Encoding)?;
        let signature = decode_b64u_array(signature).ok_or(JwsError::SignatureLength)?;
        let certificates = read_header(&header, kind)?;
        // Members of the payload are read by who knows them; duplicates and arrays are refused for all.
        strict_json::from_slice::<serde::de::IgnoredAny>(&payload)
            .map_err(|error| JwsError::Claims(error.to_string()))?;
        Ok(Self {
            signing_input: signing_input.to_owned(),
            payload,
            signature,
            certificates,
        })
    }

    /// The claims.
    ///
    /// # Errors
    /// [`JwsError::Claims`] if a member is missing or not as it should be. Unknown members are skipped.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        strict_json::from_slice(&self.payload).map_err(|error| JwsError::Claims(error.to_string()))
    }

    /// The claims' JSON as it was signed.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signer's certificate. Whose it is and whether it may be trusted is not checked.
    pub fn leaf(&self) -> &Certificate {
        self.certificates
            .first()
            .expect("the header has at least one certificate")
    }

    /// The certificates that came with the leaf.
    pub fn others(&self) -> &[Certificate] {
        self.certificates.get(1..).unwrap_or_default()
    }

    /// Checks that the leaf's key made the signature: this and nothing else.
    ///
    /// # Errors
    /// [`SignatureInvalid`] if it did not.
    pub fn verify_signature(&self) -> Result<(), SignatureInvalid> {
        self.leaf()
            .public_key()
            .verify_es256(self.signing_input.as_bytes(), &self.signature)
    }
}

/// An object that waits for its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    signing_input: String,
    leaf: Certificate,
}

impl Unsigned {
    /// Puts header and claims together. `certificates` has the signer's own first.
    ///
    /// # Errors
    /// [`JwsError::Certificates`] if there are none or too many, [`JwsError::TooLarge`] if nobody would accept it.
    pub fn new<T: Serialize>(
        kind: JwsKind,
        certificates: &[Certificate],
        claims: &T,
    ) -> Result<Self, JwsError> {
        let claims =
            serde_json::to_vec(claims).map_err(|error| JwsError::Claims(error.to_string()))?;
        Self::from_json(kind, certificates, &claims)
    }

    /// As [`Self::new`], with the claims in JSON already.
    ///
    /// # Errors
    /// As [`Self::new`], and [`JwsError::Claims`] if they are no JSON object.
    pub fn from_json(
        kind: JwsKind,
        certificates: &[Certificate],
        claims: &[u8],
    ) -> Result<Self, JwsError> {
        let Some(leaf) = certificates
            .first()
            .filter(|_| limits::CERTIFICATES.contains(&certificates.len()))
        else {
            return Err(JwsError::Certificates);
        };
        strict_json::from_slice::<serde::de::IgnoredAny>(claims)
            .map_err(|error| JwsError::Claims(error.to_string()))?;
        let x5c = certificates
            .iter()
            .map(|certificate| Base64::encode_string(certificate.der()))
            .collect();
        let header = Header {
            alg: ALGORITHM.to_owned(),
            typ: kind.typ().to_owned(),
            x5c,
        };
        let header =
            serde_json::to_vec(&header).map_err(|error| JwsError::Claims(error.to_string()))?;
        let signing_input = format!("{}.{}", encode_b64u(&header), encode_b64u(claims));
        let length = signing_input.len() + 1 + SIGNATURE_CHARACTERS;
        if length > kind.limit() {
            return Err(JwsError::TooLarge {
                limit: kind.limit(),
            });
        }
        Ok(Self {
            signing_input,
            leaf: leaf.clone(),
        })
    }

    /// What is to be signed with ECDSA on P-256 over SHA-256.
    pub fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// Adds the signature, r and s of 32 bytes each, after checking it.
    ///
    /// # Errors
    /// [`SignatureInvalid`] if the leaf's key did not make it.
    pub fn finish(
        self,
        signature: &[u8; ES256_SIGNATURE_LENGTH],
    ) -> Result<String, SignatureInvalid> {
        self.leaf
            .public_key()
            .verify_es256(self.signing_input.as_bytes(), signature)?;
        Ok(self.signing_input + "." + &encode_b64u(signature))
    }
}

/// Why a text is no signed object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// A certificate cannot be read.
    #[error("a certificate in x5c cannot be read: {0}")]
    Certificate(#[from] CertificateError),
    /// No certificate, too many, or not in standard base64.
    #[error("x5c must have 1 to 4 certificates in standard base64")]
    Certificates,
    /// The claims are not as they should be.
    #[error("the claims are not as they should be: {0}")]
    Claims(String),
    /// Not base64url without padding.
    #[error("a part is not base64url without padding")]
    Encoding,
    /// The header is not exactly `alg`, `typ` and `x5c`.
    #[error("the header must have exactly alg, typ and x5c, each once")]
    Header,
    /// Not three parts.
    #[error("a signed object has three parts with dots between them")]
    Parts,
    /// The signature does not have 64 bytes.
    #[error("the signature must be 64 bytes (r and s) in base64url without padding")]
    SignatureLength,
    /// Longer than its limit.
    #[error("the object is longer than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// Another algorithm than ES256.
    #[error("alg must be ES256")]
    UnsupportedAlgorithm,
    /// An object of another kind.
    #[error("typ is not {expected}")]
    WrongKind {
        /// The `typ` expected.
        expected: &'static str,
    },
}

const ALGORITHM: &str = "ES256";
/// Length of a signature in base64url without padding.
const SIGNATURE_CHARACTERS: usize = (ES256_SIGNATURE_LENGTH * 4).div_ceil(3);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    x5c: Vec<String>,
}

fn read_header(json: &[u8], kind: JwsKind) -> Result<Vec<Certificate>, JwsError> {
    let header: Header = strict_json::from_slice(json).map_err(|_| JwsError::Header)?;
    if header.alg != ALGORITHM {
        return Err(JwsError::UnsupportedAlgorithm);
    }
    if header.typ != kind.typ() {
        return Err(JwsError::WrongKind {
            expected: kind.typ(),
        });
    }
    if !limits::CERTIFICATES.contains(&header.x5c.len()) {
        return Err(JwsError::Certificates);
    }
    let read = |text: &String| {
        let der = Base64::decode_vec(text).map_err(|_| JwsError::Certificates)?;
        Ok(Certificate::from_der(&der)?)
    };
    header.x5c.iter().map(read).collect()
}
