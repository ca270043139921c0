//! What a PDF does beside being read: scripts, programs, forms that are sent. A contract says the same to everybody, at any time; what
//! computes what it shows does not, and no check of a signature looks at it.

use scanseal_pades::{
    PdfError,
    file::{Pdf, XrefEntry},
    syntax::{Dictionary, Name, Object, ObjectId},
};

/// Actions (ISO 32000-2 section 12.6.4) that run something, send something, or change what is shown.
const ACTIONS: [&str; 10] = [
    "GoTo3DView",
    "Hide",
    "ImportData",
    "JavaScript",
    "Launch",
    "Rendition",
    "ResetForm",
    "RichMediaExecute",
    "SetOCGState",
    "SubmitForm",
];
/// Annotations that play something (section 12.5.6.1).
const PLAYERS: [&str; 5] = ["3D", "Movie", "RichMedia", "Screen", "Sound"];

/// Looks at every object; the name of the first action or player, if there is one.
///
/// # Errors
/// [`PdfError`] of an object that cannot be read: a viewer may read it all the same.
pub(super) fn find(pdf: &Pdf<'_>) -> Result<Option<&'static str>, PdfError> {
    let view = pdf.latest();
    for number in 1..view.size() {
        let generation = match view.entry(number)? {
            Some(XrefEntry::Offset { generation, .. }) => generation,
            Some(XrefEntry::Compressed { .. }) => 0,
            _ => continue,
        };
        let object = view.object(ObjectId { number, generation })?;
        let mut left = vec![&object.object];
        while let Some(next) = left.pop() {
            match next {
                Object::Array(array) => left.extend(array.0.iter().map(|value| &value.object)),
                Object::Dictionary(dictionary) => {
                    if let Some(found) = of_dictionary(pdf, dictionary)? {
                        return Ok(Some(found));
                    }
                    let values = dictionary.entries.iter();
                    left.extend(values.map(|entry| &entry.value.object));
                }
                _ => {}
            }
        }
    }
    Ok(None)
}

fn of_dictionary(pdf: &Pdf<'_>, dictionary: &Dictionary) -> Result<Option<&'static str>, PdfError> {
    // A script needs no action around it: the names of a document may hold it.
    if dictionary.get("JS").is_some() {
        return Ok(Some("JavaScript"));
    }
    for (key, names) in [("S", &ACTIONS[..]), ("Subtype", &PLAYERS[..])] {
        let Some(value) = dictionary.get(key) else {
            continue;
        };
        let Object::Name(Name(name)) = pdf.latest().resolve(&value.object)? else {
            continue;
        };
        let found = names.iter().find(|known| known.as_bytes() == name);
        if let Some(found) = found {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
