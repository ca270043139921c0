//! A small world of certificates, made anew in every test from a fixed seed.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by test files, each of which uses its own part"
)]

pub mod command;

use chacha20::ChaCha20Rng;
use scanseal_pki::{
    Certificate, CertificateStatus, CreditCode, Crl, Endpoints, Issuer, OcspRequest, OcspResponder,
    OcspResponse, Profile, PublicKey, Revocation, RevocationPolicy, RevokedEntry, SigningKey,
    Subject, UnixTime, Validity, rand_core::SeedableRng,
};

/// 2026-05-28, the day on which most tests take place.
pub const NOW: UnixTime = UnixTime::from_secs(1_780_000_000);
pub const HOUR: u64 = 3600;
pub const DAY: u64 = 24 * HOUR;
pub const CREDIT_CODE: &str = "91350100M000100Y43";
pub const ENTERPRISE: &str = "福州海峡建设工程有限公司";

pub struct World {
    pub rng: ChaCha20Rng,
    pub now: UnixTime,
    pub root: Issuer,
    pub issuing: Issuer,
    pub responder: OcspResponder,
    pub root_responder: OcspResponder,
}

impl World {
    pub fn new() -> Self {
        Self::at(NOW)
    }

    pub fn at(now: UnixTime) -> Self {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let root_key = SigningKey::generate(&mut rng);
        let root = Issuer::root(
            &subject("演示根证书"),
            root_key,
            around(now, 3650),
            &mut rng,
        )
        .unwrap();
        let root = root.with_endpoints(endpoints("root"));
        let issuing = issuing_below(&root, "演示签发证书", 0, around(now, 1825), &mut rng)
            .with_endpoints(endpoints("issuing"));
        let responder = responder_of(&issuing, now, &mut rng);
        let root_responder = responder_of(&root, now, &mut rng);
        Self {
            rng,
            now,
            root,
            issuing,
            responder,
            root_responder,
        }
    }

    pub fn key(&mut self) -> SigningKey {
        SigningKey::generate(&mut self.rng)
    }

    pub fn issue(&mut self, profile: &Profile, validity: Validity) -> Certificate {
        let key = self.key().public_key();
        self.issuing
            .issue(profile, &key, validity, &mut self.rng)
            .unwrap()
    }

    pub fn enterprise(&mut self) -> Certificate {
        self.issue(&enterprise(true), around(self.now, 365))
    }

    pub fn crl(&self, revoked: &[RevokedEntry]) -> Crl {
        self.issuing
            .sign_crl(2, ago(self.now, HOUR), later(self.now, DAY), revoked)
            .unwrap()
    }

    pub fn root_crl(&self, revoked: &[RevokedEntry]) -> Crl {
        self.root
            .sign_crl(1, ago(self.now, HOUR), later(self.now, 30 * DAY), revoked)
            .unwrap()
    }

    pub fn ocsp(&self, certificate: &Certificate, status: CertificateStatus) -> OcspResponse {
        let request = OcspRequest::new(certificate, self.issuing.certificate(), None).unwrap();
        let der = self
            .responder
            .answer(&request, ago(self.now, HOUR), later(self.now, DAY), |_| {
                status
            })
            .unwrap();
        OcspResponse::from_der(&der).unwrap()
    }

    /// Evidence about everything: nothing is revoked.
    pub fn all_good(&self) -> Revocation {
        Revocation::new(RevocationPolicy::RequireAll)
            .with_crl(self.crl(&[]))
            .with_crl(self.root_crl(&[]))
    }

    pub fn intermediates(&self) -> Vec<Certificate> {
        vec![self.issuing.certificate().clone()]
    }

    pub fn anchors(&self) -> Vec<Certificate> {
        vec![self.root.certificate().clone()]
    }
}

pub fn issuing_below(
    above: &Issuer,
    name: &str,
    path_length: u8,
    validity: Validity,
    rng: &mut ChaCha20Rng,
) -> Issuer {
    let key = SigningKey::generate(rng);
    let profile = Profile::IssuingCa {
        subject: subject(name),
        path_length,
    };
    let certificate = above
        .issue(&profile, &key.public_key(), validity, rng)
        .unwrap();
    Issuer::new(certificate, key).unwrap()
}

pub fn responder_of(issuer: &Issuer, now: UnixTime, rng: &mut ChaCha20Rng) -> OcspResponder {
    let key = SigningKey::generate(rng);
    let profile = Profile::OcspResponder {
        subject: subject("演示状态应答"),
    };
    let certificate = issuer
        .issue(&profile, &key.public_key(), around(now, 90), rng)
        .unwrap();
    OcspResponder::new(issuer.certificate().clone(), certificate, key).unwrap()
}

pub fn subject(common_name: &str) -> Subject {
    Subject::new("演示认证机构", common_name).unwrap()
}

pub fn enterprise(login: bool) -> Profile {
    let subject = Subject::new(ENTERPRISE, ENTERPRISE).unwrap();
    Profile::Enterprise {
        subject: subject.with_credit_code(CreditCode::parse(CREDIT_CODE).unwrap()),
        login,
    }
}

pub fn endpoints(name: &str) -> Endpoints {
    Endpoints {
        crl: format!("http://ca.example/{name}.crl"),
        ocsp: Some(format!("http://ca.example/{name}/ocsp")),
        ca_issuers: format!("http://ca.example/{name}.cer"),
    }
}

pub fn around(now: UnixTime, days: u64) -> Validity {
    Validity {
        not_before: ago(now, DAY),
        not_after: later(now, days * DAY),
    }
}

pub fn later(at: UnixTime, secs: u64) -> UnixTime {
    at.saturating_add_secs(secs)
}

pub fn ago(at: UnixTime, secs: u64) -> UnixTime {
    UnixTime::from_secs(at.as_secs() - secs)
}

pub fn pem(label: &str, der: &[u8]) -> String {
    let body = data_encoding::BASE64.encode(der);
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// A certificate that no profile makes: only the given extensions.
pub struct Custom {
    pub subject: x509_cert::name::Name,
    pub issuer: x509_cert::name::Name,
    pub extensions: Vec<x509_cert::ext::Extension>,
}

impl x509_cert::builder::profile::BuilderProfile for Custom {
    fn get_issuer(&self, _: &x509_cert::name::Name) -> x509_cert::name::Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> x509_cert::name::Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: spki::SubjectPublicKeyInfoRef<'_>,
        _: spki::SubjectPublicKeyInfoRef<'_>,
        _: &x509_cert::TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<x509_cert::ext::Extension>> {
        Ok(self.extensions.clone())
    }
}

/// Copies `original` without the extensions for which `keep` says no, signed by `issuer_key`.
pub fn reissue(
    original: &Certificate,
    issuer_key: &SigningKey,
    keep: impl Fn(&str) -> bool,
) -> Certificate {
    use der::{Decode, Encode};
    use p256::pkcs8::DecodePrivateKey;
    use x509_cert::builder::Builder;

    let parsed = x509_cert::Certificate::from_der(original.der()).unwrap();
    let tbs = parsed.tbs_certificate();
    let extensions = tbs
        .extensions()
        .unwrap()
        .iter()
        .filter(|extension| keep(&extension.extn_id.to_string()))
        .cloned()
        .collect();
    let profile = Custom {
        subject: tbs.subject().clone(),
        issuer: tbs.issuer().clone(),
        extensions,
    };
    let serial = tbs.serial_number().clone();
    let builder = x509_cert::builder::CertificateBuilder::new(
        profile,
        serial,
        *tbs.validity(),
        tbs.subject_public_key_info().clone(),
    );
    let key = p256::ecdsa::SigningKey::from_pkcs8_der(&issuer_key.to_pkcs8_der()).unwrap();
    let certificate = builder
        .unwrap()
        .build::<_, p256::ecdsa::DerSignature>(&key)
        .unwrap();
    Certificate::from_der(&certificate.to_der().unwrap()).unwrap()
}

pub fn any_public_key(rng: &mut ChaCha20Rng) -> PublicKey {
    SigningKey::generate(rng).public_key()
}
