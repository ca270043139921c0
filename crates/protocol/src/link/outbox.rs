//! Numbering at both ends of one direction: what was sent and is not acknowledged, and what is expected next.
//!
//! **Threat note.** The relay may drop, repeat and reorder. The [`Inbox`] takes exactly the next number, so a frame reaches the
//! channel once and in order or not at all. The [`Outbox`] sends a frame again byte for byte, so no nonce is ever used for two
//! plaintexts, and believes no acknowledgement of what it has not sent.

use std::collections::VecDeque;

use super::Malformed;
use crate::chunk::NUMBER_LENGTH;
use crate::limits;

/// The sender's side: every frame the other end has not acknowledged.
#[derive(Default)]
pub(super) struct Outbox {
    /// Number of the first frame kept.
    base: u32,
    /// Whole frames, number included.
    frames: VecDeque<Vec<u8>>,
    /// How many of them were sent at least once; the rest waits for room.
    sent: usize,
    /// Bytes of those that were sent.
    sent_bytes: usize,
}

impl Outbox {
    /// Numbers a body and keeps the frame.
    pub(super) fn push(&mut self, body: &[u8]) {
        let kept = u32::try_from(self.frames.len()).unwrap_or(u32::MAX);
        let number = self.base.wrapping_add(kept);
        self.frames
            .push_back([number.to_be_bytes().as_slice(), body].concat());
    }

    /// Frames that were never sent and fit into what may be unacknowledged; they count as sent from now on.
    pub(super) fn fresh(&mut self) -> impl Iterator<Item = &Vec<u8>> {
        let start = self.sent;
        while let Some(frame) = self.frames.get(self.sent) {
            if self.sent_bytes + frame.len() > limits::UNACKNOWLEDGED_BYTES {
                break;
            }
            self.sent_bytes += frame.len();
            self.sent += 1;
        }
        self.frames.range(start..self.sent)
    }

    /// Frames that were sent and are not acknowledged.
    pub(super) fn unacknowledged(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.frames.range(..self.sent)
    }

    /// The other end has all frames below `next`.
    ///
    /// # Errors
    /// [`Malformed`] if that covers a frame that was never sent. A number it has told before is no news and no error.
    pub(super) fn acknowledge(&mut self, next: u32) -> Result<(), Malformed> {
        let count = usize::try_from(next.saturating_sub(self.base)).map_err(|_| Malformed)?;
        if count > self.sent {
            return Err(Malformed);
        }
        self.sent_bytes -= self
            .frames
            .drain(..count)
            .map(|frame| frame.len())
            .sum::<usize>();
        self.sent -= count;
        self.base = self.base.max(next);
        Ok(())
    }

    /// Whether the other end has everything.
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

/// The receiver's side: the number of the frame to take next.
#[derive(Default)]
pub(super) struct Inbox {
    next: u32,
}

impl Inbox {
    /// The body of `frame` if it is the next one; none if it is a duplicate or comes after a gap.
    ///
    /// # Errors
    /// [`Malformed`] if it is shorter than its number or longer than a frame may be.
    pub(super) fn take<'frame>(
        &mut self,
        frame: &'frame [u8],
    ) -> Result<Option<&'frame [u8]>, Malformed> {
        if frame.len() > limits::FRAME_BYTES {
            return Err(Malformed);
        }
        let (number, body) = frame
            .split_first_chunk::<NUMBER_LENGTH>()
            .ok_or(Malformed)?;
        if u32::from_be_bytes(*number) != self.next {
            return Ok(None);
        }
        self.next = self.next.checked_add(1).ok_or(Malformed)?;
        Ok(Some(body))
    }

    /// Number of the first frame that is lacking.
    pub(super) fn next(&self) -> u32 {
        self.next
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_mebibyte_is_sent_and_the_byte_beyond_waits_for_an_acknowledgement() {
        let mut outbox = Outbox::default();
        let frames = limits::UNACKNOWLEDGED_BYTES / limits::FRAME_BYTES;
        for _ in 0..frames {
            outbox.push(&vec![0; limits::FRAME_BYTES - NUMBER_LENGTH]);
        }
        assert_eq!(outbox.fresh().count(), frames, "exactly the limit");
        outbox.push(&[]);
        assert_eq!(outbox.fresh().count(), 0, "past it");
        outbox.acknowledge(1).unwrap();
        let frame = outbox.fresh().next().unwrap().clone();
        assert_eq!(frame, u32::try_from(frames).unwrap().to_be_bytes());
        assert_eq!(outbox.unacknowledged().count(), frames);
    }

    #[test]
    fn acknowledging_the_last_frame_sent_empties_it_and_one_more_is_malformed() {
        let mut outbox = Outbox::default();
        outbox.push(b"one");
        outbox.push(b"two");
        assert_eq!(
            outbox.acknowledge(1),
            Err(Malformed),
            "nothing was sent yet"
        );
        assert_eq!(outbox.fresh().count(), 2);
        assert_eq!(outbox.acknowledge(3), Err(Malformed));
        outbox.acknowledge(1).unwrap();
        outbox.acknowledge(0).unwrap();
        assert_eq!(
            outbox.unacknowledged().next().unwrap(),
            b"\x00\x00\x00\x01two"
        );
        outbox.acknowledge(2).unwrap();
        assert!(outbox.is_empty());
    }

    #[test]
    fn duplicates_and_gaps_are_dropped_and_lengths_out_of_bounds_refused() {
        let mut inbox = Inbox::default();
        assert_eq!(inbox.take(&[0, 0, 0]), Err(Malformed));
        assert_eq!(inbox.take(&[0, 0, 0, 1, 9]), Ok(None));
        assert_eq!(inbox.take(&[0, 0, 0, 0]), Ok(Some([].as_slice())));
        assert_eq!(inbox.take(&[0, 0, 0, 0]), Ok(None));
        let mut largest = vec![0; limits::FRAME_BYTES];
        largest[3] = 1;
        assert_eq!(
            inbox.take(&largest).unwrap().unwrap().len(),
            limits::FRAME_BYTES - NUMBER_LENGTH
        );
        largest[3] = 2;
        largest.push(0);
        assert_eq!(inbox.take(&largest), Err(Malformed));
        assert_eq!(inbox.next(), 2);
    }
}
