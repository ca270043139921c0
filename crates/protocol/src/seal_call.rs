//! What a phone says to prove that a call about seals comes from the holder of a certificate (docs/electronic-seals.md,
//! "Getting seals"). It stands in the header `Authorization` of the call, and is good for that one call: address, body and
//! time are in it.

use scanseal_pki::{Certificate, UnixTime};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Origin,
    encoding::b64u,
    error::Code,
    jws::{Jws, JwsError, JwsKind, Unsigned},
    limits,
    request::Nonce,
};

/// The scheme in `Authorization`.
pub const SCHEME: &str = "ScanSeal";

/// What the holder says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealCallClaims {
    /// Origin of the address that is called.
    pub aud: Origin,
    /// What follows the origin in that address: path and query, as sent.
    pub path: String,
    /// When it was signed.
    pub iat: UnixTime,
    /// Names the call: one that is sent again does nothing a second time.
    pub jti: Nonce,
    /// SHA-256 of the body; of nothing, if there is none.
    #[serde(with = "b64u")]
    pub sha256: [u8; 32],
}

/// A call as it came in, to be compared with what its holder says.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedCall<'a> {
    /// By which of the service's origins it was addressed; any of its own will do.
    pub origins: &'a [Origin],
    /// Path and query, as received.
    pub path: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// When it came in.
    pub now: UnixTime,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The certificate. Whether it is in force is not checked here.
    pub certificate: Certificate,
    /// Names the call.
    pub call: Nonce,
}

/// Why a call is not the holder's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealCallError {
    /// Not such a statement.
    #[error("the proof of possession cannot be read: {0}")]
    Format(#[from] JwsError),
    /// Another key made the signature.
    #[error("the proof of possession was not signed with the certificate's key")]
    Signature,
    /// It was made for another call.
    #[error("the proof of possession is for another call: its {0} differs")]
    OtherCall(&'static str),
    /// It is too old, or from the future.
    #[error("the proof of possession is too old, or a clock is wrong")]
    Time,
}

impl SealCallError {
    /// The stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Time => Code::AssertionLate,
            _ => Code::AssertionInvalid,
        }
    }
}

impl SealCallClaims {
    /// Speaks of a call of `path` (with its query) at `aud`, with this body.
    pub fn new(
        aud: Origin,
        path: impl Into<String>,
        body: &[u8],
        jti: Nonce,
        iat: UnixTime,
    ) -> Self {
        Self {
            aud,
            path: path.into(),
            iat,
            jti,
            sha256: Sha256::digest(body).into(),
        }
    }

    /// Prepares the statement for the signature of the certificate's key.
    ///
    /// # Errors
    /// [`JwsError`] if it is too long.
    pub fn unsigned(&self, certificate: &Certificate) -> Result<Unsigned, JwsError> {
        Unsigned::new(JwsKind::SealCall, std::slice::from_ref(certificate), self)
    }
}

/// The value of `Authorization` for a signed statement.
pub fn authorization(statement: &str) -> String {
    format!("{SCHEME} {statement}")
}

/// Checks the value of `Authorization` of a call.
///
/// # Errors
/// [`SealCallError`], the first that applies.
pub fn verify(authorization: &str, call: &ReceivedCall<'_>) -> Result<Caller, SealCallError> {
    let statement = authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
        .map(|(_, statement)| statement)
        .ok_or(SealCallError::Format(JwsError::Parts))?;
    let jws = Jws::parse(statement, JwsKind::SealCall)?;
    let claims: SealCallClaims = jws.claims()?;
    jws.verify_signature()
        .map_err(|_| SealCallError::Signature)?;
    let same = |holds: bool, what| {
        if holds {
            Ok(())
        } else {
            Err(SealCallError::OtherCall(what))
        }
    };
    same(call.origins.contains(&claims.aud), "aud")?;
    same(claims.path == call.path, "path")?;
    same(
        claims.sha256 == <[u8; 32]>::from(Sha256::digest(call.body)),
        "sha256",
    )?;
    let newest = call.now.saturating_add_secs(limits::CLOCK_SKEW_SECONDS);
    let oldest = claims.iat.saturating_add_secs(limits::SEAL_CALL_SECONDS);
    if claims.iat > newest || oldest < call.now {
        return Err(SealCallError::Time);
    }
    Ok(Caller {
        certificate: jws.leaf().clone(),
        call: claims.jti,
    })
}
