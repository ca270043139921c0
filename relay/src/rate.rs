//! Rate limits: token buckets (GCRA, crate `governor`) per address and per origin.
//!
//! Keys are put into a fixed number of buckets by a keyed hash, so memory is bounded whoever comes with how many addresses, and nobody
//! can aim for somebody else's bucket.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::HashMapStateStore,
};

/// Buckets of one limit: about 3 MB if all are in use, and two of a thousand active addresses seldom share one.
const BUCKETS: u64 = 1 << 16;

/// How often something may happen per minute; 0 switches the limit off. A full bucket lets as many through at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// New sessions per client address.
    pub sessions: u32,
    /// New sessions per web origin.
    pub origin_sessions: u32,
    /// Joins per client address, those of phones that come back included.
    pub joins: u32,
    /// Refused joins per client address; beyond, the refusal says `rate-limited`.
    pub failed_joins: u32,
}

impl Default for Rates {
    /// An office of a hundred people behind one address logs in without noticing.
    fn default() -> Self {
        Self {
            sessions: 120,
            origin_sessions: 6_000,
            joins: 240,
            failed_joins: 30,
        }
    }
}

/// One limit over many keys.
#[derive(Debug)]
pub struct Limit {
    limiter: Option<RateLimiter<u32, HashMapStateStore<u32>, DefaultClock>>,
    hasher: RandomState,
}

/// The bucket is empty; there is something in it again after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Empty(pub Duration);

impl Limit {
    /// At most `count` in a minute, and at once; 0 for no limit.
    pub fn per_minute(count: u32) -> Self {
        let limiter =
            NonZeroU32::new(count).map(|count| RateLimiter::hashmap(Quota::per_minute(count)));
        Self {
            limiter,
            hasher: RandomState::new(),
        }
    }

    /// Takes one for `key`.
    ///
    /// # Errors
    /// [`Empty`] with the time to wait.
    pub fn take(&self, key: &impl Hash) -> Result<(), Empty> {
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        let bucket = u32::try_from(self.hasher.hash_one(key) % BUCKETS)
            .expect("a remainder of 2^16 fits u32");
        limiter
            .check_key(&bucket)
            .map_err(|until| Empty(until.wait_time_from(limiter.clock().now())))
    }

    /// Frees the buckets that are full again. To be called now and then.
    pub fn sweep(&self) {
        if let Some(limiter) = &self.limiter {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// What one client is to a limit: an IPv4 address, or the /64 that one IPv6 customer gets (RFC 6177).
pub fn client_key(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn bucket_gives_its_count_and_not_one_more() {
        let limit = Limit::per_minute(3);
        for _ in 0..3 {
            assert_eq!(limit.take(&1), Ok(()));
        }
        let Err(Empty(wait)) = limit.take(&1) else {
            panic!("the fourth must wait")
        };
        assert!(
            wait > Duration::from_secs(15) && wait <= Duration::from_secs(20),
            "{wait:?}"
        );
        assert_eq!(limit.take(&2), Ok(()));
    }

    #[test]
    fn zero_switches_the_limit_off() {
        let limit = Limit::per_minute(0);
        assert!((0..10_000).all(|_| limit.take(&1).is_ok()));
        limit.sweep();
    }

    #[test]
    fn memory_is_bounded_however_many_clients_come_and_sweeping_frees_it() {
        let limit = Limit::per_minute(60_000);
        for key in 0..200_000_u64 {
            let _ = limit.take(&key);
        }
        let limiter = limit.limiter.as_ref().unwrap();
        assert!(limiter.len() as u64 <= BUCKETS);
        std::thread::sleep(Duration::from_millis(50));
        limit.sweep();
        assert!(limiter.is_empty());
    }

    #[test]
    fn ipv6_customers_count_as_one_and_mapped_ipv4_as_ipv4() {
        let key = |text: &str| client_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
