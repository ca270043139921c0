//! What stands in each kind of certificate.

use const_oid::ObjectIdentifier;
use der::{
    Encode,
    asn1::{Ia5String, Null, OctetString},
};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::{
    TbsCertificate,
    builder::{self, profile::BuilderProfile},
    ext::{
        Extension, ToExtension,
        pkix::{
            AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
            CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
            SubjectKeyIdentifier,
            crl::dp::DistributionPoint,
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
};

use crate::{Subject, oids, revocation::ocsp_asn1::OCSP_NOCHECK};

/// id-ad-ocsp and id-ad-caIssuers (RFC 5280 section 4.2.2.1).
const AD_OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const AD_CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");

/// A kind of certificate, with what differs from one to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// A legal person: signs documents and, if the authority wants that, logs in.
    Enterprise {
        /// With its credit code.
        subject: Subject,
        /// Whether the certificate may log in.
        login: bool,
    },
    /// An authority below the root.
    IssuingCa {
        /// Name of the authority.
        subject: Subject,
        /// How many more authorities may follow below it.
        path_length: u8,
    },
    /// Signs OCSP answers for the authority that issues it.
    OcspResponder {
        /// Name of the responder.
        subject: Subject,
    },
    /// A platform's server: signs requests.
    Platform {
        /// Who runs the platform.
        subject: Subject,
        /// Hosts of its web origins.
        hosts: Vec<String>,
    },
    /// A root; made by [`Issuer::root`](super::Issuer::root).
    Root {
        /// Name of the authority.
        subject: Subject,
    },
    /// Makes electronic seals for the authority that issues it.
    SealMaker {
        /// Name of the maker.
        subject: Subject,
    },
    /// Stamps times (RFC 3161).
    TimestampAuthority {
        /// Name of the authority.
        subject: Subject,
    },
    /// An operator: signs trust lists.
    TrustListSigner {
        /// Name of the operator.
        subject: Subject,
    },
}

/// Where readers of a certificate find out more about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Address of the revocation list.
    pub crl: String,
    /// Address of the OCSP responder; a root that only signs lists has none.
    pub ocsp: Option<String>,
    /// Address of the authority's own certificate, in DER.
    pub ca_issuers: String,
}

impl Profile {
    pub(super) fn subject(&self) -> &Subject {
        match self {
            Self::Enterprise { subject, .. }
            | Self::IssuingCa { subject, .. }
            | Self::OcspResponder { subject }
            | Self::Platform { subject, .. }
            | Self::Root { subject }
            | Self::SealMaker { subject }
            | Self::TimestampAuthority { subject }
            | Self::TrustListSigner { subject } => subject,
        }
    }

    fn basic_constraints(&self) -> BasicConstraints {
        match self {
            Self::Root { .. } => BasicConstraints {
                ca: true,
                path_len_constraint: None,
            },
            Self::IssuingCa { path_length, .. } => BasicConstraints {
                ca: true,
                path_len_constraint: Some(*path_length),
            },
            _ => BasicConstraints {
                ca: false,
                path_len_constraint: None,
            },
        }
    }

    fn key_usage(&self) -> KeyUsage {
        KeyUsage(match self {
            Self::Root { .. } | Self::IssuingCa { .. } => {
                KeyUsages::KeyCertSign | KeyUsages::CRLSign
            }
            Self::Enterprise { .. } => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
            Self::OcspResponder { .. }
            | Self::Platform { .. }
            | Self::SealMaker { .. }
            | Self::TimestampAuthority { .. }
            | Self::TrustListSigner { .. } => KeyUsages::DigitalSignature.into(),
        })
    }

    fn extended_key_usage(&self) -> Vec<ObjectIdentifier> {
        match self {
            // The trust list names the keys that make seals; no standard purpose says so.
            Self::Root { .. } | Self::IssuingCa { .. } | Self::SealMaker { .. } => Vec::new(),
            Self::Enterprise { login: true, .. } => {
                vec![oids::EKU_DOCUMENT_SIGNING, oids::EKU_CLIENT_AUTH]
            }
            Self::Enterprise { login: false, .. } => vec![oids::EKU_DOCUMENT_SIGNING],
            Self::OcspResponder { .. } => vec![oids::EKU_OCSP_SIGNING],
            Self::Platform { .. } => vec![oids::EKU_SERVER_AUTH],
            Self::TimestampAuthority { .. } => vec![oids::EKU_TIME_STAMPING],
            Self::TrustListSigner { .. } => vec![oids::EKU_TRUST_LIST_SIGNING],
        }
    }
}

/// A profile on its way through the builder.
pub(super) struct Template {
    pub(super) profile: Profile,
    pub(super) subject: Name,
    pub(super) issuer: Name,
    pub(super) endpoints: Option<Endpoints>,
}

impl BuilderProfile for Template {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        spk: SubjectPublicKeyInfoRef<'_>,
        issuer_spk: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let subject = tbs.subject();
        let mut extensions = vec![
            (&self.profile.basic_constraints()).to_extension(subject, &[])?,
            (&self.profile.key_usage()).to_extension(subject, &[])?,
            (&SubjectKeyIdentifier::try_from(spk)?).to_extension(subject, &[])?,
            (&AuthorityKeyIdentifier::try_from(issuer_spk)?).to_extension(subject, &[])?,
        ];
        let purposes = self.profile.extended_key_usage();
        if !purposes.is_empty() {
            let mut extension = (&ExtendedKeyUsage(purposes)).to_extension(subject, &[])?;
            // RFC 3161 section 2.3: alone and critical, so that nobody takes the key for anything else.
            extension.critical |= matches!(self.profile, Profile::TimestampAuthority { .. });
            extensions.push(extension);
        }
        if let Profile::Platform { hosts, .. } = &self.profile {
            let names = hosts
                .iter()
                .map(|host| Ia5String::new(host).map(GeneralName::DnsName))
                .collect::<der::Result<_>>()?;
            extensions.push((&SubjectAltName(names)).to_extension(subject, &[])?);
        }
        if let Profile::OcspResponder { .. } = &self.profile {
            // RFC 6960 section 4.2.2.2.1. Without endpoints: nobody is to ask about the responder itself.
            extensions.push(Extension {
                extn_id: OCSP_NOCHECK,
                critical: false,
                extn_value: OctetString::new(Null.to_der()?)?,
            });
        } else if let Some(endpoints) = &self.endpoints {
            extensions.push((&endpoints.distribution_points()?).to_extension(subject, &[])?);
            extensions.push((&endpoints.information_access()?).to_extension(subject, &[])?);
        }
        Ok(extensions)
    }
}

impl Endpoints {
    fn distribution_points(&self) -> der::Result<CrlDistributionPoints> {
        let name = DistributionPointName::FullName(vec![address(&self.crl)?]);
        Ok(CrlDistributionPoints(vec![DistributionPoint {
            distribution_point: Some(name),
            reasons: None,
            crl_issuer: None,
        }]))
    }

    fn information_access(&self) -> der::Result<AuthorityInfoAccessSyntax> {
        let responder = self.ocsp.as_deref().map(|ocsp| (AD_OCSP, ocsp));
        let issuer = (AD_CA_ISSUERS, self.ca_issuers.as_str());
        let describe = |(access_method, url)| {
            Ok(AccessDescription {
                access_method,
                access_location: address(url)?,
            })
        };
        let places = responder.into_iter().chain([issuer]).map(describe);
        Ok(AuthorityInfoAccessSyntax(
            places.collect::<der::Result<_>>()?,
        ))
    }
}

fn address(url: &str) -> der::Result<GeneralName> {
    Ok(GeneralName::UniformResourceIdentifier(Ia5String::new(url)?))
}
