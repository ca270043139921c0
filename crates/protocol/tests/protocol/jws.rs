//! Signed objects: what is read, and what is refused.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use proptest::prelude::*;
use scanseal_protocol::{
    jws::{Jws, JwsError, JwsKind, Unsigned},
    limits,
};
use serde_json::{Value, json};

use crate::world::{Holder, world};

const KIND: JwsKind = JwsKind::Assertion;

fn holder() -> &'static Holder {
    &world().holder
}

fn parse_header(header: &str) -> Result<Jws, JwsError> {
    Jws::parse(&holder().sign_raw(header, "{}"), KIND)
}

#[test]
fn an_object_signed_is_read_and_its_signature_fits() {
    let jws = Jws::parse(&holder().sign(KIND, &json!({ "a": 1 })), KIND).unwrap();
    assert_eq!(jws.verify_signature(), Ok(()));
    assert_eq!(jws.claims::<Value>().unwrap(), json!({ "a": 1 }));
    assert_eq!(jws.leaf(), &holder().certificate);
}

#[test]
fn another_members_order_in_the_header_is_accepted() {
    let x5c = BASE64.encode(holder().certificate.der());
    assert!(
        parse_header(&format!(
            r#"{{"x5c":["{x5c}"],"typ":"{}","alg":"ES256"}}"#,
            KIND.typ()
        ))
        .is_ok()
    );
}

#[test]
fn headers_of_any_other_form_are_refused() {
    let good = holder().header(KIND);
    assert!(parse_header(&good).is_ok());
    let der = BASE64.encode(holder().certificate.der());
    let change = |from: &str, to: &str| {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good);
        parse_header(&changed).unwrap_err()
    };
    assert_eq!(change(r#""alg":"ES256","#, ""), JwsError::Header);
    assert_eq!(
        change(r#""alg":"ES256""#, r#""alg":"ES256","alg":"ES256""#),
        JwsError::Header
    );
    assert_eq!(change(r#""alg""#, r#""kid":"1","alg""#), JwsError::Header);
    assert_eq!(
        change(r#""alg""#, r#""crit":["b64"],"alg""#),
        JwsError::Header
    );
    assert_eq!(change(&good, "[]"), JwsError::Header);
    for algorithm in ["none", "HS256", "ES384", "es256"] {
        assert_eq!(change("ES256", algorithm), JwsError::UnsupportedAlgorithm);
    }
    let wrong_kind = JwsError::WrongKind {
        expected: KIND.typ(),
    };
    assert_eq!(
        change("scanseal-assertion+jwt", "scanseal-request+jwt"),
        wrong_kind
    );
    assert_eq!(change("scanseal-assertion+jwt", "JWT"), wrong_kind);
    assert_eq!(
        change(&format!(r#"["{der}"]"#), "[]"),
        JwsError::Certificates
    );
    let url_safe = BASE64URL_NOPAD.encode(holder().certificate.der());
    assert_eq!(change(&der, &url_safe), JwsError::Certificates);
    assert!(matches!(change(&der, "AAAA"), JwsError::Certificate(_)));
}

#[test]
fn four_certificates_are_accepted_and_five_refused() {
    let sign = |count: usize| {
        let chain = vec![holder().certificate.clone(); count];
        let unsigned = Unsigned::new(KIND, &chain, &json!({}))?;
        let signature = holder().key.sign_es256(unsigned.signing_input());
        Ok::<_, JwsError>(unsigned.finish(&signature).unwrap())
    };
    assert_eq!(
        Jws::parse(&sign(4).unwrap(), KIND).unwrap().others().len(),
        3
    );
    assert_eq!(sign(5), Err(JwsError::Certificates));
    assert_eq!(sign(0), Err(JwsError::Certificates));
    let der = BASE64.encode(holder().certificate.der());
    let five = holder().header(KIND).replacen(
        &format!(r#""{der}""#),
        &[format!(r#""{der}""#).as_str(); 5].join(","),
        1,
    );
    assert_eq!(parse_header(&five), Err(JwsError::Certificates));
}

#[test]
fn payloads_must_be_objects_without_double_members() {
    for payload in [
        "",
        "1",
        "[]",
        r#"{"a":1,"a":1}"#,
        r#"{"a":{"b":1,"b":1}}"#,
        "{} {}",
    ] {
        let text = holder().sign_raw(&holder().header(KIND), payload);
        assert!(
            matches!(Jws::parse(&text, KIND), Err(JwsError::Claims(_))),
            "{payload}"
        );
        let unsigned = Unsigned::from_json(
            KIND,
            std::slice::from_ref(&holder().certificate),
            payload.as_bytes(),
        );
        assert!(matches!(unsigned, Err(JwsError::Claims(_))), "{payload}");
    }
}

#[test]
fn parts_encodings_and_signature_lengths_are_strict() {
    let text = holder().sign(KIND, &json!({ "a": 1 }));
    let parts: Vec<_> = text.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        panic!("three parts")
    };
    let parse = |text: String| Jws::parse(&text, KIND).unwrap_err();
    assert_eq!(parse(String::new()), JwsError::Parts);
    assert_eq!(parse(format!("{header}.{payload}")), JwsError::Parts);
    assert_eq!(parse(format!("{text}.")), JwsError::Encoding);
    assert_eq!(
        parse(format!("{header}.{payload}.{payload}.{signature}")),
        JwsError::Encoding
    );
    assert_eq!(
        parse(format!("{header}.{payload}=.{signature}")),
        JwsError::Encoding
    );
    assert_eq!(
        parse(format!("{header}. {payload}.{signature}")),
        JwsError::Encoding
    );
    assert_eq!(
        parse(format!("{header}.{payload}.")),
        JwsError::SignatureLength
    );
    assert_eq!(
        parse(format!("{header}.{payload}.{}", &signature[..84])),
        JwsError::SignatureLength
    );
    assert_eq!(
        parse(format!("{header}.{payload}.{signature}AAAA")),
        JwsError::SignatureLength
    );
    assert_eq!(
        parse(format!("{header}.{payload}.{signature}==")),
        JwsError::SignatureLength
    );
}

#[test]
fn the_longest_object_that_fits_is_accepted_and_the_next_refused() {
    for kind in [JwsKind::Assertion, JwsKind::Request, JwsKind::TrustList] {
        let raw = |filling: usize| {
            holder().sign_raw(
                &holder().header(kind),
                &format!(r#"{{"x":"{}"}}"#, "x".repeat(filling)),
            )
        };
        // Base64 has no text of every length, so the limit itself may not be reached.
        let empty = raw(0).len() - BASE64URL_NOPAD.encode_len(8);
        let length = |filling: usize| empty + BASE64URL_NOPAD.encode_len(8 + filling);
        let too_long = (0..)
            .find(|&filling| length(filling) > kind.limit())
            .unwrap();
        assert!(Jws::parse(&raw(too_long - 1), kind).is_ok());
        let refusal = JwsError::TooLarge {
            limit: kind.limit(),
        };
        assert_eq!(Jws::parse(&raw(too_long), kind), Err(refusal.clone()));
        let make = |filling: usize| {
            let claims = json!({ "x": "x".repeat(filling) });
            Unsigned::new(kind, std::slice::from_ref(&holder().certificate), &claims).map(|_| ())
        };
        assert_eq!(make(too_long - 1), Ok(()));
        assert_eq!(make(too_long), Err(refusal));
    }
    assert_eq!(JwsKind::Request.limit(), limits::REQUEST_BYTES);
}

#[test]
fn a_signature_of_another_key_is_not_attached() {
    let chain = std::slice::from_ref(&holder().certificate);
    let unsigned = Unsigned::new(KIND, chain, &json!({})).unwrap();
    let signature = world().mutual.key.sign_es256(unsigned.signing_input());
    assert!(unsigned.finish(&signature).is_err());
}

proptest! {
    #[test]
    fn claims_signed_are_read_back(key in "[a-z]{1,8}", number: u32, text in ".{0,40}") {
        let claims = json!({ key: { "number": number, "text": text } });
        let jws = Jws::parse(&holder().sign(KIND, &claims), KIND).unwrap();
        prop_assert_eq!(jws.claims::<Value>().unwrap(), claims);
        prop_assert!(jws.verify_signature().is_ok());
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".*", header in ".*", payload in ".*") {
        let _ = Jws::parse(&text, KIND);
        let _ = Jws::parse(&holder().sign_raw(&header, &payload), KIND);
        let _ = Jws::parse(&holder().sign_raw(&holder().header(KIND), &payload), KIND);
    }
}
