//! The frame that certificates, requests and revocation lists share: signed bytes, algorithm, signature.

use der::{Any, Encode, Sequence, asn1::BitString};
use spki::AlgorithmIdentifierOwned;

use crate::{PublicKey, SignatureInvalid, oids};

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
}

/// Checks an X.509 signature. The parameters must be absent (RFC 5758 section 3.2).
pub(crate) fn verify(
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
