//! Counting wrong PINs, and the pause they cost.

use scanseal_pki::UnixTime;
use serde::{Deserialize, Serialize};

/// Tries before the first pause: enough for a slip or two, nothing against 1,000,000 possibilities.
pub const FREE_TRIES: u32 = 5;
/// The first pause, in seconds. Each further wrong PIN is one try and costs twice the pause before it.
pub const FIRST_PAUSE_SECS: u64 = 15 * 60;
/// The longest pause: one try a day keeps a thief out for centuries, and the owner not for ever.
pub const LONGEST_PAUSE_SECS: u64 = 24 * 60 * 60;

/// Tries since the last right PIN. A try counts from the moment it begins, so that an app which is
/// killed before the answer has used it up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Tries {
    begun: u32,
    locked_until: Option<UnixTime>,
}

/// What a wrong PIN costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// So many more tries.
    TriesLeft(u32),
    /// No try before this moment.
    LockedUntil(UnixTime),
}

impl Tries {
    /// Counts a try. What it costs if it fails is settled now, before the PIN is looked at.
    ///
    /// # Errors
    /// The moment until which no try is allowed.
    pub(crate) fn begin(&mut self, now: UnixTime) -> Result<Cost, UnixTime> {
        if let Some(until) = self.locked_until(now) {
            return Err(until);
        }
        self.begun = self.begun.saturating_add(1);
        let Some(pauses) = self.begun.checked_sub(FREE_TRIES) else {
            return Ok(Cost::TriesLeft(FREE_TRIES - self.begun));
        };
        let pause = 1_u64
            .checked_shl(pauses)
            .and_then(|factor| FIRST_PAUSE_SECS.checked_mul(factor));
        let until =
            now.saturating_add_secs(pause.unwrap_or(LONGEST_PAUSE_SECS).min(LONGEST_PAUSE_SECS));
        self.locked_until = Some(until);
        Ok(Cost::LockedUntil(until))
    }

    /// The end of a pause that still lasts.
    pub(crate) fn locked_until(&self, now: UnixTime) -> Option<UnixTime> {
        self.locked_until.filter(|&until| now < until)
    }

    /// Tries before the next pause, this being a moment without one.
    pub(crate) fn left(&self) -> u32 {
        // After a pause there is one try, then the next pause.
        FREE_TRIES.saturating_sub(self.begun).max(1)
    }

    /// The right PIN was typed.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

    fn used_up() -> Tries {
        let mut tries = Tries::default();
        for left in [4, 3, 2, 1] {
            assert_eq!(tries.begin(NOW), Ok(Cost::TriesLeft(left)));
            assert_eq!(tries.left(), left);
        }
        assert_eq!(
            tries.begin(NOW),
            Ok(Cost::LockedUntil(NOW.saturating_add_secs(FIRST_PAUSE_SECS)))
        );
        tries
    }

    #[test]
    fn fifth_wrong_pin_locks_to_the_second() {
        let mut tries = used_up();
        let until = NOW.saturating_add_secs(FIRST_PAUSE_SECS);
        assert_eq!(
            tries.begin(NOW.saturating_add_secs(FIRST_PAUSE_SECS - 1)),
            Err(until)
        );
        assert_eq!(tries.left(), 1);
        assert!(tries.begin(until).is_ok());
    }

    #[test]
    fn each_further_wrong_pin_doubles_the_pause_up_to_a_day() {
        let mut tries = used_up();
        let mut now = NOW.saturating_add_secs(FIRST_PAUSE_SECS);
        for minutes in [30, 60, 120, 240, 480, 960, 1440, 1440, 1440] {
            let until = now.saturating_add_secs(minutes * 60);
            assert_eq!(tries.begin(now), Ok(Cost::LockedUntil(until)));
            assert_eq!(tries.begin(now), Err(until));
            now = until;
        }
    }

    #[test]
    fn a_refused_try_is_not_counted() {
        let mut tries = used_up();
        let before = tries;
        for _ in 0..100 {
            assert!(tries.begin(NOW).is_err());
        }
        assert_eq!(tries, before);
    }

    #[test]
    fn pause_stays_the_longest_however_many_tries_there_were() {
        for begun in [FREE_TRIES + 62, FREE_TRIES + 63, FREE_TRIES + 64, u32::MAX] {
            let mut tries = Tries {
                begun,
                locked_until: None,
            };
            assert_eq!(
                tries.begin(NOW),
                Ok(Cost::LockedUntil(
                    NOW.saturating_add_secs(LONGEST_PAUSE_SECS)
                ))
            );
        }
    }

    #[test]
    fn reset_gives_all_tries_back() {
        let mut tries = used_up();
        tries.reset();
        assert_eq!(tries, Tries::default());
        assert_eq!(tries.left(), FREE_TRIES);
    }
}
