//! Webhooks against a real receiver: at least once, whatever the receiver does and whenever the portal dies.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    convert::Infallible,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use scanseal_pki::UnixTime;
use scanseal_platform::webhook::{Received, Secret, verify};
use scanseal_portal::{
    store,
    webhook::{self, SECRET_FILE, WebhookSettings},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{browser::Browser, program::Program, start::TestPortal};

/// What the tests announce.
const EVENT: &str = "certificate.bound";

/// What the receiver does with a message.
#[derive(Clone, Copy, Debug)]
enum Does {
    Answers(u16),
    Hangs,
}

#[derive(Clone, Debug)]
struct Message {
    id: String,
    timestamp: String,
    signature: String,
    body: Bytes,
}

impl Message {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn is_genuine(&self, secret: &Secret, now: UnixTime) -> bool {
        let received = Received {
            id: &self.id,
            timestamp: &self.timestamp,
            signature: &self.signature,
            body: &self.body,
        };
        verify(&received, std::slice::from_ref(secret), now).is_ok()
    }
}

#[derive(Default)]
struct Behaviour {
    /// For the next messages, one after the other; then 204.
    does: VecDeque<Does>,
    got: Vec<Message>,
    /// Where redirects lead.
    location: String,
}

/// Another server of the integrator's. Gone when dropped.
struct Receiver {
    address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    task: JoinHandle<()>,
}

impl Receiver {
    async fn start(does: &[Does]) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), does).await
    }

    async fn start_at(address: SocketAddr, does: &[Does]) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let behaviour = Arc::new(Mutex::new(Behaviour {
            does: does.iter().copied().collect(),
            ..Behaviour::default()
        }));
        let shared = Arc::clone(&behaviour);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let shared = Arc::clone(&shared);
                connections.spawn(async move {
                    let service = service_fn(move |request| receive(Arc::clone(&shared), request));
                    // The sender goes when it has the answer's head.
                    drop(
                        http1::Builder::new()
                            .serve_connection(TokioIo::new(tcp), service)
                            .await,
                    );
                });
            }
        });
        Self {
            address,
            behaviour,
            task,
        }
    }

    fn url(&self) -> String {
        format!("http://{}/hook?a=b", self.address)
    }

    fn got(&self) -> Vec<Message> {
        self.behaviour.lock().unwrap().got.clone()
    }

    async fn wait_for(&self, count: usize) -> Vec<Message> {
        until(async || (self.got().len() >= count).then(|| self.got())).await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(
    shared: Arc<Mutex<Behaviour>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    assert_eq!(head.uri, "/hook?a=b");
    let header = |name: &str| head.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/json");
    let message = Message {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: body.collect().await.unwrap().to_bytes(),
    };
    // Staff that looks at the outbox has logged in, which is told as well.
    if message.json()["type"] != EVENT {
        return Ok(Response::new(Full::default()));
    }
    let (does, location) = {
        let mut shared = shared.lock().unwrap();
        shared.got.push(message);
        (shared.does.pop_front(), shared.location.clone())
    };
    let status = match does {
        Some(Does::Answers(status)) => status,
        Some(Does::Hangs) => std::future::pending().await,
        None => 204,
    };
    let response = Response::builder()
        .status(status)
        .header("location", location);
    Ok(response.body(Full::from("a body nobody reads")).unwrap())
}

/// Asks again until there is something.
async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..400 {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it did not come within ten seconds");
}

async fn portal_for(receiver: &str) -> TestPortal {
    let url = receiver.parse().unwrap();
    TestPortal::start_with(|settings| {
        settings.webhook = Some(WebhookSettings { url, secret: None });
    })
    .await
}

/// Announces events, as a command beside the server would.
fn announce(data: &Path, now: UnixTime, numbers: std::ops::Range<u32>) {
    store::with_file(&data.join("portal.sqlite"), |transaction| {
        numbers.clone().try_for_each(|number| {
            let data = json!({ "number": number });
            webhook::announce(transaction, EVENT, &data, now)
        })
    })
    .unwrap();
}

/// The messages of a test, as staff sees them.
async fn messages(admin: &mut Browser) -> Vec<Value> {
    messages_of(&admin.get("/api/admin/webhooks").await.json())
}

fn messages_of(state: &Value) -> Vec<Value> {
    let messages = state["messages"].as_array().unwrap().iter();
    messages
        .filter(|message| message["event"] == EVENT)
        .cloned()
        .collect()
}

#[tokio::test]
async fn message_arrives_with_a_signature_that_verifies() {
    let receiver = Receiver::start(&[]).await;
    let portal = portal_for(&receiver.url()).await;
    announce(portal.folder.path(), portal.now(), 0..1);
    let got = receiver.wait_for(1).await;
    let secret = std::fs::read_to_string(portal.folder.path().join(SECRET_FILE)).unwrap();
    let secret = Secret::parse(secret.trim_end()).unwrap();
    assert!(got[0].is_genuine(&secret, portal.now()));
    assert!(!got[0].is_genuine(&Secret::from_bytes(&[0; 32]).unwrap(), portal.now()));
    let body = got[0].json();
    assert_eq!(body["type"], EVENT);
    assert_eq!(body["data"], json!({ "number": 0 }));

    let mut admin = portal.browser_of("admin").await;
    let shown = until(async || {
        let messages = messages(&mut admin).await;
        (messages[0]["delivered"].is_u64()).then(|| messages[0].clone())
    })
    .await;
    assert_eq!(
        (
            &shown["id"],
            &shown["attempts"],
            &shown["next"],
            &shown["lastError"]
        ),
        (&json!(got[0].id), &json!(1), &Value::Null, &Value::Null)
    );
    let state = admin.get("/api/admin/webhooks").await.json();
    // A query may hold a secret of the receiver's.
    let url = receiver.url();
    let shown = format!("{}?…", url.split_once('?').unwrap().0);
    assert_eq!(
        (&state["url"], &state["stopped"]),
        (&json!(shown), &json!(false))
    );
    portal.stop().await;
}

#[tokio::test]
async fn receiver_that_is_down_or_fails_gets_it_later_with_the_same_id() {
    let mut receiver = Receiver::start(&[]).await;
    let address = receiver.address;
    let portal = portal_for(&receiver.url()).await;
    let mut admin = portal.browser_of("admin").await;
    // Nobody listens any more.
    receiver.task.abort();
    assert!((&mut receiver.task).await.is_err());
    announce(portal.folder.path(), portal.now(), 0..1);
    let attempts = async |admin: &mut Browser, count: u64| {
        until(async || {
            let message = messages(admin).await.remove(0);
            (message["attempts"] == count).then_some(message)
        })
        .await
    };
    let failed = attempts(&mut admin, 1).await;
    assert!(
        failed["lastError"]
            .as_str()
            .unwrap()
            .starts_with("cannot connect")
    );
    assert_eq!(failed["next"], portal.now().as_secs() + 5);

    let receiver = Receiver::start_at(address, &[Does::Answers(500), Does::Answers(503)]).await;
    portal.advance(5);
    let failed = attempts(&mut admin, 2).await;
    assert!(failed["lastError"].as_str().unwrap().contains("500"));
    assert_eq!(failed["next"], portal.now().as_secs() + 300);
    // Staff need not wait. The count begins anew.
    let id = failed["id"].as_str().unwrap();
    let path = format!("/api/admin/webhooks/{id}/retry");
    assert_eq!(admin.post(&path, &json!({})).await.status, 200);
    let failed = until(async || {
        let message = messages(&mut admin).await.remove(0);
        message["lastError"]
            .as_str()
            .unwrap()
            .contains("503")
            .then_some(message)
    })
    .await;
    assert_eq!(failed["attempts"], 1);
    portal.advance(5);
    let got = receiver.wait_for(3).await;
    assert!(got.iter().all(|message| message.id == id));
    until(async || {
        messages(&mut admin).await[0]["delivered"]
            .is_u64()
            .then_some(())
    })
    .await;

    admin
        .post("/api/admin/webhooks/msg_0/retry", &json!({}))
        .await
        .is_problem(404, "not-found");
    portal.stop().await;
}

#[tokio::test]
async fn message_is_given_up_after_ten_tries() {
    let receiver = Receiver::start(&[Does::Answers(500); 10]).await;
    let portal = portal_for(&receiver.url()).await;
    announce(portal.folder.path(), portal.now(), 0..1);
    let mut admin = portal.browser_of("admin").await;
    for number in 1..=10 {
        let message = until(async || {
            let message = messages(&mut admin).await.remove(0);
            (message["attempts"] == number).then_some(message)
        })
        .await;
        assert_eq!(message["next"].is_null(), number == 10, "{message}");
        // Sessions end with time; this one is looked at again below.
        if let Some(next) = message["next"].as_u64() {
            portal.advance(next - portal.now().as_secs());
            admin = portal.browser_of("admin").await;
        }
    }
    assert_eq!(receiver.got().len(), 10);
    portal.stop().await;
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let other = Receiver::start(&[]).await;
    let receiver = Receiver::start(&[Does::Answers(302), Does::Answers(308)]).await;
    receiver.behaviour.lock().unwrap().location = other.url();
    let portal = portal_for(&receiver.url()).await;
    announce(portal.folder.path(), portal.now(), 0..2);
    let mut admin = portal.browser_of("admin").await;
    let failed = until(async || {
        let messages = messages(&mut admin).await;
        messages
            .iter()
            .all(|message| message["attempts"] == 1)
            .then_some(messages)
    })
    .await;
    for message in failed {
        let error = message["lastError"].as_str().unwrap();
        assert!(error.ends_with("redirects are not followed"), "{error}");
    }
    assert!(other.got().is_empty());
    portal.stop().await;
}

#[tokio::test]
async fn receiver_that_hangs_holds_up_no_others_and_no_stop() {
    let receiver = Receiver::start(&[Does::Hangs]).await;
    let portal = portal_for(&receiver.url()).await;
    announce(portal.folder.path(), portal.now(), 0..8);
    receiver.wait_for(8).await;
    let stopping = std::time::Instant::now();
    let folder = portal.stop().await;
    assert!(stopping.elapsed() < Duration::from_secs(5));
    // The hanging one is still due.
    let waiting = store::with_file(&folder.path().join("portal.sqlite"), |transaction| {
        webhook::outbox::counts(transaction)
    });
    assert_eq!(waiting.unwrap().waiting, 1);
}

#[tokio::test]
async fn every_message_arrives_once_when_nothing_goes_wrong() {
    let receiver = Receiver::start(&[]).await;
    let portal = portal_for(&receiver.url()).await;
    announce(portal.folder.path(), portal.now(), 0..150);
    let mut admin = portal.browser_of("admin").await;
    until(async || {
        let messages = messages(&mut admin).await;
        messages
            .iter()
            .all(|message| message["delivered"].is_u64())
            .then_some(())
    })
    .await;
    portal.stop().await;
    let got = receiver.got();
    let ids: BTreeSet<_> = got.iter().map(|message| &message.id).collect();
    let numbers: BTreeSet<_> = got
        .iter()
        .map(|message| message.json()["data"]["number"].as_u64())
        .collect();
    assert_eq!((got.len(), ids.len(), numbers.len()), (150, 150, 150));
}

#[tokio::test]
async fn receiver_that_wants_no_more_gets_no_more_until_staff_says_so() {
    let receiver = Receiver::start(&[Does::Answers(410)]).await;
    let portal = portal_for(&receiver.url()).await;
    announce(portal.folder.path(), portal.now(), 0..1);
    let mut admin = portal.browser_of("admin").await;
    let state = until(async || {
        let state = admin.get("/api/admin/webhooks").await.json();
        (messages_of(&state)[0]["attempts"] == 1).then_some(state)
    })
    .await;
    assert_eq!(state["stopped"], true);
    assert!(messages_of(&state)[0]["next"].is_null());
    announce(portal.folder.path(), portal.now(), 1..2);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(receiver.got().len(), 1);

    let id = receiver.got()[0].id.clone();
    let reply = admin
        .post(&format!("/api/admin/webhooks/{id}/retry"), &json!({}))
        .await;
    assert_eq!(reply.json()["stopped"], false);
    let got = receiver.wait_for(3).await;
    let ids: BTreeSet<_> = got.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(ids.len(), 2);
    portal.stop().await;
}

#[tokio::test]
async fn message_on_its_way_when_the_portal_is_killed_is_sent_again_with_the_same_id() {
    let data = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(&[Does::Hangs; 4]).await;
    let url = receiver.url();
    let arguments = ["--webhook-url", url.as_str()];
    let program = Program::start(data.path(), &arguments);
    let now = scanseal_portal::portal::system_clock()();
    announce(data.path(), now, 0..4);
    receiver.wait_for(4).await;
    program.kill();

    let program = Program::start(data.path(), &arguments);
    let got = receiver.wait_for(8).await;
    let mut times = BTreeMap::new();
    for message in &got {
        *times.entry(message.id.as_str()).or_insert(0) += 1;
    }
    assert_eq!(times.into_values().collect::<Vec<_>>(), [2, 2, 2, 2]);
    program.kill();
}

#[tokio::test]
async fn without_a_receiver_nothing_is_queued_and_staff_alone_sees_the_outbox() {
    let portal = TestPortal::start().await;
    announce(portal.folder.path(), portal.now(), 0..3);
    let mut admin = portal.browser_of("admin").await;
    assert_eq!(
        admin.get("/api/admin/webhooks").await.json(),
        json!({ "url": null, "stopped": false, "messages": [] })
    );
    let mut browser = Browser::open(portal.address).await;
    for (method, path) in [("get", "webhooks"), ("post", "webhooks/msg_0/retry")] {
        let path = format!("/api/admin/{path}");
        let reply = if method == "get" {
            browser.get(&path).await
        } else {
            browser.post(&path, &json!({})).await
        };
        reply.is_problem(401, "login-required");
    }
    portal.stop().await;
}
