//! How long to wait before connecting again: 0.25, 0.5, 1, 2, 4, 4, ... s, each times a random factor from 0.5 to 1, so that
//! a restarted relay does not get everybody back in the same moment.

use crate::encoding::tag;

/// Waits in milliseconds; the last one repeats.
const STEPS_MS: [u64; 5] = [250, 500, 1_000, 2_000, 4_000];

/// Draws the waits of one session from its seed.
pub(super) struct BackOff {
    seed: [u8; 32],
    draws: u64,
    failures: usize,
}

impl BackOff {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        Self {
            seed,
            draws: 0,
            failures: 0,
        }
    }

    /// Milliseconds to wait after one more failure.
    pub(super) fn next_wait(&mut self) -> u64 {
        let [high, low, ..] = tag(
            "scanseal.v1 jitter",
            &[&self.seed, &self.draws.to_be_bytes()],
        );
        self.draws = self.draws.wrapping_add(1);
        let step = STEPS_MS[self.failures.min(STEPS_MS.len() - 1)];
        self.failures = self.failures.saturating_add(1);
        // 512/1024 to 1024/1024.
        step * (512 + u64::from(u16::from_be_bytes([high, low]) % 513)) / 1_024
    }

    /// The other side answered: the next failure is a first one again.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_four_seconds_within_their_jitter_and_start_again_after_success() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..50 {
            let mut back_off = BackOff::new([seed; 32]);
            for step in [250, 500, 1_000, 2_000, 4_000, 4_000, 4_000] {
                let wait = back_off.next_wait();
                assert!((step / 2..=step).contains(&wait), "{wait} of {step}");
                seen.insert(wait);
            }
            back_off.reset();
            assert!(back_off.next_wait() <= 250);
        }
        assert!(seen.len() > 100, "the factor is random");
    }
}
