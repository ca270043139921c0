//! Bindings of the page's half of a scan. Conversions only: what happens is decided by `scanseal_protocol::page`.
//!
//! The session tells its host what to do by calling methods of an object that the host hands in with every input. Plain
//! calls with plain arguments keep the module small: no object is built and nothing is serialised.

mod qr_path;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use scanseal_protocol::error::Code;
use scanseal_protocol::limits;
use scanseal_protocol::message::{Choice, Layout, Piece, Prepared};
use scanseal_protocol::page::{
    End, PageConfig, PageEffect, PageEvent, PageInput, PageSecrets, PageSession as Session,
};
use scanseal_protocol::qr::Link;
use scanseal_protocol::time::Millis;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const PAGE_HOST: &str = r#"
/** What a session asks of its host, and reports to it. A host must not call the session back from inside these. */
export interface PageHost {
  connect(): void;
  disconnect(): void;
  sendText(text: string): void;
  sendBinary(bytes: Uint8Array): void;
  wakeAt(at: number): void;
  waiting(expiresIn: number): void;
  code(text: string, size: number, path: string): void;
  scanned(app: string, device: string, checkNumber: string, expiresIn: number): void;
  phoneAway(away: boolean): void;
  progress(step: string): void;
  /** The holder's certificates as PEM, and the signed seal (empty for none). */
  chosen(certificates: string, seal: Uint8Array): void;
  /** The phone wants bytes of a document (part 0: the original, 1: what is appended). Answer with `piece`, in this order. */
  fetch(document: number, part: number, from: number, length: number): void;
  /** 64 bytes of signature for each document to seal, zeros where it is not signed. */
  asserted(assertion: string, channelBinding: string, signatures: Uint8Array): void;
  released(): void;
  reconnecting(reconnecting: boolean): void;
  ended(code: string | undefined): void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The object of the host.
    #[wasm_bindgen(typescript_type = "PageHost")]
    pub type PageHost;

    #[wasm_bindgen(method)]
    fn connect(this: &PageHost);
    #[wasm_bindgen(method)]
    fn disconnect(this: &PageHost);
    #[wasm_bindgen(method, js_name = sendText)]
    fn send_text(this: &PageHost, text: &str);
    #[wasm_bindgen(method, js_name = sendBinary)]
    fn send_binary(this: &PageHost, bytes: Vec<u8>);
    #[wasm_bindgen(method, js_name = wakeAt)]
    fn wake_at(this: &PageHost, at: f64);
    #[wasm_bindgen(method)]
    fn waiting(this: &PageHost, expires_in: f64);
    #[wasm_bindgen(method)]
    fn code(this: &PageHost, text: &str, size: u32, path: &str);
    #[wasm_bindgen(method)]
    fn scanned(this: &PageHost, app: &str, device: &str, check_number: &str, expires_in: f64);
    #[wasm_bindgen(method, js_name = phoneAway)]
    fn phone_away(this: &PageHost, away: bool);
    #[wasm_bindgen(method)]
    fn progress(this: &PageHost, step: &str);
    #[wasm_bindgen(method)]
    fn chosen(this: &PageHost, certificates: &str, seal: Vec<u8>);
    #[wasm_bindgen(method)]
    fn fetch(this: &PageHost, document: u32, part: u32, from: u32, length: u32);
    #[wasm_bindgen(method)]
    fn asserted(this: &PageHost, assertion: &str, channel_binding: &str, signatures: Vec<u8>);
    #[wasm_bindgen(method)]
    fn released(this: &PageHost);
    #[wasm_bindgen(method)]
    fn reconnecting(this: &PageHost, reconnecting: bool);
    #[wasm_bindgen(method)]
    fn ended(this: &PageHost, code: Option<&str>);
}

/// The page's end of one scan.
#[wasm_bindgen]
pub struct PageSession(Session);

#[wasm_bindgen]
impl PageSession {
    /// Makes the keys of a session.
    ///
    /// # Errors
    /// An error whose message begins with the code and a colon.
    #[wasm_bindgen(constructor)]
    pub fn new(
        link: &str,
        scanned_seconds: f64,
        frame_interval: f64,
        request: String,
        now: f64,
    ) -> Result<Self, JsError> {
        let link = Link::parse(link).map_err(|reason| refusal(Code::Malformed, &reason))?;
        // What is no whole number, or too large for its type, ends up outside the limits that the session checks.
        let config = PageConfig {
            link,
            scanned_seconds: u16::try_from(whole(scanned_seconds)).unwrap_or(u16::MAX),
            frame_interval_ms: whole(frame_interval),
        };
        Session::new(config, fresh_secrets()?, request, millis(now))
            .map(Self)
            .map_err(|reason| refusal(reason.code(), &reason))
    }

    /// How many documents the request asks to seal; none with another operation.
    pub fn documents(&self) -> usize {
        self.0.documents()
    }

    /// Begins.
    pub fn start(&mut self, host: &PageHost, now: f64) {
        self.handle(PageInput::Start, host, now);
    }

    /// The socket is open.
    #[wasm_bindgen(js_name = socketOpened)]
    pub fn socket_opened(&mut self, host: &PageHost, now: f64) {
        self.handle(PageInput::SocketOpened, host, now);
    }

    /// The socket could not be opened, or has closed.
    #[wasm_bindgen(js_name = socketClosed)]
    pub fn socket_closed(&mut self, host: &PageHost, now: f64) {
        self.handle(PageInput::SocketClosed, host, now);
    }

    /// A text frame came.
    pub fn text(&mut self, host: &PageHost, text: &str, now: f64) {
        self.handle(PageInput::Text(text), host, now);
    }

    /// A binary frame came.
    pub fn binary(&mut self, host: &PageHost, bytes: &[u8], now: f64) {
        self.handle(PageInput::Binary(bytes), host, now);
    }

    /// The time of the last `wakeAt` has come.
    pub fn woken(&mut self, host: &PageHost, now: f64) {
        self.handle(PageInput::Woken, host, now);
    }

    /// The tab is visible again, or the network is back.
    pub fn resumed(&mut self, host: &PageHost, now: f64) {
        self.handle(PageInput::Resumed, host, now);
    }

    /// The person says that this is not their phone.
    #[wasm_bindgen(js_name = notMe)]
    pub fn not_me(&mut self, host: &PageHost, now: f64) {
        self.handle(PageInput::NotMe, host, now);
    }

    /// The person, or the program, stops.
    pub fn cancel(&mut self, host: &PageHost, now: f64) {
        self.handle(PageInput::Cancel, host, now);
    }

    /// How a document looks with the seal in it (`docs/protocol.md` section 8.2). `state` has 32 bytes.
    #[expect(
        clippy::too_many_arguments,
        reason = "plain arguments keep the module small"
    )]
    pub fn prepared(
        &mut self,
        host: &PageHost,
        document: u32,
        state: &[u8],
        tail: Vec<u8>,
        appended: u32,
        begin: u32,
        end: u32,
        attributes: Vec<u8>,
        now: f64,
    ) {
        let layout = state
            .try_into()
            .map(|state| Layout {
                state,
                tail,
                appended,
                gap: begin..end,
                attributes,
            })
            .map_err(|_| Code::Internal);
        self.handle(
            PageInput::Prepared(Prepared { document, layout }),
            host,
            now,
        );
    }

    /// A document cannot be sealed.
    pub fn unprepared(&mut self, host: &PageHost, document: u32, code: &str, now: f64) {
        let layout = Err(Code::from_wire(code));
        self.handle(
            PageInput::Prepared(Prepared { document, layout }),
            host,
            now,
        );
    }

    /// The bytes of the oldest `fetch` that is not answered.
    pub fn piece(&mut self, host: &PageHost, bytes: Vec<u8>, now: f64) {
        self.handle(PageInput::Piece(Piece { bytes }), host, now);
    }

    /// What the platform made of the assertion; without a code, all went well. `documents` has the code of each document to
    /// seal, or an empty text, with commas between.
    pub fn outcome(
        &mut self,
        host: &PageHost,
        code: Option<String>,
        detail: Option<String>,
        documents: Option<String>,
        now: f64,
    ) {
        let code = code.map(|code| Code::from_wire(&code));
        let read = |code: &str| (!code.is_empty()).then(|| Code::from_wire(code));
        let documents = documents
            .iter()
            .flat_map(|codes| codes.split(','))
            .take(limits::MAX_DOCUMENTS)
            .map(read)
            .collect();
        let input = PageInput::Outcome {
            code,
            detail,
            documents,
        };
        self.handle(input, host, now);
    }

    fn handle(&mut self, input: PageInput<'_>, host: &PageHost, now: f64) {
        for effect in self.0.handle(input, millis(now)) {
            perform(effect, host);
        }
    }
}

fn perform(effect: PageEffect, host: &PageHost) {
    match effect {
        PageEffect::Connect => host.connect(),
        PageEffect::Disconnect => host.disconnect(),
        PageEffect::SendText(text) => host.send_text(&text),
        PageEffect::SendBinary(bytes) => host.send_binary(bytes),
        PageEffect::WakeAt(at) => host.wake_at(number(at.0)),
        PageEffect::Event(event) => report(event, host),
    }
}

fn report(event: PageEvent, host: &PageHost) {
    match event {
        PageEvent::Waiting { expires_in_ms } => host.waiting(number(expires_in_ms)),
        PageEvent::Code { text, .. } => {
            let drawn = qr_path::draw(&text)
                .expect("a link of 64 characters and its fragment fit a QR code");
            host.code(&text, drawn.size, &drawn.path);
        }
        PageEvent::Scanned {
            app,
            device,
            check_number,
            expires_in_ms,
        } => {
            host.scanned(&app, &device, &check_number, number(expires_in_ms));
        }
        PageEvent::PhoneAway => host.phone_away(true),
        PageEvent::PhoneBack => host.phone_away(false),
        PageEvent::Progress(step) => host.progress(step.as_str()),
        PageEvent::Chosen(Choice { certificates, seal }) => {
            let pem: Vec<String> = certificates.iter().map(|der| pem(der)).collect();
            host.chosen(&pem.concat(), seal);
        }
        PageEvent::Fetch(fetch) => {
            host.fetch(fetch.document, fetch.part as u32, fetch.from, fetch.length);
        }
        PageEvent::Asserted {
            jws,
            channel_binding,
            signatures,
        } => {
            let signatures: Vec<[u8; 64]> = signatures
                .into_iter()
                .map(|signature| signature.unwrap_or([0; 64]))
                .collect();
            host.asserted(
                &jws,
                &Base64UrlUnpadded::encode_string(&channel_binding),
                signatures.concat(),
            );
        }
        PageEvent::Released => host.released(),
        PageEvent::Reconnecting => host.reconnecting(true),
        PageEvent::Reconnected => host.reconnecting(false),
        PageEvent::Ended(End::Done) => host.ended(None),
        PageEvent::Ended(End::Failed(code)) => host.ended(Some(code.as_str())),
        // The enum may grow: an event that this host interface has no method for is none of its business.
        _ => {}
    }
}

fn pem(der: &[u8]) -> String {
    let body = Base64::encode_string(der);
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

fn fresh_secrets() -> Result<PageSecrets, JsError> {
    let mut secrets = PageSecrets {
        page_key: [0; 32],
        static_key: [0; 32],
        frame_key: [0; 32],
        handshake_seed: [0; 32],
        jitter_seed: [0; 32],
    };
    for secret in [
        &mut secrets.page_key,
        &mut secrets.static_key,
        &mut secrets.frame_key,
        &mut secrets.handshake_seed,
        &mut secrets.jitter_seed,
    ] {
        getrandom::fill(secret).map_err(|reason| refusal(Code::Internal, &reason))?;
    }
    Ok(secrets)
}

fn refusal(code: Code, reason: &dyn core::fmt::Display) -> JsError {
    JsError::new(&format!("{code}: {reason}"))
}

fn millis(now: f64) -> Millis {
    Millis(whole(now))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and NaN is zero"
)]
fn whole(value: f64) -> u64 {
    value as u64
}

/// Milliseconds as JavaScript counts them: exact for 285,000 years.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn number(milliseconds: u64) -> f64 {
    milliseconds as f64
}
