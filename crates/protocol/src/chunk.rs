//! Messages over the channel: cut into pieces that fit a frame, encrypted, decrypted, joined.
//!
//! 1. [`Channel::seal`] cuts a message, puts a flag before each piece, and encrypts each.
//! 2. [`Channel::open`] decrypts the next frame's body and keeps its piece until the last one completes the message.
//!
//! **Threat note.** What the other end can make us keep is bounded before it is kept: 256 KiB, and no empty pieces that would
//! never get anywhere. After an error the channel is dead: the session ends, nothing tries to go on.

use crate::limits;
use crate::noise::{CheckNumber, Established, NoiseError, TAG_LENGTH};

/// Bytes before the body of a binary frame.
pub(crate) const NUMBER_LENGTH: usize = 4;
/// Largest piece: what a frame leaves beside number, flag and the cipher's tag.
const PIECE_BYTES: usize = limits::FRAME_BYTES - NUMBER_LENGTH - 1 - TAG_LENGTH;
const LAST: u8 = 0x00;
const MORE: u8 = 0x01;

/// Why a body was not accepted. All of it is the other end's fault, or the relay's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChunkError {
    #[error("a message was split with an empty piece")]
    EmptyPiece,
    #[error("a piece without, or with an unknown, flag")]
    Flag,
    #[error("a message of more than 256 KiB")]
    TooLong,
    #[error(transparent)]
    Noise(#[from] NoiseError),
}

/// An established channel that carries whole messages.
pub(crate) struct Channel {
    noise: Established,
    /// Pieces of a message whose last piece has not come yet.
    partial: Vec<u8>,
}

impl Channel {
    pub(crate) fn new(noise: Established) -> Self {
        Self {
            noise,
            partial: Vec::new(),
        }
    }

    /// Encrypts a message into the bodies of one or more frames, to be sent in this order.
    ///
    /// # Errors
    /// [`ChunkError::TooLong`] if the message is over the limit.
    pub(crate) fn seal(&mut self, message: &[u8]) -> Result<Vec<Vec<u8>>, ChunkError> {
        if message.len() > limits::MESSAGE_BYTES {
            return Err(ChunkError::TooLong);
        }
        // An empty message still is one (empty) last piece.
        let count = message.len().div_ceil(PIECE_BYTES).max(1);
        (1..=count)
            .map(|position| {
                let start = (position - 1) * PIECE_BYTES;
                let piece = &message[start..message.len().min(start + PIECE_BYTES)];
                let flag = if position == count { LAST } else { MORE };
                Ok(self.noise.send(&[&[flag], piece].concat())?)
            })
            .collect()
    }

    /// Decrypts the next frame's body; gives the message if it is complete with it.
    ///
    /// # Errors
    /// Any [`ChunkError`]; the channel must not be used any more.
    pub(crate) fn open(&mut self, body: &[u8]) -> Result<Option<Vec<u8>>, ChunkError> {
        let plain = self.noise.receive(body)?;
        let (last, piece) = match plain.split_first() {
            Some((&LAST, piece)) => (true, piece),
            Some((&MORE, piece)) => (false, piece),
            _ => return Err(ChunkError::Flag),
        };
        if piece.is_empty() && !(last && self.partial.is_empty()) {
            return Err(ChunkError::EmptyPiece);
        }
        if self.partial.len() + piece.len() > limits::MESSAGE_BYTES {
            return Err(ChunkError::TooLong);
        }
        self.partial.extend_from_slice(piece);
        Ok(last.then(|| core::mem::take(&mut self.partial)))
    }

    /// The four digits both screens show.
    pub(crate) fn check_number(&self) -> CheckNumber {
        self.noise.check_number()
    }

    /// What ties an assertion to this channel.
    pub(crate) fn channel_binding(&self) -> [u8; 32] {
        self.noise.channel_binding()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::ids::PageKey;
    use crate::noise::{Context, Initiator, Responder, public_key};
    use crate::qr::{FrameKey, KIND_RELAY};

    /// Two ends after a handshake: phone, page.
    fn pair() -> (Established, Established) {
        let session = PageKey::from_bytes([1; 32]).session_id();
        let secret = FrameKey::from_bytes([2; 32]).secret(5);
        let context = Context {
            session: &session,
            kind: KIND_RELAY,
            frame: 5,
            secret: &secret,
        };
        let (phone, first) =
            Initiator::start(&context, &public_key(&[3; 32]), [4; 32], b"hello").unwrap();
        let (page, hello) = Responder::read(&context, &[3; 32], [5; 32], &first).unwrap();
        assert_eq!(hello, b"hello");
        let (page, second) = page.reply(b"request").unwrap();
        let (phone, request) = phone.finish(&second).unwrap();
        assert_eq!(request, b"request");
        (phone, page)
    }

    fn channels() -> (Channel, Channel) {
        let (phone, page) = pair();
        (Channel::new(phone), Channel::new(page))
    }

    fn pass(from: &mut Channel, to: &mut Channel, message: &[u8]) -> Result<Vec<u8>, ChunkError> {
        let bodies = from.seal(message)?;
        let (last, first) = bodies.split_last().unwrap();
        for body in first {
            assert_eq!(to.open(body)?, None);
        }
        Ok(to.open(last)?.unwrap())
    }

    #[test]
    fn both_ends_see_the_same_check_number_and_binding() {
        let (phone, page) = channels();
        assert_eq!(phone.check_number(), page.check_number());
        assert_eq!(phone.channel_binding(), page.channel_binding());
        assert_eq!(phone.check_number().to_string().len(), 4);
    }

    #[test]
    fn messages_up_to_the_limit_pass_and_one_byte_more_does_not() {
        let (mut phone, mut page) = channels();
        for length in [0, 1, PIECE_BYTES, PIECE_BYTES + 1, limits::MESSAGE_BYTES] {
            let message = vec![7; length];
            assert_eq!(pass(&mut phone, &mut page, &message).unwrap(), message);
            assert_eq!(pass(&mut page, &mut phone, &message).unwrap(), message);
        }
        assert_eq!(
            phone.seal(&vec![7; limits::MESSAGE_BYTES + 1]),
            Err(ChunkError::TooLong)
        );
    }

    #[test]
    fn the_largest_piece_fills_a_frame_exactly() {
        let (mut phone, _) = channels();
        let body = &phone.seal(&vec![0; PIECE_BYTES]).unwrap()[0];
        assert_eq!(body.len() + NUMBER_LENGTH, limits::FRAME_BYTES);
        assert_eq!(phone.seal(&vec![0; PIECE_BYTES + 1]).unwrap().len(), 2);
    }

    #[test]
    fn a_receiver_refuses_the_byte_past_the_limit_from_a_sender_that_does_not_count() {
        let (mut phone, page) = pair();
        let mut page = Channel::new(page);
        let mut left = limits::MESSAGE_BYTES;
        while left > 0 {
            let piece = left.min(PIECE_BYTES);
            left -= piece;
            let body = phone.send(&[vec![MORE], vec![0; piece]].concat()).unwrap();
            assert_eq!(page.open(&body), Ok(None));
        }
        assert_eq!(
            page.open(&phone.send(&[LAST, 0]).unwrap()),
            Err(ChunkError::TooLong)
        );
    }

    #[test]
    fn missing_and_unknown_flags_and_empty_pieces_are_refused() {
        for (plain, error) in [
            (vec![vec![]], ChunkError::Flag),
            (vec![vec![2, 1]], ChunkError::Flag),
            (vec![vec![MORE]], ChunkError::EmptyPiece),
            (vec![vec![MORE, 1], vec![LAST]], ChunkError::EmptyPiece),
        ] {
            let (mut phone, page) = pair();
            let mut page = Channel::new(page);
            let (last, first) = plain.split_last().unwrap();
            for piece in first {
                assert_eq!(page.open(&phone.send(piece).unwrap()), Ok(None));
            }
            assert_eq!(
                page.open(&phone.send(last).unwrap()),
                Err(error),
                "{plain:?}"
            );
        }
    }

    #[test]
    fn a_message_repeated_or_out_of_order_does_not_decrypt() {
        let (mut phone, mut page) = channels();
        let one = phone.seal(b"one").unwrap().remove(0);
        let two = phone.seal(b"two").unwrap().remove(0);
        assert_eq!(
            page.open(&two),
            Err(ChunkError::Noise(NoiseError::Undecipherable))
        );
        assert_eq!(page.open(&one).unwrap().unwrap(), b"one");
        assert_eq!(
            page.open(&one),
            Err(ChunkError::Noise(NoiseError::Undecipherable))
        );
    }

    #[test]
    fn another_session_kind_frame_or_secret_does_not_shake_hands() {
        let session = PageKey::from_bytes([1; 32]).session_id();
        let other = PageKey::from_bytes([9; 32]).session_id();
        let key = FrameKey::from_bytes([2; 32]);
        let (secret, other_secret) = (key.secret(5), key.secret(6));
        let good = Context {
            session: &session,
            kind: KIND_RELAY,
            frame: 5,
            secret: &secret,
        };
        let (_, first) = Initiator::start(&good, &public_key(&[3; 32]), [4; 32], b"hello").unwrap();
        assert!(Responder::read(&good, &[3; 32], [5; 32], &first).is_ok());
        for bad in [
            Context {
                session: &other,
                ..good
            },
            Context { kind: 2, ..good },
            Context { frame: 6, ..good },
            Context {
                secret: &other_secret,
                ..good
            },
        ] {
            let error = Responder::read(&bad, &[3; 32], [5; 32], &first).err();
            assert_eq!(error, Some(NoiseError::Undecipherable));
        }
        assert_eq!(
            Responder::read(&good, &[8; 32], [5; 32], &first).err(),
            Some(NoiseError::Undecipherable)
        );
    }

    proptest! {
        #[test]
        fn any_flipped_byte_of_a_handshake_message_stops_it(position in 0_usize..1_000, flip in 1_u8..) {
            let session = PageKey::from_bytes([1; 32]).session_id();
            let secret = FrameKey::from_bytes([2; 32]).secret(5);
            let context = Context { session: &session, kind: KIND_RELAY, frame: 5, secret: &secret };
            let (phone, mut first) = Initiator::start(&context, &public_key(&[3; 32]), [4; 32], b"hello").unwrap();
            let (page, _) = Responder::read(&context, &[3; 32], [5; 32], &first).unwrap();
            let (_, mut second) = page.reply(b"request").unwrap();
            let length = first.len();
            first[position % length] ^= flip;
            prop_assert!(Responder::read(&context, &[3; 32], [5; 32], &first).is_err());
            let length = second.len();
            second[position % length] ^= flip;
            prop_assert!(phone.finish(&second).is_err());
        }

        #[test]
        fn any_flipped_byte_of_a_frame_yields_no_message(
            message in prop::collection::vec(any::<u8>(), 0..100), position in 0_usize..1_000, flip in 1_u8..,
        ) {
            let (mut phone, mut page) = channels();
            let mut body = phone.seal(&message).unwrap().remove(0);
            let length = body.len();
            body[position % length] ^= flip;
            prop_assert_eq!(page.open(&body), Err(ChunkError::Noise(NoiseError::Undecipherable)));
        }

        #[test]
        fn any_message_passes_as_it_is(message in prop::collection::vec(any::<u8>(), 0..150_000)) {
            let (mut phone, mut page) = channels();
            prop_assert_eq!(pass(&mut phone, &mut page, &message).unwrap(), message);
        }
    }
}
