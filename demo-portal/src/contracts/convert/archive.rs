//! What must be known of a DOCX before a large program opens it: an archive (ZIP) with the parts of ECMA-376 part 2, without macros,
//! and of a bearable size once unpacked. Nothing is unpacked but the list of the parts' types.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// Entries of an archive: a book with a thousand pictures has fewer.
const MAX_ENTRIES: usize = 10_000;
/// Bytes that all entries may have unpacked.
pub(super) const MAX_UNPACKED: u64 = 512 * 1024 * 1024;
/// Bytes of the list of the parts' types.
const MAX_TYPES: usize = 1024 * 1024;
const TYPES: &[u8] = b"[Content_Types].xml";

/// Why it is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotDocx {
    /// It breaks off, or cannot be unpacked.
    Damaged,
    /// It has macros.
    Macros,
    /// It is another archive.
    Other,
    /// It is far larger than it looks.
    TooLarge,
}

/// Looks at a DOCX.
pub(super) fn check(bytes: &[u8]) -> Result<(), NotDocx> {
    let entries = entries(bytes)?;
    let unpacked: u64 = entries.iter().map(|entry| u64::from(entry.unpacked)).sum();
    if unpacked > MAX_UNPACKED {
        return Err(NotDocx::TooLarge);
    }
    let types = entries.iter().find(|entry| entry.name == TYPES);
    let types = unpack(bytes, types.ok_or(NotDocx::Other)?)?;
    // Names of parts are compared without regard to case (ECMA-376 part 2, 6.2.2.3), and types too.
    let types = types.to_ascii_lowercase();
    let macros = |text: &[u8]| contains(text, b"vbaproject") || contains(text, b"macroenabled");
    if macros(&types)
        || entries
            .iter()
            .any(|entry| macros(&entry.name.to_ascii_lowercase()))
    {
        return Err(NotDocx::Macros);
    }
    if contains(&types, b"wordprocessingml.document.main+xml") {
        Ok(())
    } else {
        Err(NotDocx::Other)
    }
}

/// Whether a compound file holds a document with a password ([MS-OFFCRYPTO] section 2.3.4): a stream of this name, in UTF-16.
pub(super) fn is_encrypted_package(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    contains(bytes, &name)
}

/// An entry of the archive's directory.
struct Entry<'a> {
    name: &'a [u8],
    method: u16,
    packed: u32,
    unpacked: u32,
    offset: u32,
}

/// The directory (APPNOTE 4.3.12); its end is found from the back, since a comment may follow.
fn entries(bytes: &[u8]) -> Result<Vec<Entry<'_>>, NotDocx> {
    let tail = bytes.len().saturating_sub(22 + usize::from(u16::MAX));
    let end = (tail..bytes.len())
        .rev()
        .find(|start| at(bytes, *start, 4) == Some(b"PK\x05\x06"))
        .ok_or(NotDocx::Damaged)?;
    at(bytes, end, 22).ok_or(NotDocx::Damaged)?;
    let count = usize::from(number16(bytes, end + 10)?);
    if count > MAX_ENTRIES {
        return Err(NotDocx::TooLarge);
    }
    let mut start = number32(bytes, end + 16)? as usize;
    let mut entries = Vec::new();
    for _ in 0..count {
        if at(bytes, start, 4) != Some(b"PK\x01\x02") {
            return Err(NotDocx::Damaged);
        }
        let name = usize::from(number16(bytes, start + 28)?);
        let more =
            usize::from(number16(bytes, start + 30)?) + usize::from(number16(bytes, start + 32)?);
        entries.push(Entry {
            name: at(bytes, start + 46, name).ok_or(NotDocx::Damaged)?,
            method: number16(bytes, start + 10)?,
            packed: number32(bytes, start + 20)?,
            unpacked: number32(bytes, start + 24)?,
            offset: number32(bytes, start + 42)?,
        });
        start += 46 + name + more;
    }
    Ok(entries)
}

fn unpack(bytes: &[u8], entry: &Entry<'_>) -> Result<Vec<u8>, NotDocx> {
    let head = entry.offset as usize;
    if at(bytes, head, 4) != Some(b"PK\x03\x04") {
        return Err(NotDocx::Damaged);
    }
    let skipped =
        30 + usize::from(number16(bytes, head + 26)?) + usize::from(number16(bytes, head + 28)?);
    let packed = at(bytes, head + skipped, entry.packed as usize).ok_or(NotDocx::Damaged)?;
    match entry.method {
        0 if packed.len() <= MAX_TYPES => Ok(packed.to_vec()),
        8 => decompress_to_vec_with_limit(packed, MAX_TYPES).map_err(|_| NotDocx::Damaged),
        _ => Err(NotDocx::Damaged),
    }
}

fn at(bytes: &[u8], start: usize, length: usize) -> Option<&[u8]> {
    bytes.get(start..start.checked_add(length)?)
}

fn number16(bytes: &[u8], start: usize) -> Result<u16, NotDocx> {
    let bytes = at(bytes, start, 2).and_then(|two| two.try_into().ok());
    bytes.map(u16::from_le_bytes).ok_or(NotDocx::Damaged)
}

fn number32(bytes: &[u8], start: usize) -> Result<u32, NotDocx> {
    let bytes = at(bytes, start, 4).and_then(|four| four.try_into().ok());
    bytes.map(u32::from_le_bytes).ok_or(NotDocx::Damaged)
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use miniz_oxide::deflate::compress_to_vec;

    use super::*;

    const MAIN: &str = "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";

    /// An archive of these entries; `claimed` is what each says of its size.
    fn archive(entries: &[(&str, &[u8], bool)], claimed: Option<u32>) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (name, content, packed) in entries {
            let data = if *packed {
                compress_to_vec(content, 6)
            } else {
                content.to_vec()
            };
            let method: u16 = if *packed { 8 } else { 0 };
            let offset = u32::try_from(bytes.len()).unwrap();
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            bytes.extend(b"PK\x03\x04");
            bytes.extend([0; 22]);
            bytes.extend(length);
            bytes.extend([0; 2]);
            bytes.extend(name.as_bytes());
            bytes.extend(&data);
            directory.extend(b"PK\x01\x02");
            directory.extend([0; 6]);
            directory.extend(method.to_le_bytes());
            directory.extend([0; 8]);
            directory.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
            directory.extend(
                claimed
                    .unwrap_or(u32::try_from(content.len()).unwrap())
                    .to_le_bytes(),
            );
            directory.extend(length);
            directory.extend([0; 12]);
            directory.extend(offset.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let start = u32::try_from(bytes.len()).unwrap();
        bytes.extend(&directory);
        bytes.extend(b"PK\x05\x06\0\0\0\0\0\0");
        bytes.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
        bytes.extend(start.to_le_bytes());
        bytes.extend([0; 2]);
        bytes
    }

    #[test]
    fn documents_pass_and_macros_in_any_disguise_do_not() {
        let types = "[Content_Types].xml";
        for packed in [true, false] {
            assert_eq!(
                check(&archive(&[(types, MAIN.as_bytes(), packed)], None)),
                Ok(())
            );
        }
        let named = [
            (types, MAIN.as_bytes(), true),
            ("word/VbaProject.bin", &b"x"[..], false),
        ];
        assert_eq!(check(&archive(&named, None)), Err(NotDocx::Macros));
        // The part is called otherwise, but its type says what it is.
        let typed = MAIN.replace("</Types>", "<Override PartName=\"/word/a.bin\" ContentType=\"application/vnd.ms-office.VBAProject\"/></Types>");
        assert_eq!(
            check(&archive(&[(types, typed.as_bytes(), true)], None)),
            Err(NotDocx::Macros)
        );
        let docm = MAIN.replace(
            "openxmlformats-officedocument.wordprocessingml.document",
            "ms-word.document.macroEnabled",
        );
        assert_eq!(
            check(&archive(&[(types, docm.as_bytes(), true)], None)),
            Err(NotDocx::Macros)
        );
    }

    #[test]
    fn other_archives_bombs_and_broken_ones_are_told_apart() {
        let types = "[Content_Types].xml";
        assert_eq!(
            check(&archive(&[("a.txt", b"a", false)], None)),
            Err(NotDocx::Other)
        );
        assert_eq!(
            check(&archive(&[(types, b"<Types/>", false)], None)),
            Err(NotDocx::Other)
        );
        let whole = archive(&[(types, MAIN.as_bytes(), true)], None);
        for cut in 0..whole.len() {
            assert_eq!(check(&whole[..cut]), Err(NotDocx::Damaged), "{cut}");
        }
        let limit = u32::try_from(MAX_UNPACKED).unwrap();
        assert_eq!(
            check(&archive(&[(types, MAIN.as_bytes(), true)], Some(limit))),
            Ok(())
        );
        let beyond = archive(&[(types, MAIN.as_bytes(), true)], Some(limit + 1));
        assert_eq!(check(&beyond), Err(NotDocx::TooLarge));
        // Entries of a book, and one more.
        let parts = |count: usize| {
            let mut parts = vec![("a", &b""[..], false); count - 1];
            parts.push((types, MAIN.as_bytes(), false));
            archive(&parts, None)
        };
        assert_eq!(check(&parts(MAX_ENTRIES)), Ok(()));
        assert_eq!(check(&parts(MAX_ENTRIES + 1)), Err(NotDocx::TooLarge));
        // The list of types may not explode either, whatever it says of itself.
        let full = format!("{MAIN}{}", " ".repeat(MAX_TYPES - MAIN.len()));
        for packed in [true, false] {
            let whole = archive(&[(types, full.as_bytes(), packed)], None);
            assert_eq!(check(&whole), Ok(()));
            let longer = format!("{full} ");
            let longer = archive(&[(types, longer.as_bytes(), packed)], None);
            assert_eq!(check(&longer), Err(NotDocx::Damaged));
        }
        let bomb = vec![b' '; MAX_TYPES + 1];
        assert_eq!(
            check(&archive(&[(types, &bomb, true)], Some(1))),
            Err(NotDocx::Damaged)
        );
    }

    #[test]
    fn password_of_a_document_is_told_from_an_old_format() {
        let name: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(is_encrypted_package(
            &[b"before".as_slice(), &name].concat()
        ));
        assert!(!is_encrypted_package(b"EncryptedPackage"));
    }
}
