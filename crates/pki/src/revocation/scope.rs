//! Revocation lists of others that cover only a part of what their authority issues (RFC 5280 section 5.2.5).

use const_oid::ObjectIdentifier;

use crate::{
    asn1::{self, Element, NotDer, SEQUENCE},
    outline::Outline,
};

/// issuingDistributionPoint.
pub(super) const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("2.5.29.28");

/// What a partial list is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    signers_only: bool,
    authorities_only: bool,
    /// Names of the distribution point, in DER; none if the list is for all of them.
    names: Option<Vec<Vec<u8>>>,
}

impl Scope {
    /// Reads the extension. An error if its list proves nothing here: indirect, for some reasons only, for attribute
    /// certificates only, or named relative to its issuer.
    pub(super) fn read(der: &[u8]) -> Result<Self, NotDer> {
        let mut fields = Element::only(der, SEQUENCE)?.elements();
        let names = fields
            .optional(asn1::context(0))?
            .map(|point| full_names(&point))
            .transpose()?;
        let mut flag = |tag| -> Result<bool, NotDer> {
            let flag = fields.optional(tag)?;
            Ok(flag.is_some_and(|flag| flag.content != [0]))
        };
        let (signers_only, authorities_only) = (flag(0x81)?, flag(0x82)?);
        // onlySomeReasons, indirectCRL, onlyContainsAttributeCerts: whatever is left is not understood.
        fields.finish()?;
        Ok(Self {
            signers_only,
            authorities_only,
            names,
        })
    }

    /// RFC 5280 section 6.3.3 (b) (2): whether the list speaks about `certificate`.
    pub(super) fn covers(&self, certificate: &Outline) -> bool {
        let authority = certificate.authority == Some(true);
        if (self.signers_only && authority) || (self.authorities_only && !authority) {
            return false;
        }
        let Some(names) = &self.names else {
            return true;
        };
        let stated = certificate
            .crl_distribution_points
            .as_deref()
            .map_or(Ok(Vec::new()), stated_names);
        stated.is_ok_and(|stated| stated.iter().any(|name| names.contains(name)))
    }
}

/// Names of all distribution points of a certificate (RFC 5280 section 4.2.1.13).
fn stated_names(der: &[u8]) -> Result<Vec<Vec<u8>>, NotDer> {
    let mut all = Vec::new();
    for point in Element::only(der, SEQUENCE)?.elements().all()? {
        let mut fields = point.elements();
        let names = fields.optional(asn1::context(0))?;
        // With reasons or another issuer it is not the plain list that is looked for here.
        if let (Some(names), true) = (names, fields.is_empty()) {
            all.extend(full_names(&names)?);
        }
    }
    Ok(all)
}

/// DistributionPointName: `[0]` is the full name; `[1]`, relative to the issuer, is refused.
fn full_names(point: &Element<'_>) -> Result<Vec<Vec<u8>>, NotDer> {
    let names = Element::only(point.content, asn1::context(0))?;
    let names = names.elements().all()?;
    Ok(names.iter().map(|name| name.raw.to_vec()).collect())
}
