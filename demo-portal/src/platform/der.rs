//! Certificates one after the other in one blob. DER says of itself how long it is.

use scanseal_pki::{Certificate, MAX_CERTIFICATE_LENGTH};

/// Puts certificates one after the other.
pub fn join(certificates: &[Certificate]) -> Vec<u8> {
    certificates
        .iter()
        .flat_map(|certificate| certificate.der().iter().copied())
        .collect()
}

/// Takes them apart again. `None` if something else stands there.
pub fn split(mut bytes: &[u8]) -> Option<Vec<Certificate>> {
    let mut certificates = Vec::new();
    while !bytes.is_empty() {
        let (one, rest) = bytes.split_at_checked(length(bytes)?)?;
        certificates.push(Certificate::from_der(one).ok()?);
        bytes = rest;
    }
    Some(certificates)
}

/// Length of the SEQUENCE at the beginning, its head included (X.690 section 8.1.3).
fn length(bytes: &[u8]) -> Option<usize> {
    let (&tag, &first) = (bytes.first()?, bytes.get(1)?);
    if tag != 0x30 {
        return None;
    }
    let (content, head) = match first {
        0..=0x7f => (usize::from(first), 2),
        0x81..=0x83 => {
            let octets = usize::from(first & 0x7f);
            let content = bytes
                .get(2..2 + octets)?
                .iter()
                .fold(0, |length, &octet| length << 8 | usize::from(octet));
            (content, 2 + octets)
        }
        _ => return None,
    };
    (content <= MAX_CERTIFICATE_LENGTH).then_some(head + content)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scanseal_pki::{Issuer, SigningKey, Subject, UnixTime, Validity};

    use super::*;

    #[test]
    fn what_was_joined_is_split_and_nothing_else() {
        let validity = Validity {
            not_before: UnixTime::from_secs(0),
            not_after: UnixTime::from_secs(1_000),
        };
        let root = |seed| {
            let key = SigningKey::from_random_bytes(&[seed; 32]).unwrap();
            let subject = Subject::new("甲", "a").unwrap();
            let root = Issuer::root(&subject, key, validity, &mut crate::authority::rng());
            root.unwrap().certificate().clone()
        };
        let certificates = [root(1), root(2), root(3)];
        let joined = join(&certificates);
        assert_eq!(split(&joined).unwrap(), certificates);
        assert_eq!(split(&[]).unwrap(), []);
        for wrong in [
            &joined[1..],
            &joined[..joined.len() - 1],
            b"0",
            b"\x30\x84\0\0\0\0",
            b"\x30\x80",
        ] {
            assert_eq!(split(wrong), None);
        }
    }
}
