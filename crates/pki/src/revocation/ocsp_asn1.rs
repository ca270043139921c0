//! The structures of OCSP (RFC 6960 section 4), as written there.
//!
//! The crate `x509-ocsp` has them for the older generation of `der` only.

use const_oid::ObjectIdentifier;
use der::{Any, Decode, Encode, Sequence, asn1::OctetString};
#[cfg(feature = "authority")]
use der::{
    Choice, Enumerated,
    asn1::{BitString, GeneralizedTime, Null},
};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{
    Version,
    ext::{Extension, Extensions, pkix::name::GeneralName},
    serial_number::SerialNumber,
};

#[cfg(feature = "authority")]
use x509_cert::{ext::pkix::CrlReason, name::Name};

use crate::outline::Outline;

/// id-pkix-ocsp-basic.
pub(crate) const OCSP_BASIC: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// id-pkix-ocsp-nonce (RFC 9654).
pub(crate) const OCSP_NONCE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
/// id-pkix-ocsp-nocheck.
pub(crate) const OCSP_NOCHECK: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// Longest nonce (RFC 9654 section 2.1).
pub(crate) const MAX_NONCE_LENGTH: usize = 128;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct OcspRequestAsn1 {
    pub(crate) tbs_request: TbsRequest,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) optional_signature: Option<Any>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct TbsRequest {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub(crate) version: Version,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) requestor_name: Option<GeneralName>,
    pub(crate) request_list: Vec<SingleRequest>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) request_extensions: Option<Extensions>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct SingleRequest {
    pub(crate) req_cert: CertId,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) single_request_extensions: Option<Extensions>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct CertId {
    pub(crate) hash_algorithm: AlgorithmIdentifierOwned,
    pub(crate) issuer_name_hash: OctetString,
    pub(crate) issuer_key_hash: OctetString,
    pub(crate) serial_number: SerialNumber,
}

#[cfg(feature = "authority")]
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct OcspResponseAsn1 {
    pub(crate) response_status: ResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) response_bytes: Option<ResponseBytes>,
}

#[cfg(feature = "authority")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[repr(u8)]
pub(crate) enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

#[cfg(feature = "authority")]
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct ResponseBytes {
    pub(crate) response_type: ObjectIdentifier,
    pub(crate) response: OctetString,
}

/// `BasicOCSPResponse`; the signed part stays as it was read.
#[cfg(feature = "authority")]
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct BasicResponse {
    pub(crate) tbs_response_data: Any,
    pub(crate) signature_algorithm: AlgorithmIdentifierOwned,
    pub(crate) signature: BitString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) certs: Option<Vec<Any>>,
}

#[cfg(feature = "authority")]
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct ResponseData {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub(crate) version: Version,
    pub(crate) responder_id: ResponderId,
    pub(crate) produced_at: GeneralizedTime,
    pub(crate) responses: Vec<SingleResponse>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) response_extensions: Option<Extensions>,
}

#[cfg(feature = "authority")]
#[derive(Clone, Debug, PartialEq, Eq, Choice)]
pub(crate) enum ResponderId {
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    ByName(Name),
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

#[cfg(feature = "authority")]
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct SingleResponse {
    pub(crate) cert_id: CertId,
    pub(crate) cert_status: CertStatusAsn1,
    pub(crate) this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) single_extensions: Option<Extensions>,
}

#[cfg(feature = "authority")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub(crate) enum CertStatusAsn1 {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[cfg(feature = "authority")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct RevokedInfo {
    pub(crate) revocation_time: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) revocation_reason: Option<CrlReason>,
}

impl CertId {
    /// Names `serial` of `issuer` with SHA-256.
    pub(crate) fn new(serial: SerialNumber, issuer: &Outline) -> der::Result<Self> {
        let hash_algorithm = AlgorithmIdentifierOwned {
            oid: SHA256,
            parameters: None,
        };
        let (name, key) = (&issuer.subject, &issuer.key_bits);
        Ok(Self {
            hash_algorithm,
            issuer_name_hash: OctetString::new(Sha256::digest(name).to_vec())?,
            issuer_key_hash: OctetString::new(Sha256::digest(key).to_vec())?,
            serial_number: serial,
        })
    }

    /// Whether this names a certificate of `issuer`.
    #[cfg(feature = "authority")]
    pub(crate) fn is_of(&self, issuer: &Outline) -> bool {
        names_issuer(
            self.hash_algorithm.oid.as_bytes(),
            self.issuer_name_hash.as_bytes(),
            self.issuer_key_hash.as_bytes(),
            issuer,
        )
    }
}

/// Whether these hashes are those of `issuer`.
///
/// SHA-1 is accepted because most clients name certificates with it. It only selects; what is trusted is the
/// signature, and the issuer is known already.
pub(crate) fn names_issuer(
    algorithm: &[u8],
    name_hash: &[u8],
    key_hash: &[u8],
    issuer: &Outline,
) -> bool {
    let (name, key) = (&issuer.subject, &issuer.key_bits);
    if algorithm == SHA1.as_bytes() {
        name_hash == Sha1::digest(name).as_slice() && key_hash == Sha1::digest(key).as_slice()
    } else if algorithm == SHA256.as_bytes() {
        name_hash == Sha256::digest(name).as_slice() && key_hash == Sha256::digest(key).as_slice()
    } else {
        false
    }
}

#[cfg(feature = "authority")]
impl ResponderId {
    /// The responder named by its key (RFC 6960 section 4.2.1: SHA-1 of the public key bits).
    pub(crate) fn by_key(responder: &Outline) -> der::Result<Self> {
        Ok(Self::ByKey(OctetString::new(key_hash(responder).to_vec())?))
    }
}

/// The nonce among `extensions`, if it has a legal length.
pub(crate) fn nonce(extensions: Option<&Extensions>) -> der::Result<Option<Vec<u8>>> {
    let Some(extension) = extensions
        .into_iter()
        .flatten()
        .find(|extension| extension.extn_id == OCSP_NONCE)
    else {
        return Ok(None);
    };
    let nonce = OctetString::from_der(extension.extn_value.as_bytes())?;
    match nonce.as_bytes().len() {
        1..=MAX_NONCE_LENGTH => Ok(Some(nonce.as_bytes().to_vec())),
        _ => Err(der::ErrorKind::Value {
            tag: der::Tag::OctetString,
        }
        .into()),
    }
}

pub(crate) fn nonce_extension(nonce: &[u8]) -> der::Result<Extension> {
    let value = OctetString::new(nonce)?.to_der()?;
    Ok(Extension {
        extn_id: OCSP_NONCE,
        critical: false,
        extn_value: OctetString::new(value)?,
    })
}

/// SHA-1 of the public key bits.
pub(crate) fn key_hash(responder: &Outline) -> [u8; 20] {
    Sha1::digest(&responder.key_bits).into()
}
