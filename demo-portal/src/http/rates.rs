//! How often somebody may try (GCRA by the crate `governor`), per address and per account.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

use crate::http::Problem;

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
        }
    }
}

/// The limiters in use.
pub struct Rates {
    /// See [`RateSettings::password_per_account`]; the key is the user name as typed, in lower case.
    pub password_per_account: Limiter<String>,
    /// See [`RateSettings::password_per_address`].
    pub password_per_address: Limiter<Network>,
    /// See [`RateSettings::scan_per_address`].
    pub scan_per_address: Limiter<Network>,
    /// See [`RateSettings::enrolment_per_address`].
    pub enrolment_per_address: Limiter<Network>,
}

impl Rates {
    /// Starts with nobody having tried.
    pub fn new(settings: &RateSettings) -> Self {
        Self {
            password_per_account: Limiter::new(settings.password_per_account),
            password_per_address: Limiter::new(settings.password_per_address),
            scan_per_address: Limiter::new(settings.scan_per_address),
            enrolment_per_address: Limiter::new(settings.enrolment_per_address),
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

/// One limit for many keys.
pub struct Limiter<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(rate: Rate) -> Self {
        let quota = Quota::with_period(rate.every)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(rate.burst);
        Self(RateLimiter::keyed(quota))
    }

    /// Counts a try.
    ///
    /// # Errors
    /// 429 `rate-limited` with the seconds to wait.
    pub fn check(&self, key: K) -> Result<(), Problem> {
        if self.0.len() > KEYS_BEFORE_CLEANING {
            self.0.retain_recent();
        }
        self.0.check_key(&key).map_err(|early| {
            let wait = early.wait_time_from(self.0.clock().now());
            Problem::rate_limited(wait.as_secs() + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn burst_is_allowed_and_one_more_refused_until_time_passes() {
        let limiter = Limiter::new(Rate {
            burst: NonZeroU32::new(3).unwrap(),
            every: Duration::from_secs(60),
        });
        for _ in 0..3 {
            limiter.check("a").unwrap();
        }
        assert!(limiter.check("a").is_err());
        limiter.check("b").unwrap();
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:203.0.113.9"), network("203.0.113.9"));
    }
}
