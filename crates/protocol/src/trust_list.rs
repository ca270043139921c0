//! Signed trust lists (`docs/protocol.md` section 10): a phone takes one from its operator, and refuses an older one.

use scanseal_pki::{Certificate, TrustList, UnixTime};

use crate::{
    error::Code,
    jws::{Jws, JwsError, JwsKind, Unsigned},
    report::{Check, Failure, Refused, Report, require},
};

/// The checks of a trust list, in their order.
pub const TRUST_LIST_CHECKS: [Check; 5] = [
    Check::Format,
    Check::Signature,
    Check::Signer,
    Check::Version,
    Check::Time,
];

/// Prepares a list for the operator's signature. `certificates` has the operator's own first.
///
/// # Errors
/// [`JwsError`] if the list is too long.
pub fn unsigned(list: &TrustList, certificates: &[Certificate]) -> Result<Unsigned, JwsError> {
    let claims = list
        .to_json()
        .map_err(|error| JwsError::Claims(error.to_string()))?;
    Unsigned::from_json(JwsKind::TrustList, certificates, &claims)
}

/// Checks a signed list. `list_keys` are the SPKI thumbprints from the operator's description; `last_version` is that of
/// the list held so far.
///
/// # Errors
/// [`Refused`] with the code of the first check that failed, and all checks.
pub fn verify(
    text: &str,
    list_keys: &[[u8; 32]],
    now: UnixTime,
    last_version: Option<u64>,
) -> Result<TrustList, Refused> {
    run(text, list_keys, now, last_version).map(|(list, _)| list)
}

/// As [`verify`], with the checks that passed.
pub(crate) fn run(
    text: &str,
    list_keys: &[[u8; 32]],
    now: UnixTime,
    last_version: Option<u64>,
) -> Result<(TrustList, Report), Refused> {
    let (jws, list) = read(text)
        .map_err(|detail| Refused::at_format(&TRUST_LIST_CHECKS, Code::TrustListInvalid, detail))?;
    let mut report = Report::planned(&TRUST_LIST_CHECKS);
    let invalid = |holds, detail| require(holds, Code::TrustListInvalid, detail);
    report.record(Check::Format, Ok(()));
    let signature = jws
        .verify_signature()
        .map_err(|error| Failure::new(Code::TrustListInvalid, error));
    report.record(Check::Signature, signature);
    let known = list_keys.contains(&jws.leaf().spki_sha256());
    report.record(
        Check::Signer,
        invalid(known, "the key is none of the operator's listKeys"),
    );
    let newer = last_version.is_none_or(|last| last <= list.version());
    report.record(
        Check::Version,
        invalid(newer, "a newer version of the list was seen before"),
    );
    let current = require(
        list.is_current(now),
        Code::TrustListExpired,
        "the list is expired, or from the future",
    );
    report.record(Check::Time, current);
    let report = report.conclude()?;
    Ok((list, report))
}

fn read(text: &str) -> Result<(Jws, TrustList), String> {
    let jws = Jws::parse(text, JwsKind::TrustList).map_err(|error| error.to_string())?;
    let list = TrustList::from_json(jws.payload()).map_err(|error| error.to_string())?;
    Ok((jws, list))
}
