//! What was found about a signature, fact by fact.

use const_oid::ObjectIdentifier;

use super::{
    ID_ALGORITHM_PROTECTION, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, SignedData,
    reading::Signer,
};
use crate::{
    AlgorithmFault, AnyKeyError, DigestAlgorithm, SignatureAlgorithm, SignatureFault, Weakness,
    asn1::{self, Element, NotDer},
};

/// The facts about one signature. None follows from another; [`is_good`](Self::is_good) says which ones a sound
/// signature needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CmsReport {
    /// One signer, and the content is where it belongs: outside for a signature, inside for a time-stamp token.
    pub form: Result<(), FormFault>,
    /// There are signed attributes, in DER, each once.
    pub attributes: Result<(), AttributesFault>,
    /// The signed content type is the one that is expected.
    pub content_type: Result<(), AttributeFault>,
    /// The signed message digest is that of the content.
    pub message_digest: Result<(), AttributeFault>,
    /// The signature value fits the signed attributes (or, without them, the content) and the signer's key.
    pub signature: Result<(), SignatureCheckFault>,
    /// Everything that names an algorithm names the same.
    pub algorithms: Result<(), ConsistencyFault>,
    /// Digest algorithm, signature algorithm and key are strong. Unknown ones are no weakness: they fail elsewhere.
    pub strength: Result<(), Weakness>,
    /// What the signing-certificate attribute says.
    pub signing_certificate: SigningCertificate,
}

/// Why the form is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormFault {
    /// Nobody signed.
    #[error("the message has no signer")]
    NoSigner,
    /// More than one signer; only the first was looked at.
    #[error("the message has several signers")]
    SeveralSigners,
    /// A detached signature with a content of its own.
    #[error("the message has a content of its own")]
    ContentInside,
    /// A time-stamp token without content.
    #[error("the message lacks its content")]
    ContentMissing,
}

/// Why the signed attributes as a whole are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttributesFault {
    /// There are none, so the signature says nothing about certificate and content type.
    #[error("there are no signed attributes")]
    Missing,
    /// Not DER (RFC 5652 section 5.3).
    #[error("the signed attributes are not in DER")]
    NotDer,
    /// Not in the order that DER prescribes for a SET OF (X.690 section 11.6).
    #[error("the signed attributes are not in the order of DER")]
    Order,
    /// One occurs twice.
    #[error("a signed attribute occurs twice")]
    Double,
}

/// Why a single attribute is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttributeFault {
    /// It is not there.
    #[error("the attribute is missing")]
    Missing,
    /// It occurs twice, has not exactly one value, or that is of the wrong type.
    #[error("the attribute is malformed")]
    Malformed,
    /// It says something else.
    #[error("the attribute does not fit the content")]
    Mismatch,
}

/// Why the signature value proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureCheckFault {
    /// The signer's certificate is not in the message, or cannot be read.
    #[error("the signer's certificate is not in the message")]
    NoCertificate,
    /// The signer's key cannot be used.
    #[error(transparent)]
    Key(#[from] AnyKeyError),
    /// The signature algorithm cannot be used.
    #[error(transparent)]
    Algorithm(#[from] AlgorithmFault),
    /// The value itself.
    #[error(transparent)]
    Value(#[from] SignatureFault),
}

/// Why the algorithms contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsistencyFault {
    /// The digest or signature algorithm is not known, so nothing can be compared.
    #[error(transparent)]
    Unreadable(#[from] AlgorithmFault),
    /// The message announces other digest algorithms than the signer uses (RFC 5652 section 5.1).
    #[error("the message does not announce the signer's digest algorithm")]
    NotAnnounced,
    /// The signature algorithm contains another digest algorithm than the one named next to it; for Ed25519 it must be
    /// SHA-512 (RFC 8419 section 2.3).
    #[error("digest algorithm and signature algorithm contradict each other")]
    Digest,
    /// The key is not one for the signature algorithm, or is restricted to other parameters.
    #[error("the signer's key is not one for the signature algorithm")]
    Key,
    /// The attribute CMSAlgorithmProtection names other algorithms (RFC 6211).
    #[error("the protected algorithms are not the ones used")]
    Protection,
}

/// What the signing-certificate attributes say about the signer's certificate (RFC 5035).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningCertificate {
    /// There is none. Sound for `adbe.pkcs7.detached`, a fault for PAdES and time stamps.
    Absent,
    /// Digest, and issuer and serial number where stated, are those of the signer's certificate.
    Named,
    /// The same, but only by a broken digest: version 1 of the attribute knows no other than SHA-1. It tells honest
    /// certificates apart and does not withstand one made to collide; the caller decides.
    NamedWeakly(DigestAlgorithm),
    /// Another certificate was meant.
    Other,
    /// It cannot be read, occurs twice, or uses a digest algorithm that is not known.
    Malformed,
}

/// What kind of message is expected.
struct Expected<'a> {
    content_type: ObjectIdentifier,
    inside: bool,
    digest: &'a [u8],
}

impl CmsReport {
    pub(super) fn detached(message: &SignedData, digest: &[u8]) -> Self {
        let expected = Expected {
            content_type: ID_DATA,
            inside: false,
            digest,
        };
        Self::judge(message, &expected)
    }

    /// Of a message that carries its content, such as a time-stamp token.
    pub(crate) fn encapsulated(message: &SignedData, content_type: ObjectIdentifier) -> Self {
        let digest = message
            .digest_algorithm()
            .ok()
            .zip(message.content.as_ref())
            .and_then(|(algorithm, content)| algorithm.digest(content))
            .unwrap_or_default();
        let expected = Expected {
            content_type,
            inside: true,
            digest: &digest,
        };
        Self::judge(message, &expected)
    }

    /// Whether every fact holds and the signer's certificate is named by a strong digest, as PAdES and RFC 3161 want it.
    pub fn is_good(&self) -> bool {
        self.is_sound() && self.signing_certificate == SigningCertificate::Named
    }

    /// Whether every fact holds, whatever the signing-certificate attribute says unless it contradicts.
    pub fn is_sound(&self) -> bool {
        self.form.is_ok()
            && self.attributes.is_ok()
            && self.content_type.is_ok()
            && self.message_digest.is_ok()
            && self.signature.is_ok()
            && self.algorithms.is_ok()
            && self.strength.is_ok()
            && !matches!(
                self.signing_certificate,
                SigningCertificate::Other | SigningCertificate::Malformed
            )
    }

    fn judge(message: &SignedData, expected: &Expected<'_>) -> Self {
        let Some(signer) = &message.signer else {
            return Self {
                form: Err(FormFault::NoSigner),
                attributes: Err(AttributesFault::Missing),
                content_type: Err(AttributeFault::Missing),
                message_digest: Err(AttributeFault::Missing),
                signature: Err(SignatureCheckFault::NoCertificate),
                algorithms: Err(ConsistencyFault::Unreadable(AlgorithmFault::Unknown)),
                strength: Ok(()),
                signing_certificate: SigningCertificate::Absent,
            };
        };
        Self {
            form: form(message, expected),
            attributes: attributes(signer),
            content_type: content_type(message, signer, expected),
            message_digest: message_digest(signer, expected),
            signature: signature(message, signer, expected),
            algorithms: algorithms(message, signer),
            strength: strength(message, signer),
            signing_certificate: signing_certificate(message, signer),
        }
    }
}

fn form(message: &SignedData, expected: &Expected<'_>) -> Result<(), FormFault> {
    match (message.signer_count, &message.content) {
        (2.., _) => Err(FormFault::SeveralSigners),
        (_, Some(_)) if !expected.inside => Err(FormFault::ContentInside),
        (_, None) if expected.inside => Err(FormFault::ContentMissing),
        _ => Ok(()),
    }
}

fn attributes(signer: &Signer) -> Result<(), AttributesFault> {
    match (&signer.signed_bytes, &signer.signed) {
        (None, _) => Err(AttributesFault::Missing),
        (_, None) => Err(AttributesFault::NotDer),
        (_, Some(attributes)) if attributes.has_double() => Err(AttributesFault::Double),
        (_, Some(attributes)) if !attributes.is_ascending() => Err(AttributesFault::Order),
        _ => Ok(()),
    }
}

fn single(signer: &Signer, oid: ObjectIdentifier) -> Result<Element<'_>, AttributeFault> {
    let attributes = signer.signed.as_ref().ok_or(AttributeFault::Missing)?;
    attributes
        .single(oid)
        .map_err(|NotDer| AttributeFault::Malformed)?
        .ok_or(AttributeFault::Missing)
}

/// RFC 5652 section 11.1: the attribute repeats the type of the encapsulated content.
fn content_type(
    message: &SignedData,
    signer: &Signer,
    expected: &Expected<'_>,
) -> Result<(), AttributeFault> {
    let stated = single(signer, ID_CONTENT_TYPE)?;
    if stated.tag != asn1::OBJECT_IDENTIFIER {
        return Err(AttributeFault::Malformed);
    }
    if stated.is(expected.content_type) && stated.content == message.content_type {
        Ok(())
    } else {
        Err(AttributeFault::Mismatch)
    }
}

fn message_digest(signer: &Signer, expected: &Expected<'_>) -> Result<(), AttributeFault> {
    let stated = single(signer, ID_MESSAGE_DIGEST)?;
    if stated.tag != asn1::OCTET_STRING {
        return Err(AttributeFault::Malformed);
    }
    // An empty digest is what a caller has who could not compute one.
    if !expected.digest.is_empty() && stated.content == expected.digest {
        Ok(())
    } else {
        Err(AttributeFault::Mismatch)
    }
}

fn signature(
    message: &SignedData,
    signer: &Signer,
    expected: &Expected<'_>,
) -> Result<(), SignatureCheckFault> {
    let algorithm = signer.scheme()?;
    algorithm.strength().map_err(SignatureFault::Weak)?;
    let certificate = message.signer().ok_or(SignatureCheckFault::NoCertificate)?;
    let key = certificate.public_key()?;
    match &signer.signed_bytes {
        Some(bytes) => key.verify(algorithm, bytes, &signer.signature)?,
        // RFC 5652 section 5.4: without attributes the content itself is signed.
        None => key.verify_digest(algorithm, expected.digest, &signer.signature)?,
    }
    Ok(())
}

fn algorithms(message: &SignedData, signer: &Signer) -> Result<(), ConsistencyFault> {
    let digest = signer.digest()?;
    let algorithm = signer.scheme()?;
    let announced = message
        .digest_algorithms
        .iter()
        .any(|oid| DigestAlgorithm::from_oid(oid) == Some(digest));
    if !announced {
        return Err(ConsistencyFault::NotAnnounced);
    }
    let fits = match algorithm {
        SignatureAlgorithm::Ed25519 => digest == DigestAlgorithm::Sha512,
        _ => algorithm.digest() == Some(digest),
    };
    if !fits {
        return Err(ConsistencyFault::Digest);
    }
    if let Some(Ok(key)) = message.signer().map(|signer| signer.public_key())
        && !key.fits(algorithm)
    {
        return Err(ConsistencyFault::Key);
    }
    protection(signer)
}

/// CMSAlgorithmProtection ::= SEQUENCE { digestAlgorithm, [1] IMPLICIT signatureAlgorithm OPTIONAL, [2] mac OPTIONAL }.
fn protection(signer: &Signer) -> Result<(), ConsistencyFault> {
    let read = || -> Result<bool, NotDer> {
        let Some(attributes) = &signer.signed else {
            return Ok(true);
        };
        let Some(value) = attributes.single(ID_ALGORITHM_PROTECTION)? else {
            return Ok(true);
        };
        let mut fields = value.elements();
        let digest = fields.next(asn1::SEQUENCE)?;
        let algorithm = fields.next(asn1::context(1))?;
        fields.finish()?;
        let used = Element::only(&signer.signature_algorithm, asn1::SEQUENCE)?;
        Ok(digest.raw == signer.digest_algorithm && algorithm.content == used.content)
    };
    match read() {
        Ok(true) => Ok(()),
        _ => Err(ConsistencyFault::Protection),
    }
}

fn strength(message: &SignedData, signer: &Signer) -> Result<(), Weakness> {
    if let Ok(digest) = signer.digest()
        && !digest.is_strong()
    {
        return Err(Weakness::Digest(digest));
    }
    if let Ok(algorithm) = signer.scheme() {
        algorithm.strength()?;
    }
    match message.signer().map(|signer| signer.public_key()) {
        Some(Ok(key)) => key.strength(),
        _ => Ok(()),
    }
}

fn signing_certificate(message: &SignedData, signer: &Signer) -> SigningCertificate {
    let Ok(stated) = signer.signing_certificates() else {
        return SigningCertificate::Malformed;
    };
    let Some(first) = stated.first() else {
        return SigningCertificate::Absent;
    };
    let Some(digest) = first.algorithm else {
        return SigningCertificate::Malformed;
    };
    let all_fit = message.signer().is_some_and(|certificate| {
        stated
            .iter()
            .all(|stated| stated.names(certificate.outline()))
    });
    match all_fit {
        false => SigningCertificate::Other,
        true if digest.is_strong() => SigningCertificate::Named,
        true => SigningCertificate::NamedWeakly(digest),
    }
}
