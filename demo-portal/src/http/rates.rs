//! How often somebody may try (GCRA by the crate `governor`), per address and per account.

use std::{
    fmt,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use crate::{
    http::Problem,
    portal::Clock,
    security::{SecurityEventKind, SecurityLog, Tried},
};

/// Keys a limiter holds before it forgets those that have fully recovered.
const KEYS_BEFORE_CLEANING: usize = 10_000;

/// How much is allowed: `burst` at once, one more every `every`.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Tries at once.
    pub burst: NonZeroU32,
    /// Time after which one more is allowed.
    pub every: Duration,
}

/// The limits of all endpoints.
#[derive(Clone, Copy, Debug)]
pub struct RateSettings {
    /// Password tries on one account: guessing takes years, a person who mistypes is not locked out for long.
    pub password_per_account: Rate,
    /// Password tries from one address: an office behind one address logs in at nine o'clock.
    pub password_per_address: Rate,
    /// Requests for a scan and assertions from one address: pages of a whole office renew their codes every three minutes.
    pub scan_per_address: Rate,
    /// Enrolments from one address.
    pub enrolment_per_address: Rate,
    /// Registrations from one address: an enterprise registers once, and mistypes a few times.
    pub registration_per_address: Rate,
    /// Calls about seals from one address: a phone asks a few times a day, and an office shares an address.
    pub seals_per_address: Rate,
    /// Time stamps for one address: a morning's contracts of an office, sealed in one scan and stamped twice.
    pub timestamps_per_address: Rate,
    /// People added by one administrator: a department at once.
    pub people_per_account: Rate,
}

impl Default for RateSettings {
    fn default() -> Self {
        let rate = |burst, seconds| Rate {
            burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
            every: Duration::from_secs(seconds),
        };
        Self {
            password_per_account: rate(5, 60),
            password_per_address: rate(30, 2),
            scan_per_address: Rate {
                every: Duration::from_millis(200),
                ..rate(300, 1)
            },
            enrolment_per_address: rate(20, 6),
            registration_per_address: rate(20, 6),
            seals_per_address: rate(60, 2),
            timestamps_per_address: Rate {
                every: Duration::from_millis(200),
                ..rate(300, 1)
            },
            people_per_account: rate(30, 10),
        }
    }
}

/// The limiters in use.
pub struct Rates {
    /// Who ran into one of them.
    pub security: Arc<SecurityLog>,
    /// See [`RateSettings::password_per_account`]; the key is the user name as typed, in lower case.
    pub password_per_account: Limiter<String>,
    /// See [`RateSettings::password_per_address`].
    pub password_per_address: Limiter<Network>,
    /// See [`RateSettings::scan_per_address`].
    pub scan_per_address: Limiter<Network>,
    /// See [`RateSettings::enrolment_per_address`].
    pub enrolment_per_address: Limiter<Network>,
    /// See [`RateSettings::registration_per_address`].
    pub registration_per_address: Limiter<Network>,
    /// See [`RateSettings::seals_per_address`].
    pub seals_per_address: Limiter<Network>,
    /// See [`RateSettings::timestamps_per_address`].
    pub timestamps_per_address: Limiter<Network>,
    /// See [`RateSettings::people_per_account`]; the key is the account's id.
    pub people_per_account: Limiter<i64>,
}

impl Rates {
    /// Starts with nobody having tried.
    pub fn new(settings: &RateSettings, clock: Clock) -> Self {
        let security = Arc::new(SecurityLog::new(clock));
        let (network, account) = (SecurityEventKind::RateLimited, SecurityEventKind::Locked);
        Self {
            password_per_account: Limiter::new(
                settings.password_per_account,
                (account, Tried::Password),
                &security,
            ),
            password_per_address: Limiter::new(
                settings.password_per_address,
                (network, Tried::Password),
                &security,
            ),
            scan_per_address: Limiter::new(
                settings.scan_per_address,
                (network, Tried::Scan),
                &security,
            ),
            enrolment_per_address: Limiter::new(
                settings.enrolment_per_address,
                (network, Tried::Enrolment),
                &security,
            ),
            registration_per_address: Limiter::new(
                settings.registration_per_address,
                (network, Tried::Registration),
                &security,
            ),
            seals_per_address: Limiter::new(
                settings.seals_per_address,
                (network, Tried::Seals),
                &security,
            ),
            timestamps_per_address: Limiter::new(
                settings.timestamps_per_address,
                (network, Tried::Timestamp),
                &security,
            ),
            people_per_account: Limiter::new(
                settings.people_per_account,
                (account, Tried::People),
                &security,
            ),
            security,
        }
    }
}

/// What counts as one address: an IPv4 address, or the 64 bits an IPv6 provider gives to one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
            v4 => v4,
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(f),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

/// One limit for many keys.
pub struct Limiter<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    counts_as: (SecurityEventKind, Tried),
    security: Arc<SecurityLog>,
}

impl<K: Hash + Eq + Clone + fmt::Display> Limiter<K> {
    fn new(rate: Rate, counts_as: (SecurityEventKind, Tried), security: &Arc<SecurityLog>) -> Self {
        let quota = Quota::with_period(rate.every)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(rate.burst);
        Self {
            limiter: RateLimiter::keyed(quota),
            counts_as,
            security: Arc::clone(security),
        }
    }

    /// Counts a try.
    ///
    /// # Errors
    /// 429 `rate-limited` with the seconds to wait.
    pub fn check(&self, key: K) -> Result<(), Problem> {
        if self.limiter.len() > KEYS_BEFORE_CLEANING {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&key).map_err(|early| {
            let (kind, what) = self.counts_as;
            self.security.record(kind, what, &key.to_string());
            let wait = early.wait_time_from(self.limiter.clock().now());
            Problem::rate_limited(wait.as_secs() + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::portal::system_clock;

    #[test]
    fn burst_is_allowed_and_one_more_refused_until_time_passes() {
        let security = Arc::new(SecurityLog::new(system_clock()));
        let rate = Rate {
            burst: NonZeroU32::new(3).unwrap(),
            every: Duration::from_secs(60),
        };
        let counts_as = (SecurityEventKind::Locked, Tried::Password);
        let limiter = Limiter::new(rate, counts_as, &security);
        for _ in 0..3 {
            limiter.check("a").unwrap();
        }
        assert!(limiter.check("a").is_err());
        limiter.check("b").unwrap();
        let seen = security.list();
        assert_eq!((seen.len(), seen[0].subject.as_str()), (1, "a"));
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:203.0.113.9"), network("203.0.113.9"));
    }
}
