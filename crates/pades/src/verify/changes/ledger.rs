//! What the rules say about each object: vouched for in a role, or denied.

use std::collections::BTreeMap;

use super::super::report::{Change, ChangeClass, ChangeLevel};

/// How far-reaching something denied makes the container around it: the denial stands in the report by itself.
pub(super) const DENIED: ChangeLevel = ChangeLevel::Maintenance;

/// What a rule says about an object.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) level: ChangeLevel,
    pub(super) class: ChangeClass,
    pub(super) path: String,
    pub(super) field: Option<String>,
    pub(super) page: Option<u32>,
    pub(super) rect: Option<[f64; 4]>,
}

impl Entry {
    pub(super) fn new(level: ChangeLevel, class: ChangeClass, path: impl Into<String>) -> Self {
        Self {
            level,
            class,
            path: path.into(),
            field: None,
            page: None,
            rect: None,
        }
    }

    /// The same about something further along the path, which shows nowhere by itself.
    pub(super) fn below(&self, step: &str) -> Self {
        Self {
            path: format!("{}/{step}", self.path),
            page: None,
            rect: None,
            ..self.clone()
        }
    }

    pub(super) fn of_field(mut self, name: &str) -> Self {
        self.field = Some(name.to_owned());
        self
    }
}

/// Everything that was said about the objects of one revision.
#[derive(Default)]
pub(super) struct Ledger {
    entries: BTreeMap<u32, Vec<Entry>>,
}

impl Ledger {
    /// Vouches for an object in a role.
    pub(super) fn vouch(&mut self, number: u32, entry: Entry) {
        self.entries.entry(number).or_default().push(entry);
    }

    /// Says that an object was changed in a way that no rule permits. Nothing can undo this.
    pub(super) fn deny(&mut self, number: u32, class: ChangeClass, path: impl Into<String>) {
        self.vouch(number, Entry::new(ChangeLevel::Other, class, path));
    }

    /// Denies, naming the field and place that an entry names.
    pub(super) fn deny_as(&mut self, number: u32, entry: &Entry) {
        self.vouch(
            number,
            Entry {
                level: ChangeLevel::Other,
                ..entry.clone()
            },
        );
    }

    /// The strongest thing that was said about an object.
    pub(super) fn level(&self, number: u32) -> Option<ChangeLevel> {
        let entries = self.entries.get(&number)?;
        entries.iter().map(|entry| entry.level).max()
    }

    /// The objects something was said about.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.entries.keys().copied()
    }

    /// What goes into the report about an object: every denial, or else the most far-reaching role. Nothing if no
    /// rule said anything.
    pub(super) fn report(&self, number: u32, revision: usize) -> Vec<Change> {
        let Some(level) = self.level(number) else {
            return Vec::new();
        };
        let mut entries: Vec<&Entry> = Vec::new();
        for entry in self.entries.get(&number).into_iter().flatten() {
            let wanted = entry.level == level && !entries.contains(&entry);
            if wanted && (level == ChangeLevel::Other || entries.is_empty()) {
                entries.push(entry);
            }
        }
        let change = |entry: &Entry| Change {
            object: number,
            revision,
            level: entry.level,
            class: entry.class,
            path: entry.path.clone(),
            field: entry.field.clone(),
            page: entry.page,
            rect: entry.rect,
        };
        entries.into_iter().map(change).collect()
    }
}
