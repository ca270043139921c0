//! The eight kinds of object.

use core::fmt;

/// A stretch of bytes: of the file, or of the decoded object stream that an object lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// What an indirect object is called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    /// Object number.
    pub number: u32,
    /// Generation, 0 but in files that reused a freed number.
    pub generation: u16,
}

/// A direct object. Equality is that of the values; where they stand does not count.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// `null`, and whatever does not exist.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a decimal point.
    Real(f64),
    /// Bytes: literal or hexadecimal.
    String(PdfString),
    /// A name.
    Name(Name),
    /// A list.
    Array(Array),
    /// A dictionary, also the one of a stream.
    Dictionary(Dictionary),
    /// A reference to an indirect object.
    Reference(ObjectId),
}

/// An object and where its token stands.
#[derive(Clone, Debug)]
pub struct Value {
    /// The object.
    pub object: Object,
    /// From its first byte to past its last, delimiters (`<`, `(`, `[`, `<<`) included.
    pub span: Span,
}

/// A name without its slash, `#` sequences decoded.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub Vec<u8>);

/// A string, decoded (and decrypted, where the file is encrypted).
#[derive(Clone, Debug)]
pub struct PdfString {
    /// The bytes it stands for.
    pub bytes: Vec<u8>,
    /// Whether it was written as `<...>`.
    pub hexadecimal: bool,
}

/// A list of values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Array(pub Vec<Value>);

/// A dictionary in the order of the file, doubled keys included.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// All entries.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Name,
    /// Where the key stands, slash included.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

impl Span {
    /// How many bytes.
    pub fn length(self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} R", self.number, self.generation)
    }
}

impl Object {
    /// The whole number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, whole or not.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "coordinates are small")]
            Self::Integer(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            _ => None,
        }
    }

    /// The name, if it is one.
    pub fn as_name(&self) -> Option<&Name> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The string's bytes, if it is one.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::String(string) => Some(&string.bytes),
            _ => None,
        }
    }

    /// The array, if it is one.
    pub fn as_array(&self) -> Option<&Array> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The dictionary, if it is one.
    pub fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    /// The reference, if it is one.
    pub fn as_reference(&self) -> Option<ObjectId> {
        match self {
            Self::Reference(id) => Some(*id),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl Dictionary {
    /// The value of `key`: of the last entry, if the key is doubled, as most viewers do. `null` counts as absent.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let entry = self.entries.iter().rev().find(|entry| entry.key == *key);
        entry
            .map(|entry| &entry.value)
            .filter(|value| !value.object.is_null())
    }

    /// Whether a key occurs more than once: then readers may disagree about what the dictionary says.
    pub fn has_doubled_keys(&self) -> bool {
        let sorted = self.sorted();
        sorted
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one.key == other.key))
    }

    /// The entries by key, so that dictionaries of many entries are compared in little time.
    fn sorted(&self) -> Vec<&Entry> {
        let mut sorted: Vec<&Entry> = self.entries.iter().collect();
        sorted.sort_by_key(|entry| &entry.key);
        sorted
    }

    /// Whether `/Type` (or another key) holds this name directly.
    pub fn is(&self, key: &str, name: &str) -> bool {
        self.get(key)
            .and_then(|value| value.object.as_name())
            .is_some_and(|value| *value == *name)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.object == other.object
    }
}

impl PartialEq for PdfString {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// Two dictionaries are equal if they hold the same keys with equal values, in any order; none with doubled keys is.
impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        self.entries.len() == other.entries.len()
            && !self.has_doubled_keys()
            && self
                .sorted()
                .into_iter()
                .zip(other.sorted())
                .all(|(one, other)| one.key == other.key && one.value == other.value)
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", String::from_utf8_lossy(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn dictionaries_are_equal_in_any_order_unless_a_key_is_doubled() {
        let object = |text: &str| parse(text.as_bytes()).expect(text).object;
        assert_eq!(object("<</A 1/B[(x)]>>"), object("<< /B [ <78> ] /A 1 >>"));
        assert_ne!(object("<</A 1/B 2>>"), object("<</A 1/B 3>>"));
        assert_ne!(object("<</A 1/B 2>>"), object("<</A 1/C 2>>"));
        assert_ne!(object("<</A 1>>"), object("<</A 1/B 2>>"));
        assert_ne!(object("<</A 1/A 1>>"), object("<</A 1/A 1>>"));
        assert_ne!(object("<</A 1/B 1>>"), object("<</A 1/A 1>>"));
    }

    #[test]
    fn last_of_doubled_keys_counts() {
        let value = parse(b"<</A 1/B 2/A 3/C null>>").expect("readable");
        let dictionary = value.object.as_dictionary().expect("a dictionary");
        assert!(dictionary.has_doubled_keys());
        assert_eq!(
            dictionary
                .get("A")
                .and_then(|value| value.object.as_integer()),
            Some(3)
        );
        assert!(dictionary.get("C").is_none(), "null is absent");
    }
}
