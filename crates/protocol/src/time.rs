//! The clock of the session machines.

use core::ops::{Add, Sub};

/// Milliseconds on the host's monotonic clock, counted from any start (`performance.now()`, `Instant`).
///
/// Session machines get it with each input and answer with the moment at which they want to be woken. Wall-clock times
/// in signed objects are [`scanseal_pki::UnixTime`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// Milliseconds from `earlier` to this moment; none if `earlier` is later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Millis {
    type Output = Self;

    fn add(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

impl Sub<u64> for Millis {
    type Output = Self;

    fn sub(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_sub(milliseconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_at_the_ends_saturates() {
        assert_eq!(Millis(u64::MAX) + 1, Millis(u64::MAX));
        assert_eq!(Millis(1) - 2, Millis(0));
        assert_eq!(Millis(5).since(Millis(6)), 0);
        assert_eq!(Millis(6).since(Millis(5)), 1);
    }
}
