//! Keys and signatures: ECDSA on P-256 with SHA-256, called ES256 in JWS (RFC 7518 section 3.4).

use core::fmt;

use p256::{
    ecdsa::{self, DerSignature, Signature},
    elliptic_curve::Generate,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding},
};
use sha2::{Digest, Sha256};
use signature::{Signer, Verifier, rand_core::CryptoRng};
#[cfg(feature = "path")]
use spki::SubjectPublicKeyInfoOwned;
use spki::{EncodePublicKey, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

/// Bytes of a signature as JWS carries it: r and s, 32 bytes each.
pub const ES256_SIGNATURE_LENGTH: usize = 64;

/// A private key. Its memory is wiped on drop, and `Debug` shows nothing of it.
///
/// Only ends that really own a whole key use this (platform, authority, a phone without key splitting).
#[derive(Clone)]
pub struct SigningKey(ecdsa::SigningKey);

impl SigningKey {
    /// Makes a new key with the caller's randomness.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(ecdsa::SigningKey::generate_from_rng(rng))
    }

    /// Takes 32 uniformly random bytes as the secret scalar.
    ///
    /// # Errors
    /// The bytes are zero or not below the group order, which happens once in 2^32 draws: draw again.
    pub fn from_random_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        ecdsa::SigningKey::from_slice(bytes)
            .map(Self)
            .map_err(|_| KeyError::OutOfRange)
    }

    /// Reads a key in PKCS#8 DER (RFC 5958).
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything but an unencrypted P-256 key.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        ecdsa::SigningKey::from_pkcs8_der(der)
            .map(Self)
            .map_err(|_| KeyError::Malformed)
    }

    /// Reads a key in PKCS#8 PEM, the kind that starts `-----BEGIN PRIVATE KEY-----`.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything but an unencrypted P-256 key.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, KeyError> {
        ecdsa::SigningKey::from_pkcs8_pem(pem)
            .map(Self)
            .map_err(|_| KeyError::Malformed)
    }

    /// Reads the first private key in a PEM file, in PKCS#8 or in SEC 1 (`-----BEGIN EC PRIVATE KEY-----`, RFC 5915). What
    /// stands around it, such as curve parameters or certificates, is passed over.
    ///
    /// # Errors
    /// [`KeyError::Encrypted`] if the first key needs a password, [`KeyError::Malformed`] for anything but a P-256 key.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        const SEC1: &str = "-----BEGIN EC PRIVATE KEY-----";
        const END: &str = "PRIVATE KEY-----";
        let start = text
            .match_indices("-----BEGIN ")
            .map(|(at, _)| text.get(at..).unwrap_or_default())
            .find(|block| {
                let label = block.lines().next().unwrap_or_default();
                label.trim_end().ends_with(END)
            })
            .ok_or(KeyError::Malformed)?;
        // Two lines end like this: the first, and the last.
        let end = start
            .match_indices(END)
            .nth(1)
            .map(|(at, _)| at.saturating_add(END.len()))
            .ok_or(KeyError::Malformed)?;
        let block = start.get(..end).ok_or(KeyError::Malformed)?;
        // In the label of PKCS#8, or in the header `Proc-Type` of the older form.
        if block.contains("ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        if block.starts_with(SEC1) {
            return p256::SecretKey::from_sec1_pem(block)
                .map(|key| Self(key.into()))
                .map_err(|_| KeyError::Malformed);
        }
        Self::from_pkcs8_pem(block)
    }

    /// The key in PKCS#8 DER; wiped on drop.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.0
            .to_pkcs8_der()
            .expect("a P-256 key always has a PKCS#8 form")
            .to_bytes()
    }

    /// The key in PKCS#8 PEM; wiped on drop.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        self.0
            .to_pkcs8_pem(LineEnding::LF)
            .expect("a P-256 key always has a PKCS#8 form")
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(*self.0.verifying_key())
    }

    /// Signs as JWS wants it: r and s, 32 bytes each. Deterministic (RFC 6979), so no randomness is needed.
    pub fn sign_es256(&self, message: &[u8]) -> [u8; ES256_SIGNATURE_LENGTH] {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().into()
    }

    /// Signs as X.509 and CMS want it: the DER sequence of r and s (RFC 3279 section 2.2.3).
    pub fn sign_es256_der(&self, message: &[u8]) -> Vec<u8> {
        let signature: DerSignature = self.0.sign(message);
        signature.as_bytes().to_vec()
    }

    #[cfg(feature = "authority")]
    pub(crate) fn as_ecdsa(&self) -> &ecdsa::SigningKey {
        &self.0
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// A public key: a point on P-256 that is known to lie on the curve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(ecdsa::VerifyingKey);

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in DER (RFC 5480).
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything but a P-256 key, for a point off the curve, and for bytes after the key.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let spki = SubjectPublicKeyInfoRef::try_from(der).map_err(|_| KeyError::Malformed)?;
        Self::from_spki(spki)
    }

    /// Reads the coordinates `x` and `y` of a JWK (RFC 7518 section 6.2.1).
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if the point is not on the curve.
    pub fn from_jwk_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, KeyError> {
        let mut uncompressed = [4; 65];
        uncompressed[1..33].copy_from_slice(x);
        uncompressed[33..].copy_from_slice(y);
        Self::from_sec1(&uncompressed)
    }

    /// Reads a point in the encoding of SEC 1 section 2.3.3.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if the bytes are no point on the curve.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, KeyError> {
        ecdsa::VerifyingKey::from_sec1_bytes(bytes)
            .map(Self)
            .map_err(|_| KeyError::Malformed)
    }

    /// The SubjectPublicKeyInfo in DER.
    pub fn spki_der(&self) -> Vec<u8> {
        self.0
            .to_public_key_der()
            .expect("a P-256 point always has an SPKI form")
            .into_vec()
    }

    /// SHA-256 of [`Self::spki_der`]: how keys are pinned in trust lists.
    pub fn spki_sha256(&self) -> [u8; 32] {
        Sha256::digest(self.spki_der()).into()
    }

    /// The coordinates `x` and `y` of a JWK (RFC 7518 section 6.2.1).
    pub fn jwk_coordinates(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.to_sec1();
        let (mut x, mut y) = ([0; 32], [0; 32]);
        x.copy_from_slice(&point[1..33]);
        y.copy_from_slice(&point[33..]);
        (x, y)
    }

    /// The uncompressed point, 65 bytes (SEC 1 section 2.3.3).
    pub fn to_sec1(&self) -> [u8; 65] {
        let mut bytes = [0; 65];
        bytes.copy_from_slice(self.0.to_sec1_point(false).as_bytes());
        bytes
    }

    /// Checks a signature as JWS carries it.
    ///
    /// # Errors
    /// [`SignatureInvalid`] for every other signature, message or key.
    pub fn verify_es256(
        &self,
        message: &[u8],
        signature: &[u8; ES256_SIGNATURE_LENGTH],
    ) -> Result<(), SignatureInvalid> {
        let signature = Signature::from_slice(signature).map_err(|_| SignatureInvalid)?;
        self.0
            .verify(message, &signature)
            .map_err(|_| SignatureInvalid)
    }

    /// Checks a signature as X.509 and CMS carry it.
    ///
    /// # Errors
    /// [`SignatureInvalid`] for every other signature, message or key, and for an encoding that is not DER.
    pub fn verify_es256_der(
        &self,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureInvalid> {
        let signature = Signature::from_der(signature).map_err(|_| SignatureInvalid)?;
        self.0
            .verify(message, &signature)
            .map_err(|_| SignatureInvalid)
    }

    /// Turns a signature of JWS form into the form of X.509, if it is one of this key over `message`.
    #[cfg(feature = "path")]
    pub(crate) fn verified_der(
        &self,
        message: &[u8],
        signature: &[u8; ES256_SIGNATURE_LENGTH],
    ) -> Result<Vec<u8>, SignatureInvalid> {
        let signature = Signature::from_slice(signature).map_err(|_| SignatureInvalid)?;
        self.0
            .verify(message, &signature)
            .map_err(|_| SignatureInvalid)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    #[cfg(feature = "cms")]
    pub(crate) fn as_ecdsa(&self) -> &ecdsa::VerifyingKey {
        &self.0
    }

    pub(crate) fn from_spki(spki: SubjectPublicKeyInfoRef<'_>) -> Result<Self, KeyError> {
        ecdsa::VerifyingKey::try_from(spki)
            .map(Self)
            .map_err(|_| KeyError::Malformed)
    }

    #[cfg(feature = "path")]
    pub(crate) fn to_spki(self) -> SubjectPublicKeyInfoOwned {
        SubjectPublicKeyInfoOwned::from_key(&self.0).expect("a P-256 point always has an SPKI form")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "PublicKey(spki sha256 {})",
            crate::hex::lower(&self.spki_sha256())
        )
    }
}

/// The signature does not belong to this message and key. Which of the three is wrong cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit the message and the key")]
pub struct SignatureInvalid;

/// Why bytes are no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key is encrypted with a password.
    #[error("the private key is encrypted: decrypt it first")]
    Encrypted,
    /// Not a key of this algorithm, or damaged.
    #[error("not a P-256 key in the expected encoding")]
    Malformed,
    /// Random bytes that are no secret scalar.
    #[error("the random bytes are outside the range of P-256 keys: draw again")]
    OutOfRange,
}
