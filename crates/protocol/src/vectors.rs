//! Runs a case of `tests/vectors/`: one function that native tests, the browser's WebAssembly and Node share, so that the
//! same files must give the same verdicts everywhere.
//!
//! A case is a JSON object with an `input`; the verdict is what the case's `expect` must be equal to.

mod channel;
#[cfg(feature = "path")]
mod signed;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    assertion,
    control::{Down, Up},
    error::Code,
    ids::{PageKey, PhoneKey},
    message::{Choice, Hello, Message, Outcome, Piece, Prepared, Signed},
    noise::Context,
    qr::{FrameKey, KIND_RELAY, Link, ScannedCode},
    report::{CheckResult, Refused, Report},
    request::Request,
};

/// Runs one case of a topic and gives the verdict in JSON. A topic is a file's name without `.json`.
///
/// ```
/// use scanseal_protocol::vectors::run_case;
///
/// let verdict = run_case("control", r#"{"input":{"from":"relay","text":"{\"t\":\"pong\"}"}}"#)?;
/// assert_eq!(verdict, r#"{"text":"{\"t\":\"pong\"}"}"#);
/// # Ok::<(), scanseal_protocol::vectors::VectorError>(())
/// ```
///
/// # Errors
/// [`VectorError`] if the topic is unknown, or the case is not one of it. A refusal is a verdict and no error.
pub fn run_case(topic: &str, case: &str) -> Result<String, VectorError> {
    let case: Case = serde_json::from_str(case).map_err(malformed)?;
    let verdict = match topic {
        "assertion-page" => assertion_page(read(case.input)?)?,
        "channel" => channel::channel(&read(case.input)?)?,
        "control" => control(read(case.input)?),
        "derivations" => derivations(read(case.input)?)?,
        "message" => message(read(case.input)?)?,
        "qr" => qr(read(case.input)?),
        #[cfg(feature = "path")]
        "assertion" => signed::assertion(read(case.input)?)?,
        #[cfg(feature = "path")]
        "enterprise" => signed::enterprise(read(case.input)?),
        #[cfg(feature = "path")]
        "request" => signed::request(read(case.input)?)?,
        #[cfg(feature = "path")]
        "trust-list" => signed::trust_list(read(case.input)?)?,
        _ => return Err(VectorError::UnknownTopic),
    };
    Ok(verdict.to_string())
}

/// Why a case cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// The case's input is not as its topic wants it.
    #[error("not a case of this topic: {0}")]
    Malformed(String),
    /// No such topic, or not in a build without feature `path`.
    #[error("no such topic in this build")]
    UnknownTopic,
}

#[derive(Deserialize)]
struct Case {
    input: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionPageInput {
    assertion: String,
    request: String,
    channel_binding: String,
}

fn assertion_page(input: AssertionPageInput) -> Result<Value, VectorError> {
    let request = Request::parse(&input.request).map_err(malformed)?;
    let binding = bytes(&BASE64URL_NOPAD, &input.channel_binding)?;
    let verified = assertion::verify_for_page(&input.assertion, &request, &binding);
    Ok(report(verified.map(|(_, report)| report)))
}

#[derive(Deserialize)]
struct ControlInput {
    from: Sender,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sender {
    End,
    Relay,
}

fn control(input: ControlInput) -> Value {
    let text = match input.from {
        Sender::End => Up::parse(&input.text).map(|message| message.to_text()),
        Sender::Relay => Down::parse(&input.text).map(|message| message.to_text()),
    };
    match text {
        Ok(text) => json!({ "text": text }),
        Err(error) => refusal(error.code()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DerivationsInput {
    page_key: String,
    phone_key: String,
    frame_key: String,
    frame: u16,
}

fn derivations(input: DerivationsInput) -> Result<Value, VectorError> {
    let session = PageKey::from_bytes(bytes(&HEXLOWER, &input.page_key)?).session_id();
    let phone = PhoneKey::from_bytes(bytes(&HEXLOWER, &input.phone_key)?).phone_id();
    let secret = FrameKey::from_bytes(bytes(&HEXLOWER, &input.frame_key)?).secret(input.frame);
    let context = Context {
        session: &session,
        kind: KIND_RELAY,
        frame: input.frame,
        secret: &secret,
    };
    Ok(json!({
        "sid": session.to_string(),
        "phoneId": phone.to_string(),
        "frameSecret": HEXLOWER.encode(secret.as_bytes()),
        "psk": HEXLOWER.encode(&*context.psk()),
        "prologue": HEXLOWER.encode(&context.prologue()),
    }))
}

#[derive(Deserialize)]
struct MessageInput {
    hex: String,
}

fn message(input: MessageInput) -> Result<Value, VectorError> {
    let encoded = HEXLOWER.decode(input.hex.as_bytes()).map_err(malformed)?;
    let message = match Message::decode(&encoded) {
        Ok(Some(message)) => message,
        Ok(None) => return Ok(json!({ "skipped": true })),
        Err(_) => return Ok(refusal(Code::Malformed)),
    };
    let canonical = HEXLOWER.encode(&message.encode());
    Ok(json!({ "message": message_view(message), "canonical": canonical }))
}

/// A message as the vectors show it; bytes in hexadecimal. What may be absent is there only if it has something.
fn message_view(message: Message) -> Value {
    let hex = |bytes: &[u8]| HEXLOWER.encode(bytes);
    match message {
        Message::Assertion(Signed {
            assertion,
            signatures,
        }) => {
            let mut view = json!({ "type": "assertion", "jws": assertion });
            if !signatures.is_empty() {
                view["signatures"] = signatures.iter().map(|bytes| hex(bytes)).collect();
            }
            view
        }
        Message::Choice(Choice { certificates, seal }) => {
            let certificates: Vec<_> = certificates.iter().map(|bytes| hex(bytes)).collect();
            json!({ "type": "choice", "certificates": certificates, "seal": hex(&seal) })
        }
        Message::Fetch(fetch) => json!({
            "type": "fetch",
            "document": fetch.document,
            "part": fetch.part as u8,
            "from": fetch.from,
            "length": fetch.length,
        }),
        Message::Hello(Hello {
            app,
            device,
            locale,
        }) => {
            json!({ "type": "hello", "app": app, "device": device, "locale": locale })
        }
        Message::Outcome(Outcome {
            code,
            detail,
            documents,
        }) => {
            let mut view = json!({ "type": "outcome", "code": code, "detail": detail });
            if !documents.is_empty() {
                view["documents"] = json!(documents);
            }
            view
        }
        Message::Piece(Piece { bytes }) => json!({ "type": "piece", "bytes": hex(&bytes) }),
        Message::Prepared(Prepared { document, layout }) => match layout {
            Ok(layout) => json!({
                "type": "prepared",
                "document": document,
                "state": hex(&layout.state),
                "tail": hex(&layout.tail),
                "appended": layout.appended,
                "gap": [layout.gap.start, layout.gap.end],
                "attributes": hex(&layout.attributes),
            }),
            Err(code) => json!({ "type": "prepared", "document": document, "code": code }),
        },
        Message::Progress(step) => json!({ "type": "progress", "step": step }),
        Message::Refusal(code) => json!({ "type": "refusal", "code": code }),
        Message::Request(jws) => json!({ "type": "request", "jws": jws }),
    }
}

#[derive(Deserialize)]
struct QrInput {
    links: Vec<Link>,
    text: String,
}

fn qr(input: QrInput) -> Value {
    match ScannedCode::parse(&input.text, &input.links) {
        Ok(ScannedCode { link, payload }) => json!({
            "link": link,
            "sid": payload.session,
            "pageKey": HEXLOWER.encode(&payload.page_public_key),
            "frame": payload.frame,
            "frameSecret": HEXLOWER.encode(payload.secret.as_bytes()),
            "text": link.to_code_text(&payload),
        }),
        Err(error) => refusal(error.code()),
    }
}

fn refusal(code: Code) -> Value {
    json!({ "code": code })
}

/// The verdict of a verifier: its code, and what came of each check, in order.
fn report(result: Result<Report, Refused>) -> Value {
    let (code, report) = match result {
        Ok(report) => (None, report),
        Err(refused) => (Some(refused.code), refused.report),
    };
    let line = |result: &CheckResult| json!({ "check": result.check, "outcome": result.outcome });
    json!({ "code": code, "checks": report.checks().iter().map(line).collect::<Vec<_>>() })
}

fn read<T: DeserializeOwned>(input: Value) -> Result<T, VectorError> {
    serde_json::from_value(input).map_err(malformed)
}

fn bytes<const N: usize>(
    encoding: &data_encoding::Encoding,
    text: &str,
) -> Result<[u8; N], VectorError> {
    let bytes = encoding.decode(text.as_bytes()).map_err(malformed)?;
    bytes
        .try_into()
        .map_err(|_| VectorError::Malformed(format!("expected {N} bytes")))
}

fn malformed(error: impl ToString) -> VectorError {
    VectorError::Malformed(error.to_string())
}
