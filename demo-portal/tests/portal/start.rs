//! A portal in this process, on a free port, with a clock that tests can move.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use scanseal_pki::UnixTime;
use scanseal_portal::{
    contracts::convert::CONVERSION_TIME,
    http::rates::{Rate, RateSettings},
    portal::{Clock, system_clock},
    serve::{self, Ready, Running, Settings},
    store,
};
use scanseal_relay::forwarded::Proxies;
use serde_json::Value;
use tempfile::TempDir;

use crate::{browser::Browser, phone::Phone};

pub(crate) struct TestPortal {
    pub(crate) address: SocketAddr,
    pub(crate) folder: TempDir,
    time: Arc<AtomicU64>,
    running: Running,
}

/// Rates that no test meets by accident.
pub(crate) fn generous() -> RateSettings {
    let rate = Rate {
        burst: 10_000.try_into().unwrap(),
        every: std::time::Duration::from_millis(1),
    };
    RateSettings {
        password_per_account: rate,
        password_per_address: rate,
        scan_per_address: rate,
        enrolment_per_address: rate,
        registration_per_address: rate,
        people_per_account: rate,
        seals_per_address: rate,
        timestamps_per_address: rate,
    }
}

pub(crate) fn settings(data: PathBuf, clock: Clock) -> Settings {
    Settings {
        data,
        listen: "127.0.0.1:0".parse().unwrap(),
        tls: None,
        lan: false,
        origins: Vec::new(),
        link_host: None,
        pages: None,
        // Where the tests of pictures find theirs, too.
        seal_font: std::env::var_os("SCANSEAL_FONT").map(PathBuf::from),
        certificate_days: 30,
        proxies: Proxies::default(),
        rates: generous(),
        clock,
        webhook: None,
        soffice: PathBuf::from("soffice"),
        conversion_time: CONVERSION_TIME,
        demo_contracts: false,
        contract_font: None,
        timestamps: None,
    }
}

impl TestPortal {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), change).await
    }

    pub(crate) async fn start_in(folder: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let time = Arc::new(AtomicU64::new(system_clock()().as_secs()));
        let clock: Clock = Arc::new({
            let time = Arc::clone(&time);
            move || UnixTime::from_secs(time.load(Ordering::SeqCst))
        });
        let mut settings = settings(folder.path().to_owned(), clock);
        change(&mut settings);
        let running = serve::start(settings).await.unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], running.ready().port));
        Self {
            address,
            folder,
            time,
            running,
        }
    }

    pub(crate) fn ready(&self) -> &Ready {
        self.running.ready()
    }

    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.time.load(Ordering::SeqCst))
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn password_of(&self, login: &str) -> String {
        self.ready()
            .accounts
            .iter()
            .find(|account| account.login == login)
            .unwrap()
            .password
            .clone()
    }

    /// A browser in which `login` is logged in.
    pub(crate) async fn browser_of(&self, login: &str) -> Browser {
        Browser::logged_in(self.address, login, &self.password_of(login)).await
    }

    /// A phone of the account's enterprise, bound to it.
    pub(crate) async fn phone_of(&self, login: &str) -> Phone {
        let accounts = &self.ready().accounts;
        let account = accounts.iter().find(|known| known.login == login).unwrap();
        let enterprise = (account.enterprise.as_str(), account.credit_code.as_str());
        let person = (login, account.password.as_str());
        Phone::bound(self.address, enterprise, person, self.now()).await
    }

    /// What a query says, of a number.
    pub(crate) fn count(&self, select: &str) -> i64 {
        store::with_file(&self.database(), |transaction| {
            Ok(transaction.query_row(select, [], |row| row.get(0))?)
        })
        .unwrap()
    }

    /// Changes something as another process would.
    pub(crate) fn change(&self, statement: &str) {
        store::with_file(&self.database(), |transaction| {
            Ok(transaction.execute_batch(statement)?)
        })
        .unwrap();
    }

    /// The events in the log, the oldest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        store::with_file(&self.database(), |transaction| {
            let mut select = transaction.prepare("SELECT event FROM audit_event ORDER BY seq")?;
            let rows = select.query_map([], |row| row.get::<_, String>(0))?;
            Ok(rows
                .map(|text| serde_json::from_str(&text.unwrap()).unwrap())
                .collect())
        })
        .unwrap()
    }

    /// The events of this name.
    pub(crate) fn events_of(&self, name: &str) -> Vec<Value> {
        let events = self.events().into_iter();
        events.filter(|event| event["event"] == name).collect()
    }

    /// Stops the portal and gives its folder back.
    pub(crate) async fn stop(self) -> TempDir {
        self.running.stop().await.unwrap();
        self.folder
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("portal.sqlite")
    }
}
