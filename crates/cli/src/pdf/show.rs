//! A report in words, for people at a terminal.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use scanseal_pades::verify::report::{
    Change, ChangeLevel, CheckStatus, DocumentVerdict, Impression, Report, RevisionReport,
    SignatureKind, SignatureReport, SignatureVerdict, Signer,
};

use serde::Serialize;

use super::{
    arguments::Language,
    words::{Words, code},
};

/// Changes that are told one by one; of more, how many there are.
const TOLD_CHANGES: usize = 12;

#[derive(Clone, Copy)]
enum Colour {
    Green,
    Red,
    Yellow,
}

/// The report on one file: the verdict in one line, then each signature.
pub(crate) fn report(path: &Path, report: &Report, words: &Words, colours: bool) -> String {
    let mut text = String::new();
    let document = &report.document;
    let colour = match document.verdict {
        DocumentVerdict::Passed | DocumentVerdict::PassedWithLaterChanges => Colour::Green,
        DocumentVerdict::Failed => Colour::Red,
        _ => Colour::Yellow,
    };
    let verdict = verdict(document.verdict, words);
    line(&mut text, 0, &format!("{}: {verdict}", path.display()));
    paint_last_line(&mut text, colour, colours);
    line(
        &mut text,
        1,
        &words.of("documentVerdicts", &document.verdict),
    );
    if let Some(unreadable) = &document.unreadable {
        let place = unreadable
            .offset
            .map(|offset| format!(" @{offset}"))
            .unwrap_or_default();
        line(
            &mut text,
            1,
            &format!("[{}]{place} {}", unreadable.code, unreadable.detail),
        );
    }
    for finding in &document.findings {
        let mark = if finding.decides { '✗' } else { '!' };
        let reason = words.of("reasons", &finding.reason);
        line(
            &mut text,
            1,
            &format!(
                "{mark} {reason} [{}] {}",
                code(&finding.reason),
                finding.detail
            ),
        );
        if let Some(advice) = words.advice("reasons", &finding.reason) {
            line(&mut text, 2, &format!("→ {advice}"));
        }
    }
    for (number, signature) in report.signatures.iter().enumerate() {
        self::signature(&mut text, number + 1, signature, words, colours);
    }
    if let Some(advice) = words.advice("documentVerdicts", &document.verdict)
        && document.verdict != DocumentVerdict::Passed
    {
        line(&mut text, 1, &format!("→ {advice}"));
    }
    text
}

fn signature(
    text: &mut String,
    number: usize,
    found: &SignatureReport,
    words: &Words,
    colours: bool,
) {
    let colour = match found.verdict {
        SignatureVerdict::Passed => Colour::Green,
        SignatureVerdict::Failed => Colour::Red,
        SignatureVerdict::Indeterminate => Colour::Yellow,
    };
    let kind = match found.kind {
        SignatureKind::Approval => words.pick("签名", "signature").to_owned(),
        SignatureKind::Certification(permissions) => {
            format!(
                "{} P={permissions}",
                words.pick("认证签名", "certification")
            )
        }
        SignatureKind::DocumentTimestamp => {
            words.pick("文档时间戳", "document time stamp").to_owned()
        }
    };
    let field = found.field.as_deref().unwrap_or("?");
    let verdict = words.of("signatureVerdicts", &found.verdict);
    line(text, 1, &format!("{number}. {kind} {field}: {verdict}"));
    paint_last_line(text, colour, colours);
    if let Some(signer) = &found.signer {
        self::signer(text, signer, found.trust_anchor.as_deref(), words);
    }
    if let Some(places) = places(&found.appearance, words) {
        line(text, 2, &places);
    }
    line(text, 2, &time(found, words));
    let mut facts = vec![words.of("coverages", &found.coverage)];
    if let Some(level) = &found.level {
        facts.push(format!("{} ({})", code(level), words.of("levels", level)));
    }
    facts.extend(found.integrity.signature_algorithm.clone());
    facts.extend(found.integrity.digest_algorithm.clone());
    line(text, 2, &facts.join(" · "));
    for reason in &found.reasons {
        let failed = (found.checks.iter())
            .any(|check| check.reason == Some(*reason) && check.status == CheckStatus::Failed);
        // What is wrong, and what is merely not known.
        let mark = if failed { '✗' } else { '?' };
        line(
            text,
            2,
            &format!("{mark} {} [{}]", words.of("reasons", reason), code(reason)),
        );
        if let Some(advice) = words.advice("reasons", reason) {
            line(text, 3, &format!("→ {advice}"));
        }
    }
    for check in &found.checks {
        if let (CheckStatus::Noted, Some(reason)) = (check.status, &check.reason) {
            line(
                text,
                2,
                &format!("! {} [{}]", words.of("reasons", reason), code(reason)),
            );
        }
    }
    if found.later.level > ChangeLevel::None {
        let later = words.pick("之后的变更", "changed later");
        line(
            text,
            2,
            &format!("{later}: {}", words.of("changeLevels", &found.later.level)),
        );
        changes(text, 3, &found.later.items, words, false);
    }
}

/// Whose the signature is: a name that no trusted authority vouches for is only claimed.
fn signer(text: &mut String, signer: &Signer, anchor: Option<&str>, words: &Words) {
    let name = signer.enterprise.as_deref().or(signer.name.as_deref());
    let mut who = name.unwrap_or(&signer.subject).to_owned();
    if let Some(credit_code) = &signer.credit_code {
        let _ = write!(who, " ({credit_code})");
    }
    if let (Some(person), Some(enterprise)) = (&signer.name, &signer.enterprise)
        && person != enterprise
    {
        let _ = write!(who, ", {person}");
    }
    let certificate = words.pick("证书", "certificate");
    let serial = &signer.serial;
    if let Some(anchor) = anchor {
        line(text, 2, &who);
        let trusted = words.pick("信任锚", "trusted through");
        line(
            text,
            2,
            &format!("{certificate} {serial}, {trusted} {anchor}"),
        );
    } else {
        let claims = words.pick("自称", "claims to be");
        let nobody = words.pick(
            "没有受信任的机构为其证明",
            "no trusted authority vouches for it",
        );
        line(text, 2, &format!("{claims} {who}; {nobody}"));
        line(text, 2, &format!("{certificate} {serial}"));
    }
}

/// The pages on which a seal shows.
fn places(appearance: &[Impression], words: &Words) -> Option<String> {
    let pages: BTreeSet<u32> = appearance.iter().filter_map(|shown| shown.page).collect();
    if pages.is_empty() {
        return None;
    }
    let list: Vec<String> = pages.iter().map(u32::to_string).collect();
    Some(match words.language() {
        Language::Zh => format!("印章在第 {} 页", list.join("、")),
        Language::En if list.len() == 1 => format!("seal on page {}", list.join(", ")),
        Language::En => format!("seal on pages {}", list.join(", ")),
    })
}

/// The verdict in one word; the stable code is kept beside a translation.
fn verdict(verdict: DocumentVerdict, words: &Words) -> String {
    let code = code(&verdict);
    let chinese = match verdict {
        DocumentVerdict::Passed => "通过",
        DocumentVerdict::PassedWithLaterChanges => "通过，之后有变更",
        DocumentVerdict::Indeterminate => "无法判定",
        DocumentVerdict::Failed => "未通过",
        DocumentVerdict::Unsigned => "未签章",
        DocumentVerdict::Unreadable => "无法读取",
    };
    match words.language() {
        Language::Zh => format!("{chinese} ({code})"),
        Language::En => code,
    }
}

fn time(found: &SignatureReport, words: &Words) -> String {
    let mut parts = Vec::new();
    if let Some(timestamp) = &found.time.timestamp {
        let stamped = words.pick("时间戳", "time stamp");
        parts.push(format!(
            "{stamped} {} ({})",
            timestamp.time,
            code(&timestamp.proven)
        ));
    }
    if let Some(claimed) = &found.time.claimed {
        parts.push(format!("{} {claimed}", words.pick("签名者声称", "claimed")));
    }
    let checked = words.pick("按此时间检查", "checked for");
    parts.push(format!("{checked} {}", found.time.checked_at));
    parts.join(" · ")
}

/// The revisions of a file and what each changed.
pub(crate) fn revisions(text: &mut String, revisions: &[RevisionReport], words: &Words) {
    for revision in revisions {
        let name = words.pick("版本", "revision");
        let signed = revision
            .signed_by
            .as_ref()
            .map(|field| format!(", {} {field}", words.pick("签名域", "signed in")));
        let (index, start, end) = (revision.index, revision.start, revision.end);
        let signed = signed.unwrap_or_default();
        line(text, 1, &format!("{name} {index}: {start}..{end}{signed}"));
        changes(text, 2, &revision.changes, words, true);
    }
}

/// Changes, alike ones once; `objects` names the places in the file, for those who look into it.
fn changes(text: &mut String, depth: usize, changes: &[Change], words: &Words, objects: bool) {
    let told = changes
        .iter()
        .filter(|change| change.level > ChangeLevel::None);
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    for change in told {
        let mut parts = vec![words.of("changeClasses", &change.class)];
        parts.extend(change.field.clone());
        parts.extend(change.page.map(|page| match words.language() {
            Language::Zh => format!("第 {page} 页"),
            Language::En => format!("page {page}"),
        }));
        if objects {
            // The trailer and what hangs nowhere have no number, or no path.
            let number = (change.object > 0).then(|| format!("{} 0 R", change.object));
            let path = Some(change.path.clone()).filter(|path| !path.is_empty());
            let place: Vec<String> = number.into_iter().chain(path).collect();
            parts.extend(Some(place.join(" ")).filter(|place| !place.is_empty()));
        }
        let told = format!("- {}", parts.join(" · "));
        if seen.insert(told.clone()) {
            lines.push(told);
        }
    }
    for told in lines.iter().take(TOLD_CHANGES) {
        line(text, depth, told);
    }
    if lines.len() > TOLD_CHANGES {
        line(text, depth, &format!("… +{}", lines.len() - TOLD_CHANGES));
    }
}

/// Adds a line, indented, without anything that could steer the terminal.
pub(super) fn line(text: &mut String, depth: usize, words: &str) {
    text.extend(std::iter::repeat_n("  ", depth));
    // What a file says of itself must not steer the terminal. Our own colours are put in afterwards.
    text.extend(words.chars().map(harmless));
    text.push('\n');
}

/// The character, unless it could steer the terminal or the reader's eye.
fn harmless(character: char) -> char {
    if is_unseen(character) {
        char::REPLACEMENT_CHARACTER
    } else {
        character
    }
}

/// JSON as it is, but with what could steer a terminal or the reader's eye written as `\u` sequences.
pub(super) fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("what is told has a JSON form");
    if !text.contains(is_unseen) {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unseen(character) {
            // Such characters stand in strings only, where a sequence means the same.
            for unit in character.encode_utf16(&mut [0; 2]) {
                safe += &format!("\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Whether a character moves the cursor, turns the direction of the text, or is not seen at all.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

fn paint_last_line(text: &mut String, colour: Colour, colours: bool) {
    if !colours {
        return;
    }
    let number = match colour {
        Colour::Green => 32,
        Colour::Red => 31,
        Colour::Yellow => 33,
    };
    let start = text.trim_end().rfind('\n').map_or(0, |end| end + 1);
    text.insert_str(start, &format!("\u{1b}[1;{number}m"));
    text.insert_str(text.len() - 1, "\u{1b}[0m");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_meaning_and_shows_nothing_unseen() {
        let value = "天山\u{85}\u{200b}\u{202e}\u{2028}\u{e0041}\u{1b}\n";
        let text = json(&value);
        assert!(!text.contains(is_unseen), "{text}");
        let back: String = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, value);
    }
}
