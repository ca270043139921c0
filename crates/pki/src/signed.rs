//! The frame that certificates, requests and revocation lists share: signed bytes, algorithm, signature.

use der::{Any, Encode, Sequence, asn1::BitString};
use spki::AlgorithmIdentifierOwned;

use crate::{PublicKey, SignatureInvalid, oids, outline::Outline, rules::Rules};

/// `SIGNED{ToBeSigned}` of X.509 (RFC 5280 section 4.1.1).
///
/// The signed part is kept as read and written back unchanged: DER has one form for each length, and the reader
/// refuses the others, so the bytes that are checked are the bytes that were given.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct Signed {
    pub(crate) to_be_signed: Any,
    pub(crate) algorithm: AlgorithmIdentifierOwned,
    pub(crate) signature: BitString,
}

impl Signed {
    pub(crate) fn verify(&self, signer: &PublicKey) -> Result<(), SignatureInvalid> {
        let message = self.to_be_signed.to_der().map_err(|_| SignatureInvalid)?;
        verify(signer, &self.algorithm, &message, &self.signature)
    }

    /// The same for an issuer with any key that `rules` know.
    pub(crate) fn is_by(&self, issuer: &Outline, rules: &Rules) -> bool {
        is_by(
            issuer,
            rules,
            &self.to_be_signed,
            &self.algorithm,
            &self.signature,
        )
    }
}

pub(crate) fn is_by(
    issuer: &Outline,
    rules: &Rules,
    to_be_signed: &Any,
    algorithm: &AlgorithmIdentifierOwned,
    signature: &BitString,
) -> bool {
    let (Ok(message), Ok(algorithm), Some(signature)) = (
        to_be_signed.to_der(),
        algorithm.to_der(),
        signature.as_bytes(),
    ) else {
        return false;
    };
    rules.verify(issuer, &algorithm, &message, signature)
}

/// Checks an X.509 signature. The parameters must be absent (RFC 5758 section 3.2).
fn verify(
    signer: &PublicKey,
    algorithm: &AlgorithmIdentifierOwned,
    message: &[u8],
    signature: &BitString,
) -> Result<(), SignatureInvalid> {
    if algorithm.oid != oids::ECDSA_WITH_SHA256 || algorithm.parameters.is_some() {
        return Err(SignatureInvalid);
    }
    signer.verify_es256_der(message, signature.as_bytes().ok_or(SignatureInvalid)?)
}
