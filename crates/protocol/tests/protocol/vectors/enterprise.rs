//! Names and credit codes of enterprises, compared. What is expected is written by hand, the compared form too.

use serde_json::{Value, json};

use super::{case, check};

const CODE: &str = "91350100M000100Y43";
const OTHER_CODE: &str = "9144030071526726XG";

/// What a certificate states and an account has, and the code that comes of it.
struct Case {
    name: &'static str,
    stated: (Option<&'static str>, Option<&'static str>),
    account: (&'static str, &'static str),
    compared: (Option<&'static str>, &'static str),
    code: Option<&'static str>,
    fields: &'static [&'static str],
}

/// Two names with the same code, and the forms in which they are compared.
fn names(
    name: &'static str,
    stated: (&'static str, &'static str),
    account: (&'static str, &'static str),
) -> Case {
    let same = !stated.1.is_empty() && stated.1 == account.1;
    Case {
        name,
        stated: (Some(stated.0), Some(CODE)),
        account: (account.0, CODE),
        compared: (Some(stated.1), account.1),
        code: (!same).then_some("certificate-name-mismatch"),
        fields: if same { &[] } else { &["name"] },
    }
}

/// Two ways to write one name, and the form in which both are compared.
fn same(
    name: &'static str,
    stated: &'static str,
    account: &'static str,
    compared: &'static str,
) -> Case {
    names(name, (stated, compared), (account, compared))
}

/// Two names that stay what they are, and differ.
fn other(name: &'static str, stated: &'static str, account: &'static str) -> Case {
    names(name, (stated, stated), (account, account))
}

fn same_names() -> Vec<Case> {
    let plain = "天山博康医疗器械有限公司";
    let brackets = "云岭建设(集团)有限公司";
    let dotted = "阿依古丽\u{b7}买买提果业有限公司";
    vec![
        same("good", plain, plain, plain),
        same(
            "same: half-width and full-width brackets",
            "云岭建设(集团)有限公司",
            "云岭建设（集团）有限公司",
            brackets,
        ),
        same(
            "same: tortoise-shell and lenticular brackets",
            "云岭建设〔集团〕有限公司",
            "云岭建设【集团】有限公司",
            brackets,
        ),
        same(
            "same: square and curly brackets",
            "云岭建设[集团]有限公司",
            "云岭建设{集团}有限公司",
            brackets,
        ),
        same(
            "same: full-width square and curly brackets",
            "云岭建设［集团］有限公司",
            "云岭建设｛集团｝有限公司",
            brackets,
        ),
        same(
            "same: angle brackets, half-width and full-width",
            "云岭建设<集团>有限公司",
            "云岭建设＜集团＞有限公司",
            brackets,
        ),
        same(
            "same: Chinese angle and double angle brackets",
            "云岭建设〈集团〉有限公司",
            "云岭建设《集团》有限公司",
            brackets,
        ),
        same(
            "same: the angle brackets U+2329 and U+232A, which Unicode has replaced",
            "云岭建设\u{2329}集团\u{232a}有限公司",
            "云岭建设〈集团〉有限公司",
            brackets,
        ),
        same(
            "same: white lenticular and white tortoise-shell brackets",
            "云岭建设〖集团〗有限公司",
            "云岭建设〘集团〙有限公司",
            brackets,
        ),
        same(
            "same: white square brackets, Chinese and mathematical",
            "云岭建设〚集团〛有限公司",
            "云岭建设\u{27e6}集团\u{27e7}有限公司",
            brackets,
        ),
        same(
            "same: mathematical angle and double angle brackets",
            "云岭建设\u{27e8}集团\u{27e9}有限公司",
            "云岭建设\u{27ea}集团\u{27eb}有限公司",
            brackets,
        ),
        same(
            "same: mathematical tortoise-shell and flattened brackets",
            "云岭建设\u{27ec}集团\u{27ed}有限公司",
            "云岭建设\u{27ee}集团\u{27ef}有限公司",
            brackets,
        ),
        same(
            "same: white round brackets and their full-width form",
            "云岭建设\u{2985}集团\u{2986}有限公司",
            "云岭建设\u{ff5f}集团\u{ff60}有限公司",
            brackets,
        ),
        same(
            "same: brackets for vertical text",
            "云岭建设\u{fe35}集团\u{fe36}有限公司",
            "云岭建设\u{fe3b}集团\u{fe3c}有限公司",
            brackets,
        ),
        same(
            "same: a bracket closed by one of another kind",
            "云岭建设（集团)有限公司",
            "云岭建设【集团〕有限公司",
            brackets,
        ),
        same(
            "same: full-width letters and digits",
            "ＡＢＣ１２３科技有限公司",
            "ABC123科技有限公司",
            "ABC123科技有限公司",
        ),
        same(
            "same: a digit in a circle, a ligature, a square unit",
            "①\u{fb01}㎏有限公司",
            "1fikg有限公司",
            "1fikg有限公司",
        ),
        same(
            "same: spaces around and inside",
            " 天山博康 医疗器械有限公司 ",
            plain,
            plain,
        ),
        same(
            "same: ideographic and no-break spaces",
            "天山博康\u{3000}医疗器械\u{a0}有限公司",
            plain,
            plain,
        ),
        same(
            "same: tab, line break, next line, line separator",
            "天山\t博康\r\n医疗\u{85}器械\u{2028}有限公司",
            plain,
            plain,
        ),
        same(
            "same: en quad, thin, narrow no-break and mathematical spaces",
            "天山\u{2000}博康\u{2009}医疗\u{202f}器械\u{205f}有限公司",
            plain,
            plain,
        ),
        same(
            "same: middle dot and bullet",
            "阿依古丽\u{b7}买买提果业有限公司",
            "阿依古丽\u{2022}买买提果业有限公司",
            dotted,
        ),
        same(
            "same: hyphenation point and bullet operator",
            "阿依古丽\u{2027}买买提果业有限公司",
            "阿依古丽\u{2219}买买提果业有限公司",
            dotted,
        ),
        same(
            "same: dot operator and katakana middle dot",
            "阿依古丽\u{22c5}买买提果业有限公司",
            "阿依古丽\u{30fb}买买提果业有限公司",
            dotted,
        ),
        same(
            "same: half-width katakana middle dot and Greek ano teleia",
            "阿依古丽\u{ff65}买买提果业有限公司",
            "阿依古丽\u{387}买买提果业有限公司",
            dotted,
        ),
        same(
            "same: a middle dot with spaces around it",
            "阿依古丽 \u{b7} 买买提果业有限公司",
            "阿依古丽・买买提果业有限公司",
            dotted,
        ),
        same(
            "same: an accent composed and decomposed",
            "Caf\u{e9}云岭有限公司",
            "Cafe\u{301}云岭有限公司",
            "Caf\u{e9}云岭有限公司",
        ),
        same(
            "same: a compatibility ideograph and the one it stands for",
            "\u{f9dc}山有限公司",
            "\u{9686}山有限公司",
            "\u{9686}山有限公司",
        ),
    ]
}

fn other_names() -> Vec<Case> {
    let plain = "天山博康医疗器械有限公司";
    vec![
        other("name: another", "天山建设有限公司", plain),
        other(
            "name: traditional and simplified characters",
            "天山醫療器械有限公司",
            "天山医疗器械有限公司",
        ),
        other(
            "name: upper and lower case",
            "ABC科技有限公司",
            "Abc科技有限公司",
        ),
        other(
            "name: a zero-width space inside",
            "天山\u{200b}博康医疗器械有限公司",
            plain,
        ),
        other(
            "name: a zero-width joiner inside",
            "天山\u{200d}博康医疗器械有限公司",
            plain,
        ),
        other(
            "name: a byte order mark before",
            "\u{feff}天山博康医疗器械有限公司",
            plain,
        ),
        other(
            "name: without its middle dot",
            "阿依古丽买买提果业有限公司",
            "阿依古丽\u{b7}买买提果业有限公司",
        ),
        names(
            "name: a full stop in place of the middle dot",
            (
                "阿依古丽．买买提果业有限公司",
                "阿依古丽.买买提果业有限公司",
            ),
            (
                "阿依古丽\u{b7}买买提果业有限公司",
                "阿依古丽\u{b7}买买提果业有限公司",
            ),
        ),
        names(
            "name: without its brackets",
            ("云岭建设集团有限公司", "云岭建设集团有限公司"),
            ("云岭建设（集团）有限公司", "云岭建设(集团)有限公司"),
        ),
        names(
            "name: quotation marks are no brackets",
            ("云岭「建设」有限公司", "云岭「建设」有限公司"),
            ("云岭（建设）有限公司", "云岭(建设)有限公司"),
        ),
        other(
            "name: a dash of another length",
            "云岭\u{2014}天山有限公司",
            "云岭\u{2013}天山有限公司",
        ),
        other(
            "name: a Latin and a Cyrillic letter that look alike",
            "\u{410}BC科技有限公司",
            "ABC科技有限公司",
        ),
        other(
            "name: a branch",
            "天山博康医疗器械有限公司云岭分公司",
            plain,
        ),
        names("name: nothing", ("", ""), (plain, plain)),
        names(
            "name: white space on both sides names nobody",
            (" ", ""),
            ("\u{3000}", ""),
        ),
    ]
}

fn codes() -> Vec<Case> {
    let plain = "天山博康医疗器械有限公司";
    let stated = |name: &'static str,
                  certificate: (Option<&'static str>, Option<&'static str>),
                  account: (&'static str, &'static str),
                  code: Option<&'static str>,
                  fields: &'static [&'static str]| Case {
        name,
        stated: certificate,
        account,
        compared: (certificate.0, account.0),
        code,
        fields,
    };
    vec![
        stated(
            "same: credit codes in lower case and full width, as people type them",
            (Some(plain), Some("91350100m000100y43")),
            (plain, " ９１３５０１００Ｍ０００１００Ｙ４３ "),
            None,
            &[],
        ),
        stated(
            "credit code: another",
            (Some(plain), Some(OTHER_CODE)),
            (plain, CODE),
            Some("certificate-code-mismatch"),
            &["creditCode"],
        ),
        stated(
            "credit code: another, and another name",
            (Some("天山建设有限公司"), Some(OTHER_CODE)),
            (plain, CODE),
            Some("certificate-code-mismatch"),
            &["name", "creditCode"],
        ),
        stated(
            "no enterprise: without a credit code",
            (Some(plain), None),
            (plain, CODE),
            Some("certificate-wrong-usage"),
            &["name", "creditCode"],
        ),
        stated(
            "no enterprise: without a name",
            (None, Some(CODE)),
            (plain, CODE),
            Some("certificate-wrong-usage"),
            &["name", "creditCode"],
        ),
        stated(
            "no enterprise: without both",
            (None, None),
            (plain, CODE),
            Some("certificate-wrong-usage"),
            &["name", "creditCode"],
        ),
    ]
}

#[test]
fn enterprise() {
    let make = |one: Case| -> Value {
        case(
            one.name,
            json!({
                "certificate": { "enterprise": one.stated.0, "creditCode": one.stated.1 },
                "account": { "enterprise": one.account.0, "creditCode": one.account.1 },
            }),
            json!({
                "code": one.code,
                "fields": one.fields,
                "compared": { "certificate": one.compared.0, "account": one.compared.1 },
            }),
        )
    };
    let cases = [same_names(), other_names(), codes()].into_iter().flatten();
    check(
        "enterprise",
        "The enterprise of a certificate compared with that of an account (section 8), and the forms in which the names were compared.",
        cases.map(make).collect(),
    );
}
