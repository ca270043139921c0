//! Every honest file sealed once more, whatever its shape: the seal passes, earlier ones say what they said, and nothing that is
//! sealed can be changed.

use std::{collections::BTreeMap, sync::LazyLock};

use proptest::prelude::*;
use scanseal_pades::{
    Bytes,
    seal::{PageRange, Place, SealError, SealRequest, TextLine, prepare},
    verify::{
        report::{DocumentVerdict, Report, SignatureReport, SignatureVerdict},
        verify,
    },
};
use scanseal_pdf_cases::{Case, all, keys::Hash, pki, time::NOW};
use scanseal_pki::{AnyCertificate, Certificate, SignedAttributes, UnixTime, cms::reserved_length};

use crate::trust;

/// Why honest files are not sealed: each reason with the files it is given for.
const REFUSED: &[(&str, &[&str])] = &[
    (
        "certification-forbids",
        &["certified-then-validation-data-added-passes-with-changes"],
    ),
    (
        "document-hybrid",
        &[
            "hybrid-from-before-signing-passes",
            "hybrid-in-two-sections-passes",
        ],
    ),
    (
        "field-locked",
        &["excluded-field-filled-passes-with-changes"],
    ),
];

/// Its reader has no revocation list, but the certificate of the new seal says where to ask.
const WITHOUT_LISTS: &str = "certificate-without-revocation-pointer-passes";

/// A file of the catalogue, sealed once more.
struct Sealed {
    case: Case,
    /// Name of the new field.
    field: String,
    file: Vec<u8>,
    /// First and last part that the seal covers.
    covered: [(usize, usize); 2],
}

/// The honest files, or why one is not sealed.
static SEALED: LazyLock<Vec<Result<Sealed, (&'static str, SealError)>>> = LazyLock::new(|| {
    all()
        .filter(|case| !case.class.is_attack())
        .map(|case| {
            let name = case.name;
            seal(case).map_err(|error| (name, error))
        })
        .collect()
});

/// Seals in a field that shows; in one that does not where an author's certification permits nothing else.
fn seal(case: Case) -> Result<Sealed, SealError> {
    let shown = request(&case, true);
    let prepared = prepare(&Bytes(&case.file), &shown).or_else(|error| match error {
        SealError::CertificationForbids { .. } => {
            prepare(&Bytes(&case.file), &request(&case, false))
        }
        other => Err(other),
    })?;
    let digest = prepared.digest(&Bytes(&case.file))?;
    let field = prepared.field().to_owned();
    let [a, b, c, d] = prepared
        .byte_range()
        .map(|number| usize::try_from(number).expect("a small file"));
    let signer = pki::guarantor();
    let certificate = Certificate::from_der(&signer.certificate).expect("the tests' own");
    let attributes = SignedAttributes::new(&certificate, &digest);
    let signature = signer.key.sign(Hash::Sha256, attributes.to_be_signed());
    let cms = attributes
        .finish(&signature, &chain(), None)
        .expect("a message");
    let file = [case.file.clone(), prepared.finish(&cms)?].concat();
    Ok(Sealed {
        case,
        field,
        file,
        covered: [(a, b), (c, d)],
    })
}

fn chain() -> Vec<AnyCertificate> {
    [pki::guarantor(), pki::issuing()]
        .map(|identity| AnyCertificate::from_der(&identity.certificate).expect("the tests' own"))
        .into()
}

fn request(case: &Case, shows: bool) -> SealRequest<'static> {
    let mut request = SealRequest {
        password: case.password,
        ..SealRequest::new(UnixTime::from_secs(NOW.0), reserved_length(&chain(), false))
    };
    if shows {
        let place = Place::At {
            pages: PageRange::parse("1").expect("a page"),
            x: 20.0,
            y: 20.0,
            width: None,
            height: None,
        };
        request.places = vec![place];
        request.text = Some(TextLine::new("Guarantor", 9.0).expect("Latin letters"));
    }
    request
}

fn report(case: &Case, file: &[u8]) -> Report {
    verify(&Bytes(file), case.password, &trust(case))
}

fn passes(verdict: DocumentVerdict) -> bool {
    matches!(
        verdict,
        DocumentVerdict::Passed | DocumentVerdict::PassedWithLaterChanges
    )
}

fn told(signature: &SignatureReport) -> (Option<&str>, SignatureVerdict) {
    (signature.field.as_deref(), signature.verdict)
}

#[test]
fn honest_files_are_sealed_once_more_or_refused_with_a_reason() {
    let mut refused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, error) in SEALED.iter().filter_map(|sealed| sealed.as_ref().err()) {
        refused.entry(error.code()).or_default().push(name);
    }
    let expected: BTreeMap<&str, Vec<&str>> = REFUSED
        .iter()
        .map(|(code, names)| (*code, names.to_vec()))
        .collect();
    assert_eq!(refused, expected);
}

#[test]
fn sealing_keeps_every_byte_and_every_verdict() {
    let mut wrong = String::new();
    for sealed in SEALED.iter().flatten() {
        let Sealed {
            case, field, file, ..
        } = sealed;
        assert!(file.starts_with(&case.file), "{}", case.name);
        let (before, after) = (report(case, &case.file), report(case, file));
        let earlier: Vec<_> = before.signatures.iter().map(told).collect();
        let mut later: Vec<_> = after.signatures.iter().map(told).collect();
        let new = later.iter().position(|(name, _)| *name == Some(field));
        let new = new.map(|index| later.remove(index).1);
        let sound = if case.name == WITHOUT_LISTS {
            SignatureVerdict::Indeterminate
        } else {
            SignatureVerdict::Passed
        };
        let (was, is) = (before.document.verdict, after.document.verdict);
        let kept = match was {
            _ if sound == SignatureVerdict::Indeterminate => is == DocumentVerdict::Indeterminate,
            DocumentVerdict::Unsigned => is == DocumentVerdict::Passed,
            was if passes(was) => passes(is),
            was => is == was,
        };
        if new != Some(sound) || earlier != later || !kept {
            let reasons: Vec<_> = after
                .signatures
                .iter()
                .map(|signature| &signature.reasons)
                .collect();
            wrong += &format!(
                "{}: {was:?} {earlier:?} became {is:?} {later:?}, new: {new:?} {reasons:?}\n",
                case.name
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn nothing_that_is_sealed_can_be_changed(at in any::<prop::sample::Index>(), mask in 1..=u8::MAX) {
        for sealed in SEALED.iter().flatten() {
            let [(_, first), (start, second)] = sealed.covered;
            let at = at.index(first + second);
            let at = if at < first { at } else { start + at - first };
            let mut file = sealed.file.clone();
            file[at] ^= mask;
            let verdict = report(&sealed.case, &file).document.verdict;
            prop_assert!(!passes(verdict), "{}: byte {at} changed by {mask:#04x}", sealed.case.name);
        }
    }
}
