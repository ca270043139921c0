//! The rotating frames of the QR code: which one is shown, and which may still be used.

use std::collections::VecDeque;

use crate::limits;
use crate::qr::{FrameKey, FrameSecret};
use crate::time::Millis;

/// Counts frames and remembers when the recent ones were first shown.
pub(super) struct Frames {
    key: FrameKey,
    interval_ms: u64,
    next: u16,
    /// Number and first showing, oldest first.
    shown: VecDeque<(u16, Millis)>,
}

impl Frames {
    pub(super) fn new(key: FrameKey, interval_ms: u64) -> Self {
        Self {
            key,
            interval_ms,
            next: 0,
            shown: VecDeque::new(),
        }
    }

    /// Begins the next frame: its number and secret.
    pub(super) fn show(&mut self, now: Millis) -> (u16, FrameSecret) {
        let frame = self.next;
        self.next = frame.wrapping_add(1);
        self.shown
            .retain(|&(_, shown)| now.since(shown) <= limits::FRAME_AGE_MS);
        self.shown.push_back((frame, now));
        (frame, self.key.secret(frame))
    }

    /// When the next frame is to be shown.
    pub(super) fn due(&self) -> Option<Millis> {
        self.shown
            .back()
            .map(|&(_, shown)| shown + self.interval_ms)
    }

    /// The secret of a frame that may be used now; none if it is too old or was never shown.
    pub(super) fn secret(&self, frame: u16, now: Millis) -> Option<FrameSecret> {
        self.shown
            .iter()
            .any(|&(number, shown)| number == frame && now.since(shown) <= limits::FRAME_AGE_MS)
            .then(|| self.key.secret(frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_may_be_used_for_exactly_ten_seconds() {
        let mut frames = Frames::new(FrameKey::from_bytes([1; 32]), 3_000);
        let (frame, secret) = frames.show(Millis(5));
        assert_eq!(frames.secret(frame, Millis(10_005)), Some(secret));
        assert_eq!(frames.secret(frame, Millis(10_006)), None);
        assert_eq!(frames.secret(1, Millis(5)), None, "not shown yet");
    }

    #[test]
    fn numbers_go_round_and_old_frames_are_forgotten() {
        let mut frames = Frames::new(FrameKey::from_bytes([1; 32]), 1_000);
        for second in 0..70_000 {
            let (frame, _) = frames.show(Millis(second * 1_000));
            assert_eq!(u64::from(frame), second % 65_536);
            assert!(frames.shown.len() <= 11);
        }
        assert_eq!(frames.due(), Some(Millis(70_000_000)));
    }
}
