//! Why the command did not do what it was asked to, and the exit status that says so.

use std::fmt;

use scanseal_protocol::error::Code;

/// Exit status when everything went well.
pub(crate) const STATUS_DONE: u8 = 0;
/// Exit status when it was refused or failed; the code says why.
pub(crate) const STATUS_FAILED: u8 = 1;
/// Exit status when some documents were taken, and others not.
pub(crate) const STATUS_PARTLY: u8 = 2;
/// Exit status for wrong usage (EX_USAGE of sysexits.h).
pub(crate) const STATUS_USAGE: u8 = 64;

/// A failure with its code.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    code: Option<Code>,
    message: String,
}

impl Failure {
    /// Something that the other end, the vault or the person decided.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            message: message.into(),
        }
    }

    /// A fault of this machine or program.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
    }

    /// The command was called wrongly.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: None,
            message: message.into(),
        }
    }

    /// The same, with the file that it is about.
    pub(crate) fn about(self, file: &std::path::Path) -> Self {
        Self {
            message: format!("{}: {}", file.display(), self.message),
            ..self
        }
    }

    /// The same code, in other words.
    pub(crate) fn saying(self, message: String) -> Self {
        Self { message, ..self }
    }

    /// The code; none for wrong usage.
    pub(crate) fn code(&self) -> Option<Code> {
        self.code
    }

    /// The exit status.
    pub(crate) fn status(&self) -> u8 {
        if self.code.is_some() {
            STATUS_FAILED
        } else {
            STATUS_USAGE
        }
    }
}

/// What errors give as their code: one of the protocol's, or its text where a crate does not depend on the protocol.
pub(crate) trait IntoCode {
    fn into_code(self) -> Code;
}

impl IntoCode for Code {
    fn into_code(self) -> Code {
        self
    }
}

impl IntoCode for &'static str {
    fn into_code(self) -> Code {
        Code::from_wire(self)
    }
}

/// Makes a closure for `map_err` out of an error with `code()` and a sentence.
macro_rules! coded {
    () => {
        |error| {
            let code = $crate::failure::IntoCode::into_code(error.code());
            $crate::failure::Failure::new(code, error.to_string())
        }
    };
}
pub(crate) use coded;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The crates below have no access to the protocol's table, and a word that it lacks would reach people as `internal`.
    #[test]
    fn every_code_given_as_text_is_one_of_the_protocols() {
        for source in [
            include_str!("../../pades/src/error.rs"),
            include_str!("../../pades/src/seal/error.rs"),
            include_str!("../../pades/src/text.rs"),
            include_str!("../../seal-picture/src/error.rs"),
        ] {
            let body = source
                .split_once("pub fn code(&self) -> &'static str {")
                .and_then(|(_, rest)| rest.split_once("\n    }"))
                .expect("an error has its code")
                .0;
            let words: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
            assert!(!words.is_empty(), "{body}");
            for word in words {
                assert!(word.parse::<Code>().is_ok(), "`{word}`");
            }
        }
    }
}
