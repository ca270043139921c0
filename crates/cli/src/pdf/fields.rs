//! `scanseal fields`: empty signature fields for the parties of a contract.

use std::{
    io::{self, Write},
    path::Path,
};

use scanseal_pades::{Source, seal::add_fields};

use super::{
    arguments::FieldsArguments,
    files::{self, FileSource},
};
use crate::failure::Failure;

/// Makes the fields, and says so.
///
/// # Errors
/// The code of whatever keeps the fields from being made, or wrong usage.
pub(crate) fn run(arguments: &FieldsArguments) -> Result<(), Failure> {
    let source = FileSource::open(&arguments.input)?;
    let about = |failure: Failure| failure.about(&arguments.input);
    let appended = add_fields(&source, &arguments.field, arguments.opening.password())
        .map_err(|error| about(arguments.opening.failure(&error)))?;
    let output = &arguments.output;
    files::write_whole(output, arguments.force, |file| {
        files::copy(&source, source.length(), file)?;
        file.write_all(&appended).map_err(unwritable(output))
    })?;
    let names: Vec<&str> = (arguments.field.iter())
        .map(|field| field.name.as_str())
        .collect();
    // Whoever reads may have gone.
    let _ = writeln!(
        io::stdout(),
        "{}: empty fields {}",
        output.display(),
        names.join(", ")
    );
    Ok(())
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> Failure + '_ {
    move |error| Failure::usage(format!("{}: {error}", path.display()))
}
