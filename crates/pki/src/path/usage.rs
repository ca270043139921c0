//! What a certificate is used for, and what it must state for that.

use core::fmt;

use const_oid::ObjectIdentifier;
use webpki::{
    ExtendedKeyUsageValidator, KeyPurposeId, KeyPurposeIdIter, RequiredEkuNotFoundContext,
};
use x509_cert::ext::pkix::KeyUsages;

use crate::{oids, outline::Outline};

/// What the leaf certificate is about to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// A legal person seals a document: contentCommitment, and document signing (RFC 9336).
    DocumentSigning,
    /// A legal person logs in or binds an account: digitalSignature, and client authentication.
    Login,
    /// Somebody signed a PDF with a certificate of any authority. Key usage, if stated, has digitalSignature or
    /// contentCommitment; extended key usage, if stated, has one of: document signing (RFC 9336), any, e-mail protection,
    /// and the document purposes of Adobe and Microsoft. What states neither may sign (RFC 5280 sections 4.2.1.3 and
    /// 4.2.1.12).
    PdfSignature,
    /// A platform signs a request: digitalSignature, and server authentication, since it speaks for a web origin.
    PlatformRequest,
    /// An authority stamps times: extended key usage is critical and has time stamping alone (RFC 3161 section 2.3); key
    /// usage, if stated, has digitalSignature or contentCommitment and nothing else.
    TimeStamping,
    /// An operator signs a trust list: digitalSignature, and trust list signing (ETSI TS 119 612).
    TrustListSigning,
}

impl Usage {
    /// Whether a leaf states what this use needs.
    pub(crate) fn is_stated_by(self, leaf: &Outline) -> bool {
        match self {
            Self::PdfSignature => commits_or_signs(leaf) && self.is_open_to(leaf),
            Self::TimeStamping => {
                let only_signs = leaf.key_usage.is_none_or(|usage| {
                    (usage.0 - KeyUsages::DigitalSignature - KeyUsages::NonRepudiation).is_empty()
                });
                commits_or_signs(leaf)
                    && only_signs
                    && leaf.extended_key_usage.as_ref().is_some_and(|stated| {
                        stated.critical && stated.purposes == [oids::EKU_TIME_STAMPING]
                    })
            }
            Self::DocumentSigning => {
                leaf.allows(KeyUsages::NonRepudiation) && self.is_purpose_of(leaf)
            }
            Self::Login | Self::PlatformRequest | Self::TrustListSigning => {
                leaf.allows(KeyUsages::DigitalSignature) && self.is_purpose_of(leaf)
            }
        }
    }

    /// Whether extended key usage, if stated, has a purpose that serves.
    pub(super) fn is_open_to(self, certificate: &Outline) -> bool {
        (certificate.extended_key_usage.as_ref())
            .is_none_or(|stated| self.is_served_by(&stated.purposes))
    }

    fn is_purpose_of(self, leaf: &Outline) -> bool {
        leaf.extended_key_usage
            .as_ref()
            .is_some_and(|stated| self.is_served_by(&stated.purposes))
    }

    fn is_served_by(self, purposes: &[ObjectIdentifier]) -> bool {
        purposes
            .iter()
            .any(|purpose| self.purposes().contains(purpose))
    }

    /// Extended key usages of which one is enough.
    fn purposes(self) -> &'static [ObjectIdentifier] {
        match self {
            Self::DocumentSigning => &[oids::EKU_DOCUMENT_SIGNING],
            Self::Login => &[oids::EKU_CLIENT_AUTH],
            Self::PdfSignature => &[
                oids::EKU_DOCUMENT_SIGNING,
                oids::EKU_ANY,
                oids::EKU_EMAIL_PROTECTION,
                oids::EKU_ADOBE_DOCUMENTS,
                oids::EKU_MICROSOFT_DOCUMENTS,
            ],
            Self::PlatformRequest => &[oids::EKU_SERVER_AUTH],
            // The second for authorities; the leaf has the first alone.
            Self::TimeStamping => &[oids::EKU_TIME_STAMPING, oids::EKU_ANY],
            Self::TrustListSigning => &[oids::EKU_TRUST_LIST_SIGNING],
        }
    }
}

fn commits_or_signs(leaf: &Outline) -> bool {
    !leaf.forbids(KeyUsages::DigitalSignature) || !leaf.forbids(KeyUsages::NonRepudiation)
}

/// Extended key usage while a path is looked for, of the leaf and of every authority that states any: one must serve.
/// The leaf is judged again afterwards, since to the library a missing extension is as good as any.
impl ExtendedKeyUsageValidator for Usage {
    fn validate(&self, stated: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let mut served = false;
        let mut empty = true;
        for purpose in stated {
            let purpose = purpose?;
            empty = false;
            served |= self
                .purposes()
                .iter()
                .any(|wanted| KeyPurposeId::new(wanted.as_bytes()) == purpose);
        }
        // Of PDF signers anybody may have made the certificate up: nobody vouching for it matters more than its purpose.
        if served || empty || *self == Self::PdfSignature {
            return Ok(());
        }
        let required = self
            .purposes()
            .first()
            .map_or(&[][..], |oid| oid.as_bytes());
        // What was wanted and found is read by nobody; the kind of the error is.
        Err(webpki::Error::RequiredEkuNotFoundContext(
            RequiredEkuNotFoundContext {
                required: webpki::KeyUsage::required(required),
                present: Vec::new(),
            },
        ))
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentSigning => "signing documents",
            Self::Login => "logging in",
            Self::PdfSignature => "signing PDF files",
            Self::PlatformRequest => "signing a platform's requests",
            Self::TimeStamping => "stamping times",
            Self::TrustListSigning => "signing trust lists",
        })
    }
}
