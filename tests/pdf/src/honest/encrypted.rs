//! Encrypted files: the standard security handler, revision 2, RC4 with 40 bits (ISO 32000-1 clause 7.6.3).
//!
//! The oldest of its kinds, because it can be written by hand; the reader's own tests have the others.

use md5::{Digest, Md5};

use crate::{
    Case, Class,
    Verdict::{self, Failed, Passed, Unreadable},
    contract::{byte_range, complete, contents, pades},
    pdf::{Document, Xref, find, stream},
    pki,
    time::SIGNED,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    encrypted_without_password_passes,
    encrypted_with_password_given_passes,
    encrypted_with_password_missing_is_unreadable,
    encrypted_content_flipped_fails,
];

/// What passwords are padded with (ISO 32000-1, algorithm 2).
const PADDING: [u8; 32] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08,
    0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
];
/// First part of `/ID`.
const IDENTIFIER: [u8; 16] = *b"0123456789abcdef";
/// `/P`: everything is allowed.
const PERMISSIONS: i32 = -4;

fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = core::array::from_fn(|index| index.to_le_bytes()[0]);
    let mut j = 0_u8;
    for i in 0..=255_u8 {
        j = j
            .wrapping_add(state[usize::from(i)])
            .wrapping_add(key[usize::from(i) % key.len()]);
        state.swap(usize::from(i), usize::from(j));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    let step = |byte: &u8| {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        let sum = state[usize::from(i)].wrapping_add(state[usize::from(j)]);
        byte ^ state[usize::from(sum)]
    };
    data.iter().map(step).collect()
}

fn padded(password: &str) -> Vec<u8> {
    [password.as_bytes(), &PADDING].concat()[..32].to_vec()
}

/// The encryption dictionary and the key of the file.
struct Encryption {
    dictionary: String,
    key: Vec<u8>,
}

impl Encryption {
    fn new(user: &str) -> Self {
        let owner_key = &Md5::digest(padded("owner"))[..5];
        let owner = rc4(owner_key, &padded(user));
        let mut hash = Md5::new();
        hash.update(padded(user));
        hash.update(&owner);
        hash.update(PERMISSIONS.to_le_bytes());
        hash.update(IDENTIFIER);
        let key = hash.finalize()[..5].to_vec();
        let check = rc4(&key, &PADDING);
        let dictionary = format!(
            "<</Filter/Standard/V 1/R 2/P {PERMISSIONS}/O{}/U{}>>",
            hexadecimal(&owner),
            hexadecimal(&check)
        );
        Self { dictionary, key }
    }

    /// Encrypts what belongs to an object of generation 0.
    fn apply(&self, object: u32, data: &[u8]) -> Vec<u8> {
        let number = &object.to_le_bytes()[..3];
        let key = Md5::digest([&self.key[..], number, &[0, 0]].concat());
        rc4(&key[..10], data)
    }

    fn text(&self, object: u32, text: &str) -> String {
        hexadecimal(&self.apply(object, text.as_bytes()))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    format!("<{}>", data_encoding::HEXUPPER.encode(bytes))
}

/// A small contract, encrypted and signed.
fn encrypted(user: &str) -> Document {
    let encryption = Encryption::new(user);
    let mut document = Document::begin(b"%PDF-1.4\n", Xref::Table, "\n");
    document.trailer = format!("/ID[{0}{0}]/Encrypt 7 0 R", hexadecimal(&IDENTIFIER));
    let text = "BT /F1 14 Tf 60 700 Td (CNY 100,000.00) Tj ET";
    let field = |keys: &str| {
        let name = encryption.text(6, "Buyer");
        format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T{name}/F 132/Rect[60 100 180 220]/P 3 0 R{keys}>>"
        )
    };
    let mut section = document.section();
    section.object(
        1,
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 3>>>>",
    );
    section.object(
        2,
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>",
    );
    section.object(
        3,
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[6 0 R]/Resources<</Font<</F1 5 0 R>>>>>>",
    );
    section.object(4, stream("", &encryption.apply(4, text.as_bytes())));
    section.object(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    section.object(6, field(""));
    section.object(7, &encryption.dictionary);
    section.finish();
    let mut section = document.section();
    section.object(6, field("/V 8 0 R"));
    // Everything in the dictionary is encrypted but /Contents (ISO 32000-1 clause 7.6.1).
    section.object(
        8,
        format!(
            "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached{}{}/M{}>>",
            byte_range(),
            contents(crate::contract::RESERVED),
            encryption.text(8, &SIGNED.pdf())
        ),
    );
    section.finish();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    document
}

fn case(
    name: &'static str,
    description: &'static str,
    class: Class,
    file: Vec<u8>,
    verdict: Verdict,
    reasons: &[&'static str],
) -> Case {
    Case::new(class, name, description, file, verdict, reasons)
}

fn encrypted_without_password_passes() -> Case {
    let what =
        "Encrypted so that it opens without a password: only printing and the like are restricted.";
    let name = "encrypted-without-password-passes";
    case(
        name,
        what,
        Class::Structure,
        encrypted("").bytes,
        Passed,
        &[],
    )
}

fn encrypted_with_password_given_passes() -> Case {
    let what = "Encrypted, and the reader has the password.";
    let name = "encrypted-with-password-given-passes";
    case(
        name,
        what,
        Class::Structure,
        encrypted("secret").bytes,
        Passed,
        &[],
    )
    .password("secret")
}

fn encrypted_with_password_missing_is_unreadable() -> Case {
    let what = "Encrypted, and the reader has no password: nothing can be said.";
    let name = "encrypted-with-password-missing-is-unreadable";
    case(
        name,
        what,
        Class::Bytes,
        encrypted("secret").bytes,
        Unreadable,
        &[],
    )
}

fn encrypted_content_flipped_fails() -> Case {
    let what =
        "A bit of the encrypted content is flipped, which with RC4 flips one bit of the amount.";
    let mut file = encrypted("").bytes;
    let at = find(&file, b"stream\n").expect("the content") + "stream\n".len() + 27;
    file[at] ^= 8;
    let name = "encrypted-content-flipped-fails";
    case(name, what, Class::Bytes, file, Failed, &["digest-mismatch"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rc4_gives_the_known_bytes() {
        let expected = [0xbb, 0xf3, 0x16, 0xe8, 0xd9, 0x40, 0xaf, 0x0a, 0xd3];
        assert_eq!(rc4(b"Key", b"Plaintext"), expected);
    }
}
