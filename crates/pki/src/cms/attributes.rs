//! Attributes of a signer (RFC 5652 section 5.3).

use const_oid::ObjectIdentifier;

use super::MAX_CMS_ATTRIBUTES;
use crate::asn1::{self, Element, Elements, NotDer};

/// One attribute: its type and its values as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) oid: Vec<u8>,
    pub(crate) values: Vec<Vec<u8>>,
}

/// Attributes in the order in which they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    list: Vec<Attribute>,
    ascending: bool,
}

impl Attributes {
    /// Reads the content of a SET OF Attribute.
    pub(crate) fn read(content: &[u8]) -> Result<Self, NotDer> {
        let mut elements = Elements::of(content);
        let mut list = Vec::new();
        let mut before: &[u8] = &[];
        let mut ascending = true;
        while !elements.is_empty() {
            if list.len() >= MAX_CMS_ATTRIBUTES {
                return Err(NotDer);
            }
            let element = elements.next(asn1::SEQUENCE)?;
            ascending &= before <= element.raw;
            before = element.raw;
            let mut fields = element.elements();
            let oid = fields.next(asn1::OBJECT_IDENTIFIER)?.content.to_vec();
            let values = fields.next(asn1::SET)?.elements().all()?;
            fields.finish()?;
            ascending &= values.is_sorted_by(|one, next| one.raw <= next.raw);
            list.push(Attribute {
                oid,
                values: values.iter().map(|value| value.raw.to_vec()).collect(),
            });
        }
        Ok(Self { list, ascending })
    }

    /// Whether the order is the one of DER (X.690 section 11.6).
    pub(crate) fn is_ascending(&self) -> bool {
        self.ascending
    }

    /// Whether a type occurs twice, which RFC 5652 section 5.3 forbids.
    pub(crate) fn has_double(&self) -> bool {
        self.list.iter().enumerate().any(|(index, attribute)| {
            self.list
                .iter()
                .skip(index + 1)
                .any(|later| later.oid == attribute.oid)
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// All values of a type.
    pub(crate) fn values(&self, oid: ObjectIdentifier) -> impl Iterator<Item = &[u8]> {
        self.list
            .iter()
            .filter(move |attribute| attribute.oid == oid.as_bytes())
            .flat_map(|attribute| attribute.values.iter().map(Vec::as_slice))
    }

    /// The value of a type that has exactly one; an error if it occurs and has none or several.
    pub(crate) fn single(&self, oid: ObjectIdentifier) -> Result<Option<Element<'_>>, NotDer> {
        let mut found = self
            .list
            .iter()
            .filter(|attribute| attribute.oid == oid.as_bytes());
        let Some(attribute) = found.next() else {
            return Ok(None);
        };
        match (attribute.values.as_slice(), found.next()) {
            ([value], None) => Elements::of(value).any().map(Some),
            _ => Err(NotDer),
        }
    }
}
