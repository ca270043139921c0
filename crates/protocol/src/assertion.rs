//! Assertions: the holder's answer to a request (`docs/protocol.md` section 8).
//!
//! An assertion is bound to one request (its hash, nonce, platform, operation and origin) and to one channel (its
//! binding), so that it is worth nothing for another request, at another platform or through another page.

use scanseal_pki::UnixTime;
use serde::{Deserialize, Serialize};

#[cfg(feature = "path")]
pub use self::verify::{Expected, VerifiedAssertion, verify};
use crate::{
    Origin,
    encoding::b64u,
    error::Code,
    jws::{Jws, JwsError, JwsKind},
    report::{Check, Failure, Refused, Report, require},
    request::{Nonce, Operation, PlatformId, Request},
};

#[cfg(feature = "path")]
mod verify;

/// The page's checks, in their order: it never sends on what fails.
pub const PAGE_CHECKS: [Check; 8] = [
    Check::Format,
    Check::Signature,
    Check::Request,
    Check::Nonce,
    Check::Audience,
    Check::Operation,
    Check::Origin,
    Check::Channel,
];

/// The platform's checks, in their order. To these it adds `browser`, `replay` and `account` with its own data.
pub const PLATFORM_CHECKS: [Check; 13] = [
    Check::Format,
    Check::Signature,
    Check::Request,
    Check::Nonce,
    Check::Audience,
    Check::Operation,
    Check::Origin,
    Check::Channel,
    Check::Time,
    Check::Path,
    Check::Validity,
    Check::Usage,
    Check::Revocation,
];

/// What the holder of a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionClaims {
    /// SHA-256 of the request's compact serialisation.
    #[serde(with = "b64u")]
    pub req: [u8; 32],
    /// The request's nonce.
    pub jti: Nonce,
    /// The request's operation.
    pub op: Operation,
    /// The request's origin.
    pub origin: Origin,
    /// The platform that asked.
    pub aud: PlatformId,
    /// The channel binding.
    #[serde(with = "b64u")]
    pub cb: [u8; 32],
    /// When it was signed.
    pub iat: UnixTime,
    /// With `seal`: for each document of the request SHA-256 over the byte range that is signed, or that it is not.
    #[serde(
        default,
        with = "signed_documents",
        skip_serializing_if = "Option::is_none"
    )]
    pub documents: Option<SignedDocuments>,
}

/// For each document SHA-256 over the byte range that is signed; `None` if the document is not signed.
pub type SignedDocuments = Vec<Option<[u8; 32]>>;

/// An assertion that could be read. Reading proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    jws: Jws,
    claims: AssertionClaims,
}

impl Assertion {
    /// Reads an assertion's compact serialisation.
    ///
    /// # Errors
    /// [`JwsError`] names what is not allowed.
    pub fn parse(text: &str) -> Result<Self, JwsError> {
        let jws = Jws::parse(text, JwsKind::Assertion)?;
        let claims = jws.claims()?;
        Ok(Self { jws, claims })
    }

    /// What is said. Not proven.
    pub fn claims(&self) -> &AssertionClaims {
        &self.claims
    }

    /// Checks `signature` to `channel`.
    fn check_answer(&self, request: &Request, channel_binding: &[u8; 32], report: &mut Report) {
        let (said, asked) = (&self.claims, request.claims());
        let invalid = |holds, detail| require(holds, Code::AssertionInvalid, detail);
        report.record(Check::Format, Ok(()));
        let signature = self
            .jws
            .verify_signature()
            .map_err(|error| Failure::new(Code::AssertionInvalid, error));
        report.record(Check::Signature, signature);
        report.record(
            Check::Request,
            invalid(said.req == request.hash(), "req is not the request's hash"),
        );
        report.record(
            Check::Nonce,
            invalid(said.jti == asked.jti, "jti is not the request's"),
        );
        report.record(
            Check::Audience,
            invalid(said.aud == asked.iss, "aud is not the request's iss"),
        );
        let operation = invalid(said.op == asked.op, "op is not the request's").and_then(|()| {
            invalid(
                said.documents.as_ref().map(Vec::len) == asked.documents.as_ref().map(Vec::len),
                "documents are not as many as the request's",
            )?;
            let none_signed = |documents: &SignedDocuments| documents.iter().all(Option::is_none);
            invalid(
                !said.documents.as_ref().is_some_and(none_signed),
                "no document is signed",
            )
        });
        report.record(Check::Operation, operation);
        let origin = require(
            said.origin == asked.origin,
            Code::OriginRefused,
            "origin is not the request's",
        );
        report.record(Check::Origin, origin);
        report.record(
            Check::Channel,
            invalid(
                said.cb == *channel_binding,
                "cb is not the channel's binding",
            ),
        );
    }
}

/// Checks an assertion as the page does, before it hands it to its platform ([`PAGE_CHECKS`]).
///
/// Not checked: whose certificate it is. The platform does that.
///
/// # Errors
/// [`Refused`] with the code of the first check that failed, and all checks.
pub fn verify_for_page(
    text: &str,
    request: &Request,
    channel_binding: &[u8; 32],
) -> Result<(AssertionClaims, Report), Refused> {
    let assertion = read(text, &PAGE_CHECKS)?;
    let mut report = Report::planned(&PAGE_CHECKS);
    assertion.check_answer(request, channel_binding, &mut report);
    Ok((assertion.claims, report.conclude()?))
}

/// SHA-256 in base64url for each document, or an empty text.
mod signed_documents {
    use serde::{Deserialize, Deserializer, Serializer, de, ser::SerializeSeq};

    use super::SignedDocuments;
    use crate::encoding::{decode_b64u_array, encode_b64u};

    pub(super) fn serialize<S: Serializer>(
        documents: &Option<SignedDocuments>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let documents = documents.as_deref().unwrap_or_default();
        let mut sequence = serializer.serialize_seq(Some(documents.len()))?;
        for document in documents {
            let text = document.as_ref().map(|digest| encode_b64u(digest));
            sequence.serialize_element(&text.unwrap_or_default())?;
        }
        sequence.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SignedDocuments>, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|text| match text.as_str() {
                "" => Ok(None),
                text => decode_b64u_array(text).map(Some).ok_or_else(|| {
                    de::Error::custom("documents holds SHA-256 in base64url, or empty texts")
                }),
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

fn read(text: &str, checks: &[Check]) -> Result<Assertion, Refused> {
    Assertion::parse(text)
        .map_err(|error| Refused::at_format(checks, Code::AssertionInvalid, error))
}
