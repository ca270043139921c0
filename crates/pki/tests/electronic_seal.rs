//! Electronic seals: what is made is read, by OpenSSL too; what is changed, or meant for others, is not used.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use proptest::prelude::*;
use scanseal_pki::{
    CaKind, Certificate, ElectronicSeal, LocalizedName, MAX_SEAL_CERTIFICATES, MAX_SEAL_LENGTH,
    MAX_SEAL_TEXT_LENGTH, Profile, SealFault, SealFormatError, SealInfo, SealKind,
    SealPictureFormat, SigningKey, TrustList, TrustedCa,
};

struct Maker {
    world: World,
    key: SigningKey,
    certificate: Certificate,
    holder: Certificate,
}

impl Maker {
    fn new() -> Self {
        let mut world = World::new();
        let key = world.key();
        let profile = Profile::SealMaker {
            subject: subject("演示制章人"),
        };
        let certificate = world
            .issuing
            .issue(
                &profile,
                &key.public_key(),
                around(NOW, 365),
                &mut world.rng,
            )
            .unwrap();
        let holder = world.enterprise();
        Self {
            world,
            key,
            certificate,
            holder,
        }
    }

    fn info(&self) -> SealInfo {
        SealInfo {
            id: "scanseal-demo-000001".to_owned(),
            kind: SealKind::Contract,
            name: "合同专用章".to_owned(),
            certificates: vec![self.holder.sha256()],
            created: NOW,
            valid_from: NOW,
            valid_until: later(NOW, 365 * DAY),
            picture: b"\x89PNG picture".to_vec(),
            format: SealPictureFormat::Png,
            millimetres: (45, 30),
        }
    }

    fn make(&self, info: &SealInfo) -> Result<Vec<u8>, SealFormatError> {
        let unsigned = info.unsigned(&self.certificate)?;
        unsigned.finish(&self.key.sign_es256_der(unsigned.to_be_signed()))
    }

    fn trust(&self, seal_keys: Vec<[u8; 32]>) -> TrustList {
        let name = LocalizedName {
            zh: "演示".to_owned(),
            en: "Demo".to_owned(),
        };
        let ca = TrustedCa {
            id: "demo".to_owned(),
            name,
            kind: CaKind::Platform,
            roots: self.world.anchors(),
            intermediates: self.world.intermediates(),
            seal_keys,
        };
        let (issued, expires) = (ago(NOW, DAY), later(NOW, DAY));
        TrustList::new(1, issued, expires, "运营方".to_owned(), vec![ca], vec![]).unwrap()
    }
}

#[test]
fn a_seal_says_what_it_was_made_of_and_is_used_by_its_holder() {
    let maker = Maker::new();
    for kind in SealKind::ALL {
        let info = SealInfo {
            kind,
            ..maker.info()
        };
        let seal = ElectronicSeal::from_der(&maker.make(&info).unwrap()).unwrap();
        assert_eq!(*seal.info(), info);
        assert_eq!(*seal.maker(), maker.certificate);
        let trust = maker.trust(vec![[9; 32], maker.certificate.spki_sha256()]);
        assert_eq!(seal.check(&trust, &maker.holder, NOW).unwrap().id, "demo");
    }
}

#[test]
fn how_a_seal_looks_is_read_whoever_made_it() {
    let maker = Maker::new();
    let mut seal = maker.make(&maker.info()).unwrap();
    *seal.last_mut().unwrap() ^= 1;
    assert!(ElectronicSeal::from_der(&seal).is_err());
    let (picture, millimetres) = ElectronicSeal::look(&seal).unwrap();
    assert_eq!(
        (picture, millimetres),
        (maker.info().picture.as_slice(), (45, 30))
    );
    for cut in 0..seal.len() {
        assert!(ElectronicSeal::look(&seal[..cut]).is_err());
    }
    let width = seal
        .windows(6)
        .position(|bytes| bytes == [2, 1, 45, 2, 1, 30])
        .unwrap();
    for (millimetres, fits) in [(0, false), (1, true), (100, true), (101, false)] {
        seal[width + 2] = millimetres;
        let expected = if fits {
            Ok(())
        } else {
            Err(SealFormatError::Limit(
                "a seal is 1 to 100 mm wide and high",
            ))
        };
        assert_eq!(ElectronicSeal::look(&seal).map(|_| ()), expected);
    }
}

#[test]
fn a_seal_of_others_too_early_or_too_late_is_not_used() {
    let mut maker = Maker::new();
    let seal = ElectronicSeal::from_der(&maker.make(&maker.info()).unwrap()).unwrap();
    let trust = maker.trust(vec![maker.certificate.spki_sha256()]);
    let until = maker.info().valid_until;
    let check = |certificate: &Certificate, at| seal.check(&trust, certificate, at).map(|_| ());
    assert_eq!(check(&maker.holder, until), Ok(()));
    assert_eq!(
        check(&maker.holder, later(until, 1)),
        Err(SealFault::Expired(until))
    );
    assert_eq!(
        check(&maker.holder, ago(NOW, 1)),
        Err(SealFault::NotYetValid(NOW))
    );
    let other = maker.world.enterprise();
    assert_eq!(check(&other, NOW), Err(SealFault::OtherCertificate));
    // Its maker's certificate leads to the same root; that alone makes nobody a maker of seals.
    let nobody = maker.trust(vec![[9; 32]]);
    assert_eq!(
        seal.check(&nobody, &maker.holder, NOW).map(|_| ()),
        Err(SealFault::Untrusted)
    );
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let maker = Maker::new();
    let with = |change: &dyn Fn(&mut SealInfo)| {
        let mut info = maker.info();
        change(&mut info);
        let made = maker.make(&info);
        if let Ok(der) = &made {
            assert_eq!(*ElectronicSeal::from_der(der).unwrap().info(), info);
        }
        made.map(|der| der.len())
    };
    type Change<'a> = &'a dyn Fn(&mut SealInfo);
    let length = maker.make(&maker.info()).unwrap().len();
    // The picture's own length, and those around it, are written with more bytes as it grows.
    let room = MAX_SEAL_LENGTH - length - 64;
    let cases: [(Change<'_>, Change<'_>); 6] = [
        (
            &|info| info.id = "x".repeat(MAX_SEAL_TEXT_LENGTH),
            &|info| info.id = "x".repeat(MAX_SEAL_TEXT_LENGTH + 1),
        ),
        (
            &|info| info.name = "x".repeat(MAX_SEAL_TEXT_LENGTH),
            &|info| info.name = "x".repeat(MAX_SEAL_TEXT_LENGTH + 1),
        ),
        (
            &|info| info.certificates = vec![[1; 32]; MAX_SEAL_CERTIFICATES],
            &|info| info.certificates = vec![[1; 32]; MAX_SEAL_CERTIFICATES + 1],
        ),
        (&|info| info.millimetres = (1, 100), &|info| {
            info.millimetres = (1, 101)
        }),
        (&|info| info.picture = vec![0; room], &|info| {
            info.picture = vec![0; MAX_SEAL_LENGTH]
        }),
        (
            &|info| info.valid_until = later(info.valid_from, 1),
            &|info| info.valid_until = info.valid_from,
        ),
    ];
    for (index, (good, bad)) in cases.into_iter().enumerate() {
        assert!(with(good).is_ok(), "case {index}");
        assert!(
            matches!(with(bad), Err(SealFormatError::Limit(_))),
            "case {index}"
        );
    }
    let bad: [Change<'_>; 6] = [
        &|info| info.id = String::new(),
        &|info| info.id = "a b".to_owned(),
        &|info| info.name = "a\nb".to_owned(),
        &|info| info.certificates.clear(),
        &|info| info.millimetres = (0, 10),
        &|info| info.picture.clear(),
    ];
    for (index, change) in bad.into_iter().enumerate() {
        assert!(
            matches!(with(change), Err(SealFormatError::Limit(_))),
            "bad {index}"
        );
    }
}

#[test]
fn a_seal_signed_by_another_key_is_none() {
    let mut maker = Maker::new();
    let unsigned = maker.info().unsigned(&maker.certificate).unwrap();
    let stranger = maker.world.key();
    let signature = stranger.sign_es256_der(unsigned.to_be_signed());
    assert!(matches!(
        unsigned.finish(&signature),
        Err(SealFormatError::Signature(_))
    ));
}

#[test]
fn openssl_reads_the_structure_and_verifies_the_signature() {
    let maker = Maker::new();
    let unsigned = maker.info().unsigned(&maker.certificate).unwrap();
    let signature = maker.key.sign_es256_der(unsigned.to_be_signed());
    let seal = unsigned.finish(&signature).unwrap();
    let folder = command::Folder::new();
    folder.write("seal", &seal);
    let listed = folder.openssl("asn1parse -inform DER -in seal");
    for part in [
        "IA5STRING         :ES",
        "scanseal-demo-000001",
        "UTF8STRING        :合同专用章",
        "PRINTABLESTRING   :SHA-256",
        "GENERALIZEDTIME",
        "OBJECT            :ecdsa-with-SHA256",
    ] {
        assert!(listed.contains(part), "{part} in {listed}");
    }
    folder.write("maker.pem", pem("CERTIFICATE", maker.certificate.der()));
    folder.write("signature", &signature);
    folder.write("signed", unsigned.to_be_signed());
    folder.openssl("x509 -in maker.pem -noout -pubkey -out key.pem");
    let verified = folder.openssl("dgst -sha256 -verify key.pem -signature signature signed");
    assert!(verified.contains("Verified OK"), "{verified}");
}

proptest! {
    #[test]
    fn a_seal_with_a_flipped_byte_is_none(position: prop::sample::Index, flip in 1_u8..) {
        let maker = Maker::new();
        let mut seal = maker.make(&maker.info()).unwrap();
        let position = position.index(seal.len());
        seal[position] ^= flip;
        let trust = maker.trust(vec![maker.certificate.spki_sha256()]);
        let used = ElectronicSeal::from_der(&seal)
            .is_ok_and(|seal| seal.check(&trust, &maker.holder, NOW).is_ok());
        prop_assert!(!used, "byte {position}");
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, start: prop::sample::Index) {
        let _ = ElectronicSeal::from_der(&bytes);
        let _ = ElectronicSeal::look(&bytes);
        let maker = Maker::new();
        let mut seal = maker.make(&maker.info()).unwrap();
        let start = start.index(seal.len());
        seal.splice(start.., bytes);
        let _ = ElectronicSeal::from_der(&seal);
        let _ = ElectronicSeal::look(&seal);
    }
}
