//! Start and stop: everything of the portal in one process.

mod addresses;
mod error;

pub use error::StartError;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use scanseal_platform::webhook::Secret;
use scanseal_protocol::Origin;
use scanseal_relay::{
    Metrics, Relay, RelayConfig,
    accept::{self, AcceptLimits},
    forwarded::Proxies,
};
use serde::Serialize;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
};

use addresses::{bind, lan_phone, link, local_port, own_timestamps, public_origins};

use crate::{
    audit,
    authority::{
        Authority,
        keys::{DataFolder, Occupied},
        seals::making::SealPress,
        trust::TrustLists,
    },
    contracts::{
        self, ContractSettings, Contracts, Services, demo::WaitingContract, files::Files,
        stamping::background,
    },
    http::rates::{RateSettings, Rates},
    net::{self, TlsSource},
    platform::{
        demo::{self, DemoAccount},
        password::Passwords,
    },
    platform_keys::PlatformKeys,
    portal::{Clock, Portal},
    routes,
    store::{Store, StoreError, StoreThread},
    webhook::{
        self, WebhookSettings, Webhooks,
        client::{Client, Endpoint},
        delivery, outbox,
    },
};

/// How long sessions of the relay may go on after the signal to stop: the demo should be gone soon.
const DRAIN: Duration = Duration::from_secs(3);
/// How long the database may take to close.
const STORE_CLOSE: Duration = Duration::from_secs(5);
/// Seals' pictures that are read at a time: decoded and encoded anew, one takes some 50 MB.
const PICTURES_AT_A_TIME: usize = 2;

/// Everything the portal can be told.
pub struct Settings {
    /// Folder with database and keys.
    pub data: PathBuf,
    /// Address for plain HTTP.
    pub listen: SocketAddr,
    /// Address and certificate for HTTPS.
    pub tls: Option<(SocketAddr, TlsSource)>,
    /// Whether to offer the portal under its address in the local network.
    pub lan: bool,
    /// Public origins; empty for those that follow from the addresses.
    pub origins: Vec<Origin>,
    /// Origin for the links in QR codes, if it is not the page's.
    pub link_host: Option<Origin>,
    /// Folder with the built pages.
    pub pages: Option<PathBuf>,
    /// Font to draw seals with; without one, the system's.
    pub seal_font: Option<PathBuf>,
    /// Days for which certificates are issued.
    pub certificate_days: u16,
    /// Proxies in front.
    pub proxies: Proxies,
    /// How often somebody may try.
    pub rates: RateSettings,
    /// The time.
    pub clock: Clock,
    /// Who is told what happened.
    pub webhook: Option<WebhookSettings>,
    /// LibreOffice, for text documents.
    pub soffice: PathBuf,
    /// How long LibreOffice may take for a document.
    pub conversion_time: Duration,
    /// Whether the demo's enterprises begin with some contracts.
    pub demo_contracts: bool,
    /// Font to set contracts in; without one, the system's.
    pub contract_font: Option<PathBuf>,
    /// The time-stamp authority; without one, this process is asked.
    pub timestamps: Option<Endpoint>,
}

/// What has been started, for people and tests.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready {
    /// The desktop page.
    pub desktop: String,
    /// The phone page.
    pub phone: String,
    /// The phone page for a real phone in the same network.
    pub lan_phone: Option<String>,
    /// All public origins.
    pub origins: Vec<String>,
    /// Port of plain HTTP.
    pub port: u16,
    /// Port of HTTPS.
    pub tls_port: Option<u16>,
    /// The demo's accounts.
    pub accounts: Vec<DemoAccount>,
    /// Of a demo that begins with contracts: one that waits for a seal.
    #[serde(skip)]
    pub waiting: Option<WaitingContract>,
}

/// A portal that runs until it is stopped.
pub struct Running {
    ready: Ready,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    store: StoreThread,
    /// Another portal may have the data folder when this one is gone.
    _occupied: Occupied,
}

impl Running {
    /// What has been started.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Stops: takes nothing new, lets what runs finish, closes the database.
    ///
    /// # Errors
    /// [`StoreError`] if the database thread had failed.
    pub async fn stop(self) -> Result<(), StoreError> {
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a listener or the delivery of webhooks ended by a fault");
            }
        }
        let store = self.store;
        let joined = tokio::task::spawn_blocking(move || store.join());
        // A client that hangs may still hold the database; what was acknowledged is on the disk in any case.
        tokio::time::timeout(STORE_CLOSE, joined)
            .await
            .map_or(Ok(()), |joined| joined.map_err(|_| StoreError::Closed)?)
    }
}

/// Starts the portal. When this returns, connections are accepted.
///
/// # Errors
/// [`StartError`].
pub async fn start(settings: Settings) -> Result<Running, StartError> {
    let folder = DataFolder::open(&settings.data)?;
    let occupied = folder.occupy()?;
    let (store, thread) = Store::open(&folder.database())?;
    store.decide(audit::check_latest).await?;
    let data = settings.data.clone();
    let tidied = store.decide(move |transaction| Files::tidy(&data, transaction));
    match tidied.await? {
        0 => {}
        removed => tracing::info!(removed, "files that no contract names were removed"),
    }
    let accounts = demo::seed(&folder, &store, (settings.clock)()).await?;
    let lan = if settings.lan {
        net::lan_address()
    } else {
        None
    };

    let plain = bind(settings.listen).await?;
    let secure = match &settings.tls {
        Some((address, source)) => Some((
            bind(*address).await?,
            net::tls_config(source, &folder, lan)?,
        )),
        None => None,
    };
    let port = local_port(&plain, settings.listen)?;
    let tls_port = secure
        .as_ref()
        .map(|(listener, _)| local_port(listener, settings.listen))
        .transpose()?;
    let origins = public_origins(&settings, port, tls_port, lan)?;
    let link = link(&settings, &origins)?;

    let services = Services {
        timestamps: settings
            .timestamps
            .clone()
            .map_or_else(|| own_timestamps(settings.listen, port), Ok)?,
        client: Client::new()?,
    };
    let contracts = ContractSettings {
        soffice: settings.soffice.clone(),
        conversion_time: settings.conversion_time,
        font: settings.contract_font.clone(),
        services,
    };
    let contracts = Contracts::open(&settings.data, contracts)?;
    let now = (settings.clock)();
    let authority =
        Authority::open(&folder, &store, &origins, settings.certificate_days, now).await?;
    let platform = PlatformKeys::open(&folder, &store, &authority, &origins, now).await?;
    let trust = TrustLists::open(&folder, &store, &authority, &origins, now).await?;
    let mut ready = Ready {
        desktop: format!("{}/", origins.main().as_str()),
        phone: format!("{}/phone", origins.main().as_str()),
        lan_phone: lan_phone(&origins, lan),
        origins: origins
            .iter()
            .map(|origin| origin.as_str().to_owned())
            .collect(),
        port,
        tls_port,
        accounts,
        waiting: None,
    };
    let relay = RelayConfig {
        origins: origins.iter().cloned().collect(),
        proxies: settings.proxies.clone(),
        drain: DRAIN,
        ..RelayConfig::default()
    };
    let press = SealPress::open(settings.seal_font.as_deref()).map_err(|source| {
        let path = settings.seal_font.as_deref().unwrap_or(Path::new(""));
        StartError::Font {
            path: path.display().to_string(),
            source,
        }
    })?;
    let receiver = webhook_receiver(settings.webhook, &folder, &store).await?;
    let portal = Arc::new(Portal {
        store,
        authority,
        platform,
        press,
        pictures: Semaphore::new(PICTURES_AT_A_TIME),
        trust,
        origins,
        link,
        passwords: Passwords::new()?,
        rates: Rates::new(&settings.rates, Arc::clone(&settings.clock)),
        proxies: settings.proxies,
        clock: settings.clock,
        webhooks: Webhooks::new(receiver.as_ref().map(|(settings, _)| settings.url.clone())),
        contracts,
    });
    let relay = Arc::new(Relay::new(relay, Metrics::default()));
    let filter = routes::all(&portal, &relay, settings.pages.as_deref());
    let (stop, stopping) = watch::channel(false);
    let listeners = [
        Some((plain, None)),
        secure.map(|(listener, config)| (listener, Some(config))),
    ];
    let serve = |(listener, tls)| {
        let (filter, relay, mut stopping) = (filter.clone(), Arc::clone(&relay), stopping.clone());
        tokio::spawn(async move {
            let until = async {
                // An error means that the handle is gone: stop as well.
                drop(stopping.wait_for(|stop| *stop).await);
                relay.drain().await;
            };
            accept::serve(listener, tls, filter, AcceptLimits::default(), until).await;
        })
    };
    let mut tasks: Vec<_> = listeners.into_iter().flatten().map(serve).collect();
    tasks.push(tokio::spawn(background::run(
        Arc::clone(&portal),
        stopping.clone(),
    )));
    if settings.demo_contracts {
        // They are sealed, and time stamps come from a listener.
        match contracts::demo::seed(&portal).await {
            Ok(0) => {}
            Ok(made) => tracing::info!(made, "contracts of the demo's enterprises were made"),
            Err(problem) => tracing::error!(
                code = problem.code().as_str(),
                "contracts of the demo's enterprises are missing"
            ),
        }
        ready.waiting = portal.store.read(contracts::demo::waiting).await?;
    }
    if let Some((WebhookSettings { url, .. }, secret)) = receiver {
        let client = Client::new()?;
        tasks.push(tokio::spawn(delivery::run(
            portal, client, url, secret, stopping,
        )));
    }
    Ok(Running {
        ready,
        stop,
        tasks,
        store: thread,
        _occupied: occupied,
    })
}

/// Keeps in mind whether messages are queued, and has their secret at hand.
async fn webhook_receiver(
    settings: Option<WebhookSettings>,
    folder: &DataFolder,
    store: &Store,
) -> Result<Option<(WebhookSettings, Secret)>, StartError> {
    let url = settings.as_ref().map(|settings| settings.url.to_string());
    store
        .write(move |transaction| outbox::set_receiver(transaction, url.as_deref()))
        .await?;
    let Some(settings) = settings else {
        return Ok(None);
    };
    let secret = match &settings.secret {
        Some(secret) => secret.clone(),
        None => webhook::kept_secret(folder)?,
    };
    if settings.secret.is_none() {
        let file = folder.path(webhook::SECRET_FILE);
        tracing::info!(to = %settings.url, file = %file.display(), "webhooks are sent; their secret is in the file");
    } else {
        tracing::info!(to = %settings.url, "webhooks are sent; their secret is the one from the environment");
    }
    Ok(Some((settings, secret)))
}
