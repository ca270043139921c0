//! Checking RSA signatures (RFC 8017): PKCS #1 v1.5 and PSS.
//!
//! Everything here is public, so nothing needs constant time; that makes it a fraction of what a general library for big
//! numbers takes, which a page would have to load. It makes no signatures.

use crate::DigestAlgorithm;

/// Longest exponent that is taken, in bits: the time of a check grows with it, and what is in use has 17.
const MAX_EXPONENT_BITS: u32 = 33;

/// A public key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RsaKey {
    field: Montgomery,
    exponent: u64,
    bits: u32,
}

/// The signature is not one of the message with the key.
#[derive(Debug, PartialEq)]
pub(crate) struct NoSignature;

impl RsaKey {
    /// A key of big-endian numbers, the modulus without zeros before it. None if one of them is even, as in no key (RFC
    /// 8017 section 3.1), or if the exponent is 1, longer than [`MAX_EXPONENT_BITS`] or above the modulus.
    pub(crate) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let bits =
            u32::try_from(modulus.len()).ok()?.checked_mul(8)? - modulus.first()?.leading_zeros();
        if exponent.len() > size_of::<u64>() {
            return None;
        }
        let exponent = exponent
            .iter()
            .fold(0, |value, digit| value << 8 | u64::from(*digit));
        let below = bits > 64
            || exponent
                < modulus
                    .iter()
                    .fold(0, |value, digit| value << 8 | u64::from(*digit));
        if exponent & 1 == 0 || !(2..1 << MAX_EXPONENT_BITS).contains(&exponent) || !below {
            return None;
        }
        Some(Self {
            field: Montgomery::new(modulus)?,
            exponent,
            bits,
        })
    }

    /// Length of the modulus.
    pub(crate) fn bits(&self) -> u32 {
        self.bits
    }

    /// RSASSA-PKCS1-v1_5 (section 8.2.2), by comparing encodings, as the note to step 4 advises.
    pub(crate) fn verify_pkcs1(
        &self,
        digest: DigestAlgorithm,
        hashed: &[u8],
        signature: &[u8],
    ) -> Result<(), NoSignature> {
        let message = self.open(signature)?;
        let info = digest_info(digest).ok_or(NoSignature)?;
        let length = info.len() + hashed.len();
        // At least eight bytes of padding (section 9.2 step 3).
        let padding = (message.len().checked_sub(length + 3))
            .filter(|padding| *padding >= 8 && hashed.len() == digest.output_length())
            .ok_or(NoSignature)?;
        let padding = vec![0xff; padding];
        let expected = [&[0, 1], padding.as_slice(), &[0], &info, hashed].concat();
        if message == expected {
            Ok(())
        } else {
            Err(NoSignature)
        }
    }

    /// RSASSA-PSS with MGF1 over the same digest (sections 8.1.2 and 9.1.2).
    pub(crate) fn verify_pss(
        &self,
        digest: DigestAlgorithm,
        salt_length: usize,
        hashed: &[u8],
        signature: &[u8],
    ) -> Result<(), NoSignature> {
        let message = self.open(signature)?;
        let hash_length = digest.output_length();
        // The encoded message has one bit less than the modulus, and so perhaps a byte less.
        let encoded_bits = self.bits - 1;
        let unused = encoded_bits.div_ceil(8) * 8 - encoded_bits;
        let encoded = match message.split_first() {
            Some((0, rest)) if encoded_bits.is_multiple_of(8) => rest,
            _ if encoded_bits.is_multiple_of(8) => return Err(NoSignature),
            _ => message.as_slice(),
        };
        let (rest, &[0xbc]) = encoded.split_last_chunk().ok_or(NoSignature)? else {
            return Err(NoSignature);
        };
        let masked_length = rest.len().checked_sub(hash_length).ok_or(NoSignature)?;
        let (masked, hash) = rest.split_at_checked(masked_length).ok_or(NoSignature)?;
        let first_mask = 0xff_u8 >> unused;
        if hashed.len() != hash_length
            || masked.first().is_none_or(|first| first & !first_mask != 0)
        {
            return Err(NoSignature);
        }
        let mask = mgf1(digest, hash, masked.len()).ok_or(NoSignature)?;
        let mut block: Vec<u8> = masked
            .iter()
            .zip(mask)
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        if let Some(first) = block.first_mut() {
            *first &= first_mask;
        }
        let zeros = (block.len().checked_sub(salt_length + 1)).ok_or(NoSignature)?;
        let (padding, salt) = block.split_at_checked(zeros + 1).ok_or(NoSignature)?;
        let padded = padding
            .split_last()
            .is_some_and(|(last, zeros)| *last == 1 && zeros.iter().all(|byte| *byte == 0));
        let again = digest.digest(&[&[0; 8], hashed, salt].concat());
        if padded && again.is_some_and(|again| again == hash) {
            Ok(())
        } else {
            Err(NoSignature)
        }
    }

    /// RSAVP1 (section 5.2.2): the encoded message, as long as the modulus.
    fn open(&self, signature: &[u8]) -> Result<Vec<u8>, NoSignature> {
        let length = self.bits.div_ceil(8);
        if u32::try_from(signature.len()) != Ok(length) {
            return Err(NoSignature);
        }
        let base = limbs(signature);
        let field = &self.field;
        // RSAVP1 step 1.
        if !is_less(&base, &field.modulus) {
            return Err(NoSignature);
        }
        let base = field.enter(base);
        let mut power = base.clone();
        // From the second bit on; the first one is the base itself.
        for bit in (0..self.exponent.ilog2()).rev() {
            power = field.multiply(&power, &power);
            if self.exponent >> bit & 1 == 1 {
                power = field.multiply(&power, &base);
            }
        }
        let mut one = vec![0; field.modulus.len()];
        one.splice(..1, [1]);
        let opened = field.multiply(&power, &one);
        let bytes: Vec<u8> = (opened.iter().rev())
            .flat_map(|limb| limb.to_be_bytes())
            .collect();
        // A modulus may have fewer bytes than its limbs.
        let (_, bytes) = bytes
            .split_at_checked(bytes.len().saturating_sub(signature.len()))
            .ok_or(NoSignature)?;
        Ok(bytes.to_vec())
    }
}

/// Arithmetic modulo an odd number by Montgomery's method: a number `x` is held as `x` times 2^(32 n), n the number of limbs.
/// Limbs stand least significant first.
#[derive(Clone, Debug, PartialEq)]
struct Montgomery {
    modulus: Vec<u32>,
    /// What makes the last limb of a number vanish: minus the inverse of the modulus, modulo 2^32.
    inverse: u32,
}

impl Montgomery {
    fn new(modulus: &[u8]) -> Option<Self> {
        let modulus = limbs(modulus);
        let last = *modulus.first()?;
        if last & 1 == 0 {
            return None;
        }
        // An odd number is its own inverse modulo 8; each step doubles the bits that are right.
        let mut inverse = last;
        for _ in 0..4 {
            inverse = inverse.wrapping_mul(2_u32.wrapping_sub(last.wrapping_mul(inverse)));
        }
        Some(Self {
            modulus,
            inverse: inverse.wrapping_neg(),
        })
    }

    /// A number below the modulus, as it is held here: it is doubled once for each bit.
    fn enter(&self, mut number: Vec<u32>) -> Vec<u32> {
        for _ in 0..self.modulus.len() * 32 {
            let mut carry = 0;
            for limb in &mut number {
                let doubled = *limb << 1 | carry;
                carry = *limb >> 31;
                *limb = doubled;
            }
            self.reduce(&mut number, carry);
        }
        number
    }

    fn multiply(&self, left: &[u32], right: &[u32]) -> Vec<u32> {
        let length = self.modulus.len();
        let mut sum = vec![0; length + 2];
        for limb in right {
            add_product(&mut sum, left, *limb);
            let first = sum.first().copied().unwrap_or_default();
            add_product(&mut sum, &self.modulus, first.wrapping_mul(self.inverse));
            // The last limb is zero now.
            sum.rotate_left(1);
        }
        let carry = sum.get(length).copied().unwrap_or_default();
        sum.truncate(length);
        self.reduce(&mut sum, carry);
        sum
    }

    /// Takes the modulus off a number below twice the modulus, of which `carry` is the topmost limb.
    fn reduce(&self, number: &mut [u32], carry: u32) {
        if carry == 0 && is_less(number, &self.modulus) {
            return;
        }
        let mut borrow = false;
        for (limb, subtrahend) in number.iter_mut().zip(&self.modulus) {
            let (less, first) = limb.overflowing_sub(*subtrahend);
            let (less, second) = less.overflowing_sub(u32::from(borrow));
            *limb = less;
            borrow = first | second;
        }
    }
}

/// Adds `factors` times `factor` to `sum`, which is longer.
fn add_product(sum: &mut [u32], factors: &[u32], factor: u32) {
    let factors = factors.iter().copied().chain(core::iter::repeat(0));
    let mut carry = 0;
    for (limb, next) in sum.iter_mut().zip(factors) {
        let total = u64::from(*limb) + u64::from(next) * u64::from(factor) + carry;
        #[expect(clippy::cast_possible_truncation, reason = "the upper half is carried")]
        let lower = total as u32;
        *limb = lower;
        carry = total >> 32;
    }
}

/// Whether one number is less than the other of as many limbs.
fn is_less(left: &[u32], right: &[u32]) -> bool {
    left.iter().rev().lt(right.iter().rev())
}

/// The limbs of a big-endian number.
fn limbs(bytes: &[u8]) -> Vec<u32> {
    let limb = |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |value, digit| value << 8 | u32::from(*digit))
    };
    bytes.rchunks(4).map(limb).collect()
}

/// MGF1 (appendix B.2.1): `length` bytes made of `seed`.
fn mgf1(digest: DigestAlgorithm, seed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut mask = Vec::new();
    let mut counter = 0_u32;
    while mask.len() < length {
        mask.extend(digest.digest(&[seed, &counter.to_be_bytes()].concat())?);
        counter = counter.checked_add(1)?;
    }
    mask.truncate(length);
    Some(mask)
}

/// What stands before a digest in PKCS #1 v1.5 (section 9.2, note 1).
fn digest_info(digest: DigestAlgorithm) -> Option<[u8; 19]> {
    let (algorithm, length) = match digest {
        DigestAlgorithm::Sha256 => (1, 32),
        DigestAlgorithm::Sha384 => (2, 48),
        DigestAlgorithm::Sha512 => (3, 64),
        DigestAlgorithm::Sha1 | DigestAlgorithm::Md5 => return None,
    };
    Some([
        0x30,
        17 + length,
        0x30,
        13,
        6,
        9,
        0x60,
        0x86,
        0x48,
        1,
        0x65,
        3,
        4,
        2,
        algorithm,
        5,
        0,
        4,
        length,
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rsa::{BoxedUint, RsaPublicKey, hazmat::rsa_encrypt};

    use super::*;

    /// What the crate `rsa` makes of it.
    fn reference(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
        let number = BoxedUint::from_be_slice_vartime;
        let key = RsaPublicKey::new_with_size_limits(
            number(modulus),
            number(exponent),
            1..=RsaPublicKey::MAX_SIZE,
        );
        let opened = rsa_encrypt(&key.ok()?, &number(signature)).ok()?;
        let bytes = opened.to_be_bytes();
        let zeros = bytes.len().saturating_sub(modulus.len());
        Some(bytes.get(zeros..)?.to_vec())
    }

    proptest! {
        #[test]
        fn numbers_are_raised_as_the_crate_rsa_does(
            modulus in prop::collection::vec(any::<u8>(), 1..80),
            signature in prop::collection::vec(any::<u8>(), 80),
            exponent in prop::sample::select(vec![&[3_u8][..], &[17], &[1, 0, 1], &[2], &[1], &[1, 255, 255, 255, 255]]),
        ) {
            let mut modulus = modulus;
            let last = modulus.len() - 1;
            modulus[0] = modulus[0].max(1);
            modulus[last] |= 1;
            let signature = &signature[..modulus.len()];
            let less = signature < modulus.as_slice();
            let key = RsaKey::new(&modulus, exponent);
            let expected = less.then(|| reference(&modulus, exponent, signature)).flatten();
            prop_assert_eq!(key.and_then(|key| key.open(signature).ok()), expected);
        }
    }

    #[test]
    fn limbs_at_their_ends_carry() {
        for length in [1, 3, 4, 5, 8, 64, 256] {
            let modulus = vec![0xff; length];
            for first in [0, 1, 0x7f, 0x80, 0xfe] {
                let mut signature = vec![0xff; length];
                signature[0] = first;
                let key = RsaKey::new(&modulus, &[3]);
                let opened = key.as_ref().and_then(|key| key.open(&signature).ok());
                assert_eq!(
                    opened,
                    reference(&modulus, &[3], &signature),
                    "{length} {first}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let modulus = [0xc1; 64];
        assert!(RsaKey::new(&modulus, &[1, 0, 1]).is_some());
        assert!(
            RsaKey::new(&modulus, &[1, 0xff, 0xff, 0xff, 0xff]).is_some(),
            "the largest"
        );
        for exponent in [
            &[][..],
            &[0],
            &[1],
            &[4],
            &[2, 0, 0, 0, 1],
            &[1, 0, 0, 0, 0, 0, 0, 0, 1],
        ] {
            assert!(RsaKey::new(&modulus, exponent).is_none(), "{exponent:?}");
        }
        assert!(RsaKey::new(&[0xc2; 64], &[3]).is_none(), "even");
        assert!(RsaKey::new(&[], &[3]).is_none());
        assert!(RsaKey::new(&[3], &[3]).is_none());
    }
}
