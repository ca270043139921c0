//! Elements of DER, one after the other, each with the bytes it was read from.
//!
//! Signatures cover bytes, not values: a certificate set, signed attributes or a name that is decoded and encoded again
//! may come out different. So messages are taken apart here without decoding what is only passed on or compared.

use const_oid::ObjectIdentifier;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The bytes are not DER, or not of the expected type (X.690 section 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotDer;

/// One element: its tag, its content, and all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) raw: &'a [u8],
}

/// Elements in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

/// `[number]`, constructed: the tag of explicit tagging and of implicitly tagged sequences and sets.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

impl<'a> Element<'a> {
    /// The one element that `bytes` consist of.
    pub(crate) fn only(bytes: &'a [u8], tag: u8) -> Result<Self, NotDer> {
        let mut elements = Elements::of(bytes);
        let element = elements.next(tag)?;
        elements.finish()?;
        Ok(element)
    }

    pub(crate) fn elements(&self) -> Elements<'a> {
        Elements::of(self.content)
    }

    pub(crate) fn is(&self, oid: ObjectIdentifier) -> bool {
        self.tag == OBJECT_IDENTIFIER && self.content == oid.as_bytes()
    }

    /// The whole octets of a BIT STRING; one with unused bits is no key and no signature.
    pub(crate) fn octets(&self) -> Result<&'a [u8], NotDer> {
        match self.content.split_first() {
            Some((0, octets)) if self.tag == BIT_STRING => Ok(octets),
            _ => Err(NotDer),
        }
    }

    /// The big-endian digits of an INTEGER that is not negative; of zero, one digit.
    pub(crate) fn digits(&self) -> Result<&'a [u8], NotDer> {
        match *self.content {
            _ if self.tag != INTEGER => Err(NotDer),
            [] => Err(NotDer),
            [0] => Ok(self.content),
            [0, second, ..] if second < 0x80 => Err(NotDer),
            [0, ref digits @ ..] => Ok(digits),
            [first, ..] if first >= 0x80 => Err(NotDer),
            _ => Ok(self.content),
        }
    }

    /// The one element inside explicit tagging.
    pub(crate) fn inside(&self, tag: u8) -> Result<Self, NotDer> {
        Self::only(self.content, tag)
    }

    /// A BOOLEAN: DER has one form for each value (X.690 section 11.1).
    pub(crate) fn boolean(&self) -> Result<bool, NotDer> {
        match (self.tag, self.content) {
            (BOOLEAN, [0]) => Ok(false),
            (BOOLEAN, [0xff]) => Ok(true),
            _ => Err(NotDer),
        }
    }

    /// An INTEGER from 0 to 2^64 - 1.
    pub(crate) fn unsigned(&self) -> Result<u64, NotDer> {
        let digits = self.digits()?;
        if digits.len() > 8 {
            return Err(NotDer);
        }
        Ok(digits
            .iter()
            .fold(0, |value, digit| value << 8 | u64::from(*digit)))
    }
}

impl<'a> Elements<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn next_tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self) -> Result<Element<'a>, NotDer> {
        let (header, content) = header(self.rest)?;
        let end = header.checked_add(content).ok_or(NotDer)?;
        let (raw, rest) = self.rest.split_at_checked(end).ok_or(NotDer)?;
        self.rest = rest;
        Ok(Element {
            tag: *raw.first().ok_or(NotDer)?,
            content: raw.get(header..).ok_or(NotDer)?,
            raw,
        })
    }

    /// The next element, which must have this tag.
    pub(crate) fn next(&mut self, tag: u8) -> Result<Element<'a>, NotDer> {
        self.optional(tag)?.ok_or(NotDer)
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, NotDer> {
        if self.next_tag() == Some(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    pub(crate) fn finish(&self) -> Result<(), NotDer> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(NotDer)
        }
    }

    /// All that is left.
    pub(crate) fn all(mut self) -> Result<Vec<Element<'a>>, NotDer> {
        let mut elements = Vec::new();
        while !self.is_empty() {
            elements.push(self.any()?);
        }
        Ok(elements)
    }
}

/// Length of the header and of the content. DER has one form for each length (X.690 section 10.1); tags of several bytes
/// occur in none of the structures read here.
fn header(bytes: &[u8]) -> Result<(usize, usize), NotDer> {
    match *bytes {
        [tag, ..] if tag & 0x1f == 0x1f => Err(NotDer),
        [_, length @ 0..=0x7f, ..] => Ok((2, usize::from(length))),
        [_, length @ 0x81..=0x84, ref rest @ ..] => {
            let count = usize::from(length & 0x0f);
            let digits = rest.get(..count).ok_or(NotDer)?;
            let length = digits
                .iter()
                .fold(0_u32, |value, digit| value << 8 | u32::from(*digit));
            if length < 0x80 || digits.first() == Some(&0) {
                return Err(NotDer);
            }
            Ok((2 + count, usize::try_from(length).map_err(|_| NotDer)?))
        }
        _ => Err(NotDer),
    }
}

/// An element made of parts.
#[cfg(feature = "cms")]
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(length.saturating_add(6));
    bytes.push(tag);
    let digits = length.to_be_bytes();
    let significant = digits
        .iter()
        .position(|digit| *digit != 0)
        .map_or(&digits[..0], |first| &digits[first..]);
    match significant {
        [] => bytes.push(0),
        [short @ 0..=0x7f] => bytes.push(*short),
        long => {
            // A length has at most eight bytes.
            bytes.push(0x80 | long.len().to_le_bytes()[0]);
            bytes.extend_from_slice(long);
        }
    }
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(feature = "cms")]
pub(crate) fn object_identifier(oid: ObjectIdentifier) -> Vec<u8> {
    element(OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

/// An INTEGER of unsigned big-endian digits.
#[cfg(feature = "cms")]
pub(crate) fn unsigned(digits: &[u8]) -> Vec<u8> {
    let first = digits.iter().position(|digit| *digit != 0);
    let significant = first.map_or(&[][..], |first| &digits[first..]);
    match significant.first() {
        Some(0..=0x7f) => element(INTEGER, &[significant]),
        _ => element(INTEGER, &[&[0], significant]),
    }
}

/// A SET OF in DER: its elements in ascending order of their bytes (X.690 section 11.6).
#[cfg(feature = "cms")]
pub(crate) fn set_of(tag: u8, mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    let parts: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
    element(tag, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_one_form() {
        for bytes in [
            &[0x30, 0x80, 0, 0][..],               // indefinite
            &[0x30, 0x81, 0x01, 0],                // long form of a short length
            &[0x30, 0x82, 0x00, 0x80],             // leading zero
            &[0x30, 0x85, 0x01, 0, 0, 0, 0],       // longer than anything read here
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], // past the end
            &[0x30, 0x02, 0x00],                   // past the end
            &[0x1f, 0x01, 0x00],                   // a tag of two bytes
            &[0x30],
            &[],
        ] {
            assert_eq!(Elements::of(bytes).any(), Err(NotDer), "{bytes:x?}");
        }
    }

    #[test]
    fn numbers_have_one_form() {
        let read =
            |bytes: &[u8]| Element::only(bytes, INTEGER).and_then(|number| number.unsigned());
        assert_eq!(read(&[2, 1, 0]), Ok(0));
        assert_eq!(read(&[2, 1, 0x7f]), Ok(0x7f));
        assert_eq!(read(&[2, 2, 0, 0x80]), Ok(0x80));
        assert_eq!(
            read(&[2, 9, 0, 255, 255, 255, 255, 255, 255, 255, 255]),
            Ok(u64::MAX)
        );
        assert_eq!(read(&[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Err(NotDer));
        assert_eq!(read(&[2, 2, 0, 0x7f]), Err(NotDer));
        assert_eq!(read(&[2, 1, 0x80]), Err(NotDer));
        assert_eq!(read(&[2, 0]), Err(NotDer));
    }

    #[cfg(feature = "cms")]
    #[test]
    fn what_is_written_is_read_back() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let content = vec![7; length];
            let bytes = element(OCTET_STRING, &[&content]);
            let read = Element::only(&bytes, OCTET_STRING).expect("an element");
            assert_eq!(read.content, content);
        }
        for number in [0, 1, 0x7f, 0x80, 0x100, u64::MAX] {
            let bytes = unsigned(&number.to_be_bytes());
            let read = Element::only(&bytes, INTEGER).expect("a number");
            assert_eq!(read.unsigned(), Ok(number));
        }
    }
}
