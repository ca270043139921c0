//! The standard security handler (ISO 32000-2 clause 7.6), revisions 2 to 6. The derivation of keys and the ciphers are lopdf's.

use core::fmt::Write;
use std::sync::Arc;

use aes::{Aes128, Aes256};
use cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use lopdf::{
    Document, EncryptionState,
    encryption::{
        DecryptionError,
        crypt_filters::{CryptFilter, IdentityCryptFilter, Rc4CryptFilter},
    },
};
use sha2::{Digest, Sha256};

use super::{Pdf, View};
use crate::{
    Damage, PdfError,
    syntax::{Dictionary, Name, Object, ObjectId, Value},
};

/// How deep the encryption dictionary is copied: `/CF`, its filters, their entries.
const MAX_COPY_DEPTH: usize = 4;

/// What is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A stream's data.
    Stream,
    /// A string.
    String,
}

/// An unlocked file.
pub(super) struct Security {
    state: EncryptionState,
    streams: Arc<dyn CryptFilter>,
    strings: Arc<dyn CryptFilter>,
    /// The encryption dictionary is never encrypted itself.
    own: Option<ObjectId>,
}

/// Unlocks the file if it is encrypted.
///
/// All revisions must be encrypted alike: the same `/Encrypt`, the same first half of `/ID`. Else one and the same bytes would say
/// different things in different revisions.
pub(super) fn unlock(pdf: &Pdf<'_>, password: Option<&str>) -> Result<Option<Security>, PdfError> {
    let Some(first) = pdf.view(0) else {
        return Ok(None);
    };
    let encrypt = first.trailer().get("Encrypt").map(|value| &value.object);
    let identifier = identifier(first)?;
    for revision in pdf.revisions() {
        let later = revision.trailer.get("Encrypt").map(|value| &value.object);
        let damaged = PdfError::damaged(revision.trailer_offset, Damage::BadTrailer);
        if later != encrypt {
            return Err(damaged);
        }
        if encrypt.is_none() || revision.index == 0 {
            continue;
        }
        let view = pdf.view(revision.index).unwrap_or(first);
        let rewritten = match encrypt.and_then(Object::as_reference) {
            Some(id) => revision.entry(id.number)?.is_some(),
            None => false,
        };
        if rewritten || self::identifier(view)? != identifier {
            return Err(damaged);
        }
    }
    let Some(encrypt) = encrypt else {
        return Ok(None);
    };
    let offset = first.newest().trailer_offset;
    let Object::Dictionary(dictionary) = first.resolve(encrypt)? else {
        return Err(PdfError::damaged(offset, Damage::BadTrailer));
    };
    let own = encrypt.as_reference();
    let copy = copy_dictionary(first, &dictionary, MAX_COPY_DEPTH)?;
    read(&dictionary, copy, own, &identifier, password, offset).map(Some)
}

/// The first string of `/ID`; empty if there is none.
fn identifier(view: View<'_, '_>) -> Result<Vec<u8>, PdfError> {
    let Some(Object::Array(array)) = view.find(view.trailer(), "ID")? else {
        return Ok(Vec::new());
    };
    let first = array.0.first().map(|value| view.resolve(&value.object));
    let first = first.transpose()?;
    Ok(first
        .and_then(|first| Some(first.as_bytes()?.to_vec()))
        .unwrap_or_default())
}

/// Derives the keys. `copy` is the dictionary as lopdf has it.
fn read(
    dictionary: &Dictionary,
    copy: lopdf::Dictionary,
    own: Option<ObjectId>,
    identifier: &[u8],
    password: Option<&str>,
    offset: u64,
) -> Result<Security, PdfError> {
    let handler = dictionary
        .get("Filter")
        .and_then(|value| value.object.as_name());
    let handler = handler.ok_or(PdfError::damaged(offset, Damage::WrongType))?;
    if *handler != *"Standard" {
        return Err(PdfError::EncryptedOtherwise {
            handler: String::from_utf8_lossy(&handler.0).into_owned(),
        });
    }
    // As much of a document as the derivation of keys looks at.
    let mut document = Document::new();
    let identifier = lopdf::Object::string_literal(identifier);
    document
        .trailer
        .set("ID", vec![identifier.clone(), identifier]);
    document
        .trailer
        .set("Encrypt", lopdf::Object::Reference((1, 0)));
    document
        .objects
        .insert((1, 0), lopdf::Object::Dictionary(copy));
    let state = match EncryptionState::decode(&document, password.unwrap_or_default()) {
        Ok(state) => state,
        Err(lopdf::Error::Decryption(
            DecryptionError::IncorrectPassword | DecryptionError::StringPrep(_),
        )) => return Err(PdfError::PasswordNeeded),
        Err(lopdf::Error::Decryption(
            DecryptionError::InvalidVersion
            | DecryptionError::InvalidRevision
            | DecryptionError::UnsupportedEncryption
            | DecryptionError::UnsupportedRevision
            | DecryptionError::UnsupportedVersion,
        )) => return Err(unknown(dictionary)),
        Err(_) => return Err(PdfError::damaged(offset, Damage::WrongType)),
    };
    let (streams, strings): (Arc<dyn CryptFilter>, Arc<dyn CryptFilter>) = if state.version() < 4 {
        (Arc::new(Rc4CryptFilter), Arc::new(Rc4CryptFilter))
    } else {
        let named = |name: &[u8]| named(&state, name).ok_or_else(|| unknown(dictionary));
        (
            named(state.default_stream_filter())?,
            named(state.default_string_filter())?,
        )
    };
    Ok(Security {
        state,
        streams,
        strings,
        own,
    })
}

/// The crypt filter of this name; `Identity`, also where none is named, is always there.
fn named(state: &EncryptionState, name: &[u8]) -> Option<Arc<dyn CryptFilter>> {
    if name.is_empty() || name == b"Identity" {
        return Some(Arc::new(IdentityCryptFilter));
    }
    state.crypt_filters().get(name).cloned()
}

fn unknown(dictionary: &Dictionary) -> PdfError {
    let mut handler = "Standard".to_owned();
    for key in ["V", "R"] {
        if let Some(number) = dictionary
            .get(key)
            .and_then(|value| value.object.as_integer())
        {
            // Writing to a string does not fail.
            let _ = write!(handler, " {key}{number}");
        }
    }
    PdfError::EncryptedOtherwise { handler }
}

impl Security {
    /// Decrypts the strings of an object that is not in an object stream.
    pub(super) fn decrypt_strings(&self, id: ObjectId, value: &mut Value) -> Result<(), PdfError> {
        if self.own == Some(id) {
            return Ok(());
        }
        if let Object::Dictionary(dictionary) = &value.object
            && dictionary.is("Type", "XRef")
        {
            return Ok(());
        }
        let key = self
            .strings
            .compute_key(self.state.file_encryption_key(), pair(id));
        let key = key.map_err(|_| PdfError::damaged(value.span.start, Damage::BadObject))?;
        self.decrypt_value(&key, value)
    }

    fn decrypt_value(&self, key: &[u8], value: &mut Value) -> Result<(), PdfError> {
        match &mut value.object {
            Object::String(string) => {
                let plain = self.strings.decrypt(key, &string.bytes);
                let damaged = |_| PdfError::damaged(value.span.start, Damage::BadObject);
                string.bytes = plain.map_err(damaged)?;
            }
            Object::Array(array) => {
                for value in &mut array.0 {
                    self.decrypt_value(key, value)?;
                }
            }
            Object::Dictionary(dictionary) => {
                // Signatures themselves stay readable (clause 7.6.2).
                let signature = dictionary.get("ByteRange").is_some()
                    || dictionary.is("Type", "Sig")
                    || dictionary.is("Type", "DocTimeStamp");
                for entry in &mut dictionary.entries {
                    if !(signature && entry.key == *"Contents") {
                        self.decrypt_value(key, &mut entry.value)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Decrypts a stream's data, which begin at `offset`, by the crypt filter it names or else by that of all streams.
    pub(super) fn decrypt_stream(
        &self,
        id: ObjectId,
        dictionary: &Dictionary,
        crypt_filter: Option<Name>,
        data: Vec<u8>,
        offset: u64,
    ) -> Result<Vec<u8>, PdfError> {
        let in_clear = dictionary.is("Type", "Metadata") && !self.state.encrypt_metadata();
        if in_clear || dictionary.is("Type", "XRef") {
            return Ok(data);
        }
        let damaged = PdfError::damaged(offset, Damage::BadStream);
        let filter = match crypt_filter {
            Some(Name(name)) => named(&self.state, &name).ok_or(damaged.clone())?,
            None => self.streams.clone(),
        };
        let key = filter.compute_key(self.state.file_encryption_key(), pair(id));
        let plain = key.and_then(|key| filter.decrypt(&key, &data));
        plain.map_err(|_| damaged)
    }

    /// Encrypts a string or a stream's data of a new object.
    ///
    /// The initialization vector of AES is not random but derived from the key, the object's name and the bytes themselves, so it tells
    /// nothing, and differs unless everything is the same. Thus the core needs no randomness.
    pub(super) fn encrypt(
        &self,
        id: ObjectId,
        bytes: &[u8],
        kind: Kind,
    ) -> Result<Vec<u8>, PdfError> {
        let filter = match kind {
            Kind::Stream => &self.streams,
            Kind::String => &self.strings,
        };
        let failed = |_| PdfError::EncryptedOtherwise {
            handler: String::from_utf8_lossy(filter.method()).into_owned(),
        };
        let file_key = self.state.file_encryption_key();
        let key = filter.compute_key(file_key, pair(id)).map_err(failed)?;
        let method = filter.method();
        if method != b"AESV2" && method != b"AESV3" {
            return filter.encrypt(&key, bytes).map_err(failed);
        }
        let seed = Sha256::new()
            .chain_update(b"scanseal pdf initialization vector")
            .chain_update(file_key)
            .chain_update(id.number.to_be_bytes())
            .chain_update(id.generation.to_be_bytes())
            .chain_update([u8::from(kind == Kind::Stream)])
            .chain_update(bytes)
            .finalize();
        let vector = seed.first_chunk::<16>().copied().unwrap_or_default();
        let cipher = if method == b"AESV2" {
            let key = key
                .try_into()
                .map(|key: [u8; 16]| cbc::Encryptor::<Aes128>::new(&key.into(), &vector.into()));
            key.map(|cipher| cipher.encrypt_padded_vec::<Pkcs7>(bytes))
        } else {
            let key = key
                .try_into()
                .map(|key: [u8; 32]| cbc::Encryptor::<Aes256>::new(&key.into(), &vector.into()));
            key.map(|cipher| cipher.encrypt_padded_vec::<Pkcs7>(bytes))
        };
        let cipher = cipher.map_err(|_| failed(DecryptionError::InvalidKeyLength))?;
        Ok([vector.as_slice(), &cipher].concat())
    }
}

fn pair(id: ObjectId) -> lopdf::ObjectId {
    (id.number, id.generation)
}

fn copy_dictionary(
    view: View<'_, '_>,
    dictionary: &Dictionary,
    depth: usize,
) -> Result<lopdf::Dictionary, PdfError> {
    let mut copy = lopdf::Dictionary::new();
    for entry in &dictionary.entries {
        let object = match view.resolve(&entry.value.object)? {
            Object::Boolean(value) => lopdf::Object::Boolean(value),
            Object::Integer(value) => lopdf::Object::Integer(value),
            Object::String(string) => lopdf::Object::string_literal(string.bytes),
            Object::Name(name) => lopdf::Object::Name(name.0),
            Object::Dictionary(inner) if depth > 0 => {
                lopdf::Object::Dictionary(copy_dictionary(view, &inner, depth - 1)?)
            }
            // The handler knows no entries of other kinds.
            _ => continue,
        };
        copy.set(entry.key.0.clone(), object);
    }
    Ok(copy)
}
