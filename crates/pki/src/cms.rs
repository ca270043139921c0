//! Detached signatures: CMS SignedData (RFC 5652) as PDF signatures carry it.
//!
//! Making takes three steps, so that the key can be elsewhere: [`SignedAttributes::new`] says what is to be signed,
//! the owner of the key signs [`SignedAttributes::to_be_signed`], [`SignedAttributes::finish`] checks that and puts the
//! message together. Made is one thing only: ECDSA on P-256 with SHA-256, content type, message digest and
//! signing-certificate-v2, without signing-time (ETSI EN 319 142-1 section 6.3 wants the time in the PDF instead).
//!
//! Reading accepts what others make and tells every fact apart in a [`CmsReport`]. Nothing here trusts anybody: whose
//! certificate it is, `verify_any_path` finds out.

mod attributes;
mod ber;
mod ess;
mod evidence;
#[cfg(all(test, feature = "authority"))]
mod forgeries;
mod making;
mod reading;
mod report;

pub use evidence::MAX_CMS_EVIDENCE;
pub(crate) use making::sha256;
pub use making::{
    MAX_SIGNED_ATTRIBUTES_LENGTH, RESERVED_FOR_TIMESTAMP, SignedAttributes, der_signature,
    reserved_length,
};
#[cfg(feature = "authority")]
pub(crate) use making::{attribute, encode as encode_attributes, signed_data, signer_info};
pub use reading::{SignedData, content_length};
pub use report::{
    AttributeFault, AttributesFault, CmsReport, ConsistencyFault, FormFault, SignatureCheckFault,
    SigningCertificate,
};

use const_oid::ObjectIdentifier;

use crate::{SignatureInvalid, asn1::NotDer};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// id-data and id-signedData (RFC 5652 sections 4 and 5.1).
pub(crate) const ID_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub(crate) const ID_SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
/// Signed attributes (RFC 5652 section 11, RFC 5035 sections 3 and 4, RFC 6211).
pub(crate) const ID_CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub(crate) const ID_MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub(crate) const ID_SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
pub(crate) const ID_ALGORITHM_PROTECTION: ObjectIdentifier = oid("1.2.840.113549.1.9.52");
pub(crate) const ID_SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
pub(crate) const ID_SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
/// id-aa-timeStampToken, an unsigned attribute (RFC 3161 appendix A).
pub(crate) const ID_TIMESTAMP_TOKEN: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");

/// Largest message that is read. Signatures take some kilobytes; embedded revocation lists can take megabytes.
pub const MAX_CMS_LENGTH: usize = 16 * 1024 * 1024;
/// Most certificates in a message: a path of eight for the signer, and as much for responders and time stamps.
pub const MAX_CMS_CERTIFICATES: usize = 64;
/// Most signed, and most unsigned, attributes of a signer.
pub const MAX_CMS_ATTRIBUTES: usize = 64;
/// Most signers that are counted. More than one is a fault in a PDF anyway.
pub const MAX_CMS_SIGNERS: usize = 16;

/// Why a message cannot be read or made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CmsError {
    /// Not DER, or not the structure it should be.
    #[error("the {part} of the CMS message is not what it should be")]
    Malformed {
        /// What could not be read.
        part: &'static str,
    },
    /// Readable, and no SignedData.
    #[error("the CMS message is no SignedData")]
    NotSignedData,
    /// Longer than [`MAX_CMS_LENGTH`].
    #[error("a CMS message has at most 16 MiB")]
    TooLong,
    /// More than a limit of this module allows.
    #[error("the CMS message has too many {what}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
    },
    /// The certificates do not start with the one that the signed attributes name, or it is not one on P-256.
    #[error("the first certificate is not the one that the signed attributes name")]
    OtherCertificate,
    /// The signature does not fit the signed attributes and the certificate.
    #[error(transparent)]
    Signature(#[from] SignatureInvalid),
    /// The time stamp is one of another signature.
    #[error("the time stamp does not belong to this signature")]
    OtherTimestamp,
}

fn malformed(part: &'static str) -> impl Fn(NotDer) -> CmsError {
    move |NotDer| CmsError::Malformed { part }
}
