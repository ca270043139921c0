//! Codes: the stable names under which something going wrong is known at every end.
//!
//! A code travels unchanged from where it arises to whoever can act: page, phone, HTTP answer, command. Its words live in
//! the catalogues (`texts/`), one cause and one advice per language, so that this crate holds no user-facing prose.
//! `docs/errors.md` is generated from the table below.

use core::{fmt, str::FromStr};

#[cfg(feature = "path")]
use scanseal_pki::EnterpriseMismatch;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Who can do something about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Actor {
    /// Who builds the web page or the platform's server.
    Integrator,
    /// Who runs the relay, the platform or the authority.
    Operator,
    /// The person, on the phone.
    Phone,
    /// The person, at the web page.
    User,
}

impl Actor {
    /// The stable lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Integrator => "integrator",
            Self::Operator => "operator",
            Self::Phone => "phone",
            Self::User => "user",
        }
    }
}

/// Whether the same thing can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// After a wait, whose length comes with the code or is short.
    After,
    /// At once.
    Again,
    /// Not without a change first.
    Never,
}

impl Retry {
    /// The stable lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Again => "again",
            Self::Never => "never",
        }
    }
}

/// Writes the enum, its strings, and who acts and whether to retry, from one table.
macro_rules! codes {
    ($( $(#[$doc:meta])* $variant:ident = $text:literal, $actor:ident, $retry:ident; )*) => {
        /// Why something did not happen. The groups and their order are those of the table in `docs/errors.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $( $(#[$doc])* $variant, )* }

        impl Code {
            /// Every code, in the order of the table.
            pub const fn all() -> &'static [Self] {
                &[$( Self::$variant, )*]
            }

            /// The code as it is written on every wire.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }

            /// Who can act.
            pub const fn actor(self) -> Actor {
                match self { $( Self::$variant => Actor::$actor, )* }
            }

            /// Whether to try again.
            pub const fn retry(self) -> Retry {
                match self { $( Self::$variant => Retry::$retry, )* }
            }
        }

        impl FromStr for Code {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $( $text => Ok(Self::$variant), )*
                    _ => Err(UnknownCode),
                }
            }
        }
    };
}

codes! {
    /// Nobody scanned the QR code in time.
    QrExpired = "qr-expired", User, Again;
    /// The picture of the QR code was too old: photographed or forwarded.
    QrStale = "qr-stale", Phone, Again;
    /// The scanned text is no code of this system.
    QrForeign = "qr-foreign", Phone, Never;
    /// The QR code has a version this app does not know.
    QrVersion = "qr-version", Phone, Never;

    /// Another phone has scanned this code first.
    AlreadyScanned = "already-scanned", User, Again;
    /// The relay does not know the session (any more).
    SessionGone = "session-gone", User, Again;
    /// A newer one took its place: the same end connected again, or the account asked for a newer code.
    Superseded = "superseded", User, Never;
    /// One end stopped it.
    Cancelled = "cancelled", User, Again;
    /// The person at the page said that this is not their phone.
    Released = "released", Phone, Again;
    /// The other end is not connected at the moment.
    PeerAway = "peer-away", User, After;
    /// A phone had scanned, but the matter was not finished in time.
    ScanExpired = "scan-expired", User, Again;

    /// The person said no.
    Refused = "refused", User, Again;
    /// The person has certificates, but none that this request accepts.
    RefusedCertificate = "refused-certificate", Phone, Never;
    /// The person refused and reported the request as a fraud.
    ReportedFraud = "reported-fraud", Operator, Never;

    /// Wrong PIN; comes with the attempts left.
    PinWrong = "pin-wrong", Phone, Again;
    /// Too many wrong PINs; comes with the time until which the vault is locked.
    PinLocked = "pin-locked", Phone, After;

    /// No certificate on this phone yet.
    CertificateNone = "certificate-none", Phone, Never;
    /// The certificate's time is over.
    CertificateExpired = "certificate-expired", Phone, Never;
    /// The certificate's time has not begun.
    CertificateNotYetValid = "certificate-not-yet-valid", Phone, After;
    /// The certificate was revoked by its CA.
    CertificateRevoked = "certificate-revoked", Phone, Never;
    /// No path from the certificate to an accepted CA.
    CertificateUntrusted = "certificate-untrusted", Phone, Never;
    /// The certificate's authority is known, but the request does not accept it or its kind.
    CertificateWrongKind = "certificate-wrong-kind", Phone, Never;
    /// The certificate is not meant for this use.
    CertificateWrongUsage = "certificate-wrong-usage", Phone, Never;
    /// The enterprise's name in the certificate is not the account's.
    CertificateNameMismatch = "certificate-name-mismatch", User, Never;
    /// The credit code in the certificate is not the account's.
    CertificateCodeMismatch = "certificate-code-mismatch", User, Never;
    /// The certificate is bound to another account.
    CertificateBoundElsewhere = "certificate-bound-elsewhere", User, Never;
    /// The certificate that shall replace another is bound to this account already, or is the replaced one itself.
    CertificateAlreadyBound = "certificate-already-bound", Phone, Never;
    /// The certificate is bound to no account.
    CertificateNotBound = "certificate-not-bound", User, Never;
    /// Its holder or an administrator has frozen the certificate on this platform.
    CertificateFrozen = "certificate-frozen", Phone, Never;
    /// Whether the certificate is revoked could not be found out.
    CertificateStatusUnknown = "certificate-status-unknown", Operator, After;
    /// The unified social credit code is mistyped.
    CreditCodeInvalid = "credit-code-invalid", Phone, Again;

    /// The request comes from no platform of the trust list, or was altered.
    RequestUntrusted = "request-untrusted", Operator, Never;
    /// The request is too old, or a clock is wrong.
    RequestExpired = "request-expired", User, Again;
    /// The page's web origin is not one the platform has named.
    OriginRefused = "origin-refused", Integrator, Never;

    /// The assertion was used before.
    AssertionReplayed = "assertion-replayed", User, Again;
    /// The assertion came after its request had expired.
    AssertionLate = "assertion-late", User, Again;
    /// The assertion answers a request that was given to another browser.
    AssertionWrongBrowser = "assertion-wrong-browser", User, Again;
    /// The assertion is damaged, or does not answer this request.
    AssertionInvalid = "assertion-invalid", Integrator, Again;

    /// The trust list is damaged, older than one seen, or not signed by the operator.
    TrustListInvalid = "trust-list-invalid", Operator, After;
    /// The trust list's time is over.
    TrustListExpired = "trust-list-expired", Operator, After;

    /// The document is not the one that was to be sealed.
    DocumentChanged = "document-changed", User, Again;
    /// The document is encrypted.
    DocumentEncrypted = "document-encrypted", User, Never;
    /// The document cannot be read.
    DocumentDamaged = "document-damaged", User, Never;
    /// The file is no PDF.
    DocumentNotPdf = "document-not-pdf", User, Never;
    /// The text document has macros.
    DocumentMacros = "document-macros", User, Never;
    /// Nothing is installed that makes a PDF of a text document.
    DocumentConverterMissing = "document-converter-missing", Operator, Never;
    /// No font is installed that a contract can be set in.
    DocumentFontMissing = "document-font-missing", Operator, Never;
    /// The document is larger than the limit.
    DocumentTooLarge = "document-too-large", User, Never;
    /// The author's certification of the document permits no further signature.
    CertificationForbids = "certification-forbids", User, Never;
    /// A certification has to be the first signature of a document, and this one has been signed.
    CertificationNotFirst = "certification-not-first", User, Never;
    /// The document has both kinds of cross-reference, in which readers may see different things.
    DocumentHybrid = "document-hybrid", User, Never;
    /// The form of the document breaks the rules.
    FormInvalid = "form-invalid", User, Never;
    /// The document is an XFA form, which shows other things than its pages.
    FormXfa = "form-xfa", User, Never;
    /// The signature field demands something that this signature does not have.
    FieldConstraints = "field-constraints", User, Never;
    /// There is another field of that name.
    FieldExists = "field-exists", User, Again;
    /// There is no signature field of that name.
    FieldNotFound = "field-not-found", User, Again;
    /// The signature field has been signed.
    FieldNotEmpty = "field-not-empty", User, Never;
    /// An earlier signature has locked the field.
    FieldLocked = "field-locked", User, Never;
    /// The signature is larger than the space reserved for it.
    SignatureTooLarge = "signature-too-large", Integrator, Again;
    /// The seal's time is over.
    SealExpired = "seal-expired", Phone, Never;
    /// The seal belongs to another enterprise.
    SealNotYours = "seal-not-yours", Phone, Never;
    /// Its authority has revoked the seal.
    SealRevoked = "seal-revoked", Phone, Never;
    /// This party has sealed the document before, or the file has signatures already.
    AlreadySealed = "already-sealed", User, Never;
    /// Another party seals first.
    NotYourTurn = "not-your-turn", User, After;
    /// The document does not have these pages.
    PagesInvalid = "pages-invalid", User, Again;
    /// What the seal shall look like, or where it shall be, contradicts itself.
    SealRequestInvalid = "seal-request-invalid", Integrator, Again;
    /// The line of text below a seal has letters that cannot be set there.
    TextNotLatin = "text-not-latin", User, Again;
    /// The picture of the seal cannot be read, nor can a photograph to cut it out of.
    PictureInvalid = "picture-invalid", User, Again;
    /// The picture of the seal is larger than the limit.
    PictureTooLarge = "picture-too-large", User, Again;
    /// The photograph to cut a seal out of is larger than the limit.
    PhotoTooLarge = "photo-too-large", User, Again;
    /// The photograph shows no seal, or too little of it.
    PhotoWithoutSeal = "photo-without-seal", User, Again;
    /// A text cannot stand on a seal: too short, too long, or with characters that cannot be drawn.
    SealTextInvalid = "seal-text-invalid", User, Again;
    /// The font to draw a seal with cannot be read, or has not what was asked for.
    FontInvalid = "font-invalid", Integrator, Never;
    /// The seal would land outside the page.
    SealOffPage = "seal-off-page", User, Again;
    /// The keyword to place the seal at does not occur.
    KeywordNotFound = "keyword-not-found", User, Again;
    /// The document has pictures of text only, so no keyword can be found.
    NoTextLayer = "no-text-layer", User, Again;
    /// A cross-page seal needs two pages at least.
    SinglePage = "single-page", User, Again;

    /// User name or password wrong; one text for both.
    LoginFailed = "login-failed", User, Again;
    /// The web session has ended, or nobody is logged in.
    LoginRequired = "login-required", User, Again;
    /// An administrator has closed the account.
    AccountDisabled = "account-disabled", User, Never;
    /// The account's role lacks the right.
    NotAllowed = "not-allowed", User, Never;
    /// Something arrived that the protocol does not allow.
    Malformed = "malformed", Integrator, Again;
    /// The session carried more bytes than the limit.
    TooManyBytes = "too-many-bytes", Integrator, Never;
    /// Too many tries; comes with the seconds to wait.
    RateLimited = "rate-limited", User, After;
    /// The service is at its capacity.
    Full = "full", Operator, After;
    /// The relay did not answer.
    RelayUnreachable = "relay-unreachable", User, After;
    /// The service is being restarted.
    Maintenance = "maintenance", Operator, After;
    /// This app or page is too old for what the other end asks.
    ClientTooOld = "client-too-old", User, Never;
    /// The web server does not serve the WebAssembly file.
    WasmNotServed = "wasm-not-served", Integrator, Never;
    /// A fault in the program itself.
    Internal = "internal", Operator, Again;
}

impl Code {
    /// Reads a code that another end sent. That end may be newer than this one, and what it tells must still end the
    /// matter, so a code unknown here is [`Code::Internal`]. Where this end *acts* on the code, use [`FromStr`].
    pub fn from_wire(text: &str) -> Self {
        text.parse().unwrap_or(Self::Internal)
    }

    /// The placeholders that the texts of this code contain, without braces; the host fills them.
    pub const fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::PinWrong => &["attempts"],
            Self::PinLocked => &["until"],
            Self::RateLimited => &["seconds"],
            _ => &[],
        }
    }
}

/// A certificate with another credit code belongs to another enterprise, whatever its name; with the same code it is the
/// name that someone has to look at.
#[cfg(feature = "path")]
impl From<EnterpriseMismatch> for Code {
    fn from(mismatch: EnterpriseMismatch) -> Self {
        match mismatch {
            EnterpriseMismatch::Both | EnterpriseMismatch::CreditCode => {
                Self::CertificateCodeMismatch
            }
            EnterpriseMismatch::Name => Self::CertificateNameMismatch,
            EnterpriseMismatch::NotAnEnterprise => Self::CertificateWrongUsage,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Strict: an unknown code is an error.
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// The text is no code of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code this version knows: update, or read docs/errors.md for the list")]
pub struct UnknownCode;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_code_survives_text_and_json() {
        for &code in Code::all() {
            assert_eq!(code.as_str().parse(), Ok(code));
            assert_eq!(Code::from_wire(code.as_str()), code);
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), code);
        }
    }

    #[test]
    fn codes_are_short_kebab_case_and_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::all() {
            let text = code.as_str();
            assert!(
                text.split('-')
                    .all(|word| !word.is_empty()
                        && word.bytes().all(|byte| byte.is_ascii_lowercase())),
                "{text}"
            );
            assert!(text.len() <= crate::limits::CODE_CHARACTERS, "{text}");
            assert!(seen.insert(text), "{text} twice");
        }
    }

    #[test]
    fn unknown_code_is_refused_by_parsing_and_internal_from_the_wire() {
        assert_eq!("no-such-code".parse::<Code>(), Err(UnknownCode));
        assert!(serde_json::from_str::<Code>("\"Refused\"").is_err());
        assert_eq!(Code::from_wire("no-such-code"), Code::Internal);
    }
}
