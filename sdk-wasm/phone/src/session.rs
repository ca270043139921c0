//! One scan: the session's inputs and effects as plain JavaScript objects.

use scanseal_protocol::{
    Text,
    error::Code,
    message::{Hello, Step},
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
}

/// `SessionInput` of types.d.ts.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Input {
    Start,
    SocketOpened,
    SocketClosed,
    Text { text: String },
    Binary { bytes: ByteBuf },
    Woken,
    Resumed,
    Progress { step: Step },
    Assert { assertion: String },
    Refuse { code: Code },
    Cancel,
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
    Outcome {
        code: Option<Code>,
        detail: Option<String>,
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
            Input::Assert { assertion } => PhoneInput::assert(assertion.clone()),
            Input::Refuse { code } => PhoneInput::Refuse(*code),
            Input::Cancel => PhoneInput::Cancel,
        };
        let effects = self.session.handle(input, millis(now));
        let views = effects
            .into_iter()
            .map(EffectView::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        to_js(&views)
    }
}

impl ScanSession {
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
            PhoneEvent::Outcome { code, detail, documents: Vec::new() } => Self::Outcome { code, detail },
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
