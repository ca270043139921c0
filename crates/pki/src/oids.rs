//! Object identifiers used here, named as their standards name them.

use const_oid::ObjectIdentifier;

/// organizationIdentifier (ITU-T X.520, ETSI EN 319 412-1 section 5.1.4).
pub(crate) const ORGANIZATION_IDENTIFIER: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("2.5.4.97");
/// commonName (RFC 5280 appendix A.1).
pub(crate) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// countryName (RFC 5280 appendix A.1).
#[cfg(feature = "path")]
pub(crate) const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
/// organizationName (RFC 5280 appendix A.1).
pub(crate) const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");

/// id-kp-serverAuth (RFC 5280 section 4.2.1.12): the platform certificate speaks for a web origin.
#[cfg(feature = "path")]
pub(crate) const EKU_SERVER_AUTH: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
/// id-kp-clientAuth (RFC 5280 section 4.2.1.12): the certificate may log in.
#[cfg(feature = "path")]
pub(crate) const EKU_CLIENT_AUTH: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
/// id-kp-OCSPSigning (RFC 6960 section 4.2.2.2).
#[cfg(feature = "path")]
pub(crate) const EKU_OCSP_SIGNING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
/// id-kp-documentSigning (RFC 9336).
#[cfg(feature = "path")]
pub(crate) const EKU_DOCUMENT_SIGNING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
/// id-tsl-kp-tslSigning (ETSI TS 119 612 section 5.7.1).
#[cfg(feature = "path")]
pub(crate) const EKU_TRUST_LIST_SIGNING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("0.4.0.2231.3.0");

/// id-kp-timeStamping (RFC 3161 section 2.3).
#[cfg(feature = "path")]
pub(crate) const EKU_TIME_STAMPING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// anyExtendedKeyUsage and id-kp-emailProtection (RFC 5280 section 4.2.1.12).
#[cfg(feature = "path")]
pub(crate) const EKU_ANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
#[cfg(feature = "path")]
pub(crate) const EKU_EMAIL_PROTECTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
/// authentic-documents trust of Adobe, and document signing of Microsoft: from before RFC 9336.
#[cfg(feature = "path")]
pub(crate) const EKU_ADOBE_DOCUMENTS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.5");
#[cfg(feature = "path")]
pub(crate) const EKU_MICROSOFT_DOCUMENTS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12");

/// ecdsa-with-SHA256 (RFC 5758 section 3.2).
pub(crate) const ECDSA_WITH_SHA256: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
