//! The rule of byte ranges: what kills signature exclusion and wrapping.
//!
//! What lies between the two ranges is exactly one token, `<...>`, and it is the `/Contents` of this very dictionary; the first
//! range begins at the first byte of the file, the second ends where a revision ends, and the dictionary is a plain
//! object of that revision: the same when that revision is parsed alone, and still the same in the last one.

use super::{
    discovery::{FieldValue, SignatureField},
    report::{Coverage, Reason},
};
use crate::{
    PdfError, Source,
    file::{Indirect, Location, Pdf},
    syntax::{Dictionary, Object, Span},
};

/// Bytes of `/Contents` that are read at most: a signature with many certificates, revocation lists and time stamps.
pub const MAX_CONTENTS_LENGTH: u64 = 16 * 1024 * 1024;

/// What a signature dictionary says about the bytes it covers, and whether it says so by the rule.
#[derive(Debug, Default)]
pub(crate) struct Covered {
    /// `/ByteRange` as it stands, if it is four whole numbers.
    pub(crate) byte_range: Option<[u64; 4]>,
    /// The two ranges, if they keep the rule.
    pub(crate) ranges: Option<[Span; 2]>,
    /// The revision at whose end the second range ends.
    pub(crate) revision: Option<usize>,
    /// How much is covered.
    pub(crate) coverage: Option<Coverage>,
    /// The bytes of `/Contents`, trailing zeros included.
    pub(crate) contents: Option<Vec<u8>>,
    /// Every breach of the rule.
    pub(crate) breaches: Vec<Breach>,
}

/// A breach of the rule.
#[derive(Debug)]
pub(crate) struct Breach {
    pub(crate) reason: Reason,
    pub(crate) detail: &'static str,
    pub(crate) place: Option<Span>,
}

impl Covered {
    /// Applies the rule to the signature of `field`.
    pub(crate) fn of(pdf: &Pdf<'_>, field: &SignatureField) -> Result<Self, PdfError> {
        let mut covered = Self::default();
        let Some(dictionary) = field.value.dictionary() else {
            covered.breach(
                Reason::DictionaryNotPlain,
                "the value of the field is no dictionary",
                None,
            );
            return Ok(covered);
        };
        covered.read_range(pdf, dictionary);
        covered.read_contents(pdf, dictionary)?;
        covered.find_end(pdf)?;
        match &field.value {
            FieldValue::Direct(_) => covered.breach(
                Reason::DictionaryNotPlain,
                "the signature dictionary is written into its field",
                None,
            ),
            FieldValue::Indirect(indirect) => {
                covered.check_object(pdf, field, indirect, dictionary)?
            }
        }
        if covered
            .breaches
            .iter()
            .any(|breach| breach.reason != Reason::FieldInvalid)
        {
            covered.ranges = None;
        }
        Ok(covered)
    }

    /// Whether nothing is wrong.
    pub(crate) fn holds(&self) -> bool {
        self.breaches.is_empty()
    }

    pub(crate) fn breach(&mut self, reason: Reason, detail: &'static str, place: Option<Span>) {
        self.breaches.push(Breach {
            reason,
            detail,
            place,
        });
    }

    fn read_range(&mut self, pdf: &Pdf<'_>, dictionary: &Dictionary) {
        let Some(value) = dictionary.get("ByteRange") else {
            return self.breach(Reason::ByteRangeMissing, "/ByteRange is missing", None);
        };
        let place = Some(value.span);
        let Object::Array(array) = &value.object else {
            return self.breach(
                Reason::ByteRangeMissing,
                "/ByteRange is no direct array",
                place,
            );
        };
        let numbers: Vec<i64> = (array.0.iter())
            .filter_map(|value| value.object.as_integer())
            .collect();
        let &[start, length, second_start, second_length] = numbers.as_slice() else {
            return self.breach(
                Reason::ByteRangeMissing,
                "/ByteRange is not four whole numbers",
                place,
            );
        };
        if array.0.len() != 4 {
            return self.breach(
                Reason::ByteRangeMissing,
                "/ByteRange is not four whole numbers",
                place,
            );
        }
        let numbers = [start, length, second_start, second_length].map(u64::try_from);
        let [Ok(start), Ok(length), Ok(second_start), Ok(second_length)] = numbers else {
            return self.breach(
                Reason::ByteRangeInvalid,
                "/ByteRange has a negative number",
                place,
            );
        };
        self.byte_range = Some([start, length, second_start, second_length]);
        if start != 0 {
            return self.breach(
                Reason::ByteRangeInvalid,
                "the first range does not begin at 0",
                place,
            );
        }
        let end = second_start.checked_add(second_length);
        let Some(end) = end.filter(|&end| end <= pdf.length()) else {
            return self.breach(
                Reason::ByteRangeInvalid,
                "the second range leaves the file",
                place,
            );
        };
        if length == 0 || second_start <= length || second_length == 0 {
            return self.breach(
                Reason::ByteRangeInvalid,
                "the ranges are empty or overlap",
                place,
            );
        }
        let first = Span {
            start: 0,
            end: length,
        };
        let second = Span {
            start: second_start,
            end,
        };
        self.ranges = Some([first, second]);
    }

    fn read_contents(&mut self, pdf: &Pdf<'_>, dictionary: &Dictionary) -> Result<(), PdfError> {
        let Some(value) = dictionary.get("Contents") else {
            self.breach(Reason::ContentsInvalid, "/Contents is missing", None);
            return Ok(());
        };
        let place = Some(value.span);
        let string = match &value.object {
            Object::String(string) if string.hexadecimal => string,
            _ => {
                self.breach(
                    Reason::ContentsInvalid,
                    "/Contents is no direct hexadecimal string",
                    place,
                );
                return Ok(());
            }
        };
        if value.span.length() > 2 * MAX_CONTENTS_LENGTH + 2 {
            return Err(PdfError::TooLarge {
                what: "the /Contents of a signature",
                limit: MAX_CONTENTS_LENGTH,
            });
        }
        if string.bytes.iter().all(|&byte| byte == 0) {
            self.breach(Reason::ContentsInvalid, "/Contents is empty or zero", place);
            return Ok(());
        }
        if let Some([first, second]) = self.ranges
            && (first.end, second.start) != (value.span.start, value.span.end)
        {
            self.breach(
                Reason::ByteRangeGap,
                "the gap between the ranges is not the /Contents of this dictionary",
                place,
            );
            return Ok(());
        }
        let plain = is_plain_hexadecimal(pdf.source(), value.span, &string.bytes)?;
        if !plain {
            self.breach(
                Reason::ContentsInvalid,
                "/Contents is not written in one case of hexadecimal digits throughout",
                place,
            );
        }
        self.contents = Some(string.bytes.clone());
        Ok(())
    }

    /// Where a revision ends, the second range may end: at `%%EOF`, after the line end that follows it, or after more white
    /// space, which some producers write and sign.
    fn find_end(&mut self, pdf: &Pdf<'_>) -> Result<(), PdfError> {
        let Some([_, second]) = self.ranges else {
            self.coverage = Some(Coverage::Unclear);
            return Ok(());
        };
        let revisions = pdf.revisions();
        let ended = revisions
            .iter()
            .rev()
            .find(|revision| revision.marker_end <= second.end);
        let ended = match ended {
            Some(revision) => {
                let beyond = Span {
                    start: revision.end.min(second.end),
                    end: second.end,
                };
                is_space(pdf.source(), beyond)?.then_some(revision)
            }
            None => None,
        };
        let Some(revision) = ended else {
            self.coverage = Some(Coverage::Partial);
            self.breach(
                Reason::ByteRangeEnd,
                "the second range does not end where a revision ends",
                Some(second),
            );
            return Ok(());
        };
        self.revision = Some(revision.index);
        self.coverage = Some(if second.end == pdf.length() {
            Coverage::WholeFile
        } else {
            Coverage::WholeRevision
        });
        Ok(())
    }

    fn check_object(
        &mut self,
        pdf: &Pdf<'_>,
        field: &SignatureField,
        indirect: &Indirect,
        dictionary: &Dictionary,
    ) -> Result<(), PdfError> {
        let Location::File(span) = indirect.location else {
            self.breach(
                Reason::DictionaryNotPlain,
                "the signature dictionary lies in an object stream",
                None,
            );
            return Ok(());
        };
        if indirect.stream.is_some() {
            self.breach(
                Reason::DictionaryNotPlain,
                "the signature dictionary is a stream",
                Some(span),
            );
        }
        if dictionary.has_doubled_keys() {
            self.breach(
                Reason::DictionaryNotPlain,
                "the signature dictionary has a key twice",
                Some(span),
            );
        }
        let (Some(index), Some([first, second])) = (self.revision, self.ranges) else {
            return Ok(());
        };
        let (Some(revision), Some(view)) = (pdf.revisions().get(index), pdf.view(index)) else {
            return Ok(());
        };
        // It is written by the update that it signs. (This also bounds what has to be hashed.)
        let covered = first.start <= span.start && span.end <= second.end;
        if span.start < revision.start || !covered {
            self.breach(
                Reason::DictionaryReplaced,
                "the signature dictionary was not written by the revision that it covers",
                Some(span),
            );
        }
        let then = view.object(indirect.id)?;
        if then.location != indirect.location {
            self.breach(
                Reason::DictionaryReplaced,
                "the revision that is covered has another signature dictionary",
                Some(span),
            );
        }
        self.check_field(pdf, field, indirect)
    }

    /// The field led to this signature already when it was made.
    fn check_field(
        &mut self,
        pdf: &Pdf<'_>,
        field: &SignatureField,
        indirect: &Indirect,
    ) -> Result<(), PdfError> {
        if field.dictionary.has_doubled_keys() {
            self.breach(Reason::FieldInvalid, "the field has a key twice", None);
        }
        let view = self.revision.and_then(|index| pdf.view(index));
        let (Some(view), Some(id)) = (view, field.id) else {
            return Ok(());
        };
        let then = view.object(id)?;
        let value = then.object.as_dictionary().and_then(|field| field.get("V"));
        // An inherited value stands in a field above; then the field itself has none, now and then.
        let now = field.dictionary.get("V");
        let same = match (value, now) {
            (Some(value), _) => value.object.as_reference() == Some(indirect.id),
            (None, now) => now.is_none() && then.object.as_dictionary().is_some(),
        };
        if !same {
            self.breach(
                Reason::FieldInvalid,
                "the field did not lead to this signature when it was made",
                match then.location {
                    Location::File(span) => Some(span),
                    Location::Absent | Location::ObjectStream { .. } => None,
                },
            );
        }
        Ok(())
    }
}

/// Most white space between two revisions, or after the last, that is looked at: some tools add a line end or a few.
pub(crate) const MAX_SPACE: u64 = 1024;

/// Whether a stretch of the file is white space, and not much of it.
pub(crate) fn is_space(source: &dyn Source, span: Span) -> Result<bool, PdfError> {
    if span.length() > MAX_SPACE {
        return Ok(false);
    }
    let mut bytes = vec![0; usize::try_from(span.length()).unwrap_or_default()];
    source.read_at(span.start, &mut bytes)?;
    Ok(bytes
        .iter()
        .all(|byte| matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')))
}

/// Whether a token is `<`, hexadecimal digits of one case for `bytes`, `>`, without white space. All writers do so; anything else is a
/// place where somebody may have written later, since this token is all that a signature leaves uncovered.
fn is_plain_hexadecimal(source: &dyn Source, span: Span, bytes: &[u8]) -> Result<bool, PdfError> {
    let Ok(length) = usize::try_from(span.length()) else {
        return Ok(false);
    };
    let mut token = vec![0; length];
    source.read_at(span.start, &mut token)?;
    let [b'<', digits @ .., b'>'] = token.as_slice() else {
        return Ok(false);
    };
    let plain = digits.len() == 2 * bytes.len() && digits.iter().all(u8::is_ascii_hexdigit);
    let lower = digits.iter().any(u8::is_ascii_lowercase);
    let upper = digits.iter().any(u8::is_ascii_uppercase);
    Ok(plain && !(lower && upper))
}
