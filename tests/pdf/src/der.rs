//! DER by hand (X.690), so that the forgeries control every byte.

use crate::time::Moment;

/// A value with its tag and the shortest length.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend(length(content.len()));
    bytes.extend_from_slice(content);
    bytes
}

/// The shortest form of a length.
fn length(length: usize) -> Vec<u8> {
    if let Ok(short @ 0..=0x7f) = u8::try_from(length) {
        return vec![short];
    }
    let all = length.to_be_bytes();
    let digits: Vec<u8> = all.into_iter().skip_while(|byte| *byte == 0).collect();
    let count = u8::try_from(digits.len()).expect("at most eight bytes");
    [&[0x80 | count][..], &digits].concat()
}

/// The same value with a length written in more bytes than needed, which DER forbids.
pub fn tlv_long_length(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("test data are small");
    [&[tag, 0x84][..], &length.to_be_bytes(), content].concat()
}

/// The same value with an indefinite length, which is BER.
pub fn tlv_indefinite(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80][..], content, &[0, 0]].concat()
}

/// SEQUENCE.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// SET OF in the order of DER.
pub fn set_of(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut sorted = parts.to_vec();
    sorted.sort();
    tlv(0x31, &sorted.concat())
}

/// `[number]`, constructed: EXPLICIT around one value, or IMPLICIT around the content of a SEQUENCE or SET.
pub fn context(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, content)
}

/// `[number] IMPLICIT` around the content of a primitive type.
pub fn context_primitive(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0x80 | number, content)
}

/// OBJECT IDENTIFIER from its dotted form.
pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted
        .split('.')
        .map(|arc| arc.parse().expect("numbers between dots"))
        .collect();
    let mut content = base128(arcs[0] * 40 + arcs[1]);
    for arc in &arcs[2..] {
        content.extend(base128(*arc));
    }
    tlv(0x06, &content)
}

fn base128(mut arc: u64) -> Vec<u8> {
    let mut digits = vec![(arc & 0x7f) as u8];
    while arc > 0x7f {
        arc >>= 7;
        digits.push(0x80 | (arc & 0x7f) as u8);
    }
    digits.reverse();
    digits
}

/// INTEGER.
pub fn integer(value: u64) -> Vec<u8> {
    unsigned(&value.to_be_bytes())
}

/// INTEGER from the bytes of a number that is not negative, highest first.
pub fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let mut digits: Vec<u8> = bytes.iter().copied().skip_while(|b| *b == 0).collect();
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    tlv(0x02, &digits)
}

/// BOOLEAN TRUE.
pub fn yes() -> Vec<u8> {
    tlv(0x01, &[0xff])
}

/// NULL.
pub fn null() -> Vec<u8> {
    tlv(0x05, &[])
}

/// OCTET STRING.
pub fn octets(content: &[u8]) -> Vec<u8> {
    tlv(0x04, content)
}

/// BIT STRING of whole bytes.
pub fn bits(content: &[u8]) -> Vec<u8> {
    bits_unused(0, content)
}

/// BIT STRING whose last byte has unused bits.
pub fn bits_unused(unused: u8, content: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[unused][..], content].concat())
}

/// UTF8String.
pub fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0c, text.as_bytes())
}

/// PrintableString.
pub fn printable(text: &str) -> Vec<u8> {
    tlv(0x13, text.as_bytes())
}

/// UTCTime.
pub fn utc_time(moment: Moment) -> Vec<u8> {
    tlv(0x17, &moment.digits().as_bytes()[2..].to_vec().into_z())
}

/// GeneralizedTime.
pub fn generalized_time(moment: Moment) -> Vec<u8> {
    tlv(0x18, &moment.digits().into_bytes().into_z())
}

/// AlgorithmIdentifier without parameters.
pub fn algorithm(dotted: &str) -> Vec<u8> {
    sequence(&[&oid(dotted)])
}

/// AlgorithmIdentifier with NULL as parameters.
pub fn algorithm_null(dotted: &str) -> Vec<u8> {
    sequence(&[&oid(dotted), &null()])
}

trait IntoZ {
    fn into_z(self) -> Vec<u8>;
}

impl IntoZ for Vec<u8> {
    fn into_z(mut self) -> Vec<u8> {
        self.push(b'Z');
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_known_bytes() {
        assert_eq!(
            oid("1.2.840.113549"),
            [6, 6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]
        );
        assert_eq!(integer(0), [2, 1, 0]);
        assert_eq!(integer(128), [2, 2, 0, 128]);
        assert_eq!(tlv(4, &[7; 200])[..3], [4, 0x81, 200]);
        assert_eq!(tlv(4, &[7; 300])[..4], [4, 0x82, 1, 44]);
        assert_eq!(utc_time(Moment(0)), *b"\x17\x0d700101000000Z");
    }
}
