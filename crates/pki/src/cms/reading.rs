//! Taking a message apart (RFC 5652 section 5).

use core::fmt;

use super::{
    CmsError, ID_SIGNED_DATA, ID_SIGNING_CERTIFICATE, ID_SIGNING_CERTIFICATE_V2, ID_SIGNING_TIME,
    ID_TIMESTAMP_TOKEN, MAX_CMS_CERTIFICATES, MAX_CMS_LENGTH, MAX_CMS_SIGNERS,
    attributes::Attributes, ber, ess::EssCertificate, evidence::Evidence, malformed,
};
use crate::{
    AlgorithmFault, AnyCertificate, CmsReport, DigestAlgorithm, SignatureAlgorithm, TimestampToken,
    UnixTime,
    algorithms::Identifier,
    asn1::{self, Element, Elements, NotDer},
};

/// A message that could be read. What it is worth, [`verify`](Self::verify) tells.
#[derive(Clone)]
pub struct SignedData {
    /// Digest algorithms of all signers, as object identifiers.
    pub(super) digest_algorithms: Vec<Vec<u8>>,
    pub(super) content_type: Vec<u8>,
    pub(super) content: Option<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
    evidence: Evidence,
    pub(super) signer: Option<Signer>,
    pub(super) signer_count: usize,
    signer_certificate: Option<AnyCertificate>,
}

/// SignerInfo (RFC 5652 section 5.3).
#[derive(Clone)]
pub(super) struct Signer {
    identifier: SignerIdentifier,
    /// AlgorithmIdentifiers with their headers.
    pub(super) digest_algorithm: Vec<u8>,
    pub(super) signature_algorithm: Vec<u8>,
    pub(super) signature: Vec<u8>,
    /// What is signed: the attributes as they were read, under the tag of a SET (RFC 5652 section 5.4).
    pub(super) signed_bytes: Option<Vec<u8>>,
    /// None if there are attributes that are not DER.
    pub(super) signed: Option<Attributes>,
    pub(super) unsigned: Attributes,
}

#[derive(Clone)]
enum SignerIdentifier {
    IssuerAndSerial { issuer: Vec<u8>, serial: Vec<u8> },
    KeyIdentifier(Vec<u8>),
}

/// Length of the message at the start of `bytes`, by its own header: what follows in `/Contents` of a PDF is padding.
///
/// # Errors
/// [`CmsError::Malformed`] if the bytes do not start with a SEQUENCE that ends within them.
pub fn content_length(bytes: &[u8]) -> Result<usize, CmsError> {
    let length = if ber::is_indefinite(bytes) {
        ber::to_definite(bytes).map(|(_, length)| length)
    } else {
        Elements::of(bytes)
            .next(asn1::SEQUENCE)
            .map(|message| message.raw.len())
    };
    length.map_err(malformed("outermost element"))
}

impl SignedData {
    /// Reads a message in DER, without bytes after it ([`content_length`] finds the end). Indefinite lengths around the
    /// signed attributes, as signers write them that stream, are read too.
    ///
    /// Certificates that cannot be read are kept and passed over.
    ///
    /// # Errors
    /// [`CmsError`] if it is too long, no SignedData, or damaged.
    pub fn from_der(der: &[u8]) -> Result<Self, CmsError> {
        if der.len() > MAX_CMS_LENGTH {
            return Err(CmsError::TooLong);
        }
        if ber::is_indefinite(der) {
            let (definite, length) =
                ber::to_definite(der).map_err(malformed("indefinite length"))?;
            return match length {
                length if length == der.len() => Self::from_definite(&definite),
                _ => Err(malformed("outermost element")(NotDer)),
            };
        }
        Self::from_definite(der)
    }

    fn from_definite(der: &[u8]) -> Result<Self, CmsError> {
        let mut outer = Element::only(der, asn1::SEQUENCE)
            .map_err(malformed("outermost element"))?
            .elements();
        let kind = outer
            .next(asn1::OBJECT_IDENTIFIER)
            .map_err(malformed("content type"))?;
        if !kind.is(ID_SIGNED_DATA) {
            return Err(CmsError::NotSignedData);
        }
        let inner = outer
            .next(asn1::context(0))
            .and_then(|explicit| Element::only(explicit.content, asn1::SEQUENCE))
            .map_err(malformed("SignedData"))?;
        outer.finish().map_err(malformed("outermost element"))?;
        Self::read(&inner)
    }

    fn read(signed_data: &Element<'_>) -> Result<Self, CmsError> {
        let mut fields = signed_data.elements();
        // RFC 5652 section 5.1: 1, 3, 4 or 5, by what is inside. Some get the choice wrong, and nothing hangs on it.
        fields
            .next(asn1::INTEGER)
            .and_then(|version| one_of(&version, &[1, 3, 4, 5]))
            .map_err(malformed("version of SignedData"))?;
        let digest_algorithms = fields
            .next(asn1::SET)
            .and_then(|set| read_digest_algorithms(&set))
            .map_err(malformed("digest algorithms"))?;
        let (content_type, content) = fields
            .next(asn1::SEQUENCE)
            .and_then(|info| read_content(&info))
            .map_err(malformed("encapsulated content"))?;
        let certificates = fields
            .optional(asn1::context(0))
            .and_then(|set| set.map_or(Ok(Vec::new()), |set| set.elements().all()))
            .map_err(malformed("certificates"))?;
        if certificates.len() > MAX_CMS_CERTIFICATES {
            return Err(CmsError::TooMany {
                what: "certificates",
            });
        }
        let mut evidence = Evidence::default();
        fields
            .optional(asn1::context(1))
            .and_then(|choices| choices.map_or(Ok(()), |choices| evidence.add_choices(&choices)))
            .map_err(malformed("revocation lists"))?;
        let signers = fields
            .next(asn1::SET)
            .and_then(|set| set.elements().all())
            .map_err(malformed("signers"))?;
        fields.finish().map_err(malformed("SignedData"))?;
        if signers.len() > MAX_CMS_SIGNERS {
            return Err(CmsError::TooMany { what: "signers" });
        }
        let signer = signers
            .first()
            .map(Signer::read)
            .transpose()
            .map_err(malformed("signer"))?;
        let certificates: Vec<Vec<u8>> = certificates
            .iter()
            .filter(|member| member.tag == asn1::SEQUENCE)
            .map(|member| member.raw.to_vec())
            .collect();
        if let Some(signer) = &signer {
            evidence.add_attributes(signer.signed.as_ref(), &signer.unsigned);
        }
        Ok(Self {
            digest_algorithms,
            content_type,
            content,
            signer_certificate: signer
                .as_ref()
                .and_then(|signer| signer.certificate(&certificates)),
            certificates,
            evidence,
            signer_count: signers.len(),
            signer,
        })
    }

    /// The signer's certificate, if it is in the message and can be read: the one that the signer identifier names, and
    /// of several the one that the signing-certificate attribute names.
    pub fn signer(&self) -> Option<&AnyCertificate> {
        self.signer_certificate.as_ref()
    }

    /// How many signers there are; a PDF signature has one, and only the first is looked at.
    pub fn signer_count(&self) -> usize {
        self.signer_count
    }

    /// All certificates in DER, also those that cannot be read, in the order of the message; then those of the attribute
    /// certificate-values (RFC 5126 section 6.3.3).
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        let values = self.evidence.certificates.iter();
        self.certificates.iter().chain(values).map(Vec::as_slice)
    }

    /// Revocation lists that travel with the signature, in DER and unread: in the message, in Adobe's signed attribute,
    /// in revocation-values of CAdES.
    pub fn crls(&self) -> impl Iterator<Item = &[u8]> {
        self.evidence.crls.iter().map(Vec::as_slice)
    }

    /// OCSP answers that travel with the signature, from the same places.
    pub fn ocsps(&self) -> impl Iterator<Item = &[u8]> {
        self.evidence.ocsps.iter().map(Vec::as_slice)
    }

    /// The digest algorithm of the signer.
    ///
    /// # Errors
    /// [`AlgorithmFault`] if it is not known; also if there is no signer.
    pub fn digest_algorithm(&self) -> Result<DigestAlgorithm, AlgorithmFault> {
        let signer = self.signer.as_ref().ok_or(AlgorithmFault::Unknown)?;
        signer.digest()
    }

    /// The signature algorithm of the signer.
    ///
    /// # Errors
    /// [`AlgorithmFault`] if it is not known or its parameters are wrong; also if there is no signer.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, AlgorithmFault> {
        let signer = self.signer.as_ref().ok_or(AlgorithmFault::Unknown)?;
        signer.scheme()
    }

    /// Name of the digest algorithm; in dotted notation if it is not known, empty without signer.
    pub fn digest_algorithm_name(&self) -> String {
        self.digest_algorithm().map_or_else(
            |_| dotted(self.signer.as_ref().map(|signer| &signer.digest_algorithm)),
            |algorithm| algorithm.name().to_owned(),
        )
    }

    /// Name of the signature algorithm; in dotted notation if it is not known, empty without signer.
    pub fn signature_algorithm_name(&self) -> String {
        self.signature_algorithm().map_or_else(
            |_| {
                dotted(
                    self.signer
                        .as_ref()
                        .map(|signer| &signer.signature_algorithm),
                )
            },
            SignatureAlgorithm::name,
        )
    }

    /// The signature value, over which a time-stamp token is made; empty without signer.
    ///
    /// Not an identifier: of one ECDSA signature anybody can make a second that fits as well.
    pub fn signature_value(&self) -> &[u8] {
        self.signer
            .as_ref()
            .map_or(&[], |signer| signer.signature.as_slice())
    }

    /// The digest that the signer states for the content.
    pub fn message_digest(&self) -> Option<&[u8]> {
        let attributes = self.signer.as_ref()?.signed.as_ref()?;
        let digest = attributes.single(super::ID_MESSAGE_DIGEST).ok()??;
        (digest.tag == asn1::OCTET_STRING).then_some(digest.content)
    }

    /// The time that the signer claims in the attribute signing-time. PAdES forbids it, older signatures have it.
    pub fn signing_time(&self) -> Option<UnixTime> {
        let attributes = self.signer.as_ref()?.signed.as_ref()?;
        let time = attributes.single(ID_SIGNING_TIME).ok()??;
        UnixTime::from_element(&time).ok()
    }

    /// The time-stamp token over the signature value, if there is one; of several the first.
    ///
    /// # Errors
    /// [`CmsError`] if it cannot be read.
    pub fn timestamp(&self) -> Result<Option<TimestampToken>, CmsError> {
        let token = self
            .signer
            .as_ref()
            .and_then(|signer| signer.unsigned.values(ID_TIMESTAMP_TOKEN).next());
        token.map(TimestampToken::from_der).transpose()
    }

    /// The content inside, if it is of this type.
    pub(crate) fn content_of(&self, oid: const_oid::ObjectIdentifier) -> Option<&[u8]> {
        let content = self.content.as_deref()?;
        (self.content_type == oid.as_bytes()).then_some(content)
    }

    /// Checks a detached signature. `digest` is that of the content, made with [`Self::digest_algorithm`].
    pub fn verify(&self, digest: &[u8]) -> CmsReport {
        CmsReport::detached(self, digest)
    }
}

impl fmt::Debug for SignedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedData")
            .field("signer", &self.signer_certificate)
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}

impl Signer {
    fn read(element: &Element<'_>) -> Result<Self, NotDer> {
        if element.tag != asn1::SEQUENCE {
            return Err(NotDer);
        }
        let mut fields = element.elements();
        one_of(&fields.next(asn1::INTEGER)?, &[1, 3])?;
        let identifier = SignerIdentifier::read(&fields.any()?)?;
        let digest_algorithm = fields.next(asn1::SEQUENCE)?;
        let attributes = fields.optional(asn1::context(0))?;
        let signature_algorithm = fields.next(asn1::SEQUENCE)?;
        let signature = fields.next(asn1::OCTET_STRING)?.content.to_vec();
        let unsigned = fields.optional(asn1::context(1))?;
        fields.finish()?;
        Identifier::read(&digest_algorithm)?;
        Identifier::read(&signature_algorithm)?;
        Ok(Self {
            identifier,
            digest_algorithm: digest_algorithm.raw.to_vec(),
            signature_algorithm: signature_algorithm.raw.to_vec(),
            signature,
            signed_bytes: attributes.map(|attributes| under_set_tag(attributes.raw)),
            signed: attributes.and_then(|attributes| Attributes::read(attributes.content).ok()),
            unsigned: unsigned.map_or(Ok(Attributes::default()), |unsigned| {
                Attributes::read(unsigned.content)
            })?,
        })
    }

    pub(super) fn digest(&self) -> Result<DigestAlgorithm, AlgorithmFault> {
        DigestAlgorithm::read(&identifier(&self.digest_algorithm)?)
    }

    pub(super) fn scheme(&self) -> Result<SignatureAlgorithm, AlgorithmFault> {
        SignatureAlgorithm::read(&identifier(&self.signature_algorithm)?, self.digest().ok())
    }

    /// What the signing-certificate attributes say, version 2 first.
    pub(super) fn signing_certificates(&self) -> Result<Vec<EssCertificate>, NotDer> {
        let Some(attributes) = &self.signed else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for (oid, version) in [(ID_SIGNING_CERTIFICATE_V2, 2), (ID_SIGNING_CERTIFICATE, 1)] {
            if let Some(value) = attributes.single(oid)? {
                found.push(EssCertificate::read(&value, version)?);
            }
        }
        Ok(found)
    }

    fn certificate(&self, certificates: &[Vec<u8>]) -> Option<AnyCertificate> {
        let mut named: Vec<AnyCertificate> = certificates
            .iter()
            .filter_map(|der| AnyCertificate::from_der(der).ok())
            .filter(|certificate| self.identifier.names(certificate))
            .collect();
        let meant = self.signing_certificates().ok().and_then(|stated| {
            named.iter().position(|certificate| {
                stated
                    .first()
                    .is_some_and(|stated| stated.names(certificate.outline()))
            })
        });
        match meant {
            Some(index) => Some(named.swap_remove(index)),
            None => named.into_iter().next(),
        }
    }
}

impl SignerIdentifier {
    fn read(element: &Element<'_>) -> Result<Self, NotDer> {
        match element.tag {
            asn1::SEQUENCE => {
                let mut fields = element.elements();
                let issuer = fields.next(asn1::SEQUENCE)?.raw.to_vec();
                let serial = fields.next(asn1::INTEGER)?.content.to_vec();
                fields.finish()?;
                Ok(Self::IssuerAndSerial { issuer, serial })
            }
            0x80 => Ok(Self::KeyIdentifier(element.content.to_vec())),
            _ => Err(NotDer),
        }
    }

    fn names(&self, certificate: &AnyCertificate) -> bool {
        let outline = certificate.outline();
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                *issuer == outline.issuer && *serial == outline.serial
            }
            Self::KeyIdentifier(identifier) => {
                outline.subject_key_identifier.as_ref() == Some(identifier)
            }
        }
    }
}

fn one_of(version: &Element<'_>, known: &[u64]) -> Result<(), NotDer> {
    if known.contains(&version.unsigned()?) {
        Ok(())
    } else {
        Err(NotDer)
    }
}

fn under_set_tag(attributes: &[u8]) -> Vec<u8> {
    let mut bytes = attributes.to_vec();
    if let Some(tag) = bytes.first_mut() {
        *tag = asn1::SET;
    }
    bytes
}

fn identifier(der: &[u8]) -> Result<Identifier<'_>, AlgorithmFault> {
    Identifier::only(der).map_err(|NotDer| AlgorithmFault::Parameters)
}

fn dotted(algorithm: Option<&Vec<u8>>) -> String {
    algorithm
        .and_then(|der| Identifier::only(der).ok())
        .map_or_else(String::new, |identifier| identifier.dotted())
}

fn read_digest_algorithms(set: &Element<'_>) -> Result<Vec<Vec<u8>>, NotDer> {
    set.elements()
        .all()?
        .iter()
        .map(|element| Ok(Identifier::read(element)?.oid.to_vec()))
        .collect()
}

fn read_content(info: &Element<'_>) -> Result<(Vec<u8>, Option<Vec<u8>>), NotDer> {
    let mut fields = info.elements();
    let content_type = fields.next(asn1::OBJECT_IDENTIFIER)?.content.to_vec();
    let content = fields
        .optional(asn1::context(0))?
        .map(|explicit| Element::only(explicit.content, asn1::OCTET_STRING))
        .transpose()?;
    fields.finish()?;
    Ok((content_type, content.map(|octets| octets.content.to_vec())))
}
