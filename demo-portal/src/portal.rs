//! What all routes share.

use std::sync::Arc;

use scanseal_pki::UnixTime;
use scanseal_protocol::{Origin, qr::Link};
use scanseal_relay::forwarded::Proxies;
use tokio::sync::Semaphore;

use crate::{
    authority::{
        Authority, AuthorityError,
        seals::{self, SealStatus, making::SealPress},
        trust::{SignedTrustList, TrustLists},
    },
    contracts::Contracts,
    http::{Problem, origins::Origins, rates::Rates},
    platform::{certificates::Showing, password::Passwords},
    platform_keys::PlatformKeys,
    store::{Store, StoreError},
    webhook::Webhooks,
};

/// Reads the time. Tests set their own.
pub type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;

/// Path of the link in QR codes; one letter, since each makes the code denser.
pub const LINK_PATH: &str = "/S";

/// The running portal: platform half and authority.
pub struct Portal {
    /// Its memory.
    pub store: Store,
    /// Its authorities.
    pub authority: Authority,
    /// What it signs requests with.
    pub platform: PlatformKeys,
    /// Draws seals.
    pub press: SealPress,
    /// How many seals' pictures are read at a time.
    pub pictures: Semaphore,
    /// The trust list.
    pub trust: TrustLists,
    /// Where browsers reach it.
    pub origins: Origins,
    /// Link of the QR codes, if it is not the page's own origin.
    pub link: Option<Link>,
    /// Checks passwords.
    pub passwords: Passwords,
    /// Limits tries.
    pub rates: Rates,
    /// Proxies whose word about addresses is taken.
    pub proxies: Proxies,
    /// The time.
    pub clock: Clock,
    /// Where messages about what happened go.
    pub webhooks: Webhooks,
    /// Contracts.
    pub contracts: Contracts,
}

/// The system's clock.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        UnixTime::from_secs(since.map_or(0, |since| since.as_secs()))
    })
}

impl Portal {
    /// The time.
    pub fn now(&self) -> UnixTime {
        (self.clock)()
    }

    /// The current trust list.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn trust_list(&self) -> Result<SignedTrustList, AuthorityError> {
        self.trust.current(&self.store, self.now()).await
    }

    /// What a seal is worth now, by its esID. For a decision, ask [`seals::status`] in the transaction that decides.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn seal_status(&self, es_id: &str) -> Result<SealStatus, StoreError> {
        let (es_id, now) = (es_id.to_owned(), self.now());
        self.store
            .read(move |transaction| seals::status(transaction, &es_id, now))
            .await
    }

    /// What views are made with.
    ///
    /// # Errors
    /// Only faults of the server.
    pub async fn showing(&self) -> Result<Showing, Problem> {
        let signed = self.trust_list().await;
        let list = signed.map_err(|error| Problem::internal(&error))?.list;
        Ok(Showing::new(&list, self.now()))
    }

    /// The link for QR codes on pages of `origin`.
    pub fn link_for(&self, origin: &Origin) -> String {
        self.link.as_ref().map_or_else(
            || format!("{}{LINK_PATH}", origin.as_str()),
            ToString::to_string,
        )
    }
}
