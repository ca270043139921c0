//! One timer structure for everything that must happen later: session deadlines, first messages, pings.
//!
//! A hashed wheel: an entry costs its own size and nothing while it waits; time passes in ticks. Entries are never taken
//! out. Who finds that an entry no longer matters, ignores it when it comes; who finds it came too early, inserts it again.

use scanseal_protocol::time::Millis;

/// Slots of the wheel. At 100 ms a tick one turn takes 51 s, so that most entries are looked at once or twice before they are due.
const SLOTS: usize = 512;

/// Entries by the moment at which they are due.
#[derive(Debug)]
pub struct Wheel<T> {
    slots: Vec<Vec<(Millis, T)>>,
    tick: u64,
    turned_to: u64,
    entries: usize,
}

impl<T> Wheel<T> {
    /// An empty wheel that starts at `now` and moves every `tick` milliseconds (at least 1).
    pub fn new(now: Millis, tick: u64) -> Self {
        let tick = tick.max(1);
        Self {
            slots: (0..SLOTS).map(|_| Vec::new()).collect(),
            tick,
            turned_to: now.0 / tick,
            entries: 0,
        }
    }

    /// Hands `entry` out with the first [`Self::advance`] at or after `due`.
    pub fn insert(&mut self, due: Millis, entry: T) {
        // The tick *after* `due`, so that nothing comes early; and never one that has already passed.
        let tick = due.0.div_ceil(self.tick).max(self.turned_to + 1);
        let slot = slot_of(tick);
        self.slots[slot].push((due, entry));
        self.entries += 1;
    }

    /// Moves on to `now` and gives what is due, in no particular order.
    pub fn advance(&mut self, now: Millis) -> Vec<T> {
        let target = now.0 / self.tick;
        let mut due = Vec::new();
        // After a long sleep one full turn visits every slot; more would visit them again.
        let first = (self.turned_to + 1).max((target + 1).saturating_sub(SLOTS as u64));
        for tick in first..=target {
            let slot = &mut self.slots[slot_of(tick)];
            let (ready, later): (Vec<_>, Vec<_>) = slot.drain(..).partition(|(at, _)| *at <= now);
            *slot = later;
            due.extend(ready.into_iter().map(|(_, entry)| entry));
        }
        self.turned_to = self.turned_to.max(target);
        self.entries -= due.len();
        due
    }

    /// How many entries wait.
    pub const fn len(&self) -> usize {
        self.entries
    }

    /// Whether nothing waits.
    pub const fn is_empty(&self) -> bool {
        self.entries == 0
    }
}

fn slot_of(tick: u64) -> usize {
    usize::try_from(tick % SLOTS as u64).expect("a remainder of SLOTS fits usize")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_comes_at_its_time_and_not_one_millisecond_earlier() {
        let mut wheel = Wheel::new(Millis(0), 100);
        wheel.insert(Millis(5_000), 'a');
        assert!(wheel.advance(Millis(4_999)).is_empty());
        assert_eq!(wheel.advance(Millis(5_000)), ['a']);
        assert!(wheel.is_empty());
    }

    #[test]
    fn entry_more_than_one_turn_away_waits_for_its_turn() {
        let mut wheel = Wheel::new(Millis(0), 100);
        wheel.insert(Millis(180_000), 'a');
        for now in (0..180_000).step_by(100) {
            assert!(wheel.advance(Millis(now)).is_empty(), "{now}");
        }
        assert_eq!(wheel.advance(Millis(180_000)), ['a']);
    }

    #[test]
    fn after_a_long_sleep_everything_due_comes_once() {
        let mut wheel = Wheel::new(Millis(7), 100);
        for at in 0..2_000 {
            wheel.insert(Millis(at * 61), at);
        }
        let mut due = wheel.advance(Millis(1_000_000));
        due.sort_unstable();
        assert_eq!(due, (0..2_000).collect::<Vec<_>>());
        assert_eq!(wheel.len(), 0);
    }

    #[test]
    fn entry_due_in_the_past_comes_with_the_next_tick() {
        let mut wheel = Wheel::new(Millis(10_000), 100);
        wheel.insert(Millis(3), 'a');
        assert!(wheel.advance(Millis(10_050)).is_empty());
        assert_eq!(wheel.advance(Millis(10_100)), ['a']);
    }
}
