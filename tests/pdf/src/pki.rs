//! A small public-key infrastructure by hand: root, issuing authority, enterprises, time-stamp authority.

use std::sync::LazyLock;

use crate::{
    der,
    keys::{Hash, Key},
    time::{Moment, NOW, SIGNED},
};

/// What a certificate says.
#[derive(Clone, Debug)]
pub struct Template {
    /// Subject, encoded.
    pub subject: Vec<u8>,
    /// The subject's key.
    pub key: Key,
    /// Serial number.
    pub serial: u64,
    /// First moment of validity.
    pub not_before: Moment,
    /// Last moment of validity.
    pub not_after: Moment,
    /// Extensions, encoded, besides the key identifiers.
    pub extensions: Vec<Vec<u8>>,
    /// What the issuer signs with.
    pub hash: Hash,
}

/// Somebody with a key and a certificate.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The key.
    pub key: Key,
    /// The certificate.
    pub certificate: Vec<u8>,
    /// Subject, encoded.
    pub subject: Vec<u8>,
    /// Issuer, encoded.
    pub issuer: Vec<u8>,
    /// Serial number, encoded.
    pub serial: Vec<u8>,
}

/// Extended key usage: document signing (RFC 9336).
pub const DOCUMENT_SIGNING: &str = "1.3.6.1.5.5.7.3.36";
/// Extended key usage: time stamping (RFC 3161 section 2.3).
pub const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
/// Extended key usage: TLS servers, which have no business signing contracts.
pub const SERVER_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.1";

/// digitalSignature and nonRepudiation (RFC 5280 section 4.2.1.3), with the unused bits.
pub const SIGNING_USAGE: (u8, u8) = (6, 0b1100_0000);
/// keyCertSign and cRLSign.
pub const AUTHORITY_USAGE: (u8, u8) = (1, 0b0000_0110);
/// keyEncipherment alone.
pub const ENCRYPTING_USAGE: (u8, u8) = (5, 0b0010_0000);

/// A name of country, organisation, and common name.
pub fn name(organization: &str, common_name: &str) -> Vec<u8> {
    let parts = [
        ("2.5.4.6", der::printable("CN")),
        ("2.5.4.10", der::utf8(organization)),
        ("2.5.4.3", der::utf8(common_name)),
    ];
    rdn_sequence(&parts)
}

/// The name of an enterprise, with its credit code (EN 319 412-1 clause 5.1.4).
pub fn enterprise_name(organization: &str, credit_code: &str) -> Vec<u8> {
    let parts = [
        ("2.5.4.6", der::printable("CN")),
        ("2.5.4.10", der::utf8(organization)),
        ("2.5.4.97", der::utf8(&format!("NTRCN-{credit_code}"))),
        ("2.5.4.3", der::utf8(organization)),
    ];
    rdn_sequence(&parts)
}

fn rdn_sequence(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let names = parts.iter().map(|(oid, value)| {
        let attribute = der::sequence(&[&der::oid(oid), value]);
        der::tlv(0x31, &attribute)
    });
    der::tlv(0x30, &names.collect::<Vec<_>>().concat())
}

/// An extension.
pub fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der::yes() } else { Vec::new() };
    der::sequence(&[&der::oid(oid), &critical, &der::octets(value)])
}

/// Key usage.
pub fn key_usage((unused, bits): (u8, u8)) -> Vec<u8> {
    extension("2.5.29.15", true, &der::bits_unused(unused, &[bits]))
}

/// Extended key usage.
pub fn extended_key_usage(critical: bool, oids: &[&str]) -> Vec<u8> {
    let oids: Vec<Vec<u8>> = oids.iter().map(|oid| der::oid(oid)).collect();
    extension("2.5.29.37", critical, &der::tlv(0x30, &oids.concat()))
}

/// Basic constraints of an authority.
pub fn authority(path_length: Option<u64>) -> Vec<u8> {
    let length = path_length.map(der::integer).unwrap_or_default();
    extension("2.5.29.19", true, &der::sequence(&[&der::yes(), &length]))
}

/// Where to ask about revocation.
pub fn revocation_pointer() -> Vec<u8> {
    let address = der::context_primitive(6, b"http://pki.example/current.crl");
    let point = der::context(0, &der::context(0, &address));
    extension(
        "2.5.29.31",
        false,
        &der::sequence(&[&der::sequence(&[&point])]),
    )
}

impl Template {
    /// An enterprise that signs documents.
    pub fn enterprise(organization: &str, credit_code: &str, key: Key, serial: u64) -> Self {
        Self {
            subject: enterprise_name(organization, credit_code),
            key,
            serial,
            not_before: SIGNED.days(-100),
            not_after: SIGNED.days(600),
            extensions: vec![
                key_usage(SIGNING_USAGE),
                extended_key_usage(false, &[DOCUMENT_SIGNING]),
                revocation_pointer(),
            ],
            hash: Hash::Sha256,
        }
    }

    /// An authority.
    pub fn authority(common_name: &str, key: Key, serial: u64, path_length: Option<u64>) -> Self {
        Self {
            subject: name("ScanSeal Tests", common_name),
            key,
            serial,
            not_before: SIGNED.days(-1000),
            not_after: SIGNED.days(3000),
            extensions: vec![
                authority(path_length),
                key_usage(AUTHORITY_USAGE),
                revocation_pointer(),
            ],
            hash: Hash::Sha256,
        }
    }

    /// A time-stamp authority.
    pub fn timestamp_authority(key: Key, serial: u64) -> Self {
        Self {
            subject: name("ScanSeal Tests", "ScanSeal Test Time Stamps"),
            extensions: vec![
                key_usage((7, 0b1000_0000)),
                extended_key_usage(true, &[TIME_STAMPING]),
                revocation_pointer(),
            ],
            ..Self::authority("", key, serial, None)
        }
    }

    /// Signed by an issuer.
    pub fn issue(&self, issuer: &Identity) -> Identity {
        self.issue_as(&issuer.subject, issuer.key)
    }

    /// Signed by itself.
    pub fn self_signed(&self) -> Identity {
        self.issue_as(&self.subject, self.key)
    }

    /// Signed by any key under any name.
    pub fn issue_as(&self, issuer: &[u8], key: Key) -> Identity {
        let serial = der::integer(self.serial);
        let algorithm = key.algorithm(self.hash);
        let subject_key = extension("2.5.29.14", false, &der::octets(&self.key.identifier()));
        let authority_key = der::sequence(&[&der::context_primitive(0, &key.identifier())]);
        let extensions = [
            self.extensions.concat(),
            subject_key,
            extension("2.5.29.35", false, &authority_key),
        ];
        let to_be_signed = der::sequence(&[
            &der::context(0, &der::integer(2)),
            &serial,
            &algorithm,
            issuer,
            &der::sequence(&[
                &der::utc_time(self.not_before),
                &der::utc_time(self.not_after),
            ]),
            &self.subject,
            &self.key.public(),
            &der::context(3, &der::tlv(0x30, &extensions.concat())),
        ]);
        let signature = key.sign(self.hash, &to_be_signed);
        Identity {
            key: self.key,
            certificate: der::sequence(&[&to_be_signed, &algorithm, &der::bits(&signature)]),
            subject: self.subject.clone(),
            issuer: issuer.to_vec(),
            serial,
        }
    }
}

/// The root that everybody trusts.
pub fn root() -> Identity {
    static ROOT: LazyLock<Identity> = LazyLock::new(|| {
        Template::authority("ScanSeal Test Root", Key::P256(1), 1, None).self_signed()
    });
    ROOT.clone()
}

/// The authority that issues to enterprises.
pub fn issuing() -> Identity {
    static ISSUING: LazyLock<Identity> = LazyLock::new(|| {
        Template::authority("ScanSeal Test Issuing CA", Key::P256(2), 2, Some(0)).issue(&root())
    });
    ISSUING.clone()
}

/// What the buyer's certificate says.
pub fn buyer_template() -> Template {
    Template::enterprise("甲方科技有限公司", "91350100M000100Y43", Key::P256(3), 3)
}

/// The buyer, who signs first.
pub fn buyer() -> Identity {
    static BUYER: LazyLock<Identity> = LazyLock::new(|| buyer_template().issue(&issuing()));
    BUYER.clone()
}

/// The seller, who signs second.
pub fn seller() -> Identity {
    let credit_code = "91310000MA1FL0ABXL";
    Template::enterprise("乙方贸易有限公司", credit_code, Key::P256(4), 4).issue(&issuing())
}

/// A third party.
pub fn guarantor() -> Identity {
    let credit_code = "91440300MA5EX0AB2F";
    Template::enterprise("丙方担保有限公司", credit_code, Key::P256(5), 5).issue(&issuing())
}

/// The time-stamp authority.
pub fn timestamper() -> Identity {
    Template::timestamp_authority(Key::P256(6), 6).issue(&root())
}

/// A buyer with another kind of key.
pub fn buyer_with(key: Key, hash: Hash) -> Identity {
    let serial = 20 + u64::from(key.sign(hash, b"serial")[9]);
    let template = Template {
        key,
        serial,
        ..buyer_template()
    };
    template.issue(&issuing())
}

/// What a revocation list says.
#[derive(Clone, Debug)]
pub struct CrlTemplate {
    /// Since when.
    pub this_update: Moment,
    /// Until when.
    pub next_update: Moment,
    /// Serial numbers and when they were revoked.
    pub revoked: Vec<(Vec<u8>, Moment)>,
}

impl CrlTemplate {
    /// A current list.
    pub fn current(revoked: &[(&Identity, Moment)]) -> Self {
        Self {
            this_update: NOW.days(-1),
            next_update: NOW.days(6),
            revoked: revoked
                .iter()
                .map(|(identity, since)| (identity.serial.clone(), *since))
                .collect(),
        }
    }

    /// Signed by an authority.
    pub fn issue(&self, issuer: &Identity) -> Vec<u8> {
        let algorithm = issuer.key.algorithm(Hash::Sha256);
        let revoked = self
            .revoked
            .iter()
            .map(|(serial, since)| der::sequence(&[serial, &der::utc_time(*since)]));
        let revoked: Vec<Vec<u8>> = revoked.collect();
        let revoked = if revoked.is_empty() {
            Vec::new()
        } else {
            der::tlv(0x30, &revoked.concat())
        };
        let authority_key = der::sequence(&[&der::context_primitive(0, &issuer.key.identifier())]);
        let extensions = der::sequence(&[
            &extension("2.5.29.35", false, &authority_key),
            &extension("2.5.29.20", false, &der::integer(7)),
        ]);
        let to_be_signed = der::sequence(&[
            &der::integer(1),
            &algorithm,
            &issuer.subject,
            &der::utc_time(self.this_update),
            &der::utc_time(self.next_update),
            &revoked,
            &der::context(0, &extensions),
        ]);
        let signature = issuer.key.sign(Hash::Sha256, &to_be_signed);
        der::sequence(&[&to_be_signed, &algorithm, &der::bits(&signature)])
    }
}

/// The current lists of both authorities, on which nobody stands.
pub fn current_crls() -> Vec<Vec<u8>> {
    static LISTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let nobody = CrlTemplate::current(&[]);
        vec![nobody.issue(&root()), nobody.issue(&issuing())]
    });
    LISTS.clone()
}
