//! A receiver of webhooks: verifies, remembers ids, answers at once.
//!
//! First the portal, which makes the secret at its first start with an address, then the receiver:
//!
//!     target/debug/scanseal-portal serve --webhook-url http://127.0.0.1:9000/
//!     SCANSEAL_WEBHOOK_SECRET=$(cat demo-data/webhook.secret) \
//!         cargo run -p scanseal-platform --example webhook_receiver -- 127.0.0.1:9000

use std::{
    collections::HashSet,
    env,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use scanseal_pki::UnixTime;
use scanseal_platform::webhook::{
    ID_HEADER, Received, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, verify,
};
use warp::{Filter, http::StatusCode, hyper::body::Bytes};

/// Bytes of a message; the portal's have less than one KiB.
const MAX_BODY: u64 = 64 * 1024;

/// Ids of messages that were acted on. A real receiver keeps them in its database, in the same transaction as what it
/// does, for as long as the sender tries: four days.
type Known = Arc<Mutex<HashSet<String>>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address: SocketAddr = env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned())
        .parse()?;
    // During a change of the secret: the new one and the old one.
    let secrets = env::var("SCANSEAL_WEBHOOK_SECRET")?
        .split_whitespace()
        .map(Secret::parse)
        .collect::<Result<Arc<[_]>, _>>()?;
    if secrets.is_empty() {
        return Err(
            "SCANSEAL_WEBHOOK_SECRET is empty: start the portal with --webhook-url first".into(),
        );
    }
    let known = Known::default();
    let receiver = warp::post()
        .and(warp::header::<String>(ID_HEADER))
        .and(warp::header::<String>(TIMESTAMP_HEADER))
        .and(warp::header::<String>(SIGNATURE_HEADER))
        .and(warp::body::content_length_limit(MAX_BODY))
        .and(warp::body::bytes())
        .map(move |id, timestamp, signature, body| {
            receive(&secrets, &known, id, timestamp, signature, &body)
        });
    warp::serve(receiver).run(address).await;
    Ok(())
}

fn receive(
    secrets: &[Secret],
    known: &Known,
    id: String,
    timestamp: String,
    signature: String,
    body: &Bytes,
) -> StatusCode {
    let received = Received {
        id: &id,
        timestamp: &timestamp,
        signature: &signature,
        body,
    };
    // Before anything of the message is read.
    if let Err(error) = verify(&received, secrets, now()) {
        eprintln!("refused: {error}");
        return StatusCode::UNAUTHORIZED;
    }
    let new = known
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(id.clone());
    if new {
        eprintln!("{id} {}", String::from_utf8_lossy(body));
    }
    // Known already: say so, or the sender tries again.
    StatusCode::NO_CONTENT
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime::from_secs(since.map_or(0, |since| since.as_secs()))
}
