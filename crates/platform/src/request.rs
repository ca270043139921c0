//! Step 1 of a scan: the claims of a request, and what to remember of it.
//!
//! A request names the page's origin and what the server itself sees of the browser. Sign it with the platform's key, keep
//! a [`RequestRecord`] under its nonce, and give it to the page. What comes back is judged by [`crate::submission`].
//!
//! Nothing here draws the nonce or reads a clock: both are handed in. **16 random bytes** from the operating system make a
//! nonce ([`Nonce::from_bytes`]); one that can be guessed lets somebody else wait for its answer.

use scanseal_pki::{CreditCode, LocalizedName, UnixTime};
use scanseal_protocol::{
    Origin, Text, TextTooLong,
    request::{
        Accept, Account, CertificateKind, Context, Display, Document, Nonce, Operation, PlatformId,
        RequestClaims,
    },
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Seconds a session of the relay lives after a phone has scanned.
pub const SCANNED_SECONDS: u32 = 120;
/// The same for documents: the phone fetches them, and people read.
pub const SCANNED_SECONDS_FOR_DOCUMENTS: u32 = 300;
/// Seconds a request lives: the longest wait for a phone (180 s), the time after the scan, and half a minute for networks.
pub const REQUEST_SECONDS: u64 = 180 + SCANNED_SECONDS as u64 + 30;
/// The same for a request to seal.
pub const SEAL_REQUEST_SECONDS: u64 = 180 + SCANNED_SECONDS_FOR_DOCUMENTS as u64 + 30;

/// What a request says, whatever it is for.
#[derive(Clone, Copy, Debug)]
pub struct NewRequest<'a> {
    /// The platform's id in the trust list.
    pub platform: &'a PlatformId,
    /// Its name, for the lines that the phone shows.
    pub name: &'a LocalizedName,
    /// Web origin of the page that asks. Take it from the platform's own list, never from the call.
    pub origin: &'a Origin,
    /// 16 random bytes.
    pub nonce: Nonce,
    /// The time.
    pub now: UnixTime,
    /// Browser and system, as the server sees them.
    pub browser: &'a str,
    /// Region or network, as the server sees it.
    pub place: &'a str,
    /// Which certificates may answer; at least one kind.
    pub kinds: &'a [CertificateKind],
}

impl NewRequest<'_> {
    /// Claims of a request to log in.
    pub fn login(&self) -> RequestClaims {
        let LocalizedName { zh, en } = self.name;
        let display = Display {
            zh: lines(&[&format!("登录{zh}"), "登录后可查看贵单位的资料"]),
            en: lines(&[
                &format!("Log in to {en}"),
                "Gives access to your enterprise's data",
            ]),
        };
        self.claims(Operation::Login, display, None)
    }

    /// Claims of a request to bind a certificate to an account, or to put it in the place of another.
    pub fn bind(&self, account: Account) -> RequestClaims {
        let LocalizedName { zh, en } = self.name;
        let login = account.name.as_str();
        let display = if account.replaces.is_some() {
            Display {
                zh: lines(&[
                    &format!("更换账号 {login} 的证书"),
                    "原来的证书不再能登录这个账号",
                ]),
                en: lines(&[
                    &format!("Replace the certificate of the account {login}"),
                    "The one before no longer logs in to this account",
                ]),
            }
        } else {
            Display {
                zh: lines(&[
                    &format!("把证书绑定到账号 {login}"),
                    &format!("以后可用它登录{zh}"),
                ]),
                en: lines(&[
                    &format!("Bind a certificate to the account {login}"),
                    &format!("From then on it logs in to {en}"),
                ]),
            }
        };
        self.claims(Operation::Bind, display, Some(account))
    }

    /// Claims of a request to seal documents for an account, which has no `replaces`. A phone shows the documents themselves.
    pub fn seal(&self, account: Account, documents: Vec<Document>) -> RequestClaims {
        let LocalizedName { zh, en } = self.name;
        let count = documents.len();
        let display = Display {
            zh: lines(&[
                &format!("在{zh}签章 {count} 份文件"),
                "签章后文件对贵单位有约束力",
            ]),
            en: lines(&[
                &format!("Seal {count} documents at {en}"),
                "A sealed document binds your enterprise",
            ]),
        };
        RequestClaims {
            exp: self.now.saturating_add_secs(SEAL_REQUEST_SECONDS),
            documents: Some(documents),
            ..self.claims(Operation::Seal, display, Some(account))
        }
    }

    fn claims(&self, op: Operation, display: Display, account: Option<Account>) -> RequestClaims {
        RequestClaims {
            iss: self.platform.clone(),
            op,
            origin: self.origin.clone(),
            jti: self.nonce,
            iat: self.now,
            exp: self.now.saturating_add_secs(REQUEST_SECONDS),
            display,
            context: Context {
                browser: Text::truncated(self.browser),
                place: Text::truncated(self.place),
            },
            accept: Accept {
                kinds: self.kinds.to_vec(),
                cas: None,
            },
            account,
            documents: None,
        }
    }
}

/// The account for [`NewRequest::bind`]. The phone compares the enterprise with its certificates before it signs.
///
/// # Errors
/// [`TextTooLong`] if user name (64 characters) or enterprise (80) do not fit a request. They are not cut: a name that was
/// cut is another name.
pub fn account(
    login: &str,
    enterprise: &str,
    credit_code: CreditCode,
    replaces: Option<[u8; 32]>,
) -> Result<Account, TextTooLong> {
    Ok(Account {
        name: Text::new(login)?,
        enterprise: Text::new(enterprise)?,
        credit_code,
        replaces,
    })
}

/// What a platform keeps of a request that it has handed out, under its nonce, until some time after its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The compact serialisation, as it was signed.
    pub request: String,
    /// The browser that it was given to: [`browser_hash`] of its scan cookie.
    pub browser: [u8; 32],
    /// When and by what its nonce was used.
    pub used: Option<Used>,
    /// Whether a newer request of the same account stands in its place.
    pub superseded: bool,
}

impl RequestRecord {
    /// A request that has just been signed.
    pub fn new(request: String, browser: [u8; 32]) -> Self {
        Self {
            request,
            browser,
            used: None,
            superseded: false,
        }
    }

    /// Whether this browser is the one that the request was given to. Takes the same time whatever is given.
    pub fn is_of(&self, browser: &[u8; 32]) -> bool {
        self.browser.ct_eq(browser).into()
    }
}

/// How a nonce was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// When.
    pub at: UnixTime,
    /// By which submission: [`Submission::hash`](crate::submission::Submission::hash).
    pub submission: [u8; 32],
}

/// What is kept of a scan cookie: `SHA-256("scanseal.v1 browser" || 0x00 || cookie)`. The cookie itself, 32 random bytes
/// that are set when the browser asks for its first request, stays in the browser.
pub fn browser_hash(cookie: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"scanseal.v1 browser\0");
    hash.update(cookie);
    hash.finalize().into()
}

fn lines<const MAX: usize>(texts: &[&str]) -> Vec<Text<MAX>> {
    texts.iter().map(|text| Text::truncated(text)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn with_request<T>(check: impl FnOnce(&NewRequest<'_>) -> T) -> T {
        check(&NewRequest {
            platform: &PlatformId::parse("demo.example").unwrap(),
            name: &LocalizedName {
                zh: "云岭公共资源交易平台".to_owned(),
                en: "Yunling Public Procurement".to_owned(),
            },
            origin: &"https://portal.example".parse().unwrap(),
            nonce: Nonce::from_bytes([7; 16]),
            now: UnixTime::from_secs(1_000),
            browser: "Chrome 120 / Windows",
            place: &"很长的地名".repeat(40),
            kinds: &[CertificateKind::Platform],
        })
    }

    fn some_account(replaces: Option<[u8; 32]>) -> Account {
        let code = CreditCode::parse("91650100MA77C0R54J").unwrap();
        account("li.na", "天山博康医疗器械有限公司", code, replaces).unwrap()
    }

    #[test]
    fn login_names_the_platform_and_no_account() {
        let claims = with_request(|request| request.login());
        assert_eq!((&claims.op, &claims.account), (&Operation::Login, &None));
        assert_eq!(claims.display.zh[0].as_str(), "登录云岭公共资源交易平台");
        assert_eq!(claims.exp.as_secs(), 1_000 + REQUEST_SECONDS);
        assert_eq!(claims.accept.kinds, [CertificateKind::Platform]);
    }

    #[test]
    fn bind_names_the_account_and_says_when_another_certificate_goes() {
        let first = with_request(|request| request.bind(some_account(None)));
        let renewal = with_request(|request| request.bind(some_account(Some([1; 32]))));
        assert_eq!(first.op, Operation::Bind);
        assert_eq!(first.account, Some(some_account(None)));
        assert!(first.display.en[0].contains("Bind") && first.display.en[0].contains("li.na"));
        assert!(renewal.display.zh[0].contains("更换") && renewal.display.zh[0].contains("li.na"));
        for display in [first.display, renewal.display] {
            assert_eq!(display.zh.len(), display.en.len());
        }
    }

    #[test]
    fn names_that_do_not_fit_are_refused_and_never_cut() {
        let code = CreditCode::parse("91650100MA77C0R54J").unwrap();
        assert!(account(&"a".repeat(64), &"企".repeat(80), code, None).is_ok());
        assert!(account(&"a".repeat(65), "企", code, None).is_err());
        assert!(account("a", &"企".repeat(81), code, None).is_err());
    }

    #[test]
    fn record_knows_its_browser_by_the_cookies_hash() {
        let record = RequestRecord::new(String::new(), browser_hash(&[1; 32]));
        assert!(record.is_of(&browser_hash(&[1; 32])));
        assert!(!record.is_of(&browser_hash(&[2; 32])));
        assert!(!record.is_of(&[1; 32]));
    }
}
