//! `docs/limits.md`, generated from the constants in the sources and the comments above them.
//!
//! The sources are read as text, so that limits private to a file stand in the table as well, and no limit can be forgotten.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

use scanseal_protocol::{error::Code, limits};

use crate::{root, updating};

const HEAD: &str = "# Limits

Generated from the constants in the sources and the comments above them; `UPDATE=1 cargo nextest run -p scanseal-protocol limits` writes it anew.

Everything that comes from outside has a limit, so that no file, message or picture takes more time or memory than it may. *Beyond* says what happens to what has more:
a [code](errors.md), a reason of a [report](verdicts.md), or words. Those of the relay and the portal are
options, which their `--help` explains.
";

#[test]
fn the_page_of_limits_is_up_to_date() {
    let sources = sources();
    let mut page = HEAD.to_owned();
    let mut last = "";
    for row in rows().iter().filter(|row| row.heading != NONE) {
        if row.heading != last {
            last = row.heading;
            write!(
                page,
                "\n## {last}\n\n| limit | value | what | beyond | in `crates/` |\n|---|---|---|---|---|\n"
            )
            .unwrap();
        }
        let constant = &sources[row.file][row.name];
        let (value, text) = (shown(&constant.value(&sources), row.unit), &constant.text);
        assert!(
            !text.contains('|') && text.ends_with('.'),
            "{}: {text}",
            row.name
        );
        writeln!(
            page,
            "| `{}` | {value} | {text} | {} | `{}` |",
            row.name, row.beyond, row.file
        )
        .unwrap();
    }
    let path = root().join("docs/limits.md");
    if updating() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, page,
        "docs/limits.md is out of date: run with UPDATE=1"
    );
}

#[test]
fn no_limit_is_missing_in_the_page() {
    let rows = rows();
    let listed: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row.file, row.name)).collect();
    assert_eq!(listed.len(), rows.len(), "a limit is listed twice");
    let sources = sources();
    for (file, constants) in &sources {
        for name in constants.keys() {
            let limit = name.starts_with("MAX_")
                || name.starts_with("MIN_")
                || file.ends_with("/limits.rs");
            assert!(
                !limit || listed.contains(&(file.as_str(), name.as_str())),
                "{file}: {name} is not in limits.txt"
            );
        }
    }
    for (file, name) in listed {
        let found = sources
            .get(file)
            .is_some_and(|constants| constants.contains_key(name));
        assert!(found, "{file} has no {name}");
    }
}

#[test]
fn what_happens_beyond_is_a_code_or_a_reason() {
    let reasons = std::fs::read_to_string(root().join("docs/verdicts.md")).unwrap();
    for row in rows() {
        for word in row.beyond.split('`').skip(1).step_by(2) {
            let known = word.parse::<Code>().is_ok() || reasons.contains(&format!("| `{word}` |"));
            assert!(known, "{}: `{word}`", row.name);
        }
    }
}

#[test]
fn values_are_read_as_the_compiler_reads_them() {
    let sources = sources();
    let value = |name: &str| sources["protocol/src/limits.rs"][name].value(&sources);
    let bounds =
        |range: &core::ops::RangeInclusive<usize>| vec![*range.start() as f64, *range.end() as f64];
    assert_eq!(value("SESSION_BYTES"), [limits::SESSION_BYTES as f64]);
    assert_eq!(
        value("QR_TEXT_CHARACTERS"),
        [limits::QR_TEXT_CHARACTERS as f64]
    );
    assert_eq!(value("DISPLAY_LINES"), bounds(&limits::DISPLAY_LINES));
    let page_bytes = sources["pades/src/text/content.rs"]["MAX_PAGE_BYTES"].value(&sources);
    assert_eq!(shown(&page_bytes, "bytes"), "64 MiB");
    let moments = sources["pades/src/verify/trust.rs"]["MAX_MOMENTS"].value(&sources);
    assert_eq!(
        moments,
        sources["pki/src/path.rs"]["MAX_PATH_LENGTH"].value(&sources)
    );
}

/// A limit of the table.
struct Row {
    heading: &'static str,
    file: &'static str,
    name: &'static str,
    unit: &'static str,
    beyond: &'static str,
}

/// The heading of what is no limit.
const NONE: &str = "None";

/// What `limits.txt` lists.
fn rows() -> Vec<Row> {
    let (mut heading, mut file, mut rows) = ("", "", Vec::new());
    for line in include_str!("limits.txt")
        .lines()
        .skip_while(|line| !line.starts_with('#'))
    {
        if let Some(title) = line.strip_prefix("# ") {
            heading = title;
        } else if let Some(cells) = line.strip_prefix("    ") {
            let cells: Vec<&str> = cells.split('|').map(str::trim).collect();
            let [name, unit, beyond] = cells[..] else {
                panic!("three cells: {line}");
            };
            rows.push(Row {
                heading,
                file,
                name,
                unit,
                beyond,
            });
        } else if !line.is_empty() {
            file = line;
        }
    }
    rows
}

/// A constant in a source.
struct Constant {
    /// What follows the equals sign.
    expression: String,
    /// The comment above it.
    text: String,
}

type Sources = BTreeMap<String, BTreeMap<String, Constant>>;

/// The constants of every source of the crates that have limits, tests left out.
fn sources() -> Sources {
    let crates = root().join("crates");
    let mut found = Sources::new();
    for name in ["cli", "pades", "pki", "protocol", "seal-picture"] {
        let mut folders = vec![crates.join(name).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let tests = path.file_stem().is_some_and(|stem| stem == "tests");
                if path.is_dir() && !tests {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") && !tests {
                    found.insert(
                        below(&path, &crates),
                        constants(&std::fs::read_to_string(&path).unwrap()),
                    );
                }
            }
        }
    }
    found
}

fn below(path: &Path, folder: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap().iter();
    parts
        .map(|part| part.to_str().unwrap())
        .collect::<Vec<_>>()
        .join("/")
}

fn constants(source: &str) -> BTreeMap<String, Constant> {
    let mut found = BTreeMap::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            comment.push(text.trim());
            continue;
        }
        let declared = line
            .split_once("const ")
            .filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
        if let Some((name, rest)) = declared.and_then(|(_, rest)| rest.split_once(": "))
            && let Some((_, expression)) = rest.split_once(" = ")
        {
            let constant = Constant {
                expression: expression.trim_end_matches(';').to_owned(),
                text: comment.join(" ").replace("[`", "`").replace("`]", "`"),
            };
            found.insert(name.to_owned(), constant);
        }
        comment.clear();
    }
    found
}

impl Constant {
    /// One number, or the two ends of a range.
    fn value(&self, sources: &Sources) -> Vec<f64> {
        self.expression
            .split("..=")
            .map(|end| number(end, sources))
            .collect()
    }
}

/// A product, a shift, a number, or the name of another constant.
fn number(expression: &str, sources: &Sources) -> f64 {
    let expression = expression.trim();
    if let Some((left, right)) = expression.split_once("<<") {
        return number(left, sources) * 2_f64.powf(number(right, sources));
    }
    if let Some((left, right)) = expression.split_once('*') {
        return number(left, sources) * number(right, sources);
    }
    if let Ok(number) = expression.replace('_', "").parse() {
        return number;
    }
    let name = expression.rsplit("::").next().unwrap();
    let mut named = sources.values().filter_map(|constants| constants.get(name));
    let constant = named
        .next()
        .unwrap_or_else(|| panic!("what is {expression}?"));
    let value = constant.value(sources);
    assert!(
        named.all(|other| other.value(sources) == value),
        "several constants are called {name}"
    );
    value[0]
}

fn shown(ends: &[f64], unit: &str) -> String {
    const KIBI: f64 = 1024.0;
    let ends: Vec<String> = if unit == "bytes" && ends.iter().all(|end| end % KIBI == 0.0) {
        let scaled = |end: &f64| match end / KIBI {
            kibi if kibi % (KIBI * KIBI) == 0.0 => format!("{} GiB", kibi / KIBI / KIBI),
            kibi if kibi % KIBI == 0.0 => format!("{} MiB", kibi / KIBI),
            kibi => format!("{kibi} KiB"),
        };
        return ends.iter().map(scaled).collect::<Vec<_>>().join(" to ");
    } else {
        ends.iter().map(grouped).collect()
    };
    format!("{} {unit}", ends.join(" to "))
        .trim_end()
        .to_owned()
}

/// With a comma before every three digits.
fn grouped(number: &f64) -> String {
    let text = number.to_string();
    let whole = text.split('.').next().unwrap().len();
    let mut grouped = String::new();
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(character);
    }
    grouped
}
