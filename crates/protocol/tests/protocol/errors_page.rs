//! `docs/errors.md`, generated from the enum and the texts.

use std::fmt::Write as _;

use scanseal_protocol::{
    error::Code,
    texts::{CodeText, Language},
};

use crate::{root, updating};

const HEAD: &str = "# Codes

Generated from `crates/protocol` (`src/error.rs`, `texts/`) by its tests; `UPDATE=1 cargo nextest run -p scanseal-protocol` writes it anew.

A code is the same at every end: in the page (`ScanSealError.code`), on the phone, in HTTP answers (`code` of RFC 9457 problem details) and in
commands. *Who* says who can act: the person at the page (`user`) or on the phone (`phone`), who builds the page or the platform's server
(`integrator`), who runs a service (`operator`). *Retry*: `again` at once, `after` a wait, `never` without a change first.
Words in braces are filled in by the program.

| code | who | retry | cause | advice | 原因 | 办法 |
|---|---|---|---|---|---|---|
";

#[test]
fn the_page_of_codes_is_up_to_date() {
    let mut page = HEAD.to_owned();
    for &code in Code::all() {
        let (english, chinese) = (
            CodeText::of(code, Language::English),
            CodeText::of(code, Language::Chinese),
        );
        let texts = [
            &english.cause,
            &english.advice,
            &chinese.cause,
            &chinese.advice,
        ];
        assert!(
            texts.iter().all(|text| !text.contains('|')),
            "{code}: a bar would break the table"
        );
        let [cause, advice, chinese_cause, chinese_advice] = texts;
        let (who, retry) = (code.actor().as_str(), code.retry().as_str());
        writeln!(page, "| `{code}` | {who} | {retry} | {cause} | {advice} | {chinese_cause} | {chinese_advice} |").unwrap();
    }
    let path = root().join("docs/errors.md");
    if updating() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, page,
        "docs/errors.md is out of date: run with UPDATE=1"
    );
}
