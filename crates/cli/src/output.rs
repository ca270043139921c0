//! What the command tells: sentences for people, or one JSON object a line for programs.

use std::io::{self, Write};

use scanseal_pki::UnixTime;
use scanseal_protocol::{
    error::Code,
    texts::{CodeText, Language},
};
use scanseal_signer::StoredCertificate;
use serde::Serialize;

pub(crate) use self::request::RequestLine;
use crate::failure::Failure;

mod request;

/// Something that happened. The JSON form has the name in `event`.
#[derive(Debug, Serialize)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Event {
    /// A certificate of the vault.
    Certificate(CertificateLine),
    /// A new certificate is in the vault.
    Enrolled(CertificateLine),
    /// A seal of a certificate.
    Seal(SealLine),
    /// The authority's seals could not be fetched; those that are kept stay.
    SealsMissing { code: Option<Code>, message: String },
    /// The scan joins its session.
    Joining { relay: String },
    /// The request came, and is genuine.
    Requested(Box<RequestLine>),
    /// The page, or our own connection, is gone or back: `page-away`, `page-back`, `reconnecting`, `reconnected`.
    Connection { state: &'static str },
    /// The person did something: `vanish`, `drop`, `cancel`.
    Person { action: &'static str },
    /// A wrong PIN was typed.
    PinWrong { tries_left: u32 },
    /// No PIN is accepted before this time (seconds since 1970).
    PinLocked { until: UnixTime },
    /// A document to seal was looked at.
    Document(DocumentLine),
    /// The phone will not sign.
    Refusing { code: Code },
    /// The assertion is signed and on its way.
    Signed { certificate: String },
    /// What became of it; no code when all went well.
    Outcome {
        code: Option<Code>,
        detail: Option<String>,
        /// The same for each document to seal.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        documents: Vec<Option<Code>>,
    },
    /// The scan is over; no code when all went well, or a part of the documents was taken.
    Ended {
        code: Option<Code>,
        /// How many documents were not taken.
        #[serde(skip_serializing_if = "is_zero")]
        refused: usize,
    },
}

/// A document to seal in the output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentLine {
    /// Which of the request's documents, from 0.
    pub(crate) document: usize,
    pub(crate) name: String,
    /// Whether the original was fetched, and what is appended to it judged.
    pub(crate) looked_at: bool,
    /// In how many places the seal shows, if that was looked at.
    pub(crate) impressions: Option<usize>,
    /// Why it is not signed.
    pub(crate) code: Option<Code>,
}

/// A seal in the output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SealLine {
    /// Id of the certificate.
    pub(crate) certificate: String,
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) valid_until: String,
}

/// A certificate in the output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateLine {
    id: String,
    enterprise: String,
    credit_code: String,
    serial: String,
    issuer: String,
    not_before: UnixTime,
    not_after: UnixTime,
    tries_left: u32,
    locked_until: Option<UnixTime>,
}

impl CertificateLine {
    pub(crate) fn new(stored: &StoredCertificate, now: UnixTime) -> Self {
        let certificate = stored.certificate();
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            id: stored.id().to_string(),
            enterprise: text(certificate.organization()),
            credit_code: certificate
                .credit_code()
                .map(ToString::to_string)
                .unwrap_or_default(),
            serial: certificate.serial_hex(),
            issuer: text(certificate.issuer_common_name()),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            tries_left: stored.tries_left(),
            locked_until: stored.locked_until(now),
        }
    }
}

/// Writes to standard output; failures for people go to standard error.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Tells what happened.
    pub(crate) fn event(&self, event: &Event) {
        let line = if self.json {
            to_json(event)
        } else {
            sentence(event)
        };
        // Whoever reads may have gone; the scan goes on all the same.
        let _ = writeln!(io::stdout(), "{line}");
    }

    /// Tells why the command ends without success, and what a phone's owner does about it.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.tell_failure(failure, &failure_text(failure));
    }

    /// Tells why the command ends without success, in the failure's own words.
    pub(crate) fn plain_failure(&self, failure: &Failure) {
        self.tell_failure(failure, &plain_failure_text(failure));
    }

    fn tell_failure(&self, failure: &Failure, text: &str) {
        #[derive(Serialize)]
        struct Line {
            event: &'static str,
            code: Option<Code>,
            message: String,
        }
        let _ = if self.json {
            let line = Line {
                event: "error",
                code: failure.code(),
                message: failure.to_string(),
            };
            writeln!(io::stdout(), "{}", to_json(&line))
        } else {
            writeln!(io::stderr(), "{text}")
        };
    }
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("lines have text keys and no failing parts")
}

/// Text from elsewhere, fit for a terminal: in it, a control character could forge a line or rewrite the screen, and a bidirectional
/// one (Unicode UAX 9) could turn the rest around.
fn plain(text: &str) -> String {
    let turns = |character| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|character| {
            if character.is_control() || turns(character) {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            }
        })
        .collect()
}

fn plain_failure_text(failure: &Failure) -> String {
    let message = plain(&failure.to_string());
    match failure.code() {
        Some(code) => format!("error: {message} ({code})"),
        None => format!("error: {message}"),
    }
}

fn failure_text(failure: &Failure) -> String {
    let sentence = plain_failure_text(failure);
    let Some(code) = failure.code() else {
        return sentence;
    };
    let text = CodeText::of(code, Language::English);
    // With placeholders the text is for screens that fill them; the failure's own sentence has the figures.
    let advice = if code.placeholders().is_empty() {
        text.advice.as_str()
    } else {
        ""
    };
    format!("{sentence}\n{advice}").trim_end().to_owned()
}

fn document(line: &DocumentLine) -> String {
    let number = line.document + 1;
    let name = plain(&line.name);
    match (line.code, line.impressions) {
        (Some(code), _) => format!("document {number}, {name}: not signed: {code}"),
        (None, Some(count)) => {
            format!("document {number}, {name}: looked at; the seal shows in {count} places")
        }
        (None, None) => format!(
            "document {number}, {name}: the platform's document; NOT looked at on this phone"
        ),
    }
}

fn sentence(event: &Event) -> String {
    match event {
        Event::Certificate(line) => describe(line),
        Event::Enrolled(line) => format!("enrolled {}", describe(line)),
        Event::Seal(line) => format!(
            "{}  {}  {}  {}  until {}  certificate {}",
            plain(&line.id),
            line.kind,
            plain(&line.name),
            plain(&line.status),
            plain(&line.valid_until),
            line.certificate
        ),
        Event::SealsMissing { message, .. } => {
            format!("no seals were fetched: {}", plain(message))
        }
        Event::Joining { relay } => format!("joining through {relay}"),
        Event::Requested(line) => request::describe(line),
        Event::Connection { state } => format!("connection: {state}"),
        Event::Person { action } => format!("the person does: {action}"),
        Event::PinWrong { tries_left } => format!("wrong PIN; tries left: {tries_left}"),
        Event::PinLocked { until } => format!(
            "too many wrong PINs; locked until {} (seconds since 1970)",
            until.as_secs()
        ),
        Event::Refusing { code } => format!("refusing: {code}"),
        Event::Signed { certificate } => format!("signed with {certificate}"),
        Event::Document(line) => document(line),
        Event::Outcome {
            code,
            detail,
            documents,
        } => {
            let verdict = match code {
                None => "accepted".to_owned(),
                Some(code) => format!("not accepted: {code}"),
            };
            let detail = plain(detail.as_deref().unwrap_or_default());
            let refused = (1..)
                .zip(documents)
                .filter_map(|(number, code)| Some((number, (*code)?)));
            let refused: String = refused
                .map(|(number, code)| format!("\n  document {number} not accepted: {code}"))
                .collect();
            format!("{verdict} {detail}{refused}")
        }
        Event::Ended {
            code: None,
            refused: 0,
        } => "done".to_owned(),
        Event::Ended {
            code: None,
            refused,
        } => format!("done in part; documents not accepted: {refused}"),
        Event::Ended {
            code: Some(code), ..
        } => format!("ended: {code}"),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn describe(line: &CertificateLine) -> String {
    let CertificateLine {
        id,
        enterprise,
        credit_code,
        serial,
        issuer,
        tries_left,
        ..
    } = line;
    let (enterprise, issuer) = (plain(enterprise), plain(issuer));
    format!(
        "{id}  {enterprise}  {credit_code}  serial {serial}  issued by {issuer}  PIN tries left {tries_left}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_one_line_of_json_with_their_name() {
        let event = Event::Outcome {
            code: Some(Code::CertificateNotBound),
            detail: None,
            documents: Vec::new(),
        };
        assert_eq!(
            to_json(&event),
            r#"{"event":"outcome","code":"certificate-not-bound","detail":null}"#
        );
        let event = Event::PinWrong { tries_left: 4 };
        assert_eq!(to_json(&event), r#"{"event":"pin-wrong","triesLeft":4}"#);
    }

    #[test]
    fn words_of_a_page_or_server_cannot_forge_a_line_or_drive_the_terminal() {
        let hostile = "ok\ndone\u{1b}[2J\u{9b}31m\u{202e}";
        let event = Event::Outcome {
            code: Some(Code::CertificateNotBound),
            detail: Some(hostile.to_owned()),
            documents: Vec::new(),
        };
        let failure = failure_text(&Failure::internal(hostile));
        for text in [
            sentence(&event),
            failure.lines().next().unwrap_or_default().to_owned(),
        ] {
            assert!(
                text.contains("ok\u{fffd}done\u{fffd}[2J\u{fffd}31m\u{fffd}"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn failures_name_the_code_and_the_advice() {
        let failure = Failure::new(Code::QrForeign, "not a code of this system");
        let text = failure_text(&failure);
        assert!(text.starts_with("error: not a code of this system (qr-foreign)\n"));
        assert!(text.ends_with(&CodeText::of(Code::QrForeign, Language::English).advice));
        assert_eq!(failure_text(&Failure::usage("no file")), "error: no file");
    }
}
