#![doc = include_str!("../README.md")]

#[cfg(feature = "cms")]
mod algorithms;
#[cfg(feature = "cms")]
mod any_certificate;
#[cfg(feature = "cms")]
mod any_key;
#[cfg(feature = "cms")]
mod any_rules;
#[cfg(feature = "path")]
#[cfg_attr(
    not(feature = "cms"),
    allow(dead_code, reason = "most of it is for messages")
)]
mod asn1;
#[cfg(feature = "authority")]
mod authority;
#[cfg(feature = "path")]
mod certificate;
#[cfg(feature = "cms")]
pub mod cms;
mod credit_code;
#[cfg(feature = "path")]
mod csr;
#[cfg(feature = "cms")]
mod electronic_seal;
#[cfg(feature = "path")]
mod enterprise_name;
pub mod hex;
#[cfg(any(not(feature = "path"), all(test, feature = "authority")))]
#[cfg_attr(
    feature = "path",
    allow(
        unreachable_pub,
        reason = "public only where it stands in for the full reader"
    )
)]
mod key_certificate;
mod keys;
#[cfg(feature = "path")]
mod name;
#[cfg(feature = "path")]
#[cfg_attr(
    not(feature = "cms"),
    allow(dead_code, reason = "for certificates of any kind")
)]
mod name_text;
#[cfg(feature = "path")]
mod oids;
#[cfg(feature = "path")]
mod outline;
#[cfg(feature = "path")]
mod path;
#[cfg(feature = "cms")]
pub mod pem;
#[cfg(feature = "cms")]
mod references;
#[cfg(feature = "path")]
mod revocation;
#[cfg(feature = "cms")]
mod rsa;
#[cfg(feature = "path")]
mod rules;
#[cfg(feature = "path")]
mod sha256_state;
#[cfg(feature = "path")]
mod signed;
#[cfg(feature = "path")]
mod subject;
mod time;
#[cfg(feature = "cms")]
mod timestamp;
#[cfg(feature = "path")]
mod trust_list;

#[cfg(feature = "cms")]
pub use algorithms::{AlgorithmFault, DigestAlgorithm, SignatureAlgorithm, Weakness};
#[cfg(feature = "cms")]
pub use any_certificate::{AnyCertificate, AnyCertificateError, MAX_ANY_CERTIFICATE_LENGTH};
#[cfg(feature = "cms")]
pub use any_key::{AnyKeyError, AnyPublicKey, MAX_RSA_BITS, MIN_RSA_BITS, SignatureFault};
#[cfg(all(feature = "authority", feature = "cms"))]
pub use authority::Timestamper;
#[cfg(feature = "authority")]
pub use authority::{
    CertificateStatus, Endpoints, IssueError, Issuer, OcspFailure, OcspResponder, Profile,
    RevokedEntry, Validity,
};
#[cfg(feature = "path")]
pub use certificate::{Certificate, CertificateError, MAX_CERTIFICATE_LENGTH};
#[cfg(feature = "cms")]
pub use cms::{CmsError, CmsReport, SignedAttributes, SignedData};
pub use credit_code::{CreditCode, CreditCodeError};
#[cfg(feature = "path")]
pub use csr::{CertificateRequest, CertificateRequestError, CsrBuilder, MAX_REQUEST_LENGTH};
#[cfg(feature = "cms")]
pub use electronic_seal::{
    ElectronicSeal, MAX_SEAL_CERTIFICATES, MAX_SEAL_LENGTH, MAX_SEAL_MILLIMETRES,
    MAX_SEAL_TEXT_LENGTH, SealFault, SealFormatError, SealInfo, SealKind, SealPictureFormat,
    UnsignedSeal,
};
#[cfg(feature = "path")]
pub use enterprise_name::{
    EnterpriseField, EnterpriseMismatch, comparable_name, compare_enterprise,
    compare_stated_enterprise, same_enterprise_name,
};
#[cfg(not(feature = "path"))]
pub use key_certificate::{Certificate, CertificateError, MAX_CERTIFICATE_LENGTH};
pub use keys::{ES256_SIGNATURE_LENGTH, KeyError, PublicKey, SignatureInvalid, SigningKey};
#[cfg(feature = "cms")]
pub use path::{AnyPathReport, verify_any_path};
#[cfg(feature = "path")]
pub use path::{MAX_PATH_LENGTH, PathError, PathReport, Usage, verify_path};
#[cfg(feature = "path")]
pub use revocation::{
    Crl, MAX_CRL_LENGTH, MAX_OCSP_LENGTH, MAX_OCSP_REQUEST_CERTIFICATES, MAX_OCSP_REQUEST_LENGTH,
    OcspRequest, OcspResponse, Revocation, RevocationDataError, RevocationPolicy, RevocationReason,
    RevocationSource, RevocationStatus,
};
#[cfg(feature = "path")]
pub use sha256_state::Sha256State;
pub use signature::rand_core;
#[cfg(feature = "path")]
pub use subject::{MAX_NAME_LENGTH, Subject, SubjectError};
pub use time::UnixTime;
#[cfg(feature = "cms")]
pub use timestamp::{
    ImprintFault, MAX_TIMESTAMP_LENGTH, MAX_TIMESTAMP_NONCE_LENGTH, MAX_TIMESTAMP_REQUEST_LENGTH,
    TimestampError, TimestampFailure, TimestampReport, TimestampRequest, TimestampToken,
};
#[cfg(feature = "path")]
pub use trust_list::{
    CaKind, LocalizedName, MAX_CERTIFICATES_PER_CA, MAX_ID_LENGTH, MAX_ORIGINS_PER_PLATFORM,
    MAX_SEAL_KEYS_PER_CA, MAX_TRUST_LIST_ENTRIES, MAX_TRUST_LIST_LENGTH, TrustList, TrustListError,
    TrustedCa, TrustedPlatform,
};
