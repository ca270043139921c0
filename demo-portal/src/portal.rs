//! What all routes share.

use std::sync::Arc;

use scanseal_pki::UnixTime;
use scanseal_protocol::{Origin, qr::Link};
use scanseal_relay::forwarded::Proxies;

use crate::{
    authority::{Authority, AuthorityError, PlatformIdentity, trust::SignedTrustList},
    http::{origins::Origins, rates::Rates},
    platform::password::Passwords,
    store::Store,
};

/// Reads the time. Tests set their own.
pub type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;

/// Path of the link in QR codes; one letter, since each makes the code denser.
pub const LINK_PATH: &str = "/S";

/// The running portal: platform half and authority.
pub struct Portal {
    /// Its memory.
    pub store: Store,
    /// Its authority.
    pub authority: Authority,
    /// What it signs requests with.
    pub platform: PlatformIdentity,
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
        self.authority
            .trust_list(&self.store, &self.platform, &self.origins, self.now())
            .await
    }

    /// The link for QR codes on pages of `origin`.
    pub fn link_for(&self, origin: &Origin) -> String {
        self.link.as_ref().map_or_else(
            || format!("{}{LINK_PATH}", origin.as_str()),
            ToString::to_string,
        )
    }
}
