//! Rules for certificates of others: every algorithm that still counts.

use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

use crate::{
    AnyPublicKey, SignatureAlgorithm, algorithms::Identifier, asn1, outline::Outline, rules::Rules,
};

/// Paths that are judged: cross-signed authorities offer a handful.
const MAX_CANDIDATES: usize = 16;

/// Anybody's world.
pub(crate) static ANY: Rules = Rules {
    algorithms: ALGORITHMS,
    read: |der| Outline::read(der).ok(),
    candidates: MAX_CANDIDATES,
    lenient: true,
};

/// A key algorithm and a signature algorithm that go together.
#[derive(Debug)]
struct Pair {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
}

const fn pair(key: AlgorithmIdentifier, signature: AlgorithmIdentifier) -> Pair {
    Pair { key, signature }
}

/// id-RSASSA-PSS without parameters, as the algorithm of a key.
const PSS_KEY: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a,
]);

/// Of PSS only the usual parameters, salt as long as the digest: `rustls-webpki` compares whole identifiers. Keys
/// restricted to PSS have either no parameters or the same ones.
static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    &pair(alg_id::ECDSA_P256, alg_id::ECDSA_SHA256),
    &pair(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256),
    &pair(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA384),
    &pair(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA512),
    &pair(alg_id::ECDSA_P384, alg_id::ECDSA_SHA384),
    &pair(alg_id::ECDSA_P256, alg_id::ECDSA_SHA384),
    &pair(alg_id::ECDSA_P256, alg_id::ECDSA_SHA512),
    &pair(alg_id::ECDSA_P384, alg_id::ECDSA_SHA256),
    &pair(alg_id::ECDSA_P384, alg_id::ECDSA_SHA512),
    &pair(alg_id::ECDSA_P521, alg_id::ECDSA_SHA256),
    &pair(alg_id::ECDSA_P521, alg_id::ECDSA_SHA384),
    &pair(alg_id::ECDSA_P521, alg_id::ECDSA_SHA512),
    &pair(alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA256),
    &pair(alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA384),
    &pair(alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA512),
    &pair(PSS_KEY, alg_id::RSA_PSS_SHA256),
    &pair(PSS_KEY, alg_id::RSA_PSS_SHA384),
    &pair(PSS_KEY, alg_id::RSA_PSS_SHA512),
    &pair(alg_id::RSA_PSS_SHA256, alg_id::RSA_PSS_SHA256),
    &pair(alg_id::RSA_PSS_SHA384, alg_id::RSA_PSS_SHA384),
    &pair(alg_id::RSA_PSS_SHA512, alg_id::RSA_PSS_SHA512),
    &pair(alg_id::ED25519, alg_id::ED25519),
];

impl SignatureVerificationAlgorithm for Pair {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key_algorithm = asn1::element(asn1::SEQUENCE, &[self.key.as_ref()]);
        let bits = asn1::element(asn1::BIT_STRING, &[&[0], public_key]);
        let spki = asn1::element(asn1::SEQUENCE, &[&key_algorithm, &bits]);
        let key = AnyPublicKey::from_spki_der(&spki).map_err(|_| InvalidSignature)?;
        let signature_algorithm = asn1::element(asn1::SEQUENCE, &[self.signature.as_ref()]);
        let identifier = Identifier::only(&signature_algorithm).map_err(|_| InvalidSignature)?;
        let algorithm =
            SignatureAlgorithm::read(&identifier, None).map_err(|_| InvalidSignature)?;
        key.verify(algorithm, message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}
