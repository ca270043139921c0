//! Public keys of other people's certificates, and checking signatures with them.

use ed25519_dalek::VerifyingKey as Ed25519Key;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p384::ecdsa as p384;
use p521::ecdsa as p521;

use crate::{
    DigestAlgorithm, PublicKey, SignatureAlgorithm, Weakness,
    algorithms::{ED25519, Identifier, RSA_ENCRYPTION, RSASSA_PSS, read_pss},
    asn1::{self, Element, NotDer},
    rsa::{NoSignature, RsaKey},
};

/// Shortest RSA modulus that counts, in bits (NIST SP 800-131A).
pub const MIN_RSA_BITS: u32 = 2048;
/// Longest RSA modulus that is read, in bits: checking a signature takes time that grows with its square.
pub const MAX_RSA_BITS: u32 = 8192;
/// Shortest RSA modulus that is recognised as weak; shorter ones are no keys.
const RECOGNISED_RSA_BITS: u32 = 512;

/// A public key of any algorithm that is checked here.
#[derive(Clone, Debug, PartialEq)]
pub struct AnyPublicKey(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    P256(PublicKey),
    P384(p384::VerifyingKey),
    P521(p521::VerifyingKey),
    Rsa {
        key: RsaKey,
        /// What a key of type id-RSASSA-PSS is restricted to (RFC 4055 section 1.2).
        only: PssOnly,
    },
    Ed25519(Ed25519Key),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum PssOnly {
    /// An rsaEncryption key: both paddings.
    No,
    /// PSS with any parameters.
    Any,
    /// PSS with this digest and at least this much salt (RFC 4055 section 3.3).
    Digest(DigestAlgorithm, u16),
}

/// Why a SubjectPublicKeyInfo is no usable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AnyKeyError {
    /// Not DER, or a key that its own algorithm forbids, such as a point off the curve.
    #[error("the public key is malformed")]
    Malformed,
    /// An algorithm or curve that is not checked here, or an RSA key longer than [`MAX_RSA_BITS`].
    #[error("the algorithm of the public key is not supported")]
    Unsupported,
}

/// Why a signature value is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureFault {
    /// Well formed, and not a signature of this message with this key.
    #[error("the signature does not fit the message and the key")]
    Mismatch,
    /// Not the encoding that the algorithm prescribes, or numbers out of range, such as r = s = 0.
    #[error("the signature value is malformed")]
    Malformed,
    /// The key is one of another algorithm.
    #[error("the key is not one for the signature algorithm")]
    OtherKey,
    /// Algorithm or key are recognised and broken, so nothing was computed.
    #[error(transparent)]
    Weak(#[from] Weakness),
}

impl AnyPublicKey {
    /// Reads a SubjectPublicKeyInfo in DER: P-256, P-384, P-521, RSA, RSA for PSS only, and Ed25519.
    ///
    /// # Errors
    /// [`AnyKeyError`] for every other key.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, AnyKeyError> {
        let (identifier, bits) = split(der).map_err(|NotDer| AnyKeyError::Malformed)?;
        let curve = identifier
            .parameters
            .filter(|_| identifier.oid == ::p256::elliptic_curve::ALGORITHM_OID.as_bytes());
        if let Some(curve) = curve {
            return Self::on_curve(&curve, bits);
        }
        if identifier.oid == RSA_ENCRYPTION.as_bytes() {
            return Self::rsa(bits, PssOnly::No);
        }
        if identifier.oid == RSASSA_PSS.as_bytes() {
            let only = match identifier.parameters {
                None => PssOnly::Any,
                parameters => match read_pss(parameters) {
                    Ok(SignatureAlgorithm::RsaPss {
                        digest,
                        salt_length,
                    }) => PssOnly::Digest(digest, salt_length),
                    _ => return Err(AnyKeyError::Unsupported),
                },
            };
            return Self::rsa(bits, only);
        }
        if identifier.oid == ED25519.as_bytes() && identifier.parameters.is_none() {
            let bytes = bits.try_into().map_err(|_| AnyKeyError::Malformed)?;
            let key = Ed25519Key::from_bytes(bytes).map_err(|_| AnyKeyError::Malformed)?;
            return Ok(Self(Kind::Ed25519(key)));
        }
        Err(AnyKeyError::Unsupported)
    }

    fn on_curve(curve: &Element<'_>, point: &[u8]) -> Result<Self, AnyKeyError> {
        use ::p256::{NistP256, pkcs8::AssociatedOid};
        let malformed = |_| AnyKeyError::Malformed;
        let kind = if curve.is(NistP256::OID) {
            Kind::P256(PublicKey::from_sec1(point).map_err(|_| AnyKeyError::Malformed)?)
        } else if curve.is(::p384::NistP384::OID) {
            Kind::P384(p384::VerifyingKey::from_sec1_bytes(point).map_err(malformed)?)
        } else if curve.is(::p521::NistP521::OID) {
            Kind::P521(p521::VerifyingKey::from_sec1_bytes(point).map_err(malformed)?)
        } else {
            return Err(AnyKeyError::Unsupported);
        };
        Ok(Self(kind))
    }

    /// RSAPublicKey (RFC 8017 appendix A.1.1).
    fn rsa(bytes: &[u8], only: PssOnly) -> Result<Self, AnyKeyError> {
        let numbers = || -> Result<_, NotDer> {
            let mut fields = Element::only(bytes, asn1::SEQUENCE)?.elements();
            let modulus = positive(&fields.next(asn1::INTEGER)?)?;
            let exponent = positive(&fields.next(asn1::INTEGER)?)?;
            fields.finish()?;
            Ok((modulus, exponent))
        };
        let (modulus, exponent) = numbers().map_err(|NotDer| AnyKeyError::Malformed)?;
        // Before anything is computed with it.
        if modulus.len() > MAX_RSA_BITS as usize / 8 {
            return Err(AnyKeyError::Unsupported);
        }
        let key = RsaKey::new(modulus, exponent).ok_or(AnyKeyError::Malformed)?;
        if key.bits() < RECOGNISED_RSA_BITS {
            return Err(AnyKeyError::Malformed);
        }
        Ok(Self(Kind::Rsa { key, only }))
    }

    /// A short name with the size, such as `RSA 2048` or `P-384`.
    pub fn name(&self) -> String {
        match &self.0 {
            Kind::P256(_) => "P-256".to_owned(),
            Kind::P384(_) => "P-384".to_owned(),
            Kind::P521(_) => "P-521".to_owned(),
            Kind::Rsa { key, .. } => ["RSA ", &key.bits().to_string()].concat(),
            Kind::Ed25519(_) => "Ed25519".to_owned(),
        }
    }

    /// The key, if it is one on P-256.
    pub fn as_p256(&self) -> Option<&PublicKey> {
        match &self.0 {
            Kind::P256(key) => Some(key),
            _ => None,
        }
    }

    /// Whether signatures with this key count.
    ///
    /// # Errors
    /// [`Weakness`] says why not.
    pub fn strength(&self) -> Result<(), Weakness> {
        match &self.0 {
            Kind::Rsa { key, .. } if key.bits() < MIN_RSA_BITS => {
                Err(Weakness::ShortKey { bits: key.bits() })
            }
            _ => Ok(()),
        }
    }

    /// Whether `algorithm` is one for this key.
    pub fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        match (&self.0, algorithm) {
            (Kind::P256(_) | Kind::P384(_) | Kind::P521(_), SignatureAlgorithm::Ecdsa(_))
            | (Kind::Ed25519(_), SignatureAlgorithm::Ed25519) => true,
            (Kind::Rsa { only, .. }, SignatureAlgorithm::RsaPkcs1(_)) => *only == PssOnly::No,
            (
                Kind::Rsa { only, .. },
                SignatureAlgorithm::RsaPss {
                    digest,
                    salt_length,
                },
            ) => match *only {
                PssOnly::No | PssOnly::Any => true,
                PssOnly::Digest(required, least) => required == digest && salt_length >= least,
            },
            _ => false,
        }
    }

    /// Checks a signature as X.509 and CMS carry it: for ECDSA the DER sequence of r and s, never the two numbers
    /// side by side.
    ///
    /// # Errors
    /// [`SignatureFault`] for everything that proves nothing.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        if !self.fits(algorithm) {
            return Err(SignatureFault::OtherKey);
        }
        self.strength()?;
        algorithm.strength()?;
        if let Kind::Ed25519(key) = &self.0 {
            let signature = ed25519_dalek::Signature::from_slice(signature)
                .map_err(|_| SignatureFault::Malformed)?;
            // The strict form also refuses keys of small order, with which one signature fits many messages.
            return key
                .verify_strict(message, &signature)
                .map_err(|_| SignatureFault::Mismatch);
        }
        let digest = algorithm.digest().ok_or(SignatureFault::OtherKey)?;
        let hashed = digest.digest(message).ok_or(Weakness::Digest(digest))?;
        self.verify_hashed(algorithm, digest, &hashed, signature)
    }

    /// Checks a signature of a message of which only the digest is known. Ed25519 needs the message itself.
    pub(crate) fn verify_digest(
        &self,
        algorithm: SignatureAlgorithm,
        hashed: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        let digest = algorithm.digest().ok_or(SignatureFault::OtherKey)?;
        if !self.fits(algorithm) {
            return Err(SignatureFault::OtherKey);
        }
        self.strength()?;
        algorithm.strength()?;
        if hashed.len() != digest.output_length() {
            return Err(SignatureFault::Mismatch);
        }
        self.verify_hashed(algorithm, digest, hashed, signature)
    }

    fn verify_hashed(
        &self,
        algorithm: SignatureAlgorithm,
        digest: DigestAlgorithm,
        hashed: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        let malformed = |_| SignatureFault::Malformed;
        let mismatch = |_| SignatureFault::Mismatch;
        match &self.0 {
            Kind::P256(key) => {
                let signature = ::p256::ecdsa::Signature::from_der(signature).map_err(malformed)?;
                key.as_ecdsa()
                    .verify_prehash(hashed, &signature)
                    .map_err(mismatch)
            }
            Kind::P384(key) => {
                let signature = p384::Signature::from_der(signature).map_err(malformed)?;
                key.verify_prehash(hashed, &signature).map_err(mismatch)
            }
            Kind::P521(key) => {
                let signature = p521::Signature::from_der(signature).map_err(malformed)?;
                key.verify_prehash(hashed, &signature).map_err(mismatch)
            }
            Kind::Rsa { key, .. } => {
                // RFC 8017 section 8.2.2: as long as the modulus.
                if u32::try_from(signature.len()) != Ok(key.bits().div_ceil(8)) {
                    return Err(SignatureFault::Malformed);
                }
                let verified = match algorithm {
                    SignatureAlgorithm::RsaPss { salt_length, .. } => {
                        key.verify_pss(digest, usize::from(salt_length), hashed, signature)
                    }
                    _ => key.verify_pkcs1(digest, hashed, signature),
                };
                verified.map_err(|NoSignature| SignatureFault::Mismatch)
            }
            Kind::Ed25519(_) => Err(SignatureFault::OtherKey),
        }
    }
}

/// Algorithm and key bits of a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
fn split(der: &[u8]) -> Result<(Identifier<'_>, &[u8]), NotDer> {
    let mut fields = Element::only(der, asn1::SEQUENCE)?.elements();
    let identifier = Identifier::read(&fields.next(asn1::SEQUENCE)?)?;
    let bits = fields.next(asn1::BIT_STRING)?.octets()?;
    fields.finish()?;
    Ok((identifier, bits))
}

/// The digits of a positive INTEGER.
fn positive<'a>(number: &Element<'a>) -> Result<&'a [u8], NotDer> {
    match number.content {
        [0, digits @ ..] if digits.first().is_some_and(|first| *first >= 0x80) => Ok(digits),
        [1..=0x7f, ..] => Ok(number.content),
        _ => Err(NotDer),
    }
}
