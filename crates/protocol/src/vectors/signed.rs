//! The topics that need certificates in full: paths, and the enterprises in them.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use scanseal_pki::{
    CreditCode, Crl, EnterpriseMismatch, Revocation, RevocationPolicy, TrustList, UnixTime,
    comparable_name, compare_stated_enterprise,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{VectorError, bytes, malformed, report};
use crate::{
    assertion::{self, Expected},
    error::Code,
    request::Request,
    trust_list,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssertionInput {
    assertion: String,
    request: String,
    channel_binding: String,
    /// The trust list's claims, as a text.
    trust_list: String,
    /// Revocation lists in DER, base64. The leaf must be covered, its issuers need not.
    crls: Vec<String>,
    now: UnixTime,
}

pub(super) fn assertion(input: AssertionInput) -> Result<Value, VectorError> {
    let request = Request::parse(&input.request).map_err(malformed)?;
    let channel_binding = bytes(&BASE64URL_NOPAD, &input.channel_binding)?;
    let trust = TrustList::from_json(input.trust_list.as_bytes()).map_err(malformed)?;
    let mut revocation = Revocation::new(RevocationPolicy::RequireLeaf);
    for crl in &input.crls {
        let der = BASE64.decode(crl.as_bytes()).map_err(malformed)?;
        revocation = revocation.with_crl(Crl::from_der(&der).map_err(malformed)?);
    }
    let expected = Expected {
        request: &request,
        channel_binding: &channel_binding,
        trust: &trust,
        revocation: &revocation,
        now: input.now,
    };
    Ok(report(
        assertion::verify(&input.assertion, &expected).map(|verified| verified.report().clone()),
    ))
}

#[derive(Deserialize)]
pub(super) struct EnterpriseInput {
    certificate: StatedEnterprise,
    account: RegisteredEnterprise,
}

/// What a certificate states.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatedEnterprise {
    enterprise: Option<String>,
    credit_code: Option<CreditCode>,
}

/// What an account has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredEnterprise {
    enterprise: String,
    credit_code: CreditCode,
}

pub(super) fn enterprise(input: EnterpriseInput) -> Value {
    let EnterpriseInput {
        certificate,
        account,
    } = input;
    let mismatch = compare_stated_enterprise(
        certificate.enterprise.as_deref(),
        certificate.credit_code.as_ref(),
        &account.enterprise,
        &account.credit_code,
    )
    .err();
    json!({
        "code": mismatch.map(Code::from),
        "fields": mismatch.map_or(&[][..], EnterpriseMismatch::fields),
        "compared": {
            "certificate": certificate.enterprise.as_deref().map(comparable_name),
            "account": comparable_name(&account.enterprise),
        },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestInput {
    request: String,
    /// The trust list's claims, as a text.
    trust_list: String,
    now: UnixTime,
}

pub(super) fn request(input: RequestInput) -> Result<Value, VectorError> {
    let trust = TrustList::from_json(input.trust_list.as_bytes()).map_err(malformed)?;
    let verified =
        Request::parse(&input.request).and_then(|request| request.verify(&trust, input.now));
    Ok(report(verified.map(|verified| verified.report().clone())))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TrustListInput {
    /// The signed list.
    trust_list: String,
    list_keys: Vec<String>,
    last_version: Option<u64>,
    now: UnixTime,
}

pub(super) fn trust_list(input: TrustListInput) -> Result<Value, VectorError> {
    let keys = input
        .list_keys
        .iter()
        .map(|key| bytes(&BASE64URL_NOPAD, key))
        .collect::<Result<Vec<_>, _>>()?;
    let verified = trust_list::run(&input.trust_list, &keys, input.now, input.last_version);
    Ok(report(verified.map(|(_, report)| report)))
}
