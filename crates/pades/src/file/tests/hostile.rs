//! What nobody means well with: cut, mangled and exploding files.

use miniz_oxide::deflate::compress_to_vec_zlib;
use proptest::prelude::*;

use super::*;

/// Touches everything there is in a file; whatever it finds, it must come back, and every revision must look the same if the file ends
/// with it.
fn look_everywhere(bytes: &[u8]) {
    let source = Bytes(bytes);
    let Ok(pdf) = Pdf::open(&source, None) else {
        return;
    };
    let mut end = 0;
    for revision in pdf.revisions() {
        assert!(end <= revision.start && revision.start < revision.marker_end);
        assert!(revision.marker_end <= revision.end && revision.end <= pdf.length());
        end = revision.end;
        let _ = revision.entries();
        let view = pdf.view(revision.index).expect("every revision has a view");
        let seen = look(view);
        for page in 0..view.pages().unwrap_or_default().min(8) {
            let _ = view.page(page);
        }
        let source = Bytes(&bytes[..usize::try_from(end).expect("small")]);
        match Pdf::open(&source, None) {
            Ok(alone) => assert_eq!(seen, look(alone.latest())),
            // Only its own `startxref` may be too far from its end.
            Err(error) => assert_eq!(place(error).1, Damage::NoStartxref),
        }
    }
}

/// All objects, as text since dictionaries with doubled keys equal none, and what streams decode to.
fn look(view: View<'_, '_>) -> Vec<(String, Option<Vec<u8>>)> {
    let numbers = 0..view.size().min(64);
    let seen = numbers.map(|number| {
        let _ = view.page_number(id(number));
        match view.object(id(number)) {
            Ok(object) => {
                if let Location::File(span) = object.location {
                    assert!(span.start < span.end && span.end <= view.end());
                }
                (format!("{object:?}"), view.stream(&object).ok())
            }
            Err(_) => ("damaged".to_owned(), None),
        }
    });
    seen.collect()
}

/// A file with everything: two revisions, both kinds of cross-reference, object streams, filters.
fn rich() -> Vec<u8> {
    let mut builder = testing::pages(2);
    builder.table("/Root 1 0 R/ID[<01><02>]");
    builder.object_stream(
        20,
        &[
            (10, "[1 2.5 (three) /Four <35> true null 6 0 R]"),
            (11, "<</A<</B[]>>>>"),
        ],
    );
    builder.object(
        12,
        "<</Length 13 0 R/Filter[/ASCIIHexDecode/RunLengthDecode]>>stream\n0041 80>\nendstream",
    );
    builder
        .object(13, "8")
        .xref_stream(21, "/Root 1 0 R/ID[<01><03>]");
    builder.bytes()
}

#[test]
fn truncated_at_every_byte() {
    let bytes = rich();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let ends: Vec<u64> = pdf
        .revisions()
        .iter()
        .map(|revision| revision.marker_end)
        .collect();
    for end in 0..bytes.len() {
        let cut = &bytes[..end];
        let readable = Pdf::open(&Bytes(cut), None).is_ok();
        // What ends with a whole revision is readable, and so is what trails off within reach of its startxref.
        let reachable = ends
            .iter()
            .any(|marker| (*marker..marker + 1024).contains(&(end as u64)));
        assert!(!readable || reachable, "cut at {end}");
        look_everywhere(cut);
    }
    assert!(Pdf::open(&Bytes(&bytes[..bytes.len() - 1]), None).is_ok());
}

#[test]
fn every_byte_replaced() {
    let bytes = rich();
    for at in 0..bytes.len() {
        for byte in [0, b'0', b'9', b'<', b'>', b'(', b' ', 0xff] {
            let mut mangled = bytes.clone();
            mangled[at] = byte;
            look_everywhere(&mangled);
        }
    }
}

#[test]
fn deflate_bombs_stop_at_the_limit() {
    let bomb = |length: usize| {
        let data = compress_to_vec_zlib(&vec![0; length], 6);
        let mut builder = testing::pages(0);
        builder
            .stream(9, "/Filter/FlateDecode", data)
            .table("/Root 1 0 R")
            .bytes()
    };
    assert_eq!(
        decoded(&bomb(MAX_DECODED_STREAM), 9)
            .expect("at the limit")
            .len(),
        MAX_DECODED_STREAM
    );
    let error = PdfError::TooLarge {
        what: "decoded stream",
        limit: 64 * 1024 * 1024,
    };
    assert_eq!(
        decoded(&bomb(MAX_DECODED_STREAM + 1), 9),
        Err(error.clone())
    );
    // Bombs within bombs, and of other kinds.
    let runs = b"\x81x".repeat(MAX_DECODED_STREAM / 128 + 1);
    let mut builder = testing::pages(0);
    builder.flate_stream(9, "", b"");
    let keys = "/Filter[/FlateDecode/RunLengthDecode]";
    let bytes = builder
        .stream(10, keys, compress_to_vec_zlib(&runs, 6))
        .table("/Root 1 0 R")
        .bytes();
    assert_eq!(decoded(&bytes, 10), Err(error));
}

#[test]
fn object_streams_that_explode() {
    let mut builder = testing::pages(0);
    let bodies = [b"8 0 ".as_slice(), &vec![b'['; MAX_DECODED_STREAM]].concat();
    builder.flate_stream(9, "/Type/ObjStm/N 1/First 4", &bodies);
    builder.entry(
        8,
        XrefEntry::Compressed {
            stream: 9,
            index: 0,
        },
    );
    let bytes = builder.xref_stream(10, "/Root 1 0 R").bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert!(matches!(
        pdf.latest().object(id(8)),
        Err(PdfError::TooLarge {
            what: "decoded stream",
            ..
        })
    ));
}

#[test]
fn cross_reference_streams_that_explode() {
    let file = |entries: usize| {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let data = compress_to_vec_zlib(&vec![0; entries * 2], 6);
        bytes.extend_from_slice(
            format!("1 0 obj<</Type/XRef/Size {entries}/W[1 1 0]/Filter/FlateDecode/Length {}>>stream\n", data.len()).as_bytes(),
        );
        bytes.extend_from_slice(&data);
        bytes.extend_from_slice(b"\nendstream endobj startxref 9 %%EOF");
        bytes
    };
    assert!(Pdf::open(&Bytes(&file(100_000)), None).is_ok());
    let most = file(MAX_XREF_STREAM_BYTES / 2 - 1);
    assert!(Pdf::open(&Bytes(&most), None).is_ok());
    assert!(matches!(
        open_error(&file(MAX_XREF_STREAM_BYTES / 2 + 1)),
        PdfError::TooLarge { .. }
    ));
}

#[test]
fn cross_reference_streams_out_of_bounds() {
    for (keys, data) in [
        ("/Size 2/W[1 1 1]", "000000"),
        ("/Size 3/W[1 1 1]", "000000"),
        ("/Size 2/W[1 1]", "0000"),
        ("/Size 2/W[1 1 1 1]", "00000000"),
        ("/Size 2/W[0 0 0]", ""),
        ("/Size 2/W[1 0 1]", "0000"),
        ("/Size 2/W[1 -1 1]", "0000"),
        ("/Size 2/W[9 1 1]", "0000000000000000000000"),
        ("/Size 2", "000000"),
        ("/Size 2/W[1 1 1]/Index[0]", "000000"),
        ("/Size 2/W[1 1 1]/Index[0 3]", "000000000"),
        ("/Size 2/W[1 1 1]/Index[1 1 1 1]", "000000"),
        ("/Size 2/W[1 1 1]/Index[-1 2]", "000000"),
        ("/Size 2/W[1 1 1]/Index[4294967295 2]", "000000"),
        ("/Size 2/W[1 1 1]/Filter 1 0 R", "000000"),
    ] {
        let data: Vec<u8> = data.bytes().map(|digit| digit - b'0').collect();
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let header = format!("1 0 obj<</Type/XRef/Length {}{keys}>>stream\n", data.len());
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(&data);
        bytes.extend_from_slice(b"\nendstream endobj startxref 9 %%EOF");
        let opened = Pdf::open(&Bytes(&bytes), None).map(|_| ());
        if keys == "/Size 2/W[1 1 1]" {
            assert_eq!(opened, Ok(()), "{keys}");
        } else {
            assert_eq!(opened.map_err(place), Err((9, Damage::BadXref)), "{keys}");
        }
    }
}

#[test]
fn unknown_kinds_of_entry_are_not_guessed() {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend_from_slice(b"1 0 obj<</Type/XRef/Length 6/Size 2/W[1 1 1]>>stream\n\0\0\0\x03\x09\0\nendstream endobj startxref 9 %%EOF");
    assert_eq!(object_damage(&bytes, 1), (9, Damage::BadXref));
}

#[test]
fn subsections_that_promise_too_much() {
    for table in [
        "0 1000000000",
        "0 4294967295",
        "4294967295 1",
        "0 99999999999",
        "0 8388607",
    ] {
        let bytes = format!(
            "%PDF-1.7\nxref\n{table}\n0000000000 65535 f\r\ntrailer<</Size 1>>startxref 9 %%EOF"
        );
        assert!(
            matches!(
                damage(bytes.as_bytes()).1,
                Damage::BadXref | Damage::Truncated
            ),
            "{table}"
        );
    }
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    prop::collection::vec(change, 1..12).prop_map(|changes| {
        let mut bytes = rich();
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => {
                    bytes.remove(at);
                }
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_mutations_never_panic(bytes in mutated()) {
        look_everywhere(&bytes);
    }

    #[test]
    fn random_bytes_never_panic(bytes: Vec<u8>) {
        look_everywhere(&[b"%PDF-1.7\n", bytes.as_slice(), b"startxref 9 %%EOF"].concat());
    }
}
