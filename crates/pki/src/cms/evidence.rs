//! Certificates and revocation data that travel with a signature.
//!
//! They help and prove nothing by themselves, so what cannot be read is passed over.

use const_oid::ObjectIdentifier;

use super::{attributes::Attributes, oid};
use crate::asn1::{self, Element, NotDer, OCTET_STRING, SEQUENCE, element, object_identifier};

/// Most revocation lists, and most OCSP answers, that are taken from a message.
pub const MAX_CMS_EVIDENCE: usize = 64;

/// adbe-revocationInfoArchival, a signed attribute (ISO 32000-2 section 12.8.3.3.2).
const REVOCATION_INFO_ARCHIVAL: ObjectIdentifier = oid("1.2.840.113583.1.1.8");
/// id-aa-ets-certValues and id-aa-ets-revocationValues, unsigned attributes (RFC 5126 sections 6.3.3 and 6.3.4).
const CERTIFICATE_VALUES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.23");
const REVOCATION_VALUES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.24");
/// id-ri-ocsp-response (RFC 5940 section 2.1).
const OCSP_RESPONSE: ObjectIdentifier = oid("1.3.6.1.5.5.7.16.2");
const OCSP_BASIC: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.1");

/// What was found, in DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) crls: Vec<Vec<u8>>,
    pub(super) ocsps: Vec<Vec<u8>>,
}

impl Evidence {
    /// RevocationInfoChoices of SignedData (RFC 5652 section 10.2.1).
    pub(super) fn add_choices(&mut self, choices: &Element<'_>) -> Result<(), NotDer> {
        for choice in choices.elements().all()? {
            if choice.tag == SEQUENCE {
                push(&mut self.crls, choice.raw.to_vec());
            } else if choice.tag == asn1::context(1) {
                let mut other = choice.elements();
                let format = other.next(asn1::OBJECT_IDENTIFIER)?;
                let value = other.any()?;
                if format.is(OCSP_RESPONSE) {
                    push(&mut self.ocsps, value.raw.to_vec());
                }
            }
        }
        Ok(())
    }

    pub(super) fn add_attributes(&mut self, signed: Option<&Attributes>, unsigned: &Attributes) {
        for value in signed
            .into_iter()
            .flat_map(|signed| signed.values(REVOCATION_INFO_ARCHIVAL))
        {
            let _unreadable = self.add_values(value, false);
        }
        for value in unsigned.values(REVOCATION_VALUES) {
            let _unreadable = self.add_values(value, true);
        }
        for value in unsigned.values(CERTIFICATE_VALUES) {
            for certificate in members(value).unwrap_or_default() {
                push(&mut self.certificates, certificate.raw.to_vec());
            }
        }
    }

    /// SEQUENCE { [0] SEQUENCE OF CertificateList, [1] SEQUENCE OF OCSP answers, [2] other }, all optional. In CAdES the
    /// answers lack their outer frame.
    fn add_values(&mut self, value: &[u8], basic: bool) -> Result<(), NotDer> {
        let mut fields = Element::only(value, SEQUENCE)?.elements();
        if let Some(lists) = fields.optional(asn1::context(0))? {
            for list in members(lists.content)? {
                push(&mut self.crls, list.raw.to_vec());
            }
        }
        if let Some(answers) = fields.optional(asn1::context(1))? {
            for answer in members(answers.content)? {
                let answer = if basic {
                    frame(answer.raw)
                } else {
                    answer.raw.to_vec()
                };
                push(&mut self.ocsps, answer);
            }
        }
        Ok(())
    }
}

fn members(sequence: &[u8]) -> Result<Vec<Element<'_>>, NotDer> {
    Element::only(sequence, SEQUENCE)?.elements().all()
}

fn push(list: &mut Vec<Vec<u8>>, der: Vec<u8>) {
    if list.len() < MAX_CMS_EVIDENCE {
        list.push(der);
    }
}

/// OCSPResponse around a BasicOCSPResponse (RFC 6960 section 4.2.1).
fn frame(basic: &[u8]) -> Vec<u8> {
    const ENUMERATED: u8 = 0x0a;
    let octets = element(OCTET_STRING, &[basic]);
    let bytes = element(SEQUENCE, &[&object_identifier(OCSP_BASIC), &octets]);
    let explicit = element(asn1::context(0), &[&bytes]);
    element(SEQUENCE, &[&element(ENUMERATED, &[&[0]]), &explicit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::making::attribute;

    fn attributes(oid: ObjectIdentifier, value: &[u8]) -> Attributes {
        Attributes::read(&attribute(oid, value)).expect("an attribute")
    }

    /// SEQUENCE { [0] lists, [1] answers, [2] something else }.
    fn values() -> Vec<u8> {
        let list = element(SEQUENCE, &[&element(OCTET_STRING, &[b"list"])]);
        let answer = element(SEQUENCE, &[&element(OCTET_STRING, &[b"answer"])]);
        let tagged = |number, members: &[&[u8]]| {
            element(asn1::context(number), &[&element(SEQUENCE, members)])
        };
        let parts: [&[u8]; 3] = [
            &tagged(0, &[&list, &list]),
            &tagged(1, &[&answer]),
            &tagged(2, &[]),
        ];
        element(SEQUENCE, &parts)
    }

    #[test]
    fn adobes_attribute_has_whole_answers() {
        let signed = attributes(REVOCATION_INFO_ARCHIVAL, &values());
        let mut evidence = Evidence::default();
        evidence.add_attributes(Some(&signed), &Attributes::default());
        assert_eq!(evidence.crls.len(), 2);
        let answer = element(SEQUENCE, &[&element(OCTET_STRING, &[b"answer"])]);
        assert_eq!(evidence.ocsps, [answer]);
    }

    #[test]
    fn answers_of_cades_get_the_frame_they_lack() {
        let unsigned = attributes(REVOCATION_VALUES, &values());
        let mut evidence = Evidence::default();
        evidence.add_attributes(None, &unsigned);
        assert_eq!(evidence.crls.len(), 2);
        let answer = element(SEQUENCE, &[&element(OCTET_STRING, &[b"answer"])]);
        assert_eq!(evidence.ocsps, [frame(&answer)]);
    }

    #[test]
    fn certificate_values_are_found() {
        let certificate = element(SEQUENCE, &[]);
        let unsigned = attributes(CERTIFICATE_VALUES, &element(SEQUENCE, &[&certificate]));
        let mut evidence = Evidence::default();
        evidence.add_attributes(None, &unsigned);
        assert_eq!(evidence.certificates, [certificate]);
    }

    #[test]
    fn answers_next_to_lists_are_found_by_their_format() {
        let list = element(SEQUENCE, &[]);
        let answer = element(SEQUENCE, &[&element(OCTET_STRING, &[])]);
        let other = |oid| element(asn1::context(1), &[&object_identifier(oid), &answer]);
        let choices = [list.clone(), other(OCSP_RESPONSE), other(OCSP_BASIC)].concat();
        let choices = element(asn1::context(1), &[&choices]);
        let choices = Element::only(&choices, asn1::context(1)).expect("an element");
        let mut evidence = Evidence::default();
        evidence.add_choices(&choices).expect("readable");
        assert_eq!((evidence.crls, evidence.ocsps), (vec![list], vec![answer]));
    }

    #[test]
    fn more_than_the_limit_is_left_aside() {
        let list = element(SEQUENCE, &[]);
        let choices = element(asn1::context(1), &[&list.repeat(MAX_CMS_EVIDENCE + 1)]);
        let choices = Element::only(&choices, asn1::context(1)).expect("an element");
        let mut evidence = Evidence::default();
        evidence.add_choices(&choices).expect("readable");
        assert_eq!(evidence.crls.len(), MAX_CMS_EVIDENCE);
    }
}
