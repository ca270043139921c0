//! A request in the output: who asks what, for which account, and which certificates fit.

use scanseal_pki::{CaKind, CreditCode, EnterpriseField, EnterpriseMismatch, LocalizedName};
use scanseal_protocol::{error::Code, request::Account};
use scanseal_signer::{Candidate, CertificateId, Review};
use serde::Serialize;

use super::plain;

/// A request in the output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestLine {
    platform: LocalizedName,
    platform_id: String,
    origin: String,
    operation: String,
    account: Option<AccountLine>,
    display: Vec<String>,
    place: String,
    browser: String,
    check_number: String,
    expires_in_ms: u64,
    candidates: Vec<CandidateLine>,
}

/// The account of a request to bind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountLine {
    name: String,
    enterprise: String,
    credit_code: CreditCode,
    /// The id of the certificate to be replaced, as `list` prints it.
    replaces: Option<String>,
}

impl From<&Account> for AccountLine {
    fn from(account: &Account) -> Self {
        let id = |sha256| CertificateId::of_sha256(sha256).to_string();
        Self {
            name: account.name.to_string(),
            enterprise: account.enterprise.to_string(),
            credit_code: account.credit_code,
            replaces: account.replaces.as_ref().map(id),
        }
    }
}

#[derive(Debug, Serialize)]
struct CandidateLine {
    id: String,
    enterprise: String,
    /// Id of its authority in the trust list; none if the list does not know it.
    ca: Option<String>,
    kind: Option<CaKind>,
    unfit: Option<Code>,
    /// What of its enterprise is not the account's, where that is why it does not fit.
    mismatch: &'static [EnterpriseField],
}

impl From<&Candidate> for CandidateLine {
    fn from(candidate: &Candidate) -> Self {
        let (certificate, ca) = (candidate.certificate(), candidate.ca());
        let mismatch = candidate.mismatch();
        Self {
            id: candidate.id().to_string(),
            enterprise: certificate.organization().unwrap_or_default().to_owned(),
            ca: ca.map(|ca| ca.id.clone()),
            kind: ca.map(|ca| ca.kind),
            unfit: candidate.unfit(),
            mismatch: mismatch.map_or(&[], EnterpriseMismatch::fields),
        }
    }
}

impl RequestLine {
    pub(crate) fn new(review: &Review, check_number: &str, expires_in_ms: u64) -> Self {
        let (platform, claims) = (review.platform(), review.claims());
        Self {
            platform: platform.name.clone(),
            platform_id: platform.id.clone(),
            origin: claims.origin.to_string(),
            operation: claims.op.to_string(),
            account: review.account().map(AccountLine::from),
            display: claims.display.zh.iter().map(ToString::to_string).collect(),
            place: claims.context.place.to_string(),
            browser: claims.context.browser.to_string(),
            check_number: check_number.to_owned(),
            expires_in_ms,
            candidates: review
                .candidates()
                .iter()
                .map(CandidateLine::from)
                .collect(),
        }
    }
}

/// For people.
pub(super) fn describe(line: &RequestLine) -> String {
    let mut text = format!(
        "{} ({}) asks: {}\n  origin {}, browser {}, place {}\n  check number {}",
        plain(&line.platform.zh),
        plain(&line.platform.en),
        plain(&line.display.join(" / ")),
        line.origin,
        plain(&line.browser),
        plain(&line.place),
        line.check_number
    );
    if let Some(account) = &line.account {
        let (name, enterprise) = (plain(&account.name), plain(&account.enterprise));
        let code = account.credit_code;
        text += &format!("\n  binds to account {name} of {enterprise}, {code}");
        if let Some(id) = &account.replaces {
            text += &format!(", in place of {id}");
        }
    }
    for candidate in &line.candidates {
        if let Some(code) = candidate.unfit {
            let (id, enterprise) = (&candidate.id, plain(&candidate.enterprise));
            text += &format!("\n  not fit: {id}  {enterprise}  {code}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn request_to_bind_tells_the_account_and_which_certificates_do_not_fit() {
        let name = |text: &str| text.to_owned();
        let line = RequestLine {
            platform: LocalizedName {
                zh: name("示范平台"),
                en: name("Demo"),
            },
            platform_id: name("portal"),
            origin: name("https://portal.example"),
            operation: name("bind"),
            account: Some(AccountLine {
                name: name("li.na\ndone"),
                enterprise: name("天山\u{202e}"),
                credit_code: CreditCode::parse("91350100M000100Y43").unwrap(),
                replaces: Some(name("OLD")),
            }),
            display: vec![name("绑定证书")],
            place: name("乌鲁木齐"),
            browser: name("Chromium"),
            check_number: name("0412"),
            expires_in_ms: 1,
            candidates: vec![CandidateLine {
                id: name("NEW"),
                enterprise: name("昆仑"),
                ca: None,
                kind: None,
                unfit: Some(Code::CertificateNameMismatch),
                mismatch: EnterpriseMismatch::Name.fields(),
            }],
        };
        let text = describe(&line);
        let lines: Vec<_> = text.lines().skip(3).collect();
        assert_eq!(
            lines,
            [
                "  binds to account li.na\u{fffd}done of 天山\u{fffd}, 91350100M000100Y43, in place of OLD",
                "  not fit: NEW  昆仑  certificate-name-mismatch",
            ]
        );
    }
}
