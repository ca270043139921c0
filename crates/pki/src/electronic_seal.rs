//! Electronic seals (电子印章): a picture, whose it is, with which certificates it may be used and how long, signed by who
//! makes seals for an authority.
//!
//! The structure is that of GB/T 38540-2020 section 6 (`SESeal`), with three deviations: ECDSA on P-256 with SHA-256 in place
//! of SM2 with SM3; five types of seals in place of two; and certificates are always listed by their SHA-256 (`certListType` 2).
//!
//! ```text
//! SESeal           ::= SEQUENCE { eSealInfo SES_SealInfo, cert OCTET STRING, signAlgID OBJECT IDENTIFIER,
//!                                 signedValue BIT STRING }
//! SES_SealInfo     ::= SEQUENCE { header SES_Header, esID IA5String, property SES_ESPropertyInfo, picture SES_ESPictrueInfo }
//! SES_Header       ::= SEQUENCE { ID IA5String ("ES"), version INTEGER (4), Vid IA5String }
//! SES_ESPropertyInfo ::= SEQUENCE { type INTEGER, name UTF8String, certListType INTEGER (2),
//!                                 certList SEQUENCE OF SEQUENCE { type PrintableString, value OCTET STRING },
//!                                 createDate, validStart, validEnd GeneralizedTime }
//! SES_ESPictrueInfo ::= SEQUENCE { type IA5String, data OCTET STRING, width INTEGER, height INTEGER }
//! ```
//! Signed is `SEQUENCE { eSealInfo, cert, signAlgID }`. Whom to believe, the trust list says: it names the keys that make an
//! authority's seals.

use const_oid::ObjectIdentifier;
use der::{Decode, Encode, asn1::GeneralizedTime};

use crate::{
    Certificate, SignatureInvalid, TrustList, TrustedCa, UnixTime,
    asn1::{
        BIT_STRING, Element, Elements, INTEGER, NotDer, OCTET_STRING, SEQUENCE, element,
        object_identifier, unsigned,
    },
};

/// Longest seal: it travels in one message of the protocol, beside four certificates.
pub const MAX_SEAL_LENGTH: usize = 208 * 1024;
/// Most certificates that one seal may be used with: those of an enterprise's operators.
pub const MAX_SEAL_CERTIFICATES: usize = 64;
/// Longest name and identifier of a seal, in bytes.
pub const MAX_SEAL_TEXT_LENGTH: usize = 256;
/// Widest and highest seal in millimetres. The largest in use are 58 mm.
pub const MAX_SEAL_MILLIMETRES: u64 = 100;

const IA5_STRING: u8 = 0x16;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const GENERALIZED_TIME: u8 = 0x18;
/// `SES_Header`: what it is, the version of GB/T 38540-2020, and who made it.
const HEADER: (&str, u64, &str) = ("ES", 4, "ScanSeal");
/// `certListType`: digests.
const DIGESTS: u64 = 2;
const SHA256: &str = "SHA-256";
/// ecdsa-with-SHA256 (RFC 5758 section 3.2).
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// What a seal stands for. GB/T 38540 knows the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealKind {
    /// 单位公章: the seal of an enterprise.
    Company = 1,
    /// 个人名章: the name of a person.
    Name = 2,
    /// 合同专用章: the seal that an enterprise uses for contracts.
    Contract = 3,
    /// 法定代表人章: the seal of the legal representative.
    LegalRepresentative = 4,
    /// 手写签名: a signature written by hand.
    Handwritten = 5,
}

/// Format of a seal's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealPictureFormat {
    /// ISO 15948, with transparency.
    Png,
    /// ITU-T T.81.
    Jpeg,
}

/// What a seal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealInfo {
    /// Names the seal at its authority: printable ASCII.
    pub id: String,
    /// What it stands for.
    pub kind: SealKind,
    /// What people call it.
    pub name: String,
    /// SHA-256 of each certificate that it may be used with.
    pub certificates: Vec<[u8; 32]>,
    /// When it was made.
    pub created: UnixTime,
    /// From when it may be used.
    pub valid_from: UnixTime,
    /// Until when it may be used.
    pub valid_until: UnixTime,
    /// How it looks.
    pub picture: Vec<u8>,
    /// Format of the picture.
    pub format: SealPictureFormat,
    /// How large it is on paper, in millimetres: width and height.
    pub millimetres: (u64, u64),
}

/// A seal that waits for the signature of who makes it.
#[derive(Clone, Debug)]
pub struct UnsignedSeal {
    info: Vec<u8>,
    maker: Certificate,
    signed: Vec<u8>,
}

/// A seal that could be read. Whether it is genuine, [`Self::check`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectronicSeal {
    info: SealInfo,
    maker: Certificate,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

/// Why a seal cannot be made, or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealFormatError {
    /// Not DER, or another structure.
    #[error("not an electronic seal (GB/T 38540-2020) in DER")]
    Malformed,
    /// A limit is broken, or a text is empty.
    #[error("the seal breaks a limit: {0}")]
    Limit(&'static str),
    /// The signature is not of the maker's key.
    #[error(transparent)]
    Signature(#[from] SignatureInvalid),
}

/// Why a seal may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealFault {
    /// No authority of the trust list made it.
    #[error("the seal was made by nobody whom the trust list names, or was changed")]
    Untrusted,
    /// It is not meant for this certificate.
    #[error("the seal is not one of this certificate")]
    OtherCertificate,
    /// It may not be used yet.
    #[error("the seal may not be used before {}", .0.to_rfc3339())]
    NotYetValid(UnixTime),
    /// It may not be used any more.
    #[error("the seal could be used until {}", .0.to_rfc3339())]
    Expired(UnixTime),
}

impl SealKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Company,
        Self::Name,
        Self::Contract,
        Self::LegalRepresentative,
        Self::Handwritten,
    ];

    /// The stable word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Name => "name",
            Self::Contract => "contract",
            Self::LegalRepresentative => "legal-representative",
            Self::Handwritten => "handwritten",
        }
    }

    fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u64 == number)
    }
}

impl SealPictureFormat {
    const ALL: [Self; 2] = [Self::Png, Self::Jpeg];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
        }
    }
}

impl SealInfo {
    /// Prepares the seal for the signature of `maker`.
    ///
    /// # Errors
    /// [`SealFormatError::Limit`].
    pub fn unsigned(&self, maker: &Certificate) -> Result<UnsignedSeal, SealFormatError> {
        self.check()?;
        let info = self.to_der().map_err(|NotDer| SealFormatError::Malformed)?;
        Ok(UnsignedSeal {
            signed: element(SEQUENCE, &[&info, &maker_part(maker)]),
            maker: maker.clone(),
            info,
        })
    }

    fn check(&self) -> Result<(), SealFormatError> {
        let limit = |holds: bool, what| {
            if holds {
                Ok(())
            } else {
                Err(SealFormatError::Limit(what))
            }
        };
        let fits = |text: &str| (1..=MAX_SEAL_TEXT_LENGTH).contains(&text.len());
        limit(
            fits(&self.id) && self.id.bytes().all(|byte| byte.is_ascii_graphic()),
            "the identifier has 1 to 256 visible characters of ASCII",
        )?;
        limit(
            fits(&self.name) && !self.name.chars().any(char::is_control),
            "the name has 1 to 256 bytes, and no control characters",
        )?;
        limit(
            (1..=MAX_SEAL_CERTIFICATES).contains(&self.certificates.len()),
            "a seal is for 1 to 64 certificates",
        )?;
        limit(
            self.valid_from < self.valid_until,
            "a seal is valid until a later time than from",
        )?;
        check_millimetres(self.millimetres)?;
        limit(!self.picture.is_empty(), "a seal has a picture")
    }

    fn to_der(&self) -> Result<Vec<u8>, NotDer> {
        let (id, version, vendor) = HEADER;
        let header = element(SEQUENCE, &[&ia5(id), &number(version), &ia5(vendor)]);
        let digests: Vec<Vec<u8>> = self
            .certificates
            .iter()
            .map(|digest| {
                let kind = element(PRINTABLE_STRING, &[SHA256.as_bytes()]);
                element(SEQUENCE, &[&kind, &element(OCTET_STRING, &[digest])])
            })
            .collect();
        let digests: Vec<&[u8]> = digests.iter().map(Vec::as_slice).collect();
        let property = element(
            SEQUENCE,
            &[
                &number(self.kind as u64),
                &element(UTF8_STRING, &[self.name.as_bytes()]),
                &number(DIGESTS),
                &element(SEQUENCE, &digests),
                &time(self.created)?,
                &time(self.valid_from)?,
                &time(self.valid_until)?,
            ],
        );
        let (width, height) = self.millimetres;
        let picture = element(
            SEQUENCE,
            &[
                &ia5(self.format.as_str()),
                &element(OCTET_STRING, &[&self.picture]),
                &number(width),
                &number(height),
            ],
        );
        Ok(element(
            SEQUENCE,
            &[&header, &ia5(&self.id), &property, &picture],
        ))
    }

    fn read(info: &Element<'_>) -> Result<Self, NotDer> {
        let mut parts = info.elements();
        let mut header = parts.next(SEQUENCE)?.elements();
        let (id, version, _) = HEADER;
        let known = header.next(IA5_STRING)?.content == id.as_bytes()
            && header.next(INTEGER)?.unsigned()? == version;
        header.next(IA5_STRING)?;
        header.finish()?;
        let id = text(&parts.next(IA5_STRING)?)?;
        let mut property = parts.next(SEQUENCE)?.elements();
        let kind = property.next(INTEGER)?.unsigned()?;
        let name = text(&property.next(UTF8_STRING)?)?;
        let known = known && property.next(INTEGER)?.unsigned()? == DIGESTS;
        let listed = property.next(SEQUENCE)?.elements().all()?;
        if !known || listed.len() > MAX_SEAL_CERTIFICATES {
            return Err(NotDer);
        }
        let digest = |entry: &Element<'_>| {
            let mut entry = Element::only(entry.raw, SEQUENCE)?.elements();
            let kind = entry.next(PRINTABLE_STRING)?.content;
            let digest = entry.next(OCTET_STRING)?.content;
            entry.finish()?;
            let digest = (kind == SHA256.as_bytes()).then_some(digest);
            digest
                .and_then(|digest| digest.try_into().ok())
                .ok_or(NotDer)
        };
        let certificates = listed.iter().map(digest).collect::<Result<_, _>>()?;
        let [created, valid_from, valid_until] = [(); 3].map(|()| {
            property
                .next(GENERALIZED_TIME)
                .and_then(|at| read_time(&at))
        });
        property.finish()?;
        let picture = parts.next(SEQUENCE)?;
        parts.finish()?;
        let picture = read_picture(&picture)?;
        let format = SealPictureFormat::ALL
            .into_iter()
            .find(|known| known.as_str().as_bytes() == picture.format);
        Ok(Self {
            id,
            kind: SealKind::from_number(kind).ok_or(NotDer)?,
            name,
            certificates,
            created: created?,
            valid_from: valid_from?,
            valid_until: valid_until?,
            picture: picture.data.to_vec(),
            format: format.ok_or(NotDer)?,
            millimetres: picture.millimetres,
        })
    }
}

impl UnsignedSeal {
    /// What the maker's key signs, with ECDSA and SHA-256.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.signed
    }

    /// The seal in DER.
    ///
    /// # Errors
    /// [`SealFormatError::Signature`] if the signature (in DER) does not fit; [`SealFormatError::Limit`] if all is too long.
    pub fn finish(&self, signature: &[u8]) -> Result<Vec<u8>, SealFormatError> {
        self.maker
            .public_key()
            .verify_es256_der(&self.signed, signature)?;
        let value = element(BIT_STRING, &[&[0], signature]);
        let seal = element(SEQUENCE, &[&self.info, &maker_part(&self.maker), &value]);
        if seal.len() > MAX_SEAL_LENGTH {
            return Err(SealFormatError::Limit("a seal has at most 208 KiB"));
        }
        Ok(seal)
    }
}

impl ElectronicSeal {
    /// Reads a seal.
    ///
    /// # Errors
    /// [`SealFormatError`] if it is none, breaks a limit, or was not signed by the maker that it names.
    pub fn from_der(der: &[u8]) -> Result<Self, SealFormatError> {
        if der.len() > MAX_SEAL_LENGTH {
            return Err(SealFormatError::Limit("a seal has at most 208 KiB"));
        }
        let seal = Self::read(der).map_err(|NotDer| SealFormatError::Malformed)?;
        seal.info.check()?;
        seal.maker
            .public_key()
            .verify_es256_der(&seal.signed, &seal.signature)?;
        Ok(seal)
    }

    fn read(der: &[u8]) -> Result<Self, NotDer> {
        let mut parts: Elements<'_> = Element::only(der, SEQUENCE)?.elements();
        let info = parts.next(SEQUENCE)?;
        let certificate = parts.next(OCTET_STRING)?;
        let algorithm = parts.any()?;
        let signature = parts.next(BIT_STRING)?.octets()?.to_vec();
        parts.finish()?;
        if !algorithm.is(ECDSA_WITH_SHA256) {
            return Err(NotDer);
        }
        Ok(Self {
            info: SealInfo::read(&info)?,
            maker: Certificate::from_der(certificate.content).map_err(|_| NotDer)?,
            signed: element(SEQUENCE, &[info.raw, certificate.raw, algorithm.raw]),
            signature,
        })
    }

    /// How a seal looks, whatever else it says: the file of its picture, and width and height in millimetres. For whoever lays out
    /// a document for somebody else to check.
    ///
    /// # Errors
    /// [`SealFormatError`] if there is no picture of a possible size where a seal has it.
    pub fn look(der: &[u8]) -> Result<(&[u8], (u64, u64)), SealFormatError> {
        let read = || {
            let mut seal = Element::only(der, SEQUENCE)?.elements();
            let mut info = seal.next(SEQUENCE)?.elements();
            for before in [SEQUENCE, IA5_STRING, SEQUENCE] {
                info.next(before)?;
            }
            read_picture(&info.next(SEQUENCE)?)
        };
        let picture = read().map_err(|NotDer| SealFormatError::Malformed)?;
        check_millimetres(picture.millimetres)?;
        Ok((picture.data, picture.millimetres))
    }

    /// What it says.
    pub fn info(&self) -> &SealInfo {
        &self.info
    }

    /// The certificate of who made it.
    pub fn maker(&self) -> &Certificate {
        &self.maker
    }

    /// Whether it may be used with `certificate` at the time `at`; gives the authority that made it. Whether the authority has
    /// revoked it since, only the authority can tell.
    ///
    /// # Errors
    /// [`SealFault`], the first that applies.
    pub fn check<'t>(
        &self,
        trust: &'t TrustList,
        certificate: &Certificate,
        at: UnixTime,
    ) -> Result<&'t TrustedCa, SealFault> {
        let key = self.maker.spki_sha256();
        let made = |ca: &&TrustedCa| ca.seal_keys.contains(&key);
        let authority = trust.cas().iter().find(made).ok_or(SealFault::Untrusted)?;
        if !self.info.certificates.contains(&certificate.sha256()) {
            return Err(SealFault::OtherCertificate);
        }
        if at < self.info.valid_from {
            return Err(SealFault::NotYetValid(self.info.valid_from));
        }
        if at > self.info.valid_until {
            return Err(SealFault::Expired(self.info.valid_until));
        }
        Ok(authority)
    }
}

fn check_millimetres((width, height): (u64, u64)) -> Result<(), SealFormatError> {
    let size = 1..=MAX_SEAL_MILLIMETRES;
    if size.contains(&width) && size.contains(&height) {
        Ok(())
    } else {
        Err(SealFormatError::Limit(
            "a seal is 1 to 100 mm wide and high",
        ))
    }
}

/// What `SES_ESPictrueInfo` says.
struct ReadPicture<'a> {
    format: &'a [u8],
    data: &'a [u8],
    millimetres: (u64, u64),
}

fn read_picture<'a>(picture: &Element<'a>) -> Result<ReadPicture<'a>, NotDer> {
    let mut parts = picture.elements();
    let format = parts.next(IA5_STRING)?.content;
    let data = parts.next(OCTET_STRING)?.content;
    let millimetres = (
        parts.next(INTEGER)?.unsigned()?,
        parts.next(INTEGER)?.unsigned()?,
    );
    parts.finish()?;
    Ok(ReadPicture {
        format,
        data,
        millimetres,
    })
}

/// `cert` and `signAlgID`, which stand in the seal and in what is signed.
fn maker_part(maker: &Certificate) -> Vec<u8> {
    [
        element(OCTET_STRING, &[maker.der()]),
        object_identifier(ECDSA_WITH_SHA256),
    ]
    .concat()
}

fn ia5(text: &str) -> Vec<u8> {
    element(IA5_STRING, &[text.as_bytes()])
}

fn number(value: u64) -> Vec<u8> {
    unsigned(&value.to_be_bytes())
}

fn time(at: UnixTime) -> Result<Vec<u8>, NotDer> {
    GeneralizedTime::from_unix_duration(at.to_duration())
        .and_then(|time| time.to_der())
        .map_err(|_| NotDer)
}

fn read_time(element: &Element<'_>) -> Result<UnixTime, NotDer> {
    GeneralizedTime::from_der(element.raw)
        .map(|time| UnixTime::from_secs(time.to_unix_duration().as_secs()))
        .map_err(|_| NotDer)
}

fn text(element: &Element<'_>) -> Result<String, NotDer> {
    core::str::from_utf8(element.content)
        .map(str::to_owned)
        .map_err(|_| NotDer)
}
