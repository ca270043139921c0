//! Changes of the trust list by platform staff. What comes in is read strictly, every wrong field is named, and nothing
//! stays if the list that would result cannot be signed.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use hyper::StatusCode;
use rusqlite::Transaction;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use scanseal_pki::{
    CaKind, Certificate, LocalizedName, MAX_CERTIFICATES_PER_CA, MAX_ID_LENGTH,
    MAX_ORIGINS_PER_PLATFORM, TrustedCa, TrustedPlatform, UnixTime,
};
use scanseal_protocol::{Origin, error::Code, request::PlatformId};
use serde::Deserialize;

use super::{
    Editor, PLATFORM_ID, Source,
    entries::{self, Entries, ImportedCa},
};
use crate::{authority::AuthorityError, http::Problem, store::StoreError};

/// Characters of a name: what a phone shows on two lines.
const NAME_CHARACTERS: usize = 64;

/// One change of the list.
#[derive(Clone, Debug)]
pub enum Edit {
    /// An authority more.
    AddCa(TrustedCa),
    /// A platform more.
    AddPlatform(TrustedPlatform),
    /// An authority, own or entered, stands in the list again.
    ListCa(String),
    /// An authority that was entered is forgotten.
    RemoveCa(String),
    /// A platform that was entered is forgotten.
    RemovePlatform(String),
    /// An authority, own or entered, is left out for now.
    UnlistCa(String),
}

/// Why a change is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditRefused {
    /// Fields that cannot be taken, each with a word for programs; the text is for people.
    #[error("{detail}")]
    Fields {
        /// Name of the field, and what is wrong with it.
        fields: BTreeMap<&'static str, &'static str>,
        /// Sentences.
        detail: String,
    },
    /// The list that would result cannot be signed.
    #[error(transparent)]
    List(#[from] AuthorityError),
    /// The operator's own are part of the program.
    #[error("The operator's own authorities and platform cannot be removed.")]
    Own,
    /// There is no such authority or platform.
    #[error("There is no such entry in the trust list.")]
    Unknown,
}

impl From<StoreError> for EditRefused {
    fn from(error: StoreError) -> Self {
        Self::List(error.into())
    }
}

impl From<EditRefused> for Problem {
    fn from(refused: EditRefused) -> Self {
        let detail = refused.to_string();
        match refused {
            EditRefused::Fields { fields, .. } => Self::fields(fields, detail),
            EditRefused::List(AuthorityError::Store(error)) => error.into(),
            EditRefused::List(AuthorityError::TrustList(_) | AuthorityError::Sign(_)) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, Code::Malformed, detail)
            }
            EditRefused::List(error) => Self::internal(&error),
            EditRefused::Own => Self::conflict(detail),
            EditRefused::Unknown => Self::not_found(detail),
        }
    }
}

/// An authority as it comes in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaBody {
    id: String,
    name: LocalizedName,
    kind: CaKind,
    roots: Vec<String>,
    intermediates: Vec<String>,
}

/// A platform as it comes in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformBody {
    id: String,
    name: LocalizedName,
    origins: Vec<String>,
    keys: Vec<String>,
}

impl Source {
    /// Makes a change; the next version of the list is signed with it.
    ///
    /// # Errors
    /// [`EditRefused`].
    pub(crate) fn edit(
        &self,
        transaction: &Transaction<'_>,
        edit: &Edit,
        editor: Editor<'_>,
        now: UnixTime,
    ) -> Result<(), EditRefused> {
        let mut entries = self.entries(transaction)?;
        self.apply(&mut entries, edit)?;
        edit.store(transaction)?;
        self.sign_next(transaction, &entries, &edit.code(), Some(editor), now)?;
        Ok(())
    }

    /// Changes the entries in memory, if the change fits them.
    fn apply(&self, entries: &mut Entries, edit: &Edit) -> Result<(), EditRefused> {
        let own = |id: &str| self.own.iter().any(|ca| ca.id == id);
        match edit {
            Edit::AddCa(ca) => {
                self.check_new_ca(entries, ca)?;
                entries.imported.push(ImportedCa {
                    ca: ca.clone(),
                    listed: true,
                });
                entries.imported.sort_by(|a, b| a.ca.id.cmp(&b.ca.id));
            }
            Edit::AddPlatform(platform) => {
                let known = entries
                    .platforms
                    .iter()
                    .any(|known| known.id == platform.id);
                if known || platform.id == PLATFORM_ID {
                    return Err(taken("id", "There is a platform of this id already."));
                }
                entries.platforms.push(platform.clone());
                entries.platforms.sort_by(|a, b| a.id.cmp(&b.id));
            }
            Edit::ListCa(id) if own(id) => {
                entries.unlisted.remove(id);
            }
            Edit::UnlistCa(id) if own(id) => {
                entries.unlisted.insert(id.clone());
            }
            Edit::ListCa(id) => entries.imported(id)?.listed = true,
            Edit::UnlistCa(id) => entries.imported(id)?.listed = false,
            Edit::RemoveCa(id) if own(id) => return Err(EditRefused::Own),
            Edit::RemoveCa(id) => {
                entries.imported(id)?;
                entries.imported.retain(|imported| imported.ca.id != *id);
            }
            Edit::RemovePlatform(id) if id == PLATFORM_ID => return Err(EditRefused::Own),
            Edit::RemovePlatform(id) => {
                let before = entries.platforms.len();
                entries.platforms.retain(|platform| platform.id != *id);
                if entries.platforms.len() == before {
                    return Err(EditRefused::Unknown);
                }
            }
        }
        Ok(())
    }

    /// Ids and root keys are taken by unlisted authorities, too: they may be listed again.
    fn check_new_ca(&self, entries: &Entries, ca: &TrustedCa) -> Result<(), EditRefused> {
        let imported = entries.imported.iter().map(|imported| &imported.ca);
        for known in self.own.iter().chain(imported) {
            if known.id == ca.id {
                return Err(taken("id", "There is an authority of this id already."));
            }
            let of_known = |root: &Certificate| {
                let mut roots = known.roots.iter();
                roots.any(|other| other.spki_sha256() == root.spki_sha256())
            };
            if ca.roots.iter().any(of_known) {
                return Err(taken(
                    "roots",
                    "The key of a root belongs to another authority of the list already.",
                ));
            }
        }
        Ok(())
    }
}

impl Entries {
    fn imported(&mut self, id: &str) -> Result<&mut ImportedCa, EditRefused> {
        let mut imported = self.imported.iter_mut();
        imported
            .find(|imported| imported.ca.id == id)
            .ok_or(EditRefused::Unknown)
    }
}

impl Edit {
    /// What stands in the list of versions: a word, and the id of what it is about.
    fn code(&self) -> String {
        match self {
            Self::AddCa(ca) => format!("ca-added {}", ca.id),
            Self::AddPlatform(platform) => format!("platform-added {}", platform.id),
            Self::ListCa(id) => format!("ca-listed {id}"),
            Self::RemoveCa(id) => format!("ca-removed {id}"),
            Self::RemovePlatform(id) => format!("platform-removed {id}"),
            Self::UnlistCa(id) => format!("ca-unlisted {id}"),
        }
    }

    fn store(&self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let listed = |id: &str, listed: bool| {
            // One of the two has the id: authorities of the program are in `unlisted_ca` only.
            let update = "UPDATE trusted_ca SET listed = ?2 WHERE id = ?1";
            if transaction.execute(update, rusqlite::params![id, listed])? == 0 {
                let own = if listed {
                    "DELETE FROM unlisted_ca WHERE id = ?1"
                } else {
                    "INSERT OR IGNORE INTO unlisted_ca (id) VALUES (?1)"
                };
                transaction.execute(own, [id])?;
            }
            Ok(())
        };
        let delete = |sql: &str, id: &str| {
            transaction.execute(sql, [id])?;
            Ok(())
        };
        match self {
            Self::AddCa(ca) => entries::store_ca(transaction, ca),
            Self::AddPlatform(platform) => entries::store_platform(transaction, platform),
            Self::ListCa(id) => listed(id, true),
            Self::UnlistCa(id) => listed(id, false),
            Self::RemoveCa(id) => delete("DELETE FROM trusted_ca WHERE id = ?1", id),
            Self::RemovePlatform(id) => delete("DELETE FROM trusted_platform WHERE id = ?1", id),
        }
    }
}

impl CaBody {
    /// Reads an authority.
    ///
    /// # Errors
    /// [`EditRefused::Fields`] with all fields that are wrong.
    pub fn read(self) -> Result<Edit, EditRefused> {
        let mut wrong = Wrong::default();
        wrong.id(&self.id);
        wrong.name(&self.name);
        if self.roots.is_empty() {
            wrong.add("roots", "required", "An authority has at least one root.");
        }
        let roots = wrong.certificates("roots", &self.roots);
        let intermediates = wrong.certificates("intermediates", &self.intermediates);
        let mut keys: Vec<_> = roots.iter().map(Certificate::spki_sha256).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            wrong.add("roots", "taken", "Two of the roots have the same key.");
        }
        wrong.finish()?;
        Ok(Edit::AddCa(TrustedCa {
            id: self.id,
            name: self.name,
            kind: self.kind,
            roots,
            intermediates,
            seal_keys: Vec::new(),
        }))
    }
}

impl PlatformBody {
    /// Reads a platform.
    ///
    /// # Errors
    /// [`EditRefused::Fields`] with all fields that are wrong.
    pub fn read(self) -> Result<Edit, EditRefused> {
        let mut wrong = Wrong::default();
        wrong.id(&self.id);
        if !self.id.is_empty() && PlatformId::parse(&self.id).is_none() {
            wrong.add("id", "characters", "No request can carry this id.");
        }
        wrong.name(&self.name);
        wrong.count("origins", self.origins.len(), 1, MAX_ORIGINS_PER_PLATFORM);
        wrong.count("keys", self.keys.len(), 1, MAX_ORIGINS_PER_PLATFORM);
        if !self
            .origins
            .iter()
            .all(|origin| Origin::parse(origin).is_ok())
        {
            wrong.add(
                "origins",
                "form",
                "An origin is written as https://portal.example, without a path.",
            );
        }
        let keys: Option<Vec<_>> = self.keys.iter().map(|key| thumbprint(key)).collect();
        if keys.is_none() {
            wrong.add(
                "keys",
                "form",
                "A key is given as the SHA-256 of its SubjectPublicKeyInfo: 32 bytes in base64url without padding.",
            );
        }
        for (field, texts) in [("origins", &self.origins), ("keys", &self.keys)] {
            let mut sorted: Vec<_> = texts.iter().collect();
            sorted.sort_unstable();
            if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
                wrong.add(field, "taken", "One of them is there twice.");
            }
        }
        wrong.finish()?;
        Ok(Edit::AddPlatform(TrustedPlatform {
            id: self.id,
            name: self.name,
            origins: self.origins,
            keys: keys.unwrap_or_default(),
        }))
    }
}

/// The thumbprint of a key, if this is one.
pub(super) fn thumbprint(text: &str) -> Option<[u8; 32]> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    bytes.try_into().ok()
}

/// Collects what is wrong; the first finding of a field is the one told.
#[derive(Default)]
struct Wrong {
    fields: BTreeMap<&'static str, &'static str>,
    sentences: Vec<String>,
}

impl Wrong {
    fn add(&mut self, field: &'static str, word: &'static str, sentence: impl Into<String>) {
        if !self.fields.contains_key(field) {
            self.fields.insert(field, word);
            self.sentences.push(sentence.into());
        }
    }

    fn id(&mut self, id: &str) {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-'
        };
        let rule = "An id has 1 to 64 of a-z 0-9 . -";
        if id.is_empty() {
            self.add("id", "required", rule);
        } else if id.len() > MAX_ID_LENGTH {
            self.add("id", "too-long", rule);
        } else if !id.bytes().all(allowed) {
            self.add("id", "characters", rule);
        }
    }

    fn name(&mut self, name: &LocalizedName) {
        for (field, text) in [("name.zh", &name.zh), ("name.en", &name.en)] {
            if text.trim().is_empty() {
                self.add(field, "required", "A name is needed in both languages.");
            } else if text.chars().count() > NAME_CHARACTERS {
                self.add(field, "too-long", "A name has at most 64 characters.");
            } else if text.trim() != text || text.chars().any(char::is_control) {
                let rule = "A name has no control characters, and no spaces at its ends.";
                self.add(field, "characters", rule);
            }
        }
    }

    fn count(&mut self, field: &'static str, count: usize, least: usize, most: usize) {
        if count < least {
            self.add(field, "required", "At least one is needed.");
        } else if count > most {
            self.add(field, "too-many", format!("At most {most} are allowed."));
        }
    }

    fn certificates(&mut self, field: &'static str, texts: &[String]) -> Vec<Certificate> {
        self.count(field, texts.len(), 0, MAX_CERTIFICATES_PER_CA);
        let mut certificates = Vec::new();
        for (number, text) in texts.iter().take(MAX_CERTIFICATES_PER_CA).enumerate() {
            let number = number + 1;
            match certificate(text) {
                Ok(certificate) if certificate.is_authority() => certificates.push(certificate),
                Ok(_) => self.add(
                    field,
                    "not-an-authority",
                    format!("Certificate {number} of {field} is no CA certificate."),
                ),
                Err(reason) => self.add(
                    field,
                    "unreadable",
                    format!("Certificate {number} of {field} cannot be read: {reason}."),
                ),
            }
        }
        certificates
    }

    fn finish(self) -> Result<(), EditRefused> {
        if self.fields.is_empty() {
            return Ok(());
        }
        Err(EditRefused::Fields {
            fields: self.fields,
            detail: self.sentences.join(" "),
        })
    }
}

/// Exactly one certificate in PEM.
fn certificate(text: &str) -> Result<Certificate, String> {
    let mut found = CertificateDer::pem_slice_iter(text.as_bytes());
    let first = found
        .next()
        .ok_or("there is no -----BEGIN CERTIFICATE----- in it")?;
    let der = first.map_err(|error| error.to_string())?;
    if found.next().is_some() {
        return Err("it holds several; give each by itself".to_owned());
    }
    Certificate::from_der(&der).map_err(|error| error.to_string())
}

fn taken(field: &'static str, sentence: &str) -> EditRefused {
    EditRefused::Fields {
        fields: BTreeMap::from([(field, "taken")]),
        detail: sentence.to_owned(),
    }
}
