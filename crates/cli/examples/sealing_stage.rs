//! A stage for browser tests of the phone page: an operator with a real relay, an authority that keeps seals, and pages
//! without a screen that ask for seals, honest or not.
//!
//! `sealing_stage PAGES SEAL.png` serves the built phone page of the folder PAGES and prints `ready {"home":..}`. Each line
//! of JSON on its input, `{"documents":[{"path"?,"name","pages"}],"enterprise","lie"?,"refuse"?,"vanish"?}`, asks for seals: it
//! prints `code TEXT` (the text of the QR code) and at the end `over {"code":..,"documents":[code or null]}`.
#![allow(clippy::unwrap_used, missing_docs, clippy::print_stdout)]

#[allow(dead_code, reason = "shared with the tests of the command")]
#[path = "../tests/phone/operator.rs"]
mod operator;
#[allow(dead_code, reason = "shared with the tests of the command")]
#[path = "../tests/phone/page.rs"]
mod page;
#[allow(dead_code, reason = "shared with the tests of the command")]
#[path = "../tests/phone/work.rs"]
mod work;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use data_encoding::{BASE64, HEXLOWER};
use operator::{Authority, Operator, life, now};
use page::Page;
use scanseal_pades::seal::Picture;
use scanseal_pki::{
    Certificate, ElectronicSeal, SealInfo, SealKind, SealPictureFormat, UnixTime, Validity,
};
use scanseal_platform::sealing::NotSealed;
use scanseal_protocol::{
    Text,
    error::Code,
    message::{Piece, Prepared},
    page::{PageEvent, PageInput},
    phone::End,
    request::{Account, Document},
    seal_call::{self, ReceivedCall},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use warp::{
    Filter, Reply,
    filters::BoxedFilter,
    http::{HeaderMap, StatusCode},
    path::FullPath,
    reply::Response,
};
use work::{Lie, Work, contract};

const CREDIT_CODE: &str = "91650100MA77C0R54J";
const YEAR: u64 = 365 * 86_400;
/// What the portal says of its pages.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self' ws:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1);
    let pages = PathBuf::from(words.next().expect("the folder of the pages"));
    let picture = fs::read(words.next().expect("the picture of a seal")).unwrap();
    let operator = Operator::start_with(|home, authority| {
        let desk = Arc::new(SealDesk {
            home: home.to_owned(),
            authority,
            picture,
            shelves: Mutex::default(),
        });
        desk.routes().or(files(pages)).unify().boxed()
    })
    .await;
    println!("ready {}", json!({ "home": operator.home }));
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let asked: Asked = serde_json::from_str(&line).unwrap();
        let (code, documents) = seal(&operator, &asked).await;
        println!("over {}", json!({ "code": code, "documents": documents }));
    }
}

/// What to ask the phone for.
#[derive(Deserialize)]
struct Asked {
    documents: Vec<AskedDocument>,
    enterprise: String,
    #[serde(default)]
    lie: String,
    /// Documents that the platform will not take, and why.
    #[serde(default)]
    refuse: HashMap<usize, Code>,
    /// The page goes without a word once it has the signatures.
    #[serde(default)]
    vanish: bool,
    /// Documents that the page cannot prepare, and why.
    #[serde(default)]
    unprepared: HashMap<usize, Code>,
}

#[derive(Deserialize)]
struct AskedDocument {
    /// Without one it is a contract that pages can lie about.
    path: Option<PathBuf>,
    name: String,
    pages: u32,
}

/// One scan from the code to its end: the code it ended with, and what came of each document.
async fn seal(operator: &Operator, asked: &Asked) -> (Option<Code>, Vec<Option<Code>>) {
    let originals: Vec<Vec<u8>> = asked
        .documents
        .iter()
        .map(|document| match &document.path {
            Some(path) => fs::read(path).unwrap(),
            None => contract("100"),
        })
        .collect();
    let account = Account {
        name: Text::new("li.na").unwrap(),
        enterprise: Text::new(asked.enterprise.as_str()).unwrap(),
        credit_code: CREDIT_CODE.parse().unwrap(),
        replaces: None,
    };
    let documents = asked.documents.iter().zip(&originals);
    let documents = documents.map(|(document, original)| Document {
        name: Text::new(document.name.as_str()).unwrap(),
        size: u32::try_from(original.len()).unwrap(),
        pages: document.pages,
        sha256: Sha256::digest(original).into(),
    });
    let request = operator.seal_request_of(account, documents.collect());
    let lie = match asked.lie.as_str() {
        "" => Lie::None,
        "other-contract" => Lie::OtherContract,
        "other-bytes" => Lie::OtherBytes,
        "amount" => Lie::Amount,
        "other-drawing" => Lie::OtherDrawing,
        other => panic!("no lie {other}"),
    };
    let mut page = Page::open(&operator.home, &request).await;
    println!("code {}", page.code().await);
    let mut works: Vec<Option<Work>> = Vec::new();
    let (mut seal, mut outcome) = (Vec::new(), Vec::new());
    loop {
        match page.next().await {
            PageEvent::Chosen(choice) => {
                seal.clone_from(&choice.seal);
                let look = ElectronicSeal::from_der(&seal).ok().map(|seal| {
                    let (width, height) = seal.info().millimetres;
                    let size = (width as f64, height as f64);
                    Picture::read(&seal.info().picture, Some(size)).unwrap()
                });
                for (document, original) in originals.iter().enumerate() {
                    let (work, layout) = match asked.unprepared.get(&document) {
                        Some(code) => (None, Err(*code)),
                        None => {
                            let (work, layout) = lie.prepare(original, &choice, look.as_ref());
                            (Some(work), Ok(layout))
                        }
                    };
                    works.push(work);
                    let document = u32::try_from(document).unwrap();
                    page.feed(PageInput::Prepared(Prepared { document, layout }))
                        .await;
                }
            }
            PageEvent::Fetch(fetch) => {
                let document = fetch.document as usize;
                // Originals are fetched as soon as they are wanted, perhaps before anything is prepared.
                let bytes = match works.get(document).and_then(Option::as_ref) {
                    Some(work) => lie.piece(work, &originals[document], &fetch),
                    None => {
                        let (from, length) = (fetch.from as usize, fetch.length as usize);
                        originals[document][from..from + length].to_vec()
                    }
                };
                page.feed(PageInput::Piece(Piece { bytes })).await;
            }
            PageEvent::Asserted { .. } if asked.vanish => page.feed(PageInput::Cancel).await,
            PageEvent::Asserted {
                jws,
                channel_binding,
                signatures,
            } => {
                let verified = operator.judge(&request, &jws, &channel_binding).unwrap();
                let digests = verified.claims().documents.clone().unwrap();
                for (index, work) in works.drain(..).enumerate() {
                    let taken = match (work, signatures[index], digests[index]) {
                        (Some(work), Some(signature), Some(digest)) => operator
                            .take(
                                &originals[index],
                                &work.finish(&signature),
                                &digest,
                                &verified,
                                &seal,
                            )
                            .err()
                            .map(|error| NotSealed::code(&error)),
                        _ => Some(Code::DocumentChanged),
                    };
                    outcome.push(asked.refuse.get(&index).copied().or(taken));
                }
                page.feed(PageInput::Outcome {
                    code: outcome.iter().copied().find(Option::is_some).flatten(),
                    detail: None,
                    documents: outcome.clone(),
                })
                .await;
            }
            PageEvent::Ended(End::Done) => return (None, outcome),
            PageEvent::Ended(End::Failed(code)) => return (Some(code), outcome),
            _ => {}
        }
    }
}

/// The authority's seals of each certificate, by its SHA-256.
struct SealDesk {
    home: String,
    authority: Arc<Authority>,
    picture: Vec<u8>,
    shelves: Mutex<HashMap<String, Vec<Value>>>,
}

impl SealDesk {
    fn routes(self: Arc<Self>) -> BoxedFilter<(Response,)> {
        let seals = warp::path("authority").and(warp::path("seals"));
        seals
            .and(warp::header::headers_cloned())
            .and(warp::path::full())
            .and(warp::query::raw().or(warp::any().map(String::new)).unify())
            .and(warp::query::<HashMap<String, String>>())
            .and(warp::body::bytes())
            .map(
                move |headers: HeaderMap,
                      path: FullPath,
                      raw: String,
                      query: HashMap<String, String>,
                      body: hyper::body::Bytes| {
                    let path = path.as_str();
                    let address = if raw.is_empty() {
                        path.to_owned()
                    } else {
                        format!("{path}?{raw}")
                    };
                    let call = ReceivedCall {
                        origins: &[self.home.parse().unwrap()],
                        path: &address,
                        body: &body,
                        now: now(),
                    };
                    let authorization = headers
                        .get("authorization")
                        .and_then(|value| value.to_str().ok());
                    match seal_call::verify(authorization.unwrap_or_default(), &call) {
                        Ok(caller) => self.answer(&caller.certificate, path, &query, &body),
                        Err(error) => {
                            let problem =
                                json!({ "code": error.code(), "detail": error.to_string() });
                            warp::reply::with_status(
                                warp::reply::json(&problem),
                                StatusCode::UNAUTHORIZED,
                            )
                            .into_response()
                        }
                    }
                },
            )
            .boxed()
    }

    fn answer(
        &self,
        holder: &Certificate,
        path: &str,
        query: &HashMap<String, String>,
        body: &[u8],
    ) -> Response {
        let mut shelves = self.shelves.lock().unwrap();
        let shelf = shelves
            .entry(HEXLOWER.encode(&holder.sha256()))
            .or_insert_with(|| self.first_seals(holder));
        let size = |name: &str| query.get(name).map_or(40, |text| text.parse().unwrap());
        match path {
            "/authority/seals" => warp::reply::json(&json!({ "seals": shelf })).into_response(),
            "/authority/seals/handwritten" => {
                let mut made = self.valid(
                    holder,
                    &format!("hand-{}", shelf.len()),
                    SealKind::Handwritten,
                    "手写签名",
                    body,
                    (size("width"), size("height")),
                );
                if let Some(replaced) = query.get("replaces") {
                    let old = shelf.iter_mut().find(|entry| entry["id"] == **replaced);
                    revoke(old.unwrap(), json!("superseded"));
                    made["replaces"] = json!(replaced);
                }
                shelf.push(made.clone());
                warp::reply::with_status(warp::reply::json(&made), StatusCode::CREATED)
                    .into_response()
            }
            "/authority/seals/photographed" => {
                let waiting = json!({ "id": format!("photo-{}", shelf.len()), "kind": size("kind"), "name": query["name"],
                    "status": "waiting", "millimetres": [size("width"), size("height")], "replaces": query.get("replaces") });
                shelf.push(waiting.clone());
                warp::reply::with_status(warp::reply::json(&waiting), StatusCode::ACCEPTED)
                    .into_response()
            }
            "/authority/seals/revoke" => {
                let asked: Value = serde_json::from_slice(body).unwrap();
                let entry = shelf
                    .iter_mut()
                    .find(|entry| entry["id"] == asked["seal"])
                    .unwrap();
                revoke(entry, asked["reason"].clone());
                warp::reply::json(&entry.clone()).into_response()
            }
            other => panic!("no {other}"),
        }
    }

    /// One of every fate.
    fn first_seals(&self, holder: &Certificate) -> Vec<Value> {
        let over = Validity {
            not_before: UnixTime::from_secs(now().as_secs() - 2 * YEAR),
            not_after: UnixTime::from_secs(now().as_secs() - YEAR),
        };
        let expired = self.entry(
            holder,
            "old-1",
            SealKind::Contract,
            "合同专用章（旧）",
            &self.picture,
            (42, 42),
            over,
        );
        vec![
            self.valid(
                holder,
                "company-1",
                SealKind::Company,
                "公章",
                &self.picture,
                (42, 42),
            ),
            self.valid(
                holder,
                "contract-1",
                SealKind::Contract,
                "合同专用章",
                &self.picture,
                (38, 38),
            ),
            expired,
            json!({ "id": "lost-1", "kind": 4, "name": "法定代表人章", "status": "revoked", "reason": "lost" }),
            json!({ "id": "sent-1", "kind": 1, "name": "公章（2）", "status": "returned", "reason": "照片不清楚，请重新拍摄。" }),
        ]
    }

    fn valid(
        &self,
        holder: &Certificate,
        id: &str,
        kind: SealKind,
        name: &str,
        picture: &[u8],
        size: (u64, u64),
    ) -> Value {
        self.entry(holder, id, kind, name, picture, size, life(YEAR))
    }

    #[allow(clippy::too_many_arguments, reason = "what a seal says, in one place")]
    fn entry(
        &self,
        holder: &Certificate,
        id: &str,
        kind: SealKind,
        name: &str,
        picture: &[u8],
        size: (u64, u64),
        valid: Validity,
    ) -> Value {
        let seal = self.authority.make_seal(&SealInfo {
            id: id.to_owned(),
            kind,
            name: name.to_owned(),
            certificates: vec![holder.sha256()],
            created: valid.not_before,
            valid_from: valid.not_before,
            valid_until: valid.not_after,
            picture: picture.to_vec(),
            format: SealPictureFormat::Png,
            millimetres: size,
        });
        json!({ "id": id, "kind": kind as u8, "name": name, "validUntil": valid.not_after.to_rfc3339(),
            "status": if valid.not_after > now() { "valid" } else { "expired" },
            "millimetres": [size.0, size.1], "seal": BASE64.encode(&seal) })
    }
}

fn revoke(entry: &mut Value, reason: Value) {
    entry["status"] = json!("revoked");
    entry["reason"] = reason;
    entry.as_object_mut().unwrap().remove("seal");
}

/// The built pages, under the portal's policy.
fn files(folder: PathBuf) -> BoxedFilter<(Response,)> {
    warp::path::full()
        .and_then(move |path: FullPath| {
            let found = read(&folder, path.as_str());
            async move { found.ok_or_else(warp::reject::not_found) }
        })
        .map(|(kind, bytes): (&'static str, Vec<u8>)| {
            let reply = warp::reply::with_header(bytes, "content-type", kind);
            warp::reply::with_header(reply, "content-security-policy", POLICY).into_response()
        })
        .boxed()
}

fn read(folder: &Path, path: &str) -> Option<(&'static str, Vec<u8>)> {
    let name = if path == "/phone" {
        "phone.html"
    } else {
        path.trim_start_matches('/')
    };
    let file = folder.join(name);
    let kind = match file.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    };
    Some((kind, fs::read(file).ok()?))
}
