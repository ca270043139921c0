//! The language catalogues have every word of the report, and `docs/verdicts.md` is made of them.

use std::{collections::BTreeSet, fmt::Write as _};

use scanseal_pades::verify::report::{
    ChangeClass, ChangeLevel, CheckId, CheckStatus, Coverage, DocumentVerdict, Indication, Level,
    Reason, SignatureVerdict, SubIndication,
};
use serde_json::Value;

use crate::{root, updating};

const HEAD: &str = "# Verdicts

Generated from `crates/pades` (`src/verify/report`, `texts/`) by its tests; `UPDATE=1 cargo nextest run -p scanseal-pades up_to_date` writes it anew.

Every word of a verification report (`scanseal verify --json`, `verifyPdf`; its shape: `report.schema.json`), what it means and what to do. A signature is
*failed* if a check failed, *indeterminate* if one could not be told, else *passed*; the document's verdict is that of its worst signature.
It is `passed` only if the newest signature covers the whole file, and what was added between signatures is at most of level `signatures`: further
signatures, long-term data, document time stamps, and what shows nowhere, such as the document's properties. The same written after the newest
signature is `passed-with-later-changes`, since nobody has signed it.

## What is decided how

- **Revocation.** Nothing known about it makes a signature *indeterminate* if the certificate says where to ask, since then somebody could have asked; it
  is noted if the certificate names no place and the caller gave no evidence at all: about certificates of small private authorities nobody can know more. The
  caller can demand evidence always, or never. Evidence made after a stamped time counts for that time: who is not revoked later was not revoked then. An authority may forget
  expired certificates, so a good answer made after the certificate's end does not count.
- **Time.** A time stamp in the signature, or a later document time stamp over it, proves when it existed, if its authority leads to an anchor of the caller and is
  valid and not revoked at the caller's moment (or at what a still later document time stamp proves). Otherwise the signature is only known to exist at the
  caller's moment. Revoked or expired before the proven time: *failed*. After it: *passed*. Without proof: *indeterminate*. A stamp that is not over this
  signature fails it; one whose authority is not trusted is noted, and its time does not count.
- **Later changes.** Further signatures, long-term data and document time stamps are permitted; a form fill is permitted and named; an annotation fails every
  signature before it unless a certification with permissions 3 allows it and it is a comment: a note whose icon is at most 32 points
  wide and high, or a highlight, underline or strike-out without an appearance of its own. Everything else can show anything over the page, and fails. This is stricter than ISO 32000-2.
- **The form of the signature.** PAdES (`ETSI.CAdES.detached`) must bind the signer's certificate by `signing-certificate-v2`. `adbe.pkcs7.detached`, which Acrobat and
  poppler make, is verified and noted. `adbe.pkcs7.sha1` and `adbe.x509.rsa_sha1` fail for their weakness. CMS is
  read in DER; for `adbe.pkcs7.detached` also with indefinite lengths.
- **`/Contents`** is one hexadecimal token in one case of letters, without white space, and zeros after the CMS: it is all that a signature leaves uncovered.
- **The end of the covered bytes** is `%%EOF` of a revision, the line end after it, or white space after that (at most 1,024 bytes).
- **Bytes of no revision** decide: before the header always, after the last revision unless they are white space, between two revisions unless the oldest signature covers
  them. Files with both kinds of cross-reference (word processors write them) are noted; where a revision after a signature is one, it fails.
- **Bytes of a revision after the first signature** are all accounted for: objects that its cross-reference lists, the cross-reference and what follows it, and space or
  comments between these. Anything else fails the file, and so does what looks like an object or a trailer inside of one of them: a viewer that searches the file for objects
  shows it.
- **Signatures that no field leads to** fail the file: something was removed or hidden. Dictionaries inside streams (attached PDFs) do not count.
- **Sub-indications** are the words of EN 319 102-1; later changes, which it does not know, are `SIG_CONSTRAINTS_FAILURE`.

";

struct Section {
    key: &'static str,
    title: &'static str,
    codes: Vec<String>,
    /// With advice next to the meaning.
    advises: bool,
}

fn sections() -> Vec<Section> {
    fn section<T: Copy>(
        key: &'static str,
        title: &'static str,
        all: &[T],
        code: fn(T) -> String,
        advises: bool,
    ) -> Section {
        Section {
            key,
            title,
            codes: all.iter().map(|value| code(*value)).collect(),
            advises,
        }
    }
    vec![
        section(
            "documentVerdicts",
            "Verdicts on a document",
            DocumentVerdict::ALL,
            DocumentVerdict::code,
            true,
        ),
        section(
            "signatureVerdicts",
            "Verdicts on a signature",
            SignatureVerdict::ALL,
            SignatureVerdict::code,
            false,
        ),
        section(
            "indications",
            "Indications (EN 319 102-1)",
            Indication::ALL,
            Indication::code,
            false,
        ),
        section(
            "subIndications",
            "Sub-indications (EN 319 102-1)",
            SubIndication::ALL,
            SubIndication::code,
            false,
        ),
        section("reasons", "Reasons", Reason::ALL, Reason::code, true),
        section("checks", "Checks", CheckId::ALL, CheckId::code, false),
        section(
            "checkStatuses",
            "Results of a check",
            CheckStatus::ALL,
            CheckStatus::code,
            false,
        ),
        section(
            "changeLevels",
            "Levels of later changes",
            ChangeLevel::ALL,
            ChangeLevel::code,
            false,
        ),
        section(
            "changeClasses",
            "Classes of later changes",
            ChangeClass::ALL,
            ChangeClass::code,
            false,
        ),
        section(
            "coverages",
            "Coverage",
            Coverage::ALL,
            Coverage::code,
            false,
        ),
        section("levels", "PAdES levels", Level::ALL, Level::code, false),
    ]
}

fn catalogue(language: &str) -> Value {
    let path = root()
        .join("crates/pades/texts")
        .join(format!("{language}.json"));
    let text = std::fs::read_to_string(path).expect("the catalogue is there");
    serde_json::from_str(&text).expect("the catalogue is JSON")
}

#[test]
fn every_word_has_a_text_in_both_languages_and_no_text_is_left_over() {
    for language in ["zh-Hans", "en"] {
        let catalogue = catalogue(language);
        let catalogue = catalogue.as_object().expect("an object");
        let keys: BTreeSet<&str> = catalogue.keys().map(String::as_str).collect();
        let expected: BTreeSet<&str> = sections().iter().map(|section| section.key).collect();
        assert_eq!(keys, expected, "{language}");
        for section in sections() {
            let texts = catalogue[section.key].as_object().expect("an object");
            let found: BTreeSet<&String> = texts.keys().collect();
            let codes: BTreeSet<&String> = section.codes.iter().collect();
            assert_eq!(found, codes, "{language}: {}", section.key);
            assert_eq!(
                codes.len(),
                section.codes.len(),
                "{}: a code twice",
                section.key
            );
            for (code, text) in texts {
                let parts = if section.advises {
                    vec![&text["means"], &text["do"]]
                } else {
                    vec![text]
                };
                for part in parts {
                    let part = part.as_str().unwrap_or_default();
                    assert!(
                        !part.trim().is_empty() && !part.contains('|'),
                        "{language}: {code}"
                    );
                }
            }
        }
    }
}

#[test]
fn schema_knows_the_same_words() {
    let schema = crate::schema::schema();
    let definitions = [
        ("documentVerdicts", "documentVerdict"),
        ("signatureVerdicts", "signatureVerdict"),
        ("indications", "indication"),
        ("subIndications", "subIndication"),
        ("reasons", "reason"),
        ("checks", "checkId"),
        ("checkStatuses", "checkStatus"),
        ("changeLevels", "changeLevel"),
        ("changeClasses", "changeClass"),
        ("coverages", "coverage"),
        ("levels", "level"),
    ];
    for section in sections() {
        let (_, name) = definitions
            .iter()
            .find(|(key, _)| *key == section.key)
            .expect("listed above");
        let words: Vec<&str> = schema["$defs"][name]["enum"]
            .as_array()
            .expect("an enumeration")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let (words, codes): (BTreeSet<&str>, BTreeSet<&str>) = (
            words.into_iter().collect(),
            section.codes.iter().map(String::as_str).collect(),
        );
        assert_eq!(words, codes, "{name} in docs/report.schema.json");
    }
}

#[test]
fn the_page_of_verdicts_is_up_to_date() {
    let (chinese, english) = (catalogue("zh-Hans"), catalogue("en"));
    let mut page = HEAD.to_owned();
    for section in sections() {
        let columns = if section.advises {
            "| word | meaning | what to do | 含义 | 办法 |\n|---|---|---|---|---|"
        } else {
            "| word | meaning | 含义 |\n|---|---|---|"
        };
        writeln!(page, "## {}\n\n{columns}", section.title).expect("a string takes everything");
        for code in &section.codes {
            let text = |catalogue: &Value, part: &str| {
                let text = &catalogue[section.key][code];
                let text = if section.advises { &text[part] } else { text };
                text.as_str().unwrap_or_default().to_owned()
            };
            let (en, zh) = (text(&english, "means"), text(&chinese, "means"));
            let line = if section.advises {
                let (en_do, zh_do) = (text(&english, "do"), text(&chinese, "do"));
                format!("| `{code}` | {en} | {en_do} | {zh} | {zh_do} |")
            } else {
                format!("| `{code}` | {en} | {zh} |")
            };
            writeln!(page, "{line}").expect("a string takes everything");
        }
        page.push('\n');
    }
    let page = format!("{}\n", page.trim_end());
    let path = root().join("docs/verdicts.md");
    if updating() {
        std::fs::write(&path, &page).expect("docs can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, page,
        "docs/verdicts.md is out of date: run with UPDATE=1"
    );
}
