//! Which certificates and algorithms a check goes by: our own, or anybody's.
//!
//! One path and revocation check serves both. What it uses is handed in as data, so that a module which logs in does
//! not carry RSA.

use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

use crate::{
    Certificate, PublicKey,
    asn1::{self, Element},
    outline::Outline,
};

/// What a check goes by.
pub(crate) struct Rules {
    /// Combinations of key and signature algorithm that count.
    pub(crate) algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
    /// Reads a certificate out of an OCSP answer.
    pub(crate) read: fn(&[u8]) -> Option<Outline>,
    /// How many paths are judged before giving up. `rustls-webpki` limits its own steps; the judgement after it looks at
    /// revocation lists of any size.
    pub(crate) candidates: usize,
    /// Certificates of others: a leaf may be an anchor itself, and key usage may be left open.
    pub(crate) lenient: bool,
}

/// Our own world: P-256 with SHA-256, and certificates with everything they should have.
pub(crate) static OWN: Rules = Rules {
    algorithms: &[&EcdsaP256Sha256],
    read: |der| Some(Certificate::from_der(der).ok()?.outline().clone()),
    candidates: 1,
    lenient: false,
};

impl Rules {
    /// Checks a signature by `issuer`. Both algorithms are compared as they stand, parameters included.
    pub(crate) fn verify(
        &self,
        issuer: &Outline,
        algorithm: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let Ok(algorithm) = Element::only(algorithm, asn1::SEQUENCE) else {
            return false;
        };
        let key = Element::only(&issuer.spki, asn1::SEQUENCE)
            .and_then(|spki| spki.elements().next(asn1::SEQUENCE));
        let Ok(key) = key else {
            return false;
        };
        self.algorithms
            .iter()
            .find(|known| {
                known.signature_alg_id().as_ref() == algorithm.content
                    && known.public_key_alg_id().as_ref() == key.content
            })
            .is_some_and(|known| {
                known
                    .verify_signature(&issuer.key_bits, message, signature)
                    .is_ok()
            })
    }

    /// Whether `issuer` signed `certificate`.
    pub(crate) fn is_signed_by(&self, certificate: &Outline, issuer: &Outline) -> bool {
        self.verify(
            issuer,
            &certificate.signature_algorithm,
            certificate.to_be_signed(),
            &certificate.signature,
        )
    }
}

#[derive(Debug)]
struct EcdsaP256Sha256;

impl SignatureVerificationAlgorithm for EcdsaP256Sha256 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = PublicKey::from_sec1(public_key).map_err(|_| InvalidSignature)?;
        key.verify_es256_der(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
