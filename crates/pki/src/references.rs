//! Where a certificate says that its issuer, revocation lists and OCSP answers are found.
//!
//! The addresses come from whoever made the certificate. Fetching is the host's job, and so is deciding whom to ask.

use const_oid::ObjectIdentifier;

use crate::{
    AnyCertificate,
    asn1::{self, Element, NotDer, SEQUENCE},
};

/// id-ad-ocsp and id-ad-caIssuers (RFC 5280 section 4.2.2.1).
const AD_OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const AD_CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");
/// GeneralName: uniformResourceIdentifier (RFC 5280 section 4.2.1.6).
const URI: u8 = 0x86;
/// Most addresses of a kind that are taken; certificates have one or two.
const MAX_REFERENCES: usize = 8;

impl AnyCertificate {
    /// Addresses of OCSP responders, in the order of the certificate.
    pub fn ocsp_addresses(&self) -> Vec<String> {
        self.information(AD_OCSP)
    }

    /// Addresses of the issuer's certificate.
    pub fn issuer_addresses(&self) -> Vec<String> {
        self.information(AD_CA_ISSUERS)
    }

    /// Addresses of revocation lists.
    pub fn crl_addresses(&self) -> Vec<String> {
        let read = |der: &[u8]| -> Result<Vec<String>, NotDer> {
            let mut addresses = Vec::new();
            for point in Element::only(der, SEQUENCE)?.elements().all()? {
                let mut fields = point.elements();
                let Some(point) = fields.optional(asn1::context(0))? else {
                    continue;
                };
                let Some(names) = point.elements().optional(asn1::context(0))? else {
                    continue;
                };
                addresses.extend(names.elements().all()?.iter().filter_map(address));
            }
            Ok(addresses)
        };
        let value = self.outline().crl_distribution_points.as_deref();
        limited(value.map(read))
    }

    /// AuthorityInfoAccessSyntax: SEQUENCE OF { method, GeneralName }.
    fn information(&self, method: ObjectIdentifier) -> Vec<String> {
        let read = |der: &[u8]| -> Result<Vec<String>, NotDer> {
            let mut addresses = Vec::new();
            for description in Element::only(der, SEQUENCE)?.elements().all()? {
                let mut fields = description.elements();
                if fields.next(asn1::OBJECT_IDENTIFIER)?.is(method) {
                    addresses.extend(address(&fields.any()?));
                }
            }
            Ok(addresses)
        };
        limited(self.outline().information_access.as_deref().map(read))
    }
}

fn address(name: &Element<'_>) -> Option<String> {
    let text = core::str::from_utf8(name.content).ok()?;
    (name.tag == URI && text.is_ascii()).then(|| text.to_owned())
}

fn limited(addresses: Option<Result<Vec<String>, NotDer>>) -> Vec<String> {
    let mut addresses = addresses.and_then(Result::ok).unwrap_or_default();
    addresses.truncate(MAX_REFERENCES);
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_addresses_than_the_limit_are_left_aside() {
        let addresses = |count| Some(Ok(vec!["http://ca.example".to_owned(); count]));
        assert_eq!(limited(addresses(MAX_REFERENCES)).len(), MAX_REFERENCES);
        assert_eq!(limited(addresses(MAX_REFERENCES + 1)).len(), MAX_REFERENCES);
        assert!(limited(Some(Err(NotDer))).is_empty());
    }
}
