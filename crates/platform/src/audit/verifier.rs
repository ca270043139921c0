//! Checks an export line by line. Nothing but the last hash is held, so its length does not matter.

use serde::Serialize;

use super::{
    Hash, LINE_BYTES,
    line::{self, Line},
};

/// What is wrong with an export. In JSON its name stands in `kind`, as in `{"kind":"gap","expected":3,"found":5}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The event, or its hash, is not the one that was written down.
    #[error("event {seq} was changed: its hash does not fit")]
    Changed {
        /// Number of the event.
        seq: u64,
    },
    /// The file holds nothing.
    #[error("there is no event in it")]
    Empty,
    /// The first line does not follow what it must follow.
    #[error("event {seq} does not follow the expected anchor: this is (part of) another chain")]
    ForeignAnchor {
        /// Number of the event.
        seq: u64,
    },
    /// Events are missing.
    #[error("events are missing: {expected} was to come, {found} came")]
    Gap {
        /// Number that was to come.
        expected: u64,
        /// Number that came.
        found: u64,
    },
    /// The link does not carry the hash of the link before it.
    #[error("event {seq} does not follow the event before it: the link is broken")]
    BrokenLink {
        /// Number of the event.
        seq: u64,
    },
    /// A line that is none.
    #[error("this is no line of an audit log")]
    Malformed,
    /// An event stands in the wrong place, or twice.
    #[error("events are out of order: {expected} was to come, {found} came")]
    Reordered {
        /// Number that was to come.
        expected: u64,
        /// Number that came.
        found: u64,
    },
    /// The last line has no end.
    #[error("the last line is cut off")]
    Truncated,
    /// Everything fits, but it ends elsewhere than it should.
    #[error(
        "the chain ends with event {seq}, whose hash is not the expected one: later events are missing, or it is another chain"
    )]
    WrongHead {
        /// Number of the last event.
        seq: u64,
    },
}

/// The first thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: u64,
    /// What it is.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What was found. `first` to `head` describe the lines that were right, up to the fault if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Number of the first event.
    pub first: Option<u64>,
    /// Number of the last event.
    pub last: Option<u64>,
    /// Events that can be read.
    pub full: u64,
    /// Events of which only the hash is there.
    pub redacted: u64,
    /// The hash that the first line follows.
    pub anchor: Option<Hash>,
    /// The hash of the last event.
    pub head: Option<Hash>,
    /// The first thing that is wrong; nothing if the chain is intact.
    pub fault: Option<Fault>,
}

/// Takes the lines of an export, one after the other.
#[derive(Clone, Debug)]
pub struct Verifier {
    anchor: Option<Hash>,
    expected_head: Option<Hash>,
    lines: u64,
    report: Report,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl Verifier {
    /// A verifier for an export that may begin at any event.
    pub const fn new() -> Self {
        Self {
            anchor: None,
            expected_head: None,
            lines: 0,
            report: Report {
                first: None,
                last: None,
                full: 0,
                redacted: 0,
                anchor: None,
                head: None,
                fault: None,
            },
        }
    }

    /// The export must go on from this hash: where an earlier one ended.
    #[must_use]
    pub const fn follows(mut self, anchor: Hash) -> Self {
        self.anchor = Some(anchor);
        self
    }

    /// The export must end with this hash. Without it nobody can tell that the latest events were left out.
    #[must_use]
    pub const fn ends_with(mut self, head: Hash) -> Self {
        self.expected_head = Some(head);
        self
    }

    /// Takes the next line, with its end; who reads a file need not read more than [`LINE_BYTES`] and one byte before it
    /// gives up on finding that. Lines after a fault change nothing any more, except that a gap may turn out to
    /// be a wrong order.
    pub fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        let read = match line.strip_suffix(b"\n") {
            Some(line) => line::read(line).ok_or(FaultKind::Malformed),
            None if line.len() > LINE_BYTES => Err(FaultKind::Malformed),
            None => Err(FaultKind::Truncated),
        };
        match (self.report.fault, read) {
            (None, Ok(line)) => match self.check(&line) {
                Ok(()) => self.accept(&line),
                Err(kind) => self.fault(kind),
            },
            (None, Err(kind)) => self.fault(kind),
            (Some(fault), Ok(line)) => self.look_for_the_missing(fault, line.seq),
            (Some(_), Err(_)) => (),
        }
    }

    /// What was found.
    #[must_use]
    pub fn finish(mut self) -> Report {
        if self.report.fault.is_none() {
            match (self.report.last, self.report.head) {
                (Some(seq), head) => {
                    if self.expected_head.is_some() && self.expected_head != head {
                        self.fault(FaultKind::WrongHead { seq });
                    }
                }
                (None, _) => {
                    self.lines = 1;
                    self.fault(FaultKind::Empty);
                }
            }
        }
        self.report
    }

    fn check(&self, line: &Line) -> Result<(), FaultKind> {
        let seq = line.seq;
        match (self.report.last, self.report.head) {
            (Some(last), Some(head)) => {
                let expected = last + 1;
                if seq > expected {
                    return Err(FaultKind::Gap {
                        expected,
                        found: seq,
                    });
                }
                if seq < expected {
                    return Err(FaultKind::Reordered {
                        expected,
                        found: seq,
                    });
                }
                if line.prev != head {
                    return Err(FaultKind::BrokenLink { seq });
                }
            }
            _ => {
                let fits = self.anchor.is_none_or(|anchor| anchor == line.prev);
                // Only the first event of all follows nothing.
                if !fits || (seq == 1) != (line.prev == Hash::ZERO) {
                    return Err(FaultKind::ForeignAnchor { seq });
                }
            }
        }
        let fits = Hash::of_link(seq, &line.prev, &line.event) == line.hash;
        fits.then_some(()).ok_or(FaultKind::Changed { seq })
    }

    fn accept(&mut self, line: &Line) {
        let report = &mut self.report;
        report.first = report.first.or(Some(line.seq));
        report.anchor = report.anchor.or(Some(line.prev));
        report.last = Some(line.seq);
        report.head = Some(line.hash);
        if line.redacted {
            report.redacted += 1;
        } else {
            report.full += 1;
        }
    }

    fn fault(&mut self, kind: FaultKind) {
        self.report.fault = Some(Fault {
            line: self.lines,
            kind,
        });
    }

    fn look_for_the_missing(&mut self, fault: Fault, seq: u64) {
        if let FaultKind::Gap { expected, found } = fault.kind
            && seq == expected
        {
            let kind = FaultKind::Reordered { expected, found };
            self.report.fault = Some(Fault { kind, ..fault });
        }
    }
}
