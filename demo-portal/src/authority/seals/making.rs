//! Making seals: those that an enterprise gets by itself are drawn here; all of them are put together and signed here.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use rusqlite::{Transaction, params};
use scanseal_pki::{Certificate, CreditCode, SealInfo, SealKind, SealPictureFormat, UnixTime};
use scanseal_seal_picture::{CompanySeal, Font, NameSeal, SealPicture, SealPictureError};
use serde_json::json;

use crate::{
    audit,
    authority::{
        certificate_authority::CertificateAuthority,
        seals::{
            records::{self, Record, Source, State},
            register,
        },
    },
    http::Problem,
    platform::events,
    portal::Portal,
    store::StoreError,
};

/// Bytes of a seal's picture: with names, certificates and signature the seal stays below 208 KiB.
pub const MAX_STORED_PICTURE: usize = 200 * 1024;
/// Pictures that are kept to be used again: an enterprise's operators enrol one after the other.
const KEPT_PICTURES: usize = 64;
/// The face that Chinese seals are set in; a collection has the characters as other countries write them, too.
const FAMILY: &str = "Noto Serif CJK SC";
/// Where systems have the font.
const USUAL_FONTS: [&str; 4] = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-vf-fonts/NotoSerifCJK-VF.ttc",
];

/// Draws seals. Without a font it draws none.
pub struct SealPress {
    font: Option<PathBuf>,
    read: OnceLock<Option<Font>>,
    drawn: Mutex<HashMap<Design, Arc<Drawn>>>,
}

/// What shall be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Design {
    Company(String),
    Contract(String),
    LegalRepresentative(String),
}

/// A picture, and how large it is on paper.
struct Drawn {
    png: Vec<u8>,
    millimetres: (u32, u32),
}

/// A seal to be put together.
pub(super) struct NewSeal {
    pub(super) kind: SealKind,
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) millimetres: (u32, u32),
    pub(super) picture: Vec<u8>,
    pub(super) replaces: Option<String>,
}

impl SealPress {
    /// Takes the font of this file, or the one that the system has.
    ///
    /// # Errors
    /// A file that was named and cannot be read.
    pub fn open(font: Option<&Path>) -> io::Result<Self> {
        let usual = || {
            USUAL_FONTS
                .iter()
                .map(PathBuf::from)
                .find(|path| path.is_file())
        };
        let font = match font {
            Some(path) => {
                std::fs::File::open(path)?;
                Some(path.to_owned())
            }
            None => usual(),
        };
        if font.is_none() {
            tracing::warn!(
                "no font to draw seals with: install Noto Serif CJK (Debian package fonts-noto-cjk), or name its file with --seal-font; enterprises get no seals until then"
            );
        }
        Ok(Self {
            font,
            read: OnceLock::new(),
            drawn: Mutex::default(),
        })
    }

    /// The seals that this certificate's enterprise gets by itself. What cannot be drawn is left out: its holder has a stamp, and
    /// photographs it.
    fn seals_of(&self, certificate: &Certificate) -> Vec<NewSeal> {
        let enterprise = certificate.organization().unwrap_or_default();
        let code = certificate.credit_code().map_or("", CreditCode::as_str);
        let representative = register::legal_representative(code).map(|person| {
            (
                Design::LegalRepresentative(person.to_owned()),
                SealKind::LegalRepresentative,
                format!("{person}（法定代表人章）"),
            )
        });
        let of = |title: &str| format!("{enterprise}{title}");
        let wanted = [
            Some((
                Design::Company(enterprise.to_owned()),
                SealKind::Company,
                of("公章"),
            )),
            Some((
                Design::Contract(enterprise.to_owned()),
                SealKind::Contract,
                of("合同专用章"),
            )),
            representative,
        ];
        let make = |(design, kind, name)| {
            let drawn = self.draw(design)?;
            Some(NewSeal {
                kind,
                name,
                source: Source::Made,
                millimetres: drawn.millimetres,
                picture: drawn.png.clone(),
                replaces: None,
            })
        };
        wanted.into_iter().flatten().filter_map(make).collect()
    }

    fn draw(&self, design: Design) -> Option<Arc<Drawn>> {
        let kept = |drawn: &HashMap<Design, Arc<Drawn>>| drawn.get(&design).cloned();
        if let Some(known) = kept(&self.drawn.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Some(known);
        }
        let drawn = match design.draw(self.font()?) {
            Ok(picture) => Arc::new(Drawn::from(picture)),
            Err(error) => {
                tracing::warn!(%error, ?design, "a seal cannot be drawn");
                return None;
            }
        };
        let mut all = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT_PICTURES {
            all.clear();
        }
        all.insert(design, Arc::clone(&drawn));
        Some(drawn)
    }

    /// The font is read when the first seal is drawn: it has 25 MB.
    fn font(&self) -> Option<&Font> {
        let path = self.font.as_ref()?;
        let read = || {
            let bytes = std::fs::read(path)
                .map_err(|error| tracing::error!(%error, path = %path.display(), "the font for seals cannot be read"));
            let bytes = Arc::new(bytes.ok()?);
            // A file with one face only is taken as it is.
            let font = Font::new(bytes.clone(), Some(FAMILY)).or_else(|_| Font::new(bytes, None));
            font.map_err(|error| tracing::error!(%error, path = %path.display(), "the font for seals cannot be used"))
                .ok()
        };
        self.read.get_or_init(read).as_ref()
    }
}

impl Design {
    fn draw(&self, font: &Font) -> Result<SealPicture, SealPictureError> {
        match self {
            Self::Company(enterprise) => CompanySeal::new(enterprise).draw(font),
            Self::Contract(enterprise) => CompanySeal {
                title: Some("合同专用章".to_owned()),
                ..CompanySeal::new(enterprise)
            }
            .draw(font),
            Self::LegalRepresentative(person) => {
                // Two characters make no square; three and four do, with what usually follows the name.
                let after = match person.chars().count() {
                    2 => "之印",
                    3 => "印",
                    _ => "",
                };
                NameSeal::new(format!("{person}{after}")).draw(font)
            }
        }
    }
}

impl From<SealPicture> for Drawn {
    fn from(picture: SealPicture) -> Self {
        let whole = |pixels: u32| {
            let density = u64::from(picture.pixels_per_metre().max(1));
            let millimetres = (u64::from(pixels) * 1_000 + density / 2) / density;
            u32::try_from(millimetres).unwrap_or(u32::MAX).max(1)
        };
        Self {
            millimetres: (whole(picture.width()), whole(picture.height())),
            png: picture.into_png(),
        }
    }
}

/// Gives a certificate the seals that its enterprise gets by itself, unless it has got them before: at enrolment, and when its
/// holder first asks, for certificates that are older than seals are here.
///
/// # Errors
/// Only faults of the server.
pub(crate) async fn ensure(portal: &Arc<Portal>, certificate: &Certificate) -> Result<(), Problem> {
    let serial = certificate.serial_hex();
    let asked = serial.clone();
    let there = portal
        .store
        .read(move |transaction| has_made(transaction, &asked))
        .await?;
    if there {
        return Ok(());
    }
    let (shared, leaf) = (Arc::clone(portal), certificate.clone());
    let drawn = tokio::task::spawn_blocking(move || shared.press.seals_of(&leaf))
        .await
        .map_err(|error| Problem::internal(&error))?;
    if drawn.is_empty() {
        return Ok(());
    }
    let (shared, leaf, now) = (Arc::clone(portal), certificate.clone(), portal.now());
    portal
        .store
        .decide(move |transaction| {
            let issued = records::issued(transaction, &serial)?
                .ok_or(StoreError::Damaged("a certificate that went away"))?;
            if issued.revoked || has_made(transaction, &serial)? {
                return Ok(());
            }
            let ca = shared
                .authority
                .find(&issued.ca)
                .ok_or(StoreError::Damaged("a certificate of no authority"))?;
            let mut facts = Vec::new();
            for seal in drawn {
                let record = make(ca, &leaf, seal, now)?;
                records::insert(transaction, &record, None, None)?;
                facts.push(fact(&record));
            }
            let mut all = events::certificate_facts(&leaf);
            events::merge(&mut all, &json!({ "seals": facts }));
            let event = audit::NewEvent {
                at: now,
                event: "seal.issued",
                account: None,
                actor: Some("system"),
                caller: None,
                facts: all,
            };
            Ok::<_, Problem>(audit::record(transaction, &event)?)
        })
        .await
}

/// A seal in the audit log.
pub(super) fn fact(record: &Record) -> serde_json::Value {
    let mut fact = json!({ "id": record.id, "kind": record.kind.as_str(), "name": record.name });
    if let Some(replaces) = &record.replaces {
        fact["replaces"] = replaces.as_str().into();
    }
    fact
}

/// Puts a seal together and signs it, for the time of its certificate.
///
/// # Errors
/// Only faults of the server: what comes from outside was looked at before.
pub(super) fn make(
    ca: &CertificateAuthority,
    certificate: &Certificate,
    seal: NewSeal,
    now: UnixTime,
) -> Result<Record, Problem> {
    let mut record = Record {
        id: new_id(ca.definition().id)?,
        serial: certificate.serial_hex(),
        kind: seal.kind,
        name: seal.name,
        source: seal.source,
        millimetres: seal.millimetres,
        replaces: seal.replaces,
        asked: now,
        state: State::Issued,
        since: now,
        reason: None,
        valid_from: certificate.not_before(),
        valid_until: certificate.not_after(),
        der: None,
    };
    sign(ca, certificate, &mut record, seal.picture)?;
    Ok(record)
}

/// Signs what a record says, with this picture.
pub(super) fn sign(
    ca: &CertificateAuthority,
    certificate: &Certificate,
    record: &mut Record,
    picture: Vec<u8>,
) -> Result<(), Problem> {
    let info = SealInfo {
        id: record.id.clone(),
        kind: record.kind,
        name: record.name.clone(),
        certificates: vec![certificate.sha256()],
        created: record.since,
        valid_from: record.valid_from,
        valid_until: record.valid_until,
        picture,
        format: SealPictureFormat::Png,
        millimetres: (record.millimetres.0.into(), record.millimetres.1.into()),
    };
    let der = ca.seal_maker().make(&info);
    record.der = Some(der.map_err(|error| Problem::internal(&error))?);
    Ok(())
}

/// Gives a new certificate of the same holder the seals of the old one that are valid: the same pictures, new seals.
///
/// # Errors
/// Only faults of the server.
pub(crate) fn carry_over(
    transaction: &Transaction<'_>,
    ca: &CertificateAuthority,
    old: Vec<Record>,
    new: &Certificate,
    now: UnixTime,
) -> Result<(), Problem> {
    const DAMAGED: StoreError = StoreError::Damaged("a seal that cannot be read");
    for record in old {
        let der = record.der.as_deref().ok_or(DAMAGED)?;
        let seal = scanseal_pki::ElectronicSeal::from_der(der).map_err(|_| DAMAGED)?;
        let next = NewSeal {
            kind: record.kind,
            name: record.name,
            source: record.source,
            millimetres: record.millimetres,
            picture: seal.info().picture.clone(),
            replaces: Some(record.id),
        };
        records::insert(transaction, &make(ca, new, next, now)?, None, None)?;
    }
    Ok(())
}

/// An esID: the authority's id, and a number that nobody can guess.
pub(super) fn new_id(ca: &str) -> Result<String, StoreError> {
    let mut number = [0; 12];
    getrandom::fill(&mut number)?;
    let number = data_encoding::HEXLOWER.encode(&number);
    Ok(format!("{ca}-{number}"))
}

fn has_made(transaction: &Transaction<'_>, serial: &str) -> Result<bool, StoreError> {
    let select = "SELECT EXISTS (SELECT 1 FROM seal WHERE serial = ?1 AND origin = 'made')";
    Ok(transaction.query_row(select, params![serial], |row| row.get(0))?)
}
