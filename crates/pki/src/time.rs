//! The moment at which something is judged.

#[cfg(feature = "path")]
use core::time::Duration;

use serde::{Deserialize, Serialize};
use x509_cert::time::Time;

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Everything in `crates/` that needs to know the time takes one of these as a parameter; nothing reads a clock.
/// Serialised as a bare number, as JWS claims want it (RFC 7519 section 2, NumericDate).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The moment `secs` seconds after the epoch.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs)
    }

    /// Seconds since the epoch.
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// The moment `secs` seconds later; the last representable moment if there is none so late.
    #[must_use]
    pub const fn saturating_add_secs(self, secs: u64) -> Self {
        Self(self.0.saturating_add(secs))
    }

    /// The seconds from `earlier` to this moment; none if `earlier` is later.
    pub const fn saturating_secs_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    #[cfg(feature = "path")]
    pub(crate) const fn to_duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl From<Time> for UnixTime {
    fn from(time: Time) -> Self {
        Self(time.to_unix_duration().as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_at_the_ends_saturates() {
        let last = UnixTime::from_secs(u64::MAX);
        assert_eq!(last.saturating_add_secs(1), last);
        assert_eq!(
            UnixTime::from_secs(5).saturating_secs_since(UnixTime::from_secs(6)),
            0
        );
        assert_eq!(
            UnixTime::from_secs(6).saturating_secs_since(UnixTime::from_secs(5)),
            1
        );
    }
}
