//! Streams and their filters.

use miniz_oxide::deflate::compress_to_vec_zlib;
use weezl::{BitOrder, encode::Encoder};

use super::*;

fn file(keys: &str, data: impl AsRef<[u8]>) -> Vec<u8> {
    let mut builder = testing::pages(0);
    builder.stream(9, keys, data).table("/Root 1 0 R").bytes()
}

fn decode(keys: &str, data: impl AsRef<[u8]>) -> Vec<u8> {
    decoded(&file(keys, data), 9).expect(keys)
}

fn decode_damage(keys: &str, data: impl AsRef<[u8]>) -> Damage {
    place(decoded(&file(keys, data), 9).expect_err(keys)).1
}

#[test]
fn no_filter() {
    assert_eq!(decode("", b"plain\r\n"), b"plain\r\n");
    assert_eq!(decode("/Filter null", b"plain"), b"plain");
    assert_eq!(decode("/Filter[]", b""), b"");
    assert_eq!(decode("/Filter/Crypt", b"plain"), b"plain");
}

#[test]
fn flate() {
    let data = compress_to_vec_zlib(b"hello", 6);
    assert_eq!(decode("/Filter/FlateDecode", &data), b"hello");
    assert_eq!(
        decode("/Filter[/FlateDecode]/DecodeParms[null]", &data),
        b"hello"
    );
    let with_end_of_line = [data.as_slice(), b"\r\n"].concat();
    assert_eq!(decode("/Filter/FlateDecode", with_end_of_line), b"hello");
    let mut wrong = data.clone();
    *wrong.last_mut().expect("not empty") ^= 1;
    assert_eq!(
        decode_damage("/Filter/FlateDecode", wrong),
        Damage::BadStream
    );
    assert_eq!(
        decode_damage("/Filter/FlateDecode", &data[..data.len() - 5]),
        Damage::BadStream
    );
    assert_eq!(decode_damage("/Filter/FlateDecode", b""), Damage::BadStream);
}

#[test]
fn ascii_hex() {
    assert_eq!(
        decode("/Filter/ASCIIHexDecode", b"48 65\n6C6c6f7> ignored"),
        b"Hellop"
    );
    assert_eq!(
        decode_damage("/Filter/ASCIIHexDecode", b"48"),
        Damage::BadStream
    );
    assert_eq!(
        decode_damage("/Filter/ASCIIHexDecode", b"4x>"),
        Damage::BadStream
    );
}

#[test]
fn ascii_85() {
    assert_eq!(
        decode("/Filter/ASCII85Decode", b"87cUR D]i,\"Ebo80~>"),
        b"Hello World!"
    );
    assert_eq!(
        decode("/Filter/ASCII85Decode", b"zz87cURDZ~>"),
        b"\0\0\0\0\0\0\0\0Hello"
    );
    assert_eq!(
        decode("/Filter/ASCII85Decode", b"s8W-!~>"),
        b"\xff\xff\xff\xff"
    );
    for wrong in [
        &b"87cUR"[..],
        b"8~>",
        b"s8W-\"~>",
        b"8z~>",
        b"87c\x7f~>",
        b"87cUR~",
        b"tt~>",
    ] {
        assert_eq!(
            decode_damage("/Filter/ASCII85Decode", wrong),
            Damage::BadStream,
            "{wrong:?}"
        );
    }
}

#[test]
fn run_length() {
    assert_eq!(
        decode("/Filter/RunLengthDecode", b"\x02abc\xfed\x80"),
        b"abcddd"
    );
    for wrong in [&b""[..], b"\x02ab", b"\xfe", b"\x00a"] {
        assert_eq!(
            decode_damage("/Filter/RunLengthDecode", wrong),
            Damage::BadStream,
            "{wrong:?}"
        );
    }
}

#[test]
fn lzw_with_early_and_late_change() {
    let text: Vec<u8> = (0..20_000_u32)
        .flat_map(|number| number.to_string().into_bytes())
        .collect();
    let early = Encoder::with_tiff_size_switch(BitOrder::Msb, 8)
        .encode(&text)
        .expect("memory");
    assert_eq!(decode("/Filter/LZWDecode", &early), text);
    assert_eq!(
        decode("/Filter/LZWDecode/DecodeParms<</EarlyChange 1>>", &early),
        text
    );
    let late = Encoder::new(BitOrder::Msb, 8)
        .encode(&text)
        .expect("memory");
    assert_eq!(
        decode("/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>", &late),
        text
    );
    // ISO 32000-1, 7.4.4.2, example 1.
    let example = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
    assert_eq!(
        decode("/Filter/LZWDecode", example),
        [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]
    );
    assert_eq!(
        decode_damage("/Filter/LZWDecode", &early[..1000]),
        Damage::BadStream
    );
    assert_eq!(
        decode_damage("/Filter/LZWDecode/DecodeParms<</EarlyChange 2>>", &early),
        Damage::WrongType
    );
}

#[test]
fn chains_are_undone_in_order() {
    let data = compress_to_vec_zlib(b"hello", 6);
    let hex: String = data
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        + ">";
    assert_eq!(
        decode("/Filter[/ASCIIHexDecode/FlateDecode]", &hex),
        b"hello"
    );
    let parms = "/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms";
    assert_eq!(decode(&format!("{parms}[null<<>>]"), &hex), b"hello");
    assert_eq!(decode(&format!("{parms}[null]"), &hex), b"hello");
    assert_eq!(
        decode_damage(&format!("{parms}[null null null]"), &hex),
        Damage::WrongType
    );
    assert_eq!(
        decode_damage(&format!("{parms}<<>>"), &hex),
        Damage::WrongType
    );
    assert_eq!(decode_damage("/Filter[1]", &hex), Damage::WrongType);
    assert_eq!(decode_damage("/F(elsewhere)", b""), Damage::BadStream);
}

#[test]
fn filters_at_the_limit_and_one_past_it() {
    let keys = |count: usize| format!("/Filter[{}]", "/ASCIIHexDecode".repeat(count));
    let mut data = b"A".to_vec();
    for _ in 0..MAX_FILTERS {
        data = data
            .iter()
            .flat_map(|byte| format!("{byte:02X}").into_bytes())
            .chain(*b">")
            .collect();
    }
    assert_eq!(decode(&keys(MAX_FILTERS), &data), b"A");
    let error = decoded(&file(&keys(MAX_FILTERS + 1), &data), 9).expect_err("too many");
    assert_eq!(
        error,
        PdfError::TooLarge {
            what: "number of filters",
            limit: 8
        }
    );
}

#[test]
fn pictures_filters_are_named() {
    for filter in ["DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode"] {
        let bytes = file(&format!("/Filter/{filter}"), b"x");
        let PdfError::UnknownFilter {
            filter: named,
            offset,
        } = decoded(&bytes, 9).expect_err(filter)
        else {
            panic!("{filter}");
        };
        assert_eq!(
            (named.as_str(), offset),
            (filter, find(&bytes, "x\nendstream"))
        );
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect("readable");
        let stream = pdf.latest().object(id(9)).expect("readable");
        assert_eq!(pdf.latest().raw_stream(&stream).expect("as it is"), b"x");
    }
}

#[test]
fn png_predictors() {
    let keys = "/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 2/Colors 3>>";
    let rows: [[u8; 7]; 5] = [
        [0, 1, 2, 3, 4, 5, 6],
        [1, 1, 1, 1, 1, 1, 1],
        [2, 1, 0, 255, 0, 0, 0],
        [3, 0, 0, 0, 0, 0, 0],
        [4, 1, 1, 1, 1, 1, 1],
    ];
    let expected: [[u8; 6]; 5] = [
        [1, 2, 3, 4, 5, 6],
        [1, 1, 1, 2, 2, 2],
        [2, 1, 0, 2, 2, 2],
        [1, 0, 0, 1, 1, 1],
        [2, 1, 1, 3, 2, 2],
    ];
    let data = compress_to_vec_zlib(&rows.concat(), 6);
    assert_eq!(decode(keys, data), expected.concat());
    let data = compress_to_vec_zlib(&[5, 0, 0, 0, 0, 0, 0], 6);
    assert_eq!(decode_damage(keys, data), Damage::BadStream);
    let part = compress_to_vec_zlib(&[0, 1, 2, 3, 4, 5, 6, 1, 1], 6);
    assert_eq!(decode(keys, part), [1, 2, 3, 4, 5, 6, 1]);
}

/// The `png` crate writes rows with every method, and so says what they mean.
#[test]
fn png_predictors_as_the_png_crate_writes_them() {
    let pixels: Vec<u8> = (0..64 * 64 * 3_u32)
        .map(|byte| u8::try_from(byte * byte / 7 % 256).expect("a byte"))
        .collect();
    for filter in [
        png::Filter::Sub,
        png::Filter::Up,
        png::Filter::Avg,
        png::Filter::Paeth,
        png::Filter::Adaptive,
    ] {
        let mut file_bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut file_bytes, 64, 64);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_filter(filter);
        let mut writer = encoder.write_header().expect("memory");
        writer.write_image_data(&pixels).expect("memory");
        writer.finish().expect("memory");
        let mut data = Vec::new();
        let mut rest = &file_bytes[8..];
        while let [a, b, c, d, kind @ ..] = rest {
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            if kind.starts_with(b"IDAT") {
                data.extend_from_slice(&kind[4..4 + length]);
            }
            rest = &kind[4 + length + 4..];
        }
        let keys = "/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 64/Colors 3>>";
        assert!(decode(keys, data) == pixels, "{filter:?}");
    }
}

#[test]
fn tiff_predictor() {
    let keys = "/Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 2/Colors 2>>";
    let data = compress_to_vec_zlib(&[1, 2, 3, 4, 250, 1, 10, 1], 6);
    assert_eq!(decode(keys, &data), [1, 2, 4, 6, 250, 1, 4, 2]);
    let bits = "/Filter/FlateDecode/DecodeParms<</Predictor 2/BitsPerComponent 4>>";
    assert_eq!(decode_damage(bits, &data), Damage::BadStream);
}

#[test]
fn absurd_predictors() {
    let data = compress_to_vec_zlib(&[0; 7], 6);
    for parms in [
        "/Predictor 3",
        "/Predictor 9",
        "/Predictor 16",
        "/Predictor -1",
        "/Predictor 12/Columns 0",
        "/Predictor 12/Columns -1",
        "/Predictor 12/Columns 9223372036854775807",
        "/Predictor 12/Columns 1048576/Colors 2",
        "/Predictor 12/Colors 33",
        "/Predictor 12/BitsPerComponent 3",
    ] {
        let keys = format!("/Filter/FlateDecode/DecodeParms<<{parms}>>");
        assert_eq!(decode_damage(&keys, &data), Damage::BadStream, "{parms}");
    }
    assert_eq!(
        decode(
            "/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1048576>>",
            &data
        )
        .len(),
        6
    );
}

#[test]
fn lengths_may_be_indirect() {
    let mut builder = testing::pages(0);
    builder.object(8, "5");
    builder.object(9, "<</Length 8 0 R>>stream\r\nhello\rendstream");
    let bytes = builder.table("/Root 1 0 R").bytes();
    assert_eq!(decoded(&bytes, 9).expect("readable"), b"hello");
    // In an object stream, too; and there are circles.
    let mut builder = testing::pages(0);
    builder.object_stream(7, &[(8, "5")]);
    builder.object(9, "<</Length 8 0 R>>stream\nhello\nendstream");
    builder.object(10, "<</Length 10 0 R>>stream\nhello\nendstream");
    builder.entry(
        11,
        XrefEntry::Compressed {
            stream: 12,
            index: 0,
        },
    );
    builder.object(
        12,
        "<</Type/ObjStm/N 1/First 5/Length 11 0 R>>stream\n11 0 5\nendstream",
    );
    let bytes = builder.xref_stream(13, "/Root 1 0 R").bytes();
    assert_eq!(decoded(&bytes, 9).expect("readable"), b"hello");
    assert_eq!(object_damage(&bytes, 10).1, Damage::Loop);
    assert_eq!(object_damage(&bytes, 11).1, Damage::Loop);
    assert_eq!(object_damage(&bytes, 12).1, Damage::Loop);
}

#[test]
fn wrong_lengths_and_forms_of_streams() {
    for body in [
        "<<>>stream\nhello\nendstream",
        "<</Length 4>>stream\nhello\nendstream",
        "<</Length 5>>stream\nhellosendstream",
        "<</Length 3>>stream\nhello\nendstream",
        "<</Length 7>>stream\nhello\nendstream",
        "<</Length -1>>stream\nhello\nendstream",
        "<</Length 5/Length 5>>stream\nhello\nendstream",
        "<</Length/5>>stream\nhello\nendstream",
        "<</Length 9223372036854775807>>stream\nhello\nendstream",
        "<</Length 20 0 R>>stream\nhello\nendstream",
        "<</Length 5>>stream\rhello\nendstream",
        "<</Length 5>>stream hello\nendstream",
        "<</Length 5>>stream\nhello\nendstreams",
    ] {
        let mut builder = testing::pages(0);
        let bytes = builder.object(9, body).table("/Root 1 0 R").bytes();
        assert_eq!(object_damage(&bytes, 9).1, Damage::BadStream, "{body}");
    }
    // A line end more or less is no harm.
    for (body, expected) in [
        ("<</Length 6>>stream\nhello\nendstream", "hello\n"),
        ("<</Length 5>>stream\r\nhello\r\n\r\nendstream", "hello"),
        ("<</Length 5>>stream\nhelloendstream", "hello"),
    ] {
        let mut builder = testing::pages(0);
        let bytes = builder.object(9, body).table("/Root 1 0 R").bytes();
        assert_eq!(decoded(&bytes, 9).expect(body), expected.as_bytes());
    }
    for body in [
        "[]stream\nhello\nendstream",
        "<</Length 5>>stream\nhello\nendstream endob",
        "1 2",
        "5endobj",
        "",
    ] {
        let mut builder = testing::pages(0);
        let bytes = builder.object(9, body).table("/Root 1 0 R").bytes();
        assert_eq!(object_damage(&bytes, 9).1, Damage::BadSyntax, "{body}");
    }
}
