//! Tokens as writers make them, and as they must not be.

use proptest::prelude::*;

use super::*;
use crate::{Bytes, Damage, PdfError, Source, SourceError};

fn object(text: &str) -> Object {
    parse(text.as_bytes()).expect(text).object
}

fn damage(text: &[u8]) -> (u64, Damage) {
    match parse(text) {
        Err(PdfError::Damaged { offset, damage }) => (offset, damage),
        other => panic!("{} gives {other:?}", String::from_utf8_lossy(text)),
    }
}

fn name(text: &str) -> Object {
    Object::Name(Name(text.into()))
}

fn string(bytes: &[u8]) -> Object {
    Object::String(PdfString {
        bytes: bytes.to_vec(),
        hexadecimal: false,
    })
}

fn reference(number: u32, generation: u16) -> Object {
    Object::Reference(ObjectId { number, generation })
}

#[test]
fn words_numbers_and_references() {
    assert_eq!(object("true"), Object::Boolean(true));
    assert_eq!(object(" false "), Object::Boolean(false));
    assert_eq!(object("% a comment\r\x00\x0cnull"), Object::Null);
    assert_eq!(object("12 0 R"), reference(12, 0));
    assert_eq!(object("12%\n65535\n%\rR/"), reference(12, 65535));
    assert_eq!(object("12 0 Rx"), Object::Integer(12));
    assert_eq!(object("12 0"), Object::Integer(12));
    let array = object("[1 2 3 R 4 0 R/R 6]");
    let values: Vec<&Object> = array
        .as_array()
        .expect("array")
        .0
        .iter()
        .map(|value| &value.object)
        .collect();
    let number = |number| Object::Integer(number);
    assert_eq!(
        values,
        [
            &number(1),
            &reference(2, 3),
            &reference(4, 0),
            &name("R"),
            &number(6)
        ]
    );
    assert_eq!(damage(b"[4 0 R.5]"), (5, Damage::BadSyntax));
}

#[test]
fn references_to_what_cannot_be() {
    assert_eq!(damage(b"4294967296 0 R ").1, Damage::BadSyntax);
    assert_eq!(damage(b"1 65536 R ").1, Damage::BadSyntax);
    assert_eq!(object("-1 0"), Object::Integer(-1));
    assert_eq!(damage(b"[-1 0 R]"), (6, Damage::BadSyntax));
    assert_eq!(damage(b"[+1 0 R]"), (6, Damage::BadSyntax));
}

#[test]
fn names_with_and_without_number_signs() {
    assert_eq!(object("/A#42#20c"), name("AB c"));
    assert_eq!(object("/"), name(""));
    assert_eq!(object("/A#"), name("A#"));
    assert_eq!(object("/A#4"), name("A#4"));
    assert_eq!(object("/A#4G#41"), name("A#4GA"));
    assert_eq!(object("/#23#34"), name("#4"));
    assert_eq!(object("[/A/B(c)]"), object("[ /A /B (c) ]"));
}

#[test]
fn literal_strings() {
    assert_eq!(object("(a(b)c)"), string(b"a(b)c"));
    assert_eq!(
        object(r"(\n\r\t\b\f\(\)\\\x)"),
        string(b"\n\r\t\x08\x0c()\\x")
    );
    assert_eq!(object(r"(\0\53\053\0533\777\8)"), string(b"\0+++3\xff8"));
    assert_eq!(object("(a\\\nb\\\r\nc\\\rd)"), string(b"abcd"));
    assert_eq!(object("(a\nb\r\nc\rd)"), string(b"a\nb\nc\nd"));
    assert_eq!(object("(% no comment)"), string(b"% no comment"));
}

#[test]
fn hexadecimal_strings() {
    assert_eq!(object("<>"), string(b""));
    assert_eq!(object("<901FA3>"), string(b"\x90\x1f\xa3"));
    assert_eq!(object("<90 1f\r\n\t\x00a>"), string(b"\x90\x1f\xa0"));
    assert_eq!(damage(b"<901G>"), (4, Damage::BadSyntax));
    assert_eq!(damage(b"<90%\n1F>"), (3, Damage::BadSyntax));
    assert_eq!(damage(b"<90"), (3, Damage::Truncated));
}

#[test]
fn every_value_knows_its_bytes() {
    let text = b" <</A (x)/B[1 2 0 R<41>]>> ";
    let value = parse(text).expect("readable");
    let written = |span: Span| {
        let (start, end) = (usize::try_from(span.start), usize::try_from(span.end));
        let range = start.expect("small")..end.expect("small");
        String::from_utf8_lossy(&text[range]).into_owned()
    };
    assert_eq!(written(value.span), "<</A (x)/B[1 2 0 R<41>]>>");
    let entries = &value.object.as_dictionary().expect("dictionary").entries;
    assert_eq!(written(entries[0].key_span), "/A");
    assert_eq!(written(entries[0].value.span), "(x)");
    let array = entries[1].value.object.as_array().expect("array");
    let spans: Vec<String> = array.0.iter().map(|value| written(value.span)).collect();
    assert_eq!(spans, ["1", "2 0 R", "<41>"]);
}

#[test]
fn doubled_keys_are_kept() {
    let value = parse(b"<</A 1/B 2/A 3>>").expect("readable");
    let keys: Vec<&Name> = value
        .object
        .as_dictionary()
        .expect("dictionary")
        .entries
        .iter()
        .map(|entry| &entry.key)
        .collect();
    assert_eq!(keys.len(), 3);
}

#[test]
fn what_is_not_an_object() {
    for (text, offset, expected) in [
        (&b""[..], 0, Damage::Truncated),
        (b"% comment", 9, Damage::Truncated),
        (b"(a", 2, Damage::Truncated),
        (b"(a\\", 3, Damage::Truncated),
        (b"[1 2", 4, Damage::Truncated),
        (b"<</A", 4, Damage::Truncated),
        (b"<</A 1", 6, Damage::Truncated),
        (b"<</A 1>", 6, Damage::BadSyntax),
        (b"<</A>>", 4, Damage::BadSyntax),
        (b"<<1 2>>", 2, Damage::BadSyntax),
        (b"[1 --5 2]", 3, Damage::BadSyntax),
        (b"[tru ]", 1, Damage::BadSyntax),
        (b"[True ]", 1, Damage::BadSyntax),
        (b") ", 0, Damage::BadSyntax),
        (b"> ", 0, Damage::BadSyntax),
        (b"{1} ", 0, Damage::BadSyntax),
        (b"[endobj ", 1, Damage::BadSyntax),
    ] {
        assert_eq!(
            damage(text),
            (offset, expected),
            "{}",
            String::from_utf8_lossy(text)
        );
    }
}

#[test]
fn nesting_at_the_limit_and_one_past_it() {
    let arrays = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(arrays(MAX_NESTING).as_bytes()).is_ok());
    let too_large = |what, limit| Err(PdfError::TooLarge { what, limit });
    let parsed = |text: &str| parse(text.as_bytes()).map(|value| value.span);
    assert_eq!(parsed(&arrays(MAX_NESTING + 1)), too_large("nesting", 64));
    let dictionaries = |depth: usize| format!("{}1{}", "<</A ".repeat(depth), ">>".repeat(depth));
    assert!(parse(dictionaries(MAX_NESTING).as_bytes()).is_ok());
    assert_eq!(
        parsed(&dictionaries(MAX_NESTING + 1)),
        too_large("nesting", 64)
    );
    // No parenthesis is a level.
    assert!(parse(format!("{}{}", "(".repeat(9_999), ")".repeat(9_999)).as_bytes()).is_ok());
}

#[test]
fn values_at_the_limit_and_one_past_it() {
    let array = |count: usize| format!("[{}]", "1 ".repeat(count - 1));
    assert!(parse(array(MAX_OBJECT_VALUES).as_bytes()).is_ok());
    assert!(matches!(
        parse(array(MAX_OBJECT_VALUES + 1).as_bytes()),
        Err(PdfError::TooLarge {
            what: "values in an object",
            ..
        })
    ));
}

#[test]
fn bytes_at_the_limit_and_one_past_it() {
    let limit = usize::try_from(MAX_OBJECT_BYTES).expect("small");
    let string = |length: usize| format!("({}) ", "x".repeat(length - 2));
    assert!(parse(string(limit).as_bytes()).is_ok());
    assert!(matches!(
        parse(string(limit + 1).as_bytes()),
        Err(PdfError::TooLarge {
            what: "bytes of an object",
            ..
        })
    ));
}

/// Counts what is read.
struct Counting<'a> {
    bytes: Bytes<'a>,
    read: std::cell::Cell<u64>,
}

impl Source for Counting<'_> {
    fn length(&self) -> u64 {
        self.bytes.length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.read.set(self.read.get() + buffer.len() as u64);
        self.bytes.read_at(offset, buffer)
    }
}

#[test]
fn objects_across_windows_are_read_once() {
    let mut bytes = vec![b' '; 65_530];
    bytes.extend_from_slice(b"<</Key (value)>>");
    bytes.extend(vec![b'x'; 300_000]);
    bytes.extend(vec![b' '; 600]);
    bytes.extend_from_slice(format!("<{}>", "41".repeat(100_000)).as_bytes());
    let source = Counting {
        bytes: Bytes(&bytes),
        read: 0.into(),
    };
    let reader = Reader::new(&source);
    let read = |from| Parser::new(Cursor::in_file(&reader, from, reader.length())).value();
    assert_eq!(
        read(65_520).expect("readable").object,
        object("<</Key(value)>>")
    );
    assert_eq!(source.read.get(), 2 * 65_536);
    assert_eq!(
        read(65_530).expect("readable").span,
        Span {
            start: 65_530,
            end: 65_546
        }
    );
    assert_eq!(source.read.get(), 2 * 65_536, "both windows were kept");
    let last = read(365_600).expect("readable").object;
    assert_eq!(last.as_bytes().map(<[u8]>::len), Some(100_000));
    let span = Span {
        start: 65_500,
        end: 65_600,
    };
    assert_eq!(reader.bytes(span).expect("inside"), bytes[65_500..65_600]);
    assert!(
        reader
            .bytes(Span {
                start: 0,
                end: bytes.len() as u64 + 1
            })
            .is_err()
    );
}

fn objects() -> impl Strategy<Value = Object> {
    let leaf = prop_oneof![
        Just(Object::Null),
        any::<bool>().prop_map(Object::Boolean),
        any::<i64>().prop_map(Object::Integer),
        (-1e6..1e6_f64).prop_map(Object::Real),
        (any::<Vec<u8>>(), any::<bool>())
            .prop_map(|(bytes, hexadecimal)| Object::String(PdfString { bytes, hexadecimal })),
        any::<Vec<u8>>().prop_map(|bytes| Object::Name(Name(bytes))),
        (any::<u32>(), any::<u16>()).prop_map(|(number, generation)| reference(number, generation)),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        let value = inner.prop_map(|object| Value {
            object,
            span: Span { start: 0, end: 0 },
        });
        prop_oneof![
            prop::collection::vec(value.clone(), 0..8)
                .prop_map(|values| Object::Array(Array(values))),
            prop::collection::btree_map(any::<Vec<u8>>(), value, 0..8).prop_map(|entries| {
                let entry = |(key, value)| Entry {
                    key: Name(key),
                    key_span: Span { start: 0, end: 0 },
                    value,
                };
                Object::Dictionary(Dictionary {
                    entries: entries.into_iter().map(entry).collect(),
                })
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(object in objects()) {
        let written = crate::testing::write(&object);
        let read = parse(&written).map(|value| value.object);
        prop_assert_eq!(read, Ok(object));
    }

    #[test]
    fn random_bytes_never_panic(bytes: Vec<u8>) {
        let _ = parse(&bytes);
    }

    #[test]
    fn random_tokens_never_panic_and_spans_fit(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "<<", ">>", "[", "]", "(", ")", "<", ">", "/", "/N", "#", "1", "0", "R", "-", ".", "%", "\n", "\\", "true", "null", "obj",
            ]),
            0..40,
        ),
    ) {
        let text = tokens.join(" ");
        if let Ok(value) = parse(text.as_bytes()) {
            prop_assert!(value.span.start < value.span.end);
            prop_assert!(value.span.end <= text.len() as u64);
        }
    }
}

#[test]
fn space_and_comments_at_the_limit_and_one_past_it() {
    let comment = format!("%{}\n", "x".repeat(65_534));
    for text in [" ".repeat(65_536), comment] {
        assert!(parse(format!("{text}true").as_bytes()).is_ok());
        for more in [" ", "%", "\n"] {
            let error = parse(format!("{text}{more}true").as_bytes());
            assert!(matches!(error, Err(PdfError::TooLarge { .. })), "{more:?}");
        }
    }
    // What follows is still the comment, whatever it says.
    let inside = format!("%{}true\nfalse", "x".repeat(65_535));
    let error = parse(inside.as_bytes());
    assert!(matches!(error, Err(PdfError::TooLarge { .. })));
}
