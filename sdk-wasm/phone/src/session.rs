//! One scan: the session's inputs and effects as plain JavaScript objects.

use scanseal_protocol::{
    Text,
    error::Code,
    message::{Choice, Fetch, Hello, Part, Prepared, Step},
    phone::{End, PhoneEffect, PhoneEvent, PhoneInput, PhoneSecrets, PhoneSession},
    time::Millis,
};
use scanseal_signer::Vault;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use wasm_bindgen::prelude::*;

use crate::convert::{coded, failure, from_js, to_js};

/// A scan under way. The page owns the socket and the timer, hands in what happens and does what comes back.
#[wasm_bindgen]
pub struct ScanSession {
    session: PhoneSession,
    home: String,
    relay: String,
    /// What the page made of the documents.
    prepared: Vec<Prepared>,
}

/// `SessionInput` of types.d.ts.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Input {
    Start,
    SocketOpened,
    SocketClosed,
    Text {
        text: String,
    },
    Binary {
        bytes: ByteBuf,
    },
    Woken,
    Resumed,
    Progress {
        step: Step,
    },
    Choose {
        certificates: Vec<ByteBuf>,
        seal: ByteBuf,
    },
    Fetch {
        document: u32,
        part: PartName,
        from: u32,
        length: u32,
    },
    Assert {
        assertion: String,
        #[serde(default)]
        signatures: Vec<ByteBuf>,
    },
    Refuse {
        code: Code,
    },
    Cancel,
}

/// `DocumentPart` of types.d.ts.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PartName {
    Original,
    Appended,
}

impl From<PartName> for Part {
    fn from(name: PartName) -> Self {
        match name {
            PartName::Original => Self::Original,
            PartName::Appended => Self::Appended,
        }
    }
}

impl From<Part> for PartName {
    fn from(part: Part) -> Self {
        match part {
            Part::Original => Self::Original,
            Part::Appended => Self::Appended,
        }
    }
}

/// `SessionEffect` of types.d.ts.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum EffectView {
    Connect,
    Disconnect,
    SendText { text: String },
    SendBinary { bytes: ByteBuf },
    WakeAt { at: u64 },
    Event { event: EventView },
}

/// `SessionEvent` of types.d.ts.
#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
enum EventView {
    Requested {
        request: String,
        check_number: String,
        channel_binding: String,
        expires_in: u64,
    },
    PageAway,
    PageBack,
    Reconnecting,
    Reconnected,
    /// What the page made of a document; its layout is kept for `PhoneReview.document`.
    Prepared {
        document: u32,
        code: Option<Code>,
        appended: u32,
    },
    Piece {
        document: u32,
        part: PartName,
        from: u32,
        bytes: ByteBuf,
    },
    Outcome {
        code: Option<Code>,
        detail: Option<String>,
        documents: Vec<Option<Code>>,
    },
    Ended {
        code: Option<Code>,
    },
}

/// `PhoneHello` of types.d.ts.
#[derive(Deserialize)]
struct HelloForm {
    app: String,
    device: String,
    locale: String,
}

#[wasm_bindgen]
impl ScanSession {
    /// The home of the operator whose code was scanned, for `Phone.review`.
    #[wasm_bindgen(getter)]
    pub fn home(&self) -> String {
        self.home.clone()
    }

    /// Where to connect to.
    #[wasm_bindgen(getter)]
    pub fn relay(&self) -> String {
        self.relay.clone()
    }

    /// Takes what happened and gives what to do, in order. `now` is `performance.now()`.
    ///
    /// Throws `malformed` only if `input` is not a `SessionInput`; what comes from the network never throws.
    #[wasm_bindgen(unchecked_return_type = "SessionEffect[]")]
    pub fn handle(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "SessionInput")] input: JsValue,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        let input: Input = from_js(input)?;
        let input = match &input {
            Input::Start => PhoneInput::Start,
            Input::SocketOpened => PhoneInput::SocketOpened,
            Input::SocketClosed => PhoneInput::SocketClosed,
            Input::Text { text } => PhoneInput::Text(text),
            Input::Binary { bytes } => PhoneInput::Binary(bytes),
            Input::Woken => PhoneInput::Woken,
            Input::Resumed => PhoneInput::Resumed,
            Input::Progress { step } => PhoneInput::Progress(*step),
            Input::Choose { certificates, seal } => PhoneInput::Choose(Choice {
                certificates: certificates.iter().map(|der| der.to_vec()).collect(),
                seal: seal.to_vec(),
            }),
            Input::Fetch {
                document,
                part,
                from,
                length,
            } => PhoneInput::Fetch(Fetch {
                document: *document,
                part: (*part).into(),
                from: *from,
                length: *length,
            }),
            Input::Assert {
                assertion,
                signatures,
            } => PhoneInput::Assert {
                jws: assertion.clone(),
                signatures: signatures
                    .iter()
                    .map(|signature| signature.as_slice().try_into())
                    .collect::<Result<_, _>>()
                    .map_err(|_| failure(Code::Malformed, &"a signature has 64 bytes"))?,
            },
            Input::Refuse { code } => PhoneInput::Refuse(*code),
            Input::Cancel => PhoneInput::Cancel,
        };
        let effects = self.session.handle(input, millis(now));
        let prepared = effects.iter().filter_map(|effect| match effect {
            PhoneEffect::Event(PhoneEvent::Prepared(prepared)) => Some(prepared.clone()),
            _ => None,
        });
        self.prepared.extend(prepared);
        let views = effects
            .into_iter()
            .map(EffectView::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        to_js(&views)
    }
}

impl ScanSession {
    /// What the page made of a document of the request.
    pub(crate) fn prepared(&self, document: u32) -> Option<&Prepared> {
        self.prepared
            .iter()
            .find(|prepared| prepared.document == document)
    }

    pub(crate) fn begin(
        vault: &Vault,
        text: &str,
        hello: JsValue,
        now: f64,
    ) -> Result<Self, JsValue> {
        let (operator, code) = vault.read_code(text).map_err(coded!())?;
        let hello: HelloForm = from_js(hello)?;
        let hello = Hello {
            app: Text::truncated(&hello.app),
            device: Text::truncated(&hello.device),
            locale: Text::truncated(&hello.locale),
        };
        let secrets = PhoneSecrets {
            phone_key: random()?,
            ephemeral_seed: random()?,
            jitter_seed: random()?,
        };
        let session = PhoneSession::new(&code, hello, secrets, millis(now)).map_err(coded!())?;
        let relay = operator.description().relay.to_string();
        Ok(Self {
            session,
            home: operator.home().to_owned(),
            relay,
            prepared: Vec::new(),
        })
    }
}

impl TryFrom<PhoneEffect> for EffectView {
    type Error = JsValue;

    fn try_from(effect: PhoneEffect) -> Result<Self, JsValue> {
        Ok(match effect {
            PhoneEffect::Connect => Self::Connect,
            PhoneEffect::Disconnect => Self::Disconnect,
            PhoneEffect::SendText(text) => Self::SendText { text },
            PhoneEffect::SendBinary(bytes) => Self::SendBinary {
                bytes: ByteBuf::from(bytes),
            },
            PhoneEffect::WakeAt(Millis(at)) => Self::WakeAt { at },
            PhoneEffect::Event(event) => Self::Event {
                event: event.try_into()?,
            },
        })
    }
}

impl TryFrom<PhoneEvent> for EventView {
    type Error = JsValue;

    fn try_from(event: PhoneEvent) -> Result<Self, JsValue> {
        Ok(match event {
            PhoneEvent::Requested {
                jws,
                check_number,
                channel_binding,
                expires_in_ms,
            } => Self::Requested {
                request: jws,
                check_number,
                channel_binding: data_encoding::BASE64URL_NOPAD.encode(&channel_binding),
                expires_in: expires_in_ms,
            },
            PhoneEvent::PageAway => Self::PageAway,
            PhoneEvent::PageBack => Self::PageBack,
            PhoneEvent::Reconnecting => Self::Reconnecting,
            PhoneEvent::Reconnected => Self::Reconnected,
            PhoneEvent::Prepared(Prepared { document, layout }) => Self::Prepared {
                document,
                appended: layout.as_ref().map_or(0, |layout| layout.appended),
                code: layout.err(),
            },
            PhoneEvent::Piece(fetch, piece) => Self::Piece {
                document: fetch.document,
                part: fetch.part.into(),
                from: fetch.from,
                bytes: ByteBuf::from(piece.bytes),
            },
            PhoneEvent::Outcome {
                code,
                detail,
                documents,
            } => Self::Outcome {
                code,
                detail,
                documents,
            },
            PhoneEvent::Ended(End::Done) => Self::Ended { code: None },
            PhoneEvent::Ended(End::Failed(code)) => Self::Ended { code: Some(code) },
            // The enum is open; whoever adds an event adds it here and to types.d.ts.
            other => {
                return Err(failure(
                    Code::Internal,
                    &format!("{other:?} has no JavaScript form"),
                ));
            }
        })
    }
}

/// `performance.now()` as the sessions count time. It starts near zero and never goes back.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn millis(now: f64) -> Millis {
    Millis(now as u64)
}

fn random() -> Result<[u8; 32], JsValue> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| failure(Code::Internal, &error))?;
    Ok(bytes)
}
