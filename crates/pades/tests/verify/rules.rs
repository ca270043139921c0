//! Each rule about structure broken alone: the verdict is failed, for that reason.

use scanseal_pades::verify::report::{DocumentVerdict, Reason, Report};

use crate::{
    honest::report,
    paper::{Paper, Seal, field},
    world::{Signer, World},
};

fn sealed() -> (World, Signer, Paper) {
    let mut world = World::new();
    let signer = world.signer();
    let mut paper = Paper::blank();
    paper.finish().seal_a(&signer);
    (world, signer, paper)
}

fn assert_failed(report: &Report, reason: Reason) {
    assert_eq!(
        report.document.verdict,
        DocumentVerdict::Failed,
        "{report:#?}"
    );
    let of_signatures = report
        .signatures
        .iter()
        .flat_map(|signature| &signature.reasons);
    let of_file = report
        .document
        .findings
        .iter()
        .filter(|finding| finding.decides);
    let found: Vec<Reason> = of_signatures
        .copied()
        .chain(of_file.map(|finding| finding.reason))
        .collect();
    assert!(found.contains(&reason), "{reason:?} is not among {found:?}");
}

/// The byte range of the one signature, as text.
fn range(paper: &Paper) -> (usize, [u64; 4]) {
    let at = paper
        .bytes
        .windows(11)
        .position(|window| window == b"/ByteRange ")
        .expect("sealed")
        + 11;
    let text = String::from_utf8_lossy(&paper.bytes[at + 1..at + 35]).into_owned();
    let numbers: Vec<u64> = text
        .split(' ')
        .map(|number| number.parse().expect("a number"))
        .collect();
    (at, numbers.try_into().expect("four"))
}

fn with_range(paper: &Paper, text: &str) -> Vec<u8> {
    let (at, _) = range(paper);
    let mut bytes = paper.bytes.clone();
    let padded = format!("{text:<36}");
    assert_eq!(padded.len(), 36, "{text}");
    bytes[at..at + 36].copy_from_slice(padded.as_bytes());
    bytes
}

#[test]
fn byte_ranges_that_are_none_or_cannot_be_fail() {
    let (world, _, paper) = sealed();
    let (_, [_, b, c, d]) = range(&paper);
    let cases = [
        ("null".to_owned(), Reason::ByteRangeMissing),
        ("4 0 R".to_owned(), Reason::ByteRangeMissing),
        (format!("[0 {b} {c}]"), Reason::ByteRangeMissing),
        (format!("[0 {b} {c} {d} 0 0]"), Reason::ByteRangeMissing),
        (format!("[0 {b} {c} {d}.5]"), Reason::ByteRangeMissing),
        (format!("[0 {b} {c} (x) {d}]"), Reason::ByteRangeMissing),
        (format!("[0 -1 {c} {d}]"), Reason::ByteRangeInvalid),
        (format!("[1 {} {c} {d}]", b - 1), Reason::ByteRangeInvalid),
        (format!("[0 {c} {b} {d}]"), Reason::ByteRangeInvalid),
        (format!("[0 {b} {c} {}]", d + 1), Reason::ByteRangeInvalid),
        (
            format!("[0 {b} {c} 9223372036854775807]"),
            Reason::ByteRangeInvalid,
        ),
        ("[0 0 0 0]".to_owned(), Reason::ByteRangeInvalid),
        (format!("[0 {} {c} {d}]", b - 1), Reason::ByteRangeGap),
        (format!("[0 {} {c} {d}]", b + 1), Reason::ByteRangeGap),
        (format!("[0 {b} {} {}]", c + 1, d - 1), Reason::ByteRangeGap),
        (format!("[0 {b} {} {}]", c - 1, d + 1), Reason::ByteRangeGap),
        (format!("[0 {b} {c} {}]", d - 9), Reason::ByteRangeEnd),
        (format!("[0 {b} {c} 1]"), Reason::ByteRangeEnd),
    ];
    for (text, reason) in cases {
        assert_failed(&report(&with_range(&paper, &text), &world.trust()), reason);
    }
}

#[test]
fn contents_that_are_not_plain_fail() {
    let (world, signer, paper) = sealed();
    let (_, [_, b, c, _]) = range(&paper);
    let (start, end) = (
        usize::try_from(b).expect("small"),
        usize::try_from(c).expect("small"),
    );
    let change = |edit: &dyn Fn(&mut [u8])| {
        let mut bytes = paper.bytes.clone();
        edit(&mut bytes[start..end]);
        report(&bytes, &world.trust())
    };
    // All of them leave the signed bytes and the signature value as they are.
    let zero = change(&|token| token[1..3201].fill(b'0'));
    assert_failed(&zero, Reason::ContentsInvalid);
    assert_failed(
        &change(&|token| token[3200] = b'1'),
        Reason::ContentsInvalid,
    );
    assert_failed(
        &change(&|token| token[3200] = b' '),
        Reason::ContentsInvalid,
    );
    assert_failed(
        &change(&|token| {
            let letter = token
                .iter_mut()
                .find(|byte| byte.is_ascii_lowercase())
                .expect("a letter");
            letter.make_ascii_uppercase();
        }),
        Reason::ContentsInvalid,
    );
    assert_failed(&change(&|token| token[1] = b'4'), Reason::CmsMalformed);
    drop(signer);
    // Throughout in capitals is how others write it.
    let capitals = change(&|token| token.make_ascii_uppercase());
    assert_eq!(capitals.document.verdict, DocumentVerdict::Passed);
}

#[test]
fn a_signature_dictionary_must_be_a_plain_object_of_its_revision() {
    let mut world = World::new();
    let signer = world.signer();
    // Written into the field.
    let mut paper = Paper::blank();
    paper.finish().object(
        5,
        &field(
            "A",
            "[0 0 9 9]",
            "/V<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<00>>>",
        ),
    );
    paper.finish();
    assert_failed(
        &report(&paper.bytes, &world.trust()),
        Reason::DictionaryNotPlain,
    );
    // A key twice.
    let mut paper = Paper::blank();
    paper.finish().seal(
        5,
        "A",
        "[0 0 9 9]",
        &Seal {
            more: "/Reason(a)/Reason(b)",
            ..Seal::by(&signer)
        },
    );
    assert_failed(
        &report(&paper.bytes, &world.trust()),
        Reason::DictionaryNotPlain,
    );
}

#[test]
fn a_dictionary_written_before_the_revision_it_covers_fails() {
    let mut world = World::new();
    let signer = world.signer();
    let mut paper = Paper::blank();
    paper.object(5, &field("A", "[0 0 9 9]", "/V 15 0 R"));
    let gap = paper.signature(15, &Seal::by(&signer));
    paper.finish();
    paper.object(19, "<</Later true>>").finish();
    paper.fill(gap, &signer);
    assert_failed(
        &report(&paper.bytes, &world.trust()),
        Reason::DictionaryReplaced,
    );
}

#[test]
fn a_signature_written_again_later_fails() {
    let (world, signer, mut paper) = sealed();
    let (_, [_, b, c, d]) = range(&paper);
    let contents = String::from_utf8(
        paper.bytes[usize::try_from(b).expect("small")..usize::try_from(c).expect("small")]
            .to_vec(),
    );
    let again = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20260528202640Z)/ByteRange[0 {b} {c} {d}]/Contents {}>>",
        contents.expect("hexadecimal"),
    );
    drop(signer);
    paper.object(15, &again).finish();
    let report = report(&paper.bytes, &world.trust());
    assert_failed(&report, Reason::ByteRangeGap);
    assert_failed(&report, Reason::OrphanSignature);
}

#[test]
fn a_signature_taken_out_of_the_form_fails_the_file() {
    let (world, _, mut paper) = sealed();
    paper.object(5, &field("A", "[50 50 150 150]", "")).finish();
    let emptied = report(&paper.bytes, &world.trust());
    assert_eq!(emptied.signatures, []);
    assert_failed(&emptied, Reason::OrphanSignature);

    let (world, _, mut paper) = sealed();
    paper.object(1, "<</Type/Catalog/Pages 2 0 R>>").finish();
    assert_failed(
        &report(&paper.bytes, &world.trust()),
        Reason::OrphanSignature,
    );
}

#[test]
fn a_field_that_led_elsewhere_when_it_was_signed_fails() {
    let mut world = World::new();
    let signer = world.signer();
    let mut paper = Paper::blank();
    paper.finish();
    let gap = paper.signature(15, &Seal::by(&signer));
    paper.finish();
    paper.fill(gap, &signer);
    paper
        .object(5, &field("A", "[0 0 9 9]", "/V 15 0 R"))
        .finish();
    assert_failed(&report(&paper.bytes, &world.trust()), Reason::FieldInvalid);
}

#[test]
fn two_fields_with_one_signature_fail() {
    let mut world = World::new();
    let signer = world.signer();
    let mut paper = Paper::blank();
    paper
        .finish()
        .object(6, &field("B", "[0 0 9 9]", "/V 15 0 R"));
    paper.seal_a(&signer);
    let report = report(&paper.bytes, &world.trust());
    assert_eq!(report.signatures.len(), 2);
    assert_failed(&report, Reason::FieldInvalid);
}

#[test]
fn attached_signed_files_and_text_about_them_are_no_signatures() {
    let (world, signer, inner) = sealed();
    drop(signer);
    let inner = inner.bytes;
    let mut paper = Paper::blank();
    paper.object(
        8,
        &format!("<</Length {}>>\nstream\nXX\nendstream", inner.len()),
    );
    // Put the raw bytes where the placeholder is.
    let at = paper
        .bytes
        .windows(3)
        .rposition(|window| window == b"XX\n")
        .expect("just written");
    paper.bytes.splice(at..at + 2, inner);
    paper
        .object(9, "<</Title(how to read /ByteRange)>>")
        .finish();
    let unsigned = report(&paper.bytes, &world.trust());
    assert_eq!(
        unsigned.document.verdict,
        DocumentVerdict::Unsigned,
        "{:#?}",
        unsigned.document.findings
    );
}

#[test]
fn bytes_of_no_revision_fail_a_sealed_file() {
    let (world, signer, paper) = sealed();
    let mut trailing = paper.bytes.clone();
    trailing.extend(b"more\n");
    assert_failed(&report(&trailing, &world.trust()), Reason::TrailingBytes);

    let mut spaces = paper.bytes.clone();
    spaces.extend(b"\r\n\0 ");
    let spaces = report(&spaces, &world.trust());
    assert_eq!(
        spaces.document.verdict,
        DocumentVerdict::PassedWithLaterChanges,
        "{spaces:#?}"
    );

    let mut between = paper.clone();
    between.bytes.extend(b"(hidden)\n");
    between.seal_b(&signer);
    assert_failed(
        &report(&between.bytes, &world.trust()),
        Reason::BytesBetweenRevisions,
    );
}

#[test]
fn forms_of_signature_that_are_weak_or_not_known_fail() {
    let mut world = World::new();
    let signer = world.signer();
    for (sub_filter, reason) in [
        ("/adbe.pkcs7.sha1", Reason::AlgorithmWeak),
        ("/adbe.x509.rsa_sha1", Reason::AlgorithmWeak),
        ("/Vendor.signature", Reason::SubFilterUnknown),
        ("(ETSI.CAdES.detached)", Reason::SubFilterUnknown),
        ("/ETSI.RFC3161", Reason::TimestampInvalid),
    ] {
        let mut paper = Paper::blank();
        let seal = Seal {
            sub_filter,
            ..Seal::by(&signer)
        };
        paper.finish().seal(5, "A", "[0 0 9 9]", &seal);
        assert_failed(&report(&paper.bytes, &world.trust()), reason);
    }
}

#[test]
fn a_loop_of_fields_is_unreadable_and_not_endless() {
    let world = World::new();
    let mut paper = Paper::blank();
    paper.object(5, "<</FT/Sig/T(A)/Kids[6 0 R]>>");
    paper.object(6, "<</T(B)/Kids[5 0 R]>>");
    paper.finish();
    assert_eq!(
        report(&paper.bytes, &world.trust()).document.verdict,
        DocumentVerdict::Unreadable
    );
}

/// A form with these fields.
fn form(fields: &str) -> Paper {
    let mut paper = Paper::blank();
    paper.object(
        1,
        &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>"),
    );
    paper
}

#[test]
fn as_many_signatures_as_the_limit_are_judged_and_one_more_is_refused() {
    let world = World::new();
    let most = scanseal_pades::verify::MAX_SIGNATURES;
    let signed = "<</FT/Sig/T(x)/V<</Type/Sig>>>>";
    let at_limit = report(&form(&signed.repeat(most)).finish().bytes, &world.trust());
    assert_eq!(at_limit.signatures.len(), most);
    let beyond = report(
        &form(&signed.repeat(most + 1)).finish().bytes,
        &world.trust(),
    );
    let unreadable = beyond.document.unreadable.expect("too many");
    assert_eq!(unreadable.code, "document-too-large");
}

#[test]
fn fields_nest_as_deep_as_the_limit_and_no_deeper() {
    let world = World::new();
    // The field at the top is at depth 0, and the signed one below all of them.
    let nested = |depth: u32| {
        let mut paper = form("20 0 R");
        paper.size = 21 + depth;
        for number in 20..20 + depth {
            let kid = number + 1;
            paper.object(number, &format!("<</T(a)/Kids[{kid} 0 R]>>"));
        }
        paper.object(20 + depth, "<</FT/Sig/T(b)/V<</Type/Sig>>>>");
        paper.finish();
        report(&paper.bytes, &world.trust())
    };
    let deepest = nested(64);
    let name = deepest.signatures[0].field.as_deref().expect("a name");
    assert_eq!(name, format!("{}b", "a.".repeat(64)));
    let deeper = nested(65);
    let unreadable = deeper.document.unreadable.expect("too deep");
    assert_eq!(unreadable.code, "document-too-large");
}
