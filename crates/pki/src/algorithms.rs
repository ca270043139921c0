//! Digest and signature algorithms of other people's signatures, and which of them count.

use const_oid::ObjectIdentifier;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::asn1::{self, Element, NotDer};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// id-sha256 and its neighbours (RFC 5754 section 2).
pub(crate) const ID_SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const ID_SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const ID_SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
const ID_SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
const ID_MD5: ObjectIdentifier = oid("1.2.840.113549.2.5");
/// rsaEncryption: in CMS also a signature algorithm, with the digest algorithm told next to it (RFC 3370 section 3.2).
pub(crate) const RSA_ENCRYPTION: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
pub(crate) const RSASSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const ID_MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
/// id-Ed25519 (RFC 8410 section 3): key and signature algorithm in one.
pub(crate) const ED25519: ObjectIdentifier = oid("1.3.101.112");

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DigestAlgorithm {
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA-1: recognised, never passed. Two documents with one digest have been made since 2017.
    Sha1,
    /// MD5: recognised, never passed.
    Md5,
}

/// How a signature is made, the key apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// ECDSA with the digest (RFC 5758 section 3.2).
    Ecdsa(DigestAlgorithm),
    /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS, MGF1 with the same digest (RFC 8017 section 8.1).
    RsaPss {
        /// Digest of the message and of MGF1.
        digest: DigestAlgorithm,
        /// Bytes of salt.
        salt_length: u16,
    },
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// DSA: recognised, never passed.
    Dsa(DigestAlgorithm),
}

/// Why an algorithm identifier tells no usable algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AlgorithmFault {
    /// Nothing that is known here.
    #[error("the algorithm is not known")]
    Unknown,
    /// The parameters are missing, superfluous or contradict each other (for PSS: RFC 4055 section 3.1).
    #[error("the parameters of the algorithm are wrong")]
    Parameters,
}

/// Why something known proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Weakness {
    /// The digest algorithm is broken.
    #[error("{} is broken", .0.name())]
    Digest(DigestAlgorithm),
    /// DSA is no longer approved for signing (FIPS 186-5).
    #[error("DSA is no longer approved")]
    Dsa,
    /// The RSA modulus is too short.
    #[error("an RSA key of {bits} bits is too short")]
    ShortKey {
        /// Bits of the modulus.
        bits: u32,
    },
}

impl DigestAlgorithm {
    /// The name as FIPS 180-4 writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha1 => "SHA-1",
            Self::Md5 => "MD5",
        }
    }

    /// Bytes of a digest.
    pub const fn output_length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
            Self::Sha1 => 20,
            Self::Md5 => 16,
        }
    }

    /// Whether a signature over such a digest counts.
    pub const fn is_strong(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha384 | Self::Sha512)
    }

    /// The digest of `bytes`. The broken algorithms are recognised and not computed.
    pub fn digest(self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Sha256 => Some(Sha256::digest(bytes).to_vec()),
            Self::Sha384 => Some(Sha384::digest(bytes).to_vec()),
            Self::Sha512 => Some(Sha512::digest(bytes).to_vec()),
            Self::Sha1 | Self::Md5 => None,
        }
    }

    pub(crate) fn from_oid(oid: &[u8]) -> Option<Self> {
        [
            (ID_SHA256, Self::Sha256),
            (ID_SHA384, Self::Sha384),
            (ID_SHA512, Self::Sha512),
            (ID_SHA1, Self::Sha1),
            (ID_MD5, Self::Md5),
        ]
        .into_iter()
        .find_map(|(known, algorithm)| (known.as_bytes() == oid).then_some(algorithm))
    }

    /// Reads an AlgorithmIdentifier. Parameters are absent or NULL (RFC 5754 section 2).
    pub(crate) fn read(identifier: &Identifier<'_>) -> Result<Self, AlgorithmFault> {
        if !identifier.is_without_parameters() {
            return Err(AlgorithmFault::Parameters);
        }
        Self::from_oid(identifier.oid).ok_or(AlgorithmFault::Unknown)
    }
}

impl SignatureAlgorithm {
    /// A short name, such as `ECDSA with SHA-256`.
    pub fn name(self) -> String {
        let (scheme, digest) = match self {
            Self::Ed25519 => return "Ed25519".to_owned(),
            Self::Ecdsa(digest) => ("ECDSA", digest),
            Self::RsaPkcs1(digest) => ("RSA", digest),
            Self::RsaPss { digest, .. } => ("RSA-PSS", digest),
            Self::Dsa(digest) => ("DSA", digest),
        };
        [scheme, " with ", digest.name()].concat()
    }

    /// The digest that is part of the algorithm; Ed25519 hashes in its own way.
    pub const fn digest(self) -> Option<DigestAlgorithm> {
        match self {
            Self::Ecdsa(digest)
            | Self::RsaPkcs1(digest)
            | Self::RsaPss { digest, .. }
            | Self::Dsa(digest) => Some(digest),
            Self::Ed25519 => None,
        }
    }

    /// Whether a signature with this algorithm counts, apart from the key.
    ///
    /// # Errors
    /// [`Weakness`] says why not.
    pub fn strength(self) -> Result<(), Weakness> {
        match self {
            Self::Dsa(_) => Err(Weakness::Dsa),
            _ => match self.digest() {
                Some(digest) if !digest.is_strong() => Err(Weakness::Digest(digest)),
                _ => Ok(()),
            },
        }
    }

    /// Reads an AlgorithmIdentifier. `beside` is the digest algorithm told next to it, which rsaEncryption goes by.
    pub(crate) fn read(
        identifier: &Identifier<'_>,
        beside: Option<DigestAlgorithm>,
    ) -> Result<Self, AlgorithmFault> {
        use DigestAlgorithm::{Md5, Sha1, Sha256, Sha384, Sha512};
        if identifier.oid == RSASSA_PSS.as_bytes() {
            return read_pss(identifier.parameters);
        }
        let known = [
            (oid("1.2.840.10045.4.3.2"), Self::Ecdsa(Sha256)),
            (oid("1.2.840.10045.4.3.3"), Self::Ecdsa(Sha384)),
            (oid("1.2.840.10045.4.3.4"), Self::Ecdsa(Sha512)),
            (oid("1.2.840.10045.4.1"), Self::Ecdsa(Sha1)),
            (oid("1.2.840.113549.1.1.11"), Self::RsaPkcs1(Sha256)),
            (oid("1.2.840.113549.1.1.12"), Self::RsaPkcs1(Sha384)),
            (oid("1.2.840.113549.1.1.13"), Self::RsaPkcs1(Sha512)),
            (oid("1.2.840.113549.1.1.5"), Self::RsaPkcs1(Sha1)),
            (oid("1.3.14.3.2.29"), Self::RsaPkcs1(Sha1)),
            (oid("1.2.840.113549.1.1.4"), Self::RsaPkcs1(Md5)),
            (oid("1.2.840.10040.4.3"), Self::Dsa(Sha1)),
            (oid("2.16.840.1.101.3.4.3.2"), Self::Dsa(Sha256)),
            (ED25519, Self::Ed25519),
        ];
        let found = known.into_iter().find_map(|(known, algorithm)| {
            (known.as_bytes() == identifier.oid).then_some(algorithm)
        });
        let algorithm = match (found, beside) {
            (Some(algorithm), _) => algorithm,
            (None, Some(digest)) if identifier.oid == RSA_ENCRYPTION.as_bytes() => {
                Self::RsaPkcs1(digest)
            }
            (None, Some(digest)) if identifier.oid == oid("1.2.840.10040.4.1").as_bytes() => {
                return Ok(Self::Dsa(digest));
            }
            _ => return Err(AlgorithmFault::Unknown),
        };
        // RFC 5758 section 3.2 and RFC 8410 section 3 want none; RFC 4055 section 5 wants NULL, and many leave it out.
        let allowed = match algorithm {
            Self::RsaPkcs1(_) | Self::Dsa(_) => identifier.is_without_parameters(),
            _ => identifier.parameters.is_none(),
        };
        if allowed {
            Ok(algorithm)
        } else {
            Err(AlgorithmFault::Parameters)
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 section 3.1). What is left out means SHA-1 and 20 bytes of salt.
pub(crate) fn read_pss(
    parameters: Option<Element<'_>>,
) -> Result<SignatureAlgorithm, AlgorithmFault> {
    let read = || -> Result<_, NotDer> {
        let parameters = parameters
            .filter(|parameters| parameters.tag == asn1::SEQUENCE)
            .ok_or(NotDer)?;
        let mut fields = parameters.elements();
        let inside = |field: Option<Element<'_>>| -> Result<Option<Vec<u8>>, NotDer> {
            Ok(field.map(|field| field.content.to_vec()))
        };
        let hash = inside(fields.optional(asn1::context(0))?)?;
        let mask = inside(fields.optional(asn1::context(1))?)?;
        let salt = inside(fields.optional(asn1::context(2))?)?;
        let trailer = inside(fields.optional(asn1::context(3))?)?;
        fields.finish()?;
        let number = |bytes: &[u8]| Element::only(bytes, asn1::INTEGER)?.unsigned();
        let salt = salt.map_or(Ok(20), |bytes| number(&bytes))?;
        let trailer = trailer.map_or(Ok(1), |bytes| number(&bytes))?;
        if trailer != 1 {
            return Err(NotDer);
        }
        Ok((hash, mask, u16::try_from(salt).map_err(|_| NotDer)?))
    };
    let (hash, mask, salt_length) = read().map_err(|NotDer| AlgorithmFault::Parameters)?;
    let digest = match hash {
        None => DigestAlgorithm::Sha1,
        Some(bytes) => read_digest(&bytes)?,
    };
    let mask_digest = match mask {
        None => DigestAlgorithm::Sha1,
        Some(bytes) => {
            let identifier =
                Identifier::only(&bytes).map_err(|NotDer| AlgorithmFault::Parameters)?;
            if identifier.oid != ID_MGF1.as_bytes() {
                return Err(AlgorithmFault::Unknown);
            }
            let parameters = identifier.parameters.ok_or(AlgorithmFault::Parameters)?;
            read_digest(parameters.raw)?
        }
    };
    // RFC 4055 section 3.1 recommends one digest for both; RFC 8017 gives no reason for two.
    if digest != mask_digest {
        return Err(AlgorithmFault::Parameters);
    }
    Ok(SignatureAlgorithm::RsaPss {
        digest,
        salt_length,
    })
}

fn read_digest(bytes: &[u8]) -> Result<DigestAlgorithm, AlgorithmFault> {
    let identifier = Identifier::only(bytes).map_err(|NotDer| AlgorithmFault::Parameters)?;
    DigestAlgorithm::read(&identifier)
}

/// An AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identifier<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) parameters: Option<Element<'a>>,
    /// Object identifier and parameters without the header around them, as `rustls-webpki` compares them.
    pub(crate) content: &'a [u8],
}

impl<'a> Identifier<'a> {
    pub(crate) fn read(element: &Element<'a>) -> Result<Self, NotDer> {
        if element.tag != asn1::SEQUENCE {
            return Err(NotDer);
        }
        let mut fields = element.elements();
        let oid = fields.next(asn1::OBJECT_IDENTIFIER)?.content;
        let parameters = if fields.is_empty() {
            None
        } else {
            Some(fields.any()?)
        };
        fields.finish()?;
        Ok(Self {
            oid,
            parameters,
            content: element.content,
        })
    }

    pub(crate) fn only(bytes: &'a [u8]) -> Result<Self, NotDer> {
        Self::read(&Element::only(bytes, asn1::SEQUENCE)?)
    }

    /// Absent or NULL.
    fn is_without_parameters(&self) -> bool {
        self.parameters
            .is_none_or(|parameters| parameters.tag == asn1::NULL && parameters.content.is_empty())
    }

    /// The object identifier in dotted notation, for reports about the unknown.
    pub(crate) fn dotted(&self) -> String {
        ObjectIdentifier::from_bytes(self.oid)
            .map_or_else(|_| "unreadable".to_owned(), |oid| oid.to_string())
    }
}
