//! `kill -9` at random moments under load: what was acknowledged is there afterwards, nothing is there by halves, and the
//! audit chain tells exactly what happened.
//!
//! `SCANSEAL_CRASH_ROUNDS` sets how often (20 without it). To put a further action under load: write a worker in `load.rs`,
//! start it in [`load::start`], and let it call [`Acknowledged::event`] with each event that its answer promises.

mod load;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use rusqlite::Transaction;
use scanseal_platform::audit::{Head, Verifier};
use scanseal_portal::{
    audit::read::{self, Scope},
    store::{self, StoreError},
};
use serde_json::Value;

use crate::{
    browser::{Browser, SESSION},
    phone::{self, enrol},
    program::Program,
};

const ROUNDS: u32 = 20;
/// How many times as many it may take until each kind of change was acknowledged once.
const MORE_ROUNDS: u32 = 4;
/// Of what was acknowledged, so much is asked for again after each start; the newest and a random part of the rest.
const ASKED_AGAIN: usize = 15;

/// What the server has acknowledged so far.
#[derive(Default)]
struct Acknowledged {
    /// Enrolments and what they were answered with.
    enrolled: Vec<(Value, Value)>,
    /// Browsers that were told they are logged in.
    logged_in: Vec<Browser>,
    /// Browsers as they were before a scan login, the assertion, and the session they were given.
    scanned: Vec<(Browser, Value, String)>,
    /// Serial numbers whose revocation was reported done.
    revoked: Vec<String>,
    /// How often an event must be in the log at least, by its name and what it concerns.
    events: BTreeMap<(String, String), u64>,
}

impl Acknowledged {
    /// An answer has promised this event; `key` is the certificate's id if it is about one, else the account.
    fn event(&mut self, name: &str, key: &str) {
        *self
            .events
            .entry((name.to_owned(), key.to_owned()))
            .or_default() += 1;
    }
}

type Shared = Arc<Mutex<Acknowledged>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_survives_kills_at_random_moments() {
    let rounds = std::env::var("SCANSEAL_CRASH_ROUNDS")
        .map_or(ROUNDS, |text| text.parse().expect("a number of rounds"));
    let data = tempfile::tempdir().unwrap();
    let all = Shared::default();
    let mut people = None;
    let mut head = Head::EMPTY;
    // How far a round gets depends on the machine: a slow one has some more of them.
    for round in 0..MORE_ROUNDS * rounds {
        if round >= rounds && missing(&all).is_none() {
            break;
        }
        let server = start(data.path());
        if people.is_none() {
            people = Some(load::People::meet(&server).await);
        }
        check(&server, &all).await;
        head = check_stored(data.path(), head, &all);
        let workers = load::start(&server, data.path(), round, people.as_ref().unwrap(), &all);
        tokio::time::sleep(Duration::from_millis(80 + random_below(320))).await;
        server.kill();
        for worker in workers {
            worker.await.unwrap();
        }
    }
    let server = start(data.path());
    check(&server, &all).await;
    check_stored(data.path(), head, &all);
    // From the first event on, as somebody would who has noted nothing down.
    check_stored(data.path(), Head::EMPTY, &all);
    // The test is worth nothing if nothing was acknowledged.
    assert_eq!(missing(&all), None, "the load never got to this");
    server.kill();
}

/// What has not been acknowledged yet, of everything that the load does.
fn missing(all: &Shared) -> Option<&'static str> {
    let all = all.lock().unwrap();
    let count = |name: &str| -> u64 {
        let of_name = all.events.iter().filter(|((event, _), _)| event == name);
        of_name.map(|(_, count)| count).sum()
    };
    let events = [
        "login.password",
        "login.scan",
        "certificate.bound",
        "certificate.replaced",
        "certificate.unbound",
        "account.registered",
        "settings.changed",
    ];
    if all.enrolled.is_empty() {
        return Some("enrolments");
    }
    if all.revoked.is_empty() {
        return Some("revocations");
    }
    events.into_iter().find(|name| count(name) == 0)
}

/// With a receiver of webhooks that is never there: the outbox fills, and is worked on.
fn start(data: &Path) -> Program {
    Program::start(data, &["--webhook-url", "http://127.0.0.1:9/"])
}

/// Asks the server.
async fn check(server: &Program, all: &Shared) {
    let moved = |browser: &Browser| {
        let origin = format!("http://localhost:{}", server.address.port());
        Browser {
            address: server.address,
            origin,
            ..browser.clone()
        }
    };
    let (enrolled, logged_in, scanned, revoked) = {
        let all = all.lock().unwrap();
        (
            sample(&all.enrolled, 5),
            sample(&all.logged_in, 2 * ASKED_AGAIN),
            sample(
                &all.scanned[all.scanned.len().saturating_sub(ASKED_AGAIN)..],
                ASKED_AGAIN,
            ),
            all.revoked.clone(),
        )
    };
    for (body, answer) in &enrolled {
        let again = enrol(server.address, body).await;
        assert_eq!((again.status.as_u16(), &again.json()), (201, answer));
    }
    for browser in &logged_in {
        assert_eq!(
            moved(browser).session().await["account"]["login"],
            "zhang.wei"
        );
    }
    for (before, body, session) in &scanned {
        let again = moved(before)
            .post_with("/api/scan/assertions", &[], body.to_string())
            .await;
        // After a minute even its own sender gets no answer any more.
        if again.status == 410 {
            continue;
        }
        assert_eq!(again.status, 200, "{:?}", again.body);
        assert!(
            again
                .set_cookie(SESSION)
                .unwrap()
                .contains(session.as_str())
        );
        let mut thief = Browser::open(server.address).await;
        phone::request(&mut thief).await;
        thief
            .post("/api/scan/assertions", body)
            .await
            .is_problem(410, "assertion-replayed");
    }
    let list = crate::browser::send(
        server.address,
        hyper::Method::GET,
        "/authority/issuing.crl",
        &[],
        "",
    )
    .await;
    for serial in &revoked {
        let bytes = data_encoding::HEXLOWER.decode(serial.as_bytes()).unwrap();
        assert!(
            list.body.windows(bytes.len()).any(|window| window == bytes),
            "{serial} is not on the list"
        );
    }
}

/// Looks into the database: the chain goes on from `from`, and tells what the tables say. Returns where it ends.
fn check_stored(data: &Path, from: Head, all: &Shared) -> Head {
    store::read_file(&data.join("portal.sqlite"), |transaction| {
        let broken = transaction
            .prepare("PRAGMA foreign_key_check")?
            .exists([])?;
        assert!(!broken, "a reference to a row that is not there");
        let head = check_chain(transaction, from)?;
        check_events(transaction, all)?;
        Ok::<_, StoreError>(head)
    })
    .unwrap()
}

fn check_chain(transaction: &Transaction<'_>, from: Head) -> Result<Head, StoreError> {
    let mut verifier = Verifier::new().follows(from.hash);
    let mut after = from;
    loop {
        let entries = read::entries(transaction, after, Scope::Everything)?;
        let Some((last, _)) = entries.last() else {
            break;
        };
        after = last.head();
        for (entry, _) in &entries {
            verifier.line(entry.line().as_bytes());
        }
    }
    // What was seen before the kill is still what it was.
    let (count, hash) = transaction.query_row(
        "SELECT count(*), (SELECT hash FROM audit_event WHERE seq = ?1) FROM audit_event",
        [i64::try_from(from.seq).unwrap()],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<[u8; 32]>>(1)?)),
    )?;
    assert_eq!(u64::try_from(count).unwrap(), after.seq);
    assert!(from == Head::EMPTY || hash.as_ref() == Some(from.hash.as_bytes()));
    if after != from {
        assert_eq!(verifier.finish().fault, None);
    }
    Ok(after)
}

/// Every acknowledged event is in the log, and what the log tells is what the tables hold: neither without the other.
fn check_events(transaction: &Transaction<'_>, all: &Shared) -> Result<(), StoreError> {
    let mut found = BTreeMap::<(String, String), u64>::new();
    let mut by_name = BTreeMap::<String, i64>::new();
    let mut bound = BTreeSet::new();
    let select = "SELECT json_extract(event, '$.event'), json_extract(event, '$.account'),
                         json_extract(event, '$.facts.certificate'), json_extract(event, '$.facts.replaced')
                  FROM audit_event ORDER BY seq";
    let mut statement = transaction.prepare(select)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let (account, certificate): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
        let replaced: Option<String> = row.get(3)?;
        *by_name.entry(name.clone()).or_default() += 1;
        if let Some(certificate) = &certificate {
            match name.as_str() {
                "certificate.bound" | "certificate.replaced" => {
                    assert!(bound.insert(certificate.clone()), "bound twice");
                }
                "certificate.unbound" => assert!(bound.remove(certificate), "never bound"),
                _ => (),
            }
            assert!(replaced.is_none_or(|replaced| bound.remove(&replaced)));
        }
        let of_certificate = certificate.filter(|_| name.starts_with("certificate."));
        let key = of_certificate.or(account).unwrap_or_default();
        *found.entry((name, key)).or_default() += 1;
    }
    for (event, count) in &all.lock().unwrap().events {
        let found = found.get(event).copied().unwrap_or_default();
        assert!(found >= *count, "{event:?}: {found} of {count}");
    }
    let events = |name: &str| by_name.get(name).copied().unwrap_or_default();
    let rows = |select: &str| transaction.query_row(select, [], |row| row.get::<_, i64>(0));
    let messages = |name: &str| {
        rows(&format!(
            "SELECT count(*) FROM webhook_message WHERE event = '{name}'"
        ))
    };

    let logins = events("login.password") + events("login.scan");
    assert_eq!(rows("SELECT count(*) FROM login_event")?, logins);
    assert_eq!(messages("account.logged-in")?, logins);
    for name in [
        "account.registered",
        "certificate.bound",
        "certificate.replaced",
        "certificate.unbound",
    ] {
        assert_eq!(messages(name)?, events(name), "{name}");
    }
    let mut held =
        transaction.prepare("SELECT lower(hex(certificate_hash)) FROM certificate_binding")?;
    let held: BTreeSet<String> = held
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    assert_eq!(held, bound);
    // Everybody but the demo's people registered, with an enterprise of their own.
    let registered =
        "SELECT count(DISTINCT e.id) FROM enterprise e JOIN account a ON a.enterprise_id = e.id
                      WHERE a.login LIKE 'crash.%'";
    assert_eq!(rows(registered)?, events("account.registered"));
    let enterprises = "SELECT count(*) FROM enterprise e
                       WHERE NOT EXISTS (SELECT 1 FROM account WHERE enterprise_id = e.id)";
    assert_eq!(rows(enterprises)?, 0, "an enterprise without its account");
    Ok(())
}

/// Up to `count`: the newest half and others by chance.
fn sample<T: Clone>(all: &[T], count: usize) -> Vec<T> {
    let newest = all.len().saturating_sub(count.div_ceil(2));
    let mut taken = all[newest..].to_vec();
    if newest > 0 {
        let others = count - count.div_ceil(2);
        taken.extend((0..others).map(|_| {
            let place = random_below(u64::try_from(newest).unwrap());
            all[usize::try_from(place).unwrap()].clone()
        }));
    }
    taken
}

fn random_below(limit: u64) -> u64 {
    getrandom::u64().unwrap() % limit
}
