//! `kill -9` while contracts are sealed: what was acknowledged is there and whole, the rest is not there at all, and handing it
//! over again completes it. `SCANSEAL_CRASH_SEALINGS` sets how many contracts (24 without it).

use std::{collections::BTreeMap, path::Path, time::Duration};

use bytes::Bytes;
use hyper::Method;
use scanseal_portal::{portal::system_clock, store};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    browser::{Browser, CHROME, try_send},
    desk::{Desk, REQUESTS, detail, submitted},
    phone::Phone,
    program::Program,
};

const CONTRACTS: usize = 24;
/// Contracts of one scan: the most that one may have.
const BATCH: usize = 50;
const LI_NA: (&str, &str) = ("天山博康医疗器械有限公司", "91650100MA77C0R54J");

/// A batch that the phone has signed.
struct Batch {
    desk: Desk,
    browser: Browser,
    /// Answers, by place.
    acknowledged: BTreeMap<usize, Value>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_seals_survive_kills_and_no_contract_is_half_sealed() {
    let wanted = std::env::var("SCANSEAL_CRASH_SEALINGS").map_or(CONTRACTS, |text| {
        text.parse().expect("a number of contracts")
    });
    let data = tempfile::tempdir().unwrap();
    let mut server = start(data.path());
    let now = system_clock()();
    let password = server.password_of("li.na");
    let phone = Phone::bound(server.address, LI_NA, ("li.na", &password), now).await;
    let mut left = wanted;
    let mut kills = 0;
    while left > 0 {
        let size = left.min(BATCH);
        left -= size;
        let browser = Browser::logged_in(server.address, "li.na", &password).await;
        let mut batch = Batch::signed(browser, data.path(), &phone, size).await;
        while batch.acknowledged.len() < size {
            let moment = Duration::from_millis(20 + getrandom::u64().unwrap() % 300);
            tokio::select! {
                () = batch.upload() => {}
                () = tokio::time::sleep(moment) => {}
            }
            server.kill();
            kills += 1;
            server = start(data.path());
            batch.browser.address = server.address;
            batch.browser.origin = format!("http://localhost:{}", server.address.port());
            batch.check().await;
            check_files(data.path());
        }
    }
    assert!(kills > 1, "the load was over too soon");
    server.kill();
}

fn start(data: &Path) -> Program {
    Program::start(data, &[])
}

impl Batch {
    async fn signed(mut browser: Browser, data: &Path, phone: &Phone, size: usize) -> Self {
        let mut ids = Vec::new();
        for number in 0..size {
            ids.push(submitted(&mut browser, &format!("contract {number}"), "ours-first").await);
        }
        let mut desk = Desk::ask_at(data, &mut browser, phone, &ids).await;
        let body = desk.sign(phone, system_clock()());
        let reply = desk.hand_over(&mut browser, &body).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        Self {
            desk,
            browser,
            acknowledged: BTreeMap::new(),
        }
    }

    /// Hands over what is left, until the server is gone.
    async fn upload(&mut self) {
        for index in 0..self.desk.finished.len() {
            if self.acknowledged.contains_key(&index) {
                continue;
            }
            let cookie = self.browser.cookie_header();
            let headers = [
                ("cookie", cookie.as_str()),
                ("origin", &self.browser.origin),
                ("sec-fetch-site", "same-origin"),
                ("x-csrf-token", &self.browser.csrf),
                ("content-type", "application/octet-stream"),
                ("user-agent", CHROME),
            ];
            let path = format!("{REQUESTS}/{}/documents/{index}", self.desk.jti);
            let bytes = Bytes::from(self.desk.finished[index].clone());
            let address = self.browser.address;
            let Some(reply) = try_send(address, Method::PUT, &path, &headers, bytes).await else {
                return;
            };
            assert_eq!(reply.status, 200, "{:?}", reply.body);
            self.acknowledged.insert(index, reply.json());
        }
    }

    /// Every contract is sealed or untouched; what was acknowledged is sealed, and its file what it says.
    async fn check(&mut self) {
        for (index, document) in self.desk.documents.clone().iter().enumerate() {
            let id = document["contract"].as_i64().unwrap();
            let contract = detail(&mut self.browser, id).await;
            let sealed = contract["parties"][0]["sealed"] != Value::Null;
            let (file, steps) = (&contract["file"], contract["history"].as_array().unwrap());
            let done = steps
                .iter()
                .filter(|step| step["step"] == "seal" && step["done"] != Value::Null);
            assert_eq!(done.count(), usize::from(sealed));
            assert_eq!(file["revision"].as_i64().unwrap() > 1, sealed, "{contract}");
            assert!(
                sealed || !self.acknowledged.contains_key(&index),
                "lost: {contract}"
            );
            let path = format!("/api/contracts/{id}/revisions/{}", file["revision"]);
            let bytes = self.browser.get(&path).await.body;
            let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
            assert_eq!(file["sha256"], hash);
        }
    }
}

/// No row names a file that is not there.
fn check_files(data: &Path) {
    let named: Vec<(Vec<u8>, u64)> = store::read_file(&data.join("portal.sqlite"), |transaction| {
        let mut select = transaction.prepare("SELECT file, file_size FROM contract_revision")?;
        let rows = select.query_map([], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        Ok::<_, store::StoreError>(rows.collect::<Result<_, _>>()?)
    })
    .unwrap();
    for (hash, size) in named {
        let bytes = std::fs::read(
            data.join("files")
                .join(data_encoding::HEXLOWER.encode(&hash)),
        )
        .unwrap();
        assert_eq!(
            (bytes.len() as u64, Sha256::digest(&bytes).to_vec()),
            (size, hash)
        );
    }
}
