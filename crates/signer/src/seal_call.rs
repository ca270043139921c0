//! Proving to an authority that a call about seals comes from the holder of a certificate.

use scanseal_pki::Certificate;
use scanseal_protocol::{
    jws::JwsError,
    seal_call::{self, SealCallClaims},
};

use crate::{Signer, Signing};

/// The header `Authorization` for a call, signed in rounds with the key of `certificate`.
///
/// # Errors
/// [`JwsError`] if certificate or address are too long.
pub fn authorize_seal_call(
    signer: &dyn Signer,
    certificate: &Certificate,
    claims: &SealCallClaims,
) -> Result<Signing<String>, JwsError> {
    let unsigned = claims.unsigned(certificate)?;
    let message = unsigned.signing_input().to_vec();
    Ok(Signing::new(signer, &message, move |signature| {
        let statement = unsigned
            .finish(&signature)
            .expect("`Signing` gives only signatures that verify");
        seal_call::authorization(&statement)
    }))
}
