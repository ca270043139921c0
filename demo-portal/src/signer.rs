//! A service's signing key with its certificates.

use scanseal_pki::{Certificate, SignatureInvalid, SigningKey};
use scanseal_protocol::jws::{JwsError, Unsigned};

/// Signs JWS. Its certificates go along, the key's own first.
pub struct Signer {
    key: SigningKey,
    leaf: Certificate,
    certificates: Vec<Certificate>,
}

/// Something cannot be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// It breaks a limit of the protocol.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Key and certificate do not belong together.
    #[error("the key does not fit its certificate: {0}")]
    Key(#[from] SignatureInvalid),
}

impl Signer {
    /// Takes a key, its certificate, and the authority's that issued it.
    pub fn new(key: SigningKey, leaf: Certificate, issuer: Certificate) -> Self {
        Self {
            key,
            certificates: vec![leaf.clone(), issuer],
            leaf,
        }
    }

    /// The key's own certificate.
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// Signs what `prepare` puts together from the certificates.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(
        &self,
        prepare: impl FnOnce(&[Certificate]) -> Result<Unsigned, JwsError>,
    ) -> Result<String, SignError> {
        let unsigned = prepare(&self.certificates)?;
        let signature = self.key.sign_es256(unsigned.signing_input());
        Ok(unsigned.finish(&signature)?)
    }
}
