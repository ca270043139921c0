//! Data for the long term.

use sha1::{Digest as _, Sha1};

use super::*;

fn evidence(certificates: &[&str], crls: &[&str]) -> Evidence {
    let bytes = |list: &[&str]| list.iter().map(|text| text.as_bytes().to_vec()).collect();
    Evidence {
        certificates: bytes(certificates),
        crls: bytes(crls),
        ..Evidence::default()
    }
}

fn added(original: &[u8], evidence: &Evidence) -> Vec<u8> {
    let update = add_validation_data(&Bytes(original), evidence, None).expect("added");
    appended(original, &update)
}

/// The key of the entry of a signature whose message is [`MESSAGE`], padded to 100 bytes.
fn key() -> String {
    let mut contents = MESSAGE.to_vec();
    contents.resize(100, 0);
    data_encoding::HEXUPPER.encode(&Sha1::digest(contents))
}

/// How many items the list at the path has.
fn count(bytes: &[u8], path: &str) -> usize {
    let source = Bytes(bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    lookup(pdf.latest(), path)
        .as_array()
        .map_or(0, |array| array.0.len())
}

#[test]
fn evidence_is_stored_once_and_named_per_signature() {
    let signed = sealed(&three(), &request());
    let first = added(&signed, &evidence(&["one", "two", "one"], &["list"]));
    assert!(first.starts_with(&signed));
    assert_eq!(count(&first, "DSS/Certs"), 2);
    assert_eq!(count(&first, "DSS/CRLs"), 1);
    assert_eq!(text_at(&first, "DSS/OCSPs"), "null");
    let entry = format!("DSS/VRI/{}", key());
    assert_eq!(count(&first, &format!("{entry}/Cert")), 2);
    assert_eq!(count(&first, &format!("{entry}/CRL")), 1);

    // More for the same signature: what is known is not stored again.
    let second = added(&first, &evidence(&["two", "three"], &["list"]));
    assert_eq!(count(&second, "DSS/Certs"), 3);
    assert_eq!(count(&second, "DSS/CRLs"), 1);
    assert_eq!(count(&second, &format!("{entry}/Cert")), 3);
    assert_eq!(count(&second, &format!("{entry}/CRL")), 1);
    let source = Bytes(&second);
    let pdf = Pdf::open(&source, None).expect("readable");
    let view = pdf.latest();
    let list = lookup(view, "DSS/Certs");
    let stored: Vec<Vec<u8>> = list
        .as_array()
        .expect("a list")
        .0
        .iter()
        .filter_map(|item| item.object.as_reference())
        .map(|id| {
            view.stream(&view.object(id).expect("readable"))
                .expect("a stream")
        })
        .collect();
    assert_eq!(stored, [&b"one"[..], b"two", b"three"]);
}

#[test]
fn stores_of_others_are_added_to() {
    let stream = "<</Length 3>>\nstream\none\nendstream";
    let key = key();
    let entry = format!("/VRI<</{key} 53 0 R>>");
    for (catalog, objects) in [
        ("/DSS<</Certs[50 0 R]>>", vec![]),
        (
            "/DSS 51 0 R",
            vec![
                (51, "<</Certs 52 0 R/VRI 54 0 R>>".to_owned()),
                (54, "<<>>".to_owned()),
            ],
        ),
        (
            "/DSS 51 0 R",
            vec![(51, format!("<</Certs 52 0 R{entry}>>"))],
        ),
    ] {
        let mut objects: Vec<(u32, &str)> = objects
            .iter()
            .map(|(number, body)| (*number, body.as_str()))
            .collect();
        objects.extend([
            (50, stream),
            (52, "[50 0 R]"),
            (53, "<</Cert[50 0 R]/TU(t)>>"),
        ]);
        let signed = sealed(&with_catalog(catalog, &objects), &request());
        let file = added(&signed, &evidence(&["one", "two"], &[]));
        assert_eq!(count(&file, "DSS/Certs"), 2, "{catalog}");
        assert_eq!(text_at(&file, "DSS/Certs/0"), "<</Length 3>>");
        assert_eq!(
            count(&file, &format!("DSS/VRI/{key}/Cert")),
            2,
            "{objects:?}"
        );
    }
}

#[test]
fn the_newest_signature_is_meant_unless_one_is_named() {
    let once = sealed(&three(), &request());
    let other = SealRequest::new(NOON, 120);
    let twice = sealed(&once, &other);
    let newest = added(&twice, &evidence(&["one"], &[]));
    assert_eq!(text_at(&newest, &format!("DSS/VRI/{}", key())), "null");
    let named = Evidence {
        field: Some("Signature1".to_owned()),
        ..evidence(&["one"], &[])
    };
    let file = added(&twice, &named);
    assert_eq!(count(&file, &format!("DSS/VRI/{}/Cert", key())), 1);
    let missing = Evidence {
        field: Some("Signature3".to_owned()),
        ..evidence(&["one"], &[])
    };
    let error = add_validation_data(&Bytes(&twice), &missing, None).expect_err("missing");
    assert_eq!(error.code(), "field-not-found");
}

#[test]
fn evidence_for_nothing_no_evidence_and_too_much_are_refused() {
    let signed = sealed(&three(), &request());
    let some = evidence(&["one"], &[]);
    assert!(add_validation_data(&Bytes(&three()), &some, None).is_err());
    assert!(add_validation_data(&Bytes(&signed), &Evidence::default(), None).is_err());
    let texts: Vec<String> = (0..=MAX_EVIDENCE)
        .map(|number| number.to_string())
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert!(add_validation_data(&Bytes(&signed), &evidence(&texts[1..], &[]), None).is_ok());
    assert!(add_validation_data(&Bytes(&signed), &evidence(&texts, &[]), None).is_err());
    for broken in ["/DSS 7", "/DSS<</Certs 7>>", "/DSS<</VRI 7>>"] {
        let signed = sealed(&with_catalog(broken, &[]), &request());
        let error = add_validation_data(&Bytes(&signed), &some, None).expect_err(broken);
        assert_eq!(error.code(), "form-invalid", "{broken}");
    }
}

#[test]
fn a_certification_that_forbids_everything_permits_evidence_and_time_stamps() {
    let certified = SealRequest {
        certification: Some(Permissions::NoChanges),
        ..request()
    };
    let file = sealed(&three(), &certified);
    assert_eq!(refused(&file, &request()).code(), "certification-forbids");
    let file = added(&file, &evidence(&["one"], &[]));
    assert!(prepare_timestamp(&Bytes(&file), 100, None).is_ok());
}
